"""What somebody writes who makes a mistake, found in plain loops: a witness of `symconv.mistakes`.

It imports nothing of symconv. A `Spec` states the exercise as the table of mistakes does:

    y[m, o] = b[m] + sum over c, t of  K[m, c, t] · X[c, o·s + t·d - before]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, lcm
from typing import Any

import numpy as np

Array = Any
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Spec:
    """An exercise in lists of numbers for each axis; `start` and `count` override the rule."""

    x: Array
    w: Array
    b: list[Any]
    s: tuple[int, ...]
    d: tuple[int, ...]
    p: Pairs
    mode: tuple[str, ...]
    flip: tuple[bool, ...]
    fill: Any = 0
    groups: int = 1
    start: tuple[int, ...] = ()
    count: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        return len(self.s)

    @property
    def n(self) -> tuple[int, ...]:
        return tuple(self.x.shape[1:])

    @property
    def k(self) -> tuple[int, ...]:
        return tuple(self.w.shape[2:])

    @property
    def span(self) -> tuple[int, ...]:
        return tuple(d * (k - 1) + 1 for d, k in zip(self.d, self.k, strict=True))

    @property
    def starts(self) -> tuple[int, ...]:
        return self.start or (0,) * self.rank

    @property
    def counts(self) -> tuple[int, ...]:
        if self.count:
            return self.count
        found = []
        for axis in range(self.rank):
            last = self.n[axis] + sum(self.p[axis])
            place, windows = self.starts[axis], 0
            while place + self.span[axis] <= last:
                windows, place = windows + 1, place + self.s[axis]
            found.append(windows)
        return tuple(found)

    def every(self, **changes: Callable[[Spec, int], Any]) -> Spec:
        """Return the spec with fields changed axis by axis."""
        fields: dict[str, Any] = {
            name: tuple(change(self, axis) for axis in range(self.rank))
            for name, change in changes.items()
        }
        return replace(self, **fields)


def fold(i: int, n: int, mode: str) -> int | None:
    """Return where index i of an input of n entries is read; None is the constant outside."""
    while not 0 <= i < n:
        if mode in ("zero", "constant"):
            return None
        if mode == "edge":
            i = 0 if i < 0 else n - 1
        elif mode == "wrap":
            i += n if i < 0 else -n
        elif mode == "symmetric":
            i = -1 - i if i < 0 else 2 * n - 1 - i
        elif n == 1:
            i = 0
        else:
            i = -i if i < 0 else 2 * (n - 1) - i
    return i


def places(spec: Spec, out: tuple[int, ...], tap: tuple[int, ...]) -> tuple[int, ...]:
    """Return the place that a tap of an unflipped kernel reads, which may be outside."""
    return tuple(
        start + o * s + t * d - before
        for start, o, s, t, d, (before, _) in zip(
            spec.starts, out, spec.s, tap, spec.d, spec.p, strict=True
        )
    )


def read(spec: Spec, channel: int, place: tuple[int, ...]) -> Any:
    index = tuple(fold(i, n, m) for i, n, m in zip(place, spec.n, spec.mode, strict=True))
    return spec.fill if None in index else spec.x[(channel, *index)]


def kernel(spec: Spec, m: int, c: int, tap: tuple[int, ...]) -> Any:
    turned = (k - 1 - t if f else t for t, k, f in zip(tap, spec.k, spec.flip, strict=True))
    return spec.w[(m, c, *turned)]


def channel_of(spec: Spec, m: int, c: int) -> int:
    depth: int = spec.w.shape[1]
    return m // (len(spec.w) // spec.groups) * depth + c


def pairs(spec: Spec, m: int, out: tuple[int, ...]) -> list[tuple[int, Any, Any]]:
    """Return (depth, X, K) for every product of one cell."""
    return [
        (c, read(spec, channel_of(spec, m, c), places(spec, out, tap)), kernel(spec, m, c, tap))
        for c in range(spec.w.shape[1])
        for tap in itertools.product(*map(range, spec.k))
    ]


def cells(spec: Spec, make: Callable[[int, tuple[int, ...]], Any]) -> Array:
    found = np.empty((len(spec.w), *spec.counts), dtype=object)
    for m, *out in itertools.product(*map(range, found.shape)):
        found[(m, *out)] = make(m, tuple(out))
    return found


def added(values: Any) -> Any:
    total: Any = 0
    for value in values:
        total = total + value
    return total


def y(spec: Spec) -> Array:
    """Return the answer of a spec."""
    return cells(spec, lambda m, o: added(x * k for _, x, k in pairs(spec, m, o)) + spec.b[m])


def leaves(spec: Spec, out: tuple[int, ...]) -> bool:
    """Tell whether the window of a cell leaves the input."""
    taps = itertools.product(*map(range, spec.k))
    return any(
        not 0 <= i < n for tap in taps for i, n in zip(places(spec, out, tap), spec.n, strict=True)
    )


def axes_of(spec: Spec, label: str) -> tuple[int, ...]:
    """Return the axes that the parameter of an id speaks of."""
    named = {"rows": (0,), "cols": (1,), "axis0": (0,), "axis1": (1,), "axis2": (2,)}
    return named.get(label, tuple(range(spec.rank)))


# -- orientation ----------------------------------------------------------------------------------


def flips(*which: bool) -> Callable[[Spec, str], Array]:
    return lambda spec, _: y(replace(spec, flip=which or (False,) * spec.rank))


def flip_added(spec: Spec, _: str) -> Array:
    return y(replace(spec, flip=(True,) * spec.rank))


def flip_axis_only(spec: Spec, which: str) -> Array:
    return y(replace(spec, flip=tuple(axis == int(which) for axis in range(spec.rank))))


def transposed(values: Array) -> Array:
    shape = (*values.shape[:-2], values.shape[-1], values.shape[-2])
    found = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        found[index] = values[(*index[:-2], index[-1], index[-2])]
    return found


def kernel_transposed(spec: Spec, how: str) -> Array:
    flip = (False,) * spec.rank if how else spec.flip
    return y(replace(spec, w=transposed(spec.w), flip=flip))


def kernel_rot90(spec: Spec, turns: str) -> Array:
    """Turn anticlockwise once, or three times: the new first row is the old last column."""
    w = spec.w
    for _ in range(int(turns)):
        rows, columns = w.shape[-2:]
        found = np.empty((*w.shape[:-2], columns, rows), dtype=object)
        for r, c in itertools.product(range(columns), range(rows)):
            found[..., r, c] = w[..., c, columns - 1 - r]
        w = found
    return y(replace(spec, w=w, flip=(False,) * spec.rank))


def reversed_(values: Array, rank: int) -> Array:
    found = np.empty(values.shape, dtype=object)
    for index in np.ndindex(values.shape):
        lead, inside = index[:-rank], index[-rank:]
        mirrored = (n - 1 - i for i, n in zip(inside, values.shape[-rank:], strict=True))
        found[index] = values[(*lead, *mirrored)]
    return found


def input_flipped_too(spec: Spec, _: str) -> Array:
    return y(replace(spec, x=reversed_(spec.x, spec.rank)))


def output_reversed(spec: Spec, _: str) -> Array:
    return reversed_(y(spec), spec.rank)


def input_transposed(spec: Spec, _: str) -> Array:
    return y(replace(spec, x=transposed(spec.x)))


def output_transposed(spec: Spec, _: str) -> Array:
    return transposed(y(spec))


def roles_swapped(spec: Spec, _: str) -> Array:
    """Slide x over w, on which it may stand out as far as w did on x, and n - k further."""
    pads = tuple(
        (before + n - k, after + n - k)
        for (before, after), n, k in zip(spec.p, spec.n, spec.k, strict=True)
    )
    return y(replace(spec, x=spec.w[0], w=spec.x[None], p=pads))


# -- padding --------------------------------------------------------------------------------------


def without(spec: Spec, axis: int) -> tuple[int, int]:
    before, after = spec.p[axis]
    return min(before, 0), min(after, 0)


def padding_omitted(spec: Spec, _: str) -> Array:
    return y(spec.every(p=without))


def padding_added_same(spec: Spec, _: str) -> Array:
    def same(spec: Spec, axis: int) -> tuple[int, int]:
        wanted = -(-spec.n[axis] // spec.s[axis])
        total = max(0, (wanted - 1) * spec.s[axis] + spec.span[axis] - spec.n[axis])
        return total // 2, total - total // 2

    return y(spec.every(p=same))


def full_instead(spec: Spec, _: str) -> Array:
    return y(spec.every(p=lambda spec, axis: (spec.span[axis] - 1, spec.span[axis] - 1)))


def ring(by: int) -> Callable[[Spec, str], Array]:
    return lambda spec, _: y(replace(spec, p=tuple((a + by, b + by) for a, b in spec.p)))


def pad_one_side(spec: Spec, where: str) -> Array:
    side, _, label = where.partition("-")

    def one(spec: Spec, axis: int) -> tuple[int, int]:
        before, after = spec.p[axis]
        if axis not in axes_of(spec, label) or max(before, after) <= 0:
            return before, after
        return (before + after, 0) if side == "before" else (0, before + after)

    return y(spec.every(p=one))


def pad_only_one_axis(spec: Spec, label: str) -> Array:
    kept = axes_of(spec, label)
    return y(spec.every(p=lambda s, axis: s.p[axis] if axis in kept else without(s, axis)))


def even_kernel_anchor(spec: Spec, _: str) -> Array:
    return y(replace(spec, p=tuple((after, before) for before, after in spec.p)))


def wrong_mode(spec: Spec, mode: str) -> Array:
    return y(replace(spec, mode=(mode,) * spec.rank, fill=0))


def pad_value(value: int) -> Callable[[Spec, str], Array]:
    return lambda spec, _: y(replace(spec, mode=("constant",) * spec.rank, fill=value))


def border_left_zero(spec: Spec, bias: str) -> Array:
    right = y(spec)
    at = spec.b if bias else [0] * len(spec.w)
    return cells(spec, lambda m, o: at[m] if leaves(spec, o) else right[(m, *o)])


def border_copied(spec: Spec, _: str) -> Array:
    right = y(spec)
    return cells(spec, lambda m, o: spec.x[(0, *o)] if leaves(spec, o) else right[(m, *o)])


def border_renormalised(spec: Spec, _: str) -> Array:
    ones = replace(spec, x=np.ones_like(spec.x), b=[0] * len(spec.w))
    inside, right = y(ones), y(replace(spec, b=[0] * len(spec.w)))

    def cell(m: int, out: tuple[int, ...]) -> Any:
        here, total = inside[(m, *out)], added(spec.w[m].flat)
        factor = Fraction(total) / here if leaves(spec, out) and here else 1
        return right[(m, *out)] * factor + spec.b[m]

    return cells(spec, cell)


def pad_after(spec: Spec, _: str) -> Array:
    inner = y(spec.every(p=lambda *_: (0, 0)))

    def cell(m: int, out: tuple[int, ...]) -> Any:
        index = [m]
        for axis, o in enumerate(out):
            size, (before, after) = inner.shape[axis + 1], spec.p[axis]
            missing = spec.counts[axis] - size
            index.append(o - (missing * before // (before + after) if before + after else 0))
        inside = all(0 <= i < n for i, n in zip(index, inner.shape, strict=True))
        return inner[tuple(index)] if inside else 0

    return cells(spec, cell)


# -- stride and dilation --------------------------------------------------------------------------


def stride_ignored(spec: Spec, _: str) -> Array:
    return y(replace(spec, s=(1,) * spec.rank))


def stride_one_axis(spec: Spec, label: str) -> Array:
    kept = axes_of(spec, label)
    return y(spec.every(s=lambda s, axis: s.s[axis] if axis in kept else 1))


def stride_plus_one(spec: Spec, _: str) -> Array:
    return y(replace(spec, s=tuple(s + 1 for s in spec.s)))


def stride_is_kernel(spec: Spec, _: str) -> Array:
    return y(replace(spec, s=spec.k))


def stride_phase(spec: Spec, phase: str) -> Array:
    return y(spec.every(start=lambda s, axis: int(phase) if s.s[axis] > int(phase) else 0))


def subsample_input(spec: Spec, _: str) -> Array:
    kept = [range(0, n, s) for n, s in zip(spec.n, spec.s, strict=True)]
    x = np.empty((len(spec.x), *map(len, kept)), dtype=object)
    for c, *index in itertools.product(*map(range, x.shape)):
        x[(c, *index)] = spec.x[(c, *(i * s for i, s in zip(index, spec.s, strict=True)))]
    return y(replace(spec, x=x, s=(1,) * spec.rank))


def ceil_instead_of_floor(spec: Spec, _: str) -> Array:
    def rounded_up(spec: Spec, axis: int) -> int:
        room = spec.n[axis] + sum(spec.p[axis]) - spec.span[axis]
        return -(-room // spec.s[axis]) + 1

    return y(spec.every(count=rounded_up))


def last_window_dropped(spec: Spec, label: str) -> Array:
    counts, fewer = spec.counts, axes_of(spec, label)
    return y(replace(spec, count=tuple(n - (axis in fewer) for axis, n in enumerate(counts))))


def dilation_ignored(spec: Spec, _: str) -> Array:
    return y(replace(spec, d=(1,) * spec.rank))


def dilation_gap(spec: Spec, way: str) -> Array:
    by = 1 if way == "more" else -1
    return y(replace(spec, d=tuple(d + by if d > 1 else d for d in spec.d)))


def dilation_as_stride(spec: Spec, _: str) -> Array:
    strides = tuple(d if d > 1 else s for s, d in zip(spec.s, spec.d, strict=True))
    return y(replace(spec, s=strides, d=(1,) * spec.rank))


# -- place ----------------------------------------------------------------------------------------


def start_off_by_one(spec: Spec, where: str) -> Array:
    """Start one entry later; `filled` reads one entry more at the end."""
    label, _, end = where.partition("-")
    late = axes_of(spec, label)
    moved = spec.every(start=lambda _, axis: int(axis in late))
    if "filled" not in (label, end):
        return y(moved)
    longer = replace(moved, p=tuple((a, b + (n in late)) for n, (a, b) in enumerate(spec.p)))
    return y(replace(moved, count=longer.counts))


def rows_cols_anchor(spec: Spec, _: str) -> Array:
    corner = all(before <= 0 for before, _ in spec.p)
    counts = spec.counts

    def start(spec: Spec, axis: int) -> int:
        middle = spec.d[axis] * (spec.k[axis] // 2)
        return -middle if corner else middle

    return y(replace(spec.every(start=start), count=counts))


def cyclic_shift(spec: Spec, way: str) -> Array:
    ways = {"down": (-2, 1), "up": (-2, -1), "right": (-1, 1), "left": (-1, -1)}
    label, _, sense = way.partition("-")
    if sense:
        axis, step = int(label[-1]) - spec.rank, 1 if sense == "on" else -1
    else:
        axis, step = ways.get(way, (-1, 1 if way == "on" else -1))
    right = y(spec)
    found = np.empty_like(right)
    for index in np.ndindex(right.shape):
        target = list(index)
        target[axis] = (index[axis] + step) % right.shape[axis]
        found[tuple(target)] = right[index]
    return found


def flattened(spec: Spec, label: str) -> Array:
    row = y(spec).ravel().tolist()
    shape = (len(row), 1) if label == "column" else (1, len(row))
    found = np.empty((1, *shape) if len(spec.w) == 1 else shape, dtype=object)
    for place, value in enumerate(row):
        found[(..., place, 0) if label == "column" else (..., place)] = value
    return found


def zero_added(spec: Spec, label: str) -> Array:
    rows = [list(row) for row in y(spec)]
    longer = [[0, *row] if label == "start" else [*row, 0] for row in rows]
    return np.array(longer, dtype=object)


# -- channels -------------------------------------------------------------------------------------


def _kept(spec: Spec, keep: Callable[[int], bool]) -> Array:
    return cells(
        spec,
        lambda m, o: added(x * k for c, x, k in pairs(spec, m, o) if keep(c)) + spec.b[m],
    )


def channel_skipped(spec: Spec, channel: str) -> Array:
    return _kept(spec, lambda c: c != int(channel))


def only_channel(spec: Spec, channel: str) -> Array:
    return _kept(spec, lambda c: c == int(channel))


def channels_not_summed(spec: Spec, _: str) -> Array:
    depth = spec.w.shape[1]
    found = np.empty((len(spec.w) * depth, *spec.counts), dtype=object)
    for plane, *out in itertools.product(*map(range, found.shape)):
        m, one = divmod(plane, depth)
        found[(plane, *out)] = added(x * k for c, x, k in pairs(spec, m, tuple(out)) if c == one)
    return found


def _sums(spec: Spec, change: Callable[[Any, int], Any]) -> Array:
    """Return the answer with its sums without bias changed."""
    plain = y(replace(spec, b=[0] * len(spec.w)))
    return cells(spec, lambda m, o: change(plain[(m, *o)], m) + spec.b[m])


def channels_averaged(spec: Spec, _: str) -> Array:
    return _sums(spec, lambda total, _: total * Fraction(1, spec.w.shape[1]))


def one_kernel_for_all(spec: Spec, _: str) -> Array:
    return y(replace(spec, w=np.stack([spec.w[:, 0]] * spec.w.shape[1], axis=1)))


def channels_reversed(spec: Spec, _: str) -> Array:
    return y(replace(spec, x=np.stack(list(spec.x)[::-1])))


def groups_ignored(spec: Spec, _: str) -> Array:
    depth = spec.w.shape[1]
    every = np.stack([spec.w[:, c % depth] for c in range(len(spec.x))], axis=1)
    return y(replace(spec, w=every, groups=1))


def full_as_depthwise(spec: Spec, _: str) -> Array:
    share = len(spec.w) // len(spec.x)
    return cells(
        spec,
        lambda m, o: (
            added(x * k for c, x, k in pairs(spec, m, o) if channel_of(spec, m, c) == m // share)
            + spec.b[m]
        ),
    )


def outputs_swapped(spec: Spec, which: str) -> Array:
    one, other = map(int, which.split("-"))
    planes = list(y(spec))
    planes[one], planes[other] = planes[other], planes[one]
    return np.stack(planes)


# -- bias -----------------------------------------------------------------------------------------


def biases(change: Callable[[Spec], list[Any]]) -> Callable[[Spec, str], Array]:
    return lambda spec, _: y(replace(spec, b=change(spec)))


def bias_first_cell_only(spec: Spec, _: str) -> Array:
    plain = y(replace(spec, b=[0] * len(spec.w)))
    return cells(spec, lambda m, o: plain[(m, *o)] + (0 if any(o) else spec.b[m]))


def bias_other_output(spec: Spec, which: str) -> Array:
    b = spec.b[::-1] if which == "reversed" else [spec.b[int(which)]] * len(spec.b)
    return y(replace(spec, b=b))


def bias_multiplied(spec: Spec, _: str) -> Array:
    plain = y(replace(spec, b=[0] * len(spec.w)))
    return cells(spec, lambda m, o: plain[(m, *o)] * spec.b[m])


# -- arithmetic -----------------------------------------------------------------------------------


def each(change: Callable[[Any], Any]) -> Callable[[Spec, str], Array]:
    def found(spec: Spec, _: str) -> Array:
        right = y(spec)
        return cells(spec, lambda m, o: change(right[(m, *o)]))

    return found


def changed(values: Array, change: Callable[[Any], Any]) -> Array:
    found = np.empty(values.shape, dtype=object)
    for index in np.ndindex(values.shape):
        found[index] = change(values[index])
    return found


def mean_not_sum(spec: Spec, _: str) -> Array:
    return _sums(spec, lambda total, _: total * Fraction(1, spec.w[0, 0].size))


def normalised(spec: Spec, how: str) -> Array:
    def divisor(m: int) -> Any:
        values = [abs(v) if how == "absolute" else v for v in spec.w[m].flat]
        return added(values) or 1

    return _sums(spec, lambda total, m: total / Fraction(divisor(m)))


def normalisation_omitted(spec: Spec, _: str) -> Array:
    whole = lcm(*(Fraction(value).denominator for value in spec.w.flat))
    return _sums(spec, lambda total, _: total * whole)


def max_not_sum(spec: Spec, of: str) -> Array:
    def largest(m: int, out: tuple[int, ...]) -> Any:
        met = [x if of == "window" else x * k for _, x, k in pairs(spec, m, out)]
        return max(met) + spec.b[m]

    return cells(spec, largest)


def add_not_multiply(spec: Spec, _: str) -> Array:
    return cells(spec, lambda m, o: added(x + k for _, x, k in pairs(spec, m, o)) + spec.b[m])


def matrix_product(spec: Spec, what: str) -> Array:
    size = spec.k[0]

    def cell(m: int, out: tuple[int, ...]) -> Any:
        total: Any = spec.b[m]
        met = pairs(spec, m, out)
        for c in range(spec.w.shape[1]):
            window = [x for d, x, _ in met if d == c]
            weights = [k for d, _, k in met if d == c]
            for u, v in itertools.product(range(size), repeat=2):
                entry = added(window[u * size + r] * weights[r * size + v] for r in range(size))
                if what == "sum" or u == v == 0:
                    total = total + entry
        return total

    return cells(spec, cell)


def wrapped(spec: Spec, how: str) -> Array:
    def into(value: int) -> int:
        byte = value & 0xFF
        return byte - 0x100 if how == "int8" and byte & 0x80 else byte

    return each(into)(spec, how)


def rounded_intermediate(spec: Spec, digits: str) -> Array:
    unit = 10 ** int(digits)

    def near(value: Any) -> Any:
        size = Fraction(floor(abs(Fraction(value)) * unit + Fraction(1, 2)), unit)
        return size if value >= 0 else -size

    return cells(spec, lambda m, o: added(near(x * k) for _, x, k in pairs(spec, m, o)) + spec.b[m])


def truncated(value: Any) -> int:
    whole: int = floor(abs(value))
    return whole if value >= 0 else -whole


WITNESSES: dict[str, Callable[[Spec, str], Array]] = {
    "flip_omitted": flips(),
    "flip_added": flip_added,
    "flip_rows_only": flips(True, False),
    "flip_cols_only": flips(False, True),
    "flip_axis_only": flip_axis_only,
    "kernel_transposed": kernel_transposed,
    "kernel_rot90": kernel_rot90,
    "input_flipped_too": input_flipped_too,
    "output_reversed": output_reversed,
    "input_transposed": input_transposed,
    "output_transposed": output_transposed,
    "roles_swapped": roles_swapped,
    "padding_omitted": padding_omitted,
    "padding_added_same": padding_added_same,
    "full_instead": full_instead,
    "valid_instead_of_full": padding_omitted,
    "one_ring_extra": ring(1),
    "one_ring_fewer": ring(-1),
    "pad_one_side": pad_one_side,
    "pad_only_one_axis": pad_only_one_axis,
    "even_kernel_anchor": even_kernel_anchor,
    "wrong_mode": wrong_mode,
    "pad_value_one": pad_value(1),
    "pad_value_omitted": pad_value(0),
    "border_left_zero": border_left_zero,
    "border_copied": border_copied,
    "border_renormalised": border_renormalised,
    "pad_after": pad_after,
    "stride_ignored": stride_ignored,
    "stride_one_axis": stride_one_axis,
    "stride_plus_one": stride_plus_one,
    "stride_is_kernel": stride_is_kernel,
    "stride_phase": stride_phase,
    "subsample_input": subsample_input,
    "ceil_instead_of_floor": ceil_instead_of_floor,
    "last_window_dropped": last_window_dropped,
    "dilation_ignored": dilation_ignored,
    "dilation_gap": dilation_gap,
    "dilation_as_stride": dilation_as_stride,
    "start_off_by_one": start_off_by_one,
    "rows_cols_anchor": rows_cols_anchor,
    "cyclic_shift": cyclic_shift,
    "flattened": flattened,
    "zero_added": zero_added,
    "channel_skipped": channel_skipped,
    "only_channel": only_channel,
    "channels_not_summed": channels_not_summed,
    "channels_averaged": channels_averaged,
    "one_kernel_for_all": one_kernel_for_all,
    "channels_reversed": channels_reversed,
    "groups_ignored": groups_ignored,
    "depthwise_as_full": groups_ignored,
    "full_as_depthwise": full_as_depthwise,
    "outputs_swapped": outputs_swapped,
    "bias_omitted": biases(lambda spec: [0] * len(spec.b)),
    "bias_per_channel": biases(lambda spec: [spec.w.shape[1] * b for b in spec.b]),
    "bias_per_tap": biases(lambda spec: [spec.w[0].size * b for b in spec.b]),
    "bias_subtracted": biases(lambda spec: [-b for b in spec.b]),
    "bias_first_cell_only": bias_first_cell_only,
    "bias_other_output": bias_other_output,
    "bias_multiplied": bias_multiplied,
    "negated": each(lambda value: -value),
    "relu": each(lambda value: value if value > 0 else 0),
    "absolute": each(lambda value: value if value > 0 else -value),
    "weights_absolute": lambda spec, _: y(replace(spec, w=changed(spec.w, abs))),
    "inputs_absolute": lambda spec, _: y(replace(spec, x=changed(spec.x, abs))),
    "mean_not_sum": mean_not_sum,
    "normalised": normalised,
    "normalisation_omitted": normalisation_omitted,
    "max_not_sum": max_not_sum,
    "add_not_multiply": add_not_multiply,
    "matrix_product": matrix_product,
    "clipped": each(lambda value: 0 if value < 0 else 255 if value > 255 else value),
    "wrapped": wrapped,
    "rounded_intermediate": rounded_intermediate,
    "truncated_result": each(truncated),
}


def by_hand(spec: Spec, id_: str) -> Array:
    """Return what the mistake of an id gives."""
    name, _, parameter = id_.partition(":")
    return WITNESSES[name](spec, parameter)
