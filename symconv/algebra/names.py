"""Algebras by name, and the classes of `galois` as algebras."""

from __future__ import annotations

import difflib
import re
from typing import Any

from symconv.algebra.fields import GF, ExtensionField, PrimeField, prime_power
from symconv.algebra.gaussian import COMPLEX
from symconv.algebra.rings import EXPRESSIONS, NUMBERS, Algebra
from symconv.algebra.semirings import BOOLEAN, MAX_PLUS, MIN_PLUS
from symconv.errors import AlgebraError

NAMES: dict[str, Algebra] = {
    algebra.name: algebra
    for algebra in (NUMBERS, EXPRESSIONS, COMPLEX, BOOLEAN, MAX_PLUS, MIN_PLUS)
}
"""Every algebra that has one word for a name."""
FIELD = re.compile(
    r"gf\(\s*(\d{1,40})\s*(?:(?:\^|\*\*)\s*(\d{1,2})\s*)?(?:,([^,()]{1,200}))?\)", re.ASCII
)
"""An order, and perhaps a polynomial."""
MOST_BITS = 64
"""Size of the order of a field that a text may ask for, beyond that of one prime."""


def named(text: str) -> Algebra:
    """Return the algebra that *text* names: a word of NAMES, "gf(7)", "gf(2^8)" or "gf(256)".

    After a comma stands the polynomial that the field reduces by, where it is not Conway's:
    "gf(2^8, x^8+x^4+x^3+x+1)", "gf(2^8, 0x11b)" or "gf(2^8, 283)". Capitals do not matter.

    Raises: AlgebraError[unknown-algebra] with the nearest name, AlgebraError[field-too-large], and
    what `GF` raises.

    >>> named("max-plus").zero, named("GF(7)").name
    (-inf, 'GF(7)')
    """
    name = text.strip().lower() if isinstance(text, str) else ""
    if name in NAMES:
        return NAMES[name]
    match = FIELD.fullmatch(name)
    if not match:
        close = difflib.get_close_matches(name, [*NAMES, "gf(7)"], n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(NAMES)}, gf(7)"
        raise AlgebraError("unknown-algebra", f"algebra={text!r}", hint=hint)
    order = int(match[1]) ** int(match[2] or 1)
    if order.bit_length() > MOST_BITS and (match[2] or prime_power(order)[1] > 1):
        message = f"{text.strip()} has more than 2^{MOST_BITS} elements"
        raise AlgebraError("field-too-large", message, hint="use a smaller field")
    return GF(order, polynomial=match[3].strip() if match[3] else None)


def adopted(algebra: Any) -> Any:
    """Return *algebra*; a name, or a field class of `galois`, as the algebra that it means.

    Raises: AlgebraError[unknown-algebra].
    """
    if isinstance(algebra, str):
        return named(algebra)
    if not isinstance(algebra, type) or not hasattr(algebra, "irreducible_poly"):
        if algebra is not None and not hasattr(algebra, "product"):
            hint = "one of symconv.algebra: GF(q), COMPLEX, MAX_PLUS, MIN_PLUS, BOOLEAN, Operations"
            raise AlgebraError("unknown-algebra", f"algebra={algebra!r}", hint=hint)
        return algebra
    order, degree = prime_power(int(getattr(algebra, "order", 0)))
    return PrimeField(order) if degree == 1 else ExtensionField(algebra)
