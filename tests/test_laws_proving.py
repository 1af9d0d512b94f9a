"""Verdicts: known truths, counterexamples that the witness confirms, scopes that agree."""

from __future__ import annotations

from math import inf
from random import Random

import pytest

from symconv.errors import LawError
from symconv.laws import LAWS, Verdict, prove, read
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes
from symconv.laws.provers.many_shapes import Search
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.verdicts import Truth
from tests import oracle_laws
from tests.laws_known import KNOWN, LIFTED
from tests.oracle_laws import UnformedError

pytest.importorskip("z3")

VERDICTS: dict[tuple[str, tuple[str, ...]], Verdict] = {}


def asked(text: str, assume: tuple[str, ...]) -> Verdict:
    """Return what is known for all shapes; each law is asked once."""
    if (text, assume) not in VERDICTS:
        VERDICTS[text, assume] = prove(text, assume=assume, repair=False)
    return VERDICTS[text, assume]


def numbers_of(statement: Statement, letters: dict[str, int]) -> dict[str, int | tuple[int, ...]]:
    """Return the named integers as the witness takes them, one for each axis."""
    spatial = statement.ranks.spatial
    return {
        name: tuple(letters[statement.numbers.parameter(name, axis)] for axis in range(spatial))
        for name in statement.parameters
    }


def differs(text: str, verdict: Verdict, statement: Statement) -> bool:
    """Tell whether the sides differ at the counterexample, as the witness has them."""
    found = verdict.counterexample
    assert found is not None
    shapes, letters = dict(found.shapes), dict(found.letters)
    numbers = numbers_of(statement, letters)
    spatial = statement.ranks.spatial
    for assumption in statement.assumptions:
        assert oracle_laws.holds(assumption.text, shapes, numbers, spatial)
    left, right = oracle_laws.law(text, shapes, numbers, spatial)
    assert (left.shape, right.shape) == (found.left_shape, found.right_shape)
    return not oracle_laws.same(left, right, idempotent=statement.idempotent)


def drawn(statement: Statement, random: Random, most: int) -> dict[str, int]:
    """Return random numbers for the letters of a law."""
    letters = {name: random.randint(1, most) for name in statement.length_letters()}
    for name, least in statement.parameter_letters():
        letters[name] = random.randint(-2 if least is None else least, max(3, least or 0))
    return letters


def agreeing(text: str, statement: Statement, *, wanted: int, seed: int = 1, most: int = 5) -> int:
    """Compare the sides at random shapes by the witness; return at how many both are formed."""
    random = Random(seed)  # noqa: S311
    formed = 0
    for _ in range(60 * wanted):
        letters = drawn(statement, random, most)
        shapes = {
            name: tuple(letters[statement.numbers.length(name, axis)] for axis in range(rank))
            for name, rank in statement.ranks.tensors.items()
        }
        numbers, spatial = numbers_of(statement, letters), statement.ranks.spatial
        lines = [assumption.text for assumption in statement.assumptions]
        if not all(oracle_laws.holds(line, shapes, numbers, spatial) for line in lines):
            continue
        try:
            sides = oracle_laws.law(text, shapes, numbers, spatial)
        except UnformedError:
            continue
        assert oracle_laws.same(*sides, idempotent=statement.idempotent), (text, letters)
        formed += 1
        if formed == wanted:
            break
    return formed


@pytest.mark.parametrize(("text", "assume", "true"), KNOWN)
def test_known_truths(text: str, assume: tuple[str, ...], true: bool) -> None:
    verdict = asked(text, assume)
    assert verdict.truth is (Truth.PROVED if true else Truth.REFUTED)
    statement = read(text, assume=assume)
    if true:
        assert agreeing(text, statement, wanted=12) >= 3
    else:
        assert differs(text, verdict, statement)


@pytest.mark.parametrize(("text", "assume", "true"), KNOWN)
def test_a_law_for_all_shapes_holds_up_to_a_bound(
    text: str,
    assume: tuple[str, ...],
    true: bool,
) -> None:
    try:
        bounded = prove(text, assume=assume, up_to=3, repair=False)
    except LawError as error:
        assert error.code == "vacuous"  # noqa: PT017 - no shape so small has an output
        bounded = prove(text, assume=assume, up_to=7, repair=False)
    assert bounded.scope in ("shapes up to 3", "shapes up to 7")
    if true:
        assert bounded.proved
    elif not bounded.proved:
        assert differs(text, bounded, read(text, assume=assume))


@pytest.mark.parametrize(("text", "assume"), [(t, a) for t, a, true in KNOWN if not true])
def test_a_counterexample_is_one_at_its_shape(text: str, assume: tuple[str, ...]) -> None:
    found = asked(text, assume).counterexample
    assert found is not None
    statement = read(text, assume=assume)
    given = {name: found.letters[name] for name in statement.parameters}
    verdict = prove(text, assume=assume, shapes=found.shapes, parameters=given)
    assert verdict.truth is Truth.REFUTED
    assert verdict.scope == "this shape"
    again = verdict.counterexample
    assert again is not None
    assert (again.left, again.right, again.cell) == (found.left, found.right, found.cell)


@pytest.mark.parametrize(("text", "assume"), [(t, a) for t, a, true in KNOWN if not true])
def test_no_smaller_shape_refutes(text: str, assume: tuple[str, ...]) -> None:
    found = asked(text, assume).counterexample
    assert found is not None
    statement = read(text, assume=assume)
    if statement.parameters or not found.terms:
        return
    for name, length in found.letters.items():
        if length == 1:
            continue
        letters = dict(found.letters) | {name: length - 1}
        try:
            left, right = at_shape(statement, letters)
        except NoRoomError:
            continue
        if left.terms + right.terms < found.terms and all(
            test.value(letters) for test in statement.assumed()
        ):
            shapes = {n: (letters[f"len({n})"],) for n in found.shapes}
            sides = oracle_laws.law(text, shapes)
            assert oracle_laws.same(*sides), letters


@pytest.mark.parametrize("rank", [2, 3])
@pytest.mark.parametrize("text", LIFTED)
def test_more_axes_agree_with_one(text: str, rank: int) -> None:
    one, more = asked(text, ()), prove(text, rank=rank, repair=False, seconds=20)
    lifts = any("any number of axes" in note for note in one.notes)
    if one.truth is Truth.REFUTED or lifts:
        assert more.truth is one.truth
    statement = read(text, rank=rank)
    if more.proved:
        assert agreeing(text, statement, wanted=2, most=2) >= 1
    elif more.truth is Truth.REFUTED:
        assert differs(text, more, statement)


@pytest.mark.parametrize("start", [(7, 1, 1, 3), (10, 1, 3, 2), (12, 2, 2, 4)])
def test_a_model_of_any_solver_is_made_the_same_counterexample(start: tuple[int, ...]) -> None:
    """Solvers of different versions find different models; of 5 and 2, neither goes down alone."""
    statement = LAWS["dilated-maxima"].read()
    search = Search(statement, Shapes(statement))
    assert search.look(dict(zip(("len(x)", "a", "s", "d"), start, strict=True)))
    search.shrink(inf)
    assert search.letters == {"len(x)": 5, "a": 1, "s": 1, "d": 2}
