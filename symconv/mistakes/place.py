"""Mistakes about places: where the window starts, and where a cell of the answer is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from symconv.axis import Axis
from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import LAID_OUT, OTHER, ZERO_ADDED, along, choices, moved, named
from symconv.mistakes.mistake import Edit, Layout, Mistake

NAMES = ("start_off_by_one", "rows_cols_anchor", "cyclic_shift", "flattened", "zero_added")
WAYS = {("rows", 1): "down", ("rows", -1): "up", ("cols", 1): "right", ("cols", -1): "left"}


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of place that an exercise allows."""
    for where in choices(exercise):
        for end, more in (("", 0), ("filled", 1)):
            label = "-".join(filter(None, (where.label, end)))
            id_ = named("start_off_by_one", label, exercise.rank)
            id_ = f"{id_}:filled" if end and exercise.rank == 1 else id_
            says = f"the window started {where.step} too late"
            says += ", and went on beyond the end" if end else ""
            yield _mistake(id_, says, 5, along(_late(more), where.axes))
    yield from _anchors(exercise)
    yield from _shifts(exercise)
    if np.prod(exercise.plan.out_shape[1:-1]) * exercise.plan.maps > 1:
        says = "the answer is written in one row"
        yield Mistake("flattened", "place", says, 4, LAID_OUT, layout=_flat)
        if exercise.plan.out_shape[-1] > 1:
            says = "the answer is written in one column"
            yield Mistake("flattened:column", "place", says, 4, LAID_OUT, layout=_upright)
    if exercise.rank == 1:
        for end, pads in (("end", (0, 1)), ("start", (1, 0))):
            says = f"there is one zero too many at the {end}"
            yield Mistake(f"zero_added:{end}", "place", says, 4, ZERO_ADDED, layout=_longer(*pads))


def _mistake(id_: str, says: str, prior: int, edit: Edit) -> Mistake:
    return Mistake(id_, "place", says, prior, OTHER, edit=edit)


def _late(more: int) -> Callable[[Axis], Axis]:
    return lambda axis: moved(axis, -1, more)


def _anchors(exercise: Exercise) -> Iterator[Mistake]:
    axes = exercise.plan.axes
    if all(axis.before <= 0 for axis in axes):
        says = "the middle of the kernel was put on a cell where its first entry belongs"
        yield _mistake("rows_cols_anchor", says, 5, along(_centred))
    elif all(axis.before >= _middle(axis) for axis in axes):
        says = "the first entry of the kernel was put on a cell where its middle belongs"
        yield _mistake("rows_cols_anchor", says, 5, along(_cornered))


def _middle(axis: Axis) -> int:
    return axis.dilation * (axis.taps // 2)


def _centred(axis: Axis) -> Axis:
    return moved(axis, _middle(axis), -_middle(axis))


def _cornered(axis: Axis) -> Axis:
    return moved(axis, -_middle(axis), _middle(axis))


def _shifts(exercise: Exercise) -> Iterator[Mistake]:
    rank = exercise.rank
    for where in list(choices(exercise))[:rank]:
        (axis,) = where.axes
        length = exercise.plan.axes[axis].out
        for step in (1, -1)[: max(0, min(2, length - 1))]:
            line = where.step.removeprefix("one ")
            way = WAYS.get((where.label, step), "on" if step > 0 else "back")
            says = f"the answer is moved {way} by one {line}, round the edge"
            id_ = f"cyclic_shift:{where.label}-{way}" if rank > 2 else f"cyclic_shift:{way}"
            layout = _rolled(step, axis - rank)
            yield Mistake(id_, "place", says, 6, OTHER, layout=layout)


def _rolled(step: int, axis: int) -> Layout:
    return lambda found: np.roll(found, step, axis=axis)


def _longer(before: int, after: int) -> Layout:
    def longer(found: Array) -> Array:
        parts = [np.zeros((*found.shape[:-1], n), dtype=found.dtype) for n in (before, after)]
        return np.concatenate([parts[0], found, parts[1]], axis=-1)

    return longer


def _upright(found: Array) -> Array:
    """Return one column; see `_flat`."""
    lead = (1,) if len(found) == 1 else ()
    return found.reshape(*lead, -1, 1)


def _flat(found: Array) -> Array:
    """Return one row with as many axes in front as tell a plane from a stack of planes.

    Without filters the first axis, of length 1, is not part of an answer; the row keeps it.
    """
    lead = (1, 1) if len(found) == 1 else (1,)
    return found.reshape(*lead, -1)
