"""`symconv shapes`: what it prints, to which stream, and how it exits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symconv.cli import main

STACKS = Path(__file__).parent.parent / "stacks"
SMALL = """\
title: small
input: [1, 9, 8]
layers:
- conv: {filters: 2, kernel: 3, padding: same}
- max_pool: 2
  name: half
- flatten
- dense: 5
"""

TABLE = """\
small, input 1x9x8
# layer                  output params MACs products field jump shift  border
1 conv: 3x3, 2, pad same 2x9x8      20 1296     1100     3    1     1     1+1
2 half: max_pool 2x2     2x4x4                           4    2     2 1+0x1+1
3 flatten                32                             10       lost
4 dense: 5               5         165  160      160    10       lost
"""
SENTENCES = """\
185 parameters, 1456 MACs (1260 without padding), output 5
Equivariant up to half: when the input moves by 2, the map 2x4x4 moves by 1. Padding reaches the \
first 1 and the last 0 of 4 cells along axis 0, the first 1 and the last 1 of 4 cells along axis \
1; those need not follow.
Lost at flatten: places become 32 entries of a vector: from here on each place has weights of its \
own.
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["shapes", *(str(argument) for argument in arguments)])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_the_table_and_the_sentences(small: Path) -> None:
    result = run(small)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:6] == TABLE.splitlines()
    assert lines[6:] == SENTENCES.splitlines()


def test_another_input(small: Path) -> None:
    data = json.loads(run(small, "--input", "3x5x11", "--json").stdout)
    (stack,) = data["stacks"]
    assert stack["input"] == [3, 5, 11]
    assert stack["layers"][1]["output"] == [2, 2, 5]


def test_json_says_everything(small: Path) -> None:
    result = run(small, "--json")
    (stack,) = json.loads(result.stdout)["stacks"]
    assert (stack["parameters"], stack["macs"], stack["products"]) == (185, 1456, 1260)
    assert stack["layers"][1] == {
        "number": "2",
        "name": "half",
        "kind": "max_pool",
        "detail": "2x2",
        "reads": ["conv"],
        "output": [2, 4, 4],
        "parameters": 0,
        "macs": 0,
        "products": 0,
        "fields": [{"size": 4, "start": -1, "center": "1/2", "jump": "2", "whole": False}] * 2,
        "equivariance": {
            "state": "equivariant",
            "since": "input",
            "exact": False,
            "cyclic": False,
            "reason": "outputs 1 apart read inputs 2 apart; padding reaches the first 1 and the "
            "last 0 of 4 cells along axis 0, the first 1 and the last 1 of 4 cells along axis 1",
            "axes": [
                {"step": 2, "move": 1, "size": 4, "before": 1, "after": 0, "cyclic": False},
                {"step": 2, "move": 1, "size": 4, "before": 1, "after": 1, "cyclic": False},
            ],
        },
    }
    assert stack["equivariance"]["since"] == "flatten"


def test_markdown(small: Path) -> None:
    lines = run(small, "--markdown").stdout.splitlines()
    assert lines[0] == "## small, input 1x9x8"
    assert lines[2].startswith("| # | layer | output | params | MACs | products |")
    assert lines[4] == "| 1 | conv: 3x3, 2, pad same | 2x9x8 | 20 | 1296 | 1100 | 3 | 1 | 1 | 1+1 |"
    assert lines[9].startswith("* 185 parameters")


def test_a_fault_in_one_file_loses_no_other(small: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("input: [1, 4]\nlayers:\n- max_pool: 7\n", encoding="utf-8")
    fault = (
        f"GeometryError[kernel-too-wide]: {bad}:3: layer 1 (max_pool): axis 0: the kernel spans 7 "
        "(7 taps, dilation 1) but the padded input is 4 (4 + 0 + 0)\n"
        "  hint: pad 3 more on axis 0, or use at most 4 taps"
    )
    result = run(bad, small, tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert result.stdout.startswith("small, input 1x9x8")
    assert result.stderr.startswith(fault + "\nFixtureError[unreadable-file]: ")
    data = json.loads(run("--json", bad, small).stdout)
    assert [stack["title"] for stack in data["stacks"]] == ["small"]
    assert data["faults"] == [fault]


@pytest.mark.parametrize(
    "arguments",
    [[], ["x.yaml", "--json", "--markdown"], ["x.yaml", "--input", "3x"], ["x", "--input", "0"]],
)
def test_bad_usage_exits_with_2(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_several_stacks_on_one_page() -> None:
    result = run(STACKS / "lenet.yaml", STACKS / "vgg16.yaml")
    assert result.exit_code == 0
    assert result.stdout.count("parameters, ") == 2
    assert "138357544 parameters, 15470264320 MACs" in result.stdout


def test_help_shows_an_example() -> None:
    assert "Example: symconv shapes" in run("--help").stdout


@pytest.mark.parametrize("width", [80, 120])
def test_rows_stay_on_one_line_of_a_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = run(STACKS / "vgg16.yaml").stdout
    rows = [line for line in text.splitlines() if " conv" in line]
    assert len(rows) == 13
    assert all(re.search(r"\d\+\d$", row) for row in rows)
    assert all(len(line) <= width for line in text.splitlines())
    assert ("products" in text) is (width == 120)


def test_names_cannot_write_markup(tmp_path: Path) -> None:
    path = tmp_path / "markup.yaml"
    path.write_text(
        "title: '[red]a|b<i>'\ninput: [1, 4]\nlayers:\n- relu:\n  name: '[b]x'\n", encoding="utf-8"
    )
    assert "[b]x: relu" in run(path).stdout
    assert run(path).stdout.startswith("[red]a|b<i>, input 1x4")
    assert run(path, "--markdown").stdout.startswith("## [red]a\\|b&lt;i>, input 1x4")
