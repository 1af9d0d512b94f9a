"""Floats through Fourier transforms: within every output's bound, and only where that is fair."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import fast
from symconv.engines import choice, threads
from symconv.engines.fourier import roundoff, tilings
from symconv.engines.fourier.cuts import Tiling
from symconv.engines.fourier.spectra import work_for
from symconv.engines.fourier.unrounded import Transformed
from symconv.engines.rounding import WORSE, Added, Whole, gamma, quickest
from symconv.exact import Array, array
from symconv.plan import Geometry
from tests import strategies

BITS = 40
UNIT = 2.0**-BITS


def noise(shape: tuple[int, ...], seed: int = 0, bits: int = BITS) -> Array:
    """Return integers: times UNIT they are floats from -1 to 1 whose sums are known exactly.

    They are too long for int64 to hold the sums.
    """
    return np.random.default_rng(seed).integers(-(2**bits), 2**bits, shape)


def irrational(*shape: int) -> Array:
    """Return floats that are no multiples of anything."""
    return np.random.default_rng(len(shape)).normal(size=shape)


def within(found: Array, exact: Array, power: int, bound: Array) -> bool:
    """Tell, in rationals, whether floats are within bounds of integers times a power of two."""
    cells = zip(found.ravel().tolist(), exact.ravel().tolist(), bound.ravel().tolist(), strict=True)
    unit = Fraction(2) ** power
    return all(abs(Fraction(f) - e * unit) <= Fraction(limit) for f, e, limit in cells)


def exactly(values: Array) -> Array:
    return array(values, floats="exact")


def way_of(x: Array, w: Array) -> Any:
    return quickest(Added(symconv.geometry(x.shape, w.shape), x, w))


@pytest.fixture(autouse=True)
def two_cores() -> Iterator[None]:
    """Let estimates be those of two cores, whatever this machine has: they choose the way."""
    caches = tilings._ranked, tilings._choices, choice._cost, choice._costs
    with pytest.MonkeyPatch.context() as patch:
        for module in (threads, tilings):
            patch.setattr(module, "cores", lambda: 2)
        for cached in caches:
            cached.cache_clear()
        yield
    for cached in caches:
        cached.cache_clear()


def cut_anyhow(data: st.DataObject, geometry: Geometry) -> Tiling:
    return Tiling(tuple(data.draw(st.sampled_from(row)) for row in tilings._all_cuts(geometry)))


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_every_output_is_within_the_bound_of_its_tile(data: st.DataObject) -> None:
    options = data.draw(strategies.geometries(data.draw(st.integers(1, 3))))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    boundary = ["constant(7)" if b == "constant" else b for b in options.pop("boundary")]
    groups, batch, seed = (data.draw(st.integers(1, n)) for n in (2, 2, 99))
    random = np.random.default_rng(seed)
    wide = data.draw(st.sampled_from([0, 3, 60]))

    def floats(shape: tuple[int, ...]) -> Array:
        return random.normal(size=shape) * 2.0 ** random.integers(-wide, wide + 1, shape)

    x, w = floats((batch, groups * 2, *sizes)), floats((groups * 3, 2, *taps))
    options |= {"groups": groups, "boundary": boundary}
    geometry = symconv.geometry(x.shape, w.shape, op="conv", **options)
    if not geometry.terms:
        return
    work = work_for(geometry, x, w, float(geometry.fill), np.float64)
    way = Transformed(work, cut_anyhow(data, geometry))
    exact = symconv.conv(exactly(x), exactly(w), engine="definition", **options)
    sums = symconv.conv(exactly(abs(x)), exactly(abs(w)), engine="definition", **options)
    found, sizes_ = (values.reshape(geometry.out_shape) for values in (way.sums(), way.sizes()))
    share = Fraction(gamma(way.units))
    for one, wanted, size, total in zip(
        *(values.ravel().tolist() for values in (found, exact, sizes_, sums)), strict=True
    ):
        assert abs(Fraction(one) - wanted) <= share * Fraction(size)
        assert total <= Fraction(size)  # Cauchy and Schwarz: nothing that it reads was left out


def test_the_bound_is_the_one_of_the_theorem() -> None:
    x, w = noise((2, 50)) * UNIT, noise((3, 2, 7), 1) * UNIT
    geometry = symconv.geometry(x.shape, w.shape, op="conv", stride=3)
    tiling = tilings.cheapest(geometry)
    way = Transformed(work_for(geometry, x, w, 0.0, np.float64), tiling)
    phases = 3
    assert way.tiling.phases == (phases,)
    assert roundoff.error(tiling.lengths, 2 * phases) <= Fraction(gamma(way.units))
    assert gamma(way.units) < 1.01 * roundoff.error(tiling.lengths, 2 * phases)
    norms = np.linalg.norm(x) * np.linalg.norm(w.reshape(3, -1), axis=1)[:, None]
    assert np.allclose(way.sizes()[0], norms, rtol=0.002)
    assert (way.sizes()[0] >= norms).all()


SHAPES: list[Any] = [
    pytest.param((300, 310), (31, 30), {}, id="plane"),
    pytest.param((300, 310), (31, 30), {"padding": 9, "boundary": "wrap"}, id="around"),
    pytest.param((300, 310), (31, 30), {"padding": 9, "boundary": "constant(1)"}, id="constant"),
    pytest.param((60, 61, 62), (9, 8, 11), {"padding": "full"}, id="solid"),
    pytest.param((40_000,), (2_000,), {"dilation": 2}, id="line"),
]


@pytest.mark.parametrize(("size", "taps", "options"), SHAPES)
def test_large_kernels_take_transforms_within_the_bound(
    size: tuple[int, ...], taps: tuple[int, ...], options: dict[str, Any]
) -> None:
    x, w = noise(size), noise(taps, 1)
    exact = fast.correlate(
        x * 2**20 if options.get("boundary") == "constant(1)" else x, w, **options
    )
    if options.get("boundary") == "constant(1)":
        exact = fast.correlate(x, w, **options | {"boundary": ("constant", 2**BITS)})
    geometry = symconv.geometry(size, taps, **options)
    added = Added(geometry, x * UNIT, w * UNIT, float(geometry.fill))
    assert isinstance(quickest(added), Transformed)
    found, bound = (
        run(x * UNIT, w * UNIT, **options) for run in (fast.correlate, fast.error_bound)
    )
    assert within(found, exact, -2 * BITS, bound)
    assert 0 < bound.max() < 2 * WORSE * gamma(added.units) * added.sizes().mean()


def spiked(values: Array) -> Array:
    values[7, 5] = 1e12
    return values


UNFAIR: list[Any] = [
    pytest.param(spiked, id="one huge entry"),
    pytest.param(lambda values: np.where(values > 0.9999, values, 0), id="mostly zero"),
]


@pytest.mark.parametrize("change", UNFAIR)
def test_products_are_added_up_where_a_transform_would_lose_too_much(change: Any) -> None:
    x, w = change(noise((300, 310)) * UNIT), noise((31, 30), 1) * UNIT
    added = Added(symconv.geometry(x.shape, w.shape), x, w)
    assert quickest(added) is added
    assert np.isfinite(fast.error_bound(x, w)).all()


@pytest.mark.parametrize(
    "powers", [(-700, 0), (0, -700), (0, -490), (-300, -400), (110, 0), (0, 110)]
)
def test_products_are_added_up_where_no_bound_is_proved(powers: tuple[int, int]) -> None:
    x, w = (
        noise(n, n[0]) * UNIT * 2.0**p for n, p in zip(((300, 310), (31, 30)), powers, strict=True)
    )
    added = Added(symconv.geometry(x.shape, w.shape), x, w)
    assert quickest(added) is added


def test_what_is_small_but_not_too_small_is_within_the_bound() -> None:
    x, w = noise((300, 310)), noise((31, 30), 1)
    for power in (-400, 90):
        scaled = x * UNIT * 2.0**power
        assert isinstance(
            quickest(Added(symconv.geometry(x.shape, w.shape), scaled, w * UNIT)), Transformed
        )
        found, bound = (run(scaled, w * UNIT) for run in (fast.correlate, fast.error_bound))
        assert within(found, fast.correlate(x, w), power - 2 * BITS, bound)


def test_a_tile_of_small_entries_has_a_small_bound() -> None:
    x, w = irrational(400, 900), irrational(31, 30)
    x[:, 450:] *= 2.0**-10
    x[:, 800:] = 0
    way = way_of(x, w)
    assert isinstance(way, Transformed)
    sizes = way.sizes()[0, 0]
    assert sizes[:, :200].min() > 30 * sizes[:, -50:].max()
    added = Added(symconv.geometry(x.shape, w.shape), x, w).sums()
    assert np.allclose(way.sums(), added, rtol=0, atol=1e-9)


def test_filters_are_judged_one_by_one() -> None:
    x, delta = irrational(1, 300, 310), np.zeros((31, 30))
    delta[15, 15] = 1.0
    w = np.stack([irrational(31, 30), delta])[:, None]
    geometry = symconv.geometry(x.shape, w.shape, op="conv")
    assert isinstance(quickest(Added(geometry, x, w)), Added)
    assert isinstance(quickest(Added(geometry, x, w * [[[[1]]], [[[0]]]])), Transformed)


@pytest.mark.parametrize(("x_unit", "w_unit"), [(1.0, 1.0), (2.0**-8, 2.0**-4), (2.0**300, 4.0)])
def test_integers_times_a_power_of_two_stay_exact(x_unit: float, w_unit: float) -> None:
    x, w = noise((300, 310), bits=12), noise((31, 30), 1, bits=9)
    sides = x * x_unit, w * w_unit
    assert isinstance(way_of(*sides), Whole)
    found = fast.correlate(*sides)
    assert found.dtype == np.float64
    assert (found == fast.correlate(x, w) * (x_unit * w_unit)).all()
    assert fast.error_bound(*sides).max() == 5e-324


def test_a_constant_that_nothing_reads_changes_nothing() -> None:
    x, w = noise((300, 310), bits=12) + 0.0, noise((31, 30), 1, bits=9)
    unread = fast.correlate(x, w, boundary=("constant", 0.3))
    assert unread.tolist() == fast.correlate(x, w).tolist()
    read = symconv.geometry(x.shape, w.shape, padding=1, boundary="constant(1)")
    assert isinstance(quickest(Added(read, x, w + 0.0, 0.3)), Transformed)
    assert isinstance(quickest(Added(read, x, w + 0.0, 0.5)), Whole)


def test_sums_beyond_what_floats_hold_are_rounded_once() -> None:
    """Here max|x|·Σ|w| is beyond 2^53, and so are some sums: each is the nearest float."""
    x, w = noise((300, 310), bits=23), noise((31, 30), 1, bits=22)
    x[:31, :30] = np.sign(w) * (2**23 - 1)
    assert isinstance(way_of(x + 0.0, w + 0.0), Whole)
    exact = fast.correlate(x, w)
    assert exact.max() > 2**53
    assert (exact % 2).any()
    found, bound = (run(x + 0.0, w + 0.0) for run in (fast.correlate, fast.error_bound))
    assert found.tolist() == [list(map(float, row)) for row in exact.tolist()]
    assert within(found, exact, 0, bound)
    assert not within(found, exact, 0, np.zeros_like(bound))


@pytest.mark.parametrize("edge", [2**53 - 1, 2**53, 2**53 + 2, 2**62])
def test_integers_in_floats_are_exact_up_to_int64(edge: int) -> None:
    x, w = np.zeros(40_000), np.zeros(2_000)
    x[100], w[7] = float(edge), 1.0
    x[101] = 1.0
    assert isinstance(way_of(x, w), Whole if edge < 2**60 else Added)
    assert fast.correlate(x, w).max() == edge


def test_a_rounded_integer_counts_though_sums_of_the_rounded_are_exact() -> None:
    x, w = [0] * 40_000, np.zeros(2_000)
    x[100], w[7] = 2**53 + 1, 1.0
    off = 2**53 + 1 - int(fast.correlate(x, w).max())
    assert 1 <= abs(off) <= fast.error_bound(x, w).max()


def test_rounded_entries_and_the_bias_count_beside_a_transform() -> None:
    x, w = (noise((1, 20_000)) * UNIT), noise((1, 1, 1_000), 1) * UNIT
    bias = [Fraction(10**6, 3)]
    plain = fast.error_bound(x, w, op="conv")
    bound = fast.error_bound(x, w, bias, op="conv")
    off = fast.conv(x, w, bias)[0, :9]
    exact = symconv.conv(exactly(x[:, :1008]), exactly(w), bias)[0]
    for one, wanted, limit in zip(off.tolist(), exact.tolist(), bound[0, :9].tolist(), strict=True):
        assert abs(Fraction(one) - wanted) <= Fraction(limit)
    assert (bound > plain + 10**6 / 3 * 2.0**-53).all()
