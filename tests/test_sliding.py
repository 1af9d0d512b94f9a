"""Windows that slide along the first axis: every cut of every layer gives the same sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.engines.passes import columns, sliding
from symconv.engines.passes.sliding import Cut
from symconv.engines.work import frame_of, work_of
from symconv.exact import Array
from symconv.plan import geometry
from tests.test_routes import by_the_oracle

CASES: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = [
    ((3, 4, 9, 6), (3, 4, 3, 2), {}),
    ((2, 2, 11, 5), (4, 1, 4, 3), {"stride": (2, 1), "groups": 2, "padding": (1, 0)}),
    ((2, 3, 7, 5), (2, 3, 5, 1), {"padding": (2, 1)}),
    ((1, 2, 7, 5, 4), (3, 2, 3, 2, 3), {"stride": (1, 2, 1), "padding": (1, 1, 0)}),
    ((4, 2, 6, 7), (3, 2, 2, 3), {"dilation": (1, 2), "padding": (0, 2)}),
]


def sums(x: Array, w: Array, cut: Cut, options: dict[str, Any], dtype: Any) -> Any:
    """Return the sums of a layer in one cut."""
    work = work_of(geometry(x.shape, w.shape, op="conv", **options), x, w, 0, dtype)
    out = np.full(work.out_shape, 99, dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_cut", lambda *_: cut)
        columns._by_outputs(work, dtype, out, np.inf)
    return out.tolist()


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), CASES)
def test_every_cut_of_a_layer(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    random = np.random.default_rng(sum(x_shape))
    x, w = random.integers(-50, 50, x_shape), random.integers(-50, 50, w_shape)
    frame = frame_of(geometry(x_shape, w_shape, op="conv", **options))
    wanted, out = by_the_oracle(x, w, **options), frame.lines[0].out
    cuts = [
        Cut(images, tiles, rows)
        for images in range(1, frame.batch + 1)
        for rows in range(1, out + 1)
        for tiles in range(1, out // rows + 1)
    ]
    assert len(cuts) > 10
    for number, cut in enumerate(cuts):
        dtype = (np.float32, np.float64)[number % 2]
        assert sums(x, w, cut, options, dtype) == wanted, cut


@given(st.data())
@settings(max_examples=100)
def test_the_cuts_that_are_chosen_from_cover_every_output(
    data: st.DataObject,
) -> None:
    rank = data.draw(st.integers(1, 3))
    kernel = data.draw(st.tuples(*[st.integers(1, 4)] * rank))
    extra = data.draw(st.tuples(*[st.integers(0, 30)] * rank))
    groups, batch = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    steps = data.draw(st.tuples(*[st.integers(1, 3)] * rank))
    sides = tuple(k + n for k, n in zip(kernel, extra, strict=True))
    plan = geometry(
        (batch, 2 * groups, *sides), (groups, 2, *kernel), op="conv", groups=groups, stride=steps
    )
    frame = frame_of(plan)
    block = data.draw(st.sampled_from([1, 10**3, 10**5, 10**7]))
    cuts = list(sliding.cuts(frame, 4, block))
    assert cuts
    for cut in cuts:
        seen = np.zeros((frame.batch, frame.groups, frame.lines[0].out), dtype=int)
        blocks = list(cut.blocks(frame))
        for images, group, start in blocks:
            assert images.start >= 0
            assert start >= 0
            part = seen[images, group, start : start + cut.height]
            assert part.shape == (cut.images, cut.height)
            part += 1
        assert (seen > 0).all()
        assert len(blocks) == cut.count(frame)
        assert cut.rows == 1 or (frame.lines[0].step < frame.lines[0].taps and rank > 1)


def test_windows_that_slide_are_not_copied() -> None:
    """A tile of R outputs reads R + taps − 1 rows, not R times as many as there are taps."""
    plan = geometry((1, 3, 12, 5), (2, 3, 4, 2), op="conv")
    work = work_of(plan, np.ones((1, 3, 12, 5), int), np.ones((2, 3, 4, 2), int), 0, np.float32)
    block = sliding.Block(work, Cut(1, 1, 9), np.float32)
    assert block.inputs.shape[0] == 12
    assert block.windows.shape == (9, 4 * 3 * 2, 4)
    assert np.shares_memory(block.windows, block.inputs)
