"""Which pixel each kernel entry met in a symbolic answer: every monomial w·x names both.

    pixel[a] = slopes[a]·tap[axes[a]] + origin[a]

is fitted to each cell by itself. Nothing here has to know which mistake was made.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from symconv.exact import Array
from symconv.homework.questions.question import Index, Question, Shape
from symconv.homework.reading.polynomials import Value, terms_of
from symconv.plan import Geometry

MOST_MAPS = 6
"""Different maps that are tried on the cells of one answer."""
MOST_SEARCHED = 50_000
"""Monomials of an answer up to which its windows are looked for."""


class Pair(NamedTuple):
    """A kernel entry and the pixel it was multiplied with, along the axes; their letters."""

    tap: Index
    pixel: Index
    w: str
    x: str


Map = tuple[tuple[int, ...], tuple[int, ...]]
"""For each axis of the input, the kernel's axis that runs along it, and pixels from tap to tap."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the window of one cell lies, as its letters tell.

    ``start`` is the first place that the window covers along each axis, −1 one before the input.
    ``pair`` are the kernel entry and the pixel, as letters, of one of its products.
    """

    index: Index
    axes: tuple[int, ...]
    slopes: tuple[int, ...]
    start: tuple[int, ...]
    pair: tuple[str, str]


def localise(
    question: Question, values: Sequence[Value | None], shape: Shape | None = None
) -> tuple[Placement, ...]:
    """Return where the window of every answered cell lies that can be placed.

    ``values`` stand in row-major order of *shape*, the question's unless another was written.
    Empty where the entries are not letters of their own.

    >>> from symconv.homework.questions.load import loads
    >>> from symconv.homework.reading.polynomials import letter
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: a b c d
    ... kernel: v w
    ... ''')
    >>> a, b, c, d, v, w = map(letter, "abcdvw")
    >>> localise(question, [b * v + c * w, c * v + d * w, None])[0].start
    (1,)
    """
    shape = question.shape if shape is None else shape
    plan = question.exercise.plan
    found = _Letters(question).pairs(values, shape)
    maps = _maps(plan, [pairs for _, pairs in found])
    placed = (_placed(plan, index, pairs, maps) for index, pairs in found)
    return tuple(placement for placement in placed if placement is not None)


class _Letters:
    """Which kernel entry or pixel each letter of a question is; empty if a letter is two things."""

    def __init__(self, question: Question) -> None:
        exercise, self.question = question.exercise, question
        self.w, self.x = _lone(exercise.w), _lone(exercise.x)
        if self.w.keys() & self.x.keys():
            self.w = self.x = {}
        self.others = {monomial for b in exercise.bias.tolist() for monomial in terms_of(b)}

    def pairs(self, values: Sequence[Value | None], shape: Shape) -> list[tuple[Index, list[Pair]]]:
        """Return the products of every cell that holds nothing else, and at least one."""
        ranks = len(self.question.shape), len(shape)
        terms = sum(len(terms_of(value)) for value in values if value is not None)
        if not (self.w and self.x) or ranks[0] != ranks[1] or terms > MOST_SEARCHED:
            return []
        cells = zip(itertools.product(*map(range, shape)), values, strict=False)
        read = ((index, self._read(index, value)) for index, value in cells if value is not None)
        return [(index, pairs) for index, pairs in read if pairs]

    def _read(self, index: Index, value: Value) -> list[Pair]:
        """Return the products of one cell; none where it holds anything but products and bias."""
        plan = self.question.exercise.plan
        filter_ = index[0] if self.question.layered else 0
        if filter_ >= plan.maps:
            return []
        first, found = plan.channels_of(filter_)[0], []
        for monomial in terms_of(value):
            if monomial in self.others:
                continue
            if len(monomial) != 2:
                return []
            w, x = monomial if monomial[0] in self.w else monomial[::-1]
            if w not in self.w or x not in self.x:
                return []
            tap, pixel = self.w[w], self.x[x]
            if tap[:2] != (filter_, pixel[0] - first):
                return []
            found.append(Pair(tap[2:], pixel[1:], w, x))
        return sorted(found)


def _lone(values: Array) -> dict[str, Index]:
    """Return where each letter stands; nothing if an entry is no letter, or one stands twice."""
    found: dict[str, Index] = {}
    for index in itertools.product(*map(range, values.shape)):
        terms = terms_of(values[index])
        (monomial, factor), *rest = terms.items() or [((), 0)]
        if rest or factor != 1 or len(monomial) != 1 or monomial[0] in found:
            return {}
        found[monomial[0]] = index
    return found


def asked_map(plan: Geometry) -> Map:
    """Return the map that was asked for."""
    slopes = (-axis.dilation if axis.flip else axis.dilation for axis in plan.axes)
    return tuple(range(len(plan.axes))), tuple(slopes)


def _maps(plan: Geometry, cells: Sequence[Sequence[Pair]]) -> list[Map]:
    """Return the maps that explain most cells; cells that show a map in part come after."""
    asked = asked_map(plan)
    whole: Counter[Map] = Counter()
    part: Counter[Map] = Counter()
    for pairs in cells:
        for axes, slopes in _fits(plan, pairs):
            filled = tuple(a if s is None else s for s, a in zip(slopes, asked[1], strict=True))
            (part if None in slopes else whole)[axes, filled] += 1
    found = [each for counter in (whole, part) for each, _ in counter.most_common(MOST_MAPS)]
    return list(dict.fromkeys([*found[:1], asked, *found[1:]]))


def _fits(
    plan: Geometry, pairs: Sequence[Pair]
) -> Iterator[tuple[tuple[int, ...], tuple[int | None, ...]]]:
    """Yield the maps of one cell; a slope is None where too little of the window shows."""
    taps = [axis.taps for axis in plan.axes]
    for axes in itertools.permutations(range(len(taps))):
        slopes = []
        for a, axis in enumerate(axes):
            slope = _slope(sorted({(pair.tap[axis], pair.pixel[a]) for pair in pairs}))
            slopes.append(asked_map(plan)[1][a] if slope is None and taps[axis] == 1 else slope)
        if 0 not in slopes:
            yield axes, tuple(slopes)


def _slope(points: Sequence[tuple[int, int]]) -> int | None:
    """Return the slope of the line through points, None for a single one; 0 if there is no line."""
    (t, p), *others = points
    if not others:
        return None
    run, rise = others[-1][0] - t, others[-1][1] - p
    if run == 0 or rise % run:
        return 0
    slope = rise // run
    return slope if all(q - p == slope * (u - t) for u, q in others) else 0


def _placed(
    plan: Geometry, index: Index, pairs: Sequence[Pair], maps: Sequence[Map]
) -> Placement | None:
    """Return one cell under the first map that all its products follow."""
    for axes, slopes in maps:
        steps = list(zip(axes, slopes, strict=True))
        origins = {
            tuple(q - s * pair.tap[axis] for q, (axis, s) in zip(pair.pixel, steps, strict=True))
            for pair in pairs
        }
        if len(origins) == 1:
            lows = (min(0, s * (plan.axes[axis].taps - 1)) for axis, s in steps)
            start = tuple(o + low for o, low in zip(origins.pop(), lows, strict=True))
            return Placement(index, axes, slopes, start, (pairs[0].w, pairs[0].x))
    return None
