"""Laws by the definition: arrays of polynomials, and every operation as a loop over indices.

This module is a witness. It imports nothing of symconv and has a reader of its own: a law is Python
text here, whose tree is walked and never run. A side becomes an `Array`, one polynomial for each
index. Sums over windows run over the zero-extended input: its axes are laid out with their padding
first, then the kernel slides.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, NoReturn

from tests.oracle import extended, stuffed

Index = tuple[int, ...]
Shape = tuple[int, ...]
Key = tuple[tuple[str, ...], tuple[tuple[str, Index], ...]]
"""What is multiplied: names of scalars, and tensor entries (name, index); both in order."""
Poly = dict[Key, Fraction]
Cells = dict[Index, Poly]
Tree = Any
"""A tree of Python's own reader."""
OUTSIDE, HOLE = "outside", "hole"
PLAIN = {"zero", "wrap", "reflect", "symmetric", "edge"}


class UnformedError(Exception):
    """A side cannot be formed at these lengths and integers."""


@dataclass(frozen=True)
class Array:
    """A polynomial for each index of *shape*; ``misfit`` if a kernel had no room in its input."""

    shape: Shape
    cells: Cells
    misfit: bool = False


def unformed(why: str) -> NoReturn:
    """Say that there is no such array."""
    raise UnformedError(why)


def times(left: Poly, right: Poly) -> Poly:
    """Return the product of two polynomials."""
    return added(
        [
            {(tuple(sorted(names + more)), tuple(sorted(entries + others))): a * b}
            for (names, entries), a in left.items()
            for (more, others), b in right.items()
        ]
    )


def constant(number: int | Fraction, names: tuple[str, ...] = ()) -> Poly:
    """Return a number, or a number times some scalars."""
    return {(tuple(sorted(names)), ()): Fraction(number)} if number else {}


ONE = constant(1)


def added(polys: Sequence[Poly]) -> Poly:
    """Return the sum of polynomials."""
    total: Poly = {}
    for poly in polys:
        for key, number in poly.items():
            total[key] = total.get(key, Fraction(0)) + number
    return {key: number for key, number in total.items() if number}


def filled(shape: Sequence[int], make: Callable[[Index], Poly], *, misfit: bool = False) -> Array:
    """Return the array whose polynomial at each index is `make(index)`."""
    indices = list(itertools.product(*map(range, shape)))
    return Array(tuple(shape), {index: make(index) for index in indices}, misfit)


def tensor(name: str, shape: Shape) -> Array:
    """Return the array whose entries are symbols."""
    return filled(shape, lambda index: {((), ((name, index),)): Fraction(1)})


def read_at(x: Array, axis: int, places: Sequence[Any]) -> Array:
    """Return x with other places along one axis; a place that is no index reads 0."""
    shape = (*x.shape[:axis], len(places), *x.shape[axis + 1 :])

    def make(index: Index) -> Poly:
        place = places[index[axis]]
        if not isinstance(place, int):
            return {}
        return x.cells[(*index[:axis], place, *index[axis + 1 :])]

    return filled(shape, make)


def line(n: int, before: int, after: int, boundary: str, step: int = 1) -> list[Any]:
    """Lay out one axis of *n* entries: holes between them, then padding at its ends."""
    places: list[Any] = stuffed(list(range(n)), step, HOLE) if n else []
    length = len(places)
    if min(before, after) < -length or before + after < -length:
        unformed("a crop is deeper than the array")
    if not length and boundary in PLAIN - {"zero"} and max(before, after) > 0:
        unformed("there is nothing to repeat")
    return extended(places, before, after, boundary, OUTSIDE)


def named_pads(name: str, n: int, span: int, stride: int) -> tuple[int, int]:
    """Return (before, after) of a padding that has a name."""
    if name == "valid":
        return 0, 0
    if name == "full":
        return span - 1, span - 1
    outputs = 0
    while outputs * stride < n:
        outputs += 1
    return halves(name, max(0, (outputs - 1) * stride + span - n))


def halves(name: str, total: int) -> tuple[int, int]:
    """Split what is padded or cropped; the odd one is at the end, for same_lower at the start."""
    small = total // 2
    return (total - small, small) if name == "same_lower" else (small, total - small)


@dataclass(frozen=True)
class Window:
    """One axis of a sliding kernel, its options as numbers."""

    n: int
    k: int
    pads: str | tuple[int, int]
    stride: int
    dilation: int
    input_dilation: int
    more: int
    flip: bool
    boundary: str

    def span(self) -> int:
        """Return how many places the kernel covers."""
        return self.dilation * (self.k - 1) + 1

    def place(self, tap: int) -> int:
        """Return the place in the window that a kernel entry meets."""
        return self.dilation * (self.k - 1 - tap if self.flip else tap)

    def met(self) -> list[list[Any]] | None:
        """Return for each output what each tap meets, None where the kernel does not fit."""
        stuffed_length = self.input_dilation * (self.n - 1) + 1 if self.n else 0
        pads = self.pads
        if isinstance(pads, str):
            pads = named_pads(pads, stuffed_length, self.span(), self.stride)
        places = line(self.n, *pads, self.boundary, self.input_dilation)
        starts: list[int] = []
        while len(starts) * self.stride + self.span() <= len(places):
            starts.append(len(starts) * self.stride)
        taps = [[places[start + self.place(tap)] for tap in range(self.k)] for start in starts]
        return taps or None

    def scattered(self) -> list[list[Any]] | None:
        """Return for each output of the transpose what each tap meets, None where nothing is left.

        Input i sends its product with each tap to a place of the whole output, which is cropped.
        """
        whole = (self.n - 1) * self.stride + self.span()
        before, after = self._crops(whole)
        size = whole - before - after + self.more
        if size < 1:
            return None
        sent: list[list[Any]] = [[OUTSIDE] * self.k for _ in range(whole)]
        for i in range(self.n):
            for tap in range(self.k):
                sent[i * self.stride + self.place(tap)][tap] = i
        rows = line(whole, -before, self.more - after, "zero")
        return [[OUTSIDE] * self.k if row == OUTSIDE else sent[row] for row in rows]

    def _crops(self, whole: int) -> tuple[int, int]:
        if isinstance(self.pads, tuple):
            return self.pads
        if not self.pads.startswith("same"):
            return named_pads(self.pads, 0, self.span(), 1)
        size = self.n * self.stride
        before, _ = halves(self.pads, max(0, whole + self.more - size))
        return before, whole + self.more - before - size


def law(
    text: str,
    shapes: Mapping[str, Shape],
    numbers: Mapping[str, int | Sequence[int]] | None = None,
    spatial: int = 1,
) -> tuple[Array, Array]:
    """Return both sides of a law, where names with a shape are tensors.

    Raises: UnformedError.
    """
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.Compare)
    reader = Reader(shapes, numbers or {}, spatial)
    sides = tree.left, tree.comparators[0]
    ranks = [rank for side in sides if (rank := reader.rank(side)) is not None]
    rank = ranks[0] if ranks else spatial
    return reader.array(sides[0], rank), reader.array(sides[1], rank)


def holds(text: str, shapes: Mapping[str, Shape], numbers: Any = None, spatial: int = 1) -> bool:
    """Tell whether an assumption such as `p < len(x)` is true on every spatial axis."""
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.Compare)
    reader = Reader(shapes, numbers or {}, spatial)
    for axis in range(-spatial, 0):
        values = [reader.number(part, axis) for part in (tree.left, *tree.comparators)]
        for left, relation, right in zip(values, tree.ops, values[1:], strict=False):
            if not RELATIONS[type(relation)](left, right):
                return False
    return True


def same(left: Array, right: Array, *, idempotent: bool = False) -> bool:
    """Tell whether two sides are equal; a term counts once where the sum is idempotent."""
    if left.shape != right.shape:
        return False
    if idempotent:
        return all(set(left.cells[index]) == set(right.cells[index]) for index in left.cells)
    return left.cells == right.cells


RELATIONS: dict[type, Callable[[int, int], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
FIXED = {"delta", "ones", "zeros"}
NO_AXES = {"dot", "sum"}
TWO_AXES = {"identity", "kron", "toeplitz", "transpose"}


class Reader:
    """Reads the tree of a law for lengths of its tensors and values of its integers."""

    def __init__(
        self, shapes: Mapping[str, Shape], numbers: Mapping[str, Any], spatial: int
    ) -> None:
        self.shapes = shapes
        self.numbers = numbers
        self.spatial = spatial

    def number(self, tree: Tree, axis: int) -> int:
        """Return an integer; an axis is counted from the last one, -1."""
        match tree:
            case ast.Constant(value=int(value)):
                return int(value)
            case ast.Name(id=name):
                value = self.numbers[name]
                return int(value) if isinstance(value, int) else int(value[axis])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand, axis)
            case ast.BinOp(op=op, left=left, right=right):
                return ARITHMETIC[type(op)](self.number(left, axis), self.number(right, axis))
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name), *more]):
                return self.shapes[name][self.number(more[0], axis) if more else axis]
            case ast.Call(func=ast.Name(id="min" | "max" as name), args=args):
                values = [self.number(arg, axis) for arg in args]
                return min(values) if name == "min" else max(values)
            case ast.Call(func=ast.Name(id="floor" | "ceil" as name), args=[ast.BinOp() as ratio]):
                above, below = self.number(ratio.left, axis), self.number(ratio.right, axis)
                return above // below if name == "floor" else -(-above // below)
        raise TypeError(ast.dump(tree))

    def rank(self, tree: Tree) -> int | None:
        """Return how many axes an array has, None where nothing in it says so."""
        match tree:
            case ast.Name(id=name):
                return len(self.shapes[name]) if name in self.shapes else None
            case ast.UnaryOp(operand=operand):
                return self.rank(operand)
            case ast.BinOp(op=ast.Mult()):
                ranks = [self.rank(part) for part in factors(tree) if not self.scalar(part)]
                known = [rank for rank in ranks if rank]
                return max(known) if known else None if None in ranks else 0
            case ast.BinOp(op=ast.Div(), left=left):
                return self.rank(left)
            case ast.BinOp(left=left, right=right):
                found = self.rank(left)
                return self.rank(right) if found is None else found
            case ast.Call(func=ast.Name(id=name)):
                return self._rank_of_call(name, tree)
        raise TypeError(ast.dump(tree))

    def _rank_of_call(self, name: str, call: ast.Call) -> int | None:
        if name in FIXED:
            return len(call.args) if len(call.args) > 1 else None
        if name in NO_AXES or name in TWO_AXES or name == "vec":
            return 0 if name in NO_AXES else 2 if name in TWO_AXES else 1
        ranks = [self.rank(arg) for arg in call.args[: ARRAYS.get(name, len(call.args))]]
        if name == "expand":
            return None if ranks[0] is None else ranks[0] + 1
        if name in (*PAIRS, "tensordot"):
            axes = PAIRS.get(name, self._option(call, "axes", 1))
            a, b = ranks
            return None if a is None or b is None else a + b - 2 * axes
        if name == "conv" and ranks[0] is None:
            return None if ranks[1] is None else ranks[1] - 1
        return next((rank for rank in ranks if rank is not None), None)

    def scalar(self, tree: Tree) -> bool:
        """Tell whether a factor is a number or the name of a scalar."""
        match tree:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return name not in self.shapes
            case ast.UnaryOp(operand=operand):
                return self.scalar(operand)
            case ast.BinOp(left=left, right=right):
                return self.scalar(left) and self.scalar(right)
        return False

    def weights(self, tree: Tree) -> list[Poly]:
        """Return a scalar factor as a sum of single products."""
        match tree:
            case ast.Constant(value=int(value)):
                return [{((), ()): Fraction(value)}]
            case ast.Name(id=name):
                return [constant(1, (name,))]
            case ast.UnaryOp(operand=operand):
                return [times(constant(-1), one) for one in self.weights(operand)]
            case ast.BinOp(op=ast.Div(), left=left, right=ast.Constant(value=int(value))):
                return [times(constant(Fraction(1, value)), one) for one in self.weights(left)]
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                pairs = itertools.product(self.weights(left), self.weights(right))
                return [times(a, b) for a, b in pairs]
            case ast.BinOp(op=op, left=left, right=right):
                sign = constant(1 if isinstance(op, ast.Add) else -1)
                return self.weights(left) + [times(sign, one) for one in self.weights(right)]
        raise TypeError(ast.dump(tree))

    def parts(self, tree: Tree, rank: int | None) -> list[tuple[Poly, Callable[[], Array]]]:
        """Return a sum of arrays as weights and what they weigh."""
        match tree:
            case ast.UnaryOp(operand=operand):
                return weighted(constant(-1), self.parts(operand, rank))
            case ast.BinOp(op=ast.Add() | ast.Sub() as op, left=left, right=right):
                sign = constant(1 if isinstance(op, ast.Add) else -1)
                return self.parts(left, rank) + weighted(sign, self.parts(right, rank))
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                return weighted(self.divisor(right), self.parts(left, rank))
            case ast.BinOp(op=ast.Mult()):
                return self._product(tree, rank)
        return [(ONE, lambda: self.array(tree, rank))]

    def divisor(self, tree: Tree) -> Poly:
        """Return one over a number, or over an integer on every spatial axis."""
        if isinstance(tree, ast.Constant) and isinstance(tree.value, int):
            return constant(Fraction(1, tree.value))
        over = [self.number(tree, axis) for axis in range(-self.spatial, 0)]
        if min(over) < 1:
            unformed("a divisor is below 1")
        return constant(Fraction(1, prod(over)))

    def _product(self, tree: ast.BinOp, rank: int | None) -> list[Any]:
        weights, arrays = [ONE], []
        for factor in factors(tree):
            if self.scalar(factor):
                weights = [times(a, b) for a in weights for b in self.weights(factor)]
            else:
                arrays.append(factor)

        def make() -> Array:
            if len(arrays) == 1:
                return self.array(arrays[0], rank)
            found: Array | None = None
            for other in arrays:
                known = self.rank(other)
                one = self.inner(other, rank if known is None else known)
                found = one if found is None else contracted(found, one, 0)
            assert found is not None
            return found

        return [(weight, make) for weight in weights]

    def inner(self, tree: Tree, rank: int | None) -> Array:
        """Return an array that another operation reads."""
        found = self.array(tree, rank)
        if found.misfit:
            unformed("a kernel does not fit its input")
        return found

    def array(self, tree: Tree, rank: int | None) -> Array:
        """Return an array; *rank* is what is known about its axes from outside."""
        match tree:
            case ast.Name(id=name):
                return filled(
                    self.shapes[name], lambda index: {((), ((name, index),)): Fraction(1)}
                )
            case ast.UnaryOp() | ast.BinOp():
                return combined(self.parts(tree, self._known(tree, rank)))
            case ast.Call(func=ast.Name(id=name)):
                return CALLS[name](Caller(self, tree, self._known(tree, rank)))
        raise TypeError(ast.dump(tree))

    def _known(self, tree: Tree, rank: int | None) -> int:
        found = self.rank(tree)
        found = rank if found is None else found
        return self.spatial if found is None else found

    def _option(self, call: ast.Call, name: str, default: int) -> int:
        values = {keyword.arg: keyword.value for keyword in call.keywords}
        return self.number(values[name], -1) if name in values else default


def factors(tree: Tree) -> Iterator[Tree]:
    """Yield what a written product multiplies."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        yield from factors(tree.left)
        yield from factors(tree.right)
    elif isinstance(tree, ast.UnaryOp):
        yield ast.Constant(-1)
        yield from factors(tree.operand)
    else:
        yield tree


def weighted(weight: Poly, parts: list[Any]) -> list[Any]:
    """Return the parts of a sum, each times *weight*."""
    return [(times(weight, own), make) for own, make in parts]


def combined(parts: Sequence[tuple[Poly, Callable[[], Array]]]) -> Array:
    """Return a weighted sum of arrays of one shape; a lone one may be a misfit."""
    arrays = [make() for _, make in parts]
    first = arrays[0]
    if any(one.shape != first.shape or (one.misfit and len(arrays) > 1) for one in arrays):
        unformed("a sum of arrays of several shapes")
    weights = [weight for weight, _ in parts]

    def make(index: Index) -> Poly:
        pairs = zip(weights, arrays, strict=True)
        return added([times(weight, one.cells[index]) for weight, one in pairs])

    return filled(first.shape, make, misfit=first.misfit)


def contracted(a: Array, b: Array, axes: int) -> Array:
    """Sum the last *axes* axes of a against the first of b."""
    kept = len(a.shape) - axes
    if a.shape[kept:] != b.shape[:axes]:
        unformed("lengths that are summed together differ")
    inner = list(itertools.product(*map(range, b.shape[:axes])))

    def make(index: Index) -> Poly:
        ours, theirs = index[:kept], index[kept:]
        return added([times(a.cells[ours + m], b.cells[m + theirs]) for m in inner])

    return filled(a.shape[:kept] + b.shape[axes:], make)


ARITHMETIC: dict[type, Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Mod: lambda a, b: a % b,
    ast.FloorDiv: lambda a, b: a // b,
}
ARRAYS = {
    **dict.fromkeys(("correlate", "convolve", "conv", "conv_transpose", "matmul", "outer"), 2),
    **dict.fromkeys(("tensordot", "dot", "kron"), 2),
    **dict.fromkeys(("sum_pool", "avg_pool", "max_pool", "min_pool", "flip", "pad"), 1),
    **dict.fromkeys(("subsample", "dilate", "shift", "sum", "expand", "vec", "transpose"), 1),
}
PAIRS = {"outer": 0, "matmul": 1}


@dataclass(frozen=True)
class Caller:
    """One call: its arrays, integers and options."""

    reader: Reader
    call: ast.Call
    rank: int

    def inner(self, place: int, rank: int | None = None) -> Array:
        """Return an argument that is an array."""
        return self.reader.inner(self.call.args[place], rank)

    def option(self, name: str) -> Tree | None:
        """Return an option as it is written."""
        return {keyword.arg: keyword.value for keyword in self.call.keywords}.get(name)

    def integer(self, name: str, default: int, axis: int = -1) -> int:
        """Return an option that is an integer."""
        tree = self.option(name)
        return default if tree is None else self.reader.number(tree, axis)

    def text(self, name: str, default: str) -> str:
        """Return an option that is a name."""
        tree = self.option(name)
        return str(tree.value) if isinstance(tree, ast.Constant) else default

    def pads(self, default: str, axis: int) -> str | tuple[int, int]:
        """Return the padding: a name, or (before, after)."""
        tree = self.option("padding")
        if tree is None:
            return (0, 0) if default == "0" else default
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            return tree.value
        ends = tree.elts if isinstance(tree, ast.Tuple) else [tree, tree]
        return self.reader.number(ends[0], axis), self.reader.number(ends[1], axis)

    def fill(self) -> Poly | None:
        """Return what constant padding reads."""
        text = self.text("boundary", "zero")
        if not text.startswith("constant("):
            return None
        return added(self.reader.weights(ast.parse(text[9:-1], mode="eval").body))

    def window(self, op: str, n: int, k: int, axis: int, default: str) -> Window:
        """Return one axis of the kernel."""
        boundary = self.text("boundary", "zero")
        steps = [self.integer(name, 1, axis) for name in ("stride", "dilation", "input_dilation")]
        more = self.integer("output_padding", 0, axis)
        if min(steps) < 1 or more < 0 or (op == "conv_transpose" and more >= max(steps[:2])):
            unformed("a step is below 1, or output_padding is no remainder")
        flip = bool(self.integer("flip", int(op == "convolve")))
        pads = self.pads(default, axis)
        plain = boundary if boundary in PLAIN else "constant"
        stride, dilation, holes = steps
        return Window(n, k, pads, stride, dilation, holes, more, flip, plain)


def fixed(kind: str) -> Callable[[Caller], Array]:
    """Return the maker of an array of given lengths."""

    def make(call: Caller) -> Array:
        args = call.call.args
        last = [call.reader.number(arg, -1) for arg in args]
        axes = range(-(2 if kind == "identity" else call.rank), 0)
        shape = last if len(args) > 1 else [call.reader.number(args[0], axis) for axis in axes]
        if min(shape, default=1) < 1:
            unformed("a length is below 1")
        centre = tuple(n // 2 for n in shape)
        tests: dict[str, Callable[[Index], bool]] = {
            "ones": lambda _: True,
            "zeros": lambda _: False,
            "delta": lambda index: index == centre,
            "identity": lambda index: index[0] == index[1],
        }
        return filled(shape, lambda index: ONE if tests[kind](index) else {})

    return make


def moved(kind: str) -> Callable[[Caller], Array]:
    """Return the maker of an array whose entries are read from other places."""

    def make(call: Caller) -> Array:
        x = call.inner(0, call.rank)
        rank = len(x.shape)
        chosen = call.option("axis")
        axes = range(rank) if chosen is None else [call.integer("axis", 0) % rank]
        for axis in axes:
            numbers = [call.reader.number(arg, axis - rank) for arg in call.call.args[1:]]
            boundary = call.text("boundary", "zero")
            x = read_at(x, axis, moves(kind, x.shape[axis], numbers, boundary))
        return x

    return make


def moves(kind: str, n: int, numbers: list[int], boundary: str) -> list[Any]:
    """Return the places that are read along one axis."""
    if kind == "flip":
        return list(range(n))[::-1]
    if boundary != "zero" and not n:
        unformed("there is nothing to repeat")
    if kind in ("subsample", "dilate") and numbers[0] < 1:
        unformed("a step is below 1")
    if kind == "subsample":
        return list(range(n))[:: numbers[0]]
    if kind == "dilate":
        return line(n, 0, 0, "zero", numbers[0])
    if kind == "pad":
        before, *more = numbers
        (after,) = more or [before]
        return line(n, before, after, boundary)
    (by,) = numbers
    longer = line(n, max(by, 0), max(-by, 0), boundary)
    return longer[max(-by, 0) :][:n]


def slid(op: str, default: str) -> Callable[[Caller], Array]:
    """Return the maker of what a sliding kernel gives."""

    def make(call: Caller) -> Array:
        ours, theirs = [call.reader.rank(arg) for arg in call.call.args]
        if op in ("correlate", "convolve"):
            ours = theirs = call.rank
        elif op == "conv":
            ours = call.rank
            theirs = ours + 1 if theirs is None else theirs
        x, w = call.inner(0, ours), call.inner(1, theirs)
        return slide(call, op, (x, w), default)

    return make


def slide(call: Caller, op: str, arrays: tuple[Array, Array], default: str) -> Array:
    """Slide w over x: a sum over channels and taps for every output."""
    x, w = arrays
    if 0 in w.shape:
        unformed("a kernel is empty")
    layer = op == "conv" or (op == "conv_transpose" and len(w.shape) == len(x.shape) + 1)
    rank = len(w.shape) - 2 if layer else len(w.shape)
    back = op == "conv_transpose"
    if back and 0 in x.shape[len(x.shape) - rank :]:
        unformed("a transpose reads an empty input")
    windows = [
        call.window(op, x.shape[axis], w.shape[axis], axis, default) for axis in range(-rank, 0)
    ]
    met = [window.scattered() if back else window.met() for window in windows]
    lead, channels = plain_channels()
    if layer:
        lead, channels = channels_of(x.shape, w.shape, rank, call.integer("groups", 1), back)
    shape = (*lead, *(0 if taps is None else len(taps) for taps in met))
    if None in met:
        return filled(shape, lambda _: {}, misfit=True)
    fill = call.fill() or {}

    def make(index: Index) -> Poly:
        places = index[len(index) - rank :]
        products = []
        for x_lead, w_lead in channels(index[: len(index) - rank]):
            for taps in itertools.product(*map(range, w.shape[len(w.shape) - rank :])):
                read = [met[a][places[a]][taps[a]] for a in range(rank)]  # type: ignore[index]
                inside = {} if HOLE in read else x.cells.get((*x_lead, *read), {})
                value = fill if OUTSIDE in read else inside
                products.append(times(value, w.cells[(*w_lead, *taps)]))
        return added(products)

    return filled(shape, make)


Channels = Callable[[Index], list[tuple[Index, Index]]]


def plain_channels() -> tuple[Shape, Channels]:
    """Return what an array without channels has for them."""
    return (), lambda _: [((), ())]


def channels_of(x: Shape, w: Shape, rank: int, groups: int, back: bool) -> tuple[Shape, Channels]:
    """Return batch and channels of the output, and the (x, w) channels that each of them reads."""
    *batch, count = x[: len(x) - rank]
    own, other = w[:2]
    if groups < 1 or own % groups or count != (own if back else other * groups):
        unformed("channels do not fit the groups")
    each = own // groups

    def read(lead: Index) -> list[tuple[Index, Index]]:
        *image, m = lead
        if back:
            group, j = divmod(m, other)
            return [((*image, group * each + c), (group * each + c, j)) for c in range(each)]
        return [((*image, m // each * other + j), (m, j)) for j in range(other)]

    return (*batch, other * groups if back else own), read


def pooled(*, mean: bool) -> Callable[[Caller], Array]:
    """Return the maker of the sum of every window, which moves by its own width."""

    def make(call: Caller) -> Array:
        x = call.inner(0, call.rank)
        rank = len(x.shape)
        widths = [call.reader.number(call.call.args[1], axis) for axis in range(-rank, 0)]
        if min(widths) < 1:
            unformed("a window is below 1")
        step = call.option("stride") or call.call.args[1]
        keywords = [k for k in call.call.keywords if k.arg != "stride"]
        turned = ast.Call(call.call.func, call.call.args, [*keywords, ast.keyword("stride", step)])
        ones = filled(widths, lambda _: ONE)
        found = slide(Caller(call.reader, turned, rank), "correlate", (x, ones), "0")
        over = constant(Fraction(1, prod(widths[-call.reader.spatial :])) if mean else 1)
        return filled(found.shape, lambda i: times(over, found.cells[i]), misfit=found.misfit)

    return make


def toeplitz(call: Caller) -> Array:
    """Return the matrix that a kernel is on inputs of one length."""
    w = call.inner(0, 1)
    n = call.reader.number(call.call.args[1], -1)
    if n < 1 or not w.shape[0]:
        unformed("a matrix of no rows or columns")
    met = call.window("correlate", n, w.shape[0], -1, "valid").met()
    if met is None:
        unformed("a kernel does not fit its input")

    def make(index: Index) -> Poly:
        o, i = index
        taps = range(w.shape[0])
        return added([w.cells[tap,] for tap in taps if met[o][tap] == i])

    return filled((len(met), n), make)


def concatenated(call: Caller) -> Array:
    """Return arrays one behind the other."""
    arrays = [call.inner(place, call.rank) for place in range(len(call.call.args))]
    axis = call.integer("axis", 0) % len(arrays[0].shape)
    rests = {one.shape[:axis] + one.shape[axis + 1 :] for one in arrays}
    if len(rests) > 1:
        unformed("arrays of several shapes are joined")
    rows = [(one, place) for one in arrays for place in range(one.shape[axis])]
    shape = (*arrays[0].shape[:axis], len(rows), *arrays[0].shape[axis + 1 :])

    def make(index: Index) -> Poly:
        one, place = rows[index[axis]]
        return one.cells[(*index[:axis], place, *index[axis + 1 :])]

    return filled(shape, make)


def paired(axes: int | None) -> Callable[[Caller], Array]:
    """Return the maker of two arrays contracted; all axes of both where there is no number."""

    def make(call: Caller) -> Array:
        known = [call.reader.rank(arg) for arg in call.call.args]
        if axes is None:
            rank = next((one for one in known if one is not None), None)
            a, b = call.inner(0, rank), call.inner(1, rank)
            return contracted(a, b, len(a.shape))
        return contracted(call.inner(0, known[0]), call.inner(1, known[1]), axes)

    return make


def tensordot(call: Caller) -> Array:
    """Contract as many axes as are asked for."""
    return contracted(call.inner(0), call.inner(1), call.integer("axes", 1))


def shaped(kind: str) -> Callable[[Caller], Array]:
    """Return the maker of the same entries in another shape, or of their sum."""

    def make(call: Caller) -> Array:
        x = call.inner(0, {"expand": call.rank - 1, "sum": None}.get(kind, 2))
        if kind == "sum":
            return filled((), lambda _: added(list(x.cells.values())))
        if kind == "expand":
            return filled((*x.shape, 1), lambda index: x.cells[index[:-1]])
        rows, columns = x.shape
        if kind == "transpose":
            return filled((columns, rows), lambda index: x.cells[index[::-1]])
        return filled((rows * columns,), lambda i: x.cells[i[0] % rows, i[0] // rows])

    return make


def kron(call: Caller) -> Array:
    """Return the matrix of blocks a[i, j]·b."""
    a, b = call.inner(0, 2), call.inner(1, 2)
    m, n = b.shape

    def make(index: Index) -> Poly:
        i, j = index
        return times(a.cells[i // m, j // n], b.cells[i % m, j % n])

    return filled((a.shape[0] * m, a.shape[1] * n), make)


CALLS: dict[str, Callable[[Caller], Array]] = {
    "correlate": slid("correlate", "valid"),
    "convolve": slid("convolve", "full"),
    "conv": slid("conv", "0"),
    "conv_transpose": slid("conv_transpose", "0"),
    **dict.fromkeys(("sum_pool", "max_pool", "min_pool"), pooled(mean=False)),
    "avg_pool": pooled(mean=True),
    **{kind: moved(kind) for kind in ("flip", "pad", "subsample", "dilate", "shift")},
    **{kind: fixed(kind) for kind in ("delta", "ones", "zeros", "identity")},
    **{kind: shaped(kind) for kind in ("sum", "transpose", "expand", "vec")},
    "dot": paired(None),
    "outer": paired(0),
    "matmul": paired(1),
    "tensordot": tensordot,
    "concat": concatenated,
    "kron": kron,
    "toeplitz": toeplitz,
}
