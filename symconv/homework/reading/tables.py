"""Rows and cells of plain text: separators, quotes, blanks, rules and bars drawn with characters.

    1, 2; 3, 4        1;2        a + b   c        | 1 | 2 |
                      3;4        d       e        |---|---|
                                                  | 3 | 4 |

One separator parts the cells of a whole answer: TAB, bar, comma, semicolon, or else blanks. Every
step is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from symconv.errors import AnswerError
from symconv.homework.reading import gaps
from symconv.homework.reading.model import Limits, Plane, Row

BLANKS = (
    " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
PAIRS = {")": "(", "]": "[", "}": "{"}
_BARS = str.maketrans("│┃║", "|||")
_ART = str.maketrans(dict.fromkeys("⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠⎧⎨⎩⎪⎫⎬⎭", " "))
_RULE = frozenset("-=+|:_" + BLANKS + "".join(map(chr, range(0x2500, 0x2580))))
_MARK = re.compile(r"""[\n,;|\t"'()\[\]{}]""")
_GAP = re.compile(f"[{BLANKS}\n]+|[()\\[\\]{{}}]")
_TIED = frozenset("+*/·×⋅∗^=÷")
_MINUS = frozenset("-−–")
_COMMANDS = ("\\cdot", "\\times", "\\div")


@dataclass(slots=True)
class Line:
    """A piece of text and the separators in it that stand outside quotes and brackets."""

    text: str
    marks: list[tuple[int, str]] = field(default_factory=list)

    def count(self, sign: str) -> int:
        """Return how often a separator stands in the line."""
        return sum(mark == sign for _, mark in self.marks)

    def inner(self, sign: str) -> bool:
        """Tell whether a separator has something on both of its sides."""
        end = len(self.text.rstrip(BLANKS + ";"))
        begin = len(self.text) - len(self.text.lstrip(BLANKS))
        return any(mark == sign and begin < at < end for at, mark in self.marks)

    def part(self, begin: int, end: int) -> Line:
        """Return a piece of the line."""
        first, last = (bisect_left(self.marks, (at, "")) for at in (begin, end))
        marks = [(at - begin, mark) for at, mark in self.marks[first:last]]
        return Line(self.text[begin:end], marks)

    def trimmed(self, *, begin: bool, end: bool) -> Line:
        """Return the line without the bar it begins with, or ends with."""
        first, last = self.marks[0][0] + 1, self.marks[-1][0]
        return self.part(first if begin else 0, last if end else len(self.text))


class Brackets:
    """Which marks stand inside matched brackets; brackets that do not match hide nothing."""

    __slots__ = ("_counts", "_open")

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []
        self._counts = dict.fromkeys(PAIRS.values(), 0)

    def clear(self) -> None:
        """Forget all brackets, as at the end of a line."""
        if self._open:
            self._open.clear()
            self._counts = dict.fromkeys(self._counts, 0)

    def take(self, sign: str, marks: list[tuple[int, str]]) -> None:
        """Note a bracket; a closing one takes away the marks since the one that it closes."""
        if sign in self._counts:
            self._open.append((sign, len(marks)))
            self._counts[sign] += 1
        elif self._counts[PAIRS[sign]]:
            while True:
                opened, count = self._open.pop()
                self._counts[opened] -= 1
                if opened == PAIRS[sign]:
                    break
            del marks[count:]


def quoted(text: str, at: int, ends: str = "\n,;|\t") -> int:
    """Return where a quoted cell that begins at *at* ends, 0 when its quotes do not enclose it.

    >>> quoted('"a, b" , c', 0), quoted('"a" b, c', 0)
    (6, 0)
    """
    quote = text[at]
    end = text.find(quote, at + 1)
    while end >= 0 and text.startswith(quote, end + 1):
        end = text.find(quote, end + 2)
    if end < 0:
        return 0
    after = end + 1
    while after < len(text) and text[after] in BLANKS and text[after] not in ends:
        after += 1
    return end + 1 if after == len(text) or text[after] in ends else 0


def unquoted(cell: str, quotes: str = '"') -> str:
    """Return what stands between the quotes of a cell, the cell itself if it has none.

    >>> unquoted('"a, b"'), unquoted('"a" "b"')
    ('a, b', '"a" "b"')
    """
    if len(cell) > 1 and cell[0] in quotes and quoted(cell, 0) == len(cell):
        return cell[1:-1].replace(cell[0] * 2, cell[0]).replace("\n", " ").strip(BLANKS)
    return cell


def too_many(limits: Limits) -> AnswerError:
    """Return the error for an answer of too many cells."""
    return AnswerError(
        "too-many-cells",
        f"your answer has more than {limits.cells} cells, or more than {limits.columns} columns",
        hint="hand in the cells that were asked for, and nothing else",
    )


def lines(text: str, limits: Limits, quotes: str = '"') -> Iterator[Line]:
    """Yield the lines of a text with their separators; a newline inside a quoted cell ends none.

    Raises: AnswerError[too-many-cells] where one line has far more separators than cells may be.
    """
    marks: list[tuple[int, str]] = []
    brackets, begin, skip, fresh = Brackets(), 0, 0, 0
    for match in _MARK.finditer(text):
        at, sign = match.start(), match[0]
        if at < skip:
            continue
        if sign == "\n":
            yield Line(text[begin:at], marks)
            brackets.clear()
            marks, begin, fresh = [], at + 1, at + 1
        elif sign in "\"'":
            if sign in quotes and fresh >= 0 and not text[fresh:at].strip(BLANKS):
                skip = quoted(text, at)
            fresh = -1
        elif sign in ",;|\t":
            marks.append((at - begin, sign))
            fresh = at + 1
            if len(marks) > 4 * limits.cells:
                raise too_many(limits)
        else:
            brackets.take(sign, marks)
    yield Line(text[begin:], marks)


def planes(
    text: str, limits: Limits, decimal: str = ".", *, mixed: bool = False
) -> tuple[list[Plane], list[str]]:
    r"""Return the planes of a plain text, and notices; a blank line or `;;` parts planes.

    Raises: AnswerError[too-many-cells], and [mixed-blanks] where cells may be *mixed* numbers.

    >>> from symconv.homework.reading.model import LIMITS
    >>> planes("a + b, c\nd, e", LIMITS)[0]
    [(('a + b', 'c'), ('d', 'e'))]
    """
    found = _blocks(_undrawn(text), limits)
    notices: list[str] = []
    used = [line for block in found for line in block]
    if not _cellwise(used, decimal):
        found = [piece for block in found for piece in _unrolled(block)]
    found = _unframed([block for block in found if block])
    planes = _cells(found, decimal)
    if not _separator([line for block in found for line in block], decimal):
        planes = gaps.mixed(planes) if mixed else planes
        notices += gaps.differences(planes)
    return planes, notices


def rows(text: str, limits: Limits, decimal: str = ".", quotes: str = "\"'") -> list[Plane]:
    """Return the planes that stand in a pair of brackets, one unless `;;` is there."""
    block = [line for line in lines(text, limits, quotes) if line.text.strip(BLANKS)]
    found = [block] if _cellwise(block, decimal) else _unrolled(block)
    return _without_last(_cells(_unframed([piece for piece in found if piece]), decimal, quotes))


def _undrawn(text: str) -> str:
    """Return a text whose large brackets and bars, drawn with characters, are plain ones."""
    drawn = text.translate(_ART)
    if drawn != text:
        pairs = zip(text.split("\n"), drawn.split("\n"), strict=True)
        drawn = "\n".join(new for old, new in pairs if new.strip(BLANKS) or not old.strip(BLANKS))
    return drawn.translate(_BARS)


def _blocks(text: str, limits: Limits) -> list[list[Line]]:
    """Return the blocks of lines between blank lines, without drawn rules."""
    found: list[list[Line]] = [[]]
    count = 0
    for line in lines(text, limits):
        bare = line.text.strip(BLANKS)
        if is_rule(bare):
            if len(found[-1]) == 1 and not found[-1][0].text.strip(BLANKS + "|"):
                found[-1].pop()
        elif not bare:
            if found[-1]:
                found.append([])
        else:
            found[-1].append(line)
            count += 1
            if count > limits.cells:
                raise too_many(limits)
    return found


def is_rule(bare: str) -> bool:
    """Tell whether a line is a rule of a drawn table, `|---|:-:|` or `+--+--+`."""
    if len(bare) < 2 or not _RULE.issuperset(bare):
        return False
    marks = ("--", "==", "|-|", ":-", "-:")
    return any(mark in bare for mark in marks) or max(bare) >= "\u2500"


def _cellwise(used: Sequence[Line], decimal: str) -> bool:
    """Tell whether semicolons part cells: newlines end rows, and every row uses them."""
    inner = [line.inner(";") for line in used]
    if len(used) == 1:
        line = used[0]
        alone = {mark for _, mark in line.marks} <= {";", ","} and ";;" not in line.text
        return inner[0] and decimal == "," and alone and not _GAP.search(_tight(line.text))
    counts = {line.count(";") for line in used}
    return bool(inner) and (all(inner) or (any(inner) and len(counts) == 1))


def _tight(text: str) -> str:
    """Return a text without the blanks beside semicolons."""
    return ";".join(part.strip(BLANKS) for part in text.split(";"))


def _unrolled(block: Sequence[Line]) -> list[list[Line]]:
    """Return the rows that semicolons part; two semicolons begin a new plane."""
    found: list[list[Line]] = [[]]
    for line in block:
        begin = 0
        for at, mark in line.marks:
            if mark == ";":
                _append(found, line, begin, at)
                begin = at + 1
        _append(found, line, begin, len(line.text), last=True)
    return found


def _append(
    found: list[list[Line]], line: Line, begin: int, end: int, *, last: bool = False
) -> None:
    if line.text[begin:end].strip(BLANKS):
        found[-1].append(line.part(begin, end))
    elif begin == end and begin and not last and line.text[begin - 1] == ";" and found[-1]:
        found.append([])


def _cells(blocks: list[list[Line]], decimal: str, quotes: str = '"') -> list[Plane]:
    """Return the cells of all rows, parted by the one separator of the answer."""
    used = [line for block in blocks for line in block]
    sign = _separator(used, decimal)
    if not sign:
        wide = _by_wide_gaps(used)
        return [
            tuple(_by_blanks(line.text, decimal, quotes, wide=wide) for line in block)
            for block in blocks
        ]
    return [tuple(_parts(line, sign, quotes) for line in block) for block in blocks]


def _unframed(blocks: list[list[Line]]) -> list[list[Line]]:
    """Return the rows without the bars around them, if all rows have those."""
    used = [line for block in blocks for line in block]
    bare = [line.text.strip(BLANKS) for line in used]
    begin = all(text.startswith("|") for text in bare)
    end = all(text.endswith("|") and len(text) > 1 for text in bare)
    if not used or not (begin or end):
        return blocks
    framed = all(line.marks and "|" in (line.marks[0][1], line.marks[-1][1]) for line in used)
    if not framed:
        return blocks
    return [[line.trimmed(begin=begin, end=end) for line in block] for block in blocks]


def _separator(used: Sequence[Line], decimal: str) -> str:
    """Return the sign that parts the cells, "" for blanks: one that all rows use, else any."""
    signs = [
        sign
        for sign in ("\t|;" if decimal == "," else "\t|;,")
        if any(mark == sign for line in used for _, mark in line.marks)
        and (sign != "\t" or any(line.inner(sign) for line in used))
    ]
    everywhere = [sign for sign in signs if all(line.count(sign) for line in used)]
    return (everywhere or signs or [""])[0]


def _parts(line: Line, sign: str, quotes: str) -> Row:
    starts, found = 0, []
    for at, mark in [*line.marks, (len(line.text), sign)]:
        if mark == sign:
            found.append(unquoted(line.text[starts:at].strip(BLANKS + "\n"), quotes))
            starts = at + 1
    return tuple(found)


def _without_last(found: list[Plane]) -> list[Plane]:
    """Return the rows in brackets without the empty cell that a comma after the last one makes."""
    every = [row for block in found for row in block]
    if not any(map(any, every)) or not all(len(row) > 1 and not row[-1] for row in every):
        return found
    return [tuple(row[:-1] for row in block) for block in found]


def _gaps(text: str) -> list[tuple[int, int]]:
    """Return where the blanks of a text begin and end that part cells."""
    marks: list[tuple[int, str]] = []
    brackets = Brackets()
    for match in _GAP.finditer(text):
        if match[0] in "()[]{}":
            brackets.take(match[0], marks)
        else:
            marks.append((match.start(), match[0]))
    ends = [(at, at + len(blank)) for at, blank in marks]
    attached = "+" in text and any(text[end] == "+" and _attached(text, end) for _, end in ends)
    return [(at, end) for at, end in ends if not _tied(text, at, end, attached=attached)]


def _attached(text: str, at: int) -> bool:
    """Tell whether a sign is written close to what follows it."""
    return at + 1 < len(text) and text[at + 1] not in BLANKS


def _alone(text: str, at: int) -> bool:
    """Tell whether a sign stands between blanks, as where a dash means an empty cell."""
    return not _attached(text, at) and (at == 0 or text[at - 1] in BLANKS)


def _tied(text: str, at: int, end: int, *, attached: bool) -> bool:
    """Tell whether the parts of one sum or product stand on the two sides of a blank.

    A minus with a blank before it and none behind it begins a cell, `1 -2`, unless a plus of the
    row is written that way too: `a +b -c`.
    """
    left, right = text[at - 1], text[end]
    if left in _MINUS and right in _MINUS and _alone(text, at - 1) and _alone(text, end):
        return False
    if left in _TIED or left in _MINUS or right in _TIED:
        return True
    if right in _MINUS:
        return attached or (end + 1 < len(text) and not _attached(text, end))
    return text.startswith(_COMMANDS, end) or text[max(0, at - 6) : at].endswith(_COMMANDS)


def _by_wide_gaps(used: Sequence[Line]) -> bool:
    """Tell whether wide blanks part the cells, and narrow ones the letters of a product.

    So it is where sums are written with blanks, and every row has blanks of both kinds.
    """
    if not used or not all(_spaced(line.text) for line in used):
        return False
    widths = [[end - at for at, end in _gaps(line.text.strip(BLANKS))] for line in used]
    return all(1 in row and max(row) > 1 for row in widths)


def _spaced(text: str) -> bool:
    return any(f" {sign} " in text for sign in "+-*/·×")


def _by_blanks(text: str, decimal: str, quotes: str, *, wide: bool) -> Row:
    text = text.strip(BLANKS + "\n")
    if (whole := unquoted(text, quotes)) != text:
        return (whole,)
    starts, found = 0, []
    for at, end in _gaps(text):
        if end - at > 1 or not wide:
            found.append(text[starts:at])
            starts = end
    found.append(text[starts:])
    last = "," if decimal == "," else ""
    return tuple(unquoted(cell.removesuffix(last), quotes) for cell in found)
