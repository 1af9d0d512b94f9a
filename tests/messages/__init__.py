"""Calls that are refused, and the whole text of each error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest


def with_module(name: str, module: Any, call: Callable[[], Any]) -> Any:
    """Return what *call* returns where importing *name* gives *module*, or fails for None."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, module)
        return call()
