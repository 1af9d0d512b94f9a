"""Answers checked at random points: the right ones pass, one wrong cell anywhere does not."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.engines.fourier import certificates
from symconv.engines.fourier.certificates import agrees
from symconv.engines.fourier.spectra import licence
from symconv.engines.work import Line, Work, work_of
from symconv.exact import Array
from symconv.plan import Geometry
from tests import strategies
from tests.test_spectra import by_python, noise

FAILURE = 2.0**-60


def answered(geometry: Geometry, x: Array, w: Array) -> tuple[Work, Array]:
    """Return a work and its right answer."""
    fill = int(geometry.fill)
    work = work_of(geometry, x, w, fill, np.int64)
    options: dict[str, Any] = {
        "padding": [(axis.before, axis.after) for axis in geometry.axes],
        "stride": [axis.stride for axis in geometry.axes],
        "dilation": [axis.dilation for axis in geometry.axes],
        "input_dilation": [axis.lhs for axis in geometry.axes],
        "flip": [axis.flip for axis in geometry.axes],
        "boundary": [
            f"constant({fill})" if axis.boundary == "constant" else axis.boundary
            for axis in geometry.axes
        ],
    }
    found = symconv.conv(x, w, groups=geometry.groups, engine="definition", **options)
    return work, found.reshape(work.out_shape)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_right_answers_pass_and_wrong_ones_do_not(data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    options = data.draw(strategies.geometries(rank))
    options["boundary"] = ["constant(3)" if b == "constant" else b for b in options["boundary"]]
    groups, batch = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    bits, seed = data.draw(st.sampled_from([3, 14, 26])), data.draw(st.integers(0, 99))
    x = noise((batch, groups * 2, *sizes), bits, seed)
    w = noise((groups * 3, 2, *taps), bits, seed + 1)
    geometry = symconv.geometry(x.shape, w.shape, op="conv", groups=groups, **options)
    work, out = answered(geometry, x, w)
    assert agrees(work, out, FAILURE)
    if not out.size:
        return
    wrong = out.copy()
    place = data.draw(st.integers(0, out.size - 1))
    wrong.flat[place] += data.draw(st.sampled_from([1, -1, 2**30, -(2**45), 1610612741]))
    assert not agrees(work, wrong, FAILURE)


def test_every_single_wrong_cell_is_found() -> None:
    x, w = noise((2, 3, 6, 5), 9), noise((4, 3, 3, 2), 9, 1)
    geometry = symconv.geometry(x.shape, w.shape, op="conv", stride=(1, 2), padding=1)
    work, out = answered(geometry, x, w)
    assert agrees(work, out, FAILURE)
    for place in range(out.size):
        wrong = out.copy()
        wrong.flat[place] += 1
        assert not agrees(work, wrong, FAILURE)


def test_two_wrong_cells_that_cancel_in_the_sum_are_found() -> None:
    x, w = noise((30,), 9), noise((4,), 9, 1)
    work, out = answered(symconv.geometry((1, 30), (1, 1, 4)), x[None], w[None, None])
    wrong = out.copy()
    wrong[0, 0, 3] += 7
    wrong[0, 0, 9] -= 7
    assert not agrees(work, wrong, FAILURE)
    shifted = np.roll(out, 1, axis=-1)
    assert not agrees(work, shifted, FAILURE)


@pytest.mark.parametrize("failure", [0.0, 1.0, -0.5, 2.0, math.nan])
def test_a_failure_that_is_no_probability_is_refused(failure: float) -> None:
    work, out = answered(symconv.geometry((1, 3), (1, 1, 2)), noise((1, 3), 3), noise((1, 1, 2), 3))
    with pytest.raises(ValueError, match="is no probability between 0 and 1"):
        agrees(work, out, failure)


def test_trials_are_as_many_as_the_probability_asks_for() -> None:
    shape = (1, 1024, 1024)
    geometry = symconv.geometry(shape, (1, 1, 31, 31))
    x, w = np.full(shape, 2**31), np.full((1, 1, 31, 31), 2**15)
    work = work_of(geometry, x, w, 0, np.int64)
    out = np.full(work.out_shape, 961 * 2**46)
    bits = (961 * 2**46).bit_length() + 1
    once = bits / 30 / certificates.PRIMES + (2 + 2 * 994) / 2**30
    for exponent in (10, 60, 200):
        count = certificates._trials(work, out, 2.0**-exponent)
        assert once**count <= 2.0**-exponent < once ** (count - 1)


def test_axes_too_long_for_a_check_are_refused() -> None:
    line = Line(1, 2**29, 1, 3)
    work = Work(1, 1, 1, 1, (line,), np.zeros((1, 1, 1)), np.zeros((1, 1, 1)))
    with pytest.raises(ValueError, match="the axes are too long for this check"):
        agrees(work, np.zeros((1, 1, 3), dtype=np.int64), 0.5)


def test_primes_are_primes_of_31_bits() -> None:
    for _ in range(30):
        prime = certificates._random_prime()
        assert 2**30 < prime < 2**31
        assert all(prime % small for small in range(3, 46342, 2))


def test_the_test_for_primes_is_right_on_a_run_of_numbers() -> None:
    for number in range(2**30 + 1, 2**30 + 400, 2):
        prime = all(number % small for small in range(3, 32769, 2))
        assert all(certificates._passes(b, number) for b in certificates.WITNESSES) == prime
    # the least strong pseudoprimes to 2, and to 2, 3 and 5
    for number in (2047, 25326001):
        assert certificates._passes(2, number)
        assert not all(certificates._passes(b, number) for b in certificates.WITNESSES)


@pytest.mark.parametrize("bits", [(7, 7), (24, 20), (31, 15), (45, 8)])
def test_certified_sums_are_right_or_none(bits: tuple[int, int]) -> None:
    x, w = noise((40, 33), bits[0]), noise((9, 7), bits[1], 1)
    for options in ({}, {"padding": "full"}, {"stride": (2, 3), "padding": 2}):
        geometry = symconv.geometry(x.shape, w.shape, op="correlate", **options)
        found = certificates.sums(geometry, x, w, 0, FAILURE)
        assert found is not None
        assert found[0, 0].tolist() == by_python(geometry, x, w)


def test_nothing_is_certified_beyond_64_bits() -> None:
    geometry = symconv.geometry(3, 2)
    assert certificates.sums(geometry, np.array([2**61] * 3), np.array([2, 2]), 0, FAILURE) is None
    big = np.array([2**80, 1, 1], dtype=object)
    assert certificates.sums(geometry, big, np.array([2, 2]), 0, FAILURE) is None


def test_certified_sums_take_whatever_transforms_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, w = noise((40, 33), 7), noise((9, 7), 7, 1)
    geometry = symconv.geometry(x.shape, w.shape)
    monkeypatch.setattr(np.fft, "rfft", partial(np.fft.rfft))
    assert licence(geometry, x, w) is None
    found = certificates.sums(geometry, x, w, 0, FAILURE)
    assert found is not None
    assert found[0, 0].tolist() == by_python(geometry, x, w)


def test_a_bad_transform_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    own = np.fft.irfft

    def off(*args: Any, **options: Any) -> Any:
        values = own(*args, **options)
        values[..., 5] += 0.6
        return values

    x, w = noise((40, 33), 7), noise((9, 7), 7, 1)
    monkeypatch.setattr(np.fft, "irfft", off)
    assert certificates.sums(symconv.geometry(x.shape, w.shape), x, w, 0, FAILURE) is None
