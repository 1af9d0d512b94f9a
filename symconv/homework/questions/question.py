"""A question in exact terms: the exercise, the key, and how answers to it are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm

from symconv.homework.questions.model import QuestionFile
from symconv.homework.questions.numbers import rational
from symconv.homework.reading.model import Rules
from symconv.homework.reading.polynomials import Value, text_of
from symconv.mistakes.exercise import Exercise

Shape = tuple[int, ...]
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, exactly.

    ``layered``: the output has an axis of filters. ``weights`` stand in row-major order, for each
    cell of the output. ``sha256`` is of the text that the question was read from.
    """

    file: QuestionFile
    exercise: Exercise
    layered: bool
    rules: Rules
    weights: tuple[Fraction, ...]
    sha256: str

    @property
    def id(self) -> str:
        """The question's id."""
        return self.file.id

    @cached_property
    def shares(self) -> tuple[tuple[int, ...], int]:
        """The weights as integers in the same proportions, and their sum."""
        over = lcm(*(weight.denominator for weight in self.weights))
        found = tuple(int(weight * over) for weight in self.weights)
        return found, sum(found)

    @cached_property
    def shape(self) -> Shape:
        """The shape of the right answer."""
        return self.shape_of(self.exercise.plan.out_shape)

    def shape_of(self, out_shape: Shape) -> Shape:
        """Return the shape that an answer of so many filters and outputs has."""
        return out_shape if self.layered or out_shape[0] != 1 else out_shape[1:]

    @cached_property
    def key(self) -> tuple[Value, ...]:
        """The right values in row-major order."""
        return tuple(self.exercise.out().ravel().tolist())

    def text(self, value: Value) -> str:
        """Return a value as an answer could hold it."""
        return text_of(value, self.rules.symbols)

    @cached_property
    def points(self) -> Fraction:
        """What a right answer is worth."""
        return rational(self.file.credit.points)

    @cached_property
    def partial(self) -> tuple[Fraction, Fraction]:
        """What a rounded cell is worth, and one in another form."""
        credit = self.file.credit
        return rational(credit.rounded), rational(credit.equivalent)

    @cached_property
    def numeric(self) -> bool:
        """Whether the key holds numbers alone."""
        return all(isinstance(value, int | Fraction) for value in self.key)

    def cells(self) -> Iterator[Index]:
        """Yield the index of every cell of the answer in row-major order."""
        return product(*map(range, self.shape))

    def credits(self) -> Mapping[str, Fraction]:
        """Return the credits that the file sets for mistakes."""
        return {name: rational(value) for name, value in self.file.credit.mistakes.items()}
