"""Cells of answers that cannot be read, and what the student is told."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.homework.reading.cells import Budget, read
from symconv.homework.reading.model import Limits, Rules


def fault(text: str, symbols: str = "a b w x", **options: Any) -> Any:
    """Return why a cell is refused; options are rules or limits."""
    limits = {name: options.pop(name) for name in list(options) if hasattr(Limits(), name)}
    return read(text, Rules(frozenset(symbols.split()), **options, limits=Limits(**limits))).fault


def spent() -> Any:
    """Return why a cell is refused when the cells before it took what the answer has."""
    rules = Rules(frozenset("ab"), limits=Limits(submission_products=7))
    return [read("(a+b)(a-b)", rules, budget) for budget in [Budget(rules.limits)] * 2][1].fault


CASES: list[Any] = [
    pytest.param(
        lambda: fault("1.1(6)"),
        "AnswerError[repeating-decimal]: character 4: repeating digits in brackets, or a product?\n"
        "  hint: write a number without end as a fraction, 7/6, and a product with *",
        id="repeating-decimal",
    ),
    pytest.param(
        lambda: fault("(0,0) 6"),
        "AnswerError[place]: character 2: (0,0) looks like the place of a cell\n"
        "  hint: write the value of the cell alone",
        id="place",
    ),
    pytest.param(
        lambda: fault("1x1+2x2", symbols=""),
        'AnswerError[unknown-symbol]: character 2: "x1" stands where a number is expected\n'
        "  hint: this question has no letters: for a product write 2*3 or 2·3",
        id="unknown-symbol, times",
    ),
    pytest.param(
        lambda: fault("1 # 2"),
        'AnswerError[bad-character]: character 3: cannot read "#" (U+0023)\n'
        "  hint: leave it away or write it otherwise",
        id="bad-character",
    ),
    pytest.param(
        lambda: fault("а + b"),
        'AnswerError[bad-character]: character 1: cannot read "а" (U+0430), which looks like '
        '"a"\n'
        '  hint: type "a" instead',
        id="bad-character, alike",
    ),
    pytest.param(
        lambda: fault("a\u202eb"),
        "AnswerError[bad-character]: character 2: cannot read an invisible character "
        "(U+202E)\n"
        "  hint: leave it away or write it otherwise",
        id="bad-character, invisible",
    ),
    pytest.param(
        lambda: fault("[1]"),
        'AnswerError[bad-character]: character 1: cannot read "[" (U+005B)\n'
        "  hint: use round brackets ( )",
        id="bad-character, brackets",
    ),
    pytest.param(
        lambda: fault("1_000"),
        'AnswerError[bad-character]: character 2: cannot read "_" (U+005F)\n'
        "  hint: write numbers without _, and subscripts as x_1 or x_{11}",
        id="bad-character, underscore",
    ),
    pytest.param(
        lambda: fault("1/(2; 3)"),
        'AnswerError[bad-character]: character 5: cannot read ";" (U+003B)\n'
        "  hint: write one value in a cell",
        id="bad-character, semicolon",
    ),
    pytest.param(
        lambda: fault("0.333…"),
        'AnswerError[bad-character]: character 6: cannot read "…" (U+2026)\n'
        "  hint: write a number without end as a fraction, 1/3",
        id="bad-character, ellipsis",
    ),
    pytest.param(
        lambda: fault("3!"),
        'AnswerError[bad-character]: character 2: cannot read "!" (U+0021)\n'
        "  hint: write the value itself",
        id="bad-character, factorial",
    ),
    pytest.param(
        lambda: fault('"7"'),
        'AnswerError[quotes]: character 1: """ (U+0022) is not part of an answer\n'
        "  hint: leave the quotation mark away",
        id="quotes",
    ),
    pytest.param(
        lambda: fault("7 %"),
        "AnswerError[percent]: character 3: a percent sign is not part of an answer\n"
        "  hint: write 7% as 7/100",
        id="percent",
    ),
    pytest.param(
        lambda: fault("≈7"),
        'AnswerError[approximate]: character 1: "≈" (U+2248) says that this is not the value\n'
        "  hint: write the exact value, or the rounded number alone",
        id="approximate",
    ),
    pytest.param(
        lambda: fault(r"\sqrt{4}"),
        'AnswerError[unknown-command]: character 1: "\\sqrt" is not read here\n'
        "  hint: of LaTeX use \\frac, \\cdot, \\times, \\left( \\right) and letters",
        id="unknown-command",
    ),
    pytest.param(
        lambda: fault("3\0"),
        "AnswerError[encoding]: character 2: an invisible character (U+0000) is not text\n"
        "  hint: save the file as UTF-8 text and hand it in again",
        id="encoding",
    ),
    pytest.param(
        lambda: fault("1\udc80"),
        "AnswerError[encoding]: character 2: an invisible character (U+DC80) is not text\n"
        "  hint: save the file as UTF-8 text and hand it in again",
        id="encoding, half of a pair",
    ),
    pytest.param(
        lambda: fault("3 + q"),
        'AnswerError[unknown-symbol]: character 5: "q" is not one of the letters of this '
        "question\n"
        "  hint: the letters are a b w x",
        id="unknown-symbol",
    ),
    pytest.param(
        lambda: fault("3 + xq"),
        'AnswerError[unknown-symbol]: character 6: "q" is not one of the letters of this '
        "question\n"
        "  hint: the letters are a b w x",
        id="unknown-symbol, in a run",
    ),
    pytest.param(
        lambda: fault("X + 2"),
        'AnswerError[unknown-symbol]: character 1: "X" is not one of the letters of this '
        "question\n"
        '  hint: the question writes "x": the case of letters counts',
        id="unknown-symbol, case",
    ),
    pytest.param(
        lambda: fault("2 + x3"),
        'AnswerError[unknown-symbol]: character 5: "x3" is not one of the letters of this '
        "question\n"
        "  hint: for a product write x*3, for a power x^3",
        id="unknown-symbol, product or power",
    ),
    pytest.param(
        lambda: fault("2e5"),
        'AnswerError[unknown-symbol]: character 2: "e5" is not one of the letters of this '
        "question\n"
        "  hint: for a power of ten write 10^5",
        id="unknown-symbol, power of ten",
    ),
    pytest.param(
        lambda: fault("3 + wieght", "weight height"),
        'AnswerError[unknown-symbol]: character 5: "wieght" is not one of the letters of '
        "this question\n"
        '  hint: did you mean "weight"?',
        id="unknown-symbol, near",
    ),
    pytest.param(
        lambda: fault("2ν", "v"),
        'AnswerError[unknown-symbol]: character 2: "ν" is not one of the letters of this '
        "question\n"
        '  hint: this "ν" is another character than the letter "v": type it anew',
        id="unknown-symbol, alike",
    ),
    pytest.param(
        lambda: fault("7 px", ""),
        'AnswerError[unknown-symbol]: character 3: "px" stands where a number is expected\n'
        "  hint: this question has no letters: write numbers only",
        id="unknown-symbol, no letters",
    ),
    pytest.param(
        lambda: fault("q" * 30),
        'AnswerError[unknown-symbol]: character 1: "qqqqqqqqqqqqqqqqqqqq…" is not one of the '
        "letters of this question\n"
        "  hint: the letters are a b w x",
        id="unknown-symbol, long",
    ),
    pytest.param(
        lambda: fault("q", "a b c d e f g h i j k l m n"),
        'AnswerError[unknown-symbol]: character 1: "q" is not one of the letters of this '
        "question\n"
        "  hint: the letters are a b c d e f g h i j k l …",
        id="unknown-symbol, many letters",
    ),
    pytest.param(
        lambda: fault("aab", "a ab aa b"),
        'AnswerError[ambiguous-name]: character 1: "aab" can be read as aa·b or a·ab or '
        "a·a·b\n"
        "  hint: write * between the letters",
        id="ambiguous-name",
    ),
    pytest.param(
        lambda: fault("1.5 + 1,25"),
        'AnswerError[comma-number]: character 7: "1,25" has a comma: a decimal comma, or one '
        "between thousands?\n"
        "  hint: write a decimal with a point, 1.5, and thousands without a sign, 1234",
        id="comma-number",
    ),
    pytest.param(
        lambda: fault("1,5 + 1.25", decimal=","),
        'AnswerError[decimal-point]: character 7: "1.25" has a point, but this question '
        "writes decimals with a comma\n"
        "  hint: write a decimal with a comma, 1,5, and thousands without a sign, 1234",
        id="decimal-point",
    ),
    pytest.param(
        lambda: fault("1.2.3"),
        'AnswerError[malformed-number]: character 1: "1.2.3" is not a number\n'
        "  hint: write one decimal mark at most; for a number without end write a fraction, "
        "1/3",
        id="malformed-number",
    ),
    pytest.param(
        lambda: fault("12345", digits=4),
        "AnswerError[number-too-long]: character 1: this number has 5 digits, more than 4\n"
        "  hint: no answer needs so many digits",
        id="number-too-long",
    ),
    pytest.param(
        lambda: fault("16*16", bits=8),
        "AnswerError[number-too-long]: character 4: a number here grows beyond 2 digits\n"
        "  hint: no answer needs so many digits",
        id="number-too-long, bits",
    ),
    pytest.param(
        lambda: fault("2 1/4"),
        "AnswerError[mixed-number]: character 1: a number and a fraction without a sign "
        "between: their sum, or their product?\n"
        "  hint: write 3/2 or 1+1/2, not 1 1/2",
        id="mixed-number",
    ),
    pytest.param(
        lambda: fault("2 34"),
        'AnswerError[two-numbers]: character 3: two numbers side by side, the second is "34"\n'
        "  hint: write 1234 without a space, or a * between factors",
        id="two-numbers",
    ),
    pytest.param(
        lambda: fault("a^13"),
        "AnswerError[exponent]: character 2: the power 13 is more than 12\n"
        "  hint: no answer needs so high a power",
        id="exponent",
    ),
    pytest.param(
        lambda: fault("a^123456789"),
        "AnswerError[exponent]: character 2: the power 123456… is more than 12\n"
        "  hint: no answer needs so high a power",
        id="exponent, long",
    ),
    pytest.param(
        lambda: fault("a^b"),
        'AnswerError[exponent]: character 2: after "^" comes a whole number, and nothing '
        "else\n"
        "  hint: write x^2, or multiply: x*x",
        id="exponent, not a number",
    ),
    pytest.param(
        lambda: fault("a^2^3"),
        "AnswerError[exponent]: character 4: a power of a power\n"
        "  hint: write one power, or use brackets",
        id="exponent, twice",
    ),
    pytest.param(
        lambda: fault("+^3"),
        "AnswerError[exponent]: character 2: a power of nothing\n"
        "  hint: write before ^ what is raised",
        id="exponent, of nothing",
    ),
    pytest.param(
        lambda: fault("(a+b)^5(a-b)^9"),
        "AnswerError[exponent]: character 13: this multiplies 14 letters, more than 12\n"
        "  hint: no answer needs so many factors",
        id="exponent, degree",
    ),
    pytest.param(
        lambda: fault("aab^2" * 5),
        "AnswerError[exponent]: character 16: this multiplies 14 letters, more than 12\n"
        "  hint: no answer needs so many factors",
        id="exponent, run",
    ),
    pytest.param(
        lambda: fault("ab" * 7),
        'AnswerError[exponent]: character 1: "ababababababab" multiplies 14 letters, more '
        "than 12\n"
        "  hint: no answer needs so many factors",
        id="exponent, run of short letters",
    ),
    pytest.param(
        lambda: fault("3/0"),
        "AnswerError[division-by-zero]: character 3: a division by 0\n  hint: check what divides",
        id="division-by-zero",
    ),
    pytest.param(
        lambda: fault("3/a"),
        "AnswerError[division-by-letter]: character 3: a division by letters\n"
        "  hint: divide by a number: a/2, or 1/2*a",
        id="division-by-letter",
    ),
    pytest.param(
        lambda: fault("6/2(3)"),
        "AnswerError[ambiguous-division]: character 6: which part divides? 6/2(3) can be "
        "read in two ways\n"
        "  hint: use brackets: (6/2)*3 or 6/(2*3)",
        id="ambiguous-division",
    ),
    pytest.param(
        lambda: fault("(a+b)(a-b)", products=3),
        "AnswerError[expands-too-far]: character 10: multiplying this out takes more than 3 "
        "products\n"
        "  hint: write a simpler expression",
        id="expands-too-far",
    ),
    pytest.param(
        lambda: fault("(a+b)(x+w)", terms=3),
        "AnswerError[expands-too-far]: character 10: multiplying this out takes more than 3 "
        "terms\n"
        "  hint: write a simpler expression",
        id="expands-too-far, terms",
    ),
    pytest.param(
        spent,
        "AnswerError[expands-too-far]: multiplying out all cells of the answer takes too "
        "many products\n"
        "  hint: write simpler expressions",
        id="expands-too-far, all cells",
    ),
    pytest.param(
        lambda: fault("((((1))))", depth=3),
        "AnswerError[too-deep]: character 4: more than 3 brackets inside each other\n"
        "  hint: simplify it",
        id="too-deep",
    ),
    pytest.param(
        lambda: fault("1" * 9, cell_characters=8),
        "AnswerError[too-long]: the cell has 9 characters, more than 8\n  hint: simplify it",
        id="too-long",
    ),
    pytest.param(
        lambda: fault("1+2+3", tokens=4),
        "AnswerError[too-long]: the cell has more than 4 numbers, letters and signs\n"
        "  hint: simplify it",
        id="too-long, tokens",
    ),
    pytest.param(
        lambda: fault("2*/3"),
        'AnswerError[unexpected]: character 3: "/" cannot stand here\n'
        "  hint: a number, a letter or a bracket is expected",
        id="unexpected",
    ),
    pytest.param(
        lambda: fault("a{b}"),
        'AnswerError[unexpected]: character 2: "{" cannot stand here\n'
        "  hint: write * for a product, or leave it away",
        id="unexpected, brace",
    ),
    pytest.param(
        lambda: fault(r"\frac12+\frac 3"),
        "AnswerError[unexpected]: character 9: the numerator of a fraction is missing\n"
        "  hint: write \\frac{1}{2}",
        id="unexpected, numerator",
    ),
    pytest.param(
        lambda: fault(r"\frac{1}2"),
        "AnswerError[unexpected]: character 8: the denominator of a fraction is missing\n"
        "  hint: write \\frac{1}{2}",
        id="unexpected, denominator",
    ),
    pytest.param(
        lambda: fault("3*(a+b"),
        'AnswerError[unclosed-bracket]: character 3: the bracket "(" is never closed\n'
        "  hint: close it, or leave it away",
        id="unclosed-bracket",
    ),
    pytest.param(
        lambda: fault(r"\frac{1"),
        'AnswerError[unclosed-bracket]: character 6: the bracket "{" is never closed\n'
        "  hint: close it, or leave it away",
        id="unclosed-bracket, fraction",
    ),
    pytest.param(
        lambda: fault("a+b)"),
        'AnswerError[unopened-bracket]: character 4: the bracket ")" was never opened\n'
        "  hint: leave it away, or open it",
        id="unopened-bracket",
    ),
    pytest.param(
        lambda: fault("3*"),
        'AnswerError[incomplete]: character 3: something is missing after "*"\n'
        "  hint: write the whole expression",
        id="incomplete",
    ),
    pytest.param(
        lambda: fault("y ="),
        "AnswerError[incomplete]: character 4: something is missing here\n"
        "  hint: write the whole expression",
        id="incomplete, nothing",
    ),
    pytest.param(
        lambda: fault("ab = xw"),
        "AnswerError[several-equals]: character 6: an equals sign: which side is the answer?\n"
        "  hint: write the value alone",
        id="several-equals",
    ),
    pytest.param(
        lambda: fault("=1+2"),
        "AnswerError[formula]: a formula of a spreadsheet\n"
        "  hint: write the value without the = before",
        id="formula",
    ),
    pytest.param(
        lambda: fault(" ? "),
        'AnswerError[placeholder]: "?" is not an answer\n'
        "  hint: leave the cell empty if you have no answer",
        id="placeholder",
    ),
]
