"""From a case to the operation it names: exact values by each engine, and the products summed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from symconv import engines, operations, pooling
from symconv.errors import FixtureError
from symconv.exact import Array
from symconv.fixtures import Options, Sum, Tensor, Values
from symconv.fixtures.arrays import resolve, to_array
from symconv.formulas import formula
from symconv.plan import Geometry, Index, check_size, geometry

SLIDING: dict[str, Callable[..., Array]] = {
    "correlate": operations.correlate,
    "convolve": operations.convolve,
    "conv": operations.conv,
}
"""Operations with a kernel; each engine carries them out its own way."""
WINDOWED: dict[str, Callable[..., Array]] = {
    "max_pool": pooling.max_pool,
    "avg_pool": pooling.avg_pool,
    "global_max_pool": pooling.global_max_pool,
    "global_avg_pool": pooling.global_avg_pool,
    "flatten": pooling.flatten,
    "dilate": operations.dilate,
}
"""Operations without a kernel; they have one implementation."""


def _check_options(op: str, options: Mapping[str, Any]) -> None:
    """Raise FixtureError unless the operation has every option stated, and those it needs."""
    has = set(inspect.signature({**SLIDING, **WINDOWED}[op]).parameters)
    has = {"dilation"} if op == "dilate" else has - {"x", "w", "bias", "engine", "algebra"}
    for name in options:
        if name not in has:
            known = ", ".join(sorted(has)) or "none"
            message = f"{op} has no option {name!r}"
            place = f"field options.{name}"
            raise FixtureError("unknown-option", message, place=place, hint=f"options: {known}")
    if "window" in has and "window" not in options:
        raise FixtureError("missing-field", f"{op} needs a window", place="field options.window")


def keywords(options: Options) -> dict[str, Any]:
    """Return the options that a case states, as keyword arguments; lists become tuples."""
    stated: dict[str, Any] = msgspec.to_builtins(options)
    return {name: _tuples(value) for name, value in stated.items() if value is not None}


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
        """The engines that can carry the operation on these entries."""
        if self.op in WINDOWED:
            return ("definition",)
        return engines.applicable(self.x, self.w, self.bias)

    def values(self, engine: str) -> Array:
        """Return the exact output by one engine.

        Raises: FixtureError[unknown-option] for an option that the operation does not have.
        """
        if self.op in WINDOWED:
            return self._windowed()
        if self.plan is not None:
            check_size(self.plan)
        arguments = (self.x, self.w) if self.op != "conv" else (self.x, self.w, self.bias)
        return SLIDING[self.op](*arguments, **self.options, engine=engine)

    def _windowed(self) -> Array:
        operation, options = WINDOWED[self.op], dict(self.options)
        if self.op == "dilate":
            return operation(self.x, options.pop("dilation", 2))
        if "window" in options:
            window = options.pop("window")
            steps = {key: value for key, value in options.items() if key != "count_padding"}
            check_size(pooling.windows(self.x.shape, window, **steps))
            return operation(self.x, window, **options)
        return operation(self.x, **options)

    @property
    def plan(self) -> Geometry | None:
        """The geometry of a sliding operation, None for the others."""
        if self.w is None or self.op in WINDOWED:
            return None
        return geometry(
            self.x.shape, self.w.shape, op=self.op, bias=self.bias is not None, **self.options
        )

    def terms(self, cell: Index) -> str:
        """Return the products summed in one output cell, or "" for other operations."""
        plan = self.plan
        if plan is None or self.w is None:
            return ""
        return formula(plan, self.x, self.w, cell, self.bias)


def applied(case: Values | Sum, arrays: Mapping[str, Tensor]) -> Applied:
    """Return the operation of a case.

    Raises: FixtureError[missing-field] for a sliding operation without kernel, and the reverse.
    """
    if (case.w is None) == (case.op in SLIDING):
        need = "needs" if case.w is None else "takes no"
        raise FixtureError("missing-field", f"{case.op} {need} kernel", place="field w")
    options = keywords(case.options)
    _check_options(case.op, options)
    symbols = case.symbols.split() or None
    if case.w is None:
        x, w = to_array(case.x, arrays, case.symbols), None
    else:
        x, w = operations.operands(
            resolve(case.x, arrays), resolve(case.w, arrays), symbols=symbols
        )
    return Applied(
        op=case.op,
        x=x,
        w=w,
        bias=None if case.bias is None else to_array(case.bias, arrays, case.symbols),
        options=options,
    )
