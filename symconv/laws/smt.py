"""A law for all shapes as questions for a solver, in SMT-LIB.

Each question asks for a shape, an output and entries of the tensors where the sides differ; the law
holds for all shapes when every question is unsatisfiable. What is proved is the text itself, so
that any solver of linear integer arithmetic can check it again.

Source: Barrett, Fontaine & Tinelli, The SMT-LIB Standard 2.6 (2017).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import lcm

from symconv.laws.conditions import Test, at_least, every, inside, negation, same, some
from symconv.laws.lengths import Lengths, Shapes
from symconv.laws.rules import Rule, Rules
from symconv.laws.settling import Settled, settled
from symconv.laws.statement import Statement
from symconv.laws.wholes import letter

Kind = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
MOST_ORDERS = 24
"""Orders of equal tensors in one product that a question writes out."""


class NotLinearError(Exception):
    """A law whose terms have to be counted, which is no question of linear arithmetic."""


@dataclass(frozen=True, slots=True)
class Question:
    """One satisfiability question; ``about`` says what would differ."""

    about: str
    assumptions: tuple[Test, ...]
    goal: str
    letters: tuple[str, ...]
    linear: bool
    quantified: bool = False

    def text(self, title: str = "") -> str:
        """Return the question as an SMT-LIB script, which should answer `unsat`."""
        arithmetic = "LIA" if self.linear else "NIA"
        logic = arithmetic if self.quantified else f"QF_{arithmetic}"
        lines = [f"; {line}" for line in (*title.splitlines(), self.about)]
        lines += [f"(set-logic {logic})", "(set-info :status unsat)"]
        lines += [f"(declare-const |{name}| Int)" for name in self.letters]
        lines += [f"(assert {test.smt()})  ; {test}" for test in self.assumptions]
        return "\n".join([*lines, f"(assert {self.goal})", "(check-sat)", ""])


def assumptions(statement: Statement, shapes: Shapes, *, reach: bool = True) -> list[Test]:
    """Return what a law is claimed under: lengths of 1 or more, what is assumed, what it needs."""
    tests = [at_least(letter(name), 1) for name in statement.length_letters()]
    tests += [
        at_least(letter(name), least)
        for name, least in statement.parameter_letters()
        if least is not None
    ]
    found = [*tests, *statement.assumed(), *shapes.needs, *(shapes.reaches if reach else ())]
    return [test for test in dict.fromkeys(found) if test.known is not True]


def questions(statement: Statement, shapes: Shapes) -> Iterator[Question]:
    """Yield the questions that together decide a law for all shapes.

    Raises: NotLinearError where terms would have to be counted.
    """
    left, right = shapes.sides
    given = assumptions(statement, shapes)
    pairs = list(zip(left, right, strict=True))
    differ = negation(every(same(a, b) for a, b in pairs))
    if differ.known is not False:
        yield _question("lengths", given, differ.smt(), [differ], [])
    index = tuple(letter(f"o[{axis}]" if len(left) > 1 else "o") for axis in range(len(left)))
    given += [test for i, n in zip(index, left, strict=True) for test in inside(i, n)]
    yield from _values(statement, shapes, given, index)


def _values(
    statement: Statement, shapes: Shapes, given: list[Test], index: Lengths
) -> Iterator[Question]:
    for generic in (False, True):
        rules = Rules(shapes, generic=generic)
        sides = [_by_kind(rules.side(number, index)) for number in (0, 1)]
        kinds = list(dict.fromkeys((*sides[0], *sides[1])))
        found = [[_settled(side.get(kind, []), kind[2]) for side in sides] for kind in kinds]
        loose = any(one.loose for pair in found for side in pair for one in side)
        if not loose or statement.idempotent:
            break
    else:
        raise NotLinearError
    for kind, pair in zip(kinds, found, strict=True):
        goal = _exists(pair) if statement.idempotent else _sums(pair)
        if goal is None:
            continue
        tests = [test for side in pair for one in side for test in one.tests]
        inner = [name for side in pair for one in side for name in one.loose]
        about = " * ".join((*kind[0], *kind[2])) or "constants"
        yield _question(about, given, goal, tests, inner)


def _question(
    about: str, given: list[Test], goal: str, tests: Sequence[Test], inner: Sequence[str]
) -> Question:
    every_test = [*given, *tests]
    names = dict.fromkeys(name for test in every_test for name in test.letters())
    letters = tuple(name for name in names if name not in inner)
    linear = all(test.linear for test in every_test)
    return Question(about, tuple(given), goal, letters, linear, bool(inner))


def _by_kind(rules: Iterable[Rule]) -> dict[Kind, list[Rule]]:
    kinds = defaultdict(list)
    for rule in rules:
        if rule.number:
            kinds[rule.names, rule.over, tuple(sorted(name for name, _ in rule.entries))].append(
                rule
            )
    return kinds


def _settled(rules: Sequence[Rule], names: tuple[str, ...]) -> list[Settled]:
    """Return the rules for entries in letters; equal tensors in every order, as factors commute."""
    found = []
    for rule in rules:
        for order in _orders([name for name, _ in rule.entries], names):
            entries = [
                tuple(
                    letter(f"{name}#{place + 1}[{axis}]")
                    for axis in range(len(rule.entries[old][1]))
                )
                for old, (name, place) in enumerate(order)
            ]
            one = settled(rule, entries)
            if not any(test.known is False for test in one.tests):
                found.append(one)
    return found


def _orders(names: Sequence[str], kind: tuple[str, ...]) -> Iterator[list[tuple[str, int]]]:
    """Yield for every tensor of a rule which of the tensors of that name it is."""
    ways: list[list[tuple[str, int]]] = [[]]
    for name in dict.fromkeys(kind):
        count = kind.count(name)
        numbered = [
            list(zip([name] * count, order, strict=True)) for order in permutations(range(count))
        ]
        ways = [[*way, *more] for way in ways for more in numbered]
        if len(ways) > MOST_ORDERS:
            raise NotLinearError
    for way in ways:
        waiting: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for one in way:
            waiting[one[0]].append(one)
        yield [waiting[name].pop(0) for name in names]


def _sums(pair: Sequence[Sequence[Settled]]) -> str | None:
    """Return that the terms of both sides do not add up to the same, None when they must."""
    left, right = pair
    if len(left) <= 1 and len(right) <= 1 and len({one.number for one in (*left, *right)}) == 1:
        return _differ([[every(one.tests) for one in side] for side in pair])
    numbers = [one.number for one in (*left, *right)]
    scale = lcm(*(number.denominator for number in numbers)) if numbers else 1
    sides = [
        " ".join(
            f"(ite {every(one.tests).smt()} {_integer(int(one.number * scale))} 0)" for one in side
        )
        for side in pair
    ]
    return f"(not (= (+ 0 0 {sides[0]}) (+ 0 0 {sides[1]})))" if numbers else None


def _integer(number: int) -> str:
    return str(number) if number >= 0 else f"(- {-number})"


def _exists(pair: Sequence[Sequence[Settled]]) -> str | None:
    """Return that there is a term on one side alone."""
    sides = []
    for side in pair:
        found = []
        for one in side:
            held = every(one.tests).smt()
            if one.loose:
                letters = " ".join(f"(|{name}| Int)" for name in one.loose)
                held = f"(exists ({letters}) {held})"
            found.append(held)
        sides.append(f"(or false false {' '.join(found)})")
    return f"(not (= {sides[0]} {sides[1]}))"


def _differ(sides: Sequence[Sequence[Test]]) -> str | None:
    left, right = (some(side) for side in sides)
    if left == right:
        return None
    return f"(not (= {left.smt()} {right.smt()}))"
