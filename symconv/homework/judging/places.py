"""What cells, kernel entries and products are called in sentences to students, counted from 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from symconv.homework.questions.question import Index
from symconv.homework.reading.polynomials import Polynomial, Value, text_of

_AXES = {1: ("position",), 2: ("row", "column"), 3: ("plane", "row", "column")}


def axis_words(rank: int) -> tuple[str, ...]:
    """Return what the axes are called: rows and columns where there are two.

    >>> axis_words(3)
    ('plane', 'row', 'column')
    """
    return _AXES.get(rank) or tuple(f"axis-{number} place" for number in range(1, rank + 1))


@lru_cache(maxsize=10_000)
def cell_name(index: Index, rank: int, filters: bool = True) -> str:
    """Return the name of a cell, counted from 1, in an answer to a question of *rank* axes.

    An index of one more axis starts with the filter; without ``filters`` with what stands around
    rows, or around the entries of one row.

    >>> cell_name((1, 0, 2), 2), cell_name((1, 0), 2), cell_name((4,), 2)
    ('filter 2, row 1, column 3', 'row 2, column 1', 'position 5')
    >>> cell_name((1, 0, 2), 2, filters=False), cell_name((1, 0), 1, filters=False)
    ('block 2, row 1, column 3', 'row 2, column 1')
    """
    if len(index) != rank + 1:
        return _name(index, axis_words(len(index)))
    if filters:
        return _name(index, ("filter", *axis_words(rank)))
    return _name(index, ("block", *axis_words(rank)) if rank > 1 else axis_words(2))


def size_text(shape: Index) -> str:
    """Return what an answer of some shape is, in words.

    >>> size_text((9,)), size_text((3, 4)), size_text((3, 1, 3))
    ('one row of 9 numbers', '3 rows of 4 numbers', '3 blocks of 1 row with 3 numbers')
    """
    numbers = f"{shape[-1]} number{'s' * (shape[-1] != 1)}"
    if len(shape) == 1 or (len(shape) == 2 and shape[0] == 1):
        return f"one row of {numbers}"
    if len(shape) == 2:
        return f"{shape[0]} rows of {numbers}"
    *blocks, rows, _ = shape
    around = " of ".join(f"{count} block{'s' * (count != 1)}" for count in blocks)
    return f"{around} of {rows} row{'s' * (rows != 1)} with {numbers}"


@lru_cache(maxsize=10_000)
def tap_name(index: Index, rank: int) -> str:
    """Return the name of a kernel entry, counted from 1; the channel stands first if it is given.

    >>> tap_name((0, 1), 2), tap_name((2, 0), 1)
    ('row 1, column 2', 'channel 3, position 1')
    """
    return _name(index, ("channel", *axis_words(rank))[-len(index) :])


def _name(index: Index, words: Sequence[str]) -> str:
    return ", ".join(f"{word} {place + 1}" for word, place in zip(words, index, strict=True))


def product_text(*factors: Value) -> str:
    """Return a product as it is written out, with brackets where they are needed.

    >>> product_text(2, -3)
    '2·(-3)'
    """
    return "·".join(map(_factor, factors))


def _factor(value: Value) -> str:
    text = text_of(value)
    several = isinstance(value, Polynomial) and len(value.terms) > 1
    return f"({text})" if several or text.startswith("-") else text
