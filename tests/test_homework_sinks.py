"""Every output keeps its form, whatever students write: judged by the parser of each format."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from symconv.errors import AnswerError, QuestionError
from symconv.homework.judging.cells import Judged, Verdict
from symconv.homework.judging.check import Checked
from symconv.homework.outputs import (
    coderunner,
    edx,
    gradebooks,
    gradescope,
    nbgrader,
    prairielearn,
    record,
    report,
    results,
    sheets,
)
from symconv.homework.outputs.escape import UNSEEN, csv_text, visible
from symconv.homework.outputs.tally import Tally
from symconv.homework.reading.model import Cell, Submission
from tests.test_homework_outputs import KEY, Page, checked, question, recorded, unread

HOSTILE = [
    *("../../etc/x", "CON", "x" * 10_000, "two\nlines", "a\r\nb", '=HYPERLINK("http://x","y")'),
    *("<img src=x onerror=alert(1)>", "\x1b[2J\x1b]0;t\x07", "]]>", "~}#", "![](http://x/y.png)"),
    *("-aw+bx", "=3+4", "+1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", "-3", " -1"),
    *("__import__('os').system('id')", "().__class__.__bases__[0]", "lambda:0", "eval(chr(49))"),
    *("{{7*7}}", "{% for x in y %}", "${7*7}", "%(x)s", "%s%n", "{0.__class__}", "\\write18{id}"),
    *("\\input{/etc/passwd}", "!!python/object/apply:os.system [id]", "a\u202eb", "a\u200bb"),
    *("a\u2028b\u2029c", "\u0085", "\x00", "\x9b2J", "\ud800", "\U0010ffff", "\ufeffx", "a\u0301"),
    *("`", "``` \n# x", "`" * 50 + "x", " ` ", "# heading", "- item", "1. one", "> quote", "***"),
    *("[a](javascript:alert(1))", "<http://x>", "http://x", "www.x.org", "a@b.org", "&lt;b&gt;"),
    *("</pre></code></td></table><script>alert(1)</script>", "<!-- ", "<![CDATA[", "</style>"),
    *('"', '""', "'", '","', "a,b;c\td", "", " ", "\\", "\\u0000", "null", "NaN", "|x|y|", "$x$"),
    *("emoji \U0001f600", "𝑎𝑤", "½", "−3", "\u3000=1", "<b", "&", "&#x3c;b&#x3e;", "=\u00a0"),
]


def hostile(text: str) -> list[record.Record]:
    """Return records in which a text is whatever a student, or a teacher's file, may set."""
    fault = AnswerError("bad-character", f"cannot read {text}", place=text, hint=text)
    cell = Cell(text, fault=fault)
    odd = Cell(text, 7, shown=text, notices=(text,))
    whole = checked(KEY)
    cells = (
        Judged(cell, 27, Verdict.INVALID),
        Judged(odd, 38, Verdict.WRONG),
        *whole.cells[2:],
    )
    one = replace(
        whole,
        submission=Submission(text, whole.submission.written),
        read=(cell, odd, *whole.read[2:]),
        cells=cells,
        notices=(text,),
    )
    refused = AnswerError("encoding", text, place=text, hint=text)
    two = Checked(question(), Submission(text, fault=refused), refused)
    return [record.record(one), record.record(two)]


any_text = st.one_of(
    st.text(st.characters(), max_size=60),
    st.text(st.sampled_from("`<>&\"'=+-@\t\r\n ,;|[]()!#*_~$\\{}%\x1b\u202e:/wx.1"), max_size=40),
)


def hostile_texts(test: Any) -> Any:
    """Run a test on every listed text, and on made ones."""
    listed = pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))(test)

    @settings(max_examples=60, deadline=None)
    @given(any_text)
    def made(text: str) -> None:
        test(text)

    globals()[f"{test.__name__}_made"] = made
    return listed


def unseen(text: str, keep: str = "\n") -> str:
    """Return the unseen characters of a text besides those that may stand there."""
    return "".join(sign for sign in UNSEEN.findall(text) if sign not in keep)


@hostile_texts
def test_records_read_back(text: str) -> None:
    for found in hostile(text):
        line = record.dumps(found).decode()
        assert unseen(line, "") == ""
        assert len(line.splitlines()) == 1
        assert json.loads(line) == found


FORMULA = re.compile(r"[\s\u3000]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


@hostile_texts
def test_tables_read_back(text: str) -> None:
    for found in hostile(text):
        for header, row in (
            (results.HEADER, results.row(found)),
            (gradebooks.moodle_header(text), gradebooks.moodle_row(found)),
        ):
            assert unseen(row, "\n\t") == ""
            assert row.endswith("\n")
            names, fields = csv.reader(io.StringIO(header + row, newline=""), strict=True)
            assert len(names) == len(fields)
            assert fields[0] == csv_text(text)
            assert fields[-1] == csv_text(record.comment(found))
            for field in fields:
                number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", field)
                assert number or not FORMULA.match(field)


ALLOWED = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline"),
    *("code_block", "text", "code_inline", "strong_open", "strong_close", "softbreak"),
}


def tokens(found: list[Token]) -> Iterator[Token]:
    for token in found:
        yield token
        yield from tokens(token.children or [])


@hostile_texts
def test_sheets_hold_no_link_picture_or_tag(text: str) -> None:
    for found in hostile(text):
        for title in ("", text):
            page = sheets.sheet(found, title)
            assert unseen(page) == ""
            for kind in (MarkdownIt("commonmark"), MarkdownIt("js-default", {"html": True})):
                parsed = kind.parse(page)
                blocks = [t.type for t in parsed if t.nesting == 0 and t.type != "inline"]
                assert {token.type for token in tokens(parsed)} <= ALLOWED
                assert blocks == ["code_block"] * (found["fault"] is None)
                told = map(visible, found["feedback"]["lines"])
                lines = "".join(f"{line}\n" for line in told if line.strip(" "))
                held = [t.content for t in parsed if t.type == "code_block"]
                assert held == [lines] * len(held)
                spans = [t.content for t in tokens(parsed) if t.type == "code_inline"]
                assert spans == ([visible(text)] if visible(text).strip(" ") else [])


def page(word: str) -> Page:
    tally = Tally()
    for found in hostile(word) + [recorded("9 8 7; 6 5 4", id_=word)] * 2:
        tally.add(found)
    written = report.html(tally, question())
    assert unseen(written) == ""
    return Page(written)


@hostile_texts
def test_the_report_keeps_its_tags(text: str) -> None:
    twin, found = page("harmless"), page(text)
    assert (found.tags, found.open) == (twin.tags, [])
    assert found.attributes == twin.attributes
    if len(text) < 80:
        assert visible(text) in "".join(found.texts)


@hostile_texts
def test_html_parts_hold_text_alone(text: str) -> None:
    for found in hostile(text):
        lines = "\n".join(map(visible, found["feedback"]["lines"]))
        shown = coderunner.results(found)["prologuehtml"]
        assert Page(shown).tags == ["pre"]
        assert "".join(Page(shown).texts) == lines
        message = edx.result(found)["msg"]
        root = ET.fromstring(message)  # noqa: S314 - our own few bytes
        assert (root.tag, list(root), root.text or "") == ("pre", [], lines)
        data: dict[str, Any] = {"partial_scores": {}, "feedback": {}, "format_errors": {}}
        prairielearn.in_process(found, data, "y")
        for error in data["format_errors"].values():
            assert set(Page(error).tags) <= {"br"}
        assert unseen(json.dumps(data, ensure_ascii=False)) == ""


@hostile_texts
def test_other_outputs_show_no_unseen_character(text: str) -> None:
    for found in hostile(text):
        shown = gradescope.results(found, question())
        del shown["extra_data"]
        for view in (shown, prairielearn.external(found), coderunner.results(found)):
            assert unseen("".join(strings(view))) == ""
        assert unseen(nbgrader.text(found)) == ""


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


# --- what the vendors document --------------------------------------------------------------------

NUMBER = {"type": (int, float)}
FRACTION = {"type": (int, float), "minimum": 0, "maximum": 1}
STRING = {"type": str}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = {
    "type": dict,
    "required": ["score"],
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": STRING,
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": dict},
        "leaderboard": {"type": list},
        "tests": {
            "type": list,
            "items": {
                "type": dict,
                "properties": {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": STRING,
                    "name_format": FORMAT,
                    "number": STRING,
                    "output": STRING,
                    "output_format": FORMAT,
                    "tags": {"type": list, "items": STRING},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": dict},
                },
            },
        },
    },
}
PRAIRIELEARN = {
    "type": dict,
    "required": ["score"],
    "properties": {
        "score": FRACTION,
        "gradable": {"type": bool},
        "format_errors": {"type": (str, list), "items": STRING},
        "message": STRING,
        "output": STRING,
        "images": {"type": list},
        "tests": {
            "type": list,
            "items": {
                "type": dict,
                "properties": {
                    "name": STRING,
                    "description": STRING,
                    "points": NUMBER,
                    "max_points": NUMBER,
                    "message": STRING,
                    "output": STRING,
                    "images": {"type": list},
                },
            },
        },
    },
}
CODERUNNER = {
    "type": dict,
    "required": ["fraction"],
    "properties": {
        "fraction": FRACTION,
        "prologuehtml": STRING,
        "epiloguehtml": STRING,
        "instructorhtml": STRING,
        "testresults": {"type": list, "items": {"type": list}},
        "columnformats": {"type": list, "items": {"enum": ["%s"]}},
        "graderstate": STRING,
        "showdifferences": {"type": bool},
    },
}
EDX = {
    "type": dict,
    "required": ["ok", "msg"],
    "properties": {
        "ok": {"enum": [True, False, "partial"]},
        "grade_decimal": FRACTION,
        "msg": STRING,
    },
}
RECORD = {
    "type": dict,
    "required": ["schema", "tool", "spec_sha256", "submission_id", "status", "score", "cells"],
    "properties": {
        "schema": {"enum": ["symconv.check/1"]},
        "tool": {"enum": ["symconv"]},
        "spec_sha256": STRING,
        "question": STRING,
        "submission_id": STRING,
        "attempt": {"type": int, "minimum": 1},
        "status": {"enum": ["graded", "not-graded"]},
        "fault": {"type": (dict, type(None))},
        "score": {"type": dict},
        "points": {"type": dict},
        "shape": {"type": dict},
        "cells": {
            "type": list,
            "items": {
                "type": dict,
                "required": ["index", "name", "raw", "read", "code", "verdict"],
                "properties": {
                    "index": {"type": list, "items": {"type": int}},
                    "name": STRING,
                    "raw": STRING,
                    "read": {"type": (str, type(None))},
                    "code": STRING,
                    "verdict": {"enum": [None, *(verdict.value for verdict in Verdict)]},
                    "key": STRING,
                    "mode": STRING,
                    "residual": STRING,
                    "step": {"type": int},
                    "slips": {"type": list, "items": {"type": dict}},
                    "shown": STRING,
                    "notices": {"type": list, "items": STRING},
                    "fault": {"type": dict},
                    "told": {"type": list, "items": STRING},
                },
            },
        },
        "diagnosis": {"type": dict},
        "credited_as": {"type": list, "items": STRING},
        "notices": {"type": list, "items": STRING},
        "feedback": {"type": dict},
    },
}


def faults(data: Any, schema: dict[str, Any], place: str = "$") -> list[str]:
    """Return where data is not what a schema says; a field that it does not know is a fault."""
    if "enum" in schema and data not in schema["enum"]:
        return [f"{place}: {data!r}"]
    kind = schema.get("type")
    if kind and (not isinstance(data, kind) or (type(data) is bool and kind is not bool)):
        return [f"{place}: {type(data).__name__}"]
    if "minimum" in schema and not schema["minimum"] <= data <= schema.get("maximum", data):
        return [f"{place}: {data!r}"]
    found = [
        f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in data
    ]
    if isinstance(data, dict) and "properties" in schema:
        known = schema["properties"]
        found += [f"{place}.{name} is unknown" for name in data if name not in known]
        for name in data.keys() & known.keys():
            found += faults(data[name], known[name], f"{place}.{name}")
    if isinstance(data, list) and "items" in schema:
        for number, item in enumerate(data):
            found += faults(item, schema["items"], f"{place}[{number}]")
    return found


LEVELS = ["score", "cells", "label", "full"]
ANSWERS = [
    KEY,
    "27 38 50; 47 52 65",
    "1 2 3; 4 5 6",
    "27 38 50; 47 52 <b>",
    "1 2; 3 4",
    "a b c; d e f",
]


def examples() -> list[tuple[Any, record.Record]]:
    made = [
        (question(f"feedback: {level}\n"), recorded(answer, f"feedback: {level}\n"))
        for level in LEVELS
        for answer in ANSWERS
    ]
    return [*made, (question(), record.record(unread()))]


@pytest.mark.parametrize(("asked", "found"), examples())
def test_outputs_follow_their_schemas(asked: Any, found: record.Record) -> None:
    for view, schema in (
        (found, RECORD),
        (gradescope.results(found, asked), GRADESCOPE),
        (prairielearn.external(found), PRAIRIELEARN),
        (coderunner.results(found), CODERUNNER),
        (edx.result(found), EDX),
    ):
        assert json.loads(json.dumps(view)) == view
        assert faults(view, schema) == []
    assert isinstance(nbgrader.points(found), float)
    assert 0 <= nbgrader.points(found) <= 2.5


def test_the_check_of_schemas_can_fail() -> None:
    assert faults({"score": 2}, PRAIRIELEARN) == ["$.score: 2"]
    assert faults({"score": True}, PRAIRIELEARN) == ["$.score: bool"]
    assert faults({}, GRADESCOPE) == ["$.score is missing"]
    assert faults({"score": 1, "tests": [{"x": 1}]}, GRADESCOPE) == ["$.tests[0].x is unknown"]


def test_gradescope_rows_add_up_where_they_show_points() -> None:
    shown = gradescope.results(recorded("27 38 50; 47 52 65"), question())
    assert shown["score"] == 2.083333
    assert [row.get("score") for row in shown["tests"]] == [0] + [0.416667] * 5
    assert [row["number"] for row in shown["tests"]][:2] == ["2.3", "1.1"]
    asked = loads_with("credit: {points: 5/2, all_or_nothing: true}\n")
    found = recorded_with(asked, "27 38 50; 47 52 65")
    assert all("score" not in row for row in gradescope.results(found, asked)["tests"])
    assert gradescope.results(found, asked)["score"] == 0


def loads_with(line: str) -> Any:
    from tests.test_homework_outputs import TEXT

    return question("", TEXT.replace("credit: {points: 5/2}\n", line))


def recorded_with(asked: Any, answer: str) -> record.Record:
    from symconv.homework.judging.check import Checker
    from symconv.homework.reading.grids import split

    return record.record(Checker(asked).check(Submission("ada", split(answer, asked.rules.limits))))


def test_gradescope_tells_what_the_level_allows() -> None:
    for level, rows in (("score", 0), ("cells", 6)):
        extra = f"feedback: {level}\n"
        shown = gradescope.results(recorded("27 38 50; 47 52 1", extra), question(extra))
        assert len(shown["tests"]) == rows
        del shown["extra_data"]
        assert "68" not in json.dumps(shown)


def test_prairielearn_counts_no_attempt_where_nothing_was_read() -> None:
    for found in (record.record(unread()), recorded("<b> <b> <b>; <b> <b> <b>")):
        shown = prairielearn.external(found)
        assert shown["gradable"] is False
        assert shown["format_errors"]
    assert prairielearn.external(recorded("27 <b> <b>; <b> <b> <b>"))["gradable"] is True


def test_prairielearn_keeps_what_is_not_its_own() -> None:
    per_cell = [{"text": "an element's own"}]
    data: dict[str, Any] = {
        "partial_scores": {
            "y": {"score": 0, "weight": 3, "feedback": per_cell},
            "z": {"score": 1, "weight": 1},
        },
        "feedback": {},
        "format_errors": {},
    }
    prairielearn.in_process(recorded(KEY), data, "y")
    assert data["partial_scores"]["y"] == {"score": 1, "weight": 3, "feedback": per_cell}
    assert data["score"] == 1
    prairielearn.in_process(recorded("27 38 50; 1 1 1"), data, "y")
    assert data["score"] == pytest.approx((3 / 2 + 1) / 4)
    prairielearn.in_process(record.record(unread()), data, "y")
    assert "y" not in data["partial_scores"]
    assert data["format_errors"] == {"y": "these are no letters; save it as UTF-8"}


def test_coderunner_has_a_format_for_each_column_but_the_mark() -> None:
    shown = coderunner.results(recorded("27 38 50; 47 52 <b>"))
    header, *rows = shown["testresults"]
    assert len(shown["columnformats"]) == len(header) - 1
    assert {len(row) for row in rows} == {len(header)}
    assert [row[0] for row in rows] == [1, 1, 1, 1, 1, 0]
    assert rows[-1][2] == "<b>"


def test_edx_says_right_partly_and_wrong() -> None:
    answers = (KEY, "27 38 50; 47 52 65", "1 2; 3 4")
    assert [edx.result(recorded(text))["ok"] for text in answers] == [True, "partial", False]


def test_nbgrader_stays_within_the_worth_of_its_cell() -> None:
    assert nbgrader.points(recorded(KEY)) == 2.5
    assert nbgrader.points(recorded(KEY), 10) == 10.0
    assert nbgrader.points(recorded("1 2; 3 4"), 10) == 0.0


# --- gradebooks -----------------------------------------------------------------------------------

CANVAS = (
    '\ufeffStudent,ID,SIS Login ID,Section,"Edges, week 3 (811)",Final (12)\r\n'
    "    Points Possible,,,,2.5,100\r\n"
    '"Lovelace, Ada",7,ada,"A, ""B""",,=1+1\r\n'
    '"Babbage\nCharles",8,bob,A,1,\r\n'
    "Nobody,9,none,A,,3"
).encode()


def grades() -> dict[str, gradebooks.Grade]:
    found = [recorded("27 38 50; 47 52 65"), record.record(unread())]
    return {each["submission_id"]: gradebooks.grade(each) for each in found}


def test_canvas_is_filled_and_nothing_else_changes() -> None:
    filled = gradebooks.canvas(CANVAS, grades(), "Edges, week 3")
    assert filled == CANVAS.replace(b'""",,=1', b'""",2.083333,=1')
    assert gradebooks.canvas(CANVAS, {}, "Final") == CANVAS


def test_canvas_takes_the_column_whose_ids_are_known() -> None:
    seven = {"7": gradebooks.Grade("1", "")}
    assert gradebooks.canvas(CANVAS, seven, "Final (12)") == CANVAS.replace(b"=1+1", b"1")
    assert gradebooks.canvas(CANVAS, seven, "Final", "Section") == CANVAS


def test_a_table_that_is_not_utf_8_keeps_its_bytes() -> None:
    table = b"ID,Name,Grade\n1,J\xf6rg,\n2,\xff,5"
    assert gradebooks.moodle(table, {"1": gradebooks.Grade("2", "")}, "ID") == table.replace(
        b"rg,", b"rg,2"
    )


def test_moodle_gets_grades_and_comments() -> None:
    table = b"Identifier,Email address,Grade,Feedback comments\nP1,ada,,\nP2,x,1,old\n"
    assert gradebooks.moodle(table, grades()) == (
        b"Identifier,Email address,Grade,Feedback comments\n"
        b'P1,ada,2.083333,"5 of 6 cells right"\nP2,x,1,old\n'
    )


def test_a_new_table_for_moodle() -> None:
    assert gradebooks.moodle_header("=Edges") == '"Email address","\'=Edges","\'=Edges feedback"\n'
    row = gradebooks.moodle_row(recorded("27 38 50; 47 52 65"))
    assert row == 'ada,2.083333,"5 of 6 cells right"\n'


@pytest.mark.parametrize("table", [b'ID,Grade\n"1,2', b'ID,Grade\n"1"x,2'])
def test_a_broken_table_is_refused(table: bytes) -> None:
    with pytest.raises(QuestionError, match="gradebook-format"):
        gradebooks.moodle(table, {})


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4),
        min_size=1,
    )
)
def test_any_table_that_is_written_reads_back(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["ID", "Grade"], *rows])
    text = stream.getvalue().encode()
    assert gradebooks.moodle(text, {}, "ID") == text
    name = rows[0][0].strip()
    new = gradebooks.moodle(text, {name: gradebooks.Grade("-7", "")}, "ID").decode()
    got = list(csv.reader(io.StringIO(new, newline=""), strict=True))
    wanted = [["ID", "Grade"], *([r[0], "-7", *r[2:]] if r[0].strip() == name else r for r in rows)]
    assert got == wanted
