"""Exact numbers in the fields of a question: parts of the marks, points, weights."""

from __future__ import annotations

from fractions import Fraction

from symconv import expressions
from symconv.errors import QuestionError


def rational(text: int | str) -> Fraction:
    """Return the number that a field holds: `2`, `1/2`, `0.25`, `1 - 1/3`.

    Raises: ExpressionError; QuestionError[not-a-number].

    >>> rational("1 - 1/3"), rational(2)
    (Fraction(2, 3), Fraction(2, 1))
    """
    value = expressions.evaluate(expressions.parse(str(text), symbols=()), {})
    if not isinstance(value, int | Fraction):
        raise QuestionError("not-a-number", f"{text!r} is no number and no sum of letters")
    return Fraction(value)
