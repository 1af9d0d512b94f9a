"""W1b: symbols times numbers, and symbols that stand more than once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symconv.bench.goals import at_least
from symconv.bench.tasks import Family, Options, Task, Workload
from symconv.bench.workloads.symbolic import Array, symbols, task

GOAL = at_least(40)


def _numbers(random: np.random.Generator, k: int, *, rational: bool) -> Array:
    """Return a kernel of numbers, none of them 0."""
    import sympy

    def one() -> Any:
        top = int(random.integers(1, 99)) * (-1 if random.integers(2) else 1)
        return sympy.Rational(top, int(random.integers(2, 99)) if rational else 1)

    found = np.empty((k, k), dtype=object)
    for index in np.ndindex(found.shape):
        found[index] = one()
    return found


def _kernel(kind: str, n: int, random: np.random.Generator) -> tuple[Array, Array]:
    """Return input and kernel of one kind of repetition."""
    x = symbols("x", n, n)
    if kind == "shared weights":
        row = symbols("w", 3)[[0, 1, 2, 1, 0]]
        return x, np.array([np.roll(row, shift) for shift in range(5)], dtype=object)
    if kind == "autocorrelation":
        small = symbols("x", max(2, n // 5), max(2, n // 5))
        return small, np.flip(small)
    if kind == "cancelling":
        pairs, w = np.repeat(symbols("x", n, (n + 1) // 2), 2, axis=1), symbols("w", 5, 5)
        w[:, 1], w[:, 3] = -w[:, 0], w[:, 2]
        return pairs[:, :n], w
    return x, _numbers(random, 5, rational=kind == "rational kernel")


KINDS = (
    "integer kernel",
    "rational kernel",
    "shared weights",
    "autocorrelation",
    "cancelling",
)


def _task(kind: str, n: int, options: Options) -> Task:
    random = options.random(f"W1b {kind} {n}")
    x, w = _kernel(kind, n, random)
    return task(x, w, "convolve", random, add=GOAL)


def _workloads(options: Options) -> Iterator[Workload]:
    for kind in KINDS[:1] + KINDS[3:] if options.quick else KINDS:
        n = options.size(64, 6)
        size = f"{max(2, n // 5)}²⋆{max(2, n // 5)}²" if kind == "autocorrelation" else f"{n}²⋆5²"
        yield Workload(
            f"W1b {size}, {kind}",
            lambda kind=kind, n=n: _task(kind, n, options),  # type: ignore[misc]
        )


FAMILY = Family("W1b", "symbols times numbers; repeated symbols", _workloads)
