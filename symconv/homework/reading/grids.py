"""From the text of one answer to planes of rows of cells, however a grid may be written.

Cells are found, never read: what `1/2a` means is decided elsewhere. Every way is linear in the
text, and every limit counts characters, cells or brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from symconv.errors import AnswerError
from symconv.homework.reading import labels, latex, matrices, tables, titles
from symconv.homework.reading.model import LIMITS, Limits, Plane, Row, Rules, Written
from symconv.homework.reading.tables import BLANKS, too_many

_NEWLINE = re.compile("\r\n|[\r\u2028\u2029\v\f\u0085]")
_WIDE = re.compile(r"\\q?quad(?![A-Za-z])")
_WRAPS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))


def split(
    text: str,
    limits: Limits = LIMITS,
    *,
    decimal: str = ".",
    symbols: frozenset[str] | None = None,
    mixed: bool = False,
) -> Written:
    r"""Return the cells of one answer as they stand there.

    Rows end at a newline or `;`, cells at TAB, `|`, `,`, `;` (where newlines end rows) or blanks;
    a blank line or `;;` ends a plane. Matrices may stand in brackets, in LaTeX, in a Markdown
    table. With ``decimal=","`` a comma ends no cell. Titles, sentences and names of rows, columns
    and cells are left out, with a notice, words only where ``symbols``, the declared letters, are
    given and cannot spell them. With ``mixed`` a cell may be `1 1/2`.

    Raises: AnswerError[too-large], [too-many-cells], [no-answer], [bad-matrix],
        [unclosed-matrix], [nested-too-deep], [mixed-blanks].

    >>> split("aw + bx, 2; 3, -1").planes
    ((('aw + bx', '2'), ('3', '-1')),)
    >>> split("[[1 -2]\n [3  4]]").planes == split("1 -2; 3 4").planes
    True
    """
    text = _plain(text, limits)
    found, notices = _found(text, limits, decimal, symbols, mixed=mixed)
    found = labels.placed(found, symbols or frozenset(), notices)
    whole, told = [plane for plane in found if plane], list(notices)
    planes = [labels.without(plane, symbols, notices) for plane in whole]
    answer = written(planes, limits, notices)
    if answer.planes == tuple(map(tuple, whole)):
        return answer
    return replace(answer, labelled=written(whole, limits, told).planes)


def of(text: str, rules: Rules) -> Written:
    """Return the cells of one answer as the rules of a question find them."""
    return split(
        text,
        rules.limits,
        decimal=rules.decimal,
        symbols=rules.symbols,
        mixed=rules.mixed_numbers,
    )


def written(
    planes: Sequence[Sequence[Row]], limits: Limits, notices: Sequence[str] = ()
) -> Written:
    """Return an answer of these planes.

    Raises: AnswerError[no-answer], [too-many-cells].
    """
    kept = tuple(tuple(plane) for plane in planes if any(plane))
    rows = [row for plane in kept for row in plane]
    if not rows:
        raise nothing()
    if sum(map(len, rows)) > limits.cells or max(map(len, rows)) > limits.columns:
        raise too_many(limits)
    return Written(kept, tuple(dict.fromkeys(notices)))


def nothing() -> AnswerError:
    """Return the error for an answer without cells."""
    return AnswerError(
        "no-answer",
        "there is no answer here",
        hint="write the cells of a row with commas between them, and each row on its own line",
    )


def too_large(limit: int, what: str = "characters") -> AnswerError:
    """Return the error for an answer that is longer than is read."""
    return AnswerError(
        "too-large",
        f"your answer is longer than {limit} {what}",
        hint="hand in the cells that were asked for, and nothing else",
    )


def _plain(text: str, limits: Limits) -> str:
    """Return a text with one kind of newline and no mark at its beginning."""
    if len(text) > limits.file_bytes:
        raise too_large(limits.file_bytes)
    text = _NEWLINE.sub("\n", text.removeprefix("\ufeff"))
    if not text.strip(BLANKS + "\n;"):
        raise nothing()
    return text


def _found(
    text: str,
    limits: Limits,
    decimal: str,
    symbols: frozenset[str] | None = None,
    *,
    mixed: bool = False,
) -> tuple[list[Plane], list[str]]:
    letters = None if symbols is None else frozenset("".join(symbols))
    text, titled = titles.without(text, letters)
    notices = [titles.NOTICE] * titled
    if (matrix := latex.planes(text, notices)) is not None:
        return matrix, notices
    text = _WIDE.sub("  ", _unwrapped(text))
    if (lists := matrices.brackets(text, limits, decimal, notices)) is not None:
        return lists, notices
    named, told = labels.before_lines(text, letters or frozenset())
    if told and (lists := matrices.brackets(named, limits, decimal, notices)) is not None:
        return lists, notices + told
    named = titles.parted(named, letters or frozenset())
    planes, more = tables.planes(named, limits, decimal, mixed=mixed)
    return planes, notices + told + more


def _unwrapped(text: str) -> str:
    r"""Return what stands between the signs of a formula, `$…$`, that enclose a whole text."""
    bare = text.strip(BLANKS + "\n")
    for begin, end in _WRAPS:
        inner = bare[len(begin) : -len(end)]
        if bare.startswith(begin) and bare.endswith(end) and inner and begin not in inner:
            return inner
    return text


def parts(text: str, rules: Rules) -> list[str]:
    """Return the cells of a text that is one row, none where it is anything else.

    >>> parts("1 2", Rules()), parts("1; 2", Rules())
    (['1', '2'], [])
    """
    try:
        found, _ = _found(_plain(text, rules.limits), rules.limits, rules.decimal)
    except AnswerError:
        return []
    return list(found[0][0]) if len(found) == 1 and len(found[0]) == 1 else []
