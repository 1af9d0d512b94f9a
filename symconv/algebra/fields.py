"""Finite fields: integers modulo a prime, and polynomials modulo an irreducible polynomial."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from importlib import import_module
from numbers import Integral
from typing import Any

from symconv.errors import AlgebraError


def GF(order: int, *, polynomial: Any = None) -> PrimeField | ExtensionField:  # noqa: N802 - its name
    """Return the finite field of *order* elements, a prime p or a prime power p^k.

    GF(p) are the integers modulo p; integers and rationals enter as their residues. An element
    a_0 + a_1·z + ... of GF(p^k) is written as the integer a_0 + a_1·p + a_2·p² + ..., as the
    package `galois` writes it; integers from 0 to p^k − 1 enter. ``polynomial`` is the irreducible
    polynomial that the field reduces by, as text, as such an integer or as a `galois.Poly`;
    Conway's is used when it is left out. For GF(2^8) that is 0x11d, x^8 + x^4 + x^3 + x^2 + 1, as
    in Reed-Solomon and QR codes; AES has 0x11b.

    Raises: AlgebraError[not-prime] for an order that is no prime power, AlgebraError[needs-galois]
    when p^k is asked for and `galois` is not installed, AlgebraError[not-irreducible].

    Source: Lidl & Niederreiter, Finite Fields, 2nd ed., chapter 2.

    >>> GF(7).product(3, 5)
    1
    """
    prime, degree = prime_power(order)
    if degree > 1:
        return ExtensionField(_galois_field(order, polynomial))
    if polynomial is not None:
        message = f"polynomial={polynomial!r}, but GF({order}) is the integers modulo {order}"
        hint = "leave the polynomial out, or give an order p^k with k of 2 or more"
        raise AlgebraError("not-irreducible", message, hint=hint)
    return PrimeField(prime)


def prime_power(order: int) -> tuple[int, int]:
    """Return p and k with p^k = order.

    Raises: AlgebraError[not-prime].

    >>> prime_power(81)
    (3, 4)
    """
    import flint

    if isinstance(order, Integral) and not isinstance(order, bool):
        order = int(order)
        for degree in range(1, max(order, 2).bit_length()):
            root = int(flint.fmpz(max(order, 0)).root(degree))
            if root**degree == order and root > 1 and flint.fmpz(root).is_prime():
                return root, degree
    message = f"{order} is neither a prime nor a power of one"
    hint = "a finite field has p or p^k elements, p a prime"
    raise AlgebraError("not-prime", message, hint=hint)


def _galois_field(order: int, polynomial: Any) -> Any:
    try:
        galois = import_module("galois")
    except ImportError:
        message = f"GF({order}) needs the package galois, which is not installed"
        hint = 'pip install "symconv[galois]"'
        raise AlgebraError("needs-galois", message, hint=hint) from None
    try:
        return galois.GF(order, irreducible_poly=_integer(polynomial))
    except LookupError:
        message = f"no Conway polynomial of GF({order}) is known"
        hint = "give polynomial=, an irreducible one of the field's degree"
        raise AlgebraError("not-irreducible", message, hint=hint) from None
    except (TypeError, ValueError) as error:
        message = f"polynomial={polynomial!r} does not make GF({order}): {error}"
        hint = "give an irreducible polynomial of the field's degree, or leave it out"
        raise AlgebraError("not-irreducible", message, hint=hint) from None


def _integer(polynomial: Any) -> Any:
    """Return a polynomial written as a number in text, `0x11b` or `283`, as that number."""
    text = polynomial.strip().lower() if isinstance(polynomial, str) else ""
    if re.fullmatch(r"0x[0-9a-f]{1,40}", text):
        return int(text, 16)
    return int(text) if re.fullmatch(r"[0-9]{1,40}", text) else polynomial


@dataclass(frozen=True, slots=True)
class PrimeField:
    """The integers modulo a prime, made by `GF`."""

    modulus: int
    zero: int = 0

    @property
    def name(self) -> str:
        """`GF(p)`."""
        return f"GF({self.modulus})"

    def enter(self, value: Any) -> int:
        """Return the residue of an integer or rational; a/b is a times the inverse of b."""
        if not isinstance(value, int | Fraction):
            message = f"{value} is not a number, so not in {self.name}"
            raise AlgebraError("not-a-number", message, hint="leave algebra out for symbols")
        if value.denominator % self.modulus == 0:
            message = f"{value} has no residue: {self.modulus} divides its denominator"
            raise AlgebraError("no-inverse", message, hint="choose another prime")
        return value.numerator * pow(value.denominator, -1, self.modulus) % self.modulus

    def product(self, left: int, right: int) -> int:
        """Return left·right mod p."""
        return left * right % self.modulus

    def inverse(self, value: int) -> int:
        """Return 1/value mod p."""
        return pow(value, -1, self.modulus)

    def scaled(self, value: int, scale: Any) -> int:
        """Return scale·value mod p."""
        return self.product(self.enter(scale), value)

    def sum(self, values: Iterable[int]) -> int:
        """Return the sum mod p."""
        return sum(values) % self.modulus


@dataclass(frozen=True)
class ExtensionField:
    """Polynomials over the integers modulo p, modulo an irreducible one; made by `GF`.

    ``field`` is the `galois` class. The arithmetic here is that of polynomials, digit by digit, and
    shares nothing with the tables of `galois`.
    """

    field: Any
    zero: int = 0

    @cached_property
    def prime(self) -> int:
        """The characteristic p."""
        return int(self.field.characteristic)

    @cached_property
    def order(self) -> int:
        """The number of elements."""
        return int(self.field.order)

    @cached_property
    def modulus(self) -> tuple[int, ...]:
        """The coefficients of the irreducible polynomial, the constant one first."""
        return _digits(int(self.field.irreducible_poly), self.prime)

    @property
    def name(self) -> str:
        """`GF(p^k)`."""
        return f"GF({self.prime}^{self.degree})"

    @property
    def degree(self) -> int:
        """The exponent k of the order p^k."""
        return len(self.modulus) - 1

    def enter(self, value: Any) -> int:
        """Return the integer of an element; refuse what is not written that way."""
        if type(value) is int and 0 <= value < self.order:
            return value
        message = f"{value} is no element of {self.name}"
        hint = f"write the polynomial a_0 + a_1·z + ... as an integer from 0 to {self.order - 1}"
        raise AlgebraError("not-in-field", message, hint=hint)

    def product(self, left: int, right: int) -> int:
        """Return the product of the polynomials modulo the irreducible one."""
        ones, others = _digits(left, self.prime), _digits(right, self.prime)
        total = [0] * max(1, len(ones) + len(others) - 1)
        for i, a in enumerate(ones):
            for j, b in enumerate(others):
                total[i + j] += a * b
        for top in range(len(total) - 1, self.degree - 1, -1):
            factor = total[top] % self.prime
            for place, coefficient in enumerate(self.modulus):
                total[top - self.degree + place] -= factor * coefficient
        return self._written(total[: self.degree])

    def inverse(self, value: int) -> int:
        """Return 1/value, which is value^(q − 2)."""
        power, exponent = 1, self.order - 2
        while exponent:
            if exponent % 2:
                power = self.product(power, value)
            value, exponent = self.product(value, value), exponent // 2
        return power

    def scaled(self, value: int, scale: Any) -> int:
        """Return the residue of a rational number times value."""
        factor = PrimeField(self.prime).enter(scale)
        return self._written([factor * digit for digit in _digits(value, self.prime)])

    def sum(self, values: Iterable[int]) -> int:
        """Return the sum of the polynomials."""
        total = [0] * self.degree
        for value in values:
            for place, digit in enumerate(_digits(value, self.prime)):
                total[place] += digit
        return self._written(total)

    def _written(self, coefficients: list[int]) -> int:
        value = 0
        for coefficient in reversed(coefficients):
            value = value * self.prime + coefficient % self.prime
        return value


def _digits(value: int, base: int) -> tuple[int, ...]:
    digits = []
    while value:
        value, digit = divmod(value, base)
        digits.append(digit)
    return tuple(digits)
