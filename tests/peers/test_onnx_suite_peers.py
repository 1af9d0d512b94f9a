"""ONNX's own node tests of convolution, pooling and integer inference, reproduced.

Integers are compared exactly. Where the suite holds float32 numbers, the inputs are taken as the
rationals they stand for, and the printed output may differ from the exact one by what float32
arithmetic can lose: n·2⁻²⁴ of the sum of the sizes of its n products, and its own rounding.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symconv
from symconv.exact import Array, array, objects
from symconv.operations import pad

onnx = pytest.importorskip("onnx")

MODULES = (
    *("averagepool", "conv", "convinteger", "convtranspose", "globalaveragepool"),
    *("globalmaxpool", "lppool", "maxpool", "maxunpool", "qlinearconv"),
)
DIGITS = {"test_averagepool_2d_ceil_last_window_starts_on_pad": Fraction(1, 10_000)}
"""Two halves of a unit of the last digit: inputs and outputs were typed in with four digits."""
CROPPED = {"test_lppool_3d_default": (8, 7)}
"""Entries of each axis, of input and output, that are looked at: 90,000 exact roots take long."""
NAMED = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}


def cases() -> list[Any]:
    """Return the test cases of the suite, by importing the modules that make them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        node = importlib.import_module("onnx.backend.test.case.node")
        for name in MODULES:
            importlib.import_module(f"onnx.backend.test.case.node.{name}")
    ops = {"Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "MaxPool", "AveragePool"}
    ops |= {"LpPool", "GlobalAveragePool", "GlobalMaxPool", "MaxUnpool"}
    found = [case for case in node._NodeTestCases if case.model.graph.node[0].op_type in ops]
    return [pytest.param(case, id=case.name) for case in found]


def pads_of(attributes: dict[str, Any]) -> Any:
    named = attributes.get("auto_pad", b"NOTSET").decode()
    if named in NAMED:
        return NAMED[named]
    pads = attributes.get("pads", [0])
    half = len(pads) // 2
    return list(zip(pads[:half], pads[half:], strict=True)) if half else 0


def steps_of(attributes: dict[str, Any]) -> dict[str, Any]:
    names = {"strides": "stride", "dilations": "dilation"}
    found = {ours: attributes[theirs] for theirs, ours in names.items() if theirs in attributes}
    return {"padding": pads_of(attributes), **found}


def conv(attributes: dict[str, Any], x: Array, w: Array, *bias: Array) -> Array:
    return symconv.conv(x, w, *bias, groups=attributes.get("group", 1), **steps_of(attributes))


def conv_transpose(attributes: dict[str, Any], x: Array, w: Array, *bias: Array) -> Array:
    options = steps_of(attributes) | {"groups": attributes.get("group", 1)}
    if "output_padding" in attributes:
        options["output_padding"] = attributes["output_padding"]
    if "output_shape" in attributes:
        name = attributes.get("auto_pad", b"NOTSET")
        options["padding"] = "same" if name == b"SAME_UPPER" else "same_lower"
        options["output_size"] = attributes["output_shape"]
    return symconv.conv_transpose(x, w, *bias, **options)


def conv_integer(attributes: dict[str, Any], x: Array, w: Array, *zeros: Array) -> Array:
    points = [zero.item() if zero.size == 1 else zero for zero in zeros]
    options = steps_of(attributes) | {"groups": attributes.get("group", 1)}
    return symconv.conv_integer(x, w, *points, **options)


def qlinear_conv(attributes: dict[str, Any], *operands: Array) -> Array:
    given = [v.item() if v.size == 1 and at not in (0, 3) else v for at, v in enumerate(operands)]
    return symconv.qlinear_conv(*given, **steps_of(attributes))


def pooled(pool: Callable[..., Array]) -> Callable[..., Array]:
    def call(attributes: dict[str, Any], x: Array) -> Array:
        options = {"stride": 1, **steps_of(attributes)}
        options["ceil_mode"] = bool(attributes.get("ceil_mode", 0))
        if pool is symconv.avg_pool:
            options["count_padding"] = bool(attributes.get("count_include_pad", 0))
        if pool is symconv.lp_pool:
            options["p"] = attributes.get("p", 2)
        return pool(x, tuple(attributes["kernel_shape"]), **options)

    return call


def max_unpool(attributes: dict[str, Any], x: Array, at: Array, *size: Array) -> Array:
    """Unpool; with an output_shape the suite counts indices in the smaller output and pads it."""
    window = tuple(attributes["kernel_shape"])
    out = symconv.max_unpool(x, at, window, whole=True, **steps_of(attributes))
    if not size:
        return out
    more = [(0, n - m) for n, m in zip(size[0].tolist(), out.shape, strict=True)]
    return pad(out, more)


def kept(pool: Callable[[Array], Array]) -> Callable[..., Array]:
    def call(_attributes: dict[str, Any], x: Array) -> Array:
        out = pool(x)
        return out.reshape(*out.shape, *(1,) * (x.ndim - out.ndim))

    return call


OPERATIONS: dict[str, Callable[..., Array]] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "ConvInteger": conv_integer,
    "QLinearConv": qlinear_conv,
    "MaxPool": pooled(symconv.max_pool),
    "AveragePool": pooled(symconv.avg_pool),
    "LpPool": pooled(symconv.lp_pool),
    "GlobalAveragePool": kept(symconv.global_avg_pool),
    "GlobalMaxPool": kept(symconv.global_max_pool),
    "MaxUnpool": max_unpool,
}


def number(value: Any) -> Fraction:
    """Return an exact number; a root as a rational closer to it than any float32."""
    if isinstance(value, int | Fraction):
        return Fraction(value)
    return Fraction(str(value.evalf(40)))


def cropped(name: str, data: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
    """Return inputs and outputs, or their first entries where there are too many."""
    if name not in CROPPED:
        return data
    sizes = zip(data, CROPPED[name], strict=True)
    inputs, outputs = ([arrays[0][:, :, :n, :n, :n]] for arrays, n in sizes)
    return inputs, outputs


@pytest.mark.parametrize("case", cases())
def test_the_suite_is_reproduced(case: Any) -> None:
    node = case.model.graph.node[0]
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    carry_out = OPERATIONS[node.op_type]
    for data in case.data_sets:
        inputs, outputs = cropped(case.name, data)
        operands = [array(values, floats="exact") for values in inputs]
        out = carry_out(attributes, *operands)
        wanted = array(outputs[0], floats="exact")
        assert out.shape == wanted.shape
        if outputs[0].dtype.kind in "iu" or node.op_type in ("MaxPool", "GlobalMaxPool"):
            assert out.tolist() == wanted.tolist()
        else:
            sizes = [array(np.abs(objects(values))) for values in operands]
            reach = objects(carry_out(attributes, *sizes)).ravel().tolist()
            digits = DIGITS.get(case.name, Fraction(0))
            close(out, wanted, reach, inputs[-1].size, digits)
        if len(outputs) == 2:
            options = {"stride": 1, **steps_of(attributes)}
            window = tuple(attributes["kernel_shape"])
            at = symconv.max_pool_indices(operands[0], window, whole=True, **options)
            order = attributes.get("storage_order", 0)
            assert order or at.tolist() == outputs[1].tolist()


def close(out: Array, wanted: Array, reach: list[Any], terms: int, printed: Fraction) -> None:
    unit = Fraction(1, 2**24)
    rows = zip(objects(out).ravel().tolist(), wanted.ravel().tolist(), reach, strict=True)
    for exact, shown, size in rows:
        error = abs(number(exact) - shown)
        assert error <= printed + (terms + 2) * unit * number(size), (exact, shown)
