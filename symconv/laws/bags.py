"""Relations of indices as tables of integers, in which a row may stand more than once.

A `Bag` has a label for each column. The terms of one product of tensors, at one shape, are the
natural join of a few small bags, one for each axis, that is never carried out unless it must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symconv.errors import LawError

Label = tuple[object, int]
"""What a column is an index of, and along which axis."""
Rows = NDArray[np.int64]
MOST_ROWS = 20_000_000
"""Rows of one bag: about a gigabyte of indices."""


@dataclass(frozen=True, slots=True, eq=False)
class Bag:
    """A relation: ``rows`` has a column for each label; equal rows count as often as they stand."""

    labels: tuple[Label, ...]
    rows: Rows

    def column(self, label: Label) -> Rows:
        """Return one column."""
        return self.rows[:, self.labels.index(label)]

    def renamed(self, rename: Callable[[Label], Label]) -> Bag:
        """Return the bag with other labels."""
        return Bag(tuple(map(rename, self.labels)), self.rows)

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


def keys(*tables: Rows) -> list[Rows]:
    """Return one integer for each row of tables with as many columns: equal where the rows are.

    The integers are in the order of the rows.
    """
    rows = np.concatenate(tables)
    key = np.zeros(len(rows), dtype=np.int64)
    reach = 1
    for column in rows.T:
        size = int(column.max(initial=0)) + 1
        if reach * size >= 2**63:
            _, key = np.unique(key, return_inverse=True)
            reach = int(key.max(initial=0)) + 1
        key = key * size + column
        reach *= size
    return np.split(key, np.cumsum([len(table) for table in tables])[:-1])


def check_rows(count: int) -> None:
    """Raise LawError[too-many-terms] for more rows than one axis may have."""
    if count > MOST_ROWS:
        message = f"one axis has {count} rows of indices, at most {MOST_ROWS} are worked on"
        raise LawError("too-many-terms", message, hint="ask at a smaller shape")


def joined(left: Bag, right: Bag) -> Bag:
    """Return the natural join: rows that agree in the labels that both have."""
    shared = [label for label in left.labels if label in right.labels]
    more = [place for place, label in enumerate(right.labels) if label not in shared]
    ours, theirs = (
        np.stack([side.column(s) for s in shared], axis=1)
        if shared
        else np.zeros((len(side.rows), 0), dtype=np.int64)
        for side in (left, right)
    )
    left_keys, right_keys = keys(ours, theirs)
    order = np.argsort(right_keys, kind="stable")
    ranked = right_keys[order]
    first = np.searchsorted(ranked, left_keys, "left")
    count = np.searchsorted(ranked, left_keys, "right") - first
    check_rows(int(count.sum()))
    where = np.repeat(np.arange(len(left_keys)), count)
    starts = np.repeat(first - (np.cumsum(count) - count), count)
    picked = order[starts + np.arange(len(where))]
    rows = np.concatenate([left.rows[where], right.rows[picked][:, more]], axis=1)
    return Bag(left.labels + tuple(right.labels[place] for place in more), rows)


def eliminated(bags: Iterable[Bag], inner: Iterable[Label]) -> tuple[Bag, ...]:
    """Return bags without the *inner* labels: those that share one are joined, then it goes."""
    kept = list(bags)
    for label in inner:
        holders = [one for one in kept if label in one.labels]
        kept = [one for one in kept if label not in one.labels]
        if holders:
            whole = holders[0]
            for other in holders[1:]:
                whole = joined(whole, other)
            kept.append(whole.without(label))
    return tuple(kept)
