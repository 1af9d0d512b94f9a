"""Errors of pools and of the way back from one."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

import symconv
from symconv import fast
from symconv.adaptive import adaptive_avg_pool, adaptive_max_pool
from symconv.pooling import avg_pool, global_lp_pool, lp_pool, max_pool, min_pool
from symconv.unpooling import max_pool_indices, max_unpool

CASES: list[Any] = [
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], (2, 3)),
        "GeometryError[rank-mismatch]: the window has 2 axes (2, 3) but x has 1 (3,)\n"
        "  hint: the window covers the last axes of x",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: symconv.global_max_pool([1, 2, 3], spatial=2),
        "GeometryError[rank-mismatch]: cannot pool 2 axes of an array of shape (3,)\n"
        "  hint: spatial is at least 1, at most the number of axes, and no such axis "
        "is empty",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], 2, stride=1, padding=2),
        "GeometryError[window-without-input]: the window of output (0,) reads "
        "padding alone (2 taps, 0 inputs)\n"
        "  hint: pad less than the window spans",
        id="window-without-input",
    ),
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], 2.5),
        "GeometryError[bad-window]: window is 2.5\n"
        "  hint: use an int, or one int for each of the last axes",
        id="bad-window",
    ),
    pytest.param(
        lambda: max_pool([1, 2, 3], 2, stride=1, padding=2),
        "GeometryError[window-without-input]: the window of output (0,) reads padding alone "
        "(2 taps, 0 inputs)\n  hint: pad less than the window spans",
        id="window-without-input",
    ),
    pytest.param(
        lambda: lp_pool([[1, 2, 3], [4, 5, 6]], (2, 3), stride=1, padding=((0, 0), (0, 4))),
        "GeometryError[window-without-input]: the window of output (0, 3) reads padding alone "
        "(6 taps, 0 inputs)\n  hint: pad less than the window spans",
        id="window-without-input, at the end",
    ),
    pytest.param(
        lambda: max_pool([1, 2], 5, stride=2, ceil_mode=True),
        "GeometryError[kernel-too-wide]: axis 0: the kernel spans 5 (5 taps, dilation 1) but the "
        "padded input is 2 (2 + 0 + 0)\n"
        "  hint: pad 3 more on axis 0, or use at most 2 taps",
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: max_pool([1, 2], 2, ceil_mode="yes"),
        "GeometryError[not-a-switch]: axis 0: ceil_mode is 'yes'\n  hint: use True or False",
        id="not-a-switch",
    ),
    pytest.param(
        lambda: avg_pool([1, 2], 2, count_padding=3),
        "GeometryError[not-a-switch]: axis 0: count_padding is 3\n  hint: use True or False",
        id="not-a-switch, padding",
    ),
    pytest.param(
        lambda: avg_pool([1, 2], 2, divisor=0),
        "GeometryError[bad-divisor]: divisor=0\n"
        "  hint: use an integer other than 0, or leave it out",
        id="bad-divisor",
    ),
    pytest.param(
        lambda: lp_pool([1, 2], 2, p=0),
        "GeometryError[p-out-of-range]: p=0\n  hint: use a number from 1 to 1000, or 'inf'",
        id="p-out-of-range",
    ),
    pytest.param(
        lambda: global_lp_pool([1, 2], p=1001),
        "GeometryError[p-out-of-range]: p=1001\n  hint: use a number from 1 to 1000, or 'inf'",
        id="p-out-of-range, large",
    ),
    pytest.param(
        lambda: lp_pool([1, 2], 2, p="5/6"),
        "GeometryError[p-out-of-range]: p='5/6'\n  hint: use a number from 1 to 1000, or 'inf'",
        id="p-out-of-range, below 1",
    ),
    pytest.param(
        lambda: lp_pool([1, 2], 2, p="infinite"),
        "GeometryError[p-out-of-range]: p='infinite'\n"
        "  hint: use a number from 1 to 1000, or 'inf'",
        id="p-out-of-range, a name",
    ),
    pytest.param(
        lambda: fast.lp_pool([1.0, 2.0], 2, p=0),
        "GeometryError[p-out-of-range]: p=0\n  hint: use an integer from 1 to 1000",
        id="p-out-of-range, of floats",
    ),
    pytest.param(
        lambda: lp_pool([1, 2], 2, p=1.5),
        "EntryError[float]: p: 1.5 is a float, which may already be rounded\n"
        '  hint: symconv.array(x, floats="exact") takes each float as the rational it stands for; '
        "symconv.fast computes in floating point",
        id="float, of a norm",
    ),
    pytest.param(
        lambda: max_unpool([[7], [9]], [[1], [2]], (3,), output_size=(3, 4)),
        "GeometryError[output-size-mismatch]: output_size (3, 4) begins with (3,) but x, of shape "
        "(2, 1), with (2,)\n"
        "  hint: give the 1 pooled axis alone, or the leading axes as x has them",
        id="output-size-mismatch",
    ),
    pytest.param(
        lambda: max_unpool([[7], [9]], [[1], [2]], (3,), output_size=(2, 0)),
        "GeometryError[output-size-not-positive]: axis 1: output_size is 0\n"
        "  hint: use an integer of 1 or more",
        id="output-size-not-positive, of the whole output",
    ),
    pytest.param(
        lambda: adaptive_avg_pool([1, 2, 3], (2, 4)),
        "GeometryError[rank-mismatch]: size has 2 axes (2, 4) but x has 1 (3,)\n"
        "  hint: size covers the last axes of x",
        id="rank-mismatch, adaptive",
    ),
    pytest.param(
        lambda: adaptive_max_pool([[1, 2, 3]], (None, 0)),
        "GeometryError[size-not-positive]: axis 1: size is 0\n  hint: use an integer of 1 or more",
        id="size-not-positive",
    ),
    pytest.param(
        lambda: adaptive_max_pool([[], []], (1, 2)),
        "GeometryError[window-without-input]: axis 1: 2 windows of 0 inputs\n"
        "  hint: give the axis an input, or None for its size",
        id="window-without-input, adaptive",
    ),
    pytest.param(
        lambda: adaptive_avg_pool([1, 2], 2**63),
        "GeometryError[too-large]: axis 0: the output has more than 2^62 entries\n"
        "  hint: no array is that long",
        id="too-large",
    ),
    pytest.param(
        lambda: adaptive_max_pool([sympy.I, 1], 1),
        "AlgebraError[no-order]: I, 1 cannot all be ordered\n  hint: a maximum needs real entries",
        id="no-order, adaptive",
    ),
    pytest.param(
        lambda: max_pool([sympy.I, 1], 2),
        "AlgebraError[no-order]: I, 1 cannot all be ordered\n  hint: a maximum needs real entries",
        id="no-order",
    ),
    pytest.param(
        lambda: min_pool([sympy.I, 1], 2),
        "AlgebraError[no-order]: I, 1 cannot all be ordered\n  hint: a minimum needs real entries",
        id="no-order, min",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 4], 2),
        "GeometryError[index-outside]: index 4 at (1,) is outside a plane of 4 entries (4)\n"
        "  hint: indices start at 0; whole=True counts over all planes, output_size makes the "
        "output larger",
        id="index-outside",
    ),
    pytest.param(
        lambda: max_unpool([[7], [9]], [[1], [6]], (3,), whole=True),
        "GeometryError[index-outside]: index 6 at (1, 0) is outside an output of 6 entries (2x3)\n"
        "  hint: indices start at 0; whole=True counts over all planes, output_size makes the "
        "output larger",
        id="index-outside, whole",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [0, "1/2"], 2),
        "GeometryError[index-outside]: index 1/2 at (1,) is outside a plane of 4 entries (4)\n"
        "  hint: indices start at 0; whole=True counts over all planes, output_size makes the "
        "output larger",
        id="index-outside, no integer",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 1], 2),
        "GeometryError[index-taken]: 7 at (0,) and 9 go to one place of the output\n"
        "  hint: windows that chose the same input must hold the same value",
        id="index-taken",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 2, 3], 2),
        "GeometryError[indices-mismatch]: indices have shape (3,) but x has (2,)\n"
        "  hint: give one index for each entry of x",
        id="indices-mismatch",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 2], 2, padding=(1, 4)),
        "GeometryError[output-empty]: axis 0: padding (1, 4) crops 5 entries, but the output "
        "has 4\n"
        "  hint: crop at most 3 in all",
        id="output-empty",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 2], 2, output_size=0),
        "GeometryError[output-size-not-positive]: axis 0: output_size is 0\n"
        "  hint: use an integer of 1 or more",
        id="output-size-not-positive",
    ),
    pytest.param(
        lambda: max_pool([[1, 2, 3]], 2, ceil_mode=[True, False, True]),
        "GeometryError[ceil-mode-per-axis]: 3 values of ceil_mode for 2 axes\n"
        "  hint: give one value, or 2",
        id="ceil-mode-per-axis",
    ),
    pytest.param(
        lambda: avg_pool([[1, 2, 3]], (1, 2), count_padding=[True]),
        "GeometryError[count-padding-per-axis]: 1 value of count_padding for 2 axes\n"
        "  hint: give one value, or 2",
        id="count-padding-per-axis",
    ),
    pytest.param(
        lambda: max_unpool([7, 9], [1, 3], 2, output_size=(4, 5)),
        "GeometryError[output-size-per-axis]: 2 values of output_size for 1 axis\n"
        "  hint: give one value",
        id="output-size-per-axis",
    ),
    pytest.param(
        lambda: max_pool_indices([sympy.I, 1], 2),
        "AlgebraError[no-order]: the first largest of symbols has no place that could be told\n"
        "  hint: use numbers, or max_pool for symbols",
        id="no-order, indices",
    ),
    pytest.param(
        lambda: max_pool([[1, 2, 3]], (2, 0)),
        "GeometryError[bad-window]: window is (2, 0)\n  hint: use 1 or more",
        id="bad-window, empty",
    ),
    pytest.param(
        lambda: max_pool([1, 2], 1, padding=(-2, 0)),
        "GeometryError[kernel-too-wide]: axis 0: the kernel spans 1 (1 tap, dilation 1) but "
        "the padded input is 0 (2 + -2 + 0)\n"
        "  hint: pad one more on axis 0",
        id="kernel-too-wide, one tap",
    ),
]
