"""Input that broke something once: refused with a code, or answered, but never a traceback."""

from __future__ import annotations

import itertools
import pickle
import threading
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import symconv
from symconv import matrix, operations, quantized
from symconv.catalogue import OPERATIONS
from symconv.cli import main
from symconv.derivation import derive
from symconv.errors import FixtureError, GeometryError, SymconvError
from symconv.exact import array
from symconv.language import decide
from symconv.stacks import judge, stack
from tests.test_catalogue import SAMPLES

VALUES = ["0", "-1", "2", "1,2", "1:2", "true", "no", "99999999", "1/2", "a", "NHWC", "2x2", "same"]


@pytest.mark.parametrize("op", SAMPLES)
def test_every_option_with_awkward_values(op: str) -> None:
    """Whatever an option is given, the answer is a formula or an error with a code."""
    sample = SAMPLES[op]
    runner = CliRunner()
    operands = ["--input", sample.x, *(["--kernel", sample.w] if sample.w else [])]
    for name, value in itertools.product(sorted(OPERATIONS[op].options), VALUES):
        given = {**sample.options, name: value}
        options = [part for key, text in given.items() for part in ("-o", f"{key}={text}")]
        result = runner.invoke(main, ["derive", "--op", op, *operands, *options])
        assert isinstance(result.exception, SystemExit | None), (name, value, result.exception)
        assert result.exit_code in (0, 2)
        assert result.exit_code == 0 or "Error[" in result.stderr or "Usage" in result.stderr


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("receptive field == 2x2", True),
        ("jump == 0.5", True),
        ("jump == 2/4", True),
        ("output == 3 x 16 x 16", True),
        ("output == 3×16×16", True),
        ("output == 16", False),
        ("border == 0 + 0", True),
        ("parameters == 0", True),
        ("macs == 1,000", False),
    ],
)
def test_claims_of_stacks_are_compared_as_values(claim: str, holds: bool) -> None:
    found = stack({"input": [3, 9, 8], "layers": [{"max_pool": 2}, {"upsample": 4}]})
    assert judge(found, claim).holds is holds


@pytest.mark.parametrize("claim", ["parameters == banana", "output == 3,x16x16", "macs == 1,00"])
def test_a_claim_without_a_value_of_its_kind_is_refused(claim: str) -> None:
    found = stack({"input": [3, 9, 8], "layers": [{"max_pool": 2}, {"upsample": 4}]})
    with pytest.raises(FixtureError, match="not-a-claim"):
        judge(found, claim)


@pytest.mark.parametrize(
    "call",
    [
        symconv.flatten,
        matrix.transpose,
        matrix.vec,
        matrix.matmul,
        operations.flip,
        lambda x: operations.pad(x, 0),
        lambda x: operations.subsample(x, 1),
        lambda x: symconv.upsample_nearest(x, 1),
        lambda x: symconv.max_pool(x, 1),
        lambda x: quantized.wrap(x, "int64"),
    ],
)
def test_results_are_no_views_of_the_callers_arrays(call: Any) -> None:
    x = np.array([[1, 2], [3, 4]])
    out = call(x)
    assert not np.shares_memory(out, x)
    assert out.flags.writeable


def test_options_as_numpy_integers_are_integers() -> None:
    ones: Any = np.ones((1, 100), int)
    with pytest.raises(GeometryError, match="output-padding-too-large"):
        symconv.conv_transpose(ones, [[[1, 1]]], output_padding=np.int8(50))
    with pytest.raises(GeometryError, match="too-large"):
        symconv.conv_transpose([[1, 2]], [[[1]]], stride=10**30)
    wide: Any = np.uint8(4)
    out = symconv.conv(np.ones((256, 2), int), np.ones((4, 64, 1), int), groups=wide)
    assert out.tolist() == [[64, 64]] * 4


@pytest.mark.parametrize(
    "statement",
    [
        "correlate(x) == x",
        "correlate(x, x, stpride=2) == x",
        "delta((40000, 40000)) == x",
        "delta(-1) == x",
        "ones(3.5) == x",
        "max_pool(x) == x",
        'toeplitz(x, (3,), layout="NHWC") == x',
    ],
)
def test_statements_tell_what_is_wrong(statement: str) -> None:
    with pytest.raises(SymconvError) as caught:
        decide(statement, {"x": array([1, 2])})
    assert "()" not in str(caught.value)


def test_large_plans_are_quick() -> None:
    """A transposed layer reads its line once, and a formula knows its letters once."""
    out = symconv.conv_transpose([[1, 2, 3, 4]], [[[1, 2]]], stride=40_000, engine="definition")
    assert out.sum() == 30
    assert derive("5000", "2").texts().shape == (4999,)


def test_the_first_use_by_several_threads() -> None:
    names, failed = list(symconv.__all__), []

    def touch(name: str) -> None:
        try:
            getattr(symconv, name)
        except ImportError as error:
            failed.append(error)

    threads = [threading.Thread(target=touch, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.parametrize("op", SAMPLES)
def test_plans_can_be_sent_elsewhere(op: str) -> None:
    sample = SAMPLES[op]
    arrays = [array(text) for text in (sample.x, sample.w) if text is not None]
    plan = OPERATIONS[op].plan(*arrays, **sample.options)
    if plan is not None:
        copy = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own bytes
        assert copy.out_shape == plan.out_shape
        place = (0,) * len(plan.out_shape)
        assert list(copy.by_out(place)) == list(plan.by_out(place))
