"""Which numbers a variant may have: as hard as the question's, and as telling.

As hard: the products that are not zero, the negative ones, Σ |x·w| and the digits of the largest
answer stay near a reference, which is the question itself:

    |found − reference| ≤ max(1, tolerance · reference)

Where the teacher gives ranges of their own for the numbers, the reference is the median of what
those ranges give. As telling: every mistake that is looked for changes two cells at least, and no
two give one answer. What cannot be shown is let through, and reported: structural is what is so
with letters for all numbers; beyond the ranges is what was so in every one of many draws, or in
three of four if the question's own numbers hide it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice
from math import lcm
from statistics import median_low
from typing import Literal

import numpy as np

from symconv.homework.judging.hypotheses import chosen
from symconv.homework.questions.model import Bank, Parity
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Number, Value, number, terms_of
from symconv.homework.teaching.lint import MOST_LETTERS, Quality, judged, lettered
from symconv.mistakes import Exercise, Mistake

SURVEYED = 100
"""Draws that are looked at for what the ranges hide."""
HIDDEN = Fraction(3, 4)
"""The part of them that has to hide what the question itself hides, to let it through."""
MEASURED = 201
"""Draws whose median is the reference where the ranges are the teacher's."""


def settings(question: Question) -> Bank:
    """Return what the question file says under `bank:`."""
    found = getattr(question.file, "bank", None)
    return found if isinstance(found, Bank) else Bank()


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How much work the numbers of an exercise make.

    ``products`` and ``negatives`` count products, ``size`` is Σ |x·w|, ``digits`` are those of the
    largest numerator of an answer. Of a product with letters its coefficients count.
    """

    products: int
    negatives: int
    size: Number
    digits: int

    def data(self) -> dict[str, int | str]:
        """Return the same as plain data."""
        return {
            "products": self.products,
            "negatives": self.negatives,
            "size": str(self.size),
            "digits": self.digits,
        }


def measure(exercise: Exercise) -> Difficulty:
    """Return how much work an exercise makes.

    >>> import numpy as np
    >>> from symconv.plan import geometry
    >>> plan = geometry((1, 3), (1, 1, 2))
    >>> x, w, bias = np.array([[1, 2, 0]]), np.array([[[-1, 10]]]), np.array([5])
    >>> measure(Exercise(plan, x, w, bias))
    Difficulty(products=3, negatives=2, size=23, digits=2)
    """
    products = [value for value in exercise.products_by_tap().ravel().tolist() if value]
    sizes = (Fraction(c) for value in products for c in terms_of(value).values())
    numerators = (
        abs(c.numerator) for v in exercise.out().flat for c in terms_of(_plain(v)).values()
    )
    return Difficulty(
        len(products),
        sum(any(c < 0 for c in terms_of(value).values()) for value in products),
        number(sum((abs(c) for c in sizes), start=Fraction(0))),
        len(str(max(numerators, default=0))),
    )


def _plain(value: Value | np.integer) -> Value:
    return int(value) if isinstance(value, np.integer) else value


def _far(found: Number, wanted: Number, tolerance: int | str) -> bool:
    return abs(Fraction(found) - wanted) > max(Fraction(1), Fraction(tolerance) * wanted)


def unlike(found: Difficulty, wanted: Difficulty, parity: Parity) -> str:
    """Return in what an exercise is not as hard as it should be, "" where it is."""
    if _far(found.products, wanted.products, parity.products):
        return "number of products that are not zero"
    if _far(found.negatives, wanted.negatives, parity.negatives):
        return "number of negative products"
    if _far(found.size, wanted.size, parity.size):
        return "sum of the sizes of all products"
    if abs(found.digits - wanted.digits) > parity.digits:
        return "digits of the largest answer"
    return ""


def median(found: Sequence[Difficulty]) -> Difficulty:
    """Return the medians of each measure."""
    return Difficulty(
        median_low(d.products for d in found),
        median_low(d.negatives for d in found),
        median_low(d.size for d in found),
        median_low(d.digits for d in found),
    )


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """What an exercise hides: one mistake (unseen, weak), or two that it cannot tell apart."""

    kind: Literal["unseen", "weak", "alike"]
    ids: tuple[str, ...]

    def __str__(self) -> str:
        """Return the trouble for a teacher."""
        names = " and ".join(self.ids)
        return {
            "unseen": f"{names} changes no cell",
            "weak": f"{names} changes one cell only",
            "alike": f"{names} give one answer",
        }[self.kind]


def troubles(quality: Quality) -> frozenset[Trouble]:
    """Return what an exercise hides, one by one."""
    alike = (pair for group in quality.alike for pair in combinations(sorted(group), 2))
    return frozenset(
        [
            *(Trouble("unseen", (id_,)) for id_ in quality.unseen),
            *(Trouble("weak", (id_,)) for id_ in quality.weak),
            *(Trouble("alike", pair) for pair in alike),
        ]
    )


class Gate:
    """What the exercise of a variant has to pass; made once for a question.

    ``draws`` are exercises with numbers from the same ranges, not yet looked at; ``kept`` tells
    that they keep the signs of the question, which then is the reference itself.
    """

    def __init__(self, question: Question, draws: Callable[[], Iterable[Exercise]], *, kept: bool):
        self.question = question
        self.draws = draws
        self.kept = kept
        self.parity = settings(question).parity

    @cached_property
    def reference(self) -> Difficulty:
        """What the difficulty of variants is compared with."""
        if self.kept:
            return measure(self.question.exercise)
        return median([measure(each) for each in islice(self.draws(), MEASURED)])

    def mistakes(self, exercise: Exercise) -> list[Mistake]:
        """Return the mistakes that are looked for with these numbers."""
        return chosen(replace(self.question, exercise=exercise))

    @cached_property
    def structural(self) -> frozenset[Trouble]:
        """What no numbers can show, as letters tell."""
        exercise = self.question.exercise
        if exercise.products > MOST_LETTERS:
            return frozenset()
        letters = lettered(exercise)
        return troubles(judged(letters, self.mistakes(letters)))

    @cached_property
    def _own(self) -> frozenset[Trouble]:
        """What the numbers of the question itself hide."""
        exercise = self.question.exercise
        return troubles(judged(exercise, self.mistakes(exercise)))

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The mistakes that the numbers of the question show."""
        unseen = {t.ids[0] for t in self._own if t.kind == "unseen"}
        return frozenset(m.id for m in self.mistakes(self.question.exercise)) - unseen

    def _hidden(self, exercise: Exercise, ids: Iterable[str] | None = None) -> frozenset[Trouble]:
        """Return what an exercise hides; a mistake that cannot be made in it cannot be seen."""
        looked = [m for m in self.mistakes(exercise) if ids is None or m.id in ids]
        wanted = self._shown if ids is None else self._shown.intersection(ids)
        gone = wanted.difference(m.id for m in looked)
        return troubles(judged(exercise, looked)).union(Trouble("unseen", (id_,)) for id_ in gone)

    @cached_property
    def beyond(self) -> frozenset[Trouble]:
        """What these ranges hide: nearly always, if the question hides it too, else always."""
        counts: Counter[Trouble] = Counter()
        ids: set[str] | None = None
        for draw in islice(self.draws(), SURVEYED):
            found = self._hidden(draw, ids)
            counts.update(found - self.structural)
            if ids is None:
                ids = {id_ for trouble in self._own | found for id_ in trouble.ids}
        most = {t: SURVEYED * HIDDEN if t in self._own else SURVEYED for t in counts}
        return frozenset(t for t, count in counts.items() if count >= most[t])

    @cached_property
    def passed(self) -> frozenset[str]:
        """The mistakes that may go unseen."""
        all_ = self.structural | self.beyond
        return frozenset(t.ids[0] for t in all_ if t.kind == "unseen")

    def left(self, exercise: Exercise) -> list[Trouble]:
        """Return what an exercise hides and need not hide."""
        rest = self._hidden(exercise) - self.structural - self.beyond
        return sorted(trouble for trouble in rest if not self.passed.issuperset(trouble.ids))

    def faults(self, exercise: Exercise) -> Iterator[str]:
        """Yield why an exercise does not pass, the cheapest tests first; nothing if it does."""
        if _empty_row(exercise) and not _empty_row(self.question.exercise):
            yield "a row of the input is all zeros"
        key = [_plain(value) for value in exercise.out().ravel().tolist()]
        if self._denominator % _denominator(key):
            yield "the answers have other denominators"
        if len(key) - len(set(key)) > self._repeats:
            yield "two answers are equal"
        unequal = unlike(measure(exercise), self.reference, self.parity)
        if unequal:
            yield unequal
        yield from map(str, self.left(exercise))

    @cached_property
    def _denominator(self) -> int:
        return _denominator(self.question.key)

    @cached_property
    def _repeats(self) -> int:
        """How many answers may be equal to others: none where there is room for all to differ."""
        key = self.question.key
        if not self.question.numeric:
            return len(key) - len(set(key))
        numbers = [Fraction(value) for value in key]  # type: ignore[arg-type]
        mostly_whole = 2 * sum(n.denominator == 1 for n in numbers) > len(numbers)
        steps = 1 if mostly_whole else self._denominator
        room = int((max(numbers) - min(numbers)) * steps) + 1
        pairs = len(key) * (len(key) - 1)
        return 0 if pairs <= room else max(len(key) - len(set(key)), -(-pairs // (2 * room)))


def _denominator(values: Iterable[Value]) -> int:
    return lcm(*(c.denominator for value in values for c in terms_of(value).values()))


def _empty_row(exercise: Exercise) -> bool:
    rows = (exercise.x != 0).reshape(-1, exercise.x.shape[-1])
    return not bool(rows.any(axis=1).all())
