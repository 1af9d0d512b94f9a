"""Layers by loops: transposed and locally connected, groups of the batch, gradients.

This module is a witness: it imports nothing of symconv and works on nested lists of Python numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from tests.oracle import Nested, Pairs, entry_at, filled, prepared, shape_of


def put(x: Nested, index: Sequence[int], value: Any) -> None:
    """Add a value to one entry, in place."""
    *lead, last = index
    entry_at(x, lead)[last] += value


def transposed(
    x: Nested,
    w: Nested,
    bias: list[Any] | None,
    groups: int,
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: Pairs,
    output_padding: Sequence[int],
) -> Nested:
    """Scatter every entry of x (N, C, *S), times the kernel (C, M/groups, *K), then crop."""
    size, taps, n = len(w[0]), shape_of(w[0][0]), shape_of(x[0][0])
    depth = len(w) // groups
    reach = [
        (n[a] - 1) * stride[a] + dilation[a] * (taps[a] - 1) + 1 + output_padding[a]
        for a in range(len(n))
    ]
    images = []
    for image in x:
        full = [filled(reach, lambda _: 0) for _ in range(size * groups)]
        for c, m in itertools.product(range(len(w)), range(size)):
            target = full[c // depth * size + m]
            for place in itertools.product(*map(range, n)):
                for tap in itertools.product(*map(range, taps)):
                    at = [
                        s * i + d * t
                        for s, i, d, t in zip(stride, place, dilation, tap, strict=True)
                    ]
                    put(target, at, entry_at(image[c], place) * entry_at(w[c][m], tap))
        crop = [(-before, -after) for before, after in padding]
        plain: dict[str, Any] = {
            "input_dilation": (1,) * len(n),
            "boundary": ("zero",) * len(n),
            "fill": 0,
        }
        images.append([prepared(plane, padding=crop, **plain) for plane in full])
    if bias is None:
        return images
    return [[shifted(plane, b) for plane, b in zip(image, bias, strict=True)] for image in images]


def shifted(x: Nested, number: Any) -> Nested:
    """Add a number to every entry."""
    return [shifted(part, number) for part in x] if isinstance(x, list) else x + number


def local(x: Nested, w: Nested, groups: int, *, cells: Nested) -> Nested:
    """Weigh the window of every output with the kernel of its place.

    ``cells`` are the inputs that every output meets, one list of taps for each channel:
    cells[n][c] has the shape of the output places; w is (M, C/groups, *O, *K).
    """
    depth = len(cells[0]) // groups
    rank = len(shape_of(w)) // 2 - 1
    places = shape_of(w)[2 : 2 + rank]
    size = len(w) // groups

    def one(n: int, m: int, place: tuple[int, ...]) -> Any:
        total = 0
        for c in range(depth):
            inputs = entry_at(cells[n][m // size * depth + c], place)
            kernel = entry_at(w[m][c], place)
            for value, tap in zip(inputs, flat(kernel), strict=True):
                total += value * tap
        return total

    def plane(n: int, m: int) -> Nested:
        return filled(places, lambda place: one(n, m, place))

    return [[plane(n, m) for m in range(len(w))] for n in range(len(x))]


def flat(x: Nested) -> list[Any]:
    """Return the entries in row-major order."""
    return [value for part in x for value in flat(part)] if isinstance(x, list) else [x]
