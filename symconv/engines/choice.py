"""Which way: the exact ways through a sum of products, each with its licence and estimated cost.

A pass over whole arrays is licensed by a bound on every partial sum, computed in Python integers:

    |Σ x·w| <= Σ |x||w| <= max|x| · max over filters of Σ|w|

Below 2²⁴ every partial sum is an integer that float32 holds, whatever the order of summation; below
2⁵³ float64, below 2³¹ and 2⁶³ int32 and int64. The licensed route of least cost is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from symconv.engines import costs
from symconv.engines.bounds import UnlicensedError, most
from symconv.engines.fourier import spectra
from symconv.engines.fourier.roundoff import transforms
from symconv.engines.fourier.tilings import FIXED, cheapest, choose, least_seconds
from symconv.engines.long import limbs, polynomials, products
from symconv.engines.long.rationals import narrowed
from symconv.engines.passes import bands, columns, parts, separable, taps
from symconv.engines.sums import Sums
from symconv.engines.work import Frame, frame_of, is_turned, laid_out, with_arrays, work_of
from symconv.exact import Array, text_of
from symconv.plan import Geometry

TAPS = 16
"""Taps up to which no Fourier transform is looked at, whatever the other routes cost."""
LEAST = 4e-4
"""Estimated seconds of a pass up to which what is harder to look at repays no look (measured)."""
SWEPT, WEIGHED = 2.5e-9, 8e-9
"""Seconds that transforms take for an input or output, and a kernel entry, at least (measured)."""
QUICK = 8e-5
"""Estimated seconds of the simplest pass up to which it is taken: choosing takes longer."""
MANY = 2**15
"""Inputs from which on not all is read before a pass is chosen (measured)."""
PARTED = 1e-3
"""Estimated seconds of float64 from which on parts of the channels are looked at."""
READ = 5e-9
"""Seconds of a pass for each input, beside which finding the largest first is hardly noticed."""


class Tuned(NamedTuple):
    """What a route takes beside, and as a multiple of, its own estimate (measured)."""

    begun: float
    times: float


LONG, LIMBS, FFT = Tuned(1.4e-4, 0.9), Tuned(2.5e-4, 0.85), Tuned(4e-5, 1.15)


class Route(NamedTuple):
    """One exact way to the sums: its name, why it is exact, and the seconds it should take."""

    name: str
    licence: str
    cost: float
    run: Callable[[], Array]
    """Returns the sums (N, M, *O): int64, or Python integers."""


@dataclass(frozen=True)
class _Pass:
    """One way through whole arrays, in one arithmetic."""

    module: ModuleType
    dtype: Any
    limit: int
    """The largest bound under which the arithmetic is exact."""
    holds: str

    @cached_property
    def name(self) -> str:
        return f"{self.module.__name__.rpartition('.')[2]} {np.dtype(self.dtype).name}"

    def cost(self, frame: Frame) -> float:
        return _cost(self.module, frame, np.dtype(self.dtype).itemsize)

    def sums(self, geometry: Geometry, x: Array, w: Array, fill: Any, out: Any = np.int64) -> Array:
        """Return the sums, the caller vouching for the arithmetic."""
        work = work_of(geometry, x, w, fill, self.dtype)
        sums = np.empty(work.out_shape, dtype=out)
        self.module.run(work, self.dtype, sums)
        return sums

    def watched(self, sums: Sums) -> Array:
        """Return the sums, every input compared with what the limit allows.

        Raises: UnlicensedError for one that is larger.
        """
        work = work_of(sums.geometry, sums.given, sums.w, sums.fill, self.dtype)
        out = np.empty(work.out_shape, dtype=np.int64)
        self.module.run(work, self.dtype, out, partial(sums.check, self.limit))
        return out


@lru_cache(maxsize=1024)
def _cost(module: ModuleType, frame: Frame, itemsize: int) -> float:
    return float(module.cost(frame, itemsize))


PASSES = (
    _Pass(taps, np.int32, 2**31 - 1, "2^31"),
    _Pass(taps, np.int64, 2**63 - 1, "2^63"),
    _Pass(bands, np.float32, 2**24, "2^24"),
    _Pass(bands, np.float64, 2**53, "2^53"),
    _Pass(columns, np.float32, 2**24, "2^24"),
    _Pass(columns, np.float64, 2**53, "2^53"),
)
SIMPLEST = PASSES[1]
ADDING = [_Pass(module, np.float64, 0, "") for module in (taps, bands, columns)]
"""Passes for floats."""
WATCHING = bands, columns
"""Passes that can look at the inputs as they read them."""
OBJECTS = _Pass(taps, object, 0, "")
READING = 2e-7
"""Seconds to find the largest of Python's integers and to cut them, for each (measured)."""


def passes(sums: Sums) -> list[Route]:
    """Return the licensed passes over whole arrays."""
    bound = sums.bound
    return [_route(one, sums, cost) for one, cost in _costs(sums.frame) if bound <= one.limit]


@lru_cache(maxsize=1024)
def _costs(frame: Frame) -> list[tuple[_Pass, float]]:
    """Return the passes that can go through a frame, and the estimated seconds of each."""
    costs = ((one, one.cost(frame)) for one in PASSES)
    return [(one, cost) for one, cost in costs if cost < math.inf]


def _route(one: _Pass, sums: Sums, cost: float) -> Route:
    run = partial(one.sums, sums.geometry, sums.given, sums.w, sums.fill)
    return Route(one.name, f"{sums.said} <= {one.holds}", cost, run)


def along_axes(sums: Sums) -> list[Route]:
    """Return the ways through a kernel that is a product of factors, one for each axis."""
    frame, lines = sums.frame, sums.factors
    if lines is None:
        return []
    padded = tuple(max(1, axis.padded) for axis in sums.geometry.axes)
    turned = [
        line[::-1] if is_turned(a) else line
        for line, a in zip(lines, sums.geometry.axes, strict=True)
    ]
    steps = [(turned[axis], stage) for axis, stage in separable.stages(frame, padded)]
    found = []
    for dtype in (np.float32, np.float64, np.int64):
        kinds = [one for one in PASSES if one.dtype is dtype and sums.bound <= one.limit]
        if kinds and frame.outputs:
            best = [_cheapest(kinds, stage) for _, stage in steps]
            cost = sum(one.cost(stage) for one, (_, stage) in zip(best, steps, strict=True))
            run = partial(_stepwise, sums, best, steps, dtype)
            name = f"separable {np.dtype(dtype).name}"
            found.append(Route(name, f"{sums.said} <= {kinds[0].holds}", cost, run))
    return found


def in_parts(sums: Sums) -> list[Route]:
    """Return the way through parts of the channels, if float32 holds the sums of each, not of all.

    A sum over n channels is at most max|x| · max|w| · taps · n.
    """
    frame, holds = sums.frame, 2**24
    one = max(1, sums.peak * sums.w_peak * frame.taps)
    each = min(frame.depth, holds // one)
    if frame.groups > 1 or not each or sums.bound <= holds:
        return []
    count = -(-frame.depth // each)
    if not 1 < count <= parts.MOST:
        return []
    licence = f"every partial sum over {each} channels is at most {text_of(one * each)} <= 2^24"
    run = partial(_by_parts, sums, count)
    return [Route(f"columns float32 in {count} parts", licence, parts.cost(frame, count), run)]


def _by_parts(sums: Sums, count: int) -> Array:
    work = work_of(sums.geometry, sums.given, sums.w, sums.fill, np.float32)
    out = np.empty(work.out_shape, dtype=np.int64)
    parts.run(work, count, out)
    return out


def transformed(sums: Sums, below: float = math.inf) -> list[Route]:
    """Return the way through Fourier transforms, if the error is proved to round away.

    What is estimated to take as long as *below*, or longer, is left out.
    """
    most = (below - FFT.begun) / FFT.times
    trusted = transforms() is not None
    tiling = choose(sums.geometry, sums.peak, sums.w, below=most) if trusted else None
    if tiling is None:
        return []
    licence = f"every value is within {tiling.error:.2g} < 7/16 of its integer (docs/fft.md)"
    run = partial(spectra.sums, sums.geometry, sums.x, sums.w, sums.fill, tiling)
    return [Route("fft float64", licence, FFT.begun + FFT.times * tiling.seconds, run)]


def _stepwise(sums: Sums, best: list[_Pass], steps: list[tuple[Array, Frame]], dtype: Any) -> Array:
    values = laid_out(sums.geometry, sums.given, sums.fill, dtype)
    for one, (line, stage) in zip(best, steps, strict=True):
        shape = (1, 1, *(a.taps for a in stage.lines))
        work = with_arrays(stage, values, line.astype(np.int64).reshape(shape))
        values = np.empty(stage.out_shape, dtype=dtype)
        one.module.run(work, dtype, values)
    return values.astype(np.int64, copy=False)


def beyond(sums: Sums) -> list[Route]:
    """Return the ways for integers of any size: limbs, one long product, Python integers."""
    given = sums.geometry, sums.x, sums.w, sums.fill
    cost = polynomials.cost(sums.geometry, sums.fill, sums.bound, listed=sums.listed)
    cost = LONG.begun + LONG.times * cost
    run = partial(polynomials.sums, *given, sums.bound)
    found = [Route("long product", "FLINT multiplies integers of any size", cost, run)]
    return [*found, *_in_limbs(sums, below=cost), _in_objects(sums)]


def _in_limbs(sums: Sums, below: float) -> list[Route]:
    """Return the way through limbs, if there is one that does not begin as late as *below*."""
    geometry, given = sums.geometry, (sums.geometry, sums.x, sums.w, sums.fill)
    cut = limbs.split(
        peak=sums.peak, heaviest=sums.heaviest, largest=sums.w_peak, taps=geometry.taps
    )
    beside = limbs.cost(geometry, cut, sums.bound, listed=sums.listed) if cut else math.inf
    if cut is None or beside >= below:
        return []
    cost = beside + _pass_cost(limbs.layer(geometry, cut), 2**cut.bits)
    run = partial(limbs.sums, *given, cut=cut, bound=sums.bound, passes=licensed)
    licence = f"{cut.x} x {cut.w} limbs of {cut.bits} bits, each pass within 2^53"
    return [Route("limbs", licence, LIMBS.begun + LIMBS.times * cost, run)]


def _pass_cost(layer: Geometry, largest: int) -> float:
    """Return the estimated seconds of the sums of a layer whose entries are at most *largest*."""
    frame = frame_of(layer)
    cost = min(one.cost(frame) for one in PASSES if one.dtype is np.float64)
    if frame.taps <= TAPS or cost <= LEAST or transforms() is None:
        return cost
    return min(cost, FFT.begun + FFT.times * least_seconds(layer, largest))


def _in_objects(sums: Sums) -> Route:
    begun = taps.counts(sums.frame, 8)._replace(moved=0, added=0)
    each = products.cost(sums.sampled, sums.w_sampled)
    cost = each * sums.frame.products + costs.seconds(begun, taps.RATES, 0)
    run = partial(OBJECTS.sums, sums.geometry, sums.x, sums.w, sums.fill, object)
    return Route(OBJECTS.name, "Python's integers are of any size", cost, run)


def licensed(geometry: Geometry, x: Array, w: Array, fill: int = 0) -> Array:
    """Return the sums (N, M, *O) of int64 arrays as int64, where their bound is below 2^63."""
    return best(Sums(geometry, x, w, fill))


def best(sums: Sums) -> Array:
    """Return the sums (N, M, *O): int64 where all fit, else Python integers."""
    found = _watched(sums) if sums.given.size >= MANY and sums.frame.products else None
    if found is None:
        route = obvious(sums) or min(considered(sums), key=_by_cost)
        found = narrowed(route.run())
    return found


def _watched(sums: Sums) -> Array | None:
    """Return the sums by a pass that looks at the inputs as it reads them, if such a one is best.

    Reading many inputs twice, once for the largest, takes a good part of the time of few products.
    The largest is then guessed, and the pass breaks off at an input that it is not licensed for;
    few bits may hold none of these.
    """
    many = sums.frame.taps > TAPS
    most_seconds = swept(sums.frame, sums.given, sums.w) if many else math.inf
    kinds = [(cost, one) for one, cost in _costs(sums.frame) if cost <= most_seconds]
    if not kinds or object in (sums.given.dtype, sums.w.dtype) or not sums.given.flags.c_contiguous:
        return None
    known = min(kinds, key=itemgetter(0))[0] >= READ * sums.given.size
    best = _for_inputs(sums, kinds, sums.peak if known else sums.sampled)
    if best.module not in WATCHING or (many and sums.factors is not None) or _parted(sums, best):
        return None
    if known or most(sums.roof, sums.heaviest_at_most) < best.limit:
        return best.sums(sums.geometry, sums.given, sums.w, sums.fill)
    try:
        return best.watched(sums)
    except UnlicensedError:
        return None


def _parted(sums: Sums, best: _Pass) -> bool:
    """Tell whether parts of the channels are looked at, which float32 may multiply sooner."""
    several = sums.frame.groups == 1 < sums.frame.depth
    return several and best.dtype is np.float64 and best.cost(sums.frame) > PARTED


def _for_inputs(sums: Sums, kinds: list[tuple[float, _Pass]], peak: int) -> _Pass:
    """Return the best pass for inputs of at most *peak*.

    What even filters of a single entry do not license is out; then filters are weighed only where
    as many of the largest do not license the best.
    """
    best = _licensed_best(kinds, most(peak, sums.w_peak))
    if most(peak, sums.heaviest_at_most) < best.limit:
        return best
    return _licensed_best(kinds, most(peak, sums.heaviest))


def _licensed_best(kinds: list[tuple[float, _Pass]], bound: int) -> _Pass:
    found = [pair for pair in kinds if bound < pair[1].limit]
    _, best = min(found, default=(0, SIMPLEST), key=itemgetter(0))
    return best


def swept(frame: Frame, x: Array, w: Array) -> float:
    """Return the seconds that no Fourier transform is quicker than."""
    begun = FFT.begun + FFT.times * FIXED
    return begun + SWEPT * (x.size + frame.outputs) + WEIGHED * w.size


def _by_cost(route: Route) -> float:
    return route.cost


def obvious(sums: Sums) -> Route | None:
    """Return the route that is done before another is chosen, if there is one."""
    if not sums.frame.products:
        nothing = partial(np.zeros, sums.frame.out_shape, np.int64)
        return Route(SIMPLEST.name, "there is nothing to add up", 0.0, nothing)
    if sums.wide:
        route = _in_objects(sums)
        return route if route.cost <= LONG.begun + READING * sums.listed else None
    cost = SIMPLEST.cost(sums.frame)
    return _route(SIMPLEST, sums, cost) if cost <= QUICK else None


def candidates(sums: Sums) -> list[Route]:
    """Return the licensed routes that may be the best, that one first."""
    first = obvious(sums)
    if not sums.frame.products and first is not None:
        return [first]
    name = first.name if first else ""
    return sorted(considered(sums), key=lambda route: (route.name != name, route.cost))


def considered(sums: Sums) -> list[Route]:
    """Return the licensed routes that may be the best, in any order."""
    return beyond(sums) if sums.wide else _within(sums)


def _within(sums: Sums) -> list[Route]:
    """Return routes to sums that int64 holds; what begins later than others end is left out."""
    found = [*passes(sums), *in_parts(sums), *along_axes(sums)]
    many, least = sums.frame.taps > TAPS, _least(found)
    too_long = sums.bound > 2**53 or (many and transforms() is None)
    sooner = least > LEAST and too_long and not (many and _is_soon_transformed(sums))
    found += beyond(sums) if sooner else []
    least = _least(found)
    if many and least > max(LEAST * sooner, swept(sums.frame, sums.given, sums.w)):
        found += transformed(sums, least)
        least = _least(found)
    if least > LEAST and too_long and not sooner:
        found += beyond(sums)
    return found


def _least(found: list[Route]) -> float:
    return min(one.cost for one in found)


def _is_soon_transformed(sums: Sums) -> bool:
    """Tell whether transforms, of two limbs, may take so little that nothing else repays a look."""
    return FFT.begun + 2 * FFT.times * cheapest(sums.geometry).seconds <= LEAST


def every(sums: Sums) -> list[Route]:
    """Return all licensed routes, those too that `candidates` does not look at."""
    if not sums.frame.products or sums.wide:
        return candidates(sums)
    within = [*passes(sums), *in_parts(sums), *along_axes(sums)]
    return [*within, *transformed(sums), *beyond(sums)]


def direct(frame: Frame) -> _Pass:
    """Return the pass that adds up floats, products as they are, in the least estimated time."""
    return _cheapest(ADDING, frame)


def _cheapest(kinds: list[_Pass], frame: Frame) -> _Pass:
    return min(kinds, key=lambda one: one.cost(frame))
