"""Products and averages by plain loops over Python numbers; nothing of symconv is imported here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle_index_laws import Entries, entries


def full_product(x: Any, w: Any) -> Entries:
    """Return every place of the full convolution of nested lists, and its sum."""
    total: Entries = {}
    for (one, a), (other, b) in itertools.product(entries(x).items(), entries(w).items()):
        place = tuple(i + j for i, j in zip(one, other, strict=True))
        total[place] = total.get(place, 0) + a * b
    return total


def weighted_average(
    x: Any,
    w: Any,
    mask: Any,
    out: Sequence[int],
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    before: Sequence[int],
) -> Fraction | None:
    """Return one average over what is inside, with certainties; None where the weights sum to 0."""
    inputs, certain = entries(x), entries(mask)
    total, weights = Fraction(0), Fraction(0)
    for tap, weight in entries(w).items():
        place = tuple(
            s * o + d * t - b
            for s, o, d, t, b in zip(stride, out, dilation, tap, before, strict=True)
        )
        if place in inputs:
            total += weight * certain[place] * inputs[place]
            weights += weight * certain[place]
    return total / weights if weights else None
