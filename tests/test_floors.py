"""A module imports only from floors below its own; a subpackage counts as one room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import symconv

PACKAGE = Path(symconv.__file__).parent

FLOORS = {
    "adaptive": 10,
    "errors": 0,
    "verdicts": 0,
    "algebra": 1,
    "expressions": 1,
    "gridtext": 1,
    "yamltext": 1,
    "exact": 2,
    "axis": 3,
    "equality": 3,
    "options": 4,
    "plan": 5,
    "layouts": 6,
    "terms": 6,
    "tables": 7,
    "windows": 7,
    "engines": 8,
    "planning": 8,
    "deconvolution": 9,
    "gradients": 9,
    "index_laws": 9,
    "layers": 9,
    "matrix": 9,
    "mistakes": 9,
    "operations": 9,
    "pooling": 9,
    "quantized": 10,
    "unpooling": 10,
    "resampling": 9,
    "sequences": 9,
    "stacks": 11,
    "catalogue": 11,
    "fast": 11,
    "formulas": 11,
    "derivation": 12,
    "language": 12,
    "laws": 12,
    "fixtures": 13,
    "homework": 14,
    "verify": 14,
    "render": 15,
    "bench": 16,
    "cli": 17,
    "__init__": 18,
}
"""The version, which `__init__` holds, is the one name that may be imported upwards."""


LAWS = {
    "arguments": 0,
    "letters": 0,
    "limits": 0,
    "language": 1,
    "logic": 2,
    "tables": 2,
    "verdict": 3,
    "provers": 4,
    "law": 5,
    "registry": 6,
    "grid": 6,
    "repairs": 6,
    "testing": 7,
    "__init__": 8,
}
"""The rooms of `symconv.laws`: the two readings of a law stand side by side and share nothing."""


def room(module: str) -> str:
    """Return the room of a module such as `symconv.engines.numeric`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(source: str, module: str) -> list[str]:
    """Return every module of symconv that one module imports, also inside functions."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = module.split(".")[: -node.level]
                base = ".".join([*up, base] if base else up)
            names = [f"{base}.{alias.name}" for alias in node.names]
            found += names if base == "symconv" else [base]
    return [name for name in found if name.split(".")[0] == "symconv"]


def faults(source: str, module: str) -> list[str]:
    """Return what is wrong with the imports of one module."""
    here = room(module)
    wrong = []
    for imported in imports(source, module):
        there = room(imported)
        if there == here or imported == "symconv.__version__":
            continue
        if FLOORS.get(there, 99) >= FLOORS[here]:
            wrong.append(f"{module} (floor {FLOORS[here]}) imports {imported}")
    return wrong


def modules() -> dict[str, Path]:
    """Return every module of the package."""
    return {
        ".".join(("symconv", *path.relative_to(PACKAGE).with_suffix("").parts)): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_from_floors_below(module: str) -> None:
    assert faults(modules()[module].read_text(encoding="utf-8"), module) == []


def law_room(module: str) -> str:
    """Return the room of a module such as `symconv.laws.logic.rules`."""
    parts = module.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == "laws" else "__init__"


@pytest.mark.parametrize("module", [name for name in modules() if room(name) == "laws"])
def test_a_module_of_laws_imports_only_from_rooms_below(module: str) -> None:
    here = law_room(module)
    source = modules()[module].read_text(encoding="utf-8")
    for imported in imports(source, module):
        there = law_room(imported)
        if room(imported) == "laws" and there != here:
            assert LAWS[there] < LAWS[here], imported


def test_every_module_has_a_floor() -> None:
    assert {room(module) for module in modules()} == set(FLOORS)


@pytest.mark.parametrize(
    ("source", "module", "wrong"),
    [
        pytest.param("from symconv.plan import by", "symconv.axis", 1, id="upwards"),
        pytest.param("import symconv.plan", "symconv.axis", 1, id="plain import"),
        pytest.param("from symconv import plan", "symconv.axis", 1, id="from the package"),
        pytest.param("from symconv.options import x", "symconv.options", 0, id="itself"),
        pytest.param("from symconv.operations import x", "symconv.pooling", 1, id="sideways"),
        pytest.param("from symconv.verify import x", "symconv.fixtures.files", 1, id="room"),
        pytest.param("from symconv.engines import numeric", "symconv.engines", 0, id="same room"),
        pytest.param("from ..plan import by", "symconv.engines.numeric", 0, id="relative, below"),
        pytest.param("from ..verify import x", "symconv.engines.numeric", 1, id="relative, above"),
        pytest.param("from . import verify", "symconv.plan", 1, id="relative, package"),
        pytest.param("def f():\n    import symconv.cli", "symconv.plan", 1, id="in a function"),
        pytest.param(
            "if TYPE_CHECKING:\n    from symconv.verify import x", "symconv.plan", 1, id="for types"
        ),
        pytest.param("from symconv.unheard import x", "symconv.cli", 1, id="unknown room"),
        pytest.param("from symconv import __version__", "symconv.cli", 0, id="the version"),
        pytest.param("import symconv", "symconv.cli", 1, id="the package itself"),
        pytest.param("import numpy\nfrom symconv.axis import Axis", "symconv.plan", 0, id="below"),
    ],
)
def test_the_guard_can_fail(source: str, module: str, wrong: int) -> None:
    assert len(faults(source, module)) == wrong
