"""Atheris on everything that reads what strangers hand in.

Whatever comes, a reader answers or refuses with a code, the record of it can be written down and
read back, and no output of it has another structure than meant.

    python -m tests.fuzz.answers -max_total_time=60
"""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import suppress
from html.parser import HTMLParser

import atheris

with atheris.instrument_imports(include=["symconv.homework"]):
    from symconv.errors import AnswerError
    from symconv.homework import Checker, Question, check, loads
    from symconv.homework.outputs import record, report, results
    from symconv.homework.outputs.tally import Tally
    from symconv.homework.questions.model import Columns
    from symconv.homework.reading import containers
    from symconv.homework.reading.cells import read
    from symconv.homework.reading.model import Rules

HEAD = "schema: symconv-question/1\nid: fuzz\nop: convolution\n"
QUESTIONS = (
    "input: 3 1 4; 1 5 9; 2 6 5\nkernel: 1 -2; 3 5\noptions: {padding: valid}\n",
    "input: a b c; d e f\nkernel: w x\nsymbols: a b c d e f w x x11 ab\n",
)
CHECKERS: list[Checker] = [Checker(loads(HEAD + rest)) for rest in QUESTIONS]
SUFFIXES = [suffix for suffix in containers.SUFFIXES if suffix != ".zip"]
RULES = (
    Rules(),
    Rules(frozenset(("a", "b", "ab", "x11")), work=True),
    Rules(frozenset("aw"), decimal=",", mixed_numbers=True),
)


def one_input(data: bytes) -> None:
    """Try one input on every reader."""
    if not data:
        return
    kind, content = data[0], data[1:]
    text = content.decode("utf-8", "surrogateescape" if kind % 2 else "replace")
    for rules in RULES:
        cell = read(text, rules)
        assert cell.fault is None or cell.fault.code
    checker = CHECKERS[kind % len(CHECKERS)]
    _judged(checker, text)
    name = f"answer{SUFFIXES[kind % len(SUFFIXES)]}"
    with suppress(AnswerError):
        containers.answer(content, name, Columns(), checker.question.rules)


def _judged(checker: Checker, text: str) -> None:
    found = record.record(check(checker, text, id=text[:40]))
    line = record.dumps(found)
    assert json.loads(line) == found
    assert b"\n" not in line
    rows = list(csv.reader(io.StringIO(results.row(found)), strict=True))
    assert [len(row) for row in rows] == [len(results.COLUMNS)]
    _page(checker.question, found)


def _page(question: Question, found: record.Record) -> None:
    """A page about one answer has the elements that a page about another has."""
    tally = Tally()
    tally.add(found)
    seen = _Names()
    seen.feed(report.html(tally, question))
    assert not {"script", "img", "iframe", "a"} & seen.names


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - HTMLParser's
        self.names.add(tag)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
