"""Engines broken on purpose: the agreement check finds every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from symconv import axis, engines
from symconv.axis import PAD, Axis
from symconv.engines import choice, definition, numeric, work
from symconv.engines.long import polynomials, rationals
from symconv.engines.sums import Sums
from symconv.engines.symbols import symbolic
from symconv.plan import Geometry
from symconv.terms import Terms
from tests import oracle, strategies
from tests.agreement import NUMERIC, SYMBOLIC, Example, check_numbers, check_symbols

Mutate = Callable[[pytest.MonkeyPatch], None]


def plane(x: Any, w: Any, rank: int, **options: Any) -> Example:
    return Example(x, w, **oracle.plain(rank, fill=options.pop("fill", 0), **options))


GRID = [[3, 1, -4, 1, 5], [9, -2, 6, 5, 3], [5, 8, -9, 7, 9]]
KERNEL = [[2, -7, 1], [8, 2, -8]]
LINE = [3, 1, -4, 1, 5, 9, -2]
EXAMPLES = [
    plane(GRID, KERNEL, 2),
    plane(GRID, KERNEL, 2, flip=(True, True)),
    plane(GRID, KERNEL, 2, stride=(1, 2), dilation=(2, 1), padding=((1, 0), (0, 2))),
    plane(LINE, [2, -7, 1], 1, stride=(2,), padding=((2, 1),), boundary=("constant",), fill=5),
    plane(LINE, [2, -7, 1], 1, dilation=(2,), padding=((3, 1),), boundary=("reflect",)),
    plane(LINE, [2, -7, 1], 1, padding=((3, 2),), boundary=("symmetric",)),
    plane(LINE, [2, -7, 1], 1, padding=((3, 2),), boundary=("wrap",)),
    plane(LINE, [2, -7, 1], 1, padding=((3, 2),), boundary=("edge",)),
    plane(LINE, [2, -7], 1, input_dilation=(3,), padding=((-1, 2),)),
    plane([2**62, 2**62, 2**40], [2, 3], 1),
    plane([2**62, 2**62, 2**40], [1, 1], 1),
    plane([2**31 - 1, 2**31 - 1], [2, 1], 1),
    plane([10**30, -(10**20), 7], [10**25, 3], 1),
    plane([10**30 + i * i for i in range(14)], [10**9 + i * i for i in range(11)], 1),
    plane([Fraction(1, 3), Fraction(5, 7), 2], [Fraction(2, 9), -1], 1),
    Example(
        [
            [[1, 2, 4], [8, 16, 32], [3, 9, 27], [5, 25, 125]],
            [[7, 1, 2], [3, 4, 5], [6, 8, 9], [2, 6, 1]],
        ],
        [[[1, -2], [3, 5]], [[7, 11], [-13, 17]], [[19, 23], [29, -31]], [[37, 41], [43, 47]]],
        bias=[100, -200, 300, -400],
        groups=2,
        layer=True,
        **oracle.plain(1, padding=((1, 0),)),
    ),
]
SYMBOLS = [
    plane(strategies.symbols((3, 4), "x"), strategies.symbols((2, 3), "w"), 2),
    plane(
        strategies.symbols((4,), "x"),
        strategies.symbols((2,), "w"),
        1,
        padding=((1, 0),),
        flip=(True,),
    ),
    plane(
        strategies.symbols((4,), "x"),
        strategies.symbols((2,), "w"),
        1,
        padding=((1, 2),),
        boundary=("constant",),
        fill=3,
    ),
]


def caught() -> set[str]:
    """Return the engines on which some example disagrees with the oracle."""
    found = set()
    for check, names, examples in (
        (check_numbers, NUMERIC, EXAMPLES),
        (check_symbols, SYMBOLIC, SYMBOLS),
    ):
        for engine in names:
            for example in examples:
                try:
                    check(example, engine)
                except AssertionError:
                    found.add(engine)
    return found


def test_without_a_mutation_everything_agrees() -> None:
    assert caught() == set()


# Mutants of the axis, which every engine reads ------------------------------------------------


def flip_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Axis, "offset", lambda self, tap: self.dilation * tap)


def flip_always(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Axis, "offset", lambda self, tap: self.dilation * (self.taps - 1 - tap))


def dilation_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Axis, "offset", lambda self, tap: self.taps - 1 - tap if self.flip else tap)


def fold(name: str, wrong: Callable[[Any, int], Any]) -> Mutate:
    """Fill the padding of one boundary wrongly."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(axis._FOLDS, name, wrong)

    return mutate


def shifted(positions: Any, size: int) -> Any:
    return np.where((positions >= 1) & (positions < size), positions - 1, PAD)


def wrap_off_by_one(positions: Any, size: int) -> Any:
    return (positions + 1) % size


def reflect_as_symmetric(positions: Any, size: int) -> Any:
    folded = positions % (2 * size)
    return np.minimum(folded, 2 * size - 1 - folded)


def symmetric_as_reflect(positions: Any, size: int) -> Any:
    folded = positions % max(1, 2 * (size - 1))
    return np.minimum(folded, 2 * (size - 1) - folded)


def edge_as_wrap(positions: Any, size: int) -> Any:
    return positions % size


def out_too_short(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Axis, "out", property(lambda self: (self.padded - self.span) // self.stride))


def holes_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Axis, "stuffed", property(lambda self: self.lhs * self.size))


SHARED = [
    pytest.param(flip_forgotten, id="flip forgotten"),
    pytest.param(flip_always, id="flip always"),
    pytest.param(dilation_forgotten, id="dilation forgotten"),
    pytest.param(fold("zero", shifted), id="padding off by one"),
    pytest.param(fold("wrap", wrap_off_by_one), id="wrap off by one"),
    pytest.param(fold("reflect", reflect_as_symmetric), id="reflect as symmetric"),
    pytest.param(fold("symmetric", symmetric_as_reflect), id="symmetric as reflect"),
    pytest.param(fold("edge", edge_as_wrap), id="edge as wrap"),
    pytest.param(out_too_short, id="one output too few"),
    pytest.param(holes_without_end, id="a hole too many"),
]


@pytest.mark.parametrize("mutate", SHARED)
def test_a_wrong_axis_is_caught_on_every_engine(
    mutate: Mutate, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    assert caught() == {"definition", "sympy", "numpy"}


# Mutants of one engine ------------------------------------------------------------------------


def stride_ignored_by_definition(patch: pytest.MonkeyPatch) -> None:
    true = Axis.window
    patch.setattr(Axis, "window", lambda self, o: true(replace(self, stride=1), o))


def last_term_dropped(patch: pytest.MonkeyPatch) -> None:
    true = Terms.by_out
    patch.setattr(Terms, "by_out", lambda self, out: iter(list(true(self, out))[:-1]))


def pads_dropped(patch: pytest.MonkeyPatch) -> None:
    true = Terms.by_out
    patch.setattr(
        Terms, "by_out", lambda self, out: iter([t for t in true(self, out) if t.x is not None])
    )


def bias_of_the_first_filter(patch: pytest.MonkeyPatch) -> None:
    true = definition.evaluate

    def evaluate(g: Any, x: Any, w: Any, bias: Any, algebra: Any) -> Any:
        return true(g, x, w, None if bias is None else np.repeat(bias[:1], len(bias)), algebra)

    patch.setattr(definition, "evaluate", evaluate)


def licence_lifted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("symconv.engines.sums.INT64_MAX", 2**66)


def licence_for_int32_lifted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(choice, "SIMPLEST", choice.PASSES[0])


def bound_of_one_product(patch: pytest.MonkeyPatch) -> None:
    def bound(largest: int, w: Any) -> int:
        return largest * max(abs(int(v)) for v in w.ravel())

    patch.setattr(Sums, "bound", property(lambda s: bound(s.peak, s.w)))


def numeric_stride_off_by_one(patch: pytest.MonkeyPatch) -> None:
    true = work.frame_of

    def frame_of(g: Any) -> Any:
        frame = true(g)
        lines = tuple(line._replace(step=max(1, line.step - 1)) for line in frame.lines)
        return replace(frame, lines=lines)

    patch.setattr(work, "frame_of", frame_of)


def numeric_fill_forgotten(patch: pytest.MonkeyPatch) -> None:
    true = work.laid_out
    patch.setattr(work, "laid_out", lambda g, x, fill, dtype=None: true(g, x, 0 * fill, dtype))


def numeric_denominator_forgotten(patch: pytest.MonkeyPatch) -> None:
    true = rationals.over
    patch.setattr(numeric, "over", lambda values, _: true(values, 1))


def polynomial_shifted(patch: pytest.MonkeyPatch) -> None:
    true = polynomials._places
    patch.setattr(choice, "obvious", lambda _sums: None)
    patch.setattr(choice, "considered", lambda sums: choice.beyond(sums)[:1])

    def places(axes: Any, laid: Any) -> Any:
        inside, outside = true(axes, laid)
        return np.maximum(inside - 1, 0), outside

    patch.setattr(polynomials, "_places", places)


def symbolic_drops_a_tap(patch: pytest.MonkeyPatch) -> None:
    true = symbolic._sources

    def sources(g: Geometry) -> Any:
        found = true(g)
        found[-1] = axis.HOLE
        return found

    patch.setattr(symbolic, "_sources", sources)


def symbolic_expands(patch: pytest.MonkeyPatch) -> None:
    true = symbolic.evaluate

    def evaluate(*arguments: Any) -> Any:
        return [sympy.Add(v, sympy.Symbol("x_0"), evaluate=False) for v in true(*arguments)]

    patch.setattr(symbolic, "evaluate", evaluate)


def floats_slip_in(patch: pytest.MonkeyPatch) -> None:
    true = numeric.evaluate
    patch.setattr(numeric, "evaluate", lambda *a: true(*a).astype(float))


def objects_instead_of_int64(patch: pytest.MonkeyPatch) -> None:
    true = numeric.evaluate
    patch.setattr(numeric, "evaluate", lambda *a: true(*a).astype(object))


OWN = [
    pytest.param(stride_ignored_by_definition, "definition", id="stride ignored"),
    pytest.param(last_term_dropped, "definition", id="last term dropped"),
    pytest.param(pads_dropped, "definition", id="constant padding dropped"),
    pytest.param(bias_of_the_first_filter, "definition", id="bias of the first filter"),
    pytest.param(licence_lifted, "numpy", id="int64 without a licence"),
    pytest.param(licence_for_int32_lifted, "numpy", id="int32 without a licence"),
    pytest.param(bound_of_one_product, "numpy", id="a bound on one product alone"),
    pytest.param(numeric_stride_off_by_one, "numpy", id="stride off by one"),
    pytest.param(numeric_fill_forgotten, "numpy", id="constant forgotten"),
    pytest.param(numeric_denominator_forgotten, "numpy", id="denominator forgotten"),
    pytest.param(polynomial_shifted, "numpy", id="coefficient off by one"),
    pytest.param(floats_slip_in, "numpy", id="floats"),
    pytest.param(objects_instead_of_int64, "numpy", id="objects instead of int64"),
    pytest.param(symbolic_drops_a_tap, "sympy", id="a tap dropped"),
    pytest.param(symbolic_expands, "sympy", id="a term too many, unevaluated"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("mutate", "engine"), OWN)
def test_a_wrong_engine_is_caught_and_the_others_are_not(
    mutate: Mutate, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    assert caught() == {engine}


def test_a_value_that_prints_alike_but_is_another_object_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, w = sympy.symbols("x_0 w_0")
    true = engines.evaluate

    def evaluate(*arguments: Any, **options: Any) -> Any:
        out = true(*arguments, **options)
        out.ravel()[0] = sympy.Mul(x, w, evaluate=False)
        return out

    example = plane([x], [w], 1)
    check_symbols(example, "sympy")
    monkeypatch.setattr(engines, "evaluate", evaluate)
    with pytest.raises(AssertionError):
        check_symbols(example, "sympy")
