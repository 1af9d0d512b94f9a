"""How many axes every array of a law has: told, or found from what is done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symconv.errors import LawError
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
    children,
)

Key = str | int
ARRAYS = (Tensor, Fixed, Slide, Moved, Joined, Toeplitz, Kron)
"""What is never a single number, unless a tensor is told to be one."""


class Ranks:
    """The axes of every node; tensors of one name have one number of axes.

    ``spatial`` is how many spatial axes stand for the one that a law is written for.
    """

    def __init__(self, sides: Sequence[Node], spatial: int, told: Mapping[str, int]) -> None:
        self.spatial = spatial
        self._nodes = [node for side in sides for node in _below(side)]
        self._known: dict[Key, int] = {}
        self._known.update(told)
        self._agree(sides)
        while (guess := self._guess()) is not None:
            self._know(*guess)
            self._agree(sides)
        self._sides = sides

    def __getitem__(self, node: Node) -> int:
        return self._known[_key(node)]

    @property
    def tensors(self) -> dict[str, int]:
        """The axes of each tensor, in the order of the law."""
        names = [node.name for node in self._nodes if isinstance(node, Tensor)]
        return {name: self._known[name] for name in dict.fromkeys(names)}

    def _rank(self, node: Node) -> int | None:
        return self._known.get(_key(node))

    def _know(self, node: Node, rank: int | None) -> None:
        bare = rank == 0 and isinstance(node, ARRAYS)
        if rank is not None and not bare and _key(node) not in self._known:
            self._known[_key(node)] = rank

    def _agree(self, sides: Sequence[Node]) -> None:
        """Carry what is known up and down until nothing new is found."""
        before = -1
        while before != len(self._known):
            before = len(self._known)
            self._alike(sides)
            for node in self._nodes:
                self._carry(node)

    def _alike(self, nodes: Sequence[Node]) -> None:
        known = next((r for node in nodes if (r := self._rank(node)) is not None), None)
        for node in nodes:
            self._know(node, known)

    def _carry(self, node: Node) -> None:
        match node:
            case Moved() | Combined() | Joined():
                self._alike([node, *children(node)])
            case Slide():
                self._slide(node)
            case Contracted():
                self._contracted(node)
            case Fixed(kind="identity"):
                self._know(node, 2)
            case Toeplitz(slide=slide):
                self._know(node, 2)
                self._know(slide.w, 1)
            case Fixed(lengths=lengths) if len(lengths) > 1:
                self._know(node, len(lengths))
            case Kron(a=a, b=b):
                for part in (node, a, b):
                    self._know(part, 2)
            case Shaped(kind=kind, x=x):
                self._shaped(kind, node, x)

    def _shaped(self, kind: str, node: Node, x: Node) -> None:
        if kind == "sum":
            self._know(node, 0)
        elif kind == "expand":
            known, result = self._rank(x), self._rank(node)
            self._know(node, None if known is None else known + 1)
            self._know(x, None if result is None else result - 1)
        else:
            self._know(x, 2)
            self._know(node, 1 if kind == "vec" else 2)

    def _slide(self, node: Slide) -> None:
        self._alike([node, node.x])
        narrow = node.op == "conv_transpose" and (self._rank(node.w) or 3) < 3
        if narrow or node.op in ("correlate", "convolve"):
            self._alike([node, node.w])

    def _contracted(self, node: Contracted) -> None:
        if node.axes is None:
            self._alike([node.a, node.b])
            self._know(node, 0)
            return
        a, b, result = map(self._rank, (node.a, node.b, node))
        summed = 2 * node.axes
        if a is not None and b is not None:
            self._know(node, a + b - summed)
        if result is not None and a is not None:
            self._know(node.b, result + summed - a)
        if result is not None and b is not None:
            self._know(node.a, result + summed - b)

    def _guess(self) -> tuple[Node, int] | None:
        """Return an array of unknown rank with the rank that it most likely has.

        Layers first, then matrix products of matrices, then arrays of spatial axes alone.
        """
        for node in self._nodes:
            if isinstance(node, Slide) and node.op == "conv":
                x, w = self._rank(node.x), self._rank(node.w)
                if w is None:
                    return node.w, self.spatial + 2 if x is None else max(x + 1, self.spatial + 2)
                if x is None:
                    return node.x, w - 1
        for node in self._nodes:
            if isinstance(node, Contracted) and node.axes is not None:
                unknown = [n for n in (node.a, node.b) if self._rank(n) is None]
                scalar = node.axes == 0 and 0 in (self._rank(node.a), self._rank(node.b))
                if unknown and not scalar:
                    return unknown[0], 2 if node.axes == 1 else max(1, node.axes)
        for node in self._nodes:
            if isinstance(node, Tensor | Fixed) and self._rank(node) is None:
                return node, self.spatial
        return None

    def check(self) -> None:
        """Refuse operations on arrays with other numbers of axes than they take or give.

        Raises: LawError[bad-ranks].
        """
        for node in self._nodes:
            if self._rank(node) is None:
                _refuse("a single number, with 0 axes, stands where an array is needed")
        for node in self._nodes:
            self._check_node(node, [self[child] for child in children(node)])
            axis = getattr(node, "axis", None)
            if axis is not None and not -self[node] <= axis < self[node]:
                _refuse(f"there is no axis {axis} in an array with {self[node]}")
        _alike("the sides", [self[side] for side in self._sides])

    def _check_node(self, node: Node, ranks: list[int]) -> None:
        gives = self[node]
        match node:
            case Slide() | Moved() | Joined() if min(ranks) < 1:
                _refuse("a single number, with 0 axes, stands where an array is needed")
            case Combined() | Joined() | Moved():
                _alike("the arrays", [gives, *ranks])
            case Slide():
                _check_slide(node.op, *ranks)
                _alike("input and output", [gives, ranks[0]])
            case Contracted(axes=axes):
                _check_product(axes, gives, ranks)
            case Shaped(kind=kind):
                _check_shaped(kind, gives, ranks[0])
            case Kron() | Toeplitz() | Fixed():
                _check_made(node, gives, ranks)


def _check_made(node: Kron | Toeplitz | Fixed, gives: int, ranks: list[int]) -> None:
    match node:
        case Kron() if {gives, *ranks} != {2}:
            _refuse(f"a Kronecker product is of matrices, not of {ranks} axes giving {gives}")
        case Toeplitz():
            _gives("a Toeplitz matrix", gives, 2)
            if ranks != [1]:
                _refuse(f"the kernel of a Toeplitz matrix has 1 axis, not {ranks[0]}")
        case Fixed(kind="identity"):
            _gives("an identity", gives, 2)
        case Fixed(lengths=lengths) if len(lengths) > 1:
            _gives("an array of these lengths", gives, len(lengths))


def _check_product(axes: int | None, gives: int, ranks: list[int]) -> None:
    if axes is None:
        _alike("both arrays", ranks)
        _gives("a dot product", gives, 0)
        return
    if min(ranks) < axes:
        _refuse(f"{axes} axes are summed of arrays with {ranks[0]} and {ranks[1]}")
    _gives("this product", gives, sum(ranks) - 2 * axes)


def _check_shaped(kind: str, gives: int, x: int) -> None:
    if kind in ("transpose", "vec") and x != 2:
        _refuse(f"a matrix has 2 axes, not {x}")
    known = {"sum": 0, "expand": x + 1, "vec": 1, "transpose": 2}
    _gives(f"{kind}(...)", gives, known[kind])


def _gives(what: str, gives: int, axes: int) -> None:
    if gives != axes:
        _refuse(f"{what} has {axes} axes, but stands where {gives} are needed")


def _check_slide(op: str, x: int, w: int) -> None:
    if op == "conv" and (w - x not in (0, 1) or w < 3):
        _refuse(f"a layer takes x (C, *S) and w (M, C/groups, *K), not {x} and {w} axes")
    if op == "conv_transpose" and (w - x not in (0, 1) or (w > x and w < 3)):
        _refuse(f"input and kernel have {x} and {w} axes")
    if op in ("correlate", "convolve"):
        _alike("input and kernel", [x, w])


def _alike(what: str, ranks: Sequence[int]) -> None:
    if len(set(ranks)) > 1:
        _refuse(f"{what} have {' and '.join(map(str, dict.fromkeys(ranks)))} axes")


def _refuse(message: str) -> None:
    hint = "say how many axes a tensor has: ranks={'x': 2}, or --rank x=2"
    raise LawError("bad-ranks", message, hint=hint)


def _key(node: Node) -> Key:
    return node.name if isinstance(node, Tensor) else id(node)


def _below(node: Node) -> Iterator[Node]:
    """Yield a node and all that it reads, depth first."""
    yield node
    for child in children(node):
        yield from _below(child)
