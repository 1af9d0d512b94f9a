"""Sums of products of any size, read off one product of two long integers.

Lay the input out in row-major order, X = Σ x[p]·Bᵖ, and put the kernel entry of tap t at the power
L − off(t), where off(t) is how far tap t lies from the first place of its window in that order, and
L the largest such distance. In X·W the digit at the power s + L is then Σ x[s + off(t)]·w[t], the
output of the window that starts at s. B = 256^width is more than twice the size of any output, so
that the digits of X·W, taken from −B/2 to B/2, are the outputs themselves.

Zeros in front of a line and behind it are not laid out: one run of them between two lines is enough
for both, and none is needed at either end.

Source: von zur Gathen & Gerhard, Modern Computer Algebra, 3rd ed., section 8.4 (Kronecker
substitution).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symconv.axis import PAD, Axis
from symconv.engines.long.digits import Rows, entries, rows, width_of
from symconv.engines.threads import cores
from symconv.exact import Array
from symconv.plan import Geometry

SHARED = 2**20
"""Bytes of a product from which FLINT repays its own threads (measured)."""
ENTRY = {True: 1.2e-8, False: 8e-8}
"""Seconds to take in or give out one integer: of 64 bits, and of Python's own (measured)."""
PACKED = 1e-5
"""Seconds to begin with one plane, kernel or output (measured)."""
BYTE = 2.5e-9
"""Seconds to bring one byte into FLINT's integers, or out of them (measured)."""
MULTIPLIED = 1.2e-8
"""Seconds for each byte of a product of two long integers (measured from 100 kB to 4 MB)."""
SHORT = 8e-11
"""The same where one factor has b bytes, few: so many seconds times b^0.55 (10 B to 10 kB)."""


class Layout(NamedTuple):
    """Where a geometry's inputs and outputs stand among the digits."""

    lines: tuple[NDArray[np.int64], ...]
    """For each axis, the input at each place of its line, without the zeros at its ends."""
    leads: tuple[int, ...]
    """The zeros left out in front of each line."""
    steps: tuple[int, ...]
    """How far one place along each axis is."""
    order: tuple[int, ...]
    """The axes from the longest step to the shortest."""
    shape: tuple[int, ...]
    """Places along each axis, the zeros behind its line counted, in that order."""
    reach: int
    """How far the last tap of a window is from its first."""

    @property
    def length(self) -> int:
        """The digits of a product."""
        return math.prod(self.shape) + self.reach


def layout(geometry: Geometry, fill: int = 0) -> Layout:
    """Return where the inputs and outputs of a geometry stand among the digits.

    >>> from symconv.plan import geometry
    >>> layout(geometry((2, 3), (2, 2), padding=1)).shape
    (2, 4)
    """
    ends = [_ends(axis, fill) for axis in geometry.axes]
    lines = [
        axis.line[lead : len(axis.line) - trail]
        for axis, (lead, trail) in zip(geometry.axes, ends, strict=True)
    ]
    sizes = [len(line) + max(end) for line, end in zip(lines, ends, strict=True)]
    # the zeros behind the outermost line need no room: that axis is the one with most of them
    order = sorted(range(len(lines)), key=lambda a: len(lines[a]) / max(1, sizes[a]))
    shape = [len(lines[a]) if a == order[0] else sizes[a] for a in order]
    steps = {a: math.prod(shape[place + 1 :]) for place, a in enumerate(order)}
    reach = sum(steps[a] * (axis.span - 1) for a, axis in enumerate(geometry.axes))
    return Layout(
        tuple(lines),
        tuple(lead for lead, _ in ends),
        tuple(steps[a] for a in range(len(lines))),
        tuple(order),
        tuple(shape),
        reach,
    )


def _ends(axis: Axis, fill: int) -> tuple[int, int]:
    """Return how many zeros stand in front of an axis's line and behind it."""
    other = np.flatnonzero(axis.line != PAD)
    if fill or not len(axis.line):
        return 0, 0
    return (int(other[0]), len(axis.line) - int(other[-1]) - 1) if len(other) else (0, 0)


def sums(geometry: Geometry, x: Array, w: Array, fill: int, bound: int) -> Array:
    """Return the exact sums (N, M, *O): int64 where all fit, else Python integers.

    No sum of |x||w| over one output exceeds *bound* in size, and no entry does.
    """
    batch = 1 if geometry.batch is None else geometry.batch
    out_shape = (batch, geometry.maps, *(axis.out for axis in geometry.axes))
    laid = layout(geometry, fill)
    if not bound or not laid.length or not math.prod(out_shape) * geometry.depth:
        return np.zeros(out_shape, dtype=np.int64)
    width = width_of(bound)
    inputs = [_packed(plane) for plane in _planes(geometry, laid, rows(x, width), fill)]
    taps = tuple(axis.taps for axis in geometry.axes)
    filters = rows(w, width).reshape(geometry.maps * geometry.depth, *taps, width)
    kernels = [_packed(_spread(kernel, geometry.axes, laid)) for kernel in filters]
    places, outside = _places(geometry.axes, laid)
    found = np.empty((batch, geometry.maps, len(places), width), dtype=np.uint8)
    with _threads(laid.length * width):
        for n, m in np.ndindex(batch, geometry.maps):
            total = 0
            for c, channel in enumerate(geometry.channels_of(m)):
                x_at, w_at = n * geometry.channels + channel, m * geometry.depth + c
                total += inputs[x_at] * kernels[w_at]
            np.take(_unpacked(total, laid.length, width), places, axis=0, out=found[n, m])
    found[..., -1] -= 0x80
    found[:, :, outside] = 0
    return entries(found).reshape(out_shape)


def cost(geometry: Geometry, fill: int, bound: int, *, listed: int) -> float:
    """Return the seconds that `sums` should take.

    So many of the entries are *listed*: Python's integers, the others int64.
    """
    laid, width = layout(geometry, fill), width_of(bound)
    batch = 1 if geometry.batch is None else geometry.batch
    planes, kernels = batch * geometry.channels, geometry.maps * geometry.depth
    given = planes * math.prod(axis.size for axis in geometry.axes) + math.prod(geometry.w_shape)
    outputs = batch * geometry.maps * math.prod(axis.out for axis in geometry.axes)
    inside, reach = width * math.prod(laid.shape), width * (laid.reach + 1)
    rate = min(MULTIPLIED, SHORT * min(inside, reach) ** 0.55)
    maps = batch * geometry.maps
    moved = planes * inside + kernels * reach + maps * (inside + reach)
    products = maps * geometry.depth * (inside + reach)
    read = listed * ENTRY[False] + (given - listed) * ENTRY[True]
    ends = read + outputs * ENTRY[width <= 8] + PACKED * (planes + kernels + maps)
    return float(ends + moved * BYTE + products * rate)


def _planes(geometry: Geometry, laid: Layout, given: Rows, fill: int) -> Rows:
    """Return the rows of every channel of the batch in the order of the digits."""
    width = given.shape[-1]
    count = geometry.channels * (1 if geometry.batch is None else geometry.batch)
    planes = given.reshape(count, *(axis.size for axis in geometry.axes), width)
    for number, line in enumerate(laid.lines):
        planes = _along(planes, number + 1, line)
    for number, line in enumerate(laid.lines if fill else ()):
        outside = rows(np.array(fill, dtype=object), width)
        if (line == PAD).any():  # then the line was gathered, and is no view of x
            np.moveaxis(planes, number + 1, 0)[line == PAD] = outside
    canvas = np.zeros((len(planes), *laid.shape, width), dtype=np.uint8)
    turned = planes.transpose(0, *(a + 1 for a in laid.order), planes.ndim - 1)
    canvas[(slice(None), *(slice(n) for n in turned.shape[1:-1]))] = turned
    return canvas.reshape(len(planes), -1, width)


def _along(planes: Rows, place: int, line: NDArray[np.int64]) -> Rows:
    """Return rows as they stand on the line of one axis, zeros where it reads no input."""
    count = len(line)
    if count and line[0] >= 0 and (np.diff(line) == 1).all():
        window = slice(int(line[0]), int(line[0]) + count)
        return planes[(*(slice(None),) * place, window)]
    if not planes.shape[place]:
        return np.zeros((*planes.shape[:place], count, *planes.shape[place + 1 :]), dtype=np.uint8)
    laid = planes.take(np.maximum(line, 0), axis=place)
    np.moveaxis(laid, place, 0)[line < 0] = 0
    return laid


def _spread(kernel: Rows, axes: tuple[Axis, ...], laid: Layout) -> Rows:
    """Return the rows of a kernel, the entry of tap t at the power reach − off(t)."""
    powers = np.full((), laid.reach)
    for axis, step in zip(axes, laid.steps, strict=True):
        offsets = np.arange(axis.taps, dtype=np.int64) * axis.dilation
        powers = powers[..., None] - (offsets[::-1] if axis.flip else offsets) * step
    spread = np.zeros((laid.reach + 1, kernel.shape[-1]), dtype=np.uint8)
    spread[powers] = kernel
    return spread


def _places(axes: tuple[Axis, ...], laid: Layout) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the power at which each output stands, and the outputs that read zeros alone.

    For these, which stand before the first power or behind the last, it is any power.
    """
    places = np.full((), laid.reach)
    for axis, lead, step in zip(axes, laid.leads, laid.steps, strict=True):
        starts = np.arange(axis.out, dtype=np.int64) * axis.step - lead
        places = places[..., None] + starts * step
    flat = places.ravel()
    inside = flat.clip(0, laid.length - 1)
    return inside, np.flatnonzero(flat != inside)


def _packed(digits: Rows) -> Any:
    """Return Σ digits[i]·256^(width·i) as one integer of FLINT's."""
    import flint

    count, width = digits.shape
    lifted = digits.copy()
    lifted[:, -1] += 0x80  # all digits are positive, and the sum is their bytes end to end
    return flint.fmpz(int.from_bytes(lifted.tobytes(), "little") - _lift(count, width))


def _unpacked(total: Any, count: int, width: int) -> Rows:
    """Return the digits of a product of `_packed`, half of 256^width added to each."""
    lifted = (int(total) + _lift(count, width)).to_bytes(count * width, "little")
    return np.frombuffer(lifted, dtype=np.uint8).reshape(count, width)


def _lift(count: int, width: int) -> int:
    """Return Σ 256^width/2 · 256^(width·i) over *count* digits."""
    return int.from_bytes((b"\0" * (width - 1) + b"\x80") * count, "little")


@contextmanager
def _threads(size: int) -> Iterator[None]:
    """Let FLINT use all cores for products of so many bytes, unless the user told it how many.

    Its threads are gone again afterwards, so that a process may be forked.
    """
    from flint import ctx

    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    if size < SHARED or ctx.threads != 1 or not locked:
        yield
        return
    ctx.threads = cores()
    try:
        yield
    finally:
        ctx.threads = 1
