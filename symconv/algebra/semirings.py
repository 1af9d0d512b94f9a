"""Algebras without subtraction: max-plus, min-plus, or-and, and any pair of operations."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from symconv.algebra.rings import EXPRESSIONS, whole
from symconv.errors import AlgebraError


def _no_scale(name: str, scale: Any) -> NoReturn:
    raise AlgebraError(
        "no-scale",
        f"the operation multiplies by {scale}, which {name} has no product for",
        hint="use a ring: numbers, expressions or GF(p); modulo a composite, reduce the integers",
    )


@dataclass(frozen=True, slots=True)
class Tropical:
    """Max-plus or min-plus: the sum is max (min), the product is +, the zero is -inf (+inf).

    Of symbols the sum is SymPy's `Max(a + w, b + x)`. The empty maximum is the one value here that
    is no rational; it is given as the float infinity, which Python compares exactly with every int
    and Fraction.
    """

    name: str
    largest: bool

    @property
    def zero(self) -> float:
        """-inf for max-plus, +inf for min-plus."""
        return -math.inf if self.largest else math.inf

    def enter(self, value: Any) -> Any:
        """Return a number or expression unchanged; what is not real has no order."""
        if not isinstance(value, int | Fraction) and value.is_extended_real is False:
            message = f"{value} has no order, so {self.name} cannot compare it"
            raise AlgebraError("no-order", message, hint="use real numbers and symbols")
        return value

    def product(self, left: Any, right: Any) -> Any:
        """Return left + right, a whole number as an int."""
        if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
            return whole(left + right)
        return EXPRESSIONS.sum(map(EXPRESSIONS.enter, (left, right)))

    def scaled(self, value: Any, scale: Any) -> Any:
        """Refuse: the operation needs a number times a value, which a semiring lacks."""
        del value
        _no_scale(self.name, scale)

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the largest (smallest) value, or the zero of the algebra when there is none."""
        found = list(values)
        if all(isinstance(value, int | Fraction) for value in found):
            return (max if self.largest else min)(found, default=self.zero)
        import sympy

        return (sympy.Max if self.largest else sympy.Min)(*map(EXPRESSIONS.enter, found))


@dataclass(frozen=True, slots=True)
class Boolean:
    """Black and white: the sum is "or", the product "and", the entries 0 and 1.

    Convolution is binary dilation by the kernel (Minkowski's sum); the erosion is the complement
    of the complement's dilation by the flipped kernel.
    """

    name: str = "boolean"
    zero: int = 0

    def enter(self, value: Any) -> int:
        """Return 0 or 1 unchanged."""
        if type(value) is int and value in (0, 1):
            return value
        raise AlgebraError(
            "not-boolean", f"{value} is neither 0 nor 1", hint="compare with a threshold first"
        )

    def product(self, left: int, right: int) -> int:
        """Return left and right."""
        return left & right

    def scaled(self, value: Any, scale: Any) -> Any:
        """Refuse: the operation needs a number times a value, which a semiring lacks."""
        del value
        _no_scale(self.name, scale)

    def sum(self, values: Iterable[int]) -> int:
        """Return 1 if any value is."""
        return int(any(values))


@dataclass(frozen=True, slots=True)
class Operations:
    """Any two operations on exact entries: ``plus`` folded from the left over ``times(x, w)``.

    ``zero`` is the value of an empty sum, and what is missing outside the input adds nothing;
    without a ``zero`` an empty sum is refused. Nothing is assumed of the operations: the terms come
    in the order in which the window meets the input. Python infinities may stand for a zero.

    Raises: AlgebraError[no-zero], and AlgebraError[float-result] when an operation returns a float.

    Source: Wolfram Language, ListConvolve with the functions g and h; StableHLO reduce_window.

    >>> import math
    >>> gcds = Operations("gcd of sums", times=lambda a, b: a + b, plus=math.gcd, zero=0)
    >>> gcds.sum([gcds.product(2, 4), gcds.product(7, 2)])
    3
    """

    name: str
    times: Callable[[Any, Any], Any]
    plus: Callable[[Any, Any], Any]
    zero: Any = None

    def enter(self, value: Any) -> Any:
        """Return an exact entry unchanged."""
        return value

    def product(self, left: Any, right: Any) -> Any:
        """Return times(left, right)."""
        return self.times(left, right)

    def scaled(self, value: Any, scale: Any) -> Any:
        """Refuse: the operation needs a number times a value, which two functions do not give."""
        del value
        _no_scale(self.name, scale)

    def sum(self, values: Iterable[Any]) -> Any:
        """Return plus(plus(first, second), third) and so on."""
        terms = list(values)
        if not terms and self.zero is None:
            message = f"an output has no terms, and {self.name} has no zero"
            raise AlgebraError("no-zero", message, hint="give zero=, or pad less")
        total = functools.reduce(self.plus, terms) if terms else self.zero
        if isinstance(total, float) and not math.isinf(total):
            message = f"{self.name} returned {total!r}, a float, which may already be rounded"
            raise AlgebraError("float-result", message, hint="use exact operations: //, Fraction")
        return whole(total)


MAX_PLUS = Tropical("max-plus", largest=True)
MIN_PLUS = Tropical("min-plus", largest=False)
BOOLEAN = Boolean()
