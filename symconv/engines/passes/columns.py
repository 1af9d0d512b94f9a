"""im2col: the windows of many outputs as columns of one matrix, the filters as rows of another.

    out[m, o] = Σ_{c, t} w[m, (c, t)] · x[(c, t), o]

One matrix product for a block of outputs. The inputs are copied for each tap, but for those of the
first axis, along which the windows slide, and where it costs less those of the last, which are
stacked upon the filters (`sliding`); many filters repay it.

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
from symconv.engines.bounds import Check, unchecked
from symconv.engines.costs import LINE, Counts
from symconv.engines.passes import sliding
from symconv.engines.passes.sliding import Block, Cut
from symconv.engines.threads import Once, multiply, share
from symconv.engines.work import Frame, Line, Work, windows
from symconv.exact import Array

BLOCK = 2**21
"""Bytes of one block of columns (measured)."""

NARROW = 10
"""Places of a product that take as long as starting it (measured)."""
SINGLES = 0.2
"""What one more product costs a call of NumPy, in calls (measured)."""
FAR = 2
"""How much longer it takes to copy into a block of more than BLOCK bytes (measured)."""
ADDED = 30
"""What it takes to add one sum to another, in inputs read by a product (measured)."""
WEIGHT = 3e-10
"""Seconds to read and to convert a kernel entry (measured)."""
RATES = Counts(tasks=1.7e-5, calls=3.2e-7, moved=2.1e-11, added=3.7e-12, multiplied=4.6e-12)


def run(work: Work, dtype: Any, out: Array, check: Check = unchecked) -> None:
    """Set out (N, M, *O) to the sums of *work*, computed in float32 or float64; see `bands.run`."""
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
    elif _is_deep(work):
        _by_filters(work, dtype, out, check)
    else:
        _by_outputs(work, dtype, out, check)


def _is_deep(frame: Frame) -> bool:
    """Tell whether the filters hold more numbers than the columns of all images."""
    return frame.size > frame.batch * math.prod(frame.spatial)


def _by_outputs(work: Work, dtype: Any, out: Array, check: Check) -> None:
    """Multiply all filters of a group with one block of columns after the other."""
    cut = _cut(work.frame, np.dtype(dtype).itemsize)
    filters = Once(lambda: sliding.filters(work, dtype, stacked=cut.stacked))

    def worker(taken: Iterator[Any]) -> None:
        block = Block(work, cut, dtype)
        for images, groups, rows in taken:
            held = work.lines[0].reach(rows.start, rows.stop)
            block.gather(
                work.padded[images.all, work.channels(groups.start, cut.groups), held], check
            )
            target = out[images.all, work.members(groups.start, cut.groups), rows.all]
            shared = images.shared, groups.shared, rows.shared
            block.store(filters()[groups.all], target, shared)

    multiply(worker, list(cut.blocks(work)), products=work.products)


def _by_filters(work: Work, dtype: Any, out: Array, check: Check) -> None:
    """Multiply the columns of all images with a few filters after the others, these read once."""
    count = _count(work, np.dtype(dtype).itemsize)
    tasks = list(itertools.product(range(work.groups), range(0, work.size, count)))
    filters = work.w.reshape(work.groups, work.size, work.depth * work.taps)

    def worker(taken: Iterator[Any]) -> None:
        @lru_cache(maxsize=1)
        def columns(group: int) -> Array:
            inputs = work.padded[:, work.channels(group)].astype(dtype, copy=False)
            check(inputs)
            return _columns(inputs, work.lines)

        for group, first in taken:
            some = filters[group, first : first + count].astype(dtype)
            sums = (some @ columns(group)).reshape(len(some), len(out), *out.shape[2:])
            out[:, work.members(group)][:, first : first + count] = sums.swapaxes(0, 1)

    multiply(worker, tasks, products=work.products)


def _columns(inputs: Array, lines: tuple[Line, ...]) -> Array:
    """Return what outputs read of inputs (N, C, *P) as columns, images one after the other."""
    taps, outs = [line.taps for line in lines], [line.out for line in lines]
    made = np.empty((inputs.shape[1], *taps, len(inputs), *outs), dtype=inputs.dtype)
    by_image = np.moveaxis(made, len(taps) + 1, 0)
    for image, target in zip(inputs, by_image, strict=True):
        target[...] = windows(image, lines)
    return made.reshape(inputs.shape[1] * math.prod(taps), -1)


def _count(frame: Frame, itemsize: int) -> int:
    """Return the filters that are multiplied at once: as long as the columns are, or half of it.

    Each product reads all columns again.
    """
    one = frame.depth * frame.taps * itemsize
    read = frame.batch * math.prod(frame.spatial) // 2
    return share(frame.size, max(BLOCK // one, read), frame.products, frame.groups)


@lru_cache(maxsize=1024)
def _cut(frame: Frame, itemsize: int) -> Cut:
    """Return the cut that costs least."""
    return min(
        sliding.cuts(frame, itemsize, BLOCK),
        key=lambda cut: costs.seconds(_counts(frame, itemsize, cut), RATES, frame.products),
    )


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes."""
    return costs.seconds(counts(frame, itemsize), RATES, frame.products) + WEIGHT * frame.weights


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does."""
    return _counts(frame, itemsize, _cut(frame, itemsize))


def _counts(frame: Frame, itemsize: int, cut: Cut) -> Counts:
    line, blocks = frame.lines[0], cut.count(frame)
    stack, wide = cut.stack(frame), cut.images * cut.tiles * cut.wide(frame)
    places = blocks * cut.groups * wide
    copied = places * cut.reads(line) * cut.folds(frame)
    inputs = places * cut.rows * frame.depth * math.prod(one.step for one in frame.lines)
    outputs = places * cut.rows * frame.size
    products = outputs * frame.depth * frame.taps * (1 + NARROW / wide)
    far = FAR if copied // blocks * itemsize > BLOCK else 1
    return Counts(
        tasks=blocks,
        calls=6 * blocks + copied / frame.inner * LINE + SINGLES * blocks * cut.groups * cut.rows,
        moved=2 * far * copied * itemsize + (8 + itemsize) * inputs + 12 * outputs,
        added=(products / frame.size / stack + ADDED * (stack - 1) * outputs) * itemsize,
        multiplied=products * itemsize,
    )
