"""Pools and resamplings by plain loops: walk the windows, look every cell up, fold what is there.

This module is a witness. It imports nothing of symconv and works on nested lists of Python numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from tests.oracle import Nested, entry_at, filled, shape_of

PADDING, NOTHING = "padding", "nothing"


def runs(
    size: int, taps: int, *, stride: int, dilation: int, padding: tuple[int, int], ceil: bool
) -> list[list[Any]]:
    """Return, for every output along one axis, what its taps meet.

    That is an input index, PADDING, or NOTHING behind the padding.
    """
    before, after = padding
    end = size + after
    met: list[list[Any]] = []
    start = -before
    while True:
        places = [start + dilation * t for t in range(taps)]
        if places[-1] >= end and not ceil:
            return met
        if ceil and met and (start >= size or start >= end):
            return met
        met.append([_cell(place, size, end) for place in places])
        if places[-1] >= end - 1:
            return met
        start += stride


def _cell(place: int, size: int, end: int) -> Any:
    if place >= end:
        return NOTHING
    return place if 0 <= place < size else PADDING


Fold = Callable[[list[Any], list[int], int], Any]
"""From the inputs of a window, their flat indices in the plane, and the cells that count."""


def pool(
    x: Nested,
    window: Sequence[int],
    fold: Fold,
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[tuple[int, int]],
    ceil: Sequence[bool],
) -> Nested:
    """Fold the windows over the last axes of x, for every index of the leading ones."""
    shape, rank = shape_of(x), len(window)
    axes = [
        runs(n, k, stride=s, dilation=d, padding=ends, ceil=up)
        for n, k, s, d, ends, up in zip(
            shape[-rank:], window, stride, dilation, padding, ceil, strict=True
        )
    ]

    def one(out: tuple[int, ...]) -> Any:
        lead, place = out[: len(shape) - rank], out[len(shape) - rank :]
        inputs, indices, counted = [], [], 0
        for cell in itertools.product(*(met[o] for met, o in zip(axes, place, strict=True))):
            if NOTHING in cell:
                continue
            counted += 1
            if PADDING not in cell:
                inputs.append(entry_at(x, (*lead, *cell)))
                indices.append(flat(cell, shape[-rank:]))
        return fold(inputs, indices, counted)

    return filled((*shape[: len(shape) - rank], *map(len, axes)), one)


def adaptive_runs(size: int, out: int) -> list[list[int]]:
    """Return, for every output along one axis, the inputs whose cells its own cell meets.

    The axis is one line of size·out parts: an input is a cell of out parts, an output of size.
    """
    return [
        [i for i in range(size) if i * out < (o + 1) * size and (i + 1) * out > o * size]
        for o in range(out)
    ]


def adaptive(x: Nested, outs: Sequence[int], fold: Callable[[list[Any]], Any]) -> Nested:
    """Fold as many windows over the last axes of x as are asked for."""
    shape = shape_of(x)
    lead = len(shape) - len(outs)
    axes = [adaptive_runs(n, out) for n, out in zip(shape[lead:], outs, strict=True)]

    def one(out: tuple[int, ...]) -> Any:
        cells = itertools.product(*(met[o] for met, o in zip(axes, out[lead:], strict=True)))
        return fold([entry_at(x, (*out[:lead], *cell)) for cell in cells])

    return filled((*shape[:lead], *outs), one)


def flat(index: Sequence[int], shape: Sequence[int]) -> int:
    """Return the row-major place of an index."""
    place = 0
    for i, size in zip(index, shape, strict=True):
        place = place * size + i
    return place


def total(inputs: list[Any]) -> Any:
    """Return the sum, an int when it is whole."""
    value: Any = Fraction(0)
    for item in inputs:
        value += item
    return int(value) if value.denominator == 1 else value


def share(inputs: list[Any], count: int) -> Any:
    """Return the sum over a count."""
    return total([Fraction(total(inputs)) / count])


def largest(inputs: list[Any], _indices: list[int], _counted: int) -> Any:
    """Return the largest input."""
    best = inputs[0]
    for value in inputs:
        best = max(best, value)
    return best


def smallest(inputs: list[Any], _indices: list[int], _counted: int) -> Any:
    """Return the smallest input."""
    best = inputs[0]
    for value in inputs:
        best = min(best, value)
    return best


def first_largest(inputs: list[Any], indices: list[int], _counted: int) -> int:
    """Return the smallest flat index of a largest input."""
    best = largest(inputs, indices, 0)
    return min(i for value, i in zip(inputs, indices, strict=True) if value == best)


def put_back(pooled: Nested, indices: Nested, plane: Sequence[int], *, whole: bool) -> Nested:
    """Return zeros with every entry at its index, for every index of the leading axes."""
    shape, rank = shape_of(pooled), len(plane)
    lead = shape[: len(shape) - rank]
    cells = {
        (*index[: len(lead)] * (not whole), entry_at(indices, index)): entry_at(pooled, index)
        for index in itertools.product(*map(range, shape))
    }

    def one(out: tuple[int, ...]) -> Any:
        before, place = out[: len(lead)], out[len(lead) :]
        if whole:
            return cells.get((flat(out, (*lead, *plane)),), 0)
        return cells.get((*before, flat(place, plane)), 0)

    return filled((*lead, *plane), one)


def place_on(reads: list[tuple[int, Fraction]], size: int) -> list[tuple[int, Fraction]]:
    """Move indices outside the axis to its nearest entry."""
    return [(min(max(i, 0), size - 1), weight) for i, weight in reads]


def linear(size: int, out: int, scale: Fraction, align: str) -> list[list[tuple[int, Fraction]]]:
    """Return, for every output along one axis, two inputs with weights that add up to 1."""
    lines = []
    for o in range(out):
        if align == "half-pixel":
            numerator, denominator = (2 * o + 1) * scale.denominator, 2 * scale.numerator
            place = Fraction(numerator, denominator) - Fraction(1, 2)
        elif align == "corners":
            place = Fraction(o * (size - 1), out - 1) if out > 1 else Fraction(0)
        else:
            place = Fraction(o * scale.denominator, scale.numerator)
        left = place.numerator // place.denominator
        far = place - left
        lines.append(place_on([(left, 1 - far), (left + 1, far)], size))
    return lines


def nearest(
    size: int, out: int, scale: Fraction, align: str, rounding: str
) -> list[list[tuple[int, int]]]:
    """Return, for every output along one axis, the one input that its place is rounded to."""
    lines = []
    for o in range(out):
        if align == "half-pixel":
            place = Fraction(2 * o + 1, 2) * scale.denominator / scale.numerator - Fraction(1, 2)
        elif align == "corners":
            place = Fraction(o * (size - 1), out - 1) if out > 1 else Fraction(0)
        else:
            place = Fraction(o * scale.denominator, scale.numerator)
        before = place.numerator // place.denominator
        behind = before if place == before else before + 1
        down, up = place - before, behind - place
        if rounding == "floor":
            taken = before
        elif rounding == "ceil":
            taken = behind
        elif down == up:
            taken = before if rounding == "half-down" else behind
        else:
            taken = before if down < up else behind
        lines.append([(min(max(taken, 0), size - 1), 1)])
    return lines


def resample(x: Nested, axes: Sequence[list[list[tuple[int, Any]]]]) -> Nested:
    """Add up the weighted inputs of every output over the last axes of x."""
    shape = shape_of(x)
    lead = len(shape) - len(axes)

    def one(out: tuple[int, ...]) -> Any:
        met = [reads[o] for reads, o in zip(axes, out[lead:], strict=True)]
        parts = []
        for pairs in itertools.product(*met):
            value = Fraction(entry_at(x, (*out[:lead], *(i for i, _ in pairs))))
            for _, weight in pairs:
                value *= weight
            parts.append(value)
        return total(parts)

    return filled((*shape[:lead], *map(len, axes)), one)
