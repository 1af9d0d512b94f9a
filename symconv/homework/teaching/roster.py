"""Who gets a variant: a class list as CSV, and the random numbers that belong to each student.

    seed(student) = HMAC-SHA256(secret, SHA-256 of what is asked ‖ student's id)
    block(i)      = SHA-256(seed ‖ i as 8 bytes, big-endian),   i = 0, 1, 2, …

The blocks, one after the other, are the stream that a variant is drawn from: the same on every
machine and in every version of Python, and nobody's can be told from another's without the secret.

Sources: RFC 2104 for HMAC; FIPS 180-4 for SHA-256; D. E. Knuth, The Art of Computer Programming,
volume 2, section 3.4.2, for the shuffle.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from stat import S_ISREG
from typing import TypeVar

from symconv.errors import QuestionError
from symconv.homework.outputs.escape import shortened, slug

Item = TypeVar("Item")

MOST_BYTES = 16 * 2**20
"""Bytes of the largest class list."""
LONGEST_FIELD = 10_000
"""Characters of the longest field of a class list."""
IDS = (
    *("id", "student id", "student", "sid", "student number", "number", "matriculation number"),
    *("matrikelnummer", "username", "user name", "user", "login", "netid", "login id"),
    *("sis user id", "sis login id", "email", "email address", "e-mail", "mail"),
)
"""Names of the column that tells students apart, the surest first; case and `_` do not matter."""
NAMES = ("name", "full name", "student name", "display name")
FIRST, LAST = ("first name", "given name", "forename"), ("last name", "surname", "family name")


@dataclass(frozen=True, slots=True)
class Student:
    """One line of a class list: the id that tells students apart, and a name to print."""

    id: str
    name: str = ""
    line: int = 0

    @property
    def slug(self) -> str:
        """A file name for the student, whatever the id holds."""
        return slug(self.id)


def load_roster(path: str | Path, column: str | None = None) -> tuple[Student, ...]:
    """Return the students in a CSV file; *column* names the one with their ids.

    Raises: QuestionError[unreadable-file], [not-utf-8], [bad-roster], [duplicate-student].
    """
    try:
        text = _content(Path(path)).decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuestionError("unreadable-file", reason, place=str(path)) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        raise QuestionError("not-utf-8", message, place=str(path)) from None
    return students(text, str(path), column)


def _content(path: Path) -> bytes:
    found = path.stat()
    if not S_ISREG(found.st_mode):
        raise OSError(0, "Not a regular file")
    if found.st_size > MOST_BYTES:
        raise OSError(0, f"More than {MOST_BYTES} bytes")
    return path.read_bytes()


def students(text: str, name: str = "roster", column: str | None = None) -> tuple[Student, ...]:
    r"""Return the students of a CSV text with a header; *name* stands for the file in messages.

    Columns are parted by commas, semicolons or tabs, whichever the header has most of.

    >>> students("Email;Name\nann@x.org;Ann\n")
    (Student(id='ann@x.org', name='Ann', line=2),)
    """
    rows = list(_rows(text.removeprefix("\ufeff"), name))
    if not rows:
        raise QuestionError("bad-roster", "no header", place=name, hint=_HINT)
    _, header = rows[0]
    heads = [_plain(head) for head in header]
    id_at = _id_column(heads, name, column)
    found = [
        Student(row[id_at].strip(), _name(heads, row), line)
        for line, row in rows[1:]
        if _full(row, len(header), f"{name}:{line}")
    ]
    _check(found, name, header[id_at])
    return tuple(found)


_HINT = "the first line names the columns, one of them `id`, `student` or `email`"


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line it starts on."""
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                _check_row(row)
                yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        place = f"{name}:{before + 1}"
        raise QuestionError("bad-roster", str(error), place=place, hint=_HINT) from None


def _check_row(row: Sequence[str]) -> None:
    if max(map(len, row)) > LONGEST_FIELD:
        raise csv.Error(f"a field has more than {LONGEST_FIELD} characters")


def _plain(head: str) -> str:
    return " ".join(head.casefold().replace("_", " ").split())


def _id_column(heads: Sequence[str], name: str, column: str | None) -> int:
    wanted = IDS if column is None else (_plain(column),)
    for word in wanted:
        if heads.count(word) == 1:
            return heads.index(word)
        if word in heads:
            message = f"{heads.count(word)} columns are called {word!r}"
            raise QuestionError("bad-roster", message, place=name, hint=_HINT)
    given = ", ".join(repr(shortened(head, 40)) for head in heads[:12])
    missing = "no column tells students apart" if column is None else f"no column {column!r}"
    raise QuestionError("bad-roster", f"{missing}: {given}", place=name, hint=_HINT)


def _name(heads: Sequence[str], row: Sequence[str]) -> str:
    def first(words: Iterable[str]) -> str:
        return next((row[heads.index(word)].strip() for word in words if word in heads), "")

    return first(NAMES) or f"{first(FIRST)} {first(LAST)}".strip()


def _full(row: Sequence[str], columns: int, place: str) -> bool:
    if len(row) != columns:
        message = f"{len(row)} fields under {columns} columns"
        hint = "put fields with commas in quotes"
        raise QuestionError("bad-roster", message, place=place, hint=hint)
    return True


def _check(found: Sequence[Student], name: str, head: str) -> None:
    """Refuse an empty class, a student without an id, and an id that two students have."""
    if not found:
        raise QuestionError("bad-roster", "no students below the header", place=name, hint=_HINT)
    seen: dict[str, int] = {}
    for student in found:
        if not student.id:
            message = f"no id in column {shortened(head, 40)!r}"
            raise QuestionError("bad-roster", message, place=f"{name}:{student.line}", hint=_HINT)
        first = seen.setdefault(unicodedata.normalize("NFC", student.id), student.line)
        if first != student.line:
            raise QuestionError(
                "duplicate-student",
                f"{shortened(student.id, 60)!r} stands in lines {first} and {student.line}",
                place=name,
                hint="take one of the two lines away",
            )


def student_seed(secret: bytes, asked: str, student: str) -> bytes:
    """Return a student's seed: HMAC-SHA256(secret, *asked* ‖ id); *asked* is a SHA-256 in hex.

    >>> student_seed(b"secret", "00" * 32, "ann").hex()[:16]
    'a152ab7d0dc5384c'
    """
    message = bytes.fromhex(asked) + student.encode("utf-8", "surrogatepass")
    return hmac.new(secret, message, hashlib.sha256).digest()


class Stream:
    """Integers from a seed, without favour: SHA-256 in counter mode, and rejection.

    Not `random.Random`, whose methods may give other numbers in other versions of Python.

    >>> stream = Stream(b"seed")
    >>> [stream.below(10) for _ in range(8)]
    [0, 3, 0, 3, 9, 5, 0, 7]
    """

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._block = 0
        self._bytes = b""

    def _take(self, count: int) -> bytes:
        while len(self._bytes) < count:
            counter = self._block.to_bytes(8, "big")
            self._bytes += hashlib.sha256(self.seed + counter).digest()
            self._block += 1
        found, self._bytes = self._bytes[:count], self._bytes[count:]
        return found

    def below(self, bound: int) -> int:
        """Return an integer from 0 to *bound* − 1, each as likely as the others.

        As many bits as bound − 1 has are read, from whole bytes; a number that is too large is
        thrown away, not folded back.
        """
        bits = (bound - 1).bit_length()
        mask = (1 << bits) - 1
        while True:
            found = int.from_bytes(self._take((bits + 7) // 8), "big") & mask
            if found < bound:
                return found

    def between(self, least: int, most: int) -> int:
        """Return an integer from *least* to *most*, both included."""
        return least + self.below(most - least + 1)

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of some items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Iterable[Item]) -> list[Item]:
        """Return the items in an order of which each is as likely as the others."""
        found = list(items)
        for last in range(len(found) - 1, 0, -1):
            other = self.below(last + 1)
            found[last], found[other] = found[other], found[last]
        return found
