"""Answers in JSON: nested lists, one map for one student, or a class.

    [[1, 2], [3, 4]]     {"id": "ada", "answer": [["1/2", "a + b"]]}     {"ada": "1 2; 3 4", …}

Numbers stay the text they are written as; brackets are counted before anything is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from symconv.errors import AnswerError
from symconv.homework.reading import grids, htmls
from symconv.homework.reading.model import Plane, Rules, Submission, Written

DEPTH = 20
"""Brackets inside brackets of an answer; those of a notebook's outputs go deeper."""


class Keys(NamedTuple):
    """The keys that the id and the answer of a student may stand at; the first one counts."""

    ids: tuple[str, ...] = ("id", "student", "student_id", "sid", "email", "username", "name")
    answers: tuple[str, ...] = ("answer", "submission", "output")

    def id_in(self, data: dict[str, Any]) -> str | None:
        """Return the id in a map, None if there is none."""
        found = (data[key] for key in self.ids if isinstance(data.get(key), str))
        return next((text.strip() for text in found if text.strip()), None)

    def answer_in(self, data: dict[str, Any]) -> str | None:
        """Return the key of the answer in a map, None if there is none."""
        return next((key for key in self.answers if key in data), None)


KEYS = Keys()
_MARK = re.compile(r'["\\\[\]{}]')


def loads(text: str, rules: Rules, depth: int = DEPTH) -> Any:
    """Return what a JSON text holds, every number as text.

    Raises: AnswerError[bad-json] for what is not JSON, for NaN, for a key that occurs twice, for
        brackets more than *depth* deep.

    >>> loads('{"answer": [1.50, null]}', Rules())
    {'answer': ['1.50', None]}
    """
    check_depth(text, depth)
    number = (lambda digits: digits.replace(".", ",")) if rules.decimal == "," else str
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_int=number,
            parse_float=number,
            parse_constant=_constant,
            object_pairs_hook=_map,
        )
    except json.JSONDecodeError as error:
        raise bad_json(f"{error.msg.lower()}, line {error.lineno}, column {error.colno}") from None


def bad_json(message: str) -> AnswerError:
    """Return the error for a text that is not JSON, or more than that."""
    return AnswerError(
        "bad-json",
        f"your JSON cannot be read: {message}",
        hint='write {"answer": [[1, 2], [3, 4]]}, with fractions and letters in quotes',
    )


def check_depth(text: str, depth: int) -> None:
    """Raise AnswerError[bad-json] where brackets stand more than *depth* deep, outside strings."""
    level, inside, skip = 0, False, -1
    for match in _MARK.finditer(text):
        sign = match[0]
        if match.start() == skip:
            continue
        if inside and sign == "\\":
            skip = match.end()
        elif sign == '"':
            inside = not inside
        elif not inside:
            level += (sign in "[{") - (sign in "]}")
            if level > depth:
                raise bad_json(f"brackets stand more than {depth} deep")


def _constant(name: str) -> NoReturn:
    raise bad_json(f"{name} is no number")


def _map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise bad_json("a key occurs twice in one map")
    return found


def submissions(data: Any, name: str, rules: Rules, keys: Keys = KEYS) -> Iterator[Submission]:
    """Yield the answers of a JSON or YAML value; *name* is the id of one that has none.

    >>> [each.id for each in submissions({"ada": "1 2", "bob": ["3", "4"]}, "class", Rules())]
    ['ada', 'bob']
    """
    if isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for number, item in enumerate(data, 1):
            yield _entry(item, f"entry {number}", f"entry {number}", rules, keys)
    elif isinstance(data, dict) and data and not (keys.answer_in(data) or keys.id_in(data)):
        for key, value in data.items():
            yield _entry(value, key, f"entry {key}", rules, keys)
    else:
        yield _entry(data, name, "", rules, keys)


def _entry(data: Any, name: str, place: str, rules: Rules, keys: Keys) -> Submission:
    """Return one answer, or what is wrong with it."""
    try:
        if isinstance(data, dict):
            name, key = keys.id_in(data) or name, keys.answer_in(data)
            if key is None:
                raise grids.nothing()
            data = data[key]
        return Submission(name, grid(data, rules), place=place)
    except AnswerError as error:
        return Submission(name, fault=error, place=place)


def grid(data: Any, rules: Rules) -> Written:
    """Return the cells of a text, or of lists within lists of texts.

    Raises: AnswerError[no-answer], [bad-matrix] and those of `grids.split`.

    >>> grid([["1", None], ["a + b", "2"]], Rules()).planes
    ((('1', ''), ('a + b', '2')),)
    >>> grid(["1 2", "3 4"], Rules()).planes
    ((('1', '2'), ('3', '4')),)
    """
    if data is None:
        raise grids.nothing()
    if not isinstance(data, list):
        return grids.of(htmls.text(_text(data)), rules)
    _, planes = _planes(_rows_of_texts(data, rules))
    return grids.written(planes, rules.limits)


def _rows_of_texts(data: list[Any], rules: Rules) -> list[Any]:
    """Return a list of texts that each hold one row as a list of rows, any other as it is."""
    if not all(isinstance(item, str) and len(item) < 5_000 and item.strip() for item in data):
        return data
    if len(data) > rules.limits.cells:
        return data
    parts = [grids.parts(item, rules) for item in data]
    return parts if data and all(len(row) > 1 for row in parts) else data


def _planes(data: Any) -> tuple[int, list[Plane]]:
    """Return how deep a list is, and its rows as planes."""
    if not any(isinstance(item, list) for item in data):
        return 1, [(tuple(map(_text, data)),)]
    if not all(isinstance(item, list) for item in data):
        raise uneven()
    parts = [_planes(item) for item in data]
    depths = {depth for depth, _ in parts}
    if len(depths) > 1:
        raise uneven()
    if depths == {1}:
        return 2, [tuple(row for _, found in parts for plane in found for row in plane)]
    return max(depths) + 1, [plane for _, found in parts for plane in found]


def uneven() -> AnswerError:
    """Return the error for lists that are nested to different depths."""
    return AnswerError(
        "bad-matrix",
        "your lists are nested to different depths",
        hint="write a list of rows, each a list of cells: [[1, 2], [3, 4]]",
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return cell.strip()
    raise uneven()
