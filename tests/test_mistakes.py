"""Each mistake against plain loops, and what holds of mistakes whatever the numbers are."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.errors import SymconvError
from symconv.homework.reading.polynomials import Polynomial, letter, terms_of
from symconv.mistakes import NAMES, Exercise, Mistake, catalogue, predicted, together
from symconv.mistakes.mistake import ORDER
from symconv.plan import geometry
from tests.mistakes_by_hand import WITNESSES, Spec, by_hand, y

Array = Any


def numbers(shape: tuple[int, ...], seed: int, low: int = -9, high: int = 9) -> Array:
    """Return integers without a symmetry."""
    return np.random.default_rng(seed).integers(low, high, shape, endpoint=True)


def letters(shape: tuple[int, ...], base: str) -> Array:
    found = np.empty(shape, dtype=object)
    for place, index in enumerate(np.ndindex(shape)):
        found[index] = letter(f"{base}{place}")
    return found


def halves(values: Array, below: int) -> Array:
    return values.astype(object) * Fraction(1, below)


def exercise(
    x: Array, w: Array, bias: Any = None, *, convolve: bool = False, **options: Any
) -> Exercise:
    """Return an exercise; arrays without axes of channels get them."""
    rank = w.ndim if w.ndim == x.ndim else w.ndim - 2
    if w.ndim == x.ndim:
        x, w = x[None], w[None, None]
    plan = geometry(x.shape, w.shape, op="conv", flip=convolve, **options)
    assert len(plan.axes) == rank
    return Exercise(plan, x, w, np.zeros(len(w), dtype=np.int64) if bias is None else bias)


def spec_of(given: Exercise) -> Spec:
    axes = given.plan.axes
    return Spec(
        x=given.x.astype(object),
        w=given.w.astype(object),
        b=given.bias.tolist(),
        s=tuple(a.stride for a in axes),
        d=tuple(a.dilation for a in axes),
        p=tuple((a.before, a.after) for a in axes),
        mode=tuple(a.boundary for a in axes),
        flip=tuple(a.flip for a in axes),
        fill=given.plan.fill,
        groups=given.plan.groups,
    )


PADS: dict[str, Any] = {"padding": [(1, 2), (3, 1)]}
EXERCISES = {
    "signal": exercise(numbers((9,), 1), numbers((4,), 2), convolve=True, padding="full"),
    "signal, stride": exercise(numbers((11,), 3), numbers((3,), 4), stride=3, padding=2),
    "valid": exercise(numbers((5, 6), 5), numbers((3, 3), 6), np.array([4])),
    "convolution": exercise(
        numbers((7, 8), 7),
        numbers((3, 2), 8),
        np.array([5]),
        convolve=True,
        stride=(2, 3),
        dilation=(2, 3),
        padding=[(3, 2), (1, 4)],
    ),
    "same": exercise(numbers((5, 4), 9), numbers((3, 3), 10), convolve=True, padding="same"),
    "even": exercise(numbers((6, 5), 11), numbers((4, 2), 12), padding="same"),
    "large": exercise(numbers((5, 4), 13, 0, 99), numbers((2, 3), 14)),
    "wide dilation": exercise(numbers((12, 9), 15), numbers((3, 2), 16), dilation=(3, 4), **PADS),
    "constant": exercise(
        numbers((5, 6), 17), numbers((3, 2), 18), boundary=("constant", 7), stride=2, **PADS
    ),
    "reflect": exercise(
        numbers((5, 6), 19), numbers((3, 2), 20), boundary="reflect", stride=(3, 2), **PADS
    ),
    "layer": exercise(
        numbers((3, 5, 6), 21),
        numbers((2, 3, 3, 2), 22),
        np.array([4, -7]),
        stride=(1, 2),
        padding=[(1, 0), (2, 1)],
    ),
    "two channels": exercise(numbers((2, 5, 4), 23), numbers((2, 2, 2, 2), 24), np.array([3, 8])),
    "groups": exercise(
        numbers((4, 4, 5), 25), numbers((4, 2, 2, 3), 26), np.array([1, 2, 3, 4]), groups=2
    ),
    "depthwise": exercise(
        numbers((3, 4, 5), 27), numbers((6, 1, 2, 3), 28), np.arange(6) + 2, groups=3, padding=1
    ),
    "volume": exercise(
        numbers((4, 5, 3), 29),
        numbers((2, 3, 2), 30),
        convolve=True,
        stride=(1, 2, 1),
        padding=[(1, 0), (2, 1), (0, 1)],
    ),
    "fractions": exercise(
        numbers((5, 6), 31), halves(numbers((3, 3), 32), 12), np.array([Fraction(3, 7)]), padding=1
    ),
    "symbols": exercise(
        letters((2, 4, 3), "x"), letters((2, 2, 2, 2), "w"), letters((2,), "b"), padding=1
    ),
}
each_exercise = pytest.mark.parametrize("given_", EXERCISES.values(), ids=EXERCISES)


@each_exercise
def test_each_mistake_is_what_loops_make_of_it(given_: Exercise) -> None:
    spec = spec_of(given_)
    np.testing.assert_array_equal(given_.out(), y(spec), strict=False)
    for mistake in catalogue(given_):
        found, wanted = predicted(given_, [mistake]), by_hand(spec, mistake.id)
        assert found.shape == wanted.shape, mistake.id
        assert found.ravel().tolist() == wanted.ravel().tolist(), mistake.id


def test_every_mistake_has_a_witness_and_an_exercise_that_allows_it() -> None:
    made = {m.name for given_ in EXERCISES.values() for m in catalogue(given_)}
    assert made == set(NAMES) == set(WITNESSES)


@st.composite
def exercises(draw: Any, kinds: tuple[str, ...] = ("small", "huge", "fraction")) -> Exercise:
    rank = draw(st.sampled_from((1, 2, 2, 2, 3)))
    kind, seed = draw(st.sampled_from(kinds)), draw(st.integers(0, 2**32))
    groups = draw(st.sampled_from((1, 1, 1, 2)))
    depth, per_group = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    taps = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, taps, strict=True)]
    sizes = tuple(span + draw(st.integers(0, 2)) for span in spans)
    values = [
        numbers(shape, seed + place)
        for place, shape in enumerate(
            (
                (groups * depth, *sizes),
                (groups * per_group, depth, *taps),
                (groups * per_group,),
            )
        )
    ]
    if kind == "huge":
        values = [v.astype(object) * (10**17 + 1) for v in values]
    if kind == "fraction":
        values[1] = halves(values[1], 7)
    x, w, bias = values
    return exercise(
        x,
        w,
        bias,
        convolve=draw(st.booleans()),
        stride=tuple(draw(st.integers(1, 3)) for _ in range(rank)),
        dilation=dilation,
        padding=[(draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank)],
        boundary=draw(st.sampled_from(("zero", "edge", "reflect", "symmetric", "wrap"))),
        groups=groups,
    )


@settings(max_examples=25)
@given(exercises())
def test_each_mistake_is_what_loops_make_of_any_exercise(given_: Exercise) -> None:
    spec = spec_of(given_)
    for mistake in catalogue(given_):
        found, wanted = predicted(given_, [mistake]), by_hand(spec, mistake.id)
        assert found.shape == wanted.shape, mistake.id
        assert found.ravel().tolist() == wanted.ravel().tolist(), mistake.id


@settings(max_examples=15)
@given(exercises(("small", "fraction")), st.randoms(use_true_random=False))
def test_pairs_are_exact_and_in_any_order(given_: Exercise, random: Any) -> None:
    pairs = [p for p in itertools.combinations(catalogue(given_), 2) if together(*p)]
    for one, other in random.sample(pairs, min(60, len(pairs))):
        try:
            found = predicted(given_, [one, other])
        except SymconvError:
            continue
        assert all(type(v) in (int, Fraction) for v in found.ravel().tolist())
        assert found.tolist() == predicted(given_, [other, one]).tolist()


@each_exercise
def test_pairs_are_what_loops_make_of_them(given_: Exercise) -> None:
    """Pairs with another flip, without bias and with the opposite sign, against the same loops."""
    spec, found = spec_of(given_), catalogue(given_)
    flip = tuple(not f for f in spec.flip)
    changed = {
        "flip_omitted": replace(spec, flip=flip),
        "flip_added": replace(spec, flip=flip),
        "bias_omitted": replace(spec, b=[0] * len(spec.b)),
        "negated": spec,
    }
    firsts = [one for one in found if one.id in changed]
    for one, other in itertools.product(firsts, found):
        if together(one, other) and not (one.id == "negated" and other.after):
            wanted = by_hand(changed[one.id], other.id)
            wanted = -wanted if one.id == "negated" else wanted
            both = predicted(given_, [one, other])
            assert both.ravel().tolist() == wanted.ravel().tolist(), (one.id, other.id)


@each_exercise
def test_all_pairs_can_be_made(given_: Exercise) -> None:
    """A pair may leave no output; it raises nothing but that."""
    for one, other in itertools.combinations(catalogue(given_), 2):
        if together(one, other):
            predicted(given_, [one, other])


def same(given_: Exercise, *ids: str) -> bool:
    """Tell whether mistakes of an exercise predict the same; an id may be the key's."""
    found = {m.id: predicted(given_, [m]).tolist() for m in catalogue(given_)}
    found["key"] = given_.out().tolist()
    return all(found[id_] == found[ids[0]] for id_ in ids)


TURNS = ("flip_rows_only", "flip_cols_only", "kernel_transposed", "kernel_rot90:1")


@pytest.mark.parametrize("convolve", [True, False])
def test_a_symmetric_kernel_hides_every_turn_of_it(convolve: bool) -> None:
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    given_ = exercise(numbers((5, 6), 1), laplacian, convolve=convolve)
    assert same(given_, "key", "flip_omitted" if convolve else "flip_added", *TURNS)


def test_an_antisymmetric_kernel_makes_a_flip_a_sign() -> None:
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    given_ = exercise(numbers((5, 6), 1), sobel, convolve=True)
    assert same(given_, "flip_omitted", "negated", "flip_rows_only")
    assert same(given_, "key", "flip_cols_only")


@pytest.mark.parametrize(("padding", "alike"), [(1, True), (2, False)])
def test_one_ring_of_the_edge_repeated_is_one_ring_mirrored(padding: int, alike: bool) -> None:
    given_ = exercise(numbers((5, 6), 1), numbers((3, 3), 2), padding=padding)
    assert same(given_, "wrong_mode:edge", "wrong_mode:symmetric") is alike


REVERSED = next(m for m in catalogue(EXERCISES["valid"]) if m.id == "output_reversed")


def ids(given_: Exercise) -> list[str]:
    return [mistake.id for mistake in catalogue(given_)]


@pytest.mark.parametrize(
    ("padding", "kept", "gone"),
    [
        pytest.param(1, "full_instead", "one_ring_extra", id="one ring more is full"),
        pytest.param(1, "padding_omitted", "one_ring_fewer", id="one ring less is none"),
        pytest.param(0, "padding_added_same", "one_ring_extra", id="one ring is same"),
    ],
)
def test_two_names_of_one_plan_are_one_mistake(padding: int, kept: str, gone: str) -> None:
    found = ids(exercise(numbers((5, 6), 1), numbers((3, 3), 2), padding=padding))
    assert kept in found
    assert gone not in found


def test_pads_that_are_no_others_have_their_own_names() -> None:
    found = ids(exercise(numbers((7, 8), 1), numbers((5, 5), 2), padding=2))
    assert {"one_ring_extra", "one_ring_fewer", "full_instead", "padding_omitted"} <= set(found)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({"padding": 1}, False, id="even padding"),
        pytest.param({"padding": [(1, 0), (1, 1)]}, True, id="uneven padding"),
        pytest.param({"stride": 3}, True, id="a stride that leaves rows over"),
        pytest.param({"stride": 2, "padding": [(0, 1), (0, 1)]}, False, id="both, at odds"),
    ],
)
def test_roles_are_told_from_a_reversed_answer_where_they_differ(
    options: dict[str, Any], told: bool
) -> None:
    given_ = exercise(numbers((7, 9), 1), numbers((3, 3), 2), **options)
    assert ("roles_swapped" in ids(given_)) is told
    roles, back = by_hand(spec_of(given_), "roles_swapped"), predicted(given_, [REVERSED])
    assert (roles.tolist() != back.tolist()) is told


@pytest.mark.parametrize("padding", [0, 1, "full", [(1, 0), (2, 3)]])
@pytest.mark.parametrize("stride", [1, 2])
def test_roles_in_a_convolution_do_not_matter(padding: Any, stride: int) -> None:
    given_ = exercise(
        numbers((5, 6), 1), numbers((3, 3), 2), convolve=True, padding=padding, stride=stride
    )
    assert by_hand(spec_of(given_), "roles_swapped").tolist() == given_.out().tolist()
    assert "roles_swapped" not in ids(given_)


def test_no_negative_output_hides_relu_and_absolute() -> None:
    given_ = exercise(numbers((5, 6), 1, 0), numbers((3, 3), 2, 0))
    assert same(given_, "key", "relu", "absolute")


def test_with_two_channels_leaving_one_out_has_one_name() -> None:
    given_ = EXERCISES["two channels"]
    assert [id_ for id_ in ids(given_) if "channel_" in id_] == [
        "channel_skipped:0",
        "channel_skipped:1",
    ]


@pytest.mark.parametrize("convolve", [True, False])
def test_correlation_and_convolution_have_their_own_flip(convolve: bool) -> None:
    found = ids(exercise(numbers((5, 6), 1), numbers((3, 3), 2), convolve=convolve))
    assert ("flip_omitted" in found) is convolve
    assert ("flip_added" in found) is not convolve


def test_what_an_exercise_has_not_cannot_go_wrong() -> None:
    given_ = exercise(numbers((5, 6), 1), numbers((3, 3), 2))
    families = {mistake.family for mistake in catalogue(given_)}
    assert families == {"orientation", "padding", "stride", "place", "arithmetic"}
    assert {"padding_omitted", "stride_ignored", "ceil_instead_of_floor"}.isdisjoint(ids(given_))


def test_letters_have_no_order() -> None:
    ordered = {"relu", "absolute", "clipped", "wrapped:256", "max_not_sum:window"}
    assert ordered.isdisjoint(ids(EXERCISES["symbols"]))
    assert {"negated", "mean_not_sum"} <= set(ids(EXERCISES["symbols"]))


def mistake(given_: Exercise, id_: str) -> Mistake:
    (found,) = (m for m in catalogue(given_) if m.id == id_)
    return found


TWICE = ("input_flipped_too", "output_reversed", "input_transposed", "output_transposed", "negated")


@pytest.mark.parametrize("name", [*TWICE, "channels_reversed", "bias_subtracted"])
def test_twice_is_never(name: str) -> None:
    given_ = exercise(
        numbers((3, 4, 5), 1), numbers((2, 3, 2, 2), 2), np.array([3, 4]), padding=[(1, 2), (0, 3)]
    )
    one = mistake(given_, name)
    assert predicted(given_, [one, one]).tolist() == given_.out().tolist()


def value(entry: Any, at: dict[str, int]) -> Any:
    total: Any = 0
    for monomial, factor in terms_of(entry).items():
        total += factor * prod(at[name] for name in monomial)
    return total


def test_letters_and_then_numbers_are_numbers() -> None:
    given_ = EXERCISES["symbols"]
    names = {str(v): n for n, v in enumerate([*given_.x.flat, *given_.w.flat, *given_.bias.flat])}
    at = {name: 3 * n - 40 for name, n in names.items()}
    put = np.vectorize(lambda entry: value(entry, at), otypes=[np.int64])
    plain = Exercise(given_.plan, put(given_.x), put(given_.w), put(given_.bias))
    numeric = {m.id: predicted(plain, [m]) for m in catalogue(plain)}
    for one in catalogue(given_):
        found = predicted(given_, [one])
        kinds = {type(entry) for entry in found.ravel().tolist()}
        assert kinds <= {int, Fraction, Polynomial}
        assert [value(entry, at) for entry in found.flat] == numeric[one.id].ravel().tolist()


@each_exercise
def test_python_integers_and_int64_agree(given_: Exercise) -> None:
    x, w, bias = (values.astype(object) for values in (given_.x, given_.w, given_.bias))
    boxed = Exercise(given_.plan, x, w, bias)
    assert ids(boxed) == ids(given_)
    for one, other in zip(catalogue(given_), catalogue(boxed), strict=True):
        assert predicted(given_, [one]).tolist() == predicted(boxed, [other]).tolist()


@pytest.mark.parametrize("size", [2**31, 2**62, -(2**63)])
@pytest.mark.parametrize("which", ["x", "w", "bias", "all"])
def test_large_integers_do_not_overflow(size: int, which: str) -> None:
    x, w, bias = numbers((2, 3, 4), 1), numbers((2, 2, 2, 2), 2), np.array([3, -4])
    for name, values in {"x": x, "w": w, "bias": bias}.items():
        if which in (name, "all"):
            values[...] = np.where(values % 2, size, values)
    given_ = exercise(x, w, bias, padding=1)
    spec = spec_of(given_)
    for one in catalogue(given_):
        wanted = by_hand(spec, one.id).ravel().tolist()
        assert predicted(given_, [one]).ravel().tolist() == wanted, one.id


@pytest.mark.parametrize("peak", [60_000, 60_500, 61_000, 61_500, 62_000])
def test_the_bound_of_64_bits_is_safe_on_both_sides(peak: int) -> None:
    x, w = np.full((1, 5, 5), peak), np.full((1, 1, 3, 3), peak)
    given_ = exercise(x, w, np.array([peak]))
    exact = 4 * peak**3 * (25 + 9) ** 2 <= 2**63 - 1
    assert given_.safe.settled
    assert (given_.safe.x.dtype == np.int64) is exact
    for one in catalogue(given_):
        wanted = by_hand(spec_of(given_), one.id).ravel().tolist()
        assert predicted(given_, [one]).ravel().tolist() == wanted, one.id


def test_a_constant_that_is_no_integer_is_kept() -> None:
    boundary = ("constant", Fraction(1, 2))
    given_ = exercise(numbers((4, 5), 1), numbers((2, 3), 2), padding=1, boundary=boundary)
    assert given_.out().tolist() == y(spec_of(given_)).tolist()


def test_holes_between_inputs_are_zeros_and_not_the_constant() -> None:
    x, w = np.array([[1, 2]]), np.array([[[1, 10]]])
    plan = geometry((1, 2), (1, 1, 2), padding=1, input_dilation=2, boundary=("constant", 7))
    assert Exercise(plan, x, w, np.array([0])).out().tolist() == [[17, 1, 20, 72]]


@each_exercise
def test_windows_and_products_add_up(given_: Exercise) -> None:
    rank, plan = given_.rank, given_.plan
    spatial = tuple(range(-rank, 0))
    products = given_.products_by_tap()
    assert products.shape == (plan.maps, plan.depth, *plan.out_shape[1:], *plan.w_shape[2:])
    assert products.sum(axis=(1, *spatial)).tolist() == given_.sums().tolist()
    assert given_.windows().shape == (plan.channels, *plan.out_shape[1:], *plan.w_shape[2:])


@each_exercise
def test_a_mistake_is_well_described(given_: Exercise) -> None:
    found = catalogue(given_)
    assert len({m.id for m in found}) == len(found)
    assert len({m.says for m in found}) == len(found)
    order = [NAMES.index(m.name) for m in found]
    assert order == sorted(order)
    for one in found:
        assert one.family in ORDER
        assert 2 <= one.prior <= 7
        assert 0 < one.credit < 1
        assert one.says[0].islower()
        assert not one.says.endswith(".")
        parts = (one.edit, one.fold, one.after, one.layout)
        assert sum(part is not None for part in parts) == 1


def test_every_mistake_is_in_the_table_of_the_docs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "mistakes.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} == set(NAMES)


def test_what_is_predicted_leaves_the_exercise_as_it_was() -> None:
    given_ = EXERCISES["layer"]
    before = [values.copy() for values in (given_.x, given_.w, given_.bias)]
    for one in catalogue(given_):
        predicted(given_, [one])
    after = (given_.x, given_.w, given_.bias)
    assert all((one == other).all() for one, other in zip(before, after, strict=True))
