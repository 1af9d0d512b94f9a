"""Sides in letters: put to numbers, they say what the tables say at every shape."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings

from symconv.laws.letters.wholes import letter
from symconv.laws.logic.lengths import Shapes
from symconv.laws.logic.rules import Rule, Rules
from symconv.laws.logic.settling import settled
from symconv.laws.tables.comparison import cell
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.laws.tables.values import Value
from tests import oracle_laws, strategies_laws
from tests.oracle_laws import Poly
from tests.strategies_laws import Sample
from tests.test_laws_tables import lifted

WORK = 3000
"""Ways to put entries and inner letters into the rules of one output that are all tried."""
INNER = range(-1, 9)
"""Values that an inner letter can have in the lengths drawn here, with room on both sides."""


def formed(sample: Sample) -> tuple[Value, Value] | None:
    """Return both sides from the tables, None where one cannot be formed."""
    try:
        return at_shape(sample.statement, sample.letters)
    except NoRoomError:
        return None


def check_lengths(sample: Sample) -> None:
    """Hold lengths and needs in letters against the tables."""
    shapes, letters = Shapes(sample.statement), sample.letters
    sides = formed(sample)
    assert all(test.value(letters) for test in shapes.needs) == (sides is not None)
    if sides is not None:
        for lengths, value in zip(shapes.sides, sides, strict=True):
            assert tuple(length.value(letters) for length in lengths) == value.shape


@given(sample=strategies_laws.samples(strategies_laws.sides()))
@settings(max_examples=180)
def test_lengths_and_needs_in_letters(sample: Sample) -> None:
    check_lengths(sample)


@given(sample=strategies_laws.samples(lifted(), spatial=2))
@settings(max_examples=40)
def test_lengths_and_needs_in_letters_for_two_axes(sample: Sample) -> None:
    check_lengths(sample)


def number(text: str, sample: Sample) -> int:
    """Return a length that is written as text, by the witness."""
    reader = oracle_laws.Reader(sample.shapes, sample.numbers, sample.spatial)
    return reader.number(ast.parse(text, mode="eval").body, -1)


def shape_of(name: str, sample: Sample) -> tuple[int, ...]:
    """Return the shape of a tensor, or of the ones that a rule reads as a tensor."""
    if name in sample.shapes:
        return sample.shapes[name]
    inside = re.split(r", (?![^(]*\))", name.removeprefix("ones(").removesuffix(")"))
    return tuple(number(text, sample) for text in inside)


def counted(rule: Rule, sample: Sample, env: dict[str, int]) -> Iterator[tuple[object, Fraction]]:
    """Yield the terms of a rule at an output: every way to choose entries and inner letters."""
    shapes = [shape_of(name, sample) for name, _ in rule.entries]
    letters = [
        tuple(letter(f"entry {place}, {axis}") for axis in range(len(shape)))
        for place, shape in enumerate(shapes)
    ]
    found = settled(rule, letters)
    sizes = [range(n) for shape in shapes for n in shape]
    names = [str(one) for index in letters for one in index]
    work = len(INNER) ** len(found.loose)
    for size in sizes:
        work *= len(size)
    assume(work <= WORK)
    weight = rule.number / rule.over.value(env)
    for places in product(*sizes):
        here = env | dict(zip(names, places, strict=True))
        for inner in product(INNER, repeat=len(found.loose)):
            values = here | dict(zip(found.loose, inner, strict=True))
            if all(test.value(values) for test in found.tests):
                entries = [tuple(values[str(one)] for one in index) for index in letters]
                pairs = zip([name for name, _ in rule.entries], entries, strict=True)
                kept = tuple(sorted(pair for pair in pairs if not pair[0].startswith("ones(")))
                yield (rule.names, kept), weight


def check_rules(sample: Sample, *, generic: bool) -> None:
    """Hold the rules of both sides, put to numbers, against the tables."""
    shapes, sides = Shapes(sample.statement), formed(sample)
    assume(sides is not None)
    assume(all(test.value(sample.letters) for test in shapes.reaches))
    for side, value in enumerate(sides or ()):
        assume(value.terms <= 60)
        index = tuple(letter(f"o{axis}") for axis in range(len(value.shape)))
        rules = Rules(shapes, generic=generic).side(side, index)
        for place in product(*map(range, value.shape)):
            env = sample.letters | {f"o{axis}": o for axis, o in enumerate(place)}
            total: Poly = defaultdict(Fraction)
            for rule in rules:
                for key, weight in counted(rule, sample, env):
                    total[key] += weight  # type: ignore[index]
            assert {key: many for key, many in total.items() if many} == cell(value, place)


@pytest.mark.parametrize("generic", [False, True])
@given(sample=strategies_laws.samples(strategies_laws.sides()))
@settings(max_examples=90)
def test_rules_are_the_terms_of_the_tables(sample: Sample, *, generic: bool) -> None:
    check_rules(sample, generic=generic)


@given(sample=strategies_laws.samples(lifted(), spatial=2))
@settings(max_examples=40)
def test_rules_of_two_axes_are_the_terms_of_the_tables(sample: Sample) -> None:
    check_rules(sample, generic=False)
