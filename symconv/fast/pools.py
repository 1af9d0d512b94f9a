"""Pools of numeric arrays: exact for exact entries, float64 for floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symconv import pooling
from symconv.engines import pooling as passes
from symconv.exact import Array
from symconv.fast.floats import floats, has_floats, read
from symconv.windows import Pool, pool_table


def max_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
) -> Array:
    """Return the largest entry of each window; see `symconv.max_pool`.

    >>> max_pool([0.5, 1.5, 2.5, 1.0], 2)
    array([1.5, 2.5])
    """
    steps = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    if not has_floats(x):
        return pooling.max_pool(x, window, engine="numpy", **steps)
    values, table = _given(x, window, **steps)
    pooled = passes.extremes(table.plan, table.planes(values), largest=True)
    return pooled.reshape(table.out_shape)


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
) -> Array:
    """Return the mean of each window; see `symconv.avg_pool`.

    >>> avg_pool([0.5, 1.5, 2.5, 1.0], 2)
    array([1.  , 1.75])
    """
    steps = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    counted = {"count_padding": count_padding, "divisor": divisor}
    if not has_floats(x):
        return pooling.avg_pool(x, window, engine="numpy", **steps, **counted)
    values, table = _given(x, window, mean=True, **steps, **counted)
    sums = passes.totals(table.plan, table.planes(values))
    means: Array = sums / table.counts()
    return means.reshape(table.out_shape)


def lp_pool(
    x: Any,
    window: Any,
    /,
    *,
    p: int = 2,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
) -> Array:
    """Return the p-norm of each window; see `symconv.lp_pool`. Floats give floats.

    >>> lp_pool([3.0, 4.0], 2)
    array([5.])
    """
    steps = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    if not has_floats(x):
        return pooling.lp_pool(x, window, p=p, engine="numpy", **steps)
    pooling.check_p(p)
    values, table = _given(x, window, **steps)
    with np.errstate(over="ignore"):
        sums = passes.totals(table.plan, np.abs(table.planes(values)) ** float(p))
    norms: Array = sums ** (1 / p)
    return norms.reshape(table.out_shape)


def global_max_pool(x: Any, /, *, spatial: int | None = None) -> Array:
    """Return the largest entry of each map; see `symconv.global_max_pool`.

    >>> global_max_pool([[0.5, 1.5], [2.5, 1.0]])
    array(2.5)
    """
    if not has_floats(x):
        return pooling.global_max_pool(x, spatial=spatial, engine="numpy")
    return _globally(max_pool, x, spatial)


def global_avg_pool(x: Any, /, *, spatial: int | None = None) -> Array:
    """Return the mean of each map; see `symconv.global_avg_pool`.

    >>> global_avg_pool([[0.5, 1.5], [2.5, 1.0]])
    array(1.375)
    """
    if not has_floats(x):
        return pooling.global_avg_pool(x, spatial=spatial, engine="numpy")
    return _globally(avg_pool, x, spatial)


def _given(x: Any, window: Any, **options: Any) -> tuple[Array, Pool]:
    values, _ = floats(read(x))
    table = pool_table(values.shape, window, **options)
    table.check_inputs()
    return values, table


def _globally(pool: Callable[..., Array], x: Any, spatial: int | None) -> Array:
    values, _ = floats(read(x))
    lead = values.ndim - pooling.map_rank(values.shape, spatial)
    return pool(values, values.shape[lead:]).reshape(values.shape[:lead])
