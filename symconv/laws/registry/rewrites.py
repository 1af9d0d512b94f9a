"""What compilers rewrite: pads and zeros folded, operands swapped, transposed layers, constants."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

XLA = "XLA, algebraic_simplifier.cc: "
TENSORRIGHT = "Arora et al., TensorRight (POPL 2025)"
TASO = "Jia et al., TASO (SOSP 2019), operator properties"
INTEGERS = "Jacob et al., Quantization and Training of Neural Networks (2018), section 2"
SWAPPED = "m*(len(x) - 1) - d*(len(w) - 1)"

LAWS = (
    Law(
        name="fold-input-pad",
        title="A pad of the input folded into the layer",
        group="rewrites",
        statement="correlate(pad(dilate(x, m), a, b), w, padding=(p, q), stride=s, dilation=d) "
        "== correlate(x, w, padding=(a + p, b + q), stride=s, dilation=d, input_dilation=m)",
        latex=r"w \star_{p,q} P_{a,b} \uparrow_m x = w \star^m_{a+p,\,b+q} x",
        says="Low, high and interior padding become the layer's own. "
        "Entries that a negative pad crops do not come back by padding.",
        source=XLA + "FoldConvInputPad; " + TENSORRIGHT,
        example=Example(
            {"x": (3,), "w": (4,)}, {"m": 2, "a": 1, "b": 0, "p": 5, "q": 6, "s": 7, "d": 1}
        ),
        repairs=(
            Repair("the pad crops nothing", assume=("a >= 0", "b >= 0")),
            Repair("the layer pads nothing", assume=("p <= 0", "q <= 0")),
        ),
        mutants=(
            (
                "correlate(pad(dilate(x, m), 1, 0), w, padding=(p, q)) "
                "== correlate(x, w, padding=(p + m, q), input_dilation=m)"
            ),
            "correlate(pad(x, -1, 0), w, padding=(1, 0)) == correlate(x, w)",
            (
                "correlate(dilate(pad(x, 1, 0), m), w) "
                "== correlate(x, w, padding=(1, 0), input_dilation=m)"
            ),
        ),
    ),
    Law(
        name="fold-interior-pads",
        title="Interior pads folded into dilations",
        group="rewrites",
        statement="correlate(dilate(x, a), dilate(w, b), padding=(p, q), stride=s, dilation=d, "
        "input_dilation=m) == correlate(x, w, padding=(p, q), stride=s, dilation=b*d, "
        "input_dilation=a*m)",
        latex=r"\uparrow_b w \star^m_d \uparrow_a x = w \star^{am}_{bd} x",
        says="Zeros between the entries of an array are a dilation of it; dilations multiply.",
        source=XLA + "FoldConvFilterPad; " + TENSORRIGHT,
        example=Example(
            {"x": (4,), "w": (3,)}, {"a": 2, "b": 1, "p": 0, "q": 5, "s": 6, "d": 2, "m": 1}
        ),
        mutants=(
            (
                "correlate(dilate(x, a), dilate(w, b), padding=(p, q)) "
                "== correlate(x, w, padding=(p, q), dilation=a, input_dilation=b)"
            ),
            (
                "correlate(dilate(x, a), w, padding=(p, q), input_dilation=m) "
                "== correlate(x, w, padding=(p, q), input_dilation=a + m)"
            ),
        ),
    ),
    Law(
        name="fold-kernel-pad",
        title="Zeros at the ends of the kernel",
        group="rewrites",
        statement="correlate(x, pad(w, a, b), padding=(p, q), stride=s, dilation=d) "
        "== correlate(x, w, padding=(p - d*a, q - d*b), stride=s, dilation=d)",
        latex=r"P_{a,b}\,w \star_{p,q} x = w \star_{p-da,\,q-db} x",
        says="A tap of zero costs as much padding as it reads; taps that are cut off are lost.",
        source=TASO + "; " + TENSORRIGHT,
        example=Example({"x": (7,), "w": (2,)}, {"a": 1, "b": 3, "p": 4, "q": 6, "s": 5, "d": 1}),
        repairs=(Repair("zeros are added, none cut", assume=("a >= 0", "b >= 0")),),
        mutants=(
            "correlate(x, pad(w, 1, 2), padding=(p, q)) == correlate(x, w, padding=(p - 2, q - 1))",
            (
                "correlate(x, pad(w, 1, 2), padding=(p, q), dilation=d) "
                "== correlate(x, w, padding=(p - 1, q - 2), dilation=d)"
            ),
            "convolve(x, pad(w, 1, 2), padding=(p, q)) == convolve(x, w, padding=(p - 1, q - 2))",
        ),
    ),
    Law(
        name="enlarged-kernel",
        title="A kernel enlarged by zeros",
        group="rewrites",
        statement='{op}(x, pad(w, a, a), padding="same", stride={stride}, dilation=d) '
        '== {op}(x, w, padding="same", stride={stride}, dilation=d)',
        latex=r"P_{a,a}\,w \star_{\mathrm{same}} x = w \star_{\mathrm{same}} x",
        says="Under same padding a kernel grows evenly at both ends without any effect, "
        "unless a stride makes the padding depend on where the last window ends.",
        source=TASO + ": enlarge",
        example=Example({"x": (5,), "w": (2,)}, {"a": 1, "d": 3}),
        assume=("a >= 0",),
        varies=("op", "stride"),
        repairs=(
            Repair(
                "the last stride ends at the last input",
                assume=("(ceil(len(x) / {stride}) - 1)*{stride} == len(x) - 1",),
            ),
        ),
        mutants=(
            'correlate(x, pad(w, a, a + 1), padding="same") == correlate(x, w, padding="same")',
            (
                'correlate(x, pad(w, a, a), padding="same", stride=2) '
                '== correlate(x, w, padding="same", stride=2)'
            ),
        ),
    ),
    Law(
        name="swapped-operands",
        title="Operands swapped",
        group="rewrites",
        statement="correlate(x, w, padding=(p, q), stride=s, dilation=d, input_dilation=m) "
        "== correlate(flip(w), flip(x), stride=s, dilation=m, input_dilation=d, "
        f"padding=(p + {SWAPPED}, q + {SWAPPED}))",
        latex=r"w \star x = \bar{x} \star \bar{w}, \quad "
        r"p' = p + N - K,\ q' = q + N - K,\ N = m(n-1)+1,\ K = d(k-1)+1",
        says="Input and kernel change places when both are reversed; dilations change places too, "
        "and both paddings grow by how much longer the input is.",
        source=XLA + "SwapConvOperands; " + TENSORRIGHT,
        example=Example({"x": (4,), "w": (3,)}, {"p": 1, "q": 0, "s": 2, "d": 2, "m": 1}),
        mutants=(
            (
                "correlate(x, w, padding=(p, q), dilation=d, input_dilation=m) "
                "== correlate(flip(w), flip(x), dilation=m, input_dilation=d, "
                f"padding=(q + {SWAPPED}, p + {SWAPPED}))"
            ),
            (
                "correlate(x, w, padding=(p, q)) == correlate(w, x, "
                "padding=(p + len(x) - len(w), q + len(x) - len(w)))"
            ),
            (
                "correlate(x, w, padding=(p, q), dilation=d, input_dilation=m) "
                "== correlate(flip(w), flip(x), dilation=d, input_dilation=m, "
                f"padding=(p + {SWAPPED}, q + {SWAPPED}))"
            ),
        ),
    ),
    Law(
        name="window-reversal",
        title="A reversed kernel is a reversed window",
        group="rewrites",
        statement="correlate(x, flip(w), padding=(p, q), stride=s, dilation=d) "
        "== correlate(x, w, padding=(p, q), stride=s, dilation=d, flip=True)",
        latex=r"(\bar{w} \star x)_o = \sum_t w_{k-1-t}\,x_{s o + d t - p}",
        says="Reversing the kernel is an option of the layer; paddings stay where they are.",
        source="StableHLO specification, convolution: window_reversal",
        example=Example({"x": (7,), "w": (3,)}, {"p": 1, "q": 0, "s": 4, "d": 2}),
        mutants=(
            "correlate(x, flip(w), padding=(p, q)) == correlate(x, w, padding=(q, p), flip=True)",
            "correlate(flip(x), w, padding=(p, q)) == correlate(x, w, padding=(p, q), flip=True)",
        ),
    ),
    Law(
        name="reversed-input",
        title="A reversed input",
        group="rewrites",
        statement="flip(correlate(x, w, padding=(p, q), stride=s, dilation=d)) "
        "== correlate(flip(x), flip(w), stride=s, dilation=d, "
        "padding=(q - (len(x) + p + q - d*(len(w) - 1) - 1) % s, p))",
        latex=r"\overline{w \star_{p,q} x} = \bar{w} \star_{q - r,\,p} \bar{x}, \quad "
        r"r = (n + p + q - d(k-1) - 1) \bmod s",
        says="Reversal swaps the paddings. A stride counts from the first output, "
        "so that what its last step left over is taken from the padding.",
        source=TENSORRIGHT,
        example=Example({"x": (7,), "w": (3,)}, {"p": 1, "q": 2, "s": 4, "d": 1}),
        mutants=(
            (
                "flip(correlate(x, w, padding=(p, q), stride=s)) "
                "== correlate(flip(x), flip(w), padding=(q, p), stride=s)"
            ),
            "flip(correlate(x, w, padding=(p, q))) == correlate(flip(x), flip(w), padding=(p, q))",
            "flip(correlate(x, w, padding=(p, q))) == correlate(flip(x), w, padding=(q, p))",
        ),
    ),
    Law(
        name="tiles",
        title="An output computed in two tiles",
        group="rewrites",
        statement="correlate(x, w, padding=(p, q), stride={stride}) == concat(correlate("
        "pad(x, p, {stride}*(a - 1) + len(w) - len(x) - p), w, stride={stride}), "
        "correlate(pad(x, p - {stride}*a, q), w, stride={stride}))",
        latex=r"w \star x = [\,w \star x_{[0,\,s(a-1)+k)}\ |\ w \star x_{[s a,\,n)}\,]",
        says="The first a outputs and the others read inputs that overlap by len(w) - stride.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.7: overlap-save",
        example=Example({"x": (8,), "w": (3,)}, {"p": 1, "q": 0, "a": 2}),
        varies=("stride",),
        mutants=(
            (
                "correlate(x, w) == concat(correlate(pad(x, 0, a + len(w) - 1 - len(x)), w), "
                "correlate(pad(x, -a - len(w) + 1, 0), w))"
            ),
            (
                "correlate(x, w, stride=2) == concat("
                "correlate(pad(x, 0, 2*(a - 1) + len(w) - len(x)), w, stride=2), "
                "correlate(pad(x, -a, 0), w, stride=2))"
            ),
        ),
    ),
    Law(
        name="full-size-kernel",
        title="A kernel as long as its input",
        group="rewrites",
        statement="correlate(x, w) == dot(x, w)*ones(1)",
        latex=r"w \star x = (\langle w, x \rangle), \quad k = n",
        says="A kernel that covers the input has one output, the scalar product.",
        source=XLA + "SimplifyConvToDot",
        example=Example({"x": (3,), "w": (3,)}),
        assume=("len(x) == len(w)",),
        mutants=(
            "convolve(x, w, padding='valid') == dot(x, w)*ones(1)",
            "correlate(x, w) == dot(flip(x), w)*ones(1)",
        ),
    ),
    Law(
        name="residual-kernel",
        title="A skip connection as a tap",
        group="rewrites",
        statement='{op}(x, w, padding="same", boundary="{boundary}") + x '
        '== {op}(x, w + delta(len(w)), padding="same", boundary="{boundary}")',
        latex=r"w \star x + x = (w + \delta) \star x",
        says="Adding the input adds 1 to the centre tap. For even lengths the centre is the one "
        "that convolution pads for, or correlation with same_lower.",
        source="Ding et al., RepVGG (2021), section 3.3",
        example=Example({"x": (5,), "w": (3,)}),
        varies=("op", "boundary"),
        repairs=(
            Repair("for kernels of odd length", assume=("len(w) % 2 == 1",)),
            Repair(
                "with the odd cell of padding in front",
                'correlate(x, w, padding="same_lower", boundary="{boundary}") + x == correlate('
                'x, w + delta(len(w)), padding="same_lower", boundary="{boundary}")',
            ),
        ),
        mutants=(
            (
                'correlate(x, w, padding="same") + x '
                '== correlate(x, w + delta(len(w)), padding="same")'
            ),
            'convolve(x, w, padding="same") + x == convolve(x, w + ones(len(w)), padding="same")',
        ),
    ),
    Law(
        name="transposed-as-layer",
        title="A transposed layer is a layer",
        group="rewrites",
        statement="conv_transpose(x, w, padding=(p, q), stride=s, dilation=d, output_padding=r) "
        "== correlate(x, flip(w), input_dilation=s, dilation=d, "
        "padding=(d*(len(w) - 1) - p, d*(len(w) - 1) - q + r))",
        latex=r"w \star^{\top}_s x = \bar{w} \star_{K-1-p,\,K-1-q+r} \uparrow_s x",
        says="The stride spreads the input, the kernel is reversed, "
        "and padding takes away from full padding.",
        source="Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), "
        "relationship 14",
        example=Example({"x": (5,), "w": (3,)}, {"p": 1, "q": 0, "s": 2, "d": 1, "r": 1}),
        mutants=(
            (
                "conv_transpose(x, w, padding=(p, q), stride=s) "
                "== correlate(x, w, input_dilation=s, padding=(len(w) - 1 - p, len(w) - 1 - q))"
            ),
            (
                "conv_transpose(x, w, padding=(p, q), stride=s, output_padding=r) "
                "== correlate(x, flip(w), input_dilation=s, "
                "padding=(len(w) - 1 - p + r, len(w) - 1 - q))"
            ),
            (
                "conv_transpose(x, w, padding=(p, q), stride=s) "
                "== correlate(x, flip(w), input_dilation=s, padding=(p, q))"
            ),
        ),
    ),
    Law(
        name="transposed-layers",
        title="Two transposed layers are one",
        group="rewrites",
        statement="conv_transpose(conv_transpose(x, v, stride=s), w, stride=t) "
        "== conv_transpose(x, convolve(w, dilate(v, t)), stride=s*t)",
        latex=r"w \star^{\top}_t (v \star^{\top}_s x) = (w * \uparrow_t v) \star^{\top}_{st} x",
        says="The transpose of two strided layers that are one: "
        "the first kernel is spread by the second stride.",
        source="Vaidyanathan, Multirate Systems and Filter Banks (1993), section 4.2",
        example=Example({"x": (5,), "v": (2,), "w": (3,)}, {"s": 4, "t": 6}),
        mutants=(
            (
                "conv_transpose(conv_transpose(x, v, stride=s), w, stride=t) "
                "== conv_transpose(x, convolve(w, dilate(v, s)), stride=s*t)"
            ),
            (
                "conv_transpose(conv_transpose(x, v, stride=s), w, stride=t) "
                "== conv_transpose(x, convolve(v, dilate(w, t)), stride=s*t)"
            ),
        ),
    ),
    Law(
        name="transposed-crop",
        title="Padding of a transposed layer crops",
        group="rewrites",
        statement="conv_transpose(x, w, padding=(p, q), stride=s, output_padding=r) "
        "== pad(conv_transpose(x, w, stride=s), -p, r - q)",
        latex=r"w \star^{\top}_{s,p,q,r} x = P_{-p,\,r-q}\,(w \star^{\top}_s x)",
        says="Padding cuts the output and output_padding gives cells back at its end.",
        source="PyTorch documentation, torch.nn.ConvTranspose1d",
        example=Example({"x": (5,), "w": (4,)}, {"p": 1, "q": 0, "s": 3, "r": 2}),
        mutants=(
            (
                "conv_transpose(x, w, padding=(p, q), stride=s, output_padding=r) "
                "== pad(conv_transpose(x, w, stride=s), r - p, -q)"
            ),
            (
                "conv_transpose(x, w, padding=(p, q), stride=s) "
                "== conv_transpose(pad(x, -p, -q), w, stride=s)"
            ),
        ),
    ),
    Law(
        name="constant-padding",
        title="Padding by a constant",
        group="rewrites",
        statement="{op}(x, w, padding=(p, q), stride=s, dilation=d, boundary='constant(c)') "
        "== {op}(x, w, padding=(p, q), stride=s, dilation=d) "
        "+ c*({op}(ones(len(x) + p + q), w, padding='valid', stride=s, dilation=d) "
        "- {op}(ones(len(x)), w, padding=(p, q), stride=s, dilation=d))",
        latex=r"w \star P^c x = w \star P x + c\,(w \star 1 - w \star P 1)",
        says="What the padding adds is c times the sum of the taps that lie outside the input.",
        source=INTEGERS,
        example=Example({"x": (5,), "w": (3,)}, {"p": 1, "q": 2, "s": 4, "d": 1}),
        varies=("op",),
        mutants=(
            (
                "correlate(x, w, padding=(p, q), boundary='constant(c)') "
                "== correlate(x, w, padding=(p, q)) + c*correlate(ones(len(x)), w, padding=(p, q))"
            ),
            (
                "correlate(a*x, w, padding=(p, q), boundary='constant(c)') "
                "== correlate(x, a*w, padding=(p, q), boundary='constant(c)')"
            ),
        ),
    ),
    Law(
        name="zero-point",
        title="A zero point moved behind the layer",
        group="rewrites",
        statement="correlate(x - c*ones(len(x)), w, padding=(p, q), stride=s, dilation=d) "
        "== correlate(x, w, padding=(p, q), stride=s, dilation=d, boundary='constant(c)') "
        "- c*sum(w)*ones(floor((len(x) + p + q - d*(len(w) - 1) - 1) / s) + 1)",
        latex=r"w \star P(x - c) = w \star P^c x - c \sum_t w_t",
        says="A stored 0 is the number c: padding must read c, "
        "and then one constant corrects every output.",
        source=INTEGERS + "; ONNX operator specification, ConvInteger",
        example=Example({"x": (5,), "w": (3,)}, {"p": 1, "q": 2, "s": 4, "d": 1}),
        mutants=(
            (
                "correlate(x - c*ones(len(x)), w, padding=(p, q)) "
                "== correlate(x, w, padding=(p, q)) - c*sum(w)*ones(len(x) + p + q - len(w) + 1)"
            ),
            (
                "correlate(x - c*ones(len(x)), w, padding=(p, q)) "
                "== correlate(x, w, padding=(p, q), boundary='constant(c)') "
                "+ c*sum(w)*ones(len(x) + p + q - len(w) + 1)"
            ),
        ),
    ),
)
