"""Where the largest inputs of a pool stand, and the way back: `max_pool_indices`, `max_unpool`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from symconv.engines import pooling as passes
from symconv.errors import AlgebraError, GeometryError
from symconv.exact import Array, array, is_symbolic, objects, pack, text_of
from symconv.options import counted, is_int, pair, per_axis, positive
from symconv.plan import Shape, by
from symconv.pooling import has_pass, with_inputs
from symconv.windows import Pool, window_sizes


def max_pool_indices(
    x: Any,
    window: Any,
    /,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: Any = False,
    whole: bool = False,
    engine: str | None = None,
) -> Array:
    """Return where the largest input of each window stands; of equals, the first.

    The index counts the entries of one plane, the pooled axes of x, in row-major order, as
    PyTorch's return_indices does. With ``whole`` it counts all entries of x, as the output Indices
    of ONNX's MaxPool does (storage_order 0). x must be numbers; other arguments, shapes and errors
    are those of `max_pool`.

    Source: torch.nn.MaxPool2d (return_indices); ONNX operator MaxPool (Indices).

    >>> max_pool_indices([[1, 7, 7], [2, 0, 9]], (2, 2), stride=1)
    array([[1, 5]])
    >>> max_pool_indices([[1, 7, 7], [2, 0, 9]], (3,)).tolist()
    [[1], [2]]
    >>> max_pool_indices([[1, 7, 7], [2, 0, 9]], (3,), whole=True).tolist()
    [[1], [5]]
    """
    values = array(x)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    table = with_inputs(values, window, **options)
    by_pass = has_pass(table, values, engine)
    if is_symbolic(values):
        message = "the first largest of symbols has no place that could be told"
        raise AlgebraError("no-order", message, hint="use numbers, or max_pool for symbols")
    if by_pass:
        found = passes.first_largest(table.plan, table.planes(values)).reshape(table.out_shape)
    else:
        found = _first_largest(table, objects(values))
    return found + _firsts(table.lead, table.plan.x_shape) if whole else found


def _first_largest(table: Pool, entries: Array) -> Array:
    winners = [
        max(table.by_out(out), key=lambda term: entries[term.x]).x or ()
        for out in np.ndindex(table.out_shape)
    ]
    size = table.plan.x_shape
    places = [int(np.ravel_multi_index(i[len(table.lead) :], size)) for i in winners]
    return pack(places, table.out_shape)


def _firsts(lead: Shape, plane: Shape) -> Array:
    """Return the flat index of the first entry of every plane, to broadcast over the planes."""
    firsts = np.arange(prod(lead), dtype=np.int64) * prod(plane)
    return firsts.reshape(*lead, *(1,) * len(plane))


@dataclass(frozen=True)
class Unpool:
    """The plan of `max_unpool`: how large its output is, before any is made."""

    x_shape: Shape
    plane: Shape

    @property
    def lead(self) -> Shape:
        """The leading axes, batch and channels."""
        return self.x_shape[: len(self.x_shape) - len(self.plane)]

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return (*self.lead, *self.plane)

    @property
    def work(self) -> dict[str, int]:
        """Inputs and outputs."""
        return {"inputs": prod(self.x_shape), "outputs": prod(self.out_shape)}


def unpool_plan(
    x_shape: Sequence[int],
    window: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Unpool:
    """Return the plan of `max_unpool` from shapes alone, so that its ``work`` can be bounded.

    Raises: GeometryError.

    >>> unpool_plan((8, 5, 6), (2, 3)).out_shape
    (8, 10, 18)
    """
    shape = tuple(x_shape)
    sizes = window_sizes(shape, window)
    rank = len(sizes)
    if output_size is not None:
        return Unpool(shape, _plane(shape, output_size, rank))
    steps = positive("stride", sizes if stride is None else stride, rank)
    lone_pair = rank == 1 and isinstance(padding, Sequence) and len(padding) == 2
    pads = per_axis("padding", (padding,) if lone_pair else padding, rank)
    plane = []
    for number, (n, k, s) in enumerate(zip(shape[-rank:], sizes, steps, strict=True)):
        before, after = pair(pads[number], number)
        reach = (n - 1) * s + k
        plane.append(reach - before - after)
        if plane[-1] < 1:
            raise GeometryError(
                "output-empty",
                f"padding ({before}, {after}) crops {before + after} entries, but the output has "
                f"{reach}",
                place=f"axis {number}",
                hint=f"crop at most {reach - 1} in all",
                axis=number,
                entries=reach,
            )
    return Unpool(shape, tuple(plane))


def _plane(shape: Shape, size: Any, rank: int) -> Shape:
    """Return the size of a plane, from its own or from the shape of the whole output."""
    lead = shape[: len(shape) - rank]
    if not lead or not isinstance(size, Sequence) or len(size) != len(shape):
        return positive("output_size", size, rank)
    if tuple(size[: len(lead)]) != lead:
        raise GeometryError(
            "output-size-mismatch",
            f"output_size {tuple(size)} begins with {tuple(size[: len(lead)])} but x, of shape "
            f"{shape}, with {lead}",
            hint=f"give the {counted(rank, 'pooled axis', 'pooled axes')} alone, or the leading "
            "axes as x has them",
            x=shape,
            output_size=tuple(size),
        )
    return positive("output_size", size, len(shape))[len(lead) :]


def max_unpool(
    x: Any,
    indices: Any,
    /,
    window: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
    whole: bool = False,
) -> Array:
    """Return an array of zeros with every entry of x at its index: max_pool undone where it can be.

        out[indices[o]] = x[o],   0 elsewhere

    ``indices`` has the shape of x and counts the entries of one plane of the output, or with
    ``whole`` all entries of the output; see `max_pool_indices`. ``window``, ``stride`` and
    ``padding`` (numbers, no names) are those of the pool. Along each axis out has
    (n − 1)·stride + k − before − after entries; ``output_size``, one value, one for each pooled
    axis or the shape of the whole output, says otherwise. Where several windows chose one input,
    they must hold the same value.

    Raises: GeometryError[indices-mismatch], GeometryError[index-outside],
    GeometryError[output-size-mismatch] for other leading axes than x has,
    GeometryError[index-taken] for two values at one index, and as `max_pool`.

    Source: torch.nn.MaxUnpool2d; ONNX operator MaxUnpool (whole=True).

    >>> max_unpool([7, 9], [1, 3], 2)
    array([0, 7, 0, 9])
    >>> max_unpool("a b", [0, 2], 2, output_size=5).tolist()
    [a, 0, b, 0, 0]
    """
    values, places = array(x), array(indices)
    options = {"stride": stride, "padding": padding, "output_size": output_size}
    plan = unpool_plan(values.shape, window, **options)
    if places.shape != values.shape:
        raise GeometryError(
            "indices-mismatch",
            f"indices have shape {places.shape} but x has {values.shape}",
            hint="give one index for each entry of x",
            x=values.shape,
            indices=places.shape,
        )
    _check_inside(places, prod(plan.out_shape if whole else plan.plane), plan, whole=whole)
    flat = places if whole else places + _firsts(plan.lead, plan.plane)
    out = np.zeros(prod(plan.out_shape), dtype=values.dtype)
    out[flat.ravel()] = values.ravel()
    _check_taken(out[flat], values)
    if out.dtype == object:
        return pack(out.tolist(), plan.out_shape)
    return out.reshape(plan.out_shape)


def _check_inside(places: Array, count: int, plan: Unpool, *, whole: bool) -> None:
    """Raise unless every index is an integer from 0 to count − 1."""
    if places.dtype != object and not ((places < 0) | (places >= count)).any():
        return
    for at, index in np.ndenumerate(places):
        if not is_int(index) or not 0 <= index < count:
            room = f"an output of {count} entries ({by(plan.out_shape)})"
            plane = f"a plane of {count} entries ({by(plan.plane)})"
            raise GeometryError(
                "index-outside",
                f"index {text_of(index)} at {at} is outside {room if whole else plane}",
                hint="indices start at 0; whole=True counts over all planes, output_size makes "
                "the output larger",
                index=index,
                count=count,
            )


def _check_taken(found: Array, values: Array) -> None:
    """Raise where another value was put at an index later."""
    lost = np.argwhere(found != values)
    if len(lost):
        at = tuple(map(int, lost[0]))
        raise GeometryError(
            "index-taken",
            f"{text_of(values[at])} at {at} and {text_of(found[at])} go to one place of the output",
            hint="windows that chose the same input must hold the same value",
            at=at,
        )
