"""Zip archives: their files one after the other, read in memory up to a limit, never unpacked.

What a header says of sizes is used to refuse, never to trust: no more bytes are read than may be.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from symconv.errors import AnswerError
from symconv.homework.reading.model import Limits

SUFFIXES = frozenset((".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar"))
SMALL = 2**14
"""Bytes that may be packed as tightly as they like."""
_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name, and its bytes or why there are none."""

    name: str
    data: bytes = b""
    fault: AnswerError | None = None


def refused(message: str) -> AnswerError:
    """Return the error for an archive, or a file in it, that is not read."""
    return AnswerError(
        "bad-archive",
        f"the archive cannot be read: {message}",
        hint="hand in a plain zip file of CSV, JSON, YAML, Markdown, LaTeX or notebook files",
    )


def members(stream: BinaryIO, limits: Limits, key: Callable[[str], Any] = str) -> Iterator[Member]:
    """Yield the files of a zip archive in the order of their names, or of a *key* of those.

    A file that is encrypted, a link, an archive, too large or damaged comes with a fault, and the
    others go on.

    Raises: AnswerError[bad-archive] where the archive as a whole cannot be read.
    """
    with _opened(stream) as archive:
        listed = sorted(_listed(archive, stream, limits), key=lambda one: key(one[0]))
        for name, info in listed:
            yield _member(archive, info, name, limits)


def names(stream: BinaryIO, limits: Limits) -> list[str]:
    """Return the names of the files of an archive in their order, without reading any.

    Raises: AnswerError[bad-archive].
    """
    with _opened(stream) as archive:
        return sorted(name for name, _ in _listed(archive, stream, limits))


def _opened(stream: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except _FAULTS:
        raise refused("it is damaged, or no zip file") from None


def _listed(
    archive: zipfile.ZipFile, stream: BinaryIO, limits: Limits
) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return the files of an archive by the names they have in the folder that holds all."""
    size = stream.seek(0, 2)
    infos = [info for info in archive.infolist() if _counts(info)]
    if len(infos) > limits.members:
        raise refused(f"it holds more than {limits.members} files")
    if sum(info.file_size for info in infos) > max(SMALL, limits.ratio * size):
        raise refused(f"it would be more than {limits.ratio} times as large when unpacked")
    top = len(_top([info.filename for info in infos]))
    return [(info.filename[top:], info) for info in infos]


def _counts(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a file that someone handed in, and none that a system made."""
    parts = info.filename.split("/")
    return bool(parts[-1]) and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


def _top(names: list[str]) -> str:
    """Return the folder that holds all of several files, "" if there is none."""
    first, slash, _ = names[0].partition("/") if names else ("", "", "")
    folder = first + slash
    return folder if slash and len(names) > 1 and all(n.startswith(folder) for n in names) else ""


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, limits: Limits) -> Member:
    try:
        return Member(name, _read(archive, info, limits))
    except AnswerError as error:
        return Member(name, fault=error)
    except _FAULTS:
        return Member(name, fault=refused("a file in it is damaged"))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    if info.flag_bits & 1:
        raise refused("a file in it is encrypted")
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        raise refused("a file in it is a link to another file")
    limit = limit_of(info.filename, limits)
    if info.file_size > max(SMALL, limits.ratio * info.compress_size):
        raise refused(f"a file in it would be more than {limits.ratio} times as large unpacked")
    with archive.open(info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise refused(f"a file in it is larger than {limit} bytes")
    if data.startswith(b"PK\x03\x04") or suffix_of(info.filename) in SUFFIXES:
        raise refused("a file in it is an archive")
    return data


def limit_of(name: str, limits: Limits) -> int:
    """Return how many bytes a file of this name may have.

    >>> from symconv.homework.reading.model import LIMITS
    >>> limit_of("a.ipynb", LIMITS) // limit_of("a.csv", LIMITS)
    10
    """
    return limits.notebook_bytes if suffix_of(name) == ".ipynb" else limits.file_bytes


def suffix_of(name: str) -> str:
    """Return the end of a file's name from the last dot on, in small letters.

    >>> suffix_of("Sheet 1.CSV"), suffix_of("folder.d/answer"), suffix_of(".csv")
    ('.csv', '', '')
    """
    head, dot, end = name.rpartition("/")[2].rpartition(".")
    return f".{end.lower()}" if dot and head else ""
