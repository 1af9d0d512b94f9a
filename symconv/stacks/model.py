"""A stack of layers, typed: what each layer is, its name, and which layers it reads.

Structures hold what a file says; a field left out has the field's default. Shapes stand nowhere
here: they follow from the input and the layers, and `shapes` derives them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from symconv.plan import Shape

Schema = Literal["symconv-stack/1"]
Layout = Literal["channels-first", "channels-last"]
MOST = 10**9
"""The largest number that a file may give, so that places along an axis fit into 64 bits."""

Count = Annotated[int, Meta(ge=1, le=MOST)]
Number = Annotated[int, Meta(ge=-MOST, le=MOST)]
Counts = Count | list[Count]
"""One number for every axis, or one for each."""
Offsets = Annotated[int, Meta(ge=0, le=MOST)] | list[Annotated[int, Meta(ge=0, le=MOST)]]
Padding = Number | str | list[Number | list[Number]]
"""A name such as `same`, a number, or for each axis a number or a pair (before, after)."""


class Layer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one layer does. ``SHORT`` is the field that a bare value fills: `max_pool: 2`."""

    SHORT: ClassVar[str] = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The layers read besides the one before."""
        return ()


class Conv(Layer, frozen=True, kw_only=True):
    """A convolution layer; like deep learning it correlates. ``channels`` is checked if given."""

    filters: Count
    kernel: Counts
    padding: Padding = 0
    stride: Counts = 1
    dilation: Counts = 1
    groups: Count = 1
    bias: bool = True
    boundary: str | list[str] = "zero"
    channels: Count | None = None
    repeat: Annotated[int, Meta(ge=1, le=1000)] = 1


class DepthwiseConv(Layer, frozen=True, kw_only=True):
    """A convolution of every channel alone, with ``multiplier`` filters for each."""

    SHORT = "kernel"

    kernel: Counts
    multiplier: Count = 1
    padding: Padding = 0
    stride: Counts = 1
    dilation: Counts = 1
    bias: bool = True
    boundary: str | list[str] = "zero"


class ConvTranspose(Layer, frozen=True, kw_only=True):
    """A transposed convolution; ``padding`` crops its output."""

    filters: Count
    kernel: Counts
    padding: Padding = 0
    output_padding: Offsets = 0
    output_size: Counts | None = None
    stride: Counts = 1
    dilation: Counts = 1
    groups: Count = 1
    bias: bool = True
    channels: Count | None = None


class Pool(Layer, frozen=True, kw_only=True):
    """One value for each window of each channel; ``stride`` is the window when left out."""

    SHORT = "window"

    window: Counts
    stride: Counts | None = None
    padding: Padding = 0
    dilation: Counts = 1
    ceil_mode: bool = False


class AvgPool(Pool, frozen=True, kw_only=True):
    """A mean over windows; with ``count_padding`` padding counts as zeros."""

    count_padding: bool = False


class GlobalPool(Layer, frozen=True, kw_only=True):
    """One value for each channel; with ``keep`` the spatial axes stay, of size 1."""

    keep: bool = False


class Flatten(Layer, frozen=True, kw_only=True):
    """Every entry of the map as one vector; ``units`` is checked if given."""

    SHORT = "units"

    units: Count | None = None


class Dense(Layer, frozen=True, kw_only=True):
    """A fully connected layer: a weight for each pair of an input and a unit."""

    SHORT = "units"

    units: Count
    bias: bool = True
    channels: Count | None = None


class Pointwise(Layer, frozen=True, kw_only=True):
    """What acts on every place alone and in the same way: relu, softmax over channels, dropout."""


class Constant(Layer, frozen=True, kw_only=True):
    """A sum or product with stored numbers of shape (C, *S), where 1 stands for any size."""

    shape: tuple[int, ...]


class BatchNorm(Layer, frozen=True, kw_only=True):
    """A scale and a shift for each channel; with ``statistics`` also a mean and a variance."""

    statistics: bool = False


class Upsample(Layer, frozen=True, kw_only=True):
    """Interpolation: each cell becomes ``factor`` cells along an axis."""

    SHORT = "factor"

    factor: Counts
    mode: Literal["nearest", "linear"] = "nearest"


class Resize(Layer, frozen=True, kw_only=True):
    """Interpolation as ONNX has it, by rational ``scales`` or to ``sizes``; files do not name it.

    ``mode`` is "linear", "cubic", or how the place is rounded.
    """

    scales: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    coordinates: Literal["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"]
    mode: Literal["linear", "cubic", "floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]


class Add(Layer, frozen=True, kw_only=True):
    """The sum with other layers of the same shape."""

    SHORT = "layers"

    layers: str | list[str]

    @property
    def others(self) -> tuple[str, ...]:
        """The layers added."""
        return (self.layers,) if isinstance(self.layers, str) else tuple(self.layers)


class Concat(Add, frozen=True, kw_only=True):
    """The channels of this and of other layers, one after the other."""


class Crop(Layer, frozen=True, kw_only=True):
    """Cells cut off: ``margin`` on every side, or what is beyond the size of ``like``."""

    SHORT = "margin"

    margin: Padding = 0
    like: str = ""
    offset: Offsets = 0

    @property
    def others(self) -> tuple[str, ...]:
        """The layer whose size is taken."""
        return (self.like,) if self.like else ()


class Pad(Layer, frozen=True, kw_only=True):
    """Cells put around the map."""

    SHORT = "padding"

    padding: Padding
    boundary: str | list[str] = "zero"


POINTWISE = (
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "sigmoid",
    "tanh",
    "clip",
    "softmax",
    "dropout",
    "identity",
)
KINDS: dict[str, type[Layer]] = {
    "conv": Conv,
    "depthwise_conv": DepthwiseConv,
    "conv_transpose": ConvTranspose,
    "max_pool": Pool,
    "avg_pool": AvgPool,
    "lp_pool": Pool,
    "global_avg_pool": GlobalPool,
    "global_max_pool": GlobalPool,
    "flatten": Flatten,
    "dense": Dense,
    "batch_norm": BatchNorm,
    "upsample": Upsample,
    "add": Add,
    "concat": Concat,
    "crop": Crop,
    "pad": Pad,
    **dict.fromkeys(POINTWISE, Pointwise),
}
"""The layers that a file may name."""

INPUT = "input"
"""The name by which layers refer to the input."""


@dataclass(frozen=True)
class Entry:
    """One layer of a stack: its kind, what it is, its name, and the names of what it reads.

    ``number`` is its place in the file, `3`, or `3.2` for the second of a repeated layer.
    """

    kind: str
    layer: Layer
    name: str
    inputs: tuple[str, ...]
    number: str = ""
    line: int = 0


@dataclass(frozen=True)
class Stack:
    """An input shape (C, *S) and the layers on it; the output is the last layer's.

    ``layout`` is the order in which shapes are told, ``source`` the file for messages.
    """

    input: Shape
    entries: tuple[Entry, ...]
    title: str = ""
    layout: Layout = "channels-first"
    source: str = ""

    def on(self, shape: Shape) -> Stack:
        """Return the same layers on another input, in the order of the stack's layout."""
        return replace(self, input=channels_first(tuple(shape), self.layout))

    def told(self, shape: Shape) -> Shape:
        """Return a shape (C, *S) in the order of the layout."""
        return (*shape[1:], shape[0]) if self.layout == "channels-last" else shape


def channels_first(shape: Shape, layout: Layout) -> Shape:
    """Return a shape as (C, *S)."""
    return (shape[-1], *shape[:-1]) if layout == "channels-last" else shape
