"""The format of question files, typed.

Scalars are text in the file and become exact values when the question is loaded; arrays are
written as in fixture files.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Schema = Literal["symconv-question/1"]
SCHEMA: Schema = "symconv-question/1"

Id = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*\Z", max_length=120)
]
Planes = list[str | list[str | list[str]]]
Tensor = str | Planes
Spread = int | list[int]
Padding = int | str | list[int | list[int]]
Exact = int | str
Level = Literal["score", "cells", "label", "full"]
"""How much feedback tells: the score; which cells; the diagnosis too; everything, the key too."""
Form = Literal["any", "expanded", "lowest"]
Mode = Literal["half-up", "half-even", "truncated", "any"]


class Options(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Options of the operation, as in fixtures; ``spatial`` counts the axes the kernel slides on.

    Without it a kernel with one axis more than the input is that of a layer, any other slides
    along all its axes.
    """

    padding: Padding | None = None
    stride: Spread = 1
    dilation: Spread = 1
    boundary: str | list[str] = "zero"
    groups: int = 1
    spatial: int | None = None


class Rounding(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Answers may be rounded: to so many decimals, or significant digits, or more."""

    places: Annotated[int, Meta(ge=0, le=30)] | None = None
    digits: Annotated[int, Meta(ge=1, le=30)] | None = None
    mode: Mode = "any"


class Reading(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """How answers are written, and which forms of a right value are asked for."""

    decimal: Literal[".", ","] = "."
    mixed_numbers: bool = False
    work: bool = False
    form: Form = "any"
    rounding: Rounding | None = None


class Custom(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A mistake that the teacher names: the whole wrong answer, and what to say of it."""

    id: Id
    says: str
    answer: Tensor
    credit: Exact | None = None


class Catalogue(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Which mistakes are looked for; ids may end in `*`. ``priors`` are in bits, more is rarer."""

    enable: list[str] = field(default_factory=lambda: ["*"])
    disable: list[str] = field(default_factory=list)
    pairs: bool = True
    priors: dict[str, Annotated[int, Meta(ge=0)]] = field(default_factory=dict)
    custom: list[Custom] = field(default_factory=list)


class Credit(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Partial credit: what a rounded or an unfinished cell and each mistake leave of the marks."""

    rounded: Exact = "1/2"
    equivalent: Exact = "1/2"
    mistakes: dict[str, Exact] = field(default_factory=dict)
    all_or_nothing: bool = False
    points: Exact = 1
    """What the whole question is worth."""


class Columns(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Where answers stand in exports of one row a student: the column of the id, and the answer's.

    ``answer`` is one column with the whole grid, or one column for each cell in row-major order.
    """

    id: str | None = None
    answer: str | list[str] | None = None
    row: str | None = None
    column: str | None = None
    tag: str = "answer"
    """The tag of the notebook cell that holds the answer."""


LETTERS = "abcdefghkmnpqrstuvwxyz"
"""Letters that no student takes for a digit or for each other: no i, j, l, o, and no capitals."""

Tolerance = (
    Annotated[int, Meta(ge=0, le=1000)]
    | Annotated[str, Meta(pattern=r"^[0-9]{1,6}/[1-9][0-9]{0,5}$")]
)
Span = Annotated[str, Meta(pattern=r"^-?[0-9]{1,9}\.\.-?[0-9]{1,9}(/[1-9][0-9]{0,5})?$")]
"""A range of numbers, `-3..3`; with `/4` at the end it is in quarters."""
Varied = Literal["input", "kernel", "bias", "letters"]


class Parity(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """How far variants may be from the reference, as parts of it; ``digits`` is a number."""

    products: Tolerance = "1/4"
    negatives: Tolerance = "1/4"
    size: Tolerance = "1/4"
    digits: Annotated[int, Meta(ge=0, le=60)] = 0


class Bank(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What varies from student to student, and how far.

    Without a range an array keeps its zeros and its signs in number, at other places, and its
    numbers lie between the smallest and the largest that it has.
    """

    vary: list[Varied] = field(default_factory=lambda: ["input", "kernel", "bias", "letters"])
    input: Span | None = None
    kernel: Span | None = None
    bias: Span | None = None
    letters: Annotated[str, Meta(min_length=1, max_length=200)] = LETTERS
    parity: Parity = Parity()
    tries: Annotated[int, Meta(ge=1, le=1_000_000)] = 5_000


class QuestionFile(
    Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, kw_only=True
):
    """One question: an operation on given numbers, and how answers are read and marked."""

    schema: Schema
    id: Id
    op: Literal["convolution", "correlation"]
    input: Tensor
    kernel: Tensor
    bias: Tensor | None = None
    title: str = ""
    text: str = ""
    options: Options = Options()
    symbols: str = ""
    answer: Reading = Reading()
    weights: Tensor | None = None
    credit: Credit = Credit()
    catalogue: Catalogue = Catalogue()
    feedback: Level = "label"
    limits: dict[str, Annotated[int, Meta(ge=1)]] = field(default_factory=dict)
    submissions: Columns = Columns()
    bank: Bank = Bank()
