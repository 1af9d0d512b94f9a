"""The command line: every verb is a thin call of the library.

Exit codes: 0 all good, 1 something judged wrong, 2 bad usage or unreadable input, 3 undecided.
"""

from __future__ import annotations

import io
import sys

import click

from symconv import __version__
from symconv.cli.bank import bank
from symconv.cli.bench import bench
from symconv.cli.check import check
from symconv.cli.derive import derive
from symconv.cli.grade import grade
from symconv.cli.laws import laws
from symconv.cli.lint import lint
from symconv.cli.prove import prove
from symconv.cli.shapes import shapes
from symconv.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="symconv")
def main() -> None:
    """Say exactly what a convolution's output is, prove its laws, and judge slides by it.

    Example: symconv derive --input 3x4 --kernel 2x2
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


main.add_command(bank)
main.add_command(bench)
main.add_command(check)
main.add_command(derive)
main.add_command(grade)
main.add_command(laws)
main.add_command(lint)
main.add_command(prove)
main.add_command(shapes)
main.add_command(verify)
