"""Output formulas as people write them: `aw + bx + ey + fz`, terms as the window meets them."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symconv import engines
from symconv.errors import GeometryError
from symconv.exact import Array, entry, is_expression, names_in, objects, pack, text_of
from symconv.operations import operands
from symconv.plan import Geometry, Index, check_size, geometry
from symconv.terms import Terms

MAX_CELLS = 20_000
"""Outputs that one derivation may have; a page of formulas has a few dozen."""


def factors(
    plan: Geometry, x: Array, w: Array, out: Sequence[int], *, padding: bool = False
) -> list[tuple[Any, Any]]:
    """Return (input entry, kernel entry) for every product of one output, as the window meets them.

    Padding is listed only with *padding*, or where it reads a constant other than 0.
    """
    inputs, kernel = objects(x), objects(w)
    return [
        (plan.fill if term.x is None else inputs[term.x], kernel[term.w])
        for term in Terms(plan).by_out(out)
        if padding or term.x is not None or plan.fill != 0
    ]


def formula(
    plan: Geometry, x: Array, w: Array, out: Sequence[int], bias: Array | None = None
) -> str:
    """Return the sum of products of one output as text.

    Letters stand side by side unless some symbol has a longer name.

    >>> from symconv.exact import array
    >>> formula(geometry((2,), (2,)), array("a b"), array("w x"), (0,))
    'aw + bx'
    >>> formula(geometry((2,), (2,)), array("1 2"), array("3 -1"), (0,))
    '1·3 + 2·(-1)'
    """
    dot = _dot(plan, x, w)
    written = [product(*pair, dot=dot) for pair in factors(plan, x, w, out)]
    if bias is not None:
        written.append(_factor(objects(bias)[out[-len(plan.axes) - 1]]))
    return join([text for text in written if text])


def _dot(plan: Geometry, x: Array, w: Array) -> str:
    """Return what stands between symbols: nothing if every name is one letter or has an index."""
    names = names_in(x, w, pack([plan.fill], ()))
    return "·" if any(len(name) > 1 and "[" not in name for name in names) else ""


def join(terms: Sequence[str]) -> str:
    """Return terms as a sum, a leading minus becoming the sign between.

    >>> join(["a", "-b"])
    'a - b'
    """
    if not terms:
        return "0"
    rest = [f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in terms[1:]]
    return terms[0] + "".join(rest)


def product(left: Any, right: Any, *, dot: str = "") -> str:
    """Return one product as text: `aw`, `2w`, `1·3`; empty when a symbol meets 0.

    >>> from symconv.exact import entry
    >>> product(entry("x[1]"), entry("w")), product(-1, entry("w")), product(2, -3)
    ('x[1]·w', '-w', '2·(-3)')
    >>> product(entry("2a"), entry("-w")), product(entry("a"), entry("a"))
    ('-2aw', 'a·a')
    >>> product(entry("2a"), entry("w1"), dot="·")
    '2·a·w1'
    """
    if not (is_expression(left) or is_expression(right)):
        return f"{_factor(left)}·{_factor(right)}"
    numbers, symbols = zip(*map(_parted, (left, right)), strict=True)
    letters = [symbol for symbol in symbols if symbol is not None]
    close = all(map(_short, letters)) and len(set(letters)) == len(letters)
    between = dot if close else "·"
    return _scaled(numbers[0] * numbers[1], between.join(map(_factor, letters)), dot)


def _parted(value: Any) -> tuple[Any, Any]:
    """Return the number in front of an entry, and the rest (None for a number)."""
    if not is_expression(value):
        return value, None
    number, rest = value.as_coeff_Mul(rational=True)
    return entry(number), rest


def _scaled(number: Any, symbols: str, dot: str) -> str:
    if number in (0, 1, -1):
        return {0: "", 1: symbols, -1: f"-{symbols}"}[int(number)]
    sign, size = ("-", -number) if number < 0 else ("", number)
    written = f"({text_of(size)})" if isinstance(size, Fraction) else text_of(size)
    return f"{sign}{written}{dot}{symbols}"


def _short(symbol: Any) -> bool:
    """Tell whether a factor can stand right beside another: one letter, or brackets."""
    return len(str(symbol)) == 1 or not symbol.is_Symbol


def _factor(value: Any) -> str:
    """Return one entry as a factor, in brackets where a product could be misread."""
    text = text_of(value)
    if is_expression(value) and value.is_Symbol:
        return text
    return text if re.fullmatch(r"\d+", text) else f"({text})"


@dataclass(frozen=True, slots=True)
class Derivation:
    """Formulas of every output of one operation."""

    op: str
    plan: Geometry
    x: Array
    w: Array
    out: Array

    def texts(self) -> Array:
        """Return the formula of every output in the slides' manner."""
        texts = np.empty(self.plan.out_shape, dtype=object)
        for out in self.plan.outputs():
            texts[out] = formula(self.plan, self.x, self.w, out)
        return texts

    def data(self) -> dict[str, Any]:
        """Return the derivation as plain data for JSON."""
        texts = self.texts()
        return {
            "op": self.op,
            "x": _names(self.x),
            "w": _names(self.w),
            "shape": list(self.plan.out_shape),
            "cells": [
                {
                    "cell": list(out),
                    "text": texts[out],
                    "sympy": str(objects(self.out)[out]),
                    "terms": [[str(a), str(b)] for a, b in factors(self.plan, self.x, self.w, out)],
                }
                for out in self.plan.outputs()
            ],
        }


def _names(values: Array) -> Any:
    named = np.empty(values.shape, dtype=object)
    for index, value in np.ndenumerate(objects(values)):
        named[index] = str(value)
    return named.tolist()


def derive(x: str, w: str, /, *, op: str = "correlate", **options: Any) -> Derivation:
    """Derive the formula of every output from shapes (`3x4`) or entries (`a b; c d`).

    A shape gets default letters: `a, b, ...` for the input and `w, x, y, z` for the kernel, or
    `x[1,2]` and `w[0,1]` when letters run out; no name is used twice.

    Raises: EntryError, ExpressionError, GeometryError.

    >>> derive("3x4", "2x2").texts()[0, 0]
    'aw + bx + ey + fz'
    """
    x_shape, w_shape = _as_shape(x), _as_shape(w)
    inputs, kernel = operands(
        x if x_shape is None else np.zeros(x_shape, dtype=np.int64),
        w if w_shape is None else np.zeros(w_shape, dtype=np.int64),
    )
    plan = geometry(inputs.shape, kernel.shape, op=op, **options)
    cells = math.prod(plan.out_shape)
    if max(cells, inputs.size, kernel.size, cells * plan.taps / 50) > MAX_CELLS:
        raise GeometryError(
            "too-many-formulas",
            f"{inputs.size} inputs, {kernel.size} taps and {cells} outputs, but formulas are "
            f"written for at most {MAX_CELLS} of each, and of {50 * MAX_CELLS} products",
            hint="use a smaller input, or symconv.correlate",
            cells=cells,
        )
    check_size(plan)
    if x_shape is not None or w_shape is not None:
        fill = pack([plan.fill], ())
        inputs, kernel = _lettered(inputs, kernel, fill, x_shape is None, w_shape is None)
    return Derivation(op, plan, inputs, kernel, engines.evaluate(plan, inputs, kernel))


def _lettered(x: Array, w: Array, fill: Array, x_given: bool, w_given: bool) -> tuple[Array, Array]:
    """Return input and kernel with letters, unlike any name in use, for entries not given."""
    taken = names_in(x, w, fill)
    last = string.ascii_lowercase[22:]
    spelled = x_given
    if not x_given:
        letters = [c for c in string.ascii_lowercase if c not in taken and c not in last]
        spelled = x.size <= len(letters)
        x = _letters(x.shape, letters, "x", taken)
        taken |= names_in(x)
    if not w_given:
        letters = [letter for letter in last if letter not in taken] if spelled else []
        w = _letters(w.shape, letters, "w", taken)
    return x, w


def _as_shape(text: str) -> Index | None:
    if re.fullmatch(r"\s*\d+(\s*[xX×]\s*\d+)*\s*", text):
        sizes = re.split(r"[xX×]", text)
        shape = tuple(int(size) if len(size) < 10 else 10**9 for size in sizes)
        if max(*shape, math.prod(shape)) > 100 * MAX_CELLS:
            message = f"{text} has more than {100 * MAX_CELLS} entries"
            raise GeometryError("too-many-formulas", message, hint="use a smaller shape")
        return shape
    return None


def _letters(shape: Index, letters: Sequence[str], base: str, taken: Collection[str]) -> Array:
    """Return symbols of one shape: letters when there are enough, else `base[i,j]`."""
    import sympy

    count = math.prod(shape)
    if count <= len(letters):
        names = list(letters[:count])
    else:
        while any(name == base or name.startswith(f"{base}[") for name in taken):
            base += "_"
        names = [f"{base}[{','.join(map(str, index))}]" for index in np.ndindex(shape)]
    symbols = np.empty(count, dtype=object)
    symbols[:] = [sympy.Symbol(name) for name in names]
    return symbols.reshape(shape)
