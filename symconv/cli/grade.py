"""`symconv grade`: a class's answers to one question."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symconv.homework.grading import Progress, Summary

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: symconv grade question.yaml answers/ -o graded --jobs 4",
)
@click.argument("question", type=FILE)
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that the results are written into.",
)
@click.option(
    "--format",
    "formats",
    default="csv,jsonl,feedback,html",
    show_default=True,
    help="Which results: all, or some of csv, jsonl, feedback, html, gradescope, prairielearn, "
    "coderunner, edx, nbgrader, canvas, moodle.",
)
@click.option("--canvas-template", type=FILE, help="The gradebook exported from Canvas.")
@click.option("--canvas-column", default="", help="Its column; else the question's title.")
@click.option(
    "--level",
    type=click.Choice(["score", "cells", "label", "full"]),
    help="How much students are told, instead of what the question says.",
)
@click.option(
    "--attempts",
    type=click.Choice(["last", "best", "first"]),
    default="last",
    show_default=True,
    help="Which of a student's submissions counts.",
)
@click.option(
    "--variants",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of symconv bank: each student has a question of their own.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--dask", default="", help="A Dask cluster: its address, local, or local:N.")
@click.option("--isolate", is_flag=True, help="Judge in processes of limited memory.")
@click.option("--fresh", is_flag=True, help="Throw away what is recorded, and grade all again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def grade(
    question: Path,
    submissions: tuple[Path, ...],
    *,
    out: Path,
    formats: str,
    canvas_template: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Grade the SUBMISSIONS of a class to a QUESTION: files and folders of answers.

    An interrupted run goes on where it was when the same command is run again. Exit code 0: every
    answer was graded; 1: some could not be; 2: a bad question, or bad usage.
    """
    _check(question, submissions, options)
    from symconv.errors import QuestionError
    from symconv.homework import grading
    from symconv.homework.questions.load import load

    chosen = _formats(formats, canvas=canvas_template is not None)
    settings = grading.Settings(chosen, canvas=canvas_template, **options)
    try:
        with _progress() as progress:
            summary = grading.grade(load(question), submissions, out, settings, progress=progress)
    except QuestionError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("interrupted; run the same command again to go on", err=True)
        sys.exit(130)
    click.echo(json.dumps(summary.facts(), indent=1) if as_json else _told(summary))
    sys.exit(summary.exit_code)


def _check(question: Path, submissions: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Raise UsageError for options that exclude each other, and a question among the answers."""
    if options["dask"] and (options["jobs"] > 1 or options["isolate"]):
        raise click.UsageError("--dask brings its own workers; leave out --jobs and --isolate")
    for path in submissions:
        if path.is_dir() and path.resolve() in question.resolve().parents:
            raise click.UsageError(f"{str(question)!r} would be graded too; move it out of {path}")


def _formats(text: str, *, canvas: bool) -> tuple[str, ...]:
    """Return the formats that were named; all of them are those that can be made."""
    from symconv.homework.grading.run import FORMATS

    if text == "all":
        return tuple(name for name in FORMATS if canvas or name != "canvas")
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _told(summary: Summary) -> str:
    from symconv.options import counted

    facts = summary.facts()
    before = f", {summary.resumed} of them before" if summary.resumed else ""
    students = counted(summary.students, "student")
    lines = [
        f"{counted(summary.submissions, 'submission')} of {students}{before}",
        f"graded      {summary.graded}",
        f"not graded  {summary.not_graded}",
    ]
    if summary.graded:
        lines.append(f"mean score  {facts['mean_score']}")
    if summary.mistakes:
        lines.append("commonest mistakes")
        lines += [f"  {count:6}  {name}" for name, count in summary.mistakes]
    return "\n".join([*lines, "written", *(f"  {path}" for path in facts["files"])])


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show on standard error how many are graded, and how fast, while it is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, start = bar.add_task("grading", total=None), monotonic()

        def advance(what: str, done: int, kept: int) -> None:
            rate = (done - kept) / max(monotonic() - start, 1e-3)
            resumed = f", {kept} resumed" if kept else ""
            speed = f", {rate:.0f} a second" if what == "grading" else ""
            bar.update(task, description=f"{what} {done}{resumed}{speed}", completed=done)

        yield advance
