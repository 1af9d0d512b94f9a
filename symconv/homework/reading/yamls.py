"""Answers in YAML: what `jsons` reads, in other signs; strings, lists and maps and nothing else."""

from __future__ import annotations

from typing import Any

from symconv.errors import AnswerError, FixtureError
from symconv.yamltext import Tree


def loads(text: str) -> Any:
    """Return what a YAML text holds, every scalar as text.

    Raises: AnswerError[bad-yaml] for what is not YAML, and for anchors, aliases, tags and keys
        that occur twice.

    >>> loads("answer: [[010, 1:30], [no, ~]]")
    {'answer': [['010', '1:30'], ['no', '~']]}
    """
    try:
        return Tree(text.removeprefix("\ufeff")).data
    except FixtureError as error:
        place = f", {error.place}" if error.place else ""
        raise AnswerError(
            "bad-yaml",
            f"your YAML cannot be read: {error.message}{place}",
            hint="write answer: [[1, 2], [3, 4]]",
        ) from None
