"""Python's cyclic collector, kept from walking a great many objects while they are made."""

from __future__ import annotations

import gc
import os
from threading import Lock


class CollectorPause:
    """A `with` block in which the cyclic collector does not walk objects still being made.

    It runs again when the last of several blocks, in whatever thread, is left.

    >>> pause = CollectorPause()
    >>> with pause, pause:
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._depth = 0
        self._ran = False

    @property
    def stopped(self) -> bool:
        """Whether the collector would run, were it not for this."""
        return self._depth > 0 and self._ran

    def __enter__(self) -> None:
        with self._lock:
            if self._depth == 0:
                self._ran = gc.isenabled()
                gc.disable()
            self._depth += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._depth -= 1
            last = self._depth == 0 and self._ran
        if last:  # nothing is allocated after this line, or the collector would walk it all here
            gc.enable()


COLLECTOR_PAUSED = CollectorPause()
"""The one pause of this process: two would each believe they alone stop the collector."""


def _after_fork() -> None:
    """Start afresh in a child, where nobody is left to leave the block."""
    if COLLECTOR_PAUSED.stopped:
        gc.enable()
    COLLECTOR_PAUSED.__init__()  # type: ignore[misc]  # a fresh start of the one object


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
