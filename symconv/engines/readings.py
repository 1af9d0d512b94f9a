"""The other readings of a table with NumPy: by input, by tap, and with a kernel for each output.

Like the passes over the output, each runs in float64 or int64 under a licence, and in Python
integers without.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symconv.axis import Axis
from symconv.engines.bounds import peak_of
from symconv.engines.long.rationals import integers, over, with_bias
from symconv.engines.threads import SINGLE_BLAS
from symconv.engines.work import laid_out
from symconv.exact import Array, objects
from symconv.plan import Geometry
from symconv.tables import Adjoint, ByTap, Local

LICENCES = ((2**53, np.float64), (2**63 - 1, np.int64))
"""The bound on every partial sum under which each arithmetic is exact; else Python integers."""
Pass = Callable[[Array, Array], Array]


def by_input(table: Adjoint, x: Array, w: Array, bias: Array | None) -> Array:
    """Return, for every forward input, the sum over the outputs and taps that read it."""
    plan = table.forward

    def bound(peak: int, kernel: Array) -> int:
        folds = math.prod(_most_places(axis) for axis in plan.axes)
        across = np.abs(objects(kernel)).reshape(_full(plan)).swapaxes(0, 1)
        return peak * folds * max((sum(part.ravel().tolist()) for part in across), default=0)

    def run(upstream: Array, kernel: Array) -> Array:
        return scattered(plan, upstream, kernel)

    total, denominator = _licensed(run, x, w, bound)
    return over(*with_bias(total, denominator, bias)).reshape(table.out_shape)


def by_tap(table: ByTap, x: Array, w: Array, bias: Array | None) -> Array:
    """Return, for every kernel entry, the sum over the outputs that use it."""
    plan = table.forward
    x, x_denominator = integers(x, plan.fill)
    fill = int(plan.fill * x_denominator)
    places = math.prod(axis.out for axis in plan.axes) * (plan.batch or 1)

    def bound(peak: int, upstream: Array) -> int:
        return peak * peak_of(upstream) * places

    def run(inputs: Array, upstream: Array) -> Array:
        return _gathered(plan, laid_out(plan, inputs, fill), upstream)

    total, denominator = _licensed(run, x, w, bound, fill)
    found = with_bias(total, denominator * x_denominator, bias)
    return over(*found).reshape(table.out_shape)


def local(table: Local, x: Array, w: Array, bias: Array | None) -> Array:
    """Return the outputs of a layer with a kernel of its own for each output place."""
    plan = table.forward
    x, x_denominator = integers(x, plan.fill)
    fill = int(plan.fill * x_denominator)

    def bound(peak: int, kernel: Array) -> int:
        return peak * peak_of(kernel) * plan.taps

    def run(inputs: Array, kernel: Array) -> Array:
        return _unshared(plan, laid_out(plan, inputs, fill), kernel.reshape(_local_shape(plan)))

    total, denominator = _licensed(run, x, w, bound, fill)
    found = with_bias(total, denominator * x_denominator, bias)
    return over(*found).reshape(table.out_shape)


def _licensed(
    run: Pass, x: Array, w: Array, bound: Callable[[int, Array], int], fill: int = 0
) -> tuple[Array, int]:
    """Carry out *run* on integers over a denominator, in the first arithmetic that is licensed.

    float64 comes before int64: BLAS multiplies its matrices.
    """
    x, x_denominator = integers(x)
    w, w_denominator = integers(w)
    peak = max(peak_of(x), abs(fill))
    largest = max(bound(peak, w), peak, peak_of(w))
    dtype = next((kind for limit, kind in LICENCES if largest <= limit), object)
    with SINGLE_BLAS.held():
        total = run(x.astype(dtype, copy=False), w.astype(dtype, copy=False))
    exact = total.astype(np.int64) if dtype is np.float64 else total
    return exact, x_denominator * w_denominator


def _full(plan: Geometry) -> tuple[int, ...]:
    return (plan.maps, plan.depth, *(axis.taps for axis in plan.axes))


def _local_shape(plan: Geometry) -> tuple[int, ...]:
    places, taps = zip(*((axis.out, axis.taps) for axis in plan.axes), strict=True)
    return (plan.maps, plan.depth, *places, *taps)


def _groups(plan: Geometry) -> list[tuple[slice, slice]]:
    """Return the filters and the channels of every group."""
    size = plan.maps // plan.groups
    return [
        (slice(g * size, (g + 1) * size), slice(g * plan.depth, (g + 1) * plan.depth))
        for g in range(plan.groups)
    ]


def _windows(plan: Geometry) -> list[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Return every tap, and the padded places that the outputs read through it."""
    taps = itertools.product(*(range(axis.taps) for axis in plan.axes))
    places = itertools.product(*(axis.places for axis in plan.axes))
    return list(zip(taps, places, strict=True))


def _at(places: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the index of places on the last axes."""
    return (..., *places)


def _most_places(axis: Axis) -> int:
    """Return how many padded places one input stands at, at most."""
    inside = axis.line[axis.line >= 0]
    return int(np.bincount(inside).max()) if inside.size else 0


def scattered(plan: Geometry, upstream: Array, w: Array) -> Array:
    """Return (N, C, *S): every upstream entry times the kernel, added where it was read from.

    The caller vouches for the arithmetic of the arrays' dtype.
    """
    w = w.reshape(_full(plan))
    batch = 1 if plan.batch is None else plan.batch
    upstream = upstream.reshape(batch, plan.maps, *(axis.out for axis in plan.axes))
    padded = np.zeros(
        (batch, plan.channels, *(axis.padded for axis in plan.axes)), dtype=upstream.dtype
    )
    for members, channels in _groups(plan):
        part, seen = padded[:, channels], upstream[:, members]
        for tap, window in _windows(plan):
            weights = w[members][_at(tap)]
            part[_at(window)] += _mixed(weights.T, seen)
    for number, axis in enumerate(plan.axes):
        padded = _folded(padded, number + 2, axis)
    return padded


def _folded(padded: Array, place: int, axis: Axis) -> Array:
    """Add up, for every input along one axis, the padded places where it stands."""
    inside = axis.line >= 0
    shape = (axis.size, *(n for i, n in enumerate(padded.shape) if i != place))
    inputs = np.zeros(shape, dtype=padded.dtype)
    np.add.at(inputs, axis.line[inside], np.moveaxis(padded, place, 0)[inside])
    return np.moveaxis(inputs, 0, place)


def _gathered(plan: Geometry, padded: Array, upstream: Array) -> Array:
    upstream = upstream.reshape(len(padded), plan.maps, *(axis.out for axis in plan.axes))
    total = np.zeros(_full(plan), dtype=padded.dtype)
    for members, channels in _groups(plan):
        for tap, window in _windows(plan):
            seen = padded[:, channels][_at(window)]
            products = _flat(upstream[:, members]) @ _flat(seen).swapaxes(1, 2)
            total[members][_at(tap)] = products.sum(axis=0)
    return total


def _mixed(weights: Array, maps: Array) -> Array:
    """Return weights (C, M) times maps (N, M, *S)."""
    products: Array = np.ascontiguousarray(weights) @ _flat(maps)  # strided, BLAS takes neither
    return products.reshape(len(maps), len(weights), *maps.shape[2:])


def _flat(values: Array) -> Array:
    return np.ascontiguousarray(values).reshape(*values.shape[:2], math.prod(values.shape[2:]))


def _unshared(plan: Geometry, padded: Array, w: Array) -> Array:
    out = np.zeros((len(padded), plan.maps, *(axis.out for axis in plan.axes)), dtype=padded.dtype)
    for members, channels in _groups(plan):
        for tap, window in _windows(plan):
            seen = padded[:, channels][_at(window)]
            weights = w[members][_at(tap)]
            out[:, members] += np.einsum("mc...,nc...->nm...", weights, seen)
    return out


Route = Callable[[Any, Array, Array, Array | None], Array]
ROUTES: dict[type, Route] = {Adjoint: by_input, ByTap: by_tap, Local: local}
"""The reading of every table with NumPy."""
