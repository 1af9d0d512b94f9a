"""Gradients of a convolution: its table read by input and by tap.

For a loss L with upstream[o] = ∂L/∂out[o],

    ∂L/∂x[i]    = sum over (o, t) with source[o, t] = i of  upstream[o] · w[t]
    ∂L/∂w[t]    = sum over o of  upstream[o] · x[source[o, t]]
    ∂L/∂bias[m] = sum over the outputs of filter m of upstream

All are exact, and of symbols: every boundary, stride, dilation, group and flip is already in the
table. ``op`` is "correlate", "convolve", "conv" or "conv_transpose", and the options are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from symconv import engines
from symconv.algebra import EXPRESSIONS, NUMBERS, Algebra, adopted
from symconv.errors import GeometryError
from symconv.exact import Array, array, is_symbolic, objects, pack
from symconv.options import counted, is_int
from symconv.plan import Geometry, Shape
from symconv.planning import table_of
from symconv.tables import Adjoint, ByTap, Relaid, undone
from symconv.terms import Table, Terms

LAYERS = ("conv", "conv_transpose")


class Gradients(NamedTuple):
    """The gradients of a loss with respect to input, kernel and bias."""

    x: Array
    w: Array
    bias: Array | None = None


def of_input(
    upstream: Any,
    w: Any,
    x_shape: Sequence[int],
    /,
    *,
    op: str = "conv",
    engine: str | None = None,
    algebra: Algebra | str | None = None,
    **options: Any,
) -> Array:
    """Return ∂L/∂x, of shape *x_shape*, from upstream of the output's shape and the kernel.

    Raises: EntryError, GeometryError[upstream-shape].

    Source: Dumoulin & Visin (2016), chapter 4; Goodfellow et al., Deep Learning, section 9.5.

    >>> of_input("p q", "w x y", (4,), op="correlate").tolist()
    [p*w, p*x + q*w, p*y + q*x, q*y]
    """
    given, kernel = array(upstream), array(w)
    table = table_of_input(table_of(op, x_shape, kernel.shape, **options))
    _check_upstream(given.shape, table.x_shape)
    return engines.evaluate(table, given, kernel, engine=engine, algebra=algebra)


def of_kernel(
    upstream: Any,
    x: Any,
    w_shape: Sequence[int],
    /,
    *,
    op: str = "conv",
    engine: str | None = None,
    algebra: Algebra | str | None = None,
    **options: Any,
) -> Array:
    """Return ∂L/∂w, of shape *w_shape*, from upstream of the output's shape and the input.

    Raises: EntryError, GeometryError[upstream-shape].

    Source: Goodfellow et al., Deep Learning, section 9.5.

    >>> of_kernel("p q", "a b c d", (3,), op="correlate").tolist()
    [a*p + b*q, b*p + c*q, c*p + d*q]
    """
    given, inputs = array(upstream), array(x)
    forward = table_of(op, inputs.shape, w_shape, **options)
    _check_upstream(given.shape, forward.out_shape)
    table = table_of_kernel(forward)
    operands = (given, inputs) if op == "conv_transpose" else (inputs, given)
    return engines.evaluate(table, *operands, engine=engine, algebra=algebra)


def of_bias(
    upstream: Any, /, *, spatial: int | None = None, algebra: Algebra | str | None = None
) -> Array:
    """Return ∂L/∂bias from upstream (M, *O) or (N, M, *O): the sum over batch and places.

    ``spatial`` is the number of places' axes; left out, 1 for two axes, else 2. An upstream in
    another layout is `of_layer`'s to read.

    >>> of_bias([[1, 2, 3], [10, 20, 30]]).tolist()
    [6, 60]
    """
    given = array(upstream)
    rank = min(2, given.ndim - 1) if spatial is None else spatial
    if not is_int(rank) or rank < 1 or given.ndim - rank not in (1, 2):
        raise GeometryError(
            "rank-mismatch",
            f"upstream has {counted(given.ndim, 'axis', 'axes')} {given.shape}, {rank} of them "
            "spatial",
            hint="give (M, *O) or (N, M, *O), and say how many axes are spatial",
            upstream=given.shape,
            spatial=rank,
        )
    ring = adopted(algebra) or (EXPRESSIONS if is_symbolic(given) else NUMBERS)
    maps = objects(given).swapaxes(0, 1) if given.ndim == rank + 2 else objects(given)
    sums = [ring.sum(map(ring.enter, part.ravel().tolist())) for part in maps]
    return pack(sums, (len(maps),))


def of_layer(
    x: Any,
    w: Any,
    upstream: Any,
    /,
    *,
    op: str = "conv",
    engine: str | None = None,
    algebra: Algebra | str | None = None,
    **options: Any,
) -> Gradients:
    """Return the gradients of input, kernel and, for a layer, bias.

    >>> of_layer([[1, 2, 3]], [[[1, 1]]], [[1, 10]]).w.tolist()
    [[[21, 32]]]
    """
    inputs, kernel, given = array(x), array(w), array(upstream)
    return Gradients(
        of_input(given, kernel, inputs.shape, op=op, engine=engine, algebra=algebra, **options),
        of_kernel(given, inputs, kernel.shape, op=op, engine=engine, algebra=algebra, **options),
        _bias_of(table_of(op, inputs.shape, kernel.shape, **options), given, algebra)
        if op in LAYERS
        else None,
    )


def _bias_of(forward: Table, upstream: Array, algebra: Algebra | str | None) -> Array:
    """Return ∂L/∂bias from upstream as the output of a layer is laid out."""
    while isinstance(forward, Relaid):
        upstream = undone(forward.out, forward.base.out_shape)(upstream)
        forward = forward.base
    plan = forward.forward if isinstance(forward, Adjoint) else _plan(forward)
    return of_bias(upstream, spatial=len(plan.axes), algebra=algebra)


def table_of_input(forward: Table) -> Table:
    """Return the table of ∂L/∂x, whose operands are upstream and w."""
    if isinstance(forward, Relaid):
        return replace(
            forward,
            base=table_of_input(forward.base),
            x_shape=forward.out_shape,
            x=undone(forward.out, forward.base.out_shape),
            out=undone(forward.x, forward.x_shape),
        )
    if isinstance(forward, Adjoint):
        return Terms(forward.forward)
    return Adjoint(_plan(forward))


def table_of_kernel(forward: Table) -> Table:
    """Return the table of ∂L/∂w, whose operands are x and upstream.

    For a transposed layer they are upstream and x: its input stands where the output of its forward
    convolution does.
    """
    if isinstance(forward, Relaid):
        back = undone(forward.out, forward.base.out_shape)
        transposed = isinstance(forward.base, Adjoint)
        shapes = (forward.x_shape, forward.out_shape)
        relays = (forward.x, back)
        (x_shape, w_shape), (x, w) = (
            (shapes[::-1], relays[::-1]) if transposed else (shapes, relays)
        )
        out = undone(forward.w, forward.w_shape)
        return Relaid(table_of_kernel(forward.base), x_shape, w_shape, x, w, out)
    return ByTap(forward.forward if isinstance(forward, Adjoint) else _plan(forward))


def _plan(forward: Table) -> Geometry:
    if not isinstance(forward, Terms):
        hint = "use correlate, convolve, conv or conv_transpose"
        message = f"the plan is {type(forward).__name__}, whose gradient is not known here"
        raise GeometryError("unknown-op", message, hint=hint)
    return forward.geometry


def _check_upstream(given: Shape, wanted: Shape) -> None:
    if given != wanted:
        raise GeometryError(
            "upstream-shape",
            f"upstream has shape {given}, but the output has {wanted}",
            hint=f"give an upstream of shape {wanted}",
            given=given,
            wanted=wanted,
        )
