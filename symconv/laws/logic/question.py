"""One question for a solver of integer arithmetic, as an SMT-LIB script.

What is proved is the text itself, so that any solver can check it again.

Source: Barrett, Fontaine & Tinelli, The SMT-LIB Standard 2.6 (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symconv.laws.language.statement import Statement
from symconv.laws.letters.conditions import Test, at_least
from symconv.laws.letters.wholes import letter
from symconv.laws.logic.lengths import Shapes


@dataclass(frozen=True, slots=True)
class Question:
    """One satisfiability question; ``about`` says what would differ."""

    about: str
    assumptions: tuple[Test, ...]
    goal: str
    letters: tuple[str, ...]
    linear: bool
    quantified: bool = False

    def text(self, title: str = "") -> str:
        """Return the question as an SMT-LIB script, which should answer `unsat`."""
        arithmetic = "LIA" if self.linear else "NIA"
        logic = arithmetic if self.quantified else f"QF_{arithmetic}"
        lines = [f"; {line}" for line in (*title.splitlines(), self.about)]
        lines += [f"(set-logic {logic})", "(set-info :status unsat)"]
        lines += [f"(declare-const |{name}| Int)" for name in self.letters]
        lines += [f"(assert {test.smt()})  ; {test}" for test in self.assumptions]
        return "\n".join([*lines, f"(assert {self.goal})", "(check-sat)", ""])


def posed(
    about: str,
    given: Sequence[Test],
    goal: str,
    tests: Sequence[Test],
    inner: Sequence[str] = (),
) -> Question:
    """Return a question whose goal is written with the letters of *tests*, but for *inner* ones."""
    every_test = [*given, *tests]
    names = dict.fromkeys(name for test in every_test for name in test.letters())
    letters = tuple(name for name in names if name not in inner)
    linear = all(test.linear for test in every_test)
    return Question(about, tuple(given), goal, letters, linear, bool(inner))


def assumptions(statement: Statement, shapes: Shapes, *, reach: bool = True) -> list[Test]:
    """Return what a law is claimed under: lengths of 1 or more, what is assumed, what it needs."""
    tests = [at_least(letter(name), 1) for name in statement.length_letters()]
    tests += [
        at_least(letter(name), least)
        for name, least in statement.parameter_letters()
        if least is not None
    ]
    found = [*tests, *statement.assumed(), *shapes.needs, *(shapes.reaches if reach else ())]
    return [test for test in dict.fromkeys(found) if test.known is not True]
