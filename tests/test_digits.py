"""Integers as rows of bytes, and back: against Python's own conversion, one by one."""

from __future__ import annotations

import pickle
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.engines.long import digits
from symconv.engines.long.digits import entries, rows, width_of
from symconv.exact import Array, pack
from tests.long_integers import LENGTHS, mixed


def as_objects(values: list[int]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def by_python(values: list[int], width: int) -> list[list[int]]:
    return [list(value.to_bytes(width, "little", signed=True)) for value in values]


@given(st.randoms(use_true_random=True), st.sampled_from(LENGTHS), st.integers(0, 9))
def test_rows_are_what_python_writes(random: Random, bits: int, spare: int) -> None:
    values = [mixed(random, bits) for _ in range(random.choice((0, 1, 2, 3, 4, 7)))]
    width = width_of(2**bits) + spare
    assert rows(as_objects(values), width).tolist() == by_python(values, width)
    packed = pack(values, (len(values),))
    found = entries(rows(packed, width))
    assert found.tolist() == values
    assert found.dtype == packed.dtype


@pytest.mark.parametrize("bits", [20, 33, 62, 64, 300, 2_030, 2_040, 2_050])
def test_more_rows_than_are_written_at_a_time(bits: int) -> None:
    random = Random(bits)  # noqa: S311 - nothing secret
    values = [mixed(random, bits) for _ in range(digits.CHUNK + 5)]
    width = width_of(2**bits)
    table = rows(as_objects(values), width)
    assert table.tolist() == by_python(values, width)
    assert entries(table).tolist() == values


@pytest.mark.parametrize("width", range(5, 12))
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_width_is_left_where_eight_times_the_peak_no_longer_fits(width: int, beside: int) -> None:
    edge = 2 ** (8 * width - 3) - 1
    peak = edge + beside
    assert width_of(peak) == width + (beside > 0)
    for value in (peak, -peak, peak - 1, 0):
        assert entries(rows(as_objects([value]), width_of(peak))).tolist() == [value]


@pytest.mark.parametrize("edge", [2**63, -(2**63), 2**31, -(2**31), 2**7])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_what_fits_64_bits_is_int64(edge: int, beside: int) -> None:
    value = edge + beside
    fits = -(2**63) <= value < 2**63
    for width in (9, 10, 16, 17):
        found = entries(rows(as_objects([0, value, -1]), width))
        assert found.dtype == (np.int64 if fits else object)
        assert found.tolist() == [0, value, -1]


def test_shapes_are_kept() -> None:
    values = pack(range(-12, 12), (2, 3, 4))
    assert rows(values, 5).shape == (2, 3, 4, 5)
    assert (entries(rows(values, 5)) == values).all()
    assert rows(pack([7], ()), 6).tolist() == [7, 0, 0, 0, 0, 0]


def test_a_pickle_of_another_form_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [2**100 + n for n in range(9)]
    monkeypatch.setattr(pickle, "dumps", lambda *_: b"\x80" * 500)
    assert rows(as_objects(values), 20).tolist() == by_python(values, 20)
