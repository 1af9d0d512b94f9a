"""W3c: lines and planes of floats, correlated where the kernel fits, beside the same as integers.

The floats are integers over a power of two, so that exact sums are known and the route for integers
has the same work to do.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from symconv.bench import witness
from symconv.bench.answers import Answer
from symconv.bench.goals import AHEAD, within
from symconv.bench.tasks import Call, Family, Options, Part, Peer, Task, Workload
from symconv.bench.workloads.integers import (
    KERNELS,
    Array,
    integers,
    scipy_ndimage,
    scipy_signal,
    torch_conv2d,
)

Shape = tuple[int, ...]
BITS = 32, 16
"""Bits of inputs and weights, the sign one of them."""
UNITS = 2.0**-31, 2.0**-15
"""What they are multiples of: all floats are from -1 to below 1."""
UNIT = UNITS[0] * UNITS[1]


def _subject(x: Array, w: Array) -> Call:
    from symconv import fast

    return lambda: fast.correlate(x, w)


def _as_integers(x: Array, w: Array) -> Call:
    """Return symconv's correlation of the integers that the floats are multiples of."""
    return _subject(*((a / unit).astype(np.int64) for a, unit in zip((x, w), UNITS, strict=True)))


def _peers(rank: int) -> tuple[Peer, ...]:
    """Return who correlates floats; for a line all take the same transforms."""
    goal = AHEAD if rank > 1 else within(1.1)
    return (
        Peer("symconv, as integers", _as_integers, within(1.1), lambda answer: answer * UNIT),
        Peer("SciPy convolve, auto", partial(scipy_signal, "convolve"), goal, whole=True),
        Peer("SciPy fftconvolve", partial(scipy_signal, "fftconvolve"), goal, whole=True),
        Peer("SciPy oaconvolve", partial(scipy_signal, "oaconvolve"), goal, whole=True),
        *(PLANES if rank == 2 else ()),
    )


PLANES = (
    Peer("SciPy ndimage.correlate", scipy_ndimage, AHEAD),
    Peer("torch float64", partial(torch_conv2d, "float64"), AHEAD),
)


def _near(limit: float, mine: Any, theirs: Any) -> Answer:
    """Compare two answers, each of which may be off by a limit."""
    near = mine.shape == theirs.shape and bool((np.abs(mine - theirs) <= 2 * limit).all())
    return Answer.NEAR if near else Answer.WRONG


def _witness(x: Array, w: Array, bound: Array, cells: list[Shape]) -> Any:
    """Return a witness that looks whether cells are within their bounds of sums of rationals."""

    def right(answer: Any) -> bool:
        exact = (sum(Fraction(a) * Fraction(b) for a, b in witness.pairs(x, w, c)) for c in cells)
        off = [abs(Fraction(answer.item(c)) - e) for c, e in zip(cells, exact, strict=True)]
        limits = [Fraction(bound.item(c)) for c in cells]
        return answer.shape == bound.shape and all(map(operator.le, off, limits))

    return right


def task(sizes: Shape, kernel: Shape, options: Options) -> Task:
    """Return the correlation of floats of such sizes."""
    from symconv import fast

    random = options.random(f"W3c {sizes} {kernel}")
    x, w = (
        integers(random, bits, *shape) * unit
        for bits, shape, unit in zip(BITS, (sizes, kernel), UNITS, strict=True)
    )
    out = tuple(n - k + 1 for n, k in zip(sizes, kernel, strict=True))
    lines = math.prod(out[1:]) * w.size
    bound = fast.error_bound(x, w)
    cells = list(witness.cells(out, random, max(5, witness.PRODUCTS // 10 // w.size)))

    def part(products: int) -> Part:
        rows = min(out[0], max(1, products // lines))
        return (x[: rows + kernel[0] - 1], w), rows * lines

    return Task(
        (x, w),
        _subject,
        _witness(x, w, bound, cells),
        math.prod(out) * w.size,
        _peers(len(sizes)),
        part=part,
        compare=partial(_near, float(bound.max())),
        traffic=x.nbytes + 8 * math.prod(out),
        largest=2**53,
        transform=sizes,
        right=Answer.NEAR,
    )


def _workloads(options: Options) -> Iterator[Workload]:
    n, m, k = options.size(1024, 31), options.size(100_000, 64), options.size(10_000, 5)
    for side in KERNELS[:1] if options.quick else KERNELS:
        yield Workload(f"W3c {n}² ⋆ {side}²", partial(task, (n, n), (side, side), options))
    yield Workload(f"W3c {m} ⋆ {k}", partial(task, (m,), (k,), options))


FAMILY = Family("W3c", "floats", _workloads)
