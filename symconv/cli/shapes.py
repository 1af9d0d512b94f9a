"""`symconv shapes`: what follows from a stack of layers before any number is seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symconv.stacks import Shapes


def shape_value(text: str) -> tuple[int, ...]:
    """Return a shape such as `3x500x500`.

    >>> shape_value("3x500x500")
    (3, 500, 500)
    """
    try:
        shape = tuple(map(int, text.split("x")))
    except ValueError:
        shape = ()
    if not shape or min(shape) < 1:
        message = f"{text!r} is no shape; give sizes of 1 or more as in 3x500x500"
        raise click.BadParameter(message, param_hint="'--input'")
    return shape


@click.command(epilog="Example: symconv shapes stacks/vgg16.yaml --input 3x256x256")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--input", "shape", help="Another input shape, in the file's layout: 3x500x500.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
def shapes(files: tuple[Path, ...], *, shape: str | None, as_json: bool, markdown: bool) -> None:
    """Print for every layer in FILES its output, cost, receptive field and equivariance.

    FILES are stacks in YAML, or .onnx models (extra `onnx`). MACs count padding, products leave it
    out. `field` is the receptive field, `jump` how far apart neighbouring outputs read. The map
    moves when the input moves by multiples of `shift`; padding reaches the cells in `border`, which
    need not follow. Exit code 0, or 2: bad usage or a file that could not be read.
    """
    from symconv.render import shapes as render

    if as_json and markdown:
        raise click.UsageError("choose --json or --markdown")
    size = shape_value(shape) if shape else None
    tables, faults = _tables(files, size)
    if as_json:
        click.echo(render.to_json(tables, faults))
    elif markdown:
        click.echo("\n\n".join(map(render.to_markdown, tables)))
    else:
        for number, table in enumerate(tables):
            if number:
                click.echo()
            render.print_text(table)
    for fault in () if as_json else faults:
        click.echo(fault, err=True)
    raise SystemExit(2 if faults else 0)


def _tables(
    files: tuple[Path, ...], shape: tuple[int, ...] | None
) -> tuple[list[Shapes], list[str]]:
    """Return the table of every file that is sound, and the fault of every other."""
    from symconv import stacks
    from symconv.errors import SymconvError

    tables, faults = [], []
    for file in files:
        try:
            onnx = file.suffix.lower() == ".onnx"
            if onnx:
                found = stacks.from_onnx(file, shape)
            else:
                found = stacks.load(file)
                found = found if shape is None else found.on(shape)
            tables.append(stacks.shapes(found))
        except SymconvError as error:
            faults.append(str(error))
    return tables, faults
