"""The bound on NumPy's transforms: what it assumes, what was read, and that it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symconv.engines.fourier import roundoff
from symconv.exact import Array

SMOOTH = [n for n in range(1, 251) if roundoff.longer(n) == n] + [1024, 1080, 1875]
LONG = np.finfo(np.longdouble).nmant > 60


def roots(length: int) -> Array:
    """Return e^(−2πi·j·k/n) for all j and k, off by less than 10^-12."""
    turns = np.outer(np.arange(length), np.arange(length)) % length
    return np.asarray(np.exp(-2j * np.pi * turns / length))


@pytest.mark.parametrize("length", SMOOTH)
def test_every_impulse_becomes_the_root_of_unity_nearest_to_it(length: int) -> None:
    wanted, apart = roots(length), 2 * math.sin(math.pi / max(2, length))
    impulses = np.eye(length)
    near = min(1e-11, apart / 4)
    assert abs(np.fft.fft(impulses.astype(complex)) - wanted).max() < near
    assert abs(np.fft.ifft(impulses, norm="forward") - wanted.conj()).max() < near
    half = length // 2 + 1
    assert abs(np.fft.rfft(impulses) - wanted[:, :half]).max() < near
    weights = np.full((half, 1), 2.0)
    weights[0] = 1
    weights[length // 2 if length % 2 == 0 else 0] = 1
    real = np.fft.irfft(np.eye(half), length, norm="forward")
    assert abs(real - weights * wanted[:half].real).max() < near
    imaginary = np.fft.irfft(1j * np.eye(half), length, norm="forward")
    sines = weights * wanted[:half].imag
    assert abs(imaginary - np.where(weights == 1, 0, sines)).max() < near


@pytest.mark.parametrize(
    ("length", "real", "passes"),
    [
        (1, True, []),
        (2, True, [2]),
        (8, True, [4, 2]),
        (8, False, [8]),
        (16, True, [4, 4]),
        (16, False, [8, 2]),
        (32, False, [8, 4]),
        (64, False, [8, 8]),
        (750, True, [2, 3, 5, 5, 5]),
    ],
)
def test_passes_are_those_of_the_source(length: int, real: bool, passes: list[int]) -> None:
    assert roundoff.radices(length, real=real) == passes


@pytest.mark.parametrize("length", [7, 11, 14, 0, 1001])
def test_other_lengths_have_no_bound(length: int) -> None:
    with pytest.raises((ValueError, ZeroDivisionError)):
        roundoff.radices(length or 7, real=True)


def test_longer_lengths_are_the_next_without_other_primes() -> None:
    def smooth(n: int) -> bool:
        for prime in (2, 3, 5):
            while n % prime == 0:
                n //= prime
        return n == 1

    found = [n for n in range(1, 3000) if smooth(n)]
    for n in range(1, 2900):
        assert roundoff.longer(n) == next(m for m in found if m >= n)


def vectors(length: int) -> Iterator[Array]:
    """Yield vectors: noise, all equal, alternating, an impulse, a wave, and positive noise."""
    random = np.random.default_rng(length)
    yield random.standard_normal(length)
    yield random.integers(-(2**20), 2**20, length).astype(float)
    yield np.ones(length)
    yield np.resize([1.0, -1.0], length)
    yield np.eye(1, length, length // 3)[0]
    yield np.cos(2 * np.pi * np.arange(length) * 3 / length)
    yield random.random(length)


def apart(computed: Array, exact: Array) -> tuple[float, float, float]:
    """Return the error's norm and its largest size, and the norm of the exact values."""
    error = (computed - exact).astype(complex)
    return (
        float(np.linalg.norm(error)),
        float(abs(error).max()),
        float(np.linalg.norm(exact.astype(complex))),
    )


@pytest.mark.skipif(not LONG, reason="needs a longer float to compare with")
@pytest.mark.parametrize("length", [*SMOOTH[1:], 4096, 6561, 15625, 65536])
def test_transforms_keep_within_their_units(length: int) -> None:
    unit = float(roundoff.ROUNDOFF)
    real, full = roundoff.units(length, real=True), roundoff.units(length, real=False)
    for values in vectors(length):
        turned = values + 1j * np.roll(values, 1)
        total = float(abs(turned).sum())
        error, _, norm = apart(np.fft.rfft(values), np.fft.rfft(values.astype(np.longdouble)))
        assert error <= 1.001 * real * unit * norm * math.sqrt(2)
        error, _, norm = apart(np.fft.fft(turned), np.fft.fft(turned.astype(np.clongdouble)))
        assert error <= 1.001 * full * unit * norm
        spectrum = turned[: length // 2 + 1]
        options: dict[str, Any] = {"n": length, "norm": "forward"}
        real_long = np.fft.irfft(spectrum.astype(np.clongdouble), **options)
        _, most, _ = apart(np.fft.irfft(spectrum, **options), real_long)
        assert most <= 1.001 * real * unit * 2 * total
        long = np.fft.ifft(turned.astype(np.clongdouble), norm="forward")
        _, most, _ = apart(np.fft.ifft(turned, norm="forward"), long)
        assert most <= 1.001 * full * unit * total


def test_the_units_of_a_single_addition_are_met() -> None:
    worst = 0.0
    for small in (2.0**-53, 2.0**-53 + 2.0**-80, 3 * 2.0**-53):
        computed = np.fft.rfft(np.array([1.0, small]))[0].real
        worst = max(worst, abs(float(Fraction(float(computed)) - 1 - Fraction(small))))
    assert 0.9 * 2.0**-53 < worst <= roundoff.units(2, real=True) * float(roundoff.ROUNDOFF)


def test_sines_and_cosines_are_as_good_as_assumed() -> None:
    flint = pytest.importorskip("flint")
    worst = 0.0
    for length in (3, 60, 243, 1024, 1080, 65536, 15625):
        angle = math.pi / (4 * length)
        for place in range(0, length, max(1, length // 40)):
            computed = math.cos(place * angle), math.sin(place * angle)
            with flint.ctx.workprec(200):
                exact = flint.arb(place * angle)
                for value, ball in zip(computed, (exact.cos(), exact.sin()), strict=True):
                    worst = max(worst, float(abs(flint.arb(value) - ball).upper()))
    assert worst <= 2.0**-52


def test_bounds_are_rounded_up_and_room_is_the_last_that_fits() -> None:
    for lengths, terms in (((256, 256), 1), ((4096,), 3), ((45, 72, 72), 20), ((1,), 1)):
        share = Fraction(roundoff.total(lengths, terms)) * roundoff.ROUNDOFF
        assert roundoff.error(lengths, terms) == share / (1 - share)
        room = roundoff.room(lengths, terms)
        assert roundoff.error(lengths, terms) ** 2 * room <= roundoff.SAFE**2
        assert roundoff.error(lengths, terms) ** 2 * (room + 1) > roundoff.SAFE**2
    assert roundoff.room((2**21, 2**20), 1) == 0


def test_the_total_of_a_small_case_by_hand() -> None:
    # 12 = 4·3: real 4, 3, complex 4, 3: 2 + 13 + 17; 8: complex 8: 6
    assert roundoff.units(12, real=True) == roundoff.units(12, real=False) == 32
    assert roundoff.units(8, real=False) == 6
    assert roundoff.total((8, 12), 5) == 3 * (6 + 32) + 3 + 5


def test_numpy_is_licensed_where_its_source_was_read() -> None:
    assert roundoff.transforms() is not None


@contextmanager
def changed(target: Any, name: str, value: Any) -> Iterator[None]:
    """Set an attribute, and what was remembered about NumPy aside, for a while."""
    before = getattr(target, name)
    setattr(target, name, value)
    roundoff._read.cache_clear()
    try:
        yield
    finally:
        setattr(target, name, before)
        roundoff._read.cache_clear()


@pytest.mark.parametrize("name", roundoff.NAMES)
def test_replaced_transforms_are_refused(name: str) -> None:
    own: Callable[..., Array] = getattr(np.fft, name)

    def other(*args: Any, **options: Any) -> Array:
        return own(*args, **options)

    other.__module__ = "numpy.fft"
    with changed(np.fft, name, other):
        assert roundoff.transforms() is None
    assert roundoff.transforms() is not None


def test_replaced_loops_are_refused() -> None:
    import importlib

    module = importlib.import_module("numpy.fft._pocketfft")
    with changed(module, "pfu", object()):
        assert roundoff.transforms() is None


@pytest.mark.parametrize(
    ("version", "licensed"),
    [
        ("1.26.4", False),
        ("2.0.0", True),
        ("2.0.0rc1", True),
        ("2.4.6", True),
        ("2.5.2", True),
        ("2.6.0.dev0", False),
        ("2.6.0", False),
        ("2.10.0", False),
        ("3.0.0", False),
    ],
)
def test_versions_whose_source_was_not_read_are_refused(version: str, licensed: bool) -> None:
    with changed(np, "__version__", version):
        assert (roundoff.transforms() is not None) == licensed


@pytest.mark.parametrize("name", roundoff.NAMES)
def test_a_transform_that_is_off_by_more_than_its_units_is_unsound(name: str) -> None:
    def off(*args: Any, **options: Any) -> Array:
        values: Array = getattr(np.fft, name)(*args, **options)
        values.flat[-1] += 2e-14
        return values

    good = roundoff.Transforms(*(getattr(np.fft, one) for one in roundoff.NAMES))
    assert roundoff._sound(good)
    assert not roundoff._sound(good._replace(**{name: off}))


def test_a_transform_that_gives_no_number_is_unsound() -> None:
    good = roundoff.Transforms(*(getattr(np.fft, one) for one in roundoff.NAMES))
    assert not roundoff._sound(good._replace(fft=lambda values: values * math.nan))


def test_the_roots_compared_with_are_roots() -> None:
    for length in roundoff.TESTED:
        points = roundoff._roots(length)
        assert len(points) == length
        for k, (x, y) in enumerate(points):
            assert abs(x / roundoff.ONE - math.cos(2 * math.pi * k / length)) < 1e-15
            assert abs(y / roundoff.ONE + math.sin(2 * math.pi * k / length)) < 1e-15
            assert abs(x * x + y * y - roundoff.ONE**2) < roundoff.ONE * 2**20
