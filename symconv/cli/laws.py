"""`symconv laws`: the table of laws, and one law explained."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import click

from symconv.cli.prove import choice_options, seconds_option

if TYPE_CHECKING:
    from symconv.laws import Entry, Law


MANY = 8
"""Laws from which on they are decided by as many processes as there are cores."""


@click.command(
    epilog="Example: symconv laws commutativity --op correlate --padding full, or "
    "symconv laws --list"
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@choice_options
@seconds_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option("--latex", is_flag=True, help="Print a LaTeX longtable.")
@click.option("--list", "listed", is_flag=True, help="Print names and titles, and prove nothing.")
def laws(
    names: tuple[str, ...],
    *,
    seconds: float,
    as_json: bool,
    markdown: bool,
    latex: bool,
    listed: bool,
    **options: Any,
) -> None:
    """Print which laws of convolution hold, for which operation, padding, boundary and steps.

    With NAMEs only these. One NAME is explained, for the options that it varies with: what it
    says, whether it is proved for all shapes, a counterexample where it is not, and what holds
    instead. Exit code 0 for a table; for one law with its options 0 proved, 1 refuted, 3 neither;
    2 bad usage.
    """
    if as_json + markdown + latex + listed > 1:
        raise click.UsageError("choose one of --json, --markdown, --latex and --list")
    choices = {name: value for name, value in options.items() if value is not None}
    if choices and (len(names) != 1 or listed):
        raise click.UsageError("options are those of one law; name it")
    from symconv.errors import SymconvError

    try:
        found = _named(names)
        kind = "json" if as_json else "markdown" if markdown else "latex" if latex else "text"
        code = _list(found) if listed else _print(found, choices, seconds, kind)
    except SymconvError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None
    raise SystemExit(code)


def _named(names: tuple[str, ...]) -> list[Law]:
    """Return the laws of some names, in the order of the registry; all for none."""
    from symconv.laws import LAWS, law

    wanted = {law(name).name for name in names}
    return [found for name, found in LAWS.items() if name in wanted or not names]


def _list(found: list[Law]) -> int:
    from symconv.render import law_text

    law_text.print_list(found)
    return 0


def _print(found: list[Law], choices: dict[str, Any], seconds: float, kind: str) -> int:
    from symconv.render import law_text, laws
    from symconv.render.verdicts import status

    one = found[0] if len(found) == 1 and (choices or not found[0].varies) else None
    if one is not None and kind == "text":
        from symconv.laws import prove

        verdict = prove(one, seconds=seconds, **choices)
        law_text.print_entry(one, choices, verdict)
        return status(verdict)
    entries = _entries(found, one, choices, seconds)
    if kind != "text":
        click.echo(getattr(laws, f"to_{kind}")(entries))
    elif len(found) == 1:
        from symconv.laws import prove

        law_text.print_law(entries, prove(found[0], seconds=seconds))
    else:
        law_text.print_table(entries)
    return status(entries[0].verdict) if one is not None else 0


def _entries(
    found: list[Law], one: Law | None, choices: dict[str, Any], seconds: float
) -> list[Entry]:
    from symconv.laws import table
    from symconv.laws.grid import entry

    if one is not None:
        return [entry(one, one.chosen(**choices), seconds=seconds)]
    jobs = 1 if len(found) < MANY else os.cpu_count() or 1
    with _progress(len(found)) as progress:
        return list(table(found, seconds=seconds, jobs=jobs, progress=progress))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Law], None] | None]:
    """Show a progress bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("laws", total=total)
        done = count()

        def advance(law: Law) -> None:
            bar.update(task, description=law.name, completed=next(done))

        yield advance
