"""The part of a Markdown or LaTeX text that is its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from symconv.homework.reading import latex, notebooks, tables

_FENCE = re.compile(r"[ ]{0,3}(?:```|~~~)")
_MATH = re.compile(r"\$\$?|\\[\[\]()]")


def marked(text: str) -> str:
    r"""Return the part of a Markdown or LaTeX text that is its answer, else the whole.

    That is the one fenced block, or the formulas with matrices, or the tables.

    Raises: AnswerError[two-answers] for two fenced blocks.

    >>> marked("My answer is:\n```\n1 2\n3 4\n```\nbecause I flipped.")
    '1 2\n3 4'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    if len(fences) > 3:
        raise notebooks.two_answers("fenced blocks in your file")
    if len(fences) > 1:
        return "\n".join(lines[fences[0] + 1 : fences[1]])
    if latex.holds(text):
        return _formulas("\n".join(lines))
    found = list(_tables(lines))
    return "\n\n".join(found) if found else text


def _formulas(text: str) -> str:
    r"""Return the formulas of a text that hold a matrix, the text itself if none is marked."""
    text = text.partition("\\begin{document}")[2].partition("\\end{document}")[0] or text
    found, begin = [], -1
    for match in _MATH.finditer(text):
        opens = match[0] in ("\\[", "\\(") or (match[0][0] == "$" and begin < 0)
        if not opens and begin >= 0:
            found.append(text[begin : match.start()])
        begin = match.end() if opens else -1
    return " , ".join(part for part in found if latex.holds(part)) or text


def _tables(lines: Iterable[str]) -> Iterator[str]:
    """Yield the Markdown tables of a text: lines with bars, with a rule below the first."""
    table: list[str] = []
    for line in [*lines, ""]:
        if "|" in line:
            table.append(line)
        else:
            if len(table) > 1 and tables.is_rule(table[1].strip()):
                yield "\n".join(table)
            table = []
