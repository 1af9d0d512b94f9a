"""Long division of arrays, and normalized correlation, against loops and SciPy."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.signal
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symconv.algebra import BOOLEAN, COMPLEX, EXPRESSIONS, GF, MAX_PLUS
from symconv.deconvolution import Division, deconvolve, normalized_correlate
from symconv.errors import AlgebraError, EntryError, GeometryError
from symconv.exact import array, objects
from symconv.operations import convolve, correlate
from tests import oracle_deconvolution as oracle
from tests import strategies
from tests.oracle_index_laws import entries

SHAPES = {1: (1, 7), 2: (1, 4), 3: (1, 3)}


@st.composite
def divisions(draw: strategies.Draw, kinds: tuple[str, ...]) -> tuple[Any, Any]:
    """Draw an array and a kernel that fits; leading entries of the kernel may be 0."""
    rank = draw(st.integers(1, 3))
    taps = draw(strategies.different(*SHAPES[rank], rank))
    more = draw(strategies.different(0, SHAPES[rank][1], rank))
    shape = tuple(k + m for k, m in zip(taps, more, strict=True))
    y, w = draw(strategies.entries(shape, kinds)), draw(strategies.entries(taps, kinds))
    kernel = np.array(w, dtype=object)
    kernel.ravel()[: draw(st.integers(0, kernel.size - 1))] = 0
    assume(kernel.any())
    return y, kernel.tolist()


def first_of(w: Any) -> tuple[int, ...]:
    return next(place for place, value in entries(w).items() if value != 0)


def check(y: Any, w: Any, found: Division) -> None:
    """Assert the identity, and a remainder of 0 wherever the kernel's first entry reaches."""
    product = oracle.full_product(found.quotient.tolist(), w)
    left, whole = entries(found.remainder.tolist()), entries(y)
    assert set(product) == set(left) == set(whole)
    assert all(product[place] + left[place] == whole[place] for place in whole)
    first = first_of(w)
    for place in entries(found.quotient.tolist()):
        assert left[tuple(i + t for i, t in zip(place, first, strict=True))] == 0


@given(divisions(tuple(strategies.KINDS)))
@settings(max_examples=80)
def test_quotient_times_kernel_plus_remainder(problem: tuple[Any, Any]) -> None:
    y, w = problem
    found = deconvolve(y, w)
    check(y, w, found)
    assert found.remainder.shape == np.array(y, dtype=object).shape
    for value in (*found.quotient.ravel().tolist(), *found.remainder.ravel().tolist()):
        assert type(value) is int or (type(value) is Fraction and value.denominator > 1)


@given(divisions(("small", "huge", "fraction")))
@settings(max_examples=60)
def test_a_full_convolution_is_undone(problem: tuple[Any, Any]) -> None:
    x, w = problem
    found = deconvolve(convolve(x, w), w)
    assert found.quotient.tolist() == x
    assert not objects(found.remainder).any()


@given(divisions(("small",)))
@settings(max_examples=60)
def test_polynomials_divide_alike(problem: tuple[Any, Any]) -> None:
    y, w = (np.array(v).ravel().tolist() for v in problem)
    assume(w[0] != 0 and len(w) <= len(y))
    found = deconvolve(y, w)
    z = sympy.Symbol("z")
    quotient, rest = sympy.div(sympy.Poly(y, z), sympy.Poly(w, z), domain="QQ")
    ours = [sympy.Poly([sympy.sympify(v) for v in part.tolist()], z, domain="QQ") for part in found]
    assert ours == [quotient, rest]


def test_scipy_on_whole_numbers() -> None:
    y, w = [3, -1, 4, 1, -5, 9, 2, 6], [1, 2, -3]
    found = deconvolve(y, w)
    quotient, rest = scipy.signal.deconvolve(y, w)
    assert found.quotient.tolist() == quotient.tolist()
    assert found.remainder.tolist() == rest.tolist()


def test_symbols_give_rational_functions_in_lowest_terms() -> None:
    a, b, u, v = sympy.symbols("a b u v")
    found = deconvolve("a b", "u v")
    assert found.quotient.tolist() == [a / u]
    assert found.remainder.tolist() == [0, (b * u - a * v) / u]
    exact = deconvolve(convolve("a b; 2 c", "u v; w 3"), "u v; w 3")
    assert exact.quotient.tolist() == [[a, b], [2, sympy.Symbol("c")]]
    assert exact.remainder.dtype == np.int64
    assert not exact.remainder.any()
    factor = deconvolve([a**2 - b**2], [a - b])
    assert factor.quotient.tolist() == [a + b]


def test_symbols_agree_with_numbers_put_in() -> None:
    names = sympy.symbols("a:5 u:3")
    given_ = dict(zip(names, [7, -3, Fraction(1, 2), 11, 5, 2, 9, -4], strict=True))
    y, w = list(names[:5]), list(names[5:])
    symbolic = deconvolve(y, w)
    plain = deconvolve([given_[s] for s in y], [given_[s] for s in w])
    for ours, theirs in zip(symbolic, plain, strict=True):
        values = [sympy.sympify(v).subs(given_) for v in ours.tolist()]
        assert values == [sympy.sympify(v) for v in theirs.tolist()]


def test_roots_and_the_imaginary_unit_are_decided_exactly() -> None:
    root, i = sympy.sqrt(2), sympy.I
    x, w = [1 + root, 3 * i, 2], [root - 1, i]
    y = [sympy.expand(v) for v in convolve(x, w).tolist()]
    found = deconvolve(y, w)
    assert [sympy.expand(a - b) for a, b in zip(found.quotient.tolist(), x, strict=True)] == [0] * 3
    assert found.remainder.tolist() == [0] * 4
    hidden = (1 + root) * (root - 1) - 1
    with pytest.raises(AlgebraError, match="zero-kernel"):
        deconvolve([1, 2], [hidden])


@given(divisions(("small",)), st.sampled_from([2, 7, 101]))
@settings(max_examples=60)
def test_division_modulo_a_prime(problem: tuple[Any, Any], p: int) -> None:
    x, w = (np.array(v) % p for v in problem)
    assume(w.any())
    field = GF(p)
    found = deconvolve(convolve(x, w, algebra=field), w, algebra=field)
    assert found.quotient.tolist() == x.tolist()
    assert not found.remainder.any()
    other = deconvolve(x, w, algebra=field)
    again = convolve(other.quotient, w, algebra=field) + other.remainder
    assert (again % p).tolist() == x.tolist()


def test_division_of_complex_numbers() -> None:
    x, w = ["1+2I", "-I", "3/2"], ["2-I", "I"]
    y = convolve(x, w, algebra=COMPLEX)
    found = deconvolve(y, w, algebra=COMPLEX)
    assert found.quotient.tolist() == [1 + 2 * sympy.I, -sympy.I, Fraction(3, 2)]
    assert found.remainder.tolist() == [0] * 4
    assert deconvolve([5], [2], algebra=EXPRESSIONS).quotient.tolist() == [Fraction(5, 2)]


def test_what_cannot_be_divided() -> None:
    with pytest.raises(AlgebraError, match="zero-kernel"):
        deconvolve([1, 2, 3], [0, 0])
    with pytest.raises(AlgebraError, match="zero-kernel"):
        deconvolve([1, 2, 3], [7, 14], algebra=GF(7))
    for algebra in (MAX_PLUS, BOOLEAN):
        with pytest.raises(AlgebraError, match="no-division"):
            deconvolve([1, 1], [1], algebra=algebra)
    with pytest.raises(GeometryError, match=r"kernel-too-long\]: axis 1: the kernel has 3"):
        deconvolve([[1, 2], [3, 4]], [[1, 2, 3]])
    with pytest.raises(GeometryError, match="kernel-too-long"):
        deconvolve([1, 2], [])
    with pytest.raises(GeometryError, match="rank-mismatch"):
        deconvolve([1, 2], [[1]])
    with pytest.raises(AlgebraError, match="not-rational-function"):
        deconvolve([sympy.sin(sympy.Symbol("a"))], [2])
    with pytest.raises(EntryError, match="float"):
        deconvolve([1.5], [2])


@given(st.data())
@settings(max_examples=50)
def test_normalized_correlation_is_an_average_over_what_is_there(data: st.DataObject) -> None:
    options = data.draw(strategies.geometries(data.draw(st.integers(1, 2)), stuffing=False))
    x = data.draw(strategies.entries(options["sizes"], ("small", "fraction")))
    w = np.abs(objects(array(data.draw(strategies.entries(options["taps"], ("small",)))))).tolist()
    mask = (np.array(data.draw(strategies.entries(options["sizes"], ("small",)))) % 3).tolist()
    given_ = {name: options[name] for name in ("stride", "dilation", "padding")}
    shape = correlate(x, w, **given_).shape
    before = [pair[0] for pair in options["padding"]]
    places = {"stride": options["stride"], "dilation": options["dilation"], "before": before}
    inside = cropped(mask, options["padding"])
    wanted = [
        oracle.weighted_average(x, w, inside, out, **places)
        for out in itertools.product(*map(range, shape))
    ]
    if None in wanted:
        with pytest.raises(AlgebraError, match="no-weight"):
            normalized_correlate(x, w, mask, **given_)
        return
    found = normalized_correlate(x, w, mask, **given_)
    assert found.shape == shape
    assert found.ravel().tolist() == wanted
    assert (
        found.tolist() == normalized_correlate(x, w, mask, engine="definition", **given_).tolist()
    )


def cropped(mask: Any, padding: Any) -> Any:
    """Return the mask with 0 where a negative padding crops."""
    values = np.array(mask, dtype=object)
    for axis, (before, after) in enumerate(padding):
        line = np.moveaxis(values, axis, 0)
        line[: max(-before, 0)] = 0
        line[len(line) - max(-after, 0) :] = 0
    return values.tolist()


def test_a_constant_comes_back_at_every_border() -> None:
    x = [[5] * 6 for _ in range(4)]
    w = [[1, 2, 1], [2, 7, 3], [1, 4, 1]]
    assert normalized_correlate(x, w).tolist() == x
    assert normalized_correlate(x, w, stride=(2, 3)).tolist() == [[5, 5], [5, 5]]
    for boundary in ("reflect", "edge", "wrap", "symmetric"):
        found = normalized_correlate(x, w, boundary=boundary)
        assert found.tolist() == x


def test_boundaries_provide_samples() -> None:
    found = normalized_correlate([2, 4], [1, 2, 3], boundary="constant(10)")
    assert found.tolist() == [
        Fraction(10 + 2 * 2 + 3 * 4, 6),
        Fraction(2 + 2 * 4 + 3 * 10, 6),
    ]
    found = normalized_correlate([2, 4], [1, 2, 3], [1, 0], boundary="edge")
    assert found.tolist() == [Fraction(2 + 2 * 2, 3), 2]


def test_symbols_in_a_normalized_correlation() -> None:
    a, b, u, v = sympy.symbols("a b u v")
    found = normalized_correlate("a b", "1 2 3")
    assert found.tolist() == [2 * a / 5 + 3 * b / 5, a / 3 + 2 * b / 3]
    found = normalized_correlate("a b", "u v")
    assert found.tolist() == [(a * u + b * v) / (u + v), b]
    found = normalized_correlate([1, 2], [1, 1], ["u", "v"])
    assert found.tolist() == [(u + 2 * v) / (u + v), 2]
    assert normalized_correlate("a b", "u v", [1, 1]).tolist() == [(a * u + b * v) / (u + v), b]


def test_weights_that_sum_to_nothing_name_the_output() -> None:
    with pytest.raises(AlgebraError, match=r"no-weight\]: the weights of output \(1, 0\) sum to 0"):
        normalized_correlate([[1, 2], [3, 4]], [[1]], [[1, 1], [0, 1]])
    with pytest.raises(AlgebraError, match=r"output \(1,\)"):
        normalized_correlate([1, 2, 3], [1, -1, 0], padding=(1, 0))
    u = sympy.Symbol("u")
    with pytest.raises(AlgebraError, match="no-weight"):
        normalized_correlate([1], [(u + 1) ** 2 - u**2 - 2 * u - 1])
    with pytest.raises(GeometryError, match=r"mask-shape\]: the mask has shape \(2,\)"):
        normalized_correlate([1, 2, 3], [1], [1, 0])
