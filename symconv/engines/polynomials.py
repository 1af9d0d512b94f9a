"""Integers of any size: a correlation read off one product of polynomials.

Flatten the padded input in row-major order, X(z) = Σ x[p]·z^p, and put the kernel entry of tap t at
exponent L − off(t), where off(t) is how far tap t lies from the first place of its window in that
order and L the largest such distance. The coefficient of z^(s + L) is then Σ x[s + off(t)]·w[t],
the output of the window that starts at s.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.axis import Axis
from symconv.exact import Array


def accumulate(out: Array, padded: Array, w: Array, axes: tuple[Axis, ...]) -> None:
    """Add to out (N, M, *O) the exact sums over the channels of padded (N, C, *P), w (M, C, *K)."""
    import flint

    steps = _steps(padded.shape[2:])
    reach = sum(step * (axis.span - 1) for step, axis in zip(steps, axes, strict=True))
    places = _starts(axes, steps).ravel() + reach
    planes, filters = np.ndindex(padded.shape[:2]), np.ndindex(w.shape[:2])
    inputs = {nc: flint.fmpz_poly(padded[nc].ravel().tolist()) for nc in planes}
    kernels = {mc: flint.fmpz_poly(_spread(w[mc], axes, steps, reach)) for mc in filters}
    for n, m in itertools.product(range(padded.shape[0]), range(w.shape[0])):
        total = flint.fmpz_poly([])
        for c in range(w.shape[1]):
            total += inputs[n, c] * kernels[m, c]
        coefficients = [int(value) for value in total.coeffs()]
        coefficients += [0] * (math.prod(padded.shape[2:]) + reach - len(coefficients))
        out[n, m] += np.array(coefficients, dtype=object)[places].reshape(out.shape[2:])


def _steps(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return how far one step along each axis is in row-major order."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _starts(axes: tuple[Axis, ...], steps: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the place of each output's window in row-major order."""
    starts = np.zeros((), dtype=np.int64)
    for axis, step in zip(axes, steps, strict=True):
        starts = starts[..., None] + np.arange(axis.out, dtype=np.int64) * axis.step * step
    return starts


def _spread(kernel: Array, axes: tuple[Axis, ...], steps: tuple[int, ...], reach: int) -> list[Any]:
    """Return the kernel's coefficients, the entry of tap t at exponent reach − off(t)."""
    spread: list[Any] = [0] * (reach + 1)
    for tap in np.ndindex(kernel.shape):
        offset = sum(a.offset(t) * step for a, t, step in zip(axes, tap, steps, strict=True))
        spread[reach - offset] += kernel[tap]
    return spread
