"""`symconv bank`: a variant of a question for each student, or a stress test of a question."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symconv.homework.questions.question import Question

FORMATS = (
    *("yaml", "latex", "markdown", "prairielearn", "moodle", "stack", "rexams", "qti12", "qti21"),
)
SHORT = 8
"""Characters of a seed below which students could try all of them."""
LONGEST = 4_096
"""Bytes of a file with a seed."""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: symconv bank question.yaml --students roster.csv --seed-file secret.txt "
    "--format latex --format moodle -o bank",
)
@click.argument("question", type=click.Path(path_type=Path))
@click.option(
    "--students", type=click.Path(path_type=Path), help="The class as CSV, with a header."
)
@click.option("--id-column", help="The column that tells students apart, if it is not found.")
@click.option("--seed", help="The secret; other programs can see it while this one runs.")
@click.option("--seed-file", type=click.Path(path_type=Path), help="A file that holds the secret.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="What to write beside the question files; may be given several times.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The folder to write into.")
@click.option(
    "--stress", type=click.IntRange(1, 1_000_000), help="Make so many variants, and report."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def bank(
    *,
    question: Path,
    students: Path | None,
    id_column: str | None,
    seed: str | None,
    seed_file: Path | None,
    formats: tuple[str, ...],
    out: Path | None,
    stress: int | None,
    as_json: bool,
) -> None:
    """Make a variant of QUESTION for each student, as hard and as telling as the question.

    The same seed gives the same variants on every machine. Exit code 0: all were made; 1: a stress
    test found seeds without a variant; 2: bad usage, question or class list, or no variant.
    """
    from symconv.errors import SymconvError
    from symconv.homework.questions.load import load

    if (stress is None) == (students is None):
        raise click.UsageError("name the class with --students, or say --stress N")
    try:
        asked = load(question)
        if stress is not None:
            secret = _secret(seed, seed_file) if seed or seed_file else b"stress"
            sys.exit(_stressed(asked, stress, secret, as_json=as_json))
        if out is None:
            raise click.UsageError("name the folder to write into with -o")
        assert students is not None  # noqa: S101 - one of the two was given
        _banked(
            asked,
            (students, id_column),
            _secret(seed, seed_file),
            (formats, out),
            as_json=as_json,
        )
    except SymconvError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None


def _secret(seed: str | None, file: Path | None) -> bytes:
    """Return the secret; it is printed nowhere."""
    if (seed is None) == (file is None):
        raise click.UsageError("give the secret with --seed or --seed-file, one of the two")
    try:
        secret = seed.encode() if seed is not None else _content(file)  # type: ignore[arg-type]
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror or error}") from None
    if not secret:
        raise click.UsageError("the secret is empty")
    if len(secret) < SHORT:
        click.echo(f"warning: a secret of under {SHORT} characters can be guessed", err=True)
    return secret


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise OSError(0, "not a regular file")
    if path.stat().st_size > LONGEST:
        raise OSError(0, f"more than {LONGEST} bytes")
    return path.read_bytes().strip()


def _stressed(question: Question, count: int, secret: bytes, *, as_json: bool) -> int:
    from symconv.homework.teaching.stress import stress

    with _progress("variants") as progress:
        found = stress(question, count, secret, progress)
    if as_json:
        click.echo(json.dumps(found.data(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(found.lines()))
    return 1 if found.failed else 0


def _banked(
    question: Question,
    roster: tuple[Path, str | None],
    secret: bytes,
    target: tuple[tuple[str, ...], Path],
    *,
    as_json: bool,
) -> None:
    from symconv.homework.teaching.bank import make, write
    from symconv.homework.teaching.roster import load_roster

    students = load_roster(*roster)
    with _progress("students") as progress:
        found = make(question, students, secret, progress)
    paths = write(found, *target)
    facts = found.facts()
    if as_json:
        files = [path.relative_to(target[1]).as_posix() for path in paths]
        click.echo(json.dumps({**facts, "files": files}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{len(found.variants)} variants, {len(paths)} files in {target[1]}")
    for trouble in facts["structural"]:
        click.echo(f"structural, no numbers help: {trouble}")
    for trouble in facts["beyond_the_ranges"]:
        click.echo(f"not with numbers of these ranges: {trouble}")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
