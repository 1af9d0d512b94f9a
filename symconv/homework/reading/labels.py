r"""Names of rows, columns and cells that stand in an answer beside its values.

    Row 1: 3, 4      a) 3 4      [1] 3 4      y11 = 3, y12 = 4          0  1
    Row 2: 5, 6      b) 5 6                   y22 = 6, y21 = 5       0  3  4

A name is taken away, with a notice; the value behind it never is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from symconv.homework.reading.characters import DIGITS, SUBSCRIPTS
from symconv.homework.reading.model import Plane
from symconv.homework.reading.names import canonical

_LABEL = re.compile(r"[^\W\d_][\w .,#()\[\]{}-]{0,60}:?\Z")
NO_LABELS = frozenset(
    (
        "l",
        "i",
        "o",
        "x",
        "none",
        "null",
        "nan",
        "na",
        "inf",
        "infinity",
        "true",
        "false",
        "no",
        "yes",
    )
)
"""Words that stand for a number, or for none, more often than for a row."""
_SPACES = "[ \u00a0]"
_COLON = r"[^\W_][\w .()-]{0,40}:(?!=)"
_EQUALS = rf"[^\W\d_]{{2,20}} [0-9]{{1,3}}{_SPACES}?=(?!=)"
_COUNTED = rf"[0-9]{{1,3}}:(?={_SPACES})|[A-Za-z0-9]{{1,2}}\)|\[(?P<index>[0-9]{{1,4}}),?\]"
_NAMED_LINE = re.compile(
    rf"({_SPACES}*+\|?+{_SPACES}*+)"
    rf"(?:(?=[0-9]{{0,40}}[^\W\d_])(?:{_COLON}|{_EQUALS})|(?P<counted>{_COUNTED}))"
    rf"{_SPACES}*+(?=[^\s,;|])"
)
_SIGNAL = re.compile(
    rf"{_SPACES}*+([A-Za-z]\w{{0,20}}(?:\[[^\[\]\n=]{{0,20}}\]|\([^()\n=]{{0,20}}\)))"
    rf"{_SPACES}*+:?=(?!=){_SPACES}*+(?=\S)"
)
_INDEX = r"[0-9]{1,4}(?: {0,4}, {0,4}[0-9]{1,4}){0,2}"
_BRACKETS = "|".join(
    rf"{left} {{0,4}}{_INDEX} {{0,4}}{right}"
    for left, right in ((r"\{", r"\}"), (r"\[", r"\]"), (r"\(", r"\)"))
)
_PLACED = re.compile(
    rf"([^\W\d_]{{1,10}})_?(?:([0-9]{{1,6}})|{_BRACKETS}|(?:\[[0-9]{{1,4}}\]){{2,3}})"
    r" {0,4}[=:](?!=)"
)
_DOWN = str.maketrans(SUBSCRIPTS, DIGITS)
LINES_NOTICE = "the labels before the rows were left out"


def before_lines(text: str, letters: frozenset[str]) -> tuple[str, list[str]]:
    r"""Return a text without the names before its lines, and notices.

    `1:`, `a)` and `[1]` are names where every line begins so. Lines that R numbers by their first
    cell, `[1] … [13] …`, are joined.

    >>> before_lines("Row 1: -1, 2\nRow 2: 3, 4", frozenset())[0]
    '-1, 2\n3, 4'
    >>> before_lines("1: 2 3\n4 5", frozenset())[0], before_lines("y[n] = {2, 4}", frozenset())[0]
    ('1: 2 3\n4 5', '{2, 4}')
    """
    lines = text.split("\n")
    found = [_NAMED_LINE.match(line) for line in lines]
    used = [(line, match) for line, match in zip(lines, found, strict=True) if line.strip()]
    counted = all(match and match["counted"] for _, match in used)
    notices: list[str] = []
    for number, match in enumerate(found):
        if match and (counted or not match["counted"]):
            lines[number] = match[1] + lines[number][match.end() :]
            notices = [LINES_NOTICE]
        else:
            lines[number] = _without_signal(lines[number], letters, notices)
    indices = [match["index"] for match in found if match]
    if counted and len(indices) == len(lines) and _are_offsets(indices, lines):
        return " ".join(lines), notices
    return "\n".join(lines), notices


def _without_signal(line: str, letters: frozenset[str], notices: list[str]) -> str:
    """Return a line without the name of a signal before it, `y[n] =`, that is no cell's."""
    found = _SIGNAL.match(line)
    if not found or _PLACED.match(line.strip()):
        return line
    if letters.issuperset(character for character in found[1] if character.isalpha()):
        return line
    notices.append(f"{found[1]} before the equals sign was left out")
    return line[found.end() :]


def _are_offsets(indices: Sequence[str | None], lines: Sequence[str]) -> bool:
    """Tell whether each line is numbered by how many cells stand before it, and one."""
    count = 1
    for index, line in zip(indices, lines, strict=True):
        if index is None or int(index) != count:
            return False
        count += len(line.split())
    return len(lines) > 1


def placed(planes: Sequence[Plane], symbols: frozenset[str], notices: list[str]) -> list[Plane]:
    """Return planes whose cells are put where their names say, `y12 = 3`, if all have one.

    They are where those places form a full grid, counted from 0 or from 1. Nothing is changed if
    the cells stand in that grid already.

    >>> placed([(("y11=6", "y12=8", "y21=12", "y22=14"),)], frozenset(), [])
    [(('6', '8'), ('12', '14'))]
    """
    cells = [cell.translate(_DOWN) for plane in planes for row in plane for cell in row if cell]
    found = [match for match in map(_PLACED.match, cells) if match]
    if len(found) < max(2, len(cells)) or len({match[1] for match in found}) > 1:
        return list(planes)
    if symbols & {canonical(match[0].rstrip(" =:")) for match in found}:
        return list(planes)
    raw = [cell for plane in planes for row in plane for cell in row if cell]
    values = [cell[match.end() :].strip() for cell, match in zip(raw, found, strict=True)]
    for places in _places(found):
        extents = _full(places)
        if extents:
            return _arranged(planes, extents, dict(zip(places, values, strict=True)), notices)
    return list(planes)


Place = tuple[int, ...]


def _places(found: Sequence[re.Match[str]]) -> list[list[Place]]:
    """Return what the indices can mean: `y12` is row 1 and column 2, or cell 12."""
    if all(match[2] for match in found):
        digits: list[Place] = [tuple(map(int, match[2])) for match in found]
        whole: list[Place] = [(int(match[2]),) for match in found]
        return [digits, whole] if 1 < len(digits[0]) < 4 else [whole]
    if any(match[2] for match in found):
        return []
    return [[tuple(map(int, re.findall("[0-9]+", match[0][match.end(1) :]))) for match in found]]


def _full(places: Sequence[Place]) -> list[range]:
    """Return the rows, columns, … if places are all those of a grid, once each, else nothing."""
    if len({len(place) for place in places}) > 1 or len(set(places)) < len(places):
        return []
    base = min(min(place) for place in places)
    extents = [range(base, max(axis) + 1) for axis in zip(*places, strict=True)]
    count = 1
    for extent in extents:
        count *= len(extent)
    return extents if base < 2 and count == len(places) else []


def _arranged(
    planes: Sequence[Plane],
    extents: Sequence[range],
    values: dict[Place, str],
    notices: list[str],
) -> list[Plane]:
    *outer, last = extents
    ordered = [tuple(values[(*head, at)] for at in last) for head in product(*outer)]
    height = len(outer[-1]) if outer else 1
    found = [tuple(ordered[at : at + height]) for at in range(0, len(ordered), height)]
    shape, wanted = ([[len(row) for row in one] for one in part] for part in (planes, found))
    in_order = list(values) == sorted(values) and (len(extents) == 1 or shape == wanted)
    if in_order and (len(extents) == 1 or not any("][" in cell for cell in planes[0][0])):
        return list(planes)
    notices.append("your cells were put where their names say")
    return found


def without(plane: Plane, symbols: frozenset[str] | None, notices: list[str]) -> Plane:
    """Return a plane without the row and the column that are nothing but labels."""
    if _is_counted(plane):
        notices.append("the numbers of the rows and columns were left out")
        return tuple(row[1:] for row in plane[1:])
    if symbols is None:
        return plane
    letters = frozenset(character for name in symbols for character in name)
    if _are_labels(plane[0], letters) and _is_mostly_cells(plane[1:], letters):
        notices.append("the labels above the columns were left out")
        plane = plane[1:]
    first = [row[0] for row in plane if row]
    if _are_labels(first, letters) and _is_mostly_cells([row[1:] for row in plane], letters):
        notices.append("the labels before the rows were left out")
        plane = tuple(row[1:] for row in plane)
    return plane


def _are_labels(cells: Sequence[str], letters: frozenset[str]) -> bool:
    """Tell whether all cells but empty ones are labels, two or more, no two alike."""
    names = [cell for cell in cells if cell]
    return len(set(names)) == len(names) > 1 and all(_is_label(name, letters) for name in names)


def _is_label(cell: str, letters: frozenset[str]) -> bool:
    """Tell whether a cell is a word, `row 1` or `y11`, with a letter that the question lacks."""
    return (
        cell.lower() not in NO_LABELS
        and bool(_LABEL.match(cell))
        and any(character.isalpha() and character not in letters for character in cell)
    )


def _is_mostly_cells(rows: Sequence[Sequence[str]], letters: frozenset[str]) -> bool:
    """Tell whether fewer than half of the cells are words."""
    cells = [cell for row in rows for cell in row[1:] or row]
    return bool(cells) and 2 * sum(_is_label(cell, letters) for cell in cells) < len(cells)


def _is_counted(plane: Plane) -> bool:
    """Tell whether columns and rows are numbered from 0 or 1, with no number in the corner."""
    head, *rows = plane
    if not rows or not head or {len(row) for row in rows} != {len(head) + (head[0] != "")}:
        return False
    numbers = head[head[0] == "" :]
    begin = numbers[0] if numbers else ""
    if begin not in ("0", "1") or (head[0] == "" and len(numbers) + len(rows) < 4):
        return False
    columns, lines = (range(int(begin), int(begin) + len(part)) for part in (numbers, rows))
    return list(numbers) == list(map(str, columns)) and [row[0] for row in rows] == list(
        map(str, lines)
    )
