"""Text to tree, by recursive descent; nothing here evaluates anything."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import NoReturn

from symconv.errors import ExpressionError
from symconv.expressions.nodes import (
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    Sequence,
    Text,
)

MAX_LENGTH = 20_000
"""Characters in one expression; the longest formula on a real slide has under 300."""
MAX_DEPTH = 60
"""Nested brackets and signs; keeps the recursive parser far from Python's own limit."""
MAX_WORD = 200
"""Letters in one run of symbols; splitting takes cubic time."""
MAX_DIGITS = 4_000
"""Digits of one number; Python itself refuses to read more than 4,300."""

_NAME = r"[^\W\d_]\w*(?:_?\{\w+\})?(?:\[\d+(?:,\s*\d+)*\])?"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<name>{_NAME})
    | (?P<text>"[^"\n]*"|'[^'\n]*')
    | (?P<sign>\*\*|==|!=|<=|>=|[-+*/%^=<>≤≥≠()\[\],])
    )""",
    re.VERBOSE,
)
_SPELLINGS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "·": "*",
        "∙": "*",
        "×": "*",
        "⋅": "*",
        "∗": "*",
    }
)
_RELATIONS = {
    **{sign: sign for sign in ("==", "!=", "<=", ">=", "<", ">")},
    "=": "==",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
}
_OPENERS = {"(": ")", "[": "]"}
_RESERVED = frozenset({"nan", "inf", "infinity", "oo", "zoo", "none", "null", "true", "false"})
"""Words that other tools print for values which are not exact numbers; never read as symbols."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    spaced: bool


def parse(
    text: str, *, symbols: Collection[str] | None = None, functions: Collection[str] = ()
) -> Node:
    """Read *text* as one expression.

    With *symbols*, every name must be one of them or a product of them (`aw` is a·w when a and w
    are declared); without, every word is one name. A word of *functions* followed by `(` is a call.

    Raises ExpressionError with a caret under the fault.

    >>> parse("aw", symbols=("a", "w"))
    Operation(sign='*', left=Name(name='a', at=0), right=Name(name='w', at=1), at=0)
    """
    return _Parser(text, symbols, functions).whole()


def fail(code: str, message: str, text: str, at: int, hint: str = "") -> NoReturn:
    """Raise an ExpressionError that draws a caret under position *at* of *text*."""
    start = max(0, at - 60)
    line = "".join(c if c.isprintable() else " " for c in text[start : start + 120])
    caret = " " * (at - start) + "^"
    raise ExpressionError(
        code, f"{message}\n    {line}\n    {caret}", hint=hint, text=text, position=at
    )


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        fail("text-too-long", f"{len(text)} characters, at most {MAX_LENGTH}", text[:100], 0)
    plain = text.translate(_SPELLINGS)
    found: list[_Token] = []
    position = 0
    end = len(plain.rstrip())
    while position < end:
        match = _TOKEN.match(plain, position)
        if not match or match.lastgroup is None:
            at = position + len(plain[position:]) - len(plain[position:].lstrip())
            fail("unreadable-character", f"cannot read {plain[at]!r}", plain, at)
        kind = match.lastgroup
        start = match.start(kind)
        _check_letters(plain, start, match[kind] if kind == "name" else "")
        found.append(_Token(kind, match[kind], start, spaced=start > position))
        position = match.end()
    return [*found, _Token("end", "", end, spaced=False)]


def _check_letters(text: str, start: int, name: str) -> None:
    """Refuse ½, ² and the like, which Python's regular expressions count as word characters."""
    for at, character in enumerate(name, start):
        if not (character.isascii() or character.isalpha() or character.isdecimal()):
            hint = "write fractions as 1/2 and powers as a^2"
            fail("unreadable-character", f"cannot read {character!r}", text, at, hint)


class _Parser:
    """One pass over one text, by recursive descent."""

    def __init__(
        self, text: str, symbols: Collection[str] | None, functions: Collection[str]
    ) -> None:
        self.text = text
        self.symbols = None if symbols is None else frozenset(symbols)
        self.functions = frozenset(functions)
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def fail(self, code: str, message: str, token: _Token, hint: str = "") -> NoReturn:
        fail(code, message, self.text, token.at, hint)

    def whole(self) -> Node:
        tree = self.statement()
        if self.token.kind != "end":
            self.fail("unexpected", f"did not expect {self.token.text!r} here", self.token)
        return tree

    def statement(self) -> Node:
        at = self.token.at
        operands, relations, sides = [self.sum()], [], [self.text[at : self.token.at]]
        while self.token.text in _RELATIONS:
            relations.append(_RELATIONS[self.take().text])
            start = self.token.at
            operands.append(self.sum())
            sides.append(self.text[start : self.token.at])
        if not relations:
            return operands[0]
        texts = tuple(side.strip() for side in sides)
        return Comparison(tuple(operands), tuple(relations), at, texts)

    def sum(self) -> Node:
        left = self.product()
        while self.token.text in ("+", "-"):
            sign = self.take()
            left = Operation(sign.text, left, self.product(), sign.at)
        return left

    def product(self) -> Node:
        left = self.unary()
        divided = False
        while True:
            if self.token.text in ("*", "/", "%"):
                sign = self.take()
                divided = sign.text == "/"
                left = Operation(sign.text, left, self.unary(), sign.at)
            elif self.adjacent():
                if divided:
                    hint = "write (1/2)*a or 1/(2*a)"
                    self.fail(
                        "ambiguous-division", "a product follows a division", self.token, hint
                    )
                at = self.token.at
                left = Operation("*", left, self.power(), at)
            else:
                return left

    def adjacent(self) -> bool:
        """Tell whether a factor follows without sign or blank, as in 2a or 3(b + c)."""
        before = self.tokens[self.next - 1].kind
        factor = self.token.kind == "name" or self.token.text in _OPENERS
        number = self.token.kind == "number" and before != "number"
        return (factor or number) and not self.token.spaced and before != "text"

    def unary(self) -> Node:
        if self.token.text not in ("-", "+"):
            return self.power()
        sign = self.take()
        self.descend(sign)
        operand = self.unary()
        self.depth -= 1
        return operand if sign.text == "+" else Negative(operand, sign.at)

    def power(self) -> Node:
        base = self.primary()
        if self.token.text not in ("^", "**"):
            return base
        sign = self.take()
        self.descend(sign)
        exponent = self.unary()
        self.depth -= 1
        return Operation("^", base, exponent, sign.at)

    def descend(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nested-too-deep", f"more than {MAX_DEPTH} levels", token)

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "text":
            return Text(token.text[1:-1], token.at)
        if token.kind == "name":
            return self.name(token)
        if token.text in _OPENERS:
            return self.bracket(token)
        what = repr(token.text) if token.text else "the end"
        message = f"expected a number, a name or a bracket, found {what}"
        return self.fail("unexpected", message, token)

    def number(self, token: _Token) -> Node:
        if len(token.text) > MAX_DIGITS:
            self.fail("number-too-long", f"more than {MAX_DIGITS} digits", token)
        if self.scientific():
            hint = "write the digits out, or a fraction such as 1/1000"
            message = "could be a power of ten or a symbol e"
            self.fail("scientific-notation", message, self.token, hint)
        if token.text == "0" and self.adjacent():
            hint = "write numbers in decimal digits, or 0*x for a product"
            self.fail("zero-product", "a 0 stands right before a factor", self.token, hint)
        value = Fraction(token.text)
        return Number(int(value) if value.denominator == 1 else value, token.at)

    def scientific(self) -> bool:
        """Tell whether the number just taken goes on as `e3` or `e-3`, no such symbol known."""
        letter = self.token
        if letter.spaced or not re.fullmatch(r"[eE]\d*", letter.text):
            return False
        signed = [token.kind for token in self.tokens[self.next + 1 : self.next + 3]]
        exponent = len(letter.text) > 1 or signed == ["sign", "number"]
        return exponent and letter.text not in (self.symbols or ())

    def name(self, token: _Token) -> Node:
        if token.text in self.functions and self.token.text == "(":
            return self.call(token)
        if self.functions and token.text in ("True", "False"):
            return Number(int(token.text == "True"), token.at)
        if token.text.lower() in _RESERVED:
            hint = "only exact numbers and symbols are entries"
            self.fail("reserved-word", f"{token.text!r} is not an exact value", token, hint)
        if self.symbols is None and self.token.text == "(" and not self.token.spaced:
            hint = f"write {token.text}*(...) for a product; no functions are known here"
            if self.functions:
                near = get_close_matches(token.text.lower(), sorted(self.functions), n=1)
                known = f"functions: {', '.join(sorted(self.functions))}"
                hint = f"did you mean {near[0]!r}?" if near else known
            self.fail("unknown-function", f"{token.text!r} stands before a bracket", token, hint)
        if self.symbols is None or token.text in self.symbols:
            return Name(token.text, token.at)
        return self.split(token)

    def split(self, token: _Token) -> Node:
        """Read a word that is no symbol as a product of declared symbols, if just one way fits."""
        ways = _splits(token.text, self.symbols or frozenset())
        if len(ways) != 1:
            known = ", ".join(sorted(self.symbols or ())) or "none"
            if self.functions and self.token.text == "(":
                known = f"{known}; functions: {', '.join(sorted(self.functions))}"
            code = "ambiguous-product" if ways else "unknown-symbol"
            fault = (
                "can be split in several ways"
                if ways
                else "is no declared symbol or product of them"
            )
            self.fail(code, f"{token.text!r} {fault}", token, f"declared: {known}")
        at = token.at
        tree: Node = Name(ways[0][0], at)
        for part, previous in zip(ways[0][1:], ways[0], strict=False):
            at += len(previous)
            tree = Operation("*", tree, Name(part, at), token.at)
        return tree

    def call(self, token: _Token) -> Node:
        opener = self.take()
        self.descend(opener)
        arguments: list[Node] = []
        options: list[tuple[str, Node]] = []
        while self.token.text != ")":
            if self.token.kind == "name" and self.tokens[self.next + 1].text == "=":
                key = self.take().text
                self.take()
                options.append((key, self.sum()))
            elif options:
                self.fail("unexpected", "an argument follows an option", self.token)
            else:
                arguments.append(self.sum())
            self.comma(opener)
        self.take()
        self.depth -= 1
        return Call(token.text, tuple(arguments), tuple(options), token.at)

    def comma(self, opener: _Token) -> None:
        closer = _OPENERS[opener.text]
        if self.token.text == ",":
            self.take()
        elif self.token.text != closer:
            what = repr(self.token.text) if self.token.text else "the end"
            self.fail("unclosed-bracket", f"expected ',' or {closer!r}, found {what}", self.token)

    def bracket(self, opener: _Token) -> Node:
        self.descend(opener)
        items = [self.sum()]
        listed = self.token.text == ","
        self.comma(opener)
        while self.token.text != _OPENERS[opener.text]:
            items.append(self.sum())
            self.comma(opener)
        self.take()
        self.depth -= 1
        return Sequence(tuple(items), opener.at) if listed else items[0]


def _splits(word: str, symbols: frozenset[str]) -> list[list[str]]:
    """Return up to two ways of writing *word* as a run of *symbols*, by dynamic programming."""
    if len(word) > MAX_WORD:
        return []
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(word) + 1):
        found = [
            [*way, word[start:end]]
            for start in range(end)
            if word[start:end] in symbols
            for way in ways[start]
        ]
        ways.append(found[:2])
    return ways[-1]
