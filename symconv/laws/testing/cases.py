"""Instances of a law: small shapes at which it says something, filled with integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from symconv.errors import LawError
from symconv.exact import Array
from symconv.expressions import Name
from symconv.laws.language.nodes import Combined, Fixed, Node, Slide, children
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes
from symconv.laws.provers.instances import Instances, Letters, instances
from symconv.laws.provers.one_shape import at_this_shape
from symconv.laws.tables.lines import NoRoomError
from symconv.laws.tables.sides import Reader
from symconv.laws.testing.calls import Called, Tested, UnfitError
from symconv.laws.testing.convention import STEPS, Convention, asked_of
from symconv.laws.testing.evaluation import Evaluator

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

LARGEST = 30
"""Entries lie between −30 and 30: three factors and a hundred terms stay exact in float32."""
LONGEST = {1: 6, 2: 4}
"""Lengths and integers that shapes go up to, by rank; 3 from three axes on."""
MOST_ENTRIES = 96
NONE = Fraction(0)
SMALL, OTHERS = 200, 600
"""Shapes that are looked at: the smallest, then others at random."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A law for one choice of its options, as it is put to a function."""

    name: str
    statement: Statement


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Numbers for all letters of a law, at which the function takes part in it."""

    chosen: Chosen
    statement: Statement
    letters: Letters

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the tensors."""
        numbers = self.statement.numbers
        return {
            name: tuple(self.letters[numbers.length(name, axis)] for axis in range(rank))
            for name, rank in self.statement.ranks.tensors.items()
        }

    @property
    def size(self) -> tuple[int, int]:
        """What the smallest come first by: entries, then the sizes of all numbers."""
        entries = sum(map(prod, self.shapes.values()))
        return entries, sum(map(abs, self.letters.values()))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Instance:
    """A law with arrays for its tensors and integers for its scalars and parameters.

    ``arrays`` are int64; a parameter is an integer for each spatial axis, a lone one for one axis.
    """

    law: str
    statement: str
    arrays: Mapping[str, Array]
    scalars: Mapping[str, int]
    parameters: Mapping[str, Any]
    place: Place
    convention: Convention
    dtype: Any = np.int64

    def __repr__(self) -> str:
        arrays = {name: array.tolist() for name, array in self.arrays.items()}
        told = {**arrays, **self.scalars, **self.parameters}
        return f"<{self.law}: {', '.join(f'{name} = {value}' for name, value in told.items())}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print the instance as Hypothesis shows it, without the trees of its law."""
        printer.text(repr(self))

    def sides(self, f: Tested | None = None) -> tuple[Array, Array]:
        """Return both sides, with *f* in the place of its operation; without f, the exact values.

        Hypothesis passes over an instance that f cannot be asked about.
        """
        left, right, _ = self.evaluated(f)
        return left, right

    def evaluated(self, f: Tested | None) -> tuple[Array, Array, list[Called]]:
        """Return both sides and the calls of f."""
        exact = {name: array.astype(object) for name, array in self.arrays.items()}
        place = self.place
        evaluator = Evaluator(
            place.statement,
            place.letters,
            exact,
            self.scalars,
            self.convention,
            f=f,
            dtype=self.dtype,
        )
        try:
            left, right = evaluator.sides()
        except (NoRoomError, UnfitError):
            hypothesis().reject()
            raise
        return left, right, evaluator.calls


def hypothesis() -> Any:
    """Return the package Hypothesis.

    Raises: LawError[no-hypothesis].
    """
    try:
        import hypothesis as found
    except ImportError:
        message = "laws are tested with hypothesis, which is not installed"
        hint = "pip install hypothesis"
        raise LawError("no-hypothesis", message, hint=hint) from None
    return found


def places(
    chosen: Chosen, convention: Convention, longest: int | None = None, share: Fraction = NONE
) -> list[Place]:
    """Return small shapes at which the function takes part in a law, the smallest first.

    There are none where that is less than a *share* of the shapes at which the law speaks.
    """
    statement = chosen.statement
    if not mentions(statement, convention):
        return []
    usual = LONGEST.get(statement.ranks.spatial, 3)
    most = usual if longest is None else longest
    known = _pinned(statement, convention)
    found: list[Place] = []
    for read in [statement, *([statement.with_known(known)] if known else [])]:
        shapes = Shapes(read)
        space = instances(read, shapes, most)
        formed = [letters for letters in _letters(space) if _formed(read, shapes, letters)]
        taken = [one for one in formed if _takes_part(read, shapes, one, convention)]
        if len(taken) >= share * len(formed):
            found += [Place(chosen, read, letters) for letters in taken]
    return sorted(found, key=lambda place: place.size)


def holds_at(place: Place) -> bool:
    """Tell whether a law holds at a place, so that a function that breaks it there is wrong."""
    try:
        return at_this_shape(place.statement, place.letters).proved
    except LawError:
        return False


def mentions(statement: Statement, convention: Convention) -> bool:
    """Tell whether the operation of a function stands in a law at all."""
    return any(node.op == convention.op for node in _slides(statement))


def _letters(space: Instances) -> Iterator[Letters]:
    """Yield the letters of all instances, or where there are many, of some."""
    smallest = chain.from_iterable(space.shells())
    if space.count <= SMALL + OTHERS:
        return smallest
    return chain(islice(smallest, SMALL), _random(space))


def _random(space: Instances) -> Iterator[Letters]:
    """Yield letters at random, always the same ones."""
    random = Random(0)  # noqa: S311 - nothing secret
    for _ in range(OTHERS):
        letters = {name: random.choice(values) for name, values in space.free}
        for name, rule in space.settled:
            letters[name] = rule.value(letters)
        if all(letters[name] >= least for name, least in space.least):
            yield letters


def _formed(statement: Statement, shapes: Shapes, letters: Letters) -> bool:
    """Tell whether both sides can be formed and are not empty."""
    tests = (*statement.assumed(), *shapes.needs)
    if not all(test.value(letters) for test in tests):
        return False
    lengths = [length.value(letters) for side in shapes.sides for length in side]
    tensors = statement.ranks.tensors.items()
    sizes = (
        prod(letters[statement.numbers.length(name, axis)] for axis in range(rank))
        for name, rank in tensors
    )
    return min(lengths, default=1) > 0 and sum(sizes) <= MOST_ENTRIES


def _takes_part(
    statement: Statement, shapes: Shapes, letters: Letters, convention: Convention
) -> bool:
    """Tell whether a call of the law at these shapes is one that the function can carry out."""
    reader = Reader(statement, letters)
    for node in _slides(statement):
        if node.op != convention.op or _fractional(node.x) or _fractional(node.w):
            continue
        x, w = (tuple(n.value(letters) for n in shapes.of(part)) for part in (node.x, node.w))
        try:
            asked = asked_of(node, reader, x, w)
            if convention.keywords(asked) is not None:
                return True
        except NoRoomError:
            continue
    return False


def _fractional(node: Node) -> bool:
    """Tell whether an array may have entries that are no integers, which no function is given."""
    match node:
        case Fixed(kind="means"):
            return True
        case Combined(parts=parts):
            if any(weight.over or weight.number.denominator > 1 for weight, _ in parts):
                return True
    return any(map(_fractional, children(node)))


def _slides(statement: Statement) -> Iterator[Slide]:
    waiting: list[Node] = list(statement.sides)
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if isinstance(node, Slide):
            yield node


def _pinned(statement: Statement, convention: Convention) -> dict[str, int]:
    """Return the letters that must be the fixed options for the function to be called."""
    found: dict[str, int] = {}
    for node in _slides(statement):
        if node.op != convention.op:
            continue
        pairs = [(name, getattr(node, name), convention.fixed[name]) for name in STEPS]
        pairs.append(("input_dilation", node.input_dilation, 1))
        if not isinstance(node.padding, str):
            pairs += zip(("padding",) * 2, node.padding, _ends(convention), strict=True)
        for name, tree, value in pairs:
            if name not in convention.accepted and isinstance(tree, Name) and value is not None:
                found.setdefault(tree.name, value)
    return found


def _ends(convention: Convention) -> tuple[int | None, int | None]:
    match convention.fixed["padding"]:
        case "valid":
            return 0, 0
        case int(both):
            return both, both
        case (int(before), int(after)):
            return before, after
    return None, None


def filled(
    found: Iterable[Place],
    convention: Convention,
    *,
    largest: int = LARGEST,
    dtype: Any = np.int64,
) -> SearchStrategy[Instance]:
    """Return a strategy of instances at some places, filled with integers up to *largest*."""
    st = hypothesis().strategies
    ready = list(found)
    entries = st.integers(-largest, largest)

    @st.composite  # type: ignore[untyped-decorator]
    def instance(draw: DrawFn) -> Instance:
        place = draw(st.sampled_from(ready))
        arrays = {
            name: np.array(
                draw(st.lists(entries, min_size=prod(shape), max_size=prod(shape))), dtype=np.int64
            ).reshape(shape)
            for name, shape in place.shapes.items()
        }
        scalars = {name: draw(entries) for name in place.statement.scalars}
        return _instance(place, arrays, scalars, convention, dtype)

    return instance()  # type: ignore[no-any-return]


def _instance(
    place: Place,
    arrays: dict[str, Array],
    scalars: dict[str, int],
    convention: Convention,
    dtype: Any,
) -> Instance:
    numbers, known = place.chosen.statement.numbers, place.statement.numbers.known
    spatial = place.statement.ranks.spatial
    parameters = {}
    for name in place.chosen.statement.parameters:
        letters = [numbers.parameter(name, axis) for axis in range(spatial)]
        values = [known[name] if name in known else place.letters[one] for one in letters]
        parameters[name] = values[0] if spatial == 1 else tuple(values)
    given = [assumption.text for assumption in place.statement.assumptions]
    text = place.statement.text + (f" where {' and '.join(given)}" if given else "")
    return Instance(place.chosen.name, text, arrays, scalars, parameters, place, convention, dtype)
