"""The language of laws: what names mean, how many axes arrays have, and text that is no law."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import ExpressionError, LawError, SymconvError
from symconv.laws import prove, read
from symconv.laws.language.spelling import spelled
from symconv.laws.tables.comparison import equal
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import at_shape
from symconv.verdicts import Truth
from tests import strategies_laws
from tests.strategies_laws import Sample, ranks_of
from tests.test_laws_rules import check_lengths
from tests.test_laws_tables import check


@pytest.mark.parametrize(
    ("text", "tensors", "scalars", "integers"),
    [
        ("a*x == x*a + 0*x", ["x"], ["a"], {}),
        ("convolve(a*x, w) == a*convolve(x, w)", ["x", "w"], ["a"], {}),
        ("sum(w)*flip(x) == flip(sum(w)*flip(flip(x)))", ["w", "x"], [], {}),
        ("pad(x, p, q - 1) == x", ["x"], [], {"p": None, "q": None}),
        ("subsample(x, s) == dilate(x, s + 1)", ["x"], [], {"s": 1}),
        ("correlate(x, w, stride=s, padding=(p, s)) == x", ["x", "w"], [], {"s": 1, "p": None}),
        ("shift(x, floor(p/s)) == x/n", ["x"], [], {"p": None, "s": 1, "n": 1}),
        ("conv_transpose(x, w, output_padding=r) == x", ["x", "w"], [], {"r": 0}),
        ("delta(n) == ones(m)", [], [], {"n": 1, "m": 1}),
        ('correlate(x, w, boundary="constant(c*d)") == x', ["x", "w"], ["c", "d"], {}),
    ],
)
def test_what_names_mean(
    text: str, tensors: list[str], scalars: list[str], integers: dict[str, int | None]
) -> None:
    law = read(text)
    assert list(law.ranks.tensors) == tensors
    assert sorted(law.scalars) == scalars
    assert law.parameters == integers


@pytest.mark.parametrize(
    ("text", "told", "ranks"),
    [
        ("convolve(f, g) == convolve(g, f)", {}, {"f": 1, "g": 1}),
        ("flip(x) == x", {"x": 3}, {"x": 3}),
        ("transpose(a) == b", {}, {"a": 2, "b": 2}),
        ("conv(x, w) == y", {}, {"x": 2, "w": 3, "y": 2}),
        ("conv(x, w) == y", {"x": 3}, {"x": 3, "w": 4, "y": 3}),
        ("conv_transpose(y, w) == x", {"y": 2, "w": 3}, {"y": 2, "w": 3, "x": 2}),
        ("matmul(toeplitz(w, len(x)), x) == correlate(x, w)", {}, {"w": 1, "x": 1}),
        ("matmul(transpose(toeplitz(w, n)), y) == conv_transpose(y, w)", {}, {"w": 1, "y": 1}),
        (
            "matmul(a, matmul(b, c)) == matmul(matmul(a, b), c)",
            {"a": 2, "b": 2, "c": 2},
            {"a": 2, "b": 2, "c": 2},
        ),
        ("vec(a) == x", {}, {"a": 2, "x": 1}),
        ("expand(x) == a", {}, {"x": 1, "a": 2}),
        ("outer(x, y) == transpose(outer(y, x))", {}, {"x": 1, "y": 1}),
        ("sum(a) == dot(a, a)", {"a": 2}, {"a": 2}),
        ("sum(w)*flip(x) == flip(x)*sum(w)", {}, {"w": 1, "x": 1}),
    ],
)
def test_how_many_axes_tensors_have(text: str, told: dict[str, int], ranks: dict[str, int]) -> None:
    assert read(text, ranks=told).ranks.tensors == ranks


@pytest.mark.parametrize(
    "text",
    [
        "sum(w)*flip(x) == flip(x)*sum(w)",
        "convolve(x, w) == 2*x - w",
        "shift(x, p) + sum(w)*shift(x, q) == x",
        "avg_pool(x, 2) == dot(w, w)*flip(x)",
    ],
)
def test_an_axis_of_a_law_stands_for_several(text: str) -> None:
    assert read(text, rank=3).ranks.tensors == dict.fromkeys(read(text).ranks.tensors, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("outer(x, w) == x", {"x": 1, "w": 1}),
        ("2*flip(dot(x, x)) == y", {"x": 1, "y": 1}),
        ("correlate(2*dot(x, x), y) == y", {"x": 1, "y": 1}),
        ("matmul(ones(2, 3), x) == y", {"x": 1, "y": 2}),
        ("vec(a) == b", {"a": 2, "b": 2}),
        ("expand(x) == y", {"x": 1, "y": 1}),
        ("conv(x, w) == y", {"x": 2, "w": 3, "y": 1}),
        ("identity(3) == x", {"x": 1}),
        ("ones(2, 3) == x", {"x": 1}),
        ("sum(x) == x", {"x": 1}),
        ("toeplitz(w, 4) == w", {"w": 1}),
        ("kron(a, b) == x", {"a": 2, "b": 2, "x": 1}),
        ("correlate(x, w) + dot(x, x) == x", {"x": 1, "w": 1}),
        ("concat(x, transpose(a)) == x", {"x": 1, "a": 2}),
    ],
)
def test_arrays_whose_axes_do_not_agree_are_refused(text: str, told: dict[str, int]) -> None:
    with pytest.raises(LawError) as caught:
        read(text, ranks=told)
    assert caught.value.code == "bad-ranks"


def decided(text: str, **options: Any) -> Truth | None:
    """Return what becomes of a law, None where it is refused; anything else is a crash."""
    try:
        return prove(text, **options).truth
    except SymconvError:
        return None


ZEROS = (
    "correlate(x, w, stride=0) == x",
    "correlate(x, w, dilation=0) == x",
    "correlate(x, w, input_dilation=0) == x",
    "correlate(x, w, stride=-1) == x",
    "conv_transpose(x, w, stride=0) == x",
    "conv_transpose(x, w, output_padding=-1) == x",
    "subsample(x, 0) == x",
    "dilate(x, 0) == x",
    "subsample(x, -2) == x",
    "sum_pool(x, 0) == x",
    "avg_pool(x, 0) == x",
    "avg_pool(x, 2, stride=0) == x",
    "delta(0) == x",
    "ones(0, 2) == a",
    "toeplitz(w, 0) == a",
    "conv(x, w, groups=0) == x",
    "x/0 == x",
    "0*x/0 == x",
    "a/0*flip(x) == x",
    "x/(n - n) == x",
    "x/(p - 1) == x",
    "shift(x, floor(p/0)) == x",
    "shift(x, p % 0) == x",
    "shift(x, floor(p/(s - s))) == x",
    "subsample(x, s - 1) == x",
    "correlate(x, w, stride=s - 1) == x",
    "correlate(x, w, stride=len(x) - len(w)) == x",
)


@pytest.mark.parametrize("text", ZEROS)
def test_steps_and_divisors_of_zero_are_no_crash(text: str) -> None:
    ways: list[dict[str, Any]] = [{"up_to": 2}, {}]
    for more in ways:
        decided(text, repair=False, seconds=2, **more)


def test_integers_that_are_divided_by_are_1_or_more_at_one_shape_too() -> None:
    text = "x == correlate(x, w, padding=(0, floor(p/s)))"
    with pytest.raises(LawError) as caught:
        prove(text, shapes={"x": 2, "w": 1}, parameters={"p": 0, "s": 0})
    assert caught.value.code == "bad-parameter"


def test_the_algebra_of_a_pool_is_not_the_sum() -> None:
    with pytest.raises(SymconvError):
        prove("max_pool(x, 2) == sum_pool(x, 2)", up_to=3)
    with pytest.raises(SymconvError):
        prove("max_pool(x, 2) == min_pool(x, 2)", up_to=3)


@pytest.mark.parametrize(
    "text",
    [
        'correlate(x, w, padding=1, boundary="constant(0)") == correlate(x, w, padding=1)',
        (
            'correlate(x, w, padding=1, boundary="constant(2)") == '
            'correlate(x, w, padding=1, boundary="constant(1)")'
        ),
        "-x == x",
        "x/2 == x",
        "2*x == x",
        "x - x == zeros(len(x))",
        "avg_pool(x, 2) == sum_pool(x, 2)",
    ],
)
def test_numbers_are_not_lost_under_a_maximum(text: str) -> None:
    assert decided(text, algebra="max-plus", up_to=3) is not Truth.PROVED


def test_max_plus_counts_a_term_once() -> None:
    for text in (
        "x + x == x",
        "max_pool(max_pool(x, 2, stride=1), 2, stride=1) == max_pool(x, 3, stride=1)",
        "max_pool(x + y, 2) == max_pool(x, 2) + max_pool(y, 2)",
        "a*max_pool(x, 2) == max_pool(a*x, 2)",
        "convolve(f, g + h) == convolve(f, g) + convolve(f, h)",
    ):
        assert prove(text, algebra="max-plus", up_to=3).proved, text
    for text in (
        "max_pool(max_pool(x, 2, stride=1), 2, stride=1) == max_pool(x, 4, stride=1)",
        "max_pool(x, 2, padding=1, stride=1) == max_pool(x, 3, padding=1, stride=1)",
        "max_pool(x, 2) == max_pool(x, 2, stride=1)",
    ):
        assert prove(text, algebra="max-plus", up_to=3).truth is Truth.REFUTED, text


HOSTILE = (
    "",
    " ",
    "==",
    "x ==",
    "== x",
    "x == y == z",
    "x = = y",
    "x == x; import os",
    "__import__('os').system('ls') == x",
    "x.__class__ == x",
    "(lambda: x)() == x",
    "[x for x in y] == x",
    "x[0] == x",
    "f'{x}' == x",
    'x == "x"',
    "x == 1",
    "1 == 1",
    "2 == x",
    "x ** 2 == x",
    "x^2 == x*x",
    "x % 2 == x",
    "x // 2 == x",
    "x @ w == x",
    "x if x else x == x",
    "flip() == x",
    "flip(x, x) == x",
    "flip(x=x) == x",
    "nothing(x) == x",
    "correlate(x, w, paddings=1) == x",
    "correlate(x, w, padding=()) == x",
    "correlate(x, w, padding=[1, 2]) == x",
    "correlate(x, w, padding=(1, (2, 3))) == x",
    'correlate(x, w, boundary="constant()") == x',
    'correlate(x, w, boundary="constant(x") == x',
    'correlate(x, w, boundary="constant(flip(x))") == x',
    'correlate(x, w, boundary="constant(x)") == x',
    'correlate(x, w, padding="same", padding="same") == x',
    "correlate(x, w, flip=p) == x",
    "concat() == x",
    "concat(x, axis=5) == x",
    "flip(x, axis=-9) == x",
    "tensordot(x, x, axes=9) == x",
    "delta(x) == x",
    "delta(2.5) == x",
    "len(x) == len(x)",
    "x == len(x)*x",
    "floor(2/3)*x == x",
    "sum_pool(x, x) == x",
    "pad(x) == x",
    "pad(x, 1, 2, 3) == x",
    "(" * 80 + "x" + ")" * 80 + " == x",
    "x" * 5000 + " == y",
    "-" * 200 + "x == x",
    "\x00 == x",
    "x == ｘ",
    "shift(x, 10**9) == x",
    "shift(x, 99999999999999999999999) == x",
    "pad(x, 10000000000000, 0) == x",
    "dilate(x, 100000000000000) == x",
    "delta(100000000000000) == x",
    "1" * 5000 + "*x == x",
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:40])
def test_text_that_is_no_law_is_refused_or_decided(text: str) -> None:
    ways: list[dict[str, Any]] = [{"up_to": 1}, {"shapes": {"x": 2, "w": 1}}, {}]
    for more in ways:
        decided(text, repair=False, seconds=1, **more)


@pytest.mark.parametrize("text", ["x == flip(", "flip(x) == x +", "shift(x, p/2) == x"])
def test_a_caret_stands_under_the_fault(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        prove(text, up_to=2)
    lines = str(caught.value).splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.strip() == "^"]
    assert text in lines[place - 1]
    assert len(lines[place]) <= len(lines[place - 1]) + 1


JUNK = ("0", "-1", "99", "s - 1", "len(x)", "(1, 2)", '"same"', "x", "*", "==", "", "1/2", "True")


@st.composite
def broken(draw: strategies_laws.Draw) -> str:
    """Draw a law with one token of it exchanged for another."""
    text = draw(strategies_laws.sides())
    places: list[tuple[int, int]] = [
        match.span() for match in re.finditer(r'"[^"]*"|\w+|[-+*/(),=]+', text)
    ]
    start, end = draw(st.sampled_from(places))
    junk: str = draw(st.sampled_from(JUNK))
    return f"{text[:start]}{junk}{text[end:]}"


@given(text=broken())
@settings(max_examples=120)
def test_a_broken_law_is_refused_or_decided(text: str) -> None:
    decided(text, ranks=ranks_of(text), up_to=1, repair=False)


@given(sample=strategies_laws.samples(strategies_laws.sides()))
@settings(max_examples=70)
def test_a_law_that_is_spelled_out_is_the_same_law(sample: Sample) -> None:
    text = " == ".join(map(spelled, sample.statement.sides))
    again = read(text, ranks=sample.statement.ranks.tensors)
    assert again.ranks.tensors == sample.statement.ranks.tensors
    assert sorted(again.parameters) == sorted(sample.statement.parameters)
    try:
        ours = at_shape(sample.statement, sample.letters)
    except NoRoomError:
        with pytest.raises(NoRoomError):
            at_shape(again, sample.letters)
        return
    theirs = at_shape(again, sample.letters)
    assert all(equal(one, other) for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize(
    "text",
    [
        "correlate(x, w, padding=(-1, -len(x))) == correlate(x, w)",
        "sum_pool(x, 1, padding=(len(x) - 2, len(x) - 2)) == x",
        'pad(pad(x, -1, 0), 1, 0, boundary="wrap") == x',
        "conv_transpose(x, w, padding=(-3, len(x) + len(w))) == x",
        "conv_transpose(x, w, padding=(5, -2)) == x",
    ],
)
def test_crops_of_everything(text: str, rank: int) -> None:
    statement = read(text, rank=rank)
    for shape in ((2, 1), (1, 4), (4, 4)):
        shapes = dict.fromkeys(statement.ranks.tensors, shape[:rank])
        sample = Sample(text, statement, shapes, {}, rank)
        check(sample)
        check_lengths(sample)
