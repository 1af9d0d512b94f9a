"""What a shift of the input does to the output of a layer, and why.

For every layer one of four statements, read off its tables (`Track`), never off its name:

* "equivariant": when the input moves by ``step`` cells along an axis, the output moves by ``move``;
* "invariant": the output stays when the input moves by ``step`` cells;
* "lost": weights depend on the place, so no shift is kept;
* "none": the input has no axes to move along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lcm
from typing import Literal

from symconv.plan import by
from symconv.stacks.effect import Effect
from symconv.stacks.model import INPUT, Entry
from symconv.stacks.tracks import Track

State = Literal["equivariant", "invariant", "lost", "none"]


@dataclass(frozen=True)
class Along:
    """A shift along one axis.

    The input moves by ``step`` cells, the map by ``move`` of its ``size`` cells. Padding reaches
    the first ``before`` and the last ``after`` cells of the map, and those need not follow.
    ``cyclic``: on a circle, where what leaves at one end enters at the other, every cell follows.
    """

    step: int
    move: int
    size: int
    before: int
    after: int
    cyclic: bool

    @property
    def clean(self) -> int:
        """How many cells no padding reaches."""
        return self.size - self.before - self.after


@dataclass(frozen=True)
class Motion:
    """The statement about one layer, with the reason; ``since`` names the layer that set it."""

    state: State
    axes: tuple[Along, ...] = ()
    reason: str = ""
    since: str = ""

    @property
    def exact(self) -> bool:
        """Whether the statement holds for every cell, of a frame or of a circle."""
        untouched = all(axis.clean == axis.size for axis in self.axes)
        return self.cyclic or (self.state == "equivariant" and untouched)

    @property
    def cyclic(self) -> bool:
        """Whether the statement holds for cyclic shifts, for every cell."""
        return bool(self.axes) and all(axis.cyclic for axis in self.axes)


def start(tracks: Sequence[Track]) -> Motion:
    """Return the statement about the input itself."""
    if not tracks:
        return Motion("none", reason="the input has no axes to move along")
    return Motion("equivariant", tuple(map(along, tracks)), since=INPUT)


def moved(
    before: Motion,
    tracks: tuple[Track, ...],
    after: tuple[Track, ...],
    done: Effect,
    entry: Entry,
) -> Motion:
    """Return the statement behind a layer, whose map has the tracks *after*."""
    if before.since == entry.name:
        return before
    if before.state != "equivariant":
        return replace(before, reason=_kept(before, done))
    match done.scope:
        case "places":
            axes = tuple(map(along, after))
            return Motion("equivariant", axes, _why(before.axes, axes), before.since)
        case "all":
            axes = tuple(replace(along(track), move=0) for track in tracks)
            return Motion("invariant", axes, _pooled(axes), entry.name)
        case "offset":
            reason = "every place has numbers of its own"
        case "vector" | "dense":
            reason = (
                f"places become {by(done.out)} entries of a vector: from here on each place has "
                "weights of its own"
            )
    return Motion("lost", (), reason, entry.name)


def along(track: Track) -> Along:
    """Return the statement about one axis."""
    return Along(track.step, track.move, track.size, *track.border, track.cyclic)


def joined(motions: Sequence[Motion], tracks: tuple[Track, ...], entry: Entry) -> Motion:
    """Return the statement where branches meet."""
    for motion in motions:
        if motion.state in ("lost", "none"):
            return motion
    states = {motion.state for motion in motions}
    if states == {"invariant"}:
        axes = tuple(map(_least, zip(*(motion.axes for motion in motions), strict=True)))
        return replace(motions[0], axes=axes)
    if len(states) > 1:
        return Motion("lost", (), "one branch moves, another stays", entry.name)
    if not tracks:
        reason = "the branches move at different rates: " + " and ".join(
            each([f"{axis.move}/{axis.step}" for axis in motion.axes]) for motion in motions
        )
        return Motion("lost", (), reason, entry.name)
    return replace(motions[0], axes=tuple(map(along, tracks)))


def _least(axes: Sequence[Along]) -> Along:
    """Return the shifts that leave every branch as it is."""
    step = lcm(*(axis.step for axis in axes))
    worst = max(axes, key=lambda axis: axis.before + axis.after)
    return replace(worst, step=step, cyclic=all(axis.cyclic for axis in axes))


def _kept(motion: Motion, done: Effect) -> str:
    if motion.state == "invariant":
        return "its input stays, so its output stays"
    if motion.state == "none":
        return motion.reason
    return f"lost at {motion.since}" if done.scope != "dense" else "weights depend on the place"


def _why(old: Sequence[Along], new: Sequence[Along]) -> str:
    """Return what a layer changed about shifts and border, or that it changed nothing."""
    told = []
    rates = [[(axis.step, axis.move) for axis in axes] for axes in (old, new)]
    edges = [[(axis.before, axis.after) for axis in axes] for axes in (old, new)]
    if rates[0] != rates[1]:
        moves, steps = each([axis.move for axis in new]), each([axis.step for axis in new])
        told.append(f"outputs {moves} apart read inputs {steps} apart")
    if edges[0] != edges[1] and any(map(sum, edges[1])):
        told.append("padding reaches " + borders(new))
    return "; ".join(told) or "every place is read alike"


def _pooled(axes: tuple[Along, ...]) -> str:
    text = "one value of all places, whichever place holds what"
    if all(axis.cyclic for axis in axes):
        return text
    return f"{text}; but what enters or leaves the frame, and what padding reaches, counts"


def each(values: Sequence[object]) -> str:
    """Return one value where all are the same, else all of them.

    >>> each([2, 2]), each([2, 3])
    ('2', '2x3')
    """
    return str(values[0]) if len(set(values)) == 1 else "x".join(map(str, values))


def borders(axes: Sequence[Along]) -> str:
    """Return in words which cells padding reaches."""
    texts = [
        ("the only cell" if axis.size == 1 else f"all {axis.size} cells")
        if not axis.clean
        else f"the first {axis.before} and the last {axis.after} of {axis.size} cells"
        for axis in axes
    ]
    if len(set(texts)) == 1:
        return texts[0] + (" along each axis" if len(axes) > 1 else "")
    return ", ".join(f"{text} along axis {number}" for number, text in enumerate(texts))
