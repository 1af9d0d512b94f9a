"""Sums of floats: which way they are computed, and how far off each output can be.

Products added up in float64, in any order, are off by at most γₙ·Σ|x||w| for n of them. Fourier
transforms are taken where they are quicker and the worst of their bounds is little beyond that of
adding up entries of average size. Integers give exact sums either way, where floats hold these.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), section 3.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symconv.engines import choice, readings
from symconv.engines.choice import FFT, LEAST, SWEPT, TAPS
from symconv.engines.fourier import spectra
from symconv.engines.fourier.cuts import Tiling
from symconv.engines.fourier.roundoff import transforms
from symconv.engines.fourier.tilings import cheapest
from symconv.engines.fourier.unrounded import Transformed, units
from symconv.engines.memory import keep_memory
from symconv.engines.work import frame_of
from symconv.exact import Array
from symconv.plan import Geometry

WORSE = 16
"""How many times the bound for adding up average entries that of a transform may be."""
SAMPLE = 64
"""Entries that all have to be integers for the others to be looked at."""
HELD = 2**53
"""Up to which a float holds every integer."""
UNIT = 2.0**-53


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
        sizes = Added(self.geometry, np.abs(self.x), np.abs(self.w), abs(self.fill))
        return sizes.sums()


@dataclass(frozen=True)
class Whole:
    """Sums of floats that are integers, and all sums integers that a float holds."""

    exact: choice.Sums
    units: int = 0

    def sums(self) -> Array:
        """Return the sums, exact."""
        return choice.best(self.exact).astype(np.float64)

    def sizes(self) -> Array:
        """Return Σ|x||w|, exact."""
        given = self.exact
        x, w = np.abs(given.x), np.abs(given.w)
        return Whole(choice.Sums(given.geometry, x, w, abs(given.fill))).sums()


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
    tiling = _quicker(added)
    if tiling is None:
        return added
    whole = _whole(added)
    if whole is not None:
        return whole
    if not _is_near(added, tiling, math.sqrt(math.prod(tiling.lengths) * added.geometry.depth)):
        return added
    work = spectra.work_for(added.geometry, added.x, added.w, added.fill, np.float64)
    found = Transformed(work, tiling)
    return found if found.proved and _is_near(added, tiling, found.spread) else added


def _whole(added: Added) -> Whole | None:
    """Return the exact sums of integers, if that is what all floats and all sums are."""
    if not (_are_integers(added.x) and _are_integers(added.w) and added.fill.is_integer()):
        return None
    x, w = added.x.astype(np.int64), added.w.astype(np.int64)
    exact = choice.Sums(added.geometry, x, w, int(added.fill))
    return Whole(exact) if exact.bound <= HELD else None


def _quicker(added: Added) -> Tiling | None:
    """Return the tiling that takes less time than adding up, if there is one."""
    frame = frame_of(added.geometry)
    if not frame.products or frame.taps <= TAPS or transforms() is None:
        return None
    cost = choice.direct(frame).cost(frame)
    if cost <= max(LEAST, SWEPT * (added.x.size + frame.outputs)):
        return None
    found = cheapest(added.geometry)
    return found if FFT.begun + FFT.times * found.seconds < cost else None


def _is_near(added: Added, tiling: Tiling, spread: float) -> bool:
    """Tell whether the worst bound is not far beyond the one of adding up average entries.

    ``spread`` is the largest norm of what a tile reads, over the size of an average entry.
    """
    w = np.abs(added.w).reshape(added.geometry.maps, -1)
    with np.errstate(over="ignore"):
        norm = np.linalg.norm(w, axis=1).max()
    worst = gamma(units(tiling, added.geometry.depth)) * spread * norm
    return bool(worst <= WORSE * gamma(added.units) * w.sum(axis=1).max())


def _are_integers(values: Array) -> bool:
    """Tell whether all floats are integers of at most 2⁵³."""
    few = values.reshape(-1)[:SAMPLE]
    whole = bool((few == np.rint(few)).all() and (values == np.rint(values)).all())
    return whole and bool(np.abs(values).max(initial=0.0) <= HELD)


def gamma(n: int) -> float:
    """Return γₙ = n·u/(1 − n·u), u = 2⁻⁵³."""
    return n * UNIT / (1 - n * UNIT)
