"""Hundreds of variants made for no student, to see what a class would get.

How often draws fail and at what, how long a variant takes, which answers come out, and whether the
largest or the smallest stands in one place too often, so that guessing pays.

Source: the idea is that of stress tests of exercises in R/exams (Zeileis, Umlauf and Leisch, 2014).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from statistics import median
from typing import Any

from symconv.errors import QuestionError
from symconv.homework.judging.places import cell_name
from symconv.homework.outputs.escape import shortened
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Number
from symconv.homework.teaching.parity import Difficulty
from symconv.homework.teaching.variants import Maker, Variant

MOST_REASONS = 12
"""Reasons, and answers, that a table lists."""
MEASURES = ("products", "negatives", "size", "digits")
Progress = Callable[[int, int], None]


@dataclass
class Stress:
    """What came of making many variants.

    ``failed`` are the numbers of the seeds that gave none, with the error. ``rejected`` counts
    draws by what they failed at; ``answers`` the values of all cells; ``largest`` and ``smallest``
    how often each cell of the answer holds the extreme value alone.
    """

    maker: Maker
    asked: int
    difficulties: list[Difficulty] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failed: dict[int, QuestionError] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    answers: Counter[Number] = field(default_factory=Counter)
    largest: Counter[int] = field(default_factory=Counter)
    smallest: Counter[int] = field(default_factory=Counter)

    @property
    def question(self) -> Question:
        """The question whose variants were made."""
        return self.maker.question

    @property
    def made(self) -> int:
        """How many variants there are."""
        return len(self.difficulties)

    @property
    def draws(self) -> int:
        """How many exercises were drawn for them."""
        return self.made + self.rejected.total()

    def add(self, variant: Variant) -> None:
        """Count one variant."""
        self.difficulties.append(variant.difficulty)
        self.rejected.update(variant.rejected)
        if not variant.question.numeric:
            return
        key: list[Number] = list(variant.key)  # type: ignore[arg-type]
        self.answers.update(key)
        for counter, extreme in ((self.largest, max(key)), (self.smallest, min(key))):
            if key.count(extreme) == 1:
                counter[key.index(extreme)] += 1

    def data(self) -> dict[str, Any]:
        """Return all of it as plain data; only ``seconds`` differ from one run to the next."""
        gate = self.maker.gate
        return {
            "question": self.question.id,
            "asked": self.asked,
            "made": self.made,
            "draws": self.draws,
            "rejected": dict(self.rejected.most_common()),
            "failed": {str(number): str(error) for number, error in self.failed.items()},
            "structural": sorted(map(str, gate.structural)),
            "beyond_the_ranges": sorted(map(str, gate.beyond)),
            "reference": gate.reference.data(),
            "difficulty": {name: self._spread(name) for name in MEASURES},
            "answers": {
                "quantiles": [str(value) for value in self.quantiles()],
                "commonest": [[str(v), n] for v, n in self.answers.most_common(MOST_REASONS)],
                "different": len(self.answers),
                "largest_in_cell": self._cells(self.largest),
                "smallest_in_cell": self._cells(self.smallest),
            },
            "seconds": {"median": median(self.seconds), "most": max(self.seconds)},
        }

    def _spread(self, name: str) -> list[str]:
        values = sorted(getattr(each, name) for each in self.difficulties)
        return [str(values[0]), str(values[len(values) // 2]), str(values[-1])] if values else []

    def quantiles(self) -> list[Number]:
        """Return the smallest answer, the quartiles and the largest."""
        found: list[Number] = []
        total, seen = self.answers.total(), 0
        places = [(total - 1) * quarter // 4 for quarter in range(5)] if total else []
        for value in sorted(self.answers):
            seen += self.answers[value]
            while len(found) < len(places) and places[len(found)] < seen:
                found.append(value)
        return found

    def _cells(self, counter: Counter[int]) -> dict[str, int]:
        rank = self.question.exercise.rank
        cells = [cell_name(index, rank) for index in self.question.cells()]
        return {cell: counter[place] for place, cell in enumerate(cells)}

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        gate = self.maker.gate
        yield f"{self.made} of {self.asked} variants made, of {self.draws} draws"
        yield f"time for one: median {_time(median(self.seconds))}, most {_time(max(self.seconds))}"
        yield from _counted("draws rejected", self.rejected, self.draws)
        for number, error in islice(self.failed.items(), MOST_REASONS):
            yield f"no variant from seed {number}: {error.message}"
        for trouble in sorted(map(str, gate.structural)):
            yield f"structural, no numbers help: {trouble}"
        for trouble in sorted(map(str, gate.beyond)):
            yield f"not with numbers of these ranges: {trouble}"
        if self.difficulties:
            yield "difficulty             least  middle  most  question"
            for name in MEASURES:
                shown = [*self._spread(name), str(getattr(gate.reference, name))]
                yield f"  {name:<20} " + " ".join(f"{each:>6}" for each in shown)
        if self.answers:
            yield f"answers, quartiles: {', '.join(map(str, self.quantiles()))}"
            yield from _counted("commonest answers", self.answers, self.answers.total())
            yield from self._extremes()

    def _extremes(self) -> Iterator[str]:
        for word, counter in (("largest", self.largest), ("smallest", self.smallest)):
            cells = self._cells(counter)
            yield f"{word} answer alone in a cell:"
            for cell, count in cells.items():
                yield f"  {cell:<28} {count:>6}  {_share(count, self.made)}"


def _counted(title: str, counter: Counter[Any], total: int) -> Iterator[str]:
    if counter:
        yield f"{title}:"
    for reason, count in counter.most_common(MOST_REASONS):
        yield f"  {count:>7}  {_share(count, total)}  {shortened(str(reason), 80)}"


def _share(count: int, total: int) -> str:
    return f"{round(Fraction(1000 * count, max(total, 1))) / 10:>5.1f} %"


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def stress(
    question: Question, count: int, secret: bytes, progress: Progress | None = None
) -> Stress:
    """Make variants for seeds 1 to *count*, and return what came of it; failures do not stop it.

    Raises: QuestionError[bad-range], and what is wrong with the catalogue.
    """
    maker = Maker(question, secret)
    found = Stress(maker, count)
    for number in range(1, count + 1):
        started = time.perf_counter()
        try:
            found.add(maker.make(f"seed {number}"))
        except QuestionError as error:
            if error.code != "no-variant":
                raise
            found.failed[number] = error
            found.rejected.update(error.facts["rejected"])
        found.seconds.append(time.perf_counter() - started)
        if progress is not None:
            progress(number, count)
    return found
