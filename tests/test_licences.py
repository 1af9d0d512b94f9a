"""No route computes in int64 what int64 does not hold: entries around every bound."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv import gradients, index_laws
from symconv.algebra import COMPLEX, GF, MAX_PLUS, MIN_PLUS
from symconv.engines.bounds import heaviest, peak_of
from symconv.errors import SymconvError
from symconv.exact import Array, array
from tests import strategies

EDGES = [
    *(
        sign * (2**power + step)
        for power in (31, 32, 61, 62, 63)
        for step in (-1, 0, 1)
        for sign in (1, -1)
    ),
    *(3037000499, 3037000500, -3037000500, 2**21, 2**42, 2**30, 0, 1, -1),
]
"""3037000499 is the largest integer whose square is below 2^63."""
edges = st.sampled_from(EDGES)
entries = st.one_of(
    edges, st.integers(-3, 3), st.builds(Fraction, edges, st.sampled_from([1, 2, 3]))
)


def drawn(data: st.DataObject, shape: tuple[int, ...], kind: Any) -> Array:
    count = int(np.prod(shape))
    values = np.empty(count, dtype=object)
    values[:] = data.draw(st.lists(kind, min_size=count, max_size=count))
    return array(values.reshape(shape))


def agree(call: Callable[[str | None], Array]) -> None:
    """Check that every engine gives the same entries, of the same types, in the same dtype."""
    wanted = call("definition")
    for engine in ("numpy", None):
        found = call(engine)
        assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
        assert found.tolist() == wanted.tolist()
        flat = found.ravel().tolist(), wanted.ravel().tolist()
        assert [*map(type, flat[0])] == [*map(type, flat[1])]


@st.composite
def layers(draw: strategies.Draw) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]:
    rank = draw(st.integers(1, 2))
    options = draw(strategies.geometries(rank))
    fill = draw(st.sampled_from([0, 5, 2**40, 2**62, 2**63 - 1, Fraction(1, 3)]))
    names = [f"constant({fill})" if b == "constant" else b for b in options.pop("boundary")]
    sizes, taps = options.pop("sizes"), options.pop("taps")
    groups, batch = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    x, w = (batch, groups * 2, *sizes), (groups, 2, *taps)
    return x, w, options | {"boundary": names, "groups": groups}


@given(st.data(), layers(), st.sampled_from([entries, edges]))
@settings(max_examples=60, deadline=None)
def test_layers_and_gradients(data: st.DataObject, layer: Any, kind: Any) -> None:
    x_shape, w_shape, options = layer
    out = symconv.geometry(x_shape, w_shape, op="conv", **options).out_shape
    x, w = drawn(data, x_shape, kind), drawn(data, w_shape, st.one_of(kind, st.just(0)))
    upstream = drawn(data, out, kind)
    agree(lambda e: symconv.conv(x, w, engine=e, **options))
    agree(lambda e: gradients.of_input(upstream, w, x_shape, engine=e, **options))
    agree(lambda e: gradients.of_kernel(upstream, x, w_shape, engine=e, **options))
    local = {k: v for k, v in options.items() if k not in ("flip", "input_dilation")}
    if set(options["input_dilation"]) == {1}:
        kernels = drawn(data, (*w_shape[:2], *out[2:], *w_shape[2:]), kind)
        agree(lambda e: symconv.locally_connected(x, kernels, engine=e, **local))


@pytest.mark.parametrize(
    "algebra", [MAX_PLUS, MIN_PLUS, GF(2), GF(2**61 - 1), GF(2**89 - 1), COMPLEX]
)
@given(st.data(), layers())
@settings(max_examples=25, deadline=None)
def test_algebras(algebra: Any, data: st.DataObject, layer: Any) -> None:
    x_shape, w_shape, options = layer
    options["boundary"] = ["zero" if "/" in name else name for name in options["boundary"]]
    x, w = drawn(data, x_shape, edges), drawn(data, w_shape, edges)
    agree(lambda e: symconv.conv(x, w, engine=e, algebra=algebra, **options))


@pytest.mark.parametrize("name", index_laws.LAWS)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_index_laws(name: str, data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 2))
    kind = data.draw(st.sampled_from([entries, edges]))
    shapes = [data.draw(strategies.different(1, 5, rank)) for _ in range(2)]
    x, w = (drawn(data, shape, kind) for shape in shapes)
    cyclic = name in ("circular_convolve", "circular_correlate", "negacyclic_convolve")
    options = {"n": data.draw(strategies.different(1, 4, rank))} if cyclic else {}
    agree(lambda e: getattr(index_laws, name)(x, w, engine=e, **options))


POOLS = ("max_pool", "min_pool", "sum_pool", "avg_pool", "max_pool_indices")


@pytest.mark.parametrize("name", POOLS)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_pools(name: str, data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 2))
    x = drawn(data, (2, *data.draw(strategies.different(1, 6, rank))), entries)
    options: dict[str, Any] = {
        "stride": data.draw(strategies.different(1, 3, rank)),
        "padding": data.draw(
            st.lists(
                st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=rank, max_size=rank
            )
        ),
        "ceil_mode": data.draw(st.booleans()),
    }
    if name == "avg_pool":
        options["divisor"] = data.draw(st.sampled_from([None, 3, -2, 2**63, -(2**63), 10**30]))
    window = data.draw(strategies.different(1, 3, rank))
    try:
        getattr(symconv, name)(x, window, engine="definition", **options)
    except SymconvError:
        return
    agree(lambda e: getattr(symconv, name)(x, window, engine=e, **options))


one: Any = np.int64(1)


def big(*shape: int, value: int) -> Array:
    return np.full(shape, value, dtype=np.int64)


EXACTLY_2_63 = [
    pytest.param(
        lambda e: gradients.of_input(
            big(4, value=2**61),
            [1],
            (1,),
            op="correlate",
            padding=(1, 2),
            boundary="edge",
            engine=e,
        ),
        id="places that fold into one input",
    ),
    pytest.param(
        lambda e: symconv.locally_connected(
            big(1, 2, value=2**31), big(1, 1, 1, 2, value=2**31), engine=e
        ),
        id="taps of one place",
    ),
    pytest.param(
        lambda e: symconv.locally_connected(
            big(1, 2, value=2**31), big(1, 1, 1, 2, value=2**31), groups=one, engine=e
        ),
        id="NumPy integers as options",
    ),
    pytest.param(
        lambda e: symconv.dyadic_convolve([2**32, 0], [2**31, 0], engine=e),
        id="growth of a transform",
    ),
    pytest.param(
        lambda e: symconv.circular_convolve([2**62] * 2, [1], 1, engine=e),
        id="entries that fold into one",
    ),
    pytest.param(
        lambda e: gradients.of_kernel(
            big(2, 1, 1, value=1), big(2, 1, 1, value=2**62), (1, 1, 1), engine=e
        ),
        id="images of a batch",
    ),
    pytest.param(
        lambda e: gradients.of_kernel(
            [[1, 1]], [[0]], (1, 1, 1), padding=(1, 0), boundary=f"constant({2**63})", engine=e
        ),
        id="constant of the boundary",
    ),
    pytest.param(lambda e: symconv.sum_pool([2**62, 2**62], 2, engine=e), id="window of a pool"),
]


@pytest.mark.parametrize("call", EXACTLY_2_63)
@pytest.mark.parametrize("engine", ["definition", "numpy", None])
def test_sums_that_are_exactly_beyond(
    call: Callable[[str | None], Array], engine: str | None
) -> None:
    assert 2**63 in call(engine).ravel().tolist()


@pytest.mark.parametrize("divisor", [2**62, 2**63, 2**64 - 1, 10**30, -(2**63)])
def test_a_divisor_beyond_int64_makes_no_float(divisor: int) -> None:
    agree(lambda e: symconv.avg_pool([0, 0, 0, 0], 2, divisor=divisor, engine=e))
    agree(lambda e: symconv.avg_pool([divisor, 0, 1, 1], 2, divisor=divisor, engine=e))


@given(st.data())
def test_bounds_of_entries_are_exact_at_every_edge(data: st.DataObject) -> None:
    filters, taps = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 5))
    listed = [data.draw(st.lists(edges, min_size=taps, max_size=taps)) for _ in range(filters)]
    w = array(listed) if listed else np.zeros((0, taps), dtype=np.int64)
    assert heaviest(w) == max((sum(map(abs, row)) for row in listed), default=0)
    assert peak_of(w) == max((abs(entry) for row in listed for entry in row), default=0)
