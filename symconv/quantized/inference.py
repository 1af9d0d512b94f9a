"""Layers of quantised networks: convolutions of integers with zero points and scales."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from symconv import layouts
from symconv.engines.bounds import peak_of
from symconv.exact import INT64_MAX, Array, array, objects
from symconv.layers import conv
from symconv.quantized.requantization import requantize
from symconv.quantized.rounding import check_rounding, finite_binary32
from symconv.quantized.storage import check_count, scales, whole_numbers


class Operand(NamedTuple):
    """A quantised operand as it is given: integers, their zero point and their dtype."""

    name: str
    values: Any
    zero: Any
    dtype: str | None


def conv_integer(
    x: Any,
    w: Any,
    /,
    x_zero: Any = 0,
    w_zero: Any = 0,
    *,
    padding: Any = 0,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    batch_groups: int = 1,
    flip: Any = False,
    layout: Any = None,
    engine: str | None = None,
    x_dtype: str | None = None,
    w_dtype: str | None = None,
) -> Array:
    """Convolve integers that stand for distances from a zero point.

        out[m, o] = sum over c, t of
                    (x[c, stride·o + dilation·t − before] − x_zero) · (w[m, c, t] − w_zero[m])

    Padding reads x_zero, and so adds nothing. The sums are exact: `wrap` tells what an int32
    accumulator keeps of them.

    Shapes and options are those of `conv`; ``x_zero`` is one number, ``w_zero`` one or one for each
    filter. Entries and zero points may be symbols. With ``x_dtype`` and ``w_dtype`` entries and
    zero points outside the dtype are refused.

    Raises: EntryError (which entry is no integer, or outside its dtype), GeometryError.

    Source: ONNX operator ConvInteger.

    >>> conv_integer([[2, 3, 4]], [[[1, 2]]], 1, padding=1)
    array([[2, 5, 8, 3]])
    >>> conv_integer("a b;", [["w x"]], "z")[0, 0]
    w*(a - z) + x*(b - z)
    """
    steps = {"stride": stride, "dilation": dilation, "input_dilation": input_dilation}
    sides: dict[str, Any] = {"padding": padding, "flip": flip, "layout": layout}
    parts: dict[str, Any] = {"groups": groups, "batch_groups": batch_groups, "engine": engine}
    operands = Operand("x", x, x_zero, x_dtype), Operand("w", w, w_zero, w_dtype)
    inputs, kernel = _shifted(*operands, layout, symbols=True)
    return conv(inputs, kernel, **steps, **sides, **parts)


def qlinear_conv(  # noqa: PLR0917 - ONNX's order
    x: Any,
    x_scale: Any,
    x_zero: Any,
    w: Any,
    w_scale: Any,
    w_zero: Any,
    y_scale: Any,
    y_zero: Any,
    bias: Any = None,
    /,
    *,
    rounding: str = "half-even",
    dtype: str = "uint8",
    padding: Any = 0,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    batch_groups: int = 1,
    flip: Any = False,
    layout: Any = None,
    engine: str | None = None,
    x_dtype: str | None = None,
    w_dtype: str | None = None,
) -> Array:
    """Apply a quantised convolution layer, from quantised integers to quantised integers.

        acc[m, o] = bias[m] + conv_integer(x, w, x_zero, w_zero)[m, o]
        out[m, o] = saturate(round(acc[m, o] · x_scale · w_scale[m] / y_scale) + y_zero)

    Arguments are in ONNX's order. Scales are exact: fractions and decimals as text, integers,
    Fractions, or floats through `array(..., floats="exact")`. ``w_scale`` and ``w_zero`` are one
    number each, or one for each filter. ``bias`` counts steps of x_scale·w_scale.

    ``rounding`` is a rule of `requantize`: "half-even" is what ONNX says of exact numbers;
    "float32" is what ONNX Runtime computes, where x_scale · w_scale / y_scale is rounded to
    binary32 after each of its two operations, too; "gemmlowp" and "single" are TensorFlow Lite.
    ``dtype`` is the output's.

    Shapes and other options are those of `conv_integer`.

    Raises: EntryError, GeometryError (which entry, how many filters).

    Source: ONNX operator QLinearConv; ONNX Runtime core/providers/cpu/quantization/qlinearconv.cc
    (ComputeOutputScale).

    >>> qlinear_conv([[2, 3, 4]], "1/2", 1, [[[1, 2]]], "0.5", 0, 1, 10, [1])
    array([[12, 12]])
    """
    check_rounding(rounding)
    steps = {"stride": stride, "dilation": dilation, "input_dilation": input_dilation}
    sides: dict[str, Any] = {"padding": padding, "flip": flip, "layout": layout}
    parts: dict[str, Any] = {"groups": groups, "batch_groups": batch_groups, "engine": engine}
    operands = Operand("x", x, x_zero, x_dtype), Operand("w", w, w_zero, w_dtype)
    inputs, kernel = _shifted(*operands, layout)
    filters = _filters(kernel, layout)
    rates = check_count("w_scale", scales("w_scale", w_scale), filters, _are(filters))
    scale = _ratio(_one_scale("x_scale", x_scale), rates, _one_scale("y_scale", y_scale), rounding)
    zero = check_count("y_zero", whole_numbers("y_zero", y_zero, dtype), 1, "y has one zero point")
    offsets = None if bias is None else whole_numbers("bias", bias)
    acc = conv(inputs, kernel, offsets, **steps, **sides, **parts)
    axis = _filter_axis(acc.ndim, kernel.ndim, layout)
    return requantize(acc, scale, zero, rounding=rounding, dtype=dtype, axis=axis)


def _shifted(x: Operand, w: Operand, layout: Any, *, symbols: bool = False) -> tuple[Array, Array]:
    """Return input and kernel less their zero points."""
    inputs = whole_numbers("x", x.values, x.dtype, symbols=symbols)
    kernel = whole_numbers("w", w.values, w.dtype, symbols=symbols)
    x_zero = whole_numbers("x_zero", x.zero, x.dtype, symbols=symbols)
    w_zero = whole_numbers("w_zero", w.zero, w.dtype, symbols=symbols)
    filters = _filters(kernel, layout)
    x_zero = check_count("x_zero", x_zero, 1, "x has one zero point")
    w_zero = check_count("w_zero", w_zero, filters, _are(filters))
    return _less(inputs, x_zero), _less(kernel, _by_filter(w_zero, kernel.shape, layout))


def _less(values: Array, zero: Array) -> Array:
    """Return values − zero, in int64 where every difference fits."""
    if values.dtype == zero.dtype == np.int64 and peak_of(values) + peak_of(zero) <= INT64_MAX:
        return np.asarray(values - zero)
    return np.asarray(objects(values) - objects(zero))


def _are(filters: int) -> str:
    return "there is 1 filter" if filters == 1 else f"there are {filters} filters"


def _filter_axes(rank: int, layout: Any) -> list[int]:
    """Return the axes of a kernel that count its filters, the slowest first."""
    letters = "O" if layout is None else layouts.layout(layout, rank=rank).w
    return [letters.index(letter) for letter in "GO" if letter in letters]


def _filters(w: Array, layout: Any) -> int:
    sizes = [w.shape[axis] for axis in _filter_axes(w.ndim, layout)] if w.ndim else []
    return int(np.prod(sizes, dtype=np.int64))


def _by_filter(values: Array, shape: tuple[int, ...], layout: Any) -> Array:
    """Return one number for each filter laid along the filters of a kernel of *shape*."""
    if values.ndim == 0:
        return values
    axes = _filter_axes(len(shape), layout)
    grid = values.reshape([shape[axis] for axis in axes]).transpose(np.argsort(axes))
    return grid.reshape([size if axis in axes else 1 for axis, size in enumerate(shape)])


def _filter_axis(rank: int, kernel_rank: int, layout: Any) -> int:
    """Return which axis of an output counts filters."""
    if layout is None:
        return rank - kernel_rank + 1
    return layouts.layout(layout, rank=kernel_rank).out.index("C")


def _one_scale(name: str, value: Any) -> Any:
    values = check_count(name, scales(name, value), 1, f"{name[0]} has one scale")
    return Fraction(values.item())


def _ratio(x: Fraction, w: Array, y: Fraction, rounding: str) -> Array:
    """Return x·w/y; rounded to binary32 at every step where the rule says so."""
    if rounding != "float32":
        return array(objects(w) * x / y)
    x, y = finite_binary32("x_scale", x), finite_binary32("y_scale", y)
    each = [finite_binary32("w_scale", value) for value in w.ravel().tolist()]
    products = [finite_binary32("x_scale·w_scale", x * value) for value in each]
    ratios = [finite_binary32("x_scale·w_scale/y_scale", product / y) for product in products]
    return array(ratios).reshape(w.shape)
