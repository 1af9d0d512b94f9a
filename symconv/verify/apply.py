"""From a case to the operation it names: exact values by each engine, and the products summed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from symconv import engines, operations
from symconv.algebra import NUMBERS
from symconv.catalogue import OPERATIONS, decoded
from symconv.errors import FixtureError
from symconv.exact import Array, array, is_expression
from symconv.fixtures import Options, Sum, Tensor, Values
from symconv.fixtures.arrays import resolve, to_array
from symconv.formulas import formula
from symconv.plan import Index
from symconv.terms import Table

NOUNS = {"w": "kernel", "bias": "bias"}


def keywords(options: Options, allowed: Collection[str], op: str) -> dict[str, Any]:
    """Return the options that a case states, as keyword arguments; lists become tuples.

    Raises: FixtureError[unknown-option] for one that the operation does not have.
    """
    stated: dict[str, Any] = msgspec.to_builtins(options)
    found = {name: _tuples(value) for name, value in stated.items() if value is not None}
    for name in found:
        if name not in allowed:
            raise FixtureError(
                "unknown-option",
                f"{op} has no option {name!r}",
                place=f"field options.{name}",
                hint=f"options: {', '.join(sorted(allowed)) or 'none'}",
            )
    return found


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Applied:
    """A case's operation on its arrays, ready to be evaluated by any engine."""

    op: str
    x: Array
    w: Array | None
    bias: Array | None
    options: dict[str, Any]

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that derive the output, at least two where each has a way of its own.

        Numbers are SymPy's business only where NumPy has no pass of its own over the table.
        """
        operation, plan = OPERATIONS[self.op], self.plan
        if not operation.engined:
            return engines.ENGINES[:1]
        symbols = plan is not None and is_expression(plan.fill)
        arrays = (self.x, self.w, self.bias)
        if "algebra" in self.options:
            algebra = decoded(self.options)["algebra"]
            return engines.routes(plan, algebra, *arrays) if plan else engines.ENGINES[:1]
        found = engines.ENGINES[:2] if symbols else engines.applicable(*arrays)
        passes = engines.routes(plan, NUMBERS, *arrays) if plan and "numpy" in found else found
        return passes if len(passes) > 1 else found

    def values(self, engine: str) -> Array:
        """Return the exact output by one engine."""
        return OPERATIONS[self.op](self.x, self.w, self.bias, engine=engine, **self.options)

    @property
    def plan(self) -> Table | None:
        """The table of the operation, if it has one."""
        return OPERATIONS[self.op].plan(self.x, self.w, **self.options)

    def terms(self, cell: Index) -> str:
        """Return the products summed in one output cell, or "" for an operation without terms."""
        plan, operation = self.plan, OPERATIONS[self.op]
        if plan is None:
            return ""
        kernel, fold = operation.kernel_of(self.w, self.options), operation.folded(self.options)
        return formula(plan, self.x, kernel, cell, self.bias, fold=fold)


def applied(case: Values | Sum, arrays: Mapping[str, Tensor]) -> Applied:
    """Return the operation of a case.

    Raises: FixtureError for a kernel, bias or option that the operation does not take or lacks.
    """
    operation = OPERATIONS[case.op]
    options = keywords(case.options, operation.options, case.op)
    _check_takes(case, "w", takes=operation.kernel, needs=operation.kernel)
    _check_takes(case, "bias", takes=operation.bias, needs=False)
    for name in operation.needs - options.keys():
        message = f"{case.op} needs the option {name!r}"
        raise FixtureError("missing-field", message, place=f"field options.{name}")
    x, w = to_array(case.x, arrays, case.symbols), None
    if case.w is not None:
        texts = resolve(case.x, arrays), resolve(case.w, arrays)
        read = partial(array, symbols=case.symbols.split() or None)
        x, w = operations.operands(*texts, read=read)
    bias = None if case.bias is None else to_array(case.bias, arrays, case.symbols)
    return Applied(case.op, x, w, bias, options)


def _check_takes(case: Values | Sum, field: str, *, takes: bool, needs: bool) -> None:
    given = getattr(case, field) is not None
    if given and not takes:
        message = f"{case.op} takes no {NOUNS[field]}"
        raise FixtureError("unknown-field", message, place=f"field {field}")
    if needs and not given:
        raise FixtureError(
            "missing-field", f"{case.op} needs a {NOUNS[field]}", place=f"field {field}"
        )
