"""Mistakes in a convolution, derived from the convolution itself.

    catalogue(exercise)              the mistakes that it allows
    predicted(exercise, mistakes)    what somebody writes who makes them

Source: homework of courses in signal processing and deep learning; the idea of a catalogue of
bugs is of J. S. Brown and R. R. Burton, Diagnostic models for procedural bugs in basic mathematical
skills (1978).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from itertools import chain

from symconv.axis import Axis
from symconv.mistakes import arithmetic, bias, channels, orientation, padding, place, stride
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.mistake import Family, Mistake, predicted, together

FAMILIES = (orientation, padding, stride, place, channels, bias, arithmetic)
NAMES: tuple[str, ...] = tuple(chain.from_iterable(family.NAMES for family in FAMILIES))
"""Every mistake's name in the order of the catalogue; an id is a name, or `name:parameter`."""
PLACE = {name: place for place, name in enumerate(NAMES)}


def catalogue(exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that an exercise allows.

    A mistake whose edit leaves no output is none; nor is one that asks for what is asked anyway.
    Two that come to the same plan are one mistake under two names; the likelier, or else the first,
    stands for both. A mistake may still leave the answer as it is: the numbers decide that.

    >>> import numpy as np
    >>> from symconv.plan import geometry
    >>> plan = geometry((1, 4), (1, 1, 3), flip=True, padding=1)
    >>> x, w, bias = np.array([[1, 2, 3, 4]]), np.array([[[1, 0, 2]]]), np.array([0])
    >>> [mistake.id for mistake in catalogue(Exercise(plan, x, w, bias))][:5]
    ['flip_omitted', 'input_flipped_too', 'output_reversed', 'padding_omitted', 'full_instead']
    """
    exercise = exercise.safe
    asked = _key(exercise, exercise)
    kept: dict[Hashable, Mistake] = {}
    for mistake in chain.from_iterable(family.mistakes(exercise) for family in FAMILIES):
        key: Hashable = mistake.id
        if mistake.edit:
            edited = mistake.edit(exercise)
            if any(axis.out == 0 for axis in edited.plan.axes):
                continue
            key = _key(exercise, edited) or key
        if key != asked and (key not in kept or mistake.prior < kept[key].prior):
            kept[key] = mistake
    return sorted(kept.values(), key=lambda mistake: PLACE[mistake.name])


def _key(exercise: Exercise, edited: Exercise) -> Hashable:
    """Return what tells one edit of the plan from another; None where the numbers change too."""
    pairs = (edited.x, exercise.x), (edited.w, exercise.w), (edited.bias, exercise.bias)
    if any(after is not before for after, before in pairs):
        return None
    plan = edited.plan
    axes = tuple(map(_plainest, plan.axes))
    pads = any(axis.before > 0 or axis.after > 0 for axis in axes)
    return axes, plan.groups, plan.fill if pads else 0


def _plainest(axis: Axis) -> Axis:
    """Return the plainest axis of the same table."""
    after = axis.after - (axis.padded - axis.span) % axis.stride
    return replace(
        axis,
        after=after,
        stride=axis.stride if axis.out > 1 else 1,
        dilation=axis.dilation if axis.taps > 1 else 1,
        flip=axis.flip and axis.taps > 1,
        boundary=axis.boundary if max(axis.before, after) > 0 else "zero",
    )


__all__ = ["NAMES", "Exercise", "Family", "Mistake", "catalogue", "predicted", "together"]
