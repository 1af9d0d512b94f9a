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
def cell_name(index: Index, rank: int) -> str:
    """Return the name of a cell, counted from 1, in an answer to a question of *rank* axes.

    An index of one more axis starts with the filter.

    >>> cell_name((1, 0, 2), 2), cell_name((1, 0), 2), cell_name((4,), 2)
    ('filter 2, row 1, column 3', 'row 2, column 1', 'position 5')
    """
    filters = len(index) == rank + 1
    words = ("filter", *axis_words(rank)) if filters else axis_words(len(index))
    return _name(index, words)


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
