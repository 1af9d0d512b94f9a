"""Fixture files: byte for byte there and back, and every fault with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import fixtures
from symconv.errors import FixtureError
from symconv.exact import array
from symconv.fixtures import (
    Document,
    Erratum,
    Lost,
    Options,
    Reads,
    Shape,
    Solve,
    Statement,
    Sum,
    Values,
    dumps,
    load,
    read,
    reads,
)
from symconv.fixtures.arrays import printed_cells, resolve, to_array

HEAD = """\
schema: symconv-fixture/1
deck: demo
title: A demonstration
origin: tests
"""


def document(cases: str, head: str = HEAD) -> fixtures.Loaded:
    return reads(head + cases, "demo.yaml")


def faults(cases: str, head: str = HEAD) -> list[str]:
    return [str(fault) for fault in document(cases, head).faults]


GOOD = """\
- id: demo/good
  says: a claim that is sound
  slide: '1'
  kind: values
  op: correlate
  x: 1 2 3
  w: 4 5
"""


# There and back ------------------------------------------------------------------------------

characters = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Cf"), include_characters="\n"
)
words = st.text(alphabet=characters, max_size=12)
slugs = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,4}(/[a-z0-9][a-z0-9._-]{0,4}){0,2}", fullmatch=True)
entries = st.sampled_from(["0", "-3", "1/2", "a", "2a+b", "0.25", "10000000000000000000000"])
rows = st.lists(entries, min_size=2, max_size=2).map(" ".join)
grids = st.one_of(
    rows,
    st.lists(rows, min_size=1, max_size=3).map("; ".join),
    st.lists(rows, min_size=1, max_size=3).map("\n".join),
    st.lists(rows, min_size=1, max_size=2),
    st.just("$shared"),
)
spread = st.one_of(st.integers(1, 9), st.lists(st.integers(1, 9), min_size=1, max_size=2))
padding = st.one_of(
    st.integers(-9, 9),
    st.sampled_from(["valid", "full", "same", "same_lower"]),
    st.lists(st.one_of(st.integers(0, 3), st.lists(st.integers(0, 3), min_size=2, max_size=2))),
)
options = st.builds(
    Options,
    padding=st.none() | padding,
    stride=st.none() | spread,
    dilation=st.none() | spread,
    groups=st.none() | st.integers(1, 4),
    boundary=st.none() | st.just("wrap"),
    flip=st.none() | st.booleans(),
    window=st.none() | spread,
    count_padding=st.none() | st.booleans(),
    spatial=st.none() | st.integers(1, 2),
)
common = {
    "id": slugs,
    "says": words,
    "slide": words,
    "position": words,
    "damaged": st.lists(words, max_size=2),
    "erratum": st.none()
    | st.builds(Erratum, note=words, cells=st.lists(st.lists(st.integers(0, 9)), max_size=2)),
}
shapes = st.sampled_from(["5", "5x5", "64 × 64 × 3"])
ops = st.sampled_from(["correlate", "convolve", "conv"])
cases = st.one_of(
    st.builds(
        Values,
        op=ops,
        x=grids,
        w=st.none() | grids,
        bias=st.none() | rows,
        options=options,
        exact=st.none() | grids,
        printed=st.none() | grids,
        symbols=st.just("a b"),
        **common,
    ),
    st.builds(
        Sum,
        op=ops,
        x=grids,
        w=grids,
        options=options,
        cell=st.lists(st.integers(0, 9)),
        printed=st.sampled_from(["1*2", "1*2 + [3*-4] = -10", "2 + 12\n= 14"]),
        **common,
    ),
    st.builds(
        Shape,
        op=ops,
        x=shapes,
        w=shapes,
        filters=st.none() | st.integers(1, 9),
        printed=shapes,
        **common,
    ),
    st.builds(Reads, x=grids, w=shapes, cell=st.lists(st.integers(0, 9)), printed=rows, **common),
    st.builds(
        Statement,
        statements=st.lists(st.sampled_from(["f == f", "n < 2", "size(n, 3)\n>= 1"]), min_size=1),
        arrays=st.fixed_dictionaries({"f": grids}),
        ranges=st.just({"n": "1..12"}),
        given=st.lists(st.just("n % 2 == 0"), max_size=2),
        **common,
    ),
    st.builds(
        Solve,
        op=ops,
        unknowns=st.just("p q"),
        x=grids | st.dictionaries(slugs, grids, min_size=1, max_size=2),
        w=grids,
        exact=st.dictionaries(slugs, st.dictionaries(slugs, words, max_size=2), max_size=2),
        printed=grids,
        **common,
    ),
    st.builds(Lost, reason=words, **common),
)
documents = st.builds(
    Document,
    schema=st.just(fixtures.SCHEMA),
    deck=slugs,
    title=words,
    origin=words,
    notes=st.lists(words, max_size=2),
    arrays=st.just({"shared": "1 2; 3 4"}) | st.just({"shared": "a b", "more": "$shared"}),
    cases=st.lists(cases, min_size=1, max_size=3, unique_by=lambda case: case.id),
)


@given(documents)
@settings(max_examples=150)
def test_a_document_is_read_back_as_it_was_written(written: Document) -> None:
    text = dumps(written)
    loaded = reads(text)
    assert loaded.faults == ()
    assert loaded.document == written
    assert loaded.document is not None
    assert dumps(loaded.document) == text


@given(documents)
@settings(max_examples=40)
def test_every_yaml_library_sees_the_same_strings(written: Document) -> None:
    text = dumps(written)
    plain = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only
    assert plain["title"] == written.title
    assert [case["says"] for case in plain["cases"]] == [case.says for case in written.cases]


def test_a_file_in_the_fixed_layout_is_kept_byte_for_byte(tmp_path: Path) -> None:
    text = (
        HEAD
        + "cases:\n"
        + GOOD.replace("  kind: values\n", "").replace(
            "- id: demo/good\n", "- kind: values\n  id: demo/good\n"
        )
    )
    path = tmp_path / "demo.yaml"
    path.write_bytes(text.encode())
    assert dumps(load(path)).encode() == path.read_bytes()


def test_the_decks_are_in_the_fixed_layout() -> None:
    folder = Path(__file__).parent.parent / "worked_examples"
    for path in sorted(folder.glob("*.yaml")):
        assert dumps(load(path)) == path.read_text(encoding="utf-8"), path.name


def test_loaded_values_are_typed() -> None:
    loaded = document(
        "cases:\n"
        + GOOD
        + "  options: {stride: 2, padding: [[1, 0], 3], boundary: wrap, flip: true, groups: 1}\n"
        + "  erratum: {note: wrong, cells: [[0], [1]]}\n"
    )
    assert loaded.faults == ()
    assert loaded.document is not None
    (case,) = loaded.document.cases
    assert isinstance(case, Values)
    assert case.options == Options(
        padding=[[1, 0], 3], stride=2, boundary="wrap", flip=True, groups=1
    )
    assert case.erratum == Erratum(note="wrong", cells=[[0], [1]])
    assert (case.x, case.w, case.exact) == ("1 2 3", "4 5", None)


def test_a_case_is_a_public_type() -> None:
    assert symconv.Case is fixtures.Case
    assert issubclass(Values, symconv.Case)
    assert symconv.load is load


def test_a_case_cannot_be_changed() -> None:
    case = Lost(id="demo/x", says="s", slide="1", reason="torn off")
    with pytest.raises(AttributeError):
        case.reason = "other"  # type: ignore[misc]


# Arrays in fixtures --------------------------------------------------------------------------


def test_names_stand_for_the_arrays_of_the_document() -> None:
    arrays: dict[str, Any] = {"x": "1 2; 3 4", "y": ["$x", "5 6; 7 8"]}
    assert resolve("$x", arrays) == "1 2; 3 4"
    assert to_array("$y", arrays).tolist() == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    assert to_array("aw", {}, "a w")[0] == array("a*w")[0]


def test_printed_cells_stay_text() -> None:
    assert printed_cells("1 _; ? 0.50", {}).tolist() == [["1", "_"], ["?", "0.50"]]
    assert printed_cells(["1 2", "3 4"], {}).tolist() == [["1", "2"], ["3", "4"]]
    assert printed_cells("1 2;; 3 4", {}).shape == (2, 1, 2)


# Faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(
            GOOD + "  padding: 1\n",
            [
                (
                    "FixtureError[unknown-field]: demo.yaml:13: case demo/good: field padding: "
                    "'padding' is no field\n  hint: fields: id, says, slide, position, damaged, "
                    "erratum, op, x, w, bias, options, symbols, exact, printed"
                )
            ],
            id="unknown field",
        ),
        pytest.param(
            GOOD + "  exacct: 1\n",
            [
                (
                    "FixtureError[unknown-field]: demo.yaml:13: case demo/good: field exacct: "
                    "'exacct' is no field\n  hint: did you mean 'exact'?"
                )
            ],
            id="misspelt field",
        ),
        pytest.param(
            GOOD.replace("  x: 1 2 3\n", ""),
            ["FixtureError[missing-field]: demo.yaml:6: case demo/good: 'x' is missing"],
            id="missing field",
        ),
        pytest.param(
            GOOD.replace("kind: values", "kind: value"),
            [
                (
                    "FixtureError[unknown-kind]: demo.yaml:9: case demo/good: "
                    "field kind: kind 'value' "
                    "is unknown\n  hint: one of values, sum, shape, reads, statement, law, solve, "
                    "stack, lost"
                )
            ],
            id="unknown kind",
        ),
        pytest.param(
            GOOD.replace("  kind: values\n", ""),
            [
                (
                    "FixtureError[unknown-kind]: demo.yaml:6: case demo/good: field kind: kind is "
                    "missing\n  hint: one of values, sum, shape, reads, statement, law, solve, "
                    "stack, lost"
                )
            ],
            id="no kind",
        ),
        pytest.param(
            GOOD.replace("op: correlate", "op: corelate"),
            [
                (
                    "FixtureError[wrong-type]: demo.yaml:10: case demo/good: "
                    "field op: Invalid enum "
                    "value 'corelate'"
                )
            ],
            id="unknown operation",
        ),
        pytest.param(
            GOOD.replace("x: 1 2 3", "x: 1 2 3; 4 5"),
            [
                (
                    "FixtureError[ragged]: demo.yaml:11: case demo/good: field "
                    "x: row 1 has 2 entries, "
                    "but row 0 has 3\n  hint: give every row the same number of entries"
                )
            ],
            id="ragged array",
        ),
        pytest.param(
            GOOD.replace("w: 4 5", "w: 4 $"),
            [
                (
                    "FixtureError[unreadable-character]: demo.yaml:12: case demo/good: field w: "
                    "column 1: cannot read '$'\n    $\n    ^"
                )
            ],
            id="unreadable entry",
        ),
        pytest.param(
            GOOD.replace("w: 4 5", "w: $kernel"),
            [
                (
                    "FixtureError[unknown-array]: demo.yaml:12: case demo/good: "
                    "field w: $kernel is "
                    "not defined\n  hint: defined: none"
                )
            ],
            id="unknown array",
        ),
        pytest.param(
            GOOD + "  options: {strides: 2}\n",
            [
                (
                    "FixtureError[unknown-field]: demo.yaml:13: case demo/good: "
                    "field options.strides: "
                    "'strides' is no field\n  hint: did you mean 'stride'?"
                )
            ],
            id="unknown option",
        ),
        pytest.param(
            GOOD + "  options: 3\n",
            [
                (
                    "FixtureError[wrong-type]: demo.yaml:13: case demo/good: "
                    "field options: expected a "
                    "map, found '3'"
                )
            ],
            id="options that are no map",
        ),
        pytest.param(
            GOOD.replace("demo/good", "Demo Good"),
            [
                (
                    "FixtureError[wrong-type]: demo.yaml:6: case Demo Good: "
                    "field id: Expected `str` "
                    "matching regex '^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$'"
                )
            ],
            id="id that is no slug",
        ),
        pytest.param(
            "- just text\n",
            ["FixtureError[not-a-case]: demo.yaml:6: case 0: a case is a map"],
            id="a case that is text",
        ),
    ],
)
def test_a_fault_names_file_line_case_and_field_and_the_other_cases_go_on(
    text: str, messages: list[str]
) -> None:
    good = GOOD.replace("demo/good", "demo/other")
    loaded = document("cases:\n" + text + good)
    assert [str(fault) for fault in loaded.faults] == messages
    assert loaded.document is not None
    assert [case.id for case in loaded.document.cases] == ["demo/other"]


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    bad = GOOD.replace("x: 1 2 3", "x: 1 $").replace("w: 4 5", "w: 4; 5 6")
    loaded = document("cases:\n" + bad + GOOD.replace("op: correlate", "op: none") + "  more: 1\n")
    assert [fault.code for fault in loaded.faults] == [
        "unreadable-character",
        "ragged",
        "unknown-field",
        "wrong-type",
    ]


def test_an_id_occurs_once() -> None:
    assert faults("cases:\n" + GOOD + GOOD) == [
        (
            "FixtureError[duplicate-id]: demo.yaml:13: case demo/good: field id: "
            "the id 'demo/good' "
            "occurs twice\n  hint: first used on line 6"
        )
    ]


def test_arrays_that_contain_themselves_are_refused() -> None:
    head = HEAD + "arrays:\n  a: $b\n  b: $a\n"
    faults = document("cases:\n" + GOOD.replace("x: 1 2 3", "x: $a"), head).faults
    assert [(fault.code, fault.message) for fault in faults] == [
        ("circular-array", "$b contains itself"),
        ("circular-array", "$a contains itself"),
        ("circular-array", "$a contains itself"),
    ]


def test_every_text_of_a_case_is_read_at_loading() -> None:
    loaded = document(
        "cases:\n"
        "- {kind: values, id: demo/a, says: s, slide: t, op: flatten, x: '1', printed: 1+}\n"
        "- {kind: sum, id: demo/b, says: s, slide: t, op: correlate, x: '1', w: '2', cell: [0],\n"
        "   printed: 1*}\n"
        "- {kind: shape, id: demo/c, says: s, slide: t, x: 5, w: wide, printed: 5x4}\n"
        "- kind: statement\n"
        "  id: demo/d\n"
        "  says: s\n"
        "  slide: t\n"
        "  statements:\n"
        "  - 1 == 1\n"
        "  - 1 +\n"
        "  given: [q < 3]\n"
    )
    places = [str(fault).partition(": ")[2].partition(": case ") for fault in loaded.faults]
    lines = [int(place.rpartition(":")[2]) - 1 for place, _, _ in places]
    assert [rest.split(":")[:2] for _, _, rest in places] == [
        ["demo/a", " field printed"],
        ["demo/b", " field printed"],
        ["demo/c", " field w"],
        ["demo/d", " field statements.1"],
        ["demo/d", " field given.0"],
    ]
    first = HEAD.count("\n") + 1
    assert [line - first for line in lines] == [0, 2, 3, 10, 11]


def test_a_fault_in_the_head_is_reported_and_the_cases_go_on() -> None:
    loaded = document("cases:\n" + GOOD, HEAD.replace("symconv-fixture/1", "symconv-fixture/2"))
    assert [fault.code for fault in loaded.faults] == ["wrong-type"]
    assert "demo.yaml:1: field schema" in str(loaded.faults[0])
    assert loaded.document is not None
    assert [case.id for case in loaded.document.cases] == ["demo/good"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "a: &x 1\nb: *x\n",
            "FixtureError[anchor]: demo.yaml: line 1: anchors and aliases are not allowed",
            id="anchor",
        ),
        pytest.param(
            "a: 1\nb: *x\n",
            "FixtureError[anchor]: demo.yaml: line 2: anchors and aliases are not allowed",
            id="alias",
        ),
        pytest.param(
            "a: 1\nb: !!python/object:os.system 1\n",
            "FixtureError[tag]: demo.yaml: line 2: the tag "
            "tag:yaml.org,2002:python/object:os.system "
            "is not allowed",
            id="tag",
        ),
        pytest.param(
            "a: !!int 1\n",
            "FixtureError[tag]: demo.yaml: line 1: the tag tag:yaml.org,2002:int is not allowed",
            id="standard tag",
        ),
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            "FixtureError[duplicate-key]: demo.yaml: line 3: the key 'a' occurs twice",
            id="duplicate key",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "FixtureError[two-documents]: demo.yaml: line 3: a second document starts here",
            id="two documents",
        ),
        pytest.param(
            "[a]: 1\n",
            "FixtureError[key]: demo.yaml: line 1: a key must be plain text",
            id="a list as key",
        ),
        pytest.param(
            "a: [1, 2\n",
            "FixtureError[not-yaml]: demo.yaml: line 2: did not find expected ',' or ']'",
            id="not YAML",
        ),
        pytest.param(
            "a: 1\n",
            "FixtureError[no-cases]: demo.yaml:1: a fixture file is a map with a list 'cases'",
            id="no cases",
        ),
        pytest.param(
            "- 1\n",
            "FixtureError[no-cases]: demo.yaml:1: a fixture file is a map with a list 'cases'",
            id="a list",
        ),
        pytest.param(
            "",
            "FixtureError[no-cases]: demo.yaml:1: a fixture file is a map with a list 'cases'",
            id="nothing",
        ),
        pytest.param(
            "a: " + "[" * 40 + "]" * 40 + "\n",
            "FixtureError[nested-too-deep]: demo.yaml: line 1: more than 32 levels",
            id="deep",
        ),
    ],
)
def test_what_is_no_fixture_file(text: str, message: str) -> None:
    loaded = reads(text, "demo.yaml")
    assert loaded.document is None
    assert [str(fault) for fault in loaded.faults] == [message]


def test_very_deep_yaml_is_refused_without_a_crash() -> None:
    loaded = reads("a: " + "[" * 100_000, "demo.yaml")
    assert [fault.code for fault in loaded.faults] in (["nested-too-deep"], ["not-yaml"])


def test_a_huge_file_is_refused() -> None:
    assert [fault.code for fault in reads("#" + "x" * 5_000_000).faults] == ["file-too-large"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert [str(fault) for fault in read(missing).faults] == [
        f"FixtureError[unreadable-file]: {missing}: No such file or directory"
    ]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"title: caf\xe9\n")
    assert [str(fault) for fault in read(latin).faults] == [
        f"FixtureError[not-utf-8]: {latin}: byte 10 is not UTF-8"
    ]


def test_load_raises_the_first_fault_and_names_all(tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(HEAD + "cases:\n" + GOOD + "  one: 1\n" + GOOD + "  two: 2\n", encoding="utf-8")
    with pytest.raises(FixtureError) as caught:
        load(path)
    assert str(caught.value).startswith(f"FixtureError[unknown-field]: {path}:13: case demo/good")
    assert len(caught.value.facts["faults"]) == 2


def test_scalars_stay_text() -> None:
    loaded = document(
        "cases:\n" + GOOD.replace("1 2 3", "0.10").replace("slide: '1'", "slide: 010")
    )
    assert loaded.document is not None
    case = loaded.document.cases[0]
    assert isinstance(case, Values)
    assert (case.x, case.slide) == ("0.10", "010")


def test_a_document_survives_json() -> None:
    loaded = document("cases:\n" + GOOD)
    assert loaded.document is not None
    assert (
        msgspec.json.decode(msgspec.json.encode(loaded.document), type=Document) == loaded.document
    )


def test_a_file_without_a_case_shows_nothing_and_is_a_fault() -> None:
    (fault,) = document("cases: []\n").faults
    assert (fault.code, fault.message) == ("no-cases", "the list 'cases' is empty")


def test_an_unreadable_operand_is_no_fault_of_what_is_printed() -> None:
    (fault,) = document("cases:\n" + GOOD.replace("x: 1 2 3", "x: $nowhere")).faults
    assert "field x" in str(fault)
