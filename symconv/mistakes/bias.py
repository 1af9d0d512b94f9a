"""Mistakes about the bias."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod

from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import BIAS, MOST, OTHER, ordinal
from symconv.mistakes.mistake import Edit, Mistake

NAMES = (
    "bias_omitted",
    "bias_per_channel",
    "bias_per_tap",
    "bias_subtracted",
    "bias_first_cell_only",
    "bias_other_output",
    "bias_multiplied",
)


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of bias that an exercise allows; without a bias there are none."""
    plan = exercise.plan
    if not exercise.bias.any():
        return
    yield _mistake("bias_omitted", "the bias was left out", 2, _changed(lambda bias: 0 * bias))
    if plan.depth > 1:
        says = "the bias was added once for every channel"
        yield _mistake("bias_per_channel", says, 4, _per_channel)
    if prod(axis.taps for axis in plan.axes) > 1:
        says = "the bias was added to every product"
        yield _mistake("bias_per_tap", says, 4, _per_tap)
    says = "the bias was subtracted"
    yield _mistake("bias_subtracted", says, 4, _changed(lambda bias: -bias))
    says = "the bias was added in the first cell only"
    yield Mistake("bias_first_cell_only", "bias", says, 5, BIAS, fold=_first_cell)
    if plan.maps > 1:
        yield from _others(plan.maps)
    says = "the sums were multiplied by the bias instead of adding it"
    yield Mistake("bias_multiplied", "bias", says, 5, OTHER, edit=_multiplied)


def _mistake(id_: str, says: str, prior: int, edit: Edit) -> Mistake:
    return Mistake(id_, "bias", says, prior, BIAS, edit=edit)


def _changed(change: Callable[[Array], Array]) -> Edit:
    return lambda exercise: replace(exercise, bias=change(exercise.bias))


def _per_channel(exercise: Exercise) -> Exercise:
    return replace(exercise, bias=exercise.plan.depth * exercise.bias)


def _per_tap(exercise: Exercise) -> Exercise:
    return replace(exercise, bias=exercise.plan.taps * exercise.bias)


def _first_cell(exercise: Exercise) -> Array:
    """Return the sums, with the bias in the first cell of each filter."""
    found = exercise.sums()
    if found.size:
        found.reshape(len(found), -1)[:, 0] += exercise.bias
    return found


def _others(maps: int) -> Iterator[Mistake]:
    """Yield each filter's bias used for all, and the biases in the opposite order."""
    for one in range(min(maps, MOST)):
        says = f"the bias of the {ordinal(one)} filter was used for every filter"
        yield _mistake(f"bias_other_output:{one}", says, 4, _used_for_all(one))
    says = "the biases of the filters were used in the opposite order"
    yield _mistake("bias_other_output:reversed", says, 5, _changed(lambda bias: bias[::-1]))


def _used_for_all(one: int) -> Edit:
    return _changed(lambda bias: bias[[one] * len(bias)])


def _multiplied(exercise: Exercise) -> Exercise:
    factors = exercise.bias.reshape(-1, *[1] * (exercise.w.ndim - 1))
    return replace(exercise, w=exercise.w * factors, bias=0 * exercise.bias)
