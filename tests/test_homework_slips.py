"""Slips of single cells and exact residuals, against plain loops over the question's numbers."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.homework.judging import slips
from symconv.homework.judging.residuals import residual
from symconv.homework.questions.load import loads
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Value, letter, terms_of, text_of, total, value_of

Index = tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """A question as nested lists, and its products by plain loops."""

    x: Any
    w: Any
    bias: list[int] = field(default_factory=list)
    stride: int = 1
    dilation: int = 1
    before: int = 0
    groups: int = 1
    op: str = "correlation"
    spatial: int = 2

    def question(self) -> Question:
        """Return it as a question file gives it."""
        bias = f"bias: {' '.join(map(str, self.bias))}\n" if self.bias else ""
        return loads(
            "schema: symconv-question/1\nid: test\n"
            f"op: {self.op}\ninput: {rows(self.x)}\nkernel: {rows(self.w)}\n{bias}"
            f"options: {{padding: {self.before}, stride: {self.stride}, dilation: {self.dilation}, "
            f"groups: {self.groups}, spatial: {self.spatial}}}\n"
        )

    def layer(self) -> tuple[Any, Any]:
        """Return input and kernel with axes of channels and filters."""
        layered = depth(self.w) == self.spatial + 2
        return (self.x, self.w) if layered else ([self.x], [[self.w]])

    def spots(self, place: Index) -> Iterator[tuple[int, Index, Index, Any]]:
        """Yield (channel of the kernel, tap, pixel, kernel entry) of one output (filter, *o)."""
        _, w = self.layer()
        m, *out = place
        per_group = len(w) // self.groups
        for c, kernel in enumerate(w[m]):
            channel = m // per_group * len(w[m]) + c
            for tap in itertools.product(*map(range, sizes(kernel))):
                turned = tuple(
                    k - 1 - t if self.op == "convolution" else t
                    for t, k in zip(tap, sizes(kernel), strict=True)
                )
                pixel = tuple(
                    self.stride * o + self.dilation * t - self.before
                    for o, t in zip(out, turned, strict=True)
                )
                yield c, tap, (channel, *pixel), at(kernel, tap)

    def pixel(self, index: Index) -> Any:
        """Return an entry of the input, 0 outside it."""
        x = self.layer()[0]
        inside = all(0 <= i < size for i, size in zip(index, sizes(x), strict=True))
        return at(x, index) if inside else 0

    def places(self) -> list[Index]:
        """Return every output (filter, *o)."""
        x, w = self.layer()
        outs = [
            (n + 2 * self.before - self.dilation * (k - 1) - 1) // self.stride + 1
            for n, k in zip(sizes(x[0]), sizes(w[0][0]), strict=True)
        ]
        return list(itertools.product(range(len(w)), *map(range, outs)))


def depth(values: Any) -> int:
    return 1 + depth(values[0]) if isinstance(values, list) else 0


def sizes(values: Any) -> Index:
    return (len(values), *sizes(values[0])) if isinstance(values, list) else ()


def at(values: Any, index: Index) -> Any:
    for i in index:
        values = values[i]
    return values


def rows(values: Any) -> str:
    """Return nested lists as a question file writes them."""
    if depth(values) == 1:
        return '"' + " ".join(map(str, values)) + '"'
    return "[" + ", ".join(rows(part) for part in values) + "]"


def grid(seed: int, low: int, high: int, *shape: int) -> Any:
    """Return nested lists of numbers, none of them 0."""
    found = np.random.default_rng(seed).integers(low, high, shape)
    found[found == 0] = high
    return found.tolist()


PLAIN = Asked(grid(1, 1, 90, 4, 5), grid(2, -30, 30, 2, 3))
ASKED = {
    "rank-1": Asked(grid(3, 1, 99, 7), grid(4, -40, 40, 3), [17], stride=2, spatial=1),
    "rank-2": PLAIN,
    "flip": Asked(grid(5, 1, 90, 5, 6), grid(6, -30, 30, 3, 2), before=1, op="convolution"),
    "dilation": Asked(grid(7, 1, 90, 6, 7), grid(8, -30, 30, 2, 3), [5], dilation=2, before=2),
    "rank-3": Asked(grid(9, 1, 60, 2, 3, 4), grid(10, -30, 30, 2, 1, 2), spatial=3),
    "channels": Asked(
        grid(11, 1, 90, 2, 3, 4), grid(12, -30, 30, 2, 2, 2, 2), [70, -80], stride=2, before=1
    ),
    "groups": Asked(grid(13, 1, 90, 4, 3, 3), grid(14, -30, 30, 2, 2, 2, 2), [0, 41], groups=2),
}
CASES = pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
WORDS = {1: ["position"], 2: ["row", "column"], 3: ["plane", "row", "column"]}


def named(asked: Asked, c: int, tap: Index) -> str:
    words = WORDS[len(tap)]
    if len(asked.layer()[1][0]) > 1:
        words, tap = ["channel", *words], (c, *tap)
    return ", ".join(f"{word} {t + 1}" for word, t in zip(words, tap, strict=True))


def integer(value: Value) -> int:
    assert isinstance(value, int)
    return value


def found(question: Question, place: int, value: Value) -> dict[str, str]:
    return {slip.id: slip.says for slip in slips.of(question, place, value)}


@CASES
def test_the_key_is_the_sum_of_the_products_of_the_loops(asked: Asked) -> None:
    expected = [
        sum(asked.pixel(pixel) * w for _, _, pixel, w in asked.spots(place))
        + (asked.bias[place[0]] if asked.bias else 0)
        for place in asked.places()
    ]
    assert list(asked.question().key) == expected


@CASES
@pytest.mark.parametrize(
    ("kind", "times"), [("term_missing", -1), ("term_sign", -2), ("term_doubled", 1)]
)
def test_a_product_left_out_turned_or_doubled_is_found(asked: Asked, kind: str, times: int) -> None:
    question = asked.question()
    for number, place in enumerate(asked.places()):
        for c, tap, pixel, w in asked.spots(place):
            x = asked.pixel(pixel)
            size = abs(integer(question.key[number]))
            says = found(question, number, question.key[number] + times * x * w).get(kind)
            if not x:
                assert says is None
                continue
            assert says is not None
            mention = f"the product at the kernel's {named(asked, c, tap)}"
            others = " or " in says
            assert others or mention.removeprefix("the product ") in says
            written = f"{x}·{w}" if w > 0 else f"{x}·({w})"
            assert others or says.count(written) == (0 if size in hidden(x, w) else 1)


def hidden(x: int, w: int) -> tuple[int, ...]:
    return abs(x), abs(w), abs(x * w)


@CASES
def test_a_pixel_beside_the_right_one_is_found(asked: Asked) -> None:
    question, tried = asked.question(), 0
    padded = [range(-asked.before, size + asked.before) for size in sizes(asked.layer()[0][0])]
    for number, place in enumerate(asked.places()):
        for _, _, pixel, w in asked.spots(place):
            for axis, step in itertools.product(range(1, len(pixel)), (-1, 1)):
                beside = list(pixel)
                beside[axis] += step
                there, here = asked.pixel(tuple(beside)), asked.pixel(pixel)
                if beside[axis] in padded[axis - 1] and there not in (0, here):
                    value = question.key[number] + w * (there - here)
                    assert "neighbour_pixel" in found(question, number, value)
                    tried += 1
    assert tried


@CASES
def test_two_kernel_entries_that_changed_places_are_found(asked: Asked) -> None:
    question = asked.question()
    for number, place in enumerate(asked.places()):
        for one, two in itertools.combinations(asked.spots(place), 2):
            (c, _, p, v), (d, _, q, w) = one, two
            amount = (v - w) * (asked.pixel(q) - asked.pixel(p))
            if c == d and amount:
                assert "taps_swapped" in found(question, number, question.key[number] + amount)


@CASES
def test_a_missing_bias_and_a_lost_sign_are_found_first(asked: Asked) -> None:
    question = asked.question()
    for number, place in enumerate(asked.places()):
        key = question.key[number]
        bias = asked.bias[place[0]] if asked.bias else 0
        if key:
            assert slips.of(question, number, -key)[0].id == "sign_of_cell"
        assert ("bias_missing_in_cell" in found(question, number, key - bias)) == bool(bias)


def test_the_number_of_another_cell_is_found_with_its_name() -> None:
    question = PLAIN.question()
    assert question.shape == (3, 3)
    for here, there in itertools.permutations(range(9), 2):
        value = question.key[there]
        if value != question.key[here]:
            row, column = divmod(there, 3)
            assert found(question, here, value)["copied_cell"] == (
                f"Your {value} is what row {row + 1}, column {column + 1} asks for: was it written "
                "in the wrong cell?"
            )


def test_the_number_of_an_open_cell_is_not_hinted_at() -> None:
    question = PLAIN.question()
    for solved in ((), {1, 2}, {4}, {0, 4}):
        hints = {s.id: s.hints for s in slips.of(question, 7, question.key[4], solved)}
        assert bool(hints["copied_cell"]) == (4 in solved)
    assert slips.of(question, 7, question.key[4], {4})[-1].id == "copied_cell"


def test_no_hint_holds_an_amount() -> None:
    question = Asked([[20, 3], [50, 7]], [[40, 600], [9, 11]], [1000]).question()
    key = integer(question.key[0])
    hints = {
        slip.id: slip.hints
        for by in (-1000, -77, -154, 77, 40 * (3 - 20), (40 - 600) * (3 - 20))
        for slip in slips.of(question, 0, key + by)
        if slip.id not in ("digits_permuted", "digit_differs")
    }
    assert hints == {
        "bias_missing_in_cell": "The bias may be left out here.",
        "term_missing": f"One product may be left out: {ONE}.",
        "term_sign": f"One product may have the wrong sign: {ONE}.",
        "term_doubled": f"One product may be counted twice: {ONE}.",
        "neighbour_pixel": f"It fits if {FIRST} met the input one column later: look at what that "
        "entry meets.",
        "taps_swapped": f"It fits if {FIRST} and row 1, column 2 changed places: look at what they "
        "meet.",
    }


def test_a_filter_is_named_where_there_are_several() -> None:
    question = ASKED["groups"].question()
    assert question.shape == (2, 2, 2)
    assert (
        "what filter 2, row 1, column 2 asks" in found(question, 0, question.key[5])["copied_cell"]
    )


def single(key: str) -> Question:
    """Return a question of one cell: a kernel of one entry, which is 1."""
    return loads(
        f"schema: symconv-question/1\nid: one\nop: correlation\ninput: '{key}'\nkernel: '1'\n"
        "options: {padding: valid}\n"
    )


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("1234", 1324, "digits_permuted"),
        ("-152", -125, "digits_permuted"),
        ("1/8", Fraction(215, 1000), "digits_permuted"),
        ("12.5", 15.2, "digits_permuted"),
        ("5/4", Fraction(135, 100), "digit_differs"),
        ("1234", 1734, "digit_differs"),
        ("45", 55, "digit_differs"),
        ("12", 120, "power_of_ten"),
        ("12", Fraction(12, 100), "power_of_ten"),
        ("-1/3", Fraction(-1000, 3), "power_of_ten"),
    ],
)
def test_slips_of_digits_are_found(key: str, value: Any, kind: str) -> None:
    assert kind in found(single(key), 0, Fraction(str(value)))


@pytest.mark.parametrize(
    ("key", "value"),
    [("12", -21), ("5", 7), ("1/3", Fraction(1, 7)), ("105", 15), ("120", 345), ("0", 50)],
)
def test_other_numbers_are_no_slips_of_digits(key: str, value: Any) -> None:
    kinds = {"digits_permuted", "digit_differs", "power_of_ten"}
    assert not kinds & found(single(key), 0, value).keys()


def test_the_right_value_has_no_slip() -> None:
    question = PLAIN.question()
    assert slips.of(question, 4, question.key[4]) == ()


SYMBOLIC = """
schema: symconv-question/1
id: letters
op: convolution
input: a b c; d e f
kernel: v w; 2 -z
bias: u
options: {padding: valid}
"""


def test_slips_of_symbolic_cells() -> None:
    question = loads(SYMBOLIC)
    a, b, d, e, v, w, z, u = map(letter, "abdevwzu")
    key = -(a * z) + 2 * b + d * w + e * v + u
    assert question.key[0] == key
    assert found(question, 0, key - d * w) == {
        "term_missing": "It differs by d·w, the product at the kernel's row 1, column 2: was it "
        "left out?"
    }
    assert found(question, 0, key + 2 * a * z) == {
        "term_sign": "It differs by twice a·(-z), the product at the kernel's row 2, column 2: has "
        "it the wrong sign?"
    }
    assert list(found(question, 0, key - u)) == ["bias_missing_in_cell"]
    assert list(found(question, 0, -key)) == ["sign_of_cell"]
    assert list(found(question, 0, question.key[1])) == ["copied_cell"]
    assert found(question, 0, key + (v - w) * (d - e)) == {
        "taps_swapped": "It fits if the kernel's row 1, column 1 and row 1, column 2 changed "
        "places: look at what they meet."
    }
    assert found(question, 0, key + v * (b - e)) == {
        "neighbour_pixel": "It fits if the kernel's row 1, column 1 met b, the input one row "
        "earlier: look at what that entry meets."
    }
    assert found(question, 0, key + 7) == {}
    assert found(question, 0, 7) == {}


FIRST = "the kernel's row 1, column 1"
ONE = "the one at the kernel's row 2, column 2"
LAST = "the product at the kernel's row 2, column 2"


@pytest.mark.parametrize(
    ("value", "kind", "says"),
    [
        (
            -4127,
            "sign_of_cell",
            "Your -4127 may have the wrong sign: did a minus get lost, or slip in?",
        ),
        (3127, "bias_missing_in_cell", "It differs by 1000, the bias: was it left out?"),
        (
            4127 - 77,
            "term_missing",
            f"It differs by 7·11, {LAST}: was it left out?",
        ),
        (
            4127 - 2 * 77,
            "term_sign",
            f"It differs by twice 7·11, {LAST}: has it the wrong sign?",
        ),
        (
            4127 + 77,
            "term_doubled",
            f"It differs by 7·11, {LAST}: was it counted twice?",
        ),
        (
            4127 + 40 * (3 - 20),
            "neighbour_pixel",
            f"It fits if {FIRST} met 3, the input one column later: look at what that entry meets.",
        ),
        (
            4127 + (40 - 600) * (3 - 20),
            "taps_swapped",
            f"It fits if {FIRST} and row 1, column 2 changed places: look at what they meet.",
        ),
        (4217, "digits_permuted", "The digits of your 4217 may have changed places."),
        (4129, "digit_differs", "One digit of your 4129 may be wrong: look at the carries."),
        (
            41270,
            "power_of_ten",
            "Your 41270 may be off by a power of ten: look at the point and the zeros.",
        ),
    ],
)
def test_every_sentence_is_pinned(value: int, kind: str, says: str) -> None:
    question = Asked([[20, 3], [50, 7]], [[40, 600], [9, 11]], [1000]).question()
    assert question.key == (20 * 40 + 3 * 600 + 50 * 9 + 7 * 11 + 1000,) == (4127,)
    assert found(question, 0, value)[kind] == says


def test_products_of_one_amount_are_named_together() -> None:
    question = Asked([2, 2, 2, 44], [2, 2, 2, 2], [0], spatial=1).question()
    assert question.key == (100,)
    assert found(question, 0, 96)["term_missing"] == (
        "It differs by 2·2, the product at the kernel's position 1, or 2·2, the product at the "
        "kernel's position 2 (or likewise elsewhere): was it left out?"
    )
    assert found(question, 0, 12)["term_missing"] == (
        "It differs by 44·2, the product at the kernel's position 4: was it left out?"
    )


def test_large_kernels_swap_neighbours_alone() -> None:
    asked = Asked(grid(20, 1, 900, 4, 4), grid(21, 1, 900, 4, 4))
    question = asked.question()
    (place,) = asked.places()
    for one, two in itertools.combinations(asked.spots(place), 2):
        (_, s, p, v), (_, t, q, w) = one, two
        amount = (v - w) * (asked.pixel(q) - asked.pixel(p))
        beside = sum(abs(i - j) for i, j in zip(s, t, strict=True)) == 1
        value = question.key[0] + amount
        assert ("taps_swapped" in found(question, 0, value)) == beside


def test_tables_are_dropped_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slips, "MOST_KEPT", 12)
    question = PLAIN.question()
    expected = [found(PLAIN.question(), n, key - 1) for n, key in enumerate(question.key)]
    for _ in range(2):
        assert [found(question, n, key - 1) for n, key in enumerate(question.key)] == expected
        assert len(slips._CELLS[question].rows) < 9


def test_a_question_is_not_kept_alive() -> None:
    question = PLAIN.question()
    slips.of(question, 0, 0)
    gone = weakref.ref(question)
    del question
    gc.collect()
    assert gone() is None


@CASES
def test_no_sentence_holds_the_key(asked: Asked) -> None:
    question = asked.question()
    for number, place in enumerate(asked.places()):
        key = integer(question.key[number])
        values = [key - asked.pixel(pixel) * w for _, _, pixel, w in asked.spots(place)]
        for value in (*values, -key, 0, key + 9, key * 10):
            for says in found(question, number, value).values():
                assert str(abs(key)) not in numbers_of(says) - {str(abs(value))}


def numbers_of(says: str) -> set[str]:
    """Return the numbers of a sentence but those that name places."""
    words = says.replace(",", " ").replace(":", " ").replace("·", " ").replace("(", " ")
    tokens = words.replace(")", " ").replace("-", " ").split()
    places = {"row", "column", "plane", "position", "channel", "filter"}
    return {t for before, t in itertools.pairwise(["", *tokens]) if before not in places}


@pytest.mark.parametrize(
    ("x", "w", "bias", "value", "says"),
    [
        ("6", "7", "", 0, "It differs by the product at the kernel's position 1: was it left out?"),
        ("0", "7", "5", 0, "It differs by the bias: was it left out?"),
        ("5 2", "1 3", "-6", 0, "It differs by the product at the kernel's position 1: was it"),
    ],
)
def test_numbers_that_would_tell_the_key_are_left_out(
    x: str, w: str, bias: str, value: int, says: str
) -> None:
    question = loads(
        f"schema: symconv-question/1\nid: one\nop: correlation\ninput: '{x}'\nkernel: '{w}'\n"
        + (f"bias: '{bias}'\n" if bias else "")
        + "options: {padding: valid}\n"
    )
    assert any(text.startswith(says) for text in found(question, 0, value).values())


MONOMIALS = st.lists(st.sampled_from("abwx"), max_size=3).map(lambda names: tuple(sorted(names)))
COEFFICIENTS = st.fractions(-4, 4, max_denominator=3)
VALUES = st.dictionaries(MONOMIALS, COEFFICIENTS, max_size=6).map(value_of)


@given(VALUES, VALUES)
def test_the_parts_of_a_residual_are_the_difference(key: Value, value: Value) -> None:
    split = residual(key, value)
    assert split.difference == value - key
    if isinstance(key, int | Fraction) and isinstance(value, int | Fraction):
        assert not list(split.parts())
        return
    assert total(split.parts()) == value - key
    flipped = [value_of({t.monomial: t.expected}) for t in split.flipped]
    wrong = [value_of({t.monomial: t.expected}) for t in split.wrong]
    terms = [*split.missing, *split.extra, *flipped, *wrong]
    assert len({next(iter(terms_of(term))) for term in terms}) == len(terms)
    assert all(t.yours == -t.expected for t in split.flipped)
    assert all(t.yours not in (t.expected, -t.expected) for t in split.wrong)


def test_a_residual_is_written_short_and_exact() -> None:
    a, b, c, d, w = map(letter, "abcdw")
    key = a * w + 2 * b * w - 3 * c * w + 5
    value = a * w + b * w + 3 * c * w + d * w - 4
    assert str(residual(key, value)) == (
        "extra dw; other sign 3cw; coefficient bw instead of 2bw, -4 instead of 5"
    )
    assert str(residual(key, 0)) == "missing aw, 2bw, -3cw, 5"
    assert str(residual(0, a * w)) == "extra aw"
    assert str(residual(Fraction(1, 3), Fraction(1, 2))) == "+1/6"
    assert str(residual(7, 5)) == "-2"
    assert str(residual(a * w, a * w)) == "0"
    assert text_of(residual(key, value).difference) == "-bw + 6cw + dw - 9"
