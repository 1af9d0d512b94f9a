"""One cell of an answer: from its text to an exact value, or to the reason why there is none.

    cell = blank | number | [label "="] expression { "=" expression }

Reading never raises, never carries anything out, and takes steps that are counted, not timed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from symconv.errors import AnswerError
from symconv.homework.reading.arithmetic import Evaluation, Meter
from symconv.homework.reading.characters import DASHES, SUPERSCRIPTS, described, fold, unencoded
from symconv.homework.reading.faults import quoted, refuse_cell
from symconv.homework.reading.grammar import Parsed, Step, parse
from symconv.homework.reading.letters import Letters
from symconv.homework.reading.model import LIMITS, Cell, Limits, Rules
from symconv.homework.reading.numbers import is_whole, precision
from symconv.homework.reading.polynomials import Value
from symconv.homework.reading.tokens import Scanner, Token
from symconv.homework.reading.writing import written

_REMEMBERED = 2048
"""How many short texts a reader remembers; many students write the same."""
_SHORT = 64
_MOST_READERS = 8
_PLACEHOLDER = re.compile(r"[*/+ ]*+[-?._…][-?._*/+ …]*+|[Nn] ?/ ?[Aa]\.?")
_NUMBER = re.compile(r"(?:[0-9.,]|\{,\})+")
_PLAIN = re.compile(rf" *[{DASHES}]? ?[0-9]+(?:[.,][0-9]*)? *")
"""Numbers that need no "read as", whatever their minus and their decimal sign."""
_RESPELLED = frozenset("\\${" + SUPERSCRIPTS)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))


class Budget:
    """How many products all cells of one submission may still take.

    >>> budget = Budget(Limits(submission_products=5))
    >>> budget.take(3), budget.take(3), budget.left
    (True, False, 0)
    """

    __slots__ = ("left",)

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.left = limits.submission_products

    def take(self, products: int) -> bool:
        """Take some products and tell whether there were so many; if not, none is left."""
        enough = products <= self.left
        self.left = self.left - products if enough else 0
        return enough


def read(text: str, rules: Rules, budget: Budget | None = None) -> Cell:
    """Return a cell as it was read; a cell that cannot be read holds its fault.

    >>> cell = read("−2w(a + ½)", Rules(frozenset("aw")))
    >>> str(cell.value), cell.shown, cell.expanded
    ('-2aw - w', '-2·w·(a + 1/2)', False)
    >>> print(read("2 3", Rules()).fault)
    AnswerError[two-numbers]: character 3: two numbers side by side, the second is "3"
      hint: write 1234 without a space, or a * between factors
    """
    return _reader(rules).read(text, budget)


class Reader:
    """Reads the cells of one question; what depends on its rules alone is made once."""

    def __init__(self, rules: Rules) -> None:
        limits = rules.limits
        self.rules = rules
        self.letters = Letters(rules.symbols, limits.exponent)
        self.scanner = Scanner(rules)
        self.known: dict[str, tuple[Cell, int]] = {}
        digits = min(limits.digits, limits.bits // 4, limits.cell_characters - 2)
        plain = (
            f" ?(-?)(?:0+(?=[0-9]))?([0-9]{{1,{digits}}}) ?"
            if digits > 0 and limits.tokens > 1
            else "(?!)"
        )
        self.plain = re.compile(plain).fullmatch
        """Whole numbers that break no limit, for 10^digits < 2^(4·digits) ≤ 2^bits."""

    def read(self, text: str, budget: Budget | None = None) -> Cell:
        """Return a cell as it was read, the same whether or not its text was read before."""
        known = self.known.get(text)
        if known is None:
            known = self._read(text, None if budget is None else budget.left)
            if len(text) <= _SHORT and known[0].fault is not _EXHAUSTED:
                if len(self.known) >= _REMEMBERED:
                    self.known.clear()
                self.known[text] = known
        cell, products = known
        if not products or budget is None or budget.take(products):
            return cell
        return Cell(text, fault=_EXHAUSTED)

    def _read(self, text: str, left: int | None) -> tuple[Cell, int]:
        """Return a cell and the products that it took."""
        plain = self.plain(text)
        if plain and len(text) <= self.rules.limits.digits:
            digits = plain[2]
            value = -int(digits) if plain[1] else int(digits)
            return Cell(text, value, places=0, digits=len(digits)), 0
        meter = Meter(self.rules.limits, left)
        try:
            return self._cell(text, meter), meter.products
        except AnswerError as error:
            if meter.exhausted:
                return Cell(text, fault=_EXHAUSTED), (left or 0) + 1
            return Cell(text, fault=error.with_traceback(None)), meter.products

    def _cell(self, text: str, meter: Meter) -> Cell:
        folded = text if text.isascii() else fold(text)
        if not folded.strip(" \t\r\n"):
            return Cell(text)
        self._check(text, folded)
        start, end = _inside(folded)
        parts = _split(self.scanner.tokens(folded, start, end))
        notices = self._label(parts)
        return self._valued(text, folded, self._parsed(parts, end), notices, meter)

    def _check(self, text: str, folded: str) -> None:
        limit, bad = self.rules.limits.cell_characters, unencoded(text)
        if len(text) > limit:
            refuse_cell(
                "too-long",
                f"the cell has {len(text)} characters, more than {limit}",
                None,
                "simplify it",
            )
        if bad is not None:
            refuse_cell(
                "encoding",
                f"{described(text[bad])} is not text",
                bad,
                "save the file as UTF-8 text and hand it in again",
            )
        if _PLACEHOLDER.fullmatch(folded.strip(" \t\r\n")):
            refuse_cell(
                "placeholder",
                f"{quoted(text.strip())} is not an answer",
                None,
                "leave the cell empty if you have no answer",
            )

    def _label(self, parts: list[list[Token]]) -> tuple[str, ...]:
        """Take away a name before the first equals sign that is no letter of the question."""
        if len(parts) == 1:
            return ()
        if not parts[0]:
            refuse_cell(
                "formula",
                "a formula of a spreadsheet",
                None,
                "write the value without the = before",
            )
        name, *index = parts[0]
        kinds = "".join(token.kind for token in index)
        if name.kind != "name" or kinds not in ("", "(number)") or self.letters.knows(name.text):
            return ()
        label = "".join(token.text for token in parts.pop(0))
        return (f"{quoted(label)} before the equals sign is left out",)

    def _parsed(self, parts: list[list[Token]], end: int) -> list[Parsed]:
        if len(parts) > 1 and not self.rules.work:
            refuse_cell(
                "several-equals",
                "an equals sign: which side is the answer?",
                parts[1][0].start if parts[1] else end,
                "write the value alone",
            )
        ends = [part[0].start for part in parts[1:] if part]
        ends += [end] * (len(parts) - len(ends))
        return [
            parse(part, self.rules, self.letters, stop)
            for part, stop in zip(parts, ends, strict=True)
        ]

    def _valued(
        self,
        text: str,
        folded: str,
        parsed: Sequence[Parsed],
        notices: tuple[str, ...],
        meter: Meter,
    ) -> Cell:
        values: list[Value] = []
        for each in parsed:
            last = Evaluation(meter)
            values.append(last.value(each.steps))
        places, digits = _precision(parsed[-1].steps, folded)
        told = notices + tuple(notice for each in parsed for notice in each.notices)
        respelled = told or folded != text or not _RESPELLED.isdisjoint(text)
        shown = ""
        if (respelled or any(each.respelled for each in parsed)) and not _PLAIN.fullmatch(text):
            shown = " = ".join(written(each.steps) for each in parsed)
        return Cell(
            text,
            values[-1],
            shown=shown,
            notices=tuple(dict.fromkeys(told)),
            places=places,
            digits=digits,
            expanded=last.expanded,
            lowest=last.lowest and parsed[-1].lowest,
            steps=tuple(values[:-1]),
        )


_EXHAUSTED = AnswerError(
    "expands-too-far",
    "multiplying out all cells of the answer takes too many products",
    hint="write simpler expressions",
)
_readers: list[Reader] = [Reader(Rules())]


def _reader(rules: Rules) -> Reader:
    """Return the reader of some rules; that of the last question is at hand."""
    reader = _readers[0]
    if reader.rules is not rules:
        reader = next((one for one in _readers if one.rules == rules), None) or Reader(rules)
        reader.rules = rules
        _readers[:] = [reader, *(one for one in _readers if one is not reader)][:_MOST_READERS]
    return reader


def _inside(text: str) -> tuple[int, int]:
    """Return where the cell begins and ends without blanks and one pair of LaTeX delimiters."""
    start = len(text) - len(text.lstrip(" \t\r\n"))
    end = len(text.rstrip(" \t\r\n"))
    for left, right in _DELIMITERS:
        if text.startswith(left, start, end) and text.endswith(right, start + len(left), end):
            return start + len(left), end - len(right)
    return start, end


def _split(tokens: list[Token]) -> list[list[Token]]:
    """Return what stands between equals signs."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "=":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _precision(steps: Sequence[Step], folded: str) -> tuple[int | None, int | None]:
    """Return the decimals and the digits of a cell that is one number, for others nothing.

    A number times a power of ten, `1.14*10^4`, has the digits of the number.
    """
    *inner, last = steps
    body = inner if last.op == "neg" else list(steps)
    shift = _power_of_ten(body)
    if steps[0].op != "number" or (len(body) != 1 and shift is None):
        return None, None
    found = _NUMBER.match(folded, steps[0].start)
    if not found:
        return None, None
    if shift is None and is_whole(found[0]) and isinstance(steps[0].arg, Fraction):
        return None, None
    places, digits = precision(found[0])
    return max(0, places - (shift or 0)), digits


def _power_of_ten(body: Sequence[Step]) -> int | None:
    """Return the exponent of a number times a power of ten, None for anything else."""
    numbers = [step for step in body if step.op == "number"]
    ops = [step.op for step in body if step.op not in ("number", "neg")]
    if len(numbers) != 2 or numbers[1].arg != 10 or ops not in (["^", "*"], ["*"]):
        return None
    return body[-2].arg if ops == ["^", "*"] else 1
