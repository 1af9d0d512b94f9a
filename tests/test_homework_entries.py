"""One entry of a question used otherwise in every cell, against plain loops over its numbers."""

from __future__ import annotations

import copy
import gc
import itertools
import weakref
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symconv.homework.judging import entries
from symconv.homework.judging.check import Checked, Checker
from symconv.homework.judging.diagnosis import Confidence
from symconv.homework.judging.entries import EntrySlip, explain
from symconv.homework.judging.feedback import feedback
from symconv.homework.questions.load import loads
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Submission, Written
from symconv.homework.reading.polynomials import Value, letter, text_of
from tests.test_homework_slips import ASKED, CASES, PLAIN, Asked, at, grid, named, sizes

Index = tuple[int, ...]


def ask(text: str) -> Question:
    return loads(f"schema: symconv-question/1\nid: test\n{text}")


def answered(asked: Asked) -> list[Any]:
    """Return the answer by plain loops."""
    return [
        sum(asked.pixel(pixel) * w for _, _, pixel, w in asked.spots(place))
        + (asked.bias[place[0]] if asked.bias else 0)
        for place in asked.places()
    ]


def changed(asked: Asked, which: str, edit: Callable[[Any], None]) -> list[Any]:
    """Return the answer of somebody who changed the input, the kernel or the bias."""
    other = copy.deepcopy(asked)
    edit(getattr(other, which))
    return answered(other)


def put(index: Index, value: Any) -> Callable[[Any], None]:
    def edit(values: Any) -> None:
        at(values, index[:-1])[index[-1]] = value

    return edit


def kernel_entries(asked: Asked) -> Iterator[tuple[Index, str]]:
    """Yield the index of every kernel entry, and what it is called."""
    layered = len(sizes(asked.w)) == asked.spatial + 2
    for index in itertools.product(*map(range, sizes(asked.w))):
        filter_, depth, *tap = index if layered else (0, 0, *index)
        several = f" of filter {filter_ + 1}" if len(asked.layer()[1]) > 1 else ""
        yield index, f"{named(asked, depth, tuple(tap))} of the kernel{several}"


def wrong(question: Question, values: Sequence[Any]) -> int:
    return sum(value != key for value, key in zip(values, question.key, strict=True))


def only(found: tuple[EntrySlip, ...]) -> tuple[str, str, bool]:
    (slip,) = found
    return slip.id, slip.says, slip.sure


INSTEAD = "instead of what the question gives"


@CASES
def test_a_kernel_entry_used_otherwise_is_found(asked: Asked) -> None:
    question = asked.question()
    for index, name in kernel_entries(asked):
        v = at(asked.w, index)
        for used, kind, says in (
            (v + 1234, "kernel_entry", f"was used as {v + 1234} {INSTEAD}"),
            (-v, "kernel_entry_sign", "was used with the other sign"),
            (0, "kernel_entry_dropped", "was left out"),
        ):
            values = changed(asked, "w", put(index, used))
            found = [(slip.id, slip.says) for slip in explain(question, values)]
            seen = wrong(question, values) > 1 and len(set(values)) > 1
            assert ((kind, f"{name} {says}") in found) == seen


@CASES
def test_an_input_entry_used_otherwise_is_found(asked: Asked) -> None:
    question, tried = asked.question(), 0
    words = {1: ["position"], 2: ["row", "column"], 3: ["plane", "row", "column"]}[asked.spatial]
    words = ["channel", *words] if len(sizes(asked.x)) > asked.spatial else words
    for index in itertools.product(*map(range, sizes(asked.x))):
        v = at(asked.x, index)
        values = changed(asked, "x", put(index, v + 1234))
        if wrong(question, values) < 2:
            assert explain(question, values) == ()
            continue
        name = ", ".join(f"{word} {i + 1}" for word, i in zip(words, index, strict=True))
        found = {slip.says for slip in explain(question, values)}
        assert f"{name} of the input was used as {v + 1234} {INSTEAD}" in found
        dropped = {slip.says for slip in explain(question, changed(asked, "x", put(index, 0)))}
        assert f"{name} of the input was left out" in dropped
        tried += 1
    assert tried or len(question.key) < 6


def test_two_kernel_entries_that_changed_places_everywhere() -> None:
    question = PLAIN.question()
    places = list(itertools.product(range(2), range(3)))
    for one, two in itertools.combinations(places, 2):

        def swap(w: Any, one: Index = one, two: Index = two) -> None:
            (i, j), (k, m) = one, two
            w[i][j], w[k][m] = w[k][m], w[i][j]

        found = explain(question, changed(PLAIN, "w", swap))
        names = " and ".join(f"row {i + 1}, column {j + 1}" for i, j in (one, two))
        says = f"{names} of the kernel changed places"
        assert only(found) == ("kernel_entries_swapped", says, True)


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_lines_of_the_kernel_that_changed_places(pair: tuple[int, int]) -> None:
    a, b = pair
    asked = Asked(grid(40, 1, 90, 6, 7), grid(41, -30, 30, 3, 3))
    question = asked.question()

    def rows(w: Any) -> None:
        w[a], w[b] = w[b], w[a]

    def columns(w: Any) -> None:
        for row in w:
            row[a], row[b] = row[b], row[a]

    for edit, word in ((rows, "row"), (columns, "column")):
        says = f"{word}s {a + 1} and {b + 1} of the kernel changed places"
        expected = (f"kernel_{word}s_swapped", says, True)
        assert only(explain(question, changed(asked, "w", edit))) == expected


def test_a_filter_and_a_channel_are_named() -> None:
    asked = ASKED["channels"]
    question = asked.question()

    def rows(w: Any) -> None:
        w[1][0].reverse()

    assert only(explain(question, changed(asked, "w", rows)))[:2] == (
        "kernel_rows_swapped",
        "rows 1 and 2 of channel 1 of the kernel of filter 2 changed places",
    )
    assert only(explain(question, changed(asked, "bias", put((1,), 7))))[:2] == (
        "bias_entry",
        f"the bias of filter 2 was used as 7 {INSTEAD}",
    )


def test_of_large_kernels_neighbours_and_lines_change_places() -> None:
    asked = Asked(grid(42, 1, 900, 7, 7), grid(43, 1, 900, 4, 4))
    question = asked.question()
    for k, m in [(0, 1), (1, 0), (2, 3)]:

        def swap(w: Any, k: int = k, m: int = m) -> None:
            w[0][0], w[k][m] = w[k][m], w[0][0]

        assert bool(explain(question, changed(asked, "w", swap))) == (k + m == 1)


def test_cells_without_a_value_speak_neither_for_nor_against() -> None:
    question = PLAIN.question()
    values: list[Any] = changed(PLAIN, "w", put((1, 1), 77))
    for hidden in range(9):
        some = [None if n == hidden else value for n, value in enumerate(values)]
        assert only(explain(question, some))[0] == "kernel_entry"
    assert explain(question, [None] * 5 + values[5:]) == ()


def test_one_other_slip_is_enough_to_say_nothing() -> None:
    question = PLAIN.question()
    for place in range(9):
        values = changed(PLAIN, "w", put((1, 1), 77))
        values[place] += 1
        assert explain(question, values) == ()


def test_a_number_of_another_kind_is_no_entry_miscopied() -> None:
    x = (20, 40, 60, 80)
    question = ask(f"op: correlation\ninput: {' '.join(map(str, x))} 7\nkernel: 3 5\n")
    half, whole = (
        [key + more * each for key, each in zip(question.key, x, strict=True)]
        for more in (Fraction(1, 2), 1)
    )
    assert explain(question, half) == ()
    assert only(explain(question, whole))[1] == f"position 1 of the kernel was used as 4 {INSTEAD}"


@pytest.mark.parametrize(
    ("pixel", "used", "cells", "sure"),
    [((0, 1), 0, 2, False), ((0, 2), 0, 3, True), ((0, 2), 7, 3, False), ((1, 1), 7, 4, True)],
)
def test_how_many_cells_it_takes_to_be_sure(
    pixel: Index, used: int, cells: int, sure: bool
) -> None:
    """Of 6 entries, 19 swaps and 20 pixels 16² < 20·45 < 16³; a number of its own takes a cell."""
    question, values = PLAIN.question(), changed(PLAIN, "x", put(pixel, used))
    assert wrong(question, values) == cells
    assert [slip.sure for slip in explain(question, values)] == [sure]


def test_two_cells_do_not_make_a_free_number_sure() -> None:
    question = ask("op: correlation\ninput: 1 3 9 4 7\nkernel: 2 5\noptions: {padding: valid}\n")
    values = [key + d for key, d in zip(question.key, (10, 4, 0, 0), strict=True)]
    assert only(explain(question, values)) == (
        "input_entry",
        f"position 2 of the input was used as 5 {INSTEAD}",
        False,
    )


def test_a_number_that_would_tell_a_key_is_left_out() -> None:
    question = ask("op: correlation\ninput: 1 3 9 4 7\nkernel: 2 5\noptions: {padding: valid}\n")
    values = [key + 17 * x - 2 * x for key, x in zip(question.key, (1, 3, 9, 4), strict=True)]
    assert question.key[0] == 17
    assert only(explain(question, values))[1] == (
        "position 1 of the kernel was used as something else than the question gives"
    )


def test_entries_that_nobody_can_tell_apart() -> None:
    question = ask("op: correlation\ninput: 2 2 2 2 2\nkernel: 3 5\noptions: {padding: same}\n")
    both = [16, 16, 16, 16]
    assert list(question.key[:4]) == both
    assert explain(question, [*(key + 2 for key in both), 8]) != ()
    flat = ask("op: correlation\ninput: 2 2 2 2\nkernel: 3 5 7 1\noptions: {padding: 2}\n")
    assert explain(flat, [key + 1 for key in flat.key]) == ()


def test_a_question_is_not_kept_alive() -> None:
    question = PLAIN.question()
    explain(question, changed(PLAIN, "w", put((0, 0), 5)))
    gone = weakref.ref(question)
    del question
    gc.collect()
    assert gone() is None


def test_of_many_effects_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = changed(PLAIN, "w", put((0, 0), 500))
    pixel = changed(PLAIN, "x", put((1, 2), 500))
    for most, seen in ((0, (0, 0)), (60, (1, 0)), (10_000, (1, 1))):
        monkeypatch.setitem(entries.MOST_EFFECTS, False, most)
        question = PLAIN.question()
        assert tuple(len(explain(question, each)) for each in (kernel, pixel)) == seen


# Letters


LETTERS = ask(
    "op: convolution\ninput: a b c d; e f g h; i j k l\nkernel: w x; y z\n"
    "options: {padding: valid}\nsymbols: a b c d e f g h i j k l w x y z q\n"
)


def renamed(question: Question, names: dict[str, Value]) -> list[Value]:
    """Return the key with letters put in for letters, by plain products."""
    found = []
    for key in question.key:
        total: Value = 0
        for monomial, factor in key.terms.items():  # type: ignore[union-attr]
            product: Value = factor
            for name in monomial:
                product = product * names.get(name, letter(name))
            total = total + product
        found.append(total)
    return found


@pytest.mark.parametrize(("one", "other"), [("w", "x"), ("w", "z"), ("b", "f"), ("x", "g")])
def test_letters_exchanged_throughout(one: str, other: str) -> None:
    values = renamed(LETTERS, {one: letter(other), other: letter(one)})
    says = f"the letters {one} and {other} were exchanged"
    assert only(explain(LETTERS, values)) == ("letters_swapped", says, True)


@pytest.mark.parametrize(("one", "other"), [("w", "x"), ("w", "q"), ("f", "e"), ("z", "f")])
def test_one_letter_written_for_another(one: str, other: str) -> None:
    values = renamed(LETTERS, {one: letter(other)})
    says = f"the letter {other} was written where the letter {one} belongs"
    assert only(explain(LETTERS, values)) == ("letter_replaced", says, True)


def test_a_letter_dropped_turned_or_made_a_number() -> None:
    for value, kind in ((0, "kernel_entry_dropped"), (-letter("x"), "kernel_entry_sign")):
        assert only(explain(LETTERS, renamed(LETTERS, {"x": value})))[0] == kind
    assert only(explain(LETTERS, renamed(LETTERS, {"x": 3})))[1] == (
        f"row 1, column 2 of the kernel was used as 3 {INSTEAD}"
    )


def test_numbers_among_letters() -> None:
    question = ask("op: correlation\ninput: a b c d e\nkernel: 2 -3\noptions: {padding: valid}\n")
    a, b, c, d, e = map(letter, "abcde")
    values = [2 * one + 4 * two for one, two in itertools.pairwise((a, b, c, d, e))]
    assert only(explain(question, values))[1] == f"position 2 of the kernel was used as 4 {INSTEAD}"
    odd = [2 * one + a * two for one, two in itertools.pairwise((a, b, c, d, e))]
    assert explain(question, odd) == ()


# What is told of an answer


def told(question: Question, values: Sequence[Any]) -> Checked:
    width = question.shape[-1]
    cells = list(map(text_of, values))
    rows = tuple(tuple(cells[n : n + width]) for n in range(0, len(cells), width))
    return Checker(question).check(Submission("me", Written((rows,))))


def test_an_entry_is_told_where_no_mistake_explains_the_answer() -> None:
    question = PLAIN.question()
    checked = told(question, changed(PLAIN, "w", put((0, 1), 99)))
    assert checked.diagnosis.confidence is Confidence.NONE
    found = feedback(checked, "label")
    assert found.diagnosis == f"Row 1, column 2 of the kernel was used as 99 {INSTEAD}."
    assert found.confidence == "certain"
    assert found.hint == "Next: copy the kernel from the question once more, and compare."
    assert not any(cell.says for cell in found.cells)
    assert checked.score.value == 0
    assert feedback(checked, "cells").diagnosis == ""


def test_a_certain_mistake_goes_before_an_entry() -> None:
    asked = Asked(grid(50, 1, 90, 3, 4), grid(51, 1, 30, 1, 2), [9])
    checked = told(asked.question(), changed(asked, "bias", put((0,), 0)))
    assert checked.diagnosis.confidence is Confidence.CERTAIN
    assert checked.diagnosis.named[0].ids == ("bias_omitted",)
    assert checked.entries == ()


def test_two_entries_and_a_guess_are_told_as_such() -> None:
    question = PLAIN.question()
    values = [key + 1 for key in question.key]
    checked = told(question, values)

    def said(*slips: EntrySlip) -> str:
        import dataclasses

        return feedback(dataclasses.replace(checked, entries=slips), "label").diagnosis

    one, two = EntrySlip("bias_entry", "one", True), EntrySlip("input_entry", "two", True)
    assert said(one, two) == "Either (1) one or (2) two; this question cannot tell them apart."
    assert said(EntrySlip("bias_entry", "one", False)) == "Perhaps one."


@st.composite
def asks(draw: st.DrawFn) -> Asked:
    """Return a question of at least six cells, its kernel of different entries."""
    height, width = draw(st.integers(3, 5)), draw(st.integers(4, 5))
    entry = st.integers(1, 60)
    x = [[draw(entry) for _ in range(width)] for _ in range(height)]
    size = draw(st.sampled_from([(2, 2), (1, 3), (2, 3)]))
    numbers = st.lists(
        st.integers(-40, 40).filter(bool), min_size=6, max_size=6, unique_by=lambda n: n
    )
    flat = draw(numbers)
    w = [flat[n * size[1] : (n + 1) * size[1]] for n in range(size[0])]
    return Asked(x, w, op=draw(st.sampled_from(["correlation", "convolution"])))


@settings(deadline=None, max_examples=80)
@given(asks(), st.data())
def test_an_entry_is_found_or_a_mistake_explains_it(asked: Asked, data: st.DataObject) -> None:
    """Nothing else is named with certainty for an entry that somebody miscopied."""
    question = asked.question()
    index, name = data.draw(st.sampled_from(list(kernel_entries(asked))))
    used = data.draw(st.integers(-99, 99))
    assume(used != at(asked.w, index))
    values = changed(asked, "w", put(index, used))
    checked = told(question, values)
    if len(set(values)) == 1 or checked.diagnosis.confidence is not Confidence.NONE:
        return
    assert any(slip.says.startswith(name) for slip in explain(question, values))


@settings(deadline=None, max_examples=150)
@given(asks(), st.data())
def test_random_wrong_answers_are_not_named_with_certainty(
    asked: Asked, data: st.DataObject
) -> None:
    question = asked.question()
    slip = st.one_of(st.integers(-300, 300), st.sampled_from([-1, 1, 10, -10]))
    places = st.lists(st.integers(0, len(question.key) - 1), min_size=2, unique=True)
    values: list[Any] = list(question.key)
    for place in data.draw(places):
        values[place] += data.draw(slip)
    assume(not made_by_one_entry(asked, values))
    found = explain(question, values)
    assert not any(slip.sure for slip in found)


def made_by_one_entry(asked: Asked, values: Sequence[Any]) -> bool:
    """Tell, by trying, whether a whole number in one place of the question gives an answer."""
    for which in ("w", "x"):
        numbers = getattr(asked, which)
        for index in itertools.product(*map(range, sizes(numbers))):
            base, one = (
                changed(asked, which, put(index, at(numbers, index) + more)) for more in (0, 1)
            )
            ratios = {
                None if b == a else (v - a) / (b - a)
                for a, b, v in zip(base, one, values, strict=True)
                if b != a or v != a
            }
            if len(ratios) == 1 and None not in ratios:
                return True
    return False
