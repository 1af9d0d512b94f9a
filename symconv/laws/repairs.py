"""Laws near a refuted one: the same equation with other conventions, tried and proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.errors import SymconvError
from symconv.laws.language.nodes import (
    Combined,
    Contracted,
    Joined,
    Kron,
    Moved,
    Node,
    Shaped,
    Slide,
    Toeplitz,
)
from symconv.laws.language.reading import read
from symconv.laws.language.spelling import spelled
from symconv.laws.language.statement import Statement
from symconv.laws.provers.all_shapes import for_all_shapes

Edit = Callable[[Slide], Slide]
BUDGET = 60
SECONDS = 0.5
"""For one repair; a law that takes longer is not offered."""


def repairs(statement: Statement) -> list[str]:
    """Return the equations among the nearest that are proved for all shapes, with what changed."""
    found, seen = [], {statement.text}
    assume = tuple(assumption.text for assumption in statement.assumptions)
    for says, sides in _edited(statement):
        left, right = map(spelled, sides)
        text = f"{left} == {right}"
        if text in seen or left == right:
            continue
        seen.add(text)
        try:
            near = read(
                text,
                assume=assume,
                algebra=statement.algebra,
                rank=statement.ranks.spatial,
                ranks=statement.ranks.tensors,
            )
            held = for_all_shapes(near, SECONDS, budget=BUDGET)
        except SymconvError:
            continue
        if held.proved and held.scope == "all shapes":
            found.append(f"{says}: {text}")
    return found


def _edited(statement: Statement) -> Iterator[tuple[str, tuple[Node, Node]]]:
    left, right = statement.sides
    for says, edit in _EDITS.items():
        yield says, (_mapped(left, edit), _mapped(right, edit))
    yield "the right side flipped", (left, Moved("flip", right))


def _op(name: str) -> Edit:
    def edit(slide: Slide) -> Slide:
        if slide.op not in ("correlate", "convolve"):
            return slide
        return replace(slide, op=name, flip=name == "convolve")

    return edit


def _padding(name: str) -> Edit:
    return lambda slide: replace(slide, padding=name)


def _boundary(name: str) -> Edit:
    return lambda slide: replace(slide, boundary=name, fill=None)


_EDITS: dict[str, Edit] = {
    "with convolution throughout": _op("convolve"),
    "with correlation throughout": _op("correlate"),
    "with full padding throughout": _padding("full"),
    "without padding": _padding("valid"),
    "with padding that wraps around": _boundary("wrap"),
    "with padding by zeros": _boundary("zero"),
}


def _mapped(node: Node, edit: Edit) -> Node:
    """Return a side with every sliding kernel edited."""

    def inner(child: Node) -> Node:
        return _mapped(child, edit)

    match node:
        case Slide():
            return edit(replace(node, x=inner(node.x), w=inner(node.w)))
        case Toeplitz():
            return replace(node, slide=edit(replace(node.slide, w=inner(node.slide.w))))
        case Moved() | Shaped():
            return replace(node, x=inner(node.x))
        case Combined():
            return Combined(tuple((weight, inner(part)) for weight, part in node.parts))
        case Contracted() | Kron():
            return replace(node, a=inner(node.a), b=inner(node.b))
        case Joined():
            return replace(node, parts=tuple(map(inner, node.parts)))
    return node
