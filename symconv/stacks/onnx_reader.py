"""A stack from an ONNX model: its graph of layers; of the weights only their shapes are read."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from symconv.errors import FixtureError, SymconvError
from symconv.plan import Shape
from symconv.stacks.model import INPUT, MOST, Entry, Stack
from symconv.stacks.onnx_graph import Graph
from symconv.stacks.onnx_ops import layer_of
from symconv.stacks.reading import MAX_LAYERS

MAX_MODEL = 2**31 - 1
"""Bytes of the largest file, which is also the largest message that ONNX's format has."""


def from_onnx(path: str | FilePath, shape: Shape | None = None) -> Stack:
    """Return the stack of an ONNX model; *shape* is its input (C, *S) if left open.

    Weights in files beside the model are not opened. The batch axis is left out of all shapes.

    Raises: FixtureError with file, node and operator: [unreadable-file], [no-onnx] where the extra
    `onnx` is not installed, [not-onnx], [unknown-operator], [open-shape].

    Source: ONNX operator specification.

    >>> from symconv.errors import FixtureError
    >>> try:
    ...     from_onnx("nowhere.onnx")
    ... except FixtureError as error:
    ...     print(error)
    FixtureError[unreadable-file]: nowhere.onnx: No such file or directory
    """
    try:
        model = _loaded(FilePath(path))
        return _Reader(model, str(path)).stack(shape)
    except OSError as error:
        message = error.strerror or str(error)
        raise FixtureError("unreadable-file", message, place=str(path)) from None
    except SymconvError as error:
        raise error.at(str(path)) from None


def _loaded(path: FilePath) -> Any:
    if not path.is_file() and path.exists():
        raise OSError(0, "Not a regular file")
    if path.stat().st_size > MAX_MODEL:
        raise OSError(0, f"More than {MAX_MODEL} bytes")
    try:
        onnx: Any = importlib.import_module("onnx")
    except ImportError:
        hint = 'pip install "symconv[onnx]"'
        raise FixtureError("no-onnx", "the package onnx is not installed", hint=hint) from None
    protobuf: Any = importlib.import_module("google.protobuf.message")
    try:
        model = onnx.load(str(path), load_external_data=False)
    except protobuf.DecodeError:
        raise FixtureError("not-onnx", "the file is no ONNX model") from None
    if not all(isinstance(text, str) for text in _texts(model.graph)):
        raise FixtureError("not-onnx", "a name is not UTF-8")
    return model


def _texts(graph: Any) -> Iterator[Any]:
    """Yield every name in a graph; a damaged file can have bytes there."""
    yield graph.name
    yield from (tensor.name for tensor in graph.initializer)
    for value in (*graph.input, *graph.output):
        yield value.name
        yield from (axis.dim_param for axis in value.type.tensor_type.shape.dim)
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


class _Reader:
    """Turns one graph into entries."""

    def __init__(self, model: Any, name: str) -> None:
        self.graph = model.graph
        self.name = name
        if not self.graph.node or len(self.graph.node) > MAX_LAYERS:
            message = f"the graph has {len(self.graph.node)} nodes"
            raise FixtureError("not-onnx", message, hint=f"give 1 to {MAX_LAYERS}")
        versions = [item.version for item in model.opset_import if item.domain in ("", "ai.onnx")]
        self.known = Graph(opset=max(versions, default=1))

    def stack(self, shape: Shape | None) -> Stack:
        for tensor in self.graph.initializer:
            self.known.constants[tensor.name] = tensor
        given = [item for item in self.graph.input if item.name not in self.known.constants]
        if len(given) != 1:
            told = ", ".join(_printable(item.name) for item in given) or "none"
            message = f"the graph has {len(given)} inputs ({told})"
            raise FixtureError("not-a-stack", message, hint="a stack has one input")
        found = _shape_of(given[0]) if shape is None else tuple(shape)
        self.known.ranks[given[0].name] = len(found) + 1
        names = {given[0].name: INPUT}
        entries: dict[str, Entry] = {}
        for number, node in enumerate(self.graph.node, 1):
            self._read(number, node, names, entries)
        outputs = [item.name for item in self.graph.output if item.name in names]
        layers = _before(names[outputs[0]], entries) if outputs else ()
        if not layers:
            raise FixtureError("not-a-stack", "no output of the graph depends on its input")
        return Stack(found, layers, _printable(self.graph.name), source=self.name)

    def _read(
        self, number: int, node: Any, names: dict[str, str], entries: dict[str, Entry]
    ) -> None:
        try:
            found = layer_of(node, self.known)
            if found is None:
                return
            kind, layer, inputs = found
            missing = [name for name in inputs if name not in names]
            if node.output[0] in names:
                message = f"{_printable(node.output[0])!r} is the output of an earlier node too"
                raise FixtureError("not-a-stack", message, hint="give every output its own name")
            if missing:
                message = f"{_printable(missing[0])!r} is the output of no node before"
                raise FixtureError("no-such-layer", message)
        except SymconvError as error:
            called = f" {_printable(node.name)!r}" if node.name else ""
            raise error.at(f"node {number}{called} ({_printable(node.op_type)})") from None
        name = _unused(_printable(node.output[0]), entries)
        names[node.output[0]] = name
        reads = tuple(names[item] for item in inputs)
        entries[name] = Entry(kind, layer, name, reads, str(number))


def _unused(name: str, entries: dict[str, Entry]) -> str:
    while name in entries or name in (INPUT, ""):
        name += "_"
    return name


def _printable(name: str) -> str:
    """Return a name without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)[:200]


def _shape_of(item: Any) -> Shape:
    """Return (C, *S) of a graph input."""
    axes = item.type.tensor_type.shape.dim[1:]
    sizes = [axis.dim_value for axis in axes]
    if not sizes or min(sizes) < 1 or max(sizes) > MOST:
        told = "x".join(["N", *(_printable(a.dim_param) or str(a.dim_value) for a in axes)])
        message = f"input {_printable(item.name)!r} has the shape {told}"
        raise FixtureError("open-shape", message, hint="give the input shape, as in --input 3x8x8")
    return tuple(sizes)


def _before(name: str, entries: dict[str, Entry]) -> tuple[Entry, ...]:
    """Return the layers that one layer depends on, and itself, in their order."""
    needed = {name}
    for entry in reversed(entries.values()):
        if entry.name in needed:
            needed.update(entry.inputs)
    return tuple(entry for entry in entries.values() if entry.name in needed)
