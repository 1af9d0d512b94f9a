"""Where chunks are judged: in this process, in a pool of processes, on a Dask cluster.

Chunks are handed out a few at a time and their records taken back in order, so that memory does not
grow with the class. A worker that dies takes its chunk with it: that chunk is done again alone, and
if workers keep dying of it, by halves, until the one submission is found that kills them.
"""

from __future__ import annotations

import importlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, Protocol

from symconv import __version__
from symconv.errors import QuestionError, SymconvError
from symconv.homework.grading import work
from symconv.homework.grading.intake import Chunk
from symconv.homework.grading.work import Desk, Line

AGAIN = 2
"""How often a chunk is done again after its worker died."""
AHEAD = 4
"""Chunks in flight for each worker."""
TIMEOUT = 30
"""Seconds within which a cluster has to answer, and to have a worker."""
PATIENCE = 600
"""Seconds without any record after which isolated workers are given up, and with them the run."""


class WorkerDiedError(Exception):
    """A worker ended before it gave back what it was to judge."""


class Workers(Protocol):
    """Judges chunks elsewhere.

    ``room`` is how many may be in flight, ``again`` how often one is handed out again after the
    workers that had it died.
    """

    room: int
    again: int

    def submit(self, chunk: Chunk) -> Callable[[], list[Line]]:
        """Hand out a chunk; what is returned waits for its records, or raises that it died."""

    def renew(self) -> None:
        """Go on with living workers after one died."""

    def close(self, *, now: bool) -> None:
        """Let the workers go; at once, without waiting for what they do, if *now*."""


def here(desk: Desk, chunks: Iterable[Chunk]) -> Iterator[list[Line]]:
    """Yield the records of chunks, judged in this process."""
    for chunk in chunks:
        yield desk.judge(chunk)


def elsewhere(desk: Desk, workers: Workers, chunks: Iterable[Chunk]) -> Iterator[list[Line]]:
    """Yield the records of chunks in order, judged by workers.

    Raises: QuestionError.
    """
    flight: deque[tuple[Chunk, Callable[[], list[Line]]]] = deque()
    finished = False
    try:
        for chunk in chunks:
            flight.append((chunk, _submitted(workers, chunk)))
            if len(flight) >= workers.room:
                yield from _landed(desk, workers, flight)
        while flight:
            yield from _landed(desk, workers, flight)
        finished = True
    finally:
        workers.close(now=not finished)


def _submitted(workers: Workers, chunk: Chunk) -> Callable[[], list[Line]]:
    try:
        return workers.submit(chunk)
    except WorkerDiedError as error:
        return _dead(error)


def _dead(error: WorkerDiedError) -> Callable[[], list[Line]]:
    def fail() -> list[Line]:
        raise error

    return fail


def _landed(
    desk: Desk, workers: Workers, flight: deque[tuple[Chunk, Callable[[], list[Line]]]]
) -> Iterator[list[Line]]:
    """Yield the records of the first chunk; of all, if a worker died and nobody knows of which."""
    chunk, result = flight.popleft()
    lines = _outcome(result)
    if lines is not None:
        yield lines
        return
    workers.renew()
    settled = [(chunk, None), *((other, _outcome(result)) for other, result in flight)]
    flight.clear()
    for chunk, found in settled:
        yield _alone(desk, workers, chunk, workers.again) if found is None else found


def _outcome(result: Callable[[], list[Line]]) -> list[Line] | None:
    """Return the records of a chunk once they are there, None if its worker died."""
    try:
        return result()
    except WorkerDiedError:
        return None


def _alone(desk: Desk, workers: Workers, chunk: Chunk, again: int) -> list[Line]:
    """Return the records of a chunk with no other in flight: whoever dies, dies of it."""
    for _ in range(again):
        try:
            return workers.submit(chunk)()
        except WorkerDiedError:
            workers.renew()
    if len(chunk) == 1:
        trouble = "the worker that judged this submission died, every time"
        return [desk.given_up(chunk[0], "worker died", trouble)]
    halves = chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]
    return [
        line
        for half in halves
        for line in _alone(desk, workers, half, workers.again if len(half) == 1 else 1)
    ]


class Pool:
    """Processes of this machine, each started anew and sent the question once."""

    again = AGAIN

    def __init__(self, desk: Desk, jobs: int, *, isolated: bool = False) -> None:
        self.room = AHEAD * jobs
        self._jobs = jobs
        self._patience = PATIENCE if isolated else None
        self._given = (desk.question, desk.make, isolated)
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=work.start,
            initargs=self._given,
        )

    def submit(self, chunk: Chunk) -> Callable[[], list[Line]]:
        """Hand out a chunk."""
        try:
            future = self._pool.submit(work.in_process, chunk)
        except BrokenProcessPool:
            raise WorkerDiedError from None

        def result() -> list[Line]:
            try:
                return future.result(self._patience)
            except (BrokenProcessPool, CancelledError):
                raise WorkerDiedError from None
            except TimeoutError:
                raise QuestionError(
                    "stuck",
                    f"no answer was judged for {PATIENCE} seconds; what was graded is kept",
                    hint="run the same command again",
                ) from None

        return result

    def renew(self) -> None:
        """Start a new pool, and see that its processes live.

        Raises: QuestionError[no-workers].
        """
        self.close(now=True)
        self._pool = self._started()
        try:
            self._pool.submit(work.ready).result()
        except BrokenProcessPool:
            raise QuestionError(
                "no-workers",
                "the worker processes die as soon as they are started",
                hint="grade with --jobs 1 and without --isolate; they may lack memory",
            ) from None

    def close(self, *, now: bool) -> None:
        """End the processes."""
        running = list((getattr(self._pool, "_processes", None) or {}).values())
        self._pool.shutdown(wait=not now, cancel_futures=True)
        for process in running if now else ():
            with suppress(ValueError, OSError):
                process.kill()


class Cluster:
    """The workers of a Dask cluster: at an address, or `local` and `local:N` on this machine.

    A cluster does a task again by itself, as often as its `allowed-failures` says.
    """

    again = 1

    def __init__(self, desk: Desk, address: str) -> None:
        self._given = (__version__, desk.question, desk.make)
        self._distributed = _distributed()
        self._killed: type[Exception] = self._distributed.scheduler.KilledWorker
        self._own: Any = None
        self._client: Any = None
        try:
            self._connect(address)
        except BaseException:
            self.close(now=True)
            raise
        self._count = 0

    def _connect(self, address: str) -> None:
        try:
            if address == "local" or address.startswith("local:"):
                self._own = self._local(address.partition(":")[2])
            self._client = self._distributed.Client(
                self._own or address, set_as_default=False, timeout=TIMEOUT
            )
            self._client.wait_for_workers(1, timeout=TIMEOUT)
            threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise QuestionError(
                "no-cluster",
                f"there is no Dask cluster with workers at {address!r} ({type(error).__name__})",
                hint='start one with "dask scheduler" and "dask worker", or give local:4',
            ) from None
        self.room = max(8, AHEAD * threads)

    def _local(self, count: str) -> Any:
        workers = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else None
        if count and not workers:
            raise ValueError(count)
        return self._distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs="CRITICAL",
        )

    def submit(self, chunk: Chunk) -> Callable[[], list[Line]]:
        """Hand out a chunk; the cluster itself hands it to another worker if one dies."""
        self._count += 1
        future = self._client.submit(
            work.on_cluster, *self._given, chunk, pure=False, key=f"{id(self)}-{self._count}"
        )

        def result() -> list[Line]:
            try:
                found: list[Line] = future.result()
            except self._killed:
                raise WorkerDiedError from None
            except SymconvError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a cluster dies of
                raise QuestionError(
                    "cluster-failed",
                    f"the Dask cluster failed ({type(error).__name__}); what was graded is kept",
                    hint="see that it runs and has symconv installed, and run the same command "
                    "again",
                ) from None
            return found

        return result

    def renew(self) -> None:
        """Do nothing: a cluster replaces its workers itself."""

    def close(self, *, now: bool) -> None:
        """Leave the cluster; end it if it is our own."""
        del now
        for each in (self._client, self._own):
            if each is not None:
                each.close()


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise QuestionError(
            "no-dask",
            "a cluster needs Dask's distributed 2025.1 or later, which is not installed",
            hint='pip install "symconv[dask]"',
        ) from None
