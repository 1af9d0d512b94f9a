"""Every operation is reached from Python, from `derive`, from fixtures and from statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, get_args

import pytest
import sympy

from symconv.catalogue import OPERATIONS
from symconv.derivation import Derivation, derive
from symconv.equality import equal
from symconv.errors import GeometryError, SymconvError
from symconv.exact import Array, array, names_in
from symconv.expressions import evaluate, parse
from symconv.fixtures import reads
from symconv.fixtures.model import Op, Options
from symconv.language import FUNCTIONS, decide
from symconv.planning import table_of
from symconv.verdicts import Status
from symconv.verify import judge
from tests.agreement import exact_type


@dataclass
class Sample:
    """One use of an operation: operands and options as text, and the output."""

    x: str
    out: str
    w: str | None = None
    bias: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def operands(self) -> dict[str, str]:
        """The operands that are given."""
        given = {"x": self.x, "w": self.w, "bias": self.bias}
        return {name: text for name, text in given.items() if text is not None}

    @property
    def symbols(self) -> list[str]:
        """The names of all symbols in the operands."""
        return sorted(names_in(*map(array, self.operands.values())))

    @property
    def exact(self) -> Array:
        """The output, its runs of symbols read as products."""
        return array(self.out, symbols=self.symbols or None)


QUANTIZED = {
    "x_scale": "1/2",
    "x_zero": "1",
    "w_scale": "1",
    "w_zero": "0",
    "y_scale": "1",
    "y_zero": "3",
}
SAMPLES = {
    "correlate": Sample("1 2 3", "5 8", "1 2"),
    "convolve": Sample("a b", "aw aw+bw bw", "w w"),
    "normalized_correlate": Sample("1 2 9 4", "3/2 3/2 3 4", "1 1 1", options={"mask": "1 1 0 1"}),
    "deconvolve": Sample("4 13 22 15", "1 2 3", "4 5"),
    "conv": Sample("1 2 3;", "11/2 17/2;", "1 2;;", "1/2"),
    "conv_transpose": Sample("1 2;", "1 10 102 20 200;", "1 10 100;;", options={"stride": 2}),
    "locally_connected": Sample("1 2 3;", "3 23;", "1 1; 10 1;;;"),
    "conv_integer": Sample("2 3 4;", "5 8;", "1 2;;", options={"x_zero": "1"}),
    "qlinear_conv": Sample("1 2 3;", "4 5;", "1 2;;", options=QUANTIZED),
    "requantize": Sample("10 -10 2000", "2 -2 127", options={"scale": "1/4", "dtype": "int8"}),
    "quantize_linear": Sample("1/2 3/2 5", "1 3 10", options={"scale": "1/2"}),
    "dequantize_linear": Sample("1 3", "-1 0", options={"scale": "1/2", "zero": "3"}),
    "wrap": Sample("100 200 -300", "100 -56 -44", options={"dtype": "int8"}),
    "saturate": Sample("100 200 -300", "100 127 -128", options={"dtype": "int8"}),
    "gradient_of_input": Sample("p q;", "pw px+qw qx;", "w x;;", options={"x_shape": "1x3"}),
    "gradient_of_kernel": Sample("p q;", "ap+bq bp+cq;;", "a b c;", options={"w_shape": "1x1x2"}),
    "gradient_of_bias": Sample("1 2 3; 10 20 30", "6 60"),
    "toeplitz": Sample("w x", "w x 0; 0 w x", options={"x_shape": "3"}),
    "im2col": Sample("a b c", "a b; b c", options={"w_shape": "2"}),
    "max_pool": Sample("1 5 3 2", "5 3", options={"window": 2}),
    "min_pool": Sample("1 5 3 2", "1 2", options={"window": 2}),
    "sum_pool": Sample("1 5 3 2", "6 5", options={"window": 2}),
    "avg_pool": Sample("1 5 3 2", "3 5/2", options={"window": 2}),
    "lp_pool": Sample("3 -4 5 12", "5 13", options={"window": 2, "p": 2}),
    "max_pool_indices": Sample("1 5 3 2", "1 2", options={"window": 2}),
    "adaptive_max_pool": Sample("1 5 3 2 4", "5 4", options={"size": 2}),
    "adaptive_avg_pool": Sample("1 5 3 2 4", "3 3", options={"size": 2}),
    "max_unpool": Sample("a b", "a 0 b 0", "0 2", options={"window": 2}),
    "global_max_pool": Sample("1 2; 3 4;; 5 6; 8 7", "4 8"),
    "global_avg_pool": Sample("1 2; 3 4;; 5 6; 8 7", "5/2 13/2"),
    "global_lp_pool": Sample("1 2; 2 4;; 4 4; 7 0", "5 9"),
    "upsample_nearest": Sample("a b", "a a b b", options={"scale": "2"}),
    "upsample_zeros": Sample("a b", "a 0 b 0", options={"n": 2}),
    "upsample_bilinear": Sample("0 4", "0 1 3 4", options={"scale": "2"}),
    "circular_convolve": Sample("a b c", "ap+cq aq+bp bq+cp", "p q"),
    "circular_correlate": Sample("a b c", "ap+bq bp+cq cp+aq", "p q"),
    "negacyclic_convolve": Sample("a b c", "ap-cq aq+bp bq+cp", "p q"),
    "dyadic_convolve": Sample("a b", "ap+bq aq+bp", "p q"),
    "subset_convolve": Sample("a b", "ap aq+bp", "p q"),
    "union_convolve": Sample("a b", "ap aq+bp+bq", "p q"),
    "intersection_convolve": Sample("a b", "ap+aq+bp bq", "p q"),
    "dirichlet_convolve": Sample("1 1 1", "1 2 1 1 0 1", "1 1"),
    "flatten": Sample("a b; c d", "a b c d"),
    "dilate": Sample("a b", "a 0 0 b", options={"dilation": 3}),
}
NAMES = [pytest.param(name, sample, id=name) for name, sample in SAMPLES.items()]


def test_every_operation_has_a_sample_and_fixtures_know_it() -> None:
    assert set(SAMPLES) == set(OPERATIONS) == set(get_args(Op))
    assert set(OPERATIONS) <= FUNCTIONS


def test_the_readme_counts_them() -> None:
    readme = Path(__file__).parent.parent / "README.md"
    assert f"names {len(OPERATIONS)} operations" in readme.read_text(encoding="utf-8")


def test_fixtures_know_every_option() -> None:
    known = set(Options.__struct_fields__)
    assert {option for op in OPERATIONS.values() for option in op.options} == known


@pytest.mark.parametrize(("op", "sample"), NAMES)
def test_from_python(op: str, sample: Sample) -> None:
    arrays = [array(text) for text in sample.operands.values()]
    operation = OPERATIONS[op]
    for engine in ("definition", "numpy", None) if operation.engined else (None,):
        symbols = any(value.dtype == object for value in arrays)
        if engine == "numpy" and symbols:
            continue
        found = operation(*arrays, engine=engine, **sample.options)
        assert found.tolist() == sample.exact.tolist()
        if not symbols:
            flat = found.ravel().tolist()
            assert [type(value) for value in flat] == [exact_type(value) for value in flat]


READERS: dict[str, Any] = {
    "max": max,
    "min": min,
    "norm_2": lambda a, b: array("5 13")[[(3, -4), (5, 12)].index((a, b))],
    "argmax": lambda *window: window.index(max(window)),
}
"""What the names of folds mean; of the norms just those of the sample."""


def check_texts(found: Derivation, symbols: list[str]) -> None:
    """Check that every formula, read back, is the value of its output."""
    texts = zip(found.texts().ravel().tolist(), found.out.ravel().tolist(), strict=True)
    for place, (text, value) in enumerate(texts):
        tree = parse(text, symbols=symbols, functions=READERS)
        read = evaluate(tree, {name: sympy.Symbol(name) for name in symbols}, READERS)
        start = 2 * place if found.fold == "argmax" else 0
        assert equal(start + read, value), text


FORMULAS = [
    pytest.param(
        ("a b", "w x"), {"conjugate": True}, "a(conjugate(w)) + b(conjugate(x))", id="conjugated"
    ),
    pytest.param(
        ("1", "5 6"),
        {"padding": 1, "boundary": "constant(0)", "algebra": "Max-Plus"},
        "max(0 + 5, a + 6)",
        id="a constant in max-plus",
    ),
    pytest.param(
        ("1", "5 6"), {"padding": 1, "algebra": "max-plus"}, "max(a + 6)", id="nothing in max-plus"
    ),
    pytest.param(
        ("3 4 12", None), {"op": "lp_pool", "window": 3, "p": 3}, "norm_3(3, 4, 12)", id="norm"
    ),
    pytest.param(
        ("1x3", "1x1x2x2", "1x2"),
        {"op": "locally_connected"},
        "aw + bx + b_[0,0]",
        id="bias by place",
    ),
]


@pytest.mark.parametrize(("operands", "options", "text"), FORMULAS)
def test_formulas(operands: tuple[str, ...], options: dict[str, Any], text: str) -> None:
    first = derive(*operands, **options).texts().ravel()[0]
    assert first == text


def test_complex_claims() -> None:
    """In text I is the imaginary unit of this algebra, in operands, printed and exact cells."""
    sample = Sample("1+I 2", "1+3*I", "1 I", options={"algebra": "complex"})
    text = document("correlate", sample, sample.out).replace("symbols: I", "symbols: I")
    loaded = reads(text)
    assert loaded.faults == ()
    assert loaded.document is not None
    finding = judge(loaded.document.cases[0], loaded.document)
    assert (finding.status, finding.failures) == (Status.CONFIRMED, ())
    arrays = {"x": array("1+I 2"), "w": array("1 I"), "y": array("1+3*I,")}
    assert decide('correlate(x, w, algebra="complex") == y', arrays).holds


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("1 -∞ 2", "confirmed"),
        ("1 -oo 2", "confirmed"),
        ("1 0 2", "refuted"),
        ("oo -∞ 2", "refuted"),
    ],
)
def test_outputs_that_read_nothing_in_max_plus(printed: str, status: str) -> None:
    """Between the entries of a dilated input stand the zeros of the algebra."""
    options = {"input_dilation": 2, "algebra": "max-plus"}
    text = document("correlate", Sample("1 2", printed, "0", options=options), printed)
    loaded = reads(text.replace(f"  exact: {printed}\n", ""))
    assert loaded.faults == ()
    assert loaded.document is not None
    finding = judge(loaded.document.cases[0], loaded.document)
    assert finding.status.value == status


def test_work_covers_what_is_made() -> None:
    """A plan's work is what untrusted sizes are refused by."""
    for op, x, w, options in (
        ("conv_transpose", (1, 3), (1, 1, 1), {"padding": -(10**9)}),
        ("conv_transpose", (1, 3), (1, 1, 1), {"stride": 10**9}),
        ("locally_connected", (1, 10**5), (1, 1, 10**5, 1), {}),
    ):
        table = table_of(op, x, w, **options)
        assert max(table.work.values()) >= max(prod(table.out_shape), prod(table.w_shape)) >= 10**5
    with pytest.raises(GeometryError, match="too-large"):
        OPERATIONS["conv_transpose"](array("1 2;"), array("1;;"), padding=-(10**9))


@pytest.mark.parametrize(("op", "sample"), NAMES)
def test_from_derive(op: str, sample: Sample) -> None:
    found = derive(*sample.operands.values(), op=op, **sample.options)
    assert found.out.tolist() == sample.exact.tolist()
    assert found.texts().shape == found.out.shape
    check_texts(found, sample.symbols)


def document(op: str, sample: Sample, printed: str) -> str:
    lines = [
        "schema: symconv-fixture/1\ndeck: demo\ntitle: t\norigin: o\ncases:",
        f"- kind: values\n  id: demo/case\n  says: a claim\n  slide: '1'\n  op: {op}",
        *(f"  {name}: {text}" for name, text in sample.operands.items()),
    ]
    if sample.symbols:
        lines.append(f"  symbols: {' '.join(sample.symbols)}")
    if sample.options:
        lines.append("  options:")
        lines += [f"    {name}: {value}" for name, value in sample.options.items()]
    return "\n".join([*lines, f"  exact: {printed}", f"  printed: {printed}", ""])


@pytest.mark.parametrize(("op", "sample"), NAMES)
def test_from_a_fixture(op: str, sample: Sample) -> None:
    loaded = reads(document(op, sample, sample.out))
    assert loaded.faults == ()
    assert loaded.document is not None
    finding = judge(loaded.document.cases[0], loaded.document)
    assert (finding.status, finding.failures) == (Status.CONFIRMED, ())


@pytest.mark.parametrize(("op", "sample"), NAMES)
def test_a_wrong_cell_in_a_fixture_is_refuted(op: str, sample: Sample) -> None:
    first, *rest = sample.out.split(" ")
    loaded = reads(document(op, sample, " ".join([f"{first}+1", *rest])))
    assert loaded.document is not None
    finding = judge(loaded.document.cases[0], loaded.document)
    assert finding.status is Status.REFUTED
    assert [difference.cell for difference in finding.cells] == [(0,) * sample.exact.ndim]


@pytest.mark.parametrize(("op", "sample"), NAMES)
def test_from_a_statement(op: str, sample: Sample) -> None:
    arrays = {name: array(text) for name, text in sample.operands.items()} | {"out": sample.exact}
    spelled = {
        name: f'"{value}"' if isinstance(value, str) else value
        for name, value in sample.options.items()
    }
    names = ", ".join(OPERATIONS[op].arrays[: len(sample.operands)])
    options = "".join(f", {name}={value}" for name, value in spelled.items())
    statement = f"{op}({', '.join(sample.operands)}{options}) == out"
    if op == "qlinear_conv":
        statement = f"{op}(x, 1/2, 1, w, 1, 0, 1, 3) == out"
    assert decide(statement, arrays).holds, names


@pytest.mark.parametrize(
    ("op", "x", "w", "options"),
    [
        pytest.param("upsample_nearest", "1 2", None, {"scale": "10000000"}, id="upsampling"),
        pytest.param("max_pool", "1 2", None, {"window": 9**9, "padding": 9**9}, id="pooling"),
        pytest.param("circular_convolve", "1 2", "1", {"n": 10**9}, id="modulus"),
        pytest.param("max_unpool", "1 2", "0 1", {"window": 1, "stride": 10**9}, id="unpooling"),
        pytest.param("toeplitz", "1 2", None, {"x_shape": "99999999"}, id="matrix"),
        pytest.param("conv_transpose", "1 2;", "1;;", {"stride": 10**9}, id="transposed"),
        pytest.param("dilate", "1 2", None, {"dilation": 10**9}, id="dilation"),
        pytest.param(
            "gradient_of_input", "1 2;", "1;;", {"x_shape": "1x2", "padding": 10**9}, id="gradient"
        ),
    ],
)
def test_sizes_out_of_proportion_are_refused_at_once(
    op: str, x: str, w: str | None, options: dict[str, Any]
) -> None:
    arrays = [array(text) for text in (x, w) if text is not None]
    with pytest.raises(SymconvError):
        OPERATIONS[op](*arrays, **options)


def test_shapes_as_text() -> None:
    with pytest.raises(GeometryError, match="x_shape is '3by4'"):
        derive("w x", op="toeplitz", x_shape="3by4")
