"""Three readings of one table, and the gradients that two of them are."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.plan import Geometry, geometry
from symconv.terms import Term, Terms
from tests import strategies
from tests.agreement import Example


def indices(shape: tuple[int, ...]) -> Any:
    return product(*map(range, shape))


def examples(rank: int) -> st.SearchStrategy[Example]:
    kinds = ("small",)
    return st.one_of(strategies.planes(rank, kinds), strategies.layers(rank, kinds))


def by_outputs(plan: Geometry) -> list[Term]:
    return [term for out in plan.outputs() for term in Terms(plan).by_out(out)]


@given(st.data(), st.sampled_from([1, 1, 2, 3]))
@settings(max_examples=60)
def test_the_three_readings_list_the_same_triples(data: st.DataObject, rank: int) -> None:
    plan = data.draw(examples(rank)).plan
    table = Terms(plan)
    by_out = sorted(term for term in by_outputs(plan) if term.x is not None)
    by_input = sorted(term for x in indices(plan.x_shape) for term in table.by_input(x))
    by_tap = sorted(term for w in indices(plan.w_shape) for term in table.by_tap(w))
    assert by_out == by_input == by_tap
    assert len(by_out) == len(set(by_out)) == plan.terms


@given(st.data(), st.sampled_from([1, 2]))
@settings(max_examples=50)
def test_adjoint_identity(data: st.DataObject, rank: int) -> None:
    """<y, conv(x, w)> = <x, y read by input> = <w, y read by tap>, in exact integers."""
    example = data.draw(examples(rank))
    plan, table = example.plan, Terms(example.plan)
    x, w = np.array(example.x, dtype=object), np.array(example.w, dtype=object)
    y = np.array(data.draw(strategies.entries(plan.out_shape, ("huge",))), dtype=object)
    forward = sum(
        y[term.out] * x[term.x] * w[term.w] for term in by_outputs(plan) if term.x is not None
    )
    x_gradient = {
        i: sum(y[term.out] * w[term.w] for term in table.by_input(i)) for i in indices(x.shape)
    }
    w_gradient = {
        t: sum(y[term.out] * x[term.x] for term in table.by_tap(t)) for t in indices(w.shape)
    }
    assert forward == sum(x[i] * value for i, value in x_gradient.items())
    assert forward == sum(w[t] * value for t, value in w_gradient.items())


@given(st.data(), st.sampled_from([1, 2]))
@settings(max_examples=30)
def test_without_holes_every_output_lists_every_tap_once(data: st.DataObject, rank: int) -> None:
    options = data.draw(strategies.geometries(rank, stuffing=False))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    boundary = ["constant(2)" if name == "constant" else name for name in options.pop("boundary")]
    plan = geometry(sizes, taps, boundary=boundary, **options)
    for out in plan.outputs():
        terms = list(Terms(plan).by_out(out))
        assert len(terms) == plan.taps
        assert {term.w for term in terms} == set(indices(taps))


def test_the_terms_of_one_output() -> None:
    table = Terms(geometry((3, 4), (2, 2)))
    assert list(table.by_out((1, 2))) == [
        Term((1, 2), (1, 2), (0, 0)),
        Term((1, 2), (1, 3), (0, 1)),
        Term((1, 2), (2, 2), (1, 0)),
        Term((1, 2), (2, 3), (1, 1)),
    ]


def test_a_flipped_kernel_is_met_from_its_last_tap() -> None:
    table = Terms(geometry((3,), (2,), op="convolve"))
    assert list(table.by_out((1,))) == [Term((1,), (0,), (1,)), Term((1,), (1,), (0,))]


def test_a_tap_on_padding_is_listed_without_an_input() -> None:
    table = Terms(geometry((3,), (2,), padding=1))
    assert list(table.by_out((0,))) == [Term((0,), None, (0,)), Term((0,), (0,), (1,))]


def test_a_tap_on_a_hole_is_not_listed() -> None:
    table = Terms(geometry((3,), (2,), input_dilation=2))
    assert list(table.by_out((0,))) == [Term((0,), (0,), (0,))]


def test_a_layer_lists_the_channels_of_its_group() -> None:
    table = Terms(geometry((4, 3), (4, 2, 1), groups=2))
    assert list(table.by_out((3, 2))) == [
        Term((3, 2), (2, 2), (3, 0, 0)),
        Term((3, 2), (3, 2), (3, 1, 0)),
    ]
    assert list(table.by_input((1, 0))) == [
        Term((0, 0), (1, 0), (0, 1, 0)),
        Term((1, 0), (1, 0), (1, 1, 0)),
    ]
    assert list(table.by_tap((2, 1, 0))) == [Term((2, o), (3, o), (2, 1, 0)) for o in range(3)]
