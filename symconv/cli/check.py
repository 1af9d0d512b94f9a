"""`symconv check`: one answer, and which mistake explains it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symconv.homework import Checked, Checker

SUFFIXES = frozenset((".csv", ".tsv", ".txt", ".md", ".tex", ".json", ".yaml", ".yml", ".ipynb"))
"""Files that may hold an answer; any other word is the answer itself."""
LONGEST_NAME = 4_096


@click.command(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,  # an answer may begin with a minus
    },
    epilog='Example: symconv check question.yaml "12 -3; 4 1/2"',
)
@click.argument("question", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("answer")
@click.option("--text", is_flag=True, help="ANSWER is the answer itself, whatever it looks like.")
@click.option(
    "--level",
    type=click.Choice(["score", "cells", "label", "full"]),
    help="How much to tell, instead of what the question says; full shows the key.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def check(question: Path, answer: str, *, text: bool, level: str | None, as_json: bool) -> None:
    """Judge ANSWER to QUESTION: each cell, the score, and the mistake that explains it.

    ANSWER is a file (.csv .tsv .txt .md .tex .json .yaml .ipynb), - for standard input, or the
    answer itself: "1 2; 3 4". Exit code 0: everything is right; 1: something is not; 2: bad usage
    or a question that cannot be read.
    """
    import msgspec

    from symconv.errors import QuestionError
    from symconv.homework import Checker, feedback, load
    from symconv.homework.outputs import record
    from symconv.render import answers

    try:
        asked = load(question)
        if level is not None:
            asked = replace(asked, file=msgspec.structs.replace(asked.file, feedback=level))
        checked = _checked(Checker(asked), answer, text=text)
    except QuestionError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if as_json:
        click.echo(record.dumps(record.told(record.record(checked))))
    else:
        answers.print_text(checked, feedback(checked))
    sys.exit(0 if checked.score.value == 1 else 1)


def _checked(checker: Checker, answer: str, *, text: bool) -> Checked:
    from symconv import homework

    if not text and answer == "-":
        return homework.check(checker, sys.stdin.buffer.read(_most(checker)))
    path = Path(answer)
    named = not text and path.suffix.lower() in SUFFIXES and not any(map(str.isspace, path.name))
    if named and len(answer) < LONGEST_NAME and path.is_file():
        return homework.check(checker, path, id=path.stem)
    if named:
        raise click.UsageError(f"there is no file {answer}; --text takes it as the answer itself")
    return homework.check(checker, answer)


def _most(checker: Checker) -> int:
    """Return one byte more than an answer may have, so that what is longer is noticed."""
    return checker.question.rules.limits.file_bytes + 1
