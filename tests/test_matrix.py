"""Exact matrices: vec, products, Kronecker, rank."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import GeometryError
from symconv.exact import array
from symconv.matrix import as_matrix, identity, kron, matmul, rank, symmetric, transpose, vec
from tests import strategies

a, b, c, d, w, x = sympy.symbols("a b c d w x")


def test_a_vector_is_a_column() -> None:
    assert as_matrix([1, 2, 3]).tolist() == [[1], [2], [3]]
    assert as_matrix("a b").tolist() == [[a], [b]]
    with pytest.raises(GeometryError, match="not-a-matrix"):
        as_matrix([[[1]]])


def test_transpose_and_vec() -> None:
    assert transpose("a b; c d").tolist() == [[a, c], [b, d]]
    assert vec("a b; c d").tolist() == [[a], [c], [b], [d]]
    assert vec([[1, 2, 3]]).tolist() == [[1], [2], [3]]


def test_products() -> None:
    assert matmul("1 2; 3 4", "5 6; 7 8").tolist() == [
        [1 * 5 + 2 * 7, 1 * 6 + 2 * 8],
        [3 * 5 + 4 * 7, 3 * 6 + 4 * 8],
    ]
    assert matmul("a b", "w; x").tolist() == [[a * w + b * x]]
    assert matmul("1/2 1/3", "3; 4", "6;").tolist() == [[(Fraction(3, 2) + Fraction(4, 3)) * 6]]
    assert matmul([[2**62, 2**62]], [[2], [2]]).tolist() == [[2**64]]
    with pytest.raises(GeometryError, match="inner-mismatch"):
        matmul("1 2; 3 4", "1; 2; 3")


@given(st.data())
@settings(max_examples=40)
def test_products_agree_with_sympy(data: st.DataObject) -> None:
    left = data.draw(strategies.entries((2, 3)))
    right = data.draw(strategies.entries((3, 4)))
    wanted = sympy.Matrix(left) * sympy.Matrix(right)
    assert matmul(left, right).tolist() == array(wanted).tolist()


def test_kronecker() -> None:
    assert kron("1 2", "3; 4").tolist() == [[1 * 3, 2 * 3], [1 * 4, 2 * 4]]
    assert kron("a b", "1; 2").tolist() == [[a, b], [2 * a, 2 * b]]
    big = kron([[2**40, 1]], [[2**40]])
    assert big.tolist() == [[2**80, 2**40]]


@given(st.data())
@settings(max_examples=30)
def test_vec_of_a_product_is_a_kronecker_product(data: st.DataObject) -> None:
    left, middle, right = (
        array(data.draw(strategies.entries(shape))) for shape in ((2, 3), (3, 4), (4, 2))
    )
    product = vec(matmul(left, middle, right))
    assert product.tolist() == matmul(kron(transpose(right), left), vec(middle)).tolist()


def test_identity() -> None:
    assert identity(3).tolist() == np.eye(3, dtype=int).tolist()
    assert matmul(identity(2), "a b; c d").tolist() == [[a, b], [c, d]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("1 2 1; 2 4 2; 1 2 1", 1, id="separable"),
        pytest.param("1 2; 3 4", 2, id="full"),
        pytest.param("0 0; 0 0", 0, id="zero"),
        pytest.param("1/3 1/2; 2/3 1", 1, id="rational"),
        pytest.param(f"{10**30} 1; {10**30 + 1} 1", 2, id="huge, nearly dependent"),
        pytest.param("1 2 3", 1, id="vector"),
    ],
)
def test_rank(text: str, value: int) -> None:
    assert rank(text) == value


@given(st.data())
@settings(max_examples=20)
def test_an_outer_product_has_rank_one(data: st.DataObject) -> None:
    column, row = data.draw(strategies.entries((4,))), data.draw(strategies.entries((3,)))
    product = kron([[v] for v in column], [row])
    assert rank(product) == (1 if any(column) and any(row) else 0)


def test_symmetric() -> None:
    assert symmetric("a b; b c")
    assert symmetric("(a+b)^2 1; 1 0")
    assert not symmetric("a b; c d")
    assert not symmetric("1 2 3; 4 5 6")
