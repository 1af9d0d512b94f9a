"""A side of a law at one shape, read from the tables of `symconv.axis`: its shape and its terms.

Nothing here knows the affine rule that `symconv.laws.logic.rules` uses: the
two are witnesses for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatchmethod
from math import prod
from typing import Any

from symconv.axis import Axis
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
from symconv.laws.tables.bags import bag, diagonal, eliminated
from symconv.laws.tables.lines import Line, NoRoomError, forward, moves, transposed
from symconv.laws.tables.values import (
    FIXED,
    SHAPED,
    Product,
    Scale,
    Value,
    channels,
    concatenated,
    contracted,
    inner_indices,
    inner_labels,
    kron,
    mapped,
    out,
    outside,
    scaled,
    slid,
    times,
)
from symconv.plan import by


def at_shape(statement: Statement, letters: Mapping[str, int]) -> tuple[Value, Value]:
    """Return both sides for numbers of all letters.

    Raises: NoRoomError when a side cannot be formed.
    """
    return side(statement, letters, 0), side(statement, letters, 1)


def side(statement: Statement, letters: Mapping[str, int], number: int) -> Value:
    """Return one side, 0 or 1, for numbers of all letters.

    Raises: NoRoomError when it cannot be formed.
    """
    return Reader(statement, letters).value(statement.sides[number], last=True)


class Reader:
    """Reads nodes of one law for numbers of its letters."""

    def __init__(self, statement: Statement, letters: Mapping[str, int]) -> None:
        self.statement = statement
        self.letters = letters
        self.spatial = statement.ranks.spatial

    def number(self, tree: Any, axis: int) -> int:
        """Return an integer on a spatial axis."""
        return self.statement.numbers.read(tree, axis).value(self.letters)

    def numbers(self, tree: Any, rank: int) -> list[int]:
        """Return an integer for each of the last axes, *rank* of them."""
        return [self.number(tree, axis) for axis in range(self.spatial - rank, self.spatial)]

    def value(self, node: Node, *, last: bool = False) -> Value:
        """Return a node's shape and terms; the *last* operation of a side may be empty."""
        if isinstance(node, Slide):
            return self._slide(node, last=last)
        return self._combined(node, last=last) if isinstance(node, Combined) else self._read(node)

    @singledispatchmethod
    def _read(self, node: Node) -> Value:
        raise TypeError(node)

    @_read.register
    def _tensor(self, node: Tensor) -> Value:
        numbers, rank = self.statement.numbers, self.statement.ranks[node]
        shape = tuple(self.letters[numbers.length(node.name, axis)] for axis in range(rank))
        bags = tuple(diagonal(out(axis), (0, axis), n) for axis, n in enumerate(shape))
        return Value(shape, (Product((Fraction(1), ()), (node.name,), bags),))

    @_read.register
    def _fixed(self, node: Fixed) -> Value:
        rank = self.statement.ranks[node]
        if len(node.lengths) > 1:
            shape = tuple(
                self.number(tree, self.spatial - rank + axis)
                for axis, tree in enumerate(node.lengths)
            )
        else:
            shape = tuple(self.numbers(node.lengths[0], rank))
        if min(shape, default=1) < 1:
            raise NoRoomError(f"{node.kind} has a length below 1")
        size = prod(shape) if node.kind == "means" else 1
        found = FIXED[node.kind](shape)
        return Value(shape, tuple(Product((Fraction(1, size), ()), (), bags) for bags in found))

    @_read.register
    def _moved(self, node: Moved) -> Value:
        x = self.value(node.x)
        rank = len(x.shape)
        axes = range(rank) if node.axis is None else [node.axis % rank]
        for axis in axes:
            numbers = tuple(self.number(t, self.spatial - rank + axis) for t in node.numbers)
            x = mapped(x, axis, *moves(node.kind, x.shape[axis], numbers, node.boundary))
        return x

    def _combined(self, node: Combined, *, last: bool) -> Value:
        parts = node.parts
        lone = len(parts) == 1
        values = [(weight, self.value(part, last=last and lone)) for weight, part in parts]
        if len(shapes := {value.shape for _, value in values}) > 1:
            raise NoRoomError(f"a sum of arrays of shapes {' and '.join(map(by, sorted(shapes)))}")
        return Value(
            values[0][1].shape,
            tuple(
                scaled(product, self.scale(weight))
                for weight, value in values
                for product in value.products
            ),
        )

    def scale(self, weight: Weight) -> Scale:
        """Return the number and the scalars of a weight."""
        divisors = [self.number(t, a) for t in weight.over for a in range(self.spatial)]
        if min(divisors, default=1) < 1:
            raise NoRoomError("a divisor is below 1")
        return weight.number / prod(divisors), weight.names

    def _slide(self, node: Slide, *, last: bool) -> Value:
        x, w = self.value(node.x), self.value(node.w)
        if 0 in w.shape:
            raise NoRoomError("a kernel is empty")
        rank = spatial_axes(node.op, len(x.shape), len(w.shape), self.spatial)
        groups = self.numbers(node.groups, 1)[0]
        axes = [
            self._axis(node, x.shape[a - rank], w.shape[a - rank], self.spatial - rank + a)
            for a in range(rank)
        ]
        lines = [axis for axis in axes if axis is not None]
        if len(lines) < rank:
            if not last:
                raise NoRoomError("a kernel does not fit its input")
            lead, _ = channels(node.op, x.shape, w.shape, groups, rank)
            return Value((*lead, *(axis.out if axis else 0 for axis in axes)), ())
        value = slid(node, x, w, lines, groups)
        if node.fill is None:
            return value
        scale = self.scale(node.fill)
        extra = [
            Product(
                times(q.weight, scale),
                q.tensors,
                eliminated((*bags, *inner_indices("w", q.bags)), inner),
            )
            for inner in [inner_labels(x, w)]
            for bags in outside(node, x, w, lines, groups)
            for q in w.products
        ]
        return Value(value.shape, (*value.products, *extra))

    def _axis(self, node: Slide, n: int, k: int, axis: int) -> Line | None:
        """Return the table of one axis, None where the kernel does not fit."""
        pads = node.padding
        ends = pads if isinstance(pads, str) else tuple(self.number(end, axis) for end in pads)
        stride, dilation, lhs, more = (
            self.number(tree, axis)
            for tree in (node.stride, node.dilation, node.input_dilation, node.output_padding)
        )
        if min(stride, dilation, lhs) < 1 or more < 0:
            raise NoRoomError("a stride or dilation is below 1, or output_padding below 0")
        line = Axis(n, k, stride, dilation, lhs=lhs, flip=node.flip, boundary=node.boundary)
        return transposed(line, ends, more) if node.op == "conv_transpose" else forward(line, ends)

    @_read.register
    def _toeplitz(self, node: Toeplitz) -> Value:
        w = self.value(node.slide.w)
        n = self.number(node.length, self.spatial - 1)
        line = None if n < 1 else self._axis(node.slide, n, w.shape[0], self.spatial - 1)
        if line is None:
            raise NoRoomError("a kernel does not fit its input")
        rows = line.rows
        relation = bag((out(0), out(1), ("w", 0)), rows)
        products = tuple(
            Product(
                p.weight, p.tensors, eliminated((*inner_indices("w", p.bags), relation), [("w", 0)])
            )
            for p in w.products
        )
        return Value((line.out, n), products)

    @_read.register
    def _contracted(self, node: Contracted) -> Value:
        return contracted(self.value(node.a), self.value(node.b), node.axes)

    @_read.register
    def _joined(self, node: Joined) -> Value:
        return concatenated(list(map(self.value, node.parts)), node.axis)

    @_read.register
    def _shaped(self, node: Shaped) -> Value:
        return SHAPED[node.kind](self.value(node.x))

    @_read.register
    def _kron(self, node: Kron) -> Value:
        return kron(self.value(node.a), self.value(node.b))
