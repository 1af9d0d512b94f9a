"""One answer, start to end: read, aligned, judged cell by cell, scored, explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symconv.errors import AnswerError
from symconv.homework.judging import entries, slips
from symconv.homework.judging.alignment import Aligned, align
from symconv.homework.judging.cells import Judged, Verdict, judge
from symconv.homework.judging.credit import NO_MARKS, Score, score, score_misshapen
from symconv.homework.judging.diagnosis import NOTHING, Confidence, Diagnosis, diagnose
from symconv.homework.judging.entries import EntrySlip
from symconv.homework.judging.hypotheses import Hypotheses, hypotheses
from symconv.homework.judging.slips import Slip
from symconv.homework.questions.question import Index, Question, Shape
from symconv.homework.reading.cells import Budget, read
from symconv.homework.reading.model import Cell, Submission, Written
from symconv.homework.reading.polynomials import Value


@dataclass(frozen=True)
class Checked:
    """What is said of one answer.

    ``fault`` is set, and all else empty, when no grid could be read. ``shape`` is that of the
    answer; when it is not the question's, ``cells`` are empty and ``values`` hold what was written.
    ``slips`` name patterns of single wrong cells by their place in row-major order. ``entries`` are
    single entries of the question that explain the answer better than its ``diagnosis``.
    """

    question: Question
    submission: Submission
    fault: AnswerError | None = None
    shape: Shape = ()
    read: tuple[Cell, ...] = ()
    cells: tuple[Judged, ...] = ()
    slips: tuple[tuple[Slip, ...], ...] = ()
    score: Score = NO_MARKS
    diagnosis: Diagnosis = NOTHING
    entries: tuple[EntrySlip, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def graded(self) -> bool:
        """Whether there was a grid to grade."""
        return self.fault is None

    @property
    def fits(self) -> bool:
        """Whether the answer has the question's shape."""
        return self.shape == self.question.shape

    @property
    def points(self) -> Fraction:
        """What the answer earns of the question's points."""
        return self.score.value * self.question.points

    @cached_property
    def places(self) -> list[Index]:
        """The index of each cell that was judged."""
        return list(self.question.cells()) if self.fits else []

    def count(self, verdict: Verdict) -> int:
        """Return how many cells got a verdict."""
        return sum(each.verdict is verdict for each in self.cells)


class Checker:
    """A question ready for any number of answers: its table of mistakes is made once.

    >>> from symconv.homework.questions.load import loads
    >>> from symconv.homework.reading.grids import split
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: convolution
    ... input: 1 2 3 4; 5 6 7 9; 2 0 1 4
    ... kernel: 1 2; 3 5
    ... options: {padding: valid}
    ... ''')
    >>> checked = Checker(question).check(Submission("me", split("50 61 77; 23 25 48")))
    >>> checked.diagnosis.named[0].ids, str(checked.score.value)
    (('flip_omitted',), '1/2')
    """

    def __init__(self, question: Question) -> None:
        self.question = question

    @cached_property
    def table(self) -> Hypotheses:
        """What every mistake would give."""
        return hypotheses(self.question)

    def check(self, submission: Submission) -> Checked:
        """Return what is said of one answer; a fault of the answer is part of that."""
        if submission.written is None:
            return Checked(self.question, submission, submission.fault)
        try:
            flat = "flat" in submission.facts
            aligned = align(submission.written, self.question.shape, flat=flat)
            cells = self._read(aligned)
        except AnswerError as error:
            return Checked(self.question, submission, error)
        if aligned.shape != self.question.shape:
            return self._misshapen(submission, aligned, cells)
        return self._judged(submission, aligned, cells)

    def _read(self, aligned: Aligned) -> tuple[Cell, ...]:
        """Return every cell as it was read."""
        rules, budget = self.question.rules, Budget(self.question.rules.limits)
        return tuple(
            replace(_RAGGED, raw=text) if place in aligned.astray else read(text, rules, budget)
            for place, text in enumerate(aligned.texts)
        )

    def _judged(self, submission: Submission, aligned: Aligned, cells: Sequence[Cell]) -> Checked:
        question, answer = self.question, self.question.file.answer
        judged = tuple(
            judge(cell, key, answer.rounding, answer.form)
            for cell, key in zip(cells, question.key, strict=True)
        )
        found, diagnosis = self._slips(judged), NOTHING
        values = [each.settled for each in judged]
        if any(each.verdict is Verdict.WRONG for each in judged):
            diagnosis = diagnose(self.table, aligned.shape, values, list(map(_telling, found)))
            diagnosis = _unless_constant(diagnosis, values)
        return Checked(
            question,
            submission,
            None,
            aligned.shape,
            tuple(cells),
            judged,
            found,
            score(self.table, judged),
            diagnosis,
            entries.explain(question, values) if _improvable(diagnosis) else (),
            aligned.notices,
        )

    def _slips(self, judged: Sequence[Judged]) -> tuple[tuple[Slip, ...], ...]:
        solved = {place for place, each in enumerate(judged) if each.settled == each.key}
        return tuple(
            slips.of(self.question, place, each.cell.value, solved)
            if each.verdict is Verdict.WRONG and each.cell.value is not None
            else ()
            for place, each in enumerate(judged)
        )

    def _misshapen(
        self, submission: Submission, aligned: Aligned, cells: Sequence[Cell]
    ) -> Checked:
        values: list[Value | None] = [cell.value for cell in cells]
        return Checked(
            self.question,
            submission,
            None,
            aligned.shape,
            tuple(cells),
            score=score_misshapen(self.table, aligned.shape, values),
            diagnosis=_unless_constant(
                diagnose(self.table, aligned.shape, values, [False] * len(values)), values
            ),
            notices=aligned.notices,
        )


TELLING = frozenset(("sign_of_cell", "bias_missing_in_cell", "digits_permuted", "power_of_ten"))
"""Slips that small numbers do not often match by chance, as they do products left out or doubled
(three in five wrong cells of a 3x3 kernel of -3..3 on digits match some)."""


def _telling(found: Sequence[Slip]) -> bool:
    return any(slip.id in TELLING for slip in found)


def constant(values: Sequence[Value | None]) -> bool:
    """Tell whether an answer of several cells is one number throughout: it may not be work.

    >>> constant([7, None, 7]), constant([7]), constant([7, 8])
    (True, False, False)
    """
    present = [value for value in values if value is not None]
    return len(present) > 1 and len(set(present)) == 1


def _unless_constant(diagnosis: Diagnosis, values: Sequence[Value | None]) -> Diagnosis:
    """Return a diagnosis; none for one number throughout, which some mistake or other gives."""
    sure = diagnosis.confidence is Confidence.CERTAIN and len(diagnosis.named[0].mistakes) == 1
    return NOTHING if constant(values) and not sure else diagnosis


def _improvable(diagnosis: Diagnosis) -> bool:
    """Tell whether one entry used otherwise would be a better explanation than a mistake."""
    if diagnosis.confidence is Confidence.NONE:
        return True
    loose = diagnosis.confidence is Confidence.POSSIBLE or len(diagnosis.named[0].mistakes) > 1
    return loose and diagnosis.cost > entries.COST


_RAGGED = Cell(
    "",
    fault=AnswerError(
        "ragged",
        "this row has more or fewer cells than the others",
        hint="write every row with the same number of cells",
    ),
)

__all__ = ["Checked", "Checker", "Confidence", "Written"]
