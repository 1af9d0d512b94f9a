"""Index laws over whole arrays of numbers: folded products, and transforms on the bits of an index.

Every function takes integers or rationals and returns what the definition does. int64 is used under
a bound on all values on the way, computed in Python integers; else Python integers.

Source: Björklund, Husfeldt, Kaski & Koivisto, Fourier meets Möbius: fast subset convolution (2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np

from symconv.engines import numeric
from symconv.engines.bounds import peak_of
from symconv.engines.long.rationals import integers, over
from symconv.exact import INT64_MAX, Array, objects, pack
from symconv.plan import Shape, geometry


@runtime_checkable
class Routed(Protocol):
    """A table that brings its own way for whole arrays of numbers."""

    @property
    def signed(self) -> bool:
        """Whether a term may have the scale −1."""

    def route(self, x: Array, w: Array) -> Array:
        """Return the output for integers and rationals."""


Law = Callable[[Array, Array], Array]
"""A bilinear map of integer arrays, in the arithmetic of their dtype."""


def cyclic(x: Array, w: Array, modulus: Shape, *, sign: int = 1, reverse: bool = False) -> Array:
    """Return the full convolution folded modulo *modulus*, times *sign* for every wrap.

    With ``reverse`` w is turned, and its last entry stands at index 0.
    """
    if not x.size or not w.size:
        return np.zeros(modulus, dtype=np.int64)
    kernel = np.flip(w) if reverse else w
    plan = geometry(x.shape, w.shape, op="convolve")
    total = numeric.evaluate(plan, x, kernel, None)
    folds = math.prod(-(-size // n) for size, n in zip(total.shape, modulus, strict=True))
    if total.dtype != object and peak_of(total) * folds > INT64_MAX:
        total = objects(total)
    for axis, n in enumerate(modulus):
        total = np.moveaxis(_folded(np.moveaxis(total, axis, 0), n, sign), 0, axis)
        if reverse:
            total = np.roll(total, 1 - w.shape[axis], axis=axis)
    return total


def _folded(values: Array, n: int, sign: int) -> Array:
    out = np.zeros((n, *values.shape[1:]), dtype=values.dtype)
    for wraps, start in enumerate(range(0, len(values), n)):
        part = values[start : start + n]
        out[: len(part)] += part if sign == 1 or wraps % 2 == 0 else -part
    return out


def xor(x: Array, w: Array, shape: Shape) -> Array:
    """Return out[i XOR j] summed up from x[i]·w[j], by the Walsh–Hadamard transform."""

    def law(a: Array, b: Array) -> Array:
        return _hadamard(_hadamard(a) * _hadamard(b)) // len(a)

    return _bitwise(law, x, w, shape)


def union(x: Array, w: Array, shape: Shape) -> Array:
    """Return out[i OR j] summed up from x[i]·w[j], by sums over subsets."""

    def law(a: Array, b: Array) -> Array:
        return _moebius(_zeta(a) * _zeta(b))

    return _bitwise(law, x, w, shape)


def intersection(x: Array, w: Array, shape: Shape) -> Array:
    """Return out[i AND j] summed up from x[i]·w[j]: the union of the complements' complement."""

    def law(a: Array, b: Array) -> Array:
        return _moebius(_zeta(a[::-1]) * _zeta(b[::-1]))[::-1]

    return _bitwise(law, x, w, shape)


def subset(x: Array, w: Array, shape: Shape) -> Array:
    """Return out[i OR j] summed up over disjoint i and j, by sums over subsets for each size."""

    def law(a: Array, b: Array) -> Array:
        sizes = np.array([index.bit_count() for index in range(len(a))])
        ranks = range(int(sizes[-1]) + 1)
        ours, theirs = ([_zeta(np.where(sizes == r, v, 0)) for r in ranks] for v in (a, b))
        out = np.zeros_like(a)
        for rank in ranks:
            products = [ours[r] * theirs[rank - r] for r in range(rank + 1)]
            out += np.where(sizes == rank, _moebius(np.sum(products, axis=0)), 0)
        return out

    return _bitwise(law, x, w, shape)


def dirichlet(x: Array, w: Array, shape: Shape) -> Array:
    """Return out[(i + 1)·(j + 1) − 1] summed up from x[i]·w[j] along every axis."""

    def law(a: Array, b: Array) -> Array:
        out = np.zeros(shape, dtype=a.dtype)
        for index in np.ndindex(a.shape):
            steps = [slice(i, None, i + 1) for i in index]
            part = out[tuple(steps)]
            inside = tuple(slice(n) for n in b.shape)
            fits = tuple(slice(n) for n in part.shape)
            part[inside] += a[index] * b[fits]
        return out

    return _licensed(law, x, w, 1)


def _bitwise(law: Law, x: Array, w: Array, shape: Shape) -> Array:
    """Carry out a law of index bits: along several axes their bits stand side by side."""
    size = math.prod(shape)
    if not size:
        return np.zeros(shape, dtype=np.int64)
    x, w = (_widened(values, shape).ravel() for values in (x, w))
    return _licensed(law, x, w, size * size.bit_length()).reshape(shape)


def _widened(values: Array, shape: Shape) -> Array:
    wide = np.zeros(shape, dtype=values.dtype)
    wide[tuple(map(slice, values.shape))] = values
    return wide


def _licensed(law: Law, x: Array, w: Array, growth: int) -> Array:
    """Carry out *law* on integers: no value on the way exceeds growth·Σ|x|·Σ|w| in size."""
    x, x_denominator = integers(x)
    w, w_denominator = integers(w)
    totals = [sum(map(abs, values.ravel().tolist())) for values in (x, w)]
    if growth * max(1, totals[0]) * max(1, totals[1]) > INT64_MAX:
        x, w = objects(x), objects(w)
    total = law(x, w)
    whole = pack(total.ravel().tolist(), total.shape) if total.dtype == object else total
    return over(whole, x_denominator * w_denominator)


def _pairs(values: Array) -> list[Array]:
    """Return, for every bit, a view (blocks, 2, steps) with the bit off and on."""
    sizes = [2**bit for bit in range(len(values).bit_length() - 1)]
    return [values.reshape(-1, 2, size) for size in sizes]


def _hadamard(values: Array) -> Array:
    out = values.copy()
    for pair in _pairs(out):
        off, on = pair[:, 0] + pair[:, 1], pair[:, 0] - pair[:, 1]
        pair[:, 0], pair[:, 1] = off, on
    return out


def _zeta(values: Array) -> Array:
    """Return the sum over all subsets of every index."""
    out = values.copy()
    for pair in _pairs(out):
        pair[:, 1] += pair[:, 0]
    return out


def _moebius(values: Array) -> Array:
    """Return the inverse of the sums over subsets."""
    out = values.copy()
    for pair in _pairs(out):
        pair[:, 1] -= pair[:, 0]
    return out
