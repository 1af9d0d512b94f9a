"""Lines of an answer that are no cells: titles, sentences, what a program prints above a matrix.

My answer:        ans =               Channel 1        ```
1 2; 3 4              1     2         1 2; 3 4         1 2; 3 4
Thanks!               3     4         Channel 2        ```
"""

from __future__ import annotations

import re

from symconv.homework.reading.labels import NO_LABELS

NOTICE = "titles were left out"
_ENDS = re.compile(
    r"(?=\S)(?:[^\W\d_][\w. ]{0,40})?(?:\([^()\n]{0,30}\)|\[[^\[\]\n]{0,30}\])? *:?=\Z"
)
_COLUMNS = re.compile(r"(?:\[,[0-9]{1,4}\] *)++\Z")
_FENCE = re.compile(r"(?:```|~~~)[ \w]{0,20}\Z")
_NUMBERS = re.compile(r"[0-9\s+\-.,;|()]*")
_TOKEN = re.compile(r"[^\s,;]+")
_PLAIN = frozenset('|\t&\\"={}<>^*/+_%$')
_VALUES = NO_LABELS | frozenset(
    (
        *("blank", "empty", "unknown", "missing", "zero", "one", "two", "three", "four", "five"),
        *("six", "seven", "eight", "nine", "ten", "eleven", "twelve", "minus", "plus", "and"),
    )
)
_TITLES = frozenset(
    (
        *("answer", "answers", "result", "results", "output", "solution", "thanks", "channel"),
        *("filter", "map", "plane", "matrix", "feature", "kernel", "image", "layer", "sample"),
        *("part", "question", "task", "exercise", "problem", "step", "signal", "row", "line"),
    )
)
_ROWS = frozenset(("row", "line"))


def without(text: str, letters: frozenset[str] | None) -> tuple[str, bool]:
    r"""Return a text without its titles, a blank line for each, and whether it had any.

    Lines of words are titles only if other lines are not, and if the *letters* are known that
    words of cells are made of.

    >>> without("Here is it:\n1 2\nI used correlation", frozenset())
    ('\n1 2\n', True)
    >>> without("I do not know", frozenset())
    ('I do not know', False)
    """
    if _NUMBERS.fullmatch(text):
        return text, False
    lines = text.split("\n")
    bare = [line.strip() for line in lines]
    sure = [bool(line) and _is_title(line) for line in bare]
    words = [
        bool(line) and not known and letters is not None and _is_words(line, letters)
        for line, known in zip(bare, sure, strict=True)
    ]
    cells = [at for at, line in enumerate(bare) if line and not sure[at] and not words[at]]
    for at, line in enumerate(bare):
        inside = bool(cells) and cells[0] < at < cells[-1]
        words[at] = words[at] and bool(cells) and not (inside and _is_short(line))
    kept = [
        "" if title or word else line for line, title, word in zip(lines, sure, words, strict=True)
    ]
    rows = {at for at, word in enumerate(words) if word and _first(bare[at]) in _ROWS}
    joined = "\n".join(line for at, line in enumerate(kept) if at not in rows)
    return joined, any(sure) or any(words)


def parted(text: str, letters: frozenset[str]) -> str:
    """Return a text with a comma for an `and` between the last two cells of a line.

    >>> parted("1, 3, 5 and 3", frozenset())
    '1, 3, 5, 3'
    """
    if " and " not in text or letters.issuperset("and"):
        return text
    return "\n".join(map(_parted, text.split("\n")))


def _parted(line: str) -> str:
    before, found, last = line.rpartition(" and ")
    if not found or not before.strip() or not {",", ";", "|", "\t"}.isdisjoint(last):
        return line
    return f"{before.rstrip(' ,')}, {last}"


def _is_title(bare: str) -> bool:
    return (
        bare[0] == "#"
        or bare.startswith("//")
        or (bare[-1] == ":" and bare[0].isalpha())
        or (bare[-1] == "=" and _ENDS.match(bare) is not None)
        or _FENCE.match(bare) is not None
        or _COLUMNS.match(bare) is not None
    )


def _first(bare: str) -> str:
    return bare.split(None, 1)[0].casefold().strip(".,:!")


def _words(tokens: list[str]) -> list[str]:
    """Return the words among the parts of a line; those that stand for a value are none."""
    found = (token.strip(".,!?:()'’-") for token in tokens)
    plain = (word for word in found if len(word) > 1)
    return [
        word
        for word in plain
        if word.casefold() not in _VALUES
        and all(part.isalpha() for part in word.replace("’", "'").replace("'", "-").split("-"))
    ]


def _is_words(bare: str, letters: frozenset[str]) -> bool:
    """Tell whether a line is words that no letters of the question spell."""
    tokens = _TOKEN.findall(bare)
    words = _words(tokens)
    if not words:
        return False
    if _first(bare) in _TITLES and len(tokens) <= 2 and _PLAIN.isdisjoint(bare):
        return True
    if not any(sum(character not in letters for character in word) > 1 for word in words):
        return False
    if not _PLAIN.isdisjoint(bare) and len(words) < 4:
        return False
    if not {",", ";"}.isdisjoint(bare) and len(words) < 3:
        return False
    return 2 * len(words) > len(tokens) and (len(words) > 1 or bare[-1] == "!")


def _is_short(bare: str) -> bool:
    """Tell whether a line of words may as well be a row of cells that are words."""
    return len(_TOKEN.findall(bare)) < 3 and bare[-1] not in ".!?" and _first(bare) not in _TITLES
