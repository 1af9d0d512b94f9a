"""From a stack to the table of its layers: shapes, costs, receptive fields and equivariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symconv.errors import GeometryError, SymconvError
from symconv.plan import Shape
from symconv.stacks.effect import Effect
from symconv.stacks.effects import effect
from symconv.stacks.model import INPUT, Add, Entry, Stack
from symconv.stacks.motion import Motion, joined, moved, start
from symconv.stacks.tracks import Span, Track, hull, merge


@dataclass(frozen=True)
class Field:
    """The inputs along one axis that an output depends on, padding included.

    ``size`` of them at most, the first output's from input ``start`` on. Output o has its centre at
    center + jump·o, where input i stands at i; behind upsampling this is the mean over a period.
    ``jump`` is None where places are gone. ``whole`` tells whether some output depends on the
    whole axis.
    """

    size: int
    start: int
    center: Fraction
    jump: Fraction | None
    whole: bool


@dataclass(frozen=True)
class Row:
    """One layer of the table.

    ``macs`` are multiplications of a weight with an input, padding counted as an input, as is
    usual; ``products`` leaves padding out. Shapes are (C, *S).
    """

    entry: Entry
    detail: str
    out: Shape
    parameters: int
    macs: int
    products: int
    fields: tuple[Field, ...]
    motion: Motion


@dataclass(frozen=True)
class Shapes:
    """Everything that follows from a stack before any number is seen."""

    stack: Stack
    rows: tuple[Row, ...]

    @property
    def out(self) -> Shape:
        """The shape of the output."""
        return self.rows[-1].out

    @property
    def parameters(self) -> int:
        """Weights, biases and stored statistics of all layers."""
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiplications of all layers, padding counted."""
        return sum(row.macs for row in self.rows)

    @property
    def products(self) -> int:
        """Multiplications of all layers, padding left out."""
        return sum(row.products for row in self.rows)

    @property
    def motion(self) -> Motion:
        """What a shift of the input does to the output."""
        return self.rows[-1].motion

    def row(self, name: str) -> Row:
        """Return the row of a layer.

        Raises: GeometryError[no-such-layer].
        """
        for row in self.rows:
            if row.entry.name == name:
                return row
        hint = "layers: " + ", ".join(row.entry.name for row in self.rows[:30])
        raise GeometryError("no-such-layer", f"no layer is named {name!r}", hint=hint)


@dataclass(frozen=True)
class _Node:
    """A map on its way: its shape, the tracks of its axes while it has them, what it has seen."""

    shape: Shape
    tracks: tuple[Track, ...]
    seen: tuple[Span | None, ...]
    motion: Motion


def shapes(stack: Stack) -> Shapes:
    """Return the table of a stack: what every layer gives, costs, sees and keeps.

    Along one axis, behind a layer of stride s, kernel extent E and padding p before, the receptive
    field r, the jump j and the first field's start u are

        r' = r + (E − 1)·j,   j' = s·j,   u' = u − p·j

    and where branches meet, the field is the smallest one around those of the branches.

    Raises: GeometryError at the layer, with the axis, both numbers and what would fit.

    Source: Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks
    (Distill, 2019).

    >>> from symconv.stacks.reading import stack
    >>> small = stack({"input": [3, 8, 8], "layers": [{"max_pool": 2}, "flatten", {"dense": 10}]})
    >>> table = shapes(small)
    >>> table.out, table.parameters, table.motion.state, table.motion.since
    ((10,), 490, 'lost', 'flatten')
    """
    tracks = tuple(map(Track.start, stack.input[1:]))
    seen = tuple(track.whole() for track in tracks)
    nodes = {INPUT: _Node(stack.input, tracks, seen, start(tracks))}
    rows = []
    for entry in stack.entries:
        try:
            done, node = _step(entry, [nodes[name] for name in entry.inputs])
        except SymconvError as error:
            raise error.at(_place(stack, entry)) from None
        nodes[entry.name] = node
        rows.append(_row(entry, done, node, stack.input))
    return Shapes(stack, tuple(rows))


def _place(stack: Stack, entry: Entry) -> str:
    line = f":{entry.line}" if entry.line else ""
    file = f"{stack.source}{line}: " if stack.source else ""
    named = "" if entry.name.startswith(entry.kind) else f" {entry.name!r}"
    return f"{file}layer {entry.number}{named} ({entry.kind})"


def _step(entry: Entry, parents: Sequence[_Node]) -> tuple[Effect, _Node]:
    done = effect(entry.layer, entry.kind, [node.shape for node in parents])
    node = _joined(entry, parents) if isinstance(entry.layer, Add) else parents[0]
    keeps = done.scope in ("places", "offset")
    tracks: tuple[Track, ...] = ()
    if node.tracks and keeps:
        pairs = zip(node.tracks, done.readers, strict=True)
        tracks = tuple(track.through(reader) for track, reader in pairs)
    motion = moved(node.motion, node.tracks, tracks, done, entry)
    seen = tuple(track.whole() for track in tracks) if tracks else node.seen
    return done, _Node(done.out, tracks, seen, motion)


def _joined(entry: Entry, parents: Sequence[_Node]) -> _Node:
    """Return the map that a sum or a concatenation reads."""
    met = [merge(tracks) for tracks in zip(*(node.tracks for node in parents), strict=False)]
    tracks = tuple(track for track in met if track is not None)
    if not all(node.tracks for node in parents) or len(tracks) < len(met):
        tracks = ()
    seen = tuple(map(hull, zip(*(node.seen for node in parents), strict=True)))
    motion = joined([node.motion for node in parents], tracks, entry)
    return _Node(parents[0].shape, tracks, seen, motion)


def _row(entry: Entry, done: Effect, node: _Node, shape: Shape) -> Row:
    if node.tracks:
        pairs = zip(node.tracks, shape[1:], strict=True)
        fields = tuple(_field(track, size) for track, size in pairs)
    else:
        fields = tuple(map(_seen, node.seen, shape[1:]))
    costs = done.parameters, done.macs, done.products
    return Row(entry, done.detail, done.out, *costs, fields, node.motion)


def _field(track: Track, size: int) -> Field:
    spans = [(place, span) for place, span in enumerate(track.spans) if span]
    if not spans:
        return Field(0, 0, Fraction(0), track.jump, size == 0)
    widest = max(last - first + 1 for _, (first, last) in spans)
    centers = (Fraction(sum(span), 2) - place * track.jump for place, span in spans)
    start = spans[0][1][0]
    whole = widest >= size and any(
        span and span[0] <= 0 and span[1] >= size - 1 for span in map(track.span, range(track.size))
    )
    return Field(widest, start, sum(centers, Fraction(0)) / len(spans), track.jump, whole)


def _seen(span: Span | None, size: int) -> Field:
    first, last = span or (0, -1)
    whole = first <= 0 and last >= size - 1
    return Field(last - first + 1, first, Fraction(first + last, 2), None, whole)
