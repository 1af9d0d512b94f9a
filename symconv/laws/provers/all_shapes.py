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
from symconv.laws.letters.conditions import at_least
from symconv.laws.logic.lengths import Shapes
from symconv.laws.logic.lifting import lifts
from symconv.laws.logic.question import Question, assumptions, posed
from symconv.laws.logic.smt import Attempt, attempts
from symconv.laws.logic.solver import ask, available
from symconv.laws.provers.claims import hypotheses, vacuous
from symconv.laws.provers.instances import Letters
from symconv.laws.provers.many_shapes import (
    MOST_INSTANCES,
    Search,
    bound_for,
    notes,
    try_instances,
)
from symconv.laws.verdict import ALL_SHAPES, Counterexample, Verdict
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
MOST_STEPS = 256
"""Combinations of strides and dilations that are tried one by one."""
LARGEST = 64
"""Largest length at which a law is tried whose terms have to be counted."""
COUNTED = "terms have to be counted, which is no question of linear arithmetic"
BEYOND = "padding goes round more than once, which the reading in letters does not follow"
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

    def possible(self, *, reach: bool = True) -> str:
        """Ask whether some shape has an output and all that the law is claimed under."""
        outputs = [at_least(length, 1) for length in self.shapes.sides[0]]
        given = [*assumptions(self.statement, self.shapes, reach=reach), *outputs]
        return ask(posed("possible", given, "true", []).text(), self.left).said

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
    now = perf_counter()
    most = bound_for(statement, shapes, 4 * budget)
    tried = try_instances(statement, shapes, most, budget=budget, seconds=seconds * FIRST)
    verdict = Verdict(
        statement.text,
        Truth.UNKNOWN,
        ALL_SHAPES,
        hypotheses(statement, shapes),
        notes=(*statement.notes, *notes(tried)),
        instances=tried.formed,
    )
    if tried.found is not None:
        return _refuted(verdict, statement, shapes, tried.found)
    asked = Asked(statement, shapes, now + seconds * FIRST, smt2)
    if not tried.reached:
        reached = _reached(asked, formed=tried.formed > 0)
        if reached == "unsat":
            return replace(verdict, reason=BEYOND)
        if reached == "unknown":
            verdict = replace(verdict, notes=(*verdict.notes, UNSURE))
    return _asked(replace(asked, end=now + seconds), asked, verdict)


def _asked(later: Asked, asked: Asked, verdict: Verdict) -> Verdict:
    """Put a law to the solver: in letters first, and *later* in ways that take longer."""
    said, found = asked.decide()
    if said == "unsat":
        lifted = (LIFTED,) if lifts(asked.statement, asked.shapes) else ()
        told = (*verdict.notes, *lifted)
        return replace(verdict, truth=Truth.PROVED, reason=_how(found), notes=told)
    if said == "sat":
        return _believed(later, verdict, found, {})
    if said == "unknown":
        return _step_by_step(later, verdict)
    return _counted(later, verdict)


def _refuted(
    verdict: Verdict, statement: Statement, shapes: Shapes, found: Counterexample
) -> Verdict:
    """Return a refutation; what only the reading in letters needs is no hypothesis of it."""
    told = hypotheses(statement, shapes, reach=False)
    return replace(verdict, truth=Truth.REFUTED, hypotheses=told, counterexample=found, reason="")


def _how(found: Sequence[Question]) -> str:
    if not found:
        return "both sides list the same terms in letters"
    kind = "linear" if all(one.linear for one in found) else "integer"
    count = f"{len(found)} questions" if len(found) > 1 else "1 question"
    return f"Z3 finds no shape where they differ: {count} of {kind} arithmetic"


def _believed(asked: Asked, verdict: Verdict, found: Sequence[Question], known: Letters) -> Verdict:
    """Refute by a model of the solver, if the tables differ there as well, and make it smaller.

    ``known`` are letters that the questions have numbers for.
    """
    search = Search(asked.statement, asked.shapes)
    for letters in _models(asked, found, known):
        try:
            search.look(letters)
        except LawError:
            reason = f"the solver says that the sides differ at {letters}, too large for tables"
            return replace(verdict, reason=reason)
        if search.tried.found is not None:
            search.shrink(asked.end)
            return _refuted(verdict, asked.statement, asked.shapes, search.tried.found)
    return replace(verdict, reason="the solver asks for more than equal terms")


def _models(asked: Asked, found: Sequence[Question], known: Letters) -> Iterator[Letters]:
    """Yield shapes at which the solver says that the sides differ, small ones first."""
    statement = asked.statement
    own = [*statement.length_letters(), *(name for name, _ in statement.parameter_letters())]
    for bound in ("8", "16", "32", "64", "256", ""):
        for one in found:
            names = [name for name in one.letters if name in own]
            sizes = " ".join(f"(abs |{name}|)" for name in names)
            limit = f"(assert (<= (+ 0 0 {sizes}) {bound}))\n" if bound else ""
            answer = ask(one.text().replace("(check-sat)", f"{limit}(check-sat)"), asked.left)
            if answer.said == "sat":
                given = {name: answer.model[name] for name in names if name in answer.model}
                yield dict.fromkeys(own, 1) | given | known


def _step_by_step(asked: Asked, verdict: Verdict) -> Verdict:
    """Decide a law for each stride and dilation up to a bound, where letters are too hard."""
    steps = [name for name, least in asked.statement.parameter_letters() if least == 1]
    late = replace(verdict, reason="the solver gives no answer in time")
    if not steps or MOST_STEP ** len(steps) > MOST_STEPS:
        return late
    possible = False
    for sizes in product(range(1, MOST_STEP + 1), repeat=len(steps)):
        known = dict(zip(steps, sizes, strict=True))
        one = _fixed(asked, known)
        said, found = one.decide()
        if said == "sat":
            return _believed(asked, verdict, found, known)
        if said != "unsat" or perf_counter() > asked.end:
            return late
        possible = possible or one.possible() == "sat"
    if not possible:
        return late
    bounds = tuple(f"{name} <= {MOST_STEP}" for name in steps)
    return replace(
        verdict,
        truth=Truth.PROVED,
        hypotheses=(*verdict.hypotheses, *bounds),
        bounds=bounds,
        reason=f"Z3, for each {' and '.join(steps)} from 1 to {MOST_STEP} by itself",
    )


def _fixed(asked: Asked, known: Letters) -> Asked:
    """Return the question for numbers of some letters, with a folder of its own."""
    fixed = asked.statement.with_known(known)
    place = "-".join(f"{name}-{size}" for name, size in known.items())
    folder = None if asked.folder is None else asked.folder / place
    return Asked(fixed, Shapes(fixed), asked.end, folder)


def _counted(asked: Asked, verdict: Verdict) -> Verdict:
    """Try larger shapes where terms have to be counted, which is no linear question."""
    most = bound_for(asked.statement, asked.shapes, cap=LARGEST)
    tried = try_instances(
        asked.statement, asked.shapes, most, budget=MOST_INSTANCES, seconds=asked.left
    )
    if tried.found is not None:
        return _refuted(verdict, asked.statement, asked.shapes, tried.found)
    scope = f"every shape up to {most}" if tried.complete else f"{tried.formed} small shapes"
    agree = f"; the sides agree at {scope}" if tried.formed else ""
    return replace(verdict, reason=f"{COUNTED}{agree}", instances=tried.formed)


def _reached(asked: Asked, *, formed: bool) -> str:
    """Ask whether some shape has an output and all that the reading in letters needs.

    Raises: LawError[vacuous] when no shape has an output at all.
    """
    told = hypotheses(asked.statement, asked.shapes, reach=False)
    if not available():
        if formed:
            return "unknown"
        raise vacuous("no small shape satisfies it and has an output", told)
    if not formed and asked.possible(reach=False) == "unsat":
        raise vacuous("no shape satisfies its hypotheses and has an output", told)
    return asked.possible()


def write(asked: Sequence[Question], statement: Statement, folder: Path) -> list[Path]:
    """Write every question to a file of its own, `unsat` expected, and return the files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder {folder} cannot be made: {error.strerror}"
        raise LawError("unwritable", message, hint="name another one") from error
    title = f"{statement.text}\nholds for all shapes if no question is satisfiable"
    written = []
    for number, question in enumerate(asked, 1):
        path = folder / f"question-{number}.smt2"
        path.write_text(question.text(title), encoding="utf-8")
        written.append(path)
    return written
