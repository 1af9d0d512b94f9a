"""W6: memory: of small kernels, of a file larger than it, and of Dask arrays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench import witness
from symconv.bench.answers import numbers
from symconv.bench.goals import AHEAD
from symconv.bench.tasks import Call, Claim, Curve, Family, Options, Part, Peer, Task, Workload
from symconv.bench.workloads import integers, layers
from symconv.bench.workloads.folder import folder

Array = NDArray[Any]
FACTOR = 4
"""Bytes at the peak over bytes of the output, for kernels of up to 15² taps."""
GIB = 2**30
BLOCKS = "384 MiB"
"""What the blocks may take; Python and its libraries come on top."""
STRIPE = 512
"""Rows that are made and written at a time."""


def _factor(found: Task, size: int) -> Task:
    """Return a task with the claim that its peak stays within some times its output."""
    claim = Claim(
        f"at most {FACTOR} times the output at the peak", FACTOR, lambda used: used.peak / size
    )
    return replace(found, claims=(*found.claims, claim))


PLAIN = ("SciPy convolve2d", "SciPy fftconvolve", "NumPy int64, tap by tap")


def small_kernel(n: int, k: int, options: Options) -> Task:
    """Return one plane with a small kernel; the peers show what they take."""
    found = integers.task(n, 8, k, options)
    peers = tuple(replace(peer, goal=None) for peer in found.peers if peer.name in PLAIN)
    return _factor(replace(found, peers=peers), 8 * (n - k + 1) ** 2)


def layer(n: int, options: Options) -> Task:
    """Return one layer of 3x3 kernels, whose im2col matrix is nine times its input."""
    shape = layers.Layer(32, n, 32)
    return _factor(replace(layers.task(shape, options), peers=()), 8 * 32 * shape.out**2)


# A file larger than memory ----------------------------------------------------------------------


@cache
def image(n: int, seed: int) -> Path:
    """Return a file of n² numbers of 16 bits, written stripe by stripe."""
    path = folder() / f"{n}-{seed}.npy"
    random = np.random.default_rng([seed, n])
    values = np.lib.format.open_memmap(path, mode="w+", dtype=np.int16, shape=(n, n))
    for row in range(0, n, STRIPE):
        values[row : row + STRIPE] = random.integers(
            -(2**15), 2**15, (min(STRIPE, n - row), n), np.int16
        )
    values.flush()
    return path


def child(path: str, out: str, rows: int, weights: list[list[int]]) -> None:
    """Correlate a mapped file in blocks and print seconds, peak and what was told of progress."""
    from symconv.fast.blocks import in_blocks

    told: list[int] = []
    values = np.load(path, mmap_mode="r")[:rows]
    start = perf_counter()
    made = in_blocks(
        values, weights, out=out, memory=BLOCKS, progress=lambda done, _all: told.append(done)
    )
    seconds = perf_counter() - start
    facts = {"seconds": seconds, "peak": resident(), "told": len(told), "dtype": str(made.dtype)}
    sys.stdout.write(json.dumps(facts))


def resident() -> int:
    """Return the most memory this process ever held, with the pages of mapped files.

    Linux counts it for the program itself; elsewhere what started it is in the number too.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def _in_blocks(path: Path, rows: int, w: Array) -> Call:
    out = path.with_name(f"out-{rows}.npy")
    code = f"import json, sys; from {__name__} import child; child(*json.loads(sys.argv[1]))"
    given = json.dumps([str(path), str(out), rows, w.tolist()])

    def run() -> dict[str, Any]:
        command = [sys.executable, "-c", code, given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return {"out": np.load(out, mmap_mode="r"), **json.loads(done.stdout)}

    return run


def _ndimage(path: Path, rows: int, w: Array) -> Call:
    """Return SciPy's filter from the mapped file into another; it sums in float64."""
    from scipy import ndimage

    values = np.load(path, mmap_mode="r")[:rows]
    inside = tuple(
        slice(k // 2, n - (k - 1) // 2) for n, k in zip(values.shape, w.shape, strict=True)
    )
    out = np.lib.format.open_memmap(
        path.with_name("ndimage.npy"), mode="w+", dtype=np.int64, shape=values.shape
    )

    def run() -> Array:
        ndimage.correlate(values, w, output=out, mode="constant")
        return out[inside]

    return run


def mapped(n: int, k: int, options: Options) -> Task:
    """Return a mapped file of n² numbers of 16 bits under a kernel of 8 bits."""
    random = options.random(f"W6 {n} {k}")
    w = integers.integers(random, 8, k, k)
    path, out = image(n, options.seed), n - k + 1
    shape = (out, out)
    right = witness.by_definition(np.load(path, mmap_mode="r"), w, shape, random)

    def part(products: int) -> Part:
        rows = min(out, max(1, products // (out * k * k)))
        return (path, rows + k - 1, w), rows * out * k * k

    return Task(
        (path, n, w),
        _in_blocks,
        lambda answer: answer["told"] > 1 and right(answer["out"]),
        out * out * k * k,
        peers=(Peer("SciPy ndimage.correlate, file to file", _ndimage, AHEAD),),
        claims=(Claim("at most 1 GiB resident", GIB, lambda used: used.answer["peak"]),),
        part=part,
        compare=lambda mine, theirs: numbers(mine["out"], theirs),
        traffic=2 * n * n + 4 * out * out,
        once=True,
    )


# Dask -------------------------------------------------------------------------------------------


@cache
def _client(processes: bool) -> Any:
    """Return a local cluster with a worker a core, which lives as long as the process."""
    import atexit

    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=os.cpu_count() or 1,
        threads_per_worker=1,
        processes=processes,
        dashboard_address=None,
    )
    client = Client(cluster)
    atexit.register(cluster.close)
    atexit.register(client.close)
    return client


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that each worker maps for itself, as it would a dataset of HDF5 or Zarr."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __getitem__(self, place: Any) -> Array:
        return np.array(np.load(self.path, mmap_mode="r")[place])


def _dask_array(path: Path, chunk: int) -> Any:
    import dask.array

    found = np.load(path, mmap_mode="r")
    stored = Stored(path, found.shape, found.dtype)
    return dask.array.from_array(
        stored, chunks=(chunk, chunk), name=f"image-{path}", meta=found[:0]
    )


def _over_dask(processes: bool, path: Path, chunk: int, w: Array) -> Call:
    from symconv.fast.chunks import over_dask

    client = _client(processes)
    out = over_dask(_dask_array(path, chunk), w)
    return lambda: client.compute(out, sync=True)


def _map_overlap(processes: bool, path: Path, chunk: int, w: Array) -> Call:
    """Return Dask's own overlap of chunks, with SciPy on int64 within each."""
    from scipy import signal

    client, kernel = _client(processes), np.flip(w)
    wide = _dask_array(path, chunk).astype(np.int64)
    out = wide.map_overlap(
        partial(signal.convolve2d, in2=kernel, mode="same"),
        depth=tuple(k // 2 for k in w.shape),
        boundary=0,
        dtype=np.int64,
    )
    inside = tuple(
        slice(k // 2, n - (k - 1) // 2) for n, k in zip(wide.shape, w.shape, strict=True)
    )
    return lambda: client.compute(out[inside], sync=True)


def chunked(n: int, k: int, options: Options) -> Task:
    """Return the same through Dask on a local cluster, its chunks smaller than the image."""
    random = options.random(f"W6 dask {n} {k}")
    w = integers.integers(random, 8, k, k)
    path, out = image(n, options.seed), n - k + 1
    processes = not options.quick
    right = witness.by_definition(np.load(path, mmap_mode="r"), w, (out, out), random)
    return Task(
        (path, max(k, n // 4), w),
        partial(_over_dask, processes),
        right,
        out * out * k * k,
        peers=(
            Peer("Dask map_overlap, SciPy convolve2d", partial(_map_overlap, processes), AHEAD),
        ),
        compare=numbers,
    )


def _workloads(options: Options) -> Iterator[Workload]:
    n = options.size(2048, 32)
    for k in (3,) if options.quick else (3, 7, 15):
        yield Workload(f"W6 {n}² ⋆ {k}², memory", partial(small_kernel, n, k, options))
    side = options.size(112, 5)
    yield Workload(f"W6 layer 32×{side}²→32 k3, memory", partial(layer, side, options))
    big, middle = options.size(30_000, 60), options.size(4_096, 60)
    if not options.quick:
        yield Workload(f"W6 mapped file {big}² ⋆ 15²", partial(mapped, big, 15, options))
        yield Workload(f"W6 Dask {middle}² ⋆ 15²", partial(chunked, middle, 15, options))


def _curves(options: Options) -> Iterator[Curve]:
    sizes = (16, 32) if options.quick else (256, 512, 1024, 2048, 4096)
    yield Curve("n² ⋆ 7², 8-bit", sizes, lambda n: small_kernel(n, 7, options), PLAIN[:2])


FAMILY = Family("W6", "memory", _workloads, _curves)
