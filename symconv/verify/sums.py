"""A cell written out term by term, against the products that the window meets."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from symconv.equality import equal
from symconv.errors import FixtureError
from symconv.exact import entry, is_expression
from symconv.expressions import Comparison, Negative, Node, evaluate, parse, products, spine
from symconv.formulas import product
from symconv.verify.cells import Match, agreement

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """One written or exact term: its value, and its two factors if it is a product of two."""

    value: Any
    factors: Pair | None = None

    @property
    def text(self) -> str:
        """The term as people write it."""
        return product(*self.factors) if self.factors else str(self.value)


@dataclass(frozen=True, slots=True)
class Written:
    """A written sum: its terms, and the totals behind each equals sign, as text."""

    terms: list[Term]
    totals: list[str]


def written(text: str, symbols: Collection[str]) -> Written:
    """Return the terms and totals of `0*1 + 2*4 = 8`; further sums may stand on either side.

    Raises: ExpressionError, or FixtureError[not-a-sum] for another comparison.
    """
    tree = parse(text, symbols=symbols)
    if not isinstance(tree, Comparison):
        return Written(_listed(tree), [])
    if set(tree.relations) != {"=="}:
        raise FixtureError("not-a-sum", f"{text!r} is not of the form sum = total")
    sums = list(map(_listed, tree.operands))
    longest = max(range(len(sums)), key=lambda place: len(sums[place]))
    return Written(sums[longest], [side for i, side in enumerate(tree.sides) if i != longest])


def _listed(tree: Node) -> list[Term]:
    return [_term(sign, term) for sign, term in products(tree)]


def _term(sign: int, term: Node) -> Term:
    while isinstance(term, Negative):
        sign, term = -sign, term.operand
    factors = [_value(node) for node in _factors(term)]
    value = sign * math.prod(factors)
    return Term(value, (sign * factors[0], factors[1]) if len(factors) == 2 else None)


def _factors(tree: Node) -> list[Node]:
    first, chain = spine(tree, "*")
    if not chain:
        return [tree]
    return [*_factors(first), *(part for step in chain for part in _factors(step.right))]


def _value(tree: Node) -> Any:
    return entry(evaluate(tree, entry), "printed")


def faults(
    shown: Written, exact: Sequence[Pair], bias: Any, value: Any, symbols: Collection[str]
) -> list[str]:
    """Return what a written sum gets wrong: terms, then arithmetic, then totals.

    A sum of numbers that writes every tap as a product is compared term by term, in the order of
    the window; one that leaves out zeros or writes single numbers by the values of its terms; a
    formula with symbols as a whole, since like terms may be joined. Of a sum without any product
    (7 - 5 + 1 = 3) only arithmetic and total are judged: its numbers may be sums themselves.
    """
    expected = [Term(left * right, (left, right)) for left, right in exact]
    expected += [Term(bias)] if bias is not None else []
    added = sum(term.value for term in shown.terms)
    if is_expression(value):
        found = [] if equal(added, value) else [f"written {added}, exact {value}"]
    else:
        listed = any(term.factors for term in shown.terms)
        found = _terms(shown.terms, expected) if listed else []
        found += (
            []
            if shown.totals or equal(added, value)
            else [f"they add up to {added}, exact {value}"]
        )
    for total in shown.totals:
        found += _total(total, added, value, symbols)
    return found


def _total(total: str, added: Any, value: Any, symbols: Collection[str]) -> list[str]:
    found = []
    if agreement(total, added, symbols) is Match.DIFFERENT:
        found.append(f"the written terms add up to {added}, printed {total}")
    if agreement(total, value, symbols) is Match.DIFFERENT:
        found.append(f"printed total {total}, exact {value}")
    return found


def _terms(printed: Sequence[Term], exact: Sequence[Term]) -> list[str]:
    as_products = [term.factors is not None for term in printed]
    if len(printed) == len(exact) and all(
        kind == (term.factors is not None) for kind, term in zip(as_products, exact, strict=True)
    ):
        return _pairwise(printed, exact)
    missing, extra = _unmatched(_nonzero(exact), _nonzero(printed), _same_value)
    found = [f"{term.text} is missing" for term in missing]
    return found + [f"{term.text} is too many" for term in extra]


def _pairwise(printed: Sequence[Term], exact: Sequence[Term]) -> list[str]:
    missing, extra = _unmatched(exact, printed, _same)
    if not missing and not extra:
        return []
    return [
        f"term {number}: printed {shown.text}, exact {true.text}"
        for number, (shown, true) in enumerate(zip(printed, exact, strict=True), 1)
        if not _same(shown, true)
    ]


def _nonzero(terms: Sequence[Term]) -> list[Term]:
    return [term for term in terms if term.value != 0]


def _unmatched(
    left: Sequence[Term], right: Sequence[Term], same: Callable[[Term, Term], bool]
) -> tuple[list[Term], list[Term]]:
    """Return what each list has and the other lacks, whatever the order."""
    rest, missing = list(right), []
    for term in left:
        found = next((i for i, other in enumerate(rest) if same(term, other)), None)
        if found is None:
            missing.append(term)
        else:
            del rest[found]
    return missing, rest


def _same_value(one: Term, other: Term) -> bool:
    return equal(one.value, other.value)


def _same(one: Term, other: Term) -> bool:
    """Tell whether two terms agree; products by their factors, in either order.

    A sign may stand at either factor, as in 1 - 2*3. A zero has no sign to move: 0·1 is not 0·(-1).
    """
    if one.factors is None or other.factors is None:
        return equal(one.value, other.value)
    left, right = one.factors
    ways = [(left, right), (right, left)]
    if one.value != 0:
        ways += [(-left, -right), (-right, -left)]
    return any(all(map(equal, way, other.factors)) for way in ways)
