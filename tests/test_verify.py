"""Verdicts: each kind of case confirmed, refuted, undecidable; blame, errata, failures, faults."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symconv import engines
from symconv.axis import Axis
from symconv.engines import numeric
from symconv.engines.symbols import symbolic
from symconv.errors import SymconvError
from symconv.fixtures import reads
from symconv.verdicts import Blame, CellDifference, Finding, Report, Status
from symconv.verify import judge, verify
from symconv.verify.solving import linear, solve

HEAD = """\
schema: symconv-fixture/1
deck: demo
title: A demonstration
origin: tests
"""
COMMON = "id: demo/case\n  says: a claim\n  slide: slide 7\n  "

VALUES = "kind: values\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  printed: "
RIGHT, WRONG = "14 23", "14 24"


def findings(case: str, head: str = HEAD) -> Finding:
    """Judge one case, given as the lines after its common fields."""
    loaded = reads(head + "cases:\n- " + COMMON + case)
    assert loaded.faults == ()
    assert loaded.document is not None
    return judge(loaded.document.cases[0], loaded.document)


C, R, U = Status.CONFIRMED, Status.REFUTED, Status.UNDECIDABLE


@pytest.mark.parametrize(
    ("case", "status", "text"),
    [
        pytest.param(VALUES + "14 23", C, "", id="values"),
        pytest.param(VALUES + "14 24", R, "", id="values, wrong"),
        pytest.param(VALUES + "'? _'", U, "", id="values, nothing can be read"),
        pytest.param(VALUES + "14 ?", C, "", id="values, the rest agrees"),
        pytest.param(VALUES + "14 23 5", R, "printed 3, exact 2: [14 23]", id="values, size"),
        pytest.param(
            "kind: values\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  exact: 14 23",
            C,
            "",
            id="values, not printed",
        ),
        pytest.param(
            "kind: values\n  op: correlate\n  x: a b; c d\n  w: w x\n  printed: aw+bx; dx+cw",
            C,
            "",
            id="symbols, adjacent and in another order",
        ),
        pytest.param(
            "kind: values\n  op: max_pool\n  x: 1 2; 3 4\n  options: {window: 2}\n  printed: '4'",
            C,
            "",
            id="pool",
        ),
        pytest.param(
            "kind: values\n  op: avg_pool\n  x: 1 2; 3 5\n  options: {window: 2}\n  printed: '3'",
            R,
            "",
            id="pool, wrong",
        ),
        pytest.param(
            "kind: values\n  op: flatten\n  x: 1 2; 3 4\n  printed: 1 2 3 4", C, "", id="flatten"
        ),
        pytest.param(
            "kind: values\n  op: global_avg_pool\n  x: [1 2; 3 4]\n  printed: '2.5'",
            C,
            "",
            id="global pool",
        ),
        pytest.param(
            "kind: values\n  op: dilate\n  x: 1 2\n  options: {dilation: 3}\n  printed: 1 0 0 2",
            C,
            "",
            id="dilate",
        ),
        pytest.param(
            "kind: values\n  op: conv\n  x: [1 2; 3 4, 5 6; 7 8]\n  w: [['1 0;', '0 1;']]\n"
            "  bias: '10'\n  printed: 17; 21",
            C,
            "",
            id="layer",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  cell: [1]\n"
            "  printed: 2*4 + 3*5 = 23",
            C,
            "",
            id="sum",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  cell: [1]\n"
            "  printed: 4*2 + 5*3 = 23",
            C,
            "",
            id="sum, factors swapped",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 0 2 3\n  w: 4 5\n  cell: [0]\n  printed: 2*5",
            C,
            "",
            id="sum, zero left out",
        ),
        *(
            pytest.param(
                f"kind: sum\n  op: correlate\n  x: {x}\n  w: {w}\n  cell: [0]\n  printed: {text}",
                C,
                "",
                id=f"sum, {text}",
            )
            for x, w, text in [
                ("1 2", "1 -1", "1*1 - 2*1 = -1"),
                ("1 3", "-2 4", "-1*2 + 3*4 = 10"),
                ("1 -3", "2 -4", "1*2 + 3*4 = 14"),
                ("1 2", "3 4", "3 + 8 = 11"),
                ("1 2", "3 4", "4 + 7 = 11"),
                ("1 2", "3 4", "11"),
                ("1 2", "3 4", "11 = 1*3 + 2*4"),
                ("1 2", "3 4", "1*3 + 2*4 = 3 + 8 = 11"),
                ("1 2", "3 4", "1·3 + [2×4] = 11"),
                ("1/2 1/3", "1 1", "1/2*1 + 1/3*1 = 0.83"),
                ("a b", "w x", "aw + bx"),
                ("2a b", "w x", "2aw + bx = bx + 2aw"),
                ("a a", "w w", "2aw"),
            ]
        ),
        *(
            pytest.param(
                f"kind: sum\n  op: correlate\n  x: {x}\n  w: {w}\n  cell: [0]\n  printed: {text}",
                R,
                wrong,
                id=f"sum, {text}",
            )
            for x, w, text, wrong in [
                ("0 2", "-1 3", "0*1 + 2*3 = 6", "term 1: printed 0·1, exact 0·(-1)"),
                ("a b", "w x", "aw - bx", "written a*w - b*x, exact a*w + b*x"),
                (
                    "1 2",
                    "3 4",
                    "1*3 + 9 = 12",
                    "2·4 is missing; 9 is too many; printed total 12, exact 11",
                ),
                (
                    "1 2",
                    "3 4",
                    "5 + 7 = 12",
                    "printed total 12, exact 11",
                ),
            ]
        ),
        pytest.param(
            "kind: sum\n  op: conv\n  x: [1 2 3]\n  w: [[4 5], [6 7]]\n  bias: 8 9\n"
            "  cell: [1, 0]\n  printed: 1*6 + 2*7 + 9 = 29",
            C,
            "",
            id="sum with a bias",
        ),
        pytest.param(
            "kind: shape\n  x: 224x224x3\n  w: 3x3\n  filters: 64\n  layout: channels-last\n"
            "  options: {padding: 1}\n  printed: 224x224x64",
            C,
            "",
            id="shape, depth of the input",
        ),
        pytest.param(
            "kind: shape\n  x: 64x64x3\n  w: 5x5x3\n  layout: channels-last\n  printed: 60x60",
            C,
            "",
            id="shape, one map",
        ),
        pytest.param(
            "kind: shape\n  op: conv\n  x: 3x64x64\n  w: 8x5x5\n  filters: 4\n  printed: 4x60x60",
            R,
            "printed 4x60x60, impossible: x has 3 channels but w reads 8 in 1 group(s), so 8 "
            "(channels are read first; layout: channels-last reads them last)",
            id="shape, wrong depth",
        ),
        pytest.param(
            "kind: values\n  op: correlate\n  x: 1 2 3\n  w: 1 1\n  printed: 3 | | 5",
            R,
            "printed 3, exact 2: [3 5]",
            id="values, an empty cell between bars",
        ),
        pytest.param(
            "kind: values\n  op: correlate\n  x: 1 2 3 4\n  w: 1 1\n  printed: 3 | | 7",
            C,
            "",
            id="values, the source leaves a cell empty",
        ),
        pytest.param(
            "kind: values\n  op: correlate\n  x: 1 2 3\n  w: 1 1\n"
            "  options: {padding: 1, boundary: constant(c)}\n  printed: c+1 3 5 3+c",
            C,
            "",
            id="values, a symbolic constant",
        ),
        pytest.param(
            "kind: statement\n  statements: ['1/t == u', 't^(0-1) == u', 't/t == ones(2)']\n"
            "  arrays: {t: 49 3, u: 1/49 1/3}",
            C,
            "",
            id="statement, exact division of arrays",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  cell: [1]\n"
            "  printed: 2*4 + 3*6 = 26",
            R,
            "term 2: printed 3·6, exact 3·5; printed total 26, exact 23",
            id="sum, wrong factor",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  cell: [1]\n"
            "  printed: 2*4 + 3*5 = 24",
            R,
            "the written terms add up to 23, printed 24; printed total 24, exact 23",
            id="sum, wrong arithmetic",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2 3\n  w: 4 5\n  cell: [1]\n  printed: 2*4 = 8",
            R,
            "3·5 is missing; printed total 8, exact 23",
            id="sum, term missing",
        ),
        pytest.param(
            "kind: shape\n  x: 7x5\n  w: 3x2\n  options: {stride: 2}\n  printed: 3x2",
            C,
            "",
            id="shape",
        ),
        pytest.param(
            "kind: shape\n  x: 7x5\n  w: 3x2\n  printed: 7x5",
            R,
            "printed 7x5, exact 5x4",
            id="shape, wrong",
        ),
        pytest.param(
            "kind: shape\n  x: 64x64x3\n  w: 5x5x3\n  filters: 8\n  layout: channels-last\n"
            "  options: {padding: 1}\n  printed: 62x62x8",
            C,
            "",
            id="shape, channels last",
        ),
        pytest.param(
            "kind: shape\n  op: conv\n  x: 3x64x64\n  w: 3x5x5\n  filters: 8\n"
            "  printed: 8 × 60 × 60",
            C,
            "",
            id="shape, channels first",
        ),
        pytest.param(
            "kind: shape\n  x: 2x9\n  w: 3x4\n  printed: 1x6",
            R,
            "printed 1x6, impossible: the kernel spans 3 (3 taps, dilation 1) but the padded "
            "input is 2 (2 + 0 + 0)",
            id="shape, impossible",
        ),
        pytest.param(
            "kind: reads\n  x: 1 2 3; 4 5 6\n  w: 2x2\n  cell: [0, 1]\n  printed: 6, 2, 3, 5",
            C,
            "",
            id="reads",
        ),
        pytest.param(
            "kind: reads\n  x: 1 2 3; 4 5 6\n  w: 2x2\n  cell: [0, 1]\n  printed: 1 2 4 5",
            R,
            "printed 1 2 4 5, exact 2 3 5 6",
            id="reads, wrong",
        ),
        pytest.param(
            "kind: statement\n  statements: ['convolve(f, g) == convolve(g, f)']\n"
            "  arrays: {f: a b, g: w x y}",
            C,
            "",
            id="statement",
        ),
        pytest.param(
            "kind: statement\n  statements: ['correlate(f, g) == 3']\n  arrays: {f: 1 2, g: 3 4}",
            R,
            "correlate(f, g) == 3 is false: [11] and 3",
            id="statement, wrong",
        ),
        pytest.param(
            "kind: statement\n  statements: [n + 1 > n, n*n > n]\n  ranges: {n: 1..9}",
            R,
            "n = 1: n*n > n is false: 1 and 1",
            id="statement, first counterexample",
        ),
        pytest.param(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2 3\n  w: 3 4\n  printed: 11 18",
            C,
            "solved, p = 1",
            id="solve",
        ),
        pytest.param(
            "kind: solve\n  op: correlate\n  unknowns: p q\n  x: p 2 q\n  w: 3 4\n  printed: 11 2",
            U,
            "these unknowns could explain every printed output (solved, p = 1, q = -1)",
            id="solve, as many unknowns as equations",
        ),
        pytest.param(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2\n  w: '3'\n  printed: _ ?",
            U,
            "these unknowns could explain every printed output (solved, nothing determined; "
            "free: p)",
            id="solve, nothing printed",
        ),
        pytest.param(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2 3\n  w: 3 4\n  printed: 11 2",
            R,
            "no reading gives the printed output",
            id="solve, contradictory",
        ),
        pytest.param("kind: lost\n  reason: torn off", U, "torn off", id="lost"),
    ],
)
def test_verdicts(case: str, status: Status, text: str) -> None:
    finding = findings(case)
    assert (finding.status, finding.text) == (status, text)
    unrecorded = ("new discrepancy: the case records no erratum",)
    assert finding.failures == (unrecorded if status is R else ())


def test_a_finding_carries_the_claim() -> None:
    finding = findings(VALUES + WRONG + "\n  position: third row")
    assert (finding.deck, finding.id, finding.says, finding.slide) == (
        "demo",
        "demo/case",
        "a claim",
        "slide 7, third row",
    )
    assert finding.cells == (CellDifference((1,), "24", "23", "2·4 + 3·5"),)


def test_every_wrong_cell_is_listed_with_its_products() -> None:
    finding = findings(
        "kind: values\n  op: conv\n  x: [a b, 1 2]\n  w: [w; 1/2]\n  bias: '7'\n"
        "  printed: [aw+7 bw+8]"
    )
    assert finding.cells == (CellDifference((0, 0), "aw+7", "a*w + 15/2", "aw + 1·(1/2) + 7"),)


@pytest.mark.parametrize(
    ("printed", "status", "note"),
    [
        pytest.param("0.33", C, "1 cells are rounded", id="rounded"),
        pytest.param("0.3333", C, "1 cells are rounded", id="more places"),
        pytest.param("0.34", R, "", id="rounded wrongly"),
        pytest.param("0.3", C, "1 cells are rounded", id="one place"),
        pytest.param("1/3", C, "", id="exact"),
        pytest.param("0", R, "", id="an integer is not rounded"),
        pytest.param("?", U, "1 cells cannot be read", id="unreadable"),
    ],
)
def test_printed_decimals_are_roundings(printed: str, status: Status, note: str) -> None:
    case = f"kind: values\n  op: correlate\n  x: 1/3 9\n  w: '1'\n  printed: '{printed} _'"
    finding = findings(case)
    assert finding.status is status
    assert finding.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("value", "printed", "status"),
    [
        ("1/8", "0.12", C),
        ("1/8", "0.13", C),
        ("1/8", "0.11", R),
        ("-1/3", "-0.33", C),
        ("-1/3", "−0.33", C),
        ("-1/3", "0.33", R),
        ("2/3", "0.66", R),
        ("2/3", "0.67", C),
        ("299/100", "3.0", C),
    ],
)
def test_ties_round_either_way(value: str, printed: str, status: Status) -> None:
    case = f"kind: values\n  op: correlate\n  x: {value} 9\n  w: '1'\n  printed: {printed} 9"
    assert findings(case).status is status


# Blame and errata ----------------------------------------------------------------------------


def test_damage_around_a_claim_shifts_the_blame() -> None:
    assert findings(VALUES + WRONG).blame is Blame.SAFE
    damaged = findings(VALUES + WRONG + "\n  damaged: [a row is missing]")
    assert damaged.blame is Blame.MAYBE
    assert damaged.notes == ("a row is missing",)
    assert (Blame.SAFE.value, Blame.MAYBE.value) == ("transcription-safe", "maybe-transcription")


@pytest.mark.parametrize(
    ("printed", "erratum", "failures"),
    [
        pytest.param(WRONG, "{note: n, cells: [[1]]}", (), id="known"),
        pytest.param(RIGHT, None, (), id="none needed"),
        pytest.param(WRONG, None, ("new discrepancy: the case records no erratum",), id="missing"),
        pytest.param(
            RIGHT,
            "{note: n, cells: [[1]]}",
            ("the case records an erratum, but the claim is confirmed",),
            id="stale",
        ),
        pytest.param(
            "? ?",
            "{note: n, cells: [[1]]}",
            ("the case records an erratum, but the claim is undecidable",),
            id="stale, nothing to read",
        ),
        pytest.param(
            WRONG,
            "{note: n, cells: [[0]]}",
            ("the erratum records cells [0], but [1] differ",),
            id="other cells",
        ),
        pytest.param(
            WRONG, "{note: n}", ("the erratum records cells none, but [1] differ",), id="no cells"
        ),
        pytest.param(
            "13 24",
            "{note: n, cells: [[1]]}",
            ("the erratum records cells [1], but [0] [1] differ",),
            id="one cell of two",
        ),
        pytest.param("13 24", "{note: n, cells: [[1], [0]]}", (), id="in any order"),
    ],
)
def test_errata(printed: str, erratum: str | None, failures: tuple[str, ...]) -> None:
    more = f"\n  erratum: {erratum}" if erratum else ""
    finding = findings(VALUES + f"'{printed}'" + more)
    assert finding.failures == failures
    assert finding.notes[-1:] == (("n",) if erratum else finding.notes[-1:])


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        pytest.param(
            VALUES + RIGHT + "\n  exact: 14 22",
            "the recorded exact [14 22] is not [14 23]",
            id="values",
        ),
        pytest.param(
            "kind: sum\n  op: correlate\n  x: 1 2\n  w: 4 5\n  cell: [0]\n"
            "  printed: 1*4 + 2*5 = 14\n  exact: '15'",
            "the recorded exact 15 is not 14",
            id="sum",
        ),
        pytest.param(
            "kind: shape\n  x: 7x5\n  w: 3x2\n  printed: 5x4\n  exact: 5x5",
            "the recorded exact 5x5 is not 5x4",
            id="shape",
        ),
        pytest.param(
            "kind: reads\n  x: 1 2 3\n  w: '2'\n  cell: [1]\n  printed: 2 3\n  exact: 1 2",
            "the recorded exact 1 2 is not 2 3",
            id="reads",
        ),
        pytest.param(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2 3\n  w: 3 4\n  printed: 11 18\n"
            "  exact: {'': {p: '2'}}",
            "the recorded solutions {'': {'p': '2'}} are not {'': {'p': '1'}}",
            id="solve",
        ),
    ],
)
def test_a_recorded_exact_value_that_is_wrong_is_a_failure(case: str, failure: str) -> None:
    finding = findings(case)
    assert finding.failures == (failure,)
    assert finding.status is Status.CONFIRMED


def test_a_recorded_exact_value_that_is_right_is_none() -> None:
    assert findings(VALUES + RIGHT + "\n  exact: 14 23").failures == ()
    assert findings(VALUES + WRONG + "\n  exact: 14 23").failures == (
        "new discrepancy: the case records no erratum",
    )


# Solving -------------------------------------------------------------------------------------


def test_unknowns_are_solved_exactly() -> None:
    finding = findings(
        "kind: solve\n  op: correlate\n  unknowns: p q\n  x: p q 1\n  w: 3 4\n  printed: 2 1"
    )
    # 3p + 4q = 2 and 3q + 4 = 1
    assert finding.notes == ("solved, p = 2, q = -1",)


def test_unknowns_without_an_equation_stay_free() -> None:
    finding = findings(
        "kind: solve\n  op: correlate\n  unknowns: p q\n  x: p 2 q\n  w: 3 4\n  printed: 11 ?"
    )
    assert finding.notes == ("solved, p = 1; free: q",)


def test_every_reading_is_tried() -> None:
    finding = findings(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: {as printed: p 2 3, shifted: p 3 2}\n"
        "  w: 3 4\n  printed: 11 18\n  exact: {as printed: {p: '1'}}"
    )
    assert finding.status is Status.CONFIRMED
    assert finding.notes == (
        "as printed: solved, p = 1",
        "shifted: contradictory, cells [1] cannot hold together",
    )
    assert finding.failures == ()


def test_a_conflict_names_a_smallest_set_of_cells() -> None:
    assert solve([[Fraction(1), Fraction(3)], [Fraction(2), Fraction(6)]], ["p"]).values == {"p": 3}
    rows = [[1, 0, 1], [0, 1, 2], [1, 1, 3], [1, 1, 4]]
    found = solve([[Fraction(v) for v in row] for row in rows], ["p", "q"])
    assert set(found.conflict) in ({2, 3}, {0, 1, 3})
    assert found.values == {}


def test_products_of_unknowns_are_refused() -> None:
    import sympy

    p, q = sympy.symbols("p q")
    assert linear(3 * p - q / 2 + 7, ["p", "q"]) == [3, Fraction(-1, 2), 7]
    with pytest.raises(SymconvError, match="not-linear"):
        linear(p * q, ["p", "q"])


# Whole runs ----------------------------------------------------------------------------------


def write(folder: Path, name: str, cases: str, deck: str = "demo") -> Path:
    path = folder / name
    path.write_text(HEAD.replace("deck: demo", f"deck: {deck}") + "cases:\n" + cases, "utf-8")
    return path


def case(id_: str, body: str) -> str:
    return "- " + COMMON.replace("demo/case", id_) + body + "\n"


def test_a_run_over_a_folder_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    write(tmp_path, "b.yaml", case("b/one", VALUES + RIGHT), deck="b")
    write(tmp_path, "a.yml", case("a/one", VALUES + RIGHT), deck="a")
    write(tmp_path / "deeper", "c.yaml", case("c/one", VALUES + RIGHT), deck="c")
    (tmp_path / "notes.txt").write_text("no fixture", "utf-8")
    seen: list[tuple[str, int, int]] = []
    report = verify([tmp_path], progress=lambda *step: seen.append(step))
    assert [deck.deck for deck in report.decks] == ["a", "b", "c"]
    assert seen == [("a", 1, 3), ("b", 2, 3), ("c", 3, 3)]
    assert (report.exit_code, report.faults, report.failures) == (0, (), ())


def test_exit_codes(tmp_path: Path) -> None:
    good = write(tmp_path, "good.yaml", case("demo/good", VALUES + RIGHT))
    known = VALUES + WRONG + "\n  erratum: {note: n, cells: [[1]]}"
    erratum = write(tmp_path, "known.yaml", case("demo/known", known))
    new = write(tmp_path, "new.yaml", case("demo/new", VALUES + WRONG))
    broken = write(tmp_path, "broken.yaml", case("demo/broken", "kind: none"))
    assert verify([good]).exit_code == 0
    assert verify([good, erratum]).exit_code == 0
    assert verify([good, new]).exit_code == 1
    assert verify([good, broken]).exit_code == 2
    assert verify([new, broken]).exit_code == 2
    assert verify([new]).failures == ("demo/new: new discrepancy: the case records no erratum",)
    assert verify([tmp_path / "missing.yaml"]).exit_code == 2


def test_a_fault_leaves_the_other_cases_and_files_alone(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        "first.yaml",
        case("demo/one", VALUES + RIGHT)
        + case("demo/bad", "kind: values\n  op: correlate\n  x: 1 $\n  w: '1'")
        + case("demo/wide", "kind: values\n  op: correlate\n  x: 1 2\n  w: 1 2 3\n  printed: '1'")
        + case("demo/two", VALUES + RIGHT),
    )
    second = write(tmp_path, "second.yaml", case("demo/three", VALUES + RIGHT))
    report = verify([first, second])
    assert [finding.id for finding in report.findings] == ["demo/one", "demo/two", "demo/three"]
    assert report.faults == (
        (
            f"FixtureError[unreadable-character]: {first}:19: case demo/bad: field x: column 1: "
            "cannot read '$'\n    $\n    ^"
        ),
        (
            f"GeometryError[kernel-too-wide]: {first}:21: case demo/wide: axis 0: the kernel spans "
            "3 (3 taps, dilation 1) but the padded input is 2 (2 + 0 + 0)\n"
            "  hint: pad one more on axis 0, or use at most 2 taps"
        ),
    )
    assert report.exit_code == 2


def test_a_folder_without_fixtures_is_a_fault(tmp_path: Path) -> None:
    report = verify([tmp_path])
    assert report.faults == (f"FixtureError[no-files]: {tmp_path}: no .yaml file in this folder",)
    assert report.exit_code == 2


BODIES = [
    pytest.param("kind: [values]\n  op: correlate", id="kind is a list"),
    pytest.param("kind: {a: b}", id="kind is a map"),
    pytest.param(
        "kind: values\n  op: correlate\n  x: 1 2\n  w: '1'\n  printed: []", id="printed is []"
    ),
    pytest.param(
        f"kind: values\n  op: correlate\n  x: '{'9' * 3999}'\n  w: '{'9' * 3999}'\n  printed: '5'",
        id="more digits than Python writes",
    ),
    pytest.param(
        f"kind: statement\n  statements: ['n == n']\n  ranges: {{n: 0..{'9' * 30}}}",
        id="range of 30 digits",
    ),
    pytest.param("kind: statement\n  statements: ['identity(20000) == 1']", id="big identity"),
    pytest.param(
        "kind: statement\n  statements: ['convolve(ones(1000000), ones(1000000)) == 1']", id="work"
    ),
    pytest.param(
        "kind: statement\n  statements: ['matmul(ones(1000, 1000), ones(1000, 1000)) == 1']",
        id="matrix work",
    ),
    pytest.param(
        "kind: statement\n  statements: ['((((f^100)^100)^100)^100) == 1']\n  arrays: {f: 2 3}",
        id="tower over an array",
    ),
    pytest.param(
        "kind: values\n  op: correlate\n  x: 1 2\n  w: '1'\n  exact: 1 2\n  options: {stride: 1e3}",
        id="stride with an exponent",
    ),
    pytest.param(
        f"kind: values\n  op: correlate\n  x: a 2\n  w: '1'\n  printed: '{'a' * 19000}'",
        id="a long run of symbols",
    ),
    pytest.param(
        "kind: shape\n  op: conv\n  x: 999999999x5\n  w: 7x999999999x3\n  printed: 7x3\n"
        "  options: {groups: 999999998}",
        id="many groups",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2\n  w: '3'\n  printed: '\"q\"'",
        id="quoted",
    ),
    pytest.param("kind: values\n  op: correlate\n  x: 1 2\n  w: 1 2\n  printed: $", id="printed"),
    pytest.param("kind: values\n  op: correlate\n  x: 1 2\n  printed: 1 2", id="no kernel"),
    pytest.param("kind: values\n  op: flatten\n  x: 1 2\n  w: '1'", id="kernel too many"),
    pytest.param(
        "kind: values\n  op: correlate\n  x: 1 2\n  w: '1'\n  options: {window: 2}", id="window"
    ),
    pytest.param("kind: values\n  op: max_pool\n  x: 1 2", id="no window"),
    pytest.param(
        "kind: values\n  op: max_pool\n  x: 1 2\n  options: {window: 2, groups: 2}", id="groups"
    ),
    pytest.param("kind: values\n  op: flatten\n  x: 1 2\n  options: {stride: 2}", id="stride"),
    pytest.param("kind: values\n  op: conv\n  x: 1 2\n  w: '1'", id="layer of one axis"),
    pytest.param("kind: values\n  op: correlate\n  x: 1 2\n  w: '1'\n  bias: '1'", id="bias"),
    pytest.param(
        "kind: values\n  op: correlate\n  x: 1 2\n  w: '1'\n  options: {flip: true}", id="flip"
    ),
    pytest.param(
        "kind: values\n  op: max_pool\n  x: 1 2\n  options: {window: 0}", id="empty window"
    ),
    pytest.param("kind: values\n  op: max_pool\n  x: 1 2\n  options: {window: []}", id="no axes"),
    pytest.param(
        "kind: values\n  op: dilate\n  x: 1 2\n  options: {dilation: 0}", id="dilate by 0"
    ),
    pytest.param("kind: values\n  op: correlate\n  x: ''\n  w: '1'\n  printed: '1'", id="nothing"),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [5]\n  printed: 1*3", id="cell"
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [-1]\n  printed: 2*3", id="cell -1"
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: []\n  printed: 2*3", id="no cell"
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [0]\n  printed: '7'", id="no sum"
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [0]\n  printed: 1*3 = 3 = 3",
        id="chain",
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [0]\n  printed: 1*3 = (1, 2)",
        id="pair",
    ),
    pytest.param(
        "kind: sum\n  op: correlate\n  x: 1 2\n  w: '3'\n  cell: [0]\n  printed: 1*(3, 4)",
        id="list",
    ),
    pytest.param("kind: shape\n  x: seven\n  w: 3x2\n  printed: 5x4", id="shape in words"),
    pytest.param("kind: shape\n  x: 7x5\n  w: 3x2\n  printed: ''", id="no shape"),
    pytest.param(
        "kind: reads\n  x: 1 2 3\n  w: '2'\n  cell: [9]\n  printed: 1 2", id="reads outside"
    ),
    pytest.param("kind: reads\n  x: 1 2 3\n  w: 2x2\n  cell: [0]\n  printed: 1 2", id="reads rank"),
    pytest.param("kind: statement\n  statements: [1 + 1]", id="no comparison"),
    pytest.param("kind: statement\n  statements: [f == 1]", id="unknown name"),
    pytest.param("kind: statement\n  statements: [g(2) == 1]", id="unknown function"),
    pytest.param("kind: statement\n  statements: [size(2) == 1]", id="argument missing"),
    pytest.param("kind: statement\n  statements: [size(2, 1, k=3) == 2]", id="unknown option"),
    pytest.param(
        "kind: statement\n  statements: ['n == n']\n  ranges: {n: 9..1}", id="empty range"
    ),
    pytest.param(
        "kind: statement\n  statements: ['n == n']\n  ranges: {n: 1..999999999}", id="huge range"
    ),
    pytest.param(
        "kind: statement\n  statements: ['f < f']\n  arrays: {f: 1 2}", id="arrays have no order"
    ),
    pytest.param(
        "kind: statement\n  statements: ['f < 2']\n  arrays: {f: a}", id="symbols have no order"
    ),
    pytest.param("kind: statement\n  statements: ['f/0 == 1']\n  arrays: {f: '1'}", id="by zero"),
    pytest.param("kind: statement\n  statements: ['1/f == 1']\n  arrays: {f: 0 0}", id="by zeros"),
    pytest.param(
        "kind: statement\n  statements: ['f + g == 1']\n  arrays: {f: 1 2, g: 1 2 3}", id="sizes"
    ),
    pytest.param(
        "kind: statement\n  statements: ['max(f) == 1']\n  arrays: {f: ''}", id="max of nothing"
    ),
    pytest.param(
        "kind: statement\n  statements: ['rank(f) == 1']\n  arrays: {f: a b}", id="rank of symbols"
    ),
    pytest.param("kind: statement\n  statements: ['identity(1/2) == 1']", id="half an identity"),
    pytest.param("kind: statement\n  statements: ['identity(-2) == 1']", id="negative identity"),
    pytest.param("kind: statement\n  statements: ['ones(100000, 100000) == 1']", id="huge array"),
    pytest.param(
        "kind: statement\n  statements: ['pad(f, 100000000) == 1']\n  arrays: {f: '1'}",
        id="huge pad",
    ),
    pytest.param("kind: statement\n  statements: ['size(5, 2, stride=0) == 1']", id="stride 0"),
    pytest.param("kind: statement\n  statements: ['f^(1/2) == 1']\n  arrays: {f: '4'}", id="root"),
    pytest.param(
        "kind: statement\n  statements: ['f % 2 == 0']\n  arrays: {f: 4 6}", id="remainder"
    ),
    pytest.param("kind: statement\n  statements: ['abs() == 0']", id="abs of nothing"),
    pytest.param(
        "kind: statement\n  statements: ['floor(f) == 0']\n  arrays: {f: a b}", id="floor"
    ),
    pytest.param("kind: statement\n  statements: ['delta(3.5) == 0']", id="delta"),
    pytest.param(
        "kind: statement\n  statements: ['subsample(f, 0) == 0']\n  arrays: {f: 1 2}",
        id="subsample",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: p*p 2\n  w: '3'\n  printed: 3 6",
        id="square",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: p r\n  w: '3'\n  printed: 3 6",
        id="other symbol",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2\n  w: '3'\n  printed: 3 6 9",
        id="size",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: ''\n  x: 1 2\n  w: '3'\n  printed: 3 6",
        id="no unknowns",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2\n  w: '3'\n  printed: '? ?'",
        id="no equation",
    ),
    pytest.param(
        "kind: solve\n  op: correlate\n  unknowns: 1+\n  x: p 2\n  w: '3'\n  printed: 3 6",
        id="name",
    ),
]


@pytest.mark.parametrize("body", BODIES)
def test_no_case_can_crash_a_run(body: str, tmp_path: Path) -> None:
    """Whatever a case asks for, it becomes a finding or a fault, and the next case goes on."""
    path = write(tmp_path, "deck.yaml", case("demo/odd", body) + case("demo/next", VALUES + RIGHT))
    report = verify([path])
    assert [finding.id for finding in report.findings][-1] == "demo/next"
    assert len(report.findings) == 2 or report.faults
    for fault in report.faults:
        assert str(path) in fault
        assert "demo/odd" in fault


def test_an_empty_report_is_good() -> None:
    assert (Report(()).exit_code, Report(()).findings, Report(()).failures) == (0, (), ())


# An engine that is wrong is a failure, whichever it is ----------------------------------------


def symbolic_drops_a_term(monkeypatch: pytest.MonkeyPatch) -> None:
    true = symbolic.evaluate
    monkeypatch.setattr(
        symbolic, "evaluate", lambda g, x, w, b: [v - x[0] for v in true(g, x, w, b)]
    )


def numeric_is_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    true = numeric.evaluate
    monkeypatch.setattr(numeric, "evaluate", lambda g, x, w, b: true(g, x, w, b) + 1)


def numeric_ignores_the_flip(monkeypatch: pytest.MonkeyPatch) -> None:
    true = Axis.offset

    def offset(axis: Axis, tap: int) -> int:
        return true(Axis(axis.size, axis.taps, dilation=axis.dilation), tap)

    real = numeric.evaluate

    def evaluate(*arguments: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Axis, "offset", offset)
            return real(*arguments)

    monkeypatch.setattr(numeric, "evaluate", evaluate)


NUMBERS = "x: 1 2\n  w: 3 5\n  printed: 3 11 10"
SYMBOLS = "x: a b\n  w: 3 5\n  printed: 3a 5a+3b 5b"


@pytest.mark.parametrize(
    ("mutate", "engine", "operands"),
    [
        (symbolic_drops_a_term, "sympy", SYMBOLS),
        (numeric_is_off_by_one, "numpy", NUMBERS),
        (numeric_ignores_the_flip, "numpy", NUMBERS),
    ],
)
def test_an_engine_that_differs_is_a_failure(
    mutate: Any, engine: str, operands: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    grid = f"kind: values\n  op: convolve\n  {operands}"
    law = (
        "kind: statement\n  statements: ['convolve(f, g) == h']\n"
        "  arrays: {f: 1 2, g: 3 5, h: 3 11 10}"
    )
    path = write(tmp_path, "deck.yaml", case("demo/grid", grid) + case("demo/law", law))
    assert verify([path]).exit_code == 0
    mutate(monkeypatch)
    report = verify([path])
    assert report.exit_code == 1
    assert report.failures == (
        f"demo/grid: engine {engine} disagrees with engine definition",
        f"demo/law: engine {engine} disagrees with definition",
    )
    assert engines.ENGINES[0] == "definition"


def test_the_decks_hold_and_every_refutation_is_recorded() -> None:
    folder = Path(__file__).parent.parent / "worked_examples"
    report = verify([folder])
    assert report.faults == ()
    assert report.failures == ()
    assert report.exit_code == 0


def test_names_that_double_each_other_are_refused_at_once(tmp_path: Path) -> None:
    names = "".join(f"  a{i}: [$a{i + 1}, $a{i + 1}]\n" for i in range(24))
    body = case("demo/bomb", "kind: values\n  op: flatten\n  x: $a0\n  printed: '1'")
    path = write(tmp_path, "bomb.yaml", body)
    text = path.read_text("utf-8")
    path.write_text(text.replace("cases:", f"arrays:\n{names}  a24: 1 2 3\ncases:"), "utf-8")
    faults = verify([path]).faults
    assert any("case demo/bomb: field x" in fault for fault in faults)
    assert all("FixtureError[array-too-long]" in fault for fault in faults)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (fault,) = verify([tmp_path / "pipe.yaml"]).faults
    assert "Not a regular file" in fault
