"""Layers without weights: pools, interpolation, what puts maps together or cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

from symconv.axis import Axis
from symconv.errors import GeometryError
from symconv.options import decode_boundary, padded, pair, per_axis
from symconv.plan import Shape, by
from symconv.stacks.effect import Effect, check_rank, options_told, placewise, plain
from symconv.stacks.model import (
    Add,
    Concat,
    Crop,
    Flatten,
    GlobalPool,
    Pad,
    Pointwise,
    Pool,
    Resize,
    Upsample,
)
from symconv.stacks.tracks import Resample, Slide
from symconv.windows import windows


def pool(layer: Pool, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a pool, which has no weights."""
    x = shapes[0]
    check_rank(kind, len(x) - 1)
    plan = windows(
        x[1:],
        tuple(per_axis("window", layer.window, len(x) - 1)),
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        ceil_mode=layer.ceil_mode,
    )
    if layer.ceil_mode and any(axis.after < 0 for axis in plan.axes):
        message = f"padding {plain(layer.padding)} crops, together with ceil_mode"
        raise GeometryError("crop-and-ceil", message, hint="put crop before it")
    taps = tuple(axis.taps for axis in plan.axes)
    steps = tuple(axis.stride for axis in plan.axes)
    told = {"stride": None if steps == taps else layer.stride, "padding": layer.padding}
    return Effect(
        (x[0], *plan.out_shape),
        by(taps) + options_told(**told, dilation=layer.dilation),
        readers=tuple(map(Slide, plan.axes)),
    )


def global_pool(layer: GlobalPool, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return one value for each channel."""
    x = shapes[0]
    check_rank(kind, len(x) - 1)
    kept = (1,) * (len(x) - 1) if layer.keep else ()
    return Effect((x[0], *kept), scope="all")


def flatten(layer: Flatten, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return the map as a vector."""
    units = prod(shapes[0])
    if layer.units not in (None, units):
        raise GeometryError(
            "shapes-differ",
            f"{kind} of {by(shapes[0])} gives {units} entries, not {layer.units}",
            hint=f"units: {units}",
            shapes=(shapes[0], (layer.units,)),
        )
    return Effect((units,), scope="vector")


def pointwise(layer: Pointwise, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return a layer that acts on every place alone."""
    del layer, kind
    return placewise(shapes[0])


def upsample(layer: Upsample, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return an interpolation by whole factors."""
    x = shapes[0]
    check_rank(kind, len(x) - 1)
    factors = per_axis("factor", layer.factor, len(x) - 1)
    half = layer.mode == "linear"
    readers = [
        Resample(
            n,
            n * f,
            Fraction(1, f),
            Fraction(1 - f, 2 * f) if half else Fraction(0),
            "linear" if half else "floor",
        )
        for n, f in zip(x[1:], factors, strict=True)
    ]
    out = (x[0], *(reader.out for reader in readers))
    return Effect(out, f"{layer.mode} {plain(layer.factor)}", readers=tuple(readers))


def resize(layer: Resize, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return an interpolation by rational scales or to sizes."""
    x = shapes[0]
    rank = len(x) - 1
    check_rank(kind, rank)
    scales = per_axis("scales", tuple(map(Fraction, layer.scales)) or (None,) * rank, rank)
    sizes = per_axis("sizes", layer.sizes or (None,) * rank, rank)
    readers = tuple(
        _resized(layer, n, scale or Fraction(size, n), size or int(n * scale))
        for n, scale, size in zip(x[1:], scales, sizes, strict=True)
    )
    out = (x[0], *(reader.out for reader in readers))
    if 0 in out:
        message = f"the output {by(out)} is empty"
        raise GeometryError("output-empty", message, hint="use larger scales")
    return Effect(out, layer.mode, readers=readers)


def _resized(layer: Resize, size: int, scale: Fraction, out: int) -> Resample:
    """Return one axis; output o stands at input rate·o + offset, as the coordinates say."""
    rate, offset = 1 / scale, Fraction(0)
    if layer.coordinates == "half_pixel" or (layer.coordinates[0] == "p" and out > 1):
        offset = rate / 2 - Fraction(1, 2)
    elif layer.coordinates == "align_corners" and size > 1 and out > 1:
        rate = Fraction(size - 1, out - 1)
    elif size == 1:
        return Resample(1, out, Fraction(1, out), offset, "floor")
    return Resample(size, out, rate, offset, layer.mode)


def concat(layer: Concat, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return the channels of all layers."""
    _check_alike(kind, layer, shapes, first=1)
    x = shapes[0]
    channels = sum(shape[0] for shape in shapes)
    return Effect(
        (channels, *x[1:]), "with " + ", ".join(layer.others), readers=placewise(x).readers
    )


def add(layer: Add, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return the sum of all layers."""
    _check_alike(kind, layer, shapes, first=0)
    return replace(placewise(shapes[0]), detail="with " + ", ".join(layer.others))


def _check_alike(kind: str, layer: Add, shapes: Sequence[Shape], *, first: int) -> None:
    """Raise GeometryError[shapes-differ] unless the maps agree from axis *first* on."""
    x = shapes[0]
    for name, shape in zip(layer.others, shapes[1:], strict=True):
        if len(shape) != len(x):
            raise GeometryError(
                "shapes-differ",
                f"{kind} of {by(x)} and {by(shape)}, the output of {name!r}",
                hint="both need the same axes",
                shapes=(x, shape),
            )
        for number, (a, b) in enumerate(zip(x[first:], shape[first:], strict=True), first):
            if a != b:
                place = f"axis {number - 1}" if number else "channels"
                raise GeometryError(
                    "shapes-differ",
                    f"{kind} of {by(x)} and {by(shape)}, the output of {name!r}: {a} is not {b}",
                    place=place,
                    hint=_way_out(name, number, a, b),
                    shapes=(x, shape),
                )


def _way_out(name: str, number: int, a: int, b: int) -> str:
    if not number:
        return f"a conv with kernel 1 and {b} filters before it would fit"
    larger = f"the output of {name!r}" if b > a else "the layer before"
    return f"crop {abs(a - b)} from axis {number - 1} of {larger}, or pad the other"


def crop(layer: Crop, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return the map without its rim, or as large as another."""
    x = shapes[0]
    rank = len(x) - 1
    check_rank(kind, rank)
    if not layer.like:
        padding = _negative(layer.margin, rank)
        return _bordered(x, padding, "zero", "crop " + plain(layer.margin))
    wanted = shapes[1][1:]
    offsets = per_axis("offset", layer.offset, rank)
    if len(wanted) != rank:
        raise GeometryError(
            "shapes-differ",
            f"{kind} of {by(x)} to the size of {by(shapes[1])}, the output of {layer.like!r}",
            hint="both need the same axes",
            shapes=tuple(shapes),
        )
    for number, (n, size, offset) in enumerate(zip(x[1:], wanted, offsets, strict=True)):
        if offset + size > n:
            raise GeometryError(
                "crop-too-deep",
                f"{size} cells from cell {offset} on are asked for, but there are {n}",
                place=f"axis {number}",
                hint=f"offset {n - size} would fit" if size <= n else f"at most {n} cells",
                entries=n,
            )
    padding = [(-o, o + size - n) for n, size, o in zip(x[1:], wanted, offsets, strict=True)]
    return _bordered(x, padding, "zero", f"to {layer.like}, offset {plain(layer.offset)}")


def _negative(margin: Any, rank: int) -> list[tuple[int, int]]:
    lone = rank == 1 and isinstance(margin, Sequence) and len(margin) == 2
    values = [margin] if lone else per_axis("margin", margin, rank)
    pairs = [pair(value, number) for number, value in enumerate(values)]
    return [(-before, -after) for before, after in pairs]


def pad(layer: Pad, kind: str, shapes: Sequence[Shape]) -> Effect:
    """Return the map with a rim."""
    x = shapes[0]
    check_rank(kind, len(x) - 1)
    told = options_told(boundary=layer.boundary)
    return _bordered(x, layer.padding, layer.boundary, plain(layer.padding) + told)


def _bordered(x: Shape, padding: Any, boundary: Any, detail: str) -> Effect:
    _, names = decode_boundary(boundary, len(x) - 1)
    lines = [Axis(size=n, taps=1, boundary=name) for n, name in zip(x[1:], names, strict=True)]
    axes = padded(lines, padding)
    for number, axis in enumerate(axes):
        if axis.padded < 1 or min(axis.before, axis.after) < -axis.size:
            raise GeometryError(
                "crop-too-deep",
                f"{-axis.before} + {-axis.after} cells are cut off, but there are {axis.size}",
                place=f"axis {number}",
                hint=f"cut off at most {axis.size - 1} in all",
                entries=axis.size,
            )
    out = (x[0], *(axis.out for axis in axes))
    return Effect(out, detail, readers=tuple(map(Slide, axes)))
