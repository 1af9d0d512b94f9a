"""The operations by name, for everything that reads a name from text: fixtures, statements, CLI."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from math import prod
from typing import Any

import numpy as np

from symconv import (
    adaptive,
    algebra,
    deconvolution,
    gradients,
    index_laws,
    layers,
    matrix,
    operations,
    pooling,
    quantized,
    resampling,
    unpooling,
)
from symconv.adaptive import adaptive_table
from symconv.errors import GeometryError
from symconv.exact import Array, array, entry, is_expression, objects, pack
from symconv.gridtext import is_cell
from symconv.options import is_int
from symconv.plan import Shape, Sized, check_size, geometry
from symconv.planning import conv_table, table_of
from symconv.terms import Table, Terms
from symconv.windows import pool_table

Planner = Callable[..., Table]
EXACT = {
    *("x_scale", "w_scale", "y_scale", "x_zero", "w_zero", "y_zero"),
    *("scale", "zero", "multiplier", "shift", "mask"),
}
"""Options that are exact numbers or arrays, and may be written as text."""
SHAPES = {"x_shape", "w_shape"}
"""Options that are shapes, and may be written as text."""
UNPLANNED = {"algebra", "conjugate"}
"""Options that change values and no plan."""


@cache
def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its function, which of its parameters are arrays, and its plan.

    ``arrays`` are the parameters that a case calls x, w and bias. ``table`` makes the plan from
    the shapes of x and w and the options; ``work`` one that only tells how much there is to do.
    ``fold`` is how the terms of an output are combined.
    """

    function: Callable[..., Any]
    arrays: tuple[str, ...] = ("x",)
    table: Planner | None = None
    fold: str = "sum"
    work: Callable[..., Sized] | None = None

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function by name."""
        return _parameters(self.function)

    @property
    def options(self) -> frozenset[str]:
        """The names of its options, those of the forward operation of a gradient included."""
        named = {
            name
            for name, p in self.parameters.items()
            if p.kind is not inspect.Parameter.VAR_KEYWORD
        }
        more = FORWARD if len(named) < len(self.parameters) else frozenset()
        hidden = {*self.arrays, "engine", "sparse"}
        return frozenset({"of" if name == "op" else name for name in named}) - hidden | more

    @property
    def needs(self) -> frozenset[str]:
        """The options without a default."""
        return frozenset(
            name
            for name, p in self.parameters.items()
            if p.default is p.empty and name not in self.arrays and name in self.options
        )

    @property
    def kernel(self) -> bool:
        """Whether there is a second operand."""
        return len(self.arrays) > 1

    @property
    def bias(self) -> bool:
        """Whether there may be a bias."""
        return "bias" in self.arrays

    @property
    def engined(self) -> bool:
        """Whether engines carry it out each in its own way."""
        return "engine" in self.parameters

    def plan(self, x: Array, w: Array | None = None, **options: Any) -> Table | None:
        """Return the table of the operation on these arrays, if it has one."""
        if self.table is None:
            return None
        shapes = [value.shape for value in (x, w) if value is not None]
        stated = {name: v for name, v in decoded(options).items() if name not in UNPLANNED}
        return self.table(*shapes, **stated)

    def sized(self, x: Array, w: Array | None = None, **options: Any) -> Sized | None:
        """Return how much there is to do, as far as the operation can tell."""
        planner = self.work if self.table is None else None
        if planner is None:
            return self.plan(x, w, **options)
        shapes = [value.shape for value in (x, w) if value is not None]
        stated = {name: v for name, v in decoded(options).items() if name not in UNPLANNED}
        return planner(*shapes, **stated)

    def check_size(self, x: Array, w: Array | None = None, **options: Any) -> None:
        """Raise GeometryError[too-large] for sizes that only a mistake or an attack asks for."""
        plan = self.sized(x, w, **options)
        if plan is not None:
            check_size(plan)

    def __call__(
        self,
        x: Array,
        w: Array | None = None,
        bias: Array | None = None,
        *,
        engine: str | None = None,
        **options: Any,
    ) -> Array:
        """Carry out the operation, refusing sizes that only a mistake or an attack asks for."""
        self.check_size(x, w, **options)
        given = decoded(options) | {
            name: value
            for name, value in zip(self.arrays, (x, w, bias), strict=False)
            if value is not None
        }
        if self.engined:
            given["engine"] = engine
        positional = [
            given.pop(name)
            for name, p in self.parameters.items()
            if p.kind is inspect.Parameter.POSITIONAL_ONLY and name in given
        ]
        out = self.function(*positional, **given)
        values = out if isinstance(out, np.ndarray) else array(out)
        return spelled(values) if given.get("algebra") is algebra.COMPLEX else values

    def kernel_of(self, w: Array | None, options: Mapping[str, Any]) -> Array | None:
        """Return the kernel whose entries stand in the products, conjugated where that is asked."""
        conjugated = w is not None and options.get("conjugate") is True
        if w is None or not conjugated:
            return w
        return pack(map(algebra.conjugate, objects(w).ravel().tolist()), w.shape)

    def folded(self, options: Mapping[str, Any]) -> str:
        """Return how the terms of an output are combined with these options."""
        fold = f"norm_{options.get('p', 2)}" if self.fold == "norm" else self.fold
        return FOLDS.get(getattr(decoded(options).get("algebra"), "name", ""), fold)


FOLDS = {"max-plus": "max", "min-plus": "min"}
"""Algebras whose sum is written as a function of the terms."""


def spelled(values: Array) -> Array:
    """Return complex numbers with the imaginary unit as text has it, the symbol I."""
    import sympy

    unit = {sympy.I: sympy.Symbol("I")}
    flat = [v.xreplace(unit) if is_expression(v) else v for v in values.ravel().tolist()]
    return pack(flat, values.shape)


def decoded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with what text stands for: exact numbers, shapes and algebras.

    The operation ``of`` which a gradient or a matrix is asked for is their argument ``op``.

    >>> decoded({"scale": "1/2", "w_shape": "2x3", "stride": 2})
    {'scale': Fraction(1, 2), 'w_shape': (2, 3), 'stride': 2}
    """
    names = {"of": "op"}
    return {names.get(name, name): _decoded(name, value) for name, value in options.items()}


def _decoded(name: str, value: Any) -> Any:
    if name in SHAPES and is_int(value):
        return (value,)
    if not isinstance(value, str):
        return value
    if name in EXACT:
        return entry(value, name) if is_cell(value) else array(value)
    if name in SHAPES:
        return _shape(name, value)
    return algebra.named(value) if name == "algebra" else value


def _shape(name: str, text: str) -> Shape:
    sizes = text.replace("×", "x").split("x")
    if not all(size.strip().isdecimal() and len(size) < 10 for size in sizes):
        hint = "write 2x3x3"
        raise GeometryError("bad-shape", f"{name} is {text!r}", hint=hint, shape=text)
    return tuple(map(int, sizes))


def _sliding(op: str, function: Callable[..., Array], *arrays: str) -> Operation:
    return Operation(function, arrays, partial(table_of, op))


def _pooled(function: Callable[..., Array], fold: str = "sum", *, mean: bool = False) -> Operation:
    def table(
        x: Shape, *, window: Any, p: Any = None, whole: bool = False, **options: Any
    ) -> Table:
        del p, whole  # they change the fold, not the windows
        return pool_table(x, window, mean=mean, **options)

    return Operation(function, ("x",), table, fold)


def _dilated(x: Any, *, dilation: Any = 2) -> Array:
    return operations.dilate(x, dilation)


def _dilated_table(x: Shape, *, dilation: Any = 2) -> Table:
    return Terms(geometry(x, (1,) * len(x), op="correlate", input_dilation=dilation))


@dataclass(frozen=True, slots=True)
class Work:
    """How much an operation without a table has to do."""

    work: dict[str, int]


def _normalized(x: Shape, w: Shape, *, mask: Any = None, **options: Any) -> Sized:
    del mask
    return table_of("correlate", x, w, **{"padding": "same"} | options)


def _pairs(y: Shape, w: Shape, **options: Any) -> Sized:
    del options
    return Work({"products": prod(y) * prod(w)})


def _quantized(x: Shape, w: Shape, **options: Any) -> Sized:
    return conv_table(x, w, **{name: v for name, v in options.items() if name in FORWARD})


def _of_kernel(upstream: Shape, x: Shape, *, w_shape: Shape, op: str = "conv", **o: Any) -> Sized:
    del upstream
    return table_of(op, x, w_shape, **o)


def _toeplitz(w: Shape, *, x_shape: Shape, op: str = "correlate", **options: Any) -> Sized:
    table = table_of(op, x_shape, w, **options)
    return Work(table.work | {"entries": prod(table.out_shape) * prod(table.x_shape)})


def _im2col(x: Shape, *, w_shape: Shape, op: str = "correlate", **options: Any) -> Sized:
    return table_of(op, x, w_shape, **options)


def _unpooled(x: Shape, indices: Shape, *, whole: bool = False, **options: Any) -> Sized:
    del indices, whole
    return unpooling.unpool_plan(x, **options)


def _resampled(function: Callable[..., Array], mode: str) -> Operation:
    def table(x: Shape, *, n: Any = None, scale: Any = None, **options: Any) -> Table:
        return resampling.resampling_table(x, scale if n is None else n, mode=mode, **options)

    return Operation(function, ("x",), table)


def _indexed(name: str) -> Operation:
    return Operation(getattr(index_laws, name), ("x", "w"), partial(index_laws.index_table, name))


FORWARD = frozenset(
    name
    for layer in (layers.conv, layers.conv_transpose)
    for name in inspect.signature(layer).parameters
) - {"x", "w", "bias", "engine", "algebra"}
"""Options of the layers whose gradients and matrices are taken."""


def _of_input(upstream: Shape, w: Shape, *, x_shape: Shape, op: str = "conv", **o: Any) -> Table:
    del upstream
    return gradients.table_of_input(table_of(op, x_shape, w, **o))


OPERATIONS: Mapping[str, Operation] = {
    "correlate": _sliding("correlate", operations.correlate, "x", "w"),
    "convolve": _sliding("convolve", operations.convolve, "x", "w"),
    "normalized_correlate": Operation(
        deconvolution.normalized_correlate, ("x", "w"), work=_normalized
    ),
    "deconvolve": Operation(deconvolution.quotient, ("y", "w"), work=_pairs),
    "conv": _sliding("conv", layers.conv, "x", "w", "bias"),
    "conv_transpose": _sliding("conv_transpose", layers.conv_transpose, "x", "w", "bias"),
    "locally_connected": _sliding("locally_connected", layers.locally_connected, "x", "w", "bias"),
    "conv_integer": Operation(quantized.conv_integer, ("x", "w"), work=_quantized),
    "qlinear_conv": Operation(quantized.qlinear_conv, ("x", "w", "bias"), work=_quantized),
    "requantize": Operation(quantized.requantize, ("acc",)),
    "quantize_linear": Operation(quantized.quantize_linear),
    "dequantize_linear": Operation(quantized.dequantize_linear, ("q",)),
    "wrap": Operation(quantized.wrap),
    "saturate": Operation(quantized.saturate),
    "gradient_of_input": Operation(gradients.of_input, ("upstream", "w"), _of_input),
    "gradient_of_kernel": Operation(gradients.of_kernel, ("upstream", "x"), work=_of_kernel),
    "gradient_of_bias": Operation(gradients.of_bias, ("upstream",)),
    "toeplitz": Operation(matrix.toeplitz, ("w",), work=_toeplitz),
    "im2col": Operation(matrix.im2col, ("x",), work=_im2col),
    "max_pool": _pooled(pooling.max_pool, "max"),
    "min_pool": _pooled(pooling.min_pool, "min"),
    "sum_pool": _pooled(pooling.sum_pool),
    "avg_pool": _pooled(pooling.avg_pool, mean=True),
    "lp_pool": _pooled(pooling.lp_pool, "norm"),
    "max_pool_indices": _pooled(unpooling.max_pool_indices, "argmax"),
    "adaptive_max_pool": Operation(adaptive.adaptive_max_pool, ("x",), adaptive_table, "max"),
    "adaptive_avg_pool": Operation(
        adaptive.adaptive_avg_pool, ("x",), partial(adaptive_table, mean=True)
    ),
    "max_unpool": Operation(unpooling.max_unpool, ("x", "indices"), work=_unpooled),
    "global_max_pool": Operation(pooling.global_max_pool),
    "global_avg_pool": Operation(pooling.global_avg_pool),
    "global_lp_pool": Operation(pooling.global_lp_pool),
    "upsample_nearest": _resampled(resampling.upsample_nearest, "nearest"),
    "upsample_zeros": _resampled(resampling.upsample_zeros, "zeros"),
    "upsample_bilinear": _resampled(resampling.upsample_bilinear, "linear"),
    **{name: _indexed(name) for name in index_laws.LAWS},
    "flatten": Operation(pooling.flatten),
    "dilate": Operation(_dilated, ("x",), _dilated_table),
}
"""Every operation that fixtures, statements and the command line name."""
