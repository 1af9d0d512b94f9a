"""The machine: what it is, and what it can do at most, measured in the same run."""

from __future__ import annotations

import math
import os
import platform
import shutil
import statistics
import subprocess
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from symconv.bench.tasks import Call, Task
from symconv.bench.timing import clock

DISTRIBUTIONS = (
    "numpy", "scipy", "sympy", "python-flint", "symengine", "torch", "onnxruntime", "numba",
    "z3-solver", "dask", "distributed", "PyYAML", "ruamel.yaml", "msgspec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates of this machine: products a second, bytes a second, points of a transform a second."""

    sgemm: float
    dgemm: float
    copy: float
    rfft2: float

    def floor(self, task: Task) -> tuple[float, str] | None:
        """Return the least seconds that a task can take here, and what it is that limits it.

        Every byte is moved once; and either every product is made by the fastest matrix product
        that holds the sums, or three transforms are taken. None for work that no such limit speaks
        of.
        """
        if task.traffic is None:
            return None
        ways = {"sgemm": task.products / self.sgemm}
        if task.largest > 2**24:
            ways = {"dgemm": task.products / self.dgemm}
        if task.transform:
            points = math.prod(task.transform)
            ways["rfft2"] = 3 * points * max(1.0, math.log2(points)) / self.rfft2
        way = min(ways, key=lambda name: ways[name])
        moved = task.traffic / self.copy
        return (moved, "copy") if moved > ways[way] else (ways[way], way)


def limits(*, quick: bool = False) -> Limits:
    """Measure the machine: the median of nine runs of each."""
    n, side = (128, 64) if quick else (1536, 1024)
    random = np.random.default_rng(0)
    double = random.random((n, n))
    single = double.astype(np.float32)
    source = random.random(side * side * 8)
    target = np.empty_like(source)
    image = random.random((side, side))
    return Limits(
        sgemm=n**3 / _median(lambda: single @ single),
        dgemm=n**3 / _median(lambda: double @ double),
        copy=2 * source.nbytes / _median(lambda: np.copyto(target, source)),
        rfft2=side**2 * math.log2(side**2) / _median(lambda: np.fft.rfft2(image)),
    )


def _median(call: Call, rounds: int = 9) -> float:
    call()
    return statistics.median(clock(call)[0] for _ in range(rounds))


def facts(found: Limits) -> dict[str, Any]:
    """Return what a reader has to know of the machine to read the numbers."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "ground_types": _ground_types(),
        "limits": {name: round(rate) for name, rate in asdict(found).items()},
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _ground_types() -> str:
    """Return what SymPy computes integers with, which decides how fast its polynomials are."""
    from sympy.external.gmpy import GROUND_TYPES

    return str(GROUND_TYPES)


def commit() -> str | None:
    """Return the commit of the repository that symconv runs from, marked where files differ."""
    git = shutil.which("git")
    here = Path(__file__).resolve().parent
    if git is None or not (here.parent.parent / ".git").exists():
        return None
    done = subprocess.run(  # noqa: S603 - git, found on the path, with words of our own
        [git, "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None
