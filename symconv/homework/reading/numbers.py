"""A number as it is written: digits with at most one mark, looked at before it is converted."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NoReturn

from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.model import Rules
from symconv.homework.reading.polynomials import Number, number

_WHOLE = re.compile(r"[0-9]++")
_DECIMAL = {
    ".": re.compile(r"(?P<whole>[0-9]*)\.(?P<part>[0-9]*)"),
    ",": re.compile(r"(?P<whole>[0-9]*)(?:,|\{,\})(?P<part>[0-9]*)"),
}


def literal(text: str, rules: Rules, start: int) -> Number:
    """Return the value of a number that stands at *start*.

    Raises: AnswerError[number-too-long], [comma-number], [decimal-point], [malformed-number].

    >>> literal("0.50", Rules(), 0), literal("007", Rules(), 0)
    (Fraction(1, 2), 7)
    """
    if len(text) > rules.limits.digits:
        _check_digits(text, rules.limits.digits, start)
    if is_whole(text):
        return int(text)
    found = _DECIMAL[rules.decimal].fullmatch(text)
    if found is None:
        _refuse(text, rules, start)
    return number(Fraction(int(found["whole"] + found["part"]), 10 ** len(found["part"])))


def is_whole(text: str) -> bool:
    """Tell whether a number is written in digits alone.

    >>> is_whole("12"), is_whole("1.0")
    (True, False)
    """
    return _WHOLE.fullmatch(text) is not None


def precision(text: str) -> tuple[int, int]:
    """Return the decimals and the significant digits of a number that could be read.

    >>> precision("0.050"), precision("0100"), precision("5.")
    ((3, 2), (0, 3), (0, 1))
    """
    whole, _, part = text.replace("{,}", ".").replace(",", ".").partition(".")
    return len(part), max(1, len((whole + part).lstrip("0")))


def _check_digits(text: str, limit: int, start: int) -> None:
    digits = sum(character not in ".,{}" for character in text)
    if digits > limit:
        refuse_cell(
            "number-too-long",
            f"this number has {digits} digits, more than {limit}",
            start,
            "no answer needs so many digits",
        )


def _refuse(text: str, rules: Rules, start: int) -> NoReturn:
    if rules.decimal == "." and "," in text:
        refuse_cell(
            "comma-number",
            f"{quoted(text)} has a comma: a decimal comma, or one between thousands?",
            start,
            "write a decimal with a point, 1.5, and thousands without a sign, 1234",
        )
    if rules.decimal == "," and "." in text:
        refuse_cell(
            "decimal-point",
            f"{quoted(text)} has a point, but this question writes decimals with a comma",
            start,
            "write a decimal with a comma, 1,5, and thousands without a sign, 1234",
        )
    refuse_cell(
        "malformed-number",
        f"{quoted(text)} is not a number",
        start,
        "write one decimal mark at most; for a number without end write a fraction, 1/3",
    )
