"""SymPy products and sums made from arguments that already stand in canonical order.

SymPy's constructors sort, hash and merge their arguments at every call; here the caller has done
that for all of them at once. This is the one module that leans on what SymPy calls private: the
order of arguments, and the attributes of a product. `maker` holds both against what SymPy's own
constructors build, once in a process; where they differ from it, callers use the constructors.

Source: SymPy 1.13 and 1.14, core/basic.py (compare), core/operations.py (AssocOp).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

Maker = Callable[[Any, Iterable[tuple[Any, ...]]], list[Any]]
"""Makes sums or products, whose arguments stand in canonical order."""

Key = tuple[int, str, int, tuple[Any, ...]]


class UnorderedError(Exception):
    """Two expressions whose order no key tells: SymPy's constructors have to be asked."""


def evaluating() -> bool:
    """Tell whether SymPy evaluates as it does by default (`sympy.evaluate`, `distribute`)."""
    from sympy.core.parameters import global_parameters

    return bool(global_parameters.evaluate and global_parameters.distribute)


class OrderKeys:
    """Keys by which Python sorts expressions as SymPy sorts arguments.

    The place of the class in SymPy's list, its name, the number of parts, the parts. A part that
    stands in several places has one key, so that keys are no larger than what they are keys of.

    >>> import sympy
    >>> a, b = sympy.symbols("a b")
    >>> sorted([a * b, b**2, 2 * b, b, a], key=OrderKeys())
    [a, b, b**2, 2*b, a*b]
    """

    def __init__(self) -> None:
        from sympy import Basic, Symbol
        from sympy.core.basic import ordering_of_classes

        self._basic, self._symbol = Basic, Symbol
        self._places = {name: place for place, name in enumerate(ordering_of_classes)}
        self._symbol_place = self._places["Symbol"]
        self._known: dict[int, tuple[Any, Key]] = {}

    def __call__(self, value: Any) -> Key:
        """Return the key of an expression; TypeError when it has unordered parts."""
        kind = type(value)
        if kind is self._symbol:
            content = value._hashable_content()  # noqa: SLF001 - the parts that SymPy compares
            return self._symbol_place, "Symbol", len(content), content
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        name, places = kind.__name__, self._places
        parts = tuple(map(self._part, value._hashable_content()))  # noqa: SLF001 - the same
        key = places.get(name, len(places)), name, len(parts), parts
        self._known[id(value)] = value, key
        return key

    def contents(self, symbols: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Return what each plain symbol is compared by."""
        return [symbol._hashable_content() for symbol in symbols]  # noqa: SLF001 - as SymPy does

    def of_contents(self, contents: Iterable[tuple[Any, ...]]) -> list[Key]:
        """Return the keys of plain symbols that are compared by these."""
        place = self._symbol_place
        return [(place, "Symbol", len(content), content) for content in contents]

    def _part(self, part: Any) -> Any:
        if isinstance(part, self._basic):
            return self(part)
        if type(part) is frozenset:
            message = f"{part} has no order"
            raise TypeError(message)
        return part

    @property
    def product_place(self) -> int:
        """The place of products among the classes; a key starts with its class's place."""
        return self._places["Mul"]


def postprocessed(kind: type[Any]) -> bool:
    """Tell whether SymPy hands sums or products of such arguments to a function of their own."""
    import sympy

    watched = sympy.Basic._constructor_postprocessor_mapping  # noqa: SLF001 - there is no other way
    return any(base in watched for base in kind.__mro__)


@cache
def maker() -> Maker | None:
    """Return what makes products or sums of a list of canonical arguments, None if nothing does."""
    return next((make for make in (_filled, _from_args) if _reproduces(make)), None)


def _filled(kind: Any, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Fill the attributes directly: three times as fast as `_from_args`."""
    new, facts = object.__new__, kind.default_assumptions
    built: list[Any] = []
    for each in arguments:
        made = new(kind)
        made._mhash = None  # noqa: SLF001 - all four as `_from_args` does
        made._args = each  # noqa: SLF001
        made._assumptions = facts  # noqa: SLF001
        made.is_commutative = True
        built.append(made)
    return built


def _from_args(kind: Any, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
    make = kind._from_args  # noqa: SLF001 - it exists for arguments in canonical order
    return [make(each, True) for each in arguments]


def _reproduces(make: Maker) -> bool:
    """Tell whether *make* and `OrderKeys` agree with SymPy's constructors on terms of all kinds."""
    try:
        return all(_alike(make, total) for total in _sums())
    except Exception:  # noqa: BLE001 - another SymPy may lack anything that is private
        return False


def _alike(make: Maker, total: Any) -> bool:
    """Tell whether the terms of a sum stand in our order, and are what *make* builds."""
    import sympy

    args = total.args
    if tuple(sorted(args, key=OrderKeys())) != args:
        return False
    nodes = [total, *(arg for arg in args if isinstance(arg, sympy.Mul))]
    return all(_same(make(node.func, [node.args])[0], node) for node in nodes)


def _same(ours: Any, theirs: Any) -> bool:
    """Tell whether two objects are one expression, down to attributes not yet computed."""
    fresh = theirs.func._from_args(theirs.args)  # noqa: SLF001 - as new as ours
    slots = {name for kind in type(fresh).__mro__ for name in getattr(kind, "__slots__", ())}
    return (
        type(ours) is type(theirs)
        and not hasattr(fresh, "__dict__")
        and all(getattr(ours, name) == getattr(fresh, name) for name in slots)
        and (ours == theirs, hash(ours)) == (True, hash(theirs))
    )


def _sums() -> list[Any]:
    """Return sums of fresh symbols by SymPy's constructors, whose terms are of every kind."""
    import sympy

    a, b = sympy.Dummy("a"), sympy.Dummy("b", positive=True)
    x, y, z = (sympy.Symbol("x"), sympy.Symbol("y", real=True), sympy.Symbol("y", positive=True))
    f = sympy.Function("f")
    half, third = sympy.Rational(1, 2), sympy.Rational(2, 3)
    mul = sympy.Mul
    plain = [mul(*pair) for pair in ((x, y), (y, z), (x, a), (a, b), (half, x), (third, y), (2, z))]
    powers = [x**2, 1 / y, y**-2, sympy.sqrt(z), mul(x**2, y), mul(3, sympy.sqrt(z), x), b**x]
    others = [f(x), mul(f(y), x), mul(-1, f(z), a), sympy.pi, mul(sympy.pi, x), mul(-1, a), b]
    nested = [mul(x + y, z), mul(5, x - 2 * y, z), mul(f(x + 1), x, y), mul(sympy.exp(x), y)]
    return [sympy.Add(*plain), sympy.Add(7, *plain, *powers, *others, *nested)]
