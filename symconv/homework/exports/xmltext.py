"""Text made safe, and trees of tags, for every export that is XML or HTML.

XML is built as trees and written by one serialiser, never joined from strings; no CDATA section is
written, since escaped text is the same to every XML reader and cannot be ended from within.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from symconv.homework.outputs.escape import visible

PROSE = re.compile(r"[A-Za-z0-9 .,;?'()/+\n-]|[^\x00-\x7f]")
"""Signs that mean nothing in HTML, and in the templates and formulas of learning systems."""
WORDS = re.compile(r"[A-Za-z0-9 ]|[^\x00-\x7f]")
"""Signs that mean nothing in Markdown either."""


def inert(text: str, safe: re.Pattern[str] = PROSE) -> str:
    """Return a text as HTML or Markdown in which only harmless signs stand for themselves.

    Every sign that could mean something to a system on the way, to a filter for formulas, or to a
    template, is a character reference.

    >>> inert("{1:NM:=3} $x$ `r 1` ]]>")
    '&#123;1&#58;NM&#58;&#61;3&#125; &#36;x&#36; &#96;r 1&#96; &#93;&#93;&#62;'
    """
    shown = visible(text.replace("\r\n", "\n"), keep="\n")
    return "".join(sign if safe.match(sign) else f"&#{ord(sign)};" for sign in shown)


def element(tag: str, *content: str | ET.Element, **attributes: str) -> ET.Element:
    """Return an element with text and children in the order given; a text is made visible.

    >>> ET.tostring(element("p", "a<b ", element("b", "c"), " d", id="1"), encoding="unicode")
    '<p id="1">a&lt;b <b>c</b> d</p>'
    """
    shown = {name.rstrip("_"): visible(value) for name, value in attributes.items()}
    found = ET.Element(tag, shown)
    for item in content:
        if isinstance(item, ET.Element):
            found.append(item)
        elif len(found):
            found[-1].tail = (found[-1].tail or "") + visible(item, keep="\n")
        else:
            found.text = (found.text or "") + visible(item, keep="\n")
    return found


VERBATIM = "verbatim"
"""The tag of an element whose text `markup` writes as it stands: the code of an answer field."""


def markup(*elements: ET.Element) -> str:
    """Return elements as HTML whose texts are inert.

    >>> markup(element("p", "{@1@} ", element(VERBATIM, "[[input:ans1]]")))
    '<p>&#123;&#64;1&#64;&#125; [[input:ans1]]</p>'
    """
    return "".join(map(_markup, elements))


def _markup(node: ET.Element) -> str:
    if node.tag == VERBATIM:
        return (node.text or "") + inert(node.tail or "")
    opening = "".join(f' {name}="{inert(value)}"' for name, value in node.attrib.items())
    if node.tag == "br":
        return f"<br{opening}/>{inert(node.tail or '')}"
    inner = inert(node.text or "") + "".join(map(_markup, node))
    return f"<{node.tag}{opening}>{inner}</{node.tag}>{inert(node.tail or '')}"


def document(root: ET.Element) -> bytes:
    """Return a tree as an XML file, UTF-8, its declaration on the first line."""
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
