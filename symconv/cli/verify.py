"""`symconv verify`: slides against exact values."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symconv.verify.run import Progress


DEFAULT = Path("worked_examples")


@click.command(epilog="Example: symconv verify worked_examples --html report.html")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write one page.")
@click.option(
    "--errata",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the errata as Markdown.",
)
def verify(
    paths: tuple[Path, ...], *, as_json: bool, html: Path | None, errata: Path | None
) -> None:
    """Re-derive every claim in PATHS (default: worked_examples) and report what is wrong.

    PATHS are fixture files or folders of them. Exit code 0: every claim was judged and every
    refutation is recorded in its file as an erratum; 1: an engine disagrees, a recorded exact
    value is wrong, or a discrepancy is new; 2: bad usage or unreadable files.
    """
    from symconv.render import report
    from symconv.verify import verify as run

    if not paths and not DEFAULT.is_dir():
        raise click.UsageError(f"there is no folder {DEFAULT} here; name fixture files or folders")
    with _progress() as progress:
        result = run(paths or (DEFAULT,), progress=progress)
    for path, write in ((html, report.to_html), (errata, report.to_errata)):
        if path is not None:
            _write(path, write(result))
    if as_json:
        click.echo(report.to_json(result))
    else:
        report.print_text(result)
    sys.exit(result.exit_code)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show a progress bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verify", total=None)

        def advance(deck: str, done: int, total: int) -> None:
            bar.update(task, description=deck, completed=done, total=total)

        yield advance
