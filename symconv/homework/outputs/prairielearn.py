"""PrairieLearn: results of an external grader, and the marks that a server.py writes itself.

An answer of which nothing could be read is "not gradable": it costs no attempt. Texts of an
external grader are escaped by PrairieLearn; format errors of elements are shown as HTML, so that
they are escaped here.

Sources: PrairieLearn documentation, "External grading" and "question server.py"; the templates of
the elements pl-external-grader-results and pl-string-input.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from html import escape
from typing import Any

from symconv.homework.outputs.escape import shortened, visible
from symconv.homework.outputs.record import (
    RIGHT,
    Record,
    allows,
    comment,
    plain,
    refusal,
)

MOST_TESTS = 400
"""Cells that get a test of their own; the whole file has to stay below one megabyte."""
MOST_ERRORS = 20
"""Unreadable cells that are listed."""


def gradable(found: Record) -> bool:
    """Tell whether anything could be read: a grid, and one cell of it at least."""
    cells = found["cells"]
    return found["fault"] is None and any(cell["read"] is not None for cell in cells)


def format_errors(found: Record) -> list[str]:
    """Return why nothing could be graded, as plain text; empty when something could."""
    if gradable(found):
        return []
    if found["fault"] is not None:
        return [shortened(refusal(found), 1_000)]
    faults = [cell for cell in found["cells"] if "fault" in cell]
    lines = [f"{cell['name']}: {shortened(cell['fault']['message'])}" for cell in faults]
    return lines[:MOST_ERRORS] or ["nothing is written in any cell"]


def external(found: Record) -> dict[str, Any]:
    """Return what /grade/results/results.json holds.

    ``tests`` carry one point for each cell; ``score`` is the exact one and may be more than they
    add up to.
    """
    if not gradable(found):
        return {"gradable": False, "format_errors": format_errors(found), "score": 0}
    results: dict[str, Any] = {
        "gradable": True,
        "score": plain(found["score"]),
        "message": shortened(comment(found), 2_000),
        "output": _joined(found["feedback"]["lines"], 100_000),
    }
    if allows(found, "cells") and found["cells"][0]["verdict"] is not None:
        first = sorted(found["cells"], key=lambda cell: cell["verdict"] in RIGHT)
        chosen = sorted(first[:MOST_TESTS], key=lambda cell: cell["index"])
        results["tests"] = [_test(cell) for cell in chosen]
    return results


def _test(cell: Record) -> dict[str, Any]:
    return {
        "name": cell["name"],
        "points": int(cell["verdict"] in RIGHT),
        "max_points": 1,
        "output": "\n".join(map(shortened, cell.get("told", ()))),
    }


def in_process(found: Record, data: MutableMapping[str, Any], name: str) -> None:
    """Write the marks of one answer into the `data` of a question's server.py.

    Call it in `grade`, or in `parse` to refuse what cannot be read before an attempt is counted.
    It sets `format_errors[name]`, or `partial_scores[name]` and `feedback[name]`, and makes the
    question's score anew. The weight of an element and its own feedback are kept.

    >>> data = {"partial_scores": {}, "feedback": {}, "format_errors": {}}
    >>> fault = {"place": "", "message": "a row < 3", "hint": ""}
    >>> in_process({"fault": fault, "cells": []}, data, "y")
    >>> data["format_errors"], data["partial_scores"]
    ({'y': 'a row &lt; 3'}, {})
    """
    errors = format_errors(found)
    if errors:
        data["format_errors"][name] = "<br>".join(map(escape, errors))
        data["partial_scores"].pop(name, None)
        return
    scores = data["partial_scores"]
    held = scores.get(name) or {}
    scores[name] = {**held, "score": plain(found["score"]), "weight": held.get("weight", 1)}
    data["feedback"][name] = _joined(found["feedback"]["lines"] or [comment(found)], 10_000)
    weights = [part.get("weight", 1) for part in scores.values()]
    marks = [(part.get("score") or 0) * part.get("weight", 1) for part in scores.values()]
    data["score"] = sum(marks) / sum(weights) if sum(weights) else 0


def _joined(lines: Iterable[str], most: int) -> str:
    text = "\n".join(map(visible, lines))
    return text if len(text) <= most else text[:most] + "…"
