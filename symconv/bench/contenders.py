"""Who takes part: a peer is loaded, tried, and measured on as much as it can do in fair time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symconv.bench.answers import Answer
from symconv.bench.tasks import Call, Part, Peer, Task
from symconv.bench.timing import clock, described

FIRST_PART = 1_000
"""Products on which it is first seen how long a peer takes."""
READABLE = 0.1
"""Seconds from which on the time of a part foretells that of the whole."""
TRIALS = 3
"""Calls on each part, the quickest of which counts: a stall of the machine foretells nothing."""
PATIENCE = 1.0
"""Seconds for one call: a peer that would take longer is measured on a part of the workload."""
PART_SECONDS = 0.3
"""Seconds that a call on such a part should take."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A peer, ready to be timed on the whole workload or on a stated part; or why it is not."""

    peer: Peer
    call: Call | None = None
    products: int = 0
    estimate: float = math.nan
    answer: Answer = Answer.UNCHECKED
    fault: str = ""


def contender(
    peer: Peer, task: Task, answer: Any, tick: Callable[[str], None], patience: float = PATIENCE
) -> Contender:
    """Return a peer with its call, an estimate of its seconds, and how right its answer is.

    On a part of the workload the answer is compared with symconv's on that part.
    """
    tick(peer.name)
    try:
        operands, products = chosen(peer, task, patience)
        call = peer.load(*operands)
        seconds, theirs = clock(call)
        wanted = answer if products == task.products else task.subject(*operands)()
        compare = peer.compare or task.compare
        return Contender(peer, call, products, seconds, compare(wanted, peer.read(theirs)))
    except ImportError as error:
        return Contender(peer, fault=f"missing: {error.name or error} cannot be imported")
    except Exception as error:  # noqa: BLE001 - a peer's failure is its row's text
        return Contender(peer, fault=described(error))


def chosen(peer: Peer, task: Task, patience: float) -> Part:
    """Return the whole workload where a peer can do it in bearable time, else a part of it.

    Growing parts are tried until their time foretells that of the whole.
    """
    whole: Part = (task.operands, task.products)
    if peer.whole:
        return whole
    if task.part is not None and peer.most is not None and peer.most < task.products:
        whole = task.part(peer.most)
    wanted = FIRST_PART
    while task.part is not None and wanted < whole[1]:
        operands, products = task.part(wanted)
        call = peer.load(*operands)
        call()
        seconds = min(clock(call)[0] for _ in range(TRIALS))
        estimate = seconds * whole[1] / products
        if estimate <= patience:
            return whole
        if seconds >= READABLE:
            bearable = whole[1] * patience * (PART_SECONDS / PATIENCE) / estimate
            return task.part(max(1, int(bearable)))
        wanted = 8 * max(wanted, products)
    return whole
