"""Layers and gradients against PyTorch and onnxruntime, on small integers, exactly.

Every sum stays far below 2²⁴, so that the floating-point arithmetic of a peer is exact too.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

import symconv
from symconv import gradients
from tests.peers.common import flat, integers, runtime, singles, some, unless

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

CASES = 1500
CONVOLVE = {1: "conv1d", 2: "conv2d", 3: "conv3d"}
TRANSPOSE = {1: "conv_transpose1d", 2: "conv_transpose2d", 3: "conv_transpose3d"}


def tensor(values: Any) -> Any:
    return torch.from_numpy(np.ascontiguousarray(values))


def floats(values: Any) -> Any:
    return tensor(values).double()


def layer(random: Random, rank: int) -> tuple[Any, Any, Any, dict[str, Any]]:
    """Return x, w, bias and options of a layer that fits; pads are alike on both sides."""
    groups = random.randint(1, 3)
    depth, size, batch = random.sample((1, 2, 3), 3)
    taps, dilation = some(random, rank, 1, 3), some(random, rank, 1, 3)
    padding = some(random, rank, 0, 2)
    sizes = [
        max(1, d * (k - 1) + 1 - 2 * p) + random.randint(0, 4)
        for d, k, p in zip(dilation, taps, padding, strict=True)
    ]
    x = integers(random, batch, groups * depth, *sizes)
    w = integers(random, groups * size, depth, *taps)
    bias = integers(random, groups * size)
    options = {"stride": some(random, rank, 1, 3), "dilation": dilation, "padding": padding}
    return x, w, bias, options | {"groups": groups}


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_is_torchs(rank: int) -> None:
    random = Random(rank)  # noqa: S311 - a seeded test
    convolve = getattr(torch.nn.functional, CONVOLVE[rank])
    for _ in range(CASES // rank):
        x, w, bias, options = layer(random, rank)
        wanted = convolve(tensor(x), tensor(w), tensor(bias), **options).numpy()
        found = symconv.conv(x, w, bias, **options)
        assert found.shape == wanted.shape, options
        assert (found == wanted).all(), options


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("name", ["valid", "same"])
def test_names_of_padding_are_torchs(name: str) -> None:
    random = Random(name)  # noqa: S311
    for _ in range(CASES // 3):
        x, w, bias, options = layer(random, 2)
        options |= {"padding": name, "stride": [1, 1]}
        found = unless("kernel-too-wide", symconv.conv, x, w, bias, **options)
        if found is None:
            continue
        wanted = torch.nn.functional.conv2d(tensor(x), tensor(w), tensor(bias), **options)
        assert found.tolist() == wanted.tolist(), options


MODES = {"zeros": "zero", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@pytest.mark.parametrize("mode", MODES)
def test_boundaries_are_torchs(mode: str) -> None:
    random = Random(mode)  # noqa: S311
    for _ in range(CASES // 5):
        x, w, bias, options = layer(random, 2)
        pads = [random.randint(0, min(size - 1, 3)) for size in x.shape[2:]]
        options["padding"] = pads
        module = torch.nn.Conv2d(
            x.shape[1], w.shape[0], w.shape[2:], padding_mode=mode, dtype=torch.float64, **options
        )
        module.weight.data, module.bias.data = floats(w), floats(bias)
        options["boundary"] = MODES[mode]
        found = unless("kernel-too-wide", symconv.conv, x, w, bias, **options)
        if found is None:
            continue
        assert found.tolist() == module(floats(x)).tolist(), options


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_transpose_is_torchs(rank: int) -> None:
    random = Random(10 + rank)  # noqa: S311
    transpose = getattr(torch.nn.functional, TRANSPOSE[rank])
    done = 0
    while done < CASES // rank:
        x, w, bias, options = layer(random, rank)
        groups = options["groups"]
        w = integers(random, x.shape[1], len(bias) // groups, *w.shape[2:])
        options["output_padding"] = [
            random.randint(0, max(s, d) - 1)
            for s, d in zip(options["stride"], options["dilation"], strict=True)
        ]
        found = unless("output-empty", symconv.conv_transpose, x, w, bias, **options)
        if found is None:
            continue
        wanted = transpose(floats(x), floats(w), floats(bias), **options).numpy()
        assert found.shape == wanted.shape, options
        assert (found == wanted).all(), options
        done += 1


def test_output_sizes_are_torchs() -> None:
    random = Random(20)  # noqa: S311
    for _ in range(CASES // 3):
        x, w, _, options = layer(random, 2)
        del options["groups"]
        module = torch.nn.ConvTranspose2d(
            x.shape[1], 2, w.shape[2:], bias=False, dtype=torch.float64, **options
        )
        w = integers(random, x.shape[1], 2, *w.shape[2:])
        module.weight.data = floats(w)
        least = [
            (n - 1) * s + d * (k - 1) + 1 - 2 * p
            for n, s, d, k, p in zip(
                x.shape[2:],
                options["stride"],
                options["dilation"],
                w.shape[2:],
                options["padding"],
                strict=True,
            )
        ]
        size = [n + random.randint(0, s - 1) for n, s in zip(least, options["stride"], strict=True)]
        if min(least) < 1:
            continue
        found = symconv.conv_transpose(x, w, output_size=size, **options)
        assert found.tolist() == module(floats(x), output_size=size).tolist(), options


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_gradients_are_torchs(rank: int) -> None:
    random = Random(30 + rank)  # noqa: S311
    convolve = getattr(torch.nn.functional, CONVOLVE[rank])
    for _ in range(CASES // (3 * rank)):
        x, w, bias, options = layer(random, rank)
        leaves = [floats(values).requires_grad_() for values in (x, w, bias)]
        out = convolve(*leaves, **options)
        upstream = integers(random, *out.shape)
        out.backward(floats(upstream))
        found = gradients.of_layer(x, w, upstream, **options)
        for ours, leaf in zip(found, leaves, strict=True):
            assert ours is not None
            assert ours.tolist() == leaf.grad.tolist(), options


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_is_onnxruntimes(rank: int) -> None:
    random = Random(40 + rank)  # noqa: S311
    for _ in range(CASES // (2 * rank)):
        x, w, bias, options = layer(random, rank)
        pads = [[p, p + random.randint(0, 2)] for p in options["padding"]]
        wanted = runtime(
            "Conv",
            singles(x, w, bias),
            strides=options["stride"],
            dilations=options["dilation"],
            group=options["groups"],
            pads=flat(pads),
        )
        found = symconv.conv(x, w, bias, **options | {"padding": pads})
        assert found.tolist() == wanted.tolist(), options


AUTO = {"VALID": "valid", "SAME_UPPER": "same", "SAME_LOWER": "same_lower"}


@pytest.mark.parametrize("auto_pad", AUTO)
def test_auto_pad_is_onnxruntimes(auto_pad: str) -> None:
    """With dilation onnxruntime refuses SAME (docs/findings.md)."""
    random = Random(auto_pad)  # noqa: S311
    for _ in range(CASES // 5):
        x, w, bias, options = layer(random, 2)
        options = {"stride": options["stride"], "groups": options["groups"]}
        named = options | {"padding": AUTO[auto_pad]}
        found = unless("kernel-too-wide", symconv.conv, x, w, bias, **named)
        if found is None:
            continue
        try:
            wanted = runtime(
                "Conv",
                singles(x, w, bias),
                strides=options["stride"],
                group=options["groups"],
                auto_pad=auto_pad,
            )
        except onnxruntime.capi.onnxruntime_pybind11_state.Fail:
            assert any(s > k for s, k in zip(options["stride"], w.shape[2:], strict=True))
            continue
        assert found.tolist() == wanted.tolist(), (options, x.shape, w.shape)


@pytest.mark.parametrize("rank", [1, 2])
def test_conv_transpose_is_onnxruntimes(rank: int) -> None:
    random = Random(50 + rank)  # noqa: S311
    done = 0
    while done < CASES // (3 * rank):
        x, w, bias, options = layer(random, rank)
        w = integers(random, x.shape[1], len(bias) // options["groups"], *w.shape[2:])
        pads = [[p, random.randint(0, 2)] for p in options["padding"]]
        more = [random.randint(0, s - 1) for s in options["stride"]]
        options |= {"padding": pads, "output_padding": more}
        found = unless("output-empty", symconv.conv_transpose, x, w, bias, **options)
        if found is None:
            continue
        wanted = runtime(
            "ConvTranspose",
            singles(x, w, bias),
            strides=options["stride"],
            dilations=options["dilation"],
            group=options["groups"],
            pads=flat(pads),
            output_padding=more,
        )
        assert found.tolist() == wanted.tolist(), options
        done += 1


@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "NOTSET"])
def test_output_shape_is_onnxruntimes(auto_pad: str) -> None:
    """ONNX's output_shape crops as "same" does; without SAME_UPPER the odd one at the start."""
    random = Random(auto_pad + "shape")  # noqa: S311
    name = "same" if auto_pad == "SAME_UPPER" else "same_lower"
    for _ in range(CASES // 5):
        x, w, bias, options = layer(random, 2)
        w = integers(random, x.shape[1], len(bias) // options["groups"], *w.shape[2:])
        stride, dilation = options["stride"], options["dilation"]
        reach = [
            (n - 1) * s + d * (k - 1) + 1
            for n, s, d, k in zip(x.shape[2:], stride, dilation, w.shape[2:], strict=True)
        ]
        size = [random.randint(max(1, r - 4), r) for r in reach]
        wanted = runtime(
            "ConvTranspose",
            singles(x, w, bias),
            strides=stride,
            dilations=dilation,
            group=options["groups"],
            auto_pad=auto_pad,
            output_shape=size,
        )
        found = symconv.conv_transpose(
            x, w, bias, **options | {"padding": name, "output_size": size}
        )
        assert found.tolist() == wanted.tolist(), (options, size)
