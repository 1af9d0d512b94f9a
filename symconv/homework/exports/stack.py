r"""STACK (for Moodle): a matrix to fill in, and a response tree that carries our diagnoses.

    node 0      AlgEquiv(answer, key)         score 1
    node k      AlgEquiv(answer, mistake k)   the score symconv gives that answer; note: its ids
    last        no node is true               the weighted share of right cells; note: none

Works with letters: the comparison is Maxima's. A second tree gives no marks and says how many cells
are right. One question for each variant, with nothing random and so no seeds to deploy; every node
comes with a question test that STACK runs on demand.

Letters that STACK reads otherwise (e, i and j), words and signs of other alphabets are renamed; the
question shows the new names, and the notes list them.

Sources: the plugin's own import and export (`questiontype.php` of maths/moodle-qtype_stack 4.11:
elements and their order, answer notes without `;`, `:` and `|` and unique in a tree, 255 characters
for the sides of a test), its documentation of matrix input, input options (`checkvars`), response
trees (scores may be variables; formative trees), and its table of reserved words.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from symconv.homework.exports.contents import (
    Exported,
    answer_note,
    ident,
    notes_file,
    sentence,
    singles,
    statement,
    sums,
    told,
)
from symconv.homework.exports.maxima import matrix, maxima, names
from symconv.homework.exports.xmltext import VERBATIM, document, element, markup
from symconv.homework.judging.cells import judge
from symconv.homework.judging.check import Checker
from symconv.homework.judging.credit import score
from symconv.homework.questions.question import Question
from symconv.homework.reading.model import Cell
from symconv.homework.reading.polynomials import Value

VERSION = "2024092500"
"""The version of STACK that the questions say they were written with."""
FILE = "stack.xml"
WRITING = "Fill in every cell exactly; write what is no whole number as p/q, not as a decimal."
LONGEST = 255
"""Characters of a field in STACK's tables."""


def export(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return the file that Moodle with STACK imports, and notes on what it cannot carry."""
    quiz = element("quiz", _category(question))
    quiz.extend([_question(variant, question) for variant in variants])
    return {FILE: document(quiz), **notes_file("stack", notes(question))}


def notes(question: Question) -> list[str]:
    """Return what a teacher has to know of this export of a question."""
    found = []
    if any(bucket[0].shape != question.shape for bucket in singles(question)):
        found.append(
            "The boxes show the size of the answer, so mistakes that change it cannot be made."
        )
    renamed = {old: new for old, new in names(question).items() if old != new}
    if renamed:
        words = ", ".join(f"{old} is {new}" for old, new in renamed.items())
        found.append(f"STACK reads some letters otherwise, so they are renamed: {words}.")
    if question.rules.symbols:
        found.append("Products are written with a star: a*w + b*x; other letters are refused.")
    found.append(
        "A box left empty makes the whole matrix invalid in STACK, and decimals are refused where "
        "fractions are meant. STACK rounds scores to three decimals."
    )
    if question.file.answer.rounding is not None:
        found.append("The rounding that the question allows is not carried: values are exact.")
    return found


def _category(question: Question) -> ET.Element:
    path = element("text", f"$course$/top/symconv/{question.id.replace('/', '//')}")
    return element("question", element("category", path), type="category")


def _unique(given: Iterable[str]) -> Iterator[str]:
    """Yield notes, with a number behind those that were there before."""
    seen = {"right", "none"}
    for note in given:
        count, found = 1, note
        while found in seen:
            count, found = count + 1, f"{note} {count + 1}"
        seen.add(found)
        yield found


_SAME = "if ratsimp(scgot[scindex] - scwant[scindex]) = 0 then 1 else 0"


class _Tree:
    """One variant as STACK sees it: names, planes of boxes, wrong answers with their scores."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.called = names(question)
        self.columns = question.shape[-1]
        rows = question.shape[-2] if len(question.shape) > 1 else 1
        self.plane = self.columns * rows
        self.inputs = [f"ans{n + 1}" for n in range(prod(question.shape) // self.plane)]
        self.buckets = [b for b in singles(question) if b[0].shape == question.shape]
        self.checker = Checker(question)
        self.notes = list(_unique(map(answer_note, self.buckets)))

    def show(self, value: Value) -> str:
        """Return a value as the question shows it and as it is typed in."""
        return maxima(value, self.called)

    def code(self, values: Sequence[Value]) -> str:
        """Return a grid as one matrix, its planes below each other."""
        return matrix(values, self.columns, self.called)

    def score(self, values: Sequence[Value]) -> Fraction:
        """Return what symconv gives for a grid."""
        cells = (Cell(str(value), value) for value in values)
        judged = [judge(c, key) for c, key in zip(cells, self.question.key, strict=True)]
        return score(self.checker.table, judged).value

    def share(self, values: Sequence[Value]) -> Fraction:
        """Return the weighted share of right cells, which the tree of counts calls its score."""
        if tuple(values) != self.question.key and self.question.file.credit.all_or_nothing:
            return Fraction(0)
        pairs = zip(self.question.weights, values, self.question.key, strict=True)
        return sum((w for w, a, b in pairs if a == b), Fraction(0)) / sum(self.question.weights)

    def variables(self) -> str:
        """Return the question's variables: key, planes, wrong answers, scores, weights."""
        key = self.question.key
        lines = [f"scta: {self.code(key)};"]
        for number in range(len(self.inputs)):
            plane = key[number * self.plane : (number + 1) * self.plane]
            lines.append(f"sckey{number + 1}: {self.code(plane)};")
        for number, bucket in enumerate(self.buckets, 1):
            lines.append(f"scwrong{number}: {self.code(bucket[0].values)};")
            lines.append(f"scscore{number}: {self.score(bucket[0].values)};")
        weights = ",".join(map(str, self.question.weights))
        return "\n".join([*lines, f"scweights: [{weights}];"])

    def feedback_variables(self) -> str:
        """Return the code that joins the boxes and counts the right cells."""
        share = 'apply("+", scright*scweights)'
        if self.question.file.credit.all_or_nothing:
            share = "0"
        joined = ", ".join(self.inputs)
        return "\n".join(
            [
                "scans: " + (f"append({joined})" if self.inputs[1:] else "ans1") + ";",
                "scgot: flatten(args(scans));",
                "scwant: flatten(args(scta));",
                f"scright: makelist({_SAME}, scindex, 1, {len(self.question.key)});",
                'sccount: apply("+", scright);',
                f"scshare: ({share})/({sum(self.question.weights)});",
            ]
        )


def _question(variant: Exported, template: Question) -> ET.Element:
    asked, name = variant.question, ident(variant)
    tree = _Tree(asked)
    title = (template.file.title or template.id)[:200]
    full = asked.file.feedback == "full"
    worked = [element("p", line) for line in sums(asked, tree.show)] if full else []
    found = element(
        "question",
        element("name", element("text", f"{title} [{name}]")),
        _html("questiontext", _body(tree)),
        _html("generalfeedback", markup(*worked)),
        element("defaultgrade", f"{float(asked.points):.7f}"),
        element("penalty", "0"),
        element("hidden", "0"),
        element("idnumber", f"symconv-stack-{name}"),
        element("stackversion", element("text", VERSION)),
        element("questionvariables", element("text", tree.variables())),
        _html("specificfeedback", "<p>[[feedback:prt1]]</p><p>[[feedback:prt2]]</p>"),
        _html("questionnote", name),
        _html("questiondescription", ""),
        *_options(),
        *(_input(tree, number) for number in range(1, len(tree.inputs) + 1)),
        _marks(tree),
        _counts(tree),
        type="stack",
    )
    found.extend(_tests(tree))
    return found


def _html(tag: str, text: str) -> ET.Element:
    found = element(tag, ET.Element("text"), format="html")
    found[0].text = text
    return found


def _body(tree: _Tree) -> str:
    """Return the question's text with its boxes, one matrix for each plane."""
    asked = statement(tree.question, show=tree.show, writing=WRITING)
    if tree.called:
        asked.append(element("p", "Write a star for every product, as in a*w + b*x."))
    for number, name in enumerate(tree.inputs):
        label = f"Your answer, plane {number + 1}: " if tree.inputs[1:] else "Your answer: "
        code = f"[[input:{name}]] [[validation:{name}]]"
        asked.append(element("p", label, element(VERBATIM, code)))
    return markup(*asked)


def _options() -> Iterator[ET.Element]:
    """Yield the options of a question, all at STACK's defaults."""
    yield element("questionsimplify", "1")
    yield element("assumepositive", "0")
    yield element("assumereal", "0")
    yield _html("prtcorrect", "<p>Correct answer, well done.</p>")
    yield _html("prtpartiallycorrect", "<p>Your answer is partially correct.</p>")
    yield _html("prtincorrect", "<p>Incorrect answer.</p>")
    yield element("decimals", ".")
    yield element("scientificnotation", "*10")
    yield element("multiplicationsign", "dot")
    yield element("sqrtsign", "1")
    yield element("complexno", "i")
    yield element("inversetrig", "cos-1")
    yield element("logicsymbol", "lang")
    yield element("matrixparens", "[")
    yield element("isbroken", "0")
    yield element("variantsselectionseed")


def _input(tree: _Tree, number: int) -> ET.Element:
    """Return the boxes of one plane: products need a star, letters must be the question's."""
    words = ",".join(new for new in tree.called.values() if len(new) > 1)
    parts = {
        "name": tree.inputs[number - 1],
        "type": "matrix",
        "tans": f"sckey{number}",
        "boxsize": str(min(40, max(5, *(len(tree.show(v)) for v in tree.question.key)))),
        "strictsyntax": "1",
        "insertstars": "0",
        "syntaxhint": "",
        "syntaxattribute": "0",
        "forbidwords": "",
        "allowwords": words if len(words) <= LONGEST else "",
        "forbidfloat": "1",
        "requirelowestterms": "0",
        "checkanswertype": "0",
        "mustverify": "1",
        "showvalidation": "1",
        "options": "checkvars:1",
    }
    return element("input", *(element(tag, text) for tag, text in parts.items()))


def _marks(tree: _Tree) -> ET.Element:
    """Return the tree that gives marks: the key, every wrong answer, then the share of cells."""
    last = len(tree.buckets)
    cells = tree.question.file.feedback != "score"
    nodes = [_node(0, last, "scta", ("1", "right", ""), quiet=not cells)]
    for number, (bucket, note) in enumerate(zip(tree.buckets, tree.notes, strict=True), 1):
        said = markup(element("p", sentence(bucket))) if told(tree.question) else ""
        told_ = (f"scscore{number}", note, said)
        nodes.append(_node(number, last, f"scwrong{number}", told_, quiet=True))
    return _prt("prt1", "1.0000000", "1", tree.feedback_variables(), nodes)


def _node(
    number: int, last: int, tans: str, said: tuple[str, str, str], *, quiet: bool
) -> ET.Element:
    """Return a node of the marking tree; the last one leaves what no node recognised."""
    here = number == last
    return _branches(
        {"name": str(number), "description": "", "answertest": "AlgEquiv", "sans": "scans"}
        | {"tans": tans, "testoptions": "", "quiet": str(int(quiet))},
        (said[0], "-1", *said[1:]),
        (
            "scshare" if here else "0",
            "-1" if here else str(number + 1),
            "none" if here else f"prt1-{number + 1}-F",
            "",
        ),
    )


def _counts(tree: _Tree) -> ET.Element:
    """Return the tree without marks that tells how many cells are right."""
    total = len(tree.question.key)
    said = f"<p>{{#sccount#}} of {total} cells are right.</p>"
    if tree.question.file.feedback == "score":
        said = ""
    head = {"name": "0", "description": "", "answertest": "AlgEquiv", "sans": "sccount"}
    node = _branches(
        head | {"tans": str(total), "testoptions": "", "quiet": "1"},
        ("1", "-1", "all cells", said),
        ("scshare", "-1", "some cells", said),
    )
    return _prt("prt2", "0.0000000", "0", tree.feedback_variables(), [node])


def _prt(name: str, value: str, style: str, variables: str, nodes: list[ET.Element]) -> ET.Element:
    return element(
        "prt",
        element("name", name),
        element("value", value),
        element("autosimplify", "1"),
        element("feedbackstyle", style),
        element("feedbackvariables", element("text", variables)),
        *nodes,
    )


def _branches(head: Mapping[str, str], yes: Sequence[str], no: Sequence[str]) -> ET.Element:
    found = element("node", *(element(tag, text) for tag, text in head.items()))
    for branch, (score_, then, note, said) in (("true", yes), ("false", no)):
        found.append(element(f"{branch}scoremode", "="))
        found.append(element(f"{branch}score", score_))
        found.append(element(f"{branch}penalty"))
        found.append(element(f"{branch}nextnode", then))
        found.append(element(f"{branch}answernote", note))
        found.append(_html(f"{branch}feedback", said))
    return found


def _tests(tree: _Tree) -> Iterator[ET.Element]:
    """Yield STACK's question tests: the key, and every wrong answer, with score and note."""
    yield _test(tree, 1, tree.question.key, "right")
    for number, (bucket, note) in enumerate(zip(tree.buckets, tree.notes, strict=True), 2):
        yield _test(tree, number, bucket[0].values, note)


def _test(tree: _Tree, number: int, values: Sequence[Value], note: str) -> ET.Element:
    planes = (values[at : at + tree.plane] for at in range(0, len(values), tree.plane))
    boxes = (
        element("testinput", element("name", name), element("value", tree.code(plane)))
        for name, plane in zip(tree.inputs, planes, strict=True)
    )
    found = element("qtest", element("testcase", str(number)), element("description", note), *boxes)
    share = tree.share(values)
    counted = "all cells" if tuple(values) == tree.question.key else "some cells"
    for name, score_, each in (("prt1", tree.score(values), note), ("prt2", share, counted)):
        parts = {
            "name": name,
            "expectedscore": f"{float(score_):.7f}",
            "expectedpenalty": "0.0000000",
            "expectedanswernote": each,
        }
        found.append(element("expected", *(element(tag, text) for tag, text in parts.items())))
    return found
