"""Assembled SymPy objects against SymPy's own constructors: the same objects, whatever the entries.

The witness is `Add(*[Mul(x, w), ...])`, term by term, over index pairs written out here.
"""

from __future__ import annotations

import gc
import itertools
import pickle
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import I, Mul, Pow, Rational, S, Symbol

import symconv
from symconv import engines
from symconv.engines.collector import COLLECTOR_PAUSED, CollectorPause
from symconv.engines.symbols import assembly, collecting, merging, multiplying, symbolic
from symconv.engines.symbols.assembly import OrderKeys
from symconv.engines.symbols.monomials import MOST_FACTORS
from symconv.errors import SymconvError
from symconv.exact import INT64_MAX

a, b, c, x, y = sympy.symbols("a b c x y")
positive, real, whole = (
    Symbol("a", positive=True),
    Symbol("a", real=True),
    Symbol("n", integer=True),
)
zero, infinite = Symbol("z", zero=True), Symbol("u", infinite=True)
A, B = sympy.symbols("A B", commutative=False)
f, g = sympy.Function("f"), sympy.Function("g", real=True)
k = sympy.IndexedBase("k")

LETTERS = [
    *(a, b, c, positive, real, whole, zero, infinite, Symbol("m", negative=True)),
    *(sympy.Dummy("a"), sympy.Dummy("a"), sympy.Wild("a"), A, B),
]
NUMBERS = [
    *(0, 1, -1, 2, -2, 7, 10**30),
    *(Fraction(1, 2), Fraction(-1, 3), Fraction(2, 3), Fraction(10**20, 3)),
]
CONSTANTS = [
    *(I, sympy.pi, sympy.E, sympy.GoldenRatio, sympy.exp(2), 1 + I, sympy.sqrt(sympy.pi)),
    *(sympy.sqrt(2), sympy.sqrt(2) * I, sympy.cbrt(2), S.NegativeOne ** Rational(1, 3)),
]
FUNCTIONS = [
    *(f(a), g(a), f(a, b), f(a) ** 2, sympy.sin(a), sympy.log(a), abs(a), abs(real), f(a + b)),
    *(sympy.exp(a), sympy.exp(a + b), sympy.exp(-a), sympy.exp(2 * a), sympy.Max(a, b)),
    *(k[1], k[whole], sympy.MatrixSymbol("M", 2, 2)[0, 1], sympy.Derivative(f(a), a)),
    *(sympy.Integral(f(a), (a, 0, 1)), sympy.Piecewise((a, b > 0), (c, True)), f(A), sympy.exp(A)),
]
POWERS = [
    *(2**a, a**whole, a**b, a ** (2 * b), a ** (b + 1), 1 / a, a**-2, a ** Rational(3, 2)),
    *(sympy.sqrt(a), sympy.sqrt(positive), (a + b) ** 2, sympy.sqrt(a + b), (2 * a + 2 * b) ** 2),
    *(sympy.sqrt(a * b), (positive * a) ** b, A**2, a * a**whole, (a**b) ** c, sympy.sqrt(a**2)),
    *((1 + sympy.sqrt(2)) ** 3, sympy.sin(1) ** 2, sympy.pi**2, sympy.sin(1), (2 * sympy.pi) ** a),
]
SUMS_AND_PRODUCTS = [
    *(a + b, a - 2 * b + 3, -a - b, a + I, a + sympy.sqrt(2), A + B, a + A, f(a) + a**2),
    *(a * b, 2 * a, -a, a * b * c, a / b, a * (b + c), 2 * a * (b + c), (a + b) * (b + c)),
    *(
        b + infinite,
        a * infinite,
        A * B,
        a * A,
        3 * A * a * B,
        sympy.UnevaluatedExpr(a),
        I * a,
        sympy.pi * a,
    ),
]
UNEVALUATED = [
    *(Mul(*each, evaluate=False) for each in ((b, a), (a, a), (2, a + b), (2, 3), (1, a), (0, a))),
    *(Mul(a, Mul(b, c, evaluate=False), evaluate=False), Mul(2, Mul(3, a), evaluate=False)),
    *(
        sympy.Add(*each, evaluate=False)
        for each in ((b, a), (a, a), (a, 0), (0, a), (2, 3), (a, 2, b))
    ),
    *(Mul(a, a**2, evaluate=False), sympy.Add(a, a + b, evaluate=False)),
    *(Pow(a, 1, evaluate=False), Pow(a, 0, evaluate=False), Pow(2, 3, evaluate=False)),
    *(Pow(a * b, 2, evaluate=False), sympy.Add(a, Mul(2, a + b, evaluate=False), evaluate=False)),
]
KINDS = [LETTERS, NUMBERS, CONSTANTS, FUNCTIONS, POWERS, SUMS_AND_PRODUCTS, UNEVALUATED]


def boxed(values: Sequence[Any]) -> Any:
    box = np.empty(len(values), dtype=object)
    box[:] = values
    return box


def entered(value: Any) -> Any:
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    return sympy.sympify(value)


def by_sympy(left: Sequence[Any], right: Sequence[Any]) -> list[Any]:
    """Return the full convolution by SymPy's constructors."""
    pairs: list[list[tuple[Any, Any]]] = [[] for _ in range(len(left) + len(right) - 1)]
    for (i, u), (t, v) in itertools.product(enumerate(left), enumerate(right)):
        pairs[i + t].append((entered(u), entered(v)))
    return [sympy.Add(*[Mul(u, v) for u, v in cell]) for cell in pairs]


def assert_same_tree(ours: Any, theirs: Any) -> None:
    """Assert that two expressions are one, node by node."""
    ours = sympy.sympify(ours)
    assert (ours == theirs, hash(ours)) == (True, hash(theirs))
    nodes = [(ours, theirs)]
    while nodes:
        mine, other = nodes.pop()
        assert type(mine) is type(other)
        assert mine.is_commutative is other.is_commutative
        nodes += zip(mine.args, other.args, strict=True)


def assert_identical(ours: Any, theirs: Any) -> None:
    """Assert that two expressions are one, and look like one."""
    assert_same_tree(ours, theirs)
    assert theirs == ours
    assert str(ours) == str(theirs)
    assert sympy.srepr(ours) == sympy.srepr(theirs)


def check(left: Sequence[Any], right: Sequence[Any]) -> list[Any]:
    """Assert that symconv gives SymPy's objects for two lists of entries; return them."""
    found = symconv.convolve(boxed(left), boxed(right)).tolist()
    for ours, theirs in zip(found, by_sympy(left, right), strict=True):
        assert_identical(ours, theirs)
    return list(found)


@pytest.fixture
def assembled_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing fall back on SymPy's constructors."""

    def refused(*_: Any) -> None:
        pytest.fail("left to SymPy")

    monkeypatch.setattr(symbolic, "_by_sympy", refused)


# Every kind of entry ---------------------------------------------------------------------------


@st.composite
def combined(draw: st.DrawFn, inside: st.SearchStrategy[Any]) -> Any:
    left, right = entered(draw(inside)), entered(draw(inside))
    how: Callable[[], Any] = draw(
        st.sampled_from(
            (
                lambda: left * right,
                lambda: left + right,
                lambda: -left,
                lambda: left ** draw(st.sampled_from((2, 3, -1, Rational(1, 2), whole))),
                lambda: f(left),
            )
        )
    )
    return how()


leaves = st.sampled_from(KINDS).flatmap(st.sampled_from)
entries = st.recursive(leaves, combined, max_leaves=4)


@given(st.data(), st.lists(entries, min_size=1, max_size=4))
@settings(max_examples=300)
def test_all_kinds_of_entries(data: st.DataObject, pool: list[Any]) -> None:
    known = st.one_of(st.sampled_from(pool), entries)
    left = data.draw(st.lists(known, min_size=1, max_size=4))
    right = data.draw(st.lists(known, min_size=1, max_size=3))
    assume(any(isinstance(value, sympy.Basic) for value in left + right))
    try:
        exact = [symconv.array(boxed(side)).tolist() for side in (left, right)]
    except SymconvError:
        assume(False)
    found = symconv.convolve(boxed(left), boxed(right)).tolist()
    for ours, theirs in zip(found, by_sympy(*exact), strict=True):
        assert_identical(sympy.sympify(ours), theirs)


EXPRESSIONS = [entered(value) for kind in KINDS for value in kind]


@pytest.mark.parametrize("sign", [1, -1])
def test_every_entry_times_every_other_and_a_term_beside_it(sign: int) -> None:
    plan = symconv.geometry((1, 2), (len(EXPRESSIONS), 1, 2))
    for place, left in enumerate(EXPRESSIONS):
        other = EXPRESSIONS[(7 * place + sign) % len(EXPRESSIONS)]
        pairs = boxed([each for right in EXPRESSIONS for each in (right, sign)])
        inputs, kernel = boxed([left, other]).reshape(1, 2), pairs.reshape(-1, 1, 2)
        found = engines.evaluate(plan, inputs, kernel, engine="sympy").ravel().tolist()
        for ours, right in zip(found, EXPRESSIONS, strict=True):
            assert_same_tree(ours, sympy.Add(Mul(left, right), Mul(other, sign)))


@pytest.mark.parametrize("place", range(len(UNEVALUATED)))
def test_what_was_never_evaluated_alone(place: int) -> None:
    check([UNEVALUATED[place], b], [1, 0, 2])


PLAIN = [a, b, positive, real, f(b), a**2, 1 / b, sympy.sqrt(c), a * b, -a, 2 * b, a + b, sympy.pi]


@given(
    st.lists(st.one_of(st.sampled_from(PLAIN), st.sampled_from(NUMBERS)), min_size=1, max_size=9),
    st.lists(st.sampled_from([x, y, -x, x * y, *NUMBERS]), min_size=1, max_size=5),
)
@settings(max_examples=150)
def test_plain_entries_are_never_left_to_sympy(left: list[Any], right: list[Any]) -> None:
    assume(any(isinstance(value, sympy.Basic) for value in left + right))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(symbolic, "_by_sympy", lambda *_: pytest.fail("left to SymPy"))
        check(left, right)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-2, 3)), min_size=1, max_size=8))
@settings(max_examples=60)
def test_powers_of_one_letter_are_merged(powers: list[tuple[int, int]]) -> None:
    left = [Rational(number, 3) * a**power for number, power in powers]
    assume(any(isinstance(value, sympy.Symbol | Mul | Pow) for value in left))
    check(left, [a, b / a, a**-2 / 5, sympy.sqrt(a)])


# What terms become -----------------------------------------------------------------------------


@pytest.mark.usefixtures("assembled_only")
@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        pytest.param([a, b], [x, y], "[a*x, a*y + b*x, b*y]", id="symbols"),
        pytest.param([a], [1], "[a]", id="one"),
        pytest.param([a, a], [1, -1], "[a, 0, -a]", id="cancel"),
        pytest.param([a, b], [0, 0], "[0, 0, 0]", id="zeros"),
        pytest.param([a, 1], [a, 1], "[a**2, 2*a, 1]", id="squares"),
        pytest.param([1, a, 2], [3, b], "[3, 3*a + b, a*b + 6, 2*b]", id="a number comes first"),
        pytest.param([2 * a, -b], [Fraction(1, 2)], "[a, -b/2]", id="a coefficient becomes 1"),
        pytest.param([a + b], [2, c], "[2*a + 2*b, c*(a + b)]", id="a sum"),
        pytest.param([a + b, -a], [1, 1], "[a + b, b, -a]", id="a sum that cancels"),
        pytest.param([1 / a], [a, a * b], "[1, b]", id="powers that cancel"),
        pytest.param([a * x], [b * x], "[a*b*x**2]", id="a shared factor"),
        pytest.param([f(a)], [f(b), 2], "[f(a)*f(b), 2*f(a)]", id="functions"),
        pytest.param([positive, a], [real], "[a*a, a*a]", id="one name, three symbols"),
    ],
)
def test_terms(left: list[Any], right: list[Any], text: str) -> None:
    assert str(check(left, right)) == text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param([a * (b + c), b], [1, 1 / a], id="a product that is a lone sum"),
        pytest.param([sympy.sqrt(a + b), a], [1, sympy.sqrt(a + b)], id="a root squared, a sum"),
        pytest.param([abs(real), a], [abs(real), b], id="a power that is something else"),
        pytest.param([real * abs(real)], [abs(real)], id="a power that must be merged again"),
        pytest.param([a**b, a], [a, a ** (2 * b)], id="symbolic exponents"),
        pytest.param([sympy.exp(a), sympy.E], [sympy.exp(b), sympy.exp(2)], id="exponentials"),
        pytest.param([infinite, a], [0, 1], id="zero times infinity"),
        pytest.param([infinite * a, b], [0, 1], id="zero times an infinite product"),
        pytest.param([b + infinite - 2, 0], [c, 3], id="a sum with something infinite"),
        pytest.param([sympy.Function("h", infinite=True)(a)], [0, 1], id="zero times a function"),
        pytest.param([A, a, B], [B, A], id="order matters"),
        pytest.param([a, sympy.sqrt(2) * b, c], [x, y], id="a root of a number in one cell"),
    ],
)
def test_what_is_left_to_sympy(left: list[Any], right: list[Any]) -> None:
    check(left, right)


def test_only_cells_with_hard_entries_are_left_to_sympy(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    true = symbolic._by_sympy

    def spied(pairs: Any, cells: Any) -> Any:
        seen.extend(cells)
        return true(pairs, cells)

    monkeypatch.setattr(symbolic, "_by_sympy", spied)
    check([a, b, I, c, x], [y, 2])
    assert seen == [2, 3]


def test_functions_of_one_name_are_ordered_as_sympy_meets_them() -> None:
    one, other = sympy.Function("f", real=True)(a), f(a)
    found = symconv.correlate(boxed([one, other, one]), boxed([1, 1])).tolist()
    for ours, (first, second) in zip(found, ((one, other), (other, one)), strict=True):
        assert_identical(ours, sympy.Add(first, second))


@pytest.mark.usefixtures("assembled_only")
def test_an_expression_is_no_larger_than_its_different_parts() -> None:
    deep: Any = a
    for _ in range(60):
        deep = f(deep, deep)
    plan = symconv.geometry((2,), (2,), op="convolve")
    found = engines.evaluate(plan, boxed([deep, b]), boxed([x, 2])).tolist()
    right = [found[0].args == (x, deep), found[1].args == (Mul(2, deep), Mul(b, x))]
    assert right == [True, True]  # to print the expression would take for ever


def test_expressions_too_deep_to_be_compared_are_left_to_sympy() -> None:
    deep: Any = a
    for _ in range(120):
        deep = f(deep)
    check([deep, b], [x, 2])


# Limits, at their edges --------------------------------------------------------------------------


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_numerators_are_int64_as_long_as_sums_are(beyond: int) -> None:
    most = INT64_MAX // 7 + beyond
    check([a, most * a] * 4, [7])
    total = check([most * a, a], [1] * 7)[0]
    assert total == most * a
    sums = check([most * a] * 7, [1] * 7)
    assert sums[6] == 7 * most * a


def test_the_licence_of_int64() -> None:
    def kind(number: int, count: int) -> Any:
        at = np.zeros(count, dtype=np.int64)
        pairs = multiplying.Pairs(1, [], [], at, at, at)
        return multiplying._numbers(pairs, [1, number], at[:1] + 1, at[:1])[1].dtype

    assert kind(INT64_MAX // 7, 7) == np.int64
    assert kind(INT64_MAX // 7 + 1, 7).hasobject
    assert kind(INT64_MAX, 1) == np.int64
    assert kind(-INT64_MAX, 1) == np.int64
    assert kind(INT64_MAX + 1, 1).hasobject


@pytest.mark.parametrize("beyond", [-1, 0, 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_exponents_at_the_largest_that_are_added(beyond: int, sign: int) -> None:
    most = merging.LARGEST_EXPONENT + beyond
    check([a ** (sign * most), b], [a, a**-2, a ** (sign * most)])


@pytest.mark.parametrize("count", [MOST_FACTORS - 1, MOST_FACTORS, MOST_FACTORS + 1])
def test_products_of_the_most_factors_that_are_read(count: int) -> None:
    letters = sympy.symbols(f"q:{count}")
    check([Mul(*letters), a], [Mul(*letters[::2]), x, 2])


@given(st.data())
def test_keys_sort_as_their_columns_do_however_large(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.sampled_from((1, 3, 2**20, 2**31)), min_size=1, max_size=5))
    count = data.draw(st.integers(0, 12))
    columns = [
        np.array(data.draw(st.lists(st.integers(0, size - 1), min_size=count, max_size=count)), int)
        for size in sizes
    ]
    key, _ = collecting.fused(list(zip(columns, sizes, strict=True)))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for i, j in itertools.product(range(count), repeat=2):
        assert (key[i] < key[j]) == (rows[i] < rows[j])


# Order -------------------------------------------------------------------------------------------


def test_keys_compare_as_sympy_does() -> None:
    key = OrderKeys()
    for one, other in itertools.product(EXPRESSIONS, repeat=2):
        sign = one.compare(other)
        assert ((key(one) > key(other)) - (key(one) < key(other))) == sign, (one, other)


# Other tables ------------------------------------------------------------------------------------


def letters(name: str, *shape: int) -> Any:
    box = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        box[index] = Symbol("_".join(map(str, (name, *index))))
    return box


CALLS: list[Callable[[str], Any]] = [
    lambda engine: symconv.conv(
        letters("x", 2, 4, 3, 5),
        letters("w", 6, 2, 2, 3),
        letters("b", 6),
        groups=2,
        padding=((1, 0), (0, 2)),
        stride=(1, 2),
        boundary="constant(c)",
        engine=engine,
    ),
    lambda engine: symconv.conv(
        letters("x", 4, 5), letters("w", 2, 4, 3), boundary="reflect", padding=2, engine=engine
    ),
    lambda engine: symconv.conv_transpose(
        letters("x", 2, 3), letters("w", 2, 3, 2), letters("b", 3), stride=2, engine=engine
    ),
    lambda engine: symconv.locally_connected(
        letters("x", 2, 5), letters("w", 3, 2, 4, 2), letters("b", 3, 4), engine=engine
    ),
    lambda engine: symconv.locally_connected(
        letters("x", 1, 3),
        letters("w", 1, 1, 4, 2),
        padding=1,
        boundary="constant(c)",
        stride=1,
        engine=engine,
    ),
    lambda engine: symconv.avg_pool(letters("x", 5, 4) + 1, 2, engine=engine),
    lambda engine: symconv.avg_pool(letters("x", 4, 3) * sympy.sqrt(2), 2, engine=engine),
    lambda engine: symconv.convolve(letters("x", 3, 4), letters("x", 2, 3), engine=engine),
    lambda engine: symconv.correlate(
        letters("x", 7), [2, 0, Fraction(1, 3)], input_dilation=2, padding=3, engine=engine
    ),
    lambda engine: symconv.correlate(
        letters("x", 2), [1, 0], padding=1, boundary="constant(0)", engine=engine
    ),
    lambda engine: symconv.convolve(letters("x", 0), letters("w", 2), engine=engine),
]


@pytest.mark.parametrize("call", CALLS)
def test_every_table_gives_what_the_definition_gives(call: Callable[[str], Any]) -> None:
    wanted, found = call("definition"), call("sympy")
    assert found.shape == wanted.shape
    for ours, theirs in zip(found.ravel(), wanted.ravel(), strict=True):
        assert_identical(ours, theirs)


def test_numbers_alone_come_back_as_numbers() -> None:
    found = symconv.convolve([1, Fraction(1, 2)], [2, 2**70], engine="sympy").tolist()
    assert found == [2, 2**70 + 1, 2**69]
    assert set(map(type, found)) == {int}


# Objects that SymPy can work with -----------------------------------------------------------------

USES: list[Callable[[Any], Any]] = [
    sympy.expand,
    sympy.latex,
    sympy.factor,
    lambda e: e.subs(a, 2),
    lambda e: e.xreplace({a: b, x: y}),
    lambda e: e.diff(a),
    lambda e: e.is_positive,
    lambda e: (e.is_real, e.is_zero, e.assumptions0, e.free_symbols, e.sort_key()),
    lambda e: pickle.loads(pickle.dumps(e)),  # noqa: S301 - our own
    lambda e: e.copy(),
    lambda e: e.func(*e.args),
    lambda e: sympy.sympify(sympy.srepr(e)),
    lambda e: (-e, e + a, 3 * e, e**2, e - e, e.as_coeff_Mul(), e.as_ordered_terms()),
    lambda e: sympy.Poly(e, a, b, x, y),
    lambda e: e.has(a) and e.match(sympy.Wild("w") + a * x),
]


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("cell", range(4))
def test_later_work_goes_on_as_usual(use: Callable[[Any], Any], cell: int) -> None:
    left, right = [a, b, -a / 2], [x, y]
    assert use(check(left, right)[cell]) == use(by_sympy(left, right)[cell])


def test_asking_one_object_leaves_the_others_alone() -> None:
    p, q = sympy.symbols("p q", positive=True)
    found = symconv.convolve(boxed([p, a]), boxed([q, b])).tolist()
    assert found[0].is_positive
    assert found[2].is_positive is None
    assert (a * b * c).is_positive is None


@pytest.mark.usefixtures("assembled_only")
def test_equal_terms_are_one_object() -> None:
    found = symconv.convolve(boxed([a, a, a, a]), boxed([x, y])).tolist()
    assert found[1] == found[2] == found[3] == a * x + a * y
    assert found[1].args[0] is found[2].args[0]
    assert found[1].args[0] is found[0]


def test_what_is_kept_for_a_product() -> None:
    left, right = letters("x", 24, 24), letters("w", 5, 5)
    symconv.convolve(left, right)
    tracemalloc.start()
    try:
        kept = symconv.convolve(left, right)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    products = symconv.geometry((24, 24), (5, 5), op="convolve").terms
    assert kept.size == 28 * 28
    assert size <= 150 * products


# Other roads -------------------------------------------------------------------------------------


def test_sympy_is_as_this_module_knows_it() -> None:
    assert assembly.maker() is assembly._filled
    assert assembly._reproduces(assembly._from_args)


@pytest.mark.parametrize("make", [assembly._from_args, None])
def test_the_slower_roads_give_the_same(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "maker", lambda: make)
    check([a, b, 2 * a, a + b, f(a)], [x, 3, -1, Fraction(1, 2)])


def without_commutative(*given: Any) -> list[Any]:
    built = assembly._filled(*given)
    for made in built:
        made.is_commutative = None
    return built


def without_facts(*given: Any) -> list[Any]:
    built = assembly._filled(*given)
    for made in built:
        made._assumptions = None
    return built


def hashed(*given: Any) -> list[Any]:
    built = assembly._filled(*given)
    for made in built:
        made._mhash = 1
    return built


def reversed_arguments(kind: Any, arguments: Any) -> list[Any]:
    return assembly._filled(kind, [each[::-1] for each in arguments])


def listed(kind: Any, arguments: Any) -> list[Any]:
    return assembly._filled(kind, map(list, arguments))  # type: ignore[arg-type]


def refusing(*_: Any) -> list[Any]:
    raise AttributeError


@pytest.mark.parametrize(
    "make",
    [without_commutative, without_facts, hashed, reversed_arguments, listed, refusing],
)
def test_objects_that_are_not_sympys_are_found_out(make: Any) -> None:
    assert not assembly._reproduces(make)


def test_another_order_of_classes_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from sympy.core import basic

    ours = OrderKeys()
    monkeypatch.setattr(basic, "ordering_of_classes", basic.ordering_of_classes[::-1])
    monkeypatch.setattr(assembly, "OrderKeys", lambda: ours)
    assert not assembly._reproduces(assembly._filled)


@pytest.fixture
def clean_cache() -> Iterator[None]:
    """Let nothing that SymPy built under other settings outlive a test."""
    yield
    sympy.core.cache.clear_cache()


@pytest.mark.usefixtures("clean_cache")
def test_what_sympy_was_told_not_to_evaluate() -> None:
    with sympy.evaluate(False):
        found = symconv.convolve(boxed([a, a]), boxed([2, 3])).tolist()
        wanted = by_sympy([a, a], [2, 3])
    assert list(map(sympy.srepr, found)) == list(map(sympy.srepr, wanted))
    with sympy.core.parameters.distribute(False):
        assert symconv.convolve(boxed([a + b]), boxed([2])).tolist() == [Mul(2, a + b)]


def test_arguments_with_functions_of_their_own_are_left_to_sympy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Watched(sympy.Function):  # type: ignore[misc]
        """A function whose products SymPy hands on."""

    watched = {Watched: {"Mul": [lambda _: a], "Add": [lambda e: e]}}
    for kind, hooks in watched.items():
        monkeypatch.setitem(sympy.Basic._constructor_postprocessor_mapping, kind, hooks)
    assert symconv.convolve(boxed([Watched(b)]), boxed([x])).tolist() == [a]
    assert symconv.convolve(boxed([b]), boxed([x])).tolist() == [b * x]


# The collector -----------------------------------------------------------------------------------


def test_the_collector_runs_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), COLLECTOR_PAUSED:
        _ = 1 / 0
    assert gc.isenabled()


def test_the_collector_waits_during_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    true = symbolic.evaluate

    def evaluate(*given: Any) -> list[Any]:
        seen.append(gc.isenabled())
        return true(*given)

    monkeypatch.setattr(symbolic, "evaluate", evaluate)
    engines.evaluate(symconv.geometry((2,), (1,)), boxed([a, b]), boxed([x]))
    assert seen == [False]
    assert gc.isenabled()


def test_a_stopped_collector_stays_stopped() -> None:
    gc.disable()
    try:
        symconv.convolve(boxed([a]), boxed([x]))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_last_of_several_threads_lets_the_collector_run() -> None:
    pause = CollectorPause()
    inside, leave = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with pause:
            inside.wait()
            leave.wait()

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait()
    with pause:
        pass
    assert not gc.isenabled()
    leave.set()
    for thread in threads:
        thread.join()
    assert gc.isenabled()
