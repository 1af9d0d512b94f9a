"""The rows of a run, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from symconv.bench.answers import Answer

SUBJECT = "symconv"
"""The name in the column of peers on the row that holds symconv's own time and correctness."""


@dataclass(frozen=True, slots=True)
class Row:
    """One peer on one workload; what could not be measured is None.

    ``ratio`` is the peer's time over symconv's, ``met`` is None where there is nothing to beat.
    On symconv's own row ``met`` tells whether its answer is right. ``part`` is the share of the
    workload that the peer was measured on; its seconds stand for the whole, in proportion to the
    products.
    """

    workload: str
    peer: str
    ratio: float | None = None
    goal: float | None = None
    met: bool | None = None
    answer: Answer = Answer.UNCHECKED
    goal_text: str = ""
    seconds: float | None = None
    rounds: int = 0
    part: float = 1.0
    peak: int | None = None
    kept: int | None = None
    rate: float | None = None
    unit: str = "MAC"
    share: float | None = None
    limit: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        found = asdict(self)
        answer = found.pop("answer")
        wanted = ("workload", "peer", "ratio", "goal", "met")
        head = {name: found.pop(name) for name in wanted}
        return head | {"exact": answer.exact, "answer": answer.value} | found


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one run found, and where."""

    machine: dict[str, Any]
    commit: str | None
    options: dict[str, Any]
    rows: Sequence[Row]

    @property
    def red(self) -> list[Row]:
        """The rows whose goal was not met."""
        return [row for row in self.rows if row.met is False]

    @property
    def exit_code(self) -> int:
        """1 where a goal was not met or an answer of symconv is wrong, else 0."""
        return 1 if self.red else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the run as JSON has it."""
        return {
            "machine": self.machine,
            "commit": self.commit,
            "options": self.options,
            "met": not self.red,
            "rows": [row.as_dict() for row in self.rows],
        }
