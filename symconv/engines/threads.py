"""The cores of the machine for one output: workers that share a list of tasks.

NumPy lets other threads run while it works, so a few threads of one process are enough. BLAS is
held to one thread for each worker meanwhile: its own threads gain little on products as small as a
tile, and would wait for each other.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar

from threadpoolctl import ThreadpoolController

T = TypeVar("T")
Worker = Callable[[Iterator[Any]], None]
"""Carries out the tasks that it takes from an iterator; several share one."""


def cores() -> int:
    """Return how many cores this process may use.

    >>> cores() >= 1
    True
    """
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


ALONE = 2**22
"""Products up to which one worker is done before a second has begun."""


def workers(tasks: int, products: int) -> int:
    """Return how many workers share some tasks of so many products in all: one alone for few."""
    return max(1, min(tasks, cores())) if products > ALONE else 1


FEW = 8
"""Tasks for each core up to which one more or fewer is noticed."""


def share(total: int, most: int, products: int, apart: int = 1) -> int:
    """Return how much of a total one task takes, at most *most*, so that cores have as many tasks.

    There are *apart* such totals, and so many products in all.
    """
    tasks = -(-total // max(1, most))
    if products > ALONE and tasks * apart < FEW * cores():
        each = cores() // math.gcd(apart, cores())
        tasks = -(-tasks // each) * each
    return max(1, -(-total // max(1, tasks)))


def multiply(worker: Worker, tasks: Sequence[Any], *, products: int) -> None:
    """Let `workers` share tasks that are products of matrices, with one thread of BLAS for each."""
    with SINGLE_BLAS.held():
        spread(worker, tasks, products=products)


def spread(worker: Worker, tasks: Sequence[Any], *, products: int = ALONE + 1) -> None:
    """Let `workers` share the tasks.

    The first error of any worker is raised here; the others finish the task they are at.
    """
    count = workers(len(tasks), products)
    if count < 2:
        worker(iter(tasks))
        return
    waiting = deque(tasks)
    # a context of its own for each: NumPy's errstate lives in it
    contexts = [copy_context() for _ in range(count - 1)]
    futures = [_pool().submit(each.run, worker, _taken(waiting)) for each in contexts]
    try:
        worker(_taken(waiting))
    finally:
        waiting.clear()
        begun = [future for future in futures if not future.cancel()]
        errors = [future.exception() for future in begun]
    for error in filter(None, errors):
        raise error


def _taken(waiting: deque[Any]) -> Iterator[Any]:
    while waiting:
        try:
            yield waiting.popleft()
        except IndexError:  # another worker took the last one in between
            return


class Once(Generic[T]):
    """What all workers need: made by the first that asks, while others do their own or wait.

    Workers begin some time after they are called; this lets them be called before it is made.

    >>> made = Once(lambda: print("made") or 3)
    >>> made() + made()
    made
    6
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._lock = Lock()
        self._make = make
        self._made: list[T] = []

    def __call__(self) -> T:
        """Return it."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
        return self._made[0]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="symconv")


class _SingleThreadedBlas:
    """Holds BLAS to one thread while anyone asks for it, and gives the rest back after the last."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.users = 0
        self.before: list[int] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        with self.lock:
            if not self.users:
                self.before = [library.get_num_threads() for library in _blas()]
                self._set([1] * len(self.before))
            self.users += 1
        try:
            yield
        finally:
            with self.lock:
                self.users -= 1
                if not self.users:
                    self.restore()

    def restore(self) -> None:
        """Give every library as many threads as it had."""
        self._set(self.before)

    def _set(self, counts: list[int]) -> None:
        for library, count in zip(_blas(), counts, strict=True):
            library.set_num_threads(count)
            if hasattr(library, "clear_controlling_thread"):
                # threadpoolctl 3.8 obeys only the first thread that asked, until it lets go
                library.clear_controlling_thread()


@cache
def _blas() -> list[Any]:
    """Return what controls each library; to ask them all by threadpoolctl's limits takes longer."""
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


SINGLE_BLAS = _SingleThreadedBlas()


def _after_fork() -> None:
    """Start afresh in a child: it has no threads, and no one to open the locks that they held."""
    _pool.cache_clear()
    if SINGLE_BLAS.users:
        SINGLE_BLAS.restore()
    SINGLE_BLAS.__init__()  # type: ignore[misc]  # a fresh start of the one object


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
