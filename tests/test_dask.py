"""Dask arrays: lazy, cut like the input, and what the whole gives however the input is cut."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symconv
from symconv.axis import Axis
from symconv.errors import EngineError, EntryError
from symconv.fast import chunks
from symconv.fast.chunks import over_dask
from tests import oracle, strategies
from tests.test_blocks import examples, options_of

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")


@st.composite
def cuts(draw: strategies.Draw, length: int) -> tuple[int, ...]:
    """Draw the lengths of the chunks of one axis, unequal where there is room."""
    bounds = sorted(draw(st.sets(st.integers(1, max(1, length - 1)), max_size=4)))
    bounds = [0, *(bound for bound in bounds if bound < length), length]
    return tuple(last - first for first, last in itertools.pairwise(bounds))


@given(st.data(), st.sampled_from([1, 1, 2, 2, 3]), st.sampled_from("bhil"))
@settings(max_examples=120)
def test_chunks_give_what_the_definition_gives(data: st.DataObject, rank: int, code: str) -> None:
    example = data.draw(examples(rank))
    values = np.array(example.x).astype(code)
    example = replace(example, x=values.tolist())
    x = da.from_array(values, chunks=tuple(data.draw(cuts(n)) for n in values.shape))
    more = [] if example.bias is None else [example.bias]
    op = "conv" if example.layer else "correlate"
    options: dict[str, Any] = {"op": op, "entries": (-9999, 9999), **options_of(example)}
    out = over_dask(x, example.w, *more, **options)
    assert out.shape == example.plan.out_shape
    found = out.compute(scheduler="sync")
    assert found.dtype == out.dtype
    assert found.tolist() == oracle.each(example.pairs(), oracle.added)
    assert over_dask(x, example.w, *more, **options).name == out.name


@pytest.mark.parametrize("boundary", ["zero", "reflect", "symmetric", "edge", "wrap"])
@pytest.mark.parametrize("padding", ["same", "same_lower"])
def test_the_output_is_cut_like_the_input(boundary: str, padding: str) -> None:
    x = da.ones((19, 11), chunks=((4, 9, 1, 5), (2, 2, 7)), dtype=np.int8)
    out = over_dask(x, np.ones((4, 3), dtype=int), padding=padding, boundary=boundary)
    assert out.chunks == x.chunks
    assert out.dtype == np.int16


@given(st.data())
@settings(max_examples=100)
def test_every_output_goes_to_the_chunk_of_its_anchor(data: st.DataObject) -> None:
    drawn = data.draw(strategies.geometries(1))
    options = {name: drawn[name][0] for name in ("stride", "dilation", "boundary")}
    before, after = drawn["padding"][0]
    axis = Axis(
        drawn["sizes"][0],
        drawn["taps"][0],
        before=before,
        after=after,
        lhs=drawn["input_dilation"][0],
        **options,
    )
    sizes = data.draw(cuts(axis.size))
    ahead = min(max(before, 0), axis.span - 1)
    anchors = [
        min(max((axis.stride * o - before + ahead) // axis.lhs, 0), axis.size - 1)
        for o in range(axis.out)
    ]
    owner = [number for number, size in enumerate(sizes) for _ in range(size)]
    counts = [sum(owner[anchor] == number for anchor in anchors) for number in range(len(sizes))]
    assert chunks._cut_like(axis, sizes) == tuple(count for count in counts if count)


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    def fail(_block: Any) -> Any:
        raise AssertionError("computed")

    x = da.map_blocks(fail, da.zeros((6, 8), chunks=(4, 3), dtype=np.int16), dtype=np.int16)
    assert over_dask(x, [[1, 2], [3, 4]], padding="full").shape == (7, 9)


def test_a_chunk_reads_the_chunks_that_its_windows_reach_and_no_other() -> None:
    seen: list[Any] = []

    def note(block: Any, block_info: Any = None) -> Any:
        seen.append(block_info[0]["chunk-location"])
        return block

    x = da.from_array(np.arange(60, dtype=np.int16).reshape(6, 10), chunks=((2, 3, 1), (4, 1, 5)))
    noted = da.map_blocks(note, x, dtype=x.dtype, meta=np.empty((0, 0), dtype=x.dtype))
    out = over_dask(noted, [[1, 2]], padding=((0, 0), (1, 0)), boundary="wrap")
    seen.clear()
    out.blocks[1, 0].compute(scheduler="sync")
    assert sorted(seen) == [(1, 0), (1, 2)]


def test_convolve_and_layers() -> None:
    random = np.random.default_rng(3)
    x = random.integers(-99, 99, (3, 4, 7, 8), dtype=np.int16)
    w = random.integers(-9, 9, (6, 2, 3, 2))
    cut = da.from_array(x, chunks=((1, 2), (3, 1), (2, 5), (3, 4, 1)))
    options: dict[str, Any] = {"groups": 2, "stride": (1, 2), "padding": ((2, 0), (1, 1))}
    out = over_dask(cut, w, [1, 2, 3, 4, 5, 6], op="conv", **options)
    assert out.chunks[:2] == ((1, 2), (6,))
    wanted = symconv.conv(x, w, [1, 2, 3, 4, 5, 6], **options)
    assert (out.compute(scheduler="sync") == wanted).all()
    plane = over_dask(cut[0, 0], "1 2; 3 5", op="convolve")
    assert (
        plane.compute(scheduler="sync").tolist() == symconv.convolve(x[0, 0], "1 2; 3 5").tolist()
    )


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_the_dtype_is_licensed_by_the_entries_given(more: int) -> None:
    x = da.from_array(np.array([[2**62, -5, 2**62]]), chunks=2)
    known = (-5, 2**62)
    with pytest.raises(EngineError, match="out-too-narrow"):
        over_dask(x, [[[1, 0, 1]]], op="conv")
    if more < 1:
        out = over_dask(x, [[[1, 0, 1]]], [more - 1], op="conv", entries=known)
        assert out.compute(scheduler="sync").tolist() == [[2**63 - 1 + more]]
        return
    with pytest.raises(EngineError, match="have no bound"):
        over_dask(x, [[[1, 0, 1]]], [more - 1], op="conv", entries=known)


@pytest.mark.parametrize("entries", [(-5, 8), (-4, 9)])
def test_entries_outside_those_given_are_found(entries: tuple[int, int]) -> None:
    x = da.from_array(np.array([3, -5, 9, 0]), chunks=3)
    assert over_dask(x, [1, 1], entries=(-5, 9)).compute(scheduler="sync").tolist() == [-2, 4, 9]
    with pytest.raises(EntryError, match="entries-outside"):
        over_dask(x, [1, 1], entries=entries).compute(scheduler="sync")


def test_unsigned_64_bits() -> None:
    x = da.from_array(np.array([2**64 - 1, 2, 3], dtype=np.uint64), chunks=2)
    assert over_dask(x, [0]).compute(scheduler="sync").tolist() == [0, 0, 0]
    out = over_dask(x[1:], [2, 5], entries=(0, 9))
    assert out.compute(scheduler="sync").tolist() == [19]


def test_outputs_that_read_no_input_and_no_outputs() -> None:
    x = da.zeros((0, 4), chunks=2, dtype=np.int16)
    assert over_dask(x, [[1, 2]]).compute().shape == (0, 3)
    out = over_dask(x, [[1, 2]], padding=1, boundary="constant(3)")
    assert out.compute(scheduler="sync").tolist() == [[9] * 5] * 2
    far = over_dask(da.ones(5, chunks=2, dtype=np.int8), [1, 1], padding=(0, 40))
    assert far.compute(scheduler="sync").tolist() == [2] * 4 + [1] + [0] * 39


def test_chunks_without_entries_are_passed_over() -> None:
    x = da.from_array(np.arange(5, dtype=np.int8), chunks=((0, 2, 0, 0, 3, 0),))
    out = over_dask(x, [1, 10], padding=(1, 1), boundary="edge")
    assert out.chunks == ((2, 4),)
    assert out.compute(scheduler="sync").tolist() == [0, 10, 21, 32, 43, 44]


def test_results_of_other_arguments_have_other_names() -> None:
    x = da.arange(9, chunks=4, dtype=np.int8)
    calls: list[dict[str, Any]] = [{}, {"entries": (0, 8)}, {"entries": (0, 9)}, {"stride": 2}]
    names = {over_dask(x, w, **options).name for options in calls for w in ([1, 2], [2, 1])}
    assert len(names) == 8


def test_many_chunks_cost_little_each() -> None:
    x = da.zeros((5000, 4000), chunks=(100, 50), dtype=np.int8)
    out = over_dask(x, np.ones((5, 3), dtype=int), padding="same")
    assert out.npartitions == 50 * 80
    layer = out.dask.layers[out.name]
    assert len(layer) <= 1 + out.npartitions * 9


@contextmanager
def cluster() -> Iterator[Any]:
    """Start two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how a cluster shuts down is not what is tested
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as local,
            distributed.Client(local) as client,
        ):
            yield client


def test_a_cluster_of_processes_gives_the_whole() -> None:
    random = np.random.default_rng(11)
    x = random.integers(-(2**15), 2**15, (301, 207), dtype=np.int16)
    w = random.integers(-999, 999, (9, 6))
    cut = da.from_array(x, chunks=((100, 7, 150, 44), (60, 3, 144)))
    cases: list[dict[str, Any]] = [
        {"padding": "same", "boundary": "reflect"},
        {"padding": ((30, 2), (4, 11)), "boundary": ("wrap", "symmetric"), "stride": (3, 2)},
        {"dilation": (2, 5), "input_dilation": (1, 2), "padding": ((-3, 8), 1)},
    ]
    lazy = [over_dask(cut, w, **options) for options in cases]
    with cluster() as client:
        found = client.gather(client.compute(lazy))
    for options, out in zip(cases, found, strict=True):
        wanted = symconv.correlate(x, w, **options)
        assert out.dtype == np.int32
        assert out.shape == wanted.shape
        assert (out == wanted).all()


def test_an_example_of_every_boundary_survives_a_cut_at_every_place() -> None:
    for boundary in strategies.BOUNDARIES:
        name = "constant(7)" if boundary == "constant" else boundary
        options: dict[str, Any] = {"padding": (5, 4), "stride": 2, "dilation": 2, "boundary": name}
        values = np.array([3, -1, 4, 1, -5, 9, 2], dtype=np.int8)
        wanted = symconv.correlate(values, [1, 2, -3], **options).tolist()
        for place in range(1, 7):
            x = da.from_array(values, chunks=((place, 7 - place),))
            assert over_dask(x, [1, 2, -3], **options).compute(scheduler="sync").tolist() == wanted
