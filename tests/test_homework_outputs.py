"""Records of judged answers, their tallies, the class report and the sheets of students."""

from __future__ import annotations

import html
import json
import pickle
import random
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.errors import AnswerError
from symconv.homework.judging.cells import Judged, Verdict
from symconv.homework.judging.check import Checked, Checker
from symconv.homework.judging.feedback import feedback
from symconv.homework.outputs import escape, record, report, results, sheets
from symconv.homework.outputs.tally import Tally
from symconv.homework.questions.load import loads
from symconv.homework.questions.model import Level
from symconv.homework.questions.question import Question
from symconv.homework.reading.grids import split
from symconv.homework.reading.model import Cell, Submission
from symconv.render import answers

TEXT = """
schema: symconv-question/1
id: week-3/edges
title: Edges & corners <of> a picture
op: convolution
input: 1 2 3 4; 5 6 7 9; 2 0 1 4
kernel: 1 2; 3 5
options: {padding: valid}
credit: {points: 5/2}
"""
KEY = "27 38 50; 47 52 68"


@cache
def checker(extra: str = "", text: str = TEXT) -> Checker:
    return Checker(loads(text + extra))


def question(extra: str = "", text: str = TEXT) -> Question:
    return checker(extra, text).question


def checked(answer: str, extra: str = "", id_: str = "ada") -> Checked:
    written = split(answer, question(extra).rules.limits)
    return checker(extra).check(Submission(id_, written))


def unread(code: str = "encoding", message: str = "these are no letters") -> Checked:
    fault = AnswerError(code, message, hint="save it as UTF-8")
    return Checked(question(), Submission("bob", fault=fault), fault)


def recorded(answer: str, extra: str = "", id_: str = "ada") -> record.Record:
    return record.record(checked(answer, extra, id_))


def level(name: str) -> str:
    return f"feedback: {name}\n"


# --- the record -----------------------------------------------------------------------------------


def test_a_right_answer() -> None:
    found = recorded(KEY)
    assert found["schema"] == "symconv.check/1"
    assert found["status"] == "graded"
    assert found["score"] == {"num": "1", "den": "1", "decimal": "1"}
    assert found["points"] == {
        "num": "5",
        "den": "2",
        "decimal": "2.5",
        "max": {"num": "5", "den": "2", "decimal": "2.5"},
    }
    assert found["shape"] == {"expected": [2, 3], "got": [2, 3]}
    assert [cell["verdict"] for cell in found["cells"]] == ["correct"] * 6
    assert found["diagnosis"]["confidence"] == "none"
    assert record.full_marks(found)
    assert record.comment(found) == "6 of 6 cells right"


def test_a_wrong_cell_has_its_residual_and_its_key() -> None:
    cell = recorded("27 38 50; 47 52 65")["cells"][5]
    assert (cell["index"], cell["raw"], cell["read"], cell["key"]) == ([1, 2], "65", "65", "68")
    assert (cell["verdict"], cell["residual"]) == ("wrong", "-3")


def test_a_named_mistake_is_in_the_record() -> None:
    found = recorded(*unflipped())
    diagnosis = found["diagnosis"]
    assert diagnosis["confidence"] in ("certain", "ambiguous")
    assert ["flip_omitted"] in [member["ids"] for member in diagnosis["class"]]
    assert "flip_omitted" in record.label(found)
    assert diagnosis["text"] == found["feedback"]["diagnosis"] != ""
    assert found["credited_as"]


def unflipped() -> tuple[str]:
    """Return what somebody writes who does not flip the kernel."""
    exercise = question().exercise
    x, w = exercise.x[0], exercise.w[0, 0]
    rows = [
        [sum(int(x[i + u, j + v]) * int(w[u, v]) for u in (0, 1) for v in (0, 1)) for j in range(3)]
        for i in range(2)
    ]
    return ("; ".join(" ".join(map(str, row)) for row in rows),)


def test_the_record_keeps_the_diagnosis_that_its_student_is_not_told() -> None:
    found = recorded(*unflipped(), level("cells"))
    assert found["diagnosis"]["text"] == recorded(*unflipped())["diagnosis"]["text"] != ""
    assert found["feedback"]["diagnosis"] == ""
    assert record.comment(found) == "0 of 6 cells right"


@pytest.mark.parametrize("name", ["score", "cells", "label"])
def test_no_key_is_told_below_full(name: str) -> None:
    found = recorded("27 38 50; 47 52 1000", level(name))
    told = [found["feedback"], record.comment(found), [c.get("told") for c in found["cells"]]]
    assert "68" not in json.dumps(told)
    assert "68" in json.dumps(recorded("27 38 50; 47 52 1000", level("full"))["feedback"])


def test_the_score_alone_says_nothing_of_cells() -> None:
    found = recorded("27 38 50; 47 52 1000", level("score"))
    assert found["feedback"]["lines"] == []
    assert record.comment(found) == ""


def test_an_answer_of_another_shape() -> None:
    found = recorded("1 2; 3 4")
    assert found["shape"] == {"expected": [2, 3], "got": [2, 2]}
    assert [cell["verdict"] for cell in found["cells"]] == [None] * 4
    assert [cell["read"] for cell in found["cells"]] == ["1", "2", "3", "4"]
    assert record.comment(found) == (
        "your answer is 2 rows of 2 numbers, the question asks for 2 rows of 3 numbers"
    )


def test_an_answer_that_could_not_be_read() -> None:
    found = record.record(unread())
    assert found["status"] == "not-graded"
    assert found["fault"]["code"] == "encoding"
    assert found["cells"] == []
    assert record.comment(found) == "these are no letters; save it as UTF-8"


def test_cells_that_could_not_be_read_or_are_blank() -> None:
    found = recorded("27, , 50; 47 52 6$8".replace(" 52 ", ", 52, "))
    verdicts = [cell["verdict"] for cell in found["cells"]]
    assert verdicts[1] == "blank"
    assert verdicts[5] == "invalid"
    assert found["cells"][5]["code"]
    assert record.comment(found) == "4 of 6 cells right, 1 blank, 1 unreadable"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(7, 10), "0.7"),
        (Fraction(1, 64), "0.015625"),
        (Fraction(1, 128), "0.007812"),
        (Fraction(3, 128), "0.023438"),
        (Fraction(-1, 3), "-0.333333"),
        (Fraction(10**30 + 1, 2), "500000000000000000000000000000.5"),
        (1 - Fraction(1, 10**9), "1"),
    ],
)
def test_decimals_round_half_to_even(value: Fraction, text: str) -> None:
    assert record.decimal(value) == text
    assert record.exact(record.fraction(value)) == value


def test_nearly_full_marks_are_not_full_marks() -> None:
    found = recorded(KEY) | {"score": record.fraction(1 - Fraction(1, 10**9))}
    assert not record.full_marks(found)


@given(st.fractions())
def test_decimals_are_within_half_a_millionth(value: Fraction) -> None:
    text = record.decimal(value)
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]{0,5}[1-9])?", text)
    assert abs(Fraction(text) - value) <= Fraction(1, 2_000_000)


def test_a_record_is_one_line_and_reads_back() -> None:
    for answer in (KEY, "1 2; 3 4", "27 38 50; 47 52 <b>", "½ 2 3; 4 5 6"):
        found = recorded(answer)
        text = record.dumps(found)
        assert len(text.decode().splitlines()) == 1
        assert json.loads(text) == found


def test_the_same_bytes_whatever_hashes_are_seeded_with() -> None:
    script = (
        "from tests.test_homework_outputs import recorded, unflipped, record, page;"
        "import sys; found = record.dumps(recorded(*unflipped())) + page().encode();"
        "sys.stdout.buffer.write(found)"
    )
    root = Path(__file__).parents[1]
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "LC_ALL": locale, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed, locale in (("1", "C"), ("2", "C.UTF-8"))
    }
    assert len(texts) == 1
    assert texts == {record.dumps(recorded(*unflipped())) + page().encode()}


def test_a_record_is_not_changed_by_its_views() -> None:
    found = recorded("27 38 50; 47 52 <b>")
    before = record.dumps(found)
    results.row(found)
    sheets.sheet(found)
    Tally().add(found)
    assert record.dumps(found) == before


def test_a_long_class_of_mistakes_is_cut_and_counted() -> None:
    found = checked(*unflipped())
    one = found.diagnosis.members[0]
    many = replace(found, diagnosis=replace(found.diagnosis, members=(one,) * 40))
    diagnosis = record.record(many)["diagnosis"]
    assert len(diagnosis["class"]) == record.MOST_MEMBERS
    assert diagnosis["omitted"] == 8


# --- tallies and the report -----------------------------------------------------------------------


def klass() -> list[record.Record]:
    """Return records of a class: right, explained, unexplained, unreadable, unread."""
    strange = "9 8 7; 6 5 4"
    answers = [KEY, KEY, *unflipped(), strange, strange, "27 38 50; 47 52 <b>", "1 2; 3 4", "1;2;3"]
    return [recorded(text, id_=f"s{n}") for n, text in enumerate(answers)] + [
        record.record(unread())
    ]


def tallied(records: list[record.Record]) -> Tally:
    tally = Tally()
    for found in records:
        tally.add(found)
    return tally


def page() -> str:
    return report.html(tallied(klass()), question())


def test_what_is_counted() -> None:
    tally = tallied(klass())
    assert (tally.graded, tally.refused) == (8, 1)
    assert tally.faults == {"encoding": 1}
    assert tally.scores[10] == 2
    assert tally.confidence["right"] == 2
    assert sum(tally.labels.values()) == 1
    assert [each.count for each in tally.repeated] == [2]
    assert tally.repeated[0].values == ["9", "8", "7", "6", "5", "4"]
    assert tally.cells[(0, 0), "correct"] == 3
    assert tally.cells[(1, 2), "invalid"] == 1
    assert [text for _, text in tally.examples["bad-character"]] == ["<b>"]


def test_parts_counted_apart_add_up_in_any_order() -> None:
    records = klass() * 3
    whole = tallied(records)
    for seed in range(20):
        shuffled = random.Random(seed).sample(records, len(records))  # noqa: S311 - no secret
        cut = seed % len(records)
        one, other = tallied(shuffled[:cut]), tallied(shuffled[cut:])
        one.merge(pickle.loads(pickle.dumps(other)))  # noqa: S301 - our own bytes
        assert report.html(one, question()) == report.html(whole, question())


def test_a_tally_reads_records_that_were_written() -> None:
    written = [json.loads(record.dumps(found)) for found in klass()]
    assert report.html(tallied(written), question()) == page()


class Page(HTMLParser):
    """The tags of a page in order, their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "rect", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_report_is_one_page_that_fetches_nothing() -> None:
    parsed = Page(page())
    assert parsed.open == []
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(parsed.tags)
    names = {name for name, _ in parsed.attributes}
    assert {"src", "href", "style", "onclick"}.isdisjoint(names)
    policy = next(value for name, value in parsed.attributes if value and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_policy_allows_the_style_sheet_that_is_there() -> None:
    import base64
    import hashlib

    found = re.search(r"<style>(.*)</style>", page(), re.DOTALL)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page().replace("&#39;", "'")


def test_the_report_says_what_was_counted() -> None:
    text = page()
    assert "Edges &amp; corners &lt;of&gt; a picture" in text
    assert "flip_omitted" in text
    assert "2 students" in text
    assert "&lt;b&gt;" in text
    assert "bad-character" in text


def test_a_report_on_nobody() -> None:
    text = report.html(Tally(), question())
    assert Page(text).open == []


@pytest.mark.parametrize(
    "shape", ["1 2 3 4 5 6", "; ".join(["1 2 3"] * 3), "1 2 3; 4 5 6; 7 8 9;; 1 2 3; 4 5 6; 7 8 9"]
)
def test_a_report_on_answers_of_one_two_and_three_axes(shape: str) -> None:
    kernel = {0: "1 -2", 2: "1 -2; 3 5", 6: "1 -2; 3 5;; 2 0; 1 1"}[shape.count(";")]
    text = f"schema: symconv-question/1\nid: q\nop: correlation\ninput: {shape}\nkernel: {kernel}\n"
    if ";;" in shape:
        text += "options: {spatial: 3, padding: [[1, 0], 0, 0]}\n"
    asked = loads(text)
    wrong = [0] * len(asked.key)
    texts = report._array(list(map(str, wrong)), list(asked.shape))
    tally = Tally()
    for name in "ab":
        found = Checker(asked).check(Submission(name, split(texts, asked.rules.limits)))
        assert found.shape == asked.shape
        tally.add(record.record(found))
    assert Page(report.html(tally, asked)).open == []


SYMBOLIC = """
schema: symconv-question/1
id: letters
op: correlation
input: a b x_11; c d x_12
kernel: w 2; y 1/3
"""


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        ([3], ["1", "-2", "1/2"]),
        ([1], ["3"]),
        ([2, 2], ["1", "-2", "1/2", "0"]),
        ([1, 3], ["1", "2", "3"]),
        ([3, 1], ["1", "2", "3"]),
        ([1, 1], ["7"]),
        ([2, 1, 2], ["1", "2", "3", "4"]),
        ([1, 2, 2], ["1", "2", "3", "4"]),
        ([1, 1, 1, 2], ["1", "2"]),
    ],
)
def test_a_cluster_can_be_named(shape: list[int], values: list[str]) -> None:
    asked = question(report.snippet([("unnamed-1", shape, values)]))
    (found,) = [
        h
        for bucket in Checker(asked).table.buckets.values()
        for h in bucket
        if h.ids == ("unnamed-1",)
    ]
    assert list(found.shape) == shape
    assert list(found.values) == list(map(Fraction, values))


def test_a_symbolic_cluster_can_be_named() -> None:
    from symconv.homework.reading.polynomials import Value, letter, text_of

    a, w, long = letter("a"), letter("w"), question("", SYMBOLIC).key[1]
    half, third = Fraction(1, 2), Fraction(1, 3)
    values: list[Value] = [a * w * half - w * 3 + Fraction(5, 7), long, -a * third, -a * w]
    lines = report.snippet([("mine", [2, 2], [text_of(value) for value in values])])
    asked = question(lines, SYMBOLIC)
    found = [h for b in Checker(asked).table.buckets.values() for h in b if h.ids == ("mine",)]
    assert [h.values for h in found] == [tuple(values)]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("score", "score 0.5, 1.25 of 2.5 points"),
        ("cells", "score 0.5, 1.25 of 2.5 points"),
        ("label", "score 0.5, 1.25 of 2.5 points (some of it for what is named below)"),
        ("full", "score 0.5, 1.25 of 2.5 points (as flip_omitted)"),
    ],
)
def test_a_score_is_shown_in_decimals_and_words(name: str, line: str) -> None:
    found = checked(*unflipped())
    assert found.score.credited_as == ("flip_omitted",)
    assert answers._score(found, feedback(found, cast("Level", name))) == line


def test_a_score_that_is_no_short_decimal() -> None:
    found = checked("27 38 50; 47 52 1000")
    line = "score 5/6 (about 0.83), 25/12 (about 2.08) of 2.5 points"
    assert answers._score(found, feedback(found)) == line


def test_all_clusters_are_named_in_one_piece() -> None:
    """The lines are pasted whole, a second time after others, and each name stands once."""
    answers = ["9 8 7; 6 5 4", "9 8 7; 6 5 3", "1 1 2; 3 5 9"]
    tally = tallied([recorded(text, id_=who) for text in answers for who in "ab"])
    text = html.unescape(report.html(tally, question()))
    (lines,) = re.findall("<pre>(.*?)</pre>", text, re.DOTALL)
    assert "--fresh" in text
    table = checker(lines).table
    named = {h.ids[0] for b in table.buckets.values() for h in b if h.ids[0].startswith("unnamed")}
    assert named == {"unnamed-1", "unnamed-2", "unnamed-3"}
    strange = tallied([recorded("4 4 2; 1 0 5", lines, id_=who) for who in "ab"])
    again = html.unescape(report.html(strange, question(lines)))
    (more,) = re.findall("<pre>(.*?)</pre>", again, re.DOTALL)
    assert "unnamed-4" in more
    added = lines + more.removeprefix("catalogue:\n  custom:\n")
    assert checker(added).check(Submission("c", split("4 4 2; 1 0 5"))).diagnosis.named


def test_an_entry_used_otherwise_is_recorded_and_counted() -> None:
    exercise = question().exercise
    w = exercise.w.copy()
    w[0, 0, 1, 1] = 9
    key = list(map(str, replace(exercise, w=w).out().ravel().tolist()))
    found = [recorded(f"{' '.join(key[:3])}; {' '.join(key[3:])}", id_=who) for who in "ab"]
    says = "row 2, column 2 of the kernel was used as 9 instead of what the question gives"
    diagnosis = found[0]["diagnosis"]
    assert diagnosis["entries"] == [{"id": "kernel_entry", "says": says, "sure": True}]
    assert (diagnosis["confidence"], diagnosis["text"]) == ("none", "")
    assert found[0]["feedback"]["diagnosis"] == f"R{says[1:]}."
    assert record.comment(found[0]).endswith(f"R{says[1:]}")
    tally = tallied(found)
    assert (tally.entries, tally.repeated, tally.slips) == ({says: 2}, [], {})
    assert tally.confidence == {"entry": 2}
    assert says in report.html(tally, question())


SOBEL = """
schema: symconv-question/1
id: sobel
op: convolution
input: 1 2 0 4; 5 1 7 9; 2 0 1 4; 3 8 5 6
kernel: 1 0 -1; 2 0 -2; 1 0 -1
options: {padding: valid}
"""


def test_mistakes_that_cannot_be_told_apart_are_reported_together() -> None:
    asked = question("", SOBEL)
    negated = [str(-int(value)) for value in map(str, asked.key)]
    text = report._array(negated, list(asked.shape))
    found = record.record(checker("", SOBEL).check(Submission("ada", split(text))))
    assert found["diagnosis"]["confidence"] == "ambiguous"
    named = record.label(found)
    assert "flip_omitted" in named.split(" | ")
    assert "negated" in named.split(" | ")
    tally = tallied([found, found])
    assert tally.alike == tally.labels == {named: 2}
    assert tally.repeated == []
    assert "cannot be told apart here" in report.html(tally, asked)


# --- escapes --------------------------------------------------------------------------------------


def test_unseen_characters_do_not_depend_on_the_python_that_runs() -> None:
    import unicodedata

    for code in range(0x110000):
        kind = unicodedata.category(chr(code))
        if kind in ("Cc", "Zl", "Zp", "Cs") or (kind == "Cf" and code not in VISIBLE_FORMAT):
            assert escape.UNSEEN.fullmatch(chr(code)), hex(code)
    assert not any(escape.UNSEEN.match(sign) for sign in "aé✓½ℓ𝑎−·漢א ")


VISIBLE_FORMAT = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2}
"""Signs that Unicode calls format though they are drawn: Arabic number marks and the like."""


@given(st.text())
def test_json_reads_back_and_shows_no_unseen_character(text: str) -> None:
    for written in (escape.compact_json({"k": text, text: 1}), escape.indented_json([text])):
        assert not escape.UNSEEN.search(written.replace("\n", ""))
        written.encode()
    assert json.loads(escape.compact_json([text])) == [text]
    assert json.loads(escape.indented_json([text])) == [text]


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        escape.compact_json(float("nan"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("-3", "-3"),
        ("+0.5", "+0.5"),
        ("-aw+bx", "'-aw+bx"),
        ("=1+1", "'=1+1"),
        (" =1", "' =1"),
        ("\u00a0@x", "'\u00a0@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\\rx"),
        ("\u200b=1", "'\\u200b=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("-3-", "'-3-"),
        ("-3\n", "'-3\n"),
        ("-٣", "'-٣"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_formulas_are_made_text(text: str, field: str) -> None:
    assert escape.csv_text(text) == field


@given(st.text(), st.text())
def test_names_of_files_are_plain_and_apart(one: str, other: str) -> None:
    for text in (one, one * 500, one.swapcase()):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{16}", escape.slug(text))
        assert len(escape.slug(text)) <= 57
    assert (escape.slug(one) == escape.slug(other)) == (one == other)


@pytest.mark.parametrize("name", ["CON", "../../etc/x", "a/b\\c", "x" * 10_000, "", ".", "é", "\0"])
def test_sheets_stay_in_their_folder(name: str, tmp_path: Path) -> None:
    found = recorded(KEY, id_=name)
    path = sheets.write(found, tmp_path)
    assert path.parent == tmp_path / "feedback"
    assert list(tmp_path.rglob("*.md")) == [path]
    assert path.read_bytes() == sheets.sheet(found).encode()


def test_a_sheet() -> None:
    assert sheets.sheet(recorded("27 38 50; 47 52 65", level("cells"))) == (
        "# week-3/edges\n\nAnswer of `ada`, attempt 1.\n\n**2.083333 of 2.5 points.**\n\n"
        "    ✗ row 2, column 3: 65\n"
        "    Next: work out row 2, column 3 again and write down every product.\n"
    )


def test_a_rounded_cell_has_its_mode() -> None:
    found = checked(KEY)
    cell = Cell("67.6", Fraction(338, 5), places=1, digits=3)
    judged = Judged(cell, 68, Verdict.ROUNDED, "half-up")
    made = replace(found, read=(*found.read[:5], cell), cells=(*found.cells[:5], judged))
    last: Any = record.record(made)["cells"][5]
    assert (last["mode"], last["residual"], last["verdict"]) == ("half-up", "-2/5", "rounded")
