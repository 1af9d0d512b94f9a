"""Z3 behind one question: unsatisfiable, satisfiable with a model, or no answer in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from symconv.errors import LawError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver said: "unsat", "sat" or "unknown", with a model where there is one."""

    said: str
    model: Mapping[str, int] = field(default_factory=dict)


def available() -> bool:
    """Tell whether Z3 can be imported."""
    return find_spec("z3") is not None


def ask(text: str, seconds: float) -> Answer:
    """Put an SMT-LIB script to Z3.

    Raises: LawError[no-solver] where the extra `proof` is not installed.
    """
    if not available():
        message = "a proof for all shapes needs z3-solver, which is not installed"
        hint = "pip install 'symconv[proof]', or ask for shapes up to a bound with up_to"
        raise LawError("no-solver", message, hint=hint)
    import z3

    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", max(1, int(seconds * 1000)))
    solver.from_string(text)
    said = str(solver.check())
    if said != "sat":
        return Answer(said)
    model = solver.model()
    found = {
        str(one.name()): model[one].as_long()
        for one in model.decls()
        if z3.is_int_value(model[one])
    }
    return Answer(said, found)
