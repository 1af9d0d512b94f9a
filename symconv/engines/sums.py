"""One layer of integers: the sums of products that every route is asked for, and their bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symconv.engines.bounds import UnlicensedError, float_peak, heaviest, most, peak_of
from symconv.engines.passes import separable
from symconv.engines.work import Frame, frame_of
from symconv.exact import INT64_MAX, Array, text_of
from symconv.plan import Geometry

SAMPLE = 64
"""Inputs from which the largest is guessed."""


@dataclass(frozen=True)
class Sums:
    """Sums of products of integers: out (N, M, *O) of a geometry whose padding reads *fill*."""

    geometry: Geometry
    given: Array
    """The inputs, integers of any width: what passes over whole arrays convert themselves."""
    w: Array
    fill: int = 0

    @cached_property
    def x(self) -> Array:
        """The inputs as int64 or Python integers, with which any arithmetic may be done."""
        given = self.given
        return given if given.dtype == object else given.astype(np.int64, copy=False)

    @cached_property
    def frame(self) -> Frame:
        """The counts."""
        return frame_of(self.geometry)

    @cached_property
    def peak(self) -> int:
        """The largest size of anything that meets a kernel entry."""
        return max(peak_of(self.given), abs(self.fill))

    @property
    def roof(self) -> int:
        """What no input that meets a kernel entry can exceed, whatever it is: its width tells."""
        kind = self.given.dtype
        bits = 8 * kind.itemsize - int(kind.kind == "i")
        return max(1 << bits, abs(self.fill))

    @cached_property
    def said(self) -> str:
        """The bound in words, as the licence of a pass begins."""
        return f"every partial sum is at most {text_of(self.bound)}"

    @cached_property
    def wide(self) -> bool:
        """Whether an entry or a sum may leave int64."""
        listed = object in (self.given.dtype, self.w.dtype)
        return listed or abs(self.fill) > INT64_MAX or self.bound > INT64_MAX

    @property
    def listed(self) -> int:
        """How many entries are Python's integers."""
        return sum(values.size for values in (self.given, self.w) if values.dtype == object)

    @cached_property
    def heaviest(self) -> int:
        """The sum of |w| over one filter, at most."""
        return heaviest(self.w.reshape(self.frame.filters, self.geometry.taps))

    @cached_property
    def w_peak(self) -> int:
        """The largest size of a kernel entry: what `heaviest` is at least."""
        return peak_of(self.w)

    @property
    def heaviest_at_most(self) -> int:
        """What `heaviest` is at most; of many filters sooner known."""
        return self.geometry.taps * self.w_peak

    @cached_property
    def bound(self) -> int:
        """What no partial sum, and no entry, exceeds in size."""
        return most(self.peak, self.heaviest)

    @cached_property
    def sampled(self) -> int:
        """The largest size of a few inputs."""
        return max(_sampled(self.given), abs(self.fill))

    @cached_property
    def w_sampled(self) -> int:
        """The largest size of a few kernel entries."""
        return _sampled(self.w)

    def check(self, limit: int, values: Array) -> None:
        """Look at inputs that were converted to floats which hold the integers below a limit.

        Larger ones are rounded to none that is smaller than the limit. The filters are weighed
        only where their largest entry does not tell.

        Raises: UnlicensedError if partial sums may reach the limit.
        """
        peak = float_peak(values)
        if peak * max(1, self.heaviest_at_most) >= limit and peak * max(1, self.heaviest) >= limit:
            raise UnlicensedError

    @cached_property
    def factors(self) -> list[Array] | None:
        """One vector for each axis whose product the kernel is, of a single kernel that is one."""
        frame = self.frame
        single = frame.filters == frame.depth == frame.groups == 1
        if not single or sorted(line.taps > 1 for line in frame.lines)[-2:] != [True, True]:
            return None
        return separable.factors(self.w.reshape([line.taps for line in frame.lines]))


def _sampled(values: Array) -> int:
    step = values.size // SAMPLE | 1  # odd: others would read a few columns of most images
    return peak_of(values.reshape(-1)[::step])
