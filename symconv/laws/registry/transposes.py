"""Transposed convolution in other words, and the adjoints of moving entries about."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

CLAERBOUT = "Claerbout, Earth Soundings Analysis: Processing versus Inversion, chapter 5"
DUMOULIN = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning, chapter 4"

GOODFELLOW = "Goodfellow, Bengio & Courville, Deep Learning, section 9.5"

_SPAN = "d*(len(w) - 1)"

LAWS = (
    Law(
        name="transposed-full",
        title="A transposed convolution is a full convolution",
        group="adjoints",
        statement="conv_transpose(y, w{o}) == convolve(y, w{o})",
        latex=r"w^{\mathsf T} y = y * w",
        says="Without a stride the adjoint of sliding a kernel is full convolution with it.",
        source=DUMOULIN,
        example=Example({"y": (4,), "w": (3,)}),
        varies=("dilation",),
        mutants=(
            "conv_transpose(y, w) == convolve(y, flip(w))",
            'conv_transpose(y, w) == correlate(y, w, padding="full")',
            "conv_transpose(y, w, padding=1) == convolve(y, w)",
        ),
    ),
    Law(
        name="transposed-dilated",
        title="A transposed convolution spreads its input",
        group="adjoints",
        statement="conv_transpose(y, w, stride=s, dilation=d, padding=(p, q), output_padding=r)"
        " == correlate(y, flip(w), input_dilation=s, dilation=d,"
        f" padding=({_SPAN} - p, {_SPAN} - q + r))",
        latex=r"y \star^{\mathsf T}_{s,d,p,q,r} w = (y_{\uparrow s}) \star_{d} \overleftarrow{w}",
        says="Put s - 1 zeros between the inputs, then slide the flipped kernel by one, with what "
        "the padding leaves of full padding. Output padding is added at the end.",
        source=DUMOULIN,
        example=Example({"y": (4,), "w": (3,)}, {"s": 3, "d": 2, "p": 1, "q": 2, "r": 1}),
        mutants=(
            (
                "conv_transpose(y, w, stride=s) == correlate(y, w, input_dilation=s,"
                " padding=len(w) - 1)"
            ),
            (
                "conv_transpose(y, w, stride=s, padding=(p, q)) == correlate(y, flip(w),"
                " input_dilation=s, padding=(len(w) - 1 - q, len(w) - 1 - p))"
            ),
            (
                "conv_transpose(y, w, stride=s, dilation=d) == correlate(y, flip(w),"
                " input_dilation=d, dilation=s, padding=s*(len(w) - 1))"
            ),
            (
                "conv_transpose(y, w, stride=s, output_padding=r) == correlate(y, flip(w),"
                " input_dilation=s, padding=(len(w) - 1 + r, len(w) - 1))"
            ),
        ),
    ),
    Law(
        name="transposed-spread",
        title="A transposed convolution convolves a spread input",
        group="adjoints",
        statement="conv_transpose(y, w, stride=s) == convolve(dilate(y, s), w)",
        latex=r"y \star^{\mathsf T}_s w = (y_{\uparrow s}) * w",
        says="The adjoint of taking every s-th output spreads them before the convolution.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.1",
        example=Example({"y": (4,), "w": (3,)}, {"s": 2}),
        mutants=(
            "conv_transpose(y, w, stride=s) == dilate(convolve(y, w), s)",
            "conv_transpose(y, w, stride=s) == convolve(y, dilate(w, s))",
        ),
    ),
    Law(
        name="toeplitz-transpose",
        title="The transposed Toeplitz matrix",
        group="adjoints",
        statement='transpose(toeplitz(w, n)) == toeplitz(w, n - len(w) + 1, padding="full",'
        " flip=True)",
        latex=r"T(w)^{\mathsf T} = T_{\text{full}}(\overleftarrow{w})",
        says="The matrix of correlation, transposed, is that of full convolution on what it gave.",
        source=DUMOULIN,
        example=Example({"w": (3,)}, {"n": 5}),
        mutants=(
            'transpose(toeplitz(w, n)) == toeplitz(w, n - len(w) + 1, padding="full")',
            (
                'transpose(toeplitz(w, n, padding="same")) == toeplitz(w, n, padding="same",'
                " flip=True)"
            ),
        ),
    ),
    Law(
        name="transposed-matrix",
        title="A transposed convolution is the transposed matrix",
        group="adjoints",
        statement="matmul(transpose(toeplitz(w, {stride}*(len(y) - 1) + {dilation}*(len(w) - 1)"
        " + 1, stride={stride}, dilation={dilation})), y)"
        " == conv_transpose(y, w, stride={stride}, dilation={dilation})",
        latex=r"T_{s,d}(w)^{\mathsf T} y = y \star^{\mathsf T}_{s,d} w",
        says="Hence its name. It undoes the shape of a convolution, not the convolution.",
        source=DUMOULIN,
        example=Example({"y": (4,), "w": (3,)}),
        ranks={"y": 1, "w": 1},
        varies=("stride", "dilation"),
        mutants=(
            "matmul(transpose(toeplitz(w, len(y) + len(w) - 1)), y) == conv_transpose(y, flip(w))",
            (
                "matmul(transpose(toeplitz(w, 2*(len(y) - 1) + len(w), stride=2)), y)"
                " == conv_transpose(y, w, stride=2, output_padding=1)"
            ),
        ),
    ),
    Law(
        name="pad-adjoint",
        title="The adjoint of padding is cropping",
        group="adjoints",
        statement="dot(pad(x, p, q), y) == dot(x, pad(y, -p, -q))",
        latex=r"\langle P_{p,q}\, x, y \rangle = \langle x, P_{-p,-q}\, y \rangle",
        says="Zeros carry no gradient; the adjoint leaves their places out, and pads where the "
        "other crops.",
        source=CLAERBOUT,
        example=Example({"x": (3,), "y": (6,)}, {"p": 1, "q": 2}),
        mutants=(
            "dot(pad(x, p, q), y) == dot(x, pad(y, -q, -p))",
            'dot(pad(x, p, q, boundary="wrap"), y) == dot(x, pad(y, -p, -q))',
        ),
    ),
    Law(
        name="wrap-adjoint",
        title="The adjoint of padding that wraps around",
        group="adjoints",
        statement='dot(pad(x, p, 0, boundary="wrap"), y)'
        " == dot(x, pad(y, -p, 0) + pad(pad(y, 0, -len(x)), len(x) - p, 0))",
        latex=r"\langle W_p\, x, y \rangle"
        r" = \Bigl\langle x[i],\; y[i + p] + y[i + p - n] \Bigr\rangle",
        says="An entry that is read twice gets its gradient from both places: the padded part is "
        "folded back and added.",
        source=CLAERBOUT,
        example=Example({"x": (4,), "y": (6,)}, {"p": 2}),
        assume=("0 <= p", "p <= len(x)"),
        mutants=(
            'dot(pad(x, p, 0, boundary="wrap"), y) == dot(x, pad(y, -p, 0))',
            (
                'dot(pad(x, p, 0, boundary="wrap"), y)'
                " == dot(x, pad(y, -p, 0) + pad(pad(y, 0, -len(x)), 0, len(x) - p))"
            ),
        ),
    ),
    Law(
        name="dilate-adjoint",
        title="The adjoint of spreading is subsampling",
        group="adjoints",
        statement="dot(dilate(x, s), y) == dot(x, subsample(y, s))",
        latex=r"\langle x_{\uparrow s}, y \rangle = \langle x, y_{\downarrow s} \rangle",
        says="Zeros in between carry no gradient; every s-th entry does.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.1",
        example=Example({"x": (3,), "y": (5,)}, {"s": 2}),
        mutants=(
            "dot(dilate(x, s), y) == dot(x, subsample(flip(y), s))",
            "dot(dilate(x, 2), y) == dot(x, 2*subsample(y, 2))",
        ),
    ),
    Law(
        name="subsample-adjoint",
        title="The adjoint of subsampling is spreading",
        group="adjoints",
        statement="dot(subsample(x, s), y) == dot(x, pad(dilate(y, s), 0, (len(x) - 1) % s))",
        latex=r"\langle x_{\downarrow s}, y \rangle = \langle x, y_{\uparrow s} \rangle",
        says="The entries that were left out get zeros, also those behind the last one kept.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.1",
        example=Example({"x": (6,), "y": (3,)}, {"s": 2}),
        mutants=(
            "dot(subsample(x, s), y) == dot(x, pad(dilate(y, s), (len(x) - 1) % s, 0))",
            "dot(subsample(x, s), y) == dot(x, pad(y, 0, len(x) - len(y)))",
        ),
    ),
    Law(
        name="flip-adjoint",
        title="Flipping is its own adjoint",
        group="adjoints",
        statement="dot(flip(x), y) == dot(x, flip(y))",
        latex=r"\langle \overleftarrow{x}, y \rangle = \langle x, \overleftarrow{y} \rangle",
        says="Turning both operands round changes no product.",
        source=CLAERBOUT,
        example=Example({"x": (4,), "y": (4,)}),
        mutants=("dot(flip(x), y) == dot(x, y)", "dot(flip(x), flip(y)) == dot(x, flip(y))"),
    ),
    Law(
        name="shift-adjoint",
        title="The adjoint of a shift is the shift back",
        group="adjoints",
        statement="dot(shift(x, n{o}), y) == dot(x, shift(y, -n{o}))",
        latex=r"\langle S^n x, y \rangle = \langle x, S^{-n} y \rangle",
        says="By zeros and round a circle. Boundaries that repeat entries add at the end instead.",
        source=CLAERBOUT,
        example=Example({"x": (4,), "y": (4,)}, {"n": 1}),
        varies=("boundary",),
        repairs=(
            Repair(
                "zeros let it go back",
                "dot(shift(x, n), y) == dot(x, shift(y, -n))",
            ),
            Repair(
                "it holds round a circle",
                'dot(shift(x, n, boundary="wrap"), y) == dot(x, shift(y, -n, boundary="wrap"))',
            ),
        ),
        mutants=(
            "dot(shift(x, n), y) == dot(x, shift(y, n))",
            'dot(shift(x, n, boundary="wrap"), y) == dot(x, shift(y, -n))',
            'dot(shift(x, n, boundary="edge"), y) == dot(x, shift(y, -n, boundary="edge"))',
        ),
    ),
    Law(
        name="pool-adjoint",
        title="The adjoint of a sum over windows",
        group="adjoints",
        statement="dot(sum_pool(x, s), y) == dot(x, conv_transpose(y, ones(s), stride=s))",
        latex=r"\langle P_s x, y \rangle = \langle x[i],\; y[\lfloor i / s \rfloor] \rangle",
        says="Every entry of a window gets the gradient of its sum, where the windows fill the "
        "input.",
        source=GOODFELLOW,
        example=Example({"x": (6,), "y": (3,)}, {"s": 2}),
        mutants=(
            "dot(sum_pool(x, s), y) == dot(x, conv_transpose(y, delta(s), stride=s))",
            "dot(avg_pool(x, s), y) == dot(x, conv_transpose(y, ones(s), stride=s))",
        ),
    ),
)
"""Transposed convolution and other adjoints, in the order of the documentation."""
