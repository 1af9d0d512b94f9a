"""Sums of floats: which way they are computed, and how far off each output can be.

Products added up in float64, in any order, are off by at most γₙ·Σ|x||w| for n of them. Fourier
transforms are taken where they are quicker and the worst of their bounds is little beyond that of
adding up entries of average size. Integers times a power of two have exact sums in int64 instead.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), section 3.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symconv.engines import choice, readings
from symconv.engines.choice import FFT, LEAST, TAPS
from symconv.engines.fourier import spectra
from symconv.engines.fourier.cuts import Tiling
from symconv.engines.fourier.roundoff import transforms
from symconv.engines.fourier.tilings import cheapest
from symconv.engines.fourier.unrounded import Transformed, filter_norms, units
from symconv.engines.memory import keep_memory
from symconv.engines.sums import Sums
from symconv.engines.work import frame_of
from symconv.exact import INT64_MAX, Array
from symconv.plan import Geometry

WORSE = 16
"""How many times the bound for adding up average entries that of a transform may be."""
LOOKED = 2e-5
"""Seconds to look at the entries of one tile (measured)."""
SAMPLE = 64
"""Entries that all have to be integers for the others to be looked at."""
DIGITS, HELD, BITS = 53, 2**53, 63
"""Bits of a float, the integers up to which it holds all, bits of products that are looked at."""
LOWEST, HIGHEST = -1074, 1024
"""The least power of two that is a float, and the least that is none."""
UNIT_ROUNDOFF = 2.0**-53


@dataclass(frozen=True)
class Added:
    """Sums (N, M, *O) of products of floats that are added up; padding reads *fill*."""

    geometry: Geometry
    x: Array
    w: Array
    fill: float = 0.0

    @property
    def units(self) -> int:
        """The n of the bound: products of one output, at most."""
        return self.geometry.taps

    def sums(self) -> Array:
        """Return the sums, every partial sum rounded to float64."""
        frame = frame_of(self.geometry)
        if not frame.products:
            return np.zeros(frame.out_shape)
        keep_memory()
        return choice.direct(frame).sums(self.geometry, self.x, self.w, self.fill, np.float64)

    def sizes(self) -> Array:
        """Return what γₙ multiplies in the bound on the error of each output: Σ|x||w|."""
        return Added(self.geometry, np.abs(self.x), np.abs(self.w), abs(self.fill)).sums()


@dataclass(frozen=True)
class Whole:
    """Sums of floats that are integers times a power of two, by their exact sums in int64."""

    exact: Sums
    power: int

    @property
    def units(self) -> int:
        """The n of the bound: the sums are rounded once, where a float may not hold them."""
        return int(self.exact.bound > HELD)

    def sums(self) -> Array:
        """Return the sums, each rounded to the nearest float."""
        return np.ldexp(choice.best(self.exact).astype(np.float64), self.power)

    def sizes(self) -> Array:
        """Return what γₙ multiplies in the bound on the error of each sum: Σ|x||w|."""
        given = self.exact
        x, w = np.abs(given.x), np.abs(given.w)
        return Whole(Sums(given.geometry, x, w, abs(given.fill)), self.power).sums()


@dataclass(frozen=True)
class Scattered:
    """Sums (N, C, *S) of the outputs and taps that read each input of a geometry."""

    geometry: Geometry
    x: Array
    w: Array

    @property
    def units(self) -> int:
        """The n of the bound: products of one sum, at most."""
        plan = self.geometry
        return plan.taps // max(1, plan.depth) * (plan.maps // plan.groups)

    def sums(self) -> Array:
        """Return the sums, every partial sum rounded to float64."""
        return readings.scattered(self.geometry, self.x, self.w)

    def sizes(self) -> Array:
        """Return what γₙ multiplies in the bound on the error of each sum: Σ|x||w|."""
        return Scattered(self.geometry, np.abs(self.x), np.abs(self.w)).sums()


Way = Added | Whole | Transformed | Scattered


def quickest(added: Added) -> Way:
    """Return how sums are computed: as they are given, or through transforms, if that is quicker.

    >>> from symconv.plan import geometry
    >>> type(quickest(Added(geometry(4, 2), np.ones(4), np.ones(2)))).__name__
    'Added'
    """
    frame = frame_of(added.geometry)
    if not frame.products or frame.taps <= TAPS or transforms() is None:
        return added
    cost = choice.direct(frame).cost(frame)
    if cost <= max(LEAST, choice.swept(frame, added.x, added.w)):
        return added
    tiling = cheapest(added.geometry)
    tiles = math.prod(len(one.tiles) for one in tiling.cuts) * frame.batch * frame.groups
    if FFT.begun + FFT.times * tiling.seconds + LOOKED * tiles >= cost:
        return added
    whole = _whole(added)
    if whole is not None:
        return whole if choice.candidates(whole.exact)[0].cost < cost else added
    return _transformed(added, tiling) or added


def _whole(added: Added) -> Whole | None:
    """Return the sums by integers, if all floats are such times a power of two, and int64 fits."""
    padded = any(
        a.boundary == "constant" and max(a.before, a.after) > 0 for a in added.geometry.axes
    )
    sides = np.array([added.fill if padded else 0.0]), added.x, added.w
    few = [side.flat[:SAMPLE] for side in sides]  # most floats are told by few to be none
    if _bits(*few) > BITS or _bits(*sides) > BITS:
        return None
    x_power, w_power = min(map(_power, sides[:2])), _power(added.w)
    fill, x = (np.ldexp(side, -x_power).astype(np.int64) for side in sides[:2])
    w = np.ldexp(added.w, -w_power).astype(np.int64)
    exact, power = Sums(added.geometry, x, w, int(fill[0])), x_power + w_power
    held = LOWEST <= power <= HIGHEST - exact.bound.bit_length()
    return Whole(exact, power) if held and exact.bound <= INT64_MAX else None


def _bits(fill: Array, x: Array, w: Array) -> int:
    """Return the bits of the largest product as a multiple of the least powers of two."""
    tops = [math.frexp(float(np.abs(side).max(initial=0.0)))[1] for side in (fill, x, w)]
    return max(tops[:2]) - min(_power(fill), _power(x)) + tops[2] - _power(w)


def _power(values: Array) -> int:
    """Return the exponent of a power of two that divides all floats, of a few the largest."""
    if values.size > SAMPLE:
        power = _power(values.flat[:SAMPLE])
        with np.errstate(over="ignore"):
            scaled = np.ldexp(values, -power)
        return power if (scaled == np.rint(scaled)).all() else _divisor(values)
    return _divisor(values)


def _divisor(values: Array) -> int:
    """Return the exponent of the largest power of two that divides all floats."""
    parts, exponents = np.frexp(values[values != 0])
    whole = np.ldexp(parts, DIGITS).astype(np.int64)
    lowest = np.frexp((whole & -whole).astype(np.float64))[1] - 1
    return int((exponents - DIGITS + lowest).min(initial=HIGHEST))


def _transformed(added: Added, tiling: Tiling) -> Transformed | None:
    """Return the sums through transforms, if these lose little."""
    even = math.sqrt(math.prod(tiling.lengths) * added.geometry.depth)
    if not _is_near(added, tiling, even):
        return None
    work = spectra.work_for(added.geometry, added.x, added.w, added.fill, np.float64)
    found = Transformed(work, tiling)
    return found if found.proved and _is_near(added, tiling, found.spread) else None


def _is_near(added: Added, tiling: Tiling, spread: float) -> bool:
    """Tell whether no filter's worst bound is far beyond that of adding up average entries.

    ``spread`` is the largest norm of what a tile reads, over the size of an average entry.
    """
    w = np.abs(added.w).reshape(added.geometry.maps, -1)
    sums = w.sum(axis=1)
    with np.errstate(over="ignore"):
        worst = gamma(units(tiling, added.geometry.depth)) * spread * filter_norms(w)
    return bool((worst <= WORSE * gamma(added.units) * sums)[sums > 0].all())


def gamma(n: int) -> float:
    """Return γₙ = n·u/(1 − n·u), u = 2⁻⁵³."""
    return n * UNIT_ROUNDOFF / (1 - n * UNIT_ROUNDOFF)
