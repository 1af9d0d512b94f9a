"""The first prover: a law at one shape, by comparing the terms of both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.errors import LawError
from symconv.laws.language.statement import Statement
from symconv.laws.provers.claims import assumed, vacuous
from symconv.laws.provers.instances import Letters
from symconv.laws.tables.comparison import equal
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.laws.verdict import THIS_SHAPE, Verdict, counterexample
from symconv.options import counted, is_int
from symconv.verdicts import Truth


def at_this_shape(statement: Statement, letters: Letters) -> Verdict:
    """Decide a law at one shape, over every commutative ring.

    Raises: LawError[no-room] when a side cannot be formed; LawError[vacuous] when an assumption
    does not hold there.
    """
    for assumption in statement.assumptions:
        tests = statement.tests(assumption)
        if not all(test.value(letters) for test in tests):
            raise vacuous(f"{assumption.text} does not hold at this shape", [])
    try:
        left, right = at_shape(statement, letters)
    except NoRoomError as error:
        message = f"a side cannot be formed at this shape: {error}"
        raise LawError("no-room", message, hint="give lengths that fit") from None
    if equal(left, right, idempotent=statement.idempotent):
        reason = f"both sides list the same {left.terms} terms"
        return Verdict(statement.text, Truth.PROVED, THIS_SHAPE, assumed(statement), reason=reason)
    found = counterexample(statement, letters, left, right)
    return Verdict(statement.text, Truth.REFUTED, THIS_SHAPE, assumed(statement), found)


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
        hint = f"give {counted(rank, 'length')} of 1 or more, or say rank=2 for laws of two axes"
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
