"""From one axis to any number of axes.

Where every operation of a law works on each axis by itself, the terms of a side over several axes
are the product of its terms along each. A law of one axis whose sides have at most one product of
each kind, with the same weight, therefore holds for any number of axes, each with lengths, paddings
and steps of its own. A side that sums several products of one kind does not lift so: a sum of
products over the axes is no product of sums.
"""

from __future__ import annotations

import re

from symconv.laws.language.nodes import (
    Combined,
    Contracted,
    Fixed,
    Moved,
    Node,
    Shaped,
    Slide,
    Tensor,
    children,
)
from symconv.laws.language.statement import Statement
from symconv.laws.letters.wholes import letter
from symconv.laws.logic.lengths import Shapes
from symconv.laws.logic.rules import Rules

AXIS = re.compile(r"\blen\s*\([^()]*,")
"""A length along one axis that is told by its number."""
BY_AXIS = (Tensor, Fixed, Moved, Slide, Combined, Contracted, Shaped)


def lifts(statement: Statement, shapes: Shapes) -> bool:
    """Tell whether a law that is proved for one axis holds for any number of axes."""
    texts = [statement.text, *(assumption.text for assumption in statement.assumptions)]
    if any(AXIS.search(text) for text in texts):
        return False
    tensors = set(statement.ranks.tensors.values())
    if statement.ranks.spatial != 1 or tensors != {1} or len(shapes.sides[0]) > 1:
        return False
    if not all(_by_axis(side) for side in statement.sides):
        return False
    index = tuple(letter(f"#out{axis}") for axis in range(len(shapes.sides[0])))
    sides = []
    for number in (0, 1):
        rules = Rules(shapes).side(number, index)
        kinds = {
            (rule.names, rule.over, tuple(sorted(name for name, _ in rule.entries))): rule.number
            for rule in rules
        }
        repeated = any(len(set(tensors)) < len(tensors) for _, _, tensors in kinds)
        if repeated or len(kinds) < len(rules):
            return False
        sides.append(kinds)
    return sides[0] == sides[1]


def _by_axis(node: Node) -> bool:
    """Tell whether a node and all that it reads work on each axis by itself."""
    match node:
        case Slide(op=op, fill=fill) if op == "conv" or fill is not None:
            return False
        case Moved(axis=axis) if axis is not None:
            return False
        case Fixed(kind=kind, lengths=lengths) if kind == "identity" or len(lengths) > 1:
            return False
        case Contracted(axes=axes) if axes:
            return False
        case Shaped(kind=kind) if kind != "sum":
            return False
    return isinstance(node, BY_AXIS) and all(map(_by_axis, children(node)))
