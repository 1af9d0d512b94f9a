"""64-bit integers whose sums leave 64 bits: nine correlations of 21-bit limbs.

    v = hi·2⁴² + mid·2²¹ + lo,   0 <= lo, mid < 2²¹,   −2²¹ <= hi < 2²¹

A sum of T products of limbs stays below T·2⁴² in size, and three such sums below 2⁶³ while
T <= 2¹⁸; carries then run through int64, and only the last step makes Python integers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symconv.exact import Array, objects

BITS = 21
MASK = 2**BITS - 1
MOST_TERMS = 2**18
"""Products of one output for which no sum of limbs leaves int64, carries included."""


def combine(x: Array, w: Array, fill: int, sums: Callable[[Array, Array, int], Array]) -> Array:
    """Return the exact sums for int64 x, w and fill, from *sums* of int64 limbs.

    The caller makes sure that one output has at most MOST_TERMS products.
    """
    xs, ws, fills = _limbs(x), _limbs(w), _limbs(np.array(fill, dtype=np.int64))
    diagonals = [
        sum(sums(xs[i], ws[d - i], int(fills[i])) for i in range(max(0, d - 2), min(d, 2) + 1))
        for d in range(5)
    ]
    low = np.zeros_like(diagonals[0])
    carry = np.zeros_like(low)
    for place, diagonal in enumerate(diagonals[:3]):
        total = diagonal + carry
        low |= (total & MASK) << (BITS * place)
        carry = total >> BITS
    total = diagonals[3] + carry
    high = diagonals[4] + (total >> BITS)
    small = not high.size or max(int(high.max()), -int(high.min())) < 2**41
    top = high if small else objects(high)
    return (objects((top << BITS) + (total & MASK)) << (3 * BITS)) + objects(low)


def _limbs(values: Array) -> tuple[Array, Array, Array]:
    """Return the limbs of int64 values, the lowest first."""
    return values & MASK, (values >> BITS) & MASK, values >> (2 * BITS)
