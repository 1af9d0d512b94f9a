"""W7: a class's answers read, judged and explained; the table of mistakes of a question."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

from symconv.bench import witness
from symconv.bench.answers import alike
from symconv.bench.goals import AHEAD, at_least
from symconv.bench.tasks import Call, Claim, Family, Load, Options, Part, Peer, Task, Workload

STUDENTS = 5_000
CLASS_SECONDS = 1.5
GRID_SECONDS = 1e-3
TABLE_SECONDS = 0.3
SPELLINGS = 500
"""Spellings of one answer; with nine cells each they are more than a reader remembers."""
RIGHT, MISTAKEN = 0.7, 0.9
"""Parts of a class: up to the first all is right, up to the second one mistake was made
throughout; whoever is left has a right answer with one slip."""
HEAD = "schema: symconv-question/1\nid: bench\nop: convolution\noptions: {padding: valid}\n"


def _question(random: np.random.Generator) -> Any:
    """Return a question of 5² digits and 3² signed digits, whose answer has nine numbers."""
    from symconv.homework import loads

    x, w = random.integers(0, 10, (5, 5)), random.integers(-3, 4, (3, 3))
    rows = {"input": x, "kernel": w}
    arrays = [f"{name}: {_text(values)}\n" for name, values in rows.items()]
    return loads(HEAD + "".join(arrays))


def _letters() -> Any:
    """Return a question of letters alone, whose answer has nine sums of four products."""
    from symconv.homework import loads

    x = np.array([f"x{row}{column}" for row in range(4) for column in range(4)]).reshape(4, 4)
    return loads(HEAD + f"input: {_text(x)}\nkernel: a b; c d\n")


def _text(values: Any) -> str:
    return "; ".join(" ".join(map(str, row)) for row in values.tolist())


def _class(random: np.random.Generator, question: Any, students: int) -> list[str]:
    """Return the answers of a class as texts: right, mistaken, or with one slip."""
    from symconv.homework import Checker

    singles = [h for h in Checker(question).table.singles if h.shape == question.shape]
    found = []
    for luck in random.random(students).tolist():
        values = list(question.key)
        if RIGHT < luck <= MISTAKEN:
            values = list(singles[int(random.integers(len(singles)))].values)
        elif luck > MISTAKEN:
            values[int(random.integers(len(values)))] += int(random.integers(1, 10))
        found.append(_text(np.array(list(map(str, values))).reshape(question.shape)))
    return found


def _check(question: Any, answers: list[str]) -> Call:
    """Return the judging of all answers, the table of mistakes made anew."""
    from symconv.homework import Checker, check

    def run() -> list[list[bool]]:
        checker = Checker(question)
        found = [check(checker, answer) for answer in answers]
        return [[each.verdict.value == "correct" for each in one.cells] for one in found]

    return run


def _sympy(question: Any, answers: list[str]) -> Call:
    """Return what graders do that ask SymPy: `parse_expr` each cell, and `equals` the key.

    It tells which cells are right, and nothing else; stars between factors are given to it.
    """
    import sympy
    from sympy.parsing.sympy_parser import parse_expr

    names = {name: sympy.Symbol(name) for name in question.rules.symbols}
    key = [parse_expr(_starred(str(value)), local_dict=names) for value in question.key]

    def run() -> list[list[bool]]:
        return [
            [
                bool(parse_expr(cell, local_dict=names).equals(right))
                for cell, right in zip(_cells(answer), key, strict=True)
            ]
            for answer in map(_starred, answers)
        ]

    return run


def _cells(answer: str) -> list[str]:
    separator = "," if "," in answer else None
    return [cell for row in answer.split(";") for cell in row.split(separator)]


def _starred(text: str) -> str:
    """Return sums of products of a letter and a letter with an index with stars between."""
    for letter in "abcd":
        text = text.replace(f"{letter}x", f"{letter}*x")
    return text


def _prairielearn(question: Any, answers: list[str]) -> Call:
    """Return PrairieLearn's own comparison, without its question, page or container."""
    import prairielearn  # type: ignore[import-not-found]

    key = [str(value) for value in question.key]

    def run() -> list[list[bool]]:
        grade = prairielearn.is_correct_scalar_ra
        return [
            [bool(grade(float(c), float(k))) for c, k in zip(_cells(a), key, strict=True)]
            for a in answers
        ]

    return run


def grading(students: int, options: Options) -> Task:
    """Return the judging of a class of numeric answers."""
    random = options.random(f"W7 {students}")
    question = _question(random)
    answers = _class(random, question, students)
    key = [str(value) for value in question.key]
    wanted = [[a == b for a, b in zip(_cells(text), key, strict=True)] for text in answers]

    def part(products: int) -> Part:
        count = max(1, min(students, products // len(key)))
        return (question, answers[:count]), count * len(key)

    return Task(
        (question, answers),
        _check,
        lambda found: bool(found == wanted),
        students * len(key),
        peers=(
            Peer("SymPy parse_expr and equals", _sympy, AHEAD),
            Peer("PrairieLearn's comparison", _prairielearn, AHEAD),
        ),
        claims=(Claim(f"at most {CLASS_SECONDS:g} s", CLASS_SECONDS, lambda used: used.seconds),),
        part=part,
        compare=alike,
        unit="cell",
    )


def symbolic(options: Options) -> Task:
    """Return the judging of one answer of nine sums; each call meets another spelling of it."""
    question = _letters()
    random = options.random("W7 letters")
    answers = [_respelled(random, question) for _ in range(SPELLINGS)]
    return Task(
        (question, answers),
        partial(_in_turn, _judge),
        lambda found: bool(found == [[True] * len(question.key)]),
        len(question.key),
        peers=(Peer("SymPy parse_expr and equals", partial(_in_turn, _sympy), at_least(10)),),
        claims=(Claim("at most 1 ms", GRID_SECONDS, lambda used: used.seconds),),
        compare=alike,
        unit="cell",
    )


def _respelled(random: np.random.Generator, question: Any) -> str:
    """Return a right answer with the terms of its sums in another order."""
    cells = []
    for value in question.key:
        terms = str(value).replace("*", "").split(" + ")
        cells.append("+".join(terms[i] for i in random.permutation(len(terms)).tolist()))
    rows = np.array(cells, dtype=object).reshape(question.shape).tolist()
    return "; ".join(", ".join(row) for row in rows)


def _in_turn(load: Load, question: Any, answers: list[str]) -> Call:
    """Return what judges one answer at each call, so many in turn that none is remembered."""
    calls = cycle([load(question, [answer]) for answer in answers])

    def judge() -> Any:
        return next(calls)()

    return judge


def _judge(question: Any, answers: list[str]) -> Call:
    """Return the judging of answers; the table of mistakes is not needed for right ones."""
    checker = _checker(question.sha256, question)
    from symconv.homework import check

    def run() -> list[list[bool]]:
        found = [check(checker, answer) for answer in answers]
        return [[each.verdict.value == "correct" for each in one.cells] for one in found]

    return run


_made: dict[str, Any] = {}


def _checker(sha256: str, question: Any) -> Any:
    """Return the one checker of a question, its table made."""
    from symconv.homework import Checker

    if sha256 not in _made:
        _made[sha256] = Checker(question)
        _ = _made[sha256].table
    return _made[sha256]


def _unflipped(question: Any) -> list[int]:
    """Return by loops what somebody writes who does not flip the kernel."""
    x, w = question.exercise.x[0], question.exercise.w[0, 0]
    out = [n - k + 1 for n, k in zip(x.shape, w.shape, strict=True)]
    return [sum(a * b for a, b in witness.pairs(x, w, cell)) for cell in np.ndindex(*out)]


def compiling(options: Options) -> Task:
    """Return the making of one question's table: every mistake, and every pair."""
    question = _question(options.random("W7 table"))
    from symconv.homework.judging.hypotheses import hypotheses

    def subject(asked: Any) -> Call:
        return lambda: hypotheses(asked)

    def whole(table: Any) -> bool:
        singles = {h.ids: list(h.values) for h in getattr(table, "singles", ())}
        enough = len(singles) > 20 and table.paired and len(table.buckets) > 100
        return bool(enough and singles["flip_omitted",] == _unflipped(question))

    return Task(
        (question,),
        subject,
        whole,
        1,
        claims=(Claim(f"at most {TABLE_SECONDS:g} s", TABLE_SECONDS, lambda used: used.seconds),),
        unit="question",
    )


def _workloads(options: Options) -> Iterator[Workload]:
    students = options.size(STUDENTS, 20)
    yield Workload(f"W7 {students} answers of 9 numbers", partial(grading, students, options))
    yield Workload("W7 one answer of 9 sums of letters", partial(symbolic, options))
    yield Workload("W7 the table of a 3x3 question", partial(compiling, options))


FAMILY = Family("W7", "homework", _workloads)
