"""The laws of shifts: what moves with the input, what does not move, and what is lost."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

EVERY = ("op", "padding", "boundary", "stride", "dilation")
ROUND = {"op": "correlate", "padding": "same", "boundary": "wrap"}
W = 'boundary="wrap"'

_AFTER = "floor(len(w) / 2)"
_BEFORE = "floor((len(w) - 1) / 2)"


def _inside(before: str, after: str, more: str = "") -> str:
    """Return that a shift by n passes through padding "same" away from the ends."""
    left = f'correlate(shift(x, n), w, padding="same"{more})'
    right = f'shift(correlate(x, w, padding="same"{more}), n)'
    return f"pad({left}, -{before}, -{after}) == pad({right}, -{before}, -{after})"


LAWS = (
    Law(
        name="delay",
        title="A delayed input",
        group="shifts",
        statement="{op}(pad(x, {stride}*n, 0), w{o}) == pad({op}(x, w{o}), n, 0)",
        latex=r"(S^{sn} x) * w = S^n (x * w)",
        says="Zeros in front of the input are zeros in front of the output. "
        "With a stride they come in multiples of it.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.2",
        example=Example({"x": (4,), "w": (3,)}, {"n": 2}),
        assume=("n >= 0",),
        varies=EVERY,
        repairs=(
            Repair(
                "full padding by zeros keeps delays",
                "convolve(pad(x, n, 0), w) == pad(convolve(x, w), n, 0)",
            ),
            Repair(
                "without padding, dropping inputs drops outputs",
                "correlate(pad(x, -n, 0), w) == pad(correlate(x, w), -n, 0)",
            ),
            Repair(
                "behind the new zeros nothing has changed",
                'pad({op}(pad(x, n, 0), w, padding="same"), -n, 0) == {op}(x, w, padding="same")',
            ),
        ),
        mutants=(
            "convolve(pad(x, n, 0), w) == pad(convolve(x, w), 0, n)",
            "convolve(pad(x, n, 0), w, stride=2) == pad(convolve(x, w, stride=2), n, 0)",
            "correlate(pad(x, n, 0), w) == pad(correlate(x, w), n, 0)",
        ),
    ),
    Law(
        name="window",
        title="A smaller window",
        group="shifts",
        statement="{op}(pad(x, -{stride}*n, 0), w{o}) == pad({op}(x, w{o}), -n, 0)",
        latex=r"(x[sn:] \star w) = (x \star w)[n:]",
        says="Without padding an output knows nothing of where its window stands: leaving inputs "
        "out only leaves outputs out.",
        source="Long, Shelhamer & Darrell, Fully Convolutional Networks for Semantic "
        "Segmentation, section 3",
        example=Example({"x": (7,), "w": (3,)}, {"n": 2}),
        assume=("n >= 0",),
        varies=("op", "padding", "stride", "dilation"),
        defaults={"op": "correlate", "padding": "valid"},
        mutants=(
            "correlate(pad(x, -n, 0), w, stride=2) == pad(correlate(x, w, stride=2), -n, 0)",
            (
                'correlate(pad(x, -n, 0), w, padding="same")'
                ' == pad(correlate(x, w, padding="same"), -n, 0)'
            ),
        ),
    ),
    Law(
        name="equivariance",
        title="Equivariance under cyclic shifts",
        group="shifts",
        statement='{op}(shift(x, {stride}*n, boundary="wrap"), w{o})'
        ' == shift({op}(x, w{o}), n, boundary="wrap")',
        latex=r"(S^{sn} x) * w = S^n (x * w)",
        says="Round a circle the output moves with the input, by one step for every stride of the "
        "input, if the stride divides its length. Convolution is equivariant, not invariant.",
        source="Cohen & Welling, Group Equivariant Convolutional Networks, section 6",
        example=Example({"x": (5,), "w": (3,)}, {"n": 2}),
        varies=EVERY,
        defaults=ROUND,
        repairs=(
            Repair(
                "the stride must divide the length of the input",
                assume=("len(x) % {stride} == 0",),
            ),
            Repair(
                "it holds with padding that wraps around",
                f'{{op}}(shift(x, n, {W}), w, padding="same", {W})'
                f' == shift({{op}}(x, w, padding="same", {W}), n, {W})',
            ),
        ),
        mutants=(
            (
                f'correlate(shift(x, n, {W}), w, padding="same")'
                f' == shift(correlate(x, w, padding="same"), n, {W})'
            ),
            (
                f'correlate(shift(x, 2*n, {W}), w, padding="same", {W}, stride=2)'
                f' == shift(correlate(x, w, padding="same", {W}, stride=2), n, {W})'
            ),
            (
                f'correlate(shift(x, n, {W}), w, padding="same", {W})'
                f' == shift(correlate(x, w, padding="same", {W}), -n, {W})'
            ),
        ),
    ),
    Law(
        name="zero-padding-shift",
        title="Zero padding and shifts",
        group="shifts",
        statement="{op}(shift(x, {stride}*n), w{o}) == shift({op}(x, w{o}), n)",
        latex=r"(S^{n} x) * w \ne S^n (x * w)",
        says="With zeros at the ends a shift does not pass through: what leaves the input still "
        "stands in the outputs near the end, so that a network can tell where it is.",
        source="Kayhan & van Gemert, On Translation Invariance in CNNs (CVPR 2020)",
        example=Example({"x": (6,), "w": (3,)}, {"n": 1}),
        varies=("op", "padding", "stride"),
        defaults={"op": "correlate", "padding": "same"},
        repairs=(
            Repair(
                "the inside moves with the input",
                _inside("n", _AFTER),
                assume=("n >= 0",),
            ),
            Repair(
                "it holds for an input with room at both ends",
                '{op}(shift(pad(x, p, p), n), w, padding="same")'
                ' == shift({op}(pad(x, p, p), w, padding="same"), n)',
                assume=("n >= 0", f"n + {_AFTER} <= p"),
            ),
            Repair(
                "it holds with padding that wraps around",
                f'{{op}}(shift(x, n, {W}), w, padding="same", {W})'
                f' == shift({{op}}(x, w, padding="same", {W}), n, {W})',
            ),
        ),
        mutants=(
            "convolve(shift(x, n), w) == shift(convolve(x, w), n)",
            _inside("n", "0"),
        ),
    ),
    Law(
        name="shift-inside",
        title="Shifts away from the ends",
        group="shifts",
        statement=_inside("n", "ceil({dilation}*(len(w) - 1) / 2)", ", dilation={dilation}"),
        latex=r"((S^n x) \star w)[o] = (x \star w)[o - n],"
        r"\quad n \le o < N - \lceil d (k - 1) / 2 \rceil",
        says="Zero padding spoils as many outputs as come in at the front, and as many as the "
        "kernel reaches over the end; all others move with the input.",
        source="Kayhan & van Gemert, On Translation Invariance in CNNs (CVPR 2020)",
        example=Example({"x": (7,), "w": (3,)}, {"n": 2}),
        assume=("n >= 0",),
        varies=("dilation",),
        mutants=(
            _inside("n", f"max(0, {_AFTER} - 1)"),
            _inside("max(0, n - 1)", _AFTER),
            _inside("0", _AFTER),
        ),
    ),
    Law(
        name="shift-far-inside",
        title="Shifts far from the ends",
        group="shifts",
        statement=_inside(f"(n + {_BEFORE})", _AFTER, ', boundary="{boundary}"'),
        latex=r"((S^n x) \star w)[o] = (x \star w)[o - n],"
        r"\quad n + \lfloor\tfrac{k - 1}{2}\rfloor \le o < N - \lfloor\tfrac{k}{2}\rfloor",
        says="Where no window reads what was shifted in nor any padding, it does not matter what "
        "the boundary is.",
        source="Kayhan & van Gemert, On Translation Invariance in CNNs (CVPR 2020)",
        example=Example({"x": (8,), "w": (3,)}, {"n": 2}),
        assume=("n >= 0",),
        varies=("boundary",),
        mutants=(
            _inside(f"(n + {_BEFORE})", f"max(0, {_AFTER} - 1)", f", {W}"),
            _inside(f"max(0, n + {_BEFORE} - 1)", _AFTER, ', boundary="reflect"'),
        ),
    ),
    Law(
        name="invariance",
        title="Convolution is not invariant",
        group="shifts",
        statement='correlate(shift(x, n, boundary="wrap"), w{o}) == correlate(x, w{o})',
        latex=r"(S^n x) * w \ne x * w",
        says="The output of a shifted input is another output, even round a circle. "
        "What is invariant is a sum over all of it.",
        source="Goodfellow, Bengio & Courville, Deep Learning, section 9.3; "
        "University of Birmingham, Neural Computation: Invariance vs equivariance",
        example=Example({"x": (5,), "w": (3,)}, {"n": 2}),
        varies=("padding", "boundary"),
        defaults={"padding": "same", "boundary": "wrap"},
        repairs=(
            Repair("it holds for whole turns", assume=("n % len(x) == 0",)),
            Repair(
                "the sum over all outputs is invariant",
                f'sum(correlate(shift(x, n, {W}), w, padding="same", {W}))'
                f' == sum(correlate(x, w, padding="same", {W}))',
            ),
            Repair(
                "the output moves with the input",
                f'correlate(shift(x, n, {W}), w, padding="same", {W})'
                f' == shift(correlate(x, w, padding="same", {W}), n, {W})',
            ),
        ),
        mutants=(
            (
                f'correlate(shift(x, n, {W}), w, padding="same", {W})'
                f' == correlate(x, w, padding="same", {W})'
            ),
            (
                'sum(correlate(shift(x, n), w, padding="same"))'
                ' == sum(correlate(x, w, padding="same"))'
            ),
        ),
    ),
    Law(
        name="pooled-invariance",
        title="Invariance after a sum over all outputs",
        group="shifts",
        statement='sum({op}(shift(x, n, boundary="wrap"), w{o})) == sum({op}(x, w{o}))',
        latex=r"\sum_o ((S^n x) * w)[o] = \sum_o (x * w)[o]",
        says="Global pooling forgets where an output stands. It is invariant where every input is "
        "read by every weight: round a circle, or with full padding.",
        source="Goodfellow, Bengio & Courville, Deep Learning, section 9.3",
        example=Example({"x": (5,), "w": (3,)}, {"n": 2}),
        varies=("op", "padding", "boundary"),
        defaults=ROUND,
        repairs=(
            Repair(
                "zeros at both ends do not change the sum",
                "sum(convolve(pad(x, n, m), w)) == sum(convolve(x, w))",
                assume=("n >= 0", "m >= 0"),
            ),
        ),
        mutants=(
            f"sum(correlate(shift(x, n, {W}), w)) == sum(correlate(x, w))",
            (
                f'sum(correlate(shift(x, n, {W}), w, padding="same"))'
                ' == sum(correlate(x, w, padding="same"))'
            ),
            "sum(convolve(shift(x, n), w)) == sum(convolve(x, w))",
        ),
    ),
)
"""The laws of shifts under one operation, in the order of the documentation."""
