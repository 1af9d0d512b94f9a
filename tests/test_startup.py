"""What a command imports, and that formulas written without SymPy are those written with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import derivation
from symconv.derivation import Derivation, derive
from symconv.errors import SymconvError
from symconv.fixtures import SCHEMA, Document, Values, dumps
from symconv.formulas import Letter, names, product
from symconv.render.formulas import to_text

WATCHED = ("flint", "jinja2", "msgspec", "numpy", "rich", "scipy", "sympy", "yaml", "z3")
RUN = """
import sys
from symconv.cli import main
try:
    main({arguments!r})
except SystemExit as done:
    assert not done.code, done.code
print(*sorted(set({watched!r}) & set(sys.modules)))
"""


def imported(*arguments: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after a command."""
    code = RUN.format(arguments=arguments, watched=WATCHED)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--input", "3x4", "--kernel", "2x2"], id="shapes"),
        pytest.param(
            ["--input", "a b c d; e f g h; i j k l", "--kernel", "w x; y z"], id="entries"
        ),
        pytest.param(["--input", "a b c", "--kernel", "1 -1/2", "--padding", "same"], id="numbers"),
        pytest.param(["--op", "conv", "--input", "2x5x5", "--kernel", "3x2x3x3"], id="layer"),
    ],
)
def test_formulas_of_letters_need_no_sympy(arguments: list[str]) -> None:
    assert imported("derive", *arguments) == {"numpy"}


def test_the_list_of_operations_needs_no_sympy() -> None:
    assert imported("derive", "--list") == {"numpy"}


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_claims_of_numbers_need_no_sympy(ending: str, tmp_path: Path) -> None:
    case = Values(
        id="demo/one", says="s", slide="1", op="convolve", x="1 2", w="3 4", printed="3 10 8"
    )
    demo = Document(schema=SCHEMA, deck="demo", title="t", origin="o", cases=[case])
    path = tmp_path / f"deck.{ending}"
    path.write_text(dumps(demo, json=ending == "json"), encoding="utf-8")
    assert imported("verify", str(path), "--json") == {"msgspec", "numpy", "yaml"}


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--input", "2a b", "--kernel", "w"], "sympy"),
        (["--input", "2", "--kernel", "2", "--format", "sympy"], "sympy"),
        (["--input", "2", "--kernel", "2", "--padding", "1", "--boundary", "constant(c)"], "sympy"),
    ],
)
def test_the_guard_can_fail(arguments: list[str], more: str) -> None:
    assert more in imported("derive", *arguments)


# The same with SymPy and without -------------------------------------------------------------

cells = st.sampled_from(
    [
        *("a", "b", "w", "x1", "aw", "x_0", "x[0]", "w[0,1]", "e3", "é", "-3", "0", "1", "1/2"),
        *("0.25", "2a", "a+b", "-b", "I", "nan", "1e3", "$", "−2", "x_{1}", "(a)"),
    ]
)
shapes = st.sampled_from(["1", "2", "3", "2x2", "3x4", "1x2x2", "2x1x2x2", "2x2x1x2", "0x2", "30"])


def grids(draw: Any) -> str:
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    rows = [" ".join(draw(cells) for _ in range(width)) for _ in range(height)]
    end: str = draw(st.sampled_from(["", "", ";", " 1", ";; 1"]))
    return "; ".join(rows) + end


options = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["correlate", "convolve", "conv", "conv", "conv_transpose", "wrong"]),
        "padding": st.sampled_from([0, 1, "same", "full", (1, 0), "sane"]),
        "stride": st.sampled_from([1, 2, 0]),
        "boundary": st.sampled_from(
            ["zero", "wrap", "constant(2)", "constant(1/2)", "constant(c)"]
        ),
        "conjugate": st.booleans(),
        "algebra": st.sampled_from(["max-plus", "gf(7)", "none"]),
        "layout": st.just("NHWC"),
        "groups": st.just(2),
    },
)


def outcome(*operands: Any, **given_: Any) -> Any:
    """Return everything that a derivation says, or the error."""
    try:
        found = derive(*operands, **given_)
    except SymconvError as error:
        return str(error)
    said = to_text(found), found.texts().tolist(), found.shape, found.dot, found.fold, found.data()
    values = [found.x, found.w, found.bias, found.out]
    return (
        *said,
        [None if v is None else (v.shape, v.tolist()) for v in values],
        to_text(found, sympy=True),
    )


@given(st.data())
@settings(max_examples=250)
def test_formulas_are_the_same_with_values_and_without(data: st.DataObject) -> None:
    x, w = (data.draw(shapes) if data.draw(st.booleans()) else grids(data.draw) for _ in range(2))
    bias = data.draw(st.sampled_from([None, None, "1", "2", "p q", "p", "1 2 3"]))
    given_ = data.draw(options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derivation, "PLAIN", frozenset())
        wanted = outcome(x, w, bias, **given_)
    assert outcome(x, w, bias, **given_) == wanted


def test_values_are_sympys_when_they_are_asked_for() -> None:
    found = derive("a b 2", "2")
    assert {type(value) for value in found.operands[0].tolist()} == {Letter, int}
    assert found.x.tolist() == [*sympy.symbols("a b"), 2]
    a, b, w, x = sympy.symbols("a b w x")
    assert found.out.tolist() == [a * w + b * x, b * w + 2 * x]
    assert isinstance(found, Derivation)


def test_letters_are_written_like_symbols() -> None:
    a, aw = Letter("a"), Letter("aw")
    assert [product(a, aw), product(a, a), product(-2, a, dot="·")] == ["a·aw", "a·a", "-2·a"]
    assert names(np.array([a, 3, sympy.Symbol("b")], dtype=object), None) == {"a", "b"}
