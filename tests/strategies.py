"""Hypothesis strategies: geometries whose numbers differ from axis to axis, entries of every kind.

Extents, strides, dilations and pads differ between axes so that swapped axes cannot go unnoticed;
kernel entries are all different, so that no kernel has a symmetry that hides a flip.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.agreement import Example
from tests.oracle import Nested, filled

BOUNDARIES = ("zero", "constant", "edge", "reflect", "symmetric", "wrap")
Draw = Callable[[st.SearchStrategy[Any]], Any]

small = st.integers(-9, 9)
huge = st.integers(-(10**30), 10**30)
fractions = st.fractions(min_value=-9, max_value=9, max_denominator=12)
numbers = st.one_of(small, huge, fractions)


def _small(random: Random) -> int:
    return random.randint(-50, 50)


def _huge(random: Random) -> int:
    return random.choice((-1, 1)) * 10**30 + random.randint(-99, 99)


def _near_int64(random: Random) -> int:
    return random.choice((-1, 1)) * (2**62 + random.randint(0, 2**62))


def _fraction(random: Random) -> Fraction:
    return Fraction(random.randint(-50, 50), random.randint(1, 12))


KINDS = {"small": _small, "huge": _huge, "int64": _near_int64, "fraction": _fraction}


@st.composite
def entries(draw: Draw, shape: tuple[int, ...], kinds: tuple[str, ...] = tuple(KINDS)) -> Nested:
    """Draw a nested list of distinct exact numbers, all of one kind or of several."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=2))
    random = draw(st.randoms(use_true_random=True))
    seen: set[Any] = set()

    def one(_index: tuple[int, ...]) -> Any:
        value: Any = KINDS[chosen[len(seen) % len(chosen)]](random)
        while value in seen:
            value += 1
        seen.add(value)
        return value

    return filled(shape, one)


def symbols(shape: tuple[int, ...], base: str) -> Nested:
    """Return a nested list of different SymPy symbols, `x_0_1` and so on."""
    import sympy

    return filled(shape, lambda index: sympy.Symbol("_".join([base, *map(str, index)])))


def different(low: int, high: int, rank: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw *rank* different integers where the interval has as many."""
    unique = high - low + 1 >= rank
    items = st.lists(st.integers(low, high), min_size=rank, max_size=rank, unique=unique)
    return items.map(tuple)


ROOM = {1: (14, 11), 2: (8, 5), 3: (5, 4), 4: (4, 2)}
"""For each rank: the most inputs beyond what fits, and the most taps, of an axis."""


@st.composite
def geometries(
    draw: Draw, rank: int, *, boundaries: tuple[str, ...] = BOUNDARIES, stuffing: bool = True
) -> dict[str, Any]:
    """Draw the options of every axis and the extents of input and kernel that fit them."""
    most, taps_most = ROOM[rank]
    taps = draw(different(1, max(taps_most, 2), rank))
    stride = draw(different(1, 3, rank))
    dilation = draw(different(1, 3, rank))
    stuffed = stuffing and draw(st.integers(0, 2)) == 0
    input_dilation = draw(different(1, 3, rank)) if stuffed else (1,) * rank
    pads = draw(different(-1, 4, 2 * rank))
    padding = [(pads[2 * i], pads[2 * i + 1]) for i in range(rank)]
    extra = draw(different(1, most, rank))
    sizes = []
    for axis in range(rank):
        before, after = padding[axis]
        span = dilation[axis] * (taps[axis] - 1) + 1
        step = input_dilation[axis]
        need = max(span - before - after, 1, -before, -after)
        smallest = -(-(need - 1) // step) + 1
        sizes.append(smallest + extra[axis])
    common = draw(st.sampled_from(boundaries))
    mixed = tuple(name for name in boundaries if name != "constant")
    names = st.tuples(*[st.sampled_from(mixed)] * rank) if mixed else st.nothing()
    constant = st.just((common,) * rank)
    return {
        "sizes": tuple(sizes),
        "taps": taps,
        "stride": stride,
        "dilation": dilation,
        "input_dilation": input_dilation,
        "padding": tuple(padding),
        "boundary": draw(constant if common == "constant" else st.one_of(constant, names)),
        "flip": draw(st.tuples(*[st.booleans()] * rank)),
    }


@st.composite
def planes(draw: Draw, rank: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Example:
    """Draw a correlation without channels."""
    options = draw(geometries(rank))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    fill = draw(numbers) if "constant" in options["boundary"] else 0
    return Example(draw(entries(sizes, kinds)), draw(entries(taps, kinds)), fill=fill, **options)


@st.composite
def layers(draw: Draw, rank: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Example:
    """Draw a layer with batch, channels, groups and sometimes a bias."""
    options = draw(geometries(rank))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    groups = draw(st.integers(1, 3))
    depth, size, batch = draw(st.permutations((1, 2, 3)))
    x = draw(entries((batch, groups * depth, *sizes), kinds))
    w = draw(entries((groups * size, depth, *taps), kinds))
    bias = draw(st.one_of(st.none(), entries((groups * size,), kinds)))
    fill = draw(numbers) if "constant" in options["boundary"] else 0
    return Example(x, w, bias=bias, groups=groups, layer=True, fill=fill, **options)


@st.composite
def symbolic_planes(draw: Draw, rank: int) -> Example:
    """Draw a correlation of symbols with symbols or with numbers; some symbols are repeated."""
    options = draw(geometries(rank))
    sizes, taps = options.pop("sizes"), options.pop("taps")
    x: Nested = symbols(sizes, "x")
    w: Nested = symbols(taps, "w")
    which = draw(st.sampled_from(("both", "x", "w", "repeated")))
    if which == "x":
        w = draw(entries(taps, ("small", "fraction")))
    elif which == "w":
        x = draw(entries(sizes, ("small", "fraction")))
    elif which == "repeated":
        import sympy

        few = sympy.symbols("a b c")
        x = filled(sizes, lambda index: few[sum(index) % 3])
        w = filled(taps, lambda index: few[sum(index) % 2])
    fill = draw(small) if "constant" in options["boundary"] else 0
    return Example(x, w, fill=fill, **options)
