"""The tree of an expression, and what can be read off it without values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number: `3`, or `0.25` as the rational it denotes."""

    value: int | Fraction
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, or a tensor in a statement."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted option value such as `"same"`."""

    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A unary minus."""

    operand: Node
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """A binary `+ - * / % ^`."""

    sign: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A parenthesised list of two or more, e.g. a shape or a padding pair."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function that the reader declared."""

    function: str
    arguments: tuple[Node, ...]
    options: tuple[tuple[str, Node], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain `a == b == c`; true when every neighbouring pair is."""

    operands: tuple[Node, ...]
    relations: tuple[str, ...]
    at: int


Node = Number | Name | Text | Negative | Operation | Sequence | Call | Comparison


def names(tree: Node) -> set[str]:
    """Return every name that *tree* mentions."""
    match tree:
        case Name(name):
            return {name}
        case Negative(operand):
            return names(operand)
        case Operation(_, left, right):
            return names(left) | names(right)
        case Sequence(items) | Comparison(items):
            return set().union(*map(names, items))
        case Call(_, arguments, options):
            return set().union(*map(names, (*arguments, *(node for _, node in options))))
        case _:
            return set()


def products(tree: Node) -> list[tuple[int, Node]]:
    """Return the signed terms of a written sum, in reading order, brackets opened.

    >>> from symconv.expressions import evaluate, parse
    >>> [(sign, evaluate(term, {})) for sign, term in products(parse("[1*2 - 3] + 4"))]
    [(1, 2), (-1, 3), (1, 4)]
    """
    match tree:
        case Operation("+", left, right):
            return products(left) + products(right)
        case Operation("-", left, right):
            return products(left) + [(-sign, term) for sign, term in products(right)]
    return [(1, tree)]
