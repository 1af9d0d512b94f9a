"""Inputs of int8 to uint32 are read as they are: every route adds up as Python's integers do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symconv
from symconv import engines, fast
from symconv.engines import choice
from symconv.engines.sums import Sums
from symconv.errors import EntryError
from symconv.exact import Array
from symconv.fast import convolutions
from symconv.plan import geometry
from tests import oracle
from tests.test_routes import by_the_oracle

KINDS = [kind.name for kind in convolutions.NARROW]
BIG = 2**62


def extremes(kind: str, shape: tuple[int, ...]) -> Array:
    """Return numbers of a kind, its least and its largest among them."""
    ends = np.iinfo(kind)
    x = np.random.default_rng(len(kind)).integers(ends.min, ends.max, shape, kind, endpoint=True)
    x.flat[0], x.flat[-1], x.flat[x.size // 2] = ends.min, ends.max, ends.min
    return x


def listed(x: Array) -> Any:
    return x.astype(object).tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fill", "weights"), [(0, 9), (-7, 2**20), (0, BIG)])
def test_every_route_from_narrow_inputs(kind: str, fill: int, weights: int) -> None:
    x = extremes(kind, (7, 9))
    w = np.random.default_rng(3).integers(-weights, weights, (5, 4))
    options: dict[str, Any] = {
        "padding": ((1, 2), (0, 3)),
        "stride": (2, 1),
        "boundary": ("constant", fill),
    }
    plan = geometry(x.shape, w.shape, op="correlate", **options)
    sums = Sums(plan, x, w, fill)
    axes = options | {"boundary": ("constant",) * 2, "fill": fill}
    wanted = oracle.correlate(listed(x), listed(w), **oracle.plain(2, **axes))
    routes = choice.every(sums)
    assert len(routes) >= 3
    for route in routes:
        assert route.run().reshape(plan.out_shape).tolist() == wanted, route.name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"padding": (2, 1), "stride": (1, 2), "groups": 2},
        {"dilation": (2, 1), "groups": 4},
        {"boundary": ("constant", -5), "padding": 1},
    ],
)
def test_layers_of_narrow_inputs(kind: str, options: dict[str, Any]) -> None:
    x = extremes(kind, (2, 4, 9, 7))
    w = np.random.default_rng(1).integers(-128, 128, (8, 4 // options.get("groups", 1), 3, 2))
    wanted = symconv.conv(listed(x), listed(w), engine="definition", **options)
    found = fast.conv(x, w.astype(np.int16), **options)
    assert found.dtype == np.int64
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("x_shape", "w_shape", "options"),
    [
        ((8, 70, 71), (6, 8, 3, 3), {}),
        ((8, 70, 71), (8, 1, 3, 2), {"groups": 8}),
        ((6, 70, 91), (4, 3, 2, 3), {"groups": 2, "stride": 3, "padding": 1}),
    ],
)
def test_many_narrow_inputs(
    kind: str, x_shape: tuple[int, ...], w_shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    """So many that a pass looks at them as it reads them."""
    x, w = extremes(kind, x_shape), extremes("int8", w_shape)
    assert x.size >= choice.MANY
    wanted = by_the_oracle(x[None].astype(object), w.astype(object), **options)
    assert fast.conv(x[None], w, **options).tolist() == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_rationals_beside_narrow_inputs(kind: str) -> None:
    """A common denominator multiplies the inputs, and leaves their type."""
    x, w, half = extremes(kind, (1, 3, 4)), np.array([[[[7, -9]]]]), Fraction(1, 2)
    options: dict[str, Any] = {"boundary": ("constant", Fraction(1, 300)), "padding": (0, 1)}
    for kernel, bias in ((w, [half]), (w * half, None)):
        wanted = symconv.conv(listed(x), listed(kernel), bias, engine="definition", **options)
        assert fast.conv(x, kernel, bias, **options).tolist() == wanted.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_other_tables_get_int64(kind: str) -> None:
    """What turns a layer round, or lays it out otherwise, may do arithmetic on what it gets."""
    x, w = extremes(kind, (2, 3, 4)), np.arange(-9, 9).reshape(2, 1, 3, 3)
    wanted = symconv.conv_transpose(listed(x), listed(w), stride=2, groups=2, engine="definition")
    assert fast.conv_transpose(x, w, stride=2, groups=2).tolist() == wanted.tolist()
    images = extremes(kind, (4, 3, 5, 2))
    laid: dict[str, Any]
    for laid, depth in (({"layout": "NHWC"}, 2), ({"batch_groups": 2}, 3)):
        kernel = np.arange(-8, 8 * depth - 8).reshape(2, depth, 2, 2)
        wanted = symconv.conv(listed(images), listed(kernel), engine="definition", **laid)
        assert fast.conv(images, kernel, **laid).tolist() == wanted.tolist()


def test_what_does_arithmetic_on_inputs_gets_int64(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number beyond the type of the inputs may meet them there."""
    x, w = extremes("int8", (4, 5)), np.array([[1, -2], [3, 4]])
    sums = Sums(geometry(x.shape, w.shape), x, w)
    assert [values.dtype.name for values in (sums.given, sums.x)] == ["int8", "int64"]
    seen: list[Any] = []

    def noted(_table: Any, inputs: Array, *_: Any, **__: Any) -> None:
        seen.append(inputs.dtype.name)

    monkeypatch.setattr(engines, "evaluate", noted)
    fast.correlate(x, w)
    fast.conv_transpose(x[None], w[None, None])
    assert seen == ["int8", "int64"]


def test_what_is_no_plain_array_is_read_as_before() -> None:
    class Own(np.ndarray):
        """An array that someone made their own."""

    x = extremes("int8", (4, 5))
    kernel = np.array([[1, -2], [3, 4]], dtype=np.int8)
    wanted = fast.correlate(x, kernel).tolist()
    for other in (x.view(Own), x.astype(">i2"), np.ma.array(x), x[::-1][::-1], listed(x)):
        assert fast.correlate(other, kernel).tolist() == wanted
    with pytest.raises(EntryError, match="missing"):
        fast.correlate(np.ma.array(x, mask=x > 5), kernel)
