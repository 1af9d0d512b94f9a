"""The shape of every array of a law in letters, and what must hold for it to be formed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatchmethod
from math import prod

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
    spatial_axes,
)
from symconv.laws.language.statement import Statement
from symconv.laws.letters.conditions import Test, at_least, every, largest, less, same, some, surely
from symconv.laws.letters.wholes import Whole, choice, letter, whole

Lengths = tuple[Whole, ...]
FOLDED = ("edge", "wrap", "reflect", "symmetric")


@dataclass(frozen=True, slots=True)
class Slot:
    """One axis of a sliding kernel in letters: its numbers, and how many outputs it has."""

    stuffed: Whole
    taps: Whole
    stride: Whole
    dilation: Whole
    lhs: Whole
    before: Whole
    out: Whole


class Shapes:
    """Reads shapes in letters, and gathers in ``needs`` what the sides need to be formed.

    ``reaches`` are further needs of this reading alone: that padding by reflection or wrapping
    goes round at most once, without which an index is no linear expression.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.spatial = statement.ranks.spatial
        self.needs: list[Test] = []
        self.reaches: list[Test] = []
        self._slots: dict[Node, list[Slot]] = {}
        self._found: dict[Node, Lengths] = {}
        self.least = dict.fromkeys(statement.length_letters(), 1) | {
            name: least for name, least in statement.parameter_letters() if least is not None
        }
        self._positive: set[Whole] = set(map(letter, statement.length_letters()))
        left, right = statement.sides
        self.sides = self.of(left, last=True), self.of(right, last=True)

    def of(self, node: Node, *, last: bool = False) -> Lengths:
        """Return the lengths of a node's axes; the *last* operation of a side may be empty."""
        if node not in self._found:
            self._found[node] = self._of(node, last=last)
        return self._found[node]

    def slots(self, node: Slide | Toeplitz) -> list[Slot]:
        """Return the axes that a kernel slides along."""
        self.of(node)
        return self._slots[node]

    def number(self, tree: object, axis: int) -> Whole:
        """Return an integer tree on a spatial axis."""
        return self.statement.numbers.read(tree, axis)  # type: ignore[arg-type]

    def over(self, trees: tuple[object, ...]) -> list[Whole]:
        """Return what a weight is divided by, for every spatial axis."""
        return [self.number(tree, axis) for tree in trees for axis in range(self.spatial)]

    def need(self, *tests: Test) -> None:
        """Note tests that must hold; those that do anyway are left out."""
        self.needs += [test for test in tests if not surely(test, self.least)]

    def _need_positive(self, length: Whole) -> None:
        if length not in self._positive:
            self.need(at_least(length, 1))
            self._positive.add(length)

    def _of(self, node: Node, *, last: bool) -> Lengths:
        if isinstance(node, Slide):
            return self._slide(node, last=last)
        return self._combined(node, last=last) if isinstance(node, Combined) else self._read(node)

    @singledispatchmethod
    def _read(self, node: Node) -> Lengths:
        raise TypeError(node)

    @_read.register
    def _tensor(self, node: Tensor) -> Lengths:
        rank = self.statement.ranks[node]
        return tuple(letter(self.statement.numbers.length(node.name, a)) for a in range(rank))

    @_read.register
    def _contracted(self, node: Contracted) -> Lengths:
        first, second = self.of(node.a), self.of(node.b)
        count = len(first) if node.axes is None else node.axes
        kept = len(first) - count
        self.need(*map(same, first[kept:], second[:count]))
        return first[:kept] + second[count:]

    @_read.register
    def _shaped(self, node: Shaped) -> Lengths:
        return _shaped(node.kind, self.of(node.x))

    @_read.register
    def _kron(self, node: Kron) -> Lengths:
        return tuple(m * n for m, n in zip(self.of(node.a), self.of(node.b), strict=True))

    def _combined(self, node: Combined, *, last: bool) -> Lengths:
        lone = len(node.parts) == 1
        first, *others = [self.of(part, last=last and lone) for _, part in node.parts]
        for shape in others:
            self.need(*map(same, first, shape))
        for weight, _ in node.parts:
            self.need(*(at_least(by, 1) for by in self.over(weight.over)))
        return first

    @_read.register
    def _fixed(self, node: Fixed) -> Lengths:
        rank = self.statement.ranks[node]
        if len(node.lengths) > 1:
            found = tuple(
                self.number(tree, self.spatial - rank + axis)
                for axis, tree in enumerate(node.lengths)
            )
        else:
            axes = range(self.spatial - rank, self.spatial)
            found = tuple(self.number(node.lengths[0], axis) for axis in axes)
        for length in found:
            self._need_positive(length)
        return found

    @_read.register
    def _joined(self, node: Joined) -> Lengths:
        shapes = [self.of(part) for part in node.parts]
        first = shapes[0]
        axis = node.axis % len(first)
        for shape in shapes[1:]:
            pairs = zip(first, shape, strict=True)
            self.need(*(same(a, b) for place, (a, b) in enumerate(pairs) if place != axis))
        total = sum((shape[axis] for shape in shapes), whole(0))
        if any(shape[axis] in self._positive for shape in shapes):
            self._positive.add(total)
        return (*first[:axis], total, *first[axis + 1 :])

    @_read.register
    def _moved(self, node: Moved) -> Lengths:
        shape = list(self.of(node.x))
        rank = len(shape)
        for place in range(rank) if node.axis is None else [node.axis % rank]:
            numbers = [self.number(tree, self.spatial - rank + place) for tree in node.numbers]
            shape[place] = self._moved_axis(node, shape[place], numbers)
        return tuple(shape)

    def _moved_axis(self, node: Moved, n: Whole, numbers: list[Whole]) -> Whole:
        match node.kind:
            case "pad":
                before, after = numbers
                self.need(at_least(n + before + after, 0), at_least(before + n, 0))
                self.need(at_least(after + n, 0))
                self._reach(node.boundary, n, before, after)
                return n + before + after
            case "shift":
                (by,) = numbers
                self._reach(node.boundary, n, by, -by)
                return n
            case "subsample" | "dilate":
                (step,) = numbers
                self._need_positive(step)
                longer = step * (n - 1) + 1
                if n not in self._positive:
                    longer = choice(at_least(n, 1), longer, 0)
                found = -(-n // step) if node.kind == "subsample" else longer
                if n in self._positive:
                    self._positive.add(found)
                return found
        return n

    def _reach(self, boundary: str, n: Whole, before: Whole, after: Whole) -> None:
        if boundary in FOLDED:
            self._need_positive(n)
            self._reaches(boundary, n, before, after)

    def _reaches(self, boundary: str, n: Whole, before: Whole, after: Whole) -> None:
        if boundary in FOLDED:
            most = n - 1 if boundary == "reflect" else n
            tests = [at_least(most, before), at_least(most, after)] if boundary != "edge" else []
            self.reaches += [test for test in tests if not surely(test, self.least)]

    def _fold(self, boundary: str, n: Whole, before: Whole, after: Whole) -> None:
        """Note what padding that repeats the input needs: an entry, where anything is padded."""
        if boundary in FOLDED and n not in self._positive:
            unpadded = every([at_least(0, before), at_least(0, after)])
            self.need(some([at_least(n, 1), unpadded]))
        self._reaches(boundary, n, before, after)

    def _slide(self, node: Slide, *, last: bool) -> Lengths:
        x, w = self.of(node.x), self.of(node.w)
        rank = spatial_axes(node.op, len(x), len(w), self.spatial)
        for length in w:
            self._need_positive(length)
        lead = () if len(w) == rank else self._lead(node, x[: len(x) - rank], w[:2])
        slots = [
            self._slot(node, x[a - rank], w[a - rank], self.spatial - rank + a, last=last)
            for a in range(rank)
        ]
        self._slots[node] = slots
        return (*lead, *(slot.out for slot in slots))

    def _lead(self, node: Slide, x: Lengths, w: Lengths) -> Lengths:
        groups = self.number(node.groups, self.spatial - 1)
        own, other = w
        transposed = node.op == "conv_transpose"
        self.need(at_least(groups, 1), same(own % groups, 0))
        self.need(same(x[-1], own if transposed else other * groups))
        return (*x[:-1], other * groups if transposed else own)

    def _slot(self, node: Slide, n: Whole, k: Whole, axis: int, *, last: bool) -> Slot:
        stride, dilation, lhs, more = (
            self.number(tree, axis)
            for tree in (node.stride, node.dilation, node.input_dilation, node.output_padding)
        )
        for step in (stride, dilation, lhs):
            self._need_positive(step)
        span = dilation * (k - 1) + 1
        if node.op == "conv_transpose":
            return self._transposed(node, n, k, (stride, dilation, span, more), axis, last=last)
        stuffed = n if lhs.constant == 1 else lhs * (n - 1) + 1
        if n not in self._positive:
            stuffed = choice(at_least(n, 1), stuffed, 0)
        before, after = self._pads(node, stuffed, span, stride, axis)
        self.need(*self._deep(node, stuffed, before, after))
        self._fold(node.boundary, stuffed, before, after)
        free = stuffed + before + after - span
        out = self._room(at_least(free, 0), free // stride + 1, last=last)
        return Slot(stuffed, k, stride, dilation, lhs, before, out)

    def _deep(self, node: Slide, length: Whole, before: Whole, after: Whole) -> list[Test]:
        """Return the tests that no end is cropped by more than there is; names never do."""
        if isinstance(node.padding, str):
            return []
        ends = [end for end in (before, after) if (end.constant or 0) < 0 or end.constant is None]
        tests = [at_least(end + length, 0) for end in ends]
        return [*tests, at_least(length + before + after, 0)] if ends else []

    def _room(self, fits: Test, out: Whole, *, last: bool) -> Whole:
        """Return how many outputs there are; only the last operation may have none."""
        if last:
            return choice(fits, out, 0)
        self.need(fits)
        self._positive.add(out)
        return out

    def _pads(
        self, node: Slide, n: Whole, span: Whole, stride: Whole, axis: int
    ) -> tuple[Whole, Whole]:
        match node.padding:
            case "valid":
                return whole(0), whole(0)
            case "full":
                return span - 1, span - 1
            case str(name):
                outputs = -(-n // stride)
                return _halves(name, self._at_least_0((outputs - 1) * stride + span - n))
            case (before, after):
                return self.number(before, axis), self.number(after, axis)

    def _at_least_0(self, number: Whole) -> Whole:
        return number if surely(at_least(number, 0), self.least) else largest(number, 0)

    def _transposed(
        self,
        node: Slide,
        n: Whole,
        k: Whole,
        steps: tuple[Whole, Whole, Whole, Whole],
        axis: int,
        *,
        last: bool,
    ) -> Slot:
        stride, dilation, span, more = steps
        self._need_positive(n)
        self.need(at_least(more, 0))
        if not any(surely(less(more, step), self.least) for step in (stride, dilation)):
            self.need(less(more, largest(stride, dilation)))
        reach = (n - 1) * stride + span
        if isinstance(node.padding, str) and node.padding.startswith("same"):
            out = n * stride
            before, _ = _halves(node.padding, self._at_least_0(reach + more - out))
        else:
            before, after = self._pads(node, n, span, stride, axis)
            size = reach - before - after + more
            out = self._room(at_least(size, 1), size, last=last)
            deep = [
                at_least(size + end, 0)
                for end in (before, after - more)
                if end.constant is None or end.constant < 0
            ]
            self.need(some([less(size, 1), every(deep)]) if last else every(deep))
        return Slot(n, k, stride, dilation, whole(1), before, out)

    @_read.register
    def _toeplitz(self, node: Toeplitz) -> Lengths:
        (k,) = self.of(node.slide.w)
        n = self.number(node.length, self.spatial - 1)
        self._need_positive(n)
        self._need_positive(k)
        slot = self._slot(node.slide, n, k, self.spatial - 1, last=False)
        self._slots[node] = [slot]
        return slot.out, n


def _halves(name: str, total: Whole) -> tuple[Whole, Whole]:
    less_ = total // 2
    return (total - less_, less_) if name == "same_lower" else (less_, total - less_)


def _shaped(kind: str, shape: Lengths) -> Lengths:
    match kind:
        case "transpose":
            return shape[::-1]
        case "expand":
            return (*shape, whole(1))
        case "vec":
            return (prod(shape, start=whole(1)),)
    return ()
