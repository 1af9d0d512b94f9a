"""The laws of padding by a constant, which is linear only up to what the constant adds."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

VARIES = ("op", "padding", "stride", "dilation")
C = 'boundary="constant(c)"'

LAWS = (
    Law(
        name="constant-linearity",
        title="Padding by a constant is not linear",
        group="affine",
        statement=f"{{op}}(a*x + b*y, w{{o}}, {C})"
        f" == a*{{op}}(x, w{{o}}, {C}) + b*{{op}}(y, w{{o}}, {C})",
        latex=r"(a x + b y) *_c w \ne a\,(x *_c w) + b\,(y *_c w)",
        says="The constant does not grow with the input. It is linear only where no window reads "
        "padding; otherwise a + b must be 1, or the constant must grow too.",
        source="Boyd & Vandenberghe, Introduction to Applied Linear Algebra, section 2.1",
        example=Example({"x": (4,), "y": (4,), "w": (3,)}),
        varies=VARIES,
        defaults={"padding": "same"},
        repairs=(
            Repair("it holds for kernels of one number", assume=("len(w) == 1",)),
            Repair(
                "the constant grows with the input",
                f'{{op}}(a*x, w{{o}}, boundary="constant(a*c)") == a*{{op}}(x, w{{o}}, {C})',
            ),
            Repair(
                "differences are linear",
                f"{{op}}(x, w{{o}}, {C}) - {{op}}(y, w{{o}}, {C}) == {{op}}(x - y, w{{o}})",
            ),
            Repair(
                "the constant adds one output, that of an input of zeros",
                f"{{op}}(x, w{{o}}, {C}) == {{op}}(x, w{{o}}) + {{op}}(zeros(len(x)), w{{o}}, {C})",
            ),
        ),
        mutants=(
            f"convolve(a*x, w, {C}) == a*convolve(x, w, {C})",
            f"convolve(x + y, w, {C}) == convolve(x, w, {C}) + convolve(y, w, {C})",
        ),
    ),
    Law(
        name="constant-scaling",
        title="The constant grows with the input",
        group="affine",
        statement=f'{{op}}(a*x, w{{o}}, boundary="constant(a*c)") == a*{{op}}(x, w{{o}}, {C})',
        latex=r"(a x) *_{ac} w = a\,(x *_c w)",
        says="Multiply the input and what is padded by one number and the output is multiplied by "
        "it.",
        source="Boyd & Vandenberghe, Introduction to Applied Linear Algebra, section 2.1",
        example=Example({"x": (4,), "w": (3,)}),
        varies=VARIES,
        defaults={"padding": "same"},
        mutants=(
            f"convolve(a*x, w, {C}) == a*convolve(x, w, {C})",
            f'convolve(a*x, w, boundary="constant(a*c)") == convolve(x, w, {C})',
        ),
    ),
    Law(
        name="constant-difference",
        title="Differences under padding by a constant",
        group="affine",
        statement=f"{{op}}(x, w{{o}}, {C}) - {{op}}(y, w{{o}}, {C}) == {{op}}(x - y, w{{o}})",
        latex=r"x *_c w - y *_c w = (x - y) * w",
        says="What the constant adds is the same for every input, so that it cancels: the linear "
        "part is convolution padded by zeros.",
        source="Boyd & Vandenberghe, Introduction to Applied Linear Algebra, section 2.1",
        example=Example({"x": (4,), "y": (4,), "w": (3,)}),
        varies=VARIES,
        defaults={"padding": "same"},
        mutants=(
            f"convolve(x, w, {C}) - convolve(y, w) == convolve(x - y, w)",
            f"convolve(x, w, {C}) - convolve(y, w, {C}) == convolve(x - y, w, {C})",
        ),
    ),
    Law(
        name="constant-kernel",
        title="Padding by a constant is linear in the kernel",
        group="affine",
        statement=f"{{op}}(x, a*v + b*w{{o}}, {C})"
        f" == a*{{op}}(x, v{{o}}, {C}) + b*{{op}}(x, w{{o}}, {C})",
        latex=r"x *_c (a v + b w) = a\,(x *_c v) + b\,(x *_c w)",
        says="Every term has one weight, also those that read the constant.",
        source="Boyd & Vandenberghe, Introduction to Applied Linear Algebra, section 2.1",
        example=Example({"x": (4,), "v": (3,), "w": (3,)}),
        varies=VARIES,
        defaults={"padding": "same"},
        mutants=(
            f'convolve(x, a*w, {C}) == a*convolve(x, w, boundary="constant(a*c)")',
            f"convolve(x, v + w, {C}) == convolve(x, v, {C}) + convolve(x, w)",
        ),
    ),
    Law(
        name="constant-mean",
        title="Averages under padding by a constant",
        group="affine",
        statement=f"{{op}}(a*x + y - a*y, w{{o}}, {C})"
        f" == a*{{op}}(x, w{{o}}, {C}) + {{op}}(y, w{{o}}, {C}) - a*{{op}}(y, w{{o}}, {C})",
        latex=r"(a x + (1 - a) y) *_c w = a\,(x *_c w) + (1 - a)\,(y *_c w)",
        says="Padding by a constant is affine: factors that add up to 1 may be taken out.",
        source="Boyd & Vandenberghe, Introduction to Applied Linear Algebra, section 2.1",
        example=Example({"x": (4,), "y": (4,), "w": (3,)}),
        varies=("op", "padding"),
        defaults={"padding": "same"},
        mutants=(
            (
                f"convolve(a*x + y + a*y, w, {C})"
                f" == a*convolve(x, w, {C}) + convolve(y, w, {C}) + a*convolve(y, w, {C})"
            ),
            f"convolve(a*x - a*y, w, {C}) == a*convolve(x, w, {C}) - a*convolve(y, w)",
        ),
    ),
    Law(
        name="background",
        title="A background of one value",
        group="affine",
        statement=f"{{op}}(x, w{{o}}, {C})"
        ' == {op}(x - c*ones(len(x)), w{o}) + c*{op}(ones(len(x)), w{o}, boundary="constant(1)")',
        latex=r"x *_c w = (x - c) * w + c \sum_t w[t]",
        says="Take the constant off the input, pad by zeros, and add what a field of that constant "
        "gives, the sum of the weights. Zero points of integer arithmetic rest on it.",
        source="Jacob et al., Quantization and Training of Neural Networks for Efficient "
        "Integer-Arithmetic-Only Inference, section 2.3",
        example=Example({"x": (4,), "w": (3,)}),
        varies=("op", "padding", "stride"),
        defaults={"padding": "same"},
        repairs=(
            Repair(
                "a field of one value gives the sum of the weights everywhere",
                'convolve(ones(n), w, boundary="constant(1)") == sum(w)*ones(n + len(w) - 1)',
            ),
        ),
        mutants=(
            f"convolve(x, w, {C}) == convolve(x - c*ones(len(x)), w)",
            f"convolve(x, w, {C}) == convolve(x, w) + c*sum(w)*ones(len(x) + len(w) - 1)",
            "convolve(ones(n), w) == sum(w)*ones(n + len(w) - 1)",
        ),
    ),
)
"""The laws of padding by a constant, in the order of the documentation."""
