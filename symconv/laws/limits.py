"""How much one law may ask for: short texts can mean arrays and sums of any size."""

from __future__ import annotations

from symconv.errors import LawError
from symconv.options import LONGEST

MOST_NUMBERS = 40_000_000
"""Indices in one bag: 320 megabytes."""
MOST_PRODUCTS = 1_000
"""Products of tensors, each with all its terms, that one side may sum."""


def check_size(numbers: int) -> None:
    """Raise LawError[too-many-terms] for more indices than one table may have."""
    if numbers > MOST_NUMBERS:
        message = f"a table of {numbers} indices, but at most {MOST_NUMBERS} are worked on"
        raise LawError("too-many-terms", message, hint="ask at a smaller shape")


def check_products(count: int) -> None:
    """Raise LawError[too-many-products] for sums of more products than are kept apart."""
    if count > MOST_PRODUCTS:
        message = f"a side sums {count} products of tensors, at most {MOST_PRODUCTS} are kept apart"
        raise LawError("too-many-products", message, hint="state it in several laws")


def check_length(n: int) -> None:
    """Raise LawError[too-many-terms] for an axis longer than any array's."""
    if n > LONGEST:
        message = f"an axis of more than 2^62 entries: {n}"
        raise LawError("too-many-terms", message, hint="ask at a smaller shape")
