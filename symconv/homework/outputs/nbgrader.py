"""nbgrader: the number that the last line of a test cell has to be, and the text beside it.

The points of a partly right answer are the output of the cell; a message would take its place, so
that it is printed, or written, by itself.

Source: nbgrader documentation, "Autograder tests cell", and nbgrader's issue 1399.
"""

from __future__ import annotations

from symconv.homework.outputs.escape import visible
from symconv.homework.outputs.record import Record, comment, exact


def points(found: Record, most: float | None = None) -> float:
    """Return the points of an answer: a float from 0 to the most that the cell is worth.

    The cell's own worth is *most*; without it the question's points count.

    >>> points({"score": {"num": "1", "den": "3"}}, 3)
    1.0
    """
    score = exact(found["score"])
    worth = float(exact(found["points"]["max"])) if most is None else float(most)
    return min(max(float(score) * worth, 0.0), worth)


def text(found: Record) -> str:
    """Return what may be printed before the number."""
    return "\n".join(map(visible, found["feedback"]["lines"] or [comment(found)]))
