"""Laws and verdicts for people: rows that agree are merged, and no scope is told as another."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from symconv.laws import LAWS, Entry, Example, Law, Repair, Truth, Verdict, prove, table
from symconv.laws.grid import entry as decided
from symconv.render import law_text, laws, verdicts
from symconv.render.blocks import ANY, Block, block, blocks, cell, label, legend, letter, totals
from symconv.render.law_latex import escaped
from symconv.render.worked import worked

SHIFTED = Law(
    "moves",
    "A shift | moves <out> with it_",
    "shifts & co",
    "{op}(shift(x, p), w{o}) == shift({op}(x, w{o}), p)",
    latex=r"T_p x * w = T_p (x * w)",
    says="Output moves with the input.",
    source="A & B",
    example=Example({"x": (3,), "w": (2,)}, {"p": 1}),
    varies=("op", "padding", "boundary"),
    repairs=(Repair("nothing moves", assume=("p == 0",)),),
)
FLIPPED = Law(
    "flipped",
    "Correlation by convolution",
    "algebra",
    'correlate(x, w, padding="full") == convolve(x, flip(w))',
    example=Example({"x": (3,), "w": (2,)}),
)
NOTED = Law("noted", "Noted", "algebra", "subsample(x, s) == subsample(x, s)", assume=("s <= 9",))


def entry(law: Law, outcome: str, condition: str = "", **choices: Any) -> Entry:
    truth = {"proved": Truth.PROVED, "unknown": Truth.UNKNOWN}.get(outcome, Truth.REFUTED)
    return Entry(law, choices, Verdict(law.text(**choices), truth, "all shapes"), condition)


def shifted(outcomes: dict[tuple[str, str], str], default: str) -> Block:
    """Return the block of a law for outcomes by boundary and padding."""
    return block(
        [
            entry(
                SHIFTED, outcomes.get((choices["boundary"], choices["padding"]), default), **choices
            )
            for choices in SHIFTED.grid()
        ]
    )


def drawn(found: Block) -> list[tuple[list[str], str]]:
    return [
        (found.told(row), " ".join(one.mark if one else "." for one in row.cells))
        for row in found.rows
    ]


def test_a_law_that_is_the_same_everywhere_is_one_line() -> None:
    found = shifted({}, "proved")
    assert drawn(found) == [([ANY, ANY], "✓ ✓ ✓ ✓")]
    assert found.only is not None
    assert found.remarks == ["for every op, padding and boundary"]


def test_boundaries_that_agree_share_a_row() -> None:
    found = shifted({("zero", "full"): "refuted", ("edge", "same"): "unknown"}, "proved")
    assert found.only is None
    assert drawn(found) == [
        ([ANY, "zero"], "✓ ✗ ✓ ✓"),
        ([ANY, "all but zero, edge"], ". ✓ ✓ ✓"),
        ([ANY, "edge"], ". ✓ ? ✓"),
    ]


def test_every_choice_of_the_grid_is_in_the_row_that_shows_it() -> None:
    """Merging loses and changes nothing: each entry is found again with its own mark."""
    entries = list(table([LAWS["commutativity"]], seconds=2))
    found = block(entries)
    places = {}
    for row in found.rows:
        for values in product(*(values for _, values in row.labels)):
            for name, one in zip(found.columns, row.cells, strict=True):
                assert (values, name) not in places
                places[values, name] = one
    for asked in entries:
        chosen = dict(asked.choices)
        steps = [f"{name} {chosen[name]}" for name in ("stride", "dilation") if chosen[name] > 1]
        values = (chosen["op"], chosen["boundary"], ", ".join(steps) or "1")
        assert places[values, chosen["padding"]] == cell(asked)


def test_labels_take_the_shorter_way() -> None:
    assert label("boundary", ("wrap", "reflect", "symmetric", "edge")) == "all but zero"
    assert label("boundary", ("wrap", "edge")) == "wrap, edge"
    assert label("steps", ("1", "stride 2", "dilation 2")) == ANY
    assert label("steps", ("stride 3",)) == "stride 3"
    assert [letter(n) for n in (0, 27, 701, 702)] == ["a", "ab", "zz", "aaa"]


def test_conditions_are_notes_each_once() -> None:
    choices = [choices for choices in SHIFTED.grid() if choices["boundary"] == "zero"]
    found = block([entry(SHIFTED, "refuted", "p == 0", **one) for one in choices])
    assert found.notes == ("if p == 0",)
    assert drawn(found) == [([ANY, "zero"], "◐ ◐ ◐ ◐")]
    assert {found.letter(one) for row in found.rows for one in row.cells if one} == {"a"}


def test_a_proof_up_to_a_bound_has_another_mark() -> None:
    bounded = Entry(FLIPPED, {}, Verdict("x == x", Truth.PROVED, "shapes up to 4"))
    assert (cell(bounded).outcome, cell(bounded).mark) == ("bounded", "≤4")
    whole = Entry(FLIPPED, {}, Verdict("x == x", Truth.PROVED, "all shapes"))
    assert (cell(whole).outcome, cell(whole).mark) == ("proved", "✓")
    assert totals([bounded, whole]) == "1 law, 2 entries: 1 proved, 1 proved up to a bound"
    assert [mark for _, mark, _ in legend([block([bounded])])] == ["≤N"]


def test_a_bound_that_the_law_does_not_state_is_noted() -> None:
    held = Verdict("x == x", Truth.PROVED, "all shapes", ("s <= 9", "t <= 4", "len(w) <= len(x)"))
    assert cell(Entry(NOTED, {}, held)).note == "for t <= 4"


def test_scopes_are_told_apart() -> None:
    told = {
        verdicts.scope(Verdict("x == x", truth, scope))
        for truth in Truth
        for scope in ("all shapes", "shapes up to 4", "this shape")
    }
    assert len(told) >= 6
    assert verdicts.scope(Verdict("", Truth.PROVED, "this shape")) == "at this shape alone"


def test_exit_codes() -> None:
    codes = [verdicts.status(Verdict("", truth, "all shapes")) for truth in Truth]
    assert codes == [1, 3, 0]


def test_the_first_differing_output_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts.print_text(prove("correlate(x, w) == convolve(x, w, padding='valid')"))
    text = capsys.readouterr().out
    assert re.search(r"left +▸ x0\*w0 \+ x1\*w1", text)
    assert re.search(r"right +▸ x0\*w1 \+ x1\*w0", text)
    assert "At [0] on the left alone: x0*w0, x1*w1" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_matrices_are_drawn_as_grids(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts.print_text(prove("outer(x, w) == transpose(outer(x, w))", shapes={"x": 2, "w": 3}))
    text = capsys.readouterr().out
    assert "The left side has the shape 2x3, the right side 3x2." in text
    assert "│ x0*w0 │ x0*w1 │ x0*w2 │" in text
    assert "│ x0*w0 │ x1*w0 │" in text


def test_volumes_and_long_rows_are_drawn_an_output_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = {"x": (2, 2, 2), "w": (1, 1, 1)}
    law = "correlate(x, w) == correlate(x, 2*w)"
    verdicts.print_text(prove(law, rank=3, shapes=shapes))
    assert re.search(r"\[0, 1, 0\] +x\[0,1,0\]\*w\[0,0,0\]", capsys.readouterr().out)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    verdicts.print_text(
        prove("correlate(x, w) == convolve(x, w, padding='valid')", shapes={"x": 9, "w": 3})
    )
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", one) for one in capsys.readouterr().out.splitlines()]
    assert any(re.match(r"  \[6\] +x6\*w0", line) for line in lines)
    assert max(map(len, lines)) <= 60


def test_large_sides_are_not_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = {"x": (40, 40), "w": (5, 5)}
    verdicts.print_text(
        prove("correlate(x, w) == convolve(x, w, padding='valid')", rank=2, shapes=shapes)
    )
    text = capsys.readouterr().out
    assert "36x36 outputs, too many to draw" in text
    assert "and 12 more" in text
    assert len(text.splitlines()) < 20


def test_an_empty_side_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts.print_text(prove("correlate(x, w) == correlate(w, x)", shapes={"x": 1, "w": 2}))
    assert re.search(r"left, empty", capsys.readouterr().out)


def test_worked_examples() -> None:
    found = worked(FLIPPED, {})
    assert found is not None
    assert found.left == found.right == ("x0*w1", "x0*w0 + x1*w1", "x1*w0 + x2*w1", "x2*w0")
    assert worked(NOTED, {}) is None
    assert worked(SHIFTED, {"padding": "full"}) is not None


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.name)
def test_every_example_of_the_registry_is_worked_out(law: Law) -> None:
    """Both sides agree at a law's example, unless it is the example of a law that fails."""
    found = worked(law, law.chosen())
    assert found is not None
    if found.left != found.right:
        assert decided(law, law.chosen(), seconds=1).outcome in ("refuted", "conditional")


def test_choices_in_conditions_are_named_in_a_table_and_filled_in_data() -> None:
    law = Law(
        "strides",
        "Strides",
        "steps",
        "subsample(shift(x, {stride}*n), {stride}) == shift(subsample(x, {stride}), n)",
        assume=("{stride} <= len(x)",),
        varies=("stride",),
    )
    found = [entry(law, "refuted", "len(x) % {stride} == 0", stride=step) for step in (1, 2)]
    shown = block(found)
    assert shown.notes == ("if len(x) % stride == 0",)
    assert shown.remarks == ["if stride <= len(x)", "for every step", *shown.notes]
    (data,) = laws.data(found)["laws"]
    assert [one["condition"] for one in data["entries"]] == ["len(x) % 1 == 0", "len(x) % 2 == 0"]


def test_a_group_stands_together() -> None:
    other = Law("other", "Other", "steps", FLIPPED.statement)
    last = Law("last", "Last", "algebra", FLIPPED.statement)
    text = laws.to_markdown([entry(law, "proved") for law in (FLIPPED, other, last)])
    assert text.count("## Algebra") == 1
    assert text.index("Last") < text.index("## Steps")


def test_the_json_of_a_table() -> None:
    entries = [
        *table([FLIPPED]),
        *(one for one in table([SHIFTED]) if one.choices["boundary"] == "zero"),
    ]
    data = json.loads(laws.to_json(entries))
    assert set(data) == {"laws", "seconds"}
    first, second = data["laws"]
    assert set(first) == {"name", "title", "group", "statement", "latex", "entries"}
    assert first["entries"][0]["outcome"] == "proved"
    assert "counterexample" not in first["entries"][0]
    found = second["entries"][0]
    assert found["choices"] == {"op": "correlate", "padding": "valid", "boundary": "zero"}
    assert (found["outcome"], found["condition"]) == ("conditional", "p == 0")
    assert found["counterexample"]["left_shape"] == found["counterexample"]["right_shape"]
    keys = {"choices", "outcome", "scope", "condition", "hypotheses", "seconds"}
    assert keys <= set(found)


def test_markdown_is_safe() -> None:
    text = laws.to_markdown(list(table([FLIPPED, SHIFTED])))
    assert "## Algebra" in text
    assert "## Shifts &amp; co" in text
    assert "| ✓ | Correlation by convolution | `correlate(x, w" in text
    assert "A shift \\| moves &lt;out> with it_" in text
    rows = [line for line in text.splitlines() if line.startswith("| any")]
    assert all(line.count("|") == 7 for line in rows)


def test_latex_is_balanced() -> None:
    text = laws.to_latex(list(table([FLIPPED, SHIFTED, LAWS["commutativity"]])))
    assert r"SHIFTS \& CO" in text
    assert r"moves \textless{}out\textgreater{} with it\_" in text
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count(r"\begin") == text.count(r"\end{") == 1
    assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0
    rows = [line for line in text.splitlines() if re.match(r"(any|correlate|convolve) &", line)]
    assert rows
    assert all(len(re.findall(r"(?<!\\)&", row)) == 6 for row in rows)


def test_every_special_character_of_latex_is_escaped() -> None:
    assert escaped("\\{}&%$#_^~") == (
        r"\textbackslash{}\{\}\&\%\$\#\_\textasciicircum{}\textasciitilde{}"
    )


def test_the_page() -> None:
    entries = list(table([LAWS["commutativity"], FLIPPED, SHIFTED]))
    text = laws.page(entries)
    assert text == laws.page(list(table([LAWS["commutativity"], FLIPPED, SHIFTED])))
    assert "[Commutativity](#commutativity)" in text
    assert '<a id="commutativity"></a>' in text
    assert "left   [x0*w0]  [x0*w1 + x1*w0]  [x1*w1 + x2*w0]  [x2*w1]" in text
    assert "* nothing moves: `p == 0`" in text
    assert "* Source: A &amp; B." in text
    assert text.count("```") % 2 == 0
    assert " s)" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_long_examples_stand_on_the_page_once() -> None:
    law = Law(
        "long",
        "Long",
        "algebra",
        "convolve(x, w) == convolve(w, x)",
        example=Example({"x": (9,), "w": (9,)}),
    )
    lines = laws.page(list(table([law]))).splitlines()
    assert any(line.startswith("both   [0] x0*w0") for line in lines)
    assert any(line.startswith("       [16] x8*w8") for line in lines)


def test_the_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    law_text.print_table(list(table([FLIPPED, LAWS["commutativity"]])))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ALGEBRA"
    assert lines[1] == '  ✓ flipped  correlate(x, w, padding="full") == convolve(x, flip(w))'
    assert "  commutativity  op(x, w, …) == op(w, x, …)" in lines
    head = next(line for line in lines if "same_lower" in line)
    assert head.split() == ["op", "boundary", "steps", "valid", "full", "same", "same_lower"]
    assert "    a  if len(x) == len(w)" in lines
    assert lines[-1].startswith("2 laws, 97 entries: 3 proved, ")


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_stays_within_a_terminal(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    long = Law("a-name-so-long-that-no-statement-fits", "Long", "algebra", FLIPPED.statement)
    law_text.print_table(list(table([long, LAWS["commutativity"]])))
    text = capsys.readouterr().out
    assert "\x1b[" in text
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
    assert max(map(len, lines)) <= width
    rows = [line for line in lines if line.startswith(("    correlate", "    convolve"))]
    assert len(rows) == len(block(list(table([LAWS["commutativity"]]))).rows)


def test_blocks_keep_the_order_of_the_laws() -> None:
    found = blocks([entry(FLIPPED, "proved"), entry(NOTED, "unknown")])
    assert [one.law.name for one in found] == ["flipped", "noted"]
