"""Sides at a shape: the tables say what loops over indices say, and compare as polynomials do."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.laws.tables.comparison import cell, differing, equal
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.laws.tables.values import Value
from tests import oracle_laws, strategies_laws
from tests.oracle_laws import Array, UnformedError
from tests.strategies_laws import Sample, Writer


def test_the_oracle_imports_nothing_of_symconv() -> None:
    tree = ast.parse(Path(oracle_laws.__file__).read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
        )
    }
    assert imported == {
        "__future__",
        "ast",
        "collections.abc",
        "dataclasses",
        "fractions",
        "itertools",
        "math",
        "tests.oracle",
        "typing",
    }


def told(sample: Sample) -> tuple[Array, Array] | None:
    """Return both sides as the witness has them, None where one cannot be formed."""
    try:
        return oracle_laws.law(sample.text, sample.shapes, sample.numbers, sample.spatial)
    except UnformedError:
        return None


def found(sample: Sample) -> tuple[Value, Value] | None:
    """Return both sides as the tables have them, None where one cannot be formed."""
    try:
        return at_shape(sample.statement, sample.letters)
    except NoRoomError:
        return None


def check(sample: Sample) -> None:
    """Hold both sides of a law against the witness."""
    ours, theirs = found(sample), told(sample)
    assert (ours is None) == (theirs is None)
    for one, other in zip(ours or (), theirs or (), strict=True):
        assert one.shape == other.shape
        cells = {index: cell(one, index) for index in product(*map(range, one.shape))}
        assert cells == other.cells


@given(sample=strategies_laws.samples(strategies_laws.sides()))
@settings(max_examples=240)
def test_sides_are_what_loops_give(sample: Sample) -> None:
    check(sample)


@st.composite
def lifted(draw: strategies_laws.Draw) -> str:
    writer = Writer(draw)
    return f"{writer.line(draw(st.integers(1, 2)), lifted=True)} == x"


@given(sample=strategies_laws.samples(lifted(), spatial=2))
@settings(max_examples=80)
def test_sides_of_two_axes_are_what_loops_give(sample: Sample) -> None:
    check(sample)


@given(sample=strategies_laws.samples(strategies_laws.sides(near=True)))
@settings(max_examples=140)
def test_sides_are_equal_where_their_polynomials_are(sample: Sample) -> None:
    ours, theirs = found(sample), told(sample)
    if ours is None or theirs is None:
        return
    wanted = oracle_laws.same(*theirs)
    assert equal(*ours) == wanted
    if theirs[0].shape == theirs[1].shape:
        places = [i for i, poly in theirs[0].cells.items() if poly != theirs[1].cells[i]]
        assert list(differing(*ours)) == places
    weighted = any(sign in sample.text for sign in "-/23456789") or "constant" in sample.text
    if not weighted:
        assert equal(*ours, idempotent=True) == oracle_laws.same(*theirs, idempotent=True)
