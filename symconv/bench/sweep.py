"""A sweep over shapes, for those at which the chosen way is far from the best.

At every point the call that users make is timed, which chooses its route, and beside it every
licensed route by itself, those too that nobody would choose; the answers are compared. A point is
at fault where the call takes more than twice as long as the fastest route, where its peak is out of
proportion to what goes in and out, or where a route disagrees.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench.tasks import Options
from symconv.bench.timing import clock, described, memory, sample

Array = NDArray[Any]
POINTS = 300
PRODUCTS = (10, 30_000_000)
"""Fewest and most products of a point, those of longer numbers counted as `_heft` tells."""
BITS = (1, 4, 8, 11, 16, 24, 31, 45, 60, 100, 1_000, 10_000)
SHORT_BITS = 100
"""Bits up to which a product counts once."""
SLOWER = 2.0
"""How many times the fastest route's time the chosen one may take."""
BEGUN = 2.0
"""How many times the seconds of a call with a single product a call may take to read its arguments
and to choose: one route by itself does neither."""
LOOKED = 2e-7
"""The same for each of Python's integers, in seconds: is it one, does int64 hold it, is it the
largest?"""
HOPELESS = 50.0
"""A route whose estimate is so many times the chosen one's, and above a second, is not tried."""
MEMORY = 12.0
"""How many times the bytes of input, kernel and output the peak may be."""
SMALL = 16 * 2**20
"""Peaks below so many bytes are never at fault: what one batch of Fourier transforms works in."""
SLOW, SHORT = 10.0, 1e-4
"""A route whose first run takes so many times the fastest one's is not timed further; all take at
least so many seconds there."""
ROUNDS = 3
CALL = ""
"""What stands for the call among the names of routes."""


@dataclass(frozen=True, slots=True)
class Point:
    """One shape: an operation, its operands' shapes and bits, and its options."""

    op: str
    x: tuple[int, ...]
    w: tuple[int, ...]
    bits: tuple[int, int]
    options: Mapping[str, Any]
    seed: int

    def operands(self) -> tuple[Array, Array]:
        """Return the numbers of this point: int64 where the bits allow it."""
        random = np.random.default_rng(self.seed)
        return _numbers(random, self.bits[0], self.x), _numbers(random, self.bits[1], self.w)

    def text(self) -> str:
        """Return the point in one line."""
        steps = ", ".join(f"{name} {value}" for name, value in self.options.items())
        bits = "×".join(map(str, self.bits))
        return (
            f"{self.op} {_shape(self.x)} {_shape(self.w)}, {bits} bits{', ' * bool(steps)}{steps}"
        )


@dataclass(frozen=True, slots=True)
class Ways:
    """What there is at one point: the call that chooses, and every route by itself."""

    call: Callable[[], Array]
    chosen: str
    """The name of the route that the call takes."""
    routes: Sequence[Any]
    """Each has a name, an estimated cost in seconds, and run()."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one point: seconds of the call and of every route tried, and the peak."""

    point: Point
    chosen: str
    called: float
    """Seconds of the call."""
    seconds: Mapping[str, float]
    peak: int
    """Bytes that the call takes at most."""
    handled: int
    """Bytes of input, kernel and output."""
    begun: float = 0.0
    """Seconds that reading the arguments and choosing may take."""
    wrong: tuple[str, ...] = ()
    """Routes whose answer is another than the call's."""
    fault: str = ""

    @property
    def best(self) -> str:
        """The name of the fastest route."""
        return min(self.seconds, key=lambda name: self.seconds[name], default=self.chosen)

    @property
    def factor(self) -> float:
        """The call's time over the fastest route's."""
        return self.called / self.seconds[self.best] if self.seconds else 1.0

    @property
    def faults(self) -> list[str]:
        """What is wrong at this point, in words."""
        told = [self.fault] if self.fault else []
        if self.seconds and self.called > SLOWER * self.seconds[self.best] + self.begun:
            told.append(f"{self.chosen} takes {self.factor:.2g} times as long as {self.best}")
        if self.peak > max(SMALL, MEMORY * self.handled):
            told.append(f"the peak is {self.peak / self.handled:.3g} times what goes in and out")
        return told + [f"{name} and {self.chosen} disagree" for name in self.wrong]


def _shape(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))


def _numbers(random: np.random.Generator, bits: int, shape: Sequence[int]) -> Array:
    """Return signed numbers of so many bits; Python integers beyond int64."""
    if bits < 64:
        return random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), shape, endpoint=bits == 1)
    found = np.empty(shape, dtype=object)
    each = [int.from_bytes(random.bytes(-(-bits // 8)), "little") for _ in range(found.size)]
    found.reshape(-1)[:] = [whole % 2**bits - 2 ** (bits - 1) for whole in each]
    return found


def points(count: int, options: Options) -> Iterator[Point]:
    """Yield shapes of every rank, with steps, channels and bit lengths drawn by the seed."""
    random = options.random("sweep")
    most = PRODUCTS[1] // (1000 if options.quick else 1)
    while count:
        point = _drawn(random)
        products = _products(point)
        if PRODUCTS[0] <= products and products * _heft(point.bits) <= most:
            count -= 1
            yield point


def _drawn(random: np.random.Generator) -> Point:
    rank = int(random.integers(1, 4))
    layer = bool(random.integers(2))
    longest = {1: 100_000, 2: 1_200, 3: 96}[rank] // (4 if layer else 1)
    x = _sizes(random, rank, longest)
    w = tuple(min(n, k) for n, k in zip(x, _sizes(random, rank, max(2, longest // 8)), strict=True))
    steps = {"stride": _steps(random, rank), "dilation": _steps(random, rank)}
    given: dict[str, Any] = {name: step for name, step in steps.items() if set(step) != {1}}
    if layer:
        groups = int(random.choice([1, 1, 1, 2, 4]))
        depth, filters = (int(2 ** random.uniform(0, 5)) for _ in range(2))
        x, w = (depth * groups, *x), (filters * groups, depth, *w)
        given |= {"groups": groups} if groups > 1 else {}
    else:
        given["padding"] = str(random.choice(["valid", "same", "full"]))
    bits = (int(random.choice(BITS)), int(random.choice(BITS)))
    op = "conv" if layer else str(random.choice(["correlate", "convolve"]))
    return Point(op, x, w, bits, given, int(random.integers(2**31)))


def _sizes(random: np.random.Generator, rank: int, longest: int) -> tuple[int, ...]:
    """Return lengths, about alike in their logarithms."""
    ends = np.log(longest + 1)
    return tuple(int(np.exp(random.uniform(0, ends))) for _ in range(rank))


def _steps(random: np.random.Generator, rank: int) -> tuple[int, ...]:
    usual = random.random() < 0.6
    return (1,) * rank if usual else tuple(int(step) for step in random.integers(1, 4, rank))


def _products(point: Point) -> int:
    """Return how many products a point has, 0 where the kernel does not fit."""
    from symconv.errors import GeometryError
    from symconv.planning import table_of

    try:
        terms: int = table_of(point.op, point.x, point.w, **point.options).geometry.terms  # type: ignore[attr-defined]
    except GeometryError:
        return 0
    return terms


def _heft(bits: tuple[int, int]) -> int:
    """Return how many short products one product counts as: as many as it has at school."""
    return math.prod(-(-length // SHORT_BITS) for length in bits)


def ways(point: Point, x: Array, w: Array) -> Ways:
    """Return the call at a point, and every licensed route."""
    from symconv import fast
    from symconv.engines import choice, numeric
    from symconv.planning import table_of

    table = table_of(point.op, x.shape, w.shape, **point.options)
    sums, _ = numeric.sums_of(table.geometry, x, w)  # type: ignore[attr-defined]
    call = partial(getattr(fast, point.op), x, w, **point.options)
    return Ways(call, choice.candidates(sums)[0].name, choice.every(sums))


def smallest() -> float:
    """Return the seconds of a call with a single product."""
    from symconv import fast

    one = np.ones(1, dtype=np.int64)
    call = partial(fast.correlate, one, one)
    return min(sample(call, clock(call)[0]) for _ in range(ROUNDS))


def measured(point: Point, ways_of: Callable[..., Ways], begun: float) -> Found:
    """Time every way at one point, check that they agree, and take the call's peak."""
    x, w = point.operands()
    try:
        found = ways_of(point, x, w)
        wanted = found.call()
        times, wrong = _raced(found, wanted)
        called = times.pop(CALL)
        peak, _ = memory(found.call)
        handled = sum(map(_bytes, (x, w, wanted)))
        listed = sum(values.size for values in (x, w, wanted) if values.dtype == object)
        begun += LOOKED * listed
    except Exception as error:  # noqa: BLE001 - the other points go on, and this one is at fault
        return Found(point, "", 0.0, {}, 0, 1, fault=described(error))
    return Found(point, found.chosen, called, times, peak, handled, begun, tuple(wrong))


def _raced(found: Ways, wanted: Array) -> tuple[dict[str, float], list[str]]:
    """Return the least seconds of every way over interleaved rounds, and which routes disagree.

    The least, not the median: here one process asks which of its own ways is faster.
    """
    estimates = {route.name: route.cost for route in found.routes}
    most = max(1.0, HOPELESS * estimates.get(found.chosen, 0.0))
    tried = {route.name: route.run for route in found.routes if route.cost < most}
    first, wrong = {}, []
    for name, run_ in tried.items():
        first[name], answer = clock(run_)
        if not np.array_equal(answer.ravel(), wanted.ravel()):
            wrong.append(name)
    quick = SLOW * max(SHORT, min(first.values(), default=0.0))
    runs = {name: run_ for name, run_ in tried.items() if first[name] <= quick}
    runs[CALL], first[CALL] = found.call, clock(found.call)[0]
    samples: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, run_ in runs.items():
            samples[name].append(sample(run_, first[name]))
    return {name: min(times) for name, times in samples.items()}, wrong


def _bytes(values: Array) -> int:
    """Return the bytes of an array, with its Python integers."""
    inside = values.ravel().tolist() if values.dtype == object else ()
    return values.nbytes + sum(map(sys.getsizeof, inside))


def run(
    options: Options,
    progress: Callable[[str, str, int, int], None] = lambda *_state: None,
    ways_of: Callable[..., Ways] = ways,
    given: Iterable[Point] | None = None,
) -> list[Found]:
    """Measure every point; those that seem too slow are measured twice, and the better counts."""
    count = 12 if options.quick else POINTS
    chosen = list(points(count, options) if given is None else given)
    begun = BEGUN * smallest()
    results = []
    for done, point in enumerate(chosen):
        progress("sweep", point.text(), done, len(chosen))
        found = measured(point, ways_of, begun)
        if found.faults and not found.wrong and not found.fault:
            found = min(found, measured(point, ways_of, begun), key=lambda one: len(one.faults))
        results.append(found)
    return results


def faults(results: Iterable[Found]) -> list[Found]:
    """Return the points at fault."""
    return [found for found in results if found.faults]


def to_json(results: Sequence[Found]) -> str:
    """Return a sweep as one JSON object: what is at fault, and every point."""
    told = [asdict(found) | {"factor": found.factor, "faults": found.faults} for found in results]
    bad = [entry for entry in told if entry["faults"]]
    return json.dumps({"points": told, "faults": bad, "met": not bad}, ensure_ascii=False, indent=1)


def print_text(results: Sequence[Found]) -> None:
    """Print the points at fault, and how often and how well each route was chosen."""
    from rich.console import Console
    from rich.table import Table

    console = Console() if Console().is_terminal else Console(width=160)
    bad = faults(results)
    if bad:
        table = Table("point", "at fault", title="points at fault")
        for found in bad:
            table.add_row(found.point.text(), "; ".join(found.faults), style="red")
        console.print(table)
    console.print(_routes(results))
    console.print(f"{len(results)} points, {len(bad)} at fault", highlight=False)


def _routes(results: Sequence[Found]) -> Any:
    """Return a table: for each route how often it was chosen, was best, and its worst factor."""
    from rich.table import Table

    timed = [found for found in results if found.seconds]
    chosen, best = Counter(f.chosen for f in timed), Counter(f.best for f in timed)
    table = Table("route", "tried", "chosen", "fastest", "worst factor where chosen")
    tried = Counter(name for found in timed for name in found.seconds)
    for name in sorted(tried):
        worst = max((f.factor for f in timed if f.chosen == name), default=None)
        text = "" if worst is None else f"{worst:.2f}"
        table.add_row(name, *map(str, (tried[name], chosen[name], best[name])), text)
    return table
