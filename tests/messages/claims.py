"""Errors of comparisons in claims."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from symconv.exact import array
from symconv.language import decide
from symconv.verify import judge as judging
from symconv.verify import run as running

DECK = """schema: symconv-fixture/1
deck: demo
title: t
origin: o
cases:
- kind: lost
  id: demo/first
  says: s
  slide: '1'
  reason: r
- kind: lost
  id: demo/second
  says: s
  slide: '2'
  reason: r
"""


def crashing() -> str:
    """Return the one fault of a file whose first case meets a defect, the second case going on."""

    def judge(case: Any, document: Any) -> Any:
        if case.id == "demo/first":
            raise RuntimeError("3 is not 4")
        return judging(case, document)

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        file = Path(folder) / "deck.yaml"
        file.write_text(DECK, encoding="utf-8")
        patch.setattr(running, "judge", judge)
        report = running.verify([file])
    assert [finding.id for deck in report.decks for finding in deck.findings] == ["demo/second"]
    return report.faults[0].replace(f"{folder}/", "")


CASES: list[Any] = [
    pytest.param(
        crashing,
        "FixtureError[internal]: deck.yaml:7: case demo/first: RuntimeError: 3 is not 4\n"
        "  hint: please report this case",
        id="internal",
    ),
    pytest.param(
        lambda: decide("1 + 2", {}),
        "ExpressionError[no-comparison]: '1 + 2' compares nothing\n  hint: write a == b",
        id="no-comparison",
    ),
    pytest.param(
        lambda: decide("n == m", {}, ranges={"n": range(1000), "m": range(201)}),
        "ExpressionError[too-many-instances]: 201000 instances to check, at most "
        "200000\n"
        "  hint: shorten the ranges",
        id="too-many-instances",
    ),
    pytest.param(
        lambda: decide("n == n", {}, ranges={"n": range(3)}, given=["n > 5"]),
        "ExpressionError[vacuous]: no value in the ranges meets ['n > 5']\n"
        "  hint: widen the ranges or drop a condition",
        id="vacuous",
    ),
    pytest.param(
        lambda: decide("shape(3) == 4", {}),
        "ExpressionError[bad-argument]: 'int' object has no attribute 'shape'\n"
        "  hint: see docs/fixtures.md",
        id="bad-argument",
    ),
    pytest.param(
        lambda: decide("ones(1000, 1001) == 1", {}),
        "ExpressionError[array-too-large]: ones: asks for 1001000 entries, at most "
        "1000000\n"
        "  hint: use a smaller example",
        id="array-too-large",
    ),
    pytest.param(
        lambda: decide("shape(f) == 2", {"f": array([1, 2])}),
        "ExpressionError[bad-comparison]: a number and a shape cannot be equal or unequal\n"
        "  hint: compare values of one kind",
        id="bad-comparison",
    ),
    pytest.param(
        lambda: decide("f + g == f", {"f": array("1 2"), "g": array("1 2 3")}),
        "ExpressionError[shape-mismatch]: '+' between arrays of shapes (2,) and (3,)\n"
        "  hint: give both the same shape",
        id="shape-mismatch",
    ),
    pytest.param(
        lambda: decide("max_pool(x, 2, 3, 4, 5, 6, 7, 8, 9) == 1", {"x": array([1, 2])}),
        "ExpressionError[bad-argument]: max_pool: 9 arguments, at most 7\n"
        "  hint: see docs/fixtures.md",
        id="bad-argument, too many",
    ),
    pytest.param(
        lambda: decide("max_pool(x) == 1", {"x": array([1, 2])}),
        "ExpressionError[bad-argument]: max_pool: 'window' is missing\n"
        "  hint: see docs/fixtures.md",
        id="bad-argument, missing",
    ),
]
