"""The definition, word for word: a fold over the terms of each output, in any algebra."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symconv.algebra import Algebra
from symconv.exact import Array, objects
from symconv.plan import Geometry
from symconv.terms import Terms


def evaluate(
    geometry: Geometry, x: Array, w: Array, bias: Array | None, algebra: Algebra
) -> list[Any]:
    """Return the output entries in row-major order.

    Padding adds nothing when the boundary is zero (the algebra's zero), and the constant times the
    kernel entry when it is constant.
    """
    inputs = {i: algebra.enter(v) for i, v in _items(x)}
    kernel = {t: algebra.enter(v) for t, v in _items(w)}
    biases = None if bias is None else [algebra.enter(v) for v in objects(bias)]
    fill = algebra.enter(geometry.fill)
    constant = any(axis.boundary == "constant" for axis in geometry.axes)
    terms = Terms(geometry)
    values = []
    for out in geometry.outputs():
        products = [
            algebra.product(fill if term.x is None else inputs[term.x], kernel[term.w])
            for term in terms.by_out(out)
            if term.x is not None or constant
        ]
        if biases is not None:
            products.append(biases[out[-len(geometry.axes) - 1]])
        values.append(algebra.sum(products))
    return values


def _items(values: Array) -> Iterator[tuple[tuple[int, ...], Any]]:
    return np.ndenumerate(objects(values))
