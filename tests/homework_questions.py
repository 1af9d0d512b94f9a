"""Questions for tests: none symmetric, extents, strides and pads all distinct."""

from __future__ import annotations

from symconv.homework import Question, loads

HEAD = "schema: symconv-question/1\nid: {id}\nop: {op}\n"


def question(id_: str, op: str, rest: str) -> Question:
    """Return a question from the lines after its head."""
    return loads(HEAD.format(id=id_, op=op) + rest)


PLAIN = question(
    "plain",
    "convolution",
    """
input: 3 1 4 1 5; 9 2 6 5 3; 5 8 9 7 9; 3 2 3 8 4; 6 2 6 4 3
kernel: 1 -2 3; 0 5 -1; 2 4 7
options: {padding: valid}
""",
)
PADDED = question(
    "padded",
    "correlation",
    """
input: 3 1 4 1 5; 9 2 6 5 3; 5 8 9 7 9; 3 2 3 8 4; 6 2 6 4 3; 3 8 3 2 7
kernel: 1 -2 3; 4 5 -1; 2 -3 7
bias: 11
options: {padding: 1, stride: [2, 1]}
""",
)
LAYER = question(
    "layer",
    "correlation",
    """
input: 3 1 4 1; 5 9 2 6; 5 3 5 8;; 9 7 9 3; 2 3 8 4; 6 2 6 4
kernel:
- [1 -2; 3 5, -1 4; 2 7]
- [2 3; -4 1, 6 -5; 1 8]
bias: 7 -12
""",
)
SIGNAL = question("signal", "convolution", "input: 3 1 4 1 5 9\nkernel: 2 -7 5\n")
LETTERS = question(
    "letters",
    "correlation",
    "input: a b c d; e f g h; i j k l\nkernel: w x; y z\n",
)
RATIONAL = question(
    "rational",
    "correlation",
    "input: 3 1 4 1; 5 9 2 6; 5 3 5 8\nkernel: 1/2 1/3; -1/5 2\n",
)
ALL = (PLAIN, PADDED, LAYER, SIGNAL, LETTERS, RATIONAL)
