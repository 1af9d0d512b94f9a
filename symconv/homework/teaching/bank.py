"""A class's variants as files: what students get, what only the teacher has, and what grades them.

    DIR/variants/SLUG.yaml   the question of one student, as `symconv check` and `grade` take it
    DIR/index.csv            which variant is whose: id, hash, file
    DIR/bank.json            what was asked of the numbers, and which mistakes no variant shows
    DIR/keys/…               answers and seeds; DIR/keys/FORMAT/… keys of a format
    DIR/FORMAT/…             sheets and files of a format

A folder holds one bank: what is in it is never replaced by other variants, but students may be
added, and other formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from symconv.errors import QuestionError
from symconv.homework.exports import files
from symconv.homework.judging.places import cell_name
from symconv.homework.outputs.escape import compact_json, csv_line, indented_json, shortened, slug
from symconv.homework.questions.load import load
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import text_of
from symconv.homework.teaching.parity import settings
from symconv.homework.teaching.roster import Student
from symconv.homework.teaching.variants import Maker, Variant

SCHEMA = "symconv-bank/1"
Progress = Callable[[int, int], None]
"""Told how many of how many students have their variant."""


@dataclass(frozen=True, eq=False)
class Bank:
    """The variants of a class, and what made them."""

    maker: Maker
    variants: tuple[Variant, ...]

    @property
    def question(self) -> Question:
        """The question they were made from."""
        return self.maker.question

    def facts(self) -> dict[str, Any]:
        """Return what is known of the bank as plain data, without secret or seeds."""
        gate, tries = self.maker.gate, sum(v.rejected.total() + 1 for v in self.variants)
        return {
            "schema": SCHEMA,
            "question": self.question.id,
            "question_sha256": self.question.sha256,
            "asked_sha256": self.maker.asked,
            "settings": msgspec.to_builtins(settings(self.question)),
            "reference": gate.reference.data(),
            "students": len(self.variants),
            "draws": tries,
            "structural": sorted(map(str, gate.structural)),
            "beyond_the_ranges": sorted(map(str, gate.beyond)),
        }


def make(
    question: Question,
    students: Sequence[Student],
    secret: bytes,
    progress: Progress | None = None,
) -> Bank:
    """Return the variants of a class, each student's the same whoever else is in it.

    (Unless two would get the same numbers: then the later one draws on.)

    Raises: QuestionError[no-variant], QuestionError[bad-range].

    >>> from symconv.homework.questions.load import loads
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 3 1 4 1; 5 9 2 6; 5 3 5 8
    ... kernel: 1 -2; 3 5
    ... ''')
    >>> bank = make(question, [Student("ann"), Student("bob")], b"secret")
    >>> [variant.question.id for variant in bank.variants]
    ['demo/51bdfa636b', 'demo/44c2fc11d7']
    """
    maker, found = Maker(question, secret), []
    for student in students:
        found.append(maker.make(student.id, student.name))
        if progress is not None:
            progress(len(found), len(students))
    return Bank(maker, tuple(found))


def write(bank: Bank, formats: Iterable[str], out: str | Path) -> list[Path]:
    """Write a bank into a folder, the index last; return the paths of what was written.

    Raises: QuestionError[other-bank] where the folder holds other variants,
    QuestionError[unwritable-file], [unknown-format], and what an export cannot carry.
    """
    folder, index = Path(out), _index(bank)
    parts = dict(_held(bank))
    for name in dict.fromkeys(formats):
        if name == "yaml":
            continue
        for path, content in files(name, bank.variants, bank.question).items():
            for_teacher = path.startswith("keys/")
            parts[f"keys/{name}/{path[5:]}" if for_teacher else f"{name}/{path}"] = content
    parts["index.csv"] = index.encode()
    _check_folder(folder, index)
    return [_write(folder / path, content) for path, content in parts.items()]


def _held(bank: Bank) -> Iterator[tuple[str, bytes]]:
    """Yield what every bank holds."""
    for variant in bank.variants:
        yield f"variants/{slug(variant.student)}.yaml", variant.text.encode()
    yield "bank.json", indented_json(bank.facts()).encode()
    yield "keys/keys.csv", "".join(_key_table(bank)).encode()
    yield "keys/keys.jsonl", "".join(map(_key_line, bank.variants)).encode()


def _index(bank: Bank) -> str:
    rows = ((v.student, v.hash, f"variants/{slug(v.student)}.yaml") for v in bank.variants)
    return "".join(map(csv_line, [("student", "hash", "file"), *rows]))


def _key_table(bank: Bank) -> Iterator[str]:
    rank = bank.question.exercise.rank
    cells = (cell_name(index, rank) for index in bank.question.cells())
    yield csv_line(["student", "hash", "seed", *cells])
    for variant in bank.variants:
        answers = map(text_of, variant.key)
        yield csv_line([variant.student, variant.hash, variant.seed, *answers])


def _key_line(variant: Variant) -> str:
    facts = {
        "student": variant.student,
        "name": variant.name,
        "hash": variant.hash,
        "seed": variant.seed,
        "file": f"variants/{slug(variant.student)}.yaml",
        "question": variant.question.id,
        "shape": list(variant.question.shape),
        "key": [text_of(value) for value in variant.key],
        "difficulty": variant.difficulty.data(),
        "rejected": dict(sorted(variant.rejected.items())),
    }
    return compact_json(facts) + "\n"


def _check_folder(folder: Path, index: str) -> None:
    """Refuse a folder whose index has a line that the new one has not."""
    try:
        held = (folder / "index.csv").read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        held = "unreadable"
    gone = set(held.splitlines()) - set(index.splitlines())
    if gone:
        raise QuestionError(
            "other-bank",
            f"the folder holds other variants already, for instance {shortened(min(gone), 80)!r}",
            place=str(folder),
            hint="name another folder; sheets that a class has cannot be called back",
        )


def _write(path: Path, content: bytes) -> Path:
    """Write one file, whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        reason = error.strerror or str(error)
        raise QuestionError("unwritable-file", reason, place=str(path)) from None
    return path


def own_question(folder: str | Path, student: str) -> Question:
    """Return the question of one student from a folder that `write` made.

    The student's id is all that is needed: the file is named after it.

    Raises: QuestionError[no-own-variant], and what is wrong with the file.
    """
    path = Path(folder) / "variants" / f"{slug(student)}.yaml"
    if not path.is_file():
        raise QuestionError(
            "no-own-variant",
            f"there is no variant of {shortened(student, 60)!r}",
            place=str(folder),
            hint="add the student at the end of the class list, and make the bank again with the "
            "same seed",
        )
    return load(path)
