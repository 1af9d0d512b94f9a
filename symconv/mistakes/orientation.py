"""Mistakes about which way round things stand: the kernel, the input, the output.

A quarter turn and a transposition are of the last two axes, rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from symconv.axis import Axis
from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import FLIP, FLIP_ONE_AXIS, OTHER, TRANSPOSED
from symconv.mistakes.mistake import Edit, Mistake

NAMES = (
    "flip_omitted",
    "flip_added",
    "flip_rows_only",
    "flip_cols_only",
    "flip_axis_only",
    "kernel_transposed",
    "kernel_rot90",
    "input_flipped_too",
    "output_reversed",
    "input_transposed",
    "output_transposed",
    "roles_swapped",
)
ONE_WAY = (
    ("flip_rows_only", "upside down", "left to right", [True, False]),
    ("flip_cols_only", "left to right", "upside down", [False, True]),
)
AS_IT_STANDS = "but a correlation uses it as it stands"


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of orientation that an exercise allows."""
    convolves = any(axis.flip for axis in exercise.plan.axes)
    yield from _flips(exercise, convolves)
    if exercise.rank > 1:
        yield from _kernel_turned(convolves)
    yield from _input_and_output(exercise, convolves)
    if _swappable(exercise) and not all(map(_mirrors, exercise.plan.axes)):
        says = "the input was slid over the kernel instead of the kernel over the input"
        yield _mistake("roles_swapped", says, 5, OTHER, _swap_roles)


def _mistake(id_: str, says: str, prior: int, credit: Any, edit: Edit) -> Mistake:
    return Mistake(id_, "orientation", says, prior, credit, edit=edit)


def _flips(exercise: Exercise, convolves: bool) -> Iterator[Mistake]:
    rank = exercise.rank
    if convolves:
        says = "the kernel was slid over the input without flipping it first"
        yield _mistake("flip_omitted", says, 2, FLIP, _flipped([False] * rank))
    else:
        says = f"the kernel was flipped first, {AS_IT_STANDS}"
        yield _mistake("flip_added", says, 3, FLIP, _flipped([True] * rank))
    if rank == 2:
        for name, way, other, flips in ONE_WAY:
            but = f"but not {other}" if convolves else AS_IT_STANDS
            says = f"the kernel was turned {way}, {but}"
            yield _mistake(name, says, 4, FLIP_ONE_AXIS, _flipped(flips))
    elif rank > 2:
        for only in range(rank):
            but = "but not along the others" if convolves else AS_IT_STANDS
            says = f"the kernel was flipped along axis {only}, {but}"
            flips = [number == only for number in range(rank)]
            yield _mistake(f"flip_axis_only:{only}", says, 5, FLIP_ONE_AXIS, _flipped(flips))


def _flipped(flips: list[bool]) -> Edit:
    def edit(exercise: Exercise) -> Exercise:
        pairs = zip(exercise.plan.axes, flips, strict=True)
        return exercise.with_axes(*(replace(axis, flip=flip) for axis, flip in pairs))

    return edit


def _kernel_turned(convolves: bool) -> Iterator[Mistake]:
    says = "the rows and columns of the kernel were interchanged"
    yield _mistake("kernel_transposed", says, 5, TRANSPOSED, _transpose_kernel)
    if convolves:
        says = "the rows and columns of the kernel were interchanged instead of flipping it"

        def edit(exercise: Exercise) -> Exercise:
            return _transpose_kernel(_flipped([False] * exercise.rank)(exercise))

        yield _mistake("kernel_transposed:unflipped", says, 5, TRANSPOSED, edit)
    instead = " instead of half a turn" if convolves else ""
    for turns, way in ((1, "anticlockwise"), (3, "clockwise")):
        says = f"the kernel was turned {way} by a quarter turn{instead}"
        yield _mistake(f"kernel_rot90:{turns}", says, 5, OTHER, _quarter(turns))


def _transpose_kernel(exercise: Exercise) -> Exercise:
    return _with_kernel(exercise, exercise.w.swapaxes(-1, -2))


def _quarter(turns: int) -> Edit:
    def edit(exercise: Exercise) -> Exercise:
        upright = _flipped([False] * exercise.rank)(exercise)
        return _with_kernel(upright, np.rot90(exercise.w, turns, axes=(-2, -1)))

    return edit


def _with_kernel(exercise: Exercise, w: Array) -> Exercise:
    pairs = zip(exercise.plan.axes, w.shape[2:], strict=True)
    return replace(exercise.with_axes(*(replace(a, taps=taps) for a, taps in pairs)), w=w)


def _input_and_output(exercise: Exercise, convolves: bool) -> Iterator[Mistake]:
    spatial = tuple(range(-exercise.rank, 0))

    def flip_input(exercise: Exercise) -> Exercise:
        return replace(exercise, x=np.flip(exercise.x, spatial))

    too = "the input was flipped as well as the kernel" if convolves else "the input was flipped"
    yield _mistake("input_flipped_too", too, 5, OTHER, flip_input)
    says = "the answer is written down back to front"
    if exercise.rank > 1:
        says = "the answer is written down turned by half a turn"
    if _swappable(exercise) and all(map(_mirrors, exercise.plan.axes)):
        says += ", as when input and kernel change roles"
    yield Mistake(
        "output_reversed",
        "orientation",
        says,
        5,
        FLIP,
        layout=lambda found: np.flip(found, spatial),
    )
    if exercise.rank > 1:
        says = "the rows and columns of the input were interchanged"
        yield _mistake("input_transposed", says, 5, TRANSPOSED, _transpose_input)
        yield Mistake(
            "output_transposed",
            "orientation",
            "the rows and columns of the answer are interchanged",
            4,
            TRANSPOSED,
            layout=lambda found: found.swapaxes(-1, -2),
        )


def _transpose_input(exercise: Exercise) -> Exercise:
    *others, rows, columns = exercise.plan.axes
    swapped = replace(rows, size=columns.size), replace(columns, size=rows.size)
    return replace(exercise.with_axes(*others, *swapped), x=exercise.x.swapaxes(-1, -2))


def _swappable(exercise: Exercise) -> bool:
    """Tell whether input and kernel of a correlation could change roles; a convolution allows it.

    They must have the same axes, and it must be clear how far the one may slide on the other.
    """
    plan = exercise.plan
    plain = all(a.dilation == a.lhs == 1 and a.boundary == "zero" for a in plan.axes)
    return plan.maps == plan.groups == 1 and plain and not any(a.flip for a in plan.axes)


def _mirrors(axis: Axis) -> bool:
    """Tell whether a change of roles gives the same answer back to front."""
    windows = axis.padded - axis.span + axis.before - axis.after
    return windows == axis.stride * (axis.out - 1)


def _swap_roles(exercise: Exercise) -> Exercise:
    """Exchange x and w; the padding grows with what slides, so that as many outputs fit."""
    plan = exercise.plan
    axes = exercise.with_axes(*map(_other_role, plan.axes))
    return replace(axes, x=exercise.w[0], w=exercise.x[None])


def _other_role(axis: Axis) -> Axis:
    more = axis.size - axis.taps
    return replace(
        axis,
        size=axis.taps,
        taps=axis.size,
        before=axis.before + more,
        after=axis.after + more,
    )
