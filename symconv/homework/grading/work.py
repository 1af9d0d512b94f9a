"""Judging chunks of submissions: here, in a process of a pool, or in a worker of a cluster.

Whatever fails while one submission is judged ends in a record that says so. Answers that read the
same are judged once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from multiprocessing import parent_process
from typing import Any

from symconv import __version__
from symconv.errors import QuestionError
from symconv.homework.grading.intake import Chunk, Item, failed, trace
from symconv.homework.judging.check import Checked, Checker
from symconv.homework.outputs import record as records
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Submission, Written

Record = dict[str, Any]
Fields = dict[str, bytes]
Check = Callable[[Submission], Checked]
Make = Callable[[Question], Check]
"""Makes a question ready for many submissions; a function of a module, so that workers find it."""

REMEMBERED = 4096
"""Different answers whose records a worker remembers."""
REMEMBERED_VARIANTS = 64
"""Variants whose tables of mistakes a worker remembers."""
LONGEST_REMEMBERED = 2_000
"""Characters of the longest answer that is remembered."""
MEMORY = 4 * 2**30
"""Bytes of address space that a worker may have with `--isolate`."""


Asked = tuple[str, str]
"""What tells questions apart: the text of the file, and how much students are told."""


def _asked(question: Question) -> Asked:
    return question.sha256, question.file.feedback


@dataclass(frozen=True, slots=True)
class Line:
    """A record as the journal holds it, and what the teacher should know if judging failed."""

    item: Item
    text: bytes
    trouble: str = ""


def checker(question: Question) -> Check:
    """Return what judges submissions, its table of mistakes made.

    Raises: QuestionError.
    """
    made = Checker(question)
    _ = made.table
    return made.check


@dataclass(frozen=True)
class Desk:
    """A question and what judges answers to it."""

    question: Question
    make: Make = checker

    @cached_property
    def check(self) -> Check:
        """What judges one submission."""
        return self.make(self.question)

    def judge(self, chunk: Chunk) -> list[Line]:
        """Return the records of some submissions, in order.

        Raises: QuestionError where the question cannot be asked.
        """
        _ = self.check
        return [self._line(item) for item in chunk]

    def _line(self, item: Item) -> Line:
        try:
            return Line(item, _text(item, self._fields(item)), item.trouble)
        except Exception as error:  # noqa: BLE001 - whatever happens, there is a record
            return self.given_up(item, type(error).__name__, trace(error))

    def _fields(self, item: Item) -> Fields:
        if item.question is not None:
            return _fields(records.record(self._own(item.question).check(item.submission)))
        if item.submission.written is None or item.size > LONGEST_REMEMBERED:
            return _fields(records.record(self.check(item.submission)))
        return self._remembered(item.submission.written, "flat" in item.submission.facts)

    def _own(self, question: Question) -> Checker:
        """Return what judges answers to one student's variant; attempts follow each other."""
        key = _asked(question)
        if key not in self._variants:
            if len(self._variants) >= REMEMBERED_VARIANTS:
                self._variants.clear()
            self._variants[key] = Checker(question)
        return self._variants[key]

    @cached_property
    def _variants(self) -> dict[Asked, Checker]:
        return {}

    @cached_property
    def _remembered(self) -> Callable[[Written, bool], Fields]:
        """The record of an answer, whoever wrote it: the same text is judged the same."""

        def judged(written: Written, flat: bool) -> Fields:
            submission = Submission("", written, facts={"flat": "1"} if flat else {})
            return _fields(records.record(self.check(submission)))

        return lru_cache(REMEMBERED)(judged)

    def given_up(self, item: Item, kind: str, trouble: str) -> Line:
        """Return the record of a submission that could not be judged."""
        empty = Submission(item.submission.id, fault=failed(kind), place=item.submission.place)
        record = records.record(Checked(item.question or self.question, empty, empty.fault))
        return Line(item, _text(item, _fields(record)), trouble)


def _fields(record: Record) -> Fields:
    """Return the parts of a record in the order of their names, each as JSON."""
    return {
        name: b'"%s":%s' % (name.encode(), records.dumps(record[name])) for name in sorted(record)
    }


def _text(item: Item, fields: Fields) -> bytes:
    """Return the record of an answer with what is this submission's own: what `dumps` gives."""
    submission = item.submission
    own = {
        "attempt": item.attempt,
        "place": submission.place,
        "sha256": item.sha256,
        "submission_id": submission.id,
    }
    parts = {**fields, **_fields(own)}
    return b"{%s}" % b",".join(parts[name] for name in sorted(parts))


_desk: Desk | None = None


def start(question: Question, make: Make, isolated: bool) -> None:
    """Make a process ready to work: it is sent the question once.

    Ctrl-C is for the process that started it, with which it ends.
    """
    global _desk  # noqa: PLW0603 - what a process of a pool is started with
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if isolated:
        _limit()
    _desk = Desk(question, make)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit() -> None:
    """Limit memory, and leave no core files, where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def ready() -> bool:
    """Tell that a process has started."""
    return _desk is not None


def in_process(chunk: Chunk) -> list[Line]:
    """Judge a chunk in a process that `start` made ready."""
    assert _desk is not None  # noqa: S101 - the pool calls `start` first
    return _desk.judge(chunk)


_desks: dict[tuple[Asked, Make], Desk] = {}


def on_cluster(version: str, question: Question, make: Make, chunk: Chunk) -> list[Line]:
    """Judge a chunk in a worker of a cluster.

    Raises: QuestionError[other-version] where the worker has another version of symconv.
    """
    if version != __version__:
        raise QuestionError(
            "other-version",
            f"a worker of the cluster has symconv {__version__}, you have {version}",
            hint="install one version everywhere",
        )
    key = (_asked(question), make)
    if key not in _desks:
        _desks.clear()
    return _desks.setdefault(key, Desk(question, make)).judge(chunk)
