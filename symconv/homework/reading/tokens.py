"""The signs of a cell: numbers, runs of letters, powers, operators, brackets, and LaTeX for them.

What cannot be a sign of any answer is refused here, with the reason that fits it best.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from symconv.homework.reading.characters import (
    DIGITS,
    FRACTIONS,
    SUPERSCRIPTS,
    alike,
    described,
)
from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.letters import letter_class
from symconv.homework.reading.model import Rules
from symconv.homework.reading.names import CLOSED, COMMANDS, OPEN


class Token(NamedTuple):
    """One sign: its kind, its text, and where it stands.

    The kinds: number, name, power, glyph (½), frac, and each of `+ - * / ( ) { } =` itself.
    """

    kind: str
    text: str
    start: int


_SIGNS = {r"\cdot": "*", r"\times": "*", r"\ast": "*", r"\div": "/"}
_UP = str.maketrans(SUPERSCRIPTS, DIGITS)


def _pattern(symbols: frozenset[str]) -> str:
    letters = letter_class(symbols)
    sub = f"(?:{CLOSED}|{OPEN})"
    commands = "|".join(sorted(COMMANDS, key=len, reverse=True))
    natural = r"(?:\{ *[0-9]++ *\}|\( *[0-9]++ *\)|[0-9]++)(?![.,][0-9])"
    parts = {
        "number": r"(?:[0-9]|[.,][0-9])(?:[0-9.,]|\{,\})*+",
        "name": rf"(?:[{letters}]++{sub}?)++"
        rf"|\\(?:{commands})(?![A-Za-z])(?: *{sub})?"
        rf"|\\(?:text|mathrm|mathit|mathbf|mathsf|operatorname) *"
        rf"\{{ *[{letters}]++{sub}? *\}}(?: *{sub})?",
        "power": rf"(?:\^|\*\*) *{natural}|[{SUPERSCRIPTS}]++(?![⁺⁻])",
        "tower": rf"\^|\*\*|[{SUPERSCRIPTS}⁺⁻ⁿ]++",
        "sign": r"[-+*/()=]|\\left *\(|\\right *\)|\\(?:cdot|times|ast|div)(?![A-Za-z])",
        "glyph": f"[{''.join(FRACTIONS)}]",
        "blank": r"[ \t\r\n~]++|\\[,;:! ]|\\q?quad(?![A-Za-z])|\{ *\}",
        "frac": r"\\[dt]?frac(?![A-Za-z])(?: *(?P<top>[0-9]) ?(?P<bottom>[0-9])(?![0-9.,]))?",
        "brace": r"[{}]",
        "bad": r"\\[A-Za-z]*|[\s\S]",
    }
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items())


class Scanner:
    """Cuts the text of a cell into tokens.

    >>> [token.text for token in Scanner(Rules(frozenset("ab"))).tokens("2a(b - .5)", 0, 10)]
    ['2', 'a', '(', 'b', '-', '.5', ')']
    """

    def __init__(self, rules: Rules) -> None:
        self.limit = rules.limits.tokens
        self.pattern = re.compile(_pattern(rules.symbols))

    def tokens(self, text: str, start: int, end: int) -> list[Token]:
        """Return the tokens between two places of a folded text.

        Raises: AnswerError[bad-character], [unknown-command], [exponent], [too-long] and others.
        """
        found: list[Token] = []
        for match in self.pattern.finditer(text, start, end):
            kind, word, at = str(match.lastgroup), match.group(), match.start()
            if kind == "blank":
                continue
            if kind in _AS_THEY_ARE:
                found.append(Token(kind, word, at))
            elif kind == "sign":
                sign = _SIGNS.get(word) or word[-1]
                found.append(Token(sign, sign, at))
            else:
                found += _special(kind, match)
            if len(found) > self.limit:
                self._too_many()
        return found

    def _too_many(self) -> NoReturn:
        refuse_cell(
            "too-long",
            f"the cell has more than {self.limit} numbers, letters and signs",
            None,
            "simplify it",
        )


_AS_THEY_ARE = frozenset(("number", "name", "glyph"))


def _special(kind: str, match: re.Match[str]) -> list[Token]:
    word, at = match.group(), match.start()
    if kind == "power":
        return [Token("power", word.translate(_UP).strip("^*{}() "), at)]
    if kind == "brace":
        return [Token(word, word, at)]
    if kind == "tower":
        refuse_cell(
            "exponent",
            f"after {quoted('^')} comes a whole number, and nothing else",
            at,
            "write x^2, or multiply: x*x",
        )
    if kind == "bad":
        _refuse(word, at)
    if match["top"] is None:
        return [Token("frac", word, at)]
    parts = ("frac", "{", "number", "}", "{", "number", "}")
    words = (word, "{", match["top"], "}", "{", match["bottom"], "}")
    return [Token(kind, word, at) for kind, word in zip(parts, words, strict=True)]


_REASONS = {
    **dict.fromkeys("\"'`´‘’‚“”„«»", ("quotes", "leave the quotation mark away")),
    "%": ("percent", "write 7% as 7/100"),
    **dict.fromkeys("≈≃≅≐", ("approximate", "write the exact value, or the rounded number alone")),
    **dict.fromkeys("[]", ("bad-character", "use round brackets ( )")),
    "_": ("bad-character", "write numbers without _, and subscripts as x_1 or x_{11}"),
    ",": ("bad-character", "write one value in a cell"),
    ";": ("bad-character", "write one value in a cell"),
    "…": ("bad-character", "write a number without end as a fraction, 1/3"),
    "!": ("bad-character", "write the value itself"),
}


def _refuse(word: str, at: int) -> NoReturn:
    if word[0] == "\\":
        refuse_cell(
            "unknown-command",
            f"{quoted(word)} is not read here",
            at,
            r"of LaTeX use \frac, \cdot, \times, \left( \right) and letters",
        )
    code, hint = _REASONS.get(word, ("bad-character", "leave it away or write it otherwise"))
    twin = alike(word)
    if code == "bad-character":
        looks = f', which looks like "{twin}"' if twin else ""
        hint = f'type "{twin}" instead' if twin else hint
        refuse_cell("bad-character", f"cannot read {described(word)}{looks}", at, hint)
    if code == "quotes":
        refuse_cell("quotes", f"{described(word)} is not part of an answer", at, hint)
    if code == "percent":
        refuse_cell("percent", "a percent sign is not part of an answer", at, hint)
    refuse_cell("approximate", f"{described(word)} says that this is not the value", at, hint)
