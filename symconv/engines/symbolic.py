"""The SymPy engine: every output is the object `Add(*[Mul(x, w), ...])`.

It reads the axis tables tap by tap, so it shares neither loop nor index with the definition.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from symconv.algebra import EXPRESSIONS
from symconv.axis import HOLE, PAD
from symconv.exact import Array, objects
from symconv.plan import Geometry


def evaluate(geometry: Geometry, x: Array, w: Array, bias: Array | None) -> list[Any]:
    """Return the output entries, SymPy expressions, in row-major order."""
    import sympy

    batch = 1 if geometry.batch is None else geometry.batch
    filters = 1 if geometry.filters is None else geometry.filters
    inputs = _expressions(x).reshape(batch, geometry.channels, *(a.size for a in geometry.axes))
    kernel = _expressions(w).reshape(filters, geometry.depth, *(a.taps for a in geometry.axes))
    spatial = tuple(axis.out for axis in geometry.axes)
    taps = [(tap, *_sources(geometry, tap)) for tap in np.ndindex(kernel.shape[2:])]
    fill = EXPRESSIONS.enter(geometry.fill)
    values: list[Any] = []
    for n, m in itertools.product(range(batch), range(filters)):
        sums: list[list[Any]] = [[] for _ in range(int(np.prod(spatial)))]
        for place, channel in enumerate(geometry.channels_of(m)):
            plane = inputs[n, channel].ravel()
            for tap, index, padded in taps:
                weight = kernel[(m, place, *tap)]
                for cell, i in enumerate(index):
                    if i >= 0:
                        sums[cell].append(sympy.Mul(plane[i], weight))
                    elif padded[cell] and fill != 0:
                        sums[cell].append(sympy.Mul(fill, weight))
        if bias is not None:
            for terms in sums:
                terms.append(EXPRESSIONS.enter(objects(bias)[m]))
        values.extend(sympy.Add(*terms) for terms in sums)
    return values


def _expressions(values: Array) -> Array:
    flat = np.empty(values.size, dtype=object)
    flat[:] = [EXPRESSIONS.enter(value) for value in objects(values).ravel().tolist()]
    return flat


def _sources(geometry: Geometry, tap: tuple[int, ...]) -> tuple[list[int], list[bool]]:
    """Return each output's flat input index for one tap (-1: none), and whether it pads."""
    columns = [axis.source[:, t] for axis, t in zip(geometry.axes, tap, strict=True)]
    grids = np.meshgrid(*columns, indexing="ij")
    padded = np.logical_or.reduce([grid == PAD for grid in grids])
    empty = padded | np.logical_or.reduce([grid == HOLE for grid in grids])
    flat = np.zeros(grids[0].shape, dtype=np.int64)
    for grid, axis in zip(grids, geometry.axes, strict=True):
        flat = flat * axis.size + grid
    return np.where(empty, -1, flat).ravel().tolist(), padded.ravel().tolist()
