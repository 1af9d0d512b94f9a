"""How one axis of a map hangs on the network's input: read off the tables of the layers between.

Along one axis a layer is a table of reads that repeats: when the outputs move by ``out_period``,
what they read moves by ``in_period``. A `Track` joins such tables: after any number of layers,
outputs that are ``move`` apart read inputs that are ``step`` apart, through the same weights. That
is equivariance to translation, and padding is the only thing that breaks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from symconv.axis import Axis, Indices
from symconv.plan import check_size

Span = tuple[int, int]
"""The first and the last input that something reads, padding included."""

NOTHING = np.iinfo(np.int64).min
"""In a table of reads: there is no such read."""


class Reader(Protocol):
    """The table of one layer along one axis, continued over padding without end."""

    @property
    def size(self) -> int:
        """How many inputs there are."""

    @property
    def out(self) -> int:
        """How many outputs there are."""

    @property
    def taps(self) -> int:
        """How many places one output reads at most."""

    @property
    def out_period(self) -> int:
        """How far outputs move at once."""

    @property
    def in_period(self) -> int:
        """How far what they read moves with them."""

    @property
    def wraps(self) -> bool:
        """Whether a place beyond one end is a place at the other."""

    def reads(self, outs: Indices) -> Indices:
        """Return the places that outputs read, outs × taps; those outside are padding."""


@dataclass(frozen=True)
class Slide:
    """A window that slides: convolution, pooling, padding and cropping.

    >>> Slide(Axis(size=5, taps=3, stride=2, before=1, after=1)).reads(np.arange(3)).tolist()
    [[-1, 0, 1], [1, 2, 3], [3, 4, 5]]
    """

    axis: Axis
    out_period = 1

    @property
    def size(self) -> int:
        """How many inputs there are."""
        return self.axis.size

    @property
    def out(self) -> int:
        """How many outputs there are."""
        return self.axis.out

    @property
    def taps(self) -> int:
        """The taps of the window."""
        return self.axis.taps

    @property
    def in_period(self) -> int:
        """The stride."""
        return self.axis.stride

    @property
    def wraps(self) -> bool:
        """Whether the boundary is "wrap"."""
        return self.axis.boundary == "wrap"

    def reads(self, outs: Indices) -> Indices:
        """Return stride·o + dilation·t − before."""
        axis = self.axis
        taps = axis.dilation * np.arange(axis.taps, dtype=np.int64)
        return axis.stride * outs[:, None] + taps - axis.before


@dataclass(frozen=True)
class Spread:
    """A transposed convolution: the axis of its forward convolution, read by input.

    >>> Spread(Axis(size=5, taps=3, stride=2)).reads(np.arange(3)).tolist() == [
    ...     [0, NOTHING, -1], [NOTHING, 0, NOTHING], [1, NOTHING, 0]]
    True
    """

    axis: Axis
    in_period = 1
    wraps = False

    @property
    def size(self) -> int:
        """How many inputs there are: the outputs of the forward convolution."""
        return self.axis.out

    @property
    def out(self) -> int:
        """How many outputs there are: the inputs of the forward convolution."""
        return self.axis.size

    @property
    def taps(self) -> int:
        """The taps of the kernel."""
        return self.axis.taps

    @property
    def out_period(self) -> int:
        """The stride."""
        return self.axis.stride

    def reads(self, outs: Indices) -> Indices:
        """Return o where stride·o + dilation·t − before = i."""
        axis = self.axis
        taps = axis.dilation * np.arange(axis.taps, dtype=np.int64)
        places = outs[:, None] + axis.before - taps
        return np.where(places % axis.stride == 0, places // axis.stride, NOTHING)


@dataclass(frozen=True)
class Resample:
    """Interpolation: output o stands at input scale·o + offset and reads its neighbours.

    ``mode`` is "linear", "cubic", "floor", "ceil", "round_prefer_floor" or "round_prefer_ceil".

    >>> half = Resample(3, 6, Fraction(1, 2), Fraction(-1, 4), "linear")
    >>> half.reads(np.arange(3)).tolist()
    [[-1, 0], [0, 1], [0, 1]]
    """

    size: int
    out: int
    scale: Fraction
    offset: Fraction
    mode: str
    wraps = False

    @property
    def taps(self) -> int:
        """How many neighbours are read."""
        return {"linear": 2, "cubic": 4}.get(self.mode, 1)

    @property
    def out_period(self) -> int:
        """The denominator of the scale."""
        return self.scale.denominator

    @property
    def in_period(self) -> int:
        """The numerator of the scale."""
        return self.scale.numerator

    def reads(self, outs: Indices) -> Indices:
        """Return the neighbours of scale·o + offset; a neighbour of weight 0 is not read."""
        below = self._floor(outs, self.offset)
        above = -self._floor(-outs, -self.offset)
        if self.mode in ("linear", "cubic"):
            exact = below == above
            around = range(2) if self.mode == "linear" else range(-1, 3)
            reads = [np.where(exact & (k != 0), NOTHING, below + k) for k in around]
            return np.stack(reads, axis=1)
        half = Fraction(1, 2)
        rounded = {
            "floor": below,
            "ceil": above,
            "round_prefer_floor": -self._floor(-outs, half - self.offset),
            "round_prefer_ceil": self._floor(outs, half + self.offset),
        }
        return rounded[self.mode][:, None]

    def _floor(self, outs: Indices, offset: Fraction) -> Indices:
        """Return ⌊scale·o + offset⌋."""
        whole = lcm(self.scale.denominator, offset.denominator)
        floor: Indices = (outs * int(self.scale * whole) + int(offset * whole)) // whole
        return floor


@dataclass(frozen=True, eq=False)
class Track:
    """One axis of a map as the input sees it.

    Outputs o + move and o read the same, ``step`` inputs apart. ``spans`` gives, for each of the
    first ``move`` outputs, the inputs it reads. ``clean`` tells for each output whether no padding
    reaches it; ``cyclic`` whether a cyclic shift of the input moves the map cyclically.
    """

    size: int
    step: int
    move: int
    spans: tuple[Span | None, ...]
    clean: NDArray[np.bool_]
    cyclic: bool = True

    @staticmethod
    def start(size: int) -> Track:
        """Return the track of the input itself."""
        check_size(_Work({"cells along an axis": size}))
        return Track(size, 1, 1, ((0, 0),), np.ones(size, dtype=np.bool_))

    @property
    def jump(self) -> Fraction:
        """How many inputs further the next output reads, on average."""
        return Fraction(self.step, self.move)

    def span(self, place: int) -> Span | None:
        """Return the inputs that one output reads; any place, also in the padding around."""
        cycle, phase = divmod(place, self.move)
        found = self.spans[phase]
        return found and (found[0] + cycle * self.step, found[1] + cycle * self.step)

    def whole(self) -> Span | None:
        """Return the inputs that all outputs read together."""
        ends = {*range(min(self.move, self.size)), *range(max(0, self.size - self.move), self.size)}
        return hull([self.span(place) for place in ends])

    def through(self, reader: Reader) -> Track:
        """Return the track behind one more layer."""
        meet = lcm(self.move, reader.in_period)
        move = meet // reader.in_period * reader.out_period
        check_reads(max(move, reader.out), reader.taps)
        first = reader.reads(np.arange(move, dtype=np.int64)).tolist()
        spans = (hull([self.span(r) for r in reads if r != NOTHING]) for reads in first)
        table = reader.reads(np.arange(reader.out, dtype=np.int64))
        inside = (table >= 0) & (table < self.size)
        sound = np.concatenate([self.clean, [False]])[np.where(inside, table, self.size)]
        nothing = table == NOTHING
        turns = reader.out * reader.in_period == reader.size * reader.out_period
        closed = reader.wraps or bool((inside | nothing).all())
        return Track(
            reader.out,
            meet // self.move * self.step,
            move,
            tuple(spans),
            (sound | nothing).all(axis=1),
            self.cyclic and turns and closed,
        )

    @property
    def border(self) -> Span:
        """How many outputs at the start and at the end may change: those around the longest run."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self.clean, [0]])))
        starts, ends = edges[::2], edges[1::2]
        if not len(starts):
            return self.size, 0
        longest = int(np.argmax(ends - starts))
        return int(starts[longest]), self.size - int(ends[longest])


@dataclass(frozen=True)
class _Work:
    work: dict[str, int]


def check_reads(outs: int, taps: int) -> None:
    """Raise GeometryError[too-large] when the table of one axis is too long to write out."""
    check_size(_Work({"reads along an axis": outs * taps}))


def hull(spans: Sequence[Span | None]) -> Span | None:
    """Return the smallest span around all; None where nothing is read.

    >>> hull([(2, 3), None, (-1, 0)])
    (-1, 3)
    """
    found = [span for span in spans if span is not None]
    if not found:
        return None
    return min(first for first, _ in found), max(last for _, last in found)


def merge(tracks: Sequence[Track]) -> Track | None:
    """Return the track of maps put together place by place, or None where they move differently."""
    if len({track.jump for track in tracks}) > 1:
        return None
    step = lcm(*(track.step for track in tracks))
    move = int(step / tracks[0].jump)
    check_size(_Work({"places that differ along an axis": move}))
    return Track(
        tracks[0].size,
        step,
        move,
        tuple(hull([track.span(place) for track in tracks]) for place in range(move)),
        np.logical_and.reduce([track.clean for track in tracks]),
        all(track.cyclic for track in tracks),
    )


def same(size: int) -> Slide:
    """Return the table of a layer that acts on every place alone."""
    return Slide(Axis(size=size, taps=1))
