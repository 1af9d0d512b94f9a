"""Loops compiled by numba: about what a program written for this one operation could reach."""

from __future__ import annotations

from functools import cache
from typing import Any

from numpy.typing import NDArray


@cache
def correlate2d(*, parallel: bool) -> Any:
    """Return compiled loops that correlate int64 planes; they are compiled at the first call.

    Row by row and tap by tap, so that the inner loop runs along memory. Sums wrap as int64 does.
    """
    import numba
    import numpy as np

    def loops(x: NDArray[Any], w: NDArray[Any]) -> NDArray[Any]:
        rows, columns = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
        out = np.zeros((rows, columns), np.int64)
        for i in numba.prange(rows):
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    weight = w[a, b]
                    for j in range(columns):
                        out[i, j] += weight * x[i + a, j + b]
        return out

    return numba.njit(parallel=parallel)(loops)
