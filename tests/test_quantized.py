"""Integer inference, bit for bit: against plain loops, C++ bit arithmetic, NumPy's binary32."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import EntryError, GeometryError
from symconv.exact import array
from symconv.layers import conv
from symconv.quantized.inference import conv_integer, qlinear_conv
from symconv.quantized.requantization import (
    dequantize_linear,
    quantize_linear,
    quantize_multiplier,
    requantize,
)
from symconv.quantized.rounding import BEYOND_BINARY32, binary32
from symconv.quantized.storage import DTYPES, saturate, wrap
from tests import oracle_quantized as oracle
from tests.oracle import filled, layer
from tests.strategies import Draw, geometries, symbols

RANGES = {"int8": (-128, 127), "uint8": (0, 255)}
EXACT = ("half-even", "half-away", "half-up")
FIXED = ("gemmlowp", "single", "tosa-double")
accumulators = st.one_of(
    st.integers(-300, 300),
    st.integers(oracle.MIN, oracle.MAX),
    st.sampled_from([oracle.MIN, oracle.MAX]),
)
multipliers = st.one_of(
    st.integers(2**30, 2**31 - 1), st.integers(0, 2**31 - 1), st.sampled_from([0, 2**30, 2**31 - 1])
)
positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)
doubles = st.floats(2.0**-60, 2.0**60)


@st.composite
def quantised_layers(draw: Draw, rank: int) -> dict[str, Any]:
    """Draw a layer of 8-bit integers with a zero point for the input and one for each filter."""
    options = draw(geometries(rank, boundaries=("zero",), stuffing=False))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    for name in ("boundary", "input_dilation"):
        del options[name]
    groups = draw(st.integers(1, 3))
    depth, size, batch = draw(st.permutations((1, 2, 3)))
    random = draw(st.randoms(use_true_random=True))
    x_dtype, w_dtype = draw(st.sampled_from([(x, w) for x in RANGES for w in RANGES]))

    def one(dtype: str) -> Callable[[Any], int]:
        return lambda _: random.randint(*RANGES[dtype])

    return {
        "x": filled((batch, groups * depth, *sizes), one(x_dtype)),
        "w": filled((groups * size, depth, *taps), one(w_dtype)),
        "x_zero": one(x_dtype)(()),
        "w_zero": filled((groups * size,), one(w_dtype)),
        "dtypes": {"x_dtype": x_dtype, "w_dtype": w_dtype},
        "options": options | {"groups": groups},
    }


def expected(example: dict[str, Any]) -> Any:
    args = (example[name] for name in ("x", "w", "x_zero", "w_zero"))
    return oracle.conv_integer(*args, **example["options"])


def sums_of(example: dict[str, Any], engine: str | None = None) -> Any:
    x, w, x_zero, w_zero = (example[name] for name in ("x", "w", "x_zero", "w_zero"))
    more = example["options"] | example["dtypes"]
    return conv_integer(x, w, x_zero, w_zero, **more, engine=engine)


@pytest.mark.parametrize("rank", [1, 2, 3])
@settings(max_examples=25)
@given(data=st.data())
def test_integer_convolution_is_the_loop_in_every_engine(rank: int, data: st.DataObject) -> None:
    example = data.draw(quantised_layers(rank))
    wanted = expected(example)
    for engine in (None, "definition", "numpy"):
        found = sums_of(example, engine)
        assert found.dtype == np.int64
        assert found.tolist() == wanted


@pytest.mark.parametrize("rank", [1, 2])
@settings(max_examples=25)
@given(data=st.data())
def test_one_zero_point_is_every_filter_having_it(rank: int, data: st.DataObject) -> None:
    example = data.draw(quantised_layers(rank))
    zero = example["w_zero"][0]
    repeated = example | {"w_zero": [zero] * len(example["w_zero"])}
    for one in (zero, [zero], str(zero), np.int8(zero % 128 if zero > 127 else zero)):
        if int(np.asarray(one, dtype=object).ravel()[0]) == zero:
            assert sums_of(example | {"w_zero": one}).tolist() == expected(repeated)


@settings(max_examples=25)
@given(data=st.data(), rounding=st.sampled_from(EXACT), dtype=st.sampled_from(sorted(RANGES)))
def test_quantised_convolution_is_the_loop(data: st.DataObject, rounding: str, dtype: str) -> None:
    example = data.draw(quantised_layers(data.draw(st.integers(1, 2))))
    filters = len(example["w_zero"])
    x_scale, y_scale = data.draw(positive), data.draw(positive)
    w_scale = data.draw(st.lists(positive, min_size=filters, max_size=filters))
    y_zero = data.draw(st.integers(*RANGES[dtype]))
    ints = st.integers(-1000, 1000)
    bias = data.draw(st.none() | st.lists(ints, min_size=filters, max_size=filters))

    def wanted(acc: int, m: int) -> int:
        product = (acc + (bias[m] if bias else 0)) * x_scale * w_scale[m] / y_scale
        return oracle.clamped(oracle.nearest(product, rounding) + y_zero, dtype)

    def found(x: Any, w_scale: Any) -> Any:
        scales = (x_scale, example["x_zero"], example["w"], w_scale, example["w_zero"], y_scale)
        more = {"rounding": rounding, "dtype": dtype, **example["options"], **example["dtypes"]}
        return qlinear_conv(x, *scales, y_zero, bias, **more).tolist()

    assert found(example["x"], w_scale) == oracle.by_filter(expected(example), wanted)
    assert found(example["x"][0], w_scale) == found(example["x"], w_scale)[0]
    shared = [w_scale[0]] * filters
    assert found(example["x"], w_scale[0]) == found(example["x"], shared)


def test_integers_beyond_64_bits() -> None:
    big = 2**63
    assert conv_integer([[big, 1]], [[[3, 5]]], big + 1, 2).tolist() == [[-1 - 3 * big]]
    low = -(2**63)
    assert conv_integer([[low, 7]], [[[1, 0]]], 1).tolist() == [[low - 1]]
    assert conv_integer([[0, 1]], [[[2, 3]]], 1).dtype == np.int64


@pytest.mark.parametrize("engine", [None, "definition", "sympy"])
def test_symbols_as_entries_and_zero_points(engine: str | None) -> None:
    x, w = symbols((2, 3), "x"), symbols((2, 2, 2), "w")
    z, u, v = sympy.symbols("z u v")
    found = conv_integer(x, w, z, [u, v], padding=(1, 0), stride=2, engine=engine)
    for m, zero in enumerate((u, v)):
        first = [(x[c][0] - z) * (w[m][c][1] - zero) for c in range(2)]
        second = [(x[c][1 + t] - z) * (w[m][c][t] - zero) for c in range(2) for t in range(2)]
        assert found[m].tolist() == [sympy.Add(*first), sympy.Add(*second)]
    mixed = conv_integer([[1, 2]], [[["a", 3]]], "z", 1, engine=engine)
    a = sympy.Symbol("a")
    assert mixed[0, 0] == (1 - z) * (a - 1) + (2 - z) * 2


def test_symbols_that_cancel_leave_numbers() -> None:
    found = conv_integer("a+2 a+3;", [[[1, 10]]], "a")
    assert found.tolist() == [[32]]
    assert found.dtype == np.int64


def test_input_dilation_flip_and_batch_groups_are_those_of_conv() -> None:
    x, w = np.arange(2 * 2 * 7).reshape(2, 2, 7) % 11, np.arange(12).reshape(2, 2, 3) % 7
    options: dict[str, Any] = {"input_dilation": 2, "flip": True, "padding": (3, 1), "stride": 2}
    wanted = conv(x - 5, w - np.array([[[2]], [[3]]]), **options)
    assert conv_integer(x, w, 5, [2, 3], **options).tolist() == wanted.tolist()
    axes = {
        "stride": (2,), "dilation": (1,), "padding": ((3, 1),), "input_dilation": (2,),
        "boundary": ("zero",), "flip": (True,),
    }  # fmt: skip
    less = (w - np.array([[[2]], [[3]]])).tolist()
    assert wanted.tolist() == layer((x - 5).tolist(), less, None, 1, **axes)
    apart = conv_integer(x, w, 5, [2, 3], batch_groups=2)
    halves = [conv_integer(x[i : i + 1], w[i : i + 1], 5, [2 + i]) for i in range(2)]
    assert apart.tolist() == np.concatenate(halves, axis=1).tolist()


@pytest.mark.parametrize(
    ("layout", "x_axes", "w_axes", "out_axes"),
    [
        ("NHWC, HWIO -> NHWC", (0, 2, 3, 1), (2, 3, 1, 0), (0, 2, 3, 1)),
        ("NHWC, OHWI -> NCHW", (0, 2, 3, 1), (0, 2, 3, 1), (0, 1, 2, 3)),
        ("CHWN, IHWO -> CNHW", (1, 2, 3, 0), (1, 2, 3, 0), (1, 0, 2, 3)),
    ],
)
def test_zero_points_and_scales_follow_the_layout(
    layout: str, x_axes: Any, w_axes: Any, out_axes: Any
) -> None:
    random = np.random.default_rng(5)
    x, w = random.integers(0, 256, (2, 6, 5, 4)), random.integers(-128, 128, (4, 3, 2, 3))
    tail = ("1/3", 7, ["1/2", "2/5", "1/7", "3"], [1, -2, 3, -4], "9", 100, [5, -6, 7, -8])
    options: dict[str, Any] = {"groups": 2, "stride": (1, 2), "padding": ((1, 0), (0, 2))}

    def layered(x: Any, w: Any, **more: Any) -> Any:
        return qlinear_conv(x, *tail[:2], w, *tail[2:], **options, **more)

    plain = layered(x, w)
    laid = layered(x.transpose(x_axes), w.transpose(w_axes), layout=layout)
    assert laid.tolist() == plain.transpose(out_axes).tolist()
    assert (
        conv_integer(
            x.transpose(x_axes), w.transpose(w_axes), 7, tail[3], layout=layout, **options
        ).tolist()
        == conv_integer(x, w, 7, tail[3], **options).transpose(out_axes).tolist()
    )


@pytest.mark.parametrize("letters", ["GOIW", "OGWI", "WIOG"])
def test_filters_of_grouped_kernels_are_counted_group_by_group(letters: str) -> None:
    random = np.random.default_rng(6)
    x, w = random.integers(0, 256, (2, 6, 8)), random.integers(-128, 128, (2, 2, 3, 3))
    zeros = [1, -2, 3, -4]
    plain = conv_integer(x, w.reshape(4, 3, 3), 9, zeros, groups=2)
    laid = w.transpose(["GOIW".index(letter) for letter in letters])
    found = conv_integer(x, laid, 9, zeros, groups=2, layout=f"NCW, {letters} -> NCW")
    assert found.tolist() == plain.tolist()


@given(st.integers(-(2**70), 2**70), st.sampled_from(sorted(DTYPES)))
def test_storage_is_twos_complement_or_saturates(value: int, dtype: str) -> None:
    assert wrap([value], dtype).tolist() == [oracle.stored(value, dtype)]
    assert saturate([value], dtype).tolist() == [oracle.clamped(value, dtype)]


@pytest.mark.parametrize("dtype", sorted(DTYPES))
def test_storage_at_the_edges(dtype: str) -> None:
    low, high = DTYPES[dtype]
    edges = [[low - 1, low, low + 1], [high - 1, high, high + 1]]
    assert saturate(edges, dtype).tolist() == [[low, low, low + 1], [high - 1, high, high]]
    assert wrap(edges, dtype).tolist() == [[high, low, low + 1], [high - 1, high, low]]
    width = int(dtype.lstrip("uint"))
    assert high - low + 1 == 2**width
    if width >= 8:
        assert (low, high) == (np.iinfo(dtype).min, np.iinfo(dtype).max)


TIES = {
    "half-even": [-4, -2, -2, 0, 0, 2, 2, 4],
    "half-away": [-4, -3, -2, -1, 1, 2, 3, 4],
    "half-up": [-3, -2, -1, 0, 1, 2, 3, 4],
    "gemmlowp": [-3, -2, -1, 0, 1, 2, 3, 4],
    "single": [-3, -2, -1, 0, 1, 2, 3, 4],
    "tosa-double": [-3, -2, -1, 0, 1, 2, 3, 4],
    "float32": [-4, -2, -2, 0, 0, 2, 2, 4],
}
"""What becomes of -7/2, -5/2 ... 7/2; 1/2 is the multiplier 2^30 with shift 0."""

ODD = [-7, -5, -3, -1, 1, 3, 5, 7]


@pytest.mark.parametrize("rounding", TIES)
def test_ties_of_both_signs(rounding: str) -> None:
    assert requantize(ODD, "1/2", dtype="int8", rounding=rounding).tolist() == TIES[rounding]
    given_as: dict[str, Any] = {
        "multiplier": 2**30,
        "shift": 0,
        "dtype": "int8",
        "rounding": rounding,
    }
    assert requantize(ODD, **given_as).tolist() == TIES[rounding]


def test_ties_under_a_right_shift() -> None:
    by = {r: requantize(ODD, "1/4", dtype="int8", rounding=r).tolist() for r in FIXED}
    assert by["single"] == [-2, -1, -1, 0, 0, 1, 1, 2]
    assert by["gemmlowp"] == [-2, -1, -1, 0, 1, 1, 2, 2]
    assert by["tosa-double"] == [-2, -1, -1, 0, 1, 1, 2, 2]


def test_the_zero_point_is_added_after_rounding() -> None:
    assert requantize([1, 3, 5], "1/2", 1).tolist() == [1, 3, 3]
    assert requantize([1, 3, 5], "1/2", 1, rounding="half-away").tolist() == [2, 3, 4]


@pytest.mark.parametrize("rounding", [*EXACT, *FIXED, "float32"])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int4"])
def test_saturation_at_both_ends(rounding: str, dtype: str) -> None:
    low, high = DTYPES[dtype]
    acc = [2 * (low - 1), 2 * low, 2 * high, 2 * (high + 1)]
    found = requantize(acc, "1/2", dtype=dtype, rounding=rounding)
    assert found.tolist() == [low, low, high, high]
    moved = requantize(acc, "1/2", high, dtype=dtype, rounding=rounding)
    assert moved.tolist() == [max(low, low - 1 + high), low + high, high, high]


@given(st.integers(-(2**40), 2**40), positive, st.sampled_from(EXACT), st.integers(-128, 127))
def test_exact_rules_find_the_nearest(acc: int, scale: Fraction, rounding: str, zero: int) -> None:
    for factor in (scale, Fraction(round(scale * 8) + 1, 8)):
        for dtype in ("int8", "int64"):
            wanted = oracle.clamped(oracle.nearest(acc * factor, rounding) + zero, dtype)
            assert requantize(acc, factor, zero, rounding=rounding, dtype=dtype).item() == wanted


def fits(value: int) -> bool:
    return oracle.MIN <= value <= oracle.MAX


@settings(max_examples=600)
@given(accumulators, multipliers, st.integers(-31, 29))
def test_fixed_point_rules_are_the_bit_arithmetic(acc: int, multiplier: int, shift: int) -> None:
    wanted = {
        "gemmlowp": (acc << max(shift, 0), oracle.gemmlowp(acc, multiplier, shift)),
        "single": (oracle.single(acc, multiplier, shift),) * 2,
        "tosa-double": (oracle.tosa(acc, multiplier, 31 - shift, double_round=True),) * 2,
    }
    assert wanted["single"][0] == oracle.tosa(acc, multiplier, 31 - shift, double_round=False)
    for rounding, (inner, result) in wanted.items():
        args: dict[str, Any] = {"multiplier": multiplier, "shift": shift, "rounding": rounding}
        if fits(inner):
            assert requantize(acc, **args, dtype="int32").item() == result
        else:
            with pytest.raises(EntryError) as caught:
                requantize(acc, **args, dtype="int32")
            assert caught.value.code == "accumulator-overflow"


@settings(max_examples=300)
@given(doubles)
def test_multipliers_are_those_of_frexp(scale: float) -> None:
    fraction, shift = math.frexp(scale)
    quantised = math.floor(Fraction(fraction) * 2**31 + Fraction(1, 2))
    if quantised == 2**31:
        quantised, shift = 2**30, shift + 1
    wanted = (0, 0) if shift < -31 else (quantised, shift)
    assert quantize_multiplier(Fraction(scale)) == wanted
    most = (2**31 - 1, 30) if shift > 30 else wanted
    assert quantize_multiplier(Fraction(scale), rounding="single") == most


@pytest.mark.parametrize(
    ("scale", "wanted"),
    [
        ("1", (2**30, 1)),
        ("1/2", (2**30, 0)),
        (1 - Fraction(1, 2**31), (2**31 - 1, 0)),
        (1 - Fraction(1, 2**32), (2**30, 1)),
        (1 - Fraction(1, 2**32) - Fraction(1, 2**90), (2**31 - 1, 0)),
        (Fraction(1, 2**32), (2**30, -31)),
        (Fraction(1, 2**32) - Fraction(1, 2**64), (2**30, -31)),
        (Fraction(1, 2**32) - Fraction(1, 2**62), (0, 0)),
        (Fraction(1, 2**33), (0, 0)),
        (2**29, (2**30, 30)),
        (2**30, (2**30, 31)),
    ],
)
def test_multipliers_at_the_edges(scale: Any, wanted: tuple[int, int]) -> None:
    assert quantize_multiplier(scale) == wanted


def test_multipliers_of_an_array() -> None:
    multiplier, shift = quantize_multiplier(["1/2", "3"])
    assert multiplier.tolist() == [2**30, 3 * 2**29]
    assert shift.tolist() == [0, 2]
    assert quantize_multiplier(2**29, rounding="single") == (2**30, 30)
    assert quantize_multiplier(2**30, rounding="single") == (2**31 - 1, 30)


@given(st.integers(-(2**31), 2**31 - 1), st.floats(2**-40, 2**10, width=32), st.integers(0, 255))
def test_float32_is_numpys_binary32(acc: int, scale: float, zero: int) -> None:
    product = np.array([acc], dtype=np.int32).astype(np.float32) * np.float32(scale)
    for dtype in ("uint8", "int64"):
        wanted = oracle.clamped(int(np.rint(product[0])) + zero, dtype)
        found = requantize(acc, Fraction(scale), zero, rounding="float32", dtype=dtype)
        assert found.item() == wanted


@settings(max_examples=400)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.floats(width=32))
def test_binary32_is_numpys_in_products_and_quotients(left: float, right: float) -> None:
    if not np.isfinite(right):
        right = 2.0**-70
    with np.errstate(all="ignore"):
        results = [(Fraction(left) * Fraction(right), np.float32(left) * np.float32(right))]
        if right:
            results.append((Fraction(left) / Fraction(right), np.float32(left) / np.float32(right)))
    for exact, found in results:
        infinite = math.copysign(1, found) * Fraction(BEYOND_BINARY32)
        assert binary32(exact) == (Fraction(float(found)) if np.isfinite(found) else infinite)


@given(st.fractions(min_value=0, max_value=2**100), st.integers(-180, 20))
def test_binary32_is_the_nearer_neighbour(value: Fraction, power: int) -> None:
    exact = value * Fraction(2) ** power
    below, above = oracle.binary32_neighbours(exact)
    found = binary32(exact)
    assert found in (below, above)
    assert abs(found - exact) == min(abs(below - exact), abs(above - exact))
    assert binary32(-exact) == -found


@pytest.mark.parametrize("exponent", [-149, -127, -126, 0, 30, 103])
def test_binary32_ties_go_to_even(exponent: int) -> None:
    step = Fraction(2) ** exponent
    assert binary32(step * (2**23 + Fraction(1, 2))) == step * 2**23
    assert binary32(step * (2**23 + Fraction(3, 2))) == step * (2**23 + 2)


def test_binary32_at_its_ends() -> None:
    least = Fraction(1, 2**149)
    assert binary32(least / 2) == 0
    assert binary32(least / 2 + Fraction(1, 2**200)) == least
    largest = Fraction(2**128 - 2**104)
    assert binary32(largest + 2**103 - 1) == largest
    assert binary32(largest + 2**103) == BEYOND_BINARY32
    assert binary32(-(10**50)) == -BEYOND_BINARY32


def test_float32_rounds_every_step_of_the_scale() -> None:
    args = ("0.1", 0, [[[1]]], "0.7", 0, "0.3", 0)
    x, w, y = (np.float32(s) for s in (0.1, 0.7, 0.3))
    values = np.arange(256)
    steps = np.rint(values.astype(np.float32) * (x * w / y)).astype(int)
    found = qlinear_conv([values], *args, rounding="float32")
    assert found.tolist() == [np.clip(steps, 0, 255).tolist()]


def test_float32_differs_from_the_exact_rule_on_a_tie() -> None:
    exact = {"half-even": 28, "half-up": 29, "float32": 29}
    for rounding, wanted in exact.items():
        args = ("0.3", 0, [[[1]]], 1, 0, 1, 0)
        assert qlinear_conv([[95]], *args, rounding=rounding).item() == wanted


def test_an_infinite_product_saturates() -> None:
    huge = Fraction(2) ** 120
    found = requantize([2**31 - 1, 0, -(2**31)], huge, 5, rounding="float32")
    assert found.tolist() == [255, 5, 0]


@pytest.mark.parametrize("rounding", [*EXACT, *FIXED, "float32"])
def test_scales_along_an_axis(rounding: str) -> None:
    acc = np.arange(-9, 15).reshape(2, 3, 4)
    scales, zeros = ["1/2", "3", "1/7"], [1, 20, 300 % 128]
    options: dict[str, Any] = {"rounding": rounding, "dtype": "int8"}
    whole = requantize(acc, scales, zeros, axis=1, **options)
    for m in range(3):
        part = requantize(acc[:, m], scales[m], zeros[m], **options)
        assert whole[:, m].tolist() == part.tolist()
    first = requantize(acc[0], scales, zeros, axis=0, **options)
    assert first.tolist() == whole[0].tolist()
    assert requantize(acc, scales, zeros, axis=-2, **options).tolist() == whole.tolist()


def test_multipliers_and_shifts_along_an_axis() -> None:
    acc = [[100, 101, 103], [-50, -51, -53]]
    args: dict[str, Any] = {"rounding": "gemmlowp", "dtype": "int8", "axis": 0}
    found = requantize(acc, multiplier=[2**30, 3 * 2**29], shift=[-1, 1], **args)
    assert found.tolist() == [[25, 26, 26], [-75, -76, -79]]
    shared = requantize(acc, multiplier=[2**30, 3 * 2**29], shift=-1, **args)
    assert shared[0].tolist() == [25, 26, 26]


def test_a_zero_multiplier_leaves_the_zero_point() -> None:
    for rounding in (*EXACT, *FIXED, "float32"):
        found = requantize([-7, 9], None, 3, multiplier=0, shift=0, rounding=rounding)
        assert found.tolist() == [3, 3]


@given(
    st.lists(st.fractions(max_denominator=16), min_size=6, max_size=6),
    st.lists(positive, min_size=3, max_size=3),
    st.lists(st.integers(-8, 7), min_size=3, max_size=3),
    st.sampled_from(EXACT),
)
def test_quantising_by_the_definition(
    x: list[Fraction], scale: list[Fraction], zero: list[int], rounding: str
) -> None:
    grid = [x[:3], x[3:]]
    found = quantize_linear(grid, scale, zero, dtype="int4", rounding=rounding, axis=1)
    for row, values in zip(found.tolist(), grid, strict=True):
        for q, value, step, z in zip(row, values, scale, zero, strict=True):
            assert q == oracle.clamped(oracle.nearest(value / step, rounding) + z, "int4")
    back = dequantize_linear(found, scale, zero, axis=1)
    assert quantize_linear(back, scale, zero, dtype="int4", axis=1).tolist() == found.tolist()
    for row, qs in zip(back.tolist(), found.tolist(), strict=True):
        assert row == [(q - z) * step for q, step, z in zip(qs, scale, zero, strict=True)]


def test_dequantising_symbols() -> None:
    a, b, z = sympy.symbols("a b z")
    found = dequantize_linear("a b", "1/3", "z").tolist()
    assert found == [(a - z) * sympy.Rational(1, 3), (b - z) * sympy.Rational(1, 3)]


def test_dequantised_operands_convolve_to_the_dequantised_sum() -> None:
    x, w = [[3, 250, 17, 9]], [[[5, -7]], [[2, 90]]]
    reals = conv(
        dequantize_linear(x, "1/6", 100), dequantize_linear(w, ["1/5", "3"], [1, 2], axis=0)
    )
    acc = conv_integer(x, w, 100, [1, 2])
    assert reals.tolist() == dequantize_linear(acc, ["1/30", "1/2"], axis=0).tolist()


def test_scales_may_be_exact_floats() -> None:
    tenth = array(0.1, floats="exact")
    assert dequantize_linear([10], tenth).item() == 10 * Fraction(0.1)
    with pytest.raises(EntryError, match=r"symconv\.array") as caught:
        dequantize_linear([10], 0.1)
    assert caught.value.code == "float"


x1, w1 = [[1, 2, 3]], [[[4, 5]], [[6, 7]]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: conv_integer(5, 6),
        lambda: conv_integer([1, 2], [1]),
        lambda: conv_integer(x1, w1, layout="NHWC"),
        lambda: conv_integer(x1, w1, dilation=5),
        lambda: qlinear_conv(x1, 1, 0, w1, 1, 0, 1, 0, [1, 2, 3]),
        lambda: qlinear_conv([1], 1, 0, [[1]], 1, 0, 1, 0),
    ],
)
def test_shapes_are_refused_as_by_conv(call: Callable[[], Any]) -> None:
    with pytest.raises(GeometryError):
        call()
