"""The picture of one judged answer in a terminal: the grid with its marks, then what to say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from symconv.homework.judging.check import Checked
from symconv.homework.judging.feedback import CellFeedback, Feedback
from symconv.homework.outputs.escape import visible
from symconv.homework.outputs.record import decimal

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPED_WIDTH = 160
"""Columns when standard output is no terminal, so that few lines break."""
WIDEST = 24
"""Characters of one cell in the picture."""
STYLES = {
    "correct": "green",
    "equivalent": "green",
    "rounded": "yellow",
    "wrong": "red",
    "blank": "dim",
    "invalid": "magenta",
}
LEGEND = "✓ right  ≈ right, another form wanted  ~ rounded  ✗ wrong  · blank  ! could not be read"


def print_text(checked: Checked, told: Feedback) -> None:
    """Print the picture of an answer at the level of its feedback."""
    from rich.console import Console

    console = Console() if Console().is_terminal else Console(width=PIPED_WIDTH)
    for part in _parts(checked, told):
        console.print(part, highlight=False)


def _parts(checked: Checked, told: Feedback) -> list[RenderableType]:
    from rich.text import Text

    question = checked.question
    head = f"{question.id}{': ' if question.file.title else ''}{visible(question.file.title)}"
    parts: list[RenderableType] = [Text(head, style="bold"), Text(_score(checked, told))]
    if told.cells and told.level != "score" and checked.graded:
        parts += [*_planes(checked, told), Text(LEGEND, style="dim")]
    pictured = len(parts) > 2
    shown = replace(told, cells=tuple(c for c in told.cells if not pictured or _has_more(c)))
    return [*parts, *(Text(visible(line)) for line in shown.lines())]


def _has_more(cell: CellFeedback) -> bool:
    """Tell whether there is more to say of a cell than its mark in the picture says."""
    return len(list(cell.lines())) > 1


def _score(checked: Checked, told: Feedback) -> str:
    if not checked.graded:
        return "not graded"
    marks = f"score {number_text(checked.score.value)}"
    if told.worth != "1":
        points, worth = checked.points, checked.question.points
        marks += f", {number_text(points)} of {number_text(worth)} points"
    credited = checked.score.credited_as
    if credited and told.level == "full":
        return f"{marks} (as {' and '.join(credited)})"
    below = credited and credited in told.mistakes
    return f"{marks} (some of it for what is named below)" if below else marks


def number_text(value: Fraction) -> str:
    """Return a number as a decimal where that is exact and short, else as a fraction as well.

    >>> number_text(Fraction(5, 2)), number_text(Fraction(10, 3)), number_text(Fraction(4))
    ('2.5', '10/3 (about 3.33)', '4')
    """
    text = decimal(value)
    return text if Fraction(text) == value else f"{value} (about {float(value):.2f})"


def _planes(checked: Checked, told: Feedback) -> list[Any]:
    """Return a table for each plane of the answer, the cells under their marks."""
    cells = {cell.index: cell for cell in told.cells}
    *lead, rows, width = (1, *checked.shape) if len(checked.shape) == 1 else checked.shape
    flat = len(checked.shape) == 1
    return [
        _table(
            [
                [cells.get((column,) if flat else (*plane, row, column)) for column in range(width)]
                for row in range(rows)
            ]
        )
        for plane in product(*map(range, lead))
    ]


def _table(rows: list[list[CellFeedback | None]]) -> Any:
    from rich.box import SQUARE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SQUARE, show_header=False, show_lines=True)
    for _ in rows[0]:
        table.add_column(justify="right", no_wrap=True)
    for row in rows:
        marked = [
            Text(_cell(cell), style=STYLES.get(cell.verdict if cell else "", "")) for cell in row
        ]
        table.add_row(*marked)
    return table


def _cell(cell: CellFeedback | None) -> str:
    if cell is None:
        return ""
    raw = visible(" ".join(cell.raw.split()))
    short = raw if len(raw) <= WIDEST else f"{raw[: WIDEST - 1]}…"
    return f"{short} {cell.mark}".strip()
