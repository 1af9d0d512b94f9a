"""What every pass over whole arrays is given: the padded input, the kernel, and how they meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from symconv.axis import PAD, Axis
from symconv.exact import Array
from symconv.plan import Geometry


class Line(NamedTuple):
    """How the outputs of one axis read its padded line, the kernel already turned if it is flipped.

    Output o reads, through tap t, place step·o + dilation·t.
    """

    taps: int
    step: int
    dilation: int
    out: int

    def window(self, tap: int, count: int) -> slice:
        """Return the places that *count* outputs from the first read through a tap."""
        first = self.dilation * tap
        return slice(first, first + self.step * (count - 1) + 1, self.step)

    def reach(self, start: int, stop: int) -> slice:
        """Return the places that the outputs from *start* to before *stop* read."""
        first = self.step * start
        return slice(first, first + self.places(stop - start))

    def places(self, count: int) -> int:
        """Return how many places *count* neighbouring outputs read, from the first to the last."""
        return self.step * (count - 1) + self.dilation * (self.taps - 1) + 1


@dataclass(frozen=True)
class Frame:
    """The counts of one sum: a batch of maps in, filters in groups, and a line for each axis."""

    batch: int
    filters: int
    depth: int
    """Channels that one filter reads."""
    groups: int
    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """Filters of one group."""
        return self.filters // self.groups

    @cached_property
    def spatial(self) -> tuple[int, ...]:
        """Outputs along each axis."""
        return tuple(line.out for line in self.lines)

    @property
    def out_shape(self) -> tuple[int, ...]:
        """The shape (N, M, *O)."""
        return (self.batch, self.filters, *self.spatial)

    @cached_property
    def outputs(self) -> int:
        """How many outputs there are."""
        return math.prod(self.out_shape)

    @cached_property
    def inner(self) -> int:
        """Outputs that NumPy goes through in one run: axes of a single one do not end it."""
        return next((n for n in reversed(self.spatial) if n > 1), 1)

    @cached_property
    def taps(self) -> int:
        """Kernel entries of one filter and one channel."""
        return math.prod(line.taps for line in self.lines)

    @cached_property
    def products(self) -> int:
        """Products of the whole output."""
        return self.outputs * self.taps * self.depth

    @property
    def weights(self) -> int:
        """Kernel entries of all filters."""
        return self.filters * self.depth * self.taps

    def channels(self, group: int, count: int = 1) -> slice:
        """Return the channels of a group, or of several from it on."""
        return slice(group * self.depth, (group + count) * self.depth)

    def members(self, group: int, count: int = 1) -> slice:
        """Return the filters of a group, or of several from it on."""
        return slice(group * self.size, (group + count) * self.size)


@dataclass(frozen=True)
class Work(Frame):
    """A frame with its numbers: padded (N, C, *P) and w (M, C/groups, *K)."""

    padded: Array
    w: Array

    @property
    def frame(self) -> Frame:
        """The counts without the numbers."""
        return Frame(self.batch, self.filters, self.depth, self.groups, self.lines)

    @cached_property
    def apart(self) -> list[int]:
        """How far apart neighbours along each axis stand when all rows are laid end to end."""
        places = self.padded.shape[3:]
        return [math.prod(places[axis:]) for axis in range(len(places) + 1)]

    def offset(self, tap: Sequence[int]) -> int:
        """Return how far from an output's first input a tap reads in rows laid end to end."""
        steps = zip(self.lines, tap, self.apart, strict=True)
        return sum(line.dilation * t * step for line, t, step in steps)

    def length(self, counts: Sequence[int]) -> int:
        """Return how many places from the first to the last of so many outputs along each axis."""
        pairs = zip(counts, self.apart, strict=True)
        return sum((count - 1) * step for count, step in pairs) + 1

    def shaped(self, ends: Array, counts: Sequence[int]) -> Array:
        """Return a view of sums (…, places) along rows laid end to end as (…, *counts)."""
        lead = ends.shape[:-1]
        strides = (*ends.strides[:-1], *(step * ends.strides[-1] for step in self.apart))
        return as_strided(ends, (*lead, *counts), strides, writeable=False)


def viewed(values: Array, shape: Sequence[int], strides: Sequence[int]) -> Array:
    """Return a view of values, which is only read; of contiguous ones in a tenth of the time."""
    if values.flags.c_contiguous:
        return np.ndarray(shape, values.dtype, values, strides=strides)
    return as_strided(values, shape, strides, writeable=False)


def windows(inputs: Array, lines: Sequence[Line]) -> Array:
    """Return the view (C, *K, *O) of what outputs read through each tap of inputs (C, *P)."""
    pairs = list(zip(lines, inputs.strides[1:], strict=True))
    shape = (len(inputs), *(line.taps for line in lines), *(line.out for line in lines))
    by_tap = (line.dilation * step for line, step in pairs)
    by_out = (line.step * step for line, step in pairs)
    return as_strided(inputs, shape, (inputs.strides[0], *by_tap, *by_out), writeable=False)


Pass = Callable[[Work, Any, Array], None]
"""Sets out (N, M, *O) to the sums of a work, in the arithmetic of a dtype."""


def frame_of(geometry: Geometry) -> Frame:
    """Return the counts of a geometry."""
    batch = 1 if geometry.batch is None else geometry.batch
    lines = tuple(Line(a.taps, a.step, _apart(a), a.out) for a in geometry.axes)
    return Frame(batch, geometry.maps, geometry.depth, geometry.groups, lines)


def work_of(geometry: Geometry, x: Array, w: Array, fill: Any, dtype: Any) -> Work:
    """Return the work of a geometry; padding, if there is any, is laid out in *dtype*."""
    frame = frame_of(geometry)
    return with_arrays(frame, laid_out(geometry, x, fill, dtype), kernel_of(geometry, w))


def kernel_of(geometry: Geometry, w: Array) -> Array:
    """Return the kernel as (M, C/groups, *K), turned along the axes that flip it."""
    shape = (geometry.maps, geometry.depth, *(axis.taps for axis in geometry.axes))
    turned = tuple(number + 2 for number, axis in enumerate(geometry.axes) if is_turned(axis))
    return np.flip(w.reshape(shape), turned) if turned else w.reshape(shape)


def is_turned(axis: Axis) -> bool:
    """Tell whether later taps of an axis read earlier places."""
    return axis.offset(0) > axis.offset(axis.taps - 1)


def _apart(axis: Axis) -> int:
    """Return how far apart neighbouring taps read."""
    return abs(axis.offset(1) - axis.offset(0)) if axis.taps > 1 else 1


def with_arrays(frame: Frame, padded: Array, w: Array) -> Work:
    """Return the work of a frame with these numbers."""
    counts = frame.batch, frame.filters, frame.depth, frame.groups, frame.lines
    return Work(*counts, padded, w)


def laid_out(geometry: Geometry, x: Array, fill: Any, dtype: Any = None) -> Array:
    """Return the padded input (N, C, *P): x itself where no axis pads, else a copy in *dtype*."""
    batch = 1 if geometry.batch is None else geometry.batch
    inputs = x.reshape(batch, geometry.channels, *(axis.size for axis in geometry.axes))
    if not any(axis.before or axis.after or axis.lhs != 1 for axis in geometry.axes):
        return inputs
    shape = (*inputs.shape[:2], *(axis.padded for axis in geometry.axes))
    padded = np.zeros(shape, dtype=dtype or x.dtype)
    lines = [_runs(axis) for axis in geometry.axes]
    inside = tuple(places for places, _ in lines)
    if all(isinstance(places, slice) for places in inside):
        padded[(..., *inside)] = inputs[(..., *(seen for _, seen in lines))]
    else:
        _gather(padded, inputs, geometry.axes)
    for number, axis in enumerate(geometry.axes if fill else ()):
        outside = axis.line == PAD
        if outside.any():
            np.moveaxis(padded, number + 2, 0)[outside] = fill
    return padded


def _runs(axis: Axis) -> tuple[Any, Any]:
    """Return the places of a line that hold inputs, and these, as slices where nothing folds."""
    if axis.boundary in ("zero", "constant") and axis.lhs == 1:
        first, last = max(0, axis.before), min(axis.padded, axis.before + axis.size)
        last = max(first, last)
        return slice(first, last), slice(first - axis.before, last - axis.before)
    return None, None


def _gather(padded: Array, inputs: Array, axes: tuple[Axis, ...]) -> None:
    """Fill the padded input axis by axis: shorter ones first, so that little is moved twice."""
    for number, axis in enumerate(axes):
        inside = axis.line >= 0
        rest = tuple(
            a.padded if i == number else n
            for i, (a, n) in enumerate(zip(axes, inputs.shape[2:], strict=True))
        )
        laid = (
            padded
            if number == len(axes) - 1
            else np.zeros((*padded.shape[:2], *rest), dtype=padded.dtype)
        )
        np.moveaxis(laid, number + 2, 0)[inside] = np.moveaxis(inputs, number + 2, 0)[
            axis.line[inside]
        ]
        inputs = laid
