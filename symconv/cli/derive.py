"""`symconv derive`: output formulas from shapes or entries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import click


def option_value(text: str) -> Any:
    """Return an option's text as an int, a list of ints or pairs, true or false, or the name it is.

    >>> option_value("2"), option_value("1,2"), option_value("1:0,2:1"), option_value("same")
    (2, (1, 2), ((1, 0), (2, 1)), 'same')
    >>> option_value("true")
    True
    """
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if not re.fullmatch(r"[-\d:, ]+", text):
        return text
    try:
        parts = [tuple(map(int, part.split(":"))) for part in text.split(",")]
    except ValueError:
        return text
    values = tuple(part[0] if len(part) == 1 else part for part in parts)
    return values[0] if len(values) == 1 and len(parts[0]) == 1 else values


def _listed(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the operations with their options, and stop."""
    if not value or context.resilient_parsing:
        return
    from symconv.catalogue import OPERATIONS

    for name, operation in OPERATIONS.items():
        operands = " ".join(("--input", "--kernel", "--bias")[: len(operation.arrays)])
        needs = "".join(f" -o {need}=..." for need in sorted(operation.needs))
        rest = ", ".join(sorted(operation.options - operation.needs))
        click.echo(f"{name}: {operands}{needs}{f'; {rest}' if rest else ''}")
    context.exit()


def stated(pairs: Sequence[str]) -> dict[str, Any]:
    """Return options written NAME=VALUE.

    >>> stated(["window=2,3", "ceil_mode=true"])
    {'window': (2, 3), 'ceil_mode': True}
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip().isidentifier():
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--option")
        if name.strip() == "op":
            raise click.BadParameter("the operation is named by --op", param_hint="--option")
        found[name.strip().replace("-", "_")] = option_value(value.strip())
    return found


@click.command(
    epilog='Example: symconv derive --input "a b c; d e f" --kernel "w x" --padding same, or '
    "symconv derive --op max_pool --input 4x4 -o window=2"
)
@click.option("--input", "x", required=True, help="A shape (3x4, 2x3x3) or entries (a b; c d).")
@click.option("--kernel", "w", help="A shape (2x2) or entries; the second operand.")
@click.option("--bias", help="A shape or entries, one for each filter of a layer.")
@click.option(
    "--op",
    default="correlate",
    show_default=True,
    help="correlate does not flip the kernel, convolve does; conv is a layer with channels; "
    "--list names the others.",
)
@click.option("--padding", help="valid, full, same, same_lower, 1, 1,2 or 1:0,2:1.")
@click.option("--stride", help="One number, or one per axis: 2,1.")
@click.option("--dilation", help="One number, or one per axis.")
@click.option("--input-dilation", help="Zeros between inputs, + 1.")
@click.option("--groups", help="Groups of a layer's channels.")
@click.option("--boundary", help="zero, constant(c), edge, reflect, symmetric or wrap.")
@click.option(
    "-o", "--option", "more", multiple=True, metavar="NAME=VALUE", help="Any other option."
)
@click.option(
    "--list",
    "listed",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_listed,
    help="Name every operation with its options.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "sympy", "json"]),
    default="text",
    show_default=True,
    help="The slides' manner, values as SymPy writes them, or data.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def derive(
    *,
    x: str,
    w: str | None,
    bias: str | None,
    op: str,
    more: tuple[str, ...],
    format_: str,
    as_json: bool,
    **flags: str | None,
) -> None:
    """Print the formula of every output of an operation, from shapes or symbols alone."""
    from symconv.derivation import derive as run
    from symconv.errors import SymconvError
    from symconv.render import formulas

    options = {name: option_value(text) for name, text in flags.items() if text is not None}
    options |= stated(more)
    try:
        derivation = run(x, w, bias, op=op, **options)
    except SymconvError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None
    if as_json or format_ == "json":
        click.echo(json.dumps(derivation.data(), ensure_ascii=False, indent=2))
    else:
        click.echo(formulas.to_text(derivation, sympy=format_ == "sympy"))
