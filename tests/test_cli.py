"""The command line: what it prints, to which stream, and how it exits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from symconv import __version__
from symconv.cli import main
from symconv.cli.derive import option_value
from tests.test_verify import RIGHT, VALUES, WRONG, case, write


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


# derive --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        pytest.param(
            ["--input", "3x4", "--kernel", "2x2"],
            [
                "aw + bx + ey + fz  |  bw + cx + fy + gz  |  cw + dx + gy + hz",
                "ew + fx + iy + jz  |  fw + gx + jy + kz  |  gw + hx + ky + lz",
            ],
            id="shapes",
        ),
        pytest.param(
            ["--input", "a b c; d e f", "--kernel", "w x"],
            ["aw + bx  |  bw + cx", "dw + ex  |  ew + fx"],
            id="entries",
        ),
        pytest.param(
            ["--input", "a b c; d e f", "--kernel", "w x", "--padding", "same"],
            ["aw + bx  |  bw + cx  |  cw", "dw + ex  |  ew + fx  |  fw"],
            id="padding by name",
        ),
        pytest.param(
            ["--input", "2", "--kernel", "2", "--padding", "1:0"],
            ["ax  |  aw + bx"],
            id="padding by pair",
        ),
        pytest.param(
            ["--input", "1x2", "--kernel", "1x2", "--padding", "0,1"],
            ["ax  |  aw + bx  |  bw"],
            id="padding by axis",
        ),
        pytest.param(
            ["--input", "1x2", "--kernel", "1x2", "--padding", "0:1,1:0"],
            ["ax  |  aw + bx", "0   |  0"],
            id="padding by pairs",
        ),
        pytest.param(
            ["--input", "3", "--kernel", "1", "--padding", "-1"], ["bw"], id="negative padding"
        ),
        pytest.param(
            ["--input", "5", "--kernel", "2", "--stride", "2"], ["aw + bx  |  cw + dx"], id="stride"
        ),
        pytest.param(
            ["--input", "3x4", "--kernel", "1x1", "--stride", "2,3"],
            ["aw  |  dw", "iw  |  lw"],
            id="stride by axis",
        ),
        pytest.param(
            ["--input", "4", "--kernel", "2", "--dilation", "3"], ["aw + dx"], id="dilation"
        ),
        pytest.param(
            ["--input", "3", "--kernel", "2", "--op", "convolve"],
            ["aw  |  ax + bw  |  bx + cw  |  cx"],
            id="convolve",
        ),
        pytest.param(
            ["--input", "2", "--kernel", "2", "--padding", "1", "--boundary", "wrap"],
            ["bw + ax  |  aw + bx  |  bw + ax"],
            id="boundary",
        ),
        pytest.param(
            ["--input", "3x4", "--kernel", "2x2", "--format", "sympy", "--stride", "2"],
            ["a*w + b*x + e*y + f*z  |  c*w + d*x + g*y + h*z"],
            id="SymPy's manner",
        ),
        pytest.param(
            ["--input", "2x2x1", "--kernel", "1x2x1"],
            ["[0]", "aw + bx", "", "[1]", "cw + dx"],
            id="3-D",
        ),
        pytest.param(
            ["--input", "1 2 3", "--kernel", "4 -5"],
            ["1·4 + 2·(-5)  |  2·4 + 3·(-5)"],
            id="numbers",
        ),
        pytest.param(
            ["--input", "2x2", "--kernel", "1x2x1", "--op", "conv"],
            ["aw + cx  |  bw + dx"],
            id="layer",
        ),
    ],
)
def test_derive(arguments: list[str], lines: list[str]) -> None:
    result = run("derive", *arguments)
    assert (result.exit_code, result.stdout.splitlines(), result.stderr) == (0, lines, "")


def test_derive_three_axes() -> None:
    result = run("derive", "--input", "2x3x3", "--kernel", "2x2x2")
    assert result.exit_code == 0
    first, *rows = result.stdout.splitlines()
    assert first == "[0]"
    assert [len(row.split("  |  ")) for row in rows] == [2, 2]
    assert rows[0].startswith("a·w[0,0,0] + b·w[0,0,1] + d·w[0,1,0] + e·w[0,1,1] + j·w[1,0,0]")


@pytest.mark.parametrize("shape", ["0", "0x4", "4x0", "0x2x2", "2x0x2", "2x2x0"])
def test_derive_without_outputs_prints_no_formula(shape: str) -> None:
    kernel = "x".join("1" for _ in shape.split("x"))
    result = run("derive", "--input", shape, "--kernel", kernel)
    assert result.exit_code == 0
    assert "w" not in result.stdout


@pytest.mark.parametrize("flag", [["--json"], ["--format", "json"]])
def test_derive_as_json(flag: list[str]) -> None:
    result = run("derive", "--input", "a b c", "--kernel", "w x", *flag)
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(data) == ["op", "x", "w", "shape", "cells"]
    assert (data["op"], data["x"], data["w"], data["shape"]) == (
        "correlate",
        ["a", "b", "c"],
        ["w", "x"],
        [2],
    )
    assert data["cells"][1] == {
        "cell": [1],
        "text": "bw + cx",
        "sympy": "b*w + c*x",
        "terms": [["b", "w"], ["c", "x"]],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["--input", "3x4", "--kernel", "5x2"],
            "GeometryError[kernel-too-wide]: axis 0: the kernel spans 5 (5 taps, dilation 1) but "
            "the padded input is 3 (3 + 0 + 0)\n  hint: pad 2 more on axis 0, or "
            "use at most 3 taps\n",
            id="shape",
        ),
        pytest.param(
            ["--input", "a b; c", "--kernel", "w"],
            "EntryError[ragged]: row 1 has 1 entries, but row 0 has 2\n"
            "  hint: give every row the same number of entries\n",
            id="ragged",
        ),
        pytest.param(
            ["--input", "3", "--kernel", "2", "--padding", "sane"],
            "GeometryError[unknown-padding]: padding='sane'\n  hint: did you mean 'same'?\n",
            id="padding",
        ),
        pytest.param(
            ["--input", "3", "--kernel", "2", "--stride", "two"],
            "GeometryError[stride-not-positive]: axis 0: stride is 'two'\n"
            "  hint: use an integer of 1 or more\n",
            id="stride",
        ),
    ],
)
def test_derive_refuses_with_exit_code_2(arguments: list[str], message: str) -> None:
    result = run("derive", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--kernel", "3"], ["--input", "3", "--kernel", "2", "-o", "window"], ["--nonsense"]],
)
def test_bad_usage_exits_with_2(arguments: list[str]) -> None:
    result = run("derive", *arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("-1", -1),
        ("1,2", (1, 2)),
        ("1, 2", (1, 2)),
        ("1:2", ((1, 2),)),
        ("1:0,2:1", ((1, 0), (2, 1))),
        ("3,2:1", (3, (2, 1))),
        ("same", "same"),
        ("1,,2", "1,,2"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_option_values(text: str, value: Any) -> None:
    assert option_value(text) == value


# verify --------------------------------------------------------------------------------------

KNOWN = VALUES + WRONG + "\n  damaged: [torn]\n  erratum: {note: the last cell, cells: [[1]]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path,
        "deck.yaml",
        case("demo/good", VALUES + RIGHT)
        + case("demo/known", KNOWN)
        + case("demo/lost", "kind: lost\n  reason: a photograph"),
    )
    return tmp_path


def test_verify_exits_with_0_when_every_refutation_is_recorded(folder: Path) -> None:
    result = run("verify", folder)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert re.search(r"demo +[│┃]? *1 +[│┃]? *1 +[│┃]? *1", result.stdout)
    assert "REFUTED demo/known (maybe-transcription)" in result.stdout
    assert "2·4 + 3·5" in result.stdout


def test_verify_exits_with_1_when_a_discrepancy_is_new(folder: Path) -> None:
    write(folder, "new.yaml", case("demo/new", VALUES + WRONG))
    result = run("verify", folder)
    assert result.exit_code == 1
    assert "FAILURE demo/new: new discrepancy: the case records no erratum" in result.stdout


def test_verify_exits_with_2_when_a_file_cannot_be_read(folder: Path) -> None:
    write(folder, "bad.yaml", case("demo/bad", "kind: none"))
    result = run("verify", folder)
    assert result.exit_code == 2
    assert "FixtureError[unknown-kind]" in result.stdout
    assert "REFUTED demo/known" in result.stdout
    assert run("verify", folder / "missing.yaml").exit_code == 2


def test_verify_takes_several_paths(folder: Path) -> None:
    other = write(folder, "other.yaml", case("other/one", VALUES + RIGHT), deck="other")
    result = run("verify", "--json", folder / "deck.yaml", other)
    assert json.loads(result.stdout)["claims"] == 4


def test_verify_as_json(folder: Path) -> None:
    result = run("verify", folder, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "claims": 3,
        "confirmed": 1,
        "damaged": [{"deck": "demo", "id": "demo/lost", "text": "a photograph"}],
        "refuted": [
            {
                "deck": "demo",
                "id": "demo/known",
                "kind": "maybe-transcription",
                "text": "1 cell differs: [1] printed 24, exact 23",
                "cells": [
                    {"cell": [1], "printed": "24", "exact": "23", "terms": "2·4 + 3·5"},
                ],
            }
        ],
        "solved": [],
        "failures": [],
    }


def test_verify_as_json_lists_failures(folder: Path) -> None:
    new = write(folder, "new.yaml", case("demo/new", VALUES + WRONG))
    bad = write(folder, "bad.yaml", case("demo/bad", "kind: none"))
    result = run("verify", "--json", new, bad)
    assert result.exit_code == 2
    data = json.loads(result.stdout)
    assert data["failures"] == [
        (
            f"FixtureError[unknown-kind]: {bad}:9: case demo/bad: field kind: "
            "kind 'none' is unknown\n"
            "  hint: one of values, sum, shape, reads, statement, law, solve, stack, lost"
        ),
        "demo/new: new discrepancy: the case records no erratum",
    ]
    assert data["refuted"][0]["kind"] == "transcription-safe"


def test_verify_writes_a_page_and_errata(folder: Path, tmp_path: Path) -> None:
    page, errata = tmp_path / "report.html", tmp_path / "ERRATA.md"
    result = run("verify", folder / "deck.yaml", "--html", page, "--errata", errata)
    assert result.exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "demo/known" in html
    assert "2·4 + 3·5" in html
    assert "http" not in html.replace("http-equiv", "")
    text = errata.read_text(encoding="utf-8")
    assert "### Refuted: `demo/known` (maybe-transcription)" in text
    assert "| [1] | 24 | 23 | 2·4 + 3·5 |" in text
    lost = next(line for line in text.splitlines() if "`demo/lost`" in line)
    assert "a claim" in lost
    assert "a photograph" in lost


def test_markup_in_a_deck_is_escaped(tmp_path: Path) -> None:
    text = case("demo/x", VALUES + WRONG).replace("says: a claim", "says: '<b>[red]bold[/red]</b>'")
    path = write(tmp_path, "deck.yaml", text)
    page = tmp_path / "report.html"
    result = run("verify", path, "--html", page)
    assert "<b>[red]bold[/red]</b>" in result.stdout
    assert "&lt;b&gt;[red]bold[/red]&lt;/b&gt;" in page.read_text(encoding="utf-8")
    assert "<b>" not in page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_bad_usage(folder: Path, tmp_path: Path) -> None:
    result = run("verify", folder, "--html", tmp_path / "missing" / "report.html")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_the_default_path_is_worked_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "worked_examples").mkdir()
    write(tmp_path / "worked_examples", "deck.yaml", case("demo/good", VALUES + RIGHT))
    monkeypatch.chdir(tmp_path)
    assert json.loads(run("verify", "--json").stdout)["claims"] == 1


# The whole ------------------------------------------------------------------------------------


VERBS = [
    "bank",
    "bench",
    "check",
    "derive",
    "grade",
    "laws",
    "lint",
    "prove",
    "shapes",
    "verify",
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example(verb: str) -> None:
    for flag in ("--help", "-h"):
        result = run(verb, flag)
        assert result.exit_code == 0
        assert f"Example: symconv {verb}" in result.stdout


def test_every_verb_is_tested() -> None:
    assert sorted(main.commands) == VERBS


def test_version() -> None:
    assert run("--version").stdout == f"symconv, version {__version__}\n"


def test_the_installed_command() -> None:
    script = Path(sys.executable).with_name("symconv")
    command = [str(script), "derive", "--input", "2", "--kernel", "2"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "aw + bx\n", "")
