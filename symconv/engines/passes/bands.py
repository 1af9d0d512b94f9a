"""Banded Toeplitz matrices: a small kernel as one matrix product of BLAS for many outputs.

Cut the outputs of one axis into tiles of R. The inputs that a tile reads, times a matrix with the
taps on R shifted rows, give the R outputs, for every place along the last axis at once:

    out[r, j] = Σ_i Σ_b T[r, (i, b)] · x[i, j + b],   T[r, (i, b)] = w[i − r, b] where 0 ≤ i − r < k

with the inputs laid out once for each tap b along the last axis; neighbouring tiles share them. The
larger R, the more of T is zeros and the nearer the product runs to the machine's full rate. With
R = 1 nothing is zero: a vector times a matrix, the best for short kernels and few filters.

A tile takes every (dilation/gcd)-th output, which read every dilation-th input: in those steps the
dilation is 1. Along a single axis the tiles themselves are the second axis.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from symconv.engines import costs
from symconv.engines.bounds import Check, unchecked
from symconv.engines.costs import Counts
from symconv.engines.threads import multiply, share
from symconv.engines.work import Frame, Line, Work, with_arrays
from symconv.exact import Array

ROWS = 8
"""Rows of a product of matrices: with more, zeros are more of it than BLAS gains (measured)."""
NARROWEST, COLUMNS = 64, 4096
"""Outputs along the last axis in one product, so that a tile's inputs stay in the cache."""
BLOCK, BYTES = 2**17, 2**22
"""Outputs, and bytes of their inputs, worked on at a time, so that they stay in the cache."""
WINDOWS = 2**21
"""Bytes of inputs, laid out for each tap, of one product."""
VECTOR = 1.2
"""How much longer a product of a vector and a matrix takes than one of two matrices (measured)."""
SINGLES = 0.024
"""What one more product costs a call of NumPy, in calls (measured)."""
LENGTHS = (16, 32, 64, 128, 256, 512)
"""Outputs that one tile of a single axis may have."""
ACROSS = 4
"""How much longer it takes to gather inputs across rows."""

WEIGHT = 5e-9
"""Seconds to lay out a kernel entry (measured)."""
RATES = Counts(tasks=5.4e-6, calls=2.3e-6, moved=2.6e-11, added=1.6e-11, multiplied=6.8e-12)
SINGLE, MANY = 1.2e-4, 4.2e-5
"""Seconds to cut a single axis, or several, before the first tile (measured)."""


def run(work: Work, dtype: Any, out: Array, check: Check = unchecked) -> None:
    """Set out (N, M, *O) to the sums of *work*, computed in float32 or float64.

    Exact for integers where no sum of |x||w| leaves the dtype's integers: every partial sum, in any
    order, is then an integer that the dtype holds.

    Raises: UnlicensedError where *check* does, which sees every input as it is read.
    """
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
    elif len(work.lines) == 1:
        _single(work, dtype, out, check)
    else:
        order = _order(work.frame, np.dtype(dtype).itemsize)
        work = _reordered(work, order)
        cut = _cut(work.frame, np.dtype(dtype).itemsize)
        tile = steps(work.lines[-2])[1]._replace(out=cut.rows)
        _run(work, cut, _matrices(work.w, work.groups, tile, dtype), _moved(out, order), check)


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes."""
    begun = SINGLE if len(frame.lines) == 1 else MANY
    found = costs.seconds(counts(frame, itemsize), RATES, frame.products)
    return begun + found + WEIGHT * frame.weights


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


def _single(work: Work, dtype: Any, out: Array, check: Check) -> None:
    """Fold a single axis: tile i holds the outputs from i·R on, and stands in column i."""
    (line,) = work.lines
    runs, within = steps(line)
    cut = _single_cut(work.frame, np.dtype(dtype).itemsize)
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
            _run(part, cut, matrices, target, check)


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
    part: int
    """Tiles of one product."""


@lru_cache(maxsize=1024)
def _single_cut(frame: Frame, itemsize: int) -> _Cut:
    """Return the cut of a single axis: the length of a tile that costs least."""
    (line,) = frame.lines
    runs, _ = steps(line)
    shortest = max(1, line.out // runs)
    sizes = [size for size in LENGTHS if size < shortest] or [shortest]
    cuts = (_Cut(1, size, min(COLUMNS, max(ROWS, BLOCK // size)), 1) for size in sizes)
    return min(
        cuts,
        key=lambda cut: costs.seconds(_single_counts(frame, itemsize, cut), RATES, frame.products),
    )


@lru_cache(maxsize=1024)
def _cut(frame: Frame, itemsize: int) -> _Cut:
    """Return the cut of two or more axes: the height of a tile that costs least."""
    heights = {1} if ROWS % frame.size else {1, ROWS // frame.size}
    cuts = (_cut_to(frame, itemsize, rows) for rows in sorted(heights))
    return min(
        cuts,
        key=lambda cut: costs.seconds(_counts(frame, itemsize, cut, 1), RATES, frame.products),
    )


def _cut_to(frame: Frame, itemsize: int, rows: int) -> _Cut:
    """Return the cut into tiles of about so many rows."""
    *_, tall, wide = frame.lines
    runs, within = steps(tall)
    out = max(1, tall.out // runs)
    row = within.step * _folds(frame) * itemsize
    width = _width(wide, row * (rows + tall.taps) * wide.taps)
    most = min(BLOCK // max(1, frame.size * width), BYTES // max(1, row * wide.places(width)))
    apart = runs * frame.batch * frame.groups * math.prod(frame.spatial[:-2])
    apart *= -(-wide.out // max(1, width))
    together, even = _evenly(out, rows, share(out, most, frame.products, apart))
    windows = 0 if _is_plain(wide) else together * even * row * wide.taps * width
    return _Cut(together, even, width, -(-together // max(1, windows // WINDOWS)))


def _width(wide: Line, column: int) -> int:
    """Return the places beside each other, of so many bytes each, that a product takes at once."""
    most = min(COLUMNS, max(NARROWEST, BYTES // max(1, column)))
    return -(-wide.out // max(1, -(-wide.out // most)))


def _evenly(out: int, rows: int, most: int) -> tuple[int, int]:
    """Return the tiles of a block and the outputs of a tile; a block is no longer than a run."""
    together = -(-most // rows)
    even = -(-most // together)
    if together * even <= out:
        return together, even
    return _evenly(out, rows, -(-out // (-(-out // most) + 1)))


def _folds(frame: Frame) -> int:
    """Return the channels and taps of leading axes that one output reads."""
    return frame.depth * math.prod(line.taps for line in frame.lines[:-2])


def _run(work: Work, cut: _Cut, matrices: Array, out: Array, check: Check) -> None:
    """Set out to the sums of a work of two or more axes."""
    *lead, tall, wide = work.lines
    runs, _ = steps(tall)
    starts = list(_starts(tall.out, runs, cut.tiles * cut.rows))
    places = list(itertools.product(*(range(line.out) for line in lead)))
    columns = range(0, wide.out, cut.width)
    tasks = itertools.product(range(work.batch), range(work.groups), places, starts, columns)

    def worker(taken: Iterator[Any]) -> None:
        made = cache(partial(_Block, work, cut, matrices))
        for n, group, place, start, column in taken:
            width = min(cut.width, wide.out - column)
            block = made(width)
            block.gather(n, group, place, start, column)
            check(block.seen)
            across = slice(column, column + width)
            target = out[(n, work.members(group), *place, slice(start, None, runs), across)]
            block.store(matrices[group], target)

    multiply(worker, list(tasks), products=work.products)


def _starts(out: int, runs: int, count: int) -> Iterator[int]:
    """Yield the first output of every block; the last of a run ends where the run does."""
    for residue in range(min(runs, out)):
        length = -(-(out - residue) // runs)
        for first in range(0, length, count):
            yield residue + runs * min(first, length - count)


def _matrices(w: Array, groups: int, tile: Line, dtype: Any) -> Array:
    """Return the taps as banded matrices, (groups, matrices, M·R in all, inputs).

    Few filters of a single row are a matrix each: a vector, which BLAS multiplies sooner.
    """
    filters, depth, *lead, tall, wide = w.shape
    reads = tile.step * (tile.out - 1) + tall
    folds = depth * math.prod(lead) * wide
    banded = np.zeros((filters, tile.out, reads, folds), dtype=dtype)
    along = banded.strides
    diagonal = along[1] + tile.step * along[2]
    rows = as_strided(banded, (filters, tile.out, tall, folds), (along[0], diagonal, *along[2:]))
    rows[...] = np.moveaxis(w, -2, 1).reshape(filters, 1, tall, folds)
    size = filters // groups
    apart = size if _is_vector(size, tile.out) else 1
    return banded.reshape(groups, apart, size * tile.out // apart, -1)


def _is_vector(filters: int, rows: int) -> bool:
    return rows == 1 and filters < ROWS


class _Block:
    """The inputs and outputs of a few tiles at a time, in memory that is used again.

    All views are made before: while one worker needs Python, the others wait.
    """

    def __init__(self, work: Work, cut: _Cut, matrices: Array, width: int) -> None:
        *lead, tall, wide = work.lines
        self.work = work
        self.taps = list(itertools.product(*(range(line.taps) for line in lead)))
        step = steps(tall)[1].step
        each, beyond = step * cut.rows, tall.taps - step
        depth, dtype = (work.depth, len(self.taps)), matrices.dtype
        self.seen = np.empty((each * cut.tiles + beyond, *depth, wide.places(width)), dtype)
        self.plain = _is_plain(wide)
        held = (each * cut.part + beyond, *depth, wide.taps, width)
        self.inputs = self.seen[..., None, :] if self.plain else np.empty(held, dtype)
        self.windows = _overlapping(self.inputs, cut.part, each, each + beyond)
        self.total = np.empty((cut.part, *matrices.shape[1:3], width), dtype)
        self.outputs = self.total.reshape(cut.part, work.size, cut.rows, width).swapaxes(0, 1)
        firsts = [min(tile, cut.tiles - cut.part) for tile in range(0, cut.tiles, cut.part)]
        rows = [slice(first * cut.rows, (first + cut.part) * cut.rows) for first in firsts]
        shifted = _shifted(self.seen, wide, width)
        read = [shifted[first * each :][: len(self.inputs)] for first in firsts]
        self.parts = list(zip(rows, read, strict=True))

    def gather(self, n: int, group: int, place: Any, start: int, column: int) -> None:
        """Take in the inputs of the outputs from *start* and *column* on."""
        *lead, tall, wide = self.work.lines
        padded = self.work.padded[n, self.work.channels(group)]
        first, begin = tall.step * start, wide.step * column
        high = slice(first, first + tall.dilation * (len(self.seen) - 1) + 1, tall.dilation)
        across = slice(begin, begin + self.seen.shape[-1])
        for i, tap in enumerate(self.taps):
            at = [a.step * o + a.dilation * t for a, o, t in zip(lead, place, tap, strict=True)]
            self.seen[:, :, i] = padded[(slice(None), *at, high, across)].swapaxes(0, 1)

    def store(self, matrix: Array, target: Array) -> None:
        """Set a target (M, outputs along the tiled axis, width) to the outputs of the block."""
        for rows, shifted in self.parts:
            if not self.plain:
                self.inputs[...] = shifted
            np.matmul(matrix, self.windows, out=self.total)
            target[:, rows].reshape(self.outputs.shape)[...] = self.outputs


def _overlapping(inputs: Array, tiles: int, step: int, reads: int) -> Array:
    """Return the view (tiles, 1, inputs of a tile, places); neighbours share inputs."""
    row, place = inputs.strides[0], inputs.itemsize
    shape = (tiles, 1, reads * math.prod(inputs.shape[1:-1]), inputs.shape[-1])
    strides = (row * step, 0, inputs.shape[-1] * place, place)
    return as_strided(inputs, shape, strides, writeable=False)


def _shifted(seen: Array, wide: Line, width: int) -> Array:
    """Return the view (…, taps, width) of inputs (…, places)."""
    *others, along = seen.strides
    shape = (*seen.shape[:-1], wide.taps, width)
    strides = (*others, wide.dilation * along, wide.step * along)
    return as_strided(seen, shape, strides, writeable=False)


def _is_plain(line: Line) -> bool:
    """Tell whether outputs read neighbouring places, one each."""
    return line.taps == line.step == 1


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does."""
    if len(frame.lines) == 1:
        return _single_counts(frame, itemsize, _single_cut(frame, itemsize))
    return _ordered(frame, itemsize, _order(frame, itemsize))


def _ordered(frame: Frame, itemsize: int, order: list[int]) -> Counts:
    """Count what is done for one order of the axes; a last axis read across rows moves slowly."""
    lines = tuple(frame.lines[axis] for axis in order)
    ordered = replace(frame, lines=lines)
    found = _counts(ordered, itemsize, _cut(ordered, itemsize), 1)
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
    folds = _folds(frame)
    reads = within.step * (cut.rows - 1) + tall.taps
    blocks = runs * frame.batch * frame.groups * math.prod(line.out for line in lead)
    blocks *= -(-tall.out // (cut.rows * cut.tiles)) * -(-wide.out // cut.width)
    width = min(wide.out, cut.width)
    held = cut.tiles * cut.rows * frame.size * width
    high = (within.step * (cut.tiles * cut.rows - 1) + tall.taps) * folds
    built = frame.filters * cut.rows * reads * folds * wide.taps
    vector = _is_vector(frame.size, cut.rows)
    singles = cut.tiles * (frame.size if vector else 1)
    parts = -(-cut.tiles // cut.part)
    products = held * reads * folds * wide.taps * (VECTOR if vector else 1)
    copied = 0 if _is_plain(wide) else 2 * high * width * wide.taps
    return Counts(
        tasks=blocks,
        calls=blocks * (folds // max(1, frame.depth) + 3 * parts + SINGLES * singles),
        moved=blocks * ((8 + itemsize) * high * wide.places(width) + 12 * held) + built * itemsize,
        added=blocks * copied * itemsize,
        multiplied=blocks * products * itemsize,
    )
