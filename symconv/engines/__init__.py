"""Three ways to the same values; all agree, or a test fails.

`definition` folds the terms of each output in any algebra, `sympy` builds canonical expressions
from the axis tables, `numpy` makes one pass over the output for each tap.
"""

from __future__ import annotations

from symconv.algebra import EXPRESSIONS, NUMBERS, Algebra
from symconv.engines import definition, numeric, symbolic
from symconv.errors import AlgebraError, EngineError
from symconv.exact import Array, entry, is_expression, is_symbolic, pack
from symconv.plan import Geometry

ENGINES = ("definition", "sympy", "numpy")


def evaluate(
    geometry: Geometry,
    x: Array,
    w: Array,
    bias: Array | None = None,
    *,
    engine: str | None = None,
    algebra: Algebra | None = None,
) -> Array:
    """Return the exact output of *geometry* for the entries of x, w and bias.

    The kind of result follows the entries, not the engine: SymPy expressions when any entry is
    one, else ints and Fractions.

    Raises: EngineError[unknown-engine], EngineError[numpy-symbolic], EngineError[algebra-engine].
    """
    if engine is not None and (not isinstance(engine, str) or engine not in ENGINES):
        raise EngineError(
            "unknown-engine", f"engine={engine!r}", hint=f"one of {', '.join(ENGINES)}"
        )
    symbolic_entries = is_expression(geometry.fill) or any(
        is_symbolic(values) for values in (x, w, bias) if values is not None
    )
    if algebra is not None and engine not in (None, "definition"):
        hint = "leave engine out, or use engine='definition'"
        raise EngineError("algebra-engine", f"engine {engine!r} has no algebra argument", hint=hint)
    if algebra is not None and not hasattr(algebra, "product"):
        hint = "one of symconv.algebra: GF(p), MAX_PLUS, MIN_PLUS, NUMBERS, EXPRESSIONS"
        raise AlgebraError("unknown-algebra", f"algebra={algebra!r}", hint=hint)
    if engine == "numpy" and symbolic_entries:
        hint = "use engine=None, 'sympy' or 'definition'"
        raise EngineError("numpy-symbolic", "the numpy engine takes numbers only", hint=hint)
    if algebra is not None or engine == "definition":
        ring = algebra or (EXPRESSIONS if symbolic_entries else NUMBERS)
        return pack(definition.evaluate(geometry, x, w, bias, ring), geometry.out_shape)
    if symbolic_entries:
        return pack(symbolic.evaluate(geometry, x, w, bias), geometry.out_shape)
    if engine == "sympy":
        values = symbolic.evaluate(geometry, x, w, bias)
        return pack(map(entry, values), geometry.out_shape)
    return numeric.evaluate(geometry, x, w, bias)


def applicable(*arrays: Array | None) -> tuple[str, ...]:
    """Return the engines that can carry these entries."""
    symbols = any(is_symbolic(values) for values in arrays if values is not None)
    return ENGINES[:2] if symbols else ENGINES
