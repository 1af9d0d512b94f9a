"""The table of laws for a terminal, and one law explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symconv.laws import Entry, Law, Verdict
from symconv.render.blocks import (
    Block,
    Cell,
    block,
    blocks,
    grouped,
    legend,
    letter,
    shown,
    stated,
    totals,
)
from symconv.render.verdicts import console, draw, print_text, put
from symconv.render.worked import worked

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

STYLES = {
    "proved": "bold green",
    "bounded": "bold cyan",
    "conditional": "bold yellow",
    "refuted": "bold red",
    "unknown": "bold magenta",
    "": "dim",
}
BESIDE = 56
"""Columns that a statement needs to stand beside its name."""


def print_list(laws: Iterable[Law]) -> None:
    """Print the names and titles of laws, group by group."""
    from rich.text import Text

    to = console()
    named = list(laws)
    width = max((len(law.name) for law in named), default=0)
    for group in dict.fromkeys(law.group for law in named):
        put(to, Text(group, "bold"))
        for law in named:
            if law.group == group:
                put(to, f"{law.name:{width}}  {law.title}", 2)


def print_table(entries: Sequence[Entry]) -> None:
    """Print all laws, group by group, and what the marks say."""
    from rich.text import Text

    to = console()
    found = blocks(entries)
    width = max((len(one.law.name) for one in found if one.only), default=0)
    for group, members in grouped(found).items():
        put(to, Text(group.upper(), "bold"))
        lines = [(one, one.only) for one in members if one.only]
        for one, only in lines:
            _print_line(to, one, only, width)
        for number, one in enumerate(other for other in members if not other.only):
            if number or lines:
                to.print()
            print_block(to, one)
        to.print()
    print_legend(to, found)
    put(to, totals(entries))


def print_legend(to: Console, found: Iterable[Block]) -> None:
    """Print what every mark says that some blocks use."""
    from rich.text import Text

    for outcome, mark, says in legend(found):
        put(to, Text.assemble((mark, STYLES[outcome]), f" {says}"))


def _print_line(to: Console, one: Block, cell: Cell, width: int) -> None:
    """Print a law of one cell; its statement stands below its name where there is no room."""
    from rich.table import Table
    from rich.text import Text

    text = Text(shown(one.law))
    for remark in one.remarks:
        text.append(f", {remark}", "dim")
    mark = Text(f"{cell.mark} ", STYLES[cell.outcome])
    if to.width - width - 6 < BESIDE:
        put(to, mark.append(one.law.name, "not bold default"), 2)
        put(to, text, 6)
        return
    line = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    line.add_column(width=width + len(mark), no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(mark.append(one.law.name, "not bold default"), text)
    put(to, line, 2)


def print_block(to: Console, one: Block) -> None:
    """Print a law that varies: a line for what it stands for, a column for each padding."""
    from rich.text import Text

    put(to, Text.assemble((one.law.name, "bold"), f"  {stated(one.law)}"), 2)
    put(to, _grid(one), 4)
    for number, note in enumerate(one.notes):
        put(to, Text(f"{letter(number)}  {note}", "dim"), 4)


def _grid(one: Block) -> Table:
    from rich.table import Table
    from rich.text import Text

    found = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in (*one.heads, *one.columns):
        found.add_column(Text(name, "dim"), no_wrap=name in one.columns, overflow="fold")
    for row in one.rows:
        cells = [_marked(one, cell) for cell in row.cells]
        found.add_row(*map(Text, one.told(row)), *cells)
    return found


def _marked(one: Block, cell: Cell | None) -> Text:
    from rich.text import Text

    if cell is None:
        return Text("")
    return Text.assemble((cell.mark, STYLES[cell.outcome]), (one.letter(cell), "dim"))


def print_law(entries: Sequence[Entry], verdict: Verdict) -> None:
    """Print the block of one law, and its verdict for the choices that it has by default."""
    to = console()
    one = block(entries)
    put(to, f"{one.law.title}: {one.law.says}" if one.law.says else one.law.title)
    to.print()
    print_block(to, one)
    to.print()
    print_legend(to, [one])
    to.print()
    options = ", ".join(f"{name} {value}" for name, value in one.law.chosen().items())
    put(to, f"By default, {options}:")
    _print_verdict(one.law, one.law.chosen(), verdict)


def print_entry(law: Law, choices: Mapping[str, Any], verdict: Verdict) -> None:
    """Print one law for some choices: what it says, the verdict, and an example worked out."""
    from rich.text import Text

    to = console()
    put(to, Text.assemble((law.title, "bold"), f" ({law.name}, {law.group})"))
    if law.says:
        put(to, law.says)
    to.print()
    _print_verdict(law, choices, verdict)


def _print_verdict(law: Law, choices: Mapping[str, Any], verdict: Verdict) -> None:
    to = console()
    print_text(verdict)
    example = worked(law, choices)
    if example is not None:
        to.print()
        draw(to, example, "Worked out at ")
    if law.source:
        to.print()
        put(to, f"Source: {law.source}.")
