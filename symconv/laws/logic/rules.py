"""The terms of a law in letters: which entry of every tensor meets which output, for all shapes.

    correlate(x, w)[o] = Σ x[stride·o + dilation·t − before] · w[t]      0 ≤ t < len(w)

A `Rule` is one product of tensor entries with the tests under which it is a term. Inner indices
such as t are solved for from the indices of the tensors; where each is settled by them, a term
stands once or not at all, and two sides are equal exactly when their rules hold together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import singledispatchmethod
from itertools import count
from math import gcd, prod

from symconv.laws.language.nodes import (
    Combined,
    Contracted,
    Fixed,
    Joined,
    Kron,
    Moved,
    Node,
    Shaped,
    Slide,
    Tensor,
    Toeplitz,
    Weight,
)
from symconv.laws.letters.conditions import Test, at_least, inside, less, some
from symconv.laws.letters.wholes import ONE, ZERO, Whole, choice, letter, whole
from symconv.laws.limits import check_products
from symconv.laws.logic.lengths import FOLDED, Lengths, Shapes, Slot

MOST_GROUPS = 8
"""Groups of a layer that are told apart one by one; more are left to the solver."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One product of entries, as far as a node has read it.

    It is ``number`` times the scalars in ``names``, divided by ``over``. ``zeros`` are wholes that
    must be 0; ``inner`` the letters that are summed over.
    """

    number: Fraction = Fraction(1)
    names: tuple[str, ...] = ()
    over: Whole = ONE
    entries: tuple[tuple[str, Lengths], ...] = ()
    tests: tuple[Test, ...] = ()
    zeros: tuple[Whole, ...] = ()
    inner: tuple[str, ...] = ()

    def with_(
        self, tests: Sequence[Test] = (), zeros: Sequence[Whole] = (), inner: Sequence[str] = ()
    ) -> Rule:
        """Return the rule under further conditions."""
        return replace(
            self,
            tests=(*tests, *self.tests),
            zeros=(*zeros, *self.zeros),
            inner=(*inner, *self.inner),
        )

    def reduced(self) -> Rule:
        """Return the rule with the number that divides it in its number."""
        content = gcd(*(coefficient for _, coefficient in self.over.terms)) or 1
        return replace(self, number=self.number / content, over=self.over // content)

    def times(self, other: Rule) -> Rule:
        """Return the product of two rules."""
        return Rule(
            self.number * other.number,
            tuple(sorted(self.names + other.names)),
            self.over * other.over,
            self.entries + other.entries,
            self.tests + other.tests,
            self.zeros + other.zeros,
            self.inner + other.inner,
        )


@dataclass(slots=True)
class Rules:
    """Reads nodes at indices in letters.

    With ``generic`` the ones of a pool are read as a tensor of their own: what holds for any
    kernel holds for them.
    """

    shapes: Shapes
    generic: bool = False
    fresh: Iterator[int] = field(default_factory=count)

    def side(self, number: int, index: Lengths) -> list[Rule]:
        """Return the rules of one side of the law at an output index."""
        return self.at(self.shapes.statement.sides[number], index)

    def read(self, node: Node, index: Lengths) -> list[Rule]:
        """Return the rules of a node where the index is inside it; outside there is nothing."""
        tests = [
            test
            for i, n in zip(index, self.shapes.of(node), strict=True)
            for test in inside(i, n)
            if test.known is not True
        ]
        if any(test.known is False for test in tests):
            return []
        return [rule.with_(tests) for rule in self.at(node, index)]

    def new(self, what: str, number: int) -> tuple[list[str], Lengths]:
        """Return new inner letters."""
        names = [f"#{what}{next(self.fresh)}" for _ in range(number)]
        return names, tuple(map(letter, names))

    @singledispatchmethod
    def at(self, node: Node, index: Lengths) -> list[Rule]:
        """Return the rules of a node at an index that is inside it."""
        raise TypeError(node, index)

    @at.register
    def _tensor(self, node: Tensor, index: Lengths) -> list[Rule]:
        return [Rule(entries=((node.name, index),))]

    @at.register
    def _combined(self, node: Combined, index: Lengths) -> list[Rule]:
        return [
            self._weight(weight).times(rule)
            for weight, part in node.parts
            for rule in self.read(part, index)
        ]

    def _weight(self, weight: Weight) -> Rule:
        return Rule(weight.number, weight.names, prod(self.shapes.over(weight.over), start=ONE))

    @at.register
    def _fixed(self, node: Fixed, index: Lengths) -> list[Rule]:
        lengths = self.shapes.of(node)
        match node.kind:
            case "zeros":
                return []
            case "identity":
                return [Rule(zeros=(index[0] - index[1],))]
            case "delta":
                return [Rule(zeros=tuple(i - n // 2 for i, n in zip(index, lengths, strict=True)))]
        over = prod(lengths, start=ONE) if node.kind == "means" else ONE
        ones = f"ones({', '.join(map(str, lengths))})"
        return [Rule(over=over, entries=((ones, index),) if self.generic else ())]

    @at.register
    def _moved(self, node: Moved, index: Lengths) -> list[Rule]:
        lengths = self.shapes.of(node.x)
        rank, spatial = len(lengths), self.shapes.spatial
        places = range(rank) if node.axis is None else [node.axis % rank]
        source, zeros, inner = list(index), [], []
        for place in places:
            numbers = [self.shapes.number(t, spatial - rank + place) for t in node.numbers]
            n, j = lengths[place], index[place]
            match node.kind:
                case "flip":
                    source[place] = n - 1 - j
                case "subsample":
                    source[place] = numbers[0] * j
                case "dilate":
                    (name,), (source[place],) = self.new("m", 1)
                    inner.append(name)
                    zeros.append(numbers[0] * source[place] - j)
                case _:
                    source[place] = folded(node.boundary, j - numbers[0], n)
        return [rule.with_((), zeros, inner) for rule in self.read(node.x, tuple(source))]

    @at.register
    def _slide(self, node: Slide, index: Lengths) -> list[Rule]:
        slots = self.shapes.slots(node)
        lead = len(index) - len(slots)
        names, taps = self.new("t", len(slots))
        if node.op == "conv_transpose":
            return self._transposed(node, index, slots, (names, taps))
        places = [
            slot.stride * o + _offset(slot, t, flip=node.flip) - slot.before
            for slot, o, t in zip(slots, index[lead:], taps, strict=True)
        ]
        source, zeros, more = self._sources(node, slots, places)
        found: list[Rule] = []
        for x_lead, w_lead, tests, inner in self._channels(node, index[:lead]):
            kernel = [
                rule.with_(tests, (), (*inner, *names))
                for rule in self.read(node.w, (*w_lead, *taps))
            ]
            inputs = [rule.with_((), zeros, more) for rule in self.read(node.x, (*x_lead, *source))]
            check_products(len(found) + len(inputs) * len(kernel))
            found += [a.times(b) for a in inputs for b in kernel]
            if node.fill is not None:
                ends = zip(slots, places, strict=True)
                outside = some(
                    test for slot, p in ends for test in (less(p, 0), at_least(p, slot.stuffed))
                )
                fill = self._weight(node.fill).with_([outside])
                found += [fill.times(rule) for rule in kernel]
        return found

    def _sources(
        self, node: Slide, slots: Sequence[Slot], places: Sequence[Whole]
    ) -> tuple[list[Whole], list[Whole], list[str]]:
        """Return the input indices that stand at places of the padded axes."""
        source, zeros, inner = [], [], []
        for slot, place in zip(slots, places, strict=True):
            at = folded(node.boundary, place, slot.stuffed)
            if slot.lhs.constant != 1:
                (name,), (index,) = self.new("m", 1)
                inner.append(name)
                zeros.append(slot.lhs * index - at)
                at = index
            source.append(at)
        return source, zeros, inner

    def _channels(
        self, node: Slide, lead: Lengths
    ) -> Iterator[tuple[Lengths, Lengths, list[Test], list[str]]]:
        """Yield the channel parts of the input and kernel indices, with tests and inner letters."""
        if not lead:
            yield (), (), [], []
            return
        *batch, m = lead
        own, other = self.shapes.of(node.w)[:2]
        groups = self.shapes.number(node.groups, self.shapes.spatial - 1)
        (name,), (j,) = self.new("c", 1)
        if groups.constant is None or groups.constant > MOST_GROUPS:
            group = m // (own // groups)
            yield (*batch, group * other + j), (m, j), [], [name]
            return
        each = own // groups
        for one in range(groups.constant):
            tests = inside(m - each * one, each) if groups.constant > 1 else []
            yield (*batch, other * one + j), (m, j), tests, [name]

    def _transposed(
        self,
        node: Slide,
        index: Lengths,
        slots: Sequence[Slot],
        inner: tuple[list[str], Lengths],
    ) -> list[Rule]:
        names, taps = inner
        more, reads = self.new("i", len(slots))
        lead = len(index) - len(slots)
        zeros = [
            slot.stride * i + _offset(slot, t, flip=node.flip) - slot.before - o
            for slot, i, t, o in zip(slots, reads, taps, index[lead:], strict=True)
        ]
        found = []
        for x_lead, w_lead, tests, links, letters in self._backward(node, index[:lead]):
            conditions = (tests, (*zeros, *links), (*names, *more, *letters))
            found += [
                a.times(b).with_(*conditions)
                for a in self.read(node.x, (*x_lead, *reads))
                for b in self.read(node.w, (*w_lead, *taps))
            ]
        return found

    def _backward(
        self, node: Slide, lead: Lengths
    ) -> Iterator[tuple[Lengths, Lengths, list[Test], list[Whole], list[str]]]:
        """Yield the channels that a transposed layer reads, as `_channels` does."""
        if not lead:
            yield (), (), [], [], []
            return
        *batch, m = lead
        own, other = self.shapes.of(node.w)[:2]
        groups = self.shapes.number(node.groups, self.shapes.spatial - 1)
        names, (c, j) = self.new("c", 2)
        each = own // groups
        if groups.constant is None or groups.constant > MOST_GROUPS:
            yield (*batch, c), (c, j), [], [c // each * other + j - m], names
            return
        for group in range(groups.constant):
            tests = inside(c - each * group, each) if groups.constant > 1 else []
            yield (*batch, c), (c, j), tests, [other * group + j - m], names

    @at.register
    def _toeplitz(self, node: Toeplitz, index: Lengths) -> list[Rule]:
        (slot,) = self.shapes.slots(node)
        o, i = index
        names, (t,) = self.new("t", 1)
        place = slot.stride * o + _offset(slot, t, flip=node.slide.flip) - slot.before
        link = slot.lhs * i - folded(node.slide.boundary, place, slot.stuffed)
        return [rule.with_((), [link], names) for rule in self.read(node.slide.w, (t,))]

    @at.register
    def _contracted(self, node: Contracted, index: Lengths) -> list[Rule]:
        rank = len(self.shapes.of(node.a))
        number = rank if node.axes is None else node.axes
        names, inner = self.new("m", number)
        kept = rank - number
        return [
            a.times(b).with_((), (), names)
            for a in self.read(node.a, (*index[:kept], *inner))
            for b in self.read(node.b, (*inner, *index[kept:]))
        ]

    @at.register
    def _joined(self, node: Joined, index: Lengths) -> list[Rule]:
        axis = node.axis % len(index)
        found: list[Rule] = []
        offset = ZERO
        for part in node.parts:
            found += self.read(part, (*index[:axis], index[axis] - offset, *index[axis + 1 :]))
            offset = offset + self.shapes.of(part)[axis]
        return found

    @at.register
    def _shaped(self, node: Shaped, index: Lengths) -> list[Rule]:
        if node.kind == "transpose":
            return self.read(node.x, index[::-1])
        if node.kind == "expand":
            return self.read(node.x, index[:-1])
        names, inner = self.new("m", len(self.shapes.of(node.x)))
        links = []
        if node.kind == "vec":
            links = [inner[0] + inner[1] * self.shapes.of(node.x)[0] - index[0]]
        return [rule.with_((), links, names) for rule in self.read(node.x, inner)]

    @at.register
    def _kron(self, node: Kron, index: Lengths) -> list[Rule]:
        ours, a = self.new("m", 2)
        theirs, b = self.new("m", 2)
        sizes = self.shapes.of(node.b)
        links = [i * n + j - k for i, n, j, k in zip(a, sizes, b, index, strict=True)]
        return [
            p.times(q).with_((), links, (*ours, *theirs))
            for p in self.read(node.a, a)
            for q in self.read(node.b, b)
        ]


def _offset(slot: Slot, tap: Whole, *, flip: bool) -> Whole:
    return slot.dilation * (slot.taps - 1 - tap if flip else tap)


def folded(boundary: str, place: Whole, n: Whole) -> Whole:
    """Return the input index at a place of a padded axis, which goes round at most once."""
    if boundary not in FOLDED:
        return place
    below, above = {
        "edge": (whole(0), n - 1),
        "wrap": (place + n, place - n),
        "reflect": (-place, 2 * (n - 1) - place),
        "symmetric": (-1 - place, 2 * n - 1 - place),
    }[boundary]
    return choice(less(place, 0), below, choice(less(place, n), place, above))
