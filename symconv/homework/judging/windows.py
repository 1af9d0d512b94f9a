"""Where the windows of a symbolic answer lie, in one sentence on all cells that agree.

    start[a] = strides[a]·out[outs[a]] + starts[a]

is fitted to the placements of the cells and compared with what was asked for: stride·out − before,
under the slope ±dilation. It finds shifts, flips, strides, dilations and swapped axes that no
catalogue has to list.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symconv.homework.judging.placements import MOST_MAPS, Placement, asked_map, localise
from symconv.homework.judging.places import axis_words, cell_name
from symconv.homework.questions.question import Question, Shape
from symconv.homework.reading.polynomials import Value
from symconv.plan import Geometry

__all__ = ["Placement", "cell_name", "localise", "sentence"]


@dataclass(frozen=True, slots=True)
class _Model:
    """The windows of many cells: start[a] = strides[a]·out[outs[a]] + starts[a], under one map."""

    axes: tuple[int, ...]
    slopes: tuple[int, ...]
    outs: tuple[int, ...]
    strides: tuple[int, ...]
    starts: tuple[int, ...]

    def places(self, cell: Placement) -> bool:
        """Tell whether a cell lies where the model says."""
        return (self.axes, self.slopes) == (cell.axes, cell.slopes) and cell.start == self.start(
            cell
        )

    def start(self, cell: Placement) -> tuple[int, ...]:
        out = cell.index[-len(self.outs) :]
        lines = zip(self.strides, self.outs, self.starts, strict=True)
        return tuple(stride * out[o] + start for stride, o, start in lines)


def _asked_model(plan: Geometry) -> _Model:
    axes, slopes = asked_map(plan)
    strides, starts = (
        tuple(each) for each in zip(*((a.stride, -a.before) for a in plan.axes), strict=True)
    )
    return _Model(axes, slopes, axes, strides, starts)


def _model(plan: Geometry, placed: Sequence[Placement]) -> _Model | None:
    """Return the model that places most cells, if it places all but a quarter."""
    asked = _asked_model(plan)
    maps = Counter((cell.axes, cell.slopes) for cell in placed)
    best, most = None, len(placed) - len(placed) // 4 - 1
    for (axes, slopes), count in maps.most_common(MOST_MAPS):
        group = [cell for cell in placed if (cell.axes, cell.slopes) == (axes, slopes)]
        for outs in itertools.permutations(asked.axes) if count > most else ():
            lines = [_line(group, a, o, asked.strides[a]) for a, o in enumerate(outs)]
            strides, starts = zip(*lines, strict=True)
            model = _Model(axes, slopes, outs, strides, starts)
            agreeing = sum(map(model.places, placed))
            if agreeing > most:
                best, most = model, agreeing
    return best


def _line(cells: Sequence[Placement], a: int, out: int, asked: int) -> tuple[int, int]:
    """Return the stride and the first start along one axis that most cells follow."""
    at = {cell.index: cell.start[a] for cell in cells}
    spot = len(cells[0].index) - len(cells[0].start) + out
    beside = ((i, (*i[:spot], i[spot] + 1, *i[spot + 1 :])) for i in at)
    steps = Counter(at[there] - at[here] for here, there in beside if there in at)
    best, most = (asked, 0), 0
    for stride in (asked, *(step for step, _ in steps.most_common(2) if step)):
        starts = Counter(start - stride * index[spot] for index, start in at.items())
        (first, count), *_ = starts.most_common(1)
        if count > most:
            best, most = (stride, first), count
    return best


def sentence(question: Question, values: Sequence[Value | None], shape: Shape | None = None) -> str:
    """Return one sentence on where the windows of a symbolic answer lie; "" if there is none.

    It speaks of all cells but a quarter, else of those that lie elsewhere than asked, if they all
    differ in the same way.

    >>> from symconv.homework.questions.load import loads
    >>> from symconv.homework.reading.polynomials import letter
    >>> question = loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: a b c d e
    ... kernel: v w
    ... options: {stride: 2}
    ... ''')
    >>> a, b, c, d, v, w = map(letter, "abcdvw")
    >>> sentence(question, [a * v + b * w, b * v + c * w])
    'position 2 pairs v with b: you moved 1 step where the stride is 2'
    """
    plan, placed = question.exercise.plan, localise(question, values, shape)
    asked = _asked_model(plan)
    shape = question.shape if shape is None else shape
    model = _model(plan, placed) if placed else None
    if model is None or model == asked:
        return _exception(question, [cell for cell in placed if not asked.places(cell)])
    found = next((cell for cell in placed if model.places(cell) and not asked.places(cell)), None)
    if found is None:
        return ""
    sizes = shape[-len(plan.axes) :]
    return f"{_pairing(question, found)}: {_joined(list(_differences(plan, model, sizes)))}"


def _exception(question: Question, cells: Sequence[Placement]) -> str:
    """Return the sentence on cells that lie elsewhere, if they differ in one way."""
    plan = question.exercise.plan
    asked, rank = _asked_model(plan), len(plan.axes)
    shifts = {
        (
            cell.axes,
            cell.slopes,
            tuple(s - t for s, t in zip(cell.start, asked.start(cell), strict=True)),
        )
        for cell in cells
    }
    if len(shifts) != 1:
        return ""
    axes, slopes, shift = shifts.pop()
    starts = tuple(s + t for s, t in zip(asked.starts, shift, strict=True))
    model = _Model(axes, slopes, asked.outs, asked.strides, starts)
    words = _joined(list(_differences(plan, model, (1,) * rank)))
    also = {1: "there", 2: "there and in one more cell"}.get(
        len(cells), f"there and in {len(cells) - 1} more cells"
    )
    return f"{_pairing(question, cells[0])}: {also} {words}"


def _pairing(question: Question, cell: Placement) -> str:
    w, x = cell.pair
    name = cell_name(cell.index, question.exercise.rank, question.layered)
    return f"{name} pairs {w} with {x}"


def _joined(words: Sequence[str]) -> str:
    """Return words as a list, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _differences(plan: Geometry, model: _Model, sizes: Shape) -> Iterator[str]:
    """Yield what differs between a model and what was asked, for an answer of some sizes."""
    asked, words = _asked_model(plan), axis_words(len(plan.axes))
    swaps = [("your kernel", model.axes), ("your answer", model.outs)]
    if model.axes == model.outs != asked.axes:
        swaps = [("the input", model.axes)]
    for whose, axes in swaps:
        moved = [
            f"{word}s"
            for word, axis, right in zip(words, axes, asked.axes, strict=True)
            if axis != right
        ]
        if moved:
            yield f"{whose} has its {_joined(moved)} swapped"
    yield from _orders(plan, model)
    yield from _gaps(plan, model)
    yield from _moves(model, asked)
    yield from _shifts(plan, model, sizes)


def _orders(plan: Geometry, model: _Model) -> Iterator[str]:
    """Yield the axes along which the kernel is read the other way round."""
    words = axis_words(len(plan.axes)) if len(plan.axes) > 1 else ("entry",)
    turned = [
        f"from its first {words[axis]} to its last"
        if slope > 0
        else f"from its last {words[axis]} to its first"
        for axis, slope in sorted(zip(model.axes, model.slopes, strict=True))
        if plan.axes[axis].taps > 1 and (slope < 0) != plan.axes[axis].flip
    ]
    if turned:
        yield f"your kernel is read {' and '.join(turned)}"


def _gaps(plan: Geometry, model: _Model) -> Iterator[str]:
    """Yield the axes along which the kernel's entries lie closer or wider than asked."""
    asked = asked_map(plan)[1]
    found = {
        a: (abs(slope), abs(right))
        for a, (slope, right, axis) in enumerate(zip(model.slopes, asked, model.axes, strict=True))
        if abs(slope) != abs(right) and plan.axes[axis].taps > 1
    }
    words = axis_words(len(plan.axes))
    alike = len(found) == len(words) and len(set(found.values())) == 1
    for a, (gap, right) in list(found.items())[: 1 if alike else None]:
        whose = "entries" if alike else f"{words[a]}s"
        yield f"the {whose} of your kernel stand {gap} apart where the dilation is {right}"


def _moves(model: _Model, asked: _Model) -> Iterator[str]:
    """Yield the axes along which the window moved by other steps, or backwards."""
    pairs = list(zip(model.strides, asked.strides, strict=True))
    words = axis_words(len(pairs))
    for a, (stride, _) in enumerate(pairs):
        if stride < 0:
            yield f"your answer runs from its last {words[a]} to its first"
    found = {a: (abs(s), t) for a, (s, t) in enumerate(pairs) if abs(s) != t}
    alike = len(found) == len(words) and len(set(found.values())) == 1
    for a, (stride, right) in list(found.items())[: 1 if alike else None]:
        unit = "step" if alike else words[a]
        yield f"you moved {stride} {unit}{'s' * (stride != 1)} where the stride is {right}"


def _shifts(plan: Geometry, model: _Model, sizes: Shape) -> Iterator[str]:
    """Yield how much later or earlier than asked the window starts along each axis."""
    words = axis_words(len(plan.axes)) if len(plan.axes) > 1 else ("place",)
    found: dict[str, list[str]] = {}
    for a, axis in enumerate(plan.axes):
        last = -model.strides[a] * (sizes[model.outs[a]] - 1) if model.strides[a] < 0 else 0
        shift = model.starts[a] - last + axis.before
        if shift:
            count = _COUNTS.get(abs(shift), str(abs(shift)))
            text = f"{count} {words[a]}{'s' * (abs(shift) > 1)}"
            found.setdefault("late" if shift > 0 else "early", []).append(text)
    if found:
        late = (f"{_joined(each)} {way}" for way, each in found.items())
        yield f"your window starts {' and '.join(late)}"


_COUNTS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
