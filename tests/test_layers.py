"""Layers against loops: transposed, locally connected, groups of the batch, layouts."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.exact import array
from symconv.planning import conv_table, conv_transpose_table
from symconv.terms import Terms
from tests import oracle, strategies
from tests.agreement import exact_type
from tests.oracle_layers import flat, local, transposed

NUMERIC = ("definition", "sympy", "numpy", None)
ROOM = {1: 6, 2: 4, 3: 2}


def check_types(values: Any) -> None:
    entries = values.ravel().tolist()
    assert [type(value) for value in entries] == [exact_type(value) for value in entries]


@st.composite
def transposes(draw: strategies.Draw, rank: int) -> dict[str, Any]:
    """Draw a transposed layer whose output is not empty."""
    n = draw(strategies.different(1, ROOM[rank] + 2, rank))
    taps = draw(strategies.different(1, 3, rank))
    stride = draw(strategies.different(1, 3, rank))
    dilation = draw(strategies.different(1, 3, rank))
    steps = zip(stride, dilation, strict=True)
    more = tuple(draw(st.integers(0, max(pair) - 1)) for pair in steps)
    padding = []
    for axis in range(rank):
        reach = (n[axis] - 1) * stride[axis] + dilation[axis] * (taps[axis] - 1) + 1 + more[axis]
        before = draw(st.integers(-2, min(3, reach - 1)))
        padding.append((before, draw(st.integers(-2, min(3, reach - 1 - before)))))
    groups = draw(st.integers(1, 3))
    depth, size, batch = draw(st.permutations((1, 2, 3)))
    kinds = draw(st.sampled_from((("small",), ("huge",), ("fraction",), ("int64", "small"))))
    return {
        "x": draw(strategies.entries((batch, groups * depth, *n), kinds)),
        "w": draw(strategies.entries((groups * depth, size, *taps), kinds)),
        "bias": draw(st.none() | strategies.entries((groups * size,), kinds)),
        "groups": groups,
        "options": {
            "stride": stride,
            "dilation": dilation,
            "padding": padding,
            "output_padding": more,
        },
    }


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(st.data())
@settings(max_examples=40)
def test_transposed_layers_scatter(rank: int, data: st.DataObject) -> None:
    case = data.draw(transposes(rank))
    operands = [case["x"], case["w"]] + ([] if case["bias"] is None else [case["bias"]])
    wanted = transposed(case["x"], case["w"], case["bias"], case["groups"], **case["options"])
    for engine in NUMERIC:
        found = symconv.conv_transpose(
            *operands, groups=case["groups"], engine=engine, **case["options"]
        )
        assert found.tolist() == wanted
        check_types(found)


@given(st.data(), st.sampled_from([1, 2]))
@settings(max_examples=40)
def test_the_transposed_layer_is_the_adjoint(data: st.DataObject, rank: int) -> None:
    """<conv(x, w), y> = <x, conv_transpose(y, w)>, whatever the forward input's size was."""
    options = data.draw(strategies.geometries(rank, boundaries=("zero",), stuffing=False))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    kernel = array(data.draw(strategies.entries((3, 2, *taps), ("small",))))
    x = array(data.draw(strategies.entries((2, *sizes), ("small",))))
    axes = {name: options[name] for name in ("stride", "dilation", "padding", "flip")}
    out = symconv.conv(x, kernel, **axes)
    y = array(data.draw(strategies.entries(out.shape, ("small",))))
    back = symconv.conv_transpose(y, kernel, output_size=sizes, **axes)
    assert back.shape == x.shape
    assert (out * y).sum() == (x * back).sum()


@pytest.mark.parametrize("rank", [1, 2])
def test_transposed_layers_of_symbols(rank: int) -> None:
    shape, taps = (2, *(2, 3)[:rank]), (2, 1, *(3, 2)[:rank])
    x = np.array(strategies.symbols(shape, "x"), dtype=object)
    w = np.array(strategies.symbols(taps, "w"), dtype=object)
    options: dict[str, Any] = {
        "stride": (2, 1)[:rank],
        "dilation": (1, 2)[:rank],
        "padding": ((1, 0), (0, 1))[:rank],
        "output_padding": (1, 0)[:rank],
    }
    wanted = transposed([x.tolist()], w.tolist(), None, 1, **options)[0]
    for engine in ("definition", "sympy", None):
        found = symconv.conv_transpose(x, w, engine=engine, **options)
        assert [sympy.expand(v) for v in found.ravel()] == [sympy.expand(v) for v in flat(wanted)]
        sums = [v for v in found.ravel() if v != 0]
        assert all(v.func in (sympy.Add, sympy.Mul) for v in sums)


@given(st.data(), st.sampled_from([1, 2]))
@settings(max_examples=40)
def test_output_sizes(data: st.DataObject, rank: int) -> None:
    n = data.draw(strategies.different(1, 6, rank))
    taps = data.draw(strategies.different(1, 4, rank))
    stride = data.draw(strategies.different(1, 4, rank))
    x, w = np.ones((1, *n), dtype=int), np.ones((1, 1, *taps), dtype=int)
    valid = symconv.conv_transpose(x, w, stride=stride, padding="valid")
    least = tuple((m - 1) * s + k for m, s, k in zip(n, stride, taps, strict=True))
    assert valid.shape == (1, *least)
    more = tuple(data.draw(st.integers(0, s - 1)) for s in stride)
    wanted = tuple(a + b for a, b in zip(least, more, strict=True))
    found = symconv.conv_transpose(x, w, stride=stride, output_size=wanted)
    assert found.shape == (1, *wanted)
    assert (found == symconv.conv_transpose(x, w, stride=stride, output_padding=more)).all()
    for name in ("same", "same_upper", "same_lower"):
        same = symconv.conv_transpose(x, w, stride=stride, padding=name)
        assert same.shape == (1, *(m * s for m, s in zip(n, stride, strict=True)))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        pytest.param({"padding": "same"}, [1, 12, 23, 34], id="the odd entry at the end"),
        pytest.param({"padding": "same_lower"}, [12, 23, 34, 40], id="at the start"),
        pytest.param({"padding": "full"}, [12, 23, 34], id="full"),
        pytest.param({"padding": "same", "output_size": 2}, [12, 23], id="size of same"),
        pytest.param({"padding": "same_lower", "output_size": 2}, [23, 34], id="of same_lower"),
        pytest.param({"padding": (-1, -2)}, [0, 1, 12, 23, 34, 40, 0, 0], id="negative"),
        pytest.param({"padding": "same", "output_size": 7}, [1, 12, 23, 34, 40, 0, 0], id="more"),
        pytest.param({"flip": True}, [10, 21, 32, 43, 4], id="flip"),
        pytest.param(
            {"padding": "same_lower", "dilation": 2, "output_padding": 1, "output_size": 5},
            [2, 13, 24, 30, 40],
            id="output padding beside a name",
        ),
    ],
)
def test_names_of_padding_of_a_transposed_layer(options: Any, wanted: list[int]) -> None:
    w = [[[1, 10]]]
    if options.get("padding") == "full":
        wanted = [12, 23, 34]
    assert symconv.conv_transpose([[1, 2, 3, 4]], w, **options)[0].tolist() == wanted


@pytest.mark.parametrize("rank", [1, 2])
@given(st.data())
@settings(max_examples=30)
def test_locally_connected_layers(rank: int, data: st.DataObject) -> None:
    options = data.draw(strategies.geometries(rank))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    fill = data.draw(strategies.small) if "constant" in options["boundary"] else 0
    groups = data.draw(st.integers(1, 2))
    depth, size, batch = data.draw(st.permutations((1, 2, 3)))
    x = data.draw(strategies.entries((batch, groups * depth, *sizes)))
    axes = options | {"flip": (False,) * rank, "fill": fill}
    ones = oracle.filled(taps, lambda _: 1)
    met = [
        [oracle.each(oracle.windows(plane, ones, **axes), Inputs) for plane in image] for image in x
    ]
    names = ("stride", "dilation", "padding", "input_dilation", "flip")
    given_ = {name: options[name] for name in names}
    places = symconv.geometry(sizes, taps, **given_).out_shape
    w = data.draw(strategies.entries((groups * size, depth, *places, *taps), ("small", "fraction")))
    turned = w
    for axis, flip in enumerate(options["flip"]):
        turned = oracle.along(turned, 2 + rank + axis, lambda k: k[::-1]) if flip else turned
    wanted = local(x, turned, groups, cells=met)
    boundary = [f"constant({fill})" if b == "constant" else b for b in options["boundary"]]
    given_ |= {"boundary": boundary}
    for engine in NUMERIC:
        found = symconv.locally_connected(x, w, groups=groups, engine=engine, **given_)
        assert found.tolist() == wanted
        check_types(found)


class Inputs(tuple[Any, ...]):
    """The inputs that one output meets; no list, so that it counts as one cell."""

    def __new__(cls, pairs: list[tuple[Any, Any]]) -> Inputs:
        """Keep the first of every pair."""
        return super().__new__(cls, [value for value, _ in pairs])


def test_biases_of_a_locally_connected_layer() -> None:
    x, w = array([[1, 2, 3]]), array([[[[1, 1], [10, 1]]]])
    assert symconv.locally_connected(x, w, [5]).tolist() == [[8, 28]]
    assert symconv.locally_connected(x, w, [[5, 6]]).tolist() == [[8, 29]]
    found = symconv.locally_connected([x.tolist(), x.tolist()], w, [["1/2", "b"]])
    assert found.tolist() == [[[Fraction(7, 2), sympy.Symbol("b") + 23]]] * 2


@given(st.data())
@settings(max_examples=30)
def test_groups_of_the_batch(data: st.DataObject) -> None:
    """Filters of part i read part i of the batch; StableHLO's batch_group_count."""
    parts, images, size = data.draw(st.permutations((1, 2, 3)))
    x = data.draw(strategies.entries((parts * images, 2, 5, 4)))
    w = data.draw(strategies.entries((parts * size, 2, 2, 3)))
    axes = oracle.plain(2, stride=(2, 1), padding=((1, 0), (0, 2)))
    wanted = [
        [
            oracle.layer([x[part * images + n]], [w[part * size + m]], None, 1, **axes)[0][0]
            for part in range(parts)
            for m in range(size)
        ]
        for n in range(images)
    ]
    options: dict[str, Any] = {
        "stride": (2, 1),
        "padding": ((1, 0), (0, 2)),
        "batch_groups": parts,
    }
    for engine in NUMERIC:
        assert symconv.conv(x, w, engine=engine, **options).tolist() == wanted


LAYOUTS = list(permutations("NCHW"))[::5]
KERNELS = list(permutations("OIHW"))[::7]


@pytest.mark.parametrize("x_letters", LAYOUTS)
@pytest.mark.parametrize("w_letters", KERNELS)
def test_layouts(x_letters: tuple[str, ...], w_letters: tuple[str, ...]) -> None:
    x = np.arange(2 * 4 * 5 * 6).reshape(2, 4, 5, 6) ** 2 % 97
    w = np.arange(6 * 2 * 3 * 2).reshape(6, 2, 3, 2) ** 2 % 89
    by_axis: dict[str, Any] = {"H": (2, (1, 0)), "W": (1, (0, 2))}
    stride, padding = zip(*(by_axis[letter] for letter in "HW"), strict=True)
    plain = symconv.conv(x, w, list(range(6)), stride=stride, padding=padding, groups=2)
    spatial = [letter for letter in x_letters if letter in "HW"]
    stride, padding = zip(*(by_axis[letter] for letter in spatial), strict=True)
    options: dict[str, Any] = {"stride": stride, "padding": padding, "groups": 2}
    laid_x = np.einsum(f"nchw->{''.join(x_letters).lower()}", x)
    laid_w = np.einsum(f"oihw->{''.join(w_letters).lower()}", w)
    out_letters = "".join(reversed(x_letters))
    layout = f"{''.join(x_letters)}, {''.join(w_letters)} -> {out_letters}"
    found = symconv.conv(laid_x, laid_w, list(range(6)), layout=layout, **options)
    assert (found == np.einsum(f"nchw->{out_letters.lower()}", plain)).all()
    letters = ("".join(x_letters).lower(), "".join(w_letters).lower(), out_letters.lower())
    again = symconv.conv(laid_x, laid_w, list(range(6)), layout=letters, **options)
    assert (found == again).all()


def test_a_layout_of_the_input_is_the_outputs_too() -> None:
    x, w = np.arange(24).reshape(3, 4, 2), np.arange(16).reshape(2, 2, 2, 2)
    plain = symconv.conv(np.moveaxis(x, -1, 0), w)
    assert (symconv.conv(x, w, layout="HWC") == np.moveaxis(plain, 0, -1)).all()


def test_a_layout_with_an_axis_of_groups() -> None:
    x, w = np.arange(48).reshape(4, 3, 4), np.arange(6 * 2 * 2 * 2).reshape(2, 3, 2, 2, 2)
    plain = symconv.conv(x, w.reshape(6, 2, 2, 2), groups=2)
    assert (symconv.conv(x, w, groups=2, layout="CHW, GOIHW -> CHW") == plain).all()


def test_a_layout_of_a_transposed_layer() -> None:
    x, w = np.arange(24).reshape(2, 3, 4), np.arange(2 * 3 * 2 * 3).reshape(2, 3, 2, 3)
    plain = symconv.conv_transpose(x, w, [1, 2, 3], stride=2)
    found = symconv.conv_transpose(
        np.moveaxis(x, 0, -1), np.einsum("iohw->hwoi", w), [1, 2, 3], stride=2, layout="HWC, HWOI"
    )
    assert (found == np.moveaxis(plain, 0, -1)).all()


def test_layouts_with_groups_of_the_batch() -> None:
    x, w = np.arange(60).reshape(4, 5, 3) % 7, np.arange(24).reshape(2, 4, 3) % 5
    plain = symconv.conv(
        np.einsum("nwc->ncw", x), np.einsum("wio->oiw", w.reshape(2, 3, 4)), batch_groups=2
    )
    found = symconv.conv(x, w.reshape(2, 3, 4), batch_groups=2, layout="NWC, WIO -> CNW")
    assert (found == np.einsum("ncw->cnw", plain)).all()


def test_terms_of_a_relaid_table_are_those_of_its_arrays() -> None:
    table = conv_table((5, 4, 2), (3, 2, 2, 6), layout="HWC, HWIO -> WHC", stride=(2, 1))
    x = np.array(strategies.symbols((5, 4, 2), "x"), dtype=object)
    w = np.array(strategies.symbols((3, 2, 2, 6), "w"), dtype=object)
    out = symconv.conv(x, w, layout="HWC, HWIO -> WHC", stride=(2, 1))
    assert table.out_shape == out.shape == (3, 2, 6)
    for place in np.ndindex(out.shape):
        products = [x[term.x] * w[term.w] for term in table.by_out(place)]
        assert sympy.Add(*products) == out[place]
    assert table.filter_of((2, 1, 4)) == 4


def test_flips_of_single_axes() -> None:
    x, w = np.arange(24).reshape(2, 3, 4), np.arange(12).reshape(1, 2, 2, 3)
    found = symconv.conv(x, w, flip=(False, True))
    assert (found == symconv.conv(x, w[..., ::-1])).all()
    assert (found != symconv.conv(x, w[..., ::-1, :])).any()


def test_plans_know_their_work() -> None:
    forward = conv_table((2, 5, 6), (4, 2, 2, 3))
    assert isinstance(forward, Terms)
    assert forward.work["products"] == 4 * 4 * 4 * 2 * 6
    back = conv_transpose_table((4, 4, 4), (4, 2, 2, 3))
    assert back.work["products"] == forward.work["products"]
    assert prod(back.out_shape) == 2 * 5 * 6
