"""Three ways to the same values; all agree, or a test fails.

`definition` folds the terms of each output in any algebra, `sympy` builds canonical expressions
from the axis tables, `numpy` makes one pass over the output for each tap, in most algebras.
"""

from __future__ import annotations

from typing import Any

from symconv.algebra import EXPRESSIONS, NUMBERS, Algebra, Tropical, adopted
from symconv.engines import algebras, definition
from symconv.engines.collector import COLLECTOR_PAUSED
from symconv.engines.memory import keep_memory
from symconv.engines.symbols import symbolic
from symconv.errors import EngineError
from symconv.exact import Array, entry, is_expression, is_symbolic, pack
from symconv.plan import Geometry
from symconv.tables import Relaid
from symconv.terms import Table, as_table

ENGINES = ("definition", "sympy", "numpy")


def evaluate(
    plan: Geometry | Table,
    x: Array,
    w: Array | None = None,
    bias: Array | None = None,
    *,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Return the exact output of a plan for the entries of x, w and bias.

    The kind of result follows the entries, not the engine: SymPy expressions when any entry is
    one, else ints and Fractions.

    Raises: EngineError[unknown-engine], EngineError[numpy-symbolic], EngineError[algebra-engine].
    """
    keep_memory()
    table = as_table(plan)
    if isinstance(table, Relaid):
        kernel = None if w is None else table.w(w)
        inside = evaluate(table.base, table.x(x), kernel, bias, engine=engine, algebra=algebra)
        return table.out(inside)
    symbols = _has_symbols(table, x, w, bias)
    ring: Any = adopted(algebra)
    _check(engine, ring, symbols=symbols)
    if ring is not None:
        return _in_algebra(table, x, w, bias, engine=engine, algebra=ring)
    if engine == "definition" or (engine is None and not symbols and not algebras.has_pass(table)):
        values = definition.evaluate(table, x, w, bias, EXPRESSIONS if symbols else NUMBERS)
    elif symbols or engine == "sympy":
        return _expressions(table, x, w, bias, symbols=symbols)
    else:
        return algebras.numbers(table, x, w, bias)
    return pack(values, table.out_shape)


def _has_symbols(table: Table, *arrays: Array | None) -> bool:
    return is_expression(table.fill) or any(
        is_symbolic(values) for values in arrays if values is not None
    )


def _check(engine: str | None, algebra: Algebra | None, *, symbols: bool) -> None:
    if engine is not None and (not isinstance(engine, str) or engine not in ENGINES):
        raise EngineError(
            "unknown-engine", f"engine={engine!r}", hint=f"one of {', '.join(ENGINES)}"
        )
    if engine == "numpy" and symbols and algebra is None:
        hint = "use engine=None, 'sympy' or 'definition'"
        raise EngineError("numpy-symbolic", "the numpy engine takes numbers only", hint=hint)


def _in_algebra(
    table: Table,
    x: Array,
    w: Array | None,
    bias: Array | None,
    *,
    engine: str | None,
    algebra: Algebra,
) -> Array:
    ordered = isinstance(algebra, Tropical) and _has_symbols(table, x, w, bias)
    if engine in (None, "numpy") and w is not None and not ordered:
        route = algebras.route(table, algebra)
        if route is not None:
            return route(table, x, w, bias)
    if engine in ("numpy", "sympy"):
        message = f"engine {engine!r} does not compute this in {algebra.name}"
        hint = "leave engine out, or use engine='definition'"
        raise EngineError("algebra-engine", message, hint=hint)
    return pack(definition.evaluate(table, x, w, bias, algebra), table.out_shape)


def _expressions(
    table: Table, x: Array, w: Array | None, bias: Array | None, *, symbols: bool
) -> Array:
    """Return SymPy expressions, or the numbers that they are when there is no symbol."""
    with COLLECTOR_PAUSED:
        values = symbolic.evaluate(table, x, w, bias)
        return pack(values if symbols else map(entry, values), table.out_shape)


def routes(plan: Geometry | Table, algebra: Algebra, *arrays: Array | None) -> tuple[str, ...]:
    """Return the engines that can carry these entries through a plan in an algebra."""
    table = as_table(plan)
    while isinstance(table, Relaid):
        table = table.base
    ordered = isinstance(algebra, Tropical) and _has_symbols(table, *arrays)
    carried = not ordered and algebras.route(table, algebra) is not None
    return ENGINES[::2] if carried else ENGINES[:1]


def applicable(*arrays: Array | None) -> tuple[str, ...]:
    """Return the engines that can carry these entries."""
    symbols = any(is_symbolic(values) for values in arrays if values is not None)
    return ENGINES[:2] if symbols else ENGINES
