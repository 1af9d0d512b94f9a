"""Errors of derivations."""

from __future__ import annotations

from typing import Any

import pytest

from symconv.derivation import derive

CASES: list[Any] = [
    pytest.param(
        lambda: derive("200x200", "2x3"),
        "GeometryError[too-many-formulas]: 40000 inputs, 6 taps and 39402 outputs, but "
        "formulas are written for at most 20000 of each, and of 1000000 products\n"
        "  hint: use a smaller input, or call the operation itself",
        id="too-many-formulas",
    ),
    pytest.param(
        lambda: derive("3000x4000", "2x3"),
        "GeometryError[too-many-formulas]: 3000x4000 has more than 2000000 entries\n"
        "  hint: use a smaller shape",
        id="too-many-formulas",
    ),
    pytest.param(
        lambda: derive("3x4", "2x3", op="corelate"),
        "GeometryError[unknown-op]: op='corelate'\n  hint: did you mean 'correlate'?",
        id="unknown-op",
    ),
    pytest.param(
        lambda: derive("3x4"),
        "GeometryError[missing-operand]: correlate needs a kernel\n  hint: give a shape or entries",
        id="missing-operand",
    ),
    pytest.param(
        lambda: derive("3x4", "2x3", op="max_pool"),
        "GeometryError[unknown-operand]: max_pool takes no kernel\n  hint: leave it out",
        id="unknown-operand",
    ),
    pytest.param(
        lambda: derive("3x4", "2x3", "1"),
        "GeometryError[unknown-operand]: correlate takes no bias\n  hint: leave it out",
        id="unknown-operand, bias",
    ),
    pytest.param(
        lambda: derive("3x4", "2x3", strid=2),
        "GeometryError[unknown-option]: correlate has no option 'strid'\n"
        "  hint: did you mean 'stride'?",
        id="unknown-option",
    ),
    pytest.param(
        lambda: derive("3x4", op="flatten", stride=2),
        "GeometryError[unknown-option]: flatten has no option 'stride'\n"
        "  hint: flatten takes no options",
        id="unknown-option, none",
    ),
    pytest.param(
        lambda: derive("3x4", op="max_pool"),
        "GeometryError[missing-option]: max_pool needs the option 'window'\n  hint: give window=",
        id="missing-option",
    ),
    pytest.param(
        lambda: derive("3x4", "2x3", op="gradient_of_input", x_shape="4xx5"),
        "GeometryError[bad-shape]: x_shape is '4xx5'\n  hint: write 2x3x3",
        id="bad-shape",
    ),
]
