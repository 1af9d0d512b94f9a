"""Exact outputs as integers over one denominator: no fraction is made, and none is reduced."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from symconv import engines, operations
from symconv.engines.long.rationals import integers, scaled
from symconv.errors import EngineError
from symconv.exact import Array, array, is_expression, is_symbolic
from symconv.planning import check_bias, table_of
from symconv.tables import Local, Relaid
from symconv.terms import Table, Terms


def numerators(
    x: Any, w: Any, bias: Any = None, /, *, op: str = "correlate", **options: Any
) -> tuple[Array, int]:
    """Return the exact output of an operation as integers over one common denominator.

        out = numerators / denominator,   denominator = lcm of x's · lcm of w's denominators

    The lcm of x's denominators includes that of a constant boundary; a bias multiplies the
    denominator by what its own needs more. It is not the least one, and the fractions are not in
    lowest terms: bringing them there takes longer than computing them.

    ``op`` is "correlate", "convolve", "conv", "conv_transpose" or "locally_connected"; x, w, bias,
    options and the output's shape are those of that function. Entries are integers and rationals.
    The numerators are int64 where all fit, else Python integers.

    Raises: EntryError for entries that are not exact, EngineError[numpy-symbolic] for symbols,
    GeometryError for shapes that do not fit.

    Source: Knuth, The Art of Computer Programming, vol. 2, 3rd ed., section 4.5.1.

    >>> numerators("1/2 1/3 1", "1/2 3")
    (array([15, 38]), 12)
    """
    inputs, kernel = operations.operands(x, w, read=_read)
    offsets = None if bias is None else array(bias)
    table = table_of(op, inputs.shape, kernel.shape, **options)
    check_bias(table, offsets)
    check_numbers(table, inputs, kernel, offsets)
    fill = 0 if table.fill is None else table.fill
    inputs, below = integers(inputs, fill)
    kernel, denominator = integers(kernel)
    denominator *= below
    if offsets is not None:
        offsets, other = integers(offsets)
        common = math.lcm(denominator, other)
        kernel, offsets = scaled(kernel, common // denominator), scaled(offsets, common // other)
        denominator = common
    table = _filled(table, int(fill * below))
    return engines.evaluate(table, inputs, kernel, offsets, engine="numpy"), denominator


def _read(value: Any) -> Array:
    """Return an array of nothing but exact numbers as it is, anything else as `array` does."""
    if type(value) is np.ndarray and value.dtype == object:
        kinds = set(map(type, value.ravel().tolist()))
        if kinds and kinds <= {int, Fraction}:
            return value
    return array(value)


def check_numbers(table: Table, *arrays: Array | None) -> None:
    """Raise EngineError[numpy-symbolic] where an entry, or the boundary's constant, is a symbol."""
    given = (values for values in arrays if values is not None)
    if is_expression(table.fill) or any(map(is_symbolic, given)):
        message = "the fast path takes numbers only, and an entry is a symbol"
        hint = "use symconv.correlate and its kin"
        raise EngineError("numpy-symbolic", message, hint=hint)


def _filled(table: Any, fill: int) -> Any:
    """Return the same table with another constant for padding to read."""
    if isinstance(table, Relaid):
        return replace(table, base=_filled(table.base, fill))
    if isinstance(table, Terms):
        return Terms(replace(table.geometry, fill=fill))
    if isinstance(table, Local):
        return replace(table, forward=replace(table.forward, fill=fill))
    return table  # a transposed layer reads no constant
