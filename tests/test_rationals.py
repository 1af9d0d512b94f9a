"""Rationals over one denominator, and back: against Fraction itself, entry by entry."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.engines.long import rationals
from symconv.engines.long.rationals import integers, narrowed, over, scaled, with_bias
from symconv.errors import EngineError, EntryError, GeometryError
from symconv.exact import FEW, Array, pack, whole
from symconv.fast.rationals import numerators
from tests import strategies

wide = st.integers(-(2**70), 2**70) | st.integers(-9, 9)
entries = (
    wide
    | st.fractions(-9, 9, max_denominator=60)
    | st.builds(Fraction, wide, st.integers(1, 2**70))
)
lists = st.lists(entries.map(whole), max_size=8)
EDGES = [-(2**63) - 1, -(2**63), -(2**63) + 1, 2**63 - 2, 2**63 - 1, 2**63]


def held(values: list[Any]) -> Array:
    return pack(values, (len(values),))


def exact(found: Array, wanted: list[Any]) -> bool:
    """Tell whether an array is what `pack` makes of *wanted*, types and dtype included."""
    expected = held(wanted)
    flat = found.ravel().tolist()
    same = flat == wanted and [*map(type, flat)] == [*map(type, wanted)]
    return same and found.dtype == expected.dtype


@given(lists, st.fractions(-9, 9))
def test_integers_over_a_common_denominator(values: list[Any], more: Fraction) -> None:
    found, denominator = integers(held(values), more)
    assert [Fraction(int(n), denominator) for n in found.tolist()] == values
    assert denominator == math.lcm(*(v.denominator for v in (*values, more)))
    assert exact(found, [int(value * denominator) for value in values])
    assert exact(over(found, denominator), values)


def test_fractions_that_are_whole_become_integers() -> None:
    found, denominator = integers(np.array([Fraction(4), Fraction(-2)], dtype=object))
    assert exact(found, [4, -2])
    assert denominator == 1


@given(st.lists(wide, max_size=9), st.integers(1, 12) | st.integers(1, 2**80))
def test_lowest_terms(values: list[int], denominator: int) -> None:
    wanted = [whole(Fraction(value, denominator)) for value in values]
    assert exact(over(held(values), denominator), wanted)


def test_fractions_made_here_are_like_any() -> None:
    made = over(held([6, -9, 2**200]), 4)[:2].tolist()
    for mine, theirs in zip(made, [Fraction(3, 2), Fraction(-9, 4)], strict=True):
        assert (type(mine), hash(mine), repr(mine)) == (type(theirs), hash(theirs), repr(theirs))
        assert (mine.numerator, mine.denominator) == (theirs.numerator, theirs.denominator)
        assert mine + 1 == theirs + 1
        assert mine.__reduce__() == theirs.__reduce__()


def other_slots(_tops: list[int], _below: list[int]) -> list[Any]:
    raise AttributeError


def other_meaning(tops: list[int], _below: list[int]) -> list[Any]:
    return [Fraction(top) for top in tops]


@pytest.mark.parametrize("other", [other_slots, other_meaning])
def test_the_constructor_makes_them_where_python_is_another(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rationals._maker.cache_clear()
    monkeypatch.setattr(rationals, "_filled", other)
    assert exact(over(held([6, 4, -9]), 4), [Fraction(3, 2), 1, Fraction(-9, 4)])
    rationals._maker.cache_clear()


@pytest.mark.parametrize("edge", EDGES)
def test_the_ends_of_64_bits(edge: int) -> None:
    for values in ([edge], [0, edge, 1]):
        assert exact(narrowed(np.array(values, dtype=object)), values)
        assert exact(over(np.array([2 * v for v in values], dtype=object), 2), values)
        assert exact(scaled(held(values), 1), values)
        assert exact(scaled(held(values), -3), [-3 * value for value in values])
        assert exact(scaled(held([0, 1]), edge), [0, edge])
        assert exact(scaled(held([0, 0]), 2 * edge), [0, 0])


def test_one_long_integer_behind_many_short_ones() -> None:
    values = [0] * 2 * FEW
    assert exact(narrowed(np.array([*values, 2**63 - 1], dtype=object)), [*values, 2**63 - 1])
    assert exact(narrowed(np.array([*values, 2**63], dtype=object)), [*values, 2**63])
    assert exact(pack([*values, 2**63 - 1], (2 * FEW + 1,)), [*values, 2**63 - 1])
    assert exact(pack([*values, 2**63], (2 * FEW + 1,)), [*values, 2**63])


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("parts", [2, 3, 7])
def test_what_is_scaled_to_the_ends_of_64_bits(edge: int, parts: int) -> None:
    for value in (edge // parts, -(-edge // parts)):
        assert exact(scaled(held([value]), parts), [value * parts])


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("offset", [1, -1, 2**62, -(2**62), Fraction(1, 2)])
def test_a_bias_at_the_ends_of_64_bits(edge: int, offset: Any) -> None:
    sums = held([int(edge - offset)]).reshape(1, 1, 1)
    found, denominator = with_bias(sums, 1, held([offset]))
    wanted = int(edge - offset) + offset
    assert Fraction(int(found[0, 0, 0]), denominator) == wanted
    assert exact(found, [int(wanted * denominator)])


@given(st.data(), st.integers(1, 40))
def test_a_bias_for_each_filter_or_place(data: st.DataObject, denominator: int) -> None:
    sums = np.array(data.draw(st.lists(wide, min_size=12, max_size=12)), dtype=object)
    for shape in ((3,), (3, 2)):
        count = math.prod(shape)
        values = data.draw(st.lists(entries.map(whole), min_size=count, max_size=count))
        found, below = with_bias(sums.reshape(2, 3, 2), denominator, pack(values, shape))
        for n, m, o in itertools.product(range(2), range(3), range(2)):
            wanted = (
                Fraction(sums[6 * n + 2 * m + o], denominator)
                + values[m if len(shape) == 1 else 2 * m + o]
            )
            assert Fraction(int(found[n, m, o]), below) == wanted


def fractions(found: tuple[Array, int]) -> list[Any]:
    tops, denominator = found
    values = [whole(Fraction(int(top), denominator)) for top in tops.ravel().tolist()]
    flat = np.empty(len(values), dtype=object)
    flat[:] = values
    nested: list[Any] = flat.reshape(tops.shape).tolist()
    return nested


OPTIONS = ("stride", "dilation", "padding", "input_dilation", "boundary")


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(st.data())
@settings(max_examples=30)
def test_numerators_of_a_plane(rank: int, data: st.DataObject) -> None:
    example = data.draw(strategies.planes(rank))
    chosen = {name: getattr(example, name) for name in OPTIONS}
    names = [f"constant({example.fill})" if b == "constant" else b for b in example.boundary]
    chosen["boundary"] = names
    for op in ("correlate", "convolve"):
        wanted = getattr(symconv, op)(example.x, example.w, engine="definition", **chosen)
        found = numerators(example.x, example.w, op=op, **chosen)
        assert fractions(found) == wanted.tolist()
        assert exact(found[0], found[0].ravel().tolist())


@given(st.data())
@settings(max_examples=30)
def test_numerators_of_a_layer(data: st.DataObject) -> None:
    example = data.draw(strategies.layers(data.draw(st.integers(1, 2))))
    wanted = replace(example).by("definition")
    boundary = [f"constant({example.fill})" if b == "constant" else b for b in example.boundary]
    chosen = {name: getattr(example, name) for name in (*OPTIONS, "flip", "groups")}
    found = numerators(
        example.x, example.w, example.bias, op="conv", **chosen | {"boundary": boundary}
    )
    assert fractions(found) == wanted.tolist()


def third(*shape: int) -> Array:
    count = math.prod(shape)
    return pack([Fraction(n - count // 2, n % 5 + 1) for n in range(count)], shape)


def test_numerators_of_other_operations() -> None:
    x, w, bias = third(2, 4, 5, 6), third(4, 3, 2, 3), third(6)
    options: dict[str, Any] = {"stride": (2, 1), "padding": 1, "groups": 2}
    wanted = symconv.conv_transpose(x, w, bias, engine="definition", **options)
    assert fractions(numerators(x, w, bias, op="conv_transpose", **options)) == wanted.tolist()
    x, w = third(4, 5, 6, 3), third(2, 3, 3, 8)
    options = {"layout": "NHWC, HWIO -> NCHW", "batch_groups": 2, "padding": 1}
    options["boundary"] = "constant(2/7)"
    wanted = symconv.conv(x, w, third(8), engine="definition", **options)
    assert fractions(numerators(x, w, third(8), op="conv", **options)) == wanted.tolist()
    x, w = third(2, 3, 5), third(4, 3, 4, 2)
    wanted = symconv.locally_connected(x, w, boundary="constant(3/8)", engine="definition")
    found = numerators(x, w, op="locally_connected", boundary="constant(3/8)")
    assert fractions(found) == wanted.tolist()


@given(st.lists(entries, min_size=1, max_size=30), st.lists(entries, min_size=1, max_size=30))
def test_one_dimension_is_a_product_of_flints(x: list[Any], w: list[Any]) -> None:
    left, right = (
        flint.fmpq_poly([flint.fmpq(v.numerator, v.denominator) for v in values])
        for values in (x, w)
    )
    product = (left * right).coeffs()
    wanted = [whole(Fraction(int(c.p), int(c.q))) for c in product]
    wanted += [0] * (len(x) + len(w) - 1 - len(wanted))
    assert fractions(numerators(x, w, op="convolve")) == wanted
    assert symconv.convolve(x, w).tolist() == wanted


def test_numerators_make_no_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = third(60, 50), third(5, 4)

    def refuse(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(rationals, "_maker", lambda: refuse)
    tops, denominator = numerators(x, w, op="convolve", padding="same")
    assert tops.shape == (60, 50)
    assert denominator == math.lcm(*range(1, 6)) ** 2


def test_the_denominator_is_the_product_of_the_two() -> None:
    assert numerators("1/2 1/4", "1/3")[1] == 12
    assert numerators([1, 2], [3])[1] == 1
    assert numerators([[1, 2]], [[["1/2"]]], ["1/6"], op="conv")[1] == 6
    assert numerators("1 2", "1", padding=1, boundary="constant(1/5)")[1] == 5


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(EntryError, match="float"):
        numerators([0.5], [1])
    with pytest.raises(EngineError, match="numpy-symbolic") as caught:
        numerators([sympy.Symbol("a")], [1])
    assert "an entry is a symbol" in str(caught.value)
    with pytest.raises(EngineError, match="numpy-symbolic"):
        numerators([1], [1], padding=1, boundary="constant(c)")
    with pytest.raises(EngineError, match="numpy-symbolic"):
        numerators([[1]], [[[1]]], ["b"], op="conv")


def test_shapes_and_options_are_checked() -> None:
    with pytest.raises(GeometryError, match="kernel-too-wide"):
        numerators([1], [1, 2])
    with pytest.raises(GeometryError, match="bias-shape"):
        numerators([[1]], [[[1]]], [1, 2], op="conv")
    with pytest.raises(GeometryError, match="unknown-op"):
        numerators([1], [1], op="cross")
    with pytest.raises(GeometryError, match="unknown-option"):
        numerators([1], [1], strides=2)
