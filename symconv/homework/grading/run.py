"""One run over a class: what is recorded already, what is left to judge, and the views of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from symconv import __version__
from symconv.errors import AnswerError, QuestionError
from symconv.homework.grading import cluster, intake
from symconv.homework.grading.intake import Item, Read
from symconv.homework.grading.journal import NAME, SCHEMA, Header, Journal
from symconv.homework.grading.places import forget, moved
from symconv.homework.grading.work import Desk, Line, Make, checker
from symconv.homework.outputs import (
    coderunner,
    edx,
    gradebooks,
    gradescope,
    nbgrader,
    prairielearn,
    report,
    results,
    sheets,
)
from symconv.homework.outputs.escape import compact_json, slug
from symconv.homework.outputs.record import Record, decimal, exact
from symconv.homework.outputs.tally import Tally
from symconv.homework.questions.model import Level
from symconv.homework.questions.question import Question
from symconv.homework.reading import containers
from symconv.homework.teaching.bank import own_question

Attempts = Literal["last", "best", "first"]
Progress = Callable[[str, int, int], None]
"""Is told what is done ("grading" or "writing"), how many are, and how many were there before."""
Sink = Callable[[Record], None]

FORMATS = (
    "csv",
    "jsonl",
    "feedback",
    "html",
    "gradescope",
    "prairielearn",
    "coderunner",
    "edx",
    "nbgrader",
    "canvas",
    "moodle",
)
USUAL = FORMATS[:4]
STAGE = ".unfinished"
"""The folder within the results where files are made before they are put in their place."""
COMMONEST = 5
"""Mistakes that a summary names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a class is graded; only ``level`` changes what is recorded.

    ``attempts`` says which of several submissions of one student counts. ``jobs`` processes judge,
    or the workers of a Dask cluster at ``dask``; ``isolate`` keeps even one job in a process of its
    own, of limited memory. ``fresh`` throws away what is recorded. ``canvas`` is a gradebook that
    Canvas exported, and ``canvas_column`` the title of the assignment in it, else the question's.
    ``variants`` is a folder that `symconv bank` wrote: each student has a question of their own.
    """

    formats: Sequence[str] = USUAL
    attempts: Attempts = "last"
    jobs: int = 1
    dask: str = ""
    isolate: bool = False
    fresh: bool = False
    level: Level | None = None
    canvas: Path | None = None
    canvas_column: str = ""
    variants: Path | None = None


USUALLY = Settings()


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of it: of all submissions, and of those that count, one for each student.

    ``mean`` is the mean score of the graded answers that count. ``mistakes`` are the commonest
    labels of those, with how many have them.
    """

    submissions: int
    resumed: int
    students: int
    graded: int
    not_graded: int
    mean: Fraction
    mistakes: tuple[tuple[str, int], ...]
    files: tuple[Path, ...]

    @property
    def exit_code(self) -> int:
        """0 when every answer that counts was graded, else 1."""
        return 1 if self.not_graded else 0

    def facts(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "submissions": self.submissions,
            "resumed": self.resumed,
            "students": self.students,
            "graded": self.graded,
            "not_graded": self.not_graded,
            "mean_score": decimal(self.mean),
            "mistakes": [{"label": name, "count": count} for name, count in self.mistakes],
            "files": [path.as_posix() for path in self.files],
        }


def grade(
    question: Question,
    paths: Sequence[Path],
    out: Path,
    settings: Settings = USUALLY,
    *,
    progress: Progress | None = None,
    read: Read = containers.submissions,
    make: Make = checker,
) -> Summary:
    """Grade all submissions in some files and folders, and write the results into a folder.

    Run again after an interruption it goes on where it was. ``read`` finds the submissions of a
    file, and ``make`` makes what judges them.

    Raises: QuestionError.
    """
    show = progress or (lambda *_state: None)
    question = _at_level(question, settings.level)
    _check(question, settings)
    header = _header(question, paths, out, settings)
    with Journal(out, header, fresh=settings.fresh) as journal:
        items = _with_variants(intake.items(paths, question, read), settings)
        journal.resume(items)
        done = journal.kept
        for lines in _judged(Desk(question, make), items, settings):
            for line in lines:
                journal.append(line)
            done += len(lines)
            show("grading", done, journal.kept)
        journal.sync()
        return _views(question, journal, out, settings, show)


def _with_variants(items: Iterator[Item], settings: Settings) -> Iterator[Item]:
    """Give every submission the question of its student, where each has one."""
    if settings.variants is None:
        yield from items
        return
    for item in items:
        try:
            own = own_question(settings.variants, item.submission.id)
        except QuestionError as error:
            fault = AnswerError(
                "no-own-variant",
                "there is no question of yours among those of this class",
                hint="hand in under the name or number that your sheet was made for",
            )
            empty = replace(item.submission, written=None, fault=fault)
            yield replace(item, submission=empty, trouble=str(error))
        else:
            yield replace(item, question=_at_level(own, settings.level))


def _at_level(question: Question, level: Level | None) -> Question:
    if level is None:
        return question
    return replace(question, file=msgspec.structs.replace(question.file, feedback=level))


def _check(question: Question, settings: Settings) -> None:
    """Find out before the work, and not after it, what could not be written."""
    for name in settings.formats:
        if name not in FORMATS:
            raise QuestionError(
                "unknown-format", f"{name!r} is no format", hint=f"one of {', '.join(FORMATS)}"
            )
    if "canvas" in settings.formats and settings.canvas is None:
        raise QuestionError(
            "no-canvas-template",
            "Canvas takes in its own table alone, filled in",
            hint="export the gradebook from Canvas and give it with --canvas-template",
        )
    if settings.canvas is not None:
        _canvas(question, settings, {})


def _canvas(question: Question, settings: Settings, grades: dict[str, gradebooks.Grade]) -> bytes:
    path = settings.canvas or Path()
    try:
        template = path.read_bytes()
    except OSError as error:
        raise intake.unreadable(path, error) from None
    column = settings.canvas_column or question.file.title or question.id
    return gradebooks.canvas(template, grades, column)


def _header(question: Question, paths: Sequence[Path], out: Path, settings: Settings) -> Header:
    variants = intake.inputs([settings.variants], out) if settings.variants else []
    return {
        "schema": SCHEMA,
        "symconv": __version__,
        "question": {"id": question.id, "sha256": question.sha256},
        "settings": {"feedback": question.file.feedback, "variants": variants},
        "inputs": intake.inputs(paths, out),
    }


def _judged(desk: Desk, items: Iterator[Item], settings: Settings) -> Iterator[list[Line]]:
    """Yield the records of what is left, in order; no worker is started where nothing is."""
    chunks = intake.chunks(items)
    if not settings.dask and settings.jobs == 1 and not settings.isolate:
        return cluster.here(desk, chunks)
    first = next(chunks, None)
    if first is None:
        return iter(())
    workers: cluster.Workers
    if settings.dask:
        workers = cluster.Cluster(desk, settings.dask)
    else:
        workers = cluster.Pool(desk, settings.jobs, isolated=settings.isolate)
    return cluster.elsewhere(desk, workers, _with_first(first, chunks))


def _with_first(first: intake.Chunk, others: Iterator[intake.Chunk]) -> Iterator[intake.Chunk]:
    yield first
    yield from others


def _counting(journal: Journal, attempts: Attempts) -> bytearray:
    """Return for each record whether it counts: one of each student does."""
    best: dict[bytes, tuple[Any, int]] = {}
    number = -1
    for number, found in enumerate(journal.records()):
        who = blake2b(found["submission_id"].encode(), digest_size=16).digest()
        rank = (found["status"] == "graded", exact(found["score"])) if attempts == "best" else 0
        if who not in best or attempts == "last" or (attempts == "best" and rank > best[who][0]):
            best[who] = (rank, number)
    counts = bytearray(number + 1)
    for _, chosen in best.values():
        counts[chosen] = 1
    return counts


def _views(
    question: Question, journal: Journal, out: Path, settings: Settings, show: Progress
) -> Summary:
    """Write every view of the records that count into a folder beside the results, then move it."""
    counts = _counting(journal, settings.attempts)
    stage = out / STAGE
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        tally = _written(question, _counted(journal, counts, show), stage, settings)
        files = (out / NAME, *moved(stage, out))
        if settings.fresh:
            forget(out, {path.name for path in files})
    except OSError as error:
        raise QuestionError(
            "no-results",
            f"{error.strerror or error}; the records are kept",
            place=str(out),
            hint="make room or close open files, and run the same command again",
        ) from None
    ranked = sorted(tally.labels.items(), key=lambda row: (-row[1], row[0]))
    return Summary(
        len(counts),
        journal.kept,
        sum(counts),
        tally.graded,
        tally.refused,
        tally.total / tally.graded if tally.graded else Fraction(0),
        tuple(ranked[:COMMONEST]),
        files,
    )


def _counted(journal: Journal, counts: bytearray, show: Progress) -> Iterator[Record]:
    for number, found in enumerate(journal.records()):
        if counts[number]:
            yield found
        if number % 100 == 0:
            show("writing", number + 1, 0)


def _written(
    question: Question,
    counted: Iterator[Record],
    stage: Path,
    settings: Settings,
) -> Tally:
    """Write the views in one pass over the records, and return what was counted."""
    tally, grades = Tally(), dict[str, gradebooks.Grade]()
    with ExitStack() as stack:
        sinks = [*_tables(question, stage, settings, stack), *_files(question, stage, settings)]
        sinks.append(tally.add)
        if "canvas" in settings.formats:
            sinks.append(
                lambda found: grades.update({found["submission_id"]: gradebooks.grade(found)})
            )
        for found in counted:
            for sink in sinks:
                sink(found)
    if "html" in settings.formats:
        (stage / "report.html").write_bytes(report.html(tally, question).encode())
    if "canvas" in settings.formats:
        (stage / "canvas.csv").write_bytes(_canvas(question, settings, grades))
    return tally


def _tables(
    question: Question, stage: Path, settings: Settings, stack: ExitStack
) -> Iterator[Sink]:
    """Yield what adds a record to the tables that were asked for."""
    title = question.file.title or question.id
    kinds = {
        "csv": ("results.csv", results.HEADER, results.row),
        "moodle": ("moodle.csv", gradebooks.moodle_header(title), gradebooks.moodle_row),
    }
    for name, (file, header, row) in kinds.items():
        if name in settings.formats:
            stream = stack.enter_context((stage / file).open("wb"))
            stream.write(header.encode())
            yield partial(_add_row, stream, row)


def _add_row(stream: BinaryIO, row: Callable[[Record], str], found: Record) -> None:
    stream.write(row(found).encode())


def _files(question: Question, stage: Path, settings: Settings) -> Iterator[Sink]:
    """Yield what writes the file of one student, for each format that was asked for."""
    if "feedback" in settings.formats:
        title = question.file.title
        yield lambda found: _ignored(sheets.write(found, stage, title))
    kinds: dict[str, Callable[[Record], Any]] = {
        "gradescope": lambda found: gradescope.results(found, question),
        "prairielearn": prairielearn.external,
        "coderunner": coderunner.results,
        "edx": edx.result,
        "nbgrader": lambda found: {"points": nbgrader.points(found), "text": nbgrader.text(found)},
    }
    for name, view in kinds.items():
        if name in settings.formats:
            (stage / name).mkdir()
            yield partial(_write_json, stage / name, view)


def _write_json(folder: Path, view: Callable[[Record], Any], found: Record) -> None:
    text = compact_json(view(found)) + "\n"
    (folder / f"{slug(found['submission_id'])}.json").write_bytes(text.encode())


def _ignored(_result: object) -> None:
    pass
