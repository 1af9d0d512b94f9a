"""Finite fields against the package galois: arithmetic, and convolution in every engine."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import symconv
from symconv.algebra import GF, ExtensionField, PrimeField, adopted, named
from symconv.deconvolution import deconvolve
from symconv.errors import AlgebraError, EngineError
from symconv.index_laws import circular_convolve

galois = pytest.importorskip("galois")
ORDERS = [4, 8, 9, 25, 27, 256, 3**5, 2**40, 2**100]


def draws(field: ExtensionField, *shape: int) -> Any:
    """Return entries, the largest element among them."""
    source = np.random.default_rng(field.order % 2**32 + len(shape))
    flat = [int(v) % field.order for v in source.integers(0, 2**62, int(np.prod(shape)))]
    flat[-1] = field.order - 1
    return np.array(flat, dtype=object).reshape(shape)


def extension(order: int, **options: Any) -> ExtensionField:
    field = GF(order, **options)
    assert isinstance(field, ExtensionField)
    return field


@pytest.mark.parametrize("order", ORDERS)
def test_the_arithmetic_of_polynomials_is_that_of_galois(order: int) -> None:
    field = extension(order)
    assert field.prime**field.degree == order
    values = [0, 1, order - 1, *draws(field, 12).tolist()]
    theirs = field.field
    for a, b in itertools.product(values, values):
        assert field.product(a, b) == int(theirs(a) * theirs(b))
        assert field.sum([a, b]) == int(theirs(a) + theirs(b))
    for a in values:
        assert field.scaled(a, -1) == int(-theirs(a))
        if a:
            assert field.inverse(a) == int(theirs(1) / theirs(a))


@pytest.mark.parametrize("order", ORDERS)
def test_one_dimension_is_a_product_of_polynomials(order: int) -> None:
    field = extension(order)
    x, w = draws(field, 9), draws(field, 4)
    wanted = [int(v) for v in np.convolve(field.field(x.tolist()), field.field(w.tolist()))]
    for engine in (None, "numpy", "definition"):
        assert symconv.convolve(x, w, algebra=field, engine=engine).tolist() == wanted
        assert symconv.convolve(x, w, algebra=field.field, engine=engine).tolist() == wanted
    found = deconvolve(wanted, w, algebra=field)
    assert found.quotient.tolist() == x.tolist()
    assert not found.remainder.any()


@pytest.mark.parametrize("order", [8, 9, 256, 2**100])
def test_engines_agree_on_layers(order: int) -> None:
    field = extension(order)
    x, w, bias = draws(field, 2, 4, 6, 5), draws(field, 6, 2, 3, 2), draws(field, 6)
    options: dict[str, Any] = {
        "padding": [(1, 2), (-1, 3)],
        "stride": (2, 1),
        "dilation": (1, 2),
        "input_dilation": (2, 1),
        "groups": 2,
        "boundary": f"constant({order - 1})",
        "algebra": field,
    }
    slow, fast, default = (
        symconv.conv(x, w, bias, engine=engine, **options)
        for engine in ("definition", "numpy", None)
    )
    assert slow.tolist() == fast.tolist() == default.tolist()
    assert slow.dtype == fast.dtype
    for boundary in ("zero", "reflect", "wrap"):
        options["boundary"] = boundary
        pair = [symconv.conv(x, w, engine=engine, **options) for engine in ("definition", "numpy")]
        assert pair[0].tolist() == pair[1].tolist()


def test_arrays_of_galois_are_entries() -> None:
    field = galois.GF(2**8)
    x, w = field([[3, 200, 7], [9, 1, 255]]), field([[2, 5]])
    found = symconv.correlate(x, w, algebra=field)
    wanted = [[int(row[j] * w[0, 0] + row[j + 1] * w[0, 1]) for j in range(2)] for row in x]
    assert found.tolist() == wanted
    assert type(found) is np.ndarray


def test_classes_of_galois_are_algebras() -> None:
    assert adopted(galois.GF(7)) == PrimeField(7) == GF(7)
    assert adopted(galois.GF(3**3)) == GF(27) == named("gf(27)") == named("GF(3^3)")
    assert symconv.convolve([1, -6], ["1/2", 5], algebra=galois.GF(7)).tolist() == [4, 2, 5]


def test_another_irreducible_polynomial_is_another_field() -> None:
    conway, aes = extension(2**8), extension(2**8, polynomial="x^8 + x^4 + x^3 + x + 1")
    assert aes == extension(2**8, polynomial=0x11B)
    assert aes != conway
    assert aes.product(0x57, 0x83) == 0xC1
    for field in (conway, aes):
        found = symconv.convolve([0x57], [0x83], algebra=field, engine="numpy")
        assert found.tolist() == [field.product(0x57, 0x83)]
    for polynomial in ("x^8 + 1", "x^4 + x + 1", "junk", 1.5):
        with pytest.raises(AlgebraError, match="not-irreducible"):
            GF(2**8, polynomial=polynomial)


def test_tables_without_a_route_keep_the_definition() -> None:
    field = extension(2**8)
    assert circular_convolve([3, 200], [7, 1], algebra=field).tolist() == [
        field.sum([field.product(3, 7), field.product(200, 1)]),
        field.sum([field.product(3, 1), field.product(200, 7)]),
    ]
    with pytest.raises(EngineError, match="algebra-engine"):
        circular_convolve([3, 200], [7, 1], algebra=field, engine="numpy")
    for engine in ("numpy", "definition"):
        with pytest.raises(AlgebraError, match="not-in-field"):
            symconv.correlate([256], [1], algebra=field, engine=engine)
