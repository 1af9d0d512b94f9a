"""The table of laws: every law for every choice of operation, padding, boundary and steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from time import perf_counter
from typing import Any

from symconv.errors import LawError
from symconv.laws.law import Law, Repair
from symconv.laws.provers.all_shapes import DEFAULT_SECONDS, for_all_shapes
from symconv.laws.verdict import ALL_SHAPES, Verdict
from symconv.verdicts import Truth

BUDGET = 25
"""Instances that are tried for one entry before the solver is asked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One law for one choice, and what was found: proved, refuted, conditional or unknown."""

    law: Law
    choices: Mapping[str, Any]
    verdict: Verdict
    condition: str = ""
    """The assumption under which a refuted law holds."""

    @property
    def outcome(self) -> str:
        """What the table shows."""
        return "conditional" if self.condition else self.verdict.truth.name.lower()


def entry(
    law: Law,
    choices: Mapping[str, Any],
    *,
    seconds: float = DEFAULT_SECONDS,
    budget: int = BUDGET,
) -> Entry:
    """Decide a law for one choice."""
    start = perf_counter()
    verdict = for_all_shapes(law.read(**choices), seconds, budget=budget)
    repair = None
    if verdict.truth is Truth.REFUTED:
        holds = (r for r in law.repairs if not r.statement and _holds(law, r, choices, seconds))
        repair = next(holds, None)
    verdict = replace(verdict, seconds=perf_counter() - start)
    return Entry(law, choices, verdict, _condition(law, repair, choices) if repair else "")


def _condition(law: Law, repair: Repair, choices: Mapping[str, Any]) -> str:
    return "; ".join(law.text(line, **choices) for line in repair.assume)


def _holds(law: Law, repair: Repair, choices: Mapping[str, Any], seconds: float) -> bool:
    """Tell whether a repair is proved; one that says nothing for these choices is not."""
    statement = law.read_as(repair.statement or None, repair.assume, 1, **choices)
    try:
        verdict = for_all_shapes(statement, seconds, budget=BUDGET)
    except LawError as error:
        if error.code not in ("vacuous", "no-solver"):
            raise
        return False
    return verdict.proved and verdict.scope == ALL_SHAPES and not verdict.bounds


def repaired(law: Law, choices: Mapping[str, Any], seconds: float = DEFAULT_SECONDS) -> list[str]:
    """Return what holds instead of a refuted law, each proved."""
    found = []
    for repair in law.repairs:
        if _holds(law, repair, choices, seconds):
            condition = _condition(law, repair, choices)
            statement = law.text(repair.statement, **choices) if repair.statement else ""
            told = ", if ".join(part for part in (statement, condition) if part)
            found.append(f"{repair.says}: {told}")
    return found


def table(
    laws: Iterable[Law],
    *,
    seconds: float = DEFAULT_SECONDS,
    jobs: int = 1,
    progress: Callable[[Law], None] | None = None,
) -> Iterator[Entry]:
    """Yield every law for every choice of the default grid, by several processes where asked."""
    asked = list(laws)
    with _workers(min(jobs, len(asked))) as each:
        for law, entries in zip(asked, each(partial(_entries, seconds), asked), strict=True):
            if progress is not None:
                progress(law)
            yield from entries


def _entries(seconds: float, law: Law) -> list[Entry]:
    return [entry(law, choices, seconds=seconds) for choices in law.grid()]


@contextmanager
def _workers(jobs: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Give a `map`, over processes where there is more than one job."""
    if jobs < 2:
        yield map
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield pool.map
