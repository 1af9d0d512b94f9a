"""What every export to a learning system says: the question as tags, exact numbers, mistakes."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from itertools import product
from math import gcd, lcm
from typing import Protocol

import msgspec

from symconv.exact import Array
from symconv.homework.exports.xmltext import element
from symconv.homework.judging.hypotheses import Hypothesis, hypotheses
from symconv.homework.judging.places import axis_words, cell_name
from symconv.homework.questions.question import Index, Question, Shape
from symconv.homework.reading.polynomials import Polynomial, Value, text_of

MOST_DIGITS = 12
"""Significant digits up to which learning systems compare numbers exactly; they hold doubles, and
Moodle adds a tolerance of 10^-14 of the number."""
_HEX = re.compile(r"[0-9a-f]{8,64}")


class Exported(Protocol):
    """What an export asks of a variant: the question of one student, and the hash on its sheet."""

    @property
    def question(self) -> Question:
        """The question with this variant's numbers."""

    @property
    def hash(self) -> str:
        """What is printed on the sheet."""


def ident(variant: Exported) -> str:
    """Return the name of a variant in files: the start of its hash, in letters a to f and digits.

    A hash that is not written so is hashed once more.
    """
    if _HEX.fullmatch(variant.hash):
        return variant.hash[:16]
    return hashlib.sha256(variant.hash.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def notes_file(format_: str, notes: Sequence[str]) -> dict[str, bytes]:
    """Return what an export could not carry as a file beside it, or no file."""
    if not notes:
        return {}
    return {f"{format_}-notes.txt": "".join(f"{note}\n" for note in notes).encode()}


def decimal(value: Value) -> str | None:
    """Return a number as a decimal that is it exactly, of at most MOST_DIGITS digits, or None.

    >>> decimal(-12), decimal(Fraction(-5, 4)), decimal(Fraction(1, 3)), decimal(10**12)
    ('-12', '-1.25', None, None)
    """
    if isinstance(value, Polynomial):
        return None
    number = Fraction(value)
    places = 0
    while number.denominator != 1 and places <= MOST_DIGITS:
        number, places = number * 10, places + 1
    digits = str(abs(number.numerator)).rjust(places + 1, "0")
    if number.denominator != 1 or len(digits) > MOST_DIGITS:
        return None
    point = len(digits) - places
    return ("-" if value < 0 else "") + digits[:point] + ("." + digits[point:] if places else "")


def spellings(value: Value) -> list[str]:
    """Return a few ways to write a value, the first being that of the key.

    Numbers: lowest terms, with either minus; symbols: with and without spaces and stars.

    >>> spellings(Fraction(-1, 3))
    ['-1/3', '−1/3', '-(1/3)', '(-1)/3']
    >>> from symconv.homework.reading.polynomials import letter
    >>> spellings(2 * letter("a") * letter("w") + letter("b"))
    ['2aw + b', '2aw+b', '2*a*w + b', '2*a*w+b', 'b + 2aw', 'b+2aw', 'b + 2*a*w', 'b+2*a*w']
    """
    if not isinstance(value, Polynomial):
        return _numbers(Fraction(value))
    found = []
    for terms in (_terms(value), _terms(value)[::-1]):
        for star in ("", "*"):
            text = _joined([(sign, word.replace("*", star)) for sign, word in terms])
            if star or "*" not in text_of(value):
                found += [text, text.replace(" ", "")]
    return list(dict.fromkeys(found))


def _numbers(number: Fraction) -> list[str]:
    text = str(number)
    found = [text]
    if number < 0:
        found.append("−" + text[1:])
        if number.denominator != 1:
            found += [f"-({text[1:]})", f"({number.numerator})/{number.denominator}"]
    return found


def _terms(value: Polynomial) -> list[tuple[str, str]]:
    """Return the terms of a polynomial as signs and words with a star between all factors."""
    names = sorted(value.terms, key=lambda names: (not names, names))
    factors = [Fraction(value.terms[each]) for each in names]
    words = map(_word, names, map(abs, factors))
    return [("-" if factor < 0 else "+", word) for factor, word in zip(factors, words, strict=True)]


def _word(names: Sequence[str], size: Fraction) -> str:
    powers = [
        name if names.count(name) == 1 else f"{name}^{names.count(name)}"
        for name in dict.fromkeys(names)
    ]
    return "*".join(([] if size == 1 and names else [str(size)]) + powers)


def _joined(terms: Sequence[tuple[str, str]]) -> str:
    first, *others = terms
    head = ("-" if first[0] == "-" else "") + first[1]
    return head + "".join(f" {sign} {word}" for sign, word in others)


def scaled(weights: Iterable[Fraction]) -> tuple[int, ...]:
    """Return weights as whole numbers in the same proportions, as small as they can be.

    >>> scaled([Fraction(1, 2), Fraction(1, 3), Fraction(0)]), scaled([Fraction(4), Fraction(6)])
    ((3, 2, 0), (2, 3))
    """
    given = list(weights)
    scale = reduce(lcm, (weight.denominator for weight in given), 1)
    whole = [int(weight * scale) for weight in given]
    common = reduce(gcd, whole, 0) or 1
    return tuple(weight // common for weight in whole)


WRITING = "Fill in every cell exactly; write what is no finite decimal as p/q, in lowest terms."
"""How answers are written where decimals are read as numbers."""
Show = Callable[[Value], str]
"""How a value is written in the question."""
Answer = Callable[[int], ET.Element]
"""From the number of a cell in row-major order to the field it is answered in."""


def statement(
    question: Question,
    answer: Answer | None = None,
    show: Show = text_of,
    writing: str = WRITING,
) -> list[ET.Element]:
    """Return what is asked as paragraphs and tables; *answer* makes the fields of the answer."""
    exercise = question.exercise
    found = [
        *paragraphs(question.file.text),
        *(element("p", line) for line in task(question, writing)),
    ]
    layered = question.layered
    channel, filters = ["channel"] * (len(exercise.x) > 1), ["filter"] * layered
    inner = ["channel"] * (exercise.w.shape[1] > 1)
    x = exercise.x if channel else exercise.x[0]
    w = exercise.w if filters else exercise.w[0]
    w = w if inner else w[(slice(None),) * bool(filters) + (0,)]
    found += tables("Input", _texts(x, show), x.shape, channel)
    found += tables("Kernel", _texts(w, show), w.shape, [*filters, *inner])
    if question.file.bias is not None:
        bias = exercise.bias
        found += tables("Bias", _texts(bias, show), bias.shape, [])
    if answer is not None:
        fields = [answer(place) for place in range(len(question.key))]
        found += tables("Your answer", fields, question.shape, filters)
    return found


def _texts(values: Array, show: Show) -> list[str]:
    return [show(value) for value in values.ravel().tolist()]


def paragraphs(text: str) -> Iterator[ET.Element]:
    """Yield the paragraphs of a text, its line breaks kept."""
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip("\n")):
        lines = part.strip("\n").split("\n")
        content: list[str | ET.Element] = [lines[0]]
        for line in lines[1:]:
            content += [element("br"), line]
        if part.strip():
            yield element("p", *content)


def task(question: Question, writing: str = WRITING) -> Iterator[str]:
    """Yield the sentences that say what to compute, and how answers are written."""
    plan = question.exercise.plan
    if question.file.op == "convolution":
        yield "Compute the convolution of the input with the kernel: flip it, then slide it."
    else:
        yield "Compute the cross-correlation of the input with the kernel: do not flip the kernel."
    for word, axis in zip(axis_words(len(plan.axes)), plan.axes, strict=True):
        facts = f"stride {axis.stride}, dilation {axis.dilation}"
        padding = "no padding"
        if axis.before or axis.after:
            padding = f"padding {axis.before} before and {axis.after} after ({axis.boundary})"
        yield f"Along the {word}s: {facts}, {padding}."
    if plan.groups > 1:
        yield f"The channels are split into {plan.groups} groups."
    yield writing


def tables(
    caption: str, cells: Sequence[str | ET.Element], shape: Shape, words: Sequence[str]
) -> Iterator[ET.Element]:
    """Yield one table for each plane; *words* name the leading axes that are not space."""
    columns = shape[-1]
    rows = shape[-2] if len(shape) > 1 + len(words) else 1
    leading = shape[: -2 if len(shape) > 1 + len(words) else -1]
    size = rows * columns
    for number, index in enumerate(product(*map(range, leading))):
        named = [*words, *["plane"] * len(leading)]
        places = (f", {word} {at + 1}" for word, at in zip(named, index, strict=False))
        plane = cells[number * size : (number + 1) * size]
        lines = (plane[at : at + columns] for at in range(0, size, columns))
        body = element(
            "tbody", *(element("tr", *(element("td", c) for c in line)) for line in lines)
        )
        yield element(
            "table", element("caption", caption + "".join(places)), body, class_="generaltable"
        )


def sums(question: Question, show: Show = text_of) -> list[str]:
    """Return the sum of products of every cell, written out, and its value.

    >>> from symconv.homework.questions.load import loads
    >>> sums(loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 3
    ... kernel: 4 -5
    ... '''))
    ['position 1: 4·1 + (-5)·2 = -6', 'position 2: 4·2 + (-5)·3 = -7']
    """
    exercise = question.exercise
    rank, depth = exercise.rank, exercise.plan.depth
    windows = exercise.windows()
    found = []
    for place, out in enumerate(product(*map(range, exercise.plan.out_shape))):
        first = out[0] // (exercise.plan.maps // exercise.plan.groups) * depth
        terms = [
            _factor(_at(exercise.w, (out[0], channel, *tap)), show)
            + "·"
            + _factor(_at(windows, (first + channel, *out[1:], *tap)), show)
            for channel in range(depth)
            for tap in product(*map(range, exercise.w.shape[2:]))
        ]
        if question.file.bias is not None:
            terms.append(_factor(_at(exercise.bias, (out[0],)), show))
        index = out if len(question.shape) > rank else out[1:]
        found.append(f"{cell_name(index, rank)}: {' + '.join(terms)} = {show(question.key[place])}")
    return found


def _factor(value: Value, show: Show) -> str:
    text = show(value)
    several = isinstance(value, Polynomial) and len(value.terms) > 1
    return f"({text})" if several or text.startswith("-") else text


def _at(values: Array, index: Index) -> Value:
    found: Value = values.item(*index)
    return found


def singles(question: Question) -> list[tuple[Hypothesis, ...]]:
    """Return the wrong answers that one mistake gives, each with all mistakes that give it.

    They stand in the order of rank, and have any shape.
    """
    catalogue = msgspec.structs.replace(question.file.catalogue, pairs=False)
    file = msgspec.structs.replace(question.file, catalogue=catalogue)
    buckets = hypotheses(replace(question, file=file)).buckets
    key = (question.shape, question.key)
    found = [bucket for grid, bucket in buckets.items() if grid != key]
    return sorted(found, key=lambda bucket: bucket[0].rank)


def told(question: Question) -> bool:
    """Tell whether the question lets students read which mistake explains an answer."""
    return question.file.feedback in ("label", "full")


def sentence(bucket: Iterable[Hypothesis]) -> str:
    """Return what is said of an answer that these mistakes give: no more than is certain."""
    mistakes = [mistake for hypothesis in bucket for mistake in hypothesis.mistakes]
    clauses = dict.fromkeys(m.says.rstrip(".") for m in mistakes if m.family != "custom")
    words = [f"This is what comes out if {', or if '.join(clauses)}."] if clauses else []
    return " ".join([*words, *dict.fromkeys(m.says for m in mistakes if m.family == "custom")])


def answer_note(bucket: Iterable[Hypothesis]) -> str:
    """Return the ids of mistakes as a note of at most 200 letters, without `;`, `:` and `|`."""
    ids = dict.fromkeys(id_ for hypothesis in bucket for id_ in hypothesis.ids)
    return re.sub(r"[^A-Za-z0-9_./ -]", "-", " or ".join(ids))[:200]
