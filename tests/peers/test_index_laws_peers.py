"""Index laws against SymPy's discrete convolutions: values and lengths of small cases."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from symconv.index_laws import (
    circular_convolve,
    dyadic_convolve,
    intersection_convolve,
    subset_convolve,
    union_convolve,
)

sympy = pytest.importorskip("sympy")
CASES = 1200


def operands(seed: int) -> tuple[list[Any], list[Any]]:
    source = random.Random(seed)  # noqa: S311 - examples, no secrets

    def entry() -> Any:
        if seed % 2:
            return source.randint(-(10 ** (seed % 25)), 10 ** (seed % 25))
        value = Fraction(source.randint(-40, 40), source.randint(1, 9))
        return value.numerator if value.denominator == 1 else value

    sizes = (source.randint(1, 9), source.randint(1, 9))
    x, w = ([entry() for _ in range(size)] for size in sizes)
    return x, w


def theirs(values: list[Any]) -> list[Any]:
    return [
        value if isinstance(value, int) else sympy.Rational(value.numerator, value.denominator)
        for value in values
    ]


def ours(values: list[Any]) -> list[Any]:
    return [sympy.Rational(*Fraction(value).as_integer_ratio()) for value in values]


BITWISE: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "dyadic": (dyadic_convolve, sympy.discrete.convolutions.convolution_fwht),
    "subset": (subset_convolve, sympy.discrete.convolutions.convolution_subset),
    "union": (union_convolve, sympy.discrete.convolutions.covering_product),
    "intersection": (intersection_convolve, sympy.discrete.convolutions.intersecting_product),
}


@pytest.mark.parametrize("law", BITWISE)
def test_laws_of_bits(law: str) -> None:
    operation, peer = BITWISE[law]
    for seed in range(CASES):
        x, w = operands(seed)
        wanted = [sympy.sympify(value) for value in peer(theirs(x), theirs(w))]
        engine = ("numpy", "definition", "sympy")[seed % 3]
        assert ours(operation(x, w, engine=engine).tolist()) == wanted, (x, w)
    assert operation([], [1, 2]).tolist() == peer([], [1, 2]) == []


def test_circular_convolution_is_sympys_cycle() -> None:
    for seed in range(CASES):
        x, w = operands(seed)
        n = 1 + seed % 13
        wanted = [sympy.sympify(v) for v in sympy.convolution(theirs(x), theirs(w), cycle=n)]
        engine = ("numpy", "definition", "sympy")[seed % 3]
        found = circular_convolve(x, w, n, engine=engine).tolist()
        assert len(found) == len(wanted) == n
        assert ours(found) == wanted, (x, w, n)


def test_symbols() -> None:
    a, b, c, u, v = sympy.symbols("a b c u v")
    for x, w in itertools.product([[a], [a, b], [a, b, c]], [[u], [u, v]]):
        for operation, peer in BITWISE.values():
            wanted = [sympy.expand(value) for value in peer(list(x), list(w))]
            assert [sympy.expand(value) for value in operation(x, w).tolist()] == wanted
        wanted = sympy.convolution(list(x), list(w), subset=True)
        assert subset_convolve(x, w).tolist() == wanted
