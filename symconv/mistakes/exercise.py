"""A convolution that is asked for, with its numbers: what a mistake rewrites.

    out[m, o] = bias[m] + sum over c, t of  x[c, source[o, t]] · w[m, c, t]

It is a layer without a batch: x (C, *S), w (M, C/groups, *K), bias (M,), out (M, *O); a plain
convolution is a layer of one channel and one filter. The index arithmetic is the plan's, so that a
mistake is an edit of the plan or of the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np

from symconv.axis import Axis, Indices
from symconv.exact import INT64_MAX, Array
from symconv.plan import Geometry

SMALL = 4_096
"""Entries of a table of places up to which it is kept for the next exercise of the same axes."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """A plan and its numbers: ints, Fractions, or anything that adds and multiplies as they do.

    ``settled`` is set by `safe`, and stays set through edits.
    """

    plan: Geometry
    x: Array
    w: Array
    bias: Array
    settled: bool = False

    def with_axes(self, *axes: Axis) -> Exercise:
        """Return the same exercise read along other axes."""
        return replace(self, plan=replace(self.plan, axes=axes))

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.plan.axes)

    @property
    def products(self) -> int:
        """How many products the whole output sums, padding included."""
        return self.plan.maps * self.plan.taps * prod(axis.out for axis in self.plan.axes)

    @cached_property
    def safe(self) -> Exercise:
        """Return the exercise in numbers that no mistake takes beyond 64 bits.

        With p the largest entry and L all entries of x and w, neither a sum of products nor one
        that a mistake makes larger (L times the bias, every product times the bias) exceeds
        p³·L²; where that may not fit, or an entry is no integer, entries are Python's numbers.

        >>> from symconv.plan import geometry
        >>> x, w = np.array([[2**62, 2**62]]), np.array([[[2, 2]]])
        >>> Exercise(geometry((1, 2), (1, 1, 2)), x, w, np.array([0])).out().tolist()
        [[18446744073709551616]]
        """
        if self.settled:
            return self
        arrays = (self.x, self.w, self.bias)
        if all(values.dtype == np.int64 for values in arrays) and type(self.plan.fill) is int:
            peak = max(1, abs(self.plan.fill), *map(_peak, arrays))
            if 4 * peak**3 * (self.x.size + self.w.size) ** 2 <= INT64_MAX:
                return replace(self, settled=True)
        x, w, bias = (values.astype(object) for values in arrays)
        return Exercise(self.plan, x, w, bias, settled=True)

    def windows(self) -> Array:
        """Return what every output reads: (C, *O, *K), with the fill on padding.

        >>> from symconv.plan import geometry
        >>> plan = geometry((1, 3), (1, 1, 2))
        >>> x, w, bias = np.array([[1, 2, 3]]), np.array([[[1, 10]]]), np.array([0])
        >>> Exercise(plan, x, w, bias).windows().tolist()
        [[[1, 2], [2, 3]]]
        """
        return self._outputs_first(self.safe.columns(), self.plan.channels)

    def products_by_tap(self) -> Array:
        """Return every product before it is summed: (M, C/groups, *O, *K)."""
        exercise, plan = self.safe, self.plan
        groups, depth = plan.groups, plan.depth
        columns = exercise.columns()
        columns = columns.reshape(groups, 1, depth, *columns.shape[1:])
        found = columns * exercise.w.reshape(groups, plan.maps // groups, depth, -1, 1)
        return self._outputs_first(found, plan.maps, depth)

    def out(self) -> Array:
        """Return the output, (M, *O).

        >>> from symconv.plan import geometry
        >>> plan = geometry((1, 3), (1, 1, 2))
        >>> x, w, bias = np.array([[1, 2, 3]]), np.array([[[1, 10]]]), np.array([5])
        >>> Exercise(plan, x, w, bias).out().tolist()
        [[26, 37]]
        """
        exercise = self.safe
        return exercise.sums() + exercise.biases()

    def sums(self) -> Array:
        """Return the output without its bias."""
        exercise, plan = self.safe, self.plan
        taps = exercise.w[0].size
        columns = exercise.columns().reshape(plan.groups, taps, -1)
        found = exercise.w.reshape(plan.groups, -1, taps) @ columns
        return found.reshape(plan.maps, *[axis.out for axis in plan.axes])

    def biases(self) -> Array:
        """Return the biases in a shape that adds to the output, (M, 1, ...)."""
        return self.bias.reshape(-1, *[1] * self.rank)

    def columns(self) -> Array:
        """Return what each tap reads in each output, (C, taps, outputs), both in row-major order.

        x is laid out with two more entries along each axis, which HOLE and PAD mean from the end.
        """
        sizes = [axis.size for axis in self.plan.axes]
        room = np.full((self.plan.channels, *[n + 2 for n in sizes]), self.plan.fill, self.x.dtype)
        room[(slice(None), *[slice(n + 1) for n in sizes])] = 0
        room[(slice(None), *map(slice, sizes))] = self.x
        room = room.reshape(self.plan.channels, -1)
        return room.take(_places(self.plan.axes), axis=1)

    def _outputs_first(self, found: Array, *lead: int) -> Array:
        """Return (…, taps, outputs) as (*lead, *O, *K)."""
        axes = self.plan.axes
        shape = (*lead, prod(axis.taps for axis in axes), prod(axis.out for axis in axes))
        turned = found.reshape(shape).swapaxes(-1, -2)
        return turned.reshape(*lead, *[axis.out for axis in axes], *[axis.taps for axis in axes])


def _peak(values: Array) -> int:
    """Return the largest absolute value; that of the least int64 does not fit into one."""
    return max(int(values.max(initial=0)), -int(values.min(initial=0)))


def _places(axes: tuple[Axis, ...]) -> Indices:
    """Return the table of all axes: (taps, outputs) -> a place of x laid out in one row."""
    entries = prod(axis.out * axis.taps for axis in axes)
    return _kept(axes) if entries <= SMALL else _table(axes)


def _table(axes: tuple[Axis, ...]) -> Indices:
    rank, found = len(axes), np.zeros((), dtype=np.int64)
    for number, axis in enumerate(axes):
        shape = [1] * (2 * rank)
        shape[number], shape[rank + number] = axis.taps, axis.out
        room = axis.size + 2
        found = found * room + (axis.source % room).T.reshape(shape)
    return found.reshape(prod(axis.taps for axis in axes), -1)


_kept: Any = lru_cache(maxsize=1024)(_table)
