"""Convolutions through Fourier transforms: right to the last unit, licensed to the last integer."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.axis import Axis
from symconv.engines.fourier import roundoff, tilings
from symconv.engines.fourier.cuts import Cut, Tiling, cut, limbs
from symconv.engines.fourier.spectra import licence, sums
from symconv.engines.fourier.tilings import Split, choose
from symconv.engines.work import frame_of
from symconv.exact import Array
from symconv.plan import Geometry
from tests import oracle, strategies

Made = tuple[Geometry, Array, Array]


def made(x: Array, w: Array, **options: Any) -> Made:
    op = "conv" if w.ndim > x.ndim or "groups" in options else "correlate"
    return symconv.geometry(x.shape, w.shape, **({"op": op} | options)), x, w


def noise(shape: tuple[int, ...], bits: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(-(2**bits), 2**bits, shape)


def by_python(geometry: Geometry, x: Array, w: Array) -> list[Any]:
    """Return the sums of a plane by the oracle's loops over Python integers."""
    axes = geometry.axes
    found: list[Any] = oracle.correlate(
        x.tolist(),
        w.tolist(),
        stride=[axis.stride for axis in axes],
        dilation=[axis.dilation for axis in axes],
        input_dilation=[axis.lhs for axis in axes],
        padding=[(axis.before, axis.after) for axis in axes],
        boundary=[axis.boundary for axis in axes],
        flip=[axis.flip for axis in axes],
        fill=geometry.fill,
    )
    return found


def with_lengths(geometry: Geometry, lengths: tuple[int, ...], *split: int) -> Tiling:
    """Return a tiling of given lengths, licensed or not."""
    rows = tilings._all_cuts(geometry)
    cuts = [
        row[0]._replace(length=length, wrap=0) for row, length in zip(rows, lengths, strict=True)
    ]
    return Tiling(tuple(cuts), *split)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_layers_of_every_geometry(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    options = data.draw(strategies.geometries(rank))
    fill = data.draw(st.sampled_from([0, 3]))
    boundary = [f"constant({fill})" if b == "constant" else b for b in options.pop("boundary")]
    groups, batch = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    x_bits, w_bits = data.draw(
        st.sampled_from([(7, 7), (15, 15), (31, 15), (40, 7), (7, 45), (25, 25), (57, 0)])
    )
    seed = data.draw(st.integers(0, 99))
    x = noise((batch, groups * 2, *sizes), x_bits, seed)
    w = noise((groups * 3, 2, *taps), w_bits, seed + 1)
    geometry, x, w = made(x, w, groups=groups, boundary=boundary, **options)
    tiling = licence(geometry, x, w, int(geometry.fill))
    if tiling is None:
        assert geometry.work["products"] == 0 or max(x_bits, w_bits) > 24
        return
    found = sums(geometry, x, w, int(geometry.fill), tiling)
    wanted = symconv.conv(x, w, groups=groups, boundary=boundary, engine="definition", **options)
    assert found.dtype == np.int64
    assert found.reshape(geometry.out_shape).tolist() == wanted.tolist()


@pytest.mark.parametrize("length", range(1, 201))
def test_all_lengths_of_one_axis(length: int) -> None:
    taps = 1 + length * 37 % min(length, 41)
    for options in ({}, {"padding": "full", "op": "convolve"}, {"padding": (length % 3, 2)}):
        geometry, x, w = made(noise((length,), 15, length), noise((taps,), 15, taps), **options)
        tiling = licence(geometry, x, w)
        assert tiling is not None
        assert sums(geometry, x, w, 0, tiling)[0, 0].tolist() == by_python(geometry, x, w)


SHAPES: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = [
    ((23, 17), (5, 3), {}),
    ((19, 31), (7, 4), {"padding": "full"}),
    ((21, 26), (4, 5), {"stride": (2, 3), "padding": ((3, 1), (0, 4))}),
    ((25, 22), (3, 4), {"stride": (3, 2), "dilation": (2, 3)}),
    ((20, 27), (5, 2), {"dilation": (3, 4), "padding": 5}),
    ((18, 21), (2, 3), {"stride": (4, 6), "dilation": (6, 4), "padding": 9}),
    ((9, 11), (3, 5), {"input_dilation": (2, 3), "padding": ((1, 4), (2, 0))}),
    ((13, 15), (4, 3), {"padding": ((-2, 3), (4, -1))}),
    ((12, 14), (5, 4), {"padding": 7, "boundary": ("wrap", "reflect")}),
    ((12, 14), (5, 4), {"padding": 3, "boundary": "constant(-6)"}),
    ((12, 14), (5, 4), {"padding": ((11, 9), (8, 12))}),
    ((7, 9, 11), (3, 2, 4), {}),
    ((6, 9, 7), (2, 4, 3), {"stride": (1, 2, 3), "dilation": (3, 1, 2), "padding": 3}),
    ((5, 6, 7), (5, 6, 7), {"padding": "full"}),
    ((3, 4, 5, 6), (2, 3, 2, 3), {"padding": 1}),
]


@pytest.mark.parametrize(("size", "taps", "options"), SHAPES)
def test_planes_with_everything_different(
    size: tuple[int, ...], taps: tuple[int, ...], options: dict[str, Any]
) -> None:
    for bits, op in ((12, "correlate"), (23, "convolve")):
        geometry, x, w = made(
            noise(size, bits), noise(taps, bits, 1), **({"padding": 0} | options), op=op
        )
        tiling = licence(geometry, x, w, int(geometry.fill))
        assert tiling is not None
        found = sums(geometry, x, w, int(geometry.fill), tiling)
        assert found[0, 0].tolist() == by_python(geometry, x, w)


@pytest.mark.parametrize(("size", "taps", "options"), SHAPES)
def test_every_length_of_a_tile_gives_the_same(
    size: tuple[int, ...], taps: tuple[int, ...], options: dict[str, Any]
) -> None:
    geometry, x, w = made(noise(size, 9), noise(taps, 9, 1), **options)
    fill = int(geometry.fill)
    wanted = by_python(geometry, x, w)
    rows = tilings._all_cuts(geometry)
    for more in (0, 1, 3, 8, 40):
        lengths = tuple(roundoff.longer(row[0].taps + more) for row in rows)
        tiling = with_lengths(geometry, lengths)
        assert sums(geometry, x, w, fill, tiling)[0, 0].tolist() == wanted
        split = with_lengths(geometry, lengths, 4, 3, 3)
        assert sums(geometry, x, w, fill, split)[0, 0].tolist() == wanted


@pytest.mark.parametrize("taps", [1, 2, 3, 9, 10])
def test_zeros_at_both_ends_may_coincide(taps: int) -> None:
    for before, after in ((taps - 1, taps - 1), (1, taps), (taps + 3, taps + 5), (0, 4)):
        geometry, x, w = made(noise((10,), 9), noise((taps,), 9, 1), padding=(before, after))
        single = tilings._all_cuts(geometry)[0][0]
        assert single.wrap == min(before, after, taps - 1)
        assert len(single.tiles) == 1
        for length in range(single.longest + taps - 1 - single.wrap, single.length + 1):
            if roundoff.longer(length) == length:
                tiling = Tiling((single._replace(length=length),))
                found = sums(geometry, x, w, 0, tiling)
                assert found[0, 0].tolist() == by_python(geometry, x, w)


EXTREMES = ["all the largest", "alternating", "checkered", "an impulse", "one row", "noise"]


def extreme(kind: str, shape: tuple[int, ...], peak: int) -> Array:
    if kind == "all the largest":
        return np.full(shape, peak)
    places = np.indices(shape)
    if kind == "alternating":
        return np.where(places[-1] % 2, peak, -peak)
    if kind == "checkered":
        return np.where(places.sum(axis=0) % 2, peak, -peak)
    if kind == "an impulse":
        return np.where(
            (places == np.array(shape).reshape(-1, *(1,) * len(shape)) // 3).all(0), peak, 0
        )
    if kind == "one row":
        return np.where(places[0] == shape[0] // 2, peak, 0)
    return np.random.default_rng(5).integers(-peak, peak + 1, shape)


def peaks_at_the_edge(geometry: Geometry, tiling: Tiling, w: Array) -> int:
    """Return the largest peak of x under the licence of a tiling with one limb."""
    lengths, entries = tiling.lengths, 1
    for one in tiling.cuts:
        entries *= min(one.phases * one.length, one.size)
    room = roundoff.room(lengths, geometry.depth * math.prod(tiling.phases))
    return math.isqrt(room // entries // tilings._w_square(w.reshape(1, -1), Split()))


@pytest.mark.parametrize("kernel", EXTREMES)
@pytest.mark.parametrize("image", EXTREMES)
@pytest.mark.parametrize(("size", "taps"), [((60, 45), (9, 7)), ((700,), (250,))])
def test_extreme_numbers_just_under_the_licence(
    image: str, kernel: str, size: tuple[int, ...], taps: tuple[int, ...]
) -> None:
    w = extreme(kernel, taps, 2**20 + 1)
    geometry = symconv.geometry(size, taps)
    tiling = tilings.cheapest(geometry)
    peak = peaks_at_the_edge(geometry, tiling, w)
    x = extreme(image, size, peak)
    found = sums(geometry, x, w, 0, tiling)
    assert found[0, 0].tolist() == symconv.correlate(x, w, engine="numpy").tolist()


def test_the_licence_ends_where_the_bound_does() -> None:
    geometry = symconv.geometry((60, 45), (9, 7))
    w = noise((9, 7), 20)
    tiling = tilings.cheapest(geometry)
    edge = peaks_at_the_edge(geometry, tiling, w)
    square = tilings._w_square(w.reshape(1, -1), Split())
    for peak, licensed in ((edge - 1, True), (edge, True), (edge + 1, False)):
        exact = roundoff.error(tiling.lengths, 1) ** 2 * square * peak**2
        entries = 60 * 45  # fewer than the points: the rest of a tile is zero
        assert (exact * entries <= roundoff.SAFE**2) == licensed
        found = choose(geometry, peak, w)
        assert found is not None
        assert (found == replace(tiling, error=found.error)) == licensed
        if not licensed:
            assert (found.x_limbs, found.w_limbs) != (1, 1) or found.lengths != tiling.lengths


@pytest.mark.parametrize(("x_bits", "w_bits"), [(7, 7), (31, 15), (60, 1)])
def test_only_tilings_below_so_many_seconds_are_looked_at(x_bits: int, w_bits: int) -> None:
    for size, taps, options in SHAPES:
        geometry, _, w = made(noise(size, 1), noise(taps, w_bits), **options)
        tiling = choose(geometry, 2**x_bits, w)
        assert tiling is not None
        assert choose(geometry, 2**x_bits, w, below=tiling.seconds) is None
        longer = math.nextafter(tiling.seconds, math.inf)
        assert choose(geometry, 2**x_bits, w, below=longer) == tiling


def test_every_chosen_tiling_is_licensed_in_exact_arithmetic() -> None:
    for size, taps, options in SHAPES:
        for x_bits, w_bits in ((7, 7), (15, 15), (31, 15), (20, 20), (10, 44), (60, 1)):
            geometry, _, w = made(noise(size, 1), noise(taps, w_bits), **options)
            tiling = choose(geometry, 2**x_bits, w)
            assert tiling is not None
            terms = math.prod(tiling.phases) * min(tiling.x_limbs, tiling.w_limbs)
            bits, peak, square = tiling.bits, 2**x_bits, 0
            for _ in range(tiling.x_limbs - 1):
                square += 4 ** (bits - 1)
                peak = (peak >> bits) + 1
            square = (square + peak**2) * math.prod(
                min(one.phases * one.length, one.size) for one in tiling.cuts
            )
            parts = limbs(w, bits, tiling.w_limbs)
            heaviest = sum(int(value) ** 2 for part in parts for value in part.ravel())
            error = roundoff.error(tiling.lengths, terms)
            assert error**2 * square * heaviest <= roundoff.SAFE**2
            assert error**2 * square * heaviest <= Fraction(tiling.error) ** 2
            assert tiling.error <= 0.44


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=9),
    st.integers(2, 40),
    st.integers(1, 4),
)
def test_limbs_add_up_and_are_balanced(values: list[int], bits: int, count: int) -> None:
    found = limbs(np.array(values, dtype=np.int64), bits, count)
    for place, value in enumerate(values):
        parts = [int(part[place]) for part in found]
        assert sum(part << (bits * i) for i, part in enumerate(parts)) == value
        assert all(-(2 ** (bits - 1)) <= part < 2 ** (bits - 1) for part in parts[:-1])
        peak, bound = abs(value), tilings._x_square(abs(value), Split(bits, count, 1))
        assert sum(part**2 for part in parts) <= bound or peak == 0


@pytest.mark.parametrize(
    ("x_peak", "w_peak"),
    [
        (2**31, 2**31 // 9),
        (2**59, 3),
        (3, 2**59),
        (2**62 - 1, 1),
        (1, 2**62 - 1),
        (2**20, 2**41 // 9),
        (-(2**63), 0),
    ],
)
def test_sums_next_to_the_end_of_64_bits(x_peak: int, w_peak: int) -> None:
    for sign in (1, -1):
        x = np.full((6, 5), x_peak, dtype=np.int64)
        w = np.array([[w_peak, 0], [w_peak * sign, 0]], dtype=np.int64)
        geometry = symconv.geometry(x.shape, w.shape)
        tiling = licence(geometry, x, w)
        if tiling is not None:
            assert sums(geometry, x, w, 0, tiling)[0, 0].tolist() == by_python(geometry, x, w)
        assert tiling is not None or max(2 * abs(x_peak * w_peak), abs(x_peak)) >= 2**63


def test_what_leaves_64_bits_is_not_licensed() -> None:
    for value, licensed in ((2**61 - 1, True), (2**61, False)):
        x, w = np.array([value, value, 1]), np.array([2, 2])
        assert (licence(symconv.geometry(3, 2), x, w) is not None) == licensed
    objects = np.array([2**70, 1, 2], dtype=object)
    assert licence(symconv.geometry(3, 2), objects, np.array([1, 2])) is None
    assert licence(symconv.geometry(3, 2), np.array([1, 2, 3]), np.array([1, 2]), 2**62) is None


def test_the_constant_of_the_boundary_counts() -> None:
    geometry, x, w = made(noise((8, 9), 3), noise((3, 2), 3), padding=2, boundary="constant(9)")
    small = licence(geometry, x, w, 9)
    assert small is not None
    assert (small.x_limbs, small.w_limbs) == (1, 1)
    geometry = symconv.geometry((8, 9), (3, 2), padding=2, boundary=f"constant({2**55})")
    tiling = licence(geometry, x, w, 2**55)
    assert tiling is not None
    assert tiling.x_limbs > 1
    assert sums(geometry, x, w, 2**55, tiling)[0, 0].tolist() == by_python(geometry, x, w)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0)])
def test_without_outputs_there_is_nothing_to_choose(shape: tuple[int, int]) -> None:
    geometry, x, w = made(np.zeros(shape, dtype=np.int64), np.ones((3, 4), dtype=np.int64))
    assert licence(geometry, x, w) is None


def test_zeros_are_licensed() -> None:
    geometry, x, w = made(np.zeros((9, 9), dtype=np.int64), noise((3, 2), 59))
    tiling = licence(geometry, x, w)
    assert tiling is not None
    assert not sums(geometry, x, w, 0, tiling).any()
    geometry, x, w = made(noise((9, 9), 62), np.zeros((3, 2), dtype=np.int64))
    tiling = licence(geometry, x, w)
    assert tiling is not None
    assert not sums(geometry, x, w, 0, tiling).any()


def test_nothing_is_licensed_and_nothing_run_when_numpy_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    geometry, x, w = made(noise((9, 9), 7), noise((3, 2), 7))
    tiling = licence(geometry, x, w)
    assert tiling is not None
    monkeypatch.setattr(np.fft, "irfft", partial(np.fft.irfft))
    assert licence(geometry, x, w) is None
    with pytest.raises(RuntimeError, match=r"numpy.fft is not the one whose error is known"):
        sums(geometry, x, w, 0, tiling)


def test_inputs_are_left_as_they_are() -> None:
    geometry, x, w = made(noise((40, 30), 20), noise((9, 4), 20), padding="full")
    before = x.copy(), w.copy()
    x.flags.writeable = w.flags.writeable = False
    tiling = licence(geometry, x, w)
    assert tiling is not None
    sums(geometry, x, w, 0, tiling)
    assert (x == before[0]).all()
    assert (w == before[1]).all()


def test_large_images_in_many_tiles_and_threads() -> None:
    geometry, x, w = made(noise((700, 500), 15), noise((23, 37), 15))
    tiling = licence(geometry, x, w)
    assert tiling is not None
    assert math.prod(len(one.tiles) for one in tiling.cuts) > 1
    found = sums(geometry, x, w, 0, tiling)[0, 0]
    rng = np.random.default_rng(1)
    for i, j in zip(rng.integers(0, 678, 200), rng.integers(0, 464, 200), strict=True):
        window = x[i : i + 23, j : j + 37].ravel().tolist()
        assert found[i, j] == sum(a * b for a, b in zip(window, w.ravel().tolist(), strict=True))
    assert int(found.sum()) == sum(
        int(w[a, b]) * int(x[a : a + 678, b : b + 464].sum()) for a, b in np.ndindex(*w.shape)
    )


def test_cuts_read_and_give_what_the_axis_says() -> None:
    for step, dilation, taps, size, before in (
        (1, 1, 3, 20, 0),
        (2, 3, 4, 31, 2),
        (4, 6, 3, 40, 5),
        (6, 4, 5, 44, -3),
        (3, 1, 2, 17, 1),
    ):
        axis = Axis(size=size, taps=taps, stride=step, dilation=dilation, before=before, after=4)
        line = frame_of(Geometry((axis,))).lines[0]
        base = cut(line, before, size)._replace(length=8)
        met: dict[int, set[tuple[int, int]]] = {o: set() for o in range(axis.out)}
        for tile in base.tiles:
            outs = range(*base.gives(tile).indices(axis.out))
            for phase in range(base.phases):
                seen, inside = base.reads(tile, phase)
                inputs = dict(
                    zip(
                        range(inside.start, inside.stop),
                        range(*seen.indices(size)),
                        strict=True,
                    )
                )
                for i, o in enumerate(outs):
                    for j in range(base.taps):
                        tap = base.lattice // base.dilation * j + phase
                        if tap < taps:
                            met[o].add((inputs.get(i + j, -1), tap))
        for o in range(axis.out):
            assert met[o] == set(axis.window(o))


def test_kept_outputs_cover_every_output_once() -> None:
    one = Cut(29, 4, 6, 3, 12, 2, 2, 0, 100, length=6)
    given_ = [o for tile in one.tiles for o in range(*one.gives(tile).indices(29))]
    assert sorted(given_) == list(range(29))
