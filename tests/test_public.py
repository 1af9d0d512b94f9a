"""What is public, that it is documented with an example, and that importing it stays light."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import symconv
from symconv import fast

NAMES = [
    "Case",
    "SymconvError",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "algebra",
    "array",
    "avg_pool",
    "check",
    "circular_convolve",
    "circular_correlate",
    "conv",
    "conv_integer",
    "conv_transpose",
    "convolve",
    "correlate",
    "deconvolve",
    "dirichlet_convolve",
    "dyadic_convolve",
    "fast",
    "flatten",
    "geometry",
    "global_avg_pool",
    "global_lp_pool",
    "global_max_pool",
    "gradients",
    "homework",
    "intersection_convolve",
    "laws",
    "load",
    "locally_connected",
    "lp_pool",
    "matrix",
    "max_pool",
    "max_pool_indices",
    "max_unpool",
    "min_pool",
    "negacyclic_convolve",
    "normalized_correlate",
    "prove",
    "qlinear_conv",
    "quantized",
    "sequences",
    "stacks",
    "subset_convolve",
    "sum_pool",
    "union_convolve",
    "upsample_bilinear",
    "upsample_nearest",
    "upsample_zeros",
]
HEAVY = ("sympy", "numpy", "rich", "flint", "yaml", "jinja2")


def test_the_public_names() -> None:
    assert sorted(symconv.__all__) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(symconv, name) is not None
    assert name in dir(symconv)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'symconv' has no attribute 'convolute'"):
        symconv.convolute  # noqa: B018 - the lookup is what is tested


def test_importing_everything_by_star() -> None:
    scope: dict[str, Any] = {}
    exec("from symconv import *", scope)  # noqa: S102 - our own text
    assert set(NAMES) <= set(scope)


def functions() -> list[Any]:
    found = [getattr(symconv, name) for name in NAMES] + [
        value for name, value in vars(fast).items() if name in fast.__all__
    ]
    return [value for value in found if inspect.isfunction(value)]


@pytest.mark.parametrize("function", functions(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_public_function_shows_an_example(function: Any) -> None:
    assert function.__doc__
    assert ">>> " in function.__doc__
    first = function.__doc__.splitlines()[0]
    assert first.endswith(".")
    assert len(first) > 20


def test_the_arrays_of_public_operations_are_positional() -> None:
    for function in (symconv.correlate, symconv.convolve, symconv.conv, fast.correlate, fast.conv):
        kinds = {name: p.kind for name, p in inspect.signature(function).parameters.items()}
        for name, kind in kinds.items():
            arrays = name in ("x", "w", "bias")
            parameter = inspect.Parameter
            assert kind is (parameter.POSITIONAL_ONLY if arrays else parameter.KEYWORD_ONLY)


OF_THE_FAST_PATH_ALONE = {
    "Plan",
    "certified",
    "error_bound",
    "in_blocks",
    "numerators",
    "over_dask",
    "plan",
}


@pytest.mark.parametrize("name", sorted(set(fast.__all__) - OF_THE_FAST_PATH_ALONE))
def test_the_fast_path_has_the_same_signatures(name: str) -> None:
    exact = inspect.signature(getattr(symconv, name)).parameters
    quick = inspect.signature(getattr(fast, name)).parameters
    assert set(exact) - set(quick) <= {"engine", "algebra"}
    for key, parameter in quick.items():
        assert parameter.default == exact[key].default
        assert parameter.kind == exact[key].kind


def loaded(statement: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after *statement*."""
    code = f"import sys\n{statement}\nprint(*sorted(set({HEAVY}) & set(sys.modules)), sep=',')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split(",")) - {""}


HELP = """
from symconv.cli import main
try:
    main(["{arguments}"])
except SystemExit:
    pass
"""


def test_importing_symconv_is_light() -> None:
    assert loaded("import symconv; assert symconv.__version__") == set()


def test_naming_an_error_is_light() -> None:
    assert loaded("import symconv; symconv.SymconvError") == set()


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", 'derive", "--help', 'verify", "--help']
)
def test_help_is_light(arguments: str) -> None:
    assert loaded(HELP.format(arguments=arguments)) == set()


def test_numbers_need_no_sympy() -> None:
    statement = "import symconv; symconv.correlate([1, 2, 3], [4, 5], padding='same')"
    assert loaded(statement) <= {"numpy", "flint"}


def test_the_guard_can_fail() -> None:
    assert "numpy" in loaded("import symconv; symconv.array('1 2')")
    assert "sympy" in loaded("import symconv; symconv.array('a b')")
    assert loaded("import yaml") == {"yaml"}
