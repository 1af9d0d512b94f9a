"""One axis of a convolution: the table `source[out, tap] = input index`.

    source[o, t] = i   where   lhs·i = stride·o + dilation·t − before,   0 ≤ i < n

The padded axis is written out once as a line of input indices, `line[p]`; a tap reads the line at
`stride·o + dilation·t`. Stride, dilation, flip, boundary, cropping and input dilation differ only
in how the line is filled or read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

PAD = -1
"""In a line: a position outside the input, which reads the boundary's constant."""
HOLE = -2
"""In a line: a zero that input dilation put between two inputs."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Axis:
    """The index arithmetic of one axis; every length in entries.

    ``size`` n inputs, ``taps`` k kernel entries, padded by ``before`` and ``after`` (negative
    crops), after ``lhs - 1`` zeros were put between neighbouring inputs.

    >>> Axis(size=5, taps=3, stride=2, before=1, after=1).source.tolist()
    [[-1, 0, 1], [1, 2, 3], [3, 4, -1]]
    """

    size: int
    taps: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    lhs: int = 1
    flip: bool = False
    boundary: str = "zero"

    @cached_property
    def span(self) -> int:
        """The inputs that the kernel covers, E = dilation·(taps − 1) + 1."""
        return self.dilation * (self.taps - 1) + 1

    @cached_property
    def stuffed(self) -> int:
        """The length after input dilation."""
        return self.lhs * (self.size - 1) + 1 if self.size else 0

    @cached_property
    def padded(self) -> int:
        """The length after input dilation and padding."""
        return self.stuffed + self.before + self.after

    @cached_property
    def out(self) -> int:
        """The number of outputs, ⌊(padded − E)/stride⌋ + 1, or 0 when the kernel does not fit."""
        return max(0, (self.padded - self.span) // self.stride + 1)

    @cached_property
    def step(self) -> int:
        """The stride, or the padded length where that is less; they give the same outputs."""
        return min(self.stride, max(1, self.padded))

    @cached_property
    def line(self) -> Indices:
        """The padded axis as input indices, with PAD and HOLE."""
        line = self._input_at(np.arange(self.padded, dtype=np.int64))
        line.flags.writeable = False
        return line

    def _input_at(self, places: Indices) -> Indices:
        """Return the input indices that stand at places of the padded axis."""
        inside = _FOLDS[self.boundary](places - self.before, self.stuffed)
        found = np.where(inside % self.lhs == 0, inside // self.lhs, HOLE)
        found[inside == PAD] = PAD
        return found

    def offset(self, tap: int) -> int:
        """Return the place in the window, from 0 to span − 1, that kernel entry *tap* reads."""
        return self.dilation * (self.taps - 1 - tap if self.flip else tap)

    @cached_property
    def _offsets(self) -> Indices:
        return np.array([self.offset(tap) for tap in range(self.taps)], dtype=np.int64)

    @cached_property
    def places(self) -> list[slice]:
        """For each tap, the places of the padded line that the outputs read through it."""
        reach = self.step * (self.out - 1) + 1 if self.out else 0
        offsets = map(self.offset, range(self.taps))
        return [slice(offset, offset + reach, self.step) for offset in offsets]

    def read(self, out: int, tap: int) -> int:
        """Return `source[out, tap]` without building the table."""
        place = np.array([self.step * out + self.offset(tap)], dtype=np.int64)
        return int(self._input_at(place)[0])

    def reads(self, tap: int) -> list[int]:
        """Return one column of the table, `source[:, tap]`."""
        places = self.step * np.arange(self.out, dtype=np.int64) + self.offset(tap)
        column: list[int] = self._input_at(places).tolist()
        return column

    def window(self, out: int) -> list[tuple[int, int]]:
        """Return (source, tap) for every tap of one output, in the order of the padded line.

        A flipped kernel is met from its last tap to its first.
        """
        reads = self._input_at(self.step * out + self._offsets).tolist()
        pairs = list(zip(reads, range(self.taps), strict=True))
        return pairs[::-1] if self.flip else pairs

    @cached_property
    def source(self) -> Indices:
        """The whole table, out × taps."""
        offsets = self._offsets
        starts = self.step * np.arange(self.out, dtype=np.int64)
        table: Indices = self.line[starts[:, None] + offsets[None, :]]
        return table

    @cached_property
    def terms(self) -> int:
        """How many (out, tap) pairs read an input."""
        if not self.out:
            return 0
        if self.lhs == 1:
            folded = self.boundary not in ("zero", "constant")
            return self.out * self.taps if folded else sum(map(self._inside, range(self.taps)))
        reads = (self.line >= 0).astype(np.int64)
        running = np.concatenate([np.zeros(self.step, dtype=np.int64), reads])
        for phase in range(min(self.step, len(running))):
            running[phase :: self.step] = np.cumsum(running[phase :: self.step])
        offsets = self._offsets
        return int((running[offsets + self.step * self.out] - running[offsets]).sum())

    def _inside(self, tap: int) -> int:
        """Return how many outputs read an input, not padding, through one tap."""
        first = -(-(self.before - self.offset(tap)) // self.step)
        last = (self.before + self.size - 1 - self.offset(tap)) // self.step
        return max(0, min(last, self.out - 1) - max(first, 0) + 1)

    @cached_property
    def _standing(self) -> dict[int, list[int]]:
        """The places of the padded line where each input stands."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in np.flatnonzero(self.line >= 0).tolist():
            found[int(self.line[place])].append(place)
        return found

    def readers(self, index: int) -> list[tuple[int, int]]:
        """Return every (out, tap) whose source is input *index*."""
        places = self._standing.get(index, ())
        found = [
            ((place - self.offset(tap)) // self.stride, tap)
            for tap in range(self.taps)
            for place in places
            if (place - self.offset(tap)) % self.stride == 0
        ]
        return sorted((out, tap) for out, tap in found if 0 <= out < self.out)


def _nothing(positions: Indices, size: int) -> Indices:
    return np.where((positions >= 0) & (positions < size), positions, PAD)


def _edge(positions: Indices, size: int) -> Indices:
    return np.clip(positions, 0, size - 1)


def _wrap(positions: Indices, size: int) -> Indices:
    return positions % size


def _symmetric(positions: Indices, size: int) -> Indices:
    folded = positions % (2 * size)
    return np.minimum(folded, 2 * size - 1 - folded)


def _reflect(positions: Indices, size: int) -> Indices:
    period = max(1, 2 * (size - 1))
    folded = positions % period
    return np.minimum(folded, period - folded)


_FOLDS = {
    "zero": _nothing,
    "constant": _nothing,
    "edge": _edge,
    "reflect": _reflect,
    "symmetric": _symmetric,
    "wrap": _wrap,
}
BOUNDARIES = tuple(_FOLDS)
"""Names of boundaries; edge, reflect, symmetric and wrap mean what they mean in `numpy.pad`."""
