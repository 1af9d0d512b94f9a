"""The fast path: exact for exact entries, and within its bound for floats."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import fast
from symconv.engines import choice
from symconv.engines.passes import bands, columns, taps
from symconv.errors import EntryError, GeometryError
from symconv.exact import array
from tests import strategies

OPTIONS = ("stride", "dilation", "padding")


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=40)
def test_exact_entries_give_the_exact_result(data: st.DataObject, rank: int) -> None:
    options = data.draw(strategies.geometries(rank, stuffing=False))
    x = data.draw(strategies.entries(options["sizes"]))
    w = data.draw(strategies.entries(options["taps"]))
    chosen = {name: options[name] for name in OPTIONS}
    for name in ("correlate", "convolve"):
        found = getattr(fast, name)(x, w, **chosen)
        wanted = getattr(symconv, name)(x, w, **chosen)
        assert found.tolist() == wanted.tolist()
        assert found.dtype == wanted.dtype


floats = st.floats(-1e6, 1e6, allow_subnormal=True)
wide = st.floats(allow_nan=False, allow_infinity=False)


def within(found: Any, exact: Any, bound: Any) -> bool:
    """Tell, in rationals, whether every |found - exact| is at most its bound."""
    triples = zip(found.ravel(), array(exact).ravel().tolist(), bound.ravel(), strict=True)
    return all(
        np.isinf(limit) or abs(Fraction(float(f)) - e) <= Fraction(float(limit))
        for f, e, limit in triples
    )


@given(
    st.lists(floats | wide, min_size=4, max_size=9), st.lists(floats | wide, min_size=1, max_size=4)
)
@settings(max_examples=150)
def test_the_error_of_floats_is_within_the_bound(x: list[float], w: list[float]) -> None:
    exact = symconv.correlate(array(x, floats="exact"), array(w, floats="exact"), padding=1)
    bound = fast.error_bound(x, w, padding=1)
    with np.errstate(over="ignore", invalid="ignore"):
        found = fast.correlate(x, w, padding=1)
    assert found.dtype == np.float64
    assert within(found, exact, bound)


@given(st.data())
@settings(max_examples=40)
def test_the_error_of_a_layer_is_within_the_bound(data: st.DataObject) -> None:
    def drawn(*shape: int) -> Any:
        count = int(np.prod(shape))
        flat = data.draw(st.lists(floats, min_size=count, max_size=count))
        return np.array(flat).reshape(shape)

    x, w, bias = drawn(4, 5), drawn(2, 2, 3), drawn(2)
    exact = symconv.conv(*(array(v, floats="exact") for v in (x, w, bias)), groups=2, stride=2)
    found = fast.conv(x, w, bias, groups=2, stride=2)
    bound = fast.error_bound(x, w, bias, op="conv", groups=2, stride=2)
    assert found.shape == exact.shape == bound.shape
    assert within(found, exact, bound)


def test_the_bound_is_small_and_never_zero_for_rounded_sums() -> None:
    bound = fast.error_bound([0.1, 0.2, 0.3], [1.0, 1.0, 1.0])
    assert 0 < bound[0] < 3 * 0.6 * 2**-52


def test_what_overflows_warns_of_nothing_whoever_adds_it_up() -> None:
    """Neither a sum in another thread nor one between two lines, which is no output."""
    x, w = np.full((16, 24, 24, 24), 1e200), np.full((16, 16, 3, 3, 3), 1e200)
    assert np.isinf(fast.conv(x, w)).all()
    x[..., 1:], w[..., 0] = 1.0, 0.0  # the first of a line meets only the zeros
    found = fast.conv(x, w)
    assert np.isfinite(found).all()
    assert found[3, 2, 1, 0] == found[0, 0, 0, 9] == pytest.approx(16 * 9 * 2 * 1e200)


def test_a_sum_that_overflows_has_an_infinite_bound() -> None:
    assert np.isinf(fast.error_bound([1e308, 1e308], [1.0, 1.0])).tolist() == [True]


def test_floats_among_integers_make_a_float_result() -> None:
    assert fast.correlate([1, 2, 3], [0.5, 1]).tolist() == [1 * 0.5 + 2, 2 * 0.5 + 3]
    assert fast.convolve(np.array([1.0, 2.0], np.float32), [3]).dtype == np.float64
    assert fast.correlate("1 2", [0.5]).tolist() == [0.5, 1.0]


def test_integers_are_never_wrapped() -> None:
    assert fast.convolve([2**62], [4]).tolist() == [2**64]
    assert fast.conv([[2**40, 2**40]], [[[2**40, 1]]]).tolist() == [[2**80 + 2**40]]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(value: float) -> None:
    for x in ([value, 1.0], np.array([value, 1.0])):
        with pytest.raises(EntryError, match="not-finite"):
            fast.correlate(x, [1.0])


@given(
    st.lists(floats | st.integers(-(2**70), 2**70) | st.fractions(-9, 9), min_size=3, max_size=5),
    st.lists(floats | st.fractions(-9, 9), min_size=1, max_size=3),
    floats | st.fractions(-9, 9),
)
@settings(max_examples=150)
def test_the_bound_covers_the_rounding_of_entries_and_constants(
    x: list[Any], w: list[Any], constant: Any
) -> None:
    options: dict[str, Any] = {"padding": 2, "boundary": ("constant", constant)}
    x, w = [*x, 0.5], [*w, 0.25]
    values = [array(side, floats="exact") for side in (x, w)]
    exact = symconv.correlate(*values, padding=2, boundary=("constant", Fraction(constant)))
    assert within(fast.correlate(x, w, **options), exact, fast.error_bound(x, w, **options))


@pytest.mark.parametrize("module", [taps, bands, columns])
@given(st.lists(floats, min_size=66, max_size=66))
@settings(max_examples=25)
def test_every_pass_on_floats_is_within_the_bound(module: Any, drawn: list[float]) -> None:
    x, w = np.array(drawn[:54]).reshape(6, 9), np.array(drawn[54:]).reshape(3, 4)
    exact = symconv.correlate(*(array(v, floats="exact") for v in (x, w)))
    with pytest.MonkeyPatch.context() as patch:
        one = choice._Pass(module, np.float64, 0, "")
        patch.setattr(choice, "_cheapest", lambda _kinds, _frame: one)
        assert within(fast.correlate(x, w), exact, fast.error_bound(x, w))


def test_a_float_constant_makes_floats_of_integers() -> None:
    found = fast.correlate([1, 2, 3], [1, 1], padding=1, boundary=("constant", np.float32(0.5)))
    assert found.tolist() == [1.5, 3.0, 5.0, 3.5]
    with pytest.raises(EntryError, match="not-finite"):
        fast.correlate([1, 2], [1], padding=1, boundary=("constant", float("nan")))


def test_text_of_one_row_is_a_row_beside_a_matrix() -> None:
    assert fast.correlate([[0.5, 1.0, 2.0]], "1 1").tolist() == [[1.5, 3.0]]


def test_symbols_are_refused() -> None:
    with pytest.raises(EntryError, match="not-a-float"):
        fast.correlate([0.5, sympy.Symbol("a")], [1])
    with pytest.raises(ValueError, match="numpy-symbolic"):
        fast.correlate("a b", "1")


def test_shapes_are_checked() -> None:
    with pytest.raises(GeometryError, match="kernel-too-wide"):
        fast.correlate([0.5], [1.0, 2.0])
    with pytest.raises(GeometryError, match="bias-shape"):
        fast.conv([[0.5]], [[[1.0]]], [1, 2])


def test_a_plan_that_was_kept_is_not_taken_for_options_that_only_look_the_same() -> None:
    x, w = np.arange(30).reshape(5, 6), np.array([[1, 2], [3, 4]])
    assert fast.correlate(x, w, stride=(1, 1)).shape == (4, 5)
    for stride in ((1, True), (1, 1.0), (True, 1)):
        with pytest.raises(GeometryError, match="stride-not-positive"):
            fast.correlate(x, w, stride=stride)
    assert fast.correlate(x, w, padding=((1, 0), (0, 1))).shape == (5, 6)
    assert fast.correlate(x, w, padding=((0, 1), (1, 0)))[0, 0] == x[0, 0] * 2 + x[1, 0] * 4


def test_a_masked_float_is_refused() -> None:
    with pytest.raises(EntryError, match="missing"):
        fast.correlate(np.ma.MaskedArray([1.0, 2.0], mask=[False, True]), [1.0])


def test_a_long_double_counts_as_rounded() -> None:
    wide = np.longdouble(1) + np.longdouble(2) ** -60
    exact = symconv.correlate(array([wide], floats="exact"), [1])
    assert within(fast.correlate([wide], [1.0]), exact, fast.error_bound([wide], [1.0]))


@given(st.data())
@settings(max_examples=40)
def test_transposed_layers_are_exact_or_within_the_bound(data: st.DataObject) -> None:
    def drawn(*shape: int) -> Any:
        count = int(np.prod(shape))
        flat = data.draw(st.lists(floats, min_size=count, max_size=count))
        return np.array(flat).reshape(shape)

    options: dict[str, Any] = {"stride": (2, 1), "padding": ((1, 0), 1), "groups": 2}
    x, w, bias = drawn(2, 4, 3, 2), drawn(4, 1, 2, 3), drawn(2)
    operands = [array(v, floats="exact") for v in (x, w, bias)]
    exact = symconv.conv_transpose(*operands, **options)
    found = fast.conv_transpose(x, w, bias, **options)
    bound = fast.error_bound(x, w, bias, op="conv_transpose", **options)
    assert found.dtype == np.float64
    assert found.shape == exact.shape == bound.shape
    assert within(found, exact, bound)
    assert fast.conv_transpose(*operands, **options).tolist() == exact.tolist()


def test_layouts_and_groups_of_the_batch_in_floating_point() -> None:
    x = np.arange(4 * 3 * 5 * 2).reshape(4, 3, 5, 2)
    w = np.arange(2 * 2 * 2 * 4).reshape(2, 2, 2, 4)
    options: dict[str, Any] = {"layout": "NHWC, HWIO -> NCHW", "batch_groups": 2, "padding": 1}
    exact = symconv.conv(x, w, [1, 2, 3, 4], **options)
    found = fast.conv(x + 0.0, w, [1, 2, 3, 4], **options)
    assert found.tolist() == exact.tolist()
    assert (fast.error_bound(x + 0.0, w, op="conv", **options) < 1e-8).all()


def test_the_bound_of_a_transposed_layer_counts_every_summand() -> None:
    """Each output sums over the channels of its group and the taps that reach it."""
    x, w = np.full((6, 3), 0.1), np.full((6, 2, 3), 0.1)
    bound = fast.error_bound(x, w, op="conv_transpose", groups=2)
    exact = symconv.conv_transpose(*(array(v, floats="exact") for v in (x, w)), groups=2)
    share = bound[0, 2] / float(exact[0, 2])
    assert 8.9 * 2**-53 < share < 9.1 * 2**-53


POOLS = [
    pytest.param("max_pool", {"padding": 1, "ceil_mode": True}, id="max"),
    pytest.param("avg_pool", {"padding": (1, 0), "count_padding": True}, id="mean"),
    pytest.param("avg_pool", {"ceil_mode": True, "divisor": 8}, id="divisor"),
    pytest.param("lp_pool", {"p": 1, "stride": (2, 1)}, id="norm"),
]


@pytest.mark.parametrize(("name", "options"), POOLS)
def test_pools_of_floats(name: str, options: dict[str, Any]) -> None:
    """Quarters of small integers: every sum, and here every mean, is exact in float64."""
    x = np.random.default_rng(7).integers(-99, 99, (2, 5, 6)) / 4
    window = (2, 2)
    exact = getattr(symconv, name)(array(x, floats="exact"), window, **options)
    found = getattr(fast, name)(x, window, **options)
    assert found.dtype == np.float64
    assert [Fraction(v) for v in found.ravel().tolist()] == [Fraction(v) for v in exact.ravel()]
    whole = (x * 4).astype(int)
    wanted = getattr(symconv, name)(whole, window, **options)
    assert getattr(fast, name)(whole, window, **options).tolist() == wanted.tolist()


def test_global_pools_of_floats() -> None:
    x = np.arange(24).reshape(2, 3, 4) / 2
    assert fast.global_max_pool(x).tolist() == [5.5, 11.5]
    assert fast.global_avg_pool(x).tolist() == [2.75, 8.75]
    assert fast.global_avg_pool(x, spatial=1).tolist() == [[0.75, 2.75, 4.75], [6.75, 8.75, 10.75]]
    assert fast.global_max_pool(np.arange(6).reshape(2, 3)).tolist() == 5
    assert fast.global_avg_pool([1, 2]).tolist() == Fraction(3, 2)
