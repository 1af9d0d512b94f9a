"""Pooling: the relation between outputs and inputs is a convolution's, the fold is another.

An output is the largest, the smallest, the sum, the mean or the p-norm of the inputs that a window
reads. Symbols stay symbols: `Max(a, b, e, f)`, `a/4 + b/4 + ...`. Every window is a row of one
table, `symconv.windows.Pool`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from typing import Any, NoReturn

import numpy as np

from symconv import engines
from symconv.algebra import EXPRESSIONS
from symconv.engines import pooling as passes
from symconv.errors import AlgebraError, GeometryError
from symconv.exact import Array, array, entry, is_expression, is_symbolic, objects, pack, whole
from symconv.options import is_int
from symconv.plan import Shape
from symconv.windows import Pool, Windowed, pool_table
from symconv.windows import windows as windows  # noqa: PLC0414 - the catalogue's name for it

MOST_P = 1000
"""The largest p of a p-norm; powers have p times the digits of the entries."""


def max_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    engine: str | None = None,
) -> Array:
    """Return the largest input of each window; padding is never the largest.

        out[o] = max over t of  x[stride·o + dilation·t − before]

    ``window`` is one int for every axis of x, or a tuple for its last axes (leading axes, such as
    channels, are pooled one by one). ``stride`` is the window when left out; ``padding`` is what
    `correlate` takes.

    Shapes: along each pooled axis, with E = dilation·(k − 1) + 1,
    ⌊(n + before + after − E)/stride⌋ + 1. With ``ceil_mode`` (one value, or one for each axis) it
    is ⌈(n + before + after − E)/stride⌉ + 1, less 1 if the last window would start at or beyond
    n + before, behind all inputs.

    Raises: GeometryError, also when a window reads padding alone; AlgebraError[no-order] for
    entries such as I that have no order.

    Source: ONNX operator MaxPool; torch.nn.MaxPool2d.

    >>> max_pool("1 3 2 4; 5 7 6 8", 2)
    array([[7, 8]])
    >>> max_pool("a b; c d", 2)[0, 0]
    Max(a, b, c, d)
    >>> max_pool([1, 2, 3, 4, 5], 2, ceil_mode=True)
    array([2, 4, 5])
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    return _extreme(x, window, engine, options, largest=True)


def min_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    engine: str | None = None,
) -> Array:
    """Return the smallest input of each window; arguments, shapes and errors as in `max_pool`.

        out[o] = min over t of  x[stride·o + dilation·t − before]

    Source: XLA's ReduceWindow with min.

    >>> min_pool("1 3 2 4; 5 7 6 8", 2)
    array([[1, 2]])
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    return _extreme(x, window, engine, options, largest=False)


def sum_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    engine: str | None = None,
) -> Array:
    """Return the sum of the inputs of each window; arguments and shapes as in `max_pool`.

        out[o] = sum over t of  x[stride·o + dilation·t − before]

    Unlike a largest input or a mean, the sum of a window that reads padding alone exists: it is 0.

    Source: XLA's ReduceWindow with add (jax.lax.reduce_window).

    >>> sum_pool("1 3 2 4; 5 7 6 8", 2)
    array([[16, 20]])
    """
    values = array(x)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    return sums(pool_table(values.shape, window, **options), values, engine)


def avg_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    count_padding: Any = False,
    divisor: int | None = None,
    engine: str | None = None,
) -> Array:
    """Return the exact mean of the inputs of each window.

        out[o] = (sum over t of  x[stride·o + dilation·t − before]) / count

    ``count`` is the number of inputs read. With ``count_padding`` the cells of the padding that
    was asked for count too; cells that ``ceil_mode`` adds behind it never do. ``divisor`` stands
    in place of every count. Other arguments, shapes and errors are those of `max_pool`.

    Source: ONNX operator AveragePool (attribute count_include_pad); torch.nn.AvgPool2d, where
    count_include_pad is True unless told otherwise, and divisor is divisor_override.

    >>> avg_pool("1 2; 3 5", 2)
    array([[Fraction(11, 4)]], dtype=object)
    >>> avg_pool("a b", 2, padding=(0, 1), stride=1, count_padding=True)
    array([a/2 + b/2, b/2], dtype=object)
    """
    values = array(x)
    table = with_inputs(
        values,
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        mean=True,
        count_padding=count_padding,
        divisor=divisor,
    )
    return sums(table, values, engine)


def lp_pool(
    x: Any,
    window: Any,
    /,
    *,
    p: Any = 2,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    engine: str | None = None,
) -> Array:
    """Return the p-norm of the inputs of each window, an exact root.

        out[o] = (sum over t of  |x[stride·o + dilation·t − before]|^p)^(1/p)

    ``p`` is an integer, a Fraction or text such as "6/5", from 1 to 1000, or "inf" for the largest
    |x|. A power or a root that is rational comes as int or Fraction, any other as SymPy's; symbols
    give sums of `Abs(a)**p`. Other arguments, shapes and errors are those of `max_pool`.

    PyTorch's lp_pool2d is another function: it sums x^p without |·|, so that for odd p entries of
    different signs cancel: of [−1, −2, 3] with p = 1 this is 6 and that 0. With ``ceil_mode`` it
    also scales a last window that is cut off as if it were whole.

    Raises: GeometryError[p-out-of-range], EntryError for a float, and as `max_pool`.

    Source: ONNX operator LpPool.

    >>> lp_pool([3, 4, 1, 1], 2).tolist()
    [5, sqrt(2)]
    >>> lp_pool([-1, -2, 3], 3, p=1), lp_pool([-1, -4, 3], 3, p="inf")
    (array([6]), array([4]))
    >>> lp_pool([1, 4], 2, p="3/2").tolist()
    [3*3**(1/3)]
    """
    values = array(x)
    exponent = None if p == "inf" else _exponent(p)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    table = with_inputs(values, window, **options)
    sizes = map(abs, objects(values).ravel().tolist())
    if exponent is None:
        return extremes(table, pack(sizes, values.shape), engine, largest=True)
    totals = sums(table, pack([_power(v, exponent) for v in sizes], values.shape), engine)
    return pack(map(cache(partial(_root, p=exponent)), totals.ravel().tolist()), totals.shape)


def global_max_pool(x: Any, /, *, spatial: int | None = None, engine: str | None = None) -> Array:
    """Return the largest entry of each feature map: the last ``spatial`` axes shrink to one value.

    ``spatial`` is 2, or 1 for a 1-D array, when left out.

    >>> global_max_pool([[[1, 2], [3, 4]], [[8, 7], [6, 5]]])
    array([4, 8])
    """
    return _global(max_pool, x, spatial, engine=engine)


def global_avg_pool(x: Any, /, *, spatial: int | None = None, engine: str | None = None) -> Array:
    """Return the exact mean of each feature map: the last ``spatial`` axes shrink to one value.

    ``spatial`` is 2, or 1 for a 1-D array, when left out.

    >>> global_avg_pool([[[1, 2], [3, 4]]])
    array([Fraction(5, 2)], dtype=object)
    """
    return _global(avg_pool, x, spatial, engine=engine)


def global_lp_pool(
    x: Any, /, *, p: Any = 2, spatial: int | None = None, engine: str | None = None
) -> Array:
    """Return the p-norm of each feature map, as in `lp_pool`.

    ``spatial`` is 2, or 1 for a 1-D array, when left out.

    Source: ONNX operator GlobalLpPool.

    >>> global_lp_pool([[[1, 1], [1, 1]], [[2, 0], [-2, 1]]])
    array([2, 3])
    """
    return _global(lp_pool, x, spatial, p=p, engine=engine)


def flatten(x: Any, /) -> Array:
    """Return the entries as one vector, in row-major order.

    >>> flatten("a b; c d")
    array([a, b, c, d], dtype=object)
    """
    return array(x).flatten()


def with_inputs(values: Array, window: Any, **options: Any) -> Pool:
    """Return the table of a pool of which every window reads an input."""
    table = pool_table(values.shape, window, **options)
    table.check_inputs()
    return table


def has_pass(table: Windowed, values: Array, engine: str | None) -> bool:
    """Tell whether the NumPy pass is asked for; refuse an engine that cannot carry the entries."""
    if engine not in (None, *engines.applicable(values)):
        engines.evaluate(table, values, engine=engine)  # says why not
    return engine == "numpy" or (engine is None and not is_symbolic(values))


def sums(table: Windowed, values: Array, engine: str | None) -> Array:
    """Return the sums, or the means, of the windows of a table."""
    if not has_pass(table, values, engine):
        return engines.evaluate(table, values, engine=engine)
    totals, denominator = passes.sums(table.plan, table.planes(values))
    return passes.quotients(totals, table.counts(), denominator).reshape(table.out_shape)


def _extreme(
    x: Any, window: Any, engine: str | None, options: dict[str, Any], *, largest: bool
) -> Array:
    values = array(x)
    return extremes(with_inputs(values, window, **options), values, engine, largest=largest)


def extremes(table: Windowed, values: Array, engine: str | None, *, largest: bool) -> Array:
    """Return the largest, or the smallest, inputs of the windows of a table."""
    if has_pass(table, values, engine):
        pooled = passes.extremes(table.plan, table.planes(values), largest=largest)
        return pooled.reshape(table.out_shape)
    if engine == "sympy" or is_symbolic(values):
        found = _folded(table, values, partial(_of_expressions, largest=largest))
        return pack(found if is_symbolic(values) else map(entry, found), table.out_shape)
    return pack(_folded(table, values, max if largest else min), table.out_shape)


def _folded(table: Windowed, values: Array, fold: Callable[[list[Any]], Any]) -> list[Any]:
    """Return, for every output, the fold of the inputs of its window."""
    entries = objects(values)
    return [
        fold([entries[term.x] for term in table.by_out(out)]) for out in np.ndindex(table.out_shape)
    ]


def _of_expressions(inputs: list[Any], *, largest: bool) -> Any:
    import sympy

    try:
        return (sympy.Max if largest else sympy.Min)(*map(EXPRESSIONS.enter, inputs))
    except ValueError:
        what = "maximum" if largest else "minimum"
        message = f"{', '.join(map(str, inputs))} cannot all be ordered"
        raise AlgebraError("no-order", message, hint=f"a {what} needs real entries") from None


def check_p(p: Any) -> None:
    """Raise GeometryError[p-out-of-range] unless p is an integer that a norm may have here."""
    if not is_int(p) or not 1 <= p <= MOST_P:
        _refuse_p(p, f"use an integer from 1 to {MOST_P}")


def _exponent(p: Any) -> int | Fraction:
    """Return an exponent as an exact number."""
    value = entry(p, "p")
    if not isinstance(value, int | Fraction) or not 1 <= value <= MOST_P:
        _refuse_p(p, f"use a number from 1 to {MOST_P}, or 'inf'")
    return value


def _refuse_p(p: Any, hint: str) -> NoReturn:
    raise GeometryError("p-out-of-range", f"p={p!r}", hint=hint, p=p)


def _power(value: Any, p: int | Fraction) -> Any:
    """Return an exact power of an exact number or expression that is not negative."""
    if isinstance(p, int):
        return value**p
    return entry(EXPRESSIONS.enter(value) ** EXPRESSIONS.enter(p))


def _root(total: Any, p: int | Fraction) -> Any:
    """Return the p-th root of an exact number or expression that is not negative."""
    import sympy

    if isinstance(p, Fraction):
        return _power(total, 1 / p)
    if is_expression(total):
        return sympy.root(total, p)
    top, exact_top = sympy.integer_nthroot(total.numerator, p)
    low, exact_low = sympy.integer_nthroot(total.denominator, p)
    if exact_top and exact_low:
        return whole(Fraction(int(top), int(low)))
    return sympy.root(sympy.Rational(total.numerator, total.denominator), p)


def map_rank(shape: Shape, spatial: int | None) -> int:
    """Return how many of the last axes make up a feature map.

    Raises: GeometryError[rank-mismatch].
    """
    rank = min(len(shape), 2) if spatial is None else spatial
    if not is_int(rank) or not 1 <= rank <= len(shape) or 0 in shape[len(shape) - rank :]:
        raise GeometryError(
            "rank-mismatch",
            f"cannot pool {rank} axes of an array of shape {shape}",
            hint="spatial is at least 1, at most the number of axes, and no such axis is empty",
            x=shape,
            spatial=rank,
        )
    return rank


def _global(pool: Callable[..., Array], x: Any, spatial: int | None, **options: Any) -> Array:
    values = array(x)
    lead = values.ndim - map_rank(values.shape, spatial)
    return pool(values, values.shape[lead:], **options).reshape(values.shape[:lead])
