"""What a student is told of an answer, at each level, as data and as lines of plain text.

    score   the score; why a cell could not be read, and how one was read
    cells   and which cells are right
    label   and what may have gone wrong, without the key
    full    and everything: the key, the differences, the products of every wrong cell

Nothing below "full" holds the value that a wrong cell should have. Texts are plain; whoever puts
them into HTML, Markdown or a table escapes them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from symconv.errors import AnswerError
from symconv.homework.judging import windows
from symconv.homework.judging.cells import Judged, Verdict
from symconv.homework.judging.check import Checked, constant
from symconv.homework.judging.diagnosis import EVIDENCE, Confidence
from symconv.homework.judging.explanations import Explanation, explain
from symconv.homework.judging.places import cell_name
from symconv.homework.judging.residuals import residual
from symconv.homework.judging.sentences import (
    SHAPE_STEP,
    diagnosis_sentence,
    entries_confidence,
    entries_sentence,
    entry_step,
    next_step,
    shape_sentence,
)
from symconv.homework.judging.slips import Slip
from symconv.homework.questions.model import Level
from symconv.homework.questions.question import Index, Shape
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import text_of

__all__ = [
    "CellFeedback",
    "Explanation",
    "Fault",
    "Feedback",
    "diagnosis_sentence",
    "explain",
    "feedback",
]

LEVELS: tuple[Level, ...] = ("score", "cells", "label", "full")
"""The levels of feedback, each telling more than the one before."""
MOST_GUESSES = 2
"""Slips that are told of one cell, the likeliest."""
LONGEST = 80
"""Characters of a student's cell that a line repeats."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something could not be read, in words for whoever wrote it."""

    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return message and hint in one line."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class CellFeedback:
    """What is told of one cell; what its level does not tell is empty.

    ``index`` counts from 0, ``name`` from 1. ``shown`` is how the cell was read where that differs
    from what was written. ``note`` is about a right value that is rounded or in another form, and
    about steps of the work. ``says`` are guesses at the slip.
    """

    index: Index
    name: str
    raw: str
    mark: str = ""
    verdict: str = ""
    shown: str = ""
    notices: tuple[str, ...] = ()
    fault: Fault | None = None
    note: str = ""
    says: tuple[str, ...] = ()
    expected: str = ""
    difference: str = ""
    explanation: Explanation | None = None

    @property
    def told(self) -> bool:
        """Whether there is more to say of it than that it is right."""
        read = self.shown or self.notices or self.fault or self.note
        return bool(read) or self.verdict not in ("", Verdict.CORRECT)

    def lines(self) -> Iterator[str]:
        """Yield what is told in lines of text, the first with the cell's name."""
        raw = " ".join(self.raw.split())
        short = raw if len(raw) <= LONGEST else f"{raw[: LONGEST - 1]}…"
        yield (
            f"{self.mark} {self.name}: {short}".strip()
            if raw
            else f"{self.mark} {self.name}".strip()
        )
        shown = self.shown if len(self.shown) <= 4 * LONGEST else f"{self.shown[: 4 * LONGEST]}…"
        facts = [
            f"read as {shown}" if shown else "",
            *self.notices,
            str(self.fault or ""),
            self.note,
            *self.says,
            f"expected {self.expected}" if self.expected else "",
            f"difference: {self.difference}" if self.difference else "",
            self.explanation.text if self.explanation else "",
        ]
        yield from (f"    {fact}" for fact in facts if fact)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is told of one answer.

    ``score`` is of 1 and exact, as are ``points`` of ``worth``. ``shape`` is a sentence where the
    answer has another shape than asked. ``diagnosis`` is one sentence, ``mistakes`` the ids of what
    it names, ``windows`` a sentence on where the windows of a symbolic answer lie, ``hint`` a next
    step. ``key`` holds the right values of the ``asked`` shape at level "full" alone.
    """

    level: Level
    score: str
    points: str
    worth: str
    fault: Fault | None = None
    shape: str = ""
    cells: tuple[CellFeedback, ...] = ()
    confidence: str = ""
    diagnosis: str = ""
    mistakes: tuple[tuple[str, ...], ...] = ()
    windows: str = ""
    hint: str = ""
    notices: tuple[str, ...] = ()
    asked: Shape = ()
    key: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield everything but the score in lines of plain text."""
        if self.fault:
            yield str(self.fault)
        if self.shape:
            yield self.shape
            width = self.asked[-1] if self.asked else 1
            rows = [" ".join(self.key[n : n + width]) for n in range(0, len(self.key), width)]
            yield from [f"expected {'; '.join(rows)}"] if rows else []
        yield from self.notices
        for cell in self.cells:
            if cell.told:
                yield from cell.lines()
        yield from filter(None, (self.diagnosis, self.windows, self.hint))


def feedback(checked: Checked, level: Level | None = None) -> Feedback:
    """Return what is told of an answer at a level, the question's unless one is given.

    >>> from symconv.homework import check, loads
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 3; 4 5 6
    ... kernel: 1 1; 0 1
    ... ''')
    >>> checked = check(question, "8 14")
    >>> next(feedback(checked, "cells").lines())
    '✗ row 1, column 2: 14'
    >>> feedback(checked, "full").cells[1].explanation.text
    '2·1 + 3·1 + 5·0 + 6·1 = 11'
    """
    question = checked.question
    level = question.file.feedback if level is None else level
    deep = LEVELS.index(level)
    score, points = str(checked.score.value), str(checked.points)
    worth = str(question.points)
    if checked.fault is not None:
        return Feedback(level, score, points, worth, _fault(checked.fault))
    told = _told(checked) if deep >= 2 else _Told()
    return Feedback(
        level,
        score,
        points,
        worth,
        shape=shape_sentence(checked.shape, question.shape) if deep and not checked.fits else "",
        cells=tuple(_cells(checked, deep)),
        confidence=told.confidence if deep >= 2 else "",
        diagnosis=told.says,
        mistakes=told.mistakes,
        windows=_windows(checked) if deep >= 2 else "",
        hint=(told.hint or _next_cell(checked)) if deep else "",
        notices=checked.notices,
        asked=question.shape if deep else (),
        key=tuple(map(text_of, question.key)) if deep >= 3 else (),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What explains a whole answer, and the next step that follows from it."""

    confidence: str = ""
    says: str = ""
    mistakes: tuple[tuple[str, ...], ...] = ()
    hint: str = ""


def _told(checked: Checked) -> _Told:
    """Return the explanation: an entry used otherwise where that is better than any mistake."""
    if checked.entries:
        sure = entries_confidence(checked.entries).value
        says, hint = entries_sentence(checked.entries), entry_step(checked.entries[0])
        return _Told(sure, says, (), hint)
    found = checked.diagnosis
    hint = next_step(found.named[0].mistakes[0]) if found.named else ""
    ids = tuple(h.ids for h in found.named)
    return _Told(found.confidence.value, diagnosis_sentence(found), ids, hint)


def _fault(error: AnswerError) -> Fault:
    place = f"{error.place}: " if error.place else ""
    return Fault(error.code, place + error.message, error.hint)


def _cells(checked: Checked, deep: int) -> Iterator[CellFeedback]:
    """Yield the cells that something is told of: at level "score" those that were hard to read."""
    rank = checked.question.exercise.rank
    guesses, filters = _guesses(checked, deep), checked.question.layered
    for place, index in enumerate(product(*map(range, checked.shape))):
        cell, name = checked.read[place], cell_name(index, rank, filters)
        if deep and checked.cells:
            says = guesses.get(place, ())
            yield _judged(checked, checked.cells[place], index, name, says, deep)
        elif deep or cell.fault or cell.shown or cell.notices:
            yield _unjudged(cell, index, name)


def _unjudged(cell: Cell, index: Index, name: str) -> CellFeedback:
    """Return what is told of a cell without looking at the key."""
    verdict = Verdict.INVALID if cell.fault else None
    return CellFeedback(
        index,
        name,
        cell.raw,
        verdict.mark if verdict else "",
        verdict.value if verdict else "",
        cell.shown,
        cell.notices,
        _fault(cell.fault) if cell.fault else None,
    )


def _judged(  # noqa: PLR0917 - all that is known of one cell
    checked: Checked, judged: Judged, index: Index, name: str, says: tuple[str, ...], deep: int
) -> CellFeedback:
    """Return what is told of a cell beside its key."""
    cell, verdict = judged.cell, judged.verdict
    open_ = verdict in (Verdict.WRONG, Verdict.BLANK, Verdict.INVALID)
    full = deep >= 3 and verdict is not Verdict.CORRECT
    return CellFeedback(
        index,
        name,
        cell.raw,
        verdict.mark,
        verdict.value,
        cell.shown,
        cell.notices,
        _fault(cell.fault) if cell.fault else None,
        _note(checked, judged, deep),
        says,
        text_of(judged.key) if full else "",
        _difference(judged) if full else "",
        explain(checked.question, index) if full and open_ else None,
    )


def _guesses(checked: Checked, deep: int) -> dict[int, tuple[str, ...]]:
    """Return what may have slipped in the wrong cells that no mistake explains, if they are few.

    In small numbers some slip fits most wrong values; where most cells are wrong it says nothing.
    A step of the work that is not equal to the one before explains its cell already.
    """
    present = sum(judged.cell.value is not None for judged in checked.cells)
    places = [
        place
        for place, judged in enumerate(checked.cells)
        if judged.verdict is Verdict.WRONG and not _explained(checked, place)
    ]
    same = constant([judged.settled for judged in checked.cells])
    if deep < 2 or same or len(places) > max(1, present // 2):
        return {}
    return {
        place: _sentences(checked.slips[place], deep)
        for place in places
        if checked.cells[place].slip is None
    }


def _sentences(slips: Sequence[Slip], deep: int) -> tuple[str, ...]:
    """Return the likeliest slips, without their amounts where these would tell the key."""
    texts = (slip.says if deep >= 3 else slip.hints for slip in slips)
    return tuple(filter(None, texts))[:MOST_GUESSES]


def _explained(checked: Checked, place: int) -> bool:
    """Tell whether what was found for the whole answer predicts a cell: then it is no slip."""
    found = checked.diagnosis
    if checked.entries:
        return True
    if found.confidence is Confidence.NONE or found.evidence < EVIDENCE:
        return False
    return found.members[0].values[place] == checked.cells[place].settled


def _difference(judged: Judged) -> str:
    value = judged.cell.value
    return "" if value is None or value == judged.key else str(residual(judged.key, value))


def _note(checked: Checked, judged: Judged, deep: int) -> str:
    """Return what is said of the form of a right value, or of steps that are not equal."""
    if judged.verdict is Verdict.EQUIVALENT:
        return _FORMS.get(judged.mode, "")
    if judged.verdict is Verdict.ROUNDED:
        asked = checked.question.file.answer.rounding
        return "right but rounded: " + (
            "write the exact value"
            if asked is None
            else "look at how the question wants it rounded"
        )
    if judged.slip is None or deep < 2:
        return ""
    return f"the value changes at your equals sign number {judged.slip}: check that step"


_FORMS = {
    "expanded": "right value: multiply the brackets out and collect the terms",
    "lowest": "right value: cancel the fraction down",
}


def _windows(checked: Checked) -> str:
    """Return where the windows of a symbolic answer lie, unless a mistake says it already."""
    certain = checked.diagnosis.confidence in (Confidence.CERTAIN, Confidence.AMBIGUOUS)
    if certain or checked.entries:
        return ""
    if checked.question.numeric or (checked.fits and not checked.count(Verdict.WRONG)):
        return ""
    values = [cell.value for cell in checked.read]
    found = windows.sentence(checked.question, values, checked.shape)
    return f"{found[0].upper()}{found[1:]}." if found else ""


def _next_cell(checked: Checked) -> str:
    """Return a next step that does not tell the key: what to do with the first open cell."""
    if not checked.fits:
        return SHAPE_STEP
    verdicts = [judged.verdict for judged in checked.cells]
    question = checked.question
    for verdict, text in _NEXT.items():
        if verdict in verdicts:
            index = checked.places[verdicts.index(verdict)]
            name = cell_name(index, question.exercise.rank, question.layered)
            return f"Next: {text.format(name)}."
    return ""


_NEXT = {
    Verdict.INVALID: "write {} in another way, so that it can be read",
    Verdict.WRONG: "work out {} again and write down every product",
    Verdict.BLANK: "fill in {}",
}
