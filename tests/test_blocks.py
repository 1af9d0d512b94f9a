"""Arrays larger than memory: blocks give what the whole gives, within the memory they are given."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.axis import Axis
from symconv.errors import EngineError, GeometryError
from symconv.fast import blocks, parts
from symconv.fast.blocks import in_blocks
from symconv.plan import geometry
from tests import oracle, strategies
from tests.agreement import Example


class Stored:
    """What a dataset in a file offers: shape, dtype, and slices of step 1 that are counted."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.shape = self.values.shape
        self.dtype = self.values.dtype
        self.reads = np.zeros(self.shape, dtype=int)

    def __getitem__(self, place: Any) -> Any:
        for part, size in zip(place, self.shape, strict=True):
            assert part.step is None
            assert 0 <= part.start < part.stop <= size
        self.reads[place] += 1
        return self.values[place].copy()


def options_of(example: Example) -> dict[str, Any]:
    """Return the options of an example as functions take them."""
    names = ("stride", "dilation", "input_dilation", "padding", "flip")
    boundary = [f"constant({example.fill})" if b == "constant" else b for b in example.boundary]
    more = {"groups": example.groups} if example.layer else {}
    return {"boundary": boundary, **{name: getattr(example, name) for name in names}, **more}


@st.composite
def examples(draw: strategies.Draw, rank: int) -> Example:
    """Draw a plane or a layer of small integers, with a whole constant around it."""
    kind = draw(st.sampled_from([strategies.planes, strategies.layers]))
    example: Example = draw(kind(rank, ("small",)))
    return replace(example, fill=draw(strategies.small) if "constant" in example.boundary else 0)


@given(st.data(), st.sampled_from([1, 1, 2, 2, 3]), st.integers(1, 12), st.sampled_from("bhilQ"))
@settings(max_examples=150)
def test_blocks_give_what_the_definition_gives(
    data: st.DataObject, rank: int, count: int, code: str
) -> None:
    example = data.draw(examples(rank))
    values = np.array(example.x)
    x = Stored((np.abs(values) if code == "Q" else values).astype(code))
    example = replace(example, x=x.values.tolist())
    plan = example.plan
    least = blocks._size(plan, [1 if n else 0 for n in plan.out_shape])
    more = [] if example.bias is None else [example.bias]
    op = "conv" if example.layer else "correlate"
    steps: list[int] = []
    out = in_blocks(
        x,
        example.w,
        *more,
        op=op,
        memory=max(1, least) * count * max(1, plan.maps),
        progress=lambda done, _: steps.append(done),
        **options_of(example),
    )
    assert out.shape == plan.out_shape
    assert out.tolist() == oracle.each(example.pairs(), oracle.added)
    assert steps == sorted(set(steps))
    assert not steps or steps[-1] == out.size


@given(st.data(), st.sampled_from([1, 2]))
@settings(max_examples=60)
def test_a_block_reads_what_the_table_names(data: st.DataObject, rank: int) -> None:
    """At dilation 1 a window reads every place that it reaches over."""
    example = data.draw(strategies.planes(rank, ("small",)))
    example = replace(example, fill=0, dilation=(1,) * rank, stride=(1,) * rank)
    plan = example.plan
    for ranges in itertools.islice(parts.tiles(plan.out_shape, (2, 3)[:rank]), 4):
        read = {
            index
            for box in itertools.product(*parts.Part(plan, ranges).runs())
            for index in itertools.product(*(range(*ends) for ends in box))
        }
        outputs = itertools.product(*(range(*ends) for ends in ranges))
        assert read == {index for out in outputs for index in plan.reads(out)}


def test_a_wrapped_block_reads_both_ends_and_nothing_between() -> None:
    x = Stored(np.arange(1000, dtype=np.int16))
    out = in_blocks(x, [1, 2, 3], padding=(2, 1), boundary="wrap", stride=1001)
    assert out.tolist() == [998 + 2 * 999 + 3 * 0]
    assert np.flatnonzero(x.reads).tolist() == [0, 998, 999]


def test_convolve_pads_fully_and_flips_by_default() -> None:
    x = np.arange(12, dtype=np.int32).reshape(3, 4)
    w = [[1, 2], [3, 5]]
    found = in_blocks(x, w, op="convolve", memory=2000)
    assert found.tolist() == symconv.convolve(x, w).tolist()


def test_a_big_array_has_the_values_of_plain_loops_at_block_edges() -> None:
    random = np.random.default_rng(5)
    x = random.integers(-(2**15), 2**15, (700, 900), dtype=np.int16)
    w = random.integers(-100, 100, (7, 5))
    out = in_blocks(x, w, padding=((3, 2), (1, 4)), boundary="symmetric", memory="1 MiB")
    rows, columns = (a + b for a, b in (((700 - 7), 6), (900 - 5, 6)))
    assert out.shape == (rows, columns)
    assert out.dtype == np.int32
    padded = np.pad(x, ((3, 2), (1, 4)), mode="symmetric").tolist()
    for o, p in random.integers(0, out.shape, (300, 2)).tolist():
        window = [row[p : p + 5] for row in padded[o : o + 7]]
        total = sum(
            a * b
            for line, weights in zip(window, w.tolist(), strict=True)
            for a, b in zip(line, weights, strict=True)
        )
        assert out[o, p] == total
    whole = symconv.correlate(x, w, padding=((3, 2), (1, 4)), boundary="symmetric")
    assert (out == whole).all()


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_the_dtype_is_the_narrowest_that_the_bound_licenses(more: int) -> None:
    x = np.full((1, 3), 255, dtype=np.uint8)
    out = in_blocks(x, [[[100, 28]]], [127 + more], op="conv")
    assert out.tolist() == [[32767 + more] * 2]
    assert out.dtype == (np.int16 if more < 1 else np.int32)
    low = in_blocks(x, [[[-100, -28]]], [-128 - more], op="conv")
    assert low.tolist() == [[-32768 - more] * 2]
    assert low.dtype == (np.int16 if more < 1 else np.int32)


@pytest.mark.parametrize(("wide", "narrow"), [(np.int64, np.int32), (np.int32, np.int16)])
def test_a_bound_on_the_edge_of_a_type(wide: Any, narrow: Any) -> None:
    top = np.iinfo(narrow).max
    for more, dtype in ((-1, narrow), (0, narrow), (1, wide)):
        assert parts.narrowest((0, int(top) + more)) == dtype
        assert parts.narrowest((-int(top) - 1 - more, 0)) == dtype
    assert parts.narrowest((0, 2**63 - 1)) == np.int64
    assert parts.narrowest((-(2**63) - 1, 0)) is None


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=3),
    st.tuples(st.integers(-4, 4), st.integers(-4, 4)).map(sorted),
)
def test_the_bounds_are_met_by_some_entries(w: list[int], ends: list[int]) -> None:
    plan = geometry((len(w),), (len(w),))
    low, high = ends
    found = parts.range_of(plan, (low, high), np.array(w), None)
    sums = [
        sum(a * b for a, b in zip(x, w, strict=True))
        for x in itertools.product(range(low, high + 1), repeat=len(w))
    ]
    assert found == (min(sums), max(sums))


def test_padding_and_holes_count_among_the_entries() -> None:
    one = np.array([1])
    assert parts.range_of(geometry((3,), (1,), boundary="constant(300)"), (1, 9), one, None) == (
        1,
        9,
    )
    padded = geometry((3,), (1,), padding=1, boundary="constant(300)")
    assert parts.range_of(padded, (1, 9), one, None) == (1, 300)
    reflected = geometry((3,), (1,), padding=1, boundary="reflect")
    assert parts.range_of(reflected, (1, 9), one, None) == (1, 9)
    holes = geometry((3,), (1,), input_dilation=2)
    assert parts.range_of(holes, (1, 9), one, None) == (0, 9)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_entries_are_read_through_where_their_dtype_says_too_little(more: int) -> None:
    x = Stored(np.array([[2**62, -5, 2**62]], dtype=np.int64))
    if more < 1:
        out = in_blocks(x, [[[1, 0, 1]]], [more - 1], op="conv")
        assert out.tolist() == [[2**63 - 1 + more]]
        assert out.dtype == np.int64
        assert x.reads.min() == 2
        return
    with pytest.raises(EngineError, match=f"out-too-narrow.*{2**63}"):
        in_blocks(x, [[[1, 0, 1]]], [more - 1], op="conv")


def test_int64_is_refused_only_for_a_bound_beyond_it() -> None:
    x = np.array([2**62, 2**62], dtype=np.int64)
    with pytest.raises(EngineError, match=f"bounded by {2**63} and {2**63}, but int64"):
        in_blocks(x, [1, 1])
    assert in_blocks(x, [[1, 1]][0], op="correlate", out=np.zeros(1, np.uint64)) == 2**63


def test_unsigned_outputs() -> None:
    x = np.array([2**64 - 1, 7, 2**63], dtype=np.uint64)
    out = np.zeros(3, dtype=np.uint64)
    assert in_blocks(x, [1], out=out) is out
    assert out.tolist() == [2**64 - 1, 7, 2**63]
    assert in_blocks(x, [0]).tolist() == [0, 0, 0]
    with pytest.raises(EngineError, match="uint64 holds 0 to"):
        in_blocks(x, [-1], out=out)


def test_unsigned_entries_beyond_64_bits_meet_in_small_outputs() -> None:
    x = np.array([2**63, 2**63 - 1, 2**63], dtype=np.uint64)
    out = in_blocks(x, [1, -1])
    assert out.tolist() == [1, -1]
    assert out.dtype == np.int16


def test_a_constant_beyond_64_bits_and_holes_that_stay_zero() -> None:
    x = np.array([5, 6], dtype=np.int16)
    assert in_blocks(x, [0], padding=1, boundary=f"constant({2**70})").tolist() == [0] * 4
    out = in_blocks(x, [1], padding=1, input_dilation=3, boundary="constant(9)", memory=400)
    assert out.tolist() == [9, 5, 0, 0, 6, 9]


def test_sums_that_leave_64_bits_on_the_way_are_exact() -> None:
    x = np.array([2**62] * 5, dtype=np.int64)
    assert in_blocks(x, [3, -3], memory=10_000).tolist() == [0] * 4


def test_an_array_to_write_into_is_filled_and_returned() -> None:
    x = np.arange(20, dtype=np.int16).reshape(4, 5)
    out = np.zeros((3, 4), dtype=np.int64)
    assert in_blocks(x, [[1, 2], [3, 4]], out=out) is out
    assert out.tolist() == symconv.correlate(x, [[1, 2], [3, 4]]).tolist()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_becomes_a_file(tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "out.npy"
    path.write_text("older", encoding="utf-8")
    x = np.arange(20, dtype=np.int16).reshape(4, 5)
    out = in_blocks(x, [[1, 2], [3, 4]], out=kind(path), memory=2000)
    assert isinstance(out, np.memmap)
    assert out.dtype == np.int32
    assert np.load(path).tolist() == out.tolist() == symconv.correlate(x, "1 2; 3 4").tolist()
    assert [file.name for file in tmp_path.iterdir()] == ["out.npy"]


def test_a_file_that_was_read_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.arange(9, dtype=np.int16))
    out = in_blocks(np.load(path, mmap_mode="r"), [1, 1], out=path, memory=400)
    assert out.tolist() == list(range(1, 17, 2))


def test_a_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    x = np.arange(200, dtype=np.int16)
    with pytest.raises(KeyboardInterrupt):
        in_blocks(x, [1, 1], out=tmp_path / "out.npy", memory=3000, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_out_must_not_be_what_is_read(tmp_path: Path) -> None:
    x = np.zeros(6, dtype=np.int64)
    with pytest.raises(GeometryError, match="out-overlaps"):
        in_blocks(x[:-1], [1], out=x[1:])
    assert in_blocks(x[::2], [1], out=x[1::2]).tolist() == [0, 0, 0]
    np.save(tmp_path / "x.npy", x)
    first, second = (np.load(tmp_path / "x.npy", mmap_mode="r+") for _ in range(2))
    with pytest.raises(GeometryError, match="out-overlaps"):
        in_blocks(first, [1], out=second)


def test_a_private_copy_of_a_file_keeps_what_was_changed_in_it(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones(5000, dtype=np.int16))
    x = np.load(tmp_path / "x.npy", mmap_mode="c")
    x[:] = 7
    assert in_blocks(x, [1, 1], memory=20_000).tolist() == [14] * 4999
    assert x.tolist() == [7] * 5000


def test_nothing_to_compute(tmp_path: Path) -> None:
    x = np.zeros((0, 4), dtype=np.int16)
    assert in_blocks(x, [[1, 2]]).shape == (0, 3)
    assert in_blocks(x, [[1, 2]], out=tmp_path / "out.npy").shape == (0, 3)
    padded = in_blocks(x, [[1, 2]], padding=1, boundary="constant(3)", memory=500)
    assert (
        padded.tolist()
        == symconv.correlate(x, [[1, 2]], padding=1, boundary="constant(3)").tolist()
    )


def test_text_and_lists_are_taken_too() -> None:
    assert in_blocks("1 2 3", "1 1").tolist() == [3, 5]
    assert in_blocks([[1, 2], [3, 4]], [[1, 1]]).tolist() == [[3], [7]]


def test_entries_of_another_byte_order() -> None:
    x = np.arange(5, dtype=">i2")
    assert in_blocks(x, [1, 2]).tolist() == symconv.correlate(x.tolist(), [1, 2]).tolist()


def test_rows_are_read_whole_until_blocks_are_few_spans_high() -> None:
    plan = geometry((30_000, 30_000), (15, 15))
    rows, columns = blocks._cut(plan, 2**28, 1)
    assert columns >= 4_000
    assert 15 * 8 <= rows <= 15 * 32
    assert 2**27 < blocks._size(plan, [rows, columns]) <= 2**28
    assert blocks._cut(geometry((8, 3, 9, 9), (2, 3, 2, 2), op="conv"), 30_000, 1)[:2] == (1, 2)
    assert blocks._cut(geometry((64, 10**9), (3, 3)), 2**28, 1)[1] < 10**7


def test_a_line_longer_than_memory_costs_nothing_of_its_length() -> None:
    x = np.broadcast_to(np.int8(3), (10**12,))
    out = in_blocks(x, [1, 2], padding=(0, 1 - 10**12 + 10**4), memory=100_000)
    assert out.tolist() == [9] * 10_000


class Terminal(io.StringIO):
    """A text stream that says whether it is a terminal."""

    def __init__(self, *, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize("tty", [False, True])
def test_a_bar_is_shown_on_a_terminal_only(tty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal(tty=tty)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    x = np.arange(500, dtype=np.int16)
    in_blocks(x, [1, 1], memory=5000, progress=True)
    assert ("100%" in screen.getvalue()) is tty
    if not tty:
        assert screen.getvalue() == ""


MEMORY = """
import re, sys, tracemalloc
from pathlib import Path
import numpy as np
from symconv.fast.blocks import in_blocks

def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

folder, taps = sys.argv[1], int(sys.argv[2])
options = {"out": f"{folder}/out.npy", "padding": "same", "boundary": "reflect"}
x = np.load(f"{folder}/x.npy", mmap_mode="r")
w = np.arange(taps * taps).reshape(taps, taps) - 4
in_blocks(np.array(x[:200, :200]), w, **options)
before = peak()
in_blocks(x, w, memory="24 MiB", **options)
print(peak() - before)
tracemalloc.start()
in_blocks(x[:800], w, memory="8 MiB", **options)
print(tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pages are given back on Linux")
@pytest.mark.parametrize(("spread", "taps"), [(2**7, 3), (2**16, 9)])
def test_blocks_stay_within_the_memory_they_are_given(
    tmp_path: Path, spread: int, taps: int
) -> None:
    x = np.lib.format.open_memmap(tmp_path / "x.npy", mode="w+", dtype=np.int16, shape=(6000, 4000))
    x[:] = np.arange(6000 * 4000, dtype=np.int32).reshape(x.shape) * 7919 % spread - spread // 2
    x.flush()
    command = [sys.executable, "-c", MEMORY, str(tmp_path), str(taps)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    resident, traced = map(int, done.stdout.split())
    assert traced <= 8 * 2**20
    assert resident <= 32 * 2**20, "the file read has 48 MB, that written 96 MB"


@pytest.mark.parametrize(("top", "taps"), [(2**8, 7), (2**30, 5), (2**63 // 12, 3)])
def test_the_memory_of_a_block_is_what_was_reckoned(top: int, taps: int) -> None:
    """The last range of entries keeps outputs in 64 bits, but not every partial sum."""
    x = np.random.default_rng(taps).integers(0, top, (300, 200), dtype=np.int64)
    w = np.array([[(-1) ** row * (row + 1)] * taps for row in range(taps)])
    w[0] = -w[1:].sum(axis=0)
    in_blocks(x, w, memory="2 MB")
    tracemalloc.start()
    try:
        in_blocks(x, w, memory="2 MB")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 2e6 + 300 * 200 * 8 + 2**20


def test_an_axis_of_a_part_is_a_stretch_of_the_line() -> None:
    axis = Axis(size=5, taps=2, stride=2, dilation=3, before=4, after=3, boundary="reflect")
    for first, last in itertools.combinations(range(axis.out + 1), 2):
        wanted = axis.line[2 * first : 2 * (last - 1) + axis.span]
        assert parts._line(axis, (first, last)).tolist() == wanted.tolist()


def test_boxes_cover_an_array_once() -> None:
    for shape, most in itertools.product([(7,), (3, 5), (2, 3, 4), (2, 0)], range(1, 30)):
        seen = np.zeros(shape, dtype=int)
        for box in parts.boxes(shape, most):
            seen[tuple(slice(*ends) for ends in box)] += 1
            assert np.prod([last - first for first, last in box]) <= most
        assert (seen == 1).all()
