"""Errors of banks of variants: class lists, draws that all fail, folders and formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from symconv.homework.exports import exporter
from symconv.homework.questions.load import loads
from symconv.homework.teaching.bank import make, own_question, write
from symconv.homework.teaching.roster import Student, load_roster, students
from symconv.homework.teaching.variants import Maker, Painter

QUESTION = """schema: symconv-question/1
id: demo/one
op: convolution
input: 3 1 4 1; 5 9 2 6; 5 3 5 8
kernel: 1 -2; 3 5
options: {padding: valid}
"""


def stuck() -> None:
    """Ask for two variants of a question whose numbers can only be what they are."""
    text = QUESTION.replace("3 1 4 1; 5 9 2 6; 5 3 5 8", "1 1 1 1; 1 1 1 1; 1 1 1 1")
    maker = Maker(loads(text.replace("1 -2; 3 5", "1 1; 1 1")), b"secret")
    maker.make("ann")
    maker.make("bob")


def in_a_folder(call: Callable[[Path], Any]) -> None:
    """Call with a folder whose name the message does not keep."""
    with TemporaryDirectory() as folder:
        try:
            call(Path(folder))
        except Exception as error:
            error.place = error.place.replace(folder, "FOLDER")  # type: ignore[attr-defined]
            raise


def two_banks(folder: Path) -> None:
    for secret in (b"one", b"two"):
        write(make(loads(QUESTION), [Student("ann")], secret), [], folder)


def no_room(folder: Path) -> None:
    (folder / "variants").write_text("a file", encoding="utf-8")
    write(make(loads(QUESTION), [Student("ann")], b"one"), [], folder)


def not_text(folder: Path) -> None:
    (folder / "class.csv").write_bytes(b"id\nZo\xeb\n")
    load_roster(folder / "class.csv")


FIRST_LINE = "\n  hint: the first line names the columns, one of them `id`, `student` or `email`"

CASES: list[Any] = [
    pytest.param(
        stuck,
        "QuestionError[no-variant]: demo/one: student 'bob': none of 5000 draws passes; most often "
        "another student has it (5000)\n"
        "  hint: allow other numbers (bank.input, bank.kernel), more distance (bank.parity), or "
        "look for fewer mistakes (catalogue.disable)",
        id="no-variant",
    ),
    pytest.param(
        lambda: Painter("kernel", np.array([1, 2]), "3..-3"),
        "QuestionError[bad-range]: bank.kernel: 3..-3 has no number that may stand in the kernel\n"
        "  hint: write the smaller number first, as in -3..3; a kernel has zeros only if that of "
        "the question has some",
        id="bad-range",
    ),
    pytest.param(
        lambda: Painter("kernel", np.array([1, 2]), "0..0"),
        "QuestionError[bad-range]: bank.kernel: 0..0 has no number that may stand in the kernel\n"
        "  hint: write the smaller number first, as in -3..3; a kernel has zeros only if that of "
        "the question has some",
        id="bad-range, zero in a kernel",
    ),
    pytest.param(
        lambda: students("id,name\nann,Ann\nbob,Bob\ncy,Cy\nbob,Rob\n"),
        "QuestionError[duplicate-student]: roster: 'bob' stands in lines 3 and 5\n"
        "  hint: take one of the two lines away",
        id="duplicate-student",
    ),
    pytest.param(
        lambda: students("id,name\nZo\u00eb,a\nZoe\u0308,b\n"),
        "QuestionError[duplicate-student]: roster: 'Zoe\u0308' stands in lines 2 and 3\n"
        "  hint: take one of the two lines away",
        id="duplicate-student, written otherwise",
    ),
    pytest.param(
        lambda: students("name,mark\nAnn,3\n"),
        "QuestionError[bad-roster]: roster: no column tells students apart: 'name', 'mark'"
        + FIRST_LINE,
        id="bad-roster, no id",
    ),
    pytest.param(
        lambda: students("id\nann\n", column="code"),
        "QuestionError[bad-roster]: roster: no column 'code': 'id'" + FIRST_LINE,
        id="bad-roster, no such column",
    ),
    pytest.param(
        lambda: students("id,ID,name\n1,2,3\n"),
        "QuestionError[bad-roster]: roster: 2 columns are called 'id'" + FIRST_LINE,
        id="bad-roster, two columns",
    ),
    pytest.param(
        lambda: students(" \n"),
        "QuestionError[bad-roster]: roster: no header" + FIRST_LINE,
        id="bad-roster, empty",
    ),
    pytest.param(
        lambda: students("id,name\n"),
        "QuestionError[bad-roster]: roster: no students below the header" + FIRST_LINE,
        id="bad-roster, nobody",
    ),
    pytest.param(
        lambda: students("id,name\nann,Ann\n ,Bob\n"),
        "QuestionError[bad-roster]: roster:3: no id in column 'id'" + FIRST_LINE,
        id="bad-roster, no id in a line",
    ),
    pytest.param(
        lambda: students("id,name\nann,Lee, Ann\n"),
        "QuestionError[bad-roster]: roster:2: 3 fields under 2 columns\n"
        "  hint: put fields with commas in quotes",
        id="bad-roster, fields",
    ),
    pytest.param(
        lambda: students('id,name\nann,"Ann\n'),
        "QuestionError[bad-roster]: roster:2: unexpected end of data" + FIRST_LINE,
        id="bad-roster, quotes",
    ),
    pytest.param(
        lambda: students(f"id,name\nann,{'a' * 10_001}\n"),
        "QuestionError[bad-roster]: roster:2: a field has more than 10000 characters" + FIRST_LINE,
        id="bad-roster, long field",
    ),
    pytest.param(
        lambda: load_roster("nowhere.csv"),
        "QuestionError[unreadable-file]: nowhere.csv: No such file or directory",
        id="unreadable-file, class list",
    ),
    pytest.param(
        lambda: in_a_folder(not_text),
        "QuestionError[not-utf-8]: FOLDER/class.csv: byte 5 is not UTF-8",
        id="not-utf-8, class list",
    ),
    pytest.param(
        lambda: in_a_folder(two_banks),
        "QuestionError[other-bank]: FOLDER: the folder holds other variants already, for instance "
        "'ann,b0f27a7830,\"variants/ann-49915e0d7d4b402e.yaml\"'\n"
        "  hint: name another folder; sheets that a class has cannot be called back",
        id="other-bank",
    ),
    pytest.param(
        lambda: in_a_folder(no_room),
        "QuestionError[unwritable-file]: FOLDER/variants/ann-49915e0d7d4b402e.yaml: File exists",
        id="unwritable-file, bank",
    ),
    pytest.param(
        lambda: in_a_folder(lambda folder: own_question(folder, "=ann\n")),
        "QuestionError[no-own-variant]: FOLDER: there is no variant of '=ann\\\\n'\n"
        "  hint: add the student at the end of the class list, and make the bank again with the "
        "same seed",
        id="no-own-variant",
    ),
    pytest.param(
        lambda: exporter("pdf"),
        "QuestionError[unknown-format]: 'pdf' is no format\n"
        "  hint: one of latex, markdown, moodle, prairielearn, qti12, qti21, rexams, stack",
        id="unknown-format",
    ),
]
