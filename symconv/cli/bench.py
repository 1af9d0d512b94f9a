"""`symconv bench`: the benchmarks, each beside its peers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symconv.bench import Progress, Result
    from symconv.bench.tasks import Options, Workload


@click.command(epilog="Example: symconv bench --only W3 --json")
@click.option("--only", multiple=True, help="A family such as W3, or part of a workload's name.")
@click.option("--seed", type=click.IntRange(min=0), default=2026, show_default=True)
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Multiply the lengths of inputs.",
)
@click.option("--rounds", type=click.IntRange(min=1), default=7, show_default=True)
@click.option("--quick", is_flag=True, help="Tiny sizes, on which no goal is judged.")
@click.option("--sweep", is_flag=True, help="Look for shapes at which a slower way is chosen.")
@click.option("--list", "listed", is_flag=True, help="Print the workloads, and run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write RESULTS.md and plots of time and memory against size into a folder.",
)
def bench(
    only: tuple[str, ...],
    *,
    seed: int,
    scale: float,
    rounds: int,
    quick: bool,
    sweep: bool,
    listed: bool,
    as_json: bool,
    write: Path | None,
) -> None:
    """Time named workloads side by side with other libraries, and check every answer.

    Exit code 0: every goal is met and every answer of symconv is right; 1: one is not; 2: bad
    usage. Other libraries come with the extra `bench`; those that cannot be imported are named.
    """
    if sweep and (only or write or listed):
        raise click.UsageError("--sweep stands alone, with --seed, --quick and --json")
    from symconv import bench as benchmarks

    options = benchmarks.Options(seed=seed, scale=scale, quick=quick, rounds=rounds)
    if sweep:
        raise SystemExit(_sweep(options, as_json=as_json))
    chosen = benchmarks.selected(only, options)
    if not chosen:
        raise click.UsageError(f"no workload is called {' or '.join(only)}; --list names them")
    if listed:
        click.echo("\n".join(load.name for load in chosen))
        return
    raise SystemExit(_run(chosen, options, as_json=as_json, write=write))


def _run(chosen: list[Workload], options: Options, *, as_json: bool, write: Path | None) -> int:
    from symconv import bench as benchmarks
    from symconv.bench import report

    with _progress() as progress:
        result = benchmarks.run(chosen, options, progress)
        if write is not None:
            _write(result, options, write, progress)
    if as_json:
        click.echo(report.to_json(result))
    else:
        report.print_text(result)
    return result.exit_code


def _write(result: Result, options: Options, folder: Path, progress: Progress) -> None:
    """Write the page of results, and the plots of the families that were run."""
    from symconv.bench import pages

    try:
        pages.write(result, options, folder, progress)
    except OSError as error:
        raise click.UsageError(f"cannot write {folder}: {error.strerror}") from None


def _sweep(options: Options, *, as_json: bool) -> int:
    from symconv.bench import sweep

    with _progress() as progress:
        found = sweep.run(options, progress)
    if as_json:
        click.echo(sweep.to_json(found))
    else:
        sweep.print_text(found)
    return 1 if sweep.faults(found) else 0


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show on standard error who is being timed, while it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_state: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("bench", total=None)

        def advance(workload: str, who: str, done: int, total: int) -> None:
            bar.update(task, description=f"{workload}: {who}", completed=done, total=total)

        yield advance
