"""A law for all shapes as questions: a shape, an output and entries where the sides differ.

The law holds for all shapes when no question can be satisfied. Where inner indices are not settled
by the entries, terms may stand more than once; then ones are read as any kernel, or each term is
shown to stand once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, lcm, prod

from symconv.laws.language.statement import Statement
from symconv.laws.letters.conditions import Test, every, inside, negation, same, some
from symconv.laws.letters.wholes import Whole, letter
from symconv.laws.logic.lengths import Lengths, Shapes
from symconv.laws.logic.question import Question, assumptions, posed
from symconv.laws.logic.rules import Rule, Rules
from symconv.laws.logic.settling import Settled, settled

Kind = tuple[tuple[str, ...], Whole, tuple[str, ...]]
Sides = list[list[Settled]]
MOST_ORDERS = 24
"""Orders of equal tensors in one product that a question writes out."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Questions that prove a law when none can be satisfied.

    Where it is ``exact``, one that can be satisfied refutes the law, provided that the
    ``conditions`` cannot.
    """

    questions: list[Question]
    conditions: list[Question]
    exact: bool = True

    @property
    def all(self) -> list[Question]:
        """Everything that has to be unsatisfiable."""
        return [*self.conditions, *self.questions]


def attempts(statement: Statement, shapes: Shapes) -> Iterator[Attempt]:
    """Yield ways to decide a law for all shapes, none where terms can only be counted."""
    left, _ = shapes.sides
    given = assumptions(statement, shapes)
    lengths = list(_lengths(shapes, given))
    index = tuple(letter(f"#out{axis}") for axis in range(len(left)))
    given += [test for i, n in zip(index, left, strict=True) for test in inside(i, n)]
    for generic in (False, True):
        pairs = _pairs(shapes, index, generic=generic)
        if pairs is None:
            return
        loose = [one for sides in pairs.values() for side in sides for one in side if one.loose]
        if not loose or statement.idempotent:
            values = list(_values(statement, given, pairs))
            yield Attempt([*lengths, *values], [], exact=not generic)
            if not generic:
                return
        if not generic:
            plain, counted = pairs, loose
    conditions = [_once(given, one) for one in counted]
    yield Attempt([*lengths, *_values(statement, given, plain)], conditions)


def _lengths(shapes: Shapes, given: Sequence[Test]) -> Iterator[Question]:
    pairs = zip(*shapes.sides, strict=True)
    differ = negation(every(same(a, b) for a, b in pairs))
    if differ.known is not False:
        yield posed("lengths", given, differ.smt(), [differ])


def _pairs(shapes: Shapes, index: Lengths, *, generic: bool) -> dict[Kind, Sides] | None:
    """Return the settled rules of both sides by what they multiply."""
    rules = Rules(shapes, generic=generic)
    sides = [_by_kind(rules.side(number, index)) for number in (0, 1)]
    found: dict[Kind, Sides] = {}
    for kind in dict.fromkeys((*sides[0], *sides[1])):
        if prod(factorial(kind[2].count(name)) for name in set(kind[2])) > MOST_ORDERS:
            return None
        found[kind] = [_settled(side.get(kind, []), kind[2]) for side in sides]
    return found


def _values(
    statement: Statement, given: Sequence[Test], pairs: dict[Kind, Sides]
) -> Iterator[Question]:
    for kind, sides in pairs.items():
        goal = _support(sides) if statement.idempotent else _sums(sides)
        if goal is None:
            continue
        tests = [test for side in sides for one in side for test in one.tests]
        inner = [name for side in sides for one in side for name in one.loose]
        about = " * ".join((*kind[0], *kind[2])) or "constants"
        yield posed(about, given, goal, tests, inner)


def _once(given: Sequence[Test], one: Settled) -> Question:
    """Return the question for two sets of inner indices of one term."""
    others = {name: letter(f"{name}'") for name in one.loose}
    again = [test.put(others) for test in one.tests]
    differ = negation(every(same(letter(name), other) for name, other in others.items()))
    tests = [*one.tests, *again, differ]
    return posed("a term stands once", given, every(tests).smt(), tests)


def _by_kind(rules: Iterable[Rule]) -> dict[Kind, list[Rule]]:
    kinds = defaultdict(list)
    for rule in map(Rule.reduced, rules):
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
    for way in ways:
        waiting: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for one in way:
            waiting[one[0]].append(one)
        yield [waiting[name].pop(0) for name in names]


def _held(one: Settled) -> str:
    """Return that a term is there, for some inner indices where these are not settled."""
    held = every(one.tests).smt()
    if not one.loose:
        return held
    letters = " ".join(f"(|{name}| Int)" for name in one.loose)
    return f"(exists ({letters}) {held})"


def _sums(sides: Sides) -> str | None:
    """Return that the terms of both sides do not add up to the same, None when they must."""
    numbers = [one.number for side in sides for one in side]
    if max(map(len, sides)) <= 1 and len(set(numbers)) == 1:
        return _support(sides)
    scale = lcm(*(number.denominator for number in numbers))
    sums = [
        " ".join(f"(ite {_held(one)} {_integer(int(one.number * scale))} 0)" for one in side)
        for side in sides
    ]
    return f"(not (= (+ 0 0 {sums[0]}) (+ 0 0 {sums[1]})))" if numbers else None


def _integer(number: int) -> str:
    return str(number) if number >= 0 else f"(- {-number})"


def _support(sides: Sides) -> str | None:
    """Return that there is a term on one side alone, None when that cannot be."""
    if not any(one.loose for side in sides for one in side):
        left, right = (some(every(one.tests) for one in side) for side in sides)
        return None if left == right else f"(not (= {left.smt()} {right.smt()}))"
    left_held, right_held = (" ".join(map(_held, side)) for side in sides)
    return f"(not (= (or false false {left_held}) (or false false {right_held})))"
