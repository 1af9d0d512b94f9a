"""What users call: correlate and convolve, and what arrays need around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symconv import algebra as algebras
from symconv import engines
from symconv.algebra import Algebra
from symconv.errors import GeometryError
from symconv.exact import Array, array, objects, pack
from symconv.plan import geometry


def correlate(
    x: Any,
    w: Any,
    /,
    *,
    padding: Any = "valid",
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    boundary: Any = "zero",
    conjugate: bool = False,
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Slide *w* over *x* without flipping it; each output is a sum of products.

        out[o] = sum over t of  x[stride·o + dilation·t − before] · w[t]

    This is what deep learning calls convolution. Shapes: x (n, ...), w (k, ...) of the same rank;
    out ⌊(n + before + after − dilation·(k − 1) − 1)/stride⌋ + 1 along each axis.

    ``padding``: "valid" (none), "full", "same" (= "same_upper": the odd entry at the end; at
    stride 1, and with a kernel no longer than the input, mode="same" of numpy.correlate and
    scipy.signal.correlate is "same_lower", of scipy.signal.correlate2d it is "same"), an int, or
    one int or (before, after) per axis. ``input_dilation`` puts that many − 1 zeros between inputs
    first. ``boundary``: "zero", "constant(c)", "edge", "reflect", "symmetric", "wrap", as in
    numpy.pad. ``engine``: None chooses; "definition", "sympy", "numpy"
    force. ``conjugate``: the kernel is conjugated first, as numpy.correlate does with its second
    operand. ``algebra``: another sum and product (symconv.algebra).

    Raises: EntryError for entries that are not exact, GeometryError for shapes that do not fit.

    Source: Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016).

    >>> correlate("a b c d; e f g h; i j k l", "w x; y z")[0, 0]
    a*w + b*x + e*y + f*z
    >>> correlate([1, 2, 3, 4], [1, 0, -1])
    array([-2, -2])
    """
    options = {
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "boundary": boundary,
    }
    return _slide("correlate", x, w, options, (engine, algebra), conjugate=conjugate)


def convolve(
    x: Any,
    w: Any,
    /,
    *,
    padding: Any = "full",
    stride: Any = 1,
    dilation: Any = 1,
    input_dilation: Any = 1,
    boundary: Any = "zero",
    engine: str | None = None,
    algebra: Algebra | str | None = None,
) -> Array:
    """Convolve *x* with *w*: the kernel is flipped along every axis.

        out[o] = sum over t of  x[stride·o + dilation·(k − 1 − t) − before] · w[t]

    With padding "full" and stride 1 this is the mathematician's (x * w)[o] = Σ x[o − t]·w[t], the
    product of polynomials; out has n + k − 1 entries along each axis. Arguments, shapes and errors
    are those of `correlate`. At stride 1, and with a kernel no longer than the input, mode="same"
    of numpy.convolve and of scipy.signal's convolve and convolve2d is "same_lower"; that of
    MATLAB's conv is "same".

    Source: Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., section 2.3.

    >>> convolve([1, 2, 3], [4, 5])
    array([ 4, 13, 22, 15])
    >>> convolve("a b", "w x").tolist()
    [a*w, a*x + b*w, b*x]
    """
    options = {
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "boundary": boundary,
    }
    return _slide("convolve", x, w, options, (engine, algebra))


def _slide(
    op: str,
    x: Any,
    w: Any,
    options: dict[str, Any],
    how: tuple[str | None, Algebra | str | None],
    *,
    conjugate: bool = False,
) -> Array:
    engine, algebra = how
    inputs, kernel = operands(x, w)
    if conjugate not in (True, False):
        message = f"conjugate is {conjugate!r}"
        raise GeometryError("not-a-switch", message, hint="use True or False")
    kernel = _conjugated(kernel) if conjugate else kernel
    plan = geometry(inputs.shape, kernel.shape, op=op, **options)
    return engines.evaluate(plan, inputs, kernel, engine=engine, algebra=algebra)


def _conjugated(kernel: Array) -> Array:
    return pack(map(algebras.conjugate, objects(kernel).ravel().tolist()), kernel.shape)


def operands(x: Any, w: Any, *, read: Callable[[Any], Array] = array) -> tuple[Array, Array]:
    """Return input and kernel as arrays; text of one row becomes a row of a matrix.

    "w x" is 1-D by itself and the 1x2 kernel "w x;" beside a 2-D input.
    """
    inputs, kernel = read(x), read(w)
    if isinstance(x, str) and inputs.ndim == 1 and kernel.ndim == 2:
        inputs = inputs.reshape(1, -1)
    if isinstance(w, str) and kernel.ndim == 1 and inputs.ndim == 2:
        kernel = kernel.reshape(1, -1)
    return inputs, kernel


def flip(x: Any, /) -> Array:
    """Return *x* reversed along every axis; to convolve is to correlate with the flipped kernel.

    >>> flip([[1, 2], [3, 4]])
    array([[4, 3],
           [2, 1]])
    """
    return np.flip(array(x)).copy()


def dilate(x: Any, n: Any = 2, /) -> Array:
    """Put n − 1 zeros between neighbours along every axis: k entries become n·(k − 1) + 1.

    >>> dilate([1, 2, 3], 2)
    array([1, 0, 2, 0, 3])
    """
    values = array(x)
    steps = geometry(values.shape, (1,) * values.ndim, input_dilation=n)
    spread = np.full(steps.out_shape, 0, dtype=values.dtype)
    spread[tuple(slice(None, None, axis.lhs) for axis in steps.axes)] = values
    return spread


def pad(x: Any, padding: Any, /, *, boundary: Any = "zero", tile: Any = None) -> Array:
    """Extend (or with negative numbers crop) every axis; boundary as in numpy.pad.

    With ``tile`` the plane is laid with copies of it, the first of which starts where x does, and x
    lies on top: Wolfram's padding by a list.

    >>> pad("a b c", (1, 2), boundary="reflect")
    array([b, a, b, c, b, a], dtype=object)
    >>> pad("a b c", (1, 2), tile=[8, 9]).tolist()
    [9, a, b, c, 9, 8]
    """
    values = array(x)
    one = np.ones((1,) * values.ndim, dtype=int)
    if tile is None:
        return correlate(values, one, padding=padding, boundary=boundary)
    places = geometry(values.shape, one.shape, op="correlate", padding=padding).axes
    ground = array(tile)
    if ground.ndim != values.ndim or 0 in ground.shape:
        raise GeometryError(
            "rank-mismatch",
            f"x has shape {values.shape} but the tile has {ground.shape}",
            hint="give the tile as many axes as x, none of them empty",
            x=values.shape,
            tile=ground.shape,
        )
    along = [np.arange(a.padded) - a.before for a in places]
    laid = objects(ground)[np.ix_(*(at % n for at, n in zip(along, ground.shape, strict=True)))]
    inside = [(at >= 0) & (at < n) for at, n in zip(along, values.shape, strict=True)]
    covered = np.ix_(*(at[here] for at, here in zip(along, inside, strict=True)))
    laid[np.ix_(*map(np.flatnonzero, inside))] = objects(values)[covered]
    return pack(laid.ravel().tolist(), laid.shape)


def subsample(x: Any, stride: Any, /) -> Array:
    """Keep every stride-th entry along every axis, from the first.

    >>> subsample([1, 2, 3, 4, 5], 2)
    array([1, 3, 5])
    """
    values = array(x)
    return correlate(values, np.ones((1,) * values.ndim, dtype=int), stride=stride)


def delta(*shape: int) -> Array:
    """Return the unit impulse: 1 at the centre ⌊k/2⌋ of every axis, 0 elsewhere.

    >>> delta(3)
    array([0, 1, 0])
    """
    impulse = [0] * int(np.prod(shape))
    values = np.array(impulse, dtype=np.int64).reshape(shape)
    values[tuple(size // 2 for size in shape)] = 1
    return pack(values.ravel().tolist(), shape)
