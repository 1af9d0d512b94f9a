"""Verdicts, credit and diagnosis of answers; the key against loops that share nothing."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv import conv
from symconv.errors import AnswerError
from symconv.homework import Checker, Question, check, loads
from symconv.homework.judging.alignment import align
from symconv.homework.judging.cells import Verdict, judge
from symconv.homework.judging.diagnosis import Confidence
from symconv.homework.judging.hypotheses import Hypothesis, differing
from symconv.homework.questions.model import Rounding
from symconv.homework.reading.cells import read
from symconv.homework.reading.model import Rules
from symconv.homework.reading.polynomials import Polynomial, Value, text_of
from tests import homework_questions as questions
from tests.homework_questions import ALL, LETTERS, PADDED, PLAIN, SIGNAL, question

CHECKERS = {each.id: Checker(each) for each in ALL}
EVERY = pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.id)


def written(values: Any, shape: tuple[int, ...]) -> str:
    """Return values as the text of an answer."""
    texts = np.array(list(map(text_of, values)), dtype=object).reshape(shape)
    if texts.ndim == 1:
        return ", ".join(texts)
    planes = texts.reshape(-1, *texts.shape[-2:])
    return "\n\n".join("\n".join(", ".join(row) for row in plane) for plane in planes)


def key_by_loops(asked: Question) -> list[Value]:
    """Return the key from the definition, with nothing of symconv but the numbers."""
    exercise, found = asked.exercise, []
    x, w, axes = exercise.x, exercise.w, exercise.plan.axes
    per_group = w.shape[0] // exercise.plan.groups
    for m, *out in itertools.product(range(w.shape[0]), *(range(a.out) for a in axes)):
        total: Value = exercise.bias[m]
        for c, *tap in itertools.product(*map(range, w.shape[1:])):
            place = [
                a.stride * o + a.dilation * (a.taps - 1 - t if a.flip else t) - a.before
                for a, o, t in zip(axes, out, tap, strict=True)
            ]
            if all(0 <= p < a.size for p, a in zip(place, axes, strict=True)):
                total = total + w[(m, c, *tap)] * x[(m // per_group * w.shape[1] + c, *place)]
        found.append(total)
    return found


@EVERY
def test_the_key_is_the_definition(asked: Question) -> None:
    assert list(asked.key) == key_by_loops(asked)


@EVERY
def test_the_key_is_what_the_engines_say(asked: Question) -> None:
    exercise, plan = asked.exercise, asked.exercise.plan
    numbers = {name: 10 + n * n for n, name in enumerate(sorted(asked.rules.symbols))}

    def at(values: Any) -> Any:
        return np.array([_at(v, numbers) for v in values.ravel().tolist()], dtype=object).reshape(
            values.shape
        )

    out = conv(
        at(exercise.x),
        at(exercise.w),
        at(exercise.bias),
        padding=tuple((axis.before, axis.after) for axis in plan.axes),
        stride=tuple(axis.stride for axis in plan.axes),
        flip=asked.file.op == "convolution",
    )
    assert out.ravel().tolist() == [_at(value, numbers) for value in asked.key]


def _at(value: Value, numbers: dict[str, int]) -> int | Fraction:
    if not isinstance(value, Polynomial):
        return value
    total: int | Fraction = 0
    for monomial, factor in value.terms.items():
        total = total + factor * prod(map(numbers.__getitem__, monomial))
    return total


@EVERY
def test_the_key_itself_has_full_marks_and_no_diagnosis(asked: Question) -> None:
    checked = check(CHECKERS[asked.id], written(asked.key, asked.shape))
    assert checked.score.value == 1
    assert {each.verdict for each in checked.cells} == {Verdict.CORRECT}
    assert checked.diagnosis.confidence is Confidence.NONE


def hypotheses(checker: Checker) -> list[Hypothesis]:
    return [h for bucket in checker.table.buckets.values() for h in bucket]


@EVERY
def test_every_mistake_and_every_pair_is_found_in_its_class(asked: Question) -> None:
    checker = CHECKERS[asked.id]
    told = 0
    for hypothesis in hypotheses(checker):
        checked = check(checker, written(hypothesis.values, hypothesis.shape))
        found = checked.diagnosis
        if checked.shape != hypothesis.shape or not _speaks(checker, hypothesis):
            continue
        told += 1
        assert hypothesis.ids in [member.ids for member in found.members]
        assert all(len(h.mistakes) <= len(hypothesis.mistakes) for h in found.named)
        sure = Confidence.CERTAIN if len(found.named) == 1 else Confidence.AMBIGUOUS
        if len(found.named[0].mistakes) > 1 and hypothesis.shape != asked.shape:
            sure = Confidence.POSSIBLE
        few = found.evidence < 4 or hypothesis.grid in checker.table.unearned
        unsure = Confidence.POSSIBLE if few else sure
        assert found.confidence in (sure, unsure)
    assert told > 20


def test_a_guess_is_hardly_ever_named_for_certain() -> None:
    draw = random.Random(7)  # noqa: S311 - guesses, the same each time
    for asked, values in (
        (question("one", "correlation", "input: 1 2 0; 0 1 3\nkernel: 1 1; 0 1\n"), range(7)),
        (question("two", "convolution", "input: 1 2 0; 0 1 3; 2 1 1\nkernel: 1 1; 0 1\n"
                  "options: {padding: valid}\n"), range(6)),
    ):  # fmt: skip
        checker, certain = Checker(asked), 0
        for _ in range(400):
            guess = [draw.choice(values) for _ in asked.key]
            found = check(checker, written(guess, asked.shape)).diagnosis
            certain += found.confidence in (Confidence.CERTAIN, Confidence.AMBIGUOUS)
        assert certain <= 20


def test_credit_is_for_the_mistake_that_is_named() -> None:
    asked = question(
        "credited",
        "correlation",
        "input: 3 1 4 1 5; 9 2 6 5 3; 5 8 9 7 9; 3 2 3 8 4; 6 2 6 4 3\n"
        "kernel: 1 -2 3; 4 5 -1; 2 -3 7\noptions: {padding: 1}\n",
    )
    single = next(h for h in Checker(asked).table.singles if h.ids == ("padding_omitted",))
    checked = check(asked, written(single.values, single.shape))
    assert checked.diagnosis.confidence is Confidence.CERTAIN
    assert checked.score.value == Fraction(1, 2)
    assert checked.score.credited_as == ("padding_omitted",)


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("8,11,\n3,5,", "separator at the end of"),
        ("8 11\n\n3 5", "your rows were read as 2 rows"),
    ],
)
def test_layouts_that_leave_no_doubt(text: str, notice: str) -> None:
    asked = question("layout", "correlation", "input: 1 2 3; 4 5 6; -2 1 -1\nkernel: 1 1; 0 1\n")
    assert asked.key == (8, 11, 10, 10)
    checked = check(asked, text)
    assert checked.shape == (2, 2)
    assert notice in "; ".join(checked.notices)


def test_a_blank_last_column_is_blank() -> None:
    asked = question("blank", "correlation", "input: 1 2 3; 4 5 6; -2 1 -1\nkernel: 1 1; 0 1\n")
    checked = check(asked, [["8", ""], ["10", ""]])
    assert [each.verdict.value for each in checked.cells] == ["correct", "blank"] * 2


def _speaks(checker: Checker, hypothesis: Hypothesis) -> bool:
    """Tell whether each mistake shows in enough cells, and costs less than as many slips."""
    key = checker.question.shape, checker.question.key
    wrong = differing(hypothesis.grid, key)
    bucket = checker.table.buckets[hypothesis.grid]
    if len(set(hypothesis.values)) == 1:
        return False
    return checker.table.support(bucket[0]) >= 2 and bucket[0].cost < 4 * wrong


@given(st.sampled_from(ALL[:2]), st.randoms(use_true_random=False))
def test_a_mistake_with_one_slip_is_never_certain(asked: Question, random_: random.Random) -> None:
    checker = CHECKERS[asked.id]
    single = random_.choice([h for h in checker.table.singles if h.shape == asked.shape])
    values = list(single.values)
    place = random_.randrange(len(values))
    values[place] = values[place] + random_.choice([1, -1, 2, 10, 17])
    found = check(checker, written(values, asked.shape)).diagnosis
    if found.unexplained:
        assert found.confidence in (Confidence.POSSIBLE, Confidence.NONE)


@given(st.sampled_from(ALL), st.randoms(use_true_random=False), st.data())
def test_repairing_a_cell_never_costs_marks(
    asked: Question, random_: random.Random, data: st.DataObject
) -> None:
    checker = CHECKERS[asked.id]
    same = [h for h in hypotheses(checker) if h.shape == asked.shape]
    values: list[Value | str] = list(random_.choice(same).values)
    for _ in range(data.draw(st.integers(0, 4))):
        spoilt: Value | str = random_.choice(["", "?", "0", "-3", "17"])
        values[random_.randrange(len(values))] = spoilt
    order = list(range(len(values)))
    random_.shuffle(order)
    before = Fraction(0)
    for place in [None, *order]:
        if place is not None:
            values[place] = asked.key[place]
        texts = [value if isinstance(value, str) else text_of(value) for value in values]
        nested = np.array(texts, dtype=object).reshape(asked.shape).tolist()
        score = check(checker, nested).score.value
        assert 0 <= before <= score <= 1
        before = score
    assert before == 1


@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_looking_for_no_mistakes_never_raises_a_score(
    asked: Question, random_: random.Random
) -> None:
    checker = CHECKERS[asked.id]
    values = random_.choice(hypotheses(checker))
    text = written(values.values, values.shape)
    plain = _without(asked)
    assert check(plain, text).score.value <= check(checker, text).score.value


def _without(asked: Question) -> Checker:
    if asked.id not in WITHOUT:
        bare = _respelled(asked, "catalogue: {enable: []}")
        WITHOUT[asked.id] = Checker(bare)
    return WITHOUT[asked.id]


WITHOUT: dict[str, Checker] = {}


def _respelled(asked: Question, more: str) -> Question:
    import msgspec
    import yaml

    data = msgspec.to_builtins(asked.file)
    data.pop("catalogue", None)
    return loads(yaml.safe_dump(data, sort_keys=False) + more + "\n")


@pytest.mark.parametrize("blank", ["", " ", "?", "7x"])
def test_blank_and_unreadable_cells_are_worth_what_wrong_ones_are(blank: str) -> None:
    values = list(map(text_of, PLAIN.key))
    wrong = [*values[:4], "1000003", *values[5:]]
    empty = [*values[:4], blank, *values[5:]]
    scores = [
        check(CHECKERS["plain"], np.array(v, dtype=object).reshape(3, 3)).score.value
        for v in (wrong, empty)
    ]
    assert scores == [Fraction(8, 9), Fraction(8, 9)]


def test_one_bad_cell_voids_nothing() -> None:
    values = list(map(text_of, PLAIN.key))
    values[3] = "9^9^9"
    checked = check(CHECKERS["plain"], np.array(values, dtype=object).reshape(3, 3))
    assert checked.count(Verdict.CORRECT) == 8
    assert checked.cells[3].verdict is Verdict.INVALID
    assert checked.diagnosis.confidence is Confidence.NONE


@pytest.mark.parametrize(
    ("text", "key", "rounding", "verdict", "mode"),
    [
        ("0.67", Fraction(2, 3), None, "rounded", "half-up/half-even"),
        ("0.66", Fraction(2, 3), None, "rounded", "truncated"),
        ("0.65", Fraction(2, 3), None, "wrong", ""),
        ("2.5", Fraction(5, 2), None, "correct", ""),
        ("3", Fraction(5, 2), None, "wrong", ""),
        ("3", Fraction(5, 2), Rounding(places=0), "correct", "half-up"),
        ("2", Fraction(5, 2), Rounding(places=0), "correct", "half-even/truncated"),
        ("2", Fraction(5, 2), Rounding(places=0, mode="half-up"), "rounded", "half-even/truncated"),
        ("-0.13", Fraction(-1, 8), Rounding(places=2, mode="half-up"), "correct", "half-up"),
        ("-0.12", Fraction(-1, 8), Rounding(places=2, mode="half-up"), "rounded", "half-even/trun"),
        ("0.3", Fraction(1, 3), Rounding(places=2), "rounded", "half-up/half-even/truncated"),
        ("0.3333", Fraction(1, 3), Rounding(places=2), "correct", "half-up/half-even/truncated"),
        ("1230", Fraction(12345, 10), Rounding(digits=3), "correct", "half-up/half-even/truncated"),
        ("0.0012", Fraction(1, 800), Rounding(digits=2), "correct", "half-even/truncated"),
        ("0", Fraction(99, 100), Rounding(digits=1), "wrong", ""),
        ("0.0", Fraction(1, 16), None, "wrong", ""),
        ("0.0", Fraction(1, 50), Rounding(places=1), "correct", "half-up/half-even/truncated"),
        ("123460", 123456, Rounding(digits=3), "correct", "half-up/half-even"),
        ("123500", 123456, Rounding(digits=3), "correct", "half-up/half-even"),
        ("1235", Fraction(123456, 100), Rounding(digits=3), "correct", "half-up/half-even"),
        ("201", 200, Rounding(places=0), "wrong", ""),
    ],
)
def test_rounded_numbers(
    text: str, key: Fraction, rounding: Rounding | None, verdict: str, mode: str
) -> None:
    judged = judge(read(text, Rules()), key, rounding)
    assert (judged.verdict.value, judged.mode[:14]) == (verdict, mode[:14])


@pytest.mark.parametrize(
    ("text", "form", "verdict"),
    [
        ("2(a+b)", "any", "correct"),
        ("2(a+b)", "expanded", "equivalent"),
        ("2a+2b", "expanded", "correct"),
        ("4/2 a+2b", "lowest", "equivalent"),
    ],
)
def test_forms(text: str, form: Any, verdict: str) -> None:
    rules = Rules(frozenset("ab"))
    key = read("2a+2b", rules).value
    assert key is not None
    assert judge(read(text, rules), key, form=form).verdict.value == verdict


@pytest.mark.parametrize(
    ("answer", "shape"),
    [
        ("1 2; 3 4", (2, 2)),
        ("1 2 3 4", (1, 4)),
        ("1; 2; 3; 4", (4, 1)),
        ("1 2; 3 4;; 5 6; 7 8", (2, 2, 2)),
    ],
)
def test_shapes_of_answers(answer: str, shape: tuple[int, ...]) -> None:
    assert check(CHECKERS["plain"], answer).shape == shape


def test_a_column_is_read_as_a_signal() -> None:
    text = "\n".join(map(text_of, SIGNAL.key))
    checked = check(CHECKERS["signal"], text)
    assert checked.score.value == 1
    assert checked.notices == ("your column was read as a row",)


def test_a_ragged_row_leaves_the_others() -> None:
    rows = [list(map(text_of, PLAIN.key[n : n + 3])) for n in (0, 3, 6)]
    checked = check(
        CHECKERS["plain"], "\n".join(",".join(row[: 3 - (row is rows[1])]) for row in rows)
    )
    verdicts = [each.verdict.value for each in checked.cells]
    assert verdicts == ["correct"] * 3 + ["invalid"] * 3 + ["correct"] * 3


def test_planes_of_different_sizes_are_refused() -> None:
    checked = check(CHECKERS["layer"], "1 2; 3 4\n\n5 6 7; 8 9 1; 2 3 4")
    assert isinstance(checked.fault, AnswerError)
    assert checked.fault.code == "ragged"
    assert not checked.graded


def test_a_right_answer_that_is_also_a_mistake_has_full_marks() -> None:
    box = question("box", "convolution", "input: 1 2 3; 4 5 6; 7 8 9\nkernel: 1 1; 1 1\n")
    checked = check(box, written(box.key, box.shape))
    assert checked.score.value == 1
    assert checked.diagnosis.confidence is Confidence.NONE


def test_what_cannot_be_told_apart_is_named_together() -> None:
    sobel = question(
        "sobel",
        "convolution",
        "input: 3 1 4 1 5; 9 2 6 5 3; 5 8 9 7 9; 3 2 3 8 4; 6 2 6 4 3\n"
        "kernel: -1 0 1; -2 0 2; -1 0 1\noptions: {padding: valid}\n",
    )
    values = [-value for value in sobel.key]
    found = check(sobel, written(values, sobel.shape)).diagnosis
    ids = {id_ for member in found.named for id_ in member.ids}
    assert found.confidence is Confidence.AMBIGUOUS
    assert {"flip_omitted", "negated"} <= ids


def test_no_mistake_is_named_for_one_cell() -> None:
    one = question(
        "one", "convolution", "input: 1 2; 3 5\nkernel: 1 2; 4 7\noptions: {padding: valid}\n"
    )
    for hypothesis in hypotheses(Checker(one)):
        found = check(one, written(hypothesis.values, hypothesis.shape)).diagnosis
        assert found.confidence is not Confidence.CERTAIN or len(hypothesis.values) > 1


def test_align_keeps_what_it_cannot_place() -> None:
    from symconv.homework.reading.grids import split

    aligned = align(split("1,2\n3"), (2, 2))
    assert aligned.texts == ("1", "2", "3", "")
    assert aligned.astray == {2, 3}


def test_work_that_goes_wrong_on_the_way() -> None:
    asked = question(
        "work",
        "correlation",
        "input: 1 2 3; 4 5 6\nkernel: 1 1; 0 1\nanswer: {work: true}\n",
    )
    checked = check(asked, "1*1+2*1+5 = 8, 2+3+6 = 12")
    assert [each.verdict.value for each in checked.cells] == ["correct", "wrong"]
    assert [each.slip for each in checked.cells] == [None, 1]


def test_letters_in_any_order_and_spelling() -> None:
    checked = check(CHECKERS["letters"], _spelled())
    assert checked.score.value == 1


def _spelled() -> list[list[str]]:
    rows = np.array(list(map(text_of, LETTERS.key)), dtype=object).reshape(LETTERS.shape)
    turned = [[" + ".join(reversed(cell.split(" + "))) for cell in row] for row in rows]
    assert questions.LETTERS is LETTERS
    return turned


def test_copying_the_input_earns_nothing() -> None:
    asked = question(
        "copied",
        "convolution",
        "input: 9 9 6 9; 9 3 8 7; 9 6 6 6; 8 3 7 8\nkernel: 3 -1 -1; -1 -2 -1; 1 -1 -1\n"
        "options: {padding: same}\n",
    )
    assert check(asked, "9 9 6 9; 9 3 8 7; 9 6 6 6; 8 3 7 8").score.value == 0


def test_points_and_weights() -> None:
    asked = question(
        "weighted",
        "correlation",
        "input: 1 2 3; 4 5 6\nkernel: 1 1; 0 1\nweights: 1 3\ncredit: {points: 5/2}\n",
    )
    checked = check(asked, "0 11")
    assert checked.score.value == Fraction(3, 4)
    assert checked.points == Fraction(15, 8)
    nothing = question(
        "whole",
        "correlation",
        "input: 1 2 3; 4 5 6\nkernel: 1 1; 0 1\ncredit: {all_or_nothing: true}\n",
    )
    assert check(nothing, "0 11").score.value == 0


def test_a_mistake_that_a_teacher_names() -> None:
    asked = _respelled(
        PADDED,
        "catalogue: {custom: [{id: seen, says: I saw this, answer: "
        + repr("; ".join(" ".join(["7"] * 5) for _ in range(3)))
        + "}]}",
    )
    checked = check(asked, "; ".join(" ".join(["7"] * 5) for _ in range(3)))
    assert [h.ids for h in checked.diagnosis.named] == [("seen",)]
