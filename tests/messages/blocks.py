"""Errors of convolutions in blocks, over Dask arrays, and of certified ones."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pytest
import sympy

from symconv.fast.blocks import in_blocks
from symconv.fast.certified import certified
from symconv.fast.chunks import over_dask
from symconv.fast.plans import plan
from tests.messages import with_module

BYTES = np.array([200, 100, 240], dtype=np.uint8)
WIDE = np.array([2**62, -7], dtype=np.int64)
FIXED = np.zeros(2, dtype=np.int32)
FIXED.flags.writeable = False
CUT = da.arange(9, chunks=4, dtype=np.int16)

CASES: list[Any] = [
    pytest.param(
        lambda: certified([1, 2], [3], failure=1.5),
        "EngineError[no-probability]: failure is 1.5\n"
        "  hint: a float between 0 and 1, such as 2.0**-60",
        id="no-probability",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [150, 1], out=np.zeros(2, np.int16)),
        "EngineError[out-too-narrow]: outputs are bounded by 15100 and 36240, but int16 holds "
        "-32768 to 32767\n"
        "  hint: use an out of int32",
        id="out-too-narrow",
    ),
    pytest.param(
        lambda: in_blocks(WIDE, [1, 3]),
        "EngineError[out-too-narrow]: outputs are bounded by -28 and 18446744073709551616, but "
        "int64 holds -9223372036854775808 to 9223372036854775807\n"
        "  hint: use symconv.correlate and its kin, whose integers have no bound",
        id="out-too-narrow, anything",
    ),
    pytest.param(
        lambda: over_dask(da.from_array(WIDE), [1, 3]),
        "EngineError[out-too-narrow]: outputs are bounded by -36893488147419103232 and "
        "36893488147419103228, but int64 holds -9223372036854775808 to 9223372036854775807\n"
        "  hint: give entries=dask.compute(x.min(), x.max())",
        id="out-too-narrow, Dask",
    ),
    pytest.param(
        lambda: over_dask(da.from_array(WIDE), [1, 3], entries=(-7, 2**62)),
        "EngineError[out-too-narrow]: outputs are bounded by -28 and 18446744073709551616, but "
        "int64 holds -9223372036854775808 to 9223372036854775807\n"
        "  hint: use symconv.correlate and its kin, whose integers have no bound",
        id="out-too-narrow, Dask, entries",
    ),
    pytest.param(
        lambda: in_blocks(np.array([0.5, 2.0]), [1]),
        "EntryError[not-integers]: x has the dtype float64\n"
        "  hint: store integers, or use symconv.correlate and its kin, which take any exact "
        "entries",
        id="not-integers",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, "1/2 3"),
        "EntryError[not-whole]: w holds 1/2, no integer\n"
        "  hint: multiply by the common denominator and divide the outputs, or use "
        "symconv.correlate",
        id="not-whole",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1], padding=2, boundary=("constant", sympy.Symbol("c"))),
        "EntryError[not-whole]: the boundary holds c, no integer\n"
        "  hint: multiply by the common denominator and divide the outputs, or use "
        "symconv.correlate",
        id="not-whole, boundary",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1], op="conv_transpose"),
        "GeometryError[unknown-op]: op='conv_transpose'\n  hint: one of correlate, convolve, conv",
        id="unknown-op",
    ),
    pytest.param(
        lambda: in_blocks(np.zeros((5, 4), int), np.ones((3, 4, 2), int), op="conv", layout="WC"),
        "GeometryError[whole-only]: a layer with a layout or groups of the batch is not computed "
        "part by part\n"
        "  hint: transpose x and w to (N, C, *S) first",
        id="whole-only",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1], memory="lots"),
        "GeometryError[bad-memory]: memory='lots'\n"
        "  hint: write a number of bytes, or as in '256 MiB'",
        id="bad-memory",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1, 2], memory="0.1 kB"),
        "GeometryError[memory-too-small]: a block of one output takes 136 bytes, but memory is "
        "100\n"
        "  hint: use memory=136 or more",
        id="memory-too-small",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1, 2], out=np.zeros((1, 2), int)),
        "GeometryError[out-shape]: out is 1x2, but the output is 2\n  hint: use the shape (2,)",
        id="out-shape",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1, 2], out=np.zeros(2)),
        "GeometryError[out-not-integer]: out has the dtype float64\n"
        "  hint: use an integer dtype such as int32",
        id="out-not-integer",
    ),
    pytest.param(
        lambda: in_blocks(BYTES, [1, 2], out=FIXED),
        "GeometryError[out-read-only]: out is read-only\n"
        "  hint: open a file with mode 'r+' or 'w+'",
        id="out-read-only",
    ),
    pytest.param(
        lambda: plan("a b", "1"),
        "EngineError[numpy-symbolic]: the fast path takes numbers only, and an entry is a symbol\n"
        "  hint: use symconv.correlate and its kin",
        id="numpy-symbolic, a plan",
    ),
    pytest.param(
        lambda: in_blocks(WIDE, [1], out=WIDE),
        "GeometryError[out-overlaps]: out and x share memory or a file\n"
        "  hint: write to another array or file: blocks read inputs around those before them",
        id="out-overlaps",
    ),
    pytest.param(
        lambda: with_module("dask.array", None, lambda: over_dask(BYTES, [1])),
        "EngineError[no-dask]: Dask arrays need dask 2025.1 or later, which is not installed\n"
        '  hint: pip install "symconv[dask]"',
        id="no-dask",
    ),
    pytest.param(
        lambda: over_dask(BYTES, [1]),
        "EngineError[not-dask]: x is ndarray, no Dask array\n"
        "  hint: use dask.array.from_array(x, chunks=...), or symconv.fast.in_blocks",
        id="not-dask",
    ),
    pytest.param(
        lambda: over_dask(CUT[CUT > 5], [1]),
        "GeometryError[open-chunks]: x has the chunks ((nan, nan, nan),)\n"
        "  hint: call x.compute_chunk_sizes() first",
        id="open-chunks",
    ),
    pytest.param(
        lambda: over_dask(CUT, [1], entries=(0, 7)).compute(scheduler="sync"),
        "EntryError[entries-outside]: entries lie between 8 and 8, but entries=(0, 7) was given\n"
        "  hint: give entries=dask.compute(x.min(), x.max())",
        id="entries-outside",
    ),
]
