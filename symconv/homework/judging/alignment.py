"""From what was written to a grid: its shape, and its cells in row-major order."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from symconv.errors import AnswerError
from symconv.homework.questions.question import Shape
from symconv.homework.reading.model import Plane, Row, Written
from symconv.plan import by


@dataclass(frozen=True, slots=True)
class Aligned:
    """The texts of an answer's cells in row-major order, and the shape they were written in.

    ``astray`` are the places of cells whose row is too short or too long to say which cell is
    meant; of a long row the first cells are kept.
    """

    shape: Shape
    texts: tuple[str, ...]
    astray: frozenset[int] = frozenset()
    notices: tuple[str, ...] = ()


def align(written: Written, wanted: Shape, *, flat: bool = False) -> Aligned:
    """Return the cells of an answer, as near to the wanted shape as they were written.

    Rows of one plane may be separated by blank lines or not; a list may stand in a column; *flat*
    cells are the fields of a form and have no shape of their own. Nothing is reordered.

    >>> align(Written(((("1",), ("2",)),)), (2,)).shape
    (2,)
    """
    if _is(written.labelled, wanted):
        written = Written(written.labelled)  # then no row or column can be one of names
    planes = [plane for plane in written.planes if plane]
    rows, notices = _without_blank_column([row for plane in planes for row in plane], wanted)
    notices = (*written.notices, *notices)
    columns = {len(row) for row in rows}
    lines, line = prod(wanted[:-1]), wanted[-1]
    if flat and columns == {prod(wanted)} and len(rows) == 1:
        return _grid(wanted, rows, notices)
    if lines == 1 and len(rows) == line != 1 and columns == {1}:
        return _grid(wanted, rows, (*notices, "your column was read as a row"))
    if line == 1 and len(rows) == 1 and columns == {lines} != {1}:
        return _grid(wanted, rows, (*notices, "your row was read as a column"))
    if len(wanted) == 1 and len(rows) == 1:
        return _grid((len(rows[0]),), rows, notices)
    if len(rows) == lines and (len(wanted) > 2 or len(planes) > 1):
        if len(planes) != prod(wanted[:-2]):
            notices = (*notices, f"your rows were read as {by(wanted[:-1])} rows")
        return _rows(wanted, rows, notices)
    if len(planes) > 1:
        return _planes(planes, notices)
    return _rows((len(rows), max(columns, default=0)), rows, notices, wanted)


def _is(planes: tuple[Plane, ...], wanted: Shape) -> bool:
    """Tell whether planes have the wanted shape as they stand."""
    rows = [row for plane in planes for row in plane]
    fits = len(rows) == prod(wanted[:-1]) and {len(row) for row in rows} == {wanted[-1]}
    return fits and (len(planes) == prod(wanted[:-2]) or len(wanted) < 2)


def _without_blank_column(rows: list[Row], wanted: Shape) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows without a last column that a separator at every end of a row began."""
    one_more = {len(row) for row in rows} == {wanted[-1] + 1} and wanted[-1] > 0
    if not one_more or any(row[-1].strip() for row in rows):
        return rows, ()
    return [row[:-1] for row in rows], ("the separator at the end of each row was left out",)


def _planes(planes: list[Plane], notices: tuple[str, ...]) -> Aligned:
    heights, rows = {len(plane) for plane in planes}, [row for plane in planes for row in plane]
    widths = {len(row) for row in rows}
    if len(heights) > 1 or len(widths) > 1:
        raise AnswerError(
            "ragged",
            f"your {len(planes)} blocks have different numbers of rows or columns",
            hint="write all blocks with the same number of rows, and rows with the same number "
            "of cells",
        )
    return _grid((len(planes), *heights, *widths), rows, notices)


def _rows(
    shape: Shape, rows: list[Row], notices: tuple[str, ...], wanted: Shape | None = None
) -> Aligned:
    """Return rows as a grid; what to make of a row of another length cannot be said."""
    widths = {len(row) for row in rows}
    if len(widths) == 1:
        return _grid((*shape[:-1], *widths), rows, notices)
    fits = wanted is not None and len(rows) == prod(wanted[:-1]) and wanted[-1] in widths
    width = wanted[-1] if fits and wanted else shape[-1]
    cells: list[str] = []
    astray: set[int] = set()
    for row in rows:
        if len(row) != width:
            astray.update(range(len(cells), len(cells) + width))
        cells += (*row[:width], *[""] * (width - len(row)))
    return Aligned((*shape[:-1], width), tuple(cells), frozenset(astray), notices)


def _grid(shape: Shape, rows: list[Row], notices: tuple[str, ...]) -> Aligned:
    cells = tuple(cell for row in rows for cell in row)
    return Aligned(shape, cells, notices=notices)
