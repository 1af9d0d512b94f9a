"""What is measured: a task, the peers that do it too, and what is claimed of symconv alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symconv.bench.answers import Answer, Comparison, numbers
from symconv.bench.goals import Goal

Call = Callable[[], Any]
Load = Callable[..., Call]
"""Called with the operands; imports what it needs and returns the call that is timed."""
Part = tuple[tuple[Any, ...], int]
"""Operands, and how many products they make."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to the same answer.

    What ``load`` prepares is not timed: it is what the peer's own users would hold already.
    ``read`` brings its answer into the form that is compared, and is not timed either. ``most`` is
    the number of products beyond which it takes more memory than there may be. ``whole``: its time
    does not grow as the products do, so that no part could stand for the whole.
    """

    name: str
    load: Load
    goal: Goal | None = None
    read: Callable[[Any], Any] = lambda answer: answer
    compare: Comparison | None = None
    most: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """What symconv used for a task: seconds, bytes at the peak, bytes that the answer keeps."""

    seconds: float
    peak: int
    kept: int
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A bound on what symconv uses, whoever else there is: allowed / used has to be at least 1."""

    name: str
    allowed: float
    used: Callable[[Used], float]


@dataclass(frozen=True, slots=True)
class Task:
    """One input, what symconv does with it, and who else can.

    ``part`` gives operands of about so many products, for peers that would take too long on the
    whole. ``witness`` tells whether symconv's answer is right, by other means than symconv.
    ``traffic`` is what has to be read and written at least, in bytes, ``largest`` what no sum of
    |x||w| exceeds.
    """

    operands: tuple[Any, ...]
    subject: Load
    witness: Callable[[Any], bool]
    products: int
    peers: tuple[Peer, ...] = ()
    claims: tuple[Claim, ...] = ()
    part: Callable[[int], Part] | None = None
    compare: Comparison = numbers
    unit: str = "MAC"
    """What products are called; "" for other work, which has no rate and no memory of its own."""
    traffic: int | None = None
    largest: int = 0
    transform: tuple[int, ...] | None = None
    once: bool = False
    """Timed once: a task of minutes."""
    right: Answer = Answer.EXACT
    """What symconv's answer is where the witness does not object."""


QUICK = 16
"""Quick runs divide lengths by this."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which numbers and which sizes; every run with the same options sees the same inputs."""

    seed: int = 2026
    scale: float = 1.0
    quick: bool = False
    rounds: int = 7

    def size(self, n: int, least: int = 1) -> int:
        """Return a length at the chosen scale.

        >>> Options(scale=0.5).size(1024), Options(scale=0.001).size(1024, least=31)
        (512, 31)
        """
        return max(least, round(n * self.scale / (QUICK if self.quick else 1)))

    def random(self, name: str) -> np.random.Generator:
        """Return the random numbers of one workload, whatever else runs.

        >>> Options(seed=1).random("a").integers(9) == Options(seed=1).random("a").integers(9)
        np.True_
        """
        return np.random.default_rng([self.seed, *name.encode()])


@dataclass(frozen=True, slots=True)
class Workload:
    """A task by name, built when its turn comes."""

    name: str
    build: Callable[[], Task]


@dataclass(frozen=True, slots=True)
class Curve:
    """A task at growing sizes, for a plot of time and memory."""

    name: str
    sizes: tuple[int, ...]
    build: Callable[[int], Task]
    peers: tuple[str, ...] = field(default=())
    """The peers that are drawn too."""
    unit: str = "products"


@dataclass(frozen=True, slots=True)
class Family:
    """The workloads of one row of the table of goals."""

    name: str
    title: str
    workloads: Callable[[Options], Iterable[Workload]]
    curves: Callable[[Options], Iterable[Curve]] = lambda _options: ()
