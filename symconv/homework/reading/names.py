r"""One name for every way to write a letter: `x11`, `x_{1,1}`, `x[1,1]`, `x₁₁`; `\\alpha`, `α`."""

from __future__ import annotations

import re
from functools import lru_cache

from symconv.homework.reading.characters import DIGITS, GREEK, SUBSCRIPTS, SUPERSCRIPTS, fold

WORDS = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩℓ",
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"),
            *("kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon"),
            *("phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi"),
            *("Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell"),
        ),
        strict=True,
    )
)
"""What each letter is called; LaTeX calls it so after a backslash."""
COMMANDS = {word: letter for letter, word in WORDS.items()} | {
    f"var{word}": letter
    for letter, word in WORDS.items()
    if word in ("epsilon", "theta", "pi", "rho", "sigma", "phi", "kappa")
}
LETTER = f"A-Za-z{GREEK}ℓ"
_PARTS = r"[0-9A-Za-z]+(?: *, *[0-9A-Za-z]+)*"
CLOSED = rf"_\{{ *{_PARTS} *\}}|\[ *[0-9]+(?: *, *[0-9]+)* *\]"
"""Subscripts that say themselves where they end."""
OPEN = rf"_[0-9]++|[0-9]++|[{SUBSCRIPTS}]++|_[A-Za-z]++"
_DRESSED = re.compile(
    r"\\(?:text|mathrm|mathit|mathbf|mathsf|operatorname) *\{ *([^{} ]+) *\}"
    r"(?: *(?=[_\[0-9₀-₉]))?"
)
_COMMAND = re.compile(r"\\([A-Za-z]+) *")
_UNIT = re.compile(rf"(?P<base>[^\W\d_{SUBSCRIPTS}{SUPERSCRIPTS}]++)(?P<sub>{CLOSED}|{OPEN})?")
_DOWN = str.maketrans(SUBSCRIPTS, DIGITS)


@lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    r"""Return the one name of a letter with a subscript; other words are themselves.

    Indices of one digit each are joined; where one is longer they are kept apart.

    >>> [canonical(word) for word in ("x_{1,1}", "x[1,1]", "x₁₁", r"\alpha_2", "x_{1,12}")]
    ['x11', 'x11', 'x11', 'α2', 'x[1,12]']
    """
    plain = undressed(fold(word).strip())
    found = _UNIT.fullmatch(plain)
    return unit(found) if found else plain


def undressed(text: str) -> str:
    r"""Return a name without `\text{}` and with letters for commands such as `\alpha`."""
    if "\\" not in text:
        return text
    return _COMMAND.sub(lambda found: COMMANDS.get(found[1], found[0]), _DRESSED.sub(r"\1", text))


def unit(found: re.Match[str]) -> str:
    """Return the canonical name of letters with at most one subscript."""
    if found["sub"] is None:
        return found["base"]
    parts = re.split(r" *, *", found["sub"].translate(_DOWN).strip("_{}[] "))
    numbers = all(set(part) <= set(DIGITS) for part in parts)
    if len(parts) > 1 and (not numbers or any(len(part) > 1 for part in parts)):
        return f"{found['base']}[{','.join(parts)}]"
    return f"{found['base']}{'' if numbers else '_'}{''.join(parts)}"


def units(run: str) -> str:
    r"""Return the names of a run of letters, each canonical, a line break after closed ones.

    >>> units("x_{1,1}ab2")
    'x11\nab2'
    """
    parts = []
    for found in _UNIT.finditer(run):
        closed = found["sub"] is not None and found["sub"][-1] in "]}"
        parts.append(unit(found) + "\n" * closed)
    return "".join(parts).rstrip("\n")
