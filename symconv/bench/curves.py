"""Time and memory against size, and the exponents of their growth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from symconv.bench.contenders import chosen
from symconv.bench.rows import SUBJECT
from symconv.bench.tasks import Call, Curve, Options, Peer, Task
from symconv.bench.timing import clock, interleaved, memory

LONGEST = 4.0
"""Seconds of one call, beyond which a line ends."""
ROUNDS = 5
FITTED = 3
"""Points from the largest on that an exponent is fitted to: the small ones are overhead."""


@dataclass
class Line:
    """One participant: products, seconds and bytes at the peak, size by size."""

    name: str
    products: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)

    def exponents(self) -> tuple[float, float]:
        """Return the powers of the number of products that time and memory grow as.

        >>> Line("a", [10, 100, 1000], [1.0, 10.0, 100.0], [7, 7, 7]).exponents()
        (1.0, 0.0)
        """
        return slope(self.products, self.seconds), slope(self.products, self.peak)


def slope(products: Sequence[float], values: Sequence[float]) -> float:
    """Return the least-squares slope of the last points in logarithms; NaN for fewer than two."""
    x, y = (np.log(np.maximum(1e-12, np.asarray(v[-FITTED:], float))) for v in (products, values))
    if len(x) < 2:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return round(float((x * y).sum() / (x * x).sum()), 6)


def lines(
    curve: Curve, options: Options, tick: Callable[[str], None] = lambda _name: None
) -> list[Line]:
    """Measure symconv and the peers of a curve at every size that takes bearable time."""
    found = {name: Line(name) for name in (SUBJECT, *curve.peers)}
    ended: set[str] = set()
    for size in curve.sizes:
        tick(f"{curve.name}, n = {size}")
        task = curve.build(size)
        calls = _calls(task, curve, ended)
        for name, timing in interleaved(calls, options.rounds if options.quick else ROUNDS).items():
            if timing.fault:
                ended.add(name)
                continue
            found[name].products.append(task.products)
            found[name].seconds.append(timing.seconds)
            found[name].peak.append(memory(calls[name][0])[0])
            if timing.seconds > LONGEST / 4:
                ended.add(name)
    return [line for line in found.values() if line.products]


def _calls(task: Task, curve: Curve, ended: set[str]) -> dict[str, tuple[Call, float]]:
    """Return who can do a task in bearable time, each with its call and an estimate.

    Whoever fails is left out from there on; the table says what went wrong.
    """
    ready: dict[str, tuple[Call, float]] = {}
    own = Peer(SUBJECT, task.subject)
    for peer in (own, *(peer for peer in task.peers if peer.name in curve.peers)):
        if peer.name in ended:
            continue
        try:
            operands, products = chosen(peer, task, LONGEST)
            call = peer.load(*operands)
            seconds, _ = clock(call)
        except Exception:  # noqa: BLE001 - see above
            seconds, products = LONGEST, 0
        if products == task.products and seconds < LONGEST:
            ready[peer.name] = (call, seconds)
        else:
            ended.add(peer.name)
    return ready
