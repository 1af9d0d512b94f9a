"""Dask arrays, lazily: every chunk of the output from the parts of the chunks that it reads."""

from __future__ import annotations

import importlib
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from math import isnan
from typing import Any

import numpy as np

from symconv.axis import Axis
from symconv.errors import EngineError, EntryError, GeometryError
from symconv.exact import Array
from symconv.fast.parts import (
    Part,
    Range,
    as_int64,
    entries_of,
    narrowest,
    planned,
    range_of,
    runs_of,
    too_narrow,
)
from symconv.plan import Geometry

Sizes = tuple[int, ...]
"""The lengths of the chunks along one axis."""
Piece = tuple[int, int, int]
"""A chunk of one axis, and the range of it that is read."""


def over_dask(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    op: str = "correlate",
    entries: tuple[int, int] | None = None,
    **options: Any,
) -> Any:
    """Return a convolution of a Dask array of integers as a Dask array, exact and not yet computed.

    ``op`` is "correlate", "convolve" or "conv"; shapes and ``options`` are those of the function of
    that name. The output is cut like x: an output goes to the chunk where its window starts,
    padding aside. It reads the inputs that the windows of its chunk reach, from however many chunks
    of x, so that no result depends on how x is cut. Channels stay together.

    The dtype is the narrowest of int16, int32 and int64 that holds every output there can be,

        low·Σw⁺ + high·Σw⁻ + bias <= out <= high·Σw⁺ + low·Σw⁻ + bias

    with the range (low, high) of x's dtype, or with ``entries``, the smallest and the largest entry
    as you know them. They are held against each chunk when it is computed:
    EntryError[entries-outside] is raised where they are wrong. int64 arrays need them.

    Needs Dask (extra ``dask``). Raises: EngineError[no-dask], [not-dask], [out-too-narrow],
    GeometryError[open-chunks], EntryError[not-integers], [not-whole], [entries-outside].

    Source: Dask documentation, "Internal Design" of arrays and "Specification" of graphs.

    >>> import dask.array as da
    >>> x = da.arange(7, chunks=3, dtype="int16")
    >>> out = over_dask(x, [1, 0, -1], padding="same", boundary="wrap")
    >>> out.chunks, out.dtype
    (((3, 3, 1),), dtype('int32'))
    >>> out.compute()
    array([ 5, -2, -2, -2, -2, -2,  5], dtype=int32)
    """
    dask = _dask()
    _check_dask(dask, x)
    plan, kernel, offsets = planned(op, x, w, bias, options)
    known = None if entries is None else (int(entries[0]), int(entries[1]))
    dtype = _licensed(plan, x.dtype, known, kernel, offsets)
    if 0 in plan.out_shape:
        return dask.array.zeros(plan.out_shape, dtype=dtype)
    name = "symconv-" + dask.base.tokenize(x.name, repr(plan), kernel, offsets, str(dtype), known)
    chunks = _chunks(plan, x.chunks)
    tasks = _Tasks(dask.task_spec, name, x, (plan, kernel, offsets))
    tasks.add_blocks(plan, chunks, partial(_block, dtype, known))
    graph = dask.highlevelgraph.HighLevelGraph.from_collections(name, tasks.all, dependencies=[x])
    return dask.array.Array(graph, name, chunks, dtype=dtype)


def _dask() -> Any:
    try:
        for module in ("dask.array", "dask.task_spec"):
            importlib.import_module(module)
    except ImportError:
        hint = 'pip install "symconv[dask]"'
        message = "Dask arrays need dask 2025.1 or later, which is not installed"
        raise EngineError("no-dask", message, hint=hint) from None
    return importlib.import_module("dask")


def _check_dask(dask: Any, x: Any) -> None:
    if not isinstance(x, dask.array.Array):
        hint = "use dask.array.from_array(x, chunks=...), or symconv.fast.in_blocks"
        raise EngineError("not-dask", f"x is {type(x).__name__}, no Dask array", hint=hint)
    if any(isnan(size) for sizes in x.chunks for size in sizes):
        hint = "call x.compute_chunk_sizes() first"
        raise GeometryError("open-chunks", f"x has the chunks {x.chunks}", hint=hint)


def _licensed(
    plan: Geometry, dtype: Any, known: Range | None, w: Array, bias: Array | None
) -> np.dtype[Any]:
    """Return the narrowest dtype that holds every output.

    Raises: EngineError[out-too-narrow].
    """
    outputs = range_of(plan, known or entries_of(dtype), w, bias)
    found = narrowest(outputs)
    if found is None:
        hint = "use symconv.correlate and its kin, whose integers have no bound"
        if known is None:
            hint = "give entries=dask.compute(x.min(), x.max())"
        raise too_narrow(np.int64, outputs, hint)
    return found


def _chunks(plan: Geometry, chunks: Sequence[Sizes]) -> tuple[Sizes, ...]:
    """Return the chunks of the output, none of them empty."""
    rank = len(plan.axes)
    spatial = map(_cut_like, plan.axes, chunks[-rank:])
    batch = () if plan.batch is None else (tuple(size for size in chunks[0] if size),)
    filters = ((plan.maps,),) if plan.layer else ()
    return (*batch, *filters, *spatial)


def _cut_like(axis: Axis, sizes: Sizes) -> Sizes:
    """Return how many outputs go to each chunk of an axis, leaving out chunks without any.

    Output o goes with input ⌊(stride·o − before + c)/lhs⌋, where c is ``before`` as far as windows
    go: at stride 1 the outputs of "same" are cut as the inputs are.

    >>> _cut_like(Axis(size=7, taps=3, before=1, after=1), (4, 2, 1))
    (4, 2, 1)
    >>> _cut_like(Axis(size=7, taps=3, stride=2), (4, 2, 1))
    (2, 1)
    """
    ahead = axis.before - min(max(axis.before, 0), axis.span - 1)
    ends = [-(-(end * axis.lhs + ahead) // axis.stride) for end in accumulate(filter(None, sizes))]
    inside = [0, *(min(max(end, 0), axis.out) for end in ends[:-1]), axis.out]
    return tuple(last - first for first, last in itertools.pairwise(inside) if last > first)


class _Tasks:
    """The tasks of an output: pieces of chunks, and blocks made of them.

    ``shared`` is what all blocks need, (plan, w, bias).
    """

    def __init__(self, spec: Any, name: str, x: Any, shared: tuple[Any, ...]) -> None:
        self.spec = spec
        self.name = name
        self.x = x
        self.shared = spec.DataNode(f"{name}-plan", shared)
        self.all: dict[Any, Any] = {self.shared.key: self.shared}

    def add_blocks(
        self, plan: Geometry, chunks: Sequence[Sizes], block: Callable[..., Array]
    ) -> None:
        """Add the task of every chunk of the output, and those of the pieces that it reads.

        The axes of x and of the output are the same, channels and filters included.
        """
        ranges = [_ranges(sizes) for sizes in chunks]
        read = [
            [_pieces(sizes, runs) for runs in along]
            for sizes, along in zip(self.x.chunks, _runs_along(plan, ranges), strict=True)
        ]
        for place in itertools.product(*(range(len(sizes)) for sizes in chunks)):
            outputs = [along[number] for along, number in zip(ranges, place, strict=True)]
            pieces = [along[number] for along, number in zip(read, place, strict=True)]
            lengths = tuple(tuple(last - first for _, first, last in along) for along in pieces)
            given = [self._piece(box) for box in itertools.product(*pieces)]
            references = map(self.spec.TaskRef, (self.shared.key, *given))
            work = partial(block, tuple(outputs), lengths)
            self.all[self.name, *place] = self.spec.Task((self.name, *place), work, *references)

    def _piece(self, box: Sequence[Piece]) -> Any:
        """Return the key of a piece of one chunk of x, which may be the whole of it."""
        chunk = (self.x.name, *(number for number, _, _ in box))
        sizes = [self.x.chunks[axis][number] for axis, (number, _, _) in enumerate(box)]
        if all(first == 0 and last == n for (_, first, last), n in zip(box, sizes, strict=True)):
            return chunk
        key = (f"{self.name}-piece", *itertools.chain(*box))
        if key not in self.all:
            slices = tuple(slice(first, last) for _, first, last in box)
            take = partial(_taken, slices)
            self.all[key] = self.spec.Task(key, take, self.spec.TaskRef(chunk))
        return key


def _ranges(sizes: Sizes) -> list[Range]:
    """Return where chunks begin and end.

    >>> _ranges((4, 2, 1))
    [(0, 4), (4, 6), (6, 7)]
    """
    return list(itertools.pairwise(accumulate(sizes, initial=0)))


def _runs_along(plan: Geometry, ranges: Sequence[Sequence[Range]]) -> list[list[list[Range]]]:
    """Return the runs of inputs that each chunk of the output reads, along every axis of x."""
    rank = len(plan.axes)
    batch = [[[ends] for ends in along] for along in ranges[: plan.batch is not None]]
    channels = [[[(0, plan.channels)]]] if plan.layer else []
    spatial = [
        [runs_of(axis, ends) for ends in along]
        for axis, along in zip(plan.axes, ranges[-rank:], strict=True)
    ]
    return [*batch, *channels, *spatial]


def _pieces(sizes: Sizes, runs: Sequence[Range]) -> list[Piece]:
    """Return the chunks that ranges of inputs meet, and which part of each.

    >>> _pieces((4, 2, 1), [(3, 6)])
    [(0, 3, 4), (1, 0, 2)]
    """
    bounds = [0, *accumulate(sizes)]
    found = []
    for first, last in runs:
        numbers = range(bisect_right(bounds, first) - 1, bisect_left(bounds, last))
        for number in numbers:
            start, end = max(first, bounds[number]), min(last, bounds[number + 1])
            if start < end:
                found.append((number, start - bounds[number], end - bounds[number]))
    return found


def _taken(slices: tuple[slice, ...], chunk: Array) -> Array:
    return chunk[slices]


def _block(
    dtype: np.dtype[Any],
    known: Range | None,
    ranges: tuple[Range, ...],
    lengths: tuple[Sizes, ...],
    shared: tuple[Any, ...],
    *pieces: Array,
) -> Array:
    """Return the outputs within ranges, from the pieces of x in row-major order."""
    plan, w, bias = shared
    inputs = as_int64(_joined(lengths, pieces))
    if known is not None and inputs.size:
        _check_entries(known, inputs)
    return Part(plan, ranges).values(inputs, w, bias).astype(dtype, copy=False)


def _joined(lengths: tuple[Sizes, ...], pieces: tuple[Array, ...]) -> Array:
    """Return pieces of these lengths along each axis, in row-major order, as one array."""
    if len(pieces) == 1:
        return pieces[0]
    dtype = pieces[0].dtype if pieces else np.int64
    joined = np.empty(tuple(map(sum, lengths)), dtype=dtype)
    places = (
        [slice(end - n, end) for n, end in zip(along, accumulate(along), strict=True)]
        for along in lengths
    )
    for place, piece in zip(itertools.product(*places), pieces, strict=True):
        joined[place] = piece
    return joined


def _check_entries(known: Range, inputs: Array) -> None:
    low, high = int(inputs.min()), int(inputs.max())
    if low < known[0] or high > known[1]:
        raise EntryError(
            "entries-outside",
            f"entries lie between {low} and {high}, but entries={known} was given",
            hint="give entries=dask.compute(x.min(), x.max())",
            found=(low, high),
            given=known,
        )
