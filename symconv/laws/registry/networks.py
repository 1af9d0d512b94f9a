"""The laws of shifts through several layers: strides, pooling, upsampling."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

W = 'boundary="wrap"'
ROUND = f'padding="same", {W}'


def _vgg(before: str, after: str, steps: str = "2*n", boundary: str = "zero") -> str:
    """Return that a layer with padding 1 and a pool of 2 move with the input, but for some ends."""
    turn = "" if boundary == "zero" else f', boundary="{boundary}"'
    left = f"sum_pool(correlate(shift(x, {steps}{turn}), w, padding=1{turn}), 2)"
    right = f"shift(sum_pool(correlate(x, w, padding=1{turn}), 2), n{turn})"
    if before == after == "0":
        return f"{left} == {right}"
    return f"pad({left}, -{before}, -{after}) == pad({right}, -{before}, -{after})"


LAWS = (
    Law(
        name="subsample-shift",
        title="Shifts before and after subsampling",
        group="shifts",
        statement="subsample(shift(x, s*n), s) == shift(subsample(x, s), n)",
        latex=r"{\downarrow_s} S^{sn} = S^n {\downarrow_s}",
        says="Taking every s-th entry turns s steps into one. Shifts in between have no image.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.2",
        example=Example({"x": (7,)}, {"n": 1, "s": 2}),
        mutants=(
            "subsample(shift(x, n), s) == shift(subsample(x, s), n)",
            "subsample(shift(x, s*n + 1), s) == shift(subsample(x, s), n)",
            f"subsample(shift(x, s*n, {W}), s) == shift(subsample(x, s), n, {W})",
        ),
    ),
    Law(
        name="dilate-delay",
        title="Delays before and after spreading",
        group="shifts",
        statement="dilate(pad(x, n, 0), s) == pad(dilate(x, s), s*n, 0)",
        latex=r"{\uparrow_s} S^n = S^{sn} {\uparrow_s}",
        says="Spreading entries s apart turns one step into s.",
        source="Vaidyanathan, Multirate Systems and Filter Banks, section 4.2",
        example=Example({"x": (3,)}, {"n": 1, "s": 2}),
        assume=("n >= 0",),
        mutants=(
            "dilate(pad(x, n, 0), s) == pad(dilate(x, s), n, 0)",
            "dilate(pad(x, s*n, 0), s) == pad(dilate(x, s), n, 0)",
        ),
    ),
    Law(
        name="transposed-delay",
        title="Delays through a transposed convolution",
        group="shifts",
        statement="conv_transpose(pad(y, n, 0), w, stride=s)"
        " == pad(conv_transpose(y, w, stride=s), s*n, 0)",
        latex=r"(S^n y) *_{\uparrow s} w = S^{sn} (y *_{\uparrow s} w)",
        says="Upsampling by a transposed convolution moves the output by a stride for every step "
        "of its input.",
        source="Dumoulin & Visin, A guide to convolution arithmetic for deep learning, chapter 4",
        example=Example({"y": (4,), "w": (3,)}, {"n": 1, "s": 2}),
        assume=("n >= 0",),
        mutants=(
            (
                "conv_transpose(pad(y, n, 0), w, stride=s)"
                " == pad(conv_transpose(y, w, stride=s), n, 0)"
            ),
            (
                "conv_transpose(pad(y, s*n, 0), w, stride=s)"
                " == pad(conv_transpose(y, w, stride=s), n, 0)"
            ),
        ),
    ),
    Law(
        name="down-up",
        title="Downsampling, then upsampling",
        group="shifts",
        statement="dilate(subsample(shift(x, n), {stride}), {stride})"
        " == shift(dilate(subsample(x, {stride}), {stride}), n)",
        latex=r"{\uparrow_s} {\downarrow_s} S^n = S^n {\uparrow_s} {\downarrow_s}",
        says="Downsampling and upsampling keep every s-th entry where it was, so that only shifts "
        "by multiples of s pass through.",
        source="Azulay & Weiss, Why do deep convolutional networks generalize so poorly to small "
        "image transformations?, section 3; University of Birmingham, Neural Computation: "
        "Semantic Segmentation Idea",
        example=Example({"x": (7,)}, {"n": 1}),
        varies=("stride",),
        defaults={"stride": 2},
        repairs=(
            Repair("it holds for multiples of the stride", assume=("n % {stride} == 0",)),
            Repair(
                "it moves by whole strides",
                "dilate(subsample(shift(x, {stride}*n), {stride}), {stride})"
                " == shift(dilate(subsample(x, {stride}), {stride}), {stride}*n)",
            ),
        ),
        mutants=(
            "dilate(subsample(shift(x, n), 2), 2) == shift(dilate(subsample(x, 2), 2), n)",
            "dilate(subsample(shift(x, 2*n), 3), 3) == shift(dilate(subsample(x, 3), 3), 2*n)",
        ),
    ),
    Law(
        name="encoder-decoder",
        title="A layer down and a layer up",
        group="shifts",
        statement="conv_transpose(convolve(pad(x, {stride}*n, 0), w, stride={stride}), v,"
        " stride={stride}) == pad(conv_transpose(convolve(x, w, stride={stride}), v,"
        " stride={stride}), {stride}*n, 0)",
        latex=r"((S^{sn} x * w)_{\downarrow s}) *_{\uparrow s} v"
        r" = S^{sn} \bigl((x * w)_{\downarrow s} *_{\uparrow s} v\bigr)",
        says="A network that goes down by a stride and up again is equivariant for multiples of "
        "that stride.",
        source="Long, Shelhamer & Darrell, Fully Convolutional Networks for Semantic "
        "Segmentation, section 3",
        example=Example({"x": (6,), "w": (3,), "v": (2,)}, {"n": 1}),
        assume=("n >= 0",),
        varies=("stride",),
        defaults={"stride": 2},
        mutants=(
            (
                "conv_transpose(convolve(pad(x, n, 0), w, stride=2), v, stride=2)"
                " == pad(conv_transpose(convolve(x, w, stride=2), v, stride=2), n, 0)"
            ),
            (
                "conv_transpose(correlate(pad(x, 2*n, 0), w, stride=2), v, stride=2)"
                " == pad(conv_transpose(correlate(x, w, stride=2), v, stride=2), 2*n, 0)"
            ),
        ),
    ),
    Law(
        name="fully-convolutional",
        title="A fully convolutional network",
        group="shifts",
        statement=f"correlate(correlate(shift(x, n, {W}), v, {ROUND}), w, {ROUND})"
        f" == shift(correlate(correlate(x, v, {ROUND}), w, {ROUND}), n, {W})",
        latex=r"(S^n x \star v) \star w = S^n \bigl((x \star v) \star w\bigr)",
        says="Layers that are equivariant one by one are so together: round a circle a network of "
        "convolutions without strides moves its output with the input.",
        source="Long, Shelhamer & Darrell, Fully Convolutional Networks for Semantic "
        "Segmentation, section 3",
        example=Example({"x": (5,), "v": (3,), "w": (2,)}, {"n": 1}),
        mutants=(
            (
                f'correlate(correlate(shift(x, n, {W}), v, {ROUND}), w, padding="same")'
                f' == shift(correlate(correlate(x, v, {ROUND}), w, padding="same"), n, {W})'
            ),
            (
                f"correlate(correlate(shift(x, n, {W}), v, {ROUND}), w, {ROUND})"
                f" == correlate(correlate(x, v, {ROUND}), w, {ROUND})"
            ),
        ),
    ),
    Law(
        name="vgg-shift",
        title="Padding 1 and pooling by 2, as in VGG",
        group="shifts",
        statement=_vgg("0", "0"),
        latex=r"P_2\bigl((S^{2n} x) \star w\bigr) \ne S^n P_2(x \star w)",
        says="Three weights, zeros at both ends, pooling by 2 (its sum, which is linear): not "
        "equivariant, even for shifts by 2, because of the zeros.",
        source="Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image "
        "Recognition, section 2; University of Birmingham, Neural Computation: Case study VGG16",
        example=Example({"x": (8,), "w": (3,)}, {"n": 1}),
        assume=("len(w) == 3",),
        repairs=(
            Repair("shifts forward reach all but the ends", _vgg("n", "1"), ("n >= 0",)),
            Repair(
                "it holds round a circle of even length",
                _vgg("0", "0", boundary="wrap"),
                ("len(x) % 2 == 0",),
            ),
            Repair(
                "it holds for an input with room at both ends",
                _vgg("0", "0").replace("(x", "(pad(x, p, p)"),
                ("n >= 0", "2*n + 2 <= p"),
            ),
        ),
        mutants=(_vgg("n", "0"), _vgg("0", "1"), _vgg("n", "1", "n")),
    ),
    Law(
        name="max-pool-shift",
        title="Shifts through max pooling",
        group="shifts",
        statement='max_pool(shift(x, {stride}*n, boundary="wrap"), {stride})'
        ' == shift(max_pool(x, {stride}), n, boundary="wrap")',
        latex=r"\max_{s} S^{sn} x = S^n \max_{s} x",
        says="Max pooling moves by one step for every window of the input, as sums do; a shift "
        "by less than a window changes what the windows hold.",
        source="Zhang, Making Convolutional Networks Shift-Invariant Again, section 3",
        example=Example({"x": (6,)}, {"n": 1}),
        assume=("len(x) % {stride} == 0",),
        algebra="max-plus",
        varies=("stride",),
        defaults={"stride": 2},
        mutants=(
            f"max_pool(shift(x, n, {W}), 2) == shift(max_pool(x, 2), n, {W})",
            f"max_pool(shift(x, n, {W}), 2) == max_pool(x, 2)",
        ),
    ),
    Law(
        name="shifted-impulse",
        title="A shift is a convolution",
        group="shifts",
        statement="convolve(x, pad(delta(1), n, m)) == pad(x, n, m)",
        latex=r"x * \delta_n = S^n x",
        says="To move the input is to convolve it with an impulse that is moved. So a shift passes "
        "through a convolution because convolutions associate and commute.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.3",
        example=Example({"x": (4,)}, {"n": 1, "m": 2}),
        assume=("n >= 0", "m >= 0"),
        mutants=(
            "convolve(x, pad(delta(1), n, m)) == pad(x, m, n)",
            'correlate(x, pad(delta(1), n, m), padding="full") == pad(x, n, m)',
        ),
    ),
    Law(
        name="kernel-delay",
        title="A delayed kernel",
        group="shifts",
        statement="convolve(x, pad(w, n, 0)) == convolve(pad(x, n, 0), w)",
        latex=r"x * (S^n w) = (S^n x) * w",
        says="It does not matter which of the two is moved.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (4,), "w": (3,)}, {"n": 2}),
        assume=("n >= 0",),
        repairs=(
            Repair(
                "a correlation moves the other way with its kernel",
                'correlate(x, pad(w, 0, n), padding="full")'
                ' == correlate(pad(x, n, 0), w, padding="full")',
            ),
        ),
        mutants=(
            (
                'correlate(x, pad(w, n, 0), padding="full")'
                ' == correlate(pad(x, n, 0), w, padding="full")'
            ),
            "convolve(x, pad(w, n, 0)) == convolve(pad(x, 0, n), w)",
        ),
    ),
)
"""The laws of shifts through several layers, in the order of the documentation."""
