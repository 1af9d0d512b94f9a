"""The laws of steps: strides, dilations, subsampling and upsampling, and how they change places."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

MULTIRATE = "Vaidyanathan, Multirate Systems and Filter Banks (1993), section 4.2"
ATROUS = "Chen et al., DeepLab (2018), section 3.1"
TWO_PHASES = "correlate(x, w, stride=2) == correlate(subsample(x, 2), subsample(w, 2)) + "
ODD_X, ODD_W = "subsample(pad(x, -1, 0), 2)", "subsample(pad(w, -1, 0), 2)"

LAWS = (
    Law(
        name="dilation-as-zeros",
        title="Dilation is a kernel stuffed with zeros",
        group="steps",
        statement="{op}(x, w{o}, dilation=d) == {op}(x, dilate(w, d){o})",
        latex=r"w \star_d x = (\uparrow_d w) \star x",
        says="A dilated kernel is one with d - 1 zeros between its taps.",
        source="Yu & Koltun, Multi-Scale Context Aggregation by Dilated Convolutions (2016)",
        example=Example({"x": (7,), "w": (3,)}, {"d": 2}),
        varies=("op", "padding", "boundary", "stride"),
        mutants=(
            "convolve(x, w, dilation=d) == convolve(dilate(x, d), w)",
            "convolve(x, w, dilation=d) == convolve(x, dilate(w, d - 1))",
            "convolve(x, w, dilation=d) == subsample(convolve(x, w), d)",
        ),
    ),
    Law(
        name="input-dilation-as-zeros",
        title="Input dilation is an input stuffed with zeros",
        group="steps",
        statement="{op}(x, w{o}, input_dilation=m) == {op}(dilate(x, m), w{o})",
        latex=r"w \star^m x = w \star (\uparrow_m x)",
        says="A dilated input is one with m - 1 zeros between its entries, none behind the last.",
        source="StableHLO specification, convolution: lhs_dilation",
        example=Example({"x": (4,), "w": (3,)}, {"m": 2}),
        varies=("op", "padding", "boundary"),
        mutants=(
            "convolve(x, w, input_dilation=m) == convolve(pad(dilate(x, m), 0, m - 1), w)",
            "convolve(x, w, input_dilation=m) == convolve(x, w, dilation=m)",
            (
                'correlate(x, w, padding="same", input_dilation=m) '
                '== dilate(correlate(x, w, padding="same"), m)'
            ),
        ),
    ),
    Law(
        name="stride-as-subsampling",
        title="A stride is subsampling",
        group="steps",
        statement="{op}(x, w, padding=(p, q), stride=s*t, dilation=d, input_dilation=m) "
        "== subsample({op}(x, w, padding=(p, q), stride=s, dilation=d, input_dilation=m), t)",
        latex=r"\downarrow_{st} (w \star x) = \downarrow_t \downarrow_s (w \star x)",
        says="A strided layer keeps every s-th output, the first among them.",
        source=MULTIRATE,
        example=Example({"x": (9,), "w": (4,)}, {"p": 1, "q": 0, "s": 2, "t": 3, "d": 1, "m": 1}),
        varies=("op",),
        mutants=(
            (
                "correlate(x, w, padding=(p, q), stride=s) "
                "== correlate(subsample(x, s), w, padding=(p, q))"
            ),
            (
                "correlate(x, w, padding=(p, q), stride=s*t) "
                "== subsample(correlate(x, w, padding=(p, q), stride=s), s)"
            ),
            (
                "correlate(x, w, padding=(p, q), stride=s) "
                "== subsample(pad(correlate(x, w, padding=(p, q)), -1, 0), s)"
            ),
        ),
    ),
    Law(
        name="named-padding-and-stride",
        title="A stride under named padding",
        group="steps",
        statement="{op}(x, w{o}, stride=s) == subsample({op}(x, w{o}), s)",
        latex=r"w \star_s x = \downarrow_s (w \star x)",
        says="Same padding depends on the stride, so that a strided layer does not keep "
        "every s-th output of the layer without a stride.",
        source="ONNX operator specification, Conv: auto_pad",
        example=Example({"x": (5,), "w": (3,)}, {"s": 2}),
        varies=("op", "padding", "boundary"),
        repairs=(
            Repair(
                "the last stride ends at the last input",
                assume=("(ceil(len(x) / s) - 1)*s == len(x) - 1",),
            ),
        ),
        mutants=(
            (
                'correlate(x, w, padding="same", stride=s) '
                '== subsample(correlate(x, w, padding="same"), s)'
            ),
            (
                'correlate(x, w, padding="same", stride=s) '
                '== subsample(correlate(x, w, padding="same_lower"), s)'
            ),
        ),
    ),
    Law(
        name="one-tap-stride",
        title="Striding before or after",
        group="steps",
        statement="correlate(x, w, stride=s) == correlate(subsample(x, s), w)",
        latex=r"\downarrow_s (w \star x) = w \star \downarrow_s x",
        says="The inputs between the strides may be dropped first only for a kernel of one tap.",
        source="XLA, algebraic_simplifier.cc: strided 1x1 convolutions",
        example=Example({"x": (7,), "w": (1,)}, {"s": 3}),
        repairs=(
            Repair("for a kernel of one tap", assume=("len(w) == 1",)),
            Repair("without a stride", assume=("s == 1",)),
            Repair(
                "with a dilation by the stride",
                "correlate(x, w, stride=s, dilation=s) == correlate(subsample(x, s), w)",
            ),
        ),
        mutants=(
            "correlate(x, ones(1), stride=s) == correlate(subsample(x, s + 1), ones(1))",
            "correlate(x, w, stride=s, dilation=s) == correlate(subsample(x, s), w, dilation=s)",
        ),
    ),
    Law(
        name="noble-subsampling",
        title="The first noble identity",
        group="steps",
        statement="{op}(subsample(x, s), w, padding=(p, q), dilation=d) "
        "== subsample({op}(x, w, padding=(s*p, s*q), dilation=s*d), s)",
        latex=r"w \star \downarrow_s x = \downarrow_s ((\uparrow_s w) \star x)",
        says="A filter behind a subsampler is the filter dilated by s in front of it.",
        source=MULTIRATE,
        example=Example({"x": (9,), "w": (3,)}, {"p": 1, "q": 0, "s": 2, "d": 1}),
        varies=("op",),
        mutants=(
            (
                "correlate(subsample(x, s), w, padding=(p, q)) "
                "== subsample(correlate(x, w, padding=(s*p, s*q)), s)"
            ),
            (
                "correlate(subsample(x, s), w, padding=(p, q)) "
                "== subsample(correlate(x, w, padding=(p, q), dilation=s), s)"
            ),
        ),
    ),
    Law(
        name="noble-upsampling",
        title="The second noble identity",
        group="steps",
        statement="dilate({op}(x, w, padding=(p, q), dilation=d), s) "
        "== {op}(dilate(x, s), w, padding=(s*p, s*q), dilation=s*d)",
        latex=r"\uparrow_s (w \star x) = (\uparrow_s w) \star (\uparrow_s x)",
        says="A filter in front of an upsampler is the filter dilated by s behind it.",
        source=MULTIRATE,
        example=Example({"x": (5,), "w": (3,)}, {"p": 1, "q": 0, "s": 2, "d": 1}),
        varies=("op",),
        mutants=(
            (
                "dilate(correlate(x, w, padding=(p, q)), s) "
                "== correlate(dilate(x, s), w, padding=(s*p, s*q))"
            ),
            (
                "dilate(correlate(x, w, padding=(p, q)), s) "
                "== correlate(dilate(x, s), w, padding=(p, q), dilation=s)"
            ),
        ),
    ),
    Law(
        name="space-to-batch",
        title="A dilated layer by phases",
        group="steps",
        statement="subsample(pad(correlate(x, w, dilation=d), -r, 0), d) "
        "== correlate(subsample(pad(x, -r, 0), d), w)",
        latex=r"(w \star_d x)_{d o + r} = (w \star x^{(r)})_o, \quad x^{(r)}_j = x_{d j + r}",
        says="Every d-th output of a dilated layer is a layer without dilation "
        "on every d-th input: the phases can be computed side by side.",
        source="TensorFlow documentation, tf.nn.atrous_conv2d; " + ATROUS,
        example=Example({"x": (9,), "w": (3,)}, {"d": 2, "r": 1}),
        assume=("r >= 0",),
        mutants=(
            (
                "subsample(pad(correlate(x, w, dilation=d), -r, 0), d) "
                "== correlate(subsample(x, d), w)"
            ),
            (
                "subsample(pad(correlate(x, w, dilation=d), -r, 0), d) "
                "== correlate(subsample(pad(x, -r, 0), d), w, dilation=d)"
            ),
        ),
    ),
    Law(
        name="two-phases-of-dilation",
        title="A dilated layer from two layers",
        group="steps",
        statement="correlate(x, w, dilation=2) "
        "== pad(dilate(correlate(subsample(x, 2), w), 2), 0, (len(x) + 1) % 2) "
        "+ pad(dilate(correlate(" + ODD_X + ", w), 2), 1, len(x) % 2)",
        latex=r"w \star_2 x = \uparrow_2 (w \star x^{(0)}) + z\,\uparrow_2 (w \star x^{(1)})",
        says="The even and the odd inputs do not meet under dilation 2: each goes through the "
        "kernel by itself, and the outputs alternate.",
        source="XLA, space_to_batch_converter.cc; " + ATROUS,
        example=Example({"x": (8,), "w": (3,)}),
        mutants=(
            "correlate(x, w, dilation=2) "
            "== pad(dilate(correlate(subsample(x, 2), w), 2), 1, (len(x) + 1) % 2 - 1) "
            "+ pad(dilate(correlate(" + ODD_X + ", w), 2), 1, len(x) % 2)",
            "correlate(x, w, dilation=2) "
            "== pad(dilate(correlate(subsample(x, 2), w), 2), 0, (len(x) + 1) % 2) "
            "+ pad(dilate(correlate(" + ODD_X + ", w), 2), 0, len(x) % 2 + 1)",
        ),
    ),
    Law(
        name="polyphase",
        title="A layer of stride 2 by phases",
        group="steps",
        statement=TWO_PHASES + "correlate(" + ODD_X + ", " + ODD_W + ")",
        latex=r"\downarrow_2 (w \star x) = w^{(0)} \star x^{(0)} + w^{(1)} \star x^{(1)}",
        says="Even taps meet even inputs and odd taps meet odd inputs; "
        "the two sums have one length where both split evenly.",
        source="Vaidyanathan, Multirate Systems and Filter Banks (1993), section 4.3",
        example=Example({"x": (8,), "w": (4,)}),
        mutants=(
            TWO_PHASES + "correlate(" + ODD_X + ", subsample(w, 2))",
            TWO_PHASES.replace("stride=2", "stride=1") + "correlate(" + ODD_X + ", " + ODD_W + ")",
            TWO_PHASES + "correlate(subsample(x, 2), " + ODD_W + ")",
        ),
    ),
    Law(
        name="interpolation-phases",
        title="An upsampled input by phases",
        group="steps",
        statement="subsample(pad(convolve(dilate(x, s), w), -r, 0), s) "
        "== convolve(x, subsample(pad(w, -r, 0), s))",
        latex=r"(w * \uparrow_s x)_{s o + r} = (w^{(r)} * x)_o, \quad w^{(r)}_j = w_{s j + r}",
        says="Behind an upsampler every s-th output sees only every s-th tap, "
        "as in the sub-pixel form of a transposed layer.",
        source="Shi et al., Is the deconvolution layer the same as a convolutional layer? (2016)",
        example=Example({"x": (4,), "w": (7,)}, {"s": 3, "r": 1}),
        repairs=(Repair("for the phases of one stride", assume=("0 <= r", "r < s")),),
        mutants=(
            "subsample(pad(convolve(dilate(x, s), w), -r, 0), s) == convolve(x, subsample(w, s))",
            "subsample(convolve(dilate(x, s), w), s) == subsample(convolve(x, w), s)",
        ),
    ),
    Law(
        name="nested-subsampling",
        title="Subsampling twice",
        group="steps",
        statement="subsample(subsample(x, s), t) == subsample(x, s*t)",
        latex=r"\downarrow_t \downarrow_s = \downarrow_{st}",
        says="Steps multiply.",
        source=MULTIRATE,
        example=Example({"x": (9,)}, {"s": 2, "t": 3}),
        mutants=(
            "subsample(subsample(x, s), t) == subsample(x, s + t)",
            "subsample(pad(subsample(x, s), -1, 0), t) == subsample(pad(x, -1, 0), s*t)",
        ),
    ),
    Law(
        name="nested-dilation",
        title="Stuffing with zeros twice",
        group="steps",
        statement="dilate(dilate(x, s), t) == dilate(x, s*t)",
        latex=r"\uparrow_t \uparrow_s = \uparrow_{st}",
        says="Factors multiply.",
        source=MULTIRATE,
        example=Example({"x": (3,)}, {"s": 2, "t": 4}),
        mutants=(
            "dilate(dilate(x, s), t) == dilate(x, s + t)",
            "dilate(pad(dilate(x, s), 0, s - 1), t) == dilate(x, s*t)",
        ),
    ),
    Law(
        name="subsample-of-dilated",
        title="Subsampling what was stuffed",
        group="steps",
        statement="subsample(dilate(x, s), s*t) == subsample(x, t)",
        latex=r"\downarrow_{st} \uparrow_s = \downarrow_t",
        says="Subsampling undoes stuffing; the other way round, entries are lost.",
        source=MULTIRATE,
        example=Example({"x": (5,)}, {"s": 3, "t": 2}),
        mutants=(
            "dilate(subsample(x, s), s) == x",
            "subsample(pad(dilate(x, s), 1, 0), s*t) == subsample(x, t)",
        ),
    ),
    Law(
        name="coprime-steps",
        title="Steps without a common factor",
        group="steps",
        statement="subsample(dilate(x, 2), 3) == pad(dilate(subsample(x, 3), 2), 0, "
        "ceil((2*len(x) - 1) / 3) - 2*ceil(len(x) / 3) + 1)",
        latex=r"\downarrow_3 \uparrow_2 = \uparrow_2 \downarrow_3, \quad \gcd(2, 3) = 1",
        says="Subsampling and stuffing change places when their steps have no common factor.",
        source=MULTIRATE,
        example=Example({"x": (6,)}),
        mutants=(
            (
                "subsample(dilate(x, 2), 2) == pad(dilate(subsample(x, 2), 2), 0, "
                "len(x) - 2*ceil(len(x) / 2) + 1)"
            ),
            (
                "subsample(dilate(x, 2), 4) == pad(dilate(subsample(x, 4), 2), 0, "
                "ceil((2*len(x) - 1) / 4) - 2*ceil(len(x) / 4) + 1)"
            ),
        ),
    ),
)
