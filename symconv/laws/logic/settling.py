"""Inner indices of a rule solved for from the indices of its tensors, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symconv.laws.letters.conditions import Test, same
from symconv.laws.letters.wholes import Whole
from symconv.laws.logic.lengths import Lengths
from symconv.laws.logic.rules import Rule

LARGE = 2**62


@dataclass(frozen=True, slots=True)
class Settled:
    """A rule whose inner letters are solved for: tests in outputs and tensor indices alone.

    ``loose`` are inner letters that nothing settles, so that terms would have to be counted.
    """

    number: Fraction
    tests: tuple[Test, ...]
    loose: tuple[str, ...]


def settled(rule: Rule, entries: Sequence[Lengths]) -> Settled:
    """Return a rule for entries of its tensors, in its order, the inner letters solved for."""
    zeros = list(rule.zeros)
    for (_, index), entry in zip(rule.entries, entries, strict=True):
        zeros += [i - e for i, e in zip(index, entry, strict=True)]
    tests = list(rule.tests)
    inner = list(rule.inner)
    while (step := _next(zeros, inner)) is not None:
        name, factor, rest, used = step
        inner.remove(name)
        del zeros[used]
        negative = (factor.constant or 0) < 0
        turned, by = (rest, -factor) if negative else (-rest, factor)
        tests.append(same(turned % by, 0))
        found = {name: turned // by}
        zeros = [zero.put(found) for zero in zeros]
        tests = [test.put(found) for test in tests]
    tests += [same(zero, 0) for zero in zeros]
    kept = [test for test in dict.fromkeys(tests) if test.known is not True]
    return Settled(rule.number, tuple(kept), tuple(inner))


def _next(zeros: Sequence[Whole], inner: Sequence[str]) -> tuple[str, Whole, Whole, int] | None:
    """Return the letter to solve for next: name, coefficient, rest, place; coefficients of 1 first.

    A coefficient in letters is a product of strides, dilations and lengths, which are 1 or more.
    """
    found = [
        (name, *parts, place)
        for place, zero in enumerate(zeros)
        for name in inner
        if (parts := zero.solved(name)) is not None
    ]
    return min(found, key=lambda step: abs(step[1].constant or LARGE), default=None)
