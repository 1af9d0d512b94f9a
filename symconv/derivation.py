"""Derivations: the formula of every output of any operation, from shapes or entries."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symconv.catalogue import OPERATIONS, Operation
from symconv.errors import GeometryError
from symconv.exact import Array, array, names_in, objects, pack, text_of
from symconv.formulas import factors, formula, spacing
from symconv.operations import operands
from symconv.options import choices
from symconv.plan import Index, Shape, Sized, check_size
from symconv.terms import Table

MAX_CELLS = 20_000
"""Outputs that one derivation may have; a page of formulas has a few dozen."""
ONE_BY_ONE = 50
"""Products that one output may have, so that formulas stay readable text."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Formulas of every output of one operation.

    ``plan`` is None for an operation without terms; its formulas are its values.
    """

    op: str
    plan: Table | None
    x: Array
    w: Array | None
    bias: Array | None
    out: Array
    fold: str = "sum"

    def texts(self) -> Array:
        """Return the formula of every output in the slides' manner."""
        texts = np.empty(self.out.shape, dtype=object)
        dot = self.dot
        for out in np.ndindex(self.out.shape):
            texts[out] = self.text(out, dot)
        return texts

    @property
    def dot(self) -> str:
        """What stands between the letters of all formulas."""
        return "" if self.plan is None else spacing(self.plan, self.x, self.w)

    def text(self, out: Index, dot: str) -> str:
        """Return the formula of one output."""
        if self.plan is None:
            return text_of(self.out[out])
        return formula(self.plan, self.x, self.w, out, self.bias, fold=self.fold, dot=dot)

    def data(self) -> dict[str, Any]:
        """Return the derivation as plain data for JSON."""
        operands = {"x": self.x, "w": self.w, "bias": self.bias}
        return {
            "op": self.op,
            **{name: _names(value) for name, value in operands.items() if value is not None},
            "shape": list(self.out.shape),
            "cells": [self._cell(out, self.dot) for out in np.ndindex(self.out.shape)],
        }

    def _cell(self, out: Index, dot: str) -> dict[str, Any]:
        text = self.text(out, dot)
        cell = {"cell": list(out), "text": text, "sympy": text_of(self.out[out])}
        if self.plan is None:
            return cell
        terms = factors(self.plan, self.x, self.w, out)
        return cell | {"terms": [list(map(text_of, term)) for term in terms]}


def _names(values: Array) -> Any:
    named = np.empty(values.shape, dtype=object)
    for index, value in np.ndenumerate(objects(values)):
        named[index] = text_of(value)
    return named.tolist()


def derive(
    x: str,
    w: str | None = None,
    bias: str | None = None,
    /,
    *,
    op: str = "correlate",
    **options: Any,
) -> Derivation:
    """Derive the formula of every output from shapes (`3x4`) or entries (`a b; c d`).

    A shape gets default letters: `a, b, ...` for the input and `w, x, y, z` for the kernel, or
    `x[1,2]` and `w[0,1]` when letters run out; no name is used twice. ``op`` is any operation of
    `symconv.catalogue`, and the options are its own.

    Raises: EntryError, ExpressionError, GeometryError.

    >>> derive("3x4", "2x2").texts()[0, 0]
    'aw + bx + ey + fz'
    >>> derive("2x2", op="max_pool", window=2).texts()[0, 0]
    'max(a, b, c, d)'
    >>> derive("2x2", op="avg_pool", window=2).texts()[0, 0]
    '(a + b + c + d)/4'
    """
    operation = _operation(op, w, bias, options)
    shapes = [None if text is None else _as_shape(text) for text in (x, w, bias)]
    inputs, kernel = _operands(x, w, shapes)
    offsets = None if bias is None else _read(bias, shapes[2])
    plan = operation.plan(inputs, kernel, **options)
    sized = operation.sized(inputs, kernel, **options)
    if sized is not None:
        _check_cells(sized, [v for v in (inputs, kernel) if v is not None])
        check_size(sized)
    inputs, kernel, offsets = _lettered(
        (inputs, kernel, offsets),
        [shape is not None for shape in shapes],
        set() if plan is None or plan.fill is None else names_in(pack([plan.fill], ())),
    )
    out = operation(inputs, kernel, offsets, **options)
    shown = operation.kernel_of(kernel, options)
    weights = None if shown is None else objects(shown)
    fold = operation.folded(options)
    return Derivation(op, plan, objects(inputs), weights, offsets, objects(out), fold)


def _operation(op: str, w: str | None, bias: str | None, options: dict[str, Any]) -> Operation:
    """Return the operation of a name, refusing operands and options that it does not take."""
    if op not in OPERATIONS:
        raise GeometryError("unknown-op", f"op={op!r}", hint=choices(op, tuple(OPERATIONS)))
    operation = OPERATIONS[op]
    given = {"a kernel": (w, operation.kernel), "a bias": (bias, operation.bias)}
    for what, (text, takes) in given.items():
        if text is not None and not takes:
            raise GeometryError("unknown-operand", f"{op} takes no {what[2:]}", hint="leave it out")
    if operation.kernel and w is None:
        hint = "give a shape or entries"
        raise GeometryError("missing-operand", f"{op} needs a kernel", hint=hint)
    for name in options:
        if name not in operation.options:
            known = sorted(operation.options)
            hint = choices(name, known) if known else f"{op} takes no options"
            raise GeometryError("unknown-option", f"{op} has no option {name!r}", hint=hint)
    for name in sorted(operation.needs - options.keys()):
        raise GeometryError(
            "missing-option", f"{op} needs the option {name!r}", hint=f"give {name}="
        )
    return operation


def _check_cells(plan: Sized, operands: Sequence[Array]) -> None:
    cells = max(plan.work.get("outputs", 0), plan.work.get("entries", 0))
    sizes = [cells, *(values.size for values in operands)]
    products = plan.work.get("products", 0)
    if max(*sizes, products / ONE_BY_ONE) > MAX_CELLS:
        inputs, taps = operands[0].size, operands[1].size if len(operands) > 1 else 0
        raise GeometryError(
            "too-many-formulas",
            f"{inputs} inputs, {taps} taps and {cells} outputs, but formulas are "
            f"written for at most {MAX_CELLS} of each, and of {ONE_BY_ONE * MAX_CELLS} products",
            hint="use a smaller input, or call the operation itself",
            cells=cells,
        )


def _operands(x: str, w: str | None, shapes: Sequence[Shape | None]) -> tuple[Array, Array | None]:
    """Return input and kernel, zeros where only a shape is given."""
    read = [
        text if shape is None else np.zeros(shape, dtype=np.int64)
        for text, shape in zip((x, w), shapes, strict=False)
    ]
    return (array(read[0]), None) if w is None else operands(*read)


def _read(text: str, shape: Shape | None) -> Array:
    return array(text) if shape is None else np.zeros(shape, dtype=np.int64)


def _lettered(
    values: tuple[Array, Array | None, Array | None], made: Sequence[bool], taken: set[str]
) -> tuple[Array, Array | None, Array | None]:
    """Return input, kernel and bias with letters, unlike any name in use, where none is given."""
    x, w, bias = values
    given = [None if own else value for value, own in zip(values, made, strict=True)]
    taken = taken | names_in(*given)
    last = string.ascii_lowercase[22:]
    spelled = not made[0]
    if made[0]:
        letters = [c for c in string.ascii_lowercase if c not in taken and c not in last]
        spelled = x.size <= len(letters)
        x = _letters(x.shape, letters, "x", taken)
        taken |= names_in(x)
    if w is not None and made[1]:
        letters = [letter for letter in last if letter not in taken] if spelled else []
        w = _letters(w.shape, letters, "w", taken)
        taken |= names_in(w)
    if bias is not None and made[2]:
        bias = _letters(bias.shape, [], "b", taken)
    return x, w, bias


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
