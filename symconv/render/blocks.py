"""The table of laws laid out: rows that agree are merged, conditions become notes.

Text, Markdown and LaTeX print these blocks, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import Formatter
from typing import Any

from symconv.laws import Entry, Law
from symconv.laws.language.statement import listed
from symconv.laws.law import OPTIONS
from symconv.options import counted

Labels = tuple[tuple[str, tuple[Any, ...]], ...]
"""For op, boundary and steps, where a law varies with them, the values that a row stands for."""
HEADS = ("op", "boundary", "steps")
"""What a row may stand for."""
STEPS = ("1", "stride 2", "dilation 2")
ANY = "any"
LEGEND = {
    "proved": ("✓", "proved for all shapes that meet its hypotheses"),
    "bounded": ("≤N", "holds at every shape up to N"),
    "conditional": ("◐", "proved under the condition noted, refuted without"),
    "refuted": ("✗", "refuted by a counterexample"),
    "unknown": ("?", "neither proved nor refuted"),
    "": ("blank", "not asked: without padding no boundary is read"),
}
"""For every outcome its mark and what it says."""
SAYS = {"bounded": "proved up to a bound"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one law for one choice: its outcome, mark and note."""

    outcome: str
    mark: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of a block stands for, and a cell for each padding, None where not asked."""

    labels: Labels
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """All of one law: its rows, the paddings above the columns, and the notes."""

    law: Law
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def only(self) -> Cell | None:
        """The one cell of a law of which the same is known for every choice, None for others."""
        found = {cell for row in self.rows for cell in row.cells}
        whole = len(self.rows) == 1 and all(text in ("", ANY) for text in self.told(self.rows[0]))
        return found.pop() if whole and len(found) == 1 else None

    @property
    def every(self) -> str:
        """What the one cell of a law stands for, in words; empty for a law without choices."""
        names = ["step" if name == "stride" else name for name in self.law.varies]
        told = [name for name in names if name != "dilation" or "step" not in names]
        return f"for every {listed(told)}" if told else ""

    @property
    def remarks(self) -> list[str]:
        """What stands behind the statement of a law with one cell: assumption, choices, note."""
        note = self.only.note if self.only else ""
        given = f"if {assumed(self.law)}" if self.law.assume else ""
        return [text for text in (given, self.every, note) if text]

    @property
    def notes(self) -> tuple[str, ...]:
        """Every note once, in the order of the rows."""
        found = (cell.note for row in self.rows for cell in row.cells if cell and cell.note)
        return tuple(dict.fromkeys(found))

    def letter(self, cell: Cell) -> str:
        """Return the letter that a cell's note has in this block, empty for none."""
        return letter(self.notes.index(cell.note)) if cell.note else ""

    def told(self, row: Row) -> list[str]:
        """Return what a row stands for in words."""
        return [label(name, values, self.law.varies) for name, values in row.labels]


def letter(number: int) -> str:
    """Return a, b, ... z, aa, ab ...

    >>> letter(0), letter(25), letter(26)
    ('a', 'z', 'aa')
    """
    more, last = divmod(number, 26)
    return (letter(more - 1) if more else "") + chr(ord("a") + last)


def blocks(entries: Iterable[Entry]) -> list[Block]:
    """Return a block for every law, in the order of the entries."""
    grouped = groupby(entries, key=lambda entry: entry.law.name)
    return [block(list(found)) for _, found in grouped]


def block(entries: Sequence[Entry]) -> Block:
    """Return the block of one law."""
    law = entries[0].law
    columns = OPTIONS["padding"] if "padding" in law.varies else ("",)
    found: dict[Labels, dict[str, Cell]] = {}
    for entry in entries:
        column = entry.choices.get("padding", "")
        found.setdefault(_labels(entry.choices), {})[column] = cell(entry)
    columns = tuple(name for name in columns if any(name in cells for cells in found.values()))
    rows = [
        Row(labels, tuple(cells.get(name) for name in columns)) for labels, cells in found.items()
    ]
    heads = tuple(name for name, _ in rows[0].labels)
    for name in ("boundary", "steps", "op"):
        if name in heads:
            rows = _merged(rows, heads.index(name))
    return Block(law, heads, columns, tuple(rows))


def cell(entry: Entry) -> Cell:
    """Return what the table shows of one entry.

    A proof up to a bound is never shown as one for all shapes.
    """
    verdict = entry.verdict
    if entry.outcome == "proved" and verdict.scope != "all shapes":
        bound = verdict.scope.rpartition(" ")[2]
        return Cell("bounded", f"≤{bound}" if bound.isdigit() else "≤")
    note = f"if {_by_name(entry.condition)}" if entry.condition else ""
    if entry.outcome == "proved":
        bounds = [text for text in verdict.hypotheses if _is_bound(text, entry.law)]
        note = f"for {', '.join(bounds)}" if bounds else ""
    return Cell(entry.outcome, LEGEND[entry.outcome][0], note)


def _is_bound(text: str, law: Law) -> bool:
    """Tell whether a hypothesis is a bound on a named integer that the law does not state."""
    return bool(re.fullmatch(r"\w+ <= \d+", text)) and text not in law.assume


def _labels(choices: Mapping[str, Any]) -> Labels:
    found = [(name, (choices[name],)) for name in ("op", "boundary") if name in choices]
    if "stride" in choices or "dilation" in choices:
        found.append(("steps", (_steps(choices),)))
    return tuple(found)


def _steps(choices: Mapping[str, Any]) -> str:
    names = ("stride", "dilation")
    return ", ".join(f"{n} {choices[n]}" for n in names if choices.get(n, 1) != 1) or "1"


def _merged(rows: Sequence[Row], place: int) -> list[Row]:
    """Return rows where those that agree, except in one label, are one."""
    found: list[Row] = []
    for row in rows:
        twin = next((n for n, other in enumerate(found) if _agree(row, other, place)), None)
        if twin is None:
            found.append(row)
        else:
            found[twin] = _joined(found[twin], row, place)
    return found


def _agree(row: Row, other: Row, place: int) -> bool:
    pairs = zip(row.cells, other.cells, strict=True)
    rest = [
        labels[:place] + labels[place + 1 :] for labels in (_sets(row.labels), _sets(other.labels))
    ]
    return rest[0] == rest[1] and all(a == b or a is None or b is None for a, b in pairs)


def _sets(labels: Labels) -> list[set[Any]]:
    return [set(values) for _, values in labels]


def _joined(row: Row, other: Row, place: int) -> Row:
    cells = tuple(a or b for a, b in zip(row.cells, other.cells, strict=True))
    name, values = row.labels[place]
    joined = (name, (*values, *other.labels[place][1]))
    return replace(row, labels=(*row.labels[:place], joined, *row.labels[place + 1 :]), cells=cells)


def label(name: str, values: Sequence[Any], varies: Sequence[str] = tuple(OPTIONS)) -> str:
    """Return the values that a row stands for, of all that a law varies with, in few words.

    >>> label("boundary", ("zero", "wrap", "edge", "reflect"))
    'all but symmetric'
    >>> label("op", ("correlate", "convolve")), label("steps", ("1", "stride 2"))
    ('any', '1, stride 2')
    """
    steps = [step for step in STEPS if step == "1" or step.split()[0] in varies]
    known: Sequence[Any] = steps if name == "steps" else OPTIONS[name]
    missing = [str(value) for value in known if value not in values]
    told = ", ".join(map(str, values))
    if not missing and len(known) > 1:
        return ANY
    without = f"all but {', '.join(missing)}"
    return without if len(without) < len(told) and len(values) > 2 else told


def grouped(found: Iterable[Block]) -> dict[str, list[Block]]:
    """Return blocks by the group of their law, groups in the order in which they first come."""
    groups: dict[str, list[Block]] = {}
    for one in found:
        groups.setdefault(one.law.group, []).append(one)
    return groups


def stated(law: Law) -> str:
    """Return a law's statement as `shown`, with its assumptions."""
    return shown(law) + (f", if {assumed(law)}" if law.assume else "")


def shown(law: Law) -> str:
    """Return a law's statement with names in the place of what varies.

    >>> shown(Law("zero", "Zero", "algebra", "{op}(x, w{o}) == shift(x, {stride})"))
    'op(x, w, …) == shift(x, stride)'
    """
    return _by_name(law.statement)


def assumed(law: Law) -> str:
    """Return a law's assumptions in a line, with names in the place of what varies."""
    return ", ".join(map(_by_name, law.assume))


def _by_name(template: str) -> str:
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts += [text, ", …" if name == "o" else name or ""]
    return "".join(parts)


def legend(found: Iterable[Block]) -> list[tuple[str, str, str]]:
    """Return outcome, mark and meaning of every mark that some blocks use."""
    cells = [one for block in found for row in block.rows for one in row.cells]
    used = {one.outcome if one else "" for one in cells}
    return [(name, mark, says) for name, (mark, says) in LEGEND.items() if name in used]


def totals(entries: Sequence[Entry]) -> str:
    """Return how many laws and entries there are, and what became of them."""
    laws = len({entry.law.name for entry in entries})
    found = Counter(cell(entry).outcome for entry in entries)
    told = ", ".join(f"{found[name]} {SAYS.get(name, name)}" for name in LEGEND if name in found)
    return f"{counted(laws, 'law')}, {counted(len(entries), 'entry', 'entries')}: {told}"
