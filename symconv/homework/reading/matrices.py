r"""Matrices written as such: nested brackets in the ways of many programs.

    [[1, 2], [3, 4]]   {{1, 2}, {3, 4}}   [1 2; 3 4]   ((1, 2), (3, 4))   [[1 2]
    array([[1, 2], [3, 4]])                                             [3 4]]

Nothing is carried out: a bracket is a list because of where it stands. A bracket that is open in
one cell and never closed spoils that cell alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from symconv.errors import AnswerError
from symconv.homework.reading import tables
from symconv.homework.reading.model import Limits, Plane, Row
from symconv.homework.reading.tables import BLANKS, PAIRS

SPACE = BLANKS + "\n"
WORDS = frozenset(
    (
        "array",
        "asarray",
        "matrix",
        "Matrix",
        "mat",
        "tensor",
        "Tensor",
        "list",
        "tuple",
        "c",
        "rbind",
    )
)
"""Words before a bracket that only say that a list, or a row, follows."""
_MARK = re.compile(r"""[\n,;"'()\[\]{}]""")
_WORD = re.compile(rf"([A-Za-z][A-Za-z_.]{{0,40}})[{BLANKS}]{{0,4}}\Z")
_NAME = re.compile(
    rf"[A-Za-z][A-Za-z0-9_ ]{{0,40}}(?:_\{{[^{{}}]{{0,20}}\}})?"
    rf"(?:\[[^\[\]\n]{{0,20}}\]|\([^()\n]{{0,20}}\))?[{SPACE}]{{0,8}}(?::=|[=:])(?!=)"
)
TURN = r"T|\\top|\\intercal|\\(?:text|mathrm|mathsf|mathbf) ?(?:\{ ?T ?\}|T)"
_TRANSPOSED = re.compile(rf"(?<=[\])}}])(?:\.?['’]|\.?ᵀ|\.T|\^ ?(?:\{{ ?(?:{TURN}) ?\}}|{TURN}))\Z")
TAIL = 40
"""Characters at the end of a text among which a sign of transposition stands."""
_LEFT_RIGHT = re.compile(r"\\(?:left|right|bigl|bigr|big)(?=[ ]?\\?[\[\](){}.|])")


@dataclass(slots=True, eq=False)
class Node:
    """A bracket: where it and what it holds begin and end, and the lists right inside."""

    start: int
    begin: int
    sign: str
    first: bool
    end: int = 0
    separated: bool = False
    listed: bool = False
    named: bool = False
    inner: list[Node] = field(default_factory=list)


def named(text: str) -> str:
    """Return a text without the name it is given, `y = [1, 2]`; a name alone is a text.

    >>> named("y = [1, 2]"), named("y[n] = {1, 2}"), named("a == b")
    ('[1, 2]', '{1, 2}', 'a == b')
    """
    found = _NAME.match(text)
    return text[found.end() :].lstrip(SPACE) if found else text


def brackets(
    text: str, limits: Limits, decimal: str = ".", notices: list[str] | None = None
) -> list[Plane] | None:
    r"""Return the planes of a text that is nothing but lists in brackets, None for any other.

    A sign of transposition after them is carried out, with a notice.

    Raises: AnswerError[unclosed-matrix], [bad-matrix], [nested-too-deep], [too-many-cells].

    >>> from symconv.homework.reading.model import LIMITS
    >>> brackets("y = [[a(b+c), 2],\n [3, 4]]", LIMITS)
    [(('a(b+c)', '2'), ('3', '4'))]
    >>> brackets("(a+b)(c+d)", LIMITS) is None
    True
    """
    text = _LEFT_RIGHT.sub("", text).replace("\\{", "{").replace("\\}", "}")
    text = named(text.strip(SPACE))
    sign = _TRANSPOSED.search(text[-TAIL:].rstrip(SPACE + ";"))
    text = text.rstrip(SPACE + ";")[: -len(sign[0])] if sign else text
    if text[:1] not in tuple("[{(") and not _word_first(text):
        return None
    if sum(map(text.count, "([{")) > 8 * limits.cells:
        if text[0] == "(":
            return None
        raise tables.too_many(limits)
    root = _tree(text, decimal)
    if root is None:
        return None
    found = _planes(_list_of(text, root, limits, decimal))
    return turned(found, notices) if sign else found


def turned(found: list[Plane], notices: list[str] | None) -> list[Plane]:
    """Return a matrix with its rows as columns.

    Raises: AnswerError[bad-matrix] for planes, and for rows of different lengths.
    """
    if len(found) != 1 or len({len(row) for row in found[0]}) != 1:
        raise AnswerError(
            "bad-matrix",
            "what is to be transposed is no matrix",
            hint="write the rows of your answer as they should be read",
        )
    if notices is not None:
        notices.append("your matrix was transposed, as the sign behind it says")
    return [tuple(zip(*found[0], strict=True))]


def _word_first(text: str) -> bool:
    head = text[:60].partition("(")[0]
    return head.strip().rpartition(".")[2] in WORDS


def _tree(text: str, decimal: str) -> Node | None:
    """Return the lists of a text, None if anything else stands beside them."""
    root = Node(0, 0, "", first=True, end=len(text), listed=True)
    stack, skip, extra = [root], 0, False
    counts = dict.fromkeys(PAIRS.values(), 0)
    for match in _MARK.finditer(text):
        at, sign = match.start(), match[0]
        if at < skip:
            continue
        if sign in "([{":
            stack.append(_opened(text, at))
            counts[sign] += 1
        elif sign in PAIRS:
            extra |= not _close(text, at, stack, counts)
        elif sign in "\"'":
            if at == 0 or text[_before(text, at)] in "([{,;":
                skip = tables.quoted(text, at, "\n,;|\t])}")
        else:
            stack[-1].separated |= sign == ";" or (sign == "," and decimal == ".")
    return _rooted(text, stack, extra=extra)


def _opened(text: str, at: int) -> Node:
    """Return the bracket that opens at a place, with the word before it that says it is a list."""
    word = _WORD.search(text, max(0, at - 45), at) if text[at] == "(" else None
    known = word is not None and word[1].rpartition(".")[2] in WORDS
    start = word.start() if word and known else at
    before = _before(text, start)
    first = start == 0 or before < 0 or text[before] in "([{,;)]}"
    return Node(start, at + 1, text[at], first, named=known)


def _before(text: str, at: int) -> int:
    """Return the place of the last character before a place that is no blank."""
    at -= 1
    while at >= 0 and text[at] in SPACE:
        at -= 1
    return at


def _followed(text: str, at: int) -> bool:
    """Tell whether a list may end before a place: what follows begins another part, or none."""
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at == len(text) or text[at] in "\n,;)]}([{"


def _close(text: str, at: int, stack: list[Node], counts: dict[str, int]) -> bool:
    """Close a bracket, and tell whether there was one to close.

    Those left open inside it are no lists, and what they hold is its own.
    """
    if not counts[PAIRS[text[at]]]:
        return False
    inside: list[Node] = []
    while (node := stack.pop()).sign != PAIRS[text[at]]:
        counts[node.sign] -= 1
        inside.append(node)
    counts[node.sign] -= 1
    for each in reversed(inside):
        node.inner += each.inner
        node.separated |= each.separated
    node.end = at
    listed = node.sign != "(" or node.separated or bool(node.inner)
    node.listed = node.first and listed and _followed(text, at + 1)
    if node.listed:
        stack[-1].inner.append(node)
    return True


def _rooted(text: str, stack: list[Node], *, extra: bool) -> Node | None:
    root, *left = stack
    if left and left[0].start == 0 and (left[0].sign != "(" or left[0].inner):
        raise AnswerError(
            "unclosed-matrix",
            f"the bracket {left[0].sign} that your answer begins with is never closed",
            hint="write [[1, 2], [3, 4]], with as many closing as opening brackets",
        )
    rest = {character for part in _between(text, root) for character in part} - set(SPACE)
    if extra and root.inner and rest <= set(",;)]}") and rest - set(",;"):
        raise AnswerError(
            "bad-matrix",
            "your answer has more closing than opening brackets",
            hint="write [[1, 2], [3, 4]], with as many closing as opening brackets",
        )
    return root if root.inner and not left and rest <= set(",;") else None


def _between(text: str, node: Node) -> Iterator[str]:
    """Yield what stands in a list before, between and after the lists inside it."""
    begin = node.begin
    for part in node.inner:
        yield text[begin : part.start]
        begin = part.end + 1
    yield text[begin : node.end]


Nested = tuple[int, list[Plane]]
"""How deep a list is (1 a row, 2 a matrix, 3 planes, …), and what it holds, as planes."""


def _list_of(text: str, node: Node, limits: Limits, decimal: str, depth: int = 0) -> Nested:
    """Return what a list holds."""
    if depth > limits.depth:
        raise AnswerError(
            "nested-too-deep",
            f"your answer has brackets inside brackets, more than {limits.depth} deep",
            hint="write a matrix as [[1, 2], [3, 4]]",
        )
    if not node.inner:
        return _leaf(text[node.begin : node.end], limits, decimal, outermost=depth == 1)
    *between, last = _between(text, node)
    if any(part.strip(SPACE + ",;") for part in between) or not _options(last):
        raise AnswerError(
            "bad-matrix",
            "in one pair of brackets, single cells and rows in brackets stand side by side",
            hint="put every row into brackets, [[1, 2], [3, 4]], or no row",
        )
    parts = [_list_of(text, part, limits, decimal, depth + 1) for part in node.inner]
    return parts[0] if len(parts) == 1 and (depth == 0 or node.named) else _stacked(parts)


def _options(text: str) -> bool:
    """Tell whether what follows the lists in a bracket is nothing, or options, `dtype=object`."""
    parts = [part.strip(SPACE) for part in text.split(",")]
    return all(not part.strip(";") or (part[0].isalpha() and "=" in part) for part in parts)


def _leaf(text: str, limits: Limits, decimal: str, *, outermost: bool) -> Nested:
    """Return the cells of a list without lists inside: newlines end rows in outermost ones only."""
    if not text.strip(SPACE):
        return 1, [((),)]
    if not outermost:
        text = text.replace("\n", " ")
    elif "," in text and decimal == ".":
        lines = [line.rstrip(BLANKS) for line in text.strip(SPACE).split("\n")]
        text = "".join(line + (" " if line.endswith(",") else "\n") for line in lines)
    found = tables.rows(text.strip(SPACE), limits, decimal)
    return _height(found), found


def _height(found: Sequence[Plane]) -> int:
    return 3 if len(found) > 1 else 2 if found and len(found[0]) > 1 else 1


def _stacked(parts: list[Nested]) -> Nested:
    """Return lists of one depth as one list that is one deeper."""
    depths = {depth for depth, _ in parts}
    if len(depths) > 1:
        raise AnswerError(
            "bad-matrix",
            "the rows of your answer do not stand in equally many brackets",
            hint="write a matrix as [[1, 2], [3, 4]]",
        )
    if 1 in depths:
        rows: list[Row] = [row for _, found in parts for plane in found for row in plane]
        return 2, [tuple(rows)]
    return max(depths) + 1, [plane for _, found in parts for plane in found]


def _planes(found: Nested) -> list[Plane]:
    return [plane for plane in found[1] if any(plane)]
