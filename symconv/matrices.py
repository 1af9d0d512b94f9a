"""Exact matrices around a convolution: vec, Kronecker and matrix products, rank and symmetry."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from symconv.algebra import EXPRESSIONS, NUMBERS
from symconv.equality import same
from symconv.errors import GeometryError
from symconv.exact import Array, array, is_symbolic, objects, pack


def matrix(x: Any) -> Array:
    """Return *x* as an exact matrix; a vector becomes a column.

    Raises: GeometryError[not-a-matrix] for other ranks.
    """
    values = array(x)
    if values.ndim == 1:
        return values.reshape(-1, 1)
    if values.ndim != 2:
        raise GeometryError(
            "not-a-matrix",
            f"an array of shape {values.shape} is no matrix",
            hint="give two axes",
            shape=values.shape,
        )
    return values


def transpose(x: Any, /) -> Array:
    """Return the transposed matrix.

    >>> transpose("a b; c d").tolist()
    [[a, c], [b, d]]
    """
    return matrix(x).T


def vec(x: Any, /) -> Array:
    """Return the columns of a matrix, stacked into one column.

    >>> vec("a b; c d").ravel().tolist()
    [a, c, b, d]
    """
    return matrix(x).T.reshape(-1, 1)


def matmul(*factors: Any) -> Array:
    """Return the product of matrices, from left to right.

    >>> matmul("a b", "w; x").tolist()
    [[a*w + b*x]]
    """
    result = _row(factors[0])
    for factor in factors[1:]:
        result = _times(result, matrix(factor))
    return result


def _row(x: Any) -> Array:
    values = array(x)
    return values.reshape(1, -1) if isinstance(x, str) and values.ndim == 1 else matrix(values)


def _times(left: Array, right: Array) -> Array:
    if left.shape[1] != right.shape[0]:
        raise GeometryError(
            "inner-mismatch",
            f"cannot multiply {left.shape[0]}x{left.shape[1]} by {right.shape[0]}x{right.shape[1]}",
            hint=f"the second factor needs {left.shape[1]} rows",
            left=left.shape,
            right=right.shape,
        )
    ring = EXPRESSIONS if is_symbolic(left) or is_symbolic(right) else NUMBERS
    entries = [
        ring.sum(
            ring.product(ring.enter(a), ring.enter(b)) for a, b in zip(row, column, strict=True)
        )
        for row in objects(left)
        for column in objects(right).T
    ]
    return pack(entries, (left.shape[0], right.shape[1]))


def kron(left: Any, right: Any, /) -> Array:
    """Return the Kronecker product: every entry of *left* times the whole of *right*.

    >>> kron("a b", "1; 2").tolist()
    [[a, b], [2*a, 2*b]]
    """
    product = np.kron(objects(_row(left)), objects(matrix(right)))
    return pack(product.ravel().tolist(), product.shape)


def identity(n: int, /) -> Array:
    """Return the n by n identity matrix.

    >>> identity(2).tolist()
    [[1, 0], [0, 1]]
    """
    return np.eye(n, dtype=np.int64)


def rank(x: Any, /) -> int:
    """Return the exact rank of a matrix of numbers; 1 means a separable kernel.

    >>> rank("1 2 1; 2 4 2; 1 2 1")
    1
    """
    import flint

    values = matrix(x)
    entries = [
        flint.fmpq(value.numerator, value.denominator)
        for value in map(Fraction, objects(values).ravel().tolist())
    ]
    rows, columns = values.shape
    return int(flint.fmpq_mat(rows, columns, entries).rank())


def symmetric(x: Any, /) -> bool:
    """Tell whether a matrix equals its transpose.

    >>> symmetric("1 2; 2 3")
    True
    """
    return same(matrix(x), transpose(x))
