"""Errors of laws: text that states none, unknown choices, shapes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symconv.laws import law, prove, read
from symconv.laws.language.builders import BUILDERS
from symconv.laws.testing import assert_laws
from tests.messages import with_module

CUBIC = "dot(x, x)*sum(w)*sum(y) == dot(x, x)*sum(y)*dot(w, 2*ones(len(w)))"
SCALARS = "(a + b + c + d)*(e + f + g + h)*(i + j + k + l)*(a + e)*x == x"
SIX = "(f + f + f + f + g + g)"
ARRAYS = f"convolve(convolve({SIX}, {SIX}), convolve({SIX}, {SIX})) == f"
HALF: Any = 0.5
NUMBER: Any = 7
FUNCTIONS = ", ".join(sorted(BUILDERS))

CASES: list[Any] = [
    pytest.param(
        lambda: law("comutativity"),
        "LawError[unknown-law]: no law is called 'comutativity'\n"
        "  hint: did you mean 'commutativity'?",
        id="unknown-law",
    ),
    pytest.param(
        lambda: prove("commutativitty"),
        "LawError[unknown-law]: no law is called 'commutativitty'\n"
        "  hint: did you mean 'commutativity'?",
        id="unknown-law, prove",
    ),
    pytest.param(
        lambda: prove("x == x", padding="same"),
        "LawError[unknown-choice]: a statement has no choice of padding\n"
        "  hint: write options into the statement",
        id="unknown-choice, statement",
    ),
    pytest.param(
        lambda: prove("bilinearity", dilation=2),
        "LawError[unknown-choice]: bilinearity has no choice of dilation\n"
        "  hint: it varies with op, padding",
        id="unknown-choice, law",
    ),
    pytest.param(
        lambda: prove("commutativity", padding="ful"),
        "LawError[unknown-choice]: padding='ful'\n  hint: did you mean 'full'?",
        id="unknown-choice, name",
    ),
    pytest.param(
        lambda: prove("commutativity", stride=0),
        "LawError[unknown-choice]: stride=0\n  hint: use an integer of 1 or more",
        id="unknown-choice, number",
    ),
    pytest.param(
        lambda: prove("x == flip(x)", up_to=0),
        "LawError[bad-parameter]: up_to is 0\n  hint: use an integer of 1 or more",
        id="bad-parameter, bound",
    ),
    pytest.param(
        lambda: prove("shift(x, p) == x", shapes={"x": 3}, parameters={"p": HALF}),
        "LawError[bad-parameter]: p is 0.5\n  hint: use an integer",
        id="bad-parameter, value",
    ),
    pytest.param(
        lambda: prove("dilate(x, m) == x", shapes={"x": 3}, parameters={"m": 0}),
        "LawError[bad-parameter]: m is 0\n  hint: use an integer of 1 or more",
        id="bad-parameter, least",
    ),
    pytest.param(
        lambda: prove("convolve(x, w) == x", shapes={"x": 3}),
        "LawError[missing-shape]: tensor w has no shape\n  hint: give its 1 length",
        id="missing-shape",
    ),
    pytest.param(
        lambda: prove("convolve(x, w) == x", rank=2, shapes={"w": (1, 2)}),
        "LawError[missing-shape]: tensor x has no shape\n  hint: give its 2 lengths",
        id="missing-shape, axes",
    ),
    pytest.param(
        lambda: prove("shift(x, p) == x", shapes={"x": 3}),
        "LawError[missing-shape]: p has no value\n  hint: give every named integer a value",
        id="missing-shape, integer",
    ),
    pytest.param(
        lambda: prove("convolve(x, w) == x", shapes={"x": 3, "w": (2, 4)}),
        "LawError[bad-shape]: tensor w has the shape (2, 4)\n"
        "  hint: give 1 length of 1 or more, or say rank=2 for laws of two axes",
        id="bad-shape",
    ),
    pytest.param(
        lambda: prove("convolve(x, w) == x", rank=2, shapes={"x": (3, 0), "w": (1, 2)}),
        "LawError[bad-shape]: tensor x has the shape (3, 0)\n"
        "  hint: give 2 lengths of 1 or more, or say rank=2 for laws of two axes",
        id="bad-shape, length",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", shapes={"x": 3, "y": 4}),
        "LawError[unknown-name]: the law has no 'y'\n  hint: it has x",
        id="unknown-name, shape",
    ),
    pytest.param(
        lambda: prove("shift(x, p) == x", assume="q <= 3"),
        "ExpressionError[unknown-name]: 'q' is no integer of the law\n    q <= 3\n    ^",
        id="unknown-name, assumption",
    ),
    pytest.param(
        lambda: prove("flip(correlate(x, w)) == x", shapes={"x": 2, "w": 5}),
        "LawError[no-room]: a side cannot be formed at this shape: a kernel does not fit its "
        "input\n"
        "  hint: give lengths that fit",
        id="no-room",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", assume="len(x) >= 5", shapes={"x": 3}),
        "LawError[vacuous]: vacuous: len(x) >= 5 does not hold at this shape\n"
        "  hint: drop an assumption",
        id="vacuous, this shape",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", assume="len(x) >= 5", up_to=3),
        "LawError[vacuous]: vacuous: no shape up to 3 satisfies it and has an output\n"
        "  hint: they are: len(x) >= 5",
        id="vacuous, up to a bound",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", assume="len(x) < 1"),
        "LawError[vacuous]: vacuous: no shape satisfies its hypotheses and has an output\n"
        "  hint: they are: len(x) < 1",
        id="vacuous, all shapes",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", rank=7),
        "LawError[bad-rank]: rank is 7\n  hint: use a number of axes from 1 to 4",
        id="bad-rank",
    ),
    pytest.param(
        lambda: prove("flip(x) == x", algebra="max-plu"),
        "LawError[unknown-algebra]: algebra='max-plu'\n  hint: did you mean 'max-plus'?",
        id="unknown-algebra",
    ),
    pytest.param(
        lambda: prove("max_pool(x, 2) == x", algebra="min-plus"),
        "LawError[mixed-algebras]: max_pool sums by max-plus, but the law is one of min-plus\n"
        "  hint: a law has one algebra: state it apart from other pools",
        id="mixed-algebras",
    ),
    pytest.param(
        lambda: prove("x + w == x", ranks={"x": 1, "w": 2}),
        "LawError[bad-ranks]: the arrays have 1 and 2 axes\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, sum",
    ),
    pytest.param(
        lambda: prove("correlate(x, w) == x", ranks={"x": 2, "w": 1}),
        "LawError[bad-ranks]: input and kernel have 2 and 1 axes\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, kernel",
    ),
    pytest.param(
        lambda: prove("conv(x, w) == y", ranks={"x": 1, "w": 3, "y": 1}),
        "LawError[bad-ranks]: a layer takes x (C, *S) and w (M, C/groups, *K), not 1 and 3 axes\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, layer",
    ),
    pytest.param(
        lambda: prove("conv_transpose(x, w) == x", ranks={"x": 1, "w": 3}),
        "LawError[bad-ranks]: input and kernel have 1 and 3 axes\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, transposed",
    ),
    pytest.param(
        lambda: prove("tensordot(x, w, axes=3) == x", ranks={"x": 2, "w": 4}),
        "LawError[bad-ranks]: 3 axes are summed of arrays with 2 and 4\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, tensordot",
    ),
    pytest.param(
        lambda: prove("vec(x) == y", ranks={"x": 3, "y": 1}),
        "LawError[bad-ranks]: a matrix has 2 axes, not 3\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, matrix",
    ),
    pytest.param(
        lambda: prove("toeplitz(w, 4) == a", ranks={"w": 2, "a": 2}),
        "LawError[bad-ranks]: the kernel of a Toeplitz matrix has 1 axis, not 2\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, toeplitz",
    ),
    pytest.param(
        lambda: prove("flip(x, axis=2) == x", ranks={"x": 2}),
        "LawError[bad-ranks]: there is no axis 2 in an array with 2\n"
        "  hint: say how many axes a tensor has: ranks={'x': 2}, or --rank x=2",
        id="bad-ranks, axis",
    ),
    pytest.param(
        lambda: prove("flip(x) + x = y = z"),
        "ExpressionError[no-law]: a law is one equation\n"
        "    flip(x) + x = y = z\n"
        "    ^\n"
        "  hint: write left == right",
        id="no-law",
    ),
    pytest.param(
        lambda: prove("flip(x) <= x"),
        "ExpressionError[no-law]: a law is one equation\n"
        "    flip(x) <= x\n"
        "    ^\n"
        "  hint: write left == right",
        id="no-law, relation",
    ),
    pytest.param(
        lambda: read("flip(x) + x"),
        "ExpressionError[no-law]: a law is one equation\n"
        "    flip(x) + x\n"
        "            ^\n"
        "  hint: write left == right",
        id="no-law, expression",
    ),
    pytest.param(
        lambda: read(NUMBER),
        "LawError[no-law]: a law is text, not int\n  hint: a == b",
        id="no-law, type",
    ),
    pytest.param(
        lambda: prove("shift(x, p) == x", assume="p + 3"),
        "ExpressionError[no-comparison]: an assumption compares integers\n"
        "    p + 3\n"
        "      ^\n"
        "  hint: as in p <= 3",
        id="no-comparison",
    ),
    pytest.param(
        lambda: prove("flip('same') == x"),
        "ExpressionError[no-array]: this is no array\n"
        "    flip('same') == x\n"
        "         ^\n"
        f"  hint: name a tensor or call one of {FUNCTIONS}",
        id="no-array, text",
    ),
    pytest.param(
        lambda: prove("len(x) == x"),
        "ExpressionError[no-array]: this is no array\n"
        "    len(x) == x\n"
        "    ^\n"
        f"  hint: name a tensor or call one of {FUNCTIONS}",
        id="no-array, integer",
    ),
    pytest.param(
        lambda: prove("convolve(2*3, x) == x"),
        "ExpressionError[no-array]: this product has no array\n"
        "    convolve(2*3, x) == x\n"
        "              ^\n"
        "  hint: multiply a tensor",
        id="no-array, product",
    ),
    pytest.param(
        lambda: prove('correlate(x, w, boundary="constant(a + 2)") == x'),
        "ExpressionError[no-scalar]: the constant is no single number or name\n"
        '    correlate(x, w, boundary="constant(a + 2)") == x\n'
        "                             ^",
        id="no-scalar, boundary",
    ),
    pytest.param(
        lambda: prove("flip(3/a*x) == flip(x)"),
        "ExpressionError[no-scalar]: this is no scalar\n"
        "    flip(3/a*x) == flip(x)\n"
        "          ^\n"
        "  hint: use numbers and names",
        id="no-scalar, quotient",
    ),
    pytest.param(
        lambda: prove("shift(x, 0.5) == x"),
        "ExpressionError[no-integer]: 1/2 is no integer expression\n"
        "    shift(x, 0.5) == x\n"
        "             ^\n"
        "  hint: use integers, named integers, len(x), + - * %, floor, ceil, min, max",
        id="no-integer, fraction",
    ),
    pytest.param(
        lambda: prove("shift(x, p/2) == x"),
        "ExpressionError[no-integer]: a quotient is no integer expression\n"
        "    shift(x, p/2) == x\n"
        "              ^\n"
        "  hint: write floor(a / b) or ceil(a / b)",
        id="no-integer, quotient",
    ),
    pytest.param(
        lambda: prove("shift(x, floor(p/(q + 1))) == x"),
        "ExpressionError[no-integer]: the divisor q + 1 is no integer expression\n"
        "    shift(x, floor(p/(q + 1))) == x\n"
        "                    ^\n"
        "  hint: divide by a number, a name or a length",
        id="no-integer, divisor",
    ),
    pytest.param(
        lambda: prove("shift(x, p % 0) == x"),
        "ExpressionError[no-integer]: the divisor 0 is no integer expression\n"
        "    shift(x, p % 0) == x\n"
        "               ^\n"
        "  hint: divide by 1 or more",
        id="no-integer, zero",
    ),
    pytest.param(
        lambda: prove("shift(x, len(y)) == x"),
        "ExpressionError[no-integer]: len of this is no integer expression\n"
        "    shift(x, len(y)) == x\n"
        "                 ^\n"
        "  hint: the tensors are x",
        id="no-integer, len",
    ),
    pytest.param(
        lambda: prove("shift(x, len(x, 3)) == x"),
        "ExpressionError[no-integer]: an axis of x, which has 1, beyond them is no integer "
        "expression\n"
        "    shift(x, len(x, 3)) == x\n"
        "             ^\n"
        "  hint: use integers, named integers, len(x), + - * %, floor, ceil, min, max",
        id="no-integer, axis",
    ),
    pytest.param(
        lambda: prove("shift(x, floor(p)) == x"),
        "ExpressionError[no-integer]: this is no integer expression\n"
        "    shift(x, floor(p)) == x\n"
        "                   ^\n"
        "  hint: write floor(a / b)",
        id="no-integer, floor",
    ),
    pytest.param(
        lambda: prove("shift(x, 'same') == x"),
        "ExpressionError[no-integer]: this is no integer expression\n"
        "    shift(x, 'same') == x\n"
        "             ^\n"
        "  hint: use integers, named integers, len(x), + - * %, floor, ceil, min, max",
        id="no-integer, text",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, padding='vald') == x"),
        "ExpressionError[unknown-padding]: padding='vald'\n"
        "    correlate(x, w, padding='vald') == x\n"
        "                            ^\n"
        "  hint: did you mean 'valid'?",
        id="unknown-padding",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, padding=same) == x"),
        "ExpressionError[unknown-padding]: same is a name\n"
        "    correlate(x, w, padding=same) == x\n"
        "                            ^\n"
        '  hint: write padding="same"',
        id="unknown-padding, name",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, padding=(1, 2, 3)) == x"),
        "ExpressionError[bad-padding]: padding is (before, after)\n"
        "    correlate(x, w, padding=(1, 2, 3)) == x\n"
        "                            ^\n"
        "  hint: give two integers",
        id="bad-padding",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, boundary='wrapped') == x"),
        "ExpressionError[unknown-boundary]: boundary='wrapped'\n"
        "    correlate(x, w, boundary='wrapped') == x\n"
        "                             ^\n"
        "  hint: did you mean 'wrap'?",
        id="unknown-boundary",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, boundary='constant') == x"),
        "ExpressionError[unknown-boundary]: boundary='constant'\n"
        "    correlate(x, w, boundary='constant') == x\n"
        "                             ^\n"
        "  hint: did you mean 'constant(c)'?",
        id="unknown-boundary, constant",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, boundary=1) == x"),
        "ExpressionError[unknown-boundary]: a boundary is a name\n"
        "    correlate(x, w, boundary=1) == x\n"
        "                             ^\n"
        '  hint: write "wrap"',
        id="unknown-boundary, number",
    ),
    pytest.param(
        lambda: prove("pad(x, 1, 2, boundary='constant(c)') == x"),
        "ExpressionError[unknown-boundary]: pad reads no constant\n"
        "    pad(x, 1, 2, boundary='constant(c)') == x\n"
        "    ^",
        id="unknown-boundary, pad",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, flip=2) == x"),
        "ExpressionError[not-a-switch]: flip is no switch\n"
        "    correlate(x, w, flip=2) == x\n"
        "                         ^\n"
        "  hint: use True or False",
        id="not-a-switch",
    ),
    pytest.param(
        lambda: prove("flip(x, axis=p) == x"),
        "ExpressionError[bad-axis]: an axis is a number\n"
        "    flip(x, axis=p) == x\n"
        "                 ^\n"
        "  hint: as in axis=0",
        id="bad-axis",
    ),
    pytest.param(
        lambda: prove("tensordot(x, w, axes=-1) == x"),
        "ExpressionError[bad-axis]: axes is a number of 0 or more\n"
        "    tensordot(x, w, axes=-1) == x\n"
        "                         ^\n"
        "  hint: as in axes=2",
        id="bad-axis, axes",
    ),
    pytest.param(
        lambda: prove("correlate(x) == x"),
        "ExpressionError[bad-argument]: correlate takes 2 arguments, not 1\n"
        "    correlate(x) == x\n"
        "    ^\n"
        "  hint: as in correlate(x, w)",
        id="bad-argument, count",
    ),
    pytest.param(
        lambda: prove("delta(1, 2, 3, 4, 5) == x"),
        "ExpressionError[bad-argument]: delta takes 1 to 4 arguments, not 5\n"
        "    delta(1, 2, 3, 4, 5) == x\n"
        "    ^\n"
        "  hint: as in delta(3)",
        id="bad-argument, range",
    ),
    pytest.param(
        lambda: prove("convolve(x, w, groups=2) == x"),
        "ExpressionError[bad-argument]: there is no option 'groups'\n"
        "    convolve(x, w, groups=2) == x\n"
        "                          ^\n"
        "  hint: options: padding, stride, dilation, input_dilation, boundary",
        id="bad-argument, option",
    ),
    pytest.param(
        lambda: prove("dot(x, w, axis=1) == x"),
        "ExpressionError[bad-argument]: there is no option 'axis'\n"
        "    dot(x, w, axis=1) == x\n"
        "                   ^\n"
        "  hint: options: none",
        id="bad-argument, no options",
    ),
    pytest.param(
        lambda: prove("correlate(x, w, stride=1, stride=2) == x"),
        "ExpressionError[bad-argument]: stride is given twice\n"
        "    correlate(x, w, stride=1, stride=2) == x\n"
        "                                     ^",
        id="bad-argument, twice",
    ),
    pytest.param(
        lambda: prove("avg_pool(x, 2, padding=1) == x"),
        "ExpressionError[bad-argument]: avg_pool takes no padding here\n"
        "    avg_pool(x, 2, padding=1) == x\n"
        "    ^\n"
        "  hint: a mean that leaves padding out divides by other numbers; pad(x, p, p) counts it",
        id="bad-argument, avg_pool",
    ),
    pytest.param(
        lambda: prove("convolve(x*w, x) == w"),
        "ExpressionError[product-of-arrays]: two arrays are multiplied\n"
        "    convolve(x*w, x) == w\n"
        "              ^\n"
        "  hint: write convolve(f, g), dot(f, g), or name a scalar that no operation reads",
        id="product-of-arrays",
    ),
    pytest.param(
        lambda: prove("shift(x, x) == x"),
        "ExpressionError[two-meanings]: 'x' is a tensor and an integer\n"
        "    shift(x, x) == x\n"
        "          ^",
        id="two-meanings",
    ),
    pytest.param(
        lambda: prove("p*shift(x, p) == x"),
        "ExpressionError[two-meanings]: 'p' is a scalar and an integer\n"
        "    p*shift(x, p) == x\n"
        "    ^",
        id="two-meanings, scalar",
    ),
    pytest.param(
        lambda: with_module("z3", None, lambda: prove("convolve(f, g) == convolve(g, f)")),
        "LawError[no-solver]: a proof for all shapes needs z3-solver, which is not installed\n"
        "  hint: pip install 'symconv[proof]', or ask for shapes up to a bound with up_to",
        id="no-solver",
    ),
    pytest.param(
        lambda: prove("correlate(x, w) == x", shapes={"x": 200000, "w": 100000}),
        "LawError[too-many-terms]: a table of 30000300000 indices, but at most 40000000 are "
        "worked on\n"
        "  hint: ask at a smaller shape",
        id="too-many-terms, table",
    ),
    pytest.param(
        lambda: prove(CUBIC, shapes={"x": 300, "w": 200, "y": 100}),
        "LawError[too-many-terms]: the axes do not decide, and a side has more than 4000000 "
        "terms to write out\n"
        "  hint: ask at a smaller shape",
        id="too-many-terms, comparison",
    ),
    pytest.param(
        lambda: prove(SCALARS),
        "ExpressionError[too-many-products]: a product of scalars has 128 terms, at most 100\n"
        "    (a + b + c + d)*(e + f + g + h)*(i + j + k + l)*(a + e)*x == x\n"
        "                                                           ^\n"
        "  hint: write fewer brackets",
        id="too-many-products, scalars",
    ),
    pytest.param(
        lambda: prove(ARRAYS, shapes={"f": 3, "g": 3}),
        "LawError[too-many-products]: a side sums 1296 products of tensors, at most 1000 are "
        "kept apart\n"
        "  hint: state it in several laws",
        id="too-many-products, arrays",
    ),
    pytest.param(
        lambda: assert_laws(np.convolve, "comutativity", op="convolve"),
        "LawError[unknown-law]: no law is called 'comutativity'\n"
        "  hint: did you mean 'commutativity'?",
        id="unknown-law, tested",
    ),
    pytest.param(
        lambda: assert_laws(np.convolve, "commutativity", op="convolve", padding="ful"),
        "LawError[unknown-choice]: padding='ful'\n  hint: did you mean 'full'?",
        id="unknown-choice, tested",
    ),
    pytest.param(
        lambda: assert_laws(np.correlate, "correlate(x, w) == correlate(w, x)"),
        "LawError[refuted-law]: correlate(x, w) == correlate(w, x) does not hold for correlate\n"
        "  hint: it fails at x 1, w 2:\n"
        "    left  0: empty\n"
        "    right 2: [x0*w0]  [x0*w1]",
        id="refuted-law",
    ),
    pytest.param(
        lambda: assert_laws(np.correlate, "flip(flip(x)) == x"),
        "LawError[no-part]: correlate takes no part in flip(flip(x)) == x\n"
        "  hint: name a law of this operation, or options that the function accepts",
        id="no-part",
    ),
    pytest.param(
        lambda: with_module("hypothesis", None, lambda: assert_laws(np.convolve, op="convolve")),
        "LawError[no-hypothesis]: laws are tested with hypothesis, which is not installed\n"
        "  hint: pip install hypothesis",
        id="no-hypothesis",
    ),
    pytest.param(
        lambda: prove("subsample(x, 0) == x"),
        "ExpressionError[too-small]: 0 stands here\n"
        "    subsample(x, 0) == x\n"
        "                 ^\n"
        "  hint: use 1 or more",
        id="too-small",
    ),
    pytest.param(
        lambda: prove("flip(x)[0] == x"),
        "ExpressionError[no-indexing]: entries are not read by index\n"
        "    flip(x)[0] == x\n"
        "           ^\n"
        "  hint: a law is about whole arrays; pad(x, -1, 0) leaves the first entry out",
        id="no-indexing",
    ),
    pytest.param(
        lambda: prove("pad(x, " + "+".join(["p"] * 3000) + ", 0) == x"),
        "LawError[too-deep]: the law nests deeper than it can be followed\n"
        "  hint: state it in several laws",
        id="too-deep",
    ),
    pytest.param(
        lambda: prove("flip(flip(x)) == x", smt2=__file__),
        f"LawError[unwritable]: the folder {__file__} cannot be made: File exists\n"
        "  hint: name another one",
        id="unwritable",
    ),
]
