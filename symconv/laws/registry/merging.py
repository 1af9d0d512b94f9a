"""The laws of layers with channels: concatenation, groups, matrix products, and layers merged."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

TASO = "Jia et al., TASO (SOSP 2019), operator properties"
XLA = "XLA, algebraic_simplifier.cc: "
MATRIX = {"a": 2, "x": 2, "w": 3}
CHANNEL = "-r, r + 1 - len(x, 0), axis=0"
STEPS = "padding=(p, q), stride=s, dilation=d"
BLOCKS = (
    "concat(concat(v, zeros(len(v, 0), len(w, 1), len(v, 2)), axis=1), "
    "concat(zeros(len(w, 0), len(v, 1), len(w, 2)), w, axis=1), axis=0)"
)
CROSSED = (
    "concat(concat(zeros(len(v, 0), len(w, 1), len(v, 2)), v, axis=1), "
    "concat(w, zeros(len(w, 0), len(v, 1), len(w, 2)), axis=1), axis=0)"
)

LAWS = (
    Law(
        name="concatenated-inputs",
        title="The sum of two layers is one layer",
        group="channels",
        statement=f"conv(x, v, {STEPS}) + conv(y, w, {STEPS}) "
        f"== conv(concat(x, y, axis=0), concat(v, w, axis=1), {STEPS})",
        latex=r"v \star x + w \star y = [\,v\ w\,] \star \begin{bmatrix} x \\ y \end{bmatrix}",
        says="Layers whose outputs are added become one over the channels of both inputs.",
        source=TASO + ": concatenation",
        example=Example(
            {"x": (2, 7), "y": (1, 7), "v": (3, 2, 4), "w": (3, 1, 4)},
            {"p": 1, "q": 0, "s": 2, "d": 1},
        ),
        mutants=(
            "conv(x, v) + conv(y, w) == conv(concat(x, y, axis=0), concat(w, v, axis=1))",
            "conv(x, v) + conv(y, w) == conv(concat(x, y, axis=1), concat(v, w, axis=2))",
        ),
    ),
    Law(
        name="concatenated-outputs",
        title="Two layers of one input are one layer",
        group="channels",
        statement=f"concat(conv(x, v, {STEPS}), conv(x, w, {STEPS}), axis=0) "
        f"== conv(x, concat(v, w, axis=0), {STEPS})",
        latex=r"\begin{bmatrix} v \star x \\ w \star x \end{bmatrix} "
        r"= \begin{bmatrix} v \\ w \end{bmatrix} \star x",
        says="Kernels of one shape that read the same input are stacked along their outputs.",
        source=TASO + ": concatenation",
        example=Example(
            {"x": (2, 7), "v": (1, 2, 4), "w": (3, 2, 4)}, {"p": 1, "q": 0, "s": 5, "d": 1}
        ),
        mutants=(
            "concat(conv(x, v), conv(x, w), axis=0) == conv(x, concat(w, v, axis=0))",
            (
                "concat(conv(x, v), conv(x, w), axis=0) "
                "== conv(concat(x, x, axis=0), concat(v, w, axis=1))"
            ),
        ),
    ),
    Law(
        name="concatenated-batches",
        title="A batch in two parts",
        group="channels",
        statement=f"conv(concat(x, y, axis=0), w, {STEPS}) "
        f"== concat(conv(x, w, {STEPS}), conv(y, w, {STEPS}), axis=0)",
        latex=r"w \star [x \mid y] = [w \star x \mid w \star y]",
        says="The samples of a batch do not meet.",
        source=TASO + ": concatenation",
        example=Example(
            {"x": (1, 2, 7), "y": (3, 2, 7), "w": (5, 2, 4)}, {"p": 1, "q": 0, "s": 2, "d": 1}
        ),
        ranks={"x": 3, "y": 3, "w": 3},
        mutants=(
            "conv(concat(x, y, axis=0), w) == concat(conv(y, w), conv(x, w), axis=0)",
            "conv(concat(x, y, axis=0), w) == concat(conv(x, w), conv(y, w), axis=1)",
        ),
    ),
    Law(
        name="enlarged-and-merged",
        title="Kernels of two sizes merged",
        group="channels",
        statement='concat(conv(x, v, padding="same"), conv(x, w, padding="same"), axis=0) '
        '== conv(x, concat(pad(v, a, a, axis=2), w, axis=0), padding="same")',
        latex=r"\begin{bmatrix} v \star x \\ w \star x \end{bmatrix} "
        r"= \begin{bmatrix} P_{a,a} v \\ w \end{bmatrix} \star x",
        says="The smaller kernel grows by zeros at both ends, and then the two are one.",
        source=TASO + ": enlarge and concatenation",
        example=Example({"x": (2, 6), "v": (1, 2, 3), "w": (4, 2, 5)}, {"a": 1}),
        assume=("a >= 0",),
        mutants=(
            (
                'concat(conv(x, v, padding="same"), conv(x, w, padding="same"), axis=0) '
                '== conv(x, concat(pad(v, a + 1, a - 1, axis=2), w, axis=0), padding="same")'
            ),
            (
                'concat(conv(x, v, padding="same"), conv(x, w, padding="same"), axis=0) '
                '== conv(x, concat(pad(v, 0, 2*a, axis=2), w, axis=0), padding="same")'
            ),
        ),
    ),
    Law(
        name="zero-channels",
        title="Channels that meet zeros",
        group="channels",
        statement="conv(concat(x, y, axis=0), pad(v, 0, len(y, 0), axis=1)) == conv(x, v)",
        latex=r"[\,v\ 0\,] \star \begin{bmatrix} x \\ y \end{bmatrix} = v \star x",
        says="Channels that only zeros of the kernel read can be cut off, "
        "or added to fill a tile of the hardware.",
        source=XLA + "FoldConvInputPad",
        example=Example({"x": (2, 5), "y": (1, 5), "v": (4, 2, 3)}),
        mutants=(
            "conv(concat(x, y, axis=0), pad(v, len(y, 0), 0, axis=1)) == conv(x, v)",
            "conv(concat(x, y, axis=0), pad(v, 0, len(y, 0), axis=1)) == conv(y, v)",
        ),
    ),
    Law(
        name="pointwise-as-matrix",
        title="A layer of one tap is a matrix product",
        group="channels",
        statement="conv(x, expand(a), padding=(p, q), stride=s) "
        "== matmul(a, subsample(pad(x, p, q, axis=1), s, axis=1))",
        latex=r"a \star x = A\,\downarrow_s P_{p,q}\,x",
        says="A 1x1 layer multiplies every column of channels by one matrix.",
        source=XLA + "SimplifyConvToDot; Lin et al., Network in Network (2014)",
        example=Example({"x": (2, 5), "a": (3, 2)}, {"p": 1, "q": 0, "s": 4}),
        ranks={"x": 2, "a": 2},
        mutants=(
            "conv(x, expand(a), stride=s) == subsample(matmul(a, x), s, axis=0)",
            "conv(x, expand(a)) == matmul(transpose(a), x)",
        ),
    ),
    Law(
        name="full-size-layer",
        title="A layer as long as its input",
        group="channels",
        statement="conv(x, w) == expand(tensordot(w, x, axes=2))",
        latex=r"(w \star x)_m = \sum_{c,t} w_{m,c,t}\,x_{c,t}, \quad k = n",
        says="A kernel that covers the input makes a fully connected layer.",
        source="Long, Shelhamer & Darrell, Fully Convolutional Networks (2015), section 3.1",
        example=Example({"x": (2, 4), "w": (3, 2, 4)}),
        mutants=(
            "conv(x, w) == expand(tensordot(w, flip(x, axis=1), axes=2))",
            "conv(x, w, padding=(1, 0)) == expand(tensordot(w, x, axes=2))",
        ),
    ),
    Law(
        name="pointwise-after",
        title="A matrix product after a layer",
        group="channels",
        statement=f"matmul(a, conv(x, w, {STEPS})) == conv(x, tensordot(a, w, axes=1), {STEPS})",
        latex=r"A\,(w \star x) = (A w) \star x",
        says="A matrix over the outputs, such as a scale per channel, goes into the kernel.",
        source="Jacob et al., Quantization and Training of Neural Networks (2018), section 3.2: "
        "folding of batch normalization",
        example=Example(
            {"x": (2, 7), "w": (3, 2, 5), "a": (4, 3)}, {"p": 1, "q": 0, "s": 6, "d": 1}
        ),
        ranks=MATRIX,
        mutants=(
            "matmul(a, conv(x, w)) == conv(x, tensordot(transpose(a), w, axes=1))",
            "matmul(a, conv(x, w)) == conv(matmul(a, x), w)",
        ),
    ),
    Law(
        name="pointwise-before",
        title="A matrix product before a layer",
        group="channels",
        statement=f"conv(matmul(a, x), w, {STEPS}) "
        f"== conv(x, conv(w, expand(transpose(a))), {STEPS})",
        latex=r"w \star (A x) = (w A) \star x",
        says="A matrix over the input channels goes into the kernel, also under zero padding, "
        "because it takes 0 to 0.",
        source=TASO + ": linearity",
        example=Example(
            {"a": (3, 2), "x": (2, 7), "w": (4, 3, 5)}, {"p": 1, "q": 0, "s": 6, "d": 1}
        ),
        ranks=MATRIX,
        mutants=(
            "conv(matmul(a, x), w) == conv(x, conv(w, expand(a)))",
            "conv(matmul(a, x), w) == matmul(a, conv(x, w))",
        ),
    ),
    Law(
        name="normalised-input",
        title="A shift of the input channels",
        group="channels",
        statement="conv(x + outer(m, ones(len(x))), w) == conv(x, w) "
        "+ outer(tensordot(w, outer(m, ones(len(w))), axes=2), ones(len(x) - len(w) + 1))",
        latex=r"w \star (x + m 1^{\top}) = w \star x + b\,1^{\top}, \quad "
        r"b_i = \sum_{c,t} w_{i,c,t}\,m_c",
        says="A shift of the channels becomes a bias, but only without padding: "
        "the zeros of padding are not shifted.",
        source="Ioffe & Szegedy, Batch Normalization (2015), section 3.2",
        example=Example({"x": (2, 7), "m": (2,), "w": (3, 2, 4)}),
        ranks={"x": 2, "m": 1, "w": 3},
        mutants=(
            (
                "conv(x + outer(m, ones(len(x))), w, padding=1) == conv(x, w, padding=1) "
                "+ outer(tensordot(w, outer(m, ones(len(w))), axes=2), ones(len(x) - len(w) + 3))"
            ),
            (
                "conv(x + outer(m, ones(len(x))), w) == conv(x, w) "
                "- outer(tensordot(w, outer(m, ones(len(w))), axes=2), ones(len(x) - len(w) + 1))"
            ),
        ),
    ),
    Law(
        name="two-layers",
        title="A transposed layer and a layer are one layer",
        group="channels",
        statement="conv(conv_transpose(x, u, padding=(p, q)), w) "
        '== conv(x, conv(w, u, padding="full"), padding=(len(u) - 1 - p, len(u) - 1 - q))',
        latex=r"w \star (u \star^{\top} x) = \Big(\sum_j w_{m,j} \star u_{c,j}\Big) \star x",
        says="The channels between two layers are summed once, in the kernel.",
        source=TASO + ": linearity; " + XLA + "SwapConvOperands",
        example=Example({"x": (2, 7), "u": (2, 3, 4), "w": (1, 3, 5)}, {"p": 1, "q": 0}),
        ranks={"x": 2, "u": 3, "w": 3},
        mutants=(
            (
                "conv(conv_transpose(x, u, padding=(p, q)), w) == conv(x, conv(w, u, "
                'padding="full", flip=True), padding=(len(u) - 1 - p, len(u) - 1 - q))'
            ),
            (
                "conv(conv_transpose(x, u, padding=(p, q)), w) "
                '== conv(x, conv(w, u, padding="full"), padding=(len(w) - 1 - p, len(w) - 1 - q))'
            ),
        ),
    ),
    Law(
        name="separable-layer",
        title="A depthwise and a pointwise layer are one layer",
        group="channels",
        statement="matmul(a, conv(x, w, groups=len(x, 0), padding=(p, q), stride=s)) == conv(x, "
        "conv(expand(a), w, groups=len(x, 0), padding=len(w) - 1, flip=True), "
        "padding=(p, q), stride=s)",
        latex=r"A\,(w \star_{\mathrm{depth}} x) = k \star x, \quad k_{m,c,t} = a_{m,c}\,w_{c,t}",
        says="A separable layer is a layer whose kernel is a matrix times one row per channel.",
        source="Chollet, Xception (2017); Howard et al., MobileNets (2017), section 3.1",
        example=Example({"a": (3, 2), "x": (2, 7), "w": (2, 1, 4)}, {"p": 1, "q": 0, "s": 5}),
        assume=("len(w, 0) == len(x, 0)",),
        ranks=MATRIX,
        mutants=(
            (
                "matmul(a, conv(x, w, groups=len(x, 0))) == conv(x, "
                "conv(expand(a), w, groups=len(x, 0), padding=len(w) - 1))"
            ),
            "matmul(a, conv(x, w, groups=len(x, 0))) == conv(matmul(a, x), w, groups=len(a, 0))",
        ),
    ),
    Law(
        name="depthwise",
        title="A depthwise layer is a layer for each channel",
        group="channels",
        statement=f"pad(conv(x, w, groups=len(x, 0), {STEPS}), {CHANNEL}) "
        f"== conv(pad(x, {CHANNEL}), pad(w, {CHANNEL}), {STEPS})",
        latex=r"(w \star_{g=C} x)_r = w_r \star x_r",
        says="With as many groups as channels, output r reads channel r alone, by kernel r.",
        source="Chollet, Xception (2017); Howard et al., MobileNets (2017), section 3.1",
        example=Example({"x": (2, 7), "w": (2, 1, 3)}, {"p": 1, "q": 0, "s": 2, "d": 1, "r": 1}),
        assume=("len(w, 0) == len(x, 0)",),
        mutants=(
            (
                f"pad(conv(x, w, groups=len(x, 0)), {CHANNEL}) "
                f"== conv(pad(x, {CHANNEL}), pad(w, r + 1 - len(x, 0), -r, axis=0))"
            ),
            (
                f"pad(conv(x, w, groups=len(x, 0), {STEPS}), {CHANNEL}) == conv("
                f"pad(x, {CHANNEL}), pad(w, {CHANNEL}), padding=(p, q), stride=d, dilation=s)"
            ),
        ),
    ),
    Law(
        name="identity-layer",
        title="A layer whose kernel is the identity",
        group="channels",
        statement="conv(x, expand(identity(len(x, 0))), padding=(p, q), stride=s) "
        "== subsample(pad(x, p, q, axis=1), s, axis=1)",
        latex=r"I \star x = x",
        says="One tap that is the identity matrix leaves every channel as it is.",
        source=TASO + ": identity",
        example=Example({"x": (2, 5)}, {"p": 1, "q": 0, "s": 2}),
        ranks={"x": 2},
        mutants=(
            "conv(x, expand(identity(len(x, 0))), padding=(p, q)) == pad(x, q, p, axis=1)",
            "conv(x, expand(ones(len(x, 0), len(x, 0)))) == x",
        ),
    ),
    Law(
        name="merged-groups",
        title="Two layers side by side are one with groups",
        group="channels",
        statement="concat(conv(x, v, padding=(p, q), stride=s), "
        "conv(y, w, padding=(p, q), stride=s), axis=0) == conv(concat(x, y, axis=0), "
        "concat(v, w, axis=0), groups=2, padding=(p, q), stride=s)",
        latex=r"\begin{bmatrix} v \star x \\ w \star y \end{bmatrix} "
        r"= \begin{bmatrix} v \\ w \end{bmatrix} \star_{g=2} \begin{bmatrix} x \\ y \end{bmatrix}",
        says="Groups are layers that do not share channels; they have as many outputs each.",
        source="Krizhevsky et al., ImageNet classification (2012); PyTorch documentation, Conv1d",
        example=Example(
            {"x": (2, 6), "v": (4, 2, 3), "y": (2, 6), "w": (4, 2, 3)}, {"p": 1, "q": 0, "s": 5}
        ),
        repairs=(Repair("the layers have as many outputs", assume=("len(v, 0) == len(w, 0)",)),),
        mutants=(
            (
                "concat(conv(x, v), conv(y, w), axis=0) "
                "== conv(concat(y, x, axis=0), concat(v, w, axis=0), groups=2)"
            ),
            (
                "concat(conv(x, v), conv(y, w), axis=0) "
                "== conv(concat(x, y, axis=0), concat(w, v, axis=0), groups=2)"
            ),
        ),
    ),
    Law(
        name="groups-as-blocks",
        title="Groups are blocks of a kernel",
        group="channels",
        statement="conv(x, concat(v, w, axis=0), groups=2) == conv(x, " + BLOCKS + ")",
        latex=r"\begin{bmatrix} v \\ w \end{bmatrix} \star_{g=2} x "
        r"= \begin{bmatrix} v & 0 \\ 0 & w \end{bmatrix} \star x",
        says="A kernel with groups is a kernel that is 0 between channels of different groups.",
        source="XLA, convolution_group_converter.cc",
        example=Example({"x": (4, 6), "v": (3, 2, 5), "w": (3, 2, 5)}),
        repairs=(Repair("both groups have as many outputs", assume=("len(v, 0) == len(w, 0)",)),),
        mutants=(
            "conv(x, concat(v, w, axis=0), groups=2) == conv(x, " + CROSSED + ")",
            (
                "conv(x, concat(v, w, axis=0), groups=2) == conv(x, "
                "concat(concat(v, w, axis=1), concat(w, v, axis=1), axis=0))"
            ),
        ),
    ),
)
