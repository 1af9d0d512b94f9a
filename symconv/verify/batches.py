"""Cases of plain integers, confirmed many at a time: by the definition and by NumPy.

Cases of one geometry share its plan and its tables. A case is confirmed here only if both engines
give every cell that is printed and recorded; any other is left to `symconv.verify.judge`, which
says what is wrong with it. So is the first case of each operation, so that the engines that users
call are heard in every run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from symconv.catalogue import OPERATIONS
from symconv.engines import batches, definition
from symconv.engines.collector import COLLECTOR_PAUSED
from symconv.errors import SymconvError
from symconv.fixtures import Document, Options, Tensor, Values
from symconv.fixtures.integers import entries, shapes
from symconv.plan import Geometry, Shape
from symconv.planning import table_of
from symconv.terms import Terms
from symconv.verify.apply import keywords

OPS = ("correlate", "convolve", "conv")
MOST = 20_000
"""Products of one case; larger ones gain nothing by company."""
_ENCODE = msgspec.json.Encoder().encode


class Key(NamedTuple):
    """What cases have in common that share a geometry."""

    op: str
    options: bytes
    x: Shape
    w: Shape
    bias: Shape | None


class Member(NamedTuple):
    """One case, its x, w, bias, printed and exact, and the shapes of the last two."""

    case: Values
    tensors: Sequence[Any]
    claims: Sequence[Shape | None]


def confirmed(document: Document) -> set[str]:
    """Return the ids of cases whose every cell both engines confirm."""
    groups: dict[Key, list[Member]] = defaultdict(list)
    heard: set[str] = set()
    known = _Known()
    with COLLECTOR_PAUSED:
        for key, member in _members(document):
            if key.op in heard:
                groups[key].append(member)
            heard.add(key.op)
        return {id_ for key, members in groups.items() for id_ in _agreed(key, members, known)}


def _members(document: Document) -> Iterator[tuple[Key, Member]]:
    """Yield the cases that hold plain integers alone."""
    cases = [case for case in document.cases if type(case) is Values and case.op in OPS]
    tensors = [
        _named(tensor, document.arrays)
        for case in cases
        for tensor in (case.x, case.w, case.bias, case.printed, case.exact)
    ]
    found = shapes(tensors)
    for number, case in enumerate(cases):
        part = slice(5 * number, 5 * number + 5)
        key = _key(case, tensors[part], found[part])
        if key is not None:
            yield key, Member(case, tensors[part], found[part][3:])


def _named(tensor: Any, arrays: Mapping[str, Tensor]) -> Any:
    """Return a tensor, or the array of the document that `$name` stands for; "$" for none."""
    named = isinstance(tensor, str) and tensor.startswith("$")
    return arrays.get(tensor[1:], "$") if named else tensor


def _key(case: Values, tensors: Sequence[Any], found: Sequence[Shape | None]) -> Key | None:
    """Return what tells the geometry of a case, if it claims something and all can be read."""
    x, w, bias, *claims = found
    unread = found.count(None) > tensors.count(None) or claims == [None, None]
    if unread or x is None or w is None:
        return None
    if isinstance(tensors[0], str) and len(x) == 1 and len(w) == 2:
        x = (1, *x)
    elif isinstance(tensors[1], str) and len(w) == 1 and len(x) == 2:
        w = (1, *w)
    return Key(case.op, _ENCODE(case.options), x, w, bias)


class _Known:
    """What the geometries of one document share: options decoded, and the tables of axes."""

    def __init__(self) -> None:
        self.options: dict[tuple[str, bytes], dict[str, Any]] = {}
        self.allowed = cache(lambda op: OPERATIONS[op].options)
        self.lines = cache(definition.sources_of)
        self.tables = cache(attrgetter("source"))

    def keywords(self, key: Key, options: Options) -> dict[str, Any]:
        """Return options as keyword arguments."""
        name = key.op, key.options
        if name not in self.options:
            self.options[name] = keywords(options, self.allowed(key.op), key.op)
        return self.options[name]


def _plan(key: Key, options: dict[str, Any]) -> Geometry | None:
    """Return the geometry that some cases share, if they are small and their padding is a number.

    Raises: SymconvError for options and shapes that do not fit.
    """
    table = table_of(key.op, key.x, key.w, **options)
    if not isinstance(table, Terms) or max(table.work.values()) > MOST:
        return None
    plan = table.geometry
    fits = key.bias is None or key.bias == (plan.filters,)
    cells = 0 not in (*plan.x_shape, *plan.out_shape)
    return plan if fits and cells and type(plan.fill) is int else None


def _agreed(key: Key, members: Sequence[Member], known: _Known) -> list[str]:
    """Return the ids of the members of one geometry that both engines confirm."""
    try:
        plan = _plan(key, known.keywords(key, members[0].case.options))
    except SymconvError:
        return []
    if plan is None:
        return []
    may = None, plan.out_shape, *([plan.out_shape[1:]] if plan.out_shape[:-1] == (1,) else [])
    members = [m for m in members if m.claims[0] in may and m.claims[1] in may]
    if not members:
        return []
    operands = [
        entries([member.tensors[place] for member in members]).reshape(len(members), *shape)
        for place, shape in enumerate(_shapes(plan, key))
    ]
    by_numpy = batches.evaluate(plan, *operands, sources=known.tables)
    rows = [numbers.reshape(len(members), -1).tolist() for numbers in (by_numpy, *operands)]
    met = definition.windows(plan, known.lines)
    claims = zip(_claimed(members, 3), _claimed(members, 4), strict=True)
    return [
        member.case.id
        for member, told, out, *numbers in zip(members, claims, *rows, strict=True)
        if told[0] in (None, out) and told[1] in (None, out) and met.values(*numbers) == out
    ]


def _shapes(plan: Geometry, key: Key) -> list[Shape]:
    return [plan.x_shape, plan.w_shape] + ([] if key.bias is None else [key.bias])


def _claimed(members: Sequence[Member], place: int) -> list[Any]:
    """Return the entries of one claim of every member; None where there is none."""
    given = [m.tensors[place] for m in members if m.tensors[place] is not None]
    read = iter(entries(given).reshape(max(1, len(given)), -1).tolist())
    return [None if member.tensors[place] is None else next(read) for member in members]
