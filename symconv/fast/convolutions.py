"""The NumPy fast path: the operations of symconv for numeric arrays only.

Integers and rationals give the exact result, as everywhere in symconv. If any entry is a float,
the arithmetic is float64 and the result is a float64 array; `error_bound` says how far off it can
be. NaN and infinities are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv import engines, operations
from symconv.engines import numeric
from symconv.errors import EntryError
from symconv.exact import Array, array, objects, pack
from symconv.plan import geometry
from symconv.planning import check_bias
from symconv.terms import Terms

UNIT_ROUNDOFF = 2.0**-53
SMALLEST_NORMAL = 2.0**-1022
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
    n = given.plan.taps + (given.bias is not None) + given.rounded
    gamma = n * UNIT_ROUNDOFF / (1 - n * UNIT_ROUNDOFF)
    with np.errstate(over="ignore", invalid="ignore"):
        size = given.sums(np.abs)
        bound = size * (gamma / (1 - gamma)) * (1 + 8 * UNIT_ROUNDOFF) + n * SMALLEST_SUBNORMAL
    return np.where(np.isfinite(bound), np.nextafter(bound, np.inf), np.inf)


def _evaluate(op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> Array:
    if any(map(_has_floats, (x, w, bias))):
        with np.errstate(over="ignore", invalid="ignore"):
            return _Given(op, x, w, bias, options).sums(np.asarray)
    inputs, kernel = operations.operands(x, w)
    offsets = None if bias is None else array(bias)
    plan = geometry(inputs.shape, kernel.shape, op=op, bias=bias is not None, **options)
    check_bias(Terms(plan), offsets)
    return engines.evaluate(plan, inputs, kernel, offsets, engine="numpy")


class _Given:
    """The operands of one float64 operation, and how many of them had to be rounded."""

    def __init__(self, op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]) -> None:
        inputs, kernel = operations.operands(x, w, read=_read)
        offsets = None if bias is None else _read(bias)
        self.plan = geometry(inputs.shape, kernel.shape, op=op, bias=bias is not None, **options)
        check_bias(Terms(self.plan), offsets)
        fill = pack([self.plan.fill], ())
        given = [inputs, kernel, fill] if offsets is None else [inputs, kernel, fill, offsets]
        floats, unchanged = zip(*map(_floats, given), strict=True)
        self.x, self.w, self.fill = floats[:3]
        self.bias = None if bias is None else floats[3]
        self.rounded = sum(not same for same in unchanged)

    def sums(self, of: Callable[[Array], Array]) -> Array:
        """Return the sums of the operands after *of* was applied to each."""
        sums = numeric.sums(self.plan, of(self.x), of(self.w), float(of(self.fill)))
        if self.bias is not None:
            sums = sums + of(self.bias).reshape(1, -1, *(1,) * len(self.plan.axes))
        return sums.reshape(self.plan.out_shape)


def _has_floats(value: Any) -> bool:
    """Tell whether an array-like holds any Python or NumPy float."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return bool(value.dtype.kind == "f")
    if isinstance(value, list | tuple | np.ndarray):
        return any(map(_has_floats, value))
    return isinstance(value, float | np.floating)


def _read(value: Any) -> Array:
    """Return an array of finite floats as it is, anything else as exact entries."""
    plain = isinstance(value, np.ndarray) and not np.ma.is_masked(value)
    if plain and value.dtype in (np.float64, np.float32, np.float16):
        if not np.isfinite(value).all():
            hint = "remove or replace it"
            raise EntryError("not-finite", "an entry is not a finite number", hint=hint)
        return np.asarray(value, dtype=np.float64)
    return array(value, floats="exact")


def _floats(values: Array) -> tuple[Array, bool]:
    """Return entries as float64, each rounded to nearest, and whether none of them changed.

    Raises: EntryError[not-a-float] for symbols, and for numbers outside the range of float64.
    """
    if values.dtype == np.float64:
        return values, True
    floats = np.empty(values.shape, dtype=np.float64)
    unchanged = True
    for index, value in np.ndenumerate(objects(values)):
        floats[index], same = _rounded(value)
        unchanged = unchanged and same
    return floats, unchanged


def _rounded(value: Any) -> tuple[float, bool]:
    try:
        rounded = float(value) if isinstance(value, int | Fraction) else math.nan
    except OverflowError:
        rounded = math.inf
    same = math.isfinite(rounded) and Fraction(rounded) == value
    if not math.isfinite(rounded) or (abs(rounded) < SMALLEST_NORMAL and not same):
        hint = "use symconv.correlate and its kin, which are exact"
        raise EntryError("not-a-float", f"{str(value)[:40]} is no float64", hint=hint)
    return rounded, same
