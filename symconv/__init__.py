"""symconv: the exact reference for discrete convolution."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv import fast as fast
    from symconv.errors import SymconvError as SymconvError
    from symconv.exact import array as array
    from symconv.fixtures import Case as Case
    from symconv.fixtures import load as load
    from symconv.layers import conv as conv
    from symconv.layers import conv_transpose as conv_transpose
    from symconv.layers import locally_connected as locally_connected
    from symconv.operations import convolve as convolve
    from symconv.operations import correlate as correlate
    from symconv.plan import geometry as geometry
    from symconv.pooling import avg_pool as avg_pool
    from symconv.pooling import global_avg_pool as global_avg_pool
    from symconv.pooling import global_max_pool as global_max_pool
    from symconv.pooling import max_pool as max_pool

__version__ = "0.1.0"

_HOMES = {
    "Case": "symconv.fixtures",
    "SymconvError": "symconv.errors",
    "array": "symconv.exact",
    "avg_pool": "symconv.pooling",
    "conv": "symconv.layers",
    "conv_transpose": "symconv.layers",
    "locally_connected": "symconv.layers",
    "convolve": "symconv.operations",
    "correlate": "symconv.operations",
    "fast": "symconv",
    "geometry": "symconv.plan",
    "global_avg_pool": "symconv.pooling",
    "global_max_pool": "symconv.pooling",
    "load": "symconv.fixtures",
    "max_pool": "symconv.pooling",
}
"""Where each public name lives; imported on first use, so that `import symconv` stays light."""

__all__ = [*_HOMES]  # noqa: PLE0604 - the table above is the one list of public names


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    home = import_module(_HOMES[name] if name != "fast" else "symconv.fast")
    value = home if name == "fast" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
