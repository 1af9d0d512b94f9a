"""What a prover must not say: laws that once were, or easily could be, decided wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from symconv import prove
from symconv.errors import LawError, SymconvError
from symconv.laws.logic import solver
from symconv.laws.provers import all_shapes
from symconv.verdicts import Truth

pytest.importorskip("z3")

REFUTED: list[tuple[str, dict[str, Any]]] = [
    ("correlate(correlate(x, ones(5)), ones(5)) == correlate(x, ones(9))", {}),
    ("sum_pool(sum_pool(x, 3, stride=2), 3, stride=2) == sum_pool(x, 7, stride=4)", {}),
    (
        "correlate(correlate(x, ones(2)), ones(2)) == correlate(x, ones(3))",
        {"assume": "len(x) >= 30"},
    ),
    ("sum_pool(sum_pool(x, a), b) == sum_pool(x, min(a*b, 16))", {}),
    ("pad(x, len(x, 0), 0) == pad(x, len(x), 0)", {"rank": 2}),
    ("correlate(x, w, padding=o) == correlate(x, w, padding=t0)", {}),
    ("shift(x, 1) == shift(x, 2)", {"assume": "len(x) >= 300"}),
    ("x + y == x", {"algebra": "max-plus"}),
]
PROVED: list[tuple[str, dict[str, Any]]] = [
    ("x + x == x", {"algebra": "max-plus"}),
    ("correlate(x, w, padding=(o, t0)) == correlate(pad(x, o, t0), w)", {}),
    ("pad(x, len(x, 0), 0) == pad(x, len(x), 0)", {}),
    ("correlate(x, delta(1000000000000000000000000000001), padding='same') == x", {}),
]
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sum(x) == x", {}, "bad-ranks"),
    ("convolve(x, w) == sum(x)*sum(w)", {}, "bad-ranks"),
    ("correlate(x, w) == dot(x, w)", {}, "bad-ranks"),
    ("correlate(x, w)[0] == 0*correlate(x, w)", {}, "no-indexing"),
    ("flip(flip(sum(x))) == sum(x)", {}, "bad-ranks"),
    ("sum(x)*y == pad(pad(sum(x)*y, p, q), -p, -q)", {}, "bad-ranks"),
    ("pad(x, before=1, before=2, after=0) == pad(x, 2, 0)", {}, "bad-argument"),
    ("pad(x, before=1) == x", {}, "bad-argument"),
    ("max_pool(x, 2) == min_pool(x, 2)", {}, "mixed-algebras"),
    ("2*x == x", {"algebra": "max-plus"}, "no-scalar"),
    ("x == x", {"ranks": {"x": None}}, "bad-rank"),
    ("x == x", {"ranks": {"x": -1}}, "bad-rank"),
    ("x == x", {"seconds": float("nan")}, "bad-parameter"),
    ("x == x", {"assume": None}, "bad-parameter"),
    ("x == x", {"up_to": 3, "shapes": {"x": 1}}, "bad-parameter"),
    ("vec(a) == vec(a)", {"shapes": {"a": (30_000, 30_000)}}, "too-many-terms"),
    ("commutativity", {"assume": "{foo} <= 3"}, "unreadable-character"),
    ("shift(x, " + "*".join(["(a + b + c + d)"] * 12) + ") == x", {}, "no-integer"),
    ("9" * 4000 + "*" + "9" * 4000 + "*x == x", {}, "number-too-long"),
    (
        "shift(x, p) == shift(x, q)",
        {
            "rank": 2,
            "assume": ("p >= 0", "q >= 5"),
            "shapes": {"x": 2},
            "parameters": {"p": 0, "q": 1},
        },
        "vacuous",
    ),
]


@pytest.mark.parametrize(("text", "options"), REFUTED)
def test_false_laws_are_refuted(text: str, options: dict[str, Any]) -> None:
    verdict = prove(text, repair=False, **options)
    assert verdict.truth is Truth.REFUTED
    assert verdict.counterexample is not None


@pytest.mark.parametrize(("text", "options"), PROVED)
def test_true_laws_are_proved_for_all_shapes(text: str, options: dict[str, Any]) -> None:
    verdict = prove(text, **options)
    assert (verdict.truth, verdict.scope, verdict.bounds) == (Truth.PROVED, "all shapes", ())


@pytest.mark.parametrize(("text", "options", "code"), REFUSED)
def test_what_cannot_be_asked_is_refused(text: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(SymconvError) as caught:
        prove(text, **options)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "assume"),
    [
        (
            "pad(x, len(x), 0, boundary='reflect') == pad(x, len(x), 0, boundary='symmetric')",
            "len(x) >= 50",
        ),
        ("shift(x, len(x) + 1, boundary='wrap') == x", "len(x) >= 50"),
        ("pad(x, p, 0, boundary='wrap') == pad(x, p, 0, boundary='symmetric')", "p > len(x) + 7"),
    ],
)
def test_padding_that_goes_round_twice_proves_nothing(text: str, assume: str) -> None:
    verdict = prove(text, assume=(assume, "len(x) >= 7"))
    assert verdict.truth is not Truth.PROVED


def test_a_length_told_by_its_axis_is_not_lifted() -> None:
    assert prove("pad(x, len(x, 0), 0) == pad(x, len(x), 0)").notes == ()


def test_rows_of_large_numbers_are_told_apart() -> None:
    step = ((1 << 60) - 1) // 31
    turned = "shift(identity(32), 16, boundary='wrap', axis=0)"
    verdict = prove(f"dilate(identity(32), {step}) == dilate({turned}, {step})", shapes={})
    assert verdict.truth is Truth.REFUTED


def test_a_divisor_is_a_hypothesis() -> None:
    verdict = prove("pad(x, q, 0) == pad(x, max(q, 0), 0)", assume="0 % q == 0")
    assert "1 <= q" in verdict.hypotheses


# Strides one by one ---------------------------------------------------------------------------


def slow_with(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the solver give no answer to questions with a letter in them."""
    real = solver.ask

    def ask(text: str, seconds: float) -> Any:
        answer = real(text, seconds)
        return type(answer)("unknown") if f"|{letter}" in text else answer

    monkeypatch.setattr(all_shapes, "ask", ask)


def test_strides_one_by_one_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_with("s", monkeypatch)
    verdict = prove("correlate(x, w, stride=s) == subsample(correlate(x, w), s)")
    assert (verdict.truth, verdict.bounds) == (Truth.PROVED, ("s <= 4",))


def test_strides_one_by_one_differ_on_every_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_with("s", monkeypatch)
    options = "stride=s, dilation=s, padding='same'"
    text = (
        f"transpose(correlate(x, w, {options})) == correlate(transpose(x), transpose(w), {options})"
    )
    verdict = prove(text, rank=2, assume=("len(x) >= 7", "len(w) >= 2"), repair=False)
    assert verdict.truth is not Truth.PROVED


def test_strides_beyond_the_tried_ones_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_with("s", monkeypatch)
    text = "correlate(x, w, stride=s) == subsample(correlate(x, w), s)"
    assert prove(text, assume="s >= 5").truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("text", "assume"),
    [
        (
            "correlate(x, w, stride=s) == correlate(x, flip(w), stride=s)",
            ("s >= len(w)", "len(w) >= 7", "len(x) >= 20"),
        ),
        ("dilate(x, s) == dilate(flip(x), s)", ("s >= len(x) - 3", "len(x) >= 9")),
    ],
)
def test_strides_that_the_hypotheses_exclude_prove_nothing(
    text: str, assume: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_with("s", monkeypatch)
    assert prove(text, assume=assume, repair=False).truth is not Truth.PROVED


def test_a_counterexample_names_the_stride(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_with("s", monkeypatch)
    text = "correlate(x, w, stride=s) == correlate(x, w)"
    found = prove(text, assume="len(x) >= 12", repair=False).counterexample
    assert found is not None
    assert found.letters["s"] > 1


# Counterexamples ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "terms", "shapes"),
    [
        ("correlate(x, w, stride=8) == correlate(x, w, stride=9)", 3, {"x": (9,), "w": (1,)}),
        ("correlate(x, w, stride=20) == correlate(x, w, stride=21)", 3, {"x": (21,), "w": (1,)}),
        ("shift(convolve(x, w), 12) == shift(convolve(x, w), 13)", 1, {"x": (1,), "w": (13,)}),
        (
            "vec(matmul(matmul(a, x), transpose(b))) == matmul(kron(a, b), vec(x))",
            8,
            {"a": (2, 1), "x": (1, 1), "b": (2, 1)},
        ),
    ],
)
def test_a_counterexample_has_the_fewest_terms(
    text: str, terms: int, shapes: dict[str, tuple[int, ...]]
) -> None:
    found = prove(text, repair=False).counterexample
    assert found is not None
    assert (found.terms, dict(found.shapes)) == (terms, shapes)


def test_a_counterexample_meets_the_hypotheses_it_is_told_with() -> None:
    text = "correlate(x, w, padding=1) == correlate(x, w, padding=1, boundary='reflect')"
    assert prove(text).hypotheses == ()


def test_entries_of_tensors_with_numbers_are_told_apart() -> None:
    shapes = {"x": 11, "x1": 11, "w": 1}
    found = prove("correlate(x, w) == correlate(x1, w)", shapes=shapes).counterexample
    assert found is not None
    assert found.left[10] == "x[10]*w[0]"
    assert found.right[0] == "w[0]*x1[0]"


def test_repairs_are_no_tautologies_and_offer_hypotheses() -> None:
    verdict = prove("correlate(x, w) == convolve(x, w, padding='valid')")
    assert verdict.repairs == (
        "it holds if: len(w) == 1",
        (
            "with the kernels on the right flipped: "
            'correlate(x, w) == convolve(x, flip(w), padding="valid")'
        ),
    )


def test_without_a_solver_refutations_still_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symconv.laws.logic.solver.find_spec", lambda _: None)
    assert prove("commutativity", op="correlate", padding="full").truth is Truth.REFUTED
    with pytest.raises(LawError) as caught:
        prove("commutativity")
    assert caught.value.code == "no-solver"
