"""results.csv: one row an answer, for people and gradebooks."""

from __future__ import annotations

from symconv.homework.outputs.escape import csv_line
from symconv.homework.outputs.record import Record, comment, label

COLUMNS = (
    "id",
    "attempt",
    "status",
    "score",
    "points",
    "max",
    "label",
    "confidence",
    "comment",
)
HEADER = ",".join(COLUMNS) + "\n"


def row(found: Record) -> str:
    """Return the row of one record, with its newline.

    ``score`` is of 1. A field that a table program would carry out starts with an apostrophe;
    characters that cannot be seen are written out.
    """
    points = found["points"]
    return csv_line(
        (
            found["submission_id"],
            str(found["attempt"]),
            found["status"],
            found["score"]["decimal"],
            points["decimal"],
            points["max"]["decimal"],
            label(found),
            found["diagnosis"]["confidence"],
            comment(found),
        )
    )
