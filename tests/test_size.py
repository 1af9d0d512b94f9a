"""Small modules, small functions."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

import symconv

PACKAGE = Path(symconv.__file__).parent
PATHS = sorted(PACKAGE.rglob("*.py"))
MODULE_LINES = 400
FUNCTION_LINES = 45
MEDIAN_LINES = 10


def functions(source: str) -> dict[str, int]:
    """Return the lines of every function without its docstring."""
    lengths = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            text = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
            lengths[f"{node.name}:{node.lineno}"] = last - node.lineno + 1 - text
    return lengths


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_and_no_function_is_long(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MODULE_LINES
    assert {n: size for n, size in functions(source).items() if size > FUNCTION_LINES} == {}


def test_half_of_the_functions_are_shorter_than_ten_lines() -> None:
    sizes = [
        size for path in PATHS for size in functions(path.read_text(encoding="utf-8")).values()
    ]
    assert len(sizes) > 100
    assert median(sizes) < MEDIAN_LINES


def test_lines_are_counted_without_the_docstring() -> None:
    assert functions('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n') == {"f:1": 2}
    assert functions("def f():\n" + "    x = 1\n" * 50) == {"f:1": 51}
    assert functions("def f():\n    def g():\n        return 1\n    return g\n") == {
        "f:1": 4,
        "g:2": 2,
    }
