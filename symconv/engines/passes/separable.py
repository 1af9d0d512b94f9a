"""Kernels that are products of one factor for each axis: k + k taps instead of k·k.

    w[t, u] = g·a[t]·b[u]  gives  out = (x with a along one axis) with g·b along the other

The factors are integers without common divisor, g one more integer; found exactly, or not at all.
No sum on the way exceeds max|x|·Σ|w|, so the licence is that of the kernel.

Source: Smith, The Scientist and Engineer's Guide to Digital Signal Processing (1997), chapter 24.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from symconv.engines.work import Frame, Line
from symconv.exact import Array, objects


def factors(w: Array) -> list[Array] | None:
    """Return one integer vector for each axis of w whose product w is, or None.

    Each of their entries is at most as large as some entry of w.

    >>> [line.tolist() for line in factors(np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]))]
    [[1, 0, -1], [1, 2, 1]]
    """
    if w.ndim < 2 or not w.any():
        return None
    place = tuple(int(index) for index in np.unravel_index(np.flatnonzero(w)[0], w.shape))
    if not _may_be(w, place):
        return None
    lines = [_line(w, place, axis) for axis in range(w.ndim)]
    reduced = [_reduced(line) for line in lines]
    unit = math.prod(int(line[at]) for line, at in zip(reduced, place, strict=True))
    scale, rest = divmod(int(w[place]), unit)
    if rest:
        return None
    reduced[0] = reduced[0] * scale
    return reduced if _is_product(w, reduced) else None


def _may_be(w: Array, place: tuple[int, ...]) -> bool:
    """Tell whether one entry beside a place is the product that it would have to be.

    Few kernels without factors have it so, and most are refused before anything is computed.
    """
    beside = tuple(at - 1 for at in place)
    edges = [(*place[:axis], beside[axis], *place[axis + 1 :]) for axis in range(w.ndim)]
    product = math.prod(int(w[edge]) for edge in edges)
    return product == int(w[beside]) * math.prod([int(w[place])] * (w.ndim - 1))


def _line(w: Array, place: tuple[int, ...], axis: int) -> Array:
    index: tuple[Any, ...] = (*place[:axis], slice(None), *place[axis + 1 :])
    return objects(w[index])


def _reduced(line: Array) -> Array:
    divisor = math.gcd(*line.tolist())
    return line // divisor


def _is_product(w: Array, lines: list[Array]) -> bool:
    product = lines[0]
    for line in lines[1:]:
        product = np.multiply.outer(product, line)
    return bool((product == objects(w)).all())


def stages(frame: Frame, padded: tuple[int, ...]) -> list[tuple[int, Frame]]:
    """Return, for each axis in turn, its number and the frame of the pass along it.

    Axes that keep fewer of their padded places go first: the others then have less to do.
    """
    order = sorted(range(len(padded)), key=lambda axis: frame.lines[axis].out / padded[axis])
    places = list(padded)
    found = []
    for axis in order:
        places[axis] = frame.lines[axis].out
        lines = [Line(1, 1, 1, n) for n in places]
        lines[axis] = frame.lines[axis]
        found.append((axis, replace(frame, lines=tuple(lines))))
    return found
