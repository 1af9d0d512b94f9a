"""Where entries live: the sum and the product of a convolution, as an argument.

    out[o] = sum over t of  x[source[o, t]] (x) w[t]

An algebra supplies the two operations. Numbers and SymPy expressions are rings; GF(p) is a finite
field; max-plus and min-plus are semirings (dilation and erosion of images by a kernel).
"""

from __future__ import annotations

import math
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


@dataclass(frozen=True, slots=True)
class Numbers:
    """Integers and rationals with the usual sum and product."""

    name: str = "numbers"
    zero: int = 0

    def enter(self, value: Any) -> Any:
        """Return the number unchanged; refuse anything that is not an exact number."""
        if not isinstance(value, int | Fraction):
            raise AlgebraError(
                "not-a-number", f"{value} is not a number", hint="use engine=None or 'sympy'"
            )
        return value

    def product(self, left: Any, right: Any) -> Any:
        """Return left·right."""
        return left * right

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return scale·value."""
        return value * scale

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the sum, an int when it is whole."""
        total = sum(values, start=0)
        whole = isinstance(total, Fraction) and total.denominator == 1
        return total.numerator if whole else total


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


@dataclass(frozen=True, slots=True)
class GF:
    """The finite field of integers modulo a prime.

    Raises AlgebraError[not-prime] for a modulus that is not prime.

    >>> GF(7).product(3, 5)
    1
    """

    modulus: int
    zero: int = 0

    def __post_init__(self) -> None:
        import flint

        if self.modulus < 2 or not flint.fmpz(self.modulus).is_prime():
            message = f"{self.modulus} is not a prime"
            raise AlgebraError("not-prime", message, hint="a field GF(p) needs a prime p")

    @property
    def name(self) -> str:
        """`GF(p)`."""
        return f"GF({self.modulus})"

    def enter(self, value: Any) -> int:
        """Return the residue of an integer or rational; a/b is a times the inverse of b."""
        if not isinstance(value, int | Fraction):
            raise AlgebraError("not-a-number", f"{value} is not a number, so not in {self.name}")
        if value.denominator % self.modulus == 0:
            message = f"{value} has no residue: {self.modulus} divides its denominator"
            raise AlgebraError("no-inverse", message, hint="choose another prime")
        return value.numerator * pow(value.denominator, -1, self.modulus) % self.modulus

    def product(self, left: int, right: int) -> int:
        """Return left·right mod p."""
        return left * right % self.modulus

    def scaled(self, value: int, scale: Any) -> int:
        """Return scale·value mod p."""
        return self.product(self.enter(scale), value)

    def sum(self, values: Iterable[int]) -> int:
        """Return the sum mod p."""
        return sum(values) % self.modulus


@dataclass(frozen=True, slots=True)
class Tropical:
    """Max-plus or min-plus: the sum is max (min), the product is +, the zero is -inf (+inf).

    The empty maximum is the one value here that is no rational; it is given as the float
    infinity, which Python compares exactly with every int and Fraction.
    """

    name: str
    largest: bool

    @property
    def zero(self) -> float:
        """-inf for max-plus, +inf for min-plus."""
        return -math.inf if self.largest else math.inf

    def enter(self, value: Any) -> Any:
        """Return the number unchanged; symbols have no order and are refused."""
        if not isinstance(value, int | Fraction):
            message = f"{value} has no order, so {self.name} cannot compare it"
            raise AlgebraError("no-order", message, hint="use numbers, or max_pool for symbols")
        return value

    def product(self, left: Any, right: Any) -> Any:
        """Return left + right."""
        return left + right

    def scaled(self, value: Any, scale: Any) -> Any:
        """Refuse: the operation needs a number times a value, which a semiring lacks."""
        del value
        raise AlgebraError(
            "no-scale",
            f"the operation multiplies by {scale}, which {self.name} has no product for",
            hint="use a ring: numbers, expressions or GF(p)",
        )

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the largest (smallest) value, or the zero of the algebra when there is none."""
        pick = max if self.largest else min
        return pick(values, default=self.zero)


NUMBERS = Numbers()
EXPRESSIONS = Expressions()
MAX_PLUS = Tropical("max-plus", largest=True)
MIN_PLUS = Tropical("min-plus", largest=False)
