"""Layers with weights: convolutions, dense layers, normalisation, stored numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from symconv.errors import GeometryError
from symconv.options import per_axis
from symconv.plan import Shape, by, check_groups, geometry
from symconv.planning import conv_transpose_table
from symconv.stacks.effect import Effect, Scope, check_rank, options_told, placewise
from symconv.stacks.model import BatchNorm, Constant, Conv, ConvTranspose, Dense, DepthwiseConv
from symconv.stacks.tracks import Slide, Spread, check_reads
from symconv.tables import Adjoint


def conv(layer: Conv, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a convolution: M·(C/g)·K weights and M biases."""
    x = shapes[0]
    rank = len(x) - 1
    check_rank(kind, rank)
    channels, groups = x[0], layer.groups
    _check_channels(layer.channels, x)
    check_groups(channels, layer.filters, channels // groups, groups)
    w = (layer.filters, channels // groups, *per_axis("kernel", layer.kernel, rank))
    return _convolved(kind, layer, x, w, groups)


def depthwise_conv(layer: DepthwiseConv, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a convolution of every channel alone."""
    x = shapes[0]
    check_rank(kind, len(x) - 1)
    w = (x[0] * layer.multiplier, 1, *per_axis("kernel", layer.kernel, len(x) - 1))
    return _convolved(kind, layer, x, w, x[0])


def _check_channels(channels: int | None, x: Shape) -> None:
    if channels not in (None, x[0]):
        raise GeometryError(
            "channel-mismatch",
            f"x has {x[0]} channels but the weights read {channels}",
            place="channels",
            hint=f"use weights of {x[0]} channels",
            channels=x[0],
            depth=channels,
        )


def _convolved(kind: str, layer: Conv | DepthwiseConv, x: Shape, w: Shape, groups: int) -> Effect:
    options = {
        "padding": layer.padding,
        "stride": layer.stride,
        "dilation": layer.dilation,
        "boundary": layer.boundary,
    }
    plan = geometry(x, w, op="conv", groups=groups, bias=layer.bias, **options)
    for axis in plan.axes:
        check_reads(axis.out, axis.taps)
    told = dict(options) | ({"groups": groups} if kind == "conv" else {})
    return Effect(
        plan.out_shape,
        f"{by(w[2:])}, {w[0]}" + options_told(**told),
        plan.parameters,
        plan.work["products"],
        plan.terms,
        readers=tuple(map(Slide, plan.axes)),
    )


def conv_transpose(layer: ConvTranspose, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a transposed convolution, of the cost of its forward convolution."""
    x = shapes[0]
    rank = len(x) - 1
    check_rank(kind, rank)
    _check_channels(layer.channels, x)
    check_groups(layer.filters, x[0], layer.filters // layer.groups, layer.groups)
    w = (x[0], layer.filters // layer.groups, *per_axis("kernel", layer.kernel, rank))
    options = {"padding": layer.padding, "stride": layer.stride, "dilation": layer.dilation}
    sizes = {"output_padding": layer.output_padding, "output_size": layer.output_size}
    table = conv_transpose_table(x, w, groups=layer.groups, **options, **sizes)
    assert isinstance(table, Adjoint)  # noqa: S101 - it is any other table only for a layout
    forward = table.forward
    for axis in forward.axes:
        check_reads(axis.size, axis.taps)
    return Effect(
        table.out_shape,
        f"{by(w[2:])}, {layer.filters}"
        + options_told(stride=layer.stride, padding=layer.padding, groups=layer.groups),
        prod(w) + layer.filters * layer.bias,
        forward.work["products"],
        forward.terms,
        readers=tuple(map(Spread, forward.axes)),
    )


def dense(layer: Dense, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a fully connected layer."""
    x = shapes[0]
    if len(x) > 1:
        raise GeometryError(
            "dense-needs-vector",
            f"{kind} takes a vector, but its input is {by(x)}",
            hint="put flatten or global_avg_pool before it, or use conv with kernel 1",
            x=x,
        )
    _check_channels(layer.channels, x)
    weights = x[0] * layer.units
    parameters = weights + layer.units * layer.bias
    return Effect((layer.units,), str(layer.units), parameters, weights, weights, "dense")


def batch_norm(layer: BatchNorm, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a scale and a shift of every channel."""
    del kind
    each = 4 if layer.statistics else 2
    return replace(placewise(shapes[0]), parameters=each * shapes[0][0])


def constant(layer: Constant, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a sum or product with stored numbers."""
    x = shapes[0]
    stored = (1,) * (len(x) - len(layer.shape)) + layer.shape
    if len(stored) != len(x) or any(k not in (1, n) for k, n in zip(stored, x, strict=True)):
        raise GeometryError(
            "shapes-differ",
            f"{kind} of {by(x)} and stored numbers of shape {by(layer.shape)}",
            hint="each size is 1 or that of the map",
            shapes=(x, layer.shape),
        )
    scope: Scope = "offset" if set(stored[1:]) - {1} else "places"
    return replace(placewise(x), parameters=prod(stored), scope=scope)
