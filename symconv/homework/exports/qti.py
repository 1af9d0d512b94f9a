r"""QTI 1.2 as Canvas reads it, and QTI 2.1: content packages, the same bytes on every machine.

QTI 1.2 holds one item for each cell, since no item of Canvas's classic quizzes has a grid of
numbers; and a second package with one choice for each variant, whose options are the key and the
wrong answers of the catalogue, so that the choice is the diagnosis.

QTI 2.1 holds one item for each variant, a field for each cell. Its response processing is exact:
scores are whole numbers out of MAXSCORE, a grid that a mistake explains gets the score symconv
gives it, and modal feedback says which mistake it was.

Sources: IMS QTI 1.2.1 and 2.1 information models and their schemas; for Canvas the questions that
its own export and text2qti write (`question_type`, `points_possible`, percentages as scores, both
an equality and a closed interval for an exact number; numbers below 10^-4 are read as 0, so that
these are short answers: gpoore/text2qti issue 51).
"""

from __future__ import annotations

import hashlib
import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from symconv.homework.exports.contents import (
    Exported,
    decimal,
    ident,
    notes_file,
    sentence,
    singles,
    spellings,
    statement,
    tables,
    told,
)
from symconv.homework.exports.qti21 import item as item21
from symconv.homework.exports.xmltext import document, element, markup
from symconv.homework.judging.hypotheses import Hypothesis
from symconv.homework.judging.places import cell_name
from symconv.homework.questions.question import Question, Shape
from symconv.homework.reading.polynomials import Value, text_of

MOST_OPTIONS = 6
"""Options of a choice, the key among them."""
SMALLEST = Fraction(1, 10_000)
"""The size below which Canvas reads a number as 0."""
QTI12 = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"


def export(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return the packages of both versions, and notes on what they cannot carry."""
    return export_qti12(variants, question) | export_qti21(variants, question)


def export_qti12(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return a package with a test of cells for each variant, and one of choices of grids."""
    cells = {f"cells-{ident(v)}": _test(v.question, ident(v), list(_cells(v))) for v in variants}
    found = {"qti12.zip": _package(cells, "imsqti_xmlv1p2", "1.2")}
    choices = [item for variant in variants for item in _choice(variant)]
    if choices:
        name = f"choice-{ident(variants[0])}"
        group = {name: _test(question, name, choices, one_of=True)}
        found["qti12-choice.zip"] = _package(group, "imsqti_xmlv1p2", "1.2")
    return found | notes_file("qti12", notes12(question))


def export_qti21(variants: Sequence[Exported], question: Question) -> dict[str, bytes]:
    """Return a package with an item for each variant."""
    items = {f"item-{ident(v)}": item21(v.question, ident(v)) for v in variants}
    found = {"qti21.zip": _package(items, "imsqti_item_xmlv2p1", "2.1")}
    return found | notes_file("qti21", notes21(question))


def notes12(question: Question) -> list[str]:
    """Return what a teacher has to know of the export to QTI 1.2."""
    found = ["Every cell is an item of its own: no mistake is named, and no wrong number credited."]
    if not question.numeric:
        found.append(
            "Cells with letters are short answers: only a few spellings of the right value are "
            "accepted. Export to STACK, which compares algebraically."
        )
    return found + _rounding(question)


def notes21(question: Question) -> list[str]:
    """Return what a teacher has to know of the export to QTI 2.1."""
    found = [
        "Mistakes are recognised when they explain every cell; those that change the size are not."
    ]
    if not question.numeric:
        found.append(
            "Cells with letters are texts: only a few spellings of a value are recognised."
        )
    return found + _rounding(question)


def _rounding(question: Question) -> list[str]:
    if question.file.answer.rounding is None:
        return []
    return ["The rounding that the question allows is not carried: values are exact."]


# Packages


def _package(documents: Mapping[str, ET.Element], kind: str, version: str) -> bytes:
    """Return XML documents as a content package: a zip of uncompressed files without dates."""
    resources = element("resources")
    files = {}
    for name, root in documents.items():
        path = f"{name}.xml"
        resource = element(
            "resource", element("file", href=path), identifier=name, type=kind, href=path
        )
        resources.append(resource)
        files[path] = document(root)
    schema = element("schema", "QTIv2.1 Package" if version == "2.1" else "IMS Content")
    metadata = element(
        "metadata", schema, element("schemaversion", "1.0.0" if version == "2.1" else "1.1.3")
    )
    name = "manifest-" + hashlib.sha256(b"\0".join(files.values())).hexdigest()[:16]
    root = element("manifest", metadata, element("organizations"), resources, identifier=name)
    root.set("xmlns", PACKAGE)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, data in {"imsmanifest.xml": document(root), **files}.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


# QTI 1.2


def _test(
    question: Question, name: str, items: Sequence[ET.Element], *, one_of: bool = False
) -> ET.Element:
    """Return a test; *one_of* makes a group of its items, of which every student gets one."""
    title = (question.file.title or question.id)[:200]
    section = element("section", *items, ident="root_section")
    if one_of:
        extension = element(
            "selection_extension", element("points_per_item", _points(question.points))
        )
        selection = element("selection", element("selection_number", "1"), extension)
        ordering = element("selection_ordering", selection)
        group = element("section", ordering, *items, ident=f"group-{name}", title=title)
        section = element("section", group, ident="root_section")
    assessment = element("assessment", section, ident=f"test-{name}", title=f"{title} [{name}]")
    found = element("questestinterop", assessment)
    found.set("xmlns", QTI12)
    return found


def _points(points: Fraction) -> str:
    return decimal(points) or f"{float(points):.6f}"


def _cells(variant: Exported) -> Iterator[ET.Element]:
    """Yield the text of a variant, then an item for each of its cells."""
    asked, name = variant.question, ident(variant)
    whole = sum(asked.weights)
    intro = element("presentation", _material(markup(*statement(asked))))
    yield _item(f"{name}-text", "The question", "text_only_question", "0", [intro])
    for place, index in enumerate(asked.cells()):
        points = _points(asked.points * asked.weights[place] / whole)
        yield _cell(
            f"{name}-{place + 1}", cell_name(index, asked.exercise.rank), asked.key[place], points
        )


def _item(name: str, title: str, kind: str, points: str, parts: Sequence[ET.Element]) -> ET.Element:
    fields = {"question_type": kind, "points_possible": points, "original_answer_ids": ""}
    metadata = element(
        "qtimetadata",
        *(
            element("qtimetadatafield", element("fieldlabel", label), element("fieldentry", entry))
            for label, entry in fields.items()
        ),
    )
    return element("item", element("itemmetadata", metadata), *parts, ident=name, title=title)


def _material(html: str) -> ET.Element:
    text = ET.Element("mattext", texttype="text/html")
    text.text = html
    return element("material", text)


def _cell(name: str, title: str, key: Value, points: str) -> ET.Element:
    exact = decimal(key)
    tiny = exact is not None and 0 < abs(Fraction(exact)) < SMALLEST
    numeric = exact is not None and not tiny
    fib = element("render_fib", element("response_label", ident="answer1"))
    if numeric:
        fib.set("fibtype", "Decimal")
    answer = element("response_str", fib, ident="response1", rcardinality="Single")
    texts = [exact] if numeric and exact else list(dict.fromkeys([*spellings(key), exact or ""]))
    conditions = [element("varequal", text, respident="response1") for text in texts if text]
    if numeric:
        bounds = (element(tag, texts[0], respident="response1") for tag in ("vargte", "varlte"))
        conditions = [element("or", *conditions, element("and", *bounds))]
    right = element(
        "respcondition", element("conditionvar", *conditions), _score("100"), continue_="No"
    )
    asked = element("presentation", _material(markup(element("p", f"{title}:"))), answer)
    kind = "numerical_question" if numeric else "short_answer_question"
    return _item(name, title, kind, points, [asked, element("resprocessing", _outcomes(), right)])


def _score(percent: str) -> ET.Element:
    return element("setvar", percent, action="Set", varname="SCORE")


def _outcomes() -> ET.Element:
    variable = element("decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    return element("outcomes", variable)


def _choice(variant: Exported) -> Iterator[ET.Element]:
    """Yield the choice of one variant, if there is a wrong answer to choose."""
    asked, name = variant.question, ident(variant)
    buckets = singles(asked)[: MOST_OPTIONS - 1]
    options: list[tuple[Shape, tuple[Value, ...], tuple[Hypothesis, ...]]] = [
        (asked.shape, asked.key, ()),
        *((bucket[0].shape, bucket[0].values, bucket) for bucket in buckets),
    ]
    options.sort(key=lambda option: _shuffled(variant.hash, option[0], option[1]))
    if len(options) < 2:
        return
    labels, conditions, comments = [], [], []
    for number, (shape, values, bucket) in enumerate(options, 1):
        label = f"{name}-option-{number}"
        grid = tables("", [text_of(value) for value in values], shape, ["filter"] * asked.layered)
        labels.append(element("response_label", _material(markup(*grid)), ident=label))
        chosen = element("conditionvar", element("varequal", label, respident="response1"))
        if not bucket:
            conditions.append(element("respcondition", chosen, _score("100"), continue_="No"))
        elif told(asked):
            feedback = element("displayfeedback", feedbacktype="Response", linkrefid=f"{label}_fb")
            conditions.insert(0, element("respcondition", chosen, feedback, continue_="Yes"))
            text = element("flow_mat", _material(markup(element("p", sentence(bucket)))))
            comments.append(element("itemfeedback", text, ident=f"{label}_fb"))
    choose = element(
        "response_lid", element("render_choice", *labels), ident="response1", rcardinality="Single"
    )
    presentation = element("presentation", _material(markup(*statement(asked))), choose)
    parts = [presentation, element("resprocessing", _outcomes(), *conditions), *comments]
    yield _item(
        f"{name}-choice",
        f"Which is the answer? [{name}]",
        "multiple_choice_question",
        _points(asked.points),
        parts,
    )


def _shuffled(hash_: str, shape: Shape, values: Sequence[Value]) -> str:
    """Return where an option stands among the others: by hash, so that the key stands anywhere."""
    text = f"{hash_}|{shape}|{' '.join(map(text_of, values))}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
