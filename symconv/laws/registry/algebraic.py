"""The laws of an algebra: what convolution has in common with the product of polynomials."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

EVERY = ("op", "padding", "boundary", "stride", "dilation")
CORRELATION = {"op": "correlate", "padding": "valid"}

_BEFORE = "floor((len(h) - 1) / 2)"
_AFTER = "floor(len(h) / 2)"
_BOTH = (
    "floor((len(g) - 1) / 2) + floor((len(h) - 1) / 2)",
    "floor(len(g) / 2) + floor(len(h) / 2)",
)


def _interior(
    op: str, before: str, after: str, more: str = "", pads: tuple[str, str] = _BOTH
) -> str:
    """Return that two passes of "same" are one pass away from the ends."""
    twice = f'{op}({op}(x, g, padding="same"{more}), h, padding="same"{more})'
    once = f"{op}(x, convolve(g, h), padding=({pads[0]}, {pads[1]}){more})"
    return f"pad({twice}, -{before}, -{after}) == pad({once}, -{before}, -{after})"


LAWS = (
    Law(
        name="commutativity",
        title="Commutativity",
        group="algebra",
        statement="{op}(x, w{o}) == {op}(w, x{o})",
        latex=r"x * w = w * x",
        says="Input and kernel may change places: both sides add up x[i] w[j] over i + j = o.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (3,), "w": (2,)}),
        varies=EVERY,
        repairs=(
            Repair("it holds for inputs and kernels of one length", assume=("len(x) == len(w)",)),
            Repair("full convolution commutes", "convolve(x, w) == convolve(w, x)"),
            Repair(
                "full correlation is reversed when its operands change places",
                'correlate(x, w, padding="full") == flip(correlate(w, x, padding="full"))',
            ),
            Repair(
                "a kernel with gaps changes places with its gaps",
                "convolve(x, w, dilation={dilation}) == convolve(dilate(w, {dilation}), x)",
            ),
            Repair(
                "convolution round a circle commutes",
                'convolve(pad(x, len(x) - 1, 0, boundary="wrap"), w, padding="valid")'
                ' == convolve(pad(w, len(w) - 1, 0, boundary="wrap"), x, padding="valid")',
                assume=("len(x) == len(w)",),
            ),
        ),
        mutants=(
            'correlate(x, w, padding="full") == correlate(w, x, padding="full")',
            "convolve(x, w, padding=(len(w) - 1, len(w))) == convolve(w, x)",
            "convolve(x, w, dilation=2) == convolve(w, x, dilation=2)",
            'convolve(x, w, padding="same") == convolve(w, x, padding="same")',
        ),
    ),
    Law(
        name="associativity",
        title="Associativity",
        group="algebra",
        statement="{op}({op}(x, g{o}), h{o}) == {op}(x, {op}(g, h{o}){o})",
        latex=r"(x * g) * h = x * (g * h)",
        says="Two passes are one pass with the product of the kernels.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (5,), "g": (3,), "h": (2,)}),
        varies=EVERY,
        repairs=(
            Repair("a kernel as long as the input shares its circle", assume=("len(g) == len(x)",)),
            Repair(
                "full convolution associates",
                "convolve(convolve(x, g), h) == convolve(x, convolve(g, h))",
            ),
            Repair(
                "two correlations are one with the full convolution of the kernels",
                "correlate(correlate(x, g), h) == correlate(x, convolve(g, h))",
            ),
            Repair(
                "without padding, the product of the kernels stays full",
                'convolve(convolve(x, g, padding="valid"), h, padding="valid")'
                ' == convolve(x, convolve(g, h), padding="valid")',
            ),
            Repair(
                "strides multiply, and the second kernel is spread by the first stride",
                "correlate(correlate(x, g, stride={stride}), h, stride={stride})"
                " == correlate(x, convolve(g, dilate(h, {stride})), stride={stride}*{stride})",
            ),
            Repair(
                'padding "same" associates away from the ends',
                _interior("{op}", _BEFORE, _AFTER),
            ),
        ),
        mutants=(
            "correlate(correlate(x, g), h) == correlate(x, correlate(g, h))",
            (
                'convolve(convolve(x, g, padding="same"), h, padding="same")'
                ' == convolve(x, convolve(g, h), padding="same")'
            ),
            (
                "convolve(convolve(x, g, stride=2), h, stride=2)"
                " == convolve(x, convolve(g, h), stride=4)"
            ),
        ),
    ),
    Law(
        name="composition",
        title="Two passes are one",
        group="algebra",
        statement="{op}({op}(x, g{o}), h{o}) == {op}(x, convolve(g, h){o})",
        latex=r"(x \star g) \star h = x \star (g * h)",
        says="Two correlations are one correlation with the full convolution of their kernels, "
        "and so are two convolutions without padding.",
        source="Goodfellow, Bengio & Courville, Deep Learning, section 9.1",
        example=Example({"x": (7,), "g": (3,), "h": (2,)}),
        varies=EVERY,
        defaults=CORRELATION,
        repairs=(
            Repair("round a circle the first kernel must be odd", assume=("len(g) % 2 == 1",)),
            Repair(
                "strides multiply, and the second kernel is spread by the first stride",
                "{op}({op}(x, g, stride={stride}), h, stride={stride})"
                " == {op}(x, convolve(g, dilate(h, {stride})), stride={stride}*{stride})",
            ),
            Repair(
                'padding "same" composes away from the ends',
                _interior("{op}", _BEFORE, _AFTER),
            ),
        ),
        mutants=(
            "correlate(correlate(x, g), h) == correlate(x, correlate(g, h))",
            "correlate(correlate(x, g), h) == correlate(x, flip(convolve(g, h)))",
            (
                'correlate(correlate(x, g, padding="same"), h, padding="same")'
                ' == correlate(x, convolve(g, h), padding="same")'
            ),
        ),
    ),
    Law(
        name="cascade",
        title="Cascade of strides and dilations",
        group="algebra",
        statement="correlate(correlate(x, g, stride=s, dilation=d), h, stride=t, dilation=e)"
        " == correlate(x, convolve(dilate(g, d), dilate(h, e*s)), stride=s*t)",
        latex=r"\bigl((x \star g)_{\downarrow s} \star h\bigr)_{\downarrow t}"
        r" = \bigl(x \star (g * h_{\uparrow s})\bigr)_{\downarrow st}",
        says="Strides multiply, and the second kernel is spread by the first stride: a noble "
        "identity, and the rule by which receptive fields grow.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.2",
        example=Example({"x": (16,), "g": (3,), "h": (2,)}, {"s": 2, "t": 3, "d": 1, "e": 2}),
        mutants=(
            (
                "correlate(correlate(x, g, stride=s), h, stride=t)"
                " == correlate(x, convolve(g, dilate(h, t)), stride=s*t)"
            ),
            (
                "correlate(correlate(x, g, stride=s), h, stride=t)"
                " == correlate(x, convolve(dilate(g, s), h), stride=s*t)"
            ),
            (
                "correlate(correlate(x, g, dilation=d), h, dilation=e)"
                " == correlate(x, convolve(dilate(g, e), dilate(h, d)))"
            ),
        ),
    ),
    Law(
        name="same-interior",
        title="Two passes with padding same are one inside",
        group="algebra",
        statement=_interior("{op}", _BEFORE, _AFTER, "{o}"),
        latex=r"\bigl((x * g)_n * h\bigr)_n[o] = (x * (g * h))_n[o],"
        r"\quad \lfloor\tfrac{k_h - 1}{2}\rfloor \le o < n - \lfloor\tfrac{k_h}{2}\rfloor",
        says='Padding "same" cuts the first output off at the ends, which the second kernel sees '
        "from as far as it reaches. Inside, and no further, the passes compose.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (7,), "g": (3,), "h": (2,)}),
        varies=("op", "boundary"),
        defaults={"op": "correlate"},
        mutants=(
            _interior("correlate", f"max(0, {_BEFORE} - 1)", _AFTER),
            _interior("correlate", _BEFORE, f"max(0, {_AFTER} - 1)"),
            _interior("convolve", _BEFORE, f"max(0, {_AFTER} - 1)"),
            _interior("convolve", _BEFORE, _AFTER, pads=(_BOTH[1], _BOTH[0])),
        ),
    ),
    Law(
        name="distributivity",
        title="Distributivity over inputs",
        group="algebra",
        statement="{op}(x + y, w{o}) == {op}(x, w{o}) + {op}(y, w{o})",
        latex=r"(x + y) * w = x * w + y * w",
        says="A sum of inputs gives the sum of the outputs, whatever the options.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (4,), "y": (4,), "w": (3,)}),
        varies=EVERY,
        mutants=(
            "convolve(x + y, w + w) == convolve(x, w) + convolve(y, w)",
            (
                'convolve(x + y, w, boundary="constant(c)") == convolve(x, w)'
                ' + convolve(y, w, boundary="constant(2*c)")'
            ),
            (
                'convolve(x + y, w, padding="same") == convolve(x, w, padding="same")'
                ' + convolve(y, w, padding="same_lower")'
            ),
        ),
    ),
    Law(
        name="distributivity-kernels",
        title="Distributivity over kernels",
        group="algebra",
        statement="{op}(x, v + w{o}) == {op}(x, v{o}) + {op}(x, w{o})",
        latex=r"x * (v + w) = x * v + x * w",
        says="A sum of kernels gives the sum of the outputs.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (4,), "v": (3,), "w": (3,)}),
        varies=EVERY,
        mutants=(
            "correlate(x, v + w) == correlate(x, v) + correlate(x, flip(w))",
            'correlate(x, v + w) == correlate(x, v) + convolve(x, w, padding="valid")',
        ),
    ),
    Law(
        name="scalar",
        title="Scalars and inputs",
        group="algebra",
        statement="a*{op}(x, w{o}) == {op}(a*x, w{o})",
        latex=r"a (x * w) = (a x) * w",
        says="A factor of the input is a factor of the output.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.2",
        example=Example({"x": (4,), "w": (3,)}),
        varies=EVERY,
        mutants=(
            "a*convolve(x, w) == convolve(a*x, a*w)",
            'a*convolve(x, w, boundary="constant(c)") == convolve(a*x, w, boundary="constant(c)")',
            "a*convolve(x, w) == convolve(-a*x, w)",
        ),
    ),
    Law(
        name="scalar-kernel",
        title="Scalars and kernels",
        group="algebra",
        statement="{op}(a*x, w{o}) == {op}(x, a*w{o})",
        latex=r"(a x) * w = x * (a w)",
        says="It is the same to multiply the input or the kernel by a number.",
        source="University of Birmingham, Neural Computation: Convolutions - Properties",
        example=Example({"x": (4,), "w": (3,)}),
        varies=EVERY,
        mutants=(
            "convolve(a*x, w) == convolve(x, flip(a*w))",
            "convolve(a*x, b*w) == convolve(b*x, a*w + w)",
        ),
    ),
    Law(
        name="bilinearity",
        title="Bilinearity",
        group="algebra",
        statement="{op}(a*x + b*y, c*v + e*w{o}) == a*c*{op}(x, v{o}) + a*e*{op}(x, w{o})"
        " + b*c*{op}(y, v{o}) + b*e*{op}(y, w{o})",
        latex=r"(a x + b y) * (c v + e w)"
        r" = ac\, x * v + ae\, x * w + bc\, y * v + be\, y * w",
        says="Convolution is linear in the input and in the kernel: its gradient is two more "
        "convolutions.",
        source="Lang, Algebra, chapter XIII",
        example=Example({"x": (4,), "y": (4,), "v": (3,), "w": (3,)}),
        varies=("op", "padding"),
        mutants=(
            "convolve(a*x + b*y, c*v + e*w) == a*c*convolve(x, v) + b*e*convolve(y, w)",
            "convolve(x + y, x + y) == convolve(x, x) + convolve(x, y) + convolve(y, y)",
        ),
    ),
    Law(
        name="identity",
        title="The unit impulse",
        group="algebra",
        statement="{op}(x, delta(n){o}) == x",
        latex=r"x * \delta = x",
        says="The impulse at ⌊n/2⌋ gives the input back where padding puts it under the centre: "
        'for even n that is "same" for convolve and "same_lower" for correlate.',
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.3",
        example=Example({"x": (5,)}, {"n": 3}),
        varies=("op", "padding", "dilation"),
        defaults={"padding": "same"},
        repairs=(
            Repair("it holds for impulses of odd length", assume=("n % 2 == 1",)),
            Repair("it holds for the impulse of length 1", assume=("n == 1",)),
            Repair(
                "convolution finds the centre of any impulse",
                'convolve(x, delta(n), padding="same") == x',
            ),
            Repair(
                "correlation finds it with the odd zero in front",
                'correlate(x, delta(n), padding="same_lower") == x',
            ),
            Repair(
                "full padding leaves zeros round the input",
                "convolve(x, delta(n)) == pad(x, floor(n / 2), n - 1 - floor(n / 2))",
            ),
        ),
        mutants=(
            'correlate(x, delta(n), padding="same") == x',
            'convolve(x, delta(n), padding="same_lower") == x',
            'convolve(x, ones(n), padding="same") == x',
            'convolve(x, delta(n), padding="same", dilation=2) == x',
        ),
    ),
    Law(
        name="impulse",
        title="An impulse off the centre",
        group="algebra",
        statement="convolve(x, delta(n), padding=(p, q))"
        " == pad(x, p - n + 1 + floor(n / 2), q - floor(n / 2))",
        latex=r"(x * \delta_c)[o] = x[o - c]",
        says="An impulse only moves the input: padding and its place say how much is padded or "
        "cropped at either end.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.3",
        example=Example({"x": (5,)}, {"n": 4, "p": 1, "q": 3}),
        mutants=(
            (
                "correlate(x, delta(n), padding=(p, q))"
                " == pad(x, p - n + 1 + floor(n / 2), q - floor(n / 2))"
            ),
            (
                "convolve(x, delta(n), padding=(p, q))"
                " == pad(x, q - n + 1 + floor(n / 2), p - floor(n / 2))"
            ),
            "convolve(x, delta(n), padding=(p, q)) == pad(x, p - floor(n / 2), q - floor(n / 2))",
        ),
    ),
    Law(
        name="zero",
        title="Zero",
        group="algebra",
        statement="{op}(x, zeros(len(w)){o}) == 0*{op}(x, w{o})",
        latex=r"x * 0 = 0",
        says="A kernel of zeros gives zeros, of the length that any kernel would give.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.2",
        example=Example({"x": (4,), "w": (3,)}),
        varies=EVERY,
        mutants=(
            "convolve(x, delta(len(w))) == 0*convolve(x, w)",
            "convolve(x, zeros(len(w) + 1)) == 0*convolve(x, w)",
            'convolve(zeros(len(x)), w, boundary="constant(c)") == 0*convolve(x, w)',
        ),
    ),
    Law(
        name="sum-rule",
        title="The sum of a convolution",
        group="algebra",
        statement="sum({op}(x, w{o})) == sum(x)*sum(w)",
        latex=r"\sum_o (x * w)[o] = \Bigl(\sum_i x[i]\Bigr) \Bigl(\sum_t w[t]\Bigr)",
        says="Every pair of an input and a weight meets once: a kernel that sums to 1 keeps the "
        "total. It is the product of two polynomials at 1.",
        source="Bracewell, The Fourier Transform and Its Applications, chapter 6",
        example=Example({"x": (4,), "w": (3,)}),
        varies=EVERY,
        repairs=(
            Repair("full padding keeps all pairs", "sum(convolve(x, w)) == sum(x)*sum(w)"),
            Repair(
                "round a circle every pair meets once",
                'sum({op}(x, w, padding="same", boundary="wrap")) == sum(x)*sum(w)',
            ),
            Repair(
                "without padding every weight meets the inputs that its window stops at",
                "sum(correlate(x, w)) == dot(w, correlate(x, ones(len(x) - len(w) + 1)))",
            ),
        ),
        mutants=(
            'sum(convolve(x, w, padding="same")) == sum(x)*sum(w)',
            "sum(correlate(x, w)) == sum(x)*sum(w)",
            "sum(convolve(x, w, padding=(len(w) - 1, len(w) - 2))) == sum(x)*sum(w)",
        ),
    ),
)
"""The laws of an algebra, in the order of the documentation."""
