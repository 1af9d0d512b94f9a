"""Mistakes about padding: how much, on which sides, and what stands there.

A window that leaves the input is the border's; mistakes of its cells are in `borders`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.axis import Axis
from symconv.mistakes import borders
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import GEOMETRY, along, bare, choices, moved, named, padded
from symconv.mistakes.mistake import Edit, Mistake
from symconv.options import padded as with_padding

NAMES = (
    "padding_omitted",
    "padding_added_same",
    "full_instead",
    "valid_instead_of_full",
    "one_ring_extra",
    "one_ring_fewer",
    "pad_one_side",
    "pad_only_one_axis",
    "even_kernel_anchor",
    "wrong_mode",
    "pad_value_one",
    "pad_value_omitted",
    *borders.NAMES,
)
RINGS = {1: "entry of padding at each end", 2: "ring of padding", 3: "layer of padding all round"}
MODES = {
    "zero": "zeros were taken outside the input",
    "edge": "outside the input the nearest entry was repeated",
    "reflect": "outside the input it was mirrored without repeating the entry at the edge",
    "symmetric": "outside the input it was mirrored with the entry at the edge repeated",
    "wrap": "outside the input it was continued from the opposite side",
}


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of padding that an exercise allows."""
    yield from _amounts(exercise)
    if any(map(padded, exercise.plan.axes)):
        yield from _sides(exercise)
        yield from _values(exercise)
    yield from borders.mistakes(exercise)


def _mistake(id_: str, says: str, prior: int, edit: Edit) -> Mistake:
    return Mistake(id_, "padding", says, prior, GEOMETRY, edit=edit)


def _amounts(exercise: Exercise) -> Iterator[Mistake]:
    axes = exercise.plan.axes
    if all(a.before == a.after == a.span - 1 for a in axes) and any(map(padded, axes)):
        says = "only the places where the kernel lies inside the input were used"
        yield _mistake("valid_instead_of_full", says, 3, along(bare))
    elif any(map(padded, axes)):
        yield _mistake("padding_omitted", "the padding was left out", 3, along(bare))
    says = "padding was used that gives an answer of the input's size"
    yield _mistake("padding_added_same", says, 4, along(_same))
    says = "every place where the kernel touches the input was used"
    yield _mistake("full_instead", says, 4, along(_full))
    ring = RINGS[exercise.rank]
    yield _mistake("one_ring_extra", f"there is one {ring} too many", 4, _rings(1))
    if all(a.before > 0 and a.after > 0 for a in axes):
        yield _mistake("one_ring_fewer", f"there is one {ring} too few", 4, _rings(-1))


def _rings(by: int) -> Edit:
    return along(lambda axis: moved(axis, by, by))


def _same(axis: Axis) -> Axis:
    return with_padding([axis], "same")[0]


def _full(axis: Axis) -> Axis:
    return replace(axis, before=axis.span - 1, after=axis.span - 1)


def _sides(exercise: Exercise) -> Iterator[Mistake]:
    axes = exercise.plan.axes
    room = [number for number, axis in enumerate(axes) if padded(axis)]
    for side in ("before", "after"):
        for where in choices(exercise, room):
            label = f"{side}-{where.label}"
            far = _side_words(exercise.rank, side, where.axes)
            says = f"all the padding was put {far}"
            prior = 5 if len(where.axes) == len(room) else 6
            id_ = named("pad_one_side", label, exercise.rank)
            id_ = id_ if exercise.rank > 1 else f"{id_}:{side}"
            yield _mistake(id_, says, prior, along(_one_side(side), where.axes))
    if len(room) > 1:
        for where in list(choices(exercise, room))[:-1]:
            others = [number for number in room if number not in where.axes]
            says = f"padding was put {where.sides} only"
            id_ = f"pad_only_one_axis:{where.label}"
            yield _mistake(id_, says, 4, along(bare, others))
    if any(axis.before != axis.after for axis in axes):
        odd = all(abs(axis.before - axis.after) <= 1 for axis in axes)
        says = "the odd entry of padding was put on the wrong side"
        says = says if odd else "the padding of the two sides was interchanged"
        yield _mistake("even_kernel_anchor", says, 4, along(_swap_sides))


def _side_words(rank: int, side: str, axes: tuple[int, ...]) -> str:
    first = side == "before"
    if rank == 2:
        words = [("above", "below")[not first], ("on the left", "on the right")[not first]]
        return " and ".join(words[axis] for axis in axes)
    where = "at the start" if first else "at the end"
    if rank == 1 or len(axes) > 1:
        return where + (" of every axis" if len(axes) > 1 else "")
    return f"{where} of axis {axes[0]}"


def _one_side(side: str) -> Callable[[Axis], Axis]:
    def change(axis: Axis) -> Axis:
        whole = axis.before + axis.after
        before, after = (whole, 0) if side == "before" else (0, whole)
        return replace(axis, before=before, after=after) if padded(axis) else axis

    return change


def _swap_sides(axis: Axis) -> Axis:
    return replace(axis, before=axis.after, after=axis.before)


def _values(exercise: Exercise) -> Iterator[Mistake]:
    plan = exercise.plan
    present = {axis.boundary for axis in plan.axes if padded(axis)}
    constant = "constant" in present and plan.fill != 0
    for mode, says in MODES.items():
        if present != {mode} and not (mode == "zero" and "constant" in present):
            yield _mistake(f"wrong_mode:{mode}", says, 5, _mode(mode, 0))
    if present <= {"zero", "constant"} and plan.fill != 1:
        says = "ones were taken outside the input"
        yield _mistake("pad_value_one", says, 6, _mode("constant", 1))
    if constant:
        says = "zeros were taken outside the input instead of the number that was given"
        yield _mistake("pad_value_omitted", says, 4, _mode("zero", 0))


def _mode(mode: str, fill: int) -> Edit:
    def edit(exercise: Exercise) -> Exercise:
        axes = (replace(axis, boundary=mode) for axis in exercise.plan.axes)
        changed = exercise.with_axes(*axes)
        return replace(changed, plan=replace(changed.plan, fill=fill))

    return edit
