"""Dimension-number strings: which axis is which, `"NHWC, HWIO -> NHWC"`.

N is the batch, C the channels, O the filters, I the channels that a filter reads, G the groups of a
kernel that has an axis for them; every other letter is a spatial axis, in the order of the input.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symconv.errors import GeometryError
from symconv.exact import Array
from symconv.plan import Shape

SPELLING = 'write "NHWC", or "NHWC, HWIO -> NHWC"'


@dataclass(frozen=True, slots=True)
class Layout:
    """The axes of input, kernel and output by their letters.

    >>> Layout("HWC", "HWIO", "HWC").x_shape((4, 5, 3))
    (3, 4, 5)
    """

    x: str
    w: str
    out: str
    transposed: bool = False

    @property
    def _spatial(self) -> str:
        return "".join(letter for letter in self.x if letter not in "NC")

    def x_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of an input in the order N, C, spatial."""
        return _reordered("x", shape, self.x, self._x_order)

    def w_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of a kernel in the order filters, depth, spatial."""
        sizes = _reordered("w", shape, self.w, self._w_order)
        return sizes if "G" not in self.w else (sizes[0] * sizes[1], *sizes[2:])

    def groups(self, w_shape: Sequence[int], asked: Any) -> Any:
        """Return the number of groups, which a kernel with an axis for them says itself.

        Raises: GeometryError[groups-mismatch].
        """
        if "G" not in self.w:
            return asked
        own = w_shape[self.w.index("G")]
        if asked not in (1, own):
            raise GeometryError(
                "groups-mismatch",
                f"groups={asked}, but w of shape {tuple(w_shape)} has {own} by its axis G",
                hint=f"use groups={own}, or leave groups out",
                groups=asked,
                own=own,
            )
        return own

    @property
    def _x_order(self) -> str:
        return ("NC" if "N" in self.x else "C") + self._spatial

    @property
    def _w_order(self) -> str:
        """The kernel's axes; a transposed layer has the input's channels first."""
        lead = "IO" if self.transposed else "OI"
        return ("G" if "G" in self.w else "") + lead + self._spatial

    def x_in(self, x: Array) -> Array:
        """Return an input in the order N, C, spatial."""
        return _moved(x, self.x, self._x_order)

    def w_in(self, w: Array) -> Array:
        """Return a kernel in the order filters, depth, spatial; groups are joined."""
        return _moved(w, self.w, self._w_order).reshape(self.w_shape(w.shape))

    def out_back(self, out: Array) -> Array:
        """Return an output, given in the order N, C, spatial, as it is asked for."""
        return _moved(out, self._x_order, self.out)


def layout(given: Any, *, rank: int, transposed: bool = False) -> Layout:
    """Return the layout that a string or two or three strings name, for *rank* axes of w.

    `"NHWC"` alone is the input's and the output's; the kernel is then (M, C/groups, *K).

    Raises: GeometryError[bad-layout].

    >>> layout("NHWC, HWIO -> NCHW", rank=4).out
    'NCHW'
    """
    parts = re.split(r"\s*(?:,|->|\s)\s*", given.strip()) if isinstance(given, str) else given
    named = isinstance(parts, Sequence) and all(isinstance(part, str) for part in parts)
    if not named or not 1 <= len(parts) <= 3:
        raise GeometryError("bad-layout", f"layout={given!r}", hint=SPELLING)
    x, *rest = (part.upper() for part in parts)
    spatial = "".join(letter for letter in x if letter not in "NC")
    w = rest[0] if rest else ("IO" if transposed else "OI") + spatial
    found = Layout(x, w, rest[1] if len(rest) > 1 else x, transposed)
    for name, letters, wanted in (
        ("x", x, ("NC" if "N" in x else "C") + spatial),
        ("w", w, ("GOI" if "G" in w else "OI") + spatial),
        ("out", found.out, ("NC" if "N" in x else "C") + spatial),
    ):
        if sorted(letters) != sorted(wanted) or len(set(letters)) < len(letters):
            raise GeometryError(
                "bad-layout",
                f"{letters!r} should name the axes {' '.join(wanted)}, each once",
                place=name,
                hint=SPELLING,
                given=letters,
                wanted=wanted,
            )
    if len(w) != rank:
        _ranks("w", w, rank)
    return found


def _reordered(name: str, shape: Sequence[int], before: str, after: str) -> Shape:
    if len(shape) != len(before):
        _ranks(name, before, len(shape))
    return tuple(shape[before.index(letter)] for letter in after)


def _ranks(name: str, letters: str, rank: int) -> None:
    raise GeometryError(
        "bad-layout",
        f"{letters!r} names {len(letters)} axes but {name} has {rank}",
        place=name,
        hint="give one letter for each axis",
        letters=letters,
        rank=rank,
    )


def _moved(values: Array, before: str, after: str) -> Array:
    return np.transpose(values, [before.index(letter) for letter in after])


def batch_grouped(x: Array, groups: int) -> Array:
    """Return a batch (g·N, C, *S) as (N, g·C, *S): parts of the batch become parts of the channels.

    Source: StableHLO, convolution, batch_group_count.
    """
    batch, channels, *spatial = x.shape
    parts = x.reshape(groups, batch // groups, channels, math.prod(spatial))
    return parts.swapaxes(0, 1).reshape(batch // groups, groups * channels, *spatial)
