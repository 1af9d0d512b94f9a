"""Errors of integer inference."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symconv.quantized.inference import conv_integer, qlinear_conv
from symconv.quantized.requantization import quantize_linear, requantize
from symconv.quantized.storage import wrap

x1, w1 = [[1, 2, 3]], [[[4, 5]], [[6, 7]]]

CASES: list[Any] = [
    pytest.param(
        lambda: qlinear_conv(x1, 0, 0, w1, 1, 0, 1, 0),
        "EntryError[bad-scale]: x_scale: 0 is not a positive number\n"
        "  hint: a scale is the size of one step, an exact number above 0",
        id="bad-scale",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, ["1/2", "-1/3"], 0, 1, 0),
        "EntryError[bad-scale]: w_scale [1]: -1/3 is not a positive number\n"
        "  hint: a scale is the size of one step, an exact number above 0",
        id="bad-scale",
    ),
    pytest.param(
        lambda: requantize([1], "s"),
        "EntryError[bad-scale]: scale: s is not a positive number\n"
        "  hint: a scale is the size of one step, an exact number above 0",
        id="bad-scale",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, 1, 0, 1, 0, dtype="unit8"),
        "EntryError[unknown-dtype]: dtype='unit8'\n  hint: did you mean 'uint8'?",
        id="unknown-dtype",
    ),
    pytest.param(
        lambda: wrap([1], "int12345"),
        "EntryError[unknown-dtype]: dtype='int12345'\n  hint: did you mean 'int4'?",
        id="unknown-dtype",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, 1, 0, 1, 0, rounding="half-evn"),
        "EntryError[unknown-rounding]: rounding='half-evn'\n  hint: did you mean 'half-even'?",
        id="unknown-rounding",
    ),
    pytest.param(
        lambda: quantize_linear([1], 1, rounding="gemmlowp"),
        "EntryError[unknown-rounding]: rounding='gemmlowp'\n"
        "  hint: one of half-even, half-away, half-up",
        id="unknown-rounding",
    ),
    pytest.param(
        lambda: conv_integer([["1/2", 2, 3]], w1),
        "EntryError[not-an-integer]: x [0, 0]: 1/2 is not an integer\n"
        "  hint: quantize_linear rounds",
        id="not-an-integer",
    ),
    pytest.param(
        lambda: qlinear_conv([["a", 2, 3]], 1, 0, w1, 1, 0, 1, 0),
        "EntryError[not-an-integer]: x [0, 0]: a is not an integer\n"
        "  hint: conv_integer takes symbols",
        id="not-an-integer",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, 1, 0, 1, 0, ["1/2", 1]),
        "EntryError[not-an-integer]: bias [0]: 1/2 is not an integer\n"
        "  hint: quantize_linear rounds",
        id="not-an-integer",
    ),
    pytest.param(
        lambda: conv_integer([[1, 2, 300]], w1, x_dtype="uint8"),
        "EntryError[outside-dtype]: x [0, 2]: 300 is outside uint8, 0 to 255\n"
        "  hint: wrap(x, 'uint8') and saturate(x, 'uint8') say what uint8 holds",
        id="outside-dtype",
    ),
    pytest.param(
        lambda: conv_integer(x1, w1, 0, [1, 130], w_dtype="int8"),
        "EntryError[outside-dtype]: w_zero [1]: 130 is outside int8, -128 to 127\n"
        "  hint: wrap(x, 'int8') and saturate(x, 'int8') say what int8 holds",
        id="outside-dtype",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, 1, 0, 1, -1),
        "EntryError[outside-dtype]: y_zero: -1 is outside uint8, 0 to 255\n"
        "  hint: wrap(x, 'uint8') and saturate(x, 'uint8') say what uint8 holds",
        id="outside-dtype",
    ),
    pytest.param(
        lambda: requantize([2**31], 1, rounding="single"),
        "EntryError[outside-dtype]: acc [0]: 2147483648 is outside int32, "
        "-2147483648 to 2147483647\n"
        "  hint: wrap(x, 'int32') and saturate(x, 'int32') say what int32 holds",
        id="outside-dtype",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 1, 0, w1, [1, 2, 3], 0, 1, 0),
        "GeometryError[count-mismatch]: w_scale has shape (3,) but there are 2 filters\n"
        "  hint: give one number, or 2",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: conv_integer(x1, w1[:1], 0, [1, 2]),
        "GeometryError[count-mismatch]: w_zero has shape (2,) but there is 1 filter\n"
        "  hint: give one number",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: conv_integer(x1, w1, [1, 2, 3]),
        "GeometryError[count-mismatch]: x_zero has shape (3,) but x has one zero point\n"
        "  hint: give one number",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, [1, 2], 0, w1, 1, 0, 1, 0),
        "GeometryError[count-mismatch]: x_scale has shape (2,) but x has one scale\n"
        "  hint: give one number",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: requantize([[1, 2]], [1, 2, 3], axis=1),
        "GeometryError[count-mismatch]: scale has shape (3,) but axis 1 has 2 entries\n"
        "  hint: give one number, or 2",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: requantize([1], multiplier=[1, 2, 3], shift=[1, 2]),
        "GeometryError[count-mismatch]: shift has shape (2,) but multiplier has shape (3,)\n"
        "  hint: give one number, or 3",
        id="count-mismatch",
    ),
    pytest.param(
        lambda: requantize([1, 2], [1, 2]),
        "GeometryError[axis-needed]: scale has shape (2,), but no axis is named\n"
        "  hint: use axis=0 for (M, *O), axis=1 for (N, M, *O)",
        id="axis-needed",
    ),
    pytest.param(
        lambda: requantize([1, 2], [1, 2], axis=3),
        "GeometryError[no-such-axis]: axis=3, but the array has shape (2,)\n"
        "  hint: axes are counted from 0",
        id="no-such-axis",
    ),
    pytest.param(
        lambda: requantize([1], 1, multiplier=1, shift=0),
        "EntryError[scale-or-multiplier]: given: scale, multiplier, shift\n"
        "  hint: give a scale, or a multiplier and a shift",
        id="scale-or-multiplier",
    ),
    pytest.param(
        lambda: requantize([1]),
        "EntryError[scale-or-multiplier]: given: neither scale nor multiplier\n"
        "  hint: give a scale, or a multiplier and a shift",
        id="scale-or-multiplier",
    ),
    pytest.param(
        lambda: requantize([1], multiplier=2**31, shift=0),
        "EntryError[bad-multiplier]: multiplier: 2147483648 is outside 0 to 2147483647\n"
        "  hint: a multiplier m stands for m/2^31",
        id="bad-multiplier",
    ),
    pytest.param(
        lambda: requantize([1], multiplier=5, shift=-32),
        "EntryError[shift-out-of-range]: shift: -32 is outside -31 to 30\n"
        "  hint: positive shifts go left; TOSA's shift is 31 - shift",
        id="shift-out-of-range",
    ),
    pytest.param(
        lambda: requantize([1], 2**33, rounding="tosa-double"),
        "EntryError[shift-out-of-range]: scale: 8589934592 needs shift 34, "
        "which is outside -31 to 29\n  hint: use a smaller scale",
        id="shift-out-of-range",
    ),
    pytest.param(
        lambda: requantize([2**30], 3, rounding="gemmlowp"),
        "EntryError[accumulator-overflow]: acc 1073741824 times 2^2 is 4294967296, "
        "which int32 does not hold\n  hint: use a smaller scale or accumulator",
        id="accumulator-overflow",
    ),
    pytest.param(
        lambda: requantize([2**31 - 1], 5, rounding="single"),
        "EntryError[accumulator-overflow]: acc 2147483647 times 1342177280·2^(3 - 31) is "
        "10737418235, which int32 does not hold\n  hint: use a smaller scale or accumulator",
        id="accumulator-overflow",
    ),
    pytest.param(
        lambda: requantize([1], Fraction(1, 2**150), rounding="float32"),
        f"EntryError[outside-binary32]: scale: 1/{2**150} becomes 0 in binary32\n"
        '  hint: use rounding="half-even"',
        id="outside-binary32",
    ),
    pytest.param(
        lambda: qlinear_conv(x1, 2**100, 0, w1, 2**28, 0, 1, 0, rounding="float32"),
        f"EntryError[outside-binary32]: x_scale·w_scale: {2**128} becomes infinity in binary32"
        '\n  hint: use rounding="half-even"',
        id="outside-binary32",
    ),
    pytest.param(
        lambda: quantize_linear("a b", 2),
        "EntryError[not-a-number]: x [0]: a is not a number\n  hint: rounding needs numbers",
        id="not-a-number",
    ),
]
