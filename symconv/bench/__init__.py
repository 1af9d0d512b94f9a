"""Benchmarks: named, seeded workloads, side by side with their peers in one process.

`symconv bench` runs them and prints ratios, goals, memory, and whether every answer is exact;
docs/performance.md says how to read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict

from symconv.bench.machine import commit, facts, limits
from symconv.bench.measure import rows
from symconv.bench.rows import Result, Row
from symconv.bench.tasks import Options, Workload
from symconv.bench.workloads import FAMILIES

__all__ = ["FAMILIES", "Options", "Result", "Row", "run", "selected"]

Progress = Callable[[str, str, int, int], None]
"""Called with the workload, the participant, the number of workloads done and their total."""


def selected(only: Iterable[str] = (), options: Options = Options()) -> list[Workload]:  # noqa: B008 - frozen
    """Return the workloads of the families named, or with such a text in their names; all for none.

    >>> [load.name for load in selected(["W4"])]
    ['W4 64²·5²·5²', 'W4 512²·7²·7²']
    >>> [load.name for load in selected(["60-bit ⋆ 3²"])]
    ['W3 1024² 60-bit ⋆ 3² 8-bit']
    """
    wanted = [text.lower() for text in only]
    return [
        load
        for family in FAMILIES.values()
        for load in family.workloads(options)
        if not wanted
        or any(
            text == family.name.lower()
            if text in map(str.lower, FAMILIES)
            else text in load.name.lower()
            for text in wanted
        )
    ]


def run(
    workloads: Iterable[Workload] | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
    progress: Progress = lambda *_state: None,
) -> Result:
    """Measure the machine, then every workload beside its peers; nothing that fails stops the run.

    >>> run([], Options(quick=True)).rows
    []
    """
    chosen = selected((), options) if workloads is None else list(workloads)
    found: list[Row] = []
    most = limits(quick=options.quick)
    for done, load in enumerate(chosen):
        found += rows(
            load,
            options,
            most,
            lambda who, load=load, done=done: progress(load.name, who, done, len(chosen)),  # type: ignore[misc]
        )
    return Result(facts(most), commit(), asdict(options), found)
