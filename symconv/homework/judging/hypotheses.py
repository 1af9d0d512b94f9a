"""Every answer that a mistake, or two, would give to one question: a table from grids to mistakes.

It is made once for a question; each answer is then a look-up. Mistakes that change nothing here
cannot be seen in any answer, and are kept apart.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from symconv.errors import QuestionError, SymconvError
from symconv.exact import Array
from symconv.homework.questions.arrays import tensor
from symconv.homework.questions.numbers import rational
from symconv.homework.questions.question import Question, Shape
from symconv.homework.reading.polynomials import Value
from symconv.mistakes import Mistake, catalogue, predicted, together

Grid = tuple[Shape, tuple[Value, ...]]
MOST_PRODUCTS = 20_000_000
"""Products that the table of one question may take; beyond, mistakes are not paired."""
LARGEST_PAIRED = 4_096
"""Cells of the largest answer for which mistakes are paired."""


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """Mistakes made together, and the answer they give."""

    mistakes: tuple[Mistake, ...]
    shape: Shape
    values: tuple[Value, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The mistakes' ids, sorted."""
        return tuple(sorted(mistake.id for mistake in self.mistakes))

    @property
    def cost(self) -> int:
        """How unusual it is, in bits."""
        return sum(mistake.prior for mistake in self.mistakes)

    @property
    def credit(self) -> Fraction:
        """What it leaves of full marks: the product of its mistakes' credits."""
        return prod((mistake.credit for mistake in self.mistakes), start=Fraction(1))

    @property
    def grid(self) -> Grid:
        """Shape and values, which a look-up takes."""
        return self.shape, self.values

    @property
    def rank(self) -> tuple[int, int, tuple[str, ...]]:
        """The order in which explanations are preferred, other things equal."""
        return self.cost, len(self.mistakes), self.ids


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """All hypotheses of one question by the grid they predict; each bucket in order of `rank`.

    ``unseen`` are the mistakes that leave the key as it is. ``paired`` tells whether mistakes were
    combined in twos.
    """

    question: Question
    buckets: dict[Grid, tuple[Hypothesis, ...]]
    unseen: tuple[Mistake, ...]
    paired: bool

    @cached_property
    def sheets(self) -> dict[Shape, Sheet]:
        """The different grids of each shape, to be compared with an answer all at once."""
        shapes: dict[Shape, list[Grid]] = {}
        for grid in self.buckets:
            shapes.setdefault(grid[0], []).append(grid)
        return {shape: Sheet(grids) for shape, grids in shapes.items()}

    @cached_property
    def singles(self) -> list[Hypothesis]:
        """The hypotheses of one mistake each, in order of rank."""
        found = itertools.chain(*self.buckets.values())
        return sorted((h for h in found if len(h.mistakes) == 1), key=lambda h: h.rank)

    @cached_property
    def _grids(self) -> dict[str, Grid]:
        return {single.ids[0]: single.grid for single in self.singles}

    @cached_property
    def unearned(self) -> frozenset[Grid]:
        """Grids that earn nothing: half of what they have wrong is one number, or the input's."""
        return frozenset(grid for grid in self.buckets if self._is_idle(grid))

    def _is_idle(self, grid: Grid) -> bool:
        right = self.question.key if grid[0] == self.question.shape else (None,) * len(grid[1])
        wrong = Counter(v for v, k in zip(grid[1], right, strict=True) if v != k)
        copied = self._copied if grid[0] == self.question.shape else ()
        same = sum(v == c != k for v, k, c in zip(grid[1], right, copied, strict=False))
        return 2 * max(same, *wrong.values(), 0) > wrong.total()

    @cached_property
    def _copied(self) -> tuple[Value, ...]:
        """The input where the answer stands, if it is as large; it takes no work to write."""
        plan, x = self.question.exercise.plan, self.question.exercise.x
        sizes = [axis.out for axis in plan.axes]
        if plan.channels > 1 or any(
            n > axis.size for n, axis in zip(sizes, plan.axes, strict=True)
        ):
            return ()
        window = x[(slice(None), *map(slice, sizes))]
        return tuple(window.ravel().tolist()) * plan.maps

    def support(self, hypothesis: Hypothesis, present: Sequence[bool] | None = None) -> int:
        """Return how many cells, of those that are present, speak for each mistake at least.

        Of one mistake they are the cells that differ from the key; of two, for each of them, the
        cells that differ from what the other alone predicts.
        """
        if len(hypothesis.mistakes) == 1:
            return differing(hypothesis.grid, (self.question.shape, self.question.key), present)
        return min(differing(hypothesis.grid, self._grids[id_], present) for id_ in hypothesis.ids)


class Sheet:
    """Grids of one shape as rows of small integers, one for each different value of a cell."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self.grids = grids
        self.codes: list[dict[Value | None, int]] = [{} for _ in grids[0][1]]
        rows = [self._coded(values) for _, values in grids]
        self.table = np.array(rows, dtype=np.int32).reshape(len(grids), -1)

    def _coded(self, values: Sequence[Value]) -> list[int]:
        pairs = zip(self.codes, values, strict=True)
        return [code.setdefault(value, len(code)) for code, value in pairs]

    def agreeing(self, values: Sequence[Value | None]) -> Array:
        """Return which cells of each grid an answer agrees with; a missing cell agrees nowhere."""
        found = (code.get(value, -1) for code, value in zip(self.codes, values, strict=True))
        row = np.fromiter(found, np.int32, len(self.codes))
        agree: Array = self.table == row
        return agree


def differing(one: Grid, other: Grid, present: Sequence[bool] | None = None) -> int:
    """Return how many cells of a grid are not those of another; all of them in another shape.

    Where ``present`` is given, cells that are not are left out.
    """
    shown = [True] * len(one[1]) if present is None else present
    if one[0] != other[0]:
        return sum(map(bool, shown))
    return sum(bool(p) and a != b for a, b, p in zip(one[1], other[1], shown, strict=True))


def hypotheses(question: Question) -> Hypotheses:
    """Return the table of a question.

    Raises: QuestionError[unknown-mistake], QuestionError[custom-shape].
    """
    singles, unseen = _singles(question)
    count = len(singles) ** 2 // 2
    work = count * question.exercise.products
    small = work <= MOST_PRODUCTS and len(question.key) <= LARGEST_PAIRED
    paired = question.file.catalogue.pairs and small
    found = [*singles, *_custom(question)]
    if paired:
        found += _pairs(question, singles)
    buckets: dict[Grid, list[Hypothesis]] = {}
    for hypothesis in sorted(found, key=lambda h: h.rank):
        buckets.setdefault(hypothesis.grid, []).append(hypothesis)
    held = {grid: tuple(bucket) for grid, bucket in buckets.items()}
    return Hypotheses(question, held, unseen, paired)


def chosen(question: Question) -> list[Mistake]:
    """Return the mistakes that a question looks for, with the priors and credits that it sets."""
    settings, all_ = question.file.catalogue, catalogue(question.exercise)
    names = [*settings.enable, *settings.disable, *settings.priors, *question.credits()]
    _check_names(names, [mistake.id for mistake in all_])
    return [
        _adjusted(question, mistake)
        for mistake in all_
        if _named(mistake.id, settings.enable) and not _named(mistake.id, settings.disable)
    ]


def _named(id_: str, patterns: Iterable[str]) -> bool:
    """Tell whether a pattern means a mistake: by its id, whole or up to the colon."""
    names = id_, id_.partition(":")[0]
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _check_names(names: Iterable[str], known: Sequence[str]) -> None:
    from symconv.mistakes import NAMES

    for name in names:
        if not any(_named(id_, [name]) for id_ in (*known, *NAMES)):
            close = _close(name, NAMES)
            message = f"no mistake is called {name!r}"
            raise QuestionError("unknown-mistake", message, place="catalogue", hint=close)


def _close(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else "symconv lint lists them"


def _adjusted(question: Question, mistake: Mistake) -> Mistake:
    prior, credit = mistake.prior, mistake.credit
    for name, bits in question.file.catalogue.priors.items():
        prior = bits if _named(mistake.id, [name]) else prior
    for name, part in question.credits().items():
        credit = part if _named(mistake.id, [name]) else credit
    return replace(mistake, prior=prior, credit=credit)


def _singles(question: Question) -> tuple[list[Hypothesis], tuple[Mistake, ...]]:
    seen, unseen = [], []
    for mistake in chosen(question):
        hypothesis = _hypothesis(question, (mistake,))
        if hypothesis is None:
            continue
        if hypothesis.grid == (question.shape, question.key):
            unseen.append(mistake)
        else:
            seen.append(hypothesis)
    return seen, tuple(unseen)


def _hypothesis(question: Question, mistakes: tuple[Mistake, ...]) -> Hypothesis | None:
    """Return what mistakes predict; None where they cannot be made, as when no window is left."""
    try:
        found = predicted(question.exercise, mistakes)
    except SymconvError:
        return None
    if not found.size:
        return None
    shape = question.shape_of(found.shape)
    if question.layered and any(mistake.name == "flattened" for mistake in mistakes):
        shape = shape[-2:]
    return Hypothesis(mistakes, shape, tuple(found.ravel().tolist()))


def _pairs(question: Question, singles: Sequence[Hypothesis]) -> Iterator[Hypothesis]:
    """Yield pairs whose answer is neither the key nor that of one of the two alone."""
    for one, other in itertools.combinations(singles, 2):
        (a,), (b,) = one.mistakes, other.mistakes
        if not together(a, b):
            continue
        both = _hypothesis(question, (a, b))
        known = (one.grid, other.grid, (question.shape, question.key))
        if both is not None and both.grid not in known:
            yield both


def _custom(question: Question) -> Iterator[Hypothesis]:
    """Yield the mistakes that the teacher described by a whole wrong answer."""
    symbols = {name: name for name in question.rules.symbols}
    for custom in question.file.catalogue.custom:
        values: Any = tensor(custom.answer, symbols, f"custom mistake {custom.id}")
        credit = Fraction(1, 2) if custom.credit is None else rational(custom.credit)
        mistake = Mistake(custom.id, "custom", custom.says, prior=3, credit=credit)
        yield Hypothesis((mistake,), values.shape, tuple(values.ravel().tolist()))
