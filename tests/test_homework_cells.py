"""One cell of an answer: awkward and hostile texts as data; every limit at its edge."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from symconv.homework.reading.cells import Budget, Reader, _readers, read
from symconv.homework.reading.model import LIMITS, Cell, Limits, Rules
from symconv.homework.reading.names import canonical
from symconv.homework.reading.polynomials import text_of

DATA = yaml.safe_load(Path(__file__).with_name("homework_cells.yaml").read_text(encoding="utf-8"))
FACTS = ("shown", "places", "digits", "expanded", "lowest")


def rows() -> list[Any]:
    return [
        pytest.param(row, id=f"{topic}-{number}-{row.get('code', 'read')}")
        for topic, section in DATA.items()
        for number, row in enumerate(section, 1)
    ]


def rules_of(row: dict[str, Any]) -> Rules:
    return Rules(
        frozenset(str(row.get("symbols", "")).split()),
        row.get("decimal", "."),
        row.get("mixed", False),
        row.get("work", False),
    )


@pytest.mark.parametrize("row", rows())
def test_a_cell_is_read_as_the_table_says(row: dict[str, Any]) -> None:
    text, rules = row["input"] * row.get("times", 1) + row.get("then", ""), rules_of(row)
    cell = read(text, rules)
    assert cell.raw == text
    if cell.fault is not None:
        assert (cell.fault.code, cell.value) == (row.get("code"), None), str(cell.fault)
        return
    assert cell.blank == row.get("blank", False)
    if not cell.blank:
        assert cell.value is not None
        assert text_of(cell.value) == row["value"]
        assert [text_of(step) for step in cell.steps] == row.get("steps", [])
    assert {name: getattr(cell, name) for name in FACTS if name in row} == {
        name: row[name] for name in FACTS if name in row
    }
    assert cell.notices == ((row["notice"],) if "notice" in row else cell.notices)
    if cell.shown and not cell.steps:
        assert read(cell.shown, Rules(rules.symbols)).value == cell.value


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("x11", "x_11", "x_{11}", "x_{1,1}", "x_{1, 1}", "x[1,1]", "x₁₁", "𝑥₁₁"), "x11"),
        (("x_{1,12}", "x[1,12]", "x[ 1 , 12 ]"), "x[1,12]"),
        (("x_{11,2}",), "x[11,2]"),
        (("\\ell", "ℓ"), "ℓ"),
        (("\\alpha", "α", "𝛼"), "α"),
        (("\\alpha_{2}", "α2", "α₂"), "α2"),
        (("\\mathrm{x}_{11}", "\\text{x11}"), "x11"),
        (("x_a", "x_{a}"), "x_a"),
        (("lambda",), "lambda"),
        (("E",), "E"),
        (("x1y",), "x1y"),
        (("\\unheard",), "\\unheard"),
        (("",), ""),
        (("\udc80",), "\udc80"),
    ],
)
def test_a_letter_has_one_name(words: tuple[str, ...], name: str) -> None:
    assert {canonical(word) for word in words} == {name}
    assert canonical(name) == name


def code(text: str, rules: Rules) -> str:
    fault = read(text, rules).fault
    return fault.code if fault else ""


EDGES = {
    "cell_characters": (7, "1" * 6, "1" * 7, "1" * 8, "too-long"),
    "tokens": (5, "1+1-", "1+1+1", "1+1+1+1", "too-long"),
    "depth": (3, "((1))", "(((1)))", "((((1))))", "too-deep"),
    "digits": (4, "123", "1.234", "12345", "number-too-long"),
    "bits": (8, "127", "255", "256", "number-too-long"),
    "exponent": (5, "a^4", "a^5", "a^6", "exponent"),
    "terms": (4, "a+b+c", "a+b+c+d", "a+b+c+d+e", "expands-too-far"),
    "products": (6, "(a+b)(a+b)", "(a+b)(a+b+c)", "(a+b)(a+b+c)*2", "expands-too-far"),
}
BEYOND = {
    "bits": ("16*16", "128+128", "1/256", "0.001", "(1/16)/16", "2*3a*50b", "2^8", "15^3a"),
    "exponent": ("a^5*b", "aaaaaa", "(a+b)^6", "(aab)^2", "a(aaaaa)", "abcabcd"),
    "terms": ("(a+b)(c+d+e)", "(a+b+c)^2"),
    "products": ("(a+b)^3", "(1+a)(1+b)(1+c)", "(a+b+c+d+e+f+g)/2"),
    "depth": ("\\frac{\\frac{\\frac{\\frac{1}{1}}{1}}{1}}{1}", "1+(2+(3+(4+(5))))"),
    "tokens": ("\\frac12", "a a a a a a"),
}


@pytest.mark.parametrize("name", EDGES)
def test_a_limit_holds_from_the_first_value_beyond_it(name: str) -> None:
    limit, *fine, beyond, wanted = EDGES[name]
    rules = Rules(frozenset("abcdefg"), limits=replace(LIMITS, **{name: limit}))
    assert {code(str(text), rules) for text in fine} <= {"", "incomplete"}
    for text in (beyond, *BEYOND.get(name, ())):
        assert code(str(text), rules) == wanted, text
        assert code(str(text), Rules(rules.symbols)) == ""


def test_every_limit_of_a_cell_is_tested() -> None:
    others = {"file_bytes", "notebook_bytes", "members", "ratio", "cells", "columns"}
    assert {field.name for field in fields(Limits)} - others == {*EDGES, "submission_products"}


def test_a_submission_has_one_budget() -> None:
    rules = Rules(frozenset("ab"), limits=Limits(submission_products=9))
    for reader in (Reader(rules), warm(rules)):
        budget = Budget(rules.limits)
        cells = [reader.read(text, budget) for text in ("(a+b)(a-b)", "12", "(a+b)(a+b)", "a+b")]
        assert [cell.fault for cell in cells] == [None] * 4
        cells = [reader.read(text, budget) for text in ("2a", "(a+b)2", "-3", "2a")]
        assert [bool(cell.fault) for cell in cells] == [False, True, False, True]
        assert budget.left == 0


def warm(rules: Rules) -> Reader:
    reader = Reader(rules)
    for text in ("(a+b)(a-b)", "(a+b)(a+b)", "2a", "(a+b)2"):
        reader.read(text)
    return reader


@pytest.mark.parametrize("limit", range(9))
def test_what_was_read_before_costs_what_it_cost(limit: int) -> None:
    texts = ["(a+b)(a+b)", "(a+b)^2(a-b)", "a/b", "(a+b)2/0", "(a+b)^13", "7", "(a+b)(a+b)(a+c)"]
    limits = Limits(submission_products=limit, products=8)
    rules = Rules(frozenset("abc"), limits=limits)
    for text in texts:
        cold, heated = Reader(rules), Reader(rules)
        heated.read(text)
        found = []
        for reader in (cold, heated):
            budget = Budget(limits)
            cell = reader.read(text, budget)
            found.append((cell.value, str(cell.fault), budget.left))
        assert found[0] == found[1], text


def test_readers_of_other_rules_are_kept_apart() -> None:
    one, other = Rules(frozenset("a")), Rules(frozenset("b"))
    for _ in range(3):
        assert read("a", one).fault is None
        assert code("a", other) == "unknown-symbol"
        assert read("a", Rules(frozenset("a"))) == read("a", one)
        assert _readers[0].rules == one
    assert read("1", replace(one)) is read("1", one)
    for number in range(40):
        assert read("1", Rules(frozenset({f"x{number}"}))).value == 1


def test_memory_is_bounded() -> None:
    assert len(_readers) <= 8
    reader = Reader(Rules(frozenset("a")))
    for number in range(5_000):
        reader.read(f"{number}a")
        reader.read(f"a{number}")
    assert len(reader.known) <= 2048
    assert len(reader.letters._runs) <= 2048


def test_a_cell_that_was_read_before_is_the_same_cell() -> None:
    rules = Rules(frozenset("a"))
    assert read("2a", rules) is read("2a", rules)
    assert isinstance(read("2a", rules), Cell)
