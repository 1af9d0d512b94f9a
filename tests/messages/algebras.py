"""Errors of algebras and engines."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
import sympy

import symconv
from symconv.algebra import (
    BOOLEAN,
    COMPLEX,
    GF,
    MAX_PLUS,
    MIN_PLUS,
    NUMBERS,
    ExtensionField,
    Operations,
    RationalFunctions,
    named,
)
from tests.messages import with_module

a = sympy.Symbol("a")
EIGHT = ExtensionField(SimpleNamespace(characteristic=2, order=8, irreducible_poly=11))
"""GF(2^3) without the package `galois`, whose class is a field's data here."""


def refusing(*_: Any, **__: Any) -> None:
    raise ValueError("no such field")


STAND_IN = SimpleNamespace(GF=refusing)
LEAST = Operations("least", times=max, plus=min)
MEAN = Operations("mean", times=max, plus=lambda p, q: (p + q) / 2)

CASES: list[Any] = [
    pytest.param(
        lambda: symconv.correlate("a b", "1", algebra=NUMBERS),
        "AlgebraError[not-a-number]: a is not a number\n  hint: leave algebra out for symbols",
        id="not-a-number",
    ),
    pytest.param(
        lambda: GF(7).enter(a),
        "AlgebraError[not-a-number]: a is not a number, so not in GF(7)\n"
        "  hint: leave algebra out for symbols",
        id="not-a-number",
    ),
    pytest.param(
        lambda: GF(5).enter(Fraction(3, 10)),
        "AlgebraError[no-inverse]: 3/10 has no residue: 5 divides its denominator\n"
        "  hint: choose another prime",
        id="no-inverse",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3], algebra=7),  # type: ignore[arg-type]
        "AlgebraError[unknown-algebra]: algebra=7\n"
        "  hint: one of symconv.algebra: GF(q), COMPLEX, MAX_PLUS, MIN_PLUS, BOOLEAN, Operations",
        id="unknown-algebra",
    ),
    pytest.param(
        lambda: symconv.correlate([1], [1], engine="scipy"),
        "EngineError[unknown-engine]: engine='scipy'\n  hint: one of definition, sympy, numpy",
        id="unknown-engine",
    ),
    pytest.param(
        lambda: symconv.correlate([1], [1], engine="sympy", algebra=GF(7)),
        "EngineError[algebra-engine]: engine 'sympy' does not compute this in GF(7)\n"
        "  hint: leave engine out, or use engine='definition'",
        id="algebra-engine",
    ),
    pytest.param(
        lambda: symconv.correlate("a b", "1", engine="numpy"),
        "EngineError[numpy-symbolic]: the numpy engine takes numbers only\n"
        "  hint: use engine=None, 'sympy' or 'definition'",
        id="numpy-symbolic",
    ),
    pytest.param(
        lambda: GF(12),
        "AlgebraError[not-prime]: 12 is neither a prime nor a power of one\n"
        "  hint: a finite field has p or p^k elements, p a prime",
        id="not-prime",
    ),
    pytest.param(
        lambda: GF(-7),
        "AlgebraError[not-prime]: -7 is neither a prime nor a power of one\n"
        "  hint: a finite field has p or p^k elements, p a prime",
        id="not-prime, negative",
    ),
    pytest.param(
        lambda: with_module("galois", None, lambda: GF(9)),
        "AlgebraError[needs-galois]: GF(9) needs the package galois, which is not installed\n"
        '  hint: pip install "symconv[galois]"',
        id="needs-galois",
    ),
    pytest.param(
        lambda: with_module("galois", STAND_IN, lambda: GF(9, polynomial="z^2 - 1")),
        "AlgebraError[not-irreducible]: polynomial='z^2 - 1' does not make GF(9): no such field\n"
        "  hint: give an irreducible polynomial of the field's degree, or leave it out",
        id="not-irreducible",
    ),
    pytest.param(
        lambda: GF(7, polynomial="z + 1"),
        "AlgebraError[not-irreducible]: polynomial='z + 1', but GF(7) is the integers modulo 7\n"
        "  hint: leave the polynomial out, or give an order p^k with k of 2 or more",
        id="not-irreducible, of a prime field",
    ),
    pytest.param(
        lambda: EIGHT.enter(9),
        "AlgebraError[not-in-field]: 9 is no element of GF(2^3)\n"
        "  hint: write the polynomial a_0 + a_1·z + ... as an integer from 0 to 7",
        id="not-in-field",
    ),
    pytest.param(
        lambda: EIGHT.enter(Fraction(1, 3)),
        "AlgebraError[not-in-field]: 1/3 is no element of GF(2^3)\n"
        "  hint: write the polynomial a_0 + a_1·z + ... as an integer from 0 to 7",
        id="not-in-field, a fraction",
    ),
    pytest.param(
        lambda: COMPLEX.enter(a + 2),
        "AlgebraError[not-gaussian]: a + 2 is not a + b*I with rational a and b\n"
        "  hint: leave algebra out for other symbols and roots",
        id="not-gaussian",
    ),
    pytest.param(
        lambda: named("gf(2^65)"),
        "AlgebraError[field-too-large]: gf(2^65) has more than 2^64 elements\n"
        "  hint: use a smaller field",
        id="field-too-large",
    ),
    pytest.param(
        lambda: named("max-pus"),
        "AlgebraError[unknown-algebra]: algebra='max-pus'\n  hint: did you mean 'max-plus'?",
        id="unknown-algebra, by name",
    ),
    pytest.param(
        lambda: named("octonions"),
        "AlgebraError[unknown-algebra]: algebra='octonions'\n"
        "  hint: one of numbers, expressions, complex, boolean, max-plus, min-plus, gf(7)",
        id="unknown-algebra, far from all",
    ),
    pytest.param(
        lambda: RationalFunctions.of([a + sympy.sin(a)]),
        "AlgebraError[not-rational-function]: a + sin(a) is no quotient of polynomials, "
        "because of sin(a)\n"
        "  hint: write a symbol for it",
        id="not-rational-function",
    ),
    pytest.param(
        lambda: symconv.correlate([0, 1, 2], [1, 1], algebra=BOOLEAN),
        "AlgebraError[not-boolean]: 2 is neither 0 nor 1\n  hint: compare with a threshold first",
        id="not-boolean",
    ),
    pytest.param(
        lambda: symconv.correlate([3, sympy.I], [1], algebra=MIN_PLUS),
        "AlgebraError[no-order]: I has no order, so min-plus cannot compare it\n"
        "  hint: use real numbers and symbols",
        id="no-order, complex",
    ),
    pytest.param(
        lambda: symconv.negacyclic_convolve([1, 2, 3], [4, 5], algebra=MAX_PLUS),
        "AlgebraError[no-scale]: the operation multiplies by -1, which max-plus has no "
        "product for\n"
        "  hint: use a ring: numbers, expressions or GF(p); modulo a composite, reduce the "
        "integers",
        id="no-scale",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3], padding=4, algebra=LEAST),
        "AlgebraError[no-zero]: an output has no terms, and least has no zero\n"
        "  hint: give zero=, or pad less",
        id="no-zero",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3, 4], algebra=MEAN),
        "AlgebraError[float-result]: mean returned 3.5, a float, which may already be rounded\n"
        "  hint: use exact operations: //, Fraction",
        id="float-result",
    ),
    pytest.param(
        lambda: COMPLEX.enter(sympy.sqrt(2)),
        "AlgebraError[not-gaussian]: sqrt(2) is not a + b*I with rational a and b\n"
        "  hint: leave algebra out for other symbols and roots",
        id="not-gaussian, a root",
    ),
    pytest.param(
        lambda: COMPLEX.enter(float("inf")),
        "AlgebraError[not-gaussian]: inf is not a + b*I with rational a and b\n"
        "  hint: leave algebra out for other symbols and roots",
        id="not-gaussian, infinity",
    ),
]
