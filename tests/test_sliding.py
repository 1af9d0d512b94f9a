"""Windows that slide along the first axis: every cut of every layer gives the same sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.engines import choice
from symconv.engines.bounds import unchecked
from symconv.engines.passes import columns, sliding
from symconv.engines.passes.sliding import Cut
from symconv.engines.work import Frame, frame_of, work_of
from symconv.exact import Array
from symconv.plan import geometry
from tests.test_routes import by_the_oracle

CASES: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = [
    ((3, 4, 9, 6), (3, 4, 3, 2), {}),
    ((2, 6, 5, 6), (9, 2, 3, 2), {"groups": 3}),
    ((2, 2, 11, 5), (4, 1, 4, 3), {"stride": (2, 1), "groups": 2, "padding": (1, 0)}),
    ((2, 3, 7, 5), (2, 3, 5, 1), {"padding": (2, 1)}),
    ((1, 2, 7, 5, 4), (3, 2, 3, 2, 3), {"stride": (1, 2, 1), "padding": (1, 1, 0)}),
    ((4, 2, 6, 7), (3, 2, 2, 3), {"dilation": (1, 2), "padding": (0, 2)}),
    ((2, 2, 5, 6, 9), (4, 1, 2, 3, 4), {"groups": 2, "dilation": (1, 1, 2), "padding": (0, 1, 2)}),
    ((3, 2, 11, 6), (4, 2, 3, 2), {"dilation": (3, 1), "stride": (2, 1)}),
    ((5, 4, 17), (6, 2, 4), {"groups": 2, "dilation": 2, "padding": 1}),
    ((2, 3, 12), (2, 3, 1), {"stride": 5}),
]
"""The last three are layers whose windows do not slide."""


def stacks(frame: Frame) -> list[bool]:
    """Return whether taps of the last axis may be stacked: no, or both."""
    last = frame.lines[-1]
    return [False, True] if len(frame.lines) > 1 and last.step == 1 < last.taps else [False]


def sums(x: Array, w: Array, cut: Cut, options: dict[str, Any], dtype: Any) -> Any:
    """Return the sums of a layer in one cut."""
    work = work_of(geometry(x.shape, w.shape, op="conv", **options), x, w, 0, dtype)
    out = np.full(work.out_shape, 99, dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_cut", lambda *_: cut)
        columns._by_outputs(work, dtype, out, unchecked)
    return out.tolist()


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), CASES)
def test_every_cut_of_a_layer(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    random = np.random.default_rng(sum(x_shape))
    x, w = random.integers(-50, 50, x_shape), random.integers(-50, 50, w_shape)
    frame = frame_of(geometry(x_shape, w_shape, op="conv", **options))
    wanted, out = by_the_oracle(x, w, **options), frame.lines[0].out
    chosen_from = list(sliding.cuts(frame, 4, 10**6))
    assert {cut.stacked for cut in chosen_from} == set(stacks(frame))
    slides = any(cut.rows > 1 for cut in chosen_from)
    assert slides == ((x_shape, w_shape, options) in CASES[:-3])
    cuts = [
        Cut(images, tiles, rows, stacked, groups)
        for stacked in stacks(frame)
        for groups in range(1, frame.groups + 1)
        for images in range(1, frame.batch + 1)
        for rows in range(1, (out if slides else 1) + 1)
        for tiles in range(1, out // rows + 1)
    ]
    assert len(cuts) > (10 if slides else 5)
    for number, cut in enumerate(cuts):
        dtype = (np.float32, np.float64)[number % 2]
        assert sums(x, w, cut, options, dtype) == wanted, cut


def test_floats_are_the_same_whichever_worker_comes_last() -> None:
    """Blocks share outputs, and a product of matrices rounds by place: one of them sets each."""
    random = np.random.default_rng(5)
    x, w = random.standard_normal((7, 32, 23, 23)), random.standard_normal((33, 32, 3, 3))
    plan = geometry(x.shape, w.shape, op="conv")
    found = [choice.ADDING[-1].sums(plan, x, w, 0, np.float64) for _ in range(6)]
    assert choice.ADDING[-1].module is columns
    assert all((other == found[0]).all() for other in found)


@pytest.mark.parametrize("wide", [50, 5_000, 500_000])
def test_a_block_is_no_larger_than_asked_or_than_two_single_outputs_need(wide: int) -> None:
    frame = frame_of(geometry((1, 8, 40, wide), (8, 8, 3, 3), op="conv"))
    for folds, filters, places, stacked in (
        (24, 8, wide - 2, False),
        (8, 24, wide, True),
    ):
        blocks = [
            cut.tiles * (cut.reads(frame.lines[0]) * folds + cut.rows * filters) * places * 4
            for cut in sliding.cuts(frame, 4, 2**21)
            if cut.stacked is stacked
        ]
        assert max(blocks) <= max(2**21, 2 * (3 * folds + filters) * places * 4)


def test_what_stands_between_two_lines_of_outputs_is_not_converted() -> None:
    """There no output is: what memory held before may be no number."""
    plan = geometry((1, 1, 3, 4), (2, 1, 1, 2), op="conv")
    x = np.arange(12).reshape(1, 1, 3, 4)
    work = work_of(plan, x, np.array([1, 2, 3, 4]).reshape(2, 1, 1, 2), 0, np.float64)
    out = np.empty(work.out_shape, dtype=np.int64)
    block = sliding.Block(work, Cut(1, 3, 1, stacked=True), np.float64)
    assert block.added.base is not None
    block.added.base[...] = np.nan
    block.gather(x, unchecked)
    block.store(sliding.filters(work, np.float64, stacked=True), out, (0, 0, 0))
    assert out[0, 1].tolist() == [[4, 11, 18], [32, 39, 46], [60, 67, 74]]


def test_what_is_taken_in_more_than_once_is_converted_before() -> None:
    for kernel, rows, wanted in (((3, 3), 2, True), ((1, 1), 2, False), ((3, 1), 1, True)):
        plan = geometry((1, 2, 9, 9), (2, 2, *kernel), op="conv")
        work = work_of(plan, np.ones((1, 2, 9, 9), int), np.ones((2, 2, *kernel), int), 0, None)
        assert sliding.Block(work, Cut(1, 1, rows), np.float32).repeats is wanted


@given(st.data())
@settings(max_examples=100)
def test_the_cuts_that_are_chosen_from_set_every_output_once(
    data: st.DataObject,
) -> None:
    rank = data.draw(st.integers(1, 3))
    kernel = data.draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank))
    extra = data.draw(st.lists(st.integers(0, 30), min_size=rank, max_size=rank))
    count, batch = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    steps = tuple(data.draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank)))
    sides = [k + n for k, n in zip(kernel, extra, strict=True)]
    plan = geometry(
        (batch, 2 * count, *sides), (count, 2, *kernel), op="conv", groups=count, stride=steps
    )
    frame = frame_of(plan)
    block = data.draw(st.sampled_from([1, 10**3, 10**5, 10**7]))
    cuts = list(sliding.cuts(frame, 4, block))
    assert cuts
    for cut in cuts:
        seen = np.zeros((frame.batch, frame.groups, frame.lines[0].out), dtype=int)
        blocks = list(cut.blocks(frame))
        for images, groups, rows in blocks:
            assert min(images.start, groups.start, rows.start) >= 0
            part = seen[images.all, groups.all, rows.all]
            assert part.shape == (cut.images, cut.groups, cut.height)
            part[images.shared :, groups.shared :, rows.shared :] += 1
        assert (seen == 1).all()
        assert len(blocks) == cut.count(frame)
        assert cut.rows == 1 or (frame.lines[0].step < frame.lines[0].taps and rank > 1)


def test_windows_that_slide_are_not_copied() -> None:
    """A tile of R outputs reads R + taps − 1 rows, not R times as many as there are taps."""
    plan = geometry((1, 3, 12, 5), (2, 3, 4, 2), op="conv")
    work = work_of(plan, np.ones((1, 3, 12, 5), int), np.ones((2, 3, 4, 2), int), 0, np.float32)
    block = sliding.Block(work, Cut(1, 1, 9), np.float32)
    assert block.inputs.shape[:2] == (1, 12)
    assert block.windows.shape == (1, 9, 4 * 3 * 2, 4)
    assert np.shares_memory(block.windows, block.inputs)
