"""Answers that no bound licenses, checked by other means: right, or so unlikely wrong as asked.

A claimed output is compared with the sums at random points modulo random primes, without computing
the sums:

    Σ r_o·out_o = Σ_t w_t · (Σ_o r_o·x[s·o + d·t]),   r_o = σ^(s·o)

The brackets are differences of running sums, so a check takes a few passes over x and the output,
however large the kernel is. docs/fft.md derives the probability that a wrong output passes.

Source: Schwartz, Fast probabilistic algorithms for verification of polynomial identities (1980).
"""

from __future__ import annotations

import math
import secrets
from functools import partial

import numpy as np

from symconv.engines.bounds import bound, peak_of
from symconv.engines.fourier import spectra
from symconv.engines.fourier.roundoff import NAMES, Transforms
from symconv.engines.fourier.tilings import choose
from symconv.engines.work import Line, Work, work_of
from symconv.exact import INT64_MAX, Array
from symconv.plan import Geometry

LEAST = 2**30
"""Primes are drawn from LEAST to 2·LEAST, so that products of residues fit in int64."""
PRIMES = 50_697_537
"""How many there are."""
SLACK = 64
"""How many times less than its bound an error is hoped to be; those met are less still."""
WITNESSES = (2, 3, 5, 7)
"""Bases for which only primes pass the test of Miller and Rabin, below 3.2·10⁹ (Jaeschke 1993)."""


def sums(geometry: Geometry, x: Array, w: Array, fill: int, failure: float) -> Array | None:
    """Return the sums (N, M, *O), int64, wrong with a probability of at most *failure*, or None.

    Through NumPy's transforms, whoever defined them, where their bound need not license it; None
    where the output was found wrong, or there is no hope that it would be right.

    >>> from symconv.plan import geometry
    >>> sums(geometry(4, 2), np.array([1, 2, 3, 4]), np.array([5, 7]), 0, 2.0**-60)
    array([[[19, 31, 43]]])
    """
    peak = max(peak_of(x), abs(fill))
    if object in (x.dtype, w.dtype) or (
        bound(peak, w.reshape(geometry.maps, geometry.taps)) > INT64_MAX
    ):
        return None
    tiling = choose(geometry, peak, w, slack=SLACK)
    if tiling is None:
        return None
    work = work_of(geometry, x, w, fill, np.int64)
    out = np.empty(work.out_shape, dtype=np.int64)
    found = Transforms(*(getattr(np.fft, name) for name in NAMES))
    spectra.run(spectra.work_for(geometry, x, w, fill, np.int64), tiling, out, found)
    return out if agrees(work, out, failure) else None


def agrees(work: Work, out: Array, failure: float) -> bool:
    """Tell whether out (N, M, *O) is the sums of *work*; a wrong yes comes with at most *failure*.

    Raises: ValueError when *failure* is not between 0 and 1.

    >>> from symconv.plan import geometry
    >>> work = work_of(geometry(3, 2), np.array([1, 2, 3]), np.array([5, 7]), 0, np.int64)
    >>> agrees(work, np.array([[[19, 31]]]), 2.0**-60)
    True
    >>> agrees(work, np.array([[[19, 32]]]), 2.0**-60)
    False
    """
    return all(_agrees_once(work, out) for _ in range(_trials(work, out, failure)))


def _trials(work: Work, out: Array, failure: float) -> int:
    """Return how many trials bring the probability of a wrong yes down to *failure*.

    A prime divides a wrong cell's error, of so many bits, with probability at most
    (bits/30)/PRIMES; if none does, a trial's polynomial vanishes at a random point with probability
    at most degree/LEAST.
    """
    if not 0 < failure < 1:
        message = f"failure={failure} is no probability between 0 and 1"
        raise ValueError(message)
    largest = max(bound(peak_of(work.padded), work.w.reshape(work.filters, -1)), peak_of(out))
    bits = largest.bit_length() + 1
    degree = 2 + sum(line.step * line.out for line in work.lines)
    once = bits / 30 / PRIMES + degree / LEAST
    if once >= 0.5:
        message = "the axes are too long for this check"
        raise ValueError(message)
    return math.ceil(math.log(failure) / math.log(once))


def _agrees_once(work: Work, out: Array) -> bool:
    prime = _random_prime()
    points = [1 + secrets.randbelow(prime - 1) for _ in work.lines]
    images, filters = (_random(count, prime) for count in out.shape[:2])
    seen = _combined(images, work.padded, prime)
    maps = _residues(np.multiply.outer(images, filters).ravel(), prime)
    left = _combined(maps, out.reshape(-1, *out.shape[2:]), prime)
    for axis, (line, point) in enumerate(zip(work.lines, points, strict=True)):
        seen = _windows(seen, axis + 1, line, point, prime)
        left = _combined(_powers(pow(point, line.step, prime), line.out, prime), left, prime)
    grouped = work.w.reshape(work.groups, work.size, -1)
    kernels = map(partial(_combined, prime=prime), filters.reshape(work.groups, -1), grouped)
    products = _residues(np.concatenate(list(kernels)) * seen.ravel(), prime)
    return int(left) == int(products.sum()) % prime


def _random(count: int, prime: int) -> Array:
    """Return random residues; 1 where a single one would only scale both sides."""
    if count == 1:
        return np.ones(1, dtype=np.int64)
    return np.array([secrets.randbelow(prime) for _ in range(count)], dtype=np.int64)


def _residues(values: Array, prime: int) -> Array:
    """Return values modulo a prime: division by a scalar is many times faster than a remainder."""
    multiples = np.asarray(values // prime)
    multiples *= prime
    found: Array = np.subtract(values, multiples, out=multiples)
    return found


def _combined(weights: Array, values: Array, prime: int) -> Array:
    """Return the sum of weights times values along the first axis, modulo a prime."""
    residues = _residues(values, prime)
    if weights.tolist() == [1]:
        return np.asarray(residues[0])
    residues *= weights.reshape(-1, *(1,) * (values.ndim - 1))
    return _residues(_residues(residues, prime).sum(axis=0), prime)


def _powers(base: int, count: int, prime: int) -> Array:
    """Return base^i for i below count, modulo a prime."""
    found = np.ones(max(1, count), dtype=np.int64)
    known = 1
    while known < count:
        step = pow(base, known, prime)
        part = found[: min(known, count - known)]
        found[known : 2 * known] = _residues(part * step, prime)
        known *= 2
    return found[:count]


def _windows(values: Array, axis: int, line: Line, point: int, prime: int) -> Array:
    """Return Σ_o σ^(s·o)·values[s·o + d·t] for every tap t of an axis, modulo a prime.

    With y = σ^i·values[i], the window one stride further on gains one y and loses one; a tap's sum
    is that of its window over σ^(d·t).
    """
    lined = np.moveaxis(values, axis, 0)
    starts = line.dilation * np.arange(line.taps)
    row, phase = np.divmod(starts, line.step)
    last = int(row[-1])
    laid = np.zeros(((last + line.out) * line.step, *lined.shape[1:]), dtype=np.int64)
    used = lined[: len(laid)]
    powers = _powers(point, len(used), prime).reshape(-1, *(1,) * (lined.ndim - 1))
    laid[: len(used)] = _residues(used * powers, prime)
    y = laid.reshape(last + line.out, line.step, *lined.shape[1:])
    sums = np.zeros((last + 1, *y.shape[1:]), dtype=np.int64)
    np.cumsum(y[line.out :] - y[:last], axis=0, out=sums[1:])
    sums += y[: line.out].sum(axis=0)
    inverse = _powers(pow(pow(point, -1, prime), line.dilation, prime), line.taps, prime)
    column = inverse.reshape(-1, *(1,) * (lined.ndim - 1))
    return np.moveaxis(_residues(_residues(sums[row, phase], prime) * column, prime), 0, axis)


def _random_prime() -> int:
    """Return a prime between LEAST and 2·LEAST, each as likely as any other."""
    while True:
        number = LEAST + 1 + 2 * secrets.randbelow(LEAST // 2)
        if all(_passes(base, number) for base in WITNESSES):
            return number


def _passes(base: int, number: int) -> bool:
    """Tell whether an odd number passes the test of Miller and Rabin."""
    twos = (number - 1 & 1 - number).bit_length() - 1
    value = pow(base, (number - 1) >> twos, number)
    return value == 1 or any(pow(value, 2**i, number) == number - 1 for i in range(twos))
