"""Algebras: numbers, expressions, GF(p), max-plus and min-plus, and convolution in each."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.algebra import EXPRESSIONS, GF, MAX_PLUS, MIN_PLUS, NUMBERS
from symconv.errors import AlgebraError, EngineError
from symconv.exact import array
from symconv.operations import flip
from tests import oracle, strategies

PRIMES = [2, 3, 7, 101, 2**61 - 1]
rationals = st.one_of(st.integers(-99, 99), st.fractions(max_denominator=50))


def folded(example: Any, algebra: Any) -> Any:
    """Return the outputs of the oracle's windows, folded by hand in an algebra without padding."""

    def fold(pairs: list[tuple[Any, Any]]) -> Any:
        return algebra.sum(algebra.product(algebra.enter(a), algebra.enter(b)) for a, b in pairs)

    return oracle.each(oracle.windows(*example[:2], **example[2]), fold)


@pytest.mark.parametrize("p", PRIMES)
@given(st.data())
@settings(max_examples=15)
def test_convolution_over_a_finite_field_is_the_integers_modulo_p(
    p: int, data: st.DataObject
) -> None:
    options = data.draw(strategies.geometries(2, stuffing=False))
    x = data.draw(strategies.entries(options["sizes"], ("small", "huge")))
    w = data.draw(strategies.entries(options["taps"], ("small", "huge")))
    given_ = {name: options[name] for name in ("stride", "dilation", "padding")}
    found = symconv.correlate(x, w, algebra=GF(p), **given_)
    plain = symconv.correlate(x, w, **given_).astype(object)
    assert found.tolist() == (plain % p).tolist()


def test_a_rational_enters_a_field_as_numerator_times_inverse() -> None:
    field = GF(7)
    assert field.enter(Fraction(1, 2)) == 4
    assert 2 * field.enter(Fraction(1, 2)) % 7 == 1
    assert field.enter(Fraction(-3, 5)) * 5 % 7 == -3 % 7
    assert symconv.correlate([Fraction(1, 2), 3], [2, 1], algebra=field).tolist() == [(1 + 3) % 7]


@pytest.mark.parametrize("modulus", [-7, 0, 1, 4, 9, 561, 2**61 + 1])
def test_a_modulus_that_is_no_prime_is_refused(modulus: int) -> None:
    with pytest.raises(AlgebraError, match="not-prime"):
        GF(modulus)


def test_a_denominator_divisible_by_the_prime_has_no_residue() -> None:
    with pytest.raises(AlgebraError, match="no-inverse"):
        GF(5).enter(Fraction(1, 10))


@pytest.mark.parametrize("algebra", [NUMBERS, GF(7), MAX_PLUS, MIN_PLUS])
def test_symbols_do_not_enter_algebras_of_numbers(algebra: Any) -> None:
    with pytest.raises(AlgebraError):
        algebra.enter(sympy.Symbol("a"))
    with pytest.raises(AlgebraError):
        symconv.correlate("a b", "1", algebra=algebra)


ALGEBRAS = [
    pytest.param(NUMBERS, id="numbers"),
    pytest.param(GF(2), id="GF(2)"),
    pytest.param(GF(101), id="GF(101)"),
    pytest.param(MAX_PLUS, id="max-plus"),
    pytest.param(MIN_PLUS, id="min-plus"),
    pytest.param(EXPRESSIONS, id="expressions"),
]


@pytest.mark.parametrize("algebra", ALGEBRAS)
@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(-99, 99))
@settings(max_examples=40)
def test_the_laws_of_a_semiring(algebra: Any, a: int, b: int, c: int) -> None:
    a, b, c = map(algebra.enter, (a, b, c))
    times = algebra.product

    def plus(*values: Any) -> Any:
        return algebra.sum(values)

    assert plus(a, b) == plus(b, a)
    assert plus(plus(a, b), c) == plus(a, plus(b, c)) == plus(a, b, c)
    assert times(a, b) == times(b, a)
    assert times(times(a, b), c) == times(a, times(b, c))
    assert times(a, plus(b, c)) == plus(times(a, b), times(a, c))
    assert plus(a, algebra.zero) == a
    assert plus() == algebra.zero
    assert times(a, algebra.zero) == algebra.zero


@pytest.mark.parametrize("algebra", ALGEBRAS)
@given(st.data())
@settings(max_examples=15)
def test_full_convolution_commutes_and_associates_in_every_algebra(
    algebra: Any, data: st.DataObject
) -> None:
    f, g, h = (data.draw(strategies.entries((n,), ("small",))) for n in (4, 3, 2))

    def convolve(a: Any, b: Any) -> Any:
        return symconv.convolve(a, b, algebra=algebra).tolist()

    assert convolve(f, g) == convolve(g, f)
    assert convolve(convolve(f, g), h) == convolve(f, convolve(g, h))


@pytest.mark.parametrize("largest", [True, False])
@given(st.data())
@settings(max_examples=30)
def test_max_plus_is_grey_dilation_and_min_plus_grey_erosion(
    largest: bool, data: st.DataObject
) -> None:
    shape, taps = data.draw(strategies.different(3, 6, 2)), data.draw(strategies.different(1, 3, 2))
    x = np.array(data.draw(strategies.entries(shape, ("small",))))
    w = np.array(data.draw(strategies.entries(taps, ("small",))))
    if largest:
        found = symconv.convolve(x, w, algebra=MAX_PLUS, padding="valid")
        wanted = scipy.ndimage.grey_dilation(x, structure=w, mode="constant", cval=-(10**6))
        first = tuple((k - 1) // 2 for k in taps)
    else:
        found = symconv.correlate(x, -w, algebra=MIN_PLUS)
        wanted = scipy.ndimage.grey_erosion(x, structure=w, mode="constant", cval=10**6)
        first = tuple(k // 2 for k in taps)
    inner = tuple(slice(f, f + n) for f, n in zip(first, found.shape, strict=True))
    assert found.tolist() == wanted[inner].tolist()


@given(st.data())
@settings(max_examples=30)
def test_erosion_is_dilation_of_the_negative(data: st.DataObject) -> None:
    x = array(data.draw(strategies.entries((5, 4))))
    w = array(data.draw(strategies.entries((2, 3))))
    erosion = symconv.correlate(x, w, algebra=MIN_PLUS, padding="full")
    dilation = symconv.correlate(-x, -w, algebra=MAX_PLUS, padding="full")
    assert erosion.tolist() == (-dilation).tolist()


def test_padding_adds_nothing_to_a_maximum() -> None:
    assert symconv.convolve([-5, -7], [0, -1], algebra=MAX_PLUS).tolist() == [
        -5 + 0,
        max(-5 - 1, -7 + 0),
        -7 - 1,
    ]
    constant = symconv.correlate([-5], [0, 1], algebra=MAX_PLUS, padding=1, boundary="constant(2)")
    assert constant.tolist() == [max(2 + 0, -5 + 1), max(-5 + 0, 2 + 1)]


def test_a_window_on_padding_alone_is_the_zero_of_the_algebra() -> None:
    assert symconv.correlate([], [1], padding=1, algebra=MAX_PLUS).tolist() == [-math.inf] * 2
    assert symconv.correlate([], [1], padding=1, algebra=MIN_PLUS).tolist() == [math.inf] * 2
    assert symconv.correlate([], [1], padding=1, algebra=GF(3)).tolist() == [0, 0]


def test_only_the_definition_takes_an_algebra() -> None:
    found = symconv.correlate([3, 4], [5], algebra=GF(7), engine="definition")
    assert found.tolist() == [3 * 5 % 7, 4 * 5 % 7]
    for engine in ("numpy", "sympy"):
        with pytest.raises(EngineError, match="algebra-engine"):
            symconv.correlate([3, 4], [5], algebra=GF(7), engine=engine)


@given(rationals, rationals)
def test_numbers_normalise_their_sums(a: Any, b: Any) -> None:
    total = NUMBERS.sum([a, b])
    assert total == a + b
    assert type(total) is (int if Fraction(total).denominator == 1 else Fraction)


def test_expressions_are_plain_add_and_mul() -> None:
    a, b, w = sympy.symbols("a b w")
    assert EXPRESSIONS.sum([EXPRESSIONS.product(a, w), EXPRESSIONS.product(b, w)]) == a * w + b * w
    assert EXPRESSIONS.enter(Fraction(1, 2)) is sympy.S.Half
    assert EXPRESSIONS.enter(3) == sympy.Integer(3)
    assert EXPRESSIONS.zero is sympy.S.Zero


def test_names() -> None:
    assert [algebra.name for algebra in (NUMBERS, EXPRESSIONS, GF(7), MAX_PLUS, MIN_PLUS)] == [
        "numbers",
        "expressions",
        "GF(7)",
        "max-plus",
        "min-plus",
    ]


def test_flip_duality_holds_in_max_plus() -> None:
    x, w = [3, 1, 4, 1, 5], [9, 2, 6]
    left = symconv.convolve(x, w, algebra=MAX_PLUS)
    right = symconv.correlate(x, flip(w), padding="full", algebra=MAX_PLUS)
    assert left.tolist() == right.tolist()


def test_the_windows_of_the_oracle_folded_in_max_plus() -> None:
    x, w = [[3, -1, 4], [-1, 5, -9]], [[2, -6], [5, 3]]
    wanted = folded((x, w, oracle.plain(2)), MAX_PLUS)
    assert symconv.correlate(x, w, algebra=MAX_PLUS).tolist() == wanted
