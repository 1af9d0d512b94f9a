"""The convolution of two sequences: the product of their generating functions."""

from __future__ import annotations

import itertools
from math import comb
from typing import Any

from symconv.algebra import RationalFunctions
from symconv.errors import AlgebraError
from symconv.sequences.polynomials import (
    from_binomials,
    polynomial_shift,
    polynomial_sum,
    to_binomials,
)
from symconv.sequences.sums import Sequence, check_length


def order_of(left: Sequence, right: Sequence) -> int:
    """Return how many first values determine the convolution: deg P < order over a common Q."""
    orders = [sum(map(len, s.modes.values())) + max(s.first, default=-1) + 1 for s in (left, right)]
    check_length(sum(orders))
    return max(1, sum(orders))


def check_determined(total: Sequence, left: Sequence, right: Sequence) -> None:
    """Raise unless as many first values as `order_of` says determine *total* as well.

    Over Q = ∏(1 − r·z)^p with the powers of both operands, its numerator has to stay below that
    degree: no base may have a higher power, no first value of its own may stand further out.
    """
    powers = [{base: len(parts) for base, parts in s.modes.items()} for s in (left, right)]
    room = order_of(left, right) - sum(sum(own.values()) for own in powers)
    higher = any(
        len(parts) > sum(own.get(base, 0) for own in powers) for base, parts in total.modes.items()
    )
    if higher or max(total.first, default=-1) >= room:
        message = "the closed form has more terms than the two sequences can give"
        raise AlgebraError("not-proved", message, hint="please report these two sequences")


def convolved(left: Sequence, right: Sequence) -> tuple[Sequence, tuple[Any, ...]]:
    """Return the convolution and the conditions under which bases are different."""
    ring = left.ring
    total, conditions = Sequence(ring), []
    binomials: dict[Any, list[Any]] = {}
    for r, s in itertools.product(left.modes, right.modes):
        conditions += _apart(ring, r, s)
        ours, theirs = (
            [*enumerate(to_binomials(ring, coefficients), 1)]
            for coefficients in (left.modes[r], right.modes[s])
        )
        for (p, a), (q, b) in itertools.product(ours, theirs):
            scale = ring.product(a, b)
            for base, parts in _partial_fractions(ring, (r, p), (s, q)):
                scaled = [ring.product(scale, part) for part in parts]
                binomials[base] = polynomial_sum(ring, binomials.get(base, []), scaled)
    for base, held in binomials.items():
        total.add(base, from_binomials(ring, held))
    for one, other in ((left, right), (right, Sequence(ring, left.modes))):
        for k, value in one.first.items():
            _add_shifted(total, other, k, value)
            conditions += [c for r in other.modes for c in _apart(ring, r, ring.zero) if k]
    return total, tuple(dict.fromkeys(conditions))


def _apart(ring: RationalFunctions, r: Any, s: Any) -> list[Any]:
    """Return the condition that two bases, different in the field, differ as numbers."""
    if r == s or (r - s).numer.is_ground:
        return []
    import sympy

    return [sympy.Ne(*sorted((ring.leave(r), ring.leave(s)), key=sympy.default_sort_key))]


def _partial_fractions(
    ring: RationalFunctions, one: tuple[Any, int], other: tuple[Any, int]
) -> list[tuple[Any, list[Any]]]:
    """Return 1/(1 − r·z)^p · 1/(1 − s·z)^q as sums over 1/(1 − r·z)^i and 1/(1 − s·z)^i."""
    (r, p), (s, q) = one, other
    if r == s:
        return [(r, [ring.zero] * (p + q - 1) + [ring.one])]
    return [(r, _principal(ring, one, other)), (s, _principal(ring, other, one))]


def _principal(ring: RationalFunctions, one: tuple[Any, int], other: tuple[Any, int]) -> list[Any]:
    """Return what stands over (1 − r·z)^1, ..., (1 − r·z)^p.

    With u = 1 − r·z, 1 − s·z = ((r − s) + s·u)/r; its power −q is a binomial series in u.
    """
    (r, p), (s, q) = one, other
    apart = ring.inverse(r - s)
    series = [
        ring.scaled((r * apart) ** q * (s * apart) ** k, (-1) ** k * comb(q + k - 1, k))
        for k in range(p)
    ]
    return series[::-1]


def _add_shifted(total: Sequence, other: Sequence, k: int, value: Any) -> None:
    """Add value·other(n − k) for n >= k: its closed form, less what that has before k."""
    ring = total.ring
    for place, item in other.first.items():
        total.put(place + k, ring.product(value, item))
    for base, coefficients in other.modes.items():
        shifted = polynomial_shift(ring, coefficients, -k)
        scale = ring.product(value, ring.inverse(base**k))
        scaled = [ring.product(scale, coefficient) for coefficient in shifted]
        total.add(base, scaled)
        early = Sequence(ring, {base: scaled})
        for before in range(k):
            total.put(before, ring.scaled(early.at(before), -1))
