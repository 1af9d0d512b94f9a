"""The codes of every error that symconv can raise, read off its sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import symconv
from symconv import errors, exact

PACKAGE = Path(symconv.__file__).parent
RAISERS = {"fail", "_fail", "refuse", "_refuse", "fault", "_fault"}
"""Helpers whose first argument, apart from self, is a code."""

KINDS = {name for name in vars(errors) if name.endswith("Error")}


def raised() -> set[str]:
    """Return all codes; a code with a part that varies is a regular expression."""
    return {code for _, code, _, _ in exact.NOT_EXACT} | {
        code
        for path in sorted(PACKAGE.rglob("*.py"))
        for code in codes(path.read_text(encoding="utf-8"))
    }


def codes(source: str) -> set[str]:
    """Return the codes of one module."""
    tree = ast.parse(source)
    return {
        code
        for function in [tree, *functions(tree)]
        for call in calls(function)
        for code in meant(call.args[0], function)
    }


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that name a code first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in RAISERS or name in KINDS:
                yield node


def meant(argument: ast.expr, function: ast.AST) -> Iterator[str]:
    """Yield the codes that one expression can stand for."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", argument.value):
            yield argument.value
    elif isinstance(argument, ast.JoinedStr):
        parts = argument.values
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else ".+" for p in parts)
    elif isinstance(argument, ast.IfExp):
        yield from meant(argument.body, function)
        yield from meant(argument.orelse, function)
    elif isinstance(argument, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id == argument.id:
                        yield from meant(node.value, function)
