"""Which laws hold for a function's convention, and the shapes at which they ask something of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from symconv.errors import ExpressionError, LawError
from symconv.laws.grid import Entry, entry
from symconv.laws.language.reading import read
from symconv.laws.language.statement import Statement
from symconv.laws.law import Law
from symconv.laws.logic.lengths import Shapes
from symconv.laws.provers.all_shapes import for_all_shapes
from symconv.laws.provers.many_shapes import bound_for, up_to_bound
from symconv.laws.registry import LAWS
from symconv.laws.testing.cases import NONE, Chosen, Place, holds_at, mentions, places
from symconv.laws.testing.convention import Convention
from symconv.laws.verdict import Verdict
from symconv.options import choices as hint_of
from symconv.verdicts import Truth

SECONDS = 2.0
"""For the proof of one law; by default a law that takes longer is passed over."""
LOOKED_AT = 6
SHARE = Fraction(1, 4)
"""By default a law is passed over when the function takes part at fewer of its shapes."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A law that a function can be asked about, with the shapes to ask at."""

    name: str
    places: Sequence[Place]


def selected(
    which: str | Law | Iterable[str | Law] | None,
    convention: Convention,
    longest: int | None = None,
) -> Iterator[Selected]:
    """Yield the laws asked for, or all that are proved for a convention and say something of it.

    Raises: LawError[unknown-law], [refuted-law], [no-part]; ExpressionError.
    """
    if which is not None:
        asked = [which] if isinstance(which, str | Law) else list(which)
        if not asked:
            raise LawError("no-part", "no law is named", hint="leave which out for all that apply")
        yield from (_named(one, convention, longest) for one in asked)
        return
    found = False
    for law in LAWS.values():
        spots = _by_default(law, convention, longest)
        if spots:
            found = True
            yield Selected(law.name, spots)
    if not found:
        message = f"no law of the registry holds for {convention}"
        raise LawError("no-part", message, hint="name one, or write an equation")


def _by_default(law: Law, convention: Convention, longest: int | None) -> Sequence[Place]:
    """Return the places of a law, none for one that has no reading with so many axes."""
    if law.algebra != "sum":
        return ()
    try:
        held, _ = _holding(law, convention)
        return _places(held, convention, longest, SHARE)
    except (LawError, ExpressionError) as error:
        if convention.rank == 1 or error.code not in {"bad-ranks", "no-integer"}:
            raise
        return ()


def _places(
    held: Iterable[Chosen], convention: Convention, longest: int | None, share: Fraction = NONE
) -> list[Place]:
    spots = [spot for one in held for spot in _lifted(places(one, convention, longest, share))]
    return sorted(spots, key=lambda spot: spot.size)


def _lifted(spots: list[Place]) -> list[Place]:
    """Return the places of a law, none where it does not hold for as many axes as it is read for.

    A law is proved for one axis; for more it is looked at in some of the places.
    """
    if not spots or spots[0].statement.ranks.spatial == 1:
        return spots
    return spots if all(map(holds_at, spots[:: max(1, len(spots) // LOOKED_AT)])) else []


def _named(asked: str | Law, convention: Convention, longest: int | None) -> Selected:
    if isinstance(asked, str) and "=" in asked:
        name, (held, refuted) = asked, _equation(asked, convention.rank)
    else:
        law = asked if isinstance(asked, Law) else _registered(asked)
        name, (held, refuted) = law.name, _holding(law, convention, unknown=True)
    if refuted is not None and not held:
        raise _false(name, refuted, convention)
    spots = _places(held, convention, longest)
    if not spots:
        message = f"{convention} takes no part in {name}"
        hint = "name a law of this operation, or options that the function accepts"
        raise LawError("no-part", message, hint=hint)
    return Selected(name, spots)


def _registered(name: str) -> Law:
    if name not in LAWS:
        raise LawError("unknown-law", f"no law is called {name!r}", hint=hint_of(name, tuple(LAWS)))
    return LAWS[name]


def _false(name: str, refuted: Verdict, convention: Convention) -> LawError:
    message = f"{name} does not hold for {convention}"
    lines = str(refuted.counterexample).splitlines()
    return LawError("refuted-law", message, hint="it fails at " + "\n  ".join(lines))


def _equation(text: str, rank: int) -> tuple[list[Chosen], Verdict | None]:
    verdict = _proved(read(text))
    if verdict.truth is Truth.REFUTED:
        return [], verdict
    return [Chosen(text, read(text, rank=rank))], None


def _proved(statement: Statement) -> Verdict:
    """Decide a statement for all shapes, or without a solver, up to a bound."""
    try:
        return for_all_shapes(statement, SECONDS)
    except LawError as error:
        if error.code != "no-solver":
            raise
        return up_to_bound(statement, bound_for(statement, Shapes(statement)))


def _holding(
    law: Law, convention: Convention, *, unknown: bool = False
) -> tuple[list[Chosen], Verdict | None]:
    """Return a law for every choice that it holds for, and what refutes it for another."""
    held: list[Chosen] = []
    refuted = None
    for choices in convention.choices(law.varies):
        reads = mentions(law.read_as(None, (), convention.rank, **choices), convention)
        found = _entry(law, choices) if reads else None
        if found is None:
            continue
        if found.condition or found.verdict.proved or (unknown and _open(found)):
            given = tuple(found.condition.split("; ")) if found.condition else ()
            held.append(Chosen(law.name, law.read_as(None, given, convention.rank, **choices)))
        elif found.verdict.truth is Truth.REFUTED:
            refuted = refuted or found.verdict
    return held, refuted


def _open(found: Entry) -> bool:
    return found.verdict.truth is Truth.UNKNOWN


def _entry(law: Law, choices: Mapping[str, Any]) -> Entry | None:
    """Decide a law for one choice; None where it says nothing."""
    key = tuple(choices.items())
    return _decided(law.name, key) if LAWS.get(law.name) is law else _decide(law, dict(choices))


@lru_cache(maxsize=1024)
def _decided(name: str, choices: tuple[tuple[str, Any], ...]) -> Entry | None:
    return _decide(LAWS[name], dict(choices))


def _decide(law: Law, choices: dict[str, Any]) -> Entry | None:
    try:
        return entry(law, choices, seconds=SECONDS)
    except LawError as error:
        if error.code == "vacuous":
            return None
        if error.code != "no-solver":
            raise
    return Entry(law, choices, _proved(law.read(**choices)))
