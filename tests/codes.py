"""The codes of every error that symconv can raise, read off its sources.

A code is what the first argument of an error can be. Where that is a name, it is followed to what
is assigned to it, to the rows that a loop runs over, or to the arguments that callers pass.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import symconv
from symconv import errors

PACKAGE = Path(symconv.__file__).parent
KINDS = {name for name in vars(errors) if name.endswith("Error")}
Scope = tuple[ast.AST, ...]
"""A module and the functions that stand around a place in it, outermost first."""
Call = tuple[ast.Call, Scope]


def raised() -> set[str]:
    """Return all codes."""
    return codes(*(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))))


def codes(*sources: str) -> set[str]:
    """Return the codes of some modules, which may call each other's functions."""
    trees = [ast.parse(source) for source in sources]
    calls = [call for tree in trees for call in calls_in(tree, (tree,))]
    raises = [(call, scope) for call, scope in calls if name_of(call.func) in KINDS and call.args]
    reader = Reader(calls)
    return {code for call, scope in raises for code in reader.texts(call.args[0], scope)}


def calls_in(node: ast.AST, scope: Scope) -> Iterator[Call]:
    """Yield every call, with the functions around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, scope
        inside = (*scope, child) if isinstance(child, ast.FunctionDef) else scope
        yield from calls_in(child, inside)


def name_of(function: ast.expr) -> str:
    """Return the last part of the name by which a function is called."""
    return str(getattr(function, "id", getattr(function, "attr", "")))


class Reader:
    """Finds the texts that an expression can be."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.calls = list(calls)

    def texts(self, node: ast.expr, scope: Scope) -> Iterator[str]:
        """Yield every text; refuse an expression that this reader does not understand."""
        if isinstance(node, ast.Constant):
            yield str(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (list(self.texts(part, scope)) for part in node.values)
            yield from map("".join, itertools.product(*parts))
        elif isinstance(node, ast.FormattedValue):
            yield from self.texts(node.value, scope)
        elif isinstance(node, ast.IfExp):
            yield from self.texts(node.body, scope)
            yield from self.texts(node.orelse, scope)
        elif isinstance(node, ast.Name):
            for value, where in self.values(node.id, scope):
                yield from self.texts(value, where)
        elif isinstance(node, ast.Call) and name_of(node.func) == "replace":
            assert isinstance(node.func, ast.Attribute)
            old, new = (text for part in node.args for text in self.texts(part, scope))
            yield from (text.replace(old, new) for text in self.texts(node.func.value, scope))
        elif not (isinstance(node, ast.Attribute) and node.attr == "code"):
            raise LookupError(f"line {node.lineno}: which texts is {ast.unparse(node)}?")

    def values(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield what a name stands for in the innermost scope that says so."""
        for depth in range(len(scope), 0, -1):
            around = scope[:depth]
            found = [
                *assigned(name, around),
                *self.looped(name, around),
                *self.passed(name, around),
            ]
            if found:
                yield from found
                return
        raise LookupError(f"what is {name}?")

    def looped(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield the parts, for one target of a loop, of the rows that it runs over."""
        for loop in ast.walk(scope[-1]):
            if isinstance(loop, ast.For) and isinstance(loop.target, ast.Tuple):
                names = [name_of(part) for part in loop.target.elts]
                for rows in self.tuples(loop.iter, scope) if name in names else ():
                    for row in rows.elts:
                        assert isinstance(row, ast.Tuple)
                        yield row.elts[names.index(name)], scope

    def tuples(self, node: ast.expr, scope: Scope) -> Iterator[ast.Tuple]:
        """Yield the tuples written out that an expression can be."""
        if isinstance(node, ast.Tuple):
            yield node
        elif isinstance(node, ast.Name):
            for value, where in self.values(node.id, scope):
                yield from self.tuples(value, where)

    def passed(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield what callers pass for a parameter of the innermost function."""
        function = scope[-1]
        if not isinstance(function, ast.FunctionDef):
            return
        names = [argument.arg for argument in function.args.args]
        method = names[:1] == ["self"]
        if name in names:
            for call, where in self.callers(function.name, scope[0], method=method):
                yield call.args[names.index(name) - method], where

    def callers(self, name: str, module: ast.AST, *, method: bool) -> Iterator[Call]:
        """Yield the calls of a function; that of a name with an underscore is its module's own."""
        wanted = (name, method)
        for call, where in self.calls:
            reached = where[0] is module or not name.startswith("_")
            if reached and (name_of(call.func), isinstance(call.func, ast.Attribute)) == wanted:
                yield call, where


def assigned(name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
    """Yield what is assigned to a name, in a function or at the top of a module."""
    function = scope[-1]
    nodes = function.body if isinstance(function, ast.Module) else ast.walk(function)
    for node in nodes:
        if isinstance(node, ast.Assign) and name in map(name_of, node.targets):
            yield node.value, scope
