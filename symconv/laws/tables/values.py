"""Arrays of terms at one shape, and what the operations of laws do with them.

Every term is a product of tensor entries; a `Product` holds all terms with the same tensors, as
bags of indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import prod

import numpy as np

from symconv.laws.language.nodes import Slide
from symconv.laws.limits import check_length, check_products, check_size
from symconv.laws.tables.bags import Bag, Label, Rows, bag, diagonal, eliminated
from symconv.laws.tables.lines import Line, NoRoomError
from symconv.options import counted
from symconv.plan import Shape, by

Scale = tuple[Fraction, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """All terms of a side that multiply the same tensors, in this order, by one weight."""

    weight: Scale
    tensors: tuple[str, ...]
    bags: tuple[Bag, ...]

    @property
    def terms(self) -> int:
        """How many there are."""
        return prod(len(one.rows) for one in self.bags)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One side at one shape: its shape, and all its terms."""

    shape: Shape
    products: tuple[Product, ...]

    @property
    def terms(self) -> int:
        """How many terms there are."""
        return sum(product.terms for product in self.products)


def out(axis: int) -> Label:
    """Return the label of an output index."""
    return "out", axis


def inner_indices(side: str, bags: Sequence[Bag], first: int = 0) -> tuple[Bag, ...]:
    """Return bags whose output indices are inner ones; their tensors are counted from *first*."""

    def rename(label: Label) -> Label:
        what, axis = label
        return (side, axis) if what == "out" else (int(str(what)) + first, axis)

    return tuple(one.renamed(rename) for one in bags)


def slid(node: Slide, x: Value, w: Value, axes: Sequence[Line], groups: int) -> Value:
    """Return what a kernel sliding over an input gives, its axes being read already."""
    lead, relations = channels(node.op, x.shape, w.shape, groups, len(axes))
    xs, ws = len(x.shape) - len(axes), len(w.shape) - len(axes)
    relations += [
        bag((out(len(lead) + a), ("x", xs + a), ("w", ws + a)), line.rows)
        for a, line in enumerate(axes)
    ]
    inner = inner_labels(x, w)
    check_products(len(x.products) * len(w.products))
    products = tuple(
        Product(
            times(p.weight, q.weight),
            p.tensors + q.tensors,
            eliminated(
                (
                    *relations,
                    *inner_indices("x", p.bags),
                    *inner_indices("w", q.bags, len(p.tensors)),
                ),
                inner,
            ),
        )
        for p in x.products
        for q in w.products
    )
    return Value((*lead, *(line.out for line in axes)), products)


def inner_labels(x: Value, w: Value) -> list[Label]:
    """Return labels of all indices of two operands."""
    sides: list[tuple[object, Value]] = [("x", x), ("w", w)]
    return [(side, axis) for side, value in sides for axis in range(len(value.shape))]


def outside(node: Slide, x: Value, w: Value, lines: Sequence[Line], groups: int) -> list[list[Bag]]:
    """Return what padding of 1 adds: for each axis, the places that are outside on it first."""
    rank = len(lines)
    lead, relations = channels(node.op, x.shape, w.shape, groups, rank)
    heads = [
        reduce(Bag.without, [label for label in one.labels if label[0] == "x"], one)
        for one in relations
    ]
    found = []
    for first in range(rank):
        rows = [line.others for line in lines[:first]]
        rows.append(lines[first].padding)
        rows += [np.concatenate([line.others, line.padding]) for line in lines[first + 1 :]]
        labels = [(out(len(lead) + a), ("w", len(w.shape) - rank + a)) for a in range(rank)]
        found.append([*heads, *map(bag, labels, rows)])
    return found


def channels(op: str, x: Shape, w: Shape, groups: int, rank: int) -> tuple[Shape, list[Bag]]:
    """Return the lengths of batch and channels of the output, and what these axes read."""
    if len(w) == rank:
        return (), []
    own, other = w[0], w[1]
    channels = x[len(x) - rank - 1]
    transposed = op == "conv_transpose"
    if groups < 1 or own % groups or channels != (own if transposed else other * groups):
        raise NoRoomError(f"{counted(channels, 'channel')} and {groups} groups with w {by(w)}")
    check_size(4 * own * other)
    first, second = (index.ravel() for index in np.indices((own, other)))
    paired = first // max(1, own // groups) * other + second
    columns = [paired, first] if transposed else [first, paired]
    batch = x[: len(x) - rank - 1]
    place = len(batch)
    labels = (out(place), ("x", place), ("w", 0), ("w", 1))
    bags = [bag(labels, np.stack([*columns, first, second], axis=1))]
    bags += [diagonal(out(a), ("x", a), n) for a, n in enumerate(batch)]
    return (*batch, other * groups if transposed else own), bags


def times(left: Scale, right: Scale) -> Scale:
    """Return the product of two weights."""
    return left[0] * right[0], tuple(sorted(left[1] + right[1]))


def scaled(product: Product, scale: Scale) -> Product:
    """Return a product with another weight besides its own."""
    return replace(product, weight=times(product.weight, scale))


def mapped(value: Value, axis: int, size: int, rows: Rows) -> Value:
    """Return an array whose index along an axis is another one of *value*."""
    relation = bag((out(axis), ("x", axis)), rows)

    def rename(label: Label) -> Label:
        return ("x", axis) if label == out(axis) else label

    products = tuple(
        replace(
            product,
            bags=eliminated(
                (relation, *(one.renamed(rename) for one in product.bags)), [("x", axis)]
            ),
        )
        for product in value.products
    )
    return Value((*value.shape[:axis], size, *value.shape[axis + 1 :]), products)


def contracted(a: Value, b: Value, axes: int | None) -> Value:
    """Return the last axes of a summed against the first of b; all when None."""
    count = len(a.shape) if axes is None else axes
    kept = len(a.shape) - count
    if a.shape[kept:] != b.shape[:count]:
        raise NoRoomError(
            f"lengths {by(a.shape[kept:])} and {by(b.shape[:count])} are summed together"
        )

    def ours(label: Label) -> Label:
        what, axis = label
        return ("m", axis - kept) if what == "out" and axis >= kept else label

    def theirs(first: int) -> Callable[[Label], Label]:
        def rename(label: Label) -> Label:
            what, axis = label
            if what != "out":
                return int(str(what)) + first, axis
            return ("m", axis) if axis < count else out(kept + axis - count)

        return rename

    inner = [("m", axis) for axis in range(count)]
    check_products(len(a.products) * len(b.products))
    products = tuple(
        Product(
            times(p.weight, q.weight),
            p.tensors + q.tensors,
            eliminated(
                [
                    *(one.renamed(ours) for one in p.bags),
                    *(one.renamed(theirs(len(p.tensors))) for one in q.bags),
                ],
                inner,
            ),
        )
        for p in a.products
        for q in b.products
    )
    return Value(a.shape[:kept] + b.shape[count:], products)


def concatenated(values: Sequence[Value], axis: int) -> Value:
    """Return arrays one behind the other."""
    axis %= len(values[0].shape)
    rests = {value.shape[:axis] + value.shape[axis + 1 :] for value in values}
    if len(rests) > 1:
        raise NoRoomError(
            f"arrays of shapes {' and '.join(by(v.shape) for v in values)} are joined"
        )
    total = sum(value.shape[axis] for value in values)
    products: list[Product] = []
    offset = 0
    for value in values:
        n = value.shape[axis]
        rows = np.stack([np.arange(n) + offset, np.arange(n)], axis=1)
        products += mapped(value, axis, total, rows).products
        offset += n
    shape = values[0].shape
    return Value((*shape[:axis], total, *shape[axis + 1 :]), tuple(products))


def _transposed(value: Value) -> Value:
    def rename(label: Label) -> Label:
        return out(1 - label[1]) if label[0] == "out" else label

    return Value(
        value.shape[::-1],
        tuple(
            replace(p, bags=tuple(one.renamed(rename) for one in p.bags)) for p in value.products
        ),
    )


def _expanded(value: Value) -> Value:
    last = bag([out(len(value.shape))], [[0]])
    return Value((*value.shape, 1), tuple(replace(p, bags=(*p.bags, last)) for p in value.products))


def _summed(value: Value) -> Value:
    inner = [out(axis) for axis in range(len(value.shape))]
    return Value((), tuple(replace(p, bags=eliminated(p.bags, inner)) for p in value.products))


def _stacked(value: Value) -> Value:
    """Return the columns of a matrix one below the other."""
    rows, columns = value.shape
    check_size(3 * rows * columns)
    c, r = (index.ravel() for index in np.indices((columns, rows)))
    relation = bag((out(0), ("x", 0), ("x", 1)), np.stack([c * rows + r, r, c], axis=1))
    return Value(
        (rows * columns,),
        tuple(
            replace(
                p, bags=eliminated((relation, *inner_indices("x", p.bags)), [("x", 0), ("x", 1)])
            )
            for p in value.products
        ),
    )


def kron(a: Value, b: Value) -> Value:
    """Return the Kronecker product of two matrices."""
    relations = []
    for axis, (m, n) in enumerate(zip(a.shape, b.shape, strict=True)):
        check_size(3 * m * n)
        i, j = (index.ravel() for index in np.indices((m, n)))
        labels = (out(axis), ("x", axis), ("w", axis))
        relations.append(bag(labels, np.stack([i * n + j, i, j], axis=1)))
    products = tuple(
        Product(
            times(p.weight, q.weight),
            p.tensors + q.tensors,
            eliminated(
                (
                    *relations,
                    *inner_indices("x", p.bags),
                    *inner_indices("w", q.bags, len(p.tensors)),
                ),
                inner_labels(a, b),
            ),
        )
        for p in a.products
        for q in b.products
    )
    return Value((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]), products)


SHAPED: dict[str, Callable[[Value], Value]] = {
    "transpose": _transposed,
    "expand": _expanded,
    "sum": _summed,
    "vec": _stacked,
}


def _impulse(shape: Shape) -> list[tuple[Bag, ...]]:
    check_length(max(shape, default=0))
    return [tuple(bag([out(axis)], [[n // 2]]) for axis, n in enumerate(shape))]


def _ones(shape: Shape) -> list[tuple[Bag, ...]]:
    check_size(sum(shape))
    return [tuple(bag([out(axis)], np.arange(n)) for axis, n in enumerate(shape))]


def _unit(shape: Shape) -> list[tuple[Bag, ...]]:
    return [(diagonal(out(0), out(1), shape[0]),)]


FIXED: dict[str, Callable[[Shape], list[tuple[Bag, ...]]]] = {
    "delta": _impulse,
    "ones": _ones,
    "means": _ones,
    "zeros": lambda _: [],
    "identity": _unit,
}
