"""The functions that a law may call: their arrays, numbers and options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NoReturn, Protocol

from symconv.axis import BOUNDARIES
from symconv.expressions import Call, Name, Negative, Number, Sequence, Text, fail
from symconv.expressions import Node as Tree
from symconv.laws.language.nodes import (
    NONE,
    ONE,
    Contracted,
    Fixed,
    Joined,
    Kron,
    Moved,
    Node,
    Shaped,
    Slide,
    Toeplitz,
    Weight,
)
from symconv.options import PADDINGS, choices

SLIDING = ("padding", "stride", "dilation", "input_dilation", "boundary", "flip")
TRANSPOSED = ("padding", "output_padding", "stride", "dilation", "flip", "groups")
POOLING = ("padding", "stride", "dilation")


class Integers(Protocol):
    """Notes the names of an integer tree and returns it."""

    def __call__(self, tree: Tree, least: int | None = None) -> Tree:
        """Return the tree."""


@dataclass
class Arguments:
    """One call being read: arrays and numbers by place, options by name."""

    call: Call
    text: str
    array: Callable[[Tree], Node]
    integer: Integers
    fill: Callable[[str, int], Weight]

    def arrays(self, count: int) -> list[Node]:
        """Return the arrays, which come first."""
        return [self.array(tree) for tree in self.call.arguments[:count]]

    def numbers(self, start: int, least: int | None = None) -> tuple[Tree, ...]:
        """Return the integers behind the arrays."""
        found = self.call.arguments[start:]
        if least is None:
            return tuple(map(self.integer, found))
        return tuple(self.bounded(tree, least) for tree in found)

    def option(self, name: str) -> Tree | None:
        """Return an option as it is written, None when it is left out."""
        return dict(self.call.options).get(name)

    def number(self, name: str, default: Tree, least: int = 1) -> Tree:
        """Return an option that is an integer of at least so much."""
        tree = self.option(name)
        return default if tree is None else self.bounded(tree, least)

    def bounded(self, tree: Tree, least: int) -> Tree:
        """Return an integer; one that is written as a number may not be too small."""
        if isinstance(tree, Number) and tree.value < least:
            self.fail("too-small", f"{tree.value} stands here", tree.at, f"use {least} or more")
        return self.integer(tree, least)

    def padding(self, default: str) -> str | tuple[Tree, Tree]:
        """Return the padding: a name, or (before, after)."""
        tree = self.option("padding")
        match tree:
            case None:
                return (NONE, NONE) if default == "0" else default
            case Text(value=value, at=at):
                if value not in PADDINGS:
                    self.fail("unknown-padding", f"padding={value!r}", at, choices(value, PADDINGS))
                return value
            case Name(name=name, at=at) if name in PADDINGS:
                self.fail("unknown-padding", f"{name} is a name", at, f'write padding="{name}"')
            case Sequence(items=(before, after)):
                return self.integer(before), self.integer(after)
            case Sequence(at=at):
                self.fail("bad-padding", "padding is (before, after)", at, "give two integers")
        both = self.integer(tree)
        return both, both

    def boundary(self) -> tuple[str, Weight | None]:
        """Return the boundary's name and what constant padding reads."""
        tree = self.option("boundary")
        if tree is None:
            return "zero", None
        if not isinstance(tree, Text):
            self.fail("unknown-boundary", "a boundary is a name", tree.at, 'write "wrap"')
        name = tree.value
        if name.startswith("constant(") and name.endswith(")"):
            return "constant", self.fill(name[9:-1], tree.at)
        if name not in BOUNDARIES or name == "constant":
            hint = choices(name, ("zero", "constant(c)", *BOUNDARIES[2:]))
            self.fail("unknown-boundary", f"boundary={name!r}", tree.at, hint)
        return name, None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a switch."""
        tree = self.option(name)
        if tree is None:
            return default
        if not isinstance(tree, Number) or tree.value not in (0, 1):
            self.fail("not-a-switch", f"{name} is no switch", tree.at, "use True or False")
        return bool(tree.value)

    def axis(self, default: int | None) -> int | None:
        """Return the axis that something is done along, a plain number."""
        tree = self.option("axis")
        number = self._plain(tree)
        if tree is not None and number is None:
            self.fail("bad-axis", "an axis is a number", tree.at, "as in axis=0")
        return default if tree is None else number

    def _plain(self, tree: Tree | None) -> int | None:
        sign = -1 if isinstance(tree, Negative) else 1
        inner = tree.operand if isinstance(tree, Negative) else tree
        plain = isinstance(inner, Number) and isinstance(inner.value, int)
        return sign * int(inner.value) if plain and isinstance(inner, Number) else None

    def axes(self) -> int:
        """Return how many axes a tensordot sums."""
        tree = self.option("axes")
        number = 1 if tree is None else self._plain(tree)
        if number is None or number < 0:
            at = self.call.at if tree is None else tree.at
            self.fail("bad-axis", "axes is a number of 0 or more", at, "as in axes=2")
        return number

    def check(self, builder: Builder) -> None:
        """Refuse a call with too few or too many arguments, or an unknown option."""
        least, most = builder.arguments
        count = len(self.call.arguments)
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            message = f"{self.call.function} takes {wanted} arguments, not {count}"
            self.fail("bad-argument", message, self.call.at, f"as in {builder.example}")
        seen = set()
        for name, tree in self.call.options:
            if name not in builder.options:
                hint = f"options: {', '.join(builder.options) or 'none'}"
                self.fail("bad-argument", f"there is no option {name!r}", tree.at, hint)
            if name in seen:
                self.fail("bad-argument", f"{name} is given twice", tree.at)
            seen.add(name)

    def fail(self, code: str, message: str, at: int, hint: str = "") -> NoReturn:
        """Raise with a caret."""
        fail(code, message, self.text, at, hint)


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of the language: how many arrays it reads, its options, and how it is built."""

    arrays: int
    make: Callable[[Arguments], Node]
    arguments: tuple[int, int]
    options: tuple[str, ...]
    example: str
    fold: str = ""
    """The algebra that it needs, where it needs one."""
    numbers: tuple[str, ...] = ()
    """The names that its integers may be given by."""

    def build(self, arguments: Arguments) -> Node:
        """Return the node of a call."""
        arguments.call = self._placed(arguments.call)
        arguments.check(self)
        return self.make(arguments)

    def _placed(self, call: Call) -> Call:
        """Return a call whose integers given by name stand in their places."""
        given = dict(call.options)
        if len(given) < len(call.options):
            return call
        waiting = self.numbers[max(0, len(call.arguments) - self.arrays) :]
        named = tuple(takewhile(given.__contains__, waiting))
        if (named and len(named) < len(waiting)) or not given.keys() & self.numbers <= {*named}:
            return call
        rest = tuple(option for option in call.options if option[0] not in named)
        return replace(
            call, arguments=(*call.arguments, *(given[name] for name in named)), options=rest
        )


def _slide(op: str, default: str) -> Callable[[Arguments], Node]:
    def make(call: Arguments) -> Node:
        x, w = call.arrays(2)
        return _sliding(call, op, x, w, default)

    return make


def _sliding(call: Arguments, op: str, x: Node, w: Node, default: str) -> Slide:
    boundary, fill = call.boundary()
    return Slide(
        op=op,
        x=x,
        w=w,
        padding=call.padding(default),
        stride=call.number("stride", ONE),
        dilation=call.number("dilation", ONE),
        input_dilation=call.number("input_dilation", ONE),
        boundary=boundary,
        fill=fill,
        flip=call.flag("flip", default=op == "convolve"),
        groups=call.number("groups", ONE),
        output_padding=call.number("output_padding", NONE, 0),
    )


def _pool(call: Arguments, kind: str = "ones") -> Node:
    (x,) = call.arrays(1)
    (window,) = call.numbers(1, 1)
    return Slide(
        op="correlate",
        x=x,
        w=Fixed(kind, (window,)),
        padding=call.padding("0"),
        stride=call.number("stride", window),
        dilation=call.number("dilation", ONE),
    )


def _average(call: Arguments) -> Node:
    if call.option("padding") is not None:
        hint = "a mean that leaves padding out divides by other numbers; pad(x, p, p) counts it"
        call.fail("bad-argument", "avg_pool takes no padding here", call.call.at, hint)
    return _pool(call, "means")


def _moved(kind: str, least: int | None = None) -> Callable[[Arguments], Moved]:
    def make(call: Arguments) -> Moved:
        (x,) = call.arrays(1)
        boundary, fill = call.boundary()
        if fill is not None:
            call.fail("unknown-boundary", f"{kind} reads no constant", call.call.at)
        return Moved(kind, x, call.numbers(1, least), boundary, call.axis(None))

    return make


def _padded(call: Arguments) -> Node:
    padded = _moved("pad")(call)
    both = padded.numbers if len(padded.numbers) == 2 else padded.numbers * 2
    return replace(padded, numbers=both)


def _toeplitz(call: Arguments) -> Node:
    (w,) = call.arrays(1)
    (length,) = call.numbers(1, 1)
    slide = _sliding(call, "correlate", w, w, "valid")
    return Toeplitz(slide, length)


def _joined(call: Arguments) -> Node:
    return Joined(tuple(call.arrays(len(call.call.arguments))), call.axis(0) or 0)


def _pair(axes: int | None) -> Callable[[Arguments], Node]:
    def make(call: Arguments) -> Node:
        a, b = call.arrays(2)
        return Contracted(a, b, axes)

    return make


def _tensordot(call: Arguments) -> Node:
    a, b = call.arrays(2)
    return Contracted(a, b, call.axes())


def _kron(call: Arguments) -> Node:
    a, b = call.arrays(2)
    return Kron(a, b)


def _shaped(kind: str) -> Callable[[Arguments], Node]:
    return lambda call: Shaped(kind, call.arrays(1)[0])


def _fixed(kind: str) -> Callable[[Arguments], Node]:
    return lambda call: Fixed(kind, call.numbers(0, 1))


BUILDERS: dict[str, Builder] = {
    "correlate": Builder(2, _slide("correlate", "valid"), (2, 2), SLIDING, "correlate(x, w)"),
    "convolve": Builder(2, _slide("convolve", "full"), (2, 2), SLIDING[:-1], "convolve(x, w)"),
    "conv": Builder(2, _slide("conv", "0"), (2, 2), (*SLIDING, "groups"), "conv(x, w, groups=2)"),
    "conv_transpose": Builder(
        2, _slide("conv_transpose", "0"), (2, 2), TRANSPOSED, "conv_transpose(y, w, stride=2)"
    ),
    "sum_pool": Builder(1, _pool, (2, 2), POOLING, "sum_pool(x, 3)", "sum", numbers=("window",)),
    "avg_pool": Builder(1, _average, (2, 2), POOLING, "avg_pool(x, 3)", "sum", numbers=("window",)),
    "max_pool": Builder(
        1, _pool, (2, 2), POOLING, "max_pool(x, 3)", "max-plus", numbers=("window",)
    ),
    "min_pool": Builder(
        1, _pool, (2, 2), POOLING, "min_pool(x, 3)", "min-plus", numbers=("window",)
    ),
    "flip": Builder(1, _moved("flip"), (1, 1), ("axis",), "flip(w)"),
    "pad": Builder(
        1, _padded, (2, 3), ("boundary", "axis"), "pad(x, 1, 2)", numbers=("before", "after")
    ),
    "subsample": Builder(
        1, _moved("subsample", 1), (2, 2), ("axis",), "subsample(x, 2)", numbers=("n",)
    ),
    "dilate": Builder(1, _moved("dilate", 1), (2, 2), ("axis",), "dilate(w, 2)", numbers=("n",)),
    "shift": Builder(
        1, _moved("shift"), (2, 2), ("boundary", "axis"), "shift(x, 1)", numbers=("n",)
    ),
    "delta": Builder(0, _fixed("delta"), (1, 4), (), "delta(3)", numbers=("n",)),
    "ones": Builder(0, _fixed("ones"), (1, 4), (), "ones(3)"),
    "zeros": Builder(0, _fixed("zeros"), (1, 4), (), "zeros(3)"),
    "identity": Builder(0, _fixed("identity"), (1, 1), (), "identity(3)"),
    "sum": Builder(1, _shaped("sum"), (1, 1), (), "sum(x)"),
    "dot": Builder(2, _pair(None), (2, 2), (), "dot(x, y)"),
    "outer": Builder(2, _pair(0), (2, 2), (), "outer(u, v)"),
    "matmul": Builder(2, _pair(1), (2, 2), (), "matmul(a, b)"),
    "tensordot": Builder(2, _tensordot, (2, 2), ("axes",), "tensordot(w, x, axes=2)"),
    "concat": Builder(64, _joined, (1, 64), ("axis",), "concat(x, y, axis=0)"),
    "transpose": Builder(1, _shaped("transpose"), (1, 1), (), "transpose(a)"),
    "expand": Builder(1, _shaped("expand"), (1, 1), (), "expand(a)"),
    "vec": Builder(1, _shaped("vec"), (1, 1), (), "vec(a)"),
    "kron": Builder(2, _kron, (2, 2), (), "kron(a, b)"),
    "toeplitz": Builder(1, _toeplitz, (2, 2), SLIDING, "toeplitz(w, len(x))", numbers=("n",)),
}
"""The language of laws, function by function."""
