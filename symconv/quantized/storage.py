"""Integers as fixed-width storage holds them, and the checks of quantised operands."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.errors import EntryError, GeometryError
from symconv.exact import Array, array, is_expression, objects, pack, text_of
from symconv.options import choices, is_int

DTYPES = {
    f"{prefix}int{bits}": (low, low + 2**bits - 1)
    for bits in (4, 8, 16, 32, 64)
    for prefix, low in (("", -(2 ** (bits - 1))), ("u", 0))
}
"""The least and the largest integer of every fixed-width type."""


def wrap(x: Any, dtype: str, /) -> Array:
    """Return the integers that two's complement storage of *dtype* keeps of *x*.

        out = ((x − low) mod 2^bits) + low

    Shapes: as given. ``dtype``: "int4", "uint4", "int8" ... "uint64".

    Raises: EntryError[not-an-integer], EntryError[unknown-dtype].

    Source: ISO C 2023, 6.3.1.3 (conversion to an unsigned type, and to a signed one in two's
    complement); NumPy's astype.

    >>> wrap([200, -129, 127], "int8")
    array([-56, 127, 127])
    """
    low, high = limits(dtype)
    values = whole_numbers("x", x)
    flat = objects(values).ravel().tolist()
    return pack([(value - low) % (high - low + 1) + low for value in flat], values.shape)


def saturate(x: Any, dtype: str, /) -> Array:
    """Return *x* with every integer outside *dtype* replaced by the nearest inside.

        out = min(max(x, low), high)

    Shapes, ``dtype`` and errors as for `wrap`.

    Source: ONNX operator QuantizeLinear (saturation).

    >>> saturate([200, -129, 127], "int8")
    array([ 127, -128,  127])
    """
    low, high = limits(dtype)
    values = whole_numbers("x", x)
    return pack([min(max(v, low), high) for v in objects(values).ravel().tolist()], values.shape)


def limits(dtype: Any) -> tuple[int, int]:
    """Return the least and the largest integer of a fixed-width type.

    Raises: EntryError[unknown-dtype].
    """
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise EntryError("unknown-dtype", f"dtype={dtype!r}", hint=choices(dtype, tuple(DTYPES)))
    return DTYPES[dtype]


def whole_numbers(
    name: str, value: Any, dtype: str | None = None, *, symbols: bool = False
) -> Array:
    """Return integers as an array, all of them inside *dtype* if one is stated.

    Raises: EntryError[not-an-integer], EntryError[outside-dtype], EntryError[unknown-dtype].
    """
    values = array(value)

    def whole(item: Any) -> bool:
        return isinstance(item, int) or (symbols and is_expression(item))

    if values.dtype == object:
        hint = "conv_integer takes symbols" if _has_symbols(values) else "quantize_linear rounds"
        refuse("not-an-integer", "is not an integer", hint, name=name, values=values, unless=whole)
    if dtype is not None:
        low, high = limits(dtype)
        refuse(
            "outside-dtype",
            f"is outside {dtype}, {low} to {high}",
            f"wrap(x, {dtype!r}) and saturate(x, {dtype!r}) say what {dtype} holds",
            name=name,
            values=values,
            unless=lambda item: is_expression(item) or low <= item <= high,
        )
    return values


def scales(name: str, value: Any) -> Array:
    """Return positive exact numbers as an array; text of one cell is one number, with no axis.

    Raises: EntryError[bad-scale].
    """
    values = array(value)
    if isinstance(value, str) and values.shape == (1,):
        values = values.reshape(())

    def fits(item: Any) -> bool:
        return is_number(item) and item > 0

    hint = "a scale is the size of one step, an exact number above 0"
    refuse("bad-scale", "is not a positive number", hint, name=name, values=values, unless=fits)
    return values


def check_count(name: str, values: Array, count: int, whose: str) -> Array:
    """Return one number, or *count* of them.

    Raises: GeometryError[count-mismatch].
    """
    if values.size == 1 and values.ndim < 2:
        return values.reshape(())
    if values.shape != (count,):
        raise GeometryError(
            "count-mismatch",
            f"{name} has shape {values.shape} but {whose}",
            hint="give one number" + (f", or {count}" if count > 1 else ""),
            shape=values.shape,
            count=count,
        )
    return values


def spread(name: str, values: Array, shape: tuple[int, ...], axis: Any) -> Array:
    """Return the value of every entry of *shape*: one for all, or one for each place on an axis."""
    if axis is not None and (not is_int(axis) or not -len(shape) <= axis < len(shape)):
        message = f"axis={axis!r}, but the array has shape {shape}"
        raise GeometryError("no-such-axis", message, hint="axes are counted from 0")
    if values.size == 1 and values.ndim < 2:
        return np.broadcast_to(values.reshape(()), shape)
    if axis is None:
        raise GeometryError(
            "axis-needed",
            f"{name} has shape {values.shape}, but no axis is named",
            hint="use axis=0 for (M, *O), axis=1 for (N, M, *O)",
        )
    place = axis % len(shape)
    whose = f"axis {place} has {shape[place]} entries"
    column = check_count(name, values, shape[place], whose)
    return np.broadcast_to(column.reshape(-1, *(1,) * (len(shape) - place - 1)), shape)


def is_number(item: Any) -> bool:
    """Tell whether an exact entry is a number."""
    return isinstance(item, int | Fraction)


def _has_symbols(values: Array) -> bool:
    return any(map(is_expression, values.ravel().tolist()))


def refuse(
    code: str,
    what: str,
    hint: str,
    *,
    name: str,
    values: Array,
    unless: Callable[[Any], bool],
) -> None:
    """Raise EntryError for the first entry, if any, of which *unless* is not true."""
    flat = values.ravel().tolist()
    wrong = next((number for number, item in enumerate(flat) if not unless(item)), None)
    if wrong is not None:
        index = [int(i) for i in np.unravel_index(wrong, values.shape)]
        place = f"{name} {index}" if index else name
        raise EntryError(code, f"{text_of(flat[wrong])} {what}", place=place, hint=hint)
