"""symconv: the exact reference for discrete convolution."""

from __future__ import annotations

from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv import algebra as algebra
    from symconv import fast as fast
    from symconv import gradients as gradients
    from symconv import homework as homework
    from symconv import laws as laws
    from symconv import matrix as matrix
    from symconv import quantized as quantized
    from symconv import sequences as sequences
    from symconv import stacks as stacks
    from symconv.adaptive import adaptive_avg_pool as adaptive_avg_pool
    from symconv.adaptive import adaptive_max_pool as adaptive_max_pool
    from symconv.deconvolution import deconvolve as deconvolve
    from symconv.deconvolution import normalized_correlate as normalized_correlate
    from symconv.errors import SymconvError as SymconvError
    from symconv.exact import array as array
    from symconv.fixtures import Case as Case
    from symconv.fixtures import load as load
    from symconv.homework import check as check
    from symconv.index_laws import circular_convolve as circular_convolve
    from symconv.index_laws import circular_correlate as circular_correlate
    from symconv.index_laws import dirichlet_convolve as dirichlet_convolve
    from symconv.index_laws import dyadic_convolve as dyadic_convolve
    from symconv.index_laws import intersection_convolve as intersection_convolve
    from symconv.index_laws import negacyclic_convolve as negacyclic_convolve
    from symconv.index_laws import subset_convolve as subset_convolve
    from symconv.index_laws import union_convolve as union_convolve
    from symconv.laws import prove as prove
    from symconv.layers import conv as conv
    from symconv.layers import conv_transpose as conv_transpose
    from symconv.layers import locally_connected as locally_connected
    from symconv.operations import convolve as convolve
    from symconv.operations import correlate as correlate
    from symconv.plan import geometry as geometry
    from symconv.pooling import avg_pool as avg_pool
    from symconv.pooling import flatten as flatten
    from symconv.pooling import global_avg_pool as global_avg_pool
    from symconv.pooling import global_lp_pool as global_lp_pool
    from symconv.pooling import global_max_pool as global_max_pool
    from symconv.pooling import lp_pool as lp_pool
    from symconv.pooling import max_pool as max_pool
    from symconv.pooling import min_pool as min_pool
    from symconv.pooling import sum_pool as sum_pool
    from symconv.quantized import conv_integer as conv_integer
    from symconv.quantized import qlinear_conv as qlinear_conv
    from symconv.resampling import upsample_bilinear as upsample_bilinear
    from symconv.resampling import upsample_nearest as upsample_nearest
    from symconv.resampling import upsample_zeros as upsample_zeros
    from symconv.unpooling import max_pool_indices as max_pool_indices
    from symconv.unpooling import max_unpool as max_unpool

__version__ = "0.1.0"

_HOMES = {
    "Case": "symconv.fixtures",
    "SymconvError": "symconv.errors",
    "adaptive_avg_pool": "symconv.adaptive",
    "adaptive_max_pool": "symconv.adaptive",
    "array": "symconv.exact",
    "avg_pool": "symconv.pooling",
    "check": "symconv.homework",
    "circular_convolve": "symconv.index_laws",
    "circular_correlate": "symconv.index_laws",
    "conv": "symconv.layers",
    "conv_integer": "symconv.quantized",
    "conv_transpose": "symconv.layers",
    "convolve": "symconv.operations",
    "correlate": "symconv.operations",
    "deconvolve": "symconv.deconvolution",
    "dirichlet_convolve": "symconv.index_laws",
    "dyadic_convolve": "symconv.index_laws",
    "flatten": "symconv.pooling",
    "geometry": "symconv.plan",
    "global_avg_pool": "symconv.pooling",
    "global_lp_pool": "symconv.pooling",
    "global_max_pool": "symconv.pooling",
    "intersection_convolve": "symconv.index_laws",
    "load": "symconv.fixtures",
    "locally_connected": "symconv.layers",
    "lp_pool": "symconv.pooling",
    "max_pool": "symconv.pooling",
    "max_pool_indices": "symconv.unpooling",
    "max_unpool": "symconv.unpooling",
    "min_pool": "symconv.pooling",
    "negacyclic_convolve": "symconv.index_laws",
    "normalized_correlate": "symconv.deconvolution",
    "prove": "symconv.laws",
    "qlinear_conv": "symconv.quantized",
    "subset_convolve": "symconv.index_laws",
    "sum_pool": "symconv.pooling",
    "union_convolve": "symconv.index_laws",
    "upsample_bilinear": "symconv.resampling",
    "upsample_nearest": "symconv.resampling",
    "upsample_zeros": "symconv.resampling",
}
"""Where each public name lives; imported on first use, so that `import symconv` stays light."""
_MODULES = (
    "algebra",
    "fast",
    "gradients",
    "homework",
    "laws",
    "matrix",
    "quantized",
    "sequences",
    "stacks",
)
"""Public modules."""

_LOCK = RLock()

__all__ = [*_HOMES, *_MODULES]  # noqa: PLE0604 - the tables above are the one list of public names


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        with _LOCK:
            return import_module(f"symconv.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    with _LOCK:  # threads that meet here first must not see half-imported modules
        value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
