"""Text to law: `correlate(x, w) == convolve(x, flip(w))`, read without evaluating anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NoReturn

from symconv.errors import LawError
from symconv.expressions import (
    Call,
    Comparison,
    Name,
    Negative,
    Number,
    Operation,
    calls,
    fail,
    parse,
    spine,
)
from symconv.expressions import Node as Tree
from symconv.laws.language.builders import BUILDERS, Arguments
from symconv.laws.language.naming import factors, tensors_of
from symconv.laws.language.nodes import Combined, Contracted, Node, Tensor, Weight, children
from symconv.laws.language.numbers import MOST_BITS, NUMBER_FUNCTIONS, Assumption, Numbers, divisors
from symconv.laws.language.ranks import Ranks
from symconv.laws.language.statement import SUMS, Statement, listed
from symconv.options import choices, is_int

FUNCTIONS = frozenset(BUILDERS) | frozenset(NUMBER_FUNCTIONS)
MOST_WEIGHTS = 100
"""Terms of a product of sums of scalars."""
MOST_AXES = 6
"""Axes of one tensor."""
MAX_RANK = 4
"""Spatial axes that one axis of a law may be lifted to."""


def read(
    text: str,
    *,
    assume: Sequence[str] = (),
    algebra: str | None = None,
    rank: int = 1,
    ranks: Mapping[str, int] | None = None,
) -> Statement:
    """Return the law that *text* states.

    Without an ``algebra`` it is the one that pools in the law need, else "sum".

    Raises: ExpressionError with a caret; LawError[bad-ranks], [unknown-algebra], [mixed-algebras],
    [unknown-name].

    >>> law = read("a*correlate(x, w, padding=(p, 0)) == correlate(a*x, w, padding=(p, 0))")
    >>> law.ranks.tensors, law.scalars, law.parameters
    ({'x': 1, 'w': 1}, ('a',), {'p': None})
    """
    _check(text, algebra, rank)
    _check_ranks(ranks)
    tree = parse(text, functions=FUNCTIONS)
    if not isinstance(tree, Comparison) or tree.relations != ("==",):
        fail("no-law", "a law is one equation", text, tree.at, "write left == right")
    algebra = _algebra(tree, algebra)
    tensors, unsure = tensors_of(tree.operands)
    reader = _Reader(text, tensors, algebra)
    left, right = map(reader.array, tree.operands)
    found = Ranks((left, right), rank, ranks or {})
    reader.check_products(found)
    found.check()
    _check_told(ranks, found)
    numbers = Numbers(text, rank, found.tensors, reader.parameters)
    assumptions = tuple(_assumption(line, numbers, reader) for line in assume)
    numbers.text = text
    reader.check_meanings(found)
    return Statement(
        text=text,
        sides=(left, right),
        ranks=found,
        numbers=numbers,
        parameters=reader.parameters,
        scalars=tuple(dict.fromkeys(reader.scalars)),
        assumptions=assumptions,
        algebra=algebra,
        divisors=tuple(dict.fromkeys(reader.divisors)),
        notes=_notes(sorted(unsure)),
    )


def _check_told(ranks: Mapping[str, int] | None, found: Ranks) -> None:
    for name in ranks or ():
        if name not in found.tensors:
            hint = f"its tensors are {', '.join(found.tensors)}"
            raise LawError("unknown-name", f"the law has no tensor {name!r}", hint=hint)


def _notes(unsure: Sequence[str]) -> tuple[str, ...]:
    """Return how names were read that could be tensors as well."""
    if not unsure:
        return ()
    return (f"{listed(unsure)} {'are scalars' if len(unsure) > 1 else 'is a scalar'} here",)


def _algebra(tree: Comparison, told: str | None) -> str:
    """Return the algebra of a law: what it is told, or what its pools fold with."""
    needed = {name: BUILDERS[name].fold for name in sorted(calls(tree)) if name in BUILDERS}
    folds = [fold for fold in needed.values() if fold]
    known = told or next(iter(folds), "sum")
    for name, fold in needed.items():
        if fold and fold != known:
            message = f"{name} sums by {fold}, but the law is one of {known}"
            hint = "a law has one algebra: state it apart from other pools"
            raise LawError("mixed-algebras", message, hint=hint)
    return known


def _check(text: str, algebra: str | None, rank: int) -> None:
    if not isinstance(text, str):
        raise LawError("no-law", f"a law is text, not {type(text).__name__}", hint="a == b")
    if "[" in text:
        hint = "a law is about whole arrays; pad(x, -1, 0) leaves the first entry out"
        fail("no-indexing", "entries are not read by index", text, text.index("["), hint)
    if algebra is not None and algebra not in (*SUMS,):
        message = f"algebra={algebra!r}"
        raise LawError("unknown-algebra", message, hint=choices(algebra, tuple(SUMS)))
    if not is_int(rank) or not 1 <= rank <= MAX_RANK:
        message = f"rank is {rank!r}"
        raise LawError("bad-rank", message, hint=f"use a number of axes from 1 to {MAX_RANK}")


def _check_ranks(ranks: Mapping[str, int] | None) -> None:
    if ranks is not None and not isinstance(ranks, Mapping):
        raise LawError("bad-rank", f"ranks is {ranks!r}", hint="as in {'x': 2}")
    for name, axes in (ranks or {}).items():
        if not is_int(axes) or not 0 <= axes <= MOST_AXES:
            message = f"{name} has {axes!r} axes"
            raise LawError("bad-rank", message, hint=f"use a number from 0 to {MOST_AXES}")


def _assumption(line: str, numbers: Numbers, reader: _Reader) -> Assumption:
    tree = parse(line, functions=FUNCTIONS)
    if not isinstance(tree, Comparison):
        fail("no-comparison", "an assumption compares integers", line, tree.at, "as in p <= 3")
    for name in sorted(set().union(*map(_integer_names, tree.operands))):
        if name not in reader.parameters:
            at = line.find(name)
            fail("unknown-name", f"{name!r} is no integer of the law", line, at)
    reader.note_divisors(tree)
    numbers.text = line
    for axis in range(numbers.spatial):
        numbers.test(tree, axis)
    return Assumption(line.strip(), tree)


class _Reader:
    """Turns trees into nodes, and collects the names that are integers and scalars."""

    def __init__(self, text: str, tensors: set[str], algebra: str) -> None:
        self.text = text
        self.algebra = algebra
        self.tensors = tensors
        self.parameters: dict[str, int | None] = {}
        self.scalars: list[str] = []
        self.divisors: list[str] = []
        self.products: list[tuple[Contracted, int]] = []

    def array(self, tree: Tree) -> Node:
        match tree:
            case Name(name=name):
                return Tensor(name)
            case Negative() | Operation(sign="+" | "-" | "*" | "/"):
                parts = self._parts(tree)
                self._check_weights(parts, tree.at)
                lone = len(parts) == 1 and parts[0][0] == Weight()
                return parts[0][1] if lone else Combined(tuple(parts))
            case Call(function=function) if function in BUILDERS:
                return self._call(tree)
        return self.fail(
            "no-array",
            "this is no array",
            tree.at,
            "name a tensor or call one of " + ", ".join(sorted(BUILDERS)),
        )

    def _parts(self, tree: Tree) -> list[tuple[Weight, Node]]:
        """Return a sum of arrays as its weighted parts."""
        first, chain = spine(tree, "+-")
        parts = self._part(first)
        for step in chain:
            turned = Weight(Fraction(1 if step.sign == "+" else -1))
            parts += _weighted(turned, self._part(step.right))
        return parts

    def _part(self, tree: Tree) -> list[tuple[Weight, Node]]:
        match tree:
            case Negative(operand=operand):
                return _weighted(Weight(Fraction(-1)), self._parts(operand))
            case Operation(sign="+" | "-"):
                return self._parts(tree)
            case Operation(sign="*"):
                return self._product(tree)
            case Operation(sign="/", left=left, right=right):
                return _weighted(self._divided(right), self._parts(left))
        return [(Weight(), self.array(tree))]

    def _product(self, tree: Operation) -> list[tuple[Weight, Node]]:
        weights, arrays = [Weight()], []
        for factor in factors(tree):
            if self._scalar(factor):
                more = self._weights(factor)
                self._check_count(len(weights) * len(more), tree.at)
                weights = [a.times(b) for a in weights for b in more]
                self._check_digits(weights, tree.at)
            else:
                arrays.append(self.array(factor))
        if not arrays:
            self.fail("no-array", "this product has no array", tree.at, "multiply a tensor")
        while len(arrays) > 1:
            pair = Contracted(arrays[0], arrays[1], 0)
            self.products.append((pair, tree.at))
            arrays[:2] = [pair]
        return [(weight, arrays[0]) for weight in weights]

    def _scalar(self, tree: Tree) -> bool:
        match tree:
            case Number():
                return True
            case Name(name=name):
                return name not in self.tensors
            case Negative(operand=operand):
                return self._scalar(operand)
            case Operation(sign="+" | "-" | "*" | "/", left=left, right=right):
                return self._scalar(left) and self._scalar(right)
        return False

    def _weights(self, tree: Tree) -> list[Weight]:
        """Return a scalar factor as a sum of weights."""
        match tree:
            case Number(value=value):
                return [Weight(Fraction(value))]
            case Name(name=name):
                self.scalars.append(name)
                return [Weight(names=(name,))]
            case Negative(operand=operand):
                return [Weight(Fraction(-1)).times(w) for w in self._weights(operand)]
            case Operation(sign="/", left=left, right=Number() as right):
                return [w.times(self._over(right)) for w in self._weights(left)]
            case Operation(sign="*", left=left, right=right):
                ours, theirs = self._weights(left), self._weights(right)
                self._check_count(len(ours) * len(theirs), tree.at)
                return [a.times(b) for a in ours for b in theirs]
            case Operation(sign="+" | "-" as sign, left=left, right=right):
                turned = Weight(Fraction(1 if sign == "+" else -1))
                return self._weights(left) + [turned.times(w) for w in self._weights(right)]
        return self.fail("no-scalar", "this is no scalar", tree.at, "use numbers and names")

    def _divided(self, by: Tree) -> Weight:
        return self._over(by) if isinstance(by, Number) else Weight(over=(self.integer(by, 1),))

    def _over(self, number: Number) -> Weight:
        if number.value == 0:
            self.fail("division-by-zero", "0 divides nothing", number.at, "divide by 1 or more")
        return Weight(1 / Fraction(number.value))

    def _check_weights(self, parts: list[tuple[Weight, Node]], at: int) -> None:
        """Refuse numbers in an algebra whose sum is a maximum: 2*x would be 2 + x there."""
        if not all(weight.number == 1 and not weight.over for weight, _ in parts):
            self._check_number(at)

    def _check_number(self, at: int) -> None:
        if self.algebra != "sum":
            message = f"{self.algebra} has no numbers beside arrays, no - and no /"
            self.fail("no-scalar", message, at, "name a scalar, as in c*x")

    def _check_digits(self, weights: list[Weight], at: int) -> None:
        for number in (weight.number for weight in weights):
            if max(number.numerator.bit_length(), number.denominator.bit_length()) > MOST_BITS:
                self.fail("number-too-long", "a product of numbers has too many digits", at)

    def _check_count(self, count: int, at: int) -> None:
        if count > MOST_WEIGHTS:
            message = f"a product of scalars has {count} terms, at most {MOST_WEIGHTS}"
            self.fail("too-many-products", message, at, "write fewer brackets")

    def _call(self, tree: Call) -> Node:
        builder = BUILDERS[tree.function]
        arguments = Arguments(tree, self.text, self.array, self.integer, self.fill)
        return builder.build(arguments)

    def fill(self, text: str, at: int) -> Weight:
        """Return the constant of a constant boundary."""
        weights = self._weights(parse(text))
        if len(weights) != 1:
            self.fail("no-scalar", "the constant is no single number or name", at)
        if not weights[0].names or weights[0].number != 1:
            self._check_number(at)
        return weights[0]

    def integer(self, tree: Tree, least: int | None = None) -> Tree:
        """Note the names in an integer expression; one that stands alone has a least value."""
        for name in sorted(_integer_names(tree)):
            self._bound(name, least if isinstance(tree, Name) else None)
        self.note_divisors(tree)
        return tree

    def note_divisors(self, tree: Tree) -> None:
        """Note that integers which something is divided by are 1 or more."""
        for name in sorted(divisors(tree)):
            self._bound(name, 1)
            self.divisors.append(name)

    def _bound(self, name: str, least: int | None) -> None:
        known = self.parameters.get(name)
        bounds = [bound for bound in (known, least) if bound is not None]
        self.parameters[name] = max(bounds) if bounds else None

    def check_meanings(self, ranks: Ranks) -> None:
        """Refuse a name that is an integer and a scalar or tensor too."""
        for name in self.parameters:
            if name in self.scalars or name in ranks.tensors:
                what = "a scalar" if name in self.scalars else "a tensor"
                at = self.text.find(name)
                self.fail("two-meanings", f"{name!r} is {what} and an integer", at)

    def check_products(self, ranks: Ranks) -> None:
        """Refuse a product of two arrays of which none is a single number."""
        for pair, at in self.products:
            if min(ranks[child] for child in children(pair)) > 0:
                hint = "write convolve(f, g), dot(f, g), or name a scalar that no operation reads"
                self.fail("product-of-arrays", "two arrays are multiplied", at, hint)

    def fail(self, code: str, message: str, at: int, hint: str = "") -> NoReturn:
        fail(code, message, self.text, at, hint)


def _integer_names(tree: Tree) -> set[str]:
    """Return the names in an integer tree that are integers, not tensors in len()."""
    match tree:
        case Name(name=name):
            return {name}
        case Negative(operand=operand):
            return _integer_names(operand)
        case Operation(left=left, right=right):
            return _integer_names(left) | _integer_names(right)
        case Call(function="len", arguments=arguments):
            return set().union(*map(_integer_names, arguments[1:]))
        case Call(arguments=arguments):
            return set().union(*map(_integer_names, arguments))
    return set()


def _weighted(weight: Weight, parts: list[tuple[Weight, Node]]) -> list[tuple[Weight, Node]]:
    return [(weight.times(own), node) for own, node in parts]
