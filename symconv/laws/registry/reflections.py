"""The laws of turning round: correlation against convolution, and what is even or odd."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

OPTIONS = ("padding", "boundary", "stride", "dilation")
EVERY = ("op", *OPTIONS)

_EVEN = "(ceil(len(x) / {stride}) - 1)*{stride} + len(w)"

LAWS = (
    Law(
        name="flip-duality",
        title="Correlation is convolution with the flipped kernel",
        group="reflections",
        statement="correlate(x, w{o}) == convolve(x, flip(w){o})",
        latex=r"x \star w = x * \overleftarrow{w}",
        says="The two differ by the order of the kernel and by nothing else, whatever the options.",
        source="Goodfellow, Bengio & Courville, Deep Learning, section 9.1",
        example=Example({"x": (5,), "w": (3,)}),
        varies=OPTIONS,
        defaults={"padding": "valid"},
        mutants=(
            'correlate(x, w) == convolve(x, w, padding="valid")',
            'correlate(x, w) == convolve(flip(x), flip(w), padding="valid")',
            "correlate(x, w) == convolve(x, flip(w))",
            'correlate(x, w, padding="same") == convolve(x, flip(w), padding="same_lower")',
        ),
    ),
    Law(
        name="two-sums",
        title="Both forms of the sum",
        group="reflections",
        statement='convolve(f, g) == correlate(f, flip(g), padding="full")',
        latex=r"(f * g)(t) = \sum_k f(t - k)\, g(k) = \sum_k f(t + k)\, g(-k)",
        says="With k for -k the sum reads the kernel from its other end: the same numbers are "
        "added up.",
        source="University of Birmingham, Neural Computation: Convolutions - Properties",
        example=Example({"f": (5,), "g": (3,)}),
        mutants=(
            'convolve(f, g) == correlate(f, g, padding="full")',
            'convolve(f, g) == correlate(flip(f), g, padding="full")',
            "convolve(f, g) == correlate(f, flip(g), padding=(len(g), len(g) - 2))",
        ),
    ),
    Law(
        name="weighted-average",
        title="A weighted average is a convolution",
        group="reflections",
        statement="correlate(x, g, padding=m) == pad(convolve(x, flip(g)), -m, -m)",
        latex=r"s(t) = \sum_{k=-m}^{m} x(t + k)\, g(k) = (x * \overleftarrow{g})(t)",
        says="Weights that slide over the input without being flipped are the middle of the "
        "convolution with the flipped weights.",
        source="University of Birmingham, Neural Computation: "
        "Weighted Average Smoothing is Convolution",
        example=Example({"x": (6,), "g": (5,)}, {"m": 2}),
        assume=("len(g) == 2*m + 1",),
        repairs=(
            Repair(
                "weights that are the same from both ends need no flip",
                "correlate(x, g + flip(g), padding=m) == pad(convolve(x, g + flip(g)), -m, -m)",
            ),
        ),
        mutants=(
            "correlate(x, g, padding=m) == pad(convolve(x, g), -m, -m)",
            "correlate(x, g, padding=m) == pad(convolve(x, flip(g)), 1 - m, -m - 1)",
            "correlate(x, g, padding=m) == convolve(x, g, padding=m)",
        ),
    ),
    Law(
        name="exchange",
        title="Operands of a correlation change places",
        group="reflections",
        statement='correlate(f, g, padding="full") == flip(correlate(g, f, padding="full"))',
        latex=r"(f \star g)[o] = (g \star f)[-o]",
        says="Correlation does not commute: the other order gives the same numbers backwards.",
        source="Bracewell, The Fourier Transform and Its Applications, chapter 3",
        example=Example({"f": (4,), "g": (3,)}),
        mutants=(
            'correlate(f, g, padding="full") == correlate(g, f, padding="full")',
            "correlate(f, g) == flip(correlate(g, f))",
            (
                'correlate(f, g, padding="full", stride=2)'
                ' == flip(correlate(g, f, padding="full", stride=2))'
            ),
        ),
    ),
    Law(
        name="autocorrelation",
        title="An autocorrelation is even",
        group="reflections",
        statement='correlate(x, x, padding="full") == flip(correlate(x, x, padding="full"))',
        latex=r"(x \star x)[o] = (x \star x)[-o]",
        says="An input correlated with itself reads the same from both ends; it is the convolution "
        "with its own reflection.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.10",
        example=Example({"x": (4,)}),
        mutants=(
            "convolve(x, x) == flip(convolve(x, x))",
            'correlate(x, x, padding="same") == flip(correlate(x, x, padding="same"))',
        ),
    ),
    Law(
        name="reversal",
        title="Everything turned round",
        group="reflections",
        statement="flip({op}(x, w{o})) == {op}(flip(x), flip(w){o})",
        latex=r"\overleftarrow{x * w} = \overleftarrow{x} * \overleftarrow{w}",
        says="Flip input and kernel and the output is flipped, if padding is the same at both ends "
        "and the last window ends where the padded input does.",
        source="Bracewell, The Fourier Transform and Its Applications, chapter 3",
        example=Example({"x": (5,), "w": (3,)}),
        varies=EVERY,
        repairs=(
            Repair("it holds for kernels of odd length", assume=("len(w) % 2 == 1",)),
            Repair(
                "it holds where the stride ends with the input",
                assume=("(len(x) - len(w)) % {stride} == 0",),
            ),
            Repair(
                "it holds where the stride ends with full padding",
                assume=("(len(x) + len(w) - 2) % {stride} == 0",),
            ),
            Repair(
                "it holds where an even number of entries is padded",
                assume=(f"len(x) <= {_EVEN}", f"({_EVEN} - len(x)) % 2 == 0"),
            ),
            Repair(
                "the odd one at the end comes to the front",
                'flip({op}(x, w, padding="same", boundary="{boundary}"))'
                ' == {op}(flip(x), flip(w), padding="same_lower", boundary="{boundary}")',
            ),
        ),
        mutants=(
            "flip(convolve(x, w)) == convolve(flip(x), w)",
            "flip(correlate(x, w)) == correlate(x, flip(w))",
            'flip(convolve(x, w, padding="same")) == convolve(flip(x), flip(w), padding="same")',
            "flip(correlate(x, w, stride=2)) == correlate(flip(x), flip(w), stride=2)",
        ),
    ),
    Law(
        name="even-kernel",
        title="Even kernels",
        group="reflections",
        statement="correlate(x, w + flip(w){o}) == convolve(x, w + flip(w){o})",
        latex=r"w = \overleftarrow{w} \implies x \star w = x * w",
        says="A kernel that reads the same from both ends makes correlation and convolution one. "
        "Every such kernel is half of w + flip(w).",
        source="Gonzalez & Woods, Digital Image Processing, section 3.4",
        example=Example({"x": (5,), "w": (3,)}),
        varies=("padding", "stride", "dilation"),
        defaults={"padding": "same"},
        mutants=(
            "correlate(x, w + flip(w)) == convolve(x, w + flip(w))",
            'correlate(x, w - flip(w)) == convolve(x, w - flip(w), padding="valid")',
            'correlate(x, w + w, padding="same") == convolve(x, w + w, padding="same")',
        ),
    ),
    Law(
        name="odd-kernel",
        title="Odd kernels",
        group="reflections",
        statement="correlate(x, w - flip(w){o}) == -convolve(x, w - flip(w){o})",
        latex=r"w = -\overleftarrow{w} \implies x \star w = -(x * w)",
        says="A kernel that turns its sign when it is flipped, as a derivative does, makes "
        "correlation and convolution differ by the sign.",
        source="Gonzalez & Woods, Digital Image Processing, section 3.4",
        example=Example({"x": (5,), "w": (3,)}),
        varies=("padding", "stride", "dilation"),
        defaults={"padding": "same"},
        mutants=(
            'correlate(x, w - flip(w), padding="same") == convolve(x, w - flip(w), padding="same")',
            'correlate(x, w + flip(w)) == -convolve(x, w + flip(w), padding="valid")',
        ),
    ),
    Law(
        name="even-output",
        title="Even input, even kernel",
        group="reflections",
        statement="{op}(x + flip(x), w + flip(w){o}) == flip({op}(x + flip(x), w + flip(w){o}))",
        latex=r"x = \overleftarrow{x},\; w = \overleftarrow{w}"
        r" \implies x * w = \overleftarrow{x * w}",
        says="What reads the same from both ends stays so under an even kernel, if both ends are "
        "padded alike.",
        source="Bracewell, The Fourier Transform and Its Applications, chapter 2",
        example=Example({"x": (5,), "w": (3,)}),
        varies=("op", "padding"),
        repairs=(Repair("it holds for kernels of odd length", assume=("len(w) % 2 == 1",)),),
        mutants=(
            "convolve(x + flip(x), w) == flip(convolve(x + flip(x), w))",
            (
                'convolve(x + flip(x), w + flip(w), padding="same")'
                ' == flip(convolve(x + flip(x), w + flip(w), padding="same"))'
            ),
        ),
    ),
    Law(
        name="odd-output",
        title="Odd input, odd kernel",
        group="reflections",
        statement="convolve(x - flip(x), w - flip(w)) == flip(convolve(x - flip(x), w - flip(w)))",
        latex=r"x = -\overleftarrow{x},\; w = -\overleftarrow{w}"
        r" \implies x * w = \overleftarrow{x * w}",
        says="Two signs cancel: odd with odd is even, and odd with even is odd.",
        source="Bracewell, The Fourier Transform and Its Applications, chapter 2",
        example=Example({"x": (4,), "w": (3,)}),
        mutants=(
            "convolve(x - flip(x), w - flip(w)) == -flip(convolve(x - flip(x), w - flip(w)))",
            "convolve(x - flip(x), w + flip(w)) == flip(convolve(x - flip(x), w + flip(w)))",
        ),
    ),
)
"""The laws of turning round, in the order of the documentation."""
