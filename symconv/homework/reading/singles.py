"""Answers of one line a cell: student, row, column, what stands there.

A cell at a place where no other has one is left out and told of; it changes no one's shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

from symconv.errors import AnswerError
from symconv.homework.reading import grids, tables
from symconv.homework.reading.model import Rules, Submission

FEW = 4
"""Cells are astray, and no part of a larger grid, while there are this many times more others."""
_PLACE = re.compile(r"[0-9]{1,6}\Z")
Pair = tuple[int, int]


@dataclass(slots=True)
class Student:
    """The cells of one student by their places; ``astray`` is what is wrong with single ones."""

    line: int
    cells: dict[Pair, str] = field(default_factory=dict)
    astray: list[AnswerError] = field(default_factory=list)
    fault: AnswerError | None = None

    def base(self) -> Pair:
        """Return the first row and column, 0 or 1, as far as the student's own cells tell."""
        rows, columns = zip(*self.cells, strict=True)
        return min(1, *rows, 1), min(1, *columns, 1)

    def size(self, base: Pair) -> Pair:
        """Return how many rows and columns there are up to the last ones."""
        rows, columns = zip(*self.cells, strict=True)
        return max(rows) - base[0] + 1, max(columns) - base[1] + 1

    def add(self, place: str, texts: Sequence[str], rules: Rules) -> None:
        """Take a row, a column and the cell there, or note what is wrong with them."""
        row, column, cell = texts
        if not _PLACE.match(row) or not _PLACE.match(column):
            self.astray.append(_no_place(place, row, column))
            return
        at = int(row), int(column)
        if at[0] > rules.limits.cells or at[1] > rules.limits.columns:
            self.astray.append(tables.too_many(rules.limits))
        elif self.cells.get(at, cell) != cell:
            self.fault = AnswerError(
                "cell-twice",
                f"{place}: the cell in row {row} and column {column} occurs twice",
                hint="write every cell once",
            )
        else:
            self.cells[at] = cell


def _no_place(place: str, row: str, column: str) -> AnswerError:
    return AnswerError(
        "bad-position",
        f"{place}: row {row[:20]!r} and column {column[:20]!r} are no place of a cell",
        hint="number the rows and columns 1, 2, 3, …",
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """Where the cells of most students begin, and how many rows and columns they have."""

    base: Pair
    size: Pair


def usual(students: Sequence[Student]) -> Usual:
    """Return what most students have of those whose cells leave no gap, if there are any."""
    sound = [(each, each.base()) for each in students if each.cells]
    full = [(each, base) for each, base in sound if prod(each.size(base)) == len(each.cells)]
    bases = Counter(base for _, base in full or sound)
    sizes = Counter(each.size(base) for each, base in full or sound)
    base = max(bases, key=lambda pair: (bases[pair], (-pair[0], -pair[1])), default=(1, 1))
    size = max(sizes, key=lambda pair: (sizes[pair], pair), default=(0, 0))
    return Usual(base, size)


def submissions(found: dict[str, Student], rules: Rules) -> Iterator[Submission]:
    """Yield the students' grids, none smaller than those that most of them have."""
    most = usual(list(found.values()))
    for name, student in found.items():
        place = f"line {student.line}"
        try:
            yield _grid(name, student, most, rules)
        except AnswerError as error:
            yield Submission(name, fault=error, place=place)


def _grid(name: str, student: Student, most: Usual, rules: Rules) -> Submission:
    if student.fault is not None:
        raise student.fault
    if not student.cells:
        raise student.astray[0]
    notices = [_left_out(error) for error in student.astray]
    if prod(student.size(student.base())) != len(student.cells):
        notices += _trim(student, most)
    base = min(student.base()[0], most.base[0]), min(student.base()[1], most.base[1])
    size = [max(pair) for pair in zip(student.size(base), most.size, strict=True)]
    if prod(size) > 4 * rules.limits.cells:
        raise tables.too_many(rules.limits)
    if base != (1, 1):
        notices.append("rows or columns were counted from 0")
    plane = [
        tuple(student.cells.get((base[0] + row, base[1] + column), "") for column in range(size[1]))
        for row in range(size[0])
    ]
    written = grids.written([plane], rules.limits, notices)
    return Submission(name, written, place=f"line {student.line}")


def _trim(student: Student, most: Usual) -> list[str]:
    """Leave out the few cells outside the usual grid, and return what to tell of them."""
    ends = most.base[0] + most.size[0], most.base[1] + most.size[1]
    inside = {
        at: cell
        for at, cell in student.cells.items()
        if most.base[0] <= at[0] < ends[0] and most.base[1] <= at[1] < ends[1]
    }
    outside = [at for at in student.cells if at not in inside]
    if FEW * len(outside) > len(inside):
        return []
    student.cells = inside
    return [f"the cell in row {row} and column {column} was left out" for row, column in outside]


def _left_out(error: AnswerError) -> str:
    return f"a cell was left out: {error.message}"
