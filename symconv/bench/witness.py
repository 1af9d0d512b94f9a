"""Independent witnesses: single cells by plain loops over Python numbers, from the definition."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, ...]
Pairs = list[tuple[Any, Any]]
SAMPLE = 200
"""Cells that are looked at, chosen by the seed; the first and the last are always among them."""
PRODUCTS = 300_000
"""Products of all cells that are looked at, about; of large kernels there are fewer cells."""


def pairs(
    x: NDArray[Any],
    w: NDArray[Any],
    out: Index,
    *,
    flip: bool = False,
    before: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Pairs:
    """Return the factors of one cell's products, in the order of the taps.

        out[o] = Σ over t of  x[stride·o + dilation·t − before] · w[t],   w flipped for convolution

    >>> pairs(np.array([1, 2, 3]), np.array([4, 5]), (0,), flip=True, before=1)
    [(1, 4)]
    """
    steps, gaps, pads = (_each(given, x.ndim) for given in (stride, dilation, before))
    found = []
    for tap in itertools.product(*map(range, w.shape)):
        at = tuple(
            step * o + gap * t - pad
            for o, t, step, gap, pad in zip(out, tap, steps, gaps, pads, strict=True)
        )
        if all(0 <= i < n for i, n in zip(at, x.shape, strict=True)):
            weight = tuple(k - 1 - t for k, t in zip(w.shape, tap, strict=True)) if flip else tap
            found.append((x.item(at), w.item(weight)))
    return found


def _each(given: int | Sequence[int], rank: int) -> Sequence[int]:
    return (given,) * rank if isinstance(given, int) else given


def layer_pairs(
    x: NDArray[Any], w: NDArray[Any], out: Index, *, groups: int = 1, **steps: Any
) -> Pairs:
    """Return the factors of one cell of a layer, x (C, ...), w (M, C/groups, ...), out (M, ...).

    >>> layer_pairs(np.array([[1], [2]]), np.array([[[3]], [[4]]]), (1, 0), groups=2)
    [(2, 4)]
    """
    depth = w.shape[1]
    first = out[0] // (w.shape[0] // groups) * depth
    return [
        pair for c in range(depth) for pair in pairs(x[first + c], w[out[0], c], out[1:], **steps)
    ]


def cells(
    shape: Sequence[int], random: np.random.Generator, count: int = SAMPLE
) -> Iterator[Index]:
    """Yield indices of cells: all where there are few, else corners and a sample."""
    size = int(np.prod(shape))
    chosen = range(size) if size <= count else random.choice(size, count, replace=False)
    for flat in {0, size - 1, *map(int, chosen)}:
        yield tuple(int(i) for i in np.unravel_index(flat, tuple(shape)))


def by_definition(
    x: NDArray[Any],
    w: NDArray[Any],
    shape: Sequence[int],
    random: np.random.Generator,
    *,
    of: Callable[..., Pairs] = pairs,
    read: Callable[[Any, Index], Any] = lambda answer, cell: answer.item(cell),
    **steps: Any,
) -> Callable[[Any], bool]:
    """Return a witness of an answer of that shape: sampled cells, summed product by product."""
    count = max(5, min(SAMPLE, PRODUCTS // w.size))
    chosen = list(cells(shape, random, count))

    def right(answer: Any) -> bool:
        found = answer[0] if isinstance(answer, tuple) else answer
        return tuple(found.shape) == tuple(shape) and all(
            read(answer, cell) == sum(a * b for a, b in of(x, w, cell, **steps)) for cell in chosen
        )

    return right
