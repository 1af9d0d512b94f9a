"""The definition, word for word: a fold over the terms of each output, in any algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, product
from operator import itemgetter, mul
from typing import Any

import numpy as np

from symconv.algebra import Algebra, Numbers
from symconv.axis import HOLE, PAD, Axis
from symconv.exact import Array, objects, whole
from symconv.plan import Geometry, Index
from symconv.terms import Table, Term, Terms, bias_at

Sources = Callable[[Axis], Sequence[Sequence[int]]]
"""From an axis to the input that each tap of each output reads."""
Getter = Callable[[Sequence[Any]], tuple[Any, ...]]
"""From the entries of some channels, 0 and the constant, to those that one window meets."""

WRITTEN_OUT = 2**20
"""Products whose places are written out before any is formed; about 10 bytes are kept for each."""


def evaluate(
    table: Table, x: Array, w: Array | None, bias: Array | None, algebra: Algebra
) -> list[Any]:
    """Return the output entries in row-major order.

    Padding adds nothing when the boundary is zero (the algebra's zero), and the constant times the
    kernel entry when it is constant.
    """
    if w is not None and isinstance(algebra, Numbers) and isinstance(table, Terms):
        plan = table.geometry
        flat = [objects(v).ravel().tolist() for v in (x, w, bias) if v is not None]
        kinds = set(map(type, chain(*flat, (plan.fill,))))
        if kinds <= {int, Fraction} and plan.work["products"] <= WRITTEN_OUT:
            return list(map(whole, windows(plan).values(*flat)))
    fold = _Fold(algebra, _entered(x, algebra), {} if w is None else _entered(w, algebra))
    fill = None if table.fill is None else algebra.enter(table.fill)
    values = []
    for out in product(*map(range, table.out_shape)):
        terms = [
            fold.value(term, fill)
            for term in table.by_out(out)
            if term.x is not None or fill is not None
        ]
        if bias is not None:
            terms.append(algebra.enter(bias_at(table, bias, out)))
        values.append(algebra.sum(terms))
    return values


@dataclass(frozen=True, slots=True)
class Windows:
    """What each output of a geometry meets, written out for many operands of ints and Fractions."""

    met: list[Getter]
    parts: list[tuple[slice, slice, int]]
    """For each batch entry and filter, the inputs that it reads, its kernel and its number."""
    fill: Any

    def values(
        self, x: Sequence[Any], w: Sequence[Any], bias: Sequence[Any] | None = None
    ) -> list[Any]:
        """Return the output entries for flat operands.

            out[n, m, o] = sum over t of  x[n, window[o, t]] · w[m, t]  (+ bias[m])

        >>> from symconv.plan import geometry
        >>> windows(geometry((4,), (2,))).values([1, 2, 3, 4], [10, 1])
        [12, 23, 34]
        """
        values = []
        for inputs, taps, m in self.parts:
            seen, kernel = [*x[inputs], 0, self.fill], w[taps]
            offset = 0 if bias is None else bias[m]
            values += [sum(map(mul, window(seen), kernel), offset) for window in self.met]
        return values


def windows(geometry: Geometry, sources: Sources | None = None) -> Windows:
    """Return what each output place of a geometry meets, in the order of the kernel's entries.

    Who has many geometries passes `sources_of` with a memory.
    """
    read = sources or sources_of
    met: list[list[int]] = [[0]]
    inner = 1
    for axis in reversed(geometry.axes):
        met = _outer(read(axis), met, inner)
        inner *= axis.size
    depth, taps, maps = geometry.depth, geometry.taps, geometry.maps
    if depth != 1:
        channels = [c * inner for c in range(depth)]
        met = [[c + at if at >= 0 else at for c in channels for at in places] for places in met]
    getters: list[Getter] = [itemgetter(*at) if len(at) > 1 else partial(_few, at) for at in met]
    firsts = [geometry.channels_of(m).start * inner for m in range(maps)]
    images = 1 if geometry.batch is None else geometry.batch
    batch = [n * geometry.channels * inner for n in range(images)]
    parts = [
        (slice(n + first, n + first + depth * inner), slice(m * taps, (m + 1) * taps), m)
        for n in batch
        for m, first in enumerate(firsts)
    ]
    return Windows(getters, parts, geometry.fill)


def _outer(lines: Sequence[Sequence[int]], met: list[list[int]], inner: int) -> list[list[int]]:
    """Return what is met with one more axis around, whose neighbours lie *inner* places apart."""
    rows = {at: _row(at, met, inner) for at in {at for line in lines for at in line}}
    return [
        list(chain.from_iterable(column))
        for line in lines
        for column in zip(*[rows[at] for at in line], strict=True)
    ]


def _row(at: int, met: list[list[int]], inner: int) -> list[list[int]]:
    """Return what is met in row *at*; a place that is padding along any axis is padding."""
    if at >= 0:
        start = at * inner
        return [[start + i if i >= 0 else i for i in places] for places in met]
    return [[PAD if PAD in (at, i) else HOLE for i in places] for places in met]


def _few(places: Sequence[int], entries: Sequence[Any]) -> tuple[Any, ...]:
    """Return the entries at one place or none, as `itemgetter` does at more."""
    return tuple(entries[place] for place in places)


def sources_of(axis: Axis) -> list[list[int]]:
    """Return, for each output along an axis, the input that each tap reads, PAD or HOLE.

    >>> sources_of(Axis(size=3, taps=2, before=1, flip=True))
    [[0, -1], [1, 0], [2, 1]]
    """
    turn = -1 if axis.flip else 1
    return [[source for source, _ in axis.window(out)[::turn]] for out in range(axis.out)]


class _Fold:
    """The operands inside one algebra."""

    def __init__(self, algebra: Algebra, x: dict[Index, Any], w: dict[Index, Any]) -> None:
        self.algebra = algebra
        self.x = x
        self.w = w

    def value(self, term: Term, fill: Any) -> Any:
        value = fill if term.x is None else self.x[term.x]
        if term.w is not None:
            value = self.algebra.product(value, self.w[term.w])
        return value if term.scale == 1 else self.algebra.scaled(value, term.scale)


def _entered(values: Array, algebra: Algebra) -> dict[Index, Any]:
    return {i: algebra.enter(v) for i, v in _items(values)}


def _items(values: Array) -> Iterator[tuple[Index, Any]]:
    return np.ndenumerate(objects(values))
