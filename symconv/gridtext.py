"""Arrays as text: cells, rows and planes; what a cell means is not decided here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

SIGNS = frozenset("+*/·×=")
"""Signs that are no cell: a row where one stands between blanks is one formula, `aw + bx`."""


def split_text(text: str) -> list[Any]:
    """Return the cells of a text: a list for one row, lists of rows, lists of planes of rows.

    >>> split_text("1 2; 3 4")
    [['1', '2'], ['3', '4']]
    >>> split_text("a b")
    ['a', 'b']
    >>> split_text("1 2; 3 4;;;")
    [[[['1', '2'], ['3', '4']]]]
    """
    if planes := split_planes(text):
        return [split_text(plane) for plane in planes]
    rows = [row for row in map(_cells, text.replace(";", "\n").split("\n")) if row]
    return rows[0] if len(rows) == 1 and ";" not in text else rows


def split_planes(text: str) -> list[str]:
    """Return the parts between the longest runs of two or more `;`, none if there is no such run.

    Each part ends with a run that is one shorter, so that one row is still a matrix.

    >>> split_planes("1 2;; 3 4"), split_planes("1; 2;; 3;;;")
    (['1 2;', '3 4;'], ['1; 2;; 3;;'])
    """
    marks = max(re.findall(r";;+", text), default="", key=len)
    parts = [part.strip() for part in text.split(marks)] if marks else []
    return [part.rstrip(";") + marks[1:] for part in parts if part.strip("; ")]


def is_cell(item: Any) -> bool:
    """Tell whether an item of a list is text of one cell.

    >>> is_cell("1/2"), is_cell("1;"), is_cell("1 2")
    (True, False, False)
    """
    return isinstance(item, str) and ";" not in item and len(_cells(item)) == 1


def _cells(row: str) -> list[str]:
    """Split at commas or bars, or at blanks when there are none; brackets keep together.

    Between two commas or bars there is a cell even when it is empty.
    """
    depths = list(_depths(row))
    marks = [i for i, depth in enumerate(depths) if depth == 0 and row[i] in ",|"]
    if not marks:
        marks = [i for i, depth in enumerate(depths) if depth == 0 and row[i].isspace()]
        cells = [cell for cell in _between(row, marks) if cell]
        return cells if SIGNS.isdisjoint(cells) else [row.strip()]
    first, *inner, last = _between(row, marks)
    return [cell for cell in (first,) if cell] + inner + [cell for cell in (last,) if cell]


def _between(row: str, marks: Sequence[int]) -> list[str]:
    starts = [0, *(mark + 1 for mark in marks)]
    return [row[start:end].strip() for start, end in zip(starts, [*marks, len(row)], strict=True)]


def _depths(row: str) -> Iterator[int]:
    """Yield how many brackets are open at each character."""
    depth = 0
    for character in row:
        depth += (character in "([{") - (character in ")]}")
        yield max(depth, 0)
