"""Markdown: one sheet for each student, the key, and every answer worked out.

Matrices and sums stand between `$$`, as GitHub, Jupyter and pandoc read them; texts of strangers
are nothing but words, whatever signs they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symconv.homework.exports.contents import task
from symconv.homework.exports.latex import answers, applied, given, named, steps
from symconv.homework.outputs.escape import prose, slug
from symconv.homework.questions.question import Question
from symconv.homework.teaching.variants import Variant


def export(variants: Sequence[Variant], question: Question) -> dict[str, bytes]:  # noqa: ARG001
    """Return a sheet for each student by the student's slug, and the teacher's key."""
    found = {f"{slug(v.student)}.md": _text(_sheet(v)) for v in variants}
    parts = {"keys/key.md": _key, "keys/solutions.md": _solution}
    for name, part in parts.items():
        found[name] = _text(line for variant in variants for line in part(variant))
    return found


def _text(blocks: Iterable[str]) -> bytes:
    return ("\n\n".join(blocks) + "\n").encode()


def _head(variant: Variant) -> Iterator[str]:
    title = variant.question.file.title or variant.question.id.rpartition("/")[0]
    yield f"# {prose(title)}"
    who = f"{variant.name} ({variant.student})" if variant.name else variant.student
    yield f"{prose(who)}, variant `{variant.hash}`"


def _displayed(equations: Iterable[str]) -> Iterator[str]:
    for equation in equations:
        yield f"$$\n{equation}\n$$"


def _sheet(variant: Variant) -> Iterator[str]:
    question = variant.question
    yield from _head(variant)
    for paragraph in question.file.text.replace("\r\n", "\n").split("\n\n"):
        if paragraph.strip():
            yield prose(" ".join(paragraph.split("\n")))
    yield "\n".join(f"- {prose(line)}" for line in task(question))
    yield from _displayed(given(question))
    yield "Your answer:"
    columns = question.shape[-1]
    rows = ["|" + "   |" * columns] * (len(question.key) // columns)
    yield "\n".join(["|" + "   |" * columns, "|" + "---|" * columns, *rows])


def _key(variant: Variant) -> Iterator[str]:
    yield from _head(variant)
    yield from _displayed(answers(variant.question))


def _solution(variant: Variant) -> Iterator[str]:
    question = variant.question
    yield from _head(variant)
    yield from _displayed(given(question))
    if question.file.op == "convolution":
        yield "The kernel flipped, as it is laid on the windows:"
        yield from _displayed(named(r"\bar W", applied(question), question.exercise.rank))
    for step in steps(question):
        windows = r",\ ".join(named("", step.window, question.exercise.rank)).replace(" = ", "")
        yield f"Window ${windows}$:"
        yield f"$$\n{step.sum}\n$$"
