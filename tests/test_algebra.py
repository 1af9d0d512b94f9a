"""Algebras: numbers, expressions, GF(p), max-plus and min-plus, and convolution in each."""

from __future__ import annotations

import itertools
import math
import sys
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import algebra as algebras
from symconv import engines
from symconv.algebra import (
    BOOLEAN,
    COMPLEX,
    EXPRESSIONS,
    GF,
    MAX_PLUS,
    MIN_PLUS,
    NUMBERS,
    ExtensionField,
    Operations,
    RationalFunctions,
    conjugate,
    named,
)
from symconv.errors import AlgebraError, EngineError
from symconv.exact import array, objects, pack
from symconv.index_laws import negacyclic_convolve
from symconv.layers import conv_transpose, locally_connected
from symconv.operations import flip
from symconv.plan import geometry
from symconv.tables import ByTap
from tests import oracle, strategies
from tests.agreement import Example

GCDS = Operations("gcd of sums", times=lambda a, b: a + b, plus=math.gcd, zero=0)
PRIMES = [2, 3, 7, 101, 2**61 - 1, 2**89 - 1]
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


@pytest.mark.parametrize("modulus", [-7, 0, 1, 6, 36, 561, 2**61 + 1, "7"])
def test_an_order_that_is_no_prime_power_is_refused(modulus: Any) -> None:
    with pytest.raises(AlgebraError, match="not-prime"):
        GF(modulus)


def test_a_denominator_divisible_by_the_prime_has_no_residue() -> None:
    with pytest.raises(AlgebraError, match="no-inverse"):
        GF(5).enter(Fraction(1, 10))


@pytest.mark.parametrize("algebra", [NUMBERS, GF(7)])
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
    pytest.param(COMPLEX, id="complex"),
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


@pytest.mark.parametrize("engine", [None, "definition", "numpy"])
def test_two_engines_take_an_algebra(engine: str | None) -> None:
    found = symconv.correlate([3, 4], [5], algebra=GF(7), engine=engine)
    assert found.tolist() == [3 * 5 % 7, 4 * 5 % 7]


def test_an_engine_without_a_way_through_an_algebra_says_so() -> None:
    for algebra in (GF(7), NUMBERS, MAX_PLUS, COMPLEX, GCDS):
        with pytest.raises(EngineError, match="algebra-engine"):
            symconv.correlate([3, 4], [5], algebra=algebra, engine="sympy")
    with pytest.raises(EngineError, match="'numpy' does not compute this in gcd of sums"):
        symconv.correlate([3, 4], [5], algebra=GCDS, engine="numpy")
    with pytest.raises(EngineError, match="'numpy' does not compute this in max-plus"):
        conv_transpose([[3, 4]], [[[5]]], algebra=MAX_PLUS, engine="numpy")


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


def same(plan: Any, x: Any, w: Any, bias: Any, algebra: Any) -> None:
    """Assert that both engines give the same entries, in the same types and dtype."""
    slow = engines.evaluate(plan, x, w, bias, engine="definition", algebra=algebra)
    for engine in ("numpy", None):
        fast = engines.evaluate(plan, x, w, bias, engine=engine, algebra=algebra)
        assert fast.tolist() == slow.tolist()
        assert fast.dtype == slow.dtype
        assert fast.shape == slow.shape
        kinds = [[type(v) for v in out.ravel().tolist()] for out in (fast, slow)]
        assert kinds[0] == kinds[1]


def arrays(example: Example) -> tuple[Any, Any, Any]:
    bias = None if example.bias is None else array(example.bias)
    return array(example.x), array(example.w), bias


NUMERIC = [GF(2), GF(101), GF(2**61 - 1), GF(2**89 - 1), MAX_PLUS, MIN_PLUS, NUMBERS]


@pytest.mark.parametrize("algebra", NUMERIC, ids=lambda algebra: str(algebra.name))
@given(st.data())
@settings(max_examples=12)
def test_engines_agree_on_planes_and_layers_of_numbers(algebra: Any, data: st.DataObject) -> None:
    whole = ("small", "huge", "int64")
    kinds = whole if isinstance(algebra, algebras.PrimeField) else (*whole, "fraction")
    rank = data.draw(st.integers(1, 3))
    kind = strategies.layers if rank < 3 and data.draw(st.booleans()) else strategies.planes
    example = data.draw(kind(rank, kinds))
    if isinstance(algebra, algebras.PrimeField) and Fraction(example.fill).denominator > 1:
        example = replace(example, fill=5)
    same(example.plan, *arrays(example), algebra)


@given(st.data())
@settings(max_examples=30)
def test_engines_agree_on_booleans(data: st.DataObject) -> None:
    kind = strategies.layers if data.draw(st.booleans()) else strategies.planes
    example = data.draw(kind(2, ("small",)))
    example = replace(example, fill=int(example.fill) % 2)
    x, w, bias = (None if v is None else v % 3 % 2 for v in arrays(example))
    same(example.plan, x, w, bias, BOOLEAN)


def gaussian(values: Any, other: int) -> Any:
    entries = [
        COMPLEX.joined(v, (other + 7 * i) % 5 - 2) for i, v in enumerate(values.ravel().tolist())
    ]
    return pack(entries, values.shape)


@given(st.data())
@settings(max_examples=20)
def test_engines_agree_on_complex_numbers(data: st.DataObject) -> None:
    kind = strategies.layers if data.draw(st.booleans()) else strategies.planes
    example = data.draw(kind(2, ("small", "fraction", "huge")))
    x, w, bias = (None if v is None else gaussian(v, i) for i, v in enumerate(arrays(example)))
    plan = example.plan
    if plan.constant:
        plan = replace(plan, fill=COMPLEX.joined(example.fill, 3))
    same(plan, x, w, bias, COMPLEX)


def test_engines_agree_in_every_reading_of_a_table() -> None:
    x, w = [[[1, 2, 3], [4, 5, 6]]], [[[[7, 8], [9, 1]]]]
    ws = np.arange(1, 9).reshape(1, 1, 1, 2, 2, 2)
    forward = geometry((4, 5), (2, 3), stride=(1, 2), padding=1, boundary="constant(3)")
    for algebra in (GF(5), COMPLEX, NUMBERS):
        for engine in ("numpy", "definition"):
            turned = conv_transpose(x, w, [2], stride=(2, 3), algebra=algebra, engine=engine)
            assert turned.shape == (1, 4, 8)
            wanted = objects(conv_transpose(x, w, [2], stride=(2, 3)))
            assert turned.tolist() == (wanted % 5 if algebra == GF(5) else wanted).tolist()
            local = locally_connected(x, ws, algebra=algebra, engine=engine)
            plain = locally_connected(x, ws)
            assert local.tolist() == (plain % 5 if algebra == GF(5) else plain).tolist()
        upstream = np.arange(3, 3 + math.prod(forward.out_shape)).reshape(forward.out_shape)
        same(ByTap(forward), np.arange(1, 21).reshape(4, 5), upstream, None, algebra)


def test_a_field_refuses_what_it_lacks_in_both_engines() -> None:
    half = array(["1/5", 2])
    for engine in ("definition", "numpy", None):
        with pytest.raises(AlgebraError, match="no-inverse"):
            symconv.correlate(half, [5], algebra=GF(5), engine=engine)
        with pytest.raises(AlgebraError, match="no-inverse"):
            symconv.correlate(
                [1], [5], padding=1, boundary="constant(1/5)", algebra=GF(5), engine=engine
            )
        with pytest.raises(AlgebraError, match="not-boolean"):
            symconv.correlate([1, 2], [1], algebra=BOOLEAN, engine=engine)
        if engine != "numpy":
            with pytest.raises(AlgebraError, match="no-order"):
                symconv.correlate([sympy.I, 2], [1], algebra=MAX_PLUS, engine=engine)
        with pytest.raises(AlgebraError, match="not-gaussian"):
            symconv.correlate("a 2", [1], algebra=COMPLEX, engine=engine)
        with pytest.raises(AlgebraError, match="no-scale"):
            negacyclic_convolve([1, 1], [1, 1], algebra=BOOLEAN, engine=engine and "definition")
    assert negacyclic_convolve([1, 1], [0, 1], 3, algebra=BOOLEAN).tolist() == [0, 1, 1]


@given(st.data())
@settings(max_examples=30)
def test_boolean_convolution_is_binary_dilation(data: st.DataObject) -> None:
    shape, taps = data.draw(strategies.different(3, 7, 2)), data.draw(strategies.different(1, 3, 2))
    bits = st.integers(0, 1)
    x, w = (
        np.array(data.draw(st.lists(bits, min_size=math.prod(s), max_size=math.prod(s)))).reshape(s)
        for s in (shape, taps)
    )
    w[0, 0] = 1
    dilated = symconv.convolve(x, w, algebra=BOOLEAN, padding="same_lower")
    assert dilated.tolist() == oracle_dilation(x.tolist(), w.tolist())
    if all(k % 2 for k in taps):
        wanted = scipy.ndimage.binary_dilation(x, structure=w)
        assert dilated.tolist() == wanted.astype(int).tolist()
        eroded = 1 - symconv.correlate(1 - x, w, algebra=BOOLEAN, padding="same_lower")
        wanted = scipy.ndimage.binary_erosion(x, structure=w, border_value=1)
        assert eroded.tolist() == wanted.astype(int).tolist()


def oracle_dilation(x: Any, w: Any) -> Any:
    """Move every black pixel by every offset of the kernel from its centre, loops only."""
    tall, wide = len(x), len(x[0])
    out = [[0] * wide for _ in range(tall)]
    for i, j, s, t in itertools.product(range(tall), range(wide), range(len(w)), range(len(w[0]))):
        place = (i + s - (len(w) - 1) // 2, j + t - (len(w[0]) - 1) // 2)
        if x[i][j] and w[s][t] and 0 <= place[0] < tall and 0 <= place[1] < wide:
            out[place[0]][place[1]] = 1
    return out


@given(st.lists(st.tuples(rationals, rationals), min_size=1, max_size=6), st.data())
@settings(max_examples=40)
def test_complex_convolution_is_that_of_pairs(
    x: list[tuple[Any, Any]], data: st.DataObject
) -> None:
    w = data.draw(st.lists(st.tuples(rationals, rationals), min_size=1, max_size=3))
    wanted = [(Fraction(0), Fraction(0)) for _ in range(len(x) + len(w) - 1)]
    for (i, (a, b)), (j, (c, d)) in itertools.product(enumerate(x), enumerate(w)):
        real, imaginary = wanted[i + j]
        wanted[i + j] = (real + a * c - b * d, imaginary + a * d + b * c)

    def entries(pairs: Any) -> list[Any]:
        return [COMPLEX.joined(*pair) for pair in pairs]

    for engine in ("definition", "numpy"):
        found = symconv.convolve(entries(x), entries(w), algebra=COMPLEX, engine=engine)
        assert [tuple(map(Fraction, COMPLEX.parts(value))) for value in found.tolist()] == wanted
        assert found.tolist() == entries(wanted)


def test_complex_numbers_in_text_and_sympy() -> None:
    i = sympy.I
    found = symconv.convolve("1+2I I/3", "3-I 2", algebra=COMPLEX)
    assert found.tolist() == [5 + 5 * i, sympy.Rational(7, 3) + 5 * i, 2 * i / 3]
    assert symconv.correlate("I", "I", algebra=COMPLEX).tolist() == [-1]
    assert symconv.correlate([1 / (1 + i), (1 + i) ** 2], [2, 1], algebra=COMPLEX).tolist() == [
        1 + i
    ]
    product = symconv.correlate([1 + i], [1 - i], algebra=COMPLEX)
    assert product.dtype == np.int64
    for value in ("a", "a + I", sympy.sqrt(2), sympy.sqrt(2) * i, sympy.exp(i)):
        with pytest.raises(AlgebraError, match="not-gaussian"):
            COMPLEX.enter(array([value])[0])


def test_conjugates_are_exact() -> None:
    a, r = sympy.Symbol("a"), sympy.Symbol("r", real=True)
    assert conjugate(7) == 7
    assert conjugate(Fraction(2, 3)) == Fraction(2, 3)
    assert conjugate(3 + 4 * sympy.I) == 3 - 4 * sympy.I
    assert conjugate(a * sympy.I) == -sympy.I * sympy.conjugate(a)
    assert conjugate(r) == r
    assert COMPLEX.enter(conjugate(sympy.Symbol("I"))) == -sympy.I
    assert COMPLEX.product(COMPLEX.inverse(3 - 4 * sympy.I), 3 - 4 * sympy.I) == 1


def test_any_pair_of_operations_is_folded_from_the_left() -> None:
    words = Operations("words", times=lambda a, b: f"{a}{b}", plus=lambda a, b: f"({a}+{b})")
    found = symconv.correlate([1, 2, 3, 4], [5, 6, 7], algebra=words)
    assert found.tolist() == ["((15+26)+37)", "((25+36)+47)"]
    found = symconv.convolve([1, 2, 3, 4], [5, 6, 7], algebra=words, padding="valid")
    assert found.tolist() == ["((17+26)+35)", "((27+36)+45)"]
    assert symconv.correlate([4, 6, 9], [2, 3], algebra=GCDS).tolist() == [
        math.gcd(4 + 2, 6 + 3),
        math.gcd(6 + 2, 9 + 3),
    ]
    assert symconv.correlate([], [1], padding=1, algebra=GCDS).tolist() == [0, 0]
    largest = Operations("max-times", times=lambda a, b: a * b, plus=max, zero=0)
    halves = symconv.correlate(["1/2", 3], [2, 4], padding=1, algebra=largest)
    assert halves.tolist() == [2, 12, 6]
    assert halves.dtype == np.int64


def test_operations_say_what_they_lack() -> None:
    bare = Operations("sums", times=lambda a, b: a * b, plus=lambda a, b: a + b)
    with pytest.raises(AlgebraError, match="no-zero"):
        symconv.correlate([], [1], padding=1, algebra=bare)
    with pytest.raises(AlgebraError, match="no-scale"):
        negacyclic_convolve([1, 2], [3, 4], algebra=bare)
    roots = Operations("roots", times=lambda a, b: a * b, plus=lambda a, b: (a + b) ** 0.5)
    with pytest.raises(AlgebraError, match="float-result"):
        symconv.correlate([1, 2], [3, 4], algebra=roots)


@pytest.mark.parametrize(
    ("text", "algebra"),
    [
        ("numbers", NUMBERS),
        ("Expressions", EXPRESSIONS),
        (" complex ", COMPLEX),
        ("boolean", BOOLEAN),
        ("max-plus", MAX_PLUS),
        ("MIN-PLUS", MIN_PLUS),
        ("gf(7)", GF(7)),
        ("GF( 101 )", GF(101)),
        ("gf(2^1)", GF(2)),
        (f"gf({2**89 - 1})", GF(2**89 - 1)),
    ],
)
def test_algebras_by_name(text: str, algebra: Any) -> None:
    assert named(text) == algebra


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("max plus", "unknown-algebra", "did you mean 'max-plus'?"),
        ("bool", "unknown-algebra", "did you mean 'boolean'?"),
        ("quaternions", "unknown-algebra", "one of numbers, "),
        ("", "unknown-algebra", "one of numbers, "),
        ("gf(-7)", "unknown-algebra", "gf(7)"),
        ("gf(7", "unknown-algebra", "did you mean 'gf(7)'?"),
        ("gf(٧)", "unknown-algebra", "gf(7)"),
        ("gf(" + "9" * 41 + ")", "unknown-algebra", "one of"),
        ("gf(6)", "not-prime", "neither a prime"),
        ("gf(2^99)", "field-too-large", "2^64"),
        (f"gf({2**127})", "field-too-large", "2^64"),
        (7, "unknown-algebra", "algebra=7"),
    ],
)
def test_text_that_names_no_algebra(text: Any, code: str, word: str) -> None:
    with pytest.raises(AlgebraError) as caught:
        named(text)
    assert caught.value.code == code
    assert word in str(caught.value)


def field_of(prime: int, written: int) -> ExtensionField:
    """Return a field from its irreducible polynomial without the package galois."""
    degree = 0
    while prime ** (degree + 1) <= written:
        degree += 1
    kind = SimpleNamespace(characteristic=prime, order=prime**degree, irreducible_poly=written)
    return ExtensionField(kind)


AES = field_of(2, 0x11B)
"""The field of FIPS 197: bytes modulo z^8 + z^4 + z^3 + z + 1."""


def test_bytes_multiply_as_the_advanced_encryption_standard_says() -> None:
    assert AES.name == "GF(2^8)"
    assert AES.product(0x57, 0x83) == 0xC1
    assert AES.product(0x57, 0x13) == 0xFE
    assert AES.inverse(0x53) == 0xCA
    assert AES.sum([0x57, 0x83]) == 0xD4
    column, circulant = [0xDB, 0x13, 0x53, 0x45], [[2, 3, 1, 1]]
    mixed = AES.sum(AES.product(a, b) for a, b in zip(column, circulant[0], strict=True))
    assert mixed == 0x8E


@pytest.mark.parametrize("field", [AES, field_of(3, 34), field_of(5, 32)])
def test_every_element_of_an_extension_field_has_an_inverse(field: ExtensionField) -> None:
    for value in range(1, field.order):
        assert field.product(value, field.inverse(value)) == 1
    assert len({field.product(2, value) for value in range(field.order)}) == field.order


@given(st.lists(st.integers(0, 26), min_size=3, max_size=3))
@settings(max_examples=60)
def test_an_extension_field_is_a_ring(values: list[int]) -> None:
    field = field_of(3, 34)
    a, b, c = values
    assert field.product(a, field.product(b, c)) == field.product(field.product(a, b), c)
    left = field.product(a, field.sum([b, c]))
    assert left == field.sum([field.product(a, b), field.product(a, c)])
    assert field.sum([a, field.scaled(a, -1)]) == 0
    assert field.scaled(a, Fraction(1, 2)) == field.sum([a, a])


def test_what_is_no_element_of_an_extension_field_is_refused() -> None:
    for value in (-1, 256, Fraction(1, 2), sympy.Symbol("a")):
        with pytest.raises(AlgebraError, match="not-in-field"):
            symconv.correlate([value], [1], algebra=AES)
    found = symconv.convolve([0x57, 1], [0x83, 0x13], algebra=AES, engine="definition")
    assert found.tolist() == [0xC1, 0xFE ^ 0x83, 0x13]


def test_a_prime_power_needs_galois(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "galois", None)
    for order in (8, 9, 2**10):
        with pytest.raises(AlgebraError, match="symconv\\[galois\\]"):
            GF(order)
    with pytest.raises(AlgebraError, match="not-irreducible"):
        GF(7, polynomial="x + 1")


def test_rational_functions_are_a_field() -> None:
    a, b = sympy.symbols("a b")
    root = sympy.sqrt(5)
    field = RationalFunctions.of([a, b, root])
    one = field.enter((a**2 - b**2) / (a * root - b * root))
    assert field.leave(field.product(one, field.enter(root))) == a + b
    assert field.product(one, field.inverse(one)) == field.one
    golden = field.enter((1 + root) / 2)
    assert field.inverse(golden) == field.sum([golden, field.enter(-1)])
    assert hash(field.inverse(golden)) == hash(field.sum([golden, field.enter(-1)]))
    assert field.sum([one, field.scaled(one, -1)]) == field.zero
    for entry in (sympy.sin(a), a**b, sympy.sqrt(a), sympy.pi * a):
        with pytest.raises(AlgebraError, match="not-rational-function"):
            RationalFunctions.of([entry])


def test_symbols_in_max_plus_stay_maxima() -> None:
    a, b, c, w, x = sympy.symbols("a b c w x")
    found = symconv.correlate("a b c", "w x", algebra=MAX_PLUS)
    assert found.tolist() == [sympy.Max(a + w, b + x), sympy.Max(b + w, c + x)]
    least = symconv.convolve("a 3", "w 1/2", algebra=MIN_PLUS, padding="valid")
    assert least.tolist() == [sympy.Min(a + sympy.Rational(1, 2), w + 3)]
    pooled = symconv.correlate("a b; c 4", [[0, 0], [0, 0]], algebra=MAX_PLUS)
    assert pooled.tolist() == symconv.max_pool("a b; c 4", 2).tolist()
    with pytest.raises(EngineError, match="algebra-engine"):
        symconv.correlate("a b", [1], algebra=MAX_PLUS, engine="numpy")
