"""Products of monomials by index: which factors the product of two has, for all pairs at once.

Factors of different bases stand side by side. Powers of one base add their exponents, as SymPy's
`Mul` does; each power that arises is made, and looked at, once. Where an exponent is no rational
number, or where SymPy would make something else of a power, the product fails: it is SymPy's.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import lcm

import numpy as np

from symconv.algebra.rings import whole
from symconv.engines.symbols.collecting import Ranked, beside, fused, padded
from symconv.engines.symbols.monomials import Reader
from symconv.exact import Array

LARGEST_EXPONENT = 2**31
"""Exponents beyond this, over their common denominator, are not added here."""

NOTHING = -1
"""Stands in a row of factors where there is none, or none is left."""

FAILED = -2
"""Stands in a row of factors for a power that is SymPy's to make."""


class Merging:
    """The monomials of two operands, and the products of pairs of them.

    ``one`` and ``other`` are the monomials of each pair, ``shared`` the pairs with a base in
    common, ``merged`` the factors of their products, and ``failed`` the pairs without a product.
    """

    def __init__(self, reader: Reader, left: Array, right: Array) -> None:
        self.factors = reader.factors
        self.monomials = list(reader.monomials)
        self.left, self.right = left, right
        self.lengths = np.fromiter(map(len, self.monomials), np.int64, len(self.monomials))
        self.table = padded(self.monomials, NOTHING)

    def pair(self, left: Array, right: Array) -> None:
        """Merge the parts of each pair."""
        self.one, self.other = self.left[left], self.right[right]
        self.shared = np.flatnonzero(self._sharing())
        if not len(self.shared):
            self.failed = self.shared
            return
        size = len(self.monomials)
        key = self.one[self.shared] * size + self.other[self.shared]
        different, places = np.unique(key, return_inverse=True)
        self.merged = self._merge(different // size, different % size)[places]
        self.failed = self.shared[(self.merged == FAILED).any(axis=1)]

    def _width(self, monomials: Array) -> int:
        return int(self.lengths[monomials].max(initial=0))

    def _sharing(self) -> Array:
        """Return which pairs have a base in common."""
        shared = np.zeros(len(self.one), dtype=bool)
        bases = np.array([*self.factors.bases(), NOTHING], dtype=np.int64)
        table = bases[self.table].T
        mine, others = (table[: self._width(side)] for side in (self.left, self.right))
        met = np.zeros(len(bases), dtype=np.int64)
        met[mine[:, self.left]] |= 1
        met[others[:, self.right]] |= 2
        if (met[:-1] == 3).any():
            for column, against in itertools.product(mine, others):
                base = column[self.one]
                shared |= (base == against[self.other]) & (base != NOTHING)
        return shared

    def _merge(self, one: Array, other: Array) -> Array:
        """Return the factors of the product of each pair, in rows."""
        widths = map(self._width, (self.left, self.right))
        sides = zip((one, other), widths, strict=True)
        rows = np.concatenate([self.table[side, :width] for side, width in sides], axis=1)
        if not rows.size:
            return rows
        bases = np.array([*self.factors.bases(), NOTHING], dtype=np.int64)
        order = np.argsort(bases[rows], axis=1)
        rows = np.take_along_axis(rows, order, axis=1)
        exponents, known, over = self._exponents()
        base = bases[rows]
        row, at = np.nonzero((base[:, 1:] == base[:, :-1]) & (base[:, 1:] != NOTHING))
        first, second = rows[row, at], rows[row, at + 1]
        powers = self._powers(bases[first], exponents[first] + exponents[second], over)
        rows[row, at] = np.where(known[first] & known[second], powers, FAILED)
        rows[row, at + 1] = NOTHING
        alone = np.flatnonzero((rows != NOTHING).sum(axis=1) == 1)
        sums = [each for each in alone.tolist() if self._is_sum(int(rows[each].max()))]
        rows[sums, 0] = FAILED
        return rows

    def _is_sum(self, factor: int) -> bool:
        """Tell whether a product is a sum and nothing else, which is not one term but several."""
        return factor >= 0 and self.factors.is_sum(factor)

    def _exponents(self) -> tuple[Array, Array, int]:
        """Return all exponents as integers over one, and which of them can be added."""
        listed = [self.factors.split(number)[1] for number in range(len(self.factors.values))]
        over = lcm(*(exponent.denominator for exponent in listed if exponent is not None))
        scaled = [LARGEST_EXPONENT if e is None else int(e * over) for e in listed]
        known = [abs(exponent) < LARGEST_EXPONENT for exponent in scaled]
        kept = [exponent if good else 0 for exponent, good in zip(scaled, known, strict=True)]
        return np.array(kept, dtype=np.int64), np.array(known, dtype=bool), over

    def _powers(self, bases: Array, exponents: Array, over: int) -> Array:
        """Return the factor of each power; each different one is asked for once."""
        reach = 2 * LARGEST_EXPONENT
        columns = [(bases, len(self.factors.values)), (exponents + reach, 2 * reach)]
        _, first, ids = np.unique(fused(columns)[0], return_index=True, return_inverse=True)
        pairs = zip(bases[first].tolist(), exponents[first].tolist(), strict=True)
        return np.array([self._power(b, Fraction(e, over)) for b, e in pairs], dtype=np.int64)[ids]

    def _power(self, base: int, exponent: Fraction) -> int:
        found = self.factors.power(base, whole(exponent)) if exponent else NOTHING
        return FAILED if found is None else found

    def ranks(self, ranked: Ranked) -> list[Array]:
        """Return the factors of all products as columns of ranks."""
        table = np.ascontiguousarray(ranked.rows(self.table).T)
        sides = ((self.one, self.left), (self.other, self.right))
        columns = beside(*([c[side] for c in table[: self._width(used)]] for side, used in sides))
        if len(self.shared):
            rows = np.append(ranked.rank, len(ranked.rank))[np.maximum(self.merged, NOTHING)]
            rows.sort(axis=1)
            for column, merged in zip(columns, rows.T, strict=True):
                column[self.shared] = merged
        return columns
