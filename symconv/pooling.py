"""Pooling: the relation between outputs and inputs is a convolution's, the fold is another.

An output of a max pool is the largest, of an average pool the mean, of the inputs that a window
reads. Symbols stay symbols: `Max(a, b, e, f)`, `a/4 + b/4 + ...`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from symconv.algebra import EXPRESSIONS, NUMBERS
from symconv.errors import AlgebraError, GeometryError
from symconv.exact import Array, array, is_symbolic, objects, pack
from symconv.options import is_int
from symconv.plan import Geometry, geometry
from symconv.terms import Terms


def max_pool(
    x: Any, window: Any, /, *, stride: Any = None, padding: Any = 0, dilation: Any = 1
) -> Array:
    """Return the largest input of each window; padding is never the largest.

        out[o] = max over t of  x[stride·o + dilation·t − before]

    ``window`` is one int for every axis of x, or a tuple for its last axes (leading axes, such as
    channels, are pooled one by one). ``stride`` is the window when left out.

    Shapes: along each pooled axis ⌊(n + before + after − E)/stride⌋ + 1, E = dilation·(k − 1) + 1.
    Raises: GeometryError, also when a window reads padding alone.

    Source: ONNX operator MaxPool.

    >>> max_pool("1 3 2 4; 5 7 6 8", 2)
    array([[7, 8]])
    >>> max_pool("a b; c d", 2)[0, 0]
    Max(a, b, c, d)
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return _pool(x, window, options, _largest)


def avg_pool(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    count_padding: bool = False,
) -> Array:
    """Return the exact mean of the inputs of each window.

        out[o] = (sum over t of  x[stride·o + dilation·t − before]) / count

    ``count`` is the number of inputs read, or with ``count_padding`` of all taps. Other arguments,
    shapes and errors are those of `max_pool`.

    Source: ONNX operator AveragePool (attribute count_include_pad).

    >>> avg_pool("1 2; 3 5", 2)
    array([[Fraction(11, 4)]], dtype=object)
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return _pool(x, window, options, _mean, count_padding=count_padding)


def global_max_pool(x: Any, /, *, spatial: int | None = None) -> Array:
    """Return the largest entry of each feature map: the last ``spatial`` axes shrink to one value.

    ``spatial`` is 2, or 1 for a 1-D array, when left out.

    >>> global_max_pool([[[1, 2], [3, 4]], [[8, 7], [6, 5]]])
    array([4, 8])
    """
    return _global(x, spatial, _largest)


def global_avg_pool(x: Any, /, *, spatial: int | None = None) -> Array:
    """Return the exact mean of each feature map: the last ``spatial`` axes shrink to one value.

    ``spatial`` is 2, or 1 for a 1-D array, when left out.

    >>> global_avg_pool([[[1, 2], [3, 4]]])
    array([Fraction(5, 2)], dtype=object)
    """
    return _global(x, spatial, _mean)


Fold = Callable[[list[Any], bool], Any]
"""From the values of a window, and whether symbols occur, to one value."""


def windows(
    x_shape: Sequence[int], window: Any, *, stride: Any = None, padding: Any = 0, dilation: Any = 1
) -> Geometry:
    """Return the plan of a pool over the last axes of an array: which inputs each window reads."""
    shape = tuple(x_shape)
    if not is_int(window) and not (isinstance(window, Sequence) and all(map(is_int, window))):
        hint = "use an int, or one int for each of the last axes"
        raise GeometryError("bad-window", f"window is {window!r}", hint=hint, window=window)
    sizes = (window,) * len(shape) if is_int(window) else tuple(window)
    if min(sizes, default=1) < 1:
        hint = "use 1 or more"
        raise GeometryError("bad-window", f"window is {window!r}", hint=hint, window=window)
    if not 1 <= len(sizes) <= len(shape):
        raise GeometryError(
            "rank-mismatch",
            f"the window has {len(sizes)} axes {sizes} but x has {len(shape)} {shape}",
            hint="the window covers the last axes of x",
            x=shape,
            window=sizes,
        )
    return geometry(
        shape[-len(sizes) :],
        sizes,
        op="correlate",
        padding=padding,
        stride=sizes if stride is None else stride,
        dilation=dilation,
    )


def _pool(
    x: Any, window: Any, options: dict[str, Any], fold: Fold, *, count_padding: bool = False
) -> Array:
    values = array(x)
    plan = windows(values.shape, window, **options)
    lead = values.shape[: values.ndim - len(plan.axes)]
    symbols = is_symbolic(values)
    planes = objects(values).reshape(prod(lead), *plan.x_shape)
    pooled = [
        fold(_window(plan, plane, out, count_padding=count_padding), symbols)
        for plane in planes
        for out in plan.outputs()
    ]
    return pack(pooled, (*lead, *plan.out_shape))


def _window(
    plan: Geometry, plane: Array, out: tuple[int, ...], *, count_padding: bool
) -> list[Any]:
    """Return the inputs of one window, and a 0 for each padded tap with *count_padding*."""
    inputs = [plane[term.x] for term in Terms(plan).by_out(out) if term.x is not None]
    if not inputs:
        raise GeometryError(
            "window-without-input",
            f"the window of output {out} reads padding alone ({plan.taps} taps, 0 inputs)",
            hint="pad less than the window spans",
            out=out,
        )
    return [*inputs, *[0] * (plan.taps - len(inputs))] if count_padding else inputs


def _global(x: Any, spatial: int | None, fold: Fold) -> Array:
    values = array(x)
    rank = min(values.ndim, 2) if spatial is None else spatial
    if not 1 <= rank <= values.ndim or 0 in values.shape[values.ndim - rank :]:
        raise GeometryError(
            "rank-mismatch",
            f"cannot pool {rank} axes of an array of shape {values.shape}",
            hint="spatial is at least 1, at most the number of axes, and no such axis is empty",
            x=values.shape,
            spatial=rank,
        )
    lead = values.shape[: values.ndim - rank]
    count = prod(values.shape[values.ndim - rank :])
    rows = objects(values).reshape(prod(lead), count).tolist()
    return pack([fold(row, is_symbolic(values)) for row in rows], lead)


def _largest(inputs: list[Any], symbols: bool) -> Any:
    if not symbols:
        return max(inputs)
    import sympy

    try:
        return sympy.Max(*map(EXPRESSIONS.enter, inputs))
    except ValueError:
        message = f"{', '.join(map(str, inputs))} cannot all be ordered"
        raise AlgebraError("no-order", message, hint="a maximum needs real entries") from None


def _mean(inputs: list[Any], symbols: bool) -> Any:
    ring = EXPRESSIONS if symbols else NUMBERS
    share = ring.enter(Fraction(1, len(inputs)))
    return ring.sum(ring.product(ring.enter(value), share) for value in inputs)


def flatten(x: Any, /) -> Array:
    """Return the entries as one vector, in row-major order.

    >>> flatten("a b; c d")
    array([a, b, c, d], dtype=object)
    """
    return np.ravel(array(x))
