"""How the cells of an answer are found in its text."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import AnswerError
from symconv.homework.reading.grids import split
from symconv.homework.reading.model import LIMITS, Limits

ROWS = yaml.load(  # strings alone; `symconv.yamltext` would refuse the carriage returns
    Path(__file__).with_name("homework_grids.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506 - builds nothing but strings, lists and maps
)
Grid = list[list[str]]


def planes(cells: list[str]) -> Any:
    return tuple(tuple(tuple(row.split("¦")) for row in plane.split("\n")) for plane in cells)


def read(row: dict[str, Any]) -> Any:
    symbols = frozenset(row["symbols"].split()) if "symbols" in row else None
    mixed = "mixed" in row
    return split(row["text"], decimal=row.get("decimal", "."), symbols=symbols, mixed=mixed)


@pytest.mark.parametrize("row", [row for row in ROWS if "cells" in row], ids=lambda row: row["id"])
def test_cells_are_found(row: dict[str, Any]) -> None:
    written = read(row)
    assert written.planes == planes(row["cells"])
    if "notices" in row:
        assert list(written.notices) == row["notices"]


@pytest.mark.parametrize("row", [row for row in ROWS if "error" in row], ids=lambda row: row["id"])
def test_what_cannot_be_read_has_a_code(row: dict[str, Any]) -> None:
    with pytest.raises(AnswerError) as caught:
        read(row)
    assert caught.value.code == row["error"]


CELLS = st.sampled_from(
    [
        "1",
        "-2",
        "3/4",
        "0.5",
        "a",
        "2a(b+c)",
        "x_{1,1}",
        "x[1,1]",
        "a+b",
        "a + b",
        "(a - 1)*2",
        "x^2",
    ]
)
GRIDS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4)
)


def lists(grid: Grid, opening: str, closing: str, sign: str) -> str:
    return opening + sign.join(opening + sign.join(row) + closing for row in grid) + closing


WAYS: dict[str, Callable[[Grid], str]] = {
    "commas": lambda grid: "\n".join(", ".join(row) for row in grid),
    "commas, CRLF": lambda grid: "\r\n".join(",".join(row) for row in grid) + "\r\n",
    "tabs": lambda grid: "\n".join("\t".join(row) for row in grid),
    "bars": lambda grid: "\n".join("| " + " | ".join(row) + " |" for row in grid),
    "Markdown": lambda grid: "\n".join(
        ["|" + "|".join(row) + "|" for row in grid[:1]]
        + ["|" + "---|" * len(grid[0])]
        + ["|" + "|".join(row) + "|" for row in grid[1:]]
    ),
    "semicolons": lambda grid: "; ".join(", ".join(row) for row in grid),
    "lists": lambda grid: lists(grid, "[", "]", ", "),
    "lists without blanks": lambda grid: lists(grid, "[", "]", ","),
    "braces": lambda grid: lists(grid, "{", "}", ", "),
    "array": lambda grid: f"np.array({lists(grid, '[', ']', ', ')})",
    "MATLAB": lambda grid: "[" + "; ".join(", ".join(row) for row in grid) + "]",
    "quotes": lambda grid: "\n".join(",".join(f'"{cell}"' for cell in row) for row in grid),
    "quotes in lists": repr,
    "LaTeX": lambda grid: (
        r"\[ Y = \begin{bmatrix} "
        + r" \\ ".join(" & ".join(row) for row in grid)
        + r" \end{bmatrix} \]"
    ),
}


@pytest.mark.parametrize("way", WAYS)
@given(grid=GRIDS)
def test_what_is_written_in_any_way_is_found_again(way: str, grid: Grid) -> None:
    assert split(WAYS[way](grid)).planes == (tuple(map(tuple, grid)),)


@given(grid=GRIDS)
def test_blanks_part_cells_that_hold_none(grid: Grid) -> None:
    close = [[cell.replace(" ", "") for cell in row] for row in grid]
    text = "\n".join("  ".join(row) for row in close)
    assert split(text).planes == (tuple(map(tuple, close)),)


@given(first=GRIDS, second=GRIDS, sign=st.sampled_from(["\n\n", "\n \n\n", "\n;;\n"]))
def test_planes_are_parted_by_blank_lines(first: Grid, second: Grid, sign: str) -> None:
    text = sign.join(WAYS["bars"](grid) for grid in (first, second))
    assert split(text).planes == tuple(tuple(map(tuple, grid)) for grid in (first, second))


SIGNS = st.lists(
    st.sampled_from([*",;|\t\n \"'()[]{}&$\\-+=#:*/.a1\u00a0\ufeff│⎡", "\\begin{pmatrix}", "1,2"])
).map("".join)


@settings(max_examples=400)
@given(text=st.one_of(SIGNS, st.text()), decimal=st.sampled_from(".,"))
def test_any_text_is_split_or_refused(text: str, decimal: str) -> None:
    with suppress(AnswerError):
        assert any(split(text, decimal=decimal, symbols=frozenset("ab")).rows())


REPEATED = [
    *("a) ", "Row 1: ", " and ", "y[n]=", "Thanks ", "[1] ", "y11=1;", "- 1 ", "1 1/2 "),
    *",;|\t\n \"'()[]{}&\\-a1",
    "[]",
    '"a,',
    '""",',
    "[1,",
    "1\n",
    "- ",
    "|-|\n",
    "\\\\",
    "(]",
    "a b ",
]


@pytest.mark.parametrize("begin", ["", "[", "\\begin{pmatrix}", "1,2\n"], ids=ascii)
@pytest.mark.parametrize("piece", REPEATED, ids=ascii)
def test_a_long_text_of_one_sign_takes_no_longer_by_the_character(begin: str, piece: str) -> None:
    """Ten times the text may take ten times as long, never a hundred times."""
    took = [seconds(begin + piece * (size // len(piece))) for size in (10**4, 10**5)]
    assert took[1] < 40 * took[0] + 0.1


def seconds(text: str) -> float:
    """Return the least processor time of three readings, none of it the garbage collector's."""
    found = []
    gc.disable()  # it walks what all the other tests keep
    try:
        for _ in range(3):
            start = time.process_time()
            with suppress(AnswerError):
                split(text)
            found.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("1\n" * 10**6, "too-large", id="a million rows"),
        pytest.param("1\n" * 10_001, "too-many-cells", id="rows"),
        pytest.param("1," * 256 + "1", "too-many-cells", id="columns"),
        pytest.param(",".join("1" * 10**6), "too-large", id="a million columns"),
        pytest.param(",".join("1" * 10**5), "too-many-cells", id="many columns"),
        pytest.param(" ".join("1" * 10**5), "too-many-cells", id="many columns, blanks"),
        pytest.param("[" * 10**5, "too-many-cells", id="many brackets"),
        pytest.param("[" * 60 + "1" + "]" * 60, "nested-too-deep", id="deep brackets"),
        pytest.param("[" * 10**4, "unclosed-matrix", id="brackets that stay open"),
    ],
)
def test_too_much_is_refused(text: str, code: str) -> None:
    with pytest.raises(AnswerError) as caught:
        split(text)
    assert caught.value.code == code


def test_limits_hold_exactly() -> None:
    limits = Limits(cells=6, columns=3, file_bytes=20)
    assert split("1,2,3;4,5,6", limits).planes == ((("1", "2", "3"), ("4", "5", "6")),)
    for text, code in (
        ("1,2,3;4,5,6;7", "too-many-cells"),
        ("1,2,3,4", "too-many-cells"),
        ("1" * 21, "too-large"),
    ):
        with pytest.raises(AnswerError) as caught:
            split(text, limits)
        assert caught.value.code == code
    assert split("1" * 20, limits).planes == ((("1" * 20,),),)


def test_full_limits_are_read() -> None:
    text = "\n".join(["123," * 199 + "1"] * 50)
    assert sum(map(len, split(text).rows())) == LIMITS.cells


def test_one_bad_bracket_spoils_one_cell() -> None:
    assert split("(" * 10**5 + ", 2\n3, 4").planes[0][1] == ("3", "4")
