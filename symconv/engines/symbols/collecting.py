"""Products of monomials as columns of integers: like ones collected, all put in SymPy's order.

A product is an output, a number, and the factors of its monomial by their rank in SymPy's order.
One sort brings like products of an output together, and their numbers are added. SymPy orders the
terms of a sum by class, length and arguments, which is an order of integers too: a second sort,
needed only where numbers stand before monomials or lengths differ. Objects are made last, each
term once however many sums it is in.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import eq, itemgetter
from typing import Any, Literal

import numpy as np

from symconv.algebra.rings import EXPRESSIONS
from symconv.engines.symbols.assembly import Maker, OrderKeys, UnorderedError
from symconv.engines.symbols.monomials import Factors, Monomial
from symconv.exact import INT64_MAX, Array, boxed

Key = tuple[Array, int]
"""Integers from 0 to a size, and that size."""

SHARED = 7 / 8
"""Equal terms are made one object where they leave less than this part of the terms."""

RUNS: Literal["stable"] = "stable"
"""How products are sorted: outputs ascend within each tap, and NumPy merges what is in order; its
quicksort takes ten times as long (measured)."""

MANY, MIXING = 2**12, np.uint64(0x9E3779B97F4A7C15)
"""Terms beyond which only one in 32 is compared for that, by the first bits of a product."""


@dataclass(frozen=True)
class Ranked:
    """The factors in SymPy's order."""

    values: Array
    rank: Array
    before_products: int
    """How many factors SymPy orders before any product."""

    @classmethod
    def of(cls, factors: Factors) -> Ranked:
        """Rank all factors; UnorderedError where two have no order."""
        places = range(len(factors.keys))
        try:
            order = sorted(places, key=factors.keys.__getitem__)
        except (TypeError, RecursionError) as error:
            raise UnorderedError from error
        keys = [factors.keys[i] for i in order]
        if any(map(eq, keys, keys[1:])):  # functions of one name, which SymPy leaves as it met them
            raise UnorderedError
        rank = np.empty(len(keys), dtype=np.int64)
        rank[order] = np.arange(len(keys))
        before = bisect_left(keys, factors.order.product_place, key=itemgetter(0))
        return cls(boxed([factors.values[i] for i in order]), rank, before)

    def rows(self, monomials: Array) -> Array:
        """Return rows of factors as ascending rows of ranks; -1, no factor, comes last."""
        rows: Array = np.append(self.rank, len(self.rank))[monomials]
        rows.sort(axis=1)
        return rows


@dataclass(frozen=True)
class Products:
    """Parallel columns, one entry for each product.

    ``numbers`` are places in ``values``, which are different numerators over one denominator.
    ``ranks`` are the factors, ascending; after the last one stands the number of all factors.
    """

    out: Array
    numbers: Array
    ranks: list[Array]
    values: Array
    over: int
    factors: Ranked

    def take(self, chosen: Array) -> Products:
        """Return some of the products, or all in another order."""
        ranks = [column[chosen] for column in self.ranks]
        return replace(self, out=self.out[chosen], numbers=self.numbers[chosen], ranks=ranks)

    @property
    def top(self) -> int:
        """What stands after the last factor."""
        return len(self.factors.rank)

    def lengths(self) -> Array:
        """Return the number of factors of each product."""
        counts = np.zeros(len(self.out), dtype=np.int64)
        for column in self.ranks:
            counts += column < self.top
        return counts


def coded(numerators: Array) -> tuple[Array, Array]:
    """Return the place of each number among different ones, and those."""
    if numerators.dtype == object:
        listed = numerators.tolist()
        at = {number: place for place, number in enumerate(dict.fromkeys(listed))}
        return np.array([at[number] for number in listed], dtype=np.int64), boxed(list(at))
    low, high = (int(each(numerators, initial=0)) for each in (np.min, np.max))
    if high - low < len(numerators):
        return numerators - low, np.arange(low, high + 1)
    values, places = np.unique(numerators, return_inverse=True)
    return places, values


def present(codes: Array) -> Array:
    """Return which small integers occur, ascending."""
    return np.flatnonzero(np.bincount(codes))


def padded(monomials: Sequence[Monomial], filler: int) -> Array:
    """Return monomials as rows of one width, filled up at the end."""
    lengths = np.fromiter(map(len, monomials), dtype=np.int64, count=len(monomials))
    rows = np.full((len(monomials), int(lengths.max(initial=0))), filler, dtype=np.int64)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = list(itertools.chain(*monomials))
    return rows


def beside(left: list[Array], right: list[Array]) -> list[Array]:
    """Return the factors of products of monomials that share no base, column by column."""
    if not left or not right:
        return left or right
    if len(left) == len(right) == 1:
        return [np.minimum(left[0], right[0]), np.maximum(left[0], right[0])]
    return list(np.sort(np.stack([*left, *right]), axis=0))


def sums(products: Products, cells: int, make: Maker) -> list[Any]:
    """Return the sum of the products of every output."""
    products, monomials = _collected(products, cells)
    lengths = products.lengths()
    bare = (products.values == products.over)[products.numbers] & (lengths > 0)
    if not len(lengths) or not bare.all() or (lengths != lengths[0]).any():
        return _added(*_ordered(products, lengths, bare, cells, make), cells, make)
    columns = products.ranks[: int(lengths[0])]
    terms, places = _once(products.factors, columns, monomials, None, make)
    listed = terms if places is None else boxed(terms)[places].tolist()
    return _added(products.out, listed, cells, make)


def _collected(products: Products, cells: int) -> tuple[Products, Array]:
    """Return products by output and monomial, like ones added, and a number for each monomial."""
    ranks = [(column, products.top + 1) for column in products.ranks]
    numbers = products.numbers, len(products.values)
    out, *columns, which = ascending([(products.out, cells), *ranks, numbers])
    values = products.values
    first = np.flatnonzero(_changes(out, *columns))
    chosen = slice(None) if len(first) == len(out) else first
    if len(first) < len(out):
        which, values = coded(np.add.reduceat(values[which], first))
    kept = (values != 0)[which]
    if not kept.all():
        chosen, which = first[kept], which[kept]
    out, columns = out[chosen], [column[chosen] for column in columns]
    found = replace(products, out=out, numbers=which, ranks=columns, values=values)
    sized = [(column, products.top + 1) for column in columns]
    return found, fused(sized)[0] if sized else np.zeros_like(out)


def ascending(columns: Sequence[Key]) -> list[Array]:
    """Return columns with their rows in ascending order, the first column first."""
    widths = [max(0, size - 1).bit_length() for _, size in columns]
    if sum(widths) >= INT64_MAX.bit_length():
        order = np.argsort(fused(columns)[0], kind=RUNS)
        return [column[order] for column, _ in columns]
    key = np.zeros_like(columns[0][0])
    for (column, _), width in zip(columns, widths, strict=True):
        key = (key << width) | column
    key.sort(kind=RUNS)
    found = []
    for width in reversed(widths):
        found.append(key & ((1 << width) - 1))
        key >>= width
    return found[::-1]


def _changes(*ordered: Array) -> Array:
    """Return where the rows of sorted columns start to be others."""
    first = np.zeros(len(ordered[0]), dtype=bool)
    first[:1] = True
    for column in ordered:
        first[1:] |= column[1:] != column[:-1]
    return first


def _different(keys: Array) -> float:
    """Return how large a part of some integers is different, about."""
    some = keys
    if len(keys) > MANY:
        some = keys[(keys.view(np.uint64) * MIXING) >> np.uint64(59) == 0]
    return float(_changes(np.sort(some)).mean()) if len(some) else 1.0


def fused(columns: Sequence[Key]) -> Key:
    """Return one integer for each row that sorts as the columns do, the first one first."""
    key, size = columns[0]
    for column, values in columns[1:]:
        if size * values > INT64_MAX:
            distinct, key = np.unique(key, return_inverse=True)
            size = len(distinct)
        key, size = key * values + column, size * values
    return key, size


def _ordered(
    products: Products, lengths: Array, bare: Array, cells: int, make: Maker
) -> tuple[Array, list[Any]]:
    """Return the outputs and the terms in SymPy's order; a coefficient of 1 is left out."""
    which, coefficients = _coefficients(products)
    which[bare] = len(coefficients)
    key, size = _term_key(products, lengths, which, len(coefficients))
    order = np.argsort(fused([(products.out, cells), (key, size)])[0], kind=RUNS)
    kinds = (2 * lengths + bare)[order]
    terms = np.empty(len(order), dtype=object)
    for kind in present(kinds).tolist():
        place = np.flatnonzero(kinds == kind)
        at = order[place]
        numbers = None if kind % 2 else coefficients[which[at]]
        columns = [column[at] for column in products.ranks[: kind // 2]]
        made, places = _once(products.factors, columns, key[at], numbers, make)
        terms[place] = boxed(made) if places is None else boxed(made)[places]
    listed: list[Any] = terms.tolist()
    return products.out[order], listed


def _coefficients(products: Products) -> tuple[Array, Array]:
    """Return the place of each number among the coefficients, and those, in SymPy's order."""
    used = present(products.numbers)
    fractions = [Fraction(number, products.over) for number in products.values[used].tolist()]
    values = list(map(EXPRESSIONS.enter, fractions))
    keys = list(map(OrderKeys(), values))
    order = sorted(range(len(values)), key=keys.__getitem__)
    rank = np.zeros(len(products.values), dtype=np.int64)
    rank[used[order]] = np.arange(len(values))
    return rank[products.numbers], boxed([values[i] for i in order])


def _term_key(products: Products, lengths: Array, which: Array, unit: int) -> Key:
    """Return an integer for each term that sorts as SymPy sorts them; a lone number comes first.

    A factor alone stands where its class does; a product among the products, by the number of its
    arguments, then its coefficient (a number precedes every factor), then its factors.
    """
    before, top = products.factors.before_products, products.top
    alone = (which == unit) & (lengths == 1)
    count = lengths + (which != unit)
    columns = [(count, len(products.ranks) + 2), (which, unit + 1)]
    inside, size = fused([*columns, *((column, top + 1) for column in products.ranks)])
    key = np.where(lengths > 0, before + 1 + inside, 0)
    if products.ranks:
        first = products.ranks[0]
        key[alone] = (first + 1 + np.where(first < before, 0, size))[alone]
    return key, size + top + 1


def _once(
    factors: Ranked, columns: list[Array], key: Array, numbers: Array | None, make: Maker
) -> tuple[list[Any], Array | None]:
    """Return terms of one kind, and which of them each product is; None: they are in order.

    ``columns`` are the factors of each product by rank. Equal terms, which have one key, are one
    object.
    """
    if len(columns) + (numbers is not None) < 2:
        return _alike(factors, columns, numbers, make), None
    if not len(key) or _different(key) > SHARED:
        return _alike(factors, columns, numbers, make), None
    order = np.argsort(key, kind=RUNS)
    first = _changes(key[order])
    places = np.empty(len(key), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    chosen = order[first]
    numbers = None if numbers is None else numbers[chosen]
    return _alike(factors, [column[chosen] for column in columns], numbers, make), places


def _alike(factors: Ranked, columns: list[Array], numbers: Array | None, make: Maker) -> list[Any]:
    """Return the terms of so many factors each, and with or without a coefficient."""
    import sympy

    picked: list[list[Any]] = [factors.values[column].tolist() for column in columns]
    if numbers is not None:
        picked.insert(0, numbers.tolist())
    if len(picked) == 1:
        return picked[0]
    return make(sympy.Mul, zip(*picked, strict=True))


def _added(out: Array, terms: list[Any], cells: int, make: Maker) -> list[Any]:
    """Return each output's sum of its terms, which stand together."""
    import sympy

    counts = np.bincount(out, minlength=cells)
    ends = np.cumsum(counts).tolist()
    parts = [tuple(terms[a:b]) for a, b in itertools.pairwise([0, *ends])]
    if len(counts) and counts.min() > 1:
        return make(sympy.Add, parts)
    made = iter(make(sympy.Add, [part for part in parts if len(part) > 1]))
    zero = sympy.S.Zero
    return [next(made) if len(part) > 1 else (part[0] if part else zero) for part in parts]
