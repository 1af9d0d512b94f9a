"""Errors of convolutions whose indices are not simply added."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.index_laws import circular_convolve, dirichlet_convolve, dyadic_convolve

CASES: list[Any] = [
    pytest.param(
        lambda: circular_convolve([1, 2, 3], [4, 5], n=0),
        "GeometryError[modulus-not-positive]: axis 0: modulus is 0\n"
        "  hint: use an integer of 1 or more",
        id="modulus-not-positive",
    ),
    pytest.param(
        lambda: circular_convolve([1, 2, 3], [4, 5], n=(3, 4)),
        "GeometryError[modulus-per-axis]: 2 values of modulus for 1 axis\n  hint: give one value",
        id="modulus-per-axis",
    ),
    pytest.param(
        lambda: dirichlet_convolve([1, 2, 3], [4, 5], n=-2),
        "GeometryError[length-not-positive]: axis 0: length is -2\n"
        "  hint: use an integer of 1 or more",
        id="length-not-positive",
    ),
    pytest.param(
        lambda: dirichlet_convolve([[1, 2, 3]], [[4, 5]], n=(4, 5, 6)),
        "GeometryError[length-per-axis]: 3 values of length for 2 axes\n"
        "  hint: give one value, or 2",
        id="length-per-axis",
    ),
    pytest.param(
        lambda: dyadic_convolve([1, 2, 3], [[4, 5]]),
        "GeometryError[rank-mismatch]: x has 1 axis (3,) but w has 2 (1, 2)\n"
        "  hint: give both the same number of axes, 1 or more",
        id="rank-mismatch",
    ),
]
