"""The report on a class: one page of HTML that needs nothing else, with plots and their tables.

The page holds no script and fetches nothing; its policy allows its own style sheet alone. Every
number is counted in whole units, so that the page is the same bytes everywhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import count
from math import prod
from typing import TYPE_CHECKING, Any

from symconv.homework.judging.hypotheses import chosen
from symconv.homework.outputs.escape import compact_json, shortened, visible
from symconv.homework.outputs.record import RIGHT, decimal
from symconv.homework.outputs.tally import BINS, Cluster, Tally
from symconv.homework.questions.question import Index, Question, Shape

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_ROWS = 40
"""Rows of a plot or a table; what is left out is counted."""
MOST_DRAWN = 2_500
"""Cells of an answer up to which they are drawn."""
MOST_COLUMNS = 32
"""Columns of an answer up to which its cells are drawn."""
CELL = 64
"""Width of a drawn cell; its height is two thirds of it."""
_CONFIDENCE = {
    "right": "everything right",
    "certain": "one mistake explains it",
    "ambiguous": "several mistakes explain it alike",
    "possible": "a mistake explains most of it",
    "entry": "one number of the question used otherwise explains it",
    "none": "no mistake explains it",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a plot: its name, how often, its share in percent, and what it means.

    ``length`` is the count in hundredths of the largest one.
    """

    name: str
    count: int
    percent: int
    length: int
    says: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of the answer, where it is drawn, and how many answers had what there."""

    index: Index
    x: int
    y: int
    wrong: int
    blank: int
    invalid: int
    missed: int
    percent: int

    @property
    def name(self) -> str:
        """The cell as `[row, column]`, counted from 1."""
        return f"[{', '.join(str(at + 1) for at in self.index)}]"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The cells of an answer as blocks of rows, and the size of the picture."""

    spots: list[Spot]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shared:
    """An answer that several gave and nothing explains: its rows, and the name it may be given."""

    count: int
    who: str
    rows: list[list[str]]
    shape: str
    name: str


def html(tally: Tally, question: Question) -> str:
    """Return the page for a class: scores, mistakes, hardest cells, unread and unexplained answers.

    Texts of students are shown with every unseen character written out, and never as HTML.
    """
    style = _environment().get_template("class.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().get_template("class.html.j2")
    return template.render(style=style, digest=digest, **_content(tally, question))


@cache
def _environment() -> Environment:
    """Return what reads the templates, which are kept."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("symconv.homework.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _content(tally: Tally, question: Question) -> dict[str, Any]:
    spots = _spots(tally, question)
    hardest = sorted((s for s in spots if s.missed), key=lambda spot: (-spot.missed, spot.index))
    return {
        "title": visible(question.file.title or question.id),
        "question": question,
        "tally": tally,
        "mean": _mean(tally),
        "scores": _scores(tally),
        **_explanations(tally, question),
        "shapes": _bars(_other_shapes(tally, question), tally.graded, {}),
        "drawn": _drawn(spots, question.shape),
        "hardest": hardest[:MOST_ROWS],
        "invalid": [(bar, _examples(tally, bar.name)) for bar in _bars(tally.invalid, 0, {})],
        "faults": [
            (bar, _examples(tally, f"fault {bar.name}")) for bar in _bars(tally.faults, 0, {})
        ],
        **_clusters(tally, question),
        "cell": CELL,
    }


def _explanations(tally: Tally, question: Question) -> dict[str, list[Bar]]:
    says = _says(question)
    return {
        "mistakes": _bars(tally.labels, tally.graded, says),
        "confidence": _bars(tally.confidence, tally.graded, {}, _CONFIDENCE),
        "entries": _bars(tally.entries, tally.graded, {}),
        "slips": _bars(tally.slips, 0, {}),
        "alike": _bars(tally.alike, tally.graded, says),
    }


def _clusters(tally: Tally, question: Question) -> dict[str, Any]:
    """Return the answers that several gave, and the lines that would name them all."""
    repeated = tally.repeated
    clusters = repeated[:MOST_ROWS]
    taken = {each.id for each in question.file.catalogue.custom}
    free = (name for n in count(1) if (name := f"unnamed-{n}") not in taken)
    names = [next(free) if each.grid else "" for each in clusters]
    named = [(name, each) for name, each in zip(names, clusters, strict=True) if name]
    return {
        "clusters": [_shared(name, each) for name, each in zip(names, clusters, strict=True)],
        "left_out": max(0, len(repeated) - MOST_ROWS),
        "snippet": snippet([(name, c.shape, c.values) for name, c in named]) if named else "",
    }


def _says(question: Question) -> dict[str, str]:
    """Return the sentence of every mistake that the question looks for."""
    custom = {each.id: each.says for each in question.file.catalogue.custom}
    return {mistake.id: mistake.says for mistake in chosen(question)} | custom


def _mean(tally: Tally) -> str:
    """Return the mean score in percent, to one decimal."""
    mean = tally.total / tally.graded if tally.graded else Fraction(0)
    return decimal(Fraction(round(mean * 1000), 10))


def _percent(count: int, total: int) -> int:
    """Return a share in whole percent, halves up."""
    return (200 * count + total) // (2 * total) if total else 0


def _scores(tally: Tally) -> list[Bar]:
    names = [f"{100 * n // BINS}–{100 * (n + 1) // BINS}" for n in range(BINS)] + ["100"]
    counts = [tally.scores[n] for n in range(len(names))]
    return [
        Bar(name, count, _percent(count, tally.graded), _percent(count, max(counts)))
        for name, count in zip(names, counts, strict=True)
    ]


def _bars(
    counts: Counter[str],
    total: int,
    says: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> list[Bar]:
    """Return the most frequent first, alphabetically where they are equal."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_ROWS]
    of, most = total or sum(counts.values()), max(counts.values(), default=0)
    return [
        Bar(
            (names or {}).get(name, name),
            count,
            _percent(count, of),
            _percent(count, most),
            _sentences(name, says),
        )
        for name, count in ordered
    ]


def _sentences(label: str, says: Mapping[str, str]) -> str:
    ids = dict.fromkeys(re.split(r" \| |\+", label))
    return " / ".join(says[each] for each in ids if each in says)


def _other_shapes(tally: Tally, question: Question) -> Counter[str]:
    return Counter(
        {
            " × ".join(map(str, shape)): count
            for shape, count in tally.shapes.items()
            if shape != question.shape
        }
    )


def _examples(tally: Tally, code: str) -> list[str]:
    return [shortened(text, 80) for _, text in tally.examples.get(code, ())]


def _spots(tally: Tally, question: Question) -> list[Spot]:
    """Return every cell of the answer, with its place in a picture of blocks of rows."""
    verdicts, spots = tally.verdicts(), []
    for index in question.cells():
        counts = verdicts.get(index, {})
        missed = sum(count for verdict, count in counts.items() if verdict not in RIGHT)
        row, column = _row(index, question.shape), index[-1]
        spots.append(
            Spot(
                index,
                column * CELL,
                row * CELL * 2 // 3,
                counts.get("wrong", 0),
                counts.get("blank", 0),
                counts.get("invalid", 0),
                missed,
                _percent(missed, sum(counts.values())),
            )
        )
    return spots


def _row(index: Index, shape: Shape) -> int:
    """Return the row of a cell in a picture: blocks below one another, a row of air between."""
    if len(index) == 1:
        return 0
    block = 0
    for at, size in zip(index[:-2], shape[:-2], strict=True):
        block = block * size + at
    return block * (shape[-2] + 1) + index[-2]


def _drawn(spots: list[Spot], shape: Shape) -> Drawn | None:
    if prod(shape) > MOST_DRAWN or shape[-1] > MOST_COLUMNS:
        return None
    return Drawn(spots, shape[-1] * CELL, spots[-1].y + CELL * 2 // 3)


def _shared(name: str, cluster: Cluster) -> Shared:
    if not cluster.grid:
        return Shared(cluster.count, shortened(cluster.who, 80), [], "", "")
    shape, values = cluster.shape, cluster.values
    rows = [values[at : at + shape[-1]] for at in range(0, len(values), shape[-1])]
    size = " × ".join(map(str, shape))
    return Shared(cluster.count, shortened(cluster.who, 80), rows, size, name)


def snippet(answers: Sequence[tuple[str, list[int], list[str]]]) -> str:
    """Return lines for a question file that make wrong answers mistakes with names.

    Each answer is its name, shape and values in row-major order.

    >>> print(snippet([("unnamed-1", [2, 2], ["1", "2", "3", "1/2a - b"])]), end="")
    catalogue:
      custom:
        - id: unnamed-1
          says: "say here what whoever gave this answer did"
          answer: "1, 2; 3, 1/2*a - b;"
    """
    return "catalogue:\n  custom:\n" + "".join(
        f"    - id: {name}\n"
        '      says: "say here what whoever gave this answer did"\n'
        f"      answer: {compact_json(_array(list(map(_entry, values)), shape))}\n"
        for name, shape, values in answers
    )


def _array(values: list[str], shape: list[int]) -> str:
    """Return an array as text of a question file: `,` between cells, `;`, `;;` … after the rest."""
    if len(shape) == 1:
        return ", ".join(values) + ("," if len(values) == 1 else "")
    size = len(values) // shape[0]
    parts = [
        _array(values[at : at + size], shape[1:]).rstrip(";") for at in range(0, len(values), size)
    ]
    marks = ";" * (len(shape) - 1)
    return f"{marks} ".join(parts) + marks


def _entry(value: str) -> str:
    """Return a value as question files have it: a star after a fraction."""
    return re.sub(r"([0-9]/[0-9]+)(?=[^0-9\s+*/^-])", r"\1*", value)
