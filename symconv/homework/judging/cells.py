"""One cell: right, rounded, right in another form, wrong, blank, or not to be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from symconv.homework.questions.model import Form, Rounding
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import Number, Polynomial, Value


class Verdict(StrEnum):
    """What is said of one cell."""

    CORRECT = "correct"
    EQUIVALENT = "equivalent"
    ROUNDED = "rounded"
    WRONG = "wrong"
    BLANK = "blank"
    INVALID = "invalid"

    @property
    def mark(self) -> str:
        """The sign that stands for it in a picture."""
        return _MARKS[self]


_MARKS = {
    Verdict.CORRECT: "✓",
    Verdict.EQUIVALENT: "≈",
    Verdict.ROUNDED: "~",
    Verdict.WRONG: "✗",
    Verdict.BLANK: "·",
    Verdict.INVALID: "!",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One cell of an answer beside its key.

    ``mode`` says how a rounded number was rounded, or which form an equivalent one lacks.
    ``slip`` is the step of a chain of equal expressions that is not equal to the one before.
    """

    cell: Cell
    key: Value
    verdict: Verdict
    mode: str = ""
    slip: int | None = None

    @property
    def settled(self) -> Value | None:
        """The value that stands for the cell in a search for mistakes: the key if it is right."""
        right = self.verdict in (Verdict.CORRECT, Verdict.EQUIVALENT, Verdict.ROUNDED)
        return self.key if right else self.cell.value


def judge(cell: Cell, key: Value, rounding: Rounding | None = None, form: Form = "any") -> Judged:
    """Return what is said of a cell whose right value is *key*.

    >>> judge(Cell("0.67", Fraction(67, 100), places=2, digits=2), Fraction(2, 3)).verdict
    <Verdict.ROUNDED: 'rounded'>
    """
    if cell.fault is not None:
        return Judged(cell, key, Verdict.INVALID)
    if cell.value is None:
        return Judged(cell, key, Verdict.BLANK)
    if cell.value == key:
        wanted = _wanted(cell, form)
        verdict = Verdict.EQUIVALENT if wanted else Verdict.CORRECT
        return Judged(cell, key, verdict, wanted, _slip(cell))
    mode = _rounded(cell, key, rounding)
    if not mode:
        return Judged(cell, key, Verdict.WRONG, slip=_slip(cell))
    enough = rounding is not None and _enough(cell, rounding) and rounding.mode in ("any", *mode)
    return Judged(cell, key, Verdict.CORRECT if enough else Verdict.ROUNDED, "/".join(mode))


def _wanted(cell: Cell, form: Form) -> str:
    """Return the form that a right value lacks, "" when it has it."""
    if form == "expanded" and not cell.expanded:
        return "expanded"
    unfinished = not cell.lowest or (not isinstance(cell.value, Polynomial) and not cell.expanded)
    return "lowest" if form == "lowest" and unfinished else ""


def _slip(cell: Cell) -> int | None:
    """Return the first step of a chain that differs from the one before it."""
    if not cell.steps:
        return None
    chain = [*cell.steps, cell.value]
    return next((n for n in range(1, len(chain)) if chain[n] != chain[n - 1]), None)


def _rounded(cell: Cell, key: Value, rounding: Rounding | None) -> tuple[str, ...]:
    """Return the ways of rounding that lead from the key to the number that was written."""
    if cell.places is None or isinstance(key, Polynomial) or isinstance(cell.value, Polynomial):
        return ()
    if not cell.value and (rounding is None or rounding.places is None):
        return ()  # no digit is left of what was rounded
    whole = rounding is not None and (rounding.places == 0 or rounding.digits is not None)
    if cell.places < 1 and not whole:
        return ()
    return tuple(
        mode for mode, rule in _RULES.items() if rule(key, _step(cell, key, rounding)) == cell.value
    )


def _step(cell: Cell, key: Number, rounding: Rounding | None) -> Fraction:
    """Return the unit in the last place that was written.

    A whole number may be rounded to fewer digits than it shows where digits are asked for.
    """
    if rounding is not None and rounding.digits is not None and cell.places == 0:
        zeros = len(str(cell.value)) - len(str(cell.value).rstrip("0"))
        return max(Fraction(1), min(_unit(key, rounding.digits), Fraction(10) ** zeros))
    return Fraction(1, 10 ** (cell.places or 0))


def _unit(key: Number, digits: int) -> Fraction:
    """Return the unit in the last of so many significant digits of a number."""
    size, exponent = abs(Fraction(key)), 0
    while size >= 10:
        size, exponent = size / 10, exponent + 1
    while 0 < size < 1:
        size, exponent = size * 10, exponent - 1
    return Fraction(10) ** (exponent - digits + 1)


def _enough(cell: Cell, rounding: Rounding) -> bool:
    """Tell whether as many places or digits were written as the question asks for."""
    if rounding.places is not None:
        return (cell.places or 0) >= rounding.places
    return rounding.digits is not None and (cell.digits or 0) >= rounding.digits


def _half_up(value: Number, step: Fraction) -> Fraction:
    """Round to a multiple of the step, ties away from zero."""
    count = abs(Fraction(value)) / step
    size = (2 * count.numerator + count.denominator) // (2 * count.denominator) * step
    return size if value >= 0 else -size


def _half_even(value: Number, step: Fraction) -> Fraction:
    return Fraction(round(Fraction(value) / step)) * step


def _truncated(value: Number, step: Fraction) -> Fraction:
    size = abs(Fraction(value)) // step * step
    return size if value >= 0 else -size


_RULES = {"half-up": _half_up, "half-even": _half_even, "truncated": _truncated}
