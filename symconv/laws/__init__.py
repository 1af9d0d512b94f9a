"""Laws of convolution: stated as data, proved for every shape, or refuted by the smallest case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter
from typing import Any

from symconv.errors import LawError
from symconv.laws.arguments import assumptions, check_scope
from symconv.laws.grid import Entry, repaired, table
from symconv.laws.language.reading import read
from symconv.laws.language.statement import Statement
from symconv.laws.law import Example, Law, Repair
from symconv.laws.provers.all_shapes import DEFAULT_SECONDS, for_all_shapes
from symconv.laws.provers.many_shapes import up_to_bound
from symconv.laws.provers.one_shape import at_this_shape, letters_of
from symconv.laws.registry import LAWS
from symconv.laws.repairs import repairs
from symconv.laws.testing import LawBrokenError, assert_laws, hypothesis_strategy, laws_for
from symconv.laws.verdict import THIS_SHAPE, Counterexample, Verdict
from symconv.verdicts import Truth

__all__ = [
    "LAWS",
    "Counterexample",
    "Entry",
    "Example",
    "Law",
    "LawBrokenError",
    "Repair",
    "Statement",
    "Truth",
    "Verdict",
    "assert_laws",
    "hypothesis_strategy",
    "law",
    "laws_for",
    "prove",
    "read",
    "table",
]


def law(name: str) -> Law:
    """Return a law of the registry by its name.

    Raises: LawError[unknown-law].
    """
    if name not in LAWS:
        near = get_close_matches(name.lower(), LAWS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`symconv laws --list` has their names"
        raise LawError("unknown-law", f"no law is called {name!r}", hint=hint)
    return LAWS[name]


def prove(
    statement: str | Law,
    /,
    *,
    assume: str | Sequence[str] = (),
    algebra: str | None = None,
    rank: int = 1,
    ranks: Mapping[str, int] | None = None,
    shapes: Mapping[str, Sequence[int] | int] | None = None,
    parameters: Mapping[str, int] | None = None,
    up_to: int | None = None,
    seconds: float = DEFAULT_SECONDS,
    smt2: str | Path | None = None,
    repair: bool = True,
    **choices: Any,
) -> Verdict:
    """Prove a law or refute it by the smallest counterexample.

    ``statement`` is an equation such as ``"convolve(f, g) == convolve(g, f)"`` (docs/laws.md has
    the language), or a law of the registry by name, for the ``choices`` that it varies with: op,
    padding, boundary, stride, dilation.

    Three scopes, never mixed:

    - by default "all shapes": lengths, paddings and shifts are letters and the question goes to Z3
      (extra ``proof``), within ``seconds``; strides that it cannot keep as letters are taken one by
      one, which ``bounds`` say, and what it cannot decide is UNKNOWN;
    - ``up_to=N``: every shape with lengths and integers up to N, one by one;
    - ``shapes={"x": (512, 512), "w": (7, 7)}`` with ``parameters``: this shape, by comparing the
      terms of both sides with their multiplicity, over every commutative ring.

    A law speaks of shapes at which both sides can be formed; an output that has no room is empty.
    ``assume`` adds hypotheses, as in ``"len(w) <= len(x)"``. ``rank`` is the number of axes that
    stand for the one that the law is written for; ``notes`` say where a law proved for one axis
    holds for any number of them. ``algebra="max-plus"`` reads sums as maxima, over every
    commutative idempotent semiring.
    ``smt2`` is a folder for the questions as SMT-LIB. With ``repair`` a refuted law is searched for
    laws near it that hold.

    Raises: ExpressionError with a caret for text that is no law; LawError[unknown-law], [vacuous],
    [no-solver], [no-room], [bad-ranks], [mixed-algebras].

    >>> verdict = prove("correlate(x, w) == convolve(x, flip(w), padding='valid')", up_to=4)
    >>> verdict.truth.name, verdict.scope
    ('PROVED', 'shapes up to 4')
    >>> print(prove("correlate(x, w, padding='full') == correlate(w, x, padding='full')",
    ...             shapes={"x": 1, "w": 2}).counterexample)
    x 1, w 2:
      left  2: [x0*w1]  [x0*w0]
      right 2: [x0*w0]  [x0*w1]
      at [0] on the left alone: x0*w1
      at [0] on the right alone: x0*w0
    """
    start = perf_counter()
    folder = check_scope(shapes, parameters, up_to, seconds, smt2)
    options = {"assume": assumptions(assume), "algebra": algebra, "rank": rank, "ranks": ranks}
    try:
        entry = _registered(statement)
        asked = _asked(statement, entry, options | {"choices": choices})
        if shapes is not None or parameters is not None:
            verdict = at_this_shape(asked, letters_of(asked, shapes or {}, parameters or {}))
        elif up_to is not None:
            verdict = up_to_bound(asked, up_to)
        else:
            verdict = for_all_shapes(asked, seconds, folder)
        if repair and verdict.truth is Truth.REFUTED and verdict.scope != THIS_SHAPE:
            found = repaired(entry, choices) if entry else repairs(asked)
            verdict = replace(verdict, repairs=tuple(found))
    except RecursionError:
        message = "the law nests deeper than it can be followed"
        raise LawError("too-deep", message, hint="state it in several laws") from None
    return replace(verdict, seconds=perf_counter() - start)


def _asked(statement: Any, entry: Law | None, options: dict[str, Any]) -> Statement:
    """Return the law that is asked: as it is written, or of the registry."""
    assume, rank, choices = options["assume"], options["rank"], options["choices"]
    algebra, ranks = options["algebra"], options["ranks"]
    if entry is None:
        if choices:
            message = f"a statement has no choice of {', '.join(choices)}"
            raise LawError("unknown-choice", message, hint="write options into the statement")
        return read(statement, assume=assume, algebra=algebra, rank=rank, ranks=ranks)
    if algebra is not None or ranks is not None:
        message = f"the law {entry.name} has an algebra and ranks of its own"
        raise LawError("unknown-choice", message, hint="state it as an equation")
    literal = tuple(line.replace("{", "{{").replace("}", "}}") for line in assume)
    return entry.read_as(None, literal, rank, **choices)


def _registered(statement: str | Law) -> Law | None:
    if isinstance(statement, Law):
        return statement
    named = isinstance(statement, str) and re.fullmatch(r"\s*[\w-]+\s*", statement)
    return law(statement.strip()) if named else None
