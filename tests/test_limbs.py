"""Sums put together from passes over limbs: against loops over Python integers, at every edge."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.engines.bounds import bound, peak_of
from symconv.engines.long import limbs
from symconv.engines.long.limbs import Split, split
from symconv.engines.passes import taps
from symconv.engines.work import work_of
from symconv.exact import Array, array, objects, pack
from symconv.plan import Geometry, geometry
from tests.agreement import Example
from tests.long_integers import bound_of, examples, mixed, same, wanted

LIMITS = (2**53, 2**24, 2**16)


def cut_of(plan: Geometry, x: Array, w: Array, fill: int, limit: int = limbs.LIMIT) -> Split | None:
    sizes = [sum(map(abs, row)) for row in w.reshape(plan.maps, plan.taps).tolist()]
    peak = max(peak_of(x), abs(fill))
    return split(peak=peak, heaviest=max(sizes), largest=peak_of(w), taps=plan.taps, limit=limit)


def checked(limit: int) -> limbs.Passes:
    """Return passes in int64 that refuse what they were promised not to be given."""

    def passes(plan: Geometry, x: Array, w: Array, fill: int) -> Array:
        assert x.dtype == w.dtype == np.int64
        peak = max(peak_of(x), abs(fill))
        assert bound(peak, w.reshape(plan.maps, plan.taps)) <= limit
        work = work_of(plan, x.reshape(plan.x_shape), w, fill, np.int64)
        out = np.empty(work.out_shape, dtype=np.int64)
        taps.run(work, np.int64, out)
        return out

    return passes


def found(example: Example, limit: int) -> Array | None:
    plan, fill = example.plan, example.fill
    x, w = array(example.x), array(example.w)
    cut = cut_of(plan, x, w, fill, limit)
    if cut is None:
        return None
    passes = checked(limit)
    return limbs.sums(plan, x, w, fill, cut=cut, bound=bound_of(example), passes=passes)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("together", [1, limbs.TOGETHER])
@given(st.data(), st.sampled_from(LIMITS))
@settings(max_examples=40)
def test_sums_are_those_of_the_definition(
    rank: int, together: int, data: st.DataObject, limit: int
) -> None:
    lengths = (1, 8, 24, 31, 53, 60, 63, 64, 130, 300)
    example = data.draw(examples(rank, lengths))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limbs, "TOGETHER", together)
        patch.setattr(limbs, "BLOCK" if together == 1 else "WORDS", 3)
        sums = found(example, limit)
    assert sums is not None
    assert same(sums, wanted(example))


def test_integers_of_ten_thousand_bits() -> None:
    random = Random(7)  # noqa: S311 - nothing secret
    x, w = ([mixed(random, 10_000) for _ in range(n)] for n in (9, 4))
    plan = geometry((9,), (4,), op="convolve")
    entries = pack(x, (9,)), pack(w, (4,))
    cut = cut_of(plan, *entries, 0)
    assert cut is not None
    limit = bound(peak_of(entries[0]), entries[1].reshape(1, 4))
    passes = checked(limbs.LIMIT)
    sums = limbs.sums(plan, *entries, 0, cut=cut, bound=limit, passes=passes)
    assert sums.ravel().tolist() == np.convolve(objects(entries[0]), objects(entries[1])).tolist()


@pytest.mark.parametrize("beside", [-1, 0, 1])
@pytest.mark.parametrize("bits", [14, 20, 41, 50])
def test_the_longest_limbs_of_x_within_the_limit(bits: int, beside: int) -> None:
    heaviest = 2 ** (53 - bits) + beside
    cut = split(peak=2**300, heaviest=heaviest, largest=heaviest, taps=2**40)
    assert cut is not None
    assert cut.w == 1
    assert 2**cut.bits * heaviest <= 2**53 < 2 ** (cut.bits + 1) * heaviest
    assert cut.bits == bits - (beside > 0)


@pytest.mark.parametrize("beside", [-1, 0, 1])
@pytest.mark.parametrize("bits", [14, 20, 40])
def test_the_longest_limbs_of_w_within_the_limit(bits: int, beside: int) -> None:
    peak, taps_ = 2 ** (49 - bits) + beside, 2**4
    cut = split(peak=peak, heaviest=2**300, largest=2**300, taps=taps_)
    assert cut is not None
    assert cut.x == 1
    assert 2**cut.bits * peak * taps_ <= 2**53 < 2 ** (cut.bits + 1) * peak * taps_


@pytest.mark.parametrize("count", [1, 2**3 - 1, 2**3, 2**3 + 1, 25, 961])
def test_the_longest_limbs_of_both_within_the_limit(count: int) -> None:
    cut = split(peak=2**300, heaviest=2**300 * count, largest=2**300, taps=count)
    assert cut is not None
    assert 4**cut.bits * count <= 2**53 < 4 ** (cut.bits + 1) * count


@pytest.mark.parametrize("length", [20, 41, 60])
@pytest.mark.parametrize("value", [-1, 0, 1])
@pytest.mark.parametrize("sign", [-1, 1])
def test_limbs_at_the_edges_of_their_length(length: int, value: int, sign: int) -> None:
    entry = sign * (2**length + value)
    for values in (pack([entry, 0], (2,)), np.array([entry, 0], dtype=object)):
        for bits in (7, 19, 20, 21, 41):
            count = limbs._count(abs(entry), bits)
            parts = limbs._limbs(values, bits, count)
            assert sum(int(part[0]) << bits * i for i, part in enumerate(parts)) == entry
            assert all(0 <= int(part[0]) < 2**bits for part in parts[:-1])
            assert abs(int(parts[-1][0])) <= 2**bits
            assert [int(part[1]) for part in parts] == [0] * count


def test_there_is_no_cut_where_no_limb_is_short_enough() -> None:
    assert split(peak=2**60, heaviest=2**60, largest=2**60, taps=2**60) is None


def test_there_is_no_cut_whose_carries_would_not_fit() -> None:
    long = {"peak": 2**20_000, "heaviest": 2**20_000, "largest": 2**20_000, "taps": 1}
    cut = split(**long)
    assert cut is None or min(cut.x, cut.w) * 2**53 <= 2**62
    assert split(**{name: 2**9_000 if size > 1 else 1 for name, size in long.items()}) is not None


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("shape", "taps_"), [((70,), (64,)), ((12, 11), (8, 8))])
@pytest.mark.parametrize("bits", [53, 60, 63, 200, 1_000])
def test_the_largest_sums_of_all(sign: int, shape: Any, taps_: Any, bits: int) -> None:
    x = np.full(shape, 2**bits - 1, dtype=object)
    w = np.full(taps_, sign * (2**bits - 1), dtype=object)
    x, w = pack(x.ravel().tolist(), shape), pack(w.ravel().tolist(), taps_)
    plan = geometry(shape, taps_)
    cut = cut_of(plan, x, w, 0)
    assert cut is not None
    limit = bound(peak_of(x), w.reshape(1, -1))
    sums = limbs.sums(plan, x, w, 0, cut=cut, bound=limit, passes=checked(limbs.LIMIT))
    assert set(sums.ravel().tolist()) == {sign * 64 * (2**bits - 1) ** 2}


@pytest.mark.parametrize("edge", [2**63, -(2**63)])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_sums_beside_the_ends_of_64_bits(edge: int, beside: int) -> None:
    total = edge + beside
    x, w = pack([total // 4, total - 2 * (total // 4)], (2,)), pack([2, 1], (2,))
    cut = Split(bits=13, x=5, w=1)
    fits = -(2**63) <= total < 2**63
    for limit in (max(2**63 - 1, abs(total)), 2**63 + 1, 2**70):
        passes = checked(limbs.LIMIT)
        sums = limbs.sums(geometry((2,), (2,)), x, w, 0, cut=cut, bound=limit, passes=passes)
        assert sums.ravel().tolist() == [total]
        assert sums.dtype == (np.int64 if fits else object)


def test_terms_may_wrap_where_the_sum_does_not() -> None:
    # the diagonals alone leave 64 bits: 2^62·2 − 2^62·2 + 5
    x, w = pack([2**62, 2**62, 5], (3,)), pack([2, -2, 1], (3,))
    plan = geometry((3,), (3,))
    cut = Split(bits=20, x=4, w=1)
    sums = limbs.sums(plan, x, w, 0, cut=cut, bound=2**63 - 1, passes=checked(limbs.LIMIT))
    assert sums.ravel().tolist() == [5]


def test_an_empty_batch_has_no_sums() -> None:
    plan = geometry((0, 1, 5), (2, 1, 3), op="conv")
    x, w = np.zeros(plan.x_shape, dtype=np.int64), np.ones(plan.w_shape, dtype=np.int64)
    passes = checked(limbs.LIMIT)
    sums = limbs.sums(plan, x, w, 0, cut=Split(20, 2, 1), bound=2**70, passes=passes)
    assert sums.shape == (0, 2, 3)


def test_the_layer_of_all_passes() -> None:
    plan = geometry((2, 4, 9), (6, 2, 3), op="conv", groups=2)
    cut = Split(bits=20, x=3, w=5)
    assert limbs.layer(plan, cut).x_shape == (6, 4, 9)
    assert limbs.layer(plan, cut).w_shape == (30, 2, 3)
    costs = [limbs.cost(plan, cut, 2**64, listed=count) for count in (0, 36, 72)]
    assert limbs.cost(plan, cut, 2**62, listed=0) < costs[0] < costs[1] < costs[2]


@pytest.mark.parametrize("shape", [(3, 64, 64), (8, 30, 30)])
def test_long_weights_on_nothing_but_zeros(shape: tuple[int, ...]) -> None:
    """Limbs of the kernel must fit although no sum is ever large."""
    w = np.random.default_rng(1).integers(2**61, 2**62, (4, shape[0], 5, 5))
    x = np.zeros(shape, dtype=np.int64)
    assert not np.any(symconv.conv(x, w, engine="numpy"))
    x[0, 3, 4] = 1
    assert symconv.conv(x, w, engine="numpy").max() == w[:, 0].max()
