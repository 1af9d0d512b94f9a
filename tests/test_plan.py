"""The plan: everything that is known from shapes alone."""

from __future__ import annotations

import re
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.errors import GeometryError
from symconv.plan import by, geometry
from tests import strategies


@pytest.mark.parametrize(
    ("x", "w", "options", "out"),
    [
        pytest.param((3, 4), (2, 2), {}, (2, 3), id="deck"),
        pytest.param(7, 3, {}, (5,), id="numbers"),
        pytest.param((7,), (3,), {"stride": 2}, (3,), id="stride"),
        pytest.param((7,), (3,), {"stride": 3}, (2,), id="stride leaves a rest"),
        pytest.param((7,), (3,), {"dilation": 3}, (1,), id="dilation"),
        pytest.param((7,), (3,), {"padding": "full"}, (9,), id="full"),
        pytest.param((7,), (3,), {"padding": "full", "dilation": 2}, (11,), id="full, dilation"),
        pytest.param((7,), (4,), {"padding": "same"}, (7,), id="same"),
        pytest.param((7,), (4,), {"padding": "same", "stride": 2}, (4,), id="same, stride"),
        pytest.param((7,), (4,), {"padding": "same_lower", "stride": 3}, (3,), id="same_lower"),
        pytest.param((7,), (1,), {"padding": "same", "stride": 4}, (2,), id="stride over span"),
        pytest.param((7, 5), (3, 2), {"padding": 1}, (7, 6), id="one number"),
        pytest.param((7, 5), (3, 2), {"padding": (1, 2)}, (7, 8), id="a number for each axis"),
        pytest.param((7, 5), (3, 2), {"padding": ((1, 0), (0, 3))}, (6, 7), id="pairs"),
        pytest.param((7, 5), (3, 2), {"padding": [[1, 0], 4]}, (6, 12), id="mixed"),
        pytest.param((7,), (3,), {"padding": (1, 4)}, (10,), id="a lone pair"),
        pytest.param((7, 5), (3, 2), {"padding": -1}, (3, 2), id="crop"),
        pytest.param((7, 5), (3, 2), {"stride": (2, 3), "dilation": (3, 1)}, (1, 2), id="both"),
        pytest.param((5,), (3,), {"input_dilation": 2}, (7,), id="input dilation"),
        pytest.param((0,), (3,), {}, (0,), id="empty"),
        pytest.param((0, 5), (3, 2), {}, (0, 4), id="one empty axis"),
        pytest.param((0,), (3,), {"padding": "full"}, (2,), id="empty, full"),
        pytest.param((0,), (3,), {"padding": "same"}, (0,), id="empty, same"),
        pytest.param((3, 64, 64), (8, 3, 5, 5), {}, (8, 60, 60), id="layer"),
        pytest.param((3, 64, 64), (8, 3, 5, 5), {"padding": 1}, (8, 62, 62), id="layer, padded"),
        pytest.param((2, 3, 9), (8, 3, 5), {"op": "conv"}, (2, 8, 5), id="batch"),
        pytest.param((6, 9), (4, 3, 2), {"groups": 2}, (4, 8), id="groups"),
        pytest.param((0, 6, 9), (4, 6, 2), {"op": "conv"}, (0, 4, 8), id="no images"),
        pytest.param((224, 224), (7, 7), {"stride": 2, "padding": 3}, (112, 112), id="ResNet"),
        pytest.param((3, 4), (2, 2), {"op": "convolve"}, (4, 5), id="convolve is full"),
        pytest.param((np.int64(5),), (np.int32(2),), {"stride": np.int8(3)}, (2,), id="NumPy ints"),
    ],
)
def test_out_shape(x: Any, w: Any, options: dict[str, Any], out: tuple[int, ...]) -> None:
    plan = geometry(x, w, **options)
    assert plan.out_shape == out
    assert all(type(size) is int for size in plan.out_shape)


@pytest.mark.parametrize("padding", ["same", "same_upper", "same_lower"])
@given(st.integers(0, 20), st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_same_has_one_output_for_every_stride(padding: str, n: int, k: int, s: int, d: int) -> None:
    axis = geometry((n,), (k,), padding=padding, stride=s, dilation=d).axes[0]
    assert axis.out == -(-n // s)
    assert abs(axis.before - axis.after) <= 1
    assert (axis.before <= axis.after) if padding != "same_lower" else (axis.before >= axis.after)
    assert min(axis.before, axis.after) >= 0


def test_the_number_of_terms_of_a_large_layer_is_known_at_once() -> None:
    # 112 outputs an axis; 7 taps; the first two and the last read padding: 112*7 - (3+1) - 2.
    plan = geometry((3, 224, 224), (64, 3, 7, 7), stride=2, padding=3)
    reads = 112 * 7 - (3 + 1) - 2
    assert plan.terms == reads**2 * 3 * 64
    assert plan.taps == 3 * 7 * 7


@given(st.data(), st.sampled_from([1, 2, 3]))
@settings(max_examples=60)
def test_facts_follow_from_the_axes(data: st.DataObject, rank: int) -> None:
    example = data.draw(strategies.layers(rank, ("small",)))
    plan = example.plan
    filters, depth = np.array(example.w).shape[:2]
    batch = np.array(example.x).shape[0]
    assert plan.x_shape == np.array(example.x).shape
    assert plan.w_shape == np.array(example.w).shape
    assert plan.out_shape == (batch, filters, *(axis.out for axis in plan.axes))
    assert plan.parameters == prod(plan.w_shape) + (0 if example.bias is None else filters)
    assert plan.taps == depth * prod(plan.w_shape[2:])
    assert plan.terms == batch * filters * depth * prod(axis.terms for axis in plan.axes)
    assert list(plan.outputs()) == list(np.ndindex(plan.out_shape))


def test_parameters() -> None:
    assert geometry((3, 32, 32), (10, 3, 5, 5), bias=True).parameters == 10 * 3 * 5 * 5 + 10
    assert geometry((32, 32), (5, 3)).parameters == 5 * 3
    assert geometry((32, 32), (5, 3), bias=True).parameters == 5 * 3 + 1


def test_receptive_field() -> None:
    assert geometry((9, 9), (3, 2), dilation=(2, 5)).receptive_field == (2 * 2 + 1, 5 * 1 + 1)


def test_reads() -> None:
    assert geometry((4, 4), (2, 2), stride=2).reads((1, 0)) == [(2, 0), (2, 1), (3, 0), (3, 1)]
    assert geometry((4,), (3,), padding=1).reads((0,)) == [(0,), (1,)]
    assert geometry((3,), (3,), padding=2, boundary="reflect").reads((0,)) == [(2,), (1,), (0,)]
    assert geometry((3,), (3,), padding=1, boundary="edge").reads((0,)) == [(0,), (1,)]
    assert geometry((4, 5), (6, 2, 2), groups=2).reads((3, 1)) == [(2, 1), (2, 2), (3, 1), (3, 2)]
    layer = geometry((2, 4, 5), (6, 2, 2), groups=2, op="conv")
    assert layer.reads((1, 0, 3)) == [(1, 0, 3), (1, 0, 4), (1, 1, 3), (1, 1, 4)]


@pytest.mark.parametrize("out", [(2, 0), (0, 3), (-1, 0), (0,), (0, 0, 0)])
def test_an_index_outside_the_output_is_refused(out: tuple[int, ...]) -> None:
    plan = geometry((3, 4), (2, 2))
    for read in (plan.reads, plan.split):
        with pytest.raises(GeometryError, match="no-such-output"):
            read(out)


def test_the_kind_of_operation_is_read_from_the_ranks() -> None:
    assert geometry((3, 9), (8, 3, 2)).layer
    assert not geometry((3, 9), (3, 2)).layer
    assert not geometry((3, 9), (3, 2)).axes[0].flip
    assert geometry((3, 9), (3, 2), op="convolve").axes[0].flip
    assert geometry((3, 9), (3, 2), op="convolve", flip=(False, True)).axes[1].flip
    assert not geometry((3, 9), (3, 2), op="convolve", flip=(False, True)).axes[0].flip


def test_text() -> None:
    plan = symconv.geometry(
        (3, 4),
        (2, 3),
        op="convolve",
        padding=((1, 0), (2, 3)),
        stride=(1, 2),
        dilation=(2, 1),
        input_dilation=(2, 1),
        boundary="wrap",
    )
    # On axis 0 the line is 2 0 _ 1 _ 2, so the four windows read 1, 2, 0 and 2 inputs.
    assert plan.terms == (1 + 2 + 0 + 2) * (4 * 3)
    assert str(plan) == (
        "x 3x4, w 2x3 -> out 4x4\n"
        "products: 60, parameters: 6\n"
        "receptive field of one output: 3x3\n"
        "axis 0: 3 inputs, 2 taps, stride 1, dilation 2, wrap padding 1 + 0, input dilation 2, "
        "flipped -> 4 outputs\n"
        "axis 1: 4 inputs, 3 taps, stride 2, dilation 1, wrap padding 2 + 3, flipped -> 4 outputs"
    )


def test_the_number_of_groups_that_a_hint_names_divides_both() -> None:
    wrong = []
    for channels, filters, groups in product(range(1, 9), range(1, 9), range(2, 9)):
        try:
            geometry((channels, 9), (filters, 1, 2), groups=groups)
        except GeometryError as error:
            named = re.fullmatch(r"groups=(\d+) would fit", error.hint)
            if named and (channels % int(named[1]) or filters % int(named[1])):
                wrong.append((channels, filters, groups, error.hint))
    assert wrong[:3] == []


def test_shapes_in_words() -> None:
    assert (by((3, 4)), by((7,)), by(())) == ("3x4", "7", "()")


def test_a_plan_is_a_value() -> None:
    assert geometry((3, 4), (2, 2)) == geometry([3, 4], [2, 2], op="correlate", padding="valid")
    assert geometry((3, 4), (2, 2)) != geometry((3, 4), (2, 2), padding=1)
    assert hash(geometry((3, 4), (2, 2))) == hash(geometry((3, 4), (2, 2)))
