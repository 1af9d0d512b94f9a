"""The table of laws as data, Markdown and LaTeX, and the page of the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, product
from math import prod
from typing import Any

from symconv.laws import Counterexample, Entry
from symconv.laws.grid import repaired
from symconv.plan import Shape
from symconv.render.blocks import (
    LEGEND,
    Block,
    Cell,
    blocks,
    grouped,
    legend,
    letter,
    shown,
    stated,
    totals,
)
from symconv.render.law_latex import to_latex
from symconv.render.verdicts import given
from symconv.render.worked import worked

__all__ = ["data", "page", "to_json", "to_latex", "to_markdown"]

INTRODUCTION = """Every law of `symconv.laws`: what it says and needs, worked out on symbols, and
the smallest counterexample where it fails. `make laws` writes this page; [laws.md](laws.md) says
what a proof claims and has the language."""
"""What stands above the laws on their page."""
WIDE = 100
"""Columns of the longest line of an example in which rows stay rows."""


def data(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the table as plain data; the form of `symconv laws --json`."""
    listed = list(entries)
    laws = groupby(listed, key=lambda entry: entry.law.name)
    return {
        "laws": [_law(list(found)) for _, found in laws],
        "seconds": round(sum(entry.verdict.seconds for entry in listed), 6),
    }


def _law(entries: Sequence[Entry]) -> dict[str, Any]:
    law = entries[0].law
    return {
        "name": law.name,
        "title": law.title,
        "group": law.group,
        "statement": law.statement,
        "latex": law.latex,
        "entries": [_entry(entry) for entry in entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    verdict = entry.verdict
    found = {
        "choices": dict(entry.choices),
        "statement": verdict.law,
        "outcome": entry.outcome,
        "scope": verdict.scope,
        "condition": entry.law.text(entry.condition, **entry.choices),
        "hypotheses": list(verdict.hypotheses),
        "seconds": round(verdict.seconds, 6),
    }
    if verdict.counterexample is not None:
        found["counterexample"] = verdict.counterexample.data()
    return found


def to_json(entries: Iterable[Entry]) -> str:
    """Return the table as one JSON object."""
    return json.dumps(data(entries), ensure_ascii=False, indent=2)


def to_markdown(entries: Sequence[Entry]) -> str:
    """Return the table as Markdown, a heading for every group."""
    found = blocks(entries)
    lines = []
    for group, members in grouped(found).items():
        lines += [f"## {_heading(group)}", ""]
        single = [block for block in members if block.only]
        if single:
            lines += ["| | law | statement |", "|:-:|---|---|", *map(_line, single), ""]
        for block in members:
            if not block.only:
                lines += [f"### {_safe(block.law.title)}", "", _code(stated(block.law)), ""]
                lines += [*_grid(block), ""]
    return "\n".join([*lines, *marks(found), "", f"{totals(entries)}."])


def marks(found: Iterable[Block]) -> list[str]:
    """Return what the marks say, as one line of Markdown."""
    return ["; ".join(f"{mark} {says}" for _, mark, says in legend(found)) + "."]


def _line(block: Block) -> str:
    mark = block.only.mark if block.only else ""
    told = "".join(f", {_safe(remark)}" for remark in block.remarks)
    return f"| {mark} | {_safe(block.law.title)} | {_cell(shown(block.law))}{told} |"


def _grid(block: Block) -> list[str]:
    """Return a block's rows as a Markdown table, with its notes."""
    heads = (*block.heads, *(name or "verdict" for name in block.columns))
    lines = ["| " + " | ".join(heads) + " |"]
    lines.append("|" + "---|" * len(block.heads) + ":-:|" * len(block.columns))
    for row in block.rows:
        cells = (_marked(block, cell) for cell in row.cells)
        lines.append("| " + " | ".join((*block.told(row), *cells)) + " |")
    notes = [f"{letter(number)}: {_cell(note)}" for number, note in enumerate(block.notes)]
    return [*lines, "", "; ".join(notes)] if notes else lines


def _marked(block: Block, cell: Cell | None) -> str:
    if cell is None:
        return ""
    note = block.letter(cell)
    return f"{cell.mark}<sup>{note}</sup>" if note else cell.mark


def _heading(text: str) -> str:
    return _safe(text[:1].upper() + text[1:])


def _safe(text: str) -> str:
    """Return text that stands on one line and starts no table cell, tag, code or link."""
    marks = (("\n", " "), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("](", "]\\("), ("`", "\\`"))
    for plain, safe in marks:
        text = text.replace(plain, safe)
    return text


def _code(text: str) -> str:
    return f"```text\n{text}\n```"


def _cell(text: str) -> str:
    """Return code that may stand in a cell of a table."""
    one = re.sub(r"[`\n]", " ", text).replace("|", "\\|")
    return f"`{one}`"


def page(entries: Iterable[Entry]) -> str:
    """Return the page of all laws: an overview, then law by law.

    For every law: what it states, says and needs, its source, its example worked out on symbols,
    the table, the smallest counterexample where it fails, and what holds there. Nothing in it
    depends on the time that a proof took.
    """
    listed = list(entries)
    found = blocks(listed)
    lines = ["# The law book", "", INTRODUCTION, "", f"{totals(listed)}.", "", *marks(found), ""]
    lines += ["| law | statement | |", "|---|---|---|", *map(_overview, found), ""]
    for group, members in grouped(found).items():
        lines += [f"## {_heading(group)}", ""]
        for block in members:
            own = [entry for entry in listed if entry.law.name == block.law.name]
            lines += [*_section(block, own), ""]
    return "\n".join(lines).rstrip() + "\n"


def _overview(block: Block) -> str:
    """Return a law in a line, with every mark that its entries have."""
    law = block.law
    used = (cell.mark for row in block.rows for cell in row.cells if cell)
    title = f"[{_safe(law.title)}](#{law.name})"
    return f"| {title} | {_cell(shown(law))} | {' '.join(dict.fromkeys(used))} |"


def _section(block: Block, entries: Sequence[Entry]) -> Iterator[str]:
    law = block.law
    yield from (f'<a id="{law.name}"></a>', "", f"### {_safe(law.title)}", "")
    if law.says:
        yield from (_safe(law.says), "")
    yield _code(stated(block.law))
    if law.latex:
        yield from ("", f"```math\n{law.latex}\n```")
    yield from _facts(block, entries)
    yield from _example(entries)
    if not block.only:
        yield from ("", *_grid(block))
    yield from _failure(entries)


def _facts(block: Block, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the registry's name, what the law needs, and where it is from."""
    law = block.law
    yield from ("", f"* `symconv laws {law.name}`" + _outcome(block))
    if law.algebra != "sum":
        yield f"* Sums are read as {'maxima' if law.algebra == 'max-plus' else 'minima'}."
    default = _default(entries)
    if default.verdict.hypotheses:
        told = "; ".join(map(_cell, default.verdict.hypotheses))
        yield f"* {'By default it' if block.law.varies else 'It'} needs {told}."
    if law.source:
        yield f"* Source: {_safe(law.source)}."


def _outcome(block: Block) -> str:
    """Return what is known of a law of one cell."""
    if block.only is None:
        return ""
    says = LEGEND[block.only.outcome][1]
    remarks = [text for text in (block.every, block.only.note) if text]
    return ": " + ", ".join([f"{block.only.mark} {says}", *map(_safe, remarks)])


def _default(entries: Sequence[Entry]) -> Entry:
    """Return the entry of the choices that a law has by default, else the first."""
    wanted = entries[0].law.chosen()
    return next((entry for entry in entries if entry.choices == wanted), entries[0])


def _example(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield both sides of a law at the shape of its example."""
    default = _default(entries)
    found = worked(default.law, default.choices)
    if found is not None:
        yield from ("", f"Both sides at {given(found)}:", "")
        yield _code("\n".join([default.verdict.law, *_sides(found)]))


def _sides(found: Counterexample) -> list[str]:
    """Return both sides as lines; sides that agree and are long stand there once."""
    sides = (("left", found.left_shape, found.left), ("right", found.right_shape, found.right))
    drawn = {name: _rows(shape, cells) for name, shape, cells in sides}
    if any(len(line) > WIDE for lines in drawn.values() for line in lines):
        drawn = {name: _outputs(shape, cells) for name, shape, cells in sides}
        if drawn["left"] == drawn["right"]:
            drawn = {"both": drawn["left"]}
    return [
        f"{'' if number else name:5}  {text}"
        for name, lines in drawn.items()
        for number, text in enumerate(lines)
    ]


def _rows(shape: Shape, cells: Sequence[str]) -> list[str]:
    """Return the rows of an array, an output in brackets."""
    width = shape[-1] if shape else 1
    rows = [cells[first : first + width] for first in range(0, len(cells), width)]
    return ["  ".join(f"[{text}]" for text in row) for row in rows] or ["empty"]


def _outputs(shape: Shape, cells: Sequence[str]) -> list[str]:
    """Return a line for every output, its index first."""
    places = product(*map(range, shape))
    return [f"{list(place)} {text}" for place, text in zip(places, cells, strict=False)] or [
        "empty"
    ]


def _failure(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the smallest counterexample of a law, and what holds in its place."""
    failed = [entry for entry in entries if entry.verdict.counterexample is not None]
    if not failed:
        return
    entry = min(failed, key=_plainness)
    yield from ("", "A counterexample, the smallest for these options:", "")
    yield _code(f"{entry.verdict.law}\n{entry.verdict.counterexample}")
    repairs = repaired(entry.law, dict(entry.choices))
    if repairs:
        yield from ("", "What holds instead, for all shapes:", "")
    for text in repairs:
        says, _, statement = text.rpartition(": ")
        yield f"* {_safe(says)}: {_cell(statement)}" if says else f"* {_cell(statement)}"


def _plainness(entry: Entry) -> tuple[int, int, int, int]:
    """Return what orders refutations: those that differ in terms first, then with usual options."""
    found, law = entry.verdict.counterexample, entry.law
    if found is None:
        return 2, 0, 0, 0
    usual = law.chosen()
    odd = sum(entry.choices[name] != value for name, value in usual.items())
    size = sum(map(prod, found.shapes.values()))
    return int(found.cell is None), odd, found.terms, size
