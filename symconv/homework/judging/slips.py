"""Patterns of one wrong cell: a product left out, a digit swapped, the number of another cell.

A slip adds a known amount to the key,

    product left out −x·w    with the wrong sign −2·x·w    counted twice +x·w
    the pixel beside read instead (x′ − x)·w    two kernel entries swapped (x₂ − x₁)·(w₁ − w₂)

so that the slips of a cell are found by its residual in a table, made once. They are guesses, and
are worded as questions; none holds the key's value. Each has a second sentence without amounts,
for whoever may not be told by how much a cell is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from symconv.exact import INT64_MAX, Array
from symconv.homework.judging.places import axis_words, cell_name, product_text, tap_name
from symconv.homework.questions.question import Index, Question
from symconv.homework.reading.polynomials import Number, Polynomial, Value, text_of
from symconv.mistakes.exercise import Exercise

MOST_PRODUCTS = 1_000_000
"""Products of a question up to which slips about one product are looked for."""
MOST_KEPT = 100_000
"""Products of one question whose amounts are kept; beyond, they are worked out anew."""
ALL_SWAPS = 9
"""Kernel entries of one channel up to which any two may be swapped; beyond, neighbours alone."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A pattern that explains one wrong cell: its id, and a sentence with the numbers.

    ``hints`` is the sentence without the numbers that tell the difference; empty where any
    sentence would tell the key of a cell that is not right yet.
    """

    id: str
    says: str
    hints: str


def of(
    question: Question, place: int, value: Value, solved: Container[int] = ()
) -> tuple[Slip, ...]:
    """Return the patterns that explain a wrong value of one cell, the likeliest first.

    ``place`` counts the cells in row-major order, ``solved`` are the places that are right. Each
    pattern is named once, with the products that it may be about.

    >>> from symconv.homework.questions.load import loads
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 3 4; 5 6 7 9
    ... kernel: 1 20; 3 50
    ... ''')
    >>> slip, *_ = of(question, 0, 316)
    >>> print(slip.id, "-", slip.says)
    term_missing - It differs by 2·20, the product at the kernel's row 1, column 2: was it left out?
    >>> print(slip.hints)
    One product may be left out: the one at the kernel's row 1, column 2.
    """
    if value == question.key[place]:
        return ()
    cells = _CELLS.get(question)
    if cells is None:
        cells = _CELLS[question] = _Cells(question)
    return cells.slips(place, value, solved)


class _Cells:
    """What every slip about a product would add to each key of one question.

    The amounts of one cell are one row: a block for each of `_KINDS`, one for each neighbour, an
    entry for each kernel entry in all of them, and last the swaps of two.
    """

    def __init__(self, question: Question) -> None:
        self.exercise: Exercise = question.exercise
        self.key = question.key
        self.layered = question.layered
        self.rank = question.exercise.rank
        self.rows: dict[int, Array] = {}

    def slips(self, place: int, value: Value, solved: Container[int]) -> tuple[Slip, ...]:
        key = self.key[place]
        found: dict[str, tuple[str, str]] = {}
        if value == -key:
            found["sign_of_cell"] = _of_number("sign_of_cell", value)
        if value - key == -self._bias(place):
            found["bias_missing_in_cell"] = self._bias_says(place), _NO_BIAS
        if value and value in self.standing:
            found["copied_cell"] = self._copied_says(place, value, solved)
        if not isinstance(key, Polynomial) and not isinstance(value, Polynomial):
            for kind in _digit_slips(key, value):
                found[kind] = _of_number(kind, value)
        for kind, codes in self._codes(place, value - key).items():
            found[kind] = self._says(kind, codes, place)
        return tuple(Slip(kind, *found[kind]) for kind in _ORDER if kind in found)

    @cached_property
    def standing(self) -> dict[Value, list[int]]:
        """The places where each value of the key stands."""
        found: dict[Value, list[int]] = {}
        for place, value in enumerate(self.key):
            found.setdefault(value, []).append(place)
        return found

    @cached_property
    def taps(self) -> list[Index]:
        """Every kernel entry that a cell meets: channel within the group, and tap."""
        plan = self.exercise.plan
        return list(itertools.product(range(plan.depth), *(range(axis.taps) for axis in plan.axes)))

    @cached_property
    def kernels(self) -> Array:
        """The entries that the cells of each filter meet, as rows."""
        w = self.exercise.w
        return (w if self._fits() else w.astype(object)).reshape(len(w), -1)

    @cached_property
    def windows(self) -> Array:
        """What every cell meets, and what lies beside that each way: (1 + ways, C, *O, *K).

        What cannot be read instead is the pixel itself: where the padded input ends; and zeros,
        which leave the product out, a slip of its own.
        """
        here = self._gathered(0, 0)
        found = [here]
        for axis, step in self.ways:
            there = self._gathered(axis, step)
            found.append(np.where(self._outside(axis, step) | (there == 0), here, there))
        return np.stack(found)

    def _gathered(self, axis: int, step: int) -> Array:
        x, fill = self.exercise.x, self.exercise.plan.fill
        found = x if self._fits() else x.astype(object)
        ends = [(0, 0), *((0, 1) for _ in x.shape[1:])]
        found = np.pad(found, ends, constant_values=fill)
        sources = []
        for number, each in enumerate(self.exercise.plan.axes):
            places = np.clip(self._places(number, step * (number == axis)), 0, each.padded - 1)
            sources.append(self._spread(np.maximum(each.line[places], -1), number))
        at: tuple[Any, ...] = (slice(None), *sources)
        seen: Array = found[at]
        return seen

    def _outside(self, axis: int, step: int) -> Array:
        """Tell where the padded input ends one step along an axis."""
        places = self._places(axis, step)
        return self._spread((places < 0) | (places >= self.exercise.plan.axes[axis].padded), axis)

    def _places(self, axis: int, step: int) -> Array:
        """Return the places of the padded line that the outputs read, or beside them."""
        each = self.exercise.plan.axes[axis]
        offsets = np.array([each.offset(tap) for tap in range(each.taps)])
        places: Array = each.step * np.arange(each.out)[:, None] + offsets + step
        return places

    def _spread(self, table: Array, axis: int) -> Array:
        """Return a table (out, taps) of one axis as part of (*O, *K)."""
        shape = [1] * (2 * self.rank)
        shape[axis], shape[self.rank + axis] = table.shape
        return table.reshape(shape)

    def _fits(self) -> bool:
        """Tell whether no amount can leave 64 bits."""
        x, w, fill = self.exercise.x, self.exercise.w, self.exercise.plan.fill
        if object in (x.dtype, w.dtype) or not isinstance(fill, int):
            return False
        return 4 * max(_largest(x), abs(fill)) * _largest(w) <= INT64_MAX

    @cached_property
    def swaps(self) -> tuple[Array, Array]:
        """Pairs of kernel entries of one channel that may be swapped."""
        size = len(self.taps) // self.exercise.plan.depth
        if size > ALL_SWAPS:
            places = {tap: number for number, tap in enumerate(self.taps)}
            beside = ((tap, _moved(tap, axis)) for tap in places for axis in range(1, len(tap)))
            pairs = [(places[one], places[two]) for one, two in beside if two in places]
        else:
            firsts = range(0, len(self.taps), size)
            pairs = [p for c in firsts for p in itertools.combinations(range(c, c + size), 2)]
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    @cached_property
    def indices(self) -> list[Index]:
        """Filter and spatial index of every cell."""
        return list(self.exercise.plan.outputs())

    @cached_property
    def biases(self) -> list[Value]:
        found: list[Value] = self.exercise.bias.tolist()
        return found

    def _met(self, place: int) -> tuple[Array, Array]:
        """Return what one cell meets, (1 + ways, taps), and its kernel's entries."""
        filter_, *out = self.indices[place]
        channels = self.exercise.plan.channels_of(filter_)
        at: tuple[Any, ...] = (slice(None), slice(channels.start, channels.stop), *out)
        found = self.windows[at]
        return found.reshape(len(found), -1), self.kernels[filter_]

    def _row(self, place: int) -> Array:
        """Return the amounts of all slips about products of one cell; 0 where there is none."""
        row = self.rows.get(place)
        if row is None:
            if len(self.rows) * len(self.taps) > MOST_KEPT:
                self.rows.clear()
            row = self.rows[place] = self._amounts(place)
        return row

    def _amounts(self, place: int) -> Array:
        met, w = self._met(place)
        (one, two), x = self.swaps, met[0]
        products, beside = x * w, (met[1:] - x) * w
        blocks = [times * products for times in _KINDS.values()]
        swapped = (w[one] - w[two]) * (x[two] - x[one])
        return np.concatenate([*blocks, beside.ravel(), swapped])

    @cached_property
    def ways(self) -> list[tuple[int, int]]:
        """The ways to a neighbour: the axis, and −1 or 1."""
        return list(itertools.product(range(self.rank), (-1, 1)))

    def _codes(self, place: int, amount: Value) -> dict[str, list[int]]:
        """Return the entries of a cell's row that hold an amount, by kind."""
        if self.exercise.products > MOST_PRODUCTS:
            return {}
        row = self._row(place)
        if row.dtype != object and not (isinstance(amount, int) and abs(amount) <= INT64_MAX):
            return {}
        found: dict[str, list[int]] = {}
        for code in np.flatnonzero(row == amount).tolist():
            block = code // len(self.taps)
            kind = "taps_swapped" if block >= len(_KINDS) + 2 * self.rank else "neighbour_pixel"
            kind = list(_KINDS)[block] if block < len(_KINDS) else kind
            found.setdefault(kind, []).append(code)
        return found

    def _bias(self, place: int) -> Value:
        return self.biases[self.indices[place][0]]

    def _bias_says(self, place: int) -> str:
        bias = self._bias(place)
        amount = "" if _tells(self.key[place], bias) else f"{text_of(bias)}, "
        return f"It differs by {amount}the bias: was it left out?"

    def _copied_says(self, place: int, value: Value, solved: Container[int]) -> tuple[str, str]:
        places = sorted(self.standing[value], key=lambda each: abs(each - place))
        told = [each for each in places if each in solved]
        says, *hints = (self._copied(value, each) for each in (places[0], *told[:1]))
        return says, "".join(hints)

    def _copied(self, value: Value, place: int) -> str:
        other = self.indices[place]
        name = cell_name(other if self.layered else other[1:], self.rank)
        return f"Your {text_of(value)} is what {name} asks for: was it written in the wrong cell?"

    def _says(self, kind: str, codes: list[int], place: int) -> tuple[str, str]:
        """Return the sentences of a slip about one product, or one of several."""
        mention = {"neighbour_pixel": self._neighbour, "taps_swapped": self._swap}
        named = [mention.get(kind, self._product)(place, code) for code in codes[:2]]
        more = " (or likewise elsewhere)" if len(codes) > 2 else ""
        says, hints = (", or ".join(each) + more for each in zip(*named, strict=True))
        return _OF_PRODUCT[kind].format(says), _HINTS[kind].format(hints)

    def _product(self, place: int, code: int) -> tuple[str, str]:
        """Return what one product is called, with and without its numbers.

        Both are without them where they would tell the key.
        """
        tap = code % len(self.taps)
        met, kernel = self._met(place)
        x, w = met.item(0, tap), kernel.item(tap)
        numbers = "" if _tells(self.key[place], x, w, x * w) else f"{product_text(x, w)}, "
        where = f"at the kernel's {self._tap(tap)}"
        return f"{numbers}the product {where}", f"the one {where}"

    def _neighbour(self, place: int, code: int) -> tuple[str, str]:
        block, tap = divmod(code, len(self.taps))
        way = block - len(_KINDS)
        (axis, step), instead = self.ways[way], self._met(place)[0].item(1 + way, tap)
        number = "" if _tells(self.key[place], instead) else f"{text_of(instead)}, "
        beside = f"{axis_words(self.rank)[axis]} {'later' if step > 0 else 'earlier'}"
        entry, there = f"the kernel's {self._tap(tap)} met", f"the input one {beside}"
        return f"{entry} {number}{there}", f"{entry} {there}"

    def _swap(self, _place: int, code: int) -> tuple[str, str]:
        pair = code - (len(_KINDS) + 2 * self.rank) * len(self.taps)
        one, two = (self._tap(int(taps[pair])) for taps in self.swaps)
        says = f"the kernel's {one} and {two} changed places"
        return says, says

    def _tap(self, tap: int) -> str:
        index = self.taps[tap]
        return tap_name(index if self.exercise.plan.depth > 1 else index[1:], self.rank)


def _of_number(kind: str, value: Value) -> tuple[str, str]:
    says = _OF_NUMBER[kind].format(text_of(value))
    return says, says


def _largest(values: Array) -> int:
    return max(int(values.max(initial=1)), -int(values.min(initial=0)))


def _moved(tap: Index, axis: int) -> Index:
    return (*tap[:axis], tap[axis] + 1, *tap[axis + 1 :])


def _tells(key: Value, *numbers: Value) -> bool:
    """Tell whether one of the numbers of a sentence is the key, or the key but for its sign."""
    return any(number in (key, -key) for number in numbers)


def _digit_slips(key: Number, value: Number) -> Iterator[str]:
    """Yield the slips of writing one number for another, by their decimal digits."""
    if not key or not value or (key < 0) != (value < 0):
        return
    if any(key * power == value or value * power == key for power in _POWERS):
        yield "power_of_ten"
        return
    one, two = _digits(key, value)
    if len(one) != len(two) or len(one) < 2:
        return
    if sorted(one) == sorted(two):
        yield "digits_permuted"
    elif sum(a != b for a, b in zip(one, two, strict=True)) == 1:
        yield "digit_differs"


def _digits(key: Number, value: Number) -> tuple[str, str]:
    """Return the digits of two numbers as decimals of equally many places; "" if they have none."""
    scale = 1
    if not (isinstance(key, int) and isinstance(value, int)):
        common = lcm(key.denominator, value.denominator)
        scale = next((power for power in _SCALES if power % common == 0), 0)
    return (str(abs(int(key * scale))), str(abs(int(value * scale)))) if scale else ("", "")


_KINDS = {"term_missing": -1, "term_sign": -2, "term_doubled": 1}
"""Slips of one product, and how often it is added."""
_POWERS = (10, 100, 1000)
_SCALES = tuple(10**places for places in range(13))

_ORDER = (
    "sign_of_cell",
    "bias_missing_in_cell",
    "term_missing",
    "term_sign",
    "digits_permuted",
    "power_of_ten",
    "neighbour_pixel",
    "term_doubled",
    "taps_swapped",
    "digit_differs",
    "copied_cell",
)
"""The slips, the likeliest first."""

_OF_NUMBER = {
    "sign_of_cell": "Your {} may have the wrong sign: did a minus get lost, or slip in?",
    "digits_permuted": "The digits of your {} may have changed places.",
    "power_of_ten": "Your {} may be off by a power of ten: look at the point and the zeros.",
    "digit_differs": "One digit of your {} may be wrong: look at the carries.",
}
_OF_PRODUCT = {
    "term_missing": "It differs by {}: was it left out?",
    "term_sign": "It differs by twice {}: has it the wrong sign?",
    "term_doubled": "It differs by {}: was it counted twice?",
    "neighbour_pixel": "It fits if {}: look at what that entry meets.",
    "taps_swapped": "It fits if {}: look at what they meet.",
}
_HINTS = {
    "term_missing": "One product may be left out: {}.",
    "term_sign": "One product may have the wrong sign: {}.",
    "term_doubled": "One product may be counted twice: {}.",
    "neighbour_pixel": _OF_PRODUCT["neighbour_pixel"],
    "taps_swapped": _OF_PRODUCT["taps_swapped"],
}
_NO_BIAS = "The bias may be left out here."

_CELLS: WeakKeyDictionary[Question, _Cells] = WeakKeyDictionary()
