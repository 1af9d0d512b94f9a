"""A run as a table for the terminal, as JSON, and as the page benchmarks/RESULTS.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from symconv.bench.rows import SUBJECT, Result, Row

if TYPE_CHECKING:
    from rich.table import Table

HEADINGS = (
    "workload",
    "peer",
    "ratio",
    "goal",
    "met",
    "exact",
    "time",
    "n",
    "memory",
    "rate",
    "of the limit",
)
PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def to_json(result: Result) -> str:
    """Return a run as one JSON object."""
    return json.dumps(result.as_dict(), ensure_ascii=False, indent=1)


def seconds_text(seconds: float | None) -> str:
    """Return a time in three digits.

    >>> [seconds_text(value) for value in (1.23456, 0.0123456, 0.00000123456, 7200.0, None)]
    ['1.23 s', '12.3 ms', '1.23 µs', '7.2e+03 s', '']
    """
    if seconds is None:
        return ""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor or unit == "µs":
            return f"{seconds / factor:.3g} {unit}"
    return ""


def bytes_text(size: int | None) -> str:
    """Return a number of bytes in three digits.

    >>> bytes_text(1536), bytes_text(3 * 2**30), bytes_text(None)
    ('1.5 KiB', '3 GiB', '')
    """
    if size is None:
        return ""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 2**power:
            return f"{size / 2**power:.3g} {unit}"
    return f"{size} B"


def rate_text(row: Row) -> str:
    """Return how many products, or other units, are done a second.

    >>> rate_text(Row("W", "p", rate=2.5e9)), rate_text(Row("W", "p", rate=1e6, unit="triple"))
    ('2.5 GMAC/s', '1 M triple/s')
    """
    if row.rate is None or not row.unit:
        return ""
    factor, prefix = next((p for p in PREFIXES if row.rate >= p[0]), (1.0, ""))
    joint = "" if row.unit == "MAC" else " "
    return f"{row.rate / factor:.3g} {prefix}{joint}{row.unit}/s".replace("  ", " ")


def cells(row: Row) -> list[str]:
    """Return what the table says of one row, in the order of its headings.

    A time that stands for a whole that was measured in part has ≈ before it.

    >>> cells(Row("W", "p", ratio=2.0, seconds=4.0, part=0.25, goal_text="ahead", met=True))[1:7]
    ['p (a 1/4 part)', '2 ×', 'ahead', 'yes', 'not compared', '≈ 4 s']
    """
    partial = row.part < 1
    timed = ("≈ " if partial else "") + seconds_text(row.seconds)
    peer = f"{row.peer} (a 1/{1 / row.part:.3g} part)" if partial else row.peer
    answer = "" if row.seconds is None else row.answer.value
    return [
        row.workload,
        peer,
        "" if row.ratio is None else f"{row.ratio:.3g} ×",
        row.goal_text,
        "" if row.met is None else "yes" if row.met else "NO",
        answer,
        timed if row.seconds is not None else row.note,
        str(row.rounds) if row.rounds else "",
        bytes_text(row.peak),
        rate_text(row),
        "" if row.share is None else f"{row.share:.0%} of {row.limit}",
    ]


def table(rows: Iterable[Row]) -> Table:
    """Return the rows as a table: met in green, not met in red."""
    from rich.markup import escape
    from rich.table import Table

    found = Table(title="symconv bench: ratio = the peer's time / symconv's time")
    for heading in HEADINGS:
        right = heading in ("ratio", "time", "n", "memory", "rate", "of the limit")
        found.add_column(heading, justify="right" if right else "left")
    for name, group in groupby(rows, key=lambda row: row.workload):
        for place, row in enumerate(group):
            style = {None: "", True: "green", False: "red"}[row.met]
            shown = cells(row)
            found.add_row(name if place == 0 else "", *map(escape, shown[1:]), style=style)
        found.add_section()
    return found


def print_text(result: Result) -> None:
    """Print the table, the machine's limits, and how many goals were met."""
    from rich.console import Console

    console = Console(soft_wrap=False)
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table(result.rows))
    console.print(limits_text(result), highlight=False)
    console.print(summary(result), highlight=False)


def limits_text(result: Result) -> str:
    """Return the limits of the machine on one line."""
    rates = result.machine["limits"]
    return (
        f"limits measured in this run: sgemm {rates['sgemm'] / 1e9:.3g} and dgemm "
        f"{rates['dgemm'] / 1e9:.3g} GMAC/s, copy {rates['copy'] / 1e9:.3g} GB/s, rfft2 "
        f"{rates['rfft2'] / 1e9:.3g} G points·log₂(points)/s"
    )


def summary(result: Result) -> str:
    """Return the count of goals met and not met, and who was missing."""
    judged = [row for row in result.rows if row.met is not None]
    missing = sorted({row.note for row in result.rows if row.note.startswith("missing: ")})
    text = f"{sum(map(bool, (row.met for row in judged)))} of {len(judged)} met"
    return "; ".join([text, *missing])


def to_markdown(result: Result, pictures: Sequence[str] = ()) -> str:
    """Return the page of results: machine, commit, table, pictures."""
    lines = ["# Results", "", *_machine(result), "", limits_text(result) + ".", ""]
    lines += [
        summary(result) + ".",
        "",
        "How to read it: [docs/performance.md](../docs/performance.md).",
        "",
    ]
    for name, group in groupby(result.rows, key=lambda row: row.workload):
        lines += [f"## {name}", "", *_table(list(group)), ""]
    for picture in pictures:
        lines += [f"![{picture}]({picture})", ""]
    return "\n".join(lines).rstrip() + "\n"


def _machine(result: Result) -> list[str]:
    it = result.machine
    versions = ", ".join(f"{name} {found}" for name, found in it["versions"].items() if found)
    absent = ", ".join(name for name, found in it["versions"].items() if not found)
    return [
        f"- Machine: {it['cpu']}, {it['cores']} cores, {it['memory_gib']} GiB, {it['system']}",
        f"- Python {it['python']}; {versions}; SymPy's ground types: {it['ground_types']}",
        *([f"- Not installed: {absent}"] if absent else []),
        f"- Commit: {result.commit or 'not known'}",
        f"- Options: {', '.join(f'{k} {v}' for k, v in result.options.items())}",
    ]


def _table(rows: Sequence[Row]) -> list[str]:
    head = HEADINGS[1:]
    body = [[_bold(text, row) for text in cells(row)[1:]] for row in rows]
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(line) + " |" for line in body),
    ]


def _bold(text: str, row: Row) -> str:
    plain = text.replace("|", "\\|").replace("*", "\\*")
    return f"**{plain}**" if row.peer == SUBJECT and plain else plain
