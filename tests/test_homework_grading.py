"""Grading a class: one record for each submission, the same bytes however it is run."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from symconv.cli.grade import grade as grade_command
from symconv.errors import AnswerError, QuestionError
from symconv.homework import grading
from symconv.homework.grading import Settings, Summary, cluster, intake, journal, work
from symconv.homework.grading.work import Desk, checker
from symconv.homework.judging.check import Checked
from symconv.homework.outputs import record as records
from symconv.homework.questions.load import loads
from symconv.homework.questions.model import Columns
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Rules, Submission, Written

grade_module = importlib.import_module("symconv.cli.grade")
ROOT = Path(__file__).parents[1]
TEXT = """
schema: symconv-question/1
id: demo
op: convolution
input: 1 2 3 4; 5 6 7 9; 2 0 1 4
kernel: 1 2; 3 5
options: {padding: valid}
"""
QUESTION = loads(TEXT)
RIGHT = "27 38 50; 47 52 68"
UNFLIPPED = "50 61 77; 23 25 48"
CLASS = [
    ("ann", RIGHT),
    ("bob", UNFLIPPED),
    ("cem", "27 38 50; 47 ? 68"),
    ("ann", "27 38 50; 47 52 67"),
    ("dee", ""),
    ("eve", RIGHT),
    ("fay", "fault"),
    ("bob", RIGHT),
    ("bob", "1 2 3; 4 5 6"),
    ("gil", "27 38; 50 47; 52 68"),
]
VIEWS = ("csv", "feedback", "gradescope", "prairielearn", "coderunner", "edx", "nbgrader", "moodle")


def submissions(path: Path, _columns: Columns, _rules: Rules) -> Iterator[Submission]:
    """Yield the submissions of a file with one JSON pair a line."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        name, text = json.loads(line)
        yield submission(name, text, f"{path.name}:{number}")


def submission(name: str, text: str, place: str = "") -> Submission:
    if text == "fault":
        fault = AnswerError("encoding", "byte 7 is not UTF-8", hint="save the file as UTF-8")
        return Submission(name, fault=fault, place=place)
    plane = tuple(tuple(row.split()) for row in text.split(";"))
    return Submission(name, Written((plane,)), place=place)


def write(path: Path, answers: list[tuple[str, str]]) -> Path:
    path.write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    return path


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return write(tmp_path / "answers.jsonl", CLASS)


def grade(paths: Path | list[Path], out: Path, **options: Any) -> Summary:
    given = paths if isinstance(paths, list) else [paths]
    tools = {name: options.pop(name) for name in ("make", "progress") if name in options}
    options.setdefault("formats", VIEWS)
    question = options.pop("question", QUESTION)
    return grading.grade(question, given, out, Settings(**options), read=submissions, **tools)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lines(out: Path) -> list[bytes]:
    return (out / "records.jsonl").read_bytes().splitlines(keepends=True)


def statuses(out: Path) -> list[tuple[str, int, str]]:
    return [
        (found["submission_id"], found["attempt"], (found["fault"] or {"code": ""})["code"])
        for found in journal.read(out / "records.jsonl")
    ]


# judges that misbehave; workers find them by name ----------------------------------------------


def first_cell(found: Submission) -> str:
    return found.written.planes[0][0][0] if found.written and found.written.planes[0][0] else ""


def misbehaving(question: Question) -> work.Check:
    """Judge as ever, but for answers whose first cell says how to fail."""
    judge = checker(question)

    def check(found: Submission) -> Checked:
        what, _, flag = first_cell(found).partition(":")
        if what == "kill" or (what == "kill-once" and not Path(flag).exists()):
            Path(flag or os.devnull).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "fail":
            raise ZeroDivisionError("with \x1b[2J and\nnewline")
        if what == "hoard":
            return bytearray(8 * 2**30)  # type: ignore[return-value]
        if what == "sleep":
            time.sleep(60)
        return judge(found)

    return check


def unaskable(_question: Question) -> work.Check:
    raise QuestionError("unknown-mistake", "no mistake is called 'flop'", place="catalogue")


def dies(*_given: Any) -> None:
    os._exit(3)


def slow(question: Question) -> work.Check:
    judge = checker(question)

    def check(found: Submission) -> Checked:
        time.sleep(0.02)
        return judge(found)

    return check


class Counting:
    """Counts what it judges, and can stop as if interrupted."""

    def __init__(self, stop: int | None = None) -> None:
        self.seen: list[str] = []
        self.stop = stop

    def __call__(self, question: Question) -> work.Check:
        judge = checker(question)

        def check(found: Submission) -> Checked:
            if len(self.seen) == self.stop:
                raise KeyboardInterrupt
            self.seen.append(first_cell(found))
            return judge(found)

        return check


# one run -----------------------------------------------------------------------------------------


def test_every_submission_has_one_record_in_order(answers: Path, tmp_path: Path) -> None:
    summary = grade(answers, tmp_path / "out")
    assert statuses(tmp_path / "out") == [
        ("ann", 1, ""),
        ("bob", 1, ""),
        ("cem", 1, ""),
        ("ann", 2, ""),
        ("dee", 1, ""),
        ("eve", 1, ""),
        ("fay", 1, "encoding"),
        ("bob", 2, ""),
        ("bob", 3, ""),
        ("gil", 1, ""),
    ]
    assert (summary.submissions, summary.students, summary.resumed) == (10, 7, 0)
    assert (summary.graded, summary.not_graded, summary.exit_code) == (6, 1, 1)
    header = json.loads(lines(tmp_path / "out")[0])
    assert header["question"] == {"id": "demo", "sha256": QUESTION.sha256}
    assert header["inputs"][0]["bytes"] == answers.stat().st_size


def test_a_remembered_record_is_that_of_a_fresh_judgement() -> None:
    desk, judge = Desk(QUESTION), checker(QUESTION)
    found = [
        submission(f"s{number}", text, f"f:{number}") for number, (_, text) in enumerate(CLASS * 2)
    ]
    items = tuple(intake.Item(n, n + 1, "0" * 64, 50, each) for n, each in enumerate(found))
    for line, each in zip(desk.judge(items), found, strict=True):
        own = {"place": each.place, "sha256": "0" * 64}
        fresh = {**records.record(judge(each), line.item.attempt), **own}
        assert line.text == records.dumps(fresh)


@pytest.mark.parametrize(
    ("attempts", "kept"),
    [
        ("last", {"ann": 2, "bob": 3}),
        ("first", {"ann": 1, "bob": 1}),
        ("best", {"ann": 1, "bob": 2}),
    ],
)
def test_one_attempt_of_each_student_counts(
    answers: Path, tmp_path: Path, attempts: str, kept: dict[str, int]
) -> None:
    grade(answers, tmp_path, attempts=attempts, formats=("csv",))
    rows = [row.split(",")[:2] for row in (tmp_path / "results.csv").read_text().splitlines()[1:]]
    assert len(rows) == 7
    assert {name: int(attempt) for name, attempt in rows if name in kept} == kept


def test_a_graded_attempt_is_better_than_one_that_is_not(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [("x", "fault"), ("x", "1 2 3; 4 5 6"), ("x", "fault")])
    assert grade(found, tmp_path / "out", attempts="best").graded == 1
    assert grade(found, tmp_path / "out", attempts="last").graded == 0


def test_each_view_is_written_for_each_student(answers: Path, tmp_path: Path) -> None:
    summary = grade(answers, tmp_path / "out")
    assert [path.name for path in summary.files] == [
        "records.jsonl",
        "coderunner",
        "edx",
        "feedback",
        "gradescope",
        "moodle.csv",
        "nbgrader",
        "prairielearn",
        "results.csv",
    ]
    for path in summary.files:
        assert path.exists()
        assert not path.is_dir() or len(list(path.iterdir())) == 7
    assert not (tmp_path / "out" / ".unfinished").exists()


def test_views_that_are_made_again_replace_the_old_ones(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    grade(answers, out)
    (out / "feedback" / "stale.md").write_text("of somebody who left")
    (out / "results.csv").write_text("torn")
    (out / "mine.txt").write_text("kept")
    (out / ".unfinished").mkdir()
    (out / ".unfinished" / "half.csv").write_text("half")
    counting = Counting()
    assert grade(answers, out, formats=("csv", "feedback"), make=counting).resumed == 10
    assert counting.seen == []
    assert not (out / "feedback" / "stale.md").exists()
    assert (out / "results.csv").read_text().count("\n") == 8
    assert (out / "mine.txt").read_text() == "kept"
    assert not (out / "half.csv").exists()


def test_the_level_can_be_overridden(answers: Path, tmp_path: Path) -> None:
    grade(answers, tmp_path / "out", level="full")
    record = json.loads(lines(tmp_path / "out")[2])
    assert record["feedback"]["level"] == "full"
    assert "    expected 27" in record["feedback"]["lines"]


# failures of the program -------------------------------------------------------------------------


def test_what_fails_is_recorded_and_the_traceback_is_the_teacher_s(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [("x", RIGHT), ("y", "fail 1"), ("z", "fail 2"), ("w", RIGHT)])
    out = tmp_path / "out"
    summary = grade(found, out, make=misbehaving)
    assert (summary.graded, summary.not_graded) == (2, 2)
    assert [code for _, _, code in statuses(out)] == ["", "internal-error", "internal-error", ""]
    for name, text in contents(out).items():
        assert (b"Traceback" in text) == (name == "errors.log")
    log = (out / "errors.log").read_text()
    assert [line for line in log.splitlines() if not line.startswith("    ")] == [
        "submission 1: a:2: y",
        "submission 2: a:3: z",
    ]
    assert r"ZeroDivisionError: with \x1b[2J and" in log
    assert "misbehaving" not in log.split("Traceback")[0]


@pytest.mark.parametrize("error", [AnswerError("bad-csv", "row 7 never ends"), RecursionError()])
def test_a_file_that_cannot_be_read_is_one_submission(error: Exception, tmp_path: Path) -> None:
    def read(path: Path, columns: Columns, rules: Rules) -> Iterator[Submission]:
        yield from submissions(path, columns, rules)
        if path.name == "a":
            raise error

    paths = [write(tmp_path / name, [(name, RIGHT)]) for name in "ab"]
    out = tmp_path / "out"
    grading.grade(QUESTION, paths, out, Settings(("csv",)), read=read)
    code = error.code if isinstance(error, AnswerError) else "internal-error"
    assert [row[2] for row in statuses(out)] == ["", code, ""]
    assert (out / "errors.log").exists() == (code == "internal-error")


def test_a_fault_of_the_question_ends_the_run(answers: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        with pytest.raises(QuestionError, match="unknown-mistake"):
            grade(answers, tmp_path / "out", make=unaskable, jobs=jobs)
    assert len(lines(tmp_path / "out")) == 1


def test_ids_that_no_file_can_hold(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [("a\udc80", RIGHT), ("b", "\udc80"), ("a\udc80", RIGHT)])
    grade(found, tmp_path / "out")
    assert [row[:2] for row in statuses(tmp_path / "out")] == [
        (r"a\udc80", 1),
        ("b", 1),
        (r"a\udc80", 2),
    ]
    assert grade(found, tmp_path / "out").resumed == 3


# resuming ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Return a file of answers, one of which fails, and the journal that they end in."""
    folder = tmp_path_factory.mktemp("whole")
    found = write(folder / "a", [*CLASS, ("hal", "fail"), *CLASS])
    grade(found, folder / "out", make=misbehaving, formats=("csv",))
    return found, (folder / "out" / "records.jsonl").read_bytes()


@given(data=st.data(), tail=st.sampled_from([b"", b"\0" * 9, b'{"a":\n', b"\xff\n{}\n", b"[1]\n"]))
def test_a_run_goes_on_after_any_interruption(
    whole: tuple[Path, bytes], data: st.DataObject, tail: bytes
) -> None:
    found, text = whole
    cut = data.draw(st.integers(0, len(text)))
    out = found.parent / "resumed"
    out.mkdir(exist_ok=True)
    header = text.index(b"\n") + 1
    (out / "records.jsonl").write_bytes(text[:cut] + (tail if cut >= header else b""))
    kept = text[header:cut].count(b"\n")
    summary = grade(found, out, make=misbehaving, formats=("csv",))
    assert summary.resumed == kept
    assert (out / "records.jsonl").read_bytes() == text


def test_what_is_recorded_is_not_judged_again(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [(f"s{n}", f"{n} 1 2; 3 4 5") for n in range(30)])
    grade(found, tmp_path / "once")
    with pytest.raises(KeyboardInterrupt):
        grade(found, tmp_path / "out", make=Counting(stop=17))
    counting = Counting()
    short = tmp_path / "out" / "records.jsonl"
    assert len(lines(tmp_path / "out")) == 1
    short.write_bytes(b"".join(lines(tmp_path / "once")[:18]))
    assert grade(found, tmp_path / "out", make=counting).resumed == 17
    assert counting.seen == [str(n) for n in range(17, 30)]
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


def test_failures_are_noted_once_however_often_the_run_is_resumed(
    whole: tuple[Path, bytes], tmp_path: Path
) -> None:
    found, text = whole
    wanted = (found.parent / "out" / "errors.log").read_bytes()
    out = tmp_path / "out"
    grade(found, out, make=misbehaving)
    assert (out / "errors.log").read_bytes() == wanted
    for rows in (5, 11, 12, 22):
        (out / "records.jsonl").write_bytes(b"".join(text.splitlines(keepends=True)[:rows]))
        grade(found, out, make=misbehaving)
        assert (out / "errors.log").read_bytes() == wanted
        assert (out / "records.jsonl").read_bytes() == text


def test_an_interruption_keeps_the_chunks_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST", 4)
    monkeypatch.setattr(intake.chunks, "__defaults__", (4, 10**6))
    found = write(tmp_path / "a", [(f"s{n}", f"{n} 1 2; 3 4 5") for n in range(30)])
    with pytest.raises(KeyboardInterrupt):
        grade(found, tmp_path / "out", make=Counting(stop=17))
    assert len(lines(tmp_path / "out")) == 1 + 16
    assert grade(found, tmp_path / "out").resumed == 16


def test_fresh_begins_anew(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    grade(answers, out)
    counting = Counting()
    assert grade(answers, out, fresh=True, make=counting).resumed == 0
    assert counting.seen
    other = loads(TEXT.replace("demo", "other"))
    assert grade(answers, out, fresh=True, question=other).resumed == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,), (0, 1, 1)])
def test_other_submissions_are_noticed(tmp_path: Path, order: tuple[int, ...]) -> None:
    paths = [write(tmp_path / name, [(name, RIGHT)]) for name in "ab"]
    grade(paths, tmp_path / "out")
    chosen = [paths[number] for number in order]
    if order == (0, 1):
        assert grade(chosen, tmp_path / "out").resumed == 2
        paths[1].write_text(json.dumps(["b", RIGHT]) + " \n")
    with pytest.raises(QuestionError, match="other-submissions"):
        grade(chosen, tmp_path / "out")


def test_folders_are_told_apart_by_all_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    write(folder / "a", [("a", RIGHT)])
    write(folder / "sub" / "b", [("b", RIGHT)])
    before = intake.inputs([folder], tmp_path / "out")
    assert before == intake.inputs([folder], tmp_path / "out")
    (folder / "sub" / "b").rename(folder / "sub" / "c")
    after = intake.inputs([folder], tmp_path / "out")
    assert before[0]["bytes"] == after[0]["bytes"]
    assert before[0]["sha256"] != after[0]["sha256"]


# many submissions --------------------------------------------------------------------------------


def refusing(question: Question) -> work.Check:
    fault = AnswerError("encoding", "byte 7 is not UTF-8")
    return lambda found: Checked(question, found, fault)


def many(count: int) -> grading.Summary:
    """Grade many submissions that come from nowhere, in a folder that is here."""

    def read(_path: Path, _columns: Columns, _rules: Rules) -> Iterator[Submission]:
        return (Submission(f"student {number}", None, place=str(number)) for number in range(count))

    settings = Settings(("jsonl",))
    empty = Path("empty")
    empty.touch()
    return grading.grade(QUESTION, [empty], Path(str(count)), settings, read=read, make=refusing)


MANY = """
import resource
from tests import test_homework_grading as t
for count in (2_000, 50_000):
    assert t.many(count).not_graded == count
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def python(code: str, *arguments: str | Path, cwd: Path | None = None) -> str:
    """Return what a fresh interpreter prints."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_memory_does_not_grow_but_for_a_number_for_each_student(tmp_path: Path) -> None:
    few, many = map(int, python(MANY, cwd=tmp_path).split())
    assert (many - few) * 1024 / 48_000 < 500


class Waiting:
    """Workers that hold chunks back, and count how many they hold."""

    room = 5
    again = 0

    def __init__(self) -> None:
        self.flight = self.most = 0

    def submit(self, chunk: intake.Chunk) -> Callable[[], list[work.Line]]:
        self.flight += 1
        self.most = max(self.most, self.flight)

        def result() -> list[work.Line]:
            self.flight -= 1
            return [work.Line(item, b"") for item in chunk]

        return result

    def renew(self) -> None:
        raise AssertionError

    def close(self, *, now: bool) -> None:
        assert not now


def test_few_chunks_are_in_flight_and_come_back_in_order() -> None:
    items = [intake.Item(n, 1, "", 1, Submission("")) for n in range(1000)]
    workers = Waiting()
    found = cluster.elsewhere(Desk(QUESTION), workers, intake.chunks(items, most=3))
    assert [line.item.number for some in found for line in some] == list(range(1000))
    assert workers.most == 5
    assert workers.flight == 0


# processes ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return many answers, some of which fail, and what one process makes of them."""
    folder = tmp_path_factory.mktemp("single")
    more = [(f"s{n % 350}", f"{n} 38 50; 47 52 {n % 7}") for n in range(500)]
    found = write(folder / "a", [*CLASS, *more, ("hal", "fail"), *CLASS])
    grade(found, folder / "out", make=misbehaving)
    return found, contents(folder / "out")


@pytest.mark.parametrize("options", [{"jobs": 3}, {"isolate": True}], ids=str)
def test_the_same_bytes_from_any_number_of_processes(
    single: tuple[Path, dict[str, bytes]], tmp_path: Path, options: dict[str, Any]
) -> None:
    found, wanted = single
    grade(found, tmp_path / "out", make=misbehaving, **options)
    assert contents(tmp_path / "out") == wanted


LETTERS = """
schema: symconv-question/1
id: letters
op: correlation
input: a b c; d e f; g h i
kernel: w x; y z
"""


def test_letters_mean_the_same_to_every_process(tmp_path: Path) -> None:
    question = loads(LETTERS)
    right = [str(value).replace(" ", "") for value in question.key]
    flipped = ["az+by+dx+ew", "bz+cy+ex+fw", "dz+ey+gx+hw", "ez+fy+hx+iw"]
    turned = [right[0], right[2], right[1], right[3]]
    sums = [
        right,
        flipped,
        turned,
        [*flipped[:3], right[3]],
        ["0", *right[1:]],
        ["aw+1/2bx", "?", "", "q"],
    ]
    rows = [" ".join(each[:2]) + ";" + " ".join(each[2:]) for each in sums]
    found = write(tmp_path / "a", [(f"s{n}", row) for n, row in enumerate(rows * 60)])
    grade(found, tmp_path / "once", question=question)
    assert b'"named":1' in lines(tmp_path / "once")[2]
    hash(tuple(question.key))
    grade(found, tmp_path / "out", question=question, jobs=2)
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    more = [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(250)]
    found = write(tmp_path / "a", [*more, ("x", f"kill-once:{flag} 1 2; 3 4 5"), *more])
    grade(found, tmp_path / "out", make=misbehaving, jobs=2)
    assert flag.exists()
    grade(found, tmp_path / "once", make=misbehaving)
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


def test_a_submission_that_kills_workers_is_found(tmp_path: Path) -> None:
    more = [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(5)]
    found = write(tmp_path / "a", [*more, ("x", "kill 1 2; 3 4 5"), *more])
    summary = grade(found, tmp_path / "out", make=misbehaving, jobs=2)
    assert summary.not_graded == 1
    codes = [code for _, _, code in statuses(tmp_path / "out")]
    assert codes == [""] * 5 + ["internal-error"] + [""] * 5
    assert (
        "the worker that judged this submission died"
        in (tmp_path / "out" / "errors.log").read_text()
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on memory")
def test_isolated_workers_have_little_memory(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [("x", RIGHT), ("y", "hoard 1 2; 3 4 5"), ("z", RIGHT)])
    grade(found, tmp_path / "out", make=misbehaving, isolate=True)
    assert [code for _, _, code in statuses(tmp_path / "out")] == ["", "internal-error", ""]
    assert "MemoryError" in lines(tmp_path / "out")[2].decode()


def test_isolated_workers_that_stick_end_the_run_and_no_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 3)
    found = write(tmp_path / "a", [("x", RIGHT), ("y", "sleep 1 2; 3 4 5")])
    with pytest.raises(QuestionError, match="stuck"):
        grade(found, tmp_path / "out", make=misbehaving, isolate=True)
    assert len(lines(tmp_path / "out")) == 1


def test_workers_that_cannot_start_end_the_run(
    answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "start", dies)
    with pytest.raises(QuestionError, match="no-workers"):
        grade(answers, tmp_path / "out", jobs=2)


# runs that are ended from outside ----------------------------------------------------------------

# A shell starts what goes on in the background with interrupts ignored, and children inherit that.
RUN = """
import signal, sys
from pathlib import Path
from symconv.homework.grading import intake
from tests import test_homework_grading as t
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    intake.chunks.__defaults__ = (5, 10**6)
    t.journal.EVERY = 5
    def progress(what, done, kept):
        print(what, done, flush=True)
    path, out, jobs = sys.argv[1:]
    try:
        t.grade(Path(path), Path(out), make=t.slow, jobs=int(jobs), progress=progress)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def started(tmp_path: Path, found: Path, jobs: int) -> subprocess.Popen[str]:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    run = subprocess.Popen(
        [sys.executable, str(script), str(found), str(tmp_path / "out"), str(jobs)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )
    assert run.stdout is not None
    for line in run.stdout:
        if line == "grading 30\n":
            break
    return run


def others_of(session: int) -> list[int]:
    """Return the processes of a session that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_was_stopped_goes_on(tmp_path: Path, jobs: int, how: signal.Signals) -> None:
    found = write(tmp_path / "a", [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(400)])
    run = started(tmp_path, found, jobs)
    stop = time.monotonic()
    if how == signal.SIGINT:
        os.killpg(run.pid, how)
    else:
        run.kill()
    assert run.wait(20) == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert time.monotonic() - stop < 5
    while others_of(run.pid):
        assert time.monotonic() - stop < 10
        time.sleep(0.05)
    assert run.stdout is not None
    run.stdout.close()
    kept = len(lines(tmp_path / "out")) - 1
    assert 25 <= kept < 400
    assert grade(found, tmp_path / "out").resumed in (kept, kept - 1)
    grade(found, tmp_path / "once")
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


LIMITED = """
import resource, sys
from pathlib import Path
from symconv.errors import QuestionError
from tests import test_homework_grading as t
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    t.grade(Path(sys.argv[1]), Path(sys.argv[2]))
except QuestionError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on files")
def test_a_full_disk_tears_a_line_and_nothing_else(tmp_path: Path) -> None:
    found = write(tmp_path / "a", [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(40)])
    assert python(LIMITED, found, tmp_path / "out") == (
        f"QuestionError[cannot-write]: {tmp_path}/out/records.jsonl: File too large; what was "
        "graded is kept\n"
        "  hint: make room or give another folder, and run the same command again\n"
    )
    assert (tmp_path / "out" / "records.jsonl").stat().st_size == 20000
    assert grade(found, tmp_path / "out").resumed > 5
    grade(found, tmp_path / "once")
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


def test_workers_ignore_the_interrupt_and_know_their_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    work._end_with_parent()
    assert ended == []


def test_versions_of_workers_are_compared() -> None:
    with pytest.raises(QuestionError, match=re.escape("you have 0.0.7")):
        work.on_cluster("0.0.7", QUESTION, checker, ())


# the command line --------------------------------------------------------------------------------

TABLE = "id,answer\nann,{}\nbob,{}\nann,{}\n".format(RIGHT, UNFLIPPED, "27 38 50; 47 52 67")


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """Return a folder with a question, and a table of answers to it."""
    (tmp_path / "question.yaml").write_text(TEXT)
    (tmp_path / "answers.csv").write_text(TABLE)
    return tmp_path


def command(folder: Path, *options: str | Path) -> Result:
    given = [folder / "question.yaml", folder / "answers.csv", "-o", folder / "out", *options]
    return CliRunner().invoke(grade_command, [str(option) for option in given])


def test_the_command_prints_a_summary(class_: Path) -> None:
    done = command(class_)
    assert done.exit_code == 0, done.output
    out = class_ / "out"
    assert done.stdout == (
        "3 submissions of 2 students\n"
        "graded      2\n"
        "not graded  0\n"
        "mean score  0.666667\n"
        "commonest mistakes\n"
        "       1  flip_omitted\n"
        "written\n"
        f"  {out}/records.jsonl\n"
        f"  {out}/feedback\n"
        f"  {out}/report.html\n"
        f"  {out}/results.csv\n"
    )
    assert done.stderr == ""
    assert "3 submissions of 2 students, 3 of them before\n" in command(class_).stdout


def test_the_command_prints_json(class_: Path) -> None:
    facts = json.loads(command(class_, "--json", "--attempts", "first", "--format", "csv").stdout)
    assert facts == {
        "submissions": 3,
        "resumed": 0,
        "students": 2,
        "graded": 2,
        "not_graded": 0,
        "mean_score": "0.75",
        "mistakes": [{"label": "flip_omitted", "count": 1}],
        "files": [f"{class_}/out/{name}" for name in ("records.jsonl", "results.csv")],
    }


def test_the_command_ends_in_1_where_something_was_not_graded(class_: Path) -> None:
    (class_ / "answers.csv").write_bytes(b"id,answer\nann,1\xff\n")
    done = command(class_)
    assert done.exit_code == 1
    assert "not graded  1\n" in done.stdout


def test_all_formats_but_canvas_need_nothing_more(class_: Path) -> None:
    assert command(class_, "--format", "all").exit_code == 0
    names = {path.name for path in (class_ / "out").iterdir()}
    assert {"report.html", "results.csv", "moodle.csv", "gradescope", "nbgrader"} <= names
    assert "canvas.csv" not in names
    template = class_ / "gradebook.csv"
    template.write_text("Student,ID,SIS Login ID,demo (7)\nAnn,1,ann,\nBob,2,bob,\n")
    done = command(class_, "--format", "all", "--canvas-template", template)
    assert done.exit_code == 0, done.output
    filled = (class_ / "out" / "canvas.csv").read_text().splitlines()
    assert filled[1:] == ["Ann,1,ann,0.833333", "Bob,2,bob,0.5"]


def test_a_gradebook_without_the_column_is_refused_before_the_work(class_: Path) -> None:
    template = class_ / "gradebook.csv"
    template.write_text("Student,ID,Essay (7)\nAnn,1,\n")
    done = command(class_, "--format", "canvas", "--canvas-template", template)
    assert done.exit_code == 2
    assert "gradebook-column" in done.stderr
    assert not (class_ / "out").exists()
    done = command(
        class_, "--format", "canvas", "--canvas-template", template, "--canvas-column", "Essay"
    )
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--format", "csv,pdf"], "QuestionError[unknown-format]: 'pdf' is no format"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
        (["--dask", "local", "--jobs", "2"], "--dask brings its own workers"),
        (["--dask", "local", "--isolate"], "--dask brings its own workers"),
        (["--level", "all"], "Invalid value for '--level'"),
        (["nowhere"], "No such file or directory"),
    ],
)
def test_bad_usage_ends_in_2(class_: Path, options: list[str], text: str) -> None:
    done = command(class_, *options)
    assert done.exit_code == 2
    assert text in done.stderr


def test_a_bad_question_ends_in_2(class_: Path) -> None:
    (class_ / "question.yaml").write_text(TEXT.replace("convolution", "convolve"))
    done = command(class_)
    assert done.exit_code == 2
    assert "QuestionError[question-format]" in done.stderr


def test_a_question_among_the_answers_is_not_graded(class_: Path) -> None:
    done = command(class_, class_)
    assert done.exit_code == 2
    assert "question.yaml' would be graded too; move it out of" in done.stderr


def test_an_interrupted_command_says_how_to_go_on(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: Any, **_options: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "grade", interrupted)
    done = command(class_)
    assert done.exit_code == 130
    assert done.stderr == "interrupted; run the same command again to go on\n"


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with grade_module._progress() as progress:
        assert progress is not None
        progress("grading", 70, 20)
        time.sleep(0.3)
    assert "grading 70, 20 resumed, " in terminal.getvalue()
    assert " a second" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with grade_module._progress() as progress:
        assert progress is None
