"""The NumPy engine: exact integers and rationals, one pass over the output for each tap.

int64 arithmetic is used only under a licence: a bound on every partial sum, computed in Python
integers. Without it 64-bit entries are split into limbs, and longer ones go through a product of
polynomials, exact at any size. Rationals become integers over one common denominator.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from symconv.axis import PAD, Axis
from symconv.engines import limbs, polynomials
from symconv.exact import INT64_MAX, Array, objects, pack, whole
from symconv.plan import Geometry

LICENCES = ((2**31 - 1, np.int32), (2**63 - 1, np.int64))
"""The bound under which each arithmetic is exact; beyond the last, Python integers."""
NARROW_TAPS = 8
"""Taps from which int32 repays the copies to it and back (measured at 1,000,000 entries)."""
LIMB_TAPS = 100
"""Products of one output up to which nine int64 correlations of limbs beat a product of polynomials
(measured at 60 bits); far below limbs.MOST_TERMS."""
POLYNOMIAL_WORK = 20
"""Taps, times 128-bit words of the smaller entries, from which one product of polynomials beats a
pass for each tap over Python integers (measured from 64 to 4,000 bits and 9 to 225 taps)."""
Adder = Callable[[Array, Array, Array, tuple[Axis, ...]], None]
"""Sets out (N, M, *O), zeros so far, to the sums over padded (N, C, *P) and w (M, C, *K)."""
BLOCK = 2**16
"""Outputs worked on at a time, so that the sums and one product of each stay in the cache."""


def evaluate(geometry: Geometry, x: Array, w: Array, bias: Array | None) -> Array:
    """Return the exact output array for integer and rational entries."""
    x, x_denominator = integers(x, geometry.fill)
    w, w_denominator = integers(w)
    fill = int(geometry.fill * x_denominator)
    sums = _convolve_integers(geometry, x, w, fill)
    shape = geometry.out_shape
    if x_denominator * w_denominator == 1 and (bias is None or bias.dtype != object):
        return with_bias(sums, bias).reshape(shape)
    total = over(objects(sums), x_denominator * w_denominator)
    return pack(with_bias(total, bias).ravel().tolist(), shape)


def integers(values: Array, *more: Any) -> tuple[Array, int]:
    """Return *values* as integers over their common denominator, and that denominator."""
    if values.dtype != object and not any(isinstance(value, Fraction) for value in more):
        return values, 1
    flat = objects(values).ravel().tolist()
    if set(map(type, (*flat, *more))) <= {int}:
        return values, 1
    denominator = math.lcm(*(value.denominator for value in (*flat, *more)))
    scaled = [value.numerator * (denominator // value.denominator) for value in flat]
    return pack(scaled, values.shape), denominator


def over(values: Array, denominator: int) -> Array:
    """Return integers over a denominator as exact numbers."""
    if denominator == 1:
        return values
    values = objects(values)
    flat = [whole(Fraction(value, denominator)) for value in values.ravel().tolist()]
    quotients = np.empty(len(flat), dtype=object)
    quotients[:] = flat
    return quotients.reshape(values.shape)


def with_bias(sums: Array, bias: Array | None) -> Array:
    """Return sums (N, M, *O) with the bias of each filter, or of each place, added."""
    if bias is None:
        return pack(sums.ravel().tolist(), sums.shape) if sums.dtype == object else sums
    shape = bias.shape if bias.ndim > 1 else (-1, *(1,) * (sums.ndim - 2))
    column = objects(bias).reshape(1, *shape)
    total = objects(sums) + column
    return pack(map(whole, total.ravel().tolist()), total.shape)


def bound(peak: int, w: Array) -> int:
    """Return a number that no partial sum of any output exceeds in size, in Python integers.

    |sum| <= max|x| · sum|w| over one filter, with ``peak`` = max|x|; for w of several filters
    (M, T), the largest such sum. The entries themselves are bounded too: a huge one may meet only
    zeros, and must still be held.
    """
    total = max((sum(map(abs, part.ravel().tolist())) for part in w), default=0)
    return max(peak * total, peak, total)


def peak_of(values: Array) -> int:
    """Return the largest size of any entry, in Python integers.

    >>> peak_of(np.array([3, -(2**63)]))
    9223372036854775808
    """
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _convolve_integers(geometry: Geometry, x: Array, w: Array, fill: int) -> Array:
    """Return the integer sums, in the narrowest arithmetic that the bound licenses."""
    filters = w.shape[0] if geometry.layer else 1
    peak = max(peak_of(x), abs(fill))
    largest = bound(peak, w.reshape(filters, geometry.taps))
    for size, dtype in LICENCES if geometry.taps >= NARROW_TAPS else LICENCES[1:]:
        if largest <= size:
            narrow = sums(geometry, x.astype(dtype, copy=False), w.astype(dtype, copy=False), fill)
            return narrow.astype(np.int64, copy=False)
    narrow_entries = x.dtype == w.dtype == np.int64 and peak <= INT64_MAX
    if narrow_entries and geometry.taps <= LIMB_TAPS:
        return limbs.combine(x, w, fill, partial(sums, geometry))
    words = min(peak.bit_length(), peak_of(w).bit_length()) / 128
    work = math.prod(axis.taps for axis in geometry.axes) * max(1, words)
    add = polynomials.accumulate if work >= POLYNOMIAL_WORK else _accumulate
    return sums(geometry, objects(x), objects(w), fill, add)


def sums(geometry: Geometry, x: Array, w: Array, fill: Any, add: Adder | None = None) -> Array:
    """Return the sums of products, (N, M, *out), in the arithmetic of the arrays' dtype.

    For int32, int64 and floats the caller vouches for that arithmetic; objects are Python integers.
    """
    batch = 1 if geometry.batch is None else geometry.batch
    filters = 1 if geometry.filters is None else geometry.filters
    padded = lay_out_all(geometry, x, fill)
    w = w.reshape(filters, geometry.depth, *(axis.taps for axis in geometry.axes))
    out = np.zeros((batch, filters, *(axis.out for axis in geometry.axes)), dtype=padded.dtype)
    size = filters // geometry.groups
    for group in range(geometry.groups):
        channels = slice(group * geometry.depth, (group + 1) * geometry.depth)
        members = slice(group * size, (group + 1) * size)
        (add or _accumulate)(out[:, members], padded[:, channels], w[members], geometry.axes)
    return out


def lay_out_all(geometry: Geometry, x: Array, fill: Any) -> Array:
    """Return the padded input as (N, C, *P)."""
    batch = 1 if geometry.batch is None else geometry.batch
    padded = x.reshape(batch, geometry.channels, *(axis.size for axis in geometry.axes))
    for number, axis in enumerate(geometry.axes):
        padded = _lay_out(padded, number + 2, axis)
    for number, axis in enumerate(geometry.axes if fill else ()):
        outside = axis.line == PAD
        if outside.any():
            np.moveaxis(padded, number + 2, 0)[outside] = fill
    return padded


def _lay_out(x: Array, place: int, axis: Axis) -> Array:
    """Return *x* laid out along the padded line of one axis, zero where the line reads no input."""
    if axis.before == axis.after == 0 and axis.lhs == 1:
        return x
    line = axis.line
    shape = (*x.shape[:place], len(line), *x.shape[place + 1 :])
    padded = np.zeros(shape, dtype=x.dtype)
    inside = line >= 0
    np.moveaxis(padded, place, 0)[inside] = np.moveaxis(x, place, 0)[line[inside]]
    return padded


def _accumulate(out: Array, padded: Array, w: Array, axes: tuple[Axis, ...]) -> None:
    """Set *out* to the sum of every tap's contribution, block by block along the first axis."""
    rows = out.shape[2]
    step = max(1, BLOCK * rows // max(1, out.size))
    first, *rest = [axis.places for axis in axes]
    weights = _weights(w)
    if step >= rows:
        _add_taps(out, padded, weights, itertools.product(first, *rest))
        return
    for start in range(0, rows, step):
        part = out[:, :, start : start + step]
        block = [_rows(places, start, part.shape[2]) for places in first]
        _add_taps(part, padded, weights, itertools.product(block, *rest))


def _add_taps(
    out: Array, padded: Array, weights: list[Any], windows: Iterable[tuple[slice, ...]]
) -> None:
    """Set *out* to the sum over the taps of weight times window of the padded input."""
    products = out
    for window, weight in zip(windows, weights, strict=True):
        seen = padded[(slice(None), slice(None), *window)]
        if isinstance(weight, np.ndarray):
            np.einsum("mc,nc...->nm...", weight, seen, out=products)
        else:
            np.multiply(seen, weight, out=products)
        if products is out:
            products = np.empty_like(out)
        else:
            out += products


def _weights(w: Array) -> list[Any]:
    """Return the weights of each tap in row-major order: numbers, or M by C matrices."""
    by_tap = w.reshape(*w.shape[:2], math.prod(w.shape[2:]))
    if by_tap.shape[:2] == (1, 1):
        return list(by_tap[0, 0])
    return [by_tap[:, :, tap] for tap in range(by_tap.shape[2])]


def _rows(places: slice, start: int, count: int) -> slice:
    """Return the part of a tap's places that belongs to *count* outputs from *start*."""
    first = places.start + places.step * start
    return slice(first, first + places.step * (count - 1) + 1, places.step)
