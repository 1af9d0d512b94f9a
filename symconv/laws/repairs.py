"""Laws near a refuted one: the same equation with other conventions, tried and proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from time import perf_counter

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
ALL_SECONDS = 3.0
"""For all repairs of one law."""


def repairs(statement: Statement) -> list[str]:
    """Return the equations among the nearest that are proved for all shapes, with what changed.

    First the same equation under one more hypothesis, then others under the same ones.
    """
    end = perf_counter() + ALL_SECONDS
    found, seen = [], {statement.text}
    given = tuple(assumption.text for assumption in statement.assumptions)
    for says, text, assume in (*_assumed(statement), *_edited(statement)):
        if (not assume and text in seen) or perf_counter() > end:
            continue
        seen.add(text)
        if _holds(statement, text, (*given, *assume)):
            found.append(f"{says}: {', '.join(assume) if assume else text}")
    return found


def _holds(statement: Statement, text: str, assume: tuple[str, ...]) -> bool:
    ranks = statement.ranks
    told = {"algebra": statement.algebra, "rank": ranks.spatial, "ranks": ranks.tensors}
    try:
        near = read(text, assume=assume, **told)  # type: ignore[arg-type]
        held = for_all_shapes(near, SECONDS, budget=BUDGET)
    except SymconvError:
        return False
    return held.proved and not held.bounds


def _assumed(statement: Statement) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the same law under one more hypothesis that often makes the difference."""
    names = list(statement.ranks.tensors)
    more = [f"len({a}) == len({b})" for a, b in combinations(names, 2)]
    more += [f"len({name}) % 2 == 1" for name in names]
    for name, least in statement.parameters.items():
        more.append(f"{name} >= 0" if least is None else f"{name} == 1")
    if len(names) > 1:
        more.append(f"len({names[-1]}) == 1")
    for line in more:
        yield "it holds if", statement.text, (line,)


def _edited(statement: Statement) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    left, right = statement.sides
    flipped = _mapped(right, _flipped)
    sides = [(says, _mapped(left, edit), _mapped(right, edit)) for says, edit in _EDITS.items()]
    sides += [
        ("with the kernels on the right flipped", left, flipped),
        ("the right side flipped", left, Moved("flip", right)),
        ("with the kernels of the right side convolved", left, _mapped(right, _composed)),
    ]
    for says, one, other in sides:
        texts = spelled(one), spelled(other)
        if texts[0] != texts[1]:
            yield says, " == ".join(texts), ()


def _flipped(slide: Slide) -> Slide:
    if slide.op not in ("correlate", "convolve"):
        return slide
    return replace(slide, w=Moved("flip", slide.w))


def _composed(slide: Slide) -> Slide:
    """Return a slide whose kernel, if it is one of two kernels slid, is their full convolution."""
    inner = slide.w
    if not isinstance(inner, Slide) or inner.op not in ("correlate", "convolve"):
        return slide
    return replace(slide, w=replace(inner, op="convolve", flip=True, padding="full"))


def _op(name: str) -> Edit:
    def edit(slide: Slide) -> Slide:
        if slide.op not in ("correlate", "convolve"):
            return slide
        return replace(slide, op=name, flip=name == "convolve")

    return edit


def _padding(name: str) -> Edit:
    plain = {"boundary": "zero", "fill": None} if name == "valid" else {}
    return lambda slide: replace(slide, padding=name, **plain)  # type: ignore[arg-type]


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
