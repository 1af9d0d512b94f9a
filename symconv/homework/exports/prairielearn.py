"""PrairieLearn: a question directory whose server.py calls symconv, which its server has to have.

A directory holds `info.json`, `question.html`, `server.py` and `variants.json`; PrairieLearn gives
each attempt a `variant_seed`, and that chooses one of the variants. Answers are one text a cell,
read and judged by symconv alone: no element of PrairieLearn ever takes them for numbers or code.
`generate`, `parse`, `grade` and `made_up` are what server.py calls.

Source: PrairieLearn's documentation, "Question server.py" and "pl-string-input"; the schema of
info.json is `apps/prairielearn/src/schemas/infoQuestion.ts`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from symconv.exact import Array, boxed
from symconv.homework.exports.contents import task
from symconv.homework.judging.check import Checker
from symconv.homework.outputs import prairielearn
from symconv.homework.outputs.escape import indented_json, shortened, visible
from symconv.homework.outputs.record import record
from symconv.homework.questions.load import loads
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Submission, Written
from symconv.homework.reading.polynomials import text_of
from symconv.homework.teaching.roster import Stream
from symconv.homework.teaching.variants import Variant, asked

Data = MutableMapping[str, Any]
"""The `data` of PrairieLearn, of which each phase has its part."""
NAME = "y"
"""What the whole answer is called in scores, feedback and errors."""

_SERVER = '''"""A question written by symconv, which has to be installed where this runs."""

from pathlib import Path

from symconv.homework.exports import prairielearn

VARIANTS = Path(__file__).parent / "variants.json"


def generate(data):
    prairielearn.generate(data, VARIANTS)


def parse(data):
    prairielearn.parse(data)


def grade(data):
    prairielearn.grade(data)


def test(data):
    prairielearn.made_up(data)
'''

_TABLE = """<table class="table table-bordered w-auto"><caption>{{caption}}</caption>
{{#rows}}<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
{{/rows}}</table>"""

_PAGE = f"""<pl-question-panel>
{{{{#params.text}}}}<p>{{{{.}}}}</p>
{{{{/params.text}}}}
{{{{#params.task}}}}<p>{{{{.}}}}</p>
{{{{/params.task}}}}
{{{{#params.given}}}}{_TABLE}
{{{{/params.given}}}}
{{{{#params.fields}}}}<table><caption>Your answer {{{{caption}}}}</caption>
{{{{#rows}}}}<tr>{{{{#cells}}}}<td><pl-string-input answers-name="{{{{name}}}}" \
size="{{{{size}}}}" remove-leading-trailing="true" allow-blank="true" show-help-text="false" \
aria-label="{{{{label}}}}"></pl-string-input></td>{{{{/cells}}}}</tr>
{{{{/rows}}}}</table>
{{{{/params.fields}}}}
<p><small>variant {{{{params.hash}}}}</small></p>
</pl-question-panel>
<pl-submission-panel>
{{{{#feedback.written}}}}{_TABLE}
{{{{/feedback.written}}}}
{{{{#format_errors.{NAME}}}}}<p>{{{{{{format_errors.{NAME}}}}}}}</p>{{{{/format_errors.{NAME}}}}}
{{{{#feedback.{NAME}}}}}<pre>{{{{feedback.{NAME}}}}}</pre>{{{{/feedback.{NAME}}}}}
</pl-submission-panel>
<pl-answer-panel>
{{{{#correct_answers.{NAME}}}}}{_TABLE}
{{{{/correct_answers.{NAME}}}}}
</pl-answer-panel>
"""


def export(variants: Sequence[Variant], question: Question) -> dict[str, bytes]:
    """Return the files of the question's directory."""
    pool = [{"hash": v.hash, "question": v.text} for v in variants]
    digest = hashlib.sha256(f"prairielearn {asked(question)}".encode()).hexdigest()
    cuts = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    info = {
        "uuid": "-".join(digest[start:end] for start, end in cuts),
        "title": visible(question.file.title or question.id),
        "topic": "Convolution",
        "tags": ["symconv"],
        "type": "v3",
        "partialCredit": True,
    }
    return {
        "info.json": indented_json(info).encode(),
        "question.html": _PAGE.encode(),
        "server.py": _SERVER.encode(),
        "variants.json": indented_json(pool).encode(),
    }


def generate(data: Data, pool: str | Path) -> None:
    """Choose the variant of an attempt by its seed, and say what is on its page."""
    found = json.loads(Path(pool).read_text(encoding="utf-8"))
    seed = hashlib.sha256(str(data["variant_seed"]).encode()).digest()
    chosen = Stream(seed).choice(found)
    question = loads(chosen["question"])
    data["params"].update(
        question=chosen["question"],
        hash=chosen["hash"],
        text=[part for part in question.file.text.split("\n\n") if part.strip()],
        task=list(task(question)),
        given=list(_given(question)),
        fields=list(_fields(question)),
    )
    words = ("filter",) * question.layered
    key = boxed(question.key, question.shape)
    data["correct_answers"][NAME] = list(_tables("Answer", key, words))


def _given(question: Question) -> Iterator[dict[str, Any]]:
    exercise = question.exercise
    yield from _tables("Input", exercise.x, ("channel",))
    yield from _tables("Kernel", exercise.w, ("filter", "channel"))
    if question.file.bias is not None:
        yield from _tables("Bias", exercise.bias, ())


def _tables(name: str, values: Array, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield an array as tables; *words* name its first axes, told where they are longer than 1."""
    flat = min(values.ndim - len(words), 2)
    for index in np.ndindex(values.shape[: values.ndim - flat]):
        named = [*words, *["plane"] * len(index)]
        places = zip(named, index, values.shape, strict=False)
        told = "".join(f", {word} {at + 1}" for word, at, size in places if size > 1)
        plane = values[index].reshape(1, -1) if flat == 1 else values[index]
        rows = [{"cells": [text_of(value) for value in row]} for row in plane.tolist()]
        yield {"caption": name + told, "rows": rows}


def _fields(question: Question) -> Iterator[dict[str, Any]]:
    """Yield the tables of fields, a field for each cell in row-major order."""
    shape, size = question.shape, 6 if question.numeric else 20
    columns = shape[-1]
    rows = shape[-2] if len(shape) > 1 else 1
    cells = [
        {"name": name, "size": size, "label": ", ".join(str(i + 1) for i in index)}
        for name, index in zip(names(question), question.cells(), strict=True)
    ]
    for plane in range(len(cells) // (rows * columns)):
        start = plane * rows * columns
        lines = range(start, start + rows * columns, columns)
        yield {
            "caption": str(plane + 1) if len(shape) > 2 else "",
            "rows": [{"cells": cells[at : at + columns]} for at in lines],
        }


def names(question: Question) -> list[str]:
    """Return what the field of each cell is called, `y_1_2` in row 1 and column 2."""
    return _names(question.shape)


def _names(shape: Sequence[int]) -> list[str]:
    return ["_".join([NAME, *(str(i + 1) for i in index)]) for index in np.ndindex(*shape)]


@lru_cache(maxsize=32)
def _checker(text: str) -> Checker:
    return Checker(loads(text))


def _planes(data: Data, shape: Sequence[int]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return what was submitted, plane by plane; a field that is missing is blank."""
    texts = [str(data["submitted_answers"].get(name) or "") for name in _names(shape)]
    rows = [tuple(texts[at : at + shape[-1]]) for at in range(0, len(texts), shape[-1])]
    height = shape[-2] if len(shape) > 1 else 1
    return tuple(tuple(rows[at : at + height]) for at in range(0, len(rows), height))


def _judged(data: Data) -> dict[str, Any]:
    """Return the record of what was submitted."""
    checker = _checker(data["params"]["question"])
    written = Written(_planes(data, checker.question.shape))
    return record(checker.check(Submission("answer", written)))


def parse(data: Data) -> None:
    """Refuse an answer of which nothing can be read, before it costs an attempt."""
    planes = _planes(data, _checker(data["params"]["question"]).question.shape)
    rows = [[{"cells": list(map(shortened, row))} for row in plane] for plane in planes]
    data["feedback"]["written"] = [{"caption": "Your answer", "rows": each} for each in rows]
    errors = prairielearn.format_errors(_judged(data))
    if errors:
        data["format_errors"][NAME] = "<br>".join(map(escape, errors))


def grade(data: Data) -> None:
    """Write score and feedback."""
    prairielearn.in_process(_judged(data), data, NAME)


def made_up(data: Data) -> None:
    """Make up a submission for PrairieLearn's own tests: correct, incorrect or invalid."""
    question = _checker(data["params"]["question"]).question
    kind = data["test_type"]
    texts = {
        "correct": [text_of(value) for value in question.key],
        "incorrect": [text_of(value + 1) for value in question.key],
        "invalid": ["?"] * len(question.key),
    }[kind]
    raw = dict(zip(names(question), texts, strict=True))
    data["raw_submitted_answers"].update(raw)
    tried = {**data, "submitted_answers": raw}
    (parse if kind == "invalid" else grade)(tried)
    data["score"] = 0 if kind == "invalid" else tried["score"]
