"""The benchmarks: who is measured on what, what counts as right, and what counts as met."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from symconv import bench
from symconv.bench import FAMILIES, Options, contenders, curves, machine, measure, report, sweep
from symconv.bench.answers import Answer, numbers, rationals
from symconv.bench.goals import AHEAD, NO_CLIFF, at_least, met, within
from symconv.bench.machine import Limits
from symconv.bench.rows import SUBJECT, Row
from symconv.bench.tasks import Claim, Curve, Family, Load, Peer, Task, Workload
from symconv.cli import main

QUICK = Options(quick=True, rounds=1)
FULL = Options(rounds=3)
LIMITS = Limits(sgemm=8e9, dgemm=4e9, copy=1e9, rfft2=1e9)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["bench", *map(str, arguments)])


# A workload of our own: sums of squares, its peers, and how they can fail -----------------------


def squares(values: Any) -> Callable[[], Any]:
    return lambda: values * values


def slowly(values: Any) -> Callable[[], Any]:
    return lambda: [sum(v for _ in range(v)) for v in values.tolist() for _ in range(30)][::30]


def off_by_one(values: Any) -> Callable[[], Any]:
    return lambda: values * values + 1


def missing(_values: Any) -> Callable[[], Any]:
    import no_such_library  # type: ignore[import-not-found]

    return lambda: no_such_library


def failing(_values: Any) -> Callable[[], Any]:
    def run() -> Any:
        raise ValueError("too many\nsquares")

    return run


def only_at_first(values: Any) -> Callable[[], Any]:
    calls: list[int] = []

    def run() -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("tired")
        return values * values

    return run


PEERS = (
    Peer("slow", slowly, at_least(1.5)),
    Peer("wrong", off_by_one, at_least(1e-9)),
    Peer("missing", missing, AHEAD),
    Peer("failing", failing, AHEAD),
    Peer("tired", only_at_first, AHEAD),
    Peer("floats", lambda v: lambda: (v * v).astype(float), at_least(1e-9)),
    Peer("unjudged", squares),
)


def task(**changed: Any) -> Task:
    values = np.arange(2, 60)
    made = Task((values,), squares, lambda out: bool(out[-1] == 59**2), len(values), PEERS)
    return replace(made, **changed)


def rows_of(made: Task, options: Options = FULL) -> dict[str, Row]:
    found = measure.rows(Workload("Squares", lambda: made), options, LIMITS)
    assert {row.workload for row in found} == {"Squares"}
    return {row.peer: row for row in found}


def test_every_peer_has_a_row_whatever_becomes_of_it() -> None:
    rows = rows_of(task())
    assert list(rows) == [SUBJECT, *(peer.name for peer in PEERS)]
    assert (rows["slow"].met, rows["slow"].answer) == (True, Answer.EXACT)
    assert (rows["floats"].met, rows["floats"].answer) == (True, Answer.ROUNDED)
    assert (rows["unjudged"].met, rows["unjudged"].goal) == (None, None)


def test_a_fast_wrong_answer_is_shown_as_wrong_and_is_nobody_to_beat() -> None:
    row = rows_of(task())["wrong"]
    assert row.ratio is not None
    assert (row.met, row.answer, row.as_dict()["exact"]) == (None, Answer.WRONG, False)


def test_a_missing_peer_is_named() -> None:
    row = rows_of(task())["missing"]
    assert (row.ratio, row.met, row.goal) == (None, None, 1.0)
    assert row.note == "missing: no_such_library cannot be imported"


@pytest.mark.parametrize(
    ("name", "note"), [("failing", "ValueError: too many squares"), ("tired", "ValueError: tired")]
)
def test_a_peer_that_fails_says_why_in_its_row(name: str, note: str) -> None:
    row = rows_of(task())[name]
    assert (row.ratio, row.met, row.note) == (None, None, note)


def test_a_goal_that_is_not_met_is_red() -> None:
    row = rows_of(task(peers=(Peer("same", squares, at_least(1e9)),)))["same"]
    assert row.met is False


def test_a_wrong_answer_of_symconv_is_red() -> None:
    row = rows_of(task(witness=lambda _out: False))[SUBJECT]
    assert (row.met, row.answer) == (False, Answer.WRONG)


@pytest.mark.parametrize("subject", [failing, missing, only_at_first])
def test_a_workload_that_symconv_fails_is_one_red_row(subject: Load) -> None:
    rows = rows_of(task(subject=subject))
    assert list(rows) == [SUBJECT]
    assert rows[SUBJECT].met is False
    assert rows[SUBJECT].note


def test_a_quick_run_judges_no_goal() -> None:
    rows = rows_of(task(peers=(Peer("same", squares, at_least(1e9)),)), QUICK)
    assert (rows["same"].met, rows["same"].goal, rows[SUBJECT].met) == (None, 1e9, True)


@pytest.mark.parametrize(
    ("limit", "used", "text", "judged"),
    [
        (0.9, 2.1, "within 2×", False),
        (1.0, 2.0, "within 2×, or half of the limit", True),
        (1.0, 2.1, "within 2×, or half of the limit", False),
        (2.0, 4.1, "within 2×, or half of the limit", False),
        (2.1, 9.0, "within 2×: more than the limit", None),
    ],
)
def test_a_goal_gives_way_to_the_limit_of_the_machine(
    limit: float, used: float, text: str, judged: bool | None
) -> None:
    """Two seconds are allowed; a goal that gives way to nothing is judged by them alone."""
    assert within(2, limited=True).before(limit, 2.0, used) == (text, judged)
    assert within(2).before(limit, 2.0, used) == ("within 2×", used <= 2)


def test_strided_and_depthwise_layers_have_no_cliff_and_others_are_as_fast() -> None:
    layers = {one.name: one.build().peers for one in bench.selected(("W3b",))}
    goals = {
        name: next(peer.goal for peer in peers if peer.name == "torch float32")
        for name, peers in layers.items()
    }
    for name, goal in goals.items():
        spared = "stride" in name or "depthwise" in name
        assert goal == (NO_CLIFF if spared else within(1.5, limited=True)), name
    assert sum(goal is NO_CLIFF for goal in goals.values()) == 3


def test_claims_are_what_is_allowed_over_what_was_used() -> None:
    claims = (
        Claim("half", 1.0, lambda _used: 2.0),
        Claim("kept", 10_000.0, lambda used: used.kept),
        Claim("broken", 1.0, lambda _used: 1 / 0),
        Claim("unmeasured", 1.0, lambda _used: 0),
    )
    rows = rows_of(task(claims=claims))
    assert (rows["half"].ratio, rows["half"].met, rows["half"].note) == (0.5, False, "2 of 1")
    assert rows["kept"].met is True
    assert (rows["unmeasured"].met, rows["unmeasured"].note) == (False, "nothing was measured")
    assert (rows["broken"].met, rows["broken"].note) == (
        False,
        "ZeroDivisionError: division by zero",
    )


def test_a_task_that_is_timed_once() -> None:
    answered = Claim("answer", 59.0**2, lambda used: used.answer[-1])
    rows = rows_of(task(once=True, claims=(answered,)))
    assert {row.rounds for row in rows.values() if row.seconds is not None} == {1}
    assert rows["answer"].met is True
    assert rows["unjudged"].ratio is not None


# Parts ----------------------------------------------------------------------------------------


@dataclass
class Sleeper:
    """A peer whose seconds are those of a clock of its own, in proportion to its products."""

    pace: float
    now: float = 0.0

    def load(self, values: Any) -> Callable[[], Any]:
        def run() -> Any:
            self.now += self.pace * len(values)
            return values * values

        return run


@pytest.mark.parametrize(("pace", "part"), [(1e-9, 1.0), (4e-6, 1.0), (6e-6, 0.25), (1.0, 2e-6)])
def test_who_would_take_too_long_is_measured_on_a_part(
    pace: float, part: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = Sleeper(pace)

    def watched(call: Callable[[], Any]) -> tuple[float, Any]:
        start = sleeper.now
        answer = call()
        return sleeper.now - start, answer

    monkeypatch.setattr(contenders, "clock", watched)
    values = np.arange(1_000_000)

    def cut(products: int) -> tuple[tuple[Any, ...], int]:
        size = min(len(values), max(2, products // 3 * 3))
        return (values[:size],), size

    whole = Task((values,), squares, lambda _out: True, len(values), part=cut)
    peer = Peer("sleeper", sleeper.load)
    one = contenders.contender(peer, whole, values * values, print, patience=5.0)
    assert one.products / len(values) == pytest.approx(part, rel=0.02)
    assert one.answer is Answer.EXACT
    assert one.fault == ""


def test_the_time_of_a_part_stands_for_the_whole_and_is_marked() -> None:
    row = Row("W", "p", ratio=3.0, seconds=6.0, part=0.25, answer=Answer.EXACT)
    shown = report.cells(row)
    assert shown[1] == "p (a 1/4 part)"
    assert "≈ 6 s" in shown


# Goals and answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "ratio", "answer", "expected"),
    [
        (at_least(60), 60.0, Answer.EXACT, True),
        (at_least(60), 59.9, Answer.EXACT, False),
        (within(1.25), 0.8, Answer.ROUNDED, True),
        (within(1.25), 0.79, Answer.UNCHECKED, False),
        (AHEAD, 0.99, Answer.EXACT, False),
        (AHEAD, 0.5, Answer.WRONG, None),
        (AHEAD, None, Answer.EXACT, None),
        (None, 2.0, Answer.EXACT, None),
    ],
)
def test_goals(goal: Any, ratio: float | None, answer: Answer, expected: bool | None) -> None:
    assert met(goal, ratio, answer) is expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ([3, -4], [3, -4], Answer.EXACT),
        ([3, -4], [3, -5], Answer.WRONG),
        ([3, -4], [[3, -4]], Answer.WRONG),
        ([3, -4], [2.9, -4.4], Answer.ROUNDED),
        ([3, -4], [2.4, -4.4], Answer.WRONG),
        ([3, -4], [np.nan, -4.0], Answer.WRONG),
        ([2**53 + 1], [2.0**53], Answer.WRONG),
        ([2**70], [2.0**70], Answer.WRONG),
        ([2**70], [2**70], Answer.EXACT),
    ],
)
def test_answers(mine: Any, theirs: Any, expected: Answer) -> None:
    assert numbers(np.array(mine), np.array(theirs)) is expected


def test_rationals_are_compared_whatever_they_are_over() -> None:
    mine = (np.array([2, 3]), 6)
    assert rationals(mine, ([4, 6], 12)) is Answer.EXACT
    assert rationals(mine, ([4, 7], 12)) is Answer.WRONG
    assert rationals(mine, ([4, 6, 0], 12)) is Answer.WRONG


def test_the_floor_of_the_machine_is_what_it_cannot_beat() -> None:
    bare = task(products=8_000_000_000)
    assert LIMITS.floor(bare) is None
    assert LIMITS.floor(replace(bare, traffic=1000)) == (1.0, "sgemm")
    assert LIMITS.floor(replace(bare, traffic=1000, largest=2**24)) == (1.0, "sgemm")
    assert LIMITS.floor(replace(bare, traffic=1000, largest=2**24 + 1)) == (2.0, "dgemm")
    assert LIMITS.floor(replace(bare, traffic=2 * 10**9)) == (2.0, "copy")
    seconds, way = LIMITS.floor(replace(bare, traffic=1000, transform=(1024, 1024))) or (0.0, "")
    assert (round(seconds, 6), way) == (0.062915, "rfft2")


# The workloads ----------------------------------------------------------------------------------


TASKS = [pytest.param(load, id=load.name) for load in bench.selected((), QUICK)]


def test_the_families_are_those_of_the_table_of_goals() -> None:
    assert list(FAMILIES) == ["W1", "W1b", "W2", "W3", "W3b", "W3c", "W4", "W5", "W6", "W7"]
    for options in (Options(), QUICK, Options(scale=0.3)):
        names = [load.name for load in bench.selected((), options)]
        assert len(set(names)) == len(names)
        assert {name.split()[0] for name in names} == set(FAMILIES)


def test_the_workloads_of_the_table() -> None:
    names = " | ".join(load.name for load in bench.selected())
    for text in (
        "W1 64²⋆5²",
        "W1 128²⋆7²",
        "W1 8³⋆3³",
        "W1 layer 3×16²→8 k3",
        "W2 10000⋆1000",
        "W2 100000⋆100000",
        "W2 256²⋆5²",
        "W2 256²⋆31²",
        "W3 1024² 60-bit ⋆ 31²",
        "W3b 64×56²→64 k3, int32",
        "W3c 1024² ⋆ 31²",
        "W3c 100000 ⋆ 10000",
        "W4 512²·7²·7²",
        "W5 verify 1000",
        "W6 mapped file 30000² ⋆ 15²",
    ):
        assert text in names
    assert names.count("W3 ") == 12


@pytest.mark.parametrize("load", TASKS)
def test_symconv_is_right_on_every_workload_and_a_wrong_answer_is_seen(load: Workload) -> None:
    made = load.build()
    answer = made.subject(*made.operands)()
    assert made.witness(answer)
    assert not made.witness(spoilt(answer))
    assert len({peer.name for peer in made.peers}) == len(made.peers)


def spoilt(answer: Any) -> Any:
    """Return an answer with something wrong in it."""
    if isinstance(answer, tuple):
        return (spoilt(answer[0]), answer[1])
    if isinstance(answer, np.ndarray):
        changed = answer.copy()
        changed.flat[-1] += 1
        return changed
    if isinstance(answer, list):
        return [*answer[:-1], None]
    return not answer if isinstance(answer, bool) else ""


@pytest.mark.parametrize("load", TASKS)
def test_a_part_of_a_workload_is_a_workload(load: Workload) -> None:
    made = load.build()
    if made.part is None:
        return
    for wanted in (1, made.products // 2, 10 * made.products):
        operands, products = made.part(wanted)
        assert 0 < products <= made.products
        made.subject(*operands)()
    assert made.part(10 * made.products)[1] == made.products


@pytest.mark.parametrize("load", TASKS)
def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(load: Workload) -> None:
    again = {one.name: one for one in bench.selected((), QUICK)}[load.name]
    other = {one.name: one for one in bench.selected((), replace(QUICK, seed=7))}[load.name]
    mine, same, different = (plain(one.build().operands) for one in (load, again, other))
    assert mine == same
    if "k³" not in load.name and load.name.split()[0] in ("W2", "W3", "W3b", "W3c"):
        assert mine != different


def plain(operands: tuple[Any, ...]) -> list[Any]:
    return [o.tolist() if isinstance(o, np.ndarray) else None for o in operands]


# What is written --------------------------------------------------------------------------------


def test_json_has_the_rows_that_programs_read() -> None:
    result = run("--quick", "--rounds", "1", "--only", "W4", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert set(told) == {"machine", "commit", "options", "met", "rows"}
    assert set(told["machine"]["limits"]) == {"sgemm", "dgemm", "copy", "rfft2"}
    assert told["options"]["seed"] == 2026
    for row in told["rows"]:
        assert list(row)[:6] == ["workload", "peer", "ratio", "goal", "met", "exact"]
        assert row["exact"] in (True, False, None)
        assert isinstance(row["ratio"], float | None)
    assert {row["peer"] for row in told["rows"]} > {"symconv", "symengine expand"}


def test_results_are_written_with_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "found"
    result = run("--quick", "--rounds", "1", "--only", "W4", "--write", folder)
    assert result.exit_code == 0
    assert "symconv bench: ratio" in result.stdout
    page = (folder / "RESULTS.md").read_text(encoding="utf-8")
    for text in ("# Results", "- Machine: ", "- Commit: ", "## W4 4²·2²·2²", "**symconv**"):
        assert text in page
    pytest.importorskip("matplotlib")
    assert "![W4.svg](W4.svg)" in page
    assert "triples^" in (folder / "W4.svg").read_text(encoding="utf-8")


def test_names_choose_families_and_workloads() -> None:
    def names(*arguments: str) -> list[str]:
        found = run("--list", *arguments)
        assert found.exit_code == 0
        return found.stdout.splitlines()

    assert {name.split()[0] for name in names("--only", "w3")} == {"W3"}
    assert names("--only", "60-bit ⋆ 7²", "--only", "depthwise,") == [
        "W3 1024² 60-bit ⋆ 7² 8-bit",
        "W3b 64×56²→64 k3, depthwise, int32",
    ]
    assert names("--scale", "0.5", "--only", "60-bit ⋆ 7²") == ["W3 512² 60-bit ⋆ 7² 8-bit"]
    assert len(names()) > 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "W9"], "no workload is called W9"),
        (["--sweep", "--only", "W3"], "--sweep stands alone"),
        (["--scale", "0"], "Invalid value for '--scale'"),
        (["--seed", "-1"], "Invalid value for '--seed'"),
    ],
)
def test_bad_usage(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_folder_that_cannot_be_written_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("--quick", "--rounds", "1", "--only", "W4", "--write", tmp_path / "file" / "in")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


@pytest.mark.parametrize(("goal", "code"), [(1e-9, 0), (1e9, 1)])
def test_the_exit_code_tells_whether_all_goals_are_met(
    goal: float, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = task(peers=(Peer("same", squares, at_least(goal)), Peer("missing", missing, AHEAD)))
    family = Family("T", "squares", lambda _options: [Workload("T squares", lambda: made)])
    monkeypatch.setitem(FAMILIES, "T", family)
    monkeypatch.setattr(bench, "limits", lambda **_quick: LIMITS)
    result = run("--only", "T", "--rounds", "1")
    assert result.exit_code == code
    assert f"{2 - code} of 2 met; missing: no_such_library" in result.stdout


def test_the_machine_is_told() -> None:
    told = machine.facts(machine.limits(quick=True))
    assert told["cores"] >= 1
    assert told["versions"]["numpy"] == np.__version__
    assert all(rate > 0 for rate in told["limits"].values())


# Curves -----------------------------------------------------------------------------------------


def test_a_line_ends_where_its_participant_fails_and_exponents_are_fitted() -> None:
    def build(n: int) -> Task:
        values = np.arange(n)
        fails = Peer("fails", failing if n > 10 else squares)
        peers = (fails, Peer("missing", missing), Peer("not drawn", squares))
        return Task((values,), squares, lambda _out: True, n, peers)

    curve = Curve("squares", (10, 100, 1000), build, ("fails", "missing"))
    found = curves.lines(curve, QUICK)
    assert [(line.name, line.products) for line in found] == [
        (SUBJECT, [10, 100, 1000]),
        ("fails", [10]),
    ]
    line = curves.Line("made", [1, 10, 100, 1000], [5.0, 1.0, 10.0, 100.0], [1, 1, 100, 10_000])
    assert line.exponents() == (1.0, 2.0)


# The sweep --------------------------------------------------------------------------------------


@dataclass
class Way:
    """A route of a made-up plan."""

    name: str
    cost: float
    run: Callable[[], Any]


def ways_of(call: str, *routes: Way) -> Callable[..., sweep.Ways]:
    """Return what gives these routes, of which the call takes the one of that name."""
    runs = {route.name: route.run for route in routes}
    return lambda *_point: sweep.Ways(runs[call], call, routes)


POINT = sweep.Point("correlate", (9, 8), (2, 3), (8, 8), {"padding": "same"}, 5)


def looping(turns: int) -> Callable[[], Any]:
    def run() -> Any:
        for _ in range(turns):
            pass
        return np.zeros(3)

    return run


@pytest.mark.parametrize(
    ("routes", "faults"),
    [
        ([Way("quick", 1e-6, looping(10)), Way("slow", 1e-5, looping(100_000))], []),
        ([Way("slow", 1e-6, looping(100_000)), Way("quick", 1e-5, looping(10))], ["slow takes"]),
        ([Way("one", 1e-6, looping(9)), Way("two", 1e-6, lambda: np.ones(3))], ["two and one dis"]),
        ([Way("greedy", 1e-6, lambda: np.zeros(10**7)[:3])], ["the peak is"]),
        ([Way("bad", 1e-6, failing(0))], ["ValueError: too many squares"]),
        ([Way("one", 1e-6, looping(9)), Way("hopeless", 9e9, failing(0))], []),
    ],
)
def test_what_is_at_fault(routes: list[Way], faults: list[str]) -> None:
    (found,) = sweep.run(QUICK, ways_of=ways_of(routes[0].name, *routes), given=[POINT])
    assert [told[: len(text)] for told, text in zip(found.faults, faults, strict=True)] == faults
    assert sweep.faults([found]) == ([found] if faults else [])
    assert json.loads(sweep.to_json([found]))["met"] is not bool(faults)


def test_choosing_counts() -> None:
    ways = sweep.Ways(looping(200_000), "quick", [Way("quick", 1e-6, lambda: np.zeros(3))])
    (found,) = sweep.run(QUICK, ways_of=lambda *_point: ways, given=[POINT])
    assert found.faults[0].startswith("quick takes")


def test_every_licensed_route_is_raced() -> None:
    point = sweep.Point("correlate", (90, 80), (3, 5), (8, 8), {}, 5)
    found = sweep.ways(point, *point.operands())
    modules = {route.name.split()[0] for route in found.routes}
    assert modules >= {"taps", "bands", "columns", "fft", "limbs", "long"}
    assert found.chosen in {route.name for route in found.routes}
    (result,) = sweep.run(QUICK, given=[point])
    assert not result.wrong
    assert not result.fault


def test_points_are_seeded_and_of_every_kind() -> None:
    first, again = (list(sweep.points(60, QUICK)) for _ in range(2))
    assert first == again
    assert first != list(sweep.points(60, replace(QUICK, seed=3)))
    assert {point.op for point in first} == {"correlate", "convolve", "conv"}
    assert {len(point.x) for point in first if point.op != "conv"} == {1, 2, 3}
    for name in ("stride", "dilation", "groups", "padding"):
        assert any(name in point.options for point in first)
    assert any(max(point.bits) > 63 for point in first)
    x, w = POINT.operands()
    assert (x.shape, w.shape, x.tolist()) == ((9, 8), (2, 3), POINT.operands()[0].tolist())
    assert POINT.text() == "correlate 9x8 2x3, 8×8 bits, padding same"


def test_points_have_long_numbers_and_fewer_of_them() -> None:
    drawn = list(sweep.points(60, replace(QUICK, quick=False)))
    assert {max(point.bits) for point in drawn} >= {1_000, 10_000}
    x, w = sweep.Point("correlate", (40, 30), (2, 3), (10_000, 100), {}, 5).operands()
    assert {sweep._heft((bits, 100)) for bits in (1, 100)} == {1}
    assert sweep._heft((10_000, 1_000)) == 1_000
    for values, bits in ((x, 10_000), (w, 100)):
        listed = values.ravel().tolist()
        assert max(map(int.bit_length, listed)) in (bits - 1, bits)
        assert min(listed) < 0 < max(listed)
    assert sweep._bytes(x) > x.size * 10_000 // 8
    assert sweep._bytes(np.zeros((3, 5))) == 120


@pytest.mark.parametrize("slower", [False, True])
def test_the_sweep_by_command(slower: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [Way("quick", 1e-6, looping(10)), Way("slow", 1e-5, looping(200_000))]
    ways = ways_of("slow" if slower else "quick", *routes)
    found = sweep.run(QUICK, ways_of=ways, given=[POINT])
    monkeypatch.setattr(sweep, "run", lambda *_given: found)
    assert run("--sweep", "--quick").exit_code == slower
    told = json.loads(run("--sweep", "--json").stdout)
    assert [len(told[key]) for key in ("points", "faults")] == [1, slower]


def test_the_list_of_workloads_is_light() -> None:
    code = """
import sys
from symconv.cli import main
try:
    main(["bench", "--list"])
except SystemExit:
    pass
heavy = {"dask", "matplotlib", "numba", "scipy", "symengine", "sympy", "torch", "z3"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
