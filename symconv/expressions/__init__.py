"""The one grammar for text: cells (`2a+b/3`), sums on slides, formulas, statements.

    statement  = sum { relation sum }                    relation: = == != < <= > >=
    sum        = product { ("+" | "-") product }
    product    = unary { ("*" | "/" | "%") unary | adjacent }   adjacent: 2a, aw, 3(b+c)
    unary      = ("-" | "+") unary | power
    power      = primary [ ("^" | "**") unary ]
    primary    = number | name | call | "text" | "(" sum { "," sum } ")" | "[" ... "]"

Nothing here evaluates Python: `parse` returns a tree, `evaluate` folds it with the names and
functions it is given. A product written by adjacency is split only into declared symbols.
"""

from symconv.expressions.evaluation import MAX_EXPONENT, evaluate
from symconv.expressions.nodes import (
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    Sequence,
    Text,
    calls,
    names,
    products,
    spine,
)
from symconv.expressions.parser import MAX_DEPTH, MAX_DIGITS, MAX_LENGTH, fail, parse

__all__ = [
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_LENGTH",
    "Call",
    "Comparison",
    "Name",
    "Negative",
    "Node",
    "Number",
    "Operation",
    "Sequence",
    "Text",
    "calls",
    "evaluate",
    "fail",
    "names",
    "parse",
    "products",
    "spine",
]
