"""Index laws by plain loops over Python numbers; nothing of symconv is imported here.

Along several axes a law holds along each, so an operand is a dictionary from index to entry.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

Entries = dict[tuple[int, ...], Any]
Meet = Callable[[int, int, int], int | None]
"""From i, j and the output's length along one axis to the output, or None."""


def entries(values: Any) -> Entries:
    """Return a nested list as a dictionary."""
    if not isinstance(values, list):
        return {(): values}
    return {
        (place, *rest): entry
        for place, part in enumerate(values)
        for rest, entry in entries(part).items()
    }


def cyclic(i: int, j: int, n: int) -> int | None:
    """Walk j steps on from i around a circle of n."""
    place = i
    for _ in range(j):
        place = place + 1
    while place >= n:
        place -= n
    return place


def back(i: int, j: int, n: int) -> int | None:
    """Walk j steps back from i around a circle of n."""
    place = i - j
    while place < 0:
        place += n
    while place >= n:
        place -= n
    return place


def digits(i: int) -> set[int]:
    """Return the places of the ones in the binary digits of i."""
    return {place for place, digit in enumerate(reversed(format(i, "b"))) if digit == "1"}


def number(places: set[int]) -> int:
    """Return the number with ones at these places."""
    return sum(2**place for place in places)


def xor(i: int, j: int, n: int) -> int | None:
    """Return the symmetric difference."""
    del n
    return number(digits(i) ^ digits(j))


def union(i: int, j: int, n: int) -> int | None:
    """Return the union."""
    del n
    return number(digits(i) | digits(j))


def intersection(i: int, j: int, n: int) -> int | None:
    """Return the intersection."""
    del n
    return number(digits(i) & digits(j))


def subset(i: int, j: int, n: int) -> int | None:
    """Return the union of disjoint sets."""
    del n
    return None if digits(i) & digits(j) else number(digits(i) | digits(j))


def dirichlet(i: int, j: int, n: int) -> int | None:
    """Return the place of the product; places start at 0, numbers at 1."""
    del n
    return (i + 1) * (j + 1) - 1


def pairs(
    x: Any, w: Any, shape: Sequence[int], meet: Meet
) -> dict[tuple[int, ...], list[tuple[Any, Any, int]]]:
    """Return for every output the factors of its products, and how often they wrapped."""
    found: dict[tuple[int, ...], list[tuple[Any, Any, int]]] = {
        place: [] for place in itertools.product(*map(range, shape))
    }
    for (one, a), (other, b) in itertools.product(entries(x).items(), entries(w).items()):
        places = [meet(i, j, n) for i, j, n in zip(one, other, shape, strict=True)]
        if None in places:
            continue
        place = tuple(p for p in places if p is not None)
        wraps = sum(
            (i + j - p) // n for i, j, p, n in zip(one, other, place, shape, strict=True) if n
        )
        if place in found:
            found[place].append((a, b, wraps))
    return found


def power_of_two(a: int, b: int) -> int:
    """Return the least power of two that is both or more; 0 where one is 0."""
    size = 1
    while size < a or size < b:
        size *= 2
    return size if a and b else 0
