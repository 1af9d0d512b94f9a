"""What an answer is once it was read: cells, grids of cells, submissions; and the rules of reading.

Nothing here knows what is right. Text of a student is kept as it came, and never carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from symconv.errors import AnswerError
from symconv.homework.reading.polynomials import Value


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an answer may ask for; every limit counts something, none looks at a clock."""

    file_bytes: int = 2**20
    notebook_bytes: int = 10 * 2**20
    members: int = 20_000
    ratio: int = 200
    cells: int = 10_000
    columns: int = 256
    cell_characters: int = 2_000
    tokens: int = 1_000
    depth: int = 50
    digits: int = 60
    bits: int = 512
    exponent: int = 12
    terms: int = 2_000
    products: int = 20_000
    submission_products: int = 2_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Rules:
    """How the cells of one question are written.

    ``symbols`` are the letters that the question declares; ``decimal`` is "." or ",";
    ``mixed_numbers`` lets `1 1/2` be three halves; ``work`` lets a cell hold a chain of equal
    expressions, `1*2 + 3*4 = 14`.
    """

    symbols: frozenset[str] = frozenset()
    decimal: str = "."
    mixed_numbers: bool = False
    work: bool = False
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what stands there, and what was read.

    ``value`` is None when the cell is blank or refused, in which case ``fault`` says why.
    ``shown`` is the reading as text where anything was normalised, ``notices`` say what. ``places``
    counts the decimals of a number written as a decimal, ``digits`` its significant ones.
    ``expanded`` and ``lowest`` tell whether a sum stands without brackets, and all fractions in
    lowest terms. ``steps`` are the values of a chain of equal expressions but the last one.
    """

    raw: str
    value: Value | None = None
    fault: AnswerError | None = None
    shown: str = ""
    notices: tuple[str, ...] = ()
    places: int | None = None
    digits: int | None = None
    expanded: bool = True
    lowest: bool = True
    steps: tuple[Value, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing was written."""
        return self.value is None and self.fault is None


Row = tuple[str, ...]
Plane = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The cells of one answer as they stand there: planes of rows of texts.

    A matrix is one plane, a list one row; rows may differ in length. ``notices`` say what was done
    to find them: a header left out, brackets taken away. ``labelled`` are the planes with what
    was taken for names of rows and columns, where something was.
    """

    planes: tuple[Plane, ...]
    notices: tuple[str, ...] = ()
    labelled: tuple[Plane, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield all rows, plane after plane."""
        for plane in self.planes:
            yield from plane


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in: an answer, or the reason why none could be found.

    ``place`` says where it stood: file, row, cell of a notebook.
    """

    id: str
    written: Written | None = None
    fault: AnswerError | None = None
    place: str = ""
    facts: dict[str, str] = field(default_factory=dict)
