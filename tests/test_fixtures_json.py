"""The JSON twin of a fixture file: the same document, the same faults, nothing let through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import SymconvError
from symconv.exact import array
from symconv.fixtures import (
    SCHEMA,
    Document,
    Loaded,
    Network,
    Options,
    Values,
    dumps,
    jsontext,
    load,
    read,
    reads,
    twin,
)
from symconv.fixtures.arrays import MAX_LENGTH, printed_cells
from symconv.fixtures.files import _Reader
from symconv.fixtures.integers import entries, shapes
from symconv.verify import verify
from tests.test_fixtures import documents
from tests.test_verify import RIGHT, VALUES, WRONG, case, write

DECKS = sorted((Path(__file__).parent.parent / "worked_examples").glob("*.yaml"))
STACKS = sorted((Path(__file__).parent.parent / "stacks").glob("*.yaml"))


def in_json(text: str) -> Loaded:
    return reads(text, "demo.json")


def place_by_place(text: str) -> Loaded:
    """Read a JSON text as texts with faults are read."""
    return _Reader(jsontext.Tree(text), "demo.json").loaded()


def document(*cases: Any, **fields: Any) -> Document:
    given_ = {"deck": "demo", "title": "t", "origin": "o"} | fields
    return Document(schema=SCHEMA, cases=list(cases), **given_)


def values(**fields: Any) -> Values:
    given_ = {"id": "demo/one", "says": "s", "slide": "1", "op": "correlate", "x": "1 2", "w": "3"}
    return Values(**{**given_, **fields})


def plain(text: str) -> Any:
    """Return a YAML text as strings, lists and maps."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only


# There and back ------------------------------------------------------------------------------


@given(documents)
@settings(max_examples=150)
def test_a_document_is_read_back_as_it_was_written(written: Document) -> None:
    text = dumps(written, json=True)
    for loaded in (in_json(text), place_by_place(text)):
        assert (loaded.faults, loaded.document) == ((), written)
    assert reads(dumps(written)).document == written


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_the_twin_of_a_deck_is_the_deck(path: Path, tmp_path: Path) -> None:
    deck = load(path)
    other = tmp_path / "deck.json"
    other.write_text(dumps(deck, json=True), encoding="utf-8")
    assert load(other) == deck
    assert dumps(load(other)) == path.read_text(encoding="utf-8")
    assert twin.loads(dumps(deck, json=True)) == deck


LAYOUTS: list[Callable[[Any], str]] = [
    json.dumps,
    lambda data: json.dumps(data, indent=2, ensure_ascii=False),
    lambda data: json.dumps(data, indent="\t", sort_keys=True),
    lambda data: json.dumps(data, indent="\t", ensure_ascii=False).replace("\n", "\r\n"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", DECKS[:2], ids=lambda path: path.stem)
def test_any_layout_is_read(path: Path, layout: Callable[[Any], str]) -> None:
    deck = load(path)
    loaded = in_json(layout(msgspec.to_builtins(deck)))
    assert (loaded.faults, loaded.document) == ((), deck)


@pytest.mark.parametrize("path", DECKS[:2], ids=lambda path: path.stem)
def test_scalars_may_be_the_texts_that_yaml_has(path: Path) -> None:
    text = json.dumps(plain(path.read_text(encoding="utf-8")))
    assert in_json(text).document == load(path)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_a_stack_in_a_case(path: Path) -> None:
    one = Network(
        id="demo/one",
        says="s",
        slide="1",
        stack=plain(path.read_text(encoding="utf-8")),
        claims=["layers == 1"],
    )
    first = reads(dumps(document(one))).document
    assert first is not None
    text = dumps(first, json=True)
    assert twin.loads(text) == first == in_json(text).document
    assert reads(dumps(first)).document == first


def test_one_case_stands_on_one_line() -> None:
    text = dumps(document(values(), values(id="demo/two", says="é ×")), json=True)
    assert text.splitlines()[2] == (
        '{"kind":"values","id":"demo/two","says":"é ×","slide":"1","op":"correlate","x":"1 2",'
        '"w":"3"}'
    )
    assert len(text.splitlines()) == 4


def test_the_lines_of_cases_are_known() -> None:
    text = dumps(document(values(), values(id="demo/two")), json=True)
    assert in_json(text).lines == place_by_place(text).lines == {"demo/one": 2, "demo/two": 3}


# Quickly read is certainly sound -------------------------------------------------------------

pieces = st.sampled_from(
    [
        "1",
        "-2",
        "30",
        "-",
        "0",
        " ",
        " ",
        "; ",
        ";;",
        "|",
        ",",
        "a",
        "/2",
        "?",
        "_",
        "$x",
        ".5",
        "\n",
    ]
)
grids = st.lists(pieces, max_size=7).map("".join)
tensors = st.one_of(
    grids,
    st.lists(grids, max_size=2),
    st.lists(st.lists(grids, min_size=1, max_size=2), min_size=1, max_size=2),
)


tensor_lists = st.lists(st.none() | tensors, max_size=6)


@given(tensor_lists)
@settings(max_examples=500)
def test_plain_integers_are_what_is_read_slowly(given_: list[Any]) -> None:
    """Whatever stands around it, an array is recognised by its own text, and read in full."""
    found = shapes(given_)
    assert found == [shapes([tensor])[0] for tensor in given_]
    plain_ = [tensor for tensor, shape in zip(given_, found, strict=True) if shape is not None]
    read_ = [array(tensor) for tensor in plain_]
    assert [values_.shape for values_ in read_] == [shape for shape in found if shape is not None]
    flat = [value for values_ in read_ for value in values_.ravel().tolist()]
    assert entries(plain_).tolist() == flat
    cells = [printed_cells(tensor, {}) for tensor in plain_]
    assert [grid.shape for grid in cells] == [values_.shape for values_ in read_]


PLAIN: list[tuple[Any, tuple[int, ...]]] = [
    ("", (0,)),
    ([], (0,)),
    ("1 -2 3", (3,)),
    ("7", (1,)),
    ("-12345678901234567890 0", (2,)),
    ("9" * 900, (1,)),
    ("1 -22 333; 4 5 -6", (2, 3)),
    ("1 2;3 4 ;5 6", (3, 2)),
    ("1 2;", (1, 2)),
    ("1, -2", (2,)),
    ("1 | 2; 3 | 4", (2, 2)),
    ("1 2;; 3 4", (2, 1, 2)),
    (["1 2", "3 4"], (2, 2)),
    (["1", "-2"], (2,)),
    (["1;", "2;"], (2, 1, 1)),
    ([["1 2; 3 4"], ["5 6; 7 8"]], (2, 1, 2, 2)),
]
OTHER: list[Any] = [
    *("a", "1/2", "0.5", "1 _", "?", "$x", "1\n2", "²", "１"),
    *("- 1", "--1", "1-", "1-2", "-", "1 2; 3", "1,,2", "9" * 1000),
    *(["1", "2 3"], ["1", ["2"]], [["1"], ["2", "3"]]),
]


def test_plain_integers_are_recognised_beside_other_texts() -> None:
    mixed = [*OTHER, *(tensor for tensor, _ in PLAIN), None]
    wanted = [*([None] * len(OTHER)), *(shape for _, shape in PLAIN), None]
    assert shapes(mixed) == wanted
    for tensor, shape in PLAIN:
        assert array(tensor).shape == shape
        assert entries([tensor]).tolist() == array(tensor).ravel().tolist()


@pytest.mark.parametrize("size", [10**18 - 1, 10**18, 2**63 - 1, 2**63, 10**19])
def test_integers_of_any_size_are_read_exactly(size: int) -> None:
    found = entries([f"{size} 1", f"-{size}; {-size - 1}", "000000000000000000000"])
    assert found.tolist() == [size, 1, -size, -size - 1, 0]


def test_an_array_of_too_many_characters_is_read_slowly() -> None:
    assert shapes(["1", ["1 " * (MAX_LENGTH // 2), "1"], "2"]) == [(1,), None, (1,)]


SNIPPETS = st.sampled_from(
    [
        *('"', "\\", "\\u0007", "\\n", "\\ud800", "null", "true", "false", "1.5", "1e3", "-0"),
        *(
            "NaN",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            "\n",
            "\u202e",
            "\x07",
            "é",
            "7",
            "12345678901",
        ),
        *(
            '"stride":2',
            '"stride":"2"',
            '"x":"1"',
            '"id":"demo/one"',
            '"kind":"lost"',
            '"padding":"1"',
        ),
        *('"options":{"flip":"true"}', '"cell":[12345678901]', '"scale":3', '"scale":"3"'),
    ]
)


@given(
    documents, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 9), SNIPPETS), max_size=3)
)
@settings(max_examples=300)
def test_what_is_read_quickly_is_what_is_read_place_by_place(
    written: Document, edits: list[tuple[int, int, str]]
) -> None:
    """Tampered texts: the quick reading lets nothing through that the other stops."""
    text = dumps(written, json=True)
    for at, length, snippet in edits:
        start = at % len(text)
        text = text[:start] + snippet + text[start + length :]
    quick = twin.loads(text)
    if quick is not None:
        slow = place_by_place(text)
        assert (slow.faults, slow.document) == ((), quick)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"x":"1 2"', '"x":"9","x":"1 2"'),
        ('"x":"1 2"', '"x":"1 2","x":"1 2"'),
        ('"title":"t"', '"title":"t","title":"t"'),
        ('"title":"t"', '"title":"t","more":"t"'),
        ('"says":"s"', '"says":"\\u001b[31m"'),
        ('"says":"s"', '"says":"\\b"'),
        ('"says":"s"', '"says":"\u202e"'),
        ('"says":"s"', '"says":"\x85"'),
        ('"says":"s"', '"says":"\\ud800"'),
        ('"w":"3"', '"w":"3","bias":null'),
        ('"w":"3"', '"w":"3 a$"'),
        ('"w":"3"', '"w":"1 2; 3"'),
        ('"w":"3"', '"w":"$w"'),
        ('"w":"3"', '"w":["1 2", "3"]'),
        ('"w":"3"', '"w":"3","options":{"stride":1.0}'),
        ('"w":"3"', '"w":"3","options":{"stride":1e0}'),
        ('"w":"3"', '"w":"3","options":{"stride":12345678901}'),
        ('"w":"3"', '"w":"3","erratum":{"note":"n","cells":[[12345678901]]}'),
        ('"id":"demo/one"', '"id":"demo/one\\n"'),
        ('"id":"demo/one"', '"id":"demo/two"'),
        ("\n]}", "\n]}{}"),
        ("\n]}", "\n]"),
        ("[\n{", "[{}\n{"),
    ],
)
def test_what_is_not_sound_is_not_read_quickly(old: str, new: str) -> None:
    text = dumps(document(values(), values(id="demo/two")), json=True)
    assert text.count(old) >= 1
    assert twin.loads(text) is not None
    changed = text.replace(old, new, 1)
    assert twin.loads(changed) is None
    assert in_json(changed).faults


@pytest.mark.parametrize("value", [1.5, None, {"deep": [1.5]}, ["3"], "true", 10**10])
def test_a_stack_holds_what_yaml_reads(value: Any) -> None:
    one = Network(
        id="demo/one", says="s", slide="1", stack={"input": value}, claims=["layers == 0"]
    )
    assert twin.loads(dumps(document(one), json=True)) is None


# Faults --------------------------------------------------------------------------------------

GOOD = {"kind": "values", "id": "demo/good", "says": "s", "slide": "1"} | {
    "op": "correlate",
    "x": "1 2 3",
    "w": "4 5",
}
HEAD = {"schema": SCHEMA, "deck": "demo", "title": "t", "origin": "o"}


def both(*cases: Any, **head: Any) -> tuple[Loaded, Loaded]:
    """Read the same data as YAML and as JSON, one key a line."""
    data = {**HEAD, **head, "cases": list(cases)}
    return reads(yaml.safe_dump(data, sort_keys=False), "demo.x"), in_json(
        json.dumps(data, indent=1)
    )


def without_line(fault: SymconvError) -> tuple[Any, ...]:
    _, _, place = fault.place.partition(": ")
    return type(fault), fault.code, fault.message, re.sub(r"line \d+", "", fault.hint), place


@pytest.mark.parametrize(
    "bad",
    [
        GOOD | {"padding": "1"},
        GOOD | {"exacct": "1"},
        {name: value for name, value in GOOD.items() if name != "x"},
        GOOD | {"kind": "value"},
        GOOD | {"kind": ["values"]},
        GOOD | {"op": "corelate"},
        GOOD | {"x": "1 2 3; 4 5"},
        GOOD | {"x": ["1 2", "3"]},
        GOOD | {"w": "4 $"},
        GOOD | {"w": "$kernel"},
        GOOD | {"printed": "1 2 +"},
        GOOD | {"options": {"strides": 2}},
        GOOD | {"options": {"stride": "two"}},
        GOOD | {"options": {"stride": 12345678901}},
        GOOD | {"options": {"padding": [[1, "a"]]}},
        GOOD | {"options": "3"},
        GOOD | {"id": "Demo Good"},
        GOOD | {"id": "demo/other"},
        GOOD | {"erratum": {"note": "n", "cells": [["a"]]}},
        "just text",
    ],
)
def test_faults_are_those_of_yaml(bad: Any) -> None:
    other = GOOD | {"id": "demo/other"}
    in_yaml, same = both(other, bad)
    assert in_yaml.faults
    assert list(map(without_line, same.faults)) == list(map(without_line, in_yaml.faults))
    assert same.document == in_yaml.document


def test_a_fault_names_file_line_case_and_field() -> None:
    _, loaded = both(GOOD, GOOD | {"id": "demo/bad", "w": "4 $"})
    assert [fault.place.split(": ")[:3] for fault in loaded.faults] == [
        ["demo.json:23", "case demo/bad", "field w"]
    ]


def test_arrays_are_checked_too() -> None:
    in_yaml, same = both(GOOD, arrays={"a": "$b", "b": "$a"})
    assert [fault.code for fault in same.faults] == ["circular-array"] * 2
    assert list(map(without_line, same.faults)) == list(map(without_line, in_yaml.faults))


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ('{"stride": 1.5}', None),
        ('{"stride": 1e0}', None),
        ('{"stride": "2"}', {"stride": 2}),
        ('{"flip": "true"}', {"flip": True}),
        ('{"boundary": true}', None),
        ('{"scale": 0.25}', {"scale": "0.25"}),
        ('{"scale": 3}', {"scale": 3}),
        ('{"scale": "3"}', {"scale": 3}),
        (f'{{"scale": {10**30}}}', {"scale": str(10**30)}),
        (f'{{"scale": {"9" * 5000}}}', {"scale": "9" * 5000}),
    ],
)
def test_a_number_is_the_text_it_is_written_as(options: str, holds: dict[str, Any] | None) -> None:
    """JSON says what the same text would say in YAML: no float, and no digit lost."""
    written = dumps(document(values()), json=True).replace(
        '"w":"3"', f'"w":"3","options":{options}'
    )
    as_yaml = reads(dumps(document(values())) + f"  options: {options}\n", "demo.x")
    loaded = in_json(written)
    assert list(map(without_line, loaded.faults)) == list(map(without_line, as_yaml.faults))
    assert loaded.document == as_yaml.document
    assert (not loaded.faults) == (holds is not None)
    if holds is not None and loaded.document is not None:
        assert loaded.document.cases[0] == values(options=Options(**holds))


def test_big_integers_keep_every_digit() -> None:
    many = document(values(x=f"{10**40 + 1} 2", printed=f"{3 * 10**40 + 3} 6"))
    text = dumps(many, json=True)
    assert twin.loads(text) == many
    assert in_json(text.replace(f'"{10**40 + 1} 2"', f'["{10**40 + 1}",2]')).faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not-json]: demo.json: line 1: expected a value, found the end"),
        ("{\n,", "not-json]: demo.json: line 2: expected a key in quotes, found ','"),
        ("{1: 2}", "not-json]: demo.json: line 1: expected a key in quotes, found '1'"),
        ('{"a" 1}', "not-json]: demo.json: line 1: expected ':', found '1'"),
        ('{"a": 1 2}', "not-json]: demo.json: line 1: expected ',' or '}', found '2'"),
        ("[1,]", "not-json]: demo.json: line 1: expected a value, found ']'"),
        ("[1] []", "not-json]: demo.json: line 1: the document has ended, but something follows"),
        ("[01]", "not-json]: demo.json: line 1: expected ',' or ']', found '1'"),
        ("[\n\n.5]", "not-json]: demo.json: line 3: cannot read '.'"),
        ("[NaN]", "not-json]: demo.json: line 1: cannot read 'N'"),
        ("['a']", 'not-json]: demo.json: line 1: cannot read "\'"'),
        ('["a\nb"]', "not-json]: demo.json: line 1: cannot read '\"'"),
        ("\ufeff{}", "not-json]: demo.json: line 1: cannot read '\\ufeff'"),
        ("[nul]", "not-json]: demo.json: line 1: expected a value, found 'nul'"),
        ("[\nnull]", "null]: demo.json: line 2: null is no value; leave the field out"),
        ('{"a": 1,\n"a": 1}', "duplicate-key]: demo.json: line 2: the key 'a' occurs twice"),
        ('{"a": 1, "\\u0061": 1}', "duplicate-key]: demo.json: line 1: the key 'a' occurs twice"),
        ("[" * 40 + "]" * 40, "nested-too-deep]: demo.json: line 1: more than 32 levels"),
        ("[" * 100_000, "nested-too-deep]: demo.json: line 1: more than 32 levels"),
        ('{"a":' * 50_000, "nested-too-deep]: demo.json: line 1: more than 32 levels"),
        ('["' + "x" * 5_000_000 + '"]', "file-too-large]: demo.json: more than 5000000 bytes"),
        (
            '["\\u001b"]',
            "control-character]: demo.json: line 1: the control character U+001B is not allowed",
        ),
        (
            '{"\\u202e": 1}',
            "control-character]: demo.json: line 1: the control character U+202E is not allowed",
        ),
        (
            '["\\udc00"]',
            "control-character]: demo.json: line 1: the control character U+DC00 is not allowed",
        ),
        ("{}", "no-cases]: demo.json:1: a fixture file is a map with a list 'cases'"),
        ("3", "no-cases]: demo.json:1: a fixture file is a map with a list 'cases'"),
    ],
)
def test_what_is_no_fixture_is_refused_with_its_line(text: str, fault: str) -> None:
    assert list(map(str, in_json(text).faults)) == [f"FixtureError[{fault}"]


def test_characters_beyond_the_first_plane_and_escapes_are_read() -> None:
    text = dumps(document(values(says='😀 \\ud \t\n / "')), json=True)
    escaped = text.replace("😀", "\\ud83d\\ude00").replace(" /", " \\/")
    for one in (text, escaped):
        loaded = in_json(one)
        assert loaded.faults == ()
        assert loaded.document is not None
        assert loaded.document.cases[0].says == '😀 \\ud \t\n / "'


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "deck.json"
    path.write_bytes(b'{"a": "\xff"}')
    (fault,) = read(path).faults
    assert str(fault) == f"FixtureError[not-utf-8]: {path}: byte 7 is not UTF-8"


# verify --------------------------------------------------------------------------------------


def test_verify_reads_json(tmp_path: Path) -> None:
    cases = case("demo/good", VALUES + RIGHT) + case("demo/new", VALUES + WRONG)
    wide = case("demo/wide", "kind: values\n  op: correlate\n  x: 1 2\n  w: 1 2 3\n  printed: '1'")
    path = write(tmp_path, "deck.yaml", cases + wide)
    other = path.with_suffix(".json")
    other.write_text(dumps(load(path), json=True), encoding="utf-8")
    reports = [verify([path]), verify([other])]
    assert reports[0].findings == reports[1].findings
    assert reports[0].failures == reports[1].failures
    assert [report.exit_code for report in reports] == [2, 2]
    assert (
        reports[1]
        .faults[0]
        .startswith(f"GeometryError[kernel-too-wide]: {other}:4: case demo/wide")
    )


def test_a_folder_stands_for_its_yaml_alone(tmp_path: Path) -> None:
    """A twin beside its deck states no further claims."""
    path = write(tmp_path, "deck.yaml", case("demo/good", VALUES + RIGHT))
    path.with_suffix(".json").write_text(dumps(load(path), json=True), encoding="utf-8")
    assert len(verify([tmp_path]).findings) == 1
