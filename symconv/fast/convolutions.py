"""Convolutions of numeric arrays: exact for exact entries, float64 with a bound for floats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv import engines, operations
from symconv.engines.rounding import UNIT_ROUNDOFF, gamma
from symconv.exact import MAX_AXES, Array, array
from symconv.fast.floats import has_floats
from symconv.fast.given import Given, table_for, unlaid
from symconv.planning import check_bias
from symconv.terms import Terms

SMALLEST_SUBNORMAL = 2.0**-1074
NARROW = [np.dtype(kind) for kind in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32)]
"""What the sums of a layer convert block by block, as they read it."""


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
    whose entries had to be rounded to float64 first. So it is where products are added up, in any
    order, with or without fused multiply-add. M is computed in float64 itself, hence enlarged by
    1/(1 − γₙ). Infinite where an intermediate result overflows.

    Large kernels may take other ways, on this machine with its cores: the bound is that of the
    result which this process computes. Through Fourier transforms M has ‖x‖₂·‖w‖₂ in place of the
    sum, with the norm of all that the output's tile reads, and n counts what docs/fft.md counts.
    Integers times a power of two are added up in int64: no summand counts, but one for each sum
    where a float may not hold it.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), sections 3.1
    and 3.4; Handbook of Floating-Point Arithmetic, 2nd ed. (2018), chapter 5, for underflow;
    docs/fft.md.

    >>> bool(error_bound([0.1, 0.2], [1, 1])[0] < 1e-15)
    True
    """
    given = Given(op, x, w, bias, options)
    with np.errstate(over="ignore", invalid="ignore"):
        n, size = given.error()
        share = gamma(n) / (1 - gamma(n))
        bound = size * share * (1 + 8 * UNIT_ROUNDOFF) + n * SMALLEST_SUBNORMAL
    return np.where(np.isfinite(bound), np.nextafter(bound, np.inf), np.inf)


def _evaluate(op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> Array:
    if any(map(has_floats, (x, w, bias, options.get("boundary")))):
        with np.errstate(over="ignore", invalid="ignore"):
            return Given(op, x, w, bias, options).sums()
    inputs, kernel = operations.operands(x, w, read=_as_given)
    offsets = None if bias is None else array(bias)
    table = table_for(op, inputs.shape, kernel.shape, options)
    check_bias(table, offsets)
    if not isinstance(unlaid(table)[1], Terms):
        inputs = _widened(inputs)
    return engines.evaluate(table, inputs, _widened(kernel), offsets, engine="numpy")


def _widened(values: Array) -> Array:
    return values if values.dtype == object else values.astype(np.int64, copy=False)


def _as_given(value: Any) -> Array:
    """Return a plain array of narrow integers as it is, anything else as exact entries.

    To read an image of int8 as int64 first takes as long as many a layer.
    """
    plain = type(value) is np.ndarray and value.ndim <= MAX_AXES
    return value if plain and value.dtype in NARROW else array(value)
