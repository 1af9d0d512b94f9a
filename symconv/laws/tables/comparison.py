"""Whether two sides list the same terms at one shape, and if not, in which they differ.

By axis where the law allows: products over disjoint axes are equal exactly when their axes agree up
to factors that cancel. What that does not decide is written out in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import chain, permutations, product
from math import factorial, lcm, prod

import numpy as np

from symconv.errors import LawError
from symconv.laws.tables.bags import Bag, Label, Rows, joined, keys
from symconv.laws.tables.values import Product, Value, out
from symconv.plan import Index, Shape

MOST_TERMS = 4_000_000
"""Terms of one side that are written out where axes alone do not decide."""
MOST_SCANNED = 4_096
"""Outputs that are searched one by one for a difference."""
SUSPECTS = 64
"""Indices of one axis that are looked at first where there are more outputs."""
MOST_PERMUTATIONS = 120
"""Orders of equal tensors in one product that are all tried."""

Kind = tuple[tuple[str, ...], tuple[str, ...]]
Monomial = tuple[tuple[str, Index], ...]
Terms = dict[tuple[tuple[str, ...], Monomial], Fraction]
"""For scalars and tensor entries that are multiplied, how often the product stands in a cell."""


def equal(left: Value, right: Value, *, idempotent: bool = False) -> bool:
    """Tell whether two sides are the same polynomial in every entry of every tensor.

    Under an idempotent sum a term counts once however often it is met.
    """
    if left.shape != right.shape:
        return False
    if 0 in left.shape:
        return True
    return all(
        _equal_kind(_of_kind(left, kind, idempotent), _of_kind(right, kind, idempotent), idempotent)
        for kind in _kinds(left) | _kinds(right)
    )


def _equal_kind(left: list[Product], right: list[Product], idempotent: bool) -> bool:
    """Compare products of the same tensors: in pairs, and what has no twin in full.

    Under an idempotent sum a product may stand beside its twin, so all are compared.
    """
    ours, theirs = _unmatched(left, right)
    if not ours and not theirs:
        return True
    return _support(left) == _support(right) if idempotent else _equal_rest(ours, theirs)


def _kinds(value: Value) -> set[Kind]:
    return {(p.weight[1], tuple(sorted(p.tensors))) for p in value.products}


def _of_kind(value: Value, kind: Kind, idempotent: bool) -> list[Product]:
    """Return the products of one kind that have terms, their tensors in alphabetical order."""
    return [
        _sorted(_unique(one) if idempotent else one)
        for one in value.products
        if (one.weight[1], tuple(sorted(one.tensors))) == kind and one.terms and one.weight[0]
    ]


def _unique(one: Product) -> Product:
    bags = tuple(Bag(b.labels, np.unique(b.rows, axis=0)) for b in one.bags)
    return Product((Fraction(1), one.weight[1]), one.tensors, bags)


def _sorted(one: Product) -> Product:
    order = sorted(range(len(one.tensors)), key=lambda place: one.tensors[place])
    return _reordered(one, order)


def _reordered(one: Product, order: Sequence[int]) -> Product:
    """Return the product with the tensors in another order: the i-th is the old order[i]-th."""
    place = {old: new for new, old in enumerate(order)}

    def rename(label: Label) -> Label:
        what, axis = label
        return label if what == "out" else (place[int(str(what))], axis)

    bags = tuple(b.renamed(rename) for b in one.bags)
    return Product(one.weight, tuple(one.tensors[old] for old in order), bags)


def _orders(one: Product) -> Iterator[list[int]]:
    """Yield the orders of the tensors that keep their names in place."""
    groups = defaultdict(list)
    for place, name in enumerate(one.tensors):
        groups[name].append(place)
    if prod(factorial(len(group)) for group in groups.values()) > MOST_PERMUTATIONS:
        yield list(range(len(one.tensors)))
        return
    for choice in product(*(permutations(group) for group in groups.values())):
        order = list(range(len(one.tensors)))
        for group, picked in zip(groups.values(), choice, strict=True):
            for place, old in zip(group, picked, strict=True):
                order[place] = old
        yield order


def _unmatched(left: list[Product], right: list[Product]) -> tuple[list[Product], list[Product]]:
    """Return the products that are left when equal ones of both sides are paired off."""
    theirs = list(right)
    ours = []
    for one in left:
        twin = next((other for other in theirs if _twins(one, other)), None)
        if twin is None:
            ours.append(one)
        else:
            theirs.remove(twin)
    return ours, theirs


def _twins(left: Product, right: Product) -> bool:
    return any(_proportional(left, _reordered(right, order)) for order in _orders(right))


def _proportional(left: Product, right: Product) -> bool:
    """Tell whether two products are equal, by the bags that their axes fall into."""
    ratio = left.weight[0] / right.weight[0]
    for ours, theirs in _aligned(left.bags, right.bags):
        found = _ratio(ours, theirs)
        if found is None:
            return False
        ratio *= found
    return ratio == 1


def _aligned(left: Sequence[Bag], right: Sequence[Bag]) -> Iterator[tuple[Bag, Bag]]:
    """Yield bags of both sides with the same labels, joining where one side's are finer."""
    groups: list[set[Label]] = []
    for one in (*left, *right):
        touched = [group for group in groups if group & set(one.labels)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(one.labels).union(*touched))
    for group in groups:
        sides = [_whole([one for one in side if group & set(one.labels)]) for side in (left, right)]
        yield sides[0], sides[1]
    bare = [prod(len(one.rows) for one in side if not one.labels) for side in (left, right)]
    yield _count(bare[0]), _count(bare[1])


def _count(number: int) -> Bag:
    return Bag((), np.zeros((number, 0), dtype=np.int64))


def _whole(bags: Sequence[Bag]) -> Bag:
    if prod(len(one.rows) for one in bags) > MOST_TERMS:
        raise _too_many()
    return reduce(joined, bags) if bags else _count(1)


def _ratio(left: Bag, right: Bag) -> Fraction | None:
    """Return c where left has every row c times as often as right, None where there is no c."""
    if set(left.labels) != set(right.labels):
        return None
    if not left.labels:
        return Fraction(len(left.rows), len(right.rows))
    rows = right.rows[:, [right.labels.index(label) for label in left.labels]]
    if len(rows) == len(left.rows):
        ours, theirs = map(np.sort, keys(left.rows, rows))
        if np.array_equal(ours, theirs):
            return Fraction(1)
    first, counts = np.unique(left.rows, axis=0, return_counts=True)
    second, others = np.unique(rows, axis=0, return_counts=True)
    if not np.array_equal(first, second):
        return None
    ratios = {
        Fraction(int(a), int(b)) for a, b in set(zip(counts.tolist(), others.tolist(), strict=True))
    }
    return ratios.pop() if len(ratios) == 1 else None


def _equal_rest(left: list[Product], right: list[Product]) -> bool:
    """Compare what could not be paired off.

    Where that is one product of different tensors on a side, pairing has decided already.
    """
    tensors = (left or right)[0].tensors
    if max(len(left), len(right)) == 1 and len(set(tensors)) == len(tensors):
        return False
    return not _left_over([*left, *(_negative(one) for one in right)])


def _negative(one: Product) -> Product:
    return Product((-one.weight[0], one.weight[1]), one.tensors, one.bags)


def _support(products: Iterable[Product]) -> set[bytes]:
    found: set[bytes] = set()
    for one in products:
        found.update(row.tobytes() for row in _written(one)[0])
    return found


def _left_over(products: Sequence[Product]) -> bool:
    """Tell whether the terms of all products, added up, leave anything."""
    if sum(one.terms for one in products) > MOST_TERMS:
        raise _too_many()
    scale = lcm(*(one.weight[0].denominator for one in products))
    tables = [_written(one)[0] for one in products]
    weights = [int(one.weight[0] * scale) for one in products]
    rows = np.concatenate(tables)
    each = np.repeat(np.array(weights, dtype=object), [len(table) for table in tables])
    _, place = np.unique(rows, axis=0, return_inverse=True)
    totals = np.zeros(int(place.max(initial=-1)) + 1, dtype=object)
    np.add.at(totals, place.ravel(), each)
    return bool(np.any(totals != 0))


def _written(one: Product) -> tuple[Rows, list[Label]]:
    """Return all terms of a product: rows of out indices, then tensor indices, equal ones alike."""
    whole = _whole(one.bags)
    outs = sorted(label for label in whole.labels if label[0] == "out")
    inner = sorted((label for label in whole.labels if label[0] != "out"), key=_numbered)
    rows = whole.rows[:, [whole.labels.index(label) for label in (*outs, *inner)]]
    return _canonical(rows, len(outs), inner, one.tensors), [*outs, *inner]


def _numbered(label: Label) -> tuple[int, int]:
    return int(str(label[0])), label[1]


def _canonical(rows: Rows, lead: int, labels: Sequence[Label], tensors: Sequence[str]) -> Rows:
    """Return rows in which the indices of equal tensors stand in order, as factors commute."""
    columns = defaultdict(list)
    for place, (what, _) in enumerate(labels):
        columns[int(str(what))].append(lead + place)
    rows = rows.copy()
    for name in {name for name in tensors if list(tensors).count(name) > 1}:
        places = [columns[i] for i, other in enumerate(tensors) if other == name]
        if not places[0]:
            continue
        stacked = np.stack([rows[:, place] for place in places], axis=1)
        flat = stacked.reshape(-1, stacked.shape[2])
        (key,) = keys(flat)
        order = np.argsort(key.reshape(stacked.shape[:2]), axis=1, kind="stable")
        ranked = np.take_along_axis(stacked, order[:, :, None], axis=1)
        for i, own in enumerate(places):
            rows[:, own] = ranked[:, i]
    return rows


def _too_many() -> LawError:
    message = f"the axes do not decide, and a side has more than {MOST_TERMS} terms to write out"
    return LawError("too-many-terms", message, hint="ask at a smaller shape")


def cell(value: Value, index: Index) -> Terms:
    """Return the terms of one output: scalars and tensor entries multiplied, and how often."""
    found: Terms = {}
    for one in value.products:
        here = Product(one.weight, one.tensors, tuple(_at(b, index) for b in one.bags))
        rows, labels = _written(here)
        listed: list[list[int]] = rows.tolist()
        for row in listed:
            entries: list[list[int]] = [[] for _ in one.tensors]
            for (what, _), place in zip(labels, row, strict=True):
                if what != "out":
                    entries[int(str(what))].append(place)
            pairs = zip(one.tensors, map(tuple, entries), strict=True)
            key = one.weight[1], tuple(sorted(pairs))
            found[key] = found.get(key, Fraction(0)) + one.weight[0]
    return {key: number for key, number in found.items() if number}


def _at(one: Bag, index: Index) -> Bag:
    for axis, number in enumerate(index):
        if out(axis) in one.labels:
            one = one.where(out(axis), number)
    return one


def indices(shape: Shape) -> Iterator[Index]:
    """Yield all indices of a shape in row-major order, however many there are."""
    for number in range(prod(shape)):
        place = []
        rest = number
        for size in reversed(shape):
            rest, index = divmod(rest, size)
            place.append(index)
        yield tuple(reversed(place))


def differing(left: Value, right: Value, *, idempotent: bool = False) -> Iterator[Index]:
    """Yield the outputs whose terms differ, in row-major order; the shapes agree.

    Of many outputs those come first in which some axis shows a difference.
    """
    many = prod(left.shape) > MOST_SCANNED
    for index in chain(_suspects(left, right) if many else (), indices(left.shape)):
        ours, theirs = cell(left, index), cell(right, index)
        if (set(ours) != set(theirs)) if idempotent else (ours != theirs):
            yield index


def _suspects(left: Value, right: Value) -> Iterator[Index]:
    """Yield outputs that stand in a row of one side's table and not of the other's."""
    for one, other in product(left.products, right.products):
        if sorted(one.tensors) != sorted(other.tensors):
            continue
        for ours, theirs in _aligned(_sorted(one).bags, _sorted(other).bags):
            for label in (label for label in ours.labels if label[0] == "out"):
                columns = [label, *(rest for rest in ours.labels if rest != label)]
                pair = ours.columns(columns), theirs.columns(columns)
                first, second = keys(*pair)
                odd = np.concatenate(
                    [
                        rows[~np.isin(a, b)]
                        for rows, a, b in ((pair[0], first, second), (pair[1], second, first))
                    ]
                )
                for place in np.unique(odd[:, 0])[:SUSPECTS].tolist():
                    yield tuple(
                        place if axis == label[1] else size // 2
                        for axis, size in enumerate(left.shape)
                    )
