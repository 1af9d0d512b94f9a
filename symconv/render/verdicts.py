"""A verdict for people: what is claimed of which shapes, and both sides drawn where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symconv.laws.verdict import MOST_CELLS, THIS_SHAPE, Counterexample, Verdict
from symconv.plan import Index, Shape, by
from symconv.verdicts import Truth

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

PIPED_WIDTH = 160
"""Columns when standard output is no terminal, so that few lines break."""
STYLES = {Truth.PROVED: "bold green", Truth.REFUTED: "bold red", Truth.UNKNOWN: "bold yellow"}
MARK = "▸ "
"""Stands before the first output that differs."""
DIFFERS = "red"
MOST_TERMS = 12
"""Terms on one side alone that are written out."""


def console() -> Console:
    """Return standard output, wide when it is no terminal."""
    from rich.console import Console

    found = Console(highlight=False)
    if not found.is_terminal:
        found.width = PIPED_WIDTH
    return found


def put(to: Console, what: RenderableType, indent: int = 0) -> None:
    """Print something without blanks at the ends of lines."""
    from rich.text import Text

    options = to.options.update(width=max(20, to.width - indent))
    for line in to.render_lines(what, options, pad=False):
        text = Text(" " * indent)
        for part in line:
            text.append(part.text, part.style)
        text.rstrip()
        to.print(text, soft_wrap=True)


def print_text(verdict: Verdict, *, law: bool = True) -> None:
    """Print a verdict to standard output; *law* is whether the statement stands above it."""
    to = console()
    if law:
        put(to, verdict.law)
    put(to, headline(verdict))
    for text in filter(None, (verdict.reason, *verdict.notes)):
        put(to, f"{text[0].upper()}{text[1:]}.")
    if verdict.counterexample is not None:
        to.print()
        draw(to, verdict.counterexample, "Counterexample at ")
    if verdict.repairs:
        to.print()
        put(to, "What holds for all shapes instead:")
        for text in verdict.repairs:
            _repair(to, text)
    if verdict.hypotheses:
        to.print()
        put(to, "Said of shapes with:")
        for text in verdict.hypotheses:
            put(to, text, 2)


def headline(verdict: Verdict) -> Text:
    """Return the verdict in a line, coloured: what is known, of which shapes."""
    from rich.text import Text

    text = Text(verdict.truth.name, STYLES[verdict.truth])
    text.append(", " if verdict.truth is Truth.REFUTED else " ", "").append(scope(verdict))
    return text.append(f" ({verdict.seconds:.2f} s)", "dim")


def scope(verdict: Verdict) -> str:
    """Return which shapes a verdict is about, in words.

    >>> scope(Verdict("x == x", Truth.PROVED, "shapes up to 4"))
    'for every shape up to 4'
    >>> scope(Verdict("x == y", Truth.REFUTED, "all shapes"))
    'does not hold for all shapes'
    """
    if verdict.scope == THIS_SHAPE:
        return "at this shape alone" if verdict.proved else "different at this shape"
    told = "for " + verdict.scope.replace("shapes up to", "every shape up to")
    if verdict.bounds:
        told += f" with {', '.join(verdict.bounds)}"
    return f"does not hold {told}" if verdict.truth is Truth.REFUTED else told


def _repair(to: Console, text: str) -> None:
    says, _, statement = text.rpartition(": ")
    put(to, says or statement, 2)
    if says:
        put(to, statement, 4)


def given(found: Counterexample) -> str:
    """Return the shapes of the tensors and the values of the named integers."""
    told = [f"{name} {by(shape)}" for name, shape in found.shapes.items()]
    told += [f"{name} = {value}" for name, value in found.letters.items() if "(" not in name]
    return ", ".join(told)


def draw(to: Console, found: Counterexample, title: str) -> None:
    """Print both sides as arrays on symbols, the first output that differs marked."""
    from rich.text import Text

    put(to, Text(f"{title}{given(found)}:"))
    if found.left_shape != found.right_shape:
        left, right = by(found.left_shape), by(found.right_shape)
        put(to, f"The left side has the shape {left}, the right side {right}.", 2)
    if max(prod(found.left_shape), prod(found.right_shape)) > MOST_CELLS:
        put(to, f"Each side has {by(found.left_shape)} outputs, too many to draw.", 2)
    else:
        for part in _drawn(found, to.width - 2):
            put(to, part, 2)
    if found.cell is not None:
        place = ", ".join(map(str, found.cell))
        for side, terms in (("left", found.only_left), ("right", found.only_right)):
            if terms:
                put(to, f"At [{place}] on the {side} alone: {some(terms)}", 2)


def some(terms: Sequence[str]) -> str:
    """Return terms in a line, the first twelve of many."""
    more = len(terms) - MOST_TERMS
    return ", ".join(terms[:MOST_TERMS]) + (f" and {more} more" if more > 0 else "")


def _drawn(found: Counterexample, width: int) -> Iterator[RenderableType]:
    rank = max(len(found.left_shape), len(found.right_shape))
    if rank == 2:
        yield from _grids(found)
        return
    if rank < 2:
        flat = _flat(found)
        if _width(flat) <= width:
            yield flat
            return
    yield _upright(found)


def _sides(found: Counterexample) -> Iterator[tuple[str, Shape, dict[Index, Text]]]:
    """Yield both sides: name, shape, and the text of every cell with its marks."""
    both = (found.left_shape, found.left), (found.right_shape, found.right)
    places = [dict(zip(product(*map(range, shape)), cells, strict=False)) for shape, cells in both]
    alone = found.only_left, found.only_right
    for side, name in enumerate(("left", "right")):
        texts = {
            place: _cell(text, place, places[1 - side].get(place), found.cell, alone[side])
            for place, text in places[side].items()
        }
        yield name, both[side][0], texts


def _cell(
    text: str, place: Index, twin: str | None, marked: Index | None, alone: Sequence[str]
) -> Text:
    """Return a cell's terms; one that the other side has otherwise is coloured."""
    from rich.text import Text

    if place != marked:
        differs = marked is not None and twin is not None and text != twin
        return Text(text, DIFFERS if differs else "")
    found = Text(text)
    for term in alone:
        found.highlight_regex(rf"(?<![\w\]]){re.escape(term)}(?![\w\[])", f"bold {DIFFERS}")
    return Text(MARK, f"bold {DIFFERS}").append_text(found)


def _flat(found: Counterexample) -> Table:
    """Return both sides as two rows."""
    from rich.text import Text

    sides = list(_sides(found))
    places = max((list(cells) for _, _, cells in sides), key=len)
    shown = _plain(["", *(_index(place) for place in places)])
    for name, _, cells in sides:
        row = [cells.get(place, Text("")) for place in places]
        shown.add_row(f"{name}{'' if cells else ', empty'}", *row)
    return shown


def _upright(found: Counterexample) -> Table:
    """Return both sides as two columns, an output a line."""
    from rich.text import Text

    sides = [cells for _, _, cells in _sides(found)]
    shown = _plain(["out", "left", "right"])
    for place in sorted(set(sides[0]) | set(sides[1])):
        shown.add_row(_index(place), *(cells.get(place, Text("")) for cells in sides))
    return shown


def _grids(found: Counterexample) -> Iterator[RenderableType]:
    """Yield each side as a grid."""
    from rich.box import SQUARE
    from rich.table import Table
    from rich.text import Text

    for name, shape, cells in _sides(found):
        yield Text(f"{name}, {by(shape)}" + ("" if cells else ", empty"))
        shown = Table(box=SQUARE, show_header=False, show_lines=True, border_style="dim")
        rows = sorted({place[:1] for place in cells})
        for row in rows:
            shown.add_row(*(cells[place] for place in cells if place[:1] == row))
        if rows:
            yield shown


def _plain(heads: Sequence[str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False)
    for head in heads:
        shown.add_column(Text(head, "dim"), overflow="fold")
    return shown


def _width(table: Table) -> int:
    """Return the columns that a table needs so that no line breaks."""
    from rich.console import Console
    from rich.measure import Measurement

    wide = Console(width=100_000)
    return Measurement.get(wide, wide.options, table).maximum


def _index(place: Index) -> str:
    return f"[{', '.join(map(str, place))}]" if place else "the one output"


def status(verdict: Verdict) -> int:
    """Return the exit code: 0 proved, 1 refuted, 3 neither."""
    return {Truth.PROVED: 0, Truth.REFUTED: 1, Truth.UNKNOWN: 3}[verdict.truth]
