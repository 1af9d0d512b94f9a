"""Values as code of Maxima, and the names that letters have in STACK.

Source: STACK's documentation of identifiers (e, i, j and pi are constants; names of more than two
letters are refused unless they are allowed) and its table of reserved words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from symconv.homework.questions.question import Question
from symconv.homework.reading.polynomials import Value, letters_of, terms_of

_PLAIN = re.compile(r"[A-DF-HK-Za-dfghk-z](?:_?[0-9]+)?")
"""Names that mean themselves in STACK: one letter, but e, i and j, and digits."""


def names(question: Question) -> dict[str, str]:
    """Return the name that each letter of a question has in STACK, all different.

    >>> from symconv.homework.questions.load import loads
    >>> names(loads('''
    ... schema: symconv-question/1
    ... id: demo
    ... op: correlation
    ... input: a e x_11
    ... kernel: α
    ... '''))
    {'a': 'a', 'e': 'e0', 'x11': 'x11', 'α': 's0'}
    """
    letters = {name for value in _values(question) for name in letters_of(value)}
    found = {
        name: name for name in sorted(letters | question.rules.symbols) if _PLAIN.fullmatch(name)
    }
    for name in sorted((letters | question.rules.symbols) - found.keys()):
        digits = "".join(re.findall("[0-9]+", name))
        first = name[0] if re.fullmatch("[A-Za-z]", name[0]) else "s"
        count = 1
        while f"{first}{'0' * count}{digits}" in found.values():
            count += 1
        found[name] = f"{first}{'0' * count}{digits}"
    return dict(sorted(found.items()))


def _values(question: Question) -> Iterator[Value]:
    exercise = question.exercise
    for array in (exercise.x, exercise.w, exercise.bias):
        yield from array.ravel().tolist()
    yield from question.key


def maxima(value: Value, called: Mapping[str, str]) -> str:
    """Return a value as Maxima's code.

    >>> from fractions import Fraction
    >>> from symconv.homework.reading.polynomials import letter
    >>> maxima(Fraction(-1, 2), {}), maxima(3 - letter("e") * letter("e"), {"e": "e0"})
    ('-1/2', '3-e0^2')
    """
    found = ""
    for monomial, factor in sorted(terms_of(value).items()):
        powers = [
            called[name] + (f"^{monomial.count(name)}" if monomial.count(name) > 1 else "")
            for name in dict.fromkeys(monomial)
        ]
        size = [] if abs(factor) == 1 and powers else [str(abs(factor))]
        found += ("-" if factor < 0 else "+" * bool(found)) + "*".join([*size, *powers])
    return found or "0"


def matrix(values: Sequence[Value], columns: int, called: Mapping[str, str]) -> str:
    """Return values in row-major order as Maxima's matrix.

    >>> matrix([1, 2, 3, 4], 2, {})
    'matrix([1,2],[3,4])'
    """
    rows = (values[at : at + columns] for at in range(0, len(values), columns))
    lines = (",".join(maxima(value, called) for value in row) for row in rows)
    return f"matrix({','.join(f'[{line}]' for line in lines)})"
