"""The SymPy engine: every output is the object `Add(*[Mul(x, w), ...])`.

It reads the axis tables tap by tap, so it shares neither loop nor index with the definition.
Products of numbers, powers and sums are made by index arithmetic (`multiplying`, `collecting`);
outputs that meet any other entry are given to SymPy's constructors, term by term.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from math import prod
from operator import mul
from typing import Any

import numpy as np

from symconv.algebra import EXPRESSIONS
from symconv.axis import HOLE, PAD
from symconv.engines.symbols.assembly import Maker, UnorderedError, evaluating, maker
from symconv.engines.symbols.collecting import sums
from symconv.engines.symbols.multiplying import Pairs, products
from symconv.exact import Array, boxed, objects
from symconv.plan import Geometry, Shape
from symconv.terms import Table, Terms

NONE = -(2**31)
"""Stands for no input: further below 0 than an index of an array of objects is above."""


def evaluate(table: Table, x: Array, w: Array | None, bias: Array | None) -> list[Any]:
    """Return the output entries, SymPy expressions, in row-major order."""
    pairs = _pairs(table, x, w, bias)
    make = maker() if evaluating() else None
    if make is not None:
        try:
            return _assembled(pairs, make)
        except UnorderedError:
            pass
    return _by_sympy(pairs, range(pairs.cells))


def _assembled(pairs: Pairs, make: Maker) -> list[Any]:
    found, hard = products(pairs)
    values = sums(found, pairs.cells, make)
    if hard.any():
        cells = np.flatnonzero(hard).tolist()
        rest = _by_sympy(pairs.where(hard[pairs.out]), cells)
        for cell, value in zip(cells, rest, strict=True):
            values[cell] = value
    return values


def _by_sympy(pairs: Pairs, cells: Iterable[int]) -> list[Any]:
    """Return some outputs by SymPy's own constructors, term by term."""
    x, w = (list(map(EXPRESSIONS.enter, entries)) for entries in (pairs.x, pairs.w))
    terms: dict[int, list[Any]] = {cell: [] for cell in cells}
    scales = itertools.repeat(1) if pairs.scales is None else pairs.scales.tolist()
    places = (pairs.out.tolist(), pairs.left.tolist(), pairs.right.tolist())
    for (cell, i, t), scale in zip(zip(*places, strict=True), scales, strict=False):
        value = EXPRESSIONS.product(x[i], w[t])
        terms[cell].append(value if scale == 1 else EXPRESSIONS.scaled(value, scale))
    return list(map(EXPRESSIONS.sum, terms.values()))


def _pairs(table: Table, x: Array, w: Array | None, bias: Array | None) -> Pairs:
    """Return every product; after the entries x has the constant and the biases, w has a 1."""
    left = [*objects(x).ravel().tolist(), 1 if table.fill is None else table.fill]
    right = [*([] if w is None else objects(w).ravel().tolist()), 1]
    scales = None
    if isinstance(table, Terms):
        out, of_x, of_w = _by_tap(table.geometry, x.size if table.geometry.constant else None)
    else:
        out, of_x, of_w, scales = _by_term(table, x.size, len(right) - 1)
    if bias is not None:
        places = _bias_places(table, bias) + len(left)
        out = np.concatenate([out, np.arange(len(places))])
        of_x = np.concatenate([of_x, places])
        of_w = np.concatenate([of_w, np.full(len(places), len(right) - 1)])
        scales = None if scales is None else np.append(scales, np.ones(len(places), dtype=object))
        left += objects(bias).ravel().tolist()
    return Pairs(prod(table.out_shape), left, right, out, of_x, of_w, scales)


def _by_tap(geometry: Geometry, fill: int | None) -> tuple[Array, Array, Array]:
    """Return outputs, inputs (*fill* on padding, when it is read) and kernel entries, flat."""
    source = _inputs(geometry) if fill is None else _sources(geometry)
    taps, outs = source.shape
    size = prod(axis.size for axis in geometry.axes)
    read = source != HOLE if fill is not None else source >= 0
    tap, place = np.nonzero(read)
    source = source[read]
    batch = 1 if geometry.batch is None else geometry.batch
    out, x, w = [], [], []
    for n, m in itertools.product(range(batch), range(geometry.maps)):
        for depth, channel in enumerate(geometry.channels_of(m)):
            inside = (n * geometry.channels + channel) * size + source
            out.append((n * geometry.maps + m) * outs + place)
            x.append(inside if fill is None else np.where(source == PAD, fill, inside))
            w.append((m * geometry.depth + depth) * taps + tap)
    return _joined(out), _joined(x), _joined(w)


def _joined(columns: list[Array]) -> Array:
    empty = np.zeros(0, dtype=np.int64)
    return columns[0] if len(columns) == 1 else np.concatenate([empty, *columns])


def _inputs(geometry: Geometry) -> Array:
    """Return the flat input index of every tap (row) and output (column), negative for none."""
    found = np.zeros((1, 1), dtype=np.int64)
    for axis in geometry.axes:
        inner = np.where(axis.source < 0, NONE, axis.source).T
        joined = found[:, None, :, None] * axis.size + inner[None, :, None, :]
        found = np.maximum(joined, NONE).reshape(len(found) * axis.taps, found.shape[1] * axis.out)
    return found


def _sources(geometry: Geometry) -> Array:
    """Return the flat input index of every tap (row) and output (column), or PAD, or HOLE."""
    found = np.zeros((1, 1), dtype=np.int64)
    for axis in geometry.axes:
        outer, inner = found[:, None, :, None], axis.source.T[None, :, None, :]
        none = np.where((outer == PAD) | (inner == PAD), PAD, HOLE)
        joined = np.where((outer < 0) | (inner < 0), none, outer * axis.size + inner)
        found = joined.reshape(len(found) * axis.taps, found.shape[1] * axis.out)
    return found


def _by_term(table: Table, fill: int, one: int) -> tuple[Array, Array, Array, Array | None]:
    """Return outputs, inputs, kernel entries and scales of a table that is read term by term."""
    rows: list[tuple[int, int, int]] = []
    scales: list[Any] = []
    steps_x, steps_w = _steps(table.x_shape), _steps(table.w_shape)
    for cell, out in enumerate(itertools.product(*map(range, table.out_shape))):
        for term in table.by_out(out):
            if term.x is None and table.fill is None:
                continue
            x = fill if term.x is None else sum(map(mul, term.x, steps_x))
            w = one if term.w is None else sum(map(mul, term.w, steps_w))
            rows.append((cell, x, w))
            scales.append(term.scale)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return columns[0], columns[1], columns[2], None if set(scales) <= {1} else boxed(scales)


def _steps(shape: Shape) -> list[int]:
    """Return how far apart in the flat array two neighbours along each axis are."""
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _bias_places(table: Table, bias: Array) -> Array:
    """Return, for each output, the place of its bias in the flat array of biases."""
    outs = itertools.product(*map(range, table.out_shape))
    if bias.ndim == 1:
        return np.array([table.filter_of(out) for out in outs], dtype=np.int64)
    steps = _steps(bias.shape)
    places = [sum(map(mul, out[-bias.ndim :], steps)) for out in outs]
    return np.array(places, dtype=np.int64)
