"""What there is to grade: files, the submissions in them, numbered, and chunks of those.

A submission is known by where it stood, whose it is, its number among the attempts of that student,
and the SHA-256 of what was handed in; these tell on resuming that nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symconv.errors import AnswerError, QuestionError
from symconv.homework.questions.model import Columns
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Rules, Submission

Read = Callable[[Path, Columns, Rules], Iterable[Submission]]
"""Finds the submissions in a file or a folder, in an order that is always the same."""
Key = tuple[str, str, int, str]
"""Place, id, attempt, and the SHA-256 of the content."""

MOST = 100
"""Submissions of one chunk."""
MOST_CHARACTERS = 500_000
"""Characters after which a chunk ends; its last submission may exceed them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One submission in its place: ``number`` counts all from 0, ``attempt`` a student's from 1.

    ``size`` counts the characters handed in. ``trouble`` is set when reading it failed.
    """

    number: int
    attempt: int
    sha256: str
    size: int
    submission: Submission
    trouble: str = ""
    question: Question | None = None
    """The student's own variant, where each has one."""

    @property
    def key(self) -> Key:
        """What it is recognised by."""
        return self.submission.place, self.submission.id, self.attempt, self.sha256


Chunk = tuple[Item, ...]


def failed(kind: str) -> AnswerError:
    """Return what a student is told when the program, not the answer, is at fault.

    >>> print(failed("ZeroDivisionError"))
    AnswerError[internal-error]: the grading program failed on this answer (ZeroDivisionError)
      hint: this says nothing about your answer; ask your teacher to look at it
    """
    return AnswerError(
        "internal-error",
        f"the grading program failed on this answer ({kind})",
        hint="this says nothing about your answer; ask your teacher to look at it",
    )


def trace(error: BaseException) -> str:
    """Return a traceback without the frames of whoever called, the same on every kind of worker."""
    return "".join(traceback.format_exception(error)).rstrip("\n")


def inputs(paths: Sequence[Path], out: Path) -> list[dict[str, Any]]:
    """Return name, size and SHA-256 of every input; those of a folder's files are put together.

    Raises: QuestionError[unreadable-file], QuestionError[output-inside].
    """
    found = []
    for path in paths:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise QuestionError(
                "output-inside",
                f"the results would be written into {str(path)!r}, among the submissions",
                hint="name a folder outside with -o",
            )
        found.append(_facts(path))
    return found


def _facts(path: Path) -> dict[str, Any]:
    files = [path]
    if path.is_dir():
        files = sorted(_files(path), key=Path.as_posix)
    whole, size = hashlib.sha256(), 0
    for file in files:
        if file.exists() and not file.is_file():
            raise unreadable(file, OSError(0, "Not a regular file"))
        try:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
                length = stream.tell()
        except OSError as error:
            raise unreadable(file, error) from None
        name = file.relative_to(path).as_posix()
        whole.update(f"{name}\0{length}\0{digest.hexdigest()}\n".encode(errors="backslashreplace"))
        size += length
    facts: dict[str, Any] = {"path": plain(path.as_posix()), "bytes": size}
    return {**facts, "sha256": whole.hexdigest() if path.is_dir() else digest.hexdigest()}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder that may hold answers: no hidden ones, and no links."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def unreadable(path: Path, error: OSError) -> QuestionError:
    """Return what is said of a file that cannot be opened or read."""
    return QuestionError("unreadable-file", error.strerror or str(error), place=str(path))


def items(paths: Sequence[Path], question: Question, read: Read) -> Iterator[Item]:
    """Yield every submission of the files, in order.

    What is kept of those that went by is one number for each student.

    Raises: QuestionError[unreadable-file], and what is wrong with the question's columns.
    """
    seen: dict[bytes, int] = {}
    number = 0
    for path in paths:
        for submission, trouble in _submissions(path, question, read):
            known = hashlib.blake2b(submission.id.encode(), digest_size=16).digest()
            seen[known] = seen.get(known, 0) + 1
            text = _text(submission)
            sha256 = hashlib.sha256(text).hexdigest()
            yield Item(number, seen[known], sha256, len(text), submission, trouble)
            number += 1


def _submissions(path: Path, question: Question, read: Read) -> Iterator[tuple[Submission, str]]:
    """Yield the submissions of one file; a file that cannot be read is one submission."""
    try:
        for found in read(path, question.file.submissions, question.rules):
            yield _clean(found), ""
    except QuestionError:
        raise
    except AnswerError as error:
        yield _clean(Submission(path.name, fault=error, place=path.name)), ""
    except OSError as error:
        raise unreadable(path, error) from None
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        fault = failed(type(error).__name__)
        yield _clean(Submission(path.name, fault=fault, place=path.name)), trace(error)


def _clean(submission: Submission) -> Submission:
    name, place = plain(submission.id), plain(submission.place)
    if (name, place) == (submission.id, submission.place):
        return submission
    return replace(submission, id=name, place=place)


def plain(text: str) -> str:
    r"""Return a text that can be written in UTF-8.

    >>> plain("a\udc80")
    'a\\udc80'
    """
    return text.encode(errors="backslashreplace").decode()


def _text(submission: Submission) -> bytes:
    """Return what was handed in, told apart from everything else that could have been."""
    written, fault = submission.written, submission.fault
    planes = None if written is None else written.planes
    notices = () if written is None else written.notices
    reason = None if fault is None else (fault.code, fault.message, fault.place, fault.hint)
    return json.dumps((planes, notices, reason)).encode()


def chunks(
    found: Iterable[Item], most: int = MOST, characters: int = MOST_CHARACTERS
) -> Iterator[Chunk]:
    """Yield consecutive submissions together, limited in number and in length.

    >>> some = [Item(n, 1, "", 4, Submission("")) for n in range(5)]
    >>> [len(chunk) for chunk in chunks(some, most=3, characters=8)]
    [2, 2, 1]
    """
    chunk: list[Item] = []
    size = 0
    for item in found:
        chunk.append(item)
        size += item.size
        if len(chunk) == most or size >= characters:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)
