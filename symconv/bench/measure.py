"""One workload, start to end: who can do it, whether it is right, how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from symconv.bench.answers import Answer
from symconv.bench.contenders import PATIENCE, Contender, contender
from symconv.bench.goals import ALLOWED, Goal, met
from symconv.bench.machine import Limits
from symconv.bench.rows import SUBJECT, Row
from symconv.bench.tasks import Call, Claim, Options, Task, Used, Workload
from symconv.bench.timing import Timing, clock, described, interleaved, memory

Tick = Callable[[str], None]
"""Called with the name of the participant whose turn it is."""
TRACED = 1.5
"""Calls that take longer are not repeated for their memory: tracing slows them several times."""
LIVELY = 0.5
"""Seconds of one round of everyone; where it takes less there are twice as many rounds."""


def rows(
    workload: Workload, options: Options, limits: Limits, tick: Tick = lambda _name: None
) -> list[Row]:
    """Return the rows of one workload: symconv's own, one for each peer, one for each claim."""
    tick(SUBJECT)
    try:
        task = workload.build()
        call = task.subject(*task.operands)
        estimate, answer = clock(call)
        estimate = estimate if task.once else min(estimate, clock(call)[0])
        right = task.witness(answer)
    except Exception as error:  # noqa: BLE001 - the other workloads go on, and this one is red
        return [Row(workload.name, SUBJECT, met=False, note=described(error))]
    patience = PATIENCE / 40 if options.quick else PATIENCE
    found = [contender(peer, task, answer, tick, patience) for peer in task.peers]
    kept = answer if task.once else None
    del answer
    if task.once:
        timings = {SUBJECT: Timing(estimate, 1)}
        timings |= {one.peer.name: Timing(one.estimate, 1) for one in found if one.call}
    else:
        calls = {SUBJECT: (call, estimate)}
        calls |= {one.peer.name: (one.call, one.estimate) for one in found if one.call is not None}
        lively = sum(seconds for _, seconds in calls.values()) < LIVELY
        timings = interleaved(calls, options.rounds * (2 if lively else 1), tick)
    if timings[SUBJECT].fault:
        return [Row(workload.name, SUBJECT, met=False, note=timings[SUBJECT].fault)]
    used = _used(task, call, timings[SUBJECT], kept)
    sheet = _Sheet(workload.name, task, used, limits, judged=not options.quick)
    return [
        sheet.own(timings[SUBJECT], right=right),
        *(sheet.peer(one, timings.get(one.peer.name)) for one in found),
        *map(sheet.claim, task.claims),
    ]


def _used(task: Task, call: Call, timing: Timing, answer: Any) -> Used:
    if task.once or not task.unit:
        return Used(timing.seconds, 0, 0, answer)
    return Used(timing.seconds, *_traced(call))


def _traced(call: Call) -> tuple[int, int]:
    """Return the memory of one more call; nothing where it fails, as it did not while timed."""
    try:
        return memory(call)
    except Exception:  # noqa: BLE001 - a missing number is no reason to lose the others
        return 0, 0


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Writes the rows of one workload."""

    workload: str
    task: Task
    used: Used
    limits: Limits
    judged: bool

    def own(self, timing: Timing, *, right: bool) -> Row:
        """Return symconv's own row, which is met when its answer is right."""
        row = self._timed(SUBJECT, timing, self.task.products)
        peak, kept = (self.used.peak, self.used.kept) if self.used.peak else (None, None)
        answer = self.task.right if right else Answer.WRONG
        return replace(row, met=right, answer=answer, peak=peak, kept=kept)

    def peer(self, one: Contender, timing: Timing | None) -> Row:
        """Return the row of one peer."""
        goal = one.peer.goal
        if timing is None or timing.fault or one.call is None:
            fault = one.fault or (timing.fault if timing else "")
            return self._goal(Row(self.workload, one.peer.name, note=fault), goal)
        row = self._timed(one.peer.name, timing, one.products)
        seconds = timing.seconds * self.task.products / one.products
        ratio = seconds / self.used.seconds
        traced = timing.seconds <= TRACED and not self.task.once and self.task.unit
        peak = _traced(one.call)[0] if traced else None
        row = replace(row, ratio=ratio, seconds=seconds, answer=one.answer, peak=peak)
        return self._goal(row, goal)

    def claim(self, claim: Claim) -> Row:
        """Return the row of one bound on what symconv uses."""
        try:
            used = float(claim.used(self.used))
        except Exception as error:  # noqa: BLE001 - a claim that cannot be checked is not met
            return Row(self.workload, claim.name, met=False, note=described(error))
        if not used:
            return Row(self.workload, claim.name, met=False, note="nothing was measured")
        note = f"{used:.4g} of {claim.allowed:g}"
        row = Row(self.workload, claim.name, ratio=claim.allowed / used, note=note)
        return self._goal(row, ALLOWED)

    def _timed(self, name: str, timing: Timing, products: int) -> Row:
        floor = self.limits.floor(self.task)
        return Row(
            self.workload,
            name,
            seconds=timing.seconds,
            rounds=timing.rounds,
            part=products / self.task.products,
            rate=products / timing.seconds,
            unit=self.task.unit,
            share=floor[0] / timing.seconds * products / self.task.products if floor else None,
            limit=floor[1] if floor else "",
        )

    def _goal(self, row: Row, goal: Goal | None) -> Row:
        if goal is None:
            return row
        judged = met(goal, row.ratio, row.answer) if self.judged else None
        text, floor = goal.text, self.limits.floor(self.task)
        if judged is False and floor and row.seconds:
            text, judged = goal.before(floor[0], row.seconds / goal.ratio, self.used.seconds)
        return replace(row, goal=goal.ratio, goal_text=text, met=judged)
