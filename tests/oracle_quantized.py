"""Quantised arithmetic by the definition: loops over Python numbers, and C++ bit by bit.

This module is a witness. It imports nothing of symconv.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.oracle import Nested, layer_windows

MIN, MAX = -(2**31), 2**31 - 1


def signed(bits: int, width: int) -> int:
    """Return the two's complement value of the lowest *width* bits."""
    bits &= (1 << width) - 1
    return bits - (1 << width) if bits >> (width - 1) else bits


def stored(value: int, dtype: str) -> int:
    """Return what storage of a type such as "uint8" keeps of an integer."""
    width = int(dtype.lstrip("uint"))
    return value & ((1 << width) - 1) if dtype.startswith("u") else signed(value, width)


def clamped(value: int, dtype: str) -> int:
    """Return the integer of a type that is nearest to *value*."""
    width = int(dtype.lstrip("uint"))
    least, most = (
        (0, (1 << width) - 1) if dtype[0] == "u" else (-(1 << width - 1), (1 << width - 1) - 1)
    )
    if value < least:
        return least
    return most if value > most else value


def nearest(value: Fraction, rounding: str) -> int:
    """Return the nearest integer, found by looking at the neighbours; ties as the rule says."""
    around = [int(value) + step for step in (-1, 0, 1)]
    least = min(abs(value - candidate) for candidate in around)
    best = [candidate for candidate in around if abs(value - candidate) == least]
    if len(best) == 1 or rounding == "half-up":
        return best[-1]
    if rounding == "half-even":
        return best[0] if best[0] % 2 == 0 else best[1]
    return best[1] if value > 0 else best[0]


def truncated(numerator: int, denominator: int) -> int:
    """Divide as C++ does, towards zero."""
    size = abs(numerator) // abs(denominator)
    return size if (numerator < 0) == (denominator < 0) else -size


def gemmlowp(acc: int, multiplier: int, shift: int) -> int:
    """Return SaturatingRoundingDoublingHighMul and RoundingDivideByPOT of int32 numbers."""
    left, right = (shift, 0) if shift > 0 else (0, -shift)
    value = acc << left
    product = value * multiplier
    nudge = 1 << 30 if product >= 0 else 1 - (1 << 30)
    high = truncated(product + nudge, 1 << 31)
    mask = (1 << right) - 1
    remainder = high & mask
    threshold = (mask >> 1) + (1 if high < 0 else 0)
    return (high >> right) + (1 if remainder > threshold else 0)


def single(acc: int, multiplier: int, shift: int) -> int:
    """Return a product of int32 numbers, rounded once by a shift to the right."""
    total = 31 - shift
    return (acc * multiplier + (1 << (total - 1))) >> total


def tosa(value: int, multiplier: int, shift: int, *, double_round: bool) -> int:
    """Return TOSA's apply_scale_32, whose shift goes to the right."""
    half = 1 << (shift - 1)
    if double_round and shift > 31:
        half += 1 << 30 if value >= 0 else -(1 << 30)
    return (value * multiplier + half) >> shift


def conv_integer(
    x: Nested, w: Nested, x_zero: Any, w_zero: list[Any], groups: int, **axes: Any
) -> Nested:
    """Return the exact sums of (x − x_zero)(w − w_zero) of a layer; padding reads x_zero."""
    rank = len(axes["padding"])
    axes |= {"boundary": ("constant",) * rank, "fill": x_zero, "input_dilation": (1,) * rank}
    cells = layer_windows(x, w, groups, **axes)

    def summed(pairs: Nested, zero: Any) -> Nested:
        if pairs and isinstance(pairs[0], list):
            return [summed(part, zero) for part in pairs]
        total: Any = 0
        for value, weight in pairs:
            total = total + (value - x_zero) * (weight - zero)
        return total

    return [
        [summed(plane, zero) for plane, zero in zip(maps, w_zero, strict=True)] for maps in cells
    ]


def by_filter(planes: Nested, change: Callable[[int, int], int]) -> Nested:
    """Apply *change* to every entry of (N, M, *O) and the number of its filter."""

    def deeper(part: Nested, number: int) -> Nested:
        if isinstance(part, list):
            return [deeper(item, number) for item in part]
        return change(part, number)

    return [[deeper(plane, m) for m, plane in enumerate(maps)] for maps in planes]


def binary32_neighbours(value: Fraction) -> list[Fraction]:
    """Return the two binary32 numbers around a positive rational, walked to from the exponents."""
    for exponent in itertools.chain([-126], range(-125, 128)):
        if value < Fraction(2) ** (exponent + 1):
            step = Fraction(2) ** (exponent - 23)
            below = int(value / step) * step
            return [below, below + step]
    raise OverflowError
