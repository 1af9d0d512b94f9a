"""Stacks of layers: shapes, parameters, receptive fields and equivariance before any number."""

from symconv.stacks.facts import Claim, facts, judge, parted
from symconv.stacks.model import Entry, Layer, Stack
from symconv.stacks.motion import Along, Motion
from symconv.stacks.onnx_reader import from_onnx
from symconv.stacks.reading import load, loads, stack
from symconv.stacks.walk import Field, Row, Shapes, shapes

__all__ = [
    "Along",
    "Claim",
    "Entry",
    "Field",
    "Layer",
    "Motion",
    "Row",
    "Shapes",
    "Stack",
    "facts",
    "from_onnx",
    "judge",
    "load",
    "loads",
    "parted",
    "shapes",
    "stack",
]
