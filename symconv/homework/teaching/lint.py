"""What a question can and cannot tell, before a class sits it.

A mistake that leaves the key as it is cannot be seen; mistakes with one wrong answer cannot be told
apart; a mistake that shows in one cell only is never named for certain. Where that is so whatever
the numbers are (with zero padding of 1, replicating the edge is mirroring it), it is structural;
else other numbers would help, and the nearest ones are looked for.

Source: J. S. Brown and R. R. Burton (1978) call this judging the diagnostic quality of an exam.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np

from symconv.errors import SymconvError
from symconv.exact import Array
from symconv.homework.judging.cells import judge
from symconv.homework.judging.check import Checker
from symconv.homework.judging.credit import score
from symconv.homework.judging.diagnosis import EVIDENCE
from symconv.homework.judging.hypotheses import chosen
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import Value, letter
from symconv.mistakes import Exercise, Mistake, predicted

MOST_LETTERS = 20_000
"""Products of the largest question whose structure is looked at with letters for numbers."""

Grid = tuple[tuple[int, ...], tuple[Value, ...]]


@dataclass(frozen=True)
class Quality:
    """What one choice of numbers can tell: mistakes by id.

    ``unseen`` leave the key as it is, ``alike`` are groups with one wrong answer, ``weak`` show in
    fewer than two cells.
    """

    unseen: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    weak: tuple[str, ...]

    @property
    def troubles(self) -> int:
        """How many mistakes are unseen, merged with others, or weak."""
        return len(self.unseen) + sum(len(group) - 1 for group in self.alike) + len(self.weak)


@dataclass(frozen=True)
class Change:
    """One number of the question replaced: where, and what by."""

    array: str
    index: tuple[int, ...]
    before: Value
    after: int

    @property
    def place(self) -> tuple[str, tuple[int, ...]]:
        """Which number it is."""
        return self.array, self.index

    def __str__(self) -> str:
        """Return the change for a teacher; indices count from 1."""
        at = ", ".join(str(i + 1) for i in self.index)
        return f"{self.array}[{at}]: {self.before} -> {self.after}"


@dataclass(frozen=True)
class Lint:
    """All that `symconv lint` says of a question.

    ``structural`` is what no choice of numbers would change; ``free`` what answers earn that need
    no work; ``suggestion`` the fewest changes found that leave fewest troubles, and ``left`` what
    is left then.
    """

    question: Question
    mistakes: tuple[Mistake, ...]
    quality: Quality
    structural: Quality
    free: dict[str, Fraction]
    suggestion: tuple[Change, ...]
    left: Quality
    paired: bool

    @cached_property
    def curable(self) -> int:
        """The troubles that other numbers could take away."""
        return self.quality.troubles - self.structural.troubles


def lint(question: Question) -> Lint:
    """Return what a question can and cannot tell.

    Raises: QuestionError for a catalogue that names no mistake.
    """
    mistakes = chosen(question)
    quality = judged(question.exercise, mistakes)
    structural = _structural(question.exercise, mistakes, quality)
    changes: tuple[Change, ...] = ()
    left = quality
    if question.numeric and quality.troubles > structural.troubles:
        changes, left = _improved(question.exercise, mistakes, structural.troubles)
    checker = Checker(question)
    earned, paired = free(checker), checker.table.paired
    return Lint(question, tuple(mistakes), quality, structural, earned, changes, left, paired)


def judged(exercise: Exercise, mistakes: Sequence[Mistake]) -> Quality:
    """Return what mistakes show of themselves with the numbers of an exercise."""
    key = _grid(exercise, ())
    groups: dict[Grid, list[str]] = {}
    unseen, weak = [], []
    for mistake in mistakes:
        found = _grid(exercise, (mistake,))
        if found is None:
            continue
        if found == key:
            unseen.append(mistake.id)
            continue
        groups.setdefault(found, []).append(mistake.id)
        if key is not None and len(key[1]) >= EVIDENCE and _evidence(found, key) < EVIDENCE:
            weak.append(mistake.id)
    alike = tuple(tuple(ids) for ids in groups.values() if len(ids) > 1)
    return Quality(tuple(unseen), alike, tuple(weak))


def _grid(exercise: Exercise, mistakes: Sequence[Mistake]) -> Grid | None:
    try:
        found = predicted(exercise, mistakes)
    except (SymconvError, TypeError):  # no window is left, or letters have no order
        return None
    return (found.shape, tuple(found.ravel().tolist())) if found.size else None


def _evidence(found: Grid, key: Grid) -> int:
    if found[0] != key[0]:
        return len(found[1])
    return sum(a != b for a, b in zip(found[1], key[1], strict=True))


def _structural(exercise: Exercise, mistakes: Sequence[Mistake], quality: Quality) -> Quality:
    """Return the troubles that an exercise has with letters for all its numbers."""
    if exercise.products > MOST_LETTERS:
        return Quality((), (), ())
    named = {*quality.unseen, *quality.weak, *(id_ for group in quality.alike for id_ in group)}
    found = judged(lettered(exercise), [mistake for mistake in mistakes if mistake.id in named])
    known = {frozenset(group) for group in quality.alike}
    alike = tuple(group for group in found.alike if any(set(group) <= whole for whole in known))
    unseen = tuple(id_ for id_ in found.unseen if id_ in quality.unseen)
    return Quality(unseen, alike, tuple(id_ for id_ in found.weak if id_ in quality.weak))


def lettered(exercise: Exercise) -> Exercise:
    """Return the exercise with a letter for every number, but for a bias of 0."""
    bias = [letter(f"b{m}") if value else 0 for m, value in enumerate(exercise.bias.tolist())]
    return Exercise(
        exercise.plan,
        _letters("x", exercise.x.shape),
        _letters("w", exercise.w.shape),
        np.array(bias, dtype=object),
    )


def _letters(name: str, shape: tuple[int, ...]) -> Array:
    found = np.empty(shape, dtype=object)
    for number, index in enumerate(np.ndindex(shape)):
        found[index] = letter(f"{name}{number}")
    return found


def free(checker: Checker) -> dict[str, Fraction]:
    """Return what answers earn that take no work: blank, all zeros, the input copied."""
    question = checker.question
    size = len(question.key)
    answers: dict[str, list[Value | None]] = {"blank": [None] * size, "all zeros": [0] * size}
    if question.exercise.x.size >= size:
        copied = question.exercise.x[(slice(None), *(slice(0, n) for n in _spatial(question)))]
        if copied.size == size:
            answers["input copied"] = copied.ravel().tolist()
    return {name: _earned(checker, values) for name, values in answers.items()}


def _spatial(question: Question) -> tuple[int, ...]:
    return tuple(axis.out for axis in question.exercise.plan.axes)


def _earned(checker: Checker, values: Iterable[Value | None]) -> Fraction:
    cells = (Cell("" if value is None else str(value), value) for value in values)
    answer, key = checker.question.file.answer, checker.question.key
    judged_ = [
        judge(cell, right, answer.rounding, answer.form)
        for cell, right in zip(cells, key, strict=True)
    ]
    return score(checker.table, judged_).value


ROUNDS = 4
"""Numbers that a suggestion changes at most."""
TRIED = (1, -1, 2, -2, 3, -3, 5, -4, 7, -6, 9, -9)
"""Numbers that are tried for each entry of the kernel; those of the input are tried from 0 to 9."""
MOST_TRIALS = 1_500
"""Choices of numbers looked at for one suggestion."""


def _improved(
    exercise: Exercise, mistakes: Sequence[Mistake], least: int
) -> tuple[tuple[Change, ...], Quality]:
    """Return the changes, one after the other, that leave fewest troubles each time."""
    changes: list[Change] = []
    start = best = judged(exercise, mistakes)
    kept: tuple[tuple[Change, ...], Quality] = (), start
    trials = 0
    while best.troubles > least and len(changes) < ROUNDS and trials < MOST_TRIALS:
        ranked = []
        for change, candidate in itertools.islice(_neighbours(exercise), MOST_TRIALS - trials):
            trials += 1
            if any(change.place == made.place for made in changes):
                continue
            quality = judged(candidate, mistakes)
            ranked.append(((quality.troubles, -_spread(candidate)), change, candidate, quality))
            if quality.troubles <= least:
                break
        if not ranked:
            break
        _, change, exercise, best = min(ranked, key=itemgetter(0))
        changes.append(change)
        if best.troubles < kept[1].troubles:
            kept = tuple(changes), best
    return kept


def _spread(exercise: Exercise) -> int:
    """Return how many answers are negative, if not most are: what hides a sign shows in them.

    It is where to go on when no single number makes a difference.
    """
    values: list[Any] = exercise.out().ravel().tolist()
    below = len([value for value in values if value < 0])
    return min(below, len([value for value in values if value > 0]))


def _neighbours(exercise: Exercise) -> Iterable[tuple[Change, Exercise]]:
    """Yield every exercise of which one number is another: the kernel's, then the input's."""
    for name, array, values in (("kernel", "w", TRIED), ("input", "x", range(10))):
        numbers = getattr(exercise, array)
        for index in np.ndindex(numbers.shape):
            for value in values:
                if numbers[index] == value:
                    continue
                changed = numbers.copy()
                changed[index] = value
                shown = index[numbers.ndim - exercise.rank :] if _plain(exercise) else index
                change = Change(name, shown, numbers.item(*index), value)
                yield change, replace(exercise, **{array: changed})


def _plain(exercise: Exercise) -> bool:
    return exercise.plan.channels == exercise.plan.maps == 1
