"""Which mistake explains a wrong answer, how surely, and which mistakes nobody could tell apart.

An answer is explained by a hypothesis h (one mistake, or two) where it differs from h in at most
max(1, cells // 4) cells, and fewer than it differs from the key in. Explaining has to be cheaper
than calling every wrong cell a slip of its own:

    cost(h) = Σ prior of its mistakes + SLIP · cells that differ from h  <  SLIP · wrong cells

(PATTERN instead of SLIP where a cell's slip has a known pattern.) An h that predicts every cell,
and of which each mistake shows in two cells at least, goes before any that leaves cells
unexplained; else the cheapest is named, together with all mistakes that predict the same cells:
the question cannot tell them apart. Blank and unreadable cells are neither for nor against
anything.

Source: the ranking follows minimum description length; J. S. Brown and R. R. Burton, Diagnostic
models for procedural bugs in basic mathematical skills (1978), on judging an exam's questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod

import numpy as np

from symconv.exact import Array
from symconv.homework.judging.credit import allowed
from symconv.homework.judging.hypotheses import Hypotheses, Hypothesis, Sheet
from symconv.homework.questions.question import Shape
from symconv.homework.reading.polynomials import Polynomial, Value

SLIP = 6
"""Bits of a wrong cell that nothing explains."""
PATTERN = 4
"""Bits of a wrong cell whose slip has a known pattern: a product left out, digits swapped."""
UNLIKELY = 20
"""A guess may be explained once in so many times by something that is then named for certain."""
VALUES = 16
"""Numbers that somebody who guesses thinks of at least."""
EVIDENCE = 2
"""Cells that have to speak for a mistake and against the key before it is named for certain."""


class Confidence(StrEnum):
    """How surely a mistake is named.

    certain: it alone predicts the answer, in at least two cells that differ from the key, and few
    guesses would be explained as well. ambiguous: several mistakes predict it. possible: some cells
    differ from what it predicts, or are too few; two mistakes together lead to another shape. none:
    no mistake explains the answer.
    """

    CERTAIN = "certain"
    AMBIGUOUS = "ambiguous"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The explanation of one answer.

    ``members`` are the mistakes, or pairs of them, that predict all the cells that the best one
    predicts; those of the fewest mistakes come first, and ``named`` are they. ``evidence`` counts
    the cells that speak for them and against the key, ``unexplained`` the cells that they do not
    predict.
    """

    confidence: Confidence = Confidence.NONE
    members: tuple[Hypothesis, ...] = ()
    evidence: int = 0
    unexplained: int = 0
    cost: int = 0

    @property
    def named(self) -> tuple[Hypothesis, ...]:
        """The members of the fewest mistakes, which a sentence names."""
        fewest = min((len(h.mistakes) for h in self.members), default=0)
        return tuple(h for h in self.members if len(h.mistakes) == fewest)


NOTHING = Diagnosis()


def diagnose(
    table: Hypotheses, shape: Shape, values: Sequence[Value | None], patterns: Sequence[bool]
) -> Diagnosis:
    """Return the explanation of an answer: its values in row-major order, None where missing.

    ``patterns`` tells for each cell whether its slip has a known pattern; for answers of another
    shape than the key's every cell is wrong.
    """
    question = table.question
    sheet = table.sheets.get(shape)
    shown = [value is not None for value in values]
    present = np.array(shown)
    if sheet is None or 2 * int(present.sum()) < len(values):
        return NOTHING
    if shape == question.shape:
        right = np.array([v == k for v, k in zip(values, question.key, strict=True)])
    else:
        right = np.zeros(len(values), dtype=bool)
    wrong = present & ~right
    prices = np.where(np.array(patterns, dtype=bool), PATTERN, SLIP)
    baseline = int(prices[wrong].sum())
    agree = sheet.agreeing(values)
    misses = present & ~agree
    missed = misses.sum(axis=1)
    near = (missed <= allowed(len(values))) & (missed < int(wrong.sum()))
    slips = (misses * prices).sum(axis=1)
    ranked = []
    for place in near.nonzero()[0].tolist():
        first = table.buckets[sheet.grids[place]][0]
        cost, evidence = first.cost + int(slips[place]), int((agree[place] & wrong).sum())
        if cost < baseline:
            exact = not missed[place] and table.support(first, shown) >= EVIDENCE
            key = (cost, len(first.mistakes), int(missed[place]), -evidence, first.ids)
            ranked.append((not exact, key, place))
    if not ranked:
        return NOTHING
    _, (cost, _, unexplained, against, _), place = min(ranked)
    members = _alike(table, sheet, place, present)
    found = Diagnosis(Confidence.POSSIBLE, members, -against, unexplained, cost)
    supports = [table.support(h, shown) for h in found.named]
    weak = min(found.evidence, *supports) < EVIDENCE
    unsure = shape != question.shape and (not present.all() or len(found.named[0].mistakes) > 1)
    if unexplained or weak or unsure or _by_chance(sheet, place, agree[place] & wrong):
        return found
    surely = Confidence.CERTAIN if len(found.named) == 1 else Confidence.AMBIGUOUS
    return replace(found, confidence=surely)


def _by_chance(sheet: Sheet, place: int, evidence: Array) -> bool:
    """Tell whether a guess would be explained by some grid more often than once in UNLIKELY times.

    A guess draws each cell from the numbers that stand there among all N grids, n of them the one
    that was written, or from VALUES if the grids are fewer: with N' = max(N, VALUES) it meets one
    of N grids with a chance of about N · Π n / N'. Nobody guesses a sum of products of letters.
    """
    found = zip(sheet.grids[place][1], evidence.tolist(), strict=True)
    if any(speaks and isinstance(value, Polynomial) for value, speaks in found):
        return False
    column = sheet.table[:, evidence]
    counts = (column == column[place]).sum(axis=0).tolist()
    grids = len(sheet.grids)
    met: int = UNLIKELY * prod(counts) * grids
    return bool(met > max(grids, VALUES) ** len(counts))


def _alike(table: Hypotheses, sheet: Sheet, place: int, present: Array) -> tuple[Hypothesis, ...]:
    """Return all hypotheses that predict what one does in the cells that were answered."""
    shown = sheet.table[:, present]
    rows = (shown == shown[place]).all(axis=1).nonzero()[0].tolist()
    members = [h for row in rows for h in table.buckets[sheet.grids[row]]]
    return tuple(sorted(members, key=lambda h: (len(h.mistakes), h.rank)))
