"""Errors of entries: what cannot become an exact value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import flint
import numpy as np
import pytest
import sympy

from symconv import fast
from symconv.exact import array, entry

a = sympy.Symbol("a")


def endless() -> list[Any]:
    """Return a list that contains itself."""
    rows: list[Any] = []
    rows.append(rows)
    return rows


CASES: list[Any] = [
    pytest.param(
        lambda: array([1], floats="round"),
        "EntryError[unknown-option]: floats='round'\n  hint: floats is None or \"exact\"",
        id="unknown-option",
    ),
    pytest.param(
        lambda: array([[1, 2, 3], [4, 5]]),
        "EntryError[ragged]: entry: row 1 has shape (2,), but row 0 has (3,)\n"
        "  hint: give every row the same number of entries",
        id="ragged",
    ),
    pytest.param(
        lambda: array("1 2 3; 4 5"),
        "EntryError[ragged]: row 1 has 2 entries, but row 0 has 3\n"
        "  hint: give every row the same number of entries",
        id="ragged",
    ),
    pytest.param(
        lambda: array([3, True]),
        "EntryError[boolean]: entry [1]: True is a boolean\n  hint: write 0 or 1",
        id="boolean",
    ),
    pytest.param(
        lambda: array([3, 0.5]),
        "EntryError[float]: entry [1]: 0.5 is a float, which may already be rounded\n"
        '  hint: symconv.array(x, floats="exact") takes each float as the rational '
        "it stands for; symconv.fast computes in floating point",
        id="float",
    ),
    pytest.param(
        lambda: array([3, sympy.Float(0.5) + a]),
        "EntryError[float]: entry [1]: a + 0.5 contains a float, which may already "
        "be rounded\n"
        '  hint: symconv.array(x, floats="exact") takes each float as the rational '
        "it stands for; symconv.fast computes in floating point",
        id="float",
    ),
    pytest.param(
        lambda: array([3, None]),
        "EntryError[missing]: entry [1]: None is no value\n"
        "  hint: every entry needs a number or a symbol",
        id="missing",
    ),
    pytest.param(
        lambda: array(np.ma.masked_array([3, 4], mask=[False, True])),
        "EntryError[missing]: entry: a masked entry is no value\n  hint: fill the mask first",
        id="missing",
    ),
    pytest.param(
        lambda: array([3, 1j]),
        "EntryError[complex]: entry [1]: 1j is complex\n  hint: SymPy's I is exact",
        id="complex",
    ),
    pytest.param(
        lambda: array([3, float("nan")]),
        "EntryError[not-finite]: entry [1]: nan is not a finite number\n"
        "  hint: remove or replace it",
        id="not-finite",
    ),
    pytest.param(
        lambda: array([3, a - sympy.oo]),
        "EntryError[not-finite]: entry [1]: a - oo is not finite\n  hint: remove or replace it",
        id="not-finite",
    ),
    pytest.param(
        lambda: array([3, {4}]),
        "EntryError[not-an-entry]: entry [1]: set is not a number, text or SymPy expression",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array("1 (2,3)"),
        "EntryError[not-an-entry]: column 1: '(2,3)' is not one entry",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array([3, sympy.true]),
        "EntryError[not-an-entry]: entry [1]: SymPy BooleanTrue is not an expression",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array([flint.arb(3)]),
        "EntryError[not-an-entry]: entry [0]: flint arb is no exact number",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: fast.correlate([0.5, sympy.Symbol("a")], [1]),
        "EntryError[not-a-float]: a is no float64\n"
        "  hint: use symconv.correlate and its kin, which are exact",
        id="not-a-float",
    ),
    pytest.param(
        lambda: array(np.zeros((1,) * 40, dtype=int)),
        "EntryError[too-many-axes]: 40 axes, at most 32\n"
        "  hint: give numbers in a few nested lists",
        id="too-many-axes",
    ),
    pytest.param(
        lambda: entry(" "),
        "EntryError[missing]: entry: the cell is empty\n"
        "  hint: every entry needs a number or a symbol",
        id="missing, an empty cell",
    ),
    pytest.param(
        lambda: array([Decimal("1e200000")]),
        "EntryError[number-too-long]: entry [0]: 1E+200000 has more than 100000 digits",
        id="number-too-long",
    ),
    pytest.param(
        lambda: array([sympy.Order(a)]),
        "EntryError[not-an-entry]: entry [0]: O(a) does not stand for one number",
        id="not-an-entry, no one number",
    ),
    pytest.param(
        lambda: array(endless()),
        "EntryError[too-many-axes]: lists are nested without end\n"
        "  hint: give numbers in a few nested lists",
        id="too-many-axes, without end",
    ),
    pytest.param(
        lambda: fast.correlate(np.array([0.5, np.inf]), [1]),
        "EntryError[not-finite]: an entry is not a finite number\n  hint: remove or replace it",
        id="not-finite, in floats",
    ),
]
