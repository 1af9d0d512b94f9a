"""Cases of kind `law`: read, written, judged, and refused where they say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from symconv import laws
from symconv.errors import LawError
from symconv.fixtures import Law, dumps, reads
from symconv.verdicts import Finding, Status, Truth
from symconv.verify import judge

HEAD = """\
schema: symconv-fixture/1
deck: demo
title: A demonstration
origin: tests
cases:
- kind: law
  id: demo/law
  says: a property
  slide: slide 7
"""
COMMUTATIVE = "  laws:\n  - convolve(f, g) == convolve(g, f)\n"
WRONG = "  laws:\n  - correlate(f, g) == correlate(g, f)\n"
REPORT = (
    "correlate(f, g) == correlate(g, f) fails: for f 1, g 2 the sides have shapes (0,) and (2,)"
)
SIZE = "correlate(zeros(W), zeros(F), padding=P, stride=S)"


def finding(case: str) -> Finding:
    """Judge one law, given as the lines after its common fields."""
    loaded = reads(HEAD + case)
    assert loaded.faults == ()
    assert loaded.document is not None
    return judge(loaded.document.cases[0], loaded.document)


def faults(case: str) -> list[str]:
    """Return what is told of a law that cannot be read."""
    return [str(fault) for fault in reads(HEAD + case).faults]


def listed(*lines: str, **fields: Any) -> str:
    """Return the lines of a case with some laws and fields."""
    texts = "".join(f"  - {line}\n" for line in lines)
    return f"  laws:\n{texts}" + "".join(f"  {name}: {value}\n" for name, value in fields.items())


def test_a_law_is_proved_for_all_shapes() -> None:
    pytest.importorskip("z3")
    found = finding(COMMUTATIVE)
    assert found.status is Status.CONFIRMED
    assert found.failures == ()
    assert found.notes == ("proved for all shapes: convolve(f, g) == convolve(g, f)",)


@pytest.mark.parametrize(
    "case",
    [
        listed("convolve(f, g) == convolve(g, f)", rank=2),
        listed("0*correlate(x, w) == zeros(len(x) - len(w) + 1)", assume="[len(w) <= len(x)]"),
        listed("max_pool(pad(x, n, 0), 1) == pad(max_pool(x, 1), n, 0)", algebra="max-plus"),
        listed("vec(matmul(a, b)) == vec(matmul(a, b))", ranks="{a: 2, b: 2}"),
        listed(f"dilate({SIZE}, S) == zeros(W - F + 2*P + 1)", assume="[(W - F + 2*P) % S == 0]"),
    ],
)
def test_laws_with_hypotheses_axes_and_algebras_are_confirmed(case: str) -> None:
    assert finding(case).status is Status.CONFIRMED


def test_a_law_that_fails_is_refuted_by_its_smallest_shape() -> None:
    found = finding(WRONG)
    assert found.status is Status.REFUTED
    assert found.text == REPORT
    assert found.failures == ("new discrepancy: the case records no erratum",)


def test_a_recorded_refutation_is_no_failure() -> None:
    erratum = f"  erratum:\n    note: it is no convolution\n    text: '{REPORT}'\n"
    found = finding(erratum + WRONG)
    assert found.failures == ()
    assert found.notes[-1] == "it is no convolution"


def test_another_refutation_than_the_recorded_one_is_a_failure() -> None:
    found = finding("  erratum:\n    note: wrong\n    text: another\n" + WRONG)
    assert found.failures == (f"the erratum records 'another', but the report is {REPORT!r}",)


def test_one_law_that_fails_refutes_the_claim_and_the_others_are_noted() -> None:
    found = finding(
        listed("convolve(f, g) == convolve(g, f)", "correlate(f, g) == correlate(g, f)")
    )
    assert found.status is Status.REFUTED
    assert found.text == REPORT
    assert [note.partition(": ")[2] for note in found.notes] == ["convolve(f, g) == convolve(g, f)"]


def test_a_law_without_an_answer_is_undecidable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(text: str, **_: object) -> laws.Verdict:
        return laws.Verdict(text, Truth.UNKNOWN, "all shapes", reason="no answer in time")

    monkeypatch.setattr(laws, "prove", unknown)
    found = finding(COMMUTATIVE)
    assert found.status is Status.UNDECIDABLE
    assert found.text == "convolve(f, g) == convolve(g, f): no answer in time"


def test_without_a_solver_laws_are_tried_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    prove = laws.prove

    def bounded(text: str, **options: Any) -> laws.Verdict:
        if "up_to" not in options:
            raise LawError("no-solver", "there is no Z3", hint='pip install "symconv[proof]"')
        return prove(text, **options)

    monkeypatch.setattr(laws, "prove", bounded)
    found = finding(COMMUTATIVE)
    assert found.status is Status.CONFIRMED
    assert found.notes == ("proved for shapes up to 2: convolve(f, g) == convolve(g, f)",)


def test_a_law_is_written_as_it_is_read() -> None:
    text = HEAD + COMMUTATIVE + "  assume:\n  - len(g) <= len(f)\n  rank: 2\n  ranks:\n    f: 2\n"
    loaded = reads(text)
    assert loaded.document is not None
    assert dumps(loaded.document) == text
    (case,) = loaded.document.cases
    assert isinstance(case, Law)
    assert (case.rank, case.ranks, case.algebra) == (2, {"f": 2}, "sum")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        pytest.param(listed("convolve(f, g)"), "field laws.0: a law is one equation", id="no law"),
        pytest.param(listed("convolv(f, g) == f"), "field laws.0: ", id="no function"),
        pytest.param(
            listed("flip(f) == f", assume="[len(h) == 1]"), "len of this", id="unknown tensor"
        ),
        pytest.param(listed("flip(f) == f", assume="[n == 1]"), "'n'", id="unknown integer"),
        pytest.param(listed("flip(f) == f", rank=0), "field rank: ", id="no axes"),
        pytest.param(listed("flip(f) == f", rank=5), "field rank: ", id="too many axes"),
        pytest.param(listed("flip(f) == f", rank="two"), "field rank: ", id="no number"),
        pytest.param(listed("flip(f) == f", ranks="{f: 7}"), "field ranks", id="ranks too large"),
        pytest.param(listed("flip(f) == f", algebra="boolean"), "field algebra: ", id="algebra"),
        pytest.param("  laws: []\n", "field laws: ", id="no laws"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_field(case: str, told: str) -> None:
    assert any(told in fault for fault in faults(case)), faults(case)


def test_hypotheses_that_nothing_satisfies_are_no_proof() -> None:
    loaded = reads(HEAD + listed("flip(f) == f", assume="[len(f) < 1]"))
    assert loaded.document is not None
    with pytest.raises(LawError, match="vacuous"):
        judge(loaded.document.cases[0], loaded.document)
