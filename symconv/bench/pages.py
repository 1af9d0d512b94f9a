"""The folder of results: RESULTS.md and one picture for each family."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symconv.bench import report
from symconv.bench.curves import Line, lines
from symconv.bench.rows import Result
from symconv.bench.tasks import Curve, Family, Options
from symconv.bench.workloads import FAMILIES

if TYPE_CHECKING:
    from symconv.bench import Progress

PAGE = "RESULTS.md"


def write(result: Result, options: Options, folder: Path, progress: Progress) -> None:
    """Write the results of a run into *folder*, with plots of the families that it touched.

    Raises: OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [_picture(family, options, folder, progress) for family in _families(result)]
    text = report.to_markdown(result, [name for name in pictures if name])
    (folder / PAGE).write_text(text, encoding="utf-8")


def _families(result: Result) -> list[Family]:
    touched = {row.workload.split()[0] for row in result.rows}
    return [family for name, family in FAMILIES.items() if name in touched]


def _picture(family: Family, options: Options, folder: Path, progress: Progress) -> str:
    """Draw one family and return the picture's name; "" without curves or without matplotlib."""
    curves = list(family.curves(options))
    measured: list[tuple[Curve, list[Line]]] = []
    for done, curve in enumerate(curves):
        found = lines(curve, options, lambda n, d=done: progress(family.name, n, d, len(curves)))  # type: ignore[misc]
        if found:
            measured.append((curve, found))
    if not measured:
        return ""
    try:
        from symconv.bench.plots import draw

        name = f"{family.name}.svg"
        draw(folder / name, f"{family.name}: {family.title}", measured)
    except ImportError:
        return ""
    return name
