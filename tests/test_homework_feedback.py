"""What students are told, level by level; where the windows of symbolic answers lie."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import AnswerError
from symconv.homework.judging import sentences, windows
from symconv.homework.judging.check import Checked, Checker
from symconv.homework.judging.diagnosis import Confidence, Diagnosis
from symconv.homework.judging.explanations import explain
from symconv.homework.judging.feedback import LEVELS, Feedback, feedback
from symconv.homework.judging.hypotheses import Hypothesis
from symconv.homework.judging.placements import localise
from symconv.homework.judging.sentences import next_step
from symconv.homework.questions.load import loads
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Submission, Written
from symconv.homework.reading.polynomials import Value, letter, text_of
from symconv.mistakes import NAMES, Family, Mistake

Pair = tuple[int, ...]


def ask(text: str) -> Question:
    return loads(f"schema: symconv-question/1\nid: test\n{text}")


def told(question: Question, answer: str) -> Checked:
    """Return an answer judged; rows are parted by `;`, cells by blanks."""
    rows = tuple(tuple(row.split()) for row in answer.split(";"))
    return Checker(question).check(Submission("me", Written((rows,))))


NUMBERS = ask("""
op: correlation
input: 17 23 31 45; 52 64 78 91; 88 73 62 59
kernel: 21 -34; 43 57
""")


# Localisation


def letters(height: int, width: int, first: str) -> list[list[str]]:
    names = iter(f"{first}{n}" for n in range(1, 100))
    return [[next(names) for _ in range(width)] for _ in range(height)]


X, W = letters(6, 7, "x"), letters(2, 3, "w")


def symbolic(
    *, op: str = "correlation", stride: int = 1, dilation: int = 1, pad: int = 0
) -> Question:
    grids = ("; ".join(" ".join(row) for row in values) for values in (X, W))
    return ask(
        "op: {}\ninput: {}\nkernel: {}\n".format(op, *grids)
        + f"options: {{padding: {pad}, stride: {stride}, dilation: {dilation}}}\n"
    )


def reading(
    shape: Pair,
    *,
    start: Pair = (0, 0),
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
    turned: Sequence[int] = (),
    transposed: bool = False,
) -> list[Value]:
    """Return what somebody writes whose window goes like this, by plain loops."""
    kernel = [list(column) for column in zip(*W, strict=True)] if transposed else W
    height, width = len(kernel), len(kernel[0])
    values = []
    for i, j in itertools.product(*map(range, shape)):
        value: Value = 0
        for u, v in itertools.product(range(height), range(width)):
            row = i * stride[0] + start[0] + dilation[0] * (height - 1 - u if 0 in turned else u)
            column = j * stride[1] + start[1] + dilation[1] * (width - 1 - v if 1 in turned else v)
            if 0 <= row < len(X) and 0 <= column < len(X[0]):
                value = value + letter(kernel[u][v]) * letter(X[row][column])
        values.append(value)
    return values


def said(question: Question, values: Sequence[Value | None], shape: Pair | None = None) -> str:
    """Return the sentence without the pair that it shows."""
    return windows.sentence(question, values, shape).rpartition(": ")[2]


def late(shift: Pair) -> str:
    one, two = (
        f"{('no', 'one', 'two')[abs(by)]} {word}{'s' * (abs(by) > 1)}"
        for by, word in zip(shift, ("row", "column"), strict=True)
    )
    ways = ["late" if by > 0 else "early" for by in shift]
    if not any(shift):
        return ""
    if not all(shift):
        return f"your window starts {one if shift[0] else two} {ways[0] if shift[0] else ways[1]}"
    first = one if ways[0] == ways[1] else f"{one} {ways[0]}"
    return f"your window starts {first} and {two} {ways[1]}"


SHIFTS = list(itertools.product(range(-2, 3), repeat=2))


def test_the_loops_give_the_key() -> None:
    assert reading((5, 5)) == list(symbolic().key)
    turned = symbolic(op="convolution", stride=2, pad=1)
    assert turned.shape == (4, 4)
    key = reading((4, 4), start=(-1, -1), stride=(2, 2), turned=(0, 1))
    assert key == list(turned.key)
    wide = symbolic(dilation=2, pad=2)
    assert reading(wide.shape, start=(-2, -2), dilation=(2, 2)) == list(wide.key)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("pad", [0, 1])
def test_a_shifted_window(shift: Pair, pad: int) -> None:
    question = symbolic(pad=pad)
    start = (shift[0] - pad, shift[1] - pad)
    values = reading(question.shape, start=start)
    assert said(question, values) == late(shift)
    placed = {cell.index: cell.start for cell in localise(question, values)}
    assert len(placed) > len(values) / 2
    assert all(s == (i + start[0], j + start[1]) for (i, j), s in placed.items())


@pytest.mark.parametrize("op", ["correlation", "convolution"])
@pytest.mark.parametrize("turned", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("shift", [(0, 0), (1, -1)])
def test_a_kernel_read_the_other_way_round(op: str, turned: Sequence[int], shift: Pair) -> None:
    question = symbolic(op=op, pad=1)
    values = reading(question.shape, start=(shift[0] - 1, shift[1] - 1), turned=turned)
    flip = op == "convolution"
    order = [
        f"from its last {word} to its first" if not flip else f"from its first {word} to its last"
        for axis, word in enumerate(("row", "column"))
        if (axis in turned) != flip
    ]
    words = [f"your kernel is read {' and '.join(order)}"] if order else []
    assert said(question, values) == " and ".join([*words, *filter(None, [late(shift)])])


@pytest.mark.parametrize("asked", [1, 2, 3])
@pytest.mark.parametrize("moved", list(itertools.product((1, 2, 3), repeat=2)))
def test_another_stride(asked: int, moved: Pair) -> None:
    question = symbolic(stride=asked, pad=1)
    shape = (7 // max(moved), 6 // max(moved))
    values = reading(shape, start=(-1, -1), stride=moved)
    differ = [step != asked for step in moved]
    words = [
        f"you moved {step} {word}{'s' * (step > 1)} where the stride is {asked}"
        for step, word in zip(moved, ("row", "column"), strict=True)
        if step != asked
    ]
    if all(differ) and moved[0] == moved[1]:
        words = [words[0].replace("row", "step")]
    assert said(question, values, shape) == " and ".join(words)


@pytest.mark.parametrize("asked", [1, 2])
@pytest.mark.parametrize("apart", list(itertools.product((1, 2), repeat=2)))
def test_another_dilation(asked: int, apart: Pair) -> None:
    question = symbolic(dilation=asked)
    shape = (4, 3)
    values = reading(shape, dilation=apart)
    words = [
        f"the {word}s of your kernel stand {gap} apart where the dilation is {asked}"
        for gap, word in zip(apart, ("row", "column"), strict=True)
        if gap != asked
    ]
    if len(words) == 2:
        words = [words[0].replace("rows", "entries")]
    assert said(question, values, shape) == " and ".join(words)


@pytest.mark.parametrize("shift", [(0, 0), (0, 1), (2, 1)])
def test_a_transposed_kernel(shift: Pair) -> None:
    question, shape = symbolic(), (3, 4)
    values = reading(shape, start=shift, transposed=True)
    words = ["your kernel has its rows and columns swapped", late(shift)]
    assert said(question, values, shape) == " and ".join(filter(None, words))


def test_a_transposed_answer_and_a_transposed_input() -> None:
    question = symbolic()
    across = [reading((5, 5))[5 * j + i] for i in range(5) for j in range(5)]
    assert said(question, across) == "your answer has its rows and columns swapped"
    values = []
    for i, j in itertools.product(range(5), range(4)):
        pairs = ((W[u][v], X[j + v][i + u]) for u in range(2) for v in range(3))
        value: Value = 0
        for w, x in pairs:
            value = value + letter(w) * letter(x)
        values.append(value)
    assert said(question, values, (5, 4)) == "the input has its rows and columns swapped"


def test_an_answer_written_backwards() -> None:
    question = symbolic()
    backwards = reading((5, 5))[::-1]
    assert said(question, backwards) == (
        "your answer runs from its last row to its first and your answer runs from its last column "
        "to its first"
    )


def test_a_pair_is_shown_with_the_sentence() -> None:
    question = symbolic()
    assert windows.sentence(question, reading((5, 5), start=(1, 1))) == (
        "row 1, column 1 pairs w1 with x9: your window starts one row and one column late"
    )


def test_one_cell_that_lies_elsewhere() -> None:
    question = symbolic()
    values: list[Value | None] = list(question.key)
    values[6] = reading((5, 5), start=(0, 1))[6]
    assert windows.sentence(question, values) == (
        "row 2, column 2 pairs w1 with x10: there your window starts one column late"
    )
    values[7] = reading((5, 5), start=(0, 1))[7]
    assert said(question, values) == "there and in one more cell your window starts one column late"
    values[8] = reading((5, 5), start=(0, 1))[8]
    assert said(question, values) == "there and in 2 more cells your window starts one column late"
    values[9] = reading((5, 5), start=(1, 0))[9]
    assert windows.sentence(question, values) == ""


def test_most_cells_are_enough() -> None:
    question = symbolic()
    values: list[Value | None] = list(reading((5, 5), start=(0, 1)))
    values[3], values[7], values[11] = None, 5, letter("x1") * letter("w1") + letter("x1")
    values[20] = letter("w1") * letter("x42")
    assert said(question, values) == "your window starts one column late"


def test_products_left_out_do_not_matter() -> None:
    question = symbolic()
    values = [
        value - letter("w2") * letter(X[n // 5 + 1][n % 5 + 1]) * 3
        for n, value in enumerate(reading((5, 5), start=(1, 0)))
    ]
    assert said(question, values) == "your window starts one row late"


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    question = symbolic()
    assert windows.sentence(question, question.key) == ""
    assert windows.sentence(question, [None] * 25) == ""
    assert windows.sentence(question, [7] * 25) == ""
    assert localise(NUMBERS, NUMBERS.key) == ()
    squares = ask("op: correlation\ninput: a b a\nkernel: v w\n")
    assert localise(squares, squares.key) == ()
    shared = ask("op: correlation\ninput: a b c\nkernel: a v\n")
    assert localise(shared, shared.key) == ()
    scattered = [letter(W[n % 2][n % 3]) * letter(X[(n * n) % 6][(n * 5) % 7]) for n in range(25)]
    assert windows.sentence(question, scattered) == ""
    assert windows.sentence(question, question.key, (25,)) == ""


def test_windows_along_one_axis_and_of_layers() -> None:
    line = ask(
        "op: convolution\ninput: a b c d e f\nkernel: v w\noptions: {stride: 2, padding: 0}\n"
    )
    a, b, c, d, v, w = map(letter, "abcdvw")
    assert next(iter(line.key)) == a * w + b * v
    assert windows.sentence(line, [a * v + b * w, c * v + d * w, None]) == (
        "position 1 pairs v with a: your kernel is read from its first entry to its last"
    )
    assert said(line, [b * w + c * v]) == "your window starts one place late"
    layer = ask(
        "op: correlation\ninput: a b c; d e f\nkernel: [[s t, u v], [p q, y z]]\n"
        "bias: m n\noptions: {spatial: 1}\n"
    )
    b, c, e, f, s, t, u, v, m = map(letter, "bcefstuvm")
    assert layer.shape == (2, 2)
    values = [s * b + t * c + u * e + v * f + m, None, None, None]
    assert windows.sentence(layer, values) == (
        "filter 1, position 1 pairs s with b: your window starts one place late"
    )
    assert windows.sentence(layer, [s * e + t * f, None, None, None]) == ""


# Feedback


def answer(question: Question, changed: dict[int, str]) -> str:
    width = question.shape[-1]
    cells = [changed.get(n, text_of(key)) for n, key in enumerate(question.key)]
    return ";".join(" ".join(cells[n : n + width]) for n in range(0, len(cells), width))


def at(checked: Checked, level: Any) -> Feedback:
    return feedback(checked, level)


def test_a_right_answer_has_nothing_to_tell() -> None:
    checked = told(NUMBERS, answer(NUMBERS, {}))
    for level in LEVELS:
        found = at(checked, level)
        assert list(found.lines()) == []
        assert (found.score, found.points, found.worth) == ("1", "1", "1")


def test_the_question_sets_the_level() -> None:
    for level in LEVELS:
        question = ask(f"op: correlation\ninput: 1 2\nkernel: 3\nfeedback: {level}\n")
        assert feedback(told(question, "3 7")).level == level


def test_each_level_tells_more() -> None:
    checked = told(NUMBERS, answer(NUMBERS, {1: "7", 4: "1/0"}))
    key = NUMBERS.key
    unreadable = "    character 3: a division by 0; check what divides"
    assert list(at(checked, "score").lines()) == ["! row 2, column 2: 1/0", unreadable]
    marks = ["✗ row 1, column 2: 7", "! row 2, column 2: 1/0", unreadable]
    next_step = "Next: write row 2, column 2 in another way, so that it can be read."
    assert list(at(checked, "cells").lines()) == [*marks, next_step]
    assert list(at(checked, "label").lines()) == [*marks, next_step]
    one, two = (explain(NUMBERS, index).text for index in ((0, 1), (1, 1)))
    assert list(at(checked, "full").lines()) == [
        marks[0],
        f"    expected {key[1]}",
        f"    difference: {7 - int(str(key[1]))}",
        f"    {one}",
        marks[1],
        unreadable,
        f"    expected {key[4]}",
        f"    {two}",
        next_step,
    ]


def test_marks_and_verdicts_of_every_kind() -> None:
    question = ask(
        "op: correlation\ninput: 1/3 5/3 7/3 8/3 3 4 6\nkernel: 1\nanswer: {form: lowest}\n"
    )
    checked = Checker(question).check(
        Submission("me", Written(((("1/3", "10/6", "2.33", "2", "", "1/0", "6"),),)))
    )
    cells = at(checked, "cells").cells
    assert "".join(cell.mark for cell in cells) == "✓≈~✗·!✓"
    assert [cell.note for cell in cells[1:3]] == [
        "right value: cancel the fraction down",
        "right but rounded: write the exact value",
    ]
    assert {cell.mark for cell in at(checked, "score").cells} == {"!"}
    full = at(checked, "full").cells
    assert [cell.expected for cell in full] == ["", "5/3", "7/3", "8/3", "3", "4", ""]
    assert [cell.difference for cell in full] == ["", "", "-1/300", "-2/3", "", "", ""]
    assert [cell.explanation is not None for cell in full] == [False] * 3 + [True] * 3 + [False]


def test_another_shape() -> None:
    checked = told(NUMBERS, "1 2; 3 1/0")
    assert next(iter(at(checked, "score").lines())) == "! row 2, column 2: 1/0"
    lines = list(at(checked, "label").lines())
    assert lines[0] == ("Your answer is 2 rows of 2 numbers; 2 rows of 3 numbers were asked for.")
    assert lines[-1].startswith("Next: count how often")
    rows = answer(NUMBERS, {}).replace(";", "; ")
    assert f"expected {rows}" in list(at(checked, "full").lines())
    assert next(iter(at(told(NUMBERS, "1 2 3"), "cells").lines())) == (
        "Your answer is one row of 3 numbers; 2 rows of 3 numbers were asked for."
    )


def test_blocks_and_rows_are_no_filters_where_a_question_has_none() -> None:
    blocks = Submission("me", Written(((("1", "2", "1/0"),),) * 3))
    found = at(Checker(NUMBERS).check(blocks), "label")
    assert found.shape == (
        "Your answer is 3 blocks of 1 row with 3 numbers; 2 rows of 3 numbers were asked for."
    )
    assert found.cells[3].name == "block 2, row 1, column 1"
    line = ask("op: correlation\ninput: 1 2 3 4\nkernel: 5 6\noptions: {padding: valid}\n")
    found = at(told(line, "1 2; 3 4"), "label")
    assert found.shape == "Your answer is 2 rows of 2 numbers; one row of 3 numbers was asked for."
    assert [cell.name for cell in found.cells][1:3] == ["row 1, column 2", "row 2, column 1"]
    layer = ask(
        "op: correlation\ninput: 1 2 3; 4 5 6\nkernel: [[1 2, 3 4], [5 6, 7 8]]\n"
        "options: {spatial: 1}\n"
    )
    assert [cell.name for cell in at(told(layer, "1 2; 3 4"), "cells").cells][2] == (
        "filter 2, position 1"
    )


def test_an_answer_that_cannot_be_read() -> None:
    error = AnswerError("bad-json", "a bracket is missing", place="line 3", hint="close it")
    checked = Checker(NUMBERS).check(Submission("me", fault=error))
    for level in LEVELS:
        found = at(checked, level)
        assert list(found.lines()) == ["line 3: a bracket is missing; close it"]
        assert found.fault is not None
        assert found.fault.code == "bad-json"


def test_a_mistake_is_named_with_a_next_step() -> None:
    question = ask(
        "op: convolution\ninput: 1 2 3 4; 5 6 7 9; 2 0 1 4\nkernel: 1 2; 3 5\n"
        "options: {padding: valid}\n"
    )
    checked = told(question, "50 61 77; 23 25 48")
    found = at(checked, "label")
    assert found.mistakes == (("flip_omitted",),)
    assert found.confidence == "certain"
    assert found.diagnosis.endswith("without flipping it first.")
    assert found.diagnosis[0].isupper()
    assert found.hint.startswith("Next: write out one cell")
    assert not any(cell.says for cell in found.cells)
    for level in ("score", "cells"):
        silent = at(checked, level)
        assert (silent.diagnosis, silent.mistakes, silent.confidence) == ("", (), "")


def diagnosed(confidence: Confidence, *names: Sequence[str], unexplained: int = 0) -> str:
    """Return the sentence on mistakes, each with one name or two."""
    members = tuple(
        Hypothesis(
            tuple(Mistake(name, "custom", f"{name} happened", 3, Fraction(1, 2)) for name in pair),
            NUMBERS.shape,
            NUMBERS.key,
        )
        for pair in names
    )
    found = Diagnosis(confidence, members, evidence=4, unexplained=unexplained)
    checked = dataclasses.replace(told(NUMBERS, "1 2 3; 4 5 6"), diagnosis=found)
    return at(checked, "label").diagnosis


def test_how_surely_a_mistake_is_named() -> None:
    certain, ambiguous, possible = (
        Confidence.CERTAIN,
        Confidence.AMBIGUOUS,
        Confidence.POSSIBLE,
    )
    assert diagnosed(certain, ["a"]) == "A happened."
    assert diagnosed(certain, ["a", "b"]) == "A happened and b happened."
    assert diagnosed(certain, ["a"], ["b", "c"]) == "A happened."
    last = "; this question cannot tell them apart."
    assert diagnosed(ambiguous, ["a"], ["b"]) == f"Either (1) a happened or (2) b happened{last}"
    assert diagnosed(ambiguous, ["a"], ["b"], ["c"]) == (
        f"Either (1) a happened, (2) b happened or (3) c happened{last}"
    )
    assert diagnosed(ambiguous, *([n] for n in "abcde")) == (
        f"Either (1) a happened, (2) b happened, (3) c happened or (4) one of 2 others{last}"
    )
    assert diagnosed(ambiguous, *([n] for n in "abcd")) == (
        f"Either (1) a happened, (2) b happened, (3) c happened or (4) another one{last}"
    )
    assert diagnosed(ambiguous, ["a"], ["a"]) == "A happened."
    assert diagnosed(possible, ["a"], unexplained=1) == (
        "Perhaps a happened; 1 cell must have another reason."
    )
    assert diagnosed(possible, ["a"], ["b"], unexplained=2) == (
        "Perhaps (1) a happened or (2) b happened; 2 cells must have another reason."
    )
    assert diagnosed(possible, ["a"]) == "Perhaps a happened."
    assert diagnosed(possible, ["You"], ["I"], ["RGB"]) == (
        "Perhaps (1) you happened, (2) I happened or (3) RGB happened."
    )
    assert diagnosed(certain, ["You", "Somebody"]) == "You happened and somebody happened."


def test_every_mistake_has_a_next_step() -> None:
    steps = {
        name: next_step(Mistake(name, family, "", 3, Fraction(1, 2)))
        for family in get_args(Family)
        for name in NAMES
        if family != "custom"
    }
    assert all(re.fullmatch(r"Next: [a-z].*[.?]", step) for step in steps.values())
    assert "under each other" in steps["flattened"]
    assert "one row or one column" in steps["output_transposed"]
    assert next_step(Mistake("mine", "custom", "", 3, Fraction(1, 2))) == ""
    assert set(sentences._OF_MISTAKE) <= set(NAMES)


def test_a_mistake_that_a_teacher_named_has_the_next_step_of_its_cells() -> None:
    question = ask(
        "op: correlation\ninput: 1 2 3 4 5\nkernel: 1 2\noptions: {padding: valid}\n"
        "catalogue: {custom: [{id: mine, says: You did something else., answer: 9 7 1 3}]}\n"
    )
    found = at(told(question, "9 7 1 3"), "label")
    assert found.diagnosis == "You did something else."
    assert found.hint == "Next: work out position 1 again and write down every product."


def test_one_number_throughout_is_named_only_where_it_is_certain() -> None:
    negative = "op: correlation\ninput: 1 2 3 4; 5 6 7 9; 2 8 1 4\nkernel: -1 -2; -3 -5\n"
    found = at(told(ask(negative), "0 0 0; 0 0 0"), "label")
    assert found.diagnosis == "Negative numbers of the answer were replaced by zero."
    mine, other = (
        f"{{id: {name}, says: {name} happened, answer: 7 7 7; 7 7 7}}" for name in ("mine", "other")
    )
    for custom, says in ((mine, "Mine happened."), (f"{mine}, {other}", "")):
        question = ask(f"{negative}catalogue: {{custom: [{custom}]}}\n")
        found = at(told(question, "7 7 7; 7 7 7"), "label")
        assert (found.diagnosis, bool(found.mistakes)) == (says, bool(says))
    for n in (1, 7, 100):
        same = at(told(NUMBERS, f"{n} {n} {n}; {n} {n} {n}"), "label")
        assert (same.diagnosis, same.mistakes, same.confidence) == ("", (), "none")
        assert not any(cell.says for cell in same.cells)
        assert not told(NUMBERS, f"{n} {n}; {n} {n}").diagnosis.named


def test_one_number_throughout_is_no_slip_either() -> None:
    question = ask("op: correlation\ninput: 4 4 4 4 9\nkernel: 5 3\noptions: {padding: valid}\n")
    assert question.key == (32, 32, 32, 47)
    assert at(told(question, "32 32 32 74"), "label").cells[3].says != ()
    assert at(told(question, "32 32 32 32"), "label").cells[3].says == ()


def test_a_slip_is_told_where_few_cells_are_wrong() -> None:
    key = NUMBERS.key[2]
    assert isinstance(key, int)
    one = told(NUMBERS, answer(NUMBERS, {2: str(key - 57 * 91)}))
    says = ("It differs by 91·57, the product at the kernel's row 2, column 2: was it left out?",)
    hints = ("One product may be left out: the one at the kernel's row 2, column 2.",)
    assert at(one, "label").cells[2].says == hints
    assert at(one, "full").cells[2].says == says
    assert at(one, "cells").cells[2].says == ()
    all_ = {n: str(n + 1) for n in range(6)} | {2: str(key - 57 * 91)}
    assert at(told(NUMBERS, answer(NUMBERS, all_)), "label").cells[2].says == ()


def test_the_number_of_another_cell_is_told_where_that_cell_is_right() -> None:
    one, two = NUMBERS.key[1], NUMBERS.key[4]
    says = (f"Your {two} is what row 2, column 2 asks for: was it written in the wrong cell?",)
    right = told(NUMBERS, answer(NUMBERS, {1: str(two)}))
    assert at(right, "label").cells[1].says == at(right, "full").cells[1].says == says
    swapped = told(NUMBERS, answer(NUMBERS, {1: str(two), 4: str(one)}))
    assert at(swapped, "label").cells[1].says == ()
    assert at(swapped, "full").cells[1].says == says


def test_work_that_has_a_wrong_step_is_not_guessed_at() -> None:
    question = ask(
        "op: correlation\ninput: 2 3 5 7 9\nkernel: 4 6\nanswer: {work: true}\n"
        "options: {padding: valid}\n"
    )
    assert question.key == (26, 42, 62, 82)
    right = ("42", "62", "82")
    step, alone = (
        Checker(question).check(Submission("me", Written((((cell, *right),),))))
        for cell in ("2*4 + 3*6 = 62", "62")
    )
    assert at(alone, "label").cells[0].says != ()
    for level in ("label", "full"):
        found = at(step, level).cells[0]
        assert found.says == ()
        assert found.note == "the value changes at your equals sign number 1: check that step"


def test_a_step_of_the_work_is_pointed_at() -> None:
    question = ask("op: correlation\ninput: 2 3\nkernel: 4 5\nanswer: {work: true}\n")
    checked = Checker(question).check(Submission("me", Written(((("2*4 + 3*5 = 24",),),))))
    assert at(checked, "label").cells[0].note == (
        "the value changes at your equals sign number 1: check that step"
    )
    assert at(checked, "cells").cells[0].note == ""


def test_windows_are_told_where_no_mistake_says_it() -> None:
    question = symbolic()
    cells = list(map(text_of, question.key))
    cells[6] = text_of(reading((5, 5), start=(0, 1))[6])
    grid = tuple(tuple(cells[5 * n : 5 * n + 5]) for n in range(5))
    checked = Checker(question).check(Submission("me", Written((grid,))))
    assert at(checked, "label").windows == (
        "Row 2, column 2 pairs w1 with x10: there your window starts one column late."
    )
    assert at(checked, "cells").windows == ""


def test_feedback_is_plain_data() -> None:
    checked = told(NUMBERS, answer(NUMBERS, {1: "7", 4: "1/0"}))
    found = at(checked, "full")
    data = msgspec.json.encode(found)
    assert msgspec.json.decode(data, type=Feedback) == found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.score = "1"  # type: ignore[misc]


@st.composite
def wrongs(draw: st.DrawFn) -> tuple[Question, dict[int, str]]:
    """Return a question of large keys, and an answer with some wrong cells."""
    entry = st.integers(20, 99)
    height, width = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    grids = [
        "; ".join(" ".join(str(draw(entry)) for _ in range(columns)) for _ in range(rows))
        for rows, columns in ((height, width), (2, 2))
    ]
    op = draw(st.sampled_from(("correlation", "convolution")))
    bias = draw(st.sampled_from(("", "bias: 37\n")))
    pad = draw(st.sampled_from((0, 1)))
    question = ask(
        f"op: {op}\ninput: {grids[0]}\nkernel: {grids[1]}\n{bias}options: {{padding: {pad}}}\n"
    )
    places = st.integers(0, len(question.key) - 1)
    chosen = draw(st.lists(places, min_size=1, unique=True))
    x = [int(n) for n in grids[0].replace(";", " ").split()]
    slip = st.one_of(
        st.sampled_from(x).map(lambda n: -21 * n),
        st.integers(-99, 9999),
        st.sampled_from(question.key).map(lambda n: 10 * n),
    )
    changed = {place: str(question.key[place] + draw(slip)) for place in chosen}
    return question, changed


@settings(deadline=None, max_examples=60)
@given(wrongs())
def test_below_full_no_wrong_cell_tells_its_key(case: tuple[Question, dict[int, str]]) -> None:
    question, changed = case
    text = answer(question, changed)
    checked = told(question, text)
    own = set(re.findall("[0-9]+", text))
    hidden = {str(question.key[place]) for place in changed} - own
    for level in ("score", "cells", "label"):
        found = at(checked, level)
        shown = " ".join([*map(str, strings(found)), *found.lines()])
        assert not hidden & set(re.findall("[0-9]+", shown))
    full = " ".join(map(str, strings(at(checked, "full"))))
    assert hidden <= set(re.findall("[0-9]+", full))


@settings(deadline=None, max_examples=100)
@given(wrongs())
def test_below_full_no_text_holds_a_key_or_a_difference(
    case: tuple[Question, dict[int, str]],
) -> None:
    """Numbers of places are none of the answer's; a student's own numbers are no news."""
    question, changed = case
    text = answer(question, changed)
    checked = told(question, text)
    own = set(re.findall("[0-9]+", text))
    hidden = {
        str(number).removeprefix("-")
        for place, value in changed.items()
        for number in (question.key[place], int(value) - question.key[place])
        if number and value != str(question.key[place])
    }
    for level in ("score", "cells", "label"):
        found = at(checked, level)
        texts = dataclasses.replace(found, score="", points="", worth="")
        shown = " ".join([*map(str, strings(texts)), *found.lines()])
        bare = re.sub("(row|column|block|position|rows|columns) [0-9]+( and [0-9]+)?", "", shown)
        bare = re.sub("[0-9]+ cells? must|one of [0-9]+ others|[(][0-9][)]", "", bare)
        assert not (hidden - own) & set(re.findall("[0-9]+", bare))


def strings(value: Any) -> Iterator[Any]:
    """Yield every text of feedback, whatever field holds it."""
    if dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from strings(getattr(value, each.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_a_cell_is_worked_out_with_channels_bias_and_padding() -> None:
    question = ask(
        "op: convolution\ninput: 1 2 3; 4 5 6\nkernel: [[7 8, -9 1/2], [1 0, 0 1]]\n"
        "bias: -10 4\noptions: {spatial: 1, padding: 1}\n"
    )
    found = explain(question, (0, 0))
    assert found.text == "0·8 + 1·7 + 0·1/2 + 4·(-9) - 10 = -39"
    assert found.inputs == (None, (0, 0), None, (1, 0))
    assert (found.shape, found.window, found.kernel) == (
        (2, 2),
        ("0", "1", "0", "4"),
        ("8", "7", "1/2", "-9"),
    )
    assert (found.bias, found.total) == ("-10", "-39")
    for number, index in enumerate(question.cells()):
        assert explain(question, index).total == text_of(question.key[number])


def test_a_symbolic_cell_is_worked_out() -> None:
    question = ask("op: correlation\ninput: a 2 -c\nkernel: v w\nbias: p + q\n")
    assert [explain(question, (n,)).text for n in range(2)] == [
        "a·v + 2·w + (p + q) = av + p + q + 2w",
        "2·v + (-c)·w + (p + q) = -cw + p + q + 2v",
    ]
