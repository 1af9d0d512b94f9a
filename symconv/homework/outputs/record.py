"""All that was found about one answer, as plain data; every other output is a view of it.

The record is the teacher's: it holds the key and the exact differences whatever the question's
feedback level. What a student may see of it is its feedback, the `told` of its cells,
and `comment`. The same answer gives the same bytes on every machine and Python: keys are sorted,
fractions are pairs of texts, and no float, clock, locale or hash takes part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from symconv.errors import AnswerError
from symconv.homework.judging.cells import Judged, Verdict
from symconv.homework.judging.check import Checked
from symconv.homework.judging.diagnosis import Diagnosis
from symconv.homework.judging.feedback import LEVELS, Feedback, diagnosis_sentence, feedback
from symconv.homework.judging.places import cell_name, size_text
from symconv.homework.judging.slips import Slip
from symconv.homework.outputs.escape import compact_json
from symconv.homework.questions.model import Level
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import text_of

Record = dict[str, Any]
SCHEMA = "symconv.check/1"
MOST_MEMBERS = 32
"""Mistakes, or pairs of them, that a record lists; the count of the others is kept."""
RIGHT = ("correct", "equivalent", "rounded")
"""Verdicts of cells whose value is right."""


def record(checked: Checked, attempt: int = 1) -> Record:
    """Return the record of one judged answer.

    ``score`` is of 1, ``points`` of ``points.max``; each is exact, with a decimal of at most six
    places, ties to even. ``cells`` stand in row-major order of the answer's own shape; their
    ``verdict`` is None where that is not the question's shape, ``residual`` is the value that was
    written less the key, and ``told`` the lines that its student may read. ``entries`` of the
    diagnosis are single entries of the question that explain the answer better. ``status`` is
    "not-graded" when no grid could be read, and ``fault`` says why.
    """
    question, told = checked.question, feedback(checked)
    return {
        "schema": SCHEMA,
        "tool": "symconv",
        "spec_sha256": question.sha256,
        "question": question.id,
        "submission_id": checked.submission.id,
        "attempt": attempt,
        "status": "graded" if checked.graded else "not-graded",
        "fault": None if checked.fault is None else _fault(checked.fault),
        "score": fraction(checked.score.value),
        "points": {**fraction(checked.points), "max": fraction(question.points)},
        "shape": {"expected": list(question.shape), "got": list(checked.shape)},
        "cells": list(_cells(checked, told)),
        "diagnosis": _diagnosis(checked),
        "credited_as": list(checked.score.credited_as),
        "notices": list(checked.notices),
        "feedback": {
            "level": told.level,
            "lines": list(told.lines()),
            "diagnosis": told.diagnosis,
        },
    }


def dumps(found: Record) -> bytes:
    """Return a record as one line of UTF-8, without a newline; `json.loads` gives it back."""
    return compact_json(found).encode()


def fraction(value: Fraction) -> dict[str, str]:
    """Return a number as its numerator, denominator and decimal.

    >>> fraction(Fraction(2, 3))
    {'num': '2', 'den': '3', 'decimal': '0.666667'}
    """
    return {"num": str(value.numerator), "den": str(value.denominator), "decimal": decimal(value)}


def decimal(value: Fraction) -> str:
    """Return a number with at most six places, half to even; exact where six places are enough.

    >>> decimal(Fraction(1, 2)), decimal(Fraction(-5, 2_000_000)), decimal(Fraction(7))
    ('0.5', '-0.000002', '7')
    """
    millionths = round(value * 10**6)
    whole, rest = divmod(abs(millionths), 10**6)
    text = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"-{text}" if millionths < 0 else text


def exact(number: Mapping[str, str]) -> Fraction:
    """Return the number that a record holds as numerator and denominator."""
    return Fraction(int(number["num"]), int(number["den"]))


def plain(number: Mapping[str, str]) -> int | float:
    """Return the decimal of a number of a record, for outputs that hold JSON numbers.

    >>> plain(fraction(Fraction(1, 3))), plain(fraction(Fraction(4)))
    (0.333333, 4)
    """
    text = number["decimal"]
    return float(text) if "." in text else int(text)


def _fault(error: AnswerError) -> dict[str, str]:
    return {
        "code": error.code,
        "place": error.place,
        "message": error.message,
        "hint": error.hint,
    }


def _cells(checked: Checked, told: Feedback) -> Iterator[Record]:
    rank, filters = checked.question.exercise.rank, checked.question.layered
    lines = {cell.index: list(cell.lines()) for cell in told.cells if cell.told}
    indices = product(*map(range, checked.shape))
    for place, (index, cell) in enumerate(zip(indices, checked.read, strict=False)):
        judged = checked.cells[place] if checked.cells else None
        slips = checked.slips[place] if checked.slips else ()
        optional: Record = {
            "shown": cell.shown,
            "notices": list(cell.notices),
            "fault": cell.fault and _fault(cell.fault),
            "told": lines.get(index),
        }
        yield {
            "index": list(index),
            "name": cell_name(index, rank, filters),
            "raw": cell.raw,
            "read": None if cell.value is None else text_of(cell.value),
            "code": "" if cell.fault is None else cell.fault.code,
            "verdict": None,
            **{name: value for name, value in optional.items() if value},
            **({} if judged is None else _judged(judged, cell, slips)),
        }


def _judged(judged: Judged, cell: Cell, slips: tuple[Slip, ...]) -> Record:
    """Return what the key says of one cell."""
    found: Record = {
        "verdict": judged.verdict.value,
        "key": text_of(judged.key),
        "mode": judged.mode,
        "slips": [{"id": slip.id, "says": slip.says} for slip in slips],
    }
    if judged.slip is not None:
        found["step"] = judged.slip
    if judged.verdict in (Verdict.WRONG, Verdict.ROUNDED) and cell.value is not None:
        found["residual"] = text_of(cell.value - judged.key)
    return found


def _diagnosis(checked: Checked) -> Record:
    found: Diagnosis = checked.diagnosis
    members = [
        {"ids": list(each.ids), "cost": each.cost, "credit": fraction(each.credit)}
        for each in found.members[:MOST_MEMBERS]
    ]
    return {
        "confidence": found.confidence.value,
        "class": members,
        "named": min(len(found.named), MOST_MEMBERS),
        "omitted": len(found.members) - len(members),
        "cost": found.cost,
        "evidence": found.evidence,
        "unexplained": found.unexplained,
        "text": diagnosis_sentence(found),
        "entries": [{"id": e.id, "says": e.says, "sure": e.sure} for e in checked.entries],
    }


def allows(found: Record, level: Level) -> bool:
    """Tell whether a student may see what belongs to a level of feedback."""
    return LEVELS.index(found["feedback"]["level"]) >= LEVELS.index(level)


KEYED = frozenset(("key", "residual", "slips", "mode", "step"))
"""What a record says of a cell that tells its key."""


def told(found: Record) -> Record:
    """Return a record that whoever wrote the answer may see: without the key, unless it is told."""
    if allows(found, "full"):
        return found
    cells = [{k: v for k, v in cell.items() if k not in KEYED} for cell in found["cells"]]
    return {**found, "cells": cells}


def full_marks(found: Record) -> bool:
    """Tell whether nothing is missing: exactly, not by a rounded decimal."""
    return exact(found["score"]) == 1


def label(found: Record) -> str:
    """Return the ids of the mistakes that are named; those that cannot be told apart with bars.

    >>> label({"diagnosis": {"named": 2, "class": [{"ids": ["a"]}, {"ids": ["b"]}]}})
    'a | b'
    """
    named = found["diagnosis"]["class"][: found["diagnosis"]["named"]]
    return " | ".join("+".join(member["ids"]) for member in named)


def refusal(found: Record) -> str:
    """Return why an answer was not graded, for whoever wrote it; nothing for a graded one."""
    fault = found["fault"]
    if fault is None:
        return ""
    place, hint = fault["place"], fault["hint"]
    return "".join((place and f"{place}: ", fault["message"], hint and f"; {hint}"))


def comment(found: Record) -> str:
    """Return one line for a gradebook: what a student may see at the question's feedback level."""
    if found["fault"] is not None:
        return refusal(found)
    parts = []
    if allows(found, "cells"):
        parts.append(tallied(found))
    if found["feedback"]["diagnosis"]:
        parts.append(found["feedback"]["diagnosis"])
    return ". ".join(part.rstrip(".") for part in parts)


def tallied(found: Record) -> str:
    """Return how many cells are right, or which shape was written instead."""
    expected, got = (found["shape"][name] for name in ("expected", "got"))
    if expected != got:
        sizes = (size_text(tuple(shape)) for shape in (got, expected))
        return "your answer is {}, the question asks for {}".format(*sizes)
    verdicts = [cell["verdict"] for cell in found["cells"]]
    words = f"{sum(v in RIGHT for v in verdicts)} of {len(verdicts)} cells right"
    others = (
        (verdicts.count(v), text) for v, text in (("blank", "blank"), ("invalid", "unreadable"))
    )
    return ", ".join([words, *(f"{count} {text}" for count, text in others if count)])
