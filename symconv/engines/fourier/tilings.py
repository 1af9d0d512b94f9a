"""Which tiles for a convolution through Fourier transforms: lengths, limbs, and estimated cost.

A tile as large as a few kernels wastes little on its edges, fits in the cache, and holds so few
entries that the bound on the error leaves room for long ones. Of all tilings under the licence the
one of least estimated cost is taken.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache, partial, reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symconv.engines.bounds import peak_of
from symconv.engines.costs import SHARED
from symconv.engines.fourier.cuts import HELD, TOGETHER, UNSHARED, Cut, Tiling, cut, limbs
from symconv.engines.fourier.roundoff import PRODUCT, SAFE, longer, radices, room, units
from symconv.engines.threads import cores
from symconv.engines.work import Frame, frame_of
from symconv.exact import Array
from symconv.plan import Geometry

MOST_LIMBS = 4
"""Limbs of x and of w; no more are tried."""
COUNTS = sorted(itertools.product(range(1, MOST_LIMBS + 1), repeat=2), key=sum)
"""Pairs of those, the fewest first."""
GROWTH = 1.3
"""From one length that is tried to the next."""
SHORTEST = 16
"""The shortest length that is tried, but for a single tile."""
LARGEST = 2**28
"""Bytes of spectra of the kernel beyond which a tiling is not taken."""
WEIGHTS = {2: 1.0, 4: 2.0, 3: 2.0, 5: 3.0}
"""What a pass of each radix costs a point."""
WEIGHT, POINT, BEGUN = 7e-11, 1.2e-9, 8e-9
"""Seconds of a transform along an axis for each of these, for each point, and to begin (measured).

Short transforms and long ones take about as long a point: most of it goes to fetching and storing.
"""
CACHED = 17
"""The power of two of points beyond which a transform along several axes leaves the cache."""
FAR = 0.25
"""What each power of two beyond costs, in shares of the time within."""
ALONE = 0.6
"""What a single transform along a single axis costs more than each of two, in shares."""
LAY = 6e-10
"""Seconds to lay out, to cut off a limb, or to round and store, for each point."""
MULTIPLY = 4e-10
"""Seconds to multiply spectra and to add them up, for each point."""
CALL = 3e-6
"""Seconds for a call of NumPy."""
FIXED = 5e-5
"""Seconds to begin."""


class Split(NamedTuple):
    """How entries are cut: the bits of a limb, and how many limbs entries of x and of w have."""

    bits: int = 0
    x_limbs: int = 1
    w_limbs: int = 1

    def within(self, other: Split) -> bool:
        """Tell whether the other takes at least as much work with any tiling."""
        return self.x_limbs <= other.x_limbs and self.w_limbs <= other.w_limbs


class _Choices(NamedTuple):
    """All cuts of each axis, and for every combination of them one number in each array."""

    cuts: list[list[Cut]]
    points: NDArray[np.float64]
    """Points of one transform."""
    work: NDArray[np.float64]
    """Seconds of one."""
    tiles: NDArray[np.float64]
    """Tiles of one image."""
    units: NDArray[np.float64]
    """Units of roundoff, but for the terms."""
    entries: NDArray[np.float64]
    """Entries of one channel of x, phases and all, that a tile can hold."""


class _Ranked:
    """The tilings that there are for one split, those of least estimated cost first."""

    def __init__(self, geometry: Geometry, split: Split) -> None:
        self.frame, self.choices, self.split = frame_of(geometry), _choices(geometry), split
        phases = math.prod(cuts[0].phases for cuts in self.choices.cuts)
        self.terms = self.frame.depth * phases * min(split.x_limbs, split.w_limbs)

    @cached_property
    def errors(self) -> NDArray[np.float64]:
        """The error of each, by place, where squares add up to 1, as far as floats can tell."""
        norms = np.sqrt(self.choices.entries * self.frame.depth)
        found: NDArray[np.float64] = (self.choices.units + self.terms) * 2.0**-53 * norms
        return found

    @cached_property
    def least_error(self) -> float:
        """The least of the errors."""
        return float(self.errors.min())

    @cached_property
    def seconds(self) -> NDArray[np.float64]:
        """The estimated seconds of each, by place; infinite where spectra are vast."""
        spectra = 8 * self.choices.points * self.split.w_limbs * self.frame.filters * self.terms
        cost = _seconds(self.frame, self.choices, self.split)
        return np.where(spectra <= LARGEST, cost, math.inf)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """The places by ascending seconds."""
        return np.argsort(self.seconds, kind="stable")

    @cached_property
    def cheapest(self) -> Tiling:
        """The tiling of least estimated cost."""
        return self._tiling(int(self.order[0]))

    def within(self, error: float, square: int) -> Iterator[Tiling]:
        """Yield the tilings of at most such an error where squares add up to *square*."""
        fits = self.errors * math.sqrt(square) <= error
        for place in self.order[fits[self.order]].tolist():
            yield self._tiling(place)

    def _tiling(self, place: int) -> Tiling:
        choices, seconds = self.choices, float(self.seconds[place])
        numbers = np.unravel_index(place, [len(cuts) for cuts in choices.cuts])
        cuts = tuple(cuts[int(n)] for cuts, n in zip(choices.cuts, numbers, strict=True))
        lengths, entries = tuple(one.length for one in cuts), int(choices.entries[place])
        most = room(lengths, self.terms) // max(1, self.frame.depth * entries)
        return Tiling(cuts, *self.split, seconds, most if math.isfinite(seconds) else -1)


@lru_cache(maxsize=1024)
def _ranked(geometry: Geometry, split: Split) -> _Ranked:
    return _Ranked(geometry, split)


def choose(
    geometry: Geometry, peak: int, w: Array, *, slack: int = 1, below: float = math.inf
) -> Tiling | None:
    """Return the licensed tiling of least estimated cost, if there is one *below* so many seconds.

    ``peak``: the largest size of any entry of x and of the padding; w: int64. With ``slack`` the
    error is taken to be so many times less than what is proved: then the result needs a check.

    >>> from symconv.plan import geometry
    >>> found = choose(geometry((1024, 1024), (31, 31)), 127, np.full((31, 31), 127))
    >>> found.x_limbs, found.w_limbs
    (1, 1)
    """
    geometry = _unread(geometry)
    frame = frame_of(geometry)
    if not frame.outputs or not frame.taps or not frame.depth:
        return None
    first = _ranked(geometry, Split()).cheapest
    if first.seconds >= below:
        return None
    w_square = cache(partial(_w_square, w.reshape(frame.filters, -1)))
    square = peak**2 * w_square(Split())
    if square <= slack**2 * first.room:
        return _with_error(first, square)
    largest, least, found = peak_of(w), below, None
    floors: list[tuple[Split, float]] = []
    for split in _splits(peak.bit_length(), largest.bit_length()):
        if any(one.within(split) and floor >= least for one, floor in floors):
            continue
        ranked, x_square = _ranked(geometry, split), _x_square(peak, split)
        top = largest >> split.bits * (split.w_limbs - 1)
        if ranked.least_error * math.sqrt(x_square * top**2) > slack * float(SAFE):
            continue
        floors.append((split, ranked.cheapest.seconds))
        if ranked.cheapest.seconds < least:
            square = x_square * w_square(split)
            best = _licensed(ranked, square, slack)
            if best is not None and best.seconds < least:
                least, found = best.seconds, _with_error(best, square)
    return found


def _licensed(ranked: _Ranked, square: int, slack: int) -> Tiling | None:
    """Return the first tiling whose error is proved for squares that add up to *square*."""
    likely = ranked.within(slack * float(SAFE), square)
    return next((one for one in likely if square <= slack**2 * one.room), None)


def least_seconds(geometry: Geometry, largest: int) -> float:
    """Return the estimated time for entries of x and w up to *largest*; infinite without a licence.

    Only a single limb is looked at.
    """
    first = cheapest(geometry)
    square = largest**4 * frame_of(geometry).taps * geometry.depth
    return first.seconds if square <= first.room else math.inf


def cheapest(geometry: Geometry) -> Tiling:
    """Return the tiling of least estimated cost where no bound is asked for."""
    return _ranked(_unread(geometry), Split()).cheapest


def _unread(geometry: Geometry) -> Geometry:
    """Return a geometry of axes that nobody read: caches keep keys, and read axes their tables."""
    return replace(geometry, axes=tuple(map(replace, geometry.axes)))


def _with_error(tiling: Tiling, square: int) -> Tiling:
    return replace(tiling, error=1.001 * float(SAFE) * math.sqrt(square / max(1, tiling.room)))


@lru_cache(maxsize=1024)
def _splits(x_bits: int, w_bits: int) -> tuple[Split, ...]:
    """Return the ways to cut entries of x and w of so many bits, the fewest limbs first."""
    found = []
    for x_limbs, w_limbs in COUNTS:
        bits = ((x_bits, x_limbs), (w_bits, w_limbs))
        needed = [-(-(most + 1) // limbs) for most, limbs in bits if limbs > 1]
        most = max(needed, default=0)
        if not needed or (min(needed) > 1 and most * (x_limbs + w_limbs - 2) < 64):
            found.append(Split(most, x_limbs, w_limbs))
    return tuple(found)


def _x_square(peak: int, split: Split) -> int:
    """Return what the squares of the limbs of one entry of x add up to at most."""
    square = 0
    for _ in range(split.x_limbs - 1):
        square += 4 ** (split.bits - 1)
        peak = (peak >> split.bits) + 1
    return square + peak**2


def _w_square(w: Array, split: Split) -> int:
    """Return what the squares of all limbs of one filter (M, T) add up to at most.

    Squares and sums are rounded to float64, by less than 2^-20 of the sum for up to 2^30 entries.
    """
    parts = [limb.astype(np.float64) for limb in limbs(w, split.bits, split.w_limbs)]
    square = int(sum(np.einsum("mt,mt->m", part, part) for part in parts).max(initial=0.0))
    return square + (square >> 20) + 1


def _seconds(frame: Frame, choices: _Choices, split: Split) -> Any:
    """Estimate the time of every tiling."""
    points, rank = choices.points, len(choices.cuts)
    channels = frame.depth * math.prod(cuts[0].phases for cuts in choices.cuts)
    places = split.x_limbs + split.w_limbs - 1
    products = split.x_limbs * split.w_limbs * channels
    room = min(TOGETHER, HELD // channels)
    together = np.maximum(2 if rank == 1 else 1, room // points)
    one = choices.work * (1 + ALONE * (rank * channels * np.minimum(together, choices.tiles) < 2))
    lay = channels * (LAY * points + split.x_limbs * (one + (split.x_limbs > 1) * LAY * points))
    filter_ = products * MULTIPLY * points + places * (one + LAY * points)
    calls = split.x_limbs * rank + frame.size * (2 * products + places * (rank + 4))
    shared = calls / np.minimum(together, choices.tiles)
    each = lay + frame.size * filter_ + CALL * (shared + channels + frame.size)
    tasks = frame.batch * frame.groups * np.ceil(choices.tiles / together)
    held = frame.depth * points * np.minimum(together, choices.tiles)
    workers = np.where(held > UNSHARED, np.minimum(cores(), tasks), 1)
    turns = np.ceil(tasks / workers) * np.minimum(together, choices.tiles)
    kernel = split.w_limbs * frame.filters * channels * (one + LAY * points)
    return FIXED + kernel + turns * each + SHARED * (workers > 1)


@lru_cache(maxsize=256)
def _choices(geometry: Geometry) -> _Choices:
    cuts = _all_cuts(geometry)
    points = _over(cuts, lambda one: one.length, np.multiply)
    beyond = np.maximum(0, np.log2(points) - CACHED) * (len(cuts) > 1)
    passes = [[units(one.length, real=row is cuts[-1]) for one in row] for row in cuts]
    return _Choices(
        cuts,
        points,
        points * _over(cuts, lambda one: _point(one.length), np.add) * (1 + FAR * beyond),
        _over(cuts, lambda one: one.runs * -(-one.longest // one.kept), np.multiply),
        3 * _outer(passes, np.add) + PRODUCT,
        _over(cuts, lambda one: min(one.phases * one.length, one.size), np.multiply),
    )


def _over(cuts: list[list[Cut]], of: Callable[[Cut], float], join: np.ufunc) -> Any:
    return _outer([[of(one) for one in row] for row in cuts], join)


def _outer(rows: Sequence[Sequence[float]], join: np.ufunc) -> Any:
    """Return a number for every combination of one of each row, in row-major order."""
    return reduce(join.outer, [np.array(row, dtype=float) for row in rows]).ravel()


@cache
def weight(length: int) -> float:
    """Return what a point costs in a transform along an axis: a power of two costs its exponent.

    >>> weight(1024), weight(1080)
    (10.0, 12.0)
    """
    return sum(WEIGHTS[radix] for radix in radices(length, real=True))


def _point(length: int) -> float:
    """Return the seconds of a point in a transform along an axis."""
    return POINT + WEIGHT * weight(length) + BEGUN / length


def _all_cuts(geometry: Geometry) -> list[list[Cut]]:
    """Return the cuts of every axis that are tried: from tiles of two kernels to a single tile."""
    lines, plain = frame_of(geometry).lines, reads_input(geometry)
    growth = GROWTH ** max(1, len(lines) - 1)
    found = []
    for line, axis in zip(lines, geometry.axes, strict=True):
        base = cut(line, axis.before, axis.size) if plain else cut(line, 0, axis.padded)
        wrap = min(axis.before, axis.after, line.taps - 1) if plain and base.lattice == 1 else 0
        found.append(_cuts(base, max(0, wrap), growth))
    return found


def _cuts(base: Cut, wrap: int, growth: float) -> list[Cut]:
    last = base.taps - 1
    single = _good(max(base.taps, base.longest + last - wrap))
    found = {single: base._replace(length=single, wrap=wrap)}
    size = float(max(2 * base.taps, SHORTEST))
    while size < single:
        count = math.ceil(base.longest / (size - last))
        length = _good(-(-base.longest // count) + last)
        if length < single:
            found[length] = base._replace(length=length)
        size *= growth
    return list(found.values())


def _good(least: int) -> int:
    """Return the length of least cost that is not less than *least*."""
    lengths = [longer(max(1, least))]
    while lengths[-1] < least * 1.15:
        lengths.append(longer(lengths[-1] + 1))
    return min(lengths, key=lambda length: length * (weight(length) + 2))


def reads_input(geometry: Geometry) -> bool:
    """Tell whether tiles read x itself, as everything around it is zero.

    >>> from symconv.plan import geometry
    >>> reads_input(geometry(9, 3, padding=2)), reads_input(geometry(9, 3, boundary="wrap"))
    (True, False)
    """
    zero = geometry.fill == 0
    return all(
        axis.lhs == 1 and (axis.boundary == "zero" or (axis.boundary == "constant" and zero))
        for axis in geometry.axes
    )
