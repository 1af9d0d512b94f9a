"""From steps to a value, within limits: products are counted before they are multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import NoReturn

from symconv.homework.reading.faults import refuse_cell
from symconv.homework.reading.grammar import Step
from symconv.homework.reading.model import Limits
from symconv.homework.reading.polynomials import Monomial, Number, Value, number, value_of

Terms = dict[Monomial, Number]


@dataclass(slots=True)
class Meter:
    """What one cell has used: products, out of its own limit and of what the whole answer has left.

    ``exhausted`` tells that it was the whole answer's limit that stopped the cell.
    """

    limits: Limits
    left: int | None = None
    products: int = 0
    exhausted: bool = False

    def take(self, count: int, start: int) -> None:
        """Count products that are about to be made.

        Raises: AnswerError[expands-too-far].
        """
        wanted = self.products + count
        if wanted > self.limits.products:
            refuse_expanding(f"more than {self.limits.products} products", start)
        if self.left is not None and wanted > self.left:
            self.exhausted = True
            refuse_expanding("more products than are left for the whole answer", start)
        self.products = wanted


def refuse_expanding(what: str, start: int | None) -> NoReturn:
    """Refuse a cell that asks for too much.

    Raises: AnswerError[expands-too-far].

    >>> refuse_expanding("7 products", None)
    Traceback (most recent call last):
    symconv.errors.AnswerError: AnswerError[expands-too-far]: multiplying this out takes 7 products
      hint: write a simpler expression
    """
    refuse_cell(
        "expands-too-far", f"multiplying this out takes {what}", start, "write a simpler expression"
    )


class Evaluation:
    """Carries out steps on a stack of polynomials that nothing else holds.

    ``expanded`` and ``lowest`` are those of a `Cell`.
    """

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.limits = meter.limits
        self.big = 1 << meter.limits.bits
        self.expanded = self.lowest = True

    def value(self, steps: Sequence[Step]) -> Value:
        """Return the value of an expression.

        Raises: AnswerError[division-by-zero], [division-by-letter], [ambiguous-division],
        [exponent], [number-too-long], [expands-too-far].
        """
        stack: list[Terms] = []
        for op, arg, start in steps:
            if op == "letters":
                stack.append({arg.monomial: 1})
            elif op == "number":
                self.check(arg, start)
                stack.append({(): arg} if arg else {})
            elif op == "neg":
                stack[-1] = self.negative(stack[-1])
            elif op == "^":
                stack[-1] = self.power(stack[-1], arg, start)
            else:
                right = stack.pop()
                if op == "+":
                    self.add(stack[-1], right, start)
                elif op == "-":
                    self.expanded &= len(right) < 2
                    self.add(stack[-1], {one: -factor for one, factor in right.items()}, start)
                elif op == "/":
                    stack[-1] = self.divided(stack[-1], right, start)
                else:
                    stack[-1] = self.multiplied(stack[-1], right, start, then=op == "then")
        return value_of(stack.pop())

    def negative(self, terms: Terms) -> Terms:
        """Return the negative of a polynomial."""
        self.expanded &= len(terms) < 2
        return {monomial: -factor for monomial, factor in terms.items()}

    def add(self, left: Terms, right: Terms, start: int) -> None:
        """Add to a polynomial in its place."""
        if not left or not right:
            self.expanded = False
        for monomial, factor in right.items():
            before = left.get(monomial)
            if before is None:
                left[monomial] = factor
                continue
            self.expanded = False
            after = before + factor
            self.check(after, start)
            if after:
                left[monomial] = after
            else:
                del left[monomial]
        if len(left) > self.limits.terms:
            refuse_expanding(f"more than {self.limits.terms} terms", start)

    def multiplied(self, left: Terms, right: Terms, start: int, *, then: bool) -> Terms:
        """Return a product; *then* one by adjacency right after a division."""
        if then and (not right or right.keys() == _ONE):
            refuse_cell(
                "ambiguous-division",
                "which part divides? 6/2(3) can be read in two ways",
                start,
                "use brackets: (6/2)*3 or 6/(2*3)",
            )
        if len(left) > 1 or len(right) > 1 or _loose(left, right):
            self.expanded = False
        return self.product(left, right, start)

    def product(self, left: Terms, right: Terms, start: int) -> Terms:
        """Return a product that is counted and within the degree."""
        self.meter.take(len(left) * len(right), start)
        self.check_degree(_degree(left) + _degree(right), start)
        found: Terms = {}
        for one, factor in left.items():
            for other, times in right.items():
                monomial = tuple(sorted(one + other)) if one and other else one or other
                after = found.get(monomial, 0) + factor * times
                self.check(after, start)
                found[monomial] = after
            if len(found) > self.limits.terms:
                refuse_expanding(f"more than {self.limits.terms} terms", start)
        return {monomial: factor for monomial, factor in found.items() if factor}

    def divided(self, left: Terms, right: Terms, start: int) -> Terms:
        """Return a quotient by a number."""
        if not right:
            refuse_cell("division-by-zero", "a division by 0", start, "check what divides")
        if right.keys() != _ONE:
            refuse_cell(
                "division-by-letter",
                "a division by letters",
                start,
                "divide by a number: a/2, or 1/2*a",
            )
        by = right[()]
        if len(left) > 1:
            self.expanded = False
        for factor in left.values() if len(left) == 1 else ():
            self.lowest &= _irreducible(factor, by)
        self.lowest &= bool(left)
        self.meter.take(len(left), start)
        found = {monomial: number(Fraction(factor) / by) for monomial, factor in left.items()}
        for after in found.values():
            self.check(after, start)
        return found

    def power(self, base: Terms, exponent: int, start: int) -> Terms:
        """Return a power by repeated multiplication."""
        if len(base) != 1 or base.keys() == _ONE or 1 not in base.values():
            self.expanded = False
        self.check_degree(_degree(base) * exponent, start)
        found: Terms = {(): 1} if exponent == 0 else base
        for _ in range(exponent - 1):
            found = self.product(found, base, start)
        return found

    def check_degree(self, degree: int, start: int) -> None:
        """Refuse a product of too many letters before it is made."""
        if degree > self.limits.exponent:
            refuse_cell(
                "exponent",
                f"this multiplies {degree} letters, more than {self.limits.exponent}",
                start,
                "no answer needs so many factors",
            )

    def check(self, factor: Number, start: int) -> None:
        """Refuse a number that grew too long."""
        if type(factor) is int:
            if -self.big < factor < self.big:
                return
        elif abs(factor.numerator) < self.big and factor.denominator < self.big:
            return
        refuse_cell(
            "number-too-long",
            f"a number here grows beyond {self.limits.bits * 30103 // 100000} digits",
            start,
            "no answer needs so many digits",
        )


_ONE = {(): 1}.keys()


def _degree(terms: Terms) -> int:
    return max(map(len, terms), default=0)


def _loose(left: Terms, right: Terms) -> bool:
    """Tell whether a product of two terms has numbers that were not multiplied."""
    if not left or not right:
        return True
    if left.keys() == _ONE == right.keys():
        return True
    return all(abs(factor) != 1 for factor in (*left.values(), *right.values()))


def _irreducible(over: Number, by: Number) -> bool:
    """Tell whether a quotient of numbers as written is in lowest terms."""
    whole = over.denominator == by.denominator == 1
    return whole and by.numerator not in (1, -1) and gcd(over.numerator, by.numerator) == 1
