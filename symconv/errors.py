"""Every error symconv raises: data first (code, place, facts), text second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class SymconvError(Exception):
    """The root of the one error tree.

    An error states a stable ``code``, the ``place`` it is about, the rule that was broken with
    both numbers (``message``) and a way out (``hint``); ``facts`` holds the numbers themselves.

    >>> print(SymconvError("too-deep", "depth 9 exceeds 8", place="axis 1", hint="use 8", depth=9))
    SymconvError[too-deep]: axis 1: depth 9 exceeds 8
      hint: use 8
    """

    def __init__(
        self, code: str, message: str, *, place: str = "", hint: str = "", **facts: Any
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.place = place
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        text = f"{type(self).__name__}[{self.code}]: {where}{self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[Any, ...]:
        state = (type(self), self.code, self.message, self.place, self.hint, self.facts)
        return _rebuild, state

    def at(self, place: str) -> SymconvError:
        """Return the same error, told to stand at *place* (outermost place first)."""
        joined = f"{place}: {self.place}" if self.place else place
        return type(self)(self.code, self.message, place=joined, hint=self.hint, **self.facts)


def _rebuild(  # noqa: PLR0917 - called by pickle alone
    kind: type[SymconvError], code: str, message: str, place: str, hint: str, facts: dict[str, Any]
) -> SymconvError:
    return kind(code, message, place=place, hint=hint, **facts)


@contextmanager
def standing_at(place: str) -> Iterator[None]:
    """Tell errors raised inside where they stand.

    >>> with standing_at("field x"):
    ...     raise EntryError("missing", "no value")
    Traceback (most recent call last):
    symconv.errors.EntryError: EntryError[missing]: field x: no value
    """
    try:
        yield
    except SymconvError as error:
        raise error.at(place) from None


class EntryError(SymconvError, ValueError):
    """A value that cannot become an exact entry: a float, NaN, a boolean, a ragged row."""


class ExpressionError(SymconvError, ValueError):
    """A text that does not follow the expression grammar."""


class GeometryError(SymconvError, ValueError):
    """Shapes and options that do not fit together."""


class AlgebraError(SymconvError, ArithmeticError):
    """An algebra that lacks the operation or the element asked for."""


class EngineError(SymconvError, ValueError):
    """An engine that is unknown or cannot carry these entries."""


class FixtureError(SymconvError, ValueError):
    """A fixture file, case or field that breaks the format."""


class LawError(SymconvError, ValueError):
    """A law that is unknown, cannot be read, or says nothing at any shape."""


class QuestionError(SymconvError, ValueError):
    """A homework question that cannot be asked as it stands; for the teacher's eyes."""


class AnswerError(SymconvError, ValueError):
    """An answer, or a part of one, that cannot be read; its words are shown to the student."""
