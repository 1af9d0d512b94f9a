"""Errors of layers and their layouts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symconv

CASES: list[Any] = [
    pytest.param(
        lambda: symconv.conv_transpose(
            [[1, 2]], [[[1, 10, 100]]], stride=2, dilation=3, output_padding=7
        ),
        "GeometryError[output-padding-too-large]: axis 0: output_padding is 7, but stride is 2 and "
        "dilation 3\n"
        "  hint: use at most 2, or negative padding for more zeros",
        id="output-padding-too-large",
    ),
    pytest.param(
        lambda: symconv.conv(
            np.ones((6, 2), int), np.ones((2, 2, 3, 1), int), groups=3, layout="CW, GOIW -> CW"
        ),
        "GeometryError[groups-mismatch]: groups=3, but w of shape (2, 2, 3, 1) has 2 by its "
        "axis G\n"
        "  hint: use groups=2, or leave groups out",
        id="groups-mismatch",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], padding=2),
        "GeometryError[output-empty]: axis 0: padding (2, 2) crops 4 entries, but the output "
        "has 3\n"
        "  hint: crop at most 2 in all",
        id="output-empty",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], stride=3, output_size=8),
        "GeometryError[output-size-unreachable]: axis 0: output_size is 8, but sizes from 5 to "
        "7 fit this input\n  hint: use 7, other padding, or output_padding",
        id="output-size-unreachable",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]], [[3, 4]]]),
        "GeometryError[channel-mismatch]: channels: x has 1 channel but w, (C, M/groups, "
        "*K), takes 2\n"
        "  hint: w should be (1, M/1, *K)",
        id="channel-mismatch",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], output_padding=-1),
        "GeometryError[output-padding-negative]: axis 0: output_padding is -1\n"
        "  hint: use an integer of 0 or more",
        id="output-padding-negative",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], output_size="6"),
        "GeometryError[output-size-negative]: axis 0: output_size is '6'\n"
        "  hint: use an integer of 0 or more",
        id="output-size-negative",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([1, 2], [[[1, 2]]]),
        "GeometryError[rank-mismatch]: x has 1 axis (2,) but w has 3 (1, 1, 2)\n"
        "  hint: a transposed layer takes x (C, *S) or (N, C, *S) and w (C, M/groups, *K)",
        id="rank-mismatch, transposed",
    ),
    pytest.param(
        lambda: symconv.locally_connected([[1, 2, 3]], [[[[1, 1], [10, 1], [1, 1]]]]),
        "GeometryError[places-mismatch]: w has kernels for 3 outputs but there are 2\n"
        "  hint: w should be 1x1x2x2",
        id="places-mismatch",
    ),
    pytest.param(
        lambda: symconv.locally_connected([[1, 2, 3]], [[[1, 1]]]),
        "GeometryError[rank-mismatch]: x has 2 axes (1, 3) but w has 3 (1, 1, 2)\n"
        "  hint: take x (C, *S) or (N, C, *S) and w (M, C/groups, *O, *K)",
        id="rank-mismatch, locally connected",
    ),
    pytest.param(
        lambda: symconv.locally_connected([[1, 2, 3]], [[[[1, 1], [10, 1]]]], [[1, 2, 3]]),
        "GeometryError[bias-shape]: bias has shape (1, 3) but there are 1x2 outputs\n"
        "  hint: give one number for each filter, or an array of shape (1, 2)",
        id="bias-shape, locally connected",
    ),
    pytest.param(
        lambda: symconv.conv(np.ones((3, 1, 4), int), np.ones((2, 1, 2), int), batch_groups=2),
        "GeometryError[groups-do-not-divide]: 2 batch groups do not divide 3 batch entries\n"
        "  hint: batch_groups=1 would fit",
        id="groups-do-not-divide",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], batch_groups=2),
        "GeometryError[rank-mismatch]: batch_groups=2, but x of shape (1, 2) has no batch "
        "axis\n  hint: give x as (N, C, *S)",
        id="rank-mismatch, no batch",
    ),
    pytest.param(
        lambda: symconv.conv(
            np.ones((2, 2, 4), int), np.ones((2, 1, 2), int), groups=2, batch_groups=2
        ),
        "GeometryError[groups-of-both]: batch_groups=2 together with groups=2\n"
        "  hint: group the batch or the channels, not both",
        id="groups-of-both",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], batch_groups=0),
        "GeometryError[groups-not-positive]: batch_groups=0\n  hint: use 1 or more",
        id="groups-not-positive",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], layout="NHWC"),
        "GeometryError[bad-layout]: w: 'OIHW' names 4 axes but w has 3\n"
        "  hint: give one letter for each axis",
        id="bad-layout, rank",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], layout="CW, OIH -> CW"),
        "GeometryError[bad-layout]: w: 'OIH' should name the axes O I W, each once\n"
        '  hint: write "NHWC", or "NHWC, HWIO -> NHWC"',
        id="bad-layout, letters",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], layout=7),
        'GeometryError[bad-layout]: layout=7\n  hint: write "NHWC", or "NHWC, HWIO -> NHWC"',
        id="bad-layout, no text",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]], [[2]], [[3]]], [4, 5]),
        "GeometryError[bias-shape]: bias has shape (2,) but the layer has 3 filters\n"
        "  hint: give 3 numbers",
        id="bias-shape",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], output_padding=(0, 1)),
        "GeometryError[output-padding-per-axis]: 2 values of output_padding for 1 axis\n"
        "  hint: give one value",
        id="output-padding-per-axis",
    ),
    pytest.param(
        lambda: symconv.conv_transpose([[1, 2]], [[[1, 2]]], output_size=(4, 5, 6, 7)),
        "GeometryError[output-size-per-axis]: 4 values of output_size for 1 axis\n"
        "  hint: give one value",
        id="output-size-per-axis",
    ),
]
