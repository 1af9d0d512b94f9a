"""Resampling against plain loops over Fractions, one engine against another, and symbols."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any

import numpy as np
import pytest
import scipy.signal
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symconv import engines
from symconv.errors import EngineError, GeometryError
from symconv.exact import array, pack
from symconv.operations import dilate
from symconv.plan import check_size
from symconv.resampling import (
    ALIGNMENTS,
    ROUNDINGS,
    resampling_table,
    upsample_bilinear,
    upsample_nearest,
    upsample_zeros,
)
from tests import oracle_pooling, strategies
from tests.agreement import exact_type

ENGINES = (None, "numpy", "definition", "sympy")


def draw_input(data: st.DataObject, rank: int) -> tuple[Any, tuple[int, ...]]:
    """Draw entries with leading axes, and the extents of the last ones, all different."""
    sizes = data.draw(strategies.different(1, 6, rank))
    lead = data.draw(st.sampled_from(((), (2,), (1, 3)) if rank < 3 else ((), (2,))))
    return data.draw(strategies.entries((*lead, *sizes))), sizes


def check(resample: Callable[..., Any], x: Any, wanted: Any, *given_: Any, **options: Any) -> None:
    for engine in ENGINES:
        found = resample(x, *given_, engine=engine, **options)
        assert found.tolist() == wanted
        flat = found.ravel().tolist()
        assert list(map(type, flat)) == list(map(exact_type, flat))
        assert found.dtype == pack(flat, found.shape).dtype


def lines(sizes: Any, outs: Any, scales: Any, one: Callable[..., Any]) -> list[Any]:
    return [one(*axis) for axis in zip(sizes, outs, scales, strict=True)]


ratios = st.fractions(Fraction(1, 3), 4, max_denominator=5)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("align", ALIGNMENTS)
@given(data=st.data())
@settings(max_examples=25)
def test_interpolation_agrees_with_the_loops(align: str, rank: int, data: st.DataObject) -> None:
    x, sizes = draw_input(data, rank)
    by_size = data.draw(st.booleans())
    if by_size:
        outs = data.draw(strategies.different(1, 7, rank))
        scales = tuple(Fraction(out, n) for out, n in zip(outs, sizes, strict=True))
        given_: tuple[Any, ...] = ()
        options: dict[str, Any] = {"size": outs}
    else:
        scales = data.draw(st.tuples(*[ratios] * rank))
        outs = tuple(floor(s * n) for s, n in zip(scales, sizes, strict=True))
        assume(0 not in outs)
        given_, options = (scales,), {}
    axes = lines(sizes, outs, scales, partial(oracle_pooling.linear, align=align))
    wanted = oracle_pooling.resample(x, axes)
    check(upsample_bilinear, x, wanted, *given_, align=align, **options)


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
@settings(max_examples=25)
def test_nearest_agrees_with_the_loops(rank: int, data: st.DataObject) -> None:
    x, sizes = draw_input(data, rank)
    scales = data.draw(st.tuples(*[ratios] * rank))
    outs = tuple(floor(s * n) for s, n in zip(scales, sizes, strict=True))
    assume(0 not in outs)
    axes = lines(
        sizes,
        outs,
        scales,
        lambda _, out, s: [[(o * s.denominator // s.numerator, 1)] for o in range(out)],
    )
    check(upsample_nearest, x, oracle_pooling.resample(x, axes), scales)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@given(data=st.data())
@settings(max_examples=10)
def test_nearest_by_place_and_rounding_agrees_with_the_loops(
    rounding: str, align: str, rank: int, data: st.DataObject
) -> None:
    x, sizes = draw_input(data, rank)
    scales = data.draw(st.tuples(*[ratios] * rank))
    outs = tuple(floor(s * n) for s, n in zip(scales, sizes, strict=True))
    assume(0 not in outs)
    nearest = partial(oracle_pooling.nearest, align=align, rounding=rounding)
    axes = lines(sizes, outs, scales, nearest)
    options = {"align": align, "rounding": rounding}
    check(upsample_nearest, x, oracle_pooling.resample(x, axes), scales, **options)


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
@settings(max_examples=20)
def test_zeros_agree_with_slices(rank: int, data: st.DataObject) -> None:
    x, sizes = draw_input(data, rank)
    steps = data.draw(strategies.different(1, 4, rank))
    values = array(x)
    lead = values.shape[: values.ndim - rank]
    wanted = np.full((*lead, *(n * s for n, s in zip(sizes, steps, strict=True))), 0, dtype=object)
    places: Any = (..., *(slice(None, None, step) for step in steps))
    wanted[places] = values
    check(upsample_zeros, x, wanted.tolist(), steps)


# By hand


def test_whole_scales_repeat() -> None:
    x = np.arange(6).reshape(2, 3)
    assert upsample_nearest(x, 2).tolist() == x.repeat(2, axis=0).repeat(2, axis=1).tolist()
    assert upsample_nearest(x, (3,)).tolist() == x.repeat(3, axis=1).tolist()
    assert upsample_nearest([[x]], 2).shape == (1, 1, 4, 6)


def test_sizes_and_rational_scales_round_down() -> None:
    assert upsample_nearest([5, 6, 7, 8], "7/4").tolist() == [5, 5, 6, 6, 7, 7, 8]
    assert upsample_nearest([5, 6, 7, 8], size=7).tolist() == [5, 5, 6, 6, 7, 7, 8]
    assert upsample_nearest([5, 6, 7, 8], "3/5").tolist() == [5, 6]
    assert upsample_nearest([5, 6, 7], Fraction(5, 4)).tolist() == [5, 5, 6]


@pytest.mark.parametrize(
    ("align", "rounding", "wanted"),
    [
        pytest.param("asymmetric", "floor", [5, 5, 6, 6, 7, 7, 8], id="the default"),
        pytest.param("asymmetric", "ceil", [5, 6, 7, 7, 8, 8, 8], id="behind, clamped"),
        pytest.param("asymmetric", "half-down", [5, 6, 6, 7, 7, 8, 8], id="asymmetric, nearer"),
        pytest.param("half-pixel", "half-down", [5, 5, 6, 6, 7, 8, 8], id="ONNX's"),
        pytest.param("half-pixel", "half-up", [5, 5, 6, 7, 7, 8, 8], id="nearest-exact"),
        pytest.param("half-pixel", "floor", [5, 5, 5, 6, 7, 7, 8], id="clamped at the start"),
        pytest.param("corners", "half-down", [5, 5, 6, 6, 7, 7, 8], id="ends agree, down"),
        pytest.param("corners", "half-up", [5, 6, 6, 7, 7, 8, 8], id="ends agree, up"),
    ],
)
def test_places_and_roundings_of_seven_from_four(
    align: str, rounding: str, wanted: list[int]
) -> None:
    x = [5, 6, 7, 8]
    assert upsample_nearest(x, size=7, align=align, rounding=rounding).tolist() == wanted
    symbols = sympy.symbols("x5:9")
    found = upsample_nearest(symbols, "7/4", align=align, rounding=rounding).tolist()
    assert found == [symbols[value - 5] for value in wanted]


def test_the_table_of_nearest_is_the_function_when_align_is_left_out() -> None:
    table = resampling_table((4,), size=7)
    assert [term.x for o in range(7) for term in table.by_out((o,))] == [
        (o * 4 // 7,) for o in range(7)
    ]


def test_interpolation_by_hand() -> None:
    assert upsample_bilinear([0, 4], 2).tolist() == [0, 1, 3, 4]
    assert upsample_bilinear([0, 3], 3, align="corners").tolist() == [
        Fraction(3 * o, 5) for o in range(6)
    ]
    assert upsample_bilinear([0, 4], 2, align="asymmetric").tolist() == [0, 2, 4, 4]
    assert upsample_bilinear([[0, 4], [8, 20]], size=3, align="corners").tolist() == [
        [0, 2, 4],
        [4, 8, 12],
        [8, 14, 20],
    ]
    assert upsample_bilinear([7, 9], size=1, align="corners").tolist() == [7]
    assert upsample_bilinear([7, 9], size=1).tolist() == [8]
    assert upsample_bilinear([5], size=3).tolist() == [5, 5, 5]


def test_no_antialiasing() -> None:
    x = [0, 0, 100, 0, 0, 0, 8, 0]
    assert upsample_bilinear(x, "1/4").tolist() == [50, 4]


@pytest.mark.parametrize("align", ALIGNMENTS)
def test_symbols_keep_their_weights(align: str) -> None:
    a, b, c, d = sympy.symbols("a b c d")
    half = upsample_bilinear("a b; c d", 2, align=align)
    assert half[0, 0] == a
    assert half[3, 3] == d
    numbers = upsample_bilinear([[3, 5], [7, 11]], 2, align=align)
    values = {a: 3, b: 5, c: 7, d: 11}
    assert [[value.subs(values) for value in row] for row in half.tolist()] == numbers.tolist()
    for engine in ("definition", "sympy"):
        assert (
            upsample_bilinear("a b; c d", 2, align=align, engine=engine).tolist() == half.tolist()
        )


def test_the_weights_of_two_axes_multiply() -> None:
    a, b, c, d = sympy.symbols("a b c d")
    found = upsample_bilinear("a b; c d", 2)
    assert found[1, 2] == sympy.Add(
        sympy.Rational(3, 16) * a,
        sympy.Rational(9, 16) * b,
        sympy.Rational(1, 16) * c,
        sympy.Rational(3, 16) * d,
    )


def test_zeros_behind_every_entry_and_not_only_between() -> None:
    a, b = sympy.symbols("a b")
    assert upsample_zeros("a b", 3).tolist() == [a, 0, 0, b, 0, 0]
    assert dilate("a b", 3).tolist() == [a, 0, 0, b]
    assert (
        upsample_zeros([1, -2, 3], 2).tolist()
        == scipy.signal.upfirdn([1, 0], [1, -2, 3], up=2).astype(int).tolist()
    )


def test_entries_beyond_64_bits() -> None:
    x = [2**63 - 1, -(2**63)]
    assert upsample_bilinear(x, 2).tolist() == [
        2**63 - 1,
        Fraction(3 * x[0] + x[1], 4),
        Fraction(x[0] + 3 * x[1], 4),
        -(2**63),
    ]
    fine = upsample_bilinear([0, 1], size=10**3 + 7, align="corners")
    assert fine.tolist() == [Fraction(o, 1006) for o in range(1007)]
    assert upsample_bilinear([0, 0], Fraction(10**20, 10**20 - 1)).tolist() == [0, 0]


def test_which_axes() -> None:
    x = np.arange(24).reshape(2, 3, 4)
    assert upsample_nearest(x, 2).shape == (2, 6, 8)
    assert upsample_nearest(x, 2, spatial=1).shape == (2, 3, 8)
    assert upsample_nearest(x, (2, 3, 4)).shape == (4, 9, 16)
    assert upsample_bilinear(x, size=(5, 6, 7)).shape == (5, 6, 7)
    assert upsample_zeros(x, 2, spatial=3).shape == (4, 6, 8)
    assert upsample_nearest(np.zeros((0, 2, 2), int), 2).shape == (0, 4, 4)


# The table


def test_a_table_lists_inputs_and_weights() -> None:
    table = resampling_table((2, 2, 3), 2, mode="linear")
    assert table.out_shape == (2, 4, 6)
    assert [tuple(term) for term in table.by_out((1, 1, 0))] == [
        ((1, 1, 0), (1, 0, 0), None, Fraction(3, 4)),
        ((1, 1, 0), (1, 1, 0), None, Fraction(1, 4)),
    ]
    assert table.filter_of((1, 1, 0)) == 0
    assert table.x_shape == (2, 2, 3)
    x = np.arange(12).reshape(2, 2, 3)
    assert engines.evaluate(table, x).tolist() == upsample_bilinear(x, 2).tolist()


def test_the_work_is_known_before_anything_is_built() -> None:
    table = resampling_table((3, 4, 5), (10**6, 10**7), mode="linear")
    outputs = 3 * 4 * 5 * 10**13
    assert table.work == {"inputs": 60, "outputs": outputs, "terms": 4 * outputs}
    with pytest.raises(GeometryError, match="too-large"):
        check_size(table)
    assert resampling_table((4,), 3, mode="zeros").work["terms"] == 12


@pytest.mark.parametrize("mode", ["nearest", "linear", "zeros"])
def test_weights_add_up(mode: str) -> None:
    table = resampling_table((4, 3), (3, 5), mode=mode)
    totals = [sum(t.scale for t in table.by_out(out)) for out in np.ndindex(table.out_shape)]
    assert set(totals) == ({0, 1} if mode == "zeros" else {1})


# What is refused


@pytest.mark.parametrize("resample", [upsample_nearest, upsample_zeros, upsample_bilinear])
def test_engines_that_cannot(resample: Callable[..., Any]) -> None:
    with pytest.raises(EngineError, match="unknown-engine"):
        resample([1, 2], 2, engine="nunpy")
    with pytest.raises(EngineError, match="numpy-symbolic"):
        resample("a b", 2, engine="numpy")
