"""All shapes of a law up to a bound, the smallest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from symconv.laws.language.statement import Statement
from symconv.laws.letters.wholes import Whole
from symconv.laws.logic.lengths import Shapes

Letters = dict[str, int]


@dataclass(frozen=True, slots=True)
class Instances:
    """The letters of a law with the values that each takes up to ``most``.

    Lengths run from 1 to ``most``, named integers from their least value to ``most``, or from
    −most to ``most``. A letter that an equation of the law settles follows from the others.
    """

    free: tuple[tuple[str, tuple[int, ...]], ...]
    settled: tuple[tuple[str, Whole], ...]
    least: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many there are before any hypothesis is looked at."""
        return prod(len(values) for _, values in self.free)

    def shells(self) -> Iterator[list[Letters]]:
        """Yield all instances, those whose numbers add up to least first, shell by shell."""
        longest = sum(len(values) - 1 for _, values in self.free)
        for total in range(longest + 1):
            sizes = [len(values) for _, values in self.free]
            found = map(self._letters, _places(sizes, total))
            yield [letters for letters in found if self.within(letters)]

    def within(self, letters: Letters) -> bool:
        """Tell whether letters that follow from others are large enough."""
        return all(letters[name] >= least for name, least in self.least)

    def _letters(self, places: Sequence[int]) -> Letters:
        return self.completed(
            {name: values[place] for (name, values), place in zip(self.free, places, strict=True)}
        )

    def completed(self, letters: Letters) -> Letters:
        """Return letters with those that follow from the others."""
        found = dict(letters)
        for name, rule in self.settled:
            found[name] = rule.value(found)
        return found


def instances(statement: Statement, shapes: Shapes, most: int) -> Instances:
    """Return the instances of a law up to a bound."""
    values = {name: tuple(range(1, most + 1)) for name in statement.length_letters()}
    for name, least in statement.parameter_letters():
        if least is None:
            values[name] = (0, *(sign * size for size in range(1, most + 1) for sign in (1, -1)))
        else:
            values[name] = tuple(range(least, max(most, least) + 1))
    settled = _solved(statement, shapes, set(values))
    known = {name for name, _ in settled}
    free = tuple((name, found) for name, found in values.items() if name not in known)
    bounds = tuple(
        (name, min(values[name], default=1)) for name in known if min(values[name], default=1) >= 0
    )
    return Instances(free, tuple(reversed(settled)), bounds)


def _solved(statement: Statement, shapes: Shapes, names: set[str]) -> list[tuple[str, Whole]]:
    """Return letters that equations settle, each in letters that are found before it."""
    equations = [
        test.of
        for test in (*statement.assumed(), *shapes.needs)
        if test.kind == "=" and test.of is not None
    ]
    settled: list[tuple[str, Whole]] = []
    while equations:
        zero = equations.pop()
        for name in dict.fromkeys(zero.letters()):
            parts = zero.solved(name)
            if name in names and parts is not None and parts[0].constant in (1, -1):
                value = -parts[1] if parts[0].constant == 1 else parts[1]
                names.discard(name)
                equations = [other.put({name: value}) for other in equations]
                settled.append((name, value))
                break
    return settled


def _places(sizes: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Yield tuples of numbers below *sizes* that add up to *total*."""
    if not sizes:
        if total == 0:
            yield ()
        return
    room = sum(sizes[1:]) - len(sizes[1:])
    for first in range(max(0, total - room), min(sizes[0] - 1, total) + 1):
        for rest in _places(sizes[1:], total - first):
            yield (first, *rest)
