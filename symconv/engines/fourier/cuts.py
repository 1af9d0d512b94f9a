"""Tiles of a convolution through Fourier transforms: what they read, give, and are cut into.

A stride makes phases, each with a kernel of its own; a dilation makes runs of outputs, in each of
which the kernel is dense. Long entries are cut into limbs.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from symconv.engines.work import Line
from symconv.exact import Array

TOGETHER = 2**16
"""Entries of tiles transformed in one call, so that calls cost little and the cache holds all."""
UNSHARED = 2**15
"""Points of a task up to which two workers, who wait for each other, take longer (measured)."""
HELD = 2**19
"""Entries of all channels that are held at a time, where there are many channels."""


class Cut(NamedTuple):
    """How the outputs of one axis are cut into tiles, and what a tile reads.

    Output ``run + runs·(start + i)`` of the tile (run, start) is the sum over phases p and taps j
    of kernel entry ``phases·j + p`` times padded place
    ``step·run + dilation·p + lattice·(start + i + j)``.
    """

    out: int
    step: int
    dilation: int
    runs: int
    lattice: int
    phases: int
    taps: int
    before: int
    """Padded places before the first input."""
    size: int
    """Inputs; every other place is zero."""
    length: int = 0
    wrap: int = 0
    """Places at either end of the padded line that are zero and may coincide: of a single tile."""

    @property
    def kept(self) -> int:
        """Outputs of one tile."""
        return self.length - self.taps + 1 + self.wrap

    @property
    def longest(self) -> int:
        """Outputs of the longest run."""
        return -(-self.out // self.runs)

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """All (run, start)."""
        return [
            (run, start)
            for run in range(min(self.runs, self.out))
            for start in range(0, -(-(self.out - run) // self.runs), self.kept)
        ]

    def reads(self, tile: tuple[int, int], phase: int) -> tuple[slice, slice]:
        """Return the inputs that one phase of a tile reads, and where in the tile they stand."""
        run, start = tile
        first = self.step * run + self.dilation * phase + self.lattice * start - self.before
        skipped = max(0, -(first // self.lattice))
        count = min(self.length, -(-(self.size - first) // self.lattice)) - skipped
        inputs = first + self.lattice * skipped
        reach = inputs + self.lattice * (max(0, count) - 1) + 1 if count > 0 else inputs
        return slice(inputs, reach, self.lattice), slice(skipped, skipped + max(0, count))

    def gives(self, tile: tuple[int, int]) -> slice:
        """Return the outputs of a tile."""
        run, start = tile
        first = run + self.runs * start
        return slice(first, min(self.out, first + self.runs * self.kept), self.runs)


def cut(line: Line, before: int, size: int) -> Cut:
    """Return how a line is cut, but for the length.

    >>> cut(Line(taps=5, step=2, dilation=3, out=10), 0, 40)[:7]
    (10, 2, 3, 3, 6, 2, 3)
    """
    common = math.gcd(line.step, line.dilation)
    every = line.step // common
    phases, taps = min(every, line.taps), -(-line.taps // every)
    runs, lattice = min(line.dilation // common, max(1, line.out)), line.dilation * every
    return Cut(line.out, line.step, line.dilation, runs, lattice, phases, taps, before, size)


@dataclass(frozen=True)
class Tiling:
    """How a work is done: the cuts of its axes, and the limbs of its entries."""

    cuts: tuple[Cut, ...]
    bits: int = 0
    """Bits of a limb; 0 where there is only one."""
    x_limbs: int = 1
    w_limbs: int = 1
    seconds: float = 0.0
    """Estimated time."""
    room: int = 0
    """The largest product, for which this is proved exact, of what one entry of x adds to the
    squares of limbs, and what one filter has of them."""
    error: float = 0.0
    """What an output is proved to be off by at most, before it is rounded."""

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the transforms."""
        return tuple(one.length for one in self.cuts)

    @cached_property
    def phases(self) -> tuple[int, ...]:
        """Every choice of one phase for each axis counts as a channel of its own."""
        return tuple(one.phases for one in self.cuts)

    @cached_property
    def pairs(self) -> list[list[tuple[int, int]]]:
        """Pairs of limbs (of x, of w), those together that belong to the same power of two."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.x_limbs + self.w_limbs - 1)]
        for i, j in itertools.product(range(self.x_limbs), range(self.w_limbs)):
            found[i + j].append((i, j))
        return found

    def together(self, depth: int) -> int:
        """Return how many tiles of so many channels are transformed in one call.

        Two of one axis go as fast as one and a half.
        """
        channels = depth * math.prod(self.phases)
        room = min(TOGETHER, HELD // channels) // math.prod(self.lengths)
        return max(2 if len(self.cuts) == 1 else 1, room)

    def shared(self, depth: int) -> bool:
        """Tell whether tasks are long enough for workers to share them."""
        tiles = math.prod(len(one.tiles) for one in self.cuts)
        return min(self.together(depth), tiles) * depth * math.prod(self.lengths) > UNSHARED


def limbs(values: Array, bits: int, count: int) -> list[Array]:
    """Return balanced limbs of int64 values, the lowest first: v = Σ limbᵢ·2^(bits·i).

    All but the highest are in [−2^(bits−1), 2^(bits−1)).

    >>> import numpy as np
    >>> limbs(np.array([2**63 - 1, -7]), 32, 2)
    [array([-1, -7]), array([2147483648,          0])]
    """
    found = []
    for _ in range(count - 1):
        rest = (values >> bits) + ((values >> (bits - 1)) & 1)
        found.append(values - (rest << bits))
        values = rest
    return [*found, values]
