"""Errors of convolutions of sequences in closed form."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from symconv import sequences
from symconv.sequences import convolve, products

n = sympy.Symbol("n")


def checked(f: str, g: str, *, impulse: bool) -> None:
    """Prove a closed form with an impulse at n = 3, or one more of its first base to the n."""

    def wrongly(left: Any, right: Any) -> Any:
        total, conditions = products.convolved(left, right)
        if impulse:
            total.put(3, total.ring.one)
        else:
            total.add(next(iter(total.modes)), [total.ring.one])
        return total, conditions

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "convolved", wrongly)
        convolve(f, g)


CASES: list[Any] = [
    pytest.param(
        lambda: convolve("n % 2", "1"),
        "EntryError[not-a-sequence]: (n) % (2) has no closed form of this kind in n\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, remainder",
    ),
    pytest.param(
        lambda: convolve("n/0", "1"),
        "EntryError[not-a-sequence]: (n) / 0 is no number\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, division by 0",
    ),
    pytest.param(
        lambda: convolve("(n + 1)^(1/2)", "1"),
        "EntryError[not-a-sequence]: (n + 1)^(1/2) has no integer from 0 to 100 as exponent\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, exponent",
    ),
    pytest.param(
        lambda: convolve(sympy.sqrt(n + 1), "1"),
        "EntryError[not-a-sequence]: sqrt(n + 1) has no integer from 0 to 100 as exponent\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, exponent of an expression",
    ),
    pytest.param(
        lambda: convolve("n == 2", "1"),
        "EntryError[not-a-sequence]: a list or a comparison is no sequence in text\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, comparison",
    ),
    pytest.param(
        lambda: convolve([[1, 2, 3]], "1"),
        "EntryError[not-a-sequence]: an array of 2 axes is no sequence\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, axes",
    ),
    pytest.param(
        lambda: convolve(sympy.sin(n), "1"),
        "EntryError[not-a-sequence]: sin(n) is no sum of products of n and powers\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, function",
    ),
    pytest.param(
        lambda: convolve("1/(n + 1)", "1"),
        "EntryError[not-a-sequence]: 1/(n + 1) divides by a sum in n\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, division by a sum",
    ),
    pytest.param(
        lambda: convolve("n^n", "1"),
        "EntryError[not-a-sequence]: n**n has n in base and exponent\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, base and exponent",
    ),
    pytest.param(
        lambda: convolve("3^(n^2)", "1"),
        "EntryError[not-a-sequence]: 3**(n**2) has an exponent that is no s*n + t with "
        "numbers s and t\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, square in an exponent",
    ),
    pytest.param(
        lambda: convolve("0^(n + 2)", "1"),
        "EntryError[not-a-sequence]: 0**(n + 2) is a power of 0 other than 0^n\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, power of 0",
    ),
    pytest.param(
        lambda: convolve(sympy.KroneckerDelta(n, sympy.Symbol("a")), "1"),
        "EntryError[not-a-sequence]: KroneckerDelta(a, n) does not stand at an integer of "
        "size at most 100\n"
        "  hint: a sequence is a sum of c*n^j*r^n with c and r free of n, or a list of entries",
        id="not-a-sequence, impulse",
    ),
    pytest.param(
        lambda: convolve("2^n", "3^n", n=7),
        "EntryError[not-a-variable]: n=7 names no variable\n"
        "  hint: give its name or a SymPy symbol",
        id="not-a-variable",
    ),
    pytest.param(
        lambda: convolve("n^23", "1"),
        "EntryError[sequence-too-long]: 25 values determine the result, but at most 24 are "
        "computed\n"
        "  hint: use smaller powers of n, fewer terms, or a shorter list",
        id="sequence-too-long",
    ),
    pytest.param(
        lambda: checked("n*2^n", "n*3^n", impulse=False),
        "AlgebraError[not-proved]: the closed form and the sum differ at n = 0\n"
        "  hint: please report these two sequences",
        id="not-proved",
    ),
    pytest.param(
        lambda: checked("n*2^n", "n*3^n", impulse=True),
        "AlgebraError[not-proved]: the closed form has more terms than the two sequences can give\n"
        "  hint: please report these two sequences",
        id="not-proved, too many terms",
    ),
]
