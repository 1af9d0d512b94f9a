"""One table of the characters that answers may hold, and what every other one looks like.

Folding is one to one, so that a place in the folded text is the same place in what was written.
It is a table and not a Unicode normal form, which would turn `3½` into 31/2 and `x²` into x2.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

DASHES = "−–—‒―‐‑﹣"
TIMES = "×·⋅∙•∗✕⨯\u0387"
OVER = "÷∕⁄"
SPACES = "\t\r\n\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
DIGITS = "0123456789"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω"
FRACTIONS = {
    glyph: Fraction(top, bottom)
    for glyph, top, bottom in (
        *(("½", 1, 2), ("⅓", 1, 3), ("⅔", 2, 3), ("¼", 1, 4), ("¾", 3, 4), ("⅕", 1, 5)),
        *(("⅖", 2, 5), ("⅗", 3, 5), ("⅘", 4, 5), ("⅙", 1, 6), ("⅚", 5, 6), ("⅐", 1, 7)),
        *(("⅛", 1, 8), ("⅜", 3, 8), ("⅝", 5, 8), ("⅞", 7, 8), ("⅑", 1, 9), ("⅒", 1, 10)),
    )
}
"""The fractions that have a character of their own."""
_SCRIPT = dict(zip("ℎℬℰℱℋℐℒℳℛℯℊℴℭℌℑℜℨℂℍℕℙℚℝℤ", "hBEFHILMRegoCHIRZCHNPQRZ", strict=True))
_MATH_GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ αβγδεζηθικλμνξοπρςστυφχψω εθκφρπ"
"""One of the five mathematical Greek alphabets in order; blanks stand for nabla and partial."""
_ALIKE = dict(
    zip(
        "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοναΑΒΕΖΗΙΚΜΝΟΡΤΥΧ\u212aıⅹⅼ",
        "aeopcyxijshdqwABEKMHOPCTYXIJSovaABEZHIKMNOPTYXKixl",
        strict=True,
    )
)


def _mathematical() -> dict[int, str]:
    """Return the letters and digits of the block U+1D400 to U+1D7FF; its holes are left out."""
    table: dict[int, str] = {}
    for start, end, letters in (
        (0x1D400, 0x1D6A4, LATIN),
        (0x1D6A8, 0x1D7CA, _MATH_GREEK),
        (0x1D7CE, 0x1D800, DIGITS),
    ):
        for code in range(start, end):
            letter = letters[(code - start) % len(letters)]
            if letter != " " and unicodedata.category(chr(code)) != "Cn":
                table[code] = letter
    return table


def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= _mathematical()
    for signs, sign in ((DASHES, "-"), (TIMES, "*"), (OVER, "/"), (SPACES, " ")):
        table |= {ord(each): sign for each in signs}
    table |= {ord(glyph): letter for glyph, letter in _SCRIPT.items()}
    table |= {ord(each): letter for each, letter in zip("µϵϑϕϱϖϰ", "μεθφρπκ", strict=True)}
    return table


_FOLD = _table()
_UNENCODED = re.compile("[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """Return a text of the same length with one character for each thing that is meant.

    >>> fold("−３×𝑎")
    '-3*a'
    """
    return text.translate(_FOLD)


def unencoded(text: str) -> int | None:
    """Return the place of a character that no text file holds: a zero, half of a pair."""
    found = _UNENCODED.search(text)
    return found.start() if found else None


def alike(character: str) -> str:
    r"""Return the Latin letter that a character looks like, or nothing.

    >>> alike("\u0430"), alike("a")
    ('a', '')
    """
    return _ALIKE.get(character, "")


def described(character: str) -> str:
    r"""Return a character as it can safely be shown: invisible ones by their number alone.

    >>> described("!"), described("\u202e")
    ('"!" (U+0021)', 'an invisible character (U+202E)')
    """
    number = f"U+{ord(character):04X}"
    visible = character.isprintable() and not unicodedata.combining(character)
    return f'"{character}" ({number})' if visible else f"an invisible character ({number})"
