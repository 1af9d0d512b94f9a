"""What an algebra is, and the two rings of ordinary entries: numbers and expressions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from symconv.errors import AlgebraError


class Algebra(Protocol):
    """What the definition engine asks of the entries."""

    @property
    def name(self) -> str:
        """The word used in messages."""

    @property
    def zero(self) -> Any:
        """The value of an empty sum."""

    def enter(self, value: Any) -> Any:
        """Bring an exact entry into the algebra."""

    def product(self, left: Any, right: Any) -> Any:
        """Combine an input with a kernel entry."""

    def sum(self, values: Iterable[Any]) -> Any:
        """Combine all products of one output."""

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return a value times a rational number of the operation itself, such as −1 or 1/4."""


def whole(value: Any) -> Any:
    """Return a number as an int when it is whole.

    >>> whole(Fraction(4, 2))
    2
    """
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


@dataclass(frozen=True, slots=True)
class Numbers:
    """Integers and rationals with the usual sum and product."""

    name: str = "numbers"
    zero: int = 0

    def enter(self, value: Any) -> Any:
        """Return the number unchanged; refuse anything that is not an exact number."""
        if not isinstance(value, int | Fraction):
            raise AlgebraError(
                "not-a-number", f"{value} is not a number", hint="leave algebra out for symbols"
            )
        return value

    def product(self, left: Any, right: Any) -> Any:
        """Return left·right."""
        return left * right

    def inverse(self, value: Any) -> Any:
        """Return 1/value."""
        return whole(1 / Fraction(value))

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return scale·value."""
        return value * scale

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the sum, an int when it is whole."""
        return whole(sum(values, start=0))


@dataclass(frozen=True, slots=True)
class Expressions:
    """SymPy expressions; each sum is the object `Add(*[Mul(x, w), ...])`."""

    name: str = "expressions"

    @property
    def zero(self) -> Any:
        """SymPy's 0."""
        import sympy

        return sympy.S.Zero

    def enter(self, value: Any) -> Any:
        """Return *value* as a SymPy expression; ints and Fractions become Integer and Rational."""
        import sympy

        if isinstance(value, Fraction):
            return sympy.Rational(value.numerator, value.denominator)
        return sympy.Integer(value) if isinstance(value, int) else value

    def product(self, left: Any, right: Any) -> Any:
        """Return `Mul(left, right)`."""
        import sympy

        return sympy.Mul(left, right)

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return `Mul(scale, value)`."""
        return self.product(self.enter(scale), value)

    def sum(self, values: Iterable[Any]) -> Any:
        """Return `Add(*values)`."""
        import sympy

        return sympy.Add(*values)


NUMBERS = Numbers()
EXPRESSIONS = Expressions()
