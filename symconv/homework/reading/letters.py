"""Which declared letters a run of letters stands for: itself, or one product in one way only."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from symconv.errors import AnswerError
from symconv.homework.reading.characters import DIGITS, GREEK, alike
from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.names import COMMANDS, LETTER, WORDS, undressed, units
from symconv.homework.reading.polynomials import Monomial

MOST_READINGS = 3
"""How many readings of an ambiguous run are told."""
LONGEST_GUESSED = 20
"""The longest run for which a similar letter is looked for."""
_MOST_RUNS = 2048
_INSIDE = frozenset(f"{DIGITS}_[")
"""What stands inside a name only: no name ends before it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of letters that was read: its letters as written and sorted, and what to tell."""

    written: tuple[str, ...]
    monomial: Monomial
    notices: tuple[str, ...] = ()
    respelled: bool = False

    def parted(self) -> tuple[Run, Run]:
        """Return all letters but the last, and the last, which a power after the run raises.

        >>> Run(("w", "a"), ("a", "w")).parted()[1].written
        ('a',)
        """
        rest, last = self.written[:-1], self.written[-1:]
        return Run(rest, tuple(sorted(rest))), Run(last, last)


class Letters:
    """The declared letters of a question, as a reader of runs.

    >>> letters = Letters({"a", "w", "x11"}, 12)
    >>> letters.run("wax_{11}", 0).monomial
    ('a', 'w', 'x11')
    """

    def __init__(self, symbols: Iterable[str], degree: int) -> None:
        self.symbols = frozenset(symbols)
        self.degree = degree
        self.characters = frozenset("".join(self.symbols)) - set(f"{DIGITS}_[],")
        words = {COMMANDS[word]: word for word in self.symbols & COMMANDS.keys()}
        self.respellings = {one: words[one] for one in words if one not in self.symbols}
        if "ℓ" not in self.symbols and "ell" not in self.symbols and "l" in self.characters:
            self.respellings["ℓ"] = "l"
        self.aliases = {WORDS[one]: one for one in self.symbols & WORDS.keys()}
        self.longest = max(map(len, self.symbols | self.aliases.keys()), default=0)
        self.most = degree * (self.longest + 1)
        """No product within the degree is longer, line breaks after subscripts included."""
        self._runs: dict[str, Run] = {}

    def run(self, text: str, start: int) -> Run:
        """Return the reading of a run that stands at *start*.

        Raises: AnswerError[unknown-symbol], [ambiguous-name], [exponent].
        """
        known = self._runs.get(text)
        if known is None:
            known = self._read(text, start)
            if len(self._runs) >= _MOST_RUNS:
                self._runs.clear()
            self._runs[text] = known
        return known

    def knows(self, text: str) -> bool:
        """Tell whether a run is made of declared letters, in one way or several."""
        try:
            self.run(text, 0)
        except AnswerError as error:
            return error.code != "unknown-symbol"
        return True

    def _read(self, text: str, start: int) -> Run:
        run = units(undressed(text))
        if len(run) > self.most:
            self._refuse_long(run[: self.most + 1], text, start)
        if run in self.symbols:
            return Run((run,), (run,), self._others(run), _dressed(text))
        if _reach(run, self.symbols)[0]:
            return self._parted(run, text, start, self.symbols)
        other = "".join(self.respellings.get(character, character) for character in run)
        known = self.symbols | self.aliases.keys()
        if not _reach(other, known)[0]:
            self._refuse(run, text, start)
        return self._parted(other, text, start, known)

    def _others(self, name: str) -> tuple[str, ...]:
        """Return a notice where a declared name is also a product of others."""
        shorter = self.symbols - {name}
        if len(name) < 2 or not _reach(name, shorter)[0]:
            return ()
        product = _readings(name, shorter)[0] if len(name) <= LONGEST_GUESSED else ()
        return (f'"{name}" is read as one letter, not as {"·".join(product)}',) if product else ()

    def _parted(self, run: str, text: str, start: int, known: frozenset[str]) -> Run:
        readings = _readings(run, known)
        if len(readings) > 1:
            listed = " or ".join("·".join(reading) for reading in readings)
            refuse_cell(
                "ambiguous-name",
                f"{quoted(text)} can be read as {listed}",
                start,
                "write * between the letters",
            )
        return self._run(readings[0], run, text, start)

    def _run(self, reading: tuple[str, ...], run: str, text: str, start: int) -> Run:
        names = tuple(self.aliases.get(name, name) for name in reading)
        if len(names) > self.degree:
            refuse_cell(
                "exponent",
                f"{quoted(text)} multiplies {len(names)} letters, more than {self.degree}",
                start,
                "no answer needs so many factors",
            )
        changed = names != reading or run != units(undressed(text))
        notices = (f"{quoted(text)} is read as {'·'.join(names)}",) if changed else ()
        return Run(names, tuple(sorted(names)), notices, changed or _dressed(text))

    def _refuse_long(self, head: str, text: str, start: int) -> NoReturn:
        """Refuse a run of which no more than the head can be a product."""
        if _reach(head, self.symbols | self.aliases.keys())[1] + self.longest < len(head):
            self._refuse(head, text, start)
        refuse_cell(
            "exponent",
            f"{quoted(text)} multiplies more than {self.degree} letters",
            start,
            "no answer needs so many factors",
        )

    def _refuse(self, run: str, text: str, start: int) -> NoReturn:
        at = _reach(run, self.symbols)[1]
        rest = run[at:].replace("\n", "")
        refuse_cell(
            "unknown-symbol",
            f"{quoted(rest)} is not one of the letters of this question"
            if self.symbols
            else f"{quoted(rest)} stands where a number is expected",
            start + (at if text.startswith(run) else 0),
            self._hint(run, rest),
        )

    def _hint(self, run: str, rest: str) -> str:
        if not self.symbols and rest[0] in "xX" and set(rest[1:]) <= set(DIGITS):
            return "this question has no letters: for a product write 2*3 or 2·3"
        if not self.symbols:
            return "this question has no letters: write numbers only"
        twin = alike(rest[0])
        if twin in self.characters:
            return f'this "{rest[0]}" is another character than the letter "{twin}": type it anew'
        base = rest.rstrip(DIGITS)
        digits = rest[len(base) :][:3]
        if digits and base in ("e", "E"):
            return f"for a power of ten write 10^{digits}"
        if digits and base in self.symbols:
            return f"for a product write {base}*{digits}, for a power {base}^{digits}"
        for word in (run, rest, rest[0]):
            for name in sorted(self.symbols - {word}):
                if name.casefold() == word.casefold():
                    return f'the question writes "{name}": the case of letters counts'
        return self._nearest(run, rest)

    def _nearest(self, run: str, rest: str) -> str:
        words = {name for name in self.symbols if len(name) > 2}
        near: list[str] = []
        for word, names in ((rest, self.symbols), (run, words)):
            if len(word) <= LONGEST_GUESSED:
                near += difflib.get_close_matches(word, sorted(names), 1)
        if near:
            return f'did you mean "{near[0]}"?'
        some = sorted(self.symbols)[:12]
        more = " …" if len(self.symbols) > len(some) else ""
        return f"the letters are {' '.join(some)}{more}"


def letter_class(symbols: Iterable[str]) -> str:
    """Return the characters that letters are made of, as the inside of a regular expression."""
    declared = {character for name in symbols for character in name if character.isalpha()}
    return LETTER + "".join(sorted(declared - set(GREEK)))


def _dressed(text: str) -> bool:
    """Tell whether a run is written with more than letters and digits."""
    return not (text.isascii() and text.isalnum()) and units(text) != text


def _reach(run: str, known: Iterable[str]) -> tuple[bool, int]:
    """Return whether a run is a product of known names, and else where no product goes on."""
    by_first = _by_first(known)
    reached, furthest = {0}, 0
    for at in range(len(run)):
        if at not in reached:
            continue
        furthest = at
        if run[at] == "\n":
            reached.add(at + 1)
        else:
            reached.update(
                at + len(name) for name in by_first.get(run[at], ()) if _fits(run, at, name)
            )
    return len(run) in reached, furthest


def _readings(run: str, known: Iterable[str]) -> list[tuple[str, ...]]:
    """Return some products that a run can be, each in one order; all of them if they are few.

    From the end to the beginning: what a rest can be, at most `MOST_READINGS` of it. Different
    products of a rest stay different with the same name before them, so that more than one is
    found wherever there is more than one. Two orders of a product are one reading, unless
    another letter stands last, where a power would raise it.
    """
    by_first = _by_first(known)
    after: list[dict[Monomial, tuple[str, ...]]] = [{} for _ in run] + [{(): ()}]
    for at in reversed(range(len(run))):
        if run[at] == "\n":
            after[at] = after[at + 1]
            continue
        for name in by_first.get(run[at], ()):
            for reading in after[at + len(name)].values() if _fits(run, at, name) else ():
                if len(after[at]) < MOST_READINGS:
                    whole = (name, *reading)
                    after[at].setdefault((whole[-1], *sorted(whole)), whole)
    return list(after[0].values())


def _by_first(known: Iterable[str]) -> dict[str, list[str]]:
    by_first: dict[str, list[str]] = {}
    for name in sorted(known, key=lambda name: (-len(name), name)):
        by_first.setdefault(name[0], []).append(name)
    return by_first


def _fits(run: str, at: int, name: str) -> bool:
    end = at + len(name)
    return run.startswith(name, at) and (end == len(run) or run[end] not in _INSIDE)
