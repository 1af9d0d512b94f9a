"""The NumPy engine against a plain NumPy loop over taps, interleaved in one process.

Prints the median time of each and their ratio; above 1 symconv is slower. Every answer is compared
with the loop's, in exact arithmetic.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import symconv

Array = NDArray[Any]
ROUNDS = 7


@dataclass(frozen=True)
class Workload:
    """One input and one kernel, by name."""

    name: str
    x: Array
    w: Array


def loop_over_taps(x: Array, w: Array) -> Array:
    """Correlate in "valid" mode: one multiply and add of shifted views for each tap."""
    out = [n - k + 1 for n, k in zip(x.shape, w.shape, strict=True)]
    total = np.zeros(out, dtype=x.dtype)
    for tap in np.ndindex(w.shape):
        window = tuple(slice(t, t + size) for t, size in zip(tap, out, strict=True))
        total += x[window] * w[tap]
    return total


def workloads() -> list[Workload]:
    """Return the named inputs; every run sees the same numbers."""
    random = np.random.default_rng(2026)

    def integers(bits: int, *shape: int) -> Array:
        return random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), shape)

    def rationals(*shape: int) -> Array:
        cells = [
            Fraction(int(random.integers(-99, 99)), int(random.integers(1, 99)))
            for _ in range(int(np.prod(shape)))
        ]
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
        return values.reshape(shape)

    return [
        Workload("1-D 10000, 100 taps, 8 bit", integers(8, 10_000), integers(8, 100)),
        Workload("2-D 256x256, 5x5, 8 bit", integers(8, 256, 256), integers(8, 5, 5)),
        Workload("2-D 1024x1024, 7x7, 16 bit", integers(16, 1024, 1024), integers(16, 7, 7)),
        Workload("3-D 32x32x32, 3x3x3, 8 bit", integers(8, 32, 32, 32), integers(8, 3, 3, 3)),
        Workload(
            "2-D 128x128, 3x3, 60 bit",
            integers(60, 128, 128).astype(object),
            integers(60, 3, 3).astype(object),
        ),
        Workload("2-D 64x64, 5x5, rationals", rationals(64, 64), rationals(5, 5)),
    ]


def seconds(action: Callable[[Array, Array], Array], load: Workload) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    action(load.x, load.w)
    return time.perf_counter() - start


def main() -> None:
    """Time every workload and print the table."""
    table = Table("workload", "symconv ms", "loop ms", "ratio", "equal", title="NumPy engine")
    for load in workloads():
        equal = bool((symconv.correlate(load.x, load.w) == loop_over_taps(load.x, load.w)).all())
        pairs = [
            (seconds(symconv.correlate, load), seconds(loop_over_taps, load)) for _ in range(ROUNDS)
        ]
        mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
        table.add_row(
            load.name, f"{mine * 1e3:.2f}", f"{other * 1e3:.2f}", f"{mine / other:.2f}", str(equal)
        )
    Console().print(table)


if __name__ == "__main__":
    main()
