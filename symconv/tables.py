"""Other readings of a convolution's table, each a table itself.

Read by input, the table is the transposed convolution and the gradient of the input; read by tap,
it is the gradient of the kernel; with a kernel of its own for each output it is a locally connected
layer. `Relaid` is any table whose arrays are laid out in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from symconv.exact import Array
from symconv.plan import Geometry, Index, Shape
from symconv.terms import Table, Term, Terms

Relay = Callable[[Array], Array]
"""A reordering of entries: transposes and reshapes, nothing else."""


@dataclass(frozen=True)
class Adjoint:
    """A convolution read by input: x is the size of its output, out the size of its input.

    out[i] = sum over (o, t) with source[o, t] = i of  x[o] · w[t]

    >>> from symconv.plan import geometry
    >>> [tuple(term)[1:3] for term in Adjoint(geometry((3,), (2,))).by_out((1,))]
    [((0,), (1,)), ((1,), (0,))]
    """

    forward: Geometry
    fill: None = None

    @property
    def x_shape(self) -> Shape:
        """The shape of the forward output."""
        return self.forward.out_shape

    @property
    def w_shape(self) -> Shape:
        """The shape of the kernel, as the forward convolution has it."""
        return self.forward.w_shape

    @property
    def out_shape(self) -> Shape:
        """The shape of the forward input."""
        return self.forward.x_shape

    @property
    def work(self) -> dict[str, int]:
        """The forward convolution's work, and the entries on both of its sides."""
        sides = {"inputs": prod(self.x_shape), "outputs": prod(self.out_shape)}
        return self.forward.work | sides

    def filter_of(self, out: Sequence[int]) -> int:
        """Return the forward input channel."""
        return out[-len(self.forward.axes) - 1]

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms that read one forward input."""
        for term in Terms(self.forward).by_input(out):
            yield Term(tuple(out), term.out, term.w)


@dataclass(frozen=True)
class ByTap:
    """A convolution read by tap: w is the size of its output, out the size of its kernel.

    out[t] = sum over o of  x[source[o, t]] · w[o]

    >>> from symconv.plan import geometry
    >>> [tuple(term)[1:3] for term in ByTap(geometry((3,), (2,))).by_out((1,))]
    [((1,), (0,)), ((2,), (1,))]
    """

    forward: Geometry

    @property
    def x_shape(self) -> Shape:
        """The shape of the forward input."""
        return self.forward.x_shape

    @property
    def w_shape(self) -> Shape:
        """The shape of the forward output."""
        return self.forward.out_shape

    @property
    def out_shape(self) -> Shape:
        """The shape of the kernel."""
        return self.forward.w_shape

    @property
    def fill(self) -> Any:
        """What padding reads in the forward convolution."""
        return Terms(self.forward).fill

    @property
    def work(self) -> dict[str, int]:
        """The forward convolution's work, and the kernel entries."""
        return self.forward.work | {"kernel entries": prod(self.out_shape)}

    def filter_of(self, out: Sequence[int]) -> int:
        """Return the filter that a kernel entry belongs to."""
        return out[0]

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms that use one kernel entry."""
        for term in Terms(self.forward).by_tap(out, padding=self.fill is not None):
            yield Term(tuple(out), term.x, term.out)


@dataclass(frozen=True)
class Local:
    """A convolution with a kernel of its own for each output place: w is (M, C/groups, *O, *K)."""

    forward: Geometry

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return self.forward.x_shape

    @property
    def w_shape(self) -> Shape:
        """Filters and depth, then the output places, then the taps."""
        rank = len(self.forward.axes)
        shape = self.forward.w_shape
        return (*shape[:-rank], *self.forward.out_shape[-rank:], *shape[-rank:])

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return self.forward.out_shape

    @property
    def fill(self) -> Any:
        """What padding reads."""
        return Terms(self.forward).fill

    @property
    def work(self) -> dict[str, int]:
        """The shared convolution's work, and the kernel entries."""
        return self.forward.work | {"kernel entries": prod(self.w_shape)}

    @property
    def places(self) -> Shape:
        """Filters and output places, one image's output."""
        return self.forward.out_shape[-len(self.forward.axes) - 1 :]

    def filter_of(self, out: Sequence[int]) -> int:
        """Return the filter that an output belongs to."""
        return Terms(self.forward).filter_of(out)

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms of one output, with the kernel entries of its place."""
        rank = len(self.forward.axes)
        place = tuple(out[-rank:])
        for term in Terms(self.forward).by_out(out):
            tap = term.w or ()
            yield Term(tuple(out), term.x, (*tap[:-rank], *place, *tap[-rank:]))


@dataclass(frozen=True)
class Relaid:
    """A table whose arrays are laid out in another order: NHWC, groups of the batch.

    ``x`` and ``w`` bring operands into the order of ``base``, ``out`` brings the output back.
    """

    base: Table
    x_shape: Shape
    w_shape: Shape
    x: Relay
    w: Relay
    out: Relay

    @cached_property
    def out_shape(self) -> Shape:
        """The shape of the output as it is laid out."""
        return self._out.shape

    @property
    def fill(self) -> Any:
        """What padding reads."""
        return self.base.fill

    @property
    def work(self) -> dict[str, int]:
        """The work of the table inside."""
        return self.base.work

    @cached_property
    def _x(self) -> Array:
        return self.x(_numbered(self.x_shape))

    @cached_property
    def _w(self) -> Array:
        return self.w(_numbered(self.w_shape))

    @cached_property
    def _out(self) -> Array:
        return self.out(_numbered(self.base.out_shape))

    def _inside(self, out: Sequence[int]) -> Index:
        return _index(self._out[tuple(out)], self.base.out_shape)

    def filter_of(self, out: Sequence[int]) -> int:
        """Return the filter that an output belongs to."""
        return self.base.filter_of(self._inside(out))

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms of one output, by the indices of the arrays as they are laid out."""
        for term in self.base.by_out(self._inside(out)):
            x = None if term.x is None else _index(self._x[term.x], self.x_shape)
            w = None if term.w is None else _index(self._w[term.w], self.w_shape)
            yield Term(tuple(out), x, w, term.scale)


def undone(relay: Relay, shape: Shape) -> Relay:
    """Return the reordering that takes the relaid array back to *shape*."""

    def back(values: Array) -> Array:
        laid = np.empty(prod(shape), dtype=values.dtype)
        laid[relay(_numbered(shape)).ravel()] = values.ravel()
        return laid.reshape(shape)

    return back


def _numbered(shape: Shape) -> Array:
    return np.arange(prod(shape), dtype=np.int64).reshape(shape)


def _index(flat: Any, shape: Shape) -> Index:
    return tuple(map(int, np.unravel_index(int(flat), shape)))
