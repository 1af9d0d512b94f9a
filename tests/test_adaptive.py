"""Adaptive pools against plain loops, one engine against another, and symbols."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import engines
from symconv.adaptive import AdaptiveAxis, adaptive_avg_pool, adaptive_max_pool, adaptive_table
from symconv.errors import EngineError, GeometryError
from symconv.exact import array, pack
from symconv.plan import check_size
from symconv.pooling import avg_pool, global_avg_pool, global_max_pool, max_pool
from tests import oracle_pooling, strategies
from tests.agreement import exact_type

RANKS = pytest.mark.parametrize("rank", [1, 2, 3])
POOLS = pytest.mark.parametrize(
    ("pool", "fold"),
    [
        pytest.param(adaptive_max_pool, max, id="max"),
        pytest.param(adaptive_avg_pool, lambda i: oracle_pooling.share(i, len(i)), id="mean"),
    ],
)


def draw_shapes(data: st.DataObject, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Draw a shape with leading axes and outputs of its last axes, fewer or more than inputs."""
    sizes = data.draw(strategies.different(1, 9 if rank < 3 else 5, rank))
    outs = data.draw(strategies.different(1, 11 if rank < 3 else 6, rank))
    lead = data.draw(st.sampled_from(((), (2,), (3, 2)) if rank < 3 else ((), (2,))))
    return (*lead, *sizes), outs


@RANKS
@POOLS
@given(data=st.data())
@settings(max_examples=20)
def test_adaptive_pools_agree_with_the_loops_in_every_engine(
    pool: Any, fold: Any, rank: int, data: st.DataObject
) -> None:
    shape, outs = draw_shapes(data, rank)
    x = data.draw(strategies.entries(shape))
    wanted = oracle_pooling.adaptive(x, outs, fold)
    for engine in (None, "numpy", "definition"):
        found = pool(x, outs, engine=engine)
        assert found.tolist() == wanted
        flat = found.ravel().tolist()
        assert list(map(type, flat)) == list(map(exact_type, flat))
        assert found.dtype == pack(flat, found.shape).dtype


@RANKS
@given(data=st.data())
@settings(max_examples=10)
def test_adaptive_pools_of_symbols(rank: int, data: st.DataObject) -> None:
    shape, outs = draw_shapes(data, rank)
    shape, outs = tuple(min(n, 3) for n in shape), tuple(min(n, 4) for n in outs)
    x = strategies.symbols(shape, "x")

    def mean(inputs: list[Any]) -> Any:
        return sympy.Add(*[value / len(inputs) for value in inputs])

    for engine in (None, "definition", "sympy"):
        means = adaptive_avg_pool(x, outs, engine=engine).tolist()
        assert means == oracle_pooling.adaptive(x, outs, mean)
    assert adaptive_max_pool(x, outs).tolist() == oracle_pooling.adaptive(
        x, outs, lambda inputs: sympy.Max(*inputs)
    )


@POOLS
def test_the_sympy_engine_gives_numbers_for_numbers(pool: Any, fold: Any) -> None:
    del fold
    x = array("1/2 3 -2 9; 5 7/3 0 -8; 2 1 100000000000000000000 4")
    found = pool(x, (2, 3), engine="sympy")
    assert found.tolist() == pool(x, (2, 3)).tolist()
    assert {type(value) for value in found.ravel().tolist()} <= {int, Fraction}


# By hand


def test_windows_overlap_and_differ_in_length() -> None:
    assert adaptive_avg_pool([1, 2, 3, 4, 6, 8, 11], 3).tolist() == [
        2,
        Fraction(3 + 4 + 6, 3),
        Fraction(6 + 8 + 11, 3),
    ]
    assert adaptive_max_pool([9, 1, 2, 8, 3], 2).tolist() == [9, 8]
    assert adaptive_max_pool([3, 1, 2], 5).tolist() == [3, 3, 1, 2, 2]
    assert adaptive_avg_pool([2**63 - 1, 2**63 - 1, 2**63 - 2], 2).tolist() == [
        2**63 - 1,
        Fraction(2**64 - 3, 2),
    ]


def test_whole_windows_are_a_pool_and_one_output_is_a_global_pool() -> None:
    x = np.array(
        [[5, -3, 8, 1, 0, 7], [2, 9, -4, 6, 3, -1], [4, 1, 1, 5, 9, 2], [0, 3, 7, 2, 8, 6]]
    )
    assert adaptive_avg_pool(x, 2).tolist() == avg_pool(x, (2, 3)).tolist()
    assert adaptive_max_pool(x, (2, 3)).tolist() == max_pool(x, (2, 2)).tolist()
    assert adaptive_avg_pool(x, 1).ravel().tolist() == [global_avg_pool(x).item()]
    assert adaptive_max_pool(x, 1).ravel().tolist() == [global_max_pool(x).item()]


def test_which_axes() -> None:
    x = np.arange(2 * 5 * 7).reshape(2, 5, 7)
    assert adaptive_max_pool(x, 3).shape == (3, 3, 3)
    assert adaptive_max_pool(x, (3,)).shape == (2, 5, 3)
    assert adaptive_max_pool(x, [4, None]).tolist() == [
        adaptive_max_pool(plane, (4, 7)).tolist() for plane in x
    ]
    assert adaptive_avg_pool(x, (None, None)).tolist() == x.tolist()
    assert adaptive_avg_pool(np.zeros((0, 4, 3), int), (2, 2)).shape == (0, 2, 2)
    for engine in (None, "numpy", "definition"):
        assert adaptive_max_pool(np.zeros((0, 3), int), (None, 2), engine=engine).shape == (0, 2)


# The table


def test_a_table_lists_the_inputs_of_each_output() -> None:
    table = adaptive_table((2, 3, 5), (2, 3), mean=True)
    assert table.out_shape == (2, 2, 3)
    assert table.x_shape == (2, 3, 5)
    assert [tuple(term) for term in table.by_out((1, 1, 2))] == [
        ((1, 1, 2), (1, i, j), None, Fraction(1, 4)) for i in (1, 2) for j in (3, 4)
    ]
    assert {term.scale for term in adaptive_table((3,), 2).by_out((0,))} == {1}
    assert table.filter_of((1, 1, 2)) == 0
    x = np.arange(30).reshape(2, 3, 5)
    assert engines.evaluate(table, x).tolist() == adaptive_avg_pool(x, (2, 3)).tolist()


@RANKS
@given(data=st.data())
@settings(max_examples=20)
def test_the_work_counts_the_terms(rank: int, data: st.DataObject) -> None:
    shape, outs = draw_shapes(data, rank)
    table = adaptive_table(shape, outs, mean=True)
    listed = [list(table.by_out(out)) for out in np.ndindex(table.out_shape)]
    assert table.work == {
        "inputs": int(np.prod(shape)),
        "outputs": len(listed),
        "terms": sum(map(len, listed)),
    }
    assert {sum(term.scale for term in terms) for terms in listed} == {1}


def test_the_work_is_known_before_anything_is_built() -> None:
    table = adaptive_table((3, 10**12), (10**11 + 1,))
    assert table.work["terms"] == 3 * (10**12 + 10**11)
    with pytest.raises(GeometryError, match="too-large"):
        check_size(table)


@given(st.integers(1, 40), st.integers(1, 40))
def test_the_line_and_places_of_an_axis_are_its_windows(size: int, out: int) -> None:
    axis = AdaptiveAxis(size, out)
    reads = np.array([axis.line[places] for places in axis.places]).T
    assert [[i for i in row if i >= 0] for row in reads.tolist()] == [
        list(axis.window(o)) for o in range(out)
    ]
    assert [list(axis.window(o)) for o in range(out)] == oracle_pooling.adaptive_runs(size, out)
    assert axis.terms == sum(axis.counts)


@POOLS
def test_engines_that_cannot(pool: Any, fold: Any) -> None:
    del fold
    with pytest.raises(EngineError, match="unknown-engine"):
        pool([1, 2], 2, engine="nunpy")
    with pytest.raises(EngineError, match="numpy-symbolic"):
        pool("a b", 2, engine="numpy")
