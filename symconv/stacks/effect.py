"""What one layer does to a shape: its output, what it costs, and the tables it is read by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from symconv.errors import GeometryError
from symconv.plan import Shape
from symconv.stacks.tracks import Reader, same

Scope = Literal["places", "offset", "all", "vector", "dense"]


@dataclass(frozen=True)
class Effect:
    """One layer on one shape.

    ``scope`` is what becomes of the spatial axes: "places" keeps them, read by ``readers``;
    "offset" keeps them and adds numbers of each place's own; "all" makes one value of all places;
    "vector" writes the places one after the other; "dense" mixes a vector.
    ``macs`` counts a multiplication for each tap, ``products`` only for those on no padding.
    """

    out: Shape
    detail: str = ""
    parameters: int = 0
    macs: int = 0
    products: int = 0
    scope: Scope = "places"
    readers: tuple[Reader, ...] = ()


def placewise(x: Shape) -> Effect:
    """Return what acts on every place alone."""
    return Effect(x, readers=tuple(map(same, x[1:])))


def options_told(**given: Any) -> str:
    """Return the options that differ from what they are by default: `, pad 1, stride 2`."""
    defaults = {"padding": 0, "boundary": "zero"}
    told = {k: v for k, v in given.items() if v not in (defaults.get(k, 1), None)}
    words = {"padding": "pad"}
    return "".join(f", {words.get(name, name)} {plain(value)}" for name, value in told.items())


def plain(value: Any) -> str:
    """Return the numbers of an option: `2`, `2x3`, `1+2x0+3` for pairs, or a name."""
    if isinstance(value, list | tuple):
        return "x".join("+".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    return str(value)


def check_rank(kind: str, rank: int) -> None:
    """Raise GeometryError[no-spatial-axes] unless the map has axes to slide along."""
    if not rank:
        raise GeometryError(
            "no-spatial-axes",
            f"{kind} needs a map with spatial axes, but its input is a vector",
            hint="put it before flatten or the global pool",
        )
