r"""From tokens to steps in postfix order, within a depth that is counted: nothing recurses.

    sum     = { "+" | "-" } product { ("+" | "-") product }
    product = factor { ["*" | "/"] factor }
    factor  = { "-" } atom [ power ]
    atom    = number | letters | "(" sum ")" | \frac{sum}{sum}

A step takes its operands from a stack: `number`, `letters` put a value there; `+ - * / ^ neg` work
on what is there; `then` is a product by adjacency right after a division.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from symconv.homework.reading import doubts
from symconv.homework.reading.characters import FRACTIONS
from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.letters import Letters
from symconv.homework.reading.model import Rules
from symconv.homework.reading.numbers import is_whole, literal
from symconv.homework.reading.polynomials import Number
from symconv.homework.reading.tokens import Token


class Step(NamedTuple):
    """One step: what is done, with what, and the place that it comes from."""

    op: str
    arg: Any
    start: int


@dataclass(slots=True)
class Parsed:
    """The steps of one expression, what to tell of it, and whether it was written otherwise.

    ``lowest`` tells whether the fractions of all mixed numbers are in lowest terms.
    """

    steps: list[Step] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    respelled: bool = False
    lowest: bool = True


@dataclass(slots=True)
class _Open:
    """A bracket that is open: the sum in it, the product in that, the sign before a factor.

    ``fresh``: no sign and no factor of the sum yet. ``adds``: what joins the product to the sum
    before it. ``joins``: what joins the next factor to the product before it.
    """

    kind: str
    start: int
    fresh: bool = True
    adds: str = ""
    minus: bool = False
    joins: str = ""
    negative: bool = False
    divided: bool = False


class _Parser:
    def __init__(self, tokens: Sequence[Token], rules: Rules, letters: Letters, end: int) -> None:
        self.tokens, self.rules, self.letters, self.end = tokens, rules, letters, end
        self.found = Parsed()
        self.emit = self.found.steps.append
        self.inner = _Open("", 0)
        self.outer: list[_Open] = []
        self.at = 0

    def parse(self) -> Parsed:
        """Return the steps of the whole expression."""
        tokens, wanted = self.tokens, True
        while self.at < len(tokens):
            token = tokens[self.at]
            actions = _BEFORE if wanted else _AFTER
            action = actions.get(token.kind)
            if action is None:
                self.unexpected(token, wanted=wanted)
            wanted = action(self, token)  # type: ignore[misc]
            self.at += 1
        if wanted:
            self.missing()
        if self.outer:
            what = '"("' if self.inner.kind == "(" else '"{"'
            refuse_cell(
                "unclosed-bracket",
                f"the bracket {what} is never closed",
                self.inner.start,
                "close it, or leave it away",
            )
        self.close()
        return self.found

    def missing(self) -> None:
        """Refuse an expression that ends too early."""
        what = f"after {quoted(self.tokens[-1].text)}" if self.tokens else "here"
        refuse_cell(
            "incomplete", f"something is missing {what}", self.end, "write the whole expression"
        )

    def unexpected(self, token: Token, *, wanted: bool) -> None:
        """Refuse a token that cannot stand where it does."""
        if token.kind == "power":
            refuse_cell(
                "exponent",
                "a power of nothing" if wanted else "a power of a power",
                token.start,
                "write before ^ what is raised" if wanted else "write one power, or use brackets",
            )
        if token.kind == ")" and not any(one.kind == "(" for one in (*self.outer, self.inner)):
            refuse_cell(
                "unopened-bracket",
                'the bracket ")" was never opened',
                token.start,
                "leave it away, or open it",
            )
        refuse_cell(
            "unexpected",
            f"{quoted(token.text)} cannot stand here",
            token.start,
            "a number, a letter or a bracket is expected"
            if wanted
            else "write * for a product, or leave it away",
        )

    def open(self, token: Token, kind: str) -> bool:
        """Open a bracket."""
        if len(self.outer) >= self.rules.limits.depth:
            refuse_cell(
                "too-deep",
                f"more than {self.rules.limits.depth} brackets inside each other",
                token.start,
                "simplify it",
            )
        self.outer.append(self.inner)
        self.inner = _Open(kind, token.start)
        return True

    def plus(self, token: Token) -> bool:
        """Take a plus before a sum."""
        if not self.inner.fresh:
            self.unexpected(token, wanted=True)
        return True

    def minus(self, _token: Token) -> bool:
        """Take a minus before a product or a factor."""
        if self.inner.joins:
            self.inner.negative = not self.inner.negative
        else:
            self.inner.minus = not self.inner.minus
        return True

    def number(self, token: Token) -> bool:
        """Take a number, with the fraction of a mixed number after it."""
        if "," in token.text and self.rules.decimal == ".":
            doubts.check_place(self.tokens, self.at)
        value: Number = literal(token.text, self.rules, token.start)
        after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else token
        if after.kind in ("number", "glyph", "frac") and after is not token:
            value = self.mixed(token, value)
        elif "," in token.text:
            self.found.respelled = True
        return self.factor(Step("number", value, token.start))

    def glyph(self, token: Token) -> bool:
        """Take a fraction that is one character."""
        self.found.respelled = True
        return self.factor(Step("number", FRACTIONS[token.text], token.start))

    def name(self, token: Token) -> bool:
        """Take a run of letters."""
        run = self.letters.run(token.text, token.start)
        self.found.notices += run.notices
        self.found.respelled |= run.respelled or bool(run.notices)
        after = self.at + 1
        if len(run.written) > 1 and after < len(self.tokens) and self.tokens[after].kind == "power":
            run, last = run.parted()
            self.emit(Step("letters", run, token.start))
            self.finish(token)
            self.inner.joins, run = "*", last
        return self.factor(Step("letters", run, token.start))

    def bracket(self, token: Token) -> bool:
        """Open a round bracket."""
        return self.open(token, "(")

    def fraction(self, token: Token) -> bool:
        """Open the upper part of a fraction."""
        self.found.respelled = True
        self.brace(token, "numerator")
        return True

    def brace(self, token: Token, kind: str) -> None:
        """Open a part of a fraction with the brace that must follow."""
        self.at += 1
        if self.at == len(self.tokens) or self.tokens[self.at].kind != "{":
            refuse_cell(
                "unexpected",
                f"the {kind} of a fraction is missing",
                token.start,
                r"write \frac{1}{2}",
            )
        self.open(self.tokens[self.at], kind)

    def factor(self, step: Step) -> bool:
        """Take a factor that is one step."""
        self.emit(step)
        return self.done()

    def done(self) -> bool:
        """Finish a factor with its power, if one follows."""
        if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "power":
            self.at += 1
            self.power(self.tokens[self.at])
        return self.finish(self.tokens[self.at])

    def finish(self, token: Token) -> bool:
        """Finish a factor that ends with a token: its sign, and the product so far."""
        inner = self.inner
        if inner.negative:
            self.emit(Step("neg", None, token.start))
        if inner.joins:
            self.emit(Step(inner.joins, None, token.start))
        inner.divided = inner.joins == "/"
        inner.joins, inner.negative, inner.fresh = "", False, False
        return False

    def power(self, token: Token) -> None:
        """Raise a factor to a power that is written out."""
        limit = self.rules.limits.exponent
        digits = token.text.lstrip("0") or "0"
        if len(digits) > len(str(limit)) or int(digits) > limit:
            refuse_cell(
                "exponent",
                f"the power {digits[:6]}{'…' * (len(digits) > 6)} is more than {limit}",
                token.start,
                "no answer needs so high a power",
            )
        self.emit(Step("^", int(digits), token.start))

    def join(self, token: Token) -> bool:
        """Take a sign of multiplication or division."""
        self.inner.joins = token.kind
        return True

    def adjacent(self, token: Token) -> bool:
        """Multiply by what stands next to a factor."""
        before = self.tokens[self.at - 1].kind
        if before == "number" and token.kind == "(":
            doubts.check_repeating(self.tokens, self.at)
        if token.kind in ("number", "glyph") and before in ("number", "glyph", "power"):
            doubts.two_numbers(token)
        if self.inner.divided:
            self.found.respelled = True
        self.found.respelled |= before == "name" and token.kind in ("name", "number")
        if before == token.kind == "name":
            self.found.notices += doubts.missing_plus(self.tokens[self.at - 1], token)
        self.inner.joins = "then" if self.inner.divided else "*"
        return _BEFORE[token.kind](self, token)

    def add(self, token: Token) -> bool:
        """Finish a product and take the sign before the next one."""
        self.close()
        self.inner.adds = token.kind
        return True

    def close(self) -> None:
        """Finish the sum so far."""
        inner = self.inner
        start = self.tokens[self.at - 1].start
        if inner.minus:
            self.emit(Step("neg", None, start))
        if inner.adds:
            self.emit(Step(inner.adds, None, start))
        inner.adds, inner.minus, inner.divided = "", False, False

    def shut(self, token: Token) -> bool:
        """Close a round bracket."""
        if self.inner.kind != "(":
            self.unexpected(token, wanted=False)
        self.close()
        self.inner = self.outer.pop()
        return self.done()

    def shut_brace(self, token: Token) -> bool:
        """Close the upper or the lower part of a fraction."""
        if self.inner.kind not in ("numerator", "denominator"):
            self.unexpected(token, wanted=False)
        self.close()
        kind, self.inner = self.inner.kind, self.outer.pop()
        if kind == "numerator":
            self.brace(token, "denominator")
            return True
        self.emit(Step("/", None, token.start))
        return self.done()

    def mixed(self, token: Token, whole: Number) -> Number:
        """Return the value of a number and the fraction right after it, `1 1/2`.

        Raises: AnswerError[mixed-number], [two-numbers].
        """
        part, length = self.part()
        after = self.tokens[self.at + 1]
        if not length:
            if after.kind == "frac":
                return whole
            doubts.two_numbers(after)
        proper = is_whole(token.text) and 0 < part < 1
        if not self.rules.mixed_numbers or not proper:
            refuse_cell(
                "mixed-number",
                "a number and a fraction without a sign between: their sum, or their product?",
                token.start,
                "write 3/2 or 1+1/2, not 1 1/2",
            )
        self.at += length
        self.found.respelled = True
        self.found.notices.append(f"a mixed number is read as {whole + part}")
        return whole + part

    def part(self) -> tuple[Fraction, int]:
        """Return the fraction that follows and how many tokens it takes, none if there is none."""
        after = self.tokens[self.at + 1 : self.at + 8]
        if after[0].kind == "glyph":
            return FRACTIONS[after[0].text], 1
        for kinds, top, bottom in _FRACTIONS:
            found = after[: len(kinds)]
            if tuple(token.kind for token in found) == kinds:
                over, under = (
                    literal(found[i].text, self.rules, found[i].start) for i in (top, bottom)
                )
                whole = is_whole(found[top].text) and is_whole(found[bottom].text)
                self.found.lowest &= not under or Fraction(over, under).denominator == under
                return (Fraction(over, under) if under and whole else _NOT_PROPER), len(kinds)
        return Fraction(0), 0


_NOT_PROPER = Fraction(2)
_FRACTIONS = (
    (("number", "/", "number"), 0, 2),
    (("frac", "{", "number", "}", "{", "number", "}"), 2, 5),
)
_Action = Callable[[_Parser, Token], bool]
_BEFORE: dict[str, _Action] = {
    "number": _Parser.number,
    "glyph": _Parser.glyph,
    "name": _Parser.name,
    "(": _Parser.bracket,
    "frac": _Parser.fraction,
    "+": _Parser.plus,
    "-": _Parser.minus,
}
"""What can stand before a factor or be one."""
_AFTER: dict[str, _Action] = {
    **dict.fromkeys(("+", "-"), _Parser.add),
    **dict.fromkeys(("*", "/"), _Parser.join),
    **dict.fromkeys(("number", "glyph", "name", "(", "frac"), _Parser.adjacent),
    ")": _Parser.shut,
    "}": _Parser.shut_brace,
}
"""What can stand after a factor."""


def parse(tokens: Sequence[Token], rules: Rules, letters: Letters, end: int) -> Parsed:
    """Return the steps of one expression that ends at *end*.

    Raises: AnswerError with the first thing that cannot be read.

    >>> from symconv.homework.reading.tokens import Scanner
    >>> rules = Rules(frozenset("aw"))
    >>> tokens = Scanner(rules).tokens("2aw + 1", 0, 7)
    >>> [step.op for step in parse(tokens, rules, Letters("aw", 12), 7).steps]
    ['number', 'letters', '*', 'number', '+']
    """
    return _Parser(tokens, rules, letters, end).parse()
