"""The rule of every layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symconv.plan import Shape
from symconv.stacks import model, unweighted, weighted
from symconv.stacks.effect import Effect

RULES: dict[type[model.Layer], Callable[[Any, str, Sequence[Shape]], Effect]] = {
    model.Conv: weighted.conv,
    model.DepthwiseConv: weighted.depthwise_conv,
    model.ConvTranspose: weighted.conv_transpose,
    model.Pool: unweighted.pool,
    model.AvgPool: unweighted.pool,
    model.GlobalPool: unweighted.global_pool,
    model.Flatten: unweighted.flatten,
    model.Dense: weighted.dense,
    model.Pointwise: unweighted.pointwise,
    model.BatchNorm: weighted.batch_norm,
    model.Constant: weighted.constant,
    model.Upsample: unweighted.upsample,
    model.Resize: unweighted.resize,
    model.Concat: unweighted.concat,
    model.Add: unweighted.add,
    model.Crop: unweighted.crop,
    model.Pad: unweighted.pad,
}


def effect(layer: model.Layer, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return what *layer* does to the shapes (C, *S) of the layers that it reads.

    Raises: GeometryError with the axis, both numbers and what would fit.

    >>> effect(model.Dense(units=5), "dense", [(3,)]).parameters
    20
    """
    return RULES[type(layer)](layer, kind, shapes)
