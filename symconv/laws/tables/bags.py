"""Relations of indices as tables of integers, in which a row may stand more than once.

A `Bag` has a label for each column. The terms of one product of tensors, at one shape, are the
natural join of a few small bags, one for each axis, that is never carried out unless it must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from symconv.laws.limits import check_size

Label = tuple[object, int]
"""What a column is an index of, and along which axis."""
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Bag:
    """A relation: ``rows`` has a column for each label; equal rows count as often as they stand.

    ``diagonal`` are two equal columns with every index of an axis once.
    """

    labels: tuple[Label, ...]
    rows: Rows
    diagonal: bool = False

    def column(self, label: Label) -> Rows:
        """Return one column."""
        return self.rows[:, self.labels.index(label)]

    def columns(self, labels: Sequence[Label]) -> Rows:
        """Return several columns, in the order asked for."""
        return self.rows[:, [self.labels.index(label) for label in labels]]

    def renamed(self, rename: Callable[[Label], Label]) -> Bag:
        """Return the bag with other labels."""
        return Bag(tuple(map(rename, self.labels)), self.rows, self.diagonal)

    def without(self, label: Label) -> Bag:
        """Return the bag without one column; every row is kept."""
        place = self.labels.index(label)
        labels = self.labels[:place] + self.labels[place + 1 :]
        return Bag(labels, np.delete(self.rows, place, axis=1))

    def where(self, label: Label, value: int) -> Bag:
        """Return the rows with one value in one column."""
        return Bag(self.labels, self.rows[self.column(label) == value])


def bag(labels: Iterable[Label], rows: object) -> Bag:
    """Return a bag from rows."""
    named = tuple(labels)
    return Bag(named, np.asarray(rows, dtype=np.int64).reshape(-1, len(named)))


def diagonal(left: Label, right: Label, n: int) -> Bag:
    """Return the bag of n indices, each beside itself."""
    check_size(2 * n)
    rows = np.empty((n, 2), dtype=np.int64)
    rows[:] = np.arange(n)[:, None]
    return Bag((left, right), rows, diagonal=True)


def keys(*tables: Rows) -> list[Rows]:
    """Return one integer for each row of tables with as many columns: equal where the rows are.

    The integers are in the order of the rows.
    """
    rows = np.concatenate(tables)
    key = np.zeros(len(rows), dtype=np.int64)
    reach = 1
    for given in rows.T:
        column = given
        size = int(column.max(initial=0)) + 1
        if reach * size >= 2**63:
            _, key = np.unique(key, return_inverse=True)
            reach = int(key.max(initial=0)) + 1
        if reach * size >= 2**63:
            _, column = np.unique(column, return_inverse=True)
            size = int(column.max(initial=0)) + 1
        key = key * size + column
        reach *= size
    ends = list(accumulate(len(table) for table in tables))
    return [key[end - len(table) : end] for table, end in zip(tables, ends, strict=True)]


def joined(left: Bag, right: Bag) -> Bag:
    """Return the natural join: rows that agree in the labels that both have."""
    shared = [label for label in left.labels if label in right.labels]
    more = [place for place, label in enumerate(right.labels) if label not in shared]
    if len(shared) == 1:
        left_keys, right_keys = left.column(shared[0]), right.column(shared[0])
    else:
        left_keys, right_keys = keys(left.columns(shared), right.columns(shared))
    order = np.argsort(right_keys, kind="stable")
    ranked = right_keys[order]
    first = ranked.searchsorted(left_keys, "left")
    count = ranked.searchsorted(left_keys, "right") - first
    total = int(count.sum())
    check_size(total * (len(left.labels) + len(more)))
    where = np.arange(len(left_keys)).repeat(count)
    starts = (first - (count.cumsum() - count)).repeat(count)
    picked = order[starts + np.arange(total)]
    rows = np.concatenate([left.rows[where], right.rows[picked][:, more]], axis=1)
    return Bag(left.labels + tuple(right.labels[place] for place in more), rows)


def _linked(left: Bag, right: Bag, label: Label) -> Bag:
    """Return the join over an inner label, without it; a diagonal only gives its other name."""
    for one, other in ((left, right), (right, left)):
        if one.diagonal and sum(shared in other.labels for shared in one.labels) == 1:
            (name,) = (own for own in one.labels if own != label)
            labels = tuple(name if own == label else own for own in other.labels)
            return Bag(labels, other.rows, other.diagonal)
    return joined(left, right).without(label)


def eliminated(bags: Iterable[Bag], inner: Iterable[Label]) -> tuple[Bag, ...]:
    """Return bags without the *inner* labels: those that share one are joined, then it goes."""
    kept = list(bags)
    for label in inner:
        holders = [one for one in kept if label in one.labels]
        kept = [one for one in kept if label not in one.labels]
        if len(holders) == 2:
            kept.append(_linked(holders[0], holders[1], label))
        elif holders:
            kept.append(reduce(joined, holders).without(label))
    return tuple(kept)
