"""The sides of a law as trees: tensors, and the operations that arrays go through.

Numbers inside (paddings, strides, lengths) stay trees of `symconv.expressions`; each prover reads
them for the axis at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symconv.expressions import Node as Tree
from symconv.expressions import Number

ONE = Number(1, 0)
NONE = Number(0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A named array of any length."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """An array of given lengths: "delta" (1 at the centre ⌊n/2⌋), "ones", "zeros", "identity".

    One length holds for every axis.
    """

    kind: str
    lengths: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Every entry read from one other place, or 0: flip, pad, subsample, dilate, shift.

    ``axis`` is the one axis that it is done along, all when None.
    """

    kind: str
    x: Node
    numbers: tuple[Tree, ...] = ()
    boundary: str = "zero"
    axis: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """A kernel sliding over an input: correlate, convolve, a layer (conv) or its transpose.

    ``padding`` is a name or (before, after). ``fill`` is what constant padding reads.
    """

    op: str
    x: Node
    w: Node
    padding: str | tuple[Tree, Tree]
    stride: Tree = ONE
    dilation: Tree = ONE
    input_dilation: Tree = ONE
    boundary: str = "zero"
    fill: Weight | None = None
    flip: bool = False
    groups: Tree = ONE
    output_padding: Tree = NONE


@dataclass(frozen=True, slots=True, eq=False)
class Toeplitz:
    """The matrix of ``slide``, whose x stands for an input of ``length`` entries."""

    slide: Slide
    length: Tree


@dataclass(frozen=True, slots=True)
class Weight:
    """What a product is multiplied by: a number and names of scalars, and integers it is over."""

    number: Fraction = Fraction(1)
    names: tuple[str, ...] = ()
    over: tuple[Tree, ...] = ()

    def times(self, other: Weight) -> Weight:
        """Return the product of two weights."""
        names = tuple(sorted(self.names + other.names))
        return Weight(self.number * other.number, names, self.over + other.over)


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """A sum of arrays of one shape, each with a weight."""

    parts: tuple[tuple[Weight, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contracted:
    """The last ``axes`` axes of a summed against the first of b; all axes of both when None."""

    a: Node
    b: Node
    axes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Arrays one behind the other along an axis."""

    parts: tuple[Node, ...]
    axis: int


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """The same entries in another shape: "transpose", "expand" (an axis more), "vec"; or "sum"."""

    kind: str
    x: Node


@dataclass(frozen=True, slots=True, eq=False)
class Kron:
    """The Kronecker product of two matrices."""

    a: Node
    b: Node


Node = Tensor | Fixed | Moved | Slide | Toeplitz | Combined | Contracted | Joined | Shaped | Kron
"""One side of a law, or a part of it."""


def children(node: Node) -> tuple[Node, ...]:
    """Return the arrays that a node reads."""
    match node:
        case Moved(x=x) | Shaped(x=x):
            return (x,)
        case Slide(x=x, w=w):
            return x, w
        case Toeplitz(slide=slide):
            return (slide.w,)
        case Combined(parts=parts):
            return tuple(part for _, part in parts)
        case Contracted(a=a, b=b) | Kron(a=a, b=b):
            return a, b
        case Joined(parts=joined):
            return joined
    return ()


def spatial_axes(op: str, x: int, w: int, spatial: int = 1) -> int:
    """Return how many of the axes a kernel slides along, for x and w of so many axes.

    conv takes w (M, C/groups, *K). conv_transpose takes channels too where w has one axis more than
    x, or two more than a law's *spatial* axes.
    """
    layer = op == "conv" or (op == "conv_transpose" and w in (x + 1, spatial + 2))
    return w - 2 if layer else w
