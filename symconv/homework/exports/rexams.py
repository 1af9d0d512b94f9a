r"""R/exams: one exercise in R Markdown for each variant, a cloze of numbers.

R/exams turns it into some twenty formats. A cell that is no finite decimal, or has letters, is a
`string` item, which R/exams compares letter by letter with one spelling. Mistakes are not carried.

Sources: the documentation and the exercises of R/exams 2.4 (Question, Solution and Meta-information
under lines of `=`, lists of answers under lines of `-`; `exclozetype` and `exsolution` parted by
`|`); knitr runs code between a backtick with `r` and the next one, so that no text has a backtick.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from fractions import Fraction

from symconv.homework.exports.contents import (
    Exported,
    decimal,
    ident,
    notes_file,
    scaled,
    statement,
    sums,
)
from symconv.homework.exports.xmltext import WORDS, inert
from symconv.homework.judging.places import cell_name
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import text_of


def export(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return an exercise for each variant, and notes on what R/exams cannot carry."""
    found = {
        f"{_slug(question.id)}-{ident(variant)}.Rmd": _exercise(variant).encode()
        for variant in variants
    }
    return found | notes_file("rexams", notes(question))


def notes(question: Question) -> list[str]:
    """Return what a teacher has to know of this export of a question."""
    found = ["R/exams carries no diagnosis: mistakes are neither named nor credited."]
    if any(decimal(value) is None for value in question.key):
        found.append(
            "Cells that are no finite decimals are text, compared with one spelling: lowest terms "
            "as p/q, letters as in the key."
        )
    total = sum(_points(question))
    if total != question.points:
        found.append(f"The cells have {total} points together, since each needs a whole number.")
    if question.file.credit.all_or_nothing:
        found.append(
            "All or nothing is a rule of the exam in R/exams: exams_eval(partial = FALSE)."
        )
    if question.file.answer.rounding is not None:
        found.append("The rounding that the question allows is not carried: values are exact.")
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "question"


def _exercise(variant: Exported) -> str:
    asked = variant.question
    names = [cell_name(index, asked.exercise.rank) for index in asked.cells()]
    title = [f"**{_line(asked.file.title)}**"] if asked.file.title.strip() else []
    lines = [
        *_heading("Question", "="),
        *(line for part in title for line in (part, "")),
        *(line for part in statement(asked) for line in _markdown(part)),
        *_answerlist(names),
        *_heading("Solution", "="),
        *_answerlist(sums(asked)),
        *_heading("Meta-information", "="),
        *(f"{name}: {value}" for name, value in _meta(variant)),
    ]
    return "\n".join(lines) + "\n"


def _heading(name: str, under: str) -> list[str]:
    return [name, under * len(name), ""]


def _answerlist(items: Sequence[str]) -> list[str]:
    return [*_heading("Answerlist", "-")[:2], *(f"* {_line(item)}" for item in items), ""]


def _line(text: str) -> str:
    """Return a text as one line of Markdown with nothing but words in it."""
    return inert(" ".join(text.split()), WORDS)


def _markdown(part: ET.Element) -> Iterator[str]:
    """Yield the lines of a paragraph or of a table of the question, an empty one last."""
    if part.tag == "p":
        texts = [part.text or "", *(child.tail or "" for child in part)]
        yield "\\\n".join(_line(text) or "&#160;" for text in texts)
        yield ""
        return
    yield f"**{_line(part.findtext('caption', ''))}**"
    yield ""
    rows = [[_line(cell.text or "") for cell in row] for row in part.iter("tr")]
    yield f"|{'   |' * len(rows[0])}"
    yield f"|{'--:|' * len(rows[0])}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _meta(variant: Exported) -> Iterator[tuple[str, str]]:
    """Yield the facts of an exercise: solutions and types in the order of the cells."""
    asked = variant.question
    exact = [decimal(value) for value in asked.key]
    pairs = zip(exact, asked.key, strict=True)
    yield "exname", f"{_slug(asked.id)}-{ident(variant)}"
    yield "extype", "cloze"
    yield "exsolution", "|".join(text_of(key) if text is None else text for text, key in pairs)
    yield "exclozetype", "|".join("string" if text is None else "num" for text in exact)
    yield "extol", "0"
    yield "expoints", "|".join(map(str, _points(asked)))


def _points(question: Question) -> tuple[int, ...]:
    """Return the points of every cell in whole numbers, which is what R/exams gives to Moodle.

    They are the shares of the question's points where these are whole, else the weights.
    """
    whole = sum(question.weights, Fraction(0))
    shares = [question.points * weight / whole for weight in question.weights]
    if all(share.denominator == 1 for share in shares):
        return tuple(map(int, shares))
    return scaled(question.weights)
