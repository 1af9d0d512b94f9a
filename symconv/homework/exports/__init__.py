"""Variants of a question in the formats that others read; each module is loaded when it is used.

An exporter takes all variants of a class and the question they were made from, and returns the
bytes of one file, or of several by their names. Names that start with `keys/` are for the teacher.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from symconv.errors import QuestionError

if TYPE_CHECKING:
    from symconv.homework.questions.question import Question
    from symconv.homework.teaching.variants import Variant

    Export = Callable[[Sequence[Variant], Question], bytes | dict[str, bytes]]

FORMATS: Mapping[str, tuple[str, str, str]] = {
    "latex": ("latex", "export", ".tex"),
    "markdown": ("markdown", "export", ".md"),
    "moodle": ("moodle", "export", ".xml"),
    "prairielearn": ("prairielearn", "export", ""),
    "qti12": ("qti", "export_qti12", ".xml"),
    "qti21": ("qti", "export_qti21", ".xml"),
    "rexams": ("rexams", "export", ".Rmd"),
    "stack": ("stack", "export", ".xml"),
}
"""For each format its module, the function in it, and the suffix of a lone file."""


def exporter(name: str) -> Export:
    """Return the function that writes a format.

    Raises: QuestionError[unknown-format].
    """
    if name not in FORMATS:
        hint = f"one of {', '.join(FORMATS)}"
        raise QuestionError("unknown-format", f"{name!r} is no format", hint=hint)
    module, function, _ = FORMATS[name]
    found: Export = getattr(import_module(f"{__name__}.{module}"), function)
    return found


def files(name: str, variants: Sequence[Variant], question: Question) -> dict[str, bytes]:
    """Return the files of a format by their names, `/` between folders."""
    found = exporter(name)(variants, question)
    if isinstance(found, bytes):
        return {f"{name}{FORMATS[name][2]}": found}
    return found
