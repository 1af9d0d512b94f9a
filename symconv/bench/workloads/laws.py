"""W4: a law at one shape: (x * g) * h = x * (g * h), full, entries anything."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench.answers import alike
from symconv.bench.goals import AHEAD, Goal, at_least
from symconv.bench.tasks import Call, Claim, Curve, Family, Options, Part, Peer, Task, Workload

Array = NDArray[Any]
LAW = "convolve(convolve(x, g), h) == convolve(x, convolve(g, h))"
FALSE = "convolve(convolve(x, g), h) == convolve(x, convolve(g, flip(h)))"
"""A law near it, which the same question has to refute."""


DENSE = 160_000
"""Triples that FLINT gets: a term of its polynomials has room for the power of every variable."""
GIVE_UP = 5_000
"""Milliseconds that a solver is given."""


@dataclass(frozen=True, slots=True)
class Shape:
    """n, k and l entries along each axis of x, g and h."""

    n: int
    k: int
    l: int  # noqa: E741 - beside n and k
    rank: int = 2

    @property
    def triples(self) -> int:
        """The number of terms x·g·h on each side."""
        return int(math.prod((self.n, self.k, self.l)) ** self.rank)

    def lengths(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the three tensors by name."""
        sizes = {"x": self.n, "g": self.k, "h": self.l}
        return {name: (size,) * self.rank for name, size in sizes.items()}


def _subject(shape: Shape) -> Call:
    from symconv import laws

    return lambda: _proved(laws.prove(LAW, rank=shape.rank, shapes=shape.lengths()))


def _proved(verdict: Any) -> bool:
    return bool(verdict.truth.name == "PROVED")


def _witness(shape: Shape, answer: Any) -> bool:
    """Check the verdict, the count of terms by hand, and that a false law is refuted."""
    from symconv import laws

    known = laws.prove(LAW, rank=shape.rank, shapes=shape.lengths())
    false = laws.prove(FALSE, rank=shape.rank, shapes=shape.lengths())
    return answer is True and str(shape.triples) in known.reason and not _proved(false)


def _full(a: Array, b: Array) -> Array:
    """Return the full convolution of arrays of any system's objects."""
    sums: dict[tuple[int, ...], Any] = {}
    for i, value in np.ndenumerate(a):
        for t, weight in np.ndenumerate(b):
            o = tuple(map(operator.add, i, t))
            sums[o] = sums[o] + value * weight if o in sums else value * weight
    out = np.empty([n + k - 1 for n, k in zip(a.shape, b.shape, strict=True)], dtype=object)
    for o, value in sums.items():
        out[o] = value
    return out


def _sides(tensors: list[Array]) -> tuple[list[Any], list[Any]]:
    x, g, h = tensors
    left = _full(_full(x, g), h)
    right = _full(x, _full(g, h))
    return left.ravel().tolist(), right.ravel().tolist()


def _tensors(shape: Shape, make: Any) -> list[Array]:
    found = []
    for name, size in shape.lengths().items():
        values = np.empty(size, dtype=object)
        for index in np.ndindex(size):
            values[index] = make("_".join(map(str, (name, *index))))
        found.append(values)
    return found


def _expand(shape: Shape) -> Call:
    import sympy

    tensors = _tensors(shape, sympy.Symbol)

    def run() -> bool:
        pairs = zip(*_sides(tensors), strict=True)
        return all(sympy.expand(left - right) == 0 for left, right in pairs)

    return run


def _symengine(shape: Shape) -> Call:
    import symengine

    tensors = _tensors(shape, symengine.Symbol)

    def run() -> bool:
        pairs = zip(*_sides(tensors), strict=True)
        return all(symengine.expand(left) == symengine.expand(right) for left, right in pairs)

    return run


def _flint(shape: Shape) -> Call:
    """Return FLINT's polynomials in as many variables as the three tensors have entries."""
    import flint

    names = [name for tensor in _tensors(shape, str) for name in tensor.ravel()]
    ring = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
    variables = dict(zip(names, ring.gens(), strict=True))
    tensors = _tensors(shape, variables.__getitem__)

    def run() -> bool:
        left, right = _sides(tensors)
        return left == right

    return run


def _z3(shape: Shape) -> Call:
    """Return the question whether any two outputs differ, put to a solver over the integers."""
    import z3

    tensors = _tensors(shape, z3.Int)

    def run() -> bool:
        solver = z3.Solver()
        solver.set("timeout", GIVE_UP)
        pairs = zip(*_sides(tensors), strict=True)
        solver.add(z3.Or([left != right for left, right in pairs]))
        found = solver.check()
        if found == z3.unknown:
            raise TimeoutError(f"undecided after {GIVE_UP / 1000:g} s at {shape}")
        return bool(found == z3.unsat)

    return run


def task(shape: Shape, *, flint: Goal = AHEAD, seconds: float | None = None) -> Task:
    """Return the law at one shape; peers that are too slow for it get a smaller x, h and g."""

    def part(triples: int) -> Part:
        """Return a shape of at most so many triples, its three sides made smaller alike."""
        whole = shape.triples
        if triples >= whole:
            return (shape,), whole
        room = max(1, round((triples / (shape.k * shape.l) ** shape.rank) ** (1 / shape.rank)))
        found = Shape(min(shape.n, room), shape.k, shape.l, shape.rank)
        return (found,), found.triples

    claims = () if seconds is None else (_at_most(seconds),)
    peers = (
        Peer("SymPy expand", _expand, AHEAD),
        Peer("symengine expand", _symengine, AHEAD),
        Peer("FLINT fmpz_mpoly", _flint, flint, most=DENSE),
        Peer("z3, entries as integers", _z3, AHEAD),
    )
    return Task(
        (shape,),
        _subject,
        partial(_witness, shape),
        shape.triples,
        peers,
        claims,
        part,
        compare=alike,
        unit="triple",
    )


def _at_most(seconds: float) -> Claim:
    return Claim(f"at most {seconds * 1e3:g} ms", seconds, lambda used: used.seconds)


def _workloads(options: Options) -> Iterator[Workload]:
    n, m = options.size(64, 2), options.size(512, 2)
    k, other = (2, 2) if options.quick else (5, 7)
    small = Shape(n, k, k)
    yield Workload(f"W4 {n}²·{k}²·{k}²", partial(task, small, flint=at_least(100)))
    if options.quick:
        return
    large = Shape(m, other, other)
    yield Workload(f"W4 {m}²·{other}²·{other}²", partial(task, large, seconds=0.02))


def _curves(options: Options) -> Iterator[Curve]:
    sizes = (2, 4) if options.quick else (8, 16, 32, 64, 128, 256, 512)
    yield Curve("n²·5²·5²", sizes, lambda n: task(Shape(n, 5, 5)), ("FLINT fmpz_mpoly",), "triples")


FAMILY = Family("W4", "laws at a shape", _workloads, _curves)
