"""How the reader of a cell refuses: one sentence, the character it is about, and a way out."""

from __future__ import annotations

from typing import NoReturn

from symconv.errors import AnswerError

MOST_QUOTED = 20


def refuse_cell(code: str, message: str, start: int | None, hint: str = "") -> NoReturn:
    """Refuse a cell because of what stands at *start*, counted from 0; None for the whole cell.

    Raises: AnswerError.

    >>> refuse_cell("percent", "no percent sign here", 1, "write 7/100")
    Traceback (most recent call last):
    symconv.errors.AnswerError: AnswerError[percent]: character 2: no percent sign here
      hint: write 7/100
    """
    place = "" if start is None else f"character {start + 1}"
    raise AnswerError(code, message, place=place, hint=hint)


def quoted(text: str) -> str:
    """Return the beginning of a text in quotation marks.

    >>> quoted("a" * 30)
    '"aaaaaaaaaaaaaaaaaaaa…"'
    """
    return f'"{text[:MOST_QUOTED]}…"' if len(text) > MOST_QUOTED else f'"{text}"'
