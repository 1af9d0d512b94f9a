"""Convolution and pooling by the definition: pad the lists, slide the window, add the products.

This module is a witness. It imports nothing of symconv, works on nested lists of Python numbers
(or of anything that has + and *), and lays every padded list out before it slides.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

Nested = Any
"""A list of lists of ... of entries, as deep as the array has axes; no axis is empty."""
Pairs = Sequence[tuple[int, int]]


def shape_of(x: Nested) -> tuple[int, ...]:
    """Return the length of every axis."""
    sizes = []
    while isinstance(x, list):
        sizes.append(len(x))
        x = x[0]
    return tuple(sizes)


def entry_at(x: Nested, index: Sequence[int]) -> Any:
    """Return one entry."""
    for place in index:
        x = x[place]
    return x


def filled(shape: Sequence[int], make: Callable[[tuple[int, ...]], Any]) -> Nested:
    """Return the nested list of *shape* whose entry at each index is `make(index)`."""

    def deeper(index: tuple[int, ...]) -> Nested:
        if len(index) == len(shape):
            return make(index)
        return [deeper((*index, place)) for place in range(shape[len(index)])]

    return deeper(())


def along(x: Nested, axis: int, change: Callable[[list[Any]], list[Any]]) -> Nested:
    """Apply *change* to the list that is axis number *axis* (its items may be lists)."""
    if axis == 0:
        return change(x)
    return [along(part, axis - 1, change) for part in x]


def beyond(line: list[Any], steps: int, boundary: str, blank: Any) -> list[Any]:
    """Walk *steps* places out of the front of *line*; return what is met, nearest first."""
    last = len(line) - 1
    place, direction = 0, -1
    met: list[Any] = []
    for _ in range(steps):
        if boundary in ("zero", "constant"):
            met.append(blank)
            continue
        if boundary == "wrap":
            place = last if place == 0 else place - 1
        elif boundary == "symmetric":
            if place + direction in (-1, last + 1):
                direction = -direction
            else:
                place += direction
        elif boundary == "reflect" and last > 0:
            if place + direction in (-1, last + 1):
                direction = -direction
            place += direction
        met.append(line[place])
    return met


def extended(line: list[Any], before: int, after: int, boundary: str, blank: Any) -> list[Any]:
    """Pad both ends of one list where the numbers are positive, then crop where negative."""
    front = beyond(line, max(before, 0), boundary, blank)
    back = beyond(line[::-1], max(after, 0), boundary, blank)
    longer = front[::-1] + line + back
    return longer[max(-before, 0) : len(longer) - max(-after, 0)]


def stuffed(line: list[Any], step: int, hole: Any) -> list[Any]:
    """Put step - 1 holes between neighbours."""
    spread: list[Any] = []
    for item in line:
        spread += [item] + [hole] * (step - 1)
    return spread[: len(spread) - (step - 1)]


def prepared(
    x: Nested,
    input_dilation: Sequence[int],
    padding: Pairs,
    boundary: Sequence[str],
    fill: Any,
) -> Nested:
    """Return x with holes between inputs and then with its padding, as one nested list."""
    for axis, step in enumerate(input_dilation):
        hole = filled(shape_of(x)[axis + 1 :], lambda _: 0)
        x = along(x, axis, partial(stuffed, step=step, hole=hole))
    for axis, (before, after) in enumerate(padding):
        blank = filled(shape_of(x)[axis + 1 :], lambda _: fill)
        ends = {"before": before, "after": after, "boundary": boundary[axis], "blank": blank}
        x = along(x, axis, partial(extended, **ends))
    return x


def windows(
    x: Nested,
    w: Nested,
    *,
    stride: Sequence[int],
    dilation: Sequence[int],
    input_dilation: Sequence[int],
    padding: Pairs,
    boundary: Sequence[str],
    flip: Sequence[bool],
    fill: Any = 0,
) -> Nested:
    """Return, for every output, the list of (input entry, kernel entry) that the window meets."""
    for axis, turned in enumerate(flip):
        if turned:
            w = along(w, axis, lambda line: line[::-1])
    x = prepared(x, input_dilation, padding, boundary, fill)
    taps = shape_of(w)
    room = shape_of(x)
    counts = []
    for axis, step in enumerate(stride):
        count = 0
        while count * step + dilation[axis] * (taps[axis] - 1) < room[axis]:
            count += 1
        counts.append(count)

    def meet(out: tuple[int, ...]) -> list[tuple[Any, Any]]:
        met = []
        for tap in itertools.product(*map(range, taps)):
            place = [s * o + d * t for s, o, d, t in zip(stride, out, dilation, tap, strict=True)]
            met.append((entry_at(x, place), entry_at(w, tap)))
        return met

    return filled(counts, meet)


def layer_windows(x: Nested, w: Nested, groups: int, **axes: Any) -> Nested:
    """Return the pairs of every output of a layer: x (N, C, *S), w (M, C/groups, *K)."""
    filters, channels = len(w), len(x[0])
    depth, size = channels // groups, filters // groups
    batches = []
    for image in x:
        maps = []
        for m in range(filters):
            group = m // size
            planes = [windows(image[group * depth + c], w[m][c], **axes) for c in range(depth)]
            maps.append(joined(planes))
        batches.append(maps)
    return batches


def joined(planes: list[Nested]) -> Nested:
    """Concatenate, cell by cell, the lists of pairs of several planes."""
    if isinstance(planes[0], list) and (not planes[0] or isinstance(planes[0][0], tuple)):
        return [pair for plane in planes for pair in plane]
    return [joined(list(parts)) for parts in zip(*planes, strict=True)]


def each(cells: Nested, change: Callable[[Any], Any]) -> Nested:
    """Apply *change* to the list of pairs of every output."""
    if isinstance(cells, list) and (not cells or isinstance(cells[0], tuple)):
        return change(cells)
    return [each(part, change) for part in cells]


def added(pairs: list[tuple[Any, Any]]) -> Any:
    """Return the sum of the products, an int when it is whole."""
    total: Any = 0
    for left, right in pairs:
        total = total + left * right
    if isinstance(total, Fraction) and total.denominator == 1:
        return int(total)
    return total


def correlate(x: Nested, w: Nested, **axes: Any) -> Nested:
    """Return the exact outputs of one plane."""
    return each(windows(x, w, **axes), added)


def layer(x: Nested, w: Nested, bias: list[Any] | None, groups: int, **axes: Any) -> Nested:
    """Return the exact outputs of a layer: bias, plus the sum over the channels of the group."""
    cells = layer_windows(x, w, groups, **axes)
    return each(cells if bias is None else with_bias(cells, bias), added)


def with_bias(cells: Nested, bias: list[Any]) -> Nested:
    """Add the pair (1, bias of the filter) to the list of pairs of every output of a layer."""

    def plus(number: Any) -> Callable[[list[Any]], list[Any]]:
        return lambda pairs: [*pairs, (1, number)]

    return [
        [each(plane, plus(number)) for plane, number in zip(maps, bias, strict=True)]
        for maps in cells
    ]


def plain(rank: int, **changes: Any) -> dict[str, Any]:
    """Return the options of an unpadded, undilated correlation of stride 1, with *changes*."""
    options: dict[str, Any] = {
        "stride": (1,) * rank,
        "dilation": (1,) * rank,
        "input_dilation": (1,) * rank,
        "padding": ((0, 0),) * rank,
        "boundary": ("zero",) * rank,
        "flip": (False,) * rank,
    }
    return options | changes


def pool(
    x: Nested,
    window: Sequence[int],
    fold: Callable[[list[Any], int], Any],
    **axes: Any,
) -> Nested:
    """Fold the inputs that each window meets; *fold* gets them and the number of taps."""
    ones = filled(window, lambda _: 1)
    cells = windows(x, ones, **plain(len(window)) | axes | {"fill": None})
    return each(cells, lambda p: fold([value for value, _ in p if value is not None], len(p)))


def largest(inputs: list[Any], _taps: int) -> Any:
    """Return the largest input."""
    best = inputs[0]
    for value in inputs:
        best = max(best, value)
    return best


def mean(inputs: list[Any], _taps: int) -> Any:
    """Return the mean of the inputs met, padding not counted."""
    return added([(value, Fraction(1, len(inputs))) for value in inputs])


def mean_with_padding(inputs: list[Any], taps: int) -> Any:
    """Return the sum of the inputs met over the number of taps."""
    return added([(value, Fraction(1, taps)) for value in inputs])


def polynomial_product(left: dict[Any, Any], right: dict[Any, Any]) -> dict[Any, Any]:
    """Multiply two polynomials given as {exponents: coefficient}."""
    product: dict[Any, Any] = {}
    for i, a in left.items():
        for j, b in right.items():
            power = tuple(p + q for p, q in zip(i, j, strict=True))
            product[power] = product.get(power, 0) + a * b
    return product
