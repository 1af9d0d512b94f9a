"""A law as it is read: two sides, its letters, and what is assumed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symconv.laws.language.nodes import Node
from symconv.laws.language.numbers import Assumption, Numbers
from symconv.laws.language.ranks import Ranks
from symconv.laws.letters.conditions import Test

SUMS = {"sum": "sum", "max-plus": "max", "min-plus": "min"}
"""The algebras of laws: what the sum of terms is. Every commutative ring is "sum"."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """``left`` == ``right`` for all tensors and scalars, under ``assumptions``.

    ``parameters`` are the named integers, each with the least value that it may have (None for
    any), ``scalars`` the names that arrays are multiplied by; ``notes`` say how a text was read
    that could be read otherwise. ``divisors`` are integers that are 1 or more because something is
    divided by them.
    """

    text: str
    sides: tuple[Node, Node]
    ranks: Ranks
    numbers: Numbers
    parameters: dict[str, int | None]
    scalars: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    algebra: str = "sum"
    notes: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()

    @property
    def idempotent(self) -> bool:
        """Whether a term counts once however often it is met, as under a maximum."""
        return self.algebra != "sum"

    def parameter_letters(self) -> list[tuple[str, int | None]]:
        """Return a letter for each parameter and axis, with its least value."""
        found = [
            (self.numbers.parameter(name, axis), least)
            for name, least in self.parameters.items()
            for axis in range(self.ranks.spatial)
        ]
        return [(name, least) for name, least in found if name not in self.numbers.known]

    def with_known(self, known: Mapping[str, int]) -> Statement:
        """Return the law with numbers for some letters of its named integers."""
        return replace(self, numbers=self.numbers.with_known(known))

    def assumed(self) -> list[Test]:
        """Return what is assumed, for every spatial axis."""
        return [test for assumption in self.assumptions for test in self.tests(assumption)]

    def tests(self, assumption: Assumption) -> list[Test]:
        """Return one assumption, for every spatial axis."""
        return [self.numbers.test(assumption.tree, axis) for axis in range(self.ranks.spatial)]

    def length_letters(self) -> list[str]:
        """Return a letter for each axis of each tensor."""
        return [
            self.numbers.length(name, axis)
            for name, rank in self.ranks.tensors.items()
            for axis in range(rank)
        ]


def listed(names: Sequence[str]) -> str:
    """Return names in a sentence.

    >>> listed(["x", "w", "y"])
    'x, w and y'
    """
    *more, last = names
    return f"{', '.join(more)} and {last}" if more else last
