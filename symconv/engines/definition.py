"""The definition, word for word: a fold over the terms of each output, in any algebra."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from symconv.algebra import Algebra
from symconv.exact import Array, objects
from symconv.plan import Index
from symconv.terms import Table, Term, bias_at


def evaluate(
    table: Table, x: Array, w: Array | None, bias: Array | None, algebra: Algebra
) -> list[Any]:
    """Return the output entries in row-major order.

    Padding adds nothing when the boundary is zero (the algebra's zero), and the constant times the
    kernel entry when it is constant.
    """
    fold = _Fold(algebra, _entered(x, algebra), {} if w is None else _entered(w, algebra))
    fill = None if table.fill is None else algebra.enter(table.fill)
    values = []
    for out in itertools.product(*map(range, table.out_shape)):
        terms = [
            fold.value(term, fill)
            for term in table.by_out(out)
            if term.x is not None or fill is not None
        ]
        if bias is not None:
            terms.append(algebra.enter(bias_at(table, bias, out)))
        values.append(algebra.sum(terms))
    return values


class _Fold:
    """The operands inside one algebra."""

    def __init__(self, algebra: Algebra, x: dict[Index, Any], w: dict[Index, Any]) -> None:
        self.algebra = algebra
        self.x = x
        self.w = w

    def value(self, term: Term, fill: Any) -> Any:
        value = fill if term.x is None else self.x[term.x]
        if term.w is not None:
            value = self.algebra.product(value, self.w[term.w])
        return value if term.scale == 1 else self.algebra.scaled(value, term.scale)


def _entered(values: Array, algebra: Algebra) -> dict[Index, Any]:
    return {i: algebra.enter(v) for i, v in _items(values)}


def _items(values: Array) -> Iterator[tuple[Index, Any]]:
    return np.ndenumerate(objects(values))
