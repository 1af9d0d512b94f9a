"""A stack's facts by name, and claims about them: `parameters == 138357544`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from symconv.errors import FixtureError
from symconv.options import choices
from symconv.plan import by
from symconv.stacks.model import Stack
from symconv.stacks.motion import each
from symconv.stacks.walk import Row, Shapes, shapes

Value = tuple[Fraction, ...]
"""A number, or the two of a border."""


class Claim(NamedTuple):
    """A claim judged: whether it holds, and the exact value beside the claimed one."""

    holds: bool
    exact: str
    claimed: str


def facts(stack: Stack | Shapes) -> dict[str, str]:
    """Return what can be claimed of a stack, by name; all values are text.

    Of the whole: `layers`, `parameters`, `macs`, `products`, and `equivariant until`, the layer at
    which equivariance ends, or "the end". Of a layer, as in `output at pool5`: `output`,
    `parameters`, `macs`, `products`, `receptive field`, `jump`, `shift`, `move`, `border`, `cyclic`
    and `equivariance`; without `at` these are the last layer's, and costs are the whole's.

    >>> from symconv.stacks.reading import stack
    >>> found = facts(stack({"input": [3, 9, 8], "layers": [{"max_pool": 2}]}))
    >>> found["output"], found["shift"], found["receptive field at max_pool"]
    ('3x4x4', '2', '2')
    """
    table = shapes(stack) if isinstance(stack, Stack) else stack
    found = _of_layer(table, table.rows[-1])
    for row in table.rows:
        name = row.entry.name
        own = {**_of_layer(table, row), "parameters": str(row.parameters)}
        own |= {"macs": str(row.macs), "products": str(row.products)}
        found |= {f"{fact} at {name}": value for fact, value in own.items()}
    ends = next((row for row in table.rows if row.motion.state != "equivariant"), None)
    return found | {
        "layers": str(len(table.rows)),
        "parameters": str(table.parameters),
        "macs": str(table.macs),
        "products": str(table.products),
        "equivariant until": ends.entry.name if ends else "the end",
    }


def _of_layer(table: Shapes, row: Row) -> dict[str, str]:
    axes, motion = row.motion.axes, row.motion
    found = {"output": by(table.stack.told(row.out)), "equivariance": motion.state}
    if row.fields:
        found["receptive field"] = each([field.size for field in row.fields])
    if row.fields and row.fields[0].jump is not None:
        found["jump"] = each([field.jump for field in row.fields])
    if axes:
        found["shift"] = each([axis.step for axis in axes])
        found["move"] = each([axis.move for axis in axes])
        found["border"] = each([f"{axis.before}+{axis.after}" for axis in axes])
        found["cyclic"] = "yes" if motion.cyclic else "no"
    return found


def parted(claim: str) -> tuple[str, str]:
    """Return the fact and the value of a claim.

    Raises: FixtureError[not-a-claim].
    """
    name, sign, claimed = (part.strip() for part in claim.partition("=="))
    if not sign or not claimed:
        hint = "as in `parameters == 138357544`"
        raise FixtureError("not-a-claim", f"{claim!r} is no claim", hint=hint)
    return name, claimed


def judge(stack: Stack | Shapes, claim: str) -> Claim:
    """Return whether a claim of the form `fact == value` holds.

    Raises: FixtureError[not-a-claim], FixtureError[unknown-fact].

    >>> from symconv.stacks.reading import stack
    >>> judge(stack({"input": [4], "layers": [{"dense": 2}]}), "parameters == 8")
    Claim(holds=False, exact='10', claimed='8')
    """
    name, claimed = parted(claim)
    known = facts(stack)
    if name not in known:
        message = f"{name!r} is no fact of this stack"
        raise FixtureError("unknown-fact", message, hint=choices(name, tuple(known)[:40]))
    exact = known[name]
    values, stated = _values(exact), _values(claimed)
    if values is None:
        return Claim(exact == claimed, exact, claimed)
    if stated is None:
        message = f"{claimed!r} is no value of {name!r}"
        raise FixtureError("not-a-claim", message, hint=f"as in `{name} == {exact}`")
    return Claim(_same(values, stated, shapes=name.startswith("output")), exact, claimed)


def _values(text: str) -> list[Value] | None:
    """Return what a fact says for each axis, `3x4`, or None when it is a word."""
    parts = [_value(part.strip()) for part in re.split("[x×]", text)]
    return None if None in parts else [part for part in parts if part is not None]


def _value(text: str) -> Value | None:
    """Return a number, with thousands marked or as a fraction, or the two sides of a border."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+|\d+", text, re.ASCII):
        return (Fraction(text.replace(",", "")),)
    if re.fullmatch(r"\d+\.\d+|-?\d+/0*[1-9]\d*", text, re.ASCII):
        return (Fraction(text),)
    sides = re.fullmatch(r"(\d+)\s*\+\s*(\d+)", text, re.ASCII)
    return (Fraction(sides[1]), Fraction(sides[2])) if sides else None


def _same(exact: list[Value], claimed: list[Value], *, shapes: bool) -> bool:
    """Compare axis by axis; one value stands for every axis, but not in a shape."""
    if not shapes and 1 in (len(exact), len(claimed)):
        return len({*exact, *claimed}) == 1
    return exact == claimed
