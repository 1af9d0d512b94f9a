"""The operations by name, for everything that reads a name from text: fixtures and statements."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from symconv import layers, operations, pooling
from symconv.exact import Array
from symconv.plan import Geometry, check_size, geometry


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its function, what it takes, and its plan where shapes decide the size.

    ``options`` are the keywords it understands, ``needs`` those without a default. An operation
    with a ``kernel`` is carried out by each engine in its own way, the others in one way.
    """

    function: Callable[..., Array]
    plan: Callable[..., Geometry] | None = None
    options: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    kernel: bool = False
    bias: bool = False

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
        arrays = [value for value in (x, w, bias) if value is not None]
        if self.plan is not None:
            check_size(self.plan(*arrays[: 1 + self.kernel], **options))
        return self.function(*arrays, **options, **({"engine": engine} if self.kernel else {}))


def _sliding(op: str, function: Callable[..., Array]) -> Operation:
    def plan(x: Array, w: Array, **options: Any) -> Geometry:
        return geometry(x.shape, w.shape, op=op, **options)

    has = set(inspect.signature(function).parameters)
    return Operation(
        function,
        plan,
        options=frozenset(has - {"x", "w", "bias", "engine", "algebra"}),
        kernel=True,
        bias="bias" in has,
    )


def _windowed(function: Callable[..., Array]) -> Operation:
    def plan(x: Array, *, window: Any, count_padding: bool = False, **steps: Any) -> Geometry:
        del count_padding  # it changes the mean, not the windows
        return pooling.windows(x.shape, window, **steps)

    def call(x: Array, *, window: Any, **options: Any) -> Array:
        return function(x, window, **options)

    has = frozenset(inspect.signature(function).parameters) - {"x"}
    return Operation(call, plan, options=has, needs=frozenset({"window"}))


def _dilated(x: Array, *, dilation: Any = 2) -> Array:
    return operations.dilate(x, dilation)


def _dilated_plan(x: Array, *, dilation: Any = 2) -> Geometry:
    return geometry(x.shape, (1,) * x.ndim, op="correlate", input_dilation=dilation)


OPERATIONS: Mapping[str, Operation] = {
    "correlate": _sliding("correlate", operations.correlate),
    "convolve": _sliding("convolve", operations.convolve),
    "conv": _sliding("conv", layers.conv),
    "max_pool": _windowed(pooling.max_pool),
    "avg_pool": _windowed(pooling.avg_pool),
    "global_max_pool": Operation(pooling.global_max_pool, options=frozenset({"spatial"})),
    "global_avg_pool": Operation(pooling.global_avg_pool, options=frozenset({"spatial"})),
    "flatten": Operation(pooling.flatten),
    "dilate": Operation(_dilated, _dilated_plan, options=frozenset({"dilation"})),
}
"""Every operation that fixtures name in `op`."""
