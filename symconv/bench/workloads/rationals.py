"""W2: exact rationals, answered as numerators over one denominator."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symconv.bench import witness
from symconv.bench.answers import Answer, rationals
from symconv.bench.goals import AHEAD, Goal, at_least, within
from symconv.bench.tasks import Call, Curve, Family, Options, Part, Peer, Task, Workload

Array = NDArray[Any]


def fractions(random: np.random.Generator, *shape: int) -> Array:
    """Return fractions a/b, |a| and b below 100: their common denominator has 136 bits."""
    count = math.prod(shape)
    tops, bottoms = random.integers(-99, 100, count), random.integers(1, 100, count)
    found = np.empty(count, dtype=object)
    found[:] = list(map(Fraction, tops.tolist(), bottoms.tolist()))
    return found.reshape(shape)


def _subject(x: Array, w: Array) -> Call:
    from symconv import fast

    return lambda: fast.numerators(x, w, op="convolve")


def _fraction_taps(x: Array, w: Array) -> Call:
    """Return a pass of NumPy over Fractions for each tap."""
    shape = tuple(n + k - 1 for n, k in zip(x.shape, w.shape, strict=True))

    def run() -> Array:
        out = np.full(shape, Fraction(0), dtype=object)
        for tap in np.ndindex(w.shape):
            out[tuple(slice(t, t + n) for t, n in zip(tap, x.shape, strict=True))] += x * w[tap]
        return out

    return run


def _sympy_convolution(x: Array, w: Array) -> Call:
    """Return SymPy's function; a SymPy Integer would send it to a symbolic FFT, an int does not."""
    import sympy

    def entry(v: Fraction) -> Any:
        whole = v.denominator == 1
        return v.numerator if whole else sympy.Rational(v.numerator, v.denominator)

    given = [list(map(entry, a)) for a in (x, w)]
    return lambda: sympy.convolution(*given)


def _sympy_poly(x: Array, w: Array) -> Call:
    """Return SymPy's polynomials over QQ, from their own rationals and back to coefficients."""
    from sympy import QQ, Poly, Symbol

    z = Symbol("z")
    given = [[QQ(v.numerator, v.denominator) for v in a] for a in (x, w)]

    def run() -> Any:
        a, b = (Poly.from_list(list(reversed(c)), z, domain=QQ) for c in given)
        return (a * b).rep.to_list()

    return run


def _reversed(coefficients: Any) -> Any:
    return np.array(list(reversed(coefficients)), dtype=object)


def _fmpq_poly(x: Array, w: Array) -> Call:
    """Return FLINT's rational polynomials, built from Fractions and read as we answer."""
    import flint

    def run() -> Any:
        a, b = (
            flint.fmpq_poly([flint.fmpq(v.numerator, v.denominator) for v in given])
            for given in (x.tolist(), w.tolist())
        )
        product = a * b
        return [int(c) for c in product.numer().coeffs()], int(product.denom())

    return run


def _fmpq_poly_alone(x: Array, w: Array) -> Call:
    import flint

    a, b = (
        flint.fmpq_poly([flint.fmpq(v.numerator, v.denominator) for v in given])
        for given in (x.tolist(), w.tolist())
    )
    return lambda: a * b


def _coefficients(product: Any) -> Any:
    return [int(c) for c in product.numer().coeffs()], int(product.denom())


def _polynomials(mine: Any, theirs: Any) -> Answer:
    """Compare coefficients from the lowest on; polynomials leave zeros at the end out."""
    length = len(mine[0])
    if isinstance(theirs, tuple):
        numerators, denominator = theirs
        return rationals(mine, ([*numerators, *[0] * (length - len(numerators))], denominator))
    return rationals(mine, np.array([*theirs, *[0] * (length - len(theirs))], dtype=object))


def _kronecker(x: Array, w: Array) -> Call:
    """Return one product of FLINT's integer polynomials, rows laid out one after the other."""
    import flint

    shape = tuple(n + k - 1 for n, k in zip(x.shape, w.shape, strict=True))

    def packed(values: Array) -> tuple[Any, int]:
        flat = values.ravel().tolist()
        common = math.lcm(*(v.denominator for v in flat))
        ints = np.empty(values.shape, dtype=object)
        ints[...] = 0
        scaled = [v.numerator * (common // v.denominator) for v in flat]
        spread = np.zeros((*values.shape[:-1], shape[-1]), dtype=object)
        spread[..., : values.shape[-1]] = np.array(scaled, dtype=object).reshape(values.shape)
        return flint.fmpz_poly(spread.ravel().tolist()), common

    def run() -> Any:
        (a, one), (b, other) = packed(x), packed(w)
        coefficients = [int(c) for c in (a * b).coeffs()]
        coefficients += [0] * (math.prod(shape) - len(coefficients))
        out = np.empty(math.prod(shape), dtype=object)
        out[:] = coefficients[: math.prod(shape)]
        return out.reshape(shape), one * other

    return run


def _cell(answer: Any, cell: tuple[int, ...]) -> Fraction:
    numerators, denominator = answer
    return Fraction(int(numerators[cell]), int(denominator))


def task(x: Array, w: Array, random: np.random.Generator, peers: tuple[Peer, ...]) -> Task:
    """Return the full convolution of two arrays of Fractions."""
    shape = tuple(n + k - 1 for n, k in zip(x.shape, w.shape, strict=True))
    before = [k - 1 for k in w.shape]
    whole = x.size * w.size

    def part(products: int) -> Part:
        """Return fewer rows of x; in 1-D fewer entries of x and of w alike."""
        if products >= whole:
            return (x, w), whole
        share = math.sqrt(products / whole) if x.ndim == 1 else products / whole
        rows = max(1, int(len(x) * share))
        kernel = w[: max(1, int(len(w) * share))] if x.ndim == 1 else w
        return (x[:rows], kernel), x[:rows].size * kernel.size

    return Task(
        (x, w),
        _subject,
        witness.by_definition(x, w, shape, random, read=_cell, flip=True, before=before),
        whole,
        peers,
        part=part,
        compare=_polynomials if x.ndim == 1 else rationals,
        unit="product",
    )


def line(n: int, k: int, options: Options) -> Task:
    """Return the 1-D task."""
    random = options.random(f"W2 {n} {k}")
    peers = (
        Peer("Fractions in NumPy, tap by tap", _fraction_taps, AHEAD),
        Peer("sympy.convolution", _sympy_convolution, at_least(20)),
        Peer("SymPy Poly over QQ", _sympy_poly, AHEAD, _reversed, whole=True),
        Peer("FLINT fmpq_poly, built and read", _fmpq_poly, within(1.1), whole=True),
        Peer("FLINT fmpq_poly, product alone", _fmpq_poly_alone, None, _coefficients, whole=True),
    )
    return task(fractions(random, n), fractions(random, k), random, peers)


def plane(n: int, k: int, options: Options, goal: Goal = AHEAD) -> Task:
    """Return the 2-D task."""
    random = options.random(f"W2 {n} {k} 2-D")
    peers = (
        Peer("Fractions in NumPy, tap by tap", _fraction_taps, goal),
        Peer("FLINT fmpz_poly, rows end to end", _kronecker, AHEAD, whole=True),
    )
    return task(fractions(random, n, n), fractions(random, k, k), random, peers)


def _workloads(options: Options) -> Iterator[Workload]:
    for long, short in ((10_000, 1_000), (100_000, 100_000))[: 1 if options.quick else 2]:
        m, k = options.size(long, 20), options.size(short, 10)
        yield Workload(f"W2 {m}⋆{k}", partial(line, m, k, options))
    n = options.size(256, 5 if options.quick else 31)
    for k, goal in ((5, AHEAD), (31, at_least(1000)))[: 1 if options.quick else 2]:
        yield Workload(f"W2 {n}²⋆{k}²", partial(plane, n, k, options, goal))


def _curves(options: Options) -> Iterator[Curve]:
    lengths = (8, 16) if options.quick else (100, 1_000, 10_000, 100_000)
    others = ("FLINT fmpq_poly, built and read", "sympy.convolution")
    yield Curve("n⋆n, rationals", lengths, lambda n: line(n, n, options), others)
    sides = (8, 16) if options.quick else (32, 64, 128, 256, 512)
    other = ("FLINT fmpz_poly, rows end to end",)
    yield Curve("n²⋆5², rationals", sides, lambda n: plane(n, 5, options), other)


FAMILY = Family("W2", "exact rationals", _workloads, _curves)
