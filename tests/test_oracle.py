"""The witness itself, on values worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests import oracle

LINE = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("boundary", "text"),
    [
        ("zero", "......abcd......"),
        ("constant", "......abcd......"),
        ("edge", "aaaaaaabcddddddd"),
        ("wrap", "cdabcdabcdabcdab"),
        ("reflect", "abcdcbabcdcbabcd"),
        ("symmetric", "cddcbaabcddcbaab"),
    ],
)
def test_boundaries(boundary: str, text: str) -> None:
    assert "".join(oracle.extended(LINE, 6, 6, boundary, ".")) == text
    assert "".join(oracle.extended(LINE, 1, 2, boundary, ".")) == text[5:12]


@pytest.mark.parametrize("boundary", ["edge", "wrap", "reflect", "symmetric"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(("before", "after"), [(0, 1), (3, 0), (7, 11)])
def test_boundaries_are_those_of_numpy_pad(
    boundary: str, size: int, before: int, after: int
) -> None:
    line = list(range(size))
    mode: Any = boundary
    wanted = np.pad(np.array(line), (before, after), mode=mode)
    assert oracle.extended(line, before, after, boundary, None) == wanted.tolist()


def test_negative_padding_crops() -> None:
    assert oracle.extended(LINE, -1, -2, "zero", ".") == ["b"]
    assert oracle.extended(LINE, -3, 2, "zero", ".") == ["d", ".", "."]
    assert oracle.extended(LINE, -4, 2, "wrap", ".") == ["a", "b"]


def test_holes() -> None:
    assert oracle.stuffed(LINE, 3, ".") == list("a..b..c..d")
    assert oracle.stuffed(LINE, 1, ".") == LINE
    assert oracle.stuffed(["a"], 5, ".") == ["a"]


def test_correlation_by_hand() -> None:
    assert oracle.correlate([1, 2, 3], [4, 5], **oracle.plain(1)) == [1 * 4 + 2 * 5, 2 * 4 + 3 * 5]
    flipped = oracle.correlate([1, 2, 3], [4, 5], **oracle.plain(1, flip=(True,)))
    assert flipped == [1 * 5 + 2 * 4, 2 * 5 + 3 * 4]
    x, w = [[1, 2, 3], [4, 5, 6]], [[10, 1]]
    assert oracle.correlate(x, w, **oracle.plain(2, stride=(1, 2))) == [[12], [45]]
    padded = oracle.correlate([1, 2], [3, 4], **oracle.plain(1, padding=((1, 1),), fill=9))
    assert padded == [9 * 3 + 1 * 4, 1 * 3 + 2 * 4, 2 * 3 + 9 * 4]


def test_a_layer_by_hand() -> None:
    x = [[[1, 2], [3, 4]]]
    w = [[[10, 1]], [[100, 2]]]
    assert oracle.layer(x, w, [5, 6], 2, **oracle.plain(1)) == [[[10 + 2 + 5], [300 + 8 + 6]]]
    joined = oracle.layer(x, [[[10, 1], [100, 2]]], None, 1, **oracle.plain(1))
    assert joined == [[[10 + 2 + 300 + 8]]]


def test_pooling_by_hand() -> None:
    options = {"stride": (1,), "padding": ((1, 0),)}
    assert oracle.pool([3, 5], (2,), oracle.largest, **options) == [3, 5]
    assert oracle.pool([3, 5], (2,), oracle.mean, **options) == [3, 4]
    assert oracle.pool([3, 5], (2,), oracle.mean_with_padding, **options) == [Fraction(3, 2), 4]


def test_polynomials_by_hand() -> None:
    left, right = {(0,): 1, (1,): 2}, {(0,): 3, (1,): 5}
    assert oracle.polynomial_product(left, right) == {(0,): 3, (1,): 1 * 5 + 2 * 3, (2,): 10}
