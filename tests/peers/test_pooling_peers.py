"""Pools, unpools and resamplings against PyTorch and onnxruntime, on small integers, exactly.

Sums stay far below 2²⁴, so that a peer's arithmetic is exact up to the one division of a mean,
which is rounded correctly; norms are compared by their p-th powers, which are integers.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

import symconv
from symconv.matrix import im2col
from tests.peers.common import flat, integers, runtime, singles, some, unless

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

functional = torch.nn.functional
CASES = 900
REFUSED = "window-without-input kernel-too-wide"
RANKS = pytest.mark.parametrize("rank", [1, 2, 3])
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
NEAREST = {
    "floor": ("floor", Fraction(0)),
    "ceil": ("ceil", Fraction(0)),
    "round_prefer_floor": ("half-down", Fraction(1, 2)),
    "round_prefer_ceil": ("half-up", Fraction(1, 2)),
}
"""The rounding that each nearest_mode is, and what part of a place is its boundary."""
CORNERS = {"half_pixel": "half-pixel", "align_corners": "corners", "asymmetric": "asymmetric"}


def doubles(values: Any) -> Any:
    return torch.from_numpy(np.ascontiguousarray(values)).double()


def torchs(name: str, rank: int) -> Any:
    return getattr(functional, f"{name}{rank}d")


class Draw:
    """A random pool that has an output: its input, its window, and its options."""

    def __init__(self, random: Random, rank: int, *, dilated: bool = True) -> None:
        self.random = random
        self.window = some(random, rank, 1, 4)
        self.stride = some(random, rank, 1, 4)
        self.dilation = some(random, rank, 1, 3 if dilated else 1)
        self.padding = [random.randint(0, k // 2) for k in self.window]
        spans = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.window, strict=True)]
        self.size = [
            max(1, span - 2 * pad) + random.randint(0, 5)
            for span, pad in zip(spans, self.padding, strict=True)
        ]
        self.x = integers(random, *random.sample((1, 2, 3), 2), *self.size)

    def uneven(self) -> list[list[int]]:
        """Return pads of ONNX: below the window, not alike on both sides, no less than drawn."""
        return [
            [self.random.randint(p, k - 1), self.random.randint(p, k - 1)]
            for p, k in zip(self.padding, self.window, strict=True)
        ]

    def options(self, **more: Any) -> dict[str, Any]:
        return {"stride": self.stride, "dilation": self.dilation, "padding": self.padding} | more

    def attributes(self, pads: list[list[int]], **more: Any) -> dict[str, Any]:
        return more | {
            "kernel_shape": self.window,
            "strides": self.stride,
            "dilations": self.dilation,
            "pads": flat(pads),
        }


def equal(found: Any, wanted: Any) -> bool:
    """Tell whether exact results, each rounded once, are the peer's."""
    values = np.asarray(wanted)
    rounded = np.vectorize(float, otypes=[float])(found).astype(values.dtype)
    return bool(found.shape == values.shape and (rounded == values).all())


def near(values: Any) -> list[int]:
    """Return the integers next to a peer's numbers, once they are near enough."""
    given = np.asarray(values, dtype=np.float64).ravel()
    whole = np.rint(given)
    assert (abs(given - whole) < 1 / 8).all()
    return [int(value) for value in whole]


def same_means(found: Any, wanted: Any, times: int = 12**3) -> bool:
    """Tell whether means are the peer's: some times they are integers.

    That is 12 times for each of three axes where no window has more than 4 entries along an axis,
    420 times where none has more than 7.
    """
    values = np.asarray(wanted, dtype=np.float64)
    exact: list[Any] = (found * times).ravel().tolist()
    return tuple(found.shape) == values.shape and exact == near(values * times)


def same_norms(found: Any, wanted: Any, p: int) -> bool:
    """Tell whether norms are the peer's: their p-th powers are integers."""
    values = np.asarray(wanted, dtype=np.float64)
    powers = [value**p for value in found.ravel().tolist()]
    return tuple(found.shape) == values.shape and powers == near(values**p)


# PyTorch --------------------------------------------------------------------------------------


@RANKS
@pytest.mark.parametrize("ceil", [False, True])
def test_max_pool_and_its_indices_are_torchs(rank: int, ceil: bool) -> None:
    random = Random(10 * rank + ceil)  # noqa: S311 - a seeded test
    empty = 0
    for _ in range(CASES // rank):
        draw = Draw(random, rank)
        options = draw.options(ceil_mode=ceil)
        wanted, places = torchs("max_pool", rank)(
            doubles(draw.x), draw.window, return_indices=True, **options
        )
        found = unless("window-without-input", symconv.max_pool, draw.x, draw.window, **options)
        if found is None:
            assert wanted.isinf().any(), options
            empty += 1
            continue
        assert found.tolist() == wanted.tolist(), (draw.x.shape, draw.window, options)
        indices = symconv.max_pool_indices(draw.x, draw.window, **options)
        assert indices.tolist() == places.tolist(), (draw.x.shape, draw.window, options)
    assert 0 < empty < CASES // (3 * rank)


@RANKS
@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("counted", [False, True])
def test_avg_pool_is_torchs(rank: int, ceil: bool, counted: bool) -> None:
    random = Random(20 * rank + 2 * ceil + counted)  # noqa: S311
    for _ in range(CASES // (2 * rank)):
        draw = Draw(random, rank, dilated=False)
        ours, theirs = draw.options(ceil_mode=ceil, count_padding=counted), draw.options()
        del theirs["dilation"]
        theirs |= {"ceil_mode": ceil, "count_include_pad": counted}
        if rank > 1 and random.random() < 0.3:
            ours["divisor"] = theirs["divisor_override"] = random.choice([-3, 1, 2, 7])
        if rank == 3 and any(n < k for n, k in zip(draw.size, draw.window, strict=True)):
            continue  # which avg_pool3d alone refuses (docs/findings.md)
        wanted = torchs("avg_pool", rank)(doubles(draw.x), draw.window, **theirs)
        found = symconv.avg_pool(draw.x, draw.window, **ours)
        assert equal(found, wanted), (draw.x.shape, draw.window, ours)


@RANKS
@pytest.mark.parametrize("p", [1, 2, 3])
def test_norms_are_torchs_where_nothing_is_negative(rank: int, p: int) -> None:
    random = Random(30 * rank + p)  # noqa: S311
    for _ in range(CASES // (6 * rank)):
        draw = Draw(random, rank, dilated=False)
        if any(n < k for n, k in zip(draw.size, draw.window, strict=True)):
            continue
        x = abs(draw.x)
        window, stride = (v[0] if rank == 1 else v for v in (draw.window, draw.stride))
        wanted = torchs("lp_pool", rank)(doubles(x), p, window, stride=stride)
        found = symconv.lp_pool(x, draw.window, p=p, stride=draw.stride)
        assert same_norms(found, wanted, p), (x.shape, draw.window)


@RANKS
def test_max_unpool_is_torchs(rank: int) -> None:
    random = Random(40 + rank)  # noqa: S311
    sized = 0
    for _ in range(CASES // rank):
        draw = Draw(random, rank, dilated=False)
        options = draw.options()
        del options["dilation"]
        pooled, places = torchs("max_pool", rank)(
            doubles(draw.x), draw.window, return_indices=True, **options
        )
        x = pooled.numpy().astype(np.int64)
        where = zip(pooled.shape[2:], draw.stride, draw.window, draw.padding, strict=True)
        least = [(n - 1) * s + k - 2 * p for n, s, k, p in where]
        size = [max(n, m) for n, m in zip(draw.size, least, strict=True)]
        fits = all(m - s < n < m + s for n, m, s in zip(size, least, draw.stride, strict=True))
        if fits and size != least:
            options["output_size"], sized = size, sized + 1
        elif size != least:
            continue
        wanted = torchs("max_unpool", rank)(pooled, places, draw.window, **options)
        found = symconv.max_unpool(x, places.numpy(), draw.window, **options)
        assert found.tolist() == wanted.tolist(), (x.shape, draw.window, options)
        if "output_size" in options:
            options["output_size"] = torch.Size([*x.shape[:2], *options["output_size"]])
            wanted = torchs("max_unpool", rank)(pooled, places, draw.window, **options)
            found = symconv.max_unpool(x, places.numpy(), draw.window, **options)
            assert found.tolist() == wanted.tolist(), (x.shape, draw.window, options)
    assert sized > CASES // (10 * rank)


@RANKS
def test_global_pools_are_torchs_adaptive_ones(rank: int) -> None:
    random = Random(50 + rank)  # noqa: S311
    for _ in range(CASES // 3):
        x = integers(random, *random.sample((1, 2, 3), 2), *some(random, rank, 1, 4))
        pairs = [("max", symconv.global_max_pool), ("avg", symconv.global_avg_pool)]
        for name, pool in pairs:
            wanted = torchs(f"adaptive_{name}_pool", rank)(doubles(x), 1)
            assert same_means(pool(x, spatial=rank), wanted.reshape(x.shape[:2]))


@RANKS
def test_adaptive_pools_of_whole_windows_are_pools(rank: int) -> None:
    random = Random(60 + rank)  # noqa: S311
    for _ in range(CASES // 6):
        out, window = some(random, rank, 1, 3), some(random, rank, 1, 4)
        size = [n * k for n, k in zip(out, window, strict=True)]
        x = integers(random, 2, 3, *size)
        for name, pool in (("max", symconv.max_pool), ("avg", symconv.avg_pool)):
            wanted = torchs(f"adaptive_{name}_pool", rank)(doubles(x), out)
            assert same_means(pool(x, window), wanted), (size, out)


@RANKS
def test_adaptive_pools_are_torchs(rank: int) -> None:
    random = Random(65 + rank)  # noqa: S311
    for _ in range(CASES // 3):
        size = some(random, rank, 1, 7 if rank < 3 else 5)
        out = [random.choice([None, *range(1, 9)]) for _ in range(rank)]
        x = integers(random, *random.sample((1, 2, 3), 2), *size)
        theirs = [n if s is None else s for n, s in zip(size, out, strict=True)]
        wanted = torchs("adaptive_max_pool", rank)(doubles(x), theirs)
        assert symconv.adaptive_max_pool(x, out).tolist() == wanted.tolist(), (size, out)
        wanted = torchs("adaptive_avg_pool", rank)(doubles(x), theirs)
        found = symconv.adaptive_avg_pool(x, out)
        assert same_means(found, wanted, 420**3), (size, out)


@RANKS
def test_nearest_exact_is_torchs(rank: int) -> None:
    """PyTorch computes places in float32: those next to a boundary are left to it."""
    random = Random(75 + rank)  # noqa: S311
    compared = 0
    for _ in range(CASES // 3):
        size, out = some(random, rank, 1, 7), some(random, rank, 1, 15)
        if clear(size, out, "half-pixel", Fraction(1, 2)):
            x = integers(random, 1, 2, *size)
            wanted = functional.interpolate(doubles(x), size=out, mode="nearest-exact")
            found = symconv.upsample_nearest(x, size=out, align="half-pixel", rounding="half-up")
            assert found.tolist() == wanted.tolist(), (size, out)
            compared += 1
    assert compared > CASES // 30


@RANKS
def test_nearest_is_torchs(rank: int) -> None:
    random = Random(70 + rank)  # noqa: S311
    for _ in range(CASES // 3):
        x = integers(random, 1, 2, *some(random, rank, 1, 5))
        scale = [random.choice(["1", "2", "3", "4", "1/2", "3/2", "5/2"]) for _ in range(rank)]
        found = unless("output-empty", symconv.upsample_nearest, x, scale)
        if found is None:
            continue
        factors = [float(symconv.array(by).item()) for by in scale]
        wanted = functional.interpolate(doubles(x), scale_factor=factors, mode="nearest")
        assert found.tolist() == wanted.tolist(), (x.shape, scale)
        sizes = list(found.shape[2:])
        if all(n % m == 0 or m % n == 0 for n, m in zip(x.shape[2:], sizes, strict=True)):
            assert (
                symconv.upsample_nearest(x, size=sizes).tolist()
                == functional.interpolate(doubles(x), size=sizes, mode="nearest").tolist()
            ), (x.shape, sizes)


@RANKS
@pytest.mark.parametrize("align", ["half-pixel", "corners"])
def test_linear_is_torchs_where_weights_are_dyadic(rank: int, align: str) -> None:
    random = Random(f"{align}{rank}")  # noqa: S311
    for _ in range(CASES // 6):
        size = [random.choice([1, 2, 3, 5, 6]) for _ in range(rank)]
        if align == "corners":
            out = [(n - 1) * random.choice([1, 2, 4]) + 1 for n in size]
        else:
            out = [n * random.choice([1, 2, 4]) for n in size]
        x = integers(random, 2, 1, *size)
        wanted = functional.interpolate(
            doubles(x), size=out, mode=LINEAR[rank], align_corners=align == "corners"
        )
        found = symconv.upsample_bilinear(x, size=out, align=align)
        assert equal(found, wanted), (size, out)


def test_im2col_is_torchs_unfold_and_its_adjoint_is_fold() -> None:
    """Fold is a transposed layer whose kernels each put one row of the matrix at one tap."""
    random = Random(80)  # noqa: S311
    for _ in range(CASES // 3):
        draw = Draw(random, 2)
        batch, channels = draw.x.shape[:2]
        options = draw.options()
        columns = functional.unfold(doubles(draw.x), draw.window, **options)
        found = im2col(draw.x, (1, channels, *draw.window), op="conv", **options)
        assert found.tolist() == columns.tolist(), (draw.x.shape, draw.window, options)
        wanted = functional.fold(columns, draw.size, draw.window, **options)
        rows = columns.shape[1]
        places = [
            (n + 2 * p - d * (k - 1) - 1) // s + 1
            for n, p, d, k, s in zip(
                draw.size, draw.padding, draw.dilation, draw.window, draw.stride, strict=True
            )
        ]
        kernel = np.eye(rows, dtype=np.int64).reshape(rows, channels, *draw.window)
        back = symconv.conv_transpose(
            found.reshape(batch, rows, *places), kernel, output_size=draw.size, **options
        )
        assert back.tolist() == wanted.tolist(), (draw.x.shape, draw.window, options)


def clear(size: list[int], out: list[int], align: str, boundary: Fraction) -> bool:
    """Tell whether no place rounds another way when it moves a little, or the step is exact."""
    for n, m in zip(size, out, strict=True):
        step = Fraction(n - 1, max(1, m - 1)) if align == "corners" else Fraction(n, m)
        half = Fraction(align == "half-pixel", 2)
        exact = all(part & (part - 1) == 0 for part in step.as_integer_ratio())
        for o in range(m):
            away = ((o + half) * step - half - boundary) % 1
            if not exact and min(away, 1 - away) < Fraction(1, 10**4):
                return False
    return True


# onnxruntime ----------------------------------------------------------------------------------


def onnx_draws(random: Random, rank: int, count: int, name: str, **more: Any) -> Any:
    """Yield a pool of ONNX with asymmetric pads, its options, and symconv's result."""
    done = 0
    while done < count:
        draw, ceil = Draw(random, rank), random.random() < 0.5
        pads = draw.uneven()
        options = draw.options(padding=pads, ceil_mode=ceil) | more
        found = unless(REFUSED, getattr(symconv, name), draw.x, draw.window, **options)
        if found is not None:
            done += 1
            yield draw, draw.attributes(pads, ceil_mode=int(ceil)), options, found


@RANKS
def test_max_pool_and_its_indices_are_onnxruntimes(rank: int) -> None:
    random = Random(100 + rank)  # noqa: S311
    for draw, attributes, options, found in onnx_draws(random, rank, CASES // rank, "max_pool"):
        outputs = ("float32", "int64")
        wanted, places = runtime("MaxPool", singles(draw.x), outputs, **attributes)
        assert found.tolist() == wanted.tolist(), attributes
        indices = symconv.max_pool_indices(draw.x, draw.window, whole=True, **options)
        assert indices.tolist() == places.tolist(), attributes


@RANKS
@pytest.mark.parametrize("counted", [False, True])
def test_avg_pool_is_onnxruntimes(rank: int, counted: bool) -> None:
    random = Random(110 + 10 * counted + rank)  # noqa: S311
    draws = onnx_draws(random, rank, CASES // rank, "avg_pool", count_padding=counted)
    for draw, attributes, _, found in draws:
        attributes["count_include_pad"] = int(counted)
        wanted = runtime("AveragePool", singles(draw.x), **attributes)
        assert same_means(found, wanted), attributes


@RANKS
@pytest.mark.parametrize("p", [1, 2, 3])
def test_lp_pool_is_onnxruntimes(rank: int, p: int) -> None:
    random = Random(130 + 10 * p + rank)  # noqa: S311
    for draw, attributes, _, found in onnx_draws(random, rank, CASES // (4 * rank), "lp_pool", p=p):
        wanted = runtime("LpPool", singles(draw.x), p=p, **attributes)
        assert same_norms(found, wanted, p), attributes


@pytest.mark.parametrize("name", ["max_pool", "avg_pool", "lp_pool"])
@pytest.mark.parametrize("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID"])
def test_names_of_padding_are_onnxruntimes(name: str, auto_pad: str) -> None:
    """Without dilation, and with strides no longer than the window (docs/findings.md)."""
    random = Random(name + auto_pad)  # noqa: S311
    padding = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}[auto_pad]
    op = {"max_pool": "MaxPool", "avg_pool": "AveragePool", "lp_pool": "LpPool"}[name]
    for _ in range(CASES // 9):
        window = some(random, 2, 1, 4)
        more: dict[str, Any] = {"p": 1} if name == "lp_pool" else {}
        stride = [random.randint(1, k) for k in window]
        x = integers(random, 1, 2, *(k + random.randint(0, 5) for k in window))
        found = getattr(symconv, name)(x, window, stride=stride, padding=padding, **more)
        wanted = runtime(
            op, singles(x), kernel_shape=window, strides=stride, auto_pad=auto_pad, **more
        )
        assert same_means(found, wanted), (x.shape, window, stride)


@RANKS
def test_global_pools_are_onnxruntimes(rank: int) -> None:
    random = Random(160 + rank)  # noqa: S311
    for _ in range(CASES // 6):
        x = integers(random, *random.sample((1, 2, 3), 2), *some(random, rank, 1, 4))
        lead = x.shape[:2]
        wanted = runtime("GlobalMaxPool", singles(x)).reshape(lead)
        assert symconv.global_max_pool(x, spatial=rank).tolist() == wanted.tolist()
        wanted = runtime("GlobalAveragePool", singles(x)).reshape(lead)
        assert same_means(symconv.global_avg_pool(x, spatial=rank), wanted)
        for p in (1, 2, 3):
            wanted = runtime("GlobalLpPool", singles(x), p=p, opset=21).reshape(lead)
            assert same_norms(symconv.global_lp_pool(x, p=p, spatial=rank), wanted, p)


@RANKS
def test_max_unpool_is_onnxruntimes(rank: int) -> None:
    random = Random(170 + rank)  # noqa: S311
    for turn in range(CASES // (2 * rank)):
        window, stride = some(random, rank, 1, 3), some(random, rank, 1, 3)
        size, pads = some(random, rank, 1, 4), [some(random, 2, 0, k - 1) for k in window]
        planes = random.sample((1, 2, 3), 2)
        plane = [
            (n - 1) * s + k - sum(pad)
            for n, s, k, pad in zip(size, stride, window, pads, strict=True)
        ]
        if min(plane) < 1:
            continue
        options: dict[str, Any] = {"stride": stride, "padding": pads, "whole": True}
        more: tuple[Any, ...] = ()
        if turn % 2:
            plane = [n + random.randint(0, 2) for n in plane]
            options["output_size"], more = plane, (np.array([*planes, *plane]),)
        x = integers(random, *planes, *size)
        if x.size > np.prod(planes + plane):
            continue
        places = np.array(random.sample(range(int(np.prod(planes + plane))), x.size))
        places = places.reshape(x.shape)
        attributes: dict[str, Any] = {"kernel_shape": window, "strides": stride, "pads": flat(pads)}
        wanted = runtime("MaxUnpool", [*singles(x), places, *more], **attributes)
        found = symconv.max_unpool(x, places, window, **options)
        assert found.tolist() == wanted.tolist(), (x.shape, attributes)


@pytest.mark.parametrize("mode", CORNERS)
def test_resize_is_onnxruntimes(mode: str) -> None:
    random = Random(mode)  # noqa: S311
    for _ in range(CASES // 3):
        rank = random.choice([1, 2])
        size = [random.choice([1, 2, 3, 5, 6]) for _ in range(rank)]
        scale = [random.choice([1, 2, 4]) for _ in range(rank)]
        x = integers(random, 2, 1, *size)
        scales = np.array([1, 1, *scale], dtype=np.float32)
        if mode == "align_corners":
            out = [(n - 1) * by + 1 for n, by in zip(size, scale, strict=True)]
            operands = [*singles(x), None, None, np.array([2, 1, *out])]
            found = symconv.upsample_bilinear(x, size=out, align="corners")
        else:
            operands = [*singles(x), None, scales]
            found = symconv.upsample_bilinear(x, scale, align=CORNERS[mode])
        wanted = runtime("Resize", operands, mode="linear", coordinate_transformation_mode=mode)
        assert equal(found, wanted), (size, scale)
        wanted = runtime(
            "Resize",
            [*singles(x), None, scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        assert symconv.upsample_nearest(x, scale).tolist() == wanted.tolist(), (size, scale)


@pytest.mark.parametrize("mode", CORNERS)
@pytest.mark.parametrize("nearest", NEAREST)
def test_nearest_is_onnxruntimes(nearest: str, mode: str) -> None:
    random = Random(mode + nearest)  # noqa: S311
    rounding, boundary = NEAREST[nearest]
    compared = 0
    for _ in range(CASES):
        rank = random.choice([1, 2])
        size, out = some(random, rank, 1, 7), some(random, rank, 1, 15)
        if size == out or not clear(size, out, CORNERS[mode], boundary):
            continue
        x = integers(random, 2, 1, *size)
        wanted = runtime(
            "Resize",
            [*singles(x), None, None, np.array([2, 1, *out])],
            mode="nearest",
            coordinate_transformation_mode=mode,
            nearest_mode=nearest,
        )
        found = symconv.upsample_nearest(x, size=out, align=CORNERS[mode], rounding=rounding)
        assert found.tolist() == wanted.tolist(), (size, out)
        compared += 1
    assert compared > CASES // 30


def test_nearest_of_onnx_without_attributes() -> None:
    random = Random(190)  # noqa: S311
    for _ in range(CASES // 9):
        x = integers(random, 1, 2, *some(random, 2, 1, 7))
        scale = [random.choice([1, 2, 4]) for _ in range(2)]
        wanted = runtime("Resize", [*singles(x), None, np.array([1, 1, *scale], dtype=np.float32)])
        found = symconv.upsample_nearest(x, scale, align="half-pixel", rounding="half-down")
        assert found.tolist() == wanted.tolist(), (x.shape, scale)
