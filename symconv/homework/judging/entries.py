"""One number of the question that was used otherwise in every cell: miscopied, or swapped.

An entry v of kernel, input or bias that was used as v + c changes the answer by

    answer − key = c · effect,    effect[cell] = what v is multiplied with in that cell, added up

so that an answer decides on each entry by one exact, linear test: right where the effect is 0, and
one c for all cells where it is not. Two entries, rows or columns of the kernel that changed places
give one change of their own. Of letters, the key with one letter written for another is compared.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import lcm
from weakref import WeakKeyDictionary

import numpy as np

from symconv.exact import Array
from symconv.homework.judging.diagnosis import UNLIKELY, VALUES
from symconv.homework.judging.places import axis_words, tap_name
from symconv.homework.questions.question import Index, Question
from symconv.homework.reading.polynomials import (
    Monomial,
    Number,
    Polynomial,
    Value,
    letters_of,
    number,
    terms_of,
    text_of,
    value_of,
)
from symconv.mistakes.exercise import Exercise

COST = 5
"""Bits of one entry miscopied, beside the priors of mistakes."""
MOST_EXPLAINED = 3
"""Explanations of one answer beyond which none is worth naming."""
ALL_SWAPS = 9
"""Entries of a plane of the kernel up to which any two may change places; else neighbours."""
MOST_EFFECTS = {False: 1_000_000, True: 30_000}
"""Effects of entries on cells that are kept: of numbers in 64 bits, and of any others."""
MOST_RENAMED = 100_000
"""Terms that are renamed at most to explain one answer."""
MOST_TERMS = 32
"""Terms of a difference that one entry is taken to make in one cell."""


@dataclass(frozen=True, slots=True)
class EntrySlip:
    """One entry used otherwise, which explains every wrong cell: an id, and a part of a sentence.

    ``sure`` tells whether enough cells speak for it, more than fix the number that was used.
    """

    id: str
    says: str
    sure: bool


def explain(question: Question, values: Sequence[Value | None]) -> tuple[EntrySlip, ...]:
    """Return the single entries that explain all wrong cells of an answer, at least two.

    ``values`` stand in row-major order, None where a cell has none; at least half must be there.
    Several entries explain the same answer; where they are more than three, none is named.

    >>> from symconv.homework.questions.load import loads
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 4; 3 9 7; 8 6 5
    ... kernel: 1 3; 4 2
    ... options: {padding: valid}
    ... ''')
    >>> question.key
    (37, 64, 74, 64)
    >>> explain(question, [55, 78, 86, 74])[0].says
    'row 2, column 2 of the kernel was used as 4 instead of what the question gives'
    """
    shifts = [
        v if v is None else 0 if v == key else v - key
        for v, key in zip(values, question.key, strict=True)
    ]
    present = [value for value in values if value is not None]
    wrong = sum(map(bool, shifts))
    if wrong < 2 or 2 * len(present) < len(values) or len(set(present)) == 1:
        return ()
    found = [] if question.numeric else list(_renamed(question, values, shifts))
    if not found:
        found = list(_changes(question).explaining(shifts))
    return tuple(found) if len(found) <= MOST_EXPLAINED else ()


@dataclass(frozen=True, slots=True)
class _Spot:
    """One entry, or some that change places: what it is called, and its value if it is one."""

    kind: str
    name: str
    value: Value | None = None


class _Changes:
    """What a change of each entry of a question does to the cells: a row of effects for each."""

    def __init__(self, question: Question) -> None:
        self.key, self.symbols = question.key, question.rules.symbols
        self.exercise = question.exercise.safe
        self.spots: list[_Spot] = []
        rows = list(self._rows())
        self.effects = np.stack(rows) if rows else np.zeros((0, len(self.key)), np.int64)
        self.seen = self.effects != 0
        entries = {"kernel": self.exercise.w, "input": self.exercise.x, "bias": self.exercise.bias}
        self.kinds = {name: _Kind.of(values.ravel().tolist()) for name, values in entries.items()}

    def explaining(self, shifts: Sequence[Value | None]) -> Iterator[EntrySlip]:
        """Yield the changes that give an answer less its key, None where a cell has no value."""
        present = np.array([shift is not None for shift in shifts])
        wrong = np.array([bool(shift) for shift in shifts])
        at = np.flatnonzero(wrong).tolist()
        rows = np.flatnonzero(self.seen[:, at[0]] & self.seen[:, at[-1]])
        fits = (self.seen[rows][:, present] == wrong[present]).all(axis=1)
        missed = [shift for shift in shifts if shift]
        for row in rows[fits].tolist():
            factor = _factor(missed, self.effects[row, at].tolist())
            if factor is not None:
                yield from self._said(self.spots[row], factor, at, missed)

    def _said(
        self, spot: _Spot, factor: Value, at: Sequence[int], missed: Sequence[Value]
    ) -> Iterator[EntrySlip]:
        """Yield what is said of an entry that was used as its value plus a factor."""
        if spot.value is None:
            if factor == 1:
                yield EntrySlip(spot.kind, f"{spot.name} changed places", self._sure(len(at)))
            return
        used = spot.value + factor
        if used == 0:
            kind, says = f"{spot.kind}_entry_dropped", f"{spot.name} was left out"
            yield EntrySlip(kind, says, self._sure(len(at)))
        elif used == -spot.value:
            kind, says = f"{spot.kind}_entry_sign", f"{spot.name} was used with the other sign"
            yield EntrySlip(kind, says, self._sure(len(at)))
        elif self.kinds[spot.kind].allows(used):
            hidden = [*missed, *(self.key[place] for place in at)]
            number_ = text_of(used, self.symbols)
            text = f"{number_} instead of what" if _plain(used, hidden) else "something else than"
            says = f"{spot.name} was used as {text} the question gives"
            yield EntrySlip(f"{spot.kind}_entry", says, self._sure(len(at) - 1))

    def _sure(self, cells: int) -> bool:
        """Tell whether few guesses are explained by some change; one cell may give its number."""
        guesses: int = VALUES**cells
        return UNLIKELY * len(self.spots) <= guesses

    def _rows(self) -> Iterator[Array]:
        """Yield the effects on all cells, and append what each is of; as many as may be kept."""
        cells, exercise = len(self.key), self.exercise
        most = MOST_EFFECTS[exercise.x.dtype == object]
        sizes = (exercise.w.size, 3 * exercise.w.size, exercise.x.size)
        parts = (self._kernel, self._swaps, self._input)
        for size, part in zip(itertools.accumulate(sizes), parts, strict=True):
            if size * cells <= most:
                yield from part()
        yield from self._bias()

    def _planes(self) -> Iterator[tuple[int, int, Array]]:
        """Yield filter, channel within the group, and what each tap meets, (taps, outputs)."""
        plan, columns = self.exercise.plan, self.exercise.columns()
        for filter_ in range(plan.maps):
            for depth, channel in enumerate(plan.channels_of(filter_)):
                yield filter_, depth, columns[channel]

    def _spread(self, filter_: int, effect: Array) -> Array:
        """Return an effect on the cells of one filter as one on all cells."""
        found = np.zeros((self.exercise.plan.maps, effect.size), effect.dtype)
        found[filter_] = effect
        return found.ravel()

    def _kernel(self) -> Iterator[Array]:
        w = self.exercise.w
        for filter_, depth, met in self._planes():
            values = w[filter_, depth].ravel().tolist()
            for tap, effect, value in zip(np.ndindex(w.shape[2:]), met, values, strict=True):
                name = f"{self._tap(depth, tap)} of the {self._whose(filter_)}"
                self.spots.append(_Spot("kernel", name, value))
                yield self._spread(filter_, effect)

    def _swaps(self) -> Iterator[Array]:
        """Yield what the kernel's entries and lines that change places do."""
        for filter_, depth, met in self._planes():
            plane = self.exercise.w[filter_, depth]
            for kind, name, turned in _swapped(plane, partial(self._tap, depth)):
                more = (turned - plane).ravel()
                at = more.nonzero()[0]
                if len(at):
                    depths = f" of channel {depth + 1}" if self.exercise.plan.depth > 1 else ""
                    lines = "" if kind == "kernel_entries_swapped" else depths
                    name_ = f"{name}{lines} of the {self._whose(filter_)}"
                    self.spots.append(_Spot(kind, name_))
                    yield self._spread(filter_, more[at] @ met[at])

    def _input(self) -> Iterator[Array]:
        """Yield, for each entry of the input, the kernel's entries that meet it, added up."""
        exercise = self.exercise
        x, w, plan = exercise.x, exercise.w, exercise.plan
        numbered = np.arange(1, x.size + 1).reshape(x.shape)
        read = Exercise(replace(plan, fill=0), numbered, w, exercise.bias, settled=True).columns()
        found = np.zeros((x.size + 1, plan.maps, read.shape[-1]), w.dtype)
        cells = np.arange(read.shape[-1])
        for filter_, channels in enumerate(map(plan.channels_of, range(plan.maps))):
            for depth, channel in enumerate(channels):
                for tap, value in enumerate(w[filter_, depth].ravel().tolist()):
                    found[read[channel, tap], filter_, cells] += value
        for index, effect, value in zip(
            np.ndindex(x.shape), found[1:], x.ravel().tolist(), strict=True
        ):
            place = index if plan.channels > 1 else index[1:]
            name = f"{tap_name(place, exercise.rank)} of the input"
            self.spots.append(_Spot("input", name, value))
            yield effect.ravel()

    def _bias(self) -> Iterator[Array]:
        plan = self.exercise.plan
        ones = np.ones(len(self.key) // plan.maps, self.exercise.x.dtype)
        for filter_, value in enumerate(self.exercise.bias.tolist()):
            if value != 0:
                several = f" of filter {filter_ + 1}" if plan.maps > 1 else ""
                self.spots.append(_Spot("bias", f"the bias{several}", value))
                yield self._spread(filter_, ones)

    def _whose(self, filter_: int) -> str:
        return f"kernel of filter {filter_ + 1}" if self.exercise.plan.maps > 1 else "kernel"

    def _tap(self, depth: int, tap: Index) -> str:
        index = (depth, *tap) if self.exercise.plan.depth > 1 else tap
        return tap_name(index, self.exercise.rank)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What numbers and terms the entries of an array are, which a copied one stays."""

    denominator: int
    terms: int
    letters: bool

    @classmethod
    def of(cls, values: Iterable[Value]) -> _Kind:
        found = [terms_of(value) for value in values]
        over = lcm(*(f.denominator for terms in found for f in terms.values()))
        letters = any(any(terms) for terms in found)
        return cls(over, max(map(len, found), default=0), letters)

    def allows(self, value: Value) -> bool:
        terms = terms_of(value)
        exact = all(self.denominator % f.denominator == 0 for f in terms.values())
        return exact and len(terms) <= max(1, self.terms) and (self.letters or not any(terms))


def _swapped(plane: Array, name: Callable[[Index], str]) -> Iterator[tuple[str, str, Array]]:
    """Yield id, name and kernel of every two entries, and every two lines, that change places."""
    taps = list(np.ndindex(plane.shape))
    for one, two in itertools.combinations(taps, 2):
        apart = sum(abs(i - j) for i, j in zip(one, two, strict=True))
        if plane.size <= ALL_SWAPS or apart == 1:
            turned = plane.copy()
            turned[one], turned[two] = plane[two], plane[one]
            yield "kernel_entries_swapped", f"{name(one)} and {name(two)}", turned
    words = axis_words(plane.ndim)
    for axis, word in enumerate(words if plane.ndim > 1 else ()):
        for a, b in itertools.combinations(range(plane.shape[axis]), 2):
            order = np.arange(plane.shape[axis])
            order[[a, b]] = b, a
            turned = plane.take(order, axis)
            if (turned != plane).sum() > 2:
                yield f"kernel_{word}s_swapped", f"{word}s {a + 1} and {b + 1}", turned


def _plain(used: Value, hidden: Iterable[Value]) -> bool:
    """Tell whether a number is no key of a wrong cell, and no difference, but for the sign."""
    return all(used not in (value, -value) for value in hidden)


def _factor(missed: Sequence[Value], effects: Sequence[Value]) -> Value | None:
    """Return the one c with missed = c · effects, or None."""
    found = _ratio(missed[0], effects[0])
    if found is None:
        return None
    pairs = zip(missed, effects, strict=True)
    return found if all(shift == found * effect for shift, effect in pairs) else None


def _ratio(value: Value, by: Value) -> Value | None:
    """Return a value over a number or a single term; None where it cannot be divided."""
    ((monomial, factor), *others) = terms_of(by).items()
    if others or len(terms_of(value)) > MOST_TERMS:
        return None
    found: dict[Monomial, Number] = {}
    for whole, times in terms_of(value).items():
        left = Counter(whole)
        left.subtract(monomial)
        if min(left.values(), default=0) < 0:
            return None
        found[tuple(sorted(left.elements()))] = number(Fraction(times) / factor)
    return value_of(found)


def _renamed(
    question: Question, values: Sequence[Value | None], shifts: Sequence[Value | None]
) -> Iterator[EntrySlip]:
    """Yield the letters whose exchange, or whose use for one another, gives the answer.

    Other letters leave the sum of the coefficients as it is.
    """
    if any(sum(terms_of(shift).values()) for shift in shifts if shift):
        return
    cells = zip(question.key, values, shifts, strict=True)
    answered = [(key, v, shift) for key, v, shift in cells if v is not None]
    key, value, shift = next(each for each in answered if each[2])
    changed = [set(monomial) for monomial in terms_of(shift or 0)]
    found = [
        (kind, one, other)
        for kind, one, other in _renamings(sorted(letters_of(key)), sorted(letters_of(value)))
        if all(one in letters or other in letters for letters in changed)
    ]
    size = sum(len(terms_of(each)) for each, _, _ in answered)
    seen: set[frozenset[str]] = set()
    for kind, one, other in found if size * len(found) <= MOST_RENAMED else ():
        names = {one: other} if kind == "letter_replaced" else {one: other, other: one}
        pair = frozenset((one, other))
        if pair not in seen and all(_rename(k, names) == v for k, v, _ in answered):
            seen.add(pair)
            yield EntrySlip(kind, _OF_LETTERS[kind].format(one, other), True)


def _renamings(key: list[str], value: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the renamings that could turn letters of a key into those of a value."""
    gone, new = [n for n in key if n not in value], [n for n in value if n not in key]
    yield from (("letter_replaced", one, other) for one in gone for other in value)
    yield from (("letters_swapped", one, other) for one in gone for other in new)
    both = [name for name in key if name in value]
    yield from (("letters_swapped", *pair) for pair in itertools.combinations(both, 2))


def _rename(value: Value, names: Mapping[str, str]) -> Value:
    if not isinstance(value, Polynomial):
        return value
    found: dict[Monomial, Number] = {}
    for monomial, factor in value.terms.items():
        renamed = tuple(sorted(names.get(name, name) for name in monomial))
        found[renamed] = found.get(renamed, 0) + factor
    return value_of(found)


_OF_LETTERS = {
    "letter_replaced": "the letter {1} was written where the letter {0} belongs",
    "letters_swapped": "the letters {0} and {1} were exchanged",
}

_HELD: WeakKeyDictionary[Question, _Changes] = WeakKeyDictionary()


def _changes(question: Question) -> _Changes:
    found = _HELD.get(question)
    if found is None:
        found = _HELD[question] = _Changes(question)
    return found
