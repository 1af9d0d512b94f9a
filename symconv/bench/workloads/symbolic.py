"""W1: every output a canonical SymPy expression, every entry a symbol."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench import witness
from symconv.bench.answers import Answer
from symconv.bench.goals import AHEAD, Goal, at_least
from symconv.bench.tasks import (
    Call,
    Claim,
    Curve,
    Family,
    Options,
    Part,
    Peer,
    Task,
    Used,
    Workload,
)
from symconv.bench.timing import clock

Array = NDArray[Any]
COMPARED = 500
"""Cells of another system that are turned into SymPy's, to be compared."""
KEPT = 150
"""Bytes that the answer may keep, a product."""
EXPONENT = 1.1
"""Time may grow as this power of the number of products."""


def symbols(name: str, *shape: int) -> Array:
    """Return an array of symbols such as x_0_1."""
    import sympy

    found = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        found[index] = sympy.Symbol("_".join(map(str, (name, *index))))
    return found


def task(x: Array, w: Array, op: str, random: np.random.Generator, **goals: Goal | None) -> Task:
    """Return the task of convolving, or of a layer, with SymPy's ways to do it as peers."""

    @cache
    def given(rows: int) -> Part:
        cut = x[:rows] if op == "convolve" else x[:, :rows]
        listed = _pairs(cut, w, op)
        return (cut, w, listed), sum(map(len, listed))

    axis = 0 if op == "convolve" else 1
    least = 1 if op == "convolve" else w.shape[2]
    operands, products = given(x.shape[axis])

    def part(wanted: int) -> Part:
        return given(min(x.shape[axis], max(least, round(wanted / products * x.shape[axis]))))

    return Task(
        operands,
        partial(_subject, op),
        _witness(x, w, op, random),
        products,
        peers=_peers(op, goals, whole=products <= WHOLE),
        part=part,
        compare=_same,
        unit="product",
    )


def _subject(op: str, x: Array, w: Array, _pairs: Any) -> Call:
    import symconv.layers
    import symconv.operations

    run = symconv.layers.conv if op == "conv" else symconv.operations.convolve
    return lambda: run(x, w)


def _out_shape(x: Array, w: Array, op: str) -> tuple[int, ...]:
    if op == "conv":
        kernel, plane = w.shape[2:], x.shape[1:]
        return (w.shape[0], *(n - k + 1 for n, k in zip(plane, kernel, strict=True)))
    return tuple(n + k - 1 for n, k in zip(x.shape, w.shape, strict=True))


def _pairs(x: Array, w: Array, op: str) -> list[witness.Pairs]:
    """Return the factors of every output, which peers get for nothing."""
    cells = np.ndindex(_out_shape(x, w, op))
    if op == "conv":
        return [witness.layer_pairs(x, w, cell) for cell in cells]
    before = [k - 1 for k in w.shape]
    return [witness.pairs(x, w, cell, flip=True, before=before) for cell in cells]


def _witness(x: Array, w: Array, op: str, random: np.random.Generator) -> Any:
    """Return a check of sampled cells against SymPy's own constructors."""
    import sympy

    shape = _out_shape(x, w, op)
    chosen = list(witness.cells(shape, random))

    def right(answer: Any) -> bool:
        return answer.shape == shape and all(
            answer[cell] == sympy.Add(*[sympy.Mul(a, b) for a, b in _one(x, w, op, cell)])
            for cell in chosen
        )

    return right


def _one(x: Array, w: Array, op: str, cell: tuple[int, ...]) -> witness.Pairs:
    if op == "conv":
        return witness.layer_pairs(x, w, cell)
    return witness.pairs(x, w, cell, flip=True, before=[k - 1 for k in w.shape])


WHOLE = 200_000
"""Products up to which SymPy takes seconds, not minutes: parts would be quicker by the product."""


def _peers(op: str, goals: dict[str, Goal | None], *, whole: bool) -> tuple[Peer, ...]:
    return (
        Peer("SymPy Add(*[Mul…])", _add_of_mul, goals.get("add", AHEAD), whole=whole),
        Peer("SymPy sum of x*w", _naive_sum, goals.get("naive", AHEAD), whole=whole),
        Peer("symengine Add(*[x*w…])", _symengine, goals.get("symengine", AHEAD)),
        Peer("NumPy einsum on SymPy objects", partial(_einsum, op), goals.get("einsum", AHEAD)),
    )


def _add_of_mul(_x: Array, _w: Array, pairs: Sequence[witness.Pairs]) -> Call:
    from sympy import Add, Mul

    return lambda: [Add(*[Mul(a, b) for a, b in cell]) for cell in pairs]


def _naive_sum(_x: Array, _w: Array, pairs: Sequence[witness.Pairs]) -> Call:
    return lambda: [sum(a * b for a, b in cell) for cell in pairs]


def _symengine(_x: Array, _w: Array, pairs: Sequence[witness.Pairs]) -> Call:
    import symengine

    known = {entry: symengine.sympify(entry) for entry in {e for p in pairs for q in p for e in q}}
    own = [[(known[a], known[b]) for a, b in cell] for cell in pairs]
    return lambda: [symengine.Add(*[a * b for a, b in cell]) for cell in own]


def _einsum(op: str, x: Array, w: Array, _pairs: Any) -> Call:
    """Return the line that users write: a view of all windows, times the kernel, summed."""
    import sympy

    window = np.lib.stride_tricks.sliding_window_view
    if op == "conv":
        return lambda: np.einsum("cijab,mcab->mij", window(x, w.shape[2:], axis=(1, 2)), w)
    zero = sympy.Integer(0)
    out, tap = "ijk"[: x.ndim], "abc"[: x.ndim]
    pads = [(k - 1, k - 1) for k in w.shape]

    def run() -> Any:
        padded = np.pad(x, pads, constant_values=zero)
        return np.einsum(f"{out}{tap},{tap}->{out}", window(padded, w.shape), np.flip(w))

    return run


def _same(mine: Any, theirs: Any) -> Answer:
    """Compare canonical expressions; those of other systems are turned into SymPy's first."""
    import sympy

    found = theirs.ravel().tolist() if isinstance(theirs, np.ndarray) else theirs
    wanted = mine.ravel().tolist()
    if len(found) != len(wanted):
        return Answer.WRONG
    chosen = range(len(wanted))
    if not isinstance(found[0], sympy.Basic):
        chosen = range(0, len(wanted), max(1, len(wanted) // COMPARED))
    equal = all(wanted[i] == sympy.sympify(found[i]) for i in chosen)
    return Answer.EXACT if equal else Answer.WRONG


def _plane(n: int, k: int, rank: int, options: Options, **goals: Goal | None) -> Task:
    x, w = symbols("x", *(n,) * rank), symbols("w", *(k,) * rank)
    return task(x, w, "convolve", options.random(f"W1 {n} {k} {rank}"), **goals)


def _layer(n: int, options: Options, **goals: Goal | None) -> Task:
    x, w = symbols("x", 3, n, n), symbols("w", 8, 3, 3, 3)
    return task(x, w, "conv", options.random(f"W1 layer {n}"), **goals)


def _kept(found: Task) -> Claim:
    return Claim(
        f"at most {KEPT} bytes a product kept", KEPT, lambda used: used.kept / found.products
    )


def _linear(found: Task, small: Task) -> Claim:
    """Claim that the time grows as the number of products, from a small task to this one."""

    def exponent(used: Used) -> float:
        call = small.subject(*small.operands)
        call()
        seconds = statistics.median(clock(call)[0] for _ in range(7))
        return math.log(used.seconds / seconds) / math.log(found.products / small.products)

    return Claim(f"time grows at most as products^{EXPONENT}", EXPONENT, exponent)


def _claimed(found: Task, *claims: Claim) -> Task:
    from dataclasses import replace

    return replace(found, claims=(_kept(found), *claims))


def _workloads(options: Options) -> Iterator[Workload]:
    first = {"add": at_least(60), "symengine": at_least(1.5)}
    n, m, d, c = (options.size(size, 5) for size in (64, 128, 8, 16))

    def grown() -> Task:
        found = _plane(m, 7, 2, options, **first)
        return _claimed(found, _linear(found, _plane(max(2, m // 4), 7, 2, options)))

    yield Workload(f"W1 {d}³⋆3³", lambda: _claimed(_plane(d, 3, 3, options, **first)))
    yield Workload(f"W1 layer 3×{c}²→8 k3", lambda: _claimed(_layer(c, options, **first)))
    yield Workload(
        f"W1 {n}²⋆5²",
        lambda: _claimed(_plane(n, 5, 2, options, **first, naive=at_least(150))),
    )
    yield Workload(f"W1 {m}²⋆7²", grown)


def _curves(options: Options) -> Iterator[Curve]:
    sizes = (4, 8) if options.quick else (8, 16, 32, 64, 128)
    peers = ("SymPy Add(*[Mul…])", "symengine Add(*[x*w…])")
    yield Curve("n²⋆5², symbols", sizes, lambda n: _plane(n, 5, 2, options), peers)


FAMILY = Family("W1", "symbolic outputs", _workloads, _curves)
