"""A side of a law at numbers: the function under test where it can, exact arithmetic elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce, singledispatchmethod
from itertools import pairwise
from math import prod
from operator import add, mul
from typing import Any

import numpy as np

from symconv import engines
from symconv.errors import GeometryError
from symconv.exact import Array
from symconv.laws.language.nodes import (
    Combined,
    Contracted,
    Fixed,
    Joined,
    Kron,
    Moved,
    Node,
    Shaped,
    Slide,
    Tensor,
    Toeplitz,
    Weight,
    spatial_axes,
)
from symconv.laws.language.statement import Statement
from symconv.laws.tables.lines import NoRoomError, moves
from symconv.laws.tables.sides import Reader
from symconv.laws.testing.calls import Called, Tested, call, integral
from symconv.laws.testing.convention import Asked, Convention, asked_of
from symconv.layers import conv_transpose

ENTRIES = {"ones": 1, "means": 1, "zeros": 0, "delta": 0}
"""What a fixed array is filled with; the entries of a mean's kernel add up to 1."""


@dataclass(slots=True)
class Evaluator:
    """Evaluates the sides of a law for arrays and scalars of Python integers.

    Calls that ``convention`` describes go to ``f``, and are noted in ``calls``; without ``f`` all
    are carried out exactly.
    """

    statement: Statement
    letters: Mapping[str, int]
    arrays: Mapping[str, Array]
    scalars: Mapping[str, int]
    convention: Convention
    f: Tested | None = None
    dtype: Any = np.int64
    calls: list[Called] = field(default_factory=list)

    def sides(self) -> tuple[Array, Array]:
        """Return both sides.

        Raises: NoRoomError where one cannot be formed or is empty; FaultError, UnfitError.
        """
        left, right = (self._value(side) for side in self.statement.sides)
        if not left.size or not right.size:
            raise NoRoomError("a side is empty")
        return left, right

    @property
    def _reader(self) -> Reader:
        return Reader(self.statement, self.letters)

    @singledispatchmethod
    def _value(self, node: Node) -> Array:
        raise TypeError(node)

    @_value.register
    def _tensor(self, node: Tensor) -> Array:
        return self.arrays[node.name]

    @_value.register
    def _combined(self, node: Combined) -> Array:
        return _sum([_objects(self._value(x) * self._weight(w)) for w, x in node.parts])

    @_value.register
    def _contracted(self, node: Contracted) -> Array:
        return _contracted(self._value(node.a), self._value(node.b), node.axes)

    @_value.register
    def _joined(self, node: Joined) -> Array:
        return _joined([self._value(part) for part in node.parts], node.axis)

    @_value.register
    def _shaped(self, node: Shaped) -> Array:
        return _shaped(node.kind, self._value(node.x))

    @_value.register
    def _kron(self, node: Kron) -> Array:
        return _objects(np.kron(self._value(node.a), self._value(node.b)))

    @_value.register
    def _fixed(self, node: Fixed) -> Array:
        rank, reader = self.statement.ranks[node], self._reader
        if len(node.lengths) > 1:
            shape = tuple(reader.number(tree, reader.spatial - 1) for tree in node.lengths)
        else:
            shape = tuple(reader.numbers(node.lengths[0], rank))
        if min(shape, default=1) < 1:
            raise NoRoomError(f"{node.kind} has a length below 1")
        if node.kind == "identity":
            return _objects(np.eye(shape[0], dtype=np.int64))
        size = prod(shape) if node.kind == "means" else 1
        entry = ENTRIES[node.kind] if size == 1 else Fraction(1, size)
        found = np.full(shape, entry, dtype=object)
        if node.kind == "delta":
            found[tuple(n // 2 for n in shape)] = 1
        return found

    @_value.register
    def _moved(self, node: Moved) -> Array:
        x, reader = self._value(node.x), self._reader
        for axis in range(x.ndim) if node.axis is None else [node.axis % x.ndim]:
            place = reader.spatial - x.ndim + axis
            numbers = tuple(reader.number(tree, place) for tree in node.numbers)
            size, rows = moves(node.kind, x.shape[axis], numbers, node.boundary)
            lines = np.moveaxis(x, axis, 0)
            found = np.full((size, *lines.shape[1:]), 0, dtype=object)
            found[rows[:, 0]] = lines[rows[:, 1]]
            x = np.moveaxis(found, 0, axis)
        return x

    def _weight(self, weight: Weight) -> Any:
        number, names = self._reader.scale(weight)
        whole = number.numerator if number.denominator == 1 else number
        return reduce(mul, (self.scalars[name] for name in names), whole)

    @_value.register
    def _slide(self, node: Slide) -> Array:
        x, w = self._value(node.x), self._value(node.w)
        asked = asked_of(node, self._reader, x.shape, w.shape)
        if node.op == "conv_transpose":
            return _transposed(asked, x, w)
        keywords = None if self.f is None else self.convention.keywords(asked)
        if keywords is not None and self.f is not None and integral(x) and integral(w):
            called = Called(x, w, keywords, asked)
            out = call(self.f, called, self.dtype)
            self.calls.append(replace(called, out=out))
            return out
        fill = 0 if node.fill is None else self._weight(node.fill)
        return exact(asked, x, w, **({"boundary": ("constant", fill)} if node.fill else {}))

    @_value.register
    def _toeplitz(self, node: Toeplitz) -> Array:
        w, reader, slide = self._value(node.slide.w), self._reader, node.slide
        n = reader.number(node.length, reader.spatial - 1)
        if n < 1:
            raise NoRoomError("a matrix without columns")
        (axis,) = asked_of(slide, reader, (n,), w.shape).plan.axes
        found = np.full((axis.out, n), 0, dtype=object)
        for (o, t), i in np.ndenumerate(axis.source):
            if i >= 0:
                found[o, i] += w[t]
        return found


def exact(asked: Asked, x: Array, w: Array, **changed: Any) -> Array:
    """Return a sliding product by its definition.

    Raises: NoRoomError.
    """
    return _objects(engines.evaluate(asked.planned(**changed), x, w))


def _transposed(asked: Asked, x: Array, w: Array) -> Array:
    options: dict[str, Any] = {
        k: list(v) if isinstance(v, tuple) else v for k, v in asked.options.items()
    }
    plain = spatial_axes(asked.op, x.ndim, w.ndim) == x.ndim
    try:
        if plain:
            return _objects(conv_transpose(x[None], w[None, None], **options)[0])
        return _objects(conv_transpose(x, w, **options))
    except GeometryError as error:
        raise NoRoomError(error.message) from error


def _sum(arrays: list[Array]) -> Array:
    if any(a.shape != b.shape for a, b in pairwise(arrays)):
        raise NoRoomError("a sum of arrays of several shapes")
    return _objects(reduce(add, arrays))


def _contracted(a: Array, b: Array, axes: int | None) -> Array:
    count = a.ndim if axes is None else axes
    if a.shape[a.ndim - count :] != b.shape[:count]:
        raise NoRoomError("lengths that are summed together differ")
    return _objects(np.tensordot(a, b, axes=count))


def _joined(arrays: list[Array], axis: int) -> Array:
    try:
        return np.concatenate(arrays, axis=axis)
    except ValueError as error:
        raise NoRoomError(str(error)) from error


def _shaped(kind: str, x: Array) -> Array:
    match kind:
        case "transpose":
            return x.T
        case "expand":
            return x[..., None]
        case "vec":
            return x.T.ravel()
    return _objects(np.sum(x))


def _objects(values: Any) -> Array:
    """Return numbers as an array of Python integers and fractions, also a lone one."""
    return np.asarray(values).astype(object)
