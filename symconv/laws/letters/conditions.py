"""Comparisons of wholes: what a law assumes, and where its terms stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from symconv.laws.letters.wholes import ZERO, Keyed, Letter, Whole, choice, letter, whole
from symconv.laws.letters.written import sum_text


@dataclass(frozen=True, eq=False)
class Test(Keyed):
    """``of`` = 0 or ``of`` ≥ 0, or several tests together; the fixed kinds are the fields' values.

    >>> str(at_least(letter("n") - 2, letter("k")))
    'k + 2 <= n'
    """

    kind: str
    of: Whole | None = None
    tests: tuple[Test, ...] = ()

    @cached_property
    def key(self) -> str:
        """The kind and what it is of."""
        inside = "".join(f"{test.key};" for test in self.tests)
        return f"{self.kind}{inside if self.of is None else self.of.key}"

    @property
    def known(self) -> bool | None:
        """Whether it holds, where no letter decides."""
        if self.of is None:
            return _KNOWN[self.kind]([test.known for test in self.tests])
        number = self.of.constant
        return None if number is None else number == 0 if self.kind == "=" else number >= 0

    @property
    def linear(self) -> bool:
        """Whether every whole in it is linear."""
        return self.of.linear if self.of is not None else all(test.linear for test in self.tests)

    @property
    def sides(self) -> tuple[Whole, Whole]:
        """Both sides of less ≤ more, as they are written; two zeros where it is none."""
        if self.of is None or self.kind != ">=":
            return ZERO, ZERO
        more = Whole(tuple((m, c) for m, c in self.of.terms if c > 0))
        return more - self.of, more

    def letters(self) -> Iterator[str]:
        """Yield the names of all letters."""
        for part in self.tests if self.of is None else (self.of,):
            yield from part.letters()

    def value(self, env: Mapping[str, int]) -> bool:
        """Tell whether it holds for numbers of the letters."""
        if self.of is None:
            held = [test.value(env) for test in self.tests]
            return bool(_KNOWN[self.kind](held))
        number = self.of.value(env)
        return number == 0 if self.kind == "=" else number >= 0

    def put(self, found: Mapping[str, Whole]) -> Test:
        """Return the test with letters replaced."""
        if self.of is not None:
            return Test(self.kind, self.of.put(found))
        return Test(self.kind, None, tuple(test.put(found) for test in self.tests))

    def smt(self) -> str:
        """Return the test in SMT-LIB."""
        if self.of is not None:
            return f"({self.kind} {self.of.smt()} 0)"
        return f"({self.kind} {' '.join(test.smt() for test in self.tests)})"

    def __str__(self) -> str:
        if self.of is None:
            inside = f" {self.kind} ".join(map(str, self.tests))
            return f"not ({inside})" if self.kind == "not" else f"({inside})"
        more = [(m, c) for m, c in self.of.terms if c > 0]
        less = [(m, -c) for m, c in self.of.terms if c < 0]
        sides = [sum_text(side) or "0" for side in (less, more)]
        return (" == " if self.kind == "=" else " <= ").join(sides)


def _all(held: Sequence[bool | None]) -> bool | None:
    return False if False in held else None if None in held else True


def _any(held: Sequence[bool | None]) -> bool | None:
    return True if True in held else None if None in held else False


def _not(held: Sequence[bool | None]) -> bool | None:
    return None if held[0] is None else not held[0]


_KNOWN = {"and": _all, "or": _any, "not": _not}


def largest(left: Whole, right: Whole | int) -> Whole:
    """Return the larger of two."""
    return choice(at_least(left, right), left, right)


def at_least(left: Whole | int, right: Whole | int) -> Test:
    """Return the test left ≥ right."""
    return Test(">=", whole(left) - right)


def less(left: Whole | int, right: Whole | int) -> Test:
    """Return the test left < right."""
    return Test(">=", whole(right) - left - 1)


def same(left: Whole | int, right: Whole | int) -> Test:
    """Return the test left = right."""
    difference = whole(left) - right
    negative = bool(difference.terms) and difference.terms[0][1] < 0
    return Test("=", -difference if negative else difference)


def surely(test: Test, least: Mapping[str, int]) -> bool:
    """Tell whether a test holds for all letters of at least so much, as far as signs show.

    >>> surely(at_least(letter("n") + letter("k"), 2), {"n": 1, "k": 1})
    True
    """
    if test.kind in ("and", "or"):
        return (all if test.kind == "and" else any)(surely(one, least) for one in test.tests)
    if test.known is not None or test.kind != ">=" or test.of is None:
        return test.known is True
    moved = test.of.put({name: letter(name) + bound for name, bound in least.items()})
    plain = all(isinstance(a, Letter) and a.name in least for m, _ in moved.terms for a in m)
    return plain and all(coefficient >= 0 for _, coefficient in moved.terms)


def inside(index: Whole, length: Whole) -> list[Test]:
    """Return the tests 0 ≤ index < length."""
    return [at_least(index, 0), less(index, length)]


def every(tests: Iterable[Test]) -> Test:
    """Return the test that all hold."""
    return _together("and", tests, TRUE)


def some(tests: Iterable[Test]) -> Test:
    """Return the test that at least one holds."""
    return _together("or", tests, FALSE)


def _together(kind: str, tests: Iterable[Test], neutral: Test) -> Test:
    kept = [test for test in dict.fromkeys(tests) if test.known is not neutral.known]
    return neutral if not kept else kept[0] if len(kept) == 1 else Test(kind, None, tuple(kept))


def negation(test: Test) -> Test:
    """Return the test that one does not hold."""
    return Test("not", None, (test,))


TRUE = Test("=", ZERO)
FALSE = Test("=", Whole((((), 1),)))
