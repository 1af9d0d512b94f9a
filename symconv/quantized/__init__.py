"""Integer inference, bit-exact: layers on integers with zero points, and named requantisation."""

from symconv.quantized.inference import conv_integer, qlinear_conv
from symconv.quantized.requantization import (
    dequantize_linear,
    quantize_linear,
    quantize_multiplier,
    requantize,
)
from symconv.quantized.storage import saturate, wrap

__all__ = [
    "conv_integer",
    "dequantize_linear",
    "qlinear_conv",
    "quantize_linear",
    "quantize_multiplier",
    "requantize",
    "saturate",
    "wrap",
]
