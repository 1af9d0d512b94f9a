"""The term table read lazily: by output (values), by input and by tap (gradients).

A term is one product of the convolution, x[x] · w[w], that goes into out[out]. The table is the
product of the axis tables and is never stored. `Table` is what any such reading looks like to an
engine: for each output, its terms.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from symconv.axis import HOLE, PAD
from symconv.exact import Array, objects
from symconv.plan import Geometry, Index, Shape


class Term(NamedTuple):
    """One product scale · x · w; ``x`` is None on padding, ``w`` where there is no kernel."""

    out: Index
    x: Index | None
    w: Index | None
    scale: Any = 1


class Table(Protocol):
    """For each output the terms that are summed: all that an engine has to know."""

    @property
    def x_shape(self) -> Shape:
        """The shape of the first operand."""

    @property
    def w_shape(self) -> Shape:
        """The shape of the second operand; () where there is none."""

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""

    @property
    def fill(self) -> Any:
        """What padding reads; None where padding adds nothing."""

    @property
    def work(self) -> dict[str, int]:
        """How much there is to do, by what is counted."""

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms of one output."""

    def filter_of(self, out: Sequence[int]) -> int:
        """Return which bias is added to an output."""


@dataclass(frozen=True)
class Terms:
    """All terms of a geometry.

    >>> from symconv.plan import geometry
    >>> table = Terms(geometry((3,), (2,)))
    >>> [(term.x, term.w) for term in table.by_out((1,))]
    [((1,), (0,)), ((2,), (1,))]
    >>> [(term.out, term.w) for term in table.by_input((1,))]
    [((0,), (1,)), ((1,), (0,))]
    """

    geometry: Geometry

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return self.geometry.x_shape

    @property
    def w_shape(self) -> Shape:
        """The shape of the kernel."""
        return self.geometry.w_shape

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return self.geometry.out_shape

    @property
    def fill(self) -> Any:
        """What padding reads: the constant of a constant boundary, else nothing."""
        return self.geometry.fill if self.geometry.constant else None

    @property
    def work(self) -> dict[str, int]:
        """Padded inputs, outputs and products."""
        return self.geometry.work

    def filter_of(self, out: Sequence[int]) -> int:
        """Return the filter that an output belongs to."""
        return out[-len(self.geometry.axes) - 1]

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms of one output in the order the window meets the padded input.

        Taps on padding are yielded with ``x`` None; taps on the zeros of input dilation are not.
        """
        lead, spatial = self.geometry.split(out)
        axes = self.geometry.axes
        windows = [axis.window(o) for axis, o in zip(axes, spatial, strict=True)]
        for x_lead, w_lead in self._channels(lead):
            for pairs in itertools.product(*windows):
                inside = tuple(index for index, _ in pairs)
                tap = (*w_lead, *(t for _, t in pairs))
                if PAD in inside:
                    yield Term((*lead, *spatial), None, tap)
                elif HOLE not in inside:
                    yield Term((*lead, *spatial), (*x_lead, *inside), tap)

    def _channels(self, lead: Index) -> Iterator[tuple[Index, Index]]:
        """Yield the channel parts of the input and kernel indices that one output combines."""
        if not lead:
            yield (), ()
            return
        *batch, filter_ = lead
        for place, channel in enumerate(self.geometry.channels_of(filter_)):
            yield (*batch, channel), (filter_, place)

    def by_input(self, index: Sequence[int]) -> Iterator[Term]:
        """Yield the terms that read one input, by output."""
        rank = len(self.geometry.axes)
        lead, spatial = tuple(index[:-rank]), tuple(index[-rank:])
        readers = [axis.readers(i) for axis, i in zip(self.geometry.axes, spatial, strict=True)]
        for out_lead, w_lead in self._readers_of(lead):
            for pairs in itertools.product(*readers):
                out = (*out_lead, *(o for o, _ in pairs))
                yield Term(out, (*lead, *spatial), (*w_lead, *(t for _, t in pairs)))

    def _readers_of(self, lead: Index) -> Iterator[tuple[Index, Index]]:
        geometry = self.geometry
        if not lead:
            yield (), ()
            return
        *batch, channel = lead
        for filter_ in range(geometry.filters or 0):
            channels = geometry.channels_of(filter_)
            if channel in channels:
                yield (*batch, filter_), (filter_, channel - channels.start)

    def by_tap(self, tap: Sequence[int], *, padding: bool = False) -> Iterator[Term]:
        """Yield the terms that use one kernel entry, by output; those on padding when asked."""
        geometry, rank = self.geometry, len(self.geometry.axes)
        lead, spatial = tuple(tap[:-rank]), tuple(tap[-rank:])
        reads = [
            [(o, i) for o, i in enumerate(axis.reads(t)) if padding or i >= 0]
            for axis, t in zip(geometry.axes, spatial, strict=True)
        ]
        batches = [()] if geometry.batch is None else [(n,) for n in range(geometry.batch)]
        for batch in batches:
            out_lead = (*batch, lead[0]) if lead else ()
            x_lead = (*batch, geometry.channels_of(lead[0])[lead[1]]) if lead else ()
            for pairs in itertools.product(*reads):
                out = (*out_lead, *(o for o, _ in pairs))
                inside = tuple(i for _, i in pairs)
                if PAD in inside:
                    yield Term(out, None, (*lead, *spatial))
                elif HOLE not in inside:
                    yield Term(out, (*x_lead, *inside), (*lead, *spatial))


def bias_at(table: Table, bias: Array, out: Sequence[int]) -> Any:
    """Return the bias of one output: its filter's, or of a bias for each place its place's."""
    place = table.filter_of(out) if bias.ndim == 1 else tuple(out[-bias.ndim :])
    return objects(bias)[place]


def as_table(plan: Geometry | Table) -> Table:
    """Return a plan as a table: a geometry is read by output."""
    return Terms(plan) if isinstance(plan, Geometry) else plan
