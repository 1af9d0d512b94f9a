"""Gradebooks: tables that Canvas and Moodle take in.

A table that the gradebook exported is filled in: one field of a row, and all else stays as it was,
byte for byte. For Moodle a new table can be written as well, one row an answer.

Sources: Canvas guide, "How do I import grades in the Gradebook?"; Moodle documentation, "Grade
import" and "Assignment activity", section on the offline grading worksheet.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symconv.errors import QuestionError
from symconv.homework.outputs.escape import csv_field, csv_line
from symconv.homework.outputs.record import Record, comment

CANVAS_KEYS = ("SIS Login ID", "SIS User ID", "ID", "Student")
"""Columns of a Canvas export that may hold the ids of the answers, in this order of trust."""
MOODLE_KEYS = ("Email address", "ID number", "Username", "Identifier")
"""Columns of a Moodle table that may, in this order of trust."""
_FIELD = re.compile(r'("(?:[^"]|"")*"|[^,\r\n"][^,\r\n]*|)(,|\r\n|\n|\r|\Z)')


@dataclass(frozen=True, slots=True)
class Grade:
    """What a gradebook is told of one student; ``points`` is empty for an answer not graded."""

    points: str
    comment: str


def grade(found: Record) -> Grade:
    """Return the grade of one record."""
    points = found["points"]["decimal"] if found["status"] == "graded" else ""
    return Grade(points, comment(found))


def canvas(template: bytes, grades: Mapping[str, Grade], column: str, key: str = "") -> bytes:
    r"""Return a Canvas export with one assignment's column filled in.

    *column* is the assignment's title, with or without its id in brackets. *key* is the column
    that holds the ids of the answers; without it the first of `CANVAS_KEYS` in which one is found.
    Students without an answer, or whose answer was not graded, keep what stands there.

    Raises: QuestionError[gradebook-format], QuestionError[gradebook-column].

    >>> table = b"Student,ID,Grids (7)\nDoe,1,\n"
    >>> canvas(table, {"1": Grade("2.5", "")}, "Grids")
    b'Student,ID,Grids (7)\nDoe,1,2.5\n'
    """
    table = _Table(template)
    points = {table.column(column): {name: each.points for name, each in grades.items()}}
    return table.filled(_key(table, grades, key, CANVAS_KEYS), points)


def moodle(template: bytes, grades: Mapping[str, Grade], key: str = "") -> bytes:
    """Return the grading worksheet of a Moodle assignment with grades and comments filled in.

    Raises: QuestionError[gradebook-format], QuestionError[gradebook-column].
    """
    table = _Table(template)
    filled = {table.column("Grade"): {name: each.points for name, each in grades.items()}}
    if "Feedback comments" in table.header:
        comments = {name: each.comment for name, each in grades.items()}
        filled[table.column("Feedback comments")] = comments
    return table.filled(_key(table, grades, key, MOODLE_KEYS), filled)


def moodle_header(title: str, key: str = "Email address") -> str:
    """Return the first row of a new table for Moodle's grade import."""
    return csv_line((key, title, f"{title} feedback"))


def moodle_row(found: Record) -> str:
    """Return one student's row of a new table for Moodle's grade import."""
    each = grade(found)
    return csv_line((found["submission_id"], each.points, each.comment))


def _key(table: _Table, grades: Mapping[str, Grade], key: str, usual: Sequence[str]) -> int:
    """Return the column that holds the ids."""
    if key:
        return table.column(key)
    here = [table.header.index(name) for name in usual if name in table.header]
    known = (
        at for at in here if any(row[at : at + 1][0:1] and row[at] in grades for row in table.texts)
    )
    found = next(known, None)
    if found is None and not here:
        table.column(usual[0])
    return here[0] if found is None else found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A field as it stands, the text it means, and what separates it from the next one."""

    raw: str
    end: str

    @property
    def text(self) -> str:
        quoted = self.raw.startswith('"')
        return self.raw[1:-1].replace('""', '"') if quoted else self.raw


class _Table:
    """The rows of a CSV file, each field as it was written."""

    def __init__(self, content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")
        self.mark = "\ufeff" if text.startswith("\ufeff") else ""
        self.rows = list(_rows(text[len(self.mark) :]))
        self.texts = [[piece.text.strip() for piece in row] for row in self.rows]
        if not self.rows:
            raise QuestionError("gradebook-format", "the table is empty", place="gradebook")

    @property
    def header(self) -> list[str]:
        return self.texts[0]

    def column(self, name: str) -> int:
        """Return the place of a column: its whole name, or its name before an id in brackets."""
        whole = [at for at, text in enumerate(self.header) if text == name]
        found = whole or [
            at for at, text in enumerate(self.header) if re.sub(r" \([0-9]+\)$", "", text) == name
        ]
        if len(found) == 1:
            return found[0]
        close = difflib.get_close_matches(name, self.header, n=1)
        raise QuestionError(
            "gradebook-column",
            f"{len(found)} columns are called {name!r}",
            place="gradebook",
            hint=f"did you mean {close[0]!r}?" if close else "take one of the first row",
        )

    def filled(self, key: int, columns: Mapping[int, Mapping[str, str]]) -> bytes:
        """Return the table with new texts in some columns of the rows whose key is known."""
        parts = [self.mark]
        for number, (row, texts) in enumerate(zip(self.rows, self.texts, strict=True)):
            name = texts[key] if number and key < len(texts) else None
            for at, piece in enumerate(row):
                new = columns[at].get(name, "") if name is not None and at in columns else ""
                parts += [csv_field(new) if new else piece.raw, piece.end]
        return "".join(parts).encode("utf-8", "surrogateescape")


def _rows(text: str) -> Iterator[list[_Piece]]:
    """Yield the rows of a CSV text; a quoted field may hold newlines."""
    at, row = 0, []
    while at < len(text):
        found = _FIELD.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            message = f"line {line}: a quote inside a field, or one that is never closed"
            raise QuestionError(
                "gradebook-format", message, place="gradebook", hint="export the table again as CSV"
            )
        row.append(_Piece(found[1], found[2]))
        at = found.end()
        if found[2] != ",":
            yield row
            row = []
    if row:
        yield [*row, _Piece("", "")]
