"""What the fast path would do, and why that is exact, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symconv import operations
from symconv.engines import choice, numeric
from symconv.engines.choice import Route
from symconv.errors import GeometryError
from symconv.exact import text_of
from symconv.fast.rationals import check_numbers
from symconv.plan import Geometry
from symconv.planning import table_of
from symconv.tables import Relaid
from symconv.terms import Terms

LINE = 200
"""Bits of a number that is printed in full: sixty digits."""


@dataclass(frozen=True)
class Plan:
    """The licensed routes to one output that may be the best, the one that is taken first.

    ``bound`` is what no partial sum exceeds in size, in units of 1/``denominator``; a route's
    ``licence`` says why it is exact, its ``cost`` is an estimate in seconds, and its ``run()``
    returns the sums as (N, M, *O).
    """

    geometry: Geometry
    bound: int
    denominator: int
    candidates: tuple[Route, ...]

    @property
    def route(self) -> str:
        """The name of the route that is taken."""
        return self.candidates[0].name

    @property
    def licence(self) -> str:
        """Why the route that is taken is exact."""
        return self.candidates[0].licence

    @property
    def cost(self) -> float:
        """The estimated seconds of the route that is taken."""
        return self.candidates[0].cost

    @property
    def _unit(self) -> str:
        if self.denominator == 1:
            return ""
        long = self.denominator.bit_length() > LINE
        return f"{' over a denominator ' if long else '/'}{_short(self.denominator)}"

    def __str__(self) -> str:
        """Return the plan as a few lines of text."""
        lines = [
            f"route: {self.route}",
            f"bound: {_short(self.bound)}{self._unit}",
            f"licence: {self.licence}",
            f"products: {self.geometry.terms}",
            "estimated seconds:",
        ]
        return "\n".join([*lines, *(f"  {one.cost:9.2e}  {one.name}" for one in self.candidates)])


def _short(value: int) -> str:
    """Return a number in full where it fits a line, else the power of two that it does not reach.

    >>> _short(12), _short(10**60_000)
    ('12', 'below 2^199316')
    """
    return text_of(value) if value.bit_length() <= LINE else f"below 2^{value.bit_length()}"


def plan(x: Any, w: Any, /, *, op: str = "correlate", **options: Any) -> Plan:
    """Return how the sums of an operation on integers or rationals would be computed, and why.

    ``op`` is "correlate", "convolve" or "conv"; the options are those of the operation. Rationals
    are integers over their common denominator first. Costs are those of one machine: they choose
    between routes, and are off by a common factor elsewhere.

    Raises: GeometryError[unknown-op] for other operations; EngineError[numpy-symbolic] for symbols;
    EntryError, GeometryError.

    >>> how = plan([[1, 2, 3], [4, 5, 6]], [[1, -1]])
    >>> how.route, how.bound
    ('taps int64', 12)
    """
    inputs, kernel = operations.operands(x, w)
    table = table_of(op, inputs.shape, kernel.shape, **options)
    if isinstance(table, Relaid):
        inputs, kernel, table = table.x(inputs), table.w(kernel), table.base
    if not isinstance(table, Terms):
        hint = "use correlate, convolve or conv"
        raise GeometryError("unknown-op", f"op={op!r} has no plan", hint=hint)
    check_numbers(table, inputs, kernel)
    sums, denominator = numeric.sums_of(table.geometry, inputs, kernel)
    return Plan(table.geometry, sums.bound, denominator, tuple(choice.candidates(sums)))
