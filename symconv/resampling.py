"""Resampling: feature maps made larger (or smaller) by repetition, by zeros, or by interpolation.

Along each axis an output reads at most two inputs with rational weights; over several axes the
weights multiply. `Resampling` is the table of them, so that symbols stay symbols.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, prod
from typing import Any

from symconv import engines
from symconv.engines import pooling as passes
from symconv.errors import GeometryError
from symconv.exact import Array, array, entry, is_symbolic, text_of
from symconv.options import LONGEST, choices, counted, is_int, per_axis, positive
from symconv.plan import Shape
from symconv.terms import Term

MODES = ("nearest", "zeros", "linear")
ALIGNMENTS = ("half-pixel", "corners", "asymmetric")
"""Where outputs lie between inputs, as ONNX's half_pixel, align_corners and asymmetric."""
ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "ceil": ceil,
    "half-down": lambda place: ceil(place - Fraction(1, 2)),
    "half-up": lambda place: floor(place + Fraction(1, 2)),
}
"""Which input is nearest to a place, as ONNX's floor, ceil, round_prefer_floor and -_ceil."""


def upsample_nearest(
    x: Any,
    scale: Any = None,
    /,
    *,
    size: Any = None,
    align: str = "asymmetric",
    rounding: str = "floor",
    spatial: int | None = None,
    engine: str | None = None,
) -> Array:
    """Repeat entries along the last axes: every output takes the input nearest to its place.

        out[o] = x[round(the place of o between the inputs)],   x[⌊o / scale⌋] when left out

    ``align`` says which place that is, as in `upsample_bilinear`, and ``rounding`` which input is
    taken: "floor" or "ceil", the one before or behind, or the nearer one, of two as near the former
    with "half-down", the latter with "half-up". Inputs outside x are the first or the last.

    | elsewhere | align | rounding |
    |---|---|---|
    | PyTorch "nearest" | "asymmetric" | "floor" |
    | PyTorch "nearest-exact" | "half-pixel" | "half-up" |
    | ONNX, when left out: half_pixel, round_prefer_floor | "half-pixel" | "half-down" |

    ``scale`` is a positive int, Fraction or text such as "3/2", or one of these for each of the
    last axes; or ``size`` says how many entries there are to be, and the scale is size/n. The last
    ``spatial`` axes are resampled: 2 when left out, or 1 for a 1-D array, or as many as there are
    scales or sizes.

    Shapes: ⌊scale·n⌋ entries along each such axis. A scale below 1 leaves entries out.

    Raises: GeometryError[scale-not-positive], GeometryError[scale-or-size],
    GeometryError[output-empty], GeometryError[unknown-align], GeometryError[unknown-rounding];
    EntryError for a float.

    Source: torch.nn.Upsample, mode "nearest"; ONNX operator Resize, mode "nearest", with its
    coordinate_transformation_mode and nearest_mode. ONNX Runtime, and PyTorch for images, copy
    where a scale such as 5/4 leaves the size as it is (docs/findings.md).

    >>> upsample_nearest("a b; c d", (1, 2))
    array([[a, a, b, b],
           [c, c, d, d]], dtype=object)
    >>> upsample_nearest([1, 2, 3], "5/3"), upsample_nearest([1, 2, 3], size=2)
    (array([1, 1, 2, 2, 3]), array([1, 2]))
    >>> upsample_nearest([1, 2, 3, 4], "1/2", align="half-pixel", rounding="half-up")
    array([2, 4])
    """
    steps = {"size": size, "spatial": spatial, "align": align, "rounding": rounding}
    return _resample(x, engine, scale, mode="nearest", **steps)


def upsample_zeros(
    x: Any, n: Any, /, *, spatial: int | None = None, engine: str | None = None
) -> Array:
    """Put n − 1 zeros behind every entry of the last axes: k entries become n·k.

        out[n·i] = x[i],   0 elsewhere

    `symconv.operations.dilate` puts zeros between entries only, along every axis, and so ends with
    an entry: n·(k − 1) + 1. ``n`` is a positive int, or one for each of the last axes;
    ``spatial`` as in `upsample_nearest`.

    Raises: GeometryError[scale-not-positive].

    Source: A. V. Oppenheim, R. W. Schafer, Discrete-Time Signal Processing: the expander;
    scipy.signal.upfirdn.

    >>> upsample_zeros([1, 2], 3)
    array([1, 0, 0, 2, 0, 0])
    """
    return _resample(x, engine, n, spatial=spatial, mode="zeros")


def upsample_bilinear(
    x: Any,
    scale: Any = None,
    /,
    *,
    size: Any = None,
    align: str = "half-pixel",
    spatial: int | None = None,
    engine: str | None = None,
) -> Array:
    """Interpolate linearly along the last axes: linear, bilinear, trilinear, with exact weights.

        out[o] = (1 − f)·x[i] + f·x[i + 1],   i + f = the place of o between the inputs, 0 ≤ f < 1

    along each axis, one after the other. ``align`` says which place that is:

    * "half-pixel": (o + 1/2)/scale − 1/2, entries as cells whose outer edges agree
    * "corners": o·(n − 1)/(out − 1), the first and last entries agree; 0 for a single output
    * "asymmetric": o/scale, the first entries agree

    Places before the first or behind the last input are moved to it. ``scale``, ``size``,
    ``spatial``, shapes and errors are those of `upsample_nearest`. A scale below 1 follows the
    same rule: each output still reads two inputs along an axis, without antialiasing.

    Raises: GeometryError[unknown-align], and as `upsample_nearest`.

    Source: torch.nn.functional.interpolate (align_corners False and True); ONNX operator Resize,
    mode "linear", with half_pixel, align_corners, asymmetric. PyTorch and ONNX Runtime copy where
    a scale such as 5/4 leaves the size as it is.

    >>> upsample_bilinear([0, 4], 2), upsample_bilinear([0, 4], size=5, align="corners")
    (array([0, 1, 3, 4]), array([0, 1, 2, 3, 4]))
    >>> upsample_bilinear("a b", 2).tolist()
    [a, 3*a/4 + b/4, a/4 + 3*b/4, b]
    """
    return _resample(x, engine, scale, size=size, spatial=spatial, mode="linear", align=align)


@dataclass(frozen=True)
class Line:
    """One axis: which inputs each output reads, with which weights.

    >>> [[(i, str(w)) for i, w in Line(2, 4, Fraction(2), "linear").reads(o)] for o in (0, 1)]
    [[(0, '1')], [(0, '3/4'), (1, '1/4')]]
    """

    size: int
    out: int
    scale: Fraction
    mode: str
    align: str = "half-pixel"
    rounding: str = "floor"

    def reads(self, out: int) -> list[tuple[int, Any]]:
        """Return the inputs of one output, each with its weight."""
        place = self._place(out)
        if self.mode == "nearest":
            return [(ROUNDINGS[self.rounding](place), 1)]
        first = floor(place)
        if self.mode == "zeros":
            return [(first, 1)] if first == place else []
        part = place - first
        return [(first, 1 - part), (first + 1, part)] if part else [(first, 1)]

    def _place(self, out: int) -> Fraction:
        if self.mode == "zeros":
            return out / self.scale
        if self.align == "half-pixel":
            place = (out + Fraction(1, 2)) / self.scale - Fraction(1, 2)
        elif self.align == "corners":
            place = Fraction(out * (self.size - 1), max(1, self.out - 1))
        else:
            place = out / self.scale
        return min(max(place, Fraction(0)), Fraction(self.size - 1))


@dataclass(frozen=True)
class Resampling:
    """The table of a resampling of the last axes; the leading ones are resampled one by one."""

    lead: Shape
    lines: tuple[Line, ...]
    w_shape: Shape = ()
    fill: None = None

    @property
    def x_shape(self) -> Shape:
        """The shape of the input."""
        return (*self.lead, *(line.size for line in self.lines))

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return (*self.lead, *(line.out for line in self.lines))

    @property
    def work(self) -> dict[str, int]:
        """Inputs, outputs, and terms at most."""
        outputs = prod(self.out_shape)
        terms = outputs * prod(2 if line.mode == "linear" else 1 for line in self.lines)
        return {"inputs": prod(self.x_shape), "outputs": outputs, "terms": terms}

    def filter_of(self, out: Sequence[int]) -> int:
        """Return 0: a resampling has no filters."""
        del out
        return 0

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the inputs of one output in row-major order, with their weights."""
        lead, place = tuple(out[: len(self.lead)]), out[len(self.lead) :]
        along = (reads[o] for reads, o in zip(self.reads, place, strict=True))
        for pairs in itertools.product(*along):
            index = (*lead, *(i for i, _ in pairs))
            yield Term(tuple(out), index, None, prod(weight for _, weight in pairs))

    @cached_property
    def reads(self) -> list[list[list[tuple[int, Any]]]]:
        """For each axis and each output along it, the inputs and weights."""
        return [[line.reads(o) for o in range(line.out)] for line in self.lines]


def resampling_table(
    x_shape: Sequence[int],
    scale: Any = None,
    *,
    size: Any = None,
    mode: str = "nearest",
    align: str | None = None,
    rounding: str = "floor",
    spatial: int | None = None,
) -> Resampling:
    """Return the table of a resampling from shapes alone, so that its ``work`` can be bounded.

    ``mode`` is "nearest", "zeros" or "linear"; other arguments are those of `upsample_nearest` and
    `upsample_bilinear`, as is ``align`` when left out.

    Raises: GeometryError, EntryError.

    >>> resampling_table((3, 4, 5), 2, mode="linear").out_shape
    (3, 8, 10)
    """
    align = align or ("half-pixel" if mode == "linear" else "asymmetric")
    _check_names(mode, align, rounding)
    if (scale is None) == (size is None):
        message = "neither scale nor size" if scale is None else f"scale={scale} and size={size}"
        raise GeometryError("scale-or-size", message, hint="give one of the two")
    shape = tuple(x_shape)
    rank = _rank(shape, spatial, size if scale is None else scale)
    extents = shape[-rank:]
    if scale is None:
        sizes = positive("size", size, rank)
        scales = [Fraction(out, n) for out, n in zip(sizes, extents, strict=True)]
    else:
        scales = _scales(scale, rank, whole=mode == "zeros")
        sizes = tuple(floor(by * n) for by, n in zip(scales, extents, strict=True))
    axes = zip(extents, sizes, scales, strict=True)
    lines = tuple(Line(n, out, by, mode, align, rounding) for n, out, by in axes)
    for number, line in enumerate(lines):
        _check_line(number, line)
    return Resampling(shape[:-rank], lines)


def _check_names(mode: str, align: str, rounding: str) -> None:
    for name, value, known in (
        ("mode", mode, MODES),
        ("align", align, ALIGNMENTS),
        ("rounding", rounding, tuple(ROUNDINGS)),
    ):
        if value not in known:
            message = f"{name}={value!r}"
            raise GeometryError(f"unknown-{name}", message, hint=choices(value, known))


def _resample(x: Any, engine: str | None, scale: Any, **options: Any) -> Array:
    values = array(x)
    table = resampling_table(values.shape, scale, **options)
    if engine not in (None, "numpy") or is_symbolic(values):
        return engines.evaluate(table, values, engine=engine)
    return passes.resampled(values, table.reads)


def _rank(shape: Shape, spatial: int | None, steps: Any) -> int:
    """Return how many of the last axes are resampled."""
    several = isinstance(steps, Sequence) and not isinstance(steps, str)
    rank = spatial
    if rank is None:
        rank = len(steps) if several else min(len(shape), 2)
    if not is_int(rank) or not 1 <= rank <= len(shape) or 0 in shape[len(shape) - rank :]:
        raise GeometryError(
            "rank-mismatch",
            f"cannot resample {counted(rank, 'axis', 'axes')} of an array of shape {shape}",
            hint="spatial is at least 1, at most the number of axes, and no such axis is empty",
            x=shape,
            spatial=rank,
        )
    return rank


def _scales(scale: Any, rank: int, *, whole: bool) -> list[Fraction]:
    scales = []
    for number, given in enumerate(per_axis("scale", scale, rank)):
        value = entry(given, "scale")
        if not isinstance(value, int if whole else int | Fraction) or value <= 0:
            raise GeometryError(
                "scale-not-positive",
                f"scale is {text_of(value)}",
                place=f"axis {number}",
                hint=f"use a positive integer{'' if whole else ' or fraction'}",
                axis=number,
                scale=value,
            )
        scales.append(Fraction(value))
    return scales


def _check_line(number: int, line: Line) -> None:
    place = f"axis {number}"
    if line.out < 1:
        message = f"scale {line.scale} leaves 0 of {counted(line.size, 'entry', 'entries')}"
        hint = f"use a scale of at least {Fraction(1, line.size)}"
        raise GeometryError("output-empty", message, place=place, hint=hint, axis=number)
    check_length(line.out, place)


def check_length(out: int, place: str) -> None:
    """Raise GeometryError[too-large] for an axis longer than any array."""
    if out > LONGEST:
        message = "the output has more than 2^62 entries"
        raise GeometryError("too-large", message, place=place, hint="no array is that long")
