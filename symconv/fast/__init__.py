"""The NumPy fast path: the operations of symconv for numeric arrays only.

Integers and rationals give the exact result, as everywhere in symconv. If any entry is a float,
the arithmetic is float64 and the result is a float64 array; `error_bound` says how far off it can
be. NaN and infinities are refused.
"""

from symconv.fast.blocks import in_blocks
from symconv.fast.certified import certified
from symconv.fast.chunks import over_dask
from symconv.fast.convolutions import conv, conv_transpose, convolve, correlate, error_bound
from symconv.fast.plans import Plan, plan
from symconv.fast.pools import avg_pool, global_avg_pool, global_max_pool, lp_pool, max_pool
from symconv.fast.rationals import numerators

__all__ = [
    "Plan",
    "avg_pool",
    "certified",
    "conv",
    "conv_transpose",
    "convolve",
    "correlate",
    "error_bound",
    "global_avg_pool",
    "global_max_pool",
    "in_blocks",
    "lp_pool",
    "max_pool",
    "numerators",
    "over_dask",
    "plan",
]
