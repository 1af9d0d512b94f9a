"""Answers in CSV and TSV files: a bare grid, a line for each cell, or a row for each student.

    1,2        student,row,col,answer        Email address,Response 1,Response 2
    3,4        ada,1,1,1/2                   ada@example.org,3,a + b

A file is read line by line, so that a class of any size needs no more memory than its longest row;
only the lines of single cells are kept until their students are complete.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from symconv.errors import AnswerError, QuestionError
from symconv.homework.questions.model import Columns
from symconv.homework.reading import grids, htmls, singles, tables
from symconv.homework.reading.model import Rules, Submission, Written

IDS = (
    *("email address", "id number", "username", "sis_id", "sid"),
    *("student", "student id", "student_id", "id", "email", "name"),
)
"""Names of columns of ids, of Moodle, Canvas, Google Forms, Gradescope and lists made by hand."""
HEAD = 2**16
MOST_NAMED = 30
"""Columns that a message names."""
BLANK = Written(((("",),),))
"""What was handed in where nothing was: one cell, which is empty."""
_NUMBERED = re.compile(r"(response|answer|cell)[ _]?([0-9]{1,4})\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: the line it ends on, its cells, or what is wrong with it."""

    line: int
    cells: tuple[str, ...] = ()
    fault: AnswerError | None = None

    @property
    def place(self) -> str:
        """Where the row stands."""
        return f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Form:
    """Which columns hold what; ``rows`` and ``columns`` are those of files of single cells."""

    width: int
    ids: tuple[int, ...]
    answers: tuple[int, ...]
    row: int | None = None
    column: int | None = None
    responses: bool = False

    def id_of(self, record: Record) -> str:
        """Return the first id of a row that is not empty."""
        return next((record.cells[at].strip() for at in self.ids if record.cells[at].strip()), "")


class Lines:
    """The lines of a file as text; one that is too long comes out empty, and is told of.

    Bytes that are not UTF-8 become halves of characters, so that only their row is refused.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self.number = 0
        self.long = False

    def __iter__(self) -> Iterator[str]:
        while data := self._stream.readline(self._limit + 1):
            self.number += 1
            if len(data) > self._limit:
                self.long = True
                while not data.endswith(b"\n") and data:
                    data = self._stream.readline(self._limit)
                data = b"\n"
            data = data.removeprefix(b"\xef\xbb\xbf") if self.number == 1 else data
            yield data.decode("utf-8", "surrogateescape")


def read(
    stream: BinaryIO, name: str, columns: Columns, rules: Rules, *, alone: bool = False
) -> Iterator[Submission]:
    """Yield the answers of a file that can be rewound; *name* is the id of a bare grid.

    Raises: QuestionError[columns] where there is a header without the columns that are needed, or
        where the question names columns and the file, unless it is *alone* one student's, has
        words in its first row and none of those; AnswerError[encoding].
    """
    head = stream.read(HEAD)
    stream.seek(0)
    if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise encoding()
    sign = separator(head.decode("utf-8-sig", "replace"), rules)
    records = _records(stream, sign, rules)
    first = next(records, None)
    form = _form(first.cells, columns) if first is not None and first.fault is None else None
    if form is None:
        if first is not None and not alone and _misses(first, columns, rules):
            raise _missing("answers" if columns.answer else "ids", first.cells)
        stream.seek(0)
        yield _bare(stream, name, rules)
    elif form.row is not None and form.column is not None:
        yield from _gathered(records, form, form.row, form.column, rules)
    else:
        for record in records:
            yield from _row(record, form, rules)


def encoding() -> AnswerError:
    """Return the error for bytes that are not text."""
    return AnswerError(
        "encoding", "this is not text in UTF-8", hint="save the file as UTF-8, and hand it in again"
    )


def bad_csv(message: str) -> AnswerError:
    """Return the error for a row of a table that cannot be read."""
    return AnswerError(
        "bad-csv",
        f"this row of the table cannot be read: {message}",
        hint='put a cell that holds a separator or a quote into quotes, "a, b"',
    )


def separator(head: str, rules: Rules) -> str:
    """Return the sign that parts the cells of the first row: the one that stands there most often.

    >>> separator('name; "a, b, c, d"; answer', Rules())
    ';'
    """
    try:
        first = next(tables.lines(head, rules.limits))
    except AnswerError:
        return ","
    return max((",", ";", "\t"), key=first.count)


def _records(stream: BinaryIO, sign: str, rules: Rules) -> Iterator[Record]:
    """Yield the rows of a file; a faulty one does not end it."""
    lines = Lines(stream, rules.limits.file_bytes)
    reader = csv.reader(iter(lines), delimiter=sign, strict=True)
    while True:
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(lines.number, fault=bad_csv(str(error)))
            continue
        if lines.long:
            lines.long = False
            fault = grids.too_large(rules.limits.file_bytes, "characters in one line")
            yield Record(lines.number, fault=fault)
        elif any(cell.strip() for cell in cells):
            yield Record(lines.number, cells)


def _bare(stream: BinaryIO, name: str, rules: Rules) -> Submission:
    """Return a file that is nothing but a grid."""
    data = stream.read(rules.limits.file_bytes + 1)
    try:
        if len(data) > rules.limits.file_bytes:
            raise grids.too_large(rules.limits.file_bytes, "bytes")
        return Submission(name, split(text_of(data), rules))
    except AnswerError as error:
        return Submission(name, fault=error)


def text_of(data: bytes) -> str:
    """Return bytes as text. Raises: AnswerError[encoding].

    >>> text_of(bytes([239, 187, 191, 49]))
    '1'
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise encoding() from None
    if "\0" in text:
        raise encoding()
    return text


def split(text: str, rules: Rules) -> Written:
    """Return the cells of one text as the rules of a question find them."""
    return grids.of(text, rules)


def _form(header: Sequence[str], columns: Columns) -> Form | None:
    """Return which columns hold what, None where the first row is no header.

    Raises: QuestionError[columns] for a header that lacks a column.
    """
    names = [cell.strip().casefold() for cell in header]
    ids = _places(names, columns.id, IDS)
    row, column = (
        _places(names, columns.row, ("row",)),
        _places(names, columns.column, ("col", "column")),
    )
    answers = _answers(names, columns)
    if not ids and not answers:
        return None
    if not ids or not answers:
        raise _missing("answers" if ids else "ids", header)
    if row and column and len(answers) == 1:
        return Form(len(names), ids, answers, row[0], column[0])
    responses = columns.answer is None and names[answers[0]].startswith("response")
    return Form(len(names), ids, answers, responses=responses)


def _misses(first: Record, columns: Columns, rules: Rules) -> bool:
    """Tell whether a first row without any column that the question names is a header."""
    named = columns.id is not None or columns.answer is not None
    letters = frozenset("".join(rules.symbols))
    return named and any(
        not letters.issuperset(word) for cell in first.cells for word in _WORD.findall(cell)
    )


def _places(names: Sequence[str], given: str | None, known: Sequence[str]) -> tuple[int, ...]:
    """Return the columns of the given name, or else of the known names, in their order."""
    wanted = known if given is None else (given.strip().casefold(),)
    return tuple(names.index(name) for name in wanted if name in names)


def _answers(names: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """Return the columns of answers in the order of the cells; none where one is missing."""
    if isinstance(columns.answer, list):
        found = [_places(names, name, ()) for name in columns.answer]
        return tuple(place[0] for place in found) if all(found) else ()
    if columns.answer is not None or "answer" in names:
        return _places(names, columns.answer, ("answer",))
    marks = [(place, _NUMBERED.match(name)) for place, name in enumerate(names)]
    found_by = [(mark[1], int(mark[2]), place) for place, mark in marks if mark]
    word = min((word for word, _, _ in found_by), default="")
    return tuple(place for found, _, place in sorted(found_by) if found == word)


def _missing(what: str, header: Sequence[str]) -> QuestionError:
    shown = ", ".join(repr(name[:40]) for name in header[:MOST_NAMED])
    shown += ", …" * (len(header) > MOST_NAMED)
    return QuestionError(
        "columns",
        f"no column of {what} is known among {shown}",
        hint="name the columns in the question file, submissions: {id: …, answer: […]}",
    )


def _checked(record: Record, form: Form) -> Record:
    """Return a row with as many cells as the header, or with a fault."""
    cells = record.cells
    if any(cell.strip() for cell in cells[form.width :]):
        fault = bad_csv(f"it has {len(cells)} cells, and the first row has {form.width}")
        return Record(record.line, (), fault)
    filled = (*cells[: form.width], *[""] * (form.width - len(cells)))
    if any(_NO_TEXT.search(filled[at]) for at in (*form.ids, *form.answers)):
        return Record(record.line, filled, encoding())
    return Record(record.line, filled)


def _row(record: Record, form: Form, rules: Rules) -> Iterator[Submission]:
    """Yield the answer in one row, none for a row that sums up others."""
    if record.fault is None:
        record = _checked(record, form)
    name = form.id_of(record) if record.cells else ""
    if record.fault is not None:
        yield Submission(name or record.place, fault=record.fault, place=record.place)
    elif name:
        yield _answer(record, form, rules, name)
    elif not any(cell.strip().casefold() == "overall average" for cell in record.cells):
        yield Submission(record.place, fault=_nameless(), place=record.place)


def _nameless() -> AnswerError:
    return AnswerError(
        "no-id", "this row does not say whose answer it is", hint="fill in the column of ids"
    )


def _answer(record: Record, form: Form, rules: Rules, name: str) -> Submission:
    cells = [record.cells[at].strip() for at in form.answers]
    if form.responses:
        cells = ["" if cell == "-" else cell for cell in cells]
    cells = [htmls.text(cell) for cell in cells]
    flat = len(cells) > 1
    if cells[0] in ("", "-") and not flat:
        return Submission(name, BLANK, place=record.place, facts={"flat": "1"})
    try:
        if not flat and (inner := cloze(cells[0])):
            cells, flat = inner, True
        if flat:
            found = grids.written([[tuple(cells)]], rules.limits)
            return Submission(name, found, place=record.place, facts={"flat": "1"})
        return Submission(name, split(cells[0], rules), place=record.place)
    except AnswerError as error:
        return Submission(name, fault=error, place=record.place)


def cloze(text: str) -> list[str]:
    """Return the cells of an answer as Moodle writes those with gaps, none for any other text.

    >>> cloze("part 1: 3; part 2: ; part 3: a + b")
    ['3', '', 'a + b']
    """
    found: list[str] = []
    mark, begin = "part 1:", 0
    if not text.startswith(mark):
        return found
    while begin >= 0:
        begin += len(mark)
        mark = f"; part {len(found) + 2}:"
        end = text.find(mark, begin)
        found.append(text[begin : end if end >= 0 else len(text)].strip())
        begin = end
    return found


def _gathered(
    records: Iterator[Record], form: Form, row: int, column: int, rules: Rules
) -> Iterator[Submission]:
    """Yield the answers of a file of single cells, students in the order they first occur in."""
    found: dict[str, singles.Student] = {}
    for record in records:
        checked = _checked(record, form) if record.fault is None else record
        name = form.id_of(checked) if checked.cells else ""
        fault = checked.fault or (None if name else _nameless())
        if fault is not None:
            yield Submission(name or record.place, fault=fault, place=record.place)
            continue
        student = found.setdefault(name, singles.Student(record.line))
        at = (row, column, form.answers[0])
        student.add(record.place, [checked.cells[each].strip() for each in at], rules)
    yield from singles.submissions(found, rules)
