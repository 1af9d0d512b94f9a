"""One cell worked out: the window, the kernel as it lies on it, the products and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from weakref import WeakKeyDictionary

from symconv.homework.judging.places import product_text
from symconv.homework.questions.question import Index, Question, Shape
from symconv.homework.reading.polynomials import Polynomial, Value, text_of

MOST_KEPT = 100_000
"""Products of one question whose texts are kept for the next answer."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cell of the key, out = Σ window·kernel + bias.

    ``window``, ``kernel`` and ``products`` stand in row-major order of ``shape``, (C/groups, *K),
    as the window lies on the input: a flipped kernel is met from its last entry to its first.
    ``inputs`` are the indices (channel, *place) that the window reads, None on padding.
    """

    index: Index
    shape: Shape
    inputs: tuple[Index | None, ...]
    window: tuple[str, ...]
    kernel: tuple[str, ...]
    products: tuple[str, ...]
    bias: str
    total: str
    text: str


def explain(question: Question, index: Index) -> Explanation:
    """Return one cell of the key worked out; *index* counts from 0.

    Raises: GeometryError[no-such-output].

    >>> from symconv.homework.questions.load import loads
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: convolution
    ... input: 1 2 3
    ... kernel: 4 -5
    ... bias: 6
    ... options: {padding: valid}
    ... ''')
    >>> explain(question, (1,)).text
    '2·(-5) + 3·4 + 6 = 8'
    """
    held = _HELD.setdefault(question, {})
    if index in held:
        return held[index]
    found = _explained(question, index)
    if len(held) * len(found.products) < MOST_KEPT:
        held[index] = found
    return found


def _explained(question: Question, index: Index) -> Explanation:
    exercise = question.exercise
    plan, place = exercise.plan, index if question.layered else (0, *index)
    (filter_,), out = plan.split(place)
    windows = [axis.window(o) for axis, o in zip(plan.axes, out, strict=True)]
    inputs: list[Index | None] = []
    factors: list[tuple[Value, Value]] = []
    for depth, channel in enumerate(plan.channels_of(filter_)):
        for pairs in product(*windows):
            read = tuple(source for source, _ in pairs)
            inside = min(read) >= 0
            x = exercise.x[(channel, *read)] if inside else plan.fill
            inputs.append((channel, *read) if inside else None)
            factors.append(
                (_plain(x), _plain(exercise.w[(filter_, depth, *(t for _, t in pairs))]))
            )
    bias = _plain(exercise.bias[filter_])
    return _explanation(index, (plan.depth, *map(len, windows)), inputs, factors, bias)


_HELD: WeakKeyDictionary[Question, dict[Index, Explanation]] = WeakKeyDictionary()


def _explanation(
    index: Index,
    shape: Shape,
    inputs: Sequence[Index | None],
    factors: Sequence[tuple[Value, Value]],
    bias: Value,
) -> Explanation:
    total: Value = bias
    for x, w in factors:
        total = total + x * w
    products = tuple(product_text(x, w) for x, w in factors)
    return Explanation(
        index,
        shape,
        tuple(inputs),
        tuple(text_of(x) for x, _ in factors),
        tuple(text_of(w) for _, w in factors),
        products,
        text_of(bias) if bias else "",
        text_of(total),
        f"{' + '.join(products)}{_added(bias)} = {text_of(total)}",
    )


def _plain(value: object) -> Value:
    """Return an entry of an array as an exact value."""
    return value.item() if hasattr(value, "item") else value  # type: ignore[return-value]


def _added(bias: Value) -> str:
    text = text_of(bias)
    if not bias:
        return ""
    several = isinstance(bias, Polynomial) and len(bias.terms) > 1
    if several:
        return f" + ({text})"
    return f" - {text[1:]}" if text.startswith("-") else f" + {text}"
