"""What a function under test computes: its operation, and the options it fixes or accepts."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from symconv.errors import GeometryError, LawError
from symconv.laws.language.nodes import Slide, spatial_axes
from symconv.laws.law import OPTIONS
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import Reader
from symconv.options import PADDINGS, choices, is_int
from symconv.plan import Geometry, Shape, geometry

PADDING: Mapping[str, Any] = {"correlate": "valid", "convolve": "full", "conv": "valid"}
KEYWORDS = ("padding", "stride", "dilation", "boundary", "groups", "flip")
STEPS = ("stride", "dilation", "groups")
Accepted = Container[Any] | None
"""The values of an option that a function accepts, all when None."""


@dataclass(frozen=True, slots=True)
class Convention:
    """An operation with options that are fixed, and options that may be given by keyword.

    >>> told = Convention.told("convolve", options={"stride": range(1, 3)}, padding="same")
    >>> str(told), told.accepts("stride", 2), told.accepts("stride", 3)
    ('convolve(padding="same", stride=...)', True, False)
    """

    op: str
    fixed: Mapping[str, Any]
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    rank: int = 1
    """The spatial axes of the arrays that it takes."""

    @classmethod
    def told(
        cls,
        op: str = "correlate",
        *,
        padding: Any = None,
        stride: int = 1,
        dilation: int = 1,
        boundary: str = "zero",
        groups: int = 1,
        options: Iterable[str] | Mapping[str, Container[Any]] = (),
        rank: int = 1,
    ) -> Convention:
        """Return the convention that a caller describes.

        Raises: LawError[unknown-choice]; GeometryError for a padding that has no meaning.
        """
        if op not in PADDING:
            raise _unknown(f"op={op!r}", choices(op, tuple(PADDING)))
        if boundary not in OPTIONS["boundary"]:
            raise _unknown(f"boundary={boundary!r}", choices(boundary, OPTIONS["boundary"]))
        steps = {"stride": stride, "dilation": dilation, "groups": groups}
        for name, value in steps.items():
            if not is_int(value) or value < 1 or (name == "groups" and op != "conv" and value > 1):
                what = "1, or op='conv'" if name == "groups" else "an integer of 1 or more"
                raise _unknown(f"{name}={value!r} of {op}", f"use {what}")
        pads = _decoded(PADDING[op] if padding is None else padding)
        if is_int(rank) and rank > 0:
            geometry((64,) * rank, (1,) * rank, padding=pads)
        fixed = {"padding": pads, "boundary": boundary, "flip": op == "convolve", **steps}
        return cls(op, fixed, _accepted(op, options), rank)

    def accepts(self, name: str, value: Any) -> bool:
        """Tell whether an option may be given with a value."""
        if name not in self.accepted:
            return False
        known = self.accepted[name]
        return known is None or value in known

    def choices(self, varies: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the choices of a law: the fixed options, then each accepted one on its own.

        There are none where a law varies with an option whose value it has no name for.
        """
        names = set(varies)
        base = {name: self.fixed[name] for name in OPTIONS if name in names and name != "op"}
        if "op" in names:
            if self.op not in OPTIONS["op"]:
                return
            base["op"] = self.op
        if base.get("padding") not in (None, *OPTIONS["padding"]):
            return
        seen: list[dict[str, Any]] = []
        changed = (
            base | {name: value}
            for name in self.accepted
            if name in base
            for value in OPTIONS[name]
            if self.accepts(name, value)
        )
        for chosen in (base, *changed):
            if chosen not in seen:
                seen.append(chosen)
                yield chosen

    def keywords(self, asked: Asked) -> dict[str, Any] | None:
        """Return the keywords with which the function carries out a call, None where it cannot."""
        if asked.op != self.op or asked.fill or set(asked.options["input_dilation"]) != {1}:
            return None
        if len(asked.plan.axes) != self.rank:
            return None
        given: dict[str, Any] = {}
        for name in (*STEPS, "flip"):
            value = asked.uniform(name)
            if not self._takes(name, (value,), given):
                return None
        padded = any(max(axis.before, axis.after) > 0 for axis in asked.plan.axes)
        if padded or "boundary" in self.accepted:
            boundary = asked.options["boundary"]
            unread = () if padded else (self.fixed["boundary"],)
            if not self._takes("boundary", (boundary, *unread), given):
                return None
        return given if self._pads(asked, given) else None

    def _takes(self, name: str, forms: Iterable[Any], given: dict[str, Any]) -> bool:
        """Note an option in the first form that is accepted; a fixed one must have its value."""
        if name not in self.accepted:
            return self.fixed[name] in forms
        accepted = [value for value in forms if self.accepts(name, value)]
        given |= {name: accepted[0]} if accepted else {}
        return bool(accepted)

    def _pads(self, asked: Asked, given: dict[str, Any]) -> bool:
        pairs = tuple((axis.before, axis.after) for axis in asked.plan.axes)
        if "padding" not in self.accepted:
            return self._fixed_pads(asked, pairs)
        named = asked.options["padding"]
        forms: list[Any] = [named] if isinstance(named, str) else []
        forms.append(pairs[0] if len(pairs) == 1 else pairs)
        if len({end for pair in pairs for end in pair}) == 1:
            forms.append(pairs[0][0])
        return self._takes("padding", forms, given)

    def _fixed_pads(self, asked: Asked, pairs: tuple[tuple[int, int], ...]) -> bool:
        """Tell whether a call states the fixed padding: a name by its name, numbers as numbers."""
        stated, fixed = _decoded(asked.options["padding"]), self.fixed["padding"]
        if any(isinstance(one, str) and one != "valid" for one in (stated, fixed)):
            return bool(stated == fixed)
        plan = asked.planned(padding=fixed)
        return pairs == tuple((axis.before, axis.after) for axis in plan.axes)

    def __str__(self) -> str:
        shown = []
        for name in KEYWORDS:
            usual = {"padding": PADDING[self.op], "boundary": "zero"}.get(name, 1)
            value = self.fixed[name]
            if name in self.accepted:
                shown.append(f"{name}=...")
            elif name != "flip" and value != usual:
                shown.append(f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}")
        return f"{self.op}({', '.join(shown)})" if shown else self.op


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of an operation inside a law, at numbers: its shapes, options and plan."""

    op: str
    x: Shape
    w: Shape
    options: Mapping[str, Any]
    fill: bool = False

    @property
    def plan(self) -> Geometry:
        """The geometry of the call.

        Raises: NoRoomError where the kernel does not fit.
        """
        return self.planned()

    def planned(self, **changed: Any) -> Geometry:
        """Return the geometry of the call with other options."""
        try:
            return _plan(self.op, self.x, self.w, tuple({**self.options, **changed}.items()))
        except GeometryError as error:
            raise NoRoomError(error.message) from error

    def uniform(self, name: str) -> Any:
        """Return an option, one number where all axes have the same."""
        value = self.options[name]
        same = isinstance(value, tuple) and len(set(value)) == 1
        return value[0] if same else value


@lru_cache(maxsize=4096)
def _plan(op: str, x: Shape, w: Shape, options: tuple[tuple[str, Any], ...]) -> Geometry:
    return geometry(x, w, op=op, **dict(options))


def asked_of(node: Slide, reader: Reader, x: Shape, w: Shape) -> Asked:
    """Return what a node asks for at numbers of all letters.

    Raises: NoRoomError.
    """
    rank = spatial_axes(node.op, len(x), len(w))
    steps: dict[str, Any] = {
        name: tuple(reader.numbers(getattr(node, name), rank))
        for name in ("stride", "dilation", "input_dilation")
    }
    if 0 in (*x, *w) or min(map(min, steps.values())) < 1:
        raise NoRoomError("an array is empty, or a step is below 1")
    ends = node.padding
    pads: Any = ends
    if not isinstance(ends, str):
        pads = tuple(zip(*(reader.numbers(end, rank) for end in ends), strict=True))
    more: dict[str, Any] = {
        "padding": pads,
        "flip": node.flip,
        "groups": reader.numbers(node.groups, 1)[0],
    }
    if node.op == "conv_transpose":
        del steps["input_dilation"]
        more["output_padding"] = tuple(reader.numbers(node.output_padding, rank))
    else:
        more["boundary"] = "zero" if node.fill else node.boundary
    return Asked(node.op, x, w, steps | more, node.fill is not None)


def _decoded(padding: Any) -> Any:
    """Return a padding as a name, an int, or tuples of ints; no padding is "valid"."""
    if isinstance(padding, str):
        if padding not in PADDINGS:
            raise _unknown(f"padding={padding!r}", choices(padding, PADDINGS))
        return "same" if padding == "same_upper" else padding
    return "valid" if is_int(padding) and padding == 0 else _frozen(padding)


def _frozen(padding: Any) -> Any:
    listed = isinstance(padding, Sequence) and not isinstance(padding, str)
    return tuple(map(_frozen, padding)) if listed else padding


def _accepted(
    op: str, options: Iterable[str] | Mapping[str, Container[Any]]
) -> Mapping[str, Accepted]:
    """Return the options that may be given, each with the values that are accepted."""
    listed = (options,) if isinstance(options, str) else options
    names = listed if isinstance(listed, Mapping) else dict.fromkeys(listed)
    known = [name for name in KEYWORDS if op == "conv" or name != "groups"]
    for name in names:
        if name not in known:
            raise _unknown(f"{op} has no option {name!r}", choices(name, known))
    return names


def _unknown(message: str, hint: str) -> LawError:
    return LawError("unknown-choice", message, hint=hint)
