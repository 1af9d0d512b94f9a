"""Every error: the call that raises it, and the whole text it shows; numbers are unequal."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import symconv
from symconv import errors
from symconv.errors import SymconvError
from tests import codes, messages

MESSAGES: list[Any] = [
    row
    for topic in sorted(iter_modules(messages.__path__), key=lambda topic: topic.name)
    for row in import_module(f"tests.messages.{topic.name}").CASES
]
"""A call and the text that it ends with, from every module of `tests.messages`."""


def shown(call: Callable[[], Any]) -> str:
    """Return the text of the error that *call* raises, or the text that it returns."""
    try:
        result = call()
    except SymconvError as error:
        head = f"{type(error).__name__}[{error.code}]: "
        return str(error) if str(error).startswith(head) else f"not {head}"
    return str(result)


@pytest.mark.parametrize(("call", "text"), MESSAGES)
def test_the_whole_text_of_an_error(call: Callable[[], Any], text: str) -> None:
    places = {"{tests}": Path(__file__).parent, "{package}": codes.PACKAGE}
    for name, place in places.items():
        text = text.replace(name, str(place))
    assert shown(call) == text


def codes_of_the_table() -> set[str]:
    heads = (re.match(r"\w+Error\[([a-z0-9-]+)\]: ", row.values[1]) for row in MESSAGES)
    return {head[1] for head in heads if head}


def test_every_code_that_can_be_raised_is_in_the_table() -> None:
    assert sorted(codes.raised() - codes_of_the_table()) == []


def test_every_code_of_the_table_can_be_raised() -> None:
    assert sorted(codes_of_the_table() - codes.raised()) == []


def test_every_id_of_the_table_is_its_code_and_what_else_tells_rows_apart() -> None:
    for row in MESSAGES:
        assert f"Error[{str(row.id).partition(', ')[0]}]: " in row.values[1]


FAIL = """
def _fail(code, text):
    raise GeometryError(code, text)
"""
READABLE = {
    "a text": ('raise errors.EntryError("one", "text")', {"one"}),
    "either": ('raise EntryError("one" if bad else "two", "text")', {"one", "two"}),
    "assigned": ('code = "one"\nraise EntryError(code, "text")', {"one"}),
    "assigned within": (
        'code = "one"\ndef f():\n    code = "two"\n    raise EntryError(code, "text")',
        {"two"},
    ),
    "a helper's": (FAIL + 'def f():\n    _fail("one", "text")', {"one"}),
    "a helper that takes something else": (
        'def _fail(part):\n    raise EntryError("one", part)\n_fail(f"({left}) % 2")',
        {"one"},
    ),
    "a method's": (
        """
class Reader:
    def fail(self, code):
        raise EntryError(code, "text")
    def read(self):
        self.fail("one")
def fail(what):
    pass
fail("two")
""",
        {"one"},
    ),
    "a part of the code": (
        """
def positive(name):
    per_axis(name)
    raise EntryError(f"{name.replace('_', '-')}-not-positive", "text")
def per_axis(name):
    raise EntryError(f"{name}-per-axis", "text")
positive("top_left")
per_axis("flip")
""",
        {"top-left-not-positive", "top_left-per-axis", "flip-per-axis"},
    ),
    "a loop's": (
        """
KINDS = (("one", 1), ("two", 2))
for code, count in KINDS:
    raise EntryError(code, "text")
for name, value in (("mode", x), ("align", y)):
    raise EntryError(f"unknown-{name}", "text")
""",
        {"one", "two", "unknown-mode", "unknown-align"},
    ),
    "another error's": ('raise EntryError(error.code, "text")', set()),
}


@pytest.mark.parametrize(("source", "found"), READABLE.values(), ids=READABLE)
def test_codes_are_read_off_a_source(source: str, found: set[str]) -> None:
    assert codes.codes(source) == found


def test_a_public_helper_is_called_from_other_modules_and_a_private_one_is_not() -> None:
    public = FAIL.replace("_fail", "fail")
    assert codes.codes(public, 'fail("one", "text")') == {"one"}
    assert codes.codes(FAIL + '_fail("one", "")', 'def _fail(part): ...\n_fail("a part")') == {
        "one"
    }


@pytest.mark.parametrize("code", ["made()", "code", "name + '-empty'", "f'{names[0]}-empty'"])
def test_a_code_that_cannot_be_read_is_refused(code: str) -> None:
    with pytest.raises(LookupError):
        codes.codes(f"def f():\n    raise EntryError({code}, 'text')")


def kinds() -> list[type[SymconvError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, SymconvError)
    ]


@pytest.mark.parametrize("kind", kinds())
def test_an_error_is_data_first(kind: type[SymconvError]) -> None:
    error = kind("too-deep", "depth 9 exceeds 8", place="axis 1", hint="use 8", depth=9)
    assert (error.code, error.place, error.hint, error.facts["depth"]) == (
        "too-deep",
        "axis 1",
        "use 8",
        9,
    )
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is kind
    assert (str(copy), copy.facts) == (str(error), error.facts)
    moved = error.at("deck.yaml:7")
    assert type(moved) is kind
    assert str(moved) == (
        f"{kind.__name__}[too-deep]: deck.yaml:7: axis 1: depth 9 exceeds 8\n  hint: use 8"
    )
    assert str(error) == f"{kind.__name__}[too-deep]: axis 1: depth 9 exceeds 8\n  hint: use 8"


def test_every_error_is_caught_by_one_name_and_by_its_kind() -> None:
    assert symconv.SymconvError is SymconvError
    wanted = {
        "AnswerError": ValueError,
        "QuestionError": ValueError,
        "LawError": ValueError,
        "SymconvError": Exception,
        "EntryError": ValueError,
        "ExpressionError": ValueError,
        "GeometryError": ValueError,
        "AlgebraError": ArithmeticError,
        "EngineError": ValueError,
        "FixtureError": ValueError,
    }
    assert {kind.__name__ for kind in kinds()} == set(wanted)
    for kind in kinds():
        assert issubclass(kind, wanted[kind.__name__])


def test_no_error_is_raised_without_a_code() -> None:
    names = {kind.__name__ for kind in kinds()}
    for path in codes.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                assert len(node.args) >= 2, f"{path.name}:{node.lineno}"
