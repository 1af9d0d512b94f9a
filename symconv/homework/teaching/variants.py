"""Variants of a question: the same convolution with other numbers and letters for each student.

A variant is drawn from the student's own stream, again and again until it passes the gate of
`parity`; it is written back as the text of a question file, and read from that text, so that
whatever checks and grades questions takes it as it is. What is drawn:

    numbers   those of an array at shuffled places, each moved by at most a third of the way from
              the smallest to the largest, of which none is passed; zeros, signs and denominators
              stay. Or, with a range of the teacher's, any number of that range (0 in a kernel only
              if the question's has one)
    letters   each stem (the a of a, the x of x12) another letter of the pool; subscripts stay
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, gcd
from typing import Any

import msgspec
import numpy as np

from symconv import yamltext
from symconv.errors import QuestionError
from symconv.exact import Array, boxed
from symconv.homework.outputs.escape import shortened
from symconv.homework.questions.load import loads
from symconv.homework.questions.model import Bank
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Number, Polynomial, Value, letters_of, number
from symconv.homework.teaching.parity import Difficulty, Gate, measure, settings
from symconv.homework.teaching.roster import Stream, student_seed
from symconv.mistakes import Exercise

ARRAYS = {"input": "x", "kernel": "w", "bias": "bias"}
"""What the arrays of a question are called in an exercise."""
HASH = 10
"""Hexadecimal digits of the hash that is printed on a sheet."""


@dataclass(frozen=True, eq=False)
class Variant:
    """What one student is asked.

    ``seed`` is the student's own in hex: whoever has it can make the variant, so that it stands
    with the key. ``hash`` is short and printed on the sheet. ``text`` is the question file.
    ``rejected`` counts the draws before this one by what they failed at.
    """

    student: str
    seed: str
    exercise: Exercise
    question: Question
    hash: str
    text: str
    difficulty: Difficulty
    name: str = ""
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> tuple[Value, ...]:
        """The right answers in row-major order."""
        return self.question.key


def asked(question: Question) -> str:
    """Return the SHA-256, in hex, of all that decides which numbers a student gets.

    That is the id, the operation with its arrays, options and symbols, which mistakes are looked
    for, and the settings of the bank; not how answers are read, marked or commented on, so that
    these can be changed after a class has its sheets. A mistake that the teacher adds by a whole
    wrong answer (`catalogue.custom`) belongs to the numbers of the question and to no variant.
    """
    file = question.file
    facts = [
        *(file.id, file.op, file.input, file.kernel, file.bias, file.symbols),
        *(msgspec.to_builtins(part) for part in (file.options, settings(question))),
        *(file.catalogue.enable, file.catalogue.disable),
    ]
    text = json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Maker:
    """Makes the variants of one question; no two that it made are the same.

    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: convolution
    ... input: 3 1 4 1; 5 9 2 6; 5 3 5 8
    ... kernel: 1 -2; 3 5
    ... options: {padding: valid}
    ... ''')
    >>> variant = Maker(question, b"secret").make("ann")
    >>> variant.question.file.kernel, variant.question.key
    ('-2 2; 4 3', (48, 53, 50, 47, 33, 18))
    """

    def __init__(self, question: Question, secret: bytes) -> None:
        self.question = question
        self.secret = secret
        self.bank = settings(question)
        self.asked = asked(question)
        self._taken: dict[str, str] = {}

    @cached_property
    def gate(self) -> Gate:
        """What every variant has to pass; the same for all secrets and students."""
        kept = all(
            getattr(self.bank, name) is None or name not in self.bank.vary for name in ARRAYS
        )
        return Gate(self.question, lambda: self.draws(Stream(bytes.fromhex(self.asked))), kept=kept)

    @cached_property
    def _painters(self) -> dict[str, Painter]:
        """What draws the numbers of each array that varies."""
        vary = [name for name in ARRAYS if name in self.bank.vary]
        arrays = ((name, getattr(self.question.exercise, ARRAYS[name])) for name in vary)
        return {
            ARRAYS[name]: Painter(name, array, getattr(self.bank, name))
            for name, array in arrays
            if name != "bias" or self.question.file.bias is not None
        }

    @cached_property
    def _names(self) -> _Names:
        return _Names(self.question, self.bank)

    def draws(self, stream: Stream) -> Iterator[Exercise]:
        """Yield exercises drawn from a stream, whether they pass or not."""
        while True:
            yield self._draw(stream)[0]

    def _draw(self, stream: Stream) -> tuple[Exercise, dict[str, str]]:
        exercise, names = self.question.exercise, self._names.draw(stream)
        arrays = {name: getattr(exercise, name) for name in ARRAYS.values()}
        arrays |= {name: painter.draw(stream) for name, painter in self._painters.items()}
        x, w, bias = (_settled(_renamed(arrays[name], names)) for name in ARRAYS.values())
        return replace(exercise, x=x, w=w, bias=bias), names

    def make(self, student: str, name: str = "") -> Variant:
        """Return the variant of a student.

        Raises: QuestionError[no-variant] when none of `bank.tries` draws passes.
        """
        seed = student_seed(self.secret, self.asked, student)
        stream, rejected = Stream(seed), Counter[str]()
        for _ in range(self.bank.tries):
            exercise, names = self._draw(stream)
            code = self._hash(exercise)
            taken = self._taken.get(code, student) != student
            fault = "another student has it" if taken else next(self.gate.faults(exercise), "")
            if not fault:
                self._taken[code] = student
                return self._written((student, name), seed, exercise, names, rejected)
            rejected[fault] += 1
        raise self._none(student, rejected)

    def _hash(self, exercise: Exercise) -> str:
        texts = [write(getattr(exercise, name)) for name in ARRAYS.values()]
        return hashlib.sha256("\n".join([self.asked, *texts]).encode()).hexdigest()[:HASH]

    def _none(self, student: str, rejected: Counter[str]) -> QuestionError:
        first, *others = rejected.most_common(3)
        total = sum(rejected.values())
        also = "".join(f"; {reason} ({count})" for reason, count in others)
        return QuestionError(
            "no-variant",
            f"student {shortened(student, 60)!r}: none of {total} draws passes; most often "
            f"{first[0]} ({first[1]}){also}",
            place=self.question.id,
            hint="allow other numbers (bank.input, bank.kernel), more distance (bank.parity), "
            "or look for fewer mistakes (catalogue.disable)",
            rejected=dict(rejected),
        )

    def _written(
        self,
        who: tuple[str, str],
        seed: bytes,
        exercise: Exercise,
        names: dict[str, str],
        rejected: Counter[str],
    ) -> Variant:
        """Return the variant that a question file with this exercise is."""
        code, (student, name) = self._hash(exercise), who
        text = question_text(self.question, exercise, names, code)
        question = loads(text, f"variant {code}")
        read, hard = question.exercise, measure(question.exercise)
        return Variant(student, seed.hex(), read, question, code, text, hard, name, rejected)


def variants(
    question: Question, secret: bytes, students: Iterable[tuple[str, str]]
) -> Iterator[Variant]:
    """Yield the variants of students, given as pairs of id and name, in their order.

    Of two students who would get the same numbers the later one draws on, so that whoever is added
    at the end of a class list changes nobody's variant.
    """
    maker = Maker(question, secret)
    for student, name in students:
        yield maker.make(student, name)


class Painter:
    """Draws the numbers of one array; letters in it stay where they are.

    Raises: QuestionError[bad-range] for a range without a number that may be drawn.
    """

    def __init__(self, name: str, array: Array, span: str | None) -> None:
        self.array = array
        self.flat: list[Value] = array.ravel().tolist()
        self.places = [i for i, v in enumerate(self.flat) if not isinstance(v, Polynomial)]
        self.numbers: list[Number] = [self.flat[i] for i in self.places]  # type: ignore[misc]
        self.zero = name != "kernel" or 0 in self.numbers
        self.span, self.parts = (range(0), 1) if span is None else self._range(name, span)

    def _range(self, name: str, span: str) -> tuple[range, int]:
        ends, _, parts = span.partition("/")
        least, most = (int(end) for end in ends.split(".."))
        found = range(least, most + 1)
        if len(found) - (not self.zero and 0 in found) < 1:
            raise QuestionError(
                "bad-range",
                f"{span} has no number that may stand in the {name}",
                place=f"bank.{name}",
                hint="write the smaller number first, as in -3..3; a kernel has zeros only if "
                "that of the question has some",
            )
        return found, int(parts or 1)

    def draw(self, stream: Stream) -> Array:
        """Return the array with other numbers."""
        drawn = list(self.flat)
        for place, value in zip(self.places, self._values(stream), strict=True):
            drawn[place] = value
        return boxed(drawn, self.array.shape)

    def _values(self, stream: Stream) -> list[Number]:
        if self.span:
            return [self._any(stream) for _ in self.numbers]
        return [self._near(n, stream) for n in stream.shuffled(self.numbers)]

    def _any(self, stream: Stream) -> Number:
        """Return a number of the teacher's range."""
        while True:
            found = stream.choice(self.span)
            if found or self.zero:
                return number(Fraction(found, self.parts))

    def _near(self, value: Number, stream: Stream) -> Number:
        """Return a number of the same sign and denominator, not far from one of the question's."""
        parts, span = value.denominator, self._spans[value]
        while True:
            found = stream.choice(span)
            if gcd(found, parts) == 1:
                return number(Fraction(found, parts))

    @cached_property
    def _spans(self) -> dict[Number, range]:
        """The numerators that each number of the question may be given instead of its own."""
        least, most = min(self.numbers), max(self.numbers)
        width = max(Fraction(1), Fraction(most - least) / 3)
        found = {}
        for n in self.numbers:
            low = ceil(max(Fraction(least), n - width) * n.denominator)
            high = floor(min(Fraction(most), n + width) * n.denominator)
            low, high = (max(low, 1), high) if n > 0 else (low, min(high, -1)) if n else (0, 0)
            found[n] = range(low, high + 1)
        return found


_STEM = re.compile(r"([^\W\d_]+)(.*)", re.DOTALL)


class _Names:
    """Draws other letters for those of a question: each stem another, subscripts as they are."""

    def __init__(self, question: Question, bank: Bank) -> None:
        exercise = question.exercise
        arrays = (exercise.x, exercise.w, exercise.bias)
        used = {n for array in arrays for v in array.ravel().tolist() for n in letters_of(v)}
        self.names = sorted(used | question.rules.symbols)
        self.parts = {name: _parts(name) for name in self.names}
        self.stems = sorted({stem for stem, _ in self.parts.values()})
        given = re.findall(r"[^\W\d_]", bank.letters)
        self.pool = sorted(set(given)) if "letters" in bank.vary else []
        if self.pool and len(self.stems) > len(self.pool):
            self.pool = self.stems if all(len(stem) == 1 for stem in self.stems) else []

    def draw(self, stream: Stream) -> dict[str, str]:
        """Return the new name of every letter; without a pool each keeps its own."""
        pool = stream.shuffled(self.pool) if self.stems else []
        found = dict(zip(self.stems, pool or self.stems, strict=False))
        return {name: found[stem] + rest for name, (stem, rest) in self.parts.items()}


def _parts(name: str) -> tuple[str, str]:
    found = _STEM.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _renamed(array: Array, names: dict[str, str]) -> Array:
    if array.dtype != object or all(old == new for old, new in names.items()):
        return array
    return boxed([_renamed_value(value, names) for value in array.ravel().tolist()], array.shape)


def _renamed_value(value: Value, names: dict[str, str]) -> Value:
    if not isinstance(value, Polynomial):
        return value
    terms = value.terms.items()
    return Polynomial({tuple(sorted(names[n] for n in m)): factor for m, factor in terms})


def _settled(array: Array) -> Array:
    """Return an array of small integers as such, as a question that is read has it."""
    flat = array.ravel().tolist()
    if array.dtype == object and all(type(v) is int and abs(v) < 2**31 for v in flat):
        return array.astype(np.int64)
    return array


def question_text(question: Question, exercise: Exercise, names: dict[str, str], code: str) -> str:
    """Return the question file of a variant: the question's, with its arrays, letters and id."""
    data: dict[str, Any] = msgspec.to_builtins(question.file)
    data["id"] = f"{question.id[: 119 - len(code)].rstrip('/')}/{code}"
    for field_, name in ARRAYS.items():
        if data.get(field_) is not None:
            data[field_] = write(_as_written(question, field_, getattr(exercise, name)))
    if names:
        # a list of symbols is split at commas, but `x[1,12]` has one: then the arrays declare them
        listed = ", ".join(names[name] for name in sorted(names))
        data["symbols"] = "" if "[" in listed else listed
    data.pop("bank", None)
    data.get("catalogue", {}).pop("custom", None)
    return yamltext.write(data)


def _as_written(question: Question, name: str, array: Array) -> Array:
    """Return an array without the axes of channels and filters that the question does not write."""
    if name == "bias" or question.layered:
        return array
    if question.exercise.plan.channels == 1:
        return array.reshape(array.shape[-question.exercise.rank :])
    return array[0] if name == "kernel" else array


def write(array: Array) -> str:
    """Return an array as the text of a question: blanks, `;` for rows, `;;` for planes.

    >>> import numpy as np
    >>> write(np.array([[1, 2], [3, 4]])), write(np.array([[[1], [2]]]))
    ('1 2; 3 4', '1; 2;;')
    """
    if array.ndim == 1:
        return " ".join(_entry(value) for value in array.tolist())
    mark = ";" * (array.ndim - 1)
    parts = [write(part).rstrip(";") for part in array]
    return parts[0] + mark if len(parts) == 1 else f"{mark} ".join(parts)


def _entry(value: Value) -> str:
    """Return one entry without blanks, all signs written: `2*a*b-1/2*x[1,12]`."""
    if not isinstance(value, Polynomial):
        return str(value)
    return "".join(_term(m, c) for m, c in sorted(value.terms.items())).removeprefix("+")


def _term(monomial: Sequence[str], factor: Number) -> str:
    one = [] if monomial and abs(factor) == 1 else [str(abs(factor))]
    return ("-" if factor < 0 else "+") + "*".join([*one, *monomial])
