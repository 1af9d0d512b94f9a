"""Errors of resampling."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.resampling import (
    resampling_table,
    upsample_bilinear,
    upsample_nearest,
    upsample_zeros,
)

CASES: list[Any] = [
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], 0),
        "GeometryError[scale-not-positive]: axis 0: scale is 0\n"
        "  hint: use a positive integer or fraction",
        id="scale-not-positive",
    ),
    pytest.param(
        lambda: upsample_zeros([[1, 2, 3]], (2, "3/2")),
        "GeometryError[scale-not-positive]: axis 1: scale is 3/2\n  hint: use a positive integer",
        id="scale-not-positive, whole",
    ),
    pytest.param(
        lambda: upsample_nearest([[1, 2, 3]], (2, "a")),
        "GeometryError[scale-not-positive]: axis 1: scale is a\n"
        "  hint: use a positive integer or fraction",
        id="scale-not-positive, symbol",
    ),
    pytest.param(
        lambda: upsample_bilinear([1, 2, 3], 1.5),
        "EntryError[float]: scale: 1.5 is a float, which may already be rounded\n"
        '  hint: symconv.array(x, floats="exact") takes each float as the rational it stands for; '
        "symconv.fast computes in floating point",
        id="float",
    ),
    pytest.param(
        lambda: upsample_bilinear([1, 2, 3], 2, size=6),
        "GeometryError[scale-or-size]: scale=2 and size=6\n  hint: give one of the two",
        id="scale-or-size, both",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3]),
        "GeometryError[scale-or-size]: neither scale nor size\n  hint: give one of the two",
        id="scale-or-size, none",
    ),
    pytest.param(
        lambda: upsample_nearest([[1, 2, 3], [4, 5, 6]], (1, "1/4")),
        "GeometryError[output-empty]: axis 1: scale 1/4 leaves 0 of 3 entries\n"
        "  hint: use a scale of at least 1/3",
        id="output-empty",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], size=0),
        "GeometryError[size-not-positive]: axis 0: size is 0\n  hint: use an integer of 1 or more",
        id="size-not-positive",
    ),
    pytest.param(
        lambda: upsample_bilinear([1, 2, 3], 2, align="corner"),
        "GeometryError[unknown-align]: align='corner'\n  hint: did you mean 'corners'?",
        id="unknown-align",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], 2, align="half_pixel"),
        "GeometryError[unknown-align]: align='half_pixel'\n  hint: did you mean 'half-pixel'?",
        id="unknown-align, nearest",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], 2, rounding="round_prefer_floor"),
        "GeometryError[unknown-rounding]: rounding='round_prefer_floor'\n"
        "  hint: one of floor, ceil, half-down, half-up",
        id="unknown-rounding, nearest",
    ),
    pytest.param(
        lambda: resampling_table((3,), 2, mode="cubic"),
        "GeometryError[unknown-mode]: mode='cubic'\n  hint: one of nearest, zeros, linear",
        id="unknown-mode",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], 2, spatial=2),
        "GeometryError[rank-mismatch]: cannot resample 2 axes of an array of shape (3,)\n"
        "  hint: spatial is at least 1, at most the number of axes, and no such axis is empty",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: upsample_nearest([[1, 2]], (2, 3), spatial=1),
        "GeometryError[scale-per-axis]: 2 values of scale for 1 axis\n  hint: give one value",
        id="scale-per-axis",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], 10**30),
        "GeometryError[too-large]: axis 0: the output has more than 2^62 entries\n"
        "  hint: no array is that long",
        id="too-large",
    ),
    pytest.param(
        lambda: upsample_nearest([1, 2, 3], size=(4, 5), spatial=1),
        "GeometryError[size-per-axis]: 2 values of size for 1 axis\n  hint: give one value",
        id="size-per-axis",
    ),
    pytest.param(
        lambda: upsample_nearest(7, 2, spatial=1),
        "GeometryError[rank-mismatch]: cannot resample 1 axis of an array of shape ()\n"
        "  hint: spatial is at least 1, at most the number of axes, and no such axis is empty",
        id="rank-mismatch, of no axes",
    ),
]
