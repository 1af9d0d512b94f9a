"""One claim, one finding: what the source prints against what every engine derives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, singledispatch

from symconv import engines, language, laws, stacks
from symconv.catalogue import OPERATIONS
from symconv.equality import equal, same
from symconv.errors import FixtureError, GeometryError, LawError, standing_at
from symconv.exact import Array, array, entry, names_in, objects
from symconv.fixtures import (
    Case,
    Document,
    Law,
    Lost,
    Network,
    Reads,
    Shape,
    Solve,
    Statement,
    Sum,
    Tensor,
    Values,
)
from symconv.fixtures.arrays import printed_cells, sizes, to_array
from symconv.formulas import factors
from symconv.plan import Index, by, geometry
from symconv.planning import table_of
from symconv.verdicts import Blame, CellDifference, Finding, Status, Truth
from symconv.verify import readings, sums
from symconv.verify.apply import Applied, applied, keywords
from symconv.verify.cells import compare, shaped_like

Arrays = Mapping[str, Tensor]
WITHOUT_SOLVER = 2
"""Largest length at which a law is tried where the extra `proof` is not installed."""
IMPOSSIBLE = ("kernel-too-wide", "channel-mismatch")
"""Shapes that a source can claim though no layer has them; other errors are the case's own."""


@dataclass
class Outcome:
    """What the judge of one kind of case found, before errata are looked at."""

    status: Status
    text: str = ""
    cells: tuple[CellDifference, ...] = ()
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def judge(case: Case, document: Document) -> Finding:
    """Return the finding on one case of a document.

    Raises: SymconvError when the case cannot be carried out as written.
    """
    return finding(case, document, outcome_of(case, document.arrays))


def finding(case: Case, document: Document, outcome: Outcome) -> Finding:
    """Return an outcome as the finding on its case, held against the recorded erratum."""
    outcome.failures.extend(_errata(case, outcome))
    notes = [*outcome.notes, *case.damaged]
    return Finding(
        deck=document.deck,
        id=case.id,
        says=case.says,
        slide=f"{case.slide}, {case.position}" if case.position else case.slide,
        status=outcome.status,
        text=outcome.text,
        cells=outcome.cells,
        blame=Blame.MAYBE if case.damaged else Blame.SAFE,
        notes=(*notes, case.erratum.note) if case.erratum else tuple(notes),
        failures=tuple(outcome.failures),
    )


def _errata(case: Case, outcome: Outcome) -> list[str]:
    """Return what the recorded erratum of a case gets wrong about its outcome."""
    refuted = outcome.status is Status.REFUTED
    if case.erratum is None:
        return ["new discrepancy: the case records no erratum"] if refuted else []
    if not refuted:
        return [f"the case records an erratum, but the claim is {outcome.status.value}"]
    recorded = sorted(map(tuple, case.erratum.cells))
    found = sorted(difference.cell for difference in outcome.cells)
    if recorded != found:
        return [f"the erratum records cells {_places(recorded)}, but {_places(found)} differ"]
    if not found and case.erratum.text != outcome.text:
        return [f"the erratum records {case.erratum.text!r}, but the report is {outcome.text!r}"]
    return []


def _places(cells: Sequence[Index]) -> str:
    return " ".join(str(list(cell)) for cell in cells) or "none"


@singledispatch
def outcome_of(case: Case, _arrays: Arrays) -> Outcome:
    """Return the outcome of one case; one implementation for each kind."""
    raise FixtureError("unknown-kind", f"no judge for {type(case).__name__}")


@outcome_of.register
def _(case: Lost, _arrays: Arrays) -> Outcome:
    return Outcome(Status.UNDECIDABLE, text=case.reason)


@outcome_of.register
def _(case: Values, arrays: Arrays) -> Outcome:
    operation = applied(case, arrays)
    exact, failures = derived(operation)
    if case.exact is not None:
        recorded = to_array(case.exact, arrays, case.symbols)
        failures += _recorded(recorded, exact)
    if case.printed is None:
        return _unprinted(case, failures)
    symbols = case.symbols.split() or symbols_of(operation)
    found = compare(printed_cells(case.printed, arrays), exact, symbols, operation.terms)
    wrong = found.differences or found.text
    status = Status.REFUTED if wrong else Status.CONFIRMED if found.read else Status.UNDECIDABLE
    notes = [
        f"{count} cells {what}"
        for count, what in ((found.unreadable, "cannot be read"), (found.rounded, "are rounded"))
        if count
    ]
    text = found.text and f"{found.text}: {language.show(objects(exact))}"
    return Outcome(status, text, found.differences, notes, failures)


def derived(operation: Applied) -> tuple[Array, list[str]]:
    """Return the exact output, and a failure for each engine that does not agree on it."""
    first, *others = operation.engines
    exact = operation.values(first)
    failures = [
        f"engine {name} disagrees with engine {first}"
        for name in others
        if not same(operation.values(name), exact)
    ]
    return exact, failures


def _recorded(recorded: Array, exact: Array) -> list[str]:
    if same(shaped_like(recorded, exact), exact):
        return []
    shown = language.show(objects(recorded)), language.show(objects(exact))
    return [f"the recorded exact {shown[0]} is not {shown[1]}"]


def _unprinted(case: Values, failures: list[str]) -> Outcome:
    """Return the outcome of a case that only records an exact output."""
    if case.exact is None:
        hint = "give what the source prints, or the exact output"
        raise FixtureError("missing-field", "neither printed nor exact is given", hint=hint)
    if failures:
        return Outcome(Status.UNDECIDABLE, "nothing is printed", failures=failures)
    return Outcome(Status.CONFIRMED)


def symbols_of(operation: Applied) -> list[str]:
    """Return the names of all symbols in an operation's arrays."""
    return sorted(names_in(operation.x, operation.w, operation.bias))


@outcome_of.register
def _(case: Sum, arrays: Arrays) -> Outcome:
    operation = applied(case, arrays)
    exact, failures = derived(operation)
    plan, cell = operation.plan, tuple(case.cell)
    if plan is None or operation.w is None:
        raise FixtureError("missing-field", "a sum needs a kernel", place="field w")
    pairs = [(a, b) for a, b in factors(plan, operation.x, operation.w, cell, padding=True)]
    bias = None if operation.bias is None else objects(operation.bias)[plan.filter_of(cell)]
    value = objects(exact)[cell]
    with standing_at("field printed"):
        symbols = case.symbols.split() or symbols_of(operation)
        wrong = sums.faults(sums.written(case.printed, symbols), pairs, bias, value, symbols)
    if case.exact is not None and not equal(entry(case.exact, "field exact"), value):
        failures.append(f"the recorded exact {case.exact} is not {value}")
    status = Status.REFUTED if wrong else Status.CONFIRMED
    return Outcome(status, "; ".join(wrong), failures=failures)


@outcome_of.register
def _(case: Shape, _arrays: Arrays) -> Outcome:
    printed = sizes(case.printed)
    try:
        exact = _shape(case)
    except GeometryError as error:
        if error.code not in IMPOSSIBLE:
            raise
        last = error.code == "channel-mismatch" and case.layout == "channels-first"
        hint = " (channels are read first; layout: channels-last reads them last)" if last else ""
        text = f"printed {by(printed)}, impossible: {error.message}{hint}"
        return Outcome(Status.REFUTED, text)
    failures = []
    if case.exact is not None and sizes(case.exact) != exact:
        failures.append(f"the recorded exact {case.exact} is not {by(exact)}")
    if printed == exact or (case.filters is None and (*printed, 1) == exact):
        return Outcome(Status.CONFIRMED, failures=failures)
    return Outcome(Status.REFUTED, f"printed {by(printed)}, exact {by(exact)}", failures=failures)


def _shape(case: Shape) -> Index:
    """Return the output shape in the layout of the case.

    With channels last and no depth given, a filter is as deep as the input.
    """
    last = case.layout == "channels-last"
    x, w = sizes(case.x), sizes(case.w)
    op = case.op
    if last:
        w = (*w, x[-1]) if len(w) == len(x) - 1 else w
        op, x, w = "conv", (x[-1], *x[:-1]), (w[-1], *w[:-1])
    if last or case.filters is not None:
        w = (1 if case.filters is None else case.filters, *w)
    out = table_of(op, x, w, **keywords(case.options, OPERATIONS[op].options, op)).out_shape
    return (*out[1:], out[0]) if last else out


@outcome_of.register
def _(case: Reads, arrays: Arrays) -> Outcome:
    labels = objects(to_array(case.x, arrays))
    options = keywords(case.options, OPERATIONS["correlate"].options, "reads")
    plan = geometry(labels.shape, sizes(case.w), op="correlate", **options)
    exact = [str(labels[index]) for index in plan.reads(case.cell)]
    known = set(map(str, labels.ravel().tolist()))
    printed = _labels(case.printed, "printed", known)
    failures = []
    if case.exact is not None and sorted(_labels(case.exact, "exact", known)) != sorted(exact):
        failures.append(f"the recorded exact {case.exact} is not {' '.join(exact)}")
    if sorted(printed) == sorted(exact):
        return Outcome(Status.CONFIRMED, failures=failures)
    text = f"printed {' '.join(printed)}, exact {' '.join(exact)}"
    return Outcome(Status.REFUTED, text, failures=failures)


def _labels(text: str, name: str, known: Collection[str]) -> list[str]:
    """Return the labels in a text in their one spelling.

    Raises: FixtureError[unknown-label].
    """
    place = f"field {name}"
    found = [str(value) for value in objects(array(text)).ravel().tolist()]
    for label in found:
        if label not in known:
            message = f"no input is labelled {label}"
            hint = "labels are entries of x"
            raise FixtureError("unknown-label", message, place=place, hint=hint)
    return found


@outcome_of.register
def _(case: Statement, arrays: Arrays) -> Outcome:
    tensors = {name: to_array(tensor, arrays) for name, tensor in case.arrays.items()}
    ranges = {name: _range(text) for name, text in case.ranges.items()}
    broken: list[str] = []
    failures: list[str] = []
    notes: list[str] = []
    for number, statement in enumerate(case.statements):
        with standing_at(f"field statements.{number}"):
            decisions = {
                engine: language.decide(
                    statement, tensors, ranges=ranges, given=case.given, engine=engine
                )
                for engine in _engines(statement, tensors, ranges)
            }
        (first, decision), *others = decisions.items()
        failures += [f"engine {e} disagrees with {first}" for e, d in others if d != decision]
        if not decision.holds:
            broken.append(decision.text)
        elif ranges:
            notes.append(f"checked for all {decision.instances} values in the ranges, not beyond")
    status = Status.REFUTED if broken else Status.CONFIRMED
    return Outcome(status, "; ".join(broken), notes=list(dict.fromkeys(notes)), failures=failures)


@outcome_of.register
def _(case: Law, _arrays: Arrays) -> Outcome:
    broken, notes, open_ = [], [], []
    for number, text in enumerate(case.laws):
        with standing_at(f"field laws.{number}"):
            verdict = _proved(case, text)
        if verdict.counterexample is not None:
            broken.append(f"{text} fails: {verdict.counterexample.line}")
        elif verdict.truth is Truth.UNKNOWN:
            open_.append(f"{text}: {verdict.reason}")
        else:
            scope = ", ".join((verdict.scope, *verdict.bounds))
            notes.append(f"proved for {scope}: {text}")
    if broken or open_:
        status = Status.REFUTED if broken else Status.UNDECIDABLE
        return Outcome(status, "; ".join(broken or open_), notes=notes)
    return Outcome(Status.CONFIRMED, notes=notes)


def _proved(case: Law, text: str) -> laws.Verdict:
    """Return the verdict on one law; without a solver it is tried up to a bound, as it says."""
    prove = partial(
        laws.prove,
        text,
        assume=case.assume,
        algebra=case.algebra,
        rank=case.rank,
        ranks=case.ranks,
        repair=False,
    )
    try:
        return prove()
    except LawError as error:
        if error.code != "no-solver":
            raise
    return prove(up_to=WITHOUT_SOLVER)


@outcome_of.register
def _(case: Network, _arrays: Arrays) -> Outcome:
    table = stacks.shapes(stacks.stack(case.stack))
    broken = []
    for number, text in enumerate(case.claims):
        with standing_at(f"field claims.{number}"):
            claim = stacks.judge(table, text)
        if not claim.holds:
            fact = text.partition("==")[0].strip()
            broken.append(f"{fact}: printed {claim.claimed}, exact {claim.exact}")
    return Outcome(Status.REFUTED if broken else Status.CONFIRMED, "; ".join(broken))


@outcome_of.register
def _(case: Solve, arrays: Arrays) -> Outcome:
    attempt = readings.attempt(case, arrays)
    failures = []
    if case.exact and case.exact != attempt.solved:
        failures.append(f"the recorded solutions {case.exact} are not {attempt.solved}")
    if not attempt.solved:
        text = "no reading gives the printed output"
        return Outcome(Status.REFUTED, text, notes=attempt.notes, failures=failures)
    if not attempt.tested:
        text = f"these unknowns could explain every printed output ({'; '.join(attempt.notes)})"
        return Outcome(Status.UNDECIDABLE, text, notes=attempt.notes, failures=failures)
    text = "; ".join(note for note in attempt.notes if "solved" in note)
    return Outcome(Status.CONFIRMED, text, notes=attempt.notes, failures=failures)


def _engines(
    statement: str, tensors: Mapping[str, Array], ranges: Mapping[str, range]
) -> Sequence[str]:
    """Return the engines that make a difference to a statement.

    Not every engine carries every operation in another algebra; the definition does.
    """
    if "algebra" in statement:
        return engines.ENGINES[:1]
    if language.uses_engines(statement, [*tensors, *ranges]):
        return engines.applicable(*tensors.values())
    return engines.ENGINES[:1]


def _range(text: str) -> range:
    first, _, last = text.partition("..")
    return range(int(first), int(last) + 1)
