"""Gradescope: the results.json of one submission.

Texts of students stand in fields of format "text" alone, which Gradescope shows as it is. The
total is given for itself, since partial credit for a mistake is more than the cells add up to.

Source: Gradescope autograder documentation, "Autograder specifications", section output format.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symconv.homework.outputs.escape import shortened, visible
from symconv.homework.outputs.record import (
    RIGHT,
    Record,
    allows,
    exact,
    fraction,
    plain,
    refusal,
    told,
)
from symconv.homework.questions.question import Question

MOST_ROWS = 400
"""Rows of one result; of a larger answer, those of cells that are not right come first."""


def results(found: Record, question: Question) -> dict[str, Any]:
    """Return what results.json holds: the points, a row a cell, a row for the mistake.

    Rows are left out where the question's feedback level does not allow them, and show points
    only where they add up to the points of the answer. ``extra_data`` holds the record, without
    anything of the key unless students may see it.
    """
    lines = [refusal(found)] if found["fault"] is not None else found["feedback"]["lines"]
    tests = _rows(found, question) if allows(found, "cells") else []
    if found["feedback"]["diagnosis"]:
        tests.append(_mistake(found))
    return {
        "score": plain(found["points"]),
        "output": "\n".join(map(visible, lines)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"symconv": told(found)},
    }


def _rows(found: Record, question: Question) -> list[dict[str, Any]]:
    if found["shape"]["expected"] != found["shape"]["got"]:
        return []
    total = sum(question.weights, Fraction(0))
    shares = [weight / total * question.points for weight in question.weights]
    worth = _worth(question)
    earned = [
        share * worth.get(cell["verdict"], Fraction(0))
        for cell, share in zip(found["cells"], shares, strict=True)
    ]
    adds_up = sum(earned, Fraction(0)) == exact(found["points"])
    rows = [_row(cell) for cell in found["cells"]]
    for row, points, share in zip(rows, earned, shares, strict=True):
        if adds_up:
            row |= {"score": plain(fraction(points)), "max_score": plain(fraction(share))}
    return sorted(rows, key=lambda row: row["status"] == "passed")[:MOST_ROWS]


def _worth(question: Question) -> dict[str, Fraction]:
    """Return the share of a cell's points that each verdict earns."""
    credit = question.file.credit
    return {
        "correct": Fraction(1),
        "equivalent": Fraction(credit.equivalent),
        "rounded": Fraction(credit.rounded),
    }


def _row(cell: Record) -> dict[str, Any]:
    place = [str(at + 1) for at in cell["index"]]
    return {
        "number": ".".join(place),
        "name": f"y[{','.join(place)}]",
        "name_format": "text",
        "status": "passed" if cell["verdict"] in RIGHT else "failed",
        "output": "\n".join(map(shortened, cell.get("told", ()))),
        "output_format": "text",
        "visibility": "visible",
    }


def _mistake(found: Record) -> dict[str, Any]:
    return {
        "name": "What may have happened",
        "name_format": "text",
        "status": "failed",
        "output": visible(found["feedback"]["diagnosis"]),
        "output_format": "text",
        "visibility": "visible",
    }
