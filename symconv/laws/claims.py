"""What a law is claimed under, in words, and the error where that can never be."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.errors import LawError
from symconv.laws.lengths import Shapes
from symconv.laws.statement import Statement


def vacuous(message: str, given: Iterable[str]) -> LawError:
    """Return the error of a law that says nothing, with what it is claimed under."""
    told = "; ".join(given)
    hint = f"they are: {told}" if told else "drop an assumption"
    return LawError("vacuous", f"vacuous: {message}", hint=hint)


def assumed(statement: Statement) -> tuple[str, ...]:
    """Return what is assumed, as it was written."""
    return tuple(assumption.text for assumption in statement.assumptions)


def hypotheses(statement: Statement, shapes: Shapes, *, reach: bool = True) -> tuple[str, ...]:
    """Return what a law is claimed under: what is assumed, then what it needs to be formed."""
    needs = [*shapes.needs, *(shapes.reaches if reach else ())]
    return tuple(dict.fromkeys((*assumed(statement), *map(str, needs))))
