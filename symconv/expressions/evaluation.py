"""Tree to value: a fold with Python's operators over the names and functions it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symconv.errors import ExpressionError
from symconv.expressions.nodes import (
    Call,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    Sequence,
    Text,
    spine,
)
from symconv.expressions.parser import MAX_DIGITS

MAX_EXPONENT = 100
"""Largest power that may be written, so that a short text cannot ask for a huge expansion."""


def evaluate(
    tree: Node,
    names: Mapping[str, Any] | Callable[[str], Any],
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """Fold *tree* with Python's operators over whatever *names* maps to.

    Division is exact: two integers give a Fraction (or an int when it divides).

    >>> from symconv.expressions import parse
    >>> size = parse("(W - F + 2P)/S + 1", symbols=("W", "F", "P", "S"))
    >>> evaluate(size, {"W": 7, "F": 3, "P": 1, "S": 2})
    4
    """
    lookup = names if callable(names) else _strict(names)
    return _Fold(lookup, functions or {}).value(tree)


def _strict(names: Mapping[str, Any]) -> Callable[[str], Any]:
    def lookup(name: str) -> Any:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise ExpressionError(
                "unknown-name", f"{name!r} is not defined", hint=f"defined: {known}"
            )
        return names[name]

    return lookup


class _Fold:
    def __init__(
        self, lookup: Callable[[str], Any], functions: Mapping[str, Callable[..., Any]]
    ) -> None:
        self.lookup = lookup
        self.functions = functions

    def value(self, tree: Node) -> Any:
        match tree:
            case Number(value) | Text(value):
                return value
            case Name(name):
                return self.lookup(name)
            case Negative(operand):
                return _operate("-", 0, self.value(operand))
            case Operation():
                first, chain = spine(tree, "+-*/%^")
                value = self.value(first)
                for step in chain:
                    value = _operate(step.sign, value, self.value(step.right))
                return value
            case Sequence(items):
                return tuple(map(self.value, items))
            case Call(function, arguments, options):
                keywords = {key: self.value(node) for key, node in options}
                return self.functions[function](*map(self.value, arguments), **keywords)
        raise ExpressionError("no-value", "a comparison has no value; compare its sides")


def _operate(sign: str, left: Any, right: Any) -> Any:
    for operand in (left, right):
        if isinstance(operand, str | tuple | list | bool):
            raise ExpressionError("bad-operand", f"{operand!r} cannot be an operand of {sign!r}")
    left_shape, right_shape = (getattr(operand, "shape", ()) for operand in (left, right))
    if left_shape and right_shape and left_shape != right_shape:
        left, right = _single(left), _single(right)
        if getattr(left, "shape", ()) and getattr(right, "shape", ()):
            message = f"{sign!r} between arrays of shapes {left_shape} and {right_shape}"
            raise ExpressionError("shape-mismatch", message, hint="give both the same shape")
    if sign in "+-*":
        return _OPERATIONS[sign](left, right)
    return _entrywise(_OPERATIONS[sign], left, right)


def _entrywise(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Apply an operation to every pair of entries: NumPy itself would divide into floats."""
    if not (hasattr(left, "shape") or hasattr(right, "shape")):
        return operation(left, right)
    import numpy as np

    return np.frompyfunc(operation, 2, 1)(left, right)


def _single(operand: Any) -> Any:
    """Return the entry of an array that has just one, anything else unchanged."""
    return operand.item() if getattr(operand, "size", 0) == 1 else operand


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Fraction)


def _normal(value: Any) -> Any:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _divide(left: Any, right: Any) -> Any:
    if right == 0:
        raise ExpressionError("division-by-zero", f"{left} divided by 0")
    if _is_number(left) and _is_number(right):
        return _normal(Fraction(left) / right)
    return left * Fraction(1, right) if isinstance(right, int) else left / right


def _remainder(left: Any, right: Any) -> Any:
    if not (_is_number(left) and _is_number(right)) or right == 0:
        raise ExpressionError(
            "bad-remainder", f"{left} % {right} needs numbers and a divisor not 0"
        )
    return _normal(left % right)


def _power(base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, int) or abs(exponent) > MAX_EXPONENT:
        message = f"an exponent must be an integer of size at most {MAX_EXPONENT}, not {exponent}"
        raise ExpressionError("bad-exponent", message)
    if _is_number(base):
        size = Fraction(base)
        if max(abs(size.numerator), size.denominator).bit_length() * abs(exponent) > 4 * MAX_DIGITS:
            raise ExpressionError("number-too-long", f"the power would exceed {MAX_DIGITS} digits")
        return _divide(1, base**-exponent) if exponent < 0 else base**exponent
    return base**exponent


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: _normal(left + right),
    "-": lambda left, right: _normal(left - right),
    "*": lambda left, right: _normal(left * right),
    "/": _divide,
    "%": _remainder,
    "^": _power,
}
