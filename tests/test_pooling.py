"""Pooling against the oracle, and the symbols that stay symbols."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symconv
from symconv.errors import GeometryError
from symconv.exact import array
from symconv.pooling import flatten
from tests import oracle, strategies

POOLS = [
    pytest.param(symconv.max_pool, {}, oracle.largest, id="max"),
    pytest.param(symconv.avg_pool, {}, oracle.mean, id="mean"),
    pytest.param(
        symconv.avg_pool, {"count_padding": True}, oracle.mean_with_padding, id="mean with padding"
    ),
]


@pytest.mark.parametrize(("pool", "more", "fold"), POOLS)
@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
@settings(max_examples=25)
def test_pools_agree_with_the_oracle(
    pool: Any, more: Any, fold: Any, rank: int, data: st.DataObject
) -> None:
    window = data.draw(strategies.different(1, 4 if rank < 3 else 3, rank))
    stride = data.draw(strategies.different(1, 3, rank))
    dilation = data.draw(strategies.different(1, 3, rank))
    padding = [
        (data.draw(st.integers(-1, k // 2)), data.draw(st.integers(-2, k // 2))) for k in window
    ]
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, window, strict=True)]
    extra = data.draw(strategies.different(3, 5 if rank < 3 else 6, rank))
    x = data.draw(strategies.entries(tuple(map(sum, zip(spans, extra, strict=True)))))
    given_ = {"stride": stride, "dilation": dilation, "padding": padding}
    cells = oracle.pool(x, window, lambda inputs, _: len(inputs), **given_)
    assume(0 not in np.array(cells).ravel().tolist())
    found = pool(x, window, **given_, **more)
    assert found.tolist() == oracle.pool(x, window, fold, **given_)


def test_the_stride_is_the_window_when_left_out() -> None:
    assert symconv.max_pool("1 3 2 4; 5 7 6 8", 2).tolist() == [[max(1, 3, 5, 7), max(2, 4, 6, 8)]]
    assert symconv.avg_pool("1 3 2 4; 5 7 6 9", (2, 2)).tolist() == [
        [Fraction(1 + 3 + 5 + 7, 4), Fraction(2 + 4 + 6 + 9, 4)]
    ]
    assert symconv.max_pool([5, 6, 7, 9, 8], 2, stride=1).tolist() == [6, 7, 9, 9]


def test_leading_axes_are_pooled_one_by_one() -> None:
    x = np.arange(24).reshape(2, 3, 4)
    assert symconv.max_pool(x, (3,)).tolist() == x[:, :, :3].max(axis=2, keepdims=True).tolist()
    assert symconv.max_pool(x, (2, 2)).tolist() == [
        symconv.max_pool(plane, 2).tolist() for plane in x
    ]


def test_padding_is_never_the_largest_and_is_left_out_of_the_mean() -> None:
    assert symconv.max_pool([-3, -5], 2, stride=1, padding=1).tolist() == [-3, -3, -5]
    assert symconv.avg_pool([3, 5], 2, stride=1, padding=1).tolist() == [3, 4, 5]
    with_padding = symconv.avg_pool([3, 5], 2, stride=1, padding=1, count_padding=True)
    assert with_padding.tolist() == [Fraction(3, 2), 4, Fraction(5, 2)]


def test_max_of_symbols() -> None:
    a, b, c, d = sympy.symbols("a b c d")
    assert symconv.max_pool("a b; c d", 2).tolist() == [[sympy.Max(a, b, c, d)]]
    assert symconv.max_pool("a b", 2).tolist() == [sympy.Max(a, b)]
    assert symconv.max_pool("a 1/2 1", 3).tolist() == [sympy.Max(a, 1)]
    assert symconv.max_pool("a b", 1).tolist() == [a, b]


def test_mean_of_symbols() -> None:
    a, b = sympy.symbols("a b")
    assert symconv.avg_pool("a b", 2).tolist() == [a / 2 + b / 2]
    assert symconv.avg_pool("a b", 2, padding=1, count_padding=True).tolist() == [a / 2, b / 2]
    assert symconv.avg_pool("a b", 2, padding=1).tolist() == [a, b]


def test_dilated_windows() -> None:
    assert symconv.max_pool([1, 9, 2, 8, 3], 3, stride=1, dilation=2).tolist() == [max(1, 2, 3)]


def test_global_pools() -> None:
    maps = [[[1, 2], [3, 4]], [[8, 7], [6, 5]]]
    assert symconv.global_max_pool(maps).tolist() == [4, 8]
    assert symconv.global_avg_pool(maps).tolist() == [Fraction(5, 2), Fraction(26, 4)]
    assert symconv.global_avg_pool([1, 2, 4]).tolist() == Fraction(7, 3)
    assert symconv.global_max_pool(maps, spatial=3).tolist() == 8
    assert symconv.global_max_pool(maps, spatial=1).tolist() == [[2, 4], [8, 6]]
    assert symconv.global_max_pool("a b").tolist() == sympy.Max(*sympy.symbols("a b"))


def test_empty_leading_axes() -> None:
    assert symconv.max_pool(np.zeros((0, 4, 4), int), (2, 2)).shape == (0, 2, 2)
    assert symconv.global_max_pool(np.zeros((0, 4, 4), int)).shape == (0,)


@given(st.data())
@settings(max_examples=30)
def test_scipy_maximum_filter(data: st.DataObject) -> None:
    x = np.array(data.draw(strategies.entries((5, 6), ("small",))))
    found = symconv.max_pool(x, (3, 5), stride=1, padding=(1, 2))
    wanted = scipy.ndimage.maximum_filter(x, size=(3, 5), mode="constant", cval=-(10**9))
    assert found.tolist() == wanted.tolist()


def test_a_window_that_reads_padding_alone_is_refused() -> None:
    for pool in (symconv.max_pool, symconv.avg_pool):
        with pytest.raises(GeometryError, match="window-without-input"):
            pool([1, 2, 3], 2, stride=1, padding=2)


def test_flatten_is_row_major() -> None:
    assert flatten("a b; c d").tolist() == array("a b c d").tolist()
    assert flatten(np.arange(6).reshape(1, 2, 3)).tolist() == [0, 1, 2, 3, 4, 5]
    assert flatten(5).tolist() == [5]
