"""Answers that are right but for a probability that the caller names."""

from __future__ import annotations

from typing import Any

from symconv import engines, operations
from symconv.engines import numeric
from symconv.engines.fourier import certificates
from symconv.errors import EngineError
from symconv.exact import Array
from symconv.fast.rationals import check_numbers
from symconv.planning import table_of
from symconv.terms import Terms


def certified(
    x: Any, w: Any, /, *, op: str = "correlate", failure: float = 2.0**-60, **options: Any
) -> Array:
    """Return the output of an operation on integers, wrong with a probability of at most *failure*.

    Fourier transforms are used where their proved error is too large to license them, and the
    output is compared with the sums at random points modulo random primes: a wrong output passes
    with a probability of at most *failure*, whatever the transforms did. One that is found wrong,
    and one for which there is no such way, is computed by the exact routes.

    ``op`` is "correlate", "convolve" or "conv"; options and shapes are those of the operation.

    Raises: EngineError[no-probability] unless 0 < failure < 1; EntryError, GeometryError.

    Source: Schwartz, Fast probabilistic algorithms for verification of polynomial identities
    (1980); docs/fft.md.

    >>> certified([1, 2, 3, 4], [5, 7])
    array([19, 31, 43])
    """
    if isinstance(failure, bool) or not isinstance(failure, float) or not 0 < failure < 1:
        hint = "a float between 0 and 1, such as 2.0**-60"
        raise EngineError("no-probability", f"failure is {failure!r}", hint=hint)
    inputs, kernel = operations.operands(x, w)
    table = table_of(op, inputs.shape, kernel.shape, **options)
    check_numbers(table, inputs, kernel)
    if isinstance(table, Terms):
        sums, denominator = numeric.sums_of(table.geometry, inputs, kernel)
        if denominator == 1:
            found = certificates.sums(table.geometry, sums.x, sums.w, sums.fill, failure)
            if found is not None:
                return found.reshape(table.out_shape)
    return engines.evaluate(table, inputs, kernel, engine="numpy")
