"""The whole grid of laws: nothing unknown, every entry as the witness has it, the book up to date.

It takes minutes, so `make test-laws` runs it apart from the other tests.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from symconv.laws import LAWS, Entry, table
from symconv.laws.provers.all_shapes import for_all_shapes
from symconv.render.laws import page
from symconv.verdicts import Truth
from tests.test_laws_registry import confirm

pytest.importorskip("z3")
BOOK = Path(__file__).parent.parent.parent / "docs" / "law_book.md"


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    return list(table(LAWS.values(), jobs=os.cpu_count() or 1))


def test_no_entry_is_unknown_and_every_proof_is_for_all_shapes(entries: list[Entry]) -> None:
    outcomes = Counter(entry.outcome for entry in entries)
    assert set(outcomes) == {"proved", "conditional", "refuted"}
    assert {entry.verdict.scope for entry in entries} == {"all shapes"}


def test_every_entry_is_as_the_witness_has_it(entries: list[Entry]) -> None:
    for entry in entries:
        confirm(entry.law.read(**entry.choices), entry.verdict)


def test_every_condition_makes_its_law_true(entries: list[Entry]) -> None:
    for entry in entries:
        if entry.condition:
            assumed = tuple(entry.condition.split("; "))
            statement = entry.law.read_as(None, assumed, 1, **entry.choices)
            verdict = for_all_shapes(statement, budget=25)
            assert verdict.truth is Truth.PROVED
            confirm(statement, verdict)


def test_the_book_is_what_is_known(entries: list[Entry]) -> None:
    assert BOOK.read_text(encoding="utf-8") == page(entries), "run `make laws`"
