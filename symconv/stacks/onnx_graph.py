"""An ONNX graph as its rules see it: constants, numbers of axes, and one node at a time."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from symconv.errors import FixtureError
from symconv.stacks.model import MOST

MAX_VALUES = 1000
"""Entries of the largest constant whose values are read: a shape, pads, scales."""


@dataclass
class Graph:
    """What is known so far: tensors that are constants, and how many axes each value has."""

    opset: int
    constants: dict[str, Any] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)

    def dims(self, name: str) -> tuple[int, ...]:
        """Return the shape of a weight.

        Raises: FixtureError[computed-weight].
        """
        if name not in self.constants:
            message = f"{name!r} is computed by the graph, so its shape is not known here"
            raise FixtureError("computed-weight", message, hint="fold constants before the export")
        return tuple(map(int, self.constants[name].dims))

    def values(self, name: str) -> list[Any]:
        """Return the entries of a small constant as Python numbers.

        Raises: FixtureError[computed-weight], FixtureError[constant-not-read].
        """
        tensor = self.constants.get(name)
        count = prod(self.dims(name))
        helper: Any = importlib.import_module("onnx.numpy_helper")
        if tensor is None or count > MAX_VALUES or tensor.data_location == tensor.EXTERNAL:
            message = f"the values of {name!r} ({count} entries) stand in another file or are many"
            raise FixtureError("constant-not-read", message, hint="store them in the model")
        try:
            found: list[Any] = helper.to_array(tensor).ravel().tolist()
        except (ValueError, TypeError):
            raise FixtureError("not-onnx", f"the values of {name!r} cannot be decoded") from None
        return found


@dataclass(frozen=True)
class Node:
    """One node: its operator, its inputs that are there, its attributes, and the graph."""

    op: str
    inputs: Sequence[str]
    attributes: dict[str, Any]
    graph: Graph

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def has(self, place: int) -> bool:
        """Tell whether an optional input is given."""
        return len(self.inputs) > place and bool(self.inputs[place])

    @property
    def spatial(self) -> int:
        """How many spatial axes the first input has."""
        return self.graph.ranks.get(self.inputs[0], 2) - 2

    def refuse(self, what: str, hint: str = "") -> FixtureError:
        """Return the error for a setting that no layer here has."""
        return FixtureError("unknown-operator", f"{self.op} with {what} is not read", hint=hint)


def is_constant(node: Node, output: str) -> bool:
    """Tell whether a node makes a constant, which is then known by its output."""
    constants = node.graph.constants
    if node.op == "Constant":
        value = node.get("value")
        if value is None:
            numpy_helper: Any = importlib.import_module("onnx.numpy_helper")
            numbers: Any = next(iter(node.attributes.values()), [])
            numpy: Any = importlib.import_module("numpy")
            value = numpy_helper.from_array(numpy.array(numbers))
        constants[output] = value
        return True
    if node.op in ("DequantizeLinear", "Identity", "Cast") and node.inputs[0] in constants:
        constants[output] = constants[node.inputs[0]]
        return True
    return False


def whole(value: Any) -> int:
    """Return an integer that fits into the bounds of a file."""
    if not isinstance(value, int) or abs(value) > MOST:
        raise FixtureError("not-onnx", f"{value!r} is no integer up to {MOST}")
    return value


def numbers(values: Sequence[Any] | None, default: int, rank: int) -> list[int]:
    """Return an attribute's integers, or the default for each axis."""
    return [default] * rank if values is None else [*map(whole, values)]
