"""Sentences on a whole answer: what explains it, its size, and a next step that tells no key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.homework.judging.diagnosis import Confidence, Diagnosis
from symconv.homework.judging.entries import EntrySlip
from symconv.homework.judging.hypotheses import Hypothesis
from symconv.homework.judging.places import size_text
from symconv.homework.questions.question import Shape
from symconv.mistakes import Mistake

MOST_NAMED = 3
"""Mistakes that one sentence names where the question cannot tell them apart."""
NOT_APART = "this question cannot tell them apart"


def diagnosis_sentence(diagnosis: Diagnosis) -> str:
    """Return one sentence on which mistake explains an answer, as surely as it is known.

    >>> diagnosis_sentence(Diagnosis())
    ''
    """
    named = list(dict.fromkeys(map(_said, diagnosis.named)))
    if not named:
        return ""
    if diagnosis.confidence is Confidence.POSSIBLE:
        rest = diagnosis.unexplained
        also = f"; {rest} cell{'s' * (rest > 1)} must have another reason" if rest else ""
        return f"Perhaps {_choice(named)}{also}."
    return _surely(named)


def entries_sentence(entries: Sequence[EntrySlip]) -> str:
    """Return one sentence on which entry of the question was used otherwise.

    >>> entries_sentence([EntrySlip("bias_entry", "the bias was used as 3", True)])
    'The bias was used as 3.'
    """
    named = [entry.says for entry in entries]
    if not named:
        return ""
    return _surely(named) if all(e.sure for e in entries) else f"Perhaps {_choice(named)}."


def entries_confidence(entries: Sequence[EntrySlip]) -> Confidence:
    """Return how surely an entry is named."""
    if not entries:
        return Confidence.NONE
    if not all(entry.sure for entry in entries):
        return Confidence.POSSIBLE
    return Confidence.CERTAIN if len(entries) == 1 else Confidence.AMBIGUOUS


def _surely(named: Sequence[str]) -> str:
    if len(named) > 1:
        return f"Either {_choice(named)}; {NOT_APART}."
    return f"{named[0][0].upper()}{named[0][1:]}."


def _choice(named: Sequence[str]) -> str:
    """Return some clauses with numbers between them, so that commas within them do not mislead."""
    others = len(named) - MOST_NAMED
    more = ["another one" if others == 1 else f"one of {others} others"] if others > 0 else []
    shown = [_inside(each) for each in named[:MOST_NAMED]] + more
    if len(shown) == 1:
        return shown[0]
    *first, last = (f"({number}) {text}" for number, text in enumerate(shown, 1))
    return f"{', '.join(first)} or {last}"


def _said(hypothesis: Hypothesis) -> str:
    """Return what one mistake, or two together, are called in a sentence."""
    first, *others = (each.says.strip().rstrip(".") or each.id for each in hypothesis.mistakes)
    return " and ".join([first, *map(_inside, others)])


def _inside(clause: str) -> str:
    """Return a clause as it stands within a sentence: `You …` without its capital, `I` with it."""
    word = re.match(r"[^\W\d_]+", clause)
    capital = word is not None and word[0].istitle() and word[0] != "I"
    return f"{clause[0].lower()}{clause[1:]}" if capital else clause


def shape_sentence(got: Shape, asked: Shape) -> str:
    """Return which size an answer has, and which one was asked for.

    >>> shape_sentence((9,), (3, 3))
    'Your answer is one row of 9 numbers; 3 rows of 3 numbers were asked for.'
    """
    one, other = size_text(got), size_text(asked)
    verb = "was" if other.startswith(("one ", "1 ")) else "were"
    return f"Your answer is {one}; {other} {verb} asked for."


def next_step(mistake: Mistake) -> str:
    """Return what whoever made a mistake should look at; nothing where a teacher named it."""
    text = _OF_MISTAKE.get(mistake.name) or _OF_FAMILY.get(mistake.family, "")
    return f"Next: {text}" if text else ""


def entry_step(entry: EntrySlip) -> str:
    """Return what to look at where one entry was used otherwise."""
    what = "kernel"
    for kind in ("input", "bias"):
        what = kind if entry.id.startswith(kind) else what
    if entry.id.startswith("letter"):
        return "Next: compare every letter of one cell with the question."
    return f"Next: copy the {what} from the question once more, and compare."


SHAPE_STEP = "Next: count how often the window fits along each axis; that is the answer's shape."
_OF_FAMILY = {
    "orientation": "write out one cell: which kernel entry meets which entry of the input?",
    "padding": "draw the input with everything around it, then slide the window over it.",
    "stride": "mark where the window stands for two neighbouring cells.",
    "dilation": "mark the entries of the input that the kernel meets in one place.",
    "place": "mark where the very first window starts.",
    "channels": "list the channels that one cell sums, and the kernel that each one meets.",
    "bias": "look at where the bias comes in, how often, and with which sign.",
    "arithmetic": "write out the products of one cell and take their sum once more.",
}
_LAST = "mark where the last window stands along each axis: does it still lie inside?"
_SIGNS = "write out the products of one cell with their signs, and their sum with its own."
_SUM = "write out the products of one cell: what is asked for is their sum, and nothing else."
_RANGE = "look at cells that are negative or large: the sum is written down as it is."
_EXACT = "work out one cell with exact numbers from start to end."
_OF_MISTAKE = {
    "output_reversed": "look at where the very first window stands, and where its cell belongs.",
    "output_transposed": "take two windows side by side: are their cells in one row or one column?",
    "input_transposed": "copy the input once more: what is a row there, and what is a column?",
    "roles_swapped": "look at which of the two grids stays in its place, and which one slides.",
    "border_left_zero": "work out one cell at the border: what does its window still meet?",
    "border_copied": "work out one cell at the border: what does its window still meet?",
    "border_renormalised": "work out one cell at the border: what does its window still meet?",
    "pad_after": "draw the input with everything around it, then slide the window over it.",
    "ceil_instead_of_floor": _LAST,
    "last_window_dropped": _LAST,
    "cyclic_shift": "look at where the very first window stands, and where its cell belongs.",
    "flattened": "write the rows of the answer under each other, one for each row of windows.",
    "outputs_swapped": "look at which filter each part of the answer belongs to.",
    "bias_other_output": "look at which bias belongs to which filter.",
    "negated": _SIGNS,
    "absolute": _SIGNS,
    "relu": _SIGNS,
    "weights_absolute": _SIGNS,
    "inputs_absolute": _SIGNS,
    "mean_not_sum": _SUM,
    "normalised": _SUM,
    "max_not_sum": _SUM,
    "matrix_product": _SUM,
    "normalisation_omitted": "write out the kernel with what it is divided by.",
    "clipped": _RANGE,
    "wrapped": _RANGE,
    "rounded_intermediate": _EXACT,
    "truncated_result": _EXACT,
}
"""Next steps of mistakes that the one of their family does not fit."""
