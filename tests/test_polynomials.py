"""Sums read off one long product: against loops over Python integers and polynomials of FLINT."""

from __future__ import annotations

from random import Random
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.engines.bounds import bound, peak_of
from symconv.engines.long import polynomials
from symconv.engines.threads import cores
from symconv.exact import Array, pack
from symconv.plan import geometry
from tests.agreement import Example
from tests.long_integers import bound_of, examples, mixed, same, wanted


def found(example: Example, **changes: Any) -> Array:
    options = {"fill": example.fill, "bound": bound_of(example)} | changes
    x, w = (pack(np.array(v, dtype=object).ravel().tolist(), s) for v, s in shaped(example))
    return polynomials.sums(example.plan, x, w, **options)


def shaped(example: Example) -> list[tuple[Any, tuple[int, ...]]]:
    return [(example.x, example.plan.x_shape), (example.w, example.plan.w_shape)]


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(st.data())
@settings(max_examples=60)
def test_sums_are_those_of_the_definition(rank: int, data: st.DataObject) -> None:
    example = data.draw(examples(rank))
    assert same(found(example), wanted(example))


@given(st.randoms(use_true_random=True), st.integers(1, 40), st.integers(1, 40))
def test_one_dimension_is_a_product_of_polynomials(random: Random, n: int, k: int) -> None:
    x, w = ([mixed(random, 200) for _ in range(size)] for size in (n, k))
    product = (flint.fmpz_poly(x) * flint.fmpz_poly(w)).coeffs()
    coefficients = [*map(int, product), *[0] * (n + k - 1 - len(product))]
    plan = geometry((n,), (k,), op="convolve")
    limit = bound(max(map(abs, x)), np.array([w], dtype=object))
    sums = polynomials.sums(plan, pack(x, (n,)), pack(w, (k,)), 0, limit)
    assert sums.ravel().tolist() == coefficients


@pytest.mark.parametrize("bits", range(30, 80))
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_sums_as_large_as_the_bound(bits: int, beside: int) -> None:
    edge = 2**bits + beside
    x, w = [edge, -edge, edge, -edge, 0, edge], [1, 0, -1, 0, 0]
    plan = geometry((6,), (5,), op="convolve")
    sums = polynomials.sums(plan, pack(x, (6,)), pack(w, (5,)), 0, 2 * edge)
    assert sums.ravel().tolist() == np.convolve(np.array(x, dtype=object), w).tolist()


@pytest.mark.parametrize("total", [2**63 - 1, 2**63, -(2**63), -(2**63) - 1])
def test_sums_are_int64_where_all_fit(total: int) -> None:
    half = total // 2
    x = pack([half, total - half, 0], (3,))
    sums = polynomials.sums(geometry((3,), (2,)), x, pack([1, 1], (2,)), 0, 2**63 + 1)
    assert sums.ravel().tolist() == [total, total - half]
    assert sums.dtype == (np.int64 if -(2**63) <= total < 2**63 else object)


@pytest.mark.parametrize(
    ("x", "w", "options"),
    [
        pytest.param((0,), (1,), {"padding": 3}, id="no inputs"),
        pytest.param((3, 4), (2, 2), {"padding": ((-1, 4), (2, -1))}, id="cropped"),
        pytest.param((3,), (2,), {"padding": (-3, 5)}, id="padding alone"),
        pytest.param((4, 3), (2, 2), {"padding": ((9, 0), (0, 8))}, id="mostly padding"),
    ],
)
@pytest.mark.parametrize("fill", [0, -(2**70)])
def test_little_but_padding(x: Any, w: Any, options: Any, fill: int) -> None:
    boundary = f"constant({fill})"
    plan = geometry(x, w, op="convolve", boundary=boundary, **options)
    entries = [pack(range(1, size + 1), s) for s in (x, w) if (size := int(np.prod(s))) >= 0]
    limit = bound(max(peak_of(entries[0]), abs(fill)), entries[1].reshape(1, -1))
    found = polynomials.sums(plan, entries[0], entries[1], fill, limit)
    lines = [list(axis.line) for axis in plan.axes]
    padded = np.empty([len(line) for line in lines], dtype=object)
    for place in np.ndindex(padded.shape):
        source = tuple(line[p] for line, p in zip(lines, place, strict=True))
        padded[place] = fill if -1 in source else int(entries[0][source])
    for out in np.ndindex(plan.out_shape):
        window = tuple(slice(o, o + k) for o, k in zip(out, w, strict=True))
        expected = (padded[window] * np.flip(entries[1])).sum()
        assert found[(0, 0, *out)] == expected
    assert found.shape == (1, 1, *plan.out_shape)


def test_an_empty_batch_has_no_sums() -> None:
    plan = geometry((0, 1, 5), (2, 1, 3), op="conv")
    x, w = np.zeros(plan.x_shape, dtype=np.int64), np.ones(plan.w_shape, dtype=np.int64)
    assert polynomials.sums(plan, x, w, 0, 2**70).shape == (0, 2, 3)


def test_zeros_need_no_product() -> None:
    plan = geometry((5, 4), (2, 3))
    zeros = polynomials.sums(plan, pack([0] * 20, (5, 4)), pack([0] * 6, (2, 3)), 0, 0)
    assert zeros.tolist() == np.zeros((1, 1, 4, 2)).tolist()
    assert zeros.dtype == np.int64


def test_one_run_of_zeros_serves_two_lines() -> None:
    padded = polynomials.layout(geometry((7, 9), (4, 3), padding=((3, 2), (2, 1))))
    assert padded.shape == (7, 11)
    assert polynomials.layout(geometry((9, 7), (3, 4), padding=1, boundary="wrap")).shape == (11, 9)


def test_the_axis_with_most_padding_is_the_outermost() -> None:
    laid = polynomials.layout(geometry((90, 2), (3, 8), op="convolve"))
    assert laid.order == (1, 0)
    assert laid.shape == (2, 92)


def test_flints_threads_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polynomials, "SHARED", 0)
    for mine in (1, 2):
        flint.ctx.threads = mine
        with polynomials._threads(1):
            assert flint.ctx.threads == (cores() if mine == 1 else mine)
        assert flint.ctx.threads == mine
    flint.ctx.threads = 1


def test_the_cost_grows_with_the_work() -> None:
    small, large = geometry((40,), (9,)), geometry((4_000,), (90,))
    costs = [polynomials.cost(plan, 0, 2**200, listed=0) for plan in (small, large)]
    assert 0 < costs[0] < costs[1] < polynomials.cost(large, 0, 2**2_000, listed=0)
    assert polynomials.cost(large, 0, 2**60, listed=0) < costs[1]
    listed = [polynomials.cost(large, 0, 2**200, listed=count) for count in (0, 90, 4_090)]
    assert costs[1] == listed[0] < listed[1] < listed[2]
