"""Banks of variants: the same everywhere, as hard and as telling as the question, all different."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.cli.bank import bank as command
from symconv.errors import QuestionError
from symconv.homework.judging.check import Checker
from symconv.homework.judging.diagnosis import Confidence
from symconv.homework.judging.hypotheses import chosen
from symconv.homework.questions.load import load, loads
from symconv.homework.questions.model import Bank, Parity
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Submission, Written
from symconv.homework.reading.polynomials import Polynomial, letter, letters_of, text_of
from symconv.homework.teaching.bank import make, own_question, write
from symconv.homework.teaching.lint import judged
from symconv.homework.teaching.parity import Trouble, measure, troubles, unlike
from symconv.homework.teaching.roster import Stream, Student, student_seed, students
from symconv.homework.teaching.stress import stress
from symconv.homework.teaching.variants import Maker, Painter, Variant, asked
from symconv.homework.teaching.variants import write as array_text
from symconv.mistakes import predicted

HEAD = "schema: symconv-question/1\nid: demo/one\n"
QUESTIONS = {
    "plain": """
op: convolution
input: 3 1 4 1; 5 9 2 6; 5 3 5 8
kernel: 1 -2; 3 5
options: {padding: valid}
""",
    "letters": """
op: correlation
input: a b c; d e f; g h i
kernel: w x; y z
""",
    "subscripts": """
op: convolution
input: x11 x12 x[1,13]; x21 x22 x23
kernel: 2w1 -w2;
""",
    "layer": """
op: correlation
input: ["1 2 3 4; 5 6 7 8; 9 1 2 3", "0 1 2 1; 3 -1 2 2; 1 1 0 4"]
kernel:
  - ["1 0; -1 2", "2 1; 1 -1"]
  - ["1 3; 1 2", "-2 1; 0 1"]
bias: 1 -2
options: {padding: 1, stride: 2}
""",
    "row": """
op: convolution
input: 1 -2 3 5 0 4 2
kernel: 1/2 -1 3/2
""",
    "laplacian": """
op: correlation
input: 3 1 4 1 2; 5 9 2 6 1; 5 3 5 8 3; 2 3 1 7 4
kernel: 0 1 0; 1 -4 1; 0 1 0
options: {padding: 1}
""",
    "channels": """
op: correlation
input: ["1 2 3; 4 5 6; 7 8 9", "3 1 2; 2 0 1; 1 4 4"]
kernel: ["1 2; 0 -1", "2 1; 1 3"]
options: {spatial: 2}
""",
    "mixed": """
op: correlation
input: 1 2 3 5; 4 5 6 2; 7 8 9 1
kernel: p 2; 1 3-q
""",
}


def question(name: str) -> Question:
    return loads(HEAD + QUESTIONS[name])


@pytest.fixture(scope="module")
def made() -> dict[str, list[Variant]]:
    makers = {name: Maker(question(name), b"secret") for name in QUESTIONS}
    return {n: [maker.make(f"s{i}") for i in range(6)] for n, maker in makers.items()}


# --------------------------------------------------------------------------------------------------
# Seeds and streams


def blocks(seed: bytes) -> bytes:
    return b"".join(hashlib.sha256(seed + i.to_bytes(8, "big")).digest() for i in range(40))


def test_a_seed_is_the_hmac_of_what_is_asked_and_the_id() -> None:
    wanted = hmac.new(b"secret", bytes(range(32)) + "Zoë".encode(), hashlib.sha256).digest()
    assert student_seed(b"secret", bytes(range(32)).hex(), "Zoë") == wanted


@pytest.mark.parametrize("bound", [1, 2, 3, 255, 256, 257, 65_536, 65_537, 10**9])
def test_a_stream_reads_whole_bytes_and_throws_away_what_is_too_large(bound: int) -> None:
    bits = (bound - 1).bit_length()
    width, data, at = (bits + 7) // 8, blocks(b"seed"), 0
    wanted: list[int] = []
    while len(wanted) < 100:
        number = int.from_bytes(data[at : at + width], "big") & (2**bits - 1)
        at += width
        if number < bound:
            wanted.append(number)
    stream = Stream(b"seed")
    assert [stream.below(bound) for _ in range(100)] == wanted


def test_no_number_and_no_order_is_favoured() -> None:
    stream = Stream(b"fair")
    counts = Counter(stream.below(6) for _ in range(60_000))
    assert all(abs(count - 10_000) < 500 for count in counts.values())
    orders = Counter("".join(stream.shuffled("abc")) for _ in range(6_000))
    assert len(orders) == 6
    assert all(abs(count - 1_000) < 150 for count in orders.values())


def test_the_numbers_of_a_stream_are_these_on_every_machine() -> None:
    stream = Stream(bytes(32))
    assert [stream.between(-3, 3) for _ in range(12)] == [1, 1, 3, 2, -1, 0, 0, 1, -1, -1, 1, 1]


# --------------------------------------------------------------------------------------------------
# Class lists


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("id\nann\nbob\n", [("ann", "", 2), ("bob", "", 3)], id="plain"),
        pytest.param("\ufeffID;Name\r\n7;Ann\r\n", [("7", "Ann", 2)], id="BOM, semicolons, CRLF"),
        pytest.param("Name\tE-mail\nAnn\ta@x\n", [("a@x", "Ann", 2)], id="tabs"),
        pytest.param(
            'Last Name,First Name,Student_ID\n"Lee, Jr",Ann,9\n',
            [("9", "Ann Lee, Jr", 2)],
            id="names",
        ),
        pytest.param(
            'id,name\n"a\nb",c\n\nd,e\n', [("a\nb", "c", 2), ("d", "e", 5)], id="line breaks"
        ),
        pytest.param("email,id\nx@y,5\n", [("5", "", 2)], id="id before email"),
        pytest.param("id\n ann \n", [("ann", "", 2)], id="blanks around"),
    ],
)
def test_a_class_list_is_read(text: str, wanted: list[tuple[str, str, int]]) -> None:
    assert [(s.id, s.name, s.line) for s in students(text)] == wanted


def test_the_column_of_ids_can_be_named() -> None:
    assert students("id,code\n1,x\n", column="Code")[0].id == "x"


HOSTILE = [
    "../../etc/passwd",
    "CON",
    "=HYPERLINK(1)",
    "\\input{/etc/passwd}",
    "$x^2$ & % # _ ~ ^",
    "<img onerror=x>",
    "]]>",
    "~}#",
    "![](http://x)",
    "\x1b[2J",
    "a\nb",
    "\u202eabc",
    "٣",
    "x" * 9_000,
    "%(x)s {0.__class__} {{7*7}}",
]


def test_hostile_ids_are_inert_in_names_and_tables(tmp_path: Path) -> None:
    found = make(question("plain"), [Student(id_, id_) for id_ in HOSTILE], b"secret")
    paths = write(found, ["latex", "markdown", "prairielearn"], tmp_path)
    for path in paths:
        assert path.resolve().is_relative_to(tmp_path.resolve())
        assert len(path.name) < 120
        data = path.read_bytes()
        assert b"\x1b" not in data
        assert "\u202e".encode() not in data
    with (tmp_path / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + len(HOSTILE)
    assert all(row[0][0] not in "=+-@\t\r" for row in rows)
    for id_ in HOSTILE:
        assert own_question(tmp_path, id_).id.startswith("demo/one/")


# --------------------------------------------------------------------------------------------------
# Variants


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_written_variant_is_a_question_with_the_same_exercise(
    name: str, made: dict[str, list[Variant]], tmp_path: Path
) -> None:
    original = question(name)
    for variant in made[name]:
        path = tmp_path / "variant.yaml"
        path.write_text(variant.text, encoding="utf-8")
        again = load(path)
        assert again.key == variant.key
        assert again.exercise.plan == original.exercise.plan
        assert (again.shape, again.layered) == (original.shape, original.layered)
        for array in ("x", "w", "bias"):
            ours, theirs = getattr(variant.exercise, array), getattr(again.exercise, array)
            assert ours.dtype == theirs.dtype
            assert ours.tolist() == theirs.tolist()
        assert variant.question.id == f"demo/one/{variant.hash}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_variants_differ_and_are_the_same_every_time(
    name: str, made: dict[str, list[Variant]]
) -> None:
    variants = made[name]
    assert len({v.hash for v in variants}) == len({v.text for v in variants}) == len(variants)
    again = Maker(question(name), b"secret")
    assert [again.make(f"s{i}").text for i in (4, 2)] == [variants[4].text, variants[2].text]
    assert Maker(question(name), b"other").make("s0").text != variants[0].text


@pytest.mark.parametrize("name", QUESTIONS)
def test_variants_are_as_hard_as_the_question(name: str, made: dict[str, list[Variant]]) -> None:
    wanted = measure(question(name).exercise)
    for variant in made[name]:
        found = measure(variant.exercise)
        assert found == variant.difficulty
        for part in ("products", "negatives", "size"):
            near, far = getattr(wanted, part), getattr(found, part)
            assert abs(near - far) <= max(1, Fraction(1, 4) * near)
        assert found.digits == wanted.digits


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_variant_keeps_zeros_signs_denominators_and_bounds(
    name: str, made: dict[str, list[Variant]]
) -> None:
    def kinds(values: Any) -> Counter[Any]:
        plain = [v for v in values.ravel().tolist() if not isinstance(v, Polynomial)]
        return Counter(((v > 0) - (v < 0), v.denominator) for v in plain)

    original = question(name).exercise
    for variant in made[name]:
        for array in ("x", "w", "bias"):
            before, after = getattr(original, array), getattr(variant.exercise, array)
            assert kinds(before) == kinds(after)
            numbers = [v for v in before.ravel().tolist() if not isinstance(v, Polynomial)]
            for value in after.ravel().tolist():
                if not isinstance(value, Polynomial):
                    assert min(numbers) <= value <= max(numbers)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_mistake_shows_in_every_variant_and_no_two_look_alike(
    name: str, made: dict[str, list[Variant]]
) -> None:
    gate = Maker(question(name), b"secret").gate
    let_through = gate.structural | gate.beyond
    for variant in made[name]:
        left = troubles(judged(variant.exercise, chosen(variant.question))) - let_through
        assert all(gate.passed.issuperset(trouble.ids) for trouble in left)
        rows = np.count_nonzero(
            variant.exercise.x.reshape(-1, variant.exercise.x.shape[-1]), axis=1
        )
        assert rows.all()


def written(values: Any, shape: tuple[int, ...]) -> Written:
    texts = np.array([text_of(v) for v in values], dtype=object)
    planes = texts.reshape(-1, shape[-2] if len(shape) > 1 else 1, shape[-1])
    return Written(tuple(tuple(map(tuple, plane)) for plane in planes.tolist()))


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_mistake_made_in_a_variant_is_named(name: str, made: dict[str, list[Variant]]) -> None:
    gate = Maker(question(name), b"secret").gate
    exempt = {id_ for trouble in gate.structural | gate.beyond for id_ in trouble.ids}
    for variant in made[name][:3]:
        asked_ = variant.question
        checker, named = Checker(asked_), 0
        assert checker.check(Submission("me", written(asked_.key, asked_.shape))).score.value == 1
        for mistake in chosen(asked_):
            try:
                found = predicted(asked_.exercise, (mistake,))
            except (QuestionError, TypeError, ValueError):
                continue
            shape = asked_.shape_of(found.shape)
            if not found.size or tuple(found.ravel().tolist()) == asked_.key:
                continue
            checked = checker.check(Submission("me", written(found.ravel().tolist(), shape)))
            ids = {id_ for member in checked.diagnosis.named for id_ in member.ids}
            if mistake.id in exempt:
                continue
            assert mistake.id in ids
            sure = checked.diagnosis.confidence in (Confidence.CERTAIN, Confidence.AMBIGUOUS)
            # few cells, or mostly one number, may be a guess
            grid = checked.diagnosis.members[0].grid
            few = checked.diagnosis.evidence < 4 or grid in checker.table.unearned
            assert sure or (few and checked.diagnosis.confidence is Confidence.POSSIBLE)
            named += sure
        assert named > 5


def test_letters_are_renamed_one_to_one_and_look_like_no_digit(
    made: dict[str, list[Variant]],
) -> None:
    for variant in made["letters"]:
        x = [letters_of(v) for v in variant.exercise.x.ravel().tolist()]
        w = [letters_of(v) for v in variant.exercise.w.ravel().tolist()]
        letters = [name for names in x + w for name in names]
        assert len(set(letters)) == len(letters) == 13
        assert not set(letters) & set("lijoIO01")
    for variant in made["subscripts"]:
        names = sorted(variant.question.rules.symbols)
        assert sorted(name[1:] for name in names) == sorted(
            name[1:] for name in question("subscripts").rules.symbols
        )
        assert len({name[0] for name in names}) == 2


def test_settings_and_marks_stay_and_custom_answers_go() -> None:
    extra = """
title: "Sheet 3: it's 100 %"
credit: {points: 7, mistakes: {flip_omitted: 2/3}}
feedback: cells
weights: 1 2 3; 4 5 6
answer: {decimal: ",", work: true}
catalogue:
  disable: [negated]
  custom:
    - {id: mine, says: mine, answer: 1 2 3; 4 5 6}
"""
    original = loads(HEAD + QUESTIONS["plain"] + extra)
    variant = Maker(original, b"s").make("ann").question
    assert variant.file.title == "Sheet 3: it's 100 %"
    assert variant.points == 7
    assert variant.file.feedback == "cells"
    assert variant.weights == tuple(map(Fraction, range(1, 7)))
    assert (variant.rules.decimal, variant.rules.work) == (",", True)
    assert variant.file.catalogue.disable == ["negated"]
    assert variant.file.catalogue.custom == []


def test_numbers_stay_when_marks_change_and_change_when_the_question_does() -> None:
    base = question("plain")
    for line in ("feedback: full", "credit: {points: 3}", "title: other", "text: other"):
        assert asked(loads(HEAD + QUESTIONS["plain"] + line + "\n")) == asked(base)
    other = QUESTIONS["plain"].replace("3 1 4 1", "3 1 4 2")
    assert asked(loads(HEAD + other)) != asked(base)
    assert asked(loads(HEAD + QUESTIONS["plain"] + "catalogue: {disable: [relu]}\n")) != asked(base)


class WithBank(Maker):
    """A maker with settings that no question file gives yet."""

    def __init__(self, original: Question, bank: Bank) -> None:
        super().__init__(original, b"secret")
        self.bank = bank


def test_ranges_of_the_teacher_are_kept_and_are_their_own_reference() -> None:
    maker = WithBank(question("plain"), Bank(kernel="-3..3", input="0..9"))
    found = [maker.make(f"s{i}").exercise for i in range(20)]
    kernels = {value for exercise in found for value in exercise.w.ravel().tolist()}
    inputs = {value for exercise in found for value in exercise.x.ravel().tolist()}
    assert kernels == {-3, -2, -1, 1, 2, 3}
    assert inputs == set(range(10))
    assert maker.gate.reference != measure(question("plain").exercise)


def test_what_is_not_varied_stays() -> None:
    maker = WithBank(question("plain"), Bank(vary=["input"]))
    for number in range(5):
        assert maker.make(str(number)).exercise.w.tolist() == [[[[1, -2], [3, 5]]]]
    letters = WithBank(question("letters"), Bank(vary=[], tries=3))
    assert letters.make("a").exercise.x.tolist() == question("letters").exercise.x.tolist()
    with pytest.raises(QuestionError, match="another student has it"):
        letters.make("b")


def test_a_fractional_range() -> None:
    painter = Painter("kernel", np.array([1, 2, 3]), "-3..3/4")
    stream = Stream(b"x")
    seen = {value for _ in range(200) for value in painter.draw(stream).tolist()}
    assert seen == {Fraction(n, 4) for n in range(-3, 4) if n}


@given(
    st.lists(st.integers(-9, 9) | st.fractions(-3, 3, max_denominator=6), min_size=1, max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_drawn_numbers_are_of_the_kinds_that_were_there(values: list[Any]) -> None:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    found = Painter("input", array, None).draw(Stream(b"x")).tolist()
    assert Counter((v > 0, v < 0, v.denominator) for v in found) == Counter(
        (v > 0, v < 0, v.denominator) for v in values
    )


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4).flatmap(
        lambda shape: st.tuples(st.just(tuple(shape)), st.integers(0, 10**6))
    )
)
@settings(max_examples=60, deadline=None)
def test_an_array_written_is_the_array_read(case: tuple[tuple[int, ...], int]) -> None:
    from symconv.homework.questions.arrays import tensor

    shape, seed = case
    stream, size = Stream(str(seed).encode()), int(np.prod(shape))
    pool = [0, -3, 12, Fraction(-1, 2), letter("a"), -letter("x11") * letter("b") * 3 + letter("b")]
    array = np.empty(size, dtype=object)
    array[:] = [stream.choice(pool) for _ in range(size)]
    array = array.reshape(shape)
    symbols = {name: name for name in ("a", "b", "x11")}
    assert tensor(array_text(array), symbols, "input").tolist() == array.tolist()


def test_parity_is_within_a_part_or_one() -> None:
    wanted = measure(question("plain").exercise)
    parity = Parity(products="1/4", negatives=0, size="1/4", digits=0)

    def moved(**parts: int) -> str:
        return unlike(type(wanted)(**{**fields, **parts}), wanted, parity)

    fields = {name: getattr(wanted, name) for name in ("products", "negatives", "size", "digits")}
    assert moved() == moved(products=30) == moved(products=18) == moved(negatives=7) == ""
    assert moved(size=350) == moved(size=210) == ""
    assert moved(products=31) == moved(products=17) == "number of products that are not zero"
    assert moved(negatives=8) == moved(negatives=4) == "number of negative products"
    assert moved(size=351) == moved(size=209) == "sum of the sizes of all products"
    assert moved(digits=1) == moved(digits=3) == "digits of the largest answer"


def test_troubles_are_told_one_by_one() -> None:
    assert str(Trouble("alike", ("a", "b"))) == "a and b give one answer"
    assert str(Trouble("weak", ("a",))) == "a changes one cell only"


def test_a_symmetric_kernel_cannot_tell_flips_and_says_so() -> None:
    box = loads(HEAD + "op: convolution\ninput: 1 2 3 7; 4 5 6 1; 3 8 9 2\nkernel: 1 1; 1 1\n")
    gate = Maker(box, b"s").gate
    assert Trouble("unseen", ("flip_omitted",)) in gate.beyond
    assert Trouble("unseen", ("flip_omitted",)) not in gate.structural


# --------------------------------------------------------------------------------------------------
# Banks and the command


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    asked_, roster = tmp_path / "q.yaml", tmp_path / "class.csv"
    asked_.write_text(HEAD + QUESTIONS["plain"], encoding="utf-8")
    roster.write_text("id,name\nann,Ann\nbob,Bob\n", encoding="utf-8")
    return asked_, roster


def test_a_bank_is_written_the_same_twice_and_grows_at_the_end(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    asked_, roster = files
    line = (asked_, "--students", roster, "--seed", "a long secret", "-o", tmp_path / "out")
    assert run(*line).exit_code == 0
    first = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert run(*line).exit_code == 0
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == first
    roster.write_text("id,name\nann,Ann\nbob,Bob\ncy,Cy\n", encoding="utf-8")
    assert run(*line).exit_code == 0
    held = [p for p in first if p.parent.name == "variants"]
    assert len(held) == 2
    assert all(path.read_bytes() == first[path] for path in held)
    assert own_question(tmp_path / "out", "cy").id.startswith("demo/one/")
    other = run(*line[:4], "another secret", *line[5:])
    assert other.exit_code == 2
    assert "other-bank" in other.output


def test_keys_stand_apart_and_no_secret_is_written(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    asked_, roster = files
    secret = tmp_path / "secret.txt"
    secret.write_text("a long secret\n", encoding="utf-8")
    out = tmp_path / "out"
    result = run(
        asked_,
        "--students",
        roster,
        "--seed-file",
        secret,
        "--format",
        "latex",
        "-o",
        out,
        "--json",
    )
    assert result.exit_code == 0
    facts = json.loads(result.output)
    assert facts["students"] == 2
    assert "keys/latex/key.tex" in facts["files"]
    lines = (out / "keys" / "keys.jsonl").read_text(encoding="utf-8").splitlines()
    for line in map(json.loads, lines):
        own = own_question(out, line["student"])
        assert [text_of(value) for value in own.key] == line["key"]
        for path in out.rglob("*"):
            if path.is_file() and "keys" not in path.parts:
                assert line["seed"] not in path.read_text(encoding="utf-8")
    for path in out.rglob("*"):
        assert not path.is_file() or b"a long secret" not in path.read_bytes()
    with (out / "keys" / "keys.csv").open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["student", "ann", "bob"]


def test_a_stress_test_counts_and_is_the_same_every_time(files: tuple[Path, Path]) -> None:
    result = run(files[0], "--stress", 40, "--json")
    assert result.exit_code == 0
    first, again = json.loads(result.output), stress(load(files[0]), 40, b"stress").data()
    assert first.pop("seconds").keys() == again.pop("seconds").keys()
    assert first == again
    assert first["made"] == 40
    assert first["draws"] == 40 + sum(first["rejected"].values())
    assert sum(first["answers"]["largest_in_cell"].values()) <= 40
    text = run(files[0], "--stress", 5).output
    assert "5 of 5 variants made" in text
    assert "largest answer alone in a cell:" in text


def test_seeds_that_fail_are_named_and_the_others_go_on(files: tuple[Path, Path]) -> None:
    asked_, _ = files
    text = "op: correlation\ninput: 1 1 1 1; 1 1 1 1; 1 1 1 1\nkernel: 1 1; 1 1\n"
    asked_.write_text(HEAD + text, encoding="utf-8")
    result = run(asked_, "--stress", 3)
    assert result.exit_code == 1
    assert "1 of 3 variants made" in result.output
    assert "no variant from seed 2" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--students", "{roster}"], "-o"),
        ([], "--stress N"),
        (["--students", "{roster}", "-o", "{out}"], "--seed or --seed-file"),
        (["--students", "{roster}", "-o", "{out}", "--seed", "a", "--seed-file", "b"], "one of"),
        (["--students", "{roster}", "-o", "{out}", "--seed-file", "none"], "cannot read none"),
        (["--students", "{roster}", "-o", "{out}", "--seed", ""], "empty"),
        (["--students", "{out}/no.csv", "-o", "{out}", "--seed", "long enough"], "unreadable-file"),
    ],
)
def test_bad_usage_is_2_and_says_what_is_missing(
    arguments: list[str], words: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    names = {"{roster}": str(files[1]), "{out}": str(tmp_path / "out")}
    for name, place in names.items():
        arguments = [argument.replace(name, place) for argument in arguments]
    result = run(files[0], *arguments)
    assert result.exit_code == 2
    assert words in result.output
