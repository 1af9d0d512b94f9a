"""Exact matrices: Toeplitz and im2col of a convolution; vec, products, Kronecker, rank."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import matrix
from symconv.errors import GeometryError
from symconv.exact import array, objects
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


@st.composite
def layers(draw: strategies.Draw) -> dict[str, Any]:
    drawn: dict[str, Any] = draw(
        strategies.geometries(2, boundaries=("zero", "edge", "reflect", "wrap"))
    )
    groups = draw(st.integers(1, 2))
    batch = draw(st.sampled_from([(), (2,)]))
    drawn["x"] = draw(strategies.entries((*batch, 2 * groups, *drawn.pop("sizes"))))
    drawn["w"] = draw(strategies.entries((3 * groups, 2, *drawn.pop("taps"))))
    return drawn | {"groups": groups}


@given(layers())
@settings(max_examples=40)
def test_a_layer_is_its_matrix_times_the_input(drawn: dict[str, Any]) -> None:
    x, w = array(drawn.pop("x")), array(drawn.pop("w"))
    out = symconv.conv(x, w, **drawn)
    dense = matrix.toeplitz(w, x.shape, op="conv", **drawn)
    assert dense.shape == (out.size, x.size)
    assert (objects(dense) @ objects(x.ravel()) == objects(out.ravel())).all()


@given(layers(), st.sampled_from(["zero", "constant(1/2)", "reflect"]))
@settings(max_examples=40)
def test_the_kernel_times_im2col_is_a_layer(drawn: dict[str, Any], boundary: str) -> None:
    x, w, groups = array(drawn.pop("x")), array(drawn.pop("w")), drawn["groups"]
    drawn["boundary"] = boundary
    out = objects(symconv.conv(x, w, **drawn))
    columns = objects(matrix.im2col(x, w.shape, op="conv", **drawn))
    rows = len(w[0].ravel())
    for m, kernel in enumerate(objects(w)):
        group = m // (len(w) // groups)
        found = kernel.ravel() @ columns[..., group * rows : (group + 1) * rows, :]
        assert (found.ravel() == np.take(out, m, axis=x.ndim - 3).ravel()).all()


def test_one_axis_gives_a_toeplitz_matrix() -> None:
    found = matrix.toeplitz("p q r", (4,), op="convolve")
    wanted = scipy.linalg.convolution_matrix(np.array(["p", "q", "r"], dtype=object), 4)
    assert [[str(v) for v in row] for row in found] == [[str(v) for v in row] for row in wanted]


def test_two_axes_give_doubly_blocked_toeplitz() -> None:
    w = array("1 2; 3 4")
    found = matrix.toeplitz(w, (3, 3), op="convolve")
    blocks = [matrix.toeplitz(row, (3,), op="convolve") for row in w]
    zero = np.zeros_like(blocks[0])
    wanted = np.block(
        [
            [blocks[0], zero, zero],
            [blocks[1], blocks[0], zero],
            [zero, blocks[1], blocks[0]],
            [zero, zero, blocks[1]],
        ]
    )
    assert (found == wanted).all()


def test_the_transposed_layer_has_the_transposed_matrix() -> None:
    w = array(np.arange(24).reshape(2, 3, 2, 2))
    forward = matrix.toeplitz(w, (3, 4, 5), op="conv", stride=2, padding=((1, 0), (0, 1)))
    back = matrix.toeplitz(
        w, (2, 2, 3), op="conv_transpose", stride=2, padding=((1, 0), (0, 1)), output_size=(4, 5)
    )
    assert (back == forward.T).all()


def test_a_locally_connected_layer_is_its_matrix_times_the_input() -> None:
    x, w = (
        np.arange(2 * 5 * 4).reshape(2, 5, 4),
        np.arange(3 * 2 * 2 * 4 * 3 * 2).reshape(3, 2, 2, 4, 3, 2),
    )
    options: dict[str, Any] = {"stride": (2, 1), "padding": ((0, 0), (1, 0)), "flip": (True, False)}
    out = symconv.locally_connected(x, w, **options)
    dense = matrix.toeplitz(w, x.shape, op="locally_connected", **options)
    assert out.shape == (3, 2, 4)
    assert (dense @ x.ravel()).tolist() == out.ravel().tolist()


def test_a_folded_boundary_adds_entries_up() -> None:
    found = matrix.toeplitz("a b c", (2,), padding=1, boundary="edge")
    assert found.tolist() == array("a+b c; a b+c").tolist()


def test_sparse_matrices() -> None:
    w = array([[1, 2], [3, 4]])
    dense = matrix.toeplitz(w, (3, 3), op="convolve")
    sparse = matrix.toeplitz(w, (3, 3), op="convolve", sparse="scipy")
    assert sparse.dtype == np.int64
    assert (sparse.toarray() == dense).all()
    assert sparse.nnz == 36
    symbolic = matrix.toeplitz("w 1/2", (2,), op="convolve", sparse="sympy")
    assert symbolic == sympy.Matrix([["w", 0], ["1/2", "w"], [0, "1/2"]])


def test_im2col_of_symbols_with_a_constant() -> None:
    found = matrix.im2col("a b c", (2,), padding=(1, 0), boundary="constant(k)")
    assert found.tolist() == array("k a b; a b c").tolist()
    assert matrix.im2col("1 2", (2,), padding=1, boundary="constant(1/2)").tolist() == [
        [Fraction(1, 2), 1, 2],
        [1, 2, Fraction(1, 2)],
    ]
