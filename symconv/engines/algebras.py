"""Whole arrays in any algebra that allows it: the numpy engine's routes.

GF(p), BOOLEAN and COMPLEX go through exact numbers: the residue, "is any", and the real and
imaginary parts of a sum of products are known from sums of products of integers. Max-plus,
min-plus and GF(p^k) fold the taps of a convolution one after the other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from symconv.algebra import (
    NUMBERS,
    Algebra,
    Boolean,
    Complex,
    ExtensionField,
    Numbers,
    PrimeField,
    Tropical,
)
from symconv.engines import definition, numeric, readings
from symconv.engines.bounds import peak_of
from symconv.engines.long.rationals import integers
from symconv.engines.transforms import Routed
from symconv.engines.work import laid_out
from symconv.exact import INT64_MAX, Array, objects, pack, whole
from symconv.plan import Geometry
from symconv.tables import ByTap, Local
from symconv.terms import Table, Terms

Route = Callable[[Any, Array, Array, Array | None], Array]
"""From a table, its operands inside no algebra yet, and a bias, to the output."""


def has_pass(table: Table) -> bool:
    """Tell whether whole arrays of numbers have a way through this table."""
    return isinstance(table, Terms | Routed) or type(table) in readings.ROUTES


def numbers(table: Table, x: Array, w: Array | None, bias: Array | None) -> Array:
    """Return the output for integers and rationals."""
    if isinstance(table, Terms) and w is not None:
        return numeric.evaluate(table.geometry, x, w, bias)
    if isinstance(table, Routed) and w is not None and bias is None:
        return pack(map(whole, table.route(x, w).ravel().tolist()), table.out_shape)
    if w is not None and type(table) in readings.ROUTES:
        values = readings.ROUTES[type(table)](table, x, w, bias)
        return pack(values.ravel().tolist(), table.out_shape)
    return pack(definition.evaluate(table, x, w, bias, NUMBERS), table.out_shape)


def route(table: Table, algebra: Algebra) -> Route | None:
    """Return how whole arrays go through a table in an algebra; None where they have no way."""
    signed = isinstance(table, Routed) and table.signed
    if isinstance(algebra, Boolean) and signed:
        return None
    found = THROUGH_NUMBERS.get(type(algebra)) if has_pass(table) else None
    if isinstance(table, Terms):
        found = found or BY_TAPS.get(type(algebra))
    return None if found is None else partial(found, algebra)


def _entered(algebra: Any, values: Array) -> Array:
    """Return every entry inside an algebra of numbers."""
    if isinstance(algebra, PrimeField) and values.dtype != object and algebra.modulus <= INT64_MAX:
        return np.mod(values, algebra.modulus)
    return pack(map(algebra.enter, values.ravel().tolist()), values.shape)


def _inside(
    algebra: Any, table: Table, x: Array, w: Array, bias: Array | None
) -> tuple[Table, Array, Array, Array | None]:
    """Return a table and its operands with every entry inside the algebra."""
    x, w = _entered(algebra, x), _entered(algebra, w)
    if table.fill is not None:
        table = _filled(table, algebra.enter(table.fill))
    return table, x, w, None if bias is None else _entered(algebra, bias)


def _filled(table: Any, fill: Any) -> Table:
    """Return the same table with another constant for padding to read."""
    if isinstance(table, Terms):
        return Terms(replace(table.geometry, fill=fill))
    if isinstance(table, ByTap | Local):
        return replace(table, forward=replace(table.forward, fill=fill))
    return table  # type: ignore[no-any-return]  # no other table reads a constant


def _in_numbers(algebra: Numbers, table: Table, x: Array, w: Array, bias: Array | None) -> Array:
    return numbers(*_inside(algebra, table, x, w, bias))


def _modulo(algebra: PrimeField, table: Table, x: Array, w: Array, bias: Array | None) -> Array:
    sums = numbers(*_inside(algebra, table, x, w, bias))
    if sums.dtype != object and algebra.modulus <= INT64_MAX:
        return np.mod(sums, algebra.modulus)
    return pack([value % algebra.modulus for value in sums.ravel().tolist()], sums.shape)


def _any(algebra: Boolean, table: Table, x: Array, w: Array, bias: Array | None) -> Array:
    counts: Array = numbers(*_inside(algebra, table, x, w, bias))
    return np.minimum(counts, 1)


def _by_parts(algebra: Complex, table: Table, x: Array, w: Array, bias: Array | None) -> Array:
    """Return (a + bI)·(c + dI) = (ac − bd) + (ad + bc)I from four outputs of numbers."""
    (a, b), (c, d) = (_parts(algebra, values) for values in (x, w))
    real = imaginary = table
    if table.fill is not None:
        real, imaginary = (_filled(table, part) for part in algebra.parts(table.fill))
    ends = (None, None) if bias is None else _parts(algebra, bias)
    pairs = (
        (numbers(real, a, c, ends[0]), -objects(numbers(imaginary, b, d, None))),
        (numbers(real, a, d, ends[1]), objects(numbers(imaginary, b, c, None))),
    )
    reals, imaginaries = ((objects(left) + right).ravel().tolist() for left, right in pairs)
    return pack(map(algebra.joined, reals, imaginaries), table.out_shape)


def _parts(algebra: Complex, values: Array) -> tuple[Array, Array]:
    """Return the real and the imaginary parts."""
    parts = [algebra.parts(value) for value in values.ravel().tolist()]
    real, imaginary = (pack((pair[i] for pair in parts), values.shape) for i in range(2))
    return real, imaginary


THROUGH_NUMBERS: dict[type, Callable[..., Array]] = {
    Numbers: _in_numbers,
    PrimeField: _modulo,
    Boolean: _any,
    Complex: _by_parts,
}


def _windows(plan: Geometry, padded: Array, w: Array) -> Iterator[tuple[slice, Array, Array]]:
    """Yield, for every tap and channel, filters, what they see (N, 1, *O), and their weights.

    The weights are (1, M, 1, ...), as many axes as the output has.
    """
    filters, depth = plan.maps, plan.depth
    kernel = w.reshape(filters, depth, *(axis.taps for axis in plan.axes))
    taps = itertools.product(*(range(axis.taps) for axis in plan.axes))
    places = itertools.product(*(axis.places for axis in plan.axes))
    size = filters // plan.groups
    for tap, window in zip(taps, places, strict=True):
        for group, place in itertools.product(range(plan.groups), range(depth)):
            members = slice(group * size, (group + 1) * size)
            inside: tuple[Any, ...] = (slice(None), group * depth + place, *window)
            entries: tuple[Any, ...] = (members, place, *tap)
            weights = kernel[entries].reshape(1, -1, *(1,) * len(plan.axes))
            yield members, padded[inside][:, None], weights


def _blank(plan: Geometry) -> tuple[int, ...]:
    """Return the shape (N, M, *O)."""
    return (
        1 if plan.batch is None else plan.batch,
        plan.maps,
        *(axis.out for axis in plan.axes),
    )


def _extremes(algebra: Tropical, table: Terms, x: Array, w: Array, bias: Array | None) -> Array:
    """Return the largest (smallest) of the sums, over integers with a stand-in for infinity.

    With |x + w| <= P everywhere, −3P − 1 stands for −∞: a sum with it is below every other, and an
    output below −P has met nothing else.
    """
    plan = table.geometry
    (x, w, more), denominator = _integers(algebra, x, w, table.fill, bias)
    fill, *ends = more
    sign = 1 if algebra.largest else -1
    most = peak_of(x) + abs(fill or 0) + peak_of(w) + max(map(abs, ends), default=0)
    lowest = -3 * most - 1
    if 4 * most + 1 > INT64_MAX:
        x, w = objects(x), objects(w)
    padded = _padded(plan, sign * x, lowest, lowest if fill is None else sign * fill)
    out = np.full(_blank(plan), lowest, dtype=padded.dtype)
    for members, seen, weights in _windows(plan, padded, sign * w):
        np.maximum(out[:, members], seen + weights, out=out[:, members])
    if bias is not None:
        column = np.array([sign * end for end in ends], dtype=out.dtype)
        out = np.maximum(out, column.reshape(1, -1, *(1,) * len(plan.axes)))
    if out.dtype != object and denominator == 1 and not (out < -most).any():
        return (sign * out).reshape(plan.out_shape)
    values = (
        algebra.zero if value < -most else whole(Fraction(sign * value, denominator))
        for value in out.ravel().tolist()
    )
    return pack(values, plan.out_shape)


def _integers(
    algebra: Tropical, x: Array, w: Array, fill: Any, bias: Array | None
) -> tuple[tuple[Array, Array, list[Any]], int]:
    """Return both operands, then fill and biases, as integers over one denominator."""
    x, w = _entered(algebra, x), _entered(algebra, w)
    more = [fill if fill is None else algebra.enter(fill)]
    more += [] if bias is None else map(algebra.enter, bias.ravel().tolist())
    finite = [value for value in more if value is not None]
    scale = math.lcm(*(integers(values)[1] for values in (x, w)), *(v.denominator for v in finite))
    x, w = ((_times(values, scale)) for values in (x, w))
    return (x, w, [None if value is None else int(value * scale) for value in more]), scale


def _times(values: Array, scale: int) -> Array:
    if scale == 1:
        return values
    return pack([int(value * scale) for value in values.ravel().tolist()], values.shape)


def _padded(plan: Geometry, x: Array, hole: int, fill: int) -> Array:
    """Return the padded input (N, C, *P) with given values between inputs and around them."""
    order = np.arange(1, x.size + 1, dtype=np.int64).reshape(x.shape)
    ends = (np.array([end], dtype=x.dtype) for end in (hole, fill))
    line: Array = np.concatenate([next(ends), x.ravel(), next(ends)])
    return line[laid_out(plan, order, -1)]


def _in_extension(
    algebra: ExtensionField, table: Terms, x: Array, w: Array, bias: Array | None
) -> Array:
    inside, x, w, bias = _inside(algebra, table, x, w, bias)
    plan, field = table.geometry, algebra.field
    padded = field(laid_out(plan, x, inside.fill or 0))
    out = field.Zeros(_blank(plan))
    for members, seen, weights in _windows(plan, padded, field(w)):
        out[:, members] += seen * weights
    if bias is not None:
        out += field(bias).reshape(1, -1, *(1,) * len(plan.axes))
    return pack(map(int, np.asarray(out).ravel().tolist()), plan.out_shape)


BY_TAPS: dict[type, Callable[..., Array]] = {Tropical: _extremes, ExtensionField: _in_extension}
