"""Damaged examples: which readings can give the printed output, and with which entries."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from symconv.algebra import EXPRESSIONS
from symconv.catalogue import OPERATIONS
from symconv.engines import evaluate
from symconv.errors import FixtureError
from symconv.exact import Array, entry, objects
from symconv.fixtures import Solve, Tensor
from symconv.fixtures.arrays import EMPTY, UNREADABLE, printed_cells, resolve, to_array
from symconv.operations import operands
from symconv.plan import by, check_size
from symconv.planning import table_of
from symconv.terms import Table
from symconv.verify.apply import keywords
from symconv.verify.cells import shaped_like
from symconv.verify.solving import linear, solve

Arrays = Mapping[str, Tensor]
Solved = dict[str, dict[str, str]]
"""For each reading that gives the printed output, the unknowns it determines."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of all readings: the solutions, a note on each, whether any could have failed."""

    solved: Solved
    notes: list[str]
    tested: bool


def attempt(case: Solve, arrays: Arrays) -> Attempt:
    """Try every reading of a damaged example against its printed output."""
    solved: Solved = {}
    notes: list[str] = []
    tested = False
    for name, x, w in _readings(case, arrays):
        rows, cells = _equations(case, x, w, arrays)
        solution = solve(rows, case.unknowns.split())
        tested = tested or solution.tested
        label = f"{name}: " if name else ""
        if solution.conflict:
            places = " ".join(str(list(cells[row])) for row in solution.conflict)
            notes.append(f"{label}contradictory, cells {places} cannot hold together")
            continue
        solved[name] = {key: str(value) for key, value in solution.values.items()}
        known = ", ".join(f"{key} = {value}" for key, value in solved[name].items())
        free = f"; free: {', '.join(solution.free)}" if solution.free else ""
        notes.append(f"{label}solved, {known or 'nothing determined'}{free}")
    return Attempt(solved, notes, tested)


def _readings(case: Solve, arrays: Arrays) -> Iterator[tuple[str, Array, Array]]:
    xs, ws = _named(case.x), _named(case.w)
    for (x_name, x), (w_name, w) in itertools.product(xs.items(), ws.items()):
        name = "; ".join(part for part in (x_name, w_name) if part)
        yield name, *operands(resolve(x, arrays), resolve(w, arrays))


def _named(value: Tensor | dict[str, Tensor]) -> Mapping[str, Tensor]:
    return value if isinstance(value, dict) else {"": value}


def _equations(
    case: Solve, x: Array, w: Array, arrays: Arrays
) -> tuple[list[list[Fraction]], list[tuple[int, ...]]]:
    """Return one linear equation for each readable printed cell, and the cells."""
    bias = None if case.bias is None else to_array(case.bias, arrays)
    options = keywords(case.options, OPERATIONS[case.op].options, case.op)
    plan = table_of(case.op, x.shape, w.shape, **options)
    check_size(plan)
    printed = printed_cells(case.printed, arrays)
    values = evaluate(plan, x, w, bias, engine="definition")
    printed = shaped_like(printed, values)
    _check_printed(plan, printed)
    cells, rows = [], []
    for index, token in np.ndenumerate(printed):
        if token in (EMPTY, UNREADABLE, ""):
            continue
        difference = EXPRESSIONS.sum(
            [EXPRESSIONS.enter(objects(values)[index]), EXPRESSIONS.enter(-entry(token))]
        )
        *coefficients, constant = linear(difference, case.unknowns.split())
        rows.append([*coefficients, -constant])
        cells.append(tuple(map(int, index)))
    return rows, cells


def _check_printed(plan: Table, printed: Array) -> None:
    if printed.shape != plan.out_shape:
        message = f"printed {by(printed.shape)}, but the operation gives {by(plan.out_shape)}"
        raise FixtureError("bad-shape", message, place="field printed")
