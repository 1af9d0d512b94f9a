"""Gradients against symbolic differentiation by SymPy, and against each engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import gradients
from symconv.algebra import GF
from symconv.exact import Array, array
from symconv.planning import conv_table
from tests import strategies

FUNCTIONS: dict[str, Any] = {
    "correlate": symconv.correlate,
    "convolve": symconv.convolve,
    "conv": symconv.conv,
    "conv_transpose": symconv.conv_transpose,
}
BOUNDARIES = ("zero", "constant", "edge", "reflect", "symmetric", "wrap")


def symbols(shape: tuple[int, ...], base: str) -> Array:
    return np.array(strategies.symbols(shape, base), dtype=object).reshape(shape)


def differentiated(out: Array, upstream: Array, operand: Array) -> list[Any]:
    """Return the derivatives of the loss Σ upstream·out by every entry of an operand."""
    pairs = zip(upstream.ravel(), out.ravel(), strict=True)
    loss = sympy.Add(*[sympy.expand(a * b) for a, b in pairs])
    return [sympy.diff(loss, name) for name in operand.ravel()]


def check(op: str, x: tuple[int, ...], w: tuple[int, ...], **options: Any) -> None:
    inputs, kernel = symbols(x, "x"), symbols(w, "w")
    out = FUNCTIONS[op](inputs, kernel, **options)
    upstream = symbols(out.shape, "u")
    found = {
        "x": gradients.of_input(upstream, kernel, x, op=op, **options),
        "w": gradients.of_kernel(upstream, inputs, w, op=op, **options),
    }
    for name, operand in (("x", inputs), ("w", kernel)):
        assert found[name].shape == operand.shape
        wanted = differentiated(out, upstream, operand)
        assert [sympy.expand(value) for value in found[name].ravel()] == wanted


@st.composite
def options(draw: strategies.Draw, rank: int, boundaries: tuple[str, ...]) -> dict[str, Any]:
    drawn: dict[str, Any] = draw(strategies.geometries(rank, boundaries=boundaries))
    drawn["boundary"] = ["constant(k)" if b == "constant" else b for b in drawn["boundary"]]
    return drawn


@given(st.data(), st.sampled_from(["correlate", "convolve"]), st.sampled_from([1, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_planes(data: st.DataObject, op: str, rank: int) -> None:
    drawn = data.draw(options(rank, BOUNDARIES))
    sizes, taps = drawn.pop("sizes"), drawn.pop("taps")
    del drawn["flip"]
    check(op, sizes, taps, **drawn)


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_layers(data: st.DataObject) -> None:
    drawn = data.draw(options(1, BOUNDARIES))
    sizes, taps = drawn.pop("sizes"), drawn.pop("taps")
    groups = data.draw(st.integers(1, 2))
    check("conv", (2 * groups, *sizes), (groups, 2, *taps), groups=groups, **drawn)


CASES = [
    pytest.param(
        "conv",
        (2, 5, 2),
        (3, 2, 2),
        {"layout": "NWC, WIO -> NCW", "padding": [(1, 0)]},
        id="layout",
    ),
    pytest.param("conv", (2, 2, 4), (4, 2, 3), {"batch_groups": 2}, id="batch groups"),
    pytest.param("conv", (2, 3, 4), (2, 2, 2, 1), {"stride": (2, 1), "padding": 1}, id="2-D"),
    pytest.param("conv_transpose", (2, 3), (2, 2, 3), {"stride": 2, "padding": 1}, id="transposed"),
    pytest.param(
        "conv_transpose",
        (2, 3, 4),
        (2, 3, 4),
        {"layout": "NWC, WOI", "stride": 2, "output_padding": 1},
        id="transposed layout",
    ),
    pytest.param(
        "conv_transpose",
        (4, 2, 2),
        (4, 1, 3, 2),
        {"groups": 2, "dilation": (1, 2), "flip": (True, False)},
        id="transposed groups",
    ),
]


@pytest.mark.parametrize(("op", "x", "w", "drawn"), CASES)
def test_cases(op: str, x: tuple[int, ...], w: tuple[int, ...], drawn: dict[str, Any]) -> None:
    check(op, x, w, **drawn)


@given(st.data(), st.sampled_from([1, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_engines_agree(data: st.DataObject, rank: int) -> None:
    example = data.draw(strategies.layers(rank))
    forward: dict[str, Any] = {
        "stride": example.stride,
        "dilation": example.dilation,
        "padding": example.padding,
        "input_dilation": example.input_dilation,
        "boundary": [
            f"constant({example.fill})" if b == "constant" else b for b in example.boundary
        ],
        "flip": example.flip,
        "groups": example.groups,
    }
    x, w = array(example.x), array(example.w)
    upstream = array(data.draw(strategies.entries(example.plan.out_shape)))
    found = [
        (
            gradients.of_input(upstream, w, x.shape, engine=engine, **forward).tolist(),
            gradients.of_kernel(upstream, x, w.shape, engine=engine, **forward).tolist(),
        )
        for engine in ("definition", "sympy", "numpy", None)
    ]
    assert found.count(found[0]) == len(found)


@pytest.mark.parametrize("peak", [2**31, 3037000499, 3037000500, 2**62])
def test_sums_at_the_edge_of_int64(peak: int) -> None:
    """3037000499² is the largest square below 2⁶³; two of them, or four, are above."""
    upstream, w, x = [[peak, -peak]], [[[peak, -peak]]], [[peak, peak, -peak]]
    for engine in ("definition", "numpy"):
        of_x = gradients.of_input(upstream, w, (1, 3), engine=engine)
        of_w = gradients.of_kernel(upstream, x, (1, 1, 2), engine=engine)
        assert of_x.tolist() == [[peak**2, -2 * peak**2, peak**2]]
        assert of_w.tolist() == [[[0, 2 * peak**2]]]


def test_the_gradient_of_an_input_that_is_read_twice() -> None:
    found = gradients.of_input(
        [1, 10, 100], [1, 1], (2,), op="correlate", padding=1, boundary="edge"
    )
    assert found.tolist() == [2 + 10, 10 + 200]


def test_the_bias() -> None:
    upstream = np.arange(24).reshape(2, 3, 4)
    assert gradients.of_bias(upstream, spatial=1).tolist() == [60, 92, 124]
    assert gradients.of_bias(upstream).tolist() == [66, 210]
    assert gradients.of_bias("a b; c d").tolist() == array("a+b c+d").tolist()


def test_all_three_at_once() -> None:
    x, w, upstream = [[[1, 2, 3]]], [[[4, 5]]], [[[6, 7]]]
    found = gradients.of_layer(x, w, upstream)
    assert found.x.tolist() == [[[24, 58, 35]]]
    assert found.w.tolist() == [[[20, 33]]]
    assert found.bias is not None
    assert found.bias.tolist() == [13]
    assert gradients.of_layer([1, 2, 3], [4, 5], [6, 7], op="correlate").bias is None


@pytest.mark.parametrize(
    ("x", "w", "drawn"),
    [
        pytest.param((2, 4, 6, 2), (3, 2, 2, 2), {"layout": "NHWC"}, id="NHWC"),
        pytest.param((4, 6, 2), (2, 2, 2, 3), {"layout": "HWC, HWIO -> WCH"}, id="no batch"),
        pytest.param((2, 3, 5), (4, 3, 2), {}, id="one axis with a batch"),
        pytest.param((2, 3, 4, 3, 3), (2, 3, 2, 2, 1), {}, id="three axes"),
        pytest.param((4, 2, 5), (4, 2, 3), {"batch_groups": 2}, id="batch groups"),
        pytest.param((4, 6), (2, 3, 2, 2), {"layout": "CW, GOIW -> CW"}, id="an axis of groups"),
    ],
)
def test_the_bias_in_any_layout(x: tuple[int, ...], w: tuple[int, ...], drawn: Any) -> None:
    inputs, kernel = np.arange(np.prod(x)).reshape(x), np.arange(np.prod(w)).reshape(w)
    filters = conv_table(x, w, **drawn)
    plain = symconv.conv(inputs, kernel, **drawn)
    upstream = np.arange(plain.size).reshape(plain.shape) ** 2
    count = {filters.filter_of(out) for out in np.ndindex(plain.shape)}
    bias = np.array([sympy.Symbol(f"b{m}") for m in sorted(count)])
    loss = (symconv.conv(inputs, kernel, bias, **drawn) * upstream).sum()
    found = gradients.of_layer(inputs, kernel, upstream, **drawn).bias
    assert found is not None
    assert found.tolist() == [sympy.diff(loss, name) for name in bias]


def test_all_three_in_a_field() -> None:
    found = gradients.of_layer([[1, 2, 3]], [[[1, 1]]], [[6, 6]], algebra=GF(7))
    assert found.bias is not None
    assert (found.x.tolist(), found.w.tolist(), found.bias.tolist()) == (
        [[6, 5, 6]],
        [[[4, 2]]],
        [5],
    )


def test_layers_without_channels_or_filters() -> None:
    for engine in ("definition", "numpy", None):
        none = symconv.conv_transpose(np.ones((0, 4), int), np.ones((0, 2, 2), int), engine=engine)
        assert none.tolist() == [[0] * 5] * 2
        shape = gradients.of_kernel(
            np.ones((0, 3), int), np.ones((2, 4), int), (0, 2, 2), engine=engine
        ).shape
        assert shape == (0, 2, 2)
        back = gradients.of_input(
            np.ones((0, 3), int), np.ones((0, 2, 2), int), (2, 4), engine=engine
        )
        assert back.tolist() == [[0] * 4] * 2
        local = symconv.locally_connected(
            np.ones((2, 4), int), np.ones((0, 2, 3, 2), int), engine=engine
        )
        assert local.shape == (0, 3)
