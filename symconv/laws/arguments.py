"""What `prove` may be asked with, checked at the border."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any

from symconv.errors import LawError


def assumptions(assume: Any) -> tuple[str, ...]:
    """Return assumptions as texts, from one text or several.

    Raises: LawError[bad-parameter].
    """
    lines = (assume,) if isinstance(assume, str) else assume
    found = tuple(lines) if isinstance(lines, Iterable) and not isinstance(lines, bytes) else None
    if found is None or not all(isinstance(line, str) for line in found):
        raise _bad("assume", assume, "give texts such as 'len(w) <= len(x)'")
    return found


def check_scope(shapes: Any, parameters: Any, up_to: Any, seconds: Any, smt2: Any) -> Path | None:
    """Return the folder for questions, if the options of a scope fit together.

    Raises: LawError[bad-parameter].
    """
    for name, given in (("shapes", shapes), ("parameters", parameters)):
        if given is not None and not isinstance(given, Mapping):
            raise _bad(name, given, "give a mapping from names")
    if up_to is not None and (shapes is not None or parameters is not None):
        message = "shapes and up_to ask for different scopes"
        raise LawError("bad-parameter", message, hint="give one of them")
    number = isinstance(seconds, Real) and not isinstance(seconds, bool)
    if not number or not isfinite(seconds) or not 0 <= seconds <= MOST_SECONDS:
        raise _bad("seconds", seconds, f"use a number from 0 to {MOST_SECONDS}")
    if smt2 is None:
        return None
    if not isinstance(smt2, str | Path) or "\0" in str(smt2):
        raise _bad("smt2", smt2, "name a folder")
    return Path(smt2)


MOST_SECONDS = 86_400


def _bad(name: str, given: Any, hint: str) -> LawError:
    return LawError("bad-parameter", f"{name} is {given!r}", hint=hint)
