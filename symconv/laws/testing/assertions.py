"""Laws as tests: a function is asked what a law says of it, on small arrays of integers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symconv.errors import LawError
from symconv.laws.law import Law
from symconv.laws.testing.calls import Called, FaultError, Tested
from symconv.laws.testing.cases import LARGEST, Instance, filled, holds_at, hypothesis
from symconv.laws.testing.convention import Convention
from symconv.laws.testing.reports import Finding, LawBrokenError
from symconv.laws.testing.selection import Selected, selected
from symconv.options import is_int

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Options = Iterable[str] | Mapping[str, Container[Any]]
MOST_SEEN = 200
"""Calls that are kept to tell what a function computes instead."""


class _BrokenError(Exception):
    """Carries a finding out of a run of Hypothesis."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


@dataclass(slots=True)
class _Run:
    """One law put to a function: its calls so far, and the last finding."""

    f: Tested
    seen: list[Called] = field(default_factory=list)
    last: Finding | None = None

    def ask(self, instance: Instance) -> None:
        """Raise what an instance finds."""
        finding = self._finding(instance)
        if finding is not None:
            self.last = finding
            raise _BrokenError(finding)

    def _finding(self, instance: Instance) -> Finding | None:
        try:
            left, right, calls = instance.evaluated(self.f)
        except FaultError as error:
            self._note([error.called])
            return Finding(instance, [error.called], fault=error.says, cause=error.__cause__)
        self._note(calls)
        finding = Finding(instance, calls, left, right)
        if np.array_equal(left, right):
            return None
        if not holds_at(instance.place) or not np.array_equal(*instance.sides()):
            hypothesis().reject()
        return finding

    def _note(self, calls: Sequence[Called]) -> None:
        if len(self.seen) < MOST_SEEN:
            self.seen += calls


def assert_laws(
    f: Tested,
    which: str | Law | Iterable[str | Law] | None = None,
    *,
    op: str = "correlate",
    padding: Any = None,
    stride: int = 1,
    dilation: int = 1,
    boundary: str = "zero",
    groups: int = 1,
    options: Options = (),
    rank: int = 1,
    max_examples: int = 100,
    largest: int = LARGEST,
    longest: int | None = None,
    dtype: Any = np.int64,
) -> None:
    """Assert that a function obeys the laws of the convolution that it is meant to be.

    ``f(x, w)`` takes NumPy arrays of ``dtype`` and returns the output, for ``op`` "correlate",
    "convolve" or "conv" (a layer: x (C, *S), w (M, C/groups, *K)) with ``padding`` (that of
    the operation in symconv when left out), ``stride``, ``dilation``, ``boundary`` and ``groups``.
    ``options`` names those that f takes by keyword, as in ``("stride", "padding")``, or maps
    each to the values that it accepts; these are then given in every call. A padding is given as
    a name where the law has one, else as (before, after), one such pair for each axis in 2-D.

    ``which`` are laws of the registry by name, or equations in the language of
    `symconv.laws.prove`; by default all laws of the registry that are proved for this convention,
    those that hold under a condition within it. What f can carry out in a law goes to f; what it
    cannot (other operations, other options) is done exactly.

    The arrays hold integers from −``largest`` to ``largest``, their lengths go up to ``longest``,
    and no call needs an integer beyond 2^53, so that int64 and float64 are exact. Kernels may be
    longer than inputs where there is an output; where there is none, f is not called. Results are
    compared exactly. The run is the same each time.

    Raises: LawBrokenError (an AssertionError) with the smallest instance found;
    LawError[no-hypothesis], [unknown-law], [refuted-law], [no-part], [unknown-choice],
    [bad-parameter]; GeometryError for a padding that has no meaning.

    >>> assert_laws(np.convolve, "commutativity", op="convolve")
    >>> try:
    ...     assert_laws(lambda x, w: np.correlate(x, w, "full"), "commutativity", op="convolve")
    ... except AssertionError as error:
    ...     print(error.law, *error.agrees)
    commutativity correlate(x, w, padding="full")
    """
    hypothesis()
    _check(max_examples=max_examples, largest=largest, longest=longest)
    convention = Convention.told(
        op,
        padding=padding,
        stride=stride,
        dilation=dilation,
        boundary=boundary,
        groups=groups,
        options=options,
        rank=rank,
    )
    for law in selected(which, convention, longest):
        data = filled(law.places, convention, largest=largest, dtype=dtype)
        _assert_law(f, law, data, max_examples)


def hypothesis_strategy(
    law: str | Law,
    *,
    largest: int = LARGEST,
    longest: int | None = None,
    dtype: Any = np.int64,
    **convention: Any,
) -> SearchStrategy[Instance]:
    """Return a Hypothesis strategy of instances of a law: arrays, scalars and parameters.

    ``law`` and the options are those of `assert_laws`. An instance has ``arrays``, ``scalars`` and
    ``parameters`` by name, and ``sides(f)`` returns what both sides come to with f.

    Raises: as `assert_laws`.

    >>> from hypothesis import given
    >>> @given(hypothesis_strategy("commutativity", op="convolve"))
    ... def test_my_convolution(instance):
    ...     left, right = instance.sides(np.convolve)
    ...     assert left.tolist() == right.tolist()
    >>> test_my_convolution()
    """
    hypothesis()
    _check(largest=largest, longest=longest)
    told = Convention.told(**convention)
    (found,) = selected(law, told, longest)
    return filled(found.places, told, largest=largest, dtype=dtype)


def laws_for(**convention: Any) -> tuple[str, ...]:
    """Return the names of the laws that `assert_laws` asks about by default.

    Raises: LawError[no-part] when there is none, [unknown-choice].

    >>> "commutativity" in laws_for(op="convolve")
    True
    """
    return tuple(law.name for law in selected(None, Convention.told(**convention)))


def _check(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is not None and (not is_int(value) or value < 1):
            message = f"{name} is {value!r}"
            raise LawError("bad-parameter", message, hint="use an integer of 1 or more")


def _assert_law(f: Tested, law: Selected, data: SearchStrategy[Instance], count: int) -> None:
    """Run one law; what is raised is the smallest instance at which it is broken."""
    tool, run = hypothesis(), _Run(f)

    def asked(instance: Instance) -> None:
        run.ask(instance)

    settings = tool.settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(tool.HealthCheck),
        phases=(tool.Phase.generate, tool.Phase.shrink),
    )
    try:
        settings(tool.given(data)(asked))()
    except _BrokenError as broken:
        finding = broken.finding
    except tool.errors.Flaky:
        if run.last is None:
            raise
        finding = replace(run.last, fault="f gives other results for the same arrays")
    except tool.errors.Unsatisfiable:
        message = f"no instance of {law.name} could be put to f"
        raise LawError("no-part", message, hint="use smaller numbers: largest=") from None
    else:
        return
    raise LawBrokenError(finding, run.seen) from finding.cause
