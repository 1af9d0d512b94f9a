"""Nodes back to the text that states them."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch

from symconv.expressions import Call, Name, Negative, Number, Operation
from symconv.expressions import Node as Tree
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
)

DEFAULT_PADDING = {"correlate": "valid", "convolve": "full"}


@singledispatch
def spelled(node: Node) -> str:
    """Return the text of a node.

    >>> from symconv.laws.language.reading import read
    >>> spelled(read("x == 2*a*correlate(x, flip(w), padding=(p, 1 - q)) - x").sides[1])
    '2*a*correlate(x, flip(w), padding=(p, 1 - q)) - x'
    """
    raise TypeError(node)


@spelled.register
def _tensor(node: Tensor) -> str:
    return node.name


@spelled.register
def _fixed(node: Fixed) -> str:
    return f"{node.kind}({', '.join(map(number, node.lengths))})"


@spelled.register
def _moved(node: Moved) -> str:
    more = [] if node.boundary == "zero" else [f'boundary="{node.boundary}"']
    more += [] if node.axis is None else [f"axis={node.axis}"]
    return f"{node.kind}({', '.join([spelled(node.x), *map(number, node.numbers), *more])})"


@spelled.register
def _slide(node: Slide) -> str:
    if isinstance(node.w, Fixed) and node.w.kind == "means":
        window = number(node.w.lengths[0])
        steps = [f"stride={number(node.stride)}", f"dilation={number(node.dilation)}"]
        return f"avg_pool({', '.join([spelled(node.x), window, *steps])})"
    return f"{node.op}({', '.join([spelled(node.x), spelled(node.w), *_options(node)])})"


@spelled.register
def _toeplitz(node: Toeplitz) -> str:
    inside = [spelled(node.slide.w), number(node.length), *_options(node.slide)]
    return f"toeplitz({', '.join(inside)})"


@spelled.register
def _combined(node: Combined) -> str:
    return _sum(node.parts)


@spelled.register
def _contracted(node: Contracted) -> str:
    a, b = spelled(node.a), spelled(node.b)
    named = {None: f"dot({a}, {b})", 0: f"outer({a}, {b})", 1: f"matmul({a}, {b})"}
    return named.get(node.axes) or f"tensordot({a}, {b}, axes={node.axes})"


@spelled.register
def _joined(node: Joined) -> str:
    return f"concat({', '.join(map(spelled, node.parts))}, axis={node.axis})"


@spelled.register
def _shaped(node: Shaped) -> str:
    return f"{node.kind}({spelled(node.x)})"


@spelled.register
def _kron(node: Kron) -> str:
    return f"kron({spelled(node.a)}, {spelled(node.b)})"


def _options(node: Slide) -> list[str]:
    found = []
    if isinstance(node.padding, str):
        if node.padding != DEFAULT_PADDING.get(node.op):
            found.append(f'padding="{node.padding}"')
    elif any(number(end) != "0" for end in node.padding) or node.op in DEFAULT_PADDING:
        found.append(f"padding=({number(node.padding[0])}, {number(node.padding[1])})")
    for name in ("stride", "dilation", "input_dilation", "groups"):
        value = number(getattr(node, name))
        found += [] if value == "1" else [f"{name}={value}"]
    if number(node.output_padding) != "0":
        found.append(f"output_padding={number(node.output_padding)}")
    if node.fill is not None:
        found.append(f'boundary="constant({_weight(node.fill) or "1"})"')
    elif node.boundary != "zero":
        found.append(f'boundary="{node.boundary}"')
    if node.flip and node.op != "convolve":
        found.append("flip=True")
    return found


def _sum(parts: tuple[tuple[Weight, Node], ...]) -> str:
    text = ""
    for weight, node in parts:
        sign = "-" if weight.number < 0 else "+"
        inner = spelled(node)
        inner = f"({inner})" if isinstance(node, Combined) else inner
        factors = _weight(Weight(abs(weight.number), weight.names))
        one = f"{factors}*{inner}" if factors else inner
        one += "".join(f"/{_bracketed(by)}" for by in weight.over)
        text += f" {sign} {one}" if text else f"{'-' if sign == '-' else ''}{one}"
    return text


def _weight(weight: Weight) -> str:
    size = Fraction(weight.number)
    shown = [] if size == 1 else [str(size) if size.denominator == 1 else f"({size})"]
    return "*".join([*shown, *weight.names])


def _bracketed(tree: Tree) -> str:
    text = number(tree)
    return f"({text})" if isinstance(tree, Operation | Negative) else text


def number(tree: Tree) -> str:
    """Return the text of an integer expression."""
    match tree:
        case Number(value=value):
            return str(value)
        case Name(name=name):
            return name
        case Negative(operand=operand):
            return f"-{_bracketed(operand)}"
        case Operation(sign="+" | "-" as sign, left=left, right=right):
            second = number(right) if sign == "+" else _bracketed(right)
            return f"{number(left)} {sign} {second}"
        case Operation(sign=sign, left=left, right=right):
            return f"{_bracketed(left)}{sign}{_bracketed(right)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(number, arguments))})"
    return "?"
