"""From integers of one scale to those of another: requantisation, and to reals and back.

A quantised tensor q stands for the reals (q − zero)·scale. A layer sums exact integers and brings
them to another scale; the frameworks differ in how that product is rounded, and each rule is here
under its name.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from symconv.errors import EntryError
from symconv.exact import Array, array, boxed, entry, objects, pack, text_of
from symconv.quantized.rounding import (
    EXACT,
    FIXED,
    MOST_SHIFT,
    Q31,
    RULES,
    check_rounding,
    finite_binary32,
    fixed_point,
)
from symconv.quantized.storage import (
    check_count,
    is_number,
    limits,
    refuse,
    scales,
    spread,
    whole_numbers,
)


def requantize(
    acc: Any,
    scale: Any = None,
    zero: Any = 0,
    /,
    *,
    multiplier: Any = None,
    shift: Any = None,
    rounding: str = "half-even",
    dtype: str = "uint8",
    axis: int | None = None,
) -> Array:
    """Bring integer accumulators to another scale, as the integers that *dtype* holds.

        out = saturate(round(acc · scale) + zero)

    ``scale`` is exact and positive; or give ``multiplier`` and ``shift``, which stand for
    multiplier·2^(shift − 31). Each is one number, or one for every entry along ``axis``: 0 for
    accumulators (M, *O) with a scale for each filter, 1 for (N, M, *O).

    ``rounding``, of the exact product: "half-even" (ONNX), "half-away" from zero (OpenVINO),
    "half-up". Of the fixed-point product with a multiplier, which `quantize_multiplier` makes of a
    scale: "gemmlowp" rounds twice, acc·2^max(shift, 0)·multiplier/2^31 half up and that over
    2^max(−shift, 0) half away from zero; "single" rounds acc·multiplier/2^(31 − shift) once, half
    up; "tosa-double" adds or subtracts 2^30 first where 31 − shift > 31. TOSA's shift is 31 − shift
    here, and its single rounding is "single". Of binary32 arithmetic: "float32" rounds scale,
    accumulator and product to binary32, half to even, then to integers, half to even.

    Shapes: as acc. The rules with a multiplier and "float32" take accumulators of int32.

    Raises: EntryError, GeometryError (which entry, which axis).

    Source: ONNX operator QLinearConv; gemmlowp fixedpoint/fixedpoint.h
    (SaturatingRoundingDoublingHighMul, RoundingDivideByPOT); TensorFlow
    lite/kernels/internal/common.cc (MultiplyByQuantizedMultiplier, both with and without
    TFLITE_SINGLE_ROUNDING); TOSA specification, apply_scale_32; ONNX Runtime
    core/mlas/lib/quantize.cpp (MlasRequantizeOutput).

    >>> requantize([5, 7, -5], "1/2", dtype="int8").tolist()
    [2, 4, -2]
    >>> requantize([5, 7, -5], "1/2", dtype="int8", rounding="half-away").tolist()
    [3, 4, -3]
    >>> requantize([[100, 300], [100, 300]], ["1/2", "1/4"], 3, axis=0).tolist()
    [[53, 153], [28, 78]]
    """
    check_rounding(rounding)
    rule, (low, high) = RULES[rounding], limits(dtype)
    values = whole_numbers("acc", acc, None if rounding in EXACT else "int32")
    factors = _factors(scale, multiplier, shift, rounding)
    name = "multiplier" if scale is None else "scale"
    zeros = spread("zero", whole_numbers("zero", zero, dtype), values.shape, axis)
    rows = zip(
        objects(values).ravel().tolist(),
        spread(name, factors, values.shape, axis).ravel().tolist(),
        zeros.ravel().tolist(),
        strict=True,
    )
    return pack([min(max(rule(a, *f) + z, low), high) for a, f, z in rows], values.shape)


def quantize_multiplier(scale: Any, /, *, rounding: str = "gemmlowp") -> tuple[Any, Any]:
    """Return (multiplier, shift) with scale ≈ multiplier·2^(shift − 31): positive shifts go left.

    2^30 ≤ multiplier < 2^31 is rounded half away from zero; a multiplier of 2^31 becomes 2^30 with
    one more shift. A scale whose shift is below −31 becomes (0, 0). With ``rounding="single"`` a
    shift above 30 becomes (2^31 − 1, 30). TOSA's shift is 31 − shift.

    TensorFlow rounds the scale to binary64 first; here it is exact.

    Shapes: two integers for one scale, two arrays for an array.

    Raises: EntryError[bad-scale], EntryError[unknown-rounding].

    Source: TensorFlow lite/kernels/internal/quantization_util.cc, QuantizeMultiplier.

    >>> quantize_multiplier("3/8")
    (1610612736, -1)
    """
    check_rounding(rounding, FIXED)
    values = scales("scale", scale)
    pairs = [fixed_point(Fraction(value), rounding) for value in values.ravel().tolist()]
    if values.ndim == 0:
        return pairs[0]
    return pack([m for m, _ in pairs], values.shape), pack([s for _, s in pairs], values.shape)


def quantize_linear(
    x: Any,
    scale: Any,
    zero: Any = 0,
    /,
    *,
    dtype: str = "uint8",
    rounding: str = "half-even",
    axis: int | None = None,
) -> Array:
    """Return the integers that stand for exact reals.

        out = saturate(round(x / scale) + zero)

    ``scale`` and ``zero`` are one number each, or one for every entry along ``axis`` (ONNX's
    default is axis 1). ``rounding``: "half-even" (ONNX), "half-away", "half-up".

    Shapes: as x. Raises: EntryError, GeometryError.

    Source: ONNX operator QuantizeLinear.

    >>> quantize_linear("0.5 1.5 -1 300", "1/2", 2, dtype="int8")
    array([  3,   5,   0, 127])
    """
    check_rounding(rounding, EXACT)
    low, high = limits(dtype)
    values = array(x)
    steps = spread("scale", scales("scale", scale), values.shape, axis)
    zeros = spread("zero", whole_numbers("zero", zero, dtype), values.shape, axis)
    refuse(
        "not-a-number",
        "is not a number",
        "rounding needs numbers",
        name="x",
        values=values,
        unless=is_number,
    )
    rows = zip(*(v.ravel().tolist() for v in (values, steps, zeros)), strict=True)
    quotients = [(Fraction(a) / step, z) for a, step, z in rows]
    rounded = [EXACT[rounding](q.numerator, q.denominator) + z for q, z in quotients]
    return pack([min(max(value, low), high) for value in rounded], values.shape)


def dequantize_linear(q: Any, scale: Any, zero: Any = 0, /, *, axis: int | None = None) -> Array:
    """Return the exact reals that quantised integers stand for.

        out = (q − zero) · scale

    ``scale`` and ``zero`` are one number each, or one for every entry along ``axis``. Entries and
    zero points may be symbols.

    Shapes: as q. Raises: EntryError, GeometryError.

    Source: ONNX operator DequantizeLinear.

    >>> dequantize_linear([0, 3, 7], "1/4", 3).tolist()
    [Fraction(-3, 4), 0, 1]
    """
    values = whole_numbers("q", q, symbols=True)
    steps = spread("scale", scales("scale", scale), values.shape, axis)
    zeros = spread("zero", whole_numbers("zero", zero, symbols=True), values.shape, axis)
    rows = zip(*(v.ravel().tolist() for v in (values, steps, zeros)), strict=True)
    return pack([entry((value - z) * step) for value, step, z in rows], values.shape)


def _factors(scale: Any, multiplier: Any, shift: Any, rounding: str) -> Array:
    """Return the two numbers that the rule needs, for every scale."""
    operands = {"scale": scale, "multiplier": multiplier, "shift": shift}
    present = [name for name, value in operands.items() if value is not None]
    if present not in (["scale"], ["multiplier", "shift"]):
        raise EntryError(
            "scale-or-multiplier",
            f"given: {', '.join(present) or 'neither scale nor multiplier'}",
            hint="give a scale, or a multiplier and a shift",
        )
    if scale is not None:
        values = scales("scale", scale)
        pairs = [_factor(Fraction(value), rounding) for value in values.ravel().tolist()]
        return boxed(pairs, values.shape)
    multipliers, shifts = _multipliers(multiplier, shift, rounding)
    pairs = list(zip(multipliers.ravel().tolist(), shifts.ravel().tolist(), strict=True))
    if rounding not in FIXED:
        pairs = [_factor(m * Fraction(2) ** (s - 31), rounding) for m, s in pairs]
    return boxed(pairs, multipliers.shape)


def _factor(scale: Fraction, rounding: str) -> tuple[int, int]:
    if rounding in FIXED:
        multiplier, shift = fixed_point(scale, rounding)
        most = MOST_SHIFT[rounding]
        if shift > most:
            raise EntryError(
                "shift-out-of-range",
                f"{text_of(scale)} needs shift {shift}, which is outside -31 to {most}",
                place="scale",
                hint="use a smaller scale",
            )
        return multiplier, shift
    held = finite_binary32("scale", scale) if rounding == "float32" and scale else scale
    return held.numerator, held.denominator


def _multipliers(multiplier: Any, shift: Any, rounding: str) -> tuple[Array, Array]:
    multipliers = whole_numbers("multiplier", multiplier)
    refuse(
        "bad-multiplier",
        f"is outside 0 to {Q31 - 1}",
        "a multiplier m stands for m/2^31",
        name="multiplier",
        values=multipliers,
        unless=lambda item: 0 <= item < Q31,
    )
    shifts = whole_numbers("shift", shift)
    most = MOST_SHIFT.get(rounding, 30)
    refuse(
        "shift-out-of-range",
        f"is outside -31 to {most}",
        "positive shifts go left; TOSA's shift is 31 - shift",
        name="shift",
        values=shifts,
        unless=lambda item: -31 <= item <= most,
    )
    whose = f"multiplier has shape {multipliers.shape}"
    matched = check_count("shift", shifts, multipliers.size, whose)
    return multipliers, np.broadcast_to(matched, multipliers.shape)
