"""Text, SymPy expressions and lists as sequences."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, NoReturn

from symconv import expressions
from symconv.algebra import EXPRESSIONS, RationalFunctions
from symconv.errors import EntryError
from symconv.exact import array, entry, is_expression, objects
from symconv.expressions import MAX_EXPONENT, Name, Negative, Node, Operation, spine
from symconv.sequences.sums import Sequence

Operand = Any
"""A SymPy expression in the variable, or the list of the first entries."""


def _refuse(part: Any, reason: str) -> NoReturn:
    raise EntryError(
        "not-a-sequence",
        f"{part} {reason}",
        hint="a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
    )


def read(value: Any, variable: Any) -> Operand:
    """Return a sequence as it was given, exact, in the variable."""
    if isinstance(value, str):
        return _from_tree(expressions.parse(value), variable)
    if is_expression(value) and not hasattr(value, "shape"):
        same = {symbol: variable for symbol in value.free_symbols if symbol.name == variable.name}
        return EXPRESSIONS.enter(entry(value)).xreplace(same)
    values = array(value)
    if values.ndim > 1:
        _refuse(f"an array of {values.ndim} axes", "is no sequence")
    if not values.ndim:
        return EXPRESSIONS.enter(values.item())
    return list(map(EXPRESSIONS.enter, objects(values).tolist()))


def _from_tree(tree: Node, variable: Any) -> Any:
    """Return text as SymPy; powers may have n in the exponent, all else is the common grammar."""
    import sympy

    if variable.name not in expressions.names(tree):
        value = expressions.evaluate(tree, sympy.Symbol)
        return EXPRESSIONS.enter(entry(value))
    match tree:
        case Name():
            return variable
        case Negative(operand):
            return -_from_tree(operand, variable)
        case Operation():
            first, chain = spine(tree, "+-*/%^")
            value = _from_tree(first, variable)
            for step in chain:
                value = _operate(step.sign, value, _from_tree(step.right, variable), variable)
            return value
    return _refuse("a list or a comparison", "is no sequence in text")


def _operate(sign: str, left: Any, right: Any, variable: Any) -> Any:
    import sympy

    if sign == "%":
        _refuse(f"({left}) % ({right})", f"has no closed form of this kind in {variable}")
    if sign == "/":
        if right == 0:
            _refuse(f"({left}) / 0", "is no number")
        return left / right
    if sign == "^":
        if not right.has(variable) and not (right.is_Integer and abs(right) <= MAX_EXPONENT):
            _refuse(f"({left})^({right})", f"has no integer from 0 to {MAX_EXPONENT} as exponent")
        return sympy.Pow(left, right)
    return {"+": sympy.Add, "-": lambda a, b: a - b, "*": sympy.Mul}[sign](left, right)


def constants(operands: Iterable[Operand], variable: Any) -> list[Any]:
    """Return every part of the operands that is free of n, roots of bases included."""
    found: list[Any] = []
    waiting = [*itertools.chain(*(v if isinstance(v, list) else [v] for v in operands))]
    while waiting:
        part = waiting.pop()
        if not part.has(variable):
            found.append(part)
        elif part.is_Pow and part.exp.has(variable) and not part.base.has(variable):
            if part.base == 0 and _affine(part, variable) != (1, 0):
                _refuse(part, f"is a power of 0 other than 0^{variable}")
            found += [part.base**factor for factor in _affine(part, variable)]
        elif part.is_Add or part.is_Mul or part.is_Pow:
            waiting += part.args
    return found


def _affine(power: Any, variable: Any) -> tuple[Any, Any]:
    """Return s and t of an exponent s·n + t, rational numbers of moderate size."""
    rate = power.exp.diff(variable)
    start = power.exp.subs(variable, 0)
    for part in (rate, start):
        if not part.is_Rational or abs(part) > MAX_EXPONENT:
            _refuse(power, f"has an exponent that is no s*{variable} + t with numbers s and t")
    return rate, start


class Reader:
    """From SymPy expressions to sequences."""

    def __init__(self, ring: RationalFunctions, variable: Any) -> None:
        self.ring = ring
        self.variable = variable

    def read(self, value: Operand) -> Sequence:
        """Return the sequence that an operand denotes."""
        if not isinstance(value, list):
            return self._sequence(value)
        total = Sequence(self.ring)
        for k, item in enumerate(value):
            total.put(k, self.ring.enter(item))
        return total

    def _mode(self, base: Any, *coefficients: Any) -> Sequence:
        total = Sequence(self.ring)
        total.add(base, list(coefficients))
        return total

    def _sequence(self, part: Any) -> Sequence:
        import sympy

        one = self.ring.one
        if not part.has(self.variable):
            return self._mode(one, self.ring.enter(part))
        if part == self.variable:
            return self._mode(one, self.ring.zero, one)
        if part.is_Add or part.is_Mul:
            join = Sequence.plus if part.is_Add else Sequence.times
            first, *rest = map(self._sequence, part.args)
            for sequence in rest:
                first = join(first, sequence)
            return first
        if part.is_Pow:
            return self._power(part)
        if isinstance(part, sympy.KroneckerDelta) and self.variable in part.args:
            return self._impulse(part)
        return _refuse(part, f"is no sum of products of {self.variable} and powers")

    def _power(self, part: Any) -> Sequence:
        base, exponent = part.args
        if not exponent.has(self.variable):
            if exponent == -1:
                _refuse(part, f"divides by a sum in {self.variable}")
            if not exponent.is_Integer or not 0 <= exponent <= MAX_EXPONENT:
                _refuse(part, f"has no integer from 0 to {MAX_EXPONENT} as exponent")
            total, factor = self._mode(self.ring.one, self.ring.one), self._sequence(base)
            for _ in range(int(exponent)):
                total = total.times(factor)
            return total
        if base.has(self.variable):
            _refuse(part, f"has {self.variable} in base and exponent")
        rate, start = _affine(part, self.variable)
        if base.is_zero and (rate, start) != (1, 0):
            _refuse(part, "is a power of 0 other than 0^n")
        return self._mode(self.ring.enter(base**rate), self.ring.enter(base**start))

    def _impulse(self, part: Any) -> Sequence:
        place = next(argument for argument in part.args[:2] if argument != self.variable)
        total = Sequence(self.ring)
        if not place.is_Integer or abs(place) > MAX_EXPONENT:
            _refuse(part, f"does not stand at an integer of size at most {MAX_EXPONENT}")
        if place >= 0:
            total.put(int(place), self.ring.one)
        return total
