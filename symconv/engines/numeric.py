"""The NumPy engine: exact integers and rationals, one pass over the output for each tap.

int64 arithmetic is used only under a licence: a bound on every partial sum, computed in Python
integers. Without it the same passes run on Python integers. Rationals become integers over one
common denominator.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.axis import PAD, Axis
from symconv.exact import INT64_MAX, Array, objects, pack
from symconv.plan import Geometry


def evaluate(geometry: Geometry, x: Array, w: Array, bias: Array | None) -> Array:
    """Return the exact output array for integer and rational entries."""
    x, x_denominator = _integers(x, geometry.fill)
    w, w_denominator = _integers(w)
    fill = int(geometry.fill * x_denominator)
    sums = _convolve_integers(geometry, x, w, fill)
    shape = geometry.out_shape
    if x_denominator * w_denominator == 1 and (bias is None or bias.dtype != object):
        return _with_bias(sums, bias).reshape(shape)
    total = _over(objects(sums), x_denominator * w_denominator)
    return pack(_with_bias(total, bias).ravel().tolist(), shape)


def _integers(values: Array, *more: Any) -> tuple[Array, int]:
    """Return *values* as integers over their common denominator, and that denominator."""
    if values.dtype != object and not any(isinstance(value, Fraction) for value in more):
        return values, 1
    flat = objects(values).ravel().tolist()
    denominator = math.lcm(*(value.denominator for value in (*flat, *more)))
    scaled = [value.numerator * (denominator // value.denominator) for value in flat]
    return pack(scaled, values.shape), denominator


def _over(values: Array, denominator: int) -> Array:
    flat = [_whole(Fraction(value, denominator)) for value in values.ravel().tolist()]
    quotients = np.empty(len(flat), dtype=object)
    quotients[:] = flat
    return quotients.reshape(values.shape)


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _with_bias(sums: Array, bias: Array | None) -> Array:
    if bias is None:
        return pack(sums.ravel().tolist(), sums.shape) if sums.dtype == object else sums
    column = objects(bias).reshape(1, -1, *(1,) * (sums.ndim - 2))
    total = objects(sums) + column
    return pack(map(_entry, total.ravel().tolist()), total.shape)


def _entry(value: Any) -> Any:
    return _whole(value) if isinstance(value, Fraction) else value


def bound(x: Array, w: Array, fill: int = 0) -> int:
    """Return a number that no partial sum of any output exceeds in size, in Python integers.

    |sum| <= max|x| · sum|w| over one filter; with w (M, C/g, *K), the largest such sum.
    """
    largest = max(_peak(x), abs(fill))
    filters = [sum(map(abs, part.ravel().tolist())) for part in w]
    return largest * max(filters, default=0)


def _peak(values: Array) -> int:
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _convolve_integers(geometry: Geometry, x: Array, w: Array, fill: int) -> Array:
    """Return the integer sums, (N, M, *out)."""
    batch = 1 if geometry.batch is None else geometry.batch
    filters = 1 if geometry.filters is None else geometry.filters
    x = x.reshape(batch, geometry.channels, *(axis.size for axis in geometry.axes))
    w = w.reshape(filters, geometry.depth, *(axis.taps for axis in geometry.axes))
    if bound(x, w, fill) > INT64_MAX:
        x, w = objects(x), objects(w)
    else:
        x, w = x.astype(np.int64), w.astype(np.int64)
    padded = x
    for number, axis in enumerate(geometry.axes):
        padded = _lay_out(padded, number + 2, axis)
    if fill:
        for number, axis in enumerate(geometry.axes):
            padded[(*(slice(None),) * (number + 2), axis.line == PAD)] = fill
    out = np.zeros((batch, filters, *(axis.out for axis in geometry.axes)), dtype=padded.dtype)
    size = filters // geometry.groups
    for group in range(geometry.groups):
        channels = slice(group * geometry.depth, (group + 1) * geometry.depth)
        members = slice(group * size, (group + 1) * size)
        _accumulate(out[:, members], padded[:, channels], w[members], geometry.axes)
    return out


def _lay_out(x: Array, place: int, axis: Axis) -> Array:
    """Return *x* laid out along the padded line of one axis, zero where the line reads no input."""
    line = axis.line
    shape = (*x.shape[:place], len(line), *x.shape[place + 1 :])
    padded = np.zeros(shape, dtype=x.dtype)
    before = (slice(None),) * place
    inside = line >= 0
    padded[(*before, inside)] = x[(*before, line[inside])]
    return padded


def _accumulate(out: Array, padded: Array, w: Array, axes: tuple[Axis, ...]) -> None:
    """Add every tap's contribution to *out* in place."""
    for tap in np.ndindex(w.shape[2:]):
        window = tuple(_seen_by(axis, t) for axis, t in zip(axes, tap, strict=True))
        seen = padded[(slice(None), slice(None), *window)]
        weights = w[(slice(None), slice(None), *tap)]
        if weights.shape == (1, 1):
            out += seen * weights[0, 0]
        else:
            out += np.einsum("mc,nc...->nm...", weights, seen)


def _seen_by(axis: Axis, tap: int) -> slice:
    """Return the places of the padded line that one tap reads, by output."""
    start = axis.offset(tap)
    return slice(start, start + axis.stride * (axis.out - 1) + 1 if axis.out else start, axis.stride)
