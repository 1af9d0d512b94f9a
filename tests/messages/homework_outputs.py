"""Errors of the outputs of homework: gradebooks that cannot be filled in."""

from __future__ import annotations

import pytest

from symconv.homework.outputs import gradebooks

CASES = [
    pytest.param(
        lambda: gradebooks.canvas(b"Student,ID,Grids (7)\nDoe,3,\n", {}, "Grid (7)"),
        "QuestionError[gradebook-column]: gradebook: 0 columns are called 'Grid (7)'\n"
        "  hint: did you mean 'Grids (7)'?",
        id="gradebook-column, unknown",
    ),
    pytest.param(
        lambda: gradebooks.canvas(b"Student,ID,Grids (7),Grids (9)\nDoe,3,,\n", {}, "Grids"),
        "QuestionError[gradebook-column]: gradebook: 2 columns are called 'Grids'\n"
        "  hint: did you mean 'Grids (9)'?",
        id="gradebook-column, two",
    ),
    pytest.param(
        lambda: gradebooks.moodle(b"", {}),
        "QuestionError[gradebook-format]: gradebook: the table is empty",
        id="gradebook-format, empty",
    ),
    pytest.param(
        lambda: gradebooks.moodle(b'ID number,Grade\n1,2\n"3,4\n', {}),
        "QuestionError[gradebook-format]: gradebook: line 3: a quote inside a field, or one that "
        "is never closed\n  hint: export the table again as CSV",
        id="gradebook-format, quote",
    ),
]
