"""One item of QTI 2.1: a field for each cell, exact response processing, mistakes as feedback.

    SCORE = sum of the weights of right cells, out of MAXSCORE;
    all cells as mistake k predicts:  SCORE = what symconv gives, FEEDBACK = mistake_k

All scores are whole numbers, in the unit 1/MAXSCORE of the marks.

Source: IMS QTI 2.1 assessment item information model and its schema: order of declarations, body,
processing and feedback; `match` for integers and texts, `equal` with `toleranceMode="exact"`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm

from symconv.homework.exports.contents import decimal, sentence, singles, spellings, statement, told
from symconv.homework.exports.xmltext import element
from symconv.homework.judging.cells import judge
from symconv.homework.judging.check import Checker
from symconv.homework.judging.credit import score
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import Value

QTI21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MOST_INTEGER = 2**31 - 1
"""The largest integer that every system holds as `integer`."""


class _Item:
    """A question with its fields, its wrong answers, and their scores in whole numbers."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.buckets = [b for b in singles(question) if b[0].shape == question.shape]
        self.fields = [f"RESPONSE_{place + 1}" for place in range(len(question.key))]
        self.kinds = list(map(self._kind, range(len(question.key))))
        whole = sum(question.weights, Fraction(0))
        self.shares = [weight / whole for weight in question.weights]
        checker = Checker(question)
        self.scores = [_earned(checker, bucket[0].values) for bucket in self.buckets]
        exact = [*self.shares, *self.scores]
        self.unit = reduce(lcm, (share.denominator for share in exact), 1)

    def _kind(self, place: int) -> str:
        """Return the base type of a cell: that of the key and of all values it is compared with."""
        values = [self.question.key[place], *(b[0].values[place] for b in self.buckets)]
        if all(isinstance(v, int) and abs(v) <= MOST_INTEGER for v in values):
            return "integer"
        return "float" if all(decimal(value) is not None for value in values) else "string"


def _earned(checker: Checker, values: Sequence[Value]) -> Fraction:
    """Return what symconv gives for a grid."""
    cells = (Cell(str(value), value) for value in values)
    judged = [judge(c, key) for c, key in zip(cells, checker.question.key, strict=True)]
    return score(checker.table, judged).value


def item(question: Question, name: str) -> ET.Element:
    """Return the item of one variant."""
    made = _Item(question)
    title = (question.file.title or question.id)[:200]
    found = element(
        "assessmentItem",
        *_declarations(made),
        element("itemBody", *statement(question, lambda place: _entry(made, place))),
        _processing(made),
        *_feedback(made),
        identifier=f"item-{name}",
        title=f"{title} [{name}]",
        adaptive="false",
        timeDependent="false",
    )
    found.set("xmlns", QTI21)
    return found


def _entry(made: _Item, place: int) -> ET.Element:
    return element(
        "textEntryInteraction", responseIdentifier=made.fields[place], expectedLength="12"
    )


def _declarations(made: _Item) -> Iterator[ET.Element]:
    for name, kind, key in zip(made.fields, made.kinds, made.question.key, strict=True):
        right = element("correctResponse", element("value", decimal(key) or spellings(key)[0]))
        yield element(
            "responseDeclaration", right, identifier=name, cardinality="single", baseType=kind
        )
    for name, value in (("SCORE", "0"), ("MAXSCORE", str(made.unit))):
        default = element("defaultValue", element("value", value))
        yield element(
            "outcomeDeclaration", default, identifier=name, cardinality="single", baseType="float"
        )
    yield element(
        "outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier"
    )


def _is(made: _Item, place: int, value: Value) -> ET.Element:
    """Return the expression that a cell holds a value."""
    variable = {"identifier": made.fields[place]}
    kind = made.kinds[place]
    texts = [decimal(value) or ""] if kind != "string" else spellings(value)
    if kind == "string" and decimal(value) is not None:
        texts = list(dict.fromkeys([*texts, decimal(value) or ""]))
    tests = []
    for text in texts:
        pair = element("variable", **variable), element("baseValue", text, baseType=kind)
        if kind == "float":
            tests.append(element("equal", *pair, toleranceMode="exact"))
        else:
            tests.append(element("match", *pair))
    return tests[0] if len(tests) == 1 else element("or", *tests)


def _processing(made: _Item) -> ET.Element:
    """Return the rules: cells first, then the first mistake that explains them all."""
    rules = []
    for place, share in enumerate(made.shares):
        plus = element("baseValue", str(int(share * made.unit)), baseType="float")
        total = element("sum", element("variable", identifier="SCORE"), plus)
        right = element(
            "responseIf", _is(made, place, made.question.key[place]), _set("SCORE", total)
        )
        rules.append(element("responseCondition", right))
    branches = [
        element(
            "responseElseIf" if number > 1 else "responseIf",
            element(
                "and", *(_is(made, place, value) for place, value in enumerate(bucket[0].values))
            ),
            _set("SCORE", element("baseValue", str(int(earned * made.unit)), baseType="float")),
            _set("FEEDBACK", element("baseValue", f"mistake_{number}", baseType="identifier")),
        )
        for number, (bucket, earned) in enumerate(zip(made.buckets, made.scores, strict=True), 1)
    ]
    if branches:
        rules.append(element("responseCondition", *branches))
    if made.question.file.credit.all_or_nothing:
        rules.append(_all_or_nothing())
    return element("responseProcessing", *rules)


def _all_or_nothing() -> ET.Element:
    less = element(
        "lt", element("variable", identifier="SCORE"), element("variable", identifier="MAXSCORE")
    )
    nothing = _set("SCORE", element("baseValue", "0", baseType="float"))
    return element("responseCondition", element("responseIf", less, nothing))


def _set(name: str, value: ET.Element) -> ET.Element:
    return element("setOutcomeValue", value, identifier=name)


def _feedback(made: _Item) -> Iterator[ET.Element]:
    """Yield what is said of each wrong answer, where the question lets students read it."""
    for number, bucket in enumerate(made.buckets if told(made.question) else (), 1):
        text = element("p", sentence(bucket))
        yield element(
            "modalFeedback",
            text,
            outcomeIdentifier="FEEDBACK",
            identifier=f"mistake_{number}",
            showHide="show",
        )
