"""From the text of one answer to planes of rows of cells, however a grid may be written.

Cells are found, never read: what `1/2a` means is decided elsewhere. Every way is linear in the
text, and every limit counts characters, cells or brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.errors import AnswerError
from symconv.homework.reading import matrices, tables
from symconv.homework.reading.model import LIMITS, Limits, Plane, Row, Rules, Written
from symconv.homework.reading.tables import BLANKS, too_many

_NEWLINE = re.compile("\r\n|[\r\u2028\u2029\v\f\u0085]")
_LABEL = re.compile(r"[^\W\d_][\w .,:#()\[\]{}-]{0,60}\Z")
_NO_LABELS = frozenset(
    (
        "l",
        "i",
        "o",
        "x",
        "none",
        "null",
        "nan",
        "na",
        "inf",
        "infinity",
        "true",
        "false",
        "no",
        "yes",
    )
)
"""Words that stand for a number, or for none, more often than for a row."""
_WRAPS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))


def split(
    text: str,
    limits: Limits = LIMITS,
    *,
    decimal: str = ".",
    symbols: frozenset[str] | None = None,
) -> Written:
    r"""Return the cells of one answer as they stand there.

    Rows end at a newline or `;`, cells at TAB, `|`, `,`, `;` (where newlines end rows) or blanks;
    a blank line or `;;` ends a plane. Matrices may stand in brackets, in LaTeX, in a Markdown
    table. With ``decimal=","`` a comma ends no cell. A row or a column of labels is left out, with
    a notice, where ``symbols``, the declared letters, are given and cannot spell them.

    Raises: AnswerError[too-large], [too-many-cells], [no-answer], [bad-matrix],
        [unclosed-matrix], [nested-too-deep].

    >>> split("aw + bx, 2; 3, -1").planes
    ((('aw + bx', '2'), ('3', '-1')),)
    >>> split("[[1 -2]\n [3  4]]").planes == split("1 -2; 3 4").planes
    True
    """
    text = _plain(text, limits)
    found, notices = _found(text, limits, decimal)
    planes = [_without_labels(plane, symbols, notices) for plane in found if plane]
    return written(planes, limits, notices)


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


def _found(text: str, limits: Limits, decimal: str) -> tuple[list[Plane], list[str]]:
    if (matrix := matrices.latex(text)) is not None:
        return matrix, []
    text = _unwrapped(text)
    if (lists := matrices.brackets(text, limits, decimal)) is not None:
        return lists, []
    return tables.planes(text, limits, decimal)


def _unwrapped(text: str) -> str:
    r"""Return what stands between the signs of a formula, `$…$`, that enclose a whole text."""
    bare = text.strip(BLANKS + "\n")
    for begin, end in _WRAPS:
        inner = bare[len(begin) : -len(end)]
        if bare.startswith(begin) and bare.endswith(end) and inner and begin not in inner:
            return inner
    return text


def _without_labels(plane: Plane, symbols: frozenset[str] | None, notices: list[str]) -> Plane:
    """Return a plane without the row and the column that are nothing but labels."""
    if _is_counted(plane):
        notices.append("the numbers of the rows and columns were left out")
        return tuple(row[1:] for row in plane[1:])
    if symbols is None:
        return plane
    letters = frozenset(character for name in symbols for character in name)
    if _are_labels(plane[0], letters) and _is_mostly_cells(plane[1:], letters):
        notices.append("the labels above the columns were left out")
        plane = plane[1:]
    first = [row[0] for row in plane if row]
    if _are_labels(first, letters) and _is_mostly_cells([row[1:] for row in plane], letters):
        notices.append("the labels before the rows were left out")
        plane = tuple(row[1:] for row in plane)
    return plane


def _are_labels(cells: Sequence[str], letters: frozenset[str]) -> bool:
    """Tell whether all cells but empty ones are labels, two or more, no two alike."""
    names = [cell for cell in cells if cell]
    return len(set(names)) == len(names) > 1 and all(_is_label(name, letters) for name in names)


def _is_label(cell: str, letters: frozenset[str]) -> bool:
    """Tell whether a cell is a word, `row 1` or `y11`, with a letter that the question lacks."""
    return (
        cell.lower() not in _NO_LABELS
        and bool(_LABEL.match(cell))
        and any(character.isalpha() and character not in letters for character in cell)
    )


def _is_mostly_cells(rows: Sequence[Sequence[str]], letters: frozenset[str]) -> bool:
    """Tell whether fewer than half of the cells are words."""
    cells = [cell for row in rows for cell in row[1:] or row]
    return bool(cells) and 2 * sum(_is_label(cell, letters) for cell in cells) < len(cells)


def _is_counted(plane: Plane) -> bool:
    """Tell whether columns and rows are numbered from 0, with no number in the corner."""
    head, *rows = plane
    return (
        bool(rows)
        and bool(head)
        and all(len(row) == len(head) + 1 for row in rows)
        and list(head) == [str(number) for number in range(len(head))]
        and [row[0] for row in rows] == [str(number) for number in range(len(rows))]
    )


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
