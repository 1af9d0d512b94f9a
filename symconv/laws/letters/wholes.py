"""Integers with letters in them: the lengths, paddings and indices of a law for all shapes at once.

A `Whole` is a polynomial over atoms, kept in a normal form; an atom is a letter, a floored
quotient, a remainder, or a choice between two wholes. The same object is put to numbers (`value`),
written for a solver (`smt`), or read by people (`str`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from symconv.laws.letters.written import smt_term, sum_text


class Condition(Protocol):
    """What a choice depends on: see `symconv.laws.letters.conditions`."""

    @property
    def key(self) -> str:
        """The text that stands for it."""

    @property
    def known(self) -> bool | None:
        """Whether it holds, where no letter decides."""

    @property
    def linear(self) -> bool:
        """Whether every whole in it is linear."""

    @property
    def sides(self) -> tuple[Whole, Whole]:
        """Both sides of less ≤ more, where it is such a comparison."""

    def letters(self) -> Iterator[str]:
        """Yield the names of all letters."""

    def value(self, env: Mapping[str, int]) -> bool:
        """Tell whether it holds for numbers of the letters."""

    def put(self, found: Mapping[str, Whole]) -> Condition:
        """Return it with letters replaced."""

    def smt(self) -> str:
        """Return it in SMT-LIB."""


class Keyed(ABC):
    """Something equal to another exactly when their texts in ``key`` are, each written once.

    Comparing nested trees again and again is what most of the time would go to.
    """

    @property
    @abstractmethod
    def key(self) -> str:
        """The text that stands for it."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, eq=False)
class Letter(Keyed):
    """An integer that is not known yet."""

    name: str

    @property
    def key(self) -> str:
        """The name."""
        return self.name

    def value(self, env: Mapping[str, int]) -> int:
        """Return the letter's number."""
        return env[self.name]

    def put(self, found: Mapping[str, Whole]) -> Whole:
        """Return what stands for the letter."""
        return found.get(self.name) or of(self)

    def smt(self) -> str:
        """Return the letter as SMT-LIB has it."""
        return f"|{self.name}|"

    def parts(self) -> tuple[Whole | Condition, ...]:
        """Return what is inside: nothing."""
        return ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Division(Keyed):
    """⌊of / by⌋, or with ``rest`` what it leaves over; ``by`` is 1 or more."""

    of: Whole
    by: Whole
    rest: bool = False

    @cached_property
    def key(self) -> str:
        """Both operands."""
        return f"({self.of.key}){'%' if self.rest else '/'}({self.by.key})"

    def value(self, env: Mapping[str, int]) -> int:
        """Return the number, as Python floors it."""
        number, by = self.of.value(env), self.by.value(env)
        return number % by if self.rest else number // by

    def put(self, found: Mapping[str, Whole]) -> Whole:
        """Return the division with its letters replaced."""
        number, by = self.of.put(found), self.by.put(found)
        return number % by if self.rest else number // by

    def smt(self) -> str:
        """Return it as SMT-LIB has it, which floors for a positive divisor."""
        return f"({'mod' if self.rest else 'div'} {self.of.smt()} {self.by.smt()})"

    def parts(self) -> tuple[Whole | Condition, ...]:
        """Return both operands."""
        return self.of, self.by

    def __str__(self) -> str:
        if self.rest:
            return f"({_bracketed(self.of)} % {_bracketed(self.by)})"
        return f"floor({_bracketed(self.of)} / {_bracketed(self.by)})"


@dataclass(frozen=True, eq=False)
class Choice(Keyed):
    """``then`` where a test holds, else ``other``."""

    test: Condition
    then: Whole
    other: Whole

    @cached_property
    def key(self) -> str:
        """The test and both branches."""
        return f"[{self.test.key}?{self.then.key}:{self.other.key}]"

    def value(self, env: Mapping[str, int]) -> int:
        """Return the number of the branch that is taken."""
        return (self.then if self.test.value(env) else self.other).value(env)

    def put(self, found: Mapping[str, Whole]) -> Whole:
        """Return the choice with its letters replaced."""
        return choice(self.test.put(found), self.then.put(found), self.other.put(found))

    def smt(self) -> str:
        """Return it as SMT-LIB's if-then-else."""
        return f"(ite {self.test.smt()} {self.then.smt()} {self.other.smt()})"

    def parts(self) -> tuple[Whole | Condition, ...]:
        """Return the test and both branches."""
        return self.test, self.then, self.other

    def __str__(self) -> str:
        less, more = self.test.sides
        if {less, more} == {self.then, self.other}:
            return f"{'max' if more == self.then else 'min'}({self.then}, {self.other})"
        return f"({self.then} if {self.test} else {self.other})"


Atom = Letter | Division | Choice
Monomial = tuple[Atom, ...]


@dataclass(frozen=True, eq=False)
class Whole(Keyed):
    """A polynomial with integer coefficients over atoms, its monomials in a fixed order.

    >>> n, k = letter("n"), letter("k")
    >>> str((n + 2 - k) // 1 + 1), (n * 2 + k).value({"n": 3, "k": 1})
    ('-k + n + 3', 7)
    >>> str((2 * n + k) // 2)
    'floor(k / 2) + n'
    """

    terms: tuple[tuple[Monomial, int], ...]

    @cached_property
    def key(self) -> str:
        """The coefficients and atoms."""
        return "+".join(f"{c}*{'*'.join(atom.key for atom in m)}" for m, c in self.terms)

    @property
    def constant(self) -> int | None:
        """The number, where no letter is left."""
        if not self.terms:
            return 0
        (monomial, coefficient), *more = self.terms
        return None if more or monomial else coefficient

    @property
    def linear(self) -> bool:
        """Whether no monomial multiplies two atoms and no divisor has a letter in it."""
        return all(len(m) < 2 for m, _ in self.terms) and all(
            not (isinstance(a, Division) and a.by.constant is None)
            and all(part.linear for part in a.parts())
            for m, _ in self.terms
            for a in m
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all letters."""
        return frozenset(self.letters())

    def letters(self) -> Iterator[str]:
        """Yield the names of all letters, inside atoms too."""
        for monomial, _ in self.terms:
            for atom in monomial:
                if isinstance(atom, Letter):
                    yield atom.name
                for part in atom.parts():
                    yield from part.letters()

    def value(self, env: Mapping[str, int]) -> int:
        """Return the number for numbers of the letters."""
        total = 0
        for monomial, coefficient in self.terms:
            product = coefficient
            for atom in monomial:
                product *= atom.value(env)
            total += product
        return total

    def put(self, found: Mapping[str, Whole]) -> Whole:
        """Return the whole with letters replaced."""
        if self.names.isdisjoint(found):
            return self
        total = ZERO
        for monomial, coefficient in self.terms:
            product = whole(coefficient)
            for atom in monomial:
                product = product * atom.put(found)
            total = total + product
        return total

    def solved(self, name: str) -> tuple[Whole, Whole] | None:
        """Return (c, rest) if this is c·name + rest, c one monomial, else None.

        >>> c, rest = (letter("s") * letter("o") + letter("t") - 3).solved("o")
        >>> str(c), str(rest)
        ('s', 't - 3')
        """
        own = Letter(name)
        found = [(m, c) for m, c in self.terms if own in m]
        rest = Whole(tuple(term for term in self.terms if term not in found))
        if len(found) != 1 or name in set(rest.letters()):
            return None
        (monomial, coefficient) = found[0]
        others = list(monomial)
        others.remove(own)
        factor = Whole(((tuple(others), coefficient),))
        return None if name in set(factor.letters()) else (factor, rest)

    def smt(self) -> str:
        """Return the whole in SMT-LIB."""
        parts = [smt_term(monomial, coefficient) for monomial, coefficient in self.terms]
        return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})" if parts else "0"

    def __add__(self, other: Whole | int) -> Whole:
        sums = dict(self.terms)
        for monomial, coefficient in whole(other).terms:
            sums[monomial] = sums.get(monomial, 0) + coefficient
        return _whole(sums)

    def __neg__(self) -> Whole:
        return Whole(tuple((monomial, -coefficient) for monomial, coefficient in self.terms))

    def __sub__(self, other: Whole | int) -> Whole:
        return self + -whole(other)

    def __mul__(self, other: Whole | int) -> Whole:
        sums: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in whole(other).terms:
                both = left + right
                if left and right:
                    both = tuple(sorted(both, key=lambda atom: atom.key))
                sums[both] = sums.get(both, 0) + a * b
        return _whole(sums)

    def __floordiv__(self, by: Whole | int) -> Whole:
        """Return ⌊self / by⌋; multiples of the divisor come out, as they do for all integers."""
        divisor = whole(by).constant
        if not divisor:
            return of(Division(self, whole(by))) if self.terms else ZERO
        kept = {m: c // divisor for m, c in self.terms if c % divisor == 0}
        rest = Whole(tuple((m, c) for m, c in self.terms if m not in kept))
        known = rest.constant
        more = whole(known // divisor) if known is not None else of(Division(rest, whole(by)))
        return _whole(kept) + more

    def __mod__(self, by: Whole | int) -> Whole:
        divisor = whole(by).constant
        if not divisor:
            return of(Division(self, whole(by), rest=True)) if self.terms else ZERO
        rest = _whole({m: c % divisor for m, c in self.terms})
        known = rest.constant
        return (
            whole(known % divisor)
            if known is not None
            else of(Division(rest, whole(by), rest=True))
        )

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> Whole:
        return whole(other) - self

    def __str__(self) -> str:
        return sum_text(self.terms) or "0"


def letter(name: str) -> Whole:
    """Return a letter as a whole."""
    return of(Letter(name))


def whole(number: Whole | int) -> Whole:
    """Return a number as a whole."""
    if isinstance(number, Whole):
        return number
    return Whole((((), number),)) if number else ZERO


def of(atom: Atom) -> Whole:
    """Return an atom as a whole."""
    return Whole((((atom,), 1),))


def choice(test: Condition, then: Whole | int, other: Whole | int) -> Whole:
    """Return one of two wholes by a test that may be known already."""
    known = test.known
    if known is None:
        return of(Choice(test, whole(then), whole(other)))
    return whole(then if known else other)


ZERO = Whole(())
ONE = Whole((((), 1),))


def _whole(sums: Mapping[Monomial, int]) -> Whole:
    kept = [(m, c) for m, c in sums.items() if c]
    return Whole(tuple(sorted(kept, key=_place)))


def _place(term: tuple[Monomial, int]) -> Any:
    """Order monomials by their text, numbers last."""
    return not term[0], [atom.key for atom in term[0]]


def _bracketed(number: Whole) -> str:
    plain = number.constant is not None or number.terms == (((number.terms[0][0][0],), 1),)
    return str(number) if plain else f"({number})"
