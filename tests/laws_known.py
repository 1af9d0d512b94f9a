"""Laws whose truth is known: statement, what is assumed, and whether it holds.

Written as people write them who have never heard of symconv; every truth was worked out by hand.
"""

from __future__ import annotations

TRUE: list[tuple[str, tuple[str, ...]]] = [
    ("convolve(f, g) == convolve(g, f)", ()),
    ("convolve(convolve(f, g), h) == convolve(f, convolve(g, h))", ()),
    ("convolve(f, g + h) == convolve(f, g) + convolve(f, h)", ()),
    ("convolve(a*f, g) == a*convolve(f, g)", ()),
    ("convolve(f - g, h) == convolve(f, h) - convolve(g, h)", ()),
    ("convolve(f, delta(1)) == f", ()),
    ("convolve(f, zeros(n)) == zeros(len(f) + n - 1)", ()),
    ("flip(convolve(f, g)) == convolve(flip(f), flip(g))", ()),
    ("flip(flip(f)) == f", ()),
    ("correlate(x, w) == convolve(x, flip(w), padding='valid')", ()),
    ("correlate(x, w, padding='full') == flip(correlate(w, x, padding='full'))", ()),
    ("correlate(x, w, flip=True) == convolve(x, w, padding='valid')", ()),
    ("correlate(x, w, padding=(p, q)) == correlate(pad(x, p, q), w)", ()),
    ("correlate(x, w, stride=s) == subsample(correlate(x, w), s)", ()),
    ("correlate(x, w, dilation=d) == correlate(x, dilate(w, d))", ()),
    ("correlate(x, w, input_dilation=m) == correlate(dilate(x, m), w)", ()),
    ("correlate(x, w, padding='same') == correlate(x, w, padding=1)", ("len(w) == 3",)),
    (
        "correlate(x, w, padding='same') == correlate(x, w, padding='same_lower')",
        ("len(w) % 2 == 1",),
    ),
    ("correlate(x, w, padding='valid') == correlate(x, w, padding=0)", ()),
    ("pad(pad(x, p, 0), q, 0) == pad(x, p + q, 0)", ("p >= 0", "q >= 0")),
    ("pad(pad(x, p, q), -p, -q) == x", ("p >= 0", "q >= 0")),
    ("shift(shift(x, p), q) == shift(x, p + q)", ("p >= 0", "q >= 0")),
    ("shift(shift(x, 1, boundary='wrap'), -1, boundary='wrap') == x", ()),
    (
        (
            "shift(correlate(x, w, padding='same', boundary='wrap'), 1, boundary='wrap') == "
            "correlate(shift(x, 1, boundary='wrap'), w, padding='same', boundary='wrap')"
        ),
        (),
    ),
    ("subsample(subsample(x, 2), 3) == subsample(x, 6)", ()),
    ("subsample(dilate(x, m), m) == x", ()),
    ("dilate(dilate(x, 2), 3) == dilate(x, 6)", ()),
    ("dilate(convolve(f, g), m) == convolve(dilate(f, m), dilate(g, m))", ()),
    ("convolve(f, subsample(dilate(g, m), m)) == convolve(f, g)", ()),
    ("correlate(x, ones(k)) == sum_pool(x, k, stride=1)", ()),
    ("avg_pool(x, k) == sum_pool(x, k)/k", ()),
    ("sum_pool(sum_pool(x, 2), 3) == sum_pool(x, 6)", ()),
    ("sum(convolve(f, g)) == sum(f)*sum(g)", ()),
    ("dot(x, y) == dot(y, x)", ()),
    ("sum(x) == dot(x, ones(len(x)))", ()),
    ("conv_transpose(y, w) == convolve(y, w)", ()),
    ("conv_transpose(y, w, stride=s) == convolve(dilate(y, s), w)", ()),
    ("dot(correlate(x, w), y) == dot(x, conv_transpose(y, w))", ()),
    (
        "dot(correlate(x, w, stride=s), y) == dot(x, conv_transpose(y, w, stride=s))",
        ("len(x) == (len(y) - 1)*s + len(w)",),
    ),
    ("dot(correlate(x, w), y) == dot(correlate(x, y), w)", ()),
    ("concat(flip(y), flip(x)) == flip(concat(x, y))", ()),
    ("matmul(toeplitz(w, len(x)), x) == correlate(x, w)", ()),
    ("matmul(transpose(toeplitz(w, n)), y) == conv_transpose(y, w)", ()),
    ("toeplitz(w, n, padding='full') == transpose(toeplitz(flip(w), n + len(w) - 1))", ()),
    ("outer(x, y) == transpose(outer(y, x))", ()),
    ("correlate(x, w, boundary='reflect') == correlate(x, w, boundary='wrap')", ()),
    (
        (
            "correlate(flip(x), flip(w), padding='same', boundary='edge') == "
            "flip(correlate(x, w, padding='same_lower', boundary='edge'))"
        ),
        (),
    ),
    ("correlate(x, w, padding=1, boundary='constant(0)') == correlate(x, w, padding=1)", ()),
    (
        (
            "correlate(a*x, w, padding=1, boundary='constant(a*c)') == "
            "a*correlate(x, w, padding=1, boundary='constant(c)')"
        ),
        (),
    ),
    ("x + x == 2*x", ()),
    ("correlate(x, x, padding='full') == flip(correlate(x, x, padding='full'))", ()),
]
FALSE: list[tuple[str, tuple[str, ...]]] = [
    ("correlate(f, g, padding='full') == correlate(g, f, padding='full')", ()),
    ("correlate(correlate(f, g), h) == correlate(f, correlate(g, h))", ()),
    ("convolve(f, g) == correlate(f, g, padding='full')", ()),
    ("convolve(f, g, padding='same') == convolve(g, f, padding='same')", ()),
    ("convolve(f, delta(3)) == f", ()),
    ("correlate(x, w, padding='same') == correlate(x, w, padding='same_lower')", ()),
    ("correlate(x, w, stride=2) == correlate(subsample(x, 2), w)", ()),
    ("correlate(x, w, dilation=2) == correlate(x, w, stride=2)", ()),
    (
        (
            "convolve(convolve(f, g, padding='same'), h, padding='same') == "
            "convolve(f, convolve(g, h, padding='same'), padding='same')"
        ),
        (),
    ),
    ("shift(shift(x, p), q) == shift(x, p + q)", ()),
    ("shift(shift(x, 1), -1) == x", ()),
    ("pad(pad(x, -p, 0), p, 0) == x", ()),
    ("shift(correlate(x, w, padding='same'), 1) == correlate(shift(x, 1), w, padding='same')", ()),
    ("subsample(convolve(f, g), 2) == convolve(subsample(f, 2), subsample(g, 2))", ()),
    ("dilate(subsample(x, 2), 2) == x", ()),
    ("subsample(flip(x), 2) == flip(subsample(x, 2))", ()),
    ("sum(convolve(f, g, padding='same')) == sum(f)*sum(g)", ()),
    ("sum_pool(sum_pool(x, 2, stride=1), 3, stride=1) == sum_pool(x, 4, stride=1)", ()),
    ("avg_pool(x, k) == sum_pool(x, k)", ()),
    ("conv_transpose(y, w) == correlate(y, w, padding='full')", ()),
    ("conv_transpose(correlate(x, w), w) == x", ()),
    (
        (
            "correlate(x, w, padding='same', boundary='reflect') == "
            "correlate(x, w, padding='same', boundary='symmetric')"
        ),
        (),
    ),
    (
        (
            "correlate(x + y, w, padding=1, boundary='constant(c)') == "
            "correlate(x, w, padding=1, boundary='constant(c)') + "
            "correlate(y, w, padding=1, boundary='constant(c)')"
        ),
        (),
    ),
    ("flip(w) == w", ()),
    ("concat(x, y) == concat(y, x)", ()),
    ("matmul(toeplitz(w, len(x)), x) == convolve(x, w, padding='valid')", ()),
    ("outer(x, y) == outer(y, x)", ()),
    ("convolve(f, f) == correlate(f, f, padding='full')", ()),
    ("convolve(f, g) == convolve(f, f)", ("len(f) == len(g)",)),
    ("convolve(a*f, b*g) == (a + b)*convolve(f, g)", ()),
    ("2*convolve(f, g) == convolve(2*f, 2*g)", ()),
]
KNOWN: list[tuple[str, tuple[str, ...], bool]] = [
    *((text.replace("'", '"'), assume, True) for text, assume in TRUE),
    *((text.replace("'", '"'), assume, False) for text, assume in FALSE),
]
LIFTED = (
    "convolve(f, g) == convolve(g, f)",
    "convolve(convolve(f, g), h) == convolve(f, convolve(g, h))",
    'correlate(x, w) == convolve(x, flip(w), padding="valid")',
    'correlate(x, w, padding="full") == correlate(w, x, padding="full")',
    "correlate(x, w, padding=(p, q)) == correlate(pad(x, p, q), w)",
    "correlate(x, w, stride=2) == subsample(correlate(x, w), 2)",
    "correlate(x, w, stride=2) == correlate(subsample(x, 2), w)",
    "conv_transpose(y, w, stride=2) == convolve(dilate(y, 2), w)",
    "dot(correlate(x, w), y) == dot(x, conv_transpose(y, w))",
    "sum(convolve(f, g)) == sum(f)*sum(g)",
    "avg_pool(x, 2) == correlate(x, ones(2), stride=2)/2",
    "convolve(f, g + h) == convolve(f, g) + convolve(f, h)",
    "flip(convolve(f, g)) == convolve(flip(f), flip(g))",
    'shift(shift(x, 1, boundary="wrap"), -1, boundary="wrap") == x',
    "convolve(f, delta(3)) == f",
)
"""Laws that may be asked for one axis and for several."""
