"""Every engine against the oracle, against polynomials, and against NumPy and SciPy."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import sympy
from flint import fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.engines import choice
from symconv.engines.passes import bands, taps
from symconv.exact import Array, array
from tests import oracle, strategies
from tests.agreement import NUMERIC, SYMBOLIC, Example, check_numbers, check_symbols


def test_the_oracle_imports_nothing_of_symconv() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
        )
    }
    assert imported == {
        "__future__",
        "collections",
        "fractions",
        "functools",
        "itertools",
        "typing",
    }


@pytest.mark.parametrize("engine", [*NUMERIC, None])
@given(example=st.data())
@settings(max_examples=90)
def test_one_axis(engine: str | None, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.planes(1)), engine)


@pytest.mark.parametrize("engine", [*NUMERIC, None])
@given(example=st.data())
@settings(max_examples=70)
def test_two_axes(engine: str | None, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.planes(2)), engine)


@pytest.mark.parametrize("engine", NUMERIC)
@given(example=st.data())
@settings(max_examples=40)
def test_three_axes(engine: str, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.planes(3)), engine)


@pytest.mark.parametrize("engine", NUMERIC)
@given(example=st.data())
@settings(max_examples=6)
def test_four_axes(engine: str, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.planes(4)), engine)


@pytest.mark.parametrize("engine", NUMERIC)
@pytest.mark.parametrize("rank", [1, 2])
@given(example=st.data())
@settings(max_examples=35)
def test_layers(engine: str, rank: int, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.layers(rank)), engine)


@pytest.mark.parametrize("engine", NUMERIC)
@given(example=st.data())
@settings(max_examples=8)
def test_layers_of_three_axes(engine: str, example: st.DataObject) -> None:
    check_numbers(example.draw(strategies.layers(3, ("small", "fraction"))), engine)


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(example=st.data())
@settings(max_examples=40)
def test_products_of_polynomials_at_any_number_of_taps(rank: int, example: st.DataObject) -> None:
    kinds = ("huge", "int64")
    drawn = example.draw(strategies.planes(rank, kinds) | strategies.layers(min(rank, 2), kinds))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "obvious", lambda _sums: None)
        patch.setattr(choice, "considered", lambda sums: choice.beyond(sums)[:1])
        check_numbers(drawn, "numpy")


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(example=st.data())
@settings(max_examples=60)
def test_outputs_of_several_blocks(rank: int, example: st.DataObject) -> None:
    kinds = ("small", "int64")
    drawn = example.draw(strategies.planes(rank, kinds) | strategies.layers(min(rank, 2), kinds))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taps, "BLOCK", 3)
        patch.setattr(bands, "BLOCK", 3)
        check_numbers(drawn, "numpy")


EDGES = [-(2**63), 2**63 - 1, -(2**62), 2**42, -(2**42), 2**21, 2**21 - 1, -1, 0, 1]
long_entries = st.sampled_from(EDGES) | st.integers(-(2**63), 2**63 - 1)


@given(
    st.lists(long_entries, min_size=1, max_size=6),
    st.lists(long_entries, min_size=1, max_size=4),
    st.sampled_from(EDGES),
)
@settings(max_examples=200)
def test_limbs_at_the_edges_of_64_bits(x: list[int], w: list[int], fill: int) -> None:
    pads = len(w) + 1
    padded = [fill] * pads + x + [fill] * pads
    wanted = [
        sum(a * b for a, b in zip(padded[o:], w, strict=False))
        for o in range(len(padded) - len(w) + 1)
    ]
    found = symconv.correlate(x, w, padding=pads, boundary=("constant", fill))
    assert found.tolist() == wanted


def test_a_strided_output_longer_than_one_block() -> None:
    x = np.arange(3 * taps.BLOCK)
    assert (symconv.correlate(x, [1], stride=2) == x[::2]).all()


@pytest.mark.parametrize("engine", [*SYMBOLIC, None])
@pytest.mark.parametrize("rank", [1, 2])
@given(example=st.data())
@settings(max_examples=30)
def test_symbols(engine: str | None, rank: int, example: st.DataObject) -> None:
    check_symbols(example.draw(strategies.symbolic_planes(rank)), engine)


@pytest.mark.parametrize("engine", SYMBOLIC)
@given(example=st.data())
@settings(max_examples=6)
def test_symbols_on_three_axes(engine: str, example: st.DataObject) -> None:
    check_symbols(example.draw(strategies.symbolic_planes(3)), engine)


@pytest.mark.parametrize("engine", SYMBOLIC)
def test_a_symbolic_layer_with_groups_and_bias(engine: str) -> None:
    options = oracle.plain(1, stride=(2,), dilation=(3,), padding=((1, 2),), fill=0)
    example = Example(
        strategies.symbols((2, 4, 5), "x"),
        strategies.symbols((6, 2, 2), "w"),
        bias=strategies.symbols((6,), "b"),
        groups=2,
        layer=True,
        **options,
    )
    check_symbols(example, engine)


@pytest.mark.parametrize("engine", [*NUMERIC, None])
def test_a_layer_of_no_channels_is_its_bias(engine: str | None) -> None:
    x, w = np.zeros((3, 0, 5, 6), dtype=int), np.zeros((2, 0, 3, 1), dtype=int)
    assert symconv.conv(x, w, engine=engine).tolist() == np.zeros((3, 2, 3, 6)).tolist()
    found = symconv.conv(x, w, [4, -1], engine=engine)
    assert found.tolist() == [[[[4] * 6] * 3, [[-1] * 6] * 3]] * 3


def test_a_constant_that_is_a_symbol_is_read_by_padding() -> None:
    assert symconv.correlate("a b", "w x", padding=1, boundary="constant(c)").tolist() == [
        sympy.sympify("c*w + a*x"),
        sympy.sympify("a*w + b*x"),
        sympy.sympify("b*w + c*x"),
    ]


coefficients = st.lists(strategies.numbers, min_size=1, max_size=6)


@given(coefficients, coefficients)
def test_full_convolution_is_the_product_of_polynomials(f: list[Any], g: list[Any]) -> None:
    product_ = oracle.polynomial_product(
        {(i,): a for i, a in enumerate(f)}, {(j,): b for j, b in enumerate(g)}
    )
    wanted = [product_[(k,)] for k in range(len(f) + len(g) - 1)]
    assert symconv.convolve(f, g).tolist() == wanted


integers = st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=9)


@given(integers, integers)
def test_full_convolution_is_the_product_by_flint(f: list[int], g: list[int]) -> None:
    product_ = fmpz_poly(f) * fmpz_poly(g)
    wanted = [int(product_[k]) for k in range(len(f) + len(g) - 1)]
    assert symconv.convolve(f, g).tolist() == wanted


def test_full_convolution_of_symbols_is_the_product_by_sympy() -> None:
    t = sympy.Symbol("t")
    f, g = sympy.symbols("a b c d"), sympy.symbols("w x y")
    left = sum(a * t**i for i, a in enumerate(f))
    right = sum(b * t**j for j, b in enumerate(g))
    wanted = sympy.Poly(left * right, t).all_coeffs()[::-1]
    assert symconv.convolve("a b c d", "w x y").tolist() == wanted


@given(st.data())
@settings(max_examples=60)
def test_full_2d_convolution_is_the_product_of_polynomials_in_two_variables(
    data: st.DataObject,
) -> None:
    rows, columns = data.draw(strategies.different(1, 5, 2))
    high, wide = data.draw(strategies.different(1, 4, 2))
    f = data.draw(strategies.entries((rows, columns)))
    g = data.draw(strategies.entries((high, wide)))
    product_ = oracle.polynomial_product(
        {(i, j): f[i][j] for i, j in product(range(rows), range(columns))},
        {(i, j): g[i][j] for i, j in product(range(high), range(wide))},
    )
    wanted = [[product_[(i, j)] for j in range(columns + wide - 1)] for i in range(rows + high - 1)]
    assert symconv.convolve(f, g).tolist() == wanted


def arrays(rank: int, most: int) -> st.SearchStrategy[Array]:
    """Small int64 arrays of different extents."""
    return strategies.different(1, most, rank).flatmap(
        lambda shape: strategies.entries(shape, ("small",)).map(np.array)
    )


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=80)
def test_scipy_signal_full_and_valid(data: st.DataObject, rank: int) -> None:
    x, w = data.draw(arrays(rank, 6)), data.draw(arrays(rank, 4))
    full = scipy.signal.convolve(x, w, mode="full", method="direct")
    assert symconv.convolve(x, w).tolist() == full.tolist()
    full = scipy.signal.correlate(x, w, mode="full", method="direct")
    assert symconv.correlate(x, w, padding="full").tolist() == full.tolist()
    if all(n >= k for n, k in zip(x.shape, w.shape, strict=True)):
        valid = scipy.signal.correlate(x, w, mode="valid", method="direct")
        assert symconv.correlate(x, w).tolist() == valid.tolist()
        valid = scipy.signal.convolve(x, w, mode="valid", method="direct")
        assert symconv.convolve(x, w, padding="valid").tolist() == valid.tolist()


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=60)
def test_scipy_signal_same_is_same_lower(data: st.DataObject, rank: int) -> None:
    x, w = data.draw(arrays(rank, 6)), data.draw(arrays(rank, 4))
    same = scipy.signal.convolve(x, w, mode="same", method="direct")
    assert symconv.convolve(x, w, padding="same_lower").tolist() == same.tolist()
    same = scipy.signal.correlate(x, w, mode="same", method="direct")
    assert symconv.correlate(x, w, padding="same_lower").tolist() == same.tolist()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("fill", "zero"), ("symm", "symmetric"), ("wrap", "wrap")]
)
@given(st.data())
@settings(max_examples=40)
def test_scipy_convolve2d_boundaries(theirs: str, ours: str, data: st.DataObject) -> None:
    x, w = data.draw(arrays(2, 6)), data.draw(arrays(2, 4))
    full = scipy.signal.convolve2d(x, w, mode="full", boundary=theirs)
    assert symconv.convolve(x, w, boundary=ours).tolist() == full.tolist()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("grid-constant", "constant(-7)"),
        ("nearest", "edge"),
        ("mirror", "reflect"),
        ("reflect", "symmetric"),
        ("grid-wrap", "wrap"),
    ],
)
@pytest.mark.parametrize("rank", [1, 2, 3])
@given(data=st.data())
@settings(max_examples=15)
def test_scipy_ndimage_boundaries(theirs: str, ours: str, rank: int, data: st.DataObject) -> None:
    x, w = data.draw(arrays(rank, 6)), data.draw(arrays(rank, 4))
    before = tuple((k // 2, k - 1 - k // 2) for k in w.shape)
    found = symconv.correlate(x, w, padding=before, boundary=ours)
    wanted = scipy.ndimage.correlate(x, w, mode=theirs, cval=-7)
    assert found.tolist() == wanted.tolist()
    found = symconv.convolve(x, w, padding="same", boundary=ours)
    assert found.tolist() == scipy.ndimage.convolve(x, w, mode=theirs, cval=-7).tolist()


@given(st.data())
def test_numpy_convolve_and_correlate(data: st.DataObject) -> None:
    x, w = data.draw(arrays(1, 9)), data.draw(arrays(1, 5))
    assert symconv.convolve(x, w).tolist() == np.convolve(x, w).tolist()
    full = np.correlate(x, w, mode="full")
    assert symconv.correlate(x, w, padding="full").tolist() == full.tolist()
    if len(x) >= len(w):
        assert symconv.correlate(x, w).tolist() == np.correlate(x, w).tolist()
        same = np.convolve(x, w, mode="same")
        assert symconv.convolve(x, w, padding="same_lower").tolist() == same.tolist()
        same = np.correlate(x, w, mode="same")
        assert symconv.correlate(x, w, padding="same_lower").tolist() == same.tolist()


@given(st.data(), st.sampled_from([2, 3]), st.sampled_from([1, 2]))
@settings(max_examples=40)
def test_groups_are_layers_side_by_side(data: st.DataObject, groups: int, rank: int) -> None:
    options = data.draw(strategies.geometries(rank, stuffing=False))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    x = data.draw(strategies.entries((groups * 2, *sizes), ("small",)))
    w = data.draw(strategies.entries((groups * 3, 2, *taps), ("small",)))
    given_ = {name: options[name] for name in ("stride", "dilation", "padding")}
    whole = symconv.conv(x, w, groups=groups, **given_)
    split = [
        symconv.conv(x[g * 2 : g * 2 + 2], w[g * 3 : g * 3 + 3], **given_) for g in range(groups)
    ]
    assert whole.tolist() == np.concatenate(split).tolist()


@given(st.data())
@settings(max_examples=30)
def test_a_layer_is_a_sum_of_correlations_over_channels(data: st.DataObject) -> None:
    x = data.draw(strategies.entries((3, 5, 4)))
    w = data.draw(strategies.entries((2, 3, 2, 3)))
    bias = data.draw(strategies.entries((2,)))
    found = symconv.conv(x, w, bias)
    for m in range(2):
        planes = [array(symconv.correlate(x[c], w[m][c])).astype(object) for c in range(3)]
        assert found[m].tolist() == (planes[0] + planes[1] + planes[2] + bias[m]).tolist()
