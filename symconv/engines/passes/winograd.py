"""Winograd's F(2, 3): two outputs of three taps with four products instead of six.

    m1 = (d0 − d2)·g0               m2 = (d1 + d2)·(g0 + g1 + g2)/2
    m4 = (d1 − d3)·g2               m3 = (d2 − d1)·(g0 − g1 + g2)/2
    out[0] = m1 + (m2 + m3)         out[1] = (m2 − m3) − m4

along the first axis of three taps; the other axes go as in `columns`. Each m is a sum over channels
and the other taps, hence a matrix product.

Exact in float32 (float64) where 2·Σ|x||w| is at most 2²⁴ (2⁵³): every partial sum of an m is a
multiple of 1/2 and at most max|d ± d'|·Σ|g| <= 2·max|x|·Σ|w|/2 for m2 and m3, so an integer of at
most 2·Σ|x||w| in halves; m2 + m3 = d1·g1 + d2·(g0 + g2) and m2 − m3 = d1·(g0 + g2) + d2·g1 are
integers of at most Σ|x||w|, and so are the outputs.

Source: Winograd, Arithmetic complexity of computations (1980); Lavin & Gray, Fast algorithms for
convolutional neural networks (2016).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from symconv.engines import costs
from symconv.engines.bounds import check
from symconv.engines.costs import Counts
from symconv.engines.passes import columns
from symconv.engines.threads import multiply, share
from symconv.engines.work import Frame, Line, Work, windows, with_arrays
from symconv.exact import Array

BLOCK = 2**21
"""Bytes of one block of columns (measured: half of it, or twice, take longer)."""
WEIGHT = 5e-9
"""Seconds to add up what a kernel entry is multiplied as (measured)."""
RATES = Counts(tasks=1.1e-5, calls=7.8e-6, moved=2.8e-11, multiplied=5.2e-12)


def run(work: Work, dtype: Any, out: Array, largest: float = math.inf) -> None:
    """Set out (N, M, *O) to the sums of *work*; see `bands.run`."""
    axis = _axis(work)
    if axis is None or not out.size:
        columns.run(work, dtype, out, largest)
        return
    work, out = _first(work, axis), np.moveaxis(out, axis + 2, 2)
    pairs, odd = divmod(work.lines[0].out, 2)
    if odd:
        line = work.lines[0]._replace(out=1)
        frame = replace(work, lines=(line, *work.lines[1:]))
        last = with_arrays(frame, work.padded[:, :, 2 * pairs :], work.w)
        columns.run(last, dtype, out[:, :, 2 * pairs :], largest)
    if pairs:
        _run(work, pairs, out, _kernels(work, dtype), largest)


def _axis(frame: Frame) -> int | None:
    """Return the first axis of three neighbouring taps."""
    fit = (i for i, line in enumerate(frame.lines) if line[:3] == (3, 1, 1))
    return next(fit, None)


def _first(work: Work, axis: int) -> Work:
    lines = (work.lines[axis], *work.lines[:axis], *work.lines[axis + 1 :])
    padded, w = (np.moveaxis(values, axis + 2, 2) for values in (work.padded, work.w))
    return with_arrays(replace(work, lines=lines), padded, w)


def _run(work: Work, pairs: int, out: Array, kernels: Array, largest: float) -> None:
    dtype = kernels.dtype
    height = _height(work, pairs, dtype.itemsize)
    tasks = itertools.product(range(work.batch), range(work.groups), range(0, pairs, height))
    rest = work.lines[1:]

    def worker(taken: Iterator[Any]) -> None:
        shape = (4, work.depth, *(line.taps for line in rest), height, *work.spatial[1:])
        held = np.empty(math.prod(shape), dtype=dtype)
        for n, group, start in taken:
            stop = min(start + height, pairs)
            block = (*shape[: 2 + len(rest)], stop - start, *work.spatial[1:])
            seen = held[: math.prod(block)].reshape(block)
            inputs = work.padded[n, work.channels(group), 2 * start : 2 * stop + 2]
            inputs = inputs.astype(dtype, copy=False)
            check(inputs, largest)
            _gather(rest, seen, inputs)
            sums = np.matmul(kernels[:, group], seen.reshape(4, kernels.shape[-1], -1))
            target = out[n, work.members(group), 2 * start : 2 * stop]
            _outputs(sums.reshape(4, work.size, stop - start, *work.spatial[1:]), target)

    multiply(worker, list(tasks), products=work.products)


def _height(frame: Frame, pairs: int, itemsize: int) -> int:
    """Return the pairs of outputs along the first axis in one block."""
    taps = math.prod(line.taps for line in frame.lines[1:])
    row = 4 * frame.depth * taps * math.prod(frame.spatial[1:]) * itemsize
    return share(pairs, BLOCK // max(1, row), frame.products, frame.batch * frame.groups)


def _kernels(work: Work, dtype: Any) -> Array:
    """Return what the taps are multiplied as, (4, groups, M/groups, C·taps of the other axes)."""
    g0, g1, g2 = (work.w[:, :, tap].astype(dtype) for tap in range(3))
    made = np.stack([g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2])
    return made.reshape(4, work.groups, work.size, -1)


def _gather(rest: tuple[Line, ...], seen: Array, d: Array) -> None:
    """Set seen (4, C, *K, h, *O) to what the inputs (C, 2h + 2, *P) are multiplied as.

    K are the taps of the other axes, and O the outputs along them.
    """
    parts = d[:, :-2:2], d[:, 1:-2:2], d[:, 2::2], d[:, 3::2]
    lines = (Line(1, 1, 1, parts[0].shape[1]), *rest)
    d0, d1, d2, d3 = (windows(part, lines) for part in parts)
    m1, m2, m3, m4 = seen[:, :, None]
    np.subtract(d0, d2, out=m1)
    np.add(d1, d2, out=m2)
    np.subtract(d2, d1, out=m3)
    np.subtract(d1, d3, out=m4)


def _outputs(sums: Array, target: Array) -> None:
    """Set the outputs of the pairs, (M, 2h, *O), from the four sums (M, h, *O)."""
    m1, m2, m3, m4 = sums
    m1 += m2 + m3
    m2 -= m3
    m2 -= m4
    target[:, ::2] = m1
    target[:, 1::2] = m2


def cost(frame: Frame, itemsize: int) -> float:
    """Return the estimated seconds that `run` takes; infinite where no axis has three taps."""
    axis = _axis(frame)
    if axis is None or frame.lines[axis].out < 2:
        return math.inf
    found = costs.seconds(counts(frame, itemsize, axis), RATES, frame.products)
    return found + WEIGHT * frame.weights


def counts(frame: Frame, itemsize: int, axis: int) -> Counts:
    """Count what `run` does."""
    lines = (frame.lines[axis], *frame.lines[:axis], *frame.lines[axis + 1 :])
    frame = replace(frame, lines=lines)
    pairs = lines[0].out // 2
    blocks = frame.batch * frame.groups * -(-pairs // _height(frame, pairs, itemsize))
    taps = frame.taps // 3
    windows = frame.batch * frame.groups * frame.depth * pairs * math.prod(frame.spatial[1:])
    inputs = windows * itemsize * 12 * taps
    return Counts(
        tasks=blocks,
        calls=blocks * 15,
        moved=inputs + (12 + 5 * itemsize) * frame.outputs,
        multiplied=2 / 3 * frame.products * itemsize * max(1, 8 / frame.size),
    )
