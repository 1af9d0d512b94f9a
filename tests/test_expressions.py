"""The grammar: precedence, implicit products, exact numbers, limits, and no Python."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symconv.errors import ExpressionError
from symconv.exact import array, entry
from symconv.expressions import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_LENGTH,
    Call,
    Comparison,
    Name,
    Negative,
    Number,
    Operation,
    Sequence,
    Text,
    evaluate,
    names,
    parse,
    products,
)


def value(text: str, **names: Any) -> Any:
    return evaluate(parse(text, symbols=names), names)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("1 + 2*3", 1 + 2 * 3, id="product before sum"),
        pytest.param("(1 + 2)*3", (1 + 2) * 3, id="brackets"),
        pytest.param("[1 + 2]*3", (1 + 2) * 3, id="square brackets"),
        pytest.param("8 - 3 - 2", (8 - 3) - 2, id="left to right"),
        pytest.param("8/4/2", 1, id="division left to right"),
        pytest.param("8/4*2", 4, id="division, then product"),
        pytest.param("2^3^2", 2 ** (3**2), id="power from the right"),
        pytest.param("2**3", 8, id="two stars"),
        pytest.param("-2^2", -4, id="minus after power"),
        pytest.param("(-2)^2", 4, id="power of a bracket"),
        pytest.param("2^-2", Fraction(1, 4), id="negative power"),
        pytest.param("2*-3", -6, id="signed factor"),
        pytest.param("--3", 3, id="two minuses"),
        pytest.param("+-+3", -3, id="signs"),
        pytest.param("1/3", Fraction(1, 3), id="fraction"),
        pytest.param("6/3", 2, id="whole quotient"),
        pytest.param("0.1 + 0.2", Fraction(3, 10), id="decimals are rationals"),
        pytest.param(".5", Fraction(1, 2), id="no leading zero"),
        pytest.param("1.50", Fraction(3, 2), id="trailing zero"),
        pytest.param("007", 7, id="leading zeros"),
        pytest.param("7 % 4", 3, id="remainder"),
        pytest.param("-7 % 4", -7 % 4, id="a sign belongs to its factor"),
        pytest.param("2(3 + 4)", 14, id="adjacent bracket"),
        pytest.param("(1 + 2)(3 + 4)", 21, id="adjacent brackets"),
        pytest.param("3·4 × 2 ⋅ 1 ∗ 1", 24, id="signs for times"),
        pytest.param("5 − 2 – 1", 2, id="signs for minus"),
        pytest.param(f"{10**40}", 10**40, id="huge"),
    ],
)
def test_value(text: str, number: Any) -> None:
    found = value(text)
    assert found == number
    assert type(found) is type(number)


def test_implicit_products() -> None:
    w, f, p, s = 7, 3, 1, 2
    assert value("(W - F + 2P)/S + 1", W=w, F=f, P=p, S=s) == (w - f + 2 * p) // s + 1
    assert value("2a^2", a=3) == 2 * 3**2
    assert value("3(b + c)", b=2, c=4) == 3 * (2 + 4)
    assert value("a(b)", a=3, b=4) == 3 * 4
    assert value("aw", a=3, w=5) == 3 * 5
    assert value("abc", a=2, bc=7) == 2 * 7
    assert value("aab", a=2, b=7) == 2 * 2 * 7
    assert value("2aw", a=3, w=5) == 2 * 3 * 5


def test_a_word_that_is_a_symbol_is_not_split() -> None:
    assert parse("aw", symbols=("a", "w", "aw")) == Name("aw", 0)
    assert parse("aw") == Name("aw", 0)
    assert parse("aw", symbols=("a", "w")) == Operation("*", Name("a", 0), Name("w", 1), 0)


@pytest.mark.parametrize(
    "name",
    ["a", "alpha", "x1", "x_1", "x_{1}", "x_{12}", "w[0]", "w[0,1]", "w[0, 12]", "π", "é"],
)
def test_names(name: str) -> None:
    assert parse(name) == Name(name, 0)


def test_trees() -> None:
    assert parse("-a") == Negative(Name("a", 1), 0)
    assert parse("(1, 2)") == Sequence((Number(1, 1), Number(2, 4)), 0)
    assert parse("(1,)") == Sequence((Number(1, 1),), 0)
    assert parse('"same"') == Text("same", 0)
    assert parse("f(a, k=2)", functions=("f",)) == Call(
        "f", (Name("a", 2),), (("k", Number(2, 7)),), 0
    )
    assert parse("a = b") == Comparison((Name("a", 0), Name("b", 4)), ("==",), 0)
    assert parse("1 <= a < 3 ≠ 4 ≥ 2") == Comparison(
        (Number(1, 0), Name("a", 5), Number(3, 9), Number(4, 13), Number(2, 17)),
        ("<=", "<", "!=", ">="),
        0,
    )


def test_a_name_before_a_bracket_is_a_call_only_when_declared() -> None:
    assert isinstance(parse("f(2)", functions=("f",)), Call)
    assert parse("f(2)", symbols=("f",)) == Operation("*", Name("f", 0), Number(2, 2), 1)
    with pytest.raises(ExpressionError, match="unknown-function"):
        parse("f(2)")


def test_names_of_a_tree() -> None:
    tree = parse("f(a + b, k=c) == -(d, e)", functions=("f",))
    assert names(tree) == {"a", "b", "c", "d", "e"}


def test_the_signed_terms_of_a_written_sum() -> None:
    terms = products(parse("[1*2 - 3] - (4 - 5) + 6"))
    assert [(sign, evaluate(term, {})) for sign, term in terms] == [
        (1, 2),
        (-1, 3),
        (-1, 4),
        (1, 5),
        (1, 6),
    ]


def test_symbols_are_sympy_objects_combined_by_their_own_rules() -> None:
    a, b = sympy.symbols("a b")
    assert entry("2a+b/3") == 2 * a + b / 3
    assert entry("(a+b)^2") == (a + b) ** 2
    assert entry("a/2") == a / 2
    assert entry("a - a") == 0
    assert type(entry("a - a")) is int
    assert entry("1/a") == 1 / a
    assert entry("a^-1") == 1 / a


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        pytest.param("1 + $", "unreadable-character", 4, id="character"),
        pytest.param("1 + ", "unexpected", 3, id="end"),
        pytest.param("", "unexpected", 0, id="nothing"),
        pytest.param("* 2", "unexpected", 0, id="no left side"),
        pytest.param("1 2", "unexpected", 2, id="two entries"),
        pytest.param("a b", "unexpected", 2, id="two names"),
        pytest.param("(1 + 2", "unclosed-bracket", 6, id="unclosed"),
        pytest.param("(1 + 2]", "unclosed-bracket", 6, id="wrong bracket"),
        pytest.param("1)", "unexpected", 1, id="bracket too many"),
        pytest.param("()", "unexpected", 1, id="empty bracket"),
        pytest.param("1/2a", "ambiguous-division", 3, id="half a, or one over 2a"),
        pytest.param("1e5", "scientific-notation", 1, id="power of ten"),
        pytest.param("1e-5", "scientific-notation", 1, id="negative power of ten"),
        pytest.param("2E7", "scientific-notation", 1, id="capital"),
        pytest.param("NaN", "reserved-word", 0, id="nan"),
        pytest.param("1 + oo", "reserved-word", 4, id="oo"),
        pytest.param("True", "reserved-word", 0, id="boolean"),
        pytest.param("1.2.3", "unexpected", 3, id="two points"),
        pytest.param("a = ", "unexpected", 3, id="half a comparison"),
    ],
)
def test_the_fault_and_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == code
    assert caught.value.facts["position"] == position
    drawn = str(caught.value).splitlines()
    caret = next(line for line in drawn if line.strip() == "^")
    assert len(caret) - 1 == position + 4


def test_the_caret_stands_under_the_fault_of_a_long_text() -> None:
    text = "a + " * 40 + "$ + b" + " + c" * 50
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    shown, caret = str(caught.value).splitlines()[1:3]
    assert shown[len(caret) - 1] == "$"


def test_the_caret_stands_right_after_signs_of_slides() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("a ≠ $")
    assert caught.value.facts["position"] == len("a ≠ ")
    shown, caret = str(caught.value).splitlines()[1:3]
    assert shown[len(caret) - 1] == "$"


def test_a_scientific_looking_product_is_read_when_the_symbol_is_declared() -> None:
    assert value("2e + 1", e=5) == 2 * 5 + 1
    assert value("2e-1", e=5) == 2 * 5 - 1
    assert entry("2e") == 2 * sympy.Symbol("e")


@pytest.mark.parametrize(
    ("text", "symbols", "code"),
    [
        pytest.param("ax", ("a", "w"), "unknown-symbol", id="no way"),
        pytest.param("abc", ("a", "bc", "ab", "c"), "ambiguous-product", id="two ways"),
        pytest.param("x", (), "unknown-symbol", id="none declared"),
    ],
)
def test_words_that_are_no_single_product(text: str, symbols: Any, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, symbols=symbols)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("1/0", "division-by-zero", id="division"),
        pytest.param("1/(2 - 2)", "division-by-zero", id="division by a sum"),
        pytest.param("0^-1", "division-by-zero", id="power"),
        pytest.param("1 % 0", "bad-remainder", id="remainder"),
        pytest.param("2^a", "bad-exponent", id="symbol"),
        pytest.param("2^(1/2)", "bad-exponent", id="root"),
        pytest.param("a = b", "no-value", id="comparison"),
        pytest.param('1 + "same"', "bad-operand", id="text"),
        pytest.param("1 + (2, 3)", "bad-operand", id="list"),
    ],
)
def test_values_that_do_not_exist(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), sympy.Symbol)
    assert caught.value.code == code


def test_a_symbol_divided_by_zero_is_no_value() -> None:
    with pytest.raises(ExpressionError, match="division-by-zero"):
        entry("a/0")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("1" + "+1" * MAX_LENGTH, "text-too-long", id="length"),
        pytest.param(
            "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), "nested-too-deep", id="("
        ),
        pytest.param("-" * (MAX_DEPTH + 1) + "1", "nested-too-deep", id="signs"),
        pytest.param("9" * (MAX_DIGITS + 1), "number-too-long", id="digits"),
        pytest.param(f"2^{MAX_EXPONENT + 1}", "bad-exponent", id="exponent"),
        pytest.param(f"2^-{MAX_EXPONENT + 1}", "bad-exponent", id="negative exponent"),
        pytest.param("(10^100)^100", "number-too-long", id="power of a power"),
        pytest.param("2^2^2^2^2^2", "bad-exponent", id="tower"),
        pytest.param("2" + "(" * 5000, "nested-too-deep", id="unclosed"),
    ],
)
def test_limits(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), sympy.Symbol)
    assert caught.value.code == code


def test_up_to_the_limits_everything_works() -> None:
    assert value("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == 1
    assert value("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    assert value(f"2^{MAX_EXPONENT}") == 2**MAX_EXPONENT
    assert value("^".join(["1"] * (MAX_DEPTH // 2))) == 1


@pytest.mark.parametrize("text", ["+1", "*1", "-1", "/1", "^1", "(1)", "<1", "%9"])
def test_long_chains_are_read_or_refused(text: str) -> None:
    chain = "1" + text * ((MAX_LENGTH - 1) // len(text))
    try:
        tree = parse(chain)
        names(tree)
        products(tree)
        evaluate(tree, {})
    except ExpressionError:
        return


def test_a_long_sum_has_a_value() -> None:
    assert value("1" + "+1" * 2000) == 1 + 2000


HOSTILE = [
    "__import__('os').system('touch {path}')",
    "open('{path}', 'w')",
    "().__class__.__bases__[0].__subclasses__()",
    "exec(\"open('{path}', 'w')\")",
    "eval('1')",
    "lambda: 1",
    "[x for x in (1, 2)]",
    "a.b",
    "a; import os",
    "a := 1",
    "{{1: 2}}",
    "print(1)",
    "Symbol('a')",
    "f'{{a}}'",
    "`a`",
    "a if b else c",
    "not a",
    "@a",
    "1_000",
    "_x",
    "0x10",
    "\\x61",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_runs_as_python(text: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    try:
        found = array(text.format(path=trace))
    except ValueError:
        found = None
    assert not trace.exists()
    if found is not None:
        for item in found.ravel().tolist():
            assert isinstance(item, int | Fraction | sympy.Expr)
            assert not getattr(item, "is_Function", False)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    position = 0
    try:
        names(parse(text))
    except ExpressionError as error:
        position = error.facts["position"]
    assert 0 <= position <= len(text)


@given(st.text(alphabet="ab12+-*/^()[], .=<%\"'", max_size=14))
def test_any_text_of_the_alphabet_is_valued_or_refused(text: str) -> None:
    try:
        evaluate(parse(text), sympy.Symbol)
    except ExpressionError:
        return


sums = st.recursive(
    st.one_of(st.integers(0, 99).map(str), st.sampled_from(["p", "q"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
    ),
    max_leaves=12,
)


@given(sums)
def test_values_are_pythons_own_where_the_grammars_meet(text: str) -> None:
    meant = {"p": Fraction(7, 3), "q": -11}
    theirs = eval(text, {"__builtins__": {}}, meant)  # noqa: S307 - our own digits and signs
    assert evaluate(parse(text), meant) == theirs
