"""Errors of shapes and options of a plan."""

from __future__ import annotations

from typing import Any

import pytest

import symconv
from symconv.plan import check_size, geometry

CASES: list[Any] = [
    pytest.param(
        lambda: geometry((3, 4), (2, 2), op="convolv"),
        "GeometryError[unknown-op]: op='convolv'\n  hint: did you mean 'convolve'?",
        id="unknown-op",
    ),
    pytest.param(
        lambda: geometry((3, -4), (2, 2)),
        "GeometryError[bad-shape]: x has shape (3, -4)\n"
        "  hint: a shape is one or more integers, each 0 or more",
        id="bad-shape",
    ),
    pytest.param(
        lambda: geometry((), (2,)),
        "GeometryError[bad-shape]: x has shape ()\n"
        "  hint: a shape is one or more integers, each 0 or more",
        id="bad-shape",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2,)),
        "GeometryError[rank-mismatch]: x has 2 axes (3, 4) but w has 1 (2,)\n"
        "  hint: give both the same number of axes, or use conv for a layer with "
        "channels",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4, 5, 6, 7), (2, 3, 4), op="conv"),
        "GeometryError[rank-mismatch]: x has 5 axes (3, 4, 5, 6, 7) but w has 3 (2, "
        "3, 4)\n"
        "  hint: a layer takes x (C, *S) or (N, C, *S) and w (M, C/groups, *K)",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), groups=3),
        "GeometryError[groups-need-channels]: groups=3 without channels\n  hint: use conv",
        id="groups-need-channels",
    ),
    pytest.param(
        lambda: geometry((3, 4), (6, 3, 2), groups=0),
        "GeometryError[groups-not-positive]: groups=0\n  hint: use 1 or more",
        id="groups-not-positive",
    ),
    pytest.param(
        lambda: geometry((6, 9), (6, 2, 3), groups=4),
        "GeometryError[groups-do-not-divide]: 4 groups do not divide 6 input channels\n"
        "  hint: groups=3 would fit",
        id="groups-do-not-divide",
    ),
    pytest.param(
        lambda: geometry((12, 7), (6, 3, 2), groups=4),
        "GeometryError[groups-do-not-divide]: 4 groups do not divide 6 filters\n"
        "  hint: groups=3 would fit",
        id="groups-do-not-divide",
    ),
    pytest.param(
        lambda: geometry((6, 9), (4, 2, 3), groups=2),
        "GeometryError[channel-mismatch]: channels: x has 6 channels but w reads 2 "
        "in 2 group(s), so 4\n"
        "  hint: w should be (M, 3, *K)",
        id="channel-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2)).reads((2, 1)),
        "GeometryError[no-such-output]: (2, 1) is no index of an output of shape (2, "
        "3)\n"
        "  hint: indices start at 0",
        id="no-such-output",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), stride=(1, 2, 3)),
        "GeometryError[stride-per-axis]: 3 values of stride for 2 axes\n"
        "  hint: give one value, or 2",
        id="stride-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), dilation=[2]),
        "GeometryError[dilation-per-axis]: 1 value of dilation for 2 axes\n"
        "  hint: give one value, or 2",
        id="dilation-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), input_dilation=(1, 2, 3)),
        "GeometryError[input-dilation-per-axis]: 3 values of input_dilation for 2 "
        "axes\n"
        "  hint: give one value, or 2",
        id="input-dilation-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(1, 2, 3)),
        "GeometryError[padding-per-axis]: 3 values of padding for 2 axes\n"
        "  hint: give one value, or 2",
        id="padding-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary=["wrap"]),
        "GeometryError[boundary-per-axis]: 1 value of boundary for 2 axes\n"
        "  hint: give one value, or 2",
        id="boundary-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), flip=[True]),
        "GeometryError[flip-per-axis]: 1 value of flip for 2 axes\n  hint: give one value, or 2",
        id="flip-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), stride=(2, 0)),
        "GeometryError[stride-not-positive]: axis 1: stride is 0\n"
        "  hint: use an integer of 1 or more",
        id="stride-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), dilation=(-2, 3)),
        "GeometryError[dilation-not-positive]: axis 0: dilation is -2\n"
        "  hint: use an integer of 1 or more",
        id="dilation-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), input_dilation=1.5),
        "GeometryError[input-dilation-not-positive]: axis 0: input_dilation is 1.5\n"
        "  hint: use an integer of 1 or more",
        id="input-dilation-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary="mirror"),
        "GeometryError[unknown-boundary]: boundary='mirror'\n"
        "  hint: one of zero, constant(c), edge, reflect, symmetric, wrap",
        id="unknown-boundary",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary="reflct"),
        "GeometryError[unknown-boundary]: boundary='reflct'\n  hint: did you mean 'reflect'?",
        id="unknown-boundary",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary=("wrap", "constant(2)")),
        "GeometryError[mixed-constant]: boundaries ('wrap', 'constant(2)')\n"
        "  hint: one constant must hold on every axis",
        id="mixed-constant",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding="smae"),
        "GeometryError[unknown-padding]: padding='smae'\n  hint: did you mean 'same'?",
        id="unknown-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding="half"),
        "GeometryError[unknown-padding]: padding='half'\n"
        "  hint: one of valid, full, same, same_upper, same_lower",
        id="unknown-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(1, "2")),
        "GeometryError[bad-padding]: axis 1: padding is '2'\n"
        "  hint: use an int or a (before, after) pair of ints",
        id="bad-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=((1, 2, 3), 0)),
        "GeometryError[bad-padding]: axis 0: padding is (1, 2, 3)\n"
        "  hint: use an int or a (before, after) pair of ints",
        id="bad-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 0)),
        "GeometryError[kernel-empty]: axis 1: the kernel has 0 taps\n"
        "  hint: give the kernel one tap or more",
        id="kernel-empty",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(0, (-5, 2))),
        "GeometryError[crop-too-deep]: axis 1: padding (-5, 2) crops more than the 4 "
        "entries\n"
        "  hint: crop at most 4 in all",
        id="crop-too-deep",
    ),
    pytest.param(
        lambda: geometry((3, 0), (2, 3), padding=(0, 2), boundary="wrap"),
        "GeometryError[boundary-empty]: axis 1: boundary 'wrap' has 0 entries to "
        "repeat but must fill 4\n"
        "  hint: use boundary='zero'",
        id="boundary-empty",
    ),
    pytest.param(
        lambda: geometry((7, 5), (2, 3), padding=((0, 0), (0, 1)), dilation=(1, 3)),
        "GeometryError[kernel-too-wide]: axis 1: the kernel spans 7 (3 taps, "
        "dilation 3) but the padded input is 6 (5 + 0 + 1)\n"
        "  hint: pad one more on axis 1, or use dilation=2",
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: geometry((3, 4), (5, 2)),
        "GeometryError[kernel-too-wide]: axis 0: the kernel spans 5 (5 taps, "
        "dilation 1) but the padded input is 3 (3 + 0 + 0)\n"
        "  hint: pad 2 more on axis 0, or use at most 3 taps",
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: geometry((2, 4), (3, 2), padding=((-2, 0), 0)),
        "GeometryError[kernel-too-wide]: axis 0: the kernel spans 3 (3 taps, "
        "dilation 1) but the padded input is 0 (2 + -2 + 0)\n"
        "  hint: pad 3 more on axis 0",
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: geometry((2, 10**5000), (2, 3)),
        "GeometryError[bad-shape]: x has an axis of more than 2^62 entries\n"
        "  hint: no array is that long",
        id="bad-shape",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3], padding=10**30),
        "GeometryError[too-large]: axis 0: the padded input or the kernel spans more than "
        "2^62 entries\n"
        "  hint: no array is that long",
        id="too-large",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], flip="no"),
        "GeometryError[not-a-switch]: axis 0: flip is 'no'\n  hint: use True or False",
        id="not-a-switch",
    ),
    pytest.param(
        lambda: check_size(geometry((300, 200), (2, 3), padding=(1000, 2000))),
        "GeometryError[too-large]: 9660000 padded inputs, but at most 4000000 are worked on "
        "here\n"
        "  hint: use less padding or a smaller array, or call the library",
        id="too-large",
    ),
]
