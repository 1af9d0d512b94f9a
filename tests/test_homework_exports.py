"""Exports to learning systems, read back by readers of their formats exactly as they were meant."""

from __future__ import annotations

import html
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.homework.exports import moodle, qti, rexams, stack
from symconv.homework.exports.contents import decimal, ident, scaled, singles, spellings, sums
from symconv.homework.exports.maxima import matrix, maxima, names
from symconv.homework.exports.xmltext import document, element, inert, markup
from symconv.homework.judging.check import Checker
from symconv.homework.questions.load import loads
from symconv.homework.questions.model import Custom
from symconv.homework.questions.question import Question
from symconv.homework.reading.cells import read
from symconv.homework.reading.model import Submission, Written
from symconv.homework.reading.polynomials import Value, letter, terms_of, text_of
from tests import lms
from tests.lms import Page, Sheet

HOSTILE = (
    r"a ]]> } ~ # &lt; &#35; <b>x</b> $x$ $$y$$ \(z\) `r stop(1)` \} \# \ {1:NM:=3} {#1} "
    r"""{2:SA:~%50% [[input:ans9]] {@1@} %20 = * _ | "q" 'p' ^ ! +- 1. - :: éλ…"""
)
TEXTS = {
    "whole": """
input: 1 2 3 4; 5 6 7 9; 2 0 1 4
kernel: 1 2; 3 5
options: {padding: valid}
""",
    "decimal": """
input: 1 2 3 4; 5 6 7 9
kernel: 1/2 1/4 -3
options: {padding: same, stride: [1, 2], spatial: 2}
weights: 1/2 1; 3 0
""".replace("1/2 1/4 -3", "1/2 1/4 -3; 1 0 2"),
    "fraction": """
input: 1 2 3; 4 5 7
kernel: 1/3 1/2; -1/7 2
bias: 1/11
credit: {points: 3}
""",
    "letters": """
input: a b c; d e f; g h i
kernel: w x; y α
options: {padding: valid}
""",
    "line": """
input: 1 2 0 3
kernel: 4 5
""",
    "layer": """
input:
- 1 2 3; 4 5 6
- 0 1 1; 2 1 5
kernel:
- - 1 2; 0 -1
  - 1 1; 1 3
- - 3 1; 2 2
  - 0 2; 5 1
bias: 1 -2
""",
    "large": """
input: 1000000 7 123456789
kernel: 2000003 11
""",
}


@cache
def question(name: str, extra: str = "", op: str = "convolution") -> Question:
    op = "correlation" if name == "layer" else op
    head = f"schema: symconv-question/1\nid: tests/{name}\nop: {op}\n"
    return loads(head + TEXTS[name] + extra)


def changed(asked: Question, **fields: Any) -> Question:
    return replace(asked, file=msgspec.structs.replace(asked.file, **fields))


def hostile() -> Question:
    asked = question("whole")
    custom = Custom("own", HOSTILE, "1 2 3; 4 5 6", "1/5")
    catalogue = msgspec.structs.replace(asked.file.catalogue, custom=[custom])
    return changed(
        asked, title=HOSTILE, text=f"{HOSTILE}\n{HOSTILE}\n\n{HOSTILE}", catalogue=catalogue
    )


def score(asked: Question, values: Any) -> Fraction:
    cells = tuple(map(text_of, values))
    columns = asked.shape[-1]
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    height = asked.shape[-2] if len(asked.shape) > 1 else 1
    planes = tuple(tuple(rows[at : at + height]) for at in range(0, len(rows), height))
    return checker(asked).check(Submission("x", Written(planes))).score.value


@cache
def checker(asked: Question) -> Checker:
    return Checker(asked)


@cache
def fitting(asked: Question) -> list[Any]:
    return [bucket for bucket in singles(asked) if bucket[0].shape == asked.shape]


def number(text: str) -> Fraction:
    return Fraction(text.replace("−", "-").replace("(", "").replace(")", ""))


# Safe text


@given(st.text())
def test_inert_text_comes_back_and_means_nothing(text: str) -> None:
    shown = Page(inert(text)).text
    assert not set(inert(text)) & set('<>{}[]$`\\~@|*_^=%"!:')
    if text.isprintable():
        assert shown == text


@given(
    st.text(st.characters(exclude_categories=["C", "Z"])), st.text(st.sampled_from("]>&<{}~#\\"))
)
def test_text_in_trees_comes_back(text: str, other: str) -> None:
    tree = element("a", text, element("b", other, x=text), other)
    back = lms.tree(document(tree))
    assert (back.text or "").strip() == text
    assert (back[0].attrib["x"], (back[0].text or "")) == (text, other)
    assert Page(markup(element("p", text + other))).text == text + other + "\n"


def test_controls_are_written_out_so_that_xml_can_hold_them() -> None:
    tree = lms.tree(document(element("a", "x\x00\x1b\ud800\u202ey", b="\x0b")))
    assert (tree.text, tree.attrib["b"]) == ("x\\x00\\x1b\\ud800\\u202ey", "\\x0b")


# Numbers


@given(st.fractions(max_denominator=4000))
def test_a_decimal_is_the_number_itself(value: Fraction) -> None:
    found = decimal(value)
    assert found is None or Fraction(found) == value
    assert spellings(value)[0] == str(value)
    assert {number(text) for text in spellings(value)} == {value}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**12 - 1, "999999999999"),
        (10**12, None),
        (10**12 + 1, None),
        (Fraction(1, 10**11), "0.00000000001"),
        (Fraction(1, 10**12), None),
        (Fraction(-1, 2**11), "-0.00048828125"),
        (Fraction(-1, 2**12), None),
        (0, "0"),
        (letter("a"), None),
    ],
)
def test_decimals_end_where_doubles_are_no_longer_exact(value: Value, text: str | None) -> None:
    assert decimal(value) == text


@given(st.lists(st.fractions(0, 9, max_denominator=12), min_size=1).filter(any))
def test_scaled_weights_keep_their_proportions(weights: list[Fraction]) -> None:
    whole = scaled(weights)
    total = sum(weights)
    assert [Fraction(each, sum(whole)) for each in whole] == [each / total for each in weights]


@pytest.mark.parametrize("name", TEXTS)
def test_worked_sums_end_in_the_key(name: str) -> None:
    asked = question(name)
    assert [line.rpartition(" = ")[2] for line in sums(asked)] == list(map(text_of, asked.key))
    for line, key in zip(sums(asked), asked.key, strict=True):
        worked = line.partition(": ")[2].rpartition(" = ")[0]
        assert read(worked, asked.rules).value == key, line


@pytest.mark.parametrize("key", [3, Fraction(-5, 7), letter("a") * 2 - letter("b") * letter("b")])
def test_every_spelling_is_read_as_the_value(key: Value) -> None:
    rules = question("letters").rules
    assert [read(text, rules).value for text in spellings(key)] == [key] * len(spellings(key))


# Moodle


def fields(asked: Question) -> tuple[Page, list[lms.Field]]:
    quiz = lms.tree(moodle.export([Sheet(asked)], asked)["moodle.xml"])
    assert [node.attrib["type"] for node in quiz] == ["category", "cloze"]
    text, found = lms.cloze(quiz[1].findtext("questiontext/text") or "")
    return Page(text), found


@pytest.mark.parametrize("name", TEXTS)
def test_moodle_holds_the_key_and_the_weights(name: str) -> None:
    asked = question(name)
    page, found = fields(asked)
    assert [each.weight for each in found] == list(scaled(asked.weights))
    places = [text for _, rows in page.tables for row in rows for text in row if text[:2] == "{#"]
    assert places == [f"{{#{n}}}" for n in range(1, len(asked.key) + 1)]
    for each, key in zip(found, asked.key, strict=True):
        assert each.right, "no right answer"
        if each.kind == "NUMERICAL":
            assert [Fraction(text.removesuffix(":0")) for text in each.right] == [key]
        else:
            assert each.kind == "SHORTANSWER_C"
            assert not any(re.search(r"(?<!\\)\*", text) for text in each.right)
            texts = [text.replace("\\*", "*") for text in each.right]
            assert {read(text, asked.rules).value for text in texts} == {key}
            assert texts[0] == text_of(key)


@pytest.mark.parametrize("name", TEXTS)
def test_moodle_knows_wrong_values_by_at_most_their_credit(name: str) -> None:
    asked = question(name)
    _, found = fields(asked)
    for place, each in enumerate(found):
        wrong = [alternative for alternative in each.alternatives if alternative[0] < 1]
        for share, answer, said in wrong:
            value = read(answer.removesuffix(":0").replace("\\*", "*"), asked.rules).value
            assert value != asked.key[place]
            alike = [h for b in fitting(asked) for h in b if h.values[place] == value]
            credit = min(h.credit for h in alike)
            legal: list[Fraction] = [Fraction(0), *moodle.PERCENTAGES]
            best = max(part for part in legal if part <= credit)
            assert share == Fraction(moodle.PERCENTAGES.get(best, "0")) / 100
            for hypothesis in alike:
                assert hypothesis.mistakes[0].says.rstrip(".") in Page(said).text
        answers = [answer for _, answer, _ in each.alternatives]
        assert len(answers) == len(set(answers))


def test_percentages_are_those_of_the_import_and_none_is_above_its_share() -> None:
    texts = list(moodle.PERCENTAGES.values())
    assert texts == sorted(texts, key=float, reverse=True)
    for share, text in moodle.PERCENTAGES.items():
        assert abs(share - Fraction(text) / 100) < Fraction(1, 10**7)


def test_moodle_returns_hostile_text_as_it_was() -> None:
    asked = hostile()
    quiz = lms.tree(moodle.export([Sheet(asked)], asked)["moodle.xml"])
    assert quiz[1].findtext("name/text") == f"{HOSTILE} [0123456789]"
    page, found = fields(asked)
    assert page.text.startswith(f"{HOSTILE}\n{HOSTILE}\n{HOSTILE}\n")
    assert len(found) == len(asked.key)
    said = [Page(text).text for each in found for _, _, text in each.alternatives]
    assert any(HOSTILE in text for text in said)
    quiet = changed(asked, feedback="cells")
    assert {text for each in fields(quiet)[1] for _, _, text in each.alternatives} == {""}


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_moodle_returns_any_feedback(text: str) -> None:
    code = "{1:NUMERICAL:=3:0~%50%4:0#" + moodle._encoded(text) + "~5:0}"
    _, (found,) = lms.cloze(code)
    assert [Page(said).text for _, _, said in found.alternatives] == ["", text, ""]


# STACK


def trees(asked: Question) -> tuple[ET.Element, dict[str, str]]:
    quiz = lms.tree(stack.export([Sheet(asked)], asked)["stack.xml"])
    lines = (quiz[1].findtext("questionvariables/text") or "").split("\n")
    assert all(line.endswith(";") for line in lines)
    return quiz[1], dict(line[:-1].split(": ", 1) for line in lines)


def renamed(asked: Question, value: Value) -> lms.Terms:
    called = names(asked)
    return {
        tuple(sorted(called[n] for n in monomial)): Fraction(factor)
        for monomial, factor in terms_of(value).items()
    }


def flat(rows: list[list[lms.Terms]]) -> list[lms.Terms]:
    return [entry for row in rows for entry in row]


@pytest.mark.parametrize("name", TEXTS)
def test_stack_holds_the_key_and_every_wrong_answer(name: str) -> None:
    asked = question(name)
    item, variables = trees(asked)
    key = [renamed(asked, value) for value in asked.key]
    assert flat(lms.matrix(variables["scta"])) == key
    inputs = item.findall("input")
    planes = [variables[each.findtext("tans") or ""] for each in inputs]
    assert [entry for plane in planes for entry in flat(lms.matrix(plane))] == key
    assert {len(lms.matrix(plane)[0]) for plane in planes} == {asked.shape[-1]}
    buckets = fitting(asked)
    wrong = [variables[f"scwrong{n}"] for n in range(1, len(buckets) + 1)]
    for text, bucket in zip(wrong, buckets, strict=True):
        assert flat(lms.matrix(text)) == [renamed(asked, value) for value in bucket[0].values]


@pytest.mark.parametrize("name", TEXTS)
def test_the_response_tree_gives_our_scores_and_notes(name: str) -> None:
    asked = question(name)
    item, variables = trees(asked)
    nodes = item.findall("prt")[0].findall("node")
    grids = [asked.key, *(bucket[0].values for bucket in fitting(asked))]
    for grid, test in zip(grids, item.findall("qtest"), strict=True):
        met = [
            node
            for node in nodes
            if lms.matrix(variables[node.findtext("tans") or ""])
            == lms.matrix(matrix(grid, asked.shape[-1], names(asked)))
        ]
        assert len(met) == 1, "wrong answers are pairwise distinct"
        text = met[0].findtext("truescore") or ""
        assert Fraction(variables.get(text, text)) == score(asked, grid)
        expected = test.find("expected")
        assert expected is not None
        assert expected.findtext("expectedanswernote") == met[0].findtext("trueanswernote")
        assert float(expected.findtext("expectedscore") or "") == pytest.approx(
            float(score(asked, grid))
        )


@pytest.mark.parametrize("name", TEXTS)
def test_the_response_tree_is_one_that_stack_accepts(name: str) -> None:
    asked = question(name)
    item, variables = trees(asked)
    for tree in item.findall("prt"):
        nodes = tree.findall("node")
        assert [node.findtext("name") for node in nodes] == list(map(str, range(len(nodes))))
        follow = [node.findtext("falsenextnode") for node in nodes]
        assert follow == [*map(str, range(1, len(nodes))), "-1"]
        assert {node.findtext("truenextnode") for node in nodes} == {"-1"}
        notes = [
            node.findtext(f"{way}answernote") or "" for node in nodes for way in ("true", "false")
        ]
        assert len(notes) == len(set(notes))
        assert not any(re.search("[;:|]", note) or not 0 < len(note) < 256 for note in notes)
        sides = [node.findtext(side) or "" for node in nodes for side in ("sans", "tans")]
        assert not any(len(side) > 255 for side in sides)
    text = item.findtext("questiontext/text") or ""
    for each in item.findall("input"):
        assert text.count(f"[[input:{each.findtext('name')}]]") == 1
        assert text.count(f"[[validation:{each.findtext('name')}]]") == 1
    assert not set(variables) & set(names(asked).values())


def test_letters_that_stack_reads_otherwise_are_renamed() -> None:
    asked = question("letters")
    called = names(asked)
    assert {old: new for old, new in called.items() if old != new} == {
        "e": "e0",
        "i": "i0",
        "α": "s0",
    }
    assert len(set(called.values())) == len(called)
    note = stack.export([Sheet(asked)], asked)["stack-notes.txt"].decode()
    assert "e is e0, i is i0, α is s0" in note
    item, _ = trees(asked)
    grid = Page(item.findtext("questiontext/text") or "").grid("Input")
    assert grid[1] == ["d", "e0", "f"]
    assert item.findtext("input/allowwords") == "e0,i0,s0"


def test_new_names_never_meet_old_ones() -> None:
    asked = loads(
        "schema: symconv-question/1\nid: t\nop: correlation\n"
        "input: e e0 elk\nkernel: alpha a0\nsymbols: e e0 elk alpha a0\n"
    )
    called = names(asked)
    assert len(set(called.values())) == len(called) == 5
    assert all(re.fullmatch("[A-Za-z][0-9]*", new) for new in called.values())
    assert lms.polynomial(maxima(asked.key[0], called))


def test_stack_returns_hostile_text_as_it_was() -> None:
    asked = hostile()
    item, _ = trees(asked)
    source = item.findtext("questiontext/text") or ""
    assert Page(source).text.startswith(f"{HOSTILE}\n{HOSTILE}\n{HOSTILE}\n")
    assert re.findall(r"\[\[.*?\]\]|\{[@#]", source) == ["[[input:ans1]]", "[[validation:ans1]]"]
    said = [node.findtext("truefeedback/text") or "" for node in item.iter("node")]
    assert any(HOSTILE in Page(text).text for text in said)
    quiet = trees(changed(asked, feedback="score"))[0]
    assert not any(node.findtext("truefeedback/text") for node in quiet.iter("node"))


def test_the_key_is_told_in_the_feedback_of_the_fullest_level_only() -> None:
    for level in ("score", "cells", "label", "full"):
        asked = changed(question("whole"), feedback=level)
        for data in (
            stack.export([Sheet(asked)], asked)["stack.xml"],
            moodle.export([Sheet(asked)], asked)["moodle.xml"],
        ):
            text = lms.tree(data)[1].findtext("generalfeedback/text") or ""
            assert bool(text) == (level == "full")


# R/exams


@pytest.mark.parametrize("name", TEXTS)
def test_an_exercise_has_the_key_in_the_order_of_its_answers(name: str) -> None:
    asked = question(name)
    (text,) = [
        d.decode() for n, d in rexams.export([Sheet(asked)], asked).items() if n.endswith(".Rmd")
    ]
    _, answers, solutions, facts = lms.exercise(text)
    kinds, values = facts["exclozetype"].split("|"), facts["exsolution"].split("|")
    assert len(answers) == len(solutions) == len(kinds) == len(values) == len(asked.key)
    for kind, value, key in zip(kinds, values, asked.key, strict=True):
        assert kind == ("string" if decimal(key) is None else "num")
        assert value == text_of(key) if kind == "string" else Fraction(value) == key
    assert [line.partition(": ")[0] for line in solutions] == answers
    assert (facts["extype"], facts["extol"]) == ("cloze", "0")
    points = list(map(Fraction, facts["expoints"].split("|")))
    total = sum(points)
    assert [p / total for p in points] == [w / sum(asked.weights) for w in asked.weights]


def test_an_exercise_returns_hostile_text_as_it_was() -> None:
    asked = changed(
        hostile(), text=f"{HOSTILE}\n\nSolution\n========\n\n    code\n* exname: x\n---"
    )
    (text,) = [
        d.decode() for n, d in rexams.export([Sheet(asked)], asked).items() if n.endswith(".Rmd")
    ]
    assert "`" not in text
    body, answers, _, facts = lms.exercise(text)
    shown = html.unescape(body.replace("\\\n", "\n"))
    assert f"**{HOSTILE}**" in shown
    assert f"\n{HOSTILE}\n\nSolution\n========\n\ncode\n* exname: x\n---\n" in shown
    assert (len(answers), facts["exname"]) == (6, "tests-whole-0123456789")


# QTI


def test_packages_list_every_file_and_carry_no_dates() -> None:
    asked = question("whole")
    sheets = [Sheet(asked), Sheet(asked, "fedcba9876")]
    for name, data in qti.export(sheets, asked).items():
        if not name.endswith(".zip"):
            continue
        found = lms.files(data)
        manifest = lms.tree(found.pop("imsmanifest.xml"))
        listed = [node.attrib["href"] for node in manifest.iter() if lms.local(node) == "file"]
        assert sorted(listed) == sorted(found)
        assert all(lms.tree(text) is not None for text in found.values())
        assert data[10:14] == b"\x00\x00\x21\x00", "the first day of zip"


@pytest.mark.parametrize("name", TEXTS)
def test_qti12_has_the_exact_key_in_every_cell(name: str) -> None:
    asked = question(name)
    ((_, data),) = [
        (n, d)
        for n, d in lms.files(qti.export_qti12([Sheet(asked)], asked)["qti12.zip"]).items()
        if n != "imsmanifest.xml"
    ]
    _, *items = [node for node in lms.tree(data).iter() if lms.local(node) == "item"]
    for item, key in zip(items, asked.key, strict=True):
        texts = {
            node.text or ""
            for node in item.iter()
            if lms.local(node) in ("varequal", "vargte", "varlte")
        }
        values = {read(text, asked.rules).value for text in texts}
        assert values == {key}
        kind = item.findtext(".//{*}fieldentry")
        assert kind == (
            "numerical_question" if decimal(key) is not None else "short_answer_question"
        )


def test_a_tiny_number_is_a_short_answer_for_canvas() -> None:
    asked = loads(
        "schema: symconv-question/1\nid: t\nop: correlation\ninput: 1 2\nkernel: 1/20000\n"
    )
    data = lms.files(qti.export_qti12([Sheet(asked)], asked)["qti12.zip"])["cells-0123456789.xml"]
    kinds = [node.text for node in lms.tree(data).iter() if (node.text or "").endswith("_question")]
    assert kinds == ["text_only_question", "short_answer_question", "numerical_question"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_choice_has_one_right_option_and_all_differ(name: str) -> None:
    asked = question(name)
    found = lms.files(qti.export_qti12([Sheet(asked)], asked)["qti12-choice.zip"])
    root = lms.tree(found["choice-0123456789.xml"])
    options = {
        node.attrib["ident"]: Page("".join(node.itertext()).strip()).tables
        for node in root.iter()
        if lms.local(node) == "response_label"
    }
    grids = [str(rows) for rows in options.values()]
    assert 2 <= len(grids) == len(set(grids)) <= qti.MOST_OPTIONS
    right = [
        node
        for node in root.iter()
        if lms.local(node) == "respcondition"
        and any(lms.local(child) == "setvar" for child in node)
    ]
    assert len(right) == 1
    (chosen,) = [node.text for node in right[0].iter() if lms.local(node) == "varequal"]
    cells = [text for _, rows in options[chosen or ""] for row in rows for text in row]
    assert cells == list(map(text_of, asked.key))


def test_the_right_option_stands_anywhere() -> None:
    asked = question("whole")
    places = set()
    for number_ in range(30):
        sheet = Sheet(asked, f"{number_:010x}")
        data = lms.files(qti.export_qti12([sheet], asked)["qti12-choice.zip"])
        text = data[f"choice-{sheet.hash}.xml"].decode()
        places.add(re.search(r"option-(\d)</varequal>\s*</conditionvar>\s*<setvar", text)[1])  # type: ignore[index]
    assert len(places) == qti.MOST_OPTIONS


def item21(asked: Question) -> ET.Element:
    data = lms.files(qti.export_qti21([Sheet(asked)], asked)["qti21.zip"])
    return lms.tree(data["item-0123456789.xml"])


def written(item: ET.Element, values: Any) -> list[str]:
    kinds = [n.attrib["baseType"] for n in item if lms.local(n) == "responseDeclaration"]
    return [
        decimal(v) or text_of(v) if k != "string" else text_of(v)
        for k, v in zip(kinds, values, strict=True)
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_qti21_gives_our_scores_and_names_the_mistake(name: str) -> None:
    asked = question(name)
    item = item21(asked)
    said = {
        node.attrib["identifier"]: "".join(node.itertext()).strip()
        for node in item
        if lms.local(node) == "modalFeedback"
    }
    done = lms.Processing(item, written(item, asked.key)).values
    assert (done["SCORE"], done["FEEDBACK"]) == (done["MAXSCORE"], None)
    for bucket in fitting(asked):
        grid = bucket[0].values
        done = lms.Processing(item, written(item, grid)).values
        assert Fraction(done["SCORE"]) / Fraction(done["MAXSCORE"]) == score(asked, grid)
        assert bucket[0].mistakes[0].says.rstrip(".") in said[done["FEEDBACK"]]


def test_qti21_adds_up_the_weights_of_right_cells() -> None:
    asked = question("decimal")
    item, rng = item21(asked), random.Random(7)  # noqa: S311 - a test's coins
    for _ in range(40):
        kept = [rng.random() < 0.5 for _ in asked.key]
        grid = [v if keep else 777 for v, keep in zip(asked.key, kept, strict=True)]
        done = lms.Processing(item, written(item, grid)).values
        share = sum((w for w, keep in zip(asked.weights, kept, strict=True) if keep), Fraction(0))
        assert Fraction(done["SCORE"]) / Fraction(done["MAXSCORE"]) == share / sum(asked.weights)


def test_all_or_nothing_is_nothing_for_a_mistake() -> None:
    asked = question("whole", "credit: {all_or_nothing: true}\n")
    item = item21(asked)
    grid = fitting(asked)[0][0].values
    assert lms.Processing(item, written(item, grid)).values["SCORE"] == 0
    assert lms.Processing(item, ["1", *written(item, asked.key)[1:]]).values["SCORE"] == 0
    assert {share for each in fields(asked)[1] for share, _, _ in each.alternatives} == {0, 1}
    assert {trees(asked)[1][f"scscore{n}"] for n in (1, 2, 3)} == {"0"}


def test_an_item_has_its_parts_in_the_order_of_the_schema() -> None:
    order = [
        "responseDeclaration",
        "outcomeDeclaration",
        "itemBody",
        "responseProcessing",
        "modalFeedback",
    ]
    item = item21(hostile())
    parts = [order.index(lms.local(node)) for node in item]
    assert parts == sorted(parts)
    assert set(parts) == set(range(5))
    declared = [n.attrib["identifier"] for n in item if lms.local(n) == "responseDeclaration"]
    used = [
        n.attrib["responseIdentifier"]
        for n in item.iter()
        if lms.local(n) == "textEntryInteraction"
    ]
    assert declared == used
    for node in item.iter():
        for key in ("identifier", "responseIdentifier"):
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", node.attrib.get(key, "a"))


def test_qti_returns_hostile_text_as_it_was() -> None:
    asked = hostile()
    item = item21(asked)
    assert item.attrib["title"] == f"{HOSTILE} [0123456789]"
    texts = ["".join(node.itertext()).strip() for node in item.iter() if lms.local(node) == "p"]
    assert texts.count(HOSTILE) == 2, "the last paragraph and the teacher's own mistake"
    assert any(HOSTILE in text for text in texts[3:])
    cells = lms.files(qti.export_qti12([Sheet(asked)], asked)["qti12.zip"])["cells-0123456789.xml"]
    root = lms.tree(cells)
    assert root[0].attrib["title"] == f"{HOSTILE} [0123456789]"
    texts = [Page(node.text or "").text for node in root.iter() if lms.local(node) == "mattext"]
    assert texts[0].startswith(f"{HOSTILE}\n{HOSTILE}\n{HOSTILE}\n")


# All


@pytest.mark.parametrize("export", [moodle.export, stack.export, rexams.export, qti.export])
def test_exports_are_the_same_bytes_again_and_their_names_are_safe(export: Any) -> None:
    for name in ("whole", "letters"):
        sheets = [Sheet(question(name), "00ff00ff00"), Sheet(question(name), "../../etc; rm")]
        first = export(sheets, sheets[0].question)
        again = export([Sheet(question(name), s.hash) for s in sheets], question(name))
        assert first == again
        assert all(re.fullmatch(r"[a-z0-9][A-Za-z0-9.-]*", each) for each in first)
        assert len({ident(sheet) for sheet in sheets}) == 2


def test_variants_of_one_class_stand_in_one_file() -> None:
    asked = question("whole")
    sheets = [Sheet(asked, f"{n:010x}") for n in range(5)]
    for data in (
        moodle.export(sheets, asked)["moodle.xml"],
        stack.export(sheets, asked)["stack.xml"],
    ):
        quiz = lms.tree(data)
        ids = [node.findtext("idnumber") for node in quiz][1:]
        assert len(set(ids)) == len(ids) == 5
    assert sum(name.endswith(".Rmd") for name in rexams.export(sheets, asked)) == 5
