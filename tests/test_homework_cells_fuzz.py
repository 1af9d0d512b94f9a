"""One cell of an answer against witnesses: SymPy's expand, every cut of a word, any text at all."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.homework.reading.cells import Budget, Reader, read
from symconv.homework.reading.model import LIMITS, Cell, Rules
from symconv.homework.reading.names import canonical
from symconv.homework.reading.polynomials import Value, letter, terms_of, text_of

NAMES = ("a", "b", "w", "x11", "x12", "ℓ", "α")
RULES = Rules(frozenset(NAMES))
SPELLINGS = {
    "x11": ("x11", "x_11", "x_{11}", "x_{1,1}", "x[1,1]", "x₁₁", r"\mathrm{x}_{11}"),
    "x12": ("x12", "x_{1, 2}", "𝑥₁₂"),
    "ℓ": ("ℓ", r"\ell ", r"{}\ell{}"),
    "α": ("α", r"\alpha ", "𝛼"),
    "a": ("a", "𝑎", "ａ", r"\text{a}"),
}
TIMES = ("*", " * ", "·", "×", r"\cdot ", r"\times ", " ")
MINUS = ("-", " - ", "−", "–")
POWERS = ("^{}", "**{}", "^{{{}}}", " ^ {}", "^({})")
Pair = tuple[str, Any]
"""An expression in some spelling, and what SymPy says it is."""
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def numbers(draw: Draw) -> Pair:
    whole, part = draw(st.integers(0, 10**6)), draw(st.integers(0, 999))
    kind = draw(st.sampled_from(("whole", "decimal", "fraction", "latex", "glyph")))
    if kind == "whole":
        return f"{whole}", sympy.Integer(whole)
    if kind == "decimal":
        return f"{whole}.{part:03}", whole + sympy.Rational(part, 1000)
    if kind == "glyph":
        return "¾", sympy.Rational(3, 4)
    text = f"({whole}/{part + 1})" if kind == "fraction" else rf"\frac{{{whole}}}{{{part + 1}}}"
    return text, sympy.Rational(whole, part + 1)


@st.composite
def letters(draw: Draw) -> Pair:
    name = draw(st.sampled_from(NAMES))
    return draw(st.sampled_from(SPELLINGS.get(name, (name,)))), sympy.Symbol(name)


@st.composite
def sums(draw: Draw, inner: st.SearchStrategy[Pair]) -> Pair:
    text, value = draw(inner)
    for _ in range(draw(st.integers(0, 3))):
        more, other = draw(inner)
        more = f"({more})" if set(more) & set("+-−–") else more
        if draw(st.booleans()):
            text, value = f"{text}{draw(st.sampled_from(('+', ' + ')))}{more}", value + other
        else:
            text, value = f"{text}{draw(st.sampled_from(MINUS))}{more}", value - other
    return text, value


@st.composite
def products(draw: Draw, inner: st.SearchStrategy[Pair]) -> Pair:
    text, value = draw(inner)
    left, right = draw(st.sampled_from((("(", ")"), (r"\left(", r"\right)"))))
    text = f"{left}{text}{right}"
    for _ in range(draw(st.integers(0, 2))):
        more, other = draw(inner)
        text, value = f"{text}{draw(st.sampled_from((*TIMES, '')))}({more})", value * other
    if draw(st.booleans()):
        by = draw(st.integers(1, 9))
        text, value = f"{text}{draw(st.sampled_from('/÷⁄'))}{by}", value / by
    if draw(st.booleans()):
        text, value = f"{draw(st.sampled_from(('-', '−', '--−')))}{text}", -value
    return text, value


@st.composite
def powers(draw: Draw, inner: st.SearchStrategy[Pair]) -> Pair:
    text, value = draw(inner)
    power = draw(st.integers(0, 3))
    style = draw(st.sampled_from((*POWERS, "{}")))
    sign = "⁰¹²³"[power] if style == "{}" else style.format(power)
    return f"({text}){sign}", value**power


EXPRESSIONS = st.recursive(
    numbers() | letters(),
    lambda inner: sums(inner) | products(inner) | powers(inner),
    max_leaves=8,
)


def sympy_terms(value: Any) -> dict[tuple[str, ...], Fraction]:
    found = {}
    polynomial = sympy.Poly(value, *map(sympy.Symbol, sorted(NAMES)))
    for powers_, factor in polynomial.terms():
        names = sorted(
            name for name, power in zip(sorted(NAMES), powers_, strict=True) for _ in range(power)
        )
        found[tuple(names)] = Fraction(int(factor.p), int(factor.q))
    return {names: factor for names, factor in found.items() if factor}


@given(EXPRESSIONS)
@settings(max_examples=400)
def test_what_is_read_is_what_sympy_expands(pair: Pair) -> None:
    text, value = pair
    cell = read(text, RULES)
    if cell.fault is not None:
        assert cell.fault.code in ("exponent", "number-too-long", "expands-too-far"), cell.fault
        return
    assert cell.value is not None, text
    assert dict(terms_of(cell.value)) == sympy_terms(value), text
    if cell.shown:
        assert read(cell.shown, RULES).value == cell.value


@st.composite
def values(draw: Draw) -> Value:
    total: Value = 0
    for _ in range(draw(st.integers(0, 5))):
        term: Value = draw(st.integers(-99, 99) | st.fractions(-9, 9, max_denominator=12))
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=4)):
            term = term * letter(name)
        total = total + term
    return total


@given(values())
def test_a_value_written_out_is_read_back(value: Value) -> None:
    cell = read(text_of(value), RULES)
    assert (cell.value, cell.expanded, cell.lowest) == (value, True, True)


@given(st.integers(-(10**58), 10**58))
def test_a_whole_number_is_read(number: int) -> None:
    digits = len(str(abs(number)))
    cell = read(str(number), Rules())
    assert (cell.value, cell.places, cell.digits, cell.shown) == (number, 0, digits, "")
    padded = read(f" {'-' if number < 0 else ''}0{abs(number)} ", Rules())
    assert (padded.value, padded.digits) == (number, digits)


@given(st.integers(0, 10**8), st.integers(0, 6), st.sampled_from(".,"))
def test_a_decimal_is_read_with_its_places(number: int, places: int, mark: str) -> None:
    digits = f"{number:0{places + 1}}"
    text = f"{digits[: len(digits) - places]}{mark}{digits[len(digits) - places :]}"
    cell = read(text, Rules(decimal=mark))
    assert cell.value == Fraction(number, 10**places)
    assert (cell.places, cell.digits) == (places, max(1, len(str(number).lstrip("0"))))


def cuts(run: str, names: frozenset[str]) -> set[tuple[str, ...]]:
    """Every product that a run can be, by trying every set of places to cut."""
    found = set()
    for count in range(len(run)):
        for places in itertools.combinations(range(1, len(run)), count):
            parts = [run[a:b] for a, b in itertools.pairwise((0, *places, len(run)))]
            if all(part in names for part in parts):
                found.add((parts[-1], *sorted(parts)))
    return found


@given(
    st.text("ab12", min_size=1, max_size=9).map(lambda run: "a" + run),
    st.frozensets(st.from_regex(r"[ab]{1,3}[12]{0,2}", fullmatch=True), min_size=1, max_size=5),
)
@settings(max_examples=400)
def test_a_run_is_the_one_product_that_it_can_be(run: str, names: frozenset[str]) -> None:
    cell = read(run, Rules(names))
    wanted = cuts(run, names)
    if run in names:
        assert dict(terms_of(cell.value or 0)) == {(run,): 1}
    elif len(wanted) == 1:
        ((_, *letters_),) = wanted
        assert dict(terms_of(cell.value or 0)) == {tuple(letters_): 1}
    else:
        assert cell.fault is not None
        assert cell.fault.code == ("ambiguous-name" if wanted else "unknown-symbol")


ANYTHING = st.text(max_size=200) | st.text(
    st.characters() | st.sampled_from("0123456789abwx+-*/^(){}_\\.,=½²₁ −·ℓ$\ud800\u202e"),
    max_size=200,
)
MUTATED = st.tuples(
    EXPRESSIONS.map(lambda pair: pair[0]), st.integers(0, 10**6), st.text(max_size=3)
).map(lambda part: part[0][: part[1] % (len(part[0]) + 1)] + part[2] + part[0][part[1] % 97 :])
LONG = st.tuples(
    st.sampled_from(
        (
            "(",
            "-",
            "a",
            "9",
            "a+",
            "(a+b)",
            "2",
            r"\frac{",
            "x_{1,1}",
            "ℓ",
            "a^2",
            "½",
            "a,",
            ".",
            "1/",
            "/",
            "=",
            "-(",
            " a",
            "\\",
            "{",
            "[1,",
            "x_",
        )
    ),
    st.integers(1, 3000),
    ANYTHING,
).map(lambda part: (part[0] * part[1])[:3000] + part[2])
KINDS = st.builds(
    Rules,
    st.sampled_from((frozenset(), frozenset(NAMES), frozenset(("a", "aa", "b", "ab", "x_1")))),
    st.sampled_from(".,"),
    st.booleans(),
    st.booleans(),
)


def steps_of(call: Callable[[], Any]) -> tuple[Any, int]:
    """Return what a call returns and how many lines of Python it ran."""
    count = 0

    def trace(_frame: Any, event: str, _arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return call(), count
    finally:
        sys.settrace(before)


@given(ANYTHING | MUTATED | LONG, KINDS)
@settings(max_examples=600)
def test_any_text_is_a_cell(text: str, rules: Rules) -> None:
    cell = Reader(rules).read(text, Budget(rules.limits))
    assert isinstance(cell, Cell)
    assert cell.raw == text
    assert (cell.value is None) or (cell.fault is None)
    if cell.fault is not None:
        assert cell.fault.code in CODES
        assert len(str(cell.fault)) < 600
        assert str(cell.fault).isprintable() or "\n  hint: " in str(cell.fault)
        assert all(line.isprintable() for line in str(cell.fault).split("\n"))


@given(LONG, KINDS)
@settings(max_examples=60)
def test_any_text_takes_a_bounded_number_of_steps(text: str, rules: Rules) -> None:
    reader = Reader(rules)
    cell, count = steps_of(lambda: reader.read(text))
    assert isinstance(cell, Cell)
    assert count < 60 * LIMITS.cell_characters + 20 * LIMITS.products


@given(st.text(max_size=40))
def test_any_word_has_a_name(word: str) -> None:
    name = canonical(word)
    assert canonical(name) == name or "\\" in word


CODES = frozenset(
    (
        *("ambiguous-division", "ambiguous-name", "approximate", "bad-character", "comma-number"),
        *("decimal-point", "division-by-letter", "division-by-zero", "encoding", "exponent"),
        *("expands-too-far", "formula", "incomplete", "malformed-number", "mixed-number"),
        *("number-too-long", "percent", "placeholder", "quotes", "several-equals", "too-deep"),
        *("too-long", "two-numbers", "unclosed-bracket", "unexpected", "unknown-command"),
        *("unknown-symbol", "unopened-bracket", "place", "repeating-decimal"),
    )
)
