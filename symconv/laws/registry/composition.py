"""The laws of composition: layers after layers, what padding means, and how long an output is."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

GUIDE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016)"
ONNX = "ONNX operator specification, Conv"
HALVES = "-floor((len(h) - 1) / 2), -ceil((len(h) - 1) / 2)"

LAWS = (
    Law(
        name="strided-layers",
        title="Two strided layers are one",
        group="composition",
        statement="correlate(correlate(x, g, padding=(p, q), stride=s), h, stride=t) "
        "== correlate(x, convolve(g, dilate(h, s)), padding=(p, q), stride=s*t)",
        latex=r"\downarrow_t(h \star \downarrow_s(g \star x)) "
        r"= \downarrow_{st}((g * \uparrow_s h) \star x)",
        says="The strides multiply, and the second kernel is spread by the first stride.",
        source="Vaidyanathan, Multirate Systems and Filter Banks (1993), section 4.2",
        example=Example({"x": (9,), "g": (3,), "h": (2,)}, {"p": 1, "q": 0, "s": 2, "t": 4}),
        mutants=(
            (
                "correlate(correlate(x, g, padding=(p, q), stride=s), h, stride=t) "
                "== correlate(x, convolve(g, dilate(h, t)), padding=(p, q), stride=s*t)"
            ),
            (
                "correlate(correlate(x, g, padding=(p, q), stride=s), h, stride=t) "
                "== correlate(x, convolve(g, h), padding=(p, q), stride=s*t)"
            ),
            (
                "correlate(correlate(x, g, padding=(p, q), stride=s), h, stride=t) "
                "== correlate(x, correlate(dilate(h, s), g, padding='full'), padding=(p, q), "
                "stride=s*t)"
            ),
        ),
    ),
    Law(
        name="dilated-layers",
        title="Two dilated layers are one",
        group="composition",
        statement="correlate(correlate(x, g, padding=(p, q), dilation=d), h, dilation=e) "
        "== correlate(x, convolve(dilate(g, d), dilate(h, e)), padding=(p, q))",
        latex=r"\uparrow_e h \star (\uparrow_d g \star x) = (\uparrow_d g * \uparrow_e h) \star x",
        says="Each kernel is spread by its own dilation, and the kernels convolve in full.",
        source="Yu & Koltun, Multi-Scale Context Aggregation by Dilated Convolutions (2016)",
        example=Example({"x": (9,), "g": (3,), "h": (2,)}, {"p": 1, "q": 0, "d": 2, "e": 4}),
        mutants=(
            (
                "correlate(correlate(x, g, padding=(p, q), dilation=d), h, dilation=e) "
                "== correlate(x, convolve(dilate(g, e), dilate(h, d)), padding=(p, q))"
            ),
            (
                "correlate(correlate(x, g, padding=(p, q), dilation=d), h, dilation=e) "
                "== correlate(x, convolve(dilate(g, d), dilate(h, d*e)), padding=(p, q))"
            ),
        ),
    ),
    Law(
        name="padded-layers",
        title="Two padded layers",
        group="composition",
        statement="correlate(correlate(x, g, padding=(p, q)), h, padding=(a, b), stride=s) "
        "== correlate(x, convolve(g, h), padding=(p + a, q + b), stride=s)",
        latex=r"h \star_{a,b} (g \star_{p,q} x) = (g * h) \star_{p+a,\,q+b} x",
        says="Paddings add only where the first layer already wrote all that is not 0, "
        "or where the second pads nothing.",
        source=GUIDE + ", section 2",
        example=Example(
            {"x": (7,), "g": (3,), "h": (2,)}, {"p": 4, "q": 5, "a": 1, "b": 0, "s": 6}
        ),
        repairs=(
            Repair("the second layer pads nothing", assume=("a <= 0", "b <= 0")),
            Repair("the first pads in full", assume=("p >= len(g) - 1", "q >= len(g) - 1")),
        ),
        mutants=(
            (
                "correlate(correlate(x, g, padding=(p, q)), h, padding=(0, 0), stride=s) "
                "== correlate(x, convolve(g, h), padding=(q, p), stride=s)"
            ),
            (
                "correlate(correlate(x, g, padding=len(g) - 2), h, padding=(a, b)) "
                "== correlate(x, convolve(g, h), padding=(len(g) - 2 + a, len(g) - 2 + b))"
            ),
        ),
    ),
    Law(
        name="same-twice",
        title="Two layers of same padding",
        group="composition",
        statement="correlate(correlate(x, g{o}), h{o}) == correlate(x, convolve(g, h){o})",
        latex=r"h \star_{\mathrm{same}} (g \star_{\mathrm{same}} x) "
        r"= (g * h) \star_{\mathrm{same}} x",
        says="What the first layer writes beyond its output is cut off before the second reads it: "
        "the sides agree everywhere only where padding wraps around.",
        source="Gonzalez & Woods, Digital Image Processing (2018), section 3.4",
        example=Example({"x": (7,), "g": (3,), "h": (5,)}),
        varies=("padding", "boundary"),
        defaults={"padding": "same", "boundary": "wrap"},
        repairs=(
            Repair("for kernels of odd length", assume=("len(g) % 2 == 1", "len(h) % 2 == 1")),
            Repair("for a second kernel of one tap", assume=("len(h) == 1",)),
            Repair(
                "away from the ends, and for a first kernel of odd length",
                f"pad(correlate(correlate(x, g{{o}}), h{{o}}), {HALVES}) "
                f"== pad(correlate(x, convolve(g, h){{o}}), {HALVES})",
                ("len(g) % 2 == 1",),
            ),
        ),
        mutants=(
            (
                'correlate(correlate(x, g, padding="same"), h, padding="same") '
                '== correlate(x, convolve(g, h), padding="same")'
            ),
            (
                'correlate(correlate(x, g, padding="same", boundary="wrap"), h, padding="same") '
                '== correlate(x, convolve(g, h), padding="same", boundary="wrap")'
            ),
        ),
    ),
    Law(
        name="pad-then-valid",
        title="Padding first",
        group="padding",
        statement='{op}(pad(x, p, q, boundary="{boundary}"), w, padding="valid", stride=s, '
        'dilation=d) == {op}(x, w, padding=(p, q), boundary="{boundary}", stride=s, dilation=d)',
        latex=r"w \star P_{p,q}\,x = w \star_{p,q} x",
        says="Padding is what the kernel would read from an input that was extended first; "
        "negative padding crops.",
        source="StableHLO specification, convolution: padding",
        example=Example({"x": (5,), "w": (3,)}, {"p": 2, "q": 1, "s": 4, "d": 1}),
        varies=("op", "boundary"),
        mutants=(
            (
                'correlate(pad(x, p, q), w, padding="valid", stride=s, dilation=d) '
                "== correlate(x, w, padding=(q, p), stride=s, dilation=d)"
            ),
            (
                'correlate(pad(x, p, q), w, padding="valid", stride=s, dilation=d) '
                "== correlate(x, w, padding=(p, q), stride=d, dilation=s)"
            ),
            (
                'correlate(pad(x, p, q, boundary="reflect"), w, padding="valid") '
                '== correlate(x, w, padding=(p, q), boundary="symmetric")'
            ),
        ),
    ),
    Law(
        name="same-in-numbers",
        title="Same padding in numbers",
        group="padding",
        statement='{op}(x, w, padding="same", stride=s, dilation=d) == {op}(x, w, stride=s, '
        "dilation=d, padding=("
        "floor(max(0, (ceil(len(x) / s) - 1)*s + d*(len(w) - 1) + 1 - len(x)) / 2), "
        "ceil(max(0, (ceil(len(x) / s) - 1)*s + d*(len(w) - 1) + 1 - len(x)) / 2)))",
        latex=r"p + q = \max(0,\ (\lceil n/s \rceil - 1)s + d(k-1) + 1 - n), \quad "
        r"p = \lfloor\tfrac{p+q}{2}\rfloor",
        says="Same padding is what ceil(n / stride) outputs need; an odd one goes to the end.",
        source=ONNX + ": auto_pad=SAME_UPPER",
        example=Example({"x": (7,), "w": (3,)}, {"s": 2, "d": 4}),
        varies=("op",),
        mutants=(
            (
                'correlate(x, w, padding="same", stride=s, dilation=d) '
                "== correlate(x, w, stride=s, dilation=d, padding="
                "(floor(d*(len(w) - 1) / 2), ceil(d*(len(w) - 1) / 2)))"
            ),
            (
                'correlate(x, w, padding="same_lower") == correlate(x, w, padding='
                "(floor((len(w) - 1) / 2), ceil((len(w) - 1) / 2)))"
            ),
        ),
    ),
    Law(
        name="same-upper-lower",
        title="The two same paddings",
        group="padding",
        statement='{op}(x, w, padding="same", dilation=d) '
        '== {op}(x, w, padding="same_lower", dilation=d)',
        latex=r"\lfloor\tfrac{d(k-1)}{2}\rfloor = \lceil\tfrac{d(k-1)}{2}\rceil "
        r"\iff d(k-1) \text{ even}",
        says="Padding by the same at both ends needs a kernel that spans an odd length.",
        source=ONNX + ": auto_pad",
        example=Example({"x": (5,), "w": (3,)}, {"d": 2}),
        varies=("op",),
        repairs=(Repair("for kernels of odd span", assume=("d*(len(w) - 1) % 2 == 0",)),),
        mutants=(
            'correlate(x, w, padding="same") == correlate(x, w, padding="same_lower")',
            'correlate(x, w, padding="same") == correlate(x, w, padding=floor(len(w) / 2))',
        ),
    ),
    Law(
        name="crop-of-full",
        title="Every padding is cut from full padding",
        group="padding",
        statement='pad({op}(x, w, padding="full", dilation=d), '
        "p - d*(len(w) - 1), q - d*(len(w) - 1)) == {op}(x, w, padding=(p, q), dilation=d)",
        latex=r"P_{p-d(k-1),\,q-d(k-1)}\,(w \star_{\mathrm{full}} x) = w \star_{p,q} x",
        says="Full padding computes every output that reads an input; other paddings keep some "
        "of them, or add zeros.",
        source="SciPy documentation, scipy.signal.convolve: mode",
        example=Example({"x": (5,), "w": (3,)}, {"p": 1, "q": 0, "d": 2}),
        varies=("op",),
        mutants=(
            (
                'pad(correlate(x, w, padding="full", dilation=d), q - d*(len(w) - 1), '
                "p - d*(len(w) - 1)) == correlate(x, w, padding=(p, q), dilation=d)"
            ),
            (
                'pad(correlate(x, w, padding="full", dilation=d), p - len(w) + 1, q - len(w) + 1) '
                "== correlate(x, w, padding=(p, q), dilation=d)"
            ),
        ),
    ),
    Law(
        name="inside-of-full",
        title="Valid is the inside of full",
        group="padding",
        statement='pad({op}(x, w, padding="full", boundary="{boundary}", dilation=d), '
        '-d*(len(w) - 1), -d*(len(w) - 1)) == {op}(x, w, padding="valid", dilation=d)',
        latex=r"P_{-d(k-1),\,-d(k-1)}\,(w \star_{\mathrm{full}} x) = w \star_{\mathrm{valid}} x",
        says="The outputs that read no padding are the same whatever the boundary is.",
        source="NumPy documentation, numpy.convolve: mode",
        example=Example({"x": (7,), "w": (3,)}, {"d": 2}),
        varies=("op", "boundary"),
        mutants=(
            (
                'pad(correlate(x, w, padding="full", dilation=d), -d*(len(w) - 1), 0) '
                '== correlate(x, w, padding="valid", dilation=d)'
            ),
            'pad(correlate(x, w, padding="full"), 1 - len(w), -len(w)) == correlate(x, w)',
        ),
    ),
    Law(
        name="same-of-full",
        title="Same is the centre of full",
        group="padding",
        statement='pad({op}(x, w, padding="full", boundary="{boundary}", dilation=d), '
        "-ceil(d*(len(w) - 1) / 2), -floor(d*(len(w) - 1) / 2)) "
        '== {op}(x, w, padding="same", boundary="{boundary}", dilation=d)',
        latex=r"P_{-\lceil d(k-1)/2 \rceil,\,-\lfloor d(k-1)/2 \rfloor}\,"
        r"(w \star_{\mathrm{full}} x) = w \star_{\mathrm{same}} x",
        says="Same padding with stride 1 keeps the middle of the full output.",
        source="SciPy documentation, scipy.signal.convolve: mode",
        example=Example({"x": (5,), "w": (4,)}, {"d": 1}),
        varies=("op", "boundary"),
        mutants=(
            (
                'pad(correlate(x, w, padding="full", dilation=d), -floor(d*(len(w) - 1) / 2), '
                '-ceil(d*(len(w) - 1) / 2)) == correlate(x, w, padding="same", dilation=d)'
            ),
            (
                'pad(correlate(x, w, padding="full"), -ceil((len(w) - 1) / 2), '
                '-floor((len(w) - 1) / 2)) == correlate(x, w, padding="same_lower")'
            ),
        ),
    ),
    Law(
        name="nested-pads",
        title="Padding twice",
        group="padding",
        statement='pad(pad(x, a, b, boundary="{boundary}"), c, d, boundary="{boundary}") '
        '== pad(x, a + c, b + d, boundary="{boundary}")',
        latex=r"P_{c,d}\,P_{a,b} = P_{a+c,\,b+d}",
        says="Paddings add, unless the first crops entries that the second would bring back. "
        "Wrapping and mirroring start anew from what is padded.",
        source="XLA, algebraic_simplifier.cc: HandlePad",
        example=Example({"x": (6,)}, {"a": 1, "b": 2, "c": 3, "d": 0}),
        varies=("boundary",),
        repairs=(
            Repair("the first pad crops nothing", assume=("a >= 0", "b >= 0")),
            Repair("the second pad only crops", assume=("c <= 0", "d <= 0")),
        ),
        mutants=(
            "pad(pad(x, a, b), c, d) == pad(x, a + d, b + c)",
            (
                'pad(pad(x, 1, 1, boundary="reflect"), 1, 1, boundary="reflect") '
                '== pad(x, 2, 2, boundary="reflect")'
            ),
        ),
    ),
    Law(
        name="output-length",
        title="The length of an output",
        group="lengths",
        statement="0*{op}(x, w, padding=(p, q), stride=s, dilation=d, input_dilation=m) == zeros("
        "floor((m*(len(x) - 1) + p + q - d*(len(w) - 1)) / s) + 1)",
        latex=r"\left\lfloor \frac{m(n-1) + p + q - d(k-1)}{s} \right\rfloor + 1",
        says="How often a kernel fits, stride by stride, into the stuffed and padded input.",
        source=GUIDE + ", relationship 15",
        example=Example({"x": (7,), "w": (3,)}, {"p": 1, "q": 0, "s": 4, "d": 2, "m": 5}),
        varies=("op",),
        mutants=(
            (
                "0*correlate(x, w, padding=(p, q), stride=s, dilation=d) == zeros("
                "ceil((len(x) + p + q - d*(len(w) - 1)) / s) + 1)"
            ),
            (
                "0*correlate(x, w, padding=(p, q), stride=s, dilation=d) == zeros("
                "floor((len(x) + p + q - d*len(w)) / s) + 1)"
            ),
            (
                "0*correlate(x, w, padding=(p, q), stride=s, input_dilation=m) == zeros("
                "floor((m*len(x) + p + q - len(w)) / s) + 1)"
            ),
        ),
    ),
    Law(
        name="same-length",
        title="The length under same padding",
        group="lengths",
        statement='0*{op}(x, w, padding="same", stride=s, dilation=d) == zeros(ceil(len(x) / s))',
        latex=r"\lceil n / s \rceil",
        says="Under same padding the kernel does not matter for the length.",
        source=ONNX + ": auto_pad",
        example=Example({"x": (7,), "w": (3,)}, {"s": 2, "d": 4}),
        varies=("op",),
        mutants=(
            '0*correlate(x, w, padding="same", stride=s) == zeros(floor(len(x) / s))',
            "0*correlate(x, w, padding=floor(len(w) / 2), stride=s) == zeros(ceil(len(x) / s))",
        ),
    ),
    Law(
        name="full-length",
        title="The length under full padding",
        group="lengths",
        statement='0*{op}(x, w, padding="full", dilation=d) == zeros(len(x) + d*(len(w) - 1))',
        latex=r"n + d(k - 1)",
        says="Full padding has an output for every place where kernel and input overlap.",
        source=GUIDE + ", relationship 4",
        example=Example({"x": (5,), "w": (3,)}, {"d": 2}),
        varies=("op",),
        mutants=(
            '0*correlate(x, w, padding="full", dilation=d) == zeros(len(x) + d*len(w) - 1)',
            '0*correlate(x, w, padding="full", dilation=d) == zeros(d*(len(x) + len(w) - 1))',
        ),
    ),
    Law(
        name="transposed-length",
        title="The length of a transposed layer",
        group="lengths",
        statement="0*conv_transpose(x, w, padding=(p, q), stride=s, dilation=d, output_padding=r) "
        "== zeros((len(x) - 1)*s - p - q + d*(len(w) - 1) + r + 1)",
        latex=r"(n-1)s - p - q + d(k-1) + r + 1",
        says="Every input moves the kernel by a stride; padding crops and output_padding adds.",
        source="PyTorch documentation, torch.nn.ConvTranspose1d: shape",
        example=Example({"x": (5,), "w": (4,)}, {"p": 1, "q": 0, "s": 3, "d": 6, "r": 2}),
        mutants=(
            "0*conv_transpose(x, w, padding=(p, q), stride=s) == zeros(len(x)*s - p - q + len(w))",
            (
                "0*conv_transpose(x, w, padding=(p, q), stride=s, output_padding=r) "
                "== zeros((len(x) - 1)*s + p + q + len(w) + r)"
            ),
        ),
    ),
)
