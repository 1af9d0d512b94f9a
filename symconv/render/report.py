"""The report of `symconv verify` as text, JSON, HTML and Markdown, all from the same findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symconv.verdicts import DeckReport, Finding, Report, Status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


PIPED_WIDTH = 160
"""Columns when standard output is no terminal, so that few lines break."""


def data(report: Report) -> dict[str, Any]:
    """Return the report as plain data; the form of `symconv verify --json`."""
    findings = report.findings
    return {
        "claims": len(findings),
        "confirmed": sum(finding.status is Status.CONFIRMED for finding in findings),
        "damaged": [_undecided(f) for f in findings if f.status is Status.UNDECIDABLE],
        "refuted": [_refuted(f) for f in findings if f.status is Status.REFUTED],
        "solved": [{"deck": f.deck, "id": f.id, "text": f.text} for f in findings if _solved(f)],
        "failures": [*report.faults, *report.failures],
    }


def _undecided(finding: Finding) -> dict[str, Any]:
    return {"deck": finding.deck, "id": finding.id, "text": finding.text}


def _refuted(finding: Finding) -> dict[str, Any]:
    return {
        "deck": finding.deck,
        "id": finding.id,
        "kind": finding.blame.value,
        "text": headline(finding),
        "cells": [
            {"cell": list(c.cell), "printed": c.printed, "exact": c.exact, "terms": c.terms}
            for c in finding.cells
        ],
    }


def _solved(finding: Finding) -> bool:
    """Tell whether a finding has something to report though the claim is confirmed."""
    return finding.status is Status.CONFIRMED and bool(finding.text)


def headline(finding: Finding) -> str:
    """Return what is wrong in one line: the statement's text, or the number of differing cells."""
    if finding.text:
        return finding.text
    count = len(finding.cells)
    return f"{count} cell{'s differ' if count != 1 else ' differs'}: " + "; ".join(
        f"{list(c.cell)} printed {c.printed}, exact {c.exact}" for c in finding.cells
    )


def to_json(report: Report) -> str:
    """Return the report as one JSON object."""
    return json.dumps(data(report), ensure_ascii=False, indent=2)


def print_text(report: Report) -> None:
    """Print a table of the decks, then every refuted claim cell by cell, to standard output."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    if report.decks:
        console.print(_summary(report))
    for deck in report.decks:
        _print_deck(console, deck)
    for text in (*report.faults, *report.failures):
        console.print(f"FAILURE {text}", style="bold red", markup=False)


def _summary(report: Report) -> Table:
    from rich.table import Table

    table = Table(title="Claims of the slides, re-derived exactly")
    table.add_column("deck")
    for status in Status:
        table.add_column(status.value, justify="right")
    for deck in report.decks:
        table.add_row(deck.deck, *(str(deck.count(status)) for status in Status))
    totals = (str(sum(deck.count(status) for deck in report.decks)) for status in Status)
    table.add_section()
    table.add_row("all", *totals)
    return table


def _print_deck(console: Console, deck: DeckReport) -> None:
    for finding in deck.findings:
        if finding.status is Status.REFUTED:
            _print_refuted(console, finding)
    undecidable = [f for f in deck.findings if f.status is Status.UNDECIDABLE]
    if undecidable:
        console.print()
    for finding in undecidable:
        console.print(f"undecidable {finding.id}: {finding.text}", style="dim", markup=False)
    for finding in filter(_solved, deck.findings):
        console.print(f"\nSOLVED {finding.id}: {finding.text}", markup=False)


def _print_refuted(console: Console, finding: Finding) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print()
    console.print(f"REFUTED {finding.id} ({finding.blame.value})", style="bold", markup=False)
    details = [finding.says, f"slide: {finding.slide}", finding.text]
    details += [f"note: {note}" for note in finding.notes]
    for detail in filter(None, details):
        console.print(Padding(Text(detail), (0, 0, 0, 2), expand=False))
    if finding.cells:
        cells = Table("cell", "printed", "exact", "products summed", box=None, padding=(0, 2))
        for cell in finding.cells:
            row = str(list(cell.cell)), cell.printed, cell.exact, cell.terms
            cells.add_row(*map(Text, row))
        console.print(cells)


def to_html(report: Report) -> str:
    """Return the report as one self-contained page."""
    return _template("report.html", report)


def to_errata(report: Report) -> str:
    """Return the refuted and undecidable claims as Markdown."""
    return _template("errata.md", report)


def _template(name: str, report: Report) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("symconv.render"),
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["line"] = _line
    return environment.get_template(name).render(
        report=report, Status=Status, statuses=list(Status), solved=_solved
    )


def _line(text: str) -> str:
    """Return text that stands on one line of Markdown and starts no table cell, tag or link."""
    for plain, safe in (("\n", " "), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("](", "]\\(")):
        text = text.replace(plain, safe)
    return text
