"""Errors of expressions written as text."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from symconv.equality import equal
from symconv.exact import entry
from symconv.expressions import evaluate, parse


def value(text: str) -> Any:
    return evaluate(parse(text), sympy.Symbol)


CASES: list[Any] = [
    pytest.param(
        lambda: parse("1" * 20001),
        "ExpressionError[text-too-long]: 20001 characters, at most 20000\n    "
        + "1" * 100
        + "\n"
        + "    ^",
        id="text-too-long",
    ),
    pytest.param(
        lambda: parse("1 + $"),
        "ExpressionError[unreadable-character]: cannot read '$'\n    1 + $\n        ^",
        id="unreadable-character",
    ),
    pytest.param(
        lambda: parse("1 + "),
        "ExpressionError[unexpected]: expected a number, a name or a bracket, found "
        "the end\n"
        "    1 + \n"
        "       ^",
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("1 2"),
        "ExpressionError[unexpected]: did not expect '2' here\n    1 2\n      ^",
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("f(k=2, 3)", functions=["f"]),
        "ExpressionError[unexpected]: an argument follows an option\n    f(k=2, 3)\n           ^",
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("1/2a"),
        "ExpressionError[ambiguous-division]: a product follows a division\n"
        "    1/2a\n"
        "       ^\n"
        "  hint: write (1/2)*a or 1/(2*a)",
        id="ambiguous-division",
    ),
    pytest.param(
        lambda: parse("(" * 61),
        "ExpressionError[nested-too-deep]: more than 60 levels\n    "
        + "(" * 61
        + "\n"
        + " " * 64
        + "^",
        id="nested-too-deep",
    ),
    pytest.param(
        lambda: parse("9" * 4001),
        "ExpressionError[number-too-long]: more than 4000 digits\n    "
        + "9" * 120
        + "\n"
        + "    ^",
        id="number-too-long",
    ),
    pytest.param(
        lambda: value("(10^100)^50"),
        "ExpressionError[number-too-long]: the power would exceed 4000 digits",
        id="number-too-long",
    ),
    pytest.param(
        lambda: parse("2e5"),
        "ExpressionError[scientific-notation]: could be a power of ten or a symbol e\n"
        "    2e5\n"
        "     ^\n"
        "  hint: write the digits out, or a fraction such as 1/1000",
        id="scientific-notation",
    ),
    pytest.param(
        lambda: parse("1 + nan"),
        "ExpressionError[reserved-word]: 'nan' is not an exact value\n"
        "    1 + nan\n"
        "        ^\n"
        "  hint: only exact numbers and symbols are entries",
        id="reserved-word",
    ),
    pytest.param(
        lambda: parse("ax", symbols=["w", "a"]),
        "ExpressionError[unknown-symbol]: 'ax' is no declared symbol or product of "
        "them\n"
        "    ax\n"
        "    ^\n"
        "  hint: declared: a, w",
        id="unknown-symbol",
    ),
    pytest.param(
        lambda: parse("abc", symbols=["ab", "c", "a", "bc"]),
        "ExpressionError[ambiguous-product]: 'abc' can be split in several ways\n"
        "    abc\n"
        "    ^\n"
        "  hint: declared: a, ab, bc, c",
        id="ambiguous-product",
    ),
    pytest.param(
        lambda: parse("(1 + 2]"),
        "ExpressionError[unclosed-bracket]: expected ',' or ')', found ']'\n"
        "    (1 + 2]\n"
        "          ^",
        id="unclosed-bracket",
    ),
    pytest.param(
        lambda: parse("[1 + 2"),
        "ExpressionError[unclosed-bracket]: expected ',' or ']', found the end\n"
        "    [1 + 2\n"
        "          ^",
        id="unclosed-bracket",
    ),
    pytest.param(
        lambda: evaluate(parse("b"), {"a": 3, "c": 4}),
        "ExpressionError[unknown-name]: 'b' is not defined\n  hint: defined: a, c",
        id="unknown-name",
    ),
    pytest.param(
        lambda: value("1 == 2"),
        "ExpressionError[no-value]: a comparison has no value; compare its sides",
        id="no-value",
    ),
    pytest.param(
        lambda: value("3 + (1, 2)"),
        "ExpressionError[bad-operand]: (1, 2) cannot be an operand of '+'",
        id="bad-operand",
    ),
    pytest.param(
        lambda: value("3/0"),
        "ExpressionError[division-by-zero]: 3 divided by 0",
        id="division-by-zero",
    ),
    pytest.param(
        lambda: value("3 % 0"),
        "ExpressionError[bad-remainder]: 3 % 0 needs numbers and a divisor not 0",
        id="bad-remainder",
    ),
    pytest.param(
        lambda: value("2^101"),
        "ExpressionError[bad-exponent]: an exponent must be an integer of size at "
        "most 100, not 101",
        id="bad-exponent",
    ),
    pytest.param(
        lambda: entry("0x10"),
        "ExpressionError[zero-product]: entry: a 0 stands right before a factor\n"
        "    0x10\n"
        "     ^\n"
        "  hint: write numbers in decimal digits, or 0*x for a product",
        id="zero-product",
    ),
    pytest.param(
        lambda: entry("sqrt(2)"),
        "ExpressionError[unknown-function]: entry: 'sqrt' stands before a bracket\n"
        "    sqrt(2)\n"
        "    ^\n"
        "  hint: write sqrt*(...) for a product; no functions are known here",
        id="unknown-function",
    ),
    pytest.param(
        lambda: equal(entry("(a+b+c+d+e)^40"), entry("a^40")),
        "ExpressionError[expansion-too-large]: (a + b + c + d + e)**40 expands to as many as "
        "135751 terms, at most 20000\n"
        "  hint: compare a smaller expression",
        id="expansion-too-large",
    ),
    pytest.param(
        lambda: parse("3 + b½"),
        "ExpressionError[unreadable-character]: cannot read '½'\n"
        "    3 + b½\n"
        "         ^\n"
        "  hint: write fractions as 1/2 and powers as a^2",
        id="unreadable-character, a fraction",
    ),
]
