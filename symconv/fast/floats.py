"""From anything numeric to float64, and how much was lost on the way."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.errors import EntryError
from symconv.exact import Array, array, entry, objects

SMALLEST_NORMAL = 2.0**-1022
FLOATS = (float, np.floating)
EXACT = {int, Fraction}
"""Types of which no value need be looked into."""


def _unwrapped(value: Any) -> Any:
    """Return the floats of another library's array, anything else as it is."""
    if not hasattr(value, "__array__") or isinstance(value, np.ndarray | np.generic):
        return value
    found = np.asarray(value)
    return found if found.dtype.kind == "f" else value


def has_floats(value: Any) -> bool:
    """Tell whether an array-like holds any Python or NumPy float."""
    value = _unwrapped(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        return bool(value.dtype.kind == "f")
    if not isinstance(value, list | tuple | np.ndarray):
        return isinstance(value, FLOATS)
    listed = value.ravel().tolist() if isinstance(value, np.ndarray) else value
    kinds = set(map(type, listed)) - EXACT
    if not kinds or any(issubclass(kind, FLOATS) for kind in kinds):
        return bool(kinds)
    return any(has_floats(each) for each in listed if type(each) in kinds)


def constant_read(options: dict[str, Any]) -> dict[str, Any]:
    """Return options in which a constant of the boundary that is a float is the rational it is.

    >>> constant_read({"boundary": ("constant", 0.5), "stride": 2})
    {'boundary': ('constant', Fraction(1, 2)), 'stride': 2}
    """
    match options.get("boundary"):
        case ("constant", float() | np.floating() as value):
            exact = entry(value, "boundary", floats="exact")
            return options | {"boundary": ("constant", exact)}
    return options


def read(value: Any) -> Array:
    """Return an array of finite floats as it is, anything else as exact entries."""
    value = _unwrapped(value)
    plain = isinstance(value, np.ndarray) and not np.ma.is_masked(value)
    if plain and value.dtype in (np.float64, np.float32, np.float16):
        found = np.asarray(value, dtype=np.float64)
        if not _are_finite(found):
            hint = "remove or replace it"
            raise EntryError("not-finite", "an entry is not a finite number", hint=hint)
        return found
    return array(value, floats="exact")


def _are_finite(values: Array) -> bool:
    """Tell whether all entries are finite: if their sum is, they are, and it is added up sooner."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum())) or bool(np.isfinite(values).all())


def floats(values: Array) -> tuple[Array, bool]:
    """Return entries as float64, each rounded to nearest, and whether none of them changed.

    Raises: EntryError[not-a-float] for symbols, and for numbers outside the range of float64.
    """
    if values.dtype == np.float64:
        return values, True
    found = np.empty(values.shape, dtype=np.float64)
    unchanged = True
    for index, value in np.ndenumerate(objects(values)):
        found[index], same = _rounded(value)
        unchanged = unchanged and same
    return found, unchanged


def _rounded(value: Any) -> tuple[float, bool]:
    try:
        rounded = float(value) if isinstance(value, int | Fraction) else math.nan
    except OverflowError:
        rounded = math.inf
    same = math.isfinite(rounded) and Fraction(rounded) == value
    if not math.isfinite(rounded) or (abs(rounded) < SMALLEST_NORMAL and not same):
        hint = "use symconv.correlate and its kin, which are exact"
        raise EntryError("not-a-float", f"{str(value)[:40]} is no float64", hint=hint)
    return rounded, same
