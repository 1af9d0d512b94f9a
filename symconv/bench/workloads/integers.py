"""W3: planes of integers, correlated where the kernel fits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench import witness
from symconv.bench.goals import AHEAD, Goal, at_least, within
from symconv.bench.tasks import Call, Curve, Family, Options, Part, Peer, Task, Workload
from symconv.bench.workloads import numba_loops

Array = NDArray[Any]
BITS = {8: 8, 32: 16, 60: 8}
"""Bits of the entries of the input, and of those of the kernel."""
KERNELS = (3, 7, 15, 31)
OBJECT = 44
"""Bytes of an entry beyond int64: a reference, and a Python integer of three digits."""


def integers(random: np.random.Generator, bits: int, *shape: int) -> Array:
    """Return int64 numbers of so many bits, the sign one of them."""
    return random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), shape)


def _subject(x: Array, w: Array) -> Call:
    from symconv import fast

    return lambda: fast.correlate(x, w)


def _convolve(method: str, x: Array, w: Array) -> Call:
    from scipy import signal

    kernel = np.flip(w)
    return lambda: signal.convolve(x, kernel, mode="valid", method=method)


def scipy_signal(name: str, x: Array, w: Array) -> Call:
    """Return one of SciPy's convolutions of signals, of the kernel flipped."""
    from scipy import signal

    kernel, run = np.flip(w), getattr(signal, name)
    return lambda: run(x, kernel, mode="valid")


def scipy_ndimage(x: Array, w: Array) -> Call:
    """Return SciPy's filter of images, cut to where the kernel fits."""
    from scipy import ndimage

    inside = tuple(slice(k // 2, n - (k - 1) // 2) for n, k in zip(x.shape, w.shape, strict=True))
    return lambda: ndimage.correlate(x, w, mode="constant")[inside]


def torch_conv2d(dtype: str, x: Array, w: Array) -> Call:
    """Return PyTorch's conv2d on the same arrays; a change of type is in its time."""
    import torch

    kind = getattr(torch, dtype)

    def run() -> Any:
        image, kernel = (torch.from_numpy(a)[None, None].to(kind) for a in (x, w))
        return torch.nn.functional.conv2d(image, kernel)[0, 0].numpy()

    return run


def _numba(x: Array, w: Array, *, parallel: bool) -> Call:
    run = numba_loops.correlate2d(parallel=parallel)
    return lambda: run(x, w)


def _taps(kind: Any, x: Array, w: Array) -> Call:
    """Return a pass of NumPy for each tap, in int64 or in Python's integers."""
    out = [n - k + 1 for n, k in zip(x.shape, w.shape, strict=True)]

    def run() -> Array:
        image, kernel = x.astype(kind), w.astype(kind)
        total = np.zeros(out, dtype=kind)
        for tap in np.ndindex(w.shape):
            window = tuple(slice(t, t + n) for t, n in zip(tap, out, strict=True))
            total += image[window] * kernel[tap]
        return total

    return run


def _peers(k: int) -> tuple[Peer, ...]:
    """Return everyone who correlates planes; whoever is exact on the input has to be beaten."""
    loops: Goal | None = within(3) if k in (3, 7) else None
    direct = at_least(10) if k == 31 else AHEAD
    return (
        Peer("SciPy convolve, auto", partial(_convolve, "auto"), AHEAD),
        Peer("SciPy convolve, direct", partial(_convolve, "direct"), direct),
        Peer("SciPy convolve2d", partial(scipy_signal, "convolve2d"), AHEAD),
        Peer("SciPy fftconvolve", partial(scipy_signal, "fftconvolve"), AHEAD, whole=True),
        Peer("SciPy oaconvolve", partial(scipy_signal, "oaconvolve"), AHEAD, whole=True),
        Peer("SciPy ndimage.correlate", scipy_ndimage, AHEAD),
        Peer("torch float32", partial(torch_conv2d, "float32"), AHEAD),
        Peer("torch float64", partial(torch_conv2d, "float64"), AHEAD),
        Peer("torch int64", partial(torch_conv2d, "int64"), AHEAD),
        Peer("NumPy int64, tap by tap", partial(_taps, np.int64), AHEAD),
        Peer("NumPy Python integers, tap by tap", partial(_taps, object), AHEAD),
        Peer("numba loops, one core (the limit)", partial(_numba, parallel=False), loops),
        Peer("numba loops, all cores (the limit)", partial(_numba, parallel=True), loops),
    )


def largest(x: Array, w: Array) -> int:
    """Return what no sum of |x||w| exceeds, for filters w (…, entries)."""
    return int(np.abs(x).max()) * int(np.abs(w).sum(axis=-1).max())


def task(n: int, bits: int, k: int, options: Options) -> Task:
    """Return one cell of the table: n² entries of so many bits, k² taps."""
    random = options.random(f"W3 {n} {bits} {k}")
    x, w = integers(random, bits, n, n), integers(random, BITS[bits], k, k)
    out = n - k + 1

    def part(products: int) -> Part:
        rows = min(out, max(1, products // (out * k * k)))
        return (x[: rows + k - 1], w), rows * out * k * k

    wide = 8 if bits < 60 else OBJECT
    return Task(
        (x, w),
        _subject,
        witness.by_definition(x, w, (out, out), random),
        out * out * k * k,
        _peers(k),
        part=part,
        traffic=x.nbytes + wide * out * out,
        largest=largest(x, w.ravel()),
        transform=(n, n),
    )


def _workloads(options: Options) -> Iterator[Workload]:
    n = options.size(1024, 31)
    for bits, other in BITS.items():
        for k in KERNELS[:1] if options.quick else KERNELS:
            name = f"W3 {n}² {bits}-bit ⋆ {k}² {other}-bit"
            yield Workload(name, partial(task, n, bits, k, options))


def _curves(options: Options) -> Iterator[Curve]:
    sizes = (32, 64) if options.quick else (64, 128, 256, 512, 1024, 2048, 4096)
    peers = ("SciPy convolve2d", "SciPy ndimage.correlate", "numba loops, all cores (the limit)")
    for bits in (8,) if options.quick else BITS:
        yield Curve(
            f"n² {bits}-bit ⋆ 7²",
            sizes,
            partial(_at, bits, 7, options),
            peers[: 3 if bits < 60 else 0],
        )


def _at(bits: int, k: int, options: Options, n: int) -> Task:
    return task(n, bits, k, options)


FAMILY = Family("W3", "integers", _workloads, _curves)
