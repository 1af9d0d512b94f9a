"""Infinite sequences in closed form: sums of c·n^j·r^n, from 0 on, convolved in closed form.

A sequence is its generating function. c·C(n + p − 1, p − 1)·r^n has c/(1 − r·z)^p, so two sequences
are convolved by partial fractions, and finitely many first values are a polynomial in z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symconv.algebra import RationalFunctions
from symconv.errors import AlgebraError, EntryError
from symconv.sequences.products import check_determined, convolved, order_of
from symconv.sequences.reading import Operand, Reader, constants, read
from symconv.sequences.sums import Sequence

__all__ = ["ClosedForm", "convolve"]


@dataclass(frozen=True)
class ClosedForm:
    """What `convolve` returns: h(variable) = expression for all integers from 0 on.

    ``conditions`` are SymPy inequalities under which it holds (one of them False: nowhere).
    ``checked`` values from n = 0 on were compared with the sums themselves, which proves it.
    """

    expression: Any
    conditions: tuple[Any, ...]
    variable: Any
    checked: int

    def __str__(self) -> str:
        given = f" if {', '.join(map(str, self.conditions))}" if self.conditions else ""
        return f"{self.expression}{given}"


def convolve(f: Any, g: Any, /, n: Any = "n") -> ClosedForm:
    """Return the convolution of two sequences that start at 0, in closed form.

        h(n) = sum over k = 0 .. n of  f(k)·g(n − k),   n >= 0

    ``f`` and ``g`` are text or SymPy expressions in the variable ``n``, its name or a symbol: sums
    of c·n^j·r^n with c and r free of n, such as "n*2^n + 3", "a^(n+1)", "(n+1)^2", or
    KroneckerDelta(n, 2) in SymPy; 0^n is 1 at 0. A list or array is a sequence that ends: its
    entries, then zeros. c and r are rational functions of symbols, with roots such as sqrt(5) or I.

    Bases that are symbols are taken to differ: ``conditions`` says from what. The form is then
    proved, not only derived: h and the closed form both have a generating function P/Q over the
    same Q = ∏(1 − r·z)^p with Q(0) = 1 and deg P < ``checked``, which is checked too; where so many
    first values agree, the difference of the two P is 0, and all values agree.

    Raises: ExpressionError, EntryError[not-a-sequence] with the part that is outside the class,
    EntryError[sequence-too-long], AlgebraError[not-rational-function], AlgebraError[not-proved].

    Source: Graham, Knuth & Patashnik, Concrete Mathematics, 2nd ed., section 7.3; Wolfram
    Language, DiscreteConvolve.

    >>> convolve("2^n", "3^n").expression
    -2*2**n + 3*3**n
    >>> print(convolve("a^n", "b^n"))
    a*a**n/(a - b) - b*b**n/(a - b) if Ne(a, b)
    >>> convolve("1", "n").expression
    n**2/2 + n/2
    """
    import sympy

    variable = sympy.Symbol(n) if isinstance(n, str) else n
    if not isinstance(variable, sympy.Symbol):
        hint = "give its name or a SymPy symbol"
        raise EntryError("not-a-variable", f"n={n!r} names no variable", hint=hint)
    operands = (read(f, variable), read(g, variable))
    ring = RationalFunctions.of(constants(operands, variable))
    left, right = (Reader(ring, variable).read(operand) for operand in operands)
    order = order_of(left, right)
    total, conditions = convolved(left, right)
    expression = total.expression(variable)
    check_determined(total, left, right)
    _prove(operands, total, expression, variable, order)
    return ClosedForm(expression, conditions, variable, order)


def _prove(
    operands: tuple[Operand, Operand], found: Sequence, expression: Any, variable: Any, order: int
) -> None:
    """Compare the first values of the closed form with the sums, as many as determine it."""
    ring = found.ring
    left, right = (
        [ring.enter(_value(operand, variable, k)) for k in range(order)] for operand in operands
    )
    for n in range(order):
        wanted = ring.sum(ring.product(left[k], right[n - k]) for k in range(n + 1))
        if ring.enter(_value(expression, variable, n)) != wanted:
            message = f"the closed form and the sum differ at {variable} = {n}"
            raise AlgebraError("not-proved", message, hint="please report these two sequences")


def _value(operand: Operand, variable: Any, k: int) -> Any:
    if isinstance(operand, list):
        return operand[k] if k < len(operand) else 0
    return operand.subs(variable, k)
