"""A cell written out term by term, against the products that the window meets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from symconv.errors import ExpressionError, FixtureError
from symconv.exact import entry, equal
from symconv.expressions import Comparison, Node, Operation, evaluate, parse, products
from symconv.formulas import product

Pair = tuple[Any, Any]


def written(text: str, symbols: Collection[str]) -> tuple[list[Pair], Any]:
    """Return the (left, right) factors of each written product, and the printed total (or None).

    Raises: FixtureError[not-a-sum] for a term that is no product of two factors.
    """
    tree = parse(text, symbols=symbols)
    total = None
    if isinstance(tree, Comparison):
        if len(tree.operands) != 2 or tree.relations != ("==",):
            raise FixtureError("not-a-sum", f"{text!r} is not of the form sum = total")
        tree, right = tree.operands
        total = _value(right)
    return [_pair(sign, term) for sign, term in products(tree)], total


def _pair(sign: int, term: Node) -> Pair:
    if not isinstance(term, Operation) or term.sign != "*":
        raise FixtureError(
            "not-a-sum", "a term is no product of two factors", hint="write 0*1 + 2*3 = 6"
        )
    return sign * _value(term.left), _value(term.right)


def _value(tree: Node) -> Any:
    try:
        return entry(evaluate(tree, entry), "printed")
    except ExpressionError as error:
        raise error.at("printed") from None


def faults(printed: list[Pair], total: Any, exact: list[Pair], value: Any) -> list[str]:
    """Return what a written sum gets wrong: terms, then arithmetic, then the total.

    A sum that lists every tap is compared term by term, in the order of the window; one that
    leaves out zero products is compared without them.
    """
    found = _terms(printed, exact)
    added = sum(left * right for left, right in printed)
    if total is not None and not equal(added, total):
        found.append(f"the written terms add up to {added}, printed {total}")
    if total is not None and not equal(total, value):
        found.append(f"printed total {total}, exact {value}")
    if total is None and not equal(added, value):
        found.append(f"the written terms add up to {added}, exact {value}")
    return found


def _terms(printed: list[Pair], exact: list[Pair]) -> list[str]:
    if len(printed) != len(exact):
        printed, exact = _nonzero(printed), _nonzero(exact)
    if len(printed) != len(exact):
        return [f"printed {len(printed)} terms other than 0, exact {len(exact)}"]
    if all(map(_same, printed, exact)) or _matching(printed, exact):
        return []
    return [
        f"term {number}: printed {product(*shown)}, exact {product(*true)}"
        for number, (shown, true) in enumerate(zip(printed, exact, strict=True), 1)
        if not _same(shown, true)
    ]


def _nonzero(pairs: list[Pair]) -> list[Pair]:
    return [(left, right) for left, right in pairs if left != 0 and right != 0]


def _same(one: Pair, other: Pair) -> bool:
    """Tell whether two products have the same factors, in either order."""
    return all(map(equal, one, other)) or all(map(equal, one, reversed(other)))


def _matching(printed: list[Pair], exact: list[Pair]) -> bool:
    """Tell whether the same products are listed in another order."""
    left = list(exact)
    for pair in printed:
        found = next((i for i, other in enumerate(left) if _same(pair, other)), None)
        if found is None:
            return False
        del left[found]
    return not left
