"""im2col whose windows slide along the first axis: neighbouring outputs share their inputs.

Outputs along the first axis are cut into tiles of R. What a tile reads is laid out row by row,

    seen[i, t, c, (image, tile, o)] = x[image, c, step·R·tile + i, step'·o + dilation'·t]

with the channels c and the taps t of the other axes, and all tiles beside each other. What output r
of every tile reads are then *taps* neighbouring rows from step·r on: one matrix, without a copy.
Rows are copied (step·(R − 1) + taps)/R times instead of as often as there are taps.

With R = 1 this is im2col; i then goes along the taps, whatever the dilation.

Where the last axis has no stride, its taps may be stacked upon the filters instead of copied:

    z[m, t, p] = Σ w[m, …, t] · seen[…, p]        out[m, o] = Σ_t z[m, t, o + dilation·t]

with p along whole lines of inputs, these end to end. BLAS multiplies few filters at a higher rate.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from symconv.engines.bounds import Check
from symconv.engines.threads import share
from symconv.engines.work import Frame, Line, Work, viewed
from symconv.exact import Array

ROWS = (*range(1, 11), 14, 20, 28)
"""Outputs that a tile may have."""


class Run(NamedTuple):
    """A run of neighbours, the first few of which another run has too."""

    start: int
    stop: int
    shared: int

    @property
    def all(self) -> slice:
        """The whole run."""
        return slice(self.start, self.stop)


class Cut(NamedTuple):
    """What is worked on at a time: images, tiles of each, outputs of a tile, and groups."""

    images: int
    tiles: int
    rows: int
    stacked: bool = False
    """Whether the taps of the last axis are stacked upon the filters."""
    groups: int = 1

    @property
    def height(self) -> int:
        """Outputs along the first axis."""
        return self.tiles * self.rows

    def reads(self, line: Line) -> int:
        """Return the rows of inputs that one tile reads."""
        return line.step * (self.rows - 1) + line.taps

    def stack(self, frame: Frame) -> int:
        """Return how many matrices of filters stand upon each other."""
        return frame.lines[-1].taps if self.stacked else 1

    def folds(self, frame: Frame) -> int:
        """Return the channels and taps for which what a row of outputs reads is copied."""
        return frame.depth * frame.taps // frame.lines[0].taps // self.stack(frame)

    def wide(self, frame: Frame) -> int:
        """Return the places of a row of outputs, those between two lines counted."""
        *others, last = frame.spatial[1:] or (1,)
        return math.prod(others) * (_length(frame.lines[-1]) if self.stacked else last)

    def blocks(self, frame: Frame) -> Iterator[tuple[Run, Run, Run]]:
        """Yield images, groups and outputs along the first axis of every block."""
        images, groups = _runs(frame.batch, self.images), _runs(frame.groups, self.groups)
        return itertools.product(images, groups, _runs(frame.lines[0].out, self.height))

    def count(self, frame: Frame) -> int:
        """Return the number of blocks."""
        totals = frame.batch, frame.groups, frame.lines[0].out
        runs = zip(totals, (self.images, self.groups, self.height), strict=True)
        return math.prod(-(-total // some) for total, some in runs)


def _runs(total: int, some: int) -> list[Run]:
    """Return runs of so many; the last ends where all do, and shares what it has to."""
    starts = ((first, min(first, total - some)) for first in range(0, total, some))
    return [Run(start, start + some, first - start) for first, start in starts]


def cuts(frame: Frame, itemsize: int, block: int) -> Iterator[Cut]:
    """Yield cuts into blocks of at most so many bytes, or twice those of a single output."""
    last = frame.lines[-1]
    stacks = len(frame.lines) > 1 and last.step == 1 < last.taps
    for stacked in (False, True) if stacks else (False,):
        yield from _cuts(frame, itemsize, block, stacked=stacked)


def _cuts(frame: Frame, itemsize: int, block: int, *, stacked: bool) -> Iterator[Cut]:
    one, line = Cut(1, 1, 1, stacked), frame.lines[0]
    row = one.folds(frame) * one.wide(frame) * itemsize
    sums = one.stack(frame) * frame.size * one.wide(frame) * itemsize
    slides = len(frame.lines) > 1 and line.dilation == 1 and line.step < line.taps
    least = line.taps * row + sums
    for rows in ROWS if slides else ROWS[:1]:
        tile = one._replace(rows=rows).reads(line) * row + rows * sums
        if tile > max(block, 2 * least):
            break
        most = max(1, block // tile)
        tiles = share(-(-line.out // rows), most, frame.products, frame.batch * frame.groups)
        tiles = min(tiles, line.out // rows)
        each = together = 1
        if tiles and tiles * rows == line.out:
            each = share(frame.batch, most // tiles, frame.products, frame.groups)
            apart, left = -(-frame.batch // each), most // (tiles * each)
            together = share(frame.groups, left, frame.products, apart)
        if tiles:
            yield Cut(each, tiles, rows, stacked, together)


def _length(line: Line) -> int:
    """Return the inputs that all outputs of a line read."""
    return line.places(line.out)


class Block:
    """The inputs and sums of one block, in memory that is used again."""

    def __init__(self, work: Work, cut: Cut, dtype: Any) -> None:
        line, *rest = work.lines
        self.work, self.cut = work, cut
        self.lines = [line, *rest[:-1], _whole(rest[-1])] if cut.stacked else [line, *rest]
        seen, reads = self.lines[1:], cut.reads(line)
        taps = [other.taps for other in seen]
        places = [cut.images, cut.tiles, *[other.out for other in seen]]
        self.inputs = np.empty((cut.groups, reads, *taps, work.depth, *places), dtype)
        self.windows = _overlapping(self.inputs, line, cut.rows, math.prod(places))
        self.repeats = reads > line.step * cut.rows or max(taps, default=1) > 1
        """Whether inputs are taken in more than once, and so better converted before."""
        self._hold(places, dtype)

    def _hold(self, places: list[int], dtype: Any) -> None:
        """Make room for the sums, those of stacked taps apart, which are added up elsewhere."""
        alike = self.cut.groups, self.cut.rows
        if not self.cut.stacked:
            self.sums = np.empty((*alike, self.work.size, *places), dtype)
            self.total = self.sums.reshape(*alike, self.work.size, -1)
            return
        last, one = self.work.lines[-1], (self.work.size, math.prod(places))
        apart = np.empty((*alike, last.taps, *one), dtype)
        self.total = apart.reshape(*alike, -1, one[-1])
        self.parts = _shifted(apart.transpose(2, 0, 1, 3, 4), last.dilation)
        # not added up in one of them: NumPy copies what may overlap
        added = np.empty((*alike, *one), dtype)
        self.added = added[..., : self.parts[0].shape[-1]]
        self.sums = added.reshape(*alike, self.work.size, *places)[..., : last.out]

    def gather(self, inputs: Array, check: Check) -> None:
        """Take in what the outputs of a block read (images, C, *P).

        Raises: UnlicensedError where *check* does.
        """
        if self.repeats:
            inputs = inputs.astype(self.inputs.dtype, copy=False)
            check(inputs)
        self.inputs[...] = _tiled(inputs, self.lines, self.cut)
        if not self.repeats:
            check(self.inputs)

    def store(self, filters: Array, target: Array, shared: tuple[int, int, int]) -> None:
        """Set the outputs (images, M, height, *O) of the block, without the first that others set.

        Floats that two workers set would be those of the later one, rounded in another order.
        """
        np.matmul(filters[:, None], self.windows, out=self.total)
        if self.cut.stacked:
            sums, *others = self.parts
            for part in others:
                sums = np.add(sums, part, out=self.added)
        made = self.sums.transpose(3, 0, 2, 4, 1, *range(5, self.sums.ndim))
        if any(shared):
            images, groups, rows = shared
            rest = slice(images, None), slice(groups * self.work.size, None), slice(rows, None)
            target[rest] = made.reshape(target.shape)[rest]
        else:
            target.reshape(made.shape)[...] = made


def filters(work: Work, dtype: Any, *, stacked: bool) -> Array:
    """Return the filters of each group as rows of taps and, for each, channels."""
    taps, stack = work.w.shape[2:], work.lines[-1].taps if stacked else 1
    shape = work.groups, stack, work.size, *(taps[:-1] if stacked else taps), work.depth
    made = np.empty(shape, dtype=dtype)
    w = np.moveaxis(work.w.reshape(work.groups, work.size, work.depth, *taps), 2, -1)
    made[...] = np.moveaxis(w, -2, 1) if stacked else w[:, None]
    return made.reshape(work.groups, stack * work.size, -1)


def _whole(line: Line) -> Line:
    """Return the line of all the inputs that the outputs of a line read."""
    return Line(1, 1, 1, _length(line))


def _shifted(parts: Array, by: int) -> list[Array]:
    """Return views of sums (parts, …, places), those of each part so much further along."""
    count = parts.shape[-1] - by * (len(parts) - 1)
    return [part[..., by * t : by * t + count] for t, part in enumerate(parts)]


def _tiled(inputs: Array, lines: list[Line], cut: Cut) -> Array:
    """Return the view (groups, reads, *K, C, images, tiles, *O) of inputs (images, groups·C, *P).

    K and O leave the first axis out.
    """
    first, *rest = lines
    image, channel, along, *steps = inputs.strides
    pairs = list(zip(rest, steps, strict=True))
    taps, outs = (line.taps for line in rest), (line.out for line in rest)
    depth = inputs.shape[1] // cut.groups
    shape = (cut.groups, cut.reads(first), *taps, depth, cut.images, cut.tiles, *outs)
    by_tap = (line.dilation * step for line, step in pairs)
    by_out = (line.step * step for line, step in pairs)
    by_tile = first.step * cut.rows * along
    by_group, by_row = depth * channel, first.dilation * along
    strides = (by_group, by_row, *by_tap, channel, image, by_tile, *by_out)
    return viewed(inputs, shape, strides)


def _overlapping(inputs: Array, line: Line, rows: int, places: int) -> Array:
    """Return the view (groups, rows, taps·folds, places) of inputs (groups, reads, …).

    Neighbouring rows share inputs.
    """
    groups = len(inputs)
    folds = inputs[0, 0].size // places
    group, row = inputs.strides[:2]
    strides = group, line.step * row, places * inputs.itemsize, inputs.itemsize
    return viewed(inputs, (groups, rows, line.taps * folds, places), strides)
