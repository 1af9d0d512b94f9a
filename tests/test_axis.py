"""One axis: the table against a search over all inputs, and its readings against the table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv.axis import BOUNDARIES, HOLE, PAD, Axis
from tests.oracle import extended, stuffed

axes = st.builds(
    Axis,
    size=st.integers(1, 6),
    taps=st.integers(1, 4),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    before=st.integers(-2, 9),
    after=st.integers(-2, 9),
    lhs=st.integers(1, 3),
    flip=st.booleans(),
    boundary=st.sampled_from(BOUNDARIES),
).filter(lambda a: a.padded >= 0 and min(a.before, a.after) >= -a.stuffed)


def test_the_boundaries() -> None:
    assert BOUNDARIES == ("zero", "constant", "edge", "reflect", "symmetric", "wrap")


@pytest.mark.parametrize(
    ("axis", "source"),
    [
        pytest.param(Axis(4, 3), [[0, 1, 2], [1, 2, 3]], id="plain"),
        pytest.param(Axis(4, 3, flip=True), [[2, 1, 0], [3, 2, 1]], id="flip"),
        pytest.param(Axis(5, 2, stride=3), [[0, 1], [3, 4]], id="stride"),
        pytest.param(Axis(5, 2, dilation=3), [[0, 3], [1, 4]], id="dilation"),
        pytest.param(Axis(5, 2, dilation=3, flip=True), [[3, 0], [4, 1]], id="flip and dilation"),
        pytest.param(Axis(2, 2, before=2, after=1), [[-1, -1], [-1, 0], [0, 1], [1, -1]], id="pad"),
        pytest.param(Axis(5, 2, before=-1, after=-2), [[1, 2]], id="crop"),
        pytest.param(Axis(3, 2, lhs=2), [[0, -2], [-2, 1], [1, -2], [-2, 2]], id="holes"),
        pytest.param(
            Axis(3, 1, before=4, after=4, boundary="wrap"),
            [[2], [0], [1], [2], [0], [1], [2], [0], [1], [2], [0]],
            id="wrap, more than once round",
        ),
        pytest.param(
            Axis(3, 1, before=4, after=3, boundary="reflect"),
            [[0], [1], [2], [1], [0], [1], [2], [1], [0], [1]],
            id="reflect, more than once",
        ),
        pytest.param(
            Axis(2, 1, before=3, after=3, boundary="symmetric"),
            [[1], [1], [0], [0], [1], [1], [0], [0]],
            id="symmetric, more than once",
        ),
        pytest.param(
            Axis(2, 1, before=2, after=2, boundary="edge"),
            [[0], [0], [0], [1], [1], [1]],
            id="edge",
        ),
        pytest.param(
            Axis(1, 1, before=1, after=2, boundary="reflect"),
            [[0], [0], [0], [0]],
            id="reflect one",
        ),
        pytest.param(Axis(0, 2, before=1, after=2), [[-1, -1], [-1, -1]], id="padding alone"),
        pytest.param(Axis(0, 3), [], id="nothing"),
        pytest.param(Axis(3, 1, stride=9), [[0]], id="stride beyond the end"),
    ],
)
def test_source(axis: Axis, source: list[list[int]]) -> None:
    assert axis.source.tolist() == source
    assert axis.out == len(source)


@given(axes)
def test_the_line_is_the_padded_list(axis: Axis) -> None:
    inputs = stuffed(list(range(axis.size)), axis.lhs, HOLE)
    line = extended(inputs, axis.before, axis.after, axis.boundary, PAD)
    assert axis.line.tolist() == line
    assert axis.padded == len(line)
    assert axis.stuffed == len(inputs)


@given(axes)
def test_with_zeros_the_table_solves_its_defining_equation(axis: Axis) -> None:
    for out in range(axis.out):
        for tap in range(axis.taps):
            turned = axis.taps - 1 - tap if axis.flip else tap
            place = axis.stride * out + axis.dilation * turned - axis.before
            inputs = [i for i in range(axis.size) if axis.lhs * i == place]
            found = axis.read(out, tap)
            if axis.boundary in ("zero", "constant"):
                assert ([found] if found >= 0 else []) == inputs
            elif inputs:
                assert [found] == inputs


@given(axes)
def test_as_many_outputs_as_windows_fit(axis: Axis) -> None:
    count = 0
    while axis.stride * count + axis.span <= axis.padded:
        count += 1
    assert axis.out == count


@given(axes)
def test_every_reading_lists_the_same_triples(axis: Axis) -> None:
    triples = {
        (out, tap, source)
        for out, row in enumerate(axis.source.tolist())
        for tap, source in enumerate(row)
    }
    assert triples == {
        (out, tap, axis.read(out, tap)) for out in range(axis.out) for tap in range(axis.taps)
    }
    assert triples == {
        (out, tap, source) for out in range(axis.out) for source, tap in axis.window(out)
    }
    assert {triple for triple in triples if triple[2] >= 0} == {
        (out, tap, i) for i in range(axis.size) for out, tap in axis.readers(i)
    }


@given(axes)
def test_terms_counts_the_reads_of_inputs(axis: Axis) -> None:
    assert axis.terms == sum(source >= 0 for row in axis.source.tolist() for source in row)


@given(axes)
def test_the_window_is_met_in_the_order_of_the_padded_line(axis: Axis) -> None:
    for out in range(axis.out):
        offsets = [axis.offset(tap) for _, tap in axis.window(out)]
        assert offsets == sorted(offsets)
        assert offsets[0] == 0
        assert offsets[-1] == axis.span - 1


@given(axes)
def test_readers_are_sorted_and_never_repeated(axis: Axis) -> None:
    for index in range(axis.size):
        readers = axis.readers(index)
        assert readers == sorted(set(readers))


def test_tables_cannot_be_changed() -> None:
    axis = Axis(4, 3)
    with pytest.raises(ValueError, match="read-only"):
        axis.line[0] = 7
