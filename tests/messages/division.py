"""Errors of deconvolution and of weighted averages."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.algebra import MAX_PLUS
from symconv.deconvolution import deconvolve, normalized_correlate, quotient

CASES: list[Any] = [
    pytest.param(
        lambda: deconvolve([[1, 2, 3]], [[1, 2, 3, 4]]),
        "GeometryError[kernel-too-long]: axis 1: the kernel has 4 entries but y has 3\n"
        "  hint: give the kernel 1 entry or more, at most 3",
        id="kernel-too-long",
    ),
    pytest.param(
        lambda: deconvolve([1, 2, 3], []),
        "GeometryError[kernel-too-long]: axis 0: the kernel has 0 entries but y has 3\n"
        "  hint: give the kernel 1 entry or more, at most 3",
        id="kernel-too-long, empty",
    ),
    pytest.param(
        lambda: deconvolve([], []),
        "GeometryError[kernel-too-long]: axis 0: the kernel has 0 entries but y has 0\n"
        "  hint: give y entries",
        id="kernel-too-long, nothing",
    ),
    pytest.param(
        lambda: deconvolve([4], [[1, 2]]),
        "GeometryError[rank-mismatch]: y has 1 axis (1,) but w has 2 (1, 2)\n"
        "  hint: give both the same number of axes, 1 or more",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: deconvolve([1, 2, 3], [0, 0]),
        "AlgebraError[zero-kernel]: every entry of the kernel is 0, so there is nothing to "
        "divide by\n"
        "  hint: give a kernel with an entry that is not 0",
        id="zero-kernel",
    ),
    pytest.param(
        lambda: deconvolve([1, 2, 3], [4, 5], algebra=MAX_PLUS),
        "AlgebraError[no-division]: max-plus has no division\n"
        "  hint: use a field: numbers, complex or GF(q)",
        id="no-division",
    ),
    pytest.param(
        lambda: quotient([1, 2, 3], [4, 5]),
        "AlgebraError[not-divisible]: y is no convolution with this kernel: the division "
        "leaves a remainder\n"
        "  hint: symconv.deconvolve returns quotient and remainder",
        id="not-divisible",
    ),
    pytest.param(
        lambda: normalized_correlate([1, 2, 3], [4, 5], mask=[1, 0]),
        "GeometryError[mask-shape]: the mask has shape (2,) but x has (3,)\n"
        "  hint: give one weight for each entry of x",
        id="mask-shape",
    ),
    pytest.param(
        lambda: normalized_correlate([1, 2, 3], [1, 1], mask=[1, 0, 0], padding=0),
        "AlgebraError[no-weight]: the weights of output (1,) sum to 0\n"
        "  hint: pad less, widen the kernel, or give more samples weight",
        id="no-weight",
    ),
]
