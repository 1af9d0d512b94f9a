"""The laws of an algebra: what convolution has in common with the product of polynomials."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

EVERY = ("op", "padding", "boundary", "stride", "dilation")

LAWS = (
    Law(
        name="commutativity",
        title="Commutativity",
        group="algebra",
        statement="{op}(x, w{o}) == {op}(w, x{o})",
        latex=r"x * w = w * x",
        says="Input and kernel may change places.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.3",
        example=Example({"x": (3,), "w": (2,)}),
        varies=EVERY,
        repairs=(
            Repair("it holds for inputs and kernels of one length", assume=("len(x) == len(w)",)),
            Repair(
                "full convolution commutes",
                "convolve(x, w) == convolve(w, x)",
            ),
            Repair(
                "full correlation is reversed when its operands change places",
                'correlate(x, w, padding="full") == flip(correlate(w, x, padding="full"))',
            ),
        ),
        mutants=(
            'correlate(x, w, padding="full") == correlate(w, x, padding="full")',
            "convolve(x, w, padding=(len(w) - 1, len(w))) == convolve(w, x)",
        ),
    ),
)
