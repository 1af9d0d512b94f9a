"""What a stack of layers reads along one axis: loops over integers, importing nothing of ours.

A layer is a tuple: ("window", taps, stride, dilation, before, outputs), ("spread", taps, stride,
dilation, before, outputs), a transposed convolution, or ("repeat", factor, 1, 1, 0, outputs).
"""

from __future__ import annotations

Layer = tuple[str, int, int, int, int, int]


def reads(layer: Layer, place: int) -> list[int]:
    """Return the places, in or out of the map before, that one output reads."""
    kind, taps, stride, dilation, before, _ = layer
    if kind == "repeat":
        return [place // taps]
    if kind == "window":
        return [place * stride + tap * dilation - before for tap in range(taps)]
    reach = abs(place) + abs(before) + taps * dilation + stride
    return [
        source
        for source in range(-reach, reach + 1)
        for tap in range(taps)
        if source * stride + tap * dilation - before == place
    ]


def field(layers: list[Layer], place: int) -> set[int]:
    """Return the inputs that one output depends on, padding included."""
    places = {place}
    for layer in reversed(layers):
        places = {source for here in places for source in reads(layer, here)}
    return places


def clean(layers: list[Layer], size: int) -> list[bool]:
    """Return for each output whether no padding reaches it."""
    found = [True] * size
    for layer in layers:
        found = [
            all(0 <= source < len(found) and found[source] for source in reads(layer, place))
            for place in range(layer[5])
        ]
    return found


def longest(flags: list[bool]) -> tuple[int, int]:
    """Return how many entries stand before and after the first longest run of True."""
    best, start = (len(flags), len(flags)), 0
    for place in range(len(flags) + 1):
        if place == len(flags) or not flags[place]:
            if place - start > best[1] - best[0]:
                best = (start, place)
            start = place + 1
    return best[0], len(flags) - best[1]
