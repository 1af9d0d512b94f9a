"""Sheets, keys and worked answers in LaTeX and Markdown, and the PrairieLearn directory."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from symconv.errors import QuestionError
from symconv.homework.exports import FORMATS, exporter, files
from symconv.homework.exports import prairielearn as runtime
from symconv.homework.exports.latex import answers, entry, escaped, factor, letter, steps
from symconv.homework.questions.load import loads
from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Polynomial, Value, text_of
from symconv.homework.reading.polynomials import letter as symbol
from symconv.homework.teaching.variants import Maker, Variant
from tests.test_homework_bank import HEAD, HOSTILE, QUESTIONS, question

NASTY = "\\input{/etc/passwd} $x^2$ {a} % & # _ ~ ^ \\write18{id} <b> | \" ' ` -- ?` [x] ]]>"
NAMES = ("Ann", NASTY, "Zoë Łukasz 王", "a\n\nb", "*_`x`_*", "| a |", "- a", "1. a", "$$")


def variants(name: str, title: str = "") -> tuple[list[Variant], Question]:
    text = HEAD + QUESTIONS[name]
    if title:
        text += f"title: {json.dumps(title)}\ntext: {json.dumps(title + chr(10) * 2 + title)}\n"
    original = loads(text)
    maker = Maker(original, b"secret")
    return [maker.make(f"s{number}", who) for number, who in enumerate(NAMES)], original


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[list[Variant], Question]]:
    return {name: variants(name, NASTY) for name in QUESTIONS}


# --------------------------------------------------------------------------------------------------
# Mathematics


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (Fraction(4, 1), "4"),
        (Fraction(-3, 2), r"-\tfrac{3}{2}"),
        (symbol("a"), "a"),
        (-symbol("a") * symbol("a") * 2 + 3, r"3 - 2a^{2}"),
        (-symbol("a") - symbol("b") / 2, r"-a - \tfrac{1}{2}b"),
    ],
)
def test_values_in_mathematics(value: Value, text: str) -> None:
    assert entry(value) == text


def test_factors_have_brackets_where_they_are_needed() -> None:
    assert [factor(v) for v in (3, -3, symbol("a"), symbol("a") + 1, -symbol("a"))] == [
        "3",
        "(-3)",
        "a",
        "(1 + a)",
        "(-a)",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a", "a"),
        ("x11", "{x}_{11}"),
        ("x[1,12]", "{x}_{1,12}"),
        ("x_ab", "{x}_{ab}"),
        ("gain", r"\mathit{gain}"),
        ("α", r"\alpha"),
        ("λ2", r"{\lambda}_{2}"),
        ("Γ", r"\Gamma"),
        ("ℓ", r"\ell"),
        ("é", r"\text{é}"),
    ],
)
def test_letters_in_mathematics(name: str, text: str) -> None:
    assert letter(name) == text


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_products_of_each_step_sum_to_the_answer(
    name: str, made: dict[str, tuple[list[Variant], Question]]
) -> None:
    for variant in made[name][0][:3]:
        found = list(steps(variant.question))
        assert [step.value for step in found] == list(variant.key)
        for step in found:
            total: Value = 0
            for x, w in step.products:
                total = total + x * w
            assert total + step.bias == step.value
            assert [x for x, _ in step.products] == step.window.ravel().tolist()


def test_a_step_is_written_out_as_people_do() -> None:
    asked = loads(HEAD + "op: convolution\ninput: 1 2; 3 4\nkernel: 5 -6;\nbias: 7\n")
    assert [step.sum for step in steps(asked)][:3] == [
        r"y_{1,1} = 0 \cdot (-6) + 1 \cdot 5 + 7 = 12",
        r"y_{1,2} = 1 \cdot (-6) + 2 \cdot 5 + 7 = 11",
        r"y_{1,3} = 2 \cdot (-6) + 0 \cdot 5 + 7 = -5",
    ]
    assert list(answers(asked)) == [
        r"Y = \begin{bmatrix} 12 & 11 & -5 \\ 22 & 9 & -17 \end{bmatrix}"
    ]


# --------------------------------------------------------------------------------------------------
# LaTeX


COMMANDS = {
    *("textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar"),
    *("textquotedbl", "textasciigrave", "textquotesingle", "par", *"{}$&#_%"),
}


@pytest.mark.parametrize("text", [NASTY, *NAMES, *HOSTILE])
def test_no_text_is_a_command(text: str) -> None:
    safe = escaped(text)
    assert set(re.findall(r"\\([A-Za-z]+|.)", safe)) <= COMMANDS
    bare = re.sub(r"\\[A-Za-z]+|\\.", "", safe)
    assert not set(bare) & set('\\$&#_%~^<>|"`')
    assert bare.count("{") == bare.count("}")
    assert re.search(r"\n\s*\n", safe) is None


def environments(text: str) -> Iterator[tuple[str, str]]:
    return (m.groups() for m in re.finditer(r"\\(begin|end)\{(\w+)\}", text))  # type: ignore[misc]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_file_is_balanced_and_names_every_variant(
    name: str, made: dict[str, tuple[list[Variant], Question]]
) -> None:
    found = files("latex", *made[name])
    assert sorted(found) == ["keys/key.tex", "keys/solutions.tex", "sheets.tex"]
    for content in found.values():
        text, open_ = content.decode(), []
        for kind, environment in environments(text):
            if kind == "begin":
                open_.append(environment)
            else:
                assert open_.pop() == environment
        assert open_ == []
        for variant in made[name][0]:
            assert text.count(rf"\renewcommand{{\variant}}{{{variant.hash}}}") == 1
    sheet = found["sheets.tex"].decode()
    assert sheet.count(r"\section*") == len(NAMES)
    assert "input{/etc" not in sheet.replace(r"\{", "")


def test_a_sheet_holds_no_key(made: dict[str, tuple[list[Variant], Question]]) -> None:
    found = files("latex", *made["plain"])
    for variant in made["plain"][0]:
        key = next(answers(variant.question))
        assert key.encode() in found["keys/key.tex"]
        assert key.encode() not in found["sheets.tex"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("name", ["plain", "letters", "layer", "subscripts", "row"])
def test_pdflatex_takes_every_file(
    name: str, made: dict[str, tuple[list[Variant], Question]], tmp_path: Path
) -> None:
    for place, content in files("latex", *made[name]).items():
        path = tmp_path / Path(place).name
        path.write_bytes(content)
        line = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
        result = subprocess.run(line, cwd=tmp_path, capture_output=True, timeout=120)
        assert result.returncode == 0, result.stdout.decode(errors="replace")[-2000:]
        log = (tmp_path / f"{path.stem}.log").read_text(encoding="latin-1")
        pages = re.search(r"\((\d+) pages?", log)
        assert pages is not None
        assert int(pages[1]) >= len(NAMES)


# --------------------------------------------------------------------------------------------------
# Markdown


def test_a_sheet_for_each_student_and_a_key(
    made: dict[str, tuple[list[Variant], Question]],
) -> None:
    found = files("markdown", *made["plain"])
    assert len(found) == len(NAMES) + 2
    variant = made["plain"][0][0]
    sheet = next(text for name, text in found.items() if name.startswith("s0-")).decode()
    assert f"variant `{variant.hash}`" in sheet
    assert next(answers(variant.question)) not in sheet
    assert next(answers(variant.question)) in found["keys/key.md"].decode()
    words = re.sub(r"\$\$\n.*?\n\$\$", "", sheet, flags=re.DOTALL)
    assert not set(words) & set("<>$\\[]{}")


# --------------------------------------------------------------------------------------------------
# PrairieLearn


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - HTMLParser's
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def server(folder: Path, found: Sequence[Variant], original: Question) -> Any:
    for name, content in files("prairielearn", found, original).items():
        (folder / name).write_bytes(content)
    spec = importlib.util.spec_from_file_location("question_server", folder / "server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def attempt(module: Any, seed: int) -> dict[str, Any]:
    data: dict[str, Any] = {"variant_seed": seed, "params": {}, "correct_answers": {}}
    module.generate(data)
    return data


def submitted(module: Any, data: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Run parse and, where nothing is refused, grade, each with what PrairieLearn gives it."""
    names = runtime.names(loads(data["params"]["question"]))
    raw = dict(zip(names, texts, strict=True))
    data = {**data, "raw_submitted_answers": raw, "submitted_answers": dict(raw)}
    data |= {"format_errors": {}, "feedback": {}}
    module.parse(data)
    if data["format_errors"]:
        return data
    data |= {"partial_scores": {}, "score": None}
    module.grade(data)
    json.dumps(data, allow_nan=False)
    return data


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_directory_generates_and_grades(
    name: str, made: dict[str, tuple[list[Variant], Question]], tmp_path: Path
) -> None:
    module = server(tmp_path, *made[name])
    seen = set()
    for seed in range(12):
        data = attempt(module, seed)
        assert data == attempt(module, seed)
        seen.add(data["params"]["hash"])
        own = loads(data["params"]["question"])
        right = submitted(module, data, [text_of(value) for value in own.key])
        assert right["score"] == 1
        blank = submitted(module, data, ["", *(text_of(value) for value in own.key[1:])])
        part = (len(own.key) - 1) / len(own.key)
        assert blank["score"] == pytest.approx(part, abs=1e-6)
        fields = [
            c["name"] for t in data["params"]["fields"] for r in t["rows"] for c in r["cells"]
        ]
        assert fields == runtime.names(own)
        key = [c for t in data["correct_answers"]["y"] for r in t["rows"] for c in r["cells"]]
        assert key == [text_of(value) for value in own.key]
    assert len(seen) > 3


def test_a_mistake_is_named_and_earns_its_credit(
    made: dict[str, tuple[list[Variant], Question]], tmp_path: Path
) -> None:
    module = server(tmp_path, *made["plain"])
    data = attempt(module, 1)
    own = loads(data["params"]["question"])
    exercise = own.exercise
    w = exercise.w[:, :, ::-1, ::-1]
    unflipped = type(exercise)(exercise.plan, exercise.x, w, exercise.bias).out().ravel().tolist()
    found = submitted(module, data, list(map(str, unflipped)))
    assert found["score"] == 0.5
    assert "flip" in found["feedback"]["y"]


def test_what_cannot_be_read_costs_no_attempt(
    made: dict[str, tuple[list[Variant], Question]], tmp_path: Path
) -> None:
    module = server(tmp_path, *made["plain"])
    data = attempt(module, 1)
    refused = submitted(module, data, ["<b>?"] * 6)
    assert "&lt;" in refused["format_errors"]["y"]
    assert "<" not in refused["format_errors"]["y"].replace("<br>", "")
    assert submitted(module, data, [""] * 6)["format_errors"].keys() == {"y"}
    one = submitted(
        module, data, ["?", *data["correct_answers"]["y"][0]["rows"][0]["cells"][1:], *[""] * 3]
    )
    assert one["score"] == pytest.approx(2 / 6, abs=1e-6)


@pytest.mark.parametrize("kind", ["correct", "incorrect", "invalid"])
def test_the_tests_of_prairielearn_are_served(
    kind: str, made: dict[str, tuple[list[Variant], Question]], tmp_path: Path
) -> None:
    module = server(tmp_path, *made["letters"])
    data = attempt(module, 5)
    data |= {"test_type": kind, "raw_submitted_answers": {}, "format_errors": {}}
    data |= {"partial_scores": {}, "feedback": {}, "score": 0}
    module.test(data)
    found = submitted(module, attempt(module, 5), list(data["raw_submitted_answers"].values()))
    for part in ("format_errors", "score") if kind != "invalid" else ("format_errors",):
        assert found[part] == data[part]
    assert data["score"] == (1 if kind == "correct" else 0)


def test_the_directory_is_sound(
    made: dict[str, tuple[list[Variant], Question]],
) -> None:
    found = files("prairielearn", *made["plain"])
    assert sorted(found) == ["info.json", "question.html", "server.py", "variants.json"]
    info = json.loads(found["info.json"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["uuid"])
    assert info["type"] == "v3"
    tags = Tags()
    tags.feed(re.sub(r"\{\{\{?[^}]*\}?\}\}", "", found["question.html"].decode()))
    assert tags.open == []
    assert {"pl-question-panel", "pl-string-input", "pl-answer-panel"} <= set(tags.seen)


# --------------------------------------------------------------------------------------------------
# The registry


def test_every_format_is_there_and_nothing_else() -> None:
    for name in FORMATS:
        assert callable(exporter(name))
    with pytest.raises(QuestionError, match="unknown-format"):
        exporter("pdf")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_the_variants_of_a_class(name: str) -> None:
    original = question("plain")
    maker = Maker(original, b"secret")
    found = files(name, [maker.make("ann"), maker.make("bob")], original)
    assert found
    for path, content in found.items():
        assert ".." not in path
        assert content


def test_polynomials_print_in_the_order_they_are_read() -> None:
    value = symbol("b") * symbol("a") + symbol("a") * 2
    assert isinstance(value, Polynomial)
    assert entry(value) == "2a + ab"
