"""Every error: the call that raises it, and the whole text it shows; numbers are unequal."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest
import sympy

import symconv
from symconv import errors, fast
from symconv.algebra import GF, MAX_PLUS, NUMBERS
from symconv.derivation import derive
from symconv.equality import equal
from symconv.errors import SymconvError
from symconv.exact import array, entry
from symconv.expressions import evaluate, parse
from symconv.fixtures import load, reads
from symconv.fixtures.arrays import printed_cells, resolve, sizes
from symconv.language import decide
from symconv.matrix import matmul
from symconv.plan import check_size, geometry
from symconv.verify import judge, verify
from tests import codes

a = sympy.Symbol("a")
HEAD = "schema: symconv-fixture/1\ndeck: demo\ntitle: t\norigin: o\ncases:\n"
CASE = "- id: demo/case\n  says: a claim\n  slide: '7'\n  "


def value(text: str) -> Any:
    return evaluate(parse(text), sympy.Symbol)


def read_text(text: str) -> None:
    """Raise the first fault of a fixture text."""
    raise reads(text, "deck.yaml").faults[0]


def read_cases(text: str) -> None:
    read_text(HEAD + text + "\n")


def judged(body: str) -> None:
    """Judge one sound case."""
    loaded = reads(HEAD + CASE + body + "\n", "deck.yaml")
    assert loaded.faults == ()
    assert loaded.document is not None
    judge(loaded.document.cases[0], loaded.document)


MESSAGES: list[Any] = [
    pytest.param(
        lambda: array([1], floats="round"),
        ("EntryError[unknown-option]: floats='round'\n  hint: floats is None or \"exact\""),
        id="unknown-option",
    ),
    pytest.param(
        lambda: array([[1, 2, 3], [4, 5]]),
        (
            "EntryError[ragged]: entry: row 1 has shape (2,), but row 0 has (3,)\n"
            "  hint: give every row the same number of entries"
        ),
        id="ragged",
    ),
    pytest.param(
        lambda: array("1 2 3; 4 5"),
        (
            "EntryError[ragged]: row 1 has 2 entries, but row 0 has 3\n"
            "  hint: give every row the same number of entries"
        ),
        id="ragged",
    ),
    pytest.param(
        lambda: array([3, True]),
        ("EntryError[boolean]: entry [1]: True is a boolean\n  hint: write 0 or 1"),
        id="boolean",
    ),
    pytest.param(
        lambda: array([3, 0.5]),
        (
            "EntryError[float]: entry [1]: 0.5 is a float, which may already be rounded\n"
            '  hint: symconv.array(x, floats="exact") takes each float as the rational '
            "it stands for; symconv.fast computes in floating point"
        ),
        id="float",
    ),
    pytest.param(
        lambda: array([3, sympy.Float(0.5) + a]),
        (
            "EntryError[float]: entry [1]: a + 0.5 contains a float, which may already "
            "be rounded\n"
            '  hint: symconv.array(x, floats="exact") takes each float as the rational '
            "it stands for; symconv.fast computes in floating point"
        ),
        id="float",
    ),
    pytest.param(
        lambda: array([3, None]),
        (
            "EntryError[missing]: entry [1]: None is no value\n"
            "  hint: every entry needs a number or a symbol"
        ),
        id="missing",
    ),
    pytest.param(
        lambda: array(np.ma.masked_array([3, 4], mask=[False, True])),
        ("EntryError[missing]: entry: a masked entry is no value\n  hint: fill the mask first"),
        id="missing",
    ),
    pytest.param(
        lambda: array([3, 1j]),
        ("EntryError[complex]: entry [1]: 1j is complex\n  hint: SymPy's I is exact"),
        id="complex",
    ),
    pytest.param(
        lambda: array([3, float("nan")]),
        (
            "EntryError[not-finite]: entry [1]: nan is not a finite number\n"
            "  hint: remove or replace it"
        ),
        id="not-finite",
    ),
    pytest.param(
        lambda: array([3, a - sympy.oo]),
        ("EntryError[not-finite]: entry [1]: a - oo is not finite\n  hint: remove or replace it"),
        id="not-finite",
    ),
    pytest.param(
        lambda: array([3, {4}]),
        ("EntryError[not-an-entry]: entry [1]: set is not a number, text or SymPy expression"),
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array("1 (2,3)"),
        "EntryError[not-an-entry]: column 1: '(2,3)' is not one entry",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array([3, sympy.true]),
        "EntryError[not-an-entry]: entry [1]: SymPy BooleanTrue is not an expression",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: array([flint.arb(3)]),
        "EntryError[not-an-entry]: entry [0]: flint arb is no exact number",
        id="not-an-entry",
    ),
    pytest.param(
        lambda: fast.correlate([0.5, sympy.Symbol("a")], [1]),
        (
            "EntryError[not-a-float]: a is no float64\n"
            "  hint: use symconv.correlate and its kin, which are exact"
        ),
        id="not-a-float",
    ),
    pytest.param(
        lambda: parse("1" * 20001),
        "ExpressionError[text-too-long]: 20001 characters, at most 20000\n    "
        + "1" * 100
        + "\n"
        + "    ^",
        id="text-too-long",
    ),
    pytest.param(
        lambda: parse("1 + $"),
        ("ExpressionError[unreadable-character]: cannot read '$'\n    1 + $\n        ^"),
        id="unreadable-character",
    ),
    pytest.param(
        lambda: parse("1 + "),
        (
            "ExpressionError[unexpected]: expected a number, a name or a bracket, found "
            "the end\n"
            "    1 + \n"
            "       ^"
        ),
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("1 2"),
        ("ExpressionError[unexpected]: did not expect '2' here\n    1 2\n      ^"),
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("f(k=2, 3)", functions=["f"]),
        ("ExpressionError[unexpected]: an argument follows an option\n    f(k=2, 3)\n           ^"),
        id="unexpected",
    ),
    pytest.param(
        lambda: parse("1/2a"),
        (
            "ExpressionError[ambiguous-division]: a product follows a division\n"
            "    1/2a\n"
            "       ^\n"
            "  hint: write (1/2)*a or 1/(2*a)"
        ),
        id="ambiguous-division",
    ),
    pytest.param(
        lambda: parse("(" * 61),
        "ExpressionError[nested-too-deep]: more than 60 levels\n    "
        + "(" * 61
        + "\n"
        + " " * 64
        + "^",
        id="nested-too-deep",
    ),
    pytest.param(
        lambda: parse("9" * 4001),
        "ExpressionError[number-too-long]: more than 4000 digits\n    "
        + "9" * 120
        + "\n"
        + "    ^",
        id="number-too-long",
    ),
    pytest.param(
        lambda: value("(10^100)^50"),
        "ExpressionError[number-too-long]: the power would exceed 4000 digits",
        id="number-too-long",
    ),
    pytest.param(
        lambda: parse("2e5"),
        (
            "ExpressionError[scientific-notation]: could be a power of ten or a symbol e\n"
            "    2e5\n"
            "     ^\n"
            "  hint: write the digits out, or a fraction such as 1/1000"
        ),
        id="scientific-notation",
    ),
    pytest.param(
        lambda: parse("1 + nan"),
        (
            "ExpressionError[reserved-word]: 'nan' is not an exact value\n"
            "    1 + nan\n"
            "        ^\n"
            "  hint: only exact numbers and symbols are entries"
        ),
        id="reserved-word",
    ),
    pytest.param(
        lambda: parse("ax", symbols=["w", "a"]),
        (
            "ExpressionError[unknown-symbol]: 'ax' is no declared symbol or product of "
            "them\n"
            "    ax\n"
            "    ^\n"
            "  hint: declared: a, w"
        ),
        id="unknown-symbol",
    ),
    pytest.param(
        lambda: parse("abc", symbols=["ab", "c", "a", "bc"]),
        (
            "ExpressionError[ambiguous-product]: 'abc' can be split in several ways\n"
            "    abc\n"
            "    ^\n"
            "  hint: declared: a, ab, bc, c"
        ),
        id="ambiguous-product",
    ),
    pytest.param(
        lambda: parse("(1 + 2]"),
        (
            "ExpressionError[unclosed-bracket]: expected ',' or ')', found ']'\n"
            "    (1 + 2]\n"
            "          ^"
        ),
        id="unclosed-bracket",
    ),
    pytest.param(
        lambda: parse("[1 + 2"),
        (
            "ExpressionError[unclosed-bracket]: expected ',' or ']', found the end\n"
            "    [1 + 2\n"
            "          ^"
        ),
        id="unclosed-bracket",
    ),
    pytest.param(
        lambda: evaluate(parse("b"), {"a": 3, "c": 4}),
        ("ExpressionError[unknown-name]: 'b' is not defined\n  hint: defined: a, c"),
        id="unknown-name",
    ),
    pytest.param(
        lambda: value("1 == 2"),
        "ExpressionError[no-value]: a comparison has no value; compare its sides",
        id="no-value",
    ),
    pytest.param(
        lambda: value("3 + (1, 2)"),
        "ExpressionError[bad-operand]: (1, 2) cannot be an operand of '+'",
        id="bad-operand",
    ),
    pytest.param(
        lambda: value("3/0"),
        "ExpressionError[division-by-zero]: 3 divided by 0",
        id="division-by-zero",
    ),
    pytest.param(
        lambda: value("3 % 0"),
        "ExpressionError[bad-remainder]: 3 % 0 needs numbers and a divisor not 0",
        id="bad-remainder",
    ),
    pytest.param(
        lambda: value("2^101"),
        (
            "ExpressionError[bad-exponent]: an exponent must be an integer of size at "
            "most 100, not 101"
        ),
        id="bad-exponent",
    ),
    pytest.param(
        lambda: symconv.correlate("a b", "1", algebra=NUMBERS),
        ("AlgebraError[not-a-number]: a is not a number\n  hint: use engine=None or 'sympy'"),
        id="not-a-number",
    ),
    pytest.param(
        lambda: GF(7).enter(a),
        "AlgebraError[not-a-number]: a is not a number, so not in GF(7)",
        id="not-a-number",
    ),
    pytest.param(
        lambda: GF(9),
        ("AlgebraError[not-prime]: 9 is not a prime\n  hint: a field GF(p) needs a prime p"),
        id="not-prime",
    ),
    pytest.param(
        lambda: GF(5).enter(Fraction(3, 10)),
        (
            "AlgebraError[no-inverse]: 3/10 has no residue: 5 divides its denominator\n"
            "  hint: choose another prime"
        ),
        id="no-inverse",
    ),
    pytest.param(
        lambda: MAX_PLUS.enter(a),
        (
            "AlgebraError[no-order]: a has no order, so max-plus cannot compare it\n"
            "  hint: use numbers, or max_pool for symbols"
        ),
        id="no-order",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3], algebra="max"),  # type: ignore[arg-type]
        (
            "AlgebraError[unknown-algebra]: algebra='max'\n"
            "  hint: one of symconv.algebra: GF(p), MAX_PLUS, MIN_PLUS, NUMBERS, EXPRESSIONS"
        ),
        id="unknown-algebra",
    ),
    pytest.param(
        lambda: symconv.correlate([1], [1], engine="scipy"),
        ("EngineError[unknown-engine]: engine='scipy'\n  hint: one of definition, sympy, numpy"),
        id="unknown-engine",
    ),
    pytest.param(
        lambda: symconv.correlate([1], [1], engine="numpy", algebra=GF(7)),
        (
            "EngineError[algebra-engine]: engine 'numpy' has no algebra argument\n"
            "  hint: leave engine out, or use engine='definition'"
        ),
        id="algebra-engine",
    ),
    pytest.param(
        lambda: symconv.correlate("a b", "1", engine="numpy"),
        (
            "EngineError[numpy-symbolic]: the numpy engine takes numbers only\n"
            "  hint: use engine=None, 'sympy' or 'definition'"
        ),
        id="numpy-symbolic",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), op="convolv"),
        ("GeometryError[unknown-op]: op='convolv'\n  hint: did you mean 'convolve'?"),
        id="unknown-op",
    ),
    pytest.param(
        lambda: geometry((3, -4), (2, 2)),
        (
            "GeometryError[bad-shape]: x has shape (3, -4)\n"
            "  hint: a shape is one or more integers, each 0 or more"
        ),
        id="bad-shape",
    ),
    pytest.param(
        lambda: geometry((), (2,)),
        (
            "GeometryError[bad-shape]: x has shape ()\n"
            "  hint: a shape is one or more integers, each 0 or more"
        ),
        id="bad-shape",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2,)),
        (
            "GeometryError[rank-mismatch]: x has 2 axes (3, 4) but w has 1 (2,)\n"
            "  hint: give both the same number of axes, or use conv for a layer with "
            "channels"
        ),
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4, 5, 6, 7), (2, 3, 4), op="conv"),
        (
            "GeometryError[rank-mismatch]: x has 5 axes (3, 4, 5, 6, 7) but w has 3 (2, "
            "3, 4)\n"
            "  hint: a layer takes x (C, *S) or (N, C, *S) and w (M, C/groups, *K)"
        ),
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], (2, 3)),
        (
            "GeometryError[rank-mismatch]: the window has 2 axes (2, 3) but x has 1 (3,)\n"
            "  hint: the window covers the last axes of x"
        ),
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: symconv.global_max_pool([1, 2, 3], spatial=2),
        (
            "GeometryError[rank-mismatch]: cannot pool 2 axes of an array of shape (3,)\n"
            "  hint: spatial is at least 1, at most the number of axes, and no such axis "
            "is empty"
        ),
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), groups=3),
        ("GeometryError[groups-need-channels]: groups=3 without channels\n  hint: use conv"),
        id="groups-need-channels",
    ),
    pytest.param(
        lambda: geometry((3, 4), (6, 3, 2), groups=0),
        ("GeometryError[groups-not-positive]: groups=0\n  hint: use 1 or more"),
        id="groups-not-positive",
    ),
    pytest.param(
        lambda: geometry((6, 9), (6, 2, 3), groups=4),
        (
            "GeometryError[groups-do-not-divide]: 4 groups do not divide 6 input channels\n"
            "  hint: groups=3 would fit"
        ),
        id="groups-do-not-divide",
    ),
    pytest.param(
        lambda: geometry((12, 7), (6, 3, 2), groups=4),
        (
            "GeometryError[groups-do-not-divide]: 4 groups do not divide 6 filters\n"
            "  hint: groups=3 would fit"
        ),
        id="groups-do-not-divide",
    ),
    pytest.param(
        lambda: geometry((6, 9), (4, 2, 3), groups=2),
        (
            "GeometryError[channel-mismatch]: channels: x has 6 channels but w reads 2 "
            "in 2 group(s), so 4\n"
            "  hint: w should be (M, 3, *K)"
        ),
        id="channel-mismatch",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2)).reads((2, 1)),
        (
            "GeometryError[no-such-output]: (2, 1) is no index of an output of shape (2, "
            "3)\n"
            "  hint: indices start at 0"
        ),
        id="no-such-output",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), stride=(1, 2, 3)),
        (
            "GeometryError[stride-per-axis]: 3 values of stride for 2 axes\n"
            "  hint: give one value, or 2"
        ),
        id="stride-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), dilation=[2]),
        (
            "GeometryError[dilation-per-axis]: 1 values of dilation for 2 axes\n"
            "  hint: give one value, or 2"
        ),
        id="dilation-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), input_dilation=(1, 2, 3)),
        (
            "GeometryError[input-dilation-per-axis]: 3 values of input-dilation for 2 "
            "axes\n"
            "  hint: give one value, or 2"
        ),
        id="input-dilation-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(1, 2, 3)),
        (
            "GeometryError[padding-per-axis]: 3 values of padding for 2 axes\n"
            "  hint: give one value, or 2"
        ),
        id="padding-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary=["wrap"]),
        (
            "GeometryError[boundary-per-axis]: 1 values of boundary for 2 axes\n"
            "  hint: give one value, or 2"
        ),
        id="boundary-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), flip=[True]),
        ("GeometryError[flip-per-axis]: 1 values of flip for 2 axes\n  hint: give one value, or 2"),
        id="flip-per-axis",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), stride=(2, 0)),
        (
            "GeometryError[stride-not-positive]: axis 1: stride is 0\n"
            "  hint: use an integer of 1 or more"
        ),
        id="stride-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), dilation=(-2, 3)),
        (
            "GeometryError[dilation-not-positive]: axis 0: dilation is -2\n"
            "  hint: use an integer of 1 or more"
        ),
        id="dilation-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), input_dilation=1.5),
        (
            "GeometryError[input-dilation-not-positive]: axis 0: input-dilation is 1.5\n"
            "  hint: use an integer of 1 or more"
        ),
        id="input-dilation-not-positive",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary="mirror"),
        (
            "GeometryError[unknown-boundary]: boundary='mirror'\n"
            "  hint: one of zero, constant(c), edge, reflect, symmetric, wrap"
        ),
        id="unknown-boundary",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary="reflct"),
        ("GeometryError[unknown-boundary]: boundary='reflct'\n  hint: did you mean 'reflect'?"),
        id="unknown-boundary",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), boundary=("wrap", "constant(2)")),
        (
            "GeometryError[mixed-constant]: boundaries ('wrap', 'constant(2)')\n"
            "  hint: one constant must hold on every axis"
        ),
        id="mixed-constant",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding="smae"),
        ("GeometryError[unknown-padding]: padding='smae'\n  hint: did you mean 'same'?"),
        id="unknown-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding="half"),
        (
            "GeometryError[unknown-padding]: padding='half'\n"
            "  hint: one of valid, full, same, same_upper, same_lower"
        ),
        id="unknown-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(1, "2")),
        (
            "GeometryError[bad-padding]: axis 1: padding is '2'\n"
            "  hint: use an int or a (before, after) pair of ints"
        ),
        id="bad-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=((1, 2, 3), 0)),
        (
            "GeometryError[bad-padding]: axis 0: padding is (1, 2, 3)\n"
            "  hint: use an int or a (before, after) pair of ints"
        ),
        id="bad-padding",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 0)),
        (
            "GeometryError[kernel-empty]: axis 1: the kernel has 0 taps\n"
            "  hint: give the kernel one tap or more"
        ),
        id="kernel-empty",
    ),
    pytest.param(
        lambda: geometry((3, 4), (2, 2), padding=(0, (-5, 2))),
        (
            "GeometryError[crop-too-deep]: axis 1: padding (-5, 2) crops more than the 4 "
            "entries\n"
            "  hint: crop at most 4 in all"
        ),
        id="crop-too-deep",
    ),
    pytest.param(
        lambda: geometry((3, 0), (2, 3), padding=(0, 2), boundary="wrap"),
        (
            "GeometryError[boundary-empty]: axis 1: boundary 'wrap' has 0 entries to "
            "repeat but must fill 4\n"
            "  hint: use boundary='zero'"
        ),
        id="boundary-empty",
    ),
    pytest.param(
        lambda: geometry((7, 5), (2, 3), padding=((0, 0), (0, 1)), dilation=(1, 3)),
        (
            "GeometryError[kernel-too-wide]: axis 1: the kernel spans 7 (3 taps, "
            "dilation 3) but the padded input is 6 (5 + 0 + 1)\n"
            "  hint: pad one more on axis 1, or use dilation=2"
        ),
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: geometry((3, 4), (5, 2)),
        (
            "GeometryError[kernel-too-wide]: axis 0: the kernel spans 5 (5 taps, "
            "dilation 1) but the padded input is 3 (3 + 0 + 0)\n"
            "  hint: pad 2 more on axis 0, or use at most 3 taps"
        ),
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: geometry((2, 4), (3, 2), padding=((-2, 0), 0)),
        (
            "GeometryError[kernel-too-wide]: axis 0: the kernel spans 3 (3 taps, "
            "dilation 1) but the padded input is 0 (2 + -2 + 0)\n"
            "  hint: pad 3 more on axis 0"
        ),
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]], [[2]], [[3]]], [4, 5]),
        (
            "GeometryError[bias-shape]: bias has shape (2,) but there are 3 filters\n"
            "  hint: give 3 numbers"
        ),
        id="bias-shape",
    ),
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], 2, stride=1, padding=2),
        (
            "GeometryError[window-without-input]: the window of output (0,) reads "
            "padding alone (2 taps, 0 inputs)\n"
            "  hint: pad less than the window spans"
        ),
        id="window-without-input",
    ),
    pytest.param(
        lambda: matmul([[[1]]]),
        (
            "GeometryError[not-a-matrix]: an array of shape (1, 1, 1) is no matrix\n"
            "  hint: give two axes"
        ),
        id="not-a-matrix",
    ),
    pytest.param(
        lambda: matmul("1 2; 3 4", "5; 6; 7"),
        (
            "GeometryError[inner-mismatch]: cannot multiply 2x2 by 3x1\n"
            "  hint: the second factor needs 2 rows"
        ),
        id="inner-mismatch",
    ),
    pytest.param(
        lambda: derive("200x200", "2x3"),
        (
            "GeometryError[too-many-formulas]: 40000 inputs, 6 taps and 39402 outputs, but "
            "formulas are written for at most 20000 of each, and of 1000000 products\n"
            "  hint: use a smaller input, or symconv.correlate"
        ),
        id="too-many-formulas",
    ),
    pytest.param(
        lambda: derive("3000x4000", "2x3"),
        (
            "GeometryError[too-many-formulas]: 3000x4000 has more than 2000000 entries\n"
            "  hint: use a smaller shape"
        ),
        id="too-many-formulas",
    ),
    pytest.param(
        lambda: symconv.max_pool([1, 2, 3], 2.5),
        (
            "GeometryError[bad-window]: window is 2.5\n"
            "  hint: use an int, or one int for each of the last axes"
        ),
        id="bad-window",
    ),
    pytest.param(
        lambda: geometry((2, 10**5000), (2, 3)),
        (
            "GeometryError[bad-shape]: x has an axis of more than 2^62 entries\n"
            "  hint: no array is that long"
        ),
        id="bad-shape",
    ),
    pytest.param(
        lambda: symconv.correlate([1, 2], [3], padding=10**30),
        (
            "GeometryError[too-large]: axis 0: the padded input or the kernel spans more than "
            "2^62 entries\n"
            "  hint: no array is that long"
        ),
        id="too-large",
    ),
    pytest.param(
        lambda: symconv.conv([[1, 2]], [[[1]]], flip="no"),
        "GeometryError[not-a-switch]: axis 0: flip is 'no'\n  hint: use True or False",
        id="not-a-switch",
    ),
    pytest.param(
        lambda: array(np.zeros((1,) * 40, dtype=int)),
        (
            "EntryError[too-many-axes]: 40 axes, at most 32\n"
            "  hint: give numbers in a few nested lists"
        ),
        id="too-many-axes",
    ),
    pytest.param(
        lambda: resolve(["$a"] * 9, {"a": ["$b"] * 1000, "b": "1 2 " * 100}),
        (
            "FixtureError[array-too-long]: 3609000 characters with every $name written out, at "
            "most 2000000"
        ),
        id="array-too-long",
    ),
    pytest.param(
        lambda: reads('schema: "\\e[31m"').faults[0],
        (
            "FixtureError[control-character]: text: line 1: the control character U+001B is not "
            "allowed"
        ),
        id="control-character",
    ),
    pytest.param(
        lambda: check_size(geometry((300, 200), (2, 3), padding=(1000, 2000))),
        (
            "GeometryError[too-large]: 9660000 padded inputs, but at most 4000000 are worked on "
            "here\n"
            "  hint: use less padding or a smaller array, or call the library"
        ),
        id="too-large",
    ),
    pytest.param(
        lambda: entry("0x10"),
        (
            "ExpressionError[zero-product]: entry: a 0 stands right before a factor\n"
            "    0x10\n"
            "     ^\n"
            "  hint: write numbers in decimal digits, or 0*x for a product"
        ),
        id="zero-product",
    ),
    pytest.param(
        lambda: decide("1 + 2", {}),
        ("ExpressionError[no-comparison]: '1 + 2' compares nothing\n  hint: write a == b"),
        id="no-comparison",
    ),
    pytest.param(
        lambda: decide("n == m", {}, ranges={"n": range(1000), "m": range(201)}),
        (
            "ExpressionError[too-many-instances]: 201000 instances to check, at most "
            "200000\n"
            "  hint: shorten the ranges"
        ),
        id="too-many-instances",
    ),
    pytest.param(
        lambda: decide("n == n", {}, ranges={"n": range(3)}, given=["n > 5"]),
        (
            "ExpressionError[vacuous]: no value in the ranges meets ['n > 5']\n"
            "  hint: widen the ranges or drop a condition"
        ),
        id="vacuous",
    ),
    pytest.param(
        lambda: decide("shape(3) == 4", {}),
        (
            "ExpressionError[bad-argument]: 'int' object has no attribute 'shape'\n"
            "  hint: see docs/fixtures.md"
        ),
        id="bad-argument",
    ),
    pytest.param(
        lambda: decide("ones(1000, 1001) == 1", {}),
        (
            "ExpressionError[array-too-large]: ones: asks for 1001000 entries, at most "
            "1000000\n"
            "  hint: use a smaller example"
        ),
        id="array-too-large",
    ),
    pytest.param(
        lambda: read_text("a: &x 1\n"),
        "FixtureError[anchor]: deck.yaml: line 1: anchors and aliases are not allowed",
        id="anchor",
    ),
    pytest.param(
        lambda: read_text("a: 1\nb: !!int 2\n"),
        ("FixtureError[tag]: deck.yaml: line 2: the tag tag:yaml.org,2002:int is not allowed"),
        id="tag",
    ),
    pytest.param(
        lambda: read_text("[a]: 1\n"),
        "FixtureError[key]: deck.yaml: line 1: a key must be plain text",
        id="key",
    ),
    pytest.param(
        lambda: read_text("a: 1\nb: 2\na: 3\n"),
        "FixtureError[duplicate-key]: deck.yaml: line 3: the key 'a' occurs twice",
        id="duplicate-key",
    ),
    pytest.param(
        lambda: read_text("a: 1\n---\nb: 2\n"),
        ("FixtureError[two-documents]: deck.yaml: line 3: a second document starts here"),
        id="two-documents",
    ),
    pytest.param(
        lambda: read_text("a: [1, 2\n"),
        "FixtureError[not-yaml]: deck.yaml: line 2: did not find expected ',' or ']'",
        id="not-yaml",
    ),
    pytest.param(
        lambda: read_text("a:\n  " + "[" * 40 + "]" * 40),
        "FixtureError[nested-too-deep]: deck.yaml: line 2: more than 32 levels",
        id="nested-too-deep",
    ),
    pytest.param(
        lambda: read_text("#" + "x" * 5_000_000),
        "FixtureError[file-too-large]: deck.yaml: more than 5000000 bytes",
        id="file-too-large",
    ),
    pytest.param(
        lambda: read_text("a: 1\n"),
        ("FixtureError[no-cases]: deck.yaml:1: a fixture file is a map with a list 'cases'"),
        id="no-cases",
    ),
    pytest.param(
        lambda: load("no/such/file.yaml"),
        "FixtureError[unreadable-file]: no/such/file.yaml: No such file or directory",
        id="unreadable-file",
    ),
    pytest.param(
        lambda: load(Path(__file__).with_name("latin-1.yaml")),
        "FixtureError[not-utf-8]: {tests}/latin-1.yaml: byte 10 is not UTF-8",
        id="not-utf-8",
    ),
    pytest.param(
        lambda: read_cases("- text"),
        "FixtureError[not-a-case]: deck.yaml:6: case 0: a case is a map",
        id="not-a-case",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: value"),
        (
            "FixtureError[unknown-kind]: deck.yaml:9: case demo/case: field kind: kind "
            "'value' is unknown\n"
            "  hint: one of values, sum, shape, reads, statement, solve, lost"
        ),
        id="unknown-kind",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost\n  raeson: torn"),
        (
            "FixtureError[unknown-field]: deck.yaml:10: case demo/case: field raeson: "
            "'raeson' is no field\n"
            "  hint: did you mean 'reason'?"
        ),
        id="unknown-field",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost"),
        ("FixtureError[missing-field]: deck.yaml:6: case demo/case: 'reason' is missing"),
        id="missing-field",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost\n  reason: [1, 2]"),
        (
            "FixtureError[wrong-type]: deck.yaml:10: case demo/case: field reason: "
            "Expected `str`, got `array`"
        ),
        id="wrong-type",
    ),
    pytest.param(
        lambda: read_cases(
            CASE + "kind: lost\n  reason: torn\n" + CASE + "kind: lost\n  reason: r"
        ),
        (
            "FixtureError[duplicate-id]: deck.yaml:11: case demo/case: field id: the id "
            "'demo/case' occurs twice\n"
            "  hint: first used on line 6"
        ),
        id="duplicate-id",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: reads\n  x: $y\n  w: 2x2\n  cell: [0]\n  printed: a b"),
        (
            "FixtureError[unknown-array]: deck.yaml:10: case demo/case: field x: $y is "
            "not defined\n"
            "  hint: defined: none"
        ),
        id="unknown-array",
    ),
    pytest.param(
        lambda: resolve("$a", {"a": "$b", "b": "$a"}),
        "FixtureError[circular-array]: $a contains itself",
        id="circular-array",
    ),
    pytest.param(
        lambda: printed_cells("1 2 3; 4 5", {}),
        ("EntryError[ragged]: rows of 2 and 3 cells\n  hint: use _ for empty cells"),
        id="ragged",
    ),
    pytest.param(
        lambda: printed_cells(["1 2 3", "4 5"], {}),
        ("EntryError[ragged]: planes of shapes (2,) and (3,)\n  hint: use _ for empty cells"),
        id="ragged",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: correlate\n  x: 1 2"),
        "FixtureError[missing-field]: field w: correlate needs a kernel",
        id="missing-field",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: flatten\n  x: 1 2\n  w: 3 4"),
        "FixtureError[unknown-field]: field w: flatten takes no kernel",
        id="unknown-field",
    ),
    pytest.param(
        lambda: sizes("seven"),
        "FixtureError[bad-shape]: 'seven' is no shape\n  hint: 5x5x3",
        id="bad-shape",
    ),
    pytest.param(
        lambda: judged(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2 3\n  w: 4 5\n  printed: 6 7 8"
        ),
        "FixtureError[bad-shape]: field printed: printed 3, but the operation gives 2",
        id="bad-shape",
    ),
    pytest.param(
        lambda: judged(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p*p 2\n  w: 3 4\n  printed: '5'"
        ),
        (
            "FixtureError[not-linear]: 3*p**2 + 3 is not linear in p\n"
            "  hint: declare every unknown entry, and none in both x and w"
        ),
        id="not-linear",
    ),
    pytest.param(
        lambda: judged(
            "kind: sum\n  op: correlate\n  x: 1 2\n  w: 3 4\n  cell: [0]\n  printed: 1*3 < 8"
        ),
        "FixtureError[not-a-sum]: field printed: '1*3 < 8' is not of the form sum = total",
        id="not-a-sum",
    ),
    pytest.param(
        lambda: judged("kind: reads\n  x: 1 2 3\n  w: '2'\n  cell: [0]\n  printed: 1 and 2"),
        (
            "FixtureError[unknown-label]: field printed: no input is labelled and\n"
            "  hint: labels are entries of x"
        ),
        id="unknown-label",
    ),
    pytest.param(
        lambda: judged(
            "kind: values\n  op: flatten\n  x: 1 2\n  options: {stride: 2}\n  printed: 1 2"
        ),
        (
            "FixtureError[unknown-option]: field options.stride: flatten has no option 'stride'\n"
            "  hint: options: none"
        ),
        id="unknown-option",
    ),
    pytest.param(
        lambda: entry("sqrt(2)"),
        (
            "ExpressionError[unknown-function]: entry: 'sqrt' stands before a bracket\n"
            "    sqrt(2)\n"
            "    ^\n"
            "  hint: write sqrt*(...) for a product; no functions are known here"
        ),
        id="unknown-function",
    ),
    pytest.param(
        lambda: equal(entry("(a+b+c+d+e)^40"), entry("a^40")),
        (
            "ExpressionError[expansion-too-large]: (a + b + c + d + e)**40 expands to as many as "
            "135751 terms, at most 20000\n"
            "  hint: compare a smaller expression"
        ),
        id="expansion-too-large",
    ),
    pytest.param(
        lambda: decide("shape(f) == 2", {"f": array([1, 2])}),
        (
            "ExpressionError[bad-comparison]: a number and a shape cannot be equal or unequal\n"
            "  hint: compare values of one kind"
        ),
        id="bad-comparison",
    ),
    pytest.param(
        lambda: decide("f + g == f", {"f": array("1 2"), "g": array("1 2 3")}),
        (
            "ExpressionError[shape-mismatch]: '+' between arrays of shapes (2,) and (3,)\n"
            "  hint: give both the same shape"
        ),
        id="shape-mismatch",
    ),
    pytest.param(
        lambda: verify([codes.PACKAGE / "engines"]).faults[0],
        "FixtureError[no-files]: {package}/engines: no .yaml file in this folder",
        id="no-files",
    ),
]


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


def missing_from(table: set[str], raised: set[str]) -> list[str]:
    """Return the codes (or patterns of codes) that no row of the table has."""
    return sorted(code for code in raised if not any(re.fullmatch(code, known) for known in table))


def test_every_code_that_can_be_raised_is_in_the_table() -> None:
    assert missing_from(codes_of_the_table(), codes.raised()) == []


def test_every_code_of_the_table_can_be_raised() -> None:
    patterns = codes.raised()
    assert [
        code
        for code in sorted(codes_of_the_table())
        if not any(re.fullmatch(pattern, code) for pattern in patterns)
    ] == []


def test_the_guard_finds_a_code_that_no_row_has() -> None:
    source = """
def f(name, bad):
    code = "first-code" if bad else "second-code"
    fail(code, "text")
    raise GeometryError(f"{name}-not-positive", "text")
def g():
    raise errors.EntryError("third-code", "text")
"""
    found = codes.codes(source)
    assert found == {"first-code", "second-code", ".+-not-positive", "third-code"}
    table = {"first-code", "stride-not-positive", "third-code"}
    assert missing_from(table, found) == ["second-code"]


def test_every_id_of_the_table_is_its_code() -> None:
    for row in MESSAGES:
        assert f"Error[{row.id}]: " in row.values[1]


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
