"""Plots of time and memory against size, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symconv.bench.curves import Line
from symconv.bench.tasks import Curve

SIZE = (6.0, 4.2)
"""Inches of one panel."""


def draw(path: Path, title: str, curves: Sequence[tuple[Curve, Sequence[Line]]]) -> None:
    """Draw the curves of one family: a row for each, time on the left, memory on the right.

    Each line's legend has the power of the number of products that it grows as, fitted to its
    largest sizes.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2 * SIZE[0], SIZE[1] * len(curves)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(curves), 2, squeeze=False)
    for (curve, lines), (left, right) in zip(curves, panels, strict=True):
        _panel(left, curve, "seconds", lines, 0)
        _panel(right, curve, "bytes at the peak (Python and NumPy)", lines, 1)
    figure.suptitle(title)
    with mpl.rc_context({"svg.hashsalt": "symconv", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _panel(axes: object, curve: Curve, unit: str, lines: Sequence[Line], which: int) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)  # noqa: S101 - subplots are typed as anything
    for place, line in enumerate(lines):
        values = (line.seconds, line.peak)[which]
        label = f"{line.name}: {curve.unit}^{line.exponents()[which]:.2f}"
        axes.loglog(
            line.products, values, marker="o", label=label, linewidth=2.4 if place == 0 else 1.2
        )
    axes.set(title=curve.name, xlabel=curve.unit, ylabel=unit)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(fontsize="small")
