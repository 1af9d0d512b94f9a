"""One folder for the files of a run, removed when Python ends."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """Return the folder."""
    path = Path(tempfile.mkdtemp(prefix="symconv-bench-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path
