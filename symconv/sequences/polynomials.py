"""Polynomials in n as lists of coefficients, the constant one first."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial
from typing import Any

from symconv.algebra import RationalFunctions


def polynomial_sum(ring: RationalFunctions, left: list[Any], right: list[Any]) -> list[Any]:
    """Return the sum without zeros at its end."""
    pairs = itertools.zip_longest(left, right, fillvalue=ring.zero)
    total = [ring.sum(pair) for pair in pairs]
    while total and total[-1] == ring.zero:
        total.pop()
    return total


def polynomial_product(ring: RationalFunctions, left: list[Any], right: list[Any]) -> list[Any]:
    """Return the product."""
    total = [ring.zero] * (len(left) + len(right) - 1)
    for (i, a), (j, b) in itertools.product(enumerate(left), enumerate(right)):
        total[i + j] = ring.sum([total[i + j], ring.product(a, b)])
    return total


def polynomial_shift(ring: RationalFunctions, coefficients: list[Any], by: int) -> list[Any]:
    """Return the coefficients of Σ coefficients[j]·(n + by)^j."""
    total: list[Any] = []
    for coefficient in reversed(coefficients):
        times = polynomial_product(ring, total, [ring.enter(by), ring.one]) if total else []
        total = polynomial_sum(ring, times, [coefficient])
    return total


def to_binomials(ring: RationalFunctions, coefficients: list[Any]) -> list[Any]:
    """Return d with Σ coefficients[j]·n^j = Σ d[p]·C(n + p, p)."""
    left, found = list(coefficients), [ring.zero] * len(coefficients)
    for power in reversed(range(len(left))):
        found[power] = ring.scaled(left[power], factorial(power))
        for j, part in enumerate(_binomial(power)):
            left[j] = ring.sum([left[j], ring.scaled(found[power], -part)])
    return found


def from_binomials(ring: RationalFunctions, binomials: list[Any]) -> list[Any]:
    """Return the coefficients of the powers of n in Σ binomials[p]·C(n + p, p)."""
    total: list[Any] = []
    for power, value in enumerate(binomials):
        total = polynomial_sum(ring, total, [ring.scaled(value, part) for part in _binomial(power)])
    return total


def _binomial(power: int) -> list[Fraction]:
    """Return the coefficients of C(n + p, p) = (n + 1)/1 · ... · (n + p)/p as a polynomial."""
    total = [Fraction(1)]
    for i in range(1, power + 1):
        rising = zip([Fraction(0), *total], [*total, Fraction(0)], strict=True)
        total = [lower / i + same for lower, same in rising]
    return total
