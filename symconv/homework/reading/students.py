"""Whose the files of a folder or an archive are, and which of one student's files is the answer.

ada.csv   bob/answer.txt, bob/scan.pdf   Cyd_7_assignsubmission_onlinetext_/onlinetext.html
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from symconv.homework.reading import archives, cells, notebooks
from symconv.homework.reading.model import Rules, Submission, Written

SHOWN = 60
"""Characters of a file's name in a notice."""
_MOODLE = re.compile(r"_assignsubmission_(?:file|onlinetext)_")
_USUAL = re.compile(
    r"(?:answer|submission|solution|homework|hw|assignment|exercise|task|question|q|part|problem"
    r"|result|output|grid|matrix|notes?|readme|index|main|untitled|new|scan|onlinetext)"
    r"[ _.()0-9a-z-]{0,4}\Z"
)
"""Names that a file has for what is in it, and not for its author."""


def owner(name: str, *, deep: bool = False) -> str:
    """Return whose a file is: the first folder's, of sections (*deep*) the next part's.

    >>> owner("ada/answer.txt"), owner("ada.csv"), owner("Ada_7_assignsubmission_file_/x.csv")
    ('ada', 'ada', 'Ada_7')
    >>> owner("group A/ada.csv", deep=True), owner("group A/ada/answer.csv", deep=True)
    ('ada', 'ada')
    """
    parts = name.split("/")
    part = parts[1] if deep and len(parts) > 1 else parts[0]
    if part is parts[-1]:
        part = part.rpartition(".")[0] or part
    return _MOODLE.split(part)[0] or part


def sections(names: Sequence[str], suffixes: Sequence[str], holds: Callable[[str], bool]) -> bool:
    """Tell whether folders are sections of a class, and the files or folders in them students.

    They are where all files stand in folders of folders, more than one in some. They are also where
    all files stand in two or more folders, none has a usual name (`answer`, `readme`), none the
    name of one in another folder, and in at least half of the folders two or more files hold a
    grid, as *holds* tells. Otherwise each folder is one student's, and two different grids in it
    are refused.
    """
    inner: dict[str, set[str]] = defaultdict(set)
    files: dict[str, list[str]] = defaultdict(list)
    for name in names:
        first, slash, rest = name.partition("/")
        if slash and "/" in rest:
            inner[first].add(rest.partition("/")[0])
        elif slash and archives.suffix_of(name) in suffixes:
            files[first].append(name)
        elif slash:
            files[first] += ()
    if not all("/" in name for name in names):
        return False
    if inner and not files:
        return any(len(folders) > 1 for folders in inner.values())
    stems = [owner(name, deep=True).casefold() for found in files.values() for name in found]
    if len(set(stems)) < len(stems) or any(map(_USUAL.match, stems)):
        return False
    many = [found for found in files.values() if len(found) > 1]
    if len(files) < 2 or 2 * len(many) < len(files):
        return False
    return 2 * sum(sum(map(holds, found)) > 1 for found in many) >= len(files)


def one_of(found: Sequence[Submission], rules: Rules) -> Submission:
    """Return the answer in one student's files: the one grid there, whatever lies beside it.

    Two different grids are a fault, for nobody can say which one counts.
    """
    read = [(each, each.written) for each in found if each.written is not None]
    grids = [(each, written) for each, written in read if holds_grid(written, rules)]
    kept = grids or read
    if not kept:
        told = [each for each in found if each.fault and each.fault.code != "unknown-format"]
        return (told or found)[0]
    first, written = kept[0]
    if any(other.planes != written.planes for _, other in kept[1:]):
        return Submission(
            first.id,
            fault=notebooks.two_answers("different answers in your files"),
            place=first.place,
            facts=first.facts,
        )
    beside = [each.place for each in found if each is not first]
    notices = [f"beside your answer, the file {place[-SHOWN:]} was left out" for place in beside]
    return replace(first, written=replace(written, notices=(*written.notices, *notices)))


def holds_grid(written: Written, rules: Rules) -> bool:
    """Tell whether at least half of the cells that are not empty can be read."""
    texts = [cell for row in written.rows() for cell in row if cell.strip()]
    budget = cells.Budget(rules.limits)
    count = sum(cells.read(text, rules, budget).fault is None for text in texts)
    return 0 < len(texts) <= 2 * count


def together(names: Sequence[str], *, deep: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each student with the names of the student's files, in order of names."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[owner(name, deep=deep)].append(name)
    yield from found.items()
