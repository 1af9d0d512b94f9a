"""W5: fixtures read and verified, and the start of the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from symconv.bench.answers import alike, uncompared
from symconv.bench.goals import AHEAD, at_least, within
from symconv.bench.tasks import Call, Claim, Curve, Family, Options, Peer, Task, Workload
from symconv.bench.witness import pairs
from symconv.bench.workloads.folder import folder

CASES = 1_000
SHAPES = 90
"""Different shapes and options among the cases."""
VERIFY_SECONDS = 0.060
HELP_SECONDS = 0.20


def text_of(values: Any) -> str:
    """Return a matrix as the text that fixtures hold: `1 2; 3 4`."""
    return "; ".join(" ".join(map(str, row)) for row in values.tolist())


def document(count: int, random: np.random.Generator, wrong: int = 0, shapes: int = SHAPES) -> Any:
    """Return a document of small cases, whose printed values come from plain loops.

    They are of so many different shapes and options; in the first *wrong* of them the last cell is
    off by one.
    """
    from symconv.fixtures import Document

    kinds = [_kind(random) for _ in range(shapes)]
    drawn = [kinds[place] for place in random.integers(0, shapes, count).tolist()]
    cases = [_case(place, random, kind, place < wrong) for place, kind in enumerate(drawn)]
    return Document(
        schema="symconv-fixture/1", deck="bench", title="Small cases", origin="bench", cases=cases
    )


def _kind(random: np.random.Generator) -> tuple[int, ...]:
    """Return the sizes of input and kernel, the stride, the padding and the flip of a case."""
    ends = (3, 7), (3, 7), (2, 4), (1, 4), (1, 3), (0, 2), (0, 2)
    return tuple(int(random.integers(*pair)) for pair in ends)


def _case(place: int, random: np.random.Generator, kind: tuple[int, ...], wrong: bool) -> Any:
    from symconv.fixtures import Options as Steps
    from symconv.fixtures import Values

    n, m, k, q, stride, before, flip = kind
    x, w = random.integers(-9, 10, (n, m)), random.integers(-9, 10, (k, q))
    sizes = zip(x.shape, w.shape, strict=True)
    out = np.empty([(i + 2 * before - t) // stride + 1 for i, t in sizes], dtype=object)
    for cell in np.ndindex(out.shape):
        found = pairs(x, w, cell, flip=bool(flip), before=before, stride=stride)
        out[cell] = sum(a * b for a, b in found)
    out[-1, -1] += wrong
    return Values(
        id=f"bench/case-{place}",
        says=f"Case {place}, a {k}x{q} kernel on a {n}x{m} image",
        slide=f"slide {place // 10}",
        op="convolve" if flip else "correlate",
        x=text_of(x),
        w=text_of(w),
        options=Steps(padding=before, stride=stride),
        printed=text_of(out),
    )


# Loading --------------------------------------------------------------------------------------


def _files(count: int, options: Options) -> tuple[Path, Path]:
    from symconv.fixtures import dumps

    made = document(count, options.random(f"W5 {count}"))
    paths = [folder() / f"{count}-{options.seed}.{kind}" for kind in ("json", "yaml")]
    for path in paths:
        path.write_text(dumps(made, json=path.suffix == ".json"), encoding="utf-8")
    return paths[0], paths[1]


def _load_json(twin: Path, _yaml: Path) -> Call:
    from symconv.fixtures import load

    return lambda: load(twin)


def _load_yaml(_twin: Path, path: Path) -> Call:
    from symconv.fixtures import load

    return lambda: load(path)


def _pyyaml(loader: str, _twin: Path, path: Path) -> Call:
    import yaml

    kind = getattr(yaml, loader)
    return lambda: yaml.load(path.read_text(encoding="utf-8"), kind)  # noqa: S506 - a safe one


def _ruamel(_twin: Path, path: Path) -> Call:
    from ruamel.yaml import YAML

    return lambda: YAML(typ="safe", pure=True).load(path)


def _json(twin: Path, _yaml: Path) -> Call:
    return lambda: json.loads(twin.read_bytes())


def _typed(twin: Path, _yaml: Path) -> Call:
    import msgspec

    from symconv.fixtures import Document

    return lambda: msgspec.json.decode(twin.read_bytes(), type=Document)


def _as_document(data: Any) -> Any:
    """Return what another reader made of the file as a document, if its types allow that."""
    import msgspec

    from symconv.fixtures import Document

    try:
        return msgspec.convert(data, Document)
    except msgspec.ValidationError:
        return None


def loading(count: int, options: Options) -> Task:
    """Return the reading of so many cases from their JSON twin."""
    given = _files(count, options)
    wanted = document(count, options.random(f"W5 {count}"))
    peers = (
        Peer("PyYAML SafeLoader", partial(_pyyaml, "SafeLoader"), at_least(50), _as_document),
        Peer("ruamel.yaml, safe", _ruamel, at_least(50), _as_document),
        Peer("PyYAML CSafeLoader", partial(_pyyaml, "CSafeLoader"), AHEAD, _as_document),
        Peer("symconv, the same from YAML", _load_yaml, AHEAD),
        Peer("json.loads (nothing checked)", _json, None, _as_document),
        Peer("msgspec, typed (no content checked)", _typed),
    )
    return Task(
        given,
        _load_json,
        lambda answer: bool(answer == wanted),
        count,
        peers,
        compare=alike,
        unit="case",
    )


# Verifying ------------------------------------------------------------------------------------


def _judge(made: Any) -> Call:
    from symconv.verify import judged

    return lambda: [getattr(found, "status", found) for found in judged(made)]


def _confirmed(statuses: Any) -> bool:
    return all(getattr(status, "value", "") == "confirmed" for status in statuses)


def _loops(number: Any, made: Any) -> Call:
    """Return plain loops over numbers of one kind, reading the same texts."""

    def read(text: str) -> Any:
        return [[number(entry) for entry in row.split()] for row in text.split(";")]

    def right(case: Any) -> bool:
        x, w, printed = read(case.x), read(case.w), read(case.printed)
        step, pad = case.options.stride, case.options.padding
        w = [row[::-1] for row in w[::-1]] if case.op == "convolve" else w
        return all(
            value == _cell(x, w, step * i - pad, step * j - pad)
            for i, row in enumerate(printed)
            for j, value in enumerate(row)
        )

    return lambda: [right(case) for case in made.cases]


def _cell(x: Any, w: Any, top: int, left: int) -> Any:
    total = 0
    for a, weights in enumerate(w):
        if 0 <= top + a < len(x):
            row = x[top + a]
            for b, weight in enumerate(weights):
                if 0 <= left + b < len(row):
                    total += row[left + b] * weight
    return total


def verifying(count: int, options: Options) -> Task:
    """Return the judging of so many loaded cases; the witness has some that are wrong."""
    random = options.random(f"W5 {count}")
    made = document(count, random)
    faulty = document(20, options.random("W5 wrong"), wrong=7)

    def witness(answer: Any) -> bool:
        told = [getattr(status, "value", "") for status in _judge(faulty)()]
        return (
            len(answer) == count
            and _confirmed(answer)
            and told == 7 * ["refuted"] + 13 * ["confirmed"]
        )

    def same(mine: Any, theirs: Any) -> Any:
        return alike([getattr(status, "value", "") == "confirmed" for status in mine], theirs)

    return Task(
        (made,),
        _judge,
        witness,
        count,
        peers=(
            Peer("loops on Fractions", partial(_loops, Fraction), AHEAD),
            Peer("loops on Python integers (the limit)", partial(_loops, int)),
        ),
        claims=(_at_most(VERIFY_SECONDS),),
        compare=same,
        unit="case",
    )


def _at_most(seconds: float) -> Claim:
    return Claim(f"at most {seconds * 1e3:g} ms", seconds, lambda used: used.seconds)


# Starting -------------------------------------------------------------------------------------


def _python(*arguments: str) -> Call:
    """Return a call that starts Python and returns what it prints."""

    def run() -> str:
        command = [sys.executable, *arguments]
        # as for a user, whose Python keeps what it compiled
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept)  # noqa: S603
        return done.stdout

    return run


def _symconv(*words: str) -> Call:
    return _python("-c", "from symconv.cli import main; main()", *words)


DERIVE = ("derive", "--input", "3x4", "--kernel", "2x2")
DERIVED = (
    "aw + bx + ey + fz  |  bw + cx + fy + gz  |  cw + dx + gy + hz",
    "ew + fx + iy + jz  |  fw + gx + jy + kz  |  gw + hx + ky + lz",
)


def starting(words: tuple[str, ...]) -> Task:
    """Return a command from start to end, in a process of its own."""
    deriving = words == DERIVE

    def witness(answer: Any) -> bool:
        return tuple(answer.splitlines()) == DERIVED if deriving else "Usage:" in answer

    return Task(
        (),
        lambda: _symconv(*words),
        witness,
        1,
        peers=(
            Peer(
                "import sympy",
                lambda: _python("-c", "import sympy"),
                within(1.3) if deriving else AHEAD,
            ),
            Peer("Python alone (the limit)", lambda: _python("-c", "pass")),
        ),
        claims=() if deriving else (_at_most(HELP_SECONDS),),
        compare=uncompared,
        unit="",
    )


def _workloads(options: Options) -> Iterator[Workload]:
    count = options.size(CASES, 20)
    yield Workload(f"W5 load {count} cases", partial(loading, count, options))
    yield Workload(f"W5 verify {count} cases", partial(verifying, count, options))
    yield Workload("W5 symconv --help", partial(starting, ("--help",)))
    yield Workload("W5 symconv derive", partial(starting, DERIVE))


def _curves(options: Options) -> Iterator[Curve]:
    sizes = (5, 10) if options.quick else (10, 100, 1_000, 5_000)
    yield Curve(
        "load n cases",
        sizes,
        lambda n: loading(n, options),
        ("symconv, the same from YAML", "PyYAML CSafeLoader"),
        "cases",
    )
    yield Curve(
        "verify n cases", sizes, lambda n: verifying(n, options), ("loops on Fractions",), "cases"
    )


FAMILY = Family("W5", "fixtures and start-up", _workloads, _curves)
