"""The table of `symconv shapes` as text, Markdown and data, all from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from symconv.plan import by
from symconv.stacks import Row, Shapes
from symconv.stacks.motion import Motion, borders, each

if TYPE_CHECKING:
    from rich.table import Table

NARROW = 100
"""Below as many columns a terminal shows the short table."""
PIPED_WIDTH = 160
SHORT = ("#", "layer", "output", "params", "MACs", "field", "shift", "border")
LONG = (*SHORT[:5], "products", "field", "jump", "shift", "border")
TEXTS = ("#", "layer", "output")
"""The columns that are no numbers."""


def cells(table: Shapes, row: Row) -> dict[str, str]:
    """Return one row of the table, by column; what does not apply is empty."""
    axes = row.motion.axes
    jumps = [field.jump for field in row.fields if field.jump is not None]
    return {
        "#": row.entry.number,
        "layer": _layer(row),
        "output": by(table.stack.told(row.out)),
        "params": _count(row.parameters),
        "MACs": _count(row.macs),
        "products": _count(row.products),
        "field": each([field.size for field in row.fields]) if row.fields else "",
        "jump": each(jumps) if jumps else "",
        "shift": each([axis.step for axis in axes]) if axes else row.motion.state,
        "border": _border(row.motion),
    }


def _count(number: int) -> str:
    return str(number) if number else ""


def _layer(row: Row) -> str:
    """Return a layer's name, and its kind where the name does not tell it."""
    entry = row.entry
    kind = "" if entry.name.startswith(entry.kind) else f"{entry.kind} "
    return f"{entry.name}: {kind}{row.detail}".strip().removesuffix(":")


def _border(motion: Motion) -> str:
    if not motion.axes:
        return ""
    if motion.cyclic:
        return "none, cyclic"
    return each(["all" if not a.clean else f"{a.before}+{a.after}" for a in motion.axes])


def sentences(table: Shapes) -> list[str]:
    """Return the totals, and what becomes of a shift of the input, in words."""
    totals = (
        f"{table.parameters} parameters, {table.macs} MACs ({table.products} without padding), "
        f"output {by(table.stack.told(table.out))}"
    )
    states = [row.motion.state for row in table.rows]
    kept = next((n for n, state in enumerate(states) if state != "equivariant"), len(states))
    ends = table.rows[kept] if kept < len(states) else None
    told = [totals]
    if kept:
        told.append(_equivariant(table, table.rows[kept - 1], ends))
    if ends:
        told.append(_ended(ends))
    return told


def _equivariant(table: Shapes, row: Row, ends: Row | None) -> str:
    axes = row.motion.axes
    steps, moves = each([a.step for a in axes]), each([a.move for a in axes])
    upto = f"up to {row.entry.name}" if ends else "to the end"
    text = (
        f"Equivariant {upto}: when the input moves by {steps}, "
        f"the map {by(table.stack.told(row.out))} moves by {moves}"
    )
    if row.motion.cyclic:
        return f"{text}, exactly, also around the ends for cyclic shifts."
    if row.motion.exact:
        return f"{text}, exactly wherever both stand in the frame."
    text += f". Padding reaches {borders(axes)}; those need not follow."
    if any(0 < axis.clean <= axis.move for axis in axes):
        text += " At this input size no two of the others are that far apart."
    return text


def _ended(row: Row) -> str:
    name, reason, axes = row.entry.name, row.motion.reason, row.motion.axes
    match row.motion.state:
        case "invariant":
            steps = each([a.step for a in axes])
            exact = "exactly, for cyclic shifts" if row.motion.exact else "up to the border"
            return (
                f"Invariant from {name} on: to shifts by multiples of {steps}, {exact}: {reason}."
            )
        case "lost":
            return f"Lost at {name}: {reason}."
    return f"No statement about shifts: {reason}."


def to_markdown(table: Shapes) -> str:
    """Return the table and the sentences as Markdown."""
    title = table.stack.title or table.stack.source or "stack"
    lines = [f"## {_safe(title)}, input {by(table.stack.told(table.stack.input))}", ""]
    lines.append("| " + " | ".join(LONG) + " |")
    lines.append("|" + "|".join("---" if name in TEXTS else "--:" for name in LONG) + "|")
    for row in table.rows:
        found = cells(table, row)
        lines.append("| " + " | ".join(_safe(found[name]) for name in LONG) + " |")
    lines += ["", *(f"* {_safe(text)}" for text in sentences(table))]
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Return text that starts no table cell, tag or link."""
    for plain, safe in (("\n", " "), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("](", "]\\(")):
        text = text.replace(plain, safe)
    return text


def print_text(table: Shapes) -> None:
    """Print the table and the sentences to standard output, as wide as the terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    columns = SHORT if console.width < NARROW else LONG
    title = table.stack.title or table.stack.source
    shape = by(table.stack.told(table.stack.input))
    console.print(Text(f"{title}, input {shape}" if title else f"input {shape}", style="bold"))
    for line in console.render_lines(_table(table, columns), pad=False):
        console.print(Text("".join(segment.text for segment in line).rstrip()))
    for text in sentences(table):
        console.print(Text(text), soft_wrap=not console.is_terminal)


def _table(table: Shapes, columns: Sequence[str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for name in columns:
        right = name not in TEXTS
        shown.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in table.rows:
        found = cells(table, row)
        shown.add_row(*(Text(found[name]) for name in columns))
    return shown


def data(table: Shapes) -> dict[str, Any]:
    """Return everything as plain data; the form of `symconv shapes --json`."""
    stack = table.stack
    return {
        "file": stack.source,
        "title": stack.title,
        "layout": stack.layout,
        "input": list(stack.told(stack.input)),
        "output": list(stack.told(table.out)),
        "parameters": table.parameters,
        "macs": table.macs,
        "products": table.products,
        "equivariance": _motion(table.motion),
        "sentences": sentences(table),
        "layers": [_row(table, row) for row in table.rows],
    }


def _row(table: Shapes, row: Row) -> dict[str, Any]:
    return {
        "number": row.entry.number,
        "name": row.entry.name,
        "kind": row.entry.kind,
        "detail": row.detail,
        "reads": list(row.entry.inputs),
        "output": list(table.stack.told(row.out)),
        "parameters": row.parameters,
        "macs": row.macs,
        "products": row.products,
        "fields": [
            {
                "size": field.size,
                "start": field.start,
                "center": str(field.center),
                "jump": None if field.jump is None else str(field.jump),
                "whole": field.whole,
            }
            for field in row.fields
        ],
        "equivariance": _motion(row.motion),
    }


def _motion(motion: Motion) -> dict[str, Any]:
    return {
        "state": motion.state,
        "since": motion.since,
        "exact": motion.exact,
        "cyclic": motion.cyclic,
        "reason": motion.reason,
        "axes": [
            {
                "step": axis.step,
                "move": axis.move,
                "size": axis.size,
                "before": axis.before,
                "after": axis.after,
                "cyclic": axis.cyclic,
            }
            for axis in motion.axes
        ],
    }


def to_json(tables: Sequence[Shapes], faults: Sequence[str]) -> str:
    """Return all stacks, and the files that could not be read, as one JSON object."""
    import json

    found = {"stacks": [data(table) for table in tables], "faults": list(faults)}
    return json.dumps(found, ensure_ascii=False, indent=2)
