"""Shapes and arrays at which a route once failed: every route that is offered has to hold there."""

from __future__ import annotations

import gc
import os
import threading
import time
from typing import Any

import numpy as np
import pytest
import sympy

import symconv
from symconv import fast
from symconv.engines import choice
from symconv.engines.collector import COLLECTOR_PAUSED
from symconv.engines.sums import Sums
from symconv.engines.threads import spread
from symconv.errors import GeometryError
from symconv.fast import given
from symconv.plan import geometry

RANDOM = np.random.default_rng(5)


def by_loops(x: Any, w: Any, before: int, fill: int = 0) -> list[int]:
    """Correlate two lists of Python integers, padded to the length of x."""
    n, out = len(x), []
    for o in range(n):
        places = [(o + t - before, weight) for t, weight in enumerate(w)]
        out.append(sum(weight * (x[i] if 0 <= i < n else fill) for i, weight in places))
    return out


def every_route(sums: Sums) -> list[choice.Route]:
    return [
        *choice.passes(sums),
        *choice.along_axes(sums),
        *choice.transformed(sums),
        *choice.beyond(sums),
    ]


@pytest.mark.parametrize(("n", "k"), [(31, 300), (200, 1201), (7, 6), (1000, 3001)])
def test_kernels_wider_than_the_input(n: int, k: int) -> None:
    x, w = RANDOM.integers(-9, 9, n), RANDOM.integers(-9, 9, k)
    plan = geometry((n,), (k,), padding="same_lower")
    wanted = by_loops(x.tolist(), w.tolist(), plan.axes[0].before)
    sums = Sums(plan, x, w)
    for route in every_route(sums):
        if n * k < 10**6 or route.name != "taps object":
            assert route.run().ravel().tolist() == wanted, route.name
    assert fast.correlate(x, w, padding="same_lower").tolist() == wanted


def test_wide_kernels_of_two_axes() -> None:
    x, w = RANDOM.integers(-9, 9, (23, 17)), RANDOM.integers(-9, 9, (131, 149))
    plan = geometry(x.shape, w.shape, padding="same")
    sums = Sums(plan, x, w)
    names = [route.name for route in every_route(sums)]
    assert "fft float64" in names
    wanted = choice.SIMPLEST.sums(plan, x, w, 0).tolist()
    for route in every_route(sums):
        assert route.run().tolist() == wanted, route.name


def test_arrays_that_cannot_be_written() -> None:
    x, w = RANDOM.integers(-(2**40), 2**40, 400), RANDOM.integers(-(2**12), 2**12, 150)
    wanted = symconv.correlate(x, w).tolist()
    x.flags.writeable = False
    assert symconv.correlate(x, w, boundary="constant(5)").tolist() == wanted
    for route in fast.plan(x, w, boundary="constant(5)").candidates:
        assert route.run().ravel().tolist() == wanted


@pytest.mark.parametrize("kind", [np.int64, object])
def test_nothing_to_add_up(kind: Any) -> None:
    empty = np.zeros((0, 1, 3), dtype=kind)
    assert fast.conv(np.ones((1, 8), dtype=kind), empty).shape == (0, 6)
    assert symconv.conv(np.full((1, 8), 2**70, dtype=object), empty).shape == (0, 6)
    assert fast.plan(np.zeros((1, 8), int), empty, op="conv").candidates[0].run().shape[1] == 0
    none = np.zeros((2, 0, 3), dtype=kind)
    assert fast.conv(np.zeros((0, 8), dtype=kind), none).tolist() == [[0] * 6] * 2
    assert fast.conv(np.zeros((0, 8)), np.zeros((2, 0, 3))).tolist() == [[0.0] * 6] * 2


def test_powers_known_to_be_one() -> None:
    n, z = sympy.Symbol("n"), sympy.Symbol("z", zero=True)
    found = symconv.correlate([n**z, n**z], [-3, -3])[0]
    assert found == sympy.Add(sympy.Mul(-3, n**z), sympy.Mul(-3, n**z))


class Foreign:
    """An array of another library."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array([0.5, 1.5, 2.5], dtype=dtype)


def test_floats_of_another_library() -> None:
    assert fast.correlate(Foreign(), [1, 2]).tolist() == [3.5, 6.5]


def exhaust(tasks: Any) -> None:
    for _ in tasks:
        pass


def test_a_small_call_does_not_wait_for_a_large_one() -> None:
    done, entered = threading.Event(), threading.Event()

    def hold(taken: Any) -> None:
        for _ in taken:
            entered.set()
            done.wait(20)

    large = threading.Thread(target=spread, args=(hold, list(range(8))))
    large.start()
    entered.wait(20)
    try:
        start = time.monotonic()
        spread(exhaust, list(range(4)))
        assert time.monotonic() - start < 10
    finally:
        done.set()
        large.join()


def test_caches_hold_no_tables() -> None:
    x, w = RANDOM.integers(-9, 9, 300_000), RANDOM.integers(-9, 9, 999)
    plan = geometry(x.shape, w.shape, boundary="wrap", padding="same")
    choice.candidates(Sums(plan, x, w))
    axes = [o for o in gc.get_objects() if type(o).__name__ == "Axis" and o is not plan.axes[0]]
    assert not [axis for axis in axes if axis.size == 300_000 and "line" in vars(axis)]


@pytest.mark.parametrize("stride", [True, 1.0, "1"])
def test_a_kept_plan_is_not_taken_for_an_option_that_only_compares_equal(stride: Any) -> None:
    assert fast.correlate([1, 2, 3], [1], stride=1).tolist() == [1, 2, 3]
    with pytest.raises(GeometryError, match="axis 0"):
        fast.correlate([1, 2, 3], [1], stride=stride)


def test_the_plan_of_a_layer_of_many_groups_is_kept() -> None:
    """They make no line of indices longer, however many there are."""
    x, w = RANDOM.integers(-9, 9, (40, 5, 5)), RANDOM.integers(-9, 9, (40, 1, 3, 3))
    fast.conv(x, w, groups=40)
    before = given._kept.cache_info().hits
    fast.conv(x, w, groups=40)
    assert given._kept.cache_info().hits == before + 1


def test_no_plan_with_long_lines_is_kept() -> None:
    gc.collect()
    before = {id(o) for o in gc.get_objects() if type(o).__name__ == "Axis"}
    fast.correlate(np.arange(100_000), [1, 2, 3], boundary="wrap", padding="same")
    fast.correlate(np.arange(100), [1, 2, 3], boundary="wrap", padding=100_000)
    gc.collect()
    axes = [o for o in gc.get_objects() if type(o).__name__ == "Axis" and id(o) not in before]
    assert not [axis for axis in axes if "line" in vars(axis) and len(axis.line) > 10_000]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:os.fork:RuntimeWarning")
def test_a_child_collects_garbage_again() -> None:
    with COLLECTOR_PAUSED:
        child = os.fork()
        if not child:
            os._exit(0 if gc.isenabled() else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
