r"""Matrices of LaTeX: environments with cells between `&` and rows between double backslashes.

\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}      1 & 2 \\ 3 & 4
"""

from __future__ import annotations

import re

from symconv.errors import AnswerError
from symconv.homework.reading import tables
from symconv.homework.reading.matrices import SPACE, TURN, turned
from symconv.homework.reading.model import Plane

ENVIRONMENT = r"(?:[bBpvV]?(?:small)?matrix|array|tabular)\*?"
_BEGIN = re.compile(rf"\\begin\{{({ENVIRONMENT})\}}")
_TOKEN = re.compile(r"\\(?:begin|end)\{([A-Za-z]{1,20}\*?)\}|\\[A-Za-z]+|\\.|[&{}]", re.DOTALL)
_SPECIFICATION = re.compile(r"\s{0,8}(?:\[[a-z]\])?\s{0,8}\{[^{}]{0,200}\}")
_ALIGNMENT = re.compile(r"\s{0,8}\[[lcr]\]")
_RULES = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[0-9-]*\})")
_SKIP = re.compile(r"\*?\[-?[0-9.]{1,6}\s*[a-z]{2}\]")
_DECORATION = re.compile(
    r"(\\\\)|\\(?:begin|end)\{(?:equation|align|aligned|gather|displaymath|math|center|document)\*?\}"
    r"|\\(?:left|right|bigl|bigr)\s*\\?[(){}\[\]|.]|\\[\[\]()]|\\(?:displaystyle|quad|qquad)(?![A-Za-z])"
    r"|\\[,;:! ]|\$|[\s\ufeff]"
)
_TURNED = re.compile(
    rf"\s{{0,8}}(?:\\right ?[\])|.]\s{{0,8}})?(?:\^ ?(?:\{{ ?(?:{TURN}) ?\}}|{TURN})|['’])"
)
_FACTORS = frozenset(("minus", "times", "plus", "half", "twice", "over", "transpose", "inverse"))
_ENDS = frozenset(("\\\\", "\\cr", "\\tabularnewline"))


def planes(text: str, notices: list[str] | None = None) -> list[Plane] | None:
    r"""Return the matrices of a LaTeX text as planes, None for a text that has none.

    Words beside them are left out, with a notice; a sign of transposition is carried out.

    Raises: AnswerError[unclosed-matrix], [bad-matrix].

    >>> planes(r"$Y = \left( \begin{array}{cc} \frac{1}{2} & a \\ b & 4 \end{array} \right)$")
    [(('\\frac{1}{2}', 'a'), ('b', '4'))]
    """
    begin = _BEGIN.search(text)
    if begin is None:
        return [_body(_DECORATION.sub(r"\1 ", text))] if "&" in text else None
    found: list[Plane] = []
    at, notices = 0, [] if notices is None else notices
    while begin is not None:
        _check_beside(text[at : begin.start()], notices, after=bool(found), before=True)
        plane, at = _environment(text, begin)
        found.append(plane)
        begin = _BEGIN.search(text, at)
    sign = _TURNED.match(text, at)
    _check_beside(text[sign.end() if sign else at :], notices, after=True, before=False)
    return turned(found, notices) if sign else found


def _check_beside(text: str, notices: list[str], *, after: bool, before: bool) -> None:
    """Raise AnswerError[bad-matrix] where something beside a matrix would change its value."""
    rest = _DECORATION.sub("", text).strip(".,;")
    if not rest or (before and rest[-1] in "=:" and not (after and rest[0] in "=+-*")):
        return
    if _is_prose(text):
        notices.append("the words beside your matrix were left out")
        return
    raise AnswerError(
        "bad-matrix",
        f"{_short(rest)} stands beside your matrix and cannot be read",
        hint="hand in the matrix alone",
    )


def _is_prose(text: str) -> bool:
    """Tell whether a piece of LaTeX is words, and none that does something to a matrix."""
    words = [word.strip(".,;:!?()'’") for word in _DECORATION.sub(" ", text).split()]
    words = [word for word in words if word]
    plain = all(word.isalpha() and (len(word) > 1 or word in "aAI") for word in words)
    return plain and any(len(word) > 2 for word in words) and _FACTORS.isdisjoint(words)


def _short(text: str) -> str:
    """Return the beginning of a text, in quotes, without what would steer a terminal."""
    return (
        ascii(text[:20] + ("…" if len(text) > 20 else ""))
        if not text.isascii()
        else repr(text[:20])
    )


def _environment(text: str, begin: re.Match[str]) -> tuple[Plane, int]:
    """Return the cells of the environment that begins here, and where it ends."""
    name, first = begin[1], begin.end()
    option = (_SPECIFICATION if name[:5] in ("array", "tabul") else _ALIGNMENT).match(text, first)
    first = option.end() if option else first
    for match in _TOKEN.finditer(text, first):
        if match[0] == f"\\end{{{name}}}":
            return _body(text[first : match.start()]), match.end()
        if match[0].startswith("\\begin{"):
            raise AnswerError(
                "bad-matrix",
                f"inside your matrix another environment begins, {_short(match[0])}",
                hint="write one matrix after the other, each with numbers alone",
            )
    raise AnswerError(
        "unclosed-matrix",
        f"your matrix begins with \\begin{{{name}}} and is never closed",
        hint=f"write \\end{{{name}}} behind its last row",
    )


def _body(text: str) -> Plane:
    r"""Return the cells between `&` and `\\` that stand outside braces."""
    marks: list[tuple[int, str]] = []
    around = tables.Brackets()
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "{}":
            around.take(sign, marks)
        elif sign == "&" or sign in _ENDS:
            marks.append((match.start(), sign))
    rows: list[list[str]] = [[]]
    begin = 0
    for at, sign in [*marks, (len(text), "\\\\")]:
        rows[-1].append(_cell(text[begin:at]))
        begin = at + len(sign)
        if sign != "&":
            rows.append([])
    return tuple(tuple(row) for row in rows if row not in ([], [""]))


def _cell(text: str) -> str:
    text = text.strip(SPACE)
    skipped = _SKIP.match(text)
    text = text[skipped.end() :] if skipped else text
    return _RULES.sub("", text).strip(SPACE)


def holds(text: str) -> bool:
    r"""Tell whether a LaTeX matrix begins in a text.

    >>> holds(r"\begin{bmatrix}"), holds(r"\begin{document}")
    (True, False)
    """
    return _BEGIN.search(text) is not None
