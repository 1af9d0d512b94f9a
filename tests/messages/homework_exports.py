"""Questions that a learning system cannot hold."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.homework.exports import moodle
from symconv.homework.questions.load import loads
from tests.lms import Sheet

QUESTION = """
schema: symconv-question/1
id: demo
op: correlation
input: 1 2 3
kernel: 4 5
weights: 1/100003 1
"""


def refused() -> Any:
    """Ask Moodle to hold weights that its database cannot."""
    question = loads(QUESTION)
    return moodle.export([Sheet(question)], question)


CASES: list[Any] = [
    pytest.param(
        refused,
        "QuestionError[export-weights]: weights: in whole numbers the weights reach 100003, and "
        "Moodle holds 99999\n"
        "  hint: use weights in simpler proportions",
        id="export-weights",
    ),
]
