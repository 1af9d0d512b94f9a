"""Statements about operations, decided on exact values: `convolve(f, g) == convolve(g, f)`.

A statement is text in the grammar of `symconv.expressions`; the names in it are arrays or integer
variables. With variables it is checked for every value in their ranges, and nothing more is
claimed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil, floor, prod
from typing import Any

import numpy as np

from symconv import matrix, operations
from symconv.catalogue import OPERATIONS
from symconv.equality import equal, same
from symconv.errors import ExpressionError, SymconvError
from symconv.exact import Array, objects, pack, text_of
from symconv.expressions import Comparison, calls, evaluate, parse
from symconv.plan import by, check_size, geometry
from symconv.planning import table_of

MAX_INSTANCES = 200_000
"""Assignments of variables that one statement may ask for; about five seconds of checking."""
MAX_ENTRIES = 1_000_000
"""Entries that a function in a statement may be asked to make."""


def _total(x: Any) -> Any:
    values = _entries(x)
    return sum(values[1:], start=values[0]) if values else 0


def _extreme(pick: Callable[..., Any], x: Any) -> Any:
    return pick(_entries(x))


def _entries(x: Any) -> list[Any]:
    """Return the entries of an array, or the lengths of a shape."""
    return list(x) if isinstance(x, tuple) else objects(x).ravel().tolist()


def _parameters(w: Sequence[int], *, bias: int = 0) -> int:
    """Return the parameters of a layer with kernels of shape w (M, C/g, *K): M·(C/g)·Πk (+ M)."""
    return prod(w) + w[0] * bool(bias)


def _size(n: int, k: int, **options: Any) -> int:
    return geometry((n,), (k,), **options).out_shape[0]


def _output_shape(
    x: Sequence[int], w: Sequence[int], *, op: str | None = None, **options: Any
) -> Any:
    op = op or ("conv" if len(w) == len(x) + 1 else "correlate")
    return table_of(op, tuple(x), tuple(w), **options).out_shape


def _products(x: Sequence[int], w: Sequence[int], **options: Any) -> int:
    plan = geometry(x, w, **options)
    for axis in plan.axes:
        _limit(axis.padded)
    return plan.terms


def _apply(op: str, /, *arguments: Any, engine: str | None = None, **options: Any) -> Any:
    """Carry out an operation of the catalogue on the arguments in the order of its function."""
    operation = OPERATIONS[op]
    if len(arguments) > len(operation.parameters):
        message = f"{len(arguments)} arguments, at most {len(operation.parameters)}"
        raise ExpressionError("bad-argument", message, hint="see docs/fixtures.md")
    given = dict(zip(operation.parameters, arguments, strict=False)) | options
    required = [name for name in operation.arrays if name != "bias"]
    for name in given:
        if name not in (*operation.arrays, *operation.options, "op"):
            hint = f"options: {', '.join(sorted(operation.options)) or 'none'}"
            raise ExpressionError("bad-argument", f"there is no option {name!r}", hint=hint)
    for name in (*required, *sorted(operation.needs)):
        if name not in given:
            raise ExpressionError(
                "bad-argument", f"{name!r} is missing", hint="see docs/fixtures.md"
            )
    arrays = [given.pop(name, None) for name in operation.arrays]
    return operation(*arrays, engine=engine, **given)


def _pad(x: Any, padding: Any, **options: Any) -> Any:
    one = (1,) * x.ndim
    check_size(geometry(x.shape, one, op="correlate", padding=padding, **options))
    return operations.pad(x, padding, **options)


def _kron(left: Any, right: Any) -> Any:
    _limit(left.size * right.size)
    return matrix.kron(left, right)


def _identity(n: int) -> Any:
    _limit(n * n)
    return matrix.identity(n)


def _matmul(*factors: Any) -> Any:
    for left, right in pairwise(map(matrix.as_matrix, factors)):
        _limit(left.size * right.shape[1])
    return matrix.matmul(*factors)


def _limit(asked: int) -> None:
    if asked > MAX_ENTRIES:
        message = f"asks for {asked} entries, at most {MAX_ENTRIES}"
        raise ExpressionError("array-too-large", message, hint="use a smaller example")


def _small(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return *function*, refusing integer arguments that would build a huge array."""

    def call(*arguments: Any) -> Any:
        if not all(isinstance(a, int) and a >= 0 for a in arguments):
            hint = "as in ones(3, 4)"
            raise ExpressionError("bad-argument", "lengths are integers of 0 or more", hint=hint)
        _limit(prod(max(1, a) for a in arguments))
        return function(*arguments)

    return call


PLAIN: dict[str, Callable[..., Any]] = {
    **{name: partial(_apply, name) for name, op in OPERATIONS.items() if not op.engined},
    "delta": _small(operations.delta),
    "flip": operations.flip,
    "subsample": operations.subsample,
    "pad": _pad,
    "identity": _identity,
    "kron": _kron,
    "matmul": _matmul,
    "rank": matrix.rank,
    "transpose": matrix.transpose,
    "vec": matrix.vec,
    "abs": abs,
    "floor": floor,
    "ceil": ceil,
    "sum": _total,
    "max": partial(_extreme, max),
    "min": partial(_extreme, min),
    "shape": lambda x: tuple(x.shape),
    "ones": _small(lambda *shape: np.ones(shape, dtype=np.int64)),
    "size": _size,
    "span": lambda k, dilation=1: geometry((0,), (k,), dilation=dilation).receptive_field[0],
    "output_shape": _output_shape,
    "parameters": _parameters,
    "products": _products,
}
"""Functions that no engine choice touches."""
ENGINED: dict[str, Callable[..., Any]] = {
    name: partial(_apply, name) for name, op in OPERATIONS.items() if op.engined
}
"""Operations that every engine carries out its own way."""
FUNCTIONS = frozenset(PLAIN) | frozenset(ENGINED)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a statement held, over how many instances, and the first that broke it."""

    holds: bool
    instances: int
    text: str = ""


def decide(
    statement: str,
    arrays: Mapping[str, Array],
    *,
    ranges: Mapping[str, range] | None = None,
    given: Sequence[str] = (),
    engine: str | None = None,
) -> Decision:
    """Check *statement* for every value of its variables that meets the conditions *given*.

    Raises: ExpressionError for text that cannot be read, no instance, or too many.

    >>> from symconv.exact import array
    >>> decide("convolve(f, g) == convolve(g, f)", {"f": array("a b c"), "g": array("w x")}).holds
    True
    >>> decide("size(n, 3) == n", {}, ranges={"n": range(3, 5)}).text
    'n = 3: size(n, 3) == n is false: 1 and 3'
    """
    ranges = ranges or {}
    known = [*arrays, *ranges]
    claim = _Claim(statement, known, engine)
    conditions = [_Claim(text, known, engine) for text in given]
    count = prod(len(values) for values in ranges.values())
    if count > MAX_INSTANCES:
        message = f"{count} instances to check, at most {MAX_INSTANCES}"
        raise ExpressionError("too-many-instances", message, hint="shorten the ranges")
    values = {name: objects(value) for name, value in arrays.items()}
    checked = 0
    for assignment in itertools.product(*ranges.values()):
        scope = values | dict(zip(ranges, assignment, strict=True))
        if all(condition.broken(scope) is None for condition in conditions):
            checked += 1
            if fault := claim.broken(scope):
                where = ", ".join(f"{k} = {v}" for k, v in zip(ranges, assignment, strict=True))
                return Decision(False, checked, f"{where}: {fault}" if where else fault)
    if not checked:
        hint = "widen the ranges or drop a condition"
        raise ExpressionError("vacuous", f"no value in the ranges meets {list(given)}", hint=hint)
    return Decision(True, checked)


class _Claim:
    """One comparison, with the source text of each side for messages."""

    def __init__(self, text: str, known: Sequence[str], engine: str | None) -> None:
        tree = parse(text, symbols=known, functions=FUNCTIONS)
        if not isinstance(tree, Comparison):
            raise ExpressionError(
                "no-comparison", f"{text!r} compares nothing", hint="write a == b"
            )
        functions = PLAIN | {name: partial(f, engine=engine) for name, f in ENGINED.items()}
        self.functions = {name: _guarded(name, f) for name, f in functions.items()}
        self.tree = tree
        self.sides = tree.sides

    def broken(self, scope: Mapping[str, Any]) -> str | None:
        """Return what is wrong with the first neighbouring pair that does not compare, or None."""
        try:
            return self._first_false(scope)
        except SymconvError:
            raise
        except (TypeError, AttributeError, ValueError, ArithmeticError, IndexError) as error:
            hint = "see docs/fixtures.md"
            raise ExpressionError("bad-argument", str(error), hint=hint) from error

    def _first_false(self, scope: Mapping[str, Any]) -> str | None:
        values = [evaluate(operand, scope, self.functions) for operand in self.tree.operands]
        for i, relation in enumerate(self.tree.relations):
            left, right = values[i], values[i + 1]
            if not _RELATIONS[relation](left, right):
                claim = f"{self.sides[i]} {relation} {self.sides[i + 1]}"
                return f"{claim} is false: {_both(left, right)}"
        return None


def check(statement: str, known: Sequence[str]) -> None:
    """Raise ExpressionError unless a text can be read as a statement about *known* names.

    >>> check("size(n, 3) <= n", ["n"])
    """
    _Claim(statement, known, None)


def uses_engines(statement: str, known: Sequence[str]) -> bool:
    """Tell whether a statement calls an operation that every engine carries out its own way.

    >>> uses_engines("convolve (f, f) == f", ["f"]), uses_engines("sum(f) == 3", ["f"])
    (True, False)
    """
    tree = parse(statement, symbols=known, functions=FUNCTIONS)
    return not calls(tree).isdisjoint(ENGINED)


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return *function* working on exact arrays: products of arrays stay Python objects."""

    def call(*arguments: Any, **options: Any) -> Any:
        try:
            result = function(*map(_settled, arguments), **options)
        except SymconvError as error:
            raise error.at(name) from None
        return objects(result) if isinstance(result, np.ndarray) else result

    return call


def _settled(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return pack(value.ravel().tolist(), value.shape)
    return value


def _agree(left: Any, right: Any) -> bool:
    """Decide equality; an array of one entry counts as that entry beside a number."""
    arrays = [isinstance(side, np.ndarray) for side in (left, right)]
    if all(arrays):
        return same(left, right)
    left, right = (
        side.item() if np.size(side) == 1 and a else side
        for side, a in zip((left, right), arrays, strict=True)
    )
    kinds = {_kind(left), _kind(right)}
    if len(kinds) > 1:
        message = f"{' and '.join(sorted(kinds))} cannot be equal or unequal"
        raise ExpressionError("bad-comparison", message, hint="compare values of one kind")
    return equal(left, right) if kinds == {"a number"} else bool(left == right)


def _differ(left: Any, right: Any) -> bool:
    """Decide inequality; arrays of different shapes differ in no entry that could be compared."""
    shapes = [by(side.shape) for side in (left, right) if isinstance(side, np.ndarray)]
    if len(shapes) == 2 and shapes[0] != shapes[1] and left.size > 1 < right.size:
        message = f"arrays of shape {shapes[0]} and {shapes[1]} differ, whatever their entries"
        hint = "compare arrays of one shape, or write shape(a) != shape(b)"
        raise ExpressionError("bad-comparison", message, hint=hint)
    return not _agree(left, right)


def _kind(value: Any) -> str:
    if isinstance(value, tuple):
        return "a shape"
    if isinstance(value, np.ndarray):
        return "an array"
    return "a text" if isinstance(value, str) else "a number"


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _agree,
    "!=": _differ,
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


def _both(left: Any, right: Any) -> str:
    """Return two values as text, with their shapes where only these tell them apart."""
    shapes = np.shape(left), np.shape(right)
    told = shapes[0] != shapes[1] and show(left) == show(right)
    shown = [
        f"{show(value)} of shape {by(shape)}" if told else show(value)
        for value, shape in zip((left, right), shapes, strict=True)
    ]
    return " and ".join(shown)


def show(value: Any) -> str:
    """Return a value in one line: matrices as `[1 2; 3 4]`, shapes as `3x4`.

    >>> import numpy as np
    >>> show(np.array([[1, 2], [3, 4]]))
    '[1 2; 3 4]'
    """
    if isinstance(value, tuple):
        return by(value)
    if not isinstance(value, np.ndarray):
        return text_of(value)
    if value.ndim == 0:
        return str(value.item())
    if value.ndim == 1:
        return "[" + " ".join(map(text_of, value.tolist())) + "]"
    rows = [show(row)[1:-1] for row in value]
    return "[" + ("; " if value.ndim == 2 else " ;; ").join(rows) + "]"
