"""im2col: the windows of many outputs as columns of one matrix, the filters as rows of another.

    out[m, o] = Σ_{c, t} w[m, (c, t)] · x[(c, t), o]

One matrix product for a block of outputs. The inputs are copied once for each tap, which many
filters repay.

Source: Chellapilla, Puri & Simard, High performance convolutional neural networks for document
processing (2006).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from symconv.engines import costs
from symconv.engines.bounds import check
from symconv.engines.costs import LINE, Counts
from symconv.engines.threads import multiply, share
from symconv.engines.work import Frame, Work, windows
from symconv.exact import Array

BLOCK = 2**20
"""Bytes of one block of columns, about what a core's own cache holds."""

WEIGHT = 8e-10
"""Seconds to read and to convert a kernel entry (measured)."""
RATES = Counts(tasks=1e-5, calls=6.9e-7, moved=1.3e-11, multiplied=4.9e-12)


def run(work: Work, dtype: Any, out: Array, largest: float = math.inf) -> None:
    """Set out (N, M, *O) to the sums of *work*, computed in float32 or float64; see `bands.run`."""
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
    elif _is_deep(work):
        _by_filters(work, dtype, out, largest)
    else:
        _by_outputs(work, dtype, out, largest)


def _is_deep(frame: Frame) -> bool:
    """Tell whether the filters hold more numbers than the columns of all images."""
    return frame.size > frame.batch * math.prod(frame.spatial)


def _by_outputs(work: Work, dtype: Any, out: Array, largest: float) -> None:
    """Multiply all filters of a group with one block of columns after the other."""
    height = _height(work, np.dtype(dtype).itemsize)
    blocks = range(0, work.lines[0].out, height)
    tasks = list(itertools.product(range(len(out)), range(work.groups), blocks))
    filters = work.w.reshape(work.groups, work.size, work.depth * work.taps).astype(dtype)

    def worker(taken: Iterator[Any]) -> None:
        shape = (work.depth, *work.w.shape[2:], height, *work.spatial[1:])
        columns = np.empty(shape, dtype=dtype)
        for n, group, start in taken:
            stop = min(start + height, work.lines[0].out)
            block = _block(columns, len(work.lines), stop - start)
            sums = filters[group] @ _gathered(work, (n, group, start), block, largest)
            target = out[n, work.members(group), start:stop]
            target[...] = sums.reshape(target.shape)

    multiply(worker, tasks, products=work.products)


def _by_filters(work: Work, dtype: Any, out: Array, largest: float) -> None:
    """Multiply the columns of all images with a few filters after the others, these read once."""
    count = _count(work, np.dtype(dtype).itemsize)
    tasks = list(itertools.product(range(work.groups), range(0, work.size, count)))
    filters = work.w.reshape(work.groups, work.size, work.depth * work.taps)

    def worker(taken: Iterator[Any]) -> None:
        @lru_cache(maxsize=len(out))
        def columns(n: int, group: int) -> Array:
            shape = (work.depth, *work.w.shape[2:], *work.spatial)
            return _gathered(work, (n, group, 0), np.empty(shape, dtype=dtype), largest)

        for group, first in taken:
            some = filters[group, first : first + count].astype(dtype)
            for n in range(len(out)):
                target = out[n, work.members(group)][first : first + count]
                target[...] = (some @ columns(n, group)).reshape(target.shape)

    multiply(worker, tasks, products=work.products)


def _gathered(work: Work, place: tuple[int, int, int], block: Array, largest: float) -> Array:
    """Return the columns (C·K, outputs) of a block (C, *K, rows, *O): image, group, first row."""
    n, group, start = place
    lines = (work.lines[0]._replace(out=block.shape[-len(work.lines)]), *work.lines[1:])
    held = work.lines[0].reach(start, start + lines[0].out)
    inputs = work.padded[n, work.channels(group), held].astype(block.dtype, copy=False)
    check(inputs, largest)
    if all(line.taps == line.step == 1 for line in lines):
        return np.ascontiguousarray(inputs).reshape(work.depth, -1)
    np.copyto(block, windows(inputs, lines))
    return block.reshape(work.depth * work.taps, -1)


def _count(frame: Frame, itemsize: int) -> int:
    """Return the filters that are multiplied at once."""
    one = frame.depth * frame.taps * itemsize
    return share(frame.size, BLOCK // one, frame.products, frame.groups)


def _block(columns: Array, rank: int, height: int) -> Array:
    """Return memory for fewer rows of outputs, contiguous."""
    shape = list(columns.shape)
    if shape[-rank] == height:
        return columns
    shape[-rank] = height
    return columns.ravel()[: math.prod(shape)].reshape(shape)


def _height(work: Frame, itemsize: int) -> int:
    """Return the outputs along the first axis in one block."""
    row = work.depth * work.taps * math.prod(work.spatial[1:]) * itemsize
    return share(work.lines[0].out, BLOCK // max(1, row), work.products, work.batch * work.groups)


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes."""
    return costs.seconds(counts(frame, itemsize), RATES, frame.products) + WEIGHT * frame.weights


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does."""
    blocks = frame.batch * frame.groups * -(-frame.lines[0].out // _height(frame, itemsize))
    windows = frame.batch * frame.groups * math.prod(frame.spatial) * frame.depth
    inputs = windows * math.prod(line.step for line in frame.lines)
    return Counts(
        tasks=blocks,
        calls=5 * blocks + frame.taps * windows / frame.inner * LINE,
        moved=2 * windows * frame.taps * itemsize + (8 + itemsize) * inputs + 12 * frame.outputs,
        multiplied=frame.products * itemsize * max(1, 8 / frame.size),
    )
