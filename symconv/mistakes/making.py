"""What the families of mistakes are made of: credits, words for axes, edits along axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from symconv.axis import Axis
from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.mistake import Edit

FLIP = Fraction(1, 2)
FLIP_ONE_AXIS = Fraction(1, 3)
GEOMETRY = Fraction(1, 2)
"""Padding, stride, dilation."""
BIAS = Fraction(2, 3)
TRANSPOSED = Fraction(1, 2)
CHANNEL = Fraction(1, 3)
SCALE = Fraction(1, 3)
"""Signs and normalisation."""
LAID_OUT = Fraction(1, 2)
ZERO_ADDED = Fraction(3, 4)
OTHER = Fraction(1, 4)

LABELS = {1: ("all",), 2: ("rows", "cols"), 3: ("axis0", "axis1", "axis2")}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
MOST = 16
"""Channels, filters or offsets for which a mistake has an instance each."""


@dataclass(frozen=True)
class Along:
    """Some axes: their label in an id, and how many of which lines a step along them crosses."""

    label: str
    axes: tuple[int, ...]
    step: str
    sides: str


def choices(exercise: Exercise, among: Sequence[int] | None = None) -> Iterator[Along]:
    """Yield each axis, and then all of them if they are more than one.

    >>> from symconv.plan import geometry
    >>> import numpy as np
    >>> empty = np.zeros(0)
    >>> [a.step for a in choices(Exercise(geometry((3, 3), (2, 2)), empty, empty, empty))]
    ['one row', 'one column', 'one row and one column']
    """
    rank = exercise.rank
    axes = tuple(range(rank) if among is None else among)
    names = (("row", "above and below"), ("column", "left and right"))
    for axis in axes:
        step, sides = ("one place", "at the ends")
        if rank == 2:
            step, sides = f"one {names[axis][0]}", names[axis][1]
        elif rank > 2:
            step, sides = f"one place along axis {axis}", f"along axis {axis}"
        yield Along(LABELS[rank][axis], (axis,), step, sides)
    if len(axes) > 1:
        step = "one row and one column" if rank == 2 else "one place along every axis"
        yield Along("both" if rank == 2 else "all", axes, step, "on all sides")


def named(name: str, label: str, rank: int) -> str:
    """Return an id with the axes it is about, which one axis alone does not need.

    >>> named("cyclic_shift", "rows", 2), named("cyclic_shift", "all", 1)
    ('cyclic_shift:rows', 'cyclic_shift')
    """
    return name if rank == 1 else f"{name}:{label}"


def ordinal(number: int) -> str:
    """Return the word for a place counted from 0.

    >>> ordinal(0), ordinal(20)
    ('first', 'number 21')
    """
    return ORDINALS[number] if number < len(ORDINALS) else f"number {number + 1}"


def along(change: Callable[[Axis], Axis], axes: Sequence[int] | None = None) -> Edit:
    """Return the edit that changes some axes, or all of them."""

    def edit(exercise: Exercise) -> Exercise:
        old = exercise.plan.axes
        return exercise.with_axes(
            *(change(a) if axes is None or n in axes else a for n, a in enumerate(old))
        )

    return edit


def padded(axis: Axis) -> bool:
    """Tell whether the window may leave the input along an axis."""
    return axis.before > 0 or axis.after > 0


def bare(axis: Axis) -> Axis:
    """Return an axis without its padding; what is cropped stays cropped."""
    return replace(axis, before=min(axis.before, 0), after=min(axis.after, 0))


def moved(axis: Axis, before: int, after: int) -> Axis:
    """Return an axis with so much more padding on its sides."""
    return replace(axis, before=axis.before + before, after=axis.after + after)


def numeric(*arrays: Array) -> bool:
    """Tell whether all entries are numbers, which have an order and can be rounded."""
    return all(
        values.dtype != object or all(isinstance(v, int | Fraction) for v in values.flat)
        for values in arrays
    )


def numbers(exercise: Exercise) -> bool:
    """Tell whether an exercise is one of numbers alone."""
    plain = isinstance(exercise.plan.fill, int | Fraction)
    return plain and numeric(exercise.x, exercise.w, exercise.bias)


def turned(exercise: Exercise) -> Exercise:
    """Return the exercise as a correlation: with the kernel flipped instead of the axes."""
    axes = exercise.plan.axes
    upright = exercise.with_axes(*(replace(axis, flip=False) for axis in axes))
    flipped = tuple(number - len(axes) for number, axis in enumerate(axes) if axis.flip)
    return replace(upright, w=np.flip(exercise.w, flipped))


def scaled(values: Array, divisor: int | Fraction) -> Array:
    """Return values over a number, exactly."""
    found: Array = values.astype(object) * (Fraction(1) / divisor)
    return found
