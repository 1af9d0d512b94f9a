"""Entries read as numbers, as products of powers, and as sums of those.

Two such entries multiply by merging lists of factors, exactly as SymPy's `Mul` would: factors of
different bases only move to their places, powers of one base add their exponents, a number becomes
the coefficient, and a number times a sum is a sum. Whatever else an entry may be (an entry that
does not commute, a root of a number, an expression that was never evaluated), it is left to SymPy.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from symconv.engines.symbols.assembly import Key, OrderKeys, postprocessed
from symconv.exact import Array

Monomial = tuple[int, ...]
"""The factors of a product, as numbers into `Factors`, ascending; () is 1."""

Part = tuple[int, int]
"""A number and a monomial, which is multiplied by it, by their places among the `Reader`'s."""

Entry = tuple[Part, ...]
"""What an entry is: one part, or the parts of a sum and, last, the sum as a factor."""

ONE, UNREAD = 0, -1
"""The place of the number 1, and of the monomial 1; what stands for the monomial of no entry."""

OTHER = -2
"""What stands for the monomial of an entry that is no plain symbol."""

MOST_FACTORS = 16
"""Factors of an entry that is read; longer products are left to SymPy."""


class Factors:
    """All factors met so far, each once: a symbol, a power, a function of something, a sum.

    ``keys`` sort as SymPy does. ``powers`` holds the factors that are powers of another factor:
    its number, and the exponent, None where that is not rational.
    """

    def __init__(self) -> None:
        import sympy

        self.values: list[Any] = []
        self.keys: list[Key] = []
        self.powers: dict[int, tuple[int, Any]] = {}
        self.order = OrderKeys()
        self._symbol = sympy.Symbol
        self._letters = (sympy.Symbol, sympy.Dummy, sympy.Wild)
        self._found: dict[Any, int] = {}
        self._made: dict[tuple[int, Any], int | None] = {}
        self._kinds: dict[int, tuple[type[Any], bool]] = {}

    def letters(self, symbols: Sequence[Any]) -> list[int | None]:
        """Return the numbers of plain symbols; None for those that do not commute."""
        found, known = self._found, self.values
        contents = self.order.contents(symbols)
        new = found.keys().isdisjoint(contents) and len(set(contents)) == len(contents)
        if not (new and all(symbol.is_commutative for symbol in symbols)):
            return [self._letter(*each) for each in zip(symbols, contents, strict=True)]
        numbers = range(len(known), len(known) + len(contents))
        found.update(zip(contents, numbers, strict=True))
        known += symbols
        self.keys += self.order.of_contents(contents)
        return list(numbers)

    def _letter(self, symbol: Any, content: tuple[Any, ...]) -> int | None:
        number = self._found.get(content)
        if number is None and symbol.is_commutative:
            number = self._found[content] = len(self.values)
            self.values.append(symbol)
            self.keys += self.order.of_contents([content])
        return number

    def find(self, value: Any) -> int | None:
        """Return the number of a factor; None when SymPy would do more than move it about."""
        kind = type(value)
        seen = self._kinds.get(id(kind))  # SymPy's hash of a class of functions is slow
        if seen is None:
            seen = self._kinds[id(kind)] = kind, self._multiplies_plainly(kind)
        if not seen[1]:
            return None
        if kind is self._symbol:
            return self.letters([value])[0]
        try:
            key = self.order(value)
            found = self._found.get(value)
        except (TypeError, RecursionError):  # parts without an order, or too deep to be compared
            return None
        return self._composite(value, key) if found is None else found

    def _multiplies_plainly(self, kind: type[Any]) -> bool:
        """Tell whether products treat every such factor by its base and exponent alone."""
        import sympy

        known = (*self._letters, sympy.Pow, sympy.Add)
        open_kinds = (sympy.Function, sympy.core.numbers.NumberSymbol, sympy.Indexed)
        return (kind in known or issubclass(kind, open_kinds)) and not postprocessed(kind)

    def _enter(self, value: Any, key: Key) -> int:
        number = self._found[value] = len(self.values)
        self.values.append(value)
        self.keys.append(key)
        return number

    def _composite(self, value: Any, key: Key) -> int | None:
        """Enter a factor that SymPy puts together again as it was from base and exponent.

        That is what `Mul` does with every factor: a power that comes out as anything else than it
        was is none of ours, and neither is a power of a number.
        """
        import sympy

        if value.is_commutative is not True:
            return None
        base, exponent = value.as_base_exp()
        if exponent is sympy.S.One:
            return self._enter(value, key) if base == value else None
        found = self.find(base)
        if found is None or exponent.is_zero:
            return None
        rational = exponent.is_Rational
        plain = rational and exponent and type(base) in self._letters
        if not plain and sympy.Pow(base, exponent) != value:
            return None
        number = self._enter(value, key)
        self.powers[number] = found, _number(exponent) if rational else None
        return number

    def split(self, number: int) -> tuple[int, Any]:
        """Return base and exponent of a factor."""
        return self.powers.get(number, (number, 1))

    def bases(self) -> list[int]:
        """Return the base of every factor."""
        found = list(range(len(self.values)))
        for number, (base, _) in self.powers.items():
            found[number] = base
        return found

    def power(self, base: int, exponent: Any) -> int | None:
        """Return the factor base^exponent; None when SymPy makes something else of it."""
        import sympy

        if (base, exponent) not in self._made:
            found = self.find(sympy.Pow(self.values[base], sympy.Rational(exponent)))
            same = found is not None and self.split(found) == (base, exponent)
            self._made[base, exponent] = found if same else None
        return self._made[base, exponent]

    def is_sum(self, number: int) -> bool:
        """Tell whether a factor is a sum, over which a lone number is distributed."""
        return bool(self.values[number].is_Add)

    def infinite(self, number: int) -> bool:
        """Tell whether a factor is known to be infinite, so that 0 times it is not 0."""
        value = self.values[number]
        if type(value) in self._letters:
            return ("finite", False) in self.keys[number][-1]
        return value.is_finite is False


class Reader:
    """Entries as parts; an object that stands in several places is read once."""

    def __init__(self) -> None:
        import sympy

        self.factors = Factors()
        self.numbers: dict[Any, int] = {1: ONE}
        self.monomials: dict[Monomial, int] = {(): ONE}
        self._sympy, self._symbol = sympy, sympy.Symbol
        self._read: dict[int, Entry] = {}

    def read(self, values: Sequence[Any]) -> tuple[Array, list[Entry]]:
        """Return the monomial of every plain symbol, OTHER for other values, and how they are read.

        ``values`` are the entries of one operand; an object that stands twice is read once.
        """
        kind, known = self._symbol, self.monomials
        symbols = {id(value): value for value in values if type(value) is kind}
        letters = self.factors.letters(list(symbols.values()))
        monomials = [UNREAD if n is None else known.setdefault((n,), len(known)) for n in letters]
        places = dict(zip(symbols, monomials, strict=True))
        found = map(places.get, map(id, values), itertools.repeat(OTHER))
        others = [value for value in values if type(value) is not kind]
        entries = [self._read.get(id(value)) or self._entry(value) for value in others]
        return np.fromiter(found, dtype=np.int64, count=len(values)), entries

    def _entry(self, value: Any) -> Entry:
        is_sum = type(value) is self._sympy.Add
        entry = self._read[id(value)] = self._sum(value) if is_sum else (self._part(value),)
        return entry

    def _part(self, value: Any) -> Part:
        kind = type(value)
        if kind is int or kind is Fraction:
            return self.numbers.setdefault(value, len(self.numbers)), ONE
        if value.is_Rational:
            return self._part(_number(value))
        if kind is self._sympy.Mul:
            return self._product(value.args)
        return self._of(self.factors.find(value))

    def _of(self, factor: int | None) -> Part:
        if factor is None:
            return ONE, UNREAD
        return ONE, self.monomials.setdefault((factor,), len(self.monomials))

    def _product(self, args: Sequence[Any]) -> Part:
        """Return a product whose arguments are as `Mul` leaves them, all of different bases."""
        number: Any = 1
        if args[0].is_Rational:
            number, args = _number(args[0]), args[1:]
        found = [self.factors.find(arg) for arg in args]
        factors = [factor for factor in found if factor is not None]
        if number == 0 or len(factors) != len(found) or not self._is_product(number, factors):
            return ONE, UNREAD
        monomial = tuple(sorted(factors))
        return (
            self.numbers.setdefault(number, len(self.numbers)),
            self.monomials.setdefault(monomial, len(self.monomials)),
        )

    def _is_product(self, number: Any, factors: Sequence[int]) -> bool:
        """Tell whether `Mul` would leave a number and factors as they are."""
        if not 0 < len(factors) <= MOST_FACTORS:
            return False
        if len(factors) == 1 and (number == 1 or self.factors.is_sum(factors[0])):
            return False
        bases = {self.factors.split(factor)[0] for factor in factors}
        keys = [self.factors.keys[factor] for factor in factors]
        return len(bases) == len(factors) and _ascending(keys)

    def _sum(self, value: Any) -> Entry:
        """Return a sum whose arguments are as `Add` leaves them."""
        factor, args = self.factors.find(value), value.args
        if factor is None or len(args) < 2 or any(arg.is_Add for arg in args):
            return ((ONE, UNREAD),)
        parts = [self._part(arg) for arg in args]
        monomials = {monomial for _, monomial in parts}
        zero = self.numbers.get(0)
        keys = self.factors.keys[factor][-1]
        if UNREAD in monomials or len(monomials) < len(parts) or (zero, ONE) in parts:
            return ((ONE, UNREAD),)
        ascend = _ascending(keys[parts[0][1] == ONE :])
        return (*parts, self._of(factor)) if ascend else ((ONE, UNREAD),)


def _number(value: Any) -> Any:
    """Return a SymPy number as an int or a Fraction."""
    return int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q))


def _ascending(keys: Sequence[Key]) -> bool:
    try:
        return all(low < high for low, high in pairwise(keys))
    except (TypeError, RecursionError):  # no key tells, so SymPy has to
        return False
