"""Whether a peer's answer is symconv's, entry for entry and without tolerance."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

Comparison = Callable[[Any, Any], "Answer"]
"""Called with symconv's answer and a peer's."""


class Answer(Enum):
    """What a peer's answer is beside symconv's, which was checked by a witness of its own."""

    EXACT = "exact"
    ROUNDED = "exact after rounding"
    """Floats, each of which rounds to the right integer."""
    NEAR = "within the bound"
    """Floats, each within a proved bound of the right number."""
    WRONG = "wrong"
    UNCHECKED = "not compared"

    @property
    def exact(self) -> bool | None:
        """Whether the right answer can be read from it; None where nobody claims that."""
        claimed = self not in (Answer.NEAR, Answer.UNCHECKED)
        return self is not Answer.WRONG if claimed else None


def numbers(mine: Any, theirs: Any) -> Answer:
    """Compare arrays of numbers; floats are rounded to integers first.

    >>> numbers(np.array([2**53 + 1]), np.array([2.0**53]))
    <Answer.WRONG: 'wrong'>
    >>> numbers(np.array([3, 4]), np.array([3.0000001, 4.0]))
    <Answer.ROUNDED: 'exact after rounding'>
    """
    wanted, found = np.asarray(mine), np.asarray(theirs)
    if wanted.shape != found.shape:
        return Answer.WRONG
    if found.dtype.kind == "f":
        same = _integers(found)
        equal = same is not None and bool((wanted == same).all())
        return Answer.ROUNDED if equal else Answer.WRONG
    return Answer.EXACT if bool((wanted == found).all()) else Answer.WRONG


def _integers(values: Any) -> Any:
    """Return floats as the nearest integers; None where one is none, or beyond int64."""
    nearest = np.rint(values.astype(np.float64))
    inside = np.isfinite(nearest).all() and (np.abs(nearest) < 2.0**63).all()
    return nearest.astype(np.int64) if inside else None


def rationals(mine: Any, theirs: Any) -> Answer:
    """Compare numerators over one denominator with the same, or with an array of rationals.

    >>> rationals((np.array([1, 2]), 4), np.array([Fraction(1, 4), Fraction(1, 2)]))
    <Answer.EXACT: 'exact'>
    >>> rationals((np.array([1, 2]), 4), (np.array([2, 5]), 8))
    <Answer.WRONG: 'wrong'>
    """
    over, under = _fractions(mine), _fractions(theirs)
    if over[0].shape != under[0].shape:
        return Answer.WRONG
    equal = (over[0] * under[1] == under[0] * over[1]).all()
    return Answer.EXACT if bool(equal) else Answer.WRONG


def _fractions(answer: Any) -> tuple[Any, Any]:
    """Return numerators and denominators as Python integers, in arrays that broadcast."""
    if isinstance(answer, tuple):
        numerators, denominator = answer
        return _ints(numerators), int(denominator)
    cells = np.asarray(answer, dtype=object)
    found = [Fraction(int(value.numerator), int(value.denominator)) for value in cells.ravel()]
    tops, bottoms = (np.empty(len(found), dtype=object) for _ in range(2))
    tops[:] = [value.numerator for value in found]
    bottoms[:] = [value.denominator for value in found]
    return tops.reshape(cells.shape), bottoms.reshape(cells.shape)


def _ints(values: Any) -> Any:
    cells = np.asarray(values, dtype=object)
    flat = np.empty(cells.size, dtype=object)
    flat[:] = [int(value) for value in cells.ravel()]
    return flat.reshape(cells.shape)


def uncompared(_mine: Any, _theirs: Any) -> Answer:
    """Compare nothing, where the two answers are of different kinds."""
    return Answer.UNCHECKED


def alike(mine: Any, theirs: Any) -> Answer:
    """Compare two values by ==."""
    return Answer.EXACT if mine == theirs else Answer.WRONG
