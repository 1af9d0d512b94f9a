"""Rationals as integers over one common denominator, and back to lowest terms.

    xᵢ = Xᵢ/D,   wₜ = Wₜ/E,   Σ xᵢ·wₜ = (Σ Xᵢ·Wₜ)/(D·E),   n/D = (n/g)/(D/g) with g = gcd(n, D)

Sums of products need no fraction but at the end, where each is brought to lowest terms once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import repeat
from operator import floordiv
from typing import Any

import numpy as np

from symconv.engines.bounds import peak_of
from symconv.engines.collector import COLLECTOR_PAUSED
from symconv.exact import INT64_MAX, Array, boxed, fit, objects

Make = Callable[[list[int], list[int]], list[Any]]
"""Returns Fractions of numerators and positive denominators without common factors."""


def integers(values: Array, *more: Any) -> tuple[Array, int]:
    """Return *values* as integers over a common denominator of theirs and *more*, and it.

    >>> integers(np.array([Fraction(1, 2), Fraction(2, 3), 1]))
    (array([3, 4, 6]), 6)
    """
    extra = [value.denominator for value in more]
    if values.dtype != object:
        denominator = math.lcm(*extra)
        return (values, 1) if denominator == 1 else (scaled(values, denominator), denominator)
    flat = values.ravel().tolist()
    denominators = _denominators(flat)
    denominator = math.lcm(*denominators, *extra)
    if denominator == 1 and not denominators:
        return narrowed(values), 1
    times = {each: denominator // each for each in denominators}
    whole = [
        value * denominator if type(value) is int else value._numerator * times[value._denominator]  # noqa: SLF001 - its property takes longer
        for value in flat
    ]
    return narrowed(boxed(whole, values.shape)), denominator


def _denominators(flat: list[Any]) -> set[int]:
    """Return the denominators of the Fractions among some numbers."""
    if set(map(type, flat)) <= {int}:
        return set()
    return {value._denominator for value in flat if type(value) is not int}  # noqa: SLF001


def narrowed(values: Array) -> Array:
    """Return integers as int64 where all fit, else as they are.

    >>> [narrowed(np.array([n], dtype=object)).dtype.name for n in (2**63 - 1, 2**63)]
    ['int64', 'object']
    """
    if values.dtype != object:
        return values
    return values.astype(np.int64) if fit(values.ravel().tolist()) else values


def scaled(values: Array, factor: int) -> Array:
    """Return integers times a factor, int64 where all fit.

    >>> scaled(np.array([1, -2**62]), 2)
    array([                   2, -9223372036854775808])
    """
    if factor == 1:
        return values
    # the factor itself must fit too, were all values 0
    if values.dtype != object and max(1, peak_of(values)) * abs(factor) <= INT64_MAX:
        return values.astype(np.int64, copy=False) * factor
    return narrowed(objects(values) * factor)


def with_bias(sums: Array, denominator: int, bias: Array | None) -> tuple[Array, int]:
    """Return integer sums (N, M, *O) over a denominator, the bias added, and the denominator.

    ``bias`` is one number for each filter, (M,), or for each place, of its shape.

    >>> with_bias(np.array([[[1, 2]]]), 6, np.array([Fraction(1, 4)], dtype=object))
    (array([[[5, 7]]]), 12)
    """
    if bias is None:
        return sums, denominator
    offsets, other = integers(bias)
    common = math.lcm(denominator, other)
    sums, offsets = scaled(sums, common // denominator), scaled(offsets, common // other)
    shape = bias.shape if bias.ndim > 1 else (-1, *(1,) * (sums.ndim - 2))
    column = offsets.reshape(1, *shape)
    narrow = object not in (sums.dtype, column.dtype)
    if narrow and peak_of(sums) + peak_of(column) <= INT64_MAX:
        return sums + column, common
    return narrowed(objects(sums) + objects(column)), common


def over(values: Array, denominator: int) -> Array:
    """Return integers over a denominator as exact numbers in lowest terms, ints where whole.

    int64 where all are integers that fit, else objects.

    >>> over(np.array([2, 3, 8]), 4)
    array([Fraction(1, 2), Fraction(3, 4), 2], dtype=object)
    """
    if denominator == 1:
        return narrowed(values)
    flat = values.ravel().tolist()
    shared = list(map(math.gcd, flat, repeat(denominator)))
    tops = list(map(floordiv, flat, shared))
    below = list(map(floordiv, repeat(denominator), shared))
    wholes = [place for place, bottom in enumerate(below) if bottom == 1]
    if len(wholes) == len(flat):
        return narrowed(boxed(tops, values.shape))
    found = _maker()(tops, below)
    for place in wholes:
        found[place] = tops[place]
    return boxed(found, values.shape)


@cache
def _maker() -> Make:
    """Return what makes Fractions.

    Their constructor looks for a common factor again. Filling the two slots of one does not: that
    is private to Python, so it is tried once, and where anything differs the constructor is used.
    """
    try:
        (tried,) = _filled([-3], [4])
        wanted = Fraction(-3, 4)
        same = (tried, hash(tried), repr(tried + 1)) == (wanted, hash(wanted), repr(wanted + 1))
    except Exception:  # noqa: BLE001 - another Python may lack anything that is private
        same = False
    return _filled if same else lambda tops, below: list(map(Fraction, tops, below))


def _filled(tops: list[int], below: list[int]) -> list[Any]:
    new, found = object.__new__, []
    with COLLECTOR_PAUSED:
        for top, bottom in zip(tops, below, strict=True):
            fraction = new(Fraction)
            fraction._numerator = top  # type: ignore[attr-defined]  # noqa: SLF001
            fraction._denominator = bottom  # type: ignore[attr-defined]  # noqa: SLF001
            found.append(fraction)
    return found
