"""Many cases at a time: the same findings as one by one, and nothing confirmed by one engine."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.algebra import NUMBERS
from symconv.axis import Axis
from symconv.engines import batches, definition
from symconv.errors import SymconvError
from symconv.exact import array
from symconv.fixtures import SCHEMA, Document, Erratum, Options, Values
from symconv.plan import geometry
from symconv.terms import Terms
from symconv.verdicts import Finding, Status
from symconv.verify import judge, judged
from symconv.verify.batches import confirmed
from tests import oracle, strategies

# The engines ---------------------------------------------------------------------------------


def problems(data: st.DataObject, rank: int) -> Any:
    """Draw a geometry with three sets of operands for it, and their outputs by the oracle."""
    kinds = data.draw(st.sampled_from([("small",), ("int64",), ("huge",), ("small", "huge")]))
    strategy = data.draw(st.sampled_from([strategies.planes, strategies.layers]))
    example = data.draw(strategy(rank, kinds))
    fill = data.draw(strategies.small) if "constant" in example.boundary else 0
    example = replace(example, fill=fill)
    x, w = np.array(example.x, dtype=object), np.array(example.w, dtype=object)
    bias = None if example.bias is None else np.array(example.bias, dtype=object)
    turned = [
        (x, w, bias),
        (-3 * x + 1, w, None if bias is None else bias[::-1]),
        (x[::-1], 2 * w - 5, None if bias is None else 7 * bias),
    ]
    wanted = []
    for values, kernel, offsets in turned:
        ends = None if offsets is None else offsets.tolist()
        one = replace(example, x=values.tolist(), w=kernel.tolist(), bias=ends)
        wanted.append(oracle.each(one.pairs(), oracle.added))
    return example.plan, turned, wanted


def packed(values: list[Any]) -> Any:
    return array(np.array(values, dtype=object))


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=120)
def test_a_batch_gives_what_the_oracle_gives(data: st.DataObject, rank: int) -> None:
    plan, turned, wanted = problems(data, rank)
    x, w, bias = (
        None if parts[0] is None else packed(list(parts)) for parts in zip(*turned, strict=True)
    )
    assert x is not None
    assert w is not None
    assert batches.evaluate(plan, x, w, bias).tolist() == wanted


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=120)
def test_the_definition_of_numbers_gives_what_the_oracle_gives(
    data: st.DataObject, rank: int
) -> None:
    plan, turned, wanted = problems(data, rank)
    met = definition.windows(plan)
    for (x, w, bias), out in zip(turned, wanted, strict=True):
        flat = [None if v is None else v.ravel().tolist() for v in (x, w, bias)]
        found = met.values(flat[0] or [], flat[1] or [], flat[2])
        assert found == np.array(out, dtype=object).ravel().tolist()


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=60)
def test_the_definition_folds_terms_as_it_folds_written_windows(
    data: st.DataObject, rank: int
) -> None:
    example = data.draw(st.one_of(strategies.planes(rank), strategies.layers(rank)))
    x, w = array(example.x), array(example.w)
    bias = None if example.bias is None else array(example.bias)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(definition, "WRITTEN_OUT", -1)
        by_terms = definition.evaluate(Terms(example.plan), x, w, bias, NUMBERS)
    assert definition.evaluate(Terms(example.plan), x, w, bias, NUMBERS) == by_terms


@pytest.mark.parametrize("less", [-1, 0, 1])
def test_the_licence_for_int64_ends_where_it_may(less: int) -> None:
    """One tap 6 and an input of (2^63 − 1)/7 use up the bound taps·|x|·|w| + |x| to the last."""
    assert (2**63 - 1) % 7 == 0
    x = (2**63 - 1) // 7 - less
    plan = geometry((1,), (1,))
    found = batches.evaluate(plan, np.array([[x], [-x]]), np.array([[6], [6]]))
    assert found.tolist() == [[6 * x], [-6 * x]]
    assert found.dtype == (np.int64 if less >= 0 else object)


@pytest.mark.parametrize("fill", [2**62, -(2**62), 2**70])
def test_padding_counts_for_the_licence(fill: int) -> None:
    plan = geometry((1,), (2,), padding=1, boundary=("constant", fill))
    found = batches.evaluate(plan, np.array([[1]]), np.array([[1, 2]]))
    assert found.tolist() == [[fill + 2, 1 + 2 * fill]]


# Whole documents -----------------------------------------------------------------------------

OPTIONS: list[dict[str, Any]] = [
    {},
    {"stride": 2},
    {"padding": 1, "boundary": "reflect"},
    {"padding": [[1, 0], [0, 2]]},
    {"padding": 1, "boundary": "constant(3)"},
    {"dilation": [1, 2], "padding": "full"},
]


def text(values: Any) -> Any:
    if values.ndim < 2:
        return " ".join(map(str, values.tolist()))
    if values.ndim > 2:
        return [text(part) for part in values]
    return "; ".join(map(text, values)) + ";" * (len(values) == 1)


def cases(count: int, seed: int) -> list[Values]:
    """Return sound cases of three operations, several of each geometry."""
    random = Random(seed)  # noqa: S311 - nothing secret
    found = []
    for number in range(count):
        op = random.choice(["correlate", "convolve", "conv"])
        options = random.choice(OPTIONS)
        lead = ((2,), (3, 2)) if op == "conv" else ((), ())
        shapes = (*lead[0], 4, 5), (*lead[1], 2, 3), (3,)
        x, w, bias = (np.array([random.randint(-9, 9) for _ in range(np.prod(s))]) for s in shapes)
        x, w = x.reshape(shapes[0]), w.reshape(shapes[1])
        operands = (x, w, bias) if op == "conv" and number % 2 else (x, w)
        out = text(getattr(symconv, op)(*operands, **options))
        found.append(
            Values(
                id=f"demo/{number}",
                says="a claim",
                slide="1",
                op=op,  # type: ignore[arg-type]
                x=text(x),
                w=text(w),
                bias=text(bias) if len(operands) == 3 else None,
                options=Options(**options),
                printed=None if number % 5 == 0 else out,
                exact=out if number % 5 in (0, 1) else None,
            )
        )
    return found


def document(found: list[Values], **arrays: str) -> Document:
    return Document(
        schema=SCHEMA, deck="demo", title="", origin="", arrays=dict(arrays), cases=list(found)
    )


def one_by_one(demo: Document) -> list[Finding | str]:
    found: list[Finding | str] = []
    for case in demo.cases:
        try:
            found.append(judge(case, demo))
        except SymconvError as error:
            found.append(str(error))
    return found


def at_once(demo: Document) -> list[Finding | str]:
    return [str(one) if isinstance(one, SymconvError) else one for one in judged(demo)]


def test_sound_cases_are_confirmed_together() -> None:
    demo = document(cases(90, seed=1))
    assert {one.status for one in at_once(demo) if isinstance(one, Finding)} == {Status.CONFIRMED}
    assert len(confirmed(demo)) == 90 - 3
    assert at_once(demo) == one_by_one(demo)


def changed(case: Values, random: Random) -> Values:
    """Return a case that is wrong, odd or impossible in one way."""
    printed, exact = case.printed or "1", case.exact
    first = printed if isinstance(printed, str) else printed[0]
    changes: list[dict[str, Any]] = [
        {"printed": printed, "exact": "1"},
        {"printed": "?"},
        {"printed": "_ ; ?"},
        {"printed": first},
        {"printed": [printed]},
        {"printed": None, "exact": None},
        {"printed": str(first).replace("1", "2")},
        {"printed": str(first) + ".0"},
        {"w": None},
        {"bias": "1 2"},
        {"bias": "1"},
        {"x": "1 2 3"},
        {"x": "a b; c d", "symbols": "a b c d"},
        {"x": "$x"},
        {"w": "$w", "printed": "$x"},
        {"x": "$gone"},
        {"w": f"{10**19} 1 2; 3 4 5"},
        {"options": Options(stride=0)},
        {"options": Options(window=2)},
        {"options": Options(algebra="max-plus")},
        {"options": Options(padding=[1, 2, 3])},
        {"options": Options(padding=1, boundary="constant(1/2)")},
        {"options": Options(padding=100_000)},
        {"damaged": ["torn"]},
        {"position": "below"},
        {"erratum": Erratum(note="n", cells=[[0, 0]])},
        {"op": "flatten"},
        {"op": "max_pool"},
        {"exact": exact or printed},
    ]
    return msgspec.structs.replace(case, **random.choice(changes))


@pytest.mark.parametrize("seed", range(6))
def test_findings_and_faults_are_those_of_each_case_alone(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - nothing secret
    found = [
        changed(case, random) if number % 3 else case for number, case in enumerate(cases(60, seed))
    ]
    demo = document(found, x="1 2 3 4 5; 6 7 8 9 1; 2 3 4 5 6; 7 8 9 1 2", w="1 2 3; 4 5 7")
    assert at_once(demo) == one_by_one(demo)
    assert {type(one) for one in at_once(demo)} == {str, Finding}


def test_a_batch_that_is_wrong_confirms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that agrees with a wrong batch is judged by the engines that users call."""
    true = batches.evaluate
    monkeypatch.setattr(batches, "evaluate", lambda *a, **o: true(*a, **o) + 1)
    demo = document(cases(40, seed=2))
    assert confirmed(demo) == set()
    assert at_once(demo) == one_by_one(demo)
    claim = Values(
        id="demo/0", says="", slide="1", op="correlate", x="1 2 3", w="4 5", printed="15 24"
    )
    off = [msgspec.structs.replace(claim, id=f"demo/{number}") for number in range(3)]
    wrong = document(off)
    assert [one.status for one in judged(wrong) if isinstance(one, Finding)] == [Status.REFUTED] * 3


@pytest.mark.parametrize("engine", ["definition", "numpy"])
def test_the_two_tables_are_two(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The definition reads windows, the batch the table: neither hides a fault of the other."""
    if engine == "definition":
        true = Axis.window
        monkeypatch.setattr(Axis, "window", lambda axis, out: true(axis, axis.out - 1 - out))
    else:
        zeros = property(lambda axis: np.zeros((axis.out, axis.taps), int))
        monkeypatch.setattr(Axis, "source", zeros)
    assert confirmed(document(cases(30, seed=3))) == set()
