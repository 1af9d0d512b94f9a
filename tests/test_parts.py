"""Parts of the channels: float32 holds each sum, up to 2^24 and no further."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import fast
from symconv.engines import choice
from symconv.engines.sums import Sums
from symconv.exact import Array
from symconv.plan import geometry
from tests.test_routes import by_the_oracle


def parted(x: Array, w: Array, **options: Any) -> Any:
    """Return the sums by parts, or None where they are not licensed."""
    sums = Sums(geometry(x.shape, w.shape, op="conv", **options), x, w)
    routes = choice.in_parts(sums)
    return routes[0].run().tolist() if routes else None


@pytest.mark.parametrize(
    ("entries", "licensed"),
    [((4097, 4095), True), ((4096, 4096), True), ((24929, 673), False)],
    ids=["bound - 1", "bound", "bound + 1"],
)
def test_one_channel_at_the_edge_of_its_licence(entries: tuple[int, int], licensed: bool) -> None:
    """The product of one entry and one weight is 2^24 - 1, 2^24 and 2^24 + 1."""
    entry, weight = entries
    assert entry * weight - 2**24 in (-1, 0, 1)
    x, w = np.full((1, 5, 3), entry), np.full((2, 5, 1), weight)
    x[0, 1, 1], w[1, 2, 0] = -entry, -weight
    wanted = by_the_oracle(x, w)
    assert parted(x, w) == (wanted if licensed else None)
    assert fast.conv(x, w).tolist() == wanted


@pytest.mark.parametrize("depth", [2, 6, 7, 16, 17])
def test_as_many_parts_as_channels_need(depth: int) -> None:
    """Three channels in each: 3·2·2·1182² < 2^24 < 4·2·2·1182², where every sum is the largest."""
    x, w = np.full((1, depth, 4, 3), 1182), np.full((2, depth, 2, 2), -1182)
    x[..., ::2, 1] -= 1
    sums = Sums(geometry(x.shape, w.shape, op="conv"), x, w)
    route = next(iter(choice.in_parts(sums)), None)
    count = -(-depth // 3)
    assert (route is None) == (count == 1)
    if route:
        assert route.name == f"columns float32 in {count} parts"
        assert route.licence.startswith("every partial sum over 3 channels is at most 16765488 ")
        assert route.run().tolist() == by_the_oracle(x, w)


def test_no_parts_where_float32_holds_all_or_too_little_or_groups_divide_them() -> None:
    ones = np.ones((1, 4, 5), dtype=int)
    w = np.ones((2, 4, 3), dtype=int)
    assert parted(ones, w) is None
    assert parted(2**14 * ones, 2**10 * w) is None
    assert parted(2**13 * ones, 2**10 * w[:, :2], groups=2) is None
    assert parted(2**12 * ones, 2**10 * w) == [[[3 * 2**24] * 3] * 2]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_parts_of_any_layer(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    kernel = data.draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    depth, filters = data.draw(st.integers(2, 12)), data.draw(st.integers(1, 4))
    steps = tuple(data.draw(st.lists(st.integers(1, 2), min_size=rank, max_size=rank)))
    pads = tuple(data.draw(st.lists(st.integers(0, 2), min_size=rank, max_size=rank)))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    top = int((2**24 / (np.prod(kernel) * data.draw(st.integers(1, depth)))) ** 0.5)
    x = random.integers(-top, top + 1, (2, depth, *(k + 3 for k in kernel)))
    w = random.integers(-top, top + 1, (filters, depth, *kernel))
    options = {"stride": steps, "padding": pads}
    found = parted(x, w, **options)
    assert found is None or found == by_the_oracle(x, w, **options)


def test_a_deep_layer_takes_its_parts_by_itself() -> None:
    random = np.random.default_rng(4)
    x, w = (
        random.integers(-127, 128, (1, 256, 28, 28)),
        random.integers(-127, 128, (256, 256, 3, 3)),
    )
    how = fast.plan(x, w, op="conv")
    assert how.route == "columns float32 in 3 parts"
    at = random.integers(0, 26, (9, 2)).tolist()
    found = fast.conv(x, w)
    for m, (i, j) in enumerate(at):
        seen = x[0, :, i : i + 3, j : j + 3].astype(object)
        assert found[0, m, i, j] == (seen * w[m].astype(object)).sum()
