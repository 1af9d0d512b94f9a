"""Errors of question files, shown to the teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symconv.homework import Checker, load, loads

HEAD = "schema: symconv-question/1\nid: demo\nop: correlation\n"
ARRAYS = "input: 1 2 3; 4 5 6\nkernel: 1 1; 0 1\n"


def asked(rest: str) -> Any:
    """Read a question, and make its table of mistakes."""
    return Checker(loads(HEAD + rest, "q.yaml")).table


CASES: list[Any] = [
    pytest.param(
        lambda: asked(ARRAYS + "kernle: 1\n"),
        "QuestionError[question-format]: q.yaml:6: field kernle: Object contains unknown field "
        "`kernle`\n  hint: did you mean 'kernel'?",
        id="question-format",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "options: {stride: two}\n"),
        "QuestionError[question-format]: q.yaml:6: field options.stride: Expected `int | array`, "
        "got `str`",
        id="question-format, an option",
    ),
    pytest.param(
        lambda: asked("input: x1 x_1\nkernel: a\n"),
        "QuestionError[ambiguous-symbols]: q.yaml: 'x1' and 'x_1' cannot be told apart in answers\n"
        "  hint: rename one of them",
        id="ambiguous-symbols",
    ),
    pytest.param(
        lambda: asked("input: a b ab\nkernel: a\nsymbols: a b ab\n"),
        "QuestionError[ambiguous-symbols]: q.yaml: 'ab' may also be read as a product of other "
        "symbols\n  hint: rename one of them",
        id="ambiguous-symbols, a product",
    ),
    pytest.param(
        lambda: asked("input: a b\nkernel: a\nsymbols: a b c'\n"),
        'QuestionError[unreadable-symbol]: q.yaml: symbols: "c\'" cannot be written in an answer\n'
        "  hint: a symbol is a letter or a word, with digits at its end if need be",
        id="unreadable-symbol",
    ),
    pytest.param(
        lambda: asked("input: ''\nkernel: 1\n"),
        "QuestionError[empty-array]: q.yaml: input: no entries",
        id="empty-array",
    ),
    pytest.param(
        lambda: asked("input: 1 2; 3\nkernel: 1\n"),
        "QuestionError[ragged]: q.yaml: input: parts of shapes 1 and 2\n"
        "  hint: rows need one length",
        id="ragged",
    ),
    pytest.param(
        lambda: asked("input: 1 2 3\nkernel: 1 1; 0 1\noptions: {spatial: 2}\n"),
        "QuestionError[rank-mismatch]: q.yaml: input has 1 axes 3 and kernel 2 2x2\n"
        "  hint: take input (*S) and kernel (*K), or input (C, *S) and kernel (M, C, *K)",
        id="rank-mismatch",
    ),
    pytest.param(
        lambda: asked("input: a b c\nkernel: w\noptions: {boundary: constant(a), padding: 1}\n"),
        "QuestionError[letter-outside]: q.yaml: options.boundary: the padding reads a, which is no "
        "number\n  hint: use a number, or write the padding into the input",
        id="letter-outside",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "bias: 1 2 3\n"),
        "QuestionError[bias-shape]: q.yaml: bias: 3 numbers for 1 filters\n"
        "  hint: give one number for each filter",
        id="bias-shape",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "weights: 1 2 3\n"),
        "QuestionError[bad-weights]: q.yaml: weights: 3 weights for 2 cells, the least of them 1\n"
        "  hint: give each cell a number of 0 or more, not all 0",
        id="bad-weights",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "credit: {rounded: 3/2}\n"),
        "QuestionError[bad-credit]: q.yaml: credit: rounded is 3/2\n"
        "  hint: give a part from 0 to 1",
        id="bad-credit",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "answer: {rounding: {mode: half-up}}\n"),
        "QuestionError[bad-rounding]: q.yaml: answer.rounding: rounding needs either places or "
        "digits\n"
        "  hint: write {places: 2} for two decimals, {digits: 3} for three significant digits",
        id="bad-rounding",
    ),
    pytest.param(
        lambda: asked("input: a^7 1\nkernel: a^7 1\noptions: {padding: full}\n"),
        "QuestionError[unanswerable]: q.yaml: cell 2 of the answer could not be typed: exponent\n"
        "  hint: use smaller numbers or powers",
        id="unanswerable",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "limits: {cells: 1}\n"),
        "QuestionError[unanswerable]: q.yaml: the answer 1x2 has more cells than the limits "
        "allow\n  hint: raise limits.cells or limits.columns",
        id="unanswerable, too many cells",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "submissions: {answer: [a, b, c]}\n"),
        "QuestionError[bad-columns]: q.yaml: submissions.answer: 3 columns for 2 cells\n"
        "  hint: name one column with the whole answer, or one for each cell",
        id="bad-columns",
    ),
    pytest.param(
        lambda: asked("input: x y (1,2)\nkernel: x\n"),
        "QuestionError[not-a-number]: q.yaml: input: '(1,2)' is no number and no sum of letters",
        id="not-a-number",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "feedback: all\n"),
        "QuestionError[question-format]: q.yaml:6: field feedback: Invalid enum value 'all'\n"
        "  hint: one of score, cells, label, full",
        id="question-format, a choice",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "limits: {cell: 7}\n"),
        "QuestionError[unknown-limit]: q.yaml: 'cell' is no limit\n  hint: one of file_bytes, "
        "notebook_bytes, members, ratio, cells, columns, cell_characters, tokens, depth, digits, "
        "bits, exponent, terms, products, submission_products",
        id="unknown-limit",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "catalogue: {disable: [flip_add]}\n"),
        "QuestionError[unknown-mistake]: catalogue: no mistake is called 'flip_add'\n"
        "  hint: did you mean 'flip_added'?",
        id="unknown-mistake",
    ),
    pytest.param(
        lambda: asked("input: a b\nkernel: a^-1\n"),
        "QuestionError[negative-power]: q.yaml: kernel: a letter has no negative power\n"
        "  hint: divide by numbers only",
        id="negative-power",
    ),
    pytest.param(
        lambda: asked("input: 1 2\nkernel: 1 2 3\n"),
        "QuestionError[kernel-too-wide]: q.yaml: axis 0: the kernel spans 3 (3 taps, dilation 1) "
        "but the padded input is 2 (2 + 0 + 0)\n"
        "  hint: pad one more on axis 0, or use at most 2 taps",
        id="kernel-too-wide",
    ),
    pytest.param(
        lambda: asked(
            ARRAYS + "catalogue: {custom: [{id: a, says: s, answer: 1 2}, "
            "{id: a, says: t, answer: 3 4}]}\n"
        ),
        "QuestionError[duplicate-mistake]: q.yaml: catalogue.custom: two mistakes are called 'a'",
        id="duplicate-mistake",
    ),
    pytest.param(
        lambda: asked("input: [[1 2; 3 4]]\nkernel: [[1 2; 3 4]]\noptions: {spatial: 4}\n"),
        "QuestionError[too-many-axes]: q.yaml: the kernel slides along 4 axes, at most 3\n"
        "  hint: give spatial, or fewer axes",
        id="too-many-axes",
    ),
    pytest.param(
        lambda: asked("input: " + " ".join(f"x{n}" for n in range(401)) + "\nkernel: 1\n"),
        "QuestionError[too-many-symbols]: q.yaml: 401 letters, at most 400\n"
        "  hint: use numbers, or a smaller input",
        id="too-many-symbols",
    ),
    pytest.param(
        lambda: asked("input: (a+b+c+d+e+f+g+h)^90 1\nkernel: 1\nsymbols: a b c d e f g h\n"),
        "QuestionError[power-too-large]: q.yaml: input: a power of more than 2000 terms\n"
        "  hint: use fewer letters",
        id="power-too-large",
    ),
    pytest.param(
        lambda: loads("#" * 300_001, "q.yaml"),
        "QuestionError[file-too-large]: q.yaml: 300001 characters, at most 300000\n"
        "  hint: use smaller arrays",
        id="file-too-large, a question",
    ),
    pytest.param(
        lambda: asked(ARRAYS + "limits: {digits: 5000}\n"),
        "QuestionError[limit-too-large]: q.yaml: limits.digits is 5000, at most 1000",
        id="limit-too-large",
    ),
    pytest.param(
        lambda: asked("input: " + "9" * 55 + "\nkernel: " + "9" * 56 + "\n"),
        "QuestionError[unanswerable]: q.yaml: the answer has numbers of more than 60 digits\n"
        "  hint: use smaller numbers",
        id="unanswerable, long numbers",
    ),
    pytest.param(
        lambda: load(Path("nowhere.yaml")),
        "QuestionError[unreadable-file]: nowhere.yaml: No such file or directory",
        id="unreadable-file, a question",
    ),
]
