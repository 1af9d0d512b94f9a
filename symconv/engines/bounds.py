"""What no partial sum exceeds, in Python integers: the licence of every fast route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from symconv.engines.threads import spread
from symconv.exact import Array

FEW = 64
"""Entries that Python adds up before NumPy has begun."""
BLOCK = 2**17
"""Entries looked at together, so that the second look finds them in the cache."""

READ = 2
"""Bytes that are read from memory in the time of one product (measured)."""


def bound(peak: int, w: Array) -> int:
    """Return a number that no partial sum of any output exceeds in size.

    |sum| <= max|x| · sum|w| over one filter, with ``peak`` = max|x|; for w of several filters
    (M, T), the largest such sum. The entries themselves are bounded too: a huge one may meet only
    zeros, and must still be held.

    >>> bound(3, np.array([[1, -2], [0, 2]]))
    9
    """
    return most(peak, heaviest(w))


def most(peak: int, weight: int) -> int:
    """Return what no partial sum, no input of at most *peak* and no |w| exceeds.

    The sum of |w| over one filter is at most *weight*.
    """
    return max(peak * weight, peak, weight)


def heaviest(w: Array) -> int:
    """Return the largest sum of |w| over one filter of w (M, T).

    >>> heaviest(np.array([[1, -2], [0, 2]]))
    3
    """
    return int(max(_sizes(w), default=0))


def _sizes(w: Array) -> list[int]:
    """Return the sum of |w| over each filter, in any order."""
    if w.dtype == object or w.size <= FEW:
        return [sum(map(abs, part.tolist())) for part in w]
    found: list[int] = []
    count = max(1, BLOCK // w.shape[1])

    def worker(taken: Iterator[Any]) -> None:
        for first in taken:
            found.extend(_sums(np.abs(w[first : first + count]).view(np.uint64)))

    spread(worker, range(0, len(w), count), products=w.nbytes // READ)
    return found


def _sums(sizes: Array) -> list[int]:
    """Return the sums of rows of uint64, which also holds the size of -2^63."""
    if sizes.shape[1] * int(sizes.max()) < 2**64:
        return list(map(int, sizes.sum(axis=1)))
    halves = ((sizes >> 32).sum(axis=1).tolist(), (sizes & 0xFFFFFFFF).sum(axis=1).tolist())
    return [(high << 32) + low for high, low in zip(*halves, strict=True)]


class UnlicensedError(Exception):
    """An input is larger than a pass was promised."""


Check = Callable[[Array], None]
"""Looks at inputs as a pass reads them, in the floats of the pass, and raises UnlicensedError."""


def unchecked(_values: Array) -> None:
    """Take the inputs as they are: the caller vouches for the arithmetic."""


def float_peak(values: Array) -> int:
    """Return the largest size of any float, a whole number.

    >>> float_peak(np.array([3.0, -4.0]))
    4
    """
    if not values.size:
        return 0
    return int(max(np.maximum.reduce(values, None), -np.minimum.reduce(values, None)))


def peak_of(values: Array) -> int:
    """Return the largest size of any entry.

    >>> peak_of(np.array([3, -(2**63)]))
    9223372036854775808
    """
    if not values.size:
        return 0
    if values.dtype == object:
        listed = values.ravel().tolist()
        high, low = max(listed), min(listed)
        return int(max(high, -low))
    if values.size <= BLOCK or not values.flags.c_contiguous:
        return max(int(values.max()), -int(values.min()))
    flat, peaks = values.reshape(-1), [0]

    def worker(taken: Iterator[Any]) -> None:
        for start in taken:
            part = flat[start : start + BLOCK]
            peaks.append(max(int(part.max()), -int(part.min())))

    spread(worker, range(0, flat.size, BLOCK), products=flat.nbytes // READ)
    return max(peaks)
