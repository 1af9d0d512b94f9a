"""The border: outside values become exact here, and nowhere else.

Inside, an entry is a Python `int`, a `fractions.Fraction`, or a SymPy expression without floats.
An array of entries is `int64` when all of them are integers that fit, else `object`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from numbers import Integral, Rational
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from symconv import expressions
from symconv.errors import EntryError, ExpressionError
from symconv.gridtext import is_cell, split_planes, split_text

Array = NDArray[Any]
INT64_MAX = 2**63 - 1
NOT_EXACT = (
    ((bool, np.bool_), "boolean", "a boolean", "write 0 or 1"),
    ((np.timedelta64, np.datetime64), "not-an-entry", "a time", "use plain numbers"),
    (
        (complex, np.complexfloating),
        "complex",
        "complex",
        "SymPy's I is exact",
    ),
    (type(None), "missing", "no value", "every entry needs a number or a symbol"),
)
"""Types of values that are no exact entries, though Python takes some of them for numbers."""
MAX_AXES = 32
"""Axes of an array; some of NumPy's functions take no more."""
MAX_DIGITS = 100_000
"""Digits that a Decimal may need when it is written out."""
FEW = 64
"""Integers looked at before all are."""

AXES_HINT = "give numbers in a few nested lists"
FLOAT_HINT = (
    'symconv.array(x, floats="exact") takes each float as the rational it stands for; '
    "symconv.fast computes in floating point"
)


def array(
    value: Any, /, *, floats: str | None = None, symbols: Collection[str] | None = None
) -> Array:
    """Return *value* as an array of exact entries.

    Text: entries are separated by blanks, or by `,` or `|`; `;` or a newline ends a row, `;;` a
    plane, `;;;` a block of planes; one row without `;` is 1-D. An entry is an integer, a fraction
    `1/2`, a decimal (the rational it denotes), a symbol, or an expression such as `2a+b`, which may
    contain blanks where they do not separate. With *symbols* a run of declared symbols is their
    product.

    Also takes nested lists of such things (in a list, text of one cell is that cell), NumPy
    arrays, SymPy matrices and arrays.

    Shapes: as given; a single number is 0-d; an int64 array is returned as it is. dtype: int64 if
    all entries are integers that fit, else object holding int, Fraction or SymPy expressions.

    Raises: EntryError for floats (unless ``floats="exact"``), NaN, infinities, complex numbers,
    booleans, None and ragged rows; ExpressionError for text that cannot be read.

    >>> array("1 2; 1/2 -3")
    array([[1, 2],
           [Fraction(1, 2), -3]], dtype=object)
    >>> array("a b")[0]
    a
    """
    if floats not in (None, "exact"):
        raise EntryError("unknown-option", f"floats={floats!r}", hint='floats is None or "exact"')
    try:
        values = _convert(value, partial(entry, floats=floats, symbols=symbols), "entry")
    except RecursionError:
        raise EntryError("too-many-axes", "lists are nested without end", hint=AXES_HINT) from None
    if values.ndim > MAX_AXES:
        message = f"{values.ndim} axes, at most {MAX_AXES}"
        raise EntryError("too-many-axes", message, hint=AXES_HINT)
    return values


def _convert(value: Any, one: Callable[[Any, str], Any], place: str) -> Array:
    if isinstance(value, str):
        return _from_text(value, one)
    if _is_sympy_collection(value):
        value = np.array(_sympy_entries(value), dtype=object).reshape(value.shape)
    elif hasattr(value, "__array__") and not _is_scalar(value):
        value = _plain(value, place)
    if isinstance(value, np.ndarray):
        return _from_numpy(value, one, place)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return _stack(value, one, place)
    return pack([one(value, place)], ())


def _plain(value: Any, place: str) -> Array:
    """Return an array-like as a plain NumPy array, unless it hides entries behind a mask."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        _refuse("missing", "a masked entry is no value", place, "fill the mask first")
    return np.asarray(value)


def _from_numpy(values: Array, one: Callable[[Any, str], Any], place: str) -> Array:
    if values.dtype.kind in "iu" and values.dtype != np.uint64:
        return values.astype(np.int64, copy=False)
    flat = values.ravel().tolist() if values.dtype.kind in "Ou" else list(values.ravel())
    kinds = set(map(type, flat))
    if kinds == {int}:
        return _whole_numbers(flat, values.shape)
    if Fraction in kinds and kinds <= {int, Fraction}:
        return pack(map(whole, flat), values.shape)
    sound = {int, *_symbol_type()}  # a plain symbol hides no float and nothing infinite
    if kinds <= sound:
        return pack(flat, values.shape)
    places = np.ndindex(values.shape)
    flat = [
        v if type(v) in sound else one(v, f"{place} {list(i)}")
        for i, v in zip(places, flat, strict=True)
    ]
    return pack(flat, values.shape)


def _symbol_type() -> tuple[type[Any], ...]:
    sympy = sys.modules.get("sympy")
    return () if sympy is None else (sympy.Symbol,)


def _stack(rows: Sequence[Any], one: Callable[[Any, str], Any], place: str) -> Array:
    if place.count("[") > 2 * MAX_AXES:
        raise RecursionError
    parts = [_part(row, one, f"{place} [{i}]") for i, row in enumerate(rows)]
    for i, part in enumerate(parts):
        if part.shape != parts[0].shape:
            raise EntryError(
                "ragged",
                f"row {i} has shape {part.shape}, but row 0 has {parts[0].shape}",
                place=place,
                hint="give every row the same number of entries",
                row=i,
                shapes=(parts[0].shape, part.shape),
            )
    entries = [item for part in parts for item in part.ravel().tolist()]
    return pack(entries, (len(parts), *(parts[0].shape if parts else ())))


def _part(row: Any, one: Callable[[Any, str], Any], place: str) -> Array:
    """Return one item of a list; text of a single cell is that cell, not a row of one."""
    return pack([one(row, place)], ()) if is_cell(row) else _convert(row, one, place)


def _from_text(text: str, one: Callable[[Any, str], Any]) -> Array:
    rows = split_text(text)
    if rows and isinstance(rows[0], str):
        return pack([one(cell, f"column {j}") for j, cell in enumerate(rows)], (len(rows),))
    if planes := split_planes(text):
        return _stack(planes, one, "plane")
    widths = [len(row) for row in rows]
    for i, width in enumerate(widths):
        if width != widths[0]:
            raise EntryError(
                "ragged",
                f"row {i} has {width} entries, but row 0 has {widths[0]}",
                hint="give every row the same number of entries",
                row=i,
                widths=(widths[0], width),
            )
    entries = [
        one(cell, f"row {i}, column {j}")
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
    ]
    return pack(entries, (len(rows), widths[0]) if rows else (0,))


def entry(
    value: Any,
    place: str = "entry",
    *,
    floats: str | None = None,
    symbols: Collection[str] | None = None,
) -> Any:
    """Return one exact entry: int, Fraction or SymPy expression; refuse everything else.

    Raises EntryError that names *place*.

    >>> entry("2/4")
    Fraction(1, 2)
    """
    if isinstance(value, str):
        return _entry_from_text(value, place, symbols)
    for kinds, code, what, hint in NOT_EXACT:
        if isinstance(value, kinds):
            _refuse(code, f"{value} is {what}", place, hint)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Rational):
        return whole(Fraction(int(value.numerator), int(value.denominator)))
    if isinstance(value, float | np.floating | Decimal):
        return _from_float(value, place, floats)
    if is_expression(value):
        return _from_sympy(value, place, floats)
    if type(value).__module__.startswith("flint."):
        return _from_flint(value, place)
    kind = type(value).__name__
    return _refuse("not-an-entry", f"{kind} is not a number, text or SymPy expression", place)


def _refuse(code: str, message: str, place: str, hint: str = "") -> NoReturn:
    raise EntryError(code, message, place=place, hint=hint)


def whole(value: Any) -> Any:
    """Return a number as an int when it is whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _entry_from_text(text: str, place: str, symbols: Collection[str] | None) -> Any:
    digits = text.lstrip("-")
    if digits.isascii() and digits.isdigit() and len(text) - len(digits) < 2 and len(text) < 4_000:
        return int(text)
    if not text.strip():
        _refuse("missing", "the cell is empty", place, "every entry needs a number or a symbol")
    try:
        tree = expressions.parse(text, symbols=symbols)
        value = expressions.evaluate(tree, _symbol)
    except ExpressionError as error:
        raise error.at(place) from None
    if isinstance(value, tuple | str):
        _refuse("not-an-entry", f"{text!r} is not one entry", place)
    return _from_sympy(value, place, None) if is_expression(value) else value


def _symbol(name: str) -> Any:
    import sympy

    return sympy.Symbol(name)


def _from_float(value: Any, place: str, floats: str | None) -> Any:
    finite = value.is_finite() if isinstance(value, Decimal) else bool(np.isfinite(value))
    if not finite:
        _refuse("not-finite", f"{value} is not a finite number", place, "remove or replace it")
    if floats is None and not isinstance(value, Decimal):
        _refuse("float", f"{value!r} is a float, which may already be rounded", place, FLOAT_HINT)
    if isinstance(value, Decimal) and abs(value.adjusted()) > MAX_DIGITS:
        _refuse("number-too-long", f"{value} has more than {MAX_DIGITS} digits", place)
    return whole(Fraction(*map(int, value.as_integer_ratio())))


def _from_flint(value: Any, place: str) -> Any:
    import flint

    if isinstance(value, flint.fmpz):
        return int(value)
    if isinstance(value, flint.fmpq):
        return whole(Fraction(int(value.p), int(value.q)))
    return _refuse("not-an-entry", f"flint {type(value).__name__} is no exact number", place)


def is_expression(value: Any) -> bool:
    """Tell whether *value* is a SymPy expression, without importing SymPy."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def _from_sympy(value: Any, place: str, floats: str | None) -> Any:
    import sympy

    if not isinstance(value, sympy.Expr):
        _refuse("not-an-entry", f"SymPy {type(value).__name__} is not an expression", place)
    if value.is_Matrix or value.has(sympy.Order, sympy.AccumBounds):
        _refuse("not-an-entry", f"{value} does not stand for one number", place)
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        _refuse("not-finite", f"{value} is not finite", place, "remove or replace it")
    if value.has(sympy.Float):
        if floats is None:
            _refuse(
                "float",
                f"{value} contains a float, which may already be rounded",
                place,
                FLOAT_HINT,
            )
        value = value.xreplace(
            {number: sympy.Rational(number) for number in value.atoms(sympy.Float)}
        )
    if isinstance(value, sympy.Rational):
        return whole(Fraction(int(value.p), int(value.q)))
    return value


def _is_scalar(value: Any) -> bool:
    return isinstance(value, np.generic) or is_expression(value)


def _is_sympy_collection(value: Any) -> bool:
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.MatrixBase | sympy.NDimArray)


def _sympy_entries(value: Any) -> list[Any]:
    return list(value.flat()) if hasattr(value, "flat") else list(value)


def pack(entries: Iterable[Any], shape: tuple[int, ...]) -> Array:
    """Return exact entries as int64 when all are integers that fit, else as objects.

    >>> pack([1, 2**70], (2,)).dtype
    dtype('O')
    """
    flat = list(entries)
    return _whole_numbers(flat, shape) if set(map(type, flat)) <= {int} else boxed(flat, shape)


def _whole_numbers(flat: list[int], shape: tuple[int, ...]) -> Array:
    return np.array(flat, dtype=np.int64).reshape(shape) if fit(flat) else boxed(flat, shape)


def fit(flat: list[int]) -> bool:
    """Tell whether int64 holds all; long entries are mostly all long, and the first few tell."""
    return _all_fit(flat[:FEW]) and _all_fit(flat)


def _all_fit(flat: list[int]) -> bool:
    return not flat or (max(flat) <= INT64_MAX and min(flat) >= -INT64_MAX - 1)


def boxed(values: Collection[Any], shape: tuple[int, ...] | None = None) -> Array:
    """Return objects in an array, into which NumPy has not looked.

    >>> boxed([(1, 2), (3,)])
    array([(1, 2), (3,)], dtype=object)
    """
    found = np.fromiter(values, dtype=object, count=len(values))
    return found if shape is None else found.reshape(shape)


def text_of(value: Any) -> str:
    """Return an entry as text, however many digits it has.

    >>> text_of(Fraction(1, 3)), len(text_of(10**5000))
    ('1/3', 5001)
    """
    try:
        return str(value)
    except ValueError:  # Python writes no int of more than 4,300 digits
        import flint

    if isinstance(value, int):
        return str(flint.fmpz(value))
    if isinstance(value, Fraction):
        return f"{flint.fmpz(value.numerator)}/{flint.fmpz(value.denominator)}"
    return "a formula with a number of more than 4,300 digits"


def is_symbolic(values: Array) -> bool:
    """Tell whether any entry of an exact array is a SymPy expression."""
    if values.dtype != object or "sympy" not in sys.modules:
        return False
    import sympy

    return any(issubclass(kind, sympy.Basic) for kind in set(map(type, values.ravel().tolist())))


def names_in(*arrays: Array | None) -> set[str]:
    """Return the names of all symbols in exact arrays.

    >>> sorted(names_in(array("a 2b"), array("1 2")))
    ['a', 'b']
    """
    return {
        str(symbol)
        for values in arrays
        if values is not None and is_symbolic(values)
        for value in values.ravel().tolist()
        if is_expression(value)
        for symbol in value.free_symbols
    }


def objects(values: Array) -> Array:
    """Return an exact array as Python objects, so that arithmetic on it cannot overflow."""
    return values if values.dtype == object else values.astype(object)
