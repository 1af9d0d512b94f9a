"""Convolution and correlation against NumPy and SciPy, on small integers, exactly."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage
import scipy.signal

import symconv
from symconv import matrix
from tests.peers.common import integers

CASES = 1500
BOUNDARIES = {
    "fill": "zero",
    "wrap": "wrap",
    "symm": "symmetric",
}
MODES = {
    "constant": "zero",
    "grid-constant": "zero",
    "nearest": "edge",
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "mirror": "reflect",
    "wrap": "wrap",
    "grid-wrap": "wrap",
}
"""Boundary modes of scipy.ndimage by their names here."""


def pair(random: Random, rank: int, most: int) -> tuple[Any, Any]:
    """Return an input, and a kernel that is nowhere longer."""
    sizes = [random.randint(1, most) for _ in range(rank)]
    return integers(random, *sizes), integers(random, *(random.randint(1, n) for n in sizes))


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("op", ["convolve", "correlate"])
def test_one_axis_is_numpys(op: str, mode: str) -> None:
    random = Random(op + mode)  # noqa: S311 - a seeded test
    padding = "same_lower" if mode == "same" else mode
    for _ in range(CASES):
        x, w = pair(random, 1, 12)
        wanted = getattr(np, op)(x, w, mode)
        assert getattr(symconv, op)(x, w, padding=padding).tolist() == wanted.tolist()


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("op", ["convolve", "correlate"])
def test_any_axes_are_scipys(op: str, mode: str, rank: int) -> None:
    random = Random(op + mode + str(rank))  # noqa: S311
    padding = "same_lower" if mode == "same" else mode
    for _ in range(CASES // (3 * rank)):
        x, w = pair(random, rank, 7)
        wanted = getattr(scipy.signal, op)(x, w, mode, method="direct")
        assert getattr(symconv, op)(x, w, padding=padding).tolist() == wanted.tolist()


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("op", ["convolve", "correlate"])
def test_planes_with_boundaries_are_scipys(op: str, mode: str, boundary: str) -> None:
    """mode="same" is "same_lower" for convolve2d and "same" for correlate2d."""
    random = Random(op + mode + boundary)  # noqa: S311
    same = "same_lower" if op == "convolve" else "same"
    padding = same if mode == "same" else mode
    name = BOUNDARIES[boundary] if mode != "valid" else "zero"
    for _ in range(CASES // 5):
        x, w = pair(random, 2, 7)
        wanted = getattr(scipy.signal, f"{op}2d")(x, w, mode, boundary)
        found = getattr(symconv, op)(x, w, padding=padding, boundary=name)
        assert found.tolist() == wanted.tolist(), (x, w)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("op", ["convolve", "correlate"])
def test_images_are_ndimages(op: str, mode: str) -> None:
    """The odd entry stands at the start for correlate and at the end for convolve."""
    random = Random(op + mode)  # noqa: S311
    for _ in range(CASES // 5):
        x, w = pair(random, 2, 7)
        wanted = getattr(scipy.ndimage, op)(x, w, mode=mode)
        padding = "same_lower" if op == "correlate" else "same"
        found = getattr(symconv, op)(x, w, padding=padding, boundary=MODES[mode])
        assert found.tolist() == wanted.tolist(), (x, w)


def test_an_origin_is_padding_moved_from_one_end_to_the_other() -> None:
    random = Random(1)  # noqa: S311
    for _ in range(CASES):
        x, w = pair(random, 1, 9)
        origin = random.randint(-(len(w) // 2), (len(w) - 1) // 2)
        wanted = scipy.ndimage.correlate1d(x, w, mode="constant", origin=origin)
        before = len(w) // 2 + origin
        found = symconv.correlate(x, w, padding=(before, len(w) - 1 - before))
        assert found.tolist() == wanted.tolist(), (x, w, origin)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_the_matrix_is_scipys(mode: str) -> None:
    random = Random(mode)  # noqa: S311
    padding = "same_lower" if mode == "same" else mode
    for _ in range(CASES // 5):
        x, w = pair(random, 1, 9)
        wanted = scipy.linalg.convolution_matrix(w, len(x), mode)
        found = matrix.toeplitz(w, x.shape, op="convolve", padding=padding)
        assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("boundary", ["edge", "reflect", "symmetric", "wrap"])
def test_padding_is_numpys(boundary: Any) -> None:
    random = Random(boundary)  # noqa: S311
    for _ in range(CASES // 5):
        x = integers(random, random.randint(2, 5), random.randint(2, 6))
        pads = [(random.randint(0, 7), random.randint(0, 7)) for _ in range(2)]
        wanted = np.pad(x, pads, mode=boundary)
        found = symconv.correlate(x, [[1]], padding=pads, boundary=boundary)
        assert found.tolist() == wanted.tolist()
