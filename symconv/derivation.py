"""Derivations: the formula of every output of any operation, from shapes or entries."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from symconv.catalogue import OPERATIONS, UNPLANNED, Operation
from symconv.errors import GeometryError, SymconvError
from symconv.exact import Array, array, entry, names_in, objects, pack, text_of
from symconv.expressions import Name, parse
from symconv.formulas import Letter, factors, formula, is_symbolic, names, spacing, with_symbols
from symconv.gridtext import split_text
from symconv.operations import operands
from symconv.options import choices
from symconv.plan import Index, Shape, Sized, check_size
from symconv.planning import check_bias
from symconv.terms import Table, Terms

MAX_CELLS = 20_000
"""Outputs that one derivation may have; a page of formulas has a few dozen."""
ONE_BY_ONE = 50
"""Products that one output may have, so that formulas stay readable text."""


PLAIN = frozenset({"correlate", "convolve", "conv"})
"""Operations whose plan and bias are all that can be refused, so that formulas need no values."""
Operands = tuple[Array, Array | None, Array | None]
"""Input, kernel and bias."""


@dataclass(frozen=True)
class Derivation:
    """Formulas of every output of one operation.

    ``plan`` is None for an operation without terms; its formulas are its values. ``operands`` hold
    letters as long as no value is asked for.
    """

    op: str
    plan: Table | None
    operands: Operands
    options: Mapping[str, Any]

    @cached_property
    def _values(self) -> Operands:
        return _symbols(self.operands)

    @cached_property
    def _shown(self) -> Operands:
        """What formulas are written from."""
        x, w, bias = self.operands
        kernel = OPERATIONS[self.op].kernel_of(w, self.options)
        return objects(x), None if kernel is None else objects(kernel), bias

    @property
    def x(self) -> Array:
        """The input."""
        return objects(self._values[0])

    @property
    def w(self) -> Array | None:
        """The kernel whose entries stand in the products."""
        shown = OPERATIONS[self.op].kernel_of(self._values[1], self.options)
        return None if shown is None else objects(shown)

    @property
    def bias(self) -> Array | None:
        """The bias."""
        return self._values[2]

    @cached_property
    def out(self) -> Array:
        """The exact value of every output."""
        return objects(OPERATIONS[self.op](*self._values, **self.options))

    @property
    def shape(self) -> Shape:
        """The shape of the output."""
        waits = self.plan is not None and "out" not in vars(self)
        return self.plan.out_shape if self.plan is not None and waits else self.out.shape

    @property
    def fold(self) -> str:
        """How the terms of an output are combined."""
        return OPERATIONS[self.op].folded(self.options)

    def texts(self) -> Array:
        """Return the formula of every output in the slides' manner."""
        texts = np.empty(self.shape, dtype=object)
        dot = self.dot
        for out in np.ndindex(self.shape):
            texts[out] = self.text(out, dot)
        return texts

    @property
    def dot(self) -> str:
        """What stands between the letters of all formulas."""
        return "" if self.plan is None else spacing(self.plan, *self._shown[:2])

    def text(self, out: Index, dot: str) -> str:
        """Return the formula of one output."""
        if self.plan is None:
            return text_of(self.out[out])
        x, w, bias = self._shown
        return formula(self.plan, x, w, out, bias, fold=self.fold, dot=dot)

    def data(self) -> dict[str, Any]:
        """Return the derivation as plain data for JSON."""
        operands = dict(zip(("x", "w", "bias"), self._shown, strict=True))
        return {
            "op": self.op,
            **{name: _names(value) for name, value in operands.items() if value is not None},
            "shape": list(self.shape),
            "cells": [self._cell(out, self.dot) for out in np.ndindex(self.shape)],
        }

    def _cell(self, out: Index, dot: str) -> dict[str, Any]:
        text = self.text(out, dot)
        cell = {"cell": list(out), "text": text, "sympy": text_of(self.out[out])}
        if self.plan is None:
            return cell
        terms = factors(self.plan, *self._shown[:2], out)
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
    read = _reader(op, options, [x, w, bias], shapes)
    inputs, kernel = _operands(x, w, shapes, read)
    offsets = None if bias is None else _read(bias, shapes[2], read)
    plan = operation.plan(inputs, kernel, **options)
    sized = operation.sized(inputs, kernel, **options)
    if sized is not None:
        _check_cells(sized, [v for v in (inputs, kernel) if v is not None])
        check_size(sized)
    fill = None if plan is None else plan.fill
    found = _lettered(
        (inputs, kernel, offsets),
        [shape is not None for shape in shapes],
        set() if fill is None else names_in(pack([fill], ())),
    )
    if read is not array and isinstance(plan, Terms) and not is_symbolic(fill):
        check_bias(plan, offsets)
        return Derivation(op, plan, found, options)
    derivation = Derivation(op, plan, _symbols(found), options)
    derivation.out  # noqa: B018 - what cannot be carried out is refused here
    return derivation


def _reader(
    op: str, options: Mapping[str, Any], texts: Sequence[str | None], shapes: Sequence[Shape | None]
) -> Callable[[Any], Array]:
    """Return `array`, or where formulas need no values and entries are plain what reads those."""
    if op not in PLAIN or not UNPLANNED.isdisjoint(options):
        return array
    written: dict[str, Array] = {}
    for text, shape in zip(texts, shapes, strict=True):
        found = None if text is None or shape is not None else _written(text)
        if found is not None and text is not None:
            written[text] = found
        elif text is not None and shape is None:
            return array
    return lambda value: written[value] if isinstance(value, str) else value


def _written(text: str) -> Array | None:
    """Return rows of names and numbers as letters and numbers; None for any other text."""
    rows = split_text(text)
    matrix = rows if rows and isinstance(rows[0], list) else [rows]
    cells = [cell for row in matrix for cell in row]
    if not cells or not all(isinstance(cell, str) for cell in cells):
        return None
    entries = list(map(_plain, cells))
    if None in entries or len({len(row) for row in matrix}) > 1:
        return None
    return pack(entries, (len(cells),) if matrix is not rows else (len(rows), len(rows[0])))


def _plain(cell: str) -> Any:
    """Return a name as a letter, a number as what it is, and None for anything else."""
    try:
        tree = parse(cell)
        if isinstance(tree, Name):
            return Letter(tree.name)
        return None if any(map(str.isalpha, cell)) else entry(cell)
    except SymconvError:
        return None


def _symbols(found: Operands) -> Operands:
    """Return operands with SymPy's symbols for letters."""
    x, w, bias = found
    return (
        with_symbols(x),
        None if w is None else with_symbols(w),
        None if bias is None else with_symbols(bias),
    )


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


def _operands(
    x: str, w: str | None, shapes: Sequence[Shape | None], read: Callable[[Any], Array]
) -> tuple[Array, Array | None]:
    """Return input and kernel, zeros where only a shape is given."""
    given = [
        text if shape is None else np.zeros(shape, dtype=np.int64)
        for text, shape in zip((x, w), shapes, strict=False)
    ]
    return (read(given[0]), None) if w is None else operands(*given, read=read)


def _read(text: str, shape: Shape | None, read: Callable[[Any], Array]) -> Array:
    return read(text) if shape is None else np.zeros(shape, dtype=np.int64)


def _lettered(
    values: tuple[Array, Array | None, Array | None], made: Sequence[bool], taken: set[str]
) -> tuple[Array, Array | None, Array | None]:
    """Return input, kernel and bias with letters, unlike any name in use, where none is given."""
    x, w, bias = values
    given = [None if own else value for value, own in zip(values, made, strict=True)]
    taken = taken | names(*given)
    last = string.ascii_lowercase[22:]
    spelled = not made[0]
    if made[0]:
        letters = [c for c in string.ascii_lowercase if c not in taken and c not in last]
        spelled = x.size <= len(letters)
        x = _letters(x.shape, letters, "x", taken)
        taken |= names(x)
    if w is not None and made[1]:
        letters = [letter for letter in last if letter not in taken] if spelled else []
        w = _letters(w.shape, letters, "w", taken)
        taken |= names(w)
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
    """Return letters of one shape: single ones when there are enough, else `base[i,j]`."""
    count = math.prod(shape)
    if count <= len(letters):
        made = list(letters[:count])
    else:
        while any(name == base or name.startswith(f"{base}[") for name in taken):
            base += "_"
        made = [f"{base}[{','.join(map(str, index))}]" for index in np.ndindex(shape)]
    return pack(map(Letter, made), shape)
