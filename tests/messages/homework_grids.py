"""Errors of finding the cells of an answer, and of the files that hold answers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from symconv.homework.questions.model import Columns
from symconv.homework.reading import containers, csvs
from symconv.homework.reading.grids import split
from symconv.homework.reading.model import Limits, Rules, Submission

RULES = Rules()
CODE = '{"cell_type": "code", "metadata": {"tags": ["answer"]}, "source": "y = conv(x, w)"}'
NOTEBOOK = '{"cells": [' + CODE + "]}"


def answer(text: str, name: str) -> Any:
    return containers.answer(text.encode(), name, Columns(), RULES)


def fault(text: str) -> None:
    """Raise the first fault of a table of several students."""
    for found in csvs.read(io.BytesIO(text.encode()), "x", Columns(), RULES):
        _raise(found)


def _raise(found: Submission) -> None:
    if found.fault is not None:
        raise found.fault


def encrypted() -> None:
    """Raise the fault of a member that a header says is encrypted."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("ada.csv", "1,2")
    data = bytearray(stream.getvalue())
    data[data.rindex(b"PK\x01\x02") + 8] = 1
    containers.answer(bytes(data), "class.zip", Columns(), RULES)


ROWS = "\n  hint: write the cells of a row with commas between them, and each row on its own line"
NOTHING_ELSE = "\n  hint: hand in the cells that were asked for, and nothing else"
TABLE = '\n  hint: put a cell that holds a separator or a quote into quotes, "a, b"'


def foreign() -> None:
    """Raise the fault of a file that holds an answer of another student with files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("bob/a.txt", "1 2")
        archive.writestr("zed/a.csv", "student,answer\nbob,3 4\nzed,1 2\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "class.zip"
        path.write_bytes(stream.getvalue())
        for found in containers.submissions(path, Columns(), RULES):
            _raise(found)


CASES: list[Any] = [
    pytest.param(
        foreign,
        "AnswerError[foreign-id]: your file holds an answer in the name of somebody else\n"
        "  hint: hand in your own answer alone",
        id="foreign-id",
    ),
    pytest.param(
        lambda: split("1 1/6 2 1/2", mixed=True),
        'AnswerError[mixed-blanks]: "1 1/6" can be one cell or two\n'
        "  hint: write commas between the cells, 1 1/2, 3",
        id="mixed-blanks",
    ),
    pytest.param(
        lambda: split("[[[1,2]],[[3,4]]]^T"),
        "AnswerError[bad-matrix]: what is to be transposed is no matrix\n"
        "  hint: write the rows of your answer as they should be read",
        id="bad-matrix, transposed",
    ),
    pytest.param(
        lambda: split(" ; "),
        "AnswerError[no-answer]: there is no answer here" + ROWS,
        id="no-answer",
    ),
    pytest.param(
        lambda: split("1,2;3,4", Limits(cells=3, columns=2)),
        "AnswerError[too-many-cells]: your answer has more than 3 cells, or more than 2 columns"
        + NOTHING_ELSE,
        id="too-many-cells",
    ),
    pytest.param(
        lambda: split("1" * 6, Limits(file_bytes=5)),
        "AnswerError[too-large]: your answer is longer than 5 characters" + NOTHING_ELSE,
        id="too-large",
    ),
    pytest.param(
        lambda: split("[[1, 2], 3]"),
        "AnswerError[bad-matrix]: in one pair of brackets, single cells and rows in brackets stand "
        "side by side\n  hint: put every row into brackets, [[1, 2], [3, 4]], or no row",
        id="bad-matrix",
    ),
    pytest.param(
        lambda: split("[[1, 2], [[3, 4]]]"),
        "AnswerError[bad-matrix]: the rows of your answer do not stand in equally many brackets\n"
        "  hint: write a matrix as [[1, 2], [3, 4]]",
        id="bad-matrix, uneven",
    ),
    pytest.param(
        lambda: split("[[1, 2], [3, 4]]]"),
        "AnswerError[bad-matrix]: your answer has more closing than opening brackets\n"
        "  hint: write [[1, 2], [3, 4]], with as many closing as opening brackets",
        id="bad-matrix, closed twice",
    ),
    pytest.param(
        lambda: split(r"2\begin{pmatrix}1&3\end{pmatrix}"),
        "AnswerError[bad-matrix]: '2' stands beside your matrix and cannot be read\n"
        "  hint: hand in the matrix alone",
        id="bad-matrix, a factor",
    ),
    pytest.param(
        lambda: split(r"\begin{pmatrix}\begin{array}{c}1\end{array}\end{pmatrix}"),
        "AnswerError[bad-matrix]: inside your matrix another environment begins, "
        "'\\\\begin{array}'\n  hint: write one matrix after the other, each with numbers alone",
        id="bad-matrix, nested",
    ),
    pytest.param(
        lambda: answer('[["1"], "2"]', "ada.json"),
        "AnswerError[bad-matrix]: your lists are nested to different depths\n"
        "  hint: write a list of rows, each a list of cells: [[1, 2], [3, 4]]",
        id="bad-matrix, JSON",
    ),
    pytest.param(
        lambda: split("[[1, 2], [3, 4]"),
        "AnswerError[unclosed-matrix]: the bracket [ that your answer begins with is never closed\n"
        "  hint: write [[1, 2], [3, 4]], with as many closing as opening brackets",
        id="unclosed-matrix",
    ),
    pytest.param(
        lambda: split(r"\begin{pmatrix}1&3"),
        "AnswerError[unclosed-matrix]: your matrix begins with \\begin{pmatrix} and is never "
        "closed\n  hint: write \\end{pmatrix} behind its last row",
        id="unclosed-matrix, LaTeX",
    ),
    pytest.param(
        lambda: split("[[[5]]]", Limits(depth=2)),
        "AnswerError[nested-too-deep]: your answer has brackets inside brackets, more than 2 deep\n"
        "  hint: write a matrix as [[1, 2], [3, 4]]",
        id="nested-too-deep",
    ),
    pytest.param(
        lambda: answer("1\0", "ada.csv"),
        "AnswerError[encoding]: this is not text in UTF-8\n"
        "  hint: save the file as UTF-8, and hand it in again",
        id="encoding",
    ),
    pytest.param(
        lambda: answer("[[1, NaN]]", "ada.json"),
        "AnswerError[bad-json]: your JSON cannot be read: NaN is no number\n"
        '  hint: write {"answer": [[1, 2], [3, 4]]}, with fractions and letters in quotes',
        id="bad-json",
    ),
    pytest.param(
        lambda: answer("[[1, 2],\n [3, a]]", "ada.json"),
        "AnswerError[bad-json]: your JSON cannot be read: expecting value, line 2, column 6\n"
        '  hint: write {"answer": [[1, 2], [3, 4]]}, with fractions and letters in quotes',
        id="bad-json, torn",
    ),
    pytest.param(
        lambda: answer("answer:\n- !!set 5", "ada.yaml"),
        "AnswerError[bad-yaml]: your YAML cannot be read: the tag tag:yaml.org,2002:set is not "
        "allowed, line 2\n  hint: write answer: [[1, 2], [3, 4]]",
        id="bad-yaml",
    ),
    pytest.param(
        lambda: fault("student,answer\nada,3,4\n"),
        "AnswerError[bad-csv]: this row of the table cannot be read: it has 3 cells, and the first "
        "row has 2" + TABLE,
        id="bad-csv",
    ),
    pytest.param(
        lambda: fault("student,answer\n,3\n"),
        "AnswerError[no-id]: this row does not say whose answer it is\n"
        "  hint: fill in the column of ids",
        id="no-id",
    ),
    pytest.param(
        lambda: fault("student,row,col,answer\nada,one,2,3\n"),
        "AnswerError[bad-position]: line 2: row 'one' and column '2' are no place of a cell\n"
        "  hint: number the rows and columns 1, 2, 3, …",
        id="bad-position",
    ),
    pytest.param(
        lambda: fault("student,row,col,answer\nada,1,2,3\nada,1,2,4\n"),
        "AnswerError[cell-twice]: line 3: the cell in row 1 and column 2 occurs twice\n"
        "  hint: write every cell once",
        id="cell-twice",
    ),
    pytest.param(
        lambda: fault("id,section,17: What is y?\nada,2,3\n"),
        "QuestionError[columns]: no column of answers is known among 'id', 'section', "
        "'17: What is y?'\n"
        "  hint: name the columns in the question file, submissions: {id: …, answer: […]}",
        id="columns",
    ),
    pytest.param(
        encrypted,
        "AnswerError[bad-archive]: the archive cannot be read: a file in it is encrypted\n"
        "  hint: hand in a plain zip file of CSV, JSON, YAML, Markdown, LaTeX or notebook files",
        id="bad-archive",
    ),
    pytest.param(
        lambda: answer(NOTEBOOK.replace('"answer"', '"other"'), "ada.ipynb"),
        "AnswerError[no-answer-cell]: no cell of your notebook has the tag 'answer'\n"
        "  hint: write your answer into one cell, and give it the tag 'answer'",
        id="no-answer-cell",
    ),
    pytest.param(
        lambda: answer(NOTEBOOK, "ada.ipynb"),
        "AnswerError[no-literal]: the cell with your answer holds a program; it is not run\n"
        "  hint: write the numbers themselves, answer = [[1, 2], [3, 4]]",
        id="no-literal",
    ),
    pytest.param(
        lambda: answer('{"ada": [[5]], "bob": [[7]]}', "class.json"),
        "AnswerError[two-answers]: there are two or more answers in this file\n"
        "  hint: leave only the one that should count",
        id="two-answers",
    ),
    pytest.param(
        lambda: answer("", "ada.pdf"),
        "AnswerError[unknown-format]: files that end in '.pdf' are not read\n"
        "  hint: hand in one of .csv, .tsv, .json, .jsonl, .ndjson, .yaml, .yml, .ipynb, .md, "
        ".txt, .tex, .html, .htm, .zip",
        id="unknown-format",
    ),
    pytest.param(
        lambda: containers.content(Path("nowhere.csv"), RULES),
        "AnswerError[unreadable-file]: your file cannot be opened: No such file or directory\n"
        "  hint: hand it in again",
        id="unreadable-file",
    ),
    pytest.param(
        lambda: next(containers.submissions(Path("nowhere.csv"), Columns(), RULES)),
        "QuestionError[unreadable-file]: nowhere.csv: No such file or directory",
        id="unreadable-file, the teacher's",
    ),
]
