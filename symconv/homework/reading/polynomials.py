"""Exact values of answers: numbers, and polynomials in declared letters over the rationals.

    polynomial = {monomial: coefficient},   monomial = sorted letters, a·a·w = ("a", "a", "w")

A correct answer to a convolution is always one of these, so they decide equality by comparing
dictionaries. A value is an int where it can be, else a Fraction, else a Polynomial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

from symconv.errors import ExpressionError

Number = int | Fraction
Monomial = tuple[str, ...]


MOST_TERMS = 2_000
"""Terms of a power in a question; the reader of answers has limits of its own."""


class Polynomial:
    """A polynomial that is no number; immutable, with nonzero coefficients.

    >>> a, w = letter("a"), letter("w")
    >>> (a + 2) * w - w * 2 == a * w
    True
    >>> str(3 * a * w - w / 2)
    '3aw - 1/2w'
    """

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, Number]) -> None:
        self.terms = terms
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the hash behind: that of a text differs from process to process."""
        return Polynomial, (self.terms,)

    def __add__(self, other: Value) -> Value:
        return _sum(self.terms, terms_of(other), 1)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Value:
        return _sum(self.terms, terms_of(other), -1)

    def __rsub__(self, other: Value) -> Value:
        return _sum(terms_of(other), self.terms, -1)

    def __neg__(self) -> Value:
        return Polynomial({monomial: -factor for monomial, factor in self.terms.items()})

    def __mul__(self, other: Value) -> Value:
        return _product(self.terms, terms_of(other))

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Value:
        if exponent < 0:
            message = "a letter has no negative power"
            raise ExpressionError("negative-power", message, hint="divide by numbers only")
        found: Value = 1
        for _ in range(exponent):
            found = found * self
            if len(terms_of(found)) > MOST_TERMS:
                message = f"a power of more than {MOST_TERMS} terms"
                raise ExpressionError("power-too-large", message, hint="use fewer letters")
        return found

    def __truediv__(self, other: Number) -> Value:
        return _product(self.terms, {(): Fraction(1) / other})

    def __repr__(self) -> str:
        return f"Polynomial({self})"

    def __str__(self) -> str:
        """Return the terms in alphabetical order, `2ab - 1/2x_1^2 + 3`."""
        return self.text(any(len(name) > 1 for monomial in self.terms for name in monomial))

    def text(self, starred: bool) -> str:
        """Return the terms in alphabetical order, factors side by side or with stars between."""
        ordered = sorted(self.terms.items(), key=_rank)
        words = [_term(*term, starred=starred) for term in ordered]
        first, *others = words
        head = ("-" if first[0] == "-" else "") + first[1]
        return head + "".join(f" {sign} {text}" for sign, text in others)

    @property
    def degree(self) -> int:
        """The letters of the longest monomial."""
        return max(map(len, self.terms))


Value = int | Fraction | Polynomial
"""What a cell of an answer, a question or a key is."""


def letter(name: str) -> Polynomial:
    """Return a letter as a value."""
    return Polynomial({(name,): 1})


def terms_of(value: Value) -> Mapping[Monomial, Number]:
    """Return the terms of any value.

    >>> terms_of(3), terms_of(0)
    ({(): 3}, {})
    """
    if isinstance(value, Polynomial):
        return value.terms
    return {(): value} if value else {}


def value_of(terms: Mapping[Monomial, Number]) -> Value:
    """Return the simplest value with these terms; zero coefficients may be among them.

    >>> value_of({(): Fraction(4, 2)}), value_of({("a",): 0})
    (2, 0)
    """
    kept = {monomial: _plain(factor) for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    return kept[()] if len(kept) == 1 and () in kept else Polynomial(kept)


def number(value: Any) -> Number:
    """Return a rational as int where it is one."""
    return _plain(value if isinstance(value, Fraction) else Fraction(value))


def letters_of(value: Value) -> frozenset[str]:
    """Return the letters that occur in a value."""
    return frozenset(name for monomial in terms_of(value) for name in monomial)


def total(values: Iterable[Value]) -> Value:
    """Return a sum of values."""
    found: Value = 0
    for value in values:
        found = found + value
    return found


def text_of(value: Value, symbols: Iterable[str] = ()) -> str:
    """Return a value as text that the reader of answers reads back, given the declared symbols.

    Letters of one character stand side by side; where a symbol is longer, stars part the factors.

    >>> text_of(Fraction(-1, 2)), text_of(letter("a") * letter("b"))
    ('-1/2', 'ab')
    >>> text_of(letter("a") * letter("b"), ["a", "b", "ab"])
    'a*b'
    """
    if isinstance(value, Polynomial) and any(len(name) > 1 for name in symbols):
        return value.text(starred=True)
    return str(value)


def _plain(factor: Number) -> Number:
    return factor.numerator if factor.denominator == 1 else factor


def _sum(left: Mapping[Monomial, Number], right: Mapping[Monomial, Number], sign: int) -> Value:
    found = dict(left)
    for monomial, factor in right.items():
        found[monomial] = found.get(monomial, 0) + sign * factor
    return value_of(found)


def _product(left: Mapping[Monomial, Number], right: Mapping[Monomial, Number]) -> Value:
    found: dict[Monomial, Number] = {}
    for one, factor in left.items():
        for other, times in right.items():
            monomial = tuple(sorted(one + other)) if one and other else one or other
            found[monomial] = found.get(monomial, 0) + factor * times
    return value_of(found)


def _rank(term: tuple[Monomial, Number]) -> tuple[int, Monomial]:
    """Letters first, alphabetically; the constant last."""
    return (0 if term[0] else 1, term[0])


def _term(monomial: Monomial, factor: Number, *, starred: bool) -> tuple[str, str]:
    """Return the sign and the text of one term."""
    powers = [(name, len(list(group))) for name, group in groupby(monomial)]
    words = [name if power == 1 else f"{name}^{power}" for name, power in powers]
    size = abs(factor)
    digits = "" if size == 1 and monomial else str(size)
    return "-" if factor < 0 else "+", digits + ("*" if starred else "").join(words)
