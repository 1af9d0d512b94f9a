"""Which names of a law are arrays: those that stand where only an array can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symconv.expressions import Call, Name, Negative, Number, Operation, calls, names
from symconv.expressions import Node as Tree
from symconv.laws.language.builders import BUILDERS


def tensors_of(sides: Iterable[Tree]) -> tuple[set[str], set[str]]:
    """Return the names that stand where only an array can, and those that may be scalars.

    Of a product without a call, an array is the factor with a known tensor, else the last one.
    """
    found: set[str] = set()
    unsure: set[str] = set()
    products: list[list[Tree]] = []
    waiting = list(sides)
    while waiting or products:
        if not waiting:
            waiting = _settle(products, found, unsure)
            continue
        tree = waiting.pop()
        if isinstance(tree, Name):
            found.add(tree.name)
        elif isinstance(tree, Operation) and tree.sign == "*":
            found_here = list(factors(tree))
            sure = [factor for factor in found_here if not calls(factor).isdisjoint(BUILDERS)]
            waiting += sure
            if not sure:
                products.append(found_here)
        else:
            waiting += _arrays(tree)
    return found, unsure - found


def _settle(products: list[list[Tree]], found: set[str], unsure: set[str]) -> list[Tree]:
    """Take one product away and return its factors that are arrays; others may be *unsure*."""
    for place, one in enumerate(products):
        known = [factor for factor in one if names(factor) & found]
        if known:
            del products[place]
            return known
    *others, last = products.pop(0)
    unsure.update(name for other in others for name in names(other) - names(last))
    return [last]


def _arrays(tree: Tree) -> tuple[Tree, ...]:
    """Return what must be arrays if a tree is one."""
    match tree:
        case Negative(operand=operand):
            return (operand,)
        case Operation(sign="+" | "-", left=left, right=right):
            return left, right
        case Operation(sign="/", left=left):
            return (left,)
        case Call(function=function, arguments=arguments) if function in BUILDERS:
            return arguments[: BUILDERS[function].arrays]
    return ()


def factors(tree: Tree) -> Iterator[Tree]:
    """Yield the factors of a product, a sign as one of them."""
    if isinstance(tree, Operation) and tree.sign == "*":
        yield from factors(tree.left)
        yield from factors(tree.right)
    elif isinstance(tree, Negative):
        yield Number(-1, tree.at)
        yield from factors(tree.operand)
    else:
        yield tree
