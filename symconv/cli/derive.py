"""`symconv derive`: output formulas from shapes or entries."""

from __future__ import annotations

import json
import re
from typing import Any

import click


def option_value(text: str) -> Any:
    """Return an option's text as an int, a list of ints or pairs, or the name it is.

    >>> option_value("2"), option_value("1,2"), option_value("1:0,2:1"), option_value("same")
    (2, (1, 2), ((1, 0), (2, 1)), 'same')
    """
    if not re.fullmatch(r"[-\d:, ]+", text):
        return text
    try:
        parts = [tuple(map(int, part.split(":"))) for part in text.split(",")]
    except ValueError:
        return text
    values = tuple(part[0] if len(part) == 1 else part for part in parts)
    return values[0] if len(values) == 1 and len(parts[0]) == 1 else values


@click.command(
    epilog='Example: symconv derive --input "a b c; d e f" --kernel "w x" --padding same'
)
@click.option("--input", "x", required=True, help="A shape (3x4, 2x3x3) or entries (a b; c d).")
@click.option("--kernel", "w", required=True, help="A shape (2x2) or entries.")
@click.option(
    "--op",
    type=click.Choice(["correlate", "convolve", "conv"]),
    default="correlate",
    show_default=True,
    help="correlate does not flip the kernel, convolve does; conv is a layer with channels.",
)
@click.option("--padding", help="valid, full, same, same_lower, 1, 1,2 or 1:0,2:1.")
@click.option("--stride", default="1", show_default=True, help="One number, or one per axis: 2,1.")
@click.option("--dilation", default="1", show_default=True, help="One number, or one per axis.")
@click.option("--input-dilation", default="1", show_default=True, help="Zeros between inputs, + 1.")
@click.option(
    "--groups", type=int, default=1, show_default=True, help="Groups of a layer's channels."
)
@click.option(
    "--boundary",
    default="zero",
    show_default=True,
    help="zero, constant(c), edge, reflect, symmetric or wrap.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "sympy", "json"]),
    default="text",
    show_default=True,
    help="The slides' manner, SymPy's, or data.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def derive(
    *,
    x: str,
    w: str,
    op: str,
    padding: str | None,
    stride: str,
    dilation: str,
    input_dilation: str,
    groups: int,
    boundary: str,
    format_: str,
    as_json: bool,
) -> None:
    """Print the formula of every output, from shapes or symbols alone."""
    from symconv.errors import SymconvError
    from symconv.formulas import derive as run
    from symconv.render import formulas

    options: dict[str, Any] = {
        "stride": option_value(stride),
        "dilation": option_value(dilation),
        "input_dilation": option_value(input_dilation),
        "groups": groups,
        "boundary": boundary,
    }
    if padding is not None:
        options["padding"] = option_value(padding)
    try:
        derivation = run(x, w, op=op, **options)
    except SymconvError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None
    if as_json or format_ == "json":
        click.echo(json.dumps(derivation.data(), ensure_ascii=False, indent=2))
    else:
        click.echo(formulas.to_text(derivation, sympy=format_ == "sympy"))
