"""Pooling against plain loops, one engine against another, and the symbols that stay symbols."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import sympy
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import symconv
from symconv import engines
from symconv.errors import AlgebraError, EngineError, GeometryError
from symconv.exact import array, pack
from symconv.plan import check_size
from symconv.pooling import (
    avg_pool,
    flatten,
    global_avg_pool,
    global_lp_pool,
    global_max_pool,
    lp_pool,
    max_pool,
    min_pool,
    sum_pool,
)
from symconv.unpooling import max_pool_indices, max_unpool, unpool_plan
from symconv.windows import CeilAxis, pool_table, windows
from tests import oracle, oracle_pooling, strategies
from tests.agreement import exact_type

Pooler = Callable[..., Any]


def norm_power(p: int) -> oracle_pooling.Fold:
    return lambda inputs, *_: oracle_pooling.total([abs(value) ** p for value in inputs])


POOLS = [
    pytest.param(max_pool, {}, oracle_pooling.largest, id="max"),
    pytest.param(min_pool, {}, oracle_pooling.smallest, id="min"),
    pytest.param(sum_pool, {}, lambda i, *_: oracle_pooling.total(i), id="sum"),
    pytest.param(avg_pool, {}, lambda i, *_: oracle_pooling.share(i, len(i)), id="mean"),
    pytest.param(
        avg_pool,
        {"count_padding": True},
        lambda i, _, counted: oracle_pooling.share(i, counted),
        id="mean with padding",
    ),
    pytest.param(
        avg_pool, {"divisor": -7}, lambda i, *_: oracle_pooling.share(i, -7), id="divisor"
    ),
    pytest.param(lp_pool, {"p": 1}, norm_power(1), id="p-norm"),
    pytest.param(max_pool_indices, {}, oracle_pooling.first_largest, id="indices"),
]


def draw_pool(data: st.DataObject, rank: int) -> tuple[Any, tuple[int, ...], dict[str, Any]]:
    """Draw entries with leading axes, a window, and options whose windows all read an input."""
    window = data.draw(strategies.different(1, 4 if rank < 3 else 3, rank))
    stride = data.draw(strategies.different(1, 4 if rank < 3 else 3, rank))
    dilation = data.draw(strategies.different(1, 3, rank))
    ends = [st.tuples(st.integers(-1, k - 1), st.integers(-2, k - 1)) for k in window]
    padding = [data.draw(end) for end in ends]
    ceil = data.draw(st.tuples(*[st.booleans()] * rank))
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, window, strict=True)]
    extra = data.draw(strategies.different(3, 5 if rank < 3 else 6, rank))
    lead = data.draw(st.sampled_from(((), (2,), (1, 3)) if rank < 3 else ((), (2,))))
    shape = (*lead, *map(sum, zip(spans, extra, strict=True)))
    kinds = data.draw(st.sampled_from((*((kind,) for kind in strategies.KINDS), ("ties",))))
    if kinds == ("ties",):
        random = data.draw(st.randoms(use_true_random=True))
        x = oracle.filled(shape, lambda _: random.randint(-1, 1))
    else:
        x = data.draw(strategies.entries(shape, kinds))
    options: dict[str, Any] = {"stride": stride, "dilation": dilation, "padding": padding}
    met = oracle_pooling.pool(x, window, lambda i, *_: len(i), ceil=ceil, **options)
    assume(0 not in np.array(met).ravel().tolist())
    return x, window, options | {"ceil_mode": ceil}


@pytest.mark.parametrize(("pool", "more", "fold"), POOLS)
@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
@settings(max_examples=20)
def test_pools_agree_with_the_loops_in_every_engine(
    pool: Pooler, more: Any, fold: Any, rank: int, data: st.DataObject
) -> None:
    x, window, options = draw_pool(data, rank)
    steps = {name: value for name, value in options.items() if name != "ceil_mode"}
    wanted = oracle_pooling.pool(x, window, fold, ceil=options["ceil_mode"], **steps)
    for engine in (None, "numpy", "definition"):
        found = pool(x, window, **options, **more, engine=engine)
        assert found.tolist() == wanted
        flat = found.ravel().tolist()
        assert list(map(type, flat)) == list(map(exact_type, flat))
        assert found.dtype == pack(flat, found.shape).dtype


@pytest.mark.parametrize("pool", [max_pool, min_pool, sum_pool, avg_pool])
def test_the_sympy_engine_gives_numbers_for_numbers(pool: Pooler) -> None:
    x = array("1/2 3 -2 9; 5 7/3 0 -8; 2 1 100000000000000000000 4")
    options: dict[str, Any] = {"stride": 1, "padding": 1, "ceil_mode": True}
    found = pool(x, (2, 3), engine="sympy", **options)
    assert found.tolist() == pool(x, (2, 3), **options).tolist()
    assert {type(value) for value in found.ravel().tolist()} <= {int, Fraction}


@given(data=st.data())
@settings(max_examples=25)
@pytest.mark.parametrize("rank", [1, 2])
def test_sums_and_means_of_symbols(rank: int, data: st.DataObject) -> None:
    x, window, options = draw_pool(data, rank)
    symbols = strategies.symbols(oracle.shape_of(x), "x")
    steps = {name: value for name, value in options.items() if name != "ceil_mode"}

    def mean(inputs: list[Any], _: list[int], counted: int) -> Any:
        return sympy.Add(*[value / counted for value in inputs])

    found = avg_pool(symbols, window, count_padding=True, **options)
    wanted = oracle_pooling.pool(symbols, window, mean, ceil=options["ceil_mode"], **steps)
    assert found.tolist() == wanted


# ceil_mode


@pytest.mark.parametrize(
    ("size", "taps", "stride", "padding", "outs"),
    [
        pytest.param(5, 2, 2, 0, 3, id="a part of a window at the end"),
        pytest.param(4, 2, 2, 0, 2, id="even"),
        pytest.param(6, 3, 3, 1, 3, id="the last window ends in padding"),
        pytest.param(3, 2, 3, 1, 2, id="a window behind all inputs is dropped"),
        pytest.param(2, 3, 2, 0, 1, id="a window wider than the input"),
        pytest.param(1, 1, 1, (0, 1), 1, id="rounding up gives less than rounding down"),
        pytest.param(9, 2, 3, (0, -1), 3, id="cropped"),
        pytest.param(7, 3, 2, "same", 4, id="same"),
        pytest.param(6, 1, 3, "same", 2, id="same without padding"),
        pytest.param(0, 2, 3, 0, 0, id="empty"),
    ],
)
def test_the_size_under_ceil_mode(
    size: int, taps: int, stride: int, padding: Any, outs: int
) -> None:
    plan = windows((size,), taps, stride=stride, padding=padding, ceil_mode=True)
    assert plan.out_shape == (outs,)


def test_a_cropped_entry_is_not_read_by_the_last_window() -> None:
    x = [1, 2, 3, 4, 5, 6, 7, 8, 99]
    options: dict[str, Any] = {"stride": 3, "padding": (0, -1), "ceil_mode": True}
    assert max_pool(x, 3, **options).tolist() == [3, 6, 8]
    assert avg_pool(x, 3, count_padding=True, **options).tolist() == [2, 5, Fraction(15, 2)]


def test_cells_behind_the_padding_never_count() -> None:
    x = np.arange(1, 17).reshape(4, 4)
    options: dict[str, Any] = {"stride": 2, "padding": 1, "ceil_mode": True}
    with_padding = avg_pool(x, 3, count_padding=True, **options)
    assert with_padding[2, 2] == Fraction(16, 4)
    assert with_padding[0, 0] == Fraction(1 + 2 + 5 + 6, 9)
    assert avg_pool(x, 3, **options)[2, 2] == 16
    assert avg_pool(x, 3, divisor=5, **options)[2, 2] == Fraction(16, 5)


def test_a_longer_line_is_an_axis_like_any_other() -> None:
    axis = CeilAxis(size=5, taps=2, stride=3, dilation=2, before=1, after=-1, past=6)
    assert axis.source.tolist() == [[-1, 1], [2, -1], [-1, -1]]
    assert axis.terms == int((axis.source >= 0).sum()) == 2
    assert [axis.read(o, t) for o in range(3) for t in range(2)] == axis.source.ravel().tolist()
    assert axis.readers(2) == [(1, 0)]


# Single pools


def test_the_stride_is_the_window_when_left_out() -> None:
    assert max_pool("1 3 2 4; 5 7 6 8", 2).tolist() == [[max(1, 3, 5, 7), max(2, 4, 6, 8)]]
    assert avg_pool("1 3 2 4; 5 7 6 9", (2, 2)).tolist() == [
        [Fraction(1 + 3 + 5 + 7, 4), Fraction(2 + 4 + 6 + 9, 4)]
    ]
    assert max_pool([5, 6, 7, 9, 8], 2, stride=1).tolist() == [6, 7, 9, 9]


def test_leading_axes_are_pooled_one_by_one() -> None:
    x = np.arange(24).reshape(2, 3, 4)
    assert max_pool(x, (3,)).tolist() == x[:, :, :3].max(axis=2, keepdims=True).tolist()
    assert max_pool(x, (2, 2)).tolist() == [max_pool(plane, 2).tolist() for plane in x]


def test_padding_is_never_the_largest_and_is_left_out_of_the_mean() -> None:
    assert max_pool([-3, -5], 2, stride=1, padding=1).tolist() == [-3, -3, -5]
    assert min_pool([3, 5], 2, stride=1, padding=1).tolist() == [3, 3, 5]
    assert avg_pool([3, 5], 2, stride=1, padding=1).tolist() == [3, 4, 5]
    with_padding = avg_pool([3, 5], 2, stride=1, padding=1, count_padding=True)
    assert with_padding.tolist() == [Fraction(3, 2), 4, Fraction(5, 2)]


def test_padding_may_count_along_one_axis_alone() -> None:
    found = avg_pool([[4, 8], [12, 16]], 2, padding=1, count_padding=(True, False))
    assert found.tolist() == [[2, 4], [6, 8]]


@pytest.mark.parametrize(
    "x",
    [
        pytest.param([-(2**63), -(2**63)], id="the smallest int64"),
        pytest.param([2**63 - 1, 2**63 - 1], id="the largest int64"),
        pytest.param([2**63, -(2**63) - 1], id="just beyond"),
    ],
)
def test_entries_at_the_ends_of_64_bits(x: list[int]) -> None:
    options: dict[str, Any] = {"stride": 1, "padding": 1}
    a, b = x
    assert max_pool(x, 2, **options).tolist() == [a, max(a, b), b]
    assert min_pool(x, 2, **options).tolist() == [a, min(a, b), b]
    assert sum_pool(x, 2, **options).tolist() == [a, a + b, b]
    assert avg_pool(x, 2, divisor=-1, **options).tolist() == [-a, -a - b, -b]
    assert max_pool_indices(x, 2, **options).tolist() == [0, 0 if a >= b else 1, 1]


def test_a_sum_of_nothing_is_zero() -> None:
    assert sum_pool([4, 5], 2, stride=1, padding=2).tolist() == [0, 4, 9, 5, 0]
    assert sum_pool([], 2, stride=1, padding=1).tolist() == [0]
    assert sum_pool("a", 1, stride=1, padding=(1, 0)).tolist() == [0, sympy.Symbol("a")]


def test_max_of_symbols() -> None:
    a, b, c, d = sympy.symbols("a b c d")
    assert max_pool("a b; c d", 2).tolist() == [[sympy.Max(a, b, c, d)]]
    assert max_pool("a b", 2).tolist() == [sympy.Max(a, b)]
    assert max_pool("a 1/2 1", 3).tolist() == [sympy.Max(a, 1)]
    assert max_pool("a b", 1).tolist() == [a, b]
    assert min_pool("a b 3", 2, stride=1).tolist() == [sympy.Min(a, b), sympy.Min(b, 3)]
    assert max_pool([sympy.sqrt(2), 1], 2, engine="sympy").tolist() == [sympy.sqrt(2)]


def test_mean_of_symbols() -> None:
    a, b = sympy.symbols("a b")
    assert avg_pool("a b", 2).tolist() == [a / 2 + b / 2]
    assert avg_pool("a b", 2, padding=1, count_padding=True).tolist() == [a / 2, b / 2]
    assert avg_pool("a b", 2, padding=1).tolist() == [a, b]
    assert avg_pool("a b", 2, divisor=3).tolist() == [a / 3 + b / 3]


def test_dilated_windows() -> None:
    assert max_pool([1, 9, 2, 8, 3], 3, stride=1, dilation=2).tolist() == [max(1, 2, 3)]


def test_global_pools() -> None:
    maps = [[[1, 2], [3, 4]], [[8, 7], [6, 5]]]
    assert global_max_pool(maps).tolist() == [4, 8]
    assert global_avg_pool(maps).tolist() == [Fraction(5, 2), Fraction(26, 4)]
    assert global_avg_pool([1, 2, 4]).tolist() == Fraction(7, 3)
    assert global_max_pool(maps, spatial=3).tolist() == 8
    assert global_max_pool(maps, spatial=1).tolist() == [[2, 4], [8, 6]]
    assert global_max_pool("a b").tolist() == sympy.Max(*sympy.symbols("a b"))
    assert global_lp_pool([[[1, -2], [2, 4]], [[0, 1], [1, 0]]]).tolist() == [5, sympy.sqrt(2)]
    assert global_lp_pool([3, -4, -5], p=3).tolist() == 6
    assert global_avg_pool(maps, engine="definition").tolist() == global_avg_pool(maps).tolist()


def test_empty_leading_axes() -> None:
    assert max_pool(np.zeros((0, 4, 4), int), (2, 2)).shape == (0, 2, 2)
    assert avg_pool(np.zeros((0, 4, 4), int), (2, 2)).shape == (0, 2, 2)
    assert max_pool_indices(np.zeros((0, 4, 4), int), (2, 2), whole=True).shape == (0, 2, 2)
    assert global_max_pool(np.zeros((0, 4, 4), int)).shape == (0,)
    assert max_pool(np.zeros((0, 3), int), (2,), stride=1, padding=2).shape == (0, 6)


@given(st.data())
@settings(max_examples=30)
def test_scipy_maximum_filter(data: st.DataObject) -> None:
    x = np.array(data.draw(strategies.entries((5, 6), ("small",))))
    found = max_pool(x, (3, 5), stride=1, padding=(1, 2))
    wanted = scipy.ndimage.maximum_filter(x, size=(3, 5), mode="constant", cval=-(10**9))
    assert found.tolist() == wanted.tolist()


def test_flatten_is_row_major() -> None:
    assert flatten("a b; c d").tolist() == array("a b c d").tolist()
    assert flatten(np.arange(6).reshape(1, 2, 3)).tolist() == [0, 1, 2, 3, 4, 5]
    assert flatten(5).tolist() == [5]


# The p-norm


@pytest.mark.parametrize("p", [1, 2, 3, 5])
@given(data=st.data())
@settings(max_examples=15)
def test_the_power_of_the_norm_is_the_sum_of_powers(p: int, data: st.DataObject) -> None:
    x, window, options = draw_pool(data, 2)
    steps = {name: value for name, value in options.items() if name != "ceil_mode"}
    ceil = options["ceil_mode"]
    wanted = oracle_pooling.pool(x, window, norm_power(p), ceil=ceil, **steps)
    for value, power in zip(
        lp_pool(x, window, p=p, **options).ravel().tolist(),
        np.array(wanted, dtype=object).ravel().tolist(),
        strict=True,
    ):
        assert value >= 0
        assert sympy.sympify(value) ** p == sympy.sympify(power)
        assert isinstance(value, int | Fraction) or not value.is_rational


@given(st.lists(st.fractions(-99, 99, max_denominator=30), min_size=1), st.integers(1, 40))
@example([Fraction(10**40, 7)], 9)
def test_a_rational_root_is_rational(roots: list[Fraction], p: int) -> None:
    found = lp_pool(roots, 1, p=p).tolist()
    assert found == [abs(root) for root in roots]
    assert {type(value) for value in found} <= {int, Fraction}


def test_roots_that_are_no_rationals_and_norms_of_symbols() -> None:
    a, b = sympy.symbols("a b")
    assert lp_pool([1, -1, 3, 3, "1/2", "1/2"], 2).tolist() == [
        sympy.sqrt(2),
        3 * sympy.sqrt(2),
        sympy.sqrt(2) / 2,
    ]
    assert lp_pool("a b", 2).tolist() == [sympy.sqrt(sympy.Abs(a) ** 2 + sympy.Abs(b) ** 2)]
    assert lp_pool("a b", 2, p=1).tolist() == [sympy.Abs(a) + sympy.Abs(b)]
    assert lp_pool("a -2", 2, p=3).tolist() == [sympy.cbrt(sympy.Abs(a) ** 3 + 8)]
    assert lp_pool("a -2", 1, p=3).tolist() == [sympy.Abs(a), 2]


@given(data=st.data(), p=st.fractions(1, 6, max_denominator=5))
@settings(max_examples=20)
def test_a_rational_exponent(p: Fraction, data: st.DataObject) -> None:
    """Every |x| is a power, so that the sum of the p-th powers is rational."""
    bases, window, options = draw_pool(data, 1)
    steps = {name: value for name, value in options.items() if name != "ceil_mode"}
    assume(all(abs(base) < 10**20 for base in np.array(bases, dtype=object).ravel().tolist()))
    x = (array(bases).astype(object) ** p.denominator).tolist()
    totals = oracle_pooling.pool(
        bases, window, norm_power(p.numerator), ceil=options["ceil_mode"], **steps
    )
    for given_ in (p, f"{p.numerator}/{p.denominator}"):
        for engine in (None, "definition"):
            found = lp_pool(x, window, p=given_, engine=engine, **options).ravel().tolist()
            wanted = np.array(totals, dtype=object).ravel().tolist()
            for value, total in zip(found, wanted, strict=True):
                assert sympy.sympify(value) == sympy.sympify(total) ** (1 / sympy.Rational(p))
                assert isinstance(value, int | Fraction) or not value.is_rational


def test_rational_exponents_by_hand() -> None:
    a, b = sympy.symbols("a b")
    assert lp_pool([1, 4, -9], 3, p="3/2").tolist() == [36 ** sympy.Rational(2, 3)]
    assert lp_pool([-8, "1/8", 0], 1, p="4/3").tolist() == [8, Fraction(1, 8), 0]
    assert lp_pool([2], 1, p="6/5").tolist() == [2]
    power, root = sympy.Rational(6, 5), sympy.Rational(5, 6)
    assert lp_pool("a b", 2, p=Fraction(6, 5)).tolist() == [
        (sympy.Abs(a) ** power + sympy.Abs(b) ** power) ** root
    ]
    assert lp_pool([2, 3], 2, p="3/2").tolist() == [
        (2 * sympy.sqrt(2) + 3 * sympy.sqrt(3)) ** sympy.Rational(2, 3)
    ]
    assert lp_pool([3, -4], 2, p=Fraction(2)).tolist() == [5]
    assert lp_pool([3, -4], 2, p="2").tolist() == [5]


@given(data=st.data())
@settings(max_examples=20)
def test_the_norm_of_exponent_infinity_is_the_largest_size(data: st.DataObject) -> None:
    x, window, options = draw_pool(data, 2)
    steps = {name: value for name, value in options.items() if name != "ceil_mode"}
    wanted = oracle_pooling.pool(
        x, window, lambda i, *_: max(map(abs, i)), ceil=options["ceil_mode"], **steps
    )
    for engine in (None, "numpy", "definition"):
        assert lp_pool(x, window, p="inf", engine=engine, **options).tolist() == wanted


def test_the_largest_size_of_symbols_and_of_the_smallest_int64() -> None:
    a, b = sympy.symbols("a b")
    assert lp_pool("a b", 2, p="inf").tolist() == [sympy.Max(sympy.Abs(a), sympy.Abs(b))]
    assert lp_pool([-(2**63), 5], 2, p="inf").tolist() == [2**63]
    assert global_lp_pool([[[1, -7], [2, 4]]], p="inf").tolist() == [7]


def test_the_norm_takes_sizes_where_pytorch_takes_signs() -> None:
    assert lp_pool([-1, -2, 3], 3, p=1).tolist() == [6]
    assert lp_pool([-1, -2, 3], 3, p=3).tolist() == [sympy.cbrt(36)]


# Indices, and the way back


def test_the_first_of_equals_in_row_major_order() -> None:
    x = [[0, 5, 1], [5, 5, 2]]
    for engine in (None, "numpy", "definition", "sympy"):
        assert max_pool_indices(x, (2, 2), stride=1, engine=engine).tolist() == [[1, 1]]
        assert max_pool_indices(x[::-1], (2, 2), stride=1, engine=engine).tolist() == [[0, 1]]


def test_indices_count_in_the_plane_or_over_all_entries() -> None:
    x = np.array([[[1, 2, 9], [3, 4, 5]], [[9, 2, 3], [3, 9, 5]]])
    assert max_pool_indices(x, (2, 2), stride=1).tolist() == [[[4, 2]], [[0, 4]]]
    assert max_pool_indices(x, (2, 2), stride=1, whole=True).tolist() == [[[4, 2]], [[6, 10]]]


@pytest.mark.parametrize("whole", [False, True])
@given(data=st.data())
@settings(max_examples=25)
def test_unpooling_puts_the_largest_back(whole: bool, data: st.DataObject) -> None:
    x, window, options = draw_pool(data, 2)
    values = array(x)
    pooled = max_pool(values, window, **options)
    indices = max_pool_indices(values, window, whole=whole, **options)
    found = max_unpool(pooled, indices, window, output_size=values.shape[-2:], whole=whole)
    wanted = oracle_pooling.put_back(
        pooled.tolist(), indices.tolist(), values.shape[-2:], whole=whole
    )
    assert found.tolist() == wanted
    assert np.count_nonzero((found != 0) & (found.astype(object) != values.astype(object))) == 0


def test_unpooling_by_hand() -> None:
    a, b, c, d = sympy.symbols("a b c d")
    assert max_unpool("a b; c d", "5 2; 8 15", 2).tolist() == [
        [0, 0, b, 0],
        [0, a, 0, 0],
        [c, 0, 0, 0],
        [0, 0, 0, d],
    ]
    assert max_unpool([[7], [9]], [[2], [0]], (3,)).tolist() == [[0, 0, 7], [9, 0, 0]]
    assert max_unpool([[7], [9]], [[2], [3]], (3,), whole=True).tolist() == [[0, 0, 7], [9, 0, 0]]
    assert max_unpool([2**70], [1], 2).tolist() == [0, 2**70]
    assert max_unpool([4, 4], [1, 1], 2, stride=1).tolist() == [0, 4, 0]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        pytest.param({}, (6, 15), id="the window"),
        pytest.param({"stride": (1, 2)}, (4, 11), id="stride"),
        pytest.param({"stride": (1, 2), "padding": (1, (0, 2))}, (2, 9), id="padding"),
        pytest.param({"padding": -1}, (8, 17), id="negative padding"),
        pytest.param({"output_size": (7, 16)}, (7, 16), id="size"),
        pytest.param({"output_size": 20}, (20, 20), id="one size"),
        pytest.param({"output_size": (2, 7, 16)}, (7, 16), id="the whole shape"),
    ],
)
def test_the_size_of_an_unpooled_plane(options: Any, size: tuple[int, ...]) -> None:
    plan = unpool_plan((2, 3, 5), (2, 3), **options)
    assert plan.out_shape == (2, *size)
    assert plan.work == {"inputs": 30, "outputs": 2 * size[0] * size[1]}
    assert max_unpool([3], [2], 3, padding=(0, 0)).tolist() == [0, 0, 3]


def test_the_whole_shape_is_that_of_the_pooled_array() -> None:
    x = np.arange(2 * 3 * 5 * 7).reshape(2, 3, 5, 7)
    pooled, places = max_pool(x, (2, 3)), max_pool_indices(x, (2, 3))
    found = max_unpool(pooled, places, (2, 3), output_size=x.shape)
    assert found.shape == x.shape
    assert found.tolist() == max_unpool(pooled, places, (2, 3), output_size=(5, 7)).tolist()
    assert max_unpool([7], [1], 2, output_size=(3,)).tolist() == [0, 7, 0]


# The table


def test_a_table_lists_the_inputs_of_each_output() -> None:
    table = pool_table(
        (2, 3, 4), (2, 2), stride=2, padding=(1, 0), mean=True, count_padding=(True, False)
    )
    assert table.out_shape == (2, 2, 2)
    assert [tuple(term) for term in table.by_out((1, 0, 1))] == [
        ((1, 0, 1), (1, 0, 2), None, Fraction(1, 4)),
        ((1, 0, 1), (1, 0, 3), None, Fraction(1, 4)),
    ]
    assert table.x_shape == (2, 3, 4)
    assert table.filter_of((1, 0, 1)) == 0
    x = np.arange(24).reshape(table.x_shape)
    mean = avg_pool(x, (2, 2), padding=(1, 0), count_padding=(True, False))
    assert engines.evaluate(table, x).tolist() == mean.tolist()


def test_the_scale_is_one_without_a_mean() -> None:
    assert {term.scale for term in pool_table((5, 5), 3).by_out((0, 0))} == {1}
    assert {term.scale for term in pool_table((5,), 3, mean=True, divisor=2).by_out((0,))} == {
        Fraction(1, 2)
    }


def test_the_work_is_known_before_anything_is_built() -> None:
    table = pool_table((5, 10**12, 7), (10**6, 3), stride=1, padding="same")
    assert table.work == {
        "padded inputs": 5 * (10**12 + 10**6 - 1) * 9,
        "outputs": 5 * 10**12 * 7,
        "products": 5 * 10**12 * 7 * 3 * 10**6,
    }
    with pytest.raises(GeometryError, match="too-large"):
        check_size(table)
    with pytest.raises(GeometryError, match="too-large"):
        check_size(unpool_plan((2, 3), 10**9))


# What is refused


@pytest.mark.parametrize("pool", [max_pool, min_pool, avg_pool, lp_pool, max_pool_indices])
@pytest.mark.parametrize("engine", [None, "definition"])
def test_a_window_that_reads_padding_alone_is_refused(pool: Pooler, engine: str | None) -> None:
    with pytest.raises(GeometryError, match="window-without-input"):
        pool([1, 2, 3], 2, stride=1, padding=2, engine=engine)


@pytest.mark.parametrize("pool", [max_pool, sum_pool, avg_pool, lp_pool, max_pool_indices])
def test_engines_that_cannot(pool: Pooler) -> None:
    with pytest.raises(EngineError, match="unknown-engine"):
        pool([1, 2], 2, engine="nunpy")
    with pytest.raises(EngineError, match="numpy-symbolic"):
        pool("a b", 2, engine="numpy")


def test_symbols_have_no_first_largest() -> None:
    with pytest.raises(AlgebraError, match="no-order"):
        max_pool_indices("a b", 2)


def test_the_public_names_are_these() -> None:
    assert symconv.max_pool is max_pool
    assert symconv.avg_pool is avg_pool
