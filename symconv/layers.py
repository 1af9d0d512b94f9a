"""Layers: channels, filters, groups and a bias around the convolution of their spatial axes."""

from __future__ import annotations

from typing import Any

from symconv import engines
from symconv.algebra import Algebra
from symconv.exact import Array, array
from symconv.planning import check_bias, conv_table, conv_transpose_table, local_table


def conv(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    padding: Any = 0,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    batch_groups: int = 1,
    boundary: Any = "zero",
    flip: Any = False,
    layout: Any = None,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Apply a convolution layer; like deep learning it correlates unless ``flip`` is set.

        out[m, o] = bias[m] + sum over c, t of  x[c, stride·o + dilation·t − before] · w[m, c, t]

    Shapes: x (C, *S) or (N, C, *S), w (M, C/groups, *K), bias (M,); out (M, *O) or (N, M, *O).
    Options are those of `correlate`; filter m reads the channels of its group only. ``flip`` is
    one value, or one for each spatial axis. ``batch_groups`` g: filters of part i of g read part
    i of the batch, and out is (N/g, M, *O). ``layout`` names axes in another order: "NHWC", or
    "NHWC, HWIO -> NCHW"; options by axis go by the spatial letters of the input.

    Raises: EntryError, GeometryError (which channel, which axis, and what would fit).

    Source: ONNX operator Conv; StableHLO convolution; Dumoulin & Visin (2016).

    >>> conv([[1, 2, 3], [4, 5, 6]], [[[1, 1], [0, 1]]], [10])
    array([[18, 21]])
    >>> conv([[1, 4], [2, 5], [3, 6]], [[[1], [0]], [[1], [1]]], [10], layout="WC, WIO -> WC")
    array([[18],
           [21]])
    """
    inputs, kernel, offsets = _arrays(x, w, bias)
    table = conv_table(
        inputs.shape,
        kernel.shape,
        padding=padding,
        stride=stride,
        dilation=dilation,
        input_dilation=input_dilation,
        groups=groups,
        batch_groups=batch_groups,
        boundary=boundary,
        flip=flip,
        layout=layout,
    )
    check_bias(table, offsets)
    return engines.evaluate(table, inputs, kernel, offsets, engine=engine, algebra=algebra)


def conv_transpose(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    padding: Any = 0,
    output_padding: Any = 0,
    output_size: Any = None,
    stride: Any = 1,
    dilation: Any = 1,
    groups: int = 1,
    flip: Any = False,
    layout: Any = None,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Apply a transposed convolution layer: the adjoint of `conv` with the same kernel.

        out[m, i] = bias[m] + sum over c, o, t with i = stride·o + dilation·t − before of
                    x[c, o] · w[c, m, t]

    Shapes: x (C, *S) or (N, C, *S), w (C, M/groups, *K), bias (M,). Along each axis, with
    E = dilation·(k − 1) + 1, out has (n − 1)·stride + E + output_padding − before − after
    entries: ``padding`` crops them, negative numbers add zeros, ``output_padding`` adds entries
    at the end.

    ``output_size`` is the spatial size of out, or the whole shape. With numbers for ``padding`` it
    sets ``output_padding``, from 0 to stride − 1; with "same"
    (the odd entry cropped at the end) or "same_lower" it sets the crop; "same" alone gives
    n·stride entries. ``flip`` turns the kernel as JAX's conv_transpose does unless told otherwise.

    Raises: EntryError, GeometryError (which channel, which axis, and what would fit).

    Source: ONNX operator ConvTranspose; torch.nn.ConvTranspose2d; Dumoulin & Visin (2016).

    >>> conv_transpose([[1, 2]], [[[1, 10, 100]]], stride=2)
    array([[  1,  10, 102,  20, 200]])
    >>> conv_transpose("a b;", [["w x"]])[0].tolist()
    [a*w, a*x + b*w, b*x]
    """
    inputs, kernel, offsets = _arrays(x, w, bias)
    table = conv_transpose_table(
        inputs.shape,
        kernel.shape,
        padding=padding,
        output_padding=output_padding,
        output_size=output_size,
        stride=stride,
        dilation=dilation,
        groups=groups,
        flip=flip,
        layout=layout,
    )
    check_bias(table, offsets)
    return engines.evaluate(table, inputs, kernel, offsets, engine=engine, algebra=algebra)


def locally_connected(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    padding: Any = 0,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    boundary: Any = "zero",
    flip: Any = False,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Apply a locally connected layer: a convolution whose kernel differs from output to output.

        out[m, o] = bias[m] + sum over c, t of  x[c, stride·o + dilation·t − before] · w[m, c, o, t]

    Shapes: x (C, *S) or (N, C, *S), w (M, C/groups, *O, *K), bias (M,) or (M, *O); out (M, *O) or
    (N, M, *O). Options are those of `conv`.

    Raises: EntryError, GeometryError.

    Source: Keras layer LocallyConnected2D; jax.lax.conv_general_dilated_local.

    >>> locally_connected([[1, 2, 3]], [[[[1, 1], [10, 1]]]])
    array([[ 3, 23]])
    """
    inputs, kernel, offsets = _arrays(x, w, bias)
    table = local_table(
        inputs.shape,
        kernel.shape,
        padding=padding,
        stride=stride,
        dilation=dilation,
        input_dilation=input_dilation,
        groups=groups,
        boundary=boundary,
        flip=flip,
    )
    check_bias(table, offsets)
    return engines.evaluate(table, inputs, kernel, offsets, engine=engine, algebra=algebra)


def _arrays(x: Any, w: Any, bias: Any) -> tuple[Array, Array, Array | None]:
    return array(x), array(w), None if bias is None else array(bias)
