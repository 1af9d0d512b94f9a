"""The second prover: a law at every shape up to a bound, by trying them all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, combinations, islice, product, takewhile
from math import inf
from time import perf_counter

from symconv.errors import LawError
from symconv.laws.language.statement import Statement
from symconv.laws.letters.conditions import Test
from symconv.laws.logic.lengths import Shapes
from symconv.laws.provers.claims import hypotheses, vacuous
from symconv.laws.provers.instances import Letters, instances
from symconv.laws.tables.comparison import equal
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import side
from symconv.laws.tables.values import Value
from symconv.laws.verdict import Counterexample, Verdict, counterexample, up_to
from symconv.options import is_int
from symconv.verdicts import Truth

STEPS = 12
"""Values at either end of a range that are looked at when a counterexample is made smaller."""
MOST_INSTANCES = 20_000
"""Instances that a check of all shapes up to a bound may ask for when no bound is given."""


@dataclass(slots=True)
class Tried:
    """What trying instances has found.

    ``formed`` counts those at which both sides can be formed and one has an output, ``reached``
    those among them that the reading in letters covers. ``alone`` has for each side the first
    letters at which it can be formed and the other cannot. ``complete`` is whether all were tried.
    """

    formed: int = 0
    reached: int = 0
    found: Counterexample | None = None
    alone: dict[int, Letters] = field(default_factory=dict)
    complete: bool = True


@dataclass(slots=True)
class Search:
    """A search for the counterexample with the fewest terms, then the smallest extents."""

    statement: Statement
    shapes: Shapes
    sample: bool = False
    tried: Tried = field(default_factory=Tried)
    best: tuple[int, int] | None = None
    letters: Letters = field(default_factory=dict)
    assumed: list[Test] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.assumed = self.statement.assumed()

    def look(self, letters: Letters) -> bool:
        """Compare both sides at one instance; tell whether it is a smaller counterexample."""
        if not all(test.value(letters) for test in self.assumed):
            return False
        try:
            left, right = formed(self.statement, letters)
        except LawError:
            if not self.sample:
                raise
            return False  # too large for tables, and only a sample was asked for
        if left is None or right is None:
            self._alone(letters, left, right)
            return False
        if not (0 in left.shape and 0 in right.shape):
            self.tried.formed += 1
            self.tried.reached += all(test.value(letters) for test in self.shapes.reaches)
        return self._smaller(letters, left, right)

    def _alone(self, letters: Letters, left: Value | None, right: Value | None) -> None:
        number, value = (1, right) if left is None else (0, left)
        if value is not None and 0 not in value.shape:
            self.tried.alone.setdefault(number, letters)

    def _smaller(self, letters: Letters, left: Value, right: Value) -> bool:
        size = left.terms + right.terms, sum(map(abs, letters.values()))
        if self.best is not None and size >= self.best:
            return False
        if equal(left, right, idempotent=self.statement.idempotent):
            return False
        self.best, self.letters = size, letters
        self.tried.found = counterexample(self.statement, letters, left, right)
        return True

    def shrink(self, end: float) -> None:
        """Make a counterexample smaller, one letter or two at a time, until a moment of the clock.

        Two, for a shorter input may need a smaller step to have an output at all.
        """
        self.sample = True
        known = instances(self.statement, self.shapes, 1)
        low = {name: values[0] for name, values in known.free}
        smaller = True
        while smaller:
            tried = (
                known.completed(self.letters | dict(zip(names, values, strict=True)))
                for names in chain(combinations(low, 1), combinations(low, 2))
                for values in product(*(_towards(self.letters[name], low[name]) for name in names))
            )
            timely = takewhile(lambda _: perf_counter() < end, tried)
            smaller = any(known.within(letters) and self.look(letters) for letters in timely)


def _towards(value: int, least: int) -> list[int]:
    """Return numbers between the least and a value, those nearest to the least first."""
    step = 1 if value >= least else -1
    found = range(least, value, step)
    return [*found[:STEPS], *found[len(found) - STEPS :]] if len(found) > 2 * STEPS else [*found]


def try_instances(
    statement: Statement,
    shapes: Shapes,
    most: int,
    *,
    budget: int | None = None,
    seconds: float = inf,
) -> Tried:
    """Compare both sides at every instance up to a bound, or at the smallest *budget* of them.

    With a budget, within *seconds*, and what is too large for tables is passed over.
    """
    search = Search(statement, shapes, sample=budget is not None)
    end = perf_counter() + seconds
    every = instances(statement, shapes, most)
    search.tried.complete = budget is None or every.count <= budget
    for letters in islice(chain.from_iterable(every.shells()), budget):
        if perf_counter() > end:
            search.tried.complete = False
            break
        search.look(letters)
    return search.tried


def formed(statement: Statement, letters: Letters) -> tuple[Value | None, Value | None]:
    """Return both sides, None for one that cannot be formed."""
    found: list[Value | None] = []
    for number in (0, 1):
        try:
            found.append(side(statement, letters, number))
        except NoRoomError:
            found.append(None)
    return found[0], found[1]


def notes(tried: Tried) -> tuple[str, ...]:
    """Return where one side can be formed and the other cannot, so that it is no replacement."""
    names = ("left", "right")
    return tuple(
        f"where {_told_letters(letters)}, the {names[number]} side can be formed and the "
        f"{names[1 - number]} side cannot"
        for number, letters in sorted(tried.alone.items())
    )


def _told_letters(letters: Letters) -> str:
    return ", ".join(f"{name} = {value}" for name, value in letters.items())


def up_to_bound(statement: Statement, most: int) -> Verdict:
    """Decide a law for every shape up to a bound, by trying all of them.

    Raises: LawError[bad-parameter], [vacuous].
    """
    if not is_int(most) or most < 1:
        raise LawError("bad-parameter", f"up_to is {most!r}", hint="use an integer of 1 or more")
    shapes = Shapes(statement)
    tried = try_instances(statement, shapes, most)
    if not tried.formed and tried.found is None:
        given = hypotheses(statement, shapes, reach=False)
        raise vacuous(f"no shape up to {most} satisfies it and has an output", given)
    verdict = Verdict(
        statement.text,
        Truth.PROVED,
        up_to(most),
        hypotheses(statement, shapes, reach=False),
        reason=f"both sides list the same terms at all {tried.formed} shapes",
        instances=tried.formed,
    )
    if tried.found is None:
        return verdict
    return replace(verdict, truth=Truth.REFUTED, counterexample=tried.found, reason="")


def bound_for(
    statement: Statement, shapes: Shapes, count: int = MOST_INSTANCES, cap: int = 6
) -> int:
    """Return the largest bound with at most so many instances, from 2 to *cap*."""
    most = 2
    while most < cap and instances(statement, shapes, most + 1).count <= count:
        most += 1
    return most
