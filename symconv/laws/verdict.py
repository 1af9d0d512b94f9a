"""What is said about a law: the verdict, its scope, and for a refutation the counterexample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

from symconv.laws.language.statement import Statement
from symconv.laws.tables.comparison import Terms, cell, differing, indices
from symconv.laws.tables.values import Value
from symconv.plan import Index, Shape, by
from symconv.verdicts import Truth

ALL_SHAPES = "all shapes"
THIS_SHAPE = "this shape"
MOST_CELLS = 64
"""Cells of a side that a counterexample writes out."""


def up_to(most: int) -> str:
    """Return the scope of an exhaustive check.

    >>> up_to(4)
    'shapes up to 4'
    """
    return f"shapes up to {most}"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A shape at which the sides of a law differ, on symbols.

    ``left`` and ``right`` are the cells in row-major order (at most 64 of them); ``cell`` is the
    first output that differs, with the terms that stand on one side alone. Where the shapes differ,
    there is no such cell.
    """

    letters: Mapping[str, int]
    shapes: Mapping[str, Shape]
    left_shape: Shape
    right_shape: Shape
    left: tuple[str, ...]
    right: tuple[str, ...]
    cell: Index | None = None
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()
    terms: int = 0

    @property
    def line(self) -> str:
        """The counterexample in one line."""
        given = ", ".join(self._given()) or "all entries"
        if self.cell is None:
            return f"for {given} the sides have shapes {self.left_shape} and {self.right_shape}"
        sides = [
            f"{', '.join(terms)} on the {name} alone"
            for name, terms in (("left", self.only_left), ("right", self.only_right))
            if terms
        ]
        return f"for {given} the output at {list(self.cell)} has {' and '.join(sides)}"

    def _given(self) -> list[str]:
        """Return the shapes and numbers that it is about."""
        given = [f"{name} {by(shape)}" for name, shape in self.shapes.items()]
        return given + [f"{name} = {n}" for name, n in self.letters.items() if "(" not in name]

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "letters": dict(self.letters),
            "shapes": {name: list(shape) for name, shape in self.shapes.items()},
            "left_shape": list(self.left_shape),
            "right_shape": list(self.right_shape),
            "left": list(self.left),
            "right": list(self.right),
            "cell": None if self.cell is None else list(self.cell),
            "only_left": list(self.only_left),
            "only_right": list(self.only_right),
        }

    def __str__(self) -> str:
        lines = [(", ".join(self._given()) or "the sides") + ":"]
        for name, shape, cells in (
            ("left", self.left_shape, self.left),
            ("right", self.right_shape, self.right),
        ):
            shown = "  ".join(f"[{text}]" for text in cells)
            lines.append(f"  {name:5} {by(shape)}: {shown or 'empty'}")
        if self.cell is not None:
            place = ", ".join(map(str, self.cell))
            for name, terms in (("left", self.only_left), ("right", self.only_right)):
                if terms:
                    lines.append(f"  at [{place}] on the {name} alone: {', '.join(terms)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about one law.

    ``truth`` is ordered: REFUTED < UNKNOWN < PROVED. ``scope`` says of which shapes the law was
    asked: "all shapes", "shapes up to N" or "this shape"; the three are different claims.
    ``hypotheses`` are what it holds under; ``bounds`` those among them that the prover had to add,
    trying strides up to a bound one by one. ``reason`` says how it was decided, or why not;
    ``repairs`` are laws near a refuted one that hold.
    """

    law: str
    truth: Truth
    scope: str
    hypotheses: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    bounds: tuple[str, ...] = ()
    reason: str = ""
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    instances: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def proved(self) -> bool:
        """Whether the law holds for its scope."""
        return self.truth is Truth.PROVED

    def data(self) -> dict[str, Any]:
        """Return the verdict as plain data, the form of `symconv prove --json`."""
        found = self.counterexample
        return {
            "law": self.law,
            "verdict": self.truth.name,
            "scope": self.scope,
            "hypotheses": list(self.hypotheses),
            "bounds": list(self.bounds),
            "counterexample": None if found is None else found.data(),
            "reason": self.reason,
            "repairs": list(self.repairs),
            "notes": list(self.notes),
            "instances": self.instances,
            "seconds": round(self.seconds, 6),
        }


def counterexample(
    statement: Statement, letters: Mapping[str, int], left: Value, right: Value
) -> Counterexample:
    """Return what two sides that differ look like on symbols."""
    shapes = {
        name: tuple(letters[statement.numbers.length(name, axis)] for axis in range(rank))
        for name, rank in statement.ranks.tensors.items()
    }
    found = Counterexample(
        letters=dict(letters),
        shapes=shapes,
        left_shape=left.shape,
        right_shape=right.shape,
        left=_cells(left, statement),
        right=_cells(right, statement),
        terms=left.terms + right.terms,
    )
    if left.shape != right.shape:
        return found
    place = next(differing(left, right, idempotent=statement.idempotent), None)
    if place is None:
        return found
    ours, theirs = cell(left, place), cell(right, place)
    return Counterexample(
        **{name: getattr(found, name) for name in ("letters", "shapes", "left", "right", "terms")},
        left_shape=left.shape,
        right_shape=right.shape,
        cell=place,
        only_left=_beyond(ours, theirs, statement),
        only_right=_beyond(theirs, ours, statement),
    )


def _cells(value: Value, statement: Statement) -> tuple[str, ...]:
    places = islice(indices(value.shape), MOST_CELLS)
    return tuple(sum_text(cell(value, place), statement) for place in places)


def _beyond(ours: Terms, theirs: Terms, statement: Statement) -> tuple[str, ...]:
    """Return the terms that one cell has more of than the other."""
    if statement.idempotent:
        more = {key: Fraction(1) for key in ours if key not in theirs}
    else:
        rest = {key: number - theirs.get(key, 0) for key, number in ours.items()}
        more = {key: n for key, n in rest.items() if n > 0 or (n and key not in theirs)}
    return tuple(_term(key, number, statement) for key, number in _ordered(more, statement))


def _ordered(terms: Terms, statement: Statement) -> list[tuple[Any, Fraction]]:
    """Return terms by the tensors that they multiply, in the law's order, then by their indices."""
    place = {name: number for number, name in enumerate(statement.ranks.tensors)}

    def order(item: tuple[Any, Fraction]) -> Any:
        (names, entries), _ = item
        found = sorted((place[name], index) for name, index in entries)
        return names, [number for number, _ in found], [index for _, index in found]

    return sorted(terms.items(), key=order)


def sum_text(terms: Terms, statement: Statement) -> str:
    """Return the terms of a cell as people write them.

    Under a maximum it is `max(x0 + w0, x1 + w1)`.
    """
    written = [_term(key, number, statement) for key, number in _ordered(terms, statement)]
    if statement.idempotent:
        name = "max" if statement.algebra == "max-plus" else "min"
        return f"{name}({', '.join(written)})"
    text = " + ".join(written) or "0"
    return text.replace("+ -", "- ")


def _term(key: Any, number: Fraction, statement: Statement) -> str:
    names, found = key
    order = list(statement.ranks.tensors)
    entries = sorted(found, key=lambda entry: (order.index(entry[0]), entry[1]))
    numbered = any(name[-1].isdecimal() for name in order)
    factors = [*names, *(_entry(name, index, plain=not numbered) for name, index in entries)]
    if statement.idempotent:
        return " + ".join(factors) or "0"
    sign = "-" if number < 0 else ""
    size = abs(number)
    if size != 1 or not factors:
        factors = [f"({size})" if size.denominator > 1 and factors else str(size), *factors]
    return sign + "*".join(factors)


def _entry(name: str, index: Index, *, plain: bool) -> str:
    """Return an entry of a tensor: x0, or x[0] where a name could be read as an entry itself."""
    if len(index) == 1 and plain:
        return f"{name}{index[0]}"
    return f"{name}[{','.join(map(str, index))}]"
