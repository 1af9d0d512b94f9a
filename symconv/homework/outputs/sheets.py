"""What one student gets back: a page of Markdown that reads as plain text too.

An answer, an id or a file name of a student is never part of a path, a link, a tag or a heading.
"""

from __future__ import annotations

from pathlib import Path

from symconv.homework.outputs.escape import block, code, prose, slug
from symconv.homework.outputs.record import Record, refusal


def name(submission_id: str) -> str:
    """Return the file name of a student's sheet.

    >>> name("CON")
    'con-a3dbc4b644a9a2c5.md'
    """
    return f"{slug(submission_id)}.md"


def sheet(found: Record, title: str = "") -> str:
    """Return the page of one record, at the question's feedback level."""
    points = found["points"]
    lines = [
        f"# {prose(title or found['question'])}",
        "",
        f"Answer of {code(found['submission_id'])}, attempt {found['attempt']}.",
        "",
    ]
    if found["fault"] is not None:
        return "\n".join([*lines, f"**Not graded.** {prose(refusal(found))}"]) + "\n"
    told = [line for line in found["feedback"]["lines"] if line.strip(" ")]
    lines += [f"**{points['decimal']} of {points['max']['decimal']} points.**"]
    lines += ["", block(told)] if told else []
    return "\n".join(lines) + "\n"


def write(found: Record, directory: Path, title: str = "") -> Path:
    """Write the page of one record under *directory*/feedback, and return where."""
    folder = directory / "feedback"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name(found["submission_id"])
    path.write_bytes(sheet(found, title).encode())
    return path
