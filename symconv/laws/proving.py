"""Three provers, three scopes: at a shape by tables, up to a bound by trying all, for all by logic.

A law for all shapes is first tried on small ones, where most false laws fail; then its questions go
to the solver. What the solver answers is never taken for more than it is: no answer in time is
UNKNOWN, and a model is believed only when the tables differ there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

from symconv.errors import LawError
from symconv.laws.comparison import equal
from symconv.laws.instances import Letters, instances
from symconv.laws.lengths import Shapes
from symconv.laws.lines import NoRoomError
from symconv.laws.smt import NotLinearError, Question, assumptions, questions
from symconv.laws.solver import Answer, ask, available
from symconv.laws.statement import Statement
from symconv.laws.tables import at_shape
from symconv.laws.verdict import (
    ALL_SHAPES,
    THIS_SHAPE,
    Counterexample,
    Verdict,
    counterexample,
    up_to,
)
from symconv.options import counted, is_int
from symconv.verdicts import Truth

QUICK = 400
"""Instances that are tried before the solver is asked."""
MOST_INSTANCES = 20_000
"""Instances that a check of all shapes up to a bound may ask for when no bound is given."""
MOST_STEP = 4
"""Largest stride or dilation tried one by one where the solver cannot keep it a letter."""
DEFAULT_SECONDS = 10.0


@dataclass(slots=True)
class Tried:
    """What trying instances has found."""

    formed: int = 0
    found: Counterexample | None = None
    complete: bool = True


def try_instances(
    statement: Statement, shapes: Shapes, most: int, *, budget: int | None = None
) -> Tried:
    """Compare both sides at every instance up to a bound, or at the smallest *budget* of them.

    The counterexample found has the fewest terms of all that were tried, then the smallest
    extents.
    """
    tried = Tried()
    best: tuple[int, int] | None = None
    assumed = statement.assumed()
    seen = 0
    for extent, shell in enumerate(instances(statement, shapes, most).shells()):
        for letters in shell:
            seen += 1
            if budget is not None and seen > budget:
                tried.complete = False
                return tried
            sides = _sides(statement, letters, assumed)
            if sides is None:
                continue
            tried.formed += 1
            left, right = sides
            size = (left.terms + right.terms, extent)
            smaller = best is None or size < best
            if smaller and not equal(left, right, idempotent=statement.idempotent):
                best = size
                tried.found = counterexample(statement, letters, left, right)
    return tried


def _sides(statement: Statement, letters: Letters, assumed: Iterable[Any]) -> Any:
    if not all(test.value(letters) for test in assumed):
        return None
    try:
        return at_shape(statement, letters)
    except NoRoomError:
        return None


def at_this_shape(statement: Statement, letters: Letters) -> Verdict:
    """Decide a law at one shape, over every commutative ring.

    Raises: LawError[no-room] when a side cannot be formed; LawError[vacuous] when an assumption
    does not hold there.
    """
    for assumption, test in zip(statement.assumptions, statement.assumed(), strict=False):
        if not test.value(letters):
            raise _vacuous(f"{assumption.text} does not hold at this shape", [])
    try:
        left, right = at_shape(statement, letters)
    except NoRoomError as error:
        message = f"a side cannot be formed at this shape: {error}"
        raise LawError("no-room", message, hint="give lengths that fit") from None
    if equal(left, right, idempotent=statement.idempotent):
        reason = f"both sides list the same {left.terms} terms"
        return Verdict(statement.text, Truth.PROVED, THIS_SHAPE, _told(statement), reason=reason)
    found = counterexample(statement, letters, left, right)
    return Verdict(statement.text, Truth.REFUTED, THIS_SHAPE, _told(statement), found)


def up_to_bound(statement: Statement, most: int) -> Verdict:
    """Decide a law for every shape up to a bound, by trying all of them.

    Raises: LawError[bad-parameter], [vacuous].
    """
    if not is_int(most) or most < 1:
        raise LawError("bad-parameter", f"up_to is {most!r}", hint="use an integer of 1 or more")
    shapes = Shapes(statement)
    tried = try_instances(statement, shapes, most)
    if not tried.formed:
        raise _vacuous(f"no shape up to {most} satisfies it", _hypotheses(statement, shapes))
    verdict = Verdict(
        statement.text,
        Truth.PROVED,
        up_to(most),
        _hypotheses(statement, shapes, reach=False),
        reason=f"both sides list the same terms at all {tried.formed} shapes",
        instances=tried.formed,
    )
    if tried.found is None:
        return verdict
    return replace(verdict, truth=Truth.REFUTED, counterexample=tried.found, reason="")


def bound_for(statement: Statement, shapes: Shapes, count: int = MOST_INSTANCES) -> int:
    """Return the largest bound with at most so many instances, 2 or more."""
    most = 2
    while most < 6 and instances(statement, shapes, most + 1).count <= count:
        most += 1
    return most


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
    verdict = Verdict(statement.text, Truth.UNKNOWN, ALL_SHAPES, _hypotheses(statement, shapes))
    tried = try_instances(
        statement, shapes, bound_for(statement, shapes, 4 * budget), budget=budget
    )
    if tried.found is not None:
        return replace(
            verdict, truth=Truth.REFUTED, counterexample=tried.found, instances=tried.formed
        )
    if not tried.formed:
        _check_possible(statement, shapes, seconds)
    try:
        asked = list(questions(statement, shapes))
    except NotLinearError:
        return _bounded(statement, shapes, "terms would have to be counted, which is not linear")
    if smt2 is not None:
        write(asked, statement, smt2)
    answer = _ask_all(asked, seconds)
    if answer.said == "unsat":
        return replace(verdict, truth=Truth.PROVED, reason=_how(asked))
    if answer.said == "sat":
        return _believed(statement, shapes, verdict, asked, seconds)
    return _step_by_step(statement, verdict, seconds)


def _how(asked: Sequence[Question]) -> str:
    if not asked:
        return "both sides list the same terms in letters"
    kind = "linear" if all(one.linear for one in asked) else "integer"
    count = f"{len(asked)} questions" if len(asked) > 1 else "1 question"
    return f"Z3 finds no shape where they differ: {count} of {kind} arithmetic"


def _ask_all(asked: Iterable[Question], seconds: float) -> Answer:
    """Return the first answer that is not "unsat", "sat" before "unknown"."""
    end = perf_counter() + seconds
    worst = Answer("unsat")
    for question in asked:
        answer = ask(question.text(), max(0.05, end - perf_counter()))
        if answer.said == "sat":
            return answer
        worst = answer if answer.said != "unsat" else worst
    return worst


def _believed(
    statement: Statement,
    shapes: Shapes,
    verdict: Verdict,
    asked: Sequence[Question],
    seconds: float,
) -> Verdict:
    """Refute by a model of the solver, if the tables differ there as well."""
    for bound in (8, 16, 32, 64):
        for question in asked:
            names = [name for name in question.letters if _counts(name, statement)]
            total = " ".join(f"(abs |{name}|)" for name in names)
            limit = f"(assert (<= (+ 0 0 {total}) {bound}))\n(check-sat)"
            answer = ask(question.text().replace("(check-sat)", limit), seconds)
            letters = dict.fromkeys(_letters(statement), 1) | {
                name: answer.model[name] for name in names if name in answer.model
            }
            sides = (
                _sides(statement, letters, statement.assumed()) if answer.said == "sat" else None
            )
            if sides and not equal(*sides, idempotent=statement.idempotent):
                found = counterexample(statement, letters, *sides)
                return replace(verdict, truth=Truth.REFUTED, counterexample=found)
    return _bounded(statement, shapes, "the solver asks for more than equal terms", Truth.UNKNOWN)


def _letters(statement: Statement) -> list[str]:
    return [*statement.length_letters(), *(name for name, _ in statement.parameter_letters())]


def _counts(name: str, statement: Statement) -> bool:
    return name in _letters(statement)


def _step_by_step(statement: Statement, verdict: Verdict, seconds: float) -> Verdict:
    """Decide a law for each stride and dilation up to a bound, where letters are too hard."""
    steps = [name for name, least in statement.parameters.items() if least == 1]
    late = f"no answer within {seconds:g} s"
    if not steps:
        return replace(verdict, reason=late)
    end = perf_counter() + seconds
    for sizes in product(range(1, MOST_STEP + 1), repeat=len(steps)):
        fixed = statement.with_known(dict(zip(steps, sizes, strict=True)))
        try:
            asked = list(questions(fixed, Shapes(fixed)))
        except NotLinearError:
            return replace(verdict, reason=late)
        if _ask_all(asked, max(0.05, end - perf_counter())).said != "unsat":
            return replace(verdict, reason=late)
    bounds = tuple(f"{name} <= {MOST_STEP}" for name in steps)
    reason = f"Z3, for each {' and '.join(steps)} from 1 to {MOST_STEP} by itself"
    return replace(
        verdict, truth=Truth.PROVED, hypotheses=(*verdict.hypotheses, *bounds), reason=reason
    )


def _bounded(
    statement: Statement, shapes: Shapes, reason: str, truth: Truth = Truth.PROVED
) -> Verdict:
    """Decide a law up to a bound because it could not be decided for all shapes."""
    most = bound_for(statement, shapes)
    verdict = up_to_bound(statement, most)
    if not verdict.proved:
        return verdict
    if truth is Truth.UNKNOWN:
        held = f"{reason}; the sides agree at every shape up to {most}"
        return replace(verdict, truth=truth, scope=ALL_SHAPES, reason=held)
    return replace(verdict, reason=f"{verdict.reason}; not asked for all: {reason}")


def _check_possible(statement: Statement, shapes: Shapes, seconds: float) -> None:
    """Raise LawError[vacuous] unless some shape satisfies all that a law is claimed under."""
    given = assumptions(statement, shapes, reach=False)
    told = [str(test) for test in given]
    if not available():
        raise _vacuous("no small shape satisfies it", told)
    names = dict.fromkeys(name for test in given for name in test.letters())
    linear = all(test.linear for test in given)
    question = Question("possible", tuple(given), "true", tuple(names), linear)
    if ask(question.text(), seconds).said == "unsat":
        raise _vacuous("no shape satisfies its hypotheses", told)


def _vacuous(message: str, hypotheses: Iterable[str]) -> LawError:
    told = "; ".join(hypotheses)
    hint = f"they are: {told}" if told else "drop an assumption"
    return LawError("vacuous", f"vacuous: {message}", hint=hint)


def _told(statement: Statement) -> tuple[str, ...]:
    return tuple(assumption.text for assumption in statement.assumptions)


def _hypotheses(statement: Statement, shapes: Shapes, *, reach: bool = True) -> tuple[str, ...]:
    """Return what a law is claimed under: what is assumed, then what it needs to be formed."""
    needs = [*shapes.needs, *(shapes.reaches if reach else ())]
    return tuple(dict.fromkeys((*_told(statement), *map(str, needs))))


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


def letters_of(
    statement: Statement, shapes: Mapping[str, Sequence[int] | int], parameters: Mapping[str, int]
) -> Letters:
    """Return numbers for all letters from shapes of the tensors and values of the named integers.

    Raises: LawError[missing-shape], [unknown-name], [bad-shape], [bad-parameter].
    """
    for name in (*shapes, *parameters):
        if name not in statement.ranks.tensors and name not in statement.parameters:
            hint = f"it has {', '.join((*statement.ranks.tensors, *statement.parameters))}"
            raise LawError("unknown-name", f"the law has no {name!r}", hint=hint)
    found: Letters = {}
    for name, rank in statement.ranks.tensors.items():
        for axis, size in enumerate(_shape(name, rank, shapes)):
            found[statement.numbers.length(name, axis)] = size
    for name, least in statement.parameters.items():
        value = _parameter(name, least, parameters)
        for axis in range(statement.ranks.spatial):
            found[statement.numbers.parameter(name, axis)] = value
    return found


def _shape(name: str, rank: int, shapes: Mapping[str, Sequence[int] | int]) -> Sequence[int]:
    if name not in shapes:
        message = f"tensor {name} has no shape"
        raise LawError("missing-shape", message, hint=f"give its {counted(rank, 'length')}")
    given = shapes[name]
    sizes = tuple(given) if isinstance(given, Sequence) else (given,) * rank
    if len(sizes) != rank or not all(is_int(size) and size >= 1 for size in sizes):
        message = f"tensor {name} has the shape {given!r}"
        hint = f"give {counted(rank, 'length')} of 1 or more"
        raise LawError("bad-shape", message, hint=hint)
    return [int(size) for size in sizes]


def _parameter(name: str, least: int | None, parameters: Mapping[str, int]) -> int:
    if name not in parameters:
        message = f"{name} has no value"
        raise LawError("missing-shape", message, hint="give every named integer a value")
    value = parameters[name]
    if not is_int(value) or (least is not None and value < least):
        hint = "use an integer" + ("" if least is None else f" of {least} or more")
        raise LawError("bad-parameter", f"{name} is {value!r}", hint=hint)
    return int(value)
