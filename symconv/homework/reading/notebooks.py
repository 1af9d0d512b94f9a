"""Answers in Jupyter notebooks: the text of one marked cell; nothing is run, no output is read."""

from __future__ import annotations

import re
from typing import Any

from symconv.errors import AnswerError
from symconv.homework.reading import grids, jsons, matrices
from symconv.homework.reading.model import Rules

DEPTH = 100
_IMPORT = re.compile(r"[ \t]*(?:import|from)[ \t]")
_ASSIGNED = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]{0,60}\s*=(?!=)")
_CALLED = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*[ \t]*\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}\Z")


def answer_text(text: str, tag: str, rules: Rules) -> tuple[str, str]:
    """Return the kind and the text of the cell that holds the answer of a notebook.

    It is the cell with the tag, or one that nbgrader marks as a solution.

    Raises: AnswerError[bad-json], [no-answer-cell], [two-answers], [no-literal].

    >>> code = '{"cell_type": "code", "metadata": {"tags": ["answer"]}, "source": "y = [[1, 2]]"}'
    >>> answer_text('{"cells": [' + code + ']}', "answer", Rules())
    ('code', '[[1, 2]]')
    """
    data = jsons.loads(text, rules, DEPTH)
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise jsons.bad_json("it is no notebook of version 4")
    cells = [cell for cell in cells if isinstance(cell, dict)]
    marked = [cell for cell in cells if tag in _list(_metadata(cell).get("tags"))]
    marked = marked or [cell for cell in cells if _is_solution(cell)]
    found = [(cell, source) for cell in marked if (source := _source(cell)).strip()]
    if not marked:
        raise AnswerError(
            "no-answer-cell",
            f"no cell of your notebook has the tag {tag[:40]!r}",
            hint=f"write your answer into one cell, and give it the tag {tag[:40]!r}",
        )
    if not found:
        raise grids.nothing()
    if len(found) > 1:
        raise two_answers("cells that are marked as the answer")
    cell, source = found[0]
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    return kind, _literal(source) if kind == "code" else source


def two_answers(what: str) -> AnswerError:
    """Return the error for more answers than one where one is wanted."""
    return AnswerError(
        "two-answers", f"there are two or more {what}", hint="leave only the one that should count"
    )


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell.get("metadata")
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_solution(cell: dict[str, Any]) -> bool:
    marks = _metadata(cell).get("nbgrader")
    return isinstance(marks, dict) and marks.get("solution") is True


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _literal(source: str) -> str:
    """Return what a cell of code gives a name to, or holds, where that is cells and no program.

    Raises: AnswerError[no-literal].
    """
    lines = [line.partition("#")[0].rstrip() for line in source.split("\n")]
    lines = [line for line in lines if line and not _IMPORT.match(line)]
    if len(lines) > 1 and _NAME.match(lines[-1].strip()):
        lines.pop()
    text = "\n".join(lines).strip().rstrip(";")
    named = _ASSIGNED.match(text)
    text = text[named.end() :].strip() if named else text
    for quotes in ('r"""', "r'''", '"""', "'''", 'r"', "r'", '"', "'"):
        end = quotes.removeprefix("r")
        if text.startswith(quotes) and text.endswith(end) and len(text) > len(quotes):
            return text[len(quotes) : -len(end)]
    if not _is_literal(text):
        raise AnswerError(
            "no-literal",
            "the cell with your answer holds a program; it is not run",
            hint="write the numbers themselves, answer = [[1, 2], [3, 4]]",
        )
    return text


def _is_literal(text: str) -> bool:
    """Tell whether a text is lists in brackets, `np.array(…)` around them, or a single line."""
    head, bracket, _ = text.partition("(")
    if text.startswith(("[", "{", "(")):
        return True
    if bracket and _CALLED.match(head):
        return head.strip().rpartition(".")[2] in matrices.WORDS
    return "\n" not in text
