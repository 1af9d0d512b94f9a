"""What a question must be besides well written: answerable, unambiguous, and fair in its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from symconv.errors import QuestionError, standing_at
from symconv.homework.questions.model import QuestionFile
from symconv.homework.questions.numbers import rational
from symconv.homework.questions.question import Question
from symconv.homework.reading.cells import read
from symconv.homework.reading.model import Rules
from symconv.homework.reading.names import canonical
from symconv.homework.reading.polynomials import letter, terms_of
from symconv.mistakes import NAMES
from symconv.plan import by

NAME = re.compile(r"[^\W\d_]+(?:_?\{[0-9]+(?:,[0-9]+)*\}|_?[0-9]+|[₀-₉]+|\[[0-9]+(?:,[0-9]+)*\])?")
"""A letter or word with its subscript, in the entries of a question."""
MOST_SYMBOLS = 400


def check_key(question: Question) -> None:
    """Raise QuestionError[unanswerable] where the reader of answers would refuse the key."""
    rules, key = question.rules, question.key
    if len(key) > rules.limits.cells or question.shape[-1] > rules.limits.columns:
        message = f"the answer {by(question.shape)} has more cells than the limits allow"
        raise QuestionError("unanswerable", message, hint="raise limits.cells or limits.columns")
    columns = question.file.submissions.answer
    if isinstance(columns, list) and len(columns) not in (1, len(key)):
        raise QuestionError(
            "bad-columns",
            f"{len(columns)} columns for {len(key)} cells",
            place="submissions.answer",
            hint="name one column with the whole answer, or one for each cell",
        )
    for index, value in zip(question.cells(), key, strict=True):
        long = max(map(_bits, terms_of(value).values()), default=0) > 4 * rules.limits.digits
        if long:
            message = f"the answer has numbers of more than {rules.limits.digits} digits"
            raise QuestionError("unanswerable", message, hint="use smaller numbers")
        fault = read(question.text(value), rules).fault
        if fault is not None:
            place = ", ".join(str(i + 1) for i in index)
            message = f"cell {place} of the answer could not be typed: {fault.code}"
            raise QuestionError("unanswerable", message, hint="use smaller numbers or powers")


def check_credit(file: QuestionFile) -> None:
    """Raise QuestionError[bad-credit] for what is no part of the marks."""
    credit = file.credit
    parts = {"rounded": credit.rounded, "equivalent": credit.equivalent, **credit.mistakes}
    parts |= {c.id: c.credit for c in file.catalogue.custom if c.credit is not None}
    for name, text in {**parts, "points": credit.points}.items():
        with standing_at("credit"):
            value = rational(text)
        if value < 0 or (value > 1 and name != "points"):
            hint = "give points of 0 or more" if name == "points" else "give a part from 0 to 1"
            message = f"{name} is {text}"
            raise QuestionError("bad-credit", message, place="credit", hint=hint)


def check_rounding(file: QuestionFile) -> None:
    """Raise QuestionError[bad-rounding] unless places or digits are given, and not both."""
    rounding = file.answer.rounding
    if rounding is not None and (rounding.places is None) == (rounding.digits is None):
        raise QuestionError(
            "bad-rounding",
            "rounding needs either places or digits",
            place="answer.rounding",
            hint="write {places: 2} for two decimals, {digits: 3} for three significant digits",
        )


def check_catalogue(file: QuestionFile) -> None:
    """Raise QuestionError[duplicate-mistake] where a mistake of the teacher's has a taken name."""
    ids = [custom.id for custom in file.catalogue.custom]
    taken = next((id_ for n, id_ in enumerate(ids) if id_ in NAMES or id_ in ids[:n]), None)
    if taken is not None:
        message = f"two mistakes are called {taken!r}"
        raise QuestionError("duplicate-mistake", message, place="catalogue.custom")


def _bits(value: int | Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def symbols(file: QuestionFile) -> dict[str, str]:
    """Return the declared symbols, or the words of the arrays, with what each is called inside."""
    subscripts = set("{[") & set(file.symbols)
    declared = None if subscripts else file.symbols.replace(",", " ").split()
    words = (
        declared
        or NAME.findall(file.symbols)
        or [
            word
            for text in _texts(file.input, file.kernel, file.bias)
            for word in NAME.findall(text)
        ]
    )
    symbols = {word: canonical(word) for word in words}
    names: dict[str, str] = {}
    for word, name in symbols.items():
        if names.setdefault(name, word) != word:
            message = f"{names[name]!r} and {word!r} cannot be told apart in answers"
            raise QuestionError("ambiguous-symbols", message, hint="rename one of them")
    if len(names) > MOST_SYMBOLS:
        message = f"{len(names)} letters, at most {MOST_SYMBOLS}"
        raise QuestionError("too-many-symbols", message, hint="use numbers, or a smaller input")
    _check_readable(names)
    return symbols


def _is_product(name: str, others: Sequence[str]) -> bool:
    """Tell whether a name is other names side by side."""
    reached = {0}
    for start in range(len(name)):
        if start in reached:
            reached |= {start + len(other) for other in others if name.startswith(other, start)}
    return len(name) in reached


def _check_readable(names: dict[str, str]) -> None:
    """Raise QuestionError[unreadable-symbol] for a name that no answer could hold."""
    rules = Rules(frozenset(names))
    for name, word in names.items():
        if _is_product(name, [other for other in names if other != name]):
            message = f"{word!r} may also be read as a product of other symbols"
            raise QuestionError("ambiguous-symbols", message, hint="rename one of them")
        if read(name, rules).value != letter(name):
            raise QuestionError(
                "unreadable-symbol",
                f"{word!r} cannot be written in an answer",
                place="symbols",
                hint="a symbol is a letter or a word, with digits at its end if need be",
            )


def _texts(*tensors: Any) -> Iterator[str]:
    for item in tensors:
        if isinstance(item, list):
            yield from _texts(*item)
        elif item is not None:
            yield item
