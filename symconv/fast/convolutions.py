"""Convolutions of numeric arrays: exact for exact entries, float64 with a bound for floats."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv import engines, operations
from symconv.engines import choice, readings
from symconv.errors import GeometryError
from symconv.exact import Array, array, pack
from symconv.fast.floats import constant_read, floats, has_floats, read
from symconv.plan import Geometry, Shape
from symconv.planning import check_bias, table_of
from symconv.tables import Adjoint, Relaid
from symconv.terms import Table, Terms

SHORT, LARGE = 2**14, 16
"""Entries along all axes, and options, that make short lines of indices: such plans are kept."""
UNIT_ROUNDOFF = 2.0**-53
SMALLEST_SUBNORMAL = 2.0**-1074


def correlate(
    x: Any,
    w: Any,
    /,
    *,
    padding: Any = "valid",
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    boundary: Any = "zero",
    conjugate: bool = False,
) -> Array:
    """Correlate numeric arrays; arguments and shapes are those of `symconv.correlate`.

    >>> correlate([0.5, 1.5, 2.5], [1, 2])
    array([3.5, 6.5])
    """
    del conjugate  # of a real number it is the number
    options = {
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "boundary": boundary,
    }
    return _evaluate("correlate", x, w, None, options)


def convolve(
    x: Any,
    w: Any,
    /,
    *,
    padding: Any = "full",
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    boundary: Any = "zero",
) -> Array:
    """Convolve numeric arrays; arguments and shapes are those of `symconv.convolve`.

    >>> convolve([2**62, 1], [4, 1]).tolist()
    [18446744073709551616, 4611686018427387908, 1]
    """
    options = {
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "boundary": boundary,
    }
    return _evaluate("convolve", x, w, None, options)


def conv(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    padding: Any = 0,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    batch_groups: int = 1,
    boundary: Any = "zero",
    flip: Any = False,
    layout: Any = None,
) -> Array:
    """Apply a layer to numeric arrays; arguments and shapes are those of `symconv.conv`.

    >>> conv([[1.0, 2.0]], [[[0.5]]], [1])
    array([[1.5, 2. ]])
    """
    options = {
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "groups": groups,
        "batch_groups": batch_groups,
        "boundary": boundary,
        "flip": flip,
        "layout": layout,
    }
    return _evaluate("conv", x, w, bias, options)


def conv_transpose(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    padding: Any = 0,
    output_padding: Any = 0,
    output_size: Any = None,
    stride: Any = 1,
    dilation: Any = 1,
    groups: int = 1,
    flip: Any = False,
    layout: Any = None,
) -> Array:
    """Apply a transposed layer to numeric arrays; see `symconv.conv_transpose`.

    >>> conv_transpose([[1.0, 2.0]], [[[0.5, 1.5]]], stride=2)
    array([[0.5, 1.5, 1. , 3. ]])
    """
    options = {
        "padding": padding,
        "output_padding": output_padding,
        "output_size": output_size,
        "stride": stride,
        "dilation": dilation,
        "groups": groups,
        "flip": flip,
        "layout": layout,
    }
    return _evaluate("conv_transpose", x, w, bias, options)


def error_bound(
    x: Any, w: Any, bias: Any = None, /, *, op: str = "correlate", **options: Any
) -> NDArray[np.float64]:
    """Return, for each output, a bound on |float64 result − exact result| of the entries given.

        |error| <= γₙ·M + n·2⁻¹⁰⁷⁴,   M = Σ|x||w| + |bias|,   γₙ = n·u/(1 − n·u),   u = 2⁻⁵³

    n is the number of summands, and one more for each of x, w, bias and the boundary's constant
    whose entries had to be rounded to float64 first. The bound holds for every order of summation,
    with or without fused multiply-add. M is computed in float64 itself, hence enlarged by
    1/(1 − γₙ). Infinite where an intermediate result overflows.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), sections 3.1
    and 3.4; Handbook of Floating-Point Arithmetic, 2nd ed. (2018), chapter 5, for underflow.

    >>> bool(error_bound([0.1, 0.2], [1, 1])[0] < 1e-15)
    True
    """
    given = _Given(op, x, w, bias, options)
    n = _summands(given.table) + (given.bias is not None) + given.rounded
    gamma = n * UNIT_ROUNDOFF / (1 - n * UNIT_ROUNDOFF)
    with np.errstate(over="ignore", invalid="ignore"):
        size = given.sums(np.abs)
        bound = size * (gamma / (1 - gamma)) * (1 + 8 * UNIT_ROUNDOFF) + n * SMALLEST_SUBNORMAL
    return np.where(np.isfinite(bound), np.nextafter(bound, np.inf), np.inf)


def _evaluate(op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> Array:
    if any(map(has_floats, (x, w, bias, options.get("boundary")))):
        with np.errstate(over="ignore", invalid="ignore"):
            return _Given(op, x, w, bias, options).sums(np.asarray)
    inputs, kernel = operations.operands(x, w)
    offsets = None if bias is None else array(bias)
    table = _table(op, inputs.shape, kernel.shape, options)
    check_bias(table, offsets)
    return engines.evaluate(table, inputs, kernel, offsets, engine="numpy")


def _table(op: str, x_shape: Shape, w_shape: Shape, options: dict[str, Any]) -> Table:
    """Return a plan, the one made before for the same shapes and plain options."""
    short = sum((*x_shape, *w_shape)) <= SHORT
    make = _kept if short and all(map(_plain, options.values())) else table_of
    return make(op, x_shape, w_shape, **options)


def _plain(value: Any) -> bool:
    """Tell whether an option equals another of its type only where both mean the same."""
    return type(value) in (str, bool, type(None)) or (type(value) is int and value < LARGE)


_kept = lru_cache(maxsize=64, typed=True)(table_of)


class _Given:
    """The operands of one float64 operation, and how many of them had to be rounded."""

    def __init__(self, op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> None:
        inputs, kernel = operations.operands(x, w, read=read)
        offsets = None if bias is None else read(bias)
        self.table = table_of(op, inputs.shape, kernel.shape, **constant_read(options))
        check_bias(self.table, offsets)
        fill = pack([0 if self.table.fill is None else self.table.fill], ())
        given = [inputs, kernel, fill] if offsets is None else [inputs, kernel, fill, offsets]
        values, unchanged = zip(*map(floats, given), strict=True)
        self.x, self.w, self.fill = values[:3]
        self.bias = None if bias is None else values[3]
        self.rounded = sum(not same for same in unchanged)

    def sums(self, of: Callable[[Array], Array]) -> Array:
        """Return the sums of the operands after *of* was applied to each."""
        bias = None if self.bias is None else of(self.bias)
        return _sums(self.table, of(self.x), of(self.w), bias, float(of(self.fill)))


def _sums(table: Table, x: Array, w: Array, bias: Array | None, fill: float) -> Array:
    if isinstance(table, Relaid):
        return table.out(_sums(table.base, table.x(x), table.w(w), bias, fill))
    if isinstance(table, Adjoint):
        sums = readings.scattered(table.forward, x, w)
    else:
        sums = choice.rounded(_plan(table), x, w, fill)
    if bias is not None:
        sums = sums + bias.reshape(1, -1, *(1,) * (sums.ndim - 2))
    return sums.reshape(table.out_shape)


def _plan(table: Table) -> Geometry:
    """Return the geometry that a table reads, in either direction."""
    if isinstance(table, Relaid):
        return _plan(table.base)
    if isinstance(table, Adjoint):
        return table.forward
    if not isinstance(table, Terms):
        raise GeometryError("unknown-op", f"{type(table).__name__} has no floating-point way here")
    return table.geometry


def _summands(table: Table) -> int:
    """Return how many products one output has, at most."""
    plan = _plan(table)
    base = table.base if isinstance(table, Relaid) else table
    if isinstance(base, Adjoint):
        return plan.taps // max(1, plan.depth) * (plan.maps // plan.groups)
    return plan.taps
