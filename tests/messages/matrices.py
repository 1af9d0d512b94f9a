"""Errors of matrices and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv import gradients
from symconv.matrix import matmul, toeplitz
from symconv.planning import local_table
from tests.messages import with_module

CASES: list[Any] = [
    pytest.param(
        lambda: matmul([[[1]]]),
        "GeometryError[not-a-matrix]: an array of shape (1, 1, 1) is no matrix\n"
        "  hint: give two axes",
        id="not-a-matrix",
    ),
    pytest.param(
        lambda: matmul("1 2; 3 4", "5; 6; 7"),
        "GeometryError[inner-mismatch]: cannot multiply 2x2 by 3x1\n"
        "  hint: the second factor needs 2 rows",
        id="inner-mismatch",
    ),
    pytest.param(
        lambda: toeplitz([1, 2], (3,), padding=1, boundary=("constant", 7)),
        "GeometryError[affine]: padding reads 7, so the output is no matrix times the input\n"
        "  hint: use boundary='zero' and add the constant part",
        id="affine",
    ),
    pytest.param(
        lambda: toeplitz([1, "1/2"], (3,), sparse="scipy"),
        "EntryError[not-int64]: scipy.sparse holds int64 entries here, but 1/2 is none\n"
        '  hint: use sparse="sympy", or scale the kernel to integers',
        id="not-int64",
    ),
    pytest.param(
        lambda: toeplitz([1, 2**70], (3,), sparse="scipy"),
        "EntryError[not-int64]: scipy.sparse holds int64 entries here, but "
        "1180591620717411303424 is none\n"
        '  hint: use sparse="sympy", or scale the kernel to integers',
        id="not-int64, large",
    ),
    pytest.param(
        lambda: with_module("scipy.sparse", None, lambda: toeplitz([1, 2], (3,), sparse="scipy")),
        "EntryError[missing-package]: sparse='scipy' needs SciPy\n  hint: pip install scipy",
        id="missing-package",
    ),
    pytest.param(
        lambda: toeplitz([1, 2], (3,), sparse="numpy"),
        "EntryError[unknown-option]: sparse='numpy'\n  hint: one of scipy, sympy",
        id="unknown-option",
    ),
    pytest.param(
        lambda: toeplitz([1, 2], (3,), op="convolv"),
        "GeometryError[unknown-op]: op='convolv'\n  hint: did you mean 'convolve'?",
        id="unknown-op",
    ),
    pytest.param(
        lambda: gradients.of_input([1, 2], [3, 4], (4,), op="correlate"),
        "GeometryError[upstream-shape]: upstream has shape (2,), but the output has (3,)\n"
        "  hint: give an upstream of shape (3,)",
        id="upstream-shape",
    ),
    pytest.param(
        lambda: gradients.of_kernel([[1, 2, 3]], [[4, 5, 6]], (1, 1, 2)),
        "GeometryError[upstream-shape]: upstream has shape (1, 3), but the output has (1, 2)\n"
        "  hint: give an upstream of shape (1, 2)",
        id="upstream-shape, of a layer",
    ),
    pytest.param(
        lambda: gradients.of_bias([1, 2, 3]),
        "GeometryError[rank-mismatch]: upstream has 1 axis (3,), 0 of them spatial\n"
        "  hint: give (M, *O) or (N, M, *O), and say how many axes are spatial",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: gradients.of_bias(np.ones((2, 3, 4, 5), int), spatial=1),
        "GeometryError[rank-mismatch]: upstream has 4 axes (2, 3, 4, 5), 1 of them spatial\n"
        "  hint: give (M, *O) or (N, M, *O), and say how many axes are spatial",
        id="rank-mismatch, spatial",
    ),
    pytest.param(
        lambda: gradients.table_of_input(local_table((1, 3), (1, 1, 2, 2))),
        "GeometryError[unknown-op]: the plan is Local, whose gradient is not known here\n"
        "  hint: use correlate, convolve, conv or conv_transpose",
        id="unknown-op, no gradient",
    ),
]
