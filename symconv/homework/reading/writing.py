"""How an expression was read, as text that shows each product and each quotient."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from symconv.homework.reading.grammar import Step

_SUM, _QUOTIENT, _PRODUCT, _POWER, _ATOM = range(5)
"""How tightly a text holds together."""
_Part = tuple[str, int]


def written(steps: Sequence[Step]) -> str:
    """Return the text of an expression; read again it has the same value.

    >>> from symconv.homework.reading.letters import Run
    >>> one, two, a = Step("number", 1, 0), Step("number", 2, 2), Run(("a",), ("a",))
    >>> written([one, two, Step("/", None, 1), Step("letters", a, 3), Step("then", None, 3)])
    '(1/2)·a'
    """
    stack: list[_Part] = []
    for op, arg, _ in steps:
        if op == "number":
            stack.append((str(arg), _QUOTIENT if isinstance(arg, Fraction) else _ATOM))
        elif op == "letters":
            stack.append(_letters(arg.written))
        elif op == "neg":
            stack.append((f"-{_within(stack.pop(), _QUOTIENT)}", _SUM))
        elif op == "^":
            stack.append((f"{_within(stack.pop(), _ATOM)}^{arg}", _POWER))
        else:
            right = stack.pop()
            stack.append(_joined(op, stack.pop(), right))
    return stack.pop()[0]


def _joined(op: str, left: _Part, right: _Part) -> _Part:
    if op in ("+", "-"):
        return f"{left[0]} {op} {_within(right, _QUOTIENT)}", _SUM
    if op == "/":
        return f"{_within(left, _PRODUCT)}/{_within(right, _POWER)}", _QUOTIENT
    return f"{_within(left, _PRODUCT)}·{_within(right, _PRODUCT)}", _PRODUCT


def _letters(names: Sequence[str]) -> _Part:
    powers = [(name, len(list(group))) for name, group in groupby(names)]
    words = [name if power == 1 else f"{name}^{power}" for name, power in powers]
    tight = _ATOM if len(names) == 1 else _POWER if len(words) == 1 else _PRODUCT
    return "·".join(words), tight


def _within(part: _Part, least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"
