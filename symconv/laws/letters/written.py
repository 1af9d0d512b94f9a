"""Sums of products as text: for people, and for SMT-LIB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Factor(Protocol):
    """What products are made of."""

    def smt(self) -> str:
        """Return the factor in SMT-LIB."""


Term = tuple[Sequence[Factor], int]


def smt_term(monomial: Sequence[Factor], coefficient: int) -> str:
    """Return a product in SMT-LIB."""
    number = str(coefficient) if coefficient >= 0 else f"(- {-coefficient})"
    if not monomial:
        return number
    atoms = [atom.smt() for atom in monomial]
    factors = atoms if coefficient == 1 else [number, *atoms]
    return factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"


def sum_text(terms: Iterable[Term]) -> str:
    """Return a sum as people write it."""
    text = ""
    for monomial, coefficient in terms:
        size = abs(coefficient)
        factors = [str(size)] if size != 1 or not monomial else []
        written = "*".join([*factors, *map(str, monomial)])
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {written}" if text else f"{'-' if coefficient < 0 else ''}{written}"
    return text
