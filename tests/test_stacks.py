"""Stacks of layers: shapes, costs, receptive fields, and equivariance carried out on numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symconv
from symconv.errors import SymconvError
from symconv.exact import Array
from symconv.layers import conv, conv_transpose
from symconv.stacks import Shapes, facts, from_onnx, judge, load, loads, shapes, stack
from symconv.stacks.model import Entry
from symconv.stacks.tracks import Resample, Track
from tests import oracle_stacks

STACKS = Path(__file__).parent.parent / "stacks"
Draw = Callable[[st.SearchStrategy[Any]], Any]


def table_of(input_: list[int], *layers: Any, **head: Any) -> Shapes:
    return shapes(stack({"input": input_, "layers": list(layers), **head}))


# Carrying a stack out -------------------------------------------------------------------------


Random = np.random.Generator


def weights(shape: tuple[int, ...], random: Random) -> Array:
    """Return positive integers, all different, so that no output hides what it reads."""
    count = int(np.prod(shape))
    numbers = random.permutation(np.arange(1, 3 * count + 1))[:count]
    found: Array = numbers.astype(object).reshape(shape)
    return found


def carried_out(table: Shapes, x: Array, seed: int) -> Array:
    """Return the output of a stack for one input, with weights that the seed gives."""
    values = {"input": x}
    for number, row in enumerate(table.rows):
        parents = [values[name] for name in row.entry.inputs]
        values[row.entry.name] = layer(row.entry, parents, np.random.default_rng(seed + number))
    return values[table.rows[-1].entry.name]


def layer(entry: Entry, parents: list[Array], random: Random) -> Array:
    given: Any = entry.layer
    if entry.kind == "add":
        return parents[0] + parents[1]
    if entry.kind in CARRIED_OUT:
        return CARRIED_OUT[entry.kind](parents[0], given, random)
    pool = getattr(symconv, entry.kind)
    window = (given.window,) * (parents[0].ndim - 1)
    options = {"stride": given.stride or given.window, "padding": given.padding}
    pooled: Array = pool(parents[0], window, **options)
    return pooled


def correlated(x: Array, given: Any, random: Random) -> Array:
    w = weights((given.filters, x.shape[0], *(given.kernel,) * (x.ndim - 1)), random)
    options = {"padding": pads(given.padding), "boundary": given.boundary}
    options |= {"stride": given.stride, "dilation": given.dilation}
    return conv(x, w, weights((given.filters,), random), **options)


def transposed(x: Array, given: Any, random: Random) -> Array:
    w = weights((x.shape[0], given.filters, *(given.kernel,) * (x.ndim - 1)), random)
    options = {"stride": given.stride, "padding": given.padding}
    return conv_transpose(x, w, weights((given.filters,), random), **options)


def repeated(x: Array, given: Any, _: Random) -> Array:
    for axis in range(1, x.ndim):
        x = np.repeat(x, given.factor, axis=axis)
    return x


def cropped(x: Array, given: Any, _: Random) -> Array:
    inside = (slice(given.margin, n - given.margin) for n in x.shape[1:])
    return x[(slice(None), *inside)]


def bordered(x: Array, given: Any, _: Random) -> Array:
    return np.pad(x, [(0, 0), *[(given.padding, given.padding)] * (x.ndim - 1)])


def averaged(x: Array, _: Any, __: Random) -> Array:
    total: Array = x.sum(axis=tuple(range(1, x.ndim)))
    share = Fraction(1, int(np.prod(x.shape[1:])))
    return np.asarray(total * share)


def connected(x: Array, given: Any, random: Random) -> Array:
    w = weights((given.units, x.shape[0]), random)
    found: Array = w @ x + weights((given.units,), random)
    return found


CARRIED_OUT: dict[str, Callable[[Array, Any, Random], Array]] = {
    "conv": correlated,
    "conv_transpose": transposed,
    "upsample": repeated,
    "crop": cropped,
    "pad": bordered,
    "global_avg_pool": averaged,
    "dense": connected,
    "flatten": lambda x, _, __: x.ravel(),
    "relu": lambda x, _, __: x,
}


def pads(padding: Any) -> Any:
    return [tuple(pair) for pair in padding] if isinstance(padding, list) else padding


def shifted(x: Array, step: int, axis: int, random: Random) -> Array:
    """Return what the frame shows after a move; what enters is new, and large."""
    moved = np.roll(x, step, axis=axis)
    fresh = [slice(None)] * x.ndim
    fresh[axis] = slice(0, step) if step > 0 else slice(x.shape[axis] + step, None)
    hole = moved[tuple(fresh)]
    moved[tuple(fresh)] = 10**6 + picture(hole.shape, random)
    return moved


def picture(shape: tuple[int, ...], random: Random) -> Array:
    found: Array = random.integers(1, 1000, size=shape).astype(object)
    return found


CONV = st.fixed_dictionaries(
    {
        "filters": st.integers(1, 2),
        "kernel": st.integers(1, 3),
        "padding": st.sampled_from([0, 1, 2]),
        "stride": st.integers(1, 3),
        "dilation": st.sampled_from([1, 1, 2]),
        "boundary": st.sampled_from(["zero", "zero", "edge", "wrap"]),
    }
)
SPREAD = st.integers(1, 3).flatmap(
    lambda s: st.fixed_dictionaries(
        {
            "filters": st.integers(1, 2),
            "kernel": st.integers(s, s + 2),
            "stride": st.just(s),
            "padding": st.integers(0, 1),
        }
    )
)
POOL = st.fixed_dictionaries(
    {"window": st.integers(2, 3), "stride": st.integers(1, 3), "padding": st.integers(0, 1)}
)
LAYERS = st.one_of(
    CONV.map(lambda o: {"conv": o}),
    CONV.map(lambda o: {"conv": o}),
    SPREAD.map(lambda o: {"conv_transpose": o}),
    POOL.map(lambda o: {"max_pool": o}),
    POOL.map(lambda o: {"avg_pool": o}),
    st.integers(1, 3).map(lambda f: {"upsample": f}),
    st.integers(1, 2).map(lambda m: {"crop": m}),
    st.integers(1, 2).map(lambda m: {"pad": m}),
)


@st.composite
def tables(draw: Draw, rank: int = 1, most: int = 4, sizes: tuple[int, int] = (6, 24)) -> Shapes:
    """Draw a stack; layers that do not fit, or would make it large, are left out."""
    size = st.integers(*sizes)
    input_ = [draw(st.integers(1, 2)), *(draw(size) for _ in range(rank))]
    table = table_of(input_, "relu")
    layers: list[Any] = []
    for layer in draw(st.lists(LAYERS, min_size=1, max_size=most)):
        try:
            longer = table_of(input_, *layers, layer)
        except SymconvError:
            continue
        if np.prod(longer.out) <= 300:
            table = longer
            layers.append(layer)
    assume(layers)
    return table


def around(taps: int, stride: int, dilation: int, before: int) -> Any:
    """Return a convolution on a circle: it gives one output for each stride."""
    after = dilation * (taps - 1) + 1 - stride - before
    options = {"kernel": taps, "stride": stride, "dilation": dilation, "boundary": "wrap"}
    return {"conv": {"filters": 1, "padding": [[before, after]], **options}}


SMALL = st.integers(1, 3)
CIRCLES = st.one_of(
    st.builds(around, SMALL, st.integers(1, 2), SMALL, st.integers(0, 2)),
    SMALL.map(lambda n: {"max_pool": n}),
    SMALL.map(lambda n: {"avg_pool": n}),
    SMALL.map(lambda n: {"upsample": n}),
    SMALL.map(lambda n: {"conv_transpose": {"filters": 2, "kernel": n, "stride": n}}),
)


def rows_of(out: Array, axis: int, first: int, last: int) -> Array:
    place = [slice(None)] * out.ndim
    place[axis] = slice(first, last)
    return out[tuple(place)]


def follows(table: Shapes, step: int, move: int, axis: int, seed: int) -> bool:
    """Tell whether the clean cells of the map move by *move* when the input moves by *step*."""
    random = np.random.default_rng(seed)
    along = table.motion.axes[axis - 1]
    x = picture(table.stack.input, random)
    here = carried_out(table, x, seed)
    there = carried_out(table, shifted(x, step, axis, random), seed)
    clean = table_clean(table, axis - 1)
    pairs = [o for o in range(along.size) if 0 <= o + move < along.size]
    pairs = [o for o in pairs if clean[o] and clean[o + move]]
    return all(
        np.array_equal(rows_of(here, axis, o, o + 1), rows_of(there, axis, o + move, o + move + 1))
        for o in pairs
    )


def table_clean(table: Shapes, axis: int) -> list[bool]:
    along = table.motion.axes[axis]
    return [along.before <= o < along.size - along.after for o in range(along.size)]


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(1, 2), st.booleans(), st.integers(0, 99))
def test_clean_cells_follow_every_stated_shift(
    table: Shapes, times: int, back: bool, seed: int
) -> None:
    (along,) = table.motion.axes
    times = -times if back else times
    assume(abs(times) * along.step < table.stack.input[1])
    assert follows(table, times * along.step, times * along.move, 1, seed)


@settings(max_examples=25, deadline=None)
@given(tables(rank=2, most=3, sizes=(5, 9)), st.sampled_from([1, 2]), st.integers(0, 99))
def test_each_axis_of_a_map_follows_for_itself(table: Shapes, axis: int, seed: int) -> None:
    along = table.motion.axes[axis - 1]
    other = table.motion.axes[2 - axis]
    assume(along.step < table.stack.input[axis] and other.before + other.after < other.size)
    random = np.random.default_rng(seed)
    x = picture(table.stack.input, random)
    here = carried_out(table, x, seed)
    there = carried_out(table, shifted(x, along.step, axis, random), seed)
    stop = along.size - along.after
    here = rows_of(here, axis, along.before, max(along.before, stop - along.move))
    there = rows_of(there, axis, along.before + along.move, max(along.before + along.move, stop))
    assert np.array_equal(here, there)


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(0, 99))
def test_the_border_is_sharp(table: Shapes, seed: int) -> None:
    (along,) = table.motion.axes
    clean = range(along.before, along.size - along.after)
    for edge, way in ((along.before - 1, 1), (along.size - along.after, -1)):
        if not 0 <= edge < along.size:
            continue
        times = [m for m in range(1, along.size) if edge + way * m * along.move in clean]
        times = [m for m in times if m * along.step < table.stack.input[1]]
        if times:
            partner = edge + way * times[0] * along.move
            step = way * times[0] * along.step
            assert any(differs(table, step, edge, partner, seed + n) for n in range(40))


def differs(table: Shapes, step: int, edge: int, partner: int, seed: int) -> bool:
    random = np.random.default_rng(seed)
    x = picture(table.stack.input, random)
    here = carried_out(table, x, seed)
    there = carried_out(table, shifted(x, step, 1, random), seed)
    return not np.array_equal(here[:, edge], there[:, partner])


@settings(max_examples=60, deadline=None)
@given(tables(sizes=(12, 30)), st.integers(0, 99))
def test_no_smaller_shift_is_kept(table: Shapes, seed: int) -> None:
    (along,) = table.motion.axes
    assume(along.step > 1 and along.clean > 2 * along.move)
    for step in range(1, along.step):
        for move in range(along.move + 1):
            assert any(not follows(table, step, move, 1, seed + n) for n in range(40))


@settings(max_examples=80, deadline=None)
@given(st.lists(CIRCLES, min_size=1, max_size=3), st.integers(0, 99))
def test_on_a_circle_every_cell_follows(layers: list[Any], seed: int) -> None:
    table = table_of([1, 36], *layers)
    (along,) = table.motion.axes
    assume(table.out[1] * along.step == 36 * along.move)
    assert table.motion.cyclic
    x = picture(table.stack.input, np.random.default_rng(seed))
    here = carried_out(table, x, seed)
    there = carried_out(table, np.roll(x, along.step, axis=1), seed)
    assert np.array_equal(np.roll(here, along.move, axis=1), there)


@pytest.mark.parametrize(
    ("size", "layer", "cyclic"),
    [
        (6, {"conv": {"filters": 1, "kernel": 3, "padding": 1, "boundary": "wrap"}}, True),
        (6, {"conv": {"filters": 1, "kernel": 3, "padding": 1}}, False),
        (6, {"conv": {"filters": 1, "kernel": 3, "padding": 1, "boundary": "edge"}}, False),
        (6, {"conv": {"filters": 1, "kernel": 3}}, False),
        (6, {"conv": {"filters": 1, "kernel": 2, "padding": [[1, 0]], "boundary": "wrap"}}, True),
        (6, {"conv": {"filters": 1, "kernel": 1}}, True),
        (6, {"max_pool": 2}, True),
        (7, {"max_pool": 2}, False),
        (6, {"max_pool": 3}, True),
        (6, {"upsample": 2}, True),
        (6, {"upsample": {"factor": 2, "mode": "linear"}}, False),
        (6, {"conv_transpose": {"filters": 1, "kernel": 2, "stride": 2}}, True),
        (6, {"conv_transpose": {"filters": 1, "kernel": 3, "stride": 2}}, False),
    ],
)
def test_which_layers_close_to_a_circle(size: int, layer: Any, cyclic: bool) -> None:
    assert table_of([1, size], layer).motion.cyclic is cyclic


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_a_global_mean_is_invariant_on_a_circle(
    stride: int, times: int, kernel: int, seed: int
) -> None:
    circle = {"filters": 2, "kernel": kernel, "padding": [[kernel - 1, 0]], "boundary": "wrap"}
    size = stride * times * 3
    table = table_of(
        [1, size], {"conv": circle}, {"max_pool": stride}, "global_avg_pool", {"dense": 3}
    )
    assert (table.motion.state, table.motion.exact) == ("invariant", True)
    x = picture((1, size), np.random.default_rng(seed))
    here = carried_out(table, x, seed)
    assert np.array_equal(here, carried_out(table, np.roll(x, stride, axis=1), seed))
    for step in range(1, stride):
        assert any(not stays(table, step, seed + n) for n in range(40))


def stays(table: Shapes, step: int, seed: int) -> bool:
    """Tell whether the output stays when the input turns by *step*."""
    x = picture(table.stack.input, np.random.default_rng(seed))
    here = carried_out(table, x, seed)
    return np.array_equal(here, carried_out(table, np.roll(x, step, axis=1), seed))


def test_a_dense_layer_behind_flatten_loses_what_was_there() -> None:
    table = table_of([1, 6], {"max_pool": 2}, "flatten", {"dense": 3})
    assert (table.motion.state, table.motion.since) == ("lost", "flatten")
    x = picture((1, 6), np.random.default_rng(1))
    here = carried_out(table, x, 1)
    for step in range(1, 6):
        there = carried_out(table, np.roll(x, step, axis=1), 1)
        assert not np.array_equal(np.sort(here), np.sort(there))


# Receptive fields and borders against plain loops ---------------------------------------------


def plain(table: Shapes) -> list[oracle_stacks.Layer]:
    """Return a 1-D stack as the oracle takes it."""
    found: list[oracle_stacks.Layer] = []
    for row in table.rows:
        given: Any = row.entry.layer
        out = row.out[1]
        match row.entry.kind:
            case "conv":
                layer = ("window", given.kernel, given.stride, given.dilation, given.padding, out)
            case "conv_transpose":
                layer = ("spread", given.kernel, given.stride, 1, given.padding, out)
            case "upsample":
                layer = ("repeat", given.factor, 1, 1, 0, out)
            case "crop":
                layer = ("window", 1, 1, 1, -given.margin, out)
            case "pad":
                layer = ("window", 1, 1, 1, given.padding, out)
            case _:
                step = given.stride or given.window
                layer = ("window", given.window, step, 1, given.padding, out)
        found.append(layer)
    return found


@settings(max_examples=150, deadline=None)
@given(tables(most=5))
def test_fields_and_borders_are_those_of_plain_loops(table: Shapes) -> None:
    layers = plain(table)
    (found,), (along,) = table.rows[-1].fields, table.motion.axes
    fields = [oracle_stacks.field(layers, place) for place in range(2 * along.move)]
    assert found.size == max(max(f) - min(f) + 1 for f in fields)
    assert found.start == min(fields[0])
    for place in range(along.move):
        assert {i + along.step for i in fields[place]} == fields[place + along.move]
    clean = oracle_stacks.clean(layers, table.stack.input[1])
    assert (along.before, along.after) == oracle_stacks.longest(clean)
    seen = [oracle_stacks.field(layers, place) for place in range(along.size)]
    size = table.stack.input[1]
    assert found.whole == any(min(f) <= 0 and max(f) >= size - 1 for f in seen)


@settings(max_examples=100, deadline=None)
@given(tables(most=4))
def test_output_sizes_are_those_of_the_operations(table: Shapes) -> None:
    x = picture(table.stack.input, np.random.default_rng(0))
    assert carried_out(table, x, 0).shape == table.out


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 2), st.integers(0, 3)),
        min_size=1,
        max_size=6,
    )
)
def test_fields_follow_the_closed_form(layers: list[tuple[int, int, int, int]]) -> None:
    """Araujo et al.: r' = r + (E - 1) j, j' = s j, u' = u - p j."""
    size, jump, start = 1, 1, 0
    given = []
    for taps, stride, dilation, before in layers:
        size += dilation * (taps - 1) * jump
        start -= before * jump
        jump *= stride
        options = {"filters": 1, "kernel": taps, "stride": stride, "dilation": dilation}
        given.append({"conv": {**options, "padding": [[before, 20]]}})
    (field,) = table_of([1, 20_000], *given).rows[-1].fields
    assert (field.size, field.jump, field.start) == (size, Fraction(jump), start)
    assert field.center == start + Fraction(size - 1, 2)


def test_a_merge_has_the_hull_of_its_branches() -> None:
    wide = {"conv": {"filters": 2, "kernel": 5, "padding": 2}}
    late = {"conv": {"filters": 2, "kernel": 2, "padding": [[0, 1]]}, "from": "input"}
    table = table_of([2, 9], {**wide, "name": "wide"}, late, {"add": "wide"})
    (field,), (along,) = table.rows[-1].fields, table.motion.axes
    assert (field.start, field.size, field.jump) == (-2, 5, Fraction(1))
    assert (along.before, along.after) == (2, 2)


def test_branches_that_move_differently_lose_equivariance() -> None:
    table = table_of(
        [2, 8],
        {"max_pool": 2, "name": "half"},
        {"crop": 2, "from": "input"},
        {"add": "half"},
        "relu",
    )
    motion = table.motion
    assert (motion.state, motion.since) == ("lost", "add")
    assert table.rows[2].motion.reason == "the branches move at different rates: 1/1 and 1/2"
    assert table.rows[3].fields[0].jump is None


CEILED = {"window": 3, "stride": 2, "ceil_mode": True}


@pytest.mark.parametrize(
    ("layers", "state", "step", "move", "border"),
    [
        ([{"max_pool": 2}], "equivariant", 2, 1, (0, 0)),
        ([{"max_pool": 2}, {"upsample": 2}], "equivariant", 2, 2, (0, 0)),
        ([{"upsample": 2}, {"max_pool": 2}], "equivariant", 1, 1, (0, 0)),
        (
            [{"max_pool": {"window": 3, "stride": 2, "ceil_mode": True}}],
            "equivariant",
            2,
            1,
            (0, 1),
        ),
        ([{"upsample": {"factor": 2, "mode": "linear"}}], "equivariant", 1, 2, (1, 1)),
        ([{"pad": 1}, {"crop": 1}], "equivariant", 1, 1, (0, 0)),
        (["global_max_pool"], "invariant", 1, 0, (0, 0)),
        ([{"global_avg_pool": {"keep": True}}, "flatten", {"dense": 2}], "invariant", 1, 0, (0, 0)),
    ],
)
def test_small_stacks(
    layers: list[Any], state: str, step: int, move: int, border: tuple[int, int]
) -> None:
    motion = table_of([2, 8], *layers).motion
    (along,) = motion.axes
    assert (motion.state, along.step, along.move) == (state, step, move)
    assert (along.before, along.after) == border


def test_a_vector_has_no_axes_to_move_along() -> None:
    table = table_of([7], {"dense": 3}, "relu")
    assert table.motion.state == "none"
    assert table.rows[-1].fields == ()


# Cubic and rounding neighbours ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "reads"),
    [
        ("floor", [[0], [1], [3]]),
        ("ceil", [[0], [2], [3]]),
        ("round_prefer_floor", [[0], [1], [3]]),
        ("round_prefer_ceil", [[0], [2], [3]]),
    ],
)
def test_rounding_of_places(mode: str, reads: list[list[int]]) -> None:
    found = Resample(4, 3, Fraction(3, 2), Fraction(0), mode).reads(np.arange(3))
    assert found.tolist() == reads


def test_cubic_reads_four_neighbours() -> None:
    found = Resample(4, 8, Fraction(1, 2), Fraction(-1, 4), "cubic").reads(np.arange(2))
    assert found.tolist() == [[-2, -1, 0, 1], [-1, 0, 1, 2]]


def test_a_track_remembers_steps_beyond_64_bits() -> None:
    table = table_of([1, 1], *[{"max_pool": {"window": 1, "stride": 3}}] * 50)
    assert table.motion.axes[0].step == 3**50
    assert Track.start(4).span(-3) == (-3, -3)


# Networks that are known ----------------------------------------------------------------------

KNOWN = {
    "vgg16": {
        "parameters": "138357544",
        "macs": "15470264320",
        "output": "1000",
        "output at pool5": "512x7x7",
        "receptive field at pool5": "212",
        "jump at pool5": "32",
        "shift at pool5": "32",
        "border at pool5": "3+3",
        "equivariant until": "flatten",
        "parameters at fc6": "102764544",
    },
    "vgg16-convolutional": {
        "parameters": "138357544",
        "output": "1000x1x1",
        "equivariant until": "the end",
        "shift": "32",
        "receptive field": "404",
    },
    "resnet18": {
        "parameters": "11689512",
        "macs": "1814073344",
        "receptive field at block4b": "435",
        "equivariant until": "global_avg_pool",
        "equivariance": "invariant",
    },
    "lenet": {"parameters": "61706", "macs": "416520", "equivariant until": "flatten"},
    "fcn-32s": {"output": "21x500x500", "shift": "32", "move": "32", "jump": "1"},
    "fcn-16s": {"output": "21x500x500", "shift": "32", "move": "32", "jump": "1"},
    "fcn-8s": {
        "output": "21x500x500",
        "shift": "32",
        "move": "32",
        "jump": "1",
        "equivariant until": "the end",
        "output at score": "21x16x16",
    },
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_known_networks(name: str) -> None:
    table = shapes(load(STACKS / f"{name}.yaml"))
    found = facts(table)
    assert {key: found[key] for key in KNOWN[name]} == KNOWN[name]
    assert all(judge(table, f"{key} == {value}").holds for key, value in KNOWN[name].items())


def test_every_stack_file_is_known() -> None:
    assert {path.stem for path in STACKS.glob("*.yaml")} == set(KNOWN)


@pytest.mark.parametrize("name", ["fcn-32s", "fcn-16s", "fcn-8s"])
def test_the_crops_of_fcn_put_every_output_over_its_pixel(name: str) -> None:
    """The offsets 19, 27, 31, 5 and 9 are those at which the centres of fields meet."""
    table = shapes(load(STACKS / f"{name}.yaml"))
    for row in table.rows:
        if row.entry.kind == "add":
            first, second = (table.row(name).fields for name in row.entry.inputs)
            assert [field.center for field in first] == [field.center for field in second]
    assert [field.center for field in table.rows[-1].fields] == [0, 0]


@pytest.mark.parametrize(("size", "out"), [(224, 1), (256, 2), (384, 6), (400, 6)])
def test_vgg16_as_convolutions_takes_any_size(size: int, out: int) -> None:
    given = load(STACKS / "vgg16-convolutional.yaml").on((3, size, size + 32))
    assert shapes(given).out == (1000, out, out + 1)


def test_costs_of_transposed_and_grouped_layers() -> None:
    table = table_of(
        [4, 5, 7],
        {"conv": {"filters": 6, "kernel": [2, 3], "groups": 2, "padding": [[0, 1], 1]}},
        {"depthwise_conv": {"kernel": 3, "multiplier": 2, "bias": False}},
        {"conv_transpose": {"filters": 3, "kernel": 2, "stride": 2, "groups": 3, "padding": 1}},
        {"batch_norm": {"statistics": True}},
        "batch_norm",
    )
    rows = table.rows
    assert [row.out for row in rows[:3]] == [(6, 5, 7), (12, 3, 5), (3, 4, 8)]
    assert [row.parameters for row in rows] == [6 * 2 * 6 + 6, 12 * 9, 12 * 4 + 3, 12, 6]
    assert rows[0].macs == 6 * 5 * 7 * 2 * 6
    assert rows[0].products == 6 * 2 * (5 + 4) * (7 + 6 + 6)
    assert rows[2].macs == 12 * 3 * 5 * 4
    assert rows[2].products == 12 * (2 * 3 - 2) * (2 * 5 - 2)


def test_a_table_in_the_order_of_the_file() -> None:
    table = table_of([6, 8, 3], {"conv": {"filters": 5, "kernel": 3}}, layout="channels-last")
    assert (table.out, table.stack.told(table.out)) == ((5, 4, 6), (4, 6, 5))
    assert table.stack.on((9, 9, 2)).input == (2, 9, 9)
    assert facts(table)["output"] == "4x6x5"


# Reading --------------------------------------------------------------------------------------

FILE = """\
schema: symconv-stack/1
title: small
input: [3, 8, 8]
layers:
- conv: {filters: 4, kernel: 3, padding: same, repeat: 2, bias: false}
  name: c
- relu
- max_pool:
    window: [2, 4]
- relu:
  from: c
- concat: [c, c.1]
- flatten
"""


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(FILE, encoding="utf-8")
    found = load(path)
    assert [(e.number, e.name, e.inputs, e.line) for e in found.entries] == [
        ("1.1", "c.1", ("input",), 5),
        ("1.2", "c", ("c.1",), 5),
        ("2", "relu-1", ("c",), 7),
        ("3", "max_pool", ("relu-1",), 8),
        ("4", "relu-2", ("c",), 10),
        ("5", "concat", ("relu-2", "c", "c.1"), 12),
        ("6", "flatten", ("concat",), 13),
    ]
    assert found.title == "small"
    assert shapes(found).out == (12 * 64,)


def test_names_that_are_taken_are_not_given() -> None:
    found = stack({"input": [2, 4], "layers": ["relu", {"tanh": "", "name": "relu-1"}, "relu"]})
    assert [entry.name for entry in found.entries] == ["relu-2", "relu-1", "relu-3"]


def conv_of(**options: Any) -> dict[str, Any]:
    return {"conv": {"filters": 4, "kernel": 3, **options}}


FAULTS: list[tuple[Any, str]] = [
    (
        {"input": [3, 8], "layers": [{"cone": 3}]},
        "FixtureError[unknown-layer]: no layer is called 'cone'\n  hint: did you mean 'conv'?",
    ),
    (
        {"input": [3, 8], "layers": [{"conv": {"filters": 4, "kernal": 3}}]},
        (
            "FixtureError[unknown-field]: layer 1 (conv): 'kernal' is no field\n"
            "  hint: did you mean 'kernel'?"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"relu": {"slope": 2}}]},
        (
            "FixtureError[unknown-field]: layer 1 (relu): 'slope' is no field\n"
            "  hint: this layer has no options"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"conv": {"kernel": 3}}]},
        "FixtureError[missing-field]: layer 1 (conv): 'filters' is missing",
    ),
    (
        {"input": [3, 8], "layers": ["relu", conv_of(stride="0")]},
        "FixtureError[wrong-type]: layer 2 (conv): stride: Expected `int` >= 1",
    ),
    (
        {"input": [3, 8], "layers": [{"conv": 3}]},
        (
            "FixtureError[wrong-type]: layer 1 (conv): found 3 in place of options\n"
            "  hint: options stand as {name: value}"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"relu": "", "tanh": ""}]},
        (
            "FixtureError[not-a-layer]: layer 1 names 2 layers\n"
            "  hint: as in `- conv: {filters: 8, kernel: 3}`"
        ),
    ),
    (
        {"input": [3, 8], "layers": []},
        "FixtureError[no-layers]: there are no layers\n  hint: give 1 to 10000",
    ),
    (
        {"input": [3, 8], "layers": [conv_of(repeat=1000, padding=1)] * 11},
        "FixtureError[no-layers]: there are too many layers\n  hint: give 1 to 10000",
    ),
    (
        {"input": [3, 8], "layers": [conv_of(kernel=900_000_000, padding="full")]},
        (
            "GeometryError[too-large]: layer 1 (conv): 810000006300000000 reads along an axis, but "
            "at most 4000000 are worked on here\n"
            "  hint: use less padding or a smaller array, or call the library"
        ),
    ),
    (
        {"input": [], "layers": ["relu"]},
        "FixtureError[wrong-type]: the input has no axes\n  hint: [C, *S]",
    ),
    ([1], "FixtureError[wrong-type]: a stack is a map, found [1]"),
    (
        {"input": [3, 8], "layers": [{"relu": "", "name": "a"}, {"tanh": "", "name": "a"}]},
        "FixtureError[duplicate-name]: layer 2 (tanh): a second 'a'\n  hint: names are unique",
    ),
    (
        {"input": [3, 8], "layers": [{"relu": "", "name": 7}]},
        "FixtureError[wrong-type]: layer 1 (relu): 'name' is 7\n  hint: a layer's name",
    ),
    (
        {"input": [3, 8], "layers": [{"relu": "", "name": "pool"}, {"add": "pol"}]},
        (
            "FixtureError[no-such-layer]: layer 2 (add): 'pol' is no layer before it\n"
            "  hint: did you mean 'pool'?"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"add": "late"}, {"relu": "", "name": "late"}]},
        (
            "FixtureError[no-such-layer]: layer 1 (add): 'late' is no layer before it\n"
            "  hint: it stands behind; layers read what is before them"
        ),
    ),
    (
        {"input": [3, 4, 6], "layers": ["relu", conv_of(kernel=[3, 7])]},
        (
            "GeometryError[kernel-too-wide]: layer 2 (conv): axis 1: the kernel spans 7 (7 taps, "
            "dilation 1) but the padded input is 6 (6 + 0 + 0)\n"
            "  hint: pad one more on axis 1, or use at most 6 taps"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{**conv_of(groups=2), "name": "first"}]},
        (
            "GeometryError[groups-do-not-divide]: layer 1 'first' (conv): 2 groups do not divide 3 "
            "input channels\n  hint: groups=1 would fit"
        ),
    ),
    (
        {"input": [3, 8], "layers": [conv_of(channels=5)]},
        (
            "GeometryError[channel-mismatch]: layer 1 (conv): channels: x has 3 channels but the "
            "weights read 5\n  hint: use weights of 3 channels"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"dense": 5}]},
        (
            "GeometryError[dense-needs-vector]: layer 1 (dense): dense takes a vector, but its "
            "input is 3x8\n"
            "  hint: put flatten or global_avg_pool before it, or use conv with kernel 1"
        ),
    ),
    (
        {"input": [3, 8], "layers": ["flatten", {"max_pool": 2}]},
        (
            "GeometryError[no-spatial-axes]: layer 2 (max_pool): max_pool needs a map with spatial "
            "axes, but its input is a vector\n  hint: put it before flatten or the global pool"
        ),
    ),
    (
        {"input": [3, 8, 6], "layers": [{"flatten": 100}]},
        (
            "GeometryError[shapes-differ]: layer 1 (flatten): flatten of 3x8x6 gives 144 entries, "
            "not 100\n  hint: units: 144"
        ),
    ),
    (
        {"input": [3, 8, 6], "layers": [{"crop": [[0, 0], [1, 1]]}, {"add": "input"}]},
        (
            "GeometryError[shapes-differ]: layer 2 (add): axis 1: add of 3x8x4 and 3x8x6, the "
            "output "
            "of 'input': 4 is not 6\n"
            "  hint: crop 2 from axis 1 of the output of 'input', or pad the other"
        ),
    ),
    (
        {"input": [3, 8], "layers": [conv_of(kernel=1), {"add": "input"}]},
        (
            "GeometryError[shapes-differ]: layer 2 (add): channels: add of 4x8 and 3x8, the "
            "output of "
            "'input': 4 is not 3\n  hint: a conv with kernel 1 and 3 filters before it would fit"
        ),
    ),
    (
        {"input": [3, 8], "layers": ["flatten", {"concat": ["input"]}]},
        (
            "GeometryError[shapes-differ]: layer 2 (concat): concat of 24 and 3x8, the output of "
            "'input'\n  hint: both need the same axes"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"max_pool": 2}, {"crop": {"like": "input"}}]},
        (
            "GeometryError[crop-too-deep]: layer 2 (crop): axis 0: 8 cells from cell 0 on are "
            "asked "
            "for, but there are 4\n  hint: at most 4 cells"
        ),
    ),
    (
        {"input": [3, 8], "layers": ["relu", {"crop": {"like": "input", "offset": 2}}]},
        (
            "GeometryError[crop-too-deep]: layer 2 (crop): axis 0: 8 cells from cell 2 on are "
            "asked "
            "for, but there are 8\n  hint: offset 0 would fit"
        ),
    ),
    (
        {"input": [3, 8], "layers": [{"max_pool": {**CEILED, "padding": [[1, -2]]}}]},
        (
            "GeometryError[crop-and-ceil]: layer 1 (max_pool): padding 1+-2 crops, together with "
            "ceil_mode\n  hint: put crop before it"
        ),
    ),
    (
        {"input": [3, 8, 6], "layers": [{"crop": [4, 1]}]},
        (
            "GeometryError[crop-too-deep]: layer 1 (crop): axis 0: 4 + 4 cells are cut off, but "
            "there "
            "are 8\n  hint: cut off at most 7 in all"
        ),
    ),
    (
        {"input": [3, 9_000_000], "layers": ["relu"]},
        (
            "GeometryError[too-large]: 9000000 cells along an axis, but at most 4000000 are "
            "worked on "
            "here\n  hint: use less padding or a smaller array, or call the library"
        ),
    ),
]


@pytest.mark.parametrize(("data", "message"), FAULTS, ids=lambda value: str(value)[:40])
def test_faults(data: Any, message: str) -> None:
    with pytest.raises(SymconvError) as caught:
        shapes(stack(data))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "input: [3, 8]\nlayers:\n- relu\n- conv: {filters: 4, kernel: 9}\n",
            (
                "GeometryError[kernel-too-wide]: net.yaml:4: layer 2 (conv): axis 0: the kernel "
                "spans "
                "9 (9 taps, dilation 1) but the padded input is 8 (8 + 0 + 0)\n"
                "  hint: pad one more on axis 0, or use at most 8 taps"
            ),
        ),
        (
            "input: [3, 8]\nlayers:\n- relu\n- conv:\n    filters: 4\n    kernal: 9\n",
            (
                "FixtureError[unknown-field]: net.yaml:6: layer 2 (conv): 'kernal' is no field\n"
                "  hint: did you mean 'kernel'?"
            ),
        ),
        (
            "input: [3, x]\nlayers: [relu]\n",
            "FixtureError[wrong-type]: net.yaml:1: a stack: input[1]: Expected `int`, got `str`",
        ),
        ("input: &a [3]\n", "FixtureError[anchor]: net.yaml: line 1: anchors and aliases are not "),
    ],
)
def test_faults_of_a_text(content: str, message: str) -> None:
    with pytest.raises(SymconvError) as caught:
        shapes(loads(content, "net.yaml"))
    assert str(caught.value).startswith(message)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"title: \xe9")
    for path, code in (
        (tmp_path / "none.yaml", "unreadable-file"),
        (tmp_path, "unreadable-file"),
        (latin, "not-utf-8"),
    ):
        with pytest.raises(SymconvError) as caught:
            load(path)
        assert caught.value.code == code
        assert caught.value.place == str(path)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (
            "parameters",
            (
                "FixtureError[not-a-claim]: 'parameters' is no claim\n"
                "  hint: as in `parameters == 138357544`"
            ),
        ),
        (
            "parametres == 3",
            (
                "FixtureError[unknown-fact]: 'parametres' is no fact of this stack\n"
                "  hint: did you mean 'parameters'?"
            ),
        ),
    ],
)
def test_claims_that_are_none(claim: str, message: str) -> None:
    with pytest.raises(SymconvError) as caught:
        judge(stack({"input": [3], "layers": ["relu"]}), claim)
    assert str(caught.value) == message


def test_claims_may_group_digits() -> None:
    assert judge(stack({"input": [999], "layers": [{"dense": 7}]}), "macs == 6,993").holds


def test_rows_by_name() -> None:
    table = table_of([3, 8], "relu", {"max_pool": 2})
    assert table.row("max_pool").out == (3, 4)
    with pytest.raises(SymconvError) as caught:
        table.row("pool")
    assert str(caught.value) == (
        "GeometryError[no-such-layer]: no layer is named 'pool'\n  hint: layers: relu, max_pool"
    )


def test_onnx_is_an_extra(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"")
    with pytest.raises(SymconvError) as caught:
        from_onnx(path)
    assert caught.value.code in ("no-onnx", "not-onnx")
