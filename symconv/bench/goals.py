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
    """Whether it gives way to the machine's limit where it asks for more."""

    def before(self, limit: float, allowed: float, used: float) -> tuple[str, bool | None]:
        """Return what is asked of seconds *used* instead of those *allowed*, and whether it is met.

        The *limit* is the least time that the machine takes. What leaves less cannot be asked of
        anyone; where it leaves less than twice as much, half of the limit is asked.

        >>> within(1.5, limited=True).before(1.0, 1.8, 1.9)
        ('within 1.5×, or half of the limit', True)
        >>> at_least(30, limited=True).before(1.0, 0.3, 1.9)
        ('≥ 30×: more than the limit', None)
        """
        if not self.limited or allowed > 2 * limit:
            return self.text, used <= allowed
        if allowed < limit:
            return f"{self.text}: more than the limit", None
        return f"{self.text}, or half of the limit", used <= 2 * limit


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


NO_CLIFF = Goal(1 / 2, "no cliff: within 2×")
"""As of the sweep's routes: not twice as slow as the best there is."""
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
