"""What `symconv lint` says of a question, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from symconv.homework.teaching.lint import Lint, Quality
from symconv.options import counted
from symconv.plan import by


def data(lint: Lint) -> dict[str, Any]:
    """Return the findings as plain data; the form of `symconv lint --json`."""
    question = lint.question
    return {
        "question": question.id,
        "sha256": question.sha256,
        "op": question.file.op,
        "shape": list(question.shape),
        "key": [str(value) for value in question.key],
        "padding": [[axis.before, axis.after] for axis in question.exercise.plan.axes],
        "mistakes": [mistake.id for mistake in lint.mistakes],
        **_quality(lint.quality),
        "structural": _quality(lint.structural),
        "free": {name: str(part) for name, part in lint.free.items()},
        "suggestion": [str(change) for change in lint.suggestion],
        "left": _quality(lint.left),
        "paired": lint.paired,
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "unseen": list(quality.unseen),
        "alike": [list(group) for group in quality.alike],
        "weak": list(quality.weak),
    }


def text(lint: Lint) -> str:
    """Return the findings for a teacher, a paragraph for each."""
    return "\n".join(line for part in _parts(lint) for line in (*part, "")).rstrip() + "\n"


def _parts(lint: Lint) -> Iterator[list[str]]:
    question, plan = lint.question, lint.question.exercise.plan
    pads = ", ".join(f"{axis.before} + {axis.after}" for axis in plan.axes)
    chosen = "" if question.file.options.padding is not None else " (not stated: the default)"
    x, w = plan.x_shape, plan.w_shape
    if plan.channels == plan.maps == 1 and not question.layered:
        x, w = x[1:], w[2:]
    flip = "flipped" if question.file.op == "convolution" else "not flipped"
    yield [
        f"{question.id}: {question.file.op}, the kernel {flip}",
        f"input {by(x)}, kernel {by(w)}, padding {pads}{chosen}",
        f"answer {by(question.shape)}",
    ]
    yield ["key:", *(f"  {line}" for line in _grid(lint))]
    pairs = "and pairs of them" if lint.paired else "one at a time: too many products for pairs"
    yield [f"{len(lint.mistakes)} mistakes are looked for, {pairs}"]
    said = {mistake.id: mistake.says for mistake in lint.mistakes}
    yield from _findings(lint, said)
    free = ", ".join(f"{name} {part}" for name, part in lint.free.items())
    yield [f"marks for no work: {free}"]
    yield _advice(lint)


def _grid(lint: Lint) -> Sequence[str]:
    values = np.array(list(map(str, lint.question.key)), dtype=object)
    rows = values.reshape(-1, lint.question.shape[-1]).tolist()
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.rjust, row, widths)) for row in rows]


def _findings(lint: Lint, said: dict[str, str]) -> Iterator[list[str]]:
    quality, fixed = lint.quality, lint.structural
    if quality.unseen:
        always = " (whatever the numbers are)"
        yield [
            f"{len(quality.unseen)} cannot be seen; whoever makes them has the right answer:",
            *(
                f"  {id_}: {said[id_]}{always if id_ in fixed.unseen else ''}"
                for id_ in quality.unseen
            ),
        ]
    if quality.alike:
        yield [
            f"{counted(len(quality.alike), 'group')} cannot be told apart:",
            *(f"  {' = '.join(group)}{_always(group, fixed)}" for group in quality.alike),
        ]
    if quality.weak:
        yield [
            f"{counted(len(quality.weak), 'mistake')} in one cell only, too few to be certain:",
            *(f"  {id_}: {said[id_]}" for id_ in quality.weak),
        ]
    if not quality.troubles:
        yield ["every mistake can be seen and told from every other"]


def _always(group: Sequence[str], fixed: Quality) -> str:
    return (
        " (whatever the numbers are)"
        if any(set(group) <= set(other) for other in fixed.alike)
        else ""
    )


def _advice(lint: Lint) -> list[str]:
    if not lint.curable:
        return ["no other numbers would tell more"]
    if not lint.suggestion:
        return [f"other numbers could tell {lint.curable} more; no change of one number does"]
    gained = lint.quality.troubles - lint.left.troubles
    return [
        f"nearest numbers that tell {gained} more:",
        *(f"  {change}" for change in lint.suggestion),
    ]
