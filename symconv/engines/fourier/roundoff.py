"""How far a convolution through NumPy's Fourier transforms can be from the sums, and when to trust.

    |computed − exact| <= error(lengths, terms) · ‖x‖₂ · ‖w‖₂

for transforms of lengths 2^a·3^b·5^c. docs/fft.md states the theorem and proves it, for the passes
of the pocketfft in NumPy's source as they are, in whatever order each does its work. The numbers
here are what the proof counts, in units of the roundoff, rounded up.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from symconv.exact import Array

ROUNDOFF = Fraction(1, 2**53) * (1 + Fraction(1, 2**9))
"""What one operation in double precision may be off, relatively, also if it is rounded twice."""
BUTTERFLY = {2: 1, 3: 13, 4: 2, 5: 19, 8: 6}
"""Units that a butterfly of each radix adds."""
TWIDDLE = 17
"""Units that a product with a root of unity adds, the error of the root included."""
PRODUCT = 3
"""Units of a product of two complex numbers."""
SAFE = Fraction(7, 16)
"""What an output may be off: less than a half, with room for what underflows."""
LONGEST = 2**40
"""Points of a transform up to which underflow was counted."""
VERSIONS = (2, 0), (2, 6)
"""From the first NumPy whose source was read to before the first whose source was not."""
TESTED = (3, 32, 60, 250)
"""Lengths whose transforms are compared with roots of unity before any is trusted: all radices."""
ONE = 2**160
TURN = 2 * 314159265358979323846264338327950288419716939937510582097494459 * ONE // 10**62
"""2π, times ONE."""
NAMES = ("rfft", "fft", "ifft", "irfft")


class Transforms(NamedTuple):
    """The four transforms along one axis, without any scaling."""

    rfft: Callable[..., Array]
    fft: Callable[..., Array]
    ifft: Callable[..., Array]
    irfft: Callable[..., Array]


def radices(length: int, *, real: bool) -> list[int]:
    """Return the radices of the passes of one transform, in no particular order.

    >>> radices(480, real=True), radices(480, real=False)
    ([4, 4, 2, 3, 5], [8, 4, 3, 5])
    """
    found = []
    for radix in (4, 2, 3, 5) if real else (8, 4, 2, 3, 5):
        while length % radix == 0:
            length //= radix
            found.append(radix)
    if length != 1:
        message = "only lengths 2^a·3^b·5^c have a proved bound"
        raise ValueError(message)
    return found


@cache
def units(length: int, *, real: bool) -> int:
    """Return the units of roundoff of a transform along one axis: one pass has no roots of unity.

    >>> units(256, real=True), units(256, real=False)
    (59, 48)
    """
    passes = radices(length, real=real)
    return sum(BUTTERFLY[radix] for radix in passes) + TWIDDLE * max(0, len(passes) - 1)


def total(lengths: tuple[int, ...], terms: int) -> int:
    """Return the units of a whole convolution: three transforms, a scaling, and sums of products.

    ``lengths`` of the transform, the last axis the real one; ``terms`` products of spectra are
    added up for one output: channels, phases and limbs.
    """
    one = units(lengths[-1], real=True) + sum(units(n, real=False) for n in lengths[:-1])
    return 3 * one + PRODUCT + terms


def error(lengths: tuple[int, ...], terms: int) -> Fraction:
    """Return what multiplies ‖x‖₂·‖w‖₂ in the bound on the error of one output.

        S·u / (1 − S·u),   S = total(lengths, terms)

    ‖x‖₂ is the norm of all that one transform holds, over all terms; ‖w‖₂ that of one filter.

    >>> float(error((256, 256), 1)) < 4e-14
    True
    """
    share = total(lengths, terms) * ROUNDOFF
    return share / (1 - share)


@cache
def room(lengths: tuple[int, ...], terms: int) -> int:
    """Return the largest ‖x‖₂²·‖w‖₂² for which every output is proved to round to its sum.

    An output is then nearer to its sum than to any other integer, by SAFE.

    >>> room((256, 256), 1) >= 2**30 * 256**2 * 2**30 * 31**2
    True
    >>> room((256, 256), 1) >= 2**32 * 256**2 * 2**30 * 31**2
    False
    """
    if math.prod(lengths) > LONGEST:
        return 0
    return math.floor((SAFE / error(lengths, terms)) ** 2)


def longer(length: int) -> int:
    """Return the least 2^a·3^b·5^c that is not less than a length.

    >>> [longer(n) for n in (1, 7, 241, 1054)]
    [1, 8, 243, 1080]
    """
    best = 1 << (length - 1).bit_length() if length > 1 else 1
    five = 1
    while five < best:
        three = five
        while three < best:
            twos = -(-length // three) - 1
            best = min(best, three << twos.bit_length())
            three *= 3
        five *= 5
    return best


def transforms() -> Transforms | None:
    """Return NumPy's transforms where the bound is proved for them, else None.

    They must be of a version whose source was read, be what NumPy itself defined and not a
    replacement, and give roots of unity within the bound. Whether the compiler kept to IEEE
    arithmetic can only be tested so far.
    """
    found = Transforms(*(getattr(np.fft, name, None) for name in NAMES))  # type: ignore[arg-type]
    return found if _read() and _own(found) and _sound(found) else None


@cache
def _read() -> bool:
    version = tuple(int(part) for part in np.__version__.split(".")[:2])
    return VERSIONS[0] <= version < VERSIONS[1] and sys.float_info.mant_dig == 53


def _own(found: Transforms) -> bool:
    """Tell whether these are the functions of NumPy's own module, over its own compiled loops."""
    try:
        module = import_module("numpy.fft._pocketfft")
        loops: Any = import_module("numpy.fft._pocketfft_umath")
    except ImportError:
        return False
    own = all(
        one is getattr(module, name, None) and getattr(one, "__module__", "") == "numpy.fft"
        for name, one in zip(NAMES, found, strict=True)
    )
    kernels = ("fft", "ifft", "irfft", "rfft_n_even", "rfft_n_odd")
    compiled = all(isinstance(getattr(loops, name, None), np.ufunc) for name in kernels)
    return own and compiled and getattr(module, "pfu", None) is loops


@cache
def _sound(found: Transforms) -> bool:
    """Tell whether rounding is to nearest, and impulses become roots of unity within the bound."""
    return _to_nearest() and all(_roots_agree(found, length) for length in TESTED)


def _to_nearest() -> bool:
    one, unit = np.float64(1), np.float64(2.0**-53)
    above = (one + unit * 1.25 > one, -one - unit * 1.25 < -one)
    below = (one + unit * 0.75 == one, -one - unit * 0.75 == -one)
    return all(above) and all(below)


def _roots_agree(found: Transforms, length: int) -> bool:
    """Compare the transforms of a unit impulse with e^(−2πik/n), in integers of many bits."""
    impulse, half = np.zeros(length), length // 2 + 1
    impulse[1] = 1
    one, exact = impulse.astype(complex), _roots(length)
    waves = [(2 * x, 0) for x, _ in exact]
    real, full = units(length, real=True), units(length, real=False)
    return (
        _near(found.rfft(impulse), exact[:half], real)
        and _near(found.fft(one), exact, full)
        and _near(found.ifft(one, norm="forward").conj(), exact, full)
        and _near(found.irfft(one[:half], length, norm="forward"), waves, 2 * real)
    )


def _near(computed: Array, exact: list[tuple[int, int]], allowed: int) -> bool:
    """Tell whether computed points are within so many units of exact ones, in both parts."""
    most = int(allowed * ROUNDOFF * ONE) + 2**62
    return bool(np.isfinite(computed).all()) and all(
        abs((int(math.ldexp(part, 100)) << 60) - wanted) <= most
        for point, pair in zip(computed.astype(complex).tolist(), exact, strict=True)
        for part, wanted in zip((point.real, point.imag), pair, strict=True)
    )


def _roots(length: int) -> list[tuple[int, int]]:
    """Return e^(−2πik/n) for k from 0, times ONE: off by less than 2^20."""
    step, term = (ONE, 0), (ONE, 0)
    for k in range(1, 60):  # the exponential series
        term = term[1] * TURN // (length * k) // ONE, -term[0] * TURN // (length * k) // ONE
        step = step[0] + term[0], step[1] + term[1]
    points = [(ONE, 0)]
    while len(points) < length:
        x, y = points[-1]
        points.append(((x * step[0] - y * step[1]) // ONE, (x * step[1] + y * step[0]) // ONE))
    return points
