"""`symconv prove`: an equation between convolutions, proved or refuted."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])
LONGEST = 86_400.0
"""Seconds in a day, the longest that a question may take."""


def named(
    pairs: Sequence[str], flag: str, read: Callable[[str], T | None], as_in: str
) -> dict[str, T]:
    """Return values written NAME=VALUE.

    >>> named(["x=3"], "-p", integer, "p=1")
    {'x': 3}
    """
    found: dict[str, T] = {}
    for pair in pairs:
        name, _, text = map(str.strip, pair.partition("="))
        value = read(text) if name.isidentifier() else None
        if value is None:
            raise click.BadParameter(f"{pair!r} is not as in {as_in}", param_hint=f"'{flag}'")
        if name in found:
            raise click.BadParameter(f"{name} is given twice", param_hint=f"'{flag}'")
        found[name] = value
    return found


def integer(text: str) -> int | None:
    """Return an integer of at most 18 digits, None for other text.

    >>> integer("-3"), integer("3.5")
    (-3, None)
    """
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


def lengths(text: str) -> tuple[int, ...] | None:
    """Return a shape such as `512x512`, None for other text.

    >>> lengths("3x4"), lengths("3x")
    ((3, 4), None)
    """
    sizes = [integer(part) for part in text.split("x")]
    found = tuple(size for size in sizes if size is not None and size > 0)
    return found if len(found) == len(sizes) else None


def time_limit(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    """Return seconds that a solver can count.

    Raises: click.BadParameter for 0, negative numbers, more than a day, and NaN.
    """
    if not 0 < value <= LONGEST:
        raise click.BadParameter(f"{value} is not between 0 and {LONGEST:.0f} seconds")
    return value


def seconds_option(command: Command) -> Command:
    """Add --seconds."""
    says = "Time for the solver; longer is UNKNOWN."
    return click.option(
        "--seconds", type=float, default=10.0, show_default=True, callback=time_limit, help=says
    )(command)


def choice_options(command: Command) -> Command:
    """Add the options that a law of the registry may vary with."""
    for name, kind, says in reversed(
        (
            ("op", str, "correlate or convolve."),
            ("padding", str, "valid, full, same or same_lower."),
            ("boundary", str, "zero, wrap, reflect, symmetric or edge."),
            ("stride", int, "An integer of 1 or more."),
            ("dilation", int, "An integer of 1 or more."),
        )
    ):
        command = click.option(f"--{name}", type=kind, help=says)(command)
    return command


@click.command(
    epilog="Example: symconv prove 'convolve(f, g) == convolve(g, f)', or symconv prove "
    "'correlate(x, w) == correlate(w, x)' --shape x=3 --shape w=3"
)
@click.argument("statement", metavar="EQUATION|NAME")
@click.option("--assume", multiple=True, metavar="COMPARISON", help="A hypothesis: len(w) <= p.")
@click.option("--algebra", help="sum, max-plus or min-plus: what sums mean.")
@click.option("--rank", type=int, default=1, show_default=True, help="Axes that one stands for.")
@click.option("--ranks", multiple=True, metavar="NAME=AXES", help="All axes of one tensor.")
@click.option("--shape", "shapes", multiple=True, metavar="NAME=SHAPE", help="At this shape.")
@click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=INTEGER", help="And with this."
)
@click.option("--up-to", type=int, help="Try every shape with lengths up to this.")
@seconds_option
@click.option(
    "--smt2", type=click.Path(path_type=Path, file_okay=False), help="Write the questions here."
)
@choice_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def prove(
    statement: str,
    *,
    ranks: tuple[str, ...],
    shapes: tuple[str, ...],
    parameters: tuple[str, ...],
    up_to: int | None,
    smt2: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Prove EQUATION for all shapes, or refute it by the smallest counterexample.

    EQUATION is text such as 'convolve(f, g) == convolve(g, f)'; NAME is a law that `symconv laws`
    lists, with the options that it varies with. Three scopes: all shapes (by a solver, extra
    `proof`), every shape up to a bound (--up-to), one shape (--shape for each tensor). Exit code 0
    proved, 1 refuted, 3 neither, 2 bad usage or an equation that cannot be read.
    """
    scopes = [bool(shapes or parameters), up_to is not None, smt2 is not None]
    if sum(scopes) > 1:
        raise click.UsageError("choose --shape and --parameter, or --up-to, or --smt2")
    found: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    found |= {"up_to": up_to, "smt2": smt2}
    if ranks:
        found["ranks"] = named(ranks, "--ranks", integer, "x=2")
    if shapes or parameters:
        found["shapes"] = named(shapes, "--shape", lengths, "x=512x512")
        found["parameters"] = named(parameters, "--parameter", integer, "p=1")
    _run(statement, found, as_json=as_json)


@contextmanager
def _waiting() -> Iterator[None]:
    """Show that work goes on while standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status("trying shapes, asking the solver"):
        yield


def _run(statement: str, found: dict[str, Any], *, as_json: bool) -> None:
    from symconv.errors import SymconvError
    from symconv.laws import prove as run
    from symconv.render import verdicts

    try:
        with _waiting():
            verdict = run(statement, **found)
    except SymconvError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {found['smt2']}: {error.strerror}") from None
    if as_json:
        click.echo(json.dumps(verdict.data(), ensure_ascii=False, indent=2))
    else:
        verdicts.print_text(verdict)
        if found["smt2"] is not None and any(found["smt2"].glob("*.smt2")):
            click.echo(f"Its questions as SMT-LIB: {found['smt2']}")
    raise SystemExit(verdicts.status(verdict))
