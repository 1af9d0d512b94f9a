"""Cells that blanks part: which of them are one mixed number, which one looks like several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.errors import AnswerError
from symconv.homework.reading.faults import quoted
from symconv.homework.reading.model import Plane, Row

_WHOLE = re.compile(r"[-−–]?[0-9]{1,60}\Z")
_FRACTION = re.compile(r"([0-9]{1,60})[/⁄]([0-9]{1,60})\Z|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]\Z")
_DIFFERENCE = re.compile(r"[-−–] [0-9.,]+(?: [-−–] [0-9.,]+)+\Z")


def mixed(planes: Sequence[Plane]) -> list[Plane]:
    """Return planes with a whole number and the proper fraction after it in one cell.

    Raises: AnswerError[mixed-blanks] where rows are as even without that, so that nobody can tell.

    >>> mixed([(("1", "1/2", "3"), ("4", "5"))])
    [(('1 1/2', '3'), ('4', '5'))]
    """
    joined = [tuple(map(_joined, plane)) for plane in planes]
    if joined == list(planes):
        return joined
    apart, together = ({len(row) for plane in one for row in plane} for one in (planes, joined))
    if len(together) < len(apart):
        return joined
    first = next(cell for plane in joined for row in plane for cell in row if " " in cell)
    raise AnswerError(
        "mixed-blanks",
        f"{quoted(first)} can be one cell or two",
        hint="write commas between the cells, 1 1/2, 3",
    )


def _joined(row: Row) -> Row:
    found: list[str] = []
    for cell in row:
        if found and _WHOLE.match(found[-1]) and _is_proper(cell):
            found[-1] += f" {cell}"
        else:
            found.append(cell)
    return tuple(found)


def _is_proper(cell: str) -> bool:
    found = _FRACTION.match(cell)
    return found is not None and (found[1] is None or 0 < int(found[1]) < int(found[2]))


def differences(planes: Sequence[Plane]) -> list[str]:
    """Return what to tell of a row that was read as one cell, `- 13 - 20`, and may be several."""
    rows = (row[0] for plane in planes for row in plane if len(row) == 1)
    found = next((cell for cell in rows if _DIFFERENCE.match(cell)), "")
    told = f"{quoted(found)} is read as one cell; write commas between cells, or -13 without blanks"
    return [told] if found else []
