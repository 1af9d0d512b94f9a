"""Mistakes in the cells of the border, those whose window leaves the input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from symconv.axis import Axis
from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import GEOMETRY, OTHER, bare, numeric, padded
from symconv.mistakes.mistake import Mistake

NAMES = ("border_left_zero", "border_copied", "border_renormalised", "pad_after")


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes at the border that an exercise allows."""
    plan = exercise.plan
    if not any(map(padded, plan.axes)):
        return
    steps = any(axis.stride > 1 and padded(axis) for axis in plan.axes)
    says = "the cells whose window leaves the input were left at zero"
    yield Mistake("border_left_zero", "padding", says, 4, GEOMETRY, after=_left_zero)
    if exercise.bias.any():
        says = "the cells whose window leaves the input hold nothing but the bias"
        yield Mistake("border_left_zero:bias", "padding", says, 5, GEOMETRY, after=_left_at_bias)
    if plan.channels == 1 and _fits(exercise):
        says = "the cells whose window leaves the input were copied from the input"
        yield Mistake("border_copied", "padding", says, 5, GEOMETRY, after=_copied)
    plain = all(axis.boundary == "zero" and axis.lhs == 1 for axis in plan.axes)
    if plain and numeric(exercise.w, exercise.bias):
        says = "the cells whose window leaves the input were scaled up for what is missing"
        yield Mistake("border_renormalised", "padding", says, 6, OTHER, fold=_renormalised)
    if steps and all(axis.before >= 0 and axis.after >= 0 for axis in plan.axes):
        says = "the answer was found without padding, and zeros were put around it"
        yield Mistake("pad_after", "padding", says, 5, GEOMETRY, fold=_pad_after)


def border(exercise: Exercise) -> Array:
    """Return which cells of the output have a window that leaves the input, (*O).

    >>> from symconv.plan import geometry
    >>> empty = np.zeros(0)
    >>> border(Exercise(geometry((3,), (3,), padding=1), empty, empty, empty)).tolist()
    [True, False, True]
    """
    found: Array = reduce(np.logical_or.outer, map(_leaves, exercise.plan.axes))
    return found


@lru_cache(maxsize=1024)
def _leaves(axis: Axis) -> Array:
    starts = axis.step * np.arange(axis.out)
    found: Array = (starts < axis.before) | (starts + axis.span > axis.before + axis.stuffed)
    return found


def _fits(exercise: Exercise) -> bool:
    return all(axis.out == axis.size for axis in exercise.plan.axes)


def _left_zero(exercise: Exercise, found: Array) -> Array:
    return np.where(border(exercise), 0, found)


def _left_at_bias(exercise: Exercise, found: Array) -> Array:
    """Put the bias at the border; the planes of channels not summed share their filter's."""
    shared = len(found) // len(exercise.bias)
    return np.where(border(exercise), np.repeat(exercise.biases(), shared, axis=0), found)


def _copied(exercise: Exercise, found: Array) -> Array:
    """Copy the input at the border, if the answer still has the input's size."""
    return np.where(border(exercise), exercise.x[:1], found) if _fits(exercise) else found


def _renormalised(exercise: Exercise) -> Array:
    """Return (out − bias) · Σw / Σ of the w inside the input, + bias, where the latter is not 0."""
    ones = np.ones_like(exercise.x)
    inside = replace(exercise, x=ones, plan=replace(exercise.plan, fill=0)).sums()
    total = exercise.w.reshape(len(exercise.w), -1).sum(axis=1)
    sums: Array = _scaled(exercise.sums(), total.reshape(-1, *[1] * exercise.rank), inside)
    return sums + exercise.biases()


def _ratio(value: Any, total: Any, inside: Any) -> Any:
    return value if inside in (0, total) else value * (Fraction(total) / inside)


_scaled: Any = np.frompyfunc(_ratio, 3, 1)


def _pad_after(exercise: Exercise) -> Array:
    """Return the output without padding, with zeros around it up to the size with padding.

    Of the rows that are missing, `before` and `after` get their share of the padding.
    """
    inner = exercise.with_axes(*map(bare, exercise.plan.axes))
    found = inner.out()
    shape = [axis.out for axis in exercise.plan.axes]
    room = np.zeros((len(found), *shape), dtype=found.dtype)
    places = [slice(None)]
    for axis, size in zip(exercise.plan.axes, found.shape[1:], strict=True):
        more, before, after = axis.out - size, max(axis.before, 0), max(axis.after, 0)
        first = more * before // max(1, before + after)
        places.append(slice(first, first + size))
    room[tuple(places)] = found
    return room
