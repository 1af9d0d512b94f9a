"""One pass over the output for each tap, block by block, in the arithmetic of a dtype.

The least work where taps are few, and the only way for Python integers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from symconv.engines import costs
from symconv.engines.costs import LINE, Counts
from symconv.engines.threads import share, spread
from symconv.engines.work import Frame, Line, Work
from symconv.exact import Array

BLOCK = 2**18
"""Outputs worked on at a time: few enough that sums and products stay in the cache, so many that
workers, each of whom needs Python between two passes, seldom wait for each other (measured)."""

BETWEEN = 1.25
"""How much longer rows may be than their outputs, to be worked on end to end."""
MIXED = 3
"""Calls of NumPy's that one product of several channels and one sum take (measured)."""

CHANNEL = 0.08
"""What one more channel, with a weight of its own, costs a call of NumPy, in calls (measured)."""
NEAR, WEIGHT = 2**20, 5e-9
"""Bytes of kernel entries that stay in the cache, and seconds to read one of more: those of a tap
stand apart from each other (measured)."""
RATES = Counts(tasks=2.3e-6, calls=1.4e-6, moved=1.5e-11, added=1.9e-11)


def run(work: Work, dtype: Any, out: Array) -> None:
    """Set out (N, M, *O) to the sums of *work*; the caller vouches for the dtype's arithmetic."""
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
        return
    by_tap = work.w.reshape(*work.w.shape[:2], work.taps).astype(dtype)
    tasks = list(_tasks(work))

    def worker(taken: Iterator[Any]) -> None:
        for n, groups, start, stop in taken:
            _block(work, by_tap, (n, groups, start, stop), out)

    spread(worker, tasks, products=0 if by_tap.dtype == object else work.products)


def _tasks(work: Work) -> Iterator[tuple[int, range, int, int]]:
    """Yield blocks of outputs: one of the batch, some groups, a run along the first axis."""
    height, together = _shape_of_block(work)
    for n, first in itertools.product(range(work.padded.shape[0]), range(0, work.groups, together)):
        groups = range(first, min(first + together, work.groups))
        for start in range(0, work.lines[0].out, height):
            yield n, groups, start, min(start + height, work.lines[0].out)


def _shape_of_block(frame: Frame) -> tuple[int, int]:
    """Return the outputs along the first axis, and the groups, of one block."""
    out, row = frame.lines[0].out, max(1, frame.size * math.prod(frame.spatial[1:]))
    most = BLOCK // max(1, row * out) if frame.depth == 1 else 1
    together = share(frame.groups, most, frame.products, frame.batch)
    runs = frame.batch * -(-frame.groups // together)
    return share(out, BLOCK // row, frame.products, runs), together


def _block(work: Work, by_tap: Array, task: tuple[int, range, int, int], out: Array) -> None:
    """Add up one block: its inputs once in the dtype, then a product and a sum for each tap."""
    n, groups, start, stop = task
    channels = slice(groups.start * work.depth, groups.stop * work.depth)
    members = slice(groups.start * work.size, groups.stop * work.size)
    inputs = work.padded[n, channels, work.lines[0].reach(start, stop)]
    inputs = inputs.astype(by_tap.dtype, copy=False)
    weights = by_tap[members]
    counts = (stop - start, *work.spatial[1:])
    long = _is_long(work)
    places = (work.length(counts),) if long else counts
    sums = np.empty((len(groups), work.size, *places), dtype=by_tap.dtype)
    product = np.empty_like(sums)
    reads = _end_to_end(work, inputs, counts) if long else _by_window(work, inputs, counts)
    for number, seen in enumerate(reads):
        _multiply(seen, weights[..., number], product if number else sums)
        if number:
            np.add(sums, product, out=sums)
    target = out[n, members, start:stop]
    shaped = work.shaped(sums, counts) if long else sums
    target[...] = shaped.reshape(target.shape)


def _is_long(frame: Frame) -> bool:
    """Tell whether rows are worked on end to end: without stride, and with little between them."""
    places = math.prod(line.out + line.dilation * (line.taps - 1) for line in frame.lines[1:])
    between = places <= BETWEEN * math.prod(frame.spatial[1:])
    return between and all(line.step == 1 for line in frame.lines)


def _by_window(work: Work, inputs: Array, counts: tuple[int, ...]) -> Iterator[Array]:
    """Yield what the outputs of a block read through each tap, (C, *counts)."""
    for tap in itertools.product(*(range(line.taps) for line in work.lines)):
        window = tuple(map(Line.window, work.lines, tap, counts))
        yield inputs[(slice(None), *window)]


def _end_to_end(work: Work, inputs: Array, counts: tuple[int, ...]) -> Iterator[Array]:
    """Yield the same with rows laid end to end, (C, places): one long run for each channel.

    Between the rows stand sums of no output; a loop over short rows would cost more than they do.
    """
    lines = inputs.reshape(len(inputs), -1)
    length = work.length(counts)
    for tap in itertools.product(*(range(line.taps) for line in work.lines)):
        first = work.offset(tap)
        yield lines[:, first : first + length]


def _multiply(seen: Array, weights: Array, product: Array) -> None:
    """Set the product (groups, M, …) to weights (groups·M, C) times inputs (groups·C, …)."""
    if weights.shape == (1, 1):
        np.multiply(seen[:, None], weights[0, 0], out=product)
    elif weights.shape[1] == 1:
        column = weights.reshape(*product.shape[:2], *(1,) * (product.ndim - 2))
        np.multiply(seen[:, None], column, out=product)
    else:
        np.einsum("mc,c...->m...", weights, seen, out=product[0])


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes in a dtype of some bytes."""
    far = WEIGHT * frame.weights if frame.weights * itemsize > NEAR and frame.taps > 1 else 0.0
    return costs.seconds(counts(frame, itemsize), RATES, frame.products) + far


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does in a dtype of some bytes."""
    height, together = _shape_of_block(frame)
    blocks = frame.batch * -(-frame.groups // together) * -(-frame.lines[0].out // height)
    lines = 0 if _is_long(frame) else frame.outputs / frame.inner
    weighted = frame.groups > 1 or 1 == frame.depth < frame.filters
    apart = frame.filters * frame.batch if weighted else 0
    each = 2 if frame.depth == 1 else MIXED
    mixed = 1 if frame.depth == 1 else 1.5 * frame.depth
    return Counts(
        tasks=blocks,
        calls=each * frame.taps * (blocks + lines * LINE + apart * CHANNEL),
        moved=(16 + itemsize) * frame.outputs,
        added=2 * itemsize * frame.outputs * frame.taps * mixed,
    )
