"""Banded Toeplitz matrices: a small kernel as a few matrix products of BLAS.

Cut the outputs of one axis into tiles of R. The inputs that a tile reads, times a matrix with the
taps on R shifted rows, give the R outputs, for every place along the last axis at once:

    out[r, j] = Σ_b Σ_i T_b[r, i] · x[i, j + b],   T_b[r, i] = w[i − r, b] where 0 ≤ i − r < k

so each tap b along the last axis is one product. More than half of T is zeros, but the product runs
at the machine's full rate, tens of times that of a pass over the output for each tap.

A tile takes every (dilation/gcd)-th output, which read every dilation-th input: in those steps the
dilation is 1. Along a single axis the tiles themselves are the second axis.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from symconv.engines import costs
from symconv.engines.bounds import check
from symconv.engines.costs import Counts
from symconv.engines.threads import ALONE, cores, multiply
from symconv.engines.work import Frame, Line, Work, with_arrays
from symconv.exact import Array

ROWS = 8
"""Rows of a product: with more of them, zeros are more of it than BLAS gains (measured)."""
COLUMNS = 4096
"""Outputs along the last axis in one product, so that a tile's inputs stay in the cache."""
BLOCK = 2**17
"""Outputs worked on at a time, so that inputs and sums stay in the cache."""
LENGTHS = (16, 32, 64, 128, 256, 512)
"""Outputs that one tile of a single axis may have."""
ACROSS = 4
"""How much longer it takes to gather inputs across rows."""

RATES = Counts(tasks=1.1e-5, calls=1.2e-6, moved=5.4e-11, added=7.9e-11, multiplied=6.8e-12)
SINGLE, MANY = 1.1e-4, 6.8e-5
"""Seconds to cut a single axis, or several, before the first tile (measured)."""


def run(work: Work, dtype: Any, out: Array, largest: float = math.inf) -> None:
    """Set out (N, M, *O) to the sums of *work*, computed in float32 or float64.

    Exact for integers where no sum of |x||w| leaves the dtype's integers: every partial sum, in any
    order, is then an integer that the dtype holds.

    Raises: UnlicensedError for an input larger in size than *largest*, seen as it is read.
    """
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
    elif len(work.lines) == 1:
        _single(work, dtype, out, largest)
    else:
        order = _order(work.frame, np.dtype(dtype).itemsize)
        work = _reordered(work, order)
        cut = _cut(work)
        tile = steps(work.lines[-2])[1]._replace(out=cut.rows)
        _run(work, cut, _matrices(work.w, work.groups, tile, dtype), _moved(out, order), largest)


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes."""
    begun = SINGLE if len(frame.lines) == 1 else MANY
    return begun + costs.seconds(counts(frame, itemsize), RATES, frame.products)


@lru_cache(maxsize=1024)
def _order(frame: Frame, itemsize: int) -> list[int]:
    """Return the axes, the tiled one next to last, the one that runs through a product last."""
    axes = range(len(frame.lines))
    pairs = [(tall, wide) for wide in axes for tall in axes if tall != wide]
    orders = [[*(a for a in axes if a not in pair), *pair] for pair in pairs]
    return min(
        orders,
        key=lambda order: costs.seconds(_ordered(frame, itemsize, order), RATES, frame.products),
    )


def _moved(values: Array, order: list[int]) -> Array:
    return values.transpose(0, 1, *(axis + 2 for axis in order))


def _reordered(work: Work, order: list[int]) -> Work:
    lines = tuple(work.lines[axis] for axis in order)
    frame = replace(work, lines=lines)
    return with_arrays(frame, _moved(work.padded, order), _moved(work.w, order))


def steps(line: Line) -> tuple[int, Line]:
    """Return how many interleaved runs of outputs a line has, and the line of one, undilated."""
    common = math.gcd(line.step, line.dilation)
    runs = line.dilation // common
    return runs, Line(line.taps, line.step // common, 1, -(-line.out // runs))


def _single(work: Work, dtype: Any, out: Array, largest: float) -> None:
    """Fold a single axis: tile i holds the outputs from i·R on, and stands in column i."""
    (line,) = work.lines
    runs, within = steps(line)
    cut = _single_cut(work, np.dtype(dtype).itemsize)
    tall = Line(line.taps, within.step, 1, cut.rows)
    matrices = _matrices(work.w[..., None], work.groups, tall, dtype)
    for residue in range(min(runs, line.out)):
        seen = work.padded[:, :, line.step * residue :: line.dilation]
        mine = out[:, :, residue::runs]
        tiles = mine.shape[2] // cut.rows
        parts = [(0, tiles)]
        if tiles * cut.rows < mine.shape[2]:
            parts.append((mine.shape[2] - cut.rows, 1))
        for first, count in parts:
            frame = replace(work, lines=(tall, _plain(count)))
            start = seen[:, :, within.step * first :]
            part = with_arrays(frame, _folded(start, tall, count), work.w[..., None])
            target = _folded(mine[:, :, first:], _plain(cut.rows), count)
            _run(part, cut, matrices, target, largest)


def _plain(count: int) -> Line:
    return Line(1, 1, 1, count)


def _folded(values: Array, line: Line, tiles: int) -> Array:
    """Return the view (N, C, places of one tile, tiles) of a line (N, C, places)."""
    places = line.step * (line.out - 1) + line.taps
    along = values.strides[2]
    shape = (*values.shape[:2], places, tiles)
    strides = (*values.strides[:2], along, along * line.step * line.out)
    return as_strided(values, shape, strides)


class _Cut(NamedTuple):
    """How outputs are cut: tiles worked on at a time, outputs of a tile, and places beside them."""

    tiles: int
    rows: int
    width: int


def _single_cut(frame: Frame, itemsize: int) -> _Cut:
    """Return the cut of a single axis: the length of a tile that costs least."""
    (line,) = frame.lines
    runs, _ = steps(line)
    shortest = max(1, line.out // runs)
    sizes = [size for size in LENGTHS if size < shortest] or [shortest]
    cuts = (_Cut(1, size, min(COLUMNS, max(ROWS, BLOCK // size))) for size in sizes)
    return min(
        cuts,
        key=lambda cut: costs.seconds(_single_counts(frame, itemsize, cut), RATES, frame.products),
    )


def _cut(frame: Frame) -> _Cut:
    """Return the cut of two or more axes, no block longer than the shortest run of outputs."""
    *_, tall, wide = frame.lines
    runs, _ = steps(tall)
    out = max(1, tall.out // runs)
    width = min(COLUMNS, wide.out)
    rows = max(1, min(out, ROWS // frame.size))
    blocks = max(_shares(frame, runs), out * frame.size * width // BLOCK)
    while True:
        each = -(-out // blocks)
        together = -(-each // rows)
        even = -(-each // together)
        if together * even <= out:
            return _Cut(together, even, width)
        blocks += 1


def _shares(frame: Frame, runs: int) -> int:
    """Return into how many blocks a run of outputs falls at least, for every core to have one."""
    *lead, _, _ = frame.lines
    apart = runs * frame.batch * frame.groups * math.prod(line.out for line in lead)
    return -(-cores() // max(1, apart)) if frame.products > ALONE else 1


def _run(work: Work, cut: _Cut, matrices: Array, out: Array, largest: float) -> None:
    """Set out to the sums of a work of two or more axes."""
    *lead, tall, wide = work.lines
    runs, within = steps(tall)
    starts = list(_starts(tall.out, runs, cut.tiles * cut.rows))
    places = list(itertools.product(*(range(line.out) for line in lead)))
    columns = range(0, wide.out, cut.width)
    tasks = itertools.product(range(work.batch), range(work.groups), places, starts, columns)

    def worker(taken: Iterator[Any]) -> None:
        block = _Block(work, within, cut, matrices.dtype, largest)
        for n, group, place, start, column in taken:
            block.gather(n, group, place, start, column)
            sums = block.product(matrices[group])
            high = slice(start, start + runs * (sums.shape[1] - 1) + 1, runs)
            across = slice(column, column + block.width)
            target = out[(n, work.members(group), *place, high, across)]
            target[...] = sums

    multiply(worker, list(tasks), products=work.products)


def _starts(out: int, runs: int, count: int) -> Iterator[int]:
    """Yield the first output of every block; the last of a run ends where the run does."""
    for residue in range(min(runs, out)):
        length = -(-(out - residue) // runs)
        for first in range(0, length, count):
            yield residue + runs * min(first, length - count)


def _matrices(w: Array, groups: int, tile: Line, dtype: Any) -> Array:
    """Return the taps as banded matrices, (groups, taps of the last axis, M·R, inputs)."""
    filters, depth, *lead, tall, wide = w.shape
    reads = tile.step * (tile.out - 1) + tall
    folds = depth * math.prod(lead)
    banded = np.zeros((wide, filters, tile.out, reads, folds), dtype=dtype)
    along = banded.strides
    diagonal = along[2] + tile.step * along[3]
    shape = (wide, filters, tile.out, tall, folds)
    rows = as_strided(banded, shape, (*along[:2], diagonal, *along[3:]))
    taps = np.moveaxis(w, (-1, -2), (0, 2)).reshape(wide, filters, 1, tall, folds)
    rows[...] = taps
    size = filters // groups
    return banded.reshape(wide, groups, size * tile.out, -1).swapaxes(0, 1)


class _Block:
    """The inputs and outputs of a few tiles at a time, in memory that is used again."""

    def __init__(self, work: Work, within: Line, cut: _Cut, dtype: Any, largest: float) -> None:
        *lead, tall, wide = work.lines
        self.work = work
        self.cut = cut
        self.largest = largest
        self.taps = list(itertools.product(*(range(line.taps) for line in lead)))
        self.reads = within.step * (cut.tiles * cut.rows - 1) + tall.taps
        self.phases = sorted({wide.dilation * tap % wide.step for tap in range(wide.taps)})
        self.most = min(cut.width, wide.out)
        places = self.most + wide.dilation * (wide.taps - 1) // wide.step
        held = (len(self.phases), self.reads, work.depth, len(self.taps), places)
        self.inputs = np.empty(held, dtype=dtype)
        self.sums = np.empty((2, cut.tiles, work.size * cut.rows, self.most), dtype=dtype)
        self.width = 0
        self.windows = self._windows(within)

    def _windows(self, within: Line) -> Array:
        """Return the view (phases, tiles, inputs of a tile, places); neighbours share inputs."""
        phases, _, depth, taps, places = self.inputs.shape
        phase, row, *_, place = self.inputs.strides
        reads = within.step * (self.cut.rows - 1) + within.taps
        shape = (phases, self.cut.tiles, reads * depth * taps, places)
        strides = (phase, row * within.step * self.cut.rows, place * places, place)
        return as_strided(self.inputs, shape, strides, writeable=False)

    def gather(self, n: int, group: int, place: Any, start: int, column: int) -> None:
        """Take in the inputs of the outputs from *start* and *column* on."""
        *lead, tall, wide = self.work.lines
        self.width = min(self.most, wide.out - column)
        padded = self.work.padded[n, self.work.channels(group)]
        first = tall.step * start
        high = slice(first, first + tall.dilation * (self.reads - 1) + 1, tall.dilation)
        for number, phase in enumerate(self.phases):
            last = self.width + (wide.dilation * (wide.taps - 1) - phase) // wide.step
            begin = wide.step * column + phase
            across = slice(begin, begin + wide.step * (last - 1) + 1, wide.step)
            for i, tap in enumerate(self.taps):
                at = [a.step * o + a.dilation * t for a, o, t in zip(lead, place, tap, strict=True)]
                seen = padded[(slice(None), *at, high, across)]
                held = self.inputs[number, :, :, i, :last]
                held[...] = seen.swapaxes(0, 1)
                check(held, self.largest)

    def product(self, matrices: Array) -> Array:
        """Return the outputs of the block, (M, outputs along the tiled axis, width)."""
        wide = self.work.lines[-1]
        total, part = self.sums[..., : self.width]
        for tap, matrix in enumerate(matrices):
            offset = wide.dilation * tap
            seen = self.windows[self.phases.index(offset % wide.step)]
            columns = slice(offset // wide.step, offset // wide.step + self.width)
            np.matmul(matrix, seen[..., columns], out=part if tap else total)
            if tap:
                np.add(total, part, out=total)
        split: Array = total.reshape(self.cut.tiles, self.work.size, self.cut.rows, self.width)
        return split.swapaxes(0, 1).reshape(self.work.size, -1, self.width)


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does."""
    if len(frame.lines) == 1:
        return _single_counts(frame, itemsize, _single_cut(frame, itemsize))
    return _ordered(frame, itemsize, _order(frame, itemsize))


def _ordered(frame: Frame, itemsize: int, order: list[int]) -> Counts:
    """Count what is done for one order of the axes; a last axis read across rows moves slowly."""
    lines = tuple(frame.lines[axis] for axis in order)
    ordered = replace(frame, lines=lines)
    found = _counts(ordered, itemsize, _cut(ordered), 1)
    across = order[-1] != len(order) - 1
    return found._replace(moved=found.moved * ACROSS) if across else found


def _single_counts(frame: Frame, itemsize: int, cut: _Cut) -> Counts:
    (line,) = frame.lines
    runs, within = steps(line)
    tall = Line(line.taps, within.step, 1, cut.rows)
    folded = replace(frame, lines=(tall, _plain(-(-within.out // cut.rows))))
    return _counts(folded, itemsize, cut, runs)


def _counts(frame: Frame, itemsize: int, cut: _Cut, runs: int) -> Counts:
    *lead, tall, wide = frame.lines
    _, within = steps(tall)
    taps = math.prod(line.taps for line in lead)
    folds = frame.depth * taps
    reads = within.step * (cut.rows - 1) + tall.taps
    blocks = runs * frame.batch * frame.groups * math.prod(line.out for line in lead)
    blocks *= -(-tall.out // (cut.rows * cut.tiles)) * -(-wide.out // cut.width)
    width = min(wide.out, cut.width)
    held = cut.tiles * cut.rows * frame.size * width
    phases = min(wide.taps, wide.step)
    gathered = (within.step * (cut.tiles * cut.rows - 1) + tall.taps) * folds * width * phases
    built = frame.filters * cut.rows * reads * folds * wide.taps
    return Counts(
        tasks=blocks,
        calls=blocks * (2 * wide.taps * (1 + cut.tiles / 4) + taps * phases),
        moved=blocks * ((8 + itemsize) * gathered + 12 * held) + built * itemsize,
        added=blocks * held * itemsize * (wide.taps - 1),
        multiplied=blocks * held * reads * folds * wide.taps * itemsize,
    )
