"""What a law is claimed under, in words, and the error where that can never be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symconv.errors import LawError
from symconv.laws.language.statement import Statement
from symconv.laws.letters.conditions import Test, surely
from symconv.laws.letters.wholes import Whole
from symconv.laws.logic.lengths import Shapes


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
    divisors = [f"1 <= {name}" for name in statement.divisors]
    told = (*assumed(statement), *divisors, *map(str, _independent(needs, statement, shapes)))
    return tuple(dict.fromkeys(told))


def _independent(needs: Sequence[Test], statement: Statement, shapes: Shapes) -> Iterator[Test]:
    """Yield tests without those that follow from the equations assumed and among them."""
    zeros = [test.of for test in statement.assumed() if test.kind == "=" and test.of is not None]
    equations = [found for zero in zeros if (found := _solved(zero))]
    for test in needs:
        rest = test
        for name, value in equations:
            rest = rest.put({name: value})
        if surely(rest, shapes.least):
            continue
        yield test
        if rest.kind == "=" and rest.of is not None and (found := _solved(rest.of)):
            equations.append(found)


def _solved(zero: Whole) -> tuple[str, Whole] | None:
    """Return a letter that an equation settles, with what it is equal to."""
    for name in zero.letters():
        parts = zero.solved(name)
        if parts is not None and parts[0].constant in (1, -1):
            return name, -parts[1] if parts[0].constant == 1 else parts[1]
    return None
