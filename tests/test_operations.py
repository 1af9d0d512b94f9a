"""correlate, convolve, conv: the deck's example, laws, options, edges of int64."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symconv
from symconv.engines import bounds
from symconv.errors import GeometryError
from symconv.exact import Array, array, objects
from symconv.operations import delta, dilate, flip, pad, subsample
from tests import oracle, strategies

ENGINES = ("definition", "sympy", "numpy")
INT64_MAX = 2**63 - 1


def test_the_example_of_the_decks() -> None:
    out = symconv.correlate("a b c d; e f g h; i j k l", "w x; y z")
    a, b, c, d, e, f, g, h, i, j, k, l = sympy.symbols("a b c d e f g h i j k l")  # noqa: E741
    w, x, y, z = sympy.symbols("w x y z")
    assert out.shape == (2, 3)
    assert out[0, 0] == a * w + b * x + e * y + f * z
    assert out[0, 1] == b * w + c * x + f * y + g * z
    assert out[0, 2] == c * w + d * x + g * y + h * z
    assert out[1, 0] == e * w + f * x + i * y + j * z
    assert out[1, 1] == f * w + g * x + j * y + k * z
    assert out[1, 2] == g * w + h * x + k * y + l * z


def test_correlate_does_not_flip_and_convolve_does() -> None:
    assert symconv.correlate([1, 2, 3], [4, 5]).tolist() == [1 * 4 + 2 * 5, 2 * 4 + 3 * 5]
    assert symconv.convolve([1, 2, 3], [4, 5]).tolist() == [
        1 * 4,
        1 * 5 + 2 * 4,
        2 * 5 + 3 * 4,
        3 * 5,
    ]


def test_convolve_flips_every_axis() -> None:
    assert symconv.convolve("1 2; 3 4", "5 6; 7 8", padding="valid").tolist() == [
        [1 * 8 + 2 * 7 + 3 * 6 + 4 * 5]
    ]


@pytest.mark.parametrize(
    ("options", "values"),
    [
        pytest.param({"stride": 2}, [1 * 6 + 2 * 7, 3 * 6 + 4 * 7], id="stride"),
        pytest.param({"dilation": 3}, [1 * 6 + 4 * 7, 2 * 6 + 5 * 7], id="dilation"),
        pytest.param({"padding": (0, 1), "stride": 4}, [1 * 6 + 2 * 7, 5 * 6], id="padding pair"),
        pytest.param({"padding": ((1, 0),), "stride": 4}, [1 * 7, 4 * 6 + 5 * 7], id="one axis"),
        pytest.param({"padding": -1}, [2 * 6 + 3 * 7, 3 * 6 + 4 * 7], id="crop"),
        pytest.param({"padding": (-3, 1)}, [4 * 6 + 5 * 7, 5 * 6], id="crop and pad"),
        pytest.param(
            {"padding": (2, 0), "stride": 5, "boundary": "reflect"},
            [3 * 6 + 2 * 7, 4 * 6 + 5 * 7],
            id="reflect",
        ),
        pytest.param(
            {"padding": (2, 0), "stride": 5, "boundary": "symmetric"},
            [2 * 6 + 1 * 7, 4 * 6 + 5 * 7],
            id="symmetric",
        ),
        pytest.param(
            {"padding": (2, 0), "stride": 5, "boundary": "wrap"},
            [4 * 6 + 5 * 7, 4 * 6 + 5 * 7],
            id="wrap",
        ),
        pytest.param(
            {"padding": (2, 0), "stride": 5, "boundary": "edge"},
            [1 * 6 + 1 * 7, 4 * 6 + 5 * 7],
            id="edge",
        ),
        pytest.param(
            {"padding": (2, 0), "stride": 5, "boundary": "constant(-1/2)"},
            [Fraction(-1, 2) * 6 + Fraction(-1, 2) * 7, 4 * 6 + 5 * 7],
            id="constant",
        ),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_options_of_one_axis(options: dict[str, Any], values: list[Any], engine: str) -> None:
    out = symconv.correlate([1, 2, 3, 4, 5], [6, 7], engine=engine, **options)
    assert out.tolist() == values


def test_each_axis_has_its_own_options() -> None:
    x = [[10 * i + j for j in range(7)] for i in range(5)]
    out = symconv.correlate(
        x, [[1, 1000]], stride=(3, 2), dilation=(1, 4), padding=((1, 0), (0, 1))
    )
    assert out.tolist() == [
        [0 + 0 * 1000, 0 + 0 * 1000],
        [20 + 24 * 1000, 22 + 26 * 1000],
    ]


def test_the_four_same_conventions() -> None:
    u, v = [-1, 2, 3, -2, 0, 1, 2], [2, 4, -1, 1]
    # MATLAB's documentation of conv(u, v, 'same'); NumPy's and SciPy's mode="same".
    assert symconv.convolve(u, v, padding="same").tolist() == [15, 5, -9, 7, 6, 7, -1]
    assert symconv.convolve(u, v, padding="same_lower").tolist() == [0, 15, 5, -9, 7, 6, 7]
    assert np.convolve(u, v, mode="same").tolist() == [0, 15, 5, -9, 7, 6, 7]
    assert symconv.correlate([1, 2, 3, 4], [1, 0], padding="same_lower").tolist() == [0, 1, 2, 3]
    assert np.correlate([1, 2, 3, 4], [1, 0], mode="same").tolist() == [0, 1, 2, 3]


def test_same_with_stride_pads_only_what_the_outputs_need() -> None:
    # n = 5, k = 2, stride 3: out = 2, total = max(0, 1*3 + 2 - 5) = 0
    assert symconv.correlate([1, 2, 3, 4, 5], [6, 7], padding="same", stride=3).tolist() == [
        1 * 6 + 2 * 7,
        4 * 6 + 5 * 7,
    ]
    # n = 5, k = 4, stride 2: out = 3, total = 2*2 + 4 - 5 = 3, one before and two after
    assert symconv.correlate([1, 2, 3, 4, 5], [1, 1, 1, 1], padding="same", stride=2).tolist() == [
        1 + 2 + 3,
        2 + 3 + 4 + 5,
        4 + 5,
    ]
    lower = symconv.correlate([1, 2, 3, 4, 5], [1, 1, 1, 1], padding="same_lower", stride=2)
    assert lower.tolist() == [1 + 2, 1 + 2 + 3 + 4, 3 + 4 + 5]


def test_text_of_one_row_is_a_row_beside_a_matrix() -> None:
    a, b, c, d = sympy.symbols("a b c d")
    w, x = sympy.symbols("w x")
    wanted = [[a * w + b * x], [c * w + d * x]]
    assert symconv.correlate("a b; c d", "w x").tolist() == wanted
    assert symconv.correlate("a b", [[w], [x]], padding=((1, 0), 0)).tolist() == [[a * x, b * x]]


@pytest.mark.parametrize("op", [symconv.correlate, symconv.convolve])
def test_the_arguments_are_not_changed(op: Any) -> None:
    x, w = np.array([1, 2, 3]), np.array([4, 5])
    op(x, w, padding=2)
    assert (x.tolist(), w.tolist()) == ([1, 2, 3], [4, 5])


def test_the_result_is_no_view_of_the_input() -> None:
    x = np.array([1, 2, 3])
    out = symconv.correlate(x, [1])
    out[0] = 100
    assert x.tolist() == [1, 2, 3]


# Empty and tiny axes -------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_input_has_empty_outputs(engine: str) -> None:
    assert symconv.correlate([], [1, 2], engine=engine).shape == (0,)
    assert symconv.convolve(np.zeros((0, 3), int), [[1, 2]], engine=engine).shape == (0, 4)
    assert symconv.conv(np.zeros((0, 2, 5), int), np.ones((3, 2, 2), int), engine=engine).shape == (
        0,
        3,
        4,
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_padding_alone_gives_zeros(engine: str) -> None:
    assert symconv.correlate([], [1, 2], padding=1, engine=engine).tolist() == [0]
    out = symconv.correlate([], [3, 4], padding=1, boundary="constant(5)", engine=engine)
    assert out.tolist() == [5 * 3 + 5 * 4]


@pytest.mark.parametrize("engine", ENGINES)
def test_one_entry_and_one_tap(engine: str) -> None:
    assert symconv.correlate([7], [6], engine=engine).tolist() == [7 * 6]
    assert symconv.convolve([[7]], [[6]], engine=engine).tolist() == [[7 * 6]]
    assert symconv.correlate([[[[2]]]], [[[[3]]]], engine=engine).tolist() == [[[[2 * 3]]]]
    x = [[1, 2, 3], [4, 5, 6]]
    assert symconv.correlate(x, [[10]], engine=engine).tolist() == [[10, 20, 30], [40, 50, 60]]


def test_a_kernel_longer_than_the_input_fits_once_padded() -> None:
    assert symconv.convolve([2, 3], [4, 5, 6]).tolist() == [
        2 * 4,
        2 * 5 + 3 * 4,
        2 * 6 + 3 * 5,
        3 * 6,
    ]
    assert symconv.convolve([2, 3], [4, 5, 6], padding="same").tolist() == [
        2 * 5 + 3 * 4,
        2 * 6 + 3 * 5,
    ]
    with pytest.raises(GeometryError, match="kernel-too-wide"):
        symconv.correlate([2, 3], [4, 5, 6])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stride_beyond_every_machine_integer(engine: str) -> None:
    out = symconv.correlate([1, 2, 3], [4, 5], stride=10**22, engine=engine)
    assert out.tolist() == [1 * 4 + 2 * 5]


def test_a_zero_dimensional_input_is_refused() -> None:
    with pytest.raises(GeometryError, match="bad-shape"):
        symconv.correlate(3, 4)


# Sizes of numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("engine", [*ENGINES, None])
def test_huge_integers_are_exact(engine: str | None) -> None:
    big = 10**30
    out = symconv.convolve([big, 1], [big, -1], engine=engine)
    assert out.tolist() == [big * big, -big + big, -1]
    assert [type(v) for v in out.tolist()] == [int, int, int]
    assert out.dtype == object


@pytest.mark.parametrize("engine", [*ENGINES, None])
@pytest.mark.parametrize(
    ("x", "w", "total"),
    [
        pytest.param([2**62, 2**62 - 1], [1, 1], INT64_MAX, id="bound"),
        pytest.param([2**62, 2**62], [1, 1], INT64_MAX + 1, id="bound + 1"),
        pytest.param([2**62 - 1, 2**62 - 1], [1, 1], INT64_MAX - 1, id="bound - 1"),
        pytest.param([-(2**62), -(2**62)], [1, 1], -(2**63), id="least int64"),
        pytest.param([-(2**62), -(2**62)], [1, 2], -(2**62) * 3, id="below int64"),
        pytest.param([-(2**63)], [1], -(2**63), id="least times 1"),
        pytest.param([-(2**63)], [-1], 2**63, id="least times -1"),
        pytest.param([2**63 - 1], [-1], -(2**63) + 1, id="largest times -1"),
        pytest.param([2**31, 2**31], [2**31, 2**31], 2**63, id="products that fit, sum not"),
        pytest.param([2**40, 2**40], [2**40, -(2**40)], 0, id="sums that cancel"),
        pytest.param([2**31 - 1], [1], 2**31 - 1, id="int32"),
        pytest.param([2**31], [1], 2**31, id="above int32"),
        pytest.param([2**30, 2**30], [1, 1], 2**31, id="sum above int32"),
        pytest.param([-(2**30), -(2**30)], [1, 1], -(2**31), id="least int32"),
        pytest.param([0, 0], [10**30, 1], 0, id="zeros by huge"),
        pytest.param([10**30, 1], [0, 0], 0, id="huge by zeros"),
        pytest.param([2**40, 1], [0, 0], 0, id="large by zeros"),
    ],
)
def test_sums_at_the_edges_of_machine_integers(
    x: list[int], w: list[int], total: int, engine: str | None
) -> None:
    out = symconv.correlate(x, w, engine=engine)
    assert out.tolist() == [total]
    assert out.dtype == (np.int64 if -(2**63) <= total <= INT64_MAX else object)


def test_the_licence_counts_every_partial_sum() -> None:
    assert bounds.peak_of(np.array([3, -7])) == 7
    assert bounds.peak_of(np.array([-(2**63)])) == 2**63
    assert bounds.bound(7, np.array([[2, -5], [1, 1]])) == 7 * (2 + 5)
    assert bounds.bound(0, np.array([[2, -5]])) == 2 + 5
    assert bounds.bound(9, np.array([[0]])) == 9
    assert bounds.bound(2**63, np.array([[-(2**63)] * 2])) == 2**63 * 2**64


@pytest.mark.parametrize("engine", ENGINES)
def test_the_bias_may_leave_int64(engine: str) -> None:
    out = symconv.conv([[2**62]], [[[1]]], [2**62], engine=engine)
    assert out.tolist() == [[2**63]]
    out = symconv.conv([[1]], [[[1]], [[2]]], [Fraction(1, 2), -1], engine=engine)
    assert out.tolist() == [[Fraction(3, 2)], [1]]


def test_rationals_that_cancel_become_int64() -> None:
    half = Fraction(1, 2)
    for engine in ENGINES:
        out = symconv.correlate([half, half], [1, 1], engine=engine)
        assert out.tolist() == [1]
        assert out.dtype == np.int64


# Layers --------------------------------------------------------------------------------------


def test_a_layer_sums_over_channels_and_adds_its_bias() -> None:
    out = symconv.conv([[1, 2, 3], [4, 5, 6]], [[[7, 8], [9, 10]], [[1, 0], [0, 0]]], [100, 200])
    assert out.tolist() == [
        [1 * 7 + 2 * 8 + 4 * 9 + 5 * 10 + 100, 2 * 7 + 3 * 8 + 5 * 9 + 6 * 10 + 100],
        [1 + 200, 2 + 200],
    ]


def test_a_batch_is_handled_image_by_image() -> None:
    w = [[[2, 3]], [[5, 7]]]
    x = [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]
    assert symconv.conv(x, w).tolist() == [symconv.conv(image, w).tolist() for image in x]


def test_depthwise() -> None:
    out = symconv.conv([[1, 2], [3, 4], [5, 6]], [[[10]], [[20]], [[30]]], groups=3)
    assert out.tolist() == [[1 * 10, 2 * 10], [3 * 20, 4 * 20], [5 * 30, 6 * 30]]


def test_groups_read_only_their_channels() -> None:
    out = symconv.conv("a; b; c; d", ["w; x", "y; z"], groups=2)
    assert out.tolist() == [
        [sympy.sympify("a*w + b*x")],
        [sympy.sympify("c*y + d*z")],
    ]


def test_a_layer_flips_when_told() -> None:
    assert symconv.conv([[1, 2]], [[[3, 4]]], flip=True).tolist() == [[1 * 4 + 2 * 3]]


# Laws, as properties -------------------------------------------------------------------------

ranks = st.sampled_from([1, 2, 3])
SMALL = {1: 6, 2: 4, 3: 3}


def of_rank(rank: int) -> st.SearchStrategy[Array]:
    """Draw an exact array of different extents."""
    return strategies.different(1, SMALL[rank], rank).flatmap(
        lambda shape: strategies.entries(shape).map(array)
    )


def several(count: int) -> st.SearchStrategy[tuple[Array, ...]]:
    """Draw arrays of one rank."""
    return ranks.flatmap(lambda rank: st.tuples(*[of_rank(rank)] * count))


def plus(left: Array, right: Array) -> Any:
    return (objects(left) + objects(right)).tolist()


def times(number: Any, values: Array) -> Any:
    return array(number * objects(values)).tolist()


@given(several(2))
@settings(max_examples=40)
def test_full_convolution_commutes(arrays: tuple[Array, ...]) -> None:
    f, g = arrays
    assert symconv.convolve(f, g).tolist() == symconv.convolve(g, f).tolist()


@given(several(3))
@settings(max_examples=25)
def test_full_convolution_is_associative(arrays: tuple[Array, ...]) -> None:
    f, g, h = arrays
    left = symconv.convolve(symconv.convolve(f, g), h)
    assert left.tolist() == symconv.convolve(f, symconv.convolve(g, h)).tolist()


@given(st.data(), ranks, strategies.numbers)
@settings(max_examples=40)
def test_convolution_and_correlation_are_bilinear(
    data: st.DataObject, rank: int, number: Any
) -> None:
    options = data.draw(strategies.geometries(rank, stuffing=False))
    shape, taps = options["sizes"], options["taps"]
    boundary = tuple("zero" if name == "constant" else name for name in options["boundary"])
    given_ = {name: options[name] for name in ("stride", "dilation", "padding")}
    x, y = (array(data.draw(strategies.entries(shape))) for _ in range(2))
    v, w = (array(data.draw(strategies.entries(taps))) for _ in range(2))
    for op in (symconv.correlate, symconv.convolve):

        def of(x: Any, w: Any, op: Any = op) -> Any:
            return op(x, w, boundary=boundary, **given_)

        assert of(plus(x, y), w).tolist() == plus(of(x, w), of(y, w))
        assert of(x, plus(v, w)).tolist() == plus(of(x, v), of(x, w))
        assert of(times(number, x), w).tolist() == times(number, of(x, w))
        assert of(x, times(number, w)).tolist() == times(number, of(x, w))


@given(several(2), st.integers(1, 3))
@settings(max_examples=40)
def test_full_convolution_commutes_with_shifts(arrays: tuple[Array, ...], steps: int) -> None:
    x, w = arrays
    shift = [(steps, 0)] * x.ndim
    shifted = np.pad(objects(x), shift, constant_values=0)
    wanted = np.pad(objects(symconv.convolve(x, w)), shift, constant_values=0)
    assert symconv.convolve(shifted, w).tolist() == wanted.tolist()


@given(several(2))
@settings(max_examples=40)
def test_convolution_is_correlation_with_the_flipped_kernel(arrays: tuple[Array, ...]) -> None:
    x, w = arrays
    for padding in ("full", "same", "same_lower"):
        flipped = symconv.correlate(x, flip(w), padding=padding)
        assert symconv.convolve(x, w, padding=padding).tolist() == flipped.tolist()


@given(several(2))
@settings(max_examples=40)
def test_flipping_both_flips_the_full_convolution(arrays: tuple[Array, ...]) -> None:
    x, w = arrays
    flipped = flip(symconv.convolve(x, w))
    assert symconv.convolve(flip(x), flip(w)).tolist() == flipped.tolist()


@given(several(2))
@settings(max_examples=40)
def test_swapping_the_arguments_of_a_full_correlation_flips_it(arrays: tuple[Array, ...]) -> None:
    x, w = arrays
    swapped = flip(symconv.correlate(w, x, padding="full"))
    assert symconv.correlate(x, w, padding="full").tolist() == swapped.tolist()


@given(several(1), st.integers(1, 5))
@settings(max_examples=40)
def test_the_unit_impulse_is_the_identity(arrays: tuple[Array, ...], size: int) -> None:
    (x,) = arrays
    impulse = delta(*(size,) * x.ndim)
    assert symconv.convolve(x, impulse, padding="same").tolist() == x.tolist()
    assert symconv.convolve(x, delta(*(1,) * x.ndim)).tolist() == x.tolist()


@given(several(2))
@settings(max_examples=40)
def test_the_sum_of_a_full_convolution_is_the_product_of_the_sums(
    arrays: tuple[Array, ...],
) -> None:
    x, w = arrays
    total = sum(symconv.convolve(x, w).ravel().tolist())
    assert total == sum(x.ravel().tolist()) * sum(w.ravel().tolist())


def drawn(data: st.DataObject, rank: int) -> tuple[dict[str, Any], Array, Array]:
    """Draw options that fit, an input and a kernel."""
    options = data.draw(strategies.geometries(rank, stuffing=False))
    x = array(data.draw(strategies.entries(options["sizes"])))
    w = array(data.draw(strategies.entries(options["taps"])))
    names = ("stride", "dilation", "padding")
    return {name: options[name] for name in names}, x, w


@given(st.data(), ranks)
@settings(max_examples=40)
def test_a_stride_keeps_every_so_many_th_output(data: st.DataObject, rank: int) -> None:
    options, x, w = drawn(data, rank)
    stride = options.pop("stride")
    dense = symconv.correlate(x, w, **options)
    wanted = dense[tuple(slice(None, None, step) for step in stride)]
    assert symconv.correlate(x, w, stride=stride, **options).tolist() == wanted.tolist()
    assert subsample(dense, stride).tolist() == wanted.tolist()


@given(st.data(), ranks)
@settings(max_examples=40)
def test_a_dilation_puts_zeros_into_the_kernel(data: st.DataObject, rank: int) -> None:
    options, x, w = drawn(data, rank)
    dilation = options.pop("dilation")
    stuffed = dilate(w, dilation)
    for axis, (k, d) in enumerate(zip(w.shape, dilation, strict=True)):
        assert stuffed.shape[axis] == d * (k - 1) + 1
    assert (
        symconv.correlate(x, w, dilation=dilation, **options).tolist()
        == symconv.correlate(x, stuffed, **options).tolist()
    )


NUMPY_MODES = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric", "wrap": "wrap"}


@given(st.data(), ranks, st.sampled_from(["zero", "constant(-3)", *NUMPY_MODES]))
@settings(max_examples=60)
def test_padding_is_numpy_pad_and_then_valid(data: st.DataObject, rank: int, boundary: str) -> None:
    options, x, w = drawn(data, rank)
    pairs = options.pop("padding")
    assume(all(before >= 0 and after >= 0 for before, after in pairs))
    if boundary in NUMPY_MODES:
        padded = np.pad(objects(x), pairs, mode=NUMPY_MODES[boundary])  # type: ignore[call-overload]
    else:
        padded = np.pad(objects(x), pairs, constant_values=0 if boundary == "zero" else -3)
    assert pad(x, pairs, boundary=boundary).tolist() == padded.tolist()
    assert (
        symconv.correlate(x, w, padding=pairs, boundary=boundary, **options).tolist()
        == symconv.correlate(padded, w, **options).tolist()
    )


@given(st.data(), ranks)
@settings(max_examples=30)
def test_negative_padding_crops(data: st.DataObject, rank: int) -> None:
    x = array(data.draw(strategies.entries(tuple(3 + axis for axis in range(rank)))))
    pairs = [(-1, -axis) for axis in range(rank)]
    crop = tuple(slice(1, x.shape[axis] - axis) for axis in range(rank))
    assert pad(x, pairs).tolist() == x[crop].tolist()


@given(st.data(), ranks)
@settings(max_examples=30)
def test_the_public_functions_agree_with_the_oracle(data: st.DataObject, rank: int) -> None:
    options, x, w = drawn(data, rank)
    for flipped, op in ((False, symconv.correlate), (True, symconv.convolve)):
        wanted = oracle.correlate(
            x.tolist(), w.tolist(), **oracle.plain(rank, flip=(flipped,) * rank, **options)
        )
        for engine in ENGINES:
            assert op(x, w, engine=engine, **options).tolist() == wanted


@given(several(2))
@settings(max_examples=40)
def test_full_valid_and_same_are_parts_of_one_another(arrays: tuple[Array, ...]) -> None:
    x, w = arrays
    full = symconv.convolve(x, w)
    lower = tuple(
        slice((k - 1) // 2, (k - 1) // 2 + n) for n, k in zip(x.shape, w.shape, strict=True)
    )
    upper = tuple(slice(k // 2, k // 2 + n) for n, k in zip(x.shape, w.shape, strict=True))
    assert symconv.convolve(x, w, padding="same_lower").tolist() == full[lower].tolist()
    assert symconv.convolve(x, w, padding="same").tolist() == full[upper].tolist()
    assert symconv.convolve(x, w, padding="same_upper").tolist() == full[upper].tolist()
    if all(n >= k for n, k in zip(x.shape, w.shape, strict=True)):
        inner = tuple(slice(k - 1, n) for n, k in zip(x.shape, w.shape, strict=True))
        assert symconv.convolve(x, w, padding="valid").tolist() == full[inner].tolist()


# Small helpers -------------------------------------------------------------------------------


def test_delta_stands_at_the_centre() -> None:
    assert delta(1).tolist() == [1]
    assert delta(4).tolist() == [0, 0, 1, 0]
    assert delta(2, 3).tolist() == [[0, 0, 0], [0, 1, 0]]


def test_dilate_each_axis_by_its_own_number() -> None:
    assert dilate("a b; c d", (1, 3)).tolist() == array("a 0 0 b; c 0 0 d").tolist()
    assert dilate([5], 4).tolist() == [5]
    assert dilate([], 4).tolist() == []


def test_flip_reverses_every_axis() -> None:
    assert flip("a b; c d").tolist() == array("d c; b a").tolist()
    assert flip([]).tolist() == []


def test_pad_keeps_symbols() -> None:
    assert pad("a b", 1).tolist() == [0, *sympy.symbols("a b"), 0]
    assert pad("a b c", (1, 2), boundary="reflect").tolist() == list(sympy.symbols("b a b c b a"))


def test_subsample_starts_at_the_first() -> None:
    assert subsample("1 2 3; 4 5 6; 7 8 9", 2).tolist() == [[1, 3], [7, 9]]
    assert subsample([1, 2, 3, 4], 9).tolist() == [1]
