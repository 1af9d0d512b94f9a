"""Readers of learning systems' formats, written from their documentation; nothing of ours inside.

Cloze text of Moodle, the code of Maxima that STACK keeps, response processing of QTI 2.1, exercises
of R/exams, tables of HTML.
"""

from __future__ import annotations

import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

Terms = dict[tuple[str, ...], Fraction]


@dataclass
class Sheet:
    """A variant as the exports see it."""

    question: Any
    hash: str = "0123456789"


class Page(HTMLParser):
    """The texts of an HTML page, and its tables by their captions."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._in: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        if tag == "br":
            self.text += "\n"
            return
        self._in.append(tag)
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag == "td":
            self.tables[-1][1][-1].append("")

    def handle_startendtag(self, tag: str, _attrs: Any) -> None:
        assert tag == "br", tag
        self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        assert self._in.pop() == tag
        self.text += "\n" if tag == "p" else ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if "caption" in self._in:
            caption, rows = self.tables[-1]
            self.tables[-1] = (caption + data, rows)
        elif "td" in self._in:
            self.tables[-1][1][-1][-1] += data

    def grid(self, caption: str) -> list[list[str]]:
        """Return the one table with a caption."""
        (found,) = [rows for name, rows in self.tables if name == caption]
        return found


@dataclass
class Field:
    """A field of a Cloze text: weight, kind, and alternatives as (share, answer, feedback)."""

    weight: int
    kind: str
    alternatives: list[tuple[Fraction, str, str]] = field(default_factory=list)

    @property
    def right(self) -> list[str]:
        """The answers that get all of the weight."""
        return [answer for share, answer, _ in self.alternatives if share == 1]


_HEAD = re.compile(r"\{([0-9]*):([A-Z_]+):")
_SHARE = re.compile(r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%")


def cloze(text: str) -> tuple[str, list[Field]]:
    """Return a Cloze text with `{#n}` for its fields, and the fields."""
    rest = ""
    fields: list[Field] = []
    while head := _HEAD.search(text):
        found = Field(int(head[1] or 1), head[2])
        rest += text[: head.start()] + f"{{#{len(fields) + 1}}}"
        text = text[head.end() :]
        sign = "~"
        while sign == "~":
            share = _SHARE.match(text)
            text = text[share.end() :] if share else text
            credit = Fraction(0)
            if share:
                credit = Fraction(share[1].replace(",", ".")) / 100 if share[1] else Fraction(1)
            answer, sign, text = _until(text, "~#}", entities=True)
            feedback = ""
            if sign == "#":
                feedback, sign, text = _until(text, "~}", entities=False)
            found.alternatives.append((credit, _resolved(answer), _resolved(feedback)))
        fields.append(found)
    return rest + text, fields


def _until(text: str, ends: str, *, entities: bool) -> tuple[str, str, str]:
    """Split at the first end that no backslash, and in answers no ampersand, stands before."""
    for at, sign in enumerate(text):
        before = text[:at]
        escaped = before.endswith("\\") or (entities and before.endswith(("&", "&amp;")))
        if sign in ends and at and not escaped:
            return before, sign, text[at + 1 :]
    raise ValueError(text)


def _resolved(text: str) -> str:
    return html.unescape(text).replace("\\}", "}").replace("\\#", "#")


def polynomial(text: str) -> Terms:
    """Return a sum of products as Maxima writes it, `a*w-1/2*b^2+3`."""
    found: Terms = {}
    for sign, term in re.findall(r"([+-]?)([^+-]+)", text.replace(" ", "")):
        factor, names = Fraction(-1 if sign == "-" else 1), []
        for word in term.split("*"):
            name, _, power = word.partition("^")
            if name[0].isdigit():
                factor *= Fraction(name)
            else:
                assert re.fullmatch(r"[A-Za-z](_?[0-9]+)?", name), name
                names += [name] * int(power or 1)
        key = tuple(sorted(names))
        found[key] = found.get(key, Fraction(0)) + factor
    return {names: factor for names, factor in found.items() if factor}


def matrix(text: str) -> list[list[Terms]]:
    """Return the entries of `matrix([..],[..])`."""
    inner = re.fullmatch(r"matrix\((.*)\)", text)
    assert inner, text
    return [
        [polynomial(entry) for entry in row.split(",")]
        for row in re.findall(r"\[([^\]]*)\]", inner[1])
    ]


def files(package: bytes) -> dict[str, bytes]:
    """Return the files of a package, by their names."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def tree(data: bytes) -> ET.Element:
    """Return the root of an XML file that we wrote."""
    return ET.fromstring(data)  # noqa: S314 - no stranger's file is read here


def local(node: ET.Element) -> str:
    """Return a tag without its namespace."""
    return node.tag.rpartition("}")[2]


class Processing:
    """Response processing of QTI 2.1: as much of it as a test of grids needs."""

    def __init__(self, item: ET.Element, answers: list[str]) -> None:
        declared = [node for node in item if local(node) == "responseDeclaration"]
        self.values: dict[str, Any] = {}
        for node, answer in zip(declared, answers, strict=True):
            self.values[node.attrib["identifier"]] = self._typed(answer, node.attrib["baseType"])
        for node in item:
            if local(node) == "outcomeDeclaration":
                text = "".join(node.itertext()).strip()
                kind = node.attrib["baseType"]
                self.values[node.attrib["identifier"]] = self._typed(text, kind) if text else None
        (rules,) = [node for node in item if local(node) == "responseProcessing"]
        for rule in rules:
            self._condition(rule)

    @staticmethod
    def _typed(text: str, kind: str) -> Any:
        if kind == "integer":
            return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else None
        if kind == "float":
            return float(text) if re.fullmatch(r"[+-]?[0-9.]+", text) else None
        return text

    def _condition(self, rule: ET.Element) -> None:
        assert local(rule) == "responseCondition"
        for branch in rule:
            test, *actions = branch
            if self._value(test):
                for action in actions:
                    assert local(action) == "setOutcomeValue"
                    self.values[action.attrib["identifier"]] = self._value(action[0])
                return

    def _value(self, node: ET.Element) -> Any:
        inner = [self._value(child) for child in node]
        match local(node):
            case "variable":
                return self.values[node.attrib["identifier"]]
            case "baseValue":
                return self._typed(node.text or "", node.attrib["baseType"])
            case "match" | "equal":
                return None not in inner and inner[0] == inner[1]
            case "and":
                return all(inner)
            case "or":
                return any(inner)
            case "sum":
                return sum(inner)
            case "lt":
                return inner[0] < inner[1]
        raise ValueError(node.tag)


def exercise(text: str) -> tuple[str, list[str], list[str], dict[str, str]]:
    """Return question, its answers, solutions, and facts of an exercise of R/exams."""
    parts = re.split(r"^([A-Z][a-z-]+)\n={3,}\n", text, flags=re.MULTILINE)
    assert parts[0] == ""
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(sections) == ["Question", "Solution", "Meta-information"]
    lists = {}
    for name in ("Question", "Solution"):
        body, _, items = sections[name].partition("Answerlist\n----------\n")
        found = [html.unescape(line[2:]) for line in items.strip().split("\n")]
        assert all(line.startswith("* ") for line in items.strip().split("\n"))
        lists[name] = (body, found)
    facts = dict(line.split(": ", 1) for line in sections["Meta-information"].strip().split("\n"))
    return lists["Question"][0], lists["Question"][1], lists["Solution"][1], facts
