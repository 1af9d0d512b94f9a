r"""LaTeX: a sheet for each student, the key, and every answer worked out.

Three files, `sheets.tex`, `keys/key.tex` and `keys/solutions.tex`, that need `article`, `amsmath`
and nothing else; the hash of the variant stands at the foot of each page. Texts of strangers are
escaped character by character, so that nothing in them is a command.

Source: D. E. Knuth, The TeXbook, chapter 7, for the characters that mean something to TeX.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product
from typing import Any

import numpy as np

from symconv.exact import Array, boxed
from symconv.homework.exports.contents import task
from symconv.homework.outputs.escape import visible
from symconv.homework.questions.question import Index, Question
from symconv.homework.reading.polynomials import Number, Polynomial, Value
from symconv.homework.teaching.variants import Variant

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": "{-}",
    "?": "{?}",
    "!": "{!}",
    "[": "{[}",
    "]": "{]}",
}
"""Characters that TeX, or a ligature, would take for something else."""
_ESCAPED = re.compile("[" + re.escape("".join(_SIGNS)) + "]")
_KNOWN = set("–—‘’“”…€") | {chr(n) for n in range(0xA1, 0x180)} - set("\u00ad")
"""Characters beyond ASCII that every LaTeX prints."""


def escaped(text: str) -> str:
    r"""Return a text that prints as it is: nothing in it is a command, a comment or mathematics.

    >>> print(escaped(r"\input{x} 50% $a_1$"))
    \textbackslash{}input\{x\} 50\% \$a\_1\$
    """
    shown = visible(text.replace("\r\n", "\n"), keep="\n")
    safe = _ESCAPED.sub(lambda found: _SIGNS[found[0]], shown)
    return re.sub(r"\s*\n\s*\n\s*", r"\\par ", safe).replace("\n", " ")


def entry(value: Value) -> str:
    r"""Return a value in mathematics.

    >>> from fractions import Fraction
    >>> from symconv.homework.reading.polynomials import letter
    >>> print(entry(Fraction(-1, 2)), entry(2 * letter("x12") * letter("a") - letter("a")))
    -\tfrac{1}{2} -a + 2a{x}_{12}
    """
    if not isinstance(value, Polynomial):
        return ("-" if value < 0 else "") + _size(abs(Fraction(value)))
    words = [_term(monomial, factor) for monomial, factor in sorted(value.terms.items())]
    return " ".join(words).removeprefix("+ ").replace("- ", "-", words[0].startswith("-"))


def _size(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"


def _term(monomial: Sequence[str], factor: Number) -> str:
    powers = ((name, len(list(group))) for name, group in groupby(monomial))
    letters = "".join(letter(name) + (f"^{{{n}}}" if n > 1 else "") for name, n in powers)
    size = "" if letters and abs(factor) == 1 else _size(abs(Fraction(factor)))
    return f"{'-' if factor < 0 else '+'} {size}{letters}"


_NAME = re.compile(r"([^\W\d_]+)_?\[?([0-9A-Za-z,]*)\]?")


def letter(name: str) -> str:
    r"""Return a letter with its subscript in mathematics.

    >>> print(letter("x[1,12]"), letter("α2"), letter("gain"))
    {x}_{1,12} {\alpha}_{2} \mathit{gain}
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return rf"\text{{{escaped(name)}}}"
    base = _greek(found[1]) if len(found[1]) == 1 else rf"\mathit{{{escaped(found[1])}}}"
    return f"{{{base}}}_{{{found[2]}}}" if found[2] else base


def _greek(sign: str) -> str:
    words = unicodedata.name(sign, "").split()
    if words[:1] == ["GREEK"] and len(words) == 4 and words[2] == "LETTER":
        small = words[3].lower().replace("lamda", "lambda")
        return rf"\{small if words[1] == 'SMALL' else small.capitalize()}"
    return {"ℓ": r"\ell"}.get(sign, sign if sign.isascii() else rf"\text{{{sign}}}")


def factor(value: Value) -> str:
    """Return a value as a factor of a product, in brackets where they are needed."""
    text = entry(value)
    several = isinstance(value, Polynomial) and len(value.terms) > 1
    return rf"({text})" if several or text.startswith("-") else text


def matrix(values: Array) -> str:
    """Return an array of one or two axes as a matrix."""
    rows = values.reshape(1, -1) if values.ndim < 2 else values
    lines = (" & ".join(map(entry, row)) for row in rows.tolist())
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


def named(name: str, values: Array, rank: int) -> Iterator[str]:
    """Yield equations that give an array plane by plane; the indices of planes count from 1."""
    flat = min(rank, 2)
    for index in np.ndindex(values.shape[:-flat]):
        places = ",".join(str(i + 1) for i, n in zip(index, values.shape, strict=False) if n > 1)
        yield f"{name}{f'_{{{places}}}' if places else ''} = {matrix(values[index])}"


@dataclass(frozen=True)
class Step:
    """One answer worked out: its place, the window (depth, *K) as it lies, products and sum."""

    index: Index
    window: Array
    products: tuple[tuple[Value, Value], ...]
    bias: Value
    value: Value

    @property
    def sum(self) -> str:
        """The equation that gives the answer."""
        terms = [rf"{factor(x)} \cdot {factor(w)}" for x, w in self.products]
        terms += [factor(self.bias)] * bool(self.bias)
        places = ",".join(str(i + 1) for i in self.index)
        return f"y_{{{places}}} = {' + '.join(terms)} = {entry(self.value)}"


def applied(question: Question) -> Array:
    """Return the kernel (M, C/groups, *K) as it is laid on the windows, flipped if need be."""
    exercise = question.exercise
    turned = tuple(slice(None, None, -1 if a.flip else 1) for a in exercise.plan.axes)
    kernel: Array = exercise.w[(slice(None), slice(None), *turned)]
    return kernel


def steps(question: Question) -> Iterator[Step]:
    """Yield every answer worked out, in row-major order."""
    exercise, kernel = question.exercise, applied(question)
    plan, windows = exercise.plan, exercise.windows()
    turned = tuple(slice(None, None, -1 if a.flip else 1) for a in plan.axes)
    cells = zip(question.cells(), product(*map(range, plan.out_shape)), question.key, strict=True)
    for index, (m, *out), value in cells:
        first = m // (plan.maps // plan.groups) * plan.depth
        place: tuple[Any, ...] = (slice(first, first + plan.depth), *out, *turned)
        window = windows[place]
        pairs = zip(window.ravel().tolist(), kernel[m].ravel().tolist(), strict=True)
        yield Step(index, window, tuple(pairs), exercise.bias.tolist()[m], value)


def given(question: Question) -> Iterator[str]:
    """Yield the equations that give the arrays of a question."""
    exercise = question.exercise
    yield from named("X", exercise.x, exercise.rank)
    yield from named("W", exercise.w, exercise.rank)
    if question.file.bias is not None:
        yield rf"b = {matrix(exercise.bias)}"


def answers(question: Question) -> Iterator[str]:
    """Yield the equations that give the key: matrices of numbers, or one line for each sum."""
    if question.numeric:
        out = boxed(question.key, question.shape)
        yield from named("Y", out, question.exercise.rank)
        return
    for index, value in zip(question.cells(), question.key, strict=True):
        yield f"y_{{{','.join(str(i + 1) for i in index)}}} = {entry(value)}"


def _displayed(equations: Iterable[str]) -> list[str]:
    return [rf"\[ {equation} \]" for equation in equations]


def _page(variant: Variant, lines: Iterable[str]) -> list[str]:
    who = escaped(f"{variant.name} ({variant.student})" if variant.name else variant.student)
    head = [r"\clearpage", rf"\renewcommand{{\variant}}{{{variant.hash}}}"]
    title = escaped(variant.question.file.title or variant.question.id.rpartition("/")[0])
    return [*head, rf"\section*{{{title}}}", rf"\noindent {who}\par\medskip", *lines]


def _sheet(variant: Variant) -> Iterator[str]:
    question = variant.question
    if question.file.text:
        yield rf"\noindent {escaped(question.file.text)}\par\medskip"
    yield from (rf"\noindent {escaped(line)}\par" for line in task(question))
    yield from _displayed(given(question))
    yield r"\noindent Your answer:\par\medskip"
    yield _blank(question)


def _blank(question: Question) -> str:
    """Return empty boxes for the answer, one row of boxes a line."""
    shape = question.shape
    columns, rows = shape[-1], len(question.key) // shape[-1]
    wide = rf"\dimexpr \linewidth/{columns}-2\tabcolsep-1pt\relax"
    box = "2em" if question.numeric else wide
    line = " & ".join([rf"\rule[-1.2ex]{{0pt}}{{4ex}}\hspace{{{box}}}"] * columns)
    body = "\n".join([rf"{line} \\ \hline"] * rows)
    return f"\\noindent\\begin{{tabular}}{{|{'c|' * columns}}}\n\\hline\n{body}\n\\end{{tabular}}"


def _solution(variant: Variant) -> Iterator[str]:
    question = variant.question
    yield from _displayed(given(question))
    if question.file.op == "convolution":
        yield r"\noindent The kernel flipped, as it is laid on the windows:"
        yield from _displayed(named(r"\bar W", applied(question), question.exercise.rank))
    for step in steps(question):
        windows = r",\ ".join(named("", step.window, question.exercise.rank)).replace(" = ", "")
        yield rf"\noindent Window ${windows}$:\par\noindent ${step.sum}$\par\medskip"


_PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath}
\ifdefined\directlua\else\ifdefined\XeTeXversion\else
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
@letters@\fi\fi
\usepackage{textcomp}
\newcommand{\variant}{}
\makeatletter
\def\@oddhead{}\def\@evenhead{}
\def\@oddfoot{\hfil\footnotesize variant \texttt{\variant}, page \thepage\hfil}
\let\@evenfoot\@oddfoot
\makeatother
\setcounter{MaxMatrixCols}{256}
\allowdisplaybreaks
\raggedright
\begin{document}
"""


def document(lines: Iterable[str]) -> bytes:
    """Return a whole LaTeX file; letters that pdfLaTeX does not know print as their number."""
    body = "\n".join(lines)
    rare = sorted({sign for sign in body if not sign.isascii()} - _KNOWN)
    letters = "".join(
        rf"\DeclareUnicodeCharacter{{{ord(sign):04X}}}{{[U+{ord(sign):04X}]}}" + "\n"
        for sign in rare
    )
    return f"{_PREAMBLE.replace('@letters@', letters)}{body}\n\\end{{document}}\n".encode()


def export(variants: Sequence[Variant], question: Question) -> dict[str, bytes]:  # noqa: ARG001
    """Return the sheets of all students, their keys, and the worked answers."""
    parts: dict[str, Any] = {
        "sheets.tex": _sheet,
        "keys/key.tex": lambda variant: _displayed(answers(variant.question)),
        "keys/solutions.tex": _solution,
    }
    return {
        name: document(line for variant in variants for line in _page(variant, part(variant)))
        for name, part in parts.items()
    }
