"""One example of a sliding product, and the check that an engine agrees with the oracle on it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symconv import engines
from symconv.exact import Array, array
from symconv.plan import Geometry, geometry
from tests import oracle

NUMERIC = ("definition", "sympy", "numpy")
SYMBOLIC = ("definition", "sympy")


@dataclass(frozen=True)
class Example:
    """Entries as nested lists, and one value of every option for each axis."""

    x: Any
    w: Any
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    input_dilation: tuple[int, ...]
    boundary: tuple[str, ...]
    flip: tuple[bool, ...]
    fill: Any = 0
    bias: Any = None
    groups: int = 1
    layer: bool = False

    @property
    def axes(self) -> dict[str, Any]:
        """The options as the oracle takes them."""
        names = ("stride", "dilation", "padding", "input_dilation", "boundary", "flip", "fill")
        return {name: getattr(self, name) for name in names}

    @property
    def plan(self) -> Geometry:
        """The geometry of the example."""
        boundary = [f"constant({self.fill})" if b == "constant" else b for b in self.boundary]
        return geometry(
            array(self.x).shape,
            array(self.w).shape,
            op="conv" if self.layer else "correlate",
            stride=self.stride,
            dilation=self.dilation,
            input_dilation=self.input_dilation,
            padding=self.padding,
            boundary=boundary,
            flip=self.flip,
            groups=self.groups,
            bias=self.bias is not None,
        )

    def by(self, engine: str | None) -> Array:
        """Return symconv's output."""
        bias = None if self.bias is None else array(self.bias)
        return engines.evaluate(self.plan, array(self.x), array(self.w), bias, engine=engine)

    def pairs(self) -> Any:
        """Return, by the oracle, the factors of every product of every output."""
        if not self.layer:
            return oracle.windows(self.x, self.w, **self.axes)
        cells = oracle.layer_windows(self.x, self.w, self.groups, **self.axes)
        return cells if self.bias is None else oracle.with_bias(cells, self.bias)


def exact_type(value: Any) -> type[Any]:
    """Return the type an exact number must have: int when it is whole."""
    return int if Fraction(value).denominator == 1 else Fraction


def check_numbers(example: Example, engine: str | None) -> None:
    """Assert that one engine gives the oracle's numbers, in the promised types."""
    wanted = oracle.each(example.pairs(), oracle.added)
    found = example.by(engine)
    assert found.tolist() == wanted
    flat = found.ravel().tolist()
    assert [type(value) for value in flat] == [exact_type(value) for value in flat]
    fits = all(type(value) is int and -(2**63) <= value < 2**63 for value in flat)
    assert found.dtype == (np.int64 if fits else object)


def check_symbols(example: Example, engine: str | None) -> None:
    """Assert that one engine gives the very SymPy objects `Add(*[Mul(x, w), ...])`."""
    import sympy

    def as_sum(pairs: list[tuple[Any, Any]]) -> Any:
        return sympy.Add(*[sympy.Mul(sympy.sympify(a), sympy.sympify(b)) for a, b in pairs])

    wanted = np.array(oracle.each(example.pairs(), as_sum), dtype=object)
    found = example.by(engine)
    assert found.shape == wanted.shape
    assert found.dtype == object
    for ours, theirs in zip(found.ravel(), wanted.ravel(), strict=True):
        assert ours == theirs
        assert ours.func is theirs.func
        assert ours.args == theirs.args
        assert hash(ours) == hash(theirs)
        assert str(ours) == str(theirs)
        assert sympy.srepr(ours) == sympy.srepr(theirs)
