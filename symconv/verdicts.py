"""The outcomes of judging a claim, and the record that carries one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum


class Status(Enum):
    """What became of one claim."""

    CONFIRMED = "confirmed"
    """Every cell that can be read agrees with the exact value."""
    REFUTED = "refuted"
    """At least one readable cell differs from the exact value."""
    UNDECIDABLE = "undecidable"
    """The source is too damaged, or states nothing that can be computed."""


class Blame(Enum):
    """Whether the reading of the source, rather than the source, could explain a difference."""

    SAFE = "transcription-safe"
    """The text around the claim is intact: the source itself prints a wrong value."""
    MAYBE = "maybe-transcription"
    """The text around the claim is damaged: the transcription could be at fault."""


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One cell where the printed value is not the exact one, with the products summed there."""

    cell: tuple[int, ...]
    printed: str
    exact: str
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one claim.

    ``failures`` say where symconv disagrees with itself or with the file (an engine that differs,
    a recorded ``exact`` that is wrong, an erratum that no longer holds); they are no fault of the
    source.
    """

    deck: str
    id: str
    says: str
    slide: str
    status: Status
    text: str = ""
    cells: tuple[CellDifference, ...] = ()
    blame: Blame = Blame.SAFE
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeckReport:
    """All findings on one fixture file, in its order."""

    deck: str
    title: str
    path: str
    findings: tuple[Finding, ...] = ()

    def count(self, status: Status) -> int:
        """Return how many claims of this deck ended in *status*."""
        return sum(finding.status is status for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one ``symconv verify``: the decks, and faults of files that cannot be read."""

    decks: tuple[DeckReport, ...]
    faults: tuple[str, ...] = field(default=())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every deck, in order."""
        return tuple(finding for deck in self.decks for finding in deck.findings)

    @property
    def failures(self) -> tuple[str, ...]:
        """Every failure, each with the deck and the claim it belongs to."""
        return tuple(
            f"{finding.id}: {text}" for finding in self.findings for text in finding.failures
        )

    @property
    def exit_code(self) -> int:
        """2 when a file could not be read in full, 1 when something failed, else 0."""
        return 2 if self.faults else 1 if self.failures else 0


class Truth(IntEnum):
    """What became of a law: a law of two parts is as true as the less true of them."""

    REFUTED = 0
    """There is a shape at which the sides differ."""
    UNKNOWN = 1
    """No counterexample, and no proof either."""
    PROVED = 2
    """The sides are equal, at every shape of the stated scope."""
