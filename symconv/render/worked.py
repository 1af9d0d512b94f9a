"""A law written out at the shape of its example: both sides on symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symconv.laws import Counterexample, Law
from symconv.laws.provers.one_shape import letters_of
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.laws.verdict import counterexample


def worked(law: Law, choices: Mapping[str, Any]) -> Counterexample | None:
    """Return both sides at the shape of the law's example, each from its own tables.

    They differ where the law is false there. None without an example, or where it does not fit
    the choices.

    >>> from symconv.laws import LAWS
    >>> found = worked(LAWS["commutativity"], {})
    >>> found.left, found.right == found.left
    (('x0*w0', 'x0*w1 + x1*w0', 'x1*w1 + x2*w0', 'x2*w1'), True)
    """
    if law.example is None:
        return None
    statement = law.read(**choices)
    letters = letters_of(statement, law.example.shapes, law.example.parameters)
    if not all(test.value(letters) for test in statement.assumed()):
        return None
    try:
        left, right = at_shape(statement, letters)
    except NoRoomError:
        return None
    return counterexample(statement, letters, left, right)
