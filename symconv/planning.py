"""Plans of layers: from shapes and options to the table that an engine folds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from symconv import layouts
from symconv.axis import Axis
from symconv.errors import GeometryError
from symconv.exact import Array
from symconv.options import (
    PADDINGS,
    check_fit,
    choices,
    counted,
    is_int,
    pair,
    per_axis,
    positive,
    switches,
)
from symconv.plan import DEFAULT_PADDING, Geometry, Shape, by, check_groups, geometry, shape_of
from symconv.tables import Adjoint, Local, Relaid
from symconv.terms import Table, Terms


def table_of(
    op: str, x_shape: Sequence[int] | int, w_shape: Sequence[int] | int, /, **options: Any
) -> Table:
    """Return the plan of an operation with a kernel, by its name.

    Raises: GeometryError[unknown-op].
    """
    shapes = shape_of("x", x_shape), shape_of("w", w_shape)
    if op not in (*DEFAULT_PADDING, *LAYERS):
        known = choices(op, (*DEFAULT_PADDING, *LAYERS))
        raise GeometryError("unknown-op", f"op={op!r}", hint=known)
    takes = _options(op)
    for name in options:
        if name not in takes:
            message = f"{op} has no option {name!r}"
            raise GeometryError("unknown-option", message, hint=choices(name, sorted(takes)))
    if op in LAYERS:
        return LAYERS[op](*shapes, **options)
    return Terms(geometry(*shapes, op=op, **options))


@cache
def _options(op: str) -> frozenset[str]:
    """Return the options that change the plan of an operation."""
    found = set(inspect.signature(geometry).parameters)
    if op in LAYERS:
        own = inspect.signature(LAYERS[op]).parameters
        more = any(p.kind is p.VAR_KEYWORD for p in own.values())
        found = {*own, *(found if more else ())}
    return frozenset(found - {"x_shape", "w_shape", "op", "bias", "options"})


def conv_table(
    x_shape: Shape,
    w_shape: Shape,
    *,
    groups: int = 1,
    batch_groups: int = 1,
    layout: Any = None,
    **options: Any,
) -> Table:
    """Return the plan of `conv`; with a layout, between the shapes as they are laid out."""
    laid = None if layout is None else layouts.layout(layout, rank=len(w_shape))
    x, w = (laid.x_shape(x_shape), laid.w_shape(w_shape)) if laid else (x_shape, w_shape)
    groups = groups if laid is None else laid.groups(w_shape, groups)
    if batch_groups == 1:
        base = Terms(geometry(x, w, op="conv", groups=groups, **options))
        return base if laid is None else _relaid(base, laid, x_shape, w_shape)
    _check_batch_groups(batch_groups, groups, x, w)
    batch_groups = int(batch_groups)
    grouped = (x[0] // batch_groups, x[1] * batch_groups, *x[2:])
    base = Terms(geometry(grouped, w, op="conv", groups=batch_groups, **options))
    regroup = partial(layouts.batch_grouped, groups=batch_groups)
    inner = Relaid(base, x, w, regroup, _same, _same)
    return inner if laid is None else _relaid(inner, laid, x_shape, w_shape)


def _same(values: Array) -> Array:
    return values


def _relaid(base: Table, laid: layouts.Layout, x_shape: Shape, w_shape: Shape) -> Table:
    return Relaid(base, tuple(x_shape), tuple(w_shape), laid.x_in, laid.w_in, laid.out_back)


def _check_batch_groups(count: Any, groups: int, x: Shape, w: Shape) -> None:
    if not is_int(count) or count < 1:
        message = f"batch_groups={count!r}"
        raise GeometryError("groups-not-positive", message, hint="use 1 or more")
    if groups != 1:
        raise GeometryError(
            "groups-of-both",
            f"batch_groups={count} together with groups={groups}",
            hint="group the batch or the channels, not both",
        )
    if len(x) != len(w):
        message = f"batch_groups={count}, but x of shape {x} has no batch axis"
        raise GeometryError("rank-mismatch", message, hint="give x as (N, C, *S)", x=x)
    for name, size in (("batch entries", x[0]), ("filters", w[0])):
        if size % count:
            raise GeometryError(
                "groups-do-not-divide",
                f"{count} batch groups do not divide {size} {name}",
                hint=f"batch_groups={_divisor(count, x[0], w[0])} would fit",
                groups=count,
                count=size,
            )


def _divisor(below: int, *counts: int) -> int:
    tries = range(min(below, 10_000), 0, -1)
    return next(g for g in tries if not any(count % g for count in counts))


def local_table(x_shape: Shape, w_shape: Shape, **options: Any) -> Local:
    """Return the plan of `locally_connected`, whose kernel is (M, C/groups, *O, *K)."""
    rank, odd = divmod(len(w_shape) - 2, 2)
    if rank < 1 or odd or len(x_shape) not in (rank + 1, rank + 2):
        raise GeometryError(
            "rank-mismatch",
            f"x has {counted(len(x_shape), 'axis', 'axes')} {tuple(x_shape)} but w has "
            f"{len(w_shape)} {tuple(w_shape)}",
            hint="take x (C, *S) or (N, C, *S) and w (M, C/groups, *O, *K)",
            x=x_shape,
            w=w_shape,
        )
    shared = (*w_shape[:2], *w_shape[2 + rank :])
    table = Local(geometry(x_shape, shared, op="conv", **options))
    if table.w_shape != tuple(w_shape):
        places = table.w_shape[2 : 2 + rank]
        raise GeometryError(
            "places-mismatch",
            f"w has kernels for {by(w_shape[2 : 2 + rank])} outputs but there are {by(places)}",
            hint=f"w should be {by(table.w_shape)}",
            w=tuple(w_shape),
            wanted=table.w_shape,
        )
    return table


def conv_transpose_table(
    x_shape: Shape,
    w_shape: Shape,
    *,
    padding: Any = 0,
    output_padding: Any = 0,
    output_size: Any = None,
    stride: Any = 1,
    dilation: Any = 1,
    groups: int = 1,
    flip: Any = False,
    layout: Any = None,
) -> Table:
    """Return the plan of `conv_transpose`: the forward convolution, to be read by input."""
    laid = None if layout is None else layouts.layout(layout, rank=len(w_shape), transposed=True)
    x, w = (laid.x_shape(x_shape), laid.w_shape(w_shape)) if laid else (x_shape, w_shape)
    groups = groups if laid is None else laid.groups(w_shape, groups)
    groups = int(groups) if is_int(groups) else groups
    rank = _check_transposed(x, w, groups)
    axes = map(
        Axis,
        x[-rank:],
        w[-rank:],
        positive("stride", stride, rank),
        positive("dilation", dilation, rank),
    )
    turned = [
        replace(axis, flip=f) for axis, f in zip(axes, switches("flip", flip, rank), strict=True)
    ]
    pads = per_axis("padding", padding, rank) if _by_axis(padding, rank) else (padding,) * rank
    more = per_axis("output_padding", output_padding, rank)
    sizes = (None,) * rank if output_size is None else _sizes(output_size, rank)
    forward = Geometry(
        tuple(map(_forward, range(rank), turned, pads, more, sizes)),
        filters=w[0],
        channels=w[1] * groups,
        groups=int(groups),
        batch=x[0] if len(x) == rank + 2 else None,
    )
    base = Adjoint(forward)
    return base if laid is None else _relaid(base, laid, x_shape, w_shape)


def _check_transposed(x: Shape, w: Shape, groups: int) -> int:
    """Return the number of spatial axes, if channels and groups of a transposed layer fit."""
    rank = len(w) - 2
    if rank < 1 or len(x) not in (rank + 1, rank + 2):
        raise GeometryError(
            "rank-mismatch",
            f"x has {counted(len(x), 'axis', 'axes')} {tuple(x)} but w has {len(w)} {tuple(w)}",
            hint="a transposed layer takes x (C, *S) or (N, C, *S) and w (C, M/groups, *K)",
            x=x,
            w=w,
        )
    check_groups(w[1] * groups if is_int(groups) else 0, w[0], w[1], groups)
    if x[-rank - 1] != w[0]:
        raise GeometryError(
            "channel-mismatch",
            f"x has {counted(x[-rank - 1], 'channel')} but w, (C, M/groups, *K), takes {w[0]}",
            place="channels",
            hint=f"w should be ({x[-rank - 1]}, M/{groups}, *K)",
            channels=x[-rank - 1],
            depth=w[0],
        )
    return rank


def _by_axis(padding: Any, rank: int) -> bool:
    """Tell whether padding is a list of values for each axis, and no name or lone pair."""
    lone = rank == 1 and isinstance(padding, Sequence) and len(padding) == 2
    return not isinstance(padding, str) and not lone


def _sizes(output_size: Any, rank: int) -> tuple[Any, ...]:
    """Return the spatial sizes asked for; the whole output shape may be given."""
    if isinstance(output_size, Sequence) and len(output_size) in (rank + 1, rank + 2):
        output_size = output_size[-rank:]
    return per_axis("output_size", output_size, rank)


def _forward(number: int, axis: Axis, padding: Any, more: Any, size: Any) -> Axis:
    """Return the axis of the forward convolution, whose inputs are the outputs asked for.

    ``axis`` has the outputs of the forward convolution for its size.
    """
    place = f"axis {number}"
    if isinstance(padding, str) and padding not in PADDINGS:
        hint = choices(padding, PADDINGS)
        raise GeometryError("unknown-padding", f"padding={padding!r}", hint=hint, value=padding)
    for name, value in (("output_padding", more), ("output_size", 0 if size is None else size)):
        if not is_int(value) or value < 0:
            message = f"{name} is {value!r}"
            code = f"{name.replace('_', '-')}-negative"
            raise GeometryError(code, message, place=place, hint="use an integer of 0 or more")
    more, size = int(more), None if size is None else int(size)
    _check_output_padding(place, axis, more)
    reach = (axis.size - 1) * axis.stride + axis.span
    if isinstance(padding, str) and padding.startswith("same"):
        size = axis.size * axis.stride if size is None else size
        crop = max(0, reach + more - size)
        before, after = _split(padding, crop)
        more = size - (reach - crop)
    else:
        before, after = pair(_cropped(padding, axis), number)
        least = reach - before - after
        if size is not None:
            more = _check_size(place, size, least, axis.stride)
        size = least + more
    if size < 1:
        raise GeometryError(
            "output-empty",
            f"padding ({before}, {after}) crops {before + after} entries, but the output has "
            f"{reach + more}",
            place=place,
            hint=f"crop at most {reach + more - 1} in all",
            axis=number,
            entries=reach + more,
        )
    forward = replace(axis, size=size, before=before, after=after - more)
    check_fit(number, forward)
    return forward


def _check_output_padding(place: str, axis: Axis, more: int) -> None:
    most = max(axis.stride, axis.dilation) - 1
    if more > most:
        raise GeometryError(
            "output-padding-too-large",
            f"output_padding is {more}, but stride is {axis.stride} and dilation {axis.dilation}",
            place=place,
            hint=f"use at most {most}, or negative padding for more zeros",
            given=more,
            most=most,
        )


def _cropped(padding: Any, axis: Axis) -> Any:
    """Return a padding name as the crop that it stands for."""
    named = {"valid": 0, "full": axis.span - 1}
    return named.get(padding, padding) if isinstance(padding, str) else padding


def _split(name: str, total: int) -> tuple[int, int]:
    less = total // 2
    return (total - less, less) if name == "same_lower" else (less, total - less)


def _check_size(place: str, size: int, least: int, stride: int) -> int:
    """Return the output padding that gives a size."""
    most = least + stride - 1
    if not least <= size <= most:
        raise GeometryError(
            "output-size-unreachable",
            f"output_size is {size}, but sizes from {least} to {most} fit this input",
            place=place,
            hint=f"use {least if size < least else most}, other padding, or output_padding",
            size=size,
            least=least,
            most=most,
        )
    return size - least


def check_bias(table: Table, bias: Array | None) -> None:
    """Raise GeometryError[bias-shape] unless there is one bias for each filter."""
    filters = _filters(table)
    if isinstance(table, Local) and bias is not None and bias.ndim > 1:
        _check_places(table, bias)
    elif bias is not None and bias.shape != (filters,):
        raise GeometryError(
            "bias-shape",
            f"bias has shape {bias.shape} but the layer has {counted(filters or 0, 'filter')}",
            hint=f"give {counted(filters or 0, 'number')}",
            bias=bias.shape,
            filters=filters,
        )


def _check_places(table: Local, bias: Array) -> None:
    if bias.shape != table.places:
        raise GeometryError(
            "bias-shape",
            f"bias has shape {bias.shape} but there are {by(table.places)} outputs",
            hint=f"give one number for each filter, or an array of shape {table.places}",
            bias=bias.shape,
            outputs=table.places,
        )


def _filters(table: Table) -> int | None:
    match table:
        case Terms(geometry=plan):
            return plan.filters
        case Adjoint(forward=plan):
            return plan.channels
        case Local(forward=plan):
            return plan.filters
        case Relaid(base=base):
            return _filters(base)
    return None


LAYERS: dict[str, Callable[..., Table]] = {
    "conv": conv_table,
    "conv_transpose": conv_transpose_table,
    "locally_connected": local_table,
}
"""The planners of layers by the name of the operation."""
