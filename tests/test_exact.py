"""The border: what becomes an exact entry, in which dtype, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symconv.equality import equal, same
from symconv.errors import EntryError, ExpressionError
from symconv.exact import array, entry, is_symbolic, pack
from symconv.gridtext import split_text

HALF = Fraction(1, 2)
number: Any = np.int64
HALVES = Fraction(number(3), number(2))
a, b, c = sympy.symbols("a b c")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("7", [7], id="one entry is a vector of one"),
        pytest.param("1 2 3", [1, 2, 3], id="one row"),
        pytest.param("1, 2,3", [1, 2, 3], id="commas"),
        pytest.param("1 2;", [[1, 2]], id="a semicolon makes a matrix of one row"),
        pytest.param("1 2; 3 4", [[1, 2], [3, 4]], id="two rows"),
        pytest.param("1 | 2 | 3", [1, 2, 3], id="bars"),
        pytest.param("1 + 1, 2 - 3", [1 + 1, 2 - 3], id="blanks between commas separate nothing"),
        pytest.param("1 2\n3 4", [[1, 2], [3, 4]], id="newline ends a row"),
        pytest.param("\n  1 2\n  3 4\n", [[1, 2], [3, 4]], id="blank lines around"),
        pytest.param("1;2;3", [[1], [2], [3]], id="a column"),
        pytest.param("1 2;; 3 4", [[[1, 2]], [[3, 4]]], id="two planes"),
        pytest.param("1 2; 3 4;; 5 6; 7 8", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], id="planes"),
        pytest.param("1/2 -3", [HALF, -3], id="fractions"),
        pytest.param("4/2 0.5 -.25 2.0", [2, HALF, Fraction(-1, 4), 2], id="decimals"),
        pytest.param("−3 2·4 2×4", [-3, 8, 8], id="the signs of slides"),
        pytest.param("(1 + 2) 3", [3, 3], id="blanks inside brackets"),
        pytest.param("2^10 (-2)^3", [1024, -8], id="powers"),
        pytest.param(f"{10**30} {-(10**30)}", [10**30, -(10**30)], id="huge"),
    ],
)
def test_text(text: str, values: Any) -> None:
    assert array(text).tolist() == values


def test_text_with_symbols() -> None:
    assert array("a b; 1/2 2a+b").tolist() == [[a, b], [HALF, 2 * a + b]]
    assert array("alpha x_1").tolist() == [sympy.Symbol("alpha"), sympy.Symbol("x_1")]


def test_a_word_is_split_only_into_declared_symbols() -> None:
    assert array("ab", symbols=["a", "b"]).tolist() == [a * b]
    assert array("ab").tolist() == [sympy.Symbol("ab")]
    assert array("ab", symbols=["ab", "a", "b"]).tolist() == [sympy.Symbol("ab")]


def test_no_text_is_no_entries() -> None:
    assert array("").shape == (0,)
    assert array(" \n ").shape == (0,)


def test_split_text() -> None:
    assert split_text("1 2; 3 4") == [["1", "2"], ["3", "4"]]
    assert split_text("a, b") == ["a", "b"]
    assert split_text("a (b, c)") == ["a", "(b, c)"]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        pytest.param(3, (), id="number"),
        pytest.param([], (0,), id="empty list"),
        pytest.param([[], []], (2, 0), id="rows without entries"),
        pytest.param([[[1]]], (1, 1, 1), id="three axes"),
        pytest.param(((1, 2), (3, 4), (5, 6)), (3, 2), id="tuples"),
        pytest.param(range(4), (4,), id="range"),
        pytest.param(np.zeros((2, 0, 3), dtype=np.int8), (2, 0, 3), id="empty NumPy"),
        pytest.param([np.array([1, 2]), [3, 4]], (2, 2), id="list of arrays"),
        pytest.param(["1 2", "3 4"], (2, 2), id="list of texts"),
        pytest.param(sympy.Matrix([[1, 2, 3]]), (1, 3), id="SymPy matrix"),
        pytest.param(sympy.Array([[[1], [2]]]), (1, 2, 1), id="SymPy array"),
        pytest.param(sympy.ImmutableMatrix(2, 3, range(6)), (2, 3), id="SymPy immutable matrix"),
        pytest.param(sympy.SparseMatrix(2, 2, {(0, 1): 5}), (2, 2), id="SymPy sparse matrix"),
    ],
)
def test_shape(value: Any, shape: tuple[int, ...]) -> None:
    assert array(value).shape == shape


INTEGER_TYPES = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


@pytest.mark.parametrize("kind", INTEGER_TYPES)
def test_every_numpy_integer_keeps_its_value(kind: Any) -> None:
    least, largest = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    values = array(np.array([least, 1, largest], dtype=kind))
    assert values.tolist() == [least, 1, largest]
    assert values.dtype == (object if kind is np.uint64 else np.int64)
    assert [type(v) for v in array([kind(1), kind(largest)]).tolist()] == [int, int]
    assert array([kind(largest)]).tolist() == [largest]


def test_uint64_beyond_int63_is_a_python_integer() -> None:
    above = array(np.array([2**63, 2**64 - 1], dtype=np.uint64))
    assert above.dtype == object
    assert above.tolist() == [2**63, 2**64 - 1]
    assert [type(v) for v in above.tolist()] == [int, int]
    assert array(np.array([2**63 - 1], dtype=np.uint64)).dtype == np.int64


def test_big_endian_and_strided_arrays() -> None:
    assert array(np.array([[1, 2], [3, 4]], dtype=">i4")[:, ::-1]).tolist() == [[2, 1], [4, 3]]


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        pytest.param(Fraction(6, 4), Fraction(3, 2), id="fraction"),
        pytest.param(Fraction(4, 2), 2, id="whole fraction"),
        pytest.param(HALVES, Fraction(3, 2), id="NumPy numerator"),
        pytest.param(Decimal("0.1"), Fraction(1, 10), id="decimal"),
        pytest.param(Decimal("-2.50"), Fraction(-5, 2), id="negative decimal"),
        pytest.param(Decimal("1E+3"), 1000, id="decimal with exponent"),
        pytest.param(sympy.Integer(-7), -7, id="SymPy integer"),
        pytest.param(sympy.Rational(3, 6), HALF, id="SymPy rational"),
        pytest.param(sympy.S.Half, HALF, id="SymPy half"),
        pytest.param(np.int32(5), 5, id="NumPy scalar"),
        pytest.param(flint.fmpz(10**25), 10**25, id="flint integer"),
        pytest.param(flint.fmpq(3, 2), Fraction(3, 2), id="flint rational"),
        pytest.param(flint.fmpq(4, 2), 2, id="whole flint rational"),
    ],
)
def test_entry(value: Any, exact: Any) -> None:
    found = entry(value)
    assert found == exact
    assert type(found) is type(exact)
    assert array([value]).tolist() == [exact]
    assert array([[value]]).tolist() == [[exact]]
    inside = np.empty(1, dtype=object)
    inside[0] = value
    assert array(inside).tolist() == [exact]


def test_a_text_in_a_list_is_a_cell_or_a_row_of_cells() -> None:
    assert entry("2/4") == HALF
    assert array(["2/4", "a"]).tolist() == [HALF, a]
    assert array(np.array(["2/4", "a"])).tolist() == [HALF, a]
    assert array([["a", "b"], ["c", "1"]]).tolist() == [[a, b], [c, 1]]
    assert array(["a b", "c 1"]).tolist() == [[a, b], [c, 1]]
    assert array(["a;", "b;"]).tolist() == [[[a]], [[b]]]


def test_the_parts_of_a_fraction_are_python_integers() -> None:
    value = entry(HALVES)
    assert (type(value.numerator), type(value.denominator)) == (int, int)


def test_sympy_expressions_stay_the_objects_they_are() -> None:
    for value in (a, a + b, 2 * a**3, sympy.sqrt(2), sympy.I, sympy.pi, sympy.Max(a, b)):
        assert entry(value) is value
        assert array([value, 1])[0] is value
    assert array(sympy.Matrix([[a, 1], [sympy.S.Half, b]])).tolist() == [[a, 1], [HALF, b]]
    assert array(sympy.Array([a, 2])).tolist() == [a, 2]


FLOAT_WAYS_OUT = (
    'symconv.array(x, floats="exact") takes each float as the rational it stands for; '
    "symconv.fast computes in floating point"
)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="float"),
        pytest.param(np.float64(0.5), id="float64"),
        pytest.param(np.float32(0.5), id="float32"),
        pytest.param(np.float16(0.5), id="float16"),
        pytest.param(np.longdouble(0.5), id="longdouble"),
        pytest.param(sympy.Float(0.5), id="SymPy Float"),
    ],
)
def test_a_float_is_refused_with_both_ways_out_and_taken_exactly(value: Any) -> None:
    with pytest.raises(EntryError) as caught:
        array([value])
    assert caught.value.code == "float"
    assert caught.value.hint == FLOAT_WAYS_OUT
    assert array([value], floats="exact").tolist() == [HALF]
    assert array(np.array([value]), floats="exact").tolist() == [HALF]


def test_a_float_is_the_rational_it_stands_for() -> None:
    assert array([0.1], floats="exact").tolist() == [Fraction(3602879701896397, 2**55)]
    assert array(np.array([[0.1, 2.0]]), floats="exact").tolist() == [[Fraction(0.1), 2]]
    assert array([np.float32(0.1)], floats="exact").tolist() == [Fraction(13421773, 2**27)]
    assert array([a + sympy.Float(0.5)], floats="exact").tolist() == [a + sympy.Rational(1, 2)]
    assert array([1e300], floats="exact").tolist() == [int(1e300)]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_is_taken_exactly(value: float) -> None:
    assert array([value], floats="exact").tolist() == [Fraction(value)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(float("nan"), "not-finite", id="nan"),
        pytest.param(float("inf"), "not-finite", id="inf"),
        pytest.param(np.float32("-inf"), "not-finite", id="-inf"),
        pytest.param(Decimal("NaN"), "not-finite", id="decimal nan"),
        pytest.param(Decimal("Infinity"), "not-finite", id="decimal infinity"),
        pytest.param(sympy.nan, "not-finite", id="SymPy nan"),
        pytest.param(sympy.oo, "not-finite", id="SymPy oo"),
        pytest.param(a - sympy.oo, "not-finite", id="SymPy -oo"),
        pytest.param(sympy.zoo, "not-finite", id="SymPy zoo"),
        pytest.param(1j, "complex", id="complex"),
        pytest.param(np.complex64(1), "complex", id="NumPy complex"),
        pytest.param(True, "boolean", id="True"),
        pytest.param(np.False_, "boolean", id="NumPy False"),
        pytest.param(None, "missing", id="None"),
        pytest.param(sympy.true, "not-an-entry", id="SymPy true"),
        pytest.param(sympy.Eq(a, b), "not-an-entry", id="SymPy relation"),
        pytest.param({1, 2}, "not-an-entry", id="set"),
        pytest.param({"a": 1}, "not-an-entry", id="dict"),
        pytest.param(object(), "not-an-entry", id="object"),
        pytest.param(np.datetime64("2024-01-01"), "not-an-entry", id="date"),
        pytest.param(b"12", "not-an-entry", id="bytes"),
    ],
)
@pytest.mark.parametrize("floats", [None, "exact"])
def test_what_is_no_exact_value_is_refused(value: Any, code: str, floats: str | None) -> None:
    with pytest.raises(EntryError) as caught:
        array([1, value], floats=floats)
    assert caught.value.code == code
    assert "[1]" in caught.value.place


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(np.array([True, False]), id="booleans"),
        pytest.param(np.array([0.5]), id="floats"),
        pytest.param(np.array([1j]), id="complex"),
        pytest.param(np.array([np.nan]), id="nan"),
        pytest.param(np.array([None]), id="None"),
        pytest.param(np.array([1, True], dtype=object), id="boolean among integers"),
        pytest.param(np.array(["2024-01-01"], dtype="datetime64[D]"), id="dates"),
        pytest.param(np.array([(1, 2)], dtype="i4,i4"), id="records"),
    ],
)
def test_numpy_arrays_of_other_kinds_are_refused(value: Any) -> None:
    with pytest.raises(EntryError):
        array(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([[1, 2], [3]], id="lists"),
        pytest.param([[1], 2], id="depth"),
        pytest.param("1 2; 3", id="text"),
        pytest.param("1 2;; 3 4; 5 6", id="planes"),
        pytest.param([[1], []], id="empty row"),
        pytest.param([np.array([1, 2]), np.array([1])], id="arrays"),
    ],
)
def test_ragged_rows_are_refused(value: Any) -> None:
    with pytest.raises(EntryError) as caught:
        array(value)
    assert caught.value.code == "ragged"


@pytest.mark.parametrize(
    "text", ["nan", "1 inf", "None", "true", "oo", "1e5", "2E-3", "1 $", "a=b"]
)
def test_text_that_is_no_exact_value_is_refused(text: str) -> None:
    with pytest.raises((EntryError, ExpressionError)):
        array(text)


def test_the_place_of_a_bad_entry_is_named() -> None:
    places = []
    for value in ([[1, 2], [3, None]], np.array([[1, 2], [3, None]]), "1 2; 3 $"):
        with pytest.raises((EntryError, ExpressionError)) as caught:
            array(value)
        places.append(caught.value.place)
    assert places == ["entry [1] [1]", "entry [1, 1]", "row 1, column 1"]


def test_integers_that_fit_are_int64_and_others_are_objects() -> None:
    edges = [-(2**63), 2**63 - 1]
    assert array(edges).dtype == np.int64
    assert array(edges).tolist() == edges
    assert array([2**63]).dtype == object
    assert array([-(2**63) - 1]).dtype == object
    assert array([1, HALF]).dtype == object
    assert array([a]).dtype == object
    assert array(np.array([1, 2], dtype=object)).dtype == np.int64


def test_pack_never_lets_numpy_guess() -> None:
    assert pack([1, HALF], (2,)).tolist() == [1, HALF]
    assert pack([(1, 2), 3], (2,)).tolist() == [(1, 2), 3]
    assert pack([], (0, 3)).shape == (0, 3)


@given(st.lists(st.one_of(st.integers(), st.fractions()), min_size=1, max_size=5))
def test_taking_an_exact_array_again_changes_nothing(values: list[Any]) -> None:
    once = array(values)
    again = array(once)
    assert again.tolist() == once.tolist() == values
    assert again.dtype == once.dtype
    assert array(once.tolist()).dtype == once.dtype


def test_numpy_subclasses_become_plain_arrays() -> None:
    assert type(array(np.array([[1, 2]]).view(np.recarray))) is np.ndarray
    with pytest.raises(EntryError):
        array(np.ma.masked_array([1, 2], mask=[False, True]))


def test_equality_is_decided_without_simplify() -> None:
    assert equal(entry("(a+b)^2"), entry("a^2+2a*b+b^2"))
    assert equal(entry("(a^2-b^2)/(a-b)"), entry("a+b"))
    assert not equal(entry("a+b"), entry("a-b"))
    assert equal(entry("a/2"), sympy.Rational(1, 2) * a)
    assert not equal(1, HALF)
    assert equal(sympy.Integer(2), 2)


def test_same_needs_the_same_shape() -> None:
    assert same(array("1 2"), array([1, 2]))
    assert not same(array("1 2"), array("1 2;"))
    assert same(array("(a+b)^2"), array("a^2+2a*b+b^2"))


def test_is_symbolic() -> None:
    assert is_symbolic(array("1 a"))
    assert not is_symbolic(array("1 1/2"))


def test_floats_takes_two_values_only() -> None:
    with pytest.raises(EntryError, match="unknown-option"):
        array([1], floats="round")


def test_a_row_with_a_sign_between_blanks_is_one_formula() -> None:
    assert array("a*w + b*x").tolist() == array(["a*w+b*x"]).tolist()
    assert array("a + b; c + d").tolist() == array("a+b; c+d").tolist()
    with pytest.raises(ExpressionError):
        array("1 - 3")
