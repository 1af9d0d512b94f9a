"""Sums of floats through Fourier transforms: how far off each output of a tile can be.

    |computed − exact| <= γₙ·‖x‖₂·‖w‖₂,   γₙ = n·u/(1 − n·u),   u = 2⁻⁵³

with ‖x‖₂ the norm of all that the output's tile reads, ‖w‖₂ that of its filter, and n what
docs/fft.md counts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symconv.engines.fourier import spectra
from symconv.engines.fourier.cuts import Cut, Tiling
from symconv.engines.fourier.roundoff import LONGEST, total
from symconv.engines.work import Work
from symconv.exact import Array

LARGEST, LEAST = 2.0**100, 2.0**-480
"""The largest norm for which the bound is proved, and what the squares of smaller ones may lose."""
SMALL = 2.0**-600
"""The least product of norms: γₙ times as much is more than all that underflows."""
ROUNDED = 1 + 2.0**-10
"""How much less than a norm of at most 2⁴⁰ entries its computed value is at most."""
DOUBLE = 1 + 2.0**-9
"""The roundoff that docs/fft.md counts in, in units of u: results may be rounded twice."""


@dataclass(frozen=True)
class Transformed:
    """The sums of a work of floats through a tiling of one limb."""

    work: Work
    tiling: Tiling

    def sums(self) -> Array:
        """Return the sums (N, M, *O)."""
        out = np.empty(self.work.out_shape)
        spectra.run(self.work, self.tiling, out)
        return out

    @property
    def proved(self) -> bool:
        """Whether the bound is proved for such lengths and entries, and not of what underflows."""
        x, w = self.norms.max(), self.filters.max()
        return bool(max(x, w) <= LARGEST and x * w >= SMALL) and (
            math.prod(self.tiling.lengths) <= LONGEST
        )

    @property
    def spread(self) -> float:
        """The largest norm of what a tile reads, over the mean of |x| over all that tiles read."""
        _, sizes, counts = self._measured.sum(axis=0)
        return float(self.norms.max() * counts / sizes) if sizes else math.inf

    @property
    def units(self) -> int:
        """The n of the bound."""
        return units(self.tiling, self.work.depth)

    @cached_property
    def filters(self) -> Array:
        """‖w‖₂ of every filter, or a little more."""
        return filter_norms(self.work.w.reshape(self.work.filters, -1))

    @cached_property
    def norms(self) -> Array:
        """‖x‖₂ of what every tile reads, or a little more, in the order of `_tiles`."""
        return _norms(self._measured[:, 0])

    def sizes(self) -> Array:
        """Return what γₙ multiplies in the bound, (N, M, *O)."""
        found = np.empty(self.work.out_shape)
        for (n, group, tile), norm in zip(self._tiles(), self.norms, strict=True):
            place = tuple(map(Cut.gives, self.tiling.cuts, tile))
            for member in range(self.work.filters)[self.work.members(group)]:
                found[n, member][place] = max(SMALL, norm * self.filters[member])
        return found

    def _tiles(self) -> Iterator[tuple[int, int, tuple[tuple[int, int], ...]]]:
        """Yield the image, the group, and along each axis the run and start of every tile."""
        places = itertools.product(*(one.tiles for one in self.tiling.cuts))
        yield from itertools.product(range(self.work.batch), range(self.work.groups), places)

    @cached_property
    def _measured(self) -> Array:
        """Σx², Σ|x| and how many entries there are, of what every tile reads."""
        return np.array(list(itertools.starmap(self._measure, self._tiles())))

    def _measure(self, n: int, group: int, tile: tuple[tuple[int, int], ...]) -> Array:
        channels = self.work.padded[n, self.work.channels(group)]
        found = np.zeros(3)
        for phases in np.ndindex(*self.tiling.phases):
            seen = (inputs for inputs, _ in map(Cut.reads, self.tiling.cuts, tile, phases))
            part = channels[(slice(None), *seen)].ravel()
            with np.errstate(over="ignore"):
                found += np.array([np.einsum("i,i", part, part), np.abs(part).sum(), part.size])
        return found


def units(tiling: Tiling, depth: int) -> int:
    """Return the n of the bound, for so many channels."""
    return math.ceil(total(tiling.lengths, depth * math.prod(tiling.phases)) * DOUBLE)


def filter_norms(w: Array) -> Array:
    """Return the norms of filters (M, T), or a little more."""
    return _norms(np.einsum("mt,mt->m", w, w))


def _norms(squares: Array) -> Array:
    found: Array = np.maximum(LEAST, np.sqrt(squares) * ROUNDED)
    return found
