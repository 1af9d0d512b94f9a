"""Signs side by side that can be meant in two ways, or are usually meant otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.numbers import is_whole
from symconv.homework.reading.tokens import Token


def check_place(tokens: Sequence[Token], at: int) -> None:
    """Refuse a number that looks like the place of a cell, `(0,0)`.

    Raises: AnswerError[place].
    """
    if [one.kind for one in tokens[max(0, at - 1) : at + 2]] == ["(", "number", ")"]:
        refuse_cell(
            "place",
            f"({quoted(tokens[at].text)[1:-1]}) looks like the place of a cell",
            tokens[at].start,
            "write the value of the cell alone",
        )


def check_repeating(tokens: Sequence[Token], at: int) -> None:
    """Refuse digits in a bracket that follow a decimal at once, `1.1(6)`.

    Raises: AnswerError[repeating-decimal].
    """
    before, after = tokens[at - 1], [one.kind for one in tokens[at + 1 : at + 3]]
    touching = before.start + len(before.text) == tokens[at].start
    if touching and not is_whole(before.text) and after == ["number", ")"]:
        refuse_cell(
            "repeating-decimal",
            "repeating digits in brackets, or a product?",
            tokens[at].start,
            "write a number without end as a fraction, 7/6, and a product with *",
        )


def missing_plus(before: Token, token: Token) -> list[str]:
    """Return what to tell of two products that only a blank parts.

    >>> missing_plus(Token("name", "bx", 0), Token("name", "ey", 3))
    ['"bx ey" is read as a product: is a + missing?']
    """
    if min(len(before.text), len(token.text)) < 2 or not (before.text + token.text).isalpha():
        return []
    both = f"{before.text} {token.text}"
    return [f"{quoted(both)} is read as a product: is a + missing?"]


def two_numbers(token: Token) -> NoReturn:
    """Refuse a number right after another.

    Raises: AnswerError[two-numbers].
    """
    refuse_cell(
        "two-numbers",
        f"two numbers side by side, the second is {quoted(token.text)}",
        token.start,
        "write 1234 without a space, or a * between factors",
    )
