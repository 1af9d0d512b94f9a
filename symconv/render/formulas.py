"""Formulas as a grid of text."""

from __future__ import annotations

import numpy as np

from symconv.derivation import Derivation
from symconv.exact import Array, objects
from symconv.plan import by


def to_text(derivation: Derivation, *, sympy: bool = False) -> str:
    """Return the formulas of all outputs, one row of cells a line.

    >>> from symconv.derivation import derive
    >>> print(to_text(derive("2x3", "2x2")))
    aw + bx + dy + ez  |  bw + cx + ey + fz
    """
    if 0 in derivation.shape:
        return f"no outputs: the shape is {by(derivation.shape)}"
    texts = objects(derivation.out) if sympy else derivation.texts()
    return _grid(np.vectorize(str, otypes=[object])(texts))


def _grid(texts: Array) -> str:
    if texts.ndim > 2:
        planes = [f"[{i}]\n{_grid(plane)}" for i, plane in enumerate(texts)]
        return "\n\n".join(planes)
    rows = texts.reshape(1, -1) if texts.ndim < 2 else texts
    widths = [max(map(len, column)) for column in rows.T]
    lines = [
        "  |  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
