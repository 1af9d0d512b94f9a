"""Arrays of a question: exact values from text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from symconv import expressions
from symconv.errors import QuestionError, standing_at
from symconv.exact import Array
from symconv.gridtext import is_cell, split_planes, split_text
from symconv.homework.questions.model import Tensor
from symconv.homework.reading.grids import split
from symconv.homework.reading.polynomials import Polynomial, Value, letter, number
from symconv.plan import by


def tensor(given: Tensor, symbols: dict[str, str], place: str) -> Array:
    """Return an array of exact values from the text of a question.

    Raises: ExpressionError, EntryError[ragged], QuestionError[empty-array].
    """
    with standing_at(place):
        found = _entries(given, symbols)
    if not found.size:
        raise QuestionError("empty-array", "no entries", place=place)
    flat = found.ravel().tolist()
    if all(type(value) is int and abs(value) < 2**31 for value in flat):
        return found.astype(np.int64)
    return found


def _entries(given: Any, symbols: dict[str, str]) -> Array:
    if isinstance(given, str) and given.strip()[:1] in BRACKETS:
        return _entries(_nested(given.strip()), symbols)
    if isinstance(given, str) and (planes := split_planes(given)):
        return _entries(planes, symbols)
    if isinstance(given, str):
        return _stacked([_row(row, symbols) for row in split_text(given)])
    return _stacked(
        [_value(item, symbols) if is_cell(item) else _entries(item, symbols) for item in given]
    )


BRACKETS = ("[", "(", "{")


def _nested(text: str) -> Any:
    """Return an array in brackets, as programs print it, as lists within lists of texts."""
    planes = [[list(row) for row in plane] for plane in split(text).planes]
    if len(planes) > 1:
        return planes
    return planes[0] if len(planes[0]) > 1 or text[1:].lstrip()[:1] in BRACKETS else planes[0][0]


def _row(row: Any, symbols: dict[str, str]) -> Any:
    return _value(row, symbols) if isinstance(row, str) else _row_of(row, symbols)


def _row_of(cells: list[str], symbols: dict[str, str]) -> Array:
    return _stacked([_value(cell, symbols) for cell in cells])


def _stacked(parts: list[Any]) -> Array:
    shapes = {part.shape if isinstance(part, np.ndarray) else () for part in parts}
    if len(shapes) > 1:
        found = " and ".join(sorted(by(shape) for shape in shapes))
        raise QuestionError("ragged", f"parts of shapes {found}", hint="rows need one length")
    stacked = np.empty((len(parts), *next(iter(shapes), ())), dtype=object)
    for place, part in enumerate(parts):
        stacked[place] = part
    return stacked


def _value(text: str, symbols: dict[str, str]) -> Value:
    """Return the exact value of one entry."""
    tree = expressions.parse(text, symbols=symbols)
    value = expressions.evaluate(tree, lambda name: letter(symbols[name]))
    if isinstance(value, Polynomial):
        return value
    if not isinstance(value, int | Fraction):
        raise QuestionError("not-a-number", f"{text!r} is no number and no sum of letters")
    return number(value)
