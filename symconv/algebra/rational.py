"""Quotients of polynomials in symbols: the field in which symbols can be divided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

from symconv.errors import AlgebraError


@dataclass(frozen=True, slots=True)
class RationalFunctions:
    """The rational functions of some symbols, over the rationals and the roots that occur.

    An element is one of SymPy's `FracField`, in lowest terms and, with roots, over a denominator
    whose first coefficient is 1; so equal elements are the same.

    >>> import sympy
    >>> a, b = sympy.symbols("a b")
    >>> field = RationalFunctions.of([a, b])
    >>> field.leave(field.enter((a**2 - b**2) / (a - b)))
    a + b
    """

    fractions: Any
    name: str = "rational functions"

    @classmethod
    def of(cls, entries: Iterable[Any]) -> RationalFunctions:
        """Return the field that holds all entries.

        Raises: AlgebraError[not-rational-function].
        """
        import sympy
        from sympy.polys.fields import FracField

        symbols: set[Any] = set()
        roots: set[Any] = set()
        for entry in entries:
            if not isinstance(entry, int | Fraction):
                _collect(entry, entry, symbols, roots)
        ordered = sorted(symbols, key=sympy.default_sort_key) or [sympy.Dummy()]
        domain = sympy.QQ
        if roots:
            domain = domain.algebraic_field(*sorted(roots, key=sympy.default_sort_key))
        return cls(FracField(ordered, domain))

    @property
    def zero(self) -> Any:
        """The field's 0."""
        return self.fractions.zero

    @property
    def one(self) -> Any:
        """The field's 1."""
        return self.fractions.one

    def enter(self, value: Any) -> Any:
        """Return the element that an entry denotes."""
        import sympy

        if isinstance(value, Fraction):
            value = sympy.Rational(value.numerator, value.denominator)
        return self.canonical(self.fractions.from_expr(sympy.sympify(value)))

    def canonical(self, value: Any) -> Any:
        """Return the one way to write an element."""
        first = value.denom.LC
        if first == 1 or self.fractions.domain.is_QQ:
            return value
        return self.fractions.raw_new(value.numer.quo_ground(first), value.denom.quo_ground(first))

    def leave(self, value: Any) -> Any:
        """Return an element as a SymPy expression in lowest terms."""
        return value.as_expr()

    def product(self, left: Any, right: Any) -> Any:
        """Return left·right."""
        return self.canonical(left * right)

    def inverse(self, value: Any) -> Any:
        """Return 1/value."""
        return self.canonical(1 / value)

    def scaled(self, value: Any, scale: Any) -> Any:
        """Return scale·value."""
        return self.product(self.enter(scale), value)

    def sum(self, values: Iterable[Any]) -> Any:
        """Return the sum."""
        return self.canonical(reduce(add, values, self.zero))


def _collect(part: Any, entry: Any, symbols: set[Any], roots: set[Any]) -> None:
    """Find the symbols and the roots that an expression is made of."""
    import sympy

    if part.is_Symbol:
        symbols.add(part)
    elif part is sympy.I or _is_root(part):
        roots.add(part)
    elif part.is_Add or part.is_Mul or (part.is_Pow and part.exp.is_Integer):
        for inner in part.args[:1] if part.is_Pow else part.args:
            _collect(inner, entry, symbols, roots)
    elif not part.is_Rational:
        raise AlgebraError(
            "not-rational-function",
            f"{entry} is no quotient of polynomials, because of {part}",
            hint="write a symbol for it",
        )


def _is_root(part: Any) -> bool:
    return bool(part.is_Pow and part.exp.is_Rational and part.base.is_Rational)
