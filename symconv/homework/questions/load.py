"""From the text of a question file to a `Question`; every fault is a `QuestionError`."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from stat import S_ISREG
from typing import Any

import msgspec
import numpy as np

from symconv import yamltext
from symconv.errors import QuestionError, SymconvError
from symconv.exact import Array
from symconv.homework.questions.arrays import tensor
from symconv.homework.questions.checks import (
    check_catalogue,
    check_credit,
    check_key,
    check_rounding,
    symbols,
)
from symconv.homework.questions.model import (
    Catalogue,
    Columns,
    Credit,
    Custom,
    Options,
    QuestionFile,
    Reading,
    Rounding,
)
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import LIMITS, Rules
from symconv.mistakes import Exercise
from symconv.plan import Geometry, by, check_size, geometry

MOST_PRODUCTS = 4_000_000
"""Products of a question; a class's homework has some hundreds."""
MOST_LETTERED = 100_000
"""Products of a question of letters, fractions or long integers."""
MOST_DIGITS = 1_000
MOST_AXES = 3
MOST_BYTES = 300_000
"""Bytes of a question file."""


def load(path: str | Path) -> Question:
    """Return the question in a YAML file.

    Raises: QuestionError with file, line, field and a way out.

    >>> try:
    ...     load("nowhere.yaml")
    ... except QuestionError as error:
    ...     print(error)
    QuestionError[unreadable-file]: nowhere.yaml: No such file or directory
    """
    try:
        text = _content(Path(path)).decode("utf-8")
    except OSError as error:
        raise QuestionError(
            "unreadable-file", error.strerror or str(error), place=str(path)
        ) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        raise QuestionError("not-utf-8", message, place=str(path)) from None
    return loads(text, str(path))


def loads(text: str, name: str = "question") -> Question:
    """Return the question in a YAML text; *name* stands for the file in messages.

    >>> text = '''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: 1 2 3; 4 5 6
    ... kernel: 1 1; 0 1
    ... '''
    >>> question = loads(text)
    >>> question.shape, question.key
    ((1, 2), (8, 11))
    """
    if len(text) > MOST_BYTES:
        message = f"{len(text)} characters, at most {MOST_BYTES}"
        raise QuestionError("file-too-large", message, place=name, hint="use smaller arrays")
    try:
        tree = yamltext.Tree(text)
    except SymconvError as error:
        raise _question_error(error, name) from None
    file = _typed(tree, name)
    try:
        return _question(file, hashlib.sha256(text.encode()).hexdigest())
    except SymconvError as error:
        raise _question_error(error, name) from None


def _content(path: Path) -> bytes:
    if not S_ISREG(path.stat().st_mode):
        raise OSError(0, "Not a regular file")
    return path.read_bytes()


def _question_error(error: SymconvError, place: str) -> QuestionError:
    moved = error.at(place)
    return QuestionError(
        moved.code, moved.message, place=moved.place, hint=moved.hint, **moved.facts
    )


def _typed(tree: yamltext.Tree, name: str) -> QuestionFile:
    try:
        return msgspec.convert(_scalars(tree.data), QuestionFile)
    except msgspec.ValidationError as error:
        message, _, inner = str(error).partition(" - at `")
        unknown = re.findall(r"unknown field `(\w+)`", message)
        steps = re.findall(r"\.(\w+)|\[(\d+)\]", inner)
        path = (*(step or int(index) for step, index in steps), *unknown)
        place = f"{name}:{tree.line(path)}"
        place += ": field " + ".".join(map(str, path)) if path else ""
        hint = _near(unknown[0]) if unknown else HINTS.get(str(path[-1]) if path else "", "")
        raise QuestionError("question-format", message, place=place, hint=hint) from None


HINTS = {
    "op": "convolution flips the kernel, correlation does not",
    "feedback": "one of score, cells, label, full",
    "id": "small letters, digits, - and _, in parts between /: signals/week-3",
    "form": "one of any, expanded, lowest",
    "mode": "one of half-up, half-even, truncated, any",
    "decimal": "'.' or ','",
    "rounding": "write rounding: {places: 2} or {digits: 3}",
    "schema": "symconv-question/1",
}
"""What may stand in a field, where the format's own words do not say."""


def _near(unknown: str) -> str:
    """Return a hint for a field that no question has."""
    structs = (QuestionFile, Options, Reading, Rounding, Catalogue, Custom, Credit, Columns)
    known = [field.name for struct in structs for field in msgspec.structs.fields(struct)]
    close = difflib.get_close_matches(unknown, known, n=1)
    return f"did you mean {close[0]!r}?" if close else ""


TEXTS = frozenset(
    ("id", "title", "text", "input", "kernel", "bias", "weights", "symbols", "answer", "says")
)
"""Fields of a question, and of custom mistakes, that hold text and arrays."""


def _scalars(data: Any) -> Any:
    """Turn digits into ints, and true and false into booleans, where no array or text stands."""
    if isinstance(data, dict):
        return {
            key: value if key in TEXTS and not isinstance(value, dict) else _scalars(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_scalars(item) for item in data]
    if data in ("true", "false"):
        return data == "true"
    return int(data) if isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,9}", data) else data


def _question(file: QuestionFile, sha256: str) -> Question:
    names = symbols(file)
    x, w = (tensor(getattr(file, name), names, name) for name in ("input", "kernel"))
    plan, layered, x, w = _planned(file, x, w)
    if len(plan.axes) > MOST_AXES:
        message = f"the kernel slides along {len(plan.axes)} axes, at most {MOST_AXES}"
        raise QuestionError("too-many-axes", message, hint="give spatial, or fewer axes")
    lettered = object in (x.dtype, w.dtype)
    check_size(plan, MOST_LETTERED if lettered else MOST_PRODUCTS)
    exercise = Exercise(plan, x, w, _bias(file, names, plan))
    cells = int(np.prod(plan.out_shape))
    if not cells:
        raise QuestionError("output-empty", f"the output {by(plan.out_shape)} has no cell")
    check_credit(file)
    check_rounding(file)
    check_catalogue(file)
    question = Question(file, exercise, layered, _rules(file, names), (), sha256)
    check_key(question)
    return replace(question, weights=_weights(file, question))


def _planned(file: QuestionFile, x: Array, w: Array) -> tuple[Geometry, bool, Array, Array]:
    """Return the plan as a layer, whether the output has an axis of filters, and the operands."""
    spatial = file.options.spatial
    if isinstance(file.input, str) and (x.ndim, w.ndim, len(w)) == (1, 2, 1):
        x = x[None]
    if isinstance(file.kernel, str) and (x.ndim, w.ndim) == (2, 1):
        w = w[None]
    if spatial is None:
        spatial = w.ndim - 2 if w.ndim == x.ndim + 1 else w.ndim
    layered = w.ndim == spatial + 2
    if w.ndim == x.ndim == spatial:
        x, w = x[None], w[None, None]
    elif w.ndim == x.ndim == spatial + 1:
        w = w[None]
    elif not (layered and x.ndim == spatial + 1):
        raise QuestionError(
            "rank-mismatch",
            f"input has {x.ndim} axes {by(x.shape)} and kernel {w.ndim} {by(w.shape)}",
            hint="take input (*S) and kernel (*K), or input (C, *S) and kernel (M, C, *K)",
        )
    flip = file.op == "convolution"
    plain = w.shape[:2] == (1, 1) and not layered
    default = "full" if plain and flip else "valid"
    options = {
        name: _tuples(getattr(file.options, name)) for name in ("stride", "dilation", "boundary")
    }
    padding = file.options.padding
    plan = geometry(
        x.shape,
        w.shape,
        op="conv",
        padding=_tuples(default if padding is None else padding),
        groups=file.options.groups,
        flip=flip,
        bias=file.bias is not None,
        **options,
    )
    if not isinstance(plan.fill, int | Fraction):
        raise QuestionError(
            "letter-outside",
            f"the padding reads {plan.fill}, which is no number",
            place="options.boundary",
            hint="use a number, or write the padding into the input",
        )
    return plan, layered, x, w


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _bias(file: QuestionFile, symbols: dict[str, str], plan: Geometry) -> Array:
    if file.bias is None:
        return np.zeros(plan.maps, dtype=np.int64)
    bias = tensor(file.bias, symbols, "bias").ravel()
    if len(bias) != plan.maps:
        raise QuestionError(
            "bias-shape",
            f"{len(bias)} numbers for {plan.maps} filters",
            place="bias",
            hint="give one number for each filter",
        )
    return bias


_LIMITS = [field.name for field in fields(LIMITS)]


def _rules(file: QuestionFile, symbols: dict[str, str]) -> Rules:
    if file.limits.get("digits", 0) > MOST_DIGITS:
        message = f"limits.digits is {file.limits['digits']}, at most {MOST_DIGITS}"
        raise QuestionError("limit-too-large", message)
    unknown = file.limits.keys() - set(_LIMITS)
    if unknown:
        known = ", ".join(_LIMITS)
        name = min(unknown)
        raise QuestionError("unknown-limit", f"{name!r} is no limit", hint=f"one of {known}")
    reading = file.answer
    return Rules(
        frozenset(symbols.values()),
        reading.decimal,
        reading.mixed_numbers,
        reading.work,
        replace(LIMITS, **file.limits),
    )


def _weights(file: QuestionFile, question: Question) -> tuple[Fraction, ...]:
    """Return how much each cell counts, one each unless the file says otherwise."""
    cells = len(list(question.cells()))
    if file.weights is None:
        return (Fraction(1),) * cells
    found = tensor(file.weights, {}, "weights")
    values = found.ravel().tolist()
    if len(values) != cells or any(value < 0 for value in values) or not any(values):
        raise QuestionError(
            "bad-weights",
            f"{len(values)} weights for {cells} cells, the least of them {min(values, default=0)}",
            place="weights",
            hint="give each cell a number of 0 or more, not all 0",
        )
    return tuple(map(Fraction, values))
