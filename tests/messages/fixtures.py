"""Errors of fixture files, their cases and their arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symconv.fixtures import load, reads
from symconv.fixtures.arrays import printed_cells, resolve, sizes
from symconv.verify import judge, verify
from tests import codes

HEAD = "schema: symconv-fixture/1\ndeck: demo\ntitle: t\norigin: o\ncases:\n"
CASE = "- id: demo/case\n  says: a claim\n  slide: '7'\n  "
LOST = CASE + "kind: lost\n  reason: torn\n"


def read_text(text: str) -> None:
    """Raise the first fault of a fixture text."""
    raise reads(text, "deck.yaml").faults[0]


def read_cases(text: str) -> None:
    read_text(HEAD + text + "\n")


def judged(body: str) -> None:
    """Judge one sound case."""
    loaded = reads(HEAD + CASE + body + "\n", "deck.yaml")
    assert loaded.faults == ()
    assert loaded.document is not None
    judge(loaded.document.cases[0], loaded.document)


CASES: list[Any] = [
    pytest.param(
        lambda: resolve(["$a"] * 9, {"a": ["$b"] * 1000, "b": "1 2 " * 100}),
        "FixtureError[array-too-long]: 3609000 characters with every $name written out, at "
        "most 2000000",
        id="array-too-long",
    ),
    pytest.param(
        lambda: reads('schema: "\\e[31m"').faults[0],
        "FixtureError[control-character]: text: line 1: the control character U+001B is not "
        "allowed",
        id="control-character",
    ),
    pytest.param(
        lambda: read_text("a: &x 1\n"),
        "FixtureError[anchor]: deck.yaml: line 1: anchors and aliases are not allowed",
        id="anchor",
    ),
    pytest.param(
        lambda: read_text("a: 1\nb: !!int 2\n"),
        "FixtureError[tag]: deck.yaml: line 2: the tag tag:yaml.org,2002:int is not allowed",
        id="tag",
    ),
    pytest.param(
        lambda: read_text("[a]: 1\n"),
        "FixtureError[key]: deck.yaml: line 1: a key must be plain text",
        id="key",
    ),
    pytest.param(
        lambda: read_text("a: 1\nb: 2\na: 3\n"),
        "FixtureError[duplicate-key]: deck.yaml: line 3: the key 'a' occurs twice",
        id="duplicate-key",
    ),
    pytest.param(
        lambda: read_text("a: 1\n---\nb: 2\n"),
        "FixtureError[two-documents]: deck.yaml: line 3: a second document starts here",
        id="two-documents",
    ),
    pytest.param(
        lambda: read_text("a: [1, 2\n"),
        "FixtureError[not-yaml]: deck.yaml: line 2: did not find expected ',' or ']'",
        id="not-yaml",
    ),
    pytest.param(
        lambda: reads('{"a": 1,\n"b" 2}', "deck.json").faults[0],
        "FixtureError[not-json]: deck.json: line 2: expected ':', found '2'",
        id="not-json",
    ),
    pytest.param(
        lambda: reads('{"a": 1,\n"b": null}', "deck.json").faults[0],
        "FixtureError[null]: deck.json: line 2: null is no value; leave the field out",
        id="null",
    ),
    pytest.param(
        lambda: read_text("a:\n  " + "[" * 40 + "]" * 40),
        "FixtureError[nested-too-deep]: deck.yaml: line 2: more than 32 levels",
        id="nested-too-deep",
    ),
    pytest.param(
        lambda: read_text("#" + "x" * 5_000_000),
        "FixtureError[file-too-large]: deck.yaml: more than 5000000 bytes",
        id="file-too-large",
    ),
    pytest.param(
        lambda: read_text("a: 1\n"),
        "FixtureError[no-cases]: deck.yaml:1: a fixture file is a map with a list 'cases'",
        id="no-cases",
    ),
    pytest.param(
        lambda: load("no/such/file.yaml"),
        "FixtureError[unreadable-file]: no/such/file.yaml: No such file or directory",
        id="unreadable-file",
    ),
    pytest.param(
        lambda: load(Path(__file__).parents[1] / "latin-1.yaml"),
        "FixtureError[not-utf-8]: {tests}/latin-1.yaml: byte 10 is not UTF-8",
        id="not-utf-8",
    ),
    pytest.param(
        lambda: read_cases("- text"),
        "FixtureError[not-a-case]: deck.yaml:6: case 0: a case is a map",
        id="not-a-case",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: value"),
        "FixtureError[unknown-kind]: deck.yaml:9: case demo/case: field kind: kind "
        "'value' is unknown\n"
        "  hint: one of values, sum, shape, reads, statement, law, solve, stack, lost",
        id="unknown-kind",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost\n  raeson: torn"),
        "FixtureError[unknown-field]: deck.yaml:10: case demo/case: field raeson: "
        "'raeson' is no field\n"
        "  hint: did you mean 'reason'?",
        id="unknown-field",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost"),
        "FixtureError[missing-field]: deck.yaml:6: case demo/case: 'reason' is missing",
        id="missing-field",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: lost\n  reason: [1, 2]"),
        "FixtureError[wrong-type]: deck.yaml:10: case demo/case: field reason: "
        "Expected `str`, got `array`",
        id="wrong-type",
    ),
    pytest.param(
        lambda: read_cases(LOST + LOST),
        "FixtureError[duplicate-id]: deck.yaml:11: case demo/case: field id: the id "
        "'demo/case' occurs twice\n"
        "  hint: first used on line 6",
        id="duplicate-id",
    ),
    pytest.param(
        lambda: read_cases(CASE + "kind: reads\n  x: $y\n  w: 2x2\n  cell: [0]\n  printed: a b"),
        "FixtureError[unknown-array]: deck.yaml:10: case demo/case: field x: $y is "
        "not defined\n"
        "  hint: defined: none",
        id="unknown-array",
    ),
    pytest.param(
        lambda: resolve("$a", {"a": "$b", "b": "$a"}),
        "FixtureError[circular-array]: $a contains itself",
        id="circular-array",
    ),
    pytest.param(
        lambda: printed_cells("1 2 3; 4 5", {}),
        "EntryError[ragged]: rows of 2 and 3 cells\n  hint: use _ for empty cells",
        id="ragged",
    ),
    pytest.param(
        lambda: printed_cells(["1 2 3", "4 5"], {}),
        "EntryError[ragged]: planes of shapes (2,) and (3,)\n  hint: use _ for empty cells",
        id="ragged",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: correlate\n  x: 1 2"),
        "FixtureError[missing-field]: field w: correlate needs a kernel",
        id="missing-field",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: flatten\n  x: 1 2\n  w: 3 4"),
        "FixtureError[unknown-field]: field w: flatten takes no kernel",
        id="unknown-field",
    ),
    pytest.param(
        lambda: sizes("seven"),
        "FixtureError[bad-shape]: 'seven' is no shape\n  hint: 5x5x3",
        id="bad-shape",
    ),
    pytest.param(
        lambda: judged(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p 2 3\n  w: 4 5\n  printed: 6 7 8"
        ),
        "FixtureError[bad-shape]: field printed: printed 3, but the operation gives 2",
        id="bad-shape",
    ),
    pytest.param(
        lambda: judged(
            "kind: solve\n  op: correlate\n  unknowns: p\n  x: p*p 2\n  w: 3 4\n  printed: '5'"
        ),
        "FixtureError[not-linear]: 3*p**2 + 3 is not linear in p\n"
        "  hint: declare every unknown entry, and none in both x and w",
        id="not-linear",
    ),
    pytest.param(
        lambda: judged(
            "kind: sum\n  op: correlate\n  x: 1 2\n  w: 3 4\n  cell: [0]\n  printed: 1*3 < 8"
        ),
        "FixtureError[not-a-sum]: field printed: '1*3 < 8' is not of the form sum = total",
        id="not-a-sum",
    ),
    pytest.param(
        lambda: judged("kind: reads\n  x: 1 2 3\n  w: '2'\n  cell: [0]\n  printed: 1 and 2"),
        "FixtureError[unknown-label]: field printed: no input is labelled and\n"
        "  hint: labels are entries of x",
        id="unknown-label",
    ),
    pytest.param(
        lambda: judged(
            "kind: values\n  op: flatten\n  x: 1 2\n  options: {stride: 2}\n  printed: 1 2"
        ),
        "FixtureError[unknown-option]: field options.stride: flatten has no option 'stride'\n"
        "  hint: options: none",
        id="unknown-option",
    ),
    pytest.param(
        lambda: verify([codes.PACKAGE / "engines"]).faults[0],
        "FixtureError[no-files]: {package}/engines: no .yaml file in this folder",
        id="no-files",
    ),
    pytest.param(
        lambda: read_text(HEAD.replace("cases:", "cases: []")),
        "FixtureError[no-cases]: deck.yaml:5: field cases: the list 'cases' is empty",
        id="no-cases, none",
    ),
    pytest.param(
        lambda: read_cases(
            CASE + "kind: values\n  op: flatten\n  x: 1 2\n  printed: 1 2\n  options: 7"
        ),
        "FixtureError[wrong-type]: deck.yaml:13: case demo/case: field options: expected a "
        "map, found '7'",
        id="wrong-type, no map",
    ),
    pytest.param(
        lambda: read_cases(LOST.replace("demo/case", '"demo/case\\n"')),
        "FixtureError[wrong-type]: deck.yaml:6: case demo/case\n: field id: an id is one line "
        "without blanks",
        id="wrong-type, an id",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: max_pool\n  x: 1 2\n  printed: 2"),
        "FixtureError[missing-field]: field options.window: max_pool needs the option 'window'",
        id="missing-field, an option",
    ),
    pytest.param(
        lambda: judged("kind: values\n  op: flatten\n  x: 1 2"),
        "FixtureError[missing-field]: neither printed nor exact is given\n"
        "  hint: give what the source prints, or the exact output",
        id="missing-field, nothing printed",
    ),
]
