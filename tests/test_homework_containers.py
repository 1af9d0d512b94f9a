"""How answers are found in files of every kind, and what is wrong with one harms no other."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import AnswerError, QuestionError
from symconv.homework.questions.model import Columns
from symconv.homework.reading import archives, containers, csvs, htmls, jsons
from symconv.homework.reading.model import Limits, Rules, Submission

RULES = Rules()
NAMED = Columns()
GRID = ((("1", "2"), ("3", "4")),)


def found(path: Path, columns: Columns = NAMED, rules: Rules = RULES) -> list[Submission]:
    return list(containers.submissions(path, columns, rules))


def of(tmp_path: Path, name: str, data: bytes | str, **columns: Any) -> list[Submission]:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return found(path, Columns(**columns))


def code(submission: Submission) -> str:
    return submission.fault.code if submission.fault else ""


def cells(submission: Submission) -> Any:
    assert submission.written is not None, submission.fault
    return submission.written.planes


CODE = {"cell_type": "code", "metadata": {"tags": ["answer"]}, "outputs": [], "execution_count": 1}


def notebook(*sources: Any, **changes: Any) -> str:
    inner = [{**CODE, "source": source, **changes} for source in sources]
    return json.dumps({"cells": inner, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


ONE = {
    "grid.csv": "1,2\n3,4\n",
    "quoted.csv": '\ufeff"1","2"\r\n"3","4"\r\n',
    "semicolons.csv": "1;2\n3;4",
    "grid.tsv": "1\t2\n3\t4",
    "lists.json": "[[1,2],[3,4]]",
    "map.json": '{"answer": [["1", 2], [3, "4"]]}',
    "text.json": '"1 2; 3 4"',
    "deeper.json": '{"id": "x", "answer": [[[1, 2], [3, 4]]]}',
    "lines.jsonl": '{"answer": [[1, 2], [3, 4]]}\n',
    "lists.yaml": "[[1, 2], [3, 4]]",
    "rows.yml": "answer:\n  - 1 2\n  - 3 4\n",
    "block.yaml": "answer: |\n  1 2\n  3 4\n",
    "plain.txt": "1 2; 3 4",
    "plain.md": "1 2\n3 4",
    "fenced.md": "Hello,\n\n```text\n1 2\n3 4\n```\n\nbye | bye",
    "table.md": "# Answer\n\nMy table:\n\n| 1 | 2 |\n|---|---|\n| 3 | 4 |\n\nDone.",
    "formula.md": "I say $$\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}$$ and nothing else.",
    "document.tex": "\\documentclass{article}\n\\begin{document}\nThe answer is\n"
    "\\[ Y = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} \\]\nas asked.\n\\end{document}\n",
    "code.ipynb": notebook(
        "import numpy as np\nanswer = np.array([[1, 2],\n [3, 4]])  # mine\nanswer"
    ),
    "lines.ipynb": notebook(["y = [[1, 2],\n", "     [3, 4]]"]),
    "string.ipynb": notebook('answer = """\n1 2\n3 4\n"""'),
    "markdown.ipynb": notebook("| 1 | 2 |\n|---|---|\n| 3 | 4 |", cell_type="markdown"),
    "nbgrader.ipynb": notebook("[[1, 2], [3, 4]]", metadata={"nbgrader": {"solution": True}}),
}


@pytest.mark.parametrize("name", ONE)
def test_one_answer_is_found_in_a_file_of_any_kind(tmp_path: Path, name: str) -> None:
    (submission,) = of(tmp_path, name, ONE[name])
    assert cells(submission) == GRID
    data = ONE[name].encode()
    assert containers.answer(data, name, Columns(), RULES).planes == GRID
    assert containers.content(tmp_path / name, RULES) == data


@pytest.mark.parametrize("name", ONE)
def test_a_folder_and_an_archive_hold_files_of_any_kind(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "class"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / name).write_text(ONE[name])
    (folder / ("bob" + name[name.index(".") :])).write_text(ONE[name])
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for path in sorted(folder.rglob("*.*")):
            stream.write(path, path.relative_to(tmp_path))
    for path in (folder, archive):
        submissions = found(path)
        assert [cells(each) for each in submissions] == [GRID, GRID]
        named = "id" in ONE[name]
        assert (
            named or [each.id for each in submissions][::1] in (["ada", "bob"],) or ".jsonl" in name
        )


BAD = {
    "latin.csv": ("1,\xe4".encode("latin-1"), "encoding"),
    "wide.csv": ("1,2".encode("utf-16"), "encoding"),
    "nul.txt": (b"1\x002", "encoding"),
    "pickle.json": (b"\x80\x04\x95\x0b", "encoding"),
    "surrogate.txt": (b"\xed\xb2\x80", "encoding"),
    "empty.csv": (b"", "no-answer"),
    "empty.json": (b"[]", "no-answer"),
    "null.json": (b'{"answer": null}', "no-answer"),
    "none.json": (b'{"id": "none"}', "no-answer"),
    "nan.json": (b"[[NaN]]", "bad-json"),
    "infinity.json": (b"[[-Infinity]]", "bad-json"),
    "twice.json": (b'{"answer": [1], "answer": [2]}', "bad-json"),
    "torn.json": (b'{"answer": [1', "bad-json"),
    "deep.json": (b"[" * 100_000, "bad-json"),
    "deep-closed.json": (b"[" * 21 + b"1" + b"]" * 21, "bad-json"),
    "uneven.json": (b'[["1"], "2"]', "bad-matrix"),
    "maps.json": (b'{"answer": [[{"a": 1}]]}', "bad-matrix"),
    "large.json": (b"[" + b" " * 11 * 2**20, "too-large"),
    "large.txt": (b"1" * (2**20 + 1), "too-large"),
    "aliases.yaml": (
        b"a: &a [x]\n"
        + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 106)),
        "bad-yaml",
    ),
    "tag.yaml": (b"answer: !!python/object/apply:os.system [id]", "bad-yaml"),
    "torn.yaml": (b"answer: [1, 2", "bad-yaml"),
    "rows.csv": (b"1\n" * 10**6, "too-large"),
    "columns.csv": (b"1," * 10**6, "too-large"),
    "field.csv": (b'"' + b"1" * 10**7 + b'"', "too-large"),
    "cells.csv": (b"1,2,3\n" * 4_000, "too-many-cells"),
    "sheet.xlsx": (b"PK\x03\x04", "unknown-format"),
    "torn.zip": (b"PK\x03\x04nothing", "bad-archive"),
    "ball.tgz": (b"", "bad-archive"),
    "two.md": (b"```\n1\n```\n```\n2\n```", "two-answers"),
    "untagged.ipynb": (notebook("[[1]]", metadata={}).encode(), "no-answer-cell"),
    "program.ipynb": (notebook("answer = conv(x, w)").encode(), "no-literal"),
    "loop.ipynb": (notebook("for i in x:\n    print(i)").encode(), "no-literal"),
    "evil.ipynb": (notebook("__import__('os').system('id')").encode(), "no-literal"),
    "twice.ipynb": (notebook("[[1]]", "[[2]]").encode(), "two-answers"),
    "blank.ipynb": (notebook("").encode(), "no-answer"),
    "list.ipynb": (b"[]", "bad-json"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_has_a_code(tmp_path: Path, name: str) -> None:
    data, wanted = BAD[name]
    (submission,) = of(tmp_path, name, data)
    assert (submission.id, code(submission)) == (Path(name).stem, wanted)
    assert submission.place == name
    with pytest.raises(AnswerError) as caught:
        containers.answer(data, name, Columns(), RULES)
    assert caught.value.code == wanted


def test_outputs_of_a_notebook_are_not_read(tmp_path: Path) -> None:
    output = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}
    (submission,) = of(tmp_path, "ada.ipynb", notebook("[[5]]", outputs=[output]))
    assert cells(submission) == ((("5",),),)


MOODLE = (
    "Last name,First name,Email address,State,Grade/2.00,Response 1,Response 2\n"
    'Lovelace,Ada,ada@example.org,Finished,2,3,"a + b, c"\n'
    "Babbage,Charles,,Finished,0,1,2\n"
    "Noether,Emmy,emmy@example.org,Finished,0,-,\n"
    "Overall average,,,,0.66,,\n"
)


def test_rows_of_a_class_as_moodle_writes_them(tmp_path: Path) -> None:
    first, second, third = of(tmp_path, "class.csv", MOODLE)
    assert (first.id, cells(first), first.facts) == (
        "ada@example.org",
        ((("3", "a + b, c"),),),
        {"flat": "1"},
    )
    assert (second.id, code(second), second.place) == ("line 3", "no-id", "class.csv: line 3")
    assert cells(third) == ((("", ""),),)


def test_one_response_with_gaps(tmp_path: Path) -> None:
    text = 'ID number,Response 1\n7,"part 1: 3; part 2: a; b; part 3: "\n8,"[[1,2],[3,4]]"\n'
    gaps, grid = of(tmp_path, "class.csv", text)
    assert (cells(gaps), gaps.facts) == (((("3", "a; b", ""),),), {"flat": "1"})
    assert (cells(grid), grid.facts) == (GRID, {})


def test_columns_are_named_in_the_question(tmp_path: Path) -> None:
    text = "name;who;b;a\nx;ada;2;1\nx;bob;4;3;\n"
    rows = of(tmp_path, "class.csv", text, id="Who", answer=["A", "b"])
    assert [(row.id, cells(row)) for row in rows] == [
        ("ada", ((("1", "2"),),)),
        ("bob", ((("3", "4"),),)),
    ]
    (one, *_) = of(tmp_path, "class.csv", text, id="who", answer="b")
    assert (cells(one), one.facts) == (((("2",),),), {})


@pytest.mark.parametrize(
    ("header", "columns", "what"),
    [
        ("name,id,sis_id,12345: What is y?", {}, "answers"),
        ("Response 1,Response 2", {}, "ids"),
        ("who,answer", {"id": "student"}, "ids"),
        ("student,a,b", {"answer": ["a", "c"]}, "answers"),
    ],
)
def test_columns_that_are_not_known_are_the_teachers_matter(
    tmp_path: Path, header: str, columns: dict[str, Any], what: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        of(tmp_path, "class.csv", header + "\n" + "1," * header.count(",") + "2\n", **columns)
    assert caught.value.code == "columns"
    assert f"no column of {what}" in caught.value.message
    assert repr(header.partition(",")[0]) in caught.value.message


def test_such_a_file_of_one_student_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "ada.csv").write_text("name,Ada\n1,2\n")
    (tmp_path / "bob.csv").write_text("1,2\n3,4\n")
    ada, bob = found(tmp_path)
    assert (ada.id, code(ada)) == ("ada", "bad-csv")
    assert cells(bob) == GRID


@pytest.mark.parametrize("base", [0, 1])
def test_a_line_for_each_cell(tmp_path: Path, base: int) -> None:
    lines = [
        f"{name},{row + base},{column + base},{2 * row + column + 1}"
        for name in ("ada", "bob")
        for row in (0, 1)
        for column in (0, 1)
        if (name, row) != ("bob", 1)
    ]
    lines = lines[3:] + lines[:3]
    rows = of(tmp_path, "class.csv", "\n".join(["Student,Row,Col,Answer", *lines]))
    by_id = {row.id: row for row in rows}
    assert cells(by_id["ada"]) == GRID
    assert cells(by_id["bob"]) == ((("1", "2"), ("", "")),)
    notices = {row.written.notices for row in rows if row.written}
    assert notices == {() if base else ("rows or columns were counted from 0",)}


def test_faults_of_single_cells(tmp_path: Path) -> None:
    text = (
        "student,row,col,answer\nada,1,1,5\nbob,one,1,5\ncyd,1,1,5\ncyd,1,1,6\n"
        "dan,99999,1,5\n,1,1,5\neve,1,1,5,6\n"
    )
    codes = {row.id: code(row) for row in of(tmp_path, "class.csv", text)}
    assert codes == {
        "ada": "",
        "bob": "bad-position",
        "cyd": "cell-twice",
        "dan": "too-many-cells",
        "line 7": "no-id",
        "line 8": "bad-csv",
    }


def test_a_bad_row_stops_no_other(tmp_path: Path) -> None:
    rows = [
        b"student,answer",
        b"ada,1",
        b"b\xffb,2",
        b"cyd,3,4",
        b'dan,"3"4',
        b"eve," + b"1" * (2**20 + 1),
        b"fay," + b"1" * 200_000,
        b"gil,\x00",
        b"hal,(((",
        b"ida",
        b"",
        b"jon,5",
    ]
    submissions = of(tmp_path, "class.csv", b"\r\n".join(rows))
    assert [(each.id.partition("-")[0], code(each)) for each in submissions] == [
        ("ada", ""),
        ("b\ufffdb", "encoding"),
        ("line 4", "bad-csv"),
        ("line 5", "bad-csv"),
        ("line 6", "too-large"),
        ("line 7", "bad-csv"),
        ("gil", "encoding"),
        ("hal", ""),
        ("ida", ""),
        ("jon", ""),
    ]
    assert submissions[8].written == csvs.BLANK


def test_a_bad_line_of_json_stops_no_other(tmp_path: Path) -> None:
    lines = [
        b'{"id": "ada", "answer": "1 2; 3 4"}',
        b"{",
        b"",
        b'{"id": "b\xff"}',
        b"[" + b" " * 2**20,
        b'{"student": "eve", "answer": [[1, 2], [3, 4]]}',
    ]
    submissions = of(tmp_path, "class.jsonl", b"\n".join(lines))
    assert [(each.id, code(each)) for each in submissions] == [
        ("ada", ""),
        ("line 2", "bad-json"),
        ("line 4", "encoding"),
        ("line 5", "too-large"),
        ("eve", ""),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("class.json", '{"ada": [[1, 2], [3, 4]], "bob": "1 2; 3 4", "cyd": {"answer": []}}'),
        (
            "class.json",
            '[{"id":"ada","answer":"1 2; 3 4"}, {"id": "bob", "answer": "1 2; 3 4"}, {"id":"cyd"}]',
        ),
        ("class.yaml", "ada: 1 2; 3 4\nbob: [[1, 2], [3, 4]]\ncyd: {answer: []}\n"),
    ],
)
def test_a_class_in_one_file(tmp_path: Path, name: str, text: str) -> None:
    ada, bob, cyd = of(tmp_path, name, text)
    assert (cells(ada), cells(bob)) == (GRID, GRID)
    assert (cyd.id, code(cyd)) == ("cyd", "no-answer")
    with pytest.raises(AnswerError) as caught:
        containers.answer(text.encode(), name, Columns(), RULES)
    assert caught.value.code == "two-answers"


def test_numbers_of_json_follow_the_decimal_sign_of_the_question() -> None:
    rules = Rules(decimal=",")
    assert containers.answer(b"[[1.50, 2]]", "a.json", Columns(), rules).planes == (
        (("1,50", "2"),),
    )
    assert containers.answer(b"[[1e400]]", "a.json", Columns(), RULES).planes == ((("1e400",),),)


def test_a_second_answer_is_told(tmp_path: Path) -> None:
    rows = of(tmp_path, "class.csv", "student,answer\nada,1\nbob,2\nada,3\n")
    assert [(row.id, row.facts.get("attempt")) for row in rows] == [
        ("ada", None),
        ("bob", None),
        ("ada", "2"),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/x", "../../etc/x"),
        ("CON", "CON"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("<img onerror=x>", "<img onerror=x>"),
        ("a\x1b[2Jb", "a\ufffd[2Jb"),
        ("a\u202eb\u200bc", "a\ufffdb\ufffdc"),
        ("a\nb", "a\ufffdb"),
        ("\udc80", "\ufffd"),
        ("ä" * 200, "ä" * 200),
    ],
)
def test_ids_are_kept_but_for_what_steers_a_page(given: str, kept: str) -> None:
    found = containers.safe(given)
    assert found == kept if given == kept else found.startswith(f"{kept}-")


def test_ids_that_differ_in_what_is_not_kept_stay_different() -> None:
    assert len({containers.safe(f"M{letter}ller") for letter in "\udce4\udcfc\u202e"}) == 3


def test_nobody_answers_for_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "bob.txt").write_text("8 11; 17 20")
    (tmp_path / "zed.csv").write_text("student,answer\nbob,0 0; 0 0\nzed,8 11; 17 20\n")
    found = list(containers.submissions(tmp_path, Columns(), Rules()))
    assert [(each.id, code(each)) for each in found] == [
        ("bob", ""),
        ("zed", "foreign-id"),
        ("zed", ""),
    ]


def test_long_ids_are_cut_and_stay_different() -> None:
    first, second = (containers.safe("x" * 10_000 + end) for end in "ab")
    assert len(first) == len(second) == 200
    assert first != second


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, data in members.items():
            stream.writestr(name, data)
    return path


def test_members_of_an_archive_are_refused_one_by_one(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.csv": b"1"}).read_bytes()
    path = zipped(
        tmp_path / "class.zip",
        {
            "ada.csv": b"1,2\n3,4",
            "bob/answer.csv": b"1,2\n3,4",
            "bomb.csv": b"0" * 2**20,
            "cyd/deep/er/answer.json": b"[[1,2],[3,4]]",
            "large.csv": b"".join(b"%d," % (n * n) for n in range(10**5)),
            "nested.zip": inner,
            "renamed.csv": inner,
            "../../slip.csv": b"1,2\n3,4",
            "__MACOSX/ada.csv": b"x",
            ".DS_Store": b"x",
            "paper.pdf": b"x",
        },
    )
    assert {each.id: code(each) for each in found(path)} == {
        "..": "",
        "ada": "",
        "bob": "",
        "bomb": "bad-archive",
        "cyd": "",
        "large": "bad-archive",
        "nested": "bad-archive",
        "renamed": "bad-archive",
        "paper": "unknown-format",
    }


def patched(data: bytes, at: int, kind: str, value: int) -> bytes:
    """Return an archive of one member with a field of its central header changed."""
    place = data.rindex(b"PK\x01\x02") + at
    packed = struct.pack(kind, value)
    return data[:place] + packed + data[place + len(packed) :]


@pytest.mark.parametrize(
    ("at", "kind", "value"),
    [
        pytest.param(8, "<H", 1, id="encrypted"),
        pytest.param(38, "<L", 0o120777 << 16, id="a link"),
        pytest.param(24, "<L", 3, id="a size that lies"),
        pytest.param(24, "<L", 2**31, id="a size of gigabytes"),
        pytest.param(10, "<H", 97, id="an unknown way of packing"),
        pytest.param(16, "<L", 7, id="a checksum that is wrong"),
        pytest.param(42, "<L", 2**30, id="a place outside the file"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, at: int, kind: str, value: int) -> None:
    data = zipped(tmp_path / "sound.zip", {"ada.csv": b"1,2\n3,4"}).read_bytes()
    (submission,) = of(tmp_path, "class.zip", patched(data, at, kind, value))
    assert code(submission) == "bad-archive"


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", {f"{number}.csv": b"1" for number in range(4)})
    for members, wanted in ((4, ["", "", "", ""]), (3, ["bad-archive"])):
        rules = Rules(limits=Limits(members=members))
        assert [code(each) for each in found(path, rules=rules)] == wanted


def test_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", {"../slip.csv": b"1", "ada.csv": b"1"})
    found(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["class.zip"]
    assert not (tmp_path.parent / "slip.csv").exists()


def test_a_folder_is_read_one_folder_deep_and_by_no_link(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    (folder / "bob" / "deeper").mkdir(parents=True)
    (folder / "bob" / "deeper" / "x.csv").write_text("1")
    (folder / "bob" / "b.csv").write_text("1")
    (folder / "bob" / "a.csv").write_text("2")
    (folder / "ada.csv").write_text("3")
    (folder / ".hidden.csv").write_text("4")
    (tmp_path / "secret.csv").write_text("5")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "cyd").symlink_to(tmp_path)
    os.mkfifo(folder / "fifo.csv")
    ada, bob = found(folder)
    assert (ada.id, cells(ada)[0][0][0], ada.place) == ("ada", "3", "ada.csv")
    assert (bob.id, code(bob), bob.place) == ("bob", "two-answers", "bob/a.csv")


def test_a_path_that_is_no_file_is_the_teachers_matter(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.csv")
    for name in ("fifo.csv", "none.csv"):
        with pytest.raises(QuestionError) as caught:
            found(tmp_path / name)
        assert caught.value.code == "unreadable-file"
        with pytest.raises(AnswerError) as refused:
            containers.content(tmp_path / name, RULES)
        assert refused.value.code == "unreadable-file"


def test_a_class_of_any_size_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    with path.open("w") as stream:
        stream.write("student," + ",".join(f"answer {n}" for n in range(1, 10)) + "\n")
        for number in range(20_000):
            stream.write(f"s{number}," + ",".join(map(str, range(9))) + "\n")
    tracemalloc.start()
    try:
        count = sum(
            each.written is not None for each in containers.submissions(path, Columns(), RULES)
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 6 * 2**20


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1))
def test_cells_of_a_class_come_back_as_written(rows: list[tuple[str, str, str]]) -> None:
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([("student", "answer 1", "answer 2"), *rows])
    wanted = [row for row in rows if row[0].strip()]
    got = [
        each
        for each in csvs.read(io.BytesIO(stream.getvalue().encode()), "x", Columns(), RULES)
        if code(each) != "no-id"
    ]
    assert [(each.id, cells(each)) for each in got] == [
        (name.strip(), (((first.strip(), second.strip()),),)) for name, first, second in wanted
    ]


NAMES = st.sampled_from([f"answer{suffix}" for suffix in containers.SUFFIXES])


@settings(max_examples=300)
@given(
    data=st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
            lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    name=NAMES,
    decimal=st.sampled_from(".,"),
)
def test_any_bytes_are_an_answer_or_refused(data: bytes, name: str, decimal: str) -> None:
    with suppress(AnswerError):
        containers.answer(data, name, Columns(), Rules(decimal=decimal))


@settings(max_examples=200)
@given(data=st.data())
def test_any_damage_to_an_archive_is_refused(data: st.DataObject) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada.csv", b"1,2\n3,4")
        archive.writestr("bob.json", b"[[1,2]]")
    image = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        image[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    with suppress(AnswerError):
        for member in archives.members(io.BytesIO(bytes(image)), RULES.limits):
            assert member.fault is None or member.fault.code == "bad-archive"


def test_depth_of_json_is_counted_outside_strings() -> None:
    jsons.check_depth(json.dumps(["[" * 50, '\\"[[', "]]]"]), 1)
    with pytest.raises(AnswerError):
        jsons.check_depth('"\\\\" [[', 1)


def classes(tmp_path: Path, files: dict[str, str]) -> list[list[Submission]]:
    """Return what is found in a folder of files, and in an archive of it."""
    folder, archive = tmp_path / "class", tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
            stream.writestr(f"class/{name}", text)
    return [found(folder), found(archive)]


def test_beside_a_grid_other_files_do_not_count(tmp_path: Path) -> None:
    files = {
        "ada/answer.txt": "1 2; 3 4",
        "ada/scan.pdf": "x",
        "bob/answer.txt": "1 2; 3 4",
        "bob/readme.md": "This is my homework, made with Python 3",
        "cyd/a.txt": "1 2; 3 4",
        "cyd/b.csv": "5,6",
        "dan/a.txt": "1 2; 3 4",
        "dan/b.csv": "1,2\n3,4",
        "eve/scan.pdf": "x",
        "eve/photo.png": "x",
    }
    for students in classes(tmp_path, files):
        assert [each.id for each in students] == ["ada", "bob", "cyd", "dan", "eve"]
        assert [code(each) for each in students] == ["", "", "two-answers", "", "unknown-format"]
        assert [cells(each) for each in students if each.written] == [GRID] * 3
        assert students[0].written is not None
        (notice,) = students[0].written.notices
        assert notice == "beside your answer, the file ada/scan.pdf was left out"


def test_sections_of_a_class_hold_files_of_students(tmp_path: Path) -> None:
    files = {f"{name}.txt": "1 2; 3 4" for name in ("A/ann", "A/bob", "A/cat", "B/dan", "B/eve")}
    for students in classes(tmp_path, files):
        assert [each.id for each in students] == ["ann", "bob", "cat", "dan", "eve"]


def test_sections_of_a_class_hold_folders_of_students(tmp_path: Path) -> None:
    files = {f"{name}/answer.txt": "1 2; 3 4" for name in ("A/ann", "A/bob", "B/dan")}
    for students in classes(tmp_path, files):
        assert [each.id for each in students] == ["ann", "bob", "dan"]


def test_one_student_of_two_grids_makes_no_section(tmp_path: Path) -> None:
    files = {"ada/x.txt": "1 2", "ada/y.txt": "3 4", "bob/z.txt": "1 2", "cyd/u.txt": "1 2"}
    for students in classes(tmp_path, files):
        assert [code(each) for each in students] == ["two-answers", "", ""]


def test_text_typed_into_moodle_is_read(tmp_path: Path) -> None:
    files = {
        "Ada L_7_assignsubmission_onlinetext_/onlinetext.html": "<p>1 2</p><p>3 4</p>",
        "Ada L_7_assignsubmission_file_/scan.pdf": "x",
        "Bob_8_assignsubmission_onlinetext_/onlinetext.html": "<table><tr><td><p>1</p><td>2</tr>"
        "<tr><td>3</td><td>&#52;</td></tr></table><script>5</script><!-- 6 -->",
    }
    for students in classes(tmp_path, files):
        assert [each.id for each in students] == ["Ada L_7", "Bob_8"]
        assert [cells(each) for each in students] == [GRID, GRID]


def test_cells_of_tables_may_hold_pages(tmp_path: Path) -> None:
    text = 'student,answer\nada,"<p>1&nbsp;2</p><p>3 4</p>"\nbob,-\ncyd,<p></p>\n'
    ada, bob, cyd = of(tmp_path, "class.csv", text)
    assert cells(ada) == GRID
    assert bob.written == cyd.written == csvs.BLANK
    assert bob.facts == {"flat": "1"}
    (one,) = of(tmp_path, "ada.json", '{"answer": "<p>1 2</p><p>3 4</p>"}')
    assert cells(one) == GRID


def test_a_column_whose_name_is_mistyped_is_the_teachers_matter(tmp_path: Path) -> None:
    text = "Username,Paste your output matrix here\nada,1 2; 3 4\n"
    with pytest.raises(QuestionError) as caught:
        of(tmp_path, "class.csv", text, id="email", answer="Paste")
    assert caught.value.code == "columns"
    (bare,) = of(tmp_path, "ada.csv", "1,2\n3,4\n", id="email", answer="Paste")
    assert cells(bare) == GRID


def test_one_bad_place_changes_no_shape(tmp_path: Path) -> None:
    lines = [
        f"{name},{row},{col},{row * col}" for name in "abc" for row in (1, 2) for col in (1, 2)
    ]
    bad = ["b,7,1,5", "c,one,1,9", "c,0,0,9"]
    rows = of(tmp_path, "class.csv", "\n".join(["student,row,col,answer", *lines, *bad]))
    assert [cells(each) for each in rows] == [((("1", "2"), ("2", "4")),)] * 3
    assert [each.written.notices for each in rows if each.written] == [
        (),
        ("the cell in row 7 and column 1 was left out",),
        (
            "a cell was left out: line 15: row 'one' and column '1' are no place of a cell",
            "the cell in row 0 and column 0 was left out",
        ),
    ]


@pytest.mark.parametrize("piece", ["<a", "<!--", "<a>", "&#", "<td>", "&amp", "<p>"])
def test_a_page_of_any_kind_takes_time_by_its_length(piece: str) -> None:
    took = []
    for size in (10**4, 10**5):
        start = time.perf_counter()
        htmls.text("<p>" + piece * (size // len(piece)))
        took.append(time.perf_counter() - start)
    assert took[1] < 40 * took[0] + 0.1
