"""Hypothesis strategies: random sides in the language of laws, and lengths to put them to.

Sides are text, built without asking whether they can be formed; numbers are small, so that every
term can be written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from symconv.errors import SymconvError
from symconv.laws.language.reading import read
from symconv.laws.language.statement import Statement
from symconv.laws.logic.lengths import Shapes

Draw = Callable[[st.SearchStrategy[Any]], Any]
RANKS = {"x": 1, "y": 1, "w": 1, "A": 2, "B": 2, "u": 3, "v": 3}
"""Axes of the tensors that the sides may name, where an axis stands for itself."""
INTEGERS = (
    *("0", "1", "2", "-1", "p", "q", "1 - p", "p + q", "2*p - 1", "max(p, 0)", "min(q, 1)"),
    *("len(w) - 1", "len(x) - len(w)", "floor(len(x)/2)", "ceil(len(w)/2)", "len(x) % 2"),
    *("floor(p/s)", "-len(x)"),
)
STEPS = ("1", "2", "2", "3", "s", "d", "len(w)", "p")
LENGTHS = ("1", "2", "3", "len(x)", "len(w)", "n", "len(x) + p")
BOUNDARIES = (
    *("zero", "wrap", "reflect", "symmetric", "edge"),
    *("constant(c)", "constant(2)", "constant(-c*a)"),
)
POSITIVE = "sdng"
"""Names of integers that the sides divide by or count with."""
PADDINGS = ("valid", "full", "same", "same_upper", "same_lower")


@dataclass(frozen=True, repr=False)
class Sample:
    """A law at some lengths: its text and letters, as the witness and as symconv have them."""

    text: str
    statement: Statement
    shapes: dict[str, tuple[int, ...]]
    numbers: dict[str, int | tuple[int, ...]]
    spatial: int

    def __repr__(self) -> str:
        return f"{self.text!r} at {self.shapes} {self.numbers}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002
        printer.text(repr(self))

    @property
    def letters(self) -> dict[str, int]:
        """The letters with their numbers."""
        found = {}
        for name, rank in self.statement.ranks.tensors.items():
            for axis in range(rank):
                found[self.statement.numbers.length(name, axis)] = self.shapes[name][axis]
        for name in self.statement.parameters:
            for axis in range(self.spatial):
                value = self.numbers[name]
                number = value if isinstance(value, int) else value[axis]
                found[self.statement.numbers.parameter(name, axis)] = number
        return found


class Writer:
    """Draws expressions; *plane* ones are of arrays with two axes, channels and matrices."""

    def __init__(self, draw: Draw, *, stuffed: bool = True, folded: bool = True) -> None:
        self.draw = draw
        self.stuffed = stuffed
        self.boundaries = BOUNDARIES if folded else ("zero",)

    def one(self, items: Sequence[Any]) -> Any:
        """Draw one of some things."""
        return self.draw(st.sampled_from(list(items)))

    def text(self, *items: str) -> str:
        """Draw one of some texts."""
        return str(self.one(items))

    def boundary(self, constant: int) -> list[str]:
        """Draw a boundary, seldom."""
        name = self.one(self.boundaries[: len(self.boundaries) - constant])
        return [f'boundary="{name}"'] if self.one((True, False)) and name != "zero" else []

    def padding(self) -> str:
        """Draw a padding, as it is written."""
        kind = self.one(("name", "name", "pair", "both"))
        if kind == "name":
            return f'padding="{self.one(PADDINGS)}"'
        ends = self.one(INTEGERS), self.one(INTEGERS)
        return f"padding=({ends[0]}, {ends[1]})" if kind == "pair" else f"padding={ends[0]}"

    def options(self, op: str) -> str:
        """Draw the options of a sliding kernel."""
        found = [self.padding()] if self.one((True, True, False)) else []
        found += [f"stride={self.one(STEPS)}"] * self.one((0, 0, 1))
        found += [f"dilation={self.one(STEPS)}"] * self.one((0, 0, 1))
        if op == "conv_transpose":
            found += [f"output_padding={self.one(('1', '2', 'r'))}"] * self.one((0, 0, 1))
        else:
            found += self.boundary(0)
            if self.stuffed:
                found += [f"input_dilation={self.one(STEPS)}"] * self.one((0, 0, 0, 1))
        if op != "convolve":
            found += ["flip=True"] * self.one((0, 0, 1))
        return "".join(f", {option}" for option in found)

    def line(self, depth: int, *, lifted: bool = False) -> str:
        """Draw an array with one axis; *lifted*, one that any number of axes may stand for."""
        if depth == 0:
            return str(self.one(("x", "x", "x", "w", "y", f"{self.fixed()}")))
        makers = [self.slide, self.slide, self.slide, self.pool, self.moved, self.moved, self.sum]
        if not lifted:
            makers += [self.concat, self.flat]
        return str(self.one(makers)(depth, lifted=lifted))

    def fixed(self) -> str:
        """Draw an array of given lengths."""
        return f"{self.one(('delta', 'ones', 'zeros'))}({self.one(LENGTHS)})"

    def slide(self, depth: int, *, lifted: bool) -> str:
        """Draw a kernel sliding over something."""
        op = self.one(("correlate", "convolve", "conv_transpose"))
        kernel = self.one(("w", "w", "y", "x", self.line(depth - 1, lifted=lifted)))
        return f"{op}({self.line(depth - 1, lifted=lifted)}, {kernel}{self.options(op)})"

    def pool(self, depth: int, *, lifted: bool) -> str:
        """Draw sums or means of windows."""
        kind = self.one(("sum_pool", "avg_pool"))
        more = [self.padding()] * self.one((0, 1)) if kind == "sum_pool" else []
        more += [f"stride={self.one(STEPS)}"] * self.one((0, 1))
        more += [f"dilation={self.one(STEPS)}"] * self.one((0, 0, 1))
        window = self.one(("1", "2", "3", "s", "len(w)"))
        return f"{kind}({', '.join([self.line(depth - 1, lifted=lifted), window, *more])})"

    def moved(self, depth: int, *, lifted: bool) -> str:
        """Draw an array whose entries come from other places."""
        x = self.line(depth - 1, lifted=lifted)
        kind = self.one(("flip", "pad", "pad", "subsample", "dilate", "shift", "shift"))
        more = {
            "flip": [],
            "pad": [self.one(INTEGERS), self.one(INTEGERS), *self.boundary(3)],
            "shift": [self.one(INTEGERS), *self.boundary(3)],
        }.get(kind, [self.one(STEPS)])
        return f"{kind}({', '.join([x, *more])})"

    def sum(self, depth: int, *, lifted: bool) -> str:
        """Draw a sum of arrays, often of one shape."""
        first = self.line(depth - 1, lifted=lifted)
        second = self.one((first, f"flip({first})", self.line(depth - 1, lifted=lifted)))
        weights = ("", "", "2*", "a*", "-", "a*b*", "(a - 1)*", "sum(w)*")
        over = ("", "", "", "/2", "/len(w)", "/n")
        arrays = [f"shift({part}, 0)" if len(part) == 1 else part for part in (first, second)]
        parts = [f"{self.one(weights)}{part}{self.one(over)}" for part in arrays]
        return self.text(parts[0], f"({parts[0]} + {parts[1]})", f"({parts[0]} - {parts[1]})")

    def concat(self, depth: int, *, lifted: bool) -> str:
        """Draw arrays one behind the other."""
        parts = [self.line(depth - 1, lifted=lifted) for _ in range(self.one((1, 2, 2, 3)))]
        return f"concat({', '.join(parts)})"

    def flat(self, depth: int, *, lifted: bool) -> str:  # noqa: ARG002 - called like the others
        """Draw a line that is made of a plane."""
        plane = self.plane(depth - 1)
        return self.text(
            f"vec({plane})",
            f"matmul({plane}, {self.line(depth - 1)})",
            f"tensordot({plane}, {self.plane(0)}, axes=2)*flip({self.line(depth - 1)})",
            f"dot({self.line(depth - 1)}, x)*flip(w)",
        )

    def plane(self, depth: int) -> str:
        """Draw an array with two axes."""
        if depth <= 0:
            return str(self.one(("A", "A", "B", "outer(x, w)", "identity(n)", "ones(2, len(w))")))
        inner = self.plane(depth - 1)
        return str(self.one((self.layer, self.matrix, self.along))(depth, inner))

    def layer(self, _depth: int, inner: str) -> str:
        """Draw a layer or its transpose on (channels, length)."""
        op = self.one(("conv", "conv_transpose"))
        groups = self.one(("", "", ", groups=2", ", groups=g"))
        return f"{op}({inner}, {self.one(('v', 'v', 'u'))}{self.options(op)}{groups})"

    def matrix(self, depth: int, inner: str) -> str:
        """Draw what is done to matrices."""
        line = self.line(depth - 1)
        toeplitz = f"toeplitz({line}, {self.one(LENGTHS)}{self.options('correlate')})"
        return self.text(
            toeplitz,
            f"transpose({inner})",
            f"kron({inner}, {self.plane(0)})",
            f"matmul({inner}, {self.plane(0)})",
            f"matmul(transpose({inner}), {inner})",
            f"expand({line})",
            f"outer({line}, w)",
        )

    def along(self, _depth: int, inner: str) -> str:
        """Draw what is done along one axis of two, or along both."""
        axis = self.one(("", ", axis=0", ", axis=1", ", axis=-1"))
        return self.text(
            f"concat({inner}, {self.plane(0)}{axis})",
            f"flip({inner}{axis})",
            f"pad({inner}, {self.one(INTEGERS)}, 1{axis})",
            f"shift({inner}, {self.one(INTEGERS)}{axis})",
            f"subsample({inner}, 2{axis})",
            f"dilate({inner}, 2{axis})",
            f"{inner} + {inner}",
            f"a*{inner} - transpose({self.plane(0)})",
        )


def ranks_of(text: str) -> dict[str, int]:
    """Return the axes of the tensors of a text; what it only asks the length of is none."""
    read_names = set(re.findall(r"\w+", re.sub(r"len\(\w+", "", text)))
    return {name: rank for name, rank in RANKS.items() if name in read_names}


MUTATIONS = (
    (r"\b[0-3]\b", ("1", "2", "3")),
    (r"\b(?:correlate|convolve|conv_transpose)\b", ("correlate", "convolve", "conv_transpose")),
    (r'"(?:valid|full|same\w*)"', ('"valid"', '"full"', '"same"', '"same_lower"')),
    (r'"(?:wrap|reflect|symmetric|edge)"', ('"wrap"', '"reflect"', '"symmetric"', '"edge"')),
    (r"\b[xw]\b(?!\()", ("x", "w", "flip(x)", "flip(w)")),
    (r"\b[pq]\b", ("p", "q")),
)
"""What may be exchanged for what to get a side that is nearly the same."""


@st.composite
def mutated(draw: Draw, text: str) -> str:
    """Draw a text that differs from *text* in one place, or in none."""
    pattern, others = draw(st.sampled_from(MUTATIONS))
    places = [match.span() for match in re.finditer(pattern, text)]
    if not places:
        return text
    start, end = draw(st.sampled_from(places))
    return text[:start] + str(draw(st.sampled_from(others))) + text[end:]


@st.composite
def sides(draw: Draw, *, near: bool = False, depth: int = 2) -> str:
    """Draw a law with one axis, or of planes; *near*, the right side is nearly the left one."""
    writer = Writer(draw)
    plane = draw(st.integers(0, 3)) == 0
    write = writer.plane if plane else writer.line
    depths = st.integers(1, depth)
    left = write(draw(depths))
    right = draw(mutated(left)) if near else write(draw(depths))
    return f"{left} == {right}"


@st.composite
def samples(draw: Draw, texts: st.SearchStrategy[str], *, spatial: int = 1) -> Sample:
    """Draw a law and lengths and integers for it."""
    sample: Sample = draw(instances(draw(texts), spatial=spatial))
    return sample


@st.composite
def instances(
    draw: Draw,
    text: str,
    *,
    spatial: int = 1,
    most: int = 4,
    assume: Sequence[str] = (),
    algebra: str = "sum",
    ranks: dict[str, int] | None = None,
) -> Sample:
    """Draw lengths and integers for a law."""
    told = ranks_of(text) if spatial == 1 and ranks is None else ranks
    try:
        statement = read(text, ranks=told, rank=spatial, assume=assume, algebra=algebra)
        for name in set(re.findall(r"len\((\w)\)", text)) - set(statement.ranks.tensors):
            text = text.replace(f"len({name})", "2")
        statement = read(text, ranks=told, rank=spatial, assume=assume, algebra=algebra)
        Shapes(statement)
    except SymconvError:
        reject()
    lengths = st.sampled_from(range(most if spatial == 1 else 2, 0, -1))
    shapes = {}
    for name, rank in statement.ranks.tensors.items():
        shape = [draw(lengths) if rank < 3 else draw(st.integers(1, 2)) for _ in range(rank)]
        shapes[name] = tuple(shape)
    numbers: dict[str, int | tuple[int, ...]] = {}
    for name, least in statement.parameters.items():
        low = 1 if least is None and name in POSITIVE else -2 if least is None else least
        values = st.integers(low, max(3, low))
        found = tuple(draw(values) for _ in range(spatial))
        numbers[name] = found[0] if spatial == 1 else found
    return Sample(text, statement, shapes, numbers, spatial)
