"""A law as data: what it states, what it needs, where it fails, and what holds instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from string import Formatter
from typing import Any

from symconv.errors import LawError
from symconv.laws.language.reading import read
from symconv.laws.language.statement import Statement
from symconv.options import choices as hint_of

OPTIONS: Mapping[str, tuple[Any, ...]] = {
    "op": ("correlate", "convolve"),
    "padding": ("valid", "full", "same", "same_lower"),
    "boundary": ("zero", "wrap", "reflect", "symmetric", "edge"),
    "stride": (1, 2),
    "dilation": (1, 2),
}
"""What a law may be asked for: the default grid goes through these values."""
DEFAULTS: Mapping[str, Any] = {
    "op": "convolve",
    "padding": "full",
    "boundary": "zero",
    "stride": 1,
    "dilation": 1,
}


@dataclass(frozen=True, slots=True)
class Repair:
    """What holds where a law fails: the law under a further assumption, or another statement.

    Without a ``statement`` it is the law itself, under ``assume``.
    """

    says: str
    statement: str = ""
    assume: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A shape at which a law is written out: lengths of the tensors, and the named integers."""

    shapes: Mapping[str, tuple[int, ...]]
    parameters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Law:
    """One law of the registry.

    ``statement`` is text of the language of `symconv.prove`; in a law that ``varies``, ``{op}`` is
    an operation and ``{o}`` its options. ``mutants`` are statements close to it that are false:
    a wrong padding, a missing flip, stride and dilation exchanged.

    >>> law = Law("unit", "Unit", "algebra", "{op}(x, delta(1){o}) == x", varies=("op", "padding"))
    >>> law.text(op="correlate", padding="same")
    'correlate(x, delta(1), padding="same") == x'
    """

    name: str
    title: str
    group: str
    statement: str
    latex: str = ""
    says: str = ""
    source: str = ""
    example: Example | None = None
    assume: tuple[str, ...] = ()
    algebra: str = "sum"
    ranks: Mapping[str, int] = field(default_factory=dict)
    varies: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()
    mutants: tuple[str, ...] = ()

    def chosen(self, **choices: Any) -> dict[str, Any]:
        """Return a value for every option that the law varies with.

        Raises: LawError[unknown-choice] for an option or a name that the law does not have.
        """
        for name, value in choices.items():
            if name not in self.varies:
                hint = f"it varies with {', '.join(self.varies) or 'nothing'}"
                message = f"{self.name} has no choice of {name}"
                raise LawError("unknown-choice", message, hint=hint)
            _check_choice(name, value)
        stated = {name: self.defaults.get(name, DEFAULTS[name]) for name in self.varies}
        return stated | choices

    def text(self, template: str | None = None, /, **choices: Any) -> str:
        """Return the statement for some choices."""
        chosen = self.chosen(**choices)
        filled = {"op": chosen.get("op", "convolve"), "o": _options(chosen)}
        filled |= {name: str(value) for name, value in chosen.items()}
        return _filled(self.statement if template is None else template, filled)

    def read(self, **choices: Any) -> Statement:
        """Return the law for some choices."""
        return self.read_as(None, (), 1, **choices)

    def read_as(
        self, template: str | None, assume: tuple[str, ...], rank: int, /, **choices: Any
    ) -> Statement:
        """Return another statement with the law's tensors, under further assumptions."""
        chosen = {name: str(value) for name, value in self.chosen(**choices).items()}
        given = tuple(_filled(line, chosen) for line in (*self.assume, *assume))
        text = self.text(template, **choices)
        return read(text, assume=given, algebra=self.algebra, rank=rank, ranks=self.ranks)

    def grid(self) -> Iterator[dict[str, Any]]:
        """Yield the choices of the default grid; without padding there is one boundary."""
        for values in product(*(OPTIONS[name] for name in self.varies)):
            chosen = dict(zip(self.varies, values, strict=True))
            padded = chosen.get("padding") != "valid" or chosen.get("boundary", "zero") == "zero"
            steps = chosen.get("stride", 1) == 1 or chosen.get("dilation", 1) == 1
            if padded and steps:
                yield chosen


def _check_choice(name: str, value: Any) -> None:
    known = OPTIONS[name]
    if isinstance(known[0], int):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            message = f"{name}={value!r}"
            raise LawError("unknown-choice", message, hint="use an integer of 1 or more")
    elif value not in known:
        message = f"{name}={value!r}"
        raise LawError("unknown-choice", message, hint=hint_of(value, known))


def _options(chosen: Mapping[str, Any]) -> str:
    """Return options as they follow the arrays of a call."""
    written = ""
    for name, value in chosen.items():
        if name != "op" and not (name != "padding" and value == DEFAULTS[name]):
            written += f', {name}="{value}"' if isinstance(value, str) else f", {name}={value}"
    return written


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its fields filled in; only the plain names of choices are fields."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts += [text, "" if name is None else values[name]]
    return "".join(parts)
