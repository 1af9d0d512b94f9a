"""The laws of pooling: sums and means as layers, maxima as layers of max-plus and min-plus."""

from __future__ import annotations

from symconv.laws.law import Example, Law, Repair

ONNX = "ONNX operator specification, AveragePool and MaxPool"
TASO = "Jia et al., TASO (SOSP 2019), operator properties"
MORPHOLOGY = "Serra, Image Analysis and Mathematical Morphology (1982), chapter 2"
WINDOW = "stride=s, padding=(p, q), dilation=d"
TWICE = "max_pool(max_pool(x, a, stride=1, padding=(p, q)), b, stride=s, padding=(c, d))"

LAWS = (
    Law(
        name="average-as-layer",
        title="Average pooling is a layer",
        group="pooling",
        statement="avg_pool(x, k, stride=s, dilation=d) == correlate(x, ones(k)/k, stride=s, "
        "dilation=d)",
        latex=r"\mathrm{avg}_k\,x = \tfrac{1}{k} 1_k \star x",
        says="The mean of a window is a kernel whose taps are all 1/k.",
        source=TASO + ": average pooling",
        example=Example({"x": (7,)}, {"k": 3, "s": 2, "d": 1}),
        mutants=(
            "avg_pool(x, k, stride=s, dilation=d) == correlate(x, ones(k), stride=s, dilation=d)",
            "avg_pool(x, k) == correlate(x, ones(k)/k)",
            "avg_pool(pad(x, 1, 0), k) == avg_pool(x, k)",
        ),
    ),
    Law(
        name="sum-as-layer",
        title="Sum pooling is a layer",
        group="pooling",
        statement=f"sum_pool(x, k, {WINDOW}) == correlate(x, ones(k), {WINDOW})",
        latex=r"\mathrm{sum}_k\,x = 1_k \star x",
        says="The sum of a window is a kernel of ones; its stride is the window unless told.",
        source=ONNX,
        example=Example({"x": (7,)}, {"k": 3, "s": 2, "p": 1, "q": 0, "d": 1}),
        mutants=(
            "sum_pool(x, k) == correlate(x, ones(k))",
            "sum_pool(x, k, stride=s, dilation=d) == correlate(x, ones(k), stride=d, dilation=s)",
        ),
    ),
    Law(
        name="sums-of-sums",
        title="Two sum pools are one layer",
        group="pooling",
        statement="sum_pool(sum_pool(x, a, stride=s, padding=(p, q)), b, stride=t) "
        "== correlate(x, convolve(ones(a), dilate(ones(b), s)), stride=s*t, padding=(p, q))",
        latex=r"1_b \star \downarrow_s (1_a \star x) = \downarrow_s (1_a * \uparrow_s 1_b) \star x",
        says="Sums of overlapping windows weigh the middle more than the ends: "
        "two pools of stride 1 are a trapezoid, no longer window.",
        source="Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), "
        "section 3",
        example=Example({"x": (9,)}, {"a": 3, "b": 2, "s": 2, "t": 4, "p": 1, "q": 0}),
        mutants=(
            "sum_pool(sum_pool(x, a, stride=1), b, stride=1) == sum_pool(x, a + b - 1, stride=1)",
            "avg_pool(avg_pool(x, 2, stride=1), 2, stride=1) == avg_pool(x, 3, stride=1)",
            (
                "sum_pool(sum_pool(x, a, stride=s), b, stride=t) "
                "== correlate(x, convolve(ones(a), ones(b)), stride=s*t)"
            ),
        ),
    ),
    Law(
        name="averages-of-averages",
        title="Two average pools side by side are one",
        group="pooling",
        statement="avg_pool(avg_pool(x, a), 2) == avg_pool(x, 2*a)",
        latex=r"\mathrm{avg}_b\,\mathrm{avg}_a = \mathrm{avg}_{ab}",
        says="Windows that neither overlap nor leave gaps multiply, and so do their divisors. "
        "Entries beyond the last whole window are left out by both.",
        source="Burt & Adelson, The Laplacian Pyramid as a Compact Image Code (1983)",
        example=Example({"x": (7,)}, {"a": 3}),
        mutants=(
            "avg_pool(avg_pool(x, a, stride=1), 2) == avg_pool(x, a + 1, stride=2)",
            "avg_pool(avg_pool(x, a), 2) == avg_pool(x, 2*a, stride=a)",
            "avg_pool(sum_pool(x, a), 2) == avg_pool(x, 2*a)",
        ),
    ),
    Law(
        name="averages-commute",
        title="Pools change places",
        group="pooling",
        statement="avg_pool(avg_pool(x, a, stride=1), b, stride=s) "
        "== avg_pool(avg_pool(x, b, stride=1), a, stride=s)",
        latex=r"1_b \star 1_a \star x = 1_a \star 1_b \star x",
        says="Linear pools of stride 1 commute, as all filters do.",
        source="Oppenheim & Schafer, Discrete-Time Signal Processing, section 2.4",
        example=Example({"x": (7,)}, {"a": 2, "b": 3, "s": 4}),
        mutants=(
            (
                "avg_pool(avg_pool(x, a, stride=s), b, stride=1) "
                "== avg_pool(avg_pool(x, b, stride=1), a, stride=s)"
            ),
            (
                'sum_pool(sum_pool(x, 2, stride=1, padding="same"), 3, stride=1) '
                '== sum_pool(sum_pool(x, 3, stride=1, padding="same"), 2, stride=1)'
            ),
        ),
    ),
    Law(
        name="pool-after-layer",
        title="Average pooling after a layer",
        group="pooling",
        statement="avg_pool(correlate(x, w, padding=(p, q)), k, stride=s) "
        "== correlate(x, convolve(w, ones(k)/k), stride=s, padding=(p, q))",
        latex=r"\mathrm{avg}_k (w \star x) = (w * \tfrac{1}{k} 1_k) \star x",
        says="A mean over outputs of stride 1 goes into the kernel.",
        source=TASO + ": average pooling",
        example=Example({"x": (9,), "w": (2,)}, {"k": 3, "s": 4, "p": 1, "q": 0}),
        mutants=(
            "avg_pool(correlate(x, w), k) == correlate(avg_pool(x, k), w)",
            "avg_pool(correlate(x, w), k) == correlate(x, convolve(w, ones(k)), stride=k)",
        ),
    ),
    Law(
        name="running-sum",
        title="A running sum",
        group="pooling",
        statement="pad(sum_pool(x, k, stride=1), -1, 0) - pad(sum_pool(x, k, stride=1), 0, -1) "
        "== pad(x, -k, 0) - pad(x, 0, -k)",
        latex=r"y_{o+1} - y_o = x_{o+k} - x_o",
        says="The next window gains one entry and loses one, whatever its length.",
        source="Crow, Summed-area tables for texture mapping (1984)",
        example=Example({"x": (6,)}, {"k": 3}),
        mutants=(
            (
                "pad(sum_pool(x, k, stride=1), -1, 0) - pad(sum_pool(x, k, stride=1), 0, -1) "
                "== pad(x, 0, -k) - pad(x, -k, 0)"
            ),
            (
                "pad(sum_pool(x, k, stride=2), -1, 0) - pad(sum_pool(x, k, stride=2), 0, -1) "
                "== pad(x, -k, 0) - pad(x, 0, -k)"
            ),
        ),
    ),
    Law(
        name="split-window",
        title="A window in two parts",
        group="pooling",
        statement="sum_pool(x, a + b, stride=1) "
        "== pad(sum_pool(x, a, stride=1), 0, -b) + pad(sum_pool(x, b, stride=1), -a, 0)",
        latex=r"1_{a+b} = [\,1_a\ |\ 1_b\,]",
        says="The sum of a window is the sum of its first a entries and of the other b.",
        source="Crow, Summed-area tables for texture mapping (1984)",
        example=Example({"x": (7,)}, {"a": 2, "b": 3}),
        mutants=(
            (
                "sum_pool(x, a + b, stride=1) "
                "== pad(sum_pool(x, a, stride=1), -b, 0) + pad(sum_pool(x, b, stride=1), -a, 0)"
            ),
            (
                "avg_pool(x, a + b, stride=1) "
                "== pad(avg_pool(x, a, stride=1), 0, -b) + pad(avg_pool(x, b, stride=1), -a, 0)"
            ),
        ),
    ),
    Law(
        name="global-average",
        title="Global pooling",
        group="pooling",
        statement="avg_pool(x, len(x)) == (sum(x)*ones(1))/len(x)",
        latex=r"\mathrm{avg}_n\,x = \tfrac{1}{n} \sum_i x_i",
        says="A window as long as the input has the mean as its one output.",
        source="Lin et al., Network in Network (2014), section 3.2",
        example=Example({"x": (3,)}),
        mutants=(
            "avg_pool(x, len(x)) == sum(x)*ones(1)",
            "avg_pool(x, len(x)) == x/len(x)",
        ),
    ),
    Law(
        name="pools-of-parts",
        title="Pooling part by part",
        group="pooling",
        statement="sum_pool(concat(x, y), 2) == concat(sum_pool(x, 2), sum_pool(y, 2))",
        latex=r"\mathrm{sum}_2 [x \mid y] = [\mathrm{sum}_2\,x \mid \mathrm{sum}_2\,y]",
        says="Windows that do not overlap fall into parts, where the first part ends a window.",
        source=TASO + ": concatenation",
        example=Example({"x": (4,), "y": (3,)}),
        repairs=(Repair("the first part has an even length", assume=("len(x) % 2 == 0",)),),
        mutants=(
            (
                "sum_pool(concat(x, y), 2, stride=1) "
                "== concat(sum_pool(x, 2, stride=1), sum_pool(y, 2, stride=1))"
            ),
            "sum_pool(concat(x, y), 2) == concat(sum_pool(y, 2), sum_pool(x, 2))",
        ),
    ),
    Law(
        name="reversed-pool",
        title="A pool of a reversed input",
        group="pooling",
        statement="flip(avg_pool(x, k, stride=s)) == avg_pool(flip(x), k, stride=s)",
        latex=r"\overline{\mathrm{avg}_k\,x} = \mathrm{avg}_k\,\bar{x}",
        says="Windows are symmetric, but a stride starts to count at the first of them.",
        source="Azulay & Weiss, Why do deep convolutional networks generalize so poorly "
        "to small image transformations? (2019)",
        example=Example({"x": (7,)}, {"k": 3, "s": 2}),
        repairs=(Repair("the windows reach the end", assume=("(len(x) - k) % s == 0",)),),
        mutants=(
            "flip(avg_pool(x, 2)) == avg_pool(flip(x), 2)",
            "avg_pool(x, k, stride=s) == avg_pool(flip(x), k, stride=s)",
        ),
    ),
    Law(
        name="upsample-then-pool",
        title="Pooling what was stuffed with zeros",
        group="pooling",
        statement="sum_pool(pad(dilate(x, k), 0, k - 1), k) == x",
        latex=r"\mathrm{sum}_k \uparrow_k x = x",
        says="Every window of k holds one entry of the input and k - 1 zeros.",
        source="Vaidyanathan, Multirate Systems and Filter Banks (1993), section 4.1",
        example=Example({"x": (3,)}, {"k": 2}),
        mutants=(
            "sum_pool(dilate(x, k), k) == x",
            "avg_pool(pad(dilate(x, k), 0, k - 1), k) == x",
        ),
    ),
    Law(
        name="maximum-as-layer",
        title="Max pooling is a layer of max-plus",
        group="pooling",
        statement=f"max_pool(x, k, {WINDOW}) == correlate(x, ones(k), {WINDOW})",
        latex=r"(\mathrm{max}_k\,x)_o = \max_t (x_{so + dt - p} + 0)",
        says="Where + is the maximum and the taps are 0, a layer takes maxima; "
        "padding reads nothing, which is minus infinity.",
        source=MORPHOLOGY + "; " + ONNX,
        example=Example({"x": (7,)}, {"k": 3, "s": 2, "p": 1, "q": 0, "d": 1}),
        algebra="max-plus",
        mutants=(
            "max_pool(x, k) == correlate(x, ones(k))",
            "max_pool(x, k, stride=s, dilation=d) == correlate(x, ones(k), stride=d, dilation=s)",
        ),
    ),
    Law(
        name="maxima-of-maxima",
        title="Two max pools are one",
        group="pooling",
        statement=f"{TWICE} == max_pool(x, a + b - 1, stride=s, padding=(p + c, q + d))",
        latex=r"\mathrm{max}_b\,\mathrm{max}_a = \mathrm{max}_{a+b-1}",
        says="A maximum does not mind meeting an entry twice, so that windows of stride 1 "
        "add up. Padding of the second pool must not stand where the first left entries out.",
        source=MORPHOLOGY,
        example=Example({"x": (8,)}, {"a": 2, "b": 3, "s": 4, "p": 1, "q": 5, "c": 0, "d": 0}),
        algebra="max-plus",
        repairs=(
            Repair("the second pool pads nothing", assume=("c <= 0", "d <= 0")),
            Repair("the first pads in full", assume=("p >= a - 1", "q >= a - 1")),
        ),
        mutants=(
            f"{TWICE} == max_pool(x, a + b, stride=s, padding=(p + c, q + d))",
            "max_pool(max_pool(x, a, stride=1), b, stride=s) == max_pool(x, a + b, stride=s)",
            "max_pool(max_pool(x, a, stride=s), b, stride=1) == max_pool(x, a + b - 1, stride=s)",
        ),
    ),
    Law(
        name="minima-of-minima",
        title="Two min pools are one",
        group="pooling",
        statement="min_pool(min_pool(x, a, stride=1), b, stride=s) "
        "== min_pool(x, a + b - 1, stride=s)",
        latex=r"\mathrm{min}_b\,\mathrm{min}_a = \mathrm{min}_{a+b-1}",
        says="Minima compose as maxima do.",
        source=MORPHOLOGY,
        example=Example({"x": (7,)}, {"a": 2, "b": 3, "s": 4}),
        algebra="min-plus",
        mutants=(
            "min_pool(min_pool(x, a, stride=1), b, stride=s) == min_pool(x, a + b, stride=s)",
            "min_pool(min_pool(x, a), b, stride=s) == min_pool(x, a + b - 1, stride=s)",
        ),
    ),
    Law(
        name="strided-maxima",
        title="Two strided max pools are one",
        group="pooling",
        statement="max_pool(max_pool(x, a, stride=s), 2, stride=t) "
        "== max_pool(x, a + s, stride=s*t)",
        latex=r"\mathrm{max}_{2,t}\,\mathrm{max}_{a,s} = \mathrm{max}_{a+s,\,st}, \quad s \le a",
        says="Windows of a, two of them s apart, cover a + s entries if they leave no gap.",
        source=MORPHOLOGY,
        example=Example({"x": (9,)}, {"a": 3, "s": 2, "t": 4}),
        algebra="max-plus",
        repairs=(Repair("the first windows meet or overlap", assume=("s <= a",)),),
        mutants=(
            "max_pool(max_pool(x, a, stride=s), 2, stride=t) == max_pool(x, 2*a, stride=s*t)",
            "max_pool(max_pool(x, 1, stride=2), 2) == max_pool(x, 3, stride=4)",
            "max_pool(max_pool(x, a), 2) == max_pool(x, 2*a + 1, stride=2*a)",
        ),
    ),
    Law(
        name="dilated-maxima",
        title="A max pool and a dilated max pool",
        group="pooling",
        statement="max_pool(max_pool(x, a, stride=1), 3, stride=s, dilation=d) "
        "== max_pool(x, a + 2*d, stride=s)",
        latex=r"\mathrm{max}_{b,d}\,\mathrm{max}_a = \mathrm{max}_{a+(b-1)d}, \quad d \le a",
        says="The gaps of a dilated window are filled by the windows before it, "
        "if these are as long.",
        source="van Herk, A fast algorithm for local minimum and maximum filters (1992)",
        example=Example({"x": (9,)}, {"a": 3, "d": 2, "s": 4}),
        algebra="max-plus",
        repairs=(Repair("the dilation is at most the first window", assume=("d <= a",)),),
        mutants=(
            (
                "max_pool(max_pool(x, a, stride=1), 3, stride=1, dilation=a + 1) "
                "== max_pool(x, 3*a + 2, stride=1)"
            ),
            (
                "max_pool(max_pool(x, a, stride=1), 3, stride=s, dilation=d) "
                "== max_pool(x, a + d, stride=s)"
            ),
        ),
    ),
    Law(
        name="maximum-of-maxima",
        title="Max pooling goes through a maximum",
        group="pooling",
        statement=f"max_pool(x + y, k, {WINDOW}) == max_pool(x, k, {WINDOW}) "
        f"+ max_pool(y, k, {WINDOW})",
        latex=r"\mathrm{max}_k (x \vee y) = \mathrm{max}_k\,x \vee \mathrm{max}_k\,y",
        says="The maximum of windows is the window of the maximum: max pooling is linear in "
        "max-plus.",
        source=MORPHOLOGY,
        example=Example({"x": (7,), "y": (7,)}, {"k": 3, "s": 2, "p": 1, "q": 0, "d": 1}),
        algebra="max-plus",
        mutants=(
            "max_pool(x + y, k, stride=s) == max_pool(x, k, stride=s)",
            "max_pool(x + y, k, stride=s) == max_pool(x, k, stride=s) + subsample(y, s)",
        ),
    ),
    Law(
        name="raised-maximum",
        title="A number added before max pooling",
        group="pooling",
        statement=f"max_pool(c*x, k, {WINDOW}) == c*max_pool(x, k, {WINDOW})",
        latex=r"\mathrm{max}_k (x + c) = \mathrm{max}_k\,x + c",
        says="Adding a number (the product of max-plus) goes through max pooling, "
        "also with padding, which stays minus infinity.",
        source=MORPHOLOGY,
        example=Example({"x": (7,)}, {"k": 3, "s": 2, "p": 1, "q": 0, "d": 1}),
        algebra="max-plus",
        mutants=(
            f"max_pool(c*x, k, {WINDOW}) == max_pool(x, k, {WINDOW})",
            f"max_pool(c*x, k, {WINDOW}) == c*c*max_pool(x, k, {WINDOW})",
            "max_pool(c*x, 2) == c*subsample(x, 2)",
        ),
    ),
    Law(
        name="padded-maximum",
        title="Max pooling and padding, subsampling",
        group="pooling",
        statement="max_pool(subsample(pad(x, p, q), t), k, stride=s) "
        "== max_pool(x, k, stride=s*t, padding=(p, q), dilation=t)",
        latex=r"\mathrm{max}_{k,s} \downarrow_t P_{p,q}\,x = \mathrm{max}_{k,st,\,\uparrow t}\,"
        r"P_{p,q}\,x",
        says="Padding by nothing and subsampling go into the window, as they do for a layer.",
        source=ONNX,
        example=Example({"x": (9,)}, {"k": 3, "s": 1, "t": 2, "p": 4, "q": 0}),
        algebra="max-plus",
        mutants=(
            "max_pool(subsample(pad(x, p, q), t), k) == max_pool(x, k, padding=(p, q), dilation=t)",
            "max_pool(pad(x, p, q), k) == max_pool(x, k, padding=(q, p))",
        ),
    ),
    Law(
        name="maximum-before-dilation",
        title="Max pooling and a structuring element",
        group="pooling",
        statement="max_pool(correlate(x, w, padding=(p, q)), k, stride=s) "
        "== correlate(max_pool(x, k, stride=1, padding=(p, q)), w, stride=s)",
        latex=r"\mathrm{max}_k (x \oplus w) = (\mathrm{max}_k\,x) \oplus w",
        says="A dilation of morphology adds a profile and takes maxima; dilations commute.",
        source="Heijmans, Morphological Image Operators (1994)",
        example=Example({"x": (8,), "w": (3,)}, {"k": 2, "s": 4, "p": 1, "q": 0}),
        algebra="max-plus",
        mutants=(
            "max_pool(correlate(x, w), k, stride=s) == correlate(max_pool(x, k, stride=s), w)",
            "max_pool(correlate(x, w), k, stride=s) == correlate(x, w, stride=s)",
        ),
    ),
)
