"""What is said when a function breaks a law: the arrays, both sides, and what it agrees with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from symconv.exact import Array
from symconv.laws.law import OPTIONS
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.testing.calls import Called, listed
from symconv.laws.testing.cases import Instance
from symconv.laws.testing.convention import Convention
from symconv.laws.testing.evaluation import exact
from symconv.plan import Index

MOST_AGREEING = 3
"""Conventions that a report names."""
CHANGES: Mapping[str, Sequence[Any]] = {
    "padding": OPTIONS["padding"],
    "boundary": OPTIONS["boundary"],
    "stride": (1,),
    "dilation": (1,),
    "groups": (1,),
}
"""Options that a function may have in place of those that were meant."""
OPPOSITE = {"correlate": "convolve", "convolve": "correlate"}


@dataclass(frozen=True, slots=True)
class Finding:
    """An instance at which a function breaks a law: both sides, or the fault that left none."""

    instance: Instance
    calls: Sequence[Called]
    left: Array | None = None
    right: Array | None = None
    fault: str = ""
    cause: BaseException | None = None

    @property
    def cell(self) -> Index | None:
        """The first place in row-major order where the sides differ."""
        if self.left is None or self.right is None or self.left.shape != self.right.shape:
            return None
        differing = np.argwhere(np.asarray(self.left != self.right))
        return tuple(map(int, differing[0])) if len(differing) else None


class LawBrokenError(AssertionError):
    """A function that breaks a law, with the smallest instance that was found.

    ``law`` and ``statement`` say which; ``arrays``, ``scalars`` and ``parameters`` are what it was
    asked about, ``left`` and ``right`` what both sides came to, ``cell`` the first place where
    they differ. Where there is nothing to compare, ``fault`` says why. ``agrees`` are other
    conventions that give what the function returned in each of its ``seen`` calls.
    """

    def __init__(self, finding: Finding, seen: Sequence[Called] = ()) -> None:
        instance = finding.instance
        self.law, self.statement = instance.law, instance.statement
        self.arrays, self.scalars = dict(instance.arrays), dict(instance.scalars)
        self.parameters = dict(instance.parameters)
        self.left, self.right, self.cell = finding.left, finding.right, finding.cell
        self.fault = finding.fault
        answered = [one for one in (*finding.calls, *seen) if one.out is not None]
        self.agrees, self.seen = agreeing(answered, instance.convention), len(answered)
        super().__init__("\n".join(_told(self, finding)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (str(self), vars(self).copy())


def _rebuilt(text: str, facts: Mapping[str, Any]) -> LawBrokenError:
    """Return a report as it was before it was pickled."""
    error = LawBrokenError.__new__(LawBrokenError)
    error.args = (text,)
    vars(error).update(facts)
    return error


def _told(error: LawBrokenError, finding: Finding) -> Iterator[str]:
    yield f"f breaks the law {error.law}"
    if error.law != error.statement:
        yield f"  law: {error.statement}"
    yield f"  f as: {finding.instance.convention}"
    for name, array in error.arrays.items():
        yield f"  {name} = {listed(array)}"
    for name, value in {**error.scalars, **error.parameters}.items():
        yield f"  {name} = {value}"
    for one in finding.calls:
        yield f"  {one} gave {'nothing' if one.out is None else listed(one.out)}"
    if finding.fault:
        yield f"  {finding.fault}"
    else:
        yield f"  left:  {listed(finding.left)}"
        yield f"  right: {listed(finding.right)}"
    if finding.cell is not None and finding.left is not None and finding.right is not None:
        ours, theirs = finding.left[finding.cell], finding.right[finding.cell]
        place = ", ".join(map(str, finding.cell))
        yield f"  first difference at [{place}]: {ours} on the left, {theirs} on the right"
    if error.agrees:
        calls = "the one call" if error.seen == 1 else f"all {error.seen} calls"
        yield f"  f agrees with {' and with '.join(error.agrees)} in {calls} made"


@dataclass(frozen=True, slots=True)
class Other:
    """A convention near the one that was meant: turned kernel, other options, operands swapped."""

    opposite: bool = False
    changed: Mapping[str, Any] = field(default_factory=dict)
    swapped: bool = False
    transposed: bool = False

    def gives(self, called: Called) -> bool:
        """Tell whether the convention gives what a call returned."""
        asked = called.asked
        x, w = (called.w, called.x) if self.swapped else (called.x, called.w)
        if self.transposed:
            w = w.swapaxes(-1, -2)
        flip = bool(asked.options["flip"]) != self.opposite
        options = dict(asked.options) | {"flip": flip} | dict(self.changed)
        try:
            found = exact(replace(asked, x=x.shape, w=w.shape, options=options), x, w)
        except NoRoomError:
            return False
        return called.out is not None and np.array_equal(found, called.out)

    def said(self, convention: Convention) -> str:
        """Return the convention in words, beside the one that was meant."""
        op = convention.op
        options = {} if "padding" in convention.accepted else dict(convention.fixed)
        told = {name: options[name] for name in options if name == "padding"} | dict(self.changed)
        if self.opposite and op not in OPPOSITE:
            told["flip"] = True
        shown = "".join(f", {name}={value!r}" for name, value in told.items()).replace("'", '"')
        kernel = "transpose(w)" if self.transposed else "w"
        arrays = f"{kernel}, x" if self.swapped else f"x, {kernel}"
        return f"{OPPOSITE.get(op, op) if self.opposite else op}({arrays}{shown})"


def agreeing(calls: Sequence[Called], convention: Convention) -> tuple[str, ...]:
    """Return the nearest other conventions that give what every call returned.

    None is named where the convention that was meant gives it too.
    """
    if not calls or all(map(Other().gives, calls)):
        return ()
    rank = len(calls[0].asked.plan.axes)
    for others in _others(convention, rank):
        found = [other.said(convention) for other in others if all(map(other.gives, calls))]
        if found:
            return tuple(found[:MOST_AGREEING])
    return ()


def _others(convention: Convention, rank: int) -> Iterator[list[Other]]:
    """Yield other conventions: those with one change, then those with two."""
    op, fixed = convention.op, convention.fixed
    changes: list[dict[str, Any]] = [
        {name: value}
        for name, values in CHANGES.items()
        for value in values
        if value != fixed[name] and (op == "conv" or name != "groups")
    ]
    swapped = [Other(swapped=True)] if op in OPPOSITE else []
    turned = [Other(transposed=True)] if rank > 1 else []
    yield [Other(opposite=True), *(Other(changed=change) for change in changes), *swapped, *turned]
    yield [
        *(Other(opposite=True, changed=change) for change in changes),
        *(replace(other, opposite=True) for other in (*swapped, *turned)),
    ]
