"""W3b: layers of networks on integers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench import witness
from symconv.bench.goals import NO_CLIFF, at_least, within
from symconv.bench.tasks import Call, Curve, Family, Options, Part, Peer, Task, Workload
from symconv.bench.workloads.integers import integers, largest

Array = NDArray[Any]
INT8 = (8, 8)
INT32 = (24, 16)
"""Bits of inputs and weights: sums beyond 2^24, which float32 cannot hold, and below 2^53."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The shape of one layer; rank is the number of spatial axes."""

    channels: int
    side: int
    filters: int
    kernel: int = 3
    rank: int = 2
    stride: int = 1
    dilation: int = 1
    groups: int = 1
    bits: tuple[int, int] = INT8

    @property
    def out(self) -> int:
        """The number of outputs along each axis."""
        return (self.side - self.dilation * (self.kernel - 1) - 1) // self.stride + 1

    @property
    def taps(self) -> int:
        """The number of products that one output sums."""
        return int(self.channels // self.groups * self.kernel**self.rank)

    @property
    def out_shape(self) -> tuple[int, ...]:
        """The shape of the outputs, filters first."""
        return (self.filters, *(self.out,) * self.rank)

    def options(self) -> dict[str, Any]:
        """Return the options by the names that symconv and PyTorch share."""
        return {"stride": self.stride, "dilation": self.dilation, "groups": self.groups}


def _subject(layer: Layer, x: Array, w: Array) -> Call:
    from symconv import fast

    return lambda: fast.conv(x, w, **layer.options())


def _torch(dtype: str, layer: Layer, x: Array, w: Array) -> Call:
    """Return PyTorch's layer from the arrays that symconv gets to an array of integers."""
    import torch

    run, kind = getattr(torch.nn.functional, f"conv{layer.rank}d"), getattr(torch, dtype)

    def call() -> Any:
        image, kernel = (torch.from_numpy(a).to(kind) for a in (x[None], w))
        return run(image, kernel, **layer.options())[0].to(torch.int64).numpy()

    return call


def _ready(dtype: str, layer: Layer, x: Array, w: Array) -> Call:
    """Return PyTorch's layer on tensors that have their type already: no conversion is timed."""
    import torch

    image, kernel = (torch.from_numpy(a).to(getattr(torch, dtype)) for a in (x[None], w))
    run = getattr(torch.nn.functional, f"conv{layer.rank}d")
    return lambda: run(image, kernel, **layer.options())


def _tensor(answer: Any) -> Array:
    found: Array = answer[0].numpy()
    return found


def _onnxruntime(layer: Layer, x: Array, w: Array) -> Call:
    """Return ConvInteger on uint8 inputs with zero point 128 and int8 weights."""
    import onnxruntime
    from onnx import TensorProto, helper

    node = helper.make_node(
        "ConvInteger",
        ["x", "w", "zero"],
        ["y"],
        strides=[layer.stride] * layer.rank,
        dilations=[layer.dilation] * layer.rank,
        group=layer.groups,
    )
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, (1, *x.shape))],
        [helper.make_tensor_value_info("y", TensorProto.INT32, None)],
        [
            helper.make_tensor(
                "w", TensorProto.INT8, w.shape, w.astype(np.int8).tobytes(), raw=True
            ),
            helper.make_tensor("zero", TensorProto.UINT8, (), [128]),
        ],
    )
    opset = helper.make_opsetid("", 10)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    given = {"x": (x + 128).astype(np.uint8)[None]}
    return lambda: session.run(None, given)[0]


def _peers(layer: Layer) -> tuple[Peer, ...]:
    spared = layer.stride > 1 or layer.groups == layer.channels
    single = NO_CLIFF if spared else within(1.5, limited=True)
    found = (
        Peer("torch float64", partial(_torch, "float64", layer), within(1.1, limited=True)),
        Peer("torch float32", partial(_torch, "float32", layer), single),
        Peer("torch int64", partial(_torch, "int64", layer), at_least(30, limited=True)),
        Peer("torch float64, tensors ready", partial(_ready, "float64", layer), None, _tensor),
        Peer("torch float32, tensors ready", partial(_ready, "float32", layer), None, _tensor),
    )
    if layer.bits != INT8:
        return found
    return (*found, Peer("onnxruntime ConvInteger", partial(_onnxruntime, layer), None, _first))


def _first(answer: Any) -> Any:
    return answer[0]


def task(layer: Layer, options: Options) -> Task:
    """Return one layer."""
    random = options.random(f"W3b {layer}")
    plane, window = (layer.side,) * layer.rank, (layer.kernel,) * layer.rank
    x = integers(random, layer.bits[0], layer.channels, *plane)
    depth = layer.channels // layer.groups
    w = integers(random, layer.bits[1], layer.filters, depth, *window)
    outputs = math.prod(layer.out_shape)
    lines = outputs // layer.out * layer.taps

    def part(products: int) -> Part:
        rows = min(layer.out, max(1, products // lines))
        needed = layer.stride * (rows - 1) + layer.dilation * (layer.kernel - 1) + 1
        return (np.ascontiguousarray(x[:, :needed]), w), rows * lines

    check = witness.by_definition(
        x,
        w,
        layer.out_shape,
        random,
        of=witness.layer_pairs,
        stride=layer.stride,
        dilation=layer.dilation,
        groups=layer.groups,
    )
    return Task(
        (x, w),
        partial(_subject, layer),
        check,
        outputs * layer.taps,
        _peers(layer),
        part=part,
        traffic=x.nbytes + w.nbytes + 8 * outputs,
        largest=largest(x, w.reshape(len(w), -1)),
    )


def _workloads(options: Options) -> Iterator[Workload]:
    n, m = options.size(56, 7), options.size(24, 5)
    c, d = (4, 2) if options.quick else (64, 16)
    layers = {
        f"{c}×{n}²→{c} k3, int8": Layer(c, n, c),
        f"{c}×{n}²→{c} k3, int32": Layer(c, n, c, bits=INT32),
        f"{c}×{n}²→{c} k3, stride 2": Layer(c, n, c, stride=2),
        f"{c}×{n}²→{c} k3, dilation 2": Layer(c, n, c, dilation=2),
        f"{c}×{n}²→{c} k3, 4 groups": Layer(c, n, c, groups=4),
        f"{c}×{n}²→{c} k3, depthwise": Layer(c, n, c, groups=c),
        f"{c}×{n}²→{c} k3, depthwise, int32": Layer(c, n, c, groups=c, bits=INT32),
        f"{d}×{m}³→{d} k3": Layer(d, m, d, rank=3),
        f"{d}×{m}³→{d} k3, int32": Layer(d, m, d, rank=3, bits=INT32),
    }
    for name, layer in layers.items():
        yield Workload(f"W3b {name}", partial(task, layer, options))


def _curves(options: Options) -> Iterator[Curve]:
    c, sizes = (4, (8, 12)) if options.quick else (64, (7, 14, 28, 56, 112, 224))
    peers = ("torch float64", "torch float32")

    def at(bits: tuple[int, int], n: int) -> Task:
        return task(Layer(c, n, c, bits=bits), options)

    yield Curve(f"{c}×n²→{c} k3, int8", sizes, partial(at, INT8), peers)
    yield Curve(f"{c}×n²→{c} k3, int32", sizes, partial(at, INT32), peers[:1])


FAMILY = Family("W3b", "layers on integers", _workloads, _curves)
