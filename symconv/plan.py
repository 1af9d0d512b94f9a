"""The whole shape of a convolution: a product of axes, with channels and groups as one more factor.

A `Geometry` is a plan: output shape, number of products, receptive fields and parameter counts are
known before any number is seen. Names ("same", "full") are decoded here, and every shape error is
raised here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Any, Protocol

from symconv.axis import Axis
from symconv.errors import GeometryError
from symconv.options import (
    LONGEST,
    check_fit,
    choices,
    decode_boundary,
    is_int,
    padded,
    positive,
    switches,
)

Shape = tuple[int, ...]
Index = tuple[int, ...]

DEFAULT_PADDING = {"correlate": "valid", "convolve": "full", "conv": 0}
"""The padding that each operation with a kernel uses when none is given."""


class Sized(Protocol):
    """A plan that knows how much work it asks for."""

    @property
    def work(self) -> dict[str, int]:
        """How much there is to do, by what is counted."""


@dataclass(frozen=True)
class Geometry:
    """One convolution without its numbers.

    ``axes`` are the spatial axes. For a layer, x is (C, *S) or, with ``batch``, (N, C, *S), and w
    is (filters, C/groups, *K); otherwise x and w have the spatial axes alone and ``filters`` is
    None. ``fill`` is what padding reads when the boundary is a constant.
    """

    axes: tuple[Axis, ...]
    filters: int | None = None
    channels: int = 1
    groups: int = 1
    batch: int | None = None
    fill: Any = 0
    bias: bool = False

    @property
    def layer(self) -> bool:
        """Whether x and w carry channels."""
        return self.filters is not None

    @property
    def maps(self) -> int:
        """Feature maps of the output: the filters, or 1 without channels."""
        return 1 if self.filters is None else self.filters

    @property
    def depth(self) -> int:
        """Channels that one filter reads, C/groups."""
        return self.channels // self.groups

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return self._with_channels(self.channels, tuple(axis.size for axis in self.axes))

    @property
    def w_shape(self) -> Shape:
        """The shape of the kernel."""
        taps = tuple(axis.taps for axis in self.axes)
        return taps if self.filters is None else (self.filters, self.depth, *taps)

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return self._with_channels(self.filters or 0, tuple(axis.out for axis in self.axes))

    def _with_channels(self, channels: int, spatial: Shape) -> Shape:
        if not self.layer:
            return spatial
        return (channels, *spatial) if self.batch is None else (self.batch, channels, *spatial)

    @property
    def constant(self) -> bool:
        """Whether padding reads a constant that was asked for, be it 0."""
        return any(axis.boundary == "constant" for axis in self.axes)

    @property
    def work(self) -> dict[str, int]:
        """Padded inputs, outputs and products: what the cost of the whole output grows with."""
        padded = prod(axis.padded for axis in self.axes) * self.channels * (self.batch or 1)
        outputs = prod(self.out_shape)
        return {"padded inputs": padded, "outputs": outputs, "products": outputs * self.taps}

    @property
    def terms(self) -> int:
        """The number of products x·w in the whole output; padding is not counted."""
        batch = 1 if self.batch is None else self.batch
        return prod(axis.terms for axis in self.axes) * self.maps * self.depth * batch

    @property
    def taps(self) -> int:
        """The number of kernel entries that one output meets, padding included."""
        return self.depth * prod(axis.taps for axis in self.axes)

    @property
    def parameters(self) -> int:
        """Kernel entries, plus one bias for each filter if there is a bias: M·(C/g)·k·k + M."""
        return prod(self.w_shape) + self.maps * self.bias

    @property
    def receptive_field(self) -> Shape:
        """How far the taps of one output spread, E along each axis of the dilated input."""
        return tuple(axis.span for axis in self.axes)

    def reads(self, out: Sequence[int]) -> list[Index]:
        """Return the inputs that output *out* depends on, in the order the window meets them.

        >>> geometry((4, 4), (2, 2), stride=2).reads((0, 1))
        [(0, 2), (0, 3), (1, 2), (1, 3)]
        """
        lead, spatial = self.split(out)
        heads = [(*lead[:-1], channel) for channel in self.channels_of(lead[-1])] if lead else [()]
        inputs = [
            dict.fromkeys(index for index, _ in axis.window(o) if index >= 0)
            for axis, o in zip(self.axes, spatial, strict=True)
        ]
        return [(*head, *inside) for head in heads for inside in itertools.product(*inputs)]

    def channels_of(self, filter_: int) -> range:
        """Return the input channels that one filter reads."""
        per_group = self.maps // self.groups
        first = filter_ // per_group * self.depth
        return range(first, first + self.depth)

    def split(self, out: Sequence[int]) -> tuple[Index, Index]:
        """Return the (batch, filter) part and the spatial part of an output index.

        Raises: GeometryError[no-such-output] when the index is outside the output.
        """
        place = tuple(out) if isinstance(out, Sequence) else (out,)
        fits = len(place) == len(self.out_shape) and all(
            is_int(index) and 0 <= index < size
            for index, size in zip(place, self.out_shape, strict=True)
        )
        if not fits:
            raise GeometryError(
                "no-such-output",
                f"{place} is no index of an output of shape {self.out_shape}",
                hint="indices start at 0",
                index=place,
                shape=self.out_shape,
            )
        rank = len(self.axes)
        return place[:-rank], place[-rank:]

    def outputs(self) -> Iterator[Index]:
        """Yield every output index in row-major order."""
        return iter(()) if 0 in self.out_shape else itertools.product(*map(range, self.out_shape))

    def __str__(self) -> str:
        """Return the plan as a few lines of text."""
        lines = [
            f"x {by(self.x_shape)}, w {by(self.w_shape)} -> out {by(self.out_shape)}",
            f"products: {self.terms}, parameters: {self.parameters}",
            f"receptive field of one output: {by(self.receptive_field)}",
        ]
        for number, axis in enumerate(self.axes):
            extras = f", input dilation {axis.lhs}" if axis.lhs != 1 else ""
            extras += ", flipped" if axis.flip else ""
            lines.append(
                f"axis {number}: {axis.size} inputs, {axis.taps} taps, stride {axis.stride}, "
                f"dilation {axis.dilation}, {axis.boundary} padding {axis.before} + {axis.after}"
                f"{extras} -> {axis.out} outputs"
            )
        return "\n".join(lines)


def by(shape: Sequence[int]) -> str:
    """Return a shape in words, `3x4`; `()` for none.

    >>> by((3, 4))
    '3x4'
    """
    return "x".join(map(str, shape)) or "()"


def geometry(
    x_shape: Sequence[int] | int,
    w_shape: Sequence[int] | int,
    /,
    *,
    op: str | None = None,
    padding: Any = None,
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    groups: int = 1,
    boundary: Any = "zero",
    flip: Any = None,
    bias: bool = False,
) -> Geometry:
    """Return the plan of a convolution: the output shape and everything else known from shapes.

    Along each axis, with E = dilation·(k − 1) + 1,

        out = ⌊(n + before + after − E) / stride⌋ + 1

    ``op`` is "correlate" (padding "valid"), "convolve" (padding "full", flipped) or "conv", a
    layer: x (C, *S) or (N, C, *S), w (M, C/groups, *K), padding 0. Without ``op``, a kernel of one
    more axis than the input is a layer's, anything else is "correlate".

    ``padding``: "valid", "full", "same" (= "same_upper", the odd entry at the end), "same_lower",
    an int, or one int or (before, after) per axis; negative numbers crop. ``stride``,
    ``dilation``, ``input_dilation``, ``flip``: one value, or one per axis. ``boundary``: "zero",
    "constant(c)" or ("constant", c), or numpy.pad's "edge", "reflect", "symmetric", "wrap".

    Raises: GeometryError with the axis, both numbers and what would fit.

    Source: Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016).

    >>> print(geometry((3, 4), (2, 2)))
    x 3x4, w 2x2 -> out 2x3
    products: 24, parameters: 4
    receptive field of one output: 2x2
    axis 0: 3 inputs, 2 taps, stride 1, dilation 1, zero padding 0 + 0 -> 2 outputs
    axis 1: 4 inputs, 2 taps, stride 1, dilation 1, zero padding 0 + 0 -> 3 outputs
    >>> geometry((3, 64, 64), (8, 3, 5, 5), padding=1).out_shape
    (8, 62, 62)
    """
    x, w = shape_of("x", x_shape), shape_of("w", w_shape)
    op = op or ("conv" if len(w) == len(x) + 1 else "correlate")
    if not isinstance(op, str) or op not in DEFAULT_PADDING:
        raise GeometryError("unknown-op", f"op={op!r}", hint=choices(op, tuple(DEFAULT_PADDING)))
    if op == "conv":
        base, sizes, taps = _layer(x, w, groups)
    else:
        base, sizes, taps = _plain(x, w, groups)
    fill, boundaries = decode_boundary(boundary, len(sizes))
    flips = switches("flip", (op == "convolve") if flip is None else flip, len(sizes))
    axes = [
        Axis(size=n, taps=k, stride=s, dilation=d, lhs=lhs, flip=bool(f), boundary=name)
        for n, k, s, d, lhs, f, name in zip(
            sizes,
            taps,
            positive("stride", stride, len(sizes)),
            positive("dilation", dilation, len(sizes)),
            positive("input_dilation", input_dilation, len(sizes)),
            flips,
            boundaries,
            strict=True,
        )
    ]
    fitted = padded(axes, DEFAULT_PADDING[op] if padding is None else padding)
    for number, axis in enumerate(fitted):
        check_fit(number, axis)
    return replace(base, axes=tuple(fitted), fill=fill, bias=bias)


def check_size(plan: Sized, most: int = 4_000_000) -> None:
    """Raise GeometryError[too-large] when inputs, outputs or products exceed *most*.

    For plans from untrusted text, where a short number could ask for all the memory there is.
    """
    for what, cells in plan.work.items():
        if cells > most:
            raise GeometryError(
                "too-large",
                f"{cells} {what}, but at most {most} are worked on here",
                hint="use less padding or a smaller array, or call the library",
                cells=cells,
                most=most,
            )


def shape_of(name: str, shape: Sequence[int] | int) -> Shape:
    """Return a shape as a tuple; one number is the length of one axis.

    Raises: GeometryError[bad-shape].
    """
    sizes: tuple[Any, ...] = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    if not sizes or not all(is_int(size) and size >= 0 for size in sizes):
        raise GeometryError(
            "bad-shape",
            f"{name} has shape {sizes}",
            hint="a shape is one or more integers, each 0 or more",
            shape=sizes,
        )
    if max(sizes) > LONGEST:
        message = f"{name} has an axis of more than 2^62 entries"
        raise GeometryError("bad-shape", message, hint="no array is that long")
    return tuple(map(int, sizes))


def _plain(x: Shape, w: Shape, groups: int) -> tuple[Geometry, Shape, Shape]:
    if len(x) != len(w):
        raise GeometryError(
            "rank-mismatch",
            f"x has {len(x)} axes {x} but w has {len(w)} {w}",
            hint="give both the same number of axes, or use conv for a layer with channels",
            x=x,
            w=w,
        )
    if groups != 1:
        raise GeometryError(
            "groups-need-channels", f"groups={groups} without channels", hint="use conv"
        )
    return Geometry(()), x, w


def _layer(x: Shape, w: Shape, groups: int) -> tuple[Geometry, Shape, Shape]:
    rank = len(w) - 2
    groups = int(groups) if is_int(groups) else groups
    if rank < 1 or len(x) not in (rank + 1, rank + 2):
        raise GeometryError(
            "rank-mismatch",
            f"x has {len(x)} axes {x} but w has {len(w)} {w}",
            hint="a layer takes x (C, *S) or (N, C, *S) and w (M, C/groups, *K)",
            x=x,
            w=w,
        )
    batch = x[0] if len(x) == rank + 2 else None
    channels, filters = x[-rank - 1], w[0]
    check_groups(channels, filters, w[1], groups)
    base = Geometry((), filters=filters, channels=channels, groups=int(groups), batch=batch)
    return base, x[-rank:], w[2:]


def check_groups(channels: int, filters: int, depth: int, groups: int) -> None:
    """Raise GeometryError unless groups divide channels and filters, and w has the depth."""
    if not is_int(groups) or groups < 1:
        raise GeometryError("groups-not-positive", f"groups={groups}", hint="use 1 or more")
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            common = gcd(channels, filters)
            tries = range(min(groups - 1, common, 10_000), 0, -1)
            fits = next(g for g in tries if common % g == 0)
            raise GeometryError(
                "groups-do-not-divide",
                f"{groups} groups do not divide {count} {name}",
                hint=f"groups={fits} would fit",
                groups=groups,
                count=count,
            )
    if channels != depth * groups:
        raise GeometryError(
            "channel-mismatch",
            f"x has {channels} channels but w reads {depth} in {groups} group(s), so "
            f"{depth * groups}",
            place="channels",
            hint=f"w should be (M, {channels // groups}, *K)",
            channels=channels,
            depth=depth,
            groups=groups,
        )
