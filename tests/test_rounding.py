"""Floats through Fourier transforms: within every output's bound, and only where that is fair."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import fast
from symconv.engines.fourier import roundoff, tilings, unrounded
from symconv.engines.fourier.cuts import Tiling
from symconv.engines.fourier.spectra import work_for
from symconv.engines.fourier.unrounded import Transformed
from symconv.engines.rounding import WORSE, Added, Whole, gamma, quickest
from symconv.exact import Array, array
from symconv.plan import Geometry
from tests import strategies

UNIT = 2.0**-20


def noise(shape: tuple[int, ...], seed: int = 0, bits: int = 20) -> Array:
    """Return integers: times UNIT they are floats from -1 to 1 whose sums are known exactly."""
    return np.random.default_rng(seed).integers(-(2**bits), 2**bits, shape)


def exactly(values: Array) -> Array:
    return array(values, floats="exact")


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
        exact = fast.correlate(x, w, **options | {"boundary": ("constant", 2**20)})
    geometry = symconv.geometry(size, taps, **options)
    added = Added(geometry, x * UNIT, w * UNIT, float(geometry.fill))
    assert isinstance(quickest(added), Transformed)
    found, bound = (
        run(x * UNIT, w * UNIT, **options) for run in (fast.correlate, fast.error_bound)
    )
    assert (np.abs(found - exact * UNIT**2) <= bound).all()
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


@pytest.mark.parametrize("powers", [(-700, 0), (-300, -400), (-600, 600), (110, 0), (0, 110)])
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
        off = fast.correlate(scaled, w * UNIT) - fast.correlate(x, w) * UNIT**2 * 2.0**power
        assert (np.abs(off) <= fast.error_bound(scaled, w * UNIT)).all()


def test_a_tile_of_zeros_has_a_small_bound() -> None:
    x, w = noise((400, 400)) * UNIT, noise((31, 30), 1) * UNIT
    x[:, 200:] /= 2**40
    found, bound = fast.correlate(x, w), fast.error_bound(x, w)
    added = Added(symconv.geometry(x.shape, w.shape), x, w).sums()[0, 0]
    assert (np.abs(found - added) <= 2 * bound).all()
    zeros = unrounded._norms(np.zeros(2))
    assert (zeros * zeros >= 0).all()
    assert zeros.min() >= unrounded.LEAST


def test_integers_in_floats_stay_exact_whatever_the_way() -> None:
    x, w = noise((300, 310), bits=12), noise((31, 30), 1, bits=9)
    way = quickest(Added(symconv.geometry(x.shape, w.shape), x.astype(float), w.astype(float)))
    assert isinstance(way, Whole)
    found = fast.correlate(x.astype(float), w.astype(float))
    assert found.dtype == np.float64
    assert found.tolist() == fast.correlate(x, w).tolist()
    assert fast.error_bound(x.astype(float), w.astype(float)).max() == 5e-324
    halved = Added(symconv.geometry(x.shape, w.shape), x / 2, w.astype(float), 0.5)
    assert isinstance(quickest(halved), Transformed)


@pytest.mark.parametrize("edge", [2**53 - 1, 2**53, 2**53 + 2])
def test_integers_in_floats_are_exact_up_to_where_floats_are(edge: int) -> None:
    x, w = np.zeros(40_000), np.zeros(2_000)
    x[100], w[7] = float(edge), 1.0
    way = quickest(Added(symconv.geometry(x.shape, w.shape), x, w))
    assert isinstance(way, Whole if edge <= 2**53 else Added)
    assert fast.correlate(x, w).max() == edge


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
