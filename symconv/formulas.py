"""Output formulas as people write them: `aw + bx + ey + fz`, terms as the window meets them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symconv.exact import Array, entry, is_expression, names_in, objects, pack, text_of
from symconv.plan import Geometry
from symconv.terms import Table, as_table, bias_at


class Letter(str):
    """A symbol known by its name alone: all that a formula needs, and lighter than SymPy's."""

    __slots__ = ()
    is_Symbol = True  # noqa: N815 - what SymPy calls it


def is_symbolic(value: Any) -> bool:
    """Tell whether an entry is a letter or a SymPy expression, and no number.

    >>> is_symbolic(Letter("a")), is_symbolic(3)
    (True, False)
    """
    return isinstance(value, Letter) or is_expression(value)


def with_symbols(values: Array) -> Array:
    """Return an array with SymPy's symbols for letters.

    >>> with_symbols(pack([Letter("a"), 2], (2,))).tolist()
    [a, 2]
    """
    flat = values.ravel().tolist()
    if Letter not in set(map(type, flat)):
        return values
    import sympy

    return pack([sympy.Symbol(v) if type(v) is Letter else v for v in flat], values.shape)


def names(*arrays: Array | None) -> set[str]:
    """Return the names of all letters and symbols in arrays."""
    held = [value.ravel().tolist() for value in arrays if value is not None]
    return names_in(*arrays) | {str(v) for values in held for v in values if type(v) is Letter}


def factors(
    plan: Geometry | Table, x: Array, w: Array | None, out: Sequence[int], *, padding: bool = False
) -> list[tuple[Any, ...]]:
    """Return the factors of every product of one output, as the window meets them.

    They are the input entry and the kernel entry; a table without a kernel has the first alone, and
    a number of the operation itself (−1, 1/4) comes before them. Padding is listed only with
    *padding*, or where it reads a constant other than 0.
    """
    table = as_table(plan)
    inputs, kernel = objects(x), None if w is None else objects(w)
    fill = 0 if table.fill is None else table.fill
    return [
        (
            *(() if term.scale == 1 else (term.scale,)),
            fill if term.x is None else inputs[term.x],
            *(() if kernel is None or term.w is None else (kernel[term.w],)),
        )
        for term in table.by_out(out)
        if padding or term.x is not None or fill != 0
    ]


def formula(
    plan: Geometry | Table,
    x: Array,
    w: Array | None,
    out: Sequence[int],
    bias: Array | None = None,
    *,
    fold: str = "sum",
    dot: str | None = None,
) -> str:
    """Return the sum of products of one output as text.

    Letters stand side by side unless some symbol has a longer name; who writes many formulas passes
    that as ``dot``, see `spacing`. Another ``fold`` than "sum" is
    written as a function of the terms, `max(a, b)`; in max-plus and min-plus a term is a sum.

    >>> from symconv.exact import array
    >>> from symconv.plan import geometry
    >>> formula(geometry((2,), (2,)), array("a b"), array("w x"), (0,))
    'aw + bx'
    >>> formula(geometry((2,), (2,)), array("1 2"), array("3 -1"), (0,))
    '1·3 + 2·(-1)'
    >>> formula(geometry((2,), (2,)), array("a b"), array("w x"), (0,), fold="max")
    'max(a + w, b + x)'
    """
    constant = fold != "sum" and as_table(plan).fill is not None
    terms = factors(plan, x, w, out, padding=constant)
    offsets = [] if bias is None else [bias_at(as_table(plan), bias, out)]
    if fold != "sum":
        inner = [join([text_of(value) for value in term]) for term in terms]
        return f"{fold}({', '.join(inner + list(map(text_of, offsets)))})"
    dot = spacing(plan, x, w) if dot is None else dot
    if w is None and (share := _share(terms)):
        whole = join([text for term in terms if (text := _term(term[1:], dot))])
        return f"({whole})/{share}" if len(terms) > 1 else f"{whole}/{share}"
    written = [_term(term, dot) for term in terms] + list(map(_factor, offsets))
    return join([text for text in written if text])


def _share(terms: Sequence[tuple[Any, ...]]) -> int:
    """Return n when every term is one n-th of a lone entry, as in a mean; 0 otherwise."""
    scales = {term[0] for term in terms if len(term) == 2 and isinstance(term[0], Fraction)}
    alone = len(scales) == 1 and all(len(term) == 2 and term[0] in scales for term in terms)
    scale = scales.pop() if alone else Fraction(0)
    return scale.denominator if scale.numerator == 1 else 0


def _term(term: tuple[Any, ...], dot: str) -> str:
    """Return one product as text; a lone entry as itself."""
    if len(term) == 1:
        return "" if term[0] == 0 else _factor(term[0])
    if len(term) == 2:
        return product(*term, dot=dot)
    scale, *rest = term
    return product(scale * rest[0], rest[1], dot=dot)


def spacing(plan: Geometry | Table, x: Array, w: Array | None) -> str:
    """Return what stands between symbols: nothing if every name is one letter or has an index."""
    fill = as_table(plan).fill
    used = names(x, w, None if fill is None else pack([fill], ()))
    return "·" if any(len(name) > 1 and "[" not in name for name in used) else ""


def join(terms: Sequence[str]) -> str:
    """Return terms as a sum, a leading minus becoming the sign between.

    >>> join(["a", "-b"])
    'a - b'
    """
    if not terms:
        return "0"
    rest = [f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in terms[1:]]
    return terms[0] + "".join(rest)


def product(left: Any, right: Any, *, dot: str = "") -> str:
    """Return one product as text: `aw`, `2w`, `1·3`; empty when a symbol meets 0.

    >>> from symconv.exact import entry
    >>> product(entry("x[1]"), entry("w")), product(-1, entry("w")), product(2, -3)
    ('x[1]·w', '-w', '2·(-3)')
    >>> product(entry("2a"), entry("-w")), product(entry("a"), entry("a"))
    ('-2aw', 'a·a')
    >>> product(entry("2a"), entry("w1"), dot="·")
    '2·a·w1'
    """
    if not (is_symbolic(left) or is_symbolic(right)):
        return f"{_factor(left)}·{_factor(right)}"
    numbers, symbols = zip(*map(_parted, (left, right)), strict=True)
    letters = [symbol for symbol in symbols if symbol is not None]
    close = all(map(_short, letters)) and len(set(letters)) == len(letters)
    between = dot if close else "·"
    return _scaled(numbers[0] * numbers[1], between.join(map(_factor, letters)), dot)


def _parted(value: Any) -> tuple[Any, Any]:
    """Return the number in front of an entry, and the rest (None for a number)."""
    if not is_symbolic(value):
        return value, None
    if isinstance(value, Letter):
        return 1, value
    number, rest = value.as_coeff_Mul(rational=True)
    return entry(number), rest


def _scaled(number: Any, symbols: str, dot: str) -> str:
    if number in (0, 1, -1):
        return {0: "", 1: symbols, -1: f"-{symbols}"}[int(number)]
    sign, size = ("-", -number) if number < 0 else ("", number)
    written = f"({text_of(size)})" if isinstance(size, Fraction) else text_of(size)
    return f"{sign}{written}{dot}{symbols}"


def _short(symbol: Any) -> bool:
    """Tell whether a factor can stand right beside another: one letter, or brackets."""
    return len(str(symbol)) == 1 or not symbol.is_Symbol


def _factor(value: Any) -> str:
    """Return one entry as a factor, in brackets where a product could be misread."""
    text = text_of(value)
    if is_symbolic(value) and value.is_Symbol:
        return text
    return text if re.fullmatch(r"\d+", text) else f"({text})"
