"""When two exact values are the same: decided by normal forms, never by `simplify`."""

from __future__ import annotations

import math
from typing import Any

from symconv.errors import ExpressionError
from symconv.exact import Array, is_expression

MAX_TERMS = 20_000
"""Terms that an expression may expand to when two are compared; a few seconds of work."""


def same(left: Array, right: Array) -> bool:
    """Tell whether two exact arrays have the same shape and equal entries."""
    return left.shape == right.shape and all(
        equal(a, b) for a, b in zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
    )


def equal(left: Any, right: Any) -> bool:
    """Decide whether two exact entries are equal as rational functions; never `simplify`.

    The difference is expanded; if it is not 0 it is brought over one denominator and the numerator
    expanded, which decides equality for every entry the grammar can write.

    >>> from symconv.exact import entry
    >>> equal(entry("(a+b)^2"), entry("a^2+2a*b+b^2"))
    True
    """
    if not (is_expression(left) or is_expression(right)):
        return bool(left == right)
    if left == right:
        return True
    import sympy

    for side in (left, right):
        _check_expansion(side)
    difference = sympy.expand(sympy.sympify(left) - sympy.sympify(right))
    if difference == 0:
        return True
    numerator, _ = sympy.fraction(sympy.together(difference))
    return bool(sympy.expand(numerator) == 0)


def _check_expansion(value: Any) -> None:
    terms = expanded_terms(value)
    if terms > MAX_TERMS:
        raise ExpressionError(
            "expansion-too-large",
            f"{str(value)[:60]} expands to as many as {terms} terms, at most {MAX_TERMS}",
            hint="compare a smaller expression",
        )


def expanded_terms(value: Any) -> int:
    """Return a bound on the terms that *value* has when it is multiplied out.

    >>> from symconv.exact import entry
    >>> expanded_terms(entry("(a+b)^3"))
    4
    """
    if not is_expression(value):
        return 1
    if value.is_Add:
        return sum(map(expanded_terms, value.args))
    if value.is_Mul:
        return math.prod(map(expanded_terms, value.args))
    if value.is_Pow and value.exp.is_Integer:
        base, power = expanded_terms(value.base), abs(int(value.exp))
        return math.comb(base + power - 1, power)
    return 1
