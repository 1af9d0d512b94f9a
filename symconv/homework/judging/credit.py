"""Partial credit: exact, and never less for an answer that was repaired.

    cells = Σ weight·v,        v = 1 right, ρ rounded, 0 otherwise
    B(h)  = cells + γ·max(0, E − e),
            E = Σ weight where the answer is what h predicts and the key is not,
            W = Σ weight where h differs from the key, e the largest of those weights,
            γ = min(1, credit(h)·W / (W − e))
    score = max(cells, B(h) over the eligible h) / Σ weight

So an answer that is all that h predicts has credit(h) for every cell that h has wrong, as far as
γ <= 1 allows, and a single cell, which many mistakes fit by chance, earns nothing.

h is eligible when the answer has at least four cells and those that are neither the key's number
nor h's are at most max(1, cells // 4); never where more than half of what h has wrong is one number
(a border left zero: all zeros would earn marks).

Turning a wrong cell into the exact right value raises or keeps every term: it adds its weight to
`cells`, and takes at most γ times its weight, γ <= 1, from the rest, also where h is then no longer
eligible because one cell is left (γ·(w1 + w2 − e) <= γ·w1, as e >= w2). A right value that is
rounded adds ρ of its weight alone, which may be less than γ. (The obvious rule, credit times the
share of cells that h predicts, takes marks away from whoever repairs one cell.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

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
    weights, total = question.shares
    pairs = zip(judged, weights, strict=True)
    best = cells = Fraction(sum(_worth(question, each.verdict) * weight for each, weight in pairs))
    credited: tuple[str, ...] = ()
    if len(judged) >= LEAST_CELLS and cells < total:
        for agrees, hypothesis in _eligible(table, judged):
            found = cells + _share(question, hypothesis, agrees)
            if found > best:
                best, credited = found, hypothesis.ids
    if question.file.credit.all_or_nothing and best < total:
        return NO_MARKS
    return Score(best / total, credited)


def _worth(question: Question, verdict: Verdict) -> Fraction | int:
    """Return what one cell is worth by itself."""
    if verdict is Verdict.CORRECT:
        return 1
    if verdict is Verdict.ROUNDED:
        return question.partial[0]
    return question.partial[1] if verdict is Verdict.EQUIVALENT else 0


def _eligible(
    table: Hypotheses, judged: Sequence[Judged]
) -> Iterator[tuple[list[bool], Hypothesis]]:
    """Yield the mistakes that may earn credit, each with the wrong cells that it predicts.

    Mistakes of one grid cannot be told apart: the one that leaves least is taken.
    """
    sheet = table.sheets.get(table.question.shape)
    if sheet is None:
        return
    wrong = np.array([each.settled != each.key for each in judged])
    evidence = sheet.agreeing([each.settled for each in judged]) & wrong
    counts = evidence.sum(axis=1)
    fits = (counts > 1) & (wrong.sum() - counts <= allowed(len(judged)))
    for place in fits.nonzero()[0].tolist():
        if sheet.grids[place] not in table.unearned:
            yield evidence[place].tolist(), _least(table, sheet, place)


def _share(question: Question, hypothesis: Hypothesis, evidence: Sequence[bool]) -> Fraction:
    """Return γ·max(0, E − e)."""
    weights, _ = question.shares
    pairs = zip(hypothesis.values, question.key, weights, strict=True)
    differs = [weight for value, key, weight in pairs if value != key]
    largest, whole = max(differs), sum(differs)
    found = sum(weight for weight, speaks in zip(weights, evidence, strict=True) if speaks)
    if found <= largest or whole <= largest:
        return Fraction(0)
    rate = min(Fraction(1), hypothesis.credit * Fraction(whole, whole - largest))
    return rate * (found - largest)


def _least(table: Hypotheses, sheet: Sheet, place: int) -> Hypothesis:
    """Return which mistakes a grid earns credit as: of the fewest, those that leave least."""
    bucket = table.buckets[sheet.grids[place]]
    return min(bucket, key=lambda h: (len(h.mistakes), h.credit, h.rank))


def allowed(cells: int) -> int:
    """Return how many cells of an answer may be otherwise than a mistake predicts.

    >>> allowed(4), allowed(9)
    (1, 2)
    """
    return max(1, cells // 4)


def score_misshapen(table: Hypotheses, shape: Shape, values: Sequence[Value | None]) -> Score:
    """Return the score of an answer of another shape: credit(h) · the share of cells that agree.

    Such an answer has no right cells, so that there is nothing to repair. Where a cell is missing
    the shape is no longer sure, and it earns nothing.
    """
    sheet = table.sheets.get(shape)
    if (
        sheet is None
        or None in values
        or len(values) < LEAST_CELLS
        or table.question.file.credit.all_or_nothing
    ):
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
