"""The tree of an expression, and what can be read off it without values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    sides: tuple[str, ...] = field(default=(), compare=False)
    """The text of each operand, for messages."""


Node = Number | Name | Text | Negative | Operation | Sequence | Call | Comparison


def names(tree: Node) -> set[str]:
    """Return every name that *tree* mentions."""
    return {node.name for node in _nodes(tree) if isinstance(node, Name)}


def calls(tree: Node) -> set[str]:
    """Return every function that *tree* calls."""
    return {node.function for node in _nodes(tree) if isinstance(node, Call)}


def _nodes(tree: Node) -> Iterator[Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(_parts(node))


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Negative(operand):
            return (operand,)
        case Operation(_, left, right):
            return left, right
        case Sequence(items) | Comparison(items):
            return items
        case Call(_, arguments, options):
            return (*arguments, *(value for _, value in options))
        case _:
            return ()


def spine(tree: Node, signs: str) -> tuple[Node, list[Operation]]:
    """Return what a chain `a + b - c` of left-nested *signs* starts with, and its operations.

    A written sum nests as deep as it is long, so it is walked in a loop.
    """
    chain: list[Operation] = []
    while isinstance(tree, Operation) and tree.sign in signs:
        chain.append(tree)
        tree = tree.left
    return tree, chain[::-1]


def products(tree: Node) -> list[tuple[int, Node]]:
    """Return the signed terms of a written sum, in reading order, brackets opened.

    >>> from symconv.expressions import evaluate, parse
    >>> [(sign, evaluate(term, {})) for sign, term in products(parse("[1*2 - 3] + 4"))]
    [(1, 2), (-1, 3), (1, 4)]
    """
    first, chain = spine(tree, "+-")
    if not chain:
        return [(1, tree)]
    found = products(first)
    for operation in chain:
        sign = 1 if operation.sign == "+" else -1
        found += [(sign * inner, term) for inner, term in products(operation.right)]
    return found
