"""Every law of the registry: told in full, proved or refuted as the witness has it, mutants caught.

The grid of all laws for all choices takes minutes; a few entries of each law are decided here,
others each time the number of them changes. SYMCONV_GRID=1000 decides all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from random import Random
from typing import Any

import pytest

from symconv.laws import LAWS, Entry, Law
from symconv.laws.grid import entry
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes
from symconv.laws.provers.all_shapes import for_all_shapes
from symconv.laws.provers.instances import instances
from symconv.laws.verdict import Verdict
from symconv.verdicts import Truth
from tests import oracle_laws
from tests.oracle_laws import UnformedError

pytest.importorskip("z3")

ENTRIES = int(os.environ.get("SYMCONV_GRID", "1"))
"""Entries of the grid that are decided for each law, besides the one without choices."""
INSTANCES = 3
"""Shapes at which the witness looks at a proved law."""
NAMES = list(LAWS)
MUTANTS = [(name, number) for name in NAMES for number in range(len(LAWS[name].mutants))]


def picked(law: Law) -> list[dict[str, Any]]:
    """Return some choices of a law's grid, the same ones each time."""
    grid = list(law.grid())
    random = Random(law.name)  # noqa: S311
    chosen = [dict(law.chosen()), *random.sample(grid, min(ENTRIES, len(grid)))]
    return [choices for place, choices in enumerate(chosen) if choices not in chosen[:place]]


ROWS = [(name, choices) for name in NAMES for choices in picked(LAWS[name])]


def shapes_of(statement: Statement, letters: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors at some letters."""
    return {
        name: tuple(letters[statement.numbers.length(name, axis)] for axis in range(rank))
        for name, rank in statement.ranks.tensors.items()
    }


def sides(statement: Statement, letters: dict[str, int]) -> Any:
    """Return both sides by the witness."""
    numbers = {name: letters[name] for name in statement.parameters}
    shapes = shapes_of(statement, letters)
    for assumption in statement.assumptions:
        if not oracle_laws.holds(assumption.text, shapes, numbers):
            raise UnformedError
    return oracle_laws.law(statement.text, shapes, numbers)


def some_letters(statement: Statement) -> Iterator[dict[str, int]]:
    """Yield small instances of a law in no order, the same each time."""
    shells = instances(statement, Shapes(statement), 4).shells()
    found = list(islice(chain.from_iterable(shells), 800))
    Random(statement.text).shuffle(found)  # noqa: S311
    return islice(found, 200)


def confirm(statement: Statement, verdict: Verdict) -> None:
    """Hold a verdict against the witness."""
    if verdict.truth is Truth.REFUTED:
        found = verdict.counterexample
        assert found is not None
        left, right = sides(statement, dict(found.letters))
        assert (left.shape, right.shape) == (found.left_shape, found.right_shape)
        assert not oracle_laws.same(left, right, idempotent=statement.idempotent)
        return
    formed = 0
    for letters in some_letters(statement):
        try:
            left, right = sides(statement, letters)
        except UnformedError:
            continue
        assert oracle_laws.same(left, right, idempotent=statement.idempotent), letters
        formed += 1
        if formed == INSTANCES:
            return
    assert formed


DECIDED: dict[str, Entry] = {}


def decided(law: Law, choices: dict[str, Any]) -> Entry:
    """Return what is known of a law for some choices; each is asked once."""
    key = f"{law.name} {choices}"
    if key not in DECIDED:
        DECIDED[key] = entry(law, choices)
    return DECIDED[key]


@pytest.mark.parametrize("name", NAMES)
def test_a_law_is_told_in_full(name: str) -> None:
    law = LAWS[name]
    assert law.name == name == name.lower()
    assert law.example is not None
    for text in (law.title, law.group, law.statement, law.latex, law.says, law.source):
        assert text
        assert text == text.strip()
    assert law.title[0].isupper()
    assert law.says.endswith(".")
    assert law.mutants
    assert len(set(law.mutants)) == len(law.mutants)
    assert law.statement not in law.mutants
    assert set(law.defaults) <= set(law.varies)
    for repair in law.repairs:
        assert repair.says
        assert repair.statement or repair.assume


def test_titles_are_different() -> None:
    assert len({law.title for law in LAWS.values()}) == len(LAWS)
    assert len({law.statement for law in LAWS.values()}) == len(LAWS)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_law_can_be_written_out(name: str) -> None:
    law = LAWS[name]
    example, statement = law.example, law.read()
    assert example is not None
    assert set(example.shapes) == set(statement.ranks.tensors)
    assert set(example.parameters) == set(statement.parameters)
    letters = dict(example.parameters) | {
        statement.numbers.length(name, axis): length
        for name, shape in example.shapes.items()
        for axis, length in enumerate(shape)
    }
    left, right = sides(statement, letters)
    assert left.cells
    assert right.cells
    if decided(law, dict(law.chosen())).verdict.proved:
        assert oracle_laws.same(left, right, idempotent=statement.idempotent)


@pytest.mark.parametrize(("name", "choices"), ROWS)
def test_entries_of_the_grid(name: str, choices: dict[str, Any]) -> None:
    law = LAWS[name]
    found = decided(law, choices)
    assert found.verdict.truth is not Truth.UNKNOWN, found.verdict.reason
    statement = law.read(**choices)
    confirm(statement, found.verdict)
    assert found.outcome == ("conditional" if found.condition else found.verdict.truth.name.lower())
    if found.condition:
        assert found.verdict.truth is Truth.REFUTED
        again = law.read_as(None, tuple(found.condition.split("; ")), 1, **choices)
        confirm(again, for_all_shapes(again, budget=60))


@pytest.mark.parametrize(("name", "number"), MUTANTS)
def test_mutants_are_refuted(name: str, number: int) -> None:
    law = LAWS[name]
    statement = law.read_as(law.mutants[number], (), 1)
    verdict = for_all_shapes(statement, budget=60)
    assert verdict.truth is Truth.REFUTED, law.mutants[number]
    confirm(statement, verdict)


@pytest.mark.parametrize("name", NAMES)
def test_repairs_hold_somewhere(name: str) -> None:
    law = LAWS[name]
    choices = dict(law.chosen())
    for repair in law.repairs:
        if repair.statement:
            statement = law.read_as(repair.statement, repair.assume, 1, **choices)
            verdict = for_all_shapes(statement, budget=60)
            if verdict.truth is not Truth.UNKNOWN:
                confirm(statement, verdict)
