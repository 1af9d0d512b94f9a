r"""The table of laws as a LaTeX longtable.

It needs the packages longtable, array, amsmath and amssymb.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.laws import Entry
from symconv.laws.law import OPTIONS
from symconv.render.blocks import (
    HEADS,
    Block,
    Cell,
    assumed,
    blocks,
    grouped,
    legend,
    letter,
    shown,
    totals,
)

COLUMNS = (*HEADS, *OPTIONS["padding"])
MARKS = {
    "proved": r"$\checkmark$",
    "bounded": r"$\leq N$",
    "conditional": r"$\circ$",
    "refuted": r"$\times$",
    "unknown": "?",
    "": "blank",
}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "…": r"\dots{}",
    "–": "--",
    **{sign: f"\\{sign}" for sign in "{}&%$#_"},
}
"""Characters that stand for something else in LaTeX, and how each is written."""


def escaped(text: str) -> str:
    r"""Return text as LaTeX that prints it.

    >>> print(escaped("a_b & 50% {x}^2"))
    a\_b \& 50\% \{x\}\textasciicircum{}2
    """
    return "".join(SPECIAL.get(sign, sign) for sign in text)


def to_latex(entries: Sequence[Entry]) -> str:
    """Return the table as a longtable: a group, its laws, and for each what varies."""
    found = blocks(entries)
    lines = [
        r"% \usepackage{longtable,array,amsmath,amssymb}",
        rf"\begin{{longtable}}{{@{{}}{'l' * len(HEADS)}{'c' * len(OPTIONS['padding'])}@{{}}}}",
        _row(map(escaped, COLUMNS)) + r" \hline",
        r"\endhead",
    ]
    for group, members in grouped(found).items():
        lines += [r"\hline", _wide(rf"\textbf{{{escaped(group.upper())}}}") + "*"]
        for block in members:
            lines += _block(block)
    lines.append(r"\hline")
    says = "; ".join(f"{MARKS[name]} {escaped(told)}" for name, _, told in legend(found))
    lines += [_wide(says), _wide(escaped(totals(entries))), r"\end{longtable}"]
    return "\n".join(lines)


def _row(cells: Iterator[str] | Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _wide(text: str) -> str:
    """Return a row of one cell that breaks into lines."""
    column = r"@{}>{\raggedright\arraybackslash}p{0.95\linewidth}@{}"
    return rf"\multicolumn{{{len(COLUMNS)}}}{{{column}}}{{{text}}} \\"


def _block(block: Block) -> Iterator[str]:
    law = block.law
    body = f"${law.latex}$" if law.latex else _code(shown(law))
    text = rf"{escaped(law.title)}:\quad {body}"
    if block.only:
        remarks = "".join(f", {escaped(remark)}" for remark in block.remarks)
        yield _wide(f"{_mark(block.only)} {text}{remarks}")
        return
    if law.assume:
        text += f", if {_code(assumed(law))}"
    yield _wide(text) + "*"
    for row in block.rows:
        told = dict(zip(block.heads, block.told(row), strict=True))
        cells = [escaped(told.get(name, "")) for name in HEADS]
        shown_cells = dict(zip(block.columns, row.cells, strict=True))
        names = OPTIONS["padding"] if block.columns != ("",) else ("", *OPTIONS["padding"][1:])
        yield _row([*cells, *(_marked(block, shown_cells.get(name)) for name in names)])
    for number, note in enumerate(block.notes):
        yield _wide(rf"\quad {letter(number)}: {_code(note)}")


def _code(text: str) -> str:
    return rf"\texttt{{{escaped(text)}}}"


def _mark(cell: Cell) -> str:
    bound = cell.mark.removeprefix("≤")
    return rf"$\leq {bound}$" if cell.outcome == "bounded" else MARKS[cell.outcome]


def _marked(block: Block, cell: Cell | None) -> str:
    if cell is None:
        return ""
    note = block.letter(cell)
    return _mark(cell) + (rf"\textsuperscript{{{note}}}" if note else "")
