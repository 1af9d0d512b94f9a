"""Errors of grading a class: its folder and journal, its workers and its results."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symconv.errors import QuestionError
from symconv.homework.grading import Settings, cluster, grade, intake, work
from symconv.homework.grading.journal import Journal
from symconv.homework.questions.load import loads
from tests.messages import with_module
from tests.test_homework_grading import RIGHT, TEXT, submissions, write

QUESTION = loads(TEXT)


def without_folder(out: Path, call: Callable[[], Any]) -> None:
    """Raise what *call* raises, the folder left out of its text."""
    try:
        call()
    except QuestionError as error:
        head = str(out.parent) + os.sep
        texts = [text.replace(head, "") for text in (error.message, error.place)]
        raise QuestionError(error.code, texts[0], place=texts[1], hint=error.hint) from None


def run(change: Callable[[Path], Any] = lambda _out: None, **options: Any) -> None:
    """Grade one answer; change something in the folder of the results; grade again."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        answers = write(Path(folder) / "answers", [("ann", RIGHT)])
        question = options.pop("question", QUESTION)
        level = options.pop("level", None)

        def again() -> None:
            settings = Settings(options.pop("formats", ("csv",)), level=level, **options)
            grade(question, [answers], out, settings, read=submissions)

        grade(QUESTION, [answers], out, Settings(("csv",)), read=submissions)
        change(out)
        without_folder(out, again)


def rename_answers(out: Path) -> None:
    write(out.parent / "answers", [("bob", RIGHT)])


def edit_version(out: Path) -> None:
    path = out / "records.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"symconv": "', b'"symconv": "0.0.'))


def write_twice() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        with Journal(out, {"inputs": []}):
            without_folder(out, lambda: Journal(out, {"inputs": []}))


def write_to_full_disk() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        with pytest.MonkeyPatch.context() as patch:

            def full(_file: int) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            patch.setattr(os, "fsync", full)
            without_folder(out, lambda: Journal(out, {"inputs": []}))


def views_on_full_disk() -> None:
    with pytest.MonkeyPatch.context() as patch:

        def full(_out: Path) -> None:
            def mkdir(self: Path, *_given: Any, **_options: Any) -> None:
                if self.name == ".unfinished":
                    raise OSError(errno.ENOSPC, "No space left on device")

            patch.setattr(Path, "mkdir", mkdir)

        run(full)


def inside() -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "answers").mkdir()
        out = here / "answers" / "out"
        without_folder(here / "x", lambda: grade(QUESTION, [here / "answers"], out))


class Stuck:
    """A pool whose processes never answer."""

    def submit(self, *_given: Any) -> Any:
        return self

    def result(self, _patience: float) -> Any:
        raise TimeoutError


def stuck() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.Pool, "_started", lambda _self: Stuck())
        cluster.Pool(work.Desk(QUESTION), 1, isolated=True).submit(())()


class Failing:
    """A Dask client whose tasks fail."""

    def submit(self, *_given: Any, **_options: Any) -> Any:
        return self

    def result(self) -> Any:
        raise ModuleNotFoundError


def failed_cluster() -> None:
    found = object.__new__(cluster.Cluster)
    found.__dict__.update(_count=0, _client=Failing(), _given=(), _killed=KeyError)
    found.submit(())()


def dead_pool() -> None:
    from concurrent.futures.process import BrokenProcessPool

    class Dead(Stuck):
        def result(self, _patience: float | None = None) -> Any:
            raise BrokenProcessPool

        def shutdown(self, **_options: Any) -> None:
            pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.Pool, "_started", lambda _self: Dead())
        cluster.Pool(work.Desk(QUESTION), 1).renew()


def no_cluster() -> None:
    cluster.Cluster(work.Desk(QUESTION), "local:none")


def show_failed() -> None:
    raise intake.failed("ZeroDivisionError")


CASES: list[Any] = [
    pytest.param(
        show_failed,
        "AnswerError[internal-error]: the grading program failed on this answer "
        "(ZeroDivisionError)\n"
        "  hint: this says nothing about your answer; ask your teacher to look at it",
        id="internal-error",
    ),
    pytest.param(
        lambda: grade(QUESTION, [Path("nowhere.csv")], Path("out")),
        "QuestionError[unreadable-file]: nowhere.csv: No such file or directory",
        id="unreadable-file, answers",
    ),
    pytest.param(
        lambda: grade(QUESTION, [Path(os.devnull)], Path("out")),
        f"QuestionError[unreadable-file]: {os.devnull}: Not a regular file",
        id="unreadable-file, device",
    ),
    pytest.param(
        inside,
        "QuestionError[output-inside]: the results would be written into 'answers', among the "
        "submissions\n"
        "  hint: name a folder outside with -o",
        id="output-inside",
    ),
    pytest.param(
        lambda: run(question=loads(TEXT.replace("1 2 3 4", "1 2 3 5"))),
        "QuestionError[other-question]: 'out' holds the records of another question\n"
        "  hint: grade everything again with --fresh, or give another folder with -o",
        id="other-question",
    ),
    pytest.param(
        lambda: run(edit_version),
        "QuestionError[other-question]: 'out' holds the records of another version of symconv\n"
        "  hint: grade everything again with --fresh, or give another folder with -o",
        id="other-question, version",
    ),
    pytest.param(
        lambda: run(level="full"),
        "QuestionError[other-question]: 'out' holds the records of another level of feedback\n"
        "  hint: grade everything again with --fresh, or give another folder with -o",
        id="other-question, level",
    ),
    pytest.param(
        lambda: run(rename_answers),
        "QuestionError[other-submissions]: the submissions are not those whose records 'out' "
        "holds\n"
        "  hint: grade everything again with --fresh, or give another folder with -o",
        id="other-submissions",
    ),
    pytest.param(
        lambda: run(lambda out: (out / "records.jsonl").write_text("my diary\n"), fresh=True),
        "QuestionError[other-journal]: 'out/records.jsonl' is there, and was not written by "
        "symconv grade\n"
        "  hint: give another folder with -o",
        id="other-journal",
    ),
    pytest.param(
        write_twice,
        "QuestionError[busy]: another run is writing to 'out'\n"
        "  hint: wait for it, or give another folder with -o",
        id="busy",
    ),
    pytest.param(
        write_to_full_disk,
        "QuestionError[cannot-write]: out/records.jsonl: No space left on device; what was "
        "graded is kept\n"
        "  hint: make room or give another folder, and run the same command again",
        id="cannot-write",
    ),
    pytest.param(
        views_on_full_disk,
        "QuestionError[no-results]: out: No space left on device; the records are kept\n"
        "  hint: make room or close open files, and run the same command again",
        id="no-results",
    ),
    pytest.param(
        lambda: run(formats=("csv", "pdf")),
        "QuestionError[unknown-format]: 'pdf' is no format\n"
        "  hint: one of csv, jsonl, feedback, html, gradescope, prairielearn, coderunner, edx, "
        "nbgrader, canvas, moodle",
        id="unknown-format, of results",
    ),
    pytest.param(
        lambda: run(formats=("canvas",)),
        "QuestionError[no-canvas-template]: Canvas takes in its own table alone, filled in\n"
        "  hint: export the gradebook from Canvas and give it with --canvas-template",
        id="no-canvas-template",
    ),
    pytest.param(
        lambda: work.on_cluster("0.0.7", QUESTION, work.checker, ()),
        "QuestionError[other-version]: a worker of the cluster has symconv 0.1.0, you have 0.0.7\n"
        "  hint: install one version everywhere",
        id="other-version",
    ),
    pytest.param(
        stuck,
        "QuestionError[stuck]: no answer was judged for 600 seconds; what was graded is kept\n"
        "  hint: run the same command again",
        id="stuck",
    ),
    pytest.param(
        dead_pool,
        "QuestionError[no-workers]: the worker processes die as soon as they are started\n"
        "  hint: grade with --jobs 1 and without --isolate; they may lack memory",
        id="no-workers",
    ),
    pytest.param(
        no_cluster,
        "QuestionError[no-cluster]: there is no Dask cluster with workers at 'local:none' "
        "(ValueError)\n"
        '  hint: start one with "dask scheduler" and "dask worker", or give local:4',
        id="no-cluster",
    ),
    pytest.param(
        failed_cluster,
        "QuestionError[cluster-failed]: the Dask cluster failed (ModuleNotFoundError); what was "
        "graded is kept\n"
        "  hint: see that it runs and has symconv installed, and run the same command again",
        id="cluster-failed",
    ),
    pytest.param(
        lambda: with_module("distributed", None, no_cluster),
        "QuestionError[no-dask]: a cluster needs Dask's distributed 2025.1 or later, which is not "
        "installed\n"
        '  hint: pip install "symconv[dask]"',
        id="no-dask, cluster",
    ),
]
