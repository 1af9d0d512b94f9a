r"""The journal of a run: one header, then one record a line, in the order of the submissions.

    records.jsonl = header "\n" (record "\n")*

It survives whatever ends a run: lines are appended and forced to the disk every `EVERY` records, a
line that was torn is cut off on resuming, and the records before it are matched one by one with
the submissions, so that none is lost or graded twice. The file itself is locked while it is
written to, so that the lock ends with its process.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from symconv.errors import QuestionError
from symconv.homework.grading.intake import Item, Key
from symconv.homework.grading.work import Line
from symconv.homework.outputs.escape import visible

NAME = "records.jsonl"
ERRORS = "errors.log"
SCHEMA = "symconv-grade/1"
MOST_PENDING = 8 * 2**20
"""Bytes of records that wait to be written at most."""
EVERY = 500
"""Records after which the journal is forced to the disk."""
OPENING = b'{"inputs": ['
"""How a header begins; one without an end was torn, and no record follows it."""
LONGEST_HEADER = 2**24
"""Bytes of a header; many inputs make a long one."""
Header = dict[str, Any]


class Journal:
    """The journal in a folder, open for appending.

    A journal of another question, of other submissions or of another version is refused, unless
    ``fresh`` says to begin anew.

    Raises: QuestionError[busy], [other-question], [other-submissions], [other-journal],
    [cannot-write].
    """

    def __init__(self, folder: Path, header: Header, *, fresh: bool = False) -> None:
        self.path, self.errors = folder / NAME, folder / ERRORS
        self.kept = 0
        self._pending: list[bytes] = []
        self._size = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = FileIO(os.open(self.path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666), "r+")
        except OSError as error:
            raise _cannot_write(self.path, error) from None
        try:
            _lock(self._file, folder)
            self._begin(header, fresh=fresh)
        except BaseException:
            self._file.close()
            raise

    def _begin(self, header: Header, *, fresh: bool) -> None:
        first = json.dumps(header, sort_keys=True).encode() + b"\n"
        with self.path.open("rb") as stream:
            found = stream.readline(LONGEST_HEADER)
        torn = not found.endswith(b"\n") and found[: len(OPENING)] == OPENING[: len(found)]
        old = None if torn else _header(found, self.path)
        if torn or fresh:
            self._cut(0)
            self._pending.append(first)
            self.sync()
        elif old != header:
            raise _other(header, old or {}, self.path.parent)
        self._end = len(first)

    def resume(self, items: Iterator[Item]) -> None:
        """Keep the records there are, taking their submissions off the iterator; cut off the rest.

        Raises: QuestionError[other-submissions].
        """
        with self.path.open("rb") as stream:
            stream.seek(self._end)
            for text in stream:
                key = _key(text)
                if key is None:
                    break
                item = next(items, None)
                if item is None or item.key != key:
                    raise _other_submissions(self.path.parent)
                self._end += len(text)
                self.kept += 1
        self._cut(self._end)
        _keep_errors(self.errors, self.kept)

    def append(self, line: Line) -> None:
        """Add a record.

        Raises: QuestionError[cannot-write].
        """
        if line.trouble:
            self._note(line)
        self._pending.append(line.text + b"\n")
        self._size += len(line.text)
        if len(self._pending) >= EVERY or self._size > MOST_PENDING:
            self.sync()

    def sync(self) -> None:
        """Write what was added, and wait until the disk has it.

        Raises: QuestionError[cannot-write].
        """
        text = memoryview(b"".join(self._pending))
        self._pending.clear()
        self._size = 0
        try:
            while text:
                text = text[self._file.write(text) or 0 :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _cannot_write(self.path, error) from None

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield every record as it was written."""
        return read(self.path)

    def _cut(self, end: int) -> None:
        try:
            self._file.truncate(end)
            self._file.seek(end)
        except OSError as error:
            raise _cannot_write(self.path, error) from None

    def _note(self, line: Line) -> None:
        """Write what went wrong for the teacher, before the record that says that something did."""
        place, name = map(visible, (line.item.submission.place, line.item.submission.id))
        shown = "".join(f"    {visible(row)}\n" for row in line.trouble.split("\n"))
        text = f"submission {line.item.number}: {place}: {name}\n{shown}"
        try:
            with self.errors.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise _cannot_write(self.errors, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.sync()
        except QuestionError:
            if error is None:
                raise
        finally:
            self._file.close()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a journal without its header."""
    with path.open("rb") as stream:
        stream.readline()
        for text in stream:
            yield json.loads(text)


_BINARY = getattr(os, "O_BINARY", 0)


def _lock(file: FileIO, folder: Path) -> None:
    """Keep every other process from writing to a file, until it is closed or the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(2**40)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise QuestionError(
            "busy",
            f"another run is writing to {str(folder)!r}",
            hint="wait for it, or give another folder with -o",
        ) from None


def _header(found: bytes, path: Path) -> Header:
    try:
        old = json.loads(found)
    except ValueError:
        old = None
    if isinstance(old, dict) and old.get("schema") == SCHEMA:
        return old
    raise QuestionError(
        "other-journal",
        f"{str(path)!r} is there, and was not written by symconv grade",
        hint="give another folder with -o",
    )


def _other(header: Header, old: Header, folder: Path) -> QuestionError:
    """Return what is said of a journal whose header differs from that of this run."""
    reasons = {
        "question": "another question",
        "symconv": "another version of symconv",
        "settings": "another level of feedback",
    }
    for name, what in reasons.items():
        if old.get(name) != header[name]:
            return QuestionError(
                "other-question",
                f"{str(folder)!r} holds the records of {what}",
                hint="grade everything again with --fresh, or give another folder with -o",
            )
    return _other_submissions(folder)


def _other_submissions(folder: Path) -> QuestionError:
    return QuestionError(
        "other-submissions",
        f"the submissions are not those whose records {str(folder)!r} holds",
        hint="grade everything again with --fresh, or give another folder with -o",
    )


def _cannot_write(path: Path, error: OSError) -> QuestionError:
    return QuestionError(
        "cannot-write",
        f"{error.strerror or error}; what was graded is kept",
        place=str(path),
        hint="make room or give another folder, and run the same command again",
    )


def _key(text: bytes) -> Key | None:
    """Return what a line of the journal is a record of, None if it was torn."""
    if not text.endswith(b"\n"):
        return None
    try:
        record = json.loads(text)
        return record["place"], record["submission_id"], record["attempt"], record["sha256"]
    except (ValueError, TypeError, KeyError):
        return None


def _keep_errors(path: Path, kept: int) -> None:
    """Leave out what was noted about submissions whose records are not kept."""
    if not path.exists():
        return
    rows = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    left: list[str] = []
    for row in rows:
        head = re.match(r"submission ([0-9]{1,18}): ", row)
        if head and int(head[1]) >= kept:
            break
        left.append(row)
    if left:
        path.write_text("".join(left), encoding="utf-8", newline="\n")
    else:
        path.unlink()
