"""The NumPy fast path: the operations of symconv for numeric arrays only.

Integers and rationals give the exact result, as everywhere in symconv. If any entry is a float,
the arithmetic is float64 and the result is a float64 array; `error_bound` says how far off it can
be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv import engines, operations
from symconv.engines import numeric
from symconv.errors import EntryError
from symconv.exact import Array, array
from symconv.plan import Geometry, geometry

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
) -> Array:
    """Correlate numeric arrays; arguments and shapes are those of `symconv.correlate`.

    >>> correlate([0.5, 1.5, 2.5], [1, 2])
    array([3.5, 6.5])
    """
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
    boundary: Any = "zero",
    flip: bool = False,
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
        "boundary": boundary,
        "flip": flip,
    }
    return _evaluate("conv", x, w, bias, options)


def error_bound(
    x: Any, w: Any, bias: Any = None, /, *, op: str = "correlate", **options: Any
) -> NDArray[np.float64]:
    """Return, for each output, a bound on |float64 result − exact result| for the given floats.

        |error| <= γₙ·M + n·2⁻¹⁰⁷⁴,   M = Σ|x||w| + |bias|,   γₙ = n·u/(1 − n·u),   u = 2⁻⁵³

    n is the number of summands; the bound holds for every order of summation, with or without
    fused multiply-add. M is computed in float64 itself, hence enlarged by 1/(1 − γₙ). Infinite
    when an intermediate result overflows.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), section 3.1;
    Handbook of Floating-Point Arithmetic, 2nd ed. (2018), chapter 5, for underflow.

    >>> bool(error_bound([0.1, 0.2], [1, 1])[0] < 1e-15)
    True
    """
    inputs, kernel = np.abs(_floats(x)), np.abs(_floats(w))
    offsets = None if bias is None else np.abs(_floats(bias))
    plan = _plan(op, inputs, kernel, offsets, options)
    summands = plan.taps + (offsets is not None)
    gamma = summands * UNIT_ROUNDOFF / (1 - summands * UNIT_ROUNDOFF)
    with np.errstate(over="ignore", invalid="ignore"):
        size = _sums(plan, inputs, kernel, offsets, abs(float(plan.fill)))
        bound = size * (gamma / (1 - gamma)) * (1 + 8 * UNIT_ROUNDOFF)
        bound += summands * SMALLEST_SUBNORMAL
    return np.where(np.isfinite(bound), np.nextafter(bound, np.inf), np.inf)


def _evaluate(op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> Array:
    if not any(map(_has_floats, (x, w, bias))):
        inputs, kernel = operations.operands(x, w)
        offsets = None if bias is None else array(bias)
        plan = _plan(op, inputs, kernel, offsets, options)
        return engines.evaluate(plan, inputs, kernel, offsets, engine="numpy")
    inputs, kernel = _floats(x), _floats(w)
    offsets = None if bias is None else _floats(bias)
    plan = _plan(op, inputs, kernel, offsets, options)
    return _sums(plan, inputs, kernel, offsets, float(plan.fill))


def _plan(op: str, x: Array, w: Array, bias: Array | None, options: dict[str, Any]) -> Geometry:
    plan = geometry(x.shape, w.shape, op=op, bias=bias is not None, **options)
    operations.check_bias(plan, bias)
    return plan


def _sums(plan: Geometry, x: Array, w: Array, bias: Array | None, fill: float) -> Array:
    sums = numeric.sums(plan, x, w, fill)
    if bias is not None:
        sums = sums + bias.reshape(1, -1, *(1,) * len(plan.axes))
    return sums.reshape(plan.out_shape)


def _has_floats(value: Any) -> bool:
    """Tell whether an array-like holds any Python or NumPy float."""
    if value is None or isinstance(value, str):
        return False
    entries = np.asarray(value)
    if entries.dtype != object:
        return entries.dtype.kind == "f"
    return any(isinstance(entry, float | np.floating) for entry in entries.ravel())


def _floats(value: Any) -> NDArray[np.float64]:
    """Return an array-like as float64; integers and rationals are rounded to the nearest float."""
    if isinstance(value, str) or np.asarray(value).dtype.kind not in "iufO":
        value = array(value)
    try:
        floats = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        hint = "use symconv.correlate and its kin for symbols and huge numbers"
        raise EntryError("not-a-float", f"an entry is no float64: {error}", hint=hint) from None
    return floats
