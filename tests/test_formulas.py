"""Formulas: they say the exact value, in the order of the window, in letters of their own."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.derivation import derive
from symconv.equality import equal
from symconv.errors import GeometryError, SymconvError
from symconv.exact import array, entry, objects
from symconv.expressions import evaluate, parse
from symconv.formulas import factors, formula, join, product
from symconv.plan import geometry

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3)
words = st.sampled_from(["a", "b", "w", "x", "y", "z", "x_0", "w_", "x[0]", "w[0,1]", "k", "2a"])


def text_of(shape: list[int]) -> str:
    return "x".join(map(str, shape))


def letters(values: Any) -> list[str]:
    return [str(symbol) for value in objects(values).ravel() for symbol in free(value)]


def free(value: Any) -> Any:
    return value.free_symbols if isinstance(value, sympy.Basic) else set()


@given(st.data())
@settings(max_examples=150)
def test_letters_never_collide(data: st.DataObject) -> None:
    kernel = data.draw(shapes)
    size = [k + data.draw(st.integers(0, 6)) for k in kernel]
    found = derive(text_of(size), text_of(kernel))
    names = letters(found.x) + letters(found.w)
    assert found.w is not None
    assert len(names) == len(set(names)) == found.x.size + found.w.size


@given(st.data(), st.booleans())
@settings(max_examples=150)
def test_letters_never_collide_with_given_entries(data: st.DataObject, kernel_given: bool) -> None:
    rank = data.draw(st.integers(1, 2))
    high, wide = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    rows = [
        " ".join(data.draw(st.lists(words, min_size=wide, max_size=wide)))
        for _ in range(high if rank == 2 else 1)
    ]
    given_ = "; ".join(rows) + (";" if rank == 2 else "")
    here = [len(rows), wide][-rank:]
    if kernel_given:
        other = text_of([size + data.draw(st.integers(0, 5)) for size in here])
        found = derive(other, given_)
        made, taken = letters(found.x), set(letters(found.w))
    else:
        other = text_of([data.draw(st.integers(1, size)) for size in here])
        found = derive(given_, other)
        made, taken = letters(found.w), set(letters(found.x))
    assert len(made) == len(set(made))
    assert not taken & set(made)


@given(st.data(), st.sampled_from(["correlate", "convolve"]))
@settings(max_examples=60)
def test_a_formula_read_back_is_the_exact_value(data: st.DataObject, op: str) -> None:
    kernel = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    size = [k + data.draw(st.integers(0, 3)) for k in kernel]
    stride = data.draw(st.integers(1, 2))
    found = derive(text_of(size), text_of(kernel), op=op, stride=stride)
    names = {*letters(found.x), *letters(found.w)}
    for text, value in zip(found.texts().ravel(), found.out.ravel(), strict=True):
        read = evaluate(parse(text, symbols=names), sympy.Symbol)
        assert read == value


@given(
    st.lists(
        st.sampled_from(["a", "2", "-3", "1/2", "-b", "0", "a+b", "2a", "x1"]),
        min_size=3,
        max_size=3,
    ),
    st.lists(
        st.sampled_from(["w", "2", "-1", "1", "0", "-1/3", "w-x", "-w", "y2"]),
        min_size=2,
        max_size=2,
    ),
)
@settings(max_examples=100)
def test_a_formula_of_any_entries_read_back_is_the_exact_value(x: list[str], w: list[str]) -> None:
    found = derive(", ".join(x), ", ".join(w))
    names = {*letters(found.x), *letters(found.w)}
    for text, value in zip(found.texts(), found.out.tolist(), strict=True):
        assert equal(entry(text, symbols=names), value), text


def test_the_example_of_the_decks() -> None:
    assert derive("3x4", "2x2").texts().tolist() == [
        ["aw + bx + ey + fz", "bw + cx + fy + gz", "cw + dx + gy + hz"],
        ["ew + fx + iy + jz", "fw + gx + jy + kz", "gw + hx + ky + lz"],
    ]


@pytest.mark.parametrize(
    ("x", "w", "options", "texts"),
    [
        pytest.param("4", "2", {}, ["aw + bx", "bw + cx", "cw + dx"], id="1-D"),
        pytest.param("3", "2", {"op": "convolve"}, ["aw", "ax + bw", "bx + cw", "cx"], id="flip"),
        pytest.param("3", "2", {"padding": 1}, ["ax", "aw + bx", "bw + cx", "cw"], id="padding"),
        pytest.param(
            "2",
            "2",
            {"padding": (1, 0), "boundary": "constant(c)"},
            ["cw + ax", "aw + bx"],
            id="constant",
        ),
        pytest.param(
            "2", "2", {"padding": (1, 0), "boundary": "edge"}, ["aw + ax", "aw + bx"], id="edge"
        ),
        pytest.param("a b", "1 -1", {}, ["a - b"], id="signs"),
        pytest.param("a b", "-2 1/2", {}, ["-2a + (1/2)b"], id="numbers"),
        pytest.param("a b", "0 0", {}, ["0"], id="zeros"),
        pytest.param("1 2", "3 -4", {}, ["1·3 + 2·(-4)"], id="numbers alone"),
        pytest.param("a+b c", "w x", {}, ["(a + b)w + cx"], id="sums as entries"),
        pytest.param("x1 x2", "w", {}, ["x1·w", "x2·w"], id="long names"),
        pytest.param("w x", "2", {}, ["wy + xz"], id="letters that are taken"),
        pytest.param(
            "w x y", "2", {}, ["w·w_[0] + x·w_[1]", "x·w_[0] + y·w_[1]"], id="indexed kernel"
        ),
    ],
)
def test_formulas(x: str, w: str, options: dict[str, Any], texts: list[str]) -> None:
    assert derive(x, w, **options).texts().tolist() == texts


def test_long_shapes_get_indexed_letters() -> None:
    found = derive("5x5", "2x2")
    assert found.texts()[0, 1] == "x[0,1]·w[0,0] + x[0,2]·w[0,1] + x[1,1]·w[1,0] + x[1,2]·w[1,1]"


def test_terms_come_as_the_window_meets_them() -> None:
    plan = geometry((2, 2), (2, 2), op="convolve", padding="valid")
    x, w = array("a b; c d"), array("w x; y z")
    names = [(str(left), str(right)) for left, right in factors(plan, x, w, (0, 0))]
    assert names == [("a", "z"), ("b", "y"), ("c", "x"), ("d", "w")]


def test_a_bias_comes_last() -> None:
    plan = geometry((1, 2), (1, 1, 2), bias=True)
    text = formula(plan, array("a b;"), array(["w x;"]).reshape(1, 1, 2), (0, 0), array("c"))
    assert text == "aw + bx + c"


def test_padding_is_listed_on_request() -> None:
    plan = geometry((2,), (2,), padding=(1, 0))
    x, w = array([3, 4]), array([5, 6])
    assert factors(plan, x, w, (0,)) == [(3, 6)]
    assert factors(plan, x, w, (0,), padding=True) == [(0, 5), (3, 6)]


def test_products_and_sums_as_text() -> None:
    assert product(entry("a"), entry("w")) == "aw"
    assert product(2, 3) == "2·3"
    assert product(entry("1/2"), entry("a")) == "(1/2)a"
    assert product(entry("-1/2"), entry("a")) == "-(1/2)a"
    assert product(0, entry("a")) == ""
    assert join([]) == "0"
    assert join(["-a", "b", "-c"]) == "-a + b - c"


def test_data_for_json() -> None:
    assert derive("2", "2").data() == {
        "op": "correlate",
        "x": ["a", "b"],
        "w": ["w", "x"],
        "shape": [1],
        "cells": [
            {
                "cell": [0],
                "text": "aw + bx",
                "sympy": "a*w + b*x",
                "terms": [["a", "w"], ["b", "x"]],
            }
        ],
    }


def test_layers() -> None:
    found = derive("2x3", "1x2x2", op="conv")
    assert found.out.shape == (1, 2)
    assert found.texts().tolist() == [["aw + bx + dy + ez", "bw + cx + ey + fz"]]


@pytest.mark.parametrize(("x", "w"), [("200x200", "2x2"), ("99999999999999999x9", "1x1")])
def test_too_many_formulas_are_refused_at_once(x: str, w: str) -> None:
    with pytest.raises(GeometryError, match="too-many-formulas"):
        derive(x, w)


@pytest.mark.parametrize(("x", "w"), [("0x4", "2x2"), ("3x4", "0x2"), ("0", "1"), ("3", "5")])
def test_shapes_without_outputs(x: str, w: str) -> None:
    try:
        assert derive(x, w).texts().size == 0
    except SymconvError:
        return


def test_names_of_several_letters_are_kept_apart() -> None:
    assert derive("a aw", "w 1").texts().tolist() == ["a·w + aw"]
    assert derive("e3 b", "2 1").texts().tolist() == ["2·e3 + b"]


def test_letters_differ_from_the_constant_of_the_boundary() -> None:
    texts = derive("3", "2", padding=1, boundary="constant(a)").texts()
    assert texts.tolist() == ["aw + bx", "bw + cx", "cw + dx", "dw + ax"]
