"""Adaptive pools: the number of outputs is given, and the windows follow from it.

Windows along an axis may overlap, and may differ in length by one; those of several axes are a
product.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import gcd, prod
from typing import Any

import numpy as np

from symconv.axis import PAD
from symconv.errors import GeometryError
from symconv.exact import Array, array
from symconv.options import counted, positive
from symconv.plan import Shape
from symconv.pooling import extremes, sums
from symconv.resampling import check_length
from symconv.terms import Term


def adaptive_avg_pool(x: Any, size: Any, /, *, engine: str | None = None) -> Array:
    """Return the exact means of as many windows as ``size`` says; shapes as in `adaptive_max_pool`.

        out[o] = the mean of  x[⌊o·n/s⌋] ... x[⌈(o + 1)·n/s⌉ − 1]

    Source: torch.nn.AdaptiveAvgPool2d.

    >>> adaptive_avg_pool([1, 2, 3, 4, 6], 3).tolist()
    [Fraction(3, 2), 3, 5]
    >>> adaptive_avg_pool("a b c", 2).tolist()
    [a/2 + b/2, b/2 + c/2]
    """
    values = array(x)
    return sums(adaptive_table(values.shape, size, mean=True), values, engine)


def adaptive_max_pool(x: Any, size: Any, /, *, engine: str | None = None) -> Array:
    """Return the largest inputs of as many windows as ``size`` says.

        out[o] = the largest of  x[⌊o·n/s⌋] ... x[⌈(o + 1)·n/s⌉ − 1]

    along an axis of n inputs and s outputs. ``size`` is one int for every axis of x, or a tuple for
    its last axes, in which None keeps an axis as it is; leading axes, such as channels, are pooled
    one by one.

    Shapes: s along each pooled axis; s may be larger than n.

    Raises: GeometryError[size-not-positive], GeometryError[window-without-input] for an axis of 0
    inputs, GeometryError[rank-mismatch]; AlgebraError[no-order] as in `max_pool`.

    Source: torch.nn.AdaptiveMaxPool2d.

    >>> adaptive_max_pool([[1, 5, 2, 4, 3]], (None, 2))
    array([[5, 4]])
    >>> adaptive_max_pool("a b c", 2).tolist()
    [Max(a, b), Max(b, c)]
    """
    values = array(x)
    return extremes(adaptive_table(values.shape, size), values, engine, largest=True)


@dataclass(frozen=True)
class AdaptiveAxis:
    """One axis of n inputs and a given number of outputs.

    >>> [list(AdaptiveAxis(size=5, out=3).window(o)) for o in range(3)]
    [[0, 1], [1, 2, 3], [3, 4]]
    """

    size: int
    out: int

    def window(self, out: int) -> range:
        """Return the inputs of one output."""
        return range(out * self.size // self.out, -(-(out + 1) * self.size // self.out))

    @property
    def terms(self) -> int:
        """How many inputs all windows read together."""
        return self.size + self.out - gcd(self.size, self.out)

    @cached_property
    def taps(self) -> int:
        """The length of the longest window."""
        return max(map(len, map(self.window, range(self.out))), default=1)

    @cached_property
    def line(self) -> Array:
        """The inputs, and behind them one place that reads nothing."""
        return np.append(np.arange(self.size, dtype=np.int64), PAD)

    @cached_property
    def places(self) -> list[Array]:
        """For each tap, the place that each output reads through it; the last one for none."""
        first, counts = self._firsts, self.counts
        return [np.where(tap < counts, first + tap, self.size) for tap in range(self.taps)]

    @cached_property
    def counts(self) -> Array:
        """How many inputs each output reads."""
        return np.array([len(self.window(o)) for o in range(self.out)], dtype=np.int64)

    @cached_property
    def _firsts(self) -> Array:
        return np.array([self.window(o).start for o in range(self.out)], dtype=np.int64)


@dataclass(frozen=True)
class AdaptivePlan:
    """The windows of one plane."""

    axes: tuple[AdaptiveAxis, ...]

    @property
    def taps(self) -> int:
        """How many inputs the largest window reads."""
        return prod(axis.taps for axis in self.axes)


@dataclass(frozen=True)
class AdaptivePool:
    """The table of an adaptive pool, whose leading axes are pooled one by one.

    The scale of a term is 1, or for a ``mean`` one over the inputs of its window.
    """

    lead: Shape
    plan: AdaptivePlan
    mean: bool = False
    w_shape: Shape = ()
    fill: None = None

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return (*self.lead, *(axis.size for axis in self.plan.axes))

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return (*self.lead, *(axis.out for axis in self.plan.axes))

    @property
    def work(self) -> dict[str, int]:
        """Inputs, outputs and terms."""
        terms = prod(self.lead) * prod(axis.terms for axis in self.plan.axes)
        return {"inputs": prod(self.x_shape), "outputs": prod(self.out_shape), "terms": terms}

    def filter_of(self, out: Sequence[int]) -> int:
        """Return 0: a pool has no filters."""
        del out
        return 0

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the inputs of one window in row-major order."""
        lead, place = tuple(out[: len(self.lead)]), out[len(self.lead) :]
        windows = [axis.window(o) for axis, o in zip(self.plan.axes, place, strict=True)]
        scale = Fraction(1, prod(map(len, windows))) if self.mean else 1
        for inside in itertools.product(*windows):
            yield Term(tuple(out), (*lead, *inside), None, scale)

    def planes(self, values: Array) -> Array:
        """Return the input as (N, *S)."""
        return values.reshape(prod(self.lead), *self.x_shape[len(self.lead) :])

    def counts(self) -> Any:
        """Return what each output of one plane is divided by."""
        if not self.mean:
            return 1
        return reduce(np.multiply.outer, [axis.counts for axis in self.plan.axes])


def adaptive_table(x_shape: Sequence[int], size: Any, *, mean: bool = False) -> AdaptivePool:
    """Return the table of an adaptive pool from shapes alone, so that its ``work`` can be bounded.

    Raises: GeometryError.

    >>> adaptive_table((64, 10, 7), (4, 4)).out_shape
    (64, 4, 4)
    """
    shape = tuple(x_shape)
    several = isinstance(size, Sequence) and not isinstance(size, str)
    sizes = tuple(size) if several else (size,) * len(shape)
    if not 1 <= len(sizes) <= len(shape):
        raise GeometryError(
            "rank-mismatch",
            f"size has {counted(len(sizes), 'axis', 'axes')} {sizes} but x has {len(shape)} "
            f"{shape}",
            hint="size covers the last axes of x",
            x=shape,
            size=sizes,
        )
    lead = len(shape) - len(sizes)
    outs = positive("size", [1 if s is None else s for s in sizes], len(sizes))
    wanted = zip(shape[lead:], outs, sizes, strict=True)
    axes = tuple(AdaptiveAxis(n, n if s is None else out) for n, out, s in wanted)
    for number, axis in enumerate(axes):
        _check_axis(f"axis {number}", axis)
    return AdaptivePool(shape[:lead], AdaptivePlan(axes), mean)


def _check_axis(place: str, axis: AdaptiveAxis) -> None:
    if axis.out and not axis.size:
        message = f"{counted(axis.out, 'window')} of 0 inputs"
        hint = "give the axis an input, or None for its size"
        raise GeometryError("window-without-input", message, place=place, hint=hint)
    check_length(axis.out, place)
