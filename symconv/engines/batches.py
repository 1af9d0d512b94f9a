"""The NumPy engine on many small problems of one geometry, which share one table and one pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

import numpy as np

from symconv.axis import HOLE, PAD, Axis, Indices
from symconv.engines.bounds import peak_of
from symconv.exact import INT64_MAX, Array, objects
from symconv.plan import Geometry

Sources = Callable[[Axis], Indices]
"""From an axis to its table `source[out, tap]`."""


def evaluate(
    geometry: Geometry,
    x: Array,
    w: Array,
    bias: Array | None = None,
    *,
    sources: Sources = lambda axis: axis.source,
) -> Array:
    """Return the exact outputs of B problems with integer entries, each with a kernel of its own.

        out[b, n, m, o] = sum over c, t of  x[b, n, c, source[o, t]] · w[b, m, c, t]  (+ bias[b, m])

    x is (B, *x_shape), w (B, *w_shape), bias (B, M), out (B, *out_shape). int64 while
    taps·max|x|·max|w| plus the largest entry fits, which bounds every partial sum and every entry;
    else Python integers.

    >>> from symconv.plan import geometry
    >>> plan = geometry((3,), (2,))
    >>> evaluate(plan, np.array([[1, 2, 3], [4, 5, 6]]), np.array([[10, 1], [-1, 1]]))
    array([[12, 23],
           [ 1,  1]])
    """
    fill = int(geometry.fill)
    entries = max(peak_of(x), abs(fill)), peak_of(w), 0 if bias is None else peak_of(bias)
    if geometry.taps * entries[0] * entries[1] + max(entries) > INT64_MAX:
        x, w, bias = objects(x), objects(w), None if bias is None else objects(bias)
    count, groups = len(x), geometry.groups
    batch = 1 if geometry.batch is None else geometry.batch
    size = math.prod(axis.size for axis in geometry.axes)
    plane = x.reshape(count, batch, groups, geometry.depth, size)
    ends = np.empty((*plane.shape[:-1], 2), dtype=x.dtype)
    ends[...] = (0, fill)
    seen = np.concatenate([plane, ends], axis=-1)[..., _places(geometry, sources)]
    taps = math.prod(axis.taps for axis in geometry.axes)
    kernel = w.reshape(count, groups, geometry.maps // groups, geometry.depth, taps)
    out: Array = np.einsum("bngcot,bgmct->bngmo", seen, kernel)
    if bias is not None:
        out = out + bias.reshape(count, 1, groups, -1, 1)
    return out.reshape(count, *geometry.out_shape)


def _places(geometry: Geometry, sources: Sources) -> Indices:
    """Return the flat input that each output place reads through each tap; PAD before HOLE.

    Both are negative, so that they count from the end of a plane that 0 and the constant follow.
    """

    def join(outer: Indices, axis: Axis) -> Indices:
        left, right = outer[:, None, :, None], sources(axis)[None, :, None, :]
        flat = np.where(np.minimum(left, right) < 0, HOLE, left * axis.size + right)
        flat[(left == PAD) | (right == PAD)] = PAD
        return flat.reshape(len(outer) * axis.out, -1)

    return reduce(join, geometry.axes[1:], sources(geometry.axes[0]))
