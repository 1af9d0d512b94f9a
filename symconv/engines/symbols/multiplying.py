"""From pairs of entries to products of monomials: the terms that SymPy's `Mul` makes of each pair.

A number times a sum is the sum of the parts, each times the number; a symbol times a sum keeps the
sum as a factor. Outputs that meet an entry nobody could read, or a product that is SymPy's to make,
are reported as hard.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import lcm, prod
from typing import Any

import numpy as np

from symconv.engines.symbols.collecting import Products, Ranked, coded
from symconv.engines.symbols.merging import Merging
from symconv.engines.symbols.monomials import ONE, OTHER, UNREAD, Entry, Reader
from symconv.exact import INT64_MAX, Array

Numbers = tuple[Array, Array, int]
"""Places among different numerators, those, and the denominator under all of them."""


@dataclass
class Pairs:
    """The products of a table: output, and the operands by their places in ``x`` and ``w``.

    ``scales`` are the rational numbers of the operation itself, None when all of them are 1.
    """

    cells: int
    x: list[Any]
    w: list[Any]
    out: Array
    left: Array
    right: Array
    scales: Array | None = None

    def where(self, chosen: Array) -> Pairs:
        """Return the pairs that a mask, or their places, choose."""
        scales = None if self.scales is None else self.scales[chosen]
        out, left, right = self.out[chosen], self.left[chosen], self.right[chosen]
        return Pairs(self.cells, self.x, self.w, out, left, right, scales)


class Operand:
    """One side of the products: the parts of all entries, and where those of each entry stand.

    Of a sum, the parts stand before the sum itself as a factor.
    """

    def __init__(self, found: Array, others: Sequence[Entry]) -> None:
        other = found == OTHER
        lengths = np.ones(len(found), dtype=np.int64)
        lengths[other] = list(map(len, others))
        ends = np.cumsum(lengths)
        total = int(lengths.sum())
        self.sums = lengths > 1
        self.count = lengths - self.sums
        self.start = ends - lengths
        self.factor = ends - 1
        self.numbers = np.full(total, ONE, dtype=np.int64)
        self.monomials = np.repeat(found, lengths)
        flat = np.array(list(itertools.chain(*others)), dtype=np.int64).reshape(-1, 2)
        places = np.repeat(other, lengths)
        self.numbers[places], self.monomials[places] = flat.T

    def alone(self) -> Array:
        """Return which entries are numbers."""
        found: Array = self.monomials[self.factor] == ONE
        return found

    def unread(self, places: Array) -> Array:
        """Return the pairs whose entry was not read, and let it stand for 1 from now on."""
        missing = self.monomials == UNREAD
        if not missing.any():
            return np.zeros(0, dtype=np.int64)
        self.monomials[missing] = ONE
        return np.flatnonzero(missing[self.factor[places]])


def products(pairs: Pairs) -> tuple[Products, Array]:
    """Return the products of all pairs, and a mask of the hard outputs, which have none.

    Raises: UnorderedError where SymPy alone can put the factors in order.
    """
    reader = Reader()
    left, right = (Operand(*reader.read(side)) for side in (pairs.x, pairs.w))
    if 0 in reader.numbers or (pairs.scales is not None and 0 in pairs.scales):
        _leave_infinite(reader, left, right)
    hard = np.zeros(pairs.cells, dtype=bool)
    for side, places in ((left, pairs.left), (right, pairs.right)):
        hard[pairs.out[side.unread(places)]] = True
    parts = _parts(pairs, left, right)
    merging = Merging(reader, left.monomials, right.monomials)
    merging.pair(parts.left, parts.right)
    hard[parts.out[merging.failed]] = True
    factors = Ranked.of(reader.factors)
    numbers, values, over = _numbers(parts, list(reader.numbers), left.numbers, right.numbers)
    found = Products(parts.out, numbers, merging.ranks(factors), values, over, factors)
    return found.take(~hard[parts.out]) if hard.any() else found, hard


def _leave_infinite(reader: Reader, *sides: Operand) -> None:
    """Leave entries to SymPy that 0 does not make 0: 0 times what is infinite is no number."""
    infinite = [any(map(reader.factors.infinite, monomial)) for monomial in reader.monomials]
    table = np.array([*infinite, False], dtype=bool)  # ends with what stands at UNREAD
    for side in sides:
        left = side.factor[table[side.monomials[side.factor]]]
        side.monomials[left] = UNREAD


def _parts(pairs: Pairs, left: Operand, right: Operand) -> Pairs:
    """Return the pairs with each sum that meets a number spread out; operands are parts now."""
    x, w = pairs.left, pairs.right
    if not (left.sums.any() or right.sums.any()):
        return pairs
    spread = left.sums[x] & right.alone()[w]
    other = right.sums[w] & left.alone()[x]
    count = np.where(spread, left.count[x], np.where(other, right.count[w], 1))
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    of_x = np.repeat(np.where(spread, left.start[x], left.factor[x]), count)
    of_w = np.repeat(np.where(other, right.start[w], right.factor[w]), count)
    each = pairs.where(np.repeat(np.arange(len(count)), count))
    each.left = of_x + step * np.repeat(spread, count)
    each.right = of_w + step * np.repeat(other, count)
    return each


def _numbers(pairs: Pairs, known: Sequence[Any], left: Array, right: Array) -> Numbers:
    """Return the numbers of the products: their places among different numerators over one number.

    Numerators are int64 when no sum of those of one output can leave it, else Python integers.
    """
    sides = [_different(side, known) for side in (left, right)]
    places = [pairs.left, pairs.right]
    if pairs.scales is not None:
        scales, at = np.unique(pairs.scales, return_inverse=True)
        sides.append((at, *_numerators(scales.tolist())))
        places.append(np.arange(len(pairs.out)))
    over = prod(denominator for _, _, denominator in sides)
    most = int(np.bincount(pairs.out).max(initial=0))
    largest = [max(map(abs, numerators), default=0) for _, numerators, _ in sides]
    # a large number that meets nothing but zeros must still be held
    kind = np.int64 if max(most * prod(largest), over, *largest) <= INT64_MAX else object
    tables = [np.array(numerators, dtype=kind) for _, numerators, _ in sides]
    if all(len(table) == 1 for table in tables):
        return np.zeros(len(pairs.out), dtype=np.int64), reduce(np.multiply, tables), over
    codes = [at[part] for (at, _, _), part in zip(sides, places, strict=True)]
    if prod(map(len, tables)) > len(pairs.out):
        each = [table[code] for table, code in zip(tables, codes, strict=True)]
        return *coded(reduce(np.multiply, each)), over
    among, values = coded(reduce(np.multiply.outer, tables).ravel())
    place = codes[0]
    for table, code in zip(tables[1:], codes[1:], strict=True):
        place = place * len(table) + code
    return among[place], values, over


def _different(side: Array, known: Sequence[Any]) -> tuple[Array, list[int], int]:
    """Return places among the numbers that a side has, and those over a common denominator."""
    used, at = np.unique(side, return_inverse=True)
    return at, *_numerators([known[number] for number in used.tolist()])


def _numerators(numbers: Sequence[Any]) -> tuple[list[int], int]:
    """Return numbers over their least common denominator, and that."""
    over = lcm(*(number.denominator for number in numbers))
    return [number.numerator * (over // number.denominator) for number in numbers], over
