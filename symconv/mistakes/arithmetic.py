"""Mistakes of arithmetic that somebody makes throughout: signs, means, sums, rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm, prod
from typing import Any

import numpy as np

from symconv.exact import Array
from symconv.mistakes.exercise import Exercise
from symconv.mistakes.making import OTHER, SCALE, numbers, numeric, scaled, turned
from symconv.mistakes.mistake import After, Edit, Fold, Mistake

NAMES = (
    "negated",
    "relu",
    "absolute",
    "weights_absolute",
    "inputs_absolute",
    "mean_not_sum",
    "normalised",
    "normalisation_omitted",
    "max_not_sum",
    "add_not_multiply",
    "matrix_product",
    "clipped",
    "wrapped",
    "rounded_intermediate",
    "truncated_result",
)
PLACES = ("integers", "one decimal", "two decimals", "three decimals")


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes of arithmetic that an exercise allows."""
    says = "every number of the answer has the opposite sign"
    yield _after("negated", says, 4, lambda _, found: -found)
    ordered = numbers(exercise)
    if ordered:
        yield from _signs(exercise)
    yield from _scales(exercise)
    if ordered:
        says = "the largest of the products was taken instead of their sum"
        yield _fold("max_not_sum:products", says, 5, _largest_product)
        says = "the largest entry in the window was taken, without the kernel"
        yield _fold("max_not_sum:window", says, 5, _largest_entry)
    says = "entries of the window and of the kernel were added instead of multiplied"
    yield _fold("add_not_multiply", says, 6, _added)
    yield from _matrix_products(exercise)
    if ordered:
        yield from _ranges(exercise)
        yield from _rounding(exercise)


def _edit(id_: str, says: str, prior: int, edit: Edit, credit: Fraction = SCALE) -> Mistake:
    return Mistake(id_, "arithmetic", says, prior, credit, edit=edit)


def _fold(id_: str, says: str, prior: int, fold: Fold) -> Mistake:
    return Mistake(id_, "arithmetic", says, prior, OTHER, fold=fold)


def _after(id_: str, says: str, prior: int, after: After, credit: Fraction = SCALE) -> Mistake:
    return Mistake(id_, "arithmetic", says, prior, credit, after=after)


def _signs(exercise: Exercise) -> Iterator[Mistake]:
    says = "negative numbers of the answer were replaced by zero"
    yield _after("relu", says, 5, lambda _, found: np.maximum(found, 0), OTHER)
    says = "negative numbers of the answer were written without their sign"
    yield _after("absolute", says, 5, lambda _, found: np.abs(found))
    if (exercise.w < 0).any():
        says = "the minus signs of the kernel were dropped"
        yield _edit("weights_absolute", says, 4, lambda e: replace(e, w=np.abs(e.w)))
    if (exercise.x < 0).any():
        says = "the minus signs of the input were dropped"
        yield _edit("inputs_absolute", says, 5, lambda e: replace(e, x=np.abs(e.x)))


def _scales(exercise: Exercise) -> Iterator[Mistake]:
    taps = prod(axis.taps for axis in exercise.plan.axes)
    if taps > 1:
        says = "the sum was divided by the number of entries of the kernel"
        yield _edit("mean_not_sum", says, 4, _mean)
    if not numeric(exercise.w, exercise.bias):
        return
    totals, sizes = _totals(exercise.w), _totals(np.abs(exercise.w))
    if any(totals) and totals != [taps] * len(totals):
        says = "the sum was divided by the sum of the kernel"
        yield _edit("normalised:sum", says, 5, _normalised(_totals))
    if sizes != totals and any(sizes):
        says = "the sum was divided by the sum of the kernel without its minus signs"
        yield _edit("normalised:absolute", says, 6, _normalised(lambda w: _totals(np.abs(w))))
    if _denominator(exercise.w) > 1:
        says = "the division that belongs to the kernel was left out"
        yield _edit("normalisation_omitted", says, 4, _whole_kernel)


def _totals(w: Array) -> list[Any]:
    totals: list[Any] = w.reshape(len(w), -1).sum(axis=1).tolist()
    return totals


def _mean(exercise: Exercise) -> Exercise:
    return replace(exercise, w=scaled(exercise.w, prod(exercise.w.shape[2:])))


def _normalised(measure: Callable[[Array], list[Any]]) -> Edit:
    """Return the edit that divides each filter by a measure of it, where that is not 0."""

    def edit(exercise: Exercise) -> Exercise:
        w = exercise.w.astype(object)
        for place, divisor in enumerate(measure(w)):
            w[place] = scaled(w[place], divisor or 1)
        return replace(exercise, w=w)

    return edit


def _denominator(values: Array) -> int:
    return lcm(*(value.denominator for value in values.ravel().tolist()))


def _whole_kernel(exercise: Exercise) -> Exercise:
    return replace(exercise, w=exercise.w * _denominator(exercise.w))


def _largest_product(exercise: Exercise) -> Array:
    """Return the largest product of each window, + bias."""
    found = np.moveaxis(exercise.products_by_tap(), 1, -1)
    lead = found.shape[: 1 + exercise.rank]
    largest: Array = found.reshape(*lead, -1).max(axis=-1)
    return largest + exercise.biases()


def _largest_entry(exercise: Exercise) -> Array:
    return _largest_product(replace(exercise, w=np.ones_like(exercise.w)))


def _added(exercise: Exercise) -> Array:
    """Return Σ (x + w) + bias, with the fill on padding."""
    found: Array = replace(exercise, w=np.ones_like(exercise.w)).sums()
    kernel = exercise.w.reshape(len(exercise.w), -1).sum(axis=1)
    found += kernel.reshape(-1, *[1] * exercise.rank)
    return exercise.biases() + found


def _matrix_products(exercise: Exercise) -> Iterator[Mistake]:
    """Yield products of the window and the kernel as matrices: their first entry, or their sum.

    The trace, Σ x[u, v]·w[v, u], is what `kernel_transposed` gives.
    """
    if exercise.rank == 2 and exercise.w.shape[-1] == exercise.w.shape[-2] > 1:
        says = "window and kernel were multiplied as matrices, and the first entry taken"
        yield _edit("matrix_product:first", says, 6, _as_matrices(_first_column), OTHER)
        says = "window and kernel were multiplied as matrices, and all entries added"
        yield _edit("matrix_product:sum", says, 6, _as_matrices(_row_sums), OTHER)


def _as_matrices(kernel: Callable[[Array], Array]) -> Edit:
    """Return the edit to a kernel whose correlation is a part of the product of matrices.

    A kernel that another mistake made no square is left as it is.
    """

    def edit(exercise: Exercise) -> Exercise:
        upright = turned(exercise)
        square = exercise.w.shape[-1] == exercise.w.shape[-2]
        return replace(upright, w=kernel(upright.w)) if square else exercise

    return edit


def _first_column(w: Array) -> Array:
    """Return the kernel of (X·K)[0, 0] = Σ X[0, v]·K[v, 0]."""
    found = 0 * w
    found[..., 0, :] = w[..., :, 0]
    return found


def _row_sums(w: Array) -> Array:
    """Return the kernel of Σ (X·K)[u, v] = Σ X[u, r]·(Σ over v of K[r, v])."""
    sums = w.sum(axis=-1)
    return np.repeat(sums[..., None, :], w.shape[-2], axis=-2)


def _ranges(exercise: Exercise) -> Iterator[Mistake]:
    """Yield ranges of integers, where the right answer is not inside them."""
    values = exercise.out().ravel().tolist()
    low, high = min(values, default=0), max(values, default=0)
    if high > 255:
        says = "numbers below 0 and above 255 were cut off"
        yield _after("clipped", says, 5, lambda _, found: np.clip(found, 0, 255), OTHER)
    if any(value.denominator > 1 for value in values):
        return
    if low < 0 or high > 255:
        says = "numbers were taken modulo 256"
        yield _after("wrapped:256", says, 6, lambda _, found: found % 256, OTHER)
    if low < -128 or high > 127:
        says = "numbers were kept in 8 bits with a sign"
        yield _after("wrapped:int8", says, 6, lambda _, found: (found + 128) % 256 - 128, OTHER)


def _rounding(exercise: Exercise) -> Iterator[Mistake]:
    whole = lcm(_denominator(exercise.x), _denominator(exercise.w))
    if whole == 1 and _denominator(exercise.bias) == 1 and isinstance(exercise.plan.fill, int):
        return
    for places, what in enumerate(PLACES if whole > 1 else ()):
        says = f"every product was rounded to {what} before adding"
        yield _fold(f"rounded_intermediate:{places}", says, 4, _rounded(places))
    says = "the decimals of the answer were cut off"
    yield _after("truncated_result", says, 4, lambda _, found: _truncate(found), OTHER)


def _rounded(places: int) -> Fold:
    """Return the sum of products rounded to decimals, halves away from zero, + bias."""
    unit = 10**places

    def near(value: int | Fraction) -> Fraction:
        size = int(abs(value) * unit + Fraction(1, 2))
        return Fraction(-size if value < 0 else size, unit)

    rounded: Any = np.frompyfunc(near, 1, 1)

    def fold(exercise: Exercise) -> Array:
        taps = tuple(range(-exercise.rank, 0))
        found: Array = rounded(exercise.products_by_tap()).sum(axis=(1, *taps))
        return found + exercise.biases()

    return fold


_truncate: Any = np.frompyfunc(int, 1, 1)
