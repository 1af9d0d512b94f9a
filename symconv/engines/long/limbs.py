"""Integers too long for one pass: passes over pieces of them, which BLAS can add up exactly.

    x = Σᵢ xᵢ·2^(b·i),   w = Σⱼ wⱼ·2^(b·j),   out = Σ_d 2^(b·d)·S_d,   S_d = Σ_{i+j=d} xᵢ⋆wⱼ

The low limbs are from 0 to 2^b − 1, the top one has the sign. A pass for each limb of x, in which
every limb of w is a filter of its own, gives all xᵢ⋆wⱼ; b is chosen so that no partial sum of any
exceeds 2⁵³, up to which float64 holds every integer. Where the outputs fit 64 bits they are summed
modulo 2⁶⁴, else carries run from one S_d to the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from symconv.engines.long.digits import entries, rows, width_of
from symconv.exact import INT64_MAX, Array
from symconv.plan import Geometry

LIMIT = 2**53
"""The largest integer up to which float64 holds all."""
ROOM = 2**62
"""Bound of every S_d, so that with the carry it stays below 2⁶³."""
TOGETHER = 2**19
"""Sums made in one pass: few calls for small arrays, and no more memory than large ones need."""
BLOCK, WORDS = 2**15, 2**20
"""Outputs whose carries are worked out together, in the cache, and the most words of these."""
ENTRY = 1.1e-7
"""Seconds to take in one of Python's integers (measured)."""
LIMB = 3e-9
"""Seconds to cut off one limb of one integer (measured)."""
SUM = {True: 3e-9, False: 8e-9}
"""Seconds for one S_d of one output: modulo 2^64, and with carries (measured)."""
CARRIED, ADDED = 1.1e-5, 1.1e-6
"""Seconds to begin with one S_d that carries, and with one product of limbs (measured)."""
BYTE = 1.3e-9
"""Seconds to bring one byte of Python's integers in or out (measured)."""
GIVEN = 8e-8
"""Seconds to make one Python integer of its bytes (measured)."""
Passes = Callable[[Geometry, Array, Array, int], Array]
"""Returns the sums (N, M, *O) of a layer's geometry in int64, from int64 x (N, C, *S) and w."""


@dataclass(frozen=True)
class Split:
    """How operands are cut: limbs of ``bits`` bits, ``x`` of them for x and ``w`` for w.

    >>> split(peak=2**60 - 1, heaviest=255 * 9, largest=255, taps=9)
    Split(bits=41, x=2, w=1)
    >>> split(peak=2**150, heaviest=25 * 2**150, largest=2**150, taps=25)
    Split(bits=24, x=7, w=7)
    """

    bits: int
    x: int
    w: int

    @property
    def sums(self) -> int:
        """How many S_d there are."""
        return self.x + self.w - 1


def split(*, peak: int, heaviest: int, largest: int, taps: int, limit: int = LIMIT) -> Split | None:
    """Return the cut of least passes whose every sum of products stays within *limit*.

    ``peak`` bounds |x| and the boundary's constant, ``heaviest`` the sum of |w| over one filter,
    ``largest`` |w|; ``taps`` are the products of one output. None where there is no such cut.
    """
    found = [
        _whole_w(peak, heaviest, limit),
        _whole_x(peak, largest, taps, limit),
        _both(peak, largest, taps, limit),
    ]
    cuts = [cut for cut in found if cut is not None and min(cut.x, cut.w) * limit <= ROOM]
    return min(cuts, key=lambda cut: (cut.x * cut.w, cut.sums), default=None)


def _whole_w(peak: int, heaviest: int, limit: int) -> Split | None:
    """Return the cut of x alone: |xᵢ|·Σ|w| <= limit where |xᵢ| <= 2^bits."""
    bits = _bits(limit // max(1, heaviest))
    return Split(bits, _count(peak, bits), 1) if bits else None


def _whole_x(peak: int, largest: int, taps: int, limit: int) -> Split | None:
    """Return the cut of w alone: taps·|x|·|wⱼ| <= limit where |wⱼ| <= 2^bits."""
    bits = _bits(limit // max(1, taps * max(1, peak)))
    return Split(bits, 1, _count(largest, bits)) if bits else None


def _both(peak: int, largest: int, taps: int, limit: int) -> Split | None:
    """Return the cut of both into limbs of the same length: taps·|xᵢ|·|wⱼ| <= limit."""
    bits = _bits(math.isqrt(limit // max(1, taps)))
    return Split(bits, _count(peak, bits), _count(largest, bits)) if bits else None


def _bits(most: int) -> int:
    """Return the bits of limbs of which none exceeds *most*: the largest b with 2^b <= most."""
    return min(62, max(0, most.bit_length() - 1))


def _count(peak: int, bits: int) -> int:
    """Return how many limbs hold numbers up to *peak* in size; the top one may be −2^bits."""
    return max(1, -(-peak.bit_length() // bits))


def layer(geometry: Geometry, cut: Split) -> Geometry:
    """Return the layer whose passes, together, give all products of limbs."""
    batch = 1 if geometry.batch is None else geometry.batch
    return replace(geometry, filters=geometry.maps * cut.w, batch=batch * cut.x)


def cost(geometry: Geometry, cut: Split, bound: int, *, listed: int) -> float:
    """Return the seconds that `sums` should take besides the passes of `layer`.

    So many of the entries are *listed*: Python's integers, the others int64.
    """
    batch = 1 if geometry.batch is None else geometry.batch
    given = batch * geometry.channels * math.prod(axis.size for axis in geometry.axes)
    outputs = batch * geometry.maps * math.prod(axis.out for axis in geometry.axes)
    fits, brought = bound <= INT64_MAX, BYTE * cut.bits / 8
    split = given * cut.x + geometry.maps * geometry.taps * cut.w
    taken = ENTRY * listed + split * (LIMB + (brought if listed else 0))
    added = (cut.x * cut.w - cut.sums) * LIMB + cut.sums * SUM[fits]
    begun = ADDED * cut.x * cut.w
    if not fits:
        added += cut.sums * brought + GIVEN
        begun += cut.sums * CARRIED
    return begun + taken + outputs * added


def sums(
    geometry: Geometry, x: Array, w: Array, fill: int, *, cut: Split, bound: int, passes: Passes
) -> Array:
    """Return the exact sums (N, M, *O): int64 where all fit, else Python integers.

    *cut* comes from `split`, and no sum of |x||w| over one output exceeds *bound* in size.
    """
    batch = 1 if geometry.batch is None else geometry.batch
    out_shape = (batch, geometry.maps, *(axis.out for axis in geometry.axes))
    if not math.prod(out_shape):
        return np.zeros(out_shape, dtype=np.int64)
    x = x.reshape(batch, geometry.channels, *(axis.size for axis in geometry.axes))
    w = w.reshape(geometry.groups, geometry.maps // geometry.groups, geometry.taps)
    limbs = _limbs(x, cut.bits, cut.x)
    kernel = _limbs(w, cut.bits, cut.w).swapaxes(0, 1)
    fills = _limbs(np.array(fill, dtype=object), cut.bits, cut.x).tolist()
    # padding reads one constant in a pass, so limbs of x share one only where it is 0
    most = 1 if fill else max(1, TOGETHER // max(1, cut.w * math.prod(out_shape)))
    diagonals: dict[int, Array] = {}
    for first in range(0, cut.x, most):
        group = limbs[first : first + most].reshape(-1, *x.shape[1:])
        plan = replace(geometry, filters=geometry.maps * cut.w, batch=len(group))
        found = passes(plan, group, kernel.reshape(plan.w_shape), fills[first])
        parts = found.reshape(-1, batch, geometry.groups, cut.w, w.shape[1], *out_shape[2:])
        for i, j in np.ndindex(len(parts), cut.w):
            _add(diagonals, first + i + j, parts[i, :, :, j].ravel())
    together = _wrapped if bound <= INT64_MAX else _carried
    return together([*diagonals.values()], cut.bits, bound).reshape(out_shape)


def _add(diagonals: dict[int, Array], place: int, part: Array) -> None:
    diagonals[place] = diagonals[place] + part if place in diagonals else part


def _limbs(values: Array, bits: int, count: int) -> Array:
    """Return the limbs of integers as int64 (count, …), the lowest first."""
    if values.dtype != object:
        shifts = [min(63, bits * place) for place in range(count)]
        shifted: Array = values >> np.array(shifts).reshape(-1, *(1,) * values.ndim)
        shifted[:-1] &= 2**bits - 1
        return shifted
    words = rows(values, 8 * (bits * count // 64 + 2)).view("<u8")
    by_place = np.ascontiguousarray(np.moveaxis(words, -1, 0))
    found = np.empty((count, *values.shape), dtype=np.int64)
    for place in range(count):
        found[place] = _window(by_place, bits * place, bits if place < count - 1 else 64)
    return found


def _window(words: NDArray[np.uint64], start: int, bits: int) -> Array:
    """Return so many bits of words (words, …), from bit *start* on; 64 of them with the sign."""
    word, shift = divmod(start, 64)
    found: NDArray[np.uint64] = words[word] >> np.uint64(shift)
    if shift:
        found |= words[word + 1] << np.uint64(64 - shift)
    if bits < 64:
        found &= np.uint64(2**bits - 1)
    return found.view(np.int64)


def _wrapped(diagonals: list[Array], bits: int, _bound: int) -> Array:
    """Return Σ 2^(bits·d)·S_d modulo 2^64 from −2^63 on.

    Terms and partial sums may wrap around; the whole sum does not, since it fits 64 bits.
    """
    total = np.zeros(diagonals[0].shape, dtype=np.uint64)
    for place, diagonal in enumerate(diagonals):
        if bits * place < 64:
            total += diagonal.view(np.uint64) << np.uint64(bits * place)
    return total.view(np.int64)


def _carried(diagonals: list[Array], bits: int, bound: int) -> Array:
    """Return Σ 2^(bits·d)·S_d as Python integers where they do not fit 64 bits."""
    words = bits * (len(diagonals) - 1) // 64 + 2
    width = min(width_of(bound), 8 * words)
    found = np.empty((len(diagonals[0]), width), dtype=np.uint8)
    together = max(1, min(BLOCK, WORDS // words))
    for start in range(0, len(found), together):
        laid = _laid([sums[start : start + together] for sums in diagonals], bits, words)
        found[start : start + together] = laid.view(np.uint8)[:, :width]
    return entries(found)


def _laid(diagonals: list[Array], bits: int, words: int) -> NDArray[np.uint64]:
    """Return the sums as rows of 64-bit words in two's complement, lowest first."""
    laid = np.zeros((words, len(diagonals[0])), dtype="<u8")
    carry = np.zeros(len(diagonals[0]), dtype=np.int64)
    for place, diagonal in enumerate(diagonals):
        total = diagonal + carry
        word, shift = divmod(bits * place, 64)
        last = place == len(diagonals) - 1
        chunk = total if last else total & (2**bits - 1)
        laid[word] |= chunk.view(np.uint64) << np.uint64(shift)
        if last or shift + bits > 64:
            # the sign of the top one fills the word behind it
            laid[word + 1] |= (chunk >> min(63, 64 - shift)).view(np.uint64)
        carry = total >> bits
    return np.ascontiguousarray(laid.T)
