"""One call of the function under test: what it is given, and what comes back, as exact integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symconv.exact import Array
from symconv.laws.testing.convention import Asked
from symconv.plan import by

Tested = Callable[..., Any]
LARGEST = 2**53
"""Integers up to here are exact in float64."""


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A call of the function: its arrays and keywords, and the integers that it returned."""

    x: Array
    w: Array
    keywords: Mapping[str, Any]
    asked: Asked
    out: Array | None = None

    def __str__(self) -> str:
        more = "".join(f", {name}={value!r}" for name, value in self.keywords.items())
        return f"f({listed(self.x)}, {listed(self.w)}{more})"


class FaultError(Exception):
    """A call of the function that gives nothing that could be compared."""

    def __init__(self, says: str, called: Called) -> None:
        super().__init__(says)
        self.says = says
        self.called = called


class UnfitError(Exception):
    """Numbers that a float64 may not hold: nothing to call f with."""


def call(f: Tested, called: Called, dtype: Any) -> Array:
    """Call the function and return its output as Python integers of the expected shape.

    Raises: FaultError, UnfitError.
    """
    _check_bound(called)
    arrays = [array.astype(dtype) for array in (called.x, called.w)]
    kept = [array.copy() for array in arrays]
    try:
        result = f(*arrays, **called.keywords)
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "hypothesis":
            raise
        raise FaultError(f"f raised {type(error).__name__}: {error}", called) from error
    for name, array, before in zip("xw", arrays, kept, strict=True):
        if not np.array_equal(array, before):
            raise FaultError(f"f wrote into its argument {name}", called)
    return _integers(result, called)


def integral(array: Array) -> bool:
    """Tell whether all entries are integers."""
    return all(value == int(value) for value in array.flat)


def _check_bound(called: Called) -> None:
    """Refuse arrays whose output need not be exact in float64."""
    x, w = ([abs(int(value)) for value in array.flat] for array in (called.x, called.w))
    if max(x, default=0) * sum(w) > LARGEST:
        raise UnfitError


def _integers(result: Any, called: Called) -> Array:
    try:
        found = np.asarray(result)
    except Exception as error:
        raise FaultError(f"f returned a {type(result).__name__}, no array", called) from error
    if found.dtype.kind not in "iufO":
        raise FaultError(f"f returned entries of type {found.dtype}, no integers", called)
    out = np.empty(found.shape, dtype=object)
    for index in np.ndindex(found.shape):
        out[index] = _integer(found[index], index, called)
    expected = called.asked.plan.out_shape
    if out.shape != expected:
        says = f"f returned the shape {by(out.shape)}, the convention has {by(expected)}"
        raise FaultError(says, replace(called, out=out))
    return out


def _integer(value: Any, index: tuple[int, ...], called: Called) -> int:
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or whole != value:
        place = ", ".join(map(str, index))
        hint = "; if f rounds on the way, as an FFT does, hand in np.rint of it"
        more = hint if whole is not None else ""
        raise FaultError(f"f returned {value} at [{place}], which is no integer{more}", called)
    return whole


def listed(array: Any) -> str:
    """Return an array in one line.

    >>> listed(np.array([[1, 2], [3, 4]]))
    '[[1, 2], [3, 4]]'
    """
    return str(np.asarray(array, dtype=object).tolist())
