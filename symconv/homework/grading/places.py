"""Where the views of a class's records stand, and how finished ones take the place of old ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

VIEWS = {
    "csv": "results.csv",
    "moodle": "moodle.csv",
    "html": "report.html",
    "canvas": "canvas.csv",
    "feedback": "feedback",
    **{name: name for name in ("gradescope", "prairielearn", "coderunner", "edx", "nbgrader")},
}
"""The file or folder that each format is written to."""


def forget(out: Path, made: set[str]) -> None:
    """Remove the views of an earlier run that were not made anew: they are of other answers."""
    for name in set(VIEWS.values()) - made:
        if (out / name).is_dir():
            shutil.rmtree(out / name)
        else:
            (out / name).unlink(missing_ok=True)


def moved(stage: Path, out: Path) -> Iterator[Path]:
    """Put every finished file and folder in its place, and yield where; old ones are replaced."""
    for made in sorted(stage.iterdir()):
        place = out / made.name
        if made.is_dir() and place.is_dir():
            place.rename(stage / f".old-{made.name}")
        made.replace(place)
        yield place
    shutil.rmtree(stage)
