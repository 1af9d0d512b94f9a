"""Printed cells against exact ones, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.equality import equal
from symconv.errors import SymconvError
from symconv.exact import Array, entry, objects, text_of
from symconv.fixtures.arrays import EMPTY, INFINITE, UNREADABLE
from symconv.plan import Index, by
from symconv.verdicts import CellDifference


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparison of a printed grid with the exact one found."""

    read: int
    unreadable: int
    rounded: int
    differences: tuple[CellDifference, ...]
    text: str = ""


def compare(
    printed: Array, exact: Array, symbols: Collection[str], terms: Callable[[Index], str]
) -> Comparison:
    """Compare every readable printed cell with the exact value of the same cell.

    A printed decimal agrees when the exact value, rounded to its places, is what is printed.
    Raises: ExpressionError for a printed cell that cannot be read.
    """
    printed = shaped_like(printed, exact)
    if printed.shape != exact.shape:
        unread = [str(token) in (EMPTY, UNREADABLE, "") for token in printed.ravel()]
        text = "" if all(unread) else f"printed {by(printed.shape)}, exact {by(exact.shape)}"
        return Comparison(unread.count(False), unread.count(True), 0, (), text)
    read = unreadable = rounded = 0
    differences = []
    for index, value in np.ndenumerate(objects(exact)):
        token = str(printed[index]) or EMPTY
        unreadable += token == UNREADABLE
        if token in (EMPTY, UNREADABLE):
            continue
        read += 1
        try:
            match = agreement(token, value, symbols)
        except SymconvError as error:
            raise error.at(f"field printed: cell {list(map(int, index))}") from None
        rounded += match is Match.ROUNDED
        if match is not Match.DIFFERENT:
            continue
        cell = tuple(map(int, index))
        differences.append(CellDifference(cell, token, text_of(value), terms(cell)))
    return Comparison(read, unreadable, rounded, tuple(differences))


def shaped_like(grid: Array, exact: Array) -> Array:
    """Return *grid* with as many leading axes of size 1 as the exact array has.

    A slide prints the one map of a layer as a matrix, and one row as a row.

    >>> shaped_like(np.zeros((3, 4)), np.zeros((1, 3, 4))).shape
    (1, 3, 4)
    """
    longer, shorter = sorted((exact.shape, grid.shape), key=len, reverse=True)
    extra = len(longer) - len(shorter)
    fits = extra > 0 and longer == (1,) * extra + shorter
    return grid.reshape(exact.shape) if fits or grid.size == exact.size == 1 else grid


class Match(Enum):
    """How a printed value stands to the exact one."""

    EXACT = "exact"
    ROUNDED = "rounded"
    DIFFERENT = "different"


def agreement(token: str, value: Any, symbols: Collection[str]) -> Match:
    """Return how the printed text of one value stands to the exact value.

    A decimal that is the exact value rounded to its places (a tie either way) agrees.

    >>> agreement("0.33", Fraction(1, 3), ()), agreement("2/6", Fraction(1, 3), ())
    (<Match.ROUNDED: 'rounded'>, <Match.EXACT: 'exact'>)
    """
    if token in INFINITE or isinstance(value, float):
        return Match.EXACT if INFINITE.get(token) == value else Match.DIFFERENT
    if equal(entry(token, "printed", symbols=symbols or None), value):
        return Match.EXACT
    return Match.ROUNDED if _rounds_to(value, token) else Match.DIFFERENT


def _rounds_to(value: Any, token: str) -> bool:
    plain = re.sub("[−–]", "-", token.strip())
    decimals = re.fullmatch(r"[-+]?\d*\.(\d+)", plain)
    if not decimals or not isinstance(value, int | Fraction):
        return False
    return bool(abs(Fraction(plain) - value) * 2 * 10 ** len(decimals[1]) <= 1)
