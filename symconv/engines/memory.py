"""Memory that stays with the process between calls."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def keep_memory() -> None:
    """Let freed memory stay with the process, so that no call waits for the system to clear it.

    The C library of Linux gives blocks of more than 128 KiB back when they are freed, and takes
    them anew, page by page, in the next call; it stops after a larger one was freed: up to 32 MiB,
    never used.

    Source: mallopt(3), M_MMAP_THRESHOLD.
    """
    np.empty(2**22 - 2**10)
