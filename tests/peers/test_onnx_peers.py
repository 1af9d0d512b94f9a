"""Stacks from ONNX models against ONNX's shape inference and ONNX Runtime, on random graphs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper, shape_inference  # noqa: E402

from symconv.errors import SymconvError  # noqa: E402
from symconv.stacks import from_onnx, shapes  # noqa: E402

Random = np.random.Generator
RUNTIME = onnxruntime.capi.onnxruntime_pybind11_state
OPSET = 18


class Build:
    """A model of one chain, made node by node, with all that a runtime needs."""

    def __init__(self, shape: Sequence[int], random: Random, opset: int = OPSET) -> None:
        self.shape = tuple(shape)
        self.random = random
        self.opset = opset
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.last = "x"

    def constant(self, values: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def weights(self, *shape: int) -> str:
        return self.constant(self.random.standard_normal(shape))

    def add(self, op: str, *inputs: str, first: str | None = None, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        reads = [self.last if first is None else first, *inputs]
        self.nodes.append(helper.make_node(op, reads, [name], name=name, **attributes))
        self.last = name
        return name

    def model(self, outputs: Sequence[str] | None = None) -> Any:
        names = [self.last] if outputs is None else outputs
        graph = helper.make_graph(
            self.nodes,
            "random",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, *self.shape))],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names],
            self.constants,
        )
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def integers(random: Random, low: int, high: int, rank: int) -> list[int]:
    return [int(n) for n in random.integers(low, high + 1, size=rank)]


def padding(random: Random, window: Sequence[int], *, named: bool = True) -> dict[str, Any]:
    """Return explicit pads below the window, or a name."""
    if named and random.random() < 0.35:
        return {"auto_pad": str(random.choice(["SAME_UPPER", "SAME_LOWER", "VALID"]))}
    return {"pads": [int(random.integers(0, k)) for k in (*window, *window)]}


def conv(build: Build, shape: tuple[int, ...], random: Random) -> None:
    rank, groups = len(shape) - 1, int(random.choice([1, shape[0]]))
    kernel = integers(random, 1, 3, rank)
    filters = groups * int(random.integers(1, 3))
    w = build.weights(filters, shape[0] // groups, *kernel)
    bias = [build.weights(filters)] if random.random() < 0.5 else []
    options: dict[str, Any] = {"strides": integers(random, 1, 3, rank), "group": groups}
    options |= padding(random, kernel)
    if "auto_pad" not in options:
        options["dilations"] = integers(random, 1, 2, rank)
    build.add("Conv", w, *bias, **options)


def conv_transpose(build: Build, shape: tuple[int, ...], random: Random) -> None:
    rank, groups = len(shape) - 1, int(random.choice([1, shape[0]]))
    kernel, strides = integers(random, 1, 3, rank), integers(random, 1, 3, rank)
    filters = int(random.integers(1, 3))
    w = build.weights(shape[0], filters, *kernel)
    bias = [build.weights(filters * groups)] if random.random() < 0.5 else []
    options: dict[str, Any] = {"strides": strides, "group": groups}
    chosen = random.random()
    if chosen < 0.3:
        sizes = [n * s for n, s in zip(shape[1:], strides, strict=True)]
        options |= {"output_shape": sizes}
    elif chosen < 0.6:
        options |= {"auto_pad": str(random.choice(["SAME_UPPER", "SAME_LOWER"]))}
    else:
        options |= {"pads": [0] * rank + [int(random.integers(0, k)) for k in kernel]}
        options |= {"output_padding": [int(random.integers(0, s)) for s in strides]}
    build.add("ConvTranspose", w, *bias, **options)


def pool(build: Build, shape: tuple[int, ...], random: Random) -> None:
    rank = len(shape) - 1
    op = str(random.choice(["MaxPool", "AveragePool", "LpPool"]))
    window = integers(random, 1, 3, rank)
    options: dict[str, Any] = {"kernel_shape": window, "strides": integers(random, 1, 3, rank)}
    options |= padding(random, window)
    if "auto_pad" not in options:
        options["ceil_mode"] = int(random.integers(0, 2))
    build.add(op, **options)


def pointwise(build: Build, _: tuple[int, ...], random: Random) -> None:
    build.add(str(random.choice(["Relu", "Sigmoid", "Tanh", "Elu", "Identity"])))


def norm(build: Build, shape: tuple[int, ...], _: Random) -> None:
    numbers = [build.constant(np.ones(shape[0])) for _ in range(4)]
    build.add("BatchNormalization", *numbers)


def pad(build: Build, shape: tuple[int, ...], random: Random) -> None:
    rank = len(shape) - 1
    before, after = integers(random, 0, 2, rank), integers(random, -1, 2, rank)
    pads = [0, 0, *before, 0, 0, *after]
    mode = str(random.choice(["constant", "edge"]))
    build.add("Pad", build.constant(pads, np.int64), mode=mode)


def resize(build: Build, shape: tuple[int, ...], random: Random) -> None:
    rank = len(shape) - 1
    mode = str(random.choice(["nearest", "linear"]))
    coordinates = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    options = {"mode": mode, "coordinate_transformation_mode": str(random.choice(coordinates))}
    empty = build.constant([])
    if random.random() < 0.5:
        scales = [1, 1, *(float(random.choice([0.5, 1, 1.5, 2, 3])) for _ in range(rank))]
        build.add("Resize", empty, build.constant(scales), **options)
    else:
        sizes = [1, shape[0], *integers(random, 1, 9, rank)]
        build.add("Resize", empty, empty, build.constant(sizes, np.int64), **options)


def together(build: Build, shape: tuple[int, ...], random: Random) -> None:
    """Join two branches of the same shape, or add stored numbers."""
    here = build.last
    chosen = random.random()
    if chosen < 0.3:
        build.add("Add", build.weights(shape[0], *(1,) * (len(shape) - 1)))
        return
    other = build.add("Relu")
    build.add("Tanh", first=here)
    if chosen < 0.6:
        build.add(str(random.choice(["Add", "Mul", "Sub"])), other)
    else:
        build.add("Concat", other, axis=1)


STEPS: list[Callable[[Build, tuple[int, ...], Random], None]] = [
    conv,
    conv,
    conv_transpose,
    pool,
    pool,
    pointwise,
    norm,
    pad,
    resize,
    together,
]


def inferred(model: Any) -> dict[str, tuple[int, ...]]:
    """Return the shape of every value as ONNX's shape inference has it."""
    found = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    values = [*found.graph.value_info, *found.graph.output]
    return {
        item.name: tuple(axis.dim_value for axis in item.type.tensor_type.shape.dim)
        for item in values
    }


def run(model: Any, shape: Sequence[int]) -> dict[str, tuple[int, ...]] | None:
    """Return the shape of every output as ONNX Runtime gives it; None where it refuses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    content = model.SerializeToString()
    x = np.ones((1, *shape), dtype=np.float32)
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        values = session.run(None, {"x": x})
    except (
        RUNTIME.Fail,
        RUNTIME.InvalidArgument,
        RUNTIME.RuntimeException,
        RUNTIME.NotImplemented,
    ):
        return None
    names = [item.name for item in session.get_outputs()]
    return {name: value.shape for name, value in zip(names, values, strict=True)}


def saved(model: Any, tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    onnx.save(model, str(path))
    return path


def inference_deviates(node: Any) -> bool:
    """Tell whether ONNX's shape inference may count a window too many.

    With ceil_mode it counts a last window that starts behind the input and the padding before it,
    which the operator's text and the runtime leave out.
    """
    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    return bool(attributes.get("ceil_mode"))


def same_is_less(node: Any, model: Any) -> bool:
    """Tell whether SAME would have to pad a transposed convolution's output.

    The operator's text has n*stride outputs; where the kernel is shorter than the stride, inference
    and runtime give fewer, (n - 1)*stride + kernel.
    """
    if node.op_type != "ConvTranspose":
        return False
    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    kernel = next(c.dims for c in model.graph.initializer if c.name == node.input[1])[2:]
    named = attributes.get("auto_pad", b"").startswith(b"SAME")
    return named and any(k < s for k, s in zip(kernel, attributes["strides"], strict=True))


def grown(build: Build, shape: tuple[int, ...], random: Random, tmp_path: Path) -> tuple[int, ...]:
    """Add one random layer that the runtime carries out, compare all, and return its output."""
    before = len(build.nodes), len(build.constants), build.last
    STEPS[int(random.integers(len(STEPS)))](build, shape, random)
    out = compared(build, tmp_path)
    if out is None or not all(0 < n <= 40 for n in out):
        del build.nodes[before[0] :], build.constants[before[1] :]
        build.last = before[2]
        return shape
    return out[1:]


def compared(build: Build, tmp_path: Path) -> tuple[int, ...] | None:
    """Compare the last layer's shape; None where a peer refuses it or deviates as is known."""
    model, node = build.model(), build.nodes[-1]
    ran = run(model, build.shape)
    if ran is None or same_is_less(node, model):
        return None
    where = onnx.printer.to_text(model)
    try:
        table = shapes(from_onnx(saved(model, tmp_path)))
    except SymconvError as error:
        if error.code != "kernel-too-wide" or node.op_type not in POOLS:
            raise
        return None
    assert (1, *table.out) == ran[build.last], where
    assert table.parameters == stored(model), where
    COMPARED.append(node.op_type)
    expected = inferred(model)[build.last]
    assert expected == ran[build.last] or inference_deviates(node), where
    return expected if expected == ran[build.last] else None


POOLS = ("MaxPool", "AveragePool", "LpPool")
"""Both peers divide with rounding towards zero, so that a pool whose window is wider than the
padded input by less than the stride has one output; by the operator's text it has none."""
COMPARED: list[str] = []
"""The operators compared so far."""


def stored(model: Any) -> int:
    """Return how many numbers the model stores as weights; of a norm only scale and shift."""
    total = 0
    sizes = {item.name: int(np.prod(item.dims)) for item in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type in ("Conv", "ConvTranspose", "Gemm", "Add"):
            total += sum(sizes.get(name, 0) for name in node.input[1:])
        elif node.op_type == "BatchNormalization":
            total += sizes[node.input[1]] + sizes[node.input[2]]
    return total


@pytest.mark.parametrize("block", range(8))
def test_every_shape_is_that_of_inference_and_of_the_runtime(block: int, tmp_path: Path) -> None:
    for seed in range(40 * block, 40 * block + 40):
        random = np.random.default_rng(seed)
        rank = int(random.choice([1, 2, 2, 3]))
        shape = (int(random.integers(1, 4)), *integers(random, 4, 11, rank))
        build = Build(shape, random)
        for _ in range(5):
            shape = grown(build, shape, random, tmp_path)


def test_every_operator_was_compared() -> None:
    wanted = ["Conv", "ConvTranspose", *POOLS, "Pad", "Resize", "Concat", "Add", "Mul", "Sub"]
    assert all(COMPARED.count(op) >= 5 for op in wanted), COMPARED


@pytest.mark.parametrize(
    ("op", "attributes", "out"),
    [
        ("GlobalAveragePool", {}, (3, 1, 1)),
        ("GlobalMaxPool", {}, (3, 1, 1)),
        ("GlobalLpPool", {}, (3, 1, 1)),
        ("Flatten", {}, (60,)),
        ("Softmax", {"axis": 1}, (3, 4, 5)),
        ("LRN", {"size": 3}, (3, 4, 5)),
        ("Dropout", {}, (3, 4, 5)),
    ],
)
def test_single_operators(
    op: str, attributes: dict[str, Any], out: tuple[int, ...], tmp_path: Path
) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    name = build.add(op, **attributes)
    model = build.model()
    assert run(model, build.shape) == {name: (1, *out)}
    assert shapes(from_onnx(saved(model, tmp_path))).out == out


def test_a_classifier_loses_and_a_pooled_one_gains(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    build = Build((3, 8, 8), random)
    build.add("Conv", build.weights(4, 3, 3, 3), pads=[1] * 4, strides=[2, 2])
    build.add("Reshape", build.constant([0, -1], np.int64))
    build.add("MatMul", build.weights(64, 10))
    build.add("Add", build.weights(10))
    model = build.model()
    table = shapes(from_onnx(saved(model, tmp_path)))
    assert (table.out, table.parameters) == ((10,), 4 * 27 + 640 + 10)
    assert (table.motion.state, table.motion.since) == ("lost", "n1")
    build = Build((3, 8, 8), random)
    build.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    build.add("ReduceMean", build.constant([2, 3], np.int64), keepdims=0)
    build.add("Gemm", build.weights(10, 3), build.weights(10), transB=1)
    table = shapes(from_onnx(saved(build.model(), tmp_path)))
    assert (table.motion.state, table.motion.exact) == ("invariant", True)
    assert run(build.model(), build.shape) == {"n2": (1, 10)}


def test_numbers_of_each_place_lose_equivariance(tmp_path: Path) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    build.add("Add", build.weights(3, 4, 5))
    motion = shapes(from_onnx(saved(build.model(), tmp_path))).motion
    assert (motion.state, motion.reason) == ("lost", "every place has numbers of its own")


def test_integer_convolutions(tmp_path: Path) -> None:
    """ConvInteger and QLinearConv have their weights at other inputs."""
    w = numpy_helper.from_array(np.zeros((5, 3, 2, 2), np.uint8), "w")
    scale = numpy_helper.from_array(np.array(1, np.float32), "s")
    zero = numpy_helper.from_array(np.array(0, np.uint8), "z")
    bias = numpy_helper.from_array(np.zeros(5, np.int32), "b")
    x = helper.make_tensor_value_info("x", TensorProto.UINT8, (1, 3, 6, 7))
    y = helper.make_tensor_value_info("y", TensorProto.INT32, None)
    for op, inputs, constants, parameters in (
        ("ConvInteger", ["x", "w"], [w], 60),
        ("QLinearConv", ["x", "s", "z", "w", "s", "z", "s", "z", "b"], [w, scale, zero, bias], 65),
    ):
        node = helper.make_node(op, inputs, ["y"], pads=[1, 0, 0, 0], strides=[2, 1])
        model = helper.make_model(helper.make_graph([node], "q", [x], [y], constants))
        table = shapes(from_onnx(saved(model, tmp_path)))
        assert (table.out, table.parameters) == ((5, 3, 6), parameters)


# What is refused ------------------------------------------------------------------------------


def refused(model: Any, tmp_path: Path, shape: Any = None) -> str:
    with pytest.raises(SymconvError) as caught:
        shapes(from_onnx(saved(model, tmp_path), shape))
    return str(caught.value).replace(str(tmp_path / "net.onnx"), "net.onnx")


def test_an_unknown_operator_is_named(tmp_path: Path) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    build.add("Relu")
    build.add("Transpose", perm=[0, 1, 3, 2])
    assert refused(build.model(), tmp_path) == (
        "FixtureError[unknown-operator]: net.onnx: node 2 'n1' (Transpose): the operator "
        "'Transpose' is not read\n  hint: did you mean 'ConvTranspose'?"
    )


def test_weights_in_another_file_are_not_opened(tmp_path: Path) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    build.add("Conv", build.weights(2, 3, 1, 1))
    build.add("Pad", build.constant([0] * 8, np.int64))
    model = build.model()
    for tensor in model.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(SymconvError) as caught:
        from_onnx(path)
    assert caught.value.code == "constant-not-read"


def test_open_shapes_need_an_input(tmp_path: Path) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    build.add("Relu")
    model = build.model()
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    assert refused(model, tmp_path) == (
        "FixtureError[open-shape]: net.onnx: input 'x' has the shape Nx3xheightx5\n"
        "  hint: give the input shape, as in --input 3x8x8"
    )
    assert shapes(from_onnx(saved(model, tmp_path), (3, 9, 5))).out == (3, 9, 5)


def test_weights_of_other_channels_are_refused(tmp_path: Path) -> None:
    build = Build((3, 4, 5), np.random.default_rng(0))
    build.add("Conv", build.weights(2, 4, 1, 1))
    assert refused(build.model(), tmp_path) == (
        "GeometryError[channel-mismatch]: net.onnx: layer 1 'n0' (conv): channels: x has 3 "
        "channels but the weights read 4\n  hint: use weights of 3 channels"
    )


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08" * 99, bytes(range(256)) * 9])
def test_bytes_that_are_no_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(SymconvError) as caught:
        from_onnx(path)
    assert caught.value.code in ("not-onnx", "not-a-stack")


def test_damaged_models_raise_nothing_else(tmp_path: Path) -> None:
    """Bytes of sound models, changed at random: a table or an error of ours."""
    random = np.random.default_rng(3)
    for seed in range(60):
        build = Build((2, 7, 8), np.random.default_rng(seed))
        shape: tuple[int, ...] = (2, 7, 8)
        for _ in range(3):
            shape = grown(build, shape, build.random, tmp_path)
        if not build.nodes:
            continue
        content = bytearray(build.model().SerializeToString())
        for _ in range(20):
            place = int(random.integers(len(content)))
            damaged = bytes(content[:place]) + bytes([int(random.integers(256))])
            damaged += bytes(content[place + 1 :])
            (tmp_path / "bad.onnx").write_bytes(damaged)
            with contextlib.suppress(SymconvError):
                shapes(from_onnx(tmp_path / "bad.onnx"))
