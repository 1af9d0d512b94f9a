"""Integers of any size in bulk: as rows of bytes, and back.

Row i holds value i in two's complement, lowest byte first, every row as wide as the others. Python
integers go both ways through the pickle of a tuple, in which an integer is a letter, its length and
these very bytes: one call reads or writes all of them, where `int.to_bytes` takes one call each.
Nothing is unpickled but what was laid out here.

Source: Python's pickletools, opcodes LONG1 and LONG4.
"""

from __future__ import annotations

import pickle

import numpy as np
from numpy.typing import NDArray

from symconv.exact import Array

Rows = NDArray[np.uint8]

NARROWEST = 5
"""Bytes below which a pickle has another form for an integer."""
CHUNK = 2**12
"""Integers written or read at a time, so that they are met again while they are in the cache."""
LIFT = 0x60
"""Added to the highest byte: it makes all integers of a width positive and equally long."""


def width_of(peak: int) -> int:
    """Return the bytes that hold every integer v with |v| <= *peak*, and 8·|v| besides.

    >>> width_of(2**60 - 1), width_of(2**61)
    (8, 9)
    """
    return max(NARROWEST, (peak.bit_length() + 10) // 8)


def rows(values: Array, width: int) -> Rows:
    """Return integers as rows of *width* bytes, shape (*values.shape, width).

    The caller vouches for the width, which is `width_of` their largest size or more.

    >>> rows(np.array([1, -2]), 5).tolist()
    [[1, 0, 0, 0, 0], [254, 255, 255, 255, 255]]
    """
    if values.dtype == object:
        return _written(values.ravel(), width).reshape(*values.shape, width)
    words = np.ascontiguousarray(values, dtype="<i8").reshape(*values.shape, 1).view(np.uint8)
    if width <= words.shape[-1]:
        return words[..., :width]
    wide = np.empty((*values.shape, width), dtype=np.uint8)
    wide[..., :8] = words
    wide[..., 8:] = np.where(values < 0, np.uint8(255), np.uint8(0))[..., None]
    return wide


def entries(found: Rows) -> Array:
    """Return rows as integers, an array of the leading shape: int64 where all fit, else objects.

    >>> entries(np.array([[0, 1], [255, 255]], dtype=np.uint8))
    array([256,  -1])
    """
    *shape, width = found.shape
    flat = found.reshape(-1, width)
    chunks = [flat[start : start + CHUNK] for start in range(0, len(flat), CHUNK)]
    if all(map(_fits, chunks)):
        words = np.empty((len(flat), 8), dtype=np.uint8)
        words[:, : min(width, 8)] = flat[:, :8]
        words[:, width:] = _signs(flat)
        return words.view("<i8").astype(np.int64, copy=False).reshape(shape)
    values = np.empty(len(flat), dtype=object)
    for number, chunk in enumerate(chunks):
        values[number * CHUNK : number * CHUNK + len(chunk)] = _unpickled(chunk)
    return values.reshape(shape)


def _fits(found: Rows) -> bool:
    """Tell whether 64 bits hold all: the bytes beyond are signs, and so is the highest bit."""
    beyond, top = found[:, 8:], found[:, 7:8]
    sign = _signs(found)
    return bool((beyond == sign).all() and ((top ^ sign) < 0x80).all())


def _signs(found: Rows) -> Rows:
    """Return the byte that goes on behind each row: 0, or 255 for a negative integer."""
    signs: Rows = np.where(found[:, -1:] < 0x80, 0, 255).astype(np.uint8)
    return signs


def _head(width: int) -> bytes:
    """Return what stands before the bytes of an integer: LONG1 or LONG4, and its length."""
    return bytes((0x8A, width)) if width < 256 else b"\x8b" + width.to_bytes(4, "little")


def _written(values: Array, width: int) -> Rows:
    lift = LIFT << 8 * (width - 1)
    found = np.empty((len(values), width), dtype=np.uint8)
    for start in range(0, len(values), CHUNK):
        part = [value + lift for value in values[start : start + CHUNK].tolist()]
        found[start : start + CHUNK] = _pickled(part, width)
    found[:, -1] -= LIFT
    return found


def _pickled(values: list[int], width: int) -> Rows:
    """Return positive integers, all of this length, as rows."""
    head = _head(width)
    stream = np.frombuffer(pickle.dumps(tuple(values), 2), dtype=np.uint8)
    stride = len(head) + width
    items = stream[3 : 3 + stride * len(values)]
    if len(items) == stride * len(values):
        table = items.reshape(-1, stride)
        if (table[:, : len(head)] == np.frombuffer(head, dtype=np.uint8)).all():
            return table[:, len(head) :]
    # short tuples are pickled in other ways
    joined = b"".join([value.to_bytes(width, "little") for value in values])
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, width)


def _unpickled(found: Rows) -> list[int]:
    head = _head(found.shape[1])
    table = np.empty((len(found), len(head) + found.shape[1]), dtype=np.uint8)
    table[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    table[:, len(head) :] = found
    stream = b"\x80\x02](" + table.tobytes() + b"e."
    values: list[int] = pickle.loads(stream)  # noqa: S301 - integers, laid out above
    return values
