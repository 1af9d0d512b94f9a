"""Python's cyclic collector, kept from walking a great many objects while they are made."""

from __future__ import annotations

import gc
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
