"""A mistake: one edit of an exercise, another way to fold its products, or a slip afterwards.

    predicted = layout(… after(… fold(edit(… exercise))))

A mistake knows nothing of answers: it says what somebody who makes it would write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from symconv.exact import Array
from symconv.mistakes.exercise import Exercise

Family = Literal[
    "orientation",
    "padding",
    "stride",
    "dilation",
    "place",
    "channels",
    "bias",
    "arithmetic",
    "custom",
]
"""Kinds of mistakes, in the order in which they are carried out; two of one family are not made
together."""
ORDER: dict[str, int] = {family: place for place, family in enumerate(get_args(Family))}
Edit = Callable[[Exercise], Exercise]
Fold = Callable[[Exercise], Array]
After = Callable[[Exercise, Array], Array]
Layout = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way to go wrong.

    ``says`` is a part of a sentence to whoever made it, without a subject's blame and without
    numbers of the key. Exactly one of ``edit``, ``fold``, ``after`` and ``layout`` is set: what is
    rewritten before anything is computed, how the products are summed instead, what is done with
    the output, in what order its cells are written down. ``prior`` is how unusual it is, in bits;
    ``credit`` what it leaves of full marks.
    """

    id: str
    family: Family
    says: str
    prior: int
    credit: Fraction
    edit: Edit | None = None
    fold: Fold | None = None
    after: After | None = None
    layout: Layout | None = None

    @property
    def name(self) -> str:
        """The id without its parameter."""
        return self.id.partition(":")[0]

    @property
    def stage(self) -> int:
        """When it happens: 0 edit, 1 fold, 2 after, 3 layout."""
        if self.edit:
            return 0
        return 1 if self.fold else 2 if self.after else 3


def together(one: Mistake, other: Mistake) -> bool:
    """Tell whether two mistakes can be made in one answer: other families, and one way to fold."""
    return one.family != other.family and not (one.fold and other.fold)


def predicted(exercise: Exercise, mistakes: Sequence[Mistake]) -> Array:
    """Return what somebody writes who makes these mistakes: (M, *O), or as it is laid out.

    The order in which they are given does not matter.

    >>> import numpy as np
    >>> from symconv.mistakes import catalogue
    >>> from symconv.plan import geometry
    >>> plan = geometry((1, 3), (1, 1, 2), flip=True)
    >>> exercise = Exercise(plan, np.array([[1, 2, 3]]), np.array([[[1, 10]]]), np.array([0]))
    >>> exercise.out().tolist(), predicted(exercise, catalogue(exercise)[:1]).tolist()
    ([[12, 23]], [[21, 32]])
    """
    exercise = exercise.safe
    ordered = sorted(mistakes, key=lambda mistake: (mistake.stage, ORDER[mistake.family]))
    folded = False
    for mistake in ordered:
        if mistake.edit:
            exercise = mistake.edit(exercise)
        elif not folded:
            found = mistake.fold(exercise) if mistake.fold else exercise.out()
            folded = True
        if mistake.after:
            found = mistake.after(exercise, found)
        elif mistake.layout:
            found = mistake.layout(found)
    return found if folded else exercise.out()
