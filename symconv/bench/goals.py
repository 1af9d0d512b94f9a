"""Goals: how many times a peer's time symconv has to beat, and whether it does.

    ratio = the peer's time / symconv's time,     met = ratio >= goal

One direction for everything. "Within 1.1 times of a peer" is a ratio of at least 1/1.1; "at most
60 ms" is measured against itself: what is allowed over what was used, of at least 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from symconv.bench.answers import Answer


@dataclass(frozen=True, slots=True)
class Goal:
    """The least ratio that is good enough, and how the goal is said."""

    ratio: float
    text: str
    limited: bool = False
    """Whether half of the machine's limit is asked instead where the goal asks for more."""

    def within_reach(self, allowed: float, floor: float) -> bool:
        """Tell whether the seconds *allowed* are more than twice the least that are possible."""
        return not self.limited or allowed > 2 * floor


def at_least(times: float, *, limited: bool = False) -> Goal:
    """Symconv takes at most 1/times of the peer's time.

    >>> at_least(60).text
    '≥ 60×'
    """
    return Goal(times, f"≥ {times:g}×", limited)


def within(times: float, *, limited: bool = False) -> Goal:
    """Symconv takes at most that many times the peer's time.

    >>> within(1.25).ratio
    0.8
    """
    return Goal(1 / times, f"within {times:g}×", limited)


AHEAD = Goal(1.0, "ahead")
"""Faster than the peer."""
ALLOWED = Goal(1.0, "allowed")
"""What is allowed over what was used."""


def met(goal: Goal | None, ratio: float | None, answer: Answer) -> bool | None:
    """Tell whether a goal is met; None where there is nothing to beat.

    A peer that is missing or fails has no ratio, and one whose answer is wrong is no peer on this
    input: neither is beaten, and neither excuses anything.

    >>> met(at_least(2), 3.0, Answer.EXACT), met(at_least(2), 1.5, Answer.ROUNDED)
    (True, False)
    >>> met(at_least(2), 3.0, Answer.WRONG), met(None, 3.0, Answer.EXACT)
    (None, None)
    """
    if goal is None or ratio is None or answer is Answer.WRONG:
        return None
    return ratio >= goal.ratio
