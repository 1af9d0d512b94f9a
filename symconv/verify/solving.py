"""Unknown entries of a damaged example, solved for exactly from the printed output.

With the unknown entries as symbols every output is a linear expression; setting it equal to the
printed value gives one equation a cell, decided by exact elimination over the rationals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symconv.errors import FixtureError

Row = list[Fraction]


@dataclass(frozen=True, slots=True)
class Solution:
    """The solutions of one reading: determined values, free unknowns, or cells in conflict.

    ``tested`` is False when any right-hand sides at all would have had a solution.
    """

    values: dict[str, Fraction]
    free: tuple[str, ...]
    conflict: tuple[int, ...] = ()
    tested: bool = True


def linear(expression: Any, unknowns: Sequence[str]) -> Row:
    """Return the coefficients of *unknowns* in an expression, then its constant.

    Raises: FixtureError[not-linear] when unknowns multiply each other or others remain.
    """
    import sympy

    symbols = [sympy.Symbol(name) for name in unknowns]
    try:
        polynomial = sympy.Poly(expression, *symbols, domain="QQ") if symbols else None
    except (sympy.PolynomialError, sympy.CoercionFailed, sympy.GeneratorsError):
        polynomial = None
    if polynomial is None or polynomial.total_degree() > 1:
        raise FixtureError(
            "not-linear",
            f"{expression} is not linear in {' '.join(unknowns) or 'no unknowns'}",
            hint="declare every unknown entry, and none in both x and w",
        )
    return [
        Fraction(int(c.p), int(c.q))
        for c in (*(polynomial.coeff_monomial(s) for s in symbols), polynomial.coeff_monomial(1))
    ]


def solve(rows: Sequence[Row], unknowns: Sequence[str]) -> Solution:
    """Solve rows (coefficients, right-hand side) exactly.

    Without a solution, ``conflict`` holds the rows of a smallest-by-deletion contradictory subset:
    leave any one of them out and the rest can hold together.

    >>> half = Fraction(1, 2)
    >>> solve([[1, 1, 3], [1, -1, 0]], ["p", "q"]).values == {"p": 3 * half, "q": 3 * half}
    True
    >>> solve([[1, 3], [2, 6], [1, 4]], ["p"]).conflict
    (1, 2)
    """
    if not rows:
        return Solution({}, tuple(unknowns), tested=False)
    if not _consistent(rows):
        return Solution({}, (), _conflict(rows))
    reduced, pivots = _reduced(rows)
    determined = {
        unknowns[column]: Fraction(int(row[-1].p), int(row[-1].q))
        for row, column in zip(reduced, pivots, strict=False)
        if all(row[other] == 0 for other in range(len(unknowns)) if other != column)
    }
    free = tuple(name for name in unknowns if name not in determined)
    return Solution(determined, free, tested=len(pivots) < len(rows))


def _matrix(rows: Sequence[Row]) -> Any:
    import flint

    flat = [Fraction(value) for row in rows for value in row]
    entries = [flint.fmpq(value.numerator, value.denominator) for value in flat]
    return flint.fmpq_mat(len(rows), len(rows[0]), entries)


def _consistent(rows: Sequence[Row]) -> bool:
    return bool(_matrix([row[:-1] for row in rows]).rank() == _matrix(rows).rank())


def _reduced(rows: Sequence[Row]) -> tuple[list[list[Any]], list[int]]:
    echelon, rank = _matrix(rows).rref()
    reduced = echelon.tolist()[:rank]
    return reduced, [next(i for i, value in enumerate(row) if value != 0) for row in reduced]


def _conflict(rows: Sequence[Row]) -> tuple[int, ...]:
    kept = list(range(len(rows)))
    for candidate in range(len(rows)):
        rest = [i for i in kept if i != candidate]
        if rest and not _consistent([rows[i] for i in rest]):
            kept = rest
    return tuple(kept)
