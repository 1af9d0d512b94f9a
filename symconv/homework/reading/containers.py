"""Files of answers, of every kind and of any number of students, as a stream of submissions.

What is wrong with one file, row or member is a fault of that submission, and the others go on.
Names of files and students are kept as text; nothing is opened because an answer names it.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from symconv.errors import AnswerError, QuestionError
from symconv.homework.questions.model import Columns
from symconv.homework.reading import (
    archives,
    csvs,
    grids,
    htmls,
    jsons,
    notebooks,
    students,
    yamls,
)
from symconv.homework.reading.csvs import split, text_of
from symconv.homework.reading.markup import marked
from symconv.homework.reading.model import Rules, Submission, Written

SUFFIXES = (
    *(".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".ipynb"),
    *(".md", ".txt", ".tex", ".html", ".htm", ".zip"),
)
LONGEST_ID = 200
_UNSEEN = re.compile(
    "[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def submissions(path: Path, columns: Columns, rules: Rules) -> Iterator[Submission]:
    """Yield all answers in a file or a folder, one at a time.

    Names of files in a folder or an archive are the ids of answers that bring none; a folder in it
    is one student's, unless it is a section of the class (`students.sections`), and so are files
    of one name. Of one student's files the grid counts, whatever lies beside it, and two that
    differ are refused. A second answer with an id that was there before has the fact ``attempt``.

    Raises: QuestionError[unreadable-file], QuestionError[columns].

    >>> try:
    ...     next(submissions(Path("nowhere.csv"), Columns(), Rules()))
    ... except QuestionError as error:
    ...     print(error)
    QuestionError[unreadable-file]: nowhere.csv: No such file or directory
    """
    attempts: Counter[str] = Counter()
    for found in _all(Path(path), columns, rules):
        name = safe(found.id)
        attempts[name] += 1
        facts = dict(found.facts)
        if attempts[name] > 1:
            facts["attempt"] = str(attempts[name])
        yield replace(found, id=name, place=_seen(found.place), facts=facts)


def answer(data: bytes, name: str, columns: Columns, rules: Rules) -> Written:
    """Return the one answer that a file holds; a name without an end such as ``.csv`` is text.

    Raises: AnswerError for what cannot be read, [two-answers] for a class.

    >>> answer(b'{"answer": [["1/2", 3]]}', "ada.json", Columns(), Rules()).planes
    ((('1/2', '3'),),)
    """
    source = Source(name if archives.suffix_of(name) else "answer.txt", "answer")
    found = list(islice(_file(io.BytesIO(data), source, columns, rules), 2))
    if len(found) > 1:
        raise notebooks.two_answers("answers in this file")
    if not found:
        raise grids.nothing()
    if found[0].written is None:
        raise found[0].fault or grids.nothing()
    return found[0].written


def content(path: Path, rules: Rules) -> bytes:
    """Return the bytes of the file of one answer.

    Raises: AnswerError[unreadable-file], [too-large].
    """
    try:
        with _opened(path) as stream:
            return _bounded(stream, archives.limit_of(path.name, rules.limits))
    except OSError as error:
        raise _unreadable(error) from None


def safe(name: str) -> str:
    r"""Return an id on one line without what would steer a page, and not too long.

    >>> len(safe("x" * 10_000)), ascii(safe("ada\n"))
    (200, "'ada\\ufffd-8691647640d53190'")
    """
    shown = _seen(name)
    if shown == name and len(name) <= LONGEST_ID:
        return name
    # what is left out may be all that tells two students apart
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{shown[: LONGEST_ID - 17]}-{mark}"


def _seen(text: str) -> str:
    return _UNSEEN.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its name, the id of an answer that brings none, and whether it is one of several."""

    name: str
    id: str
    inside: bool = True


def _all(path: Path, columns: Columns, rules: Rules) -> Iterator[Submission]:
    try:
        if path.is_dir():
            yield from _folder(path, columns, rules)
            return
        stream = _opened(path)
    except OSError as error:
        message = error.strerror or "it cannot be opened"
        raise QuestionError("unreadable-file", message, place=str(path)) from None
    with stream:
        yield from _file(stream, Source(path.name, path.stem, inside=False), columns, rules)


def _opened(path: Path) -> BinaryIO:
    if not S_ISREG(path.stat().st_mode):
        raise OSError(0, "Not a regular file")
    return path.open("rb")


def _unreadable(error: OSError) -> AnswerError:
    return AnswerError(
        "unreadable-file",
        f"your file cannot be opened: {error.strerror or 'unknown reason'}",
        hint="hand it in again",
    )


def _folder(folder: Path, columns: Columns, rules: Rules) -> Iterator[Submission]:
    """Yield the answers in the files of a folder, and of the folders in it, in order of names."""
    paths = dict(_files(folder))

    def read(name: str, owner: str) -> Iterator[Submission]:
        return _one(paths[name], Source(name, owner), columns, rules)

    def holds(name: str) -> bool:
        return _holds(read(name, name), rules)

    deep = students.sections(list(paths), SUFFIXES, holds)
    grouped = list(students.together(list(paths), deep=deep))
    owners = frozenset(owner for owner, _ in grouped)
    for owner, names in grouped:
        found = _owned(owner, [read(name, owner) for name in names], rules)
        yield from _own(found, owner, owners)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files in a folder and in the folders in it; those of folders of folders also."""
    for path in _sorted(folder):
        if not path.is_dir():
            if path.is_file():
                yield path.name, path
            continue
        inner = _sorted(path)
        files = [each for each in inner if each.is_file()]
        for each in files or (one for part in inner if part.is_dir() for one in _sorted(part)):
            if each.is_file():
                yield each.relative_to(folder).as_posix(), each


def _owned(owner: str, files: Sequence[Iterator[Submission]], rules: Rules) -> Iterator[Submission]:
    """Yield the one answer in a student's files, and answers in them that say whose they are."""
    if len(files) == 1:
        yield from files[0]
        return
    found = [each for file in files for each in file]
    mine = [each for each in found if each.id == owner]
    if mine:
        yield students.one_of(mine, rules)
    yield from (each for each in found if each.id != owner)


def _holds(found: Iterator[Submission], rules: Rules) -> bool:
    """Tell whether a file is one answer, and a grid."""
    some = list(islice(found, 2))
    written = some[0].written if len(some) == 1 else None
    return written is not None and students.holds_grid(written, rules)


def _sorted(folder: Path) -> list[Path]:
    paths = (path for path in folder.iterdir() if not path.is_symlink())
    return sorted((path for path in paths if path.name[0] != "."), key=lambda path: path.name)


def _one(path: Path, source: Source, columns: Columns, rules: Rules) -> Iterator[Submission]:
    try:
        stream = _opened(path)
    except OSError as error:
        yield Submission(source.id, fault=_unreadable(error), place=source.name)
        return
    with stream:
        yield from _file(stream, source, columns, rules)


def _file(stream: BinaryIO, source: Source, columns: Columns, rules: Rules) -> Iterator[Submission]:
    """Yield the answers of one file; a fault of the whole file is one more submission."""
    try:
        for found in _read(stream, source, columns, rules):
            place = ": ".join(part for part in (source.name, found.place) if part)
            yield replace(found, place=place)
    except AnswerError as error:
        yield Submission(source.id, fault=error, place=source.name)
    except QuestionError as error:
        if not source.inside:
            raise error.at(source.name) from None
        yield Submission(source.id, fault=csvs.bad_csv(error.message), place=source.name)


def _own(found: Iterable[Submission], owner: str, owners: frozenset[str]) -> Iterator[Submission]:
    """Yield the answers of one student's files; none may be that of another who has files too."""
    for each in found:
        if each.id == owner or each.id not in owners:
            yield each
            continue
        fault = AnswerError(
            "foreign-id",
            "your file holds an answer in the name of somebody else",
            hint="hand in your own answer alone",
        )
        yield Submission(owner, fault=fault, place=each.place)


def _read(stream: BinaryIO, source: Source, columns: Columns, rules: Rules) -> Iterator[Submission]:
    suffix = archives.suffix_of(source.name)
    if suffix in (".csv", ".tsv"):
        return csvs.read(stream, source.id, columns, rules, alone=source.inside)
    if suffix in (".jsonl", ".ndjson"):
        return _json_lines(stream, columns, rules)
    if suffix == ".zip":
        return _archive(stream, source, columns, rules)
    if suffix in archives.SUFFIXES:
        raise archives.refused("it is no zip file")
    if suffix not in SUFFIXES:
        raise AnswerError(
            "unknown-format",
            f"files that end in {suffix!a} are not read",
            hint="hand in one of " + ", ".join(SUFFIXES),
        )
    limits = rules.limits
    limit = archives.limit_of(source.name, limits) if source.inside else limits.notebook_bytes
    text = text_of(_bounded(stream, limit))
    if suffix == ".json":
        return jsons.submissions(jsons.loads(text, rules), source.id, rules, _keys(columns))
    if suffix in (".yaml", ".yml"):
        return jsons.submissions(yamls.loads(text), source.id, rules, _keys(columns))
    if suffix == ".ipynb":
        kind, text = notebooks.answer_text(text, columns.tag, rules)
        suffix = ".md" if kind == "markdown" else ".txt"
    text = htmls.page(text) if suffix in htmls.SUFFIXES else text
    written = split(marked(text) if suffix in (".md", ".tex") else text, rules)
    return iter((Submission(source.id, written),))


def _bounded(stream: BinaryIO, limit: int) -> bytes:
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise grids.too_large(limit, "bytes")
    return data


def _keys(columns: Columns) -> jsons.Keys:
    ids = jsons.KEYS.ids if columns.id is None else (columns.id,)
    named = isinstance(columns.answer, str)
    return jsons.Keys(ids, (str(columns.answer),) if named else jsons.KEYS.answers)


def _json_lines(stream: BinaryIO, columns: Columns, rules: Rules) -> Iterator[Submission]:
    """Yield the answers of a file of one JSON value a line; a bad line is one faulty answer."""
    lines, limit, keys = (
        csvs.Lines(stream, rules.limits.file_bytes),
        rules.limits.file_bytes,
        _keys(columns),
    )
    for line in lines:
        place = f"line {lines.number}"
        try:
            if lines.long:
                lines.long = False
                raise grids.too_large(limit, "bytes")
            if line.strip():
                text = text_of(line.encode("utf-8", "surrogateescape"))
                for found in jsons.submissions(jsons.loads(text, rules), place, rules, keys):
                    yield replace(found, place=place)
        except AnswerError as error:
            yield Submission(place, fault=error, place=place)


def _archive(
    stream: BinaryIO, source: Source, columns: Columns, rules: Rules
) -> Iterator[Submission]:
    """Yield the answers in an archive; one that stands among others is one student's if it can."""
    names = archives.names(stream, rules.limits)
    holding = _Holding(stream, columns, rules)
    deep = students.sections(names, SUFFIXES, holding.holds)

    def key(name: str) -> tuple[str, str]:
        return students.owner(name, deep=deep), name

    single = source.inside and len(names) > 1 and sum(map(holding.holds, names)) < 2
    owners = frozenset(key(name)[0] for name in names)
    members = archives.members(stream, rules.limits, key)
    for owner, group in groupby(members, lambda member: "" if single else key(member.name)[0]):
        name = owner or source.id
        read = (_member(member, Source(member.name, name), columns, rules) for member in group)
        yield from _own(_owned(name, list(read), rules), name, owners)


class _Holding:
    """Which files of an archive hold a grid; they are read only if that is asked."""

    def __init__(self, stream: BinaryIO, columns: Columns, rules: Rules) -> None:
        self._given = stream, columns, rules
        self._names: set[str] | None = None

    def holds(self, name: str) -> bool:
        """Tell whether a file is one answer, and a grid."""
        if self._names is None:
            stream, columns, rules = self._given
            self._names = {
                member.name
                for member in archives.members(stream, rules.limits)
                if _holds(_member(member, Source(member.name, "answer"), columns, rules), rules)
            }
        return name in self._names


def _member(
    member: archives.Member, source: Source, columns: Columns, rules: Rules
) -> Iterator[Submission]:
    if member.fault is not None:
        return iter((Submission(source.id, fault=member.fault, place=member.name),))
    return _file(io.BytesIO(member.data), source, columns, rules)
