"""Interleaved rounds in one process: the machine's moods meet everyone alike."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from symconv.bench.tasks import Call

SLOT = 0.1
"""Seconds that one sample lasts at least; quick calls are repeated and their median is taken."""
SETTLED = 0.3
"""Calls quicker than this wait until the machine is at rest, and are made once untimed."""
PAUSE, PATIENCE = 0.005, 0.25
"""Seconds between two looks at whether it is, and of waiting at most."""
BUDGET = 8.0
"""Seconds for all samples of one participant; slow ones have fewer rounds, and their rows say so.
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """The median over rounds of the seconds of one call, or why there is none."""

    seconds: float
    rounds: int
    fault: str = ""


def clock(call: Call) -> tuple[float, Any]:
    """Return the seconds of one call, and its answer."""
    start = time.perf_counter()
    answer = call()
    return time.perf_counter() - start, answer


def sample(call: Call, estimate: float) -> float:
    """Return the median seconds of a call, over enough calls to read the clock by.

    The clock stands while an answer is thrown away: whoever asked for it would have kept it.
    """
    if estimate < SETTLED:
        settle()
        call()
    number = max(1, round(SLOT / max(estimate, 1e-7)))
    return statistics.median(clock(call)[0] for _ in range(number))


def settle() -> None:
    """Wait until no thread of this process works.

    Pools of other libraries spin after their work, onnxruntime's for tens of milliseconds; on two
    cores that doubles the time of whoever comes next.
    """
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        before = time.process_time()
        time.sleep(PAUSE)
        if time.process_time() - before < PAUSE / 4:
            return


def rounds_of(estimate: float, rounds: int) -> int:
    """Return how many rounds a participant has that takes so long.

    >>> rounds_of(0.1, 7), rounds_of(3.0, 7), rounds_of(60.0, 7)
    (7, 2, 1)
    """
    return max(1, min(rounds, int(BUDGET / max(estimate, 1e-9))))


def interleaved(
    calls: Mapping[str, tuple[Call, float]],
    rounds: int,
    tick: Callable[[str], None] = lambda _name: None,
) -> dict[str, Timing]:
    """Time calls in turn, round after round, given an estimate of the seconds of each.

    >>> times = interleaved({"one": (lambda: None, 1e-7), "bad": (lambda: 1 / 0, 1.0)}, 3)
    >>> times["one"].rounds, times["bad"].fault
    (3, 'ZeroDivisionError: division by zero')
    """
    samples: dict[str, list[float]] = {name: [] for name in calls}
    faults: dict[str, str] = {}
    with still():
        for turn in range(rounds):
            for name, (call, estimate) in calls.items():
                if name in faults or turn >= rounds_of(estimate, rounds):
                    continue
                tick(name)
                gc.collect()
                try:
                    samples[name].append(sample(call, estimate))
                except Exception as error:  # noqa: BLE001 - a peer's failure is its row's text
                    faults[name] = described(error)
    return {
        name: Timing(statistics.median(found or [float("nan")]), len(found), faults.get(name, ""))
        for name, found in samples.items()
    }


@contextmanager
def still() -> Iterator[None]:
    """Keep what lives already out of every collection of garbage: it is no participant's."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def memory(call: Call) -> tuple[int, int]:
    """Return the bytes at the peak of one call, and those that its answer keeps.

    Python's own objects and NumPy's arrays are seen; what C and C++ libraries allocate is not.
    """
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        answer = call()
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
        del answer
    finally:
        tracemalloc.stop()
    return peak - before, kept - before


def described(error: BaseException) -> str:
    r"""Return an error on one line.

    >>> described(ValueError("no\nroom"))
    'ValueError: no room'
    """
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
