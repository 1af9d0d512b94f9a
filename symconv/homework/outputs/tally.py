"""What a class report counts: one pass over the records, and tallies of parts add up.

The order of the records changes nothing: examples are the smallest ones, not the first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from symconv.homework.outputs.escape import compact_json
from symconv.homework.outputs.record import RIGHT, Record, exact, label

BINS = 10
"""Steps of the score histogram, besides the one of full marks."""
EXAMPLES = 3
"""Examples that are kept of one code."""
LONGEST_EXAMPLE = 200
"""Characters of an answer that is kept as an example."""
LONGEST_GRID = 4_000
"""Characters of an unexplained answer that is kept whole; of a larger one, who gave it."""

Example = tuple[int, str]
Cells = Counter[tuple[tuple[int, ...], str]]


@dataclass
class Cluster:
    """One answer that no mistake explains, how often it was given, and an id that gave it.

    ``grid`` is the answer as JSON, its shape and its cells; empty where it is too large to keep.
    """

    count: int
    grid: str
    who: str

    @property
    def shape(self) -> list[int]:
        """The shape of the answer."""
        return list(json.loads(self.grid)[0])

    @property
    def values(self) -> list[str]:
        """The cells of the answer in row-major order."""
        return list(json.loads(self.grid)[1])


@dataclass
class Tally:
    """Counters over any number of records; memory grows with the different answers alone.

    >>> one, other = Tally(), Tally()
    >>> one.faults["encoding"] += 1
    >>> other.merge(one)
    >>> other.faults
    Counter({'encoding': 1})
    """

    graded: int = 0
    refused: int = 0
    total: Fraction = Fraction(0)
    scores: Counter[int] = field(default_factory=Counter)
    confidence: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    alike: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    slips: Counter[str] = field(default_factory=Counter)
    shapes: Counter[tuple[int, ...]] = field(default_factory=Counter)
    cells: Cells = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)

    def add(self, found: Record) -> None:
        """Count one record."""
        if found["fault"] is not None:
            self.refused += 1
            self.faults[found["fault"]["code"]] += 1
            self._keep("fault " + found["fault"]["code"], [_example(found["fault"]["message"])])
            return
        self.graded += 1
        score = exact(found["score"])
        self.total += score
        self.scores[int(score * BINS)] += 1
        self.shapes[tuple(found["shape"]["got"])] += 1
        self._add_diagnosis(found)
        self._add_slips(found)
        for cell in found["cells"]:
            self._add_cell(cell)
        if _unexplained(found):
            self._add_cluster(found)

    def _add_diagnosis(self, found: Record) -> None:
        diagnosis = found["diagnosis"]
        if all(cell["verdict"] in RIGHT for cell in found["cells"]):
            self.confidence["right"] += 1
            return
        if diagnosis["entries"]:
            self.confidence["entry"] += 1
            self.entries[" / ".join(entry["says"] for entry in diagnosis["entries"])] += 1
            return
        self.confidence[diagnosis["confidence"]] += 1
        if diagnosis["named"]:
            self.labels[label(found)] += 1
        if diagnosis["named"] > 1:
            self.alike[label(found)] += 1

    def _add_slips(self, found: Record) -> None:
        """Count the likeliest slip of each wrong cell.

        In small numbers some slip fits most wrong values: where many cells are wrong, or a mistake
        explains them, it says nothing.
        """
        diagnosis = found["diagnosis"]
        wrong = [cell for cell in found["cells"] if cell["verdict"] == "wrong"]
        open_ = diagnosis["confidence"] == "none" and not diagnosis["entries"]
        if open_ and 2 * len(wrong) <= len(found["cells"]):
            self.slips.update(cell["slips"][0]["id"] for cell in wrong if cell["slips"])

    def _add_cell(self, cell: Record) -> None:
        if cell["verdict"] is not None:
            self.cells[tuple(cell["index"]), cell["verdict"]] += 1
        if cell["code"]:
            self.invalid[cell["code"]] += 1
            self._keep(cell["code"], [_example(cell["raw"])])

    def _add_cluster(self, found: Record) -> None:
        grid = compact_json([found["shape"]["got"], [cell["read"] for cell in found["cells"]]])
        digest = hashlib.sha256(grid.encode()).hexdigest()
        kept = grid if len(grid) <= LONGEST_GRID else ""
        self._cluster(digest, Cluster(1, kept, found["submission_id"][:LONGEST_EXAMPLE]))

    def merge(self, other: Tally) -> None:
        """Count all that another tally counted."""
        self.graded += other.graded
        self.refused += other.refused
        self.total += other.total
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for code, examples in other.examples.items():
            self._keep(code, examples)
        for digest, cluster in other.clusters.items():
            self._cluster(digest, cluster)

    def _keep(self, code: str, examples: Iterable[Example]) -> None:
        """Keep the shortest examples of a code, the alphabetically first of one length."""
        self.examples[code] = sorted({*self.examples.get(code, ()), *examples})[:EXAMPLES]

    def _cluster(self, digest: str, found: Cluster) -> None:
        held = self.clusters.get(digest)
        if held is None:
            self.clusters[digest] = Cluster(found.count, found.grid, found.who)
        else:
            held.count += found.count
            held.who = min(held.who, found.who)

    @property
    def repeated(self) -> list[Cluster]:
        """The unexplained answers that two or more gave, the most frequent first."""
        several = [
            (-each.count, digest) for digest, each in self.clusters.items() if each.count > 1
        ]
        return [self.clusters[digest] for _, digest in sorted(several)]

    def verdicts(self) -> dict[tuple[int, ...], dict[str, int]]:
        """Return the counts of each verdict by cell."""
        found: dict[tuple[int, ...], dict[str, int]] = {}
        for (index, verdict), count in sorted(self.cells.items()):
            found.setdefault(index, {})[verdict] = count
        return found


_COUNTERS = (
    "scores",
    "confidence",
    "labels",
    "alike",
    "entries",
    "slips",
    "shapes",
    "cells",
    "faults",
    "invalid",
)


def _example(text: str) -> Example:
    return len(text), text[:LONGEST_EXAMPLE]


def _unexplained(found: Record) -> bool:
    """Tell whether an answer is wrong, whole, and explained by no mistake and no entry."""
    cells, diagnosis = found["cells"], found["diagnosis"]
    return (
        diagnosis["confidence"] == "none"
        and not diagnosis["entries"]
        and all(cell["read"] is not None for cell in cells)
        and any(cell["verdict"] not in RIGHT for cell in cells)
    )
