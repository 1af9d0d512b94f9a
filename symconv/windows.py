"""The windows of a pool: for every output the inputs that it reads, and what each counts for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import prod
from typing import Any, Protocol

import numpy as np

from symconv.axis import PAD, Axis, Indices
from symconv.errors import GeometryError
from symconv.exact import Array
from symconv.options import check_fit, counted, is_int, padded, positive, switches
from symconv.plan import Geometry, Index, Shape
from symconv.terms import Table, Term, Terms


class Line(Protocol):
    """What the windows along one axis read."""

    @property
    def line(self) -> Array:
        """Input indices, below 0 where there is none."""

    @property
    def places(self) -> Sequence[Any]:
        """For each tap, the places of the line that the outputs read through it."""


class Windows(Protocol):
    """The windows of one plane, the product of those along each axis."""

    @property
    def axes(self) -> Sequence[Line]:
        """The pooled axes."""

    @property
    def taps(self) -> int:
        """How many inputs one window reads at most."""


class Windowed(Table, Protocol):
    """A table whose leading axes are pooled one by one."""

    @property
    def plan(self) -> Windows:
        """The windows of one plane."""

    def planes(self, values: Array) -> Array:
        """Return the input as (N, *S)."""

    def counts(self) -> Any:
        """Return what each output of one plane is divided by."""


@dataclass(frozen=True)
class CeilAxis(Axis):
    """An axis whose padded line is made longer (or shorter) for a whole number of strides.

    The ``past`` places behind the padding read nothing, not even an input that was cropped.

    >>> CeilAxis(size=4, taps=2, stride=3, past=1).source.tolist()
    [[0, 1], [3, -1]]
    """

    past: int = 0

    @cached_property
    def padded(self) -> int:
        """The length after padding and rounding."""
        return _asked(self) + self.past

    @cached_property
    def terms(self) -> int:
        """How many (out, tap) pairs read an input."""
        return int(cells(self, count_padding=False).sum())

    def _input_at(self, places: Indices) -> Indices:
        found = super()._input_at(places)
        found[places >= _asked(self)] = PAD
        return found


def _asked(axis: Axis) -> int:
    """Return the length after the padding that was asked for."""
    return axis.stuffed + axis.before + axis.after


def _rounded_up(axis: Axis) -> Axis:
    """Return the axis with its outputs rounded up, unless its last window would miss the input."""
    count = -(-(axis.padded - axis.span) // axis.stride) + 1
    if (count - 1) * axis.stride >= axis.before + axis.size + min(axis.after, 0):
        count -= 1
    if count < 1:
        return axis
    return CeilAxis(
        size=axis.size,
        taps=axis.taps,
        stride=axis.stride,
        dilation=axis.dilation,
        before=axis.before,
        after=axis.after,
        past=(count - 1) * axis.stride + axis.span - axis.padded,
    )


def cells(axis: Axis, *, count_padding: bool) -> Array:
    """Return how many inputs the window of each output meets along one axis, or also padding."""
    places = np.arange(axis.padded)
    inside = places < _asked(axis) if count_padding else axis.line >= 0
    met = np.zeros(axis.out, dtype=np.int64)
    for seen in axis.places:
        met += inside[seen]
    return met


def windows(
    x_shape: Sequence[int],
    window: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
) -> Geometry:
    """Return the plan of a pool over the last axes of an array: which inputs each window reads."""
    shape = tuple(x_shape)
    sizes = window_sizes(shape, window)
    rank = len(sizes)
    steps = positive("stride", sizes if stride is None else stride, rank)
    spread = positive("dilation", dilation, rank)
    up = switches("ceil_mode", ceil_mode, rank)
    extents = zip(shape[-rank:], sizes, steps, spread, strict=True)
    plain = [Axis(size=n, taps=k, stride=s, dilation=d) for n, k, s, d in extents]
    axes = [
        _rounded_up(axis) if ceil else axis
        for axis, ceil in zip(padded(plain, padding), up, strict=True)
    ]
    for number, axis in enumerate(axes):
        check_fit(number, axis)
    return Geometry(tuple(axes))


def window_sizes(shape: Shape, window: Any) -> Shape:
    """Return the taps of a window along each axis that it covers, the last axes of *shape*.

    Raises: GeometryError[bad-window], GeometryError[rank-mismatch].
    """
    hint = "use 1 or more"
    if not is_int(window) and not (isinstance(window, Sequence) and all(map(is_int, window))):
        hint = "use an int, or one int for each of the last axes"
        raise GeometryError("bad-window", f"window is {window!r}", hint=hint, window=window)
    sizes = (window,) * len(shape) if is_int(window) else tuple(window)
    if min(sizes, default=1) < 1:
        raise GeometryError("bad-window", f"window is {window!r}", hint=hint, window=window)
    if not 1 <= len(sizes) <= len(shape):
        raise GeometryError(
            "rank-mismatch",
            f"the window has {counted(len(sizes), 'axis', 'axes')} {sizes} but x has {len(shape)} "
            f"{shape}",
            hint="the window covers the last axes of x",
            x=shape,
            window=sizes,
        )
    return tuple(map(int, sizes))


@dataclass(frozen=True)
class Pool:
    """All windows of a pool, whose leading axes (batch, channels) are pooled one by one.

        out[lead, o] = sum over t of  scale[o] · x[lead, source[o, t]]

    ``scale`` is 1, or for a ``mean`` one over the count of the window: its inputs, with
    ``count_padding`` also its padding, or ``divisor``.

    >>> table = pool_table((3,), 2, stride=1, padding=(1, 0), mean=True)
    >>> [[(term.x, str(term.scale)) for term in table.by_out((o,))] for o in range(2)]
    [[((0,), '1')], [((0,), '1/2'), ((1,), '1/2')]]
    """

    plan: Geometry
    lead: Shape
    mean: bool = False
    count_padding: tuple[bool, ...] = ()
    divisor: int | None = None
    w_shape: Shape = ()
    fill: None = None

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return (*self.lead, *self.plan.x_shape)

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return (*self.lead, *self.plan.out_shape)

    @property
    def work(self) -> dict[str, int]:
        """Padded inputs, outputs and taps of all windows."""
        return {what: count * prod(self.lead) for what, count in self.plan.work.items()}

    @cached_property
    def _cells(self) -> list[Array]:
        counted = self.count_padding or (False,) * len(self.plan.axes)
        pairs = zip(self.plan.axes, counted, strict=True)
        return [cells(axis, count_padding=count) for axis, count in pairs]

    def counts(self) -> Any:
        """Return what each output of one plane is divided by."""
        if not self.mean:
            return 1
        return reduce(np.multiply.outer, self._cells) if self.divisor is None else self.divisor

    def filter_of(self, out: Sequence[int]) -> int:
        """Return 0: a pool has no filters."""
        del out
        return 0

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the inputs of one window in row-major order; padding is left out."""
        lead, place = tuple(out[: len(self.lead)]), tuple(out[len(self.lead) :])
        for term in Terms(self.plan).by_out(place):
            if term.x is not None:
                yield Term(tuple(out), (*lead, *term.x), None, self._scale(place))

    def _scale(self, place: Index) -> Any:
        if not self.mean:
            return 1
        if self.divisor is not None:
            return Fraction(1, self.divisor)
        met = zip(self._cells, place, strict=True)
        return Fraction(1, prod(int(along[o]) for along, o in met))

    def planes(self, values: Array) -> Array:
        """Return the input as (N, *S)."""
        return values.reshape(prod(self.lead), *self.plan.x_shape)

    def check_inputs(self) -> None:
        """Raise GeometryError[window-without-input] if a window reads padding alone."""
        if 0 in self.out_shape:
            return
        rank = len(self.plan.axes)
        empty = [
            (*(0,) * number, int(o), *(0,) * (rank - number - 1))
            for number, axis in enumerate(self.plan.axes)
            for o in np.flatnonzero(cells(axis, count_padding=False) == 0)[:1]
        ]
        if empty:
            raise GeometryError(
                "window-without-input",
                f"the window of output {min(empty)} reads padding alone "
                f"({counted(self.plan.taps, 'tap')}, 0 inputs)",
                hint="pad less than the window spans",
                out=min(empty),
            )


def pool_table(
    x_shape: Sequence[int],
    window: Any,
    *,
    mean: bool = False,
    count_padding: Any = False,
    divisor: int | None = None,
    **options: Any,
) -> Pool:
    """Return the table of a pool from shapes alone: its output, its work, the inputs of an output.

    ``options`` are those of `windows`. Nothing of the size of the arrays is built, so that the
    ``work`` of a pool that someone else wrote can be bounded first.

    Raises: GeometryError.

    >>> pool_table((64, 224, 224), (3, 3), stride=2).out_shape
    (64, 111, 111)
    """
    plan = windows(x_shape, window, **options)
    rank = len(plan.axes)
    if divisor is not None and (not is_int(divisor) or divisor == 0):
        hint = "use an integer other than 0, or leave it out"
        raise GeometryError("bad-divisor", f"divisor={divisor!r}", hint=hint, divisor=divisor)
    counted = switches("count_padding", count_padding, rank)
    lead = tuple(x_shape)[: len(x_shape) - rank]
    return Pool(plan, lead, mean, counted, None if divisor is None else int(divisor))
