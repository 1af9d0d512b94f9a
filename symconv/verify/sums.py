"""A cell written out term by term, against the products that the window meets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from symconv.equality import equal
from symconv.errors import FixtureError
from symconv.exact import entry
from symconv.expressions import Comparison, Negative, Node, Operation, evaluate, parse, products
from symconv.formulas import product
from symconv.verify.cells import Match, agreement

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """One written or exact term: its value, and its two factors if it is a product of two.

    ``minus`` marks a product after a minus sign, which may belong to either factor.
    """

    value: Any
    factors: Pair | None = None
    minus: bool = False

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
    """Return the terms and totals of `0*1 + 2*4 = 8`; further sums may stand between.

    Raises: ExpressionError, or FixtureError[not-a-sum] for another comparison.
    """
    tree = parse(text, symbols=symbols)
    totals: list[str] = []
    if isinstance(tree, Comparison):
        if set(tree.relations) != {"=="}:
            raise FixtureError("not-a-sum", f"{text!r} is not of the form sum = total")
        totals = list(tree.sides[1:])
        tree = tree.operands[0]
    return Written([_term(sign, term) for sign, term in products(tree)], totals)


def _term(sign: int, term: Node) -> Term:
    while isinstance(term, Negative):
        sign, term = -sign, term.operand
    if isinstance(term, Operation) and term.sign == "*":
        left, right = sign * _value(term.left), _value(term.right)
        return Term(left * right, (left, right), minus=sign < 0)
    return Term(sign * _value(term))


def _value(tree: Node) -> Any:
    return entry(evaluate(tree, entry), "printed")


def faults(shown: Written, exact: Sequence[Pair], bias: Any, value: Any) -> list[str]:
    """Return what a written sum gets wrong: terms, then arithmetic, then totals.

    A sum that writes every tap as a product is compared term by term, in the order of the window;
    one that leaves out zeros or writes single numbers is compared by the values of its terms.
    """
    expected = [Term(left * right, (left, right)) for left, right in exact]
    expected += [Term(bias)] if bias is not None else []
    found = _terms(shown.terms, expected)
    added = sum(term.value for term in shown.terms)
    for total in shown.totals[:-1]:
        middle = entry(total, "printed")
        if not equal(middle, added):
            found.append(f"the written terms add up to {added}, but {total} is {middle}")
    found += _total(shown.totals[-1:], added, value)
    return found


def _total(totals: Sequence[str], added: Any, value: Any) -> list[str]:
    if not totals:
        return [] if equal(added, value) else [f"the terms add up to {added}, exact {value}"]
    found = []
    if agreement(totals[0], added, ()) is Match.DIFFERENT:
        found.append(f"the written terms add up to {added}, printed {totals[0]}")
    if agreement(totals[0], value, ()) is Match.DIFFERENT:
        found.append(f"printed total {totals[0]}, exact {value}")
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
    """Tell whether two terms agree; products by their factors, in either order."""
    if one.factors is None or other.factors is None:
        return equal(one.value, other.value)
    left, right = one.factors
    ways = [(left, right), (right, left)]
    if one.minus or other.minus:
        ways += [(-left, -right), (-right, -left)]
    return any(all(map(equal, way, other.factors)) for way in ways)
