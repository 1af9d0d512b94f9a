"""Mistakes about the steps of the window and of the taps in it: stride and dilation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from symconv.axis import Axis
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import GEOMETRY, MOST, along, choices, moved, named, ordinal
from symconv.mistakes.mistake import Edit, Family, Mistake

NAMES = (
    "stride_ignored",
    "stride_one_axis",
    "stride_plus_one",
    "stride_is_kernel",
    "stride_phase",
    "subsample_input",
    "ceil_instead_of_floor",
    "last_window_dropped",
    "dilation_ignored",
    "dilation_gap",
    "dilation_as_stride",
)
MISSED = {"rows": "down", "cols": "to the right"}


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of stride and dilation that an exercise allows."""
    axes = exercise.plan.axes
    long = [number for number, axis in enumerate(axes) if axis.stride > 1]
    if long:
        yield from _long_steps(exercise, long)
    says = "the window was moved one place further at each step than asked"
    yield _mistake("stride_plus_one", says, 5, along(_plus_one))
    says = "the window was moved by the kernel's size, so that windows do not overlap"
    yield _mistake("stride_is_kernel", says, 4, along(_tiles))
    yield from _ends(exercise)
    if any(axis.dilation > 1 for axis in axes):
        yield from _gaps(exercise)


def _mistake(id_: str, says: str, prior: int, edit: Edit, family: Family = "stride") -> Mistake:
    return Mistake(id_, family, says, prior, GEOMETRY, edit=edit)


def _long_steps(exercise: Exercise, long: list[int]) -> Iterator[Mistake]:
    says = "the window was moved one place at a time instead of by the stride"
    yield _mistake("stride_ignored", says, 2, along(_single))
    if len(long) > 1:
        for where in list(choices(exercise, long))[:-1]:
            others = [number for number in long if number not in where.axes]
            way = MISSED.get(where.label, f"along axis {where.axes[0]}")
            says = f"the stride was used {way} only"
            yield _mistake(f"stride_one_axis:{where.label}", says, 4, along(_single, others))
    most = max(exercise.plan.axes[number].stride for number in long)
    for phase in range(1, min(most, MOST)):
        says = f"the stride was used, but from the {ordinal(phase)} place on instead of the first"
        yield _mistake(f"stride_phase:{phase}", says, 5, along(_from_phase(phase)))
    says = "the stride was used to leave out entries of the input, and then every window was used"
    yield _mistake("subsample_input", says, 5, _subsample)


def _single(axis: Axis) -> Axis:
    return replace(axis, stride=1)


def _plus_one(axis: Axis) -> Axis:
    return replace(axis, stride=axis.stride + 1)


def _tiles(axis: Axis) -> Axis:
    return replace(axis, stride=axis.taps)


def _from_phase(phase: int) -> Callable[[Axis], Axis]:
    return lambda axis: moved(axis, -phase, 0) if axis.stride > phase else axis


def _subsample(exercise: Exercise) -> Exercise:
    axes = exercise.plan.axes
    kept = tuple(slice(None, None, axis.stride) for axis in axes)
    x = exercise.x[(slice(None), *kept)]
    sized = zip(axes, x.shape[1:], strict=True)
    fewer = exercise.with_axes(*(replace(a, size=n, stride=1) for a, n in sized))
    return replace(fewer, x=x)


def _ends(exercise: Exercise) -> Iterator[Mistake]:
    axes = exercise.plan.axes
    if any(_slack(axis) for axis in axes):
        says = "a last window was used that does not fit inside"
        yield _mistake("ceil_instead_of_floor", says, 4, along(_ceil))
    room = [number for number, axis in enumerate(axes) if axis.out > 1]
    for where in choices(exercise, room):
        what = {"rows": "last row", "cols": "last column", "both": "last row and the last column"}
        noun = what.get(where.label, "last window")
        more = f" along axis {where.axes[0]}" if exercise.rank > 2 and len(where.axes) == 1 else ""
        more = " along every axis" if where.label == "all" and exercise.rank > 2 else more
        says = f"the {noun} of the answer is missing{more}"
        says = says.replace(" is ", " are ") if where.label == "both" else says
        id_ = named("last_window_dropped", where.label, exercise.rank)
        yield _mistake(id_, says, 4, along(_fewer, where.axes))


def _slack(axis: Axis) -> int:
    """Return how many entries at the end no window reads."""
    return (axis.padded - axis.span) % axis.stride if axis.out else 0


def _ceil(axis: Axis) -> Axis:
    return moved(axis, 0, axis.stride - _slack(axis)) if _slack(axis) else axis


def _fewer(axis: Axis) -> Axis:
    return moved(axis, 0, -_slack(axis) - 1)


def _gaps(exercise: Exercise) -> Iterator[Mistake]:
    def gap(id_: str, says: str, prior: int, change: Any) -> Mistake:
        return _mistake(id_, says, prior, along(change), "dilation")

    says = "the taps of the kernel were put side by side, without the gaps of the dilation"
    yield gap("dilation_ignored", says, 3, lambda axis: replace(axis, dilation=1))
    says = "the gaps between the taps of the kernel are one place too wide"
    yield gap("dilation_gap:more", says, 4, _wider(1))
    if any(axis.dilation > 2 for axis in exercise.plan.axes):
        says = "the gaps between the taps of the kernel are one place too narrow"
        yield gap("dilation_gap:fewer", says, 5, _wider(-1))
    says = "the dilation was used as a stride, and the taps of the kernel put side by side"
    yield gap("dilation_as_stride", says, 4, _as_stride)


def _wider(by: int) -> Callable[[Axis], Axis]:
    return lambda a: replace(a, dilation=a.dilation + by) if a.dilation > 1 else a


def _as_stride(axis: Axis) -> Axis:
    return replace(axis, stride=axis.dilation, dilation=1) if axis.dilation > 1 else axis
