"""A sequence as a sum of c·n^j·r^n and finitely many values of its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from symconv.algebra import RationalFunctions
from symconv.errors import EntryError
from symconv.sequences.polynomials import polynomial_product, polynomial_sum

MOST_TERMS = 24
"""Order of the recurrence of a result: with symbols for bases, the work grows with its fourth power
and more."""


@dataclass
class Sequence:
    """The sum of Σ_j modes[r][j]·n^j·r^n over the bases r ≠ 0, and of first[k] at n = k."""

    ring: RationalFunctions
    modes: dict[Any, list[Any]] = field(default_factory=dict)
    first: dict[int, Any] = field(default_factory=dict)

    def at(self, k: int) -> Any:
        """Return the value at k >= 0."""
        terms = [
            coefficient * k**power * base**k
            for base, coefficients in self.modes.items()
            for power, coefficient in enumerate(coefficients)
        ]
        return self.ring.sum([*terms, self.first.get(k, self.ring.zero)])

    def add(self, base: Any, coefficients: list[Any]) -> None:
        """Add (Σ coefficients[j]·n^j)·base^n."""
        if base == self.ring.zero:
            self.put(0, coefficients[0])
            return
        total = polynomial_sum(self.ring, self.modes.get(base, []), coefficients)
        self.modes[base] = total
        check_length(max(len(total), len(self.modes)))
        if not total:
            del self.modes[base]

    def put(self, k: int, value: Any) -> None:
        """Add a value at n = k alone."""
        self.first[k] = self.ring.sum([self.first.get(k, self.ring.zero), value])
        if self.first[k] == self.ring.zero:
            del self.first[k]

    def plus(self, other: Sequence) -> Sequence:
        """Return the sum of two sequences."""
        total = Sequence(self.ring, dict(self.modes), dict(self.first))
        for base, coefficients in other.modes.items():
            total.add(base, coefficients)
        for k, value in other.first.items():
            total.put(k, value)
        return total

    def times(self, other: Sequence) -> Sequence:
        """Return the product of two sequences, value by value."""
        ring, total = self.ring, Sequence(self.ring)
        for (r, left), (s, right) in itertools.product(self.modes.items(), other.modes.items()):
            total.add(ring.product(r, s), polynomial_product(ring, left, right))
        modes = Sequence(ring, self.modes)
        for k, value in self.first.items():
            total.put(k, ring.product(value, other.at(k)))
        for k, value in other.first.items():
            total.put(k, ring.product(value, modes.at(k)))
        return total

    def expression(self, variable: Any) -> Any:
        """Return the sequence as a SymPy expression."""
        import sympy

        leave = self.ring.leave
        terms = [
            sympy.Mul(leave(value), variable**power, sympy.Pow(leave(base), variable))
            for base, coefficients in self.modes.items()
            for power, value in enumerate(coefficients)
        ]
        terms += [
            sympy.Mul(leave(value), sympy.KroneckerDelta(variable, k))
            for k, value in self.first.items()
        ]
        return sympy.Add(*terms)


def check_length(order: int) -> None:
    """Raise EntryError[sequence-too-long] when too many values determine a sequence."""
    if order > MOST_TERMS:
        raise EntryError(
            "sequence-too-long",
            f"{order} values determine the result, but at most {MOST_TERMS} are computed",
            hint="use smaller powers of n, fewer terms, or a shorter list",
            order=order,
        )
