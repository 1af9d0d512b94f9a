"""Convolution undone: exact long division, and averages that leave out what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from symconv import engines
from symconv.algebra import EXPRESSIONS, NUMBERS, Algebra, RationalFunctions, adopted
from symconv.errors import AlgebraError, GeometryError
from symconv.exact import (
    Array,
    array,
    entry,
    is_expression,
    is_symbolic,
    objects,
    pack,
    whole,
)
from symconv.options import counted
from symconv.plan import Index, Shape, geometry


class Division(NamedTuple):
    """What `deconvolve` returns: y = convolve(quotient, w) + remainder."""

    quotient: Array
    remainder: Array


def deconvolve(y: Any, w: Any, /, *, algebra: Algebra | str | None = None) -> Division:
    """Divide *y* by the kernel *w*: y = convolve(quotient, w) + remainder, exactly.

    The quotient is the one for which the remainder is 0 wherever the first entry of w that is not
    0 (in row-major order) can reach; so the remainder is 0 everywhere if y is a full convolution
    with w. In one dimension, for w[0] ≠ 0, this is scipy.signal.deconvolve: long division of
    polynomials with the highest power first.

    Shapes: y (n, ...), w (k, ...) of the same rank; quotient (n − k + 1, ...), remainder (n, ...).
    Symbols give rational functions in lowest terms, valid where no denominator is 0. ``algebra``
    is a field: GF(q), COMPLEX.

    Raises: GeometryError[rank-mismatch], GeometryError[kernel-too-long], AlgebraError[zero-kernel],
    AlgebraError[no-division], AlgebraError[not-rational-function].

    Source: Cox, Little & O'Shea, Ideals, Varieties, and Algorithms, chapter 2 (division in
    lexicographic order); scipy.signal.deconvolve.

    >>> deconvolve([2, 5, 3, 1], [2, 3])
    Division(quotient=array([1, 1, 0]), remainder=array([0, 0, 0, 1]))
    >>> deconvolve("a*u a*v+b*u b*v", "u v").quotient
    array([a, b], dtype=object)
    """
    values, kernel = array(y), array(w)
    _check_shapes(values, kernel)
    field = _field(values, kernel, adopted(algebra))
    left = _entered(values, field)
    divisor = [(tap, v) for tap, v in _entered(kernel, field).items() if v != field.zero]
    if not divisor:
        message = "every entry of the kernel is 0, so there is nothing to divide by"
        raise AlgebraError("zero-kernel", message, hint="give a kernel with an entry that is not 0")
    first, lead = divisor[0]
    share = field.inverse(lead)
    shape = tuple(n - k + 1 for n, k in zip(values.shape, kernel.shape, strict=True))
    quotient = []
    for place in itertools.product(*map(range, shape)):
        factor = field.product(left[_sum(place, first)], share)
        quotient.append(factor)
        _subtract(left, place, factor, divisor, field)
    return Division(_packed(quotient, shape, field), _packed(left.values(), values.shape, field))


def quotient(y: Any, w: Any, /, *, algebra: Algebra | str | None = None) -> Array:
    """Return the x with convolve(x, w) = y.

    Raises: AlgebraError[not-divisible] when there is none, and as `deconvolve`.

    >>> quotient([4, 13, 22, 15], [4, 5])
    array([1, 2, 3])
    """
    found, remainder = deconvolve(y, w, algebra=algebra)
    if any(value != 0 for value in remainder.ravel().tolist()):
        raise AlgebraError(
            "not-divisible",
            "y is no convolution with this kernel: the division leaves a remainder",
            hint="symconv.deconvolve returns quotient and remainder",
        )
    return found


def _check_shapes(values: Array, kernel: Array) -> None:
    if values.ndim != kernel.ndim or not values.ndim:
        raise GeometryError(
            "rank-mismatch",
            f"y has {counted(values.ndim, 'axis', 'axes')} {values.shape} but w has {kernel.ndim} "
            f"{kernel.shape}",
            hint="give both the same number of axes, 1 or more",
            y=values.shape,
            w=kernel.shape,
        )
    for axis, (n, k) in enumerate(zip(values.shape, kernel.shape, strict=True)):
        if not 0 < k <= n:
            raise GeometryError(
                "kernel-too-long",
                f"the kernel has {counted(k, 'entry', 'entries')} but y has {n}",
                place=f"axis {axis}",
                hint=f"give the kernel 1 entry or more, at most {n}" if n else "give y entries",
                axis=axis,
                taps=k,
                entries=n,
            )


def _field(values: Array, kernel: Array, algebra: Any) -> Any:
    """Return the field that the division takes place in."""
    if algebra in (None, EXPRESSIONS):
        symbols = is_symbolic(values) or is_symbolic(kernel)
        entries = [*values.ravel().tolist(), *kernel.ravel().tolist()]
        return RationalFunctions.of(entries) if symbols else NUMBERS
    if not hasattr(algebra, "inverse"):
        name = getattr(algebra, "name", repr(algebra))
        hint = "use a field: numbers, complex or GF(q)"
        raise AlgebraError("no-division", f"{name} has no division", hint=hint)
    return algebra


def _entered(values: Array, field: Any) -> dict[Index, Any]:
    return {index: field.enter(value) for index, value in np.ndenumerate(objects(values))}


def _packed(values: Iterable[Any], shape: Shape, field: Any) -> Array:
    if isinstance(field, RationalFunctions):
        values = (entry(field.leave(value)) for value in values)
    return pack(map(whole, values), shape)


def _sum(place: Index, tap: Index) -> Index:
    return tuple(i + t for i, t in zip(place, tap, strict=True))


def _subtract(
    left: dict[Index, Any], place: Index, factor: Any, divisor: list[tuple[Index, Any]], field: Any
) -> None:
    """Take factor times the kernel, laid at *place*, from what is left."""
    if factor == field.zero:
        return
    minus = field.scaled(factor, -1)
    for tap, weight in divisor:
        at = _sum(place, tap)
        left[at] = field.sum([left[at], field.product(minus, weight)])


def normalized_correlate(
    x: Any,
    w: Any,
    /,
    mask: Any = None,
    *,
    padding: Any = "same",
    stride: Any = 1,
    dilation: Any = 1,
    boundary: Any = "zero",
    engine: str | None = None,
) -> Array:
    """Return weighted averages over what is there: missing samples and padding have no weight.

        out[o] = (sum over t of  w[t] · m[i] · x[i]) / (sum over t of  w[t] · m[i]),
        i = stride·o + dilation·t − before

    ``mask`` m is 0 where a sample of x is missing (whatever number stands there), 1 where it is
    there, or any certainty; all 1 when left out. With boundary "zero" there is nothing outside x,
    so that the weights are renormalised at its border; "constant(c)" and the other boundaries
    provide samples. Other arguments and shapes are those of `correlate`.

    Raises: GeometryError[mask-shape], AlgebraError[no-weight] for an output whose weights sum to 0.

    Source: Knutsson & Westin, Normalized and differential convolution (CVPR 1993).

    >>> normalized_correlate([1, 2, 9, 4], [1, 1, 1], mask=[1, 1, 0, 1])
    array([Fraction(3, 2), Fraction(3, 2), 3, 4], dtype=object)
    """
    values, kernel = array(x), array(w)
    weights = np.ones(values.shape, dtype=np.int64) if mask is None else array(mask)
    if weights.shape != values.shape:
        raise GeometryError(
            "mask-shape",
            f"the mask has shape {weights.shape} but x has {values.shape}",
            hint="give one weight for each entry of x",
            mask=weights.shape,
            x=values.shape,
        )
    options = {"padding": padding, "stride": stride, "dilation": dilation, "boundary": boundary}
    plan = geometry(values.shape, kernel.shape, op="correlate", **options)
    seen = values if mask is None else _product(values, weights)
    sums = engines.evaluate(plan, seen, kernel, engine=engine)
    outside = replace(plan, fill=1) if plan.constant else plan
    totals = engines.evaluate(outside, weights, kernel, engine=engine)
    pairs = zip(np.ndenumerate(objects(sums)), objects(totals).ravel().tolist(), strict=True)
    return pack((_average(out, a, b) for (out, a), b in pairs), plan.out_shape)


def _product(values: Array, weights: Array) -> Array:
    """Return x·m entry by entry."""
    ring = EXPRESSIONS if is_symbolic(values) or is_symbolic(weights) else NUMBERS
    pairs = zip(objects(values).ravel().tolist(), objects(weights).ravel().tolist(), strict=True)
    products = (ring.product(ring.enter(a), ring.enter(b)) for a, b in pairs)
    return pack(map(entry, products), values.shape)


def _average(out: Index, total: Any, weight: Any) -> Any:
    """Return total/weight, a rational function in lowest terms where the weight has symbols."""
    if is_expression(weight):
        import sympy

        weight = entry(sympy.cancel(weight))
    if weight == 0:
        raise AlgebraError(
            "no-weight",
            f"the weights of output {out} sum to 0",
            hint="pad less, widen the kernel, or give more samples weight",
            out=out,
        )
    if is_expression(weight):
        return entry(sympy.cancel(EXPRESSIONS.enter(total) / weight))
    if is_expression(total):
        return entry(EXPRESSIONS.product(EXPRESSIONS.enter(Fraction(1) / weight), total))
    return whole(Fraction(total) / weight)
