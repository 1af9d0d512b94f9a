"""Integer expressions inside a law: `p + len(x) - len(w)`, read for one axis at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from symconv.expressions import Call, Comparison, Name, Negative, Number, Operation, fail
from symconv.expressions import Node as Tree
from symconv.laws.letters.conditions import Test, at_least, every, less, negation, same
from symconv.laws.letters.wholes import Whole, choice, letter, whole

MOST_TERMS = 400
"""Terms of a product of integer expressions."""
MOST_BITS = 4_000
"""Length of a number in an integer expression; Python prints three times as much."""
NUMBER_FUNCTIONS = ("len", "floor", "ceil", "min", "max")


@dataclass(frozen=True, slots=True)
class Assumption:
    """A comparison of integers that a law is claimed under, with its text."""

    text: str
    tree: Comparison


@dataclass(slots=True)
class Numbers:
    """Reads integer trees for an axis; ``ranks`` are the axes of each tensor.

    ``axis`` counts spatial axes, of which ``spatial`` stand for the one that a law is written for;
    letters are numbered only where there are several.
    """

    text: str
    spatial: int = 1
    ranks: Mapping[str, int] = field(default_factory=dict)
    parameters: dict[str, int | None] = field(default_factory=dict)
    known: Mapping[str, int] = field(default_factory=dict)
    _read: dict[tuple[int, int], tuple[Tree, Whole]] = field(default_factory=dict, repr=False)

    def with_known(self, known: Mapping[str, int]) -> Numbers:
        """Return a reader that knows some of the named integers."""
        return Numbers(self.text, self.spatial, self.ranks, self.parameters, known)

    def parameter(self, name: str, axis: int) -> str:
        """Return the letter of a named integer on a spatial axis; the last one's before these."""
        return name if self.spatial == 1 else f"{name}#{axis if axis >= 0 else self.spatial - 1}"

    def length(self, name: str, axis: int) -> str:
        """Return the letter of a tensor's length along one of its axes."""
        return f"len({name})" if self.ranks[name] == 1 else f"len({name}, {axis})"

    def read(self, tree: Tree, axis: int) -> Whole:
        """Return an integer tree for one spatial axis.

        Raises: ExpressionError with a caret for what is no integer expression.
        """
        key = id(tree), axis
        if key not in self._read:
            self._read[key] = tree, self._new(tree, axis)
        return self._read[key][1]

    def _new(self, tree: Tree, axis: int) -> Whole:
        match tree:
            case Number(value=value, at=at):
                return whole(value) if isinstance(value, int) else self._no(at, f"{value}")
            case Name(name=name):
                place = self.parameter(name, axis)
                return whole(self.known[place]) if place in self.known else letter(place)
            case Negative(operand=operand):
                return -self.read(operand, axis)
            case Operation(sign="+" | "-" | "*" | "%"):
                return self._operated(tree, axis)
            case Operation(sign="/", at=at):
                return self._no(at, "a quotient", "write floor(a / b) or ceil(a / b)")
            case Call(function=function) if function in NUMBER_FUNCTIONS:
                return self._called(tree, axis)
        return self._no(tree.at, "this")

    def _operated(self, tree: Operation, axis: int) -> Whole:
        left, right = self.read(tree.left, axis), self.read(tree.right, axis)
        numbers = [coefficient for side in (left, right) for _, coefficient in side.terms]
        if len(left.terms) * len(right.terms) > MOST_TERMS or any(map(_long, numbers)):
            self._no(tree.at, "a product of so many terms or digits", "write less")
        if tree.sign == "%":
            return left % self._divisor(right, tree.at)
        return (
            left + right if tree.sign == "+" else left - right if tree.sign == "-" else left * right
        )

    def _called(self, tree: Call, axis: int) -> Whole:
        if tree.options or not tree.arguments:
            self._no(tree.at, f"{tree.function} with options or without a number")
        if tree.function == "len":
            return self._length(tree, axis)
        if tree.function in ("min", "max"):
            first, *more = [self.read(argument, axis) for argument in tree.arguments]
            for other in more:
                pair = (first, other) if tree.function == "max" else (other, first)
                first = choice(at_least(*pair), first, other)
            return first
        (ratio,) = tree.arguments if len(tree.arguments) == 1 else (tree,)
        if not (isinstance(ratio, Operation) and ratio.sign == "/"):
            return self._no(ratio.at, "this", f"write {tree.function}(a / b)")
        above = self.read(ratio.left, axis)
        below = self._divisor(self.read(ratio.right, axis), ratio.at)
        return above // below if tree.function == "floor" else -(-above // below)

    def _divisor(self, number: Whole, at: int) -> Whole:
        """Return a divisor: a number, a name or a length, 1 or more; division floors only there."""
        if number.constant is not None and number.constant < 1:
            self._no(at, f"the divisor {number}", "divide by 1 or more")
        if number.constant is None and number not in map(letter, number.letters()):
            self._no(at, f"the divisor {number}", "divide by a number, a name or a length")
        return number

    def _length(self, tree: Call, axis: int) -> Whole:
        tensor, *more = tree.arguments
        if not isinstance(tensor, Name) or tensor.name not in self.ranks or len(more) > 1:
            hint = f"the tensors are {', '.join(self.ranks)}"
            return self._no(tensor.at, "len of this", hint)
        rank = self.ranks[tensor.name]
        place = rank - self.spatial + axis
        if more:
            given = self.read(more[0], axis).constant
            place = rank if given is None else given + rank if given < 0 else given
        if not 0 <= place < rank:
            return self._no(tree.at, f"an axis of {tensor.name}, which has {rank}, beyond them")
        return letter(self.length(tensor.name, place))

    def test(self, tree: Comparison, axis: int) -> Test:
        """Return a chain of comparisons for one spatial axis."""
        values = [self.read(operand, axis) for operand in tree.operands]
        pairs = zip(values, tree.relations, values[1:], strict=False)
        return every(_compared(left, relation, right) for left, relation, right in pairs)

    def _no(self, at: int, what: str, hint: str = "") -> NoReturn:
        hint = hint or "use integers, named integers, len(x), + - * %, floor, ceil, min, max"
        fail("no-integer", f"{what} is no integer expression", self.text, at, hint)


def _long(number: int) -> bool:
    return number.bit_length() > MOST_BITS


def divisors(tree: Tree) -> set[str]:
    """Return the names of integers that an integer tree divides by."""
    match tree:
        case Operation(sign="%" | "/", left=left, right=Name(name=name)):
            return {name} | divisors(left)
        case Operation(left=left, right=right):
            return divisors(left) | divisors(right)
        case Negative(operand=operand):
            return divisors(operand)
        case Call(arguments=parts) | Comparison(operands=parts):
            return set().union(*map(divisors, parts))
    return set()


def _compared(left: Whole, relation: str, right: Whole) -> Test:
    match relation:
        case "==":
            return same(left, right)
        case "!=":
            return negation(same(left, right))
        case "<":
            return less(left, right)
        case "<=":
            return at_least(right, left)
        case ">":
            return less(right, left)
    return at_least(left, right)
