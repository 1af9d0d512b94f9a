"""How a wrong value differs from the key: by a number, or in terms missing, extra, changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symconv.homework.reading.polynomials import (
    Monomial,
    Number,
    Polynomial,
    Value,
    terms_of,
    text_of,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term that both values have, with different coefficients."""

    monomial: Monomial
    yours: Number
    expected: Number

    @property
    def difference(self) -> Value:
        """What it adds to the residual."""
        return value_of({self.monomial: self.yours - self.expected})

    def __str__(self) -> str:
        """Return both terms, `2ax instead of 3ax`."""
        yours, expected = (_term(self.monomial, each) for each in (self.yours, self.expected))
        return f"{text_of(yours)} instead of {text_of(expected)}"


@dataclass(frozen=True, slots=True)
class Residual:
    """The exact difference value − key, and for polynomials the terms it is made of.

    ``missing`` are terms of the key alone, ``extra`` of the value alone, as they stand there;
    ``flipped`` have the other sign, ``wrong`` another coefficient. A term counts once, so that

        difference = Σ extra − Σ missing + Σ (yours − expected) over flipped and wrong
    """

    difference: Value
    missing: tuple[Value, ...] = ()
    extra: tuple[Value, ...] = ()
    flipped: tuple[Term, ...] = ()
    wrong: tuple[Term, ...] = ()

    def parts(self) -> Iterator[Value]:
        """Yield what every term adds; the sum is the difference."""
        yield from (-term for term in self.missing)
        yield from self.extra
        yield from (term.difference for term in (*self.flipped, *self.wrong))

    def __str__(self) -> str:
        """Return the difference of numbers with its sign, else the terms by kind."""
        if not isinstance(self.difference, Polynomial) and not any(self._kinds()):
            return f"+{self.difference}" if self.difference > 0 else str(self.difference)
        words = (f"{name} {', '.join(kind)}" for name, kind in self._named() if kind)
        return "; ".join(words)

    def _kinds(self) -> tuple[tuple[object, ...], ...]:
        return self.missing, self.extra, self.flipped, self.wrong

    def _named(self) -> Iterator[tuple[str, list[str]]]:
        yield "missing", list(map(text_of, self.missing))
        yield "extra", list(map(text_of, self.extra))
        yield "other sign", [text_of(_term(each.monomial, each.yours)) for each in self.flipped]
        yield "coefficient", list(map(str, self.wrong))


def residual(key: Value, value: Value) -> Residual:
    """Return how a value differs from the key.

    >>> from symconv.homework.reading.polynomials import letter
    >>> a, b, w = map(letter, "abw")
    >>> str(residual(a * w + 3 * b * w - a, a * w * 0 + 2 * b * w + a + 5))
    'missing aw; extra 5; other sign a; coefficient 2bw instead of 3bw'
    >>> str(residual(14, 15)), residual(14, 15).missing
    ('+1', ())
    """
    difference = value - key
    if not isinstance(key, Polynomial) and not isinstance(value, Polynomial):
        return Residual(difference)
    expected, yours = terms_of(key), terms_of(value)
    both = [
        Term(monomial, yours[monomial], expected[monomial])
        for monomial in _sorted(expected.keys() & yours.keys())
        if yours[monomial] != expected[monomial]
    ]
    return Residual(
        difference,
        tuple(_term(each, expected[each]) for each in _sorted(expected.keys() - yours.keys())),
        tuple(_term(each, yours[each]) for each in _sorted(yours.keys() - expected.keys())),
        tuple(term for term in both if term.yours == -term.expected),
        tuple(term for term in both if term.yours != -term.expected),
    )


def _term(monomial: Monomial, factor: Number) -> Value:
    return value_of({monomial: factor})


def _sorted(monomials: set[Monomial]) -> list[Monomial]:
    """Return monomials in alphabetical order, the constant last."""
    return sorted(monomials, key=lambda monomial: (not monomial, monomial))
