"""Laws as tests for others: right functions pass, wrong ones are caught, reports say what is so."""

from __future__ import annotations

import pickle
import sys
import unittest
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from scipy import signal

from symconv import fast
from symconv.errors import LawError
from symconv.laws.grid import Entry
from symconv.laws.law import Law
from symconv.laws.registry import LAWS
from symconv.laws.testing import (
    LawBrokenError,
    assert_laws,
    hypothesis_strategy,
    laws_for,
    selection,
)
from symconv.laws.testing.cases import Instance
from symconv.laws.verdict import Verdict
from symconv.verdicts import Truth

Tested = Callable[..., Any]
FEW = 15


def lists(options: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in options.items()}


def exact(op: str, **fixed: Any) -> Tested:
    """Return an operation of symconv.fast, its options fixed or given."""
    return lambda x, w, **given: getattr(fast, op)(x, w, **lists({**fixed, **given}))


def loop(x: Any, w: Any) -> list[int]:
    return [sum(x[i + t] * w[t] for t in range(len(w))) for i in range(len(x) - len(w) + 1)]


RIGHT = [
    pytest.param(np.convolve, {"op": "convolve"}, id="numpy convolve"),
    pytest.param(
        lambda x, w: signal.correlate(x, w, "valid"), {"op": "correlate"}, id="scipy correlate"
    ),
    pytest.param(loop, {}, id="a loop of lists"),
    pytest.param(
        lambda x, w: signal.convolve2d(x, w, "full"), {"op": "convolve", "rank": 2}, id="scipy 2-D"
    ),
    pytest.param(
        lambda x, w: np.rint(signal.fftconvolve(x, w)),
        {"op": "convolve", "dtype": float},
        id="rounded FFT",
    ),
    pytest.param(
        exact("correlate", padding="same", boundary="reflect"),
        {"padding": "same", "boundary": "reflect"},
        id="reflected",
    ),
    pytest.param(exact("correlate", stride=3), {"stride": 3}, id="stride 3"),
    pytest.param(
        exact("convolve", padding=(2, -1)), {"op": "convolve", "padding": (2, -1)}, id="p"
    ),
    pytest.param(
        exact("conv"), {"op": "conv", "options": ("padding", "stride", "groups")}, id="layer"
    ),
    pytest.param(exact("conv"), {"op": "conv", "rank": 2}, id="2-D layer"),
]


@pytest.mark.parametrize(("f", "convention"), RIGHT)
def test_right_functions_obey_all_laws(f: Tested, convention: dict[str, Any]) -> None:
    assert_laws(f, max_examples=FEW, **convention)


def test_a_function_with_every_option_obeys_all_laws() -> None:
    options = ("padding", "stride", "dilation", "boundary", "flip")
    assert_laws(exact("conv"), op="conv", options=(*options, "groups"), max_examples=5)
    convolve = exact("convolve")
    assert_laws(convolve, op="convolve", options=options[:-1], max_examples=5)


def late(x: Any, w: Any) -> Any:
    """Stride 2 that starts at the second place."""
    whole = np.correlate(np.append(x, 0), w, "valid")
    return whole[1::2][: (len(x) - len(w)) // 2 + 1]


def turned(x: Any, w: Any) -> Any:
    return fast.correlate(x, w.T if w.shape[0] == w.shape[1] else w)


def mixed(x: Any, w: Any) -> Any:
    """Two groups, each of which reads the other's channels."""
    half = len(x) // 2
    return fast.conv(np.concatenate([x[half:], x[:half]]), w, groups=2)


def clipped(x: Any, w: Any) -> Any:
    return np.convolve(x.astype(np.int8), w.astype(np.int8))


ZOO = [
    pytest.param(
        exact("correlate", padding="full"), {"op": "convolve"}, "commutativity", id="missing flip"
    ),
    pytest.param(
        exact("convolve", padding="valid"), {"op": "correlate"}, "flip-duality", id="a flip"
    ),
    pytest.param(
        exact("correlate", padding="same_lower"),
        {"padding": "same"},
        "same-in-numbers",
        id="asymmetric same swapped",
    ),
    pytest.param(
        lambda x, w: fast.convolve(np.append(x[1:], 0), w),
        {"op": "convolve"},
        "commutativity",
        id="padded one place off",
    ),
    pytest.param(
        exact("correlate", padding="same"),
        {"padding": "same", "boundary": "wrap"},
        "same-adjoint",
        id="boundary of zeros",
    ),
    pytest.param(late, {"stride": 2}, "stride-as-subsampling", id="stride starts at 1"),
    pytest.param(
        lambda x, w: fast.correlate(x, w)[: len(x) - 2 * len(w) + 2],
        {"dilation": 2},
        "dilation-as-zeros",
        id="dilation ignored",
    ),
    pytest.param(clipped, {"op": "convolve"}, "bilinearity", id="int8"),
    pytest.param(
        lambda x, w: np.convolve(x, w) // 2 * 2, {"op": "convolve"}, "distributivity", id="rounds"
    ),
    pytest.param(lambda x, w: np.convolve(x, w) + 1, {"op": "convolve"}, "zero", id="a bias"),
    pytest.param(turned, {"rank": 2}, "flip-duality", id="transposed kernel"),
    pytest.param(mixed, {"op": "conv", "groups": 2}, "merged-groups", id="groups mixed"),
]


@pytest.mark.parametrize(("f", "convention", "law"), ZOO)
def test_wrong_functions_break_the_law_that_is_about_it(
    f: Tested, convention: dict[str, Any], law: str
) -> None:
    with pytest.raises(LawBrokenError) as broken:
        assert_laws(f, law, **convention)
    assert broken.value.law == law


@pytest.mark.parametrize(("f", "convention", "law"), ZOO)
def test_wrong_functions_break_some_law_by_default(
    f: Tested, convention: dict[str, Any], law: str
) -> None:
    with pytest.raises(AssertionError) as broken:
        assert_laws(f, max_examples=FEW, **convention)
    assert isinstance(broken.value, LawBrokenError)
    names = {key: value for key, value in convention.items() if key != "max_examples"}
    assert broken.value.law in LAWS
    assert law in laws_for(**names)


def broken(f: Tested, *which: str, **convention: Any) -> LawBrokenError:
    with pytest.raises(LawBrokenError) as found:
        assert_laws(f, which or None, **convention)
    return found.value


def test_the_report_of_a_broken_law() -> None:
    error = broken(exact("correlate", padding="full"), "commutativity", op="convolve")
    lines = str(error).splitlines()
    assert lines[:-1] == [
        "f breaks the law commutativity",
        '  law: convolve(x, w, padding="full") == convolve(w, x, padding="full")',
        "  f as: convolve",
        "  x = [1]",
        "  w = [0, 1]",
        "  f([1], [0, 1]) gave [1, 0]",
        "  f([0, 1], [1]) gave [0, 1]",
        "  left:  [1, 0]",
        "  right: [0, 1]",
        "  first difference at [0]: 1 on the left, 0 on the right",
    ]
    told = f"in all {error.seen} calls made"
    assert lines[-1] == f'  f agrees with correlate(x, w, padding="full") {told}'
    assert (error.law, error.cell) == ("commutativity", (0,))
    assert {name: array.tolist() for name, array in error.arrays.items()} == {"x": [1], "w": [0, 1]}
    assert error.left is not None
    assert error.right is not None
    assert (error.left.tolist(), error.right.tolist()) == ([1, 0], [0, 1])
    assert error.agrees == ('correlate(x, w, padding="full")',)


def test_a_report_is_the_same_each_time_and_survives_pickling() -> None:
    first, second = (broken(clipped, op="convolve") for _ in range(2))
    again = pickle.loads(pickle.dumps(first))  # noqa: S301 - our own bytes
    assert str(first) == str(second) == str(again)
    assert isinstance(again, LawBrokenError)
    assert (again.law, again.cell) == (first.law, first.cell)


def test_a_report_tells_parameters_scalars_and_conditions() -> None:
    error = broken(lambda x, w: np.convolve(x, w) + 1, "scalar", op="convolve")
    assert "a" in error.scalars
    assert f"\n  a = {error.scalars['a']}\n" in str(error)
    error = broken(late, "stride-as-subsampling", stride=2)
    assert error.parameters["s"] == 2
    halved = lambda x, w: fast.correlate(x, w)[:0]  # noqa: E731
    assert broken(halved, "commutativity").statement.endswith(" where len(x) == len(w)")


@pytest.mark.parametrize(
    ("f", "convention", "names"),
    [
        pytest.param(
            exact("convolve", padding="same_lower"),
            {"op": "convolve", "padding": "same"},
            ('convolve(x, w, padding="same_lower")',),
            id="padding",
        ),
        pytest.param(
            lambda x, w: fast.correlate(x, w.T),
            {"rank": 2, "op": "correlate"},
            (),
            id="another shape",
        ),
        pytest.param(
            lambda x, w: fast.correlate(w, x, padding="full"),
            {"padding": "full"},
            ('correlate(w, x, padding="full")',),
            id="swapped",
        ),
        pytest.param(
            exact("conv", flip=True),
            {"op": "conv"},
            ('conv(x, w, padding="valid", flip=True)',),
            id="a layer that flips",
        ),
        pytest.param(
            exact("convolve", padding="full", boundary="wrap"),
            {"padding": "full"},
            ('convolve(x, w, padding="full", boundary="wrap")',),
            id="two changes",
        ),
    ],
)
def test_a_report_names_what_f_agrees_with(
    f: Tested, convention: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert broken(f, **convention).agrees == names


def raising(x: Any, w: Any) -> Any:
    if len(w) > 1:
        raise ZeroDivisionError("no room")
    return np.convolve(x, w)


def writing(x: Any, w: Any) -> Any:
    out = np.convolve(x, w)
    x[:] = 7
    return out


def restless() -> Tested:
    turns = iter(range(10**6))
    return lambda x, w: np.convolve(x, w) + next(turns)


HINT = "; if f rounds on the way, as an FFT does, hand in np.rint of it"
FAULTS = [
    pytest.param(raising, "f raised ZeroDivisionError: no room", id="raises"),
    pytest.param(writing, "f wrote into its argument x", id="writes"),
    pytest.param(
        lambda x, w: np.convolve(x, w) * np.nan,
        "f returned nan at [0], which is no integer",
        id="nan",
    ),
    pytest.param(
        lambda x, w: np.convolve(x, w) + np.inf,
        "f returned inf at [0], which is no integer",
        id="infinity",
    ),
    pytest.param(
        lambda x, w: np.convolve(x, w) + 0.25,
        "f returned 0.25 at [0], which is no integer" + HINT,
        id="a quarter",
    ),
    pytest.param(
        lambda x, w: np.convolve(x, w) + 0j,
        "f returned entries of type complex128, no integers",
        id="complex",
    ),
    pytest.param(lambda _x, _w: None, "f returned None at [], which is no integer", id="nothing"),
    pytest.param(lambda _x, _w: [[1], [1, 2]], "f returned a list, no array", id="ragged"),
    pytest.param(
        lambda x, w: np.convolve(x, w)[None],
        "f returned the shape 1x1, the convention has 1",
        id="another shape",
    ),
]


@pytest.mark.parametrize(("f", "fault"), FAULTS)
def test_what_cannot_be_compared_is_a_fault(f: Tested, fault: str) -> None:
    error = broken(f, "commutativity", op="convolve")
    assert error.fault == fault
    assert f"\n  {fault}" in str(error)
    assert (error.left, error.right, error.cell) == (None, None, None)


def test_what_f_raised_is_the_cause_and_its_arrays_are_told() -> None:
    error = broken(raising, "commutativity", op="convolve")
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert "  f([0], [0, 0]) gave nothing\n" in str(error)


def test_a_function_of_moods_is_told_apart() -> None:
    error = broken(restless(), "commutativity", op="convolve")
    assert error.left is None or error.cell is not None


def test_a_function_that_changes_its_mind_is_told_apart() -> None:
    turns = iter(range(10**6))
    error = broken(
        lambda x, w: np.convolve(x, w) + (next(turns) == 30), "commutativity", op="convolve"
    )
    assert error.fault == "f gives other results for the same arrays"


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupted(_x: Any, _w: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assert_laws(interrupted, "commutativity", op="convolve")


REFUSED = [
    pytest.param({"which": "comutativity"}, "unknown-law", id="no such law"),
    pytest.param({"which": "commutativity", "padding": "full"}, "refuted-law", id="refuted"),
    pytest.param({"which": "correlate(x, w) == correlate(w, flip(x))"}, "refuted-law", id="false"),
    pytest.param({"which": "convolve(x, w) == convolve(w, x)"}, "no-part", id="another operation"),
    pytest.param({"which": ()}, "no-part", id="none named"),
    pytest.param({"op": "convolution"}, "unknown-choice", id="operation"),
    pytest.param({"padding": "some"}, "unknown-choice", id="padding"),
    pytest.param({"boundary": "mirror"}, "unknown-choice", id="boundary"),
    pytest.param({"stride": 0}, "unknown-choice", id="stride"),
    pytest.param({"groups": 2}, "unknown-choice", id="groups without channels"),
    pytest.param({"options": "strides"}, "unknown-choice", id="option"),
    pytest.param({"options": ("groups",)}, "unknown-choice", id="option of layers"),
    pytest.param({"longest": 0}, "bad-parameter", id="no length"),
    pytest.param({"largest": -1}, "bad-parameter", id="no number"),
    pytest.param({"max_examples": True}, "bad-parameter", id="no example"),
    pytest.param({"which": "bilinearity", "rank": 9}, "bad-rank", id="axes"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED)
def test_what_cannot_be_asked_is_refused(arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(LawError) as refused:
        assert_laws(loop, **arguments)
    assert refused.value.code == code


def test_a_refuted_law_is_refused_with_its_counterexample() -> None:
    with pytest.raises(LawError) as refused:
        assert_laws(exact("correlate", padding="full"), "commutativity", padding="full")
    assert str(refused.value).startswith(
        'LawError[refuted-law]: commutativity does not hold for correlate(padding="full")\n'
        "  hint: it fails at x 1, w 2:\n"
    )


def test_a_padding_without_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="bad-padding"):
        assert_laws(loop, padding=((1, 2, 3),))


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: assert_laws(np.convolve, op="convolve"), id="assert"),
        pytest.param(lambda: hypothesis_strategy("commutativity"), id="strategy"),
    ],
)
def test_without_hypothesis_there_is_one_clear_error(
    call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(LawError) as refused:
        call()
    assert str(refused.value) == (
        "LawError[no-hypothesis]: laws are tested with hypothesis, which is not installed\n"
        "  hint: pip install hypothesis"
    )


def recorded(f: Tested) -> tuple[Tested, list[Any]]:
    calls: list[Any] = []

    def noting(x: Any, w: Any, **options: Any) -> Any:
        calls.append((x.shape, w.shape, options))
        return f(x, w, **options)

    return noting, calls


def test_data_has_long_kernels_single_entries_and_lone_taps() -> None:
    f, calls = recorded(np.convolve)
    assert_laws(f, "bilinearity", op="convolve")
    lengths = {(x[0], w[0]) for x, w, _ in calls}
    assert any(n < k for n, k in lengths)
    assert {n for n, _ in lengths} == {k for _, k in lengths} == set(range(1, 7))


def test_a_law_with_a_condition_is_asked_within_it_alone() -> None:
    f, calls = recorded(exact("convolve", padding="same"))
    assert_laws(f, "commutativity", op="convolve", padding="same")
    assert len(calls) > 50
    assert all(x == w for x, w, _ in calls)


def test_f_is_not_called_where_its_kernel_does_not_fit() -> None:
    f, calls = recorded(loop)
    assert_laws(f, max_examples=FEW)
    assert calls
    assert all(n >= k for (n,), (k,), _ in calls)


def test_options_are_given_with_accepted_values_alone() -> None:
    f, calls = recorded(exact("conv"))
    accepted = {"stride": range(1, 3), "padding": range(3)}
    assert_laws(f, op="conv", options=accepted, max_examples=FEW)
    given = [options for _, _, options in calls]
    assert all(set(options) == {"stride", "padding"} for options in given)
    assert {options["stride"] for options in given} == {1, 2}
    assert {options["padding"] for options in given} == {0, 1, 2}


def test_two_axes_have_a_pair_of_pads_each() -> None:
    f, calls = recorded(exact("correlate"))
    assert_laws(f, "pad-then-valid", options=("padding",), rank=2, max_examples=FEW)
    pads = [options["padding"] for _, _, options in calls]
    assert all(pad == "valid" or np.shape(pad) == (2, 2) for pad in pads)
    assert any(pad != "valid" for pad in pads)


def test_entries_go_up_to_largest() -> None:
    narrow = lambda x, w: np.convolve(x.astype(np.int32), w.astype(np.int32))  # noqa: E731
    assert_laws(narrow, "bilinearity", op="convolve")
    assert broken(narrow, "bilinearity", op="convolve", largest=2**18).law == "bilinearity"


def test_no_call_needs_more_than_a_float64_holds() -> None:
    as_floats = lambda x, w: np.convolve(x.astype(float), w.astype(float))  # noqa: E731
    assert_laws(as_floats, "associativity", op="convolve", largest=2**20, max_examples=FEW)
    assert_laws(as_floats, "scalar", op="convolve", largest=2**60, dtype=object, max_examples=FEW)


def test_an_equation_may_be_asked() -> None:
    assert_laws(loop, "correlate(x, w) == convolve(x, flip(w), padding='valid')")
    law = Law("mine", "Mine", "mine", "correlate(x, delta(1)) == x")
    assert_laws(loop, ["scalar", law])
    assert broken(lambda x, w: fast.correlate(2 * x, w), *["correlate(x, ones(1)) == x"]).law == (
        "correlate(x, ones(1)) == x"
    )


def claimed(law: Law, choices: dict[str, Any]) -> Entry:
    return Entry(law, choices, Verdict(law.text(**choices), Truth.PROVED, "all shapes"))


def test_a_right_function_is_not_blamed_where_a_law_is_false(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "_decide", claimed)
    law = Law("false", "False", "mine", 'correlate(x, w, padding="full") == flip(correlate(x, w))')
    assert_laws(exact("correlate", padding="full"), law, padding="full")
    assert_laws(exact("correlate"), Law("wrong", "Wrong", "mine", "correlate(x, w) == w"))


def test_without_a_solver_laws_are_decided_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> Any:
        raise LawError("no-solver", "there is none")

    monkeypatch.setattr(selection, "entry", unavailable)
    monkeypatch.setattr(selection, "for_all_shapes", unavailable)
    law = LAWS["commutativity"]
    assert_laws(np.convolve, Law("c", "C", "mine", law.statement, varies=("op",)), op="convolve")
    with pytest.raises(LawError) as refused:
        assert_laws(loop, "correlate(x, w) == convolve(x, w, padding='valid')")
    assert refused.value.code == "refuted-law"


CONVENTIONS = (
    {"op": "correlate", "padding": "full"},
    {"op": "convolve"},
    {"op": "conv", "options": ("padding", "stride", "groups", "dilation")},
)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention["op"])
def test_the_exact_values_of_both_sides_are_equal(convention: dict[str, Any]) -> None:
    for name in laws_for(**convention):

        @settings(max_examples=5, derandomize=True, database=None, deadline=None)
        @given(hypothesis_strategy(name, **convention))
        def check(instance: Instance) -> None:
            left, right = instance.sides()
            assert np.array_equal(left, right), instance

        check()


@given(hypothesis_strategy("associativity", op="convolve"))
@settings(max_examples=20, suppress_health_check=[HealthCheck.differing_executors])
def test_a_strategy_serves_a_test_of_ones_own(instance: Instance) -> None:
    left, right = instance.sides(np.convolve)
    assert left.tolist() == right.tolist()
    assert set(instance.arrays) == {"x", "y", "w"} or len(instance.arrays) == 3


def test_a_strategy_shrinks_to_the_smallest_shape() -> None:
    found = find(
        hypothesis_strategy("commutativity", op="convolve"),
        lambda instance: len(instance.arrays["w"]) > 2,
        settings=settings(database=None, derandomize=True),
    )
    assert {name: a.tolist() for name, a in found.arrays.items()} == {"x": [0], "w": [0, 0, 0]}
    assert repr(found) == "<commutativity: x = [0], w = [0, 0, 0]>"


def test_a_broken_law_is_a_failure_of_unittest_and_no_error() -> None:
    class Laws(unittest.TestCase):
        def test_right(self) -> None:
            assert_laws(np.convolve, "commutativity", op="convolve", max_examples=FEW)

        def test_wrong(self) -> None:
            assert_laws(exact("correlate", padding="full"), "commutativity", op="convolve")

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Laws).run(result)
    assert (result.testsRun, len(result.failures), result.errors) == (2, 1, [])
    assert "f breaks the law commutativity" in result.failures[0][1]
