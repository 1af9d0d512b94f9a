"""What a pass is estimated to cost, in seconds: counts of what it does, times measured rates.

The rates were fitted on one machine with two cores. Another differs from it by a common factor
more than in the ratios between them, and only ratios choose a route.
"""

from __future__ import annotations

from typing import NamedTuple

from symconv.engines.threads import workers


class Counts(NamedTuple):
    """What a pass does."""

    tasks: float = 0
    """Blocks of outputs, each with some work of Python's."""
    calls: float = 0
    """Calls of NumPy."""
    moved: float = 0
    """Bytes gathered before, and stored after."""
    added: float = 0
    """Bytes run through the cache by sums and products."""
    multiplied: float = 0
    """Products of BLAS, times the bytes of a number."""


LINE = 0.01
"""What one more line of an array costs a call of NumPy, in calls (measured)."""
FIXED = 3e-5
"""Seconds before the first output."""
SHARED = 1.5e-4
"""Seconds until a second worker has begun."""
UNEVEN = 1.3
"""How much longer than their share workers take, who wait for each other and share memory."""


def seconds(counts: Counts, rates: Counts, products: int) -> float:
    """Return the estimated time on the cores that there are, from the seconds that each takes."""
    alone = sum(count * rate for count, rate in zip(counts, rates, strict=True))
    tasks = int(counts.tasks)
    count = workers(tasks, products)
    longest = -(-tasks // count) / max(1, tasks)
    return FIXED + (UNEVEN * alone * longest + SHARED if count > 1 else alone)
