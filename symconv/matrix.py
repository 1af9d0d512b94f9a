"""Matrices of a convolution, exact or of symbols.

The table read by out × input, the kernel's entries being the values, is the (doubly blocked)
Toeplitz matrix; read by tap × out, the inputs being the values, it is im2col. Around them stand
vec, Kronecker and matrix products, rank and symmetry.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from symconv.algebra import EXPRESSIONS, NUMBERS
from symconv.engines.work import laid_out
from symconv.equality import same
from symconv.errors import AlgebraError, EntryError, GeometryError
from symconv.exact import Array, array, is_symbolic, names_in, objects, pack, text_of
from symconv.planning import table_of
from symconv.terms import Table, Terms


def toeplitz(
    w: Any,
    x_shape: Sequence[int],
    /,
    *,
    op: str = "correlate",
    sparse: str | None = None,
    **options: Any,
) -> Any:
    """Return the matrix T with ravel(out) = T · ravel(x), for a kernel and an input's shape.

        T[o, i] = sum over t with source[o, t] = i of  w[t]

    One axis gives a Toeplitz matrix, two a doubly blocked one, a layer's channels one block more;
    stride leaves out rows, boundaries add entries up. ``op`` is "correlate", "convolve", "conv",
    "conv_transpose" or "locally_connected", and the options are its own. Shape: outputs by inputs.
    ``sparse`` is "scipy" (a scipy.sparse.csr_array of int64) or "sympy" (a SparseMatrix) when
    asked for.

    Raises: GeometryError[affine] for a constant boundary other than 0, EntryError[not-int64] when
    scipy cannot hold an entry.

    Source: Goodfellow et al., Deep Learning, section 9.1; MATLAB's convmtx2.

    >>> toeplitz("w x", (3,), op="convolve").tolist()
    [[w, 0, 0], [x, w, 0], [0, x, w], [0, 0, x]]
    """
    kernel = array(w)
    table = table_of(op, x_shape, kernel.shape, **options)
    if table.fill is not None and table.fill != 0:
        message = f"padding reads {table.fill}, so the output is no matrix times the input"
        raise GeometryError("affine", message, hint="use boundary='zero' and add the constant part")
    shape = (prod(table.out_shape), prod(table.x_shape))
    entries = _entries(table, kernel)
    if sparse is not None:
        return _sparse(sparse, entries, shape)
    dense = np.zeros(shape, dtype=object)
    for place, value in entries.items():
        dense[place] = value
    return pack(dense.ravel().tolist(), shape)


def _entries(table: Table, w: Array) -> dict[tuple[int, int], Any]:
    """Return the entries of the matrix that are not left 0, by row and column."""
    ring = EXPRESSIONS if is_symbolic(w) else NUMBERS
    kernel = objects(w)
    summed: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row, out in enumerate(itertools.product(*map(range, table.out_shape))):
        for term in table.by_out(out):
            if term.x is not None:
                column = int(np.ravel_multi_index(term.x, table.x_shape))
                summed[row, column].append(ring.enter(kernel[term.w]))
    return {place: ring.sum(values) for place, values in summed.items()}


def _sparse(kind: str, entries: dict[tuple[int, int], Any], shape: tuple[int, int]) -> Any:
    if kind == "sympy":
        import sympy

        return sympy.SparseMatrix(*shape, {at: EXPRESSIONS.enter(v) for at, v in entries.items()})
    if kind != "scipy":
        hint = "one of scipy, sympy"
        raise EntryError("unknown-option", f"sparse={kind!r}", hint=hint)
    values = pack(entries.values(), (len(entries),))
    if values.dtype != np.int64:
        other = next(value for value in entries.values() if pack([value], ()).dtype != np.int64)
        raise EntryError(
            "not-int64",
            f"scipy.sparse holds int64 entries here, but {text_of(other)} is none",
            hint='use sparse="sympy", or scale the kernel to integers',
        )
    try:
        from scipy.sparse import csr_array
    except ImportError:
        message = "sparse='scipy' needs SciPy"
        raise EntryError("missing-package", message, hint="pip install scipy") from None
    rows, columns = np.array(list(entries), dtype=np.int64).reshape(-1, 2).T
    return csr_array((values, (rows, columns)), shape=shape)


def im2col(x: Any, w_shape: Sequence[int], /, *, op: str = "correlate", **options: Any) -> Array:
    """Return the matrix C with ravel(out) = ravel(w) · C, for an input and a kernel's shape.

        C[t, o] = x[source[o, t]], and what padding reads where there is no such input

    Shapes: taps by outputs; for a layer C·ΠK by ΠO, with a batch (N, C·ΠK, ΠO), and the rows of
    each group of channels belong to that group's filters: out[m] = ravel(w[m]) · C.

    Source: Chellapilla, Puri & Simard, High performance convolutional neural networks for document
    processing (2006); torch.nn.Unfold.

    >>> im2col("a b c", (2,)).tolist()
    [[a, b], [b, c]]
    """
    values = array(x)
    table = table_of(op, values.shape, w_shape, **options)
    if not isinstance(table, Terms):
        message = f"im2col of {op} with these options is no matrix beside one kernel"
        raise GeometryError("unknown-option", message, hint="leave layout and batch_groups out")
    plan = table.geometry
    padded = laid_out(plan, values if plan.fill == 0 else objects(values), plan.fill)
    taps: Iterator[tuple[Any, ...]] = itertools.product(*(axis.places for axis in plan.axes))
    seen = np.stack([padded[:, :, *places] for places in taps], axis=2)
    rows = plan.channels * prod(axis.taps for axis in plan.axes)
    shape = (rows, prod(axis.out for axis in plan.axes))
    return pack(seen.ravel().tolist(), shape if plan.batch is None else (plan.batch, *shape))


def as_matrix(x: Any) -> Array:
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
    return as_matrix(x).T.copy()


def vec(x: Any, /) -> Array:
    """Return the columns of a matrix, stacked into one column.

    >>> vec("a b; c d").ravel().tolist()
    [a, c, b, d]
    """
    return as_matrix(x).T.copy().reshape(-1, 1)


def matmul(*factors: Any) -> Array:
    """Return the product of matrices, from left to right.

    >>> matmul("a b", "w; x").tolist()
    [[a*w + b*x]]
    """
    result = _row(factors[0]).copy()
    for factor in factors[1:]:
        result = _times(result, as_matrix(factor))
    return result


def _row(x: Any) -> Array:
    values = array(x)
    return values.reshape(1, -1) if isinstance(x, str) and values.ndim == 1 else as_matrix(values)


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
    product = np.kron(objects(_row(left)), objects(as_matrix(right)))
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

    values = as_matrix(x)
    if is_symbolic(values):
        message = f"the rank depends on {', '.join(sorted(names_in(values)))}"
        raise AlgebraError("not-a-number", message, hint="give numbers")
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
    return same(as_matrix(x), transpose(x))
