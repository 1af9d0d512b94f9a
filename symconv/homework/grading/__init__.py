"""Grading a class: every submission gets one record, whatever happens and however it is run.

    submissions -> chunks -> judged here, on processes or on a cluster -> journal -> views

The journal, `records.jsonl`, is the truth, and all other files are views of it. Records stand in
the order of the submissions, so that no file depends on how many workers there were, or on how
often the work was interrupted.
"""

from __future__ import annotations

from symconv.homework.grading.run import Progress, Settings, Summary, grade

__all__ = ["Progress", "Settings", "Summary", "grade"]
