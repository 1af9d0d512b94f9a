"""Convolution as matrices: Toeplitz, products over the axes, and the vec of a product."""

from __future__ import annotations

from symconv.laws.law import Example, Law

OPTIONS = ("padding", "boundary", "stride", "dilation")
EVERY = ("op", *OPTIONS)

LAWS = (
    Law(
        name="toeplitz",
        title="Correlation as a Toeplitz matrix",
        group="matrices",
        statement="correlate(x, w{o}) == matmul(toeplitz(w, len(x){o}), x)",
        latex=r"x \star w = T(w)\, x, \quad T(w)[o, i] = w[i - o + b]",
        says="Row o holds the kernel where its window stops; a stride moves it by more in every "
        "row, and a boundary folds it back.",
        source="Gray, Toeplitz and Circulant Matrices: A Review, section 1.2",
        example=Example({"x": (5,), "w": (3,)}),
        ranks={"x": 1, "w": 1},
        varies=OPTIONS,
        defaults={"padding": "valid"},
        mutants=(
            "correlate(x, w) == matmul(toeplitz(w, len(x), flip=True), x)",
            "correlate(x, w, stride=2) == matmul(toeplitz(w, len(x), dilation=2), x)",
            (
                'correlate(x, w, padding="same")'
                ' == matmul(toeplitz(w, len(x), padding="same_lower"), x)'
            ),
        ),
    ),
    Law(
        name="toeplitz-flip",
        title="Convolution as a Toeplitz matrix",
        group="matrices",
        statement="convolve(x, w{o}) == matmul(toeplitz(w, len(x), flip=True{o}), x)",
        latex=r"x * w = T(\overleftarrow{w})\, x, \quad T(\overleftarrow{w})[o, i] = w[o - i]",
        says="For full convolution every column is the kernel, one row further down.",
        source="Golub & Van Loan, Matrix Computations, section 4.7",
        example=Example({"x": (4,), "w": (3,)}),
        ranks={"x": 1, "w": 1},
        varies=OPTIONS,
        mutants=(
            'convolve(x, w) == matmul(toeplitz(w, len(x), padding="full"), x)',
            (
                "convolve(x, w) == matmul("
                "toeplitz(w, len(x), flip=True, padding=(len(w) - 1, len(w) - 2)), x)"
            ),
        ),
    ),
    Law(
        name="toeplitz-product",
        title="The product of Toeplitz matrices",
        group="matrices",
        statement="matmul(toeplitz(h, n - len(g) + 1), toeplitz(g, n))"
        " == toeplitz(convolve(g, h), n)",
        latex=r"T(h)\, T(g) = T(g * h)",
        says="Matrices multiply as their kernels convolve: two layers without padding are one.",
        source="Gray, Toeplitz and Circulant Matrices: A Review, section 4.3",
        example=Example({"g": (3,), "h": (2,)}, {"n": 7}),
        ranks={"g": 1, "h": 1},
        mutants=(
            "matmul(toeplitz(h, n - len(g) + 1), toeplitz(g, n)) == toeplitz(correlate(g, h), n)",
            (
                'matmul(toeplitz(h, n, padding="same"), toeplitz(g, n, padding="same"))'
                ' == toeplitz(convolve(g, h), n, padding="same")'
            ),
        ),
    ),
    Law(
        name="circulants-commute",
        title="Circulant matrices commute",
        group="matrices",
        statement='matmul(toeplitz(g, n, padding="same", boundary="wrap"),'
        ' toeplitz(h, n, padding="same", boundary="wrap"))'
        ' == matmul(toeplitz(h, n, padding="same", boundary="wrap"),'
        ' toeplitz(g, n, padding="same", boundary="wrap"))',
        latex=r"C(g)\, C(h) = C(h)\, C(g)",
        says="Round a circle the order of two layers does not matter; with zeros at the ends it "
        "does.",
        source="Gray, Toeplitz and Circulant Matrices: A Review, section 3.1",
        example=Example({"g": (3,), "h": (2,)}, {"n": 5}),
        ranks={"g": 1, "h": 1},
        mutants=(
            (
                'matmul(toeplitz(g, n, padding="same"), toeplitz(h, n, padding="same"))'
                ' == matmul(toeplitz(h, n, padding="same"), toeplitz(g, n, padding="same"))'
            ),
            (
                'matmul(toeplitz(g, n, padding="same", boundary="reflect"),'
                ' toeplitz(h, n, padding="same", boundary="reflect"))'
                ' == matmul(toeplitz(h, n, padding="same", boundary="reflect"),'
                ' toeplitz(g, n, padding="same", boundary="reflect"))'
            ),
        ),
    ),
    Law(
        name="separability",
        title="Separable kernels",
        group="matrices",
        statement="convolve(x, outer(u, v){o})"
        " == convolve(convolve(x, outer(u, ones(1)){o}), outer(ones(1), v){o})",
        latex=r"x * (u v^{\mathsf T}) = (x * u) * v^{\mathsf T}",
        says="A kernel that is a column times a row is two passes, one along each axis: "
        "k + l products for an output instead of k l.",
        source="Gonzalez & Woods, Digital Image Processing, section 3.4",
        example=Example({"x": (5, 4), "u": (3,), "v": (2,)}),
        ranks={"x": 2, "u": 1, "v": 1},
        varies=("padding", "boundary"),
        mutants=(
            (
                "convolve(x, outer(u, v))"
                " == convolve(convolve(x, outer(u, ones(1))), outer(v, ones(1)))"
            ),
            (
                "convolve(x, outer(u, v), stride=2) == convolve("
                "convolve(x, outer(u, ones(1)), stride=2), outer(ones(1), v), stride=2)"
            ),
        ),
    ),
    Law(
        name="outer-product",
        title="Separable inputs",
        group="matrices",
        statement="{op}(outer(a, b), outer(u, v){o}) == outer({op}(a, u{o}), {op}(b, v{o}))",
        latex=r"(a b^{\mathsf T}) * (u v^{\mathsf T}) = (a * u)(b * v)^{\mathsf T}",
        says="Axes do not meet: a convolution of products is the product of the convolutions, "
        "with every option.",
        source="Gonzalez & Woods, Digital Image Processing, section 3.4",
        example=Example({"a": (5,), "b": (4,), "u": (3,), "v": (2,)}),
        ranks={"a": 1, "b": 1, "u": 1, "v": 1},
        varies=("op", "padding", "stride"),
        mutants=(
            "convolve(outer(a, b), outer(u, v)) == outer(convolve(a, v), convolve(b, u))",
            "convolve(outer(a, b), outer(u, v)) == outer(convolve(a, u), correlate(b, v))",
        ),
    ),
    Law(
        name="vec-kronecker",
        title="The vec of a product",
        group="matrices",
        statement="vec(matmul(matmul(a, x), b)) == matmul(kron(transpose(b), a), vec(x))",
        latex=r"\operatorname{vec}(A X B) = (B^{\mathsf T} \otimes A) \operatorname{vec}(X)",
        says="vec writes the columns of a matrix below one another; products from both sides "
        "become one matrix.",
        source="Horn & Johnson, Topics in Matrix Analysis, lemma 4.3.1",
        example=Example({"a": (2, 3), "x": (3, 4), "b": (4, 5)}),
        ranks={"a": 2, "x": 2, "b": 2},
        mutants=(
            "vec(matmul(matmul(a, x), b)) == matmul(kron(b, a), vec(x))",
            "vec(matmul(matmul(a, x), b)) == matmul(kron(a, transpose(b)), vec(x))",
        ),
    ),
    Law(
        name="kronecker-transpose",
        title="Gradient by Kronecker products: the transpose",
        group="matrices",
        statement="matmul(v, kron(transpose(f), identity(h))) == matmul(kron(f, identity(h)), v)",
        latex=r"\frac{\partial z}{\partial \operatorname{vec}(y)^{\mathsf T}}"
        r"(F^{\mathsf T} \otimes I)"
        r" = \Bigl((F \otimes I) \frac{\partial z}{\partial \operatorname{vec}(y)}"
        r"\Bigr)^{\mathsf T}",
        says="A row times a matrix is the transposed matrix times the column, and the factors of a "
        "Kronecker product are transposed one by one.",
        source="Wu, Introduction to Convolutional Neural Networks (2017); "
        "SuperDataScience, Deep Learning A-Z: Convolution",
        example=Example({"v": (6,), "f": (4, 3)}, {"h": 2}),
        ranks={"v": 1, "f": 2},
        mutants=(
            "matmul(v, kron(transpose(f), identity(h))) == matmul(kron(identity(h), f), v)",
            "matmul(v, kron(f, identity(h))) == matmul(kron(f, identity(h)), v)",
        ),
    ),
    Law(
        name="kronecker-vec",
        title="Gradient by Kronecker products: the vec",
        group="matrices",
        statement="matmul(kron(f, identity(len(y, 0))), vec(y))"
        " == vec(matmul(matmul(identity(len(y, 0)), y), transpose(f)))",
        latex=r"(F \otimes I) \operatorname{vec}\Bigl(\frac{\partial z}{\partial Y}\Bigr)"
        r" = \operatorname{vec}\Bigl(I \frac{\partial z}{\partial Y} F^{\mathsf T}\Bigr)",
        says="The vec of a product, read backwards.",
        source="Wu, Introduction to Convolutional Neural Networks (2017); "
        "SuperDataScience, Deep Learning A-Z: Convolution",
        example=Example({"y": (2, 3), "f": (4, 3)}),
        ranks={"y": 2, "f": 2},
        mutants=(
            "matmul(kron(identity(len(y, 0)), f), vec(y)) == vec(matmul(y, transpose(f)))",
            "matmul(kron(f, identity(len(y, 0))), vec(y)) == vec(matmul(f, transpose(y)))",
        ),
    ),
    Law(
        name="kronecker-unit",
        title="Gradient by Kronecker products: the unit matrix",
        group="matrices",
        statement="vec(matmul(matmul(identity(len(y, 0)), y), transpose(f)))"
        " == vec(matmul(y, transpose(f)))",
        latex=r"\operatorname{vec}\Bigl(I \frac{\partial z}{\partial Y} F^{\mathsf T}\Bigr)"
        r" = \operatorname{vec}\Bigl(\frac{\partial z}{\partial Y} F^{\mathsf T}\Bigr)",
        says="The unit matrix, which stands for one row of the input for every row of the output, "
        "is left out.",
        source="Wu, Introduction to Convolutional Neural Networks (2017); "
        "SuperDataScience, Deep Learning A-Z: Convolution",
        example=Example({"y": (2, 3), "f": (4, 3)}),
        ranks={"y": 2, "f": 2},
        mutants=(
            (
                "vec(matmul(matmul(ones(len(y, 0), len(y, 0)), y), transpose(f)))"
                " == vec(matmul(y, transpose(f)))"
            ),
            "vec(matmul(y, transpose(f))) == vec(matmul(f, transpose(y)))",
        ),
    ),
    Law(
        name="kronecker-gradient",
        title="Gradient by Kronecker products: the result",
        group="matrices",
        statement="matmul(vec(y), kron(transpose(f), identity(len(y, 0))))"
        " == vec(matmul(y, transpose(f)))",
        latex=r"\frac{\partial z}{\partial \operatorname{vec}(y)^{\mathsf T}}"
        r"(F^{\mathsf T} \otimes I)"
        r" = \operatorname{vec}\Bigl(\frac{\partial z}{\partial Y} F^{\mathsf T}"
        r"\Bigr)^{\mathsf T}",
        says="From the first line to the last: the gradient of the columns of an input is the "
        "gradient of the output times the transposed kernels.",
        source="Wu, Introduction to Convolutional Neural Networks (2017); "
        "SuperDataScience, Deep Learning A-Z: Convolution",
        example=Example({"y": (2, 3), "f": (4, 3)}),
        ranks={"y": 2, "f": 2},
        mutants=(
            (
                "matmul(vec(y), kron(transpose(f), identity(len(y, 0))))"
                " == vec(matmul(f, transpose(y)))"
            ),
            (
                "matmul(vec(y), kron(identity(len(y, 0)), transpose(f)))"
                " == vec(matmul(y, transpose(f)))"
            ),
        ),
    ),
)
"""Convolution as matrices, in the order of the documentation."""
