"""Index laws against plain loops: values, lengths, algebras, both engines, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.algebra import BOOLEAN, COMPLEX, GF, MAX_PLUS, MIN_PLUS
from symconv.engines.transforms import Routed
from symconv.errors import EngineError, GeometryError, SymconvError
from symconv.exact import array
from symconv.index_laws import (
    IndexAxis,
    IndexLaw,
    circular_convolve,
    circular_correlate,
    dirichlet_convolve,
    dyadic_convolve,
    intersection_convolve,
    negacyclic_convolve,
    subset_convolve,
    union_convolve,
)
from symconv.operations import convolve, correlate
from tests import oracle_index_laws as oracle
from tests import strategies


class Law(NamedTuple):
    """One operation and how the oracle computes it."""

    operation: Callable[..., Any]
    meet: oracle.Meet
    length: str
    signed: bool = False


LAWS = {
    "circular convolve": Law(circular_convolve, oracle.cyclic, "n"),
    "circular correlate": Law(circular_correlate, oracle.back, "n"),
    "negacyclic": Law(negacyclic_convolve, oracle.cyclic, "n", signed=True),
    "dyadic": Law(dyadic_convolve, oracle.xor, "bits"),
    "subset": Law(subset_convolve, oracle.subset, "bits"),
    "union": Law(union_convolve, oracle.union, "bits"),
    "intersection": Law(intersection_convolve, oracle.intersection, "bits"),
    "dirichlet": Law(dirichlet_convolve, oracle.dirichlet, "product"),
}
ROOM = {1: (1, 9), 2: (1, 5), 3: (1, 3)}
each_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)


class Problem(NamedTuple):
    """Two operands and, where the law has one, a length for each axis."""

    x: Any
    w: Any
    n: tuple[int, ...] | None

    def given(self) -> tuple[Any, ...]:
        return (self.x, self.w) if self.n is None else (self.x, self.w, self.n)

    def shape(self, law: Law) -> tuple[int, ...]:
        sizes = [np.array(v, dtype=object).shape for v in (self.x, self.w)]
        both = list(zip(*sizes, strict=True))
        if self.n is not None:
            return self.n
        if law.length == "n":
            return tuple(sizes[0])
        if law.length == "bits":
            return tuple(oracle.power_of_two(a, b) for a, b in both)
        return tuple(a * b for a, b in both)

    def wanted(self, law: Law, fold: Callable[[list[tuple[Any, Any, int]]], Any]) -> Any:
        shape = self.shape(law)
        cells = oracle.pairs(self.x, self.w, shape, law.meet)
        out = np.empty(shape, dtype=object)
        for place, found in cells.items():
            out[place] = fold(found)
        return out


@st.composite
def problems(
    draw: strategies.Draw, law: Law, kinds: tuple[str, ...] = tuple(strategies.KINDS)
) -> Problem:
    rank = draw(st.integers(1, 3))
    x, w = (draw(strategies.different(*ROOM[rank], rank)) for _ in range(2))
    n = None
    if law.length != "bits" and draw(st.booleans()):
        n = draw(strategies.different(1, ROOM[rank][1] + 2, rank))
    return Problem(draw(strategies.entries(x, kinds)), draw(strategies.entries(w, kinds)), n)


def sign(law: Law, wraps: int) -> int:
    return -1 if law.signed and wraps % 2 else 1


@each_law
@given(st.data())
@settings(max_examples=40)
def test_numbers(law: Law, data: st.DataObject) -> None:
    problem = data.draw(problems(law))
    wanted = problem.wanted(law, lambda found: sum(sign(law, m) * a * b for a, b, m in found))
    for engine in (None, "numpy", "definition", "sympy"):
        found = law.operation(*problem.given(), engine=engine)
        assert found.shape == wanted.shape
        assert found.tolist() == wanted.tolist()
        flat = found.ravel().tolist()
        whole = [type(v) is int or (type(v) is Fraction and v.denominator > 1) for v in flat]
        assert all(whole)
        assert found.dtype == array(flat).dtype


@each_law
@given(st.data())
@settings(max_examples=8)
def test_symbols(law: Law, data: st.DataObject) -> None:
    problem = data.draw(problems(law, ("small", "fraction")))
    shape = array(problem.x).shape
    problem = problem._replace(x=strategies.symbols(shape, "x"))

    def fold(found: list[tuple[Any, Any, int]]) -> Any:
        terms = [sympy.Mul(sign(law, m), a, sympy.sympify(b)) for a, b, m in found]
        return sympy.Add(*terms)

    wanted = problem.wanted(law, fold)
    for engine in (None, "definition", "sympy"):
        found = law.operation(*problem.given(), engine=engine)
        assert list(map(sympy.srepr, found.ravel())) == list(map(sympy.srepr, wanted.ravel()))
    with pytest.raises(EngineError, match="numpy-symbolic"):
        law.operation(*problem.given(), engine="numpy")


@each_law
@given(st.data())
@settings(max_examples=15)
def test_algebras(law: Law, data: st.DataObject) -> None:
    problem = data.draw(problems(law, ("small",)))
    plain = law.operation(*problem.given())
    for engine in (None, "numpy", "definition"):
        found = law.operation(*problem.given(), algebra=GF(7), engine=engine)
        assert found.tolist() == (plain % 7).tolist()
        found = law.operation(*problem.given(), algebra=COMPLEX, engine=engine)
        assert found.tolist() == plain.tolist()
    if law.signed:
        return
    wanted = problem.wanted(law, lambda found: max((a + b for a, b, _ in found), default=-math.inf))
    assert law.operation(*problem.given(), algebra=MAX_PLUS).tolist() == wanted.tolist()
    bits = [(np.array(v) % 2).tolist() for v in (problem.x, problem.w)]
    problem = Problem(bits[0], bits[1], problem.n)
    wanted = problem.wanted(law, lambda found: int(any(a * b for a, b, _ in found)))
    for engine in (None, "numpy", "definition"):
        found = law.operation(*problem.given(), algebra=BOOLEAN, engine=engine)
        assert found.tolist() == wanted.tolist()


@each_law
def test_complex_entries_and_semirings_without_a_route(law: Law) -> None:
    i = sympy.I
    x, w = [1 + 2 * i, 3, -i], [2 - i, 5 * i]
    wanted = Problem(x, w, None).wanted(
        law, lambda found: sympy.expand(sum(sign(law, m) * a * b for a, b, m in found))
    )
    for engine in ("numpy", "definition"):
        assert law.operation(x, w, algebra=COMPLEX, engine=engine).tolist() == wanted.tolist()
    with pytest.raises(EngineError, match="algebra-engine"):
        law.operation([1, 2], [3, 4], algebra=MIN_PLUS, engine="numpy")


@each_law
@pytest.mark.parametrize("bits", [2, 28, 30, 31, 62, 64, 200])
def test_near_every_licence_of_64_bits(law: Law, bits: int) -> None:
    x = [(-1) ** i * (2**bits - i) for i in range(9)]
    w = [2**bits - 3 * i for i in range(7)]
    wanted = Problem(x, w, None).wanted(
        law, lambda found: sum(sign(law, m) * a * b for a, b, m in found)
    )
    assert law.operation(x, w, engine="numpy").tolist() == wanted.tolist()


@each_law
def test_long_operands_by_both_engines(law: Law) -> None:
    random = np.random.default_rng(11)
    x, w = random.integers(-99, 99, 70), random.integers(-99, 99, 45)
    fast, slow = (law.operation(x, w, engine=engine) for engine in ("numpy", "definition"))
    assert fast.tolist() == slow.tolist()


@each_law
def test_empty_operands(law: Law) -> None:
    for w in ([1, 2], []):
        found = law.operation([], w)
        assert found.tolist() == []
        assert found.dtype == np.int64
    found = law.operation([1, 2], [])
    assert found.tolist() == ([0, 0] if law.length == "n" else [])
    if law.length == "n":
        for engine in ("numpy", "definition"):
            assert law.operation([], [1], 3, engine=engine).tolist() == [0, 0, 0]


@given(st.data())
@settings(max_examples=25)
def test_a_circle_that_holds_everything_is_the_line(data: st.DataObject) -> None:
    shape, taps = data.draw(strategies.different(2, 5, 2)), data.draw(strategies.different(1, 3, 2))
    x, w = data.draw(strategies.entries(shape)), data.draw(strategies.entries(taps))
    room = tuple(n + k - 1 for n, k in zip(shape, taps, strict=True))
    full = convolve(x, w)
    assert circular_convolve(x, w, room).tolist() == full.tolist()
    assert negacyclic_convolve(x, w, room).tolist() == full.tolist()
    wrapped = correlate(x, w, boundary="wrap", padding=[(0, k - 1) for k in taps])
    assert circular_correlate(x, w).tolist() == wrapped.tolist()


@given(st.data())
@settings(max_examples=25)
def test_a_negacyclic_convolution_is_a_product_modulo_z_to_the_n_plus_1(
    data: st.DataObject,
) -> None:
    z = sympy.Symbol("z")
    n = data.draw(st.integers(1, 6))
    x, w = (data.draw(strategies.entries((size,), ("small",))) for size in (n + 2, n + 1))
    left, right = (sympy.Poly(v[::-1], z) for v in (x, w))
    rest = (left * right).rem(sympy.Poly(z**n + 1, z)).all_coeffs()[::-1]
    found = negacyclic_convolve(x, w, n).tolist()
    assert found == [*rest, *[0] * (n - len(rest))]


def test_arithmetic_functions() -> None:
    n = 60
    numbers = range(1, n + 1)
    one = [1] * n
    moebius = [sympy.mobius(k) for k in numbers]
    unit = [1, *[0] * (n - 1)]
    assert dirichlet_convolve(one, moebius, n).tolist() == unit
    assert dirichlet_convolve(one, one, n).tolist() == [sympy.divisor_count(k) for k in numbers]
    assert dirichlet_convolve(list(numbers), moebius, n).tolist() == list(
        map(sympy.totient, numbers)
    )
    assert dirichlet_convolve([1, 2, 3], [4, 5]).tolist() == [4, 13, 12, 10, 0, 15]
    assert dirichlet_convolve("a b", "u v").tolist()[3] == sympy.Symbol("b") * sympy.Symbol("v")


@given(st.data())
@settings(max_examples=20)
def test_laws_of_sets_split_unions_by_their_overlap(data: st.DataObject) -> None:
    x, w = (data.draw(strategies.entries((8,), ("small",))) for _ in range(2))
    total = sum(x) * sum(w)
    for operation in (union_convolve, intersection_convolve, dyadic_convolve):
        assert sum(operation(x, w).tolist()) == total
    complement = intersection_convolve(x[::-1], w[::-1]).tolist()[::-1]
    assert union_convolve(x, w).tolist() == complement


def test_a_law_is_a_table() -> None:
    axis = IndexAxis(2, 3, 2, lambda i, j: ((i + j) % 2, 1))
    table = IndexLaw((axis, axis), np.multiply)
    assert table.x_shape == (2, 2)
    assert table.w_shape == (3, 3)
    assert table.out_shape == (2, 2)
    assert table.work == {"padded inputs": 4, "outputs": 4, "products": 36}
    assert table.filter_of((1, 1)) == 0
    assert isinstance(table, Routed)
    terms = [(term.x, term.w, term.scale) for term in table.by_out((0, 1))]
    assert terms[:3] == [((0, 0), (0, 1), 1), ((0, 1), (0, 0), 1), ((0, 1), (0, 2), 1)]
    assert len(terms) == 9


@each_law
def test_operands_that_do_not_fit(law: Law) -> None:
    with pytest.raises(GeometryError, match="rank-mismatch"):
        law.operation([[1, 2]], [1])
    with pytest.raises(GeometryError, match="rank-mismatch"):
        law.operation(1, 2)
    with pytest.raises(SymconvError, match="float"):
        law.operation([1.5], [2])


@pytest.mark.parametrize("n", [0, -3, 1.0, "4", None, (2, 0), (2, 3, 4)])
def test_lengths_that_are_none(n: Any) -> None:
    if n is None:
        assert circular_convolve([1, 2], [3], None).tolist() == [3, 6]
        return
    for operation in (circular_convolve, circular_correlate, negacyclic_convolve):
        with pytest.raises(GeometryError, match=r"modulus-(not-positive|per-axis)"):
            operation([[1, 2]], [[3]], n)
    with pytest.raises(GeometryError, match=r"length-(not-positive|per-axis)"):
        dirichlet_convolve([[1, 2]], [[3]], n)
