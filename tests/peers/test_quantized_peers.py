"""ConvInteger and QLinearConv, bit for bit against onnxruntime and the ONNX reference.

Where a peer departs from the operator's text, a test pins what the peer gives and what is exact, so
that a peer that changes is noticed.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from symconv.exact import array
from symconv.quantized.inference import conv_integer, qlinear_conv
from symconv.quantized.requantization import dequantize_linear, quantize_linear
from symconv.quantized.storage import wrap
from tests.peers.common import Run, by_onnxruntime, by_reference, model_of

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

CASES = 150
"""Of every family; more than three thousand in all."""
DTYPES = ("uint8", "int8")


class Layers:
    """Random layers of 8-bit integers, the same ones every time."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def one(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high + 1))

    def several(self, low: int, high: int, count: int) -> list[int]:
        return [self.one(low, high) for _ in range(count)]

    def quantised(self, dtype: str, *shape: int) -> Any:
        limits = np.iinfo(dtype)
        return self.random.integers(limits.min, limits.max + 1, shape).astype(dtype)

    def scale(self, *shape: int) -> Any:
        return np.asarray(2.0 ** self.random.uniform(-9, 2, shape), dtype=np.float32)

    def draw(self, rank: int) -> dict[str, Any]:
        groups = self.random.choice([1, 2, 3, 16])
        depth, size = self.one(1, 3), self.one(1, 3)
        taps, stride = self.several(1, 4, rank), self.several(1, 3, rank)
        dilation, pads = self.several(1, 2, rank), self.several(0, 3, 2 * rank)
        sizes = [
            max(1, (k - 1) * d + 1 + self.one(-1, 6)) for k, d in zip(taps, dilation, strict=True)
        ]
        for axis in range(rank):
            missing = (taps[axis] - 1) * dilation[axis] + 1 - sizes[axis] - pads[axis]
            pads[rank + axis] = max(pads[rank + axis], missing)
        x_dtype, w_dtype = self.random.choice(DTYPES), self.random.choice(DTYPES)
        filters = int(groups) * size
        return {
            "x": self.quantised(x_dtype, self.one(1, 2), int(groups) * depth, *sizes),
            "w": self.quantised(w_dtype, filters, depth, *taps),
            "x_zero": self.quantised(x_dtype),
            "w_zero": self.quantised(w_dtype),
            "w_zeros": self.quantised(w_dtype, filters),
            "filters": filters,
            "attributes": {
                "group": int(groups),
                "strides": stride,
                "dilations": dilation,
                "pads": pads,
            },
            "options": {
                "groups": int(groups),
                "stride": stride,
                "dilation": dilation,
                "padding": list(zip(pads[:rank], pads[rank:], strict=True)),
            },
        }


def same(found: Any, exact: Any) -> bool:
    return bool(found.shape == exact.shape and found.tolist() == exact.tolist())


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("run", [by_onnxruntime, by_reference])
@pytest.mark.parametrize("constants", [False, True])
def test_conv_integer(rank: int, run: Run, constants: bool) -> None:
    layers = Layers(rank + 10 * constants)
    for _ in range(CASES):
        layer = layers.draw(rank)
        by_filter = run is by_reference and rank == 2 and layers.one(0, 1)
        zeros = layer["w_zeros"] if by_filter else layer["w_zero"]
        operands = [layer["x"], layer["w"], layer["x_zero"], zeros]
        model, feeds = model_of(
            "ConvInteger", operands, "int32", constants=constants, **layer["attributes"]
        )
        exact = conv_integer(*operands, **layer["options"])
        assert same(run(model, feeds), exact), layer


def draw_qlinear(layers: Layers, rank: int) -> tuple[dict[str, Any], list[Any], str]:
    """Return a layer, its operands in ONNX's order, and the output's dtype."""
    layer = layers.draw(rank)
    filters, dtype = layer["filters"], layer["x"].dtype.name
    zeros = layer["w_zeros"] if layers.one(0, 1) else layer["w_zero"]
    w_scale = layers.scale(filters) if layers.one(0, 1) else layers.scale()
    x_scale, y_scale = layers.scale(), 16 * layers.scale()
    if layers.one(0, 3) == 0:
        x_scale, w_scale, y_scale = np.float32(0.5), np.ones_like(w_scale), np.float32(64)
    operands = [
        layer["x"], x_scale, layer["x_zero"], layer["w"], w_scale, zeros,
        y_scale, layers.quantised(dtype),
    ]  # fmt: skip
    if layers.one(0, 1):
        operands.append(layers.random.integers(-5000, 5000, filters).astype(np.int32))
    return layer, operands, dtype


def exactly(operands: list[Any], dtype: str, rounding: str, options: dict[str, Any]) -> Any:
    """Return symconv's output; the peer's float scales are taken as the rationals they are."""
    exact = list(operands)
    for place in (1, 4, 6):
        exact[place] = array(np.asarray(operands[place]), floats="exact")
    return qlinear_conv(*exact, dtype=dtype, rounding=rounding, **options)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("constants", [False, True])
def test_qlinear_conv_of_onnxruntime(rank: int, constants: bool) -> None:
    layers, seen = Layers(100 + rank + 10 * constants), Counter[str]()
    while seen["judged"] < CASES:
        layer, operands, dtype = draw_qlinear(layers, rank)
        pair = (dtype, layer["w"].dtype.name)
        model, feeds = model_of(
            "QLinearConv", operands, dtype, constants=constants, **layer["attributes"]
        )
        if pair == ("int8", "uint8"):
            with pytest.raises(Exception, match="NOT_IMPLEMENTED"):
                by_onnxruntime(model, feeds)
            continue
        exact = exactly(operands, dtype, "float32", layer["options"])
        assert same(by_onnxruntime(model, feeds), exact), (layer, operands)
        seen.update(["judged", *pair, f"{operands[4].ndim}{operands[5].ndim}"])
    assert all(seen[name] for name in ("uint8", "int8", "00", "01", "10", "11"))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_qlinear_conv_of_the_reference(rank: int) -> None:
    """Apart from ties beside an odd zero point, and scales for each filter of 1-D or 3-D layers."""
    layers, judged = Layers(200 + rank), 0
    while judged < CASES:
        layer, operands, dtype = draw_qlinear(layers, rank)
        if rank != 2 and operands[4].size > 1:
            continue
        operands[7] = np.asarray(operands[7] - operands[7] % 2)
        model, feeds = model_of("QLinearConv", operands, dtype, **layer["attributes"])
        exact = exactly(operands, dtype, "half-even", layer["options"])
        found = by_reference(model, feeds)
        assert same(found, exact), (layer, operands)
        judged += 1


def one_node(op: str, operands: list[Any], out: str, run: Run) -> Any:
    return run(*model_of(op, operands, out))


def u8(values: Any) -> Any:
    return np.array(values, dtype=np.uint8)


def test_the_accumulator_of_onnxruntime_wraps() -> None:
    x, w = np.full((1, 34_000, 1), 255, dtype=np.uint8), np.full((1, 34_000, 1), 255, np.uint8)
    found = one_node("ConvInteger", [x, w, u8(0), u8(0)], "int32", by_onnxruntime)
    exact = conv_integer(x, w)
    assert exact.item() == 34_000 * 255**2 > 2**31
    assert same(found, wrap(exact, "int32"))


def test_onnxruntime_refuses_zero_points_for_each_filter_of_conv_integer() -> None:
    operands = [u8([[[1, 2]]]), u8([[[3]], [[4]]]), u8(0), u8([1, 2])]
    with pytest.raises(Exception, match="Non per-tensor quantization is not supported"):
        one_node("ConvInteger", operands, "int32", by_onnxruntime)
    assert conv_integer(*operands).tolist() == [[[2, 4], [2, 4]]]


def test_the_reference_spreads_zero_points_of_3d_filters_over_channels() -> None:
    x, w = np.ones((1, 2, 1, 1, 1), np.uint8), np.full((2, 2, 1, 1, 1), 9, np.uint8)
    operands = [x, w, u8(0), u8([1, 5])]
    found = one_node("ConvInteger", operands, "int32", by_reference)
    assert found.ravel().tolist() == [12, 12]
    assert conv_integer(*operands).ravel().tolist() == [16, 8]


def qlinear(x: int, x_scale: float, y_scale: float, y_zero: int) -> list[Any]:
    """Return the operands of a layer of one product x·1."""
    scales = [np.float32(scale) for scale in (x_scale, 1, y_scale)]
    values = [u8([[[[x]]]]), u8(0), u8([[[[1]]]]), u8(0), u8(y_zero)]
    return [values[0], scales[0], *values[1:3], scales[1], values[3], scales[2], values[4]]


def test_the_reference_rounds_after_it_adds_the_zero_point() -> None:
    operands = qlinear(1, 1, 2, 1)
    assert one_node("QLinearConv", operands, "uint8", by_reference).item() == 2
    assert one_node("QLinearConv", operands, "uint8", by_onnxruntime).item() == 1
    assert exactly(operands, "uint8", "half-even", {}).item() == 1


def test_onnxruntime_rounds_the_ratio_of_the_scales_first() -> None:
    operands = qlinear(95, 3, 10, 0)
    assert one_node("QLinearConv", operands, "uint8", by_onnxruntime).item() == 29
    assert exactly(operands, "uint8", "float32", {}).item() == 29
    assert exactly(operands, "uint8", "half-even", {}).item() == 28


def test_the_reference_adds_an_axis_to_a_1d_layer_with_a_scale_for_each_filter() -> None:
    operands = [
        u8([[[10]]]), np.float32(1), u8(0), u8([[[1]], [[1]]]),
        np.array([1, 2], np.float32), u8(0), np.float32(1), u8(0),
    ]  # fmt: skip
    found = one_node("QLinearConv", operands, "uint8", by_reference)
    assert found.tolist() == [[[[10], [10]], [[20], [20]]]]
    exact = exactly(operands, "uint8", "half-even", {})
    assert exact.tolist() == [[[10], [20]]]
    assert same(one_node("QLinearConv", operands, "uint8", by_onnxruntime), exact)


@pytest.mark.parametrize("run", [by_onnxruntime, by_reference])
def test_quantize_linear_and_back(run: Run) -> None:
    layers = Layers(300)
    for _ in range(CASES):
        dtype = layers.random.choice(DTYPES)
        x = (layers.random.integers(-2000, 2000, (2, 3, 5)) / np.float32(8)).astype(np.float32)
        scale = np.array([2.0 ** layers.one(-3, 2) for _ in range(3)], dtype=np.float32)
        zero = layers.quantised(dtype, 3)
        found = one_node("QuantizeLinear", [x, scale, zero], dtype, run)
        reals, steps = (array(values, floats="exact") for values in (x, scale))
        exact = quantize_linear(reals, steps, zero, dtype=str(dtype), axis=1)
        assert same(found, exact)
        back = one_node("DequantizeLinear", [found, scale, zero], "float32", run)
        assert same(array(back, floats="exact"), dequantize_linear(found, steps, zero, axis=1))
