"""A bound that was guessed from a sample is not relied on: the pass looks at what it reads."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import fast
from symconv.engines import choice
from symconv.engines.bounds import UnlicensedError
from symconv.engines.passes import bands, columns
from symconv.engines.sums import Sums
from symconv.plan import geometry
from tests import strategies
from tests.agreement import Example, check_numbers

RANDOM = np.random.default_rng(11)
SPIKES = [0, *(sign * 2**power for power in (14, 20, 24, 40, 53, 61, 62) for sign in (1, -1))]
WATCHING = [one for one in choice.PASSES if one.module in choice.WATCHING]


def preferred(patch: pytest.MonkeyPatch) -> list[bool]:
    """Guess from one input of any number, prefer what looks as it reads; returns what came of it.

    True for sums that were kept, False where an input was too large.
    """
    kept: list[bool] = []
    costs, watched = choice._costs, choice._Pass.watched

    def cheap(frame: Any) -> Any:
        return [(one, cost / 1e3 if one in WATCHING else cost) for one, cost in costs(frame)]

    def noted(self: Any, sums: Any) -> Any:
        kept.append(False)
        found = watched(self, sums)
        kept[-1] = True
        return found

    patch.setattr(choice, "_costs", cheap)
    patch.setattr(choice._Pass, "watched", noted)
    patch.setattr("symconv.engines.sums.SAMPLE", 1)
    for name, value in (("MANY", 1), ("READ", math.inf), ("SWEPT", 1.0)):
        patch.setattr(choice, name, value)
    return kept


def with_spike(drawn: Example, place: int, spike: int) -> Example:
    x = np.array(drawn.x, dtype=object)
    if x.size:
        x.flat[place % x.size] += spike
    return replace(drawn, x=x.tolist())


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(example=st.data(), place=st.integers(1, 10**6), spike=st.sampled_from(SPIKES))
@settings(max_examples=60)
def test_an_input_beyond_the_guess_changes_nothing(
    rank: int, example: st.DataObject, place: int, spike: int
) -> None:
    drawn = example.draw(
        strategies.planes(rank, ("small",)) | strategies.layers(min(rank, 2), ("small",))
    )
    with pytest.MonkeyPatch.context() as patch:
        preferred(patch)
        check_numbers(with_spike(drawn, place, spike), "numpy")


@pytest.mark.parametrize(("spike", "fits"), [(9, True), (2**55, False)])
def test_a_guess_is_kept_or_given_up(spike: int, fits: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kept = preferred(patch)
        x = [[1, 2, 3], [4, 5, spike]]
        assert fast.correlate(x, [[1, 2]]).tolist() == [[5, 8], [14, 5 + 2 * spike]]
        assert kept == [fits]


@pytest.mark.parametrize(
    ("kind", "weight", "kept"),
    [
        (np.int8, 2**17 - 1, []),
        (np.int8, 2**17, [False]),
        (np.uint8, 2**16 - 1, []),
        (np.uint8, 2**16, [True]),  # 255 times as much is below 2^24
        (np.int16, 2**9 - 1, []),
        (np.int16, 2**9, [False]),
    ],
)
def test_inputs_of_few_bits_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, kind: Any, weight: int, kept: list[bool]
) -> None:
    found = preferred(monkeypatch)
    x = np.ones((7, 6), dtype=kind)
    x[3, 4] = extreme = max(np.iinfo(kind).min, np.iinfo(kind).max, key=abs)
    sums = fast.correlate(x, [[weight]])
    assert sums[3, 4] == int(extreme) * weight
    assert (np.delete(sums.ravel(), 22) == weight).all()
    assert found == kept


@pytest.mark.parametrize("kind", "bBhHiIq")
def test_no_input_exceeds_what_its_width_holds(kind: str) -> None:
    x = np.zeros((2, 3), dtype=kind)
    sums = Sums(geometry(x.shape, (1, 1)), x, np.ones((1, 1), int))
    held = max(abs(int(np.iinfo(kind).min)), int(np.iinfo(kind).max))
    assert held <= sums.roof <= held + 1
    assert replace(sums, fill=2**70).roof == 2**70


@pytest.mark.parametrize("one", WATCHING, ids=lambda one: one.name)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("place", [(0, 0), (7, 9), (29, 40), (17, 23)])
def test_the_largest_input_that_is_licensed(one: Any, sign: int, place: tuple[int, int]) -> None:
    w = np.array([[1, -2, 3], [-4, 5, -6]])
    largest = (one.limit - 1) // 21
    x = RANDOM.integers(-9, 9, (30, 41))
    plan = geometry(x.shape, w.shape)
    for size, fits in ((largest, True), (largest + 1, False)):
        x[place] = sign * size
        sums = Sums(plan, x, w)
        if fits:
            wanted = choice.SIMPLEST.sums(plan, x, w, 0)
            assert one.watched(sums).tolist() == wanted.tolist()
        else:
            with pytest.raises(UnlicensedError):
                one.watched(sums)


@given(
    w=st.lists(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=6, max_size=6), min_size=1),
)
def test_what_filters_are_at_most_is_no_less_than_the_heaviest(w: list[list[int]]) -> None:
    kernel = np.array(w).reshape(len(w), 2, 3, 1)
    sums = Sums(geometry((2, 9, 9), kernel.shape, op="conv"), np.ones((2, 9, 9), int), kernel)
    assert max(abs(entry) for row in w for entry in row) == sums.w_peak
    assert sums.w_peak <= sums.heaviest <= sums.heaviest_at_most <= 6 * sums.w_peak


@pytest.mark.parametrize(
    ("largest", "kind", "weighed"),
    [
        (2**12 // 20, np.float32, False),
        (2**12 - 1, np.float32, True),
        (2**12, np.float64, False),
        (2**41 - 1, np.float64, True),
    ],
)
def test_filters_are_weighed_only_where_their_largest_entry_does_not_tell(
    largest: int, kind: Any, weighed: bool
) -> None:
    x, w = np.full((1, 7, 6), 2**12), np.zeros((1, 1, 5, 4), int)
    w[0, 0, 2, 1] = largest
    sums = Sums(geometry(x.shape, w.shape, op="conv"), x, w)
    kinds = [(1.0, choice.PASSES[2]), (2.0, choice.PASSES[3])]
    assert choice._for_inputs(sums, kinds, sums.sampled).dtype is kind
    assert ("heaviest" in vars(sums)) == weighed
    assert choice.PASSES[2 if kind is np.float32 else 3].watched(sums).tolist() == [
        [[[2**12 * largest] * 3] * 3]
    ]


def test_the_largest_input_of_a_layer_is_found_first(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = preferred(monkeypatch)
    monkeypatch.setattr(choice, "READ", 0.0)
    x, w = np.ones((3, 9, 8), int), np.arange(24).reshape(2, 3, 2, 2)
    x[2, 8, 7] = 2**30
    wanted = [
        [[x[:, i : i + 2, j : j + 2].ravel() @ f for j in range(7)] for i in range(8)]
        for f in w.reshape(2, -1)
    ]
    assert fast.conv(x, w).tolist() == wanted
    assert not kept


def test_the_sample_is_not_of_one_column() -> None:
    x = np.zeros((256, 256), dtype=np.int64)
    x[:, 3:] = 9
    assert Sums(geometry(x.shape, (3, 3)), x, np.ones((3, 3), dtype=np.int64)).sampled == 9


@pytest.mark.parametrize("one", WATCHING, ids=lambda one: one.name)
def test_a_lone_input_at_the_limit_of_the_arithmetic(one: Any) -> None:
    x = np.zeros((5, 6), dtype=np.int64)
    x[2, 3] = one.limit + 1
    with pytest.raises(UnlicensedError):
        one.watched(Sums(geometry(x.shape, (1, 2)), x, np.array([[1, 0]])))


@pytest.mark.parametrize("spike", [2**20, -(2**30), 2**55, 2**62, -(2**63)])
@pytest.mark.parametrize("taps", [3, 5])
def test_one_large_entry_among_many(spike: int, taps: int) -> None:
    x, w = RANDOM.integers(-128, 128, (701, 640)), RANDOM.integers(-128, 128, (taps, taps - 1))
    small = fast.correlate(x, w).astype(object)
    before, place = int(x[333, 217]), (333, 217)
    x[place] = spike
    rows, columns = np.ix_(range(place[0] - taps + 1, place[0] + 1), range(218 - w.shape[1], 218))
    small[rows, columns] += (spike - before) * w[::-1, ::-1].astype(object)
    assert fast.correlate(x, w).tolist() == small.tolist()


@pytest.mark.parametrize("padding", ["valid", "full"])
def test_a_large_constant_is_an_input_too(padding: str) -> None:
    x, w = RANDOM.integers(-9, 9, (601, 640)), np.array([[1, -2, 3], [-4, 5, -6]])
    boundary = f"constant({2**40})"
    found = fast.correlate(x, w, padding=padding, boundary=boundary)
    pad = ((1, 1), (2, 2)) if padding == "full" else 0
    padded = np.pad(x, pad, constant_values=2**40)
    shape = padded.shape[0] - 1, padded.shape[1] - 2
    wanted = sum(
        int(w[a, b]) * padded[a : a + shape[0], b : b + shape[1]]
        for a in range(2)
        for b in range(3)
    )
    assert (found == wanted).all()


def test_the_passes_that_look() -> None:
    assert {one.module for one in WATCHING} == {bands, columns}
