"""ONNX operators as layers of a stack.

Every rule takes a node, its attributes and what is known of the graph, and returns the layer's
kind, the layer, and the values that it reads; None for a node that only makes a constant.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import msgspec

from symconv.errors import FixtureError, SymconvError
from symconv.options import choices
from symconv.stacks.model import (
    Add,
    AvgPool,
    BatchNorm,
    Concat,
    Constant,
    Conv,
    ConvTranspose,
    Dense,
    Flatten,
    GlobalPool,
    Layer,
    Pad,
    Pointwise,
    Pool,
    Resize,
)
from symconv.stacks.onnx_graph import Graph, Node, is_constant, numbers, whole

Found = tuple[str, Layer, list[str]]
AUTO_PAD = {"VALID": "valid", "SAME_UPPER": "same", "SAME_LOWER": "same_lower"}
POINTWISE = (
    "Abs",
    "Cast",
    "Celu",
    "Clip",
    "DequantizeLinear",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LRN",
    "LeakyRelu",
    "Log",
    "Mish",
    "Neg",
    "QuantizeLinear",
    "Relu",
    "Selu",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Tanh",
    "ThresholdedRelu",
)


def layer_of(proto: Any, graph: Graph) -> Found | None:
    """Return the layer of one node; None where it makes a constant.

    Raises: FixtureError[unknown-operator], or [not-onnx] for attributes of other types or sizes
    than the operator has.
    """
    if proto.domain not in ("", "ai.onnx") or proto.op_type not in OPERATORS:
        message = f"the operator {proto.op_type!r} is not read"
        raise FixtureError("unknown-operator", message, hint=choices(proto.op_type, OPERATORS))
    try:
        return _layer_of(proto, graph)
    except SymconvError:
        raise
    except (*UNSOUND, msgspec.ValidationError) as error:
        message = f"{proto.op_type} has unsound settings: {error}"
        raise FixtureError("not-onnx", message) from None


UNSOUND = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading an attribute of a wrong type or length ends in."""


def _layer_of(proto: Any, graph: Graph) -> Found | None:
    onnx: Any = importlib.import_module("onnx")
    attributes = {item.name: onnx.helper.get_attribute_value(item) for item in proto.attribute}
    node = Node(proto.op_type, list(proto.input), attributes, graph)
    if is_constant(node, proto.output[0]):
        return None
    kind, layer, inputs = LAYERS.get(node.op, _pointwise)(node)
    checked = msgspec.convert(msgspec.to_builtins(layer), type(layer))
    vector = isinstance(layer, Flatten) or (isinstance(layer, GlobalPool) and not layer.keep)
    graph.ranks[proto.output[0]] = 2 if vector else graph.ranks.get(inputs[0], 2)
    return kind, checked, inputs


def _pads(node: Node, rank: int) -> Any:
    """Return padding as a name or a pair for each axis."""
    auto = node.get("auto_pad", b"NOTSET").decode("ascii", "replace")
    if auto in AUTO_PAD:
        return AUTO_PAD[auto]
    if auto not in ("NOTSET", ""):
        raise node.refuse(f"auto_pad={auto!r}")
    return _paired(numbers(node.get("pads"), 0, 2 * rank), rank)


def _paired(pads: Sequence[int], rank: int) -> list[Any]:
    if len(pads) != 2 * rank:
        raise FixtureError("not-onnx", f"{len(pads)} pads for {rank} axes", hint=f"{2 * rank}")
    return [[before, after] for before, after in zip(pads[:rank], pads[rank:], strict=True)]


def _window(node: Node, rank: int) -> dict[str, Any]:
    strides = numbers(node.get("strides"), 1, rank)
    return {"stride": strides, "dilation": numbers(node.get("dilations"), 1, rank)}


def _kernel(node: Node, place: int) -> tuple[int, ...]:
    """Return the shape of the weights of a convolution."""
    dims = node.graph.dims(node.inputs[place])
    told = node.get("kernel_shape")
    if len(dims) < 3 or (told is not None and tuple(told) != dims[2:]):
        message = f"weights of shape {dims}, kernel_shape {told}"
        raise FixtureError("not-onnx", message, hint="weights are (M, C/groups, *K)")
    return dims


def _conv(node: Node, weights: int = 1, bias: int = 2) -> Found:
    dims = _kernel(node, weights)
    groups = whole(node.get("group", 1))
    layer = Conv(
        filters=dims[0],
        kernel=list(dims[2:]),
        padding=_pads(node, len(dims) - 2),
        groups=groups,
        bias=bool(bias) and node.has(bias),
        channels=dims[1] * groups,
        **_window(node, len(dims) - 2),
    )
    return "conv", layer, [node.inputs[0]]


def _conv_transpose(node: Node) -> Found:
    dims = _kernel(node, 1)
    rank = len(dims) - 2
    groups = whole(node.get("group", 1))
    sizes, padding = node.get("output_shape"), _pads(node, rank)
    if sizes and not isinstance(padding, str):
        padding = "same_lower"
    layer = ConvTranspose(
        filters=dims[1] * groups,
        kernel=list(dims[2:]),
        padding=padding,
        output_padding=numbers(node.get("output_padding"), 0, rank),
        output_size=numbers(sizes[-rank:], 0, rank) if sizes else None,
        groups=groups,
        bias=node.has(2),
        channels=dims[0],
        **_window(node, rank),
    )
    return "conv_transpose", layer, [node.inputs[0]]


def _pool(node: Node) -> Found:
    window = numbers(node.get("kernel_shape"), 1, node.spatial)
    options = _window(node, len(window)) | {"padding": _pads(node, len(window))}
    options |= {"window": window, "ceil_mode": bool(node.get("ceil_mode", 0))}
    kind = {"MaxPool": "max_pool", "LpPool": "lp_pool"}.get(node.op, "avg_pool")
    if kind != "avg_pool":
        return kind, Pool(**options), [node.inputs[0]]
    counted = bool(node.get("count_include_pad", 0))
    return kind, AvgPool(count_padding=counted, **options), [node.inputs[0]]


def _global(node: Node) -> Found:
    kinds = {"GlobalMaxPool": "global_max_pool", "GlobalLpPool": "global_lp_pool"}
    kind = kinds.get(node.op, "global_avg_pool")
    return kind, GlobalPool(keep=True), [node.inputs[0]]


def _reduce(node: Node) -> Found:
    axes = node.graph.values(node.inputs[1]) if node.has(1) else list(node.get("axes", ()))
    rank = node.spatial + 2
    if sorted(axis % rank for axis in axes) != list(range(2, rank)):
        raise node.refuse(f"axes {axes}", "only over all spatial axes")
    kind = "global_max_pool" if node.op == "ReduceMax" else "global_avg_pool"
    return kind, GlobalPool(keep=bool(node.get("keepdims", 1))), [node.inputs[0]]


def _gemm(node: Node) -> Found:
    dims = node.graph.dims(node.inputs[1])
    if len(dims) != 2 or node.get("transA", 0):
        raise node.refuse(f"weights of shape {dims}, transA={node.get('transA', 0)}")
    units, channels = dims if node.get("transB", 0) else dims[::-1]
    bias = node.has(2)
    if bias and prod(node.graph.dims(node.inputs[2])) != units:
        raise node.refuse("a bias that is not one number for each unit")
    return "dense", Dense(units=units, bias=bias, channels=channels), [node.inputs[0]]


def _matmul(node: Node) -> Found:
    dims = node.graph.dims(node.inputs[1])
    if len(dims) != 2 or node.spatial:
        raise node.refuse(f"weights of shape {dims} on {node.spatial} spatial axes")
    return "dense", Dense(units=dims[1], bias=False, channels=dims[0]), [node.inputs[0]]


def _flatten(node: Node) -> Found:
    axis = node.get("axis", 1)
    if axis not in (1, -1 - node.spatial):
        raise node.refuse(f"axis={axis}", "only axis=1, which keeps the batch")
    return "flatten", Flatten(), [node.inputs[0]]


def _reshape(node: Node) -> Found:
    wanted = node.graph.values(node.inputs[1]) if node.has(1) else list(node.get("shape", ()))
    if len(wanted) != 2 or wanted[0] not in (-1, 0, 1) or wanted[1] in (0, wanted[0]):
        raise node.refuse(f"shape {wanted}", "only to a vector, as (0, -1), (1, -1) or (-1, size)")
    units = None if wanted[1] == -1 else whole(wanted[1])
    return "flatten", Flatten(units=units), [node.inputs[0]]


def _batch_norm(node: Node) -> Found:
    return "batch_norm", BatchNorm(), [node.inputs[0]]


def _together(node: Node) -> Found:
    """Return a sum or product entry by entry, with other layers or with stored numbers."""
    constants = [name for name in node.inputs if name in node.graph.constants]
    layers = [name for name in node.inputs if name not in node.graph.constants]
    kind = node.op.lower()
    if not constants:
        return kind, Add(layers=layers[1:]), layers
    if len(node.inputs) != 2 or not layers:
        raise node.refuse(f"{len(constants)} constants")
    dims = node.graph.dims(constants[0])
    rank = node.graph.ranks.get(layers[0], 2)
    if len(dims) == rank and dims[0] != 1:
        raise node.refuse(f"stored numbers of shape {dims}", "the batch axis must be 1")
    own = dims[1:] if len(dims) == rank else dims
    return kind, Constant(shape=own), layers


def _concat(node: Node) -> Found:
    axis = node.get("axis", 1)
    if axis % (node.spatial + 2) != 1:
        raise node.refuse(f"axis={axis}", "only along the channels, axis=1")
    return "concat", Concat(layers=list(node.inputs[1:])), list(node.inputs)


def _pad(node: Node) -> Found:
    rank = node.spatial + 2
    pads = node.graph.values(node.inputs[1]) if node.has(1) else list(node.get("pads", ()))
    if node.has(3):
        axes = [axis % rank for axis in node.graph.values(node.inputs[3])]
        placed = dict(zip([*axes, *(a + rank for a in axes)], pads, strict=True))
        pads = [placed.get(place, 0) for place in range(2 * rank)]
    pairs = _paired([*map(whole, pads)], rank)
    mode = node.get("mode", b"constant").decode("ascii", "replace")
    boundaries = {"constant": "zero", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}
    if any(map(any, pairs[:2])) or mode not in boundaries:
        raise node.refuse(f"pads {pads}, mode {mode!r}", "batch and channels are not padded")
    return "pad", Pad(padding=pairs[2:], boundary=boundaries[mode]), [node.inputs[0]]


def _softmax(node: Node) -> Found:
    axis = node.get("axis", -1 if node.graph.opset >= 13 else 1)
    channels = axis % (node.spatial + 2) == 1
    if not channels or (node.spatial and node.graph.opset < 13):
        raise node.refuse(f"axis={axis} on {node.spatial} spatial axes", "only over the channels")
    return "softmax", Pointwise(), [node.inputs[0]]


def _prelu(node: Node) -> Found:
    return "prelu", Constant(shape=node.graph.dims(node.inputs[1])), [node.inputs[0]]


def _pointwise(node: Node) -> Found:
    return node.op.lower(), Pointwise(), [node.inputs[0]]


def _resize(node: Node) -> Found:
    """Return Resize or the older Upsample; scales are the simplest fractions of those floats."""
    refused = {"antialias": 0, "exclude_outside": 0, "keep_aspect_ratio_policy": b"stretch"}
    for name, default in refused.items():
        if node.get(name, default) != default:
            raise node.refuse(f"{name}={node.get(name)!r}")
    later = node.op == "Resize" and node.graph.opset > 10
    coordinates = "half_pixel" if later else "asymmetric"
    coordinates = node.get("coordinate_transformation_mode", coordinates.encode()).decode()
    mode = node.get("mode", b"nearest").decode()
    if mode == "nearest":
        mode = node.get("nearest_mode", b"round_prefer_floor" if later else b"floor").decode()
    scales = _scales(node, 2 if later else 1)
    sizes = node.graph.values(node.inputs[3]) if later and node.has(3) else []
    axes = [axis % (node.spatial + 2) for axis in node.get("axes", range(node.spatial + 2))]
    for values, neutral in ((scales, 1), (sizes, None)):
        if values and (len(values) != len(axes) or axes != sorted(axes)):
            raise node.refuse(f"{len(values)} numbers for axes {axes}")
        if neutral and any(v != 1 for v, axis in zip(values, axes, strict=False) if axis < 2):
            raise node.refuse("scales of batch or channels")
    if set(range(2, node.spatial + 2)) - set(axes) or not (scales or sizes):
        raise node.refuse(f"axes {axes}", "all spatial axes are needed")
    spatial = len(axes) - node.spatial
    settings = {
        "scales": tuple(map(str, scales[spatial:])),
        "sizes": tuple(map(whole, sizes[spatial:])),
        "coordinates": coordinates,
        "mode": mode.removeprefix("bi"),
    }
    layer = msgspec.convert(settings, Resize)
    return "resize", layer, [node.inputs[0]]


def _scales(node: Node, place: int) -> list[Fraction]:
    stored = node.has(place) and node.graph.dims(node.inputs[place]) != (0,)
    given = node.graph.values(node.inputs[place]) if stored else node.get("scales", ())
    found = [Fraction(value).limit_denominator(1000) for value in given]
    if any(scale <= 0 for scale in found):
        raise node.refuse(f"scales {list(given)}")
    return found


LAYERS: dict[str, Callable[[Node], Found]] = {
    "Conv": _conv,
    "ConvInteger": lambda node: _conv(node, bias=0),
    "QLinearConv": lambda node: _conv(node, weights=3, bias=8),
    "ConvTranspose": _conv_transpose,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "LpPool": _pool,
    "GlobalMaxPool": _global,
    "GlobalAveragePool": _global,
    "GlobalLpPool": _global,
    "ReduceMean": _reduce,
    "ReduceMax": _reduce,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "BatchNormalization": _batch_norm,
    "Add": _together,
    "Sub": _together,
    "Mul": _together,
    "Div": _together,
    "Concat": _concat,
    "Pad": _pad,
    "PRelu": _prelu,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Resize": _resize,
    "Upsample": _resize,
}
OPERATORS = ("Constant", *sorted({*LAYERS, *POINTWISE}))
"""The names of all operators that are read."""
