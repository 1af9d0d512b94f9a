"""A convolution part by part: some outputs, the inputs that they read, and how large they can be.

Some outputs of an axis are those of the same axis with other padding, mostly negative. The padded
line of that axis names the inputs, in runs; read one after the other and laid out along the line,
they give the outputs by a plan without padding. So a part is exact at every boundary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from symconv import engines
from symconv.axis import PAD, Axis, Indices
from symconv.errors import EngineError, EntryError, GeometryError
from symconv.exact import INT64_MAX, Array, array, text_of
from symconv.options import choices
from symconv.plan import DEFAULT_PADDING, Geometry, Index, Shape
from symconv.planning import check_bias, table_of
from symconv.terms import Terms

Range = tuple[int, int]
"""From the first to behind the last; of values, from the smallest to the largest."""
INTEGERS = (np.dtype(np.int16), np.dtype(np.int32), np.dtype(np.int64))
"""The types of outputs among which the narrowest that is licensed is taken."""


@dataclass(frozen=True)
class Part:
    """The outputs of a plan within a range along each axis of the output; of all filters.

    >>> from symconv.plan import geometry
    >>> part = Part(geometry((9,), (3,), padding=1, boundary="wrap"), ((7, 9),))
    >>> part.runs()
    [[(0, 1), (6, 9)]]
    >>> part.values(np.array([10, 16, 17, 18]), np.array([1, 1, 1]), None)
    array([51, 45])
    """

    plan: Geometry
    ranges: tuple[Range, ...]

    @property
    def place(self) -> tuple[slice, ...]:
        """Where these outputs stand among all."""
        return tuple(slice(*ends) for ends in self.ranges)

    @property
    def outputs(self) -> int:
        """How many outputs these are."""
        return prod(last - first for first, last in self.ranges)

    @property
    def places(self) -> int:
        """How many places of the padded input they reach over."""
        batch = 1 if self.plan.batch is None else self.ranges[0][1] - self.ranges[0][0]
        reach = prod(_reach(axis, ends) for axis, ends in self._spatial)
        return batch * self.plan.channels * reach

    @property
    def _spatial(self) -> list[tuple[Axis, Range]]:
        return list(zip(self.plan.axes, self.ranges[-len(self.plan.axes) :], strict=True))

    def runs(self) -> list[list[Range]]:
        """Return the ranges of inputs that are read, for each axis of x in increasing order."""
        batch = self.ranges[: self.plan.batch is not None]
        channels = [(0, self.plan.channels)] if self.plan.layer else []
        return [[ends] for ends in (*batch, *channels)] + [
            runs_of(axis, ends) for axis, ends in self._spatial
        ]

    def values(self, inputs: Array, w: Array, bias: Array | None) -> Array:
        """Return the exact outputs, from the inputs of all runs one after the other."""
        lines = list(itertools.starmap(_line, self._spatial))
        axes = [
            Axis(len(line), axis.taps, axis.stride, axis.dilation, flip=axis.flip)
            for axis, line in zip(self.plan.axes, lines, strict=True)
        ]
        slab = _laid_out(inputs, lines, self.plan.fill)
        batch = None if self.plan.batch is None else len(slab)
        inner = replace(self.plan, axes=tuple(axes), batch=batch, fill=0)
        return engines.evaluate(inner, slab, w, bias, engine="numpy")


def _reach(axis: Axis, outputs: Range) -> int:
    """Return how many places of the padded line some outputs reach over."""
    first, last = outputs
    return axis.stride * (last - first - 1) + axis.span


def _line(axis: Axis, outputs: Range) -> Indices:
    """Return the stretch of an axis's padded line that some outputs read.

    It is the line of an axis with other padding, whose outputs are these.
    """
    before = axis.before - axis.stride * outputs[0]
    after = _reach(axis, outputs) - axis.stuffed - before
    return replace(axis, before=before, after=after).line


def runs_of(axis: Axis, outputs: Range) -> list[Range]:
    """Return the inputs that some outputs of an axis read as ranges, in increasing order.

    >>> runs_of(Axis(size=9, taps=3, before=1, after=1, boundary="wrap"), (0, 2))
    [(0, 3), (8, 9)]
    """
    line = _line(axis, outputs)
    inputs = np.unique(line[line >= 0])
    if not len(inputs):
        return []
    gaps = np.flatnonzero(np.diff(inputs) > 1)
    firsts, lasts = inputs[np.append(0, gaps + 1)], inputs[np.append(gaps, len(inputs) - 1)]
    return list(zip(firsts.tolist(), (lasts + 1).tolist(), strict=True))


def _laid_out(inputs: Array, lines: list[Indices], fill: int) -> Array:
    """Return the inputs of all runs laid out along the lines of the last axes."""
    where = [np.flatnonzero(line >= 0) for line in lines]
    order = [_order(line) for line in lines]
    lengths = tuple(map(len, lines))
    if inputs.shape[-len(lines) :] == lengths and all(map(_counts_up, order)):
        return inputs
    dtype = inputs.dtype if abs(fill) <= INT64_MAX else np.dtype(object)
    slab = np.zeros((*inputs.shape[: -len(lines)], *lengths), dtype=dtype)
    slab[_each(where)] = inputs[_each(order)]
    for number, line in enumerate(lines if fill else ()):
        np.moveaxis(slab, number - len(lines), 0)[line == PAD] = fill
    return slab


def _order(line: Indices) -> Indices:
    """Return, for each input on a line, which of the distinct ones it is.

    >>> _order(np.array([7, 8, 0, -1, 8])).tolist()
    [1, 2, 0, 2]
    """
    read = line[line >= 0]
    return np.searchsorted(np.unique(read), read)


def _counts_up(indices: Indices) -> bool:
    return bool((np.diff(indices) == 1).all())


def _each(indices: list[Indices]) -> tuple[Any, ...]:
    """Return the index of a product of places along the last axes, as slices where they are."""
    if all(len(along) and _counts_up(along) for along in indices):
        return (..., *(slice(int(along[0]), int(along[-1]) + 1) for along in indices))
    return (..., *np.ix_(*indices))


def read(x: Any, runs: Sequence[Sequence[Range]]) -> Array:
    """Return the entries of x in the product of runs along each axis, as int64 where they fit.

    Only slices of step 1 are asked of x.
    """
    unsigned = np.dtype(x.dtype) == np.uint64
    sizes = [sum(last - first for first, last in along) for along in runs]
    inputs = np.empty(sizes, dtype=np.uint64 if unsigned else np.int64)
    for box in itertools.product(*map(_laid_in_a_row, runs)):
        here, there = zip(*box, strict=True)
        inputs[here] = x[there]
    return as_int64(inputs)


def _laid_in_a_row(runs: Sequence[Range]) -> Iterator[tuple[slice, slice]]:
    """Yield for each run where it stands after those before it, and where in x."""
    place = 0
    for first, last in runs:
        yield slice(place, place + last - first), slice(first, last)
        place += last - first


def as_int64(inputs: Array) -> Array:
    """Return integers of any type as int64, or as Python integers where one does not fit."""
    if inputs.dtype != np.uint64 or not inputs.size or inputs.max() <= INT64_MAX:
        return inputs.astype(np.int64, copy=False)
    return inputs.astype(object)


def planned(
    op: str, x: Any, w: Any, bias: Any, options: dict[str, Any]
) -> tuple[Geometry, Array, Array | None]:
    """Return the plan of an operation on arrays of integers, its kernel and its biases.

    Raises: GeometryError[unknown-op], [whole-only], EntryError[not-integers], [not-whole].
    """
    if op not in DEFAULT_PADDING:
        raise GeometryError("unknown-op", f"op={op!r}", hint=choices(op, tuple(DEFAULT_PADDING)))
    if np.dtype(x.dtype).kind not in "iu":
        hint = "store integers, or use symconv.correlate and its kin, which take any exact entries"
        raise EntryError("not-integers", f"x has the dtype {x.dtype}", hint=hint)
    kernel, offsets = _whole("w", w), None if bias is None else _whole("bias", bias)
    table = table_of(op, tuple(x.shape), kernel.shape, **options)
    check_bias(table, offsets)
    if not isinstance(table, Terms):
        message = "a layer with a layout or groups of the batch is not computed part by part"
        raise GeometryError("whole-only", message, hint="transpose x and w to (N, C, *S) first")
    plan = table.geometry
    if not isinstance(plan.fill, int):
        _refuse_part("the boundary", plan.fill)
    return plan, kernel, offsets


def _whole(name: str, values: Any) -> Array:
    """Return exact integers."""
    found = array(values)
    for value in found.ravel().tolist() if found.dtype == object else ():
        if not isinstance(value, int):
            _refuse_part(name, value)
    return found


def _refuse_part(name: str, value: Any) -> None:
    hint = "multiply by the common denominator and divide the outputs, or use symconv.correlate"
    raise EntryError("not-whole", f"{name} holds {text_of(value)}, no integer", hint=hint)


def range_of(plan: Geometry, entries: Range, w: Array, bias: Array | None) -> Range:
    """Return bounds on every output, in Python integers, from bounds on the entries of x.

        low·Σw⁺ + high·Σw⁻ + bias <= out <= high·Σw⁺ + low·Σw⁻ + bias

    w⁺ and w⁻ are the positive and the negative entries of one filter. What padding and holes read
    counts among the entries.

    >>> from symconv.plan import geometry
    >>> range_of(geometry((9,), (3,)), (-128, 127), np.array([1, 0, -2]), None)
    (-382, 383)
    """
    low, high = _with_padding(plan, entries)
    ends = []
    offsets = [0] * plan.maps if bias is None else bias.ravel().tolist()
    taps = w.reshape(plan.maps, -1) if w.size else np.zeros((plan.maps, 0), dtype=np.int64)
    for row, offset in zip(taps.tolist(), offsets, strict=True):
        plus, minus = sum(v for v in row if v > 0), sum(v for v in row if v < 0)
        ends += [low * plus + high * minus + offset, high * plus + low * minus + offset]
    return min(ends, default=0), max(ends, default=0)


def _with_padding(plan: Geometry, entries: Range) -> Range:
    read = list(entries)
    for axis in plan.axes:
        if axis.boundary in ("zero", "constant") and max(axis.before, axis.after) > 0:
            read.append(int(plan.fill))
        if axis.lhs > 1:
            read.append(0)
    return min(read), max(read)


def entries_of(dtype: Any) -> Range:
    """Return the range of an integer type."""
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def narrowest(outputs: Range) -> np.dtype[Any] | None:
    """Return the narrowest of int16, int32 and int64 that holds a range, None where none does.

    >>> narrowest((-32768, 32767)), narrowest((0, 32768))
    (dtype('int16'), dtype('int32'))
    """
    return next((dtype for dtype in INTEGERS if holds(dtype, outputs)), None)


def holds(dtype: Any, outputs: Range) -> bool:
    """Tell whether an integer type holds a range."""
    low, high = entries_of(dtype)
    return low <= outputs[0] and outputs[1] <= high


def too_narrow(dtype: Any, outputs: Range, hint: str) -> EngineError:
    """Return the error that says which outputs there can be and which a type holds."""
    low, high = entries_of(dtype)
    return EngineError(
        "out-too-narrow",
        f"outputs are bounded by {outputs[0]} and {outputs[1]}, but {np.dtype(dtype)} holds "
        f"{low} to {high}",
        hint=hint,
        outputs=outputs,
        dtype=str(np.dtype(dtype)),
    )


def boxes(shape: Shape, entries: int) -> Iterator[tuple[Range, ...]]:
    """Yield parts of an array in row-major order, none of more entries than asked (but one).

    >>> list(boxes((2, 3), 2))[:3]
    [((0, 1), (0, 2)), ((0, 1), (2, 3)), ((1, 2), (0, 2))]
    """
    steps = [max(1, min(n, entries // max(1, prod(shape[i + 1 :])))) for i, n in enumerate(shape)]
    yield from tiles(shape, tuple(steps))


def tiles(shape: Shape, steps: Index) -> Iterator[tuple[Range, ...]]:
    """Yield the ranges of every tile of a grid over an array, in row-major order."""
    yield from itertools.product(
        *(
            [(first, min(first + step, n)) for first in range(0, n, step)]
            for n, step in zip(shape, steps, strict=True)
        )
    )
