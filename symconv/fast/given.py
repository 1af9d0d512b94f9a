"""The operands of one operation on floats, rounded where they had to be, and how it is summed."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from symconv import operations
from symconv.engines.rounding import Added, Scattered, Way, quickest
from symconv.errors import GeometryError
from symconv.exact import Array, pack
from symconv.fast.floats import constant_read, floats, read
from symconv.plan import Shape
from symconv.planning import check_bias, table_of
from symconv.tables import Adjoint, Relaid
from symconv.terms import Table, Terms

SHORT, LARGE = 2**14, 16
"""Entries along all axes, and options, that make short lines of indices: such plans are kept."""


def table_for(op: str, x_shape: Shape, w_shape: Shape, options: dict[str, Any]) -> Table:
    """Return a plan, the one made before for the same shapes and plain options."""
    short = sum((*x_shape, *w_shape)) <= SHORT
    make = _kept if short and all(map(_plain, options, options.values())) else table_of
    return make(op, x_shape, w_shape, **options)


def _plain(name: str, value: Any) -> bool:
    """Tell whether an option equals another of its type only where both mean the same."""
    counts = name in ("groups", "batch_groups") and type(value) is int
    return counts or type(value) in (bool, type(None)) or _nested(value)


def _nested(value: Any) -> bool:
    """Tell the same of what may stand in a tuple, which is compared without its entries' types."""
    if type(value) is tuple:
        return all(map(_nested, value))
    return type(value) is str or (type(value) is int and value < LARGE)


_kept = lru_cache(maxsize=64, typed=True)(table_of)


class Given:
    """The operands of one float64 operation, and how many of them had to be rounded.

    >>> given = Given("correlate", [0.5, 1.5], [1, 2], None, {})
    >>> given.sums(), given.rounded
    (array([3.5]), 0)
    """

    def __init__(self, op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> None:
        inputs, kernel = operations.operands(x, w, read=read)
        offsets = None if bias is None else read(bias)
        table = table_for(op, inputs.shape, kernel.shape, constant_read(options))
        check_bias(table, offsets)
        self.relaid, self.base = unlaid(table)
        fill = pack([0 if table.fill is None else table.fill], ())
        given = [inputs, kernel, fill] if offsets is None else [inputs, kernel, fill, offsets]
        values, unchanged = zip(*map(floats, given), strict=True)
        self.x, self.w, self.fill = values[:3]
        self.bias = None if bias is None else values[3]
        self.rounded = sum(not same for same in unchanged)

    def sums(self) -> Array:
        """Return the result, rounded."""
        return self._laid(self._way.sums(), self.bias)

    def error(self) -> tuple[int, Array]:
        """Return n, and what γₙ multiplies in the bound on the error of each output."""
        size = self._laid(self._way.sizes(), None if self.bias is None else np.abs(self.bias))
        return self._way.units + (self.bias is not None) + self.rounded, size

    @cached_property
    def _way(self) -> Way:
        x, w = self.x, self.w
        for each in self.relaid:
            x, w = each.x(x), each.w(w)
        if isinstance(self.base, Adjoint):
            return Scattered(self.base.forward, x, w)
        if not isinstance(self.base, Terms):
            message = f"{type(self.base).__name__} has no floating-point way here"
            raise GeometryError("unknown-op", message)
        return quickest(Added(self.base.geometry, x, w, float(self.fill)))

    def _laid(self, sums: Array, bias: Array | None) -> Array:
        """Return sums (N, M, *O) and the bias as the table has them."""
        if bias is not None:
            sums = sums + bias.reshape(1, -1, *(1,) * (sums.ndim - 2))
        sums = sums.reshape(self.base.out_shape)
        for each in reversed(self.relaid):
            sums = each.out(sums)
        return sums


def unlaid(table: Table) -> tuple[list[Relaid], Table]:
    """Return the changes of layout around a table, the outermost first, and what is within."""
    if not isinstance(table, Relaid):
        return [], table
    rest, base = unlaid(table.base)
    return [table, *rest], base
