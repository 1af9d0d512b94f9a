"""Text of strangers made harmless for each place it is shown in; nothing here changes what is kept.

Which characters are unseen is a table of this file, not of the Python that runs it, so that the
same text gives the same bytes everywhere.

Sources: CWE-1236 and the OWASP page on CSV injection for the signs that start a formula;
CommonMark 0.31 sections 4.4, 6.1 and 6.2 for code spans, indented code and entities.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

_RANGES = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160)),
    *((0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)),
    *((0x3164, 0x3164), (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD)),
    *((0x13430, 0x1345F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 17 * 2**16, 2**16)),
)
_UNSEEN = "".join(f"{chr(first)}-{chr(last)}" for first, last in _RANGES)
UNSEEN = re.compile(f"[{_UNSEEN}]")
"""Controls, marks that turn or join text, fillers, surrogates and noncharacters."""
_EACH = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_BLANKS = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
_FORMULA = re.compile(f"[{_BLANKS}{_UNSEEN}]*[=+@\uff1d\uff0b\uff0d\uff20-]|[{_BLANKS}]*[\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_BARE = re.compile(r"[A-Za-z0-9_.+-]*")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_[]{}<>&#|~!$@^=\"'"}


def visible(text: str, keep: str = "") -> str:
    r"""Return a text in which every unseen character is written out, but those of *keep*.

    >>> print(visible("a\u202eb\x1b[2J"))
    a\u202eb\x1b[2J
    """
    return UNSEEN.sub(lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def _spelled(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return _SHORT.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, most: int = 200) -> str:
    """Return a text made visible, and cut where it is longer than *most* characters.

    >>> shortened("12345678", 5)
    '12345… (8 characters)'
    """
    if len(text) <= most:
        return visible(text)
    return f"{visible(text[:most])}… ({len(text)} characters)"


def compact_json(data: Any) -> str:
    r"""Return data as JSON on one line: keys sorted, unseen characters escaped, no NaN.

    >>> compact_json({"b": "\x9b", "a": ["é", 1]})
    '{"a":["é",1],"b":"\\u009b"}'
    """
    text = _COMPACT.encode(data)
    return text if _EACH.isdisjoint(text) else UNSEEN.sub(_json_escape, text)


def indented_json(data: Any) -> str:
    """Return data as JSON for people to read, with the same care, and a newline at the end."""
    text = _INDENTED.encode(data)
    return (
        UNSEEN.sub(lambda found: found[0] if found[0] == "\n" else _json_escape(found), text) + "\n"
    )


_COMPACT = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)


def _json_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def csv_text(text: str) -> str:
    """Return the text that a field of a table holds: no table program takes it for a formula.

    A text that starts like a formula gets an apostrophe in front, unless it is a plain number.

    >>> csv_text("-aw+bx"), csv_text("-3"), csv_text(" =1+1")
    ("'-aw+bx", '-3', "' =1+1")
    """
    risky = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return ("'" if risky else "") + visible(text, keep="\n\t")


def csv_field(text: str) -> str:
    """Return the text of a field, in quotes unless it is made of letters, digits and `_.+-`."""
    safe = csv_text(text)
    return safe if _BARE.fullmatch(safe) else '"' + safe.replace('"', '""') + '"'


def csv_line(fields: Iterable[str]) -> str:
    r"""Return one row of a table, with its newline.

    >>> csv_line(["-3", "a,b", "=1"])
    '-3,"a,b","\'=1"\n'
    """
    return ",".join(map(csv_field, fields)) + "\n"


def code(text: str) -> str:
    """Return a text as a code span of Markdown, in which nothing is a tag, a link or a picture.

    >>> code("a`b"), code("")
    ('``a`b``', '(nothing)')
    """
    safe = visible(text)
    if not safe.strip(" "):
        return "(nothing)"
    ticks = "`" * (max(map(len, re.findall("`+", safe)), default=0) + 1)
    edge = " " if safe[0] in "` " or safe[-1] in "` " else ""
    return f"{ticks}{edge}{safe}{edge}{ticks}"


def prose(text: str) -> str:
    """Return a text as one line of Markdown that is nothing but words.

    >>> prose("![](http://x) <b>")
    '&#33;&#91;&#93;(http&#58;//x) &#60;b&#62;'
    """
    safe = visible(text).translate(_ENTITIES).replace("://", "&#58;//")
    safe = re.sub(r"(?i)\bwww\.", lambda found: found[0][:-1] + "&#46;", safe)
    safe = re.sub(r"^( *)([-+])", lambda found: f"{found[1]}&#{ord(found[2])};", safe)
    return re.sub(
        r"^( *[0-9]+)([.)])(?= |$)", lambda found: f"{found[1]}&#{ord(found[2])};", safe
    ).strip(" ")


def block(lines: Iterable[str]) -> str:
    """Return lines as indented code, which every Markdown shows as they stand."""
    return "\n".join("    " + visible(line) for line in lines)


def slug(text: str) -> str:
    """Return a file name for an id: its plain letters, and a hash that keeps ids apart.

    No name is a path, a device or hidden, and names differ though their case is lost.

    >>> slug("../../etc/x")
    'etc-x-56da1a2ef2dfa53b'
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", text[:200]).strip("-")[:40].strip("-").lower()
    return f"{plain or 'student'}-{digest}"
