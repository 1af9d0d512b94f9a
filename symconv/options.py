"""Options as people give them, decoded once into values for each axis.

Names such as "same" become (before, after) pairs here; what does not fit an axis is refused here.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

from symconv.axis import BOUNDARIES, Axis
from symconv.errors import GeometryError
from symconv.exact import entry

LONGEST = 2**62
"""Entries of the longest axis, so that every index fits into 64 bits."""
PADDINGS = ("valid", "full", "same", "same_upper", "same_lower")


def choices(given: Any, names: Sequence[str]) -> str:
    """Return a hint: the nearest of *names*, or all of them."""
    close = difflib.get_close_matches(str(given).lower(), names, n=1)
    return f"did you mean {close[0]!r}?" if close else "one of " + ", ".join(names)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 tap", "2 taps", "3 axes"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def is_int(value: Any) -> bool:
    """Tell whether *value* is an integer, Python's or NumPy's, and no boolean."""
    return type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))


def per_axis(name: str, value: Any, rank: int) -> tuple[Any, ...]:
    """Return one value for each axis, from one value or a sequence of them.

    Raises: GeometryError[...-per-axis] for a sequence of another length.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != rank:
            raise GeometryError(
                f"{name.replace('_', '-')}-per-axis",
                f"{counted(len(value), 'value')} of {name} for {counted(rank, 'axis', 'axes')}",
                hint="give one value" + (f", or {rank}" if rank > 1 else ""),
                given=len(value),
                axes=rank,
            )
        return tuple(value)
    return (value,) * rank


def positive(name: str, value: Any, rank: int) -> tuple[int, ...]:
    """Return one integer of 1 or more for each axis.

    Raises: GeometryError[...-not-positive].
    """
    values = per_axis(name, value, rank)
    for number, item in enumerate(values):
        if not is_int(item) or item < 1:
            raise GeometryError(
                f"{name.replace('_', '-')}-not-positive",
                f"{name} is {item!r}",
                place=f"axis {number}",
                hint="use an integer of 1 or more",
                axis=number,
                value=item,
            )
    return tuple(map(int, values))


def switches(name: str, value: Any, rank: int) -> tuple[bool, ...]:
    """Return one boolean for each axis.

    Raises: GeometryError[not-a-switch].
    """
    values = per_axis(name, value, rank)
    for number, item in enumerate(values):
        if item not in (True, False):
            hint = "use True or False"
            message = f"{name} is {item!r}"
            raise GeometryError("not-a-switch", message, place=f"axis {number}", hint=hint)
    return tuple(map(bool, values))


def decode_boundary(boundary: Any, rank: int) -> tuple[Any, tuple[str, ...]]:
    """Return what padding reads, and the boundary's name for each axis."""
    if isinstance(boundary, tuple) and len(boundary) == 2 and boundary[0] == "constant":
        return entry(boundary[1], "boundary"), ("constant",) * rank
    names = list(per_axis("boundary", boundary, rank))
    fills = []
    for number, name in enumerate(names):
        if isinstance(name, str) and name.startswith("constant(") and name.endswith(")"):
            names[number] = "constant"
            fills.append(entry(name[9:-1], "boundary"))
        elif name not in BOUNDARIES or name == "constant":
            hint = choices(name, ("zero", "constant(c)", *BOUNDARIES[2:]))
            raise GeometryError("unknown-boundary", f"boundary={name!r}", hint=hint, boundary=name)
    if fills and (len(fills) < rank or any(fill != fills[0] for fill in fills)):
        hint = "one constant must hold on every axis"
        raise GeometryError("mixed-constant", f"boundaries {boundary}", hint=hint)
    return fills[0] if fills else 0, tuple(names)


def padded(axes: Sequence[Axis], padding: Any) -> list[Axis]:
    """Return the axes with (before, after) set from a padding name, number or list.

    Raises: GeometryError[unknown-padding], GeometryError[bad-padding].
    """
    if isinstance(padding, str):
        if padding not in PADDINGS:
            hint = choices(padding, PADDINGS)
            raise GeometryError("unknown-padding", f"padding={padding!r}", hint=hint, value=padding)
        pairs = [_named(padding, axis) for axis in axes]
    else:
        lone_pair = len(axes) == 1 and isinstance(padding, Sequence) and len(padding) == 2
        padding = (padding,) if lone_pair else padding
        pairs = [
            pair(value, number)
            for number, value in enumerate(per_axis("padding", padding, len(axes)))
        ]
    return [
        replace(axis, before=before, after=after)
        for axis, (before, after) in zip(axes, pairs, strict=True)
    ]


def _named(name: str, axis: Axis) -> tuple[int, int]:
    if name == "valid":
        return 0, 0
    if name == "full":
        return axis.span - 1, axis.span - 1
    out = -(-axis.stuffed // axis.stride)
    total = max(0, (out - 1) * axis.stride + axis.span - axis.stuffed)
    less, more = total // 2, total - total // 2
    return (more, less) if name == "same_lower" else (less, more)


def pair(value: Any, axis: int) -> tuple[int, int]:
    """Return (before, after) from an int or a pair.

    Raises: GeometryError[bad-padding].
    """
    if is_int(value):
        return int(value), int(value)
    if isinstance(value, Sequence) and len(value) == 2 and all(map(is_int, value)):
        return int(value[0]), int(value[1])
    raise GeometryError(
        "bad-padding",
        f"padding is {value!r}",
        place=f"axis {axis}",
        hint="use an int or a (before, after) pair of ints",
        axis=axis,
        value=value,
    )


def check_fit(number: int, axis: Axis) -> None:
    """Raise unless the kernel of this axis has taps and fits into the padded input."""
    place = f"axis {number}"
    if not axis.taps:
        hint = "give the kernel one tap or more"
        raise GeometryError("kernel-empty", "the kernel has 0 taps", place=place, hint=hint)
    if axis.padded < 0 or axis.before < -axis.stuffed or axis.after < -axis.stuffed:
        raise GeometryError(
            "crop-too-deep",
            f"padding ({axis.before}, {axis.after}) crops more than the "
            f"{counted(axis.stuffed, 'entry', 'entries')}",
            place=place,
            hint=f"crop at most {axis.stuffed} in all",
            axis=number,
            entries=axis.stuffed,
        )
    if max(axis.padded, axis.span) > LONGEST:
        message = "the padded input or the kernel spans more than 2^62 entries"
        raise GeometryError("too-large", message, place=place, hint="no array is that long")
    pads = max(axis.before, 0) + max(axis.after, 0)
    if not axis.size and pads and axis.boundary not in ("zero", "constant"):
        raise GeometryError(
            "boundary-empty",
            f"boundary {axis.boundary!r} has 0 entries to repeat but must fill {pads}",
            place=place,
            hint="use boundary='zero'",
            axis=number,
            fill=pads,
        )
    if axis.padded < axis.span and axis.size:
        _too_wide(number, axis)


def _too_wide(number: int, axis: Axis) -> None:
    missing = axis.span - axis.padded
    more = "one" if missing == 1 else missing
    ways = [f"pad {more} more on axis {number}"]
    smaller = (axis.padded - 1) // (axis.taps - 1) if axis.taps > 1 else 0
    if 1 <= smaller < axis.dilation:
        ways.append(f"use dilation={smaller}")
    elif axis.padded:
        most = (axis.padded - 1) // axis.dilation + 1
        ways.append(f"use at most {counted(most, 'tap')}")
    raise GeometryError(
        "kernel-too-wide",
        f"the kernel spans {axis.span} ({counted(axis.taps, 'tap')}, dilation {axis.dilation}) but "
        f"the padded input is {axis.padded} ({axis.stuffed} + {axis.before} + {axis.after})",
        place=f"axis {number}",
        hint=", or ".join(ways),
        axis=number,
        span=axis.span,
        padded=axis.padded,
    )
