"""Large kernels through Fourier transforms: exact, where the error is proved to round away.

Cut the outputs into tiles. The inputs that a tile reads and the kernel become spectra, the spectra
are multiplied, and back from there every value is nearer to its integer than 7/16:

    out = round(irfft(Σ rfft(x) · conj(rfft(w)) / n)),   |error| <= error(lengths, terms)·‖x‖₂·‖w‖₂

The products wrap around the ends of a tile; the outputs kept are those that no wrapping reaches.
A stride s makes s kernels of every s-th tap, read from every s-th input, whose sums add up; a
dilation makes runs of every d-th output, in each of which the kernel is dense. Entries too long
for the bound are cut into balanced limbs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from symconv.engines.bounds import bound, peak_of
from symconv.engines.fourier.cuts import Cut, Tiling, limbs
from symconv.engines.fourier.roundoff import Transforms, transforms
from symconv.engines.fourier.tilings import choose, reads_input
from symconv.engines.memory import keep_memory
from symconv.engines.threads import spread
from symconv.engines.work import Work, frame_of, kernel_of, with_arrays, work_of
from symconv.exact import INT64_MAX, Array
from symconv.plan import Geometry

MAGIC = 1.5 * 2.0**52
"""Added to a float below 2^51 in size, it leaves the nearest integer in the last bits."""
MAGIC_BITS = int(np.float64(MAGIC).view(np.int64))
POINT = 16
"""Products that take as long as one point of a tile."""


class Task(NamedTuple):
    """Some tiles of one image and one group."""

    n: int
    group: int
    tiles: list[tuple[tuple[int, int], ...]]


def licence(geometry: Geometry, x: Array, w: Array, fill: int = 0) -> Tiling | None:
    """Return the tiling of least estimated cost that is proved exact for these numbers, if any.

    None also where an entry or a sum may leave int64, or numpy.fft is not the one whose bound is
    proved. x and w have the geometry's shapes; ``fill`` is what padding reads.
    """
    if object in (x.dtype, w.dtype) or transforms() is None:
        return None
    peak = max(peak_of(x), abs(fill))
    if bound(peak, w.reshape(geometry.maps, geometry.taps)) > INT64_MAX:
        return None
    return choose(geometry, peak, w)


def sums(geometry: Geometry, x: Array, w: Array, fill: int, tiling: Tiling) -> Array:
    """Return the sums of products (N, M, *O), int64, by a licensed tiling.

    Raises: RuntimeError when numpy.fft is no longer the one whose bound is proved.

    >>> from symconv.plan import geometry
    >>> plan, x, w = geometry(4, 2), np.array([1, 2, 3, 4]), np.array([5, 7])
    >>> sums(plan, x, w, 0, licence(plan, x, w))
    array([[[19, 31, 43]]])
    """
    work = work_for(geometry, x, w, fill, np.int64)
    out = np.empty(work.out_shape, dtype=np.int64)
    run(work, tiling, out)
    return out


def work_for(geometry: Geometry, x: Array, w: Array, fill: float, dtype: Any) -> Work:
    """Return the work as tilings expect it: its input not laid out where tiles read x itself."""
    if not reads_input(geometry):
        return work_of(geometry, x, w, fill, dtype)
    frame = frame_of(geometry)
    inputs = x.reshape(frame.batch, geometry.channels, *(axis.size for axis in geometry.axes))
    return with_arrays(frame, inputs, kernel_of(geometry, w))


def run(work: Work, tiling: Tiling, out: Array, found: Transforms | None = None) -> None:
    """Set out (N, M, *O) to the sums of *work*, as `work_for` gives it: int64, or float64 as it is.

    The caller vouches for the tiling's licence, for entries and sums within int64, and for
    transforms other than NumPy's own; for floats there is no licence, and they are of one limb.

    Raises: RuntimeError when numpy.fft is no longer the one whose bound is proved.
    """
    if not out.size:
        return
    if not work.taps or not work.depth:
        out[...] = 0
        return
    found = found or transforms()
    if found is None:
        message = "numpy.fft is not the one whose error is known"
        raise RuntimeError(message)
    keep_memory()
    places = list(itertools.product(*(one.tiles for one in tiling.cuts)))
    together = tiling.together(work.depth)
    tasks = [
        Task(n, group, places[first : first + together])
        for n, group in itertools.product(range(work.padded.shape[0]), range(work.groups))
        for first in range(0, len(places), together)
    ]
    if len(tasks) == len(tiling.cuts) == 1:
        _in_one_call(_Bench(work, tiling, found, out), tasks[0])
        return
    rows = _kernel_rows(work, tiling)
    taps = tuple(slice(0, one.taps) for one in tiling.cuts)
    kernels = _conjugates(work, tiling, _forward(rows, taps, found))

    def worker(taken: Iterator[Task]) -> None:
        bench = _Bench(work, tiling, found, out)
        for task in taken:
            bench.do(task, kernels)

    points = len(places) * work.padded.shape[0] * work.groups * math.prod(tiling.lengths)
    spread(worker, tasks, products=POINT * points if tiling.shared(work.depth) else 0)


def _in_one_call(bench: _Bench, task: Task) -> None:
    """Transform the kernel and all inputs of a single axis together: two go faster than one."""
    rows = _kernel_rows(bench.work, bench.tiling)
    parts, filled = bench.lay(task)
    spectra = _forward(np.concatenate([rows, *parts]), filled, bench.found)
    kernels = _conjugates(bench.work, bench.tiling, spectra[: len(rows)])
    inputs = spectra[len(rows) :].reshape(len(parts), -1, *spectra.shape[1:])
    bench.finish(task, inputs, kernels)


def _forward(
    values: Array, filled: tuple[slice, ...], found: Transforms, spectra: Array | None = None
) -> Array:
    """Return the spectra (tiles, channels, *F) of values (tiles, channels, *L).

    Only the *filled* parts of the axes before the last hold anything but zeros.
    """
    if spectra is None:
        spectra = np.empty((*values.shape[:-1], values.shape[-1] // 2 + 1), dtype=complex)
    lead, whole = (slice(None), slice(None)), slice(None)
    part = (*lead, *filled[:-1], whole)
    if values[part].shape != values.shape:
        spectra[...] = 0
    found.rfft(values[part], axis=-1, out=spectra[part])
    for axis in range(len(filled) - 2, -1, -1):
        place = (*lead, *filled[:axis], *(whole,) * (len(filled) - axis))
        found.fft(spectra[place], axis=axis + 2, out=spectra[place])
    return spectra


def _kernel_rows(work: Work, tiling: Tiling) -> Array:
    """Return the kernel over n, laid out: (limbs and M, channels and phases, *L)."""
    laid = np.zeros((tiling.w_limbs, *work.w.shape[:2], *tiling.phases, *tiling.lengths))
    every = [one.lattice // one.dilation for one in tiling.cuts]
    for limb, part in enumerate(limbs(work.w, tiling.bits, tiling.w_limbs)):
        for phases in np.ndindex(*tiling.phases):
            steps = [slice(p, None, step) for p, step in zip(phases, every, strict=True)]
            taps = part[(slice(None), slice(None), *steps)]
            place = [slice(0, size) for size in taps.shape[2:]]
            target = laid[limb][(slice(None), slice(None), *phases, *place)]
            np.divide(taps, math.prod(tiling.lengths), out=target)
    return laid.reshape(tiling.w_limbs * work.filters, -1, *tiling.lengths)


def _conjugates(work: Work, tiling: Tiling, spectra: Array) -> Array:
    """Return the conjugates of spectra of rows of a kernel: (limbs, M, channels and phases, *F)."""
    np.conjugate(spectra, out=spectra)
    return spectra.reshape(tiling.w_limbs, work.filters, *spectra.shape[1:])


class _Bench:
    """What one worker needs at hand: the transforms, and room to work in."""

    def __init__(self, work: Work, tiling: Tiling, found: Transforms, out: Array) -> None:
        self.work, self.tiling, self.found, self.out = work, tiling, found, out
        count, lengths = tiling.together(work.depth), tiling.lengths
        spectral = (*lengths[:-1], lengths[-1] // 2 + 1)
        channels = work.depth * math.prod(tiling.phases)
        laid = (count, work.depth, *tiling.phases, *lengths)
        self.inputs = np.empty(laid, dtype=np.float64 if tiling.x_limbs == 1 else np.int64)
        self.spectra = np.empty((tiling.x_limbs, count, channels, *spectral), dtype=complex)
        self.total = np.empty((count, *spectral), dtype=complex)
        self.product = np.empty_like(self.total)
        self.values = np.empty((count, *(one.kept for one in tiling.cuts[:-1]), lengths[-1]))
        offset = sum(MAGIC_BITS << (tiling.bits * place) for place in range(len(tiling.pairs)))
        self.offset = (offset + 2**63) % 2**64 - 2**63

    def do(self, task: Task, kernels: Array) -> None:
        """Set the outputs of some tiles."""
        parts, filled = self.lay(task)
        spectra = self.spectra[:, : len(task.tiles)]
        for part, spectrum in zip(parts, spectra, strict=True):
            _forward(part, filled, self.found, spectrum)
        self.finish(task, spectra, kernels)

    def lay(self, task: Task) -> tuple[list[Array], tuple[slice, ...]]:
        """Return each limb of the inputs of some tiles, and where they are not all zero."""
        inputs, tiling = self.inputs[: len(task.tiles)], self.tiling
        channels = self.work.padded[task.n, self.work.channels(task.group)]
        filled = [self._lay(*pair, channels) for pair in zip(inputs, task.tiles, strict=True)]
        merged = inputs.reshape(len(inputs), -1, *tiling.lengths)
        parts = limbs(merged, tiling.bits, tiling.x_limbs)
        floats = [part.astype(np.float64, copy=False) for part in parts]
        return floats, tuple(map(_hull, zip(*filled, strict=True)))

    def _lay(self, laid: Array, tile: tuple[tuple[int, int], ...], inputs: Array) -> list[slice]:
        """Lay out the inputs of one tile, zero elsewhere, and return where along each axis."""
        found = []
        for phases in np.ndindex(*self.tiling.phases):
            target = laid[(slice(None), *phases)]
            pairs = list(map(Cut.reads, self.tiling.cuts, tile, phases))
            place = [inside for _, inside in pairs]
            part = target[(slice(None), *place)]
            if part.shape != target.shape:
                target[...] = 0
            part[...] = inputs[(slice(None), *(seen for seen, _ in pairs))]
            found.append(place)
        return [_hull(slices) for slices in zip(*found, strict=True)]

    def finish(self, task: Task, spectra: Array, kernels: Array) -> None:
        """Set the outputs of some tiles from their spectra (limbs, tiles, channels, *F)."""
        whole = self.out.dtype == np.int64
        for member in range(*self.work.members(task.group).indices(self.work.filters)):
            sums = (self._sums if whole else self._floats)(spectra, kernels[:, member])
            for one, tile in zip(sums, task.tiles, strict=True):
                target = self.out[task.n, member][tuple(map(Cut.gives, self.tiling.cuts, tile))]
                kept = tuple(slice(0, size) for size in target.shape)
                np.subtract(one[kept], self.offset if whole else 0.0, out=target)

    def _floats(self, spectra: Array, kernels: Array) -> Array:
        """Return the outputs of one filter (tiles, *kept) as they come, of single limbs."""
        return self._back(spectra, kernels, [(0, 0)])

    def _sums(self, spectra: Array, kernels: Array) -> Array:
        """Return the outputs of one filter, and the offset, (tiles, *kept), modulo 2^64."""
        sums = None
        for place, pairs in enumerate(self.tiling.pairs):
            values = self._back(spectra, kernels, pairs)
            values += MAGIC
            rounded: Array = values.view(np.int64)
            if sums is not None:
                sums += rounded << (self.tiling.bits * place)
            else:
                sums = rounded.copy() if len(self.tiling.pairs) > 1 else rounded
        return np.asarray(sums)

    def _back(self, spectra: Array, kernels: Array, pairs: list[tuple[int, int]]) -> Array:
        """Return the values (tiles, *kept) whose spectrum is the products of some pairs."""
        count, cuts = spectra.shape[1], self.tiling.cuts
        spectrum, values = self.total[:count], self.values[:count]
        _multiply(spectra, kernels, pairs, spectrum, self.product[:count])
        for axis, one in enumerate(cuts[:-1], 1):
            self.found.ifft(spectrum, axis=axis, norm="forward", out=spectrum)
            spectrum = spectrum[(*(slice(None),) * axis, slice(0, one.kept))]
        self.found.irfft(spectrum, cuts[-1].length, axis=-1, norm="forward", out=values)
        return values


def _multiply(
    spectra: Array, kernels: Array, pairs: list[tuple[int, int]], total: Array, product: Array
) -> None:
    """Set the total to the sum over pairs of limbs, and over channels, of products of spectra."""
    target = total
    for (i, j), channel in itertools.product(pairs, range(kernels.shape[1])):
        np.multiply(spectra[i][:, channel], kernels[j, channel], out=target)
        if target is product:
            total += product
        target = product


def _hull(slices: tuple[slice, ...]) -> slice:
    """Return the slice that holds all of some slices."""
    return slice(min(one.start for one in slices), max(one.stop for one in slices))
