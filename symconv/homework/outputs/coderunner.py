"""CodeRunner: what a combinator template grader prints.

Every column has the format `%s`, which CodeRunner escapes; `%h` would let answers be HTML.

Source: CodeRunner README, section "Combinator-template grading".
"""

from __future__ import annotations

from html import escape
from typing import Any

from symconv.homework.outputs.escape import shortened, visible
from symconv.homework.outputs.record import RIGHT, Record, allows, comment, plain

MOST_ROWS = 400
"""Rows of the table; a larger answer has those of its cells that are not right first."""


def results(found: Record) -> dict[str, Any]:
    """Return the object that the template prints as JSON.

    ``columnformats`` has one entry for each column but `iscorrect`, which CodeRunner makes a mark.
    """
    lines = found["feedback"]["lines"] or [comment(found)]
    printed: dict[str, Any] = {
        "fraction": plain(found["score"]),
        "prologuehtml": f"<pre>{escape(chr(10).join(map(visible, lines)))}</pre>",
    }
    if allows(found, "cells") and found["cells"] and found["cells"][0]["verdict"] is not None:
        printed["testresults"] = [["iscorrect", "Cell", "You wrote", "Remarks"], *_rows(found)]
        printed["columnformats"] = ["%s", "%s", "%s"]
    return printed


def _rows(found: Record) -> list[list[Any]]:
    first = sorted(found["cells"], key=lambda cell: cell["verdict"] in RIGHT)[:MOST_ROWS]
    return [
        [
            int(cell["verdict"] in RIGHT),
            cell["name"],
            shortened(cell["raw"]),
            "\n".join(shortened(line.strip()) for line in cell.get("told", ())[1:]),
        ]
        for cell in sorted(first, key=lambda cell: cell["index"])
    ]
