r"""Moodle XML: one Cloze question for each variant, one field for each cell.

    {weight:NUMERICAL:=value:0~%percent%wrong:0#what gives it}

A cell that is no finite decimal is a SHORTANSWER field with a few spellings, one with letters too;
for letters the export to STACK is the better carrier. What a field says of a wrong value is only
what one cell can tell; whole grids are diagnosed by STACK and by symconv itself.

Sources: Moodle docs, «Embedded Answers (Cloze) question type»; the grammar is that of Moodle's
`question/type/multianswer/questiontype.php` (fields are found by regular expressions; feedback ends
at an unescaped `~` or `}`; character references are resolved once, then it is HTML); the list of
percentages is that of `question/engine/bank.php`; the width of "exact" (10^-14 of the number) is
that of `question/type/numerical/question.php`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from fractions import Fraction

from symconv.errors import QuestionError
from symconv.homework.exports.contents import (
    Exported,
    decimal,
    ident,
    notes_file,
    scaled,
    sentence,
    singles,
    spellings,
    statement,
    sums,
    told,
)
from symconv.homework.exports.xmltext import VERBATIM, document, element, inert, markup
from symconv.homework.judging.hypotheses import Hypothesis
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Polynomial, Value

PERCENTAGES = {
    Fraction(9, 10): "90",
    Fraction(5, 6): "83.33333",
    Fraction(4, 5): "80",
    Fraction(3, 4): "75",
    Fraction(7, 10): "70",
    Fraction(2, 3): "66.66667",
    Fraction(3, 5): "60",
    Fraction(1, 2): "50",
    Fraction(2, 5): "40",
    Fraction(1, 3): "33.33333",
    Fraction(3, 10): "30",
    Fraction(1, 4): "25",
    Fraction(1, 5): "20",
    Fraction(1, 6): "16.66667",
    Fraction(1, 7): "14.28571",
    Fraction(1, 8): "12.5",
    Fraction(1, 9): "11.11111",
    Fraction(1, 10): "10",
    Fraction(1, 20): "5",
}
"""The credits that Moodle's import knows, best first, as it writes them."""
MOST_WRONG = 12
"""Wrong values of one cell that are recognised, in the order of rank."""
HEAVIEST = 99_999
"""The largest weight that Moodle's database holds."""
FILE = "moodle.xml"
_BY_CELL = (
    "Moodle marks every cell by itself: a mistake is named cell by cell, never for the whole "
    "answer, its partial credit is rounded down to a percentage that Moodle knows, and a question "
    "of all or nothing has to be set up in the quiz."
)


def export(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return the file that Moodle's question bank imports, and notes on what it cannot carry.

    Raises: QuestionError[export-weights] when weights are not small whole numbers in proportion.
    """
    quiz = element("quiz", _category(question))
    quiz.extend([_question(variant, question) for variant in variants])
    return {FILE: document(quiz), **notes_file("moodle", notes(question))}


def notes(question: Question) -> list[str]:
    """Return what a teacher has to know of this export of a question."""
    found = [_BY_CELL]
    if not question.numeric:
        found.append(
            "Cells with letters are short answers: only a few spellings of the right value are "
            "accepted. Export to STACK, which compares algebraically."
        )
    if question.file.answer.rounding is not None:
        found.append("The rounding that the question allows is not carried: values are exact.")
    return found


def _category(question: Question) -> ET.Element:
    name = question.id.replace("/", "//")  # a single slash starts a category within a category
    path = element("text", f"$course$/top/symconv/{name}")
    return element("question", element("category", path), type="category")


def _question(variant: Exported, template: Question) -> ET.Element:
    asked = variant.question
    title = (template.file.title or template.id)[:200]
    weights = _weights(asked)
    wrong = _wrong(asked)
    fields = [_field(asked, place, weights[place], wrong) for place in range(len(asked.key))]
    body = markup(*statement(asked, lambda place: element(VERBATIM, fields[place])))
    worked = [element("p", line) for line in sums(asked)] if asked.file.feedback == "full" else []
    return element(
        "question",
        element("name", element("text", f"{title} [{ident(variant)}]")),
        _html("questiontext", body),
        _html("generalfeedback", markup(*worked)),
        element("penalty", "0"),
        element("hidden", "0"),
        element("idnumber", f"symconv-cloze-{ident(variant)}"),
        type="cloze",
    )


def _html(tag: str, text: str) -> ET.Element:
    found = element(tag, ET.Element("text"), format="html")
    found[0].text = text
    return found


def _weights(question: Question) -> tuple[int, ...]:
    weights = scaled(question.weights)
    if max(weights) > HEAVIEST:
        raise QuestionError(
            "export-weights",
            f"in whole numbers the weights reach {max(weights)}, and Moodle holds {HEAVIEST}",
            place="weights",
            hint="use weights in simpler proportions",
        )
    return weights


def _wrong(question: Question) -> list[tuple[Hypothesis, ...]]:
    return [bucket for bucket in singles(question) if bucket[0].shape == question.shape]


def _field(
    question: Question, place: int, weight: int, wrong: Sequence[tuple[Hypothesis, ...]]
) -> str:
    """Return the code of the field of one cell."""
    key = question.key[place]
    explained: dict[Value, list[Hypothesis]] = {}
    for bucket in wrong:
        if bucket[0].values[place] != key:
            explained.setdefault(bucket[0].values[place], []).extend(bucket)
    kind = "NUMERICAL" if decimal(key) is not None else "SHORTANSWER_C"
    alternatives = [f"={each}" for each in _answers(key, kind)]
    for value, alike in list(explained.items())[:MOST_WRONG]:
        said = _encoded(sentence(alike)) if told(question) else ""
        head = _percent(question, alike)
        alternatives += [f"{head}{each}{'#' * bool(said)}{said}" for each in _answers(value, kind)]
    return f"{{{weight}:{kind}:{'~'.join(alternatives)}}}"


def _answers(value: Value, kind: str) -> Iterator[str]:
    """Yield the answers of a field that mean a value; none where the field cannot hold it."""
    exact = decimal(value)
    if kind == "NUMERICAL":
        if exact is not None:
            yield f"{exact}:0"
        return
    texts = spellings(value)
    if exact is not None and not isinstance(value, Polynomial) and exact not in texts:
        texts.append(exact)
    for text in texts:
        yield text.replace("*", "\\*")  # a star would stand for any text


def _percent(question: Question, bucket: Sequence[Hypothesis]) -> str:
    """Return the credit for a wrong value, at most what every mistake that gives it leaves."""
    credit = min(hypothesis.credit for hypothesis in bucket)
    if question.file.credit.all_or_nothing:
        return ""
    name = next((name for share, name in PERCENTAGES.items() if share <= credit), "")
    return f"%{name}%" if name else ""


def _encoded(text: str) -> str:
    """Return a text as feedback: HTML, and character references again for Moodle to resolve."""
    return inert(text).replace("&", "&amp;")
