"""Errors of stacks of layers: of a description, of a shape, of an ONNX graph."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from symconv.stacks import from_onnx, judge, loads, shapes, stack
from symconv.stacks.effects import effect
from symconv.stacks.model import Constant, Resize
from symconv.stacks.onnx_graph import Graph, whole
from symconv.stacks.onnx_ops import layer_of
from tests.messages import with_module

SMALL = stack({"input": [3, 8], "layers": ["relu", {"max_pool": 2}]})
STORED = SimpleNamespace(dims=(40, 50), data_location=1, EXTERNAL=1)


def described(*layers: Any) -> None:
    """Derive the shapes of a stack on 3 channels of 8x9."""
    shapes(stack({"input": [3, 8, 9], "layers": layers}))


def resized(**given: Any) -> None:
    """Resize a map as ONNX does."""
    layer = Resize(coordinates="half_pixel", mode="linear", **given)
    effect(layer, "resize", [(3, 8, 9)])


def value(name: str, *sizes: int | str) -> Any:
    """Return a graph's input or output; an open size is text."""
    axes = [
        SimpleNamespace(dim_param="", dim_value=size)
        if isinstance(size, int)
        else SimpleNamespace(dim_param=size, dim_value=0)
        for size in sizes
    ]
    shape = SimpleNamespace(shape=SimpleNamespace(dim=axes))
    return SimpleNamespace(name=name, type=SimpleNamespace(tensor_type=shape))


def node(operator: str, source: str, out: str) -> Any:
    return SimpleNamespace(
        name="", op_type=operator, domain="", input=[source], output=[out], attribute=[]
    )


def graph(inputs: Sequence[Any], nodes: Sequence[Any]) -> Any:
    """Read a graph where the package onnx, present or not, loads this one."""
    found = SimpleNamespace(
        name="net", initializer=[], input=inputs, node=nodes, output=[value("y", 1)]
    )
    model = SimpleNamespace(graph=found, opset_import=[])
    onnx = SimpleNamespace(load=lambda *_, **__: model)
    protobuf = SimpleNamespace(DecodeError=ArithmeticError)
    return with_module(
        "onnx",
        onnx,
        lambda: with_module("google.protobuf.message", protobuf, lambda: from_onnx(__file__)),
    )


CASES: list[Any] = [
    pytest.param(
        lambda: described({"cone": 3}),
        "FixtureError[unknown-layer]: no layer is called 'cone'\n  hint: did you mean 'conv'?",
        id="unknown-layer",
    ),
    pytest.param(
        lambda: described({"relu": "", "tanh": ""}),
        "FixtureError[not-a-layer]: layer 1 names 2 layers\n"
        "  hint: as in `- conv: {filters: 8, kernel: 3}`",
        id="not-a-layer",
    ),
    pytest.param(
        described,
        "FixtureError[no-layers]: there are no layers\n  hint: give 1 to 10000",
        id="no-layers",
    ),
    pytest.param(
        lambda: described(*[{"conv": {"filters": 2, "kernel": 1, "repeat": 1000}}] * 11),
        "FixtureError[no-layers]: there are too many layers\n  hint: give 1 to 10000",
        id="no-layers, too many",
    ),
    pytest.param(
        lambda: described({"relu": "", "name": "a"}, {"tanh": "", "name": "a"}),
        "FixtureError[duplicate-name]: layer 2 (tanh): a second 'a'\n  hint: names are unique",
        id="duplicate-name",
    ),
    pytest.param(
        lambda: described({"relu": "", "name": "pool"}, {"add": "pol"}),
        "FixtureError[no-such-layer]: layer 2 (add): 'pol' is no layer before it\n"
        "  hint: did you mean 'pool'?",
        id="no-such-layer",
    ),
    pytest.param(
        lambda: shapes(SMALL).row("pool"),
        "GeometryError[no-such-layer]: no layer is named 'pool'\n  hint: layers: relu, max_pool",
        id="no-such-layer, of a table",
    ),
    pytest.param(
        lambda: described({"conv": {"filters": 4, "kernal": 3}}),
        "FixtureError[unknown-field]: layer 1 (conv): 'kernal' is no field\n"
        "  hint: did you mean 'kernel'?",
        id="unknown-field",
    ),
    pytest.param(
        lambda: described({"conv": {"kernel": 3}}),
        "FixtureError[missing-field]: layer 1 (conv): 'filters' is missing",
        id="missing-field",
    ),
    pytest.param(
        lambda: loads("input: [3, x]\nlayers: [relu]\n", "net.yaml"),
        "FixtureError[wrong-type]: net.yaml:1: a stack: input[1]: Expected `int`, got `str`",
        id="wrong-type",
    ),
    pytest.param(
        lambda: described({"conv": {"filters": 2, "kernel": [3]}}),
        "GeometryError[kernel-per-axis]: layer 1 (conv): 1 value of kernel for 2 axes\n"
        "  hint: give one value, or 2",
        id="kernel-per-axis",
    ),
    pytest.param(
        lambda: described({"max_pool": [2, 3, 4]}),
        "GeometryError[window-per-axis]: layer 1 (max_pool): 3 values of window for 2 axes\n"
        "  hint: give one value, or 2",
        id="window-per-axis",
    ),
    pytest.param(
        lambda: described({"upsample": [2, 3, 4]}),
        "GeometryError[factor-per-axis]: layer 1 (upsample): 3 values of factor for 2 axes\n"
        "  hint: give one value, or 2",
        id="factor-per-axis",
    ),
    pytest.param(
        lambda: described({"crop": [1, 2, 3]}),
        "GeometryError[margin-per-axis]: layer 1 (crop): 3 values of margin for 2 axes\n"
        "  hint: give one value, or 2",
        id="margin-per-axis",
    ),
    pytest.param(
        lambda: described("relu", {"crop": {"like": "input", "offset": [1, 2, 3]}}),
        "GeometryError[offset-per-axis]: layer 2 (crop): 3 values of offset for 2 axes\n"
        "  hint: give one value, or 2",
        id="offset-per-axis",
    ),
    pytest.param(
        lambda: resized(scales=("2", "3", "4")),
        "GeometryError[scales-per-axis]: 3 values of scales for 2 axes\n"
        "  hint: give one value, or 2",
        id="scales-per-axis",
    ),
    pytest.param(
        lambda: resized(sizes=(5,)),
        "GeometryError[sizes-per-axis]: 1 value of sizes for 2 axes\n  hint: give one value, or 2",
        id="sizes-per-axis",
    ),
    pytest.param(
        lambda: resized(scales=("1/9", "2")),
        "GeometryError[output-empty]: the output 3x0x18 is empty\n  hint: use larger scales",
        id="output-empty",
    ),
    pytest.param(
        lambda: described({"conv": {"filters": 2, "kernel": 3, "channels": 5}}),
        "GeometryError[channel-mismatch]: layer 1 (conv): channels: x has 3 channels but the "
        "weights read 5\n"
        "  hint: use weights of 3 channels",
        id="channel-mismatch",
    ),
    pytest.param(
        lambda: described({"dense": 5}),
        "GeometryError[dense-needs-vector]: layer 1 (dense): dense takes a vector, but its "
        "input is 3x8x9\n"
        "  hint: put flatten or global_avg_pool before it, or use conv with kernel 1",
        id="dense-needs-vector",
    ),
    pytest.param(
        lambda: described("flatten", {"max_pool": 2}),
        "GeometryError[no-spatial-axes]: layer 2 (max_pool): max_pool needs a map with "
        "spatial axes, but its input is a vector\n"
        "  hint: put it before flatten or the global pool",
        id="no-spatial-axes",
    ),
    pytest.param(
        lambda: described({"flatten": 100}),
        "GeometryError[shapes-differ]: layer 1 (flatten): flatten of 3x8x9 gives 216 "
        "entries, not 100\n"
        "  hint: units: 216",
        id="shapes-differ, units",
    ),
    pytest.param(
        lambda: described({"crop": [0, 1]}, {"add": "input"}),
        "GeometryError[shapes-differ]: layer 2 (add): axis 1: add of 3x8x7 and 3x8x9, the "
        "output of 'input': 7 is not 9\n"
        "  hint: crop 2 from axis 1 of the output of 'input', or pad the other",
        id="shapes-differ",
    ),
    pytest.param(
        lambda: described({"conv": {"filters": 4, "kernel": 1}}, {"add": "input"}),
        "GeometryError[shapes-differ]: layer 2 (add): channels: add of 4x8x9 and 3x8x9, the "
        "output of 'input': 4 is not 3\n"
        "  hint: a conv with kernel 1 and 3 filters before it would fit",
        id="shapes-differ, channels",
    ),
    pytest.param(
        lambda: described("flatten", {"concat": "input"}),
        "GeometryError[shapes-differ]: layer 2 (concat): concat of 216 and 3x8x9, the output "
        "of 'input'\n"
        "  hint: both need the same axes",
        id="shapes-differ, axes",
    ),
    pytest.param(
        lambda: described({"crop": [4, 1]}),
        "GeometryError[crop-too-deep]: layer 1 (crop): axis 0: 4 + 4 cells are cut off, but "
        "there are 8\n"
        "  hint: cut off at most 7 in all",
        id="crop-too-deep",
    ),
    pytest.param(
        lambda: described({"max_pool": 2}, {"crop": {"like": "input"}}),
        "GeometryError[crop-too-deep]: layer 2 (crop): axis 0: 8 cells from cell 0 on are "
        "asked for, but there are 4\n"
        "  hint: at most 4 cells",
        id="crop-too-deep, like another",
    ),
    pytest.param(
        lambda: described(
            {"max_pool": {"window": 2, "ceil_mode": "true", "padding": [[1, -2], 0]}}
        ),
        "GeometryError[crop-and-ceil]: layer 1 (max_pool): padding 1+-2x0 crops, together "
        "with ceil_mode\n"
        "  hint: put crop before it",
        id="crop-and-ceil",
    ),
    pytest.param(
        lambda: judge(SMALL, "parameters"),
        "FixtureError[not-a-claim]: 'parameters' is no claim\n"
        "  hint: as in `parameters == 138357544`",
        id="not-a-claim",
    ),
    pytest.param(
        lambda: judge(SMALL, "parametres == 3"),
        "FixtureError[unknown-fact]: 'parametres' is no fact of this stack\n"
        "  hint: did you mean 'parameters'?",
        id="unknown-fact",
    ),
    pytest.param(
        lambda: with_module("onnx", None, lambda: from_onnx(__file__)),
        "FixtureError[no-onnx]: {tests}/messages/stacks.py: the package onnx is not installed\n"
        '  hint: pip install "symconv[onnx]"',
        id="no-onnx",
    ),
    pytest.param(
        lambda: whole(0.5),
        "FixtureError[not-onnx]: 0.5 is no integer up to 1000000000",
        id="not-onnx",
    ),
    pytest.param(
        lambda: graph([value("x", "N", 3, 8)], []),
        "FixtureError[not-onnx]: {tests}/messages/stacks.py: the graph has 0 nodes\n"
        "  hint: give 1 to 10000",
        id="not-onnx, no nodes",
    ),
    pytest.param(
        lambda: layer_of(node("Convv", "x", "y"), Graph(opset=13)),
        "FixtureError[unknown-operator]: the operator 'Convv' is not read\n"
        "  hint: did you mean 'Conv'?",
        id="unknown-operator",
    ),
    pytest.param(
        lambda: Graph(opset=13).dims("w"),
        "FixtureError[computed-weight]: 'w' is computed by the graph, so its shape is not "
        "known here\n"
        "  hint: fold constants before the export",
        id="computed-weight",
    ),
    pytest.param(
        lambda: with_module(
            "onnx.numpy_helper", SimpleNamespace(), lambda: Graph(13, {"w": STORED}).values("w")
        ),
        "FixtureError[constant-not-read]: the values of 'w' (2000 entries) stand in another "
        "file or are many\n"
        "  hint: store them in the model",
        id="constant-not-read",
    ),
    pytest.param(
        lambda: graph([value("x", "N", 3), value("z", "N", 5)], [node("Relu", "x", "y")]),
        "FixtureError[not-a-stack]: {tests}/messages/stacks.py: the graph has 2 inputs (x, z)\n"
        "  hint: a stack has one input",
        id="not-a-stack, inputs",
    ),
    pytest.param(
        lambda: graph([value("x", "N", 3, "H")], [node("Relu", "x", "y")]),
        "FixtureError[open-shape]: {tests}/messages/stacks.py: input 'x' has the shape Nx3xH\n"
        "  hint: give the input shape, as in --input 3x8x8",
        id="open-shape",
    ),
    pytest.param(
        lambda: graph([value("x", "N", 3, 8)], [node("Relu", "x", "z")]),
        "FixtureError[not-a-stack]: {tests}/messages/stacks.py: no output of the graph "
        "depends on its input",
        id="not-a-stack, output",
    ),
    pytest.param(
        lambda: graph([value("x", "N", 3, 8)], [node("Relu", "z", "y")]),
        "FixtureError[no-such-layer]: {tests}/messages/stacks.py: node 1 (Relu): 'z' is the "
        "output of no node before",
        id="no-such-layer, of a graph",
    ),
    pytest.param(
        lambda: described(
            {"relu": "", "name": "map"}, "flatten", {"crop": {"like": "flatten"}, "from": "map"}
        ),
        "GeometryError[shapes-differ]: layer 3 (crop): crop of 3x8x9 to the size of 216, the "
        "output of 'flatten'\n"
        "  hint: both need the same axes",
        id="shapes-differ, like another",
    ),
    pytest.param(
        lambda: effect(Constant(shape=(5, 1)), "mul", [(3, 8, 9)]),
        "GeometryError[shapes-differ]: mul of 3x8x9 and stored numbers of shape 5x1\n"
        "  hint: each size is 1 or that of the map",
        id="shapes-differ, stored numbers",
    ),
]
