"""The text of an answer that was typed into an editor of web pages: its rows and its cells.

    <p>38 29</p><p>45 21</p>     <table><tr><td>38</td><td>29</td></tr>…</table>

Tags are cut out in one pass, whether they match or not. Nothing that a page refers to is looked at.
"""

from __future__ import annotations

import re
from html.entities import html5

SUFFIXES = (".html", ".htm")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?![A-Za-z0-9])[^<>]*+>|<!--|<[!?][^<>]*+>")
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{1,20}));?")
_LINES = frozenset(
    (
        *("p", "br", "div", "tr", "li", "table", "ul", "ol", "pre", "blockquote", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "body", "section", "caption"),
    )
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("script", "style", "head", "title", "template"))
_RAISED = {"sup": ("^{", "}"), "sub": ("_{", "}")}


def text(source: str) -> str:
    r"""Return the text of a page or a part of one; a text that does not begin with a tag is itself.

    Paragraphs and rows of tables end lines, cells of tables end at TAB; `<sup>`, `<sub>` are powers
    and subscripts.

    >>> text("<p>1 &minus;2</p><p>3&nbsp;x<sup>2</sup></p>")
    '1 −2\n3\xa0x^{2}'
    >>> text("<table><tr><td>1</td><td>2</td></tr></table>"), text("a < b > c")
    ('1\t2', 'a < b > c')
    """
    bare = source.lstrip()
    return page(bare) if bare[:1] == "<" and _TAG.match(bare) else source


def page(source: str) -> str:
    """Return the text of a page, which may begin with text."""
    reader = _Page(source)
    begin, comments = 0, True
    for tag in _TAG.finditer(source):
        if tag.start() < begin:
            continue
        reader.take(source[begin : tag.start()])
        begin = tag.end()
        if tag[0] == "<!--":
            end = source.find("-->", begin) if comments else -1
            begin, comments = (end + 3 if end >= 0 else begin), end >= 0
        elif tag[2]:
            reader.turn(tag[2].lower(), closing=bool(tag[1]))
    reader.take(source[begin:])
    return _tidy("".join(reader.found))


class _Page:
    """Where in a page one is: in a cell, in text whose lines count, in what nobody sees."""

    def __init__(self, source: str) -> None:
        self.found: list[str] = []
        self.hidden, self.cell = "", False
        lines = any((tag[2] or "").lower() in _LINES for tag in _TAG.finditer(source))
        self.plain = self.typed = not lines

    def take(self, piece: str) -> None:
        """Take a piece of text; newlines mean no more than blanks unless nothing else parts."""
        if not self.hidden:
            plain = _decoded(piece.replace("\t", " ").replace("\v", " ").replace("\r", ""))
            self.found.append(plain if self.typed else plain.replace("\n", " "))

    def turn(self, word: str, *, closing: bool) -> None:
        """Take a tag."""
        if word in _UNSEEN:
            self.hidden = "" if closing else word
        elif self.hidden:
            return
        elif word in _CELLS:
            self.found.append("\v" * (closing or self.cell))
            self.cell = not closing
        elif word in _RAISED:
            self.found.append(_RAISED[word][closing])
        elif word in _LINES:
            self.cell &= word not in ("tr", "table")
            self.typed = self.plain or (word == "pre" and not closing)
            self.found.append(" " if self.cell else "\n")


def _decoded(piece: str) -> str:
    return _ENTITY.sub(_character, piece) if "&" in piece else piece


def _character(entity: re.Match[str]) -> str:
    if entity[3]:
        return html5.get(f"{entity[3]};", entity[0])
    code = int(entity[1]) if entity[1] else int(entity[2], 16)
    plain = 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if plain else "\ufffd"


def _tidy(found: str) -> str:
    """Return the lines that hold anything; cells are parted by TAB, and a row ends with none."""
    lines = (line.strip(" ").removesuffix("\v") for line in found.split("\n"))
    parts = ("\t".join(cell.strip(" ") for cell in line.split("\v")) for line in lines)
    return "\n".join(part for part in parts if part)
