"""The third prover: a law for all shapes at once, by logic.

The law is first tried on small shapes, where most false laws fail; then its questions go to the
solver. What the solver answers is never taken for more than it is: no answer in time is UNKNOWN,
and a model is believed only when the tables differ there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from time import perf_counter

from symconv.errors import LawError
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes
from symconv.laws.logic.lifting import lifts
from symconv.laws.logic.question import Question, assumptions, posed
from symconv.laws.logic.smt import Attempt, attempts
from symconv.laws.logic.solver import ask, available
from symconv.laws.provers.claims import hypotheses, vacuous
from symconv.laws.provers.instances import Letters
from symconv.laws.provers.many_shapes import bound_for, formed, notes, try_instances, up_to_bound
from symconv.laws.tables.comparison import equal
from symconv.laws.verdict import ALL_SHAPES, Verdict, counterexample
from symconv.verdicts import Truth

QUICK = 400
"""Instances that are tried before the solver is asked."""
MOST_STEP = 4
"""Largest stride or dilation tried one by one where the solver cannot keep it a letter."""
DEFAULT_SECONDS = 10.0
MOMENT = 0.1
"""Seconds that a question gets when the time is up, enough for a linear one."""
FIRST = 0.4
"""Share of the time for letters alone, before strides and dilations are tried one by one."""
COUNTED = "not asked for all shapes, where terms would have to be counted"
UNSURE = "no shape that satisfies the hypotheses was found, and none was shown not to exist"
LIFTED = "every axis can be read by itself, so it holds for any number of axes"


@dataclass(frozen=True, slots=True)
class Asked:
    """One law put to the solver: until when, and where the questions of its proof are written."""

    statement: Statement
    shapes: Shapes
    end: float
    folder: Path | None = None

    def decide(self) -> tuple[str, list[Question]]:
        """Return what became of the law, with the questions that show it.

        "unsat" proves it and "sat" should refute it; "unknown" is no answer in time, "open" a law
        that is no such question.
        """
        worst = "open"
        for attempt in attempts(self.statement, self.shapes):
            said = self._said(attempt)
            if said == "unsat" and self.folder is not None:
                write(attempt.all, self.statement, self.folder)
            if said in ("unsat", "sat"):
                return said, attempt.all
            worst = said if said == "unknown" else worst
        return worst, []

    def _said(self, attempt: Attempt) -> str:
        said = self._first(attempt.conditions)
        if said != "unsat":
            return "unknown" if said == "unknown" else "open"
        said = self._first(attempt.questions)
        return "open" if said == "sat" and not attempt.exact else said

    def _first(self, found: Sequence[Question]) -> str:
        """Return "sat" if one question is, "unsat" if all are, else "unknown"."""
        worst = "unsat"
        for question in found:
            said = ask(question.text(), self.left).said
            if said == "sat":
                return said
            worst = said if said != "unsat" else worst
        return worst

    @property
    def left(self) -> float:
        """The seconds that are left, and a moment where none are."""
        return max(MOMENT, self.end - perf_counter())


def for_all_shapes(
    statement: Statement,
    seconds: float = DEFAULT_SECONDS,
    smt2: Path | None = None,
    *,
    budget: int = QUICK,
) -> Verdict:
    """Decide a law for all shapes.

    Raises: LawError[vacuous], LawError[no-solver].
    """
    shapes = Shapes(statement)
    verdict = Verdict(statement.text, Truth.UNKNOWN, ALL_SHAPES, hypotheses(statement, shapes))
    most = bound_for(statement, shapes, 4 * budget)
    tried = try_instances(statement, shapes, most, budget=budget, seconds=seconds * FIRST)
    verdict = replace(verdict, instances=tried.formed, notes=notes(tried))
    if tried.found is not None:
        return replace(verdict, truth=Truth.REFUTED, counterexample=tried.found)
    now = perf_counter()
    asked = Asked(statement, shapes, now + seconds * FIRST, smt2)
    if not tried.formed and not _possible(asked):
        verdict = replace(verdict, notes=(*verdict.notes, UNSURE))
    said, found = asked.decide()
    if said == "unsat":
        lifted = (LIFTED,) if lifts(statement, shapes) else ()
        told = (*verdict.notes, *lifted)
        return replace(verdict, truth=Truth.PROVED, reason=_how(found), notes=told)
    later = replace(asked, end=now + seconds)
    if said == "sat":
        return _believed(later, verdict, found)
    if said == "unknown":
        return _step_by_step(later, verdict)
    return _bounded(later)


def _how(found: Sequence[Question]) -> str:
    if not found:
        return "both sides list the same terms in letters"
    kind = "linear" if all(one.linear for one in found) else "integer"
    count = f"{len(found)} questions" if len(found) > 1 else "1 question"
    return f"Z3 finds no shape where they differ: {count} of {kind} arithmetic"


def _believed(asked: Asked, verdict: Verdict, found: Sequence[Question]) -> Verdict:
    """Refute by a model of the solver, if the tables differ there as well."""
    statement = asked.statement
    for letters in _models(asked, found):
        try:
            left, right = formed(statement, letters)
        except LawError:
            reason = f"the solver says that the sides differ at {letters}, too large for tables"
            return replace(verdict, reason=reason)
        if left is None or right is None:
            continue
        if not equal(left, right, idempotent=statement.idempotent):
            example = counterexample(statement, letters, left, right)
            return replace(verdict, truth=Truth.REFUTED, counterexample=example)
    return _bounded(asked)


def _models(asked: Asked, found: Sequence[Question]) -> Iterator[Letters]:
    """Yield shapes at which the solver says that the sides differ, small ones first."""
    statement = asked.statement
    known = [*statement.length_letters(), *(name for name, _ in statement.parameter_letters())]
    for bound in ("8", "16", "32", "64", "256", ""):
        for question in found:
            names = [name for name in question.letters if name in known]
            sizes = " ".join(f"(abs |{name}|)" for name in names)
            limit = f"(assert (<= (+ 0 0 {sizes}) {bound}))\n" if bound else ""
            answer = ask(question.text().replace("(check-sat)", f"{limit}(check-sat)"), asked.left)
            if answer.said == "sat":
                given = {name: answer.model[name] for name in names if name in answer.model}
                yield dict.fromkeys(known, 1) | given


def _step_by_step(asked: Asked, verdict: Verdict) -> Verdict:
    """Decide a law for each stride and dilation up to a bound, where letters are too hard."""
    statement = asked.statement
    steps = [name for name, least in statement.parameters.items() if least == 1]
    late = replace(verdict, reason="the solver gives no answer in time")
    if not steps:
        return late
    for sizes in product(range(1, MOST_STEP + 1), repeat=len(steps)):
        known = dict(zip(steps, sizes, strict=True))
        fixed = statement.with_known(known)
        place = "-".join(f"{name}-{size}" for name, size in known.items())
        folder = None if asked.folder is None else asked.folder / place
        one = Asked(fixed, Shapes(fixed), asked.end, folder)
        said, found = one.decide()
        if said == "sat":
            return _believed(one, verdict, found)
        if said != "unsat":
            return late
    bounds = tuple(f"{name} <= {MOST_STEP}" for name in steps)
    return replace(
        verdict,
        truth=Truth.PROVED,
        hypotheses=(*verdict.hypotheses, *bounds),
        bounds=bounds,
        reason=f"Z3, for each {' and '.join(steps)} from 1 to {MOST_STEP} by itself",
    )


def _bounded(asked: Asked) -> Verdict:
    """Decide a law up to a bound because terms have to be counted, which is no linear question."""
    verdict = up_to_bound(asked.statement, bound_for(asked.statement, asked.shapes))
    if not verdict.proved:
        return verdict
    return replace(verdict, reason=f"{verdict.reason}; {COUNTED}")


def _possible(asked: Asked) -> bool:
    """Tell whether some shape is known to satisfy all that a law is claimed under.

    Raises: LawError[vacuous] when none does.
    """
    given = assumptions(asked.statement, asked.shapes, reach=False)
    if not available():
        raise vacuous("no small shape satisfies it", map(str, given))
    said = ask(posed("possible", given, "true", []).text(), asked.left).said
    if said == "unsat":
        raise vacuous("no shape satisfies its hypotheses", map(str, given))
    return said == "sat"


def write(asked: Sequence[Question], statement: Statement, folder: Path) -> list[Path]:
    """Write every question to a file of its own, `unsat` expected, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{statement.text}\nholds for all shapes if no question is satisfiable"
    written = []
    for number, question in enumerate(asked, 1):
        path = folder / f"question-{number}.smt2"
        path.write_text(question.text(title), encoding="utf-8")
        written.append(path)
    return written
