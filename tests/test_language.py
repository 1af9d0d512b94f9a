"""Statements: decided on exact values, for every assignment, with the first counterexample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv.errors import ExpressionError
from symconv.exact import array
from symconv.language import MAX_INSTANCES, decide, show

F = {"f": array("a b c"), "g": array("w x"), "h": array("p q")}
N = {"x": array("1 2 3; 4 5 6"), "w": array("1 0; 0 -1"), "v": array([1, 2, 3])}


@pytest.mark.parametrize(
    "statement",
    [
        "convolve(f, g) == convolve(g, f)",
        "convolve(convolve(f, g), h) == convolve(f, convolve(g, h))",
        "convolve(f, g + h) == convolve(f, g) + convolve(f, h)",
        "convolve(2f, g) == 2convolve(f, g)",
        'correlate(f, flip(g), padding="full") == convolve(f, g)',
        "correlate(f, g) ≠ correlate(f, flip(g))",
        "convolve(f, delta(1)) == f",
        "sum(convolve(f, g)) == sum(f)*sum(g)",
    ],
)
@pytest.mark.parametrize("engine", ["definition", "sympy"])
def test_laws_on_symbols(statement: str, engine: str) -> None:
    decision = decide(statement, F, engine=engine)
    assert (decision.holds, decision.instances, decision.text) == (True, 1, "")


@pytest.mark.parametrize(
    "statement",
    [
        "correlate(x, w) == 0 - 4ones(1, 2)",
        "1 < 2 <= 2 < 3 > 1 >= 1",
        "1 + 2 == 3 != 4",
        "shape(x) == (2, 3)",
        "shape(correlate(x, w)) == output_shape(shape(x), shape(w))",
        'shape(convolve(x, w)) == output_shape(shape(x), shape(w), op="convolve")',
        "products(shape(x), shape(w)) == 8",
        "parameters((8, 3, 5, 5)) == 8*3*5*5",
        "parameters((8, 3, 5, 5), bias=1) == 8*3*5*5 + 8",
        "size(7, 3, stride=2, padding=1) == 4",
        "span(3, 2) == 5",
        "max(v) == 3",
        "min(v) == 1",
        "sum(v) == 6",
        "abs(0 - 3) == 3",
        "floor(7/2) == 3",
        "ceil(7/2) == 4",
        "rank(x) == 2",
        "transpose(transpose(x)) == x",
        "transpose(vec(transpose(x))) == kron(identity(1), transpose(flatten(x)))",
        "matmul(identity(2), x) == x",
        "flatten(x) == flatten(x)",
        "max_pool(x, (2, 3)) == 6ones(1, 1)",
        "2avg_pool(x, (2, 3)) == 7ones(1, 1)",
        "global_avg_pool(x) == 7/2",
        "dilate(v, 2) == pad(dilate(v, 2), 0)",
        "subsample(dilate(v, 3), 3) == v",
        "conv(ones(2, 3), ones(1, 2, 2), 2ones(1)) == 6ones(1, 2)",
    ],
)
def test_functions(statement: str) -> None:
    assert decide(statement, N).holds, decide(statement, N).text


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        pytest.param("v == x", "v == x is false: [1 2 3] and [1 2 3; 4 5 6]", id="shapes"),
        pytest.param("1 < 2 < 2", "2 < 2 is false: 2 and 2", id="chain"),
        pytest.param("shape(x) == (3, 2)", "shape(x) == (3, 2) is false: 2x3 and 3x2", id="shape"),
        pytest.param("sum(v) != 6", "sum(v) != 6 is false: 6 and 6", id="not equal"),
        pytest.param(
            "size(7, 3, stride=2) == 4",
            "size(7, 3, stride=2) == 4 is false: 3 and 4",
            id="an option is no relation",
        ),
    ],
)
def test_what_is_wrong_with_a_false_statement(statement: str, text: str) -> None:
    decision = decide(statement, N)
    assert (decision.holds, decision.text) == (False, text)


def test_correlation_does_not_commute() -> None:
    decision = decide('correlate(f, g, padding="full") == correlate(g, f, padding="full")', F)
    assert not decision.holds


def test_every_value_of_the_variables_is_checked() -> None:
    ranges = {"W": range(1, 13), "K": range(1, 8), "P": range(4), "S": range(1, 5)}
    given = ["K <= W + 2P", "(W - K + 2P) % S == 0"]
    decision = decide(
        "(W - K + 2P)/S + 1 == size(W, K, padding=P, stride=S)", {}, ranges=ranges, given=given
    )
    fitting = sum(
        k <= w + 2 * p and (w - k + 2 * p) % s == 0
        for w in ranges["W"]
        for k in ranges["K"]
        for p in ranges["P"]
        for s in ranges["S"]
    )
    assert (decision.holds, decision.instances) == (True, fitting)


def test_the_first_counterexample_is_named() -> None:
    decision = decide("n % 3 != m", {}, ranges={"n": range(3, 9), "m": range(1, 3)})
    assert decision.text == "n = 4, m = 1: n % 3 != m is false: 1 and 1"
    assert (decision.holds, decision.instances) == (False, 3)


@pytest.mark.parametrize(
    ("statement", "ranges", "given", "code"),
    [
        pytest.param("n", {"n": range(3)}, [], "no-comparison", id="no comparison"),
        pytest.param("n == n", {"n": range(0)}, [], "vacuous", id="no values"),
        pytest.param("n == n", {"n": range(3)}, ["n > 5"], "vacuous", id="no instance"),
        pytest.param(
            "n == n", {"n": range(MAX_INSTANCES + 1)}, [], "too-many-instances", id="many"
        ),
        pytest.param("q == 1", {}, [], "unknown-symbol", id="unknown name"),
        pytest.param("floor(1, 2) == 1", {}, [], "bad-argument", id="arguments"),
        pytest.param("shape(1) == 1", {}, [], "bad-argument", id="no array"),
        pytest.param("ones(1001, 1000) == 1", {}, [], "array-too-large", id="size"),
        pytest.param("size == 1", {}, [], "unknown-symbol", id="function without arguments"),
    ],
)
def test_statements_that_cannot_be_decided(
    statement: str, ranges: Any, given: list[str], code: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        decide(statement, {}, ranges=ranges, given=given)
    assert caught.value.code == code


def test_an_error_names_the_function() -> None:
    with pytest.raises(ValueError, match="correlate: axis 0: the kernel spans 3") as caught:
        decide("correlate(g, f) == g", F)
    assert getattr(caught.value, "code", "") == "kernel-too-wide"


def test_values_in_a_line() -> None:
    assert show((3, 4)) == "3x4"
    assert show(np.array([1, 2])) == "[1 2]"
    assert show(np.array([[1, 2], [3, 4]])) == "[1 2; 3 4]"
    assert show(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])) == "[1 2; 3 4 ;; 5 6; 7 8]"
    assert show(np.array(7)) == "7"
    assert show(array("1/2")[0]) == "1/2"
