"""Grading on a Dask cluster of processes: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symconv.errors import QuestionError
from symconv.homework.grading import Summary, cluster, intake
from tests.test_homework_grading import (
    CLASS,
    Counting,
    contents,
    grade,
    misbehaving,
    statuses,
    unaskable,
    write,
)

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return many answers, and what one process makes of them."""
    folder = tmp_path_factory.mktemp("single")
    more = [(f"s{n % 700}", f"{n} 38 50; 47 52 {n % 7}") for n in range(900)]
    found = write(folder / "a", [*CLASS, *more, ("hal", "fail"), *CLASS])
    grade(found, folder / "out", make=misbehaving)
    return found, contents(folder / "out")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake.chunks, "__defaults__", (10, 10**6))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Yield the address of a cluster of two processes that is there already."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address="127.0.0.1:0", silence_logs="CRITICAL"
    ) as found:
        yield found.scheduler_address


def on_cluster(found: Path, out: Path, where: str = "local:2", **options: Any) -> Summary:
    return grade(found, out, make=misbehaving, dask=where, **options)


@pytest.mark.usefixtures("small_chunks")
def test_a_cluster_writes_the_same_bytes(
    single: tuple[Path, dict[str, bytes]], tmp_path: Path, address: str
) -> None:
    found, wanted = single
    on_cluster(found, tmp_path / "out", address)
    assert contents(tmp_path / "out") == wanted
    assert on_cluster(found, tmp_path / "out", "nowhere:1").resumed == 921


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("deaths", [1, 3])
def test_workers_killed_in_the_middle_cost_nothing(
    single: tuple[Path, dict[str, bytes]],
    tmp_path: Path,
    deaths: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, wanted = single
    killed: list[int] = []
    made: list[Any] = []
    local = cluster.Cluster._local

    def noted(self: cluster.Cluster, count: str) -> Any:
        made.append(local(self, count))
        return made[-1]

    def kill(what: str, done: int, _kept: int) -> None:
        if what == "grading" and done >= 100 * (len(killed) + 1) and len(killed) < deaths:
            worker = made[0].workers[len(killed) % 2]
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    monkeypatch.setattr(cluster.Cluster, "_local", noted)
    on_cluster(found, tmp_path / "out", progress=kill)
    assert len(set(killed)) == deaths
    assert contents(tmp_path / "out") == wanted


def test_a_worker_that_dies_of_its_work_once_costs_nothing(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    more = [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(50)]
    found = write(tmp_path / "a", [*more, ("x", f"kill-once:{flag} 1 2; 3 4 5"), *more])
    on_cluster(found, tmp_path / "out")
    assert flag.exists()
    grade(found, tmp_path / "once", make=misbehaving)
    assert contents(tmp_path / "out") == contents(tmp_path / "once")


def test_a_submission_that_kills_workers_is_found(tmp_path: Path) -> None:
    import dask

    more = [(f"s{n}", f"{n} 38 50; 47 52 68") for n in range(2)]
    found = write(tmp_path / "a", [*more, ("x", "kill 1 2; 3 4 5"), *more])
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        assert on_cluster(found, tmp_path / "out").not_graded == 1
    codes = [code for _, _, code in statuses(tmp_path / "out")]
    assert codes == [""] * 2 + ["internal-error"] + [""] * 2


@pytest.mark.usefixtures("small_chunks")
def test_an_interrupted_run_on_a_cluster_goes_on_anywhere(
    single: tuple[Path, dict[str, bytes]], tmp_path: Path, address: str
) -> None:
    def interrupt(_what: str, done: int, _kept: int) -> None:
        if done >= 300:
            raise KeyboardInterrupt

    found, wanted = single
    with pytest.raises(KeyboardInterrupt):
        on_cluster(found, tmp_path / "out", address, progress=interrupt)
    assert 290 <= len((tmp_path / "out" / "records.jsonl").read_bytes().splitlines()) - 1 < 921
    summary = grade(found, tmp_path / "out", make=misbehaving, jobs=2)
    assert summary.resumed >= 290
    assert contents(tmp_path / "out") == wanted


def test_a_fault_of_the_question_comes_back(
    single: tuple[Path, dict[str, bytes]], tmp_path: Path, address: str
) -> None:
    with pytest.raises(QuestionError, match="unknown-mistake"):
        grade(single[0], tmp_path / "out", make=unaskable, dask=address)


def test_what_cannot_travel_is_a_fault_of_the_cluster(
    single: tuple[Path, dict[str, bytes]], tmp_path: Path, address: str
) -> None:
    with pytest.raises(QuestionError, match="cluster-failed"):
        grade(single[0], tmp_path / "out", make=Unknown, dask=address)


class Unknown(Counting):
    """Has no judge at all."""

    def __init__(self, _question: Any) -> None:
        raise ModuleNotFoundError


@pytest.mark.parametrize("where", ["local:0", "local:two", "tcp://127.0.0.1:9", "gopher://x"])
def test_there_is_no_such_cluster(
    single: tuple[Path, dict[str, bytes]],
    tmp_path: Path,
    where: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 2)
    with pytest.raises(QuestionError, match="no-cluster"):
        on_cluster(single[0], tmp_path / "out", where)
