"""`symconv lint`: what a homework question can tell, before a class sits it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: symconv lint examples/homework/strided.yaml",
)
@click.argument("question", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def lint(question: Path, *, as_json: bool) -> None:
    """Tell which mistakes QUESTION cannot see or tell apart, and suggest the nearest numbers.

    Also prints the key, and what a blank, an all-zero or a copied answer would earn. Exit code 0:
    no other numbers would tell more; 1: some would; 2: bad usage or a question that cannot be read.
    """
    from symconv.errors import QuestionError
    from symconv.homework import load
    from symconv.homework.teaching.lint import lint as examine
    from symconv.render import questions

    try:
        found = examine(load(question))
    except QuestionError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(questions.data(found), ensure_ascii=False, indent=1))
    else:
        click.echo(questions.text(found), nl=False)
    sys.exit(1 if found.curable else 0)
