"""edX: the dictionary that the check function of a custom response returns.

`msg` is put into the page as XML, so that it is escaped and holds nothing that XML forbids.

Source: Open edX documentation, "Write Python-evaluated input problems".
"""

from __future__ import annotations

from html import escape
from typing import Any

from symconv.homework.outputs.escape import visible
from symconv.homework.outputs.record import Record, comment, exact, full_marks, plain


def result(found: Record) -> dict[str, Any]:
    """Return `ok`, `grade_decimal` and `msg` of one answer."""
    lines = found["feedback"]["lines"] or [comment(found)]
    partial = "partial" if exact(found["score"]) else False
    return {
        "ok": True if full_marks(found) else partial,
        "grade_decimal": plain(found["score"]),
        "msg": f"<pre>{escape(chr(10).join(map(visible, lines)))}</pre>",
    }
