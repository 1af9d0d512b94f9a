"""What the docs say of peers: every example of docs/findings.md, and JAX's conventions.

Other conventions in docs/peers.md are compared in the test of each peer.
"""

from __future__ import annotations

import doctest
from random import Random
from typing import Any

import numpy as np
import pytest

import symconv
from tests.peers.common import integers, unless
from tests.test_docs import ROOT, run_python_blocks

for peer in ("flint", "galois", "onnx", "onnxruntime", "scipy", "sympy", "torch"):
    pytest.importorskip(peer)
jax = pytest.importorskip("jax")

CASES = 25
"""Of every family; JAX compiles each anew."""


def test_findings_are_as_written() -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    results = run_python_blocks(ROOT / "docs" / "findings.md", flags)
    assert results.failed == 0
    assert results.attempted > 150


def floats(values: Any) -> Any:
    return jax.numpy.asarray(values, dtype=float)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", ["SAME", "VALID", "explicit", "consistent"])
def test_transposed_layers_are_jaxs(name: str, turned: bool) -> None:
    random = Random(f"{name}{turned}")  # noqa: S311 - a seeded test
    for _ in range(CASES):
        size, taps, stride, dilation = (random.randint(1, most) for most in (5, 4, 3, 2))
        span = dilation * (taps - 1) + 1
        p, q = random.randint(0, span - 1), random.randint(0, span - 1)
        x, w = integers(random, 1, 2, size), integers(random, 2, 3, taps)
        named: dict[str, dict[str, Any]] = {
            "SAME": {"padding": "same"},
            "VALID": {"output_padding": max(0, stride - span)},
            "explicit": {"padding": (span - 1 - p, span - 1 - q)},
            "consistent": {"padding": (p, q)},
        }
        options = named[name] | {"stride": stride, "dilation": dilation}
        found = unless("output-empty", symconv.conv_transpose, x, w, flip=not turned, **options)
        if found is None:
            continue
        wanted = jax.lax.conv_transpose(
            floats(x),
            floats(w),
            (stride,),
            name if name in ("SAME", "VALID") else [(p, q)],
            rhs_dilation=(dilation,),
            dimension_numbers=("NCW", "OIW" if turned else "IOW", "NCW"),
            transpose_kernel=turned,
            use_consistent_padding=name == "consistent",
        )
        assert found.tolist() == np.asarray(wanted).tolist(), options


def test_input_dilation_and_negative_padding_are_jaxs() -> None:
    random = Random(1)  # noqa: S311
    for _ in range(CASES):
        taps, stride, dilation, spread = (random.randint(1, 3) for _ in range(4))
        before, after = random.randint(-2, 3), random.randint(-2, 3)
        x, w = integers(random, 2, 3, random.randint(5, 9)), integers(random, 4, 3, taps)
        options = {"stride": stride, "dilation": dilation, "input_dilation": spread}
        found = unless("kernel-too-wide", symconv.conv, x, w, padding=(before, after), **options)
        if found is None:
            continue
        wanted = jax.lax.conv_general_dilated(
            floats(x), floats(w), (stride,), [(before, after)], (spread,), (dilation,)
        )
        assert found.tolist() == np.asarray(wanted).tolist(), options
