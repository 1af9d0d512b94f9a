"""Complex numbers with rational parts, and the conjugate of any exact entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from symconv.algebra.rings import whole
from symconv.errors import AlgebraError

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Complex:
    """The Gaussian rationals a + b·I; in text, the symbol `I` is the imaginary unit.

    An element is an int or a Fraction where it is real, else SymPy's `a + b*I`.

    >>> COMPLEX.product(COMPLEX.joined(1, 2), COMPLEX.joined(3, -1))
    5 + 5*I
    """

    name: str = "complex"
    zero: int = 0

    def enter(self, value: Any) -> Any:
        """Return the element that an entry denotes."""
        return self.joined(*self.parts(value))

    def parts(self, value: Any) -> tuple[Number, Number]:
        """Return the real and the imaginary part of an entry.

        Raises: AlgebraError[not-gaussian] for other symbols and for irrational parts.
        """
        if isinstance(value, Number):
            return value, 0
        import sympy

        if not isinstance(value, sympy.Expr):
            _refuse(value)
        start, rest = value.as_coeff_Add()
        share, unit = rest.as_coeff_Mul()
        if unit is sympy.I:
            return _number(start), _number(share)
        number = value.xreplace({sympy.Symbol("I"): sympy.I})
        if number.free_symbols:
            _refuse(value)
        real, imaginary = map(_rational, number.as_real_imag())
        if real is None or imaginary is None:
            _refuse(value)
        return real, imaginary

    def joined(self, real: Number, imaginary: Number) -> Any:
        """Return real + imaginary·I."""
        if not imaginary:
            return whole(real)
        import sympy

        parts = (sympy.Rational(part.numerator, part.denominator) for part in (real, imaginary))
        return sympy.Add(next(parts), sympy.Mul(next(parts), sympy.I))

    def product(self, left: Any, right: Any) -> Any:
        """Return left·right."""
        (a, b), (c, d) = self.parts(left), self.parts(right)
        return self.joined(a * c - b * d, a * d + b * c)

    def inverse(self, value: Any) -> Any:
        """Return 1/value."""
        real, imaginary = self.parts(value)
        size = Fraction(real * real + imaginary * imaginary)
        return self.joined(real / size, -imaginary / size)

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return scale·value."""
        return self.product(value, scale)

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the sum."""
        real: Number = 0
        imaginary: Number = 0
        for a, b in map(self.parts, values):
            real, imaginary = real + a, imaginary + b
        return self.joined(real, imaginary)


def _refuse(value: Any) -> NoReturn:
    raise AlgebraError(
        "not-gaussian",
        f"{value} is not a + b*I with rational a and b",
        hint="leave algebra out for other symbols and roots",
    )


def _rational(part: Any) -> Number | None:
    import sympy

    number = sympy.expand(part)
    return _number(number) if isinstance(number, sympy.Rational) else None


def _number(rational: Any) -> Number:
    return Fraction(int(rational.p), int(rational.q))


def conjugate(value: Any) -> Any:
    """Return the complex conjugate of one exact entry; numbers are their own.

    A symbol stays one under SymPy's `conjugate`, unless it was declared real.

    >>> conjugate(COMPLEX.joined(3, 4)), conjugate(5)
    (3 - 4*I, 5)
    """
    if isinstance(value, Number):
        return value
    import sympy

    return sympy.conjugate(value)


COMPLEX = Complex()
