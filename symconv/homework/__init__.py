"""Homework: which cells of an answer are wrong, and which mistake explains them.

A convolution is a specification, so the wrong answers are derived, not written by hand: every
mistake is an edit of the exercise. `check` judges one answer; `symconv check`, `grade`, `lint` and
`bank` are the same on the command line. docs/homework.md tells the whole story.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symconv.errors import AnswerError
from symconv.homework.judging.check import Checked, Checker
from symconv.homework.judging.feedback import Feedback, feedback
from symconv.homework.questions.load import load, loads
from symconv.homework.questions.question import Question
from symconv.homework.reading import containers, grids, jsons
from symconv.homework.reading.model import Submission, Written

__all__ = ["Checked", "Checker", "Feedback", "Question", "check", "feedback", "load", "loads"]


MOST_NESTED = 20
"""Lists within lists of an answer."""


def check(question: Question | Checker | str | Path, answer: Any, *, id: str = "answer") -> Checked:  # noqa: A002
    """Judge one answer to a question: verdicts by cell, score, and the mistake that explains it.

    ``question`` is a `Question`, a `Checker` (a question made ready for many answers), or the path
    of a question file. ``answer`` is text of a grid (`"1 2; 3 4"`, a LaTeX or Markdown matrix,
    `[[1, 2], [3, 4]]`) or such text in bytes, nested lists or an array of numbers, texts or SymPy
    expressions, or a `pathlib.Path` to a file (CSV, JSON, YAML, notebook, Markdown, LaTeX). A text
    is never taken for a path, and nothing in an answer is ever carried out.

    An answer that cannot be read is judged too: `Checked.fault` says why; a cell that cannot be
    read is `invalid` and leaves the others as they are.

    Raises: QuestionError for a question that cannot be asked.

    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 3; 4 5 6
    ... kernel: 1 1; 0 1
    ... ''')
    >>> checked = check(question, "8 12")
    >>> [str(cell.verdict) for cell in checked.cells], checked.score.value
    (['correct', 'wrong'], Fraction(1, 2))
    """
    checker = _checker(question)
    asked = checker.question
    try:
        written = _written(asked, answer)
    except AnswerError as error:
        return checker.check(Submission(id, fault=error))
    return checker.check(Submission(id, written))


def _checker(question: Question | Checker | str | Path) -> Checker:
    if isinstance(question, Checker):
        return question
    return Checker(question if isinstance(question, Question) else load(question))


def _written(question: Question, answer: Any) -> Written:
    rules, columns = question.rules, question.file.submissions
    if isinstance(answer, Path):
        content = containers.content(answer, rules)
        return containers.answer(content, answer.name, columns, rules)
    if isinstance(answer, bytes):
        return containers.answer(answer, "answer.txt", columns, rules)
    if isinstance(answer, str):
        return grids.of(answer, rules)
    return jsons.grid(_nested(answer), rules)


def _nested(answer: Any, depth: int = 0) -> Any:
    """Return an array, or lists within lists, as lists of texts."""
    if depth > MOST_NESTED:
        raise AnswerError("nested-too-deep", "your lists stand too deep within each other")
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, list | tuple):
        return [_nested(item, depth + 1) for item in answer]
    return repr(answer) if isinstance(answer, float) else str(answer)
