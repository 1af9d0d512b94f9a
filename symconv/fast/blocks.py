"""Arrays larger than memory: read, convolved and written block by block, exactly."""

from __future__ import annotations

import mmap
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from symconv.errors import GeometryError
from symconv.exact import INT64_MAX, Array, array
from symconv.fast.parts import (
    Part,
    Range,
    boxes,
    entries_of,
    holds,
    narrowest,
    planned,
    range_of,
    read,
    tiles,
    too_narrow,
)
from symconv.options import is_int
from symconv.plan import Geometry, Index, Shape, by

PLACE_BYTES = 40
OUTPUT_BYTES = 56
"""Bytes for each place read and each output of a block, the outputs' own included: several times
the 9 to 22 bytes that both were measured to take together, for planes and kernels of 1 to 961
taps; layers of many channels may take more."""
BEYOND_64_BITS = 5
"""How many times as much it takes where sums may leave 64 bits on the way (measured at 60 bits)."""
ROWS = 16
"""Kernel spans that a block has along the first axis before other axes are cut: then little is read
twice, and rows are read whole."""
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
UNITS |= {f"{name}i": 1024**power for power, name in enumerate(UNITS) if name}
Progress = Callable[[int, int], Any]
"""Called with the outputs done and all outputs, after every block."""


def in_blocks(
    x: Any,
    w: Any,
    bias: Any = None,
    /,
    *,
    op: str = "correlate",
    out: Any = None,
    memory: int | str = "256 MiB",
    progress: Progress | bool = False,
    **options: Any,
) -> Array:
    """Carry out a convolution of an array that need not fit into memory, exactly.

    x is anything with ``shape`` and ``dtype`` (of integers) that can be sliced: a numpy.memmap, a
    dataset of h5py or Zarr. ``op`` is "correlate", "convolve" or "conv"; shapes and ``options`` are
    those of the function of that name. Blocks of outputs are computed one after the other, and each
    reads the inputs that its windows reach.

    ``out``: an array of the output's shape and an integer dtype; or a path, which becomes an .npy
    file once all blocks are written; or None. For None and a path the dtype is the narrowest of
    int16, int32 and int64 that holds every output there can be. Bounds on the outputs are computed
    in Python integers before the first block,

        low·Σw⁺ + high·Σw⁻ + bias <= out <= high·Σw⁺ + low·Σw⁻ + bias

    with the range (low, high) of x's dtype; only where that does not do, x is read through once for
    its smallest and its largest entry. Returns ``out``, or what was made for it.

    ``memory``: what the blocks may take, in bytes or as in "2 GiB"; a few MiB come on top. Pages of
    files mapped into memory are given back after each block (on Linux).
    ``progress``: True shows a bar on standard error if that is a terminal; or a function that is
    called with the outputs done and all outputs.

    Raises: EngineError[out-too-narrow] where the bounds leave the dtype, EntryError[not-integers],
    EntryError[not-whole], GeometryError.

    >>> import numpy as np
    >>> x = np.arange(5, dtype=np.int16)
    >>> in_blocks(x, [1, 0, -1], padding="same", boundary="reflect", memory="1 kB")
    array([ 0, -2, -2, -2,  0], dtype=int32)
    """
    x = x if hasattr(x, "shape") and hasattr(x, "dtype") else array(x)
    plan, kernel, offsets = planned(op, x, w, bias, options)
    limit = _bytes(memory)
    if out is not None and not _is_path(out):
        _check_out(out, x, plan)
    wanted = getattr(out, "dtype", None)
    dtype, entries = _licensed(plan, x, (kernel, offsets), wanted, limit)
    cut = _cut(plan, limit, BEYOND_64_BITS if _is_wide(plan, entries, kernel) else 1)

    def fill(values: Array) -> None:
        done = 0
        with _told(progress) as tell:
            for ranges in tiles(plan.out_shape, cut):
                part = Part(plan, ranges)
                values[part.place] = part.values(read(x, part.runs()), kernel, offsets)
                _give_back(x)
                _give_back(values)
                done += part.outputs
                tell(done, prod(plan.out_shape))

    if _is_path(out):
        return _filled_file(Path(out), plan.out_shape, dtype, fill)
    values = np.empty(plan.out_shape, dtype) if out is None else out
    fill(values)
    return values


def _is_path(out: Any) -> bool:
    return isinstance(out, str | PathLike)


def _filled_file(
    path: Path, shape: Shape, dtype: np.dtype[Any], fill: Callable[[Array], None]
) -> Array:
    """Return an .npy file mapped for reading; it takes its name once all of it is written."""
    draft = path.with_name(f"{path.name}.part")
    try:
        values = open_memmap(draft, mode="w+", dtype=dtype, shape=shape)
        fill(values)
        values.flush()
        del values
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    written: Array = np.load(path, mmap_mode="r")
    return written


def _bytes(memory: int | str) -> int:
    """Return a number of bytes.

    >>> _bytes("1.5 KiB"), _bytes("2 GB")
    (1536, 2000000000)
    """
    if is_int(memory) and int(memory) > 0:
        return int(memory)
    found = re.fullmatch(r"(\d{1,18}(?:\.\d{1,18})?) ?([kmgt]i?|)b?", str(memory).strip().lower())
    if found and isinstance(memory, str) and (size := Fraction(found[1]) * UNITS[found[2]]) >= 1:
        return int(size)
    hint = "write a number of bytes, or as in '256 MiB'"
    raise GeometryError("bad-memory", f"memory={memory!r}", hint=hint)


def _check_out(out: Any, x: Any, plan: Geometry) -> None:
    """Raise GeometryError unless outputs can be written into *out* while x is read."""
    if tuple(out.shape) != plan.out_shape:
        message = f"out is {by(out.shape)}, but the output is {by(plan.out_shape)}"
        raise GeometryError("out-shape", message, hint=f"use the shape {plan.out_shape}")
    if np.dtype(out.dtype).kind not in "iu":
        message = f"out has the dtype {out.dtype}"
        raise GeometryError("out-not-integer", message, hint="use an integer dtype such as int32")
    flags = getattr(out, "flags", None)
    if flags is not None and not flags.writeable:
        message = "out is read-only"
        raise GeometryError("out-read-only", message, hint="open a file with mode 'r+' or 'w+'")
    files = {str(getattr(values, "filename", None) or id(values)) for values in (out, x)}
    arrays = isinstance(out, np.ndarray) and isinstance(x, np.ndarray)
    if len(files) == 1 or (arrays and np.shares_memory(out, x)):
        hint = "write to another array or file: blocks read inputs around those before them"
        raise GeometryError("out-overlaps", "out and x share memory or a file", hint=hint)


def _cut(plan: Geometry, limit: int, weight: int) -> Index:
    """Return the outputs of one block along each axis of the output, as many as memory allows.

    ``weight`` is how many times as much memory as usual they take.
    """
    steps = [max(1, extent) for extent in plan.out_shape]
    while (size := weight * _size(plan, steps)) > limit:
        number = _next_cut(plan, steps)
        if steps[number] == 1:
            raise GeometryError(
                "memory-too-small",
                f"a block of one output takes {size} bytes, but memory is {limit}",
                hint=f"use memory={size} or more",
                needed=size,
                memory=limit,
            )
        steps[number] = -(-steps[number] // 2)
    return tuple(steps)


def _size(plan: Geometry, steps: list[int]) -> int:
    block = Part(plan, tuple((0, step) for step in steps))
    return PLACE_BYTES * block.places + OUTPUT_BYTES * block.outputs


def _next_cut(plan: Geometry, steps: list[int]) -> int:
    """Return the axis to cut: the batch, the first axis down to some rows, then the widest."""
    if plan.batch is not None and steps[0] > 1:
        return 0
    first = len(steps) - len(plan.axes)
    spans = [
        Fraction(step * axis.stride, axis.span) if step > 1 else Fraction(0)
        for step, axis in zip(steps[first:], plan.axes, strict=True)
    ]
    return first + (0 if spans[0] > ROWS else spans.index(max(spans)))


def _licensed(
    plan: Geometry, x: Any, weights: tuple[Array, Array | None], wanted: Any, limit: int
) -> tuple[np.dtype[Any], Range]:
    """Return the dtype of the output, proved to hold every one, and the range of the entries.

    Raises: EngineError[out-too-narrow].
    """
    for entries in (entries_of(x.dtype), None):
        known = _extremes(x, limit) if entries is None else entries
        outputs = range_of(plan, known, *weights)
        found = narrowest(outputs) if wanted is None else np.dtype(wanted)
        if found is not None and holds(found, outputs):
            return found, known
    better = narrowest(outputs)
    exact = "use symconv.correlate and its kin, whose integers have no bound"
    hint = f"use an out of {better}" if better else exact
    raise too_narrow(np.int64 if wanted is None else wanted, outputs, hint)


def _is_wide(plan: Geometry, entries: Range, w: Array) -> bool:
    """Tell whether a partial sum may leave 64 bits in some order of summation."""
    peak = max(map(abs, (*entries, plan.fill)))
    low, high = range_of(plan, (-peak, peak), w, None)
    return max(-low, high) > INT64_MAX


def _extremes(x: Any, limit: int) -> Range:
    """Return the smallest and the largest entry, read part by part; (0, 0) where there is none."""
    low, high = [], []
    for box in boxes(tuple(x.shape), limit // np.dtype(x.dtype).itemsize):
        values = np.asarray(x[tuple(slice(*ends) for ends in box)])
        low.append(int(values.min()))
        high.append(int(values.max()))
        _give_back(x)
    return min(low, default=0), max(high, default=0)


def _give_back(values: Any) -> None:
    """Take the pages of a file mapped into memory out of this process; the file keeps them.

    Only mappings that share the file's pages: a private copy ("c") would lose what it changed.

    Source: madvise(2), MADV_DONTNEED for shared file mappings.
    """
    mode, base = None, values
    while isinstance(base, np.ndarray):
        mode = base.mode if isinstance(base, np.memmap) else mode
        base = base.base
    if isinstance(base, mmap.mmap) and mode in ("r", "r+", "w+") and sys.platform == "linux":
        base.madvise(mmap.MADV_DONTNEED)


@contextmanager
def _told(progress: Progress | bool) -> Iterator[Progress]:
    """Give the function to call after each block; a bar where one is asked for and can be seen."""
    if progress is not True or not sys.stderr.isatty():
        yield progress if callable(progress) else lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task("outputs", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
