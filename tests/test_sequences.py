"""Closed forms against sums of numbers, far beyond the values that the proof needs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import sequences
from symconv.errors import AlgebraError, EntryError, ExpressionError
from symconv.sequences import ClosedForm, convolve, products, reading
from symconv.sequences.sums import MOST_TERMS

n, a, b, c = sympy.symbols("n a b c")
Term = tuple[Fraction, int, Fraction]
"""c, j and r of c·n^j·r^n."""

rationals = st.fractions(min_value=-4, max_value=4, max_denominator=5)
bases = st.sampled_from(
    [Fraction(v) for v in (-3, -1, 1, 2, 3)] + [Fraction(1, 2), Fraction(-2, 3)]
)
sums = st.lists(st.tuples(rationals, st.integers(0, 3), bases), min_size=1, max_size=3)


def value(terms: list[Term], k: int) -> Fraction:
    return sum((factor * k**j * base**k for factor, j, base in terms), Fraction(0))


def expression(terms: list[Term]) -> Any:
    rational = [(sympy.Rational(*f.as_integer_ratio()), j, r) for f, j, r in terms]
    return sympy.Add(
        *[f * n**j * sympy.Rational(*r.as_integer_ratio()) ** n for f, j, r in rational]
    )


def text(terms: list[Term]) -> str:
    return " + ".join(f"({f})*n^{j}*({r})^n" for f, j, r in terms)


@given(sums, sums)
@settings(max_examples=40)
def test_numbers_against_the_sum_itself(f: list[Term], g: list[Term]) -> None:
    found = convolve(expression(f), expression(g))
    assert found.conditions == ()
    for k in range(found.checked + 8):
        wanted = sum(value(f, i) * value(g, k - i) for i in range(k + 1))
        assert found.expression.subs(n, k) == sympy.Rational(*Fraction(wanted).as_integer_ratio())


@given(sums, sums)
@settings(max_examples=25)
def test_text_is_read_as_sympy_is(f: list[Term], g: list[Term]) -> None:
    assert convolve(text(f), text(g)) == convolve(expression(f), expression(g))


@given(sums, st.lists(rationals, min_size=1, max_size=4))
@settings(max_examples=25)
def test_a_list_is_a_sequence_that_ends(f: list[Term], items: list[Fraction]) -> None:
    for found in (convolve(expression(f), items), convolve(items, expression(f))):
        for k in range(found.checked + 6):
            inside = [(i, item) for i, item in enumerate(items) if i <= k]
            wanted = sum((item * value(f, k - i) for i, item in inside), Fraction(0))
            assert found.expression.subs(n, k) == sympy.Rational(*wanted.as_integer_ratio())


SYMBOLIC: list[tuple[Any, Any, Any]] = [
    ("a^n", "b^n", {sympy.Ne(a, b)}),
    ("n*a^n", "n^2*b^n + 1", {sympy.Ne(a, b), sympy.Ne(1, a)}),
    ("a^n", "a^n", set()),
    ("a^n", "(2a)^n", {sympy.Ne(a, 2 * a)}),
    ("c*a^(2n+3)", "b^(1-n)/c", {sympy.Ne(1 / b, a**2)}),
    ("(a/b)^n", "n", {sympy.Ne(1, a / b)}),
    ("a^n/2^n", "3^n", {sympy.Ne(3, a / 2)}),
    ([a, b, 1], "c^n", {sympy.Ne(0, c)}),
    ([a], "c^n", set()),
    ([a, b], [c, 2], set()),
    ("0^n + a^n", "0^n", set()),
    (sympy.KroneckerDelta(n, 2), a**n * n, {sympy.Ne(0, a)}),
    (((1 + sympy.sqrt(5)) / 2) ** n, a**n, None),
    (sympy.I**n, (-sympy.I) ** n, set()),
    (sympy.sqrt(2) ** n, 2**n, set()),
]


def at(sequence: Any, k: int, chosen: dict[Any, Any]) -> Any:
    if isinstance(sequence, list):
        return sympy.sympify(sequence[k]).subs(chosen) if k < len(sequence) else 0
    if isinstance(sequence, str):
        sequence = sympy.sympify(
            sequence.replace("^", "**").replace("2a", "2*a").replace("2n", "2*n")
        )
    return sequence.subs(n, k).subs(chosen)


@pytest.mark.parametrize(("f", "g", "conditions"), SYMBOLIC)
def test_symbols_against_numbers_put_in(f: Any, g: Any, conditions: Any) -> None:
    found = convolve(f, g)
    if conditions is not None:
        assert {frozenset(c.args) for c in found.conditions} == {
            frozenset(c.args) for c in conditions
        }
    assert found.variable == n
    chosen = {a: sympy.Rational(7, 3), b: sympy.Rational(-5, 2), c: sympy.Rational(11, 4)}
    assert all(condition.subs(chosen) == sympy.true for condition in found.conditions)
    for k in range(found.checked + 3):
        wanted = sum(at(f, i, chosen) * at(g, k - i, chosen) for i in range(k + 1))
        got = found.expression.subs(n, k).subs(chosen)
        assert sympy.radsimp(sympy.expand(got - wanted)) == 0


def test_forms_that_books_print() -> None:
    assert convolve("1", "1").expression == n + 1
    assert convolve("2^n", "3^n").expression == 3 * 3**n - 2 * 2**n
    assert convolve("n", "n").expression == n**3 / 6 - n / 6
    assert convolve("a^n", "a^n").expression == n * a**n + a**n
    geometric = convolve("a^n", "1")
    assert sympy.cancel(geometric.expression - (a * a**n - 1) / (a - 1)) == 0
    assert str(geometric) == "a*a**n/(a - 1) - 1/(a - 1) if Ne(1, a)"
    assert str(convolve("1", [1, -1])) == "KroneckerDelta(0, n)"
    assert convolve("0", "5^n").expression == 0


def test_fibonacci_numbers_convolved() -> None:
    root = sympy.sqrt(5)
    binet = ((1 + root) ** n - (1 - root) ** n) / (2**n * root)
    found = convolve(binet, binet)
    numbers = [0, 1]
    while len(numbers) < 20:
        numbers.append(numbers[-1] + numbers[-2])
    for k in (0, 1, 2, 7, 13):
        wanted = sum(numbers[i] * numbers[k - i] for i in range(k + 1))
        assert sympy.expand(found.expression.subs(n, k)) == wanted


def test_the_variable_may_have_any_name_and_assumptions() -> None:
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    found = convolve(2**k, "3^k", k)
    assert found.variable == k
    assert found.expression == 3 * 3**k - 2 * 2**k
    assert convolve(2**k, 3**k, "k").variable == sympy.Symbol("k")
    assert convolve("n", 1, "k").expression == n * sympy.Symbol("k") + n
    with pytest.raises(EntryError, match="not-a-variable"):
        convolve(1, 1, 5)


def test_entries_of_every_kind() -> None:
    for one in (1, Fraction(1), sympy.Integer(1), "1", np.int64(1)):
        assert convolve(one, one).expression == n + 1
    assert convolve(np.array([1, 2]), "1/2").expression == (
        sympy.Rational(3, 2) - sympy.KroneckerDelta(0, n)
    )
    assert convolve("1/2^n", "1").expression == 2 - 1 / 2**n


REFUSED: list[tuple[Any, type[Exception], str]] = [
    ("1/(n+1)", EntryError, r"1/\(n \+ 1\) divides by a sum in n"),
    ("n^n", EntryError, "has n in base and exponent"),
    ("a^(n^2)", EntryError, r"no s\*n \+ t"),
    ("a^(b*n)", EntryError, r"no s\*n \+ t"),
    ("2^(101n)", EntryError, r"no s\*n \+ t"),
    ("(n+1)^(1/2)", EntryError, "integer from 0 to 100"),
    ("n^101", EntryError, "integer from 0 to 100"),
    ("n % 2", EntryError, r"\(n\) % \(2\) has no closed form"),
    ("n/0", EntryError, "is no number"),
    ("n == 2", EntryError, "a list or a comparison"),
    ("(n, 1)", EntryError, "a list or a comparison"),
    ("2^n +", ExpressionError, "ExpressionError"),
    ("sin(n)", ExpressionError, "unknown-function"),
    ("__import__('os')", ExpressionError, "ExpressionError"),
    (sympy.sin(n), EntryError, "is no sum of products of n and powers"),
    (sympy.exp(n), EntryError, "is no sum of products of n and powers"),
    (sympy.factorial(n), EntryError, "is no sum of products of n and powers"),
    (sympy.KroneckerDelta(n, a), EntryError, "does not stand at an integer"),
    (sympy.sin(a) * n, AlgebraError, "not-rational-function"),
    (sympy.sqrt(a) ** n, AlgebraError, "not-rational-function"),
    (sympy.pi**n, AlgebraError, "not-rational-function"),
    (sympy.Float(0.5) ** n, EntryError, "float"),
    (0.5, EntryError, "float"),
    ([[1, 2]], EntryError, "an array of 2 axes"),
    ("(2^n + 3^n + 5^n)^60", EntryError, "sequence-too-long"),
    ("n^23", EntryError, "25 values determine the result, but at most 24"),
]


@pytest.mark.parametrize(("f", "error", "words"), REFUSED)
def test_what_is_outside_the_class_is_refused(f: Any, error: type[Exception], words: str) -> None:
    for pair in ((f, "1"), ("1", f)):
        with pytest.raises(error, match=words):
            convolve(*pair)


def test_as_many_values_as_the_recurrence_needs_are_compared() -> None:
    assert convolve("n^2*2^n + 3^n", "n*3^n").checked == 3 + 1 + 2
    assert convolve("2^n", [1, 2, 3]).checked == 1 + 3
    assert convolve("n^11", "n^11").checked == MOST_TERMS


def an_impulse_more(total: Any) -> None:
    total.put(3, total.ring.one)


def a_power_more(total: Any) -> None:
    base = next(iter(total.modes))
    total.add(base, [total.ring.zero] * 3 + [total.ring.one])


def another_coefficient(total: Any) -> None:
    total.add(next(iter(total.modes)), [total.ring.one])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (an_impulse_more, "more terms than the two sequences can give"),
        (a_power_more, "more terms than the two sequences can give"),
        (another_coefficient, "the closed form and the sum differ at n = 0"),
    ],
)
@pytest.mark.parametrize("pair", [("n*2^n", "n*3^n"), ("n*2^n", "3^n"), ("5^n", "n")])
def test_a_wrong_form_does_not_pass(
    change: Any, words: str, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    true = products.convolved

    def off(left: Any, right: Any) -> Any:
        total, conditions = true(left, right)
        change(total)
        return total, conditions

    monkeypatch.setattr(sequences, "convolved", off)
    with pytest.raises(AlgebraError, match=words):
        convolve(*pair)


def test_a_wrong_reading_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    true = reading.Reader.read

    def off(self: Any, operand: Any) -> Any:
        total = true(self, operand)
        total.put(1, total.ring.one)
        return total

    monkeypatch.setattr(reading.Reader, "read", off)
    with pytest.raises(AlgebraError, match="not-proved"):
        convolve("2^n", "3^n")


def test_a_closed_form_is_data() -> None:
    found = convolve("a^n", "b^n")
    assert isinstance(found, ClosedForm)
    assert found.conditions == (sympy.Ne(a, b),)
    assert found.checked == 2
    assert sympy.cancel(found.expression - (a * a**n - b * b**n) / (a - b)) == 0
