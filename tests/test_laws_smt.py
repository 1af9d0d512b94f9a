"""The questions of a proof: text that any solver can check, and that a second solver does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symconv.laws import prove, read
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes
from symconv.laws.logic.question import Question
from symconv.laws.logic.smt import attempts
from symconv.verdicts import Truth
from tests.laws_known import KNOWN

z3 = pytest.importorskip("z3")
LIMIT = 1000
"""Milliseconds for one question in the second solver."""
PROVED = [(text, assume) for text, assume, true in KNOWN if true]
REFUTED = [(text, assume) for text, assume, true in KNOWN if not true]


def z3_says(text: str) -> str:
    """Return what Z3 answers."""
    solver = z3.Solver()
    solver.set("timeout", LIMIT)
    solver.from_string(text)
    return str(solver.check())


def cvc5_says(text: str) -> str:
    """Return what cvc5 answers."""
    cvc5 = pytest.importorskip("cvc5")
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(LIMIT))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    said = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return said
        said += command.invoke(solver, parser.getSymbolManager())


SCRIPTS: dict[tuple[str, tuple[str, ...]], list[str]] = {}


def asked(text: str, assume: tuple[str, ...], folder: Path) -> list[str]:
    """Return the questions that show a law, as they are written to a folder; once for each law."""
    if (text, assume) not in SCRIPTS:
        verdict = prove(text, assume=assume, smt2=folder, repair=False)
        assert verdict.truth is Truth.PROVED
        paths = sorted(folder.rglob("*.smt2"))
        SCRIPTS[text, assume] = [path.read_text(encoding="utf-8") for path in paths]
    return SCRIPTS[text, assume]


@pytest.mark.parametrize(("text", "assume"), PROVED)
def test_a_second_solver_finds_no_shape_either(
    text: str, assume: tuple[str, ...], tmp_path: Path
) -> None:
    for script in asked(text, assume, tmp_path):
        said = cvc5_says(script).strip()
        assert said == "unsat" or said.startswith("unknown")
        if "NIA" not in script:
            assert said == "unsat"


@pytest.mark.parametrize(("text", "assume"), PROVED)
def test_a_question_is_a_whole_script(text: str, assume: tuple[str, ...], tmp_path: Path) -> None:
    for script in asked(text, assume, tmp_path):
        assert script.startswith(f"; {text}\n; holds for all shapes if no question is satisfiable")
        assert script.endswith("(check-sat)\n")
        assert script.count("(check-sat)") == 1
        assert "(set-info :status unsat)" in script
        logic = re.search(r"\(set-logic (\w+)\)", script)
        assert logic is not None
        assert logic[1] in ("QF_LIA", "QF_NIA", "LIA", "NIA")
        assert ("exists" in script) == (not logic[1].startswith("QF_"))
        declared = set(re.findall(r"declare-const \|([^|]+)\|", script))
        bound = set(re.findall(r"\(\|([^|]+)\| Int\)", script))
        body = "\n".join(line.partition("  ; ")[0] for line in script.splitlines()[2:])
        assert set(re.findall(r"\|([^|]+)\|", body)) == declared | bound
        assert z3_says(script) == "unsat"


def questions(statement: Statement) -> list[Question]:
    """Return the questions of the first way to ask a law."""
    first = next(iter(attempts(statement, Shapes(statement))), None)
    return [] if first is None else [*first.questions]


@pytest.mark.parametrize(("text", "assume"), REFUTED)
def test_a_false_law_has_a_question_that_is_satisfiable(text: str, assume: tuple[str, ...]) -> None:
    found = questions(read(text, assume=assume))
    if found:
        assert "sat" in [z3_says(question.text()) for question in found]


def test_letters_of_a_question_are_those_of_the_shape_and_of_one_term() -> None:
    found = questions(read('correlate(f, g, padding="full") == correlate(g, f, padding="full")'))
    scripts = [one.text() for one in found]
    assert any("|len(f)|" in script and "|len(g)|" in script for script in scripts)
    assert all("declare-const |t" not in script for script in scripts)
