"""What one axis reads at one length: rows of indices, taken from the tables of `symconv.axis`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from symconv.axis import PAD, Axis
from symconv.errors import GeometryError, LawError
from symconv.laws.limits import check_length, check_size
from symconv.laws.tables.bags import Rows
from symconv.options import check_fit, padded
from symconv.planning import conv_transpose_table
from symconv.tables import Adjoint

Pads = str | tuple[int, int]


class NoRoomError(Exception):
    """An operation inside a side cannot be carried out at a shape: the law says nothing there."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One axis: how many outputs, and its rows (out, input, tap).

    ``padding`` has (out, tap) where padding is read, ``others`` all other pairs.
    """

    out: int
    rows: Rows
    padding: Rows
    others: Rows


@lru_cache(maxsize=4096)
def forward(axis: Axis, pads: Pads) -> Line | None:
    """Return what a kernel reads along an axis, None where it does not fit.

    Raises: NoRoomError for everything else that is impossible.
    """
    (fitted,) = padded([axis], pads if isinstance(pads, str) else [pads])
    try:
        check_fit(0, fitted)
    except GeometryError as error:
        if error.code == "kernel-too-wide":
            return None
        raise _refused(error) from error
    return _line(fitted) if fitted.out else None


def _refused(error: GeometryError) -> Exception:
    """Return why an axis cannot be read: no room, or more than any array has."""
    if error.code == "too-large":
        return LawError("too-many-terms", error.message, hint="ask at a smaller shape")
    return NoRoomError(error.message)


def _line(axis: Axis) -> Line:
    check_size(3 * axis.out * axis.taps)
    source = axis.source
    out, tap = np.indices(source.shape)
    rows = np.stack([out.ravel(), source.ravel(), tap.ravel()], axis=1).astype(np.int64)
    padding = rows[:, 1] == PAD
    pairs = rows[:, [0, 2]]
    return Line(axis.out, rows[rows[:, 1] >= 0], pairs[padding], pairs[~padding])


@lru_cache(maxsize=4096)
def transposed(axis: Axis, pads: Pads, more: int) -> Line | None:
    """Return what a transposed kernel reads along an axis of inputs, None where no output is left.

    ``more`` is output_padding. Raises: NoRoomError.
    """
    if not axis.size:
        raise NoRoomError("an input is empty")
    try:
        table = conv_transpose_table(
            (1, axis.size),
            (1, 1, axis.taps),
            padding=pads if isinstance(pads, str) else [pads],
            stride=axis.stride,
            dilation=axis.dilation,
            flip=axis.flip,
            output_padding=more,
        )
    except GeometryError as error:
        if error.code == "output-empty":
            return None
        raise _refused(error) from error
    assert isinstance(table, Adjoint)  # noqa: S101 - no layout was asked for
    (found,) = table.forward.axes
    rows = _line(found).rows
    return Line(found.size, rows[:, [1, 0, 2]], rows[:0, :2], rows[:0, :2])


@lru_cache(maxsize=4096)
def moves(kind: str, n: int, numbers: tuple[int, ...], boundary: str) -> tuple[int, Rows]:
    """Return the new length of an axis, and the rows (out, input)."""
    check_length(max(map(abs, (n * max(map(abs, numbers), default=1), *numbers))))
    if kind == "flip":
        return n, _pairs(np.arange(n)[::-1])
    if kind == "subsample":
        return -(-n // _positive(numbers[0])), _pairs(np.arange(0, n, numbers[0]))
    if kind == "dilate":
        size = _positive(numbers[0]) * (n - 1) + 1 if n else 0
        return size, _pairs(np.arange(n) * numbers[0])[:, ::-1]
    if kind == "pad":
        before, after = numbers
        if n + before + after < 0 or min(before, after) < -n:
            raise NoRoomError(f"padding ({before}, {after}) crops more than {n} entries")
        return n + before + after, _pairs(_extended(n, before, after, boundary))
    (by,) = numbers
    line = _extended(n, max(by, 0), max(-by, 0), boundary)
    return n, _pairs(line[max(-by, 0) :][:n])


def _extended(n: int, before: int, after: int, boundary: str) -> Rows:
    if not n and boundary != "zero":
        raise NoRoomError(f"boundary {boundary!r} has nothing to repeat")
    check_size(n + before + after)
    return Axis(size=n, taps=1, before=before, after=after, boundary=boundary).line


def _positive(number: int) -> int:
    if number < 1:
        raise NoRoomError("a step is below 1")
    return number


def _pairs(source: Rows) -> Rows:
    """Return (out, input) for each output that reads an input."""
    rows = np.stack([np.arange(len(source)), source], axis=1).astype(np.int64)
    return rows[rows[:, 1] >= 0]
