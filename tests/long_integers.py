"""Examples with integers of 1 to 10,000 bits side by side, and what every route must return."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from symconv.engines.bounds import bound, peak_of
from symconv.exact import Array, array, pack
from tests import oracle, strategies
from tests.agreement import Example

LENGTHS = (1, 8, 24, 31, 53, 60, 63, 64, 130, 300, 2_100, 10_000)


def mixed(random: Random, most: int) -> int:
    """Return an integer of up to *most* bits, often at an edge of its length."""
    bits = random.randint(1, most)
    edge = random.choice((-(2**bits), 1 - 2**bits, 2**bits - 1, 2**bits, -1, 0, 1))
    return edge if random.random() < 0.4 else random.randint(-(2**bits), 2**bits)


@st.composite
def examples(draw: strategies.Draw, rank: int, lengths: tuple[int, ...] = LENGTHS) -> Example:
    """Draw a correlation or a layer whose entries and constant are such integers."""
    kinds = ("small",)
    some = strategies.planes(rank, kinds) | strategies.layers(min(rank, 2), kinds)
    drawn: Example = draw(some)
    random = draw(st.randoms(use_true_random=True))
    longest = draw(st.sampled_from(lengths)), draw(st.sampled_from(lengths))

    def entries(shape: tuple[int, ...], bits: int) -> Any:
        return oracle.filled(shape, lambda _: mixed(random, bits))

    fill = mixed(random, longest[0]) if "constant" in drawn.boundary else 0
    x = entries(array(drawn.x).shape, longest[0])
    w = entries(array(drawn.w).shape, longest[1])
    return replace(drawn, x=x, w=w, fill=fill, bias=None)


def wanted(example: Example) -> Array:
    """Return the oracle's output as exact entries."""
    plan = example.plan
    cells = np.array(oracle.each(example.pairs(), oracle.added), dtype=object)
    return pack(cells.ravel().tolist(), plan.out_shape)


def bound_of(example: Example) -> int:
    """Return what no sum of |x||w| over one output exceeds, and no entry."""
    plan = example.plan
    peak = max(peak_of(array(example.x)), abs(example.fill))
    return bound(peak, array(example.w).reshape(plan.maps, plan.taps))


def same(found: Array, expected: Array) -> bool:
    """Tell whether two arrays hold the same integers in the same dtype."""
    found = found.reshape(expected.shape)
    return found.dtype == expected.dtype and bool((found == expected).all())
