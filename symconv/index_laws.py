"""Sums of products over other laws of indices than the line's i + j = o.

    out[o] = sum over i, j with i∘j = o of  x[i] · w[j]

for ∘ the sum modulo n, bitwise XOR, OR and AND, or the product of positive integers. Each law is a
table of index pairs along every axis, so entries may live in any algebra.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import Any

from symconv import engines
from symconv.algebra import Algebra
from symconv.engines import transforms
from symconv.errors import GeometryError
from symconv.exact import Array, array
from symconv.options import counted, positive
from symconv.plan import Shape
from symconv.terms import Term

Pairs = list[tuple[int, int, int]]
"""Every i and j that meet in one output, and the sign of their product."""
Fast = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class IndexAxis:
    """One axis of an index law: the pairs of every output.

    ``combine(i, j)`` is the output that entry i of x and entry j of w meet in, and the sign of
    their product; None where they do not meet.
    """

    x: int
    w: int
    out: int
    combine: Callable[[int, int], tuple[int, int] | None]

    @cached_property
    def pairs(self) -> list[Pairs]:
        """For each output its pairs, by i and then j."""
        found: list[Pairs] = [[] for _ in range(self.out)]
        for i, j in itertools.product(range(self.x), range(self.w)):
            met = self.combine(i, j)
            if met is not None and met[0] < self.out:
                found[met[0]].append((i, j, met[1]))
        return found


@dataclass(frozen=True)
class IndexLaw:
    """The table of an index law: one law along every axis, signs multiplied.

    ``fast`` computes it for whole arrays of numbers.
    """

    axes: tuple[IndexAxis, ...]
    fast: Fast
    signed: bool = False
    fill: None = None

    @property
    def x_shape(self) -> Shape:
        """The shape of the first operand."""
        return tuple(axis.x for axis in self.axes)

    @property
    def w_shape(self) -> Shape:
        """The shape of the second operand."""
        return tuple(axis.w for axis in self.axes)

    @property
    def out_shape(self) -> Shape:
        """The shape of the output."""
        return tuple(axis.out for axis in self.axes)

    @property
    def work(self) -> dict[str, int]:
        """Inputs, outputs and pairs of entries."""
        x, out = prod(self.x_shape), prod(self.out_shape)
        return {"padded inputs": x, "outputs": out, "products": x * prod(self.w_shape)}

    def filter_of(self, out: Sequence[int]) -> int:
        """Return 0: an index law has no filters."""
        del out
        return 0

    def by_out(self, out: Sequence[int]) -> Iterator[Term]:
        """Yield the terms of one output."""
        pairs = (axis.pairs[o] for axis, o in zip(self.axes, out, strict=True))
        for met in itertools.product(*pairs):
            x, w = tuple(i for i, _, _ in met), tuple(j for _, j, _ in met)
            yield Term(tuple(out), x, w, prod(sign for _, _, sign in met))

    def route(self, x: Array, w: Array) -> Array:
        """Return the output for integers and rationals."""
        return self.fast(x, w)


def circular_convolve(
    x: Any,
    w: Any,
    /,
    n: Any = None,
    *,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Convolve modulo n along every axis.

        out[o] = sum over i + j ≡ o (mod n) of  x[i] · w[j]

    ``n``, 1 or more, is one number or one for each axis, and the shape of x when it is left out.
    Operands longer than n are folded, as if their entry at i stood at i mod n.

    Shapes: x (a, ...), w (b, ...) of the same rank; out (n, ...).
    Raises: EntryError, GeometryError[rank-mismatch], GeometryError[modulus-not-positive].

    Source: Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., section 8.6.5; SymPy's
    convolution(cycle=n).

    >>> circular_convolve([1, 2, 3], [4, 5, 6])
    array([31, 31, 28])
    >>> circular_convolve("a b", "u v w")
    array([a*u + a*w + b*v, a*v + b*u + b*w], dtype=object)
    """
    return _carried_out("circular_convolve", x, w, n, engine=engine, algebra=algebra)


def circular_correlate(
    x: Any,
    w: Any,
    /,
    n: Any = None,
    *,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Correlate modulo n along every axis: w is not turned.

        out[o] = sum over i − j ≡ o (mod n) of  x[i] · w[j]

    Arguments, shapes and errors are those of `circular_convolve`. With n the shape of x this is
    `correlate` of x wrapped at its end.

    Source: Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., section 8.6.

    >>> circular_correlate([1, 2, 3, 4], [1, 10])
    array([21, 32, 43, 14])
    """
    return _carried_out("circular_correlate", x, w, n, engine=engine, algebra=algebra)


def negacyclic_convolve(
    x: Any,
    w: Any,
    /,
    n: Any = None,
    *,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Convolve modulo n along every axis, with a change of sign at every wrap.

        out[o] = sum over i + j = o + m·n of  (−1)^m · x[i] · w[j]

    In one dimension this multiplies polynomials modulo z^n + 1; along several axes the signs
    multiply. Arguments, shapes and errors are those of `circular_convolve`; an algebra must be a
    ring as soon as anything wraps.

    Source: Nussbaumer, Fast Fourier Transform and Convolution Algorithms, 2nd ed., chapter 2.

    >>> negacyclic_convolve([1, 2, 3], [4, 5, 6])
    array([-23,  -5,  28])
    """
    return _carried_out("negacyclic_convolve", x, w, n, engine=engine, algebra=algebra)


def dyadic_convolve(
    x: Any, w: Any, /, *, engine: str | None = None, algebra: Algebra | str | None = None
) -> Array:
    """Convolve over the bits of the index: i XOR j.

        out[o] = sum over i XOR j = o of  x[i] · w[j]

    Shapes: x (a, ...), w (b, ...) of the same rank; along each axis out has the least power of two
    that is a and b or more, or 0 entries if a or b is 0.

    Raises: EntryError, GeometryError[rank-mismatch].

    Source: Beauchamp, Applications of Walsh and Related Functions (1984); SymPy's
    convolution(dyadic=True).

    >>> dyadic_convolve("a b", "u v")
    array([a*u + b*v, a*v + b*u], dtype=object)
    """
    return _carried_out("dyadic_convolve", x, w, engine=engine, algebra=algebra)


def subset_convolve(
    x: Any, w: Any, /, *, engine: str | None = None, algebra: Algebra | str | None = None
) -> Array:
    """Convolve over sets, the bits of the index: the disjoint unions.

        out[o] = sum over i OR j = o, i AND j = 0 of  x[i] · w[j]

    Shapes and errors are those of `dyadic_convolve`; along several axes their bits stand side by
    side.

    Source: Björklund, Husfeldt, Kaski & Koivisto, Fourier meets Möbius (2007); SymPy's
    convolution(subset=True).

    >>> subset_convolve([1, 2, 3, 4], [5, 6, 7, 8])
    array([ 5, 16, 22, 60])
    """
    return _carried_out("subset_convolve", x, w, engine=engine, algebra=algebra)


def union_convolve(
    x: Any, w: Any, /, *, engine: str | None = None, algebra: Algebra | str | None = None
) -> Array:
    """Convolve over sets, the bits of the index: the unions (the covering product).

        out[o] = sum over i OR j = o of  x[i] · w[j]

    Shapes and errors are those of `dyadic_convolve`.

    Source: Björklund, Husfeldt, Kaski & Koivisto, Fourier meets Möbius (2007); SymPy's
    covering_product.

    >>> union_convolve("a b", "u v")
    array([a*u, a*v + b*u + b*v], dtype=object)
    """
    return _carried_out("union_convolve", x, w, engine=engine, algebra=algebra)


def intersection_convolve(
    x: Any, w: Any, /, *, engine: str | None = None, algebra: Algebra | str | None = None
) -> Array:
    """Convolve over sets, the bits of the index: the intersections (the packing product).

        out[o] = sum over i AND j = o of  x[i] · w[j]

    Shapes and errors are those of `dyadic_convolve`.

    Source: Björklund, Husfeldt, Kaski & Koivisto, Fourier meets Möbius (2007); SymPy's
    intersecting_product.

    >>> intersection_convolve("a b", "u v")
    array([a*u + a*v + b*u, b*v], dtype=object)
    """
    return _carried_out("intersection_convolve", x, w, engine=engine, algebra=algebra)


def dirichlet_convolve(
    x: Any,
    w: Any,
    /,
    n: Any = None,
    *,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Convolve over divisors; indices start at 1, so the first entry of x is x(1).

        out(m) = sum over d·e = m of  x(d) · w(e)

    ``n`` is how many values are returned, one number or one for each axis; a·b when it is left
    out, the index of the last product. What lies beyond a and b counts as 0: with x and w the
    first values of arithmetic functions, out holds values of their convolution as far as
    n <= min(a, b).

    Shapes: x (a, ...), w (b, ...) of the same rank; out (n, ...).
    Raises: EntryError, GeometryError[rank-mismatch], GeometryError[modulus-not-positive].

    Source: Apostol, Introduction to Analytic Number Theory, section 2.6.

    >>> dirichlet_convolve([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], 6)
    array([1, 2, 2, 3, 2, 4])
    """
    return _carried_out("dirichlet_convolve", x, w, n, engine=engine, algebra=algebra)


Law = Callable[[int, int], tuple[int, int] | None]
Planner = Callable[..., IndexLaw]


def index_table(name: str, x_shape: Shape, w_shape: Shape, /, n: Any = None) -> IndexLaw:
    """Return the table of an index law by its name, from shapes alone.

    Raises: GeometryError[rank-mismatch], and what the law itself raises.
    """
    if len(x_shape) != len(w_shape) or not x_shape:
        raise GeometryError(
            "rank-mismatch",
            f"x has {counted(len(x_shape), 'axis', 'axes')} {x_shape} but w has {len(w_shape)} "
            f"{w_shape}",
            hint="give both the same number of axes, 1 or more",
            x=x_shape,
            w=w_shape,
        )
    return LAWS[name](x_shape, w_shape) if n is None else LAWS[name](x_shape, w_shape, n)


def _carried_out(name: str, x: Any, w: Any, n: Any = None, **how: Any) -> Array:
    inputs, kernel = array(x), array(w)
    table = index_table(name, inputs.shape, kernel.shape, n)
    return engines.evaluate(table, inputs, kernel, **how)


def _sum(n: int, i: int, j: int) -> tuple[int, int]:
    return (i + j) % n, 1


def _difference(n: int, i: int, j: int) -> tuple[int, int]:
    return (i - j) % n, 1


def _signed_sum(n: int, i: int, j: int) -> tuple[int, int]:
    wraps, place = divmod(i + j, n)
    return place, (-1) ** wraps


def _cyclic(law: Callable[[int, int, int], tuple[int, int]]) -> Planner:
    signed = law is _signed_sum

    def plan(x: Shape, w: Shape, n: Any = None) -> IndexLaw:
        sizes = x if n is None else positive("modulus", n, len(x))
        axes = tuple(map(IndexAxis, x, w, sizes, [partial(law, size) for size in sizes]))
        sign, reverse = -1 if signed else 1, law is _difference
        fast = partial(transforms.cyclic, modulus=sizes, sign=sign, reverse=reverse)
        return IndexLaw(axes, fast, signed=signed)

    return plan


def _bitwise(law: Law, fast: Callable[..., Array]) -> Planner:
    def plan(x: Shape, w: Shape) -> IndexLaw:
        sizes = tuple(map(_power_of_two, x, w))
        axes = tuple(map(IndexAxis, x, w, sizes, [law] * len(x)))
        return IndexLaw(axes, partial(fast, shape=sizes))

    return plan


def _power_of_two(a: int, b: int) -> int:
    """Return the least power of two that is a and b or more; 0 if a or b is 0."""
    return 1 << (max(a, b) - 1).bit_length() if a and b else 0


def _xor(i: int, j: int) -> tuple[int, int]:
    return i ^ j, 1


def _union(i: int, j: int) -> tuple[int, int]:
    return i | j, 1


def _intersection(i: int, j: int) -> tuple[int, int]:
    return i & j, 1


def _product(i: int, j: int) -> tuple[int, int]:
    return (i + 1) * (j + 1) - 1, 1


def _disjoint(i: int, j: int) -> tuple[int, int] | None:
    return None if i & j else (i | j, 1)


def _divisors(x: Shape, w: Shape, n: Any = None) -> IndexLaw:
    most = tuple(a * b for a, b in zip(x, w, strict=True))
    sizes = most if n is None else positive("length", n, len(x))
    products = [_product] * len(x)
    axes = tuple(map(IndexAxis, x, w, sizes, products))
    return IndexLaw(axes, partial(transforms.dirichlet, shape=sizes))


LAWS: dict[str, Planner] = {
    "circular_convolve": _cyclic(_sum),
    "circular_correlate": _cyclic(_difference),
    "negacyclic_convolve": _cyclic(_signed_sum),
    "dyadic_convolve": _bitwise(_xor, transforms.xor),
    "subset_convolve": _bitwise(_disjoint, transforms.subset),
    "union_convolve": _bitwise(_union, transforms.union),
    "intersection_convolve": _bitwise(_intersection, transforms.intersection),
    "dirichlet_convolve": _divisors,
}
"""The planner of every law, by the name of its function."""
