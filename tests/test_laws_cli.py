"""`symconv laws` and `symconv prove`: what they print, to which stream, and how they exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from symconv.cli import main
from symconv.cli.laws import laws
from symconv.cli.prove import integer, lengths, named, prove
from symconv.laws import LAWS

COMMUTES = "convolve(f, g) == convolve(g, f)"
WRONG = "correlate(x, w, padding='full') == correlate(w, x, padding='full')"


def run(command: click.Command, *arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(command.name), *map(str, arguments)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def test_proved() -> None:
    result = run(prove, COMMUTES)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second, *_ = result.stdout.splitlines()
    assert first == COMMUTES
    assert second.startswith("PROVED for all shapes (")


def test_refuted_with_what_holds_instead() -> None:
    result = run(prove, WRONG)
    assert result.exit_code == 1
    assert "REFUTED, does not hold for all shapes" in result.stdout
    assert "Counterexample at x 1, w 2:" in result.stdout
    assert "At [0] on the left alone: x0*w1" in result.stdout
    assert "    convolve(x, w) == convolve(w, x)" in result.stdout


def test_scopes() -> None:
    assert "PROVED for every shape up to 3" in run(prove, COMMUTES, "--up-to", "3").stdout
    shape = ["--shape", "f=512x512", "--shape", "g=7x7", "--rank", "2"]
    assert "PROVED at this shape alone" in run(prove, COMMUTES, *shape).stdout
    law = "shift(shift(x, p), q) == shift(x, p + q)"
    settled = ["--shape", "x=3", "-p", "p=1", "-p", "q=2"]
    assert run(prove, law, *settled).exit_code == 0
    assert run(prove, law, *settled[:-1], "q=-1").exit_code == 1


def test_json_is_the_verdict() -> None:
    result = run(prove, WRONG, "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    keys = {"law", "verdict", "scope", "hypotheses", "counterexample", "repairs", "seconds"}
    assert keys <= set(data)
    assert (data["verdict"], data["scope"]) == ("REFUTED", "all shapes")
    assert data["counterexample"]["shapes"] == {"x": [1], "w": [2]}


def test_a_law_of_the_registry_by_name() -> None:
    assert run(prove, "commutativity").exit_code == 0
    result = run(prove, "commutativity", "--op", "correlate", "--padding", "same", "--json")
    assert result.exit_code == 1
    law = 'correlate(x, w, padding="same") == correlate(w, x, padding="same")'
    assert json.loads(result.stdout)["law"] == law


def test_options_reach_the_library() -> None:
    assert (
        run(
            prove,
            "correlate(x, w) == correlate(w, x)",
            "--assume",
            "len(x) == 1",
            "--assume",
            "len(w) == 1",
        ).exit_code
        == 0
    )
    maxima = "max_pool(max_pool(x, 2, stride=1), 2, stride=1) == max_pool(x, 3, stride=1)"
    assert run(prove, maxima, "--algebra", "max-plus").exit_code == 0
    assert run(prove, "transpose(transpose(a)) == a", "--ranks", "a=2").exit_code == 0


def test_questions_are_written(tmp_path: Path) -> None:
    result = run(prove, COMMUTES, "--smt2", tmp_path / "questions")
    assert "Its questions as SMT-LIB: " in result.stdout
    assert "(check-sat)" in (tmp_path / "questions" / "question-1.smt2").read_text()
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(prove, COMMUTES, "--smt2", blocked / "inner").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["convolve(f, g =="], "ExpressionError["),
        (["comutativity"], "did you mean 'commutativity'?"),
        ([COMMUTES, "--op", "correlate"], "LawError[unknown-choice]"),
        (["commutativity", "--op", "conv"], "did you mean 'convolve'?"),
        (["commutativity", "--stride", "0"], "stride=0"),
        ([COMMUTES, "--shape", "f=3"], "LawError[missing-shape]"),
        ([COMMUTES, "--shape", "f=3x"], "'f=3x' is not as in x=512x512"),
        ([COMMUTES, "--shape", "f=3", "--shape", "f=4"], "f is given twice"),
        ([COMMUTES, "--shape", "=3"], "is not as in"),
        ([COMMUTES, "-p", "p=1.5"], "is not as in p=1"),
        ([COMMUTES, "-p", "p=" + "9" * 5000], "is not as in p=1"),
        ([COMMUTES, "--ranks", "f"], "is not as in x=2"),
        ([COMMUTES, "--up-to", "0"], "LawError[bad-parameter]"),
        ([COMMUTES, "--up-to", "2", "--shape", "f=2"], "choose --shape"),
        ([COMMUTES, "--seconds", "nan"], "not between 0"),
        ([COMMUTES, "--seconds", "-1"], "not between 0"),
        ([COMMUTES, "--seconds", "inf"], "not between 0"),
        ([COMMUTES, "--algebra", "tropical"], "LawError[unknown-algebra]"),
        ([COMMUTES, "--rank", "99"], "LawError[bad-rank]"),
        ([COMMUTES, "--assume", "len(f) < 0"], "LawError[vacuous]"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_used_exits_with_2(arguments: list[str], says: str) -> None:
    for more in ([], ["--json"]):
        result = run(prove, *arguments, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr


def test_pairs() -> None:
    assert named(["x=3x4", "w=2"], "--shape", lengths, "x=3") == {"x": (3, 4), "w": (2,)}
    assert [integer(text) for text in ("+2", "٣", "1_0", "")] == [2, None, None, None]
    assert [lengths(text) for text in ("0", "3x-1", "x", "3x4x5")] == [None, None, None, (3, 4, 5)]


def test_the_list_proves_nothing() -> None:
    result = run(laws, "--list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  commutativity" in result.stdout
    assert sum(line.startswith("  ") for line in result.stdout.splitlines()) == len(LAWS)


def test_one_law_is_a_block_and_its_default() -> None:
    result = run(laws, "commutativity")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  commutativity  op(x, w, …) == op(w, x, …)" in result.stdout
    assert "◐ proved under the condition noted" in result.stdout
    assert "By default, op convolve, padding full, boundary zero" in result.stdout
    assert "Worked out at x 3, w 2:" in result.stdout


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--padding", "full"], 0),
        (["--op", "correlate", "--padding", "full"], 1),
        (["--op", "correlate", "--padding", "same", "--boundary", "wrap", "--stride", "2"], 1),
    ],
)
def test_one_entry_explained(options: list[str], code: int) -> None:
    result = run(laws, "commutativity", *options)
    assert (result.exit_code, result.stderr) == (code, "")
    assert result.stdout.startswith("Commutativity (commutativity, algebra)\n")
    assert ("Counterexample at" in result.stdout) is bool(code)
    assert ("What holds for all shapes instead:" in result.stdout) is bool(code)
    assert "Worked out at x 3, w 2:" in result.stdout
    assert "Source: " in result.stdout
    assert run(laws, "commutativity", *options, "--json").exit_code == code


def test_json_of_one_entry_and_of_a_table() -> None:
    data = json.loads(run(laws, "commutativity", "--op", "correlate", "--json").stdout)
    (law,) = data["laws"]
    (entry,) = law["entries"]
    assert entry["choices"]["op"] == "correlate"
    assert entry["outcome"] == "refuted"
    assert entry["seconds"] > 0
    result = run(laws, "commutativity", "--json")
    (law,) = json.loads(result.stdout)["laws"]
    assert result.exit_code == 0
    assert len(law["entries"]) == len(list(LAWS["commutativity"].grid()))


@pytest.mark.parametrize(("flag", "says"), [("--markdown", "| op | "), ("--latex", "longtable")])
def test_other_forms(flag: str, says: str) -> None:
    result = run(laws, "commutativity", flag)
    assert (result.exit_code, result.stderr) == (0, "")
    assert says in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["comutativity"], "did you mean 'commutativity'?"),
        (["commutativity", "--op", "conv"], "did you mean 'convolve'?"),
        (["commutativity", "--padding", "sam"], "did you mean 'same'?"),
        (["commutativity", "--boundary", "constant"], "LawError[unknown-choice]"),
        (["commutativity", "--dilation", "0"], "dilation=0"),
        (["--op", "convolve"], "name it"),
        (["commutativity", "--list", "--json"], "choose one of"),
        (["commutativity", "--list", "--op", "convolve"], "name it"),
        (["commutativity", "--seconds", "0"], "not between 0"),
    ],
)
def test_laws_that_cannot_be_asked(arguments: list[str], says: str) -> None:
    result = run(laws, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_help_shows_an_example() -> None:
    assert "Example: symconv laws" in run(laws, "--help").stdout
    assert "Example: symconv prove" in run(prove, "--help").stdout


def test_the_verbs_import_no_laws_before_they_run() -> None:
    heavy = "('symconv.laws', 'numpy', 'sympy', 'rich', 'z3')"
    script = (
        "import sys, symconv.cli.laws, symconv.cli.prove; "
        f"sys.exit(any(name in sys.modules for name in {heavy}))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
