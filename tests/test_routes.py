"""Every route to the same sums: each against the oracle, and each at the edges of its licence."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from random import Random
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symconv.engines import bounds, choice, threads
from symconv.engines.bounds import bound, heaviest, peak_of
from symconv.engines.choice import PASSES
from symconv.engines.passes import bands, columns, separable, taps
from symconv.engines.sums import Sums
from symconv.engines.work import Frame, Line, Work, frame_of, with_arrays, work_of
from symconv.exact import Array, array
from symconv.fast import plan
from symconv.plan import geometry
from tests import oracle, strategies
from tests.agreement import Example


def sums_of(example: Example) -> Sums:
    fill = int(example.fill) if isinstance(example.fill, int) else 0
    return Sums(example.plan, array(example.x), array(example.w), fill)


def wanted(example: Example) -> Any:
    plain = replace(example, bias=None)
    return oracle.each(plain.pairs(), oracle.added)


def whole(example: Example) -> Example:
    """Return the example with an integer for padding to read."""
    return example if isinstance(example.fill, int) else replace(example, fill=-7)


@pytest.mark.parametrize("rank", [1, 2, 3])
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_route_gives_the_oracles_sums(rank: int, data: st.DataObject) -> None:
    kinds = ("small",)
    example = whole(data.draw(strategies.planes(rank, kinds) | strategies.layers(rank, kinds)))
    sums = sums_of(example)
    found = choice.candidates(sums)
    assert {route.name.split()[0] for route in found} >= {"taps", "bands", "columns"}
    for route in found:
        out = route.run()
        assert out.dtype == np.int64, route.name
        assert out.reshape(example.plan.out_shape).tolist() == wanted(example), route.name


SHAPES = [
    ((7,), (3,), {}),
    ((95,), (11,), {"stride": 2, "dilation": 3}),
    ((2100,), (37,), {}),
    ((40, 53), (3, 3), {}),
    ((53, 40), (3, 5), {"stride": (1, 2), "dilation": (2, 3), "padding": ((1, 4), (2, 3))}),
    ((31, 4200), (4, 3), {}),
    ((4200, 3), (5, 2), {}),
    ((9, 10, 11), (3, 2, 4), {"padding": ((1, 0), (0, 2), (3, 1))}),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), SHAPES)
def test_tiles_and_blocks_end_where_the_output_does(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    random = np.random.default_rng(len(x_shape))
    x, w = random.integers(-50, 50, x_shape), random.integers(-50, 50, w_shape)
    sums = Sums(geometry(x_shape, w_shape, **options), x, w)
    first, *others = [route.run() for route in choice.candidates(sums)]
    padding = options.get("padding", (0,) * x.ndim)
    ends = [(p, p) if isinstance(p, int) else p for p in padding]
    padded = np.pad(x, ends)
    steps = [np.broadcast_to(options.get(n, 1), x.ndim) for n in ("stride", "dilation")]
    total = np.zeros(sums.geometry.out_shape, dtype=np.int64)
    for tap in np.ndindex(w_shape):
        window = tuple(
            slice(t * d, t * d + s * (n - 1) + 1, s)
            for t, s, d, n in zip(tap, *steps, total.shape, strict=True)
        )
        total += padded[window] * w[tap]
    assert (first[0, 0] == total).all()
    assert all((other == first).all() for other in others)


LAYERS = [
    ((2, 6, 13, 17), (8, 3, 3, 3), {"groups": 2}),
    ((1, 5, 14, 9), (5, 1, 3, 3), {"groups": 5}),
    ((1, 70, 6, 5), (140, 1, 3, 2), {"groups": 70, "stride": 2}),
    ((3, 4, 12), (6, 4, 3), {}),
    ((1, 2, 5, 9, 8), (3, 2, 3, 2, 3), {"dilation": (1, 2, 1)}),
    ((1, 2, 9, 9), (3, 2, 1, 1), {"stride": 3}),
    ((2, 6, 4, 5), (46, 3, 3, 2), {"groups": 2, "padding": 1, "stride": 2}),
    ((1, 7, 3, 4), (33, 7, 3, 3), {"boundary": "edge", "padding": (1, 2)}),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), LAYERS)
def test_layers_of_many_channels(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    random = np.random.default_rng(sum(x_shape))
    x, w = random.integers(-50, 50, x_shape), random.integers(-50, 50, w_shape)
    routes = choice.candidates(Sums(geometry(x_shape, w_shape, op="conv", **options), x, w))
    out = by_the_oracle(x, w, **options)
    for route in routes:
        assert route.run().tolist() == out, route.name


def by_the_oracle(x: Array, w: Array, **options: Any) -> Any:
    """Return the outputs of a layer by loops over Python integers."""
    rank = x.ndim - 2
    axes = oracle.plain(rank, boundary=(options.get("boundary", "zero"),) * rank)
    for name in ("stride", "dilation"):
        axes[name] = tuple(int(n) for n in np.broadcast_to(options.get(name, 1), rank))
    pads = np.broadcast_to(options.get("padding", 0), rank)
    axes["padding"] = tuple((int(n), int(n)) for n in pads)
    return oracle.layer(x.tolist(), w.tolist(), None, options.get("groups", 1), **axes)


@pytest.mark.parametrize("held", [1, 300, 2000])
def test_filters_of_a_deep_layer_are_multiplied_in_parts(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BLOCK", held)
    random = np.random.default_rng(held)
    x, w = random.integers(-50, 50, (2, 4, 4, 5)), random.integers(-50, 50, (66, 2, 2, 3))
    options: dict[str, Any] = {"groups": 2, "padding": (0, 1)}
    plan = geometry(x.shape, w.shape, op="conv", **options)
    routes = {route.name: route for route in choice.candidates(Sums(plan, x, w))}
    assert columns._is_deep(frame_of(plan))
    for name in ("columns float32", "columns float64"):
        assert routes[name].run().tolist() == by_the_oracle(x, w, **options)


EDGES = [2**23, 2**24, 2**31 - 1, 2**52, 2**53, 2**63 - 1]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_routes_at_the_edges_of_their_licence(edge: int, step: int) -> None:
    """Sums of exactly bound − 1, bound and bound + 1, odd so that a rounded one would show."""
    size = edge + step
    x = np.full((1, 6), 1, dtype=object)
    w = np.array([[size - 4, 1, 2, 1]], dtype=object)
    sums = Sums(geometry(x.shape, w.shape), array(x), array(w))
    assert sums.bound == size
    names = {route.name for route in choice.candidates(sums)}
    for one in PASSES:
        fits = size <= one.limit
        assert (one.name in names) == fits, one.name
    for route in choice.candidates(sums):
        assert route.run().tolist() == [[[[size] * 3]]], route.name
        signed = replace(sums, given=array(-x))
        found = {other.name: other.run() for other in choice.candidates(signed)}
        assert found[route.name].tolist() == [[[[-size] * 3]]]


def test_beyond_its_licence_a_pass_would_be_wrong() -> None:
    """The edges above are sharp: with one bit more, float32 and float64 round."""
    for module in (bands, columns):
        for dtype, limit in ((np.float32, 2**24), (np.float64, 2**53)):
            x = np.ones((1, 4), dtype=np.int64)
            w = np.array([[limit, 1]])
            work = work_of(geometry(x.shape, w.shape), x, w, 0, dtype)
            out = np.empty(work.out_shape, dtype=np.int64)
            module.run(work, dtype, out)
            assert (out != limit + 1).all()


@given(
    st.lists(st.integers(-9, 9), min_size=2, max_size=4),
    st.lists(st.integers(-9, 9), min_size=2, max_size=4),
    st.sampled_from([1, -1, 6, 2**40]),
)
def test_separable_kernels_are_factored_exactly(a: list[int], b: list[int], scale: int) -> None:
    w = scale * np.multiply.outer(np.array(a), np.array(b))
    lines = separable.factors(w)
    if not w.any():
        assert lines is None
        return
    assert lines is not None
    assert (np.multiply.outer(*lines) == w).all()
    assert max(abs(v) for line in lines for v in line.tolist()) <= int(np.abs(w).max())
    w[0, 0] += 1
    again = separable.factors(w)
    assert again is None or (np.multiply.outer(*again) == w).all()


@pytest.mark.parametrize("op", ["correlate", "convolve"])
def test_a_separable_kernel_goes_along_each_axis(op: str) -> None:
    random = np.random.default_rng(5)
    x = random.integers(-9, 9, (14, 15, 16))
    lines = [np.array([1, 2, -3]), np.array([4, 0, 5, 1]), np.array([-1, 7])]
    w = np.multiply.outer(np.multiply.outer(lines[0], lines[1]), lines[2])
    options: dict[str, Any] = {"padding": ((1, 0), (2, 1), (0, 3)), "stride": (2, 1, 3)}
    options["boundary"] = "constant(5)"
    sums = Sums(geometry(x.shape, w.shape, op=op, **options), x, w, 5)
    found = {route.name: route.run() for route in choice.candidates(sums)}
    assert {"separable float32", "separable float64", "separable int64"} <= set(found)
    assert all((out == found["taps int64"]).all() for out in found.values())


def test_the_bound_counts_one_filter_and_every_entry() -> None:
    w = np.array([[3, -4], [5, 1]])
    assert bound(10, w) == 70
    assert bound(0, w) == 7
    assert bound(100, 0 * w) == 100
    assert bound(2**62, np.array([[2**62, 2**62]])) == 2**125


@given(
    st.integers(1, 9),
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), min_size=9, max_size=200),
    st.sampled_from([1, 7, 2**17]),
)
def test_the_heaviest_filter_of_any_integers(rows: int, entries: list[int], held: int) -> None:
    taps = len(entries) // rows
    w = np.array(entries[: rows * taps]).reshape(rows, taps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "FEW", 0)
        patch.setattr(bounds, "BLOCK", held)
        assert heaviest(w) == max(sum(map(abs, row)) for row in w.tolist())


@given(st.integers(1, 300_000), st.integers(0, 2**63))
@settings(max_examples=20, deadline=None)
def test_the_peak_of_long_arrays(size: int, peak: int) -> None:
    values = np.zeros(size, dtype=np.int64)
    values[size // 2] = -peak
    assert peak_of(values) == peak
    assert peak_of(values[::2]) in (peak, 0)


@given(
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 20),
)
def test_bands_are_cut_into_few_blocks_with_little_done_twice(
    tall: int, wide: int, dilation: int, step: int, filters: int
) -> None:
    lines = Line(5, step, dilation, tall), Line(7, 1, 1, wide)
    frame = Frame(1, filters, 1, 1, lines)
    cut = bands._cut(frame, 8)
    runs, _ = bands.steps(lines[0])
    out, count = max(1, tall // runs), cut.tiles * cut.rows
    blocks = -(-out // count)
    assert 1 <= count <= out
    assert blocks * count <= 1.5 * out + bands.ROWS
    assert blocks <= 4 * (threads.cores() + out * filters * min(wide, bands.COLUMNS) / bands.BLOCK)


TINY = {"COLUMNS": 7, "NARROWEST": 2, "BLOCK": 40, "BYTES": 900, "WINDOWS": 300}


@st.composite
def works(draw: st.DrawFn) -> tuple[Work, Array]:
    """A work of one to three axes, and its sums by Python's integers."""
    ranks, numbers = st.integers(1, 3), st.integers(0, 2**32 - 1)
    lines = draw(ranks.flatmap(lambda n: st.lists(LINES, min_size=n, max_size=n)))
    batch, groups, size, depth = (draw(st.integers(1, most)) for most in (2, 3, 9, 3))
    frame = Frame(batch, groups * size, depth, groups, tuple(lines))
    random = np.random.default_rng(draw(numbers))
    padded = random.integers(-9, 10, (batch, groups * depth, *(a.places(a.out) for a in lines)))
    w = random.integers(-9, 10, (groups * size, depth, *(a.taps for a in lines)))
    work = with_arrays(frame, padded, w)
    wanted = np.empty(work.out_shape, dtype=object)
    taps.run(work, object, wanted)
    return work, wanted


LINES = st.builds(Line, *(st.integers(1, most) for most in (4, 3, 3, 23)))


@pytest.mark.parametrize("rows", [1, 3, 8])
@given(given=works())
@settings(max_examples=60, deadline=None)
def test_bands_are_cut_anywhere(rows: int, given: tuple[Work, Array]) -> None:
    """Tiles of any height, blocks and parts of a few tiles, few places beside each other."""
    work, wanted = given
    out = np.empty(work.out_shape, dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in TINY.items():
            patch.setattr(bands, name, value)
        patch.setattr(bands, "_cut", lambda frame, itemsize: bands._cut_to(frame, itemsize, rows))
        patch.setattr(threads, "ALONE", 0)
        bands._order.cache_clear()
        bands._single_cut.cache_clear()
        try:
            bands.run(work, np.dtype(np.float32), out)
        finally:
            bands._order.cache_clear()
            bands._single_cut.cache_clear()
    assert out.tolist() == wanted.tolist()


@given(*(st.integers(1, most) for most in (500, 600, 40)))
@example(1022, 146, 1)
def test_no_core_has_more_to_do_when_cores_share(total: int, most: int, apart: int) -> None:
    def busiest(each: int) -> int:
        tasks = -(-total // each) * apart
        return each * -(-tasks // threads.cores())

    shared = threads.share(total, most, threads.ALONE + 1, apart)
    alone = threads.share(total, most, threads.ALONE, apart)
    assert 1 <= shared <= alone <= min(most, total)
    assert busiest(shared) <= busiest(alone)


def test_a_plan_names_route_bound_and_licence() -> None:
    how = plan([[1, 2, 3], [4, 5, 6]], [[1, -1]])
    assert (how.route, how.bound, how.denominator) == ("taps int64", 12, 1)
    assert str(how).splitlines()[:3] == [
        "route: taps int64",
        "bound: 12",
        "licence: every partial sum is at most 12 <= 2^63",
    ]
    assert plan(["1/2", "1/3"], [2]).denominator == 6
    assert "bound: 6/6\n" in str(plan(["1/2", "1/3"], [2]))
    assert "bound: below 2^1001\n" in str(plan([2**500, 2**499], [2**500]))
    small = str(plan([Fraction(1, 3**300)], [1]))
    assert "bound: 1 over a denominator below 2^476\n" in small
    layer = plan(np.ones((8, 20, 20), int), np.ones((16, 8, 3, 3), int), op="conv", padding=1)
    assert layer.route.split()[0] in ("columns", "bands")


def test_workers_share_the_tasks_and_raise_the_first_error() -> None:
    seen: list[int] = []
    threads.spread(seen.extend, range(100))
    assert sorted(seen) == list(range(100))

    def fails(taken: Iterator[Any]) -> None:
        for task in taken:
            if task == 3:
                raise ValueError(task)

    with pytest.raises(ValueError, match="3"):
        threads.spread(fails, range(100))


def test_what_all_workers_need_is_made_once() -> None:
    calls, begun = [], Barrier(4, timeout=10)

    def make() -> list[int]:
        calls.append(0)
        time.sleep(0.02)  # long enough for the others to ask
        return calls

    def ask(_: int) -> list[int]:
        begun.wait()
        return made()

    made = threads.Once(make)
    with ThreadPoolExecutor(4) as pool:
        assert all(found is calls for found in pool.map(ask, range(4)))
    assert len(calls) == 1


def test_what_could_not_be_made_is_tried_anew() -> None:
    tries = iter([[], ["made"]])
    made = threads.Once(lambda: next(tries)[0])
    with pytest.raises(IndexError):
        made()
    assert made() == made() == "made"


def limits() -> list[int]:
    import threadpoolctl

    info = threadpoolctl.threadpool_info()
    return [one["num_threads"] for one in info if one["user_api"] == "blas"]


def test_blas_is_held_for_whichever_thread_asks() -> None:
    before = limits()
    ours, others = threads.SINGLE_BLAS.held(), threads.SINGLE_BLAS.held()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(others.__enter__).result()
        assert set(limits()) == {1}
        ours.__enter__()
        pool.submit(others.__exit__, None, None, None).result()
        assert set(limits()) == {1}
        ours.__exit__(None, None, None)
        assert limits() == before
        with threads.SINGLE_BLAS.held():
            assert set(limits()) == {1}
        with threads.SINGLE_BLAS.held():
            assert set(pool.submit(limits).result()) == {1}
        assert pool.submit(limits).result() == before


def test_blas_has_its_threads_again_afterwards() -> None:
    before = limits()
    x, w = np.ones((300, 300), dtype=np.int64), np.ones((9, 9), dtype=np.int64)

    def call() -> None:
        for _ in range(5):
            choice.licensed(geometry(x.shape, w.shape), x, w)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert limits() == before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_starts_its_own_workers() -> None:
    x, w = np.ones((600, 600), dtype=np.int64), np.ones((9, 9), dtype=np.int64)
    choice.licensed(geometry(x.shape, w.shape), x, w)
    child = os.fork()
    if not child:
        out = choice.licensed(geometry(x.shape, w.shape), x, w)
        os._exit(0 if (out == 81).all() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(("bits", "name"), [(90, "taps object"), (200_000, "long product")])
def test_who_multiplies_few_integers_of_many_digits(bits: int, name: str) -> None:
    x, w = [2**bits - 1, -(3**7), 5 << (bits - 8)], [(2**bits) // 3, -(2 ** (bits - 1)) + 9]
    held = [np.array(values, dtype=object) for values in (x, w)]
    route = choice.candidates(Sums(geometry((3,), (2,)), held[0], held[1]))[0]
    assert route.name == name
    wanted = [x[0] * w[0] + x[1] * w[1], x[1] * w[0] + x[2] * w[1]]
    assert route.run().ravel().tolist() == wanted


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "bits", "name"),
    [((10, 4), (23, 10, 4), 10_000, "taps object"), ((1, 40, 41), (2, 1, 9, 8), 700, "limbs")],
)
def test_who_multiplies_long_integers_with_short_ones(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], bits: int, name: str
) -> None:
    random = Random(5)  # noqa: S311 - nothing secret
    x = np.array([random.getrandbits(bits) for _ in range(math.prod(x_shape))], dtype=object)
    x, w = x.reshape(x_shape), np.random.default_rng(5).integers(-(2**30), 2**30, w_shape)
    route = choice.candidates(Sums(geometry(x_shape, w_shape, op="conv"), x, w))[0]
    assert route.name == name
    last = (slice(None), *(slice(-k, None) for k in w_shape[2:]))
    wanted = [(x[last] * filter_.astype(object)).sum() for filter_ in w]
    assert route.run().reshape(w_shape[0], -1)[:, -1].tolist() == wanted


def test_many_long_weights_are_not_read_before_the_plain_way() -> None:
    rng = np.random.default_rng(5)
    x, w = rng.integers(-9, 9, (8, 16)), rng.integers(-9, 9, (500, 4, 16)).astype(object) << 90
    sums = Sums(geometry(x.shape, w.shape, op="conv", groups=2), x, w)
    route = choice.obvious(sums)
    assert route is not None
    assert route.name == "taps object"
    assert not {"peak", "w_peak", "heaviest", "bound"} & vars(sums).keys()
    wanted = [int((w[m] * x[m // 250 * 4 :][:4]).sum()) for m in range(500)]
    assert route.run().ravel().tolist() == wanted


def test_taps_of_python_integers_take_any_size() -> None:
    x = np.array([10**30, -(10**40), 3], dtype=object)
    w = np.array([10**20, 7], dtype=object)
    work = work_of(geometry(x.shape, w.shape), x, w, 0, object)
    out = np.empty(work.out_shape, dtype=object)
    taps.run(work, object, out)
    assert out.ravel().tolist() == [10**50 - 7 * 10**40, -(10**60) + 21]
