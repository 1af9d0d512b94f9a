"""The second prover: a law at every shape up to a bound, by trying them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf
from time import perf_counter

from symconv.errors import LawError
from symconv.laws.language.statement import Statement
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

MOST_INSTANCES = 20_000
"""Instances that a check of all shapes up to a bound may ask for when no bound is given."""


@dataclass(slots=True)
class Tried:
    """What trying instances has found.

    ``alone`` has for each side the first letters at which it can be formed and the other cannot.
    """

    formed: int = 0
    found: Counterexample | None = None
    alone: dict[int, Letters] = field(default_factory=dict)


def try_instances(
    statement: Statement,
    shapes: Shapes,
    most: int,
    *,
    budget: int | None = None,
    seconds: float = inf,
) -> Tried:
    """Compare both sides at every instance up to a bound, or at the smallest *budget* of them.

    Within *seconds*, or at as many as that is enough for.

    The counterexample found has the fewest terms of all that were tried, then the smallest
    extents.
    """
    tried = Tried()
    best: tuple[int, int] | None = None
    assumed = statement.assumed()
    end = perf_counter() + seconds
    for extent, letters in islice(_ordered(statement, shapes, most), budget):
        if perf_counter() > end:
            break
        if not all(test.value(letters) for test in assumed):
            continue
        try:
            left, right = formed(statement, letters)
        except LawError:
            if budget is None:
                raise
            continue  # too large for tables; only a sample was asked for
        if left is None or right is None:
            number, value = (1, right) if left is None else (0, left)
            if value is not None and 0 not in value.shape:
                tried.alone.setdefault(number, letters)
            continue
        tried.formed += 1
        size = (left.terms + right.terms, extent)
        smaller = best is None or size < best
        if smaller and not equal(left, right, idempotent=statement.idempotent):
            best = size
            tried.found = counterexample(statement, letters, left, right)
    return tried


def _ordered(statement: Statement, shapes: Shapes, most: int) -> Iterator[tuple[int, Letters]]:
    """Yield the instances up to a bound with their extents, the smallest first."""
    for extent, shell in enumerate(instances(statement, shapes, most).shells()):
        for letters in shell:
            yield extent, letters


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
    if not tried.formed:
        raise vacuous(f"no shape up to {most} satisfies it", hypotheses(statement, shapes))
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


def bound_for(statement: Statement, shapes: Shapes, count: int = MOST_INSTANCES) -> int:
    """Return the largest bound with at most so many instances, 2 or more."""
    most = 2
    while most < 6 and instances(statement, shapes, most + 1).count <= count:
        most += 1
    return most
