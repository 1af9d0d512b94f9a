"""W3c: lines and planes of floats, correlated where the kernel fits, beside integers like them."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from symconv.bench import witness
from symconv.bench.answers import Answer, uncompared
from symconv.bench.goals import AHEAD, within
from symconv.bench.tasks import Call, Family, Options, Part, Peer, Task, Workload
from symconv.bench.workloads.integers import (
    KERNELS,
    Array,
    scipy_ndimage,
    scipy_signal,
    torch_conv2d,
)

Shape = tuple[int, ...]
UNITS = 2.0**-28, 2.0**-12
"""What the integers count: inputs have 32 bits then, and weights 16."""


def _subject(x: Array, w: Array) -> Call:
    from symconv import fast

    return lambda: fast.correlate(x, w)


def _as_integers(x: Array, w: Array) -> Call:
    """Return symconv's correlation of integers that the floats are near multiples of."""
    pairs = zip((x, w), UNITS, strict=True)
    return _subject(*(np.rint(values / unit).astype(np.int64) for values, unit in pairs))


def _peers(rank: int) -> tuple[Peer, ...]:
    """Return who correlates floats; for a line all take the same transforms."""
    goal = AHEAD if rank > 1 else within(1.1)
    return (
        Peer("symconv, on integers", _as_integers, within(1.1), compare=uncompared),
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
    x, w = random.normal(size=sizes), random.normal(size=kernel)
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
