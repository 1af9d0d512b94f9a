"""The NumPy engine: exact integers and rationals by the cheapest licensed route.

Rationals become integers over one common denominator. Passes over whole arrays, in int64 or in
floats that hold every partial sum, are licensed by a bound computed in Python integers; integers
beyond go through limbs or one long product. `choice` has all routes.
"""

from __future__ import annotations

from symconv.engines import choice
from symconv.engines.long.rationals import integers, over, with_bias
from symconv.engines.sums import Sums
from symconv.exact import Array
from symconv.plan import Geometry


def evaluate(geometry: Geometry, x: Array, w: Array, bias: Array | None) -> Array:
    """Return the exact output array for integer and rational entries."""
    sums, denominator = sums_of(geometry, x, w)
    total, denominator = with_bias(choice.best(sums), denominator, bias)
    return over(total, denominator).reshape(geometry.out_shape)


def sums_of(geometry: Geometry, x: Array, w: Array) -> tuple[Sums, int]:
    """Return the sums of products of integers that the output is, and their denominator."""
    x, x_denominator = integers(x, geometry.fill)
    w, w_denominator = integers(w)
    fill = int(geometry.fill * x_denominator)
    return Sums(geometry, x, w, fill), x_denominator * w_denominator
