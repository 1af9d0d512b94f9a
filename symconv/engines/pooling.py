"""Windows and lines with NumPy, one axis at a time.

A window is a product of one run of places for each axis, and a sum or a maximum may be taken in any
grouping: along one axis after the other it takes k + k passes instead of k·k. Resampling by a
product of weights goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from symconv.engines.bounds import peak_of
from symconv.engines.long.rationals import integers
from symconv.exact import INT64_MAX, Array, objects, pack, whole
from symconv.windows import Line, Windows

Reads = Sequence[tuple[int, Any]]
"""The inputs that one output along one axis reads, each with its weight."""


def extremes(plan: Windows, planes: Array, *, largest: bool) -> Array:
    """Return the largest (smallest) input of each window of planes (N, *S), as (N, *O).

    Every window must read an input: padding reads the smallest (largest) entry there is.
    """
    fold = np.maximum if largest else np.minimum
    blank: Any = 0
    if planes.size:
        blank = planes.min() if largest else planes.max()
    return _packed(_folded(plan, planes, fold, blank))


def sums(plan: Windows, planes: Array) -> tuple[Array, int]:
    """Return the sum of the inputs of each window, as integers over a denominator."""
    numbers, denominator = integers(planes)
    if peak_of(numbers) * plan.taps > INT64_MAX:
        numbers = objects(numbers)
    return totals(plan, numbers), denominator


def totals(plan: Windows, planes: Array) -> Array:
    """Return the sum of the inputs of each window, in the arithmetic of the arrays' dtype.

    The caller vouches for that arithmetic.
    """
    return _folded(plan, planes, np.add, 0)


def first_largest(plan: Windows, planes: Array) -> Array:
    """Return, as a flat index of the plane, the first largest input of each window."""
    shape = planes.shape[1:]
    flat = np.arange(math.prod(shape), dtype=np.int64).reshape(shape)
    indices: Array = np.broadcast_to(flat, planes.shape)
    # Rows come before columns in row-major order, so columns are settled first.
    for number in reversed(range(len(plan.axes))):
        planes, indices = _leaders(planes, indices, number + 1, plan.axes[number])
    return indices


def quotients(totals: Array, counts: Any, denominator: int = 1) -> Array:
    """Return totals / (counts · denominator) as exact numbers; counts broadcast."""
    shares = np.broadcast_to(np.asarray(counts), totals.shape)
    narrow = totals.dtype == shares.dtype == np.int64
    if denominator == 1 and narrow and not (totals % shares).any():
        return np.asarray(totals // shares)

    @cache
    def quotient(total: int, count: int) -> Any:
        return whole(Fraction(total, count * denominator))

    flat = map(quotient, totals.ravel().tolist(), shares.ravel().tolist())
    return pack(flat, totals.shape)


def resampled(values: Array, lines: Sequence[Sequence[Reads]]) -> Array:
    """Return the last axes resampled; ``lines`` has, for each axis, the reads of every output."""
    numbers, denominator = integers(values)
    weights = [_weights(line) for line in lines]
    bound = max(1, peak_of(numbers))
    for _, shares, part in weights:
        bound *= max((sum(map(abs, row)) for row in shares.tolist()), default=1) or 1
        denominator *= part
    dtype = np.int64 if bound <= INT64_MAX and numbers.dtype != object else object
    total = numbers.astype(dtype, copy=False)
    for place, (index, shares, _) in enumerate(weights, start=values.ndim - len(lines)):
        tail = (1,) * (values.ndim - place - 1)
        total = sum(
            np.take(total, index[:, t], axis=place) * shares[:, t].astype(dtype).reshape(-1, *tail)
            for t in range(index.shape[1])
        )
    return quotients(total, 1, denominator)


def _packed(values: Array) -> Array:
    return pack(values.ravel().tolist(), values.shape) if values.dtype == object else values


def _folded(plan: Windows, values: Array, fold: np.ufunc, blank: Any) -> Array:
    for number in reversed(range(len(plan.axes))):
        axis = plan.axes[number]
        first, *rest = _seen(values, number + 1, axis, blank)
        values = first.copy()
        for part in rest:
            fold(values, part, out=values)
    return values


def _leaders(values: Array, indices: Array, place: int, axis: Line) -> tuple[Array, Array]:
    """Return the first largest value along one axis, and its index; -1 where all is padding."""
    blank = values.ravel()[0] if values.size else 0
    seen = zip(_seen(values, place, axis, blank), _seen(indices, place, axis, -1), strict=True)
    best, found = next(seen)
    for part, index in seen:
        better = (index >= 0) & ((found < 0) | (part > best))
        best, found = np.where(better, part, best), np.where(better, index, found)
    return best, found


def _seen(values: Array, place: int, axis: Line, blank: Any) -> list[Array]:
    """Return, for each tap, what the outputs read through it along one axis."""
    line = axis.line
    shape = (*values.shape[:place], len(line), *values.shape[place + 1 :])
    laid = np.full(shape, blank, dtype=values.dtype)
    inside = line >= 0
    np.moveaxis(laid, place, 0)[inside] = np.moveaxis(values, place, 0)[line[inside]]
    return [laid[(slice(None),) * place + (places,)] for places in axis.places]


def _weights(line: Sequence[Reads]) -> tuple[Array, Array, int]:
    """Return inputs and integer weights, outputs by reads, and the denominator of the weights."""
    most = max(map(len, line), default=0) or 1
    denominator = math.lcm(*(weight.denominator for reads in line for _, weight in reads))
    index = np.zeros((len(line), most), dtype=np.int64)
    shares = np.zeros((len(line), most), dtype=object)
    for out, reads in enumerate(line):
        for t, (i, weight) in enumerate(reads):
            index[out, t] = i
            shares[out, t] = weight.numerator * (denominator // weight.denominator)
    return index, shares, denominator
