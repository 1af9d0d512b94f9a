"""How frameworks round a scaled integer: every rule under its name, in integers alone.

Nothing here is a float: binary32 is a set of rational numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from functools import partial
from typing import Any

from symconv.errors import EntryError
from symconv.exact import text_of
from symconv.options import choices

Q31 = 2**31
"""A quantised multiplier m stands for m/2^31."""
BEYOND_BINARY32 = 2**128
"""The power of two after the largest binary32 number; stands for infinity."""
Rule = Callable[[int, int, int], int]
"""An accumulator times a factor, rounded; the factor is numerator and denominator, or multiplier
and shift."""


def half_even(numerator: int, denominator: int) -> int:
    """Return the integer nearest to a quotient, ties to the even one.

    >>> [half_even(n, 2) for n in (-3, -1, 1, 3)]
    [-2, 0, 0, 2]
    """
    below, rest = divmod(numerator, denominator)
    return below + (2 * rest + below % 2 > denominator)


def half_up(numerator: int, denominator: int) -> int:
    """Return the integer nearest to a quotient, ties to the larger one.

    >>> [half_up(n, 2) for n in (-3, -1, 1, 3)]
    [-1, 0, 1, 2]
    """
    return (2 * numerator + denominator) // (2 * denominator)


def half_away(numerator: int, denominator: int) -> int:
    """Return the integer nearest to a quotient, ties to the one farther from zero.

    >>> [half_away(n, 2) for n in (-3, -1, 1, 3)]
    [-2, -1, 1, 2]
    """
    size = half_up(abs(numerator), denominator)
    return size if numerator >= 0 else -size


def binary32(value: Any, /) -> Fraction:
    """Return the binary32 number nearest to a rational, ties to even; subnormals included.

    What rounds beyond the largest binary32 number is ±2^128, which stands for infinity.

    Source: IEEE 754-2019, sections 3.3 and 4.3.1 (roundTiesToEven).

    >>> binary32(Fraction(1, 10))
    Fraction(13421773, 134217728)
    """
    exact = Fraction(value)
    if exact == 0:
        return exact
    step = Fraction(2) ** (max(_exponent(abs(exact)), -126) - 23)
    rounded = half_even((exact / step).numerator, (exact / step).denominator) * step
    return min(max(rounded, Fraction(-BEYOND_BINARY32)), Fraction(BEYOND_BINARY32))


def finite_binary32(name: str, value: Any) -> Fraction:
    """Return a scale as the binary32 number that it becomes, if that is neither 0 nor infinite.

    Raises: EntryError[outside-binary32].
    """
    rounded = binary32(value)
    if not 0 < rounded < BEYOND_BINARY32:
        held = "0" if rounded == 0 else "infinity"
        message = f"{text_of(value)} becomes {held} in binary32"
        raise EntryError("outside-binary32", message, place=name, hint='use rounding="half-even"')
    return rounded


def _exponent(value: Fraction) -> int:
    """Return the e with 2^e <= value < 2^(e + 1)."""
    guess = value.numerator.bit_length() - value.denominator.bit_length()
    return guess if value >= Fraction(2) ** guess else guess - 1


def fixed_point(scale: Fraction, rounding: str) -> tuple[int, int]:
    """Return the multiplier and the shift of a positive scale, as `quantize_multiplier` says."""
    shift = _exponent(scale) + 1
    exact = scale * Q31 / Fraction(2) ** shift
    multiplier = half_away(exact.numerator, exact.denominator)
    if multiplier == Q31:
        multiplier, shift = Q31 // 2, shift + 1
    if shift < -31:
        return 0, 0
    return (Q31 - 1, 30) if rounding == "single" and shift > 30 else (multiplier, shift)


def gemmlowp(acc: int, multiplier: int, shift: int) -> int:
    """Return acc·multiplier·2^(shift − 31), rounded twice.

    First the high half of the doubled product, half up, then the division by a power of two, half
    away from zero.

    Raises: EntryError[accumulator-overflow] where acc·2^shift leaves int32.

    Source: gemmlowp fixedpoint/fixedpoint.h, SaturatingRoundingDoublingHighMul and
    RoundingDivideByPOT.

    >>> gemmlowp(5, 2**30, 0), gemmlowp(-5, 2**30, 0), gemmlowp(-5, 2**30, -1)
    (3, -2, -1)
    """
    shifted = _int32(acc * 2 ** max(shift, 0), f"acc {acc} times 2^{shift}")
    return half_away(half_up(shifted * multiplier, Q31), 2 ** max(-shift, 0))


def single(acc: int, multiplier: int, shift: int) -> int:
    """Return acc·multiplier·2^(shift − 31), rounded once, half up.

    Raises: EntryError[accumulator-overflow] where the result leaves int32.

    Source: TensorFlow lite/kernels/internal/common.cc, TFLITE_SINGLE_ROUNDING; TOSA specification,
    apply_scale_32 with shift 31 − shift.
    """
    total = half_up(acc * multiplier, 2 ** (31 - shift))
    return _int32(total, f"acc {acc} times {multiplier}·2^({shift} - 31)")


def tosa_double(acc: int, multiplier: int, shift: int) -> int:
    """Return acc·multiplier·2^(shift − 31), nudged by 2^30 away from zero where shift < 0.

    TOSA promises a result for accumulators from −2^(30 − shift) to 2^(30 − shift) − 1 alone.

    Raises: EntryError[accumulator-overflow] where the result leaves int32.

    Source: TOSA specification, apply_scale_32 with double_round and shift 31 − shift.
    """
    nudge = (2**30 if acc >= 0 else -(2**30)) if shift < 0 else 0
    total = half_up(acc * multiplier + nudge, 2 ** (31 - shift))
    return _int32(total, f"acc {acc} times {multiplier}·2^({shift} - 31)")


def _int32(value: int, what: str) -> int:
    if not -Q31 <= value < Q31:
        message = f"{what} is {value}, which int32 does not hold"
        raise EntryError("accumulator-overflow", message, hint="use a smaller scale or accumulator")
    return value


def _exactly(divide: Callable[[int, int], int], acc: int, numerator: int, denominator: int) -> int:
    return divide(acc * numerator, denominator)


def _in_binary32(acc: int, numerator: int, denominator: int) -> int:
    product = binary32(binary32(acc) * Fraction(numerator, denominator))
    return half_even(product.numerator, product.denominator)


EXACT = {"half-even": half_even, "half-away": half_away, "half-up": half_up}
"""The rules that round an exact quotient."""
FIXED: dict[str, Rule] = {"gemmlowp": gemmlowp, "single": single, "tosa-double": tosa_double}
"""The rules that take a multiplier and a shift."""
MOST_SHIFT = {"gemmlowp": 30, "single": 30, "tosa-double": 29}
"""The largest shift of every such rule; the least is −31."""
RULES: dict[str, Rule] = {
    **{name: partial(_exactly, divide) for name, divide in EXACT.items()},
    **FIXED,
    "float32": _in_binary32,
}
"""Every rule of requantisation."""


def check_rounding(given: Any, names: Collection[str] = RULES) -> None:
    """Raise EntryError[unknown-rounding] unless *given* is one of the names."""
    if not isinstance(given, str) or given not in names:
        hint = choices(given, tuple(names))
        raise EntryError("unknown-rounding", f"rounding={given!r}", hint=hint)
