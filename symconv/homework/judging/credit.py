"""Partial credit: exact, and never less for an answer that was repaired.

    v(c) = 1 right, ρ rounded, 0 otherwise;      cells = Σ weight·v / Σ weight
    B(h) = Σ weight·v_h / Σ weight,  v_h(c) = 1 where right, credit(h) where the answer is what h
           predicts and the key is not, else v(c)
    score = max(cells, B(h) over the eligible h)

h is eligible when the answer has at least four cells, at least one of them is what h predicts and
the key is not, and those that are neither number at most max(1, cells // 4); never where more than
half of what h has wrong is one number (a border left zero: all zeros would earn marks).

Turning a wrong cell into the right one raises or keeps every term: credit(h) < 1, and when the last
cell that speaks for h is repaired, `cells` has everything that B(h) had. (The obvious rule, credit
times the share of cells that h predicts, takes marks away from whoever repairs one cell.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symconv.homework.judging.cells import Judged, Verdict
from symconv.homework.judging.hypotheses import Hypotheses, Hypothesis, Sheet
from symconv.homework.questions.question import Question, Shape
from symconv.homework.reading.polynomials import Value

LEAST_CELLS = 4
"""Cells of an answer below which no mistake earns credit."""


@dataclass(frozen=True, slots=True)
class Score:
    """Marks from 0 to 1, and the mistakes they were given for, if the cells alone earn less."""

    value: Fraction
    credited_as: tuple[str, ...] = ()


NO_MARKS = Score(Fraction(0))


def score(table: Hypotheses, judged: Sequence[Judged]) -> Score:
    """Return the score of an answer of the right shape."""
    question = table.question
    total = sum(question.weights, Fraction(0))
    plain = [_value(question, each) for each in judged]
    cells = _weighted(plain, question.weights, total)
    best = Score(cells)
    if len(judged) >= LEAST_CELLS and question.shape in table.sheets:
        sheet = table.sheets[question.shape]
        for row, hypothesis in _eligible(table, sheet, judged):
            values = [
                hypothesis.credit if agrees and each.settled != each.key else value
                for agrees, each, value in zip(row, judged, plain, strict=True)
            ]
            found = _weighted(values, question.weights, total)
            if found > best.value:
                best = Score(found, hypothesis.ids)
    if question.file.credit.all_or_nothing and best.value < 1:
        return NO_MARKS
    return best


def _value(question: Question, judged: Judged) -> Fraction:
    """Return what one cell is worth by itself."""
    credit = question.file.credit
    match judged.verdict:
        case Verdict.CORRECT:
            return Fraction(1)
        case Verdict.ROUNDED:
            return Fraction(credit.rounded)
        case Verdict.EQUIVALENT:
            return Fraction(credit.equivalent)
    return Fraction(0)


def _weighted(values: Iterable[Fraction], weights: Sequence[Fraction], total: Fraction) -> Fraction:
    products = (value * weight for value, weight in zip(values, weights, strict=True))
    return sum(products, Fraction(0)) / total


def _eligible(
    table: Hypotheses, sheet: Sheet, judged: Sequence[Judged]
) -> Iterable[tuple[list[bool], Hypothesis]]:
    """Yield the mistakes that may earn credit, each with the cells that agree with it.

    Mistakes of one grid cannot be told apart: the one that leaves least is taken.
    """
    right = [each.settled == each.key for each in judged]
    agree = sheet.agreeing([each.settled for each in judged])
    other = ~agree[:, [not r for r in right]]
    evidence = (~other).sum(axis=1)
    fits = (evidence > 0) & (other.sum(axis=1) <= allowed(len(judged)))
    for place in fits.nonzero()[0].tolist():
        if sheet.grids[place] not in table.unearned:
            yield agree[place].tolist(), _least(table, sheet, place)


def _least(table: Hypotheses, sheet: Sheet, place: int) -> Hypothesis:
    return min(table.buckets[sheet.grids[place]], key=lambda h: (h.credit, h.rank))


def allowed(cells: int) -> int:
    """Return how many cells of an answer may be otherwise than a mistake predicts.

    >>> allowed(4), allowed(9)
    (1, 2)
    """
    return max(1, cells // 4)


def score_misshapen(table: Hypotheses, shape: Shape, values: Sequence[Value | None]) -> Score:
    """Return the score of an answer of another shape: credit(h) · the share of cells that agree.

    Such an answer has no right cells, so that there is nothing to repair.
    """
    sheet = table.sheets.get(shape)
    if sheet is None or len(values) < LEAST_CELLS or table.question.file.credit.all_or_nothing:
        return NO_MARKS
    best = NO_MARKS
    agree = sheet.agreeing(values)
    counts = agree.sum(axis=1)
    for place in (counts >= len(values) - allowed(len(values))).nonzero()[0].tolist():
        hypothesis = _least(table, sheet, place)
        if hypothesis.grid in table.unearned:
            continue
        found = hypothesis.credit * Fraction(int(counts[place]), len(values))
        if found > best.value:
            best = Score(found, hypothesis.ids)
    return best
