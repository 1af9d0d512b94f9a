"""What Python takes for products of its own integers, one by one."""

SHORT = 8e-8
"""Seconds to multiply two short ones and to add the product, beside NumPy's calls (measured)."""
BITS = 30
"""Bits of a digit."""
MULTIPLIED, ADDED = 1.1e-9, 1.5e-9
"""Seconds to multiply one digit by another, and to add one (measured)."""
SCHOOL = 70
"""Digits up to which Python multiplies as at school, and beyond by Karatsuba's way."""
KARATSUBA = 0.585
"""What the rows of digits grow as beyond: log2(3) - 1."""


def cost(x_peak: int, w_peak: int) -> float:
    """Return the seconds to multiply integers of these sizes and to add the product.

    Source: CPython's Objects/longobject.c, k_mul and k_lopsided_mul.

    >>> cost(1, 2**3000) < cost(2**3000, 2**3000) < cost(2**3000, 2**9000)
    True
    """
    short, long = sorted(-(-peak.bit_length() // BITS) for peak in (x_peak, w_peak))
    rows = short if short < SCHOOL else SCHOOL * (short / SCHOOL) ** KARATSUBA
    return max(SHORT, long * (ADDED + MULTIPLIED * rows))
