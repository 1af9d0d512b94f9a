"""A layer in parts of its channels: float32 holds the sums of each part, int64 those of all.

    out[m, o] = Σ_p ( Σ_{c in part p, t} w[m, c, t] · x[c, t, o] )

A sum over many channels may exceed 2^24, what float32 holds of integers; over some of them it does
not. BLAS multiplies float32 at twice the rate of float64, and the parts are added up as integers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symconv.engines.passes import columns
from symconv.engines.work import Frame, Work, with_arrays
from symconv.exact import Array

MOST = 16
"""Parts up to which the sums of each are worth adding up."""
ADDED, WEIGHT = 1.5e-9, 8e-10
"""Seconds to set one more sum and to add it, and to read a kernel entry apart (measured)."""


def run(work: Work, count: int, out: Array) -> None:
    """Set out (N, M, *O) to the sums of a *work* of one group; the caller vouches for each part."""
    found = out
    for part in _slices(work.depth, count):
        frame = replace(work.frame, depth=part.stop - part.start)
        columns.run(with_arrays(frame, work.padded[:, part], work.w[:, part]), np.float32, found)
        if found is not out:
            np.add(out, found, out=out)
        elif count > 1:
            found = np.empty_like(out)


def _slices(depth: int, count: int) -> list[slice]:
    """Return runs of channels, as many in each but for the last."""
    each = -(-depth // count)
    return [slice(first, min(first + each, depth)) for first in range(0, depth, each)]


def cost(frame: Frame, count: int) -> float:
    """Return the estimated seconds that `run` takes."""
    part = replace(frame, depth=-(-frame.depth // count))
    beside = ADDED * (count - 1) * frame.outputs + WEIGHT * frame.weights
    return count * columns.cost(part, 4) + beside
