"""Mistakes about channels, groups and filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np

from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import CHANNEL, MOST, OTHER, ordinal, scaled
from symconv.mistakes.mistake import After, Edit, Mistake

NAMES = (
    "channel_skipped",
    "only_channel",
    "channels_not_summed",
    "channels_averaged",
    "one_kernel_for_all",
    "channels_reversed",
    "groups_ignored",
    "depthwise_as_full",
    "full_as_depthwise",
    "outputs_swapped",
)


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of channels that an exercise allows."""
    plan = exercise.plan
    if plan.depth > 1:
        yield from _sums(exercise)
    if plan.channels > 1:
        says = "the input channels were taken in the opposite order"
        yield _mistake("channels_reversed", says, 5, _reverse)
        yield from _groups(exercise)
    if plan.maps > 1:
        yield from _swaps(plan.maps)


def _mistake(id_: str, says: str, prior: int, edit: Edit) -> Mistake:
    return Mistake(id_, "channels", says, prior, CHANNEL, edit=edit)


def _sums(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in the sum over channels.

    Of two channels leaving one out is using the other only, so that there is one name for both.
    """
    depth = exercise.plan.depth
    of = " of each group" if exercise.plan.groups > 1 else ""
    for channel in range(min(depth, MOST)):
        says = f"the {ordinal(channel)} input channel{of} was left out"
        others = [c for c in range(depth) if c != channel]
        yield _mistake(f"channel_skipped:{channel}", says, 4, _only(others))
    for channel in range(min(depth, MOST) if depth > 2 else 0):
        says = f"only the {ordinal(channel)} input channel{of} was used"
        yield _mistake(f"only_channel:{channel}", says, 4, _only([channel]))
    says = "the channels were written down one by one instead of being added"
    yield Mistake("channels_not_summed", "channels", says, 4, CHANNEL, fold=_not_summed)
    says = "the mean of the channels was taken instead of their sum"
    yield _mistake("channels_averaged", says, 4, _average)
    says = "the kernel of the first channel was used for every channel"
    yield _mistake("one_kernel_for_all", says, 4, _first_kernel)


def _only(kept: list[int]) -> Edit:
    """Return the edit that keeps some channels of each group."""

    def edit(exercise: Exercise) -> Exercise:
        plan = exercise.plan
        channels = [g * plan.depth + c for g in range(plan.groups) for c in kept]
        fewer = replace(plan, channels=len(channels))
        return replace(exercise, plan=fewer, x=exercise.x[channels], w=exercise.w[:, kept])

    return edit


def _not_summed(exercise: Exercise) -> Array:
    """Return the planes of each filter one after the other, without its bias."""
    spatial = tuple(range(-exercise.rank, 0))
    found: Array = exercise.products_by_tap().sum(axis=spatial)
    return found.reshape(-1, *found.shape[2:])


def _average(exercise: Exercise) -> Exercise:
    return replace(exercise, w=scaled(exercise.w, exercise.plan.depth))


def _first_kernel(exercise: Exercise) -> Exercise:
    return replace(exercise, w=np.repeat(exercise.w[:, :1], exercise.plan.depth, axis=1))


def _reverse(exercise: Exercise) -> Exercise:
    return replace(exercise, x=exercise.x[::-1])


def _groups(exercise: Exercise) -> Iterator[Mistake]:
    plan = exercise.plan
    if plan.groups == plan.channels:
        says = "every filter was slid over all channels instead of over its own only"
        yield _mistake("depthwise_as_full", says, 4, _one_group)
    elif plan.groups > 1:
        says = "every filter was slid over all channels instead of over those of its group only"
        yield _mistake("groups_ignored", says, 4, _one_group)
    if plan.groups < plan.channels and plan.maps % plan.channels == 0:
        says = "every filter was slid over one channel only instead of over all it reads"
        yield _mistake("full_as_depthwise", says, 5, _as_depthwise)


def _one_group(exercise: Exercise) -> Exercise:
    """Slide each filter over all channels, its kernels repeated from group to group."""
    plan = exercise.plan
    tiled = np.concatenate([exercise.w] * plan.groups, axis=1)
    return replace(exercise, plan=replace(plan, groups=1), w=tiled)


def _as_depthwise(exercise: Exercise) -> Exercise:
    """Let filter m read channel m // (M/C) only, with the kernel it has for that channel."""
    plan = exercise.plan
    maps = np.arange(plan.maps)
    own = maps // (plan.maps // plan.channels) % plan.depth
    alone = replace(plan, groups=plan.channels)
    return replace(exercise, plan=alone, w=exercise.w[maps, own][:, None])


def _swaps(maps: int) -> Iterator[Mistake]:
    pairs = combinations(range(maps), 2) if maps <= 4 else pairwise(range(min(maps, MOST)))
    for one, other in pairs:
        says = f"the answers of the {ordinal(one)} and the {ordinal(other)} filter are interchanged"
        after = _swapped(one, other)
        yield Mistake(f"outputs_swapped:{one}-{other}", "channels", says, 5, OTHER, after=after)


def _swapped(one: int, other: int) -> After:
    def after(_exercise: Exercise, found: Array) -> Array:
        order = list(range(len(found)))
        order[one], order[other] = other, one
        return found[order]

    return after
