"""Short kernels along the last axis, several taps in one pass: NumPy's own 1-D correlation.

    out[o, j] = Σ_{c, a} Σ_b w[c, a, b] · x[c, o + a, j + b]

The rows of a block lie end to end, so that one call correlates all of them with the taps of one
row of the kernel; what reaches over the end of a row is left out. For kernels of up to 11 taps
NumPy keeps the sum of an output in a register, where a pass for each tap writes and reads it.

Source: NumPy, numpy/_core/src/multiarray/arraytypes.c.src (small_correlate).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from symconv.engines import costs
from symconv.engines.bounds import check
from symconv.engines.costs import Counts
from symconv.engines.threads import cores, spread
from symconv.engines.work import Frame, Work
from symconv.exact import Array

SHORT = 11
"""Taps of the longest kernel that NumPy correlates in registers."""
BLOCK = 2**17
"""Outputs worked on at a time, so that inputs and sums stay in the cache."""

RATES = Counts(tasks=2.9e-6, calls=1.7e-6, moved=6.2e-11, added=1e-11, multiplied=1.7e-10)
BEGUN = 2
"""What an output costs before its first tap, in taps (measured)."""


def run(work: Work, dtype: Any, out: Array, largest: float = math.inf) -> None:
    """Set out (N, M, *O) to the sums of *work*, computed in float64; see `bands.run`."""
    if not out.size:
        return
    weights = work.w.astype(dtype)
    height = _height(work)
    starts = range(0, work.lines[0].out, height)
    tasks = list(itertools.product(range(work.batch), range(work.groups), starts))

    def worker(taken: Iterator[Any]) -> None:
        held = np.empty(_held(work, height), dtype=dtype)
        for n, group, start in taken:
            stop = min(start + height, work.lines[0].out)
            inputs = work.padded[n, work.channels(group), work.lines[0].reach(start, stop)]
            lines = held[:, : math.prod(inputs.shape[1:])]
            lines[...] = inputs.reshape(work.depth, -1)
            check(lines, largest)
            for m in range(group * work.size, (group + 1) * work.size):
                out[n, m, start:stop] = _sums(work, lines, weights[m], stop - start)

    spread(worker, tasks, products=work.products)


def _height(work: Work) -> int:
    """Return the outputs along the first axis in one block."""
    shared = -(-work.lines[0].out // cores())
    return max(1, min(shared, BLOCK // max(1, work.apart[0])))


def _held(work: Work, height: int) -> tuple[int, int]:
    """Return the shape of the inputs of one block, a line for each channel."""
    reach = work.lines[0].reach(0, height)
    return work.depth, (reach.stop - reach.start) * work.apart[0]


def _sums(work: Work, lines: Array, weights: Array, height: int) -> Array:
    """Return the outputs of one filter in one block, (height, *O without the first)."""
    *leading, last = work.lines
    counts = (height, *work.spatial[1:])
    length = work.length(counts)
    total: Any = None
    for channel, inputs in enumerate(lines):
        for tap in itertools.product(*(range(line.taps) for line in leading)):
            first = work.offset((*tap, 0))
            seen = inputs[first : first + length + last.taps - 1]
            part = np.correlate(seen, weights[(channel, *tap)])
            total = part if total is None else np.add(total, part, out=total)
    return work.shaped(total, counts)


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes; infinite where it cannot run."""
    *_, last = frame.lines
    near = last.dilation == 1 and last.taps <= SHORT and all(line.step == 1 for line in frame.lines)
    if not near or len(frame.lines) < 2 or not frame.taps or not frame.depth:
        return math.inf
    return costs.seconds(counts(frame, itemsize), RATES, frame.products)


def counts(frame: Frame, itemsize: int) -> Counts:
    """Count what `run` does; outputs past the ends of rows are worked on and thrown away."""
    *leading, last = frame.lines
    places = [a.out + a.dilation * (a.taps - 1) for a in frame.lines]
    row = max(1, math.prod(places[1:]))
    height = max(1, min(-(-leading[0].out // cores()), BLOCK // row))
    blocks = frame.batch * frame.groups * -(-leading[0].out // height)
    rows = math.prod(line.taps for line in leading) * frame.depth
    worked = frame.batch * frame.filters * leading[0].out * row
    inputs = frame.batch * frame.groups * frame.depth * places[0] * row
    return Counts(
        tasks=blocks,
        calls=blocks * (2 + frame.size * (2 * rows + 1)),
        moved=(8 + itemsize) * inputs + (8 + itemsize) * frame.outputs,
        added=worked * itemsize * (rows - 1),
        multiplied=worked * rows * (last.taps + BEGUN),
    )
