"""The laws of gradients: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, with Aᵀ written as another operation."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

LAYER = {"x": 2, "y": 2, "w": 3}
CLAERBOUT = "Claerbout, Earth Soundings Analysis: Processing versus Inversion, chapter 5"
DUMOULIN = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning, chapter 4"
GOODFELLOW = "Goodfellow, Bengio & Courville, Deep Learning, section 9.5"

W = 'boundary="wrap"'

_OPTIONS = "stride=s, dilation=d, padding=(p, q)"
_REST = "(len(x) + p + q - d*(len(w) - 1) - 1) % s"
_TAPS = "floor((len(x) + p + q - s*(len(y) - 1) - 1) / d) + 1"


LAWS = (
    Law(
        name="input-gradient",
        title="Transposed convolution is the adjoint of correlation",
        group="adjoints",
        statement="dot(correlate(x, w{o}), y) == dot(x, conv_transpose(y, w{o}))",
        latex=r"\langle x \star w, y \rangle = \langle x, w^{\mathsf T} y \rangle",
        says="Every product x[i] w[t] that goes into output o comes back from o to i, wherever "
        "the transposed convolution returns the input's length.",
        source=GOODFELLOW,
        example=Example({"x": (6,), "w": (3,), "y": (4,)}),
        varies=("padding", "stride", "dilation"),
        defaults={"padding": "valid"},
        mutants=(
            "dot(correlate(x, w), y) == dot(x, conv_transpose(y, flip(w)))",
            "dot(convolve(x, w), y) == dot(x, conv_transpose(y, w, padding=len(w) - 1))",
            (
                'dot(correlate(x, w, padding="same"), y)'
                ' == dot(x, conv_transpose(y, w, padding="same_lower"))'
            ),
        ),
    ),
    Law(
        name="input-gradient-options",
        title="The adjoint with stride, dilation and padding",
        group="adjoints",
        statement=f"dot(correlate(x, w, {_OPTIONS}), y)"
        f" == dot(x, conv_transpose(y, w, {_OPTIONS}, output_padding={_REST}))",
        latex=r"\langle x \star_{s,d,p,q} w, y \rangle"
        r" = \langle x, y \star^{\mathsf T}_{s,d,p,q} w \rangle,"
        r"\quad r = (n + p + q - E) \bmod s",
        says="The same options on both sides. What the stride leaves over at the end of the input "
        "is the output padding; those entries get no gradient.",
        source=DUMOULIN,
        example=Example({"x": (11,), "w": (3,), "y": (5,)}, {"s": 2, "d": 2, "p": 1, "q": 2}),
        mutants=(
            (
                "dot(correlate(x, w, stride=s, padding=(p, q)), y)"
                " == dot(x, conv_transpose(y, w, stride=s, padding=(q, p),"
                " output_padding=(len(x) + p + q - len(w)) % s))"
            ),
            (
                "dot(correlate(x, w, stride=s, dilation=d), y)"
                " == dot(x, conv_transpose(y, w, stride=d, dilation=s))"
            ),
            (
                "dot(correlate(x, w, padding=(p, q)), y)"
                " == dot(x, conv_transpose(y, w, padding=(p + 1, q - 1)))"
            ),
        ),
    ),
    Law(
        name="layer-gradient",
        title="The adjoint of a layer",
        group="adjoints",
        statement=f"dot(conv(x, w, {_OPTIONS}, groups=g), y)"
        f" == dot(x, conv_transpose(y, w, {_OPTIONS}, groups=g))",
        latex=r"\Bigl\langle \sum_c x_c \star w_{mc}, y_m \Bigr\rangle"
        r" = \Bigl\langle x_c, \sum_m w_{mc}^{\mathsf T} y_m \Bigr\rangle",
        says="One kernel array serves both directions: the layer sums over input channels, its "
        "adjoint over output channels of the same group.",
        source=GOODFELLOW,
        example=Example(
            {"x": (2, 7), "w": (4, 1, 3), "y": (4, 5)}, {"s": 1, "d": 2, "p": 1, "q": 1, "g": 2}
        ),
        ranks=LAYER,
        mutants=(
            "dot(conv(x, w, groups=2), y) == dot(x, conv_transpose(y, flip(w, axis=0), groups=2))",
            (
                "dot(conv(x, w, stride=s, dilation=d), y)"
                " == dot(x, conv_transpose(y, w, stride=d, dilation=s))"
            ),
            "dot(conv(x, w, padding=(p, q)), y) == dot(x, conv_transpose(y, w, padding=(q, p)))",
            "dot(conv(x, w, flip=True), y) == dot(x, conv_transpose(y, w))",
        ),
    ),
    Law(
        name="layer-gradient-rest",
        title="The adjoint of a strided layer with two groups",
        group="adjoints",
        statement="dot(conv(x, w, stride=s, padding=p, groups=2), y)"
        " == dot(x, conv_transpose(y, w, stride=s, padding=p, groups=2,"
        " output_padding=(len(x) + 2*p - len(w)) % s))",
        latex=r"\langle x \star_{s,p} w, y \rangle"
        r" = \langle x, y \star^{\mathsf T}_{s,p} w \rangle",
        says="Output padding again makes up for the entries that the stride does not reach.",
        source=DUMOULIN,
        example=Example({"x": (2, 8), "w": (6, 1, 3), "y": (6, 4)}, {"s": 2, "p": 1}),
        ranks=LAYER,
        mutants=(
            (
                "dot(conv(x, w, stride=2, padding=p), y)"
                " == dot(x, conv_transpose(y, flip(w, axis=2), stride=2, padding=p))"
            ),
            "dot(conv(x, w, padding=(p, 0)), y) == dot(x, conv_transpose(y, w, padding=(0, p)))",
        ),
    ),
    Law(
        name="kernel-gradient",
        title="The gradient of the kernel",
        group="adjoints",
        statement=f"dot(correlate(x, w, {_OPTIONS}), y) == dot(w,"
        " pad(correlate(x, y, stride=d, dilation=s, padding=(p, q)), 0,"
        f" len(w) - ({_TAPS})))",
        latex=r"\langle x \star_{s,d} w, y \rangle = \langle w, (x \star_{d,s} y)[:k] \rangle",
        says="The gradient of the kernel is the input correlated with the gradient of the output, "
        "stride and dilation exchanged. Its first len(w) entries count; there are more "
        "where the stride leaves entries over.",
        source="Chellapilla, Puri & Simard, High Performance Convolutional Neural Networks for "
        "Document Processing; Goodfellow, Bengio & Courville, Deep Learning, section 9.5",
        example=Example({"x": (11,), "w": (3,), "y": (5,)}, {"s": 2, "d": 2, "p": 1, "q": 2}),
        mutants=(
            (
                "dot(correlate(x, w, stride=s, dilation=d), y)"
                " == dot(w, correlate(x, y, stride=s, dilation=d))"
            ),
            (
                "dot(correlate(x, w, stride=s), y)"
                " == dot(w, pad(correlate(x, y, dilation=s), len(w) - len(x) + s*(len(y) - 1), 0))"
            ),
            "dot(correlate(x, w), y) == dot(w, flip(correlate(x, y)))",
        ),
    ),
    Law(
        name="kernel-gradient-exact",
        title="The gradient of the kernel, without crop",
        group="adjoints",
        statement="dot(correlate(x, w, stride=s, dilation=d), y)"
        " == dot(w, correlate(x, y, stride=d, dilation=s))",
        latex=r"\langle x \star_{s,d} w, y \rangle = \langle w, x \star_{d,s} y \rangle",
        says="No crop is needed where the last window ends within d of the end of the input.",
        source="Chellapilla, Puri & Simard, High Performance Convolutional Neural Networks for "
        "Document Processing",
        example=Example({"x": (9,), "w": (3,), "y": (4,)}, {"s": 2, "d": 1}),
        mutants=(
            (
                "dot(correlate(x, w, stride=s, dilation=d), y)"
                " == dot(w, correlate(x, y, stride=s, dilation=d))"
            ),
            "dot(convolve(x, w), y) == dot(w, correlate(y, flip(x)))",
        ),
    ),
    Law(
        name="convolution-input-gradient",
        title="The adjoint of full convolution: the input",
        group="adjoints",
        statement="dot(convolve(x, w), y) == dot(x, correlate(y, w))",
        latex=r"\langle x * w, y \rangle = \langle x, y \star w \rangle",
        says="Full convolution and correlation without padding are each other's adjoints.",
        source=CLAERBOUT,
        example=Example({"x": (4,), "w": (3,), "y": (6,)}),
        mutants=(
            "dot(convolve(x, w), y) == dot(x, correlate(y, flip(w)))",
            'dot(convolve(x, w), y) == dot(x, convolve(y, w, padding="valid"))',
        ),
    ),
    Law(
        name="convolution-kernel-gradient",
        title="The adjoint of full convolution: the kernel",
        group="adjoints",
        statement="dot(convolve(x, w), y) == dot(w, correlate(y, x))",
        latex=r"\langle x * w, y \rangle = \langle w, y \star x \rangle",
        says="As full convolution commutes, the gradient of the kernel is that of the input with "
        "names exchanged.",
        source=CLAERBOUT,
        example=Example({"x": (4,), "w": (3,), "y": (6,)}),
        mutants=(
            "dot(convolve(x, w), y) == dot(w, flip(correlate(y, x)))",
            'dot(convolve(x, w), y) == dot(w, convolve(y, x, padding="valid"))',
        ),
    ),
    Law(
        name="same-adjoint",
        title="The adjoint under padding same",
        group="adjoints",
        statement='dot(correlate(x, w, padding="same"{o}), y)'
        ' == dot(x, convolve(y, w, padding="same_lower"{o}))',
        latex=r"\langle x \star_n w, y \rangle = \langle x, y *_n w \rangle",
        says="With zeros or round a circle the adjoint is the convolution; the odd one of an "
        "even kernel changes ends. Folded boundaries have other adjoints.",
        source=CLAERBOUT,
        example=Example({"x": (5,), "w": (3,), "y": (5,)}),
        varies=("boundary",),
        repairs=(
            Repair(
                "it holds with padding by zeros",
                'dot(correlate(x, w, padding="same"), y)'
                ' == dot(x, convolve(y, w, padding="same_lower"))',
            ),
            Repair(
                "it holds round a circle",
                f'dot(correlate(x, w, padding="same", {W}), y)'
                f' == dot(x, convolve(y, w, padding="same_lower", {W}))',
            ),
            Repair(
                "the gradient of the padded input is a transposed convolution",
                'dot(correlate(pad(x, p, q, boundary="{boundary}"), w), y)'
                ' == dot(pad(x, p, q, boundary="{boundary}"), conv_transpose(y, w))',
            ),
        ),
        mutants=(
            'dot(correlate(x, w, padding="same"), y) == dot(x, convolve(y, w, padding="same"))',
            (
                'dot(correlate(x, w, padding="same", boundary="reflect"), y)'
                ' == dot(x, convolve(y, w, padding="same_lower", boundary="reflect"))'
            ),
        ),
    ),
)
"""The laws of gradients of sliding kernels, in the order of the documentation."""
