"""Integers with letters in them: put to numbers, they are what Python's own integers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.laws.letters.conditions import (
    Test as Condition,  # pytest collects what is called Test
)
from symconv.laws.letters.conditions import (
    at_least,
    every,
    inside,
    largest,
    less,
    negation,
    same,
    some,
    surely,
)
from symconv.laws.letters.wholes import Whole, choice, letter, whole

Draw = Callable[[st.SearchStrategy[Any]], Any]
ENV = st.fixed_dictionaries(
    {
        "n": st.integers(1, 9),
        "k": st.integers(1, 5),
        "s": st.integers(1, 4),
        "p": st.integers(-9, 9),
    }
)
LEAST = {"n": 1, "k": 1, "s": 1}


@dataclass(frozen=True)
class Both:
    """A whole, or a test, with the function of the letters that it stands for."""

    ours: Any
    value: Callable[[dict[str, int]], int]

    def __repr__(self) -> str:
        return str(self.ours)


def number(value: int) -> Both:
    """Return a number."""
    return Both(whole(value), lambda _: value)


def name(text: str) -> Both:
    """Return a letter."""
    return Both(letter(text), lambda env: env[text])


@st.composite
def wholes(draw: Draw, depth: int = 3) -> Both:
    """Draw an expression of sums, products, quotients, remainders and choices."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        leaf = draw(st.one_of(st.integers(-4, 4), st.sampled_from("nksp")))
        return number(leaf) if isinstance(leaf, int) else name(leaf)
    a, b = draw(wholes(depth - 1)), draw(wholes(depth - 1))
    x, y = a.ours, b.ours
    kind = draw(st.sampled_from(("+", "-", "*", "neg", "//", "%", "choice", "largest", "int")))
    by = draw(st.sampled_from((number(1), number(2), number(3), name("s"), name("k"))))
    test: Any = draw(conditions(depth - 1)) if kind == "choice" else None
    return {
        "+": lambda: Both(x + y, lambda env: a.value(env) + b.value(env)),
        "-": lambda: Both(x - y, lambda env: a.value(env) - b.value(env)),
        "*": lambda: Both(x * y, lambda env: a.value(env) * b.value(env)),
        "neg": lambda: Both(-x, lambda env: -a.value(env)),
        "//": lambda: Both(x // by.ours, lambda env: a.value(env) // by.value(env)),
        "%": lambda: Both(x % by.ours, lambda env: a.value(env) % by.value(env)),
        "largest": lambda: Both(largest(x, y), lambda env: max(a.value(env), b.value(env))),
        "int": lambda: Both(2 - x * 3 + 1, lambda env: 2 - a.value(env) * 3 + 1),
        "choice": lambda: Both(
            choice(test.ours, x, y),
            lambda env: a.value(env) if test.value(env) else b.value(env),
        ),
    }[kind]()


@st.composite
def conditions(draw: Draw, depth: int) -> Both:
    """Draw comparisons, and tests made of them."""
    a, b = draw(wholes(depth)), draw(wholes(depth))
    kinds = ("at_least", "less", "same", "inside") + (("not", "every", "some") if depth else ())
    kind = draw(st.sampled_from(kinds))
    parts = draw(st.lists(conditions(depth - 1), max_size=3)) if kind in ("every", "some") else []
    inner: Any = draw(conditions(depth - 1)) if kind == "not" else None
    return {
        "at_least": lambda: Both(
            at_least(a.ours, b.ours), lambda env: a.value(env) >= b.value(env)
        ),
        "less": lambda: Both(less(a.ours, b.ours), lambda env: a.value(env) < b.value(env)),
        "same": lambda: Both(same(a.ours, b.ours), lambda env: a.value(env) == b.value(env)),
        "inside": lambda: Both(
            every(inside(a.ours, b.ours)), lambda env: 0 <= a.value(env) < b.value(env)
        ),
        "not": lambda: Both(negation(inner.ours), lambda env: not inner.value(env)),
        "every": lambda: Both(
            every(part.ours for part in parts), lambda env: all(part.value(env) for part in parts)
        ),
        "some": lambda: Both(
            some(part.ours for part in parts), lambda env: any(part.value(env) for part in parts)
        ),
    }[kind]()


@given(both=wholes(), env=ENV)
@settings(max_examples=120)
def test_a_whole_has_the_value_of_its_expression(both: Both, env: dict[str, int]) -> None:
    value = both.value(env)
    assert both.ours.value(env) == value
    assert set(both.ours.letters()) <= set(env)
    if both.ours.constant is not None:
        assert both.ours.constant == value


@given(both=conditions(2), env=ENV)
@settings(max_examples=120)
def test_a_test_holds_where_its_comparison_does(both: Both, env: dict[str, int]) -> None:
    held = bool(both.value(env))
    assert both.ours.value(env) is held
    if both.ours.known is not None:
        assert both.ours.known is held
    if surely(both.ours, LEAST):
        assert held


@given(both=wholes(), env=ENV, put=st.sets(st.sampled_from("nks")), more=wholes(1))
@settings(max_examples=120)
def test_letters_are_replaced_by_numbers_and_by_wholes(
    both: Both, env: dict[str, int], put: set[str], more: Both
) -> None:
    numbers = {one: whole(env[one]) for one in put}
    assert both.ours.put(numbers).value(env) == both.value(env)
    known = both.ours.put({one: whole(env[one]) for one in env})
    assert known.constant == both.value(env)
    found = both.ours.put({"p": more.ours})
    assert found.value(env) == both.value(env | {"p": more.value(env)})
    moved = {"n": letter("k"), "k": letter("n")}
    assert both.ours.put(moved).value(env) == both.value(env | {"n": env["k"], "k": env["n"]})


@given(both=conditions(2), env=ENV, put=st.sets(st.sampled_from("nksp")))
@settings(max_examples=100)
def test_letters_of_a_test_are_replaced(both: Both, env: dict[str, int], put: set[str]) -> None:
    found = both.ours.put({one: whole(env[one]) for one in put})
    assert found.value(env) is bool(both.value(env))
    if put == set(env):
        assert found.known is bool(both.value(env))


@given(both=wholes(), env=ENV, one=st.sampled_from("nksp"))
@settings(max_examples=120)
def test_a_whole_that_is_solved_for_a_letter(both: Both, env: dict[str, int], one: str) -> None:
    found = both.ours.solved(one)
    if found is None:
        return
    factor, rest = found
    assert factor.value(env) * env[one] + rest.value(env) == both.value(env)
    assert one not in {*factor.letters(), *rest.letters()}
    assert factor.constant != 0


@pytest.mark.parametrize("one", ["n", "k"])
def test_what_cannot_be_solved(one: str) -> None:
    n, k = letter("n"), letter("k")
    for number_ in (n * n + k * k, n // 2 + k // 2, n * (n // 3) * k * (k // 3), whole(3)):
        assert number_.solved(one) is None
    assert (n * k + n // 2 + k // 2).solved(one) is None


def test_equal_expressions_are_equal_objects() -> None:
    n, k, s = map(letter, "nks")
    assert (n + k) * (n - k) == n * n - k * k
    assert (2 * n + k) // 2 == n + k // 2
    assert (4 * n + 2 * k + 1) % 2 == whole(1)
    assert (n * s) // 1 == n * s
    assert whole(0) // s == whole(0) % s == whole(0)
    assert at_least(n, k) == less(k - 1, n)
    assert same(n, k) == same(k, n)
    assert hash(n + k) == hash(k + n)


def test_linear_is_what_a_linear_solver_takes() -> None:
    n, k, s = map(letter, "nks")
    for linear in (n + 2 * k, (n + k) // 3, choice(at_least(n, k), n % 2, k), whole(7)):
        assert linear.linear
    for other in (n * k, n // s, n % s, (n * k) // 2, choice(at_least(n * n, k), n, k)):
        assert not other.linear
    assert every([at_least(n, 1), same(k, 2)]).linear
    assert not some([at_least(n, 1), same(k * n, 2)]).linear


def shown(value: int) -> str:
    """Return an integer as SMT-LIB writes it."""
    return str(value) if value >= 0 else f"(- {-value})"


def agrees(z3: Any, text: str, env: dict[str, int]) -> bool:
    """Tell whether a statement of SMT-LIB holds at these numbers."""
    script = [
        f"(declare-const |{one}| Int) (assert (= |{one}| {shown(at)}))" for one, at in env.items()
    ]
    solver = z3.Solver()
    solver.from_string("\n".join([*script, f"(assert {text})"]))
    return str(solver.check()) == "sat"


@given(both=wholes(), env=ENV)
@settings(max_examples=40)
def test_smt_text_has_the_same_value(both: Both, env: dict[str, int]) -> None:
    z3 = pytest.importorskip("z3")
    value = both.value(env)
    assert agrees(z3, f"(= {both.ours.smt()} {shown(value)})", env)
    assert not agrees(z3, f"(= {both.ours.smt()} {shown(value + 1)})", env)


@given(both=conditions(2), env=ENV)
@settings(max_examples=40)
def test_smt_text_holds_where_the_test_does(both: Both, env: dict[str, int]) -> None:
    z3 = pytest.importorskip("z3")
    assert agrees(z3, both.ours.smt(), env) is bool(both.value(env))


def test_people_read_sums() -> None:
    n, k, s = map(letter, "nks")
    assert str(n * 2 - k + 3) == "-k + 2*n + 3"
    assert str((n + k) // s) == "floor((k + n) / s)"
    assert "(n + 1) % 2" in str((n + 1) % 2)
    assert str(choice(at_least(n, k), s, 0)) == "(s if k <= n else 0)"
    assert str(every([at_least(n, 1), same(n, k)])) == "(1 <= n and n == k)"
    assert str(negation(same(n, 2))) == "not (2 == n)"
    assert isinstance(n, Whole)
    assert isinstance(same(n, k), Condition)
